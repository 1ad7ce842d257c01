//! The home page over the monitoring time.

use jiff::civil::Date;
use url::Url;

use super::landing::leads_to_login;
use super::records::{Records, address, evidence};
use crate::facts::model::{Area, Column, HomeFacts, LinkKind, PageFacts};
use crate::facts::outline::{HomeOutline, Outline};
use crate::facts::scope::canonical;
use crate::verdict::Place;

/// Whether a page of the site came, and not a login or a firewall in its place, or nothing.
fn is_shown(page: &PageFacts) -> bool {
    let capture = &page.capture;
    let came = page.is_html && capture.is_success() && capture.size_bytes > 0;
    came && page.blocked_wording.is_empty() && !leads_to_login(capture)
}

/// The page that stands for the home page: the last good answer, after an entrance's jump or inside of its frame.
pub(super) fn home_page<'a>(records: &'a Records, home: &Url) -> Option<&'a PageFacts> {
    let key = canonical(home.as_str());
    let snapshot = records.snapshots.iter().rev().find(|page| is_shown(page));
    let page = records
        .page(&key)
        .filter(|page| is_shown(page))
        .or(snapshot)?;
    let mut current = page;
    for _ in 0..2 {
        if current.text_chars >= 200 {
            break;
        }
        let next = current
            .links
            .iter()
            .filter(|link| matches!(link.kind, LinkKind::Refresh | LinkKind::Frame))
            .filter_map(|link| records.page(&link.url))
            .filter(|page| page.is_html)
            .max_by_key(|page| page.text_chars);
        match next {
            Some(next) if next.text_chars > current.text_chars => current = next,
            _ => break,
        }
    }
    Some(current)
}

/// What the home page is built of; nothing where its skeleton was not read.
pub(super) fn outline(page: &PageFacts) -> Option<HomeOutline> {
    Some(HomeOutline {
        url: address(page).to_owned(),
        outline: Outline::of(page)?,
        evidence: evidence(page, ""),
        before: None,
    })
}

/// Pages that make up the home page: itself and the frames it shows.
fn parts<'a>(records: &'a Records, page: &'a PageFacts) -> Vec<&'a PageFacts> {
    let frames = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Frame)
        .filter_map(|link| records.page(&link.url));
    std::iter::once(page).chain(frames).collect()
}

/// A dated item with its place.
type Dated = (Date, Place);

pub(super) fn home(records: &Records, page: &PageFacts, columns: &[Column]) -> HomeFacts {
    let limit = records.as_of.date();
    let mut dated: Vec<Dated> = Vec::new();
    let mut articles = 0;
    let mut undated_text: Option<Date> = None;
    let snapshots = records
        .snapshots
        .iter()
        .filter(|snapshot| snapshot.capture.is_success());
    for part in snapshots.chain(parts(records, page)) {
        articles = articles.max(linked_articles(records, part, columns, &mut dated));
        listed_items(records, part, &mut dated);
        undated_text = undated_text.max(part.newest_item);
    }
    dated.retain(|(day, _)| *day <= limit);
    let mut newest = dated
        .iter()
        .max_by(|left, right| left.0.cmp(&right.0).then_with(|| right.1.cmp(&left.1)))
        .cloned();
    // Without any article that could be read, the dates that the page itself shows must do.
    if newest.is_none() && articles == 0 {
        newest = undated_text.filter(|day| *day <= limit).map(|day| {
            (
                day,
                Place {
                    url: address(page).to_owned(),
                    text: page.title.clone(),
                },
            )
        });
    }
    let is_navigation_only = articles < SHOWN_ARTICLES_MIN && newest.is_none();
    if is_navigation_only {
        newest = below(records, page, columns, limit)
            .into_iter()
            .max_by(|left, right| left.0.cmp(&right.0).then_with(|| right.1.cmp(&left.1)));
    }
    HomeFacts {
        url: address(page).to_owned(),
        title: page.title.clone(),
        header_name: header_name(records, page),
        site_name: page.metas.get("SiteName").cloned().unwrap_or_default(),
        newest: newest.as_ref().map(|(day, _)| *day),
        newest_item: newest.map(|(_, place)| place),
        is_navigation_only,
        new_links: new_links(records),
        evidence: evidence(page, ""),
    }
}

