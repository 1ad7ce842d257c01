//! 渲染阶段: pages that the crawl found to need their scripts are rendered, and what they link then is crawled like the rest.
//!
//! Nothing that the crawl has asked is asked again: the page itself and what earlier renderings loaded are at hand or in the evidence.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use url::Url;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::canonical;
use xuncha_core::facts::model::{FactRecord, Rendering};

use crate::browser::{
    Asked, AskedKind, PageToRender, Rendered, Renderer, Supplier, Supply, Unrendered,
};
use crate::client::Reading;
use crate::exchange::{Exchange, sha256_hex};
use crate::gatherer::{Gatherer, Ledger};
use crate::lock;
use crate::report::GatherError;
use crate::shelf::{supplies, without_wire};
use crate::state::SiteState;
use crate::unread::{Stored, Unread};

/// Why a page beyond the bound was not rendered.
pub(crate) fn beyond(unread: &Unread, pages: usize) -> FactRecord {
    not_rendered(unread, &format!("超出每站渲染页数上限（{pages} 页）"))
}

fn not_rendered(unread: &Unread, why: &str) -> FactRecord {
    FactRecord::NotRendered {
        url: unread.url.clone(),
        why: why.to_owned(),
    }
}

/// What one page came to: the looks that it needed, then the page as a record.
pub(crate) struct Done {
    pub looks: Vec<FactRecord>,
    pub record: FactRecord,
}

/// Renders a page and keeps what it shows. `None` where there is no browser after all: nothing is recorded then, and a later run may.
pub(crate) async fn render(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    renderer: &dyn Renderer,
    state: &SiteState,
    unread: &Unread,
) -> Result<Option<Done>, GatherError> {
    let supplier = Live {
        gatherer,
        ledger,
        state,
        page: &unread.url,
        is_inspection: false,
        looks: Mutex::default(),
        document: Mutex::default(),
        trouble: Mutex::default(),
    };
    let page = PageToRender {
        url: unread.url.clone(),
        now: gatherer.client.clock().now(),
    };
    let result = renderer.render(&page, &supplier).await;
    if let Some(error) = lock(&supplier.trouble).take() {
        return Err(error);
    }
    let looks = supplier.looks.into_inner();
    let looks = looks.unwrap_or_else(PoisonError::into_inner);
    let record = match result {
        Err(Unrendered::NoBrowser(why)) => {
            gatherer.lack_browser(&why);
            return Ok(None);
        }
        Err(error) => {
            let record = not_rendered(unread, &error.to_string());
            ledger.append(&record)?;
            record
        }
        Ok(rendered) => keep(gatherer, ledger, unread, rendered).await?,
    };
    Ok(Some(Done { looks, record }))
}

async fn keep(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    unread: &Unread,
    rendered: Rendered,
) -> Result<FactRecord, GatherError> {
    let at = gatherer.client.clock().now();
    let capture = Capture {
        purpose: Purpose::Page,
        url: unread.url.clone(),
        hops: Vec::new(),
        final_url: rendered.final_url,
        at,
        status: Some(rendered.status),
        failure: None,
        content_type: "text/html; charset=utf-8".to_owned(),
        last_modified: String::new(),
        millis: 0,
        size_bytes: rendered.html.len() as u64,
        truncated: false,
        evidence: EvidenceRef {
            url: unread.url.clone(),
            at,
            sha256: sha256_hex(rendered.html.as_bytes()),
            record: String::new(),
            quote: String::new(),
        },
        timing: Default::default(),
    };
    let rendering = Rendering {
        is_complete: rendered.doubts.is_empty(),
        doubts: rendered.doubts,
        requests: rendered.requests,
    };
    gatherer
        .keep_rendered(ledger, capture, rendered.html, rendering)
        .await
}

/// Answers from what is at hand first, then by asking the site. What is asked is kept as evidence, and of the site's own addresses
/// recorded as a look.
pub(crate) struct Live<'a> {
    pub gatherer: &'a Arc<Gatherer>,
    pub ledger: &'a Ledger,
    pub state: &'a SiteState,
    /// Address of the page.
    pub page: &'a str,
    /// The page is only looked at: the looks of the crawl are over, and what is asked now is evidence alone.
    pub is_inspection: bool,
    pub looks: Mutex<Vec<FactRecord>>,
    /// The document, where it had to be asked for.
    pub document: Mutex<Option<EvidenceRef>>,
    pub trouble: Mutex<Option<GatherError>>,
}

impl Supplier for Live<'_> {
    fn supply<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Supply> {
        Box::pin(self.answer(asked))
    }
}

