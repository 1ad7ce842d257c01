//! From a host to socket addresses: overrides, hosts file, DNS; guarded after resolution.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
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

impl Route {
    /// The address whose own limit counts beside the host's.
    pub fn counted(&self) -> Option<IpAddr> {
        let first = self.addresses.first().map(|address| address.ip());
        first.filter(|_| !self.is_override)
    }
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

/// What DNS says of a name beyond where to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub ipv4: Vec<Ipv4Addr>,
    pub ipv6: Vec<Ipv6Addr>,
    pub cname: Vec<String>,
    pub name_servers: Vec<String>,
    /// Why it says nothing or only a part, in Chinese.
    pub trouble: String,
}

pub(crate) struct Names {
    name_server: Option<SocketAddr>,
    resolver: OnceCell<Option<TokioResolver>>,
    known: Mutex<BTreeMap<String, Slot>>,
    control: Mutex<Option<(bool, Instant)>>,
}

impl Names {
    pub fn new(settings: &Settings) -> Names {
        Names {
            name_server: settings.name_server,
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
        let Some(resolver) = self.resolver().await else {
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

    async fn resolver(&self) -> Option<&TokioResolver> {
        let build = || async { build_resolver(self.name_server) };
        self.resolver.get_or_init(build).await.as_ref()
    }

    /// Addresses of both families, aliases and name servers of a host. Names that the operator sent elsewhere are not asked.
    pub async fn survey(&self, settings: &Settings, host: &str, port: u16) -> Survey {
        let told = |trouble: &str| Survey {
            trouble: trouble.to_owned(),
            ..Survey::default()
        };
        let bare = host.trim_matches(['[', ']']);
        let known: Option<IpAddr> = bare.parse().ok();
        if let Some(address) = known.or_else(|| settings.hosts.get(host).copied()) {
            let mut survey = told(if known.is_some() {
                "网站以地址登记，没有域名"
            } else {
                "地址由 hosts 文件指定，未查询域名解析"
            });
            survey.add(address);
            return survey;
        }
        let is_local = ["localhost", "invalid"]
            .iter()
            .any(|zone| host == *zone || host.ends_with(&format!(".{zone}")));
        if settings.sends_elsewhere(host, port) || is_local {
            return told("连接已由设置改向，未查询域名解析");
        }
        match self.resolver().await {
            Some(resolver) => ask_all(resolver, host).await,
            None => told("本机没有可用的域名解析"),
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
        self.control_resolves_now(settings).await
    }

    /// Whether it works just now.
    pub async fn control_resolves_now(&self, settings: &Settings) -> bool {
        let answer = self.ask(&settings.control_name).await;
        let resolved = matches!(answer, Answer::Addresses(_));
        *lock(&self.control) = Some((resolved, Instant::now()));
        resolved
    }
}

impl Survey {
    fn add(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(address) => self.ipv4.push(address),
            IpAddr::V6(address) => self.ipv6.push(address),
        }
    }
}

async fn ask_all(resolver: &TokioResolver, host: &str) -> Survey {
    let mut survey = Survey::default();
    let host = host.trim_end_matches('.');
    for kind in [RecordType::A, RecordType::AAAA] {
        match resolver.lookup(format!("{host}."), kind).await {
            Ok(answer) => {
                for record in answer.answers() {
                    match &record.data {
                        RData::A(address) => survey.add(IpAddr::V4(address.0)),
                        RData::AAAA(address) => survey.add(IpAddr::V6(address.0)),
                        RData::CNAME(name) => {
                            let name = name.0.to_string().trim_end_matches('.').to_owned();
                            if !survey.cname.contains(&name) {
                                survey.cname.push(name);
                            }
                        }
                        _ => {}
                    }
                }
            }
            Err(error) if error.is_nx_domain() || error.is_no_records_found() => {}
            Err(error) => {
                tracing::debug!(host, ?kind, %error, "name lookup failed");
                survey.trouble = "域名解析没有应答".to_owned();
                return survey;
            }
        }
    }
    survey.ipv4.sort();
    survey.ipv6.sort();
    // The zone is the nearest name above that has name servers of its own; a public suffix is not asked.
    let mut zone = host;
    while zone.contains('.') && survey.name_servers.is_empty() {
        if let Ok(answer) = resolver.lookup(format!("{zone}."), RecordType::NS).await {
            for record in answer.answers() {
                if let RData::NS(name) = &record.data {
                    let name = name.0.to_string();
                    survey
                        .name_servers
                        .push(name.trim_end_matches('.').to_owned());
                }
            }
        }
        zone = zone.split_once('.').map_or("", |(_, parent)| parent);
    }
    survey.name_servers.sort();
    survey
}

fn build_resolver(name_server: Option<SocketAddr>) -> Option<TokioResolver> {
    let mut builder = match name_server {
        None => TokioResolver::builder_tokio()
            .inspect_err(|error| tracing::warn!(%error, "no resolver configured on this machine"))
            .ok()?,
        Some(address) => {
            let mut ways = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
            ways.iter_mut().for_each(|way| way.port = address.port());
            let server = NameServerConfig::new(address.ip(), true, ways);
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(3);
    options.attempts = 2;
    builder.build().ok()
}
