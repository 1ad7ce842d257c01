//! What counts: which occurrences a person or the machine has settled, and which are open.

use super::read::{Finding, Indicator, Judgement, Review, Target, Verdict};

/// 计数: the occurrences of one indicator on one target.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Case and how often it counts.
    pub counted: Vec<(String, u64)>,
    /// Case and how often it would count if confirmed.
    pub open: Vec<(String, u64)>,
    /// Some check of it is wholly open.
    pub unmeasured: bool,
    /// No check of it applies.
    pub not_applicable: bool,
}

impl Tally {
    /// Counted occurrences of these cases.
    pub fn counted_of(&self, cases: &[String]) -> u64 {
        of(&self.counted, cases)
    }

    /// Open occurrences of these cases.
    pub fn open_of(&self, cases: &[String]) -> u64 {
        of(&self.open, cases)
    }
}

fn of(list: &[(String, u64)], cases: &[String]) -> u64 {
    list.iter()
        .filter(|(case, _)| cases.contains(case))
        .map(|(_, n)| n)
        .sum()
}

/// Counts one indicator of the set on one target.
pub fn tally(set: &str, indicator: &Indicator, target: &Target) -> Tally {
    let mut tally = Tally::default();
    let mut applicable = indicator.checks.is_empty();
    for check in &indicator.checks {
        let desk = Desk {
            indicator,
            check,
            reviews: &target.reviews,
        };
        let judgement = target
            .judgements
            .iter()
            .find(|j| j.set == set && j.indicator == indicator.id && &j.check == check);
        applicable |= desk.settle(judgement, &mut tally);
    }
    tally.not_applicable = !applicable;
    tally
}

/// One check of one indicator with all reviews of the target.
struct Desk<'a> {
    indicator: &'a Indicator,
    check: &'a str,
    reviews: &'a [Review],
}

/// How a person settled one key.
enum Settled {
    Not,
    Times(u64),
}

impl Desk<'_> {
    /// Adds what the judgement holds; false when it does not apply.
    fn settle(&self, judgement: Option<&Judgement>, tally: &mut Tally) -> bool {
        let Some(judgement) = judgement else {
            self.whole(tally, &Verdict::default());
            return true;
        };
        let verdict = &judgement.result;
        match (verdict.result.as_str(), verdict.verdict.as_str()) {
            ("known", "not_applicable") => return false,
            ("known", "needs_review") if verdict.findings.is_empty() => self.whole(tally, verdict),
            ("known", "needs_review") => {
                for finding in &verdict.findings {
                    self.finding(finding, true, tally);
                }
            }
            ("known", _) => {
                for finding in &verdict.findings {
                    self.finding(finding, self.waits(finding), tally);
                }
                self.doubts(verdict, tally);
            }
            _ => self.whole(tally, verdict),
        }
        true
    }

    /// Whether the machine's finding waits for a person.
    fn waits(&self, finding: &Finding) -> bool {
        match self.indicator.confirm.as_str() {
            "always" => true,
            "low-confidence" => finding.confidence == "low",
            _ => false,
        }
    }

    fn finding(&self, finding: &Finding, waits: bool, tally: &mut Tally) {
        if finding.count == 0 {
            return;
        }
        let entry = (finding.case.clone(), finding.count);
        match self.settled(&finding.key) {
            Settled::Times(0) => {}
            Settled::Times(_) => tally.counted.push(entry),
            Settled::Not if waits => tally.open.push(entry),
            Settled::Not => tally.counted.push(entry),
        }
    }

    fn doubts(&self, verdict: &Verdict, tally: &mut Tally) {
        for doubt in verdict.undetermined.iter().chain(&verdict.places) {
            match self.settled(&doubt.key) {
                Settled::Times(0) => {}
                Settled::Times(_) => tally.counted.push((doubt.case.clone(), 1)),
                Settled::Not => tally.open.push((doubt.case.clone(), 1)),
            }
        }
    }

    /// A check of which nothing is known: a review of the whole settles it, so do reviews of all its places.
    fn whole(&self, tally: &mut Tally, verdict: &Verdict) {
        self.doubts(verdict, tally);
        let (key, case) = self.question();
        if let Settled::Times(times) = self.settled(&key) {
            if times > 0 {
                tally.counted.push((case, times));
            }
            return;
        }
        let unsettled = |key: &str| matches!(self.settled(key), Settled::Not);
        if verdict.places.is_empty() || verdict.places.iter().any(|p| unsettled(&p.key)) {
            tally.unmeasured = true;
        }
    }

    /// Key of the review of the check as a whole, and the case that its answer counts as.
    fn question(&self) -> (String, String) {
        if self.check == "manual" {
            let question = self.indicator.params["manual"]["question"]
                .as_str()
                .unwrap_or("all");
            return (question.to_owned(), "answer".to_owned());
        }
        let first = self
            .indicator
            .rules
            .first()
            .and_then(|rule| rule.cases.first());
        ("all".to_owned(), first.cloned().unwrap_or_default())
    }

    /// The latest review of this check and key; of equal times the later in the list.
    fn settled(&self, key: &str) -> Settled {
        let mut holding: Option<&Review> = None;
        for review in self
            .reviews
            .iter()
            .filter(|r| r.check == self.check && r.key == key)
        {
            if holding.is_none_or(|h| review.at >= h.at) {
                holding = Some(review);
            }
        }
        let Some(review) = holding else {
            return Settled::Not;
        };
        match review.decision.as_str() {
            "confirmed" => Settled::Times(1),
            "answered" => Settled::Times(review.number.unwrap_or(0)),
            _ => Settled::Times(0),
        }
    }
}
