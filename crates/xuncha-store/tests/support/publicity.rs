//! What the store promises of what is public; run on either database by `behaviour.rs`.

use std::collections::BTreeMap;

use jiff::civil::date;
use xuncha_core::notice::sign_off::{Bound, SignStep, Signature};
use xuncha_core::publicity::{
    PublicCard, PublicFile, PublicFinding, PublicTarget, Publicity, public_round,
};
use xuncha_core::rectify::stake::Stake;
use xuncha_core::rectify::{Fact, FactKind, ProblemId, Rectification};
use xuncha_core::registry::TargetClass;
use xuncha_core::score::Outcome;
use xuncha_core::stats::Stats;
use xuncha_store::audit::{AuditAction, AuditFilter};
use xuncha_store::publicity::{PublicFilter, Published, Scored};
use xuncha_store::rectify::{CaseFile, NewFact, case_id};
use xuncha_store::{Page, Store, StoreError};

use super::values::{at, round};

const ROUND: &str = "2025Q1";
const LEVELS: [Publicity; 3] = Publicity::ALL;

/// Runs all of it, on a round of its own.
pub async fn publicity_promises(store: &Store) {
    store
        .create_round(&round(ROUND, "2025-03-20T09:00"))
        .await
        .unwrap();
    scored_targets_come_in_portions(store).await;
    a_round_is_public_when_it_is_published(store).await;
    settings_hold_at_once_and_never_beyond_the_ceiling(store).await;
    what_is_put_right_says_so(store).await;
    what_is_taken_back_is_public_no_more(store).await;
    a_large_round_is_public_whole(store).await;
    a_correction_replaces_the_version_whole(store).await;
}

/// The same as one after the other, of a round that the suite worked on before.
async fn scored_targets_come_in_portions(store: &Store) {
    let (round, set) = ("2026Q1", "gov-2019");
    let mut expected = Vec::new();
    for subject in store.subjects(round).await.unwrap() {
        let target = subject.target.id().clone();
        let Some(sheet) = store.sheet(round, set, &target).await.unwrap() else {
            continue;
        };
        let judgements = store.judgements(round, Some(&target)).await.unwrap();
        expected.push(Scored {
            subject,
            sheet,
            judgements,
        });
    }
    assert!(expected.len() > 1 && expected.iter().any(|one| !one.judgements.is_empty()));
    let (mut portions, mut after) = (Vec::new(), String::new());
    loop {
        let portion = store.scored_after(round, set, &after, 1).await.unwrap();
        let Some(last) = portion.last() else {
            break;
        };
        after.clone_from(&last.subject.target.id().0);
        portions.extend(portion);
    }
    assert_eq!(portions, expected);
}

fn finding(target: &str, check: &str, key: &str) -> PublicFinding {
    let is_sealed = check == "severe_wording";
    PublicFinding {
        problem: ProblemId {
            target: target.into(),
            check: check.to_owned(),
            key: key.to_owned(),
        },
        set: "gov-2019".to_owned(),
        indicator: "D-01".to_owned(),
        case: String::new(),
        text: match is_sealed {
            true => String::new(),
            false => format!("{key}打不开"),
        },
        url: String::new(),
        count: 2,
        seen_on: (!is_sealed).then(|| date(2025, 3, 14)),
        is_sealed,
    }
}

fn target(id: &str, name: &str, class: TargetClass, city: &str) -> PublicTarget {
    PublicTarget {
        target: id.into(),
        class,
        name: name.to_owned(),
        address: "http://www.a.gov.cn/".to_owned(),
        unit: "青石市人民政府办公室".to_owned(),
        region: city.to_owned(),
        city: city.to_owned(),
        outcome: Outcome::Qualified,
        deduct_score: Some("79.5".parse().unwrap()),
        final_score: None,
        checked_on: date(2025, 3, 15),
        card: PublicCard::default(),
    }
}

