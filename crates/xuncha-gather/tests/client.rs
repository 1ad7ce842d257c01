//! One question at a time: everything that can go wrong between us and a server is told apart.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::*;
use tokio_rustls::TlsAcceptor;
use xuncha_core::evidence::{Failure, Purpose};
use xuncha_gather::client::{Jar, Reading};
use xuncha_gather::exchange::{Exchange, sha256_hex};
use xuncha_gather::settings::{ConnectTo, Settings, parse_hosts};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn answer(ask: &Ask) -> Reply {
    let page =
        |headers: Vec<(&'static str, String)>, body: Vec<u8>| Reply::Page(200, headers, body);
    let text = |kind: &str| ("Content-Type", kind.to_owned());
    let packed = || ("Content-Encoding", "gzip".to_owned());
    match ask.path.as_str() {
        "/gzip" => page(vec![text("text/html"), packed()], gzip(b"<p>packed</p>")),
        "/torn-gzip" => page(vec![text("text/html"), packed()], gzip(&b"abcdefgh".repeat(999))[..40].to_vec()),
        "/false-gzip" => page(vec![text("text/html"), packed()], b"<p>plain</p>".to_vec()),
        "/bomb" => page(vec![text("text/html"), packed()], gzip(&vec![b'a'; 64 << 20])),
        "/brotli" => page(vec![("Content-Encoding", "br".into())], b"xx".to_vec()),
        "/chunked" => Reply::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".to_vec()),
        "/torn-chunk" => Reply::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc".to_vec()),
        "/short" => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec()),
        "/until-close" => Reply::Raw(b"HTTP/1.0 200 OK\r\n\r\nabc".to_vec()),
        "/junk" => Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()),
        "/empty" => Reply::Raw(Vec::new()),
        "/reset" => Reply::Reset,
        "/hang" => Reply::Hang,
        "/stall" => Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec()),
        "/slow" => Reply::After(Duration::from_millis(300), Box::new(html("slow"))),
        "/endless" => Reply::Endless,
        "/big.zip" => page(vec![text("application/zip")], vec![b'z'; 300_000]),
        "/loop" => redirect(302, "/loop2"),
        "/loop2" => redirect(302, "/loop"),
        "/self" => redirect(301, "/self"),
        "/nowhere" => Reply::Page(302, vec![], vec![]),
        "/cookie" if ask.head.contains("seen=1") => html("in"),
        "/cookie" => Reply::Page(302, vec![("Location", "/cookie".into()), ("Set-Cookie", "seen=1; Path=/".into())], vec![]),
        "/hop" => redirect(301, "http://b.test/hop2?x=%D5%FE"),
        "/hop2?x=%D5%FE" => redirect(307, "../end#part"),
        "/end" => html("the end"),
        "/ftp" => redirect(302, "ftp://a.test/x"),
        "/private" => redirect(302, "http://10.0.0.1/admin"),
        "/metadata" => redirect(302, "http://[::ffff:169.254.169.254]/latest"),
        "/gbk-location" => Reply::Raw(b"HTTP/1.1 302 Found\r\nLocation: /\xd5\xfe.html\r\nContent-Length: 0\r\n\r\n".to_vec()),
        "/%D5%FE.html" => html("gbk"),
        path if path.starts_with("/many") => {
            let number: usize = path[5..].parse().unwrap();
            redirect(302, &format!("/many{}", number + 1))
        }
        "/500" => status(500),
        _ => status(404),
    }
}

async fn ask(path: &str, reading: Reading) -> Exchange {
    let server = Server::start(answer).await;
    client(settings(&server))
        .fetch(&format!("http://a.test{path}"), reading, &Jar::default())
        .await
}

async fn page(path: &str) -> Exchange {
    ask(path, Reading::Page).await
}

#[tokio::test]
async fn bodies_come_whole_or_say_why_not() {
    let whole = page("/gzip").await;
    assert_eq!(
        (whole.failure.clone(), whole.body()),
        (None, &b"<p>packed</p>"[..])
    );
    assert_eq!(whole.sha256, sha256_hex(b"<p>packed</p>"));
    assert_eq!(page("/chunked").await.body(), b"abcde");
    assert_eq!(page("/until-close").await.body(), b"abc");
    for path in ["/torn-gzip", "/false-gzip", "/brotli"] {
        let exchange = page(path).await;
        assert!(
            matches!(exchange.failure, Some(Failure::Protocol { .. })),
            "{path} {:?}",
            exchange.failure
        );
        assert_eq!(exchange.status(), Some(200));
    }
    for path in ["/torn-chunk", "/short"] {
        let exchange = page(path).await;
        assert_eq!(
            (exchange.failure.clone(), exchange.body()),
            (Some(Failure::Reset), &b"abc"[..]),
            "{path}"
        );
    }
}

