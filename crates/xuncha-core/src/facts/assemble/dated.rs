//! Articles with the day that they show, beside everything else on the site that says when they came to be.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::{TimeZone, offset};

use super::records::{Records, evidence, page_key};
use crate::facts::dates;
use crate::facts::model::{Column, DateSource, DatedArticle, Listed, PageFacts};

/// Articles of one site that are kept.
const ARTICLES_MAX: usize = 50_000;
/// Hours between Greenwich and the sites.
const UTC_HOURS: i8 = 8;

/// Every article page that shows a day, in order of address.
pub(super) fn articles(
    records: &Records,
    pages: &[&PageFacts],
    columns: &[Column],
) -> Vec<DatedArticle> {
    let listed = listed(records, columns);
    pages
        .iter()
        .filter_map(|page| {
            let article = page.article.as_ref()?;
            let published = article.published.as_ref()?;
            let read = page.capture.at.date();
            let url = &page.capture.url;
            let address_day = match published.source {
                // It was read there, so it says nothing besides.
                DateSource::Url => None,
                _ => dates::from_url(url, read).map(|(day, _)| day),
            };
            Some(DatedArticle {
                url: url.clone(),
                title: article.title.clone(),
                date: published.date,
                source: published.source,
                quote: published.quote.clone(),
                is_document: !article.document_number.is_empty(),
                origin_day: dates::find(&article.source).first().map(|found| found.date),
                address_day,
                modified: modified(&page.capture.last_modified),
                read,
                listed: listed.get(&page_key(url)).cloned(),
                earlier: None,
                evidence: evidence(page, &published.quote),
            })
        })
        .take(ARTICLES_MAX)
        .collect()
}

/// Where columns list articles, by article; the lowest column is the article's own, those above it show boxes of several columns. Only the
/// first page of a column is looked at: what stands there, and in which order, is what readers see.
fn listed(records: &Records, columns: &[Column]) -> BTreeMap<String, Listed> {
    let mut listed = BTreeMap::new();
    let mut own: Vec<&Column> = columns
        .iter()
        .filter(|column| !column.is_parent_only)
        .collect();
    own.sort_by_key(|column| std::cmp::Reverse((column.depth, column.item_count)));
    for column in own {
        let page = records.page(&column.url);
        let Some(list) = page.and_then(|page| page.list.as_ref()) else {
            continue;
        };
        for (place, item) in (0_u32..).zip(&list.items) {
            listed.entry(page_key(&item.url)).or_insert_with(|| Listed {
                url: column.url.clone(),
                place,
                day: item.date,
                before: None,
            });
        }
    }
    listed
}

/// The day of a `Last-Modified`, as the sites' clocks show it.
fn modified(header: &str) -> Option<Date> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let at = PARSER.parse_timestamp(header.trim()).ok()?;
    let zone = TimeZone::fixed(offset(UTC_HOURS));
    Some(at.to_zoned(zone).date())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_last_modified_is_that_of_the_site() {
        let day = |header: &str| modified(header).map(|day| day.to_string());
        let late = day("Fri, 20 Mar 2026 17:30:00 GMT");
        assert_eq!(late.unwrap(), "2026-03-21");
        assert_eq!(day(""), None);
        assert_eq!(day("yesterday"), None);
    }
}
