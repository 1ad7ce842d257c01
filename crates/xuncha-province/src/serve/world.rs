//! Everything the server answers from: content, clock, request log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::content::Site;
use crate::content::safety::later::Later;
use crate::model::{CertificatePlan, Province};
use crate::response::Response;
use crate::{accounts, outside, render};

/// 协议: which listener a request came in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain.
    Http,
    /// With TLS.
    Https,
}

/// 请求记录: what one host was asked.
#[derive(Debug, Default)]
struct HostLog {
    requests: u64,
    redirects: u64,
    in_flight: u64,
    max_in_flight: u64,
    asked: HashMap<(bool, String), u32>,
}

/// 世界: the province as a server sees it.
pub struct World {
    /// The plan.
    pub province: Province,
    /// Content of each site.
    pub sites: Vec<Site>,
    /// Sites that have a new look after the monitoring point.
    redesigned: HashMap<usize, Site>,
    by_host: HashMap<String, usize>,
    clock: Mutex<DateTime>,
    log: Mutex<BTreeMap<String, HostLog>>,
    /// How often each address was asked since start; a reset of the log leaves it alone.
    asked: Mutex<HashMap<(bool, String, String), u32>>,
}

impl World {
    /// Draws the content of all sites.
    #[must_use]
    pub fn new(province: Province) -> Self {
        let sites: Vec<Site> = (0..province.sites.len())
            .map(|index| Site::draw(&province, index))
            .collect();
        let redesigned = (0..sites.len())
            .filter(|&index| sites[index].plan.safety.later == Later::Redesigned)
            .map(|index| (index, Site::draw(&province, index).redesigned()))
            .collect();
        let by_host = sites
            .iter()
            .enumerate()
            .map(|(index, site)| (site.plan.host.clone(), index))
            .collect();
        let clock = Mutex::new(province.dates.monitor_from);
        Self {
            province,
            sites,
            redesigned,
            by_host,
            clock,
            log: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// The civil time.
    #[must_use]
    pub fn now(&self) -> DateTime {
        *lock(&self.clock)
    }

    /// Sets the civil time.
    pub fn set_now(&self, now: DateTime) {
        *lock(&self.clock) = now;
    }

    /// True when this host has a certificate.
    #[must_use]
    pub fn serves_https(&self, host: &str) -> bool {
        match self.by_host.get(host) {
            Some(&index) => self.sites[index].plan.https,
            None => outside::respond(host, "/").is_some() || accounts::hosts().contains(&host),
        }
    }

    /// What is planted of the certificate of a host.
    #[must_use]
    pub fn certificate_of(&self, host: &str) -> CertificatePlan {
        let site = self.by_host.get(host).map(|&index| &self.sites[index]);
        site.map_or(CertificatePlan::Sound, |site| site.plan.defects.certificate)
    }

    /// The page that a site which was broken into shows to search engines in place of its home page.
    #[must_use]
    pub fn shown_to_searchers(&self, scheme: Scheme, host: &str, target: &str) -> Option<Response> {
        let site = &self.sites[*self.by_host.get(host)?];
        let is_its_own = site.plan.https == (scheme == Scheme::Https);
        let is_cloaked = site.safety.iter().any(|spot| spot.kind == "cloaked");
        let is_home = target == "/" && is_its_own && site.down_at(self.now()).is_none();
        (is_cloaked && is_home).then(render::safety::for_searchers)
    }

    /// Answers one request; `None` when the host is unknown.
    #[must_use]
    pub fn answer(&self, scheme: Scheme, host: &str, target: &str) -> Option<Response> {
        let now = self.now();
        let Some(&index) = self.by_host.get(host) else {
            let asked = self.count(scheme, host, target);
            return outside::respond(host, target)
                .or_else(|| accounts::respond(&self.province.accounts, host, target, now, asked));
        };
        let site = &self.sites[index];
        let site = match self.redesigned.get(&index) {
            Some(redesigned) if site.is_later(now) => redesigned,
            _ => site,
        };
        if scheme == Scheme::Http && site.plan.https {
            // A site that is down does not redirect either.
            if site.down_at(now).is_some() {
                return Some(render::respond(site, target, now, 0));
            }
            return Some(Response::redirect(301, &format!("https://{host}{target}")));
        }
        // The count matters for planted links only; other pages need not remember it.
        let counted = matches!(
            site.routes.get(target),
            Some(crate::content::routes::Page::Planted(_))
        );
        let asked = if counted {
            self.count(scheme, host, target)
        } else {
            0
        };
        Some(render::respond(site, target, now, asked))
    }

    /// How often this was asked before.
    fn count(&self, scheme: Scheme, host: &str, target: &str) -> u32 {
        let mut asked = lock(&self.asked);
        let entry = asked
            .entry((scheme == Scheme::Https, host.to_owned(), target.to_owned()))
            .or_insert(0);
        let before = *entry;
        *entry += 1;
        before
    }

    /// Notes that a request began.
    pub fn began(&self, scheme: Scheme, host: &str, target: &str) {
        let mut log = lock(&self.log);
        let host = log.entry(host.to_owned()).or_default();
        host.requests += 1;
        host.in_flight += 1;
        host.max_in_flight = host.max_in_flight.max(host.in_flight);
        *host
            .asked
            .entry((scheme == Scheme::Https, target.to_owned()))
            .or_insert(0) += 1;
    }

    /// Notes that a request was answered by a redirect, so that the visit goes on with another one.
    pub fn redirected(&self, host: &str) {
        if let Some(host) = lock(&self.log).get_mut(host) {
            host.redirects += 1;
        }
    }

    /// Notes that a request ended.
    pub fn ended(&self, host: &str) {
        if let Some(host) = lock(&self.log).get_mut(host) {
            host.in_flight = host.in_flight.saturating_sub(1);
        }
    }

    /// Forgets the request log.
    pub fn reset_log(&self) {
        lock(&self.log).clear();
    }

    /// The request log as the control interface shows it.
    #[must_use]
    pub fn requests(&self) -> Value {
        let log = lock(&self.log);
        let total: u64 = log.values().map(|h| h.requests).sum();
        let hosts: serde_json::Map<String, Value> = log
            .iter()
            .map(|(name, h)| {
                let distinct = h.asked.len() as u64;
                let value = json!({"requests": h.requests, "redirects": h.redirects, "max_in_flight": h.max_in_flight, "distinct": distinct, "repeated": h.requests - distinct});
                (name.clone(), value)
            })
            .collect();
        json!({"total": total, "hosts": hosts})
    }

    /// Clock, requests and what the process costs.
    #[must_use]
    pub fn status(&self) -> Value {
        let (requests, in_flight) = lock(&self.log)
            .values()
            .fold((0, 0), |(r, f), h| (r + h.requests, f + h.in_flight));
        let (rss_kb, cpu_ms) = usage();
        json!({"now": minute(self.now()), "requests": requests, "in_flight": in_flight, "rss_kb": rss_kb, "cpu_ms": cpu_ms})
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `2026-03-06T09:00`.
#[must_use]
pub fn minute(t: DateTime) -> String {
    format!("{}T{:02}:{:02}", t.date(), t.hour(), t.minute())
}

/// Memory and processor time of this process, from the kernel's own files; zero where there are none.
fn usage() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rss = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .and_then(|v| v.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks: u64 = fields
        .iter()
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse::<u64>().ok())
        .sum();
    (rss, ticks * 10)
}
