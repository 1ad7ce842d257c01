//! What the store promises of requests, candidates outside the registry, counts and imports that wait; run on either database.

use std::collections::BTreeMap;

use xuncha_core::person::Role;
use xuncha_core::registry::filing::{Fault, RequestKind, Successor, Typed, draft};
use xuncha_core::registry::outside::{
    DismissReason, LinkedFrom, OutsideDoubt, OutsideHome, OutsideReason, OutsideSign, OutsideSite,
};
use xuncha_core::registry::request::{
    Course, RequestState, Reviewer, StepKind, may_complete, may_review,
};
use xuncha_core::registry::watch::{Seen, Sighting, watched};
use xuncha_core::registry::{
    DoubtCase, EntryKind, Level, Registry, RegistryDoubt, Sheet, State, TargetClass, TargetId,
};
use xuncha_store::outbox::{Channel, Contact};
use xuncha_store::person::PersonFile;
use xuncha_store::registry::{ChangeNote, TargetFilter};
use xuncha_store::registry_doubts::Settled;
use xuncha_store::registry_import::StagedImport;
use xuncha_store::registry_outside::OutsideState;
use xuncha_store::registry_request::{Awaited, NewRequest, RequestFilter, Verdict};
use xuncha_store::{Page, Store, StoreError};

use super::values::{at, registry};

const OFFICE: Reviewer<'_> = Reviewer {
    person: "P90",
    unit: None,
    is_office: true,
};
const CITY: Reviewer<'_> = Reviewer {
    person: "P91",
    unit: Some("U000"),
    is_office: false,
};

fn note() -> ChangeNote {
    ChangeNote {
        at: at("2026-05-01T08:00"),
        by: "名录.xlsx".into(),
        reason: "导入".into(),
    }
}

/// The registry of the other promises, with a unit above.
fn levelled() -> Registry {
    let mut registry = registry();
    let mut above = registry.organizations["U001"].clone();
    above.id = "U000".into();
    above.name = "青石市政务公开办公室".into();
    let mut other = above.clone();
    other.id = "U002".into();
    registry.organizations.get_mut("U001").unwrap().parent = Some("U000".into());
    assert_eq!(above.level, Level::City);
    registry.organizations.insert("U000".into(), above);
    registry.organizations.insert("U002".into(), other);
    registry
}

