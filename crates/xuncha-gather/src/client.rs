//! One question to one address, with all that can go wrong told apart.
//!
//! GET only: HEAD lies in both directions. Redirects are followed here, hop by hop, each through the guard and the politeness.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, header};
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::time::Instant as Deadline;
use tokio_rustls::TlsConnector;
use url::Url;
use xuncha_core::evidence::{Failure, Timing};

use crate::body::{Decoder, Progress};
use crate::clock::CivilClock;
use crate::connection::{Connection, Endpoint, Pool, connect, wrap};
use crate::exchange::{Exchange, Leg, sha256_hex};
use crate::http1::{Head, Trouble};
pub use crate::jar::Jar;
use crate::lock;
pub use crate::manner::{Manner, Reading};
use crate::message::{
    endpoint_of, has_location, host_of, is_redirect, is_text, redirect_target, refresh_target,
    request_head, retry_after, without_fragment,
};
use crate::opinion::{Asking, Opinions, is_worth_one};
use crate::patience::within;
use crate::politeness::{Permit, Politeness};
use crate::resolve::{Names, Route};
use crate::settings::Settings;
use crate::tls::{self, Verdicts};

/// Bodies of redirects are read this far.
const MAX_REDIRECT_BODY_BYTES: usize = 64 << 10;
/// Longest page that only leads on, by its `Refresh` header.
const MAX_PASSING_BODY_BYTES: usize = 64 << 10;

/// 客户端错误. The client cannot be built from these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("证书文件无法使用：{0}")]
pub struct ClientError(String);

/// 采集客户端. Shared by everything that asks in a run.
pub struct Client {
    settings: Settings,
    clock: Arc<dyn CivilClock>,
    politeness: Arc<Politeness>,
    pub(crate) names: Names,
    pool: Pool,
    pub(crate) tls: TlsConnector,
    verdicts: Verdicts,
    pub(crate) judge: Arc<WebPkiServerVerifier>,
    pub(crate) opinions: Opinions,
    via: Option<SocketAddr>,
}

/// One leg as it went.
struct Step {
    leg: Leg,
    headers: HeaderMap,
    failure: Option<Failure>,
    is_truncated: bool,
    is_override: bool,
    took: Duration,
    timing: Timing,
}

impl Client {
    /// By these settings; `clock` stamps the captures.
    pub fn new(settings: Settings, clock: Arc<dyn CivilClock>) -> Result<Client, ClientError> {
        let politeness = Arc::new(Politeness::new(&settings));
        Client::build(settings, clock, politeness, None)
    }

    /// A second client that asks over the operator's other path, under the same politeness; `None` where none is configured.
    pub(crate) fn over_second_path(&self) -> Option<Result<Client, ClientError>> {
        let via = self.settings.second_path?;
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        Some(Client::build(
            settings,
            clock,
            self.politeness.clone(),
            Some(via),
        ))
    }

