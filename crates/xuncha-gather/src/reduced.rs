//! 精简证据库: keeps of each page only what bears on the verdict of a link, for a check of links alone.
//!
//! Addresses and texts of links are kept once, pages hold numbers. When all is gathered, pages are given back with those links and
//! fragments that did not convince; the rules that judge them are the same as for a whole check.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use jiff::civil::DateTime;
use xuncha_core::evidence::{Capture, Purpose};
use xuncha_core::facts::model::{Anchors, Area, FactRecord, Link, LinkKind, PageFacts};
use xuncha_core::facts::{canonical, is_bad_look};
use xuncha_core::registry::TargetId;

use crate::exchange::Exchange;
use crate::lock;
use crate::sink::{EvidenceSink, KeptAnswer, SinkError, TargetLog};

/// 精简证据库. See the module.
#[derive(Clone, Default)]
pub struct ReducedSink {
    kept: Arc<Mutex<BTreeMap<TargetId, Kept>>>,
}

/// 精简所得. Records of the targets, and what was seen in all.
pub struct Reduced {
    /// Records from which verdicts on links follow.
    pub records: BTreeMap<TargetId, Vec<FactRecord>>,
    /// Addresses of all pages that opened, in the order in which they were read.
    pub pages: Vec<String>,
    /// Distinct addresses that were asked.
    pub asked: usize,
}

#[derive(Default)]
struct Kept {
    words: Words,
    pages: Vec<PageRow>,
    others: Vec<FactRecord>,
    count: u64,
}

/// A page without its links, which stand beside it as numbers.
struct PageRow {
    facts: Box<PageFacts>,
    links: Box<[LinkRow]>,
    /// Places in `links` (or [`Anchors::OWN`]) with the fragments that they ask for.
    wanted: Box<[(u32, u32)]>,
}

struct LinkRow {
    url: u32,
    text: u32,
    count: u32,
    kind: LinkKind,
    area: Area,
}

/// Every text once.
#[derive(Default)]
struct Words {
    numbers: HashMap<Arc<str>, u32, foldhash::fast::RandomState>,
    texts: Vec<Arc<str>>,
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let text: Arc<str> = text.into();
        let number = self.texts.len() as u32;
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }
}

impl Kept {
    fn append(&mut self, record: &FactRecord) {
        match record {
            FactRecord::Page(facts) if facts.capture.is_success() => self.append_page(facts),
            other => self.others.push(other.clone()),
        }
    }

    fn append_page(&mut self, facts: &PageFacts) {
        let words = &mut self.words;
        let links = facts.links.iter().map(|link| LinkRow {
            url: words.number(&link.url),
            text: words.number(&link.text),
            count: link.count,
            kind: link.kind,
            area: link.area,
        });
        let links = links.collect();
        let wanted = facts.anchors.wanted();
        let wanted = wanted
            .map(|(place, fragment)| (place, words.number(fragment)))
            .collect();
        let mut bare = without_links(facts);
        bare.anchors.ids.shrink_to_fit();
        self.pages.push(PageRow {
            facts: Box::new(bare),
            links,
            wanted,
        });
    }

    fn captures(&self) -> impl Iterator<Item = &Capture> {
        let others = self.others.iter().filter_map(|record| match record {
            FactRecord::Page(facts) => Some(&facts.capture),
            FactRecord::Look(capture) => Some(capture),
            _ => None,
        });
        others.chain(self.pages.iter().map(|page| &page.facts.capture))
    }

    /// Canonical addresses that did not convince, or were not asked at all.
    fn doubtful(&self, found: &mut BTreeSet<String>) {
        for capture in self.captures() {
            let is_second = matches!(capture.purpose, Purpose::Link { look: 2.. });
            if is_second || is_bad_look(capture) {
                found.insert(canonical(&capture.url));
            }
        }
        for record in &self.others {
            if let FactRecord::Skipped { url, .. } = record {
                found.insert(canonical(url));
            }
        }
    }

    /// The records, pages reduced to the links and fragments that are in doubt.
    fn into_records(self, doubtful: &BTreeSet<String>) -> Vec<FactRecord> {
        let Kept {
            words,
            pages,
            others,
            ..
        } = self;
        let is_doubtful: Vec<bool> = words
            .texts
            .iter()
            .map(|text| text.starts_with("http") && doubtful.contains(&canonical(text)))
            .collect();
        let missing = missing_fragments(&words, &pages);
        let targets: BTreeSet<usize> = missing.values().flatten().map(|(.., at)| *at).collect();
        let mut records = others;
        for (index, page) in pages.into_iter().enumerate() {
            let mut facts = page.facts;
            let asks = missing.get(&index).map_or(&[][..], Vec::as_slice);
            let asking: BTreeSet<u32> = asks.iter().map(|(place, ..)| *place).collect();
            let mut places = BTreeMap::from([(Anchors::OWN, Anchors::OWN)]);
            for (place, link) in (0..).zip(&page.links) {
                if is_doubtful[link.url as usize] || asking.contains(&place) {
                    places.insert(place, facts.links.len() as u32);
                    facts.links.push(restored(&words, link));
                }
            }
            for (place, fragment, _) in asks {
                if let Some(place) = places.get(place) {
                    facts.anchors.wanted_links.push(*place);
                    facts
                        .anchors
                        .wanted_fragments
                        .push_str(words.text(*fragment));
                    facts.anchors.wanted_fragments.push('\n');
                }
            }
            let is_plain = facts.capture.purpose == Purpose::Page && index > 0;
            let is_bare = facts.links.is_empty() && asks.is_empty();
            let is_in_doubt = || doubtful.contains(&canonical(&facts.capture.url));
            if is_plain && is_bare && !targets.contains(&index) && !is_in_doubt() {
                continue;
            }
            if !targets.contains(&index) {
                facts.anchors.ids = Vec::new();
                facts.anchors.is_whole = false;
            }
            records.push(FactRecord::Page(facts));
        }
        records
    }
}

