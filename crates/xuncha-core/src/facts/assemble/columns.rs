//! Columns of a site: from the navigation, with their kind, newest date and emptiness.

mod content;
mod menu;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use url::Url;

use self::content::{has_content, is_own_link};
use self::menu::navigation;
use super::activities;
use super::everywhere::Everywhere;
use super::records::{Records, evidence};
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{
    ActivityColumn, Area, Column, ColumnKind, Link, LinkKind, ListItem, NavigationEntry, PageFacts,
};
use crate::facts::scope::{Scope, canonical};

/// An entry before its page is read.
struct Entry {
    url: String,
    name: String,
    depth: u8,
    parent: Option<String>,
}

/// All columns that the navigation names and whose page was read, and those of surveys and interviews with what they list.
pub(super) fn columns(
    records: &Records,
    home: Option<&PageFacts>,
    home_url: &Url,
    scope: &Scope,
    lexicons: &Lexicons,
) -> (Vec<Column>, Vec<ActivityColumn>) {
    let entries = entries(records, home, home_url, scope, lexicons);
    let addresses: BTreeSet<String> = entries.iter().map(|entry| canonical(&entry.url)).collect();
    let parents: BTreeSet<String> = entries
        .iter()
        .filter_map(|entry| entry.parent.clone())
        .collect();
    let pages: Vec<&PageFacts> = entries
        .iter()
        .filter_map(|entry| records.page(&entry.url))
        .collect();
    let everywhere = Everywhere::of(records, &pages, home_url);
    let mut kinds: BTreeMap<String, ColumnKind> = BTreeMap::new();
    let (mut columns, mut talks) = (Vec::new(), Vec::new());
    for entry in &entries {
        let Some(page) = records
            .page(&entry.url)
            .filter(|page| page.is_html && page.missing_wording.is_empty())
        else {
            continue;
        };
        let parent_kind = entry
            .parent
            .as_ref()
            .and_then(|parent| kinds.get(parent).copied());
        let mut others = Cow::Borrowed(&addresses);
        let place = (entry.url.as_str(), entry.name.as_str());
        let strangers = everywhere.strangers(page, place);
        if !strangers.is_empty() {
            others.to_mut().extend(strangers);
        }
        let (kind, kind_is_sure) = kind(entry, page, parent_kind, &others, lexicons);
        kinds.insert(canonical(&entry.url), kind);
        let own = Own {
            records,
            others: &others,
            everywhere: &everywhere,
            has_children: parents.contains(&canonical(&entry.url)),
        };
        if let Some(kind) = lexicons.activity(&entry.name) {
            let lists = |page: &PageFacts| {
                let mut others = addresses.clone();
                others.extend(everywhere.strangers(page, place));
                let items: Vec<ListItem> = own_items(page, &others).into_iter().cloned().collect();
                match items.is_empty() && page.empty_wording.is_empty() {
                    true => linked_articles(&own, entry, page),
                    false => items,
                }
            };
            talks.push(activities::read(records, page, (kind, place), &lists));
        }
        columns.push(column(&own, entry, page, (kind, kind_is_sure)));
    }
    (columns, talks)
}

fn entries(
    records: &Records,
    home: Option<&PageFacts>,
    home_url: &Url,
    scope: &Scope,
    lexicons: &Lexicons,
) -> Vec<Entry> {
    let navigation = navigation(records, home);
    let home_key = canonical(home_url.as_str());
    let home_final = home
        .map(|home| canonical(&home.capture.final_url))
        .unwrap_or_default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut entries: Vec<Entry> = Vec::new();
    let is_column = |entry: &NavigationEntry| {
        let Ok(url) = Url::parse(&entry.url) else {
            return false;
        };
        let key = canonical(&entry.url);
        let is_default = matches!(
            url.path(),
            "/" | "/index.html" | "/index.htm" | "/index.shtml" | "/index.jsp"
        ) && url.query().is_none();
        scope.contains(&url)
            && key != home_key
            && key != home_final
            && !is_default
            && !lexicons.is_no_column(&entry.text)
    };
    let mut parent: Option<String> = None;
    for entry in navigation.iter().filter(|entry| is_column(entry)) {
        let key = canonical(&entry.url);
        if entry.depth == 1 {
            parent = Some(key.clone());
        }
        if seen.insert(key.clone()) {
            let parent = if entry.depth > 1 {
                parent.clone().filter(|parent| *parent != key)
            } else {
                None
            };
            entries.push(Entry {
                url: entry.url.clone(),
                name: entry.text.clone(),
                depth: entry.depth,
                parent,
            });
        }
    }
    // Side navigations of column pages name the sub-columns that the main navigation leaves out.
    let mut at = 0;
    while at < entries.len() && entries.len() < 400 {
        let (url, name, depth) = (
            entries[at].url.clone(),
            entries[at].name.clone(),
            entries[at].depth,
        );
        at += 1;
        if depth > 2 {
            continue;
        }
        let Some(page) = records.page(&url) else {
            continue;
        };
        let root = section(&url);
        for entry in page.side_navigation.iter().filter(|entry| is_column(entry)) {
            let key = canonical(&entry.url);
            // A side menu of the whole site repeats sections that do not belong here; a page of another section that has this menu and
            // calls itself by its name does.
            let is_named = || {
                records.page(&entry.url).is_some_and(|target| {
                    is_column_named(target, &entry.text) && may_stand_below(target, page)
                })
            };
            let is_own = section(&entry.url) == root || is_named();
            if !is_own || entry.text == name || !seen.insert(key) {
                continue;
            }
            entries.push(Entry {
                url: entry.url.clone(),
                name: entry.text.clone(),
                depth: depth + 1,
                parent: Some(canonical(&url)),
            });
        }
        // A parent's page may be the only place that links its columns; a block of nothing else looks like a menu.
        for link in page.links.iter().filter(|link| {
            link.kind == LinkKind::Anchor && matches!(link.area, Area::Body | Area::Navigation)
        }) {
            let as_entry = NavigationEntry {
                text: link.text.clone(),
                url: link.url.clone(),
                depth: 2,
            };
            let is_new = is_column(&as_entry) && !seen.contains(&canonical(&link.url));
            let is_below = |target: &PageFacts| {
                is_column_named(target, &link.text)
                    && (link.area == Area::Body || may_stand_below(target, page))
            };
            if is_new && records.page(&link.url).is_some_and(is_below) {
                seen.insert(canonical(&link.url));
                entries.push(Entry {
                    url: link.url.clone(),
                    name: link.text.clone(),
                    depth: depth + 1,
                    parent: Some(canonical(&url)),
                });
            }
        }
    }
    entries
}

