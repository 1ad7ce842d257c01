//! What a site shows on the pages of many columns: what is read most, what it recommends. It is no column's own list, whatever it is
//! headed. A column's newest articles may be shown everywhere too: where an article says that it stands decides.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::records::Records;
use crate::facts::model::{Area, LinkKind, ListItem, PageFacts};
use crate::facts::scope::canonical;

/// Column pages that show the same, at least; and one of so many.
const COLUMNS_MIN: usize = 4;
const COLUMNS_SHARE: usize = 4;
/// Fewer items at the start of many lists may be the same by chance.
const BLOCK_ITEMS_MIN: usize = 3;
/// Shorter texts name columns and tools.
const TITLE_CHARS_MIN: usize = 8;

/// 到处都有的稿件. See the module.
pub(super) struct Everywhere<'r> {
    records: &'r Records,
    home_key: String,
    /// Articles that many column pages link, and how often they usually do.
    articles: BTreeMap<String, u32>,
    /// Blocks with which the lists of many columns begin.
    blocks: Vec<Vec<String>>,
}

impl<'r> Everywhere<'r> {
    /// What the pages of a site's columns have in common.
    pub fn of(records: &'r Records, columns: &[&PageFacts], home_url: &Url) -> Everywhere<'r> {
        // A column that shows the same as those above and below it stands for few.
        let pages: BTreeMap<String, &PageFacts> = columns
            .iter()
            .map(|page| (canonical(&page.capture.final_url), *page))
            .collect();
        let least = COLUMNS_MIN.max(pages.len() / COLUMNS_SHARE);
        let mut counts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (url, times) in pages.values().flat_map(|page| shown(page)) {
            counts.entry(url).or_default().push(times);
        }
        counts.retain(|_, times| times.len() >= least);
        Everywhere {
            records,
            home_key: canonical(home_url.as_str()),
            articles: counts
                .into_iter()
                .map(|(url, times)| (url, usual(times)))
                .collect(),
            blocks: blocks(pages.into_values(), least),
        }
    }

    /// Addresses that the page of a column, of this address and name, shows and that are none of the column's.
    pub fn strangers(&self, page: &PageFacts, column: (&str, &str)) -> BTreeSet<String> {
        let lists = listed(page);
        let here = shown(page);
        // What a page links more often than others do, it lists by itself too. Two boxes may show the same article on most pages.
        let is_usual = |item: &str| {
            let usual = self.articles.get(item).copied().unwrap_or(u32::MAX);
            here.get(item).is_none_or(|times| *times <= usual)
        };
        let stands_here = |item: &str| self.stands_in(item, page, column);
        let begins = |block: &&Vec<String>| lists.iter().any(|list| list.starts_with(block));
        let blocks = self.blocks.iter().filter(begins);
        let mut strangers: BTreeSet<String> = blocks
            .flatten()
            .filter(|item| is_usual(item) && stands_here(item) != Some(true))
            .cloned()
            .collect();
        let mut rest = lists
            .iter()
            .flatten()
            .filter(|item| !self.articles.contains_key(*item) && !strangers.contains(*item))
            .peekable();
        // Where a list goes on and nothing of it says that it stands here, the site's articles name their columns too loosely.
        let is_loose = rest.peek().is_some() && !rest.any(|item| stands_here(item) == Some(true));
        if !is_loose {
            let foreign = self.articles.keys().filter(|item| is_usual(item));
            strangers.extend(
                foreign
                    .filter(|item| stands_here(item) == Some(false))
                    .cloned(),
            );
        }
        strangers
    }

    /// Whether an article names a column as its own; `None` where it names none.
    pub fn stands_in(
        &self,
        article: &str,
        page: &PageFacts,
        (url, name): (&str, &str),
    ) -> Option<bool> {
        let target = self
            .records
            .page(article)
            .filter(|target| target.article.is_some())?;
        let is_own = |crumb: &str| {
            !crumb.is_empty()
                && [url, &page.capture.final_url]
                    .iter()
                    .any(|own| canonical(own) == canonical(crumb))
        };
        let tag = target.metas.get("ColumnName");
        let crumb = target.breadcrumbs.iter().rev().find(|crumb| {
            let is_itself = crumb.text == target.title || canonical(&crumb.url) == article;
            let is_home = canonical(&crumb.url) == self.home_key;
            !is_itself && !is_home && crumb.text.chars().count() < TITLE_CHARS_MIN * 2
        });
        if tag.is_none() && crumb.is_none() {
            return None;
        }
        let is_named =
            tag.is_some_and(|tag| tag == name || page.metas.get("ColumnName") == Some(tag));
        Some(is_named || crumb.is_some_and(|crumb| is_own(&crumb.url) || crumb.text == name))
    }
}

/// How often most pages link an article: the middle of all counts.
fn usual(mut times: Vec<u32>) -> u32 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Addresses of a page's lists in their order.
fn listed(page: &PageFacts) -> Vec<Vec<String>> {
    let addresses = |items: &[ListItem]| items.iter().map(|item| canonical(&item.url)).collect();
    page.lists().map(addresses).collect()
}

/// Articles that a page links from its content or beside it, and how often.
fn shown(page: &PageFacts) -> BTreeMap<String, u32> {
    let links = page.links.iter().filter(|link| {
        link.kind == LinkKind::Anchor
            && matches!(link.area, Area::Body | Area::Beside)
            && link.text.chars().count() >= TITLE_CHARS_MIN
    });
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for link in links {
        *times.entry(canonical(&link.url)).or_default() += link.count;
    }
    times
}

/// Blocks with which the lists of so many pages begin.
fn blocks<'p>(pages: impl Iterator<Item = &'p PageFacts>, least: usize) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<Vec<String>, Vec<Vec<String>>> = BTreeMap::new();
    for items in pages.flat_map(listed) {
        if let Some(start) = items.get(..BLOCK_ITEMS_MIN) {
            groups.entry(start.to_vec()).or_default().push(items);
        }
    }
    let blocks = groups.into_values().filter(|lists| lists.len() >= least);
    blocks
        .filter_map(|lists| lists.into_iter().reduce(common_start))
        .collect()
}

fn common_start(mut one: Vec<String>, other: Vec<String>) -> Vec<String> {
    let same = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one == other);
    one.truncate(same.count());
    one
}
