//! 汇总: every figure of the notice, exact until it is printed. What was not measured says so and is never 0.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::indicator::IndicatorSet;
use crate::points::{Exact, Points};
use crate::registry::{TargetClass, TargetId};
use crate::round::{Sample, Subject};
use crate::score::{Outcome, ScoreSheet};

mod cells;
mod estimate;
mod figures;
mod import;
mod index;
mod inference;
mod outcome;
mod previous;
mod repeat;

pub use import::previous_rounds;
pub use index::{IndexKind, IndexRow};
pub use previous::PreviousRound;
pub use repeat::{RepeatRow, movers};

/// Prints where the round before is not known.
pub const MISSING_PREVIOUS: &str = "缺上期数据";
/// Prints where nothing was measured.
pub const NOT_MEASURED: &str = "无法判定";

/// 数值. The exact value of a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureValue {
    /// A number of things.
    Count(i64),
    /// A share, mean or index, not rounded.
    Exact(Exact),
    /// Names in order.
    List(Vec<String>),
    /// A text.
    Text(String),
    /// Why there is no value: [`MISSING_PREVIOUS`] or [`NOT_MEASURED`].
    Missing(String),
}

/// 数据项. One named figure of the notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its exact value.
    pub value: FigureValue,
    /// As it is printed: rounded once, trailing zeros dropped.
    pub printed: String,
    /// Unit, such as 个 or 个百分点.
    pub unit: String,
    /// What it means, in Chinese.
    pub definition: String,
}

impl Figure {
    /// The unit to print after the value; none after the words that stand for a missing value.
    pub fn printed_unit(&self) -> &str {
        match self.value {
            FigureValue::Missing(_) => "",
            _ => &self.unit,
        }
    }
}

/// 门户得分. A drawn portal with its score, for the annex and the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalRow {
    /// Target.
    pub target: TargetId,
    /// Site name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Stratum.
    pub stratum: String,
    /// ②, where it was scored and the outcome is known.
    pub deduct_score: Option<Points>,
    /// Final score.
    pub final_score: Option<Points>,
    /// Outcome.
    pub outcome: Outcome,
    /// ② of the previous round.
    pub previous_deduct_score: Option<Points>,
    /// Whether ② is above the line of the bonus.
    pub is_above_line: bool,
}

/// 地区汇总. Counts of one city-level region (or of the province's own units).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRow {
    /// Name of the city, or of the province for its own units.
    pub region: String,
    /// Websites drawn, qualified, unqualified, undetermined.
    pub websites: OutcomeCounts,
    /// Accounts drawn, qualified, unqualified, undetermined.
    pub accounts: OutcomeCounts,
    /// Portals in the mean.
    pub portal_count: usize,
    /// Mean ② of its portals.
    pub portal_mean: Option<Exact>,
}

/// 结论计数.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCounts {
    /// Drawn and scored.
    pub total: usize,
    /// 合格.
    pub qualified: usize,
    /// 不合格.
    pub unqualified: usize,
    /// 无法判定.
    pub undetermined: usize,
}

impl OutcomeCounts {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.total += 1;
        match outcome {
            Outcome::Qualified => self.qualified += 1,
            Outcome::Unqualified => self.unqualified += 1,
            Outcome::Undetermined => self.undetermined += 1,
        }
    }

    /// 合格率 in percent: qualified of those whose outcome is known.
    pub fn pass_rate(&self) -> Option<Exact> {
        Exact::percent(
            self.qualified as i128,
            (self.qualified + self.unqualified) as i128,
        )
    }
}

/// 分层汇总. A stratum with what was found and what it says of the whole stratum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumRow {
    /// Stratum.
    pub stratum: String,
    /// Running targets.
    pub running: usize,
    /// Outcomes of those drawn; one without a score sheet is undetermined.
    pub outcomes: OutcomeCounts,
    /// Estimated 合格率 of all running targets in percent.
    pub pass_rate: Option<Exact>,
    /// Lower end of its interval.
    pub pass_rate_low: Option<Exact>,
    /// Upper end.
    pub pass_rate_high: Option<Exact>,
}

/// 汇总. All figures of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Named figures.
    pub figures: BTreeMap<String, Figure>,
    /// First-level deduction groups in the order of the set.
    pub level1: Vec<IndexRow>,
    /// Deduction indicators in the order of the set.
    pub level2: Vec<IndexRow>,
    /// Names of the ten weakest second-level indicators, weakest first.
    pub weakest: Vec<String>,
    /// Drawn portals by number.
    pub portals: Vec<PortalRow>,
    /// Regions in the order of their first target.
    pub regions: Vec<RegionRow>,
    /// Accounts that are 不合格, by number.
    pub problem_accounts: Vec<TargetId>,
    /// Strata of the frame.
    #[serde(default)]
    pub strata: Vec<StratumRow>,
    /// Targets that failed or lost points as before.
    #[serde(default)]
    pub repeats: Vec<RepeatRow>,
}

/// What the figures are reckoned from.
pub struct StatsInput<'a> {
    /// The scored set.
    pub set: &'a IndicatorSet,
    /// Id of the round, to see whether the previous rounds follow one another.
    pub round: &'a str,
    /// Frame and draw.
    pub sample: &'a Sample,
    /// Earlier rounds, oldest first.
    pub previous: &'a [PreviousRound],
    /// Drawn targets with their sheets, by number.
    pub targets: Vec<(&'a Subject, &'a ScoreSheet)>,
}

