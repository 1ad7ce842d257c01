//! A site of which nothing was read passes no check that reads pages, however the line failed: no look, no verdict.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use serde_json::Value;

use super::{CHECKS, Context};
use crate::evidence::{Capture, Failure, Purpose};
use crate::facts::model::{FactRecord, Facts, PageFacts};
use crate::facts::{Lexicons, Skip, assemble_site, read, test_capture};
use crate::judge::Judged;
use crate::registry::{Site, SiteKind, State, Target};
use crate::round::{Kin, Subject};
use crate::verdict::Verdict;

const HOME: &str = "https://www.qingshi.gov.cn/";
const PHASES: [&str; 6] = ["probe", "network", "crawl", "looks", "documents", "search"];

/// Judged by the address in the registry, whatever stands there.
const BY_ADDRESS: &str = "nonconforming_domain";

fn as_of() -> DateTime {
    date(2026, 3, 20).at(9, 0, 0, 0)
}

fn site() -> Site {
    Site {
        id: "9901000001".into(),
        name: "青石市人民政府门户网站".to_owned(),
        home: HOME.to_owned(),
        kind: SiteKind::Portal,
        organization: "U1".to_owned(),
        region: "990100".to_owned(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    }
}

fn subject() -> Subject {
    Subject {
        target: Target::Site(site()),
        organization_name: "青石市人民政府".to_owned(),
        region_name: "青石市".to_owned(),
        region_path: vec!["云岭省".to_owned()],
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Kin::default(),
    }
}

/// How an answer can fail to be one.
fn failed() -> impl Strategy<Value = (Option<u16>, Option<Failure>)> {
    let failures = [
        Failure::Dns {
            control_resolved: false,
        },
        Failure::Dns {
            control_resolved: true,
        },
        Failure::Connect,
        Failure::Tls {
            detail: "certificate expired".to_owned(),
        },
        Failure::Timeout {
            phase: "headers".to_owned(),
        },
        Failure::Reset,
        Failure::RedirectLoop,
        Failure::RefusedByGuard {
            detail: "private address".to_owned(),
        },
        Failure::Unread,
    ];
    let statuses = [401, 403, 404, 410, 412, 429, 500, 502, 503, 504];
    prop_oneof![
        prop::sample::select(failures.to_vec()).prop_map(|failure| (None, Some(failure))),
        prop::sample::select(statuses.to_vec()).prop_map(|status| (Some(status), None)),
    ]
}

/// What was asked of the site.
fn asked() -> impl Strategy<Value = (String, Purpose)> {
    let home = prop_oneof![Just(""), Just("index.html")];
    prop_oneof![
        home.prop_map(|path| (format!("{HOME}{path}"), Purpose::Page)),
        (0..4_u32).prop_map(|slot| (HOME.to_owned(), Purpose::Probe { slot })),
        (0..4_u32).prop_map(|day| (HOME.to_owned(), Purpose::HomeSnapshot { day })),
        Just((format!("{HOME}xw/1.html"), Purpose::Page)),
        Just((format!("{HOME}fj/1.pdf"), Purpose::Link { look: 1 })),
    ]
}

/// A page of an error, as servers send them.
fn page(capture: &Capture) -> PageFacts {
    let html = "<html><head><title>Error</title></head><body><center><h1>nginx</h1></center></body></html>";
    let body = if capture.failure.is_some() { "" } else { html };
    read(capture, body.as_bytes(), &Lexicons::builtin())
}

fn record(
    nth: usize,
    asked: (String, Purpose),
    failed: (Option<u16>, Option<Failure>),
) -> FactRecord {
    let (url, purpose) = asked;
    let is_page = matches!(purpose, Purpose::Page | Purpose::HomeSnapshot { .. });
    let mut capture = test_capture(&url);
    capture.purpose = purpose;
    capture.at = capture.at.checked_sub((nth as i64).hours()).unwrap();
    (capture.status, capture.failure) = failed;
    match is_page {
        true => FactRecord::Page(Box::new(page(&capture))),
        false => FactRecord::Look(capture),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_site_of_which_nothing_was_read_passes_no_check_of_pages(
        answers in prop::collection::vec((asked(), failed()), 0..8),
        is_guarded in any::<bool>(),
    ) {
        let header = FactRecord::Header {
            target: "9901000001".into(),
            facts_version: 1,
            monitor_from: date(2026, 3, 6).at(9, 0, 0, 0),
            as_of: as_of(),
        };
        let mut records = vec![header];
        records.extend(answers.into_iter().enumerate().map(|(nth, (asked, failed))| record(nth, asked, failed)));
        if is_guarded {
            records.push(FactRecord::Skipped { url: format!("{HOME}zc/"), why: Skip::Robots });
        }
        records.extend(PHASES.map(|phase| FactRecord::PhaseDone { phase: phase.to_owned() }));
        let facts = assemble_site(&site(), records.into_iter(), &BTreeMap::new(), &Lexicons::builtin());
        let facts = Facts::Site(Box::new(facts));
        let context = Context { as_of: as_of(), seed: "20260320".to_owned() };
        let of_pages = CHECKS.iter().filter(|check| check.needs.contains(&"crawl") && check.name != BY_ADDRESS);
        for check in of_pages {
            let judged = check.judge(&subject(), &facts, &context, &Value::Null).unwrap();
            let passes = matches!(&judged, Judged::Known { verdict: Verdict::Pass { .. } });
            prop_assert!(!passes, "{} passes a site that nobody saw: {judged:?}", check.name);
        }
    }
}
