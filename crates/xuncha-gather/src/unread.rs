//! 待渲染: pages that show their content only to a browser, and where the evidence keeps what they are made of.

use std::collections::{BTreeMap, HashMap, VecDeque};

use xuncha_core::evidence::Capture;
use xuncha_core::facts::canonical;
use xuncha_core::facts::model::PageFacts;

/// 待渲染页面. A page of the crawl that needs its scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Address.
    pub url: String,
    /// Links away from the home page.
    pub depth: u32,
}

/// Where an address leads in the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// To another address.
    Hop {
        /// Status of the redirect.
        status: u16,
        /// Its target.
        to: String,
    },
    /// To this record.
    Record(String),
}

/// The addresses of a capture, each with where it leads; the answer comes last, since an address may redirect to itself first.
pub(crate) fn hops(capture: &Capture) -> Vec<(String, Stored)> {
    let targets = capture.hops.iter().skip(1).map(|hop| &hop.url);
    let targets = targets.chain(std::iter::once(&capture.final_url));
    let leads = capture.hops.iter().zip(targets).map(|(hop, to)| {
        let (status, to) = (hop.status, to.clone());
        (canonical(&hop.url), Stored::Hop { status, to })
    });
    let record = Stored::Record(capture.evidence.record.clone());
    leads
        .chain(std::iter::once((canonical(&capture.final_url), record)))
        .collect()
}

/// The pages that wait, in the order of the crawl, and the evidence by address. Rebuilt from the records like all of the state.
#[derive(Default)]
pub(crate) struct Rendering {
    has_browser: bool,
    waiting: VecDeque<Unread>,
    depths: HashMap<String, u32>,
    tried: usize,
    troubles: BTreeMap<String, String>,
    stored: BTreeMap<String, Stored>,
}

impl Rendering {
    /// Without a browser nobody asks where the evidence stands.
    pub fn expect_browser(&mut self) {
        self.has_browser = true;
    }

    /// Whether a browser will ask.
    pub fn expects_browser(&self) -> bool {
        self.has_browser
    }

    /// Takes in a page of the crawl.
    pub fn learn(&mut self, facts: &PageFacts, depth: u32) {
        let url = &facts.capture.url;
        let is_readable = facts.capture.is_success() && facts.missing_wording.is_empty();
        if !facts.waits_for_script() || !is_readable || self.depths.contains_key(url) {
            return;
        }
        self.depths.insert(url.clone(), depth);
        self.waiting.push_back(Unread {
            url: url.clone(),
            depth,
        });
        self.store(&facts.capture);
    }

    /// Remembers where an answer stands.
    pub fn store(&mut self, capture: &Capture) {
        let is_whole = capture.is_success() && !capture.truncated;
        if self.has_browser && is_whole && !capture.evidence.record.is_empty() {
            self.stored.extend(hops(capture));
        }
    }

    /// A page was rendered, or could not be, and what was wrong with that; empty for nothing. Answers with its depth.
    pub fn tried(&mut self, url: &str, trouble: &str) -> u32 {
        self.waiting.retain(|unread| unread.url != url);
        self.tried += 1;
        if !trouble.is_empty() {
            self.troubles.insert(url.to_owned(), trouble.to_owned());
        }
        self.depths.get(url).copied().unwrap_or_default()
    }

    pub fn next(&self) -> Option<&Unread> {
        self.waiting.front()
    }

    pub fn tried_count(&self) -> usize {
        self.tried
    }

    pub fn stored(&self, url: &str) -> Option<&Stored> {
        self.stored.get(&canonical(url))
    }

    /// Pages that were not read, or not wholly: those that were tried with the reason, then those that nobody tried.
    pub fn unrendered(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let tried = self.troubles.iter();
        let tried = tried.map(|(url, why)| (url.as_str(), Some(why.as_str())));
        tried.chain(
            self.waiting
                .iter()
                .map(|unread| (unread.url.as_str(), None)),
        )
    }
}
