//! Planted link and page defects on real servers: every one has to be found, nothing else may be.
//!
//! The cases are data: `answers.toml` (what an address answers) and `references.toml` (how it is linked). They go the way of
//! `xuncha check`: gathered, put together, judged by `broken_links`. `cargo xtask eval planted` serves the same cases to the binary
//! and to other checkers, and compares (`world.rs`, `reports.rs`, `compare.rs`).
#![allow(clippy::unwrap_used, missing_docs)]

mod answers;
mod case;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod reports;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use case::{Case, Kind, cases};
use common::lexicons;
use jiff::civil::{DateTime, date};
use server::{Planted, absolute};
use xuncha_core::checks::{CHECKS, Context};
use xuncha_core::evidence::Capture;
use xuncha_core::facts::assemble_site;
use xuncha_core::facts::model::{FactRecord, Facts};
use xuncha_core::judge::Judged;
use xuncha_core::registry::{Site, SiteKind, State, Target, TargetId};
use xuncha_core::round::Subject;
use xuncha_core::verdict::{Finding, Verdict};
use xuncha_gather::check::{CheckPlan, Checked, check_site};
use xuncha_gather::clock::RealClock;
use xuncha_gather::outside::OUTSIDE;
use xuncha_gather::report::Quiet;

const LEAST_DEFECTS: usize = 120;
const LEAST_NEAR_MISSES: usize = 90;

/// What was reported: class and address.
type Reports = BTreeSet<(&'static str, String)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_planted_defect_is_found_and_nothing_else() {
    let cases = Arc::new(cases());
    let planted = Planted::start(cases.clone()).await;
    let (mut reported, mut expected) = (Reports::new(), Reports::new());
    let mut pages_with_footer = 0;
    for site in &sites(&cases) {
        let verdict = judge(site, &check(site, &planted).await);
        reported.extend(reports(&verdict));
        pages_with_footer = pages_with_footer.max(places_of(&verdict, "/k/footer"));
    }
    for case in cases.iter() {
        expected.extend(case.expected());
    }
    assert_eq!(told(&cases, &reported, &expected), "");
    let with_footer = cases.iter().filter(|case| case.has_footer()).count();
    assert_eq!(
        pages_with_footer, with_footer as u64,
        "one defect, all its places"
    );
    assert!(!planted.asks().iter().any(|head| head.starts_with("HEAD ")));
    assert!(!planted.asks().iter().any(|head| head.contains(" /secret/")));
}

#[test]
fn there_are_enough_cases_and_each_names_its_rule() {
    let cases = cases();
    let count = |kind: Kind| cases.iter().filter(|case| case.kind() == kind).count();
    let (defects, near_misses) = (count(Kind::Defect), count(Kind::NearMiss));
    let rules = include_str!("../../../../docs/link-verdicts.md");
    println!(
        "{defects} kinds of defect, {} of what nobody can tell, {near_misses} near-misses",
        count(Kind::Undeterminable)
    );
    assert!(defects >= LEAST_DEFECTS, "{defects} kinds of defect");
    assert!(near_misses >= LEAST_NEAR_MISSES, "{near_misses}");
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "names differ");
    for case in &cases {
        assert!(
            rules.contains(&format!("- {}", case.rule)),
            "docs/link-verdicts.md does not state “{}” of {}",
            case.rule,
            case.name
        );
    }
    for line in rules.lines().filter(|line| line.starts_with("- ")) {
        let rule = line.trim_start_matches("- ");
        assert!(
            cases.iter().any(|case| rule.starts_with(&case.rule)),
            "no case shows “{rule}”"
        );
    }
}

/// Hosts of the cases that are inspected.
fn sites(cases: &[Case]) -> BTreeSet<String> {
    cases.iter().map(|case| case.site.clone()).collect()
}