async fn filed(
    store: &Store,
    id: &str,
    kind: RequestKind,
    target: &str,
    fields: &[(&str, &str)],
) -> Result<NewRequest, Vec<Fault>> {
    let registry = store.registry().await.unwrap();
    let typed = Typed {
        kind,
        noun: match target.starts_with('A') {
            true => EntryKind::Account,
            false => EntryKind::Site,
        },
        target: (kind != RequestKind::Open).then(|| target.into()),
        organization: "U001".into(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        reason: "机构改革\0".into(),
        from: Some("2026-05-02".parse().unwrap()),
        until: Some("2026-05-10".parse().unwrap()),
        successor: Successor {
            name: "青石市人民政府".into(),
            home: "http://www.s1.gov.cn/".into(),
        },
        today: "2026-05-01".parse().unwrap(),
    };
    let suspended = store.suspensions(&target.into()).await.unwrap();
    let filing = draft(&typed, &registry, &suspended)?;
    let new = NewRequest {
        id: id.into(),
        course: Course::of(&filing, &registry, "P1"),
        unit_name: registry.organizations["U001"].name.clone(),
        region: "990100".into(),
        by: "王芳".into(),
        at: at("2026-05-01T09:00"),
        outside: None,
        filing,
    };
    Ok(new)
}

fn verdict(is_approved: bool, note: &str, on: &str) -> Verdict {
    Verdict {
        is_approved,
        note: note.into(),
        name: "李雷".into(),
        at: at(&format!("{on}T10:00")),
    }
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, StoreError>, why: &str) {
    match result {
        Err(StoreError::Refused(text)) => assert!(text.contains(why), "{text}"),
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn registry_promises(store: &Store) {
    store.put_registry(&levelled(), &note()).await.unwrap();
    let contact = Contact {
        number: 0,
        organization: "U000".into(),
        channel: Channel::Mail,
        address: "above@unit.example".into(),
        secret: None,
    };
    store.put_contact(&contact).await.unwrap();
    requests_go_level_by_level(store).await;
    what_changed_meanwhile_takes_no_effect(store).await;
    a_closing_waits_for_its_notice(store).await;
    candidates_are_decided_once(store).await;
    doubts_are_settled_with_a_reason(store).await;
    what_a_home_page_says_is_kept(store).await;
    counts_are_reckoned_by_the_database(store).await;
    an_import_is_confirmed_over_what_was_previewed(store).await;
    what_is_transferred_has_another_unit(store).await;
    what_waits_for_somebody_is_what_he_may_decide(store).await;
}

async fn what_is_transferred_has_another_unit(store: &Store) {
    let account = TargetId::from("A000002");
    let to = [("organization", "U002")];
    let transfer = filed(store, "r20", RequestKind::Transfer, &account.0, &to);
    store.file_request(&transfer.await.unwrap()).await.unwrap();
    for reviewer in [CITY, OFFICE] {
        let agreed = verdict(true, "", "2026-05-12");
        store
            .review_request("r20", &reviewer, &agreed)
            .await
            .unwrap();
    }
    let moved = store.registered(&account).await.unwrap().unwrap();
    assert_eq!(moved.organization(), "U002");
    let unit = store.unit_of_registered(&account).await.unwrap();
    assert_eq!(unit.as_deref(), Some("U002"), "who may see it follows");
    let back = filed(
        store,
        "r21",
        RequestKind::Rename,
        &account.0,
        &[("name", "甲")],
    )
    .await;
    assert!(back.is_err(), "the unit of before files nothing about it");
}

/// The list of what waits for somebody is asked of the database, whether he may decide of the core: both say the same of everybody and
/// every request, whoever else there is.
async fn what_waits_for_somebody_is_what_he_may_decide(store: &Store) {
    let person = async |login: &str, role: Role, unit: Option<&str>| {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: unit.map(str::to_owned),
        };
        store.add_person(login, &file).await.unwrap()
    };
    let office = [
        person("await.a", Role::Administrator, None).await,
        person("await.s", Role::Supervisor, None).await,
    ];
    let above = person("await.above", Role::Operator, Some("U000")).await;
    let own = person("await.own", Role::Operator, Some("U001")).await;
    let beside = person("await.beside", Role::Operator, Some("U002")).await;
    let filers = [own.id(), above.id(), office[0].id(), office[1].id()];
    let mut number = 0;
    for filer in &filers {
        for (first, by) in [
            (Some("U000"), None),
            (Some("U000"), Some(0)),
            (None, None),
            (Some("U000"), Some(1)),
        ] {
            number += 1;
            let (id, name) = (format!("w{number}"), format!("待审号{number}"));
            let fields = [
                ("name", name.as_str()),
                ("platform", "微博"),
                ("kind", "微博"),
            ];
            let mut new = filed(store, &id, RequestKind::Open, "A", &fields)
                .await
                .unwrap();
            new.course.first = first.map(str::to_owned);
            new.course.filed_by.clone_from(filer);
            store.file_request(&new).await.unwrap();
            // The first level by the office in the place of a unit that has nobody, where that is so.
            if let Some(at) = by {
                store.lock_person(above.number).await.unwrap();
                let id_of = office[at].id();
                let reviewer = Reviewer {
                    person: &id_of,
                    ..OFFICE
                };
                let agreed = verdict(true, "", "2026-05-12");
                let _ = store.review_request(&id, &reviewer, &agreed).await;
                store.unlock_person(above.number).await.unwrap();
            }
        }
    }
    let today = "2026-07-01".parse().unwrap();
    let (mut waiting, mut compared) = (0, 0);
    for locked in [
        vec![],
        vec![&above],
        vec![&office[1]],
        vec![&above, &office[1]],
    ] {
        for one in &locked {
            store.lock_person(one.number).await.unwrap();
        }
        for (who, is_office) in office.iter().map(|one| (one, true)).chain([
            (&above, false),
            (&own, false),
            (&beside, false),
        ]) {
            let id = who.id();
            let reviewer = Reviewer {
                person: &id,
                unit: who.organization.as_deref(),
                is_office,
            };
            let filter = RequestFilter {
                awaits: Some(Awaited {
                    person: id.clone(),
                    unit: who.organization.clone(),
                    is_office,
                    today,
                }),
                ..RequestFilter::default()
            };
            let listed = store.requests(&filter, Page::ALL).await.unwrap();
            let listed: Vec<String> = listed.rows.into_iter().map(|one| one.id).collect();
            waiting += listed.len();
            let all = store
                .requests(&RequestFilter::default(), Page::ALL)
                .await
                .unwrap();
            for request in all.rows {
                compared += 1;
                let steps = store.request_steps(&request.id).await.unwrap();
                let others = store.other_reviewers(&request, &reviewer).await.unwrap();
                let reviews = may_review(&request.course, request.state, &steps, &reviewer, others);
                let seen = store.sightings(&request.id).await.unwrap();
                let start = request
                    .watch()
                    .and_then(|watch| watched(&watch, &seen, today).start);
                let completes =
                    may_complete(&request.course, request.state, &reviewer, start, today);
                assert_eq!(
                    listed.contains(&request.id),
                    reviews.is_ok() || completes.is_ok(),
                    "{} {:?} for {} while {} are locked: {reviews:?} {completes:?}",
                    request.id,
                    request.state,
                    who.login,
                    locked.len()
                );
            }
        }
        for one in &locked {
            store.unlock_person(one.number).await.unwrap();
        }
    }
    assert!(waiting > 40 && compared > 300, "{waiting} of {compared}");
}

async fn requests_go_level_by_level(store: &Store) {
    let portal = TargetId::from("9900000001");
    let new = filed(
        store,
        "r1",
        RequestKind::Rename,
        "9900000001",
        &[("name", "青石市人民政府网")],
    );
    let new = new.await.unwrap();
    store.file_request(&new).await.unwrap();
    let told = store.messages(None, Page::numbered(1, 1)).await.unwrap();
    let told = &told.rows[0].new;
    assert_eq!(
        (told.organization.as_str(), told.subject.as_str()),
        ("U000", "名录填报：变更名称“青石市人民政府网”请初审"),
        "whoever decides first is written to"
    );
    let twin = NewRequest {
        id: "r2".into(),
        ..new.clone()
    };
    is_refused(store.file_request(&twin).await, "已有一件申请在办");
    assert_eq!(
        store.units_of_request("r1").await.unwrap(),
        Some(("U001".into(), Some("U000".into())))
    );
    assert_eq!(
        store.units_of_request("r2").await.unwrap(),
        None,
        "nothing of it was kept"
    );

    let above = PersonFile {
        name: "初审员".into(),
        role: Role::Operator,
        organization: Some("U000".into()),
    };
    let above = store.add_person("above.u000", &above).await.unwrap();
    is_refused(
        store
            .review_request("r1", &OFFICE, &verdict(true, "", "2026-05-02"))
            .await,
        "上级单位有审核人",
    );
    store.lock_person(above.number).await.unwrap();
    let own = Reviewer {
        person: "P1",
        ..OFFICE
    };
    is_refused(
        store
            .review_request("r1", &own, &verdict(true, "", "2026-05-02"))
            .await,
        "本人",
    );
    let approved = verdict(true, "同意", "2026-05-02");
    let state = store.review_request("r1", &CITY, &approved).await.unwrap();
    assert_eq!(state, RequestState::WaitingProvince);
    is_refused(store.review_request("r1", &CITY, &approved).await, "不由您");
    is_refused(
        store
            .review_request("r1", &OFFICE, &verdict(false, " ", "2026-05-03"))
            .await,
        "原因",
    );
    let before = store.registered(&portal).await.unwrap().unwrap();
    assert_eq!(
        before.name(),
        "青石市人民政府",
        "half approved is not approved"
    );
    let state = store
        .review_request("r1", &OFFICE, &verdict(true, "", "2026-05-03"))
        .await
        .unwrap();
    assert_eq!(state, RequestState::Effective);
    is_refused(
        store.review_request("r1", &OFFICE, &approved).await,
        "已经办理",
    );
    let after = store.registered(&portal).await.unwrap().unwrap();
    assert_eq!(after.name(), "青石市人民政府网");
    let found = store
        .registry_targets(
            &TargetFilter {
                words: Some("政府网".into()),
                ..TargetFilter::default()
            },
            Page::ALL,
        )
        .await
        .unwrap();
    assert_eq!(found.total, 1, "the list finds the new name");
    let history = store.changes(Some("9900000001"), Page::ALL).await.unwrap();
    let newest = &history.rows[0];
    assert_eq!(
        (newest.note.by.as_str(), newest.note.at),
        ("李雷", at("2026-05-03T10:00"))
    );
    assert!(newest.note.reason.starts_with("变更名称：机构改革"));

    let steps = store.request_steps("r1").await.unwrap();
    let kinds: Vec<_> = steps
        .iter()
        .map(|step| (step.kind, step.person.as_str()))
        .collect();
    let expected = [
        (StepKind::Filed, "P1"),
        (StepKind::Approved, "P91"),
        (StepKind::Approved, "P90"),
    ];
    assert_eq!(kinds, expected);
    let request = store.request("r1").await.unwrap();
    assert_eq!(request.approved_on, Some("2026-05-03".parse().unwrap()));
    assert_eq!(request.filing, NewRequest { ..new }.filing);

    let concerns = |unit: &str| RequestFilter {
        concerns: Some(unit.into()),
        ..RequestFilter::default()
    };
    for (unit, expected) in [("U001", 1), ("U000", 1), ("U002", 0), ("", 0)] {
        let found = store.requests(&concerns(unit), Page::ALL).await.unwrap();
        assert_eq!(
            (found.total, found.rows.len()),
            (expected, expected as usize),
            "{unit:?}"
        );
    }
}

async fn what_changed_meanwhile_takes_no_effect(store: &Store) {
    let account = [
        ("name", "青石市政府发布"),
        ("platform", "微信"),
        ("kind", "订阅号"),
    ];
    let mut open = filed(store, "r3", RequestKind::Open, "A", &account)
        .await
        .unwrap();
    assert_eq!(open.filing.target, None);
    open.course.first = None;
    store.file_request(&open).await.unwrap();
    store
        .review_request("r3", &OFFICE, &verdict(true, "", "2026-05-03"))
        .await
        .unwrap();
    let request = store.request("r3").await.unwrap();
    let filter = RequestFilter {
        target: Some("A000003".into()),
        ..RequestFilter::default()
    };
    assert_eq!(
        store.requests(&filter, Page::ALL).await.unwrap().total,
        1,
        "{request:?}"
    );
    assert!(store.registered(&"A000003".into()).await.unwrap().is_some());

    let icp = filed(
        store,
        "r4",
        RequestKind::Correct,
        "9900000002",
        &[("icp", "云ICP备1号")],
    );
    store.file_request(&icp.await.unwrap()).await.unwrap();
    let mut changed = store.registry().await.unwrap();
    changed
        .sites
        .get_mut(&TargetId::from("9900000002"))
        .unwrap()
        .icp = Some("云ICP备9号".into());
    store.put_registry(&changed, &note()).await.unwrap();
    is_refused(
        store
            .review_request("r4", &CITY, &verdict(true, "", "2026-05-04"))
            .await,
        "已有变化",
    );
    assert_eq!(
        store.request("r4").await.unwrap().state,
        RequestState::WaitingFirst
    );
    assert_eq!(
        store.request_steps("r4").await.unwrap().len(),
        1,
        "all of it or nothing"
    );
    store
        .withdraw_request("r4", ("P1", "王芳"), at("2026-05-04T11:00"))
        .await
        .unwrap();
    is_refused(
        store
            .withdraw_request("r4", ("P1", "王芳"), at("2026-05-04T12:00"))
            .await,
        "不能撤回",
    );
    other_fields_may_change_meanwhile(store).await;
    a_closure_lasts_for_its_days(store).await;
}

async fn other_fields_may_change_meanwhile(store: &Store) {
    let icp = [("icp", "云ICP备2号")];
    let new = filed(store, "r4b", RequestKind::Correct, "9900000002", &icp);
    store.file_request(&new.await.unwrap()).await.unwrap();
    let mut changed = store.registry().await.unwrap();
    let site = changed.sites.get_mut(&TargetId::from("9900000002"));
    site.unwrap().police = Some("云公网安备1号".into());
    store.put_registry(&changed, &note()).await.unwrap();
    store
        .review_request("r4b", &CITY, &verdict(true, "", "2026-05-04"))
        .await
        .unwrap();
    let site = &store.registry().await.unwrap().sites[&TargetId::from("9900000002")];
    let both = (site.icp.as_deref(), site.police.as_deref());
    assert_eq!(both, (Some("云ICP备2号"), Some("云公网安备1号")));
}

async fn a_closure_lasts_for_its_days(store: &Store) {
    let suspend = filed(store, "r5", RequestKind::Suspend, "9900000002", &[])
        .await
        .unwrap();
    store.file_request(&suspend).await.unwrap();
    store
        .review_request("r5", &CITY, &verdict(true, "", "2026-05-04"))
        .await
        .unwrap();
    store
        .review_request("r5", &OFFICE, &verdict(true, "", "2026-05-05"))
        .await
        .unwrap();
    let offline = store
        .registered(&"9900000002".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(offline.state(), State::Offline);
    let known = store.suspensions(&"9900000002".into()).await.unwrap();
    assert_eq!(
        known,
        [("2026-05-02".parse().unwrap(), "2026-05-10".parse().unwrap())]
    );
    let drawn = store
        .registry_on("2026-05-11".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        drawn.sites[&TargetId::from("9900000002")].state,
        State::Running,
        "a draw for a day after it has the site"
    );
    for (moment, changed, state) in [
        ("2026-05-10T23:00", 0, State::Offline),
        ("2026-05-11T00:10", 1, State::Running),
        ("2026-05-11T00:20", 0, State::Running),
    ] {
        assert_eq!(store.turn_suspensions(at(moment)).await.unwrap(), changed);
        let site = store.registered(&"9900000002".into()).await.unwrap();
        assert_eq!(site.unwrap().state(), state, "{moment}");
    }
    assert_eq!(store.current_suspensions().await.unwrap(), []);
    // What a round of that time sees of it, long after.
    for (day, closed) in [
        ("2026-05-01", false),
        ("2026-05-02", true),
        ("2026-05-10", true),
        ("2026-05-11", false),
    ] {
        let found = store.suspended_on(day.parse().unwrap()).await.unwrap();
        let days = found.get(&TargetId::from("9900000002"));
        assert_eq!(days.is_some(), closed, "{day}");
    }
    let history = store
        .changes(Some("9900000002"), Page::numbered(1, 1))
        .await;
    let reason = history.unwrap().rows[0].note.reason.clone();
    assert_eq!(reason, "临时下线期满：2026-05-02 至 2026-05-10");
}

async fn a_closing_waits_for_its_notice(store: &Store) {
    let close = filed(store, "r6", RequestKind::Merge, "9900000003", &[])
        .await
        .unwrap();
    store.file_request(&close).await.unwrap();
    let today = "2026-05-06".parse().unwrap();
    is_refused(
        store
            .post_notice("r6", ("P1", "王芳"), today, at("2026-05-06T09:00"))
            .await,
        "不需要公告",
    );
    store
        .review_request("r6", &CITY, &verdict(true, "", "2026-05-05"))
        .await
        .unwrap();
    let state = store
        .review_request("r6", &OFFICE, &verdict(true, "", "2026-05-06"))
        .await
        .unwrap();
    assert_eq!(state, RequestState::Notice);
    let running = store
        .registered(&"9900000003".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        running.state(),
        State::Running,
        "it runs while the notice hangs"
    );
    let watched = RequestFilter {
        is_watched: true,
        ..RequestFilter::default()
    };
    assert_eq!(store.requests(&watched, Page::ALL).await.unwrap().total, 2);

    is_refused(
        store
            .complete_request("r6", &OFFICE, &verdict(true, "", "2026-07-01"))
            .await,
        "机器没有看到",
    );
    let look = Sighting {
        at: at("2026-05-08T09:00"),
        seen: Seen::Notice,
        url: "http://www.s3.gov.cn/".into(),
        quote: "本网站将停止更新\0".into(),
        round: "watch".into(),
        record: "1@2".into(),
    };
    let looks = [
        look.clone(),
        Sighting {
            at: at("2026-05-09T09:00"),
            seen: Seen::Unreachable,
            ..look
        },
    ];
    assert_eq!(store.put_sightings("r6", &looks).await.unwrap(), 2);
    assert_eq!(
        store.put_sightings("r6", &looks).await.unwrap(),
        0,
        "known already"
    );
    assert_eq!(store.sightings("r6").await.unwrap(), looks);
    is_refused(
        store
            .complete_request("r6", &OFFICE, &verdict(true, "", "2026-06-06"))
            .await,
        "未满30天",
    );
    is_refused(
        store
            .post_notice(
                "r6",
                ("P1", "王芳"),
                "2026-05-12".parse().unwrap(),
                at("2026-05-11T09:00"),
            )
            .await,
        "晚于今天",
    );
    let early = "2026-05-05".parse().unwrap();
    is_refused(
        store
            .post_notice("r6", ("P1", "王芳"), early, at("2026-05-11T09:00"))
            .await,
        "早于批准",
    );
    store
        .post_notice("r6", ("P1", "王芳"), today, at("2026-05-11T09:00"))
        .await
        .unwrap();
    let waiting = async |today: &str| {
        let awaited = Awaited {
            person: "P90".into(),
            unit: None,
            is_office: true,
            today: today.parse().unwrap(),
        };
        store.awaiting_count(&awaited).await.unwrap()
    };
    let (before, ripe) = (waiting("2026-06-04").await, waiting("2026-06-05").await);
    assert_eq!(
        ripe,
        before + 1,
        "it waits from the day on which it is ripe"
    );
    is_refused(
        store
            .complete_request("r6", &CITY, &verdict(true, "", "2026-06-06"))
            .await,
        "不由您",
    );
    store
        .complete_request("r6", &OFFICE, &verdict(true, "", "2026-06-05"))
        .await
        .unwrap();
    let merged = store
        .registered(&"9900000003".into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(merged.state(), State::Merged);
    let counts = store
        .request_counts(&RequestFilter::default())
        .await
        .unwrap();
    let counts: BTreeMap<_, _> = counts.into_iter().collect();
    assert_eq!(counts[&RequestState::Effective], 5);
    assert_eq!(counts[&RequestState::Withdrawn], 1);
}

/// What people explained of an entry, or of a region without a site, stays explained.
async fn doubts_are_settled_with_a_reason(store: &Store) {
    let doubt = |target: &str, case| RegistryDoubt {
        target: target.into(),
        case,
        other: None,
        seen: "http://x.example/".into(),
    };
    let found = [
        doubt("9900000001", DoubtCase::NoMarks),
        doubt("9900000002", DoubtCase::BelowCounty),
    ];
    store.put_registry_doubts("2026Q1", &found).await.unwrap();
    let settled = |note: &str| Settled {
        note: note.into(),
        by: "李雷".into(),
        at: at("2026-05-01T10:00"),
    };
    let target = TargetId::from("9900000001");
    let word = DoubtCase::NoMarks.word();
    let without = store
        .settle_registry_doubt(&target, word, &settled(" "))
        .await;
    is_refused(without, "请写明");
    store
        .settle_registry_doubt(&target, word, &settled("已批准"))
        .await
        .unwrap();
    let gone = store
        .settle_registry_doubt(&target, "copy", &settled("已批准"))
        .await;
    is_refused(gone, "不在列表");
    store
        .put_registry_doubts("2026Q1", &found[..1])
        .await
        .unwrap();
    let waiting = store.registry_doubts(false, Page::ALL).await.unwrap();
    assert_eq!(waiting.total, 0, "what is no longer so leaves the list");
    let kept = store.registry_doubts(true, Page::ALL).await.unwrap();
    assert_eq!(kept.rows[0].doubt, found[0]);
    assert_eq!(kept.rows[0].settled.as_ref().unwrap().note, "已批准");
    store
        .settle_expectation("990100", "trading", &settled("由省级统一开设"))
        .await
        .unwrap();
    store
        .settle_expectation("990100", "trading", &settled("由省级平台统一开设"))
        .await
        .unwrap();
    let settled = store.settled_expectations().await.unwrap();
    let key = ("990100".to_owned(), "trading".to_owned());
    assert_eq!(settled[&key].note, "由省级平台统一开设");
    let kept = store.registry_doubts(true, Page::ALL).await.unwrap();
    assert_eq!(kept.total, 1, "the two lists are apart");
}

/// A person names a host; what its home page says stays through the next search.
async fn what_a_home_page_says_is_kept(store: &Store) {
    let named = OutsideSite::reported("www.fake.example", "http://www.fake.example/");
    store.add_outside(&named).await.unwrap();
    store.add_outside(&named).await.unwrap();
    let home = OutsideHome {
        at: at("2026-05-02T10:00"),
        record: "w1@0".into(),
        final_url: "http://www.fake.example/".into(),
        is_open: true,
        title: "青石市人民政府".into(),
        code: String::new(),
        unit: String::new(),
        reasons: vec![OutsideReason::PartyMark],
        doubts: vec![OutsideDoubt::OtherDomain {
            says: "www.s1.gov.cn".into(),
        }],
    };
    store
        .put_outside_home("www.fake.example", &home)
        .await
        .unwrap();
    let again = OutsideSite {
        reasons: vec![OutsideReason::Linked { count: 1 }],
        site_count: 1,
        ..named
    };
    assert_eq!(store.put_outside("2026Q1", &[again]).await.unwrap(), 0);
    let row = store.outside_of("www.fake.example").await.unwrap();
    assert_eq!(row.site.home.as_deref(), Some(&home));
    assert_eq!(row.site.score(), 18);
}

async fn candidates_are_decided_once(store: &Store) {
    let site = |host: &str, count| OutsideSite {
        host: host.into(),
        url: format!("http://{host}/"),
        name: "市医疗保障局".into(),
        sign: OutsideSign::Domain,
        unit: None,
        places: vec![LinkedFrom {
            site: "9900000001".into(),
            page: "http://www.s1.gov.cn/".into(),
        }],
        site_count: count,
        reasons: vec![OutsideReason::Linked { count }],
        home: None,
    };
    let found = [
        site("a.s1.gov.cn", 1),
        site("b.s1.gov.cn", 3),
        site("c.s1.gov.cn", 2),
    ];
    assert_eq!(store.put_outside("2026Q1", &found).await.unwrap(), 3);
    let by = "李雷";
    let when = at("2026-05-01T10:00");
    is_refused(
        store
            .dismiss_outside("a.s1.gov.cn", DismissReason::Other, " ", by, when)
            .await,
        "须写明",
    );
    store
        .dismiss_outside("a.s1.gov.cn", DismissReason::System, "", by, when)
        .await
        .unwrap();
    is_refused(
        store
            .dismiss_outside("a.s1.gov.cn", DismissReason::System, "", by, when)
            .await,
        "已经处理",
    );
    let fields = [
        ("id", "9901000077"),
        ("name", "青石市人民政府办公室"),
        ("home", "http://b.s1.gov.cn/"),
        ("kind", "部门"),
    ];
    let mut open = filed(store, "r7", RequestKind::Open, "", &fields)
        .await
        .unwrap();
    open.outside = Some("b.s1.gov.cn".into());
    store.file_request(&open).await.unwrap();
    open.id = "r8".into();
    is_refused(store.file_request(&open).await, "在办");

    assert_eq!(
        store.put_outside("2026Q1", &found).await.unwrap(),
        0,
        "the same round again"
    );
    let rows = store.outside(None, None, Page::ALL).await.unwrap().rows;
    let states: Vec<_> = rows
        .iter()
        .map(|row| (row.site.host.as_str(), row.state))
        .collect();
    let expected = [
        ("b.s1.gov.cn", OutsideState::Adopted),
        ("c.s1.gov.cn", OutsideState::Waiting),
        ("a.s1.gov.cn", OutsideState::Dismissed),
    ];
    assert_eq!(states, expected, "what people decided stays");
    assert_eq!(
        (rows[0].request.as_str(), rows[2].reason),
        ("r7", Some(DismissReason::System))
    );
    store.put_outside("2026Q1", &found[..1]).await.unwrap();
    assert!(
        store.outside_of("c.s1.gov.cn").await.is_err(),
        "nobody links it any more"
    );
    store.reopen_outside("a.s1.gov.cn", by, when).await.unwrap();
    let waiting = store
        .outside(Some(OutsideState::Waiting), Some("A.S1"), Page::ALL)
        .await
        .unwrap();
    assert_eq!(waiting.total, 1);
    store
        .withdraw_request("r7", ("P1", by), when)
        .await
        .unwrap();
    let row = store.outside_of("b.s1.gov.cn").await.unwrap();
    assert_eq!(
        (row.state, row.request.as_str()),
        (OutsideState::Waiting, "")
    );
}

async fn counts_are_reckoned_by_the_database(store: &Store) {
    let all = store.counts_by_region(None).await.unwrap();
    let own = &all["990100"];
    assert_eq!(
        (
            own.of(TargetClass::Portal, None),
            own.of(TargetClass::Department, None)
        ),
        (1, 2)
    );
    assert_eq!(own.of(TargetClass::Department, Some(State::Merged)), 1);
    assert_eq!((own.in_state(State::Running), own.total()), (5, 6));
    assert!(store.counts_by_region(Some("")).await.unwrap().is_empty());
    let units = store
        .units_of_region("990100", None, Page::numbered(1, 2))
        .await
        .unwrap();
    assert_eq!((units.total, units.rows[1].2.as_deref()), (3, Some("U000")));
    let ids: Vec<String> = units.rows.into_iter().map(|row| row.0).collect();
    let counts = store.counts_by_unit(&ids).await.unwrap();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["U001"]);
    let filter = TargetFilter {
        state: Some(State::Merged),
        ..TargetFilter::default()
    };
    assert_eq!(
        store
            .registry_targets(&filter, Page::ALL)
            .await
            .unwrap()
            .total,
        1
    );
}

async fn an_import_is_confirmed_over_what_was_previewed(store: &Store) {
    let staged = StagedImport {
        id: "i1".into(),
        file: "名录.xlsx".into(),
        mapping: "own".into(),
        by: "李雷".into(),
        at: at("2026-05-01T10:00"),
        known_changes: store.last_registry_change().await.unwrap(),
        done_at: None,
        sheets: vec![Sheet {
            name: "网站".into(),
            header: vec!["标识码".into()],
            rows: vec![vec!["\0".into()]],
        }],
    };
    store.stage_import(&staged).await.unwrap();
    assert_eq!(store.staged_import("i1").await.unwrap(), staged);
    let mut next = store.registry().await.unwrap();
    next.accounts.remove(&TargetId::from("A000003"));
    let early = StagedImport {
        known_changes: staged.known_changes - 1,
        ..staged.clone()
    };
    is_refused(
        store.confirm_import(&early, &next, &note()).await,
        "已有变化",
    );
    assert_eq!(
        store.confirm_import(&staged, &next, &note()).await.unwrap(),
        1
    );
    let done = store.staged_import("i1").await.unwrap();
    assert_eq!((done.done_at, done.sheets), (Some(note().at), Vec::new()));
    let again = StagedImport {
        known_changes: store.last_registry_change().await.unwrap(),
        ..staged
    };
    is_refused(
        store.confirm_import(&again, &next, &note()).await,
        "已经导入",
    );
    let open = [("name", "青石号"), ("platform", "微博"), ("kind", "微博")];
    let mut open = filed(store, "r9", RequestKind::Open, "A", &open)
        .await
        .unwrap();
    open.course.first = None;
    store.file_request(&open).await.unwrap();
    store
        .review_request("r9", &OFFICE, &verdict(true, "", "2026-05-03"))
        .await
        .unwrap();
    assert!(
        store.registered(&"A000004".into()).await.unwrap().is_some(),
        "A000003 is not given again"
    );
}
