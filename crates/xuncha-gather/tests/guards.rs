//! The guards: addresses that nobody named are never asked, and no answer, however long or slow, takes more than its share.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
#[path = "common/dns.rs"]
mod dns;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::*;
use dns::Record;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use xuncha_core::evidence::Failure;
use xuncha_gather::client::{Jar, Reading};
use xuncha_gather::exchange::Exchange;
use xuncha_gather::settings::{ConnectTo, Settings};

/// One of every kind that is not the public Internet.
const NOT_PUBLIC: [&str; 34] = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:192.168.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
];

fn is_refused(exchange: &Exchange) -> bool {
    matches!(exchange.failure, Some(Failure::RefusedByGuard { .. }))
}

async fn get(settings: &Settings, url: &str) -> Exchange {
    client(settings.clone())
        .fetch(url, Reading::Page, &Jar::default())
        .await
}

/// Names of the test zone stand for the addresses of the list; every port is the server's.
async fn by_dns(server: &Server) -> (Settings, dns::Asked) {
    let (address, asked) = dns::serve(|name, kind, _| {
        let number = name.strip_prefix('n')?.strip_suffix(".zone.cn")?;
        let address: IpAddr = NOT_PUBLIC[number.parse::<usize>().ok()?].parse().unwrap();
        let is_kind = kind == if address.is_ipv4() { 1 } else { 28 };
        Some(if is_kind {
            vec![Record::Address(address)]
        } else {
            vec![]
        })
    })
    .await;
    let settings = Settings {
        name_server: Some(address),
        connect_to: vec![ConnectTo::parse(&format!(":::{}", server.port())).unwrap()],
        ..settings(server)
    };
    (settings, asked)
}

#[tokio::test]
async fn no_address_of_ours_is_asked_by_name_number_or_redirect() {
    let server = Server::start(|ask| match ask.path.strip_prefix("/to/") {
        Some(target) => redirect(302, &target.replace("::at::", "://")),
        None => html("inside"),
    })
    .await;
    let (settings, _) = by_dns(&server).await;
    for (number, address) in NOT_PUBLIC.iter().enumerate() {
        let by_name = get(&settings, &format!("http://n{number}.zone.cn/")).await;
        assert!(is_refused(&by_name), "{address} {:?}", by_name.failure);
        let literal = match address.parse().unwrap() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        for scheme in ["http", "https"] {
            let by_number = get(&settings, &format!("{scheme}://{literal}/")).await;
            assert!(is_refused(&by_number), "{literal} {:?}", by_number.failure);
        }
    }
    assert_eq!(server.log.lock().unwrap().connections, 0);
    // A named host may redirect, but not to what is not named.
    let named = Settings {
        allow_hosts: BTreeSet::from(["n3.zone.cn".to_owned()]),
        ..settings
    };
    let fine = get(&named, "http://n3.zone.cn/").await;
    assert_eq!((fine.status(), fine.failure), (Some(200), None));
    for target in [
        "http::at::n1.zone.cn/",
        "http::at::n24.zone.cn/",
        "https::at::10.0.0.1/",
        "http::at::[::ffff:169.254.169.254]/",
        "ftp::at::n3.zone.cn/",
        "file::at::/etc/passwd",
        "gopher::at::n3.zone.cn/",
        "http::at::127.0.0.1/",
        "http::at::localhost/",
    ] {
        let led = get(&named, &format!("http://n3.zone.cn/to/{target}")).await;
        assert!(is_refused(&led), "{target} {:?}", led.failure);
        assert_eq!(led.legs.len(), 2, "{target}");
    }
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_asked() {
    let server = Server::start(|_| html("x")).await;
    let loopback: IpAddr = [127, 0, 0, 1].into();
    let inner: IpAddr = [10, 0, 0, 1].into();
    let (address, asked) = dns::serve(move |name, kind, nth| match (name, kind) {
        // Private at first and public when asked again: the first answer has been judged.
        ("turn.zone.cn", 1) if nth == 0 => Some(vec![Record::Address(inner)]),
        ("turn.zone.cn", 1) => Some(vec![Record::Address([1, 1, 1, 1].into())]),
        // Named, and somebody else's by the time of the second question.
        ("named.zone.cn", 1) if nth == 0 => Some(vec![Record::Address(loopback)]),
        ("named.zone.cn", 1) => Some(vec![Record::Address([192, 0, 2, 1].into())]),
        _ => Some(vec![]),
    })
    .await;
    let settings = Settings {
        name_server: Some(address),
        allow_hosts: BTreeSet::from(["named.zone.cn".to_owned()]),
        connect_to: vec![ConnectTo::parse(&format!(":::{}", server.port())).unwrap()],
        ..settings(&server)
    };
    let client = client(settings);
    for _ in 0..3 {
        let turned = client
            .fetch("http://turn.zone.cn/", Reading::Page, &Jar::default())
            .await;
        assert!(is_refused(&turned), "{:?}", turned.failure);
        let named = client
            .fetch("http://named.zone.cn/", Reading::Page, &Jar::default())
            .await;
        assert_eq!(named.failure, None);
        assert_eq!(named.last().unwrap().address.unwrap().ip(), loopback);
    }
    let count = |name: &str| {
        let asked = asked.lock().unwrap();
        asked
            .iter()
            .filter(|one| **one == (name.to_owned(), 1))
            .count()
    };
    assert_eq!((count("turn.zone.cn"), count("named.zone.cn")), (1, 1));
}

/// A server that writes these pieces one after another with a pause, then says nothing more.
async fn drip(start: &'static [u8], piece: &'static [u8], pause: Duration) -> Settings {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(write_slowly(stream, start, piece, pause));
        }
    });
    Settings {
        rate_per_host: None,
        asks_network: false,
        connect_to: vec![ConnectTo::parse(&format!("::127.0.0.1:{port}")).unwrap()],
        connect_timeout: Duration::from_millis(400),
        header_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(400),
        ..Settings::default()
    }
}

