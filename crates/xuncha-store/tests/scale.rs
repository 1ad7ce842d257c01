//! Ten provinces in one round: how long the questions take that pages of a round ask. Prints times and asserts none.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Instant;

use support::values::*;
use xuncha_core::registry::{SiteKind, Target, TargetClass, TargetId};
use xuncha_core::review::Decision;
use xuncha_core::round::Subject;
use xuncha_core::score::Outcome;
use xuncha_store::groups::GroupKind;
use xuncha_store::round::{Neighbour, SubjectFilter};
use xuncha_store::{Location, Page, Store};

const TARGETS: u32 = 15_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute: times of the questions that pages of a round ask, at 15,000 targets and 195,000 findings"]
async fn pages_of_a_round_ask_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()))
        .await
        .unwrap();
    let one = subjects(&registry()).remove(0);
    let all: Vec<Subject> = (0..TARGETS)
        .map(|n| Subject {
            target: Target::Site(site(n, SiteKind::Department, "青石市财政局")),
            ..one.clone()
        })
        .collect();
    let ids: Vec<TargetId> = all.iter().map(|one| one.target.id().clone()).collect();
    store
        .create_round(&round("2026Q1", "2026-03-31T00:00"))
        .await
        .unwrap();
    store
        .put_sample("2026Q1", &sample(&all), &all)
        .await
        .unwrap();
    let judged: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let keys: Vec<String> = (0..13)
                .map(|at| format!("http://h{}.cn/{at}/{n}.html", n % 3_000))
                .collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            fail(id, &keys)
        })
        .collect();
    store.put_judgements("2026Q1", &judged).await.unwrap();
    let sheets: Vec<_> = ids
        .iter()
        .map(|id| {
            let mut sheet = sheet(id, TargetClass::Department, 8_000, Outcome::Qualified);
            sheet.indicators = vec![open_indicator("D-11", "待确认")];
            sheet
        })
        .collect();
    store
        .put_sheets("2026Q1", "gov-2019", &sheets)
        .await
        .unwrap();
    let reviews: Vec<_> = ids
        .iter()
        .map(|id| review(id, "k", Decision::Confirmed))
        .collect();
    store.put_reviews(&reviews).await.unwrap();

    let (round, set) = ("2026Q1", "gov-2019");
    let middle = &ids[TARGETS as usize / 2];
    let wanted = Neighbour {
        has_decided: true,
        has_findings: false,
        ..Neighbour::default()
    };
    let filter = SubjectFilter {
        is_open: true,
        ..SubjectFilter::default()
    };
    let page = Page::numbered(1, 50);
    macro_rules! time {
        ($name:literal, $question:expr) => {{
            let since = Instant::now();
            for _ in 0..5 {
                $question.await.unwrap();
            }
            println!(
                "{:<18} {:>7.1} ms",
                $name,
                since.elapsed().as_secs_f64() * 200.0
            );
        }};
    }
    time!(
        "next thing",
        store.neighbour(round, set, wanted, Some(middle))
    );
    time!("next open", store.next_open(round, set, None, None, middle));
    time!("open targets", store.target_count(round, set, &filter));
    time!("list of targets", store.targets(round, set, &filter, page));
    time!("doubts by reason", store.doubt_groups(round, set));
    time!(
        "same root",
        store.finding_groups(round, set, GroupKind::Root, page)
    );
    time!(
        "same platform",
        store.finding_groups(round, set, GroupKind::Platform, page)
    );
    time!(
        "same template",
        store.finding_groups(round, set, GroupKind::Template, page)
    );
    time!("hash of outcomes", store.outcome_sha256(round, set));
    time!("work by person", store.person_loads(round, set));
    time!("last decision", store.last_review_of(round, "张三"));
}
