//! 网络事实: certificate, TLS, DNS, IPv6 and the way from HTTP to HTTPS of one site, once a round.
//!
//! A handful of requests, each under the politeness of the host like any other; what is asked is the root page of the host.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::UdpSocket;
use tokio::time::Instant as Deadline;
use url::Url;
use xuncha_core::evidence::{EvidenceRef, Failure, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::network::{Certificate, NetworkFacts, Reach, Tls};

use crate::certificate;
use crate::client::{Client, Reading};
use crate::connection::{Endpoint, connect_failure};
use crate::dial::dial;
use crate::exchange::{Exchange, sha256_hex};
use crate::gatherer::{Gatherer, Ledger};
use crate::guard::is_public;
use crate::message::{endpoint_of, host_of};
use crate::opinion::{Asking, Opinion, is_worth_one};
use crate::patience::within;
use crate::politeness::Permit;
use crate::report::GatherError;
use crate::resolve::Route;

/// Looks at the network of a site and appends what it says.
pub(crate) async fn record(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    home: &str,
) -> Result<Option<FactRecord>, GatherError> {
    let Ok(home) = Url::parse(home) else {
        return Ok(None);
    };
    let look = Look {
        gatherer,
        ledger,
        host: host_of(&home).trim_end_matches('.').to_ascii_lowercase(),
        plain: door(&home, "http"),
        secure: door(&home, "https"),
    };
    let record = FactRecord::Network(Box::new(look.facts().await?));
    ledger.append(&record)?;
    Ok(Some(record))
}

/// The root of the site's host under a scheme. A home page on a port of its own has only the scheme that it is filed with.
fn door(home: &Url, scheme: &str) -> Option<Url> {
    let mut url = home.join("/").ok()?;
    if home.scheme() != scheme {
        if home.port().is_some() {
            return None;
        }
        url.set_scheme(scheme).ok()?;
    }
    Some(url)
}

struct Look<'a> {
    gatherer: &'a Arc<Gatherer>,
    ledger: &'a Ledger,
    host: String,
    plain: Option<Url>,
    secure: Option<Url>,
}

/// What one handshake came to.
struct Shaken {
    tls: Tls,
    certificate: Option<Certificate>,
}

