//! The servers behind the cases: one that knows all hosts, and ports that are silent, closed or badly certified.
//!
//! For our own test they stand on any free ports and our settings lead there. For other checkers, which know no such settings, they
//! stand under the names and ports of the cases, in a network of their own with [`hosts_file`] as its hosts file.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;
use xuncha_gather::settings::{ConnectTo, Settings};

use crate::answers::Answers;
use crate::case::Case;
use crate::common::{Ask, Reply, Server};

const HOSTS: [&str; 8] = [
    "planted.internal",
    "soft.internal",
    "home.internal",
    "out.internal",
    "slow.internal",
    "other.internal",
    "xn--zfr164b.internal",
    "notls.internal",
];

/// Hosts with a bad certificate: the host, the name that is certified, whether it is over, the address where the host stands by name.
const SECURE: [(&str, &str, bool, &str); 3] = [
    ("expired.internal", "expired.internal", true, "127.0.0.2"),
    (
        "selfsigned.internal",
        "selfsigned.internal",
        false,
        "127.0.0.3",
    ),
    (
        "wronghost.internal",
        "elsewhere.internal",
        false,
        "127.0.0.4",
    ),
];

/// Where all other hosts stand by name.
const PLAIN_ADDRESS: &str = "127.0.0.1";

/// Its ports: the usual one, another one, and one on which TLS is expected and not spoken.
const PLAIN_PORTS: [u16; 3] = [80, 8080, 443];

/// Where nobody listens.
const REFUSED_ADDRESS: &str = "127.0.0.9";

/// An address of a case: a path of its site, or absolute.
pub fn absolute(site: &str, url: &str) -> String {
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{site}{url}")
    }
}

/// Everything that listens.
pub struct Planted {
    plain: Server,
    secure: Vec<(&'static str, Server)>,
    closed_port: u16,
}

impl Planted {
    /// Starts all servers on free ports.
    pub async fn start(cases: Arc<Vec<Case>>) -> Planted {
        let answers = Arc::new(Answers::new(cases));
        let mut secure = Vec::new();
        for (host, name, is_expired, _) in SECURE {
            let tls = acceptor(name, is_expired);
            secure.push((
                host,
                Server::listen(handler(answers.clone()), Some(tls)).await,
            ));
        }
        // A port on which nobody listens any more.
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let closed_port = closed.local_addr().unwrap().port();
        drop(closed);
        Planted {
            plain: Server::start(handler(answers.clone())).await,
            secure,
            closed_port,
        }
    }

    /// The port of the plain server.
    pub fn port(&self) -> u16 {
        self.plain.port()
    }

    /// Request heads that came.
    pub fn asks(&self) -> Vec<String> {
        let log = self.plain.log.lock().unwrap();
        log.asks.iter().map(|(_, ask)| ask.head.clone()).collect()
    }

    /// Every name leads here; nothing else is reached.
    pub fn settings(&self) -> Settings {
        let to = |host: &str, port: &str, listener: u16| {
            ConnectTo::parse(&format!("{host}:{port}:127.0.0.1:{listener}")).unwrap()
        };
        let mut connect_to = vec![
            to("refused.internal", "", self.closed_port),
            to("planted.internal", "8081", self.closed_port),
        ];
        for (host, server) in &self.secure {
            connect_to.push(to(host, "", server.port()));
        }
        for host in HOSTS {
            connect_to.push(to(host, "", self.port()));
        }
        Settings {
            rate_per_host: None,
            rate_per_address: None,
            connections_per_host: 8,
            connect_to,
            connect_timeout: Duration::from_millis(1_500),
            header_timeout: Duration::from_millis(1_500),
            body_timeout: Duration::from_millis(800),
            ..Settings::default()
        }
    }
}

/// Starts all servers where [`hosts_file`] says that they are.
pub async fn start_by_name(cases: Arc<Vec<Case>>) {
    let answers = Arc::new(Answers::new(cases));
    for (_, name, is_expired, address) in SECURE {
        let tls = Some(acceptor(name, is_expired));
        Server::listen_at(&format!("{address}:443"), handler(answers.clone()), tls).await;
    }
    for port in PLAIN_PORTS {
        let address = format!("{PLAIN_ADDRESS}:{port}");
        Server::listen_at(&address, handler(answers.clone()), None).await;
    }
}

/// The hosts file under which all names lead to the servers. A name with a dot at its end is the same host and stands for itself here.
pub fn hosts_file() -> String {
    let mut text = format!(
        "{PLAIN_ADDRESS} localhost {} out.internal.\n",
        HOSTS.join(" ")
    );
    for (host, _, _, address) in SECURE {
        text.push_str(&format!("{address} {host}\n"));
    }
    text.push_str(&format!("{REFUSED_ADDRESS} refused.internal\n"));
    text
}

fn handler(answers: Arc<Answers>) -> impl Fn(&Ask) -> Reply + Send + Sync + 'static {
    move |ask: &Ask| answers.reply(ask)
}

fn acceptor(name: &str, is_expired: bool) -> TlsAcceptor {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if is_expired {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
