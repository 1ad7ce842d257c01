//! What the store promises of the work of people on a round; run on either database by `behaviour.rs`.

use std::collections::BTreeMap;

use xuncha_core::attachment::FileKind;
use xuncha_core::facts::model::ColumnKind;
use xuncha_core::notice::sign_off::{SignStep, Signature};
use xuncha_core::registry::TargetId;
use xuncha_core::review::assign::{Inspector, Load, assign};
use xuncha_core::review::blind::BlindKind;
use xuncha_core::review::correction::{Corrected, Correction};
use xuncha_core::review::{Decision, Review};
use xuncha_core::round::calendar::usual_plan;
use xuncha_core::verdict::UndeterminedReason;
use xuncha_store::attachment::NewAttachment;
use xuncha_store::audit::{AuditAction, AuditFilter};
use xuncha_store::document::Document;
use xuncha_store::exemption::Exemption;
use xuncha_store::groups::GroupKind;
use xuncha_store::job::{JobState, JobStep, Progress};
use xuncha_store::lexicon::{LexiconState, NewLexicon};
use xuncha_store::opinion::{BlindShares, Opinion};
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::{RoundState, SubjectFilter};
use xuncha_store::round_job::RoundJob;
use xuncha_store::round_plan::DrawPublication;
use xuncha_store::{Page, Store, StoreError};

use super::values::{at, fail, review};

/// The round that all of it is about; it is open before and after.
const ROUND: &str = "2026Q1";

/// Runs all of it.
pub async fn round_promises(store: &Store) {
    attachments_are_listed_until_taken_back(store).await;
    work_of_a_round_is_queued_once(store).await;
    the_calendar_and_the_publication_are_kept(store).await;
    targets_are_given_out(store).await;
    opinions_stand_beside_decisions(store).await;
    corrections_queue_their_target(store).await;
    corrections_are_carried_on(store).await;
    exemptions_decide_what_nobody_decided(store).await;
    lists_have_versions_and_rounds_keep_theirs(store).await;
    what_is_common_is_grouped(store).await;
    decisions_are_taken_back(store).await;
    a_frozen_round_opens_for_a_correction_only(store).await;
}

async fn work_of_a_round_is_queued_once(store: &Store) {
    let ask = async |kind, target: Option<&TargetId>| {
        let payload = serde_json::json!({ "round": ROUND });
        let now = at("2026-04-01T08:00");
        store
            .ask_round_job(ROUND, kind, target, &payload, now)
            .await
    };
    let first = ask(RoundJob::Gather, None).await.unwrap();
    let twice = ask(RoundJob::Gather, None).await;
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
    let judge = ask(RoundJob::Judge, None).await.unwrap();
    let target = TargetId::from("9900000001");
    let one = ask(RoundJob::JudgeTarget, Some(&target)).await.unwrap();
    assert_eq!(
        ask(RoundJob::JudgeTarget, Some(&target)).await.unwrap(),
        one,
        "one that waits will see whatever was corrected meanwhile"
    );
    let before = async |number| store.jobs_before(number).await.unwrap();
    assert_eq!(before(judge).await, before(first).await + 1);
    let taken = store.take_round_job(at("2026-04-01T08:01")).await.unwrap();
    let taken = taken.unwrap();
    assert_eq!((taken.number, taken.state), (first, JobState::Running));
    assert_eq!(taken.asked.1, "2026-04-01T08:00:00");
    let refused = store
        .cancel_round_job(ROUND, first, at("2026-04-01T08:02"))
        .await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "it began");
    let cancelled = store
        .cancel_round_job(ROUND, judge, at("2026-04-01T08:02"))
        .await;
    cancelled.unwrap();
    let steps = [("抓取", 3), ("第二次访问", 0)].map(|(name, done)| JobStep {
        name: name.into(),
        done,
        total: 9,
    });
    store.put_job_steps(first, &steps[..1]).await.unwrap();
    store.put_job_steps(first, &steps).await.unwrap();
    assert_eq!(store.job_steps(first).await.unwrap(), steps);
    let done = Progress {
        done: 9,
        total: 9,
        note: "完成".into(),
    };
    for number in [first, one] {
        let ended = at("2026-04-01T09:00");
        store
            .end_job(number, JobState::Done, &done, ended)
            .await
            .unwrap();
    }
    assert_eq!(
        store.take_round_job(at("2026-04-01T10:00")).await.unwrap(),
        None,
        "other jobs of the queue are for other hands"
    );
    let all = store.round_jobs(ROUND, Page::ALL).await.unwrap();
    let seen: Vec<_> = all.rows.iter().map(|job| (job.number, job.state)).collect();
    assert_eq!(
        seen,
        [
            (one, JobState::Done),
            (judge, JobState::Cancelled),
            (first, JobState::Done)
        ]
    );
    assert_eq!(all.rows[2].times.1, "2026-04-01T09:00:00");
    assert!(
        store
            .round_jobs("2026Q", Page::ALL)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let again = ask(RoundJob::Gather, None).await.unwrap();
    assert!(
        again > one,
        "the same work may be done again when it has ended"
    );
    store
        .cancel_round_job(ROUND, again, at("2026-04-01T09:01"))
        .await
        .unwrap();
}

