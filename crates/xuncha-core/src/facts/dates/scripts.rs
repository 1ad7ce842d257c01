//! Publication dates that stand in scripts: JSON-LD, and variables that hold a clock.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::{Time, date};
use regex::Regex;

use super::{Context, Found, find, is_possible, published};
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{DateSource, Published};
use crate::facts::text::pattern;

fn scripts<'a>(
    dom: &'a Dom<'a>,
    wanted: impl Fn(Option<&str>) -> bool + 'a,
) -> impl Iterator<Item = Cow<'a, str>> + 'a {
    dom.named(Tag::Script)
        .filter(move |index| wanted(dom.attr(*index, "type")))
        .map(|index| dom.raw_text(index))
}

/// `datePublished` of JSON-LD.
pub(super) fn from_json_ld(context: &Context<'_>) -> Option<Published> {
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#""(?:datePublished|pubDate)"\s*:\s*"([^"]{8,40})""#));
    scripts(context.dom, |kind| {
        kind.is_some_and(|kind| kind.contains("ld+json"))
    })
    .find_map(|script| {
        let hit = FIELD.captures(&script)?;
        let found = find(&hit[1]).into_iter().next()?;
        is_possible(found.date, context.today)
            .then(|| published(&found, DateSource::JsonLd, &hit[0]))
    })
}

/// A script variable that holds the time of publication.
pub(super) fn from_scripts(context: &Context<'_>) -> Option<Published> {
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)["']?\b(?:ct|publish_?time|pub_?time|createTime|create_time|ptime|news_?time|pub_?date|ori_create_time)["']?\s*[:=]\s*["']?(\d{10}(?:\d{3})?|(?:19|20)\d{2}[-/年.]\d{1,2}[-/月.]\d{1,2}[^"'<,;]{0,12})["';,\s}]"#,
        )
    });
    scripts(context.dom, |kind| {
        !kind.is_some_and(|kind| kind.contains("ld+json"))
    })
    .filter(|script| may_hold_clock(script))
    .find_map(|script| {
        CLOCK.captures_iter(&script).find_map(|hit| {
            let value = &hit[1];
            let found = match value.parse::<i64>() {
                Ok(number) => epoch(if value.len() == 13 {
                    number / 1000
                } else {
                    number
                })?,
                Err(_) => find(value).into_iter().next()?,
            };
            is_possible(found.date, context.today)
                .then(|| published(&found, DateSource::Script, &hit[0]))
        })
    })
}

/// Whether a script holds ten digits in a row or a year before a sign: without them no clock is found.
fn may_hold_clock(script: &str) -> bool {
    let bytes = script.as_bytes();
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            digits += 1;
            if digits >= 10 {
                return true;
            }
            continue;
        }
        if digits >= 4
            && (matches!(byte, b'-' | b'/' | b'.') || bytes[at..].starts_with("年".as_bytes()))
        {
            return true;
        }
        digits = 0;
    }
    !script.is_ascii() && script.chars().any(|c| c.is_numeric() && !c.is_ascii())
}

/// Civil time in UTC+8, which all inspected sites use.
fn epoch(seconds: i64) -> Option<Found> {
    let local = seconds.checked_add(8 * 3600)?;
    let day = date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(local.div_euclid(86_400)).ok()?)
        .ok()?;
    let rest = local.rem_euclid(86_400);
    let time = Time::new(
        (rest / 3600) as i8,
        (rest / 60 % 60) as i8,
        (rest % 60) as i8,
        0,
    )
    .ok()?;
    Some(Found {
        date: day,
        at: Some(day.to_datetime(time)),
        range: 0..0,
    })
}