impl Look<'_> {
    async fn facts(&self) -> Result<NetworkFacts, GatherError> {
        let client = &self.gatherer.client;
        let port = self.secure.as_ref().and_then(Url::port_or_known_default);
        let survey = client
            .names
            .survey(client.settings(), &self.host, port.unwrap_or(80))
            .await;
        let plain = self.ask(self.plain.as_ref()).await?;
        let shaken = self.shake(self.secure.as_ref()).await;
        let redirects_to_https = plain
            .as_ref()
            .and_then(|(exchange, _)| self.leads_on(exchange));
        let mut secure = None;
        if redirects_to_https != Some(true) && is_readable(&shaken.tls) {
            secure = self.ask(self.secure.as_ref()).await?;
        }
        let answers = || {
            secure
                .iter()
                .chain(plain.iter())
                .map(|(exchange, _)| exchange)
        };
        let hsts = answers().find_map(|exchange| self.hsts(exchange));
        let ipv6_reach = self.reach(&survey.ipv6, !survey.trouble.is_empty()).await;
        Ok(NetworkFacts {
            host: self.host.clone(),
            at: client.clock().now(),
            evidence: self.evidence(secure.as_ref().or(plain.as_ref()), &shaken),
            ipv4: survey.ipv4,
            ipv6: survey.ipv6,
            cname: survey.cname,
            name_servers: survey.name_servers,
            dns_trouble: survey.trouble,
            ipv6_reach,
            tls: shaken.tls,
            certificate: shaken.certificate,
            redirects_to_https,
            hsts,
        })
    }

    /// Asks a root page and keeps the answer as evidence.
    async fn ask(&self, url: Option<&Url>) -> Result<Option<(Exchange, String)>, GatherError> {
        let Some(url) = url else {
            return Ok(None);
        };
        let client = &self.gatherer.client;
        let exchange = client
            .fetch(url.as_str(), Reading::Look, &self.ledger.jar)
            .await;
        let record = self.ledger.keep(&exchange)?;
        Ok(Some((exchange, record)))
    }

    /// Whether an answer over HTTP leads to HTTPS of the same site; nothing where there was no answer.
    fn leads_on(&self, exchange: &Exchange) -> Option<bool> {
        self.secure.as_ref()?;
        let is_secure = |url: &str| {
            Url::parse(url)
                .is_ok_and(|url| url.scheme() == "https" && is_same_site(host_of(&url), &self.host))
        };
        if exchange.legs.iter().skip(1).any(|leg| is_secure(&leg.url)) {
            return Some(true);
        }
        exchange.status().map(|_| false)
    }

    /// `Strict-Transport-Security` of the first answer of the host itself over HTTPS.
    fn hsts(&self, exchange: &Exchange) -> Option<String> {
        let is_own = |url: &str| {
            Url::parse(url)
                .is_ok_and(|url| url.scheme() == "https" && is_same_site(host_of(&url), &self.host))
        };
        let leg = exchange.legs.iter().find(|leg| is_own(&leg.url))?;
        let head = String::from_utf8_lossy(&leg.response_head);
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name
                .trim()
                .eq_ignore_ascii_case("strict-transport-security");
            is_it.then(|| value.trim().to_owned())
        })
    }

    /// A handshake of its own on the port of HTTPS, and a second opinion where our library gets nowhere.
    async fn shake(&self, url: Option<&Url>) -> Shaken {
        let nothing = |tls| Shaken {
            tls,
            certificate: None,
        };
        let endpoint = match url.map(endpoint_of) {
            Some(Ok(endpoint)) => endpoint,
            _ => {
                let why = "登记地址使用自定端口，未检查 HTTPS".to_owned();
                return nothing(Tls::Unknown { why });
            }
        };
        let client = &self.gatherer.client;
        let names = &client.names;
        let route = names
            .route(client.settings(), &endpoint.host, endpoint.port)
            .await;
        let route = match route {
            Ok(route) => route,
            Err(failure) => {
                let why = failure_zh(&failure).to_owned();
                return nothing(Tls::Unknown { why });
            }
        };
        let permit = self.permit(&route).await;
        match handshake(client, &endpoint, &route).await {
            Ok((tls, chain)) => self.shaken(tls, &chain),
            Err(failure) if is_worth_one(&failure) => {
                let asking = asking(client, &endpoint, &route, &permit);
                match client.opinions.ask(&asking).await {
                    Some(Opinion { tls, chain }) => self.shaken(tls, &chain),
                    None => nothing(Tls::Unknown {
                        why: "服务器没有接受安全连接".to_owned(),
                    }),
                }
            }
            Err(Failure::Connect) => nothing(Tls::Absent {
                why: format!("{} 端口没有开放", endpoint.port),
            }),
            Err(Failure::Timeout { .. }) => nothing(Tls::Absent {
                why: format!("{} 端口没有应答", endpoint.port),
            }),
            Err(failure) => nothing(Tls::Unknown {
                why: failure_zh(&failure).to_owned(),
            }),
        }
    }

    fn shaken(&self, tls: Tls, chain: &[Vec<u8>]) -> Shaken {
        let chain: Vec<CertificateDer<'_>> = chain
            .iter()
            .map(|one| CertificateDer::from(one.as_slice()))
            .collect();
        Shaken {
            tls,
            certificate: certificate::read(&self.gatherer.client.judge, &chain, &self.host),
        }
    }

    /// The right to one connection to the host. Kept ones are closed: together they would be more than allowed.
    async fn permit(&self, route: &Route) -> Permit {
        let client = &self.gatherer.client;
        let permit = client.politeness().admit(&self.host, route.counted()).await;
        client.forget(&self.host);
        permit
    }

    async fn reach(&self, addresses: &[Ipv6Addr], is_unasked: bool) -> Reach {
        let Some(address) = addresses.first() else {
            return if is_unasked {
                Reach::Unknown {
                    why: "没有查询域名解析".to_owned(),
                }
            } else {
                Reach::NoAddress
            };
        };
        let client = &self.gatherer.client;
        let url = self.secure.as_ref().or(self.plain.as_ref());
        let port = url.and_then(Url::port_or_known_default).unwrap_or(443);
        let may_be_private = client.settings().allows(&self.host, port);
        if !may_be_private && !is_public(IpAddr::V6(*address)) {
            return Reach::Unreached {
                why: format!("登记的 IPv6 地址 {address} 不是公网地址"),
            };
        }
        if let Err(why) = has_route(*address).await {
            return Reach::Unknown { why };
        }
        let to_port = client.settings().port_for(&self.host, port);
        let target = SocketAddr::new(IpAddr::V6(*address), to_port);
        let route = Route {
            addresses: vec![target],
            is_override: false,
        };
        let _permit = self.permit(&route).await;
        let settings = client.settings();
        let limit = settings.real(settings.connect_timeout);
        match within(Deadline::now() + limit, dial(target, None)).await {
            Ok(Ok(_)) => Reach::Reached,
            Ok(Err(error)) => match connect_failure(&error) {
                Failure::RefusedByGuard { .. } => Reach::Unknown {
                    why: "本机网络异常".to_owned(),
                },
                _ => Reach::Unreached {
                    why: format!("{target} 无法建立连接"),
                },
            },
            Err(_) => Reach::Unreached {
                why: format!("{target} 没有应答"),
            },
        }
    }

    fn evidence(&self, answer: Option<&(Exchange, String)>, shaken: &Shaken) -> EvidenceRef {
        if let Some((exchange, record)) = answer {
            let purpose = Purpose::Link { look: 1 };
            return exchange.capture(purpose, record.clone()).evidence;
        }
        let certificate = shaken.certificate.as_ref();
        EvidenceRef {
            url: self.secure.as_ref().map(Url::to_string).unwrap_or_default(),
            at: self.gatherer.client.clock().now(),
            sha256: certificate.map_or_else(|| sha256_hex(&[]), |one| one.sha256.clone()),
            record: String::new(),
            quote: String::new(),
        }
    }
}

