//! Records sorted by what they are for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, date};

use crate::evidence::{Capture, EvidenceRef, Purpose};
use crate::facts::model::{BodyKind, DateSource, FactRecord, Link, LinkKind, PageFacts, SignCase};
use crate::facts::network::NetworkFacts;
use crate::facts::opened::{AccessibilityFacts, ScreenFacts};
use crate::facts::scope::{canonical, folder_of_default};
use crate::facts::skip::Skip;

/// All records of one target.
pub(super) struct Records {
    pub monitor_from: DateTime,
    pub as_of: DateTime,
    /// Pages by canonical address; the last good answer, else the last.
    pub pages: BTreeMap<String, PageFacts>,
    /// Every look at an address, by canonical address, in order of time.
    pub looks: BTreeMap<String, Vec<Capture>>,
    /// Facts of every page answer, by canonical address, in order of time: what the text of each look was.
    pub answers: BTreeMap<String, Vec<Answer>>,
    pub probes: Vec<Capture>,
    pub snapshots: Vec<PageFacts>,
    pub searches: Vec<PageFacts>,
    /// The home page as search engines and those who come from them see it.
    pub disguised: Vec<PageFacts>,
    pub missing: Option<PageFacts>,
    pub account_pages: Vec<PageFacts>,
    pub skipped: BTreeMap<String, Skip>,
    pub phases: BTreeSet<String>,
    /// Style sheets and sitemaps: they link without being pages.
    pub sources: BTreeMap<String, PageFacts>,
    /// Files of the site that were read for what they say.
    pub documents: BTreeMap<String, PageFacts>,
    pub network: Option<Box<NetworkFacts>>,
    pub screen: Option<Box<ScreenFacts>>,
    /// By address.
    pub accessibility: BTreeMap<String, AccessibilityFacts>,
    /// Visits that failed, as they went over the second path, by slot.
    pub probes_again: BTreeMap<u32, Capture>,
    /// Pages as they stood after their scripts had run.
    rendered: BTreeMap<String, PageFacts>,
    /// Why pages could not be rendered, or not wholly.
    pub rendering_troubles: BTreeMap<String, String>,
}

/// What a page answer said about being missing.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub at: DateTime,
    pub missing_wording: String,
    pub blocked_wording: String,
    pub body_kind: BodyKind,
    pub is_article: bool,
    pub text_simhash: u64,
    pub text_chars: u32,
}

impl Records {
    pub fn gather(records: impl Iterator<Item = FactRecord>) -> Records {
        let start = date(1970, 1, 1).at(0, 0, 0, 0);
        let mut all = Records {
            monitor_from: start,
            as_of: start,
            pages: BTreeMap::new(),
            looks: BTreeMap::new(),
            answers: BTreeMap::new(),
            probes: Vec::new(),
            snapshots: Vec::new(),
            searches: Vec::new(),
            disguised: Vec::new(),
            missing: None,
            account_pages: Vec::new(),
            skipped: BTreeMap::new(),
            phases: BTreeSet::new(),
            sources: BTreeMap::new(),
            documents: BTreeMap::new(),
            network: None,
            screen: None,
            accessibility: BTreeMap::new(),
            probes_again: BTreeMap::new(),
            rendered: BTreeMap::new(),
            rendering_troubles: BTreeMap::new(),
        };
        for record in records {
            match record {
                FactRecord::Header {
                    monitor_from,
                    as_of,
                    ..
                } => {
                    all.monitor_from = monitor_from;
                    all.as_of = as_of;
                }
                FactRecord::Page(page) => all.add_page(*page),
                FactRecord::Look(capture) => all.add_look(capture),
                FactRecord::Skipped { url, why } => {
                    all.skipped.insert(canonical(&url), why);
                }
                FactRecord::NotRendered { url, why } => {
                    all.rendering_troubles.insert(url, why);
                }
                FactRecord::Robots { .. } => {}
                FactRecord::PhaseDone { phase } => {
                    all.phases.insert(phase);
                }
                FactRecord::Network(facts) => {
                    all.phases.insert("network".to_owned());
                    all.network = Some(facts);
                }
                FactRecord::Screen(facts) => all.screen = Some(facts),
                FactRecord::Accessibility(facts) => {
                    all.accessibility.insert(facts.url.clone(), *facts);
                }
            }
        }
        all.show_rendered();
        all.drop_template_days();
        for looks in all.looks.values_mut() {
            looks.sort_by_key(|look| look.at);
        }
        all.probes.sort_by_key(|probe| probe.at);
        all.snapshots.sort_by_key(|page| page.capture.at);
        all
    }

