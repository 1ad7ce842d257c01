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
    dead_hosts: BTreeMap<(u8, String), Capture>,
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
            if is_host_dead(capture) {
                self.dead_hosts
                    .entry((look, host_of(&capture.url)))
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

    /// Looks at all links that have no such look yet.
    pub async fn look(
        &mut self,
        gatherer: &Arc<Gatherer>,
        ledger: &Ledger,
        links: &BTreeSet<String>,
        look: u8,
    ) -> Result<(), GatherError> {
        let done = self.looks.entry(look).or_default();
        let mut queues: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for url in links.iter().filter(|url| !done.contains_key(*url)) {
            let host = host_of(url);
            queues.entry(host).or_default().push(url);
        }
        let at_once = gatherer.client.settings().hosts_at_once.max(1);
        let mut results = stream::iter(queues)
            .map(|(host, urls)| {
                let dead = self.dead_hosts.get(&(look, host.clone())).cloned();
                look_at_host(gatherer, ledger, host, urls, look, dead)
            })
            .buffer_unordered(at_once);
        while let Some(captures) = results.next().await {
            for capture in captures? {
                done.insert(capture.url.clone(), is_doubtful(&capture));
            }
        }
        Ok(())
    }
}

/// One host's links, one after another. Once the host itself cannot be reached, its other links share that answer.
async fn look_at_host(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    host: String,
    urls: Vec<&str>,
    look: u8,
    mut dead: Option<Capture>,
) -> Result<Vec<Capture>, GatherError> {
    let mut captures: Vec<Capture> = Vec::with_capacity(urls.len());
    for url in urls {
        let capture = match &dead {
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
                gatherer.look(ledger, url, Purpose::Link { look }).await?
            }
        };
        if dead.is_none() && is_host_dead(&capture) {
            dead = Some(capture.clone());
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

fn is_host_dead(capture: &Capture) -> bool {
    // After a redirect it is another host that is dead.
    let is_unreached = match &capture.failure {
        Some(Failure::Dns { .. } | Failure::Connect | Failure::RefusedByGuard { .. }) => true,
        Some(Failure::Timeout { phase }) => phase == "connect",
        _ => false,
    };
    is_unreached && capture.hops.is_empty()
}