async fn write_slowly(
    mut stream: TcpStream,
    start: &'static [u8],
    piece: &'static [u8],
    pause: Duration,
) {
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked).await;
    let mut fine = stream.write_all(start).await.is_ok();
    while fine {
        tokio::time::sleep(pause).await;
        fine = stream.write_all(piece).await.is_ok();
    }
}

#[tokio::test]
async fn slow_and_endless_answers_end_at_the_limit() {
    let slow = Duration::from_millis(20);
    let body = |phase: &str| {
        Some(Failure::Timeout {
            phase: phase.to_owned(),
        })
    };
    let cases: [(&'static [u8], &'static [u8], &str); 5] = [
        (b"HTTP/1.1 200 OK\r\n", b"A", "headers"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", "headers"),
        (
            b"",
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            "headers",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
            b"x",
            "body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
            "body",
        ),
    ];
    for (start, piece, phase) in cases {
        let settings = drip(start, piece, slow).await;
        let started = Instant::now();
        let exchange = get(&settings, "http://a.test/").await;
        assert_eq!(
            exchange.failure,
            body(phase),
            "{}",
            String::from_utf8_lossy(piece)
        );
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    // A server of TLS that never speaks is a timeout of that phase, after one more hello of ours.
    let silent = drip(b"", b"", Duration::from_secs(60)).await;
    let exchange = get(&silent, "https://a.test/").await;
    assert_eq!(exchange.failure, body("tls"));
}

#[tokio::test]
async fn heads_without_measure_are_no_answer() {
    let long = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-Many: b\r\n".repeat(300));
    let status = format!("HTTP/1.1 200 {}\r\n\r\n", "z".repeat(1 << 20));
    for head in [long, many, status] {
        let bytes = head.into_bytes();
        let server = Server::start(move |_| Reply::Raw(bytes.clone())).await;
        let exchange = get(&settings(&server), "http://a.test/").await;
        assert!(
            matches!(exchange.failure, Some(Failure::Protocol { .. })),
            "{:?}",
            exchange.failure
        );
        assert!(exchange.last().unwrap().response_head.len() <= 256 << 10);
    }
}

#[tokio::test]
async fn redirects_without_end_end() {
    // Every hop is a new address and sets a new cookie, so that neither looks like a loop.
    let hops = Arc::new(AtomicUsize::new(0));
    let count = hops.clone();
    let server = Server::start(move |_| {
        let hop = count.fetch_add(1, Ordering::SeqCst);
        let to = ("Location", format!("http://h{hop}.test/{hop}"));
        Reply::Page(302, vec![to, ("Set-Cookie", format!("c{hop}=1"))], vec![])
    })
    .await;
    let exchange = get(&settings(&server), "http://a.test/").await;
    assert_eq!(exchange.failure, Some(Failure::RedirectLoop));
    assert_eq!(
        hops.load(Ordering::SeqCst),
        Settings::default().max_redirects + 1
    );
}

#[tokio::test]
async fn packed_bodies_are_measured_unpacked() {
    let packed = pack(&vec![b'a'; 40 << 20]);
    assert!(packed.len() < 1 << 20);
    let twice = pack(&packed);
    let server = Server::start(move |ask| {
        let (encoding, body) = match ask.path.as_str() {
            "/once" => ("gzip", packed.clone()),
            _ => ("gzip, gzip", twice.clone()),
        };
        let kind = ("Content-Type", "text/html".to_owned());
        Reply::Page(200, vec![kind, ("Content-Encoding", encoding.into())], body)
    })
    .await;
    let once = get(&settings(&server), "http://a.test/once").await;
    assert_eq!((once.is_truncated, once.body().len()), (true, 8 << 20));
    // We never ask for packing in packing.
    let twice = get(&settings(&server), "http://a.test/twice").await;
    assert!(matches!(twice.failure, Some(Failure::Protocol { .. })));
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
