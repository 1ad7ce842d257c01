//! 图表数据: what the charts show, bound to the same figures as the text.

use super::indices::weakest;
use super::inputs::NoticeInputs;
use super::scope::Scope;
use super::{ChartData, ChartPoint, Series};
use crate::points::Points;
use crate::registry::Level;
use crate::stats::{Figure, FigureValue, IndexRow, RegionRow};

/// 图的样式. How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Standing columns.
    Columns,
    /// Lying bars.
    Bars,
    /// Lines over rounds.
    Line,
    /// Tiles, one a region.
    Tiles,
}

impl ChartData {
    /// How the chart is drawn.
    pub fn kind(&self) -> ChartKind {
        match self.id.as_str() {
            "level2_weak" => ChartKind::Bars,
            "trend" => ChartKind::Line,
            "regions" => ChartKind::Tiles,
            _ => ChartKind::Columns,
        }
    }
}

/// Classes of scores: name of the figure, name of the class, least and (exclusive) most points.
const CLASSES: [(&str, &str, i64, i64); 5] = [
    ("from_90", "90分及以上", 90, 10_000),
    ("from_80", "80至90分", 80, 90),
    ("from_70", "70至80分", 70, 80),
    ("from_60", "60至70分", 60, 70),
    ("below_60", "60分以下", -10_000, 60),
];

/// Rounds from which on a line over them says something.
const TREND_ROUNDS: usize = 3;
/// Regions from which on tiles say something.
const REGIONS: usize = 2;

/// The class of a score, by the key of its figure.
pub(super) fn class_of(score: Points) -> Option<&'static str> {
    let is_in = |(_, _, least, most): &&(&str, &str, i64, i64)| {
        score >= Points::whole(*least) && score < Points::whole(*most)
    };
    CLASSES.iter().find(is_in).map(|(key, ..)| *key)
}

/// Puts what only charts show into the scope: portals by classes of scores, means of regions, and whether trend and regions are worth a
/// chart.
pub fn put(inputs: &NoticeInputs, scope: &mut Scope) {
    let portals = &inputs.stats.portals;
    for (key, class, _, _) in CLASSES {
        let scores = portals.iter().filter_map(|portal| portal.deduct_score);
        let count = scores.filter(|score| class_of(*score) == Some(key)).count();
        let what = format!("扣分指标得分在{class}（含下限，不含上限）的政府门户网站数量");
        scope.put_count(format!("distribution.portals.{key}"), count, "家", &what);
    }
    for row in cities(inputs) {
        let Some(mean) = row.portal_mean else {
            continue;
        };
        let figure = Figure {
            value: FigureValue::Exact(mean),
            printed: mean.short(2),
            unit: "分".to_owned(),
            definition: format!(
                "{}：政府门户网站扣分指标平均得分（{}家）",
                row.region, row.portal_count
            ),
        };
        scope.put(format!("regions.portal_mean.{}", row.region), figure);
    }
    let known = |name: &str| {
        let figure = scope.figures.get(name);
        figure.is_some_and(|figure| !matches!(figure.value, FigureValue::Missing(_)))
    };
    let is_known = known("outcome.portal_mean_deduction_score");
    let names = |prefix: &str| {
        let names = scope.figures.keys();
        names.filter(|name| name.starts_with(prefix)).count()
    };
    let is_trend = is_known && names("trend.portal_mean.") + 1 >= TREND_ROUNDS;
    let is_map = names("regions.portal_mean.") >= REGIONS;
    for (name, holds, what) in [
        (
            "trend.charted",
            is_trend,
            "连同本轮至少三轮有门户平均得分，可以作趋势图",
        ),
        (
            "regions.charted",
            is_map,
            "至少两个市有门户平均得分，可以作分地区图",
        ),
    ] {
        scope.put_text(name, if holds { "是" } else { "" }, what);
    }
}

fn point(figure: String, scope: &Scope) -> ChartPoint {
    let known = scope
        .figures
        .get(&figure)
        .filter(|figure| !matches!(figure.value, FigureValue::Missing(_)));
    ChartPoint {
        text: known.map_or(String::new(), |figure| figure.printed.clone()),
        figure,
    }
}