impl Live<'_> {
    /// What went wrong on our side, and the document where it had to be asked for.
    pub fn into_parts(self) -> (Option<GatherError>, Option<EvidenceRef>) {
        let trouble = self.trouble.into_inner();
        let document = self.document.into_inner();
        (
            trouble.unwrap_or_else(PoisonError::into_inner),
            document.unwrap_or_else(PoisonError::into_inner),
        )
    }

    async fn answer(&self, asked: &Asked) -> Supply {
        // The evidence cannot be written: nothing more is asked.
        if lock(&self.trouble).is_some() {
            return Supply::Nothing("采集已停止".to_owned());
        }
        if let Some(supply) = self.gatherer.shelf.get(&asked.url) {
            return supply;
        }
        if let Some(supply) = self.archived(&asked.url) {
            return supply;
        }
        let is_own = Url::parse(&asked.url).is_ok_and(|url| self.state.is_own(&url));
        if self.is_inspection && self.state.opening().has_failed(&asked.url) {
            return Supply::Nothing("抓取时没有应答".to_owned());
        }
        if asked.kind == AskedKind::Picture && !is_own {
            return Supply::Nothing("不取其他网站的图片".to_owned());
        }
        if is_own && !self.is_allowed(asked) {
            return Supply::Nothing("robots.txt 不允许抓取".to_owned());
        }
        let client = &self.gatherer.client;
        let exchange = client
            .fetch(&asked.url, Reading::Page, &self.ledger.jar)
            .await;
        self.gatherer.shelf.learn(&exchange);
        let mut answers = supplies(&exchange);
        // What it redirects to is asked for by the browser itself; a hop back to the same address is no answer.
        let own = answers.iter().rposition(|(url, _)| *url == asked.url);
        let supply = match answers.is_empty() {
            true => Supply::Nothing("没有应答".to_owned()),
            false => answers.swap_remove(own.unwrap_or(0)).1,
        };
        // Pages have records of their own, and addresses elsewhere are looked at once for all sites.
        let is_look = is_own && asked.kind != AskedKind::Document && !self.is_inspection;
        if let Err(error) = self.keep(exchange, is_look, asked.kind).await {
            *lock(&self.trouble) = Some(error);
        }
        supply
    }

    async fn keep(
        &self,
        exchange: Exchange,
        is_look: bool,
        kind: AskedKind,
    ) -> Result<(), GatherError> {
        let purpose = Purpose::Link { look: 1 };
        if !is_look {
            self.gatherer.tally.count(&purpose, &exchange);
            let record = self.ledger.keep(&exchange)?;
            let capture = exchange.capture(Purpose::Page, record);
            // Where the page would go on to and could not is not what was looked at.
            if kind == AskedKind::Document && capture.is_success() {
                *lock(&self.document) = Some(capture.evidence);
            }
            return Ok(());
        }
        // Style sheets name further files; what scripts load is theirs to read.
        let record = match kind {
            AskedKind::Asset => {
                let keeping = self.gatherer.keep_own_look(self.ledger, exchange, purpose);
                keeping.await?
            }
            _ => {
                let capture = self.gatherer.keep_look(self.ledger, &exchange, purpose)?;
                FactRecord::Look(capture)
            }
        };
        lock(&self.looks).push(record);
        Ok(())
    }

    fn archived(&self, url: &str) -> Option<Supply> {
        let record = match self.state.stored(url)? {
            Stored::Hop { status, to } => {
                return Some(Supply::Answer {
                    status: *status,
                    headers: vec![("Location".to_owned(), to.clone())],
                    body: Vec::new(),
                });
            }
            Stored::Record(record) => record,
        };
        match self.ledger.read(record) {
            Ok(kept) => kept.map(|kept| Supply::Answer {
                status: kept.status,
                headers: without_wire(kept.headers),
                body: kept.body,
            }),
            Err(error) => {
                *lock(&self.trouble) = Some(error);
                None
            }
        }
    }

    /// robots.txt of the site holds for what its scripts load and for pages that they go on to; scripts and styles are looked at as
    /// links are.
    fn is_allowed(&self, asked: &Asked) -> bool {
        let is_asset = matches!(asked.kind, AskedKind::Asset | AskedKind::Picture);
        let is_free = is_asset || canonical(&asked.url) == self.page;
        let rules = self.state.robots().filter(|_| !is_free);
        let Some((robots, url)) = rules.zip(Url::parse(&asked.url).ok()) else {
            return true;
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        robots.allows(&path)
    }
}
