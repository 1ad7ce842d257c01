//! What the store promises, written once and run on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use support::people::people_promises;
use support::postgres::Cluster;
use support::publicity::publicity_promises;
use support::rectify::rectify_promises;
use support::registry::registry_promises;
use support::rounds::round_promises;
use support::values::*;
use xuncha_core::registry::{SiteKind, TargetClass, TargetId};
use xuncha_core::review::Decision;
use xuncha_core::score::{Outcome, ScoreSheet};
use xuncha_store::document::Document;
use xuncha_store::job::{JobState, NewJob, Progress};
use xuncha_store::judge::{FindingFilter, VerdictClass};
use xuncha_store::previous::{PreviousResult, PreviousRound};
use xuncha_store::registry::{ChangeKind, ChangeNote, TargetFilter, registry_changes};
use xuncha_store::round::{RoundState, SubjectFilter};
use xuncha_store::score::SheetFilter;
use xuncha_store::{Location, Page, Store, StoreError};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_all_promises() {
    let folder = tempfile::tempdir().unwrap();
    // A name with spaces and signs, as folders of offices have.
    let data = folder.path().join("数据 100% #1");
    let location = Location::Folder(data.clone());
    let store = Store::open(&location).await.unwrap();
    all_promises(&store).await;
    round_promises(&store).await;
    people_promises(&store, &raw_sqlite(&data.join("xuncha.db")).await).await;
    rectify_promises(&store).await;
    publicity_promises(&store).await;
    registry_promises(&store).await;
    support::rectify::the_notice_knows_of_cases(&store).await;
    support::annual::annual_forms_are_kept(&store).await;
    store.close().await.unwrap();
    let again = Store::open(&location).await.unwrap();
    assert_eq!(
        again.rounds(Page::ALL).await.unwrap().total,
        4,
        "what was written is there after closing"
    );
}

