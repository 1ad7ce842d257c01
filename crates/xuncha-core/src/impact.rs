//! 影响: whom a change of the judge or of a set would hit. Two judgings of the same stored facts, compared.
//!
//! A judging is read from a `results.json` ([`Verdicts::read`]), so that another version of the program can have written it. Only what is
//! compared is read; a file of an older or newer layout is understood as long as it has that.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::points::Points;
use crate::registry::TargetId;
use crate::score::Outcome;
use crate::verdict::Confidence;
use spots::spots;
use verdicts::{Place, Sheet, state};

mod spots;
mod verdicts;

pub use verdicts::{JudgedRound, JudgedSet, Verdicts};

/// 判定状态. What a check says of a target, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 不判: the check was not asked.
    Absent,
    /// 通过.
    Pass,
    /// 存在问题.
    Fail,
    /// 不适用.
    NotApplicable,
    /// 待人工.
    NeedsReview,
    /// 无法判定.
    Unknown,
}

impl State {
    /// Its Chinese word.
    pub fn zh(self) -> &'static str {
        match self {
            State::Absent => "不判",
            State::Pass => "通过",
            State::Fail => "存在问题",
            State::NotApplicable => "不适用",
            State::NeedsReview => "待人工",
            State::Unknown => "无法判定",
        }
    }
}

/// 处的种类. A problem that is found, or a place that is left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpotKind {
    /// 问题.
    Problem,
    /// 存疑.
    Doubt,
}

/// 一处变化. A problem or doubt that came, went, or counts otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpotChange {
    /// Problem or doubt.
    pub kind: SpotKind,
    /// Case.
    pub case: String,
    /// Key.
    pub key: String,
    /// How often it counted before; `None` where it was not there.
    pub before: Option<u32>,
    /// How often it counts now; `None` where it is gone.
    pub after: Option<u32>,
    /// How sure the machine was and is, where it was there both times and that changed.
    pub confidence: Option<(Confidence, Confidence)>,
    /// What is said of it now, else what was.
    pub detail: String,
}

/// 判定变化. What changed of one check on one target for one indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Check.
    pub check: String,
    /// Target.
    pub target: TargetId,
    /// Its name.
    pub name: String,
    /// Indicator that asks.
    pub indicator: String,
    /// What the check said before.
    pub before: State,
    /// What it says now.
    pub after: State,
    /// Problems and doubts that changed, by kind, key and case.
    pub spots: Vec<SpotChange>,
}

/// 结论变化. A target whose outcome or score changed, reviews applied on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeChange {
    /// Target.
    pub target: TargetId,
    /// Its name.
    pub name: String,
    /// Outcome before and now.
    pub outcome: (Outcome, Outcome),
    /// Final score before and now.
    pub score: (Option<Points>, Option<Points>),
}

/// 检查项影响. How much changed for one check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Version of the check before and now, 0 where it was not asked.
    pub version: (u32, u32),
    /// Targets with any change.
    pub targets: BTreeSet<TargetId>,
    /// Targets that fail and did not.
    pub newly_failing: BTreeSet<TargetId>,
    /// Targets that pass and did not.
    pub newly_passing: BTreeSet<TargetId>,
    /// Targets of which nothing can be said, and could.
    pub newly_unknown: BTreeSet<TargetId>,
    /// Problems that came.
    pub added: usize,
    /// Problems that went.
    pub dropped: usize,
    /// Problems that count otherwise or with another confidence.
    pub recounted: usize,
    /// Doubts that came.
    pub doubts_added: usize,
    /// Doubts that went.
    pub doubts_dropped: usize,
}

/// 影响. Everything that differs between two judgings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// Verdicts that were compared, on either side.
    pub compared: usize,
    /// What changed, by check, target and indicator.
    pub changes: Vec<Change>,
    /// By check, those without a change left out.
    pub checks: BTreeMap<String, Totals>,
    /// Targets whose outcome or score changed, by number.
    pub outcomes: Vec<OutcomeChange>,
    /// Problems of which only the words changed.
    pub reworded: usize,
    /// Indicators that only the earlier judging has.
    pub only_before: BTreeSet<String>,
    /// Indicators that only the later judging has.
    pub only_after: BTreeSet<String>,
}

impl Change {
    /// Whether somebody notices. That a check is asked anew hits whom it finds fault with or cannot judge; that it is no longer asked, whom it
    /// found fault with.
    fn is_one(&self) -> bool {
        match (self.before, self.after) {
            (State::Absent, after) => {
                matches!(after, State::Fail | State::Unknown) || !self.spots.is_empty()
            }
            (before, State::Absent) => before == State::Fail,
            (before, after) => before != after || !self.spots.is_empty(),
        }
    }
}

