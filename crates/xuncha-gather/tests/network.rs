//! What the network says of a site: real servers on loopback with good and bad certificates, old TLS and national TLS.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
#[path = "common/dns.rs"]
mod dns;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv6Addr};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::*;
use dns::Record;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use xuncha_core::evidence::{Failure, LEGACY_TLS, NATIONAL_TLS, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::network::{CertificateFault, Chain, NetworkFacts, Reach, Tls};
use xuncha_gather::check::{CheckPlan, check_site};
use xuncha_gather::client::{Jar, Reading};
use xuncha_gather::report::Quiet;
use xuncha_gather::settings::{ConnectTo, Settings};
use xuncha_gather::state::Limits;

const LEGACY_IS_BUILT_IN: bool = cfg!(feature = "legacy-tls");

/// Port 80 to one server, port 443 to another; every limit short.
fn doors(plain: u16, secure: u16) -> Settings {
    let rule = |from: u16, to: u16| ConnectTo::parse(&format!(":{from}:127.0.0.1:{to}")).unwrap();
    Settings {
        rate_per_host: None,
        rate_per_address: None,
        connect_to: vec![rule(80, plain), rule(443, secure)],
        connect_timeout: Duration::from_millis(1500),
        header_timeout: Duration::from_millis(1500),
        body_timeout: Duration::from_millis(1500),
        ..Settings::default()
    }
}

async fn records(home: &str, settings: Settings) -> Vec<FactRecord> {
    let plan = CheckPlan {
        second_look_gap_s: 0.0,
        searches: 0,
        limits: Limits {
            pages: 1,
            ..Limits::default()
        },
        ..CheckPlan::default()
    };
    let checked = check_site(home, &plan, settings, lexicons(), clock(), &Quiet).await;
    let mut checked = checked.unwrap();
    checked.records.remove(&checked.target).unwrap()
}

fn network(records: &[FactRecord]) -> NetworkFacts {
    let mut found = records.iter().filter_map(|record| match record {
        FactRecord::Network(facts) => Some((**facts).clone()),
        _ => None,
    });
    let facts = found.next().unwrap();
    assert!(found.next().is_none(), "once a round");
    facts
}

async fn facts(home: &str, settings: Settings) -> NetworkFacts {
    network(&records(home, settings).await)
}

struct Authorities {
    root_pem: String,
    middle: CertifiedIssuer<'static, KeyPair>,
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authorities(name: &str) -> Authorities {
    let root_key = KeyPair::generate().unwrap();
    let root_params = authority(&format!("{name} root"));
    let root_pem = root_params.self_signed(&root_key).unwrap().pem();
    let root = Issuer::new(root_params, root_key);
    let middle_key = KeyPair::generate().unwrap();
    let middle =
        CertifiedIssuer::signed_by(authority(&format!("{name} middle")), middle_key, &root)
            .unwrap();
    Authorities { root_pem, middle }
}

fn site_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

async fn tls_server(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Server {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let answer = |_: &Ask| {
        let hsts = ("Strict-Transport-Security", "max-age=31536000".to_owned());
        Reply::Page(
            200,
            vec![("Content-Type", "text/html".into()), hsts],
            b"<p>in</p>".to_vec(),
        )
    };
    Server::listen(answer, Some(TlsAcceptor::from(Arc::new(config)))).await
}

#[tokio::test]
async fn faults_of_certificates_are_told_apart() {
    let trusted = authorities("test");
    let strange = authorities("strange");
    let middle = || trusted.middle.der().clone();
    let expired = |mut params: CertificateParams| {
        params.not_after = rcgen::date_time_ymd(2026, 3, 19);
        params
    };
    let fine = || site_params("a.test");
    use CertificateFault::*;
    type Faults = &'static [CertificateFault];
    let signed: [(
        CertificateParams,
        &Authorities,
        Vec<CertificateDer<'static>>,
        Faults,
    ); 6] = [
        (fine(), &trusted, vec![middle()], &[]),
        (expired(fine()), &trusted, vec![middle()], &[Expired]),
        (
            site_params("b.test"),
            &trusted,
            vec![middle()],
            &[WrongHost],
        ),
        (
            expired(site_params("b.test")),
            &trusted,
            vec![],
            &[Expired, WrongHost, IncompleteChain],
        ),
        (fine(), &trusted, vec![], &[IncompleteChain]),
        (
            fine(),
            &strange,
            vec![strange.middle.der().clone()],
            &[UnknownIssuer],
        ),
    ];
    for (params, by, rest, expected) in signed {
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &by.middle).unwrap();
        let mut chain = vec![own.der().clone()];
        chain.extend(rest);
        let found = look(chain, &key, &trusted).await;
        assert_eq!(
            found.faults(),
            BTreeSet::from_iter(expected.iter().copied()),
            "{found:#?}"
        );
    }
    let key = KeyPair::generate().unwrap();
    let own = fine().self_signed(&key).unwrap();
    let found = look(vec![own.der().clone()], &key, &trusted).await;
    assert_eq!(found.faults(), BTreeSet::from([SelfSigned]));
}

/// The facts of a site that shows this chain; whatever is wrong with it, the page is read.
async fn look(
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
    trusted: &Authorities,
) -> NetworkFacts {
    let sent = chain.len() as u32;
    let secure = tls_server(chain, key).await;
    let plain = Server::start(|_| html("plain")).await;
    let settings = Settings {
        extra_ca_pem: trusted.root_pem.clone().into_bytes(),
        ..doors(plain.port(), secure.port())
    };
    let records = records("https://a.test/", settings).await;
    let pages = captures_for(&records, |purpose| *purpose == Purpose::Page);
    assert!(pages.len() == 1 && pages[0].is_success(), "{pages:?}");
    let found = network(&records);
    assert!(matches!(&found.tls, Tls::Modern { version, .. } if version == "TLS 1.3"));
    let shown = found.certificate.as_ref().unwrap();
    assert_eq!(
        (shown.sent, shown.key.as_str(), shown.key_bits),
        (sent, "EC", 256)
    );
    assert_eq!(found.hsts.as_deref(), Some("max-age=31536000"));
    assert_eq!(found.redirects_to_https, Some(false));
    found
}

#[tokio::test]
async fn the_way_to_https_is_followed() {
    let trusted = authorities("test");
    let key = KeyPair::generate().unwrap();
    let own = site_params("a.test")
        .signed_by(&key, &trusted.middle)
        .unwrap();
    let chain = vec![own.der().clone(), trusted.middle.der().clone()];
    let secure = tls_server(chain, &key).await;
    let leading = Server::start(|_| redirect(301, "https://a.test/")).await;
    let settings = doors(leading.port(), secure.port());
    let found = facts("http://a.test/", settings).await;
    assert_eq!(found.redirects_to_https, Some(true));
    assert_eq!(found.hsts.as_deref(), Some("max-age=31536000"));
    // Not trusted here: the root was not named.
    assert_eq!(found.certificate.unwrap().chain, Chain::UnknownIssuer);
    let closed = closed_port().await;
    let plain = Server::start(|_| html("plain")).await;
    let found = facts("http://a.test/", doors(plain.port(), closed)).await;
    assert!(matches!(&found.tls, Tls::Absent { why } if why.contains("443")));
    assert_eq!(
        (found.redirects_to_https, found.hsts, found.certificate),
        (Some(false), None, None)
    );
    // A port of its own says nothing of the usual ones.
    let url = format!("http://127.0.0.1:{}/", plain.port());
    let named = Settings {
        allow_hosts: BTreeSet::from(["127.0.0.1".to_owned()]),
        connect_to: Vec::new(),
        ..doors(plain.port(), closed)
    };
    let found = facts(&url, named).await;
    assert!(matches!(found.tls, Tls::Unknown { .. }));
    assert_eq!(found.redirects_to_https, None);
}

async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// `openssl s_server`, ended with the test.
struct OpenSsl {
    child: Child,
    port: u16,
    /// Its output is kept open: a server that cannot write ends.
    _output: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server of Debian's OpenSSL with these options and an RSA key of so many bits.
fn openssl(bits: u32, digest: &str, options: &[&str]) -> OpenSsl {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (
        folder.path().join("key.pem"),
        folder.path().join("cert.pem"),
    );
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            "/CN=a.test",
        ])
        .args(["-addext", "subjectAltName=DNS:a.test", digest])
        .args(["-newkey", &format!("rsa:{bits}"), "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    assert!(
        made.unwrap().success(),
        "openssl is needed: apt-get install openssl"
    );
    let mut child = Command::new("openssl")
        .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-key"])
        .arg(&key)
        .arg("-cert")
        .arg(&certificate)
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let port = loop {
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "s_server ended");
        if let Some(address) = line.trim().strip_prefix("ACCEPT ") {
            break address.rsplit(':').next().unwrap().parse().unwrap();
        }
    };
    OpenSsl {
        port,
        child,
        _output: output,
        _folder: folder,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_servers_are_legacy_and_never_down() {
    let old = "ALL:@SECLEVEL=0";
    for (options, version) in [
        (&["-tls1", "-cipher", old][..], "TLS 1.0"),
        (&["-tls1_1", "-cipher", old], "TLS 1.1"),
        (&["-tls1_2", "-cipher", "AES128-SHA"], "TLS 1.2"),
    ] {
        let server = openssl(2048, "-sha256", options);
        let settings = doors(closed_port().await, server.port);
        let records = records("https://a.test/", settings.clone()).await;
        let found = network(&records);
        match &found.tls {
            Tls::Legacy {
                version: spoken,
                cipher,
            } => {
                assert_eq!(spoken, version);
                assert!(!cipher.is_empty());
            }
            other => panic!("{version}: {other:?}"),
        }
        let shown = found.certificate.as_ref().unwrap();
        assert_eq!(
            shown.names,
            ["a.test"],
            "certificates of old TLS come in the clear"
        );
        assert!(found.faults().contains(&CertificateFault::SelfSigned));
        let probes: Vec<_> =
            captures_for(&records, |purpose| matches!(purpose, Purpose::Probe { .. }));
        assert_eq!(probes.len(), 2);
        for probe in probes {
            match &probe.failure {
                None if LEGACY_IS_BUILT_IN => assert_eq!(probe.status, Some(200)),
                Some(Failure::Tls { detail }) if !LEGACY_IS_BUILT_IN => {
                    assert!(detail.starts_with(LEGACY_TLS), "{detail}");
                }
                other => panic!("{version}: {other:?}"),
            }
        }
        let page = client(settings)
            .fetch("https://a.test/", Reading::Page, &Jar::default())
            .await;
        if LEGACY_IS_BUILT_IN {
            assert!(
                String::from_utf8_lossy(page.body()).contains("s_server"),
                "{page:?}"
            );
            assert_eq!(page.last().unwrap().certificate, "self_signed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weak_keys_and_signatures_are_facts() {
    let options = ["-tls1_2", "-cipher", "ALL:@SECLEVEL=0"];
    let server = openssl(1024, "-sha1", &options);
    let found = facts("https://a.test/", doors(closed_port().await, server.port)).await;
    let shown = found.certificate.as_ref().unwrap();
    assert_eq!(
        (shown.key.as_str(), shown.key_bits),
        ("RSA", 1024),
        "{found:#?}"
    );
    use CertificateFault::*;
    let mut faults = found.faults();
    // OpenSSL dates its certificates by the machine's clock, the look is dated by the test's.
    faults.remove(&NotYetValid);
    assert_eq!(faults, BTreeSet::from([SelfSigned, WeakKey, WeakSignature]));
}

fn captures_for(
    records: &[FactRecord],
    wanted: impl Fn(&Purpose) -> bool,
) -> Vec<&xuncha_core::evidence::Capture> {
    let captures = records.iter().filter_map(|record| match record {
        FactRecord::Look(capture) => Some(capture),
        FactRecord::Page(page) => Some(&page.capture),
        _ => None,
    });
    captures
        .filter(|capture| wanted(&capture.purpose))
        .collect()
}

/// How a server of national TLS treats hellos that it does not speak.
#[derive(Clone, Copy)]
enum Refusal {
    Alert,
    Close,
}

/// Answers one kind of hello with a bare ServerHello and refuses all others.
async fn national(version: u16, suite: u16, refusal: Refusal) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 5];
                if stream.read_exact(&mut head).await.is_err() {
                    return;
                }
                let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
                stream.read_exact(&mut hello).await.unwrap();
                let start = 41 + usize::from(hello[38]);
                let length = usize::from(u16::from_be_bytes([hello[start - 2], hello[start - 1]]));
                let mut suites = hello[start..start + length].chunks(2);
                let offers = suites.any(|pair| pair == suite.to_be_bytes());
                let asked = u16::from_be_bytes([hello[4], hello[5]]);
                if offers && asked == version {
                    let mut body = version.to_be_bytes().to_vec();
                    body.extend([9; 32]);
                    body.push(0);
                    body.extend(suite.to_be_bytes());
                    body.push(0);
                    let mut message = vec![22];
                    message.extend(version.to_be_bytes());
                    message.extend((body.len() as u16 + 4).to_be_bytes());
                    message.extend([2, 0]);
                    message.extend((body.len() as u16).to_be_bytes());
                    message.extend(body);
                    stream.write_all(&message).await.unwrap();
                } else if matches!(refusal, Refusal::Alert) {
                    stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await.unwrap();
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn national_tls_is_recognised_and_never_down() {
    for (version, suite, refusal, name, cipher) in [
        (0x0101, 0xe013, Refusal::Alert, "TLCP", "ECC_SM4_CBC_SM3"),
        (0x0101, 0xe053, Refusal::Close, "TLCP", "ECC_SM4_GCM_SM3"),
        (0x0303, 0x00c6, Refusal::Alert, "TLS 1.3", "TLS_SM4_GCM_SM3"),
    ] {
        let port = national(version, suite, refusal).await;
        let records = records("https://a.test/", doors(closed_port().await, port)).await;
        let expected = Tls::National {
            version: name.to_owned(),
            cipher: cipher.to_owned(),
        };
        assert_eq!(network(&records).tls, expected);
        let all = captures_for(&records, |_| true);
        assert!(all.len() >= 3);
        for capture in all {
            let Some(Failure::Tls { detail }) = &capture.failure else {
                panic!("{capture:?}");
            };
            assert!(detail.starts_with(NATIONAL_TLS), "{detail}");
        }
        judged_unknown(&records);
    }
}

/// No check calls a site bad that we merely could not read.
fn judged_unknown(records: &[FactRecord]) {
    use xuncha_core::registry::{Site, SiteKind, State};
    let site = Site {
        id: "a.test".into(),
        name: String::new(),
        home: "https://a.test/".into(),
        kind: SiteKind::Portal,
        organization: String::new(),
        region: String::new(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    };
    let facts = xuncha_core::facts::assemble_site(
        &site,
        records.iter().cloned(),
        &BTreeMap::new(),
        &lexicons(),
    );
    assert_eq!(facts.probes.len(), 2);
    for probe in &facts.probes {
        assert_eq!(probe.opened, None);
        assert!(probe.detail.contains("国密"), "{}", probe.detail);
    }
    assert!(facts.links.is_empty() && facts.home.is_none());
}

#[tokio::test]
async fn a_dead_server_stays_dead() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let settings = doors(closed_port().await, port);
    let exchange = client(settings)
        .fetch("https://a.test/", Reading::Page, &Jar::default())
        .await;
    assert_eq!(exchange.failure, Some(Failure::Reset));
}

#[tokio::test]
async fn names_addresses_and_ipv6_are_asked() {
    let server = Server::start(|_| html("x")).await;
    let v6 = TcpListener::bind("[::1]:0").await.unwrap();
    let open = v6.local_addr().unwrap().port();
    let shut = {
        let listener = TcpListener::bind("[::1]:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let loopback = IpAddr::from([127, 0, 0, 1]);
    let (address, _) = dns::serve(move |name, kind, _| match (name, kind) {
        ("www.qingshi.gov.cn", 1 | 28) => Some(vec![
            Record::Alias("qs.cdn.example.cn"),
            Record::Address(loopback),
            Record::Address(Ipv6Addr::LOCALHOST.into()),
        ]),
        ("plain.qingshi.gov.cn", 1 | 28) => Some(vec![Record::Address(loopback)]),
        ("paper.qingshi.gov.cn", 1 | 28) => Some(vec![
            Record::Address(loopback),
            Record::Address("2001:db8::7".parse().unwrap()),
        ]),
        ("qingshi.gov.cn", 2) => Some(vec![
            Record::Server("ns2.qingshi.gov.cn"),
            Record::Server("ns1.qingshi.gov.cn"),
        ]),
        ("www.qingshi.gov.cn" | "plain.qingshi.gov.cn" | "paper.qingshi.gov.cn", _) => Some(vec![]),
        _ => None,
    })
    .await;
    let ask = async |host: &str, allowed: &str, to: u16| {
        let rule = |from: u16, to: u16| ConnectTo::parse(&format!(":{from}::{to}")).unwrap();
        let settings = Settings {
            name_server: Some(address),
            allow_hosts: BTreeSet::from([allowed.to_owned()]),
            connect_to: vec![rule(80, server.port()), rule(443, to)],
            ..doors(1, 1)
        };
        facts(&format!("http://{host}/"), settings).await
    };
    let found = ask("www.qingshi.gov.cn", "www.qingshi.gov.cn", open).await;
    assert_eq!((found.ipv4.len(), found.ipv6.len()), (1, 1));
    assert_eq!(found.cname, ["qs.cdn.example.cn"]);
    assert_eq!(
        found.name_servers,
        ["ns1.qingshi.gov.cn", "ns2.qingshi.gov.cn"]
    );
    assert_eq!(
        (found.ipv6_reach, found.dns_trouble.as_str()),
        (Reach::Reached, "")
    );
    let found = ask("www.qingshi.gov.cn", "www.qingshi.gov.cn", shut).await;
    assert!(
        matches!(found.ipv6_reach, Reach::Unreached { .. }),
        "{found:?}"
    );
    let found = ask("plain.qingshi.gov.cn", "plain.qingshi.gov.cn", shut).await;
    assert_eq!(found.ipv6_reach, Reach::NoAddress);
    // An address that only stands on paper is not reachable, and nobody asks it.
    let found = ask("paper.qingshi.gov.cn", "nobody", shut).await;
    assert!(matches!(&found.ipv6_reach, Reach::Unreached { why } if why.contains("公网")));
    let sent_elsewhere = facts("http://a.test/", doors(server.port(), shut)).await;
    assert!(matches!(sent_elsewhere.ipv6_reach, Reach::Unknown { .. }));
    assert!(sent_elsewhere.dns_trouble.contains("改向"));
}

#[tokio::test]
async fn looking_at_the_network_takes_a_handful_of_connections() {
    let plain = Server::start(|_| html("plain")).await;
    let refusing = Arc::new(Mutex::new(0));
    let count = refusing.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *count.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
        }
    });
    let asking = doors(plain.port(), secure);
    let silent = Settings {
        asks_network: false,
        ..asking.clone()
    };
    let found = facts("http://a.test/", asking).await;
    assert!(matches!(found.tls, Tls::Unknown { .. }), "{:?}", found.tls);
    // One handshake and three hellos, all refused; one question for the root page over HTTP.
    assert_eq!(*refusing.lock().unwrap(), 4);
    let asked = plain.asked().len();
    plain.log.lock().unwrap().asks.clear();
    records("http://a.test/", silent).await;
    assert_eq!(plain.asked().len() + 1, asked);
}