/// A database of before there were people: its rounds learn which unit each subject is of.
#[tokio::test(flavor = "multi_thread")]
async fn rounds_of_before_learn_the_units_of_their_subjects() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let store = Store::open(&location).await.unwrap();
    all_promises(&store).await;
    store.close().await.unwrap();
    let raw = raw_sqlite(&folder.path().join("xuncha.db")).await;
    let back = "DROP INDEX subjects_by_organization; ALTER TABLE subjects DROP COLUMN organization; \
        DROP TABLE persons; DROP TABLE recovery_codes; DROP TABLE audit; DROP TABLE audit_head; \
        DELETE FROM seaql_migrations WHERE version = 'm0003_people'";
    raw.execute_unprepared(back).await.unwrap();
    raw.close().await.unwrap();
    let store = Store::open(&location).await.unwrap();
    store
        .set_round_state("2026Q1", RoundState::Judged)
        .await
        .unwrap();
    let rounds = store.rounds_of_unit("U001", Page::ALL).await.unwrap();
    assert_eq!(rounds.rows[0].subject_count, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_all_promises() {
    let cluster = Cluster::start();
    let store = Store::open(&Location::Postgres(cluster.url.clone()))
        .await
        .unwrap();
    all_promises(&store).await;
    round_promises(&store).await;
    let raw = sea_orm::Database::connect(&cluster.url).await.unwrap();
    people_promises(&store, &raw).await;
    raw.close().await.unwrap();
    rectify_promises(&store).await;
    publicity_promises(&store).await;
    registry_promises(&store).await;
    support::rectify::the_notice_knows_of_cases(&store).await;
    support::annual::annual_forms_are_kept(&store).await;
    store.close().await.unwrap();
    let again = Store::open(&Location::Postgres(cluster.url.clone()))
        .await
        .unwrap();
    assert_eq!(again.rounds(Page::ALL).await.unwrap().total, 4);
    again.close().await.unwrap();
}

/// The same file, past the store.
async fn raw_sqlite(path: &std::path::Path) -> sea_orm::DatabaseConnection {
    let path = path.to_owned();
    let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
    options.map_sqlx_sqlite_opts(move |_| {
        sea_orm::sqlx::sqlite::SqliteConnectOptions::new().filename(&path)
    });
    sea_orm::Database::connect(options).await.unwrap()
}

async fn all_promises(store: &Store) {
    registry_keeps_history(store).await;
    registry_lists_search_and_page(store).await;
    rounds_are_frozen(store).await;
    targets_list_with_scores(store).await;
    judgements_are_replaced_whole(store).await;
    latest_review_counts(store).await;
    previous_rounds_come_back(store).await;
    documents_are_replaced_by_name(store).await;
    migrations_are_kept_with_a_round(store).await;
    jobs_are_queued_once(store).await;
    jobs_share_the_callers_transaction(store).await;
    support::rounds::templates_are_kept_with_a_round(store).await;
    support::rounds::extras_are_kept_with_a_round(store).await;
    many_writers_wait_for_each_other(store).await;
    big_batches_go_in(store).await;
}

fn note() -> ChangeNote {
    ChangeNote {
        at: at("2026-02-01T08:00"),
        by: "名录.xlsx".into(),
        reason: "导入".into(),
    }
}

async fn registry_keeps_history(store: &Store) {
    let first = registry();
    assert_eq!(store.put_registry(&first, &note()).await.unwrap().len(), 7);
    assert_eq!(store.registry().await.unwrap(), first);
    assert!(
        store
            .put_registry(&first, &note())
            .await
            .unwrap()
            .is_empty(),
        "the same registry changes nothing"
    );

    let mut second = first.clone();
    let portal = TargetId::from("9900000001");
    second.sites.get_mut(&portal).unwrap().name = "青石市政府\0门户".into();
    second.accounts.remove(&TargetId::from("A000002"));
    let foreseen = registry_changes(&first, &second).unwrap();
    let changes = store.put_registry(&second, &note()).await.unwrap();
    assert_eq!(changes, foreseen, "the preview says what the import does");
    let kinds: Vec<_> = changes
        .iter()
        .map(|change| (change.entry.as_str(), change.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("9900000001", ChangeKind::Changed),
            ("A000002", ChangeKind::Removed)
        ]
    );
    assert_eq!(
        store.registry().await.unwrap(),
        second,
        "even a NUL comes back"
    );

    let history = store.changes(Some("9900000001"), Page::ALL).await.unwrap();
    let kinds: Vec<_> = history.rows.iter().map(|row| row.change.kind).collect();
    assert_eq!(
        kinds,
        [ChangeKind::Changed, ChangeKind::Added],
        "newest first"
    );
    assert_eq!(history.rows[0].note, note());
    assert_eq!(
        history.rows[0].change.before.as_ref().unwrap()["name"],
        "青石市人民政府"
    );
    store.put_registry(&first, &note()).await.unwrap();
}

async fn registry_lists_search_and_page(store: &Store) {
    let all = store
        .registry_targets(&TargetFilter::default(), Page::ALL)
        .await
        .unwrap();
    let ids: Vec<_> = all
        .rows
        .iter()
        .map(|target| target.id().0.clone())
        .collect();
    assert_eq!(
        ids,
        [
            "9900000001",
            "9900000002",
            "9900000003",
            "A000001",
            "A000002"
        ]
    );
    let page = store
        .registry_targets(&TargetFilter::default(), Page::numbered(2, 2))
        .await
        .unwrap();
    assert_eq!(
        (page.total, page.rows[0].id().0.as_str()),
        (5, "9900000003")
    );
    // (words, class, expected number): signs of LIKE are plain signs, letters of either case match.
    let cases = [
        ("100%_", None, 1),
        ("%", None, 1),
        ("S2.GOV.CN", None, 1),
        ("青石 教育", None, 2),
        ("青石", Some(TargetClass::Department), 2),
        ("' OR 1=1 --", None, 0),
        ("?", None, 0),
    ];
    for (words, class, expected) in cases {
        let filter = TargetFilter {
            words: Some(words.into()),
            class,
            region: Some("990100".into()),
            ..TargetFilter::default()
        };
        let found = store.registry_targets(&filter, Page::ALL).await.unwrap();
        assert_eq!(found.total, expected, "{words}");
        assert_eq!(found.rows.len() as u64, expected, "{words}");
    }
}

async fn rounds_are_frozen(store: &Store) {
    let first = round("2026Q1", "2026-03-31T00:00");
    store.create_round(&first).await.unwrap();
    let mut other = first.clone();
    other.title = "另一轮".into();
    assert!(matches!(
        store.create_round(&other).await,
        Err(StoreError::Exists { .. })
    ));
    store
        .create_round(&round("2025Q4", "2025-12-31T00:00"))
        .await
        .unwrap();
    let rounds = store.rounds(Page::ALL).await.unwrap();
    let ids: Vec<_> = rounds
        .rows
        .iter()
        .map(|row| row.round.id.as_str())
        .collect();
    assert_eq!((ids, rounds.total), (vec!["2026Q1", "2025Q4"], 2));
    let closing = ChangeNote {
        reason: "网络中断，另行补查".into(),
        ..note()
    };
    store.close_round("2026Q1", &closing).await.unwrap();
    let row = store.round("2026Q1").await.unwrap();
    assert_eq!(
        row.round, first,
        "a refused creation and a new state leave the round as it was"
    );
    assert_eq!(
        (row.state, row.close_reason.as_str()),
        (RoundState::Closed, "网络中断，另行补查")
    );
    assert!(matches!(
        store.round("2030Q1").await,
        Err(StoreError::Missing { .. })
    ));
    assert!(
        store
            .set_round_state("2030Q1", RoundState::New)
            .await
            .is_err()
    );
    closed_rounds_take_nothing(store, &closing).await;
}

/// `2026Q1` is closed when this begins, and as it was before the closing when it ends.
async fn closed_rounds_take_nothing(store: &Store, closing: &ChangeNote) {
    let subjects = subjects(&registry());
    let review = review(&"9900000001".into(), "k", Decision::Confirmed);
    let refused = [
        store.set_round_state("2026Q1", RoundState::Judged).await,
        store.close_round("2026Q1", closing).await,
        store
            .put_sample("2026Q1", &sample(&subjects), &subjects)
            .await,
        store.put_judgements("2026Q1", &[]).await,
        store.put_sheets("2026Q1", "gov-2019", &[]).await,
        store.put_review(&review).await,
    ];
    for (at, result) in refused.into_iter().enumerate() {
        assert!(
            matches!(&result, Err(StoreError::Closed { round, reason }) if round == "2026Q1" && *reason == closing.reason),
            "write {at}: {result:?}"
        );
    }
    assert!(matches!(
        store.reopen_round("2025Q4", closing).await,
        Err(StoreError::NotClosed(_))
    ));
    let opening = ChangeNote {
        reason: "补查完成".into(),
        ..note()
    };
    assert_eq!(
        store.reopen_round("2026Q1", &opening).await.unwrap(),
        RoundState::New
    );
    let row = store.round("2026Q1").await.unwrap();
    assert_eq!(
        (row.state, row.close_reason.as_str()),
        (RoundState::New, "")
    );
    let changes = store.round_changes("2026Q1").await.unwrap();
    let seen: Vec<_> = changes
        .iter()
        .map(|change| (change.before, change.after, change.note.reason.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (RoundState::New, RoundState::Closed, "网络中断，另行补查"),
            (RoundState::Closed, RoundState::New, "补查完成"),
        ]
    );
}

async fn targets_list_with_scores(store: &Store) {
    let subjects = subjects(&registry());
    assert_eq!(store.sample("2026Q1").await.unwrap(), None);
    let sample = sample(&subjects);
    store
        .put_sample("2026Q1", &sample, &subjects)
        .await
        .unwrap();
    store
        .put_sample("2026Q1", &sample, &subjects)
        .await
        .unwrap();
    assert_eq!(store.sample("2026Q1").await.unwrap(), Some(sample));
    assert_eq!(store.subjects("2026Q1").await.unwrap(), subjects);
    assert_eq!(store.round("2026Q1").await.unwrap().subject_count, 5);
    assert!(
        store
            .put_sample("2030Q1", &Default::default(), &[])
            .await
            .is_err(),
        "no sample without its round"
    );

    let portal = TargetId::from("9900000001");
    let sheets = [
        sheet(&portal, TargetClass::Portal, 8125, Outcome::Qualified),
        sheet(
            &TargetId::from("A000001"),
            TargetClass::Account,
            0,
            Outcome::Unqualified,
        ),
    ];
    store
        .put_sheets("2026Q1", "gov-2019", &sheets)
        .await
        .unwrap();
    store
        .put_sheets("2026Q1", "census-2015", &sheets[..1])
        .await
        .unwrap();
    assert_eq!(
        store
            .sheet("2026Q1", "gov-2019", &portal)
            .await
            .unwrap()
            .as_ref(),
        Some(&sheets[0])
    );
    let bad = SheetFilter {
        outcome: Some(Outcome::Unqualified),
        ..SheetFilter::default()
    };
    let found = store
        .sheets("2026Q1", "gov-2019", &bad, Page::ALL)
        .await
        .unwrap();
    assert_eq!((found.rows, found.total), (vec![sheets[1].clone()], 1));
    open_targets_follow_each_other(store, &sheets).await;
    let counts = store.outcome_counts("2026Q1", "gov-2019").await.unwrap();
    assert_eq!(counts[&(TargetClass::Portal, Outcome::Qualified)], 1);

    let all = store
        .targets("2026Q1", "gov-2019", &SubjectFilter::default(), Page::ALL)
        .await
        .unwrap();
    assert_eq!(all.total, 5);
    assert_eq!(all.rows[0].deduct_hundredths, Some(8125));
    assert_eq!(all.rows[1].outcome, None);
    let filter = SubjectFilter {
        outcome: Some(Outcome::Unqualified),
        words: Some("青石".into()),
        ..SubjectFilter::default()
    };
    let found = store
        .targets("2026Q1", "gov-2019", &filter, Page::ALL)
        .await
        .unwrap();
    assert_eq!(
        (found.total, found.rows[0].class),
        (1, TargetClass::Account)
    );
    let stats = xuncha_core::stats::Stats {
        weakest: vec!["办事服务".into()],
        ..Default::default()
    };
    assert_eq!(store.stats("2026Q1", "gov-2019").await.unwrap(), None);
    store
        .put_stats("2026Q1", "gov-2019", &Default::default())
        .await
        .unwrap();
    store.put_stats("2026Q1", "gov-2019", &stats).await.unwrap();
    assert_eq!(
        store.stats("2026Q1", "gov-2019").await.unwrap(),
        Some(stats)
    );
    let one = store.subject("2026Q1", &portal).await.unwrap();
    assert_eq!(one, subjects[0]);
    let names = store
        .target_names("2026Q1", &[portal.clone(), TargetId::from("none")])
        .await
        .unwrap();
    assert_eq!(names, [(portal, "青石市人民政府".to_owned())].into());
    assert!(store.target_names("2026Q1", &[]).await.unwrap().is_empty());
    a_unit_sees_its_own(store, subjects.len()).await;
}

/// Lists that are narrowed to a unit show nothing of others; an empty unit has nothing.
async fn a_unit_sees_its_own(store: &Store, subjects: usize) {
    for (unit, expected) in [("U001", subjects as u64), ("U002", 0), ("", 0)] {
        let filter = SubjectFilter {
            organization: Some(unit.to_owned()),
            ..SubjectFilter::default()
        };
        let found = store
            .targets("2026Q1", "gov-2019", &filter, Page::ALL)
            .await;
        assert_eq!(found.unwrap().total, expected, "{unit}");
        let filter = TargetFilter {
            organization: Some(unit.to_owned()),
            ..TargetFilter::default()
        };
        let found = store.registry_targets(&filter, Page::ALL).await;
        assert_eq!(found.unwrap().total > 0, expected > 0, "{unit}");
        // A draw that is not published yet tells nobody that he was drawn.
        assert!(!store.is_shown_to_units("2026Q1").await.unwrap());
        let rounds = store.rounds_of_unit(unit, Page::ALL).await.unwrap();
        assert_eq!(rounds.total, 0, "{unit}");
        let before = store.round("2026Q1").await.unwrap().state;
        store
            .set_round_state("2026Q1", RoundState::Judged)
            .await
            .unwrap();
        assert!(store.is_shown_to_units("2026Q1").await.unwrap());
        let rounds = store.rounds_of_unit(unit, Page::ALL).await.unwrap();
        store.set_round_state("2026Q1", before).await.unwrap();
        assert_eq!(rounds.total, u64::from(expected > 0), "{unit}");
        let count = rounds.rows.first().map_or(0, |row| row.subject_count);
        assert_eq!(count, expected, "{unit}");
    }
    let unit = async |target: &str| {
        store
            .unit_of_subject("2026Q1", &target.into())
            .await
            .unwrap()
    };
    assert_eq!(unit("9900000001").await.as_deref(), Some("U001"));
    assert_eq!(unit("none").await, None);
}

/// What is open is listed, and a decision takes it off the list in the same step.
async fn open_targets_follow_each_other(store: &Store, sheets: &[ScoreSheet; 2]) {
    let (round, set) = ("2026Q1", "gov-2019");
    let open = |sheet: &ScoreSheet| {
        let mut sheet = sheet.clone();
        sheet.indicators = vec![open_indicator("W-V1", "待确认")];
        sheet
    };
    let [portal, account] = sheets.each_ref().map(|sheet| sheet.target.clone());
    let next =
        async |class, after: &TargetId| store.next_open(round, set, class, None, after).await;
    assert_eq!(next(None, &portal).await.unwrap(), None);
    let opened = sheets.each_ref().map(open);
    store.put_sheets(round, set, &opened).await.unwrap();
    let filter = SubjectFilter {
        is_open: true,
        ..SubjectFilter::default()
    };
    let listed = store.targets(round, set, &filter, Page::ALL).await.unwrap();
    let counts: Vec<u64> = listed.rows.iter().map(|row| row.open_count).collect();
    assert_eq!((listed.total, counts), (2, vec![1, 1]));
    let to = |target: &TargetId| Some(target.clone());
    assert_eq!(next(None, &portal).await.unwrap(), to(&account));
    assert_eq!(
        next(None, &account).await.unwrap(),
        to(&portal),
        "from the beginning"
    );
    let accounts = Some(TargetClass::Account);
    assert_eq!(next(accounts, &account).await.unwrap(), None, "no other");
    assert_eq!(next(accounts, &portal).await.unwrap(), to(&account));

    let decided = [review(&account, "stale", Decision::Confirmed)];
    store.decide(&decided, set, &sheets[1]).await.unwrap();
    assert_eq!(next(None, &portal).await.unwrap(), None);
    let kept = store.review_history(round, &account).await.unwrap();
    assert_eq!(kept, decided);
    assert_eq!(
        store.sheet(round, set, &account).await.unwrap().as_ref(),
        Some(&sheets[1])
    );
    store.decide(&[], set, &opened[0]).await.unwrap();
    store.put_sheets(round, set, sheets).await.unwrap();
}

async fn judgements_are_replaced_whole(store: &Store) {
    let (first, second) = (TargetId::from("9900000001"), TargetId::from("9900000002"));
    let mut other_set = fail(&first, &["http://x/"]);
    other_set.set = "census-2015".into();
    store.put_judgements("2026Q1", &[other_set]).await.unwrap();
    let old = [
        fail(&first, &["http://a/", "http://b/"]),
        fail(&second, &["http://c/"]),
    ];
    store.put_judgements("2026Q1", &old).await.unwrap();
    let id_before = store
        .findings("2026Q1", &FindingFilter::default(), Page::ALL)
        .await
        .unwrap()
        .rows;
    let new = [fail(&first, &["http://b/", "http://b/"]), unknown(&second)];
    store.put_judgements("2026Q1", &new).await.unwrap();
    let kept: Vec<_> = store.judgements("2026Q1", None).await.unwrap();
    let gov: Vec<_> = kept
        .iter()
        .filter(|one| one.set == "gov-2019")
        .cloned()
        .collect();
    assert_eq!(gov, new, "the set's judgements are replaced");
    assert_eq!(kept.len(), 3, "another set's stay");
    assert_eq!(
        store.judgements("2026Q1", Some(&second)).await.unwrap(),
        new[1..]
    );

    let filter = FindingFilter {
        set: Some("gov-2019".into()),
        target: Some(first.clone()),
        ..FindingFilter::default()
    };
    let found = store
        .findings("2026Q1", &filter, Page::numbered(1, 1))
        .await
        .unwrap();
    assert_eq!(
        (found.total, found.rows.len()),
        (2, 1),
        "twins of one key are both kept"
    );
    let row = &store
        .findings("2026Q1", &filter, Page::ALL)
        .await
        .unwrap()
        .rows;
    assert!(
        id_before
            .iter()
            .any(|one| row.iter().any(|new| new.id == one.id)),
        "judging again keeps ids"
    );
    let (row, whole) = store.finding(&row[0].id).await.unwrap();
    assert_eq!(whole, finding("http://b/"));
    assert_eq!((row.place_count, row.verdict), (60, VerdictClass::Fail));
    assert!(matches!(
        store.finding("0").await,
        Err(StoreError::Missing { .. })
    ));
    let words = FindingFilter {
        words: Some("http://C/".into()),
        ..FindingFilter::default()
    };
    assert_eq!(
        store
            .findings("2026Q1", &words, Page::ALL)
            .await
            .unwrap()
            .total,
        0,
        "old findings are gone"
    );

    let open = store
        .undetermined("2026Q1", "gov-2019", Page::ALL)
        .await
        .unwrap();
    assert_eq!(
        open.total, 2,
        "one unknown as a whole, one with a doubtful place"
    );
    let counts = store.verdict_counts("2026Q1", "gov-2019").await.unwrap();
    assert_eq!(
        (
            counts[&VerdictClass::Fail],
            counts[&VerdictClass::Undetermined]
        ),
        (1, 1)
    );
}

async fn latest_review_counts(store: &Store) {
    let target = TargetId::from("9900000001");
    let answer = Decision::Answered {
        number: 2,
        note: "两处".into(),
    };
    let reviews = [
        review(&target, "b", Decision::Confirmed),
        review(&target, "a", answer),
        review(&target, "b", Decision::Rejected),
    ];
    store.put_reviews(&reviews[..2]).await.unwrap();
    store.put_review(&reviews[2]).await.unwrap();
    let latest = store.reviews("2026Q1").await.unwrap().into_iter();
    let latest: Vec<_> = latest.filter(|one| one.target == target).collect();
    assert_eq!(latest, [reviews[1].clone(), reviews[2].clone()]);
    assert_eq!(
        store.review_history("2026Q1", &target).await.unwrap(),
        reviews
    );
    assert!(store.reviews("2025Q4").await.unwrap().is_empty());
}

async fn previous_rounds_come_back(store: &Store) {
    let earlier = |id: &str, as_of: &str| PreviousRound {
        id: id.into(),
        title: id.into(),
        as_of: at(as_of),
        body: serde_json::json!({"mean": "77.48"}),
    };
    let result = |indicator: &str| PreviousResult {
        target: "9900000001".into(),
        indicator: indicator.into(),
        body: serde_json::json!({"deducted": "1.50"}),
    };
    store
        .put_previous(&earlier("2025Q3", "2025-09-30T00:00"), &[result("D-11")])
        .await
        .unwrap();
    let results = [result(""), result("D-11")];
    store
        .put_previous(&earlier("2025Q4", "2025-12-31T00:00"), &results)
        .await
        .unwrap();
    store
        .put_previous(&earlier("2025Q4", "2025-12-31T00:00"), &results)
        .await
        .unwrap();
    let rounds = store.previous_rounds().await.unwrap();
    assert_eq!(
        rounds,
        [
            earlier("2025Q4", "2025-12-31T00:00"),
            earlier("2025Q3", "2025-09-30T00:00")
        ]
    );
    assert_eq!(store.previous_results("2025Q4").await.unwrap(), results);
}

async fn documents_are_replaced_by_name(store: &Store) {
    let document = |sha256: &str| Document {
        round: "2026Q1".into(),
        name: "notice.docx".into(),
        path: "2026Q1/notice.docx".into(),
        sha256: sha256.repeat(64),
        size_bytes: 12,
        at: at("2026-04-10T09:00"),
        outcome_sha256: "0".repeat(64),
    };
    store.put_document(&document("a")).await.unwrap();
    store.put_document(&document("b")).await.unwrap();
    assert_eq!(store.documents("2026Q1").await.unwrap(), [document("b")]);
}

fn job(key: &str) -> NewJob {
    NewJob {
        kind: "gather".into(),
        idempotency_key: key.into(),
        payload: serde_json::json!({"round": "2026Q1"}),
        due_at: at("2026-03-01T00:00"),
    }
}

async fn migrations_are_kept_with_a_round(store: &Store) {
    use xuncha_core::migration::{LossKind, Migration};
    use xuncha_store::site_migration::{Item, ItemFilter, ItemKind, Opinion};
    let migration = include_str!("../../../fixtures/migration/kept.json");
    let mut migration: Migration = serde_json::from_str(migration).unwrap();
    migration.losses[1].title = "通知\0公告".to_owned();
    let refused = store.put_site_migration("none", &migration).await;
    assert!(matches!(refused, Err(StoreError::Missing { .. })));
    let number = store
        .put_site_migration("2026Q1", &migration)
        .await
        .unwrap();
    let listed = store.site_migrations("2026Q1", Page::ALL).await.unwrap();
    assert_eq!((listed.total, listed.rows[0].number), (1, number));
    let one = store.site_migration("2026Q1", number).await.unwrap();
    assert_eq!(
        (one.loss_count, one.notice_count, one.unclear_count),
        (1, 1, 1)
    );
    assert_eq!((&one.old, &one.new), (&migration.old, &migration.new));
    assert!(store.site_migration("2025Q4", number).await.is_err());

    let all = ItemFilter::default();
    let items = store
        .site_migration_items(number, &all, Page::ALL)
        .await
        .unwrap();
    assert_eq!(items.total, 3);
    assert_eq!(items.rows[0].item, Item::Loss(migration.losses[0].clone()));
    assert_eq!(
        items.rows[2].item,
        Item::Unclear(migration.unclear[0].clone())
    );
    let place = ("2026Q1", number);
    let mended = Some((Opinion::Mended, "已补传"));
    store.put_migration_opinion(place, 1, mended).await.unwrap();
    assert!(store.put_migration_opinion(place, 9, mended).await.is_err());
    assert!(
        store
            .put_migration_opinion(("2025Q4", number), 1, mended)
            .await
            .is_err()
    );
    let kinds = store.site_migration_kinds(number).await.unwrap();
    let missing = ItemKind::Loss(LossKind::ArticleMissing);
    assert!(kinds.contains(&(missing, 1, 0)) && kinds.contains(&(ItemKind::Unclear, 1, 1)));
    let of = async |filter: ItemFilter| {
        let found = store.site_migration_items(number, &filter, Page::ALL).await;
        found
            .unwrap()
            .rows
            .iter()
            .map(|row| row.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(ItemFilter {
            is_open: true,
            ..all.clone()
        })
        .await,
        [2, 3]
    );
    assert_eq!(
        of(ItemFilter {
            kind: Some(missing),
            ..all.clone()
        })
        .await,
        [1]
    );
    let words = Some("OLD.example 公报".to_owned());
    assert_eq!(
        of(ItemFilter {
            words,
            ..all.clone()
        })
        .await,
        [1]
    );
    let said = store
        .site_migration_items(number, &all, Page::ALL)
        .await
        .unwrap();
    let (opinion, note, _) = said.rows[0].opinion.clone().unwrap();
    assert_eq!((opinion, note.as_str()), (Opinion::Mended, "已补传"));
    store.put_migration_opinion(place, 1, None).await.unwrap();
    assert_eq!(
        of(ItemFilter {
            is_open: true,
            ..all
        })
        .await,
        [1, 2, 3]
    );
}

async fn jobs_are_queued_once(store: &Store) {
    assert!(store.put_job(&job("one")).await.unwrap());
    assert!(
        !store.put_job(&job("one")).await.unwrap(),
        "the same work is queued once"
    );
    assert!(store.put_job(&job("two")).await.unwrap());
    assert_eq!(
        store.take_job(at("2026-02-28T23:59")).await.unwrap(),
        None,
        "not due yet"
    );
    let taken = store
        .take_job(at("2026-03-01T00:00"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (taken.new.clone(), taken.attempts, taken.state),
        (job("one"), 1, JobState::Running)
    );
    let progress = Progress {
        done: 3,
        total: 9,
        note: "采集".into(),
    };
    store
        .set_job(taken.number, JobState::Running, &progress)
        .await
        .unwrap();
    assert_eq!(store.requeue_jobs("x").await.unwrap(), 0, "of others");
    assert_eq!(
        store.requeue_jobs("").await.unwrap(),
        1,
        "what a killed process left running waits again"
    );
    let again = store
        .take_job(at("2026-03-02T00:00"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (again.number, again.attempts, again.progress),
        (taken.number, 2, progress)
    );
    store
        .set_job(taken.number, JobState::Done, &Progress::default())
        .await
        .unwrap();
    assert_eq!(store.jobs(Page::ALL).await.unwrap().total, 2);
    assert!(
        store
            .set_job(999_999, JobState::Done, &Progress::default())
            .await
            .is_err()
    );
}

async fn jobs_share_the_callers_transaction(store: &Store) {
    let before = store.jobs(Page::ALL).await.unwrap().total;
    let transaction = store.begin().await.unwrap();
    transaction.put_job(&job("lost")).await.unwrap();
    transaction
        .set_round_state("2025Q4", RoundState::Gathering)
        .await
        .unwrap();
    drop(transaction);
    assert_eq!(
        store.jobs(Page::ALL).await.unwrap().total,
        before,
        "dropped, so it never happened"
    );
    assert_eq!(store.round("2025Q4").await.unwrap().state, RoundState::New);
}

async fn many_writers_wait_for_each_other(store: &Store) {
    let target = TargetId::from("9900000003");
    let writers = (0..24).map(|n| {
        let (store, target) = (store.clone(), target.clone());
        tokio::spawn(async move {
            store.reviews("2026Q1").await.unwrap();
            store
                .put_review(&review(&target, &format!("{n:02}"), Decision::Confirmed))
                .await
                .unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let keys: BTreeSet<_> = store
        .reviews("2026Q1")
        .await
        .unwrap()
        .into_iter()
        .filter(|one| one.target == target)
        .map(|one| one.key)
        .collect();
    assert_eq!(keys.len(), 24);
}

async fn big_batches_go_in(store: &Store) {
    let mut registry = registry();
    for number in 100..4_100 {
        let one = site(number, SiteKind::Department, "某局");
        registry.sites.insert(one.id.clone(), one);
    }
    assert_eq!(
        store.put_registry(&registry, &note()).await.unwrap().len(),
        4_000
    );
    let page = Page::numbered(3, 1_000);
    let found = store
        .registry_targets(&TargetFilter::default(), page)
        .await
        .unwrap();
    assert_eq!((found.total, found.rows.len()), (4_005, 1_000));
    assert!(found.rows.is_sorted_by(|a, b| a.id() < b.id()));
}
