//! 采集状态: what a crawl remembers of its site, rebuilt from the records by the same function that builds it live.
//!
//! The order of pages depends on nothing but the records: breadth first, by depth and then by the order in which links were found.

mod view;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::DateTime;
use url::Url;
use xuncha_core::evidence::{Capture, Purpose};
use xuncha_core::facts::model::{FactRecord, LinkKind, PageFacts};
use xuncha_core::facts::{
    LinkClass, SITEMAP_INDEX, Scope, Skip, canonical, needs_second_look, scope,
};

use crate::candidates::Candidates;
use crate::doubt::is_page_in_disguise;
pub use crate::doubt::{Doubt, is_doubtful};
use crate::opened::Opening;
use crate::phases;
use crate::robots::{Fence, Robots};
use crate::sitemaps::Sitemaps;
use crate::traps;
use crate::unread::Rendering;

/// Most skipped links that are recorded with their reason.
const MAX_SKIPS: usize = 2_000;
/// Where a sitemap stands that robots.txt does not name.
const USUAL_SITEMAP: &str = "/sitemap.xml";
/// Simhash distance within which a page looks like the site's missing page.
const LIKENESS_BITS: u32 = 3;

/// 采集限度. How far a crawl goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pages per site.
    pub pages: usize,
    /// Assets, attachments and other links of the site that are looked at.
    pub looks: usize,
    /// Links to other hosts that are looked at.
    pub outside: usize,
    /// Links away from the home page.
    pub depth: u32,
    /// Addresses of one shape (calendars, pagers with a query).
    pub same_shape: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            pages: 10_000,
            looks: 20_000,
            outside: 5_000,
            depth: 200,
            same_shape: 1_000,
        }
    }
}

/// 待抓页面.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Address.
    pub url: String,
    /// Links away from the home page.
    pub depth: u32,
}

/// Hashes of addresses, which need no better hash of their own.
type Hashes = HashSet<u64, foldhash::fast::RandomState>;

/// 站点状态. See the module.
pub struct SiteState {
    home: String,
    scopes: Vec<Scope>,
    limits: Limits,
    obeys_robots: bool,
    seen: Hashes,
    settled: Hashes,
    frontier: VecDeque<Entry>,
    in_hand: Vec<Entry>,
    looks: VecDeque<String>,
    looks_in_hand: Vec<String>,
    look_count: usize,
    outside: BTreeSet<String>,
    shapes: BTreeMap<String, u32>,
    enqueued: usize,
    robots: Option<Arc<Robots>>,
    pending_skips: VecDeque<(String, Skip)>,
    skip_count: usize,
    doubts: Vec<Doubt>,
    looked_twice: Hashes,
    missing_page: Option<u64>,
    has_missing_probe: bool,
    home_final: String,
    asked: BTreeSet<String>,
    candidates: Candidates,
    phases: BTreeSet<String>,
    slots: BTreeSet<u32>,
    days: BTreeSet<u32>,
    last_look: Option<DateTime>,
    pages: usize,
    sitemaps: Sitemaps,
    forms: BTreeSet<String>,
    read_looks: Hashes,
    rendering: Rendering,
    opening: Opening,
}

impl SiteState {
    /// Nothing known but the home page.
    pub fn new(home: &str, seed: &str, limits: Limits, obeys_robots: bool) -> SiteState {
        let home = canonical(home);
        let mut state = SiteState {
            scopes: Url::parse(&home).iter().map(scope).collect(),
            home: home.clone(),
            limits,
            obeys_robots,
            seen: Hashes::default(),
            settled: Hashes::default(),
            frontier: VecDeque::new(),
            in_hand: Vec::new(),
            looks: VecDeque::new(),
            looks_in_hand: Vec::new(),
            look_count: 0,
            outside: BTreeSet::new(),
            shapes: BTreeMap::new(),
            enqueued: 1,
            robots: None,
            pending_skips: VecDeque::new(),
            skip_count: 0,
            doubts: Vec::new(),
            looked_twice: Hashes::default(),
            missing_page: None,
            has_missing_probe: false,
            home_final: String::new(),
            asked: BTreeSet::new(),
            candidates: Candidates::new(seed),
            phases: BTreeSet::new(),
            slots: BTreeSet::new(),
            days: BTreeSet::new(),
            last_look: None,
            pages: 0,
            sitemaps: Sitemaps::default(),
            forms: BTreeSet::new(),
            read_looks: Hashes::default(),
            rendering: Rendering::default(),
            opening: Opening::default(),
        };
        state.seen.insert(hash(&home));
        state.frontier.push_back(Entry {
            url: home,
            depth: 0,
        });
        state
    }

