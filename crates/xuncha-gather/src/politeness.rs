//! 礼貌: never more connections, never a faster rate per host and address than promised.
//!
//! A slot is reserved under a short lock, the waiting happens outside it: a slow host never holds up another one.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::lock;
use crate::settings::Settings;

/// Latency below which a host is never thought to be in trouble (request clock).
const CALM_LATENCY: Duration = Duration::from_millis(500);
/// Most that a struggling host's gap is stretched.
const MAX_STRETCH: f64 = 8.0;

/// 节奏. When a host or address may be asked next.
#[derive(Debug)]
struct Pace {
    next: Instant,
    /// When the newest request was sent, where an address was waited for.
    sent: Option<Instant>,
    not_before: Instant,
    min_gap: Duration,
    usual_ms: f64,
    recent_ms: f64,
    /// How much slower we go because the host refused us without saying for how long.
    strain: f64,
}

impl Pace {
    fn new() -> Pace {
        let now = Instant::now();
        Pace {
            next: now,
            sent: None,
            not_before: now,
            min_gap: Duration::ZERO,
            usual_ms: 0.0,
            recent_ms: 0.0,
            strain: 1.0,
        }
    }

    /// From when on the pace allows another request.
    fn open_from(&self) -> Instant {
        self.next.max(self.not_before)
    }

    /// Takes the next slot; the caller sleeps until it.
    fn reserve(&mut self, gap: Duration) -> Instant {
        let slot = self.open_from().max(Instant::now());
        self.next = slot + gap.max(self.min_gap).mul_f64(self.stretch());
        slot
    }

    /// Sends now, or says when the gap to the request before is over: waiting for an address moves requests of a host together.
    fn send(&mut self, gap: Duration) -> Option<Instant> {
        let now = Instant::now();
        let due = self.sent.map_or(now, |sent| sent + gap.max(self.min_gap));
        if due > now {
            return Some(due);
        }
        self.sent = Some(now);
        None
    }

    /// How much slower than promised we go because the host answers slower than it used to, or refuses.
    fn stretch(&self) -> f64 {
        let is_calm = self.recent_ms < CALM_LATENCY.as_secs_f64() * 1000.0;
        if is_calm || self.usual_ms <= 0.0 {
            return self.strain;
        }
        let slower = self.recent_ms / (3.0 * self.usual_ms);
        slower.max(self.strain).clamp(1.0, MAX_STRETCH)
    }

    /// It was too much for the host.
    fn refused(&mut self) {
        self.strain = (self.strain * 2.0).min(MAX_STRETCH);
    }

    /// It was not: back to the usual pace within some thirty answers.
    fn served(&mut self) {
        self.strain = (self.strain * 0.93).max(1.0);
    }

    fn learn(&mut self, millis: f64) {
        if self.usual_ms == 0.0 {
            self.usual_ms = millis.max(1.0);
            self.recent_ms = millis;
            return;
        }
        self.recent_ms += (millis - self.recent_ms) * 0.3;
        // The usual latency follows improvements quickly and decline slowly.
        let weight = if millis < self.usual_ms { 0.2 } else { 0.002 };
        self.usual_ms = (self.usual_ms + (millis - self.usual_ms) * weight).max(1.0);
    }
}

/// 主机计数. What was really done to a host, for reports and tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct HostCounts {
    /// Requests sent.
    pub requests: u64,
    /// Most requests in flight at once.
    pub max_in_flight: usize,
}

struct Host {
    connections: usize,
    slots: Arc<Semaphore>,
    pace: Mutex<Pace>,
    requests: AtomicU64,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
    since_mark: Mutex<Since>,
}

/// What happened at a host since the last [`Politeness::mark`].
#[derive(Clone, Copy, Debug, Default)]
struct Since {
    requests: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    /// Time in which pace and connections allowed a request and none was asked for.
    idle: Duration,
    /// When a connection came free after all had been in use.
    freed: Option<Instant>,
}

impl Since {
    /// A request is asked for; the pace allowed it from `open_from` on.
    fn ask(&mut self, open_from: Instant, now: Instant) {
        // What passed before the first request is known at the end only.
        if self.first.is_none() {
            return;
        }
        let open_from = self.freed.map_or(open_from, |freed| freed.max(open_from));
        self.idle += now.saturating_duration_since(open_from);
    }