async fn the_calendar_and_the_publication_are_kept(store: &Store) {
    assert!(store.phases(ROUND).await.unwrap().is_empty());
    let plan = usual_plan(&store.round(ROUND).await.unwrap().round);
    store.put_phases(ROUND, &plan[..3]).await.unwrap();
    store.put_phases(ROUND, &plan).await.unwrap();
    assert_eq!(store.phases(ROUND).await.unwrap(), plan);
    let made = DrawPublication {
        at: at("2026-03-01T09:00"),
        by: "李四".into(),
        sha256: "cd".repeat(32),
    };
    store.put_draw_publication(ROUND, &made).await.unwrap();
    assert!(matches!(
        store.put_draw_publication(ROUND, &made).await,
        Err(StoreError::Exists { .. })
    ));
    assert_eq!(store.draw_publication(ROUND).await.unwrap(), Some(made));
}

async fn targets_are_given_out(store: &Store) {
    let loads = store.subject_loads(ROUND, "gov-2019").await.unwrap();
    assert!(loads.len() >= 4);
    let inspectors = [(7, "990900"), (8, "990800")].map(|(person, region)| Inspector {
        person,
        region: region.to_owned(),
    });
    let loads: Vec<Load> = loads
        .into_iter()
        .map(|one| Load {
            target: one.target,
            region: one.region,
            tasks: one.open_count,
        })
        .collect();
    let given = assign(&loads, &inspectors, &BTreeMap::new(), "种子");
    store
        .put_assignment(ROUND, &inspectors, &given)
        .await
        .unwrap();
    assert_eq!(store.inspectors(ROUND).await.unwrap(), inspectors);
    assert_eq!(store.assignments(ROUND).await.unwrap(), given.first);
    let target = &loads[0].target;
    let (first, second) = store.assignment(ROUND, target).await.unwrap().unwrap();
    assert_eq!(
        (first, second),
        (given.first[target], Some(given.second[target]))
    );
    let people = store.person_loads(ROUND, "gov-2019").await.unwrap();
    let all: u64 = people.values().map(|load| load.targets).sum();
    assert_eq!(all, loads.len() as u64);
    let filter = SubjectFilter {
        assignee: Some(7),
        ..SubjectFilter::default()
    };
    let mine = store
        .targets(ROUND, "gov-2019", &filter, Page::ALL)
        .await
        .unwrap();
    assert_eq!(mine.total, people[&7].targets);
}

async fn opinions_stand_beside_decisions(store: &Store) {
    assert_eq!(
        store.blind_shares(ROUND).await.unwrap(),
        BlindShares::default()
    );
    let shares = BlindShares {
        double_percent: 100,
        pass_percent: 5,
    };
    store.put_blind_shares(ROUND, shares).await.unwrap();
    assert_eq!(store.blind_shares(ROUND).await.unwrap(), shares);
    let target = TargetId::from("9900000001");
    let opinion = |person, decision| Opinion {
        round: ROUND.into(),
        kind: BlindKind::Double,
        target: target.clone(),
        check: "broken_links".into(),
        key: "b".into(),
        person,
        by: format!("P{person}"),
        at: at("2026-04-03T10:00"),
        decision,
        reason: String::new(),
    };
    let before = store.reviews(ROUND).await.unwrap();
    let said = [
        opinion(7, Decision::Confirmed),
        opinion(8, Decision::Confirmed),
        opinion(7, Decision::Rejected),
    ];
    for one in &said {
        store.put_opinion(one).await.unwrap();
    }
    assert_eq!(
        store.opinions(ROUND).await.unwrap(),
        [said[2].clone(), said[1].clone()],
        "the latest of each person"
    );
    assert_eq!(
        store.reviews(ROUND).await.unwrap(),
        before,
        "it decides nothing"
    );
    let second = store.assignment(ROUND, &target).await.unwrap().unwrap().1;
    let mine = store
        .reviews_for_second(ROUND, second, Some(&target))
        .await
        .unwrap();
    let own = before
        .iter()
        .filter(|review| review.target == target)
        .count();
    assert_eq!(mine.len(), own);
    let others = store
        .reviews_for_second(ROUND, Some(99), None)
        .await
        .unwrap();
    assert!(others.is_empty());
}

