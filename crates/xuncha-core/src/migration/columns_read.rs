//! Columns of a site and what its lists name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::holdings::{Article, Holding};
use super::prose::comparable;
use super::reading::Read;
use crate::facts::model::{Area, LinkKind, ListItem, PageFacts};
use crate::facts::{canonical, pattern};

/// Further pages of a list that are followed.
const PAGES: usize = 2_000;

/// What the lists of a site name, by the place where it stands.
pub(super) struct Lists {
    /// Dated items.
    pub items: BTreeSet<String>,
    /// Further pages of lists.
    pub further: BTreeSet<String>,
    /// Columns of the navigation.
    pub columns: BTreeSet<String>,
    /// Days beside items.
    pub dates: BTreeMap<String, Date>,
    /// What lists call an item, and how many do.
    pub names: BTreeMap<String, BTreeMap<String, usize>>,
    /// Places to which so many pages lead that their template does.
    common: BTreeSet<String>,
}

impl Lists {
    /// Reads all lists.
    pub fn of(read: &Read<'_>) -> Lists {
        let mut lists = Lists {
            items: BTreeSet::new(),
            further: BTreeSet::new(),
            columns: BTreeSet::new(),
            dates: BTreeMap::new(),
            names: BTreeMap::new(),
            common: common(read),
        };
        for column in &read.site.columns {
            let place = read.stands(&column.url).map(str::to_owned);
            lists.columns.extend(place);
        }
        for list in read.pages.values().filter_map(|page| page.list.as_ref()) {
            let further = list.pages.iter().filter_map(|url| read.stands(url));
            lists.further.extend(further.map(str::to_owned));
        }
        for item in read.pages.values().flat_map(|page| page.lists()).flatten() {
            if let Some(place) = read.stands(&item.url) {
                lists.add(place, item);
            }
        }
        // The first page of a list is named among its further ones, and is an item of none.
        let (columns, items) = (&lists.columns, &lists.items);
        lists
            .further
            .retain(|place| !columns.contains(place) && !items.contains(place));
        lists
    }

    /// Whether the template shows this list on every page.
    fn is_common(&self, read: &Read<'_>, items: &[ListItem]) -> bool {
        let places = items.iter().filter_map(|item| read.stands(&item.url));
        let common = places.filter(|place| self.common.contains(*place)).count();
        common > 0 && common * 2 >= items.len()
    }

    fn add(&mut self, place: &str, item: &ListItem) {
        let names = self.names.entry(place.to_owned()).or_default();
        *names.entry(item.title.clone()).or_default() += 1;
        if let Some(day) = item.date {
            self.dates.entry(place.to_owned()).or_insert(day);
            self.items.insert(place.to_owned());
        }
    }
}

/// A place to which at least so many pages lead, and half of all, is named by the template: newest articles beside every page.
const COMMON_PAGES: usize = 8;

fn common(read: &Read<'_>) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for page in read.pages.values() {
        let anchors = page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor);
        let places: BTreeSet<&str> = anchors.filter_map(|link| read.stands(&link.url)).collect();
        for place in places {
            *counts.entry(place).or_default() += 1;
        }
    }
    let least = (read.pages.len() / 2).max(COMMON_PAGES);
    let common = counts.into_iter().filter(|(_, count)| *count >= least);
    common.map(|(place, _)| place.to_owned()).collect()
}

/// The columns with their items; articles learn which columns list them.
pub(super) fn columns(read: &Read<'_>, lists: &Lists, articles: &mut [Article]) -> Vec<Holding> {
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for (index, article) in articles.iter().enumerate() {
        at.extend(article.urls.iter().map(|url| (url.clone(), index)));
    }
    let mut holdings: Vec<Holding> = Vec::new();
    for column in &read.site.columns {
        let Some(place) = read.stands(&column.url) else {
            continue;
        };
        let is_own = at.contains_key(place);
        let items = items(read, lists, place, &at);
        let has_other =
            is_own || !column.is_empty && !column.needs_script && !column.is_parent_only;
        holdings.push(Holding {
            name: column.name.clone(),
            key: comparable(&column.name),
            is_due: true,
            url: column.url.clone(),
            has_other: has_other && items.is_empty(),
            items,
            needs_script: column.needs_script,
            evidence: column.evidence.clone(),
        });
    }
    tagged(read, articles, &holdings);
    holdings.extend(unnamed(read, lists, &at));
    for holding in &holdings {
        for item in &holding.items {
            if let Some(index) = at.get(item) {
                articles[*index].columns.insert(holding.name.clone());
            }
        }
    }
    holdings
}

/// Articles whose page is tagged with a column of the navigation stand in it, also where its list was not read to the end.
fn tagged(read: &Read<'_>, articles: &mut [Article], columns: &[Holding]) {
    for article in articles {
        let page = read.pages.get(article.url());
        let Some(tag) = page.and_then(|page| page.metas.get("ColumnName")) else {
            continue;
        };
        let key = comparable(tag);
        if let Some(column) = columns.iter().find(|column| column.key == key) {
            article.columns.insert(column.name.clone());
        }
    }
}

