//! Feeds of accounts: RSS, Atom, JSON Feed, and plain JSON lists of posts.

use jiff::civil::{Date, date};

use super::account::sort_newest_first;
use super::dates;
use super::model::Post;
use super::text::cut;
use crate::evidence::Capture;

/// Posts of a feed, newest first; `None` where the answer is no feed.
pub(crate) fn read(capture: &Capture, body: &[u8]) -> Option<Vec<Post>> {
    let kind = capture.content_type.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&body[..body.len().min(600)]).to_ascii_lowercase();
    let start = head.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let is_xml = ["<rss", "<feed", "<rdf:rdf"]
        .iter()
        .any(|root| head.contains(root))
        && !head.contains("<html");
    let is_json = kind.contains("json") || start.starts_with(['{', '[']);
    let mut posts = if is_json {
        json(body).or_else(|| syndication(body))?
    } else if is_xml {
        syndication(body)?
    } else {
        return None;
    };
    sort_newest_first(&mut posts);
    Some(posts)
}

fn syndication(body: &[u8]) -> Option<Vec<Post>> {
    // Ids are not used; a fixed generator keeps the reader free of randomness.
    let parser = feed_rs::parser::Builder::new()
        .id_generator(|_, _, _| String::new())
        .build();
    let feed = parser.parse(body).ok()?;
    Some(
        feed.entries
            .into_iter()
            .map(|entry| {
                let title = entry
                    .title
                    .map(|title| title.content)
                    .or(entry.summary.map(|summary| summary.content))
                    .unwrap_or_default();
                Post {
                    title: cut(title.trim(), 120),
                    url: entry
                        .links
                        .into_iter()
                        .next()
                        .map(|link| link.href)
                        .unwrap_or_default(),
                    date: entry
                        .published
                        .or(entry.updated)
                        .and_then(|at| day(at.timestamp())),
                }
            })
            .collect(),
    )
}

/// The day in UTC+8.
fn day(seconds: i64) -> Option<Date> {
    let days = seconds.checked_add(8 * 3600)?.div_euclid(86_400);
    date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// Any JSON that holds a list of objects with a title or text and a time.
fn json(body: &[u8]) -> Option<Vec<Post>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let mut posts = Vec::new();
    let mut saw_list = false;
    walk(&value, 0, &mut posts, &mut saw_list);
    saw_list.then_some(posts)
}

fn walk(value: &serde_json::Value, depth: u8, posts: &mut Vec<Post>, saw_list: &mut bool) {
    if depth > 6 {
        return;
    }
    match value {
        serde_json::Value::Array(items) => {
            *saw_list = true;
            for item in items {
                match post(item) {
                    Some(post) => posts.push(post),
                    None => walk(item, depth + 1, posts, saw_list),
                }
            }
        }
        serde_json::Value::Object(map) => {
            for inner in map.values() {
                walk(inner, depth + 1, posts, saw_list);
            }
        }
        _ => {}
    }
}

fn post(item: &serde_json::Value) -> Option<Post> {
    let map = item.as_object()?;
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| map.get(*name)?.as_str())
            .unwrap_or_default()
    };
    let title = text(&[
        "title",
        "text",
        "content",
        "desc",
        "summary",
        "content_text",
    ]);
    let time = [
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
    ]
    .iter()
    .find_map(|name| map.get(*name))?;
    let date = match time {
        serde_json::Value::Number(number) => number.as_i64().and_then(|number| {
            day(if number > 100_000_000_000 {
                number / 1000
            } else {
                number
            })
        }),
        serde_json::Value::String(text) => instant_day(text),
        _ => None,
    };
    (!title.is_empty() || date.is_some()).then(|| Post {
        title: cut(title, 120),
        url: text(&["url", "link", "href"]).to_owned(),
        date,
    })
}

/// A time with `Z` is UTC and may be the next day here; all others are civil.
fn instant_day(text: &str) -> Option<Date> {
    let found = dates::find(text).into_iter().next()?;
    match found.at {
        Some(at) if text.trim_end().ends_with('Z') => at
            .checked_add(jiff::Span::new().hours(8))
            .ok()
            .map(|at| at.date()),
        _ => Some(found.date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_capture;

    #[test]
    fn feeds_of_every_form() {
        for (kind, body) in [
            (
                "application/rss+xml",
                "<?xml version='1.0'?><rss version='2.0'><channel><title>青石发布</title><link>http://a.cn</link><description>x</description><item><title>会议召开</title><link>http://a.cn/1</link><pubDate>Sun, 01 Mar 2026 08:30:00 +0800</pubDate></item></channel></rss>",
            ),
            (
                "application/atom+xml",
                "<feed xmlns='http://www.w3.org/2005/Atom'><title>青石</title><id>1</id><updated>2026-03-01T00:30:00Z</updated><entry><id>2</id><title>会议召开</title><link href='http://a.cn/1'/><updated>2026-03-01T00:30:00Z</updated></entry></feed>",
            ),
            (
                "application/json",
                r#"{"account":"青石发布","items":[{"title":"会议召开","url":"http://a.cn/1","date":"2026-03-01T08:30"}]}"#,
            ),
            (
                "application/json",
                r#"{"data":{"list":[{"text":"会议召开","created_at":1772325000}]}}"#,
            ),
            (
                "application/json",
                r#"[{"title":"会议召开","published":"2026-02-28T23:30:00Z"}]"#,
            ),
        ] {
            let mut capture = test_capture("http://a.cn/feed");
            capture.content_type = kind.to_owned();
            let posts = read(&capture, body.as_bytes()).unwrap_or_else(|| panic!("{body}"));
            assert_eq!(posts.len(), 1, "{body}");
            assert_eq!(
                (posts[0].title.as_str(), posts[0].date),
                ("会议召开", Some(date(2026, 3, 1))),
                "{body}"
            );
        }
        let capture = test_capture("http://a.cn/");
        assert_eq!(read(&capture, b"<html><body>x</body></html>"), None);
    }
}
