//! Articles of a site: one text under one title, with its addresses, files and pictures.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use url::Url;

use super::columns_read::Lists;
use super::files_read::{attachments, picture_name, pictures};
use super::holdings::{Article, Lead};
use super::prose::{Prose, comparable, likeness, template_lines};
use super::reading::Read;
use crate::facts::model::{Area, ArticleFacts, DateSource, Link, LinkKind, PageFacts};
use crate::facts::{attachment_name, canonical, dates};

/// A shorter text is no article.
const TEXT_MIN: u32 = 20;
/// A page without a date that says so much, and not by a list, is one that somebody wrote.
const UNDATED_MIN: u32 = 100;
/// A page that says that there is nothing is an article only where it says much more.
const EMPTY_MAX: u32 = 200;
/// Hundredths from which on two texts under one title are one.
const SAME_TEXT: usize = 95;

/// A page that was read as an article.
struct Draft<'a> {
    place: &'a str,
    page: &'a PageFacts,
    article: &'a ArticleFacts,
    title: String,
    key: String,
    is_due: bool,
}

/// All articles, in the order of their addresses.
pub(super) fn articles(read: &Read<'_>, lists: &Lists) -> Vec<Article> {
    let drafts: Vec<Draft<'_>> = read
        .pages
        .iter()
        .filter_map(|(place, page)| draft(read, lists, place, page))
        .collect();
    let lines = template_lines(
        drafts
            .iter()
            .map(|draft| (draft.key.as_str(), draft.article.body.as_str())),
    );
    let common = common_links(&drafts);
    let led_to = led_to(read, &drafts);
    let aliases = aliases(read);
    let mut groups: BTreeMap<&str, Vec<(Vec<&Draft<'_>>, Prose)>> = BTreeMap::new();
    for draft in &drafts {
        let prose = prose(draft, &lines);
        let group = groups.entry(&draft.key).or_default();
        match group.iter_mut().find(|(_, other)| is_one(&prose, other)) {
            Some((members, _)) => members.push(draft),
            None => group.push((vec![draft], prose)),
        }
    }
    let groups = groups.into_values().flatten();
    let mut articles: Vec<Article> = groups
        .map(|(members, prose)| article(read, lists, &members, prose, &common, &led_to, &aliases))
        .collect();
    articles.sort_by(|a, b| a.urls.cmp(&b.urls));
    articles
}

fn draft<'a>(
    read: &Read<'_>,
    lists: &Lists,
    place: &'a str,
    page: &'a PageFacts,
) -> Option<Draft<'a>> {
    let article = page
        .article
        .as_ref()
        .filter(|article| article.body_chars >= TEXT_MIN)?;
    let is_empty = !page.empty_wording.is_empty() && article.body_chars < EMPTY_MAX;
    let items = listed(place, page);
    let is_passage = lists.further.contains(place) || is_listing(&items, page, article);
    if read.is_home(place) || is_passage || is_empty || names_file(place) {
        return None;
    }
    let is_column = lists.columns.contains(place);
    let has_items = !items.is_empty();
    if is_column && has_items {
        return None;
    }
    let title = title(read, lists, place, &article.title);
    let key = read.titles.key(&title);
    let is_due = article.published.is_some()
        || page.metas.contains_key("ArticleTitle")
        || lists.items.contains(place)
        || is_column
        || article.body_chars >= UNDATED_MIN;
    (!key.is_empty()).then_some(Draft {
        place,
        page,
        article,
        title,
        key,
        is_due,
    })
}

/// Whether an address is a page about a file: its picture in large, its size and date.
pub(super) fn names_file(place: &str) -> bool {
    let file = Url::parse(place).ok().and_then(|url| attachment_name(&url));
    file.is_some() || picture_name(place).is_some()
}

/// The title: that of the page, unless lists call it by another. Some systems show the name of a file as the page's title.
fn title(read: &Read<'_>, lists: &Lists, place: &str, shown: &str) -> String {
    const NAME_MIN: usize = 4;
    let own = read.titles.key(shown);
    let names = lists.names.get(place).into_iter().flatten();
    let usual = names
        .map(|(name, count)| (count, name, read.titles.key(name)))
        .filter(|(_, _, key)| key.chars().count() >= NAME_MIN)
        .max_by_key(|(count, ..)| **count);
    match usual {
        Some((_, name, key)) if !own.contains(&key) && (own.is_empty() || !key.contains(&own)) => {
            name.clone()
        }
        _ => shown.to_owned(),
    }
}

/// Pages that the list of a page names: neither files that it offers nor places on the page itself.
fn listed<'a>(place: &str, page: &'a PageFacts) -> Vec<&'a str> {
    let is_file = |url: &str| Url::parse(url).is_ok_and(|url| attachment_name(&url).is_some());
    let items = page.list.iter().flat_map(|list| &list.items);
    items
        .map(|item| item.url.as_str())
        .filter(|url| !is_file(url) && canonical(url) != place)
        .collect()
}

/// A page whose text is mostly its list: a column, an archive, results of a search.
fn is_listing(items: &[&str], page: &PageFacts, article: &ArticleFacts) -> bool {
    let inside: BTreeSet<&str> = article
        .body_links
        .iter()
        .map(|link| link.url.as_str())
        .collect();
    let count = items.iter().filter(|url| inside.contains(*url)).count();
    items.len() >= 2 && count * 2 >= items.len() && !page.metas.contains_key("ArticleTitle")
}

fn prose(draft: &Draft<'_>, template: &BTreeSet<String>) -> Prose {
    let links = &draft.article.body_links;
    let words: BTreeSet<String> = links.iter().map(|link| comparable(&link.text)).collect();
    let left_out = |line: &str| template.contains(line) || words.contains(line);
    Prose::read(
        &draft.article.body,
        draft.article.body_chars,
        &draft.title,
        &left_out,
    )
}

