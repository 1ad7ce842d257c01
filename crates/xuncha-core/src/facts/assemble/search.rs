//! What the site's search answered, held against what the site published.

use std::collections::{BTreeMap, BTreeSet};

use super::links::is_bad_look;
use super::records::{Records, address, evidence, page_key};
use crate::evidence::{Capture, EvidenceRef, Purpose};
use crate::facts::model::{
    Area, LinkFacts, LinkKind, LinkState, NonsenseAnswer, PageFacts, SearchFacts, SearchQuestion,
};
use crate::facts::scope::canonical;
use crate::facts::search;
use crate::facts::text::bare;
use crate::verdict::Place;

/// What asking the site's search gave.
pub(super) fn search(
    records: &Records,
    home: Option<&PageFacts>,
    links: &[LinkFacts],
) -> Option<SearchFacts> {
    let forms = || {
        home.into_iter()
            .chain(records.good_pages())
            .flat_map(|page| &page.search_forms)
    };
    let form = forms()
        .find(|form| form.is_get && !form.asks_code)
        .or_else(|| forms().find(|form| form.is_get))
        .or_else(|| forms().next())
        .cloned();
    let titles = titles(records);
    let messages = message_addresses(records);
    let unpublished = || {
        let searches = records.searches.iter();
        searches.filter(|page| !titles.contains_key(&bare(query(page))))
    };
    let answer = unpublished().find_map(|page| nonsense_answer(records, page));
    // What is listed for every word was not found for this one, and stands in no box of the frame either.
    let lists_all = answer
        .as_ref()
        .is_some_and(|answer| answer.shown.len() >= LISTED_MIN);
    let mut nonsense = Nonsense::of(unpublished().filter(|_| !lists_all));
    // What a search recommends where it found nothing may be found for another word; only boxes of the frame are not.
    if unpublished().any(|page| !page.no_results.is_empty()) {
        nonsense.keep_framed(records);
    }
    let answers = records.searches.iter().filter(|page| {
        page.capture.is_success() && page.is_html && titles.contains_key(&bare(query(page)))
    });
    nonsense.answers = answers
        .map(|page| (query(page), Nonsense::counts(page)))
        .collect();
    let broken = records
        .searches
        .iter()
        .filter(|page| has_answered_badly(&page.capture))
        .count();
    let mut questions = Vec::new();
    for page in &records.searches {
        let Some(expected) = titles.get(&bare(query(page))) else {
            continue;
        };
        if messages.contains(&canonical(&expected.capture.url)) || expected.stands_in_navigation() {
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
        } else if broken >= 2 && has_answered_badly(&page.capture) {
            (Some(false), None)
        } else {
            (None, None)
        };
        questions.push(SearchQuestion {
            query: query(page).to_owned(),
            expected_url: address(expected).to_owned(),
            found,
            classified,
            status: page.capture.status.unwrap_or_default(),
            evidence: evidence(page, query(page)),
        });
    }
    let source = records.searches.first().or(home)?;
    let scripted = match form {
        Some(_) => None,
        None => scripted(records, home, links),
    };
    Some(SearchFacts {
        scripted,
        form,
        questions,
        evidence: evidence(source, ""),
        nonsense: answer,
    })
}

/// Fewer articles of the site for a word that nobody published may be a box that stands on this page only.
pub(super) const LISTED_MIN: usize = 3;

/// What a search lists for a word that nobody published: articles and guides that stand in no box of the site's other pages.
fn nonsense_answer(records: &Records, page: &PageFacts) -> Option<NonsenseAnswer> {
    if !page.capture.is_success() || !page.is_html || page.needs_script {
        return None;
    }
    let empty = NonsenseAnswer {
        query: query(page).to_owned(),
        shown: Vec::new(),
        evidence: evidence(page, query(page)),
    };
    if !page.no_results.is_empty() {
        return Some(empty);
    }
    let is_content = |url: &str| {
        let target = records.page(url);
        target.is_some_and(|target| {
            (target.article.is_some() || target.guide.is_some()) && !target.stands_in_navigation()
        })
    };
    let anchors = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor);
    let mut listed: BTreeMap<String, Place> = anchors
        .filter(|link| link.text.chars().count() >= 4 && is_content(&link.url))
        .map(|link| {
            let place = Place {
                url: link.url.clone(),
                text: link.text.clone(),
            };
            (canonical(&link.url), place)
        })
        .collect();
    let framed = records.framed(listed.keys());
    listed.retain(|address, _| !framed.contains(address));
    Some(NonsenseAnswer {
        shown: listed.into_values().collect(),
        ..empty
    })
}

