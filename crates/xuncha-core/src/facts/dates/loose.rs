//! Days that are one only behind a label: `发表时间：20260305`, `发布日期：26-03-05`, `发布时间：3天前`, full-width digits.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::labels::is_label;
use super::{Found, find, is_possible, relative};
use crate::facts::text::{is_at_most, pattern};

/// A longer line is no line of information.
const CHARS_MAX: usize = 80;

/// The day behind the first label of a line.
pub(super) fn labelled(text: &str, today: Date) -> Option<Found> {
    if !text.contains(['：', ':']) || !is_at_most(text, CHARS_MAX) {
        return None;
    }
    text.match_indices(['：', ':']).find_map(|(at, colon)| {
        let start = at + colon.len();
        if !is_label(&text[..at]) {
            return None;
        }
        let value = text[start..].trim_start();
        let date = in_digits(value)
            .or_else(|| relative(value, today))
            .or_else(|| full_width(value))?;
        is_possible(date, today).then_some(Found {
            date,
            at: None,
            range: start..text.len(),
        })
    })
}

/// Eight digits, or a year of two.
fn in_digits(value: &str) -> Option<Date> {
    static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:(20\d{2})(\d{2})(\d{2})|(\d{2})[-./年](\d{1,2})[-./月](\d{1,2}))(?:\D|$)")
    });
    let hit = DIGITS.captures(value)?;
    let number = |group: usize| hit.get(group)?.as_str().parse::<i16>().ok();
    let (year, month, day) = match number(1) {
        Some(year) => (year, number(2)?, number(3)?),
        None => (2000 + number(4)?, number(5)?, number(6)?),
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn full_width(value: &str) -> Option<Date> {
    let is_wide = |sign: char| ('０'..='９').contains(&sign);
    if !value.starts_with(is_wide) {
        return None;
    }
    let narrow = |sign: char| match is_wide(sign) {
        true => char::from_u32(sign as u32 - '０' as u32 + '0' as u32).unwrap_or(sign),
        false => sign,
    };
    let narrow: String = value.chars().map(narrow).collect();
    find(&narrow).first().map(|found| found.date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_label_makes_a_day_of_digits() {
        let today = date(2026, 3, 20);
        for (line, expected) in [
            ("发表时间：20260305", Some(date(2026, 3, 5))),
            (
                "来源：水务局 发布日期：26-03-05 浏览：12",
                Some(date(2026, 3, 5)),
            ),
            ("发布时间：3天前", Some(date(2026, 3, 17))),
            ("时间：昨天 10:20", Some(date(2026, 3, 19))),
            ("发布日期：２０２６年３月５日", Some(date(2026, 3, 5))),
            ("电话：20260305", None),
            ("编号：26-03-05", None),
            ("有效期：3天前", None),
            ("发布时间：20261305", None),
            ("发布时间：20270305", None),
        ] {
            let found = labelled(line, today).map(|found| found.date);
            assert_eq!(found, expected, "{line}");
        }
    }
}