async fn corrections_queue_their_target(store: &Store) {
    let correction = Correction {
        round: ROUND.into(),
        target: "9900000001".into(),
        url: "http://www.s1.gov.cn/tz/".into(),
        corrected: Corrected::ColumnKind {
            kind: ColumnKind::Static,
        },
        by: "张三".into(),
        at: at("2026-04-03T11:00"),
        reason: "是说明页".into(),
        evidence: String::new(),
    };
    let job = store.correct(&correction).await.unwrap();
    let job = store.round_job(ROUND, job).await.unwrap();
    assert_eq!(
        (job.new.kind.as_str(), job.state),
        ("judge_target", JobState::Waiting)
    );
    let held = store
        .standing_corrections(ROUND, Some(&correction.target))
        .await
        .unwrap();
    assert_eq!(held[0].correction, correction);
    let other = TargetId::from("9900000002");
    assert!(
        store
            .standing_corrections(ROUND, Some(&other))
            .await
            .unwrap()
            .is_empty()
    );
    let now = at("2026-04-03T12:00");
    let number = held[0].number;
    let again = store
        .withdraw_correction(ROUND, number, "李四", now)
        .await
        .unwrap();
    assert_eq!(again, job.number, "the job that waits sees it");
    let none = store.standing_corrections(ROUND, None).await.unwrap();
    assert!(none.is_empty());
    assert!(
        store
            .withdraw_correction(ROUND, number, "李四", now)
            .await
            .is_err()
    );
    store
        .cancel_round_job(ROUND, job.number, now)
        .await
        .unwrap();
}

/// What a column is was corrected in an earlier round, and holds until somebody ends it.
async fn corrections_are_carried_on(store: &Store) {
    const BEFORE: &str = "2025Q4";
    let target = TargetId::from("9900000001");
    let correction = |corrected| Correction {
        round: BEFORE.into(),
        target: target.clone(),
        url: "http://www.s1.gov.cn/tz/".into(),
        corrected,
        by: "张三".into(),
        at: at("2026-01-04T11:00"),
        reason: "栏目已改版".into(),
        evidence: "ab".repeat(32),
    };
    let kind = correction(Corrected::ColumnKind {
        kind: ColumnKind::Notice,
    });
    let date = correction(Corrected::NewestDate {
        date: "2025-12-30".parse().unwrap(),
    });
    let name = correction(Corrected::ColumnName {
        name: "公示公告".into(),
    });
    let now = at("2026-04-03T12:30");
    for own in [&kind, &date, &name] {
        let job = store.correct(own).await.unwrap();
        store.cancel_round_job(BEFORE, job, now).await.unwrap();
    }
    let held = async |round: &str| {
        let held = store.standing_corrections(round, Some(&target)).await;
        let held = held.unwrap().into_iter();
        held.map(|one| (one.is_carried, one.correction))
            .collect::<Vec<_>>()
    };
    let before = [(false, kind.clone()), (false, date), (false, name.clone())];
    assert_eq!(held(BEFORE).await, before);
    assert_eq!(
        held(ROUND).await,
        [(true, kind), (true, name.clone())],
        "a day is not carried on"
    );
    let carried = store.standing_corrections(ROUND, None).await.unwrap();
    let job = store
        .withdraw_correction(ROUND, carried[0].number, "李四", now)
        .await
        .unwrap();
    store.cancel_round_job(ROUND, job, now).await.unwrap();
    assert_eq!(held(ROUND).await, [(true, name)], "ended with this round");
    assert_eq!(held(BEFORE).await, before, "the round before keeps it");
    let job = store
        .withdraw_correction(BEFORE, carried[1].number, "李四", now)
        .await
        .unwrap();
    store.cancel_round_job(BEFORE, job, now).await.unwrap();
    assert!(held(ROUND).await.is_empty(), "taken back where it was made");
}