/// One series with the names of its categories.
fn single(name: &str, points: Vec<(String, ChartPoint)>) -> (Vec<String>, Vec<Series>) {
    let (categories, points) = points.into_iter().unzip();
    let name = name.to_owned();
    (categories, vec![Series { name, points }])
}

fn distribution(scope: &Scope) -> (Vec<String>, Vec<Series>) {
    let one = |(key, class, _, _): (&str, &str, i64, i64)| {
        (
            class.to_owned(),
            point(format!("distribution.portals.{key}"), scope),
        )
    };
    single("政府门户网站（家）", CLASSES.map(one).into())
}

/// Earlier rounds by their ids, then this one.
fn trend(now: &str, scope: &Scope) -> (Vec<String>, Vec<Series>) {
    let earlier = scope.figures.iter().filter_map(|(name, figure)| {
        let round = name.strip_prefix("trend.portal_mean.")?;
        let title = figure
            .definition
            .split('：')
            .next()
            .filter(|title| !title.is_empty());
        Some((
            title.unwrap_or(round).to_owned(),
            point(name.clone(), scope),
        ))
    });
    let mut points: Vec<(String, ChartPoint)> = earlier.collect();
    points.push((
        now.to_owned(),
        point("outcome.portal_mean_deduction_score".to_owned(), scope),
    ));
    single("平均得分（分）", points)
}

/// Regions of the statistics without the province's own: it is no city.
fn cities(inputs: &NoticeInputs) -> impl Iterator<Item = &RegionRow> {
    let is_own = |row: &RegionRow| {
        let mut targets = inputs.targets.values();
        targets.any(|own| own.level == Level::Province && own.region == row.region)
    };
    let rows = inputs.stats.regions.iter();
    rows.filter(move |row| !is_own(row))
}

/// Cities in the order of the statistics; those without portals in the mean are not there.
fn regions(inputs: &NoticeInputs, scope: &Scope) -> (Vec<String>, Vec<Series>) {
    let with_mean = cities(inputs).filter(|row| row.portal_mean.is_some());
    let one = |name: &String| {
        (
            name.clone(),
            point(format!("regions.portal_mean.{name}"), scope),
        )
    };
    single(
        "平均得分（分）",
        with_mean.map(|row| one(&row.region)).collect(),
    )
}

/// The data of a chart by its id, or `None` where the id is not known.
pub fn chart(
    id: &str,
    number: usize,
    title: String,
    inputs: &NoticeInputs,
    scope: &Scope,
) -> Option<ChartData> {
    let name = |key: &str, otherwise: &str| {
        inputs
            .names
            .get(key)
            .cloned()
            .unwrap_or_else(|| otherwise.to_owned())
    };
    let now = name("quarter", "本轮");
    let before = name("previous_quarter", "上轮");
    let data = |(categories, series): (Vec<String>, Vec<Series>)| ChartData {
        id: id.to_owned(),
        number,
        title: title.clone(),
        categories,
        series,
    };
    match id {
        "distribution" => return Some(data(distribution(scope))),
        "trend" => return Some(data(trend(&now, scope))),
        "regions" => return Some(data(regions(inputs, scope))),
        _ => {}
    }
    let (prefix, rows, shown) = match id {
        "level1" => (
            "index_level1",
            inputs.stats.level1.iter().collect(),
            vec![("now", now), ("previous", before)],
        ),
        "level2_weak" => ("index_level2", weakest(inputs), vec![("now", now)]),
        _ => return None,
    };
    let series = shown
        .into_iter()
        .map(|(suffix, name)| Series {
            name,
            points: points(&rows, prefix, suffix, scope),
        })
        .collect();
    let categories = rows.iter().map(|row| row.name.clone()).collect();
    Some(ChartData {
        id: id.to_owned(),
        number,
        title,
        categories,
        series,
    })
}

fn points(rows: &[&IndexRow], prefix: &str, suffix: &str, scope: &Scope) -> Vec<ChartPoint> {
    rows.iter()
        .map(|row| point(format!("{prefix}.{}.{suffix}", row.name), scope))
        .collect()
}
