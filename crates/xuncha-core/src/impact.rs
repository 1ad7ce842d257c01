//! 影响: whom a change of the judge or of a set would hit. Two judgings of the same stored facts, compared.
//!
//! A judging is read from a `results.json` ([`Verdicts::read`]), so that another version of the program can have written it. Only what is
//! compared is read; a file of an older or newer layout is understood as long as it has that.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::points::Points;
use crate::registry::TargetId;
use crate::score::Outcome;
use crate::verdict::Confidence;

/// 判定集. One judging of a round: what is compared of a `results.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Verdicts {
    /// The round with its scored set.
    pub round: JudgedRound,
    targets: Vec<TargetVerdicts>,
}

/// 受判轮次. Which round, under which set.
#[derive(Clone, Debug, Deserialize)]
pub struct JudgedRound {
    /// Id of the round.
    pub id: String,
    /// Its scored set.
    pub set: JudgedSet,
}

/// 所用体系.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct JudgedSet {
    /// Id such as `gov-2019`.
    pub id: String,
    /// Its hash.
    pub sha256: String,
}

#[derive(Clone, Debug, Deserialize)]
struct TargetVerdicts {
    subject: Filed,
    judgements: Vec<Verdict>,
    sheet: Sheet,
}

#[derive(Clone, Debug, Deserialize)]
struct Filed {
    target: FiledTarget,
}

#[derive(Clone, Debug, Deserialize)]
struct FiledTarget {
    id: TargetId,
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Sheet {
    outcome: Outcome,
    final_score: Option<Points>,
}

#[derive(Clone, Debug, Deserialize)]
struct Verdict {
    set: String,
    indicator: String,
    check: String,
    check_version: u32,
    result: Said,
}

/// A verdict as it is written: `result` tells known from unknown, `verdict` which it is.
#[derive(Clone, Debug, Default, Deserialize)]
struct Said {
    result: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    findings: Vec<Problem>,
    #[serde(default)]
    undetermined: Vec<Open>,
    #[serde(default)]
    places: Vec<Open>,
}

#[derive(Clone, Debug, Deserialize)]
struct Problem {
    key: String,
    case: String,
    count: u32,
    detail: String,
    confidence: Confidence,
}

#[derive(Clone, Debug, Deserialize)]
struct Open {
    key: String,
    case: String,
    detail: String,
}

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
}

/// Set (empty where the sides use other sets), target, indicator, check.
type Place<'a> = (&'a str, &'a TargetId, &'a str, &'a str);

impl Verdicts {
    /// Reads a `results.json`.
    pub fn read(text: &str) -> Result<Verdicts, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Number of targets.
    pub fn target_count(&self) -> usize {
        self.targets.len()
    }

    fn names(&self) -> BTreeMap<&TargetId, &str> {
        let filed = self.targets.iter().map(|one| &one.subject.target);
        filed
            .map(|target| (&target.id, target.name.as_str()))
            .collect()
    }

    fn sets(&self) -> BTreeSet<&str> {
        let all = self.targets.iter().flat_map(|target| &target.judgements);
        all.map(|verdict| verdict.set.as_str()).collect()
    }

    fn places(&self, with_set: bool) -> BTreeMap<Place<'_>, &Verdict> {
        let mut places = BTreeMap::new();
        for target in &self.targets {
            for verdict in &target.judgements {
                let set = if with_set { verdict.set.as_str() } else { "" };
                let id = &target.subject.target.id;
                places.insert(
                    (set, id, verdict.indicator.as_str(), verdict.check.as_str()),
                    verdict,
                );
            }
        }
        places
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
        let mut impact = Impact {
            compared: all.len(),
            outcomes: outcomes(before, after),
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
            if change.before != change.after || !change.spots.is_empty() {
                let versions = [old, new].map(|one| one.map_or(0, |one| one.check_version));
                impact.note(change, versions);
            }
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

    fn note(&mut self, change: Change, versions: [u32; 2]) {
        let totals = self.checks.entry(change.check.clone()).or_default();
        totals.version.0 = totals.version.0.max(versions[0]);
        totals.version.1 = totals.version.1.max(versions[1]);
        let id = &change.target;
        totals.targets.insert(id.clone());
        if change.before != change.after {
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

fn state(verdict: Option<&Verdict>) -> State {
    let Some(verdict) = verdict else {
        return State::Absent;
    };
    match (
        verdict.result.result.as_str(),
        verdict.result.verdict.as_str(),
    ) {
        ("known", "pass") => State::Pass,
        ("known", "fail") => State::Fail,
        ("known", "not_applicable") => State::NotApplicable,
        ("known", "needs_review") => State::NeedsReview,
        _ => State::Unknown,
    }
}

/// What changed of the single problems and doubts, by kind, key and case.
fn spots(
    before: Option<&Verdict>,
    after: Option<&Verdict>,
    reworded: &mut usize,
) -> Vec<SpotChange> {
    let none = Said::default();
    let said = |verdict: Option<&Verdict>| verdict.map_or(none.clone(), |one| one.result.clone());
    let (old, new) = (said(before), said(after));
    let mut changes = Vec::new();
    let (was, is) = (problems(&old), problems(&new));
    for id in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        changes.extend(problem_change(
            was.get(id).copied(),
            is.get(id).copied(),
            reworded,
        ));
    }
    let (was, is) = (doubts(&old), doubts(&new));
    for id in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (was.get(id), is.get(id));
        if old.is_some() == new.is_some() {
            continue;
        }
        changes.push(SpotChange {
            kind: SpotKind::Doubt,
            case: id.1.to_owned(),
            key: id.0.to_owned(),
            before: old.map(|_| 1),
            after: new.map(|_| 1),
            confidence: None,
            detail: new
                .or(old)
                .map_or(String::new(), |open| open.detail.clone()),
        });
    }
    changes
}

fn problem_change(
    before: Option<&Problem>,
    after: Option<&Problem>,
    reworded: &mut usize,
) -> Option<SpotChange> {
    let shown = after.or(before)?;
    let mut confidence = None;
    if let (Some(before), Some(after)) = (before, after) {
        if (before.count, before.confidence) == (after.count, after.confidence) {
            *reworded += usize::from(before.detail != after.detail);
            return None;
        }
        confidence = (before.confidence != after.confidence)
            .then_some((before.confidence, after.confidence));
    }
    Some(SpotChange {
        kind: SpotKind::Problem,
        case: shown.case.clone(),
        key: shown.key.clone(),
        before: before.map(|problem| problem.count),
        after: after.map(|problem| problem.count),
        confidence,
        detail: shown.detail.clone(),
    })
}

fn problems(said: &Said) -> BTreeMap<(&str, &str), &Problem> {
    let all = said.findings.iter();
    all.map(|one| ((one.key.as_str(), one.case.as_str()), one))
        .collect()
}

/// Doubts beside a verdict, and the places of one that could not be reached.
fn doubts(said: &Said) -> BTreeMap<(&str, &str), &Open> {
    let all = said.undetermined.iter().chain(&said.places);
    all.map(|one| ((one.key.as_str(), one.case.as_str()), one))
        .collect()
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
