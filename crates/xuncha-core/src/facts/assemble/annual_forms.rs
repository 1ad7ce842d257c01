//! Annual forms that the site publishes: pages that bear one, and links whose text names one that is a file.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::records::{Records, evidence};
use crate::facts::annual_form::{named, year_of};
use crate::facts::model::{AnnualFormKind, LinkKind, PageFacts, SiteAnnualForm};
use crate::facts::scope::canonical;

/// Forms in order of kind, year and address.
pub(super) fn annual_forms(records: &Records) -> Vec<SiteAnnualForm> {
    let mut forms: BTreeMap<(AnnualFormKind, i16, String), SiteAnnualForm> = BTreeMap::new();
    let pages = || {
        let pages = records.good_pages();
        pages.filter(|page| page.missing_wording.is_empty())
    };
    for page in pages() {
        let Some(form) = &page.annual_form else {
            continue;
        };
        // A column of forms bears their name and lists them.
        if page.stands_in_navigation() || form.shown == 0 && lists_forms(page) {
            continue;
        }
        let article = page.article.as_ref();
        let published = article.and_then(|article| article.published.as_ref());
        let url = page.capture.url.clone();
        forms.insert(
            (form.kind, form.year, canonical(&url)),
            SiteAnnualForm {
                kind: form.kind,
                year: form.year,
                title: article
                    .map_or(&page.title, |article| &article.title)
                    .clone(),
                published: published
                    .map(|published| published.date)
                    .or_else(|| listed_day(records, &url)),
                content: Some(form.clone()),
                evidence: evidence(page, &page.title),
                url,
            },
        );
    }
    for page in pages() {
        let anchors = page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor);
        for link in anchors {
            let Some((kind, year)) = named(&link.text).zip(year_of(&link.text)) else {
                continue;
            };
            // What was read and bears no form is none, whatever the link says.
            let is_read = records.page(&link.url).is_some_and(|target| target.is_html);
            if is_read {
                continue;
            }
            let key = (kind, year, canonical(&link.url));
            forms.entry(key).or_insert_with(|| SiteAnnualForm {
                kind,
                year,
                url: link.url.clone(),
                title: link.text.clone(),
                published: listed_day(records, &link.url),
                content: None,
                evidence: evidence(page, &link.text),
            });
        }
    }
    forms.into_values().collect()
}

/// Whether a page lists several forms.
fn lists_forms(page: &PageFacts) -> bool {
    let items = page.lists().flatten();
    items.filter(|item| named(&item.title).is_some()).count() >= 2
}

/// The day that a list gives to an address.
fn listed_day(records: &Records, url: &str) -> Option<Date> {
    let key = canonical(url);
    let mut items = records.good_pages().flat_map(PageFacts::lists).flatten();
    items.find_map(|item| item.date.filter(|_| canonical(&item.url) == key))
}
