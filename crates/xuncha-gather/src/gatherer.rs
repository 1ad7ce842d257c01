//! The hands of a run: ask, keep, read, append, in this order, for any target.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use jiff::civil::DateTime;
use tokio::sync::Semaphore;
use xuncha_core::evidence::{Capture, Failure, Purpose};
use xuncha_core::facts::model::{
    BodyKind, FACTS_VERSION, FactRecord, PageFacts, Rendering, Sign, SignCase,
};
use xuncha_core::facts::{self, Depth, Lexicons, safety};
use xuncha_core::registry::TargetId;
use xuncha_core::verdict::Confidence;

use crate::browser::{Chromium, Renderer};
use crate::client::{Client, Jar, Reading};
use crate::documents::{is_document, may_be_code};
use crate::exchange::Exchange;
use crate::lock;
use crate::report::{GatherError, Tally};
use crate::shelf::Shelf;
use crate::sink::{EvidenceSink, KeptAnswer, SinkError, TargetLog};

/// What all targets of a run share.
pub(crate) struct Gatherer {
    pub client: Client,
    /// The way over the operator's other path, where one is configured.
    pub second_path: Option<Client>,
    pub tally: Tally,
    /// What renderings of this run loaded.
    pub shelf: Shelf,
    /// For pages that need their scripts.
    pub renderer: Option<Arc<dyn Renderer>>,
    no_browser: Mutex<Option<String>>,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    readers: Semaphore,
    reader_count: u32,
    depth: Depth,
}

/// A body beyond this is read alone: its tree and facts take several times as much as it does itself.
const BIG_BODY_BYTES: usize = 1 << 20;

/// 应答. An exchange, and the facts of its page where they were read at once.
pub(crate) struct Answer {
    pub exchange: Exchange,
    facts: Option<Box<PageFacts>>,
}

/// An opened target: its log and its cookies.
pub(crate) struct Ledger {
    pub id: TargetId,
    pub jar: Arc<Jar>,
    log: Arc<Mutex<Box<dyn TargetLog>>>,
}

impl Ledger {
    pub fn append(&self, record: &FactRecord) -> Result<(), GatherError> {
        lock(&self.log)
            .append(record)
            .map_err(|source| self.error(source))
    }

    /// Keeps an exchange as evidence and says where, without a record of its own.
    pub fn keep(&self, exchange: &Exchange) -> Result<String, GatherError> {
        lock(&self.log)
            .keep(exchange)
            .map_err(|source| self.error(source))
    }

    /// Reads an answer back; `None` where bodies are not kept.
    pub fn read(&self, record: &str) -> Result<Option<KeptAnswer>, GatherError> {
        lock(&self.log)
            .read(record)
            .map_err(|source| self.error(source))
    }

    pub fn close(&self) -> Result<(), GatherError> {
        lock(&self.log).close().map_err(|source| self.error(source))
    }

    fn error(&self, source: SinkError) -> GatherError {
        GatherError::Sink {
            target: self.id.to_string(),
            source,
        }
    }
}

impl Gatherer {
    pub fn new(client: Client, lexicons: Arc<Lexicons>, sink: Arc<dyn EvidenceSink>) -> Gatherer {
        // Sockets are served all the same: they need little, and readers give way to them.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let reader_count = cores.clamp(1, 64) as u32;
        // Its settings are those of the first client, which could be built.
        let second_path = client.over_second_path().and_then(Result::ok);
        let browser = client.settings().browser.clone();
        Gatherer {
            shelf: Shelf::default(),
            renderer: browser.map(|browser| Arc::new(Chromium::new(browser)) as Arc<dyn Renderer>),
            no_browser: Mutex::default(),
            client,
            second_path,
            tally: Tally::default(),
            lexicons,
            sink,
            readers: Semaphore::new(reader_count as usize),
            reader_count,
            depth: Depth::Whole,
        }
    }

    /// Whether pages are read for wrong characters.
    pub(crate) fn reads_words(&self) -> bool {
        self.lexicons.words.is_some() && self.depth == Depth::Whole
    }

    /// With pages read to this depth.
    pub fn reading(mut self, depth: Depth) -> Gatherer {
        self.depth = depth;
        self
    }

    /// Pages that one site may have rendered.
    pub fn pages_to_render(&self) -> usize {
        let browser = self.client.settings().browser.as_ref();
        browser.map_or(0, |browser| browser.pages_per_site)
    }

    /// Remembers why there is no browser after all.
    pub fn lack_browser(&self, why: &str) {
        lock(&self.no_browser).get_or_insert_with(|| why.to_owned());
    }