/// A home page that leads to fewer articles than this, none of them dated, leads on to topics and columns and shows no content.
const SHOWN_ARTICLES_MIN: u32 = 5;

/// The newest of each column, and of each list that the home page leads to.
fn below(records: &Records, page: &PageFacts, columns: &[Column], limit: Date) -> Vec<Dated> {
    let of_columns = columns.iter().filter_map(|column| {
        let place = Place {
            url: column.url.clone(),
            text: column.name.clone(),
        };
        Some((column.newest?, place))
    });
    let lists = parts(records, page)
        .into_iter()
        .flat_map(|part| &part.links)
        .filter(|link| link.kind == LinkKind::Anchor && link.area != Area::Footer)
        .filter_map(|link| {
            let place = Place {
                url: link.url.clone(),
                text: link.text.clone(),
            };
            let newest = records.page(&link.url)?.list.as_ref()?.newest?;
            Some((newest, place))
        });
    of_columns
        .chain(lists)
        .filter(|(day, _)| *day <= limit)
        .collect()
}

/// Articles that the page links and that were read; returns how many, dated or not.
fn linked_articles(
    records: &Records,
    page: &PageFacts,
    columns: &[Column],
    dated: &mut Vec<Dated>,
) -> u32 {
    let mut count = 0;
    for link in page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor)
        // What the home page shows beside its main part is shown on the home page all the same.
        .filter(|link| matches!(link.area, Area::Body | Area::Beside))
    {
        let Some(target) = records.page(&link.url) else {
            continue;
        };
        let Some(article) = &target.article else {
            continue;
        };
        if columns.iter().any(|column| column.url == link.url)
            || canonical(&link.url) == canonical(&page.capture.url)
        {
            continue;
        }
        count += 1;
        if let Some(published) = &article.published {
            dated.push((
                published.date,
                Place {
                    url: link.url.clone(),
                    text: article.title.clone(),
                },
            ));
        }
    }
    count
}

/// Dates beside items whose article was not read, or shows no date itself.
fn listed_items(records: &Records, page: &PageFacts, dated: &mut Vec<Dated>) {
    for item in page.lists().flatten() {
        let article = records
            .page(&item.url)
            .and_then(|page| page.article.as_ref());
        let is_dated = article.is_some_and(|article| article.published.is_some());
        if let Some(day) = item.date.filter(|_| !is_dated) {
            dated.push((
                day,
                Place {
                    url: item.url.clone(),
                    text: item.title.clone(),
                },
            ));
        }
    }
}

/// The header may stand in a frame of its own, beside the one with the content.
fn header_name(records: &Records, page: &PageFacts) -> String {
    let url = &page.capture.url;
    let framing = |other: &&PageFacts| {
        other
            .links
            .iter()
            .any(|link| link.kind == LinkKind::Frame && link.url == *url)
    };
    let outer = records.good_pages().find(framing);
    let siblings = outer.map(|outer| parts(records, outer)).unwrap_or_default();
    std::iter::once(page)
        .chain(parts(records, page))
        .chain(siblings)
        .map(|part| part.header_name.clone())
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

fn new_links(records: &Records) -> u32 {
    let good: Vec<&PageFacts> = records
        .snapshots
        .iter()
        .filter(|page| page.capture.is_success())
        .collect();
    let (Some(first), Some(last)) = (good.first(), good.last()) else {
        return 0;
    };
    let is_new = |url: &str| {
        !first
            .links
            .iter()
            .any(|link| link.kind == LinkKind::Anchor && link.url == url)
    };
    let count = last
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && is_new(&link.url))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