/// Places that a column lists, over all of its pages.
fn items(
    read: &Read<'_>,
    lists: &Lists,
    place: &str,
    articles: &BTreeMap<String, usize>,
) -> BTreeSet<String> {
    let mut open = vec![place.to_owned()];
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let mut items = BTreeSet::new();
    while let Some(next) = open.pop() {
        let Some(page) = read.pages.get(&next) else {
            continue;
        };
        // A list of the template may outweigh the column's own.
        let own = page.lists().find(|items| !lists.is_common(read, items));
        if let Some(list) = own {
            let listed = list.iter().map(|item| {
                read.stands(&item.url)
                    .map_or_else(|| canonical(&item.url), str::to_owned)
            });
            items.extend(
                listed
                    .filter(|item| !lists.columns.contains(item) && !lists.further.contains(item)),
            );
        }
        for url in further(read, place, page) {
            let is_new = seen.len() < PAGES && !lists.columns.contains(url);
            if is_new && seen.insert(url.to_owned()) {
                open.push(url.to_owned());
            }
        }
        items.extend(linked(read, lists, page, articles));
    }
    items
}

/// Further pages of a list: those that were read as such, and those whose address is the list's with a number.
fn further<'a>(read: &'a Read<'_>, place: &str, page: &PageFacts) -> Vec<&'a str> {
    let named = page.list.iter().flat_map(|list| &list.pages);
    let numbered = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor)
        .map(|link| &link.url)
        .filter(|url| is_numbered(place, url));
    named
        .chain(numbered)
        .filter_map(|url| read.stands(url))
        .collect()
}

/// Whether an address is that of a list with the number of a page: `…/page/2/`, `…/index_2.html`, `…&page=2`.
fn is_numbered(list: &str, url: &str) -> bool {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:/?(?:page|p)/|/?(?:index|list)[_-]|[_-]|[?&](?:page|p|pageno|pageindex|paged|start|first)=)\d{1,5}(?:/|\.s?html?|\.jspx?)?$",
        )
    });
    let stem = list.trim_end_matches('/');
    let is_default = |name: &str| name.starts_with("index.") || name.starts_with("list.");
    let folder = match stem.rsplit_once('/') {
        Some((folder, name)) if is_default(name) => &list[..folder.len() + 1],
        _ => stem,
    };
    let named = stem.rsplit_once(".htm").map_or(stem, |(stem, _)| stem);
    [folder, stem, named].iter().any(|stem| {
        url.strip_prefix(stem)
            .is_some_and(|rest| NUMBER.is_match(rest))
    })
}

/// Articles to which a page leads from its content, where no list was read that names them.
fn linked(
    read: &Read<'_>,
    lists: &Lists,
    page: &PageFacts,
    articles: &BTreeMap<String, usize>,
) -> BTreeSet<String> {
    if page
        .list
        .as_ref()
        .is_some_and(|list| !list.items.is_empty())
        || page
            .article
            .as_ref()
            .is_some_and(|article| article.body_chars > 200)
    {
        return BTreeSet::new();
    }
    let links = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && link.area == Area::Body);
    let places = links.filter_map(|link| read.stands(&link.url));
    places
        .filter(|place| articles.contains_key(*place) && !lists.common.contains(*place))
        .map(str::to_owned)
        .collect()
}

/// Lists that the navigation does not name, by their page's title.
fn unnamed(read: &Read<'_>, lists: &Lists, articles: &BTreeMap<String, usize>) -> Vec<Holding> {
    let mut found: BTreeMap<String, Holding> = BTreeMap::new();
    for (place, page) in &read.pages {
        let is_list = page
            .list
            .as_ref()
            .is_some_and(|list| !list.items.is_empty())
            || !page.empty_wording.is_empty();
        if is_list
            && !read.is_home(place)
            && !lists.columns.contains(place)
            && !articles.contains_key(place)
        {
            let key = read.titles.key(&page.title);
            let items = items(read, lists, place, articles);
            add(&mut found, &page.title, key, place, items, page);
        }
    }
    found.into_values().collect()
}

fn add(
    found: &mut BTreeMap<String, Holding>,
    name: &str,
    key: String,
    place: &str,
    items: BTreeSet<String>,
    page: &PageFacts,
) {
    if key.is_empty() {
        return;
    }
    let holding = found.entry(key.clone()).or_insert_with(|| Holding {
        name: name.to_owned(),
        key,
        is_due: false,
        url: place.to_owned(),
        items: BTreeSet::new(),
        has_other: false,
        needs_script: false,
        evidence: page.capture.evidence.clone(),
    });
    holding.items.extend(items);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_list_are_known_by_their_number() {
        for (list, url, is_further) in [
            (
                "http://a.cn/category/news/",
                "http://a.cn/category/news/page/2/",
                true,
            ),
            (
                "http://a.cn/tzgg/index.html",
                "http://a.cn/tzgg/index_12.html",
                true,
            ),
            ("http://a.cn/tzgg/", "http://a.cn/tzgg/index_2.shtml", true),
            ("http://a.cn/tzgg.html", "http://a.cn/tzgg_2.html", true),
            (
                "http://a.cn/list?column=3",
                "http://a.cn/list?column=3&page=2",
                true,
            ),
            (
                "http://a.cn/list?column=3",
                "http://a.cn/list?column=31",
                false,
            ),
            (
                "http://a.cn/tzgg/",
                "http://a.cn/tzgg/202603/t20260302_12.html",
                false,
            ),
            ("http://a.cn/tzgg/", "http://a.cn/tzgg/12.html", false),
        ] {
            assert_eq!(is_numbered(list, url), is_further, "{url}");
        }
    }
}
