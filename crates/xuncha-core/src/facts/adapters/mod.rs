//! 平台适配器: what an answer of an account shows, whatever kind of source gave it. One file each, behind one small trait.
//!
//! An adapter is a pure function of an answer: it asks for nothing. Which further page is asked is the gatherer's affair; an adapter
//! only names it. Apps have adapters of their own kind: the store's page is judged like a link, the package by `package.rs`.

mod feed;
mod json;
pub(crate) mod platforms;
mod table;
mod web_page;
mod weixin;

pub use table::HANDED_OVER;

use jiff::civil::Date;

use super::dom::Dom;
use super::lexicons::Lexicons;
use super::model::{PageFacts, Post};
use crate::evidence::Capture;

/// One answer of an account.
pub(crate) struct Answer<'a> {
    pub capture: &'a Capture,
    pub body: &'a [u8],
    pub lexicons: &'a Lexicons,
    /// What was read of it, where it is a web page.
    pub page: Option<(&'a PageFacts, &'a Dom<'a>)>,
}

impl Answer<'_> {
    /// Day of the capture: no post is newer.
    fn today(&self) -> Date {
        self.capture.at.date()
    }

    /// Address that references stand against.
    fn url(&self) -> &str {
        match self.capture.final_url.as_str() {
            "" => &self.capture.url,
            url => url,
        }
    }

    /// An address of the answer made absolute; empty where it is none.
    fn absolute(&self, reference: &str) -> String {
        let base = url::Url::parse(self.url()).ok();
        let url = base.and_then(|base| base.join(reference.trim()).ok());
        url.filter(|_| !reference.trim().is_empty())
            .map(String::from)
            .unwrap_or_default()
    }
}

/// 所见动态. What an answer shows of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Posts, newest first; undated ones last, otherwise in the order of the answer.
    pub posts: Vec<Post>,
    /// Where the posts go on.
    pub next: Option<String>,
    /// A whole answer that holds a list of posts with none in it; one that broke off or tells of an error says nothing of posts.
    pub says_empty: bool,
}

/// 适配器. Reads the answers of one kind of source.
trait Adapter: Sync {
    /// What the answer shows; `None` where it is none of this adapter's.
    fn read(&self, answer: &Answer<'_>) -> Option<Shown>;
}

/// The adapters in the order in which they are asked: what is sure of its kind comes first.
const ADAPTERS: [&dyn Adapter; 5] = [
    &table::Table,
    &json::Json,
    &feed::Feed,
    &weixin::Weixin,
    &web_page::WebPage,
];

/// What an answer shows, by the first adapter that knows it.
pub(crate) fn read(answer: &Answer<'_>) -> Option<Shown> {
    let mut shown = ADAPTERS.iter().find_map(|adapter| adapter.read(answer))?;
    sort_newest_first(&mut shown.posts);
    shown.next = shown.next.filter(|next| next != answer.url());
    Some(shown)
}

/// Newest first; undated posts last, otherwise in the order of the page.
pub(crate) fn sort_newest_first(posts: &mut [Post]) {
    posts.sort_by_key(|post| std::cmp::Reverse(post.date));
}

/// A text with its markup taken out, in one line: platforms send posts as fragments of HTML.
fn plain(text: &str) -> String {
    let text = match text.contains(['<', '&']) {
        true => Dom::parse(text).whole_text().to_owned(),
        false => text.to_owned(),
    };
    super::text::cut(&super::text::collapse(&text), 120)
}

#[cfg(test)]
mod tests;
