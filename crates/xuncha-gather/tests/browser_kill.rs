//! The browser is killed in the middle: the page gets a second chance, the crawl goes on, and nothing is left of any process.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::*;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, find};
use xuncha_gather::check::{CheckPlan, check_site_into};
use xuncha_gather::report::Quiet;
use xuncha_gather::settings::Settings;
use xuncha_gather::sink::MemorySink;

/// Browsers that this process has started and not reaped.
fn children() -> Vec<u32> {
    let ours = std::process::id().to_string();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let rest = stat.rsplit_once(')').map(|(_, rest)| rest.to_owned());
        rest.is_some_and(|rest| rest.split_whitespace().nth(1) == Some(ours.as_str()))
    })
    .collect()
}

fn kill_browser() {
    for pid in children() {
        let status = std::process::Command::new("/bin/kill")
            .args(["-9", &pid.to_string()])
            .status();
        assert!(status.unwrap().success());
    }
}

fn profiles() -> Vec<String> {
    let entries = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with(&format!("xuncha-browser-{}-", std::process::id())))
        .collect()
}

async fn gather(kills: bool, spares_the_second: bool) -> Vec<FactRecord> {
    let is_spared = Arc::new(AtomicBool::new(false));
    let server = Server::start(move |ask| match ask.path.as_str() {
        "/" => html("<div id=app></div><script src=/app.js></script><script>fetch('/late.json?'+Math.random())</script>"),
        "/app.js" => Reply::Page(
            200,
            vec![("Content-Type", "text/javascript".into())],
            b"document.getElementById('app').innerHTML='<a href=/next.html>x</a>'+'\\u5185'.repeat(100)".to_vec(),
        ),
        path if path.starts_with("/late.json") => {
            if kills && !is_spared.swap(spares_the_second, Ordering::SeqCst) {
                kill_browser();
            }
            Reply::After(Duration::from_millis(50), Box::new(status(404)))
        }
        _ => html("<p>页面</p>"),
    })
    .await;
    let program = find(&BrowserChoice::Auto)
        .expect("Debian package chromium is missing; `cargo xtask test` installs it");
    let long = Duration::from_secs(60);
    let settings = Settings {
        browser: Some(BrowserSettings::new(program)),
        connect_timeout: long,
        header_timeout: long,
        body_timeout: long,
        ..settings(&server)
    };
    let sink = MemorySink::keeping_exchanges();
    let plan = CheckPlan {
        second_look_gap_s: 0.1,
        ..CheckPlan::default()
    };
    let shared = Arc::new(sink.clone());
    check_site_into(
        "http://a.test/",
        &plan,
        settings,
        lexicons(),
        shared,
        clock(),
        &Quiet,
    )
    .await
    .unwrap();
    sink.records().remove(&TargetId::from("a.test")).unwrap()
}

fn is_rendered(records: &[FactRecord]) -> bool {
    records.iter().any(|record| {
        matches!(record, FactRecord::Page(page) if page.rendering.is_some() && page.text_chars > 90)
    })
}

fn is_done(records: &[FactRecord], name: &str) -> bool {
    records
        .iter()
        .any(|record| matches!(record, FactRecord::PhaseDone { phase } if phase == name))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_browser_costs_at_most_its_page() {
    assert!(is_rendered(&gather(false, false).await));
    assert_eq!(children(), [0; 0], "the browser was reaped");

    let records = gather(true, true).await;
    assert!(is_rendered(&records), "the second chance was taken");
    assert!(is_done(&records, "render") && is_done(&records, "search"));
    assert_eq!(children(), [0; 0]);

    let records = gather(true, false).await;
    assert!(!is_rendered(&records));
    let said = records.iter().any(|record| {
        matches!(record, FactRecord::NotRendered { url, why }
            if url == "http://a.test/" && why.contains("异常退出"))
    });
    assert!(said, "the page says why it was not rendered");
    assert!(is_done(&records, "render") && is_done(&records, "search"));
    assert_eq!(children(), [0; 0]);
    assert_eq!(profiles(), [""; 0], "profiles are gone");
}
