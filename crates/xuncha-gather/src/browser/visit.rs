//! One visit to a page: what it asks is answered, what it tries is denied, and in the end it is read or photographed.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{Instant, sleep_until, timeout};
use xuncha_core::facts::model::LinkKind;
use xuncha_core::facts::{LinkClass, scope};

use super::cdp::{CdpError, Event};
use super::decide::{Decision, Paused, Use, decide};
use super::tab::{Tab, unrendered};
use super::{
    Asked, AskedKind, Limits, PageToRender, PageToShow, Rendered, Supplier, Supply, Unrendered,
};

/// Tasks that may run before virtual time moves on regardless, so that a page that keeps posting to itself comes to an end.
const STARVATION_TASKS: u32 = 100_000;
/// Doubts that are kept.
const MAX_DOUBTS: usize = 10;

/// Renders the page in the tab.
pub(crate) async fn render(
    tab: &mut Tab<'_>,
    page: &PageToRender,
    supplier: &dyn Supplier,
    limits: &Limits,
) -> Result<Rendered, Unrendered> {
    tab.prepare_to_read(page.now).await.map_err(unrendered)?;
    let mut result = go(tab, &page.url, supplier, limits, Use::Text).await?;
    let read = timeout(limits.stuck_after, tab.read()).await;
    let (mut html, final_url) = read
        .unwrap_or(Err(CdpError::Silent("DOM.getOuterHTML")))
        .map_err(unrendered)?;
    if html.len() > limits.html_bytes {
        html.truncate(html.floor_char_boundary(limits.html_bytes));
        push_doubt(&mut result.doubts, "渲染后的页面超出长度上限".to_owned());
    }
    if !final_url.starts_with("http") {
        return Err(Unrendered::NoDocument(format!("停在 {final_url}")));
    }
    result.html = html;
    result.final_url = final_url;
    Ok(result)
}

/// Shows the page in the tab and photographs it, as far as it has come.
pub(crate) async fn show(
    tab: &mut Tab<'_>,
    page: &PageToShow,
    supplier: &dyn Supplier,
    limits: &Limits,
) -> Result<Vec<u8>, Unrendered> {
    tab.prepare_to_show(page).await.map_err(unrendered)?;
    go(tab, &page.url, supplier, limits, Use::Picture).await?;
    let picture = timeout(limits.stuck_after, tab.picture(page)).await;
    picture
        .unwrap_or(Err(CdpError::Silent("Page.captureScreenshot")))
        .map_err(unrendered)
}

/// Goes to the page and stays until its time has ended.
pub(crate) async fn go(
    tab: &mut Tab<'_>,
    url: &str,
    supplier: &dyn Supplier,
    limits: &Limits,
    purpose: Use,
) -> Result<Rendered, Unrendered> {
    // The tab's events are taken out, so that commands can be sent while they are awaited.
    let mut events = std::mem::replace(&mut tab.events, channel(1).1);
    let tab = &*tab;
    let mut visit = Visit {
        tab,
        supplier,
        limits,
        purpose,
        work: FuturesUnordered::new(),
        waiting: BTreeMap::new(),
        answered: BTreeMap::new(),
        navigations: 0,
        host: host(url),
        has_time_ended: false,
        missing_elsewhere: None,
        has_thrown: false,
        result: Rendered::default(),
    };
    let navigate = json!({ "url": url });
    visit.work.push(Box::pin(async move {
        // It is answered when the document is there, which takes our answers first.
        let _ = tab.call("Page.navigate", navigate).await;
        Done::Sent
    }));
    let is_settled = visit.run(&mut events).await?;
    visit.conclude(is_settled)
}

/// What an errand came to.
enum Done {
    /// A command was sent.
    Sent,
    /// The document's answer was handed over; its time begins.
    DocumentSent,
    /// An answer came from the supplier.
    Supplied(Asked, Supply),
}

/// One visit to a page.
struct Visit<'a> {
    tab: &'a Tab<'a>,
    supplier: &'a dyn Supplier,
    limits: &'a Limits,
    purpose: Use,
    work: FuturesUnordered<BoxFuture<'a, Done>>,
    /// Requests that wait for the same address.
    waiting: BTreeMap<String, Vec<Paused>>,
    answered: BTreeMap<String, Supply>,
    navigations: usize,
    host: String,
    has_time_ended: bool,
    /// A script or style of another host that did not come.
    missing_elsewhere: Option<String>,
    has_thrown: bool,
    result: Rendered,
}

