//! Dates in Chinese pages: finding them in text, and telling which one is the publication date.

mod address;
mod elements;
mod labels;
mod loose;
mod periods;
mod relative;
mod scripts;
mod spelled;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time, date};
use regex::{Captures, Regex};

pub use self::address::from_url;
use self::elements::from_elements;
pub(crate) use self::elements::of_item;
use self::labels::{BARE_LABELS, DECOYS, LABELS, is_label, is_other_day};
pub use self::periods::newest_period;
use self::relative::{may_be_relative, relative};
use self::scripts::{from_json_ld, from_scripts};
use super::dom::{Dom, Line};
use super::list::is_listed;
use super::model::{Area, DateSource, Published};
use super::text::{cut, is_at_most, pattern};

/// A date seen in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The day.
    pub date: Date,
    /// With time of day, where shown.
    pub at: Option<DateTime>,
    /// Byte range in the text.
    pub range: std::ops::Range<usize>,
}

/// All full dates of a text in order.
pub fn find(text: &str) -> Vec<Found> {
    static FULL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"((?:19|20)\d{2})\s{0,2}(?:[-/.．—－]|年)\s{0,2}(\d{1,2})\s{0,2}(?:[-/.．—－]|月)\s{0,2}(\d{1,2})(?:\s{0,2}[日号])?",
            r"(?:(?:[\s\u{3000}T,，-]|星期[一二三四五六日天]|上午|下午){0,4}(\d{1,2})\s?[:：时点]\s?(\d{2})(?:\s?[:：分]\s?(\d{2}))?)?"
        ))
    });
    let mut found: Vec<Found> = match may_hold_year(text) {
        true => FULL
            .captures_iter(text)
            .filter_map(|hit| from_captures(text, &hit))
            .collect(),
        false => Vec::new(),
    };
    if spelled::may_hold(text) {
        found.extend(spelled::find(text));
        found.sort_by_key(|found| found.range.start);
    }
    found
}

/// Whether [`find`] could find a day in a text.
fn may_hold_day(text: &str) -> bool {
    may_hold_year(text) || spelled::may_hold(text)
}

/// Whether a day stands in a text, with its year or as lists write it (`12-28`, `3月5日`).
pub(crate) fn holds_day(text: &str) -> bool {
    static SHORT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^|[^\d.-])(?:0?[1-9]|1[0-2])(?:[-/]|月)(?:0?[1-9]|[12]\d|3[01])(?:日|[^\d.-]|$)",
        )
    });
    SHORT.is_match(text) || !find(text).is_empty()
}

/// Whether `19` or `20` stands in a text.
fn may_hold_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'1', b'2', bytes).any(|at| {
        matches!(
            (bytes[at], bytes.get(at + 1)),
            (b'1', Some(b'9')) | (b'2', Some(b'0'))
        )
    })
}

fn from_captures(text: &str, hit: &Captures<'_>) -> Option<Found> {
    let whole = hit.get(0)?;
    let before = text[..whole.start()].chars().next_back();
    let after = text[whole.end()..].chars().next();
    if before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'))
        || after.is_some_and(|c| c.is_ascii_digit())
    {
        return None;
    }
    let number = |group: usize| {
        hit.get(group)
            .and_then(|found| found.as_str().parse::<i8>().ok())
    };
    let year: i16 = hit[1].parse().ok()?;
    let day = Date::new(year, number(2)?, number(3)?).ok()?;
    // 下午 3:07 is 15:07; who writes 下午 15:07 means the same.
    let is_afternoon = |hour: i8| (1..12).contains(&hour) && hit[0].contains("下午");
    let hour = number(4).map(|hour| hour + 12 * i8::from(is_afternoon(hour)));
    let at = match (hour, number(5)) {
        (Some(hour), Some(minute)) => Time::new(hour, minute, number(6).unwrap_or(0), 0)
            .ok()
            .map(|time| day.to_datetime(time)),
        _ => None,
    };
    Some(Found {
        date: day,
        at,
        range: whole.range(),
    })
}

/// Whether a year stands in a text.
pub(crate) fn holds_year(text: &str) -> bool {
    may_hold_year(text) && text.contains("20")
}

