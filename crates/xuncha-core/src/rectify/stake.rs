//! 牵涉分值: what a problem costs its target, by which lists of problems are ordered.

use serde::{Deserialize, Serialize};

use super::ProblemId;
use crate::indicator::{IndicatorKind, IndicatorSet};
use crate::points::Points;
use crate::score::{IndicatorScore, ScoreSheet};

/// 牵涉分值. A veto comes before any points.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Stake {
    /// Whether the problem counts in an indicator that vetoes.
    pub is_veto: bool,
    /// Points taken by the indicators in which the problem counts. Several problems of one indicator share them: none of them alone
    /// would bring the points back where the indicator's cap is reached.
    pub points: Points,
}

/// What a problem costs on a sheet, with the indicators in which it counts, in the order of the set.
pub fn stake(set: &IndicatorSet, sheet: &ScoreSheet, problem: &ProblemId) -> (Stake, Vec<String>) {
    let counts = |score: &&IndicatorScore| {
        score
            .findings
            .iter()
            .any(|own| own.check == problem.check && own.key == problem.key)
    };
    let mut stake = Stake::default();
    let mut indicators = Vec::new();
    for score in sheet.indicators.iter().filter(counts) {
        let kind = set.indicator(&score.indicator).map(|own| own.kind);
        match kind {
            Some(IndicatorKind::Bonus) => continue,
            Some(IndicatorKind::Deduct) => stake.points += score.amount,
            _ => {}
        }
        stake.is_veto |= score.is_veto;
        indicators.push(score.indicator.clone());
    }
    (stake, indicators)
}
