//! WeChat: an article by its link, whose scripts give the time, and an album of articles, whose scripts list them.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::json::epoch_day;
use super::{Adapter, Answer, Shown, plain};
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{PageFacts, Post};
use crate::facts::text::pattern;

/// A page of a public account.
pub(super) struct Weixin;

impl Adapter for Weixin {
    fn read(&self, answer: &Answer<'_>) -> Option<Shown> {
        let (facts, dom) = answer.page?;
        let platform = answer.lexicons.platforms.of_url(answer.url());
        if platform.is_none_or(|platform| platform.name != "微信公众号") && !is_article(dom) {
            return None;
        }
        let albums = album(dom, answer);
        let posts = match albums.is_empty() {
            false => albums,
            true => article(facts, dom, answer).into_iter().collect(),
        };
        (!posts.is_empty()).then(|| Shown {
            posts,
            ..Shown::default()
        })
    }
}

/// The marks of an article that was saved or is shown elsewhere.
fn is_article(dom: &Dom) -> bool {
    let marks = ["activity-name", "js_content"];
    let is_marked =
        |mark: &&str| (0..dom.nodes.len()).any(|index| dom.attr(index, "id") == Some(*mark));
    marks.iter().all(is_marked)
}

/// The article itself is the one post that its address shows. One of pictures or a film alone has hardly any text, but its time.
fn article(facts: &PageFacts, dom: &Dom, answer: &Answer<'_>) -> Option<Post> {
    let published = facts.article.as_ref().and_then(|article| {
        let published = article.published.as_ref()?;
        Some(published.date)
    });
    let date = clock(dom).or(published.filter(|_| is_article(dom)))?;
    let title = match facts.metas.get("og:title") {
        Some(title) => plain(title),
        None => plain(&facts.title),
    };
    Some(Post {
        title,
        url: answer.url().to_owned(),
        date: Some(date),
    })
}

/// The variable that holds the time of publication.
fn clock(dom: &Dom) -> Option<Date> {
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"\b(?:ct|create_time|ori_create_time)\s*[:=]\s*["']?(\d{10})\b"#)
    });
    let mut scripts = dom.named(Tag::Script).map(|index| dom.raw_text(index));
    scripts.find_map(|script| epoch_day(CLOCK.captures(&script)?[1].parse().ok()?))
}

/// `{title: '…', create_time: '1772325000', url: '…'}` one after the other, as albums and history pages have them.
fn album(dom: &Dom, answer: &Answer<'_>) -> Vec<Post> {
    static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?s)\btitle["']?\s*:\s*["']([^"'\n]{2,200})["'].{0,400}?\bcreate_time["']?\s*:\s*["']?(\d{10})["']?.{0,400}?\burl["']?\s*:\s*["'](https?:[^"'\s]{8,400})["']"#,
        )
    });
    let scripts = dom.named(Tag::Script).map(|index| dom.raw_text(index));
    let lists = scripts.filter(|script| script.contains("create_time"));
    let mut posts = Vec::new();
    for script in lists {
        for hit in ENTRY.captures_iter(&script) {
            posts.push(Post {
                title: plain(&hit[1]),
                url: answer.absolute(&hit[3].replace("&amp;", "&")),
                date: hit[2].parse().ok().and_then(epoch_day),
            });
        }
    }
    posts
}
