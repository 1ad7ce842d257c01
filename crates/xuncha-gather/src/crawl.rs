//! 抓取: one site, from its home page to everything it links, in an order that is the same on every run.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;

use url::Url;
use xuncha_core::checks::wrong_characters::WORDS;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::{missing_page_probe, search_questions};

use crate::client::{Jar, Manner, Reading};
use crate::documents::is_document;
use crate::exchange::Exchange;
use crate::gatherer::{Answer, Gatherer, Ledger};
use crate::message::host_of;
use crate::network;
use crate::opened;
use crate::phases;
use crate::render;
use crate::report::GatherError;
use crate::robots::{Fence, Robots};
use crate::state::{Doubt, SiteState};
use crate::task::Task;

/// Token under which robots.txt may name us.
const AGENT: &str = "xuncha";
/// Longest robots.txt that is kept in a record.
const MAX_RULES_BYTES: usize = 64 << 10;

/// After so many doubts it is seen again whether the site still answers us.
const DOUBTS_BETWEEN_CONTROLS: usize = 20;

/// One site at work.
pub(crate) struct SiteCrawl {
    pub gatherer: Arc<Gatherer>,
    pub ledger: Arc<Ledger>,
    pub state: SiteState,
    pub seed: String,
    pub search_count: usize,
    /// Where redirects of pages stop, once robots.txt is known.
    pub fence: Option<Arc<Fence>>,
}

impl SiteCrawl {
    /// Everything from robots.txt to the questions to the search; phases that are done are left out.
    pub async fn run(&mut self) -> Result<(), GatherError> {
        self.gatherer.wait_for_crawl_hours().await?;
        if self.gatherer.client.settings().asks_network && !self.state.is_done(phases::NETWORK) {
            let record = network::record(&self.gatherer, &self.ledger, self.state.home()).await?;
            record.iter().for_each(|record| self.state.absorb(record));
        }
        if !self.state.is_done(phases::CRAWL) {
            self.read_robots().await?;
            self.pages(1).await?;
            self.probe_missing_page().await?;
            self.sitemaps().await?;
            self.pages(usize::MAX).await?;
            self.finish(phases::CRAWL)?;
            if self.gatherer.reads_words() {
                self.finish(WORDS)?;
            }
        }
        let has_rendered = !self.state.is_done(phases::RENDER) && self.render().await?;
        if has_rendered || !self.state.is_done(phases::LOOKS) {
            let reads = self.reads_documents() && !self.state.is_done(phases::LOOKS);
            self.looks().await?;
            self.finish(phases::LOOKS)?;
            if reads {
                self.finish(phases::DOCUMENTS)?;
            }
        }
        let asks = self.gatherer.client.settings().asks_as_searcher;
        if asks && !self.state.is_done(phases::DISGUISED) {
            self.disguised().await?;
            self.finish(phases::DISGUISED)?;
        }
        if !self.state.is_done(phases::SEARCH) {
            self.searches().await?;
            self.finish(phases::SEARCH)?;
        }
        self.open_pages().await
    }

    /// What a second look found open after all is crawled like the rest.
    pub async fn go_on(&mut self) -> Result<(), GatherError> {
        self.keep_robots_rules();
        self.pages(usize::MAX).await?;
        self.render().await?;
        self.looks().await
    }

    /// Asks again what did not convince at the first look. True where a page opened now, so that there may be more to crawl.
    ///
    /// A site that shuts us out would answer all of it alike: where its home page does not open any more, nothing is asked again, and
    /// what was in doubt stays so.
    pub async fn second_looks(&mut self, doubts: &[Doubt]) -> Result<bool, GatherError> {
        let mut has_opened = false;
        for some in doubts.chunks(DOUBTS_BETWEEN_CONTROLS) {
            self.gatherer.wait_for_crawl_hours().await?;
            if !self.still_answers().await? {
                tracing::warn!(target = %self.ledger.id, "the site answers us no more: nothing but its home page is asked again");
                let home = doubts.iter().filter(|doubt| doubt.url == self.state.home());
                let home: Vec<Doubt> = home.cloned().collect();
                return Ok(has_opened | self.look_twice(&home).await?);
            }
            has_opened |= self.look_twice(some).await?;
        }
        Ok(has_opened)
    }

    /// Whether the home page opens. It is kept as evidence; its cookies are those with which a visitor would go on.
    async fn still_answers(&self) -> Result<bool, GatherError> {
        let home = self.state.home();
        let jar = &self.ledger.jar;
        let client = &self.gatherer.client;
        let exchange = client.fetch(home, Reading::Page, jar).await;
        self.ledger.keep(&exchange)?;
        if let Some(leg) = exchange.last()
            && let Ok(url) = Url::parse(&leg.url)
        {
            jar.learn_from(host_of(&url), &leg.headers());
        }
        let capture = exchange.capture(Purpose::Page, String::new());
        Ok(capture.is_success() && capture.size_bytes > 0)
    }