    /// The home page's address.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Takes in a record, live or on resuming.
    pub fn absorb(&mut self, record: &FactRecord) {
        match record {
            FactRecord::Header { .. } => {}
            FactRecord::Network(_) => {
                self.phases.insert(phases::NETWORK.to_owned());
            }
            FactRecord::PhaseDone { phase } => {
                self.phases.insert(phase.clone());
            }
            FactRecord::Skipped { url, .. } => {
                self.pending_skips.retain(|(pending, _)| pending != url);
            }
            FactRecord::Robots { rules, .. } => {
                let robots = Robots::parse(rules, "*");
                self.sitemaps.learn(robots.sitemaps.iter().cloned());
                self.robots = Some(Arc::new(robots));
            }
            FactRecord::NotRendered { url, why } => {
                self.rendering.tried(url, why);
            }
            FactRecord::Screen(_) | FactRecord::Accessibility(_) => self.opening.seen(record),
            FactRecord::Look(capture) => self.absorb_look(capture),
            FactRecord::Page(facts) => self.absorb_page(facts),
        }
    }

    fn absorb_look(&mut self, capture: &Capture) {
        match capture.purpose {
            Purpose::Probe { slot } => {
                self.slots.insert(slot);
            }
            Purpose::Link { look: 1 } => {
                self.opening.learn_look(capture, None);
                self.done_looking(capture);
                if is_doubtful(capture) || is_page_in_disguise(capture) {
                    self.doubts.push(Doubt {
                        url: capture.url.clone(),
                        is_page: false,
                    });
                }
            }
            Purpose::Link { .. } => {
                self.looked_twice.insert(hash(&capture.url));
            }
            _ => {}
        }
    }

    fn done_looking(&mut self, capture: &Capture) {
        self.last_look = self.last_look.max(Some(capture.at));
        self.looks_in_hand.retain(|url| *url != capture.url);
        if let Some(at) = self.looks.iter().position(|url| *url == capture.url) {
            self.looks.remove(at);
        }
        if !self.rendering.expects_browser() || self.is_done(phases::RENDER) {
            self.seen.insert(hash(&capture.url));
            return;
        }
        // What a rendering loaded may be a page all the same, if a page links it.
        let is_page = self.class(&capture.url, LinkKind::Anchor) == LinkClass::Page;
        if !is_page || self.forms.contains(&capture.url) {
            self.seen.insert(hash(&capture.url));
        }
        self.rendering.store(capture);
    }

    /// A look whose body was read: a sitemap, a style sheet, or a page where none should be.
    fn absorb_read_look(&mut self, facts: &PageFacts) {
        let capture = &facts.capture;
        let usual = Url::parse(&self.home).and_then(|home| home.join(USUAL_SITEMAP));
        let is_usual = usual.is_ok_and(|usual| usual.as_str() == capture.url);
        if self.sitemaps.is_one(&capture.url) || is_usual && !self.sitemaps.knows_any() {
            self.sitemaps.done(&capture.url);
            if facts.title == SITEMAP_INDEX {
                self.sitemaps
                    .learn(facts.links.iter().map(|link| link.url.clone()));
            } else if !facts.is_html {
                self.absorb_links(facts, 1);
            }
            return;
        }
        self.opening.learn_look(capture, Some(facts));
        self.done_looking(capture);
        self.read_looks.insert(hash(&capture.url));
        if facts.is_html || self.is_doubtful_page(facts) {
            self.doubts.push(Doubt {
                url: capture.url.clone(),
                is_page: false,
            });
        } else {
            self.absorb_links(facts, 1);
        }
    }

    fn absorb_page(&mut self, facts: &PageFacts) {
        let capture = &facts.capture;
        if facts.rendering.is_some() {
            let doubts = facts.rendering.iter().flat_map(|one| &one.doubts);
            let doubts: Vec<&str> = doubts.map(String::as_str).collect();
            let depth = self.rendering.tried(&capture.url, &doubts.join("；"));
            self.candidates.learn(facts);
            self.absorb_links(facts, depth + 1);
            return;
        }
        match &capture.purpose {
            Purpose::HomeSnapshot { day } => {
                self.days.insert(*day);
            }
            Purpose::MissingPage => {
                self.has_missing_probe = true;
                // Where scripts draw every page, all of them answer alike before that.
                let is_readable = facts.text_chars > 0 && !facts.needs_script;
                self.missing_page =
                    (capture.is_success() && is_readable).then_some(facts.text_simhash);
            }
            Purpose::Search { query } => {
                self.asked.insert(query.clone());
            }
            Purpose::Link { look: 1 } => self.absorb_read_look(facts),
            Purpose::Link { .. } => {
                self.looked_twice.insert(hash(&capture.url));
                let is_source = !facts.is_html || !self.read_looks.contains(&hash(&capture.url));
                if is_source && !self.is_doubtful_page(facts) {
                    self.rendering.learn(facts, 1);
                    self.absorb_links(facts, 1);
                }
            }
            Purpose::Page => self.absorb_crawled(facts),
            _ => {}
        }
    }

