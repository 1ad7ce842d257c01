//! Links that open and yet do not do what they promise: anchors that are not there, entries of a sitemap that lead nowhere.

use std::collections::BTreeMap;

use super::links::{Judge, Spot};
use super::records::address;
use crate::facts::model::{LinkFacts, LinkState, PageFacts, WeakCase, WeakLink};
use crate::facts::scope::canonical;
use crate::verdict::{MAX_PLACES, Place};

/// All weak links in the order of case and address.
pub(super) fn weak_links(
    judge: &Judge<'_>,
    spots: &BTreeMap<String, Spot>,
    dead: &[LinkFacts],
) -> Vec<WeakLink> {
    let mut found = missing_fragments(judge, dead);
    found.extend(sitemap_links(judge, spots));
    found.sort_by(|left, right| (left.case, &left.url).cmp(&(right.case, &right.url)));
    found
}

/// Anchors that links ask for and that the page, read whole, does not have.
fn missing_fragments(judge: &Judge<'_>, dead: &[LinkFacts]) -> Vec<WeakLink> {
    let mut found: BTreeMap<(String, &str), WeakLink> = BTreeMap::new();
    for page in judge.records.good_pages() {
        for (place, fragment) in page.anchors.wanted() {
            let link = page.links.get(place as usize);
            let url = link.map_or_else(|| address(page), |link| link.url.as_str());
            let target = match link {
                Some(_) => judge.records.page(url),
                None => Some(page),
            };
            let Some(target) = target.filter(|target| is_known(target)) else {
                continue;
            };
            if target.anchors.has(fragment) || is_listed(dead, url) {
                continue;
            }
            let weak = found
                .entry((canonical(url), fragment))
                .or_insert_with(|| WeakLink {
                    url: format!("{url}#{fragment}"),
                    case: WeakCase::MissingFragment,
                    why: format!("页面上没有锚点“{fragment}”"),
                    is_unsure: target.anchors.has_scripts,
                    places: Vec::new(),
                    place_count: 0,
                    evidence: vec![target.capture.evidence.clone()],
                });
            weak.place_count += 1;
            if weak.places.len() < MAX_PLACES {
                weak.places.push(Place {
                    url: page.capture.url.clone(),
                    text: link.map_or_else(String::new, |link| link.text.clone()),
                });
            }
        }
    }
    found.into_values().collect()
}

/// Whether all anchors of a page are known.
fn is_known(page: &PageFacts) -> bool {
    page.is_html
        && page.anchors.is_whole
        && !page.needs_script
        && page.missing_wording.is_empty()
        && page.blocked_wording.is_empty()
}

/// Whether an address is dead or unknown itself; the links are in the order of address.
fn is_listed(links: &[LinkFacts], url: &str) -> bool {
    let url = canonical(url);
    links
        .binary_search_by(|link| link.url.as_str().cmp(&url))
        .is_ok()
}

/// Entries that only a sitemap names and that are dead.
fn sitemap_links(judge: &Judge<'_>, spots: &BTreeMap<String, Spot>) -> Vec<WeakLink> {
    let entries = spots.values().filter(|spot| spot.used().is_sitemap);
    entries
        .filter_map(|spot| {
            let (state, evidence) = judge.state(&spot.url)?;
            let LinkState::Dead { why, .. } = state else {
                return None;
            };
            Some(WeakLink {
                url: spot.url.clone(),
                case: WeakCase::SitemapLink,
                why,
                is_unsure: false,
                places: spot.places.clone(),
                place_count: spot.count,
                evidence,
            })
        })
        .collect()
}