/// Whether the breadcrumb of a page allows that it stands below another: it names that page, or nothing but the home page and itself.
fn may_stand_below(page: &PageFacts, above: &PageFacts) -> bool {
    let crumbs = &page.breadcrumbs;
    let own = canonical(&above.capture.url);
    crumbs.len() <= 2 || crumbs.iter().any(|crumb| canonical(&crumb.url) == own)
}

/// Whether a page calls itself by the text of the link that leads to it, and is no article, guide, message or form.
fn is_column_named(page: &PageFacts, text: &str) -> bool {
    let count = text.chars().count();
    if !(2..=10).contains(&count)
        || page.guide.is_some()
        || !page.messages.is_empty()
        || !page.is_html
    {
        return false;
    }
    let tail = page
        .breadcrumbs
        .last()
        .filter(|crumb| crumb.url.is_empty() || crumb.url == page.capture.url);
    let named = page
        .metas
        .get("ColumnName")
        .is_some_and(|name| name == text)
        || tail.is_some_and(|crumb| crumb.text == text);
    let is_article = page.metas.contains_key("ArticleTitle")
        || page
            .article
            .as_ref()
            .is_some_and(|article| article.published.is_some() && page.list.is_none());
    let has_own_form = page.consultation.starts_with("表单");
    named && !is_article && !has_own_form
}

/// First segment of the path, or the whole address where all stands in the query.
fn section(url: &str) -> String {
    Url::parse(url)
        .ok()
        .and_then(|url| {
            url.path_segments()
                .and_then(|mut parts| parts.next().map(str::to_owned))
        })
        .unwrap_or_default()
}

fn kind(
    entry: &Entry,
    page: &PageFacts,
    parent: Option<ColumnKind>,
    others: &BTreeSet<String>,
    lexicons: &Lexicons,
) -> (ColumnKind, bool) {
    let (by_name, is_sure) = lexicons.column_kind(&entry.name);
    if is_sure {
        return (by_name, true);
    }
    for tag in ["ColumnName", "ColumnType"] {
        if let Some(name) = page.metas.get(tag) {
            let (kind, is_sure) = lexicons.column_kind(name);
            if is_sure && *name != entry.name {
                return (kind, false);
            }
        }
    }
    if let Some(kind) = parent.filter(|kind| {
        !matches!(
            kind,
            ColumnKind::Other | ColumnKind::Static | ColumnKind::Leaders
        )
    }) {
        return (kind, false);
    }
    let has_list = own_items(page, others)
        .iter()
        .any(|item| item.date.is_some());
    if !has_list
        && page
            .article
            .as_ref()
            .is_some_and(|article| article.body_chars >= 80)
    {
        return (ColumnKind::Static, false);
    }
    (ColumnKind::Other, false)
}

/// What tells a column's own content from what else its page shows.
struct Own<'a> {
    records: &'a Records,
    /// Addresses of columns, and of what stands elsewhere.
    others: &'a BTreeSet<String>,
    everywhere: &'a Everywhere<'a>,
    has_children: bool,
}

impl Own<'_> {
    /// Whether all of these items say that they stand in other columns: then the page gathers what its sub-columns hold, and they are
    /// judged.
    fn gathers(&self, entry: &Entry, page: &PageFacts, items: &[&ListItem]) -> bool {
        let column = (entry.url.as_str(), entry.name.as_str());
        let stands_elsewhere = |item: &&ListItem| {
            let stands = self
                .everywhere
                .stands_in(&canonical(&item.url), page, column);
            stands == Some(false)
        };
        self.has_children && items.iter().all(stands_elsewhere)
    }
}