async fn check(site: &str, planted: &Planted) -> Checked {
    let plan = CheckPlan {
        second_look_gap_s: 1.0,
        searches: 0,
        ..CheckPlan::default()
    };
    check_site(
        &format!("http://{site}/"),
        &plan,
        planted.settings(),
        lexicons(),
        Arc::new(RealClock),
        &Quiet,
    )
    .await
    .unwrap()
}

fn judge(site: &str, checked: &Checked) -> Verdict {
    let target = Site {
        id: checked.target.clone(),
        name: "云岭县人民政府".to_owned(),
        home: format!("http://{site}/"),
        kind: SiteKind::Portal,
        organization: String::new(),
        region: String::new(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    };
    let own = checked.records[&checked.target].iter().cloned();
    let facts = assemble_site(&target, own, &outside(checked), &lexicons());
    let subject = Subject {
        target: Target::Site(target),
        organization_name: String::new(),
        region_name: String::new(),
        region_path: Vec::new(),
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Default::default(),
    };
    let context = Context {
        as_of: at(),
        seed: "check".to_owned(),
    };
    let check = CHECKS.iter().find(|check| check.name == "broken_links");
    let facts = Facts::Site(Box::new(facts));
    let judged = check
        .unwrap()
        .judge(&subject, &facts, &context, &serde_json::Value::Null);
    match judged.unwrap() {
        Judged::Known { verdict } => verdict,
        Judged::Unknown { undetermined } => panic!("{site}: {undetermined:?}"),
    }
}

fn at() -> DateTime {
    date(2026, 3, 20).at(9, 0, 0, 0)
}

fn outside(checked: &Checked) -> BTreeMap<String, Vec<Capture>> {
    let mut looks: BTreeMap<String, Vec<Capture>> = BTreeMap::new();
    for record in &checked.records[&TargetId::from(OUTSIDE)] {
        if let FactRecord::Look(capture) = record {
            looks
                .entry(capture.url.clone())
                .or_default()
                .push(capture.clone());
        }
    }
    looks
}

fn findings(verdict: &Verdict) -> &[Finding] {
    match verdict {
        Verdict::Fail { findings, .. } => findings,
        _ => &[],
    }
}

fn reports(verdict: &Verdict) -> Reports {
    let mut reports = Reports::new();
    for finding in findings(verdict) {
        let class = match finding.case.as_str() {
            "home_link" | "other_link" => "dead",
            _ => "listed",
        };
        assert_eq!(finding.count, u32::from(class == "dead"), "{}", finding.key);
        assert!(class == "listed" || finding.evidence().len() >= 2);
        reports.insert((class, finding.key.clone()));
    }
    let (Verdict::Pass { undetermined } | Verdict::Fail { undetermined, .. }) = verdict else {
        panic!("{verdict:?}");
    };
    reports.extend(
        undetermined
            .iter()
            .map(|doubt| ("unknown", doubt.key.clone())),
    );
    reports
}

fn places_of(verdict: &Verdict, path: &str) -> u64 {
    let key = absolute("planted.internal", path);
    let finding = findings(verdict).iter().find(|finding| finding.key == key);
    finding.map_or(0, |finding| finding.place_count)
}

/// What is missing and what is too much, by case; empty where precision and recall are 1.
fn told(cases: &[Case], reported: &Reports, expected: &Reports) -> String {
    let case_of = |key: &String| {
        let case = cases.iter().find(|case| {
            let own = case.expected().iter().any(|(_, url)| url == key);
            let path = key.splitn(4, '/').nth(3).unwrap_or_default();
            own || !path.is_empty() && format!("{case:?}").contains(path)
        });
        case.map_or("?", |case| case.name.as_str()).to_owned()
    };
    let missed = expected.difference(reported);
    let missed = missed.map(|(class, key)| format!("missed {class} {key} ({})\n", case_of(key)));
    let wrong = reported.difference(expected);
    let wrong = wrong.map(|(class, key)| format!("wrong {class} {key} ({})\n", case_of(key)));
    missed.chain(wrong).collect()
}
