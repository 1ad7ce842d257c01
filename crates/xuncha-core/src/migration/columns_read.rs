//! Columns of a site and what its lists name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::holdings::{Article, Holding};
use super::prose::comparable;
use super::reading::Read;
use crate::facts::canonical;
use crate::facts::model::{Area, LinkKind, PageFacts};

/// Further pages of a list that are followed.
const PAGES: usize = 2_000;

/// What the lists of a site name, by the place where it stands.
pub(super) struct Lists {
    /// Items of any list but that of the home page's neighbours.
    pub items: BTreeSet<String>,
    /// Further pages of lists.
    pub further: BTreeSet<String>,
    /// Columns of the navigation.
    pub columns: BTreeSet<String>,
    /// Days beside items.
    pub dates: BTreeMap<String, Date>,
}

impl Lists {
    /// Reads all lists.
    pub fn of(read: &Read<'_>) -> Lists {
        let mut lists = Lists {
            items: BTreeSet::new(),
            further: BTreeSet::new(),
            columns: BTreeSet::new(),
            dates: BTreeMap::new(),
        };
        for column in &read.site.columns {
            lists
                .columns
                .extend(read.stands(&column.url).map(str::to_owned));
        }
        for list in read.pages.values().filter_map(|page| page.list.as_ref()) {
            let further = list.pages.iter().filter_map(|url| read.stands(url));
            lists.further.extend(further.map(str::to_owned));
            for item in &list.items {
                let Some(place) = read.stands(&item.url) else {
                    continue;
                };
                if let Some(day) = item.date {
                    lists.dates.entry(place.to_owned()).or_insert(day);
                    lists.items.insert(place.to_owned());
                }
            }
        }
        // The first page of a list is named among its further ones, and is an item of none.
        lists
            .further
            .retain(|place| !lists.columns.contains(place) && !lists.items.contains(place));
        lists
    }
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
        for list in page.list.iter() {
            let listed = list.items.iter().map(|item| {
                read.stands(&item.url)
                    .map_or_else(|| canonical(&item.url), str::to_owned)
            });
            items.extend(
                listed
                    .filter(|item| !lists.columns.contains(item) && !lists.further.contains(item)),
            );
            for url in list.pages.iter().filter_map(|url| read.stands(url)) {
                if seen.len() < PAGES && !lists.columns.contains(url) && seen.insert(url.to_owned())
                {
                    open.push(url.to_owned());
                }
            }
        }
        items.extend(linked(read, page, articles));
    }
    items
}

/// Articles to which a page leads from its content, where no list was read that names them.
fn linked(
    read: &Read<'_>,
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
        .filter(|place| articles.contains_key(*place))
        .map(str::to_owned)
        .collect()
}

/// Lists that the navigation does not name, by their page's title and by the tag of their articles.
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
        if let Some(name) = page
            .metas
            .get("ColumnName")
            .filter(|_| articles.contains_key(place))
        {
            add(
                &mut found,
                name,
                comparable(name),
                place,
                BTreeSet::from([place.clone()]),
                page,
            );
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