async fn exemptions_decide_what_nobody_decided(store: &Store) {
    let (first, other) = (TargetId::from("9900000001"), TargetId::from("9900000002"));
    let exemption = |target: Option<&TargetId>, key: &str| Exemption {
        target: target.cloned(),
        check: "broken_links".into(),
        key: key.into(),
        round: ROUND.into(),
        by: "李四".into(),
        reason: "内部系统，不对外".into(),
        at: at("2026-04-03T13:00"),
    };
    let here = store
        .put_exemption(&exemption(Some(&first), "here"))
        .await
        .unwrap();
    store
        .put_exemption(&exemption(None, "anywhere"))
        .await
        .unwrap();
    let judged = [
        fail(&first, &["here", "anywhere", "wrong", "said"]),
        fail(&other, &["here", "anywhere"]),
    ];
    let said = [review(&first, "said", Decision::Confirmed)];
    let now = at("2026-04-03T14:00");
    let decided = async |reviews: &[Review]| {
        let made = store.exempted(ROUND, &judged, reviews, now).await.unwrap();
        let names = made.into_iter().map(|one| {
            assert_eq!(
                (one.decision, one.by.as_str()),
                (Decision::Rejected, "李四")
            );
            assert!(one.reason.contains("内部系统"));
            format!("{} {}", one.target, one.key)
        });
        names.collect::<Vec<_>>()
    };
    let all = [
        "9900000001 here",
        "9900000001 anywhere",
        "9900000002 anywhere",
    ];
    assert_eq!(decided(&said).await, all);
    // What a person said goes before a rule, taken back or not.
    let back = [
        review(&first, "here", Decision::Withdrawn),
        review(&other, "anywhere", Decision::Confirmed),
    ];
    assert_eq!(decided(&back).await, ["9900000001 anywhere"]);
    store.withdraw_exemption(here).await.unwrap();
    assert_eq!(decided(&said).await, all[1..]);
    assert!(store.withdraw_exemption(here).await.is_err());
    assert_eq!(store.exemptions().await.unwrap().len(), 1);
}

async fn what_is_common_is_grouped(store: &Store) {
    let targets = ["9900000001", "9900000002", "9900000003"].map(TargetId::from);
    let judged = [
        fail(
            &targets[0],
            &["http://shared.cn/a/1.html", "http://own1.cn/x.html"],
        ),
        fail(
            &targets[1],
            &["http://shared.cn/a/1.html", "http://own2.cn/x.html"],
        ),
        fail(&targets[2], &["http://shared.cn/b.html"]),
    ];
    let before = store.judgements(ROUND, None).await.unwrap();
    store.put_judgements(ROUND, &judged).await.unwrap();
    let groups = async |kind| {
        let found = store
            .finding_groups(ROUND, "gov-2019", kind, Page::ALL)
            .await
            .unwrap();
        let rows = found.rows.into_iter();
        rows.map(|one| (one.common, one.targets, one.findings))
            .collect::<Vec<_>>()
    };
    let group = |common: &str, targets, findings| (common.to_owned(), targets, findings);
    assert_eq!(
        groups(GroupKind::Root).await,
        [group("http://shared.cn/a/1.html", 2, 2)]
    );
    assert_eq!(
        groups(GroupKind::Platform).await,
        [group("shared.cn", 3, 3)]
    );
    assert_eq!(
        groups(GroupKind::Template).await,
        [group("/a/#.html", 2, 2), group("/x.html", 2, 2)]
    );
    let place = (GroupKind::Platform, "broken_links", "shared.cn");
    let inside = store
        .group_findings(ROUND, "gov-2019", place, Page::ALL)
        .await
        .unwrap();
    assert_eq!(inside.total, 3);
    let doubts = store.doubt_groups(ROUND, "gov-2019").await.unwrap();
    assert_eq!(doubts.len(), 1);
    assert_eq!(
        (doubts[0].targets, doubts[0].places, doubts[0].wholes),
        (3, 3, 0)
    );
    let reason = (UndeterminedReason::OurSide, "broken_links");
    let named = store
        .doubt_targets(ROUND, "gov-2019", reason, 2)
        .await
        .unwrap();
    assert_eq!(named.len(), 2);
    store.put_judgements(ROUND, &before).await.unwrap();
}

