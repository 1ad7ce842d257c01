//! The prober: every slot of the plan exactly once however often the run is cut, what we missed is ours, a second path, our uplink.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
#[path = "common/dns.rs"]
mod dns;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::mortal::Mortal;
use common::*;
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use xuncha_core::evidence::{Capture, Failure, MISSED, Purpose};
use xuncha_core::facts::assemble_site;
use xuncha_core::facts::model::{FactRecord, SiteFacts};
use xuncha_core::registry::{Site, SiteKind, State, TargetId};
use xuncha_gather::check::{CheckPlan, check_site};
use xuncha_gather::clock::FixedClock;
use xuncha_gather::report::Quiet;
use xuncha_gather::round::{JobKind, RoundPlan, TargetJob, gather_round};
use xuncha_gather::schedule::{Planned, Visit, visits};
use xuncha_gather::settings::{ConnectTo, Settings};
use xuncha_gather::sink::{EvidenceSink, MemorySink};
use xuncha_gather::state::Limits;

fn plan() -> RoundPlan {
    RoundPlan {
        monitor_from: date(2026, 3, 13).at(9, 0, 0, 0),
        as_of: date(2026, 3, 20).at(9, 0, 0, 0),
        seed: "2026Q1".into(),
        second_look_gap_minutes: 30,
        limits: Limits {
            pages: 1,
            ..Limits::default()
        },
        probes: true,
        snapshots: false,
        searches: 0,
    }
}

fn slots() -> Vec<Planned> {
    let plan = plan();
    let all = visits(plan.monitor_from, plan.as_of, &plan.seed);
    all.into_iter()
        .filter(|one| matches!(one.visit, Visit::Probe { .. }))
        .collect()
}

async fn run(settings: Settings, sink: impl EvidenceSink + 'static, now: DateTime) -> bool {
    let job = TargetJob {
        id: TargetId::from("1"),
        kind: JobKind::Site {
            home: "http://a.test/".into(),
        },
    };
    let clock = Arc::new(FixedClock::at(now));
    gather_round(
        &[job],
        &plan(),
        settings,
        lexicons(),
        Arc::new(sink),
        clock,
        &Quiet,
    )
    .await
    .is_ok()
}

fn probes(records: &[FactRecord]) -> Vec<(u32, &Capture)> {
    let slot = |capture: &Capture| match capture.purpose {
        Purpose::Probe { slot } => Some(slot),
        _ => None,
    };
    let looks = records.iter().filter_map(|record| match record {
        FactRecord::Look(capture) => Some(capture),
        _ => None,
    });
    looks
        .filter_map(|capture| Some((slot(capture)?, capture)))
        .collect()
}

fn assembled(records: &[FactRecord]) -> SiteFacts {
    let site = Site {
        id: "1".into(),
        name: String::new(),
        home: "http://a.test/".into(),
        kind: SiteKind::Portal,
        organization: String::new(),
        region: String::new(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    };
    assemble_site(
        &site,
        records.iter().cloned(),
        &BTreeMap::new(),
        &lexicons(),
    )
}

#[tokio::test]
async fn each_slot_stands_once_however_the_run_is_cut() {
    let server = Server::start(|_| html("home")).await;
    let planned = slots();
    assert_eq!(planned.len(), 140);
    // The header, then two writes a visit: cut before, between and behind the writes of some visits.
    for (cut, hours_down) in [
        (0, 3),
        (1, 0),
        (12, 6),
        (13, 6),
        (14, 0),
        (99, 30),
        (200, 500),
    ] {
        let memory = MemorySink::new();
        let mortal = Mortal::new(memory.clone(), cut);
        assert!(!run(settings(&server), mortal, plan().monitor_from).await);
        let reached = cut.saturating_sub(1) / 2;
        let back = planned[reached]
            .due
            .checked_add(hours_down.hours())
            .unwrap();
        assert!(run(settings(&server), memory.clone(), back).await);
        // Started once more, nothing is added.
        assert!(run(settings(&server), memory.clone(), back).await);
        let records = memory.records().remove(&TargetId::from("1")).unwrap();
        let found = probes(&records);
        let numbers: Vec<u32> = found.iter().map(|(slot, _)| *slot).collect();
        assert_eq!(numbers, (0..140).collect::<Vec<u32>>(), "cut {cut}");
        for (slot, capture) in found {
            let due = planned[slot as usize].due;
            let next = planned
                .get(slot as usize + 1)
                .map_or(plan().as_of, |next| next.due);
            let is_missed = slot as usize >= reached && next <= back;
            assert_eq!(is_ours(capture), is_missed, "cut {cut} slot {slot}");
            if is_missed {
                assert_eq!(capture.at, due);
            }
        }
        let facts = assembled(&records);
        assert!(facts.probes.iter().all(|probe| probe.opened != Some(false)));
        let lost = facts.probes.iter().filter(|probe| probe.opened.is_none());
        assert_eq!(lost.count() > 0, hours_down > 1, "cut {cut}");
    }
}

fn is_ours(capture: &Capture) -> bool {
    matches!(&capture.failure, Some(Failure::RefusedByGuard { detail }) if detail.starts_with(MISSED))
}

/// What a proxy does with a request to connect.
#[derive(Clone, Copy)]
enum Proxy {
    /// Connects to this port instead.
    Tunnel(u16),
    Answer(&'static str),
}

/// A CONNECT proxy on loopback, and the heads that it was sent.
async fn proxy(how: Proxy) -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = heads.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                log.lock().unwrap().push(String::from_utf8(head).unwrap());
                match how {
                    Proxy::Answer(line) => {
                        stream
                            .write_all(format!("{line}\r\n\r\n").as_bytes())
                            .await
                            .unwrap();
                    }
                    Proxy::Tunnel(port) => {
                        let mut site = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                        stream
                            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                            .await
                            .unwrap();
                        let _ = copy_bidirectional(&mut stream, &mut site).await;
                    }
                }
            });
        }
    });
    (address, heads)
}