    async fn look_twice(&mut self, doubts: &[Doubt]) -> Result<bool, GatherError> {
        let width = self.gatherer.client.settings().connections_per_host.max(1);
        let mut has_opened = false;
        let mut doubts = doubts.iter();
        let mut asked: VecDeque<(bool, Task<Exchange>)> = VecDeque::new();
        loop {
            if asked.is_empty() {
                self.gatherer.wait_for_crawl_hours().await?;
            }
            while asked.len() < width
                && (asked.is_empty() || self.gatherer.is_crawl_time())
                && let Some(doubt) = doubts.next()
            {
                let reading = match doubt.is_page {
                    true => Reading::Page,
                    false => Reading::Look,
                };
                asked.push_back((doubt.is_page, self.ask_again(doubt.url.clone(), reading)));
            }
            let Some((is_page, next)) = asked.pop_front() else {
                return Ok(has_opened);
            };
            has_opened |= self.take_second(is_page, next.done().await?).await?;
        }
    }

    /// Keeps a second look. True where something opened now that may lead on.
    async fn take_second(
        &mut self,
        is_page: bool,
        exchange: Exchange,
    ) -> Result<bool, GatherError> {
        let (gatherer, purpose) = (self.gatherer.clone(), Purpose::Link { look: 2 });
        let record = match is_page {
            true => gatherer.keep_page(&self.ledger, exchange, purpose).await?,
            false => {
                let kept = gatherer.keep_own_look(&self.ledger, exchange, purpose);
                kept.await?
            }
        };
        self.state.absorb(&record);
        let FactRecord::Page(facts) = &record else {
            return Ok(false);
        };
        if is_page {
            return Ok(facts.capture.is_success() && facts.missing_wording.is_empty());
        }
        // A style sheet that opens now may name further files.
        Ok(!facts.is_html && !facts.links.is_empty())
    }

    fn take_in(&mut self, record: &FactRecord) -> Result<(), GatherError> {
        self.state.absorb(record);
        while let Some(skip) = self.state.next_skip() {
            self.ledger.append(&skip)?;
            self.state.absorb(&skip);
        }
        Ok(())
    }

    fn finish(&mut self, phase: &str) -> Result<(), GatherError> {
        if self.state.is_done(phase) {
            return Ok(());
        }
        let record = FactRecord::PhaseDone {
            phase: phase.to_owned(),
        };
        self.ledger.append(&record)?;
        self.state.absorb(&record);
        Ok(())
    }

    /// Reads robots.txt once and keeps its rules in the records, so that a resumed crawl goes by the same rules.
    /// A robots.txt that cannot be read forbids nothing: the site's owner is the one who asked for the inspection.
    async fn read_robots(&mut self) -> Result<(), GatherError> {
        let is_obeyed = self.gatherer.client.settings().obeys_robots;
        if is_obeyed && self.state.robots().is_none() {
            let Ok(url) = Url::parse(self.state.home()).and_then(|home| home.join("/robots.txt"))
            else {
                return Ok(());
            };
            self.gatherer.wait_for_crawl_hours().await?;
            let exchange = self
                .gatherer
                .client
                .fetch(url.as_str(), Reading::Page, &self.ledger.jar)
                .await;
            let robots = match exchange.status() {
                Some(200) if exchange.failure.is_none() => {
                    Robots::parse(&String::from_utf8_lossy(exchange.body()), AGENT)
                }
                _ => Robots::default(),
            };
            let mut rules = robots.to_text();
            // A rule cut in the middle would forbid more than it says.
            if rules.len() > MAX_RULES_BYTES {
                let end = rules[..rules.floor_char_boundary(MAX_RULES_BYTES)].rfind('\n');
                rules.truncate(end.map_or(0, |end| end + 1));
            }
            let record = FactRecord::Robots {
                url: url.into(),
                rules,
            };
            self.ledger.append(&record)?;
            self.state.absorb(&record);
        }
        self.keep_robots_rules();
        Ok(())
    }

    /// Goes by the site's robots.txt from here on.
    fn keep_robots_rules(&mut self) {
        self.fence = self.state.fence();
        let delay = self.state.robots().and_then(|robots| robots.delay);
        let host = Url::parse(self.state.home())
            .ok()
            .and_then(|home| home.host_str().map(str::to_owned));
        if let (Some(delay), Some(host)) = (delay, host) {
            self.gatherer.client.politeness().keep_gap(&host, delay);
        }
    }