/// A date in parts that stand in boxes of their own: `05 2026-03`, `03-05 2026`, `2026 03-05`.
pub(crate) fn split_date(text: &str) -> Option<Date> {
    split_found(text).map(|found| found.date)
}

fn split_found(text: &str) -> Option<Found> {
    static PARTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?:^|\s)(?:(?P<d1>\d{1,2})日?\s+(?P<y1>20\d{2})\s?[-./年]\s?(?P<m1>\d{1,2})月?",
            r"|(?P<m2>\d{1,2})\s?[-./月]\s?(?P<d2>\d{1,2})日?\s+(?P<y2>20\d{2})年?",
            r"|(?P<y3>20\d{2})年?\s+(?P<m3>\d{1,2})\s?[-./月]\s?(?P<d3>\d{1,2})日?",
            r"|(?P<y4>20\d{2})\s?[-./年]\s?(?P<m4>\d{1,2})月?\s+(?P<d4>\d{1,2})日?)(?:\s|$)"
        ))
    });
    if !holds_year(text) {
        return None;
    }
    let hit = PARTS.captures(text)?;
    let number = |name: &str| hit.name(name)?.as_str().parse::<i16>().ok();
    ["1", "2", "3", "4"].into_iter().find_map(|form| {
        let part = |letter: &str| number(&format!("{letter}{form}"));
        let (year, month, day) = (part("y")?, part("m")?, part("d")?);
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Found {
            date,
            at: None,
            range: hit.get(0)?.range(),
        })
    })
}

/// Whether [`list_date`] could find a date in a text.
pub(crate) fn may_hold_list_date(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) || may_be_relative(text)
}

/// A date beside a list item: full, split into day and month, or without a year, completed to the newest year that is not after `today`.
pub fn list_date(text: &str, today: Date) -> Option<Date> {
    static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|[\s\[(（【|｜])(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?:$|[\s\])）】|｜])")
    });
    static COMPACT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?:^|[\s\[(（])(20\d{2})(\d{2})(\d{2})(?:$|[\s\])）])"));
    if let Some(found) = find(text).into_iter().next() {
        return Some(found.date);
    }
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let has_year = has_digit && text.contains("20");
    if has_year && let Some(day) = split_date(text) {
        return Some(day);
    }
    if has_year && let Some(hit) = COMPACT.captures(text) {
        return Date::new(
            hit[1].parse().ok()?,
            hit[2].parse().ok()?,
            hit[3].parse().ok()?,
        )
        .ok();
    }
    if let Some(day) = relative(text, today) {
        return Some(day);
    }
    if !has_digit {
        return None;
    }
    let hit = MONTH_DAY.captures(text)?;
    let (month, day) = (hit[1].parse().ok()?, hit[2].parse().ok()?);
    // 29 February needs a leap year, so up to eight years back are tried.
    (0..=8)
        .filter_map(|back| Date::new(today.year() - back, month, day).ok())
        .find(|candidate| *candidate <= today)
}

/// Meta names that give the publication date, in the order of trust. `Maketime`, `lastmodified` and `update` are none of them.
const META_NAMES: [&str; 17] = [
    "PubDate",
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "publishdate",
    "publish-date",
    "publish_date",
    "publishtime",
    "publish_time",
    "pubtime",
    "releasedate",
    "datepublished",
    "firstpublishedtime",
    "dc.date.issued",
    "dc.date",
    "og:time",
    "weibo: article:create_at",
];

/// What is known of a page before its date is read.
pub(crate) struct Context<'a> {
    pub dom: &'a Dom<'a>,
    pub metas: &'a BTreeMap<String, String>,
    pub url: &'a str,
    /// Day of the capture: nothing is published later.
    pub today: Date,
    /// Node where the title stands, if found.
    pub title_node: Option<usize>,
    /// Node range of the article's body, if found.
    pub body: Option<std::ops::Range<usize>>,
    /// Places of items of dated lists, in order.
    pub listed: &'a [std::ops::Range<usize>],
}