/// The human verdict outranks the machine until it is taken back, and then nothing of it is left but the history.
async fn decisions_are_taken_back(store: &Store) {
    let target = TargetId::from("9900000002");
    let steps = [Decision::Confirmed, Decision::Withdrawn, Decision::Rejected];
    let held = async || {
        let all = store.reviews(ROUND).await.unwrap();
        let mine = all
            .into_iter()
            .find(|one| one.target == target && one.key == "undo");
        mine.map(|one| one.decision)
    };
    for (at, expected) in [Some(0), None, Some(2)].into_iter().enumerate() {
        store
            .put_review(&review(&target, "undo", steps[at].clone()))
            .await
            .unwrap();
        assert_eq!(held().await, expected.map(|at| steps[at].clone()));
    }
    let last = store.last_review_of(ROUND, "张三").await.unwrap().unwrap();
    assert_eq!(
        (last.key.as_str(), last.decision),
        ("undo", Decision::Rejected)
    );
    assert_eq!(store.last_review_of(ROUND, "nobody").await.unwrap(), None);
    let history = store.review_history(ROUND, &target).await.unwrap();
    let mine = history.iter().filter(|one| one.key == "undo").count();
    assert_eq!(mine, 3, "the history says all of it");
}

async fn a_frozen_round_opens_for_a_correction_only(store: &Store) {
    let early = store.freeze_round(ROUND, &note("")).await;
    assert!(
        matches!(early, Err(StoreError::Refused(_))),
        "not closed yet"
    );
    store.close_round(ROUND, &note("处理完毕")).await.unwrap();
    store.freeze_round(ROUND, &note("申诉完毕")).await.unwrap();
    let row = store.round(ROUND).await.unwrap();
    assert_eq!(
        (row.state, row.close_reason.as_str()),
        (RoundState::Frozen, "处理完毕")
    );
    assert!(matches!(
        store.reopen_round(ROUND, &note("再看")).await,
        Err(StoreError::Refused(_))
    ));
    let refused = store
        .put_review(&review(&"9900000001".into(), "x", Decision::Confirmed))
        .await;
    assert!(matches!(refused, Err(StoreError::Closed { .. })));
    let contents = [("notice.html".to_owned(), "ab".repeat(32))];
    let bound = store
        .notice_bound(ROUND, "gov-2019", &contents)
        .await
        .unwrap();
    let other = [("notice.html".to_owned(), "cd".repeat(32))];
    let changed = store.notice_bound(ROUND, "gov-2019", &other).await.unwrap();
    assert_ne!(bound.text_sha256, changed.text_sha256);
    assert_eq!(bound.round_sha256, changed.round_sha256);
    let signature = |step, remark: &str| Signature {
        version: 1,
        step,
        person: "P3".into(),
        by: "李四".into(),
        at: at("2026-04-10T09:00"),
        remark: remark.into(),
        bound: bound.clone(),
    };
    let drafted = signature(SignStep::Drafted, "");
    // Nobody signs what was built from other results than the round has now.
    let built = |name: &str, outcome: &str| Document {
        round: ROUND.into(),
        name: name.into(),
        path: format!("{ROUND}/{name}"),
        sha256: "ab".repeat(32),
        size_bytes: 12,
        at: at("2026-04-10T09:00"),
        outcome_sha256: outcome.into(),
    };
    let old = built("notice.docx", &"0".repeat(64));
    store.put_document(&old).await.unwrap();
    let stale = store.sign(ROUND, 0, &drafted).await;
    assert!(matches!(stale, Err(StoreError::Refused(_))), "{stale:?}");
    let now = built("notice.docx", &bound.round_sha256);
    store.put_document(&now).await.unwrap();
    let letter = built("letter-U001.docx", "");
    store.put_document(&letter).await.unwrap();
    store.sign(ROUND, 0, &drafted).await.unwrap();
    let twice = store.sign(ROUND, 0, &drafted).await;
    assert!(
        matches!(twice, Err(StoreError::Refused(_))),
        "somebody was faster"
    );
    let published = signature(SignStep::Published, "");
    store.sign(ROUND, 1, &published).await.unwrap();
    // What is published is not written over; letters are, and after a correction all of it.
    let build = async || {
        let (payload, when) = (serde_json::json!({}), at("2026-04-11T08:00"));
        let kind = RoundJob::Notice;
        store.ask_round_job(ROUND, kind, None, &payload, when).await
    };
    let over = store.put_document(&now).await;
    assert!(matches!(over, Err(StoreError::Refused(_))), "{over:?}");
    let again = build().await;
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    let early = store.refuse_published_notice(ROUND).await;
    assert!(matches!(early, Err(StoreError::Refused(_))), "{early:?}");
    store.put_document(&letter).await.unwrap();
    let corrected = signature(SignStep::Corrected, "数字有误");
    store.sign(ROUND, 2, &corrected).await.unwrap();
    store.put_document(&now).await.unwrap();
    let number = build().await.unwrap();
    let when = at("2026-04-11T08:01");
    store.cancel_round_job(ROUND, number, when).await.unwrap();
    let signed = store.signatures(ROUND).await.unwrap();
    assert_eq!(signed, [drafted, published, corrected]);
    assert_eq!(store.round(ROUND).await.unwrap().state, RoundState::Closed);
    let changes = store.round_changes(ROUND).await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!(
        (last.before, last.note.reason.as_str()),
        (RoundState::Frozen, "数字有误")
    );
    assert_eq!(
        store.reopen_round(ROUND, &note("改正")).await.unwrap(),
        RoundState::New,
        "as it was before the closing"
    );
}