#[tokio::test]
async fn endless_and_exploding_bodies_stop_at_the_limit() {
    for path in ["/bomb", "/endless"] {
        let exchange = page(path).await;
        assert_eq!(
            (
                exchange.failure.clone(),
                exchange.is_truncated,
                exchange.body().len()
            ),
            (None, true, 8 << 20),
            "{path}"
        );
    }
    let look = ask("/big.zip", Reading::Look).await;
    assert_eq!(
        (look.is_truncated, look.body().len(), look.status()),
        (true, 64 << 10, Some(200))
    );
    let as_page = page("/big.zip").await;
    assert_eq!(as_page.body().len(), 64 << 10);
    let package = ask("/big.zip", Reading::Package).await;
    assert_eq!(
        (package.is_truncated, package.body().len()),
        (false, 300_000)
    );
}

#[tokio::test]
async fn failures_are_told_apart() {
    assert_eq!(page("/reset").await.failure, Some(Failure::Reset));
    assert_eq!(page("/empty").await.failure, Some(Failure::Reset));
    assert!(matches!(
        page("/junk").await.failure,
        Some(Failure::Protocol { .. })
    ));
    assert_eq!(
        page("/hang").await.failure,
        Some(Failure::Timeout {
            phase: "headers".into()
        })
    );
    let stalled = page("/stall").await;
    assert_eq!(
        (stalled.failure.clone(), stalled.body()),
        (
            Some(Failure::Timeout {
                phase: "body".into()
            }),
            &b"abc"[..]
        )
    );
    assert_eq!(
        (page("/500").await.failure, page("/500").await.status()),
        (None, Some(500))
    );
    let slow = page("/slow").await;
    assert!((280..700).contains(&slow.millis), "{}", slow.millis);
    // A port that nobody listens on.
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let settings = Settings {
        allow_hosts: BTreeSet::from(["127.0.0.1".to_owned()]),
        rate_per_host: None,
        ..Settings::default()
    };
    let refused = client(settings)
        .fetch(&format!("http://{unused}/"), Reading::Page, &Jar::default())
        .await;
    assert_eq!(refused.failure, Some(Failure::Connect));
}

#[tokio::test]
async fn redirects_are_recorded_hop_by_hop() {
    let exchange = page("/hop").await;
    let capture = exchange.capture(Purpose::Page, "r".into());
    let hops: Vec<(&str, u16)> = capture
        .hops
        .iter()
        .map(|hop| (hop.url.as_str(), hop.status))
        .collect();
    assert_eq!(
        hops,
        [
            ("http://a.test/hop", 301),
            ("http://b.test/hop2?x=%D5%FE", 307)
        ]
    );
    assert_eq!(
        (capture.final_url.as_str(), capture.status),
        ("http://b.test/end", Some(200))
    );
    assert_eq!(page("/gbk-location").await.status(), Some(200));
    for path in ["/loop", "/self", "/nowhere", "/many0"] {
        let exchange = page(path).await;
        assert_eq!(
            (exchange.failure.clone(), exchange.status()),
            (
                Some(Failure::RedirectLoop),
                Some(302).filter(|_| path != "/self").or(Some(301))
            ),
            "{path}"
        );
    }
    assert_eq!(page("/many0").await.legs.len(), 21);
    let cookie = page("/cookie").await;
    assert_eq!(
        (cookie.failure.clone(), cookie.status(), cookie.legs.len()),
        (None, Some(200), 2)
    );
}