/// The publication date of an article page.
pub(crate) fn publication(context: &Context<'_>) -> Option<Published> {
    let meta = from_metas(context.metas, context.today);
    meta.map(|meta| shown_instead(context, &meta).unwrap_or(meta))
        .or_else(|| from_json_ld(context))
        .or_else(|| from_elements(context))
        .or_else(|| from_text(context, true))
        .or_else(|| from_scripts(context))
        .or_else(|| from_text(context, false))
        .or_else(|| {
            let (day, quote) = from_url(context.url, context.today)?;
            Some(Published {
                date: day,
                at: None,
                source: DateSource::Url,
                quote,
            })
        })
}

/// What a page shows instead of its tag, where its address says the same: a template may put one day into the tags of all pages.
fn shown_instead(context: &Context<'_>, meta: &Published) -> Option<Published> {
    const APART_DAYS: i32 = 30;
    const TOGETHER_DAYS: i32 = 3;
    let apart = |one: Date, other: Date| (one - other).get_days().abs();
    let (in_address, _) = from_url(context.url, context.today)?;
    if apart(in_address, meta.date) < APART_DAYS {
        return None;
    }
    let shown = from_text(context, true)?;
    (apart(shown.date, in_address) <= TOGETHER_DAYS).then_some(shown)
}

/// The day of publication that a page states, where that lies ahead: a slip of the pen, or an article before its time.
pub(crate) fn later(context: &Context<'_>, published: Option<&Published>) -> Option<Date> {
    const YEARS_MAX: i64 = 10;
    if published.is_some_and(|published| published.source != DateSource::Url) {
        return None;
    }
    let until = jiff::Span::new().years(YEARS_MAX);
    let ahead = Context {
        dom: context.dom,
        metas: context.metas,
        url: context.url,
        today: context.today.checked_add(until).ok()?,
        title_node: context.title_node,
        body: context.body.clone(),
        listed: context.listed,
    };
    let stated = from_metas(ahead.metas, ahead.today)
        .or_else(|| from_json_ld(&ahead))
        .or_else(|| from_text(&ahead, true))?;
    let limit = context.today.tomorrow().ok()?;
    (stated.date > limit).then_some(stated.date)
}

fn published(found: &Found, source: DateSource, quote: &str) -> Published {
    Published {
        date: found.date,
        at: found.at,
        source,
        quote: cut(quote.trim(), 120),
    }
}

/// A day that a page can be published on: not after the capture (one day of clock error allowed), not before the web.
fn is_possible(day: Date, today: Date) -> bool {
    day >= date(1995, 1, 1) && today.tomorrow().is_ok_and(|limit| day <= limit)
}

fn from_metas(metas: &BTreeMap<String, String>, today: Date) -> Option<Published> {
    META_NAMES.iter().find_map(|name| {
        let value = metas.get(*name)?;
        let found = find(value).into_iter().next().or_else(|| compact(value))?;
        is_possible(found.date, today).then(|| published(&found, DateSource::Meta, value))
    })
}

fn compact(value: &str) -> Option<Found> {
    let digits = value.trim();
    if digits.len() < 8 || !digits.bytes().take(8).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day = Date::new(
        digits[..4].parse().ok()?,
        digits[4..6].parse().ok()?,
        digits[6..8].parse().ok()?,
    )
    .ok()?;
    Some(Found {
        date: day,
        at: None,
        range: 0..8,
    })
}

/// Words of the clock of a page, and of the stamp that its program sets with every change: neither is news.
const STAMPS: [&str; 7] = [
    "今天",
    "今日",
    "星期",
    "最后更改",
    "最后修改",
    "最后编辑",
    "上次修改",
];

/// Whether a line is today's clock or tells when somebody last changed the page.
pub(crate) fn is_stamp(text: &str) -> bool {
    STAMPS.iter().any(|word| text.contains(word))
}

