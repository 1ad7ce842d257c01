//! 第二意见: what a server is that our TLS library cannot reach. A failure of the library alone never says that a site is down.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::time::Instant as Deadline;
use xuncha_core::evidence::{Failure, LEGACY_TLS, NATIONAL_TLS};
use xuncha_core::facts::network::Tls;

use crate::connection::Endpoint;
use crate::dial::dial;
use crate::hello::{Heard, Hello, TLCP, say, suite_name, version_name};
use crate::legacy::{self, Secured};
use crate::lock;
use crate::patience::within;
use crate::politeness::{Permit, Politeness};
use crate::settings::Settings;

/// How long "nothing was heard" holds: a server may have been down just then.
const NOTHING_HOLDS: Duration = Duration::from_secs(600);
/// Suites that our library speaks too.
const MODERN_SUITES: [u16; 4] = [0xc02b, 0xc02c, 0xc02f, 0xc030];

/// What a second look at a TLS server heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opinion {
    pub tls: Tls,
    /// Certificates in the order of the server.
    pub chain: Vec<Vec<u8>>,
}

/// What is known of the servers of a run.
#[derive(Default)]
pub(crate) struct Opinions {
    known: Mutex<BTreeMap<Endpoint, (Option<Opinion>, Instant)>>,
}

/// A server that is asked under a permit of its host.
pub(crate) struct Asking<'a> {
    pub settings: &'a Settings,
    pub politeness: &'a Politeness,
    pub permit: &'a Permit,
    pub endpoint: &'a Endpoint,
    pub addresses: &'a [SocketAddr],
    /// The address whose limit counts too.
    pub counted: Option<IpAddr>,
    pub via: Option<SocketAddr>,
}

/// Whether this failure may be our library's alone.
pub(crate) fn is_worth_one(failure: &Failure) -> bool {
    match failure {
        Failure::Tls { .. } | Failure::Reset => true,
        Failure::Timeout { phase } => phase == "tls",
        _ => false,
    }
}

impl Opinions {
    /// Whether this server was found to speak old TLS only.
    pub fn is_legacy(&self, endpoint: &Endpoint) -> bool {
        let known = lock(&self.known);
        let opinion = known
            .get(endpoint)
            .and_then(|(opinion, _)| opinion.as_ref());
        opinion.is_some_and(|opinion| matches!(opinion.tls, Tls::Legacy { .. }))
    }

    /// A connection through OpenSSL, where it is built in and gets one. What it is is remembered.
    pub async fn connect(&self, asking: &Asking<'_>) -> Option<(SocketAddr, Secured)> {
        if !legacy::IS_BUILT_IN {
            return None;
        }
        let host = asking.endpoint.host.trim_matches(['[', ']']);
        let limit = asking.settings.real(asking.settings.connect_timeout);
        let address = *asking.addresses.first()?;
        let secured = within(Deadline::now() + limit, async {
            let stream = dial(address, asking.via).await.ok()?;
            legacy::handshake(stream, host)
                .await
                .inspect_err(|error| tracing::debug!(host, %error, "OpenSSL cannot either"))
                .ok()
        })
        .await;
        let secured = secured.ok().flatten()?;
        let opinion = Opinion {
            tls: Tls::Legacy {
                version: secured.version.clone(),
                cipher: secured.cipher.clone(),
            },
            chain: secured.chain.clone(),
        };
        self.remember(asking.endpoint, Some(opinion));
        Some((address, secured))
    }

    /// Who answers to our bare hellos; `None` where nobody does.
    pub async fn ask(&self, asking: &Asking<'_>) -> Option<Opinion> {
        let known = lock(&self.known).get(asking.endpoint).cloned();
        if let Some((opinion, since)) = known
            && (opinion.is_some() || since.elapsed() < NOTHING_HOLDS)
        {
            return opinion;
        }
        let mut opinion = None;
        for kind in [Hello::Old, Hello::Tlcp, Hello::Sm13] {
            // Every hello is a request as any other.
            asking
                .politeness
                .wait_turn(asking.permit, asking.counted)
                .await;
            let heard = asking.hear(kind).await;
            tracing::debug!(host = asking.endpoint.host, ?kind, ?heard, "bare hello");
            // Who refuses a hello says so or hangs up; who is silent would be silent again.
            let is_silent = heard == Heard::Silence;
            opinion = opinion_of(kind, heard);
            if opinion.is_some() || is_silent {
                break;
            }
        }
        self.remember(asking.endpoint, opinion.clone());
        opinion
    }

    /// The failure as it is to be recorded: what our library cannot speak is named, and is no failure of the site.
    pub async fn rename(&self, asking: &Asking<'_>, failure: Failure) -> Failure {
        let Some(opinion) = self.ask(asking).await else {
            return failure;
        };
        let detail = match opinion.tls {
            Tls::Legacy { version, cipher } => format!("{LEGACY_TLS}{version} {cipher}"),
            Tls::National { version, cipher } => format!("{NATIONAL_TLS}{version} {cipher}"),
            // It speaks as we do: what our library dislikes is something else.
            _ => match failure {
                Failure::Tls { detail } => detail,
                other => return other,
            },
        };
        Failure::Tls { detail }
    }

    fn remember(&self, endpoint: &Endpoint, opinion: Option<Opinion>) {
        lock(&self.known).insert(endpoint.clone(), (opinion, Instant::now()));
    }
}

impl Asking<'_> {
    async fn hear(&self, kind: Hello) -> Heard {
        let host = self.endpoint.host.trim_matches(['[', ']']);
        let limit = self.settings.real(self.settings.connect_timeout);
        let Some(address) = self.addresses.first() else {
            return Heard::NoTls;
        };
        let deadline = Deadline::now() + limit;
        match within(deadline, dial(*address, self.via)).await {
            Ok(Ok(stream)) => say(stream, kind, host, deadline).await,
            _ => Heard::NoTls,
        }
    }
}

fn opinion_of(kind: Hello, heard: Heard) -> Option<Opinion> {
    let Heard::ServerHello {
        version,
        suite,
        certificates,
    } = heard
    else {
        return None;
    };
    let (name, cipher) = (version_name(version), suite_name(suite));
    let tls = match kind {
        Hello::Old if version == 0x0303 && MODERN_SUITES.contains(&suite) => Tls::Modern {
            version: name,
            cipher,
        },
        Hello::Old => Tls::Legacy {
            version: name,
            cipher,
        },
        Hello::Tlcp if version == TLCP => Tls::National {
            version: name,
            cipher,
        },
        Hello::Sm13 if version == 0x0304 => Tls::National {
            version: name,
            cipher,
        },
        _ => return None,
    };
    Some(Opinion {
        tls,
        chain: certificates,
    })
}