fn attachment(owner: &str, unit: Option<&str>, name: &str) -> NewAttachment {
    NewAttachment {
        owner: owner.into(),
        about: "question".into(),
        organization: unit.map(str::to_owned),
        name: name.into(),
        kind: FileKind::Docx,
        sha256: "ab".repeat(32),
        size_bytes: 12,
        by: "张三".into(),
        at: at("2026-04-01T10:00"),
    }
}

fn note(reason: &str) -> ChangeNote {
    ChangeNote {
        at: at("2026-04-02T08:00"),
        by: "李四".into(),
        reason: reason.into(),
    }
}

async fn attachments_are_listed_until_taken_back(store: &Store) {
    let owner = format!("round/{ROUND}/target/9900000001");
    let first = attachment(&owner, Some("U001"), "答复.docx");
    let second = attachment(&owner, None, "截图.docx");
    let numbers = [
        store.put_attachment(&first).await.unwrap(),
        store.put_attachment(&second).await.unwrap(),
    ];
    let listed = store.attachments(&owner).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (one.number, &one.new)).collect();
    assert_eq!(seen, [(numbers[0], &first), (numbers[1], &second)]);
    assert!(store.attachments("round/2026Q1").await.unwrap().is_empty());
    let unit = async |number| store.unit_of_attachment(number).await.unwrap();
    assert_eq!(unit(numbers[0]).await.as_deref(), Some("U001"));
    assert_eq!(unit(numbers[1]).await, None, "of no unit");
    assert_eq!(unit(999_999).await, None);
    store.withdraw_attachment(numbers[0]).await.unwrap();
    assert_eq!(unit(numbers[0]).await, None, "taken back");
    for result in [
        store.attachment(numbers[0]).await.map(drop),
        store.withdraw_attachment(numbers[0]).await,
        store.attachment(999_999).await.map(drop),
    ] {
        assert!(
            matches!(result, Err(StoreError::Missing { .. })),
            "{result:?}"
        );
    }
    let filter = AuditFilter {
        action: Some(AuditAction::AttachmentAdded),
        ..AuditFilter::default()
    };
    let logged = store.audit_rows(&filter, Page::ALL).await.unwrap();
    assert_eq!(logged.total, 2);
    assert!(
        logged.rows.iter().all(|row| !row.after.contains("答复")),
        "names of files stay out of the log"
    );
    store.close_round(ROUND, &note("处理完毕")).await.unwrap();
    for refused in [
        store.put_attachment(&first).await.map(drop),
        store.withdraw_attachment(numbers[1]).await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::Closed { .. })),
            "{refused:?}"
        );
    }
    let elsewhere = attachment("rectify/7", None, "整改.docx");
    store.put_attachment(&elsewhere).await.unwrap();
    store.reopen_round(ROUND, &note("更正")).await.unwrap();
}

