//! The planted sites for other checkers, which `cargo xtask eval planted` runs: in a network of its own, where names lead as
//! `hosts` says. Everything stands in the folder that `XUNCHA_PLANTED` names.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::Reports;
use crate::answers::SITEMAP;
use crate::case::{Case, MAIN_SITE, cases};
use crate::compare::{shown, tally};
use crate::reports::{linkinator, lychee, ours};
use crate::server::{absolute, hosts_file, start_by_name};
use crate::{sites, told};

fn folder() -> PathBuf {
    std::env::var_os("XUNCHA_PLANTED").unwrap().into()
}

/// Writes the hosts file, the home pages, the sitemap that robots.txt names, and the pages for checkers that cannot crawl.
#[test]
#[ignore = "a step of cargo xtask eval planted"]
fn describe() {
    let cases = cases();
    let homes: Vec<String> = sites(&cases)
        .iter()
        .map(|site| absolute(site, "/"))
        .collect();
    let pages: Vec<String> = homes.iter().cloned().chain(pages(&cases)).collect();
    for (name, text) in [
        ("hosts", hosts_file()),
        ("homes", homes.join("\n") + "\n"),
        ("pages", pages.join("\n") + "\n"),
        ("sitemaps", format!("{}\n", absolute(MAIN_SITE, SITEMAP))),
    ] {
        std::fs::write(folder().join(name), text).unwrap();
    }
}

/// Pages of the cases, and what else of the sites holds links: pages behind them and style sheets that open at once.
fn pages(cases: &[Case]) -> BTreeSet<String> {
    let own = cases
        .iter()
        .map(|case| absolute(&case.site, &case.own_path()));
    let behind = cases.iter().flat_map(|case| {
        let served = case.served().filter(|(key, answer)| {
            let holds_links = answer.contains("<a href") || key.ends_with(".css");
            holds_links && answer.starts_with("200 ") && key.starts_with(&case.site)
        });
        served.map(|(key, _)| format!("http://{key}"))
    });
    own.chain(behind).collect()
}

/// Serves the sites by name until it is stopped; the file `ready` says that it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a step of cargo xtask eval planted: serves until it is stopped"]
async fn serve() {
    start_by_name(Arc::new(cases())).await;
    std::fs::write(folder().join("ready"), "").unwrap();
    std::future::pending::<()>().await;
}

/// Holds the reports that stand in the folder against the cases; ours has to be without a fault.
#[test]
#[ignore = "a step of cargo xtask eval planted"]
fn compare() {
    let cases = cases();
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).unwrap();
    let (mut reported, mut named) = (Reports::new(), Vec::new());
    for site in sites(&cases) {
        let (reports, accusations) = ours(&read(&format!("xuncha-{site}.json")));
        reported.extend(reports);
        named.extend(accusations);
    }
    let sites_and_sitemaps = ["linkinator.out", "linkinator-sitemaps.out"];
    let linkinators = sites_and_sitemaps.map(|name| linkinator(&read(name)));
    let tallies = [
        ("xuncha", tally(&cases, &named)),
        ("lychee", tally(&cases, &lychee(&read("lychee.json")))),
        ("linkinator", tally(&cases, &linkinators.concat())),
    ];
    println!("\n{}", shown(&cases, &tallies));
    let expected = cases.iter().flat_map(Case::expected).collect();
    assert_eq!(told(&cases, &reported, &expected), "");
}