    fn absorb_crawled(&mut self, facts: &PageFacts) {
        let capture = &facts.capture;
        self.pages += 1;
        self.last_look = self.last_look.max(Some(capture.at));
        let entry = self.take(&capture.url);
        if capture.url == self.home {
            self.home_final.clone_from(&capture.final_url);
            // A home page that moved to another host takes its site along.
            if let Ok(url) = Url::parse(&capture.final_url)
                && capture.is_success()
                && !self.scopes.iter().any(|scope| scope.contains(&url))
            {
                self.scopes.push(scope(&url));
                self.settled.clear();
            }
        }
        if self.is_doubtful_page(facts) {
            self.doubts.push(Doubt {
                url: capture.url.clone(),
                is_page: true,
            });
        }
        self.candidates.learn(facts);
        self.opening.learn(facts, capture.url == self.home);
        self.rendering.learn(facts, entry.depth);
        self.absorb_links(facts, entry.depth + 1);
    }

    fn take(&mut self, url: &str) -> Entry {
        if let Some(at) = self.in_hand.iter().position(|entry| entry.url == url) {
            return self.in_hand.remove(at);
        }
        let at = self.frontier.iter().position(|entry| entry.url == url);
        let entry = at.and_then(|at| self.frontier.remove(at));
        self.seen.insert(hash(url));
        entry.unwrap_or(Entry {
            url: url.to_owned(),
            depth: 0,
        })
    }

    fn absorb_links(&mut self, facts: &PageFacts, depth: u32) {
        // What a page elsewhere links (a redirect leads out) is not this site's affair.
        let is_inside =
            self.class(&facts.capture.final_url, LinkKind::Anchor) != LinkClass::LookOutside;
        if !facts.capture.is_success() || !is_inside {
            return;
        }
        let pagers = facts.list.iter().flat_map(|list| &list.pages);
        let pagers = pagers.map(|url| (url.as_str(), LinkKind::Pager));
        // Items of a list that a script fills are links that no anchor shows.
        let items = facts.lists().flatten();
        let items = items.map(|item| (item.url.as_str(), LinkKind::Anchor));
        let is_search = |url: &str| facts.search_forms.iter().any(|form| form.action == url);
        let own = facts
            .links
            .iter()
            // Searches are asked by questions, and what takes a POST is never asked.
            .filter(|link| {
                link.kind != LinkKind::Form || link.text != "post" && !is_search(&link.url)
            });
        for (url, kind) in own
            .map(|link| (link.url.as_str(), link.kind))
            .chain(pagers)
            .chain(items)
        {
            // Nearly every link of a page stood on pages before: what was settled once needs no second reading of the address.
            if !self.settled.insert(hash_with(url, kind as u8)) {
                continue;
            }
            let class = self.class(url, kind);
            if class == LinkClass::Ignore {
                continue;
            }
            let url = canonical(url);
            if class == LinkClass::LookOutside {
                if self.outside.len() < self.limits.outside {
                    self.outside.insert(url);
                }
                continue;
            }
            if kind == LinkKind::Form {
                // Asked after everything else: most forms stand at addresses that are pages anyway.
                self.forms.insert(url);
                continue;
            }
            let is_twin_seen = || twin(&url).is_some_and(|twin| self.seen.contains(&hash(&twin)));
            if kind == LinkKind::Sitemap && is_twin_seen() || !self.seen.insert(hash(&url)) {
                continue;
            }
            match class {
                LinkClass::Page => self.enqueue(url, depth),
                _ => self.enqueue_look(url),
            }
        }
    }

    fn enqueue(&mut self, url: String, depth: u32) {
        if let Some(why) = self.obstacle(&url, depth) {
            self.skip(url, why);
            return;
        }
        self.enqueued += 1;
        self.frontier.push_back(Entry { url, depth });
    }

    fn enqueue_look(&mut self, url: String) {
        if self.look_count >= self.limits.looks {
            self.skip(url, Skip::LookBudget);
            return;
        }
        self.look_count += 1;
        self.looks.push_back(url);
    }