async fn lists_have_versions_and_rounds_keep_theirs(store: &Store) {
    let now = at("2026-04-03T15:00");
    let draft = |content: &str, based_on: i64| NewLexicon {
        list: "wrong_words".into(),
        content: content.into(),
        based_on,
        by: "王五".into(),
        at: now,
        reason: "新出现的错词".into(),
        round: ROUND.into(),
    };
    let lists = ["wrong_words", "known_hosts"];
    let first = store.put_lexicon(&draft("one", 0)).await.unwrap();
    // It waits for its trial, which its round has queued.
    let jobs = store.round_jobs(ROUND, Page::ALL).await.unwrap().rows;
    assert!(jobs.iter().any(|job| job.new.kind == "try_list"));
    // A second trial of the same list waits for the first; that of another list does not.
    let twin = store.put_lexicon(&draft("twin", 0)).await.unwrap_err();
    assert!(twin.to_string().contains("已有一份草稿正在试用"), "{twin}");
    let hosts = NewLexicon {
        list: "known_hosts".into(),
        ..draft("hosts", 0)
    };
    let hosts = store.put_lexicon(&hosts).await.unwrap();
    store
        .decide_lexicon(hosts, false, "王五", now)
        .await
        .unwrap();
    let adopted = store.decide_lexicon(first, true, "王五", now).await;
    assert!(adopted.unwrap_err().to_string().contains("预览"));
    // A trial that could not be made is none.
    let failed = r#"{"problem":"没有语言模型"}"#;
    store.set_lexicon_preview(first, failed).await.unwrap();
    let adopted = store.decide_lexicon(first, true, "王五", now).await;
    assert!(adopted.unwrap_err().to_string().contains("没有试成"));
    store.set_lexicon_preview(first, "{}").await.unwrap();
    // A round that is begun before the list is adopted stays with the list of the program.
    let early = store.round_lexicons("early", &lists).await.unwrap();
    assert!(early.is_empty());
    store
        .decide_lexicon(first, true, "王五", now)
        .await
        .unwrap();
    let version = store.lexicon(first).await.unwrap();
    assert_eq!(
        (version.state, version.decided_at, version.new.by.as_str()),
        (LexiconState::Adopted, Some(now), "王五")
    );
    let early = store.round_lexicons("early", &lists).await.unwrap();
    assert!(early.is_empty());
    let later = store.round_lexicons("later", &lists).await.unwrap();
    assert_eq!(later, [("wrong_words".to_owned(), "one".to_owned())].into());
    // Two people change the same version: the second one begins again.
    let waiting = trials(store).await;
    assert!(waiting.is_empty(), "nobody waits for what is decided");
    let mut other = draft("two", 0);
    other.round = String::new();
    let second = store.put_lexicon(&other).await.unwrap();
    let untried = store.decide_lexicon(second, true, "王五", now).await;
    assert!(untried.unwrap_err().to_string().contains("须在一轮证据上"));
    store.set_lexicon_preview(second, "{}").await.unwrap();
    let refused = store.decide_lexicon(second, true, "王五", now).await;
    assert!(refused.unwrap_err().to_string().contains("已经改过"));
    // A draft that is dropped frees its list for the next one at once.
    let third = store.put_lexicon(&draft("three", first)).await.unwrap();
    store
        .decide_lexicon(third, false, "王五", now)
        .await
        .unwrap();
    let fourth = store.put_lexicon(&draft("four", first)).await.unwrap();
    assert_eq!(trials(store).await.len(), 1, "the trial of the fourth");
    store
        .decide_lexicon(fourth, false, "王五", now)
        .await
        .unwrap();
    store
        .decide_lexicon(second, false, "王五", now)
        .await
        .unwrap();
    assert!(
        store
            .decide_lexicon(second, false, "王五", now)
            .await
            .is_err()
    );
    let all = store.lexicons("wrong_words").await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.number).collect::<Vec<_>>(),
        [fourth, third, second, first]
    );
    let adopted = store.adopted_lexicons().await.unwrap();
    assert_eq!(adopted["wrong_words"].new.content, "one");
}

async fn trials(store: &Store) -> Vec<i64> {
    let jobs = store.round_jobs(ROUND, Page::ALL).await.unwrap().rows;
    let trials = jobs
        .into_iter()
        .filter(|job| job.new.kind == "try_list" && job.state == JobState::Waiting);
    trials.map(|job| job.number).collect()
}

