//! Guides, service directory, statistics, messages, consultation channel, search.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{Judge, is_bad_look};
use super::records::{Records, address, evidence, page_key};
use crate::evidence::{EvidenceRef, Purpose};
use crate::facts::guide::title_names_item;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{
    Area, Column, ColumnKind, GuideElement, LinkKind, LinkState, MessageFacts, PageFacts,
    SearchFacts, SearchQuestion, SiteGuide, SiteMessage, SiteStatistics,
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

/// What asking the site's search gave.
pub(super) fn search(records: &Records, home: Option<&PageFacts>) -> Option<SearchFacts> {
    let forms = || {
        home.into_iter()
            .chain(records.good_pages())
            .flat_map(|page| &page.search_forms)
    };
    let form = forms()
        .find(|form| form.is_get)
        .or_else(|| forms().next())
        .cloned();
    let titles = titles(records);
    let messages = message_addresses(records);
    let nonsense = Nonsense::of(
        records
            .searches
            .iter()
            .filter(|page| !titles.contains_key(&bare(query(page)))),
    );
    let broken = records
        .searches
        .iter()
        .filter(|page| is_bad_look(&page.capture) && !page.capture.is_blocked())
        .count();
    let mut questions = Vec::new();
    for page in &records.searches {
        let Some(expected) = titles.get(&bare(query(page))) else {
            continue;
        };
        if messages.contains(&canonical(&expected.capture.url)) {
            continue;
        }
        let (found, classified) = if leads_to(page, expected) {
            // The page itself shows no results, and so no classes of them.
            (Some(true), None)
        } else if page.capture.is_success() && page.is_html && !page.needs_script {
            let found = is_found(page, expected, &nonsense);
            let has_classes = page.result_classes.len() >= 2;
            // A page that found nothing has nothing to classify.
            (Some(found), (found || has_classes).then_some(has_classes))
        } else if broken >= 2 && is_bad_look(&page.capture) && !page.capture.is_blocked() {
            (Some(false), None)
        } else {
            (None, None)
        };
        questions.push(SearchQuestion {
            query: query(page).to_owned(),
            expected_url: address(expected).to_owned(),
            found,
            classified,
            evidence: evidence(page, query(page)),
        });
    }
    let source = records.searches.first().or(home)?;
    Some(SearchFacts {
        form,
        questions,
        evidence: evidence(source, ""),
    })
}

fn query(page: &PageFacts) -> &str {
    match &page.capture.purpose {
        Purpose::Search { query } => query,
        _ => "",
    }
}

/// What a search shows for a word that nobody published: how often each address stands there.
struct Nonsense {
    was_asked: bool,
    shown: BTreeMap<String, u32>,
}

impl Nonsense {
    fn of<'a>(answers: impl Iterator<Item = &'a PageFacts>) -> Nonsense {
        let mut nonsense = Nonsense {
            was_asked: false,
            shown: BTreeMap::new(),
        };
        for link in answers.flat_map(|page| &page.links) {
            nonsense.was_asked = true;
            *nonsense.shown.entry(page_key(&link.url)).or_default() += link.count;
        }
        nonsense
    }

    /// Whether an address stands there as often: then it is a box of the page's frame and was not found. A newest article that stands
    /// in such a box and among the results too, was.
    fn shows(&self, address: &str, count: u32) -> bool {
        self.shown.get(address).is_some_and(|known| *known >= count)
    }
}

/// A search that knows the title may open the page itself.
fn leads_to(page: &PageFacts, expected: &PageFacts) -> bool {
    let there = page_key(&page.capture.final_url);
    !page.capture.hops.is_empty()
        && page.capture.is_success()
        && [&*expected.capture.url, address(expected)]
            .iter()
            .any(|url| page_key(url) == there)
}

/// The expected address or title stands among the links of the result page, and not also under a word that nobody published.
fn is_found(page: &PageFacts, expected: &PageFacts, nonsense: &Nonsense) -> bool {
    let wanted = [page_key(&expected.capture.url), page_key(address(expected))];
    let title = bare(query(page));
    let anchors = page
        .links
        .iter()
        .filter(|link| matches!(link.kind, LinkKind::Anchor))
        // Where a word that nobody published was asked too, what only this page shows was found, wherever on the page it stands.
        .filter(|link| link.area == Area::Body || nonsense.was_asked);
    let listed = page
        .list
        .iter()
        .flat_map(|list| &list.items)
        .map(|item| (item.url.as_str(), item.title.as_str(), 1));
    anchors
        .map(|link| (link.url.as_str(), link.text.as_str(), link.count))
        .chain(listed)
        .any(|(url, text, count)| {
            let address = page_key(url);
            if nonsense.shows(&address, count) {
                return false;
            }
            let text = bare(text);
            wanted.contains(&address)
                || wanted
                    .iter()
                    .any(|wanted| is_marked(url, wanted, query(page)))
                || text == title
                || title.chars().count() >= 10
                    && text.chars().count() >= 10
                    && (text.contains(&title) || title.starts_with(&text))
        })
}

/// Whether an address is the wanted one with the words of the question behind it, for the page to mark them.
fn is_marked(url: &str, wanted: &str, asked: &str) -> bool {
    let Ok(mut url) = url::Url::parse(url) else {
        return false;
    };
    let known = wanted.split_once('?').map_or("", |(_, query)| query);
    let known: Vec<&str> = known.split('&').collect();
    let pairs = url.query().unwrap_or_default();
    let (own, added): (Vec<&str>, Vec<&str>) =
        pairs.split('&').partition(|pair| known.contains(pair));
    let is_asked = |pair: &&str| {
        let mut parsed = url::form_urlencoded::parse(pair.as_bytes());
        parsed.any(|(_, value)| {
            let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
            !is_number && value.chars().count() >= 2 && asked.contains(&*value)
        })
    };
    if !added.iter().any(is_asked) {
        return false;
    }
    let own = own.join("&");
    url.set_query((!own.is_empty()).then_some(own.as_str()));
    page_key(url.as_str()) == wanted
}

/// Addresses of what citizens wrote: no information that the site published, and many searches leave it out.
fn message_addresses(records: &Records) -> BTreeSet<String> {
    records
        .good_pages()
        .flat_map(|page| &page.messages)
        .map(|message| canonical(&message.url))
        .collect()
}

/// Titles of articles and guides, for telling which page a question meant.
fn titles(records: &Records) -> BTreeMap<String, &PageFacts> {
    let mut titles = BTreeMap::new();
    for page in records.good_pages() {
        let title = match (&page.guide, &page.article) {
            (Some(guide), _) => &guide.title,
            (None, Some(article)) => &article.title,
            _ => continue,
        };
        titles.entry(bare(title)).or_insert(page);
    }
    titles
}
