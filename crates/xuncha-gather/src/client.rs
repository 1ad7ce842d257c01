//! One question to one address, with all that can go wrong told apart.
//!
//! GET only: HEAD lies in both directions. Redirects are followed here, hop by hop, each through the guard and the politeness.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, header};
use tokio::time::Instant as Deadline;
use tokio_rustls::TlsConnector;
use url::Url;
use xuncha_core::evidence::Failure;

use crate::body::{Decoder, Progress};
use crate::clock::CivilClock;
use crate::connection::{Connection, Endpoint, Pool, connect};
use crate::exchange::{Exchange, Leg, sha256_hex};
use crate::http1::{Head, Trouble};
pub use crate::jar::Jar;
use crate::lock;
use crate::message::{
    endpoint_of, host_of, is_redirect, is_text, redirect_target, request_head, retry_after,
    without_fragment,
};
use crate::patience::within;
use crate::politeness::{Permit, Politeness};
use crate::resolve::{Names, Route};
use crate::settings::Settings;
use crate::tls::{self, Verdicts};

/// Bodies of redirects are read this far.
const MAX_REDIRECT_BODY_BYTES: usize = 64 << 10;

/// 读取范围. How much of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A page: all of it where it is text, else as a look.
    Page,
    /// Only the state matters: the first kilobytes.
    Look,
    /// A package of an app.
    Package,
}

/// 客户端错误. The client cannot be built from these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("证书文件无法使用：{0}")]
pub struct ClientError(String);

/// 采集客户端. Shared by everything that asks in a run.
pub struct Client {
    settings: Settings,
    clock: Arc<dyn CivilClock>,
    politeness: Politeness,
    names: Names,
    pool: Pool,
    tls: TlsConnector,
    verdicts: Verdicts,
}

/// One leg as it went.
struct Step {
    leg: Leg,
    headers: HeaderMap,
    failure: Option<Failure>,
    is_truncated: bool,
    is_override: bool,
    took: Duration,
}