/// Texts of a notice: every saving stays, one is adopted, the program's may come back, a round takes no version of another.
pub async fn templates_are_kept_with_a_round(store: &Store) {
    use xuncha_store::notice_template::NewTemplate;
    let new = |round: &str, content: &str, based_on| NewTemplate {
        round: round.to_owned(),
        content: content.to_owned(),
        based_on,
        by: "张三".to_owned(),
        at: at("2026-04-02T09:00"),
        reason: "措辞".to_owned(),
    };
    let now = at("2026-04-02T10:00");
    assert_eq!(store.notice_template_text("worded").await.unwrap(), None);
    let first = new("worded", "@title 一\n甲", 0);
    let first_number = store.put_notice_template(&first).await.unwrap();
    let second = new("worded", "@title 一\n乙", first_number);
    let second_number = store.put_notice_template(&second).await.unwrap();
    let other = store
        .put_notice_template(&new("elsewhere", "丙", 0))
        .await
        .unwrap();
    assert_eq!(
        store.notice_template_text("worded").await.unwrap(),
        None,
        "saving adopts nothing"
    );
    let kept = store.notice_templates("worded").await.unwrap();
    let numbers: Vec<i64> = kept.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [second_number, first_number]);
    assert_eq!(kept[1].new, first);
    let foreign = store.adopt_template("worded", other, "李四", now).await;
    assert!(foreign.is_err(), "a version of another round");
    store
        .adopt_template("worded", second_number, "李四", now)
        .await
        .unwrap();
    store
        .adopt_template("worded", first_number, "王五", now)
        .await
        .unwrap();
    let adopted = store.adopted_template("worded").await.unwrap().unwrap();
    assert_eq!(
        (adopted.version, adopted.by.as_str(), adopted.at),
        (first_number, "王五", now)
    );
    let text = store.notice_template_text("worded").await.unwrap();
    assert_eq!(text.as_deref(), Some("@title 一\n甲"));
    store
        .adopt_template("worded", 0, "王五", now)
        .await
        .unwrap();
    assert_eq!(store.notice_template_text("worded").await.unwrap(), None);
    assert_eq!(store.notice_templates("worded").await.unwrap().len(), 2);
}

/// What was typed for a notice comes back, replaces what was typed before, and stands in the log once for each change.
pub async fn extras_are_kept_with_a_round(store: &Store) {
    use xuncha_core::notice::extras::NoticeExtras;
    use xuncha_store::audit::{AuditAction, AuditFilter};
    let now = at("2026-04-02T10:00");
    let none = store.notice_extras("typed").await.unwrap();
    assert_eq!(none, NoticeExtras::default());
    let first = NoticeExtras {
        number: "云政办函〔2026〕12号".to_owned(),
        date: Some("2026-04-02".parse().unwrap()),
        names: [("mail".to_owned(), "a@b.cn".to_owned())].into(),
        lists: [("filings".to_owned(), "丁局,是,否\n".to_owned())].into(),
    };
    let second = NoticeExtras {
        number: String::new(),
        ..first.clone()
    };
    for extras in [&first, &second, &second] {
        store
            .put_notice_extras("typed", extras, "张三", now)
            .await
            .unwrap();
        assert_eq!(store.notice_extras("typed").await.unwrap(), *extras);
    }
    let other = store.notice_extras("elsewhere").await.unwrap();
    assert_eq!(other, NoticeExtras::default());
    // A notice that was built before the details or the text changed is old; what is given and says nothing changes nothing.
    let bound = async || store.outcome_sha256("2026Q1", "gov-2019").await.unwrap();
    let mut hashes = vec![bound().await];
    for (extras, is_new) in [
        (&none, false),
        (&first, true),
        (&second, true),
        (&second, false),
    ] {
        store
            .put_notice_extras("2026Q1", extras, "张三", now)
            .await
            .unwrap();
        let hash = bound().await;
        assert_eq!(hashes.contains(&hash), !is_new, "{extras:?}");
        hashes.push(hash);
    }
    store
        .put_notice_extras("2026Q1", &none, "张三", now)
        .await
        .unwrap();
    assert_eq!(bound().await, hashes[0]);
    let filter = AuditFilter {
        action: Some(AuditAction::NoticeExtrasChanged),
        ..AuditFilter::default()
    };
    let log = store.audit_rows(&filter, Page::ALL).await.unwrap().rows;
    let said: Vec<(&str, &str)> = log
        .iter()
        .map(|row| (row.before.as_str(), row.after.as_str()))
        .collect();
    let whole = "云政办函〔2026〕12号 · 2026-04-02 · mail filings";
    assert_eq!(
        &said[said.len() - 2..],
        [(whole, "2026-04-02 · mail filings"), ("", whole)],
        "the same again is no change"
    );
}