/// A search that only a script offers, on the home page or else on any other. A link to a search that is dead offers none.
fn scripted(
    records: &Records,
    home: Option<&PageFacts>,
    links: &[LinkFacts],
) -> Option<EvidenceRef> {
    let is_dead = |url: &str| {
        let mut dead = links
            .iter()
            .filter(|link| matches!(link.state, LinkState::Dead { .. }));
        dead.any(|link| canonical(&link.url) == canonical(url))
    };
    let is_offered = |page: &&PageFacts| {
        let link = page.scripted_search.strip_prefix(search::LINK);
        let target = link.and_then(|link| link.rsplit_once(' '));
        !page.scripted_search.is_empty() && !target.is_some_and(|(_, url)| is_dead(url))
    };
    let mut pages = home.into_iter().chain(
        records
            .good_pages()
            .filter(|page| page.missing_wording.is_empty()),
    );
    let page = pages.find(is_offered)?;
    Some(evidence(page, &page.scripted_search))
}

/// Whether the site itself answered with a failure. What never got an answer (our guard, a name that did not resolve, a line that
/// broke) was asked once only and says nothing of the search.
fn has_answered_badly(capture: &Capture) -> bool {
    capture.status.is_some() && is_bad_look(capture) && !capture.is_blocked()
}

fn query(page: &PageFacts) -> &str {
    match &page.capture.purpose {
        Purpose::Search { query } => query,
        _ => "",
    }
}

/// What a search shows whatever it is asked: how often each address stands there for a word that nobody published.
struct Nonsense<'a> {
    was_asked: bool,
    shown: BTreeMap<String, u32>,
    /// The same of the answers to titles, each with its title. What one of them lacks is no part of the frame, even where the
    /// word that nobody published brought it up: as the newest, or as a recommendation.
    answers: Vec<(&'a str, BTreeMap<String, u32>)>,
    /// The same addresses as pages are kept by.
    addresses: BTreeMap<String, String>,
}

impl<'a> Nonsense<'a> {
    fn of(pages: impl Iterator<Item = &'a PageFacts>) -> Nonsense<'a> {
        let mut nonsense = Nonsense {
            was_asked: false,
            shown: BTreeMap::new(),
            answers: Vec::new(),
            addresses: BTreeMap::new(),
        };
        for link in pages.flat_map(|page| &page.links) {
            nonsense.was_asked = true;
            let key = page_key(&link.url);
            nonsense.addresses.insert(canonical(&link.url), key.clone());
            *nonsense.shown.entry(key).or_default() += link.count;
        }
        nonsense
    }

    /// Forgets what stands there and not in the frame of the site's pages.
    fn keep_framed(&mut self, records: &Records) {
        let framed = records.framed(self.addresses.keys());
        let kept: BTreeSet<&String> = framed
            .iter()
            .filter_map(|address| self.addresses.get(address))
            .collect();
        self.shown.retain(|key, _| kept.contains(key));
    }

    fn counts(page: &PageFacts) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for link in &page.links {
            *counts.entry(page_key(&link.url)).or_default() += link.count;
        }
        counts
    }

    /// Whether an address stands as often in every answer but that to this title: then it is a box of the page's frame and was not
    /// found. A newest article that stands in such a box and among the results too, was.
    fn shows(&self, address: &str, count: u32, title: &str) -> bool {
        let others = self.answers.iter().filter(|(other, _)| *other != title);
        let mut known = others.map(|(_, counts)| counts.get(address));
        self.shown.get(address).is_some_and(|shown| *shown >= count)
            && known.all(|known| known.is_some_and(|known| *known >= count))
    }
}

/// A search that knows the title may open the page itself, under this address or another one.
fn leads_to(page: &PageFacts, expected: &PageFacts) -> bool {
    if page.capture.hops.is_empty() || !page.capture.is_success() {
        return false;
    }
    let there = page_key(&page.capture.final_url);
    let is_there = [&*expected.capture.url, address(expected)]
        .iter()
        .any(|url| page_key(url) == there);
    let article = page.article.as_ref();
    is_there || article.is_some_and(|article| bare(&article.title) == bare(query(page)))
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
            if nonsense.shows(&address, count, query(page)) {
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
