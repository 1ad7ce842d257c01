//! Links that open and yet do not do what they promise: anchors that are not there, entries of a sitemap that lead nowhere.

use std::collections::BTreeMap;

use super::links::{Judge, Spot};
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
        for wanted in &page.anchors.wanted {
            let Some(target) = target(judge, page, &wanted.url) else {
                continue;
            };
            let is_dead = dead
                .binary_search_by(|link| link.url.as_str().cmp(&wanted.url))
                .is_ok();
            if is_dead || target.anchors.has(&wanted.fragment) {
                continue;
            }
            let key = (canonical(&wanted.url), wanted.fragment.as_str());
            let weak = found.entry(key).or_insert_with(|| WeakLink {
                url: format!("{}#{}", wanted.url, wanted.fragment),
                case: WeakCase::MissingFragment,
                why: format!("页面上没有锚点“{}”", wanted.fragment),
                is_unsure: target.anchors.has_scripts,
                places: Vec::new(),
                place_count: 0,
                evidence: vec![target.capture.evidence.clone()],
            });
            weak.place_count += 1;
            if weak.places.len() < MAX_PLACES {
                weak.places.push(Place {
                    url: page.capture.url.clone(),
                    text: wanted.text.clone(),
                });
            }
        }
    }
    found.into_values().collect()
}

/// The page that a fragment is looked for on, where all its anchors are known.
fn target<'a>(judge: &'a Judge<'_>, page: &'a PageFacts, url: &str) -> Option<&'a PageFacts> {
    // A page may answer under another address than it was asked under, and its own anchors name that one.
    let target = if url == page.capture.final_url {
        page
    } else {
        judge.records.page(url)?
    };
    let is_known = target.is_html
        && target.anchors.is_whole
        && !target.needs_script
        && target.missing_wording.is_empty()
        && target.blocked_wording.is_empty();
    is_known.then_some(target)
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