impl<'a> Visit<'a> {
    /// Until the page's time has ended (true) or ours (false).
    async fn run(&mut self, events: &mut Receiver<Event>) -> Result<bool, Unrendered> {
        let end = Instant::now() + self.limits.whole;
        let mut last_move = Instant::now();
        loop {
            if self.has_time_ended && self.waiting.is_empty() {
                return Ok(true);
            }
            let stuck = last_move + self.limits.stuck_after;
            let until = if self.waiting.is_empty() {
                end.min(stuck)
            } else {
                end
            };
            tokio::select! {
                event = events.recv() => {
                    let Some(event) = event else { return Err(Unrendered::Crashed) };
                    self.hear(event)?;
                }
                Some(done) = self.work.next(), if !self.work.is_empty() => {
                    if self.finish(done) {
                        last_move = Instant::now();
                    }
                }
                () = sleep_until(until) => return Ok(false),
            }
        }
    }

    /// Whether a document has come.
    fn has_page(&self) -> bool {
        self.result.status != 0
    }

    fn conclude(mut self, is_settled: bool) -> Result<Rendered, Unrendered> {
        if !self.has_page() {
            let why = self.result.doubts.first().cloned();
            let why = why.unwrap_or_else(|| "时限内没有应答".to_owned());
            return Err(Unrendered::NoDocument(why));
        }
        if !is_settled {
            push_doubt(&mut self.result.doubts, "页面在时限内没有加载完".to_owned());
        }
        // A counter or share button that does not come takes nothing away; a library that does not come makes the page's scripts fail.
        if let (Some(url), true) = (&self.missing_elsewhere, self.has_thrown) {
            let doubt = format!("页面脚本出错，可能因为没有取得 {url}");
            push_doubt(&mut self.result.doubts, doubt);
        }
        Ok(self.result)
    }

    fn hear(&mut self, event: Event) -> Result<(), Unrendered> {
        match event.method.as_str() {
            "Fetch.requestPaused" => self.paused(Paused::read(&event.params)),
            "Page.javascriptDialogOpening" => {
                self.send("Page.handleJavaScriptDialog", json!({ "accept": false }));
            }
            "Emulation.virtualTimeBudgetExpired" => self.has_time_ended = self.has_page(),
            "Page.loadEventFired" if self.purpose == Use::Picture => {
                self.has_time_ended = self.has_page();
            }
            "Runtime.exceptionThrown" => self.has_thrown = true,
            "Inspector.targetCrashed" => return Err(Unrendered::Crashed),
            _ => {}
        }
        Ok(())
    }

    fn paused(&mut self, paused: Paused) {
        let main_frame = self.tab.target.as_str();
        match decide(&paused, main_frame, self.purpose) {
            Decision::Refuse => self.refuse(&paused),
            Decision::RefuseAndSay(why) => {
                push_doubt(&mut self.result.doubts, why);
                self.refuse(&paused);
            }
            Decision::Ask(asked) => match self.obstacle(&paused, &asked) {
                Some(why) => {
                    push_doubt(&mut self.result.doubts, why);
                    self.refuse(&paused);
                }
                None => self.ask(paused, asked),
            },
        }
    }

    /// Why a request that could be answered is not.
    fn obstacle(&mut self, paused: &Paused, asked: &Asked) -> Option<String> {
        if asked.kind == AskedKind::Document {
            self.navigations += usize::from(!paused.is_redirected);
            if self.navigations > 1 && is_file(&asked.url) {
                return Some(format!("没有下载文件 {}", asked.url));
            }
            if self.navigations > 1 && host(&asked.url) != self.host {
                return Some(format!("页面要转到其他网站 {}", asked.url));
            }
            if self.navigations > self.limits.navigations {
                return Some("页面反复跳转".to_owned());
            }
        }
        let is_known =
            self.answered.contains_key(&asked.url) || self.waiting.contains_key(&asked.url);
        let is_too_much = !is_known && self.result.requests as usize >= self.limits.requests;
        is_too_much.then(|| "页面请求数超出上限".to_owned())
    }