    /// Why pages that nobody tried were not rendered.
    pub fn why_not_rendered(&self) -> String {
        match (&*lock(&self.no_browser), &self.renderer) {
            (Some(why), _) => why.clone(),
            (None, Some(_)) => "采集结束后才发现，没有渲染".to_owned(),
            (None, None) => "没有使用浏览器".to_owned(),
        }
    }

    /// Ends the browser, where one was started.
    pub async fn close_browser(&self) {
        if let Some(renderer) = &self.renderer {
            renderer.close().await;
        }
    }

    /// Opens a target's log; a new one gets its header.
    pub fn open(
        &self,
        id: &TargetId,
        monitor_from: DateTime,
        as_of: DateTime,
    ) -> Result<(Ledger, Vec<FactRecord>), GatherError> {
        let error = |source| GatherError::Sink {
            target: id.to_string(),
            source,
        };
        let (mut log, mut records) = self.sink.open(id).map_err(error)?;
        if records.is_empty() {
            let header = FactRecord::Header {
                target: id.clone(),
                facts_version: FACTS_VERSION,
                monitor_from,
                as_of,
            };
            log.append(&header).map_err(error)?;
            records.push(header);
        }
        Ok((
            Ledger {
                id: id.clone(),
                jar: Arc::default(),
                log: Arc::new(Mutex::new(log)),
            },
            records,
        ))
    }

    /// Whether sites may be crawled at this hour.
    pub fn is_crawl_time(&self) -> bool {
        let hours = self.client.settings().crawl_hours;
        hours.is_none_or(|hours| hours.contains(self.client.clock().now()))
    }

    /// Waits until sites may be crawled; the caller has no request of the crawl in flight.
    pub async fn wait_for_crawl_hours(&self) -> Result<(), GatherError> {
        if let Some(hours) = self.client.settings().crawl_hours {
            let clock = self.client.clock();
            clock.advance_to(hours.next(clock.now())).await?;
        }
        Ok(())
    }

    /// Asks without keeping.
    pub async fn ask(&self, ledger: &Ledger, url: &str, purpose: &Purpose) -> Exchange {
        self.client
            .fetch(url, reading_of(purpose), &ledger.jar)
            .await
    }

    /// Reads a body of this size, where it arrived or, beyond the usual, in a thread of its own.
    async fn read(
        &self,
        ledger: &Ledger,
        size_bytes: usize,
        work: impl FnOnce() -> Result<FactRecord, SinkError> + Send + 'static,
    ) -> Result<FactRecord, GatherError> {
        let wanted = match size_bytes > BIG_BODY_BYTES {
            true => self.reader_count,
            false => 1,
        };
        let permit = self.readers.acquire_many(wanted).await;
        // A round is one task: read here, its pages would never be read on more than one core.
        let done = tokio::task::spawn_blocking(work).await;
        drop(permit);
        match done {
            Ok(result) => result.map_err(|source| ledger.error(source)),
            Err(error) => Err(GatherError::Panic(error.to_string())),
        }
    }

    /// How pages of a crawl are asked for.
    pub fn page_reading(&self) -> Reading {
        match self.depth {
            Depth::Links => Reading::PageLinks,
            Depth::Whole => Reading::Page,
        }
    }

    /// Reads the links of a page where it arrived: that takes less than to hand it on. All else is read when its turn comes.
    pub fn read_ahead(&self, exchange: Exchange, purpose: Purpose) -> Answer {
        let is_short = self.depth == Depth::Links && exchange.body().len() <= BIG_BODY_BYTES;
        let facts = (is_short && purpose == Purpose::Page).then(|| {
            let capture = exchange.capture(purpose, String::new());
            Box::new(read_guarded(capture, |capture| {
                facts::read_to(capture, exchange.body(), &self.lexicons, self.depth)
            }))
        });
        Answer { exchange, facts }
    }

    /// Keeps an answer and appends its facts, which are read now where they were not read ahead.
    pub async fn keep_answer(
        self: &Arc<Self>,
        ledger: &Ledger,
        answer: Answer,
        purpose: Purpose,
    ) -> Result<FactRecord, GatherError> {
        let Answer { exchange, facts } = answer;
        let Some(mut facts) = facts else {
            return self.keep_page(ledger, exchange, purpose).await;
        };
        self.tally.count(&purpose, &exchange);
        facts.capture.evidence.record = ledger.keep(&exchange)?;
        let record = FactRecord::Page(facts);
        ledger.append(&record)?;
        Ok(record)
    }

