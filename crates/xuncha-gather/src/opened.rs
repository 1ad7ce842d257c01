//! 打开的网页: pages that are opened in the browser after the crawl, made of what was archived as far as that goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use xuncha_core::evidence::{Capture, EvidenceRef};
use xuncha_core::facts::canonical;
use xuncha_core::facts::model::{FactRecord, LinkKind, PageFacts};
use xuncha_core::facts::opened::{AccessibilityFacts, ScreenFacts};

use crate::browser::{Inspected, Inspection, PageToInspect, Renderer, Unrendered};
use crate::gatherer::{Gatherer, Ledger};
use crate::render::Live;
use crate::report::GatherError;
use crate::state::SiteState;
use crate::unread::{Stored, hops};

/// Width of a phone's screen in CSS pixels.
const PHONE_PX: u32 = 390;
/// Parts of pages whose places are remembered.
const MAX_PARTS: usize = 2_000;
/// Items of a page that is a list, and letters of one that is an article.
const LIST_ITEMS: usize = 5;
const ARTICLE_CHARS: u32 = 100;

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub url: String,
    pub evidence: EvidenceRef,
}

/// Which pages of a site are opened, and where the evidence keeps what they are made of. Rebuilt from the records like all of the state.
#[derive(Default)]
pub(crate) struct Opening {
    is_wanted: bool,
    home: Option<Chosen>,
    list: Option<Chosen>,
    article: Option<Chosen>,
    parts: BTreeSet<String>,
    stored: BTreeMap<String, Stored>,
    failed: BTreeSet<String>,
    has_screen: bool,
    looked_at: BTreeSet<String>,
}

impl Opening {
    /// Without anybody who opens them, nothing is remembered.
    pub fn expect(&mut self) {
        self.is_wanted = true;
    }

    /// Takes in a page of the crawl.
    pub fn learn(&mut self, facts: &PageFacts, is_home: bool) {
        let capture = &facts.capture;
        if !self.is_wanted || !capture.is_success() || !facts.is_html {
            return;
        }
        let list = facts.list.as_ref();
        let is_list = list.is_some_and(|list| list.items.len() >= LIST_ITEMS && !list.needs_script);
        let article = facts.article.as_ref();
        let is_article =
            article.is_some_and(|one| one.published.is_some() && one.body_chars >= ARTICLE_CHARS);
        let place = match (is_home, is_article, is_list) {
            (true, _, _) => Some(&mut self.home),
            (_, true, _) => Some(&mut self.article),
            (_, _, true) => Some(&mut self.list),
            _ => None,
        };
        let is_chosen = place.is_some_and(|place| {
            let is_free = place.is_none();
            place.get_or_insert_with(|| Chosen {
                url: capture.url.clone(),
                evidence: capture.evidence.clone(),
            });
            is_free
        });
        // Frames of a page belong to it.
        if is_chosen || self.parts.contains(&canonical(&capture.url)) {
            self.store(capture);
            self.expect_parts(facts);
        }
    }

    /// Takes in a look at a file, and what a style sheet names.
    pub fn learn_look(&mut self, capture: &Capture, facts: Option<&PageFacts>) {
        if !self.is_wanted || !self.parts.contains(&canonical(&capture.url)) {
            return;
        }
        self.store(capture);
        if let Some(facts) = facts.filter(|facts| !facts.is_html) {
            self.expect_parts(facts);
        }
    }

    fn expect_parts(&mut self, facts: &PageFacts) {
        let is_part = |kind| {
            matches!(
                kind,
                LinkKind::Image | LinkKind::Script | LinkKind::Style | LinkKind::Frame
            )
        };
        let parts = facts.links.iter().filter(|link| is_part(link.kind));
        let room = MAX_PARTS.saturating_sub(self.parts.len());
        let parts = parts.take(room).map(|link| canonical(&link.url));
        self.parts.extend(parts);
    }