async fn published(store: &Store, version: u32) -> Published {
    let row = store.round(ROUND).await.unwrap();
    let file = PublicFile {
        name: "notice.pdf".to_owned(),
        path: format!("{ROUND}/public-1/notice.pdf"),
        sha256: "ab".repeat(32),
        size_bytes: 9,
    };
    let made = (version, at("2025-04-10T09:00"));
    Published {
        round: public_round(&row.round, &Stats::default(), made, vec![file]),
        targets: vec![
            (
                target(
                    "9900000001",
                    "青石市人民政府",
                    TargetClass::Portal,
                    "青石市",
                ),
                vec![
                    finding("9900000001", "broken_links", "甲"),
                    finding("9900000001", "broken_links", "乙"),
                    finding("9900000001", "severe_wording", "丙"),
                ],
            ),
            (
                target(
                    "9900000002",
                    "白河市财政局",
                    TargetClass::Department,
                    "白河市",
                ),
                vec![
                    finding("9900000002", "search_misses", "丁"),
                    finding("9900000002", "severe_wording", "戊"),
                ],
            ),
        ],
    }
}

async fn a_round_is_public_when_it_is_published(store: &Store) {
    let missing = store.public_round(ROUND).await;
    assert!(
        matches!(missing, Err(StoreError::Missing { .. })),
        "{missing:?}"
    );
    let made = published(store, 1).await;
    let signature = Signature {
        version: 1,
        step: SignStep::Published,
        person: "P3".into(),
        by: "李四".into(),
        at: at("2025-04-10T09:00"),
        remark: String::new(),
        bound: Bound::default(),
    };
    let late = store.publish_round(7, &signature, &made).await;
    assert!(matches!(late, Err(StoreError::Refused(_))), "{late:?}");
    assert!(store.public_round(ROUND).await.is_err(), "both or neither");
    store.publish_round(0, &signature, &made).await.unwrap();
    assert_eq!(store.public_round(ROUND).await.unwrap(), made.round);
    assert_eq!(store.signatures(ROUND).await.unwrap(), [signature]);
    let all = store.public_rounds(Page::ALL).await.unwrap();
    assert_eq!((all.total, &all.rows[0]), (1, &made.round));
    let settings = store.publicity().await.unwrap();
    let ask = async |filter: PublicFilter| {
        let found = store
            .public_targets(ROUND, &settings, &filter, Page::ALL)
            .await
            .unwrap();
        let seen = found.rows.iter();
        seen.map(|one| (one.target.name.clone(), one.finding_count))
            .collect::<Vec<_>>()
    };
    let both = [
        ("青石市人民政府".to_owned(), 3),
        ("白河市财政局".to_owned(), 2),
    ];
    assert_eq!(ask(PublicFilter::default()).await, both);
    let words = |words: &str| PublicFilter {
        words: Some(words.to_owned()),
        ..PublicFilter::default()
    };
    assert_eq!(ask(words("白河 A.GOV")).await, both[1..]);
    assert_eq!(ask(words("100%_")).await, []);
    let portals = PublicFilter {
        class: Some(TargetClass::Portal),
        outcome: Some(Outcome::Qualified),
        city: Some("青石市".to_owned()),
        ..PublicFilter::default()
    };
    assert_eq!(ask(portals).await, both[..1]);
    let after = store
        .public_targets_after(ROUND, "9900000001", 9)
        .await
        .unwrap();
    assert_eq!(after, [made.targets[1].0.clone()]);
    let one = store.public_target(ROUND, &"9900000002".into()).await;
    assert_eq!(one.unwrap(), made.targets[1].0);
    assert!(
        store
            .public_target(ROUND, &"9900000009".into())
            .await
            .is_err()
    );
    let outcomes = store.public_outcomes(ROUND).await.unwrap();
    assert_eq!(outcomes[&(TargetClass::Portal, Outcome::Qualified)], 1);
}

