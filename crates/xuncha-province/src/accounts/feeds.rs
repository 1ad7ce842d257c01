//! Feeds of accounts: RSS, Atom and JSON Feed.

use std::fmt::Write;

use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};
use serde_json::json;

use super::plan::{AccountPlan, FeedFormat, Posting};
use super::posts::{self, Post};
use super::{FEED_HOST, pages};
use crate::response::Response;

/// The path of an account's feed.
#[must_use]
pub fn feed_path(format: FeedFormat, slug: &str) -> String {
    match format {
        FeedFormat::Rss => format!("/rss/{slug}.xml"),
        FeedFormat::Atom => format!("/atom/{slug}.xml"),
        FeedFormat::Json => format!("/json/{slug}.json"),
    }
}

/// Answers for the host of the feeds.
#[must_use]
pub fn respond(accounts: &[AccountPlan], path: &str, now: DateTime) -> Option<Response> {
    let slug = path.rsplit('/').next()?.split('.').next()?;
    let account = accounts
        .iter()
        .find(|a| a.slug == slug && !a.feed_url.is_empty())?;
    if path != feed_path(account.feed, slug) || !account.is_running() {
        return None;
    }
    let posts = feed_posts(account, now);
    Some(match account.feed {
        FeedFormat::Rss => Response::ok(
            "application/rss+xml; charset=utf-8",
            rss(account, &posts, now),
        ),
        FeedFormat::Atom => Response::ok(
            "application/atom+xml; charset=utf-8",
            atom(account, &posts, now),
        ),
        FeedFormat::Json => Response::ok("application/feed+json", json_feed(account, &posts)),
    })
}

/// What the feed lists: at most twelve posts; a stopped feed lists what stood five months ago.
fn feed_posts(account: &AccountPlan, now: DateTime) -> Vec<Post> {
    let mut posts = posts::posts(account, now);
    posts.truncate(12);
    if account.posting == Posting::FeedOld {
        for post in &mut posts {
            post.at = post.at.checked_sub(150.days()).unwrap_or(post.at);
        }
    }
    posts
}

fn link(account: &AccountPlan, post: &Post) -> String {
    format!(
        "https://{}{}",
        account.platform.host(),
        pages::post_path(account, post.serial)
    )
}

/// When the feed says it was built: today for those whose profile only was touched, else with its newest post.
fn built(account: &AccountPlan, posts: &[Post], now: DateTime) -> DateTime {
    if account.posting == Posting::TouchedOld {
        return now;
    }
    posts
        .iter()
        .map(|p| p.at)
        .filter(|at| *at <= now)
        .max()
        .unwrap_or(account.as_of)
}

fn rss(account: &AccountPlan, posts: &[Post], now: DateTime) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title><link>{}</link>\
         <description>{}</description><lastBuildDate>{}</lastBuildDate>\n",
        account.name,
        account.page_url,
        account.subject,
        rfc822(built(account, posts, now))
    );
    for post in posts {
        let url = link(account, post);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "<item><title>{}</title><link>{url}</link><guid>{url}</guid><pubDate>{}</pubDate></item>",
            post.title,
            rfc822(post.at)
        );
    }
    out.push_str("</channel></rss>\n");
    out
}

fn atom(account: &AccountPlan, posts: &[Post], now: DateTime) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title>\
         <id>https://{FEED_HOST}/{}</id><link href=\"{}\"/><updated>{}</updated>\n",
        account.name,
        account.slug,
        account.page_url,
        rfc3339(built(account, posts, now))
    );
    for post in posts {
        let (url, at) = (link(account, post), rfc3339(post.at));
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "<entry><title>{}</title><id>{url}</id><link href=\"{url}\"/><published>{at}</published><updated>{at}</updated></entry>",
            post.title
        );
    }
    out.push_str("</feed>\n");
    out
}

fn json_feed(account: &AccountPlan, posts: &[Post]) -> String {
    let items: Vec<_> = posts
        .iter()
        .map(|p| {
            let url = link(account, p);
            json!({"id": url, "url": url, "title": p.title, "content_text": p.title, "date_published": rfc3339(p.at)})
        })
        .collect();
    json!({"version": "https://jsonfeed.org/version/1.1", "title": account.name, "home_page_url": account.page_url,
           "feed_url": account.feed_url, "items": items})
    .to_string()
}

fn rfc3339(at: DateTime) -> String {
    format!(
        "{}T{:02}:{:02}:{:02}+08:00",
        at.date(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

fn rfc822(at: DateTime) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let weekday = match at.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    let month = MONTHS[(at.month() - 1) as usize];
    format!(
        "{weekday}, {:02} {month} {} {:02}:{:02}:00 +0800",
        at.day(),
        at.year(),
        at.hour(),
        at.minute()
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_written_as_the_formats_ask() {
        let at = date(2026, 3, 5).at(10, 20, 0, 0);
        assert_eq!(rfc822(at), "Thu, 05 Mar 2026 10:20:00 +0800");
        assert_eq!(rfc3339(at), "2026-03-05T10:20:00+08:00");
    }
}