    /// The moment of publication that a template wrote into the tags of pages of many days tells of none of them; what lists say counts.
    fn drop_template_days(&mut self) {
        const PAGES_MIN: usize = 5;
        let tagged = |page: &PageFacts| {
            let published = page.article.as_ref()?.published.as_ref()?;
            (published.source == DateSource::Meta).then(|| published.quote.clone())
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for quote in self.pages.values().filter_map(tagged) {
            *counts.entry(quote).or_default() += 1;
        }
        let Some((quote, count)) = counts.into_iter().max_by_key(|(_, count)| *count) else {
            return;
        };
        if count < PAGES_MIN {
            return;
        }
        let items = self.pages.values().flat_map(|page| page.lists().flatten());
        let listed: BTreeMap<String, Date> = items
            .filter_map(|item| Some((canonical(&item.url), item.date?)))
            .collect();
        // Articles that were all brought in on one day stand so in the lists too.
        let is_contradicted = |(url, page): &(&String, &PageFacts)| {
            let article = page.article.as_ref();
            let published = article.and_then(|article| article.published.as_ref());
            tagged(page).as_ref() == Some(&quote)
                && listed.get(*url).is_some_and(|day| {
                    published.is_some_and(|published| (published.date - *day).get_days().abs() > 1)
                })
        };
        if self.pages.iter().filter(is_contradicted).count() * 2 < count {
            return;
        }
        for page in self.pages.values_mut() {
            if tagged(page).as_ref() == Some(&quote)
                && let Some(article) = &mut page.article
            {
                article.published = None;
            }
        }
    }

    fn add_look(&mut self, capture: Capture) {
        match capture.purpose {
            Purpose::Probe { .. } => {
                self.probes.push(capture);
                return;
            }
            Purpose::ProbeAgain { slot } => {
                self.probes_again.insert(slot, capture);
                return;
            }
            _ => {}
        }
        self.looks
            .entry(canonical(&capture.url))
            .or_default()
            .push(capture);
    }

    /// A page that showed nothing without its scripts is read as it stood after they had run. Of a rendering that was not whole, or
    /// that took something away, only the links count: that the page shows less may be our doing.
    fn show_rendered(&mut self) {
        for (key, rendered) in std::mem::take(&mut self.rendered) {
            let Some(page) = self.pages.get_mut(&key) else {
                continue;
            };
            if !page.capture.is_success() || !page.waits_for_script() {
                continue;
            }
            let trouble = rendering_trouble(page, &rendered);
            if rendered.is_rendered_whole() && shows_more(page, &rendered) {
                *page = rendered;
            } else {
                add_links(page, rendered.links);
            }
            if !trouble.is_empty() {
                let url = page.capture.url.clone();
                self.rendering_troubles.insert(url, trouble);
            }
        }
    }

    fn add_page(&mut self, page: PageFacts) {
        if page.rendering.is_some() {
            self.rendered.insert(canonical(&page.capture.url), page);
            return;
        }
        match &page.capture.purpose {
            Purpose::Probe { .. } => self.probes.push(page.capture),
            Purpose::ProbeAgain { slot } => {
                self.probes_again.insert(*slot, page.capture);
            }
            Purpose::HomeSnapshot { .. } => self.snapshots.push(page),
            Purpose::Search { .. } => self.searches.push(page),
            Purpose::MissingPage => self.missing = Some(page),
            Purpose::Disguised { .. } => self.disguised.push(page),
            Purpose::Account => {
                self.looks
                    .entry(canonical(&page.capture.url))
                    .or_default()
                    .push(page.capture.clone());
                self.account_pages.push(page);
            }
            Purpose::Page | Purpose::Link { .. } => self.add_site_page(page),
        }
    }

    /// Of a page that came in place of a file, what speaks against the file counts, and nothing that the page says.
    fn add_page_for_file(&mut self, key: String, mut page: PageFacts) {
        page.signs.retain(|sign| sign.case == SignCase::OtherKind);
        if !page.signs.is_empty() {
            self.documents.insert(key, page);
        }
    }

    fn add_site_page(&mut self, page: PageFacts) {
        let key = canonical(&page.capture.url);
        self.looks
            .entry(key.clone())
            .or_default()
            .push(page.capture.clone());
        self.answers.entry(key.clone()).or_default().push(Answer {
            at: page.capture.at,
            missing_wording: page.missing_wording.clone(),
            blocked_wording: page.blocked_wording.clone(),
            body_kind: page.body_kind,
            is_article: page.article.is_some(),
            text_simhash: page.text_simhash,
            text_chars: page.text_chars,
        });
        // A look was read for its words or its links; that makes it no page of the site.
        let is_page = page.capture.purpose == Purpose::Page || self.pages.contains_key(&key);
        if !is_page {
            if !page.is_html && !page.links.is_empty() {
                self.sources.insert(key, page);
            } else if !page.is_html && !page.signs.is_empty() {
                self.documents.insert(key, page);
            } else if page.is_html {
                self.add_page_for_file(key, page);
            }
            return;
        }
        let is_better = self
            .pages
            .get(&key)
            .is_none_or(|before| page.capture.is_success() || !before.capture.is_success());
        if is_better {
            self.pages.insert(key, page);
        }
    }

    /// A page that was read well, also under the other scheme.
    pub fn page(&self, url: &str) -> Option<&PageFacts> {
        let key = canonical(url);
        let good = |key: &str| self.pages.get(key).filter(|page| page.capture.is_success());
        good(&key).or_else(|| good(&other_scheme(&key)?))
    }

    /// Those of these addresses that stand in the frame of the site's pages: one article's page in so many links them.
    pub fn framed<'u>(&self, addresses: impl Iterator<Item = &'u String>) -> BTreeSet<String> {
        const SHARE: usize = 4;
        let mut counts: BTreeMap<&str, usize> = addresses.map(|one| (one.as_str(), 0)).collect();
        let mut pages = 0;
        for page in self.good_pages().filter(|page| page.article.is_some()) {
            pages += 1;
            let urls: BTreeSet<String> =
                page.links.iter().map(|link| canonical(&link.url)).collect();
            for (address, count) in &mut counts {
                *count += usize::from(urls.contains(*address));
            }
        }
        let is_framed = |count: usize| count > 0 && count * SHARE >= pages;
        let framed = counts.into_iter().filter(|(_, count)| is_framed(*count));
        framed.map(|(address, _)| address.to_owned()).collect()
    }