    /// Keeps an exchange, reads its page and appends the facts.
    pub async fn keep_page(
        self: &Arc<Self>,
        ledger: &Ledger,
        exchange: Exchange,
        purpose: Purpose,
    ) -> Result<FactRecord, GatherError> {
        self.keep_read(ledger, exchange, purpose, Vec::new()).await
    }

    /// The same, with what was found in the file that it came in place of.
    async fn keep_read(
        self: &Arc<Self>,
        ledger: &Ledger,
        exchange: Exchange,
        purpose: Purpose,
        signs: Vec<Sign>,
    ) -> Result<FactRecord, GatherError> {
        self.tally.count(&purpose, &exchange);
        let size_bytes = exchange.body().len();
        let (log, lexicons, depth) = (ledger.log.clone(), self.lexicons.clone(), self.depth);
        let waiting = self.renderer.is_some().then(|| self.clone());
        let work = move || {
            let record = lock(&log).keep(&exchange)?;
            let capture = exchange.capture(purpose, record);
            let mut facts = read_guarded(capture, |capture| {
                facts::read_to(capture, exchange.body(), &lexicons, depth)
            });
            facts.signs.extend(signs);
            if let Some(gatherer) = waiting.filter(|_| facts.waits_for_script()) {
                gatherer.shelf.learn_page(&exchange);
            }
            // Megabytes of which nothing more is wanted go before the facts are written.
            drop(exchange);
            let record = FactRecord::Page(Box::new(facts));
            lock(&log).append(&record)?;
            Ok(record)
        };
        self.read(ledger, size_bytes, work).await
    }

    /// Keeps a page as it stood after its scripts had run, reads it and appends the facts.
    pub async fn keep_rendered(
        &self,
        ledger: &Ledger,
        mut capture: Capture,
        html: String,
        rendering: Rendering,
    ) -> Result<FactRecord, GatherError> {
        let size_bytes = html.len();
        let (log, lexicons) = (ledger.log.clone(), self.lexicons.clone());
        let work = move || {
            capture.evidence.record =
                lock(&log).keep_rendered(&capture.url, capture.at, html.as_bytes())?;
            let facts = read_guarded(capture, |capture| {
                facts::read_rendered(capture, html.as_bytes(), &lexicons, rendering)
            });
            drop(html);
            let record = match facts.capture.failure {
                Some(Failure::Unread) => FactRecord::NotRendered {
                    url: facts.capture.url,
                    why: "我方程序读取渲染后的网页时出错".to_owned(),
                },
                _ => FactRecord::Page(Box::new(facts)),
            };
            lock(&log).append(&record)?;
            Ok(record)
        };
        self.read(ledger, size_bytes, work).await
    }

    /// Keeps an exchange of which only the state matters.
    pub fn keep_look(
        &self,
        ledger: &Ledger,
        exchange: &Exchange,
        purpose: Purpose,
    ) -> Result<Capture, GatherError> {
        self.tally.count(&purpose, exchange);
        let mut log = lock(&ledger.log);
        let keep = |log: &mut Box<dyn TargetLog>| {
            let record = log.keep(exchange)?;
            let capture = exchange.capture(purpose, record);
            log.append(&FactRecord::Look(capture.clone()))?;
            Ok(capture)
        };
        keep(&mut log).map_err(|source| ledger.error(source))
    }

    /// Keeps a look of the site's own. Its body is read where it bears on the verdict or names further files, else only its state is kept.
    pub async fn keep_own_look(
        self: &Arc<Self>,
        ledger: &Ledger,
        exchange: Exchange,
        purpose: Purpose,
    ) -> Result<FactRecord, GatherError> {
        let capture = exchange.capture(purpose.clone(), String::new());
        let (mut exchange, signs) = self.read_document(ledger, exchange, &capture).await?;
        if facts::is_worth_reading(&capture, exchange.body()) {
            return self.keep_read(ledger, exchange, purpose, signs).await;
        }
        if !signs.is_empty() {
            return self.keep_document(ledger, &exchange, purpose, signs);
        }
        exchange.cut(self.client.settings().max_look_bytes);
        let capture = self.keep_look(ledger, &exchange, purpose)?;
        Ok(FactRecord::Look(capture))
    }

    /// Asks and keeps a look at a page of others. What it advertises is kept besides: a domain that expired may serve something else.
    pub async fn look_outside(
        &self,
        ledger: &Ledger,
        url: &str,
        purpose: Purpose,
    ) -> Result<Capture, GatherError> {
        let exchange = self.ask(ledger, url, &purpose).await;
        let capture = self.keep_look(ledger, &exchange, purpose)?;
        let body = exchange.body();
        if !capture.is_success() || facts::body_kind(body) != BodyKind::Html {
            return Ok(capture);
        }
        let lists = &self.lexicons.safety;
        let read = || safety::outside_page(&capture.final_url, &capture.content_type, body, lists);
        // Nothing outside sees what a broken reader left half done.
        if let Ok(Some(sign)) = catch_unwind(AssertUnwindSafe(read)) {
            let mut facts = PageFacts::blank(&capture);
            facts.signs = vec![Sign {
                what: capture.url.clone(),
                ..sign
            }];
            ledger.append(&FactRecord::Page(Box::new(facts)))?;
        }
        Ok(capture)
    }