#[tokio::test]
async fn the_evidence_holds_the_heads_byte_for_byte() {
    let exchange = page("/chunked").await;
    let leg = exchange.last().unwrap();
    assert_eq!(
        leg.response_head,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let request = String::from_utf8(leg.request_head.clone()).unwrap();
    assert!(
        request.starts_with("GET /chunked HTTP/1.1\r\nHost: a.test\r\nUser-Agent: "),
        "{request}"
    );
    assert!(request.ends_with("\r\n\r\n"));
}

#[tokio::test]
async fn the_guard_refuses_what_nobody_named() {
    let server = Server::start(answer).await;
    let address = server.address;
    let is_refused =
        |exchange: &Exchange| matches!(exchange.failure, Some(Failure::RefusedByGuard { .. }));
    let bare = Settings {
        rate_per_host: None,
        ..Settings::default()
    };
    for url in [
        format!("http://{address}/end"),
        format!("http://localhost:{}/end", server.port()),
        format!("http://[::1]:{}/", server.port()),
        "http://0x7f.1/".into(),
        "http://2130706433/".into(),
    ] {
        let exchange = client(bare.clone())
            .fetch(&url, Reading::Page, &Jar::default())
            .await;
        assert!(is_refused(&exchange), "{url} {:?}", exchange.failure);
    }
    let mapped = Settings {
        hosts: parse_hosts("127.0.0.1 a.test").unwrap(),
        ..bare.clone()
    };
    let by_name = client(mapped)
        .fetch(
            &format!("http://a.test:{}/end", server.port()),
            Reading::Page,
            &Jar::default(),
        )
        .await;
    assert!(is_refused(&by_name));
    assert_eq!(server.asked().len(), 0);
    let named = Settings {
        allow_hosts: BTreeSet::from(["127.0.0.1".to_owned()]),
        ..bare
    };
    let exchange = client(named.clone())
        .fetch(
            &format!("http://{address}/end"),
            Reading::Page,
            &Jar::default(),
        )
        .await;
    assert_eq!(exchange.status(), Some(200));
    // The exception is for that host alone: a redirect away from it is judged anew.
    for path in ["/private", "/metadata", "/ftp"] {
        let exchange = client(named.clone())
            .fetch(
                &format!("http://{address}{path}"),
                Reading::Page,
                &Jar::default(),
            )
            .await;
        assert!(is_refused(&exchange), "{path} {:?}", exchange.failure);
    }
}

#[tokio::test]
async fn names_that_cannot_exist_are_never_asked() {
    let server = Server::start(answer).await;
    let exchange = client(settings(&server))
        .fetch(
            "http://www.nowhere.invalid/",
            Reading::Page,
            &Jar::default(),
        )
        .await;
    assert_eq!(
        exchange.failure,
        Some(Failure::Dns {
            control_resolved: true
        })
    );
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn connections_are_kept_and_a_stale_one_is_replaced_silently() {
    let server = Server::start(|ask| match ask.path.as_str() {
        // Closed behind our back after the answer.
        "/last" => Reply::CloseAfter(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()),
        _ => html("kept"),
    })
    .await;
    let client = client(settings(&server));
    let jar = Jar::default();
    for _ in 0..5 {
        assert_eq!(
            client
                .fetch("http://a.test/x", Reading::Page, &jar)
                .await
                .failure,
            None
        );
    }
    assert_eq!(server.log.lock().unwrap().connections, 1);
    for _ in 0..5 {
        assert_eq!(
            client
                .fetch("http://a.test/last", Reading::Page, &jar)
                .await
                .failure,
            None
        );
        assert_eq!(
            client
                .fetch("http://a.test/x", Reading::Page, &jar)
                .await
                .failure,
            None
        );
    }
    assert_eq!(server.asked().len(), 15);
}

#[tokio::test]
async fn rate_and_connections_hold_for_any_crowd_also_over_redirects() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/go" => redirect(302, "/end"),
        _ => Reply::After(Duration::from_millis(15), Box::new(html("x"))),
    })
    .await;
    let settings = Settings {
        rate_per_host: Some(40.0),
        connections_per_host: 2,
        ..settings(&server)
    };
    let client = Arc::new(client(settings));
    let crowd: Vec<_> = (0..12)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let path = if number % 2 == 0 { "/go" } else { "/x" };
                client
                    .fetch(
                        &format!("http://a.test{path}"),
                        Reading::Page,
                        &Jar::default(),
                    )
                    .await
            })
        })
        .collect();
    for one in crowd {
        assert_eq!(one.await.unwrap().failure, None);
    }
    let log = server.log.lock().unwrap();
    let times: Vec<Instant> = log.asks.iter().map(|(time, _)| *time).collect();
    assert_eq!(times.len(), 18);
    assert!(*times.last().unwrap() - times[0] >= Duration::from_millis(17 * 25 - 10));
    assert!(
        log.max_in_flight["a.test"] <= 2 && log.max_open <= 2,
        "{} {}",
        log.max_in_flight["a.test"],
        log.max_open
    );
}