fn is_one(left: &Prose, right: &Prose) -> bool {
    left.whole == right.whole
        || likeness(&left.whole, &right.whole) >= SAME_TEXT
            && left.share_in(right) >= SAME_TEXT
            && right.share_in(left) >= SAME_TEXT
}

/// Every address, by the place where it stands.
fn aliases<'a>(read: &'a Read<'_>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (asked, place) in &read.landed {
        aliases.entry(place).or_default().push(asked);
    }
    aliases
}

/// For each place of an article the pages that lead to it.
fn led_to<'a>(read: &'a Read<'_>, drafts: &[Draft<'_>]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let wanted: BTreeSet<&str> = drafts.iter().map(|draft| draft.place).collect();
    let mut led_to: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (place, page) in &read.pages {
        for link in page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor)
        {
            if let Some(target) = read
                .stands(&link.url)
                .filter(|target| wanted.contains(target))
            {
                led_to.entry(target).or_default().insert(place);
            }
        }
    }
    led_to
}

/// Files and pictures that many articles show are the template's.
fn common_links(drafts: &[Draft<'_>]) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for draft in drafts {
        for link in draft.page.links.iter().filter(|link| is_content(link)) {
            counts
                .entry(canonical(&link.url))
                .or_default()
                .insert(&draft.key);
        }
    }
    let least = (drafts.len() / 5).max(4);
    counts
        .into_iter()
        .filter(|(_, keys)| keys.len() >= least)
        .map(|(url, _)| url)
        .collect()
}

fn is_content(link: &Link) -> bool {
    link.area == Area::Body && matches!(link.kind, LinkKind::Anchor | LinkKind::Image)
}

fn article(
    read: &Read<'_>,
    lists: &Lists,
    members: &[&Draft<'_>],
    prose: Prose,
    common: &BTreeSet<String>,
    led_to: &BTreeMap<&str, BTreeSet<&str>>,
    aliases: &BTreeMap<&str, Vec<&str>>,
) -> Article {
    let places: BTreeSet<&str> = members.iter().map(|draft| draft.place).collect();
    let copies = copies(&places, led_to);
    let mut urls: Vec<String> = copies.clone();
    for place in &places {
        let all = aliases.get(place).into_iter().flatten().copied();
        urls.extend(std::iter::once(*place).chain(all).map(str::to_owned));
    }
    let mut seen = BTreeSet::new();
    urls.retain(|url| seen.insert(url.clone()));
    let first = members
        .iter()
        .find(|draft| urls.first().is_some_and(|url| url == draft.place))
        .unwrap_or(&members[0]);
    let shown = members
        .iter()
        .filter_map(|draft| draft.article.published.as_ref());
    let mut dates: BTreeSet<Date> = shown.clone().map(|published| published.date).collect();
    let mut date_is_shown = shown
        .clone()
        .any(|published| published.source != DateSource::Url);
    // Of a day that lies ahead the list often leaves out the year, which would be guessed to be this one.
    let is_ahead = members.iter().any(|draft| draft.article.later.is_some());
    if dates.is_empty()
        && !is_ahead
        && let Some(day) = lists.dates.get(first.place)
    {
        dates.insert(*day);
        date_is_shown = true;
    }
    Article {
        title: first.title.clone(),
        key: first.key.clone(),
        is_due: members.iter().any(|draft| draft.is_due),
        dates,
        date_is_shown,
        future: future(first, lists),
        prose,
        sentence_chars: first.page.sentence_chars,
        attachments: attachments(read, first.page, common),
        pictures: pictures(read, first.page, common),
        columns: BTreeSet::new(),
        lead: Lead::Lands {
            url: first.page.capture.final_url.clone(),
            key: first.key.clone(),
        },
        asked: None,
        evidence: first.page.capture.evidence.clone(),
        copies,
        urls,
    }
}

/// Places to which pages lead that are none of the copies themselves: a view for printing is led to by its article only.
fn copies(places: &BTreeSet<&str>, led_to: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let is_led_to = |place: &&&str| {
        led_to
            .get(**place)
            .is_some_and(|from| from.iter().any(|page| !places.contains(page)))
    };
    let mut copies: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for place in places.iter().filter(is_led_to) {
        if seen.insert(plain(place)) {
            copies.push((*place).to_owned());
        }
    }
    if copies.is_empty() {
        copies.extend(places.first().map(|place| (*place).to_owned()));
    }
    copies
}

/// An address without what makes it another view of the same page: scheme, default document, the segment of a mobile or print version.
fn plain(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest
        .strip_prefix("www.")
        .unwrap_or(rest)
        .trim_end_matches('/');
    let parts = rest.split('/').filter(|part| {
        !matches!(
            *part,
            "m" | "wap" | "mobile" | "print" | "index.html" | "index.htm"
        )
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A day after the reading, in the tags, in the list, or beside the word for publication.
fn future(draft: &Draft<'_>, lists: &Lists) -> Option<Date> {
    const TAGS: [&str; 3] = ["PubDate", "article:published_time", "publishdate"];
    let today = draft.page.capture.at.date();
    let limit = today.tomorrow().unwrap_or(today);
    let tags = TAGS.iter().filter_map(|tag| draft.page.metas.get(*tag));
    let labelled = draft
        .article
        .body
        .lines()
        .take(6)
        .filter(|line| line.contains("发布时间") || line.contains("发布日期"));
    let texts = tags.map(String::as_str).chain(labelled);
    let days = texts.filter_map(|text| dates::find(text).first().map(|found| found.date));
    let listed = lists.dates.get(draft.place).copied();
    draft
        .article
        .later
        .or_else(|| days.chain(listed).find(|day| *day > limit))
}