    fn build(
        settings: Settings,
        clock: Arc<dyn CivilClock>,
        politeness: Arc<Politeness>,
        via: Option<SocketAddr>,
    ) -> Result<Client, ClientError> {
        let trust = tls::configure(&settings.extra_ca_pem).map_err(ClientError)?;
        Ok(Client {
            politeness,
            names: Names::new(&settings),
            settings,
            clock,
            pool: Pool::default(),
            tls: TlsConnector::from(trust.config),
            verdicts: trust.verdicts,
            judge: trust.judge,
            opinions: Opinions::default(),
            via,
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

    /// Whether our own resolver works just now, whatever was known before.
    pub(crate) async fn uplink_works_now(&self) -> bool {
        self.names.control_resolves_now(&self.settings).await
    }

    /// Whether an address is reached over our uplink: not where the operator sends it elsewhere or names it as his own.
    pub(crate) fn needs_uplink(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else {
            return false;
        };
        let (host, port) = (
            host_of(&url),
            url.port_or_known_default().unwrap_or_default(),
        );
        !self.settings.sends_elsewhere(host, port) && !self.settings.allows(host, port)
    }

    /// Whether our own guard keeps us from an address: a second look would change nothing.
    pub(crate) async fn is_refused(&self, url: &str) -> bool {
        let Some(Ok(endpoint)) = Url::parse(url).ok().map(|url| endpoint_of(&url)) else {
            return false;
        };
        let (host, port) = (&endpoint.host, endpoint.port);
        let route = self.names.route(&self.settings, host, port).await;
        matches!(route, Err(Failure::RefusedByGuard { .. }))
    }

    /// Closes idle connections to a host that is done with.
    pub fn forget(&self, host: &str) {
        self.pool.forget(host);
    }

    /// Asks, follows redirects, reads. Never fails: what went wrong stands in the exchange.
    pub async fn fetch(&self, address: &str, reading: Reading, jar: &Jar) -> Exchange {
        self.fetch_as(address, reading, jar, Manner::default())
            .await
    }

    /// As [`Client::fetch`], in a manner of its own.
    pub async fn fetch_as(
        &self,
        address: &str,
        reading: Reading,
        jar: &Jar,
        manner: Manner<'_>,
    ) -> Exchange {
        let asked = (address, reading);
        let mut legs = Vec::new();
        let mut took = Duration::ZERO;
        let mut timing = Timing::default();
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
                        asked,
                        legs,
                        Some(Failure::Protocol { detail }),
                        took,
                        None,
                    );
                }
            };
            seen.insert(without_fragment(&url));
            let mut step = self.step(&url, reading, jar, manner).await;
            took += step.took;
            step.timing = sum(step.timing, timing);
            timing = step.timing;
            let target = target_of(&url, &step);
            // Taken, not copied: a body is up to eight megabytes.
            let leg = std::mem::take(&mut step.leg);
            let status = leg.status;
            legs.push(leg);
            if step.failure.is_some() || !is_redirect(status) && target.is_none() {
                let failure = step.failure.clone();
                return self.conclude(asked, legs, failure, took, Some(step));
            }
            let is_shown = !is_redirect(status);
            let has_new_cookie = jar.learn(host_of(&url), &step.headers);
            let Some(target) = target else {
                // A browser shows what a redirect without a target carries.
                let is_shown = !has_location(&step.headers) && has_content(&legs);
                let failure = (!is_shown).then_some(Failure::RedirectLoop);
                return self.conclude(asked, legs, failure, took, Some(step));
            };
            let is_loop = seen.contains(&without_fragment(&target)) && !has_new_cookie;
            let is_kept_off = manner.fence.is_some_and(|fence| fence.keeps_off(&target));
            // Pages that lead on by themselves are shown all the same: where they lead round and round, this one stands for itself.
            if is_shown && (is_loop || is_kept_off || legs.len() > self.settings.max_redirects) {
                return self.conclude(asked, legs, None, took, Some(step));
            }
            if is_loop || legs.len() > self.settings.max_redirects {
                return self.conclude(asked, legs, Some(Failure::RedirectLoop), took, Some(step));
            }
            if is_kept_off {
                return self.conclude(asked, legs, Some(Failure::KeptOff), took, Some(step));
            }
            next = target.into();
        }
    }

    fn conclude(
        &self,
        (address, reading): (&str, Reading),
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
        let is_text = || step.as_ref().is_some_and(|step| is_text(&step.headers));
        let sha256 = match reading {
            Reading::PageLinks if is_text() => String::new(),
            _ => sha256_hex(body),
        };
        Exchange {
            url: Url::parse(address)
                .map_or_else(|_| address.to_owned(), |url| without_fragment(&url)),
            at: self.clock.now(),
            sha256,
            failure,
            is_truncated: step.as_ref().is_some_and(|step| step.is_truncated),
            is_override: step.as_ref().is_some_and(|step| step.is_override),
            millis: self.settings.request_millis(took),
            timing: step.as_ref().map(|step| step.timing).unwrap_or_default(),
            content_type: text(header::CONTENT_TYPE),
            last_modified: text(header::LAST_MODIFIED),
            legs,
        }
    }

    /// One request and its answer.
    async fn step(&self, url: &Url, reading: Reading, jar: &Jar, manner: Manner<'_>) -> Step {
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
            timing: Timing::default(),
        };
        let endpoint = match endpoint_of(url) {
            Ok(endpoint) => endpoint,
            Err(detail) => {
                step.failure = Some(Failure::RefusedByGuard { detail });
                return step;
            }
        };
        let asked_dns = Instant::now();
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
        step.timing.dns_ms = self.millis(asked_dns.elapsed());
        let permit = self.politeness.admit(&endpoint.host, route.counted()).await;
        let started = Instant::now();
        let deadline = Deadline::now() + self.settings.real(self.settings.header_timeout);
        let agent = manner.user_agent.unwrap_or(&self.settings.user_agent);
        step.leg.request_head = request_head(url, agent, jar, manner.referer);
        match self
            .send(&mut step, &endpoint, &route, &permit, deadline)
            .await
        {
            Err(failure) => step.failure = Some(failure),
            Ok((connection, head)) => {
                let before = if connection.is_reused {
                    Duration::ZERO
                } else {
                    connection.connected_in + connection.secured_in
                };
                step.timing.first_byte_ms = self.millis(started.elapsed().saturating_sub(before));
                self.receive(&mut step, reading, endpoint, connection, head)
                    .await
            }
        }
        step.took = started.elapsed();
        self.politeness
            .learn(&permit, self.settings.request_millis(step.took));
        match (step.leg.status, retry_after(&step.headers)) {
            (Some(429 | 503), Some(rest)) => self.politeness.rest(&permit, rest),
            (Some(429 | 503), None) => self.politeness.refused(&permit),
            (Some(_), _) => self.politeness.served(&permit),
            (None, _) => {}
        }
        step
    }

    /// Sends on a kept connection or a new one. A kept one that turns out to be closed is replaced silently: that is no answer of the site.
    async fn send(
        &self,
        step: &mut Step,
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
                None => self.fresh(endpoint, route, permit, deadline).await?,
            };
            if !connection.is_reused {
                step.timing.connect_ms = self.millis(connection.connected_in);
                step.timing.tls_ms = self.millis(connection.secured_in);
            }
            let leg = &mut step.leg;
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
            self.politeness.wait_turn(permit, route.counted()).await;
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
        permit: &Permit,
        deadline: Deadline,
    ) -> Result<Connection, Failure> {
        let asking = Asking {
            settings: &self.settings,
            politeness: &self.politeness,
            permit,
            endpoint,
            addresses: &route.addresses,
            counted: route.counted(),
            via: self.via,
        };
        if endpoint.is_tls
            && self.opinions.is_legacy(endpoint)
            && let Some(connection) = self.old(&asking).await
        {
            return Ok(connection);
        }
        let connect_by = Deadline::now() + self.settings.real(self.settings.connect_timeout);
        let tls = endpoint.is_tls.then(|| self.tls.clone());
        let by = connect_by.min(deadline);
        let mut connection = match connect(endpoint, &route.addresses, tls, by, self.via).await {
            Ok(connection) => connection,
            Err(failure) if endpoint.is_tls && is_worth_one(&failure) => {
                if crate::legacy::IS_BUILT_IN {
                    self.politeness.wait_turn(permit, route.counted()).await;
                    if let Some(connection) = self.old(&asking).await {
                        return Ok(connection);
                    }
                }
                return Err(self.opinions.rename(&asking, failure).await);
            }
            Err(failure) => return Err(failure),
        };
        if endpoint.is_tls {
            let name = endpoint.host.trim_matches(['[', ']']);
            connection.certificate = lock(&self.verdicts).get(name).cloned().unwrap_or_default();
        }
        Ok(connection)
    }

    /// A connection through OpenSSL, where this build has it. The certificate is judged as any other.
    async fn old(&self, asking: &Asking<'_>) -> Option<Connection> {
        let (address, secured) = self.opinions.connect(asking).await?;
        let name = asking.endpoint.host.trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(name).ok()?;
        let chain: Vec<CertificateDer<'static>> = secured
            .chain
            .into_iter()
            .map(CertificateDer::from)
            .collect();
        let mut connection = wrap(address, secured.stream);
        connection.certificate = tls::verdict(&self.judge, &chain, &name, UnixTime::now());
        Some(connection)
    }

    fn millis(&self, real: Duration) -> u32 {
        u32::try_from(self.settings.request_millis(real)).unwrap_or(u32::MAX)
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
        if is_redirect(step.leg.status) && has_location(&step.headers) {
            return MAX_REDIRECT_BODY_BYTES;
        }
        match reading {
            Reading::Page | Reading::PageLinks if is_text(&step.headers) => {
                self.settings.max_body_bytes
            }
            Reading::Page | Reading::PageLinks | Reading::Look => self.settings.max_look_bytes,
            Reading::Package => self.settings.max_package_bytes,
            Reading::Document => self.settings.max_document_bytes,
        }
    }

    /// Reads up to the limit; true where the answer came whole and the connection can be used again.
    async fn read_body(&self, step: &mut Step, connection: &mut Connection, limit: usize) -> bool {
        // What a redirect carries is shown to nobody; some pack it and send nothing.
        let is_shown = !is_redirect(step.leg.status) || !has_location(&step.headers);
        let encoding = step
            .headers
            .get(header::CONTENT_ENCODING)
            .filter(|_| is_shown)
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
        let has_odd_length = connection.http.has_odd_length();
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
                // Nothing but silence tells the end of such a body; a browser has shown it long before.
                Err(_) if has_odd_length => {
                    step.leg.body = decoder.finish().0;
                    return false;
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

/// Where an answer leads on. A page that is an error, or long enough to be read, stands for itself whatever it says of going on.
fn target_of(url: &Url, step: &Step) -> Option<Url> {
    if is_redirect(step.leg.status) {
        return redirect_target(url, &step.headers);
    }
    let is_passing =
        matches!(step.leg.status, Some(200..300)) && step.leg.body.len() <= MAX_PASSING_BODY_BYTES;
    refresh_target(url, &step.headers).filter(|_| is_passing)
}

fn has_content(legs: &[Leg]) -> bool {
    let last = legs.last();
    last.is_some_and(|leg| !leg.body.trim_ascii().is_empty())
}

fn sum(one: Timing, other: Timing) -> Timing {
    Timing {
        dns_ms: one.dns_ms.saturating_add(other.dns_ms),
        connect_ms: one.connect_ms.saturating_add(other.connect_ms),
        tls_ms: one.tls_ms.saturating_add(other.tls_ms),
        first_byte_ms: one.first_byte_ms.saturating_add(other.first_byte_ms),
    }
}

async fn ask(connection: &mut Connection, request: &[u8]) -> Result<Head, Trouble> {
    connection.http.send(request).await?;
    connection.http.head().await
}