fn column(
    own: &Own,
    entry: &Entry,
    page: &PageFacts,
    (kind, kind_is_sure): (ColumnKind, bool),
) -> Column {
    let (records, addresses) = (own.records, own.others);
    let frames: Vec<&PageFacts> = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Frame)
        .filter_map(|link| records.page(&link.url))
        .collect();
    let items: Vec<&ListItem> = std::iter::once(page)
        .chain(frames.iter().copied())
        .flat_map(|page| own_items(page, addresses))
        .collect();
    let single = if items.is_empty() && page.empty_wording.is_empty() {
        linked_articles(own, entry, page)
    } else {
        Vec::new()
    };
    let mut items: Vec<&ListItem> = items.into_iter().chain(&single).collect();
    if own.gathers(entry, page, &items) {
        items.clear();
    }
    let newest = newest(records, &items);
    let needs_script = items.is_empty()
        && (page.needs_script || page.list.as_ref().is_some_and(|list| list.needs_script));
    let has_other = has_content(page, kind, addresses)
        || leads_to_content(records, page, addresses)
        || frames
            .iter()
            .any(|frame| has_content(frame, kind, addresses) || frame.list.is_some());
    let is_parent_only = own.has_children && items.is_empty();
    Column {
        url: entry.url.clone(),
        name: entry.name.clone(),
        kind,
        kind_is_sure,
        depth: entry.depth,
        is_parent_only,
        item_count: u32::try_from(items.len()).unwrap_or(u32::MAX),
        newest: newest.or_else(|| {
            if items.is_empty() {
                page.article
                    .as_ref()
                    .and_then(|article| article.published.as_ref())
                    .map(|published| published.date)
            } else {
                None
            }
        }),
        is_empty: items.is_empty() && !needs_script && !is_parent_only && !has_other,
        needs_script,
        evidence: evidence(page, &page.empty_wording),
    }
}

/// Items of the list that is the page's own: the first of which most stands nowhere else, as a box on every page does; else what is left
/// of the one that has most left.
fn own_items<'p>(page: &'p PageFacts, others: &BTreeSet<String>) -> Vec<&'p ListItem> {
    let lists = page.lists().map(|items| {
        let own = items
            .iter()
            .filter(|item| !others.contains(&canonical(&item.url)));
        (items.len(), own.collect::<Vec<&ListItem>>())
    });
    let lists: Vec<(usize, Vec<&ListItem>)> = lists.collect();
    let is_own =
        |(count, own): &(usize, Vec<&ListItem>)| !own.is_empty() && own.len() * 2 >= *count;
    if let Some(at) = lists.iter().position(is_own) {
        return lists
            .into_iter()
            .nth(at)
            .map(|(_, own)| own)
            .unwrap_or_default();
    }
    let mut most = Vec::new();
    for (_, own) in lists {
        if own.len() > most.len() {
            most = own;
        }
    }
    most
}

/// Articles that a page without a list leads to from its content: one item alone makes no list, least of all without a date.
/// An article that says that it stands in this column is one of its items wherever the page links it: a list may be taken for a menu.
fn linked_articles(own: &Own, entry: &Entry, page: &PageFacts) -> Vec<ListItem> {
    let column = (entry.url.as_str(), entry.name.as_str());
    let stands_here = |link: &Link| {
        let address = canonical(&link.url);
        link.kind == LinkKind::Anchor
            && !own.others.contains(&address)
            && own.everywhere.stands_in(&address, page, column) == Some(true)
    };
    let is_article = |link: &&Link| {
        link.text.chars().count() >= ITEM_TITLE_MIN
            && (is_own_link(link, page, own.others) || stands_here(link))
            && own
                .records
                .page(&link.url)
                .is_some_and(|target| target.article.is_some())
    };
    page.links
        .iter()
        .filter(is_article)
        .map(|link| ListItem {
            title: link.text.clone(),
            url: link.url.clone(),
            date: None,
        })
        .collect()
}

/// Whether the content of a page leads to a guide, or to a page that we left out: a directory with one item is no empty column.
fn leads_to_content(records: &Records, page: &PageFacts, addresses: &BTreeSet<String>) -> bool {
    let may_be_content = |link: &Link| match records.page(&link.url) {
        Some(target) => target.guide.is_some(),
        None => records.skipped.contains_key(&canonical(&link.url)),
    };
    let mut links = page.links.iter();
    links.any(|link| is_own_link(link, page, addresses) && may_be_content(link))
}

/// Shorter texts name columns and tools, not what an article tells.
const ITEM_TITLE_MIN: usize = 8;

/// The article's own date counts before the list's; what lies after the capture is no date.
fn newest(records: &Records, items: &[&ListItem]) -> Option<Date> {
    items
        .iter()
        .filter_map(|item| {
            let article = records
                .page(&item.url)
                .and_then(|page| page.article.as_ref());
            article
                .and_then(|article| article.published.as_ref())
                .map(|published| published.date)
                .or(item.date)
        })
        .filter(|day| *day <= records.as_of.date())
        .max()
}