/// Texts of what is shown one by one, read as pages do and in portions of one.
async fn texts(store: &Store, filter: &PublicFilter) -> Vec<String> {
    let settings = store.publicity().await.unwrap();
    let listed = store
        .public_findings(ROUND, &settings, filter, Page::ALL)
        .await
        .unwrap();
    assert_eq!(listed.total, listed.rows.len() as u64);
    if *filter == PublicFilter::default() {
        let (mut portions, mut place) = (Vec::new(), (String::new(), None));
        loop {
            let from = (place.0.as_str(), place.1);
            let next = store
                .public_findings_after(ROUND, &settings, from, 1)
                .await
                .unwrap();
            let Some(one) = next.into_iter().next() else {
                break;
            };
            place = (one.target.0.clone(), Some(one.number));
            portions.push(one);
        }
        assert_eq!(portions, listed.rows, "the same in portions");
    }
    listed.rows.into_iter().map(|one| one.text).collect()
}

async fn settings_hold_at_once_and_never_beyond_the_ceiling(store: &Store) {
    let all = PublicFilter::default();
    assert_eq!(
        texts(store, &all).await,
        ["甲打不开", "乙打不开", "丁打不开"]
    );
    let one = PublicFilter {
        target: Some("9900000001".into()),
        check: Some("broken_links".to_owned()),
        words: Some("乙".to_owned()),
        ..PublicFilter::default()
    };
    assert_eq!(texts(store, &one).await, ["乙打不开"]);
    for level in LEVELS {
        let wanted: BTreeMap<String, Publicity> = ["severe_wording", "broken_links"]
            .map(|check| (check.to_owned(), level))
            .into();
        store.put_publicity(&wanted).await.unwrap();
        let settings = store.publicity().await.unwrap();
        let counts = store.public_counts(ROUND, &settings, None).await.unwrap();
        let of = |check: &str| {
            let found = counts.iter().find(|one| one.check == check);
            found.map(|one| (one.publicity, one.targets, one.findings, one.shown))
        };
        let sealed = (level > Publicity::Hidden).then_some((Publicity::Count, 2, 2, 0));
        assert_eq!(of("severe_wording"), sealed, "{level:?}");
        let open = match level {
            Publicity::Hidden => None,
            Publicity::Count => Some((level, 1, 2, 0)),
            Publicity::Full => Some((level, 1, 2, 2)),
        };
        assert_eq!(of("broken_links"), open, "{level:?}");
        let shown = texts(store, &all).await;
        assert_eq!(shown.len(), if level == Publicity::Full { 3 } else { 1 });
        let target = "9900000002".into();
        let of_one = store.public_counts(ROUND, &settings, Some(&target)).await;
        let expected = 1 + usize::from(level > Publicity::Hidden);
        assert_eq!(of_one.unwrap().len(), expected);
    }
    let filter = AuditFilter {
        action: Some(AuditAction::PublicitySet),
        ..AuditFilter::default()
    };
    let log = store.audit_rows(&filter, Page::ALL).await.unwrap();
    let of_links = log
        .rows
        .iter()
        .filter(|row| row.object == "check/broken_links");
    let changes: Vec<_> = of_links
        .map(|row| (row.before.as_str(), row.after.as_str()))
        .collect();
    assert_eq!(
        changes,
        [("count", "full"), ("hidden", "count"), ("full", "hidden")],
        "newest first, and only what changed"
    );
}

async fn what_is_put_right_says_so(store: &Store) {
    let problem = finding("9900000002", "search_misses", "丁").problem;
    let before = store.public_stamp(ROUND).await.unwrap();
    let file = CaseFile {
        case: Rectification::found(problem.clone(), "丁".into(), ROUND, date(2025, 3, 20)),
        target_name: "白河市财政局".into(),
        organization: "U001".into(),
        unit_name: "白河市财政局".into(),
        region: "990200".into(),
        region_name: "白河市".into(),
        indicators: vec!["D-01".into()],
        round: ROUND.into(),
        stake: Stake::default(),
    };
    let when = at("2025-04-20T09:00");
    store
        .follow_cases(ROUND, &[file], "张三", when)
        .await
        .unwrap();
    let fixed = NewFact {
        fact: Fact {
            on: date(2025, 4, 20),
            kind: FactKind::Rechecked {
                is_fixed: true,
                by: "张三".into(),
                note: String::new(),
            },
        },
        at: when,
        by: "张三".into(),
        owner: String::new(),
    };
    store
        .add_case_facts(&[case_id(&problem)], &fixed)
        .await
        .unwrap();
    let settings = store.publicity().await.unwrap();
    let found = store
        .public_findings(ROUND, &settings, &PublicFilter::default(), Page::ALL)
        .await
        .unwrap();
    let seen: Vec<_> = found
        .rows
        .iter()
        .map(|one| (one.text.as_str(), one.is_fixed))
        .collect();
    assert_eq!(
        seen,
        [
            ("甲打不开", None),
            ("乙打不开", None),
            ("丁打不开", Some(true))
        ]
    );
    assert_ne!(
        store.public_stamp(ROUND).await.unwrap(),
        before,
        "it may not be cached"
    );
}

