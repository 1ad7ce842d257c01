//! Connections: made within a limit, kept for the next request to the same host, never more than allowed.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::Instant as Deadline;
use tokio_rustls::TlsConnector;
use xuncha_core::evidence::Failure;

use crate::dial::dial;
use crate::http1::{Http1, Stream};
use crate::lock;
use crate::patience::within;

/// A kept connection older than this is not trusted any more.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// What a connection leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Endpoint {
    pub is_tls: bool,
    pub host: String,
    pub port: u16,
}

/// An open connection.
pub(crate) struct Connection {
    pub http: Http1,
    pub address: SocketAddr,
    pub certificate: String,
    pub is_reused: bool,
    /// How long TCP and TLS took.
    pub connected_in: Duration,
    pub secured_in: Duration,
    idle_since: Instant,
}

/// Idle connections by host.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<BTreeMap<String, Vec<(Endpoint, Connection)>>>,
}

impl Pool {
    /// A kept connection to the endpoint. Idle ones beyond `room` (what the host's limit leaves for them) are closed.
    pub fn take(&self, endpoint: &Endpoint, room: usize) -> Option<Connection> {
        let mut hosts = lock(&self.idle);
        let idle = hosts.get_mut(&endpoint.host)?;
        idle.retain(|(_, connection)| connection.idle_since.elapsed() < IDLE_LIMIT);
        if let Some(at) = idle.iter().rposition(|(key, _)| key == endpoint) {
            let (_, mut connection) = idle.remove(at);
            connection.is_reused = true;
            return Some(connection);
        }
        while idle.len() > room {
            idle.remove(0);
        }
        None
    }

    /// Keeps a connection whose answer was read to the end.
    pub fn put(&self, endpoint: Endpoint, mut connection: Connection) {
        if !connection.http.is_reusable() {
            return;
        }
        connection.idle_since = Instant::now();
        lock(&self.idle)
            .entry(endpoint.host.clone())
            .or_default()
            .push((endpoint, connection));
    }

    /// Closes what is kept of a host.
    pub fn forget(&self, host: &str) {
        lock(&self.idle).remove(host);
    }
}

/// Connects to the first address that answers, within the deadline.
pub(crate) async fn connect(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    tls: Option<TlsConnector>,
    deadline: Deadline,
    via: Option<SocketAddr>,
) -> Result<Connection, Failure> {
    let mut last = Failure::Connect;
    for (index, address) in addresses.iter().take(4).enumerate() {
        let left = deadline.saturating_duration_since(Deadline::now());
        let share = left.div_f64((addresses.len().min(4) - index) as f64);
        let started = Instant::now();
        match within(Deadline::now() + share, dial(*address, via)).await {
            Err(_) => {
                last = Failure::Timeout {
                    phase: "connect".to_owned(),
                }
            }
            Ok(Err(error)) => last = connect_failure(&error),
            Ok(Ok(stream)) => {
                let connected_in = started.elapsed();
                let mut connection = open(endpoint, *address, stream, tls, deadline).await?;
                connection.connected_in = connected_in;
                return Ok(connection);
            }
        }
    }
    Err(last)
}

pub(crate) fn connect_failure(error: &io::Error) -> Failure {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionReset => Failure::Reset,
        Kind::TimedOut => Failure::Timeout {
            phase: "connect".to_owned(),
        },
        // Out of descriptors or ports is our own trouble, never the site's.
        _ if is_our_side(error) => Failure::RefusedByGuard {
            detail: format!("our side: {error}"),
        },
        _ => Failure::Connect,
    }
}

fn is_our_side(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    // EMFILE, ENFILE and ENOBUFS have no stable kind.
    let is_exhausted = matches!(error.raw_os_error(), Some(23 | 24 | 105));
    is_exhausted
        || matches!(
            error.kind(),
            Kind::AddrNotAvailable | Kind::NetworkDown | Kind::PermissionDenied | Kind::OutOfMemory
        )
}

async fn open(
    endpoint: &Endpoint,
    address: SocketAddr,
    stream: TcpStream,
    tls: Option<TlsConnector>,
    deadline: Deadline,
) -> Result<Connection, Failure> {
    let _ = stream.set_nodelay(true);
    let started = Instant::now();
    let is_tls = tls.is_some();
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(stream),
        Some(connector) => Box::new(handshake(endpoint, stream, connector, deadline).await?),
    };
    let secured_in = started.elapsed();
    let mut connection = wrap(address, stream);
    if is_tls {
        connection.secured_in = secured_in;
    }
    Ok(connection)
}

/// Speaks HTTP/1.1 over a stream that is ready.
pub(crate) fn wrap(address: SocketAddr, stream: Box<dyn Stream>) -> Connection {
    Connection {
        http: Http1::new(stream),
        address,
        certificate: String::new(),
        is_reused: false,
        connected_in: Duration::ZERO,
        secured_in: Duration::ZERO,
        idle_since: Instant::now(),
    }
}

async fn handshake(
    endpoint: &Endpoint,
    stream: TcpStream,
    connector: TlsConnector,
    deadline: Deadline,
) -> Result<impl Stream + 'static, Failure> {
    let name = endpoint.host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(name).map_err(|error| Failure::Tls {
        detail: error.to_string(),
    })?;
    match within(deadline, connector.connect(name, stream)).await {
        Err(_) => Err(Failure::Timeout {
            phase: "tls".to_owned(),
        }),
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe => Failure::Reset,
            _ => Failure::Tls {
                detail: error.to_string(),
            },
        }),
    }
}
