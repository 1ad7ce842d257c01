//! One judging as it stands in a `results.json`, as far as it is compared.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::State;
use crate::points::Points;
use crate::registry::TargetId;
use crate::score::Outcome;
use crate::verdict::Confidence;

/// 判定集. One judging of a round: what is compared of a `results.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Verdicts {
    /// The round with its scored set.
    pub round: JudgedRound,
    pub(super) targets: Vec<TargetVerdicts>,
}

/// 受判轮次. Which round, under which set.
#[derive(Clone, Debug, Deserialize)]
pub struct JudgedRound {
    /// Id of the round.
    pub id: String,
    /// Its scored set.
    pub set: JudgedSet,
    /// Sets that are only listed.
    #[serde(default)]
    pub also_listed: Vec<JudgedSet>,
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
pub(super) struct TargetVerdicts {
    pub(super) subject: Filed,
    pub(super) judgements: Vec<Verdict>,
    pub(super) sheet: Sheet,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Filed {
    pub(super) target: FiledTarget,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct FiledTarget {
    pub(super) id: TargetId,
    pub(super) name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sheet {
    pub(super) outcome: Outcome,
    pub(super) final_score: Option<Points>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Verdict {
    pub(super) set: String,
    pub(super) indicator: String,
    pub(super) check: String,
    pub(super) check_version: u32,
    pub(super) result: Said,
}

/// A verdict as it is written: `result` tells known from unknown, `verdict` which it is.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Said {
    pub(super) result: String,
    #[serde(default)]
    pub(super) verdict: String,
    #[serde(default)]
    pub(super) findings: Vec<Problem>,
    #[serde(default)]
    pub(super) undetermined: Vec<Open>,
    #[serde(default)]
    pub(super) places: Vec<Open>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Problem {
    pub(super) key: String,
    pub(super) case: String,
    pub(super) count: u32,
    pub(super) detail: String,
    pub(super) confidence: Confidence,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Open {
    pub(super) key: String,
    pub(super) case: String,
    pub(super) detail: String,
}

/// Set (empty where the sides use other sets), target, indicator, check.
pub(super) type Place<'a> = (&'a str, &'a TargetId, &'a str, &'a str);

impl Verdicts {
    /// Reads a `results.json`.
    pub fn read(text: &str) -> Result<Verdicts, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Number of targets.
    pub fn target_count(&self) -> usize {
        self.targets.len()
    }

    pub(super) fn names(&self) -> BTreeMap<&TargetId, &str> {
        let filed = self.targets.iter().map(|one| &one.subject.target);
        filed
            .map(|target| (&target.id, target.name.as_str()))
            .collect()
    }

    pub(super) fn sets(&self) -> BTreeSet<&str> {
        let all = self.targets.iter().flat_map(|target| &target.judgements);
        all.map(|verdict| verdict.set.as_str()).collect()
    }

    pub(super) fn indicators(&self) -> BTreeSet<&str> {
        let all = self.targets.iter().flat_map(|target| &target.judgements);
        all.map(|verdict| verdict.indicator.as_str()).collect()
    }

    /// Version of each check that was asked.
    pub(super) fn versions(&self) -> BTreeMap<&str, u32> {
        let all = self.targets.iter().flat_map(|target| &target.judgements);
        all.map(|verdict| (verdict.check.as_str(), verdict.check_version))
            .collect()
    }

    /// What each check said of each target, under whatever indicator.
    pub(super) fn said(&self) -> BTreeSet<(&TargetId, &str, State)> {
        let mut said = BTreeSet::new();
        for target in &self.targets {
            let id = &target.subject.target.id;
            let all = target.judgements.iter();
            said.extend(all.map(|one| (id, one.check.as_str(), state(Some(one)))));
        }
        said
    }

    pub(super) fn places(&self, with_set: bool) -> BTreeMap<Place<'_>, &Verdict> {
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

pub(super) fn state(verdict: Option<&Verdict>) -> State {
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