/// The problem came back, was reported, and was then taken back.
async fn what_is_taken_back_is_public_no_more(store: &Store) {
    let problem = finding("9900000002", "search_misses", "丁").problem;
    let id = [case_id(&problem)];
    let kinds = [
        FactKind::Found {
            round: ROUND.into(),
        },
        FactKind::Withdrawn {
            reason: "申诉成立".into(),
        },
    ];
    for (kind, left) in kinds.into_iter().zip([3, 2]) {
        let fact = NewFact {
            fact: Fact {
                on: date(2025, 4, 21),
                kind,
            },
            at: at("2025-04-21T09:00"),
            by: "张三".into(),
            owner: String::new(),
        };
        store.add_case_facts(&id, &fact).await.unwrap();
        assert_eq!(texts(store, &PublicFilter::default()).await.len(), left);
    }
    let settings = store.publicity().await.unwrap();
    let counts = store.public_counts(ROUND, &settings, None).await.unwrap();
    assert!(
        counts.iter().all(|one| one.check != "search_misses"),
        "{counts:?}"
    );
    let all = PublicFilter::default();
    let found = store
        .public_targets(ROUND, &settings, &all, Page::ALL)
        .await
        .unwrap();
    let seen: Vec<u64> = found.rows.iter().map(|one| one.finding_count).collect();
    assert_eq!(seen, [3, 1]);
}

/// More than are written at once: they come whole, and go whole.
async fn a_large_round_is_public_whole(store: &Store) {
    let mut large = published(store, 1).await;
    let (target, findings) = large.targets[0].clone();
    let copy = |number: u32| {
        let mut own = target.clone();
        own.target = xuncha_core::registry::TargetId(format!("88{number:08}"));
        (own, findings.clone())
    };
    large.targets = (0..1_201).map(copy).collect();
    store.put_published(&large).await.unwrap();
    let settings = store.publicity().await.unwrap();
    let all = PublicFilter::default();
    let listed = async || {
        let listed = store.public_targets(ROUND, &settings, &all, Page::numbered(1, 5));
        listed.await.unwrap()
    };
    let found = listed().await;
    assert_eq!(
        (found.total, found.rows[0].target.target.0.as_str()),
        (1_201, "8800000000")
    );
    let outcomes = store.public_outcomes(ROUND).await.unwrap();
    assert_eq!(outcomes.values().sum::<u64>(), 1_201);
    store
        .put_published(&published(store, 1).await)
        .await
        .unwrap();
    assert_eq!(listed().await.total, 2, "nothing is left of it");
}

async fn a_correction_replaces_the_version_whole(store: &Store) {
    let mut second = published(store, 2).await;
    second.targets.truncate(1);
    second.targets[0].1.truncate(1);
    store.put_published(&second).await.unwrap();
    assert_eq!(store.public_round(ROUND).await.unwrap().version, 2);
    assert_eq!(texts(store, &PublicFilter::default()).await, ["甲打不开"]);
    assert!(
        store
            .public_target(ROUND, &"9900000002".into())
            .await
            .is_err()
    );
    let filter = AuditFilter {
        action: Some(AuditAction::ResultsPublished),
        ..AuditFilter::default()
    };
    let log = store.audit_rows(&filter, Page::ALL).await.unwrap();
    assert_eq!(log.rows[0].after, "version=2 targets=1 findings=1");
}
