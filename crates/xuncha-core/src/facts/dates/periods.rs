//! Periods that statistics cover: months, quarters, halves and years.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

use super::find;
use crate::facts::text::pattern;

/// Last day of the newest period or date that a text names: 2026年2月, 2026年第一季度, 2026年1-2月, 截至2026年3月1日.
pub fn newest_period(text: &str, today: Date) -> Option<(Date, String)> {
    static QUARTER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(20\d{2})\s?年\s?度?第?\s?([一二三四1-4])\s?季度"));
    static MONTH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(20\d{2})\s?(?:年|-|\.|/)\s?(?:(\d{1,2})\s?月?\s?[-—–至~～到]\s?)?(\d{1,2})\s?月(?:份|\D|$)",
        )
    });
    static HALF: LazyLock<Regex> = LazyLock::new(|| pattern(r"(20\d{2})\s?年\s?(上|下)半年"));
    static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(20\d{2})\s?年度"));
    static YEAR_MONTH: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?:^|[^\d-])(20\d{2})-(0[1-9]|1[0-2])(?:[^\d-]|$)"));
    let mut all: Vec<(Date, String)> = Vec::new();
    for found in find(text) {
        all.push((found.date, text[found.range.clone()].to_owned()));
    }
    let year_of = |hit: &Captures<'_>| hit[1].parse::<i16>().ok();
    let mut push = |year: Option<i16>, month: i8, quote: &str| {
        if let Some(first) = year.and_then(|year| Date::new(year, month, 1).ok()) {
            all.push((first.last_of_month(), quote.to_owned()));
        }
    };
    for hit in QUARTER.captures_iter(text) {
        let quarter = match &hit[2] {
            "一" | "1" => 1,
            "二" | "2" => 2,
            "三" | "3" => 3,
            _ => 4,
        };
        push(year_of(&hit), quarter * 3, &hit[0]);
    }
    for hit in MONTH.captures_iter(text) {
        push(year_of(&hit), hit[3].parse().unwrap_or(0), &hit[0]);
    }
    for hit in YEAR_MONTH.captures_iter(text) {
        push(year_of(&hit), hit[2].parse().unwrap_or(0), &hit[0]);
    }
    for hit in HALF.captures_iter(text) {
        push(year_of(&hit), if &hit[2] == "上" { 6 } else { 12 }, &hit[0]);
    }
    for hit in YEAR.captures_iter(text) {
        push(year_of(&hit), 12, &hit[0]);
    }
    // The end of a running period may lie ahead; what begins later is no statistics yet.
    let limit = today
        .checked_add(jiff::Span::new().days(100))
        .unwrap_or(today);
    all.into_iter()
        .filter(|(day, _)| *day <= limit)
        .max_by(|left, right| left.0.cmp(&right.0))
}
