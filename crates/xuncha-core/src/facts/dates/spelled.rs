//! Days that are spelled in characters, as documents sign them: 二〇二六年十月十日.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::Found;
use crate::facts::text::pattern;

/// What a spelled year begins with in this century.
const CENTURIES: [&str; 4] = ["二〇", "二○", "二零", "二Ｏ"];

/// Whether such a year may stand in a text.
pub(super) fn may_hold(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), "二").any(|at| {
        CENTURIES
            .iter()
            .any(|century| text[at..].starts_with(century))
    })
}

/// All of them in order.
pub(super) fn find(text: &str) -> Vec<Found> {
    static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"二[〇○零Ｏ]([〇○零Ｏ一二三四五六七八九])([〇○零Ｏ一二三四五六七八九])\s?年\s?(十[一二]?|[一二三四五六七八九])\s?月\s?([二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?日",
        )
    });
    let hits = SPELLED.captures_iter(text);
    hits.filter_map(|hit| {
        let year = 2000 + number(&hit[1]) * 10 + number(&hit[2]);
        let (month, day) = (number(&hit[3]), number(&hit[4]));
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Found {
            date,
            at: None,
            range: hit.get(0)?.range(),
        })
    })
    .collect()
}

/// 十, 十二, 二十, 三十一, 七.
fn number(text: &str) -> i16 {
    let digit = |text: &str| {
        let found = text
            .chars()
            .next()
            .and_then(|c| "一二三四五六七八九".chars().position(|digit| digit == c));
        found.map_or(0, |at| at as i16 + 1)
    };
    match text.split_once('十') {
        Some((tens, ones)) => digit(tens).max(1) * 10 + digit(ones),
        None => digit(text),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::find;

    #[test]
    fn days_spelled_in_characters() {
        for (text, expected) in [
            ("二〇二六年十月十日", Some(date(2026, 10, 10))),
            ("二○二六年一月八日印发", Some(date(2026, 1, 8))),
            ("（二零二五年十二月三十一日）", Some(date(2025, 12, 31))),
            ("二〇一九年二月二十八日", Some(date(2019, 2, 28))),
            ("二〇二六 年 十一 月 二十 日", Some(date(2026, 11, 20))),
            ("二〇二六年二月三十日", None),
            ("二〇二六年十月", None),
            ("二十年十月十日", None),
        ] {
            let found = find(text).first().map(|found| found.date);
            assert_eq!(found, expected, "{text}");
        }
    }
}
