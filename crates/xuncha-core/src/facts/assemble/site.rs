//! Facts of a whole site.

use std::collections::BTreeMap;

use url::Url;

use super::links::{Judge, MissingPage, links, spots};
use super::records::{Records, evidence};
use super::visits::probes;
use super::{
    annual_forms, columns, dated, front, home, policies, search, services, sign_ins, signs, weak,
};
use crate::evidence::Capture;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{Column, FactRecord, LinkKind, Mark, MarkSeen, PageFacts, SiteFacts};
use crate::facts::scope::{canonical, scope};
use crate::facts::skip::Skip;
use crate::registry::Site;
use crate::verdict::Place;

/// The tags that an article page has to carry.
const REQUIRED_TAGS: [&str; 7] = [
    "SiteName",
    "SiteDomain",
    "SiteIDCode",
    "ColumnName",
    "ArticleTitle",
    "PubDate",
    "ContentSource",
];

/// The home page's address. One that does not parse has no scope and no pages; the facts are then empty and say so by their phases.
pub(crate) fn home_address(home: &str) -> Url {
    Url::parse(home)
        // What is written here parses.
        .unwrap_or_else(|_| Url::parse("http://invalid.invalid/").expect("a valid address"))
}

/// Puts a site's records together. `outside` holds the looks at addresses of other hosts, by canonical address.
pub fn assemble_site(
    site: &Site,
    records: impl Iterator<Item = FactRecord>,
    outside: &BTreeMap<String, Vec<Capture>>,
    lexicons: &Lexicons,
) -> SiteFacts {
    let mut records = Records::gather(records);
    let home_url = home_address(&site.home);
    records.drop_twins(home_url.scheme());
    let scope = scope(&home_url);
    let home_page = home::home_page(&records, &home_url);
    let (columns, activities) = columns::columns(&records, home_page, &home_url, &scope, lexicons);
    let judge = Judge {
        records: &records,
        outside,
        scope: scope.clone(),
        home: home_url.clone(),
        missing: MissingPage::learn(&records, home_page),
        twins: records.default_documents(),
    };
    let spots = spots(&judge, home_page);
    let (links, link_count) = links(&judge, &spots);
    let weak_links = weak::weak_links(&judge, &spots, &links);
    let articles: Vec<&PageFacts> = content_pages(&records, &columns, &home_url);
    let dated = dated::articles(&records, &articles, &columns);
    let (policies, interpretations) =
        policies::policies(&records, site, home_page, &columns, lexicons);
    let guides = services::guides(&records, &columns, lexicons);
    let search = search::search(&records, home_page, &links);
    SiteFacts {
        monitor_from: records.monitor_from,
        as_of: records.as_of,
        page_count: records
            .good_pages()
            .filter(|page| !judge.twins.contains(&page.capture.url))
            .count() as u64,
        phases: records.phases.clone(),
        is_partial: is_partial(&records, home_page),
        probes: probes(&records.probes, &records.probes_again),
        home: home_page.map(|page| home::home(&records, page, &columns)),
        link_count,
        marks: marks(&records, home_page),
        marks_evidence: home_page.map(|page| evidence(page, "")),
        missing_tags: missing_tags(&articles),
        article_count: articles.len() as u64,
        article_evidence: articles.first().map(|page| evidence(page, "")),
        search,
        policies,
        interpretations,
        service_directory: services::directory(&records, &columns, &guides),
        guides,
        statistics: services::statistics(&records),
        messages: services::messages(&records, lexicons),
        channel: services::channel(&judge, lexicons),
        unrendered_pages: records
            .good_pages()
            .filter(|page| page.needs_script)
            .map(|page| page.capture.url.clone())
            .collect(),
        rendering_troubles: records.rendering_troubles.clone(),
        sign_ins: sign_ins::sign_ins(&judge, &columns, &links, lexicons),
        annual_forms: annual_forms::annual_forms(&records),
        front: front::front(&judge, home_page, lexicons).map(Box::new),
        accessibility: front::accessibility(&records, lexicons),
        activities,
        notices: Vec::new(),
        links,
        columns,
        weak_links,
        signs: signs::signs(&records, home_page),
        articles: dated,
        home_outline: home_page.and_then(home::outline).map(Box::new),
        corrected: Vec::new(),
        network: records.network.clone(),
    }
}

/// Whether something that an inspector would look at was left unread: the crawl ended at its budget, or the site's robots.txt keeps us
/// from what the navigation leads to, or the home page did not come whole.
fn is_partial(records: &Records, home_page: Option<&PageFacts>) -> bool {
    if records.skipped.values().any(|why| why.is_budget()) {
        return true;
    }
    let Some(home) = home_page else {
        return false;
    };
    let is_kept_off = |url: &str| {
        let why = records.skipped.get(&canonical(url));
        why == Some(&Skip::Robots)
    };
    home.capture.truncated || home.navigation.iter().any(|entry| is_kept_off(&entry.url))
}