    /// Up to `count` pages of the frontier. As many are asked at once as the host may be asked, and taken in in their order.
    async fn pages(&mut self, count: usize) -> Result<(), GatherError> {
        let width = self.gatherer.client.settings().connections_per_host.max(1);
        let mut started = self.state.pages();
        let limit = started.saturating_add(count);
        // The home page alone, before anything that depends on it.
        let limit = if count == 1 { limit.min(1) } else { limit };
        let mut asked: VecDeque<Task<Answer>> = VecDeque::new();
        loop {
            if asked.is_empty() {
                self.gatherer.wait_for_crawl_hours().await?;
            }
            while asked.len() < width
                && started < limit
                && (asked.is_empty() || self.gatherer.is_crawl_time())
            {
                let Some(entry) = self.state.next_page() else {
                    break;
                };
                asked.push_back(self.start(entry.url, Purpose::Page));
                started += 1;
            }
            let Some(next) = asked.pop_front() else {
                return Ok(());
            };
            let answer = next.done().await?;
            let record = self
                .gatherer
                .keep_answer(&self.ledger, answer, Purpose::Page)
                .await?;
            self.take_in(&record)?;
        }
    }

    /// Pages that need their scripts, and the pages that only they link. False where no browser could be started: a later run may.
    async fn render(&mut self) -> Result<bool, GatherError> {
        let Some(renderer) = self.gatherer.renderer.clone() else {
            return Ok(false);
        };
        self.keep_robots_rules();
        // A run that was stopped here may have left pages that a rendering linked.
        self.pages(usize::MAX).await?;
        let most = self.gatherer.pages_to_render();
        while let Some(unread) = self.state.next_unread().cloned() {
            if self.state.rendered() >= most {
                let record = render::beyond(&unread, most);
                self.ledger.append(&record)?;
                self.gatherer.tally.count_rendering(false);
                self.take_in(&record)?;
                continue;
            }
            self.gatherer.wait_for_crawl_hours().await?;
            let (gatherer, state) = (&self.gatherer, &self.state);
            let rendering =
                render::render(gatherer, &self.ledger, renderer.as_ref(), state, &unread);
            let Some(done) = rendering.await? else {
                return Ok(false);
            };
            let is_rendered = matches!(done.record, FactRecord::Page(_));
            self.gatherer.tally.count_rendering(is_rendered);
            for look in done.looks {
                self.take_in(&look)?;
            }
            self.take_in(&done.record)?;
            self.pages(usize::MAX).await?;
        }
        self.finish(phases::RENDER)?;
        Ok(true)
    }

    /// The home page on a phone's screen, and what an engine finds in some pages. Where no browser could be started, a later run may.
    async fn open_pages(&mut self) -> Result<(), GatherError> {
        let Some(renderer) = self.gatherer.renderer.clone() else {
            return Ok(());
        };
        let settings = self.gatherer.client.settings();
        let (measures, engine) = (settings.measures_layout, settings.accessibility.clone());
        let tasks = [
            (measures.then_some(None), phases::LAYOUT),
            (engine.map(Some), phases::ACCESSIBILITY),
        ];
        for (engine, phase) in tasks {
            let Some(engine) = engine.filter(|_| !self.state.is_done(phase)) else {
                continue;
            };
            loop {
                let opening = self.state.opening();
                let chosen = match &engine {
                    None => opening.to_measure(),
                    Some(_) => opening.to_look_at(),
                };
                let Some(chosen) = chosen.cloned() else {
                    break;
                };
                self.gatherer.wait_for_crawl_hours().await?;
                let (gatherer, state) = (&self.gatherer, &self.state);
                let renderer = renderer.as_ref();
                let opened = opened::open(
                    gatherer,
                    &self.ledger,
                    renderer,
                    state,
                    &chosen,
                    engine.as_ref(),
                );
                let Some(record) = opened.await? else {
                    return Ok(());
                };
                self.take_in(&record)?;
            }
            self.finish(phase)?;
        }
        Ok(())
    }

