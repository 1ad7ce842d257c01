//! 一页纸: what a leader reads of a round. What got worse, who relapsed, what was fixed, how sure it is, what awaits a decision.
//!
//! A pure function of stored figures. It only chooses and orders: every number is one of the round's, and what was not measured stays
//! `None`. Sentences are made of it by the page, in either language.

use std::collections::BTreeMap;

use crate::points::{Exact, Points};
use crate::registry::TargetId;
use crate::stats::{FigureValue, PortalRow, Stats};

/// How many of each list stand on the page: it is one.
pub const MOST: usize = 5;
/// Decimals of what is compared on the page.
pub const PLACES: u32 = 2;

/// 变化. One measured value now and before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub name: String,
    /// Before.
    pub before: Exact,
    /// Now.
    pub now: Exact,
}

impl Change {
    /// Now less before, as both are printed.
    pub fn by(&self) -> Exact {
        self.now.printed_minus(self.before, PLACES)
    }
}

/// 总体数字. A figure with what it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// Name of the figure.
    pub figure: &'static str,
    /// As printed, or why there is none.
    pub printed: String,
    /// Unit; empty where there is no value.
    pub unit: String,
    /// The change as printed, signed; `None` where either side is not known.
    pub change: Option<String>,
    /// Whether it got better; `None` where it did not change or is not known.
    pub is_better: Option<bool>,
    /// Unit of the change.
    pub change_unit: String,
}

/// 变差. What got worse, the worst first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worse {
    /// Portals whose ② fell.
    pub portals: Vec<Change>,
    /// How many fell, of how many that can be compared.
    pub portals_fallen: (usize, usize),
    /// Cities whose mean ② over the portals of both rounds fell.
    pub cities: Vec<Change>,
    /// Second-level indicators whose index fell.
    pub indicators: Vec<Change>,
}

/// The figures at the head of the page: figure, figure of the change, places of the change.
const HEADLINES: [(&str, &str); 4] = [
    (
        "outcome.website_pass_rate_percent",
        "outcome.website_pass_rate_change_percent_points",
    ),
    (
        "outcome.account_pass_rate_percent",
        "outcome.account_pass_rate_change_percent_points",
    ),
    (
        "outcome.portal_mean_deduction_score",
        "outcome.portal_mean_change_points",
    ),
    (
        "outcome.portals_above_80_percent",
        "outcome.portals_above_80_change_percent_points",
    ),
];

/// The figures at the head of the page; those that the round does not have are left out.
pub fn headlines(stats: &Stats) -> Vec<Headline> {
    let mut all = Vec::new();
    for (name, change) in HEADLINES {
        let Some(figure) = stats.figures.get(name) else {
            continue;
        };
        let change = stats.figures.get(change);
        let by = change.and_then(|change| match &change.value {
            FigureValue::Exact(by) => Some(*by),
            _ => None,
        });
        let zero = Exact::from(Points::ZERO);
        all.push(Headline {
            figure: name,
            printed: figure.printed.clone(),
            unit: figure.printed_unit().to_owned(),
            change: by
                .and(change)
                .map(|change| match change.printed.starts_with(['-', '0']) {
                    true => change.printed.clone(),
                    false => format!("+{}", change.printed),
                }),
            is_better: by.filter(|by| !by.is_zero()).map(|by| by > zero),
            change_unit: change.map(|change| change.unit.clone()).unwrap_or_default(),
        });
    }
    all
}

/// 区间. Between what the pass rate of all running targets of a class (`portal`, `department`, `account`) lies, as printed: the stratified
/// estimate of the round. `None` where the round has none.
pub fn interval(stats: &Stats, class: &str) -> Option<(String, String)> {
    let end = |end: &str| {
        let name = format!("estimate.{class}_pass_rate_{end}_percent");
        let figure = stats.figures.get(&name)?;
        matches!(figure.value, FigureValue::Exact(_)).then(|| figure.printed.clone())
    };
    Some((end("low")?, end("high")?))
}

/// What got worse. `cities` names the city of each portal; a portal without one is in no mean of a city.
pub fn worse(stats: &Stats, cities: &BTreeMap<TargetId, String>) -> Worse {
    let both: Vec<(&PortalRow, Points, Points)> = stats
        .portals
        .iter()
        .filter_map(|row| Some((row, row.previous_deduct_score?, row.deduct_score?)))
        .collect();
    let portals = both.iter().map(|(row, before, now)| Change {
        name: row.name.clone(),
        before: Exact::from(*before),
        now: Exact::from(*now),
    });
    let portals = fallen(portals.collect());
    let mut sums: BTreeMap<&str, (Points, Points, usize)> = BTreeMap::new();
    for (row, before, now) in &both {
        if let Some(city) = cities.get(&row.target) {
            let sum = sums.entry(city).or_default();
            *sum = (sum.0 + *before, sum.1 + *now, sum.2 + 1);
        }
    }
    let means = sums.into_iter().filter_map(|(city, (before, now, count))| {
        Some(Change {
            name: city.to_owned(),
            before: Exact::mean(before, count)?,
            now: Exact::mean(now, count)?,
        })
    });
    let indices = stats.level2.iter().filter_map(|row| {
        Some(Change {
            name: row.name.clone(),
            before: row.previous?,
            now: row.now?,
        })
    });
    Worse {
        portals_fallen: (portals.len(), both.len()),
        portals: first(portals),
        cities: first(fallen(means.collect())),
        indicators: first(fallen(indices.collect())),
    }
}

