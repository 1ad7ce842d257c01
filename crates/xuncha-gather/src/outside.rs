//! 站外链接: looked at once for all sites of a round, each host in its own queue, a dead host asked only once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use url::Url;
use xuncha_core::evidence::{Capture, Failure, Purpose};
use xuncha_core::facts::model::FactRecord;

use crate::gatherer::{Gatherer, Ledger};
use crate::report::GatherError;
use crate::state::is_doubtful;

/// Target under which outside links stand in the evidence.
pub const OUTSIDE: &str = "_outside";

/// What is known of the outside links of a round.
#[derive(Default)]
pub(crate) struct Outside {
    looks: BTreeMap<u8, BTreeMap<String, bool>>,
    dead: BTreeMap<(u8, String), Capture>,
}

impl Outside {
    /// Takes in a record of an earlier run.
    pub fn absorb(&mut self, record: &FactRecord) {
        if let FactRecord::Look(capture) = record
            && let Purpose::Link { look } = capture.purpose
        {
            self.looks
                .entry(look)
                .or_default()
                .insert(capture.url.clone(), is_doubtful(capture));
            if let Some(what) = dead_of(capture) {
                self.dead
                    .entry((look, what))
                    .or_insert_with(|| capture.clone());
            }
        }
    }

    /// Links whose first look did not convince.
    pub fn doubts(&self) -> BTreeSet<String> {
        let first = self.looks.get(&1).into_iter().flatten();
        first
            .filter(|(_, is_doubtful)| **is_doubtful)
            .map(|(url, _)| url.clone())
            .collect()
    }

    /// What is known to be dead of a host: the host itself, or services of it.
    fn dead_of_host(&self, look: u8, host: &str) -> BTreeMap<String, Capture> {
        self.dead
            .iter()
            .filter(|((of, what), capture)| {
                *of == look && (what == host || host_of(&capture.url) == host)
            })
            .map(|((_, what), capture)| (what.clone(), capture.clone()))
            .collect()
    }

    /// Looks at all links that have no such look yet.
    pub async fn look(
        &mut self,
        gatherer: &Arc<Gatherer>,
        ledger: &Ledger,
        links: &BTreeSet<String>,
        look: u8,
    ) -> Result<(), GatherError> {
        let none = BTreeMap::new();
        let done = self.looks.get(&look).unwrap_or(&none);
        let mut queues: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for url in links.iter().filter(|url| !done.contains_key(*url)) {
            let host = host_of(url);
            queues.entry(host).or_default().push(url);
        }
        let at_once = gatherer.client.settings().hosts_at_once.max(1);
        let mut results = stream::iter(queues)
            .map(|(host, urls)| {
                let dead = self.dead_of_host(look, &host);
                look_at_host(gatherer, ledger, host, urls, look, dead)
            })
            .buffer_unordered(at_once);
        let mut seen = Vec::new();
        while let Some(captures) = results.next().await {
            let captures = captures?;
            seen.extend(
                captures
                    .iter()
                    .map(|one| (one.url.clone(), is_doubtful(one))),
            );
        }
        drop(results);
        self.looks.entry(look).or_default().extend(seen);
        Ok(())
    }
}

/// One host's links, one after another. Once the host or one of its services cannot be reached, the other links to it share that answer.
async fn look_at_host(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    host: String,
    urls: Vec<&str>,
    look: u8,
    mut dead: BTreeMap<String, Capture>,
) -> Result<Vec<Capture>, GatherError> {
    let mut captures: Vec<Capture> = Vec::with_capacity(urls.len());
    for url in urls {
        let known = dead.get(&host).or_else(|| dead.get(&service_of(url)));
        let capture = match known {
            Some(dead) => {
                let capture = Capture {
                    url: url.to_owned(),
                    final_url: url.to_owned(),
                    hops: Vec::new(),
                    ..dead.clone()
                };
                ledger.append(&FactRecord::Look(capture.clone()))?;
                capture
            }
            None => {
                gatherer.wait_for_crawl_hours().await?;
                gatherer
                    .look_outside(ledger, url, Purpose::Link { look })
                    .await?
            }
        };
        if let Some(what) = dead_of(&capture) {
            dead.entry(what).or_insert_with(|| capture.clone());
        }
        captures.push(capture);
    }
    gatherer.client.forget(&host);
    Ok(captures)
}

fn host_of(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Scheme, host and port: other ports of a host are other services.
fn service_of(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => String::new(),
    }
}

/// What an answer says to be dead: the host where its name or address leads nowhere, a service of it where nobody answers there.
fn dead_of(capture: &Capture) -> Option<String> {
    // After a redirect it is another host that is dead.
    let is_direct = capture.hops.is_empty();
    dead_by(
        &capture.url,
        capture.failure.as_ref().filter(|_| is_direct)?,
    )
}

fn dead_by(url: &str, failure: &Failure) -> Option<String> {
    match failure {
        Failure::Dns { .. } | Failure::RefusedByGuard { .. } => Some(host_of(url)),
        Failure::Connect => Some(service_of(url)),
        Failure::Timeout { phase } if phase == "connect" => Some(service_of(url)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_port_says_nothing_of_other_ports() {
        let refused = dead_by("http://a.cn/x", &Failure::Connect);
        assert_eq!(refused, Some(service_of("http://a.cn:80/other")));
        for other in ["https://a.cn/x", "http://a.cn:8080/", "http://b.cn/x"] {
            assert_ne!(refused, Some(service_of(other)), "{other}");
        }
        assert_eq!(dead_by("http://a.cn/x", &Failure::RedirectLoop), None);
    }
}