/// Article pages proper: neither home nor column, guide, message or missing page.
fn content_pages<'a>(records: &'a Records, columns: &[Column], home: &Url) -> Vec<&'a PageFacts> {
    let home_key = canonical(home.as_str());
    records
        .good_pages()
        .filter(|page| {
            let key = canonical(&page.capture.url);
            let is_column = columns.iter().any(|column| canonical(&column.url) == key);
            // Without a date and without tags of an article a page is an introduction, a topic's front or a notice of the site.
            let article = page.article.as_ref().filter(|article| {
                let is_published =
                    article.published.is_some() || page.metas.contains_key("ArticleTitle");
                is_published && article.body_chars >= 20
            });
            article.is_some()
                && key != home_key
                && !is_column
                && page.guide.is_none()
                && page.messages.is_empty()
                && page.statistics.is_empty()
                && page.missing_wording.is_empty()
                && !is_frame_part(records, page)
        })
        .collect()
}

/// Shown inside of another page only.
fn is_frame_part(records: &Records, page: &PageFacts) -> bool {
    let url = &page.capture.url;
    let framed = |other: &PageFacts| {
        other
            .links
            .iter()
            .any(|link| link.kind == LinkKind::Frame && link.url == *url)
    };
    page.breadcrumbs.is_empty() && page.navigation.is_empty() && records.good_pages().any(framed)
}

fn missing_tags(articles: &[&PageFacts]) -> BTreeMap<String, Vec<Place>> {
    let mut missing: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for page in articles {
        for tag in REQUIRED_TAGS {
            if page
                .metas
                .get(tag)
                .is_some_and(|value| !value.trim().is_empty())
            {
                continue;
            }
            let title = page
                .article
                .as_ref()
                .map_or_else(|| page.title.clone(), |article| article.title.clone());
            missing.entry(tag.to_owned()).or_default().push(Place {
                url: page.capture.url.clone(),
                text: title,
            });
        }
    }
    missing
}

/// Per mark: the home page's sighting where it is present; else present where at least half of the pages show it; else the
/// best that the home page gives. Frames of the home page belong to it.
fn marks(records: &Records, home: Option<&PageFacts>) -> BTreeMap<Mark, MarkSeen> {
    let Some(home) = home else {
        return BTreeMap::new();
    };
    let framed = |page: &'_ PageFacts| -> Vec<String> {
        let frames = page.links.iter();
        let frames = frames.filter(|link| link.kind == LinkKind::Frame);
        frames.map(|link| link.url.clone()).collect()
    };
    // Where the home page's content stands in a frame, the footer may stand in another one beside it.
    let outer = records
        .good_pages()
        .find(|page| framed(page).contains(&home.capture.url));
    let frames: Vec<&PageFacts> = framed(outer.unwrap_or(home))
        .iter()
        .filter(|url| **url != home.capture.url)
        .filter_map(|url| records.page(url))
        .collect();
    let pages: Vec<&PageFacts> = records
        .good_pages()
        .filter(|page| page.missing_wording.is_empty() && !page.navigation.is_empty())
        .collect();
    // What a page that did not come whole does not show, may stand behind the cut.
    let is_cut = home.capture.truncated;
    Mark::ALL
        .into_iter()
        .filter_map(|mark| {
            let present = |page: &PageFacts| match page.marks.get(&mark) {
                Some(seen @ MarkSeen::Present { .. }) => Some(seen.clone()),
                _ => None,
            };
            let here = present(home).or_else(|| frames.iter().find_map(|frame| present(frame)));
            let elsewhere: Vec<MarkSeen> = pages.iter().filter_map(|page| present(page)).collect();
            let often = (elsewhere.len() * 2 >= pages.len().max(1) && elsewhere.len() >= 2)
                .then(|| elsewhere.into_iter().next())
                .flatten();
            // A frame that was read and shows no mark is readable, and empty.
            let hides = |page: &PageFacts| page.marks.get(&mark) == Some(&MarkSeen::Unreadable);
            let is_framed = !frames.is_empty() && outer.is_none();
            let is_unreadable =
                hides(home) && !is_framed || frames.iter().any(|frame| hides(frame));
            let seen = here.or(often).unwrap_or(if is_unreadable {
                MarkSeen::Unreadable
            } else {
                MarkSeen::Absent
            });
            (!is_cut || seen != MarkSeen::Absent).then_some((mark, seen))
        })
        .collect()
}