/// Those that fell, the deepest first, of equal falls by name.
fn fallen(all: Vec<Change>) -> Vec<Change> {
    let zero = Exact::from(Points::ZERO);
    let mut fallen: Vec<Change> = all.into_iter().filter(|one| one.by() < zero).collect();
    fallen.sort_by(|a, b| (a.by(), &a.name).cmp(&(b.by(), &b.name)));
    fallen
}

fn first(mut all: Vec<Change>) -> Vec<Change> {
    all.truncate(MOST);
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::score::Outcome;
    use crate::stats::{Figure, IndexKind, IndexRow, MISSING_PREVIOUS};
    use crate::testing::points;

    fn portal(id: &str, before: Option<&str>, now: Option<&str>) -> PortalRow {
        PortalRow {
            target: id.into(),
            name: format!("{id}门户"),
            region: "青石市".to_owned(),
            stratum: "portal/county".to_owned(),
            deduct_score: now.map(points),
            final_score: None,
            outcome: Outcome::Qualified,
            previous_deduct_score: before.map(points),
            is_above_line: false,
        }
    }

    fn index(name: &str, before: Option<i128>, now: Option<i128>) -> IndexRow {
        let exact = |value: Option<i128>| value.and_then(|value| Exact::new(value, 100));
        IndexRow {
            kind: IndexKind::Level2,
            name: name.to_owned(),
            level1: String::new(),
            indicators: Vec::new(),
            points: points("1"),
            count: 1,
            now: exact(now),
            previous: exact(before),
            change: None,
        }
    }

    #[test]
    fn what_fell_stands_with_the_deepest_fall_first() {
        let stats = Stats {
            portals: vec![
                portal("1", Some("80"), Some("79.5")),
                portal("2", Some("90"), Some("60")),
                portal("3", Some("70"), Some("75")),
                portal("4", None, Some("10")),
                portal("5", Some("90"), None),
                portal("6", Some("80"), Some("79.5")),
            ],
            level2: vec![
                index("公开", Some(80), Some(79)),
                index("互动", Some(80), Some(40)),
                index("服务", None, Some(10)),
                index("搜索", Some(10), None),
            ],
            ..Stats::default()
        };
        let cities = [("1", "甲市"), ("3", "甲市"), ("2", "乙市"), ("6", "丙市")]
            .map(|(id, city)| (TargetId::from(id), city.to_owned()))
            .into();
        let worse = worse(&stats, &cities);
        let names = |all: &[Change]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&worse.portals), ["2门户", "1门户", "6门户"]);
        assert_eq!(worse.portals_fallen, (3, 4), "two cannot be compared");
        // 甲市 as a whole rose: 75 to 77.25.
        assert_eq!(names(&worse.cities), ["乙市", "丙市"]);
        assert_eq!(names(&worse.indicators), ["互动", "公开"]);
        assert_eq!(worse.portals[0].by().short(2), "-30");
    }

    #[test]
    fn the_interval_is_that_of_the_stratified_estimate_or_none() {
        let figure = |value, printed: &str| Figure {
            value,
            printed: printed.to_owned(),
            unit: "%".to_owned(),
            definition: String::new(),
        };
        let exact = |value| FigureValue::Exact(Exact::new(value, 10).unwrap());
        let missing = FigureValue::Missing("无法判定".to_owned());
        let figures = [
            ("account_pass_rate_low", figure(exact(861), "86.1")),
            ("account_pass_rate_high", figure(exact(917), "91.7")),
            ("portal_pass_rate_low", figure(missing.clone(), "无法判定")),
            ("portal_pass_rate_high", figure(missing, "无法判定")),
        ];
        let stats = Stats {
            figures: figures
                .map(|(name, figure)| (format!("estimate.{name}_percent"), figure))
                .into(),
            ..Stats::default()
        };
        let known = Some(("86.1".to_owned(), "91.7".to_owned()));
        assert_eq!(interval(&stats, "account"), known);
        assert_eq!(interval(&stats, "portal"), None);
        assert_eq!(interval(&stats, "department"), None);
    }

    #[test]
    fn headlines_say_what_they_changed_by_or_nothing() {
        let figure = |value, printed: &str, unit: &str| Figure {
            value,
            printed: printed.to_owned(),
            unit: unit.to_owned(),
            definition: String::new(),
        };
        let exact = |value| FigureValue::Exact(Exact::new(value, 10).unwrap());
        let missing = || FigureValue::Missing(MISSING_PREVIOUS.to_owned());
        let figures = [
            (HEADLINES[0].0, figure(exact(894), "89.4", "%")),
            (HEADLINES[0].1, figure(exact(-12), "-1.2", "个百分点")),
            (HEADLINES[1].0, figure(exact(900), "90", "%")),
            (
                HEADLINES[1].1,
                figure(missing(), MISSING_PREVIOUS, "个百分点"),
            ),
            (HEADLINES[2].0, figure(exact(792), "79.2", "分")),
            (HEADLINES[2].1, figure(exact(17), "1.7", "分")),
        ];
        let stats = Stats {
            figures: figures
                .map(|(name, figure)| (name.to_owned(), figure))
                .into(),
            ..Stats::default()
        };
        let said: Vec<_> = headlines(&stats)
            .into_iter()
            .map(|one| (one.printed, one.change, one.is_better))
            .collect();
        assert_eq!(
            said,
            [
                ("89.4".to_owned(), Some("-1.2".to_owned()), Some(false)),
                ("90".to_owned(), None, None),
                ("79.2".to_owned(), Some("+1.7".to_owned()), Some(true)),
            ]
        );
    }
}
