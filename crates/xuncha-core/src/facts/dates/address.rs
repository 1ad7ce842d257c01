//! Days that stand in addresses.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::facts::text::pattern;

/// The date in an address: `t20260301_1.html`, `/2026/03/01/`, `/2026-03/01/`, `/20260301/`, `/2026/0301/`, `/202603/t20260301_2.html`.
pub fn from_url(url: &str, today: Date) -> Option<(Date, String)> {
    static COMPACT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|[/_tT-])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)")
    });
    static PARTED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"/((?:19|20)\d{2})[-/_]?(0?[1-9]|1[0-2])[-/_](0[1-9]|[12]\d|3[01]|[1-9])(?:/|_|\.|$)",
        )
    });
    static YEAR_APART: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"/((?:19|20)\d{2})[-/_](0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)")
    });
    let path = url.split('?').next().unwrap_or(url);
    for regex in [&*COMPACT, &*PARTED, &*YEAR_APART] {
        for hit in regex.captures_iter(path) {
            let day = Date::new(
                hit[1].parse().ok()?,
                hit[2].parse().ok()?,
                hit[3].parse().ok()?,
            )
            .ok();
            if let Some(day) = day.filter(|day| *day <= today) {
                return Some((day, hit[0].to_owned()));
            }
        }
    }
    None
}
