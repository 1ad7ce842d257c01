//! Progress while gathering, and what it came to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;
use xuncha_core::evidence::Purpose;

use crate::client::ClientError;
use crate::clock::ClockError;
use crate::exchange::Exchange;
use crate::politeness::HostCounts;
use crate::sink::SinkError;

/// 进度. Who shows it is none of our business.
pub trait Progress: Send + Sync {
    /// A phase begins; `total` counts its targets or visits.
    fn started(&self, phase: &str, total: u64);
    /// So much of it is done.
    fn advanced(&self, phase: &str, by: u64);
    /// It is over.
    fn finished(&self, phase: &str);
}

/// 无进度. Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn started(&self, _: &str, _: u64) {}
    fn advanced(&self, _: &str, _: u64) {}
    fn finished(&self, _: &str) {}
}

/// 采集错误. What stops a whole run; the failures of single sites are records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// The evidence cannot be written.
    #[error("对象 {target} 的采集已停止：{source}；处理后重新运行采集即可从断点继续")]
    Sink {
        /// For which target.
        target: String,
        /// What the storage said.
        source: SinkError,
    },
    /// The clock.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The settings.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An address that is no web address.
    #[error("无法检查“{0}”：不是 http 或 https 网址")]
    Address(String),
    /// A thread of ours died.
    #[error("解析线程异常退出：{0}；请保留日志并反馈")]
    Panic(String),
}

/// Counters of a run.
#[derive(Default)]
pub(crate) struct Tally {
    exchanges: AtomicU64,
    requests: AtomicU64,
    pages: AtomicU64,
    looks: AtomicU64,
    probes: AtomicU64,
    bytes: AtomicU64,
    rendered: AtomicU64,
    not_rendered: AtomicU64,
}

impl Tally {
    pub fn count(&self, purpose: &Purpose, exchange: &Exchange) {
        let by_kind = match purpose {
            Purpose::Probe { .. } | Purpose::ProbeAgain { .. } => &self.probes,
            Purpose::Link { .. } => &self.looks,
            _ => &self.pages,
        };
        by_kind.fetch_add(1, Ordering::Relaxed);
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        self.requests
            .fetch_add(exchange.legs.len() as u64, Ordering::Relaxed);
        let bytes: usize = exchange
            .legs
            .iter()
            .map(|leg| leg.body.len() + leg.response_head.len())
            .sum();
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub fn count_rendering(&self, is_rendered: bool) {
        let counter = match is_rendered {
            true => &self.rendered,
            false => &self.not_rendered,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub fn report(
        &self,
        targets: usize,
        elapsed_ms: u64,
        hosts: BTreeMap<String, HostCounts>,
    ) -> Report {
        let pages = self.pages.load(Ordering::Relaxed);
        Report {
            targets,
            exchanges: self.exchanges.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            pages,
            looks: self.looks.load(Ordering::Relaxed),
            probes: self.probes.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            elapsed_ms,
            pages_per_second: pages as f64 * 1000.0 / elapsed_ms.max(1) as f64,
            hosts,
            parts: Vec::new(),
            permitted_rate_permille: None,
            rendered: self.rendered.load(Ordering::Relaxed),
            not_rendered: self.not_rendered.load(Ordering::Relaxed),
            unrendered_count: 0,
            unrendered: Vec::new(),
            broken: Vec::new(),
        }
    }
}

/// 采集小结. Of this run only: what an earlier run had done is not counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Targets of the round.
    pub targets: usize,
    /// Questions with their redirects.
    pub exchanges: u64,
    /// Requests sent.
    pub requests: u64,
    /// Pages read for facts.
    pub pages: u64,
    /// Links looked at.
    pub looks: u64,
    /// Availability visits.
    pub probes: u64,
    /// Bytes of heads and decoded bodies.
    pub bytes: u64,
    /// Real time.
    pub elapsed_ms: u64,
    /// Pages read for facts in a second of real time.
    pub pages_per_second: f64,
    /// What was done to each host.
    pub hosts: BTreeMap<String, HostCounts>,
    /// Real time and work of each part, in their order.
    pub parts: Vec<Part>,
    /// Of the requests that the limits per host allowed while crawling, the share that was made, until 95 of 100 hosts were done.
    pub permitted_rate_permille: Option<u64>,
    /// Pages rendered in a browser.
    pub rendered: u64,
    /// Pages that a browser could not render, or not any more within the bound.
    pub not_rendered: u64,
    /// Pages of all sites that show nothing without their scripts and were not read after they had run, whichever run left them.
    pub unrendered_count: u64,
    /// The first of them, of each site.
    pub unrendered: Vec<UnrenderedPage>,
    /// Targets whose gathering broke off by a fault of ours; the next run goes on with them.
    pub broken: Vec<BrokenTarget>,
}

/// 中断对象. A target whose gathering broke off by a fault of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BrokenTarget {
    /// Target.
    pub target: String,
    /// What broke, in English.
    pub why: String,
}

/// 未渲染页面. A page that shows nothing without its scripts and was not, or not wholly, read after they had run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnrenderedPage {
    /// Target.
    pub target: String,
    /// Address.
    pub url: String,
    /// Why, in Chinese.
    pub why: String,
}

/// 分段用时. One part of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Name of its phase.
    pub phase: &'static str,
    /// Real time.
    pub elapsed_ms: u64,
    /// Pages read for facts.
    pub pages: u64,
    /// Requests sent.
    pub requests: u64,
}

/// Takes the time of the parts of a run.
pub(crate) struct Stopwatch<'a> {
    tally: &'a Tally,
    at: Instant,
    pages: u64,
    requests: u64,
    parts: Vec<Part>,
}

impl<'a> Stopwatch<'a> {
    pub fn new(tally: &'a Tally) -> Stopwatch<'a> {
        Stopwatch {
            tally,
            at: Instant::now(),
            pages: 0,
            requests: 0,
            parts: Vec::new(),
        }
    }

    /// What was done since the last call was this part.
    pub fn lap(&mut self, phase: &'static str) {
        let pages = self.tally.pages.load(Ordering::Relaxed);
        let requests = self.tally.requests.load(Ordering::Relaxed);
        self.parts.push(Part {
            phase,
            elapsed_ms: self.at.elapsed().as_millis() as u64,
            pages: pages - self.pages,
            requests: requests - self.requests,
        });
        (self.at, self.pages, self.requests) = (Instant::now(), pages, requests);
    }

    /// All parts.
    pub fn parts(self) -> Vec<Part> {
        self.parts
    }
}