    fn sent(&mut self, now: Instant) {
        self.requests += 1;
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// Seconds from the mark to the last request, requests made, and requests that were allowed and not made.
    fn span(&self, mark: Instant, gap: Duration) -> Option<(f64, u64, f64)> {
        let idle = self.first?.duration_since(mark) + self.idle;
        let seconds = self.last?.duration_since(mark).as_secs_f64();
        let missed = idle.as_secs_f64() / gap.as_secs_f64();
        Some((seconds, self.requests, missed))
    }
}

/// 礼貌登记. The pace of every host and address of a run.
pub struct Politeness {
    gap: Duration,
    address_gap: Duration,
    connections: usize,
    speed: f64,
    max_delay: Duration,
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
    addresses: Mutex<BTreeMap<IpAddr, Arc<Mutex<Pace>>>>,
    in_flight: Arc<AtomicUsize>,
}

/// 计时点. From when on the pace is measured.
pub struct Mark(Instant);

/// 许可. The right to have one request in flight; dropped when the answer is whole.
pub struct Permit {
    host: Arc<Host>,
    total: Arc<AtomicUsize>,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let before = self.host.in_flight.fetch_sub(1, Ordering::SeqCst);
        if before >= self.host.connections {
            lock(&self.host.since_mark).freed = Some(Instant::now());
        }
        self.total.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Politeness {
    /// By the run's settings.
    pub fn new(settings: &Settings) -> Politeness {
        let gap_of = |rate: Option<f64>| match rate {
            Some(rate) if rate > 0.0 => settings.real(Duration::from_secs_f64(1.0 / rate)),
            _ => Duration::ZERO,
        };
        Politeness {
            gap: gap_of(settings.rate_per_host),
            address_gap: gap_of(settings.rate_per_address),
            connections: settings.connections_per_host.max(1),
            speed: settings.speed.max(0.001),
            max_delay: settings.max_delay,
            hosts: Mutex::default(),
            addresses: Mutex::default(),
            in_flight: Arc::default(),
        }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = lock(&self.hosts);
        if let Some(host) = hosts.get(name) {
            return host.clone();
        }
        let host = Arc::new(Host {
            connections: self.connections,
            slots: Arc::new(Semaphore::new(self.connections)),
            pace: Mutex::new(Pace::new()),
            requests: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            max_in_flight: AtomicUsize::new(0),
            since_mark: Mutex::default(),
        });
        hosts.insert(name.to_owned(), host.clone());
        host
    }

    /// Waits for a connection and a slot of the host (and of the address, where it counts).
    pub async fn admit(&self, name: &str, address: Option<IpAddr>) -> Permit {
        let host = self.host(name);
        let slot = match host.slots.clone().acquire_owned().await {
            Ok(slot) => slot,
            // The semaphore is never closed; if it were, waiting forever is politer than asking.
            Err(_) => std::future::pending().await,
        };
        let total = self.in_flight.clone();
        total.fetch_add(1, Ordering::SeqCst);
        let now_in_flight = host.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        host.max_in_flight
            .fetch_max(now_in_flight, Ordering::SeqCst);
        let permit = Permit {
            host,
            total,
            _slot: slot,
        };
        // A repeated request holds its connection while it waits for the answer before it: only here can a host have stood idle.
        let open_from = lock(&permit.host.pace).open_from();
        lock(&permit.host.since_mark).ask(open_from, Instant::now());
        self.wait_turn(&permit, address).await;
        permit
    }

    /// Waits for another slot under the same permit: a repeated request is a request.
    pub async fn wait_turn(&self, permit: &Permit, address: Option<IpAddr>) {
        let address_pace = address
            .filter(|_| !self.address_gap.is_zero())
            .map(|address| {
                lock(&self.addresses)
                    .entry(address)
                    .or_insert_with(|| Arc::new(Mutex::new(Pace::new())))
                    .clone()
            });
        let reserve = || lock(&permit.host.pace).reserve(self.gap);
        let mut slot = reserve();
        loop {
            sleep_if_later(slot).await;
            // A Retry-After may have come in while we slept.
            let not_before = lock(&permit.host.pace).not_before;
            if not_before <= slot {
                break;
            }
            slot = reserve();
        }
        // The host's turn comes first: hosts that become ready together would else meet at their address.
        if let Some(pace) = address_pace {
            let slot = lock(&pace).reserve(self.address_gap);
            sleep_if_later(slot).await;
            loop {
                let due = lock(&permit.host.pace).send(self.gap);
                match due {
                    Some(due) => sleep_until(due).await,
                    None => break,
                }
            }
        }
        permit.host.requests.fetch_add(1, Ordering::SeqCst);
        lock(&permit.host.since_mark).sent(Instant::now());
    }

    /// From now on it is counted anew how fast hosts are asked.
    pub fn mark(&self) -> Mark {
        for host in lock(&self.hosts).values() {
            *lock(&host.since_mark) = Since::default();
        }
        Mark(Instant::now())
    }

    /// Of the requests that the limits allowed since the mark, the share that was made, in thousandths: over all hosts that were asked,
    /// each from the mark to its last request, until 95 of 100 hosts were done. The limits are the gap between requests (also the one
    /// that robots.txt, `Retry-After` or a struggling host asks for) and the connections of a host. `None` without a limit or without
    /// requests.
    pub fn permitted_rate_permille(&self, mark: &Mark) -> Option<u64> {
        if self.gap.is_zero() {
            return None;
        }
        let mut spans: Vec<(f64, u64, f64)> = lock(&self.hosts)
            .values()
            .filter_map(|host| {
                let since = *lock(&host.since_mark);
                let gap = self.gap.max(lock(&host.pace).min_gap);
                since.span(mark.0, gap)
            })
            .collect();
        spans.sort_by(|left, right| left.0.total_cmp(&right.0));
        let end = spans.get(spans.len() * 95 / 100)?.0;
        let (mut made, mut missed) = (0.0, 0.0);
        for (seconds, requests, slots) in spans {
            let part = if seconds > end { end / seconds } else { 1.0 };
            made += requests as f64 * part;
            missed += slots * part;
        }
        Some((made * 1000.0 / (made + missed)).round() as u64)
    }

    /// Learns how long the host took (request clock).
    pub fn learn(&self, permit: &Permit, millis: u64) {
        lock(&permit.host.pace).learn(millis as f64);
    }

    /// The host refused a request as one too many (429, 503) without saying for how long: slower from here on.
    pub fn refused(&self, permit: &Permit) {
        lock(&permit.host.pace).refused();
    }

    /// The host served a request.
    pub fn served(&self, permit: &Permit) {
        lock(&permit.host.pace).served();
    }

    /// The host asked for a rest (`Retry-After`).
    pub fn rest(&self, permit: &Permit, wanted: Duration) {
        let until = Instant::now() + wanted.min(self.max_delay).div_f64(self.speed);
        let mut pace = lock(&permit.host.pace);
        pace.not_before = pace.not_before.max(until);
    }

    /// The host's robots.txt asks for at least this gap between requests.
    pub fn keep_gap(&self, name: &str, wanted: Duration) {
        let gap = wanted.min(self.max_delay).div_f64(self.speed);
        lock(&self.host(name).pace).min_gap = gap;
    }

    /// Requests in flight over all hosts.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Connections of a host that are in use.
    pub(crate) fn in_use(&self, permit: &Permit) -> usize {
        self.connections - permit.host.slots.available_permits().min(self.connections)
    }

    /// Connections allowed per host.
    pub(crate) fn connections(&self) -> usize {
        self.connections
    }

    /// What was done to each host.
    pub fn counts(&self) -> BTreeMap<String, HostCounts> {
        let hosts = lock(&self.hosts);
        let count = |host: &Host| HostCounts {
            requests: host.requests.load(Ordering::SeqCst),
            max_in_flight: host.max_in_flight.load(Ordering::SeqCst),
        };
        hosts
            .iter()
            .map(|(name, host)| (name.clone(), count(host)))
            .collect()
    }
}

async fn sleep_if_later(slot: Instant) {
    if slot > Instant::now() {
        sleep_until(slot).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn polite(rate: f64, connections: usize) -> Arc<Politeness> {
        let settings = Settings {
            rate_per_host: Some(rate),
            connections_per_host: connections,
            ..Settings::default()
        };
        Arc::new(Politeness::new(&settings))
    }

    #[tokio::test]
    async fn neither_rate_nor_connections_are_exceeded_by_a_crowd() {
        let politeness = polite(50.0, 2);
        let times = Arc::new(Mutex::new(Vec::new()));
        let crowd: Vec<_> = (0..20)
            .map(|_| {
                let (politeness, times) = (politeness.clone(), times.clone());
                tokio::spawn(async move {
                    let _permit = politeness.admit("a.cn", None).await;
                    lock(&times).push(Instant::now());
                    tokio::time::sleep(Duration::from_millis(30)).await;
                })
            })
            .collect();
        for one in crowd {
            one.await.unwrap();
        }
        let mut times = lock(&times).clone();
        times.sort();
        let span = *times.last().unwrap() - times[0];
        assert!(span >= Duration::from_millis(19 * 20 - 5), "{span:?}");
        assert_eq!(
            politeness.counts()["a.cn"],
            HostCounts {
                requests: 20,
                max_in_flight: 2
            }
        );
        assert_eq!(politeness.in_flight(), 0);
    }

    #[tokio::test]
    async fn a_resting_host_rests_and_holds_up_nobody_else() {
        let politeness = polite(1000.0, 2);
        let permit = politeness.admit("a.cn", None).await;
        politeness.rest(&permit, Duration::from_millis(120));
        drop(permit);
        let start = Instant::now();
        let _other = politeness.admit("b.cn", None).await;
        assert!(start.elapsed() < Duration::from_millis(60));
        let _same = politeness.admit("a.cn", None).await;
        assert!(start.elapsed() >= Duration::from_millis(110));
    }

    #[test]
    fn only_time_in_which_a_request_was_allowed_counts_as_missed() {
        let mark = Instant::now();
        let at = |millis: u64| mark + Duration::from_millis(millis);
        let gap = Duration::from_millis(50);
        let mut since = Since::default();
        since.ask(mark, at(0));
        since.sent(at(0));
        // The host took longer than the gap, with its only connection in use: nothing more was allowed.
        since.freed = Some(at(150));
        since.ask(at(50), at(150));
        since.sent(at(150));
        assert_eq!(since.span(mark, gap), Some((0.15, 2, 0.0)));
        // It answered at once, the gap was over, and nobody asked for the time of two gaps.
        since.freed = Some(at(150));
        since.ask(at(200), at(300));
        since.sent(at(300));
        assert_eq!(since.span(mark, gap), Some((0.3, 3, 2.0)));
        // A host that is asked late was missed from the mark on.
        let mut late = Since::default();
        late.ask(mark, at(100));
        late.sent(at(100));
        assert_eq!(late.span(mark, gap), Some((0.1, 1, 2.0)));
        assert_eq!(Since::default().span(mark, gap), None);
    }

    #[test]
    fn a_struggling_host_is_asked_more_slowly() {
        let mut pace = Pace::new();
        for _ in 0..20 {
            pace.learn(100.0);
        }
        assert_eq!(pace.stretch(), 1.0);
        for _ in 0..10 {
            pace.learn(3000.0);
        }
        assert!(pace.stretch() > 3.0, "{}", pace.stretch());
        for _ in 0..20 {
            pace.learn(100.0);
        }
        assert_eq!(pace.stretch(), 1.0);
    }

    #[test]
    fn a_host_that_refuses_is_asked_more_slowly_for_a_while() {
        let mut pace = Pace::new();
        pace.learn(100.0);
        pace.refused();
        pace.refused();
        assert_eq!(pace.stretch(), 4.0);
        for _ in 0..10 {
            pace.refused();
        }
        assert_eq!(pace.stretch(), MAX_STRETCH);
        for _ in 0..30 {
            pace.served();
        }
        assert_eq!(pace.stretch(), 1.0);
    }
}
