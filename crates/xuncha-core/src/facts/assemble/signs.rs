//! What a security officer would stop at, over the whole site: each sign once, with all its places.

use std::collections::{BTreeMap, BTreeSet};

use super::front;
use super::records::{Records, address, evidence};
use crate::evidence::Purpose;
use crate::facts::model::{PageFacts, Sign, SignCase, SiteSign};
use crate::facts::reason_of;
use crate::facts::safety::{host_of, registered};
use crate::facts::scope::canonical;
use crate::verdict::{Confidence, MAX_PLACES, Place};
use crate::words::{OWN_WORD_SENTENCES, Reason};

/// Signs of one site that are kept.
const SIGNS_MAX: usize = 5000;

/// Signs of all pages and files that were read.
pub(super) fn signs(records: &Records, home: Option<&PageFacts>) -> Vec<SiteSign> {
    let opened = home.map_or_else(Vec::new, |home| front::opened(records, home));
    let home_urls: BTreeSet<&str> = opened
        .into_iter()
        .chain(home)
        .map(|page| page.capture.url.as_str())
        .collect();
    let mut found: BTreeMap<(SignCase, &str, &str, &str), SiteSign> = BTreeMap::new();
    let own = home.map_or("", |home| registered(host_of(address(home))));
    let is_outside = |page: &&PageFacts| registered(host_of(&page.capture.url)) != own;
    let outside: BTreeMap<String, &Sign> = records
        .documents
        .values()
        .filter(is_outside)
        .flat_map(|page| &page.signs)
        .map(|sign| (canonical(&sign.what), sign))
        .collect();
    let files = records.documents.values().filter(|page| !is_outside(page));
    let own_words = own_words(records);
    let names = own_names(home);
    let is_own_word =
        |what: &str| own_words.contains(what) || names.iter().any(|name| name.contains(what));
    for page in records.good_pages().chain(files) {
        let url = address(page);
        let on_home = home_urls.contains(page.capture.url.as_str());
        let targets = page.links.iter().filter(|_| !outside.is_empty());
        let targets = targets.filter_map(|link| outside.get(&canonical(&link.url)).copied());
        for sign in page.signs.iter().chain(targets) {
            if sign.case.is_outline()
                || !still_stands(records, sign)
                || is_guess(sign) && is_own_word(&sign.what)
            {
                continue;
            }
            // Personal data is a matter of the page that shows it: what is there has to be taken down there.
            let of_page = if sign.case.is_personal() || belongs_to_page(sign.case) {
                url
            } else {
                ""
            };
            let way = if sign.case == SignCase::NoExitPrompt {
                ""
            } else {
                &sign.way
            };
            let place = Place {
                url: url.to_owned(),
                text: if page.title.is_empty() {
                    sign.quote.clone()
                } else {
                    page.title.clone()
                },
            };
            let entry = found
                .entry((sign.case, &sign.what, way, of_page))
                .or_insert_with(|| SiteSign {
                    sign: sign.clone(),
                    url: url.to_owned(),
                    on_home: false,
                    places: Vec::new(),
                    place_count: 0,
                    evidence: evidence(page, &sign.quote),
                });
            entry.on_home |= on_home;
            entry.sign.confidence = entry.sign.confidence.max(sign.confidence);
            entry.place_count += 1;
            if entry.places.len() < MAX_PLACES {
                entry.places.push(place);
            }
        }
    }
    let cloaked = home.into_iter().flat_map(|home| cloaked(records, home));
    cloaked.chain(found.into_values()).take(SIGNS_MAX).collect()
}

/// What the site calls itself: no part of it is a slip, however rare the place's name.
fn own_names(home: Option<&PageFacts>) -> Vec<&str> {
    let Some(home) = home else {
        return Vec::new();
    };
    let tag = home.metas.get("SiteName").map(String::as_str);
    [Some(home.title.as_str()), tag]
        .into_iter()
        .flatten()
        .collect()
}

/// Pages from which on a guess of low confidence is the site's own word, whatever the sentence: guides and templates repeat theirs.
const OWN_WORD_PAGES: usize = 6;