/// Visible text: first labelled dates anywhere, then unlabelled short lines between title and body.
fn from_text(context: &Context<'_>, labelled_or_head: bool) -> Option<Published> {
    let dom = context.dom;
    let start = context.title_node.unwrap_or(0);
    let lines = dom.all_lines();
    let is_usable = |line: &Line| {
        !is_in_list_or_footer(dom, line.node) && !is_listed(context.listed, line.node)
    };
    if labelled_or_head {
        let head_end = context
            .body
            .as_ref()
            .map_or(usize::MAX, |body| body.start.max(start) + 1);
        if let Some(found) = labelled(lines, context, &is_usable, start..head_end) {
            return Some(found);
        }
        // In a flat page title, line of information and text stand in one box: what is labelled anywhere then outranks a bare date of
        // the text, which may be the day of signing or of an event.
        let (rank, head) = head_line(lines, context, &is_usable).unzip();
        let everywhere = || labelled(lines, context, &is_usable, start..usize::MAX);
        match rank {
            Some(BEFORE_BODY..) => head,
            _ => everywhere().or(head),
        }
    } else {
        // A page without a title that could be found: any short line with date and time.
        lines
            .iter()
            .filter(|line| {
                may_hold_day(&line.text) && is_at_most(&line.text, 40) && is_usable(line)
            })
            .find_map(|line| {
                let found = find(&line.text)
                    .into_iter()
                    .find(|found| found.at.is_some())?;
                (is_possible(found.date, context.today)
                    && !is_other_day(&line.text[..found.range.start])
                    && !has_decoy(&line.text, found.range.start))
                .then(|| published(&found, DateSource::Text, &line.text))
            })
    }
}

fn labelled(
    lines: &[Line],
    context: &Context<'_>,
    is_usable: &dyn Fn(&Line) -> bool,
    nodes: std::ops::Range<usize>,
) -> Option<Published> {
    let mut previous: Option<&Line> = None;
    for line in lines {
        let before = previous.replace(line);
        if !nodes.contains(&line.node) || !is_usable(line) {
            continue;
        }
        if !may_hold_day(&line.text) {
            match loose::labelled(&line.text, context.today) {
                Some(found) => return Some(published(&found, DateSource::Text, &line.text)),
                None => continue,
            }
        }
        let mut days = find(&line.text);
        if days.is_empty() {
            days.extend(loose::labelled(&line.text, context.today));
        }
        for found in days {
            if !is_possible(found.date, context.today) {
                continue;
            }
            let mut lead = line.text[..found.range.start].to_owned();
            // A label in the cell or block before: 发布日期 | 2026-03-01.
            if lead.trim().is_empty() {
                lead = before.map(|line| line.text.clone()).unwrap_or_default();
                let name = lead.trim_end_matches(['：', ':']).trim();
                if !LABELS.contains(&name) && !BARE_LABELS.contains(&name) {
                    continue;
                }
            }
            if is_label(&lead) {
                return Some(published(&found, DateSource::Text, &line.text));
            }
        }
    }
    None
}

/// Words of the line that tells of an article: a date in it is the publication.
const INFORMATION: [&str; 12] = [
    "来源",
    "稿源",
    "发布机构",
    "发布单位",
    "发布机关",
    "浏览",
    "点击",
    "阅读",
    "字体",
    "字号",
    "作者",
    "责任编辑",
];

/// A longer line with a day in parts tells of something.
const SPLIT_CHARS_MAX: usize = 24;
/// Rank of a bare date in the head of an article, before its body.
const BEFORE_BODY: u8 = 3;

