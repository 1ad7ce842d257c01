//! Rows of the tables of open data, before they are written as CSV, JSON or Parquet.

use xuncha_core::publicity::{PublicTarget, safe_cell};
use xuncha_core::stats::RegionRow;
use xuncha_store::publicity::PublicProblem;

/// A cell before it is written in any format.
pub(super) enum Cell {
    Text(String),
    /// A decimal or whole number as it prints.
    Number(String),
    Flag(bool),
    Empty,
}

impl Cell {
    pub(super) fn number(value: impl ToString) -> Cell {
        Cell::Number(value.to_string())
    }

    fn maybe<T: ToString>(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Cell::number)
    }

    pub(super) fn csv(&self) -> String {
        match self {
            Cell::Text(text) => safe_cell(text),
            Cell::Number(number) => number.clone(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Empty => String::new(),
        }
    }

    /// As it prints; `None` where it is empty.
    pub(super) fn printed(&self) -> Option<String> {
        match self {
            Cell::Text(text) | Cell::Number(text) => Some(text.clone()),
            Cell::Flag(flag) => Some(flag.to_string()),
            Cell::Empty => None,
        }
    }

    pub(super) fn json(&self) -> String {
        match self {
            Cell::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Cell::Number(number) => number.clone(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Empty => "null".to_owned(),
        }
    }
}

/// A word of an enum as its rows and bodies have it.
fn word(value: &impl serde::Serialize) -> Cell {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Cell::Text(word),
        _ => Cell::Empty,
    }
}

pub(super) fn target_row(target: &PublicTarget) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(&target.target.0),
        text(&target.name),
        word(&target.class),
        text(&target.address),
        text(&target.unit),
        text(&target.region),
        text(&target.city),
        word(&target.outcome),
        Cell::maybe(target.deduct_score),
        Cell::maybe(target.final_score),
        text(&target.checked_on.to_string()),
    ]
}

pub(super) fn score_rows(target: &PublicTarget) -> Vec<Vec<Cell>> {
    let rows = target.card.rows.iter().map(|row| {
        vec![
            Cell::Text(target.target.0.clone()),
            Cell::Text(row.indicator.clone()),
            Cell::Text(row.level1.clone()),
            Cell::Text(row.level2.clone()),
            word(&row.kind),
            Cell::number(row.points),
            Cell::number(row.amount),
            word(&row.state),
        ]
    });
    rows.collect()
}

pub(super) fn finding_row(finding: &PublicProblem) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(&finding.target.0),
        text(&finding.indicator),
        text(&finding.check),
        text(&finding.case),
        text(&finding.text),
        text(&finding.url),
        Cell::number(finding.count),
        finding
            .seen_on
            .map_or(Cell::Empty, |on| Cell::Text(on.to_string())),
        finding.is_fixed.map_or(Cell::Empty, Cell::Flag),
    ]
}

pub(super) fn region_row(row: &RegionRow) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(row.region.clone())];
    for counts in [&row.websites, &row.accounts] {
        cells.extend(
            [
                counts.total,
                counts.qualified,
                counts.unqualified,
                counts.undetermined,
            ]
            .map(Cell::number),
        );
    }
    cells.push(Cell::maybe(row.portal_mean.map(|mean| mean.fixed(2))));
    cells
}
