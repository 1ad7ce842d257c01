//! Sorts what the checks said of one target for one indicator into counted, open and out, with the reviews applied.

use crate::indicator::{Confirm, Indicator};
use crate::judge::{Judged, Judgement};
use crate::registry::TargetId;
use crate::review::{Decision, Review, WHOLE_KEY, latest};
use crate::score::CountedFinding;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, Verdict};

/// 待决处. One thing that a person can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub check: String,
    pub key: String,
    pub what: OpenWhat,
    pub text: String,
}

/// What kind of thing is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OpenWhat {
    /// A finding to confirm or reject.
    Finding(CountedFinding),
    /// A place that could not be determined.
    Doubt(CountedFinding),
    /// A question to a person.
    Question,
    /// Nothing is known of the check.
    Unknown,
}

/// 计数. Everything of one (target, indicator).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub counted: Vec<CountedFinding>,
    pub open: Vec<Open>,
    pub not_applicable: bool,
}

impl Tally {
    /// Whether nothing is known of one of the checks.
    pub fn is_wholly_open(&self) -> bool {
        self.open
            .iter()
            .any(|open| matches!(open.what, OpenWhat::Question | OpenWhat::Unknown))
    }

    /// Counted occurrences of these cases.
    pub fn counted_of(&self, cases: &[String]) -> u64 {
        occurrences(self.counted.iter(), cases)
    }

    /// Open occurrences of these cases, those of wholly open checks apart.
    pub fn open_of(&self, cases: &[String]) -> u64 {
        let single = self.open.iter().filter_map(|open| match &open.what {
            OpenWhat::Finding(finding) | OpenWhat::Doubt(finding) => Some(finding),
            OpenWhat::Question | OpenWhat::Unknown => None,
        });
        occurrences(single, cases)
    }
}

fn occurrences<'a>(findings: impl Iterator<Item = &'a CountedFinding>, cases: &[String]) -> u64 {
    findings
        .filter(|finding| cases.contains(&finding.case))
        .map(|finding| u64::from(finding.count))
        .sum()
}

/// What one indicator's checks said of `target`, reviews applied.
pub(crate) fn tally(
    set: &str,
    indicator: &Indicator,
    target: &TargetId,
    judgements: &[Judgement],
    reviews: &[Review],
) -> Tally {
    let mut desk = Desk {
        indicator,
        target,
        reviews,
        tally: Tally::default(),
    };
    let mut not_applicable = 0;
    for check in &indicator.checks {
        let judgement = judgements.iter().find(|judgement| {
            judgement.set == set
                && judgement.indicator == indicator.id
                && &judgement.check == check
                && &judgement.target == target
        });
        match judgement.map(|judgement| &judgement.result) {
            Some(Judged::Known {
                verdict: Verdict::NotApplicable { .. },
            }) => not_applicable += 1,
            Some(Judged::Known { verdict }) => match desk.said_of_whole(check) {
                Some(count) => desk.overruled(check, verdict, count),
                None => desk.known(check, verdict),
            },
            Some(Judged::Unknown { undetermined }) => desk.unknown(check, undetermined),
            None => desk.whole(check, OpenWhat::Unknown, "没有判定记录，请先运行判定"),
        }
    }
    desk.tally.not_applicable =
        !indicator.checks.is_empty() && not_applicable == indicator.checks.len();
    desk.tally
}

/// The desk at which one indicator's findings are sorted.
struct Desk<'a> {
    indicator: &'a Indicator,
    target: &'a TargetId,
    reviews: &'a [Review],
    tally: Tally,
}

