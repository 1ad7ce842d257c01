//! 页面图片: pictures of archived pages. Nothing is asked of any site: what a page is made of comes from the evidence, and what the
//! evidence does not hold is missing in the picture.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use jiff::civil::DateTime;
use xuncha_core::evidence::{Capture, EvidenceRef};
use xuncha_core::facts::model::{BodyKind, FactRecord};
use xuncha_core::facts::{self, canonical};

use crate::browser::{Asked, PageToShow, Renderer, Supplier, Supply, Unrendered};
use crate::shelf::without_wire;
use crate::sink::KeptAnswer;
use crate::unread::{Stored, hops};

/// Width of the window.
const WIDTH: u32 = 1280;
/// Height at which a picture is cut.
const MAX_HEIGHT: u32 = 2400;

/// How a record is read back.
type Read = Box<dyn Fn(&str) -> Option<KeptAnswer> + Send + Sync>;

/// 证据索引. Where each address of a target stands in its evidence.
pub struct Archive {
    stored: BTreeMap<String, Stored>,
    pages: BTreeMap<String, Shown>,
    read: Read,
}

/// 图片所示. What a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Address of the page.
    pub url: &'a str,
    /// SHA-256 of its body.
    pub sha256: &'a str,
    /// When it was captured.
    pub at: DateTime,
}

/// A record that can be shown.
#[derive(Clone)]
struct Shown {
    url: String,
    sha256: String,
    at: DateTime,
    is_rendered: bool,
}

impl Archive {
    /// Over a target's records; `read` reads an answer back by its record.
    pub fn new(records: impl Iterator<Item = FactRecord>, read: Read) -> Archive {
        let mut archive = Archive {
            stored: BTreeMap::new(),
            pages: BTreeMap::new(),
            read,
        };
        for record in records {
            match record {
                FactRecord::Page(page) if page.rendering.is_some() => {
                    archive.learn_page(&page.capture, true);
                }
                FactRecord::Page(page) => {
                    archive.learn(&page.capture);
                    archive.learn_page(&page.capture, false);
                }
                FactRecord::Look(capture) => {
                    archive.learn(&capture);
                    archive.learn_page(&capture, false);
                }
                _ => {}
            }
        }
        archive
    }

    fn learn(&mut self, capture: &Capture) {
        if capture.is_success() && !capture.evidence.record.is_empty() {
            self.stored.extend(hops(capture));
        }
    }

    fn learn_page(&mut self, capture: &Capture, is_rendered: bool) {
        let is_page = capture.content_type.to_ascii_lowercase().contains("html");
        if is_page && capture.status.is_some() && capture.size_bytes > 0 {
            let shown = Shown {
                url: capture.final_url.clone(),
                sha256: capture.evidence.sha256.clone(),
                at: capture.at,
                is_rendered,
            };
            self.pages.insert(capture.evidence.record.clone(), shown);
        }
    }

    /// The record of an address's page, as it was read last: rendered, where it was.
    pub fn page(&self, url: &str) -> Option<&str> {
        let wanted = match self.stored.get(&canonical(url)) {
            Some(Stored::Hop { to, .. }) => canonical(to),
            _ => canonical(url),
        };
        let of_it = |shown: &Shown| canonical(&shown.url) == wanted;
        let records = self.pages.iter().filter(|(_, shown)| of_it(shown));
        records
            .max_by_key(|(_, shown)| (shown.is_rendered, shown.at))
            .map(|(record, _)| record.as_str())
    }

    /// What a record shows.
    pub fn subject(&self, record: &str) -> Option<Subject<'_>> {
        self.pages.get(record).map(|shown| Subject {
            url: &shown.url,
            sha256: &shown.sha256,
            at: shown.at,
        })
    }

    /// Of these proofs those that can be shown: the first ones, each once. Records elsewhere have the same numbers and other hashes.
    pub fn choose<'a>(
        &self,
        proofs: impl Iterator<Item = &'a EvidenceRef>,
        most: usize,
    ) -> Vec<&'a str> {
        let is_own = |proof: &EvidenceRef| {
            let shown = self.pages.get(&proof.record);
            shown.is_some_and(|shown| shown.sha256 == proof.sha256)
        };
        let mut seen = BTreeSet::new();
        proofs
            .filter(|proof| is_own(proof) && seen.insert(&proof.record))
            .map(|proof| proof.record.as_str())
            .take(most)
            .collect()
    }

    /// The picture of a record.
    pub async fn picture(
        &self,
        renderer: &dyn Renderer,
        record: &str,
    ) -> Result<Vec<u8>, Unrendered> {
        let Some(shown) = self.pages.get(record) else {
            return Err(Unrendered::NoDocument(format!("{record} 不是网页")));
        };
        let supplier = OnePage {
            archive: self,
            url: &shown.url,
            record,
        };
        let page = PageToShow {
            url: shown.url.clone(),
            runs_scripts: !shown.is_rendered,
            width: WIDTH,
            max_height: MAX_HEIGHT,
        };
        renderer.show(&page, &supplier).await
    }

    fn answer(&self, stored: &Stored) -> Option<Supply> {
        match stored {
            Stored::Hop { status, to } => Some(Supply::Answer {
                status: *status,
                headers: vec![("Location".to_owned(), to.clone())],
                body: Vec::new(),
            }),
            Stored::Record(record) => (self.read)(record).map(|kept| Supply::Answer {
                status: kept.status,
                headers: without_wire(kept.headers),
                body: masked(kept.body),
            }),
        }
    }
}

/// A page with the numbers of persons masked: pictures of it are views like all others.
fn masked(body: Vec<u8>) -> Vec<u8> {
    if facts::body_kind(&body) != BodyKind::Html {
        return body;
    }
    let text = facts::decode(&body, facts::detect(&body, "text/html"));
    match facts::safety::masked_source(&body, &text) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => body,
    }
}

/// Answers the page with this very record, and everything else with what the evidence holds under its address.
struct OnePage<'a> {
    archive: &'a Archive,
    url: &'a str,
    record: &'a str,
}

impl Supplier for OnePage<'_> {
    fn supply<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Supply> {
        let page = Stored::Record(self.record.to_owned());
        let is_page = canonical(&asked.url) == canonical(self.url);
        let stored = match is_page {
            true => Some(&page),
            false => self.archive.stored.get(&canonical(&asked.url)),
        };
        let supply = stored.and_then(|stored| self.archive.answer(stored));
        let nothing = || Supply::Nothing("证据中没有".to_owned());
        Box::pin(std::future::ready(supply.unwrap_or_else(nothing)))
    }
}
