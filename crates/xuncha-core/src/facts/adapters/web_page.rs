//! Any web page: its main list, and where the list goes on; a page that is one article shows that one.

use super::{Adapter, Answer, Shown};
use crate::facts::model::{ListFacts, ListItem, PageFacts, Post};

/// A page that lists posts.
pub(super) struct WebPage;

impl Adapter for WebPage {
    fn read(&self, answer: &Answer<'_>) -> Option<Shown> {
        let (facts, _) = answer.page?;
        let list = facts.list.as_ref();
        let items = list.into_iter().flat_map(|list| &list.items);
        Some(Shown {
            posts: article(facts, answer)
                .into_iter()
                .chain(items.map(post))
                .collect(),
            next: list.and_then(|list| next(list, answer)),
            says_empty: false,
        })
    }
}

/// The article that the page is, if it says when it was published: platforms are filed by the link of an article too.
fn article(facts: &PageFacts, answer: &Answer<'_>) -> Option<Post> {
    let article = facts.article.as_ref()?;
    let published = article.published.as_ref()?;
    let is_beside = |item: &ListItem| item.url == answer.url() || item.title == article.title;
    let is_listed = facts
        .list
        .as_ref()
        .is_some_and(|list| list.items.iter().any(is_beside));
    (!is_listed).then(|| Post {
        title: article.title.clone(),
        url: answer.url().to_owned(),
        date: Some(published.date),
    })
}

fn post(item: &ListItem) -> Post {
    Post {
        title: item.title.clone(),
        url: item.url.clone(),
        date: item.date,
    }
}

/// The page behind this one, by the numbers of the pager's addresses. Where this page's own address has no number, pagers begin with
/// 1 or 2, and the first of them that is there is taken: one page asked twice is better than one left out.
fn next(list: &ListFacts, answer: &Answer<'_>) -> Option<String> {
    let own = numbered(answer.url());
    let behind = |url: &String| {
        let (stem, number) = numbered(url)?;
        let least = match &own {
            Some((own_stem, own_number)) if *own_stem == stem => own_number + 1,
            _ => 1,
        };
        (number >= least).then(|| (number, url.clone()))
    };
    let nearest = list.pages.iter().filter_map(behind).min();
    nearest.map(|(_, url)| url)
}

/// The last number of an address that differs from page to page (`?page=2`, `index_2.html`, `/2/`), and the address without it.
fn numbered(url: &str) -> Option<(String, u32)> {
    let end = url.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = url[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + 1);
    let number = url[start..end].parse().ok();
    let number = number.filter(|number| *number < 10_000)?;
    Some((format!("{}\n{}", &url[..start], &url[end..]), number))
}