/// 本站用语: what stands in so many different sentences of the site, or unsurely on so many pages, is its own word and no slip.
fn own_words(records: &Records) -> BTreeSet<&str> {
    #[derive(Default)]
    struct Seen<'r> {
        sentences: BTreeSet<&'r str>,
        pages: BTreeSet<&'r str>,
        is_surer: bool,
    }
    let mut words: BTreeMap<&str, Seen> = BTreeMap::new();
    for page in records.good_pages() {
        for sign in page.signs.iter().filter(|sign| is_guess(sign)) {
            let seen = words.entry(&sign.what).or_default();
            seen.sentences.insert(&sign.quote);
            seen.pages.insert(address(page));
            seen.is_surer |= sign.confidence > Confidence::Low;
        }
    }
    // The title of one article stands on every page that lists it, and is no template.
    let title = |word: &str| {
        let articles = records
            .good_pages()
            .filter_map(|page| page.article.as_ref());
        let dated = articles.filter(|article| article.published.is_some());
        let mut titles = dated.filter(|article| article.title.contains(word));
        let only = titles.next().map(|article| article.title.as_str());
        only.filter(|_| titles.next().is_none())
    };
    words.retain(|word, seen| {
        let title = title(word).map(|title| around(title, word));
        let is_title =
            |sentence: &&&str| title.as_ref().is_some_and(|title| sentence.contains(title));
        let others = seen.sentences.len() - seen.sentences.iter().filter(is_title).count();
        let is_everywhere = !seen.is_surer && seen.pages.len() >= OWN_WORD_PAGES;
        others >= OWN_WORD_SENTENCES || is_everywhere && (title.is_none() || others > 0)
    });
    words.into_keys().collect()
}

/// A word with what stands beside it in a title: lists cut titles short.
fn around(title: &str, word: &str) -> String {
    const BESIDE: usize = 3;
    let at = title.find(word).unwrap_or_default();
    let before: Vec<char> = title[..at].chars().rev().take(BESIDE).collect();
    let behind = title[at + word.len()..].chars().take(BESIDE);
    before
        .into_iter()
        .rev()
        .chain(word.chars())
        .chain(behind)
        .collect()
}

/// Whether a sign is a wrong character that no dictionary of wrong words has.
fn is_guess(sign: &Sign) -> bool {
    sign.case == SignCase::WrongCharacters
        && reason_of(sign).is_none_or(|(reason, _)| reason != Reason::KnownPair)
}

/// What search engines, or those who come from them, are shown in place of the home page.
fn cloaked(records: &Records, home: &PageFacts) -> Option<SiteSign> {
    let site = |page: &PageFacts| registered(host_of(address(page))).to_owned();
    let is_harmful = |sign: &&Sign| {
        sign.confidence == Confidence::High
            && matches!(
                sign.case,
                SignCase::Gambling
                    | SignCase::Pornography
                    | SignCase::TamperedTitle
                    | SignCase::TamperedText
                    | SignCase::HiddenLink
                    | SignCase::ScriptedLink
                    | SignCase::SearchRedirect
            )
    };
    let shown = |page: &PageFacts, sign: &Sign| {
        page.signs
            .iter()
            .any(|other| (other.case, &other.what) == (sign.case, &sign.what))
    };
    records.disguised.iter().find_map(|page| {
        let capture = &page.capture;
        if !capture.is_success() || !page.is_html || !page.blocked_wording.is_empty() {
            return None;
        }
        let elsewhere = site(page) != site(home);
        let harmful = page
            .signs
            .iter()
            .filter(is_harmful)
            .find(|sign| !shown(home, sign));
        let what = match (elsewhere, harmful) {
            (true, _) => format!("跳转到{}", host_of(address(page))),
            (false, Some(sign)) => sign.what.clone(),
            (false, None) => return None,
        };
        let way = match capture.purpose {
            Purpose::Disguised { as_robot: true } => "robot",
            _ => "visitor",
        };
        let quote = harmful.map_or_else(|| page.title.clone(), |sign| sign.quote.clone());
        // The address that was asked; a page in front of the home page may lead browsers on to another.
        let url = capture.url.clone();
        Some(SiteSign {
            sign: Sign {
                case: SignCase::Cloaked,
                what,
                way: way.to_owned(),
                quote: quote.clone(),
                confidence: Confidence::High,
            },
            places: vec![Place {
                url: url.clone(),
                text: page.title.clone(),
            }],
            url,
            on_home: true,
            place_count: 1,
            evidence: evidence(page, &quote),
        })
    })
}

/// Signs that are about the page or file itself.
fn belongs_to_page(case: SignCase) -> bool {
    matches!(
        case,
        SignCase::TamperedText
            | SignCase::Macro
            | SignCase::Unopened
            | SignCase::OtherKind
            | SignCase::Unread
    )
}

/// Whether what a link offers really came: a file that is not there leaks nothing.
fn still_stands(records: &Records, sign: &Sign) -> bool {
    if sign.case != SignCase::LeakedFile {
        return true;
    }
    let key = canonical(&sign.what);
    let looks = records.looks.get(&key);
    looks
        .and_then(|looks| looks.last())
        .is_some_and(|look| look.is_success() && look.size_bytes > 0)
}