impl Desk<'_> {
    fn known(&mut self, check: &str, verdict: &Verdict) {
        match verdict {
            Verdict::Pass { undetermined } => self.doubts(check, undetermined),
            Verdict::Fail {
                findings,
                undetermined,
            } => {
                for finding in findings {
                    let needs_person = match self.indicator.confirm {
                        Confirm::Always => true,
                        Confirm::LowConfidence => finding.confidence == Confidence::Low,
                        Confirm::Never => false,
                    };
                    self.finding(check, finding, needs_person);
                }
                self.doubts(check, undetermined);
            }
            Verdict::NeedsReview { question, findings } if findings.is_empty() => {
                self.whole(check, OpenWhat::Question, question);
            }
            Verdict::NeedsReview { findings, .. } => {
                for finding in findings {
                    self.finding(check, finding, true);
                }
            }
            Verdict::NotApplicable { .. } => {}
        }
    }

    /// What a person said of a check as a whole, when the machine knew nothing or was thought to have missed something.
    fn said_of_whole(&self, check: &str) -> Option<u32> {
        match check {
            "manual" => None,
            _ => decided(self.reviews, self.target, check, WHOLE_KEY),
        }
    }

    /// A person's word on the whole check stands against whatever the machine says of it, then or later. Where the word was that nothing
    /// is wrong, findings count that somebody confirmed one by one.
    fn overruled(&mut self, check: &str, verdict: &Verdict, count: u32) {
        if count > 0 {
            self.whole(check, OpenWhat::Unknown, "人工认定存在问题");
            return;
        }
        let (Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. }) = verdict
        else {
            return;
        };
        for finding in findings {
            let said = decided(self.reviews, self.target, check, &finding.key);
            if said.is_some_and(|said| said > 0) {
                self.finding(check, finding, true);
            }
        }
    }

    fn unknown(&mut self, check: &str, undetermined: &Undetermined) {
        self.doubts(check, &undetermined.places);
        let all_decided = !undetermined.places.is_empty()
            && undetermined
                .places
                .iter()
                .all(|place| latest(self.reviews, self.target, check, &place.key).is_some());
        if !all_decided {
            self.whole(check, OpenWhat::Unknown, &undetermined.detail);
        }
    }

    fn finding(&mut self, check: &str, finding: &Finding, needs_person: bool) {
        if finding.count == 0 {
            return;
        }
        let counted = CountedFinding {
            check: check.to_owned(),
            key: finding.key.clone(),
            case: finding.case.clone(),
            count: finding.count,
            detail: finding.detail.clone(),
        };
        self.place(counted, needs_person, OpenWhat::Finding);
    }

    fn doubts(&mut self, check: &str, doubts: &[Doubt]) {
        for doubt in doubts {
            let counted = CountedFinding {
                check: check.to_owned(),
                key: doubt.key.clone(),
                case: doubt.case.clone(),
                count: 1,
                detail: doubt.detail.clone(),
            };
            self.place(counted, true, OpenWhat::Doubt);
        }
    }

    /// A single place: a person's decision first, then whether one is needed.
    fn place(
        &mut self,
        finding: CountedFinding,
        needs_person: bool,
        what: fn(CountedFinding) -> OpenWhat,
    ) {
        match decided(self.reviews, self.target, &finding.check, &finding.key) {
            Some(0) => {}
            Some(_) => self.tally.counted.push(finding),
            None if needs_person => self.tally.open.push(Open {
                check: finding.check.clone(),
                key: finding.key.clone(),
                text: finding.detail.clone(),
                what: what(finding),
            }),
            None => self.tally.counted.push(finding),
        }
    }

    /// The check as a whole: nothing is known of it until a person says how often it fails.
    fn whole(&mut self, check: &str, what: OpenWhat, text: &str) {
        let (key, case) = self.whole_key_and_case(check);
        match decided(self.reviews, self.target, check, &key) {
            Some(0) => {}
            Some(count) => {
                let note = latest(self.reviews, self.target, check, &key)
                    .map(|review| match &review.decision {
                        Decision::Answered { note, .. } if !note.is_empty() => note.clone(),
                        _ => review.reason.clone(),
                    })
                    .filter(|note| !note.is_empty());
                self.tally.counted.push(CountedFinding {
                    check: check.to_owned(),
                    key,
                    case,
                    count,
                    detail: note.unwrap_or_else(|| text.to_owned()),
                });
            }
            None => self.tally.open.push(Open {
                check: check.to_owned(),
                key,
                what,
                text: text.to_owned(),
            }),
        }
    }

    fn whole_key_and_case(&self, check: &str) -> (String, String) {
        if check == "manual" {
            let question = self.indicator.question().unwrap_or(WHOLE_KEY);
            return (question.to_owned(), "answer".to_owned());
        }
        let case = self
            .indicator
            .rules
            .first()
            .and_then(|rule| rule.cases.first());
        (WHOLE_KEY.to_owned(), case.cloned().unwrap_or_default())
    }
}

/// How often a person said that it fails: 0 = fine, `None` = nobody said.
fn decided(reviews: &[Review], target: &TargetId, check: &str, key: &str) -> Option<u32> {
    match latest(reviews, target, check, key)?.decision {
        Decision::Confirmed => Some(1),
        Decision::Rejected => Some(0),
        Decision::Answered { number, .. } => Some(number),
        Decision::Withdrawn => None,
    }
}