    fn obstacle(&mut self, url: &str, depth: u32) -> Option<Skip> {
        let parsed = Url::parse(url).ok()?;
        if let Some(why) = traps::trap(&parsed) {
            return Some(why);
        }
        if depth > self.limits.depth {
            return Some(Skip::TooFar);
        }
        let path = match parsed.query() {
            Some(query) => format!("{}?{query}", parsed.path()),
            None => parsed.path().to_owned(),
        };
        if self.obeys_robots
            && self
                .robots
                .as_ref()
                .is_some_and(|robots| !robots.allows(&path))
        {
            return Some(Skip::Robots);
        }
        if self.enqueued >= self.limits.pages {
            return Some(Skip::PageBudget);
        }
        let count = self.shapes.entry(traps::shape(&parsed)?).or_default();
        *count += 1;
        (*count > self.limits.same_shape).then_some(Skip::EndlessPages)
    }

    fn skip(&mut self, url: String, why: Skip) {
        self.skip_count += 1;
        if self.skip_count <= MAX_SKIPS {
            self.pending_skips.push_back((url, why));
        }
    }

    fn class(&self, url: &str, kind: LinkKind) -> LinkClass {
        self.scopes
            .iter()
            .map(|scope| scope.class(url, kind))
            .min()
            .unwrap_or(LinkClass::Ignore)
    }

    /// Whether a page deserves a second look, judged by its content too.
    pub fn is_doubtful_page(&self, facts: &PageFacts) -> bool {
        let capture = &facts.capture;
        let is_home = capture.url == self.home;
        let leads_home = !is_home
            && !self.home_final.is_empty()
            && capture.final_url == self.home_final
            && !capture.hops.is_empty();
        let is_like_missing = !is_home
            && self.missing_page.is_some_and(|missing| {
                (missing ^ facts.text_simhash).count_ones() <= LIKENESS_BITS
            });
        let speaks_against = match (&capture.failure, Url::parse(&self.home)) {
            (Some(failure), _) if failure.is_ours() => false,
            (_, Err(_)) => false,
            (_, Ok(home)) => needs_second_look(facts, &home),
        };
        speaks_against
            || is_doubtful(capture)
            || !facts.missing_wording.is_empty()
            || leads_home
            || is_like_missing
    }

    /// Pages from which questions to the search are drawn.
    pub fn search_pages(&self) -> Vec<&PageFacts> {
        self.candidates.pages()
    }

    /// The next page; it stays in hand until its record comes.
    pub fn next_page(&mut self) -> Option<Entry> {
        let entry = self.frontier.pop_front()?;
        self.in_hand.push(entry.clone());
        Some(entry)
    }

    /// The next look; it stays in hand until its record comes.
    pub fn next_look(&mut self) -> Option<String> {
        let url = self.looks.pop_front().or_else(|| self.next_form())?;
        self.looks_in_hand.push(url.clone());
        Some(url)
    }

    fn next_form(&mut self) -> Option<String> {
        while let Some(url) = self.forms.pop_first() {
            if self.look_count < self.limits.looks && self.seen.insert(hash(&url)) {
                self.look_count += 1;
                return Some(url);
            }
        }
        None
    }

    /// The next sitemap of the site's own that was not asked yet. One that nobody named is asked by the rules of robots.txt.
    pub fn next_sitemap(&mut self) -> Option<String> {
        let home = Url::parse(&self.home).ok()?;
        let usual = home.join(USUAL_SITEMAP).ok()?;
        let may_ask = !self.obeys_robots
            || self
                .robots
                .as_ref()
                .is_none_or(|robots| robots.allows(usual.path()));
        if may_ask && !self.sitemaps.knows_any() {
            self.sitemaps.learn([usual.into()]);
        }
        while let Some(url) = self.sitemaps.next() {
            let is_own = Url::parse(&url)
                .is_ok_and(|url| self.scopes.iter().any(|scope| scope.contains(&url)));
            if is_own {
                return Some(url);
            }
            self.sitemaps.done(&url);
        }
        None
    }

    /// Where redirects of its pages stop; `None` where robots.txt forbids nothing or is not obeyed.
    pub fn fence(&self) -> Option<Arc<Fence>> {
        let robots = self.robots.as_ref().filter(|_| self.obeys_robots)?;
        Fence::new(&self.home, robots.clone()).map(Arc::new)
    }

    /// The next skipped link that is not yet recorded.
    pub fn next_skip(&self) -> Option<FactRecord> {
        let (url, why) = self.pending_skips.front()?;
        Some(FactRecord::Skipped {
            url: url.clone(),
            why: *why,
        })
    }
}

/// The same address under the other scheme.
fn twin(url: &str) -> Option<String> {
    match url.strip_prefix("http://") {
        Some(rest) => Some(format!("https://{rest}")),
        None => Some(format!("http://{}", url.strip_prefix("https://")?)),
    }
}

fn hash(text: &str) -> u64 {
    hash_with(text, u8::MAX)
}

fn hash_with(text: &str, kind: u8) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    kind.hash(&mut hasher);
    hasher.finish()
}