async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn check(settings: Settings) -> Vec<FactRecord> {
    let plan = CheckPlan {
        second_look_gap_s: 0.0,
        searches: 0,
        ..CheckPlan::default()
    };
    let done = check_site(
        "http://a.test/",
        &plan,
        settings,
        lexicons(),
        clock(),
        &Quiet,
    )
    .await;
    let mut checked = done.unwrap();
    checked.records.remove(&checked.target).unwrap()
}

#[tokio::test]
async fn a_failed_visit_is_repeated_over_the_second_path() {
    let server = Server::start(|_| html("alive elsewhere")).await;
    let closed = closed_port().await;
    for (how, opened, again) in [
        (Proxy::Tunnel(server.port()), None, "None"),
        (
            Proxy::Answer("HTTP/1.1 502 Bad Gateway"),
            Some(false),
            "Some(Connect)",
        ),
        (
            Proxy::Answer("HTTP/1.1 407 Proxy Authentication Required"),
            Some(false),
            "RefusedByGuard",
        ),
    ] {
        let (proxy, heads) = proxy(how).await;
        let settings = Settings {
            connect_to: vec![ConnectTo::parse(&format!("::127.0.0.1:{closed}")).unwrap()],
            second_path: Some(proxy),
            ..settings(&server)
        };
        let records = check(settings).await;
        let repeats: Vec<&Capture> = records
            .iter()
            .filter_map(|record| match record {
                FactRecord::Look(look) if matches!(look.purpose, Purpose::ProbeAgain { .. }) => {
                    Some(look)
                }
                _ => None,
            })
            .collect();
        assert_eq!(repeats.len(), 2, "one for each failed visit");
        let failure = format!("{:?}", repeats[0].failure);
        assert!(failure.contains(again), "{failure}");
        let facts = assembled(&records);
        assert_eq!(facts.probes.len(), 2);
        assert!(
            facts.probes.iter().all(|probe| probe.opened == opened),
            "{:?}",
            facts.probes
        );
        // The proxy is told the address that the guard has passed, never a name.
        let heads = heads.lock().unwrap();
        assert!(
            heads
                .iter()
                .all(|head| head.starts_with(&format!("CONNECT 127.0.0.1:{closed} ")))
        );
    }
}

#[tokio::test]
async fn a_visit_that_opens_is_not_repeated() {
    let server = Server::start(|_| html("alive")).await;
    let (proxy, heads) = proxy(Proxy::Tunnel(server.port())).await;
    let settings = Settings {
        second_path: Some(proxy),
        ..settings(&server)
    };
    let facts = assembled(&check(settings).await);
    assert!(facts.probes.iter().all(|probe| probe.opened == Some(true)));
    assert_eq!(heads.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn where_the_time_goes_is_kept_with_a_visit() {
    let delay = Duration::from_millis(60);
    let server = Server::start(move |_| Reply::After(delay, Box::new(html("slow")))).await;
    let records = check(settings(&server)).await;
    for (_, capture) in probes(&records) {
        assert!(capture.timing.first_byte_ms >= 50, "{:?}", capture.timing);
        assert!(u64::from(capture.timing.first_byte_ms) <= capture.millis + 1);
        assert_eq!(capture.timing.tls_ms, 0);
    }
    let pages = records.iter().filter_map(|record| match record {
        FactRecord::Page(page) => Some(&page.capture),
        _ => None,
    });
    assert!(pages.into_iter().all(|page| page.timing.is_empty()));
}

#[tokio::test]
async fn our_own_uplink_is_asked_before_a_site_is_called_down() {
    // A name server that knows the control name and no site: then the site's name is really gone.
    let (working, asked) = dns::serve(|name, kind, _| {
        let is_control = name == "a.root-servers.net" && kind == 1;
        is_control.then(|| vec![dns::Record::Address([198, 41, 0, 4].into())])
    })
    .await;
    let dead = {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.local_addr().unwrap()
    };
    for (name_server, opened) in [(working, Some(false)), (dead, None)] {
        let settings = Settings {
            name_server: Some(name_server),
            asks_network: false,
            rate_per_host: None,
            ..Settings::default()
        };
        let facts = assembled(&check(settings).await);
        assert_eq!(facts.probes.len(), 2);
        assert!(
            facts.probes.iter().all(|probe| probe.opened == opened),
            "{:?}",
            facts.probes
        );
    }
    let first = asked.lock().unwrap().first().cloned();
    assert_eq!(
        first.unwrap().0,
        "a.root-servers.net",
        "the uplink first, then the site"
    );
}