impl Impact {
    /// Compares two judgings. Under the same sets a verdict is compared with that of the same set; where the sides use other sets, with that
    /// of the same indicator and check.
    pub fn between(before: &Verdicts, after: &Verdicts) -> Impact {
        let with_set = before.sets() == after.sets();
        let (old, new) = (before.places(with_set), after.places(with_set));
        let names: BTreeMap<&TargetId, &str> =
            before.names().into_iter().chain(after.names()).collect();
        let all: BTreeSet<&Place<'_>> = old.keys().chain(new.keys()).collect();
        let said_before = before.said();
        let versions = (before.versions(), after.versions());
        let (asked_before, asked_after) = (before.indicators(), after.indicators());
        let only = |left: &BTreeSet<&str>, right: &BTreeSet<&str>| {
            left.difference(right).map(|id| (*id).to_owned()).collect()
        };
        let mut impact = Impact {
            compared: all.len(),
            outcomes: outcomes(before, after),
            only_before: only(&asked_before, &asked_after),
            only_after: only(&asked_after, &asked_before),
            ..Impact::default()
        };
        for place in all {
            let (old, new) = (old.get(place).copied(), new.get(place).copied());
            let (_, target, indicator, check) = *place;
            let change = Change {
                check: check.to_owned(),
                target: target.clone(),
                name: names
                    .get(target)
                    .map_or(String::new(), |name| (*name).to_owned()),
                indicator: indicator.to_owned(),
                before: state(old),
                after: state(new),
                spots: spots(old, new, &mut impact.reworded),
            };
            if change.is_one() {
                // Under an indicator that was not asked before, only what no other indicator's verdict said already is new.
                let is_new = change.before != State::Absent
                    || !said_before.contains(&(target, check, change.after));
                impact.note(change, is_new);
            }
        }
        for (check, totals) in &mut impact.checks {
            let of = |versions: &BTreeMap<&str, u32>| versions.get(check.as_str()).copied();
            totals.version = (of(&versions.0).unwrap_or(0), of(&versions.1).unwrap_or(0));
        }
        impact.changes.sort_by(|a, b| {
            (&a.check, &a.target, &a.indicator).cmp(&(&b.check, &b.target, &b.indicator))
        });
        impact
    }

    /// Whether nothing but words changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.outcomes.is_empty()
    }

    fn note(&mut self, change: Change, is_new: bool) {
        let totals = self.checks.entry(change.check.clone()).or_default();
        let id = &change.target;
        totals.targets.insert(id.clone());
        if is_new && change.before != change.after {
            let newly = match change.after {
                State::Fail => Some(&mut totals.newly_failing),
                State::Pass => Some(&mut totals.newly_passing),
                State::Unknown => Some(&mut totals.newly_unknown),
                _ => None,
            };
            newly.into_iter().for_each(|targets| {
                targets.insert(id.clone());
            });
        }
        for spot in &change.spots {
            let counter = match (spot.kind, spot.before, spot.after) {
                (SpotKind::Problem, None, _) => &mut totals.added,
                (SpotKind::Problem, _, None) => &mut totals.dropped,
                (SpotKind::Problem, _, _) => &mut totals.recounted,
                (SpotKind::Doubt, None, _) => &mut totals.doubts_added,
                (SpotKind::Doubt, _, _) => &mut totals.doubts_dropped,
            };
            *counter += 1;
        }
        self.changes.push(change);
    }
}

fn outcomes(before: &Verdicts, after: &Verdicts) -> Vec<OutcomeChange> {
    let old: BTreeMap<&TargetId, &Sheet> = before
        .targets
        .iter()
        .map(|one| (&one.subject.target.id, &one.sheet))
        .collect();
    let mut changes: Vec<OutcomeChange> = after
        .targets
        .iter()
        .filter_map(|one| {
            let old = old.get(&one.subject.target.id)?;
            let outcome = (old.outcome, one.sheet.outcome);
            let score = (old.final_score, one.sheet.final_score);
            (outcome.0 != outcome.1 || score.0 != score.1).then(|| OutcomeChange {
                target: one.subject.target.id.clone(),
                name: one.subject.target.name.clone(),
                outcome,
                score,
            })
        })
        .collect();
    changes.sort_by(|a, b| a.target.cmp(&b.target));
    changes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "impact_tests.rs"]
mod tests;