impl StatsInput<'_> {
    /// The round compared with.
    fn last(&self) -> Option<&PreviousRound> {
        self.previous.last()
    }

    /// Portals that take part in means and indices: scored, and the outcome is known.
    fn portals_of_mean(&self) -> impl Iterator<Item = (&Subject, &ScoreSheet, Points)> {
        self.targets.iter().filter_map(|(subject, sheet)| {
            let counts =
                sheet.class == TargetClass::Portal && sheet.outcome != Outcome::Undetermined;
            sheet
                .deduct_score
                .filter(|_| counts)
                .map(|score| (*subject, *sheet, score))
        })
    }

    /// The line above which (strictly) the bonus begins; sets without a formula have none.
    fn line(&self) -> Option<Points> {
        let formula = self.set.formula_of(TargetClass::Portal)?;
        Some(formula.bonus_above)
    }

    fn is_above_line(&self, score: Points) -> bool {
        self.line().is_some_and(|line| score > line)
    }

    fn stratum_size(&self, belongs: impl Fn(&str) -> bool) -> usize {
        self.sample
            .frame
            .iter()
            .filter(|(stratum, _)| belongs(stratum))
            .map(|(_, targets)| targets.len())
            .sum()
    }

    fn drawn(&self, belongs: impl Fn(&str) -> bool) -> usize {
        self.sample
            .drawn
            .values()
            .filter(|stratum| belongs(stratum))
            .count()
    }

    fn outcomes(&self, belongs: impl Fn(TargetClass) -> bool) -> OutcomeCounts {
        let mut counts = OutcomeCounts::default();
        for (_, sheet) in self
            .targets
            .iter()
            .filter(|(_, sheet)| belongs(sheet.class))
        {
            counts.add(sheet.outcome);
        }
        counts
    }
}

/// Reckons all figures of a round.
pub fn reckon(input: &StatsInput<'_>) -> Stats {
    let level1 = index::level1(input);
    let level2 = index::level2(input);
    let weakest = index::weakest(&level2);
    let cells = cells::cells(input);
    let mut book = figures::figures(input, &level1, &level2, &weakest);
    inference::put(input, &cells, &mut book);
    let portals = portal_rows(input);
    let repeats = repeat::rows(input);
    repeat::put(input, (&repeats, &portals), &mut book);
    Stats {
        figures: book.figures,
        repeats,
        strata: inference::strata(input, &cells),
        weakest,
        level1,
        level2,
        portals,
        regions: region_rows(input),
        problem_accounts: input
            .targets
            .iter()
            .filter(|(_, sheet)| {
                sheet.class == TargetClass::Account && sheet.outcome == Outcome::Unqualified
            })
            .map(|(subject, _)| subject.target.id().clone())
            .collect(),
    }
}

fn portal_rows(input: &StatsInput<'_>) -> Vec<PortalRow> {
    let in_mean: BTreeSet<&TargetId> = input
        .portals_of_mean()
        .map(|(subject, _, _)| subject.target.id())
        .collect();
    input
        .targets
        .iter()
        .filter(|(_, sheet)| sheet.class == TargetClass::Portal)
        .map(|(subject, sheet)| {
            let target = subject.target.id();
            let deduct_score = sheet.deduct_score.filter(|_| in_mean.contains(target));
            PortalRow {
                target: target.clone(),
                name: subject.target.name().to_owned(),
                region: subject.region_name.clone(),
                stratum: input.sample.drawn.get(target).cloned().unwrap_or_default(),
                deduct_score,
                final_score: sheet.final_score.filter(|_| in_mean.contains(target)),
                outcome: sheet.outcome,
                previous_deduct_score: input
                    .last()
                    .and_then(|last| last.portal_scores.get(target).copied()),
                is_above_line: deduct_score.is_some_and(|score| input.is_above_line(score)),
            }
        })
        .collect()
}

/// Name of the city a target belongs to; of the province for its own units.
pub fn city_name(subject: &Subject) -> &str {
    match subject.region_path.len() {
        0 | 1 => &subject.region_name,
        length => &subject.region_path[length - 2],
    }
}

fn region_rows(input: &StatsInput<'_>) -> Vec<RegionRow> {
    let mut rows: Vec<RegionRow> = Vec::new();
    let mut sums: BTreeMap<String, Points> = BTreeMap::new();
    for (subject, _, score) in input.portals_of_mean() {
        *sums.entry(city_name(subject).to_owned()).or_default() += score;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (subject, _, _) in input.portals_of_mean() {
        *counts.entry(city_name(subject).to_owned()).or_default() += 1;
    }
    for (subject, sheet) in &input.targets {
        let name = city_name(subject);
        let at = rows.iter().position(|row| row.region == name);
        let at = at.unwrap_or_else(|| {
            let portal_count = counts.get(name).copied().unwrap_or_default();
            let sum = sums.get(name).copied().unwrap_or_default();
            rows.push(RegionRow {
                region: name.to_owned(),
                websites: OutcomeCounts::default(),
                accounts: OutcomeCounts::default(),
                portal_count,
                portal_mean: Exact::mean(sum, portal_count),
            });
            rows.len() - 1
        });
        match sheet.class {
            TargetClass::Portal | TargetClass::Department => rows[at].websites.add(sheet.outcome),
            TargetClass::Account => rows[at].accounts.add(sheet.outcome),
            TargetClass::Supervisor => {}
        }
    }
    rows
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "stats_tests.rs"]
mod tests;