    fn ask(&mut self, paused: Paused, asked: Asked) {
        // A page that is gone to again is read anew; everything else is asked once for a page.
        let is_reload = asked.kind == AskedKind::Document && self.has_page();
        if !is_reload && let Some(supply) = self.answered.get(&asked.url) {
            let supply = supply.clone();
            return self.answer(&paused, &asked, supply);
        }
        let waiting = self.waiting.entry(asked.url.clone()).or_default();
        waiting.push(paused);
        if waiting.len() > 1 {
            return;
        }
        self.result.requests += 1;
        let supplier = self.supplier;
        self.work.push(Box::pin(async move {
            let supply = supplier.supply(&asked).await;
            Done::Supplied(asked, supply)
        }));
    }

    /// True where the page got something to go on with.
    fn finish(&mut self, done: Done) -> bool {
        match done {
            Done::Sent => false,
            Done::DocumentSent => true,
            Done::Supplied(asked, supply) => {
                for paused in self.waiting.remove(&asked.url).unwrap_or_default() {
                    self.answer(&paused, &asked, supply.clone());
                }
                self.answered.insert(asked.url, supply);
                true
            }
        }
    }

    fn answer(&mut self, paused: &Paused, asked: &Asked, supply: Supply) {
        let (status, headers, body) = match supply {
            Supply::Answer {
                status,
                headers,
                body,
            } => (status, headers, body),
            Supply::Nothing(why) => {
                self.miss(asked, &why);
                return self.refuse(paused);
            }
        };
        let is_redirect = (300..400).contains(&status);
        // What is not there is not there for a reader either; other refusals may be meant for us.
        if status >= 400 && !matches!(status, 404 | 410) && asked.kind != AskedKind::Document {
            self.miss(asked, &format!("返回状态码{status}"));
        }
        let headers: Vec<Value> = headers
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let fulfil = json!({
            "requestId": paused.id, "responseCode": status, "responseHeaders": headers, "body": STANDARD.encode(&body),
        });
        if asked.kind != AskedKind::Document || is_redirect {
            return self.send("Fetch.fulfillRequest", fulfil);
        }
        self.result.status = status;
        if self.navigations == 1 {
            // The page itself may have been redirected.
            self.host = host(&asked.url);
        }
        self.has_time_ended = false;
        if self.purpose == Use::Picture {
            return self.send("Fetch.fulfillRequest", fulfil);
        }
        let tab = self.tab;
        let budget = json!({
            "policy": "pauseIfNetworkFetchesPending",
            "budget": self.limits.page_time.as_millis() as u64,
            "maxVirtualTimeTaskStarvationCount": STARVATION_TASKS,
        });
        self.work.push(Box::pin(async move {
            // The first is answered when the document has come, so both are sent at once. Errors show as a page that does not come.
            let _ = tokio::join!(
                tab.call("Emulation.setVirtualTimePolicy", budget),
                tab.call("Fetch.fulfillRequest", fulfil),
            );
            Done::DocumentSent
        }));
    }

    fn miss(&mut self, asked: &Asked, why: &str) {
        // Without a picture a page is what it is.
        if asked.kind == AskedKind::Picture {
            return;
        }
        let is_elsewhere = asked.kind == AskedKind::Asset && host(&asked.url) != self.host;
        // Without a style sheet it is laid out otherwise, wherever that stands.
        let is_style = self.purpose == Use::Inspection && asked.url.contains(".css");
        if is_elsewhere && !is_style {
            self.missing_elsewhere.get_or_insert(asked.url.clone());
            return;
        }
        push_doubt(&mut self.result.doubts, format!("{} {why}", asked.url));
    }

    /// An aborted navigation leaves the page where it is; any other request fails for its script.
    fn refuse(&mut self, paused: &Paused) {
        let is_page = paused.is_page(&self.tab.target);
        let reason = if is_page {
            "Aborted"
        } else {
            "BlockedByClient"
        };
        let fail = json!({ "requestId": paused.id, "errorReason": reason });
        self.send("Fetch.failRequest", fail);
    }

    fn send(&mut self, method: &'static str, params: Value) {
        let tab = self.tab;
        self.work.push(Box::pin(async move {
            // A request whose page is gone cannot be answered any more, and need not.
            let _ = tab.call(method, params).await;
            Done::Sent
        }));
    }
}

fn push_doubt(doubts: &mut Vec<String>, doubt: String) {
    if doubts.len() < MAX_DOUBTS && !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

/// Whether the name of an address says that it is a file and no page.
fn is_file(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else {
        return false;
    };
    scope(&url).class(address, LinkKind::Anchor) == LinkClass::LookInside
}

/// The host, with or without `www.` the same.
fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    let host = host.unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}
