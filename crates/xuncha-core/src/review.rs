//! 人工复核: the human verdict outranks the machine.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::indicator::{Confirm, IndicatorKind, IndicatorSet};
use crate::judge::{Judged, Judgement};
use crate::registry::TargetId;
use crate::round::Round;
use crate::score::tally::{OpenWhat, tally};
use crate::verdict::{Finding, Verdict};

pub mod assign;
pub mod blind;
mod cause;
pub mod correction;
mod fits;

pub use cause::RejectCause;
pub use fits::Reviewable;

/// Key of a review about a check as a whole, where the check could say nothing of the target.
pub const WHOLE_KEY: &str = "all";

/// 复核决定.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// 确认. The finding counts.
    Confirmed,
    /// 驳回. The finding does not count.
    Rejected,
    /// 人工答复. A manual question answered: number of failures (0 = fine), or bonus points earned.
    Answered {
        /// Failures or points.
        number: u32,
        /// Note of the person.
        note: String,
    },
    /// 撤回. What was decided before holds no more; it is as if nobody had said anything.
    Withdrawn,
}

/// 复核. One decision of one person about one finding or question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Round.
    pub round: String,
    /// Target.
    pub target: TargetId,
    /// Check; `manual` for questions.
    pub check: String,
    /// Key of the finding, or id of the question.
    pub key: String,
    /// Decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Reason.
    pub reason: String,
}

/// The review that holds for (target, check, key): the latest, of equal times the later in the list; none where that took all back.
pub fn latest<'a>(
    reviews: &'a [Review],
    target: &TargetId,
    check: &str,
    key: &str,
) -> Option<&'a Review> {
    reviews
        .iter()
        .filter(|review| &review.target == target && review.check == check && review.key == key)
        .max_by_key(|review| review.at)
        .filter(|review| review.decision != Decision::Withdrawn)
}

/// 待办类型. What kind of answer an open item needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenKind {
    /// 待确认: a finding to confirm or reject.
    Finding,
    /// 存疑: a place that could not be determined.
    Doubt,
    /// 人工题: a question to answer with a number.
    Question,
    /// 无法判定: nothing is known of the check; answer with a number or gather again.
    Unknown,
}

/// 待办. One thing that a person has to decide, with the indicators that wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    /// Target.
    pub target: TargetId,
    /// Check.
    pub check: String,
    /// Key that the review needs.
    pub key: String,
    /// Kind of answer.
    pub kind: OpenKind,
    /// What it is about, in Chinese.
    pub text: String,
    /// Indicators that wait for it, in the order of the set.
    pub indicators: Vec<String>,
}

/// What people still have to decide under `set`, by target, check and key; each decision once, however many indicators wait for it.
///
/// Questions of indicators that are only listed are left out: they hold up nothing.
pub fn open_items(
    set: &IndicatorSet,
    judgements: &[Judgement],
    reviews: &[Review],
) -> Vec<OpenItem> {
    let mut by_target: BTreeMap<&TargetId, Vec<Judgement>> = BTreeMap::new();
    for judgement in judgements
        .iter()
        .filter(|judgement| judgement.set == set.id)
    {
        by_target
            .entry(&judgement.target)
            .or_default()
            .push(judgement.clone());
    }
    let mut reviews_of: BTreeMap<&TargetId, Vec<Review>> = BTreeMap::new();
    for review in reviews {
        reviews_of
            .entry(&review.target)
            .or_default()
            .push(review.clone());
    }
    let mut items: BTreeMap<(TargetId, String, String), OpenItem> = BTreeMap::new();
    for (target, judged) in &by_target {
        let reviewed = reviews_of.get(*target).map(Vec::as_slice).unwrap_or(&[]);
        for indicator in &set.indicators {
            if !judged
                .iter()
                .any(|judgement| judgement.indicator == indicator.id)
            {
                continue;
            }
            for open in tally(&set.id, indicator, target, judged, reviewed).open {
                let kind = open_kind(&open.what);
                if indicator.kind == IndicatorKind::Listed && kind == OpenKind::Question {
                    continue;
                }
                items
                    .entry(((*target).clone(), open.check.clone(), open.key.clone()))
                    .or_insert_with(|| OpenItem {
                        target: (*target).clone(),
                        check: open.check,
                        key: open.key,
                        kind,
                        text: open.text,
                        indicators: Vec::new(),
                    })
                    .indicators
                    .push(indicator.id.clone());
            }
        }
    }
    items.into_values().collect()
}

