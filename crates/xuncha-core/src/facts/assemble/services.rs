//! Guides, service directory, statistics, messages, consultation channel.

use std::collections::BTreeMap;

use super::links::Judge;
use super::records::{Records, evidence};
use crate::evidence::EvidenceRef;
use crate::facts::guide::title_names_item;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{
    Area, Column, ColumnKind, GuideElement, LinkKind, LinkState, MessageFacts, PageFacts,
    SiteGuide, SiteMessage, SiteStatistics,
};
use crate::facts::scope::canonical;
use crate::facts::text::bare;

/// Guide pages in the order of address.
pub(super) fn guides(records: &Records, columns: &[Column], lexicons: &Lexicons) -> Vec<SiteGuide> {
    let mut guides: Vec<SiteGuide> = records
        .good_pages()
        .filter(|page| {
            let key = canonical(&page.capture.url);
            page.missing_wording.is_empty()
                && !columns.iter().any(|column| canonical(&column.url) == key)
        })
        .filter_map(|page| {
            let guide = page.guide.clone()?;
            Some(SiteGuide {
                url: page.capture.url.clone(),
                evidence: evidence(page, &guide.title),
                guide,
            })
        })
        .collect();
    // A title names the item, unless the site's other guides state the name as an element of its own.
    let stated = guides
        .iter()
        .filter(|site| site.guide.elements.contains_key(&GuideElement::事项名称))
        .count();
    if stated * 2 < guides.len() || stated == 0 {
        for site in &mut guides {
            if title_names_item(&site.guide, lexicons) {
                let title = site.guide.title.clone();
                site.guide
                    .elements
                    .entry(GuideElement::事项名称)
                    .or_insert(title);
            }
        }
    }
    guides
}

/// The page that lists the services: links most guides, else a column of services that has content.
pub(super) fn directory(
    records: &Records,
    columns: &[Column],
    guides: &[SiteGuide],
) -> Option<String> {
    let linked = |page: &PageFacts| {
        let urls: Vec<String> = page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor)
            .map(|link| canonical(&link.url))
            .collect();
        guides
            .iter()
            .filter(|guide| urls.contains(&canonical(&guide.url)))
            .count()
    };
    let best = columns
        .iter()
        .filter(|column| column.kind == ColumnKind::Services)
        .filter_map(|column| records.page(&column.url).map(|page| (linked(page), column)))
        .filter(|(count, _)| *count > 0)
        .max_by(|left, right| {
            left.0
                .cmp(&right.0)
                .then_with(|| right.1.url.cmp(&left.1.url))
        });
    best.map(|(_, column)| column.url.clone()).or_else(|| {
        columns
            .iter()
            .find(|column| column.kind == ColumnKind::Services && column.item_count > 0)
            .map(|column| column.url.clone())
    })
}

/// Statistics that the site publishes.
pub(super) fn statistics(records: &Records) -> Vec<SiteStatistics> {
    records
        .good_pages()
        .filter(|page| page.missing_wording.is_empty())
        .flat_map(|page| {
            page.statistics.iter().map(|statistics| SiteStatistics {
                url: page.capture.url.clone(),
                statistics: statistics.clone(),
                evidence: evidence(page, &statistics.quote),
            })
        })
        .collect()
}

/// Messages, one per address: what its own page says, completed by the list.
pub(super) fn messages(records: &Records, lexicons: &Lexicons) -> Vec<SiteMessage> {
    let is_special = |page: &PageFacts| {
        let words = ["信访", "纪检", "举报", "监察", "访谈", "调查", "征集"];
        let says = |text: &str| {
            words.iter().any(|word| text.contains(word))
                || lexicons.special_channels.find(text).is_some()
        };
        page.breadcrumbs
            .iter()
            .skip(1)
            // The title of a message may speak of anything; only the columns above it tell its channel.
            .filter(|crumb| !page.title.contains(&crumb.text) || page.messages.len() > 1)
            .any(|crumb| says(&crumb.text))
            || page.metas.get("ColumnName").is_some_and(|name| says(name))
    };
    let mut merged: BTreeMap<(String, String), SiteMessage> = BTreeMap::new();
    for page in records.good_pages().filter(|page| !is_special(page)) {
        let own = canonical(&page.capture.url);
        for message in &page.messages {
            let key = canonical(&message.url);
            let is_own_page = key == own && page.messages.len() == 1;
            // Rows without a page of their own share the list's address and are told apart by title.
            let title = if key == own && !is_own_page {
                bare(&message.title)
            } else {
                String::new()
            };
            let entry = merged.entry((key, title));
            let fresh = || SiteMessage {
                message: message.clone(),
                evidence: evidence(page, &message.title),
            };
            entry
                .and_modify(|before| {
                    if is_own_page {
                        let list = std::mem::replace(before, fresh());
                        complete(&mut before.message, &list.message);
                    } else {
                        complete(&mut before.message, message);
                    }
                })
                .or_insert_with(fresh);
        }
    }
    merged.into_values().collect()
}

fn complete(message: &mut MessageFacts, other: &MessageFacts) {
    message.asked = message.asked.or(other.asked);
    message.replied = message.replied.or(other.replied);
    message.has_reply |= other.has_reply;
    if message.unit.is_empty() {
        message.unit.clone_from(&other.unit);
    }
}

/// A form for consultation; else an entry whose target opens.
pub(super) fn channel(judge: &Judge<'_>, lexicons: &Lexicons) -> Option<EvidenceRef> {
    let pages: Vec<&PageFacts> = judge
        .records
        .good_pages()
        .filter(|page| !page.consultation.is_empty() && page.missing_wording.is_empty())
        .collect();
    if let Some(page) = pages
        .iter()
        .find(|page| page.consultation.starts_with("表单"))
    {
        return Some(evidence(page, &page.consultation));
    }
    for page in pages {
        for link in page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Anchor && link.text.chars().count() <= 12)
        {
            let is_entry = lexicons.consultation.find(&link.text).is_some()
                && lexicons.special_channels.find(&link.text).is_none()
                && !["统计", "选登", "公开", "须知", "反馈"]
                    .iter()
                    .any(|word| link.text.contains(word));
            if !is_entry {
                continue;
            }
            let target = judge.records.page(&link.url);
            let opens = judge
                .state(&link.url)
                .is_some_and(|(state, _)| state == LinkState::Alive);
            // A page of ours was read and shows no form: the entry leads nowhere. An outside platform cannot be read.
            let is_inside = url::Url::parse(&link.url).is_ok_and(|url| judge.scope.contains(&url));
            let is_effective = opens
                && (!is_inside
                    || target.is_some_and(|page| {
                        !page.messages.is_empty()
                            || page.needs_script
                            || page.links.iter().any(|inner| {
                                inner.kind == LinkKind::Form
                                    && inner.area == Area::Body
                                    && !page
                                        .search_forms
                                        .iter()
                                        .any(|form| form.action == inner.url)
                            })
                    }));
            if is_effective {
                return Some(evidence(page, &page.consultation));
            }
        }
    }
    None
}