/// A copy of a page with its links and wanted fragments left out.
fn without_links(facts: &PageFacts) -> PageFacts {
    let mut bare = PageFacts::blank(&facts.capture);
    bare.charset.clone_from(&facts.charset);
    bare.is_html = facts.is_html;
    bare.title.clone_from(&facts.title);
    bare.search_forms.clone_from(&facts.search_forms);
    bare.missing_wording.clone_from(&facts.missing_wording);
    bare.blocked_wording.clone_from(&facts.blocked_wording);
    bare.needs_script = facts.needs_script;
    bare.text_simhash = facts.text_simhash;
    bare.text_chars = facts.text_chars;
    bare.body_kind = facts.body_kind;
    bare.anchors.ids.clone_from(&facts.anchors.ids);
    bare.anchors.is_whole = facts.anchors.is_whole;
    bare.anchors.has_scripts = facts.anchors.has_scripts;
    bare
}

fn restored(words: &Words, link: &LinkRow) -> Link {
    Link {
        url: words.text(link.url).to_owned(),
        kind: link.kind,
        text: words.text(link.text).to_owned(),
        area: link.area,
        count: link.count,
    }
}

/// Fragments that a page asks for and the page they lead to does not have: by page, the link's place, the fragment, the page they lead to.
fn missing_fragments(words: &Words, pages: &[PageRow]) -> BTreeMap<usize, Vec<(u32, u32, usize)>> {
    let mut by_address: HashMap<String, usize> = HashMap::new();
    for (index, page) in pages.iter().enumerate() {
        if matches!(
            page.facts.capture.purpose,
            Purpose::Page | Purpose::Link { .. }
        ) {
            by_address.insert(canonical(&page.facts.capture.url), index);
        }
    }
    let mut target_of: HashMap<u32, Option<usize>> = HashMap::new();
    let mut found: BTreeMap<usize, Vec<(u32, u32, usize)>> = BTreeMap::new();
    for (index, page) in pages.iter().enumerate() {
        for (place, fragment) in &page.wanted {
            let target = match page.links.get(*place as usize) {
                Some(link) if words.text(link.url) != page.facts.capture.final_url => *target_of
                    .entry(link.url)
                    .or_insert_with(|| by_address.get(&canonical(words.text(link.url))).copied()),
                // Its own address, or no link at all: the page itself.
                _ => Some(index),
            };
            let Some(target) = target else { continue };
            if !pages[target].facts.anchors.has(words.text(*fragment)) {
                let asked = (*place, *fragment, target);
                found.entry(index).or_default().push(asked);
            }
        }
    }
    found
}

impl ReducedSink {
    /// Empty.
    pub fn new() -> ReducedSink {
        ReducedSink::default()
    }

    /// What was kept, taken out.
    pub fn take(&self) -> Reduced {
        let kept = std::mem::take(&mut *lock(&self.kept));
        let mut doubtful = BTreeSet::new();
        let mut asked = BTreeSet::new();
        let mut pages = Vec::new();
        for target in kept.values() {
            target.doubtful(&mut doubtful);
            asked.extend(target.captures().map(|capture| capture.url.as_str()));
            let read = target.pages.iter().map(|page| &page.facts);
            let read = read.filter(|facts| facts.capture.purpose == Purpose::Page && facts.is_html);
            pages.extend(read.map(|facts| facts.capture.url.clone()));
        }
        let asked = asked.len();
        let records = kept
            .into_iter()
            .map(|(target, kept)| (target, kept.into_records(&doubtful)))
            .collect();
        Reduced {
            records,
            pages,
            asked,
        }
    }
}

impl EvidenceSink for ReducedSink {
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError> {
        lock(&self.kept).entry(target.clone()).or_default();
        let log = ReducedLog {
            sink: self.clone(),
            target: target.clone(),
        };
        Ok((Box::new(log), Vec::new()))
    }
}

struct ReducedLog {
    sink: ReducedSink,
    target: TargetId,
}

impl TargetLog for ReducedLog {
    fn keep(&mut self, _: &Exchange) -> Result<String, SinkError> {
        let mut kept = lock(&self.sink.kept);
        let kept = kept.entry(self.target.clone()).or_default();
        kept.count += 1;
        Ok(format!("memory@{}", kept.count - 1))
    }

    // Links alone are checked without a browser.
    fn keep_rendered(&mut self, _: &str, _: DateTime, _: &[u8]) -> Result<String, SinkError> {
        let mut kept = lock(&self.sink.kept);
        let kept = kept.entry(self.target.clone()).or_default();
        kept.count += 1;
        Ok(format!("memory@{}", kept.count - 1))
    }

    fn read(&mut self, _: &str) -> Result<Option<KeptAnswer>, SinkError> {
        Ok(None)
    }

    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError> {
        let mut kept = lock(&self.sink.kept);
        kept.entry(self.target.clone()).or_default().append(record);
        Ok(())
    }

    fn close(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
