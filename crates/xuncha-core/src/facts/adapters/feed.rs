//! RSS and Atom.

use super::json::epoch_day;
use super::{Adapter, Answer, Shown, plain};
use crate::facts::model::Post;

/// A feed in XML.
pub(super) struct Feed;

impl Adapter for Feed {
    fn read(&self, answer: &Answer<'_>) -> Option<Shown> {
        if answer.page.is_some() {
            return None;
        }
        let head = &answer.body[..answer.body.len().min(600)];
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let is_feed = ["<rss", "<feed", "<rdf:rdf"]
            .iter()
            .any(|root| head.contains(root))
            && !head.contains("<html");
        if !is_feed {
            return None;
        }
        // Ids are not used; a fixed generator keeps the reader free of randomness.
        let parser = feed_rs::parser::Builder::new()
            .id_generator(|_, _, _| String::new())
            .build();
        let feed = parser.parse(answer.body).ok()?;
        let next = feed
            .links
            .iter()
            .find(|link| link.rel.as_deref() == Some("next"))
            .map(|link| answer.absolute(&link.href));
        let posts = feed.entries.into_iter().map(|entry| post(entry, answer));
        let posts: Vec<Post> = posts.collect();
        Some(Shown {
            says_empty: posts.is_empty() && is_whole(answer.body),
            posts,
            next: next.filter(|next| !next.is_empty()),
        })
    }
}

/// Whether the feed's root is closed: the parser takes what broke off for a feed without entries.
fn is_whole(body: &[u8]) -> bool {
    let tail = &body[body.len().saturating_sub(200)..];
    let tail = String::from_utf8_lossy(tail).to_ascii_lowercase();
    ["</rss>", "</feed>", "</rdf:rdf>"]
        .iter()
        .any(|end| tail.contains(end))
}

fn post(entry: feed_rs::model::Entry, answer: &Answer<'_>) -> Post {
    let summary = entry.summary.map(|summary| summary.content);
    let title = entry.title.map(|title| title.content).or(summary);
    let link = entry.links.into_iter().next();
    Post {
        title: plain(&title.unwrap_or_default()),
        url: link
            .map(|link| answer.absolute(&link.href))
            .unwrap_or_default(),
        date: entry
            .published
            .or(entry.updated)
            .and_then(|at| epoch_day(at.timestamp())),
    }
}