impl Client {
    /// By these settings; `clock` stamps the captures.
    pub fn new(settings: Settings, clock: Arc<dyn CivilClock>) -> Result<Client, ClientError> {
        let (config, verdicts) = tls::configure(&settings.extra_ca_pem).map_err(ClientError)?;
        Ok(Client {
            politeness: Politeness::new(&settings),
            settings,
            clock,
            names: Names::new(),
            pool: Pool::default(),
            tls: TlsConnector::from(config),
            verdicts,
        })
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its clock.
    pub fn clock(&self) -> &Arc<dyn CivilClock> {
        &self.clock
    }

    /// The pace it keeps.
    pub fn politeness(&self) -> &Politeness {
        &self.politeness
    }

    /// Whether our own resolver works.
    pub async fn uplink_works(&self) -> bool {
        self.names.control_resolves(&self.settings).await
    }

    /// Closes idle connections to a host that is done with.
    pub fn forget(&self, host: &str) {
        self.pool.forget(host);
    }

    /// Asks, follows redirects, reads. Never fails: what went wrong stands in the exchange.
    pub async fn fetch(&self, address: &str, reading: Reading, jar: &Jar) -> Exchange {
        let mut legs = Vec::new();
        let mut took = Duration::ZERO;
        let mut seen = BTreeSet::new();
        let mut next = address.to_owned();
        loop {
            let url = match Url::parse(&next) {
                Ok(url) => url,
                Err(error) => {
                    legs.push(Leg {
                        url: next.clone(),
                        ..Leg::default()
                    });
                    let detail = format!("unreadable address: {error}");
                    return self.conclude(
                        address,
                        legs,
                        Some(Failure::Protocol { detail }),
                        took,
                        None,
                    );
                }
            };
            seen.insert(without_fragment(&url));
            let step = self.step(&url, reading, jar).await;
            took += step.took;
            let target = redirect_target(&url, &step.headers);
            legs.push(step.leg.clone());
            if step.failure.is_some() || !is_redirect(step.leg.status) {
                let failure = step.failure.clone();
                return self.conclude(address, legs, failure, took, Some(step));
            }
            let has_new_cookie = jar.learn(host_of(&url), &step.headers);
            let Some(target) = target else {
                return self.conclude(address, legs, Some(Failure::RedirectLoop), took, Some(step));
            };
            let is_loop = seen.contains(&without_fragment(&target)) && !has_new_cookie;
            if is_loop || legs.len() > self.settings.max_redirects {
                return self.conclude(address, legs, Some(Failure::RedirectLoop), took, Some(step));
            }
            next = target.into();
        }
    }

    fn conclude(
        &self,
        address: &str,
        legs: Vec<Leg>,
        failure: Option<Failure>,
        took: Duration,
        step: Option<Step>,
    ) -> Exchange {
        let text = |name: header::HeaderName| {
            let value = step.as_ref().and_then(|step| step.headers.get(name));
            value
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .unwrap_or_default()
        };
        let body = legs.last().map_or(&[][..], |leg| &leg.body);
        Exchange {
            url: Url::parse(address)
                .map_or_else(|_| address.to_owned(), |url| without_fragment(&url)),
            at: self.clock.now(),
            sha256: sha256_hex(body),
            failure,
            is_truncated: step.as_ref().is_some_and(|step| step.is_truncated),
            is_override: step.as_ref().is_some_and(|step| step.is_override),
            millis: self.settings.request_millis(took),
            content_type: text(header::CONTENT_TYPE),
            last_modified: text(header::LAST_MODIFIED),
            legs,
        }
    }

    /// One request and its answer.
    async fn step(&self, url: &Url, reading: Reading, jar: &Jar) -> Step {
        let mut step = Step {
            leg: Leg {
                url: without_fragment(url),
                ..Leg::default()
            },
            headers: HeaderMap::new(),
            failure: None,
            is_truncated: false,
            is_override: false,
            took: Duration::ZERO,
        };
        let endpoint = match endpoint_of(url) {
            Ok(endpoint) => endpoint,
            Err(detail) => {
                step.failure = Some(Failure::RefusedByGuard { detail });
                return step;
            }
        };
        let route = match self
            .names
            .route(&self.settings, &endpoint.host, endpoint.port)
            .await
        {
            Ok(route) => route,
            Err(failure) => {
                step.failure = Some(failure);
                return step;
            }
        };
        step.is_override = route.is_override;
        let counted: Option<IpAddr> = route
            .addresses
            .first()
            .map(|address| address.ip())
            .filter(|_| !route.is_override);
        let permit = self.politeness.admit(&endpoint.host, counted).await;
        let started = Instant::now();
        let deadline = Deadline::now() + self.settings.real(self.settings.header_timeout);
        step.leg.request_head = request_head(url, &self.settings.user_agent, jar);
        match self
            .send(&mut step.leg, &endpoint, &route, &permit, deadline)
            .await
        {
            Err(failure) => step.failure = Some(failure),
            Ok((connection, head)) => {
                self.receive(&mut step, reading, endpoint, connection, head)
                    .await
            }
        }
        step.took = started.elapsed();
        self.politeness
            .learn(&permit, self.settings.request_millis(step.took));
        if matches!(step.leg.status, Some(429 | 503))
            && let Some(rest) = retry_after(&step.headers)
        {
            self.politeness.rest(&permit, rest);
        }
        step
    }

    /// Sends on a kept connection or a new one. A kept one that turns out to be closed is replaced silently: that is no answer of the site.
    async fn send(
        &self,
        leg: &mut Leg,
        endpoint: &Endpoint,
        route: &Route,
        permit: &Permit,
        deadline: Deadline,
    ) -> Result<(Connection, Head), Failure> {
        let (mut deadline, limit) = (deadline, self.settings.real(self.settings.header_timeout));
        loop {
            let room = self
                .politeness
                .connections()
                .saturating_sub(self.politeness.in_use(permit));
            let mut connection = match self.kept(endpoint, room).await {
                Some(connection) => connection,
                None => self.fresh(endpoint, route, deadline).await?,
            };
            leg.address = Some(connection.address);
            leg.certificate.clone_from(&connection.certificate);
            let asked = within(deadline, ask(&mut connection, &leg.request_head)).await;
            let trouble = match asked {
                Ok(Ok(head)) => return Ok((connection, head)),
                Ok(Err(trouble)) => trouble,
                Err(_) => {
                    leg.response_head = connection.http.unread().to_vec();
                    return Err(Failure::Timeout {
                        phase: "headers".to_owned(),
                    });
                }
            };
            let is_stale = connection.is_reused && !connection.http.has_heard();
            if !is_stale {
                leg.response_head = connection.http.unread().to_vec();
                return Err(trouble.into());
            }
            drop(connection);
            let counted = route
                .addresses
                .first()
                .map(|address| address.ip())
                .filter(|_| !route.is_override);
            self.politeness.wait_turn(permit, counted).await;
            deadline = Deadline::now() + limit;
        }
    }

    async fn kept(&self, endpoint: &Endpoint, room: usize) -> Option<Connection> {
        while let Some(mut connection) = self.pool.take(endpoint, room) {
            if connection.http.is_open().await {
                return Some(connection);
            }
        }
        None
    }

    async fn fresh(
        &self,
        endpoint: &Endpoint,
        route: &Route,
        deadline: Deadline,
    ) -> Result<Connection, Failure> {
        let connect_by = Deadline::now() + self.settings.real(self.settings.connect_timeout);
        let tls = endpoint.is_tls.then(|| self.tls.clone());
        let mut connection =
            connect(endpoint, &route.addresses, tls, connect_by.min(deadline)).await?;
        if endpoint.is_tls {
            let name = endpoint.host.trim_matches(['[', ']']);
            connection.certificate = lock(&self.verdicts).get(name).cloned().unwrap_or_default();
        }
        Ok(connection)
    }

    async fn receive(
        &self,
        step: &mut Step,
        reading: Reading,
        endpoint: Endpoint,
        mut connection: Connection,
        head: Head,
    ) {
        step.leg.status = Some(head.status);
        step.leg.response_head = head.raw;
        step.headers = head.headers;
        let limit = self.body_limit(step, reading);
        let is_whole = self.read_body(step, &mut connection, limit).await;
        if is_whole {
            self.pool.put(endpoint, connection);
        }
    }

    fn body_limit(&self, step: &Step, reading: Reading) -> usize {
        if is_redirect(step.leg.status) {
            return MAX_REDIRECT_BODY_BYTES;
        }
        match reading {
            Reading::Page if is_text(&step.headers) => self.settings.max_body_bytes,
            Reading::Page | Reading::Look => self.settings.max_look_bytes,
            Reading::Package => self.settings.max_package_bytes,
        }
    }

    /// Reads up to the limit; true where the answer came whole and the connection can be used again.
    async fn read_body(&self, step: &mut Step, connection: &mut Connection, limit: usize) -> bool {
        let encoding = step
            .headers
            .get(header::CONTENT_ENCODING)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let Some(mut decoder) = Decoder::new(encoding.as_deref().unwrap_or_default(), limit) else {
            let detail = format!(
                "content encoding {} that was not asked for",
                encoding.unwrap_or_default()
            );
            step.failure = Some(Failure::Protocol { detail });
            return false;
        };
        let silence = self.settings.real(self.settings.body_timeout);
        let end = Deadline::now() + silence * 4;
        loop {
            let piece = within(end.min(Deadline::now() + silence), connection.http.piece()).await;
            let trouble = match piece {
                Ok(Ok(None)) => {
                    let (bytes, trouble) = decoder.finish();
                    step.leg.body = bytes;
                    step.failure = trouble.map(|detail| Failure::Protocol { detail });
                    return step.failure.is_none();
                }
                Err(_) => Failure::Timeout {
                    phase: "body".to_owned(),
                },
                Ok(Err(trouble)) => trouble.into(),
                Ok(Ok(Some(piece))) => match decoder.push(piece) {
                    Progress::More => continue,
                    Progress::Full => {
                        step.is_truncated = true;
                        step.leg.body = decoder.abandon();
                        return false;
                    }
                    Progress::Broken(detail) => Failure::Protocol { detail },
                },
            };
            step.failure = Some(trouble);
            step.leg.body = decoder.abandon();
            return false;
        }
    }
}

async fn ask(connection: &mut Connection, request: &[u8]) -> Result<Head, Trouble> {
    connection.http.send(request).await?;
    connection.http.head().await
}
