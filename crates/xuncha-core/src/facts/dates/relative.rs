//! Days told by how long ago they were, as platforms write them.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::facts::text::pattern;

/// Whether [`relative`] could find a day in a text.
pub(super) fn may_be_relative(text: &str) -> bool {
    ["前", "刚刚", "昨天"]
        .iter()
        .any(|word| text.contains(word))
}

/// 昨天, 3小时前, 5天前, 2个月前 as platforms write them: hours count as today, weeks, months and years as the newest day that they can mean.
pub(super) fn relative(text: &str, today: Date) -> Option<Date> {
    static AGO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|\s)(?:(\d{1,2})\s?(分钟|小时|天|周|星期|个星期|个月|年)前|(刚刚|昨天|前天))")
    });
    if !may_be_relative(text) {
        return None;
    }
    let hit = AGO.captures(text)?;
    let count = || hit.get(1)?.as_str().parse::<i64>().ok();
    let unit = hit.get(2).or(hit.get(3)).map_or("", |unit| unit.as_str());
    let span = jiff::Span::new();
    let back = match unit {
        "天" => span.try_days(count()?),
        "周" | "星期" | "个星期" => span.try_weeks(count()?),
        "个月" => span.try_months(count()?),
        // On the very day a platform still says twelve months; what it calls a year old is older than that.
        "年" => span.try_years(count()?).and_then(|years| years.try_days(1)),
        "昨天" => span.try_days(1),
        "前天" => span.try_days(2),
        _ => Ok(span),
    };
    today.checked_sub(back.ok()?).ok()
}
