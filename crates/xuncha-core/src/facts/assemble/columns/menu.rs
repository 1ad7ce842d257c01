//! What names the columns: the menu of the home page or of most pages, else what pages say of their place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use url::Url;

use super::super::records::Records;
use crate::facts::model::{NavigationEntry, PageFacts};
use crate::facts::scope::canonical;

/// The home page's navigation, or that of the most pages where the home page has none or what it seems to have is hardly known to them: in
/// sites of frames the navigation stands beside the page with the content.
pub(super) fn navigation<'a>(
    records: &'a Records,
    home: Option<&'a PageFacts>,
) -> Cow<'a, [NavigationEntry]> {
    const ENTRIES_MIN: usize = 3;
    let shown = shown_navigation(records, home);
    match shown.len() < ENTRIES_MIN {
        // Drawn by a script, or spread over a picture: what the pages say of their place names the columns as well.
        true => Cow::Owned(
            shown
                .iter()
                .cloned()
                .chain(named_by_pages(records))
                .collect(),
        ),
        false => Cow::Borrowed(shown),
    }
}

/// Columns that breadcrumbs lead to, and those whose name the tags of pages in their folder give, in the order of their addresses.
fn named_by_pages(records: &Records) -> Vec<NavigationEntry> {
    const PAGES_MIN: usize = 2;
    let mut named: BTreeMap<String, (NavigationEntry, usize)> = BTreeMap::new();
    let mut name = |url: &str, text: &str, depth: usize| {
        let entry = NavigationEntry {
            text: text.to_owned(),
            url: url.to_owned(),
            depth: if depth > 1 { 2 } else { 1 },
        };
        named.entry(canonical(url)).or_insert((entry, 0)).1 += 1;
    };
    for page in records.good_pages() {
        let crumbs = page.breadcrumbs.iter().enumerate();
        for (depth, crumb) in crumbs.filter(|(_, crumb)| !crumb.url.is_empty()) {
            name(&crumb.url, &crumb.text, depth);
        }
        let tag = page.metas.get("ColumnName").map(|name| name.trim());
        let in_trail = |text: &str| page.breadcrumbs.iter().any(|crumb| crumb.text == text);
        if let Some(text) = tag.filter(|text| !text.is_empty() && !in_trail(text))
            && let Some(folder) = column_folder(records, &page.capture.url)
        {
            name(&folder, text, 1);
        }
    }
    let columns = named.into_values().filter(|(_, pages)| *pages >= PAGES_MIN);
    let mut columns: Vec<NavigationEntry> = columns.map(|(entry, _)| entry).collect();
    columns.sort_by_key(|entry| entry.depth);
    columns
}

/// The page that stands for the folder of an article: `/zwyw/202611/t1.html` belongs to `/zwyw/`.
fn column_folder(records: &Records, url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let mut parts: Vec<&str> = url.path_segments()?.collect();
    parts.pop();
    while parts
        .last()
        .is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        parts.pop();
    }
    if parts.is_empty() {
        return None;
    }
    let folder = url.join(&format!("/{}/", parts.join("/"))).ok()?;
    records
        .page(folder.as_str())
        .map(|page| page.capture.url.clone())
}

fn shown_navigation<'a>(
    records: &'a Records,
    home: Option<&'a PageFacts>,
) -> &'a [NavigationEntry] {
    let own = home
        .map(|home| home.navigation.as_slice())
        .unwrap_or_default();
    let mut counts: BTreeMap<Vec<&str>, (u32, &'a [NavigationEntry])> = BTreeMap::new();
    for page in records
        .good_pages()
        .filter(|page| page.navigation.len() >= 3)
    {
        let key: Vec<&str> = page
            .navigation
            .iter()
            .map(|entry| entry.url.as_str())
            .collect();
        counts.entry(key).or_insert((0, &page.navigation)).0 += 1;
    }
    let most = counts
        .into_values()
        .max_by_key(|(count, navigation)| (*count, navigation.len()));
    let Some((count, most)) = most else {
        return own;
    };
    let known = most
        .iter()
        .filter(|entry| own.iter().any(|other| other.url == entry.url))
        .count();
    let is_foreign = count >= 3 && known * 2 < most.len();
    if own.len() < 3 && most.len() > own.len() || is_foreign {
        most
    } else {
        own
    }
}