    fn store(&mut self, capture: &Capture) {
        let has_answered = capture.failure.is_none() && capture.status.is_some();
        if !has_answered {
            self.failed.insert(canonical(&capture.url));
        } else if !capture.truncated && !capture.evidence.record.is_empty() {
            self.stored.extend(hops(capture));
        }
    }

    /// Takes in what was seen of a page.
    pub fn seen(&mut self, record: &FactRecord) {
        match record {
            FactRecord::Screen(_) => self.has_screen = true,
            FactRecord::Accessibility(facts) => {
                self.looked_at.insert(facts.url.clone());
            }
            _ => {}
        }
    }

    /// The page that is to be measured.
    pub fn to_measure(&self) -> Option<&Chosen> {
        self.home.as_ref().filter(|_| !self.has_screen)
    }

    /// The next page in which faults are to be looked for.
    pub fn to_look_at(&self) -> Option<&Chosen> {
        let chosen = [&self.home, &self.list, &self.article];
        let mut chosen = chosen.into_iter().flatten();
        chosen.find(|page| !self.looked_at.contains(&page.url))
    }

    pub fn stored(&self, url: &str) -> Option<&Stored> {
        self.stored.get(&canonical(url))
    }

    /// Whether an address gave no answer at the crawl: it is not asked again for this.
    pub fn has_failed(&self, url: &str) -> bool {
        self.failed.contains(&canonical(url))
    }
}

/// What a page came to in the browser. `None` where there is no browser after all: nothing is recorded then, and a later run may.
pub(crate) async fn open(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    renderer: &dyn Renderer,
    state: &SiteState,
    chosen: &Chosen,
    engine: Option<&Arc<str>>,
) -> Result<Option<FactRecord>, GatherError> {
    let supplier = Live {
        gatherer,
        ledger,
        state,
        page: &chosen.url,
        is_inspection: true,
        looks: Mutex::default(),
        document: Mutex::default(),
        trouble: Mutex::default(),
    };
    let inspection = match engine {
        None => Inspection::Screen { width: PHONE_PX },
        Some(engine) => Inspection::Access {
            engine: engine.clone(),
        },
    };
    let page = PageToInspect {
        url: chosen.url.clone(),
        now: gatherer.client.clock().now(),
        inspection,
    };
    let result = renderer.inspect(&page, &supplier).await;
    let (trouble, document) = supplier.into_parts();
    if let Some(error) = trouble {
        return Err(error);
    }
    let evidence = Some(document.unwrap_or_else(|| chosen.evidence.clone()));
    let url = chosen.url.clone();
    let record = match result {
        Err(Unrendered::NoBrowser(why)) => {
            gatherer.lack_browser(&why);
            return Ok(None);
        }
        Err(error) if engine.is_some() => accessibility(AccessibilityFacts {
            url,
            trouble: error.to_string(),
            evidence,
            ..AccessibilityFacts::default()
        }),
        Err(error) => screen(ScreenFacts {
            url,
            screen_px: PHONE_PX,
            trouble: error.to_string(),
            evidence,
            ..ScreenFacts::default()
        }),
        Ok(Inspected::Screen(seen)) => screen(ScreenFacts {
            url,
            screen_px: PHONE_PX,
            viewport_px: seen.viewport_px,
            content_px: seen.content_px,
            widest: seen.widest,
            widest_px: seen.widest_px,
            quote: seen.quote,
            doubts: seen.doubts,
            trouble: String::new(),
            evidence,
        }),
        Ok(Inspected::Access(seen)) => accessibility(AccessibilityFacts {
            url,
            engine: seen.engine,
            faults: seen.faults,
            doubts: seen.doubts,
            trouble: String::new(),
            evidence,
        }),
    };
    ledger.append(&record)?;
    Ok(Some(record))
}

fn screen(facts: ScreenFacts) -> FactRecord {
    FactRecord::Screen(Box::new(facts))
}

fn accessibility(facts: AccessibilityFacts) -> FactRecord {
    FactRecord::Accessibility(Box::new(facts))
}