fn asking<'a>(
    client: &'a Client,
    endpoint: &'a Endpoint,
    route: &'a Route,
    permit: &'a Permit,
) -> Asking<'a> {
    Asking {
        settings: client.settings(),
        politeness: client.politeness(),
        permit,
        endpoint,
        addresses: &route.addresses,
        counted: route.counted(),
        via: None,
    }
}

/// Whether pages can be read over this TLS by this build.
fn is_readable(tls: &Tls) -> bool {
    match tls {
        Tls::Modern { .. } => true,
        Tls::Legacy { .. } => crate::legacy::IS_BUILT_IN,
        _ => false,
    }
}

fn is_same_site(one: &str, other: &str) -> bool {
    one.trim_start_matches("www.") == other.trim_start_matches("www.")
}

/// Shakes hands by our own library: what was agreed, and the certificates.
async fn handshake(
    client: &Client,
    endpoint: &Endpoint,
    route: &Route,
) -> Result<(Tls, Vec<Vec<u8>>), Failure> {
    let tls_failure = |detail: String| Failure::Tls { detail };
    let name = endpoint.host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(name).map_err(|error| tls_failure(error.to_string()))?;
    let address = *route.addresses.first().ok_or(Failure::Connect)?;
    let settings = client.settings();
    let deadline = Deadline::now() + settings.real(settings.connect_timeout);
    let timeout = |phase: &str| Failure::Timeout {
        phase: phase.to_owned(),
    };
    let stream = within(deadline, dial(address, None))
        .await
        .map_err(|_| timeout("connect"))?
        .map_err(|error| connect_failure(&error))?;
    let stream = within(deadline, client.tls.connect(name, stream))
        .await
        .map_err(|_| timeout("tls"))?
        .map_err(|error| tls_failure(error.to_string()))?;
    let session = stream.get_ref().1;
    let version = session.protocol_version().map(u16::from);
    let cipher = session.negotiated_cipher_suite().map(|suite| suite.suite());
    let chain = session.peer_certificates().unwrap_or_default();
    let tls = Tls::Modern {
        version: crate::hello::version_name(version.unwrap_or_default()),
        cipher: cipher
            .and_then(|suite| suite.as_str())
            .unwrap_or_default()
            .to_owned(),
    };
    Ok((tls, chain.iter().map(|one| one.to_vec()).collect()))
}

/// Whether this machine has a way to an IPv6 address at all. Nothing is sent.
async fn has_route(address: Ipv6Addr) -> Result<(), String> {
    let source = async {
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).await?;
        socket.connect((address, 443)).await?;
        Ok(socket.local_addr()?.ip())
    };
    route_says(address, source.await)
}

/// What it means that this machine would send to an address from this one of its own.
fn route_says(address: Ipv6Addr, source: std::io::Result<IpAddr>) -> Result<(), String> {
    match source {
        Err(error) => Err(format!("本机没有 IPv6 出口（{error}）")),
        // An address for this machine or this network only leads to no public server.
        Ok(source) if is_public(IpAddr::V6(address)) && !is_public(source) => {
            Err("本机没有公网 IPv6 地址".to_owned())
        }
        Ok(_) => Ok(()),
    }
}

fn failure_zh(failure: &Failure) -> &'static str {
    match failure {
        Failure::Dns {
            control_resolved: true,
        } => "域名无法解析",
        Failure::Dns { .. } => "我方域名解析异常",
        Failure::RefusedByGuard { .. } => "我方安全策略未放行",
        Failure::Reset => "连接中断",
        _ => "无法建立连接",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn without_ipv6_of_our_own_nothing_is_said_of_theirs() {
        let public: Ipv6Addr = "2400:3200::1".parse().unwrap();
        let unreachable = std::io::Error::from(std::io::ErrorKind::NetworkUnreachable);
        assert!(
            route_says(public, Err(unreachable))
                .unwrap_err()
                .contains("没有 IPv6")
        );
        let local: IpAddr = "fd00::2".parse().unwrap();
        assert!(route_says(public, Ok(local)).unwrap_err().contains("公网"));
        assert_eq!(
            route_says(public, Ok("2400:da00::9".parse().unwrap())),
            Ok(())
        );
        assert_eq!(
            route_says(Ipv6Addr::LOCALHOST, Ok(Ipv6Addr::LOCALHOST.into())),
            Ok(())
        );
    }

    #[test]
    fn a_port_of_its_own_has_one_door() {
        let doors = |home: &str| {
            let home = Url::parse(home).unwrap();
            ["http", "https"].map(|scheme| door(&home, scheme).map(String::from))
        };
        let both = ["http://a.cn/", "https://a.cn/"].map(|url| Some(url.to_owned()));
        assert_eq!(doors("http://a.cn/index.html?x=1"), both);
        assert_eq!(doors("https://a.cn"), both);
        assert_eq!(
            doors("http://a.cn:8080/x"),
            [Some("http://a.cn:8080/".to_owned()), None]
        );
        assert_eq!(
            doors("https://a.cn:8443/x"),
            [None, Some("https://a.cn:8443/".to_owned())]
        );
    }
}
