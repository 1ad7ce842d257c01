//! A small server on loopback that does exactly what a test says, also what no decent server would do.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

pub mod mortal;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::civil::{DateTime, date};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use xuncha_core::facts::Lexicons;
use xuncha_gather::client::Client;
use xuncha_gather::clock::FixedClock;
use xuncha_gather::settings::{ConnectTo, Settings};

/// What was asked.
#[derive(Clone, Debug)]
pub struct Ask {
    pub path: String,
    pub host: String,
    pub head: String,
    /// How often this host and path was asked before.
    pub nth: usize,
}

/// What the server does.
pub enum Reply {
    /// A whole answer.
    Page(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// These bytes, then the connection is closed.
    Raw(Vec<u8>),
    /// A whole answer, then the connection is closed without having said so.
    CloseAfter(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// Nothing, ever.
    Hang,
    /// These bytes and then nothing, ever.
    Stall(Vec<u8>),
    /// A body without end.
    Endless,
    /// A body without end: so many bytes at once, then nothing more.
    Flood(usize),
    /// A body without end, a little at a time.
    Drip,
    /// Later.
    After(Duration, Box<Reply>),
}

const FLOOD_PIECE: usize = 16_384;

pub fn html(body: &str) -> Reply {
    let page = format!("<html><head><title>测试网站</title></head><body>{body}</body></html>");
    Reply::Page(
        200,
        vec![("Content-Type", "text/html; charset=utf-8".into())],
        page.into_bytes(),
    )
}

pub fn status(code: u16) -> Reply {
    Reply::Page(
        code,
        vec![("Content-Type", "text/html".into())],
        b"<html><title>x</title>sorry</html>".to_vec(),
    )
}

pub fn redirect(code: u16, to: &str) -> Reply {
    Reply::Page(code, vec![("Location", to.into())], Vec::new())
}

type Handler = dyn Fn(&Ask) -> Reply + Send + Sync;

#[derive(Default)]
pub struct Log {
    pub asks: Vec<(Instant, Ask)>,
    pub in_flight: BTreeMap<String, usize>,
    pub max_in_flight: BTreeMap<String, usize>,
    pub connections: usize,
    pub open: usize,
    pub max_open: usize,
}

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    pub log: Arc<Mutex<Log>>,
}

impl Server {
    pub async fn start(handler: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Server {
        Server::listen(handler, None).await
    }

    pub async fn listen(
        handler: impl Fn(&Ask) -> Reply + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Server {
        Server::listen_at("127.0.0.1:0", handler, tls).await
    }

    pub async fn listen_at(
        address: &str,
        handler: impl Fn(&Ask) -> Reply + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Server {
        let listener = TcpListener::bind(address).await.unwrap();
        let server = Server {
            address: listener.local_addr().unwrap(),
            log: Arc::default(),
        };
        let (log, handler): (_, Arc<Handler>) = (server.log.clone(), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, handler, tls) = (log.clone(), handler.clone(), tls.clone());
                tokio::spawn(async move {
                    {
                        let mut log = log.lock().unwrap();
                        log.connections += 1;
                        log.open += 1;
                        log.max_open = log.max_open.max(log.open);
                    }
                    match tls {
                        None => serve(stream, &log, &*handler).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &log, &*handler).await;
                            }
                        }
                    }
                    log.lock().unwrap().open -= 1;
                });
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Paths asked so far, with the host.
    pub fn asked(&self) -> Vec<String> {
        self.log
            .lock()
            .unwrap()
            .asks
            .iter()
            .map(|(_, ask)| format!("{}{}", ask.host, ask.path))
            .collect()
    }

    pub fn distinct(&self) -> BTreeSet<String> {
        self.asked().into_iter().collect()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    log: &Arc<Mutex<Log>>,
    handler: &Handler,
) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => return,
                Ok(count) => buffer.extend_from_slice(&piece[..count]),
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let host = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("host: ")
                    .map(str::to_owned)
            })
            .unwrap_or_default();
        let ask = {
            let mut log = log.lock().unwrap();
            let nth = log
                .asks
                .iter()
                .filter(|(_, ask)| ask.path == path && ask.host == host)
                .count();
            let ask = Ask {
                path,
                host: host.clone(),
                head,
                nth,
            };
            log.asks.push((Instant::now(), ask.clone()));
            let now = log.in_flight.entry(host.clone()).or_default();
            *now += 1;
            let now = *now;
            let most = log.max_in_flight.entry(host.clone()).or_default();
            *most = now.max(*most);
            ask
        };
        let goes_on = answer(&mut stream, handler(&ask)).await;
        *log.lock().unwrap().in_flight.get_mut(&host).unwrap() -= 1;
        if !goes_on {
            return;
        }
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, mut reply: Reply) -> bool {
    while let Reply::After(time, later) = reply {
        tokio::time::sleep(time).await;
        reply = *later;
    }
    match reply {
        Reply::Page(code, headers, body) => {
            let mut head = format!("HTTP/1.1 {code} Status\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
            let mut bytes = head.into_bytes();
            bytes.extend_from_slice(&body);
            stream.write_all(&bytes).await.is_ok()
        }
        Reply::Raw(bytes) | Reply::CloseAfter(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Reply::Reset => false,
        Reply::Hang => std::future::pending().await,
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Reply::Endless => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
                .await;
            while stream.write_all(&[b'x'; 16384]).await.is_ok() {}
            false
        }
        Reply::Flood(bytes) => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
                .await;
            for _ in 0..bytes / FLOOD_PIECE {
                if stream.write_all(&[b'x'; FLOOD_PIECE]).await.is_err() {
                    return false;
                }
            }
            std::future::pending().await
        }
        Reply::Drip => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
                .await;
            while stream.write_all(b"<p>x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            false
        }
        Reply::After(..) => unreachable!(),
    }
}

/// Unlimited, every port 80 sent to the server.
pub fn settings(server: &Server) -> Settings {
    Settings {
        rate_per_host: None,
        rate_per_address: None,
        asks_network: false,
        connect_to: vec![ConnectTo::parse(&format!("::127.0.0.1:{}", server.port())).unwrap()],
        connect_timeout: Duration::from_millis(700),
        header_timeout: Duration::from_millis(700),
        body_timeout: Duration::from_millis(700),
        ..Settings::default()
    }
}

pub fn at() -> DateTime {
    date(2026, 3, 20).at(9, 0, 0, 0)
}

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(at()))
}

pub fn client(settings: Settings) -> Client {
    Client::new(settings, clock()).unwrap()
}

pub fn lexicons() -> Arc<Lexicons> {
    Arc::new(Lexicons::builtin())
}

pub fn connected(stream: &TcpStream) -> SocketAddr {
    stream.peer_addr().unwrap()
}
