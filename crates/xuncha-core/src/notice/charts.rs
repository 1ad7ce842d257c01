//! 图表数据: what the charts show, bound to the same figures as the text.

use super::indices::weakest;
use super::inputs::NoticeInputs;
use super::scope::Scope;
use super::{ChartData, ChartPoint, Series};
use crate::stats::{FigureValue, IndexRow};

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
        .map(|row| {
            let figure = format!("{prefix}.{}.{suffix}", row.name);
            let known = scope
                .figures
                .get(&figure)
                .filter(|figure| !matches!(figure.value, FigureValue::Missing(_)));
            ChartPoint {
                text: known.map_or(String::new(), |figure| figure.printed.clone()),
                figure,
            }
        })
        .collect()
}
