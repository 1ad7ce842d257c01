//! JSON: by the paths that a platform's entry names, as a JSON Feed, else by what a list of posts looks like.

use jiff::civil::{Date, DateTime, date};
use jiff::fmt::strtime;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::platforms::JsonLayout;
use super::{Adapter, Answer, Shown, plain};
use crate::facts::dates;
use crate::facts::model::Post;

/// Fields that hold a title, an address or a time where no entry names them.
const TITLES: [&str; 6] = [
    "title",
    "text",
    "content",
    "desc",
    "summary",
    "content_text",
];
const ADDRESSES: [&str; 5] = ["url", "link", "href", "article_url", "share_url"];
const TIMES: [&str; 13] = [
    "date",
    "published",
    "date_published",
    "publish_time",
    "publishTime",
    "pubDate",
    "created_at",
    "create_time",
    "createTime",
    "time",
    "publishedAt",
    "datetime",
    "published_at",
];
/// Fields of the root that hold the next page.
const NEXT: [&str; 4] = ["next_url", "next", "nextPage", "next_page"];
/// Lists deeper than this are none of posts.
const MAX_DEPTH: u8 = 6;

/// JSON of any layout.
pub(super) struct Json;

impl Adapter for Json {
    fn read(&self, answer: &Answer<'_>) -> Option<Shown> {
        if answer.page.is_some() || !is_json(answer) {
            return None;
        }
        let body = answer.body.strip_prefix(b"\xef\xbb\xbf");
        let value: Value = serde_json::from_slice(body.unwrap_or(answer.body)).ok()?;
        let platform = answer.lexicons.platforms.of_url(answer.url());
        let layouts = platform.into_iter().flat_map(|platform| &platform.json);
        layouts
            .filter_map(|layout| by_layout(layout, &value, answer))
            .find(|shown| !shown.posts.is_empty())
            .or_else(|| by_looks(&value, answer))
    }
}

fn is_json(answer: &Answer<'_>) -> bool {
    let kind = answer.capture.content_type.to_ascii_lowercase();
    let start = answer.body.strip_prefix(b"\xef\xbb\xbf");
    let start = start.unwrap_or(answer.body).trim_ascii_start();
    kind.contains("json") || matches!(start.first(), Some(b'{' | b'['))
}

/// `None` where the answer has no such list.
fn by_layout(layout: &JsonLayout, value: &Value, answer: &Answer<'_>) -> Option<Shown> {
    let items = layout.posts.query(value).all();
    if items.is_empty() {
        return None;
    }
    let posts = items
        .into_iter()
        .filter_map(|item| {
            let text = |paths: &[JsonPath]| first(paths, item).and_then(Value::as_str);
            let title = plain(text(&layout.title).unwrap_or_default());
            let date = first(&layout.date, item).and_then(|time| day(time, answer.today()));
            (!title.is_empty() || date.is_some()).then(|| Post {
                title,
                url: answer.absolute(text(&layout.url).unwrap_or_default()),
                date,
            })
        })
        .collect();
    let next = layout.next.as_ref().map(|path| path.query(value).all());
    let next = next.and_then(|found| found.first()?.as_str().map(|next| answer.absolute(next)));
    Some(Shown {
        posts,
        next: next.filter(|next| !next.is_empty()),
        says_empty: false,
    })
}

fn first<'v>(paths: &[JsonPath], item: &'v Value) -> Option<&'v Value> {
    let found = paths.iter().flat_map(|path| path.query(item).all());
    found.into_iter().find(|value| !value.is_null())
}

/// Any JSON that holds a list of objects with a title or text and a time.
fn by_looks(value: &Value, answer: &Answer<'_>) -> Option<Shown> {
    let mut posts = Vec::new();
    let mut saw_list = false;
    walk(value, 0, answer, &mut posts, &mut saw_list);
    let next = NEXT
        .iter()
        .find_map(|name| value.get(name)?.as_str())
        .map(|next| answer.absolute(next));
    saw_list.then(|| Shown {
        says_empty: posts.is_empty() && !tells_error(value),
        posts,
        next: next.filter(|next| !next.is_empty()),
    })
}

