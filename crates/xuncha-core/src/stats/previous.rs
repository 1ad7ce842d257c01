//! 上期: what an earlier round left behind, to compare with.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::index;
use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::points::{Exact, Points};
use crate::registry::{TargetClass, TargetId};
use crate::results::Results;
use crate::score::Outcome;

/// 历史轮次. What is known of an earlier round; what is not known stays empty and prints 缺上期数据.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousRound {
    /// Id such as `2025Q4`.
    pub id: String,
    /// Title.
    pub title: String,
    /// ② of every portal that had one and whose outcome was known.
    pub portal_scores: BTreeMap<TargetId, Points>,
    /// Exact index by first-level name.
    pub index_level1: BTreeMap<String, Exact>,
    /// Exact index by second-level name of the deduction indicators.
    pub index_level2: BTreeMap<String, Exact>,
    /// Points taken, by target and indicator id; pairs that were not measured are absent, 0 is written.
    pub deductions: BTreeMap<TargetId, BTreeMap<String, Points>>,
    /// Outcome of every drawn target.
    pub outcomes: BTreeMap<TargetId, Outcome>,
    /// Published pass rate of websites in percent, where `outcomes` are not known.
    pub website_pass_rate: Option<Exact>,
    /// Published pass rate of accounts in percent, where `outcomes` are not known.
    pub account_pass_rate: Option<Exact>,
    /// 粉丝数 of the accounts for which the round had it.
    #[serde(default)]
    pub followers: BTreeMap<TargetId, u64>,
}

impl PreviousRound {
    /// With the indices that follow from `deductions` under the set of that round; published indices stay where nothing follows.
    pub fn with_indices_of(mut self, set: &IndicatorSet) -> PreviousRound {
        let (level1, level2) = index::from_deductions(set, &self.deductions);
        self.index_level1.extend(level1);
        self.index_level2.extend(level2);
        self
    }

    /// 上期不合格对象. Targets that failed: the next round has to take them again.
    pub fn failures(&self) -> Vec<TargetId> {
        self.outcomes
            .iter()
            .filter(|(_, outcome)| **outcome == Outcome::Unqualified)
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// 上期抽中对象. Every target of which the round knows something.
    pub fn drawn(&self) -> BTreeSet<TargetId> {
        let scored = self.portal_scores.keys().chain(self.deductions.keys());
        scored.chain(self.outcomes.keys()).cloned().collect()
    }

    /// What a finished round leaves for the next ones.
    pub fn of(results: &Results) -> PreviousRound {
        let mut round = PreviousRound {
            id: results.round.id.clone(),
            title: results.round.title.clone(),
            ..PreviousRound::default()
        };
        for target in &results.targets {
            let id = target.subject.target.id();
            let sheet = &target.sheet;
            round.outcomes.insert(id.clone(), sheet.outcome);
            let (TargetClass::Portal, Some(score)) = (sheet.class, sheet.deduct_score) else {
                continue;
            };
            if sheet.outcome == Outcome::Undetermined {
                continue;
            }
            round.portal_scores.insert(id.clone(), score);
            let set = &results.round.set;
            let taken = sheet.indicators.iter().filter(|score| {
                let kind = set.indicator(&score.indicator).map(|own| own.kind);
                kind == Some(IndicatorKind::Deduct) && !score.not_applicable && !score.unmeasured
            });
            round.deductions.insert(
                id.clone(),
                taken
                    .map(|score| (score.indicator.clone(), score.amount))
                    .collect(),
            );
        }
        round.with_indices_of(&results.round.set)
    }
}