    /// Drops pages that were also read under the home page's scheme: one page, one entry.
    pub fn drop_twins(&mut self, scheme: &str) {
        let twins: Vec<String> = self
            .pages
            .keys()
            .filter(|key| !key.starts_with(&format!("{scheme}://")))
            .filter(|key| {
                let twin = other_scheme(key).and_then(|twin| self.pages.get(&twin));
                twin.is_some_and(|twin| twin.capture.is_success())
            })
            .cloned()
            .collect();
        for key in twins {
            self.pages.remove(&key);
        }
    }

    /// Default documents whose folder was read with the same body: one page under two addresses.
    pub fn default_documents(&self) -> BTreeSet<String> {
        let is_twin = |key: &str, page: &PageFacts| {
            let folder = folder_of_default(key).and_then(|folder| self.pages.get(&folder));
            let sha256 = &page.capture.evidence.sha256;
            folder.is_some_and(|folder| {
                folder.capture.is_success()
                    && page.capture.is_success()
                    && folder.capture.evidence.sha256 == *sha256
                    && !sha256.is_empty()
            })
        };
        self.pages
            .iter()
            .filter(|(key, page)| is_twin(key, page))
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// Pages that were read well, in the order of address.
    pub fn good_pages(&self) -> impl Iterator<Item = &PageFacts> {
        self.pages
            .values()
            .filter(|page| page.is_html && page.capture.is_success())
    }
}

/// Why a rendering does not say all that a reader would see; empty where it does.
fn rendering_trouble(page: &PageFacts, rendered: &PageFacts) -> String {
    let doubts = rendered.rendering.iter().flat_map(|one| &one.doubts);
    let doubts: Vec<&str> = doubts.map(String::as_str).collect();
    if !doubts.is_empty() {
        return doubts.join("；");
    }
    let trouble = if !rendered.is_rendered_whole() || !shows_more(page, rendered) {
        "执行脚本后没有显示更多内容"
    } else if rendered.needs_script {
        "执行脚本后仍没有内容"
    } else {
        ""
    };
    trouble.to_owned()
}

fn shows_more(page: &PageFacts, rendered: &PageFacts) -> bool {
    rendered.capture.is_success()
        && rendered.text_chars >= page.text_chars
        && rendered.missing_wording.is_empty()
}

/// A link that shows is a link, whatever else of the page did not come.
fn add_links(page: &mut PageFacts, links: Vec<Link>) {
    let known: BTreeSet<(String, LinkKind)> = page
        .links
        .iter()
        .map(|link| (link.url.clone(), link.kind))
        .collect();
    let fresh = links
        .into_iter()
        .filter(|link| !known.contains(&(link.url.clone(), link.kind)));
    page.links.extend(fresh);
}

fn other_scheme(url: &str) -> Option<String> {
    match url.strip_prefix("http://") {
        Some(rest) => Some(format!("https://{rest}")),
        None => Some(format!("http://{}", url.strip_prefix("https://")?)),
    }
}

/// An address without its scheme and `www.`: the same for all spellings of one page.
pub(super) fn page_key(url: &str) -> String {
    let key = canonical(url);
    let rest = key.split_once("://").map_or(key.as_str(), |(_, rest)| rest);
    rest.trim_start_matches("www.").to_owned()
}

/// The evidence of a page, quoting a spot.
pub(super) fn evidence(page: &PageFacts, quote: &str) -> EvidenceRef {
    page.capture.evidence.quoting(quote)
}

/// The address that a page answered under.
pub(super) fn address(page: &PageFacts) -> &str {
    if page.capture.final_url.is_empty() {
        &page.capture.url
    } else {
        &page.capture.final_url
    }
}