/// Whether the answer says that it was refused: platforms do so with status 200 and an empty list.
fn tells_error(value: &Value) -> bool {
    const CODES: [&str; 8] = [
        "code",
        "errcode",
        "errno",
        "error_code",
        "ret",
        "status",
        "ok",
        "success",
    ];
    let is_error = |code: &Value| match code {
        Value::Number(number) => !matches!(number.as_i64(), Some(0 | 1 | 200)),
        Value::String(text) => !matches!(text.as_str(), "" | "0" | "1" | "200" | "ok" | "success"),
        Value::Bool(is_fine) => !is_fine,
        _ => false,
    };
    let says = |name: &str| value.get(name).is_some_and(is_error);
    let has_error = value
        .get("error")
        .is_some_and(|error| !error.is_null() && error != false);
    CODES.iter().any(|name| says(name)) || has_error
}

fn walk(value: &Value, depth: u8, answer: &Answer<'_>, posts: &mut Vec<Post>, saw_list: &mut bool) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            *saw_list = true;
            for item in items {
                match post(item, answer) {
                    Some(post) => posts.push(post),
                    None => walk(item, depth + 1, answer, posts, saw_list),
                }
            }
        }
        Value::Object(map) => {
            for inner in map.values() {
                walk(inner, depth + 1, answer, posts, saw_list);
            }
        }
        _ => {}
    }
}

fn post(item: &Value, answer: &Answer<'_>) -> Option<Post> {
    let map = item.as_object()?;
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| map.get(*name)?.as_str());
        found.unwrap_or_default()
    };
    let mut times = TIMES.iter().filter_map(|name| map.get(*name)).peekable();
    times.peek()?;
    let date = times.find_map(|time| day(time, answer.today()));
    let title = plain(text(&TITLES));
    (!title.is_empty() || date.is_some()).then(|| Post {
        title,
        url: answer.absolute(text(&ADDRESSES)),
        date,
    })
}

/// A time as platforms write it: seconds or milliseconds since 1970, also in quotes; with an offset; in the words of the platform.
fn day(time: &Value, today: Date) -> Option<Date> {
    let whole = time
        .as_i64()
        .or_else(|| time.as_f64().map(|seconds| seconds as i64));
    if let Some(number) = whole {
        return compact_day(number).or_else(|| epoch_day(number));
    }
    let text = time.as_str()?.trim();
    let is_number = text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return epoch_day(text.parse().ok()?);
    }
    // Sun Mar 01 08:30:00 +0800 2026.
    if let Ok(time) = strtime::parse("%a %b %d %H:%M:%S %z %Y", text) {
        let zoned = time.to_timestamp().ok()?;
        return epoch_day(zoned.as_second());
    }
    instant_day(text).or_else(|| dates::list_date(text, today))
}

/// 20260301 as a number.
fn compact_day(number: i64) -> Option<Date> {
    let is_compact = (19_000_101..=29_991_231).contains(&number);
    let (year, rest) = (number / 10_000, number % 10_000);
    let day = || Date::new(year as i16, (rest / 100) as i8, (rest % 100) as i8).ok();
    is_compact.then(day).flatten()
}

/// The day in UTC+8. Before platforms were there nothing was posted: zero stands for an unknown time.
pub(super) fn epoch_day(number: i64) -> Option<Date> {
    const FIRST_S: i64 = 1_000_000_000;
    let seconds = if number > 100_000_000_000 {
        number / 1000
    } else {
        number
    };
    if seconds < FIRST_S {
        return None;
    }
    let days = seconds.checked_add(8 * 3600)?.div_euclid(86_400);
    let start = date(1970, 1, 1);
    start
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// A time with `Z` is UTC and may be the next day here; all others are civil.
fn instant_day(text: &str) -> Option<Date> {
    let found = dates::find(text).into_iter().next()?;
    let utc: Option<DateTime> = found.at.filter(|_| text.trim_end().ends_with('Z'));
    match utc {
        Some(at) => {
            let here = at.checked_add(jiff::Span::new().hours(8));
            here.ok().map(|at| at.date())
        }
        None => Some(found.date),
    }
}