    /// The home page as a search engine's robot and as somebody who comes from a search engine see it. Two requests, without the
    /// cookies of the crawl: who was here before is shown what others are not.
    async fn disguised(&mut self) -> Result<(), GatherError> {
        const ROBOT: &str =
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)";
        const SEARCH: &str = "https://www.baidu.com/s?wd=gov";
        let home = self.state.home().to_owned();
        for as_robot in [true, false] {
            self.gatherer.wait_for_crawl_hours().await?;
            let manner = Manner {
                fence: None,
                referer: (!as_robot).then_some(SEARCH),
                user_agent: as_robot.then_some(ROBOT),
            };
            let client = &self.gatherer.client;
            let exchange = client
                .fetch_as(&home, Reading::Page, &Jar::default(), manner)
                .await;
            let purpose = Purpose::Disguised { as_robot };
            let kept = self.gatherer.keep_page(&self.ledger, exchange, purpose);
            let record = kept.await?;
            self.take_in(&record)?;
        }
        Ok(())
    }

    async fn looks(&mut self) -> Result<(), GatherError> {
        let width = self.gatherer.client.settings().connections_per_host.max(1);
        let mut asked: VecDeque<Task<Answer>> = VecDeque::new();
        let purpose = Purpose::Link { look: 1 };
        loop {
            if asked.is_empty() {
                self.gatherer.wait_for_crawl_hours().await?;
            }
            while asked.len() < width
                && (asked.is_empty() || self.gatherer.is_crawl_time())
                && let Some(url) = self.state.next_look()
            {
                asked.push_back(self.start(url, purpose.clone()));
            }
            let Some(next) = asked.pop_front() else {
                return Ok(());
            };
            let exchange = next.done().await?.exchange;
            let record = self
                .gatherer
                .keep_own_look(&self.ledger, exchange, purpose.clone())
                .await?;
            self.take_in(&record)?;
        }
    }

    /// Whether somebody reads the files of the site.
    fn reads_documents(&self) -> bool {
        self.gatherer.client.settings().documents.is_some()
    }

    fn start(&self, url: String, purpose: Purpose) -> Task<Answer> {
        let gatherer = self.gatherer.clone();
        let reading = match purpose {
            Purpose::Link { .. } if self.reads_documents() && is_document(&url) => {
                Reading::Document
            }
            Purpose::Link { .. } => Reading::Look,
            _ => gatherer.page_reading(),
        };
        let exchange = self.exchange(url, reading, None);
        Task::start(async move { gatherer.read_ahead(exchange.await, purpose) })
    }

    /// Asks as a visitor would who comes from the home page: some sites show pages and pictures to nobody else.
    fn ask_again(&self, url: String, reading: Reading) -> Task<Exchange> {
        let home = self.state.home().to_owned();
        Task::start(self.exchange(url, reading, Some(home)))
    }

    /// Asks. Pages but the home page go no further than the site's robots.txt lets us; looks go to their end like a visitor.
    fn exchange(
        &self,
        url: String,
        reading: Reading,
        referer: Option<String>,
    ) -> impl Future<Output = Exchange> + Send + use<> {
        let (gatherer, jar) = (self.gatherer.clone(), self.ledger.jar.clone());
        let is_free =
            matches!(reading, Reading::Look | Reading::Document) || url == self.state.home();
        let fence = self.fence.clone().filter(|_| !is_free);
        async move {
            let manner = Manner {
                fence: fence.as_deref(),
                referer: referer.as_deref(),
                user_agent: None,
            };
            gatherer.client.fetch_as(&url, reading, &jar, manner).await
        }
    }

    /// Sitemaps that robots.txt names, and the one at its usual place: what no page links is found here.
    async fn sitemaps(&mut self) -> Result<(), GatherError> {
        while let Some(url) = self.state.next_sitemap() {
            self.gatherer.wait_for_crawl_hours().await?;
            // Packed ones are declared as archives, of which a look reads too little.
            let reading = if url.ends_with(".gz") {
                Reading::Package
            } else {
                Reading::Page
            };
            let (gatherer, jar) = (&self.gatherer, &self.ledger.jar);
            let exchange = gatherer.client.fetch(&url, reading, jar).await;
            let purpose = Purpose::Link { look: 1 };
            let record = gatherer.keep_page(&self.ledger, exchange, purpose).await?;
            self.take_in(&record)?;
        }
        Ok(())
    }

    async fn probe_missing_page(&mut self) -> Result<(), GatherError> {
        if self.state.has_missing_probe() {
            return Ok(());
        }
        let Ok(home) = Url::parse(self.state.home()) else {
            return Ok(());
        };
        let url = missing_page_probe(&home, &self.seed);
        self.gatherer.wait_for_crawl_hours().await?;
        let record = self
            .gatherer
            .page(&self.ledger, &url, Purpose::MissingPage)
            .await?;
        self.take_in(&record)
    }

    async fn searches(&mut self) -> Result<(), GatherError> {
        let asks = search_questions(&self.state.search_pages(), &self.seed, self.search_count);
        for ask in asks {
            if self.state.was_asked(&ask.query) {
                continue;
            }
            self.gatherer.wait_for_crawl_hours().await?;
            let purpose = Purpose::Search { query: ask.query };
            let record = self
                .gatherer
                .page(&self.ledger, &ask.request_url, purpose)
                .await?;
            self.take_in(&record)?;
        }
        Ok(())
    }
}