#[tokio::test]
async fn retry_after_is_kept() {
    let server = Server::start(|ask| match ask.nth {
        0 => Reply::Page(503, vec![("Retry-After", "3".into())], vec![]),
        _ => html("again"),
    })
    .await;
    let client = client(Settings {
        speed: 10.0,
        ..settings(&server)
    });
    let first = client
        .fetch("http://a.test/", Reading::Page, &Jar::default())
        .await;
    assert_eq!((first.status(), first.failure), (Some(503), None));
    let start = Instant::now();
    let second = client
        .fetch("http://a.test/", Reading::Page, &Jar::default())
        .await;
    assert_eq!(second.status(), Some(200));
    assert!(
        start.elapsed() >= Duration::from_millis(290),
        "{:?}",
        start.elapsed()
    );
    assert!(
        second.millis < 250 * 10,
        "waiting for politeness is not the site's time"
    );
}

#[tokio::test]
async fn a_faster_request_clock_shortens_limits_and_stretches_what_is_measured() {
    let server =
        Server::start(|_| Reply::After(Duration::from_millis(200), Box::new(html("x")))).await;
    let settings = Settings {
        speed: 10.0,
        header_timeout: Duration::from_secs(15),
        ..settings(&server)
    };
    let exchange = client(Settings {
        connect_timeout: Duration::from_secs(15),
        ..settings.clone()
    });
    let exchange = exchange
        .fetch("http://a.test/", Reading::Page, &Jar::default())
        .await;
    assert_eq!(exchange.failure, None);
    assert!(
        (2_000..6_000).contains(&exchange.millis),
        "{}",
        exchange.millis
    );
    let hasty = Settings {
        header_timeout: Duration::from_secs(1),
        ..settings
    };
    let exchange = client(hasty)
        .fetch("http://a.test/", Reading::Page, &Jar::default())
        .await;
    assert_eq!(
        exchange.failure,
        Some(Failure::Timeout {
            phase: "headers".into()
        })
    );
}

#[tokio::test]
async fn certificates_are_judged_and_pages_read_anyway() {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority_params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority_params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority_params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "test authority");
    let authority = authority_params.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::from_params(&authority_params, &authority_key);
    let expired =
        |params: &mut rcgen::CertificateParams| params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let mut cases = Vec::new();
    for (name, is_old, signs_itself, expected) in [
        ("a.test", false, false, "valid"),
        ("other.test", false, false, "wrong_host"),
        ("a.test", true, false, "expired"),
        ("a.test", false, true, "self_signed"),
    ] {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        if is_old {
            expired(&mut params);
        }
        let certificate = if signs_itself {
            params.self_signed(&key).unwrap()
        } else {
            params.signed_by(&key, &issuer).unwrap()
        };
        cases.push((certificate.der().clone(), key.serialize_der(), expected));
    }
    for (certificate, key, expected) in cases {
        let key = rustls::pki_types::PrivateKeyDer::try_from(key).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
        let server = Server::listen(
            |_| html("secret"),
            Some(TlsAcceptor::from(Arc::new(config))),
        )
        .await;
        let settings = Settings {
            extra_ca_pem: authority.pem().into_bytes(),
            ..settings(&server)
        };
        let exchange = client(settings)
            .fetch("https://a.test/", Reading::Page, &Jar::default())
            .await;
        assert_eq!(
            (exchange.failure.clone(), exchange.status()),
            (None, Some(200)),
            "{expected}"
        );
        assert_eq!(exchange.last().unwrap().certificate, expected);
    }
    let plain = Server::start(|_| html("no tls here")).await;
    let exchange = client(settings(&plain))
        .fetch("https://a.test/", Reading::Page, &Jar::default())
        .await;
    assert!(
        matches!(
            exchange.failure,
            Some(Failure::Tls { .. } | Failure::Timeout { .. } | Failure::Reset)
        ),
        "{:?}",
        exchange.failure
    );
}

#[test]
fn overrides_choose_by_host_and_port() {
    let rule = ConnectTo::parse("a.test:80:127.0.0.1:1").unwrap();
    assert!(rule.matches("a.test", 80) && !rule.matches("a.test", 443));
}
