//! Checks one site now and prints the state of everything that was asked: `check URL [ALLOWED_HOST]`.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_gather::check::{CheckPlan, check_site};
use xuncha_gather::clock::RealClock;
use xuncha_gather::report::Quiet;
use xuncha_gather::settings::Settings;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap();
    let allow_hosts = arguments.collect::<std::collections::BTreeSet<String>>();
    let rate_per_host = allow_hosts.is_empty().then_some(2.0);
    let settings = Settings {
        allow_hosts,
        rate_per_host,
        connections_per_host: 2,
        ..Settings::default()
    };
    let lexicons = Arc::new(Lexicons::builtin());
    let checked = check_site(
        &url,
        &CheckPlan::default(),
        settings,
        lexicons,
        Arc::new(RealClock),
        &Quiet,
    )
    .await;
    let checked = checked.unwrap();
    for (target, records) in &checked.records {
        for record in records {
            let capture = match record {
                FactRecord::Page(facts) => &facts.capture,
                FactRecord::Look(capture) => capture,
                _ => continue,
            };
            let state = capture.failure.as_ref().map_or_else(
                || format!("{:?}", capture.status),
                |failure| format!("{failure:?}"),
            );
            println!(
                "{target} {:?} {} {state} {} ms",
                capture.purpose, capture.url, capture.millis
            );
        }
    }
    let report = &checked.report;
    println!(
        "{} requests, {} pages, {} ms, {:.0} pages/s",
        report.requests, report.pages, report.elapsed_ms, report.pages_per_second
    );
}