    /// What a file says that a security officer would stop at.
    async fn read_document(
        &self,
        ledger: &Ledger,
        exchange: Exchange,
        capture: &Capture,
    ) -> Result<(Exchange, Vec<Sign>), GatherError> {
        let reader = self.client.settings().documents.clone();
        let wanted = capture.purpose == Purpose::Link { look: 1 }
            && capture.is_success()
            && !exchange.body().is_empty();
        let is_document = is_document(&capture.url) || is_document(&capture.final_url);
        let is_picture = !is_document && !exchange.is_truncated && may_be_code(exchange.body());
        let Some(reader) = reader.filter(|_| wanted && (is_document || is_picture)) else {
            return Ok((exchange, Vec::new()));
        };
        if exchange.is_truncated {
            let sign = Sign {
                case: SignCase::Unread,
                what: "附件太大，没有下载完整".to_owned(),
                way: String::new(),
                quote: String::new(),
                confidence: Confidence::Medium,
            };
            return Ok((exchange, vec![sign]));
        }
        let (url, today) = (capture.url.clone(), capture.at.date());
        let permit = self.readers.acquire().await;
        let done = tokio::task::spawn_blocking(move || {
            let signs = reader.read(&url, exchange.body(), today);
            (exchange, signs)
        })
        .await;
        drop(permit);
        done.map_err(|error| {
            tracing::error!(target = %ledger.id, %error, "the reader of documents broke");
            GatherError::Panic(error.to_string())
        })
    }

    /// Keeps a file with what was found in it. One that could not be read is kept as far as a look goes.
    fn keep_document(
        &self,
        ledger: &Ledger,
        exchange: &Exchange,
        purpose: Purpose,
        signs: Vec<Sign>,
    ) -> Result<FactRecord, GatherError> {
        self.tally.count(&purpose, exchange);
        let record = ledger.keep(exchange)?;
        let mut facts = PageFacts::blank(&exchange.capture(purpose, record));
        facts.body_kind = facts::body_kind(exchange.body());
        facts.signs = signs;
        let record = FactRecord::Page(Box::new(facts));
        ledger.append(&record)?;
        Ok(record)
    }

    /// Asks, keeps and reads a page.
    pub async fn page(
        self: &Arc<Self>,
        ledger: &Ledger,
        url: &str,
        purpose: Purpose,
    ) -> Result<FactRecord, GatherError> {
        let exchange = self.ask(ledger, url, &purpose).await;
        self.keep_page(ledger, exchange, purpose).await
    }
}

/// Reads a page. One on which our reader breaks is unread by our own fault, and the run goes on: nobody else's site depends on it.
fn read_guarded(capture: Capture, read: impl FnOnce(&Capture) -> PageFacts) -> PageFacts {
    // Nothing outside sees what a broken reader left half done.
    let facts = catch_unwind(AssertUnwindSafe(|| read(&capture)));
    facts.unwrap_or_else(|_| {
        tracing::error!(url = capture.final_url, "a reader broke on this page");
        PageFacts::blank(&Capture {
            failure: Some(Failure::Unread),
            ..capture
        })
    })
}

fn reading_of(purpose: &Purpose) -> Reading {
    match purpose {
        Purpose::Link { .. } => Reading::Look,
        Purpose::Account => Reading::Package,
        _ => Reading::Page,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_page_on_which_a_reader_breaks_is_unread_by_our_own_fault() {
        let exchange = Exchange::missed("http://a.cn/x", date(2026, 3, 20).at(9, 0, 0, 0));
        let capture = Capture {
            failure: None,
            status: Some(200),
            ..exchange.capture(Purpose::Page, "r1".to_owned())
        };
        let whole = read_guarded(capture.clone(), PageFacts::blank);
        assert_eq!(whole.capture, capture);
        let broken = read_guarded(capture, |_| std::panic::panic_any("broken"));
        assert_eq!(broken.capture.failure, Some(Failure::Unread));
        assert_eq!(broken.capture.evidence.record, "r1");
        assert!(!broken.capture.is_success());
        assert!(!crate::doubt::is_doubtful(&broken.capture));
    }
}
