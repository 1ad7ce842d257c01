//! From a host to socket addresses: overrides, hosts file, DNS; guarded after resolution.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use tokio::sync::OnceCell;
use xuncha_core::evidence::Failure;

use crate::guard::is_public;
use crate::lock;
use crate::settings::Settings;

/// How long an answer about our own resolver holds.
const CONTROL_HOLDS: Duration = Duration::from_secs(60);
/// How long a name's addresses, or its absence, hold.
const NAME_HOLDS: Duration = Duration::from_secs(600);

/// Where to connect for a host.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub addresses: Vec<SocketAddr>,
    /// The operator sends it there: neither the guard nor the limit per address applies.
    pub is_override: bool,
}

/// What DNS said.
#[derive(Clone, Debug)]
enum Answer {
    Addresses(Vec<IpAddr>),
    /// The name does not exist, or has no address.
    Absent,
    /// The resolver failed; nothing is known about the name.
    Broken,
}

type Slot = Arc<OnceCell<(Answer, Instant)>>;

pub(crate) struct Names {
    resolver: OnceCell<Option<TokioResolver>>,
    known: Mutex<BTreeMap<String, Slot>>,
    control: Mutex<Option<(bool, Instant)>>,
}

impl Names {
    pub fn new() -> Names {
        Names {
            resolver: OnceCell::new(),
            known: Mutex::default(),
            control: Mutex::default(),
        }
    }

    /// The way to a host, or why there is none.
    pub async fn route(
        &self,
        settings: &Settings,
        host: &str,
        port: u16,
    ) -> Result<Route, Failure> {
        // RFC 6761: this zone never exists; neither an override nor a wildcard resolver may make it.
        if host == "invalid" || host.ends_with(".invalid") {
            return Err(Failure::Dns {
                control_resolved: true,
            });
        }
        let sent_to = settings
            .connect_to
            .iter()
            .find(|rule| rule.matches(host, port));
        let to_host = sent_to
            .and_then(|rule| rule.to_host.as_deref())
            .unwrap_or(host);
        let to_port = sent_to.and_then(|rule| rule.to_port).unwrap_or(port);
        let is_override = sent_to.is_some_and(|rule| rule.to_host.is_some());
        let found = self.addresses(settings, to_host).await?;
        let may_be_private = is_override || settings.allows(host, port);
        let refused = found.first().map(ToString::to_string).unwrap_or_default();
        let addresses: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| may_be_private || is_public(*address))
            .map(|address| SocketAddr::new(address, to_port))
            .collect();
        if addresses.is_empty() {
            let detail = format!("private or reserved address {refused} of {host}");
            return Err(Failure::RefusedByGuard { detail });
        }
        Ok(Route {
            addresses,
            is_override,
        })
    }

    async fn addresses(&self, settings: &Settings, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let bare = host.trim_matches(['[', ']']);
        if let Ok(address) = bare.parse() {
            return Ok(vec![address]);
        }
        if let Some(address) = settings.hosts.get(host) {
            return Ok(vec![*address]);
        }
        if host == "localhost" || host.ends_with(".localhost") {
            return Ok(vec![IpAddr::from([127, 0, 0, 1])]);
        }
        match self.ask_cached(host).await {
            Answer::Addresses(addresses) => Ok(addresses),
            // An answer "no such name" proves that a resolver works; only its failure has to be told from ours.
            Answer::Absent => Err(Failure::Dns {
                control_resolved: self.control_resolves(settings).await,
            }),
            Answer::Broken => Err(Failure::Dns {
                control_resolved: false,
            }),
        }
    }

    async fn ask_cached(&self, host: &str) -> Answer {
        let slot = {
            let mut known = lock(&self.known);
            let slot = known.entry(host.to_owned()).or_default();
            let is_old = slot.get().is_some_and(|(answer, since)| {
                since.elapsed() > NAME_HOLDS
                    || (matches!(answer, Answer::Broken) && since.elapsed() > CONTROL_HOLDS)
            });
            if is_old {
                *slot = Slot::default();
            }
            slot.clone()
        };
        let entry = slot
            .get_or_init(|| async { (self.ask(host).await, Instant::now()) })
            .await;
        entry.0.clone()
    }

    async fn ask(&self, host: &str) -> Answer {
        let resolver = self
            .resolver
            .get_or_init(|| async { build_resolver() })
            .await;
        let Some(resolver) = resolver else {
            return Answer::Broken;
        };
        // The trailing dot keeps search domains of this machine out of it.
        let name = format!("{}.", host.trim_end_matches('.'));
        match resolver.lookup_ip(name).await {
            Ok(found) => {
                let addresses: Vec<IpAddr> = found.iter().collect();
                if addresses.is_empty() {
                    Answer::Absent
                } else {
                    Answer::Addresses(addresses)
                }
            }
            Err(error) if error.is_nx_domain() || error.is_no_records_found() => Answer::Absent,
            Err(error) => {
                tracing::debug!(host, %error, "name lookup failed");
                Answer::Broken
            }
        }
    }

    /// Whether our own resolver works.
    pub async fn control_resolves(&self, settings: &Settings) -> bool {
        let known = *lock(&self.control);
        if let Some((resolved, since)) = known
            && since.elapsed() < CONTROL_HOLDS
        {
            return resolved;
        }
        let answer = self.ask(&settings.control_name).await;
        let resolved = matches!(answer, Answer::Addresses(_));
        *lock(&self.control) = Some((resolved, Instant::now()));
        resolved
    }
}

fn build_resolver() -> Option<TokioResolver> {
    let mut builder = TokioResolver::builder_tokio()
        .inspect_err(|error| tracing::warn!(%error, "no resolver configured on this machine"))
        .ok()?;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(3);
    options.attempts = 2;
    builder.build().ok()
}