/// Between title and body a short line may give the date without any label; with how well it stands.
fn head_line(
    lines: &[Line],
    context: &Context<'_>,
    is_usable: &dyn Fn(&Line) -> bool,
) -> Option<(u8, Published)> {
    let dom = context.dom;
    let title = context.title_node?;
    let body_start = context.body.as_ref().map_or(usize::MAX, |body| body.start);
    let mut best: Option<(u8, Published)> = None;
    // A bare date or the whole line of information may also stand right above the title.
    let first = lines
        .iter()
        .position(|line| line.node >= title)
        .unwrap_or(lines.len());
    for (at, line) in lines
        .iter()
        .enumerate()
        .skip(first.saturating_sub(2))
        .take(16)
    {
        if !may_hold_day(&line.text) || !is_usable(line) || line.text.chars().count() > 90 {
            continue;
        }
        let mut days = find(&line.text);
        // 10月10日 2026: in parts, as a template joins them.
        if days.is_empty() && is_at_most(&line.text, SPLIT_CHARS_MAX) {
            days.extend(split_found(&line.text));
        }
        let is_alone = days.len() == 1;
        for found in days {
            let is_other = is_other_day(&line.text[..found.range.start])
                || has_decoy(&line.text, found.range.start);
            if is_other || !is_possible(found.date, context.today) {
                continue;
            }
            let rest = line.text.len() - (found.range.end - found.range.start);
            let is_information = tells_of_article(&line.text);
            let is_bare = rest <= 40 || is_information;
            let is_named = is_information || is_label(&line.text[..found.range.start]);
            let is_above = is_named && dom.nodes[line.node].area == Area::Body;
            if at < first && rest > 6 && !is_above {
                continue;
            }
            let rank = match (found.at.is_some(), is_bare, line.node < body_start) {
                (true, _, true) => BEFORE_BODY + 1,
                (_, true, true) => BEFORE_BODY,
                (true, true, false) => 2,
                (false, true, false) if is_line_of_information(&line.text) => 2,
                (false, true, false) if rest <= 6 => 1,
                // Right below the title of a flat page, with the source at most.
                (false, true, false) if is_alone && at <= first + 2 && !is_sentence(&line.text) => {
                    1
                }
                _ => 0,
            };
            if rank > 0 && best.as_ref().is_none_or(|(before, _)| *before < rank) {
                best = Some((rank, published(&found, DateSource::Text, &line.text)));
            }
        }
    }
    best
}

fn is_sentence(text: &str) -> bool {
    text.contains(['。', '，', '；'])
}

/// A line of labels with their values; a sentence may hold such words too.
fn is_line_of_information(text: &str) -> bool {
    let labels = INFORMATION.iter().filter(|word| {
        let behind = text.split_once(**word).map_or("", |(_, rest)| rest);
        behind.trim_start().starts_with(['：', ':']) || behind.starts_with("次数")
    });
    labels.count() > 0 && !is_sentence(text)
}

fn tells_of_article(text: &str) -> bool {
    INFORMATION.iter().any(|word| text.contains(word))
}

/// Where what tells of an article begins: at its title, or at the line of information right above it.
pub(crate) fn head_start(dom: &Dom, title: usize) -> usize {
    let lines = dom.all_lines();
    let first = lines.partition_point(|line| line.node < title);
    let above = lines[first.saturating_sub(2)..first].iter().find(|line| {
        tells_of_article(&line.text)
            && is_at_most(&line.text, 90)
            && dom.nodes[line.node].area == Area::Body
    });
    above.map_or(title, |line| line.node)
}

/// Whether a line right above or below a title gives a day, called the publication or beside the source.
pub(crate) fn dated_head(dom: &Dom, title: usize, today: Date) -> bool {
    let lines = dom.all_lines();
    let first = lines.partition_point(|line| line.node < title);
    let near = lines.iter().skip(first.saturating_sub(1)).take(4);
    near.filter(|line| may_hold_day(&line.text) && is_at_most(&line.text, 90))
        .any(|line| {
            let days = find(&line.text);
            days.iter().any(|found| {
                let is_called = is_label(&line.text[..found.range.start]);
                is_possible(found.date, today) && (is_called || tells_of_article(&line.text))
            })
        })
}

fn has_decoy(text: &str, start: usize) -> bool {
    let lead: String = text[..start]
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let tail: String = lead
        .chars()
        .rev()
        .take(8)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    DECOYS.iter().any(|decoy| tail.contains(decoy))
        || text.contains("版权所有")
        || lower_contains(text, "copyright")
}

fn lower_contains(text: &str, word: &str) -> bool {
    text.to_ascii_lowercase().contains(word)
}

fn is_in_list_or_footer(dom: &Dom, node: usize) -> bool {
    if dom.nodes[node].area == Area::Footer {
        return true;
    }
    // A date inside of a link's item belongs to another article; a list item that holds a whole page does not.
    dom.ancestors(node).take(4).any(|up| {
        dom.name(up) == "a"
            || dom.name(up) == "li"
                && dom.chars_of(up) < 200
                && dom.inside(up).any(|inner| dom.name(inner) == "a")
    })
}

#[cfg(test)]
mod tests;
