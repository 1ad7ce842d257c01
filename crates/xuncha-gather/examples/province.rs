//! Gathers a running simulated province into memory and prints what it cost: `province DIR [SITES]`, DIR as served by the province.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Instant;

use xuncha_core::evidence::Purpose;
use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_gather::clock::ProvinceClock;
use xuncha_gather::report::Progress;
use xuncha_gather::round::{JobKind, RoundPlan, TargetJob, gather_round};
use xuncha_gather::settings::{ConnectTo, Settings};
use xuncha_gather::sink::MemorySink;
use xuncha_gather::state::Limits;

/// Prints when each phase begins and ends.
struct Timing(Instant);

impl Progress for Timing {
    fn started(&self, phase: &str, total: u64) {
        println!("{:>8.1?} {phase}: {total}", self.0.elapsed());
    }
    fn advanced(&self, _: &str, _: u64) {}
    fn finished(&self, phase: &str) {
        println!("{:>8.1?} {phase} done", self.0.elapsed());
    }
}

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let count = std::env::args()
        .nth(2)
        .map_or(usize::MAX, |count| count.parse().unwrap());
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{name}")).unwrap()).unwrap()
    };
    let (province, truth) = (read("province.json"), read("truth.json"));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let override_to = |port: u16, key: &str| {
        ConnectTo::parse(&format!(":{port}:{}", text(&province[key]))).unwrap()
    };
    let settings = Settings {
        rate_per_host: None,
        speed: province["speed"].as_f64().unwrap(),
        connect_to: vec![override_to(80, "http"), override_to(443, "https")],
        extra_ca_pem: std::fs::read(format!("{folder}/{}", text(&province["ca"]))).unwrap(),
        ..Settings::default()
    };
    let targets = truth["targets"].as_array().unwrap().iter();
    let jobs: Vec<TargetJob> = targets
        .map(|target| {
            let home = text(&target["home"]);
            let kind = match target["kind"].as_str() {
                Some("site") => JobKind::Site { home },
                _ => JobKind::Account { urls: vec![home] },
            };
            TargetJob {
                id: TargetId(text(&target["target"])),
                kind,
            }
        })
        .take(count)
        .collect();
    let plan = RoundPlan {
        monitor_from: text(&province["monitor_from"]).parse().unwrap(),
        as_of: text(&province["as_of"]).parse().unwrap(),
        seed: "2026Q1".to_owned(),
        second_look_gap_minutes: 30,
        limits: Limits::default(),
        probes: true,
        snapshots: true,
        searches: 5,
    };
    let clock = Arc::new(
        ProvinceClock::connect(text(&province["control"]).parse().unwrap())
            .await
            .unwrap(),
    );
    let (sink, start) = (MemorySink::new(), Instant::now());
    let lexicons = Arc::new(Lexicons::builtin());
    let report = gather_round(
        &jobs,
        &plan,
        settings,
        lexicons,
        Arc::new(sink.clone()),
        clock,
        &Timing(start),
    )
    .await
    .unwrap();
    println!(
        "{} targets, {} exchanges, {} requests, {} pages, {} looks, {} probes, {} MB in {:?}: {:.0} pages/s",
        report.targets,
        report.exchanges,
        report.requests,
        report.pages,
        report.looks,
        report.probes,
        report.bytes >> 20,
        start.elapsed(),
        report.pages_per_second
    );
    let most = report.hosts.values().map(|host| host.max_in_flight).max();
    println!(
        "{} hosts, at most {most:?} in flight at one",
        report.hosts.len()
    );
    for (target, records) in sink.records() {
        let pages = records.iter().filter(|record| matches!(record, FactRecord::Page(facts) if facts.capture.purpose == Purpose::Page)).count();
        let expected = truth["targets"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["target"] == target.0.as_str());
        println!(
            "{target} {} pages, planted {}",
            pages,
            expected.map_or(0, |one| one["pages"].as_u64().unwrap_or(0))
        );
        let shown = std::env::args()
            .nth(3)
            .is_some_and(|wanted| wanted == target.0);
        for record in &records {
            if shown
                && let FactRecord::Page(facts) = record
                && facts.capture.purpose == Purpose::Page
            {
                println!(
                    "   {} {:?} links {} pagers {}",
                    facts.capture.url,
                    facts.capture.status,
                    facts.links.len(),
                    facts.list.as_ref().map_or(0, |list| list.pages.len())
                );
            }
            if let FactRecord::Skipped { url, why } = record {
                println!("   skipped {url}: {}", why.text());
            }
            if let FactRecord::Page(facts) = record
                && facts.needs_script
            {
                println!("   needs script: {}", facts.capture.url);
            }
            if let FactRecord::Page(facts) = record
                && let Some(failure) = &facts.capture.failure
            {
                println!(
                    "   {:?} {} {failure:?}",
                    facts.capture.purpose, facts.capture.url
                );
            }
        }
    }
}
