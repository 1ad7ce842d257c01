//! 连续与复发: who failed again, who lost points for the same again, and which portals moved most since the round before.
//!
//! A target is followed through the rounds that drew it: one that did not says nothing of it and is passed over, and so is one whose
//! outcome is not known.

use serde::{Deserialize, Serialize};

use super::figures::Book;
use super::{MISSING_PREVIOUS, PortalRow, StatsInput, city_name};
use crate::indicator::IndicatorKind;
use crate::points::Points;
use crate::registry::{TargetClass, TargetId};
use crate::round::Subject;
use crate::score::{Outcome, ScoreSheet};

/// Portals named at most in a list of those that moved most.
const MOST_NAMED: usize = 10;
/// Rounds in a row from which on a failure is a standing one.
const STANDING: usize = 3;

/// 连续与复发行. A drawn target that failed or lost points as it did before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatRow {
    /// Target.
    pub target: TargetId,
    /// Its name.
    pub name: String,
    /// Class.
    pub class: TargetClass,
    /// Host unit.
    pub unit: String,
    /// City, or the province for its own units.
    pub city: String,
    /// Rounds in a row in which it was 不合格, this one included; 0 where it is not.
    pub rounds: usize,
    /// 复发: 不合格 before, 合格 when it was last drawn, 不合格 now.
    pub is_relapsed: bool,
    /// Second-level deduction indicators that took points in this round and the last one.
    pub same: Vec<String>,
}

/// Targets of which there is something to say, in their order.
pub(super) fn rows(input: &StatsInput<'_>) -> Vec<RepeatRow> {
    let row = |(subject, sheet): &(&Subject, &ScoreSheet)| {
        let id = subject.target.id();
        let (rounds, is_relapsed) = match sheet.outcome {
            Outcome::Unqualified => (rounds_in_a_row(input, id), is_relapsed(input, id)),
            _ => (0, false),
        };
        RepeatRow {
            target: id.clone(),
            name: subject.target.name().to_owned(),
            class: sheet.class,
            unit: subject.organization_name.clone(),
            city: city_name(subject).to_owned(),
            rounds,
            is_relapsed,
            same: same_indicators(input, id, sheet),
        }
    };
    let says = |row: &RepeatRow| row.rounds > 1 || row.is_relapsed || !row.same.is_empty();
    input.targets.iter().map(row).filter(says).collect()
}

/// Known outcomes of a target in earlier rounds, the latest first.
fn known<'a>(
    input: &'a StatsInput<'_>,
    id: &'a TargetId,
) -> impl Iterator<Item = Outcome> + use<'a> {
    let rounds = input.previous.iter().rev();
    let outcomes = rounds.filter_map(move |round| round.outcomes.get(id).copied());
    outcomes.filter(|outcome| *outcome != Outcome::Undetermined)
}

fn rounds_in_a_row(input: &StatsInput<'_>, id: &TargetId) -> usize {
    let before = known(input, id).take_while(|outcome| *outcome == Outcome::Unqualified);
    1 + before.count()
}

fn is_relapsed(input: &StatsInput<'_>, id: &TargetId) -> bool {
    let mut before = known(input, id);
    before.next() == Some(Outcome::Qualified) && before.any(|one| one == Outcome::Unqualified)
}

fn same_indicators(input: &StatsInput<'_>, id: &TargetId, sheet: &ScoreSheet) -> Vec<String> {
    let Some(before) = input.last().and_then(|last| last.deductions.get(id)) else {
        return Vec::new();
    };
    if sheet.outcome == Outcome::Undetermined {
        return Vec::new();
    }
    let took = |id: &str| before.get(id).is_some_and(|taken| *taken > Points::ZERO);
    let again = sheet.indicators.iter().filter(|own| {
        own.amount > Points::ZERO && !own.not_applicable && !own.unmeasured && took(&own.indicator)
    });
    let of_set = again.filter_map(|own| input.set.indicator(&own.indicator));
    of_set
        .filter(|indicator| indicator.kind == IndicatorKind::Deduct)
        .map(|indicator| indicator.level2.clone())
        .collect()
}

/// 变化最大. Portals that moved to one side since the round before, those that moved most first, of equal ones by number.
pub fn movers(portals: &[PortalRow], is_up: bool) -> Vec<(&PortalRow, Points)> {
    let mut moved: Vec<(&PortalRow, Points)> = portals
        .iter()
        .filter_map(|row| Some((row, row.deduct_score? - row.previous_deduct_score?)))
        .filter(|(_, change)| match is_up {
            true => *change > Points::ZERO,
            false => *change < Points::ZERO,
        })
        .collect();
    moved.sort_by(|a, b| {
        let by = match is_up {
            true => b.1.cmp(&a.1),
            false => a.1.cmp(&b.1),
        };
        by.then_with(|| a.0.target.cmp(&b.0.target))
    });
    moved.truncate(MOST_NAMED);
    moved
}

pub(super) fn put(
    input: &StatsInput<'_>,
    (rows, portals): (&[RepeatRow], &[PortalRow]),
    book: &mut Book,
) {
    let last = input.last();
    let has_outcomes = input.previous.iter().any(|one| !one.outcomes.is_empty());
    let has_deductions = last.is_some_and(|last| !last.deductions.is_empty());
    let has_scores = last.is_some_and(|last| !last.portal_scores.is_empty());
    type Counts = fn(&RepeatRow) -> bool;
    let counts: [(&str, bool, Counts, &str, &str); 4] = [
        (
            "repeat.unqualified",
            has_outcomes,
            |row| row.rounds > 1,
            "个",
            "连续不合格的对象数：本期不合格，上一次抽中时也不合格（没有抽中、无法判定的轮次跳过）",
        ),
        (
            "repeat.unqualified_standing",
            has_outcomes,
            |row| row.rounds >= STANDING,
            "个",
            "连续三期及以上不合格的对象数：本期和此前最近两次抽中时都不合格",
        ),
        (
            "repeat.relapsed",
            has_outcomes,
            |row| row.is_relapsed,
            "个",
            "复发的对象数：以前不合格、最近一次抽中时合格、本期又不合格",
        ),
        (
            "repeat.same_indicator",
            has_deductions,
            |row| !row.same.is_empty(),
            "家",
            "同一问题连续扣分的网站数：至少一项扣分指标本期和上期都扣了分",
        ),
    ];
    for (name, is_known, is_one, unit, what) in counts {
        match is_known {
            true => book.count(
                name,
                rows.iter().filter(|row| is_one(row)).count(),
                unit,
                what,
            ),
            false => book.exact(name, Err(MISSING_PREVIOUS), 0, unit, what),
        }
    }
    for (name, is_up, what) in [
        (
            "movement.portals_up",
            true,
            "得分提高最多的门户网站：扣分指标得分与上期相比，至多十家，提高多的在前",
        ),
        (
            "movement.portals_down",
            false,
            "得分下降最多的门户网站：扣分指标得分与上期相比，至多十家，下降多的在前",
        ),
    ] {
        let names = movers(portals, is_up);
        let names = names.into_iter().map(|(row, _)| row.name.clone()).collect();
        book.list(
            name,
            if has_scores {
                Ok(names)
            } else {
                Err(MISSING_PREVIOUS)
            },
            what,
        );
    }
}