/// 必须由人确认的. Findings of the sets that a round only lists whose indicators count for nothing before a person confirmed each
/// (内容安全: X-40 至 X-44), and which nobody decided. They hold up no outcome, and all the same no round may end over their heads.
pub fn to_confirm(round: &Round, judgements: &[Judgement], reviews: &[Review]) -> Vec<OpenItem> {
    let mut items: BTreeMap<(TargetId, String, String), OpenItem> = BTreeMap::new();
    for set in &round.also_listed {
        let always = set
            .indicators
            .iter()
            .filter(|own| own.confirm == Confirm::Always);
        let narrowed = IndicatorSet {
            indicators: always.cloned().collect(),
            ..set.clone()
        };
        if narrowed.indicators.is_empty() {
            continue;
        }
        for item in open_items(&narrowed, judgements, reviews) {
            if item.kind == OpenKind::Finding {
                let place = (item.target.clone(), item.check.clone(), item.key.clone());
                items.entry(place).or_insert(item);
            }
        }
    }
    items.into_values().collect()
}

/// What people still have to decide in a round: what holds up the set that counts, then what must be confirmed beside it.
pub fn open_in_round(round: &Round, judgements: &[Judgement], reviews: &[Review]) -> Vec<OpenItem> {
    let mut items = open_items(&round.set, judgements, reviews);
    let place = |item: &OpenItem| (item.target.clone(), item.check.clone(), item.key.clone());
    let known: BTreeSet<_> = items.iter().map(place).collect();
    let mut more = to_confirm(round, judgements, reviews);
    more.retain(|item| !known.contains(&place(item)));
    items.extend(more);
    items
}

fn open_kind(what: &OpenWhat) -> OpenKind {
    match what {
        OpenWhat::Finding(_) => OpenKind::Finding,
        OpenWhat::Doubt(_) => OpenKind::Doubt,
        OpenWhat::Question => OpenKind::Question,
        OpenWhat::Unknown => OpenKind::Unknown,
    }
}

/// Puts findings that a person confirmed and a re-run no longer shows back into `fresh`, with their old evidence:
/// the human verdict outranks the machine in both directions.
pub fn keep_confirmed(
    earlier: &[Judgement],
    fresh: Vec<Judgement>,
    reviews: &[Review],
) -> Vec<Judgement> {
    fresh
        .into_iter()
        .map(|judgement| {
            let kept: Vec<Finding> = earlier
                .iter()
                .filter(|old| {
                    old.target == judgement.target
                        && old.set == judgement.set
                        && old.indicator == judgement.indicator
                        && old.check == judgement.check
                })
                .flat_map(findings_of)
                .filter(|finding| is_confirmed(reviews, &judgement, finding))
                .filter(|finding| {
                    findings_of(&judgement)
                        .iter()
                        .all(|new| new.key != finding.key)
                })
                .cloned()
                .collect();
            with_findings(judgement, kept)
        })
        .collect()
}

fn is_confirmed(reviews: &[Review], judgement: &Judgement, finding: &Finding) -> bool {
    latest(reviews, &judgement.target, &judgement.check, &finding.key).is_some_and(|review| {
        match review.decision {
            Decision::Confirmed => true,
            Decision::Rejected | Decision::Withdrawn => false,
            Decision::Answered { number, .. } => number > 0,
        }
    })
}

fn findings_of(judgement: &Judgement) -> &[Finding] {
    match &judgement.result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
        } => findings,
        _ => &[],
    }
}

fn with_findings(mut judgement: Judgement, kept: Vec<Finding>) -> Judgement {
    if kept.is_empty() {
        return judgement;
    }
    let merged = |mut findings: Vec<Finding>| {
        findings.extend(kept);
        findings.sort_by(|a, b| a.key.cmp(&b.key));
        findings
    };
    let verdict = match judgement.result {
        // What the machine only suspects stays a suspicion beside what was confirmed.
        Judged::Known {
            verdict: Verdict::NeedsReview { question, findings },
        } => Verdict::NeedsReview {
            question,
            findings: merged(findings),
        },
        Judged::Known {
            verdict:
                Verdict::Fail {
                    findings,
                    undetermined,
                },
        } => Verdict::Fail {
            findings: merged(findings),
            undetermined,
        },
        Judged::Known {
            verdict: Verdict::Pass { undetermined },
        } => Verdict::Fail {
            findings: merged(Vec::new()),
            undetermined,
        },
        Judged::Known {
            verdict: Verdict::NotApplicable { .. },
        } => Verdict::Fail {
            findings: merged(Vec::new()),
            undetermined: Vec::new(),
        },
        Judged::Unknown { undetermined } => Verdict::Fail {
            findings: merged(Vec::new()),
            undetermined: undetermined.places,
        },
    };
    judgement.result = Judged::Known { verdict };
    judgement
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "review_tests.rs"]
mod tests;
