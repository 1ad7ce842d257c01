//! 得分指数: mean score ÷ full points, as sums of points kept and points possible, so that nothing is rounded on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StatsInput;
use crate::indicator::{Indicator, IndicatorKind, IndicatorSet};
use crate::points::{Exact, Points};
use crate::registry::{TargetClass, TargetId};

/// How many indicators count as the weakest.
const WEAKEST: usize = 10;

/// 指数层级.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// 一级指标.
    Level1,
    /// 二级指标.
    Level2,
}

/// 得分指数. Of one group or indicator over the portals of the mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRow {
    /// First or second level.
    pub kind: IndexKind,
    /// Name of the group or of the second-level indicator.
    pub name: String,
    /// First-level name it belongs to.
    pub level1: String,
    /// Indicator ids.
    pub indicators: Vec<String>,
    /// Full points.
    pub points: Points,
    /// Portals of which at least one of the indicators was measured.
    pub count: usize,
    /// Index now; none where nothing was measured.
    pub now: Option<Exact>,
    /// Index of the previous round.
    pub previous: Option<Exact>,
    /// Difference of the two as printed.
    pub change: Option<Exact>,
}

/// Deduction indicators that apply to portals, in order of the set.
pub(super) fn deductions(set: &IndicatorSet) -> impl Iterator<Item = &Indicator> {
    set.indicators.iter().filter(|indicator| {
        indicator.kind == IndicatorKind::Deduct
            && indicator.applies_to.contains(&TargetClass::Portal)
    })
}

/// First-level groups of deduction indicators, in order of the set.
pub(super) fn groups(set: &IndicatorSet) -> Vec<(String, Vec<&Indicator>)> {
    let mut groups: Vec<(String, Vec<&Indicator>)> = Vec::new();
    for indicator in deductions(set) {
        match groups
            .iter_mut()
            .find(|(name, _)| name == &indicator.level1)
        {
            Some((_, members)) => members.push(indicator),
            None => groups.push((indicator.level1.clone(), vec![indicator])),
        }
    }
    groups
}

/// Rows of the first level.
pub(super) fn level1(input: &StatsInput<'_>) -> Vec<IndexRow> {
    groups(input.set)
        .into_iter()
        .map(|(name, members)| {
            let previous = input
                .last()
                .and_then(|last| last.index_level1.get(&name).copied());
            row(input, IndexKind::Level1, name, &members, previous)
        })
        .collect()
}

/// Rows of the second level.
pub(super) fn level2(input: &StatsInput<'_>) -> Vec<IndexRow> {
    deductions(input.set)
        .map(|indicator| {
            let previous = input
                .last()
                .and_then(|last| last.index_level2.get(&indicator.level2).copied());
            let name = indicator.level2.clone();
            row(input, IndexKind::Level2, name, &[indicator], previous)
        })
        .collect()
}

fn row(
    input: &StatsInput<'_>,
    kind: IndexKind,
    name: String,
    members: &[&Indicator],
    previous: Option<Exact>,
) -> IndexRow {
    let mut kept = Points::ZERO;
    let mut possible = Points::ZERO;
    let mut count = 0;
    for (_, sheet, _) in input.portals_of_mean() {
        let measured: Vec<_> = sheet
            .indicators
            .iter()
            .filter(|score| !score.not_applicable && !score.unmeasured)
            .filter(|score| members.iter().any(|member| member.id == score.indicator))
            .collect();
        count += usize::from(!measured.is_empty());
        for score in measured {
            possible += score.points;
            // A set without caps can take more than an indicator holds; its index ends at zero.
            kept += (score.points - score.amount).max(Points::ZERO);
        }
    }
    let now = ratio(kept, possible);
    IndexRow {
        kind,
        name,
        level1: members
            .first()
            .map(|member| member.level1.clone())
            .unwrap_or_default(),
        indicators: members.iter().map(|member| member.id.clone()).collect(),
        points: members.iter().map(|member| member.points).sum(),
        count,
        now,
        previous,
        change: now
            .zip(previous)
            .map(|(now, previous)| now.printed_minus(previous, 2)),
    }
}

fn ratio(kept: Points, possible: Points) -> Option<Exact> {
    Exact::new(
        i128::from(kept.hundredths()),
        i128::from(possible.hundredths()),
    )
}

/// The ten lowest of those measured, by the exact index, of equal ones in order of the set.
pub(super) fn weakest(level2: &[IndexRow]) -> Vec<String> {
    let mut measured: Vec<(Exact, &IndexRow)> = level2
        .iter()
        .filter_map(|row| row.now.map(|now| (now, row)))
        .collect();
    measured.sort_by_key(|(now, _)| *now);
    measured
        .into_iter()
        .take(WEAKEST)
        .map(|(_, row)| row.name.clone())
        .collect()
}

/// Indices by name (first level, second level).
pub(super) type Indices = (BTreeMap<String, Exact>, BTreeMap<String, Exact>);

/// Indices out of points taken per target and indicator, of targets that had a score.
pub(super) fn from_deductions(
    set: &IndicatorSet,
    deductions_of: &BTreeMap<TargetId, BTreeMap<String, Points>>,
) -> Indices {
    let index_of = |members: &[&Indicator]| {
        let mut kept = Points::ZERO;
        let mut possible = Points::ZERO;
        for taken in deductions_of.values() {
            for member in members {
                if let Some(amount) = taken.get(&member.id) {
                    possible += member.points;
                    kept += (member.points - *amount).max(Points::ZERO);
                }
            }
        }
        ratio(kept, possible)
    };
    let level1 = groups(set)
        .into_iter()
        .filter_map(|(name, members)| index_of(&members).map(|index| (name, index)))
        .collect();
    let level2 = deductions(set)
        .filter_map(|member| index_of(&[member]).map(|index| (member.level2.clone(), index)))
        .collect();
    (level1, level2)
}
