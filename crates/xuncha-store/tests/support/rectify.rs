//! What the store promises of problems to put right, appeals, messages and the work of the machine; run on either database.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xuncha_core::rectify::rates::rates;
use xuncha_core::rectify::stake::Stake;
use xuncha_core::rectify::{Fact, FactKind, ProblemId, Rectification, RectifyState};
use xuncha_core::review::{Decision, Review};
use xuncha_store::appeal::{Accepted, Answer, AppealFilter, AppealState, NewAppeal};
use xuncha_store::audit::Actor;
use xuncha_store::job::JobState;
use xuncha_store::outbox::{Channel, Contact, MessageState, NewMessage, ReminderMark};
use xuncha_store::recheck::{Outcome, SelfCheck};
use xuncha_store::rectify::{CaseFile, CaseFilter, NewFact, case_id};
use xuncha_store::tip::{Tip, TipFilter};
use xuncha_store::{Page, Store, StoreError};

use super::values::{at, review, round, sample, set, subjects};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn problem(target: &str, key: &str) -> ProblemId {
    ProblemId {
        target: target.into(),
        check: "broken_links".into(),
        key: key.into(),
    }
}

fn file(case: Rectification, unit: &str, stake: (bool, &str)) -> CaseFile {
    let round = case.facts.iter().rev().find_map(|fact| match &fact.kind {
        FactKind::Found { round } => Some(round.clone()),
        _ => None,
    });
    CaseFile {
        target_name: format!("网站{}", case.problem.target),
        organization: unit.into(),
        unit_name: format!("{unit}局"),
        region: "990100".into(),
        region_name: "青石市".into(),
        indicators: vec!["D-01".into(), "V-02".into()],
        round: round.unwrap(),
        stake: Stake {
            is_veto: stake.0,
            points: stake.1.parse().unwrap(),
        },
        case,
    }
}

fn new_fact(on: &str, kind: FactKind) -> NewFact {
    NewFact {
        fact: Fact { on: day(on), kind },
        at: at(&format!("{on}T10:00")),
        by: "张三".into(),
        owner: String::new(),
    }
}

fn told(deadline: &str) -> FactKind {
    FactKind::Notified {
        deadline: day(deadline),
    }
}

fn replied() -> FactKind {
    FactKind::Replied {
        files_sha256: Vec::new(),
        note: "已改".into(),
        same_kind: None,
    }
}

/// Runs all of it.
pub async fn rectify_promises(store: &Store) {
    let store = store.acting_as(Actor::new("P1", || at("2026-04-01T10:00:00")));
    cases_are_followed_listed_and_counted(&store).await;
    a_fact_is_written_in_all_cases_or_in_none(&store).await;
    the_columns_say_what_the_core_reckons(&store).await;
    messages_leave_once(&store).await;
    appeals_score_anew_and_are_answered_once(&store).await;
    work_of_the_machine_is_asked_once(&store).await;
    tips_are_replaced_by_their_number(&store).await;
}

const KEYS: [(&str, &str, (bool, &str)); 4] = [
    ("U001", "a", (false, "2")),
    ("U001", "b\0", (true, "0")),
    ("U002", "c", (false, "5")),
    ("U002", "d", (false, "0")),
];

fn files(facts: &[Fact]) -> Vec<CaseFile> {
    let case = |(unit, key, stake): &(&str, &str, (bool, &str))| {
        let mut case = Rectification::found(
            problem(&format!("T{unit}"), key),
            format!("链接 {key} 打不开"),
            "2026R1",
            day("2026-03-20"),
        );
        case.facts.extend(facts.iter().cloned());
        file(case, unit, *stake)
    };
    KEYS.iter().map(case).collect()
}

fn id(place: usize) -> String {
    let (unit, key, _) = KEYS[place];
    case_id(&problem(&format!("T{unit}"), key))
}

async fn cases_are_followed_listed_and_counted(store: &Store) {
    let when = at("2026-03-20T09:00");
    let opened = store
        .follow_cases("2026R1", &files(&[]), "张三", when)
        .await;
    assert_eq!((opened.unwrap().new, id(0).len()), (4, 20));
    let again = store
        .follow_cases("2026R1", &files(&[]), "张三", when)
        .await;
    assert_eq!(again.unwrap().facts, 0, "the same round changes nothing");
    let listed = async |filter: CaseFilter, today: &str| {
        let found = store.cases(&filter, day(today), Page::ALL).await.unwrap();
        assert_eq!(found.total, found.rows.len() as u64);
        found.rows
    };
    let all = listed(CaseFilter::default(), "2026-03-21").await;
    let costs: Vec<(bool, String)> = all
        .iter()
        .map(|row| (row.stake.is_veto, row.stake.points.short()))
        .collect();
    let expected = [(true, "0"), (false, "5"), (false, "2"), (false, "0")];
    assert_eq!(
        costs,
        expected.map(|(veto, points)| (veto, points.to_owned()))
    );
    assert_eq!(all[1].indicators, ["D-01", "V-02"]);
    // (unit, words, expected): an empty unit has nothing, signs of LIKE are plain signs.
    for (unit, words, expected) in [
        (Some("U001"), "", 2),
        (Some(""), "", 0),
        (None, "TU002 打不开", 2),
        (None, "%", 0),
        (None, "' OR 1=1 --", 0),
    ] {
        let filter = CaseFilter {
            organization: unit.map(str::to_owned),
            words: Some(words.into()),
            ..CaseFilter::default()
        };
        assert_eq!(
            listed(filter, "2026-03-21").await.len(),
            expected,
            "{words}"
        );
    }
    assert_eq!(
        store.unit_of_case(&id(2)).await.unwrap().as_deref(),
        Some("U002")
    );
    assert_eq!(store.unit_of_case("none").await.unwrap(), None);
    let missing = store.case("none", day("2026-03-21")).await;
    assert!(matches!(missing, Err(StoreError::Missing { .. })));
}

async fn a_fact_is_written_in_all_cases_or_in_none(store: &Store) {
    let both = [id(0), id(1)];
    let notice = new_fact("2026-04-02", told("2026-04-30"));
    store.add_case_facts(&both, &notice).await.unwrap();
    // The third is not notified yet and cannot be answered: nothing is written in the first either.
    let answer = new_fact("2026-04-10", replied());
    let refused = store.add_case_facts(&[id(0), id(2)], &answer).await;
    assert!(matches!(refused, Err(StoreError::Unfit(_))), "{refused:?}");
    assert_eq!(store.case_facts(&id(0)).await.unwrap().len(), 2);
    let mixed = store.reply_cases(&[id(0), id(2)], &answer, &[]).await;
    assert!(
        matches!(mixed, Err(StoreError::Refused(_))),
        "two units: {mixed:?}"
    );
    let none = store.reply_cases(&[], &answer, &[]).await;
    assert!(matches!(none, Err(StoreError::Refused(_))));
    let mut ahead = new_fact("2026-04-10", replied());
    ahead.fact.on = day("2026-04-11");
    let ahead = store.add_case_facts(&[id(0)], &ahead).await;
    assert!(
        matches!(ahead, Err(StoreError::Refused(_))),
        "a day to come"
    );
    let states = async |today: &str| {
        let counts = store.case_counts(&CaseFilter::default(), day(today)).await;
        counts.unwrap()
    };
    let expected = BTreeMap::from([(RectifyState::Found, 2), (RectifyState::Notified, 2)]);
    assert_eq!(states("2026-04-30").await, expected);
    let expected = BTreeMap::from([(RectifyState::Found, 2), (RectifyState::Overdue, 2)]);
    assert_eq!(states("2026-05-01").await, expected);
    for (state, today, count) in [
        (RectifyState::Overdue, "2026-04-30", 0),
        (RectifyState::Overdue, "2026-05-01", 2),
        (RectifyState::Notified, "2026-05-01", 0),
        (RectifyState::Found, "2026-05-01", 2),
    ] {
        let filter = CaseFilter {
            state: Some(state),
            ..CaseFilter::default()
        };
        let found = store.cases(&filter, day(today), Page::ALL).await.unwrap();
        assert_eq!(found.total, count, "{state:?} {today}");
        assert!(found.rows.iter().all(|row| row.progress.state == state));
    }
    store.reply_cases(&[id(0)], &answer, &[]).await.unwrap();
    let roll = store.roll_call(day("2026-04-30")).await.unwrap();
    assert_eq!(roll.len(), 1);
    assert_eq!((roll[0].total, roll[0].unanswered, roll[0].late), (2, 1, 0));
    assert_eq!(store.deadlines(5).await.unwrap(), [(day("2026-04-30"), 2)]);
    // Two at once: one of them waits for the other, or is told to look again.
    let fixed = FactKind::Rechecked {
        is_fixed: true,
        by: "李四".into(),
        note: String::new(),
    };
    let fixed = new_fact("2026-04-12", fixed);
    let case = [id(0)];
    let (one, other) = tokio::join!(
        store.add_case_facts(&case, &fixed),
        store.add_case_facts(&case, &fixed)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(store.case_facts(&id(0)).await.unwrap().len(), 4);
}

/// Whatever the life of a case, the columns by which lists filter agree with the core on every day.
async fn the_columns_say_what_the_core_reckons(store: &Store) {
    let again = Fact {
        on: day("2026-06-20"),
        kind: FactKind::Found {
            round: "2026R2".into(),
        },
    };
    let mut cases = store.rectifications(None).await.unwrap();
    cases.retain(|case| case.problem.key == "a");
    cases[0].facts.push(again);
    let back = file(cases[0].clone(), "U001", (false, "2"));
    let when = at("2026-06-20T09:00");
    let opened = store
        .follow_cases("2026R2", std::slice::from_ref(&back), "张三", when)
        .await;
    assert_eq!(opened.unwrap().relapsed, 1);
    let mut other = back;
    other.case.facts[1].on = day("2026-04-03");
    let refused = store.follow_cases("2026R2", &[other], "张三", when).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "facts are not rewritten"
    );
    let all = store.rectifications(None).await.unwrap();
    for today in ["2026-03-20", "2026-04-30", "2026-05-01", "2026-06-20"] {
        for case in &all {
            let last = case.facts.last().unwrap().on;
            if last > day(today) {
                continue;
            }
            let row = store
                .case(&case_id(&case.problem), day(today))
                .await
                .unwrap();
            assert_eq!(
                row.progress,
                case.progress(day(today)),
                "{today} {:?}",
                case.problem
            );
        }
    }
    let looked_at = all.iter().map(|case| case.problem.target.clone()).collect();
    let reckoned = rates(&all, "2026R2", &looked_at, day("2026-07-01"));
    assert_eq!((reckoned.relapsed, reckoned.were_closed), (1, 1));
    for on in ["2026-07-01", "2026-07-02"] {
        store
            .put_round_rates("2026R2", day(on), &reckoned)
            .await
            .unwrap();
    }
    let kept = store.round_rates().await.unwrap();
    assert_eq!(kept, [("2026R2".to_owned(), day("2026-07-02"), reckoned)]);
    // A case that changes moves the counts at once, and back with the recheck that was a mistake.
    let on = day("2026-07-02");
    let by_round =
        |fact: &Fact| matches!(&fact.kind, FactKind::Found { round } if round == "2026R2");
    let is_open = |case: &&Rectification| !case.progress(on).state.is_settled();
    let case = all
        .iter()
        .filter(is_open)
        .find(|case| case.facts.iter().any(by_round))
        .unwrap();
    let rechecked = FactKind::Rechecked {
        is_fixed: true,
        by: "张三".into(),
        note: String::new(),
    };
    let undone = FactKind::Undone {
        reason: "看错了页面".into(),
    };
    let mut seen = Vec::new();
    for kind in [rechecked, undone] {
        let new = NewFact {
            fact: Fact { on, kind },
            at: at("2026-07-02T10:00"),
            by: "张三".into(),
            owner: String::new(),
        };
        let id = [case_id(&case.problem)];
        store.add_case_facts(&id, &new).await.unwrap();
        let cases = store.rectifications(None).await.unwrap();
        let whole = rates(&cases, "2026R2", &looked_at, on);
        let fixed = whole.fixed;
        let kept = store.round_rates().await.unwrap().remove(0);
        assert_eq!(kept, ("2026R2".to_owned(), on, whole));
        seen.push(fixed);
    }
    assert_eq!(seen[0], seen[1] + 1, "{seen:?}");
}

fn message(key: &str, channel: Channel, due_at: &str) -> NewMessage {
    NewMessage {
        idempotency_key: key.into(),
        channel,
        address: "https://robot.example/send?key=secret".into(),
        secret: Some("SEC".into()),
        organization: "U001".into(),
        subject: "整改提醒".into(),
        text: "两行\n文字".into(),
        due_at: at(due_at),
    }
}

async fn messages_leave_once(store: &Store) {
    let now = at("2026-04-23T09:00");
    let mark = |step| ReminderMark {
        case: id(1),
        deadline: day("2026-04-30"),
        step,
    };
    let transaction = store.begin().await.unwrap();
    assert_eq!(
        transaction.mark_reminders(&[mark(-7)]).await.unwrap().len(),
        1
    );
    assert!(
        transaction
            .put_message(&message("gone", Channel::Mail, "2026-04-23T09:00"), now)
            .await
            .unwrap()
    );
    drop(transaction);
    let transaction = store.begin().await.unwrap();
    let fresh = transaction
        .mark_reminders(&[mark(-7), mark(-3)])
        .await
        .unwrap();
    assert_eq!(fresh.len(), 2, "what was not committed never happened");
    for (key, channel, due_at, is_new) in [
        ("one", Channel::Wecom, "2026-04-23T08:30", true),
        ("one", Channel::Wecom, "2026-04-23T08:30", false),
        ("two", Channel::Mail, "2026-04-23T09:00", true),
        ("later", Channel::Mail, "2026-04-24T08:30", true),
    ] {
        let put = transaction
            .put_message(&message(key, channel, due_at), now)
            .await;
        assert_eq!(put.unwrap(), is_new, "{key}");
    }
    transaction.commit().await.unwrap();
    let take = async |channels: &[Channel]| {
        let taken = store.take_message(channels, now).await.unwrap();
        taken.map(|message| (message.number, message.new.idempotency_key))
    };
    assert_eq!(take(&[]).await, None);
    let mail = take(&[Channel::Mail]).await.unwrap();
    assert_eq!(mail.1, "two", "only the channels that are set up");
    let robot = take(&Channel::ALL).await.unwrap();
    assert_eq!((robot.1.as_str(), take(&Channel::ALL).await), ("one", None));
    let times = (now, at("2026-04-23T09:05"));
    store
        .end_message(mail.0, MessageState::Waiting, "451", times)
        .await
        .unwrap();
    let ended = store
        .end_message(mail.0, MessageState::Sent, "", times)
        .await;
    assert!(
        matches!(ended, Err(StoreError::Refused(_))),
        "it is not being sent"
    );
    // The other one was on its way when the program was killed.
    assert_eq!(store.doubt_messages(now).await.unwrap(), 1);
    assert_eq!(store.doubt_messages(now).await.unwrap(), 0);
    assert_eq!(
        take(&Channel::ALL).await,
        None,
        "it does not leave by itself"
    );
    let unsure = store
        .messages(Some(MessageState::Unsure), Page::ALL)
        .await
        .unwrap();
    assert_eq!((unsure.total, unsure.rows[0].number), (1, robot.0));
    let sure = store.settle_message(mail.0, true, now).await;
    assert!(matches!(sure, Err(StoreError::Refused(_))), "it waits");
    store.settle_message(robot.0, true, now).await.unwrap();
    assert_eq!(take(&Channel::ALL).await.unwrap().0, robot.0);
    store
        .end_message(robot.0, MessageState::Failed, "93000", times)
        .await
        .unwrap();
    store.settle_message(robot.0, false, now).await.unwrap();
    assert_eq!(store.messages(None, Page::ALL).await.unwrap().total, 3);

    let contact = Contact {
        number: 0,
        organization: "U001".into(),
        channel: Channel::Wecom,
        address: "https://robot.example/send?key=secret".into(),
        secret: None,
    };
    assert!(store.put_contact(&contact).await.unwrap());
    assert!(!store.put_contact(&contact).await.unwrap());
    assert_eq!(
        store.contacts(Some("U002"), Page::ALL).await.unwrap().total,
        0
    );
    let found = store.contacts(Some("U001"), Page::ALL).await.unwrap();
    assert!(
        !format!("{:?}", found.rows).contains("secret"),
        "keys stay out of logs"
    );
    store.remove_contact(found.rows[0].number).await.unwrap();
    let gone = store.remove_contact(found.rows[0].number).await;
    assert!(matches!(gone, Err(StoreError::Missing { .. })));
}

async fn appeals_score_anew_and_are_answered_once(store: &Store) {
    let contested = round("2026A1", "2026-03-31T00:00");
    store.create_round(&contested).await.unwrap();
    let registry = super::values::registry();
    let subjects = subjects(&registry);
    store
        .put_sample("2026A1", &sample(&subjects), &subjects)
        .await
        .unwrap();
    let other_problem = problem("9900000001", "v");
    let problem = problem("9900000001", "u");
    let new = |id: &str, when: &str| NewAppeal {
        id: id.into(),
        round: "2026A1".into(),
        problem: problem.clone(),
        target_name: "青石市人民政府".into(),
        organization: "U001".into(),
        unit_name: "青石市人民政府办公室".into(),
        detail: "链接打不开".into(),
        text: "当时在维护".into(),
        by: "王五".into(),
        at: at(when),
    };
    let early = store.file_appeal(&new("x", "2026-04-01T09:00"), &[]).await;
    assert!(
        matches!(early, Err(StoreError::Refused(_))),
        "no day is set"
    );
    store
        .set_appeal_until("2026A1", day("2026-04-10"))
        .await
        .unwrap();
    assert_eq!(
        store.appeal_until("2026A1").await.unwrap(),
        Some(day("2026-04-10"))
    );
    let late = store.file_appeal(&new("x", "2026-04-11T00:00"), &[]).await;
    assert!(matches!(late, Err(StoreError::Refused(_))), "too late");
    store
        .file_appeal(&new("x", "2026-04-10T23:59"), &[])
        .await
        .unwrap();
    let twin = store.file_appeal(&new("y", "2026-04-10T23:59"), &[]).await;
    assert!(matches!(twin, Err(StoreError::Refused(_))), "one at a time");
    let plain = Answer {
        reasons: "复核属实",
        by: "张三",
        at: at("2026-04-12T09:00"),
        accepted: None,
    };
    store.answer_appeal("x", &plain).await.unwrap();
    let twice = store.answer_appeal("x", &plain).await;
    assert!(matches!(twice, Err(StoreError::Refused(_))));
    // Refused once, a unit may contest again; accepted, the finding is gone.
    store
        .file_appeal(&new("y", "2026-04-10T23:59"), &[])
        .await
        .unwrap();
    let case = Rectification::found(
        problem.clone(),
        "链接打不开".into(),
        "2026A1",
        day("2026-04-01"),
    );
    let case = [file(case, "U001", (false, "1"))];
    store
        .follow_cases("2026A1", &case, "张三", at("2026-04-01T09:00"))
        .await
        .unwrap();
    let sheet = |points: &str| xuncha_core::score::ScoreSheet {
        target: problem.target.clone(),
        class: xuncha_core::registry::TargetClass::Portal,
        indicators: Vec::new(),
        deduct_score: Some(points.parse().unwrap()),
        deduct_score_low: None,
        bonus_score: None,
        final_score: Some(points.parse().unwrap()),
        outcome: xuncha_core::score::Outcome::Qualified,
        to_confirm: 0,
    };
    let review = Review {
        round: "2026A1".into(),
        target: problem.target.clone(),
        check: problem.check.clone(),
        key: problem.key.clone(),
        decision: Decision::Rejected,
        by: "张三".into(),
        at: at("2026-04-13T09:00"),
        reason: "申诉成立".into(),
    };
    let (before, after) = (sheet("79"), sheet("81.5"));
    let accepted = Answer {
        reasons: "当时在维护，有公告",
        by: "张三",
        at: at("2026-04-13T09:00"),
        accepted: Some(Accepted {
            set: &set("gov-2019").id,
            review: &review,
            before: Some(&before),
            after: &after,
        }),
    };
    store.answer_appeal("y", &accepted).await.unwrap();
    let appeal = store.appeal("y").await.unwrap();
    let (old, now) = appeal.scores.unwrap();
    assert_eq!(
        (old.total, now.total),
        (before.final_score, after.final_score)
    );
    assert_eq!(appeal.state, AppealState::Accepted);
    let kept = store
        .sheet("2026A1", "gov-2019", &problem.target)
        .await
        .unwrap();
    assert_eq!(kept, Some(after.clone()));
    let history = store
        .review_history("2026A1", &problem.target)
        .await
        .unwrap();
    assert_eq!(history, std::slice::from_ref(&review));
    let case = store
        .case(&case_id(&problem), day("2026-04-13"))
        .await
        .unwrap();
    assert_eq!(case.progress.state, RectifyState::Withdrawn);
    let filter = AppealFilter {
        organization: Some(String::new()),
        ..AppealFilter::default()
    };
    assert_eq!(store.appeals(&filter, Page::ALL).await.unwrap().total, 0);
    assert_eq!(
        store.unit_of_appeal("y").await.unwrap().as_deref(),
        Some("U001")
    );
    assert_eq!(store.unit_of_appeal("z").await.unwrap(), None);
    nobody_decides_of_his_own_city(store).await;
    let another = NewAppeal {
        problem: other_problem.clone(),
        ..new("w", "2026-04-10T12:00")
    };
    store.file_appeal(&another, &[]).await.unwrap();
    // A closed round takes neither appeals nor answers, and is not frozen over them.
    let note = xuncha_store::registry::ChangeNote {
        at: at("2026-04-20T09:00"),
        by: "张三".into(),
        reason: "办结".into(),
    };
    store.close_round("2026A1", &note).await.unwrap();
    let closed = store.file_appeal(&new("z", "2026-04-10T12:00"), &[]).await;
    assert!(matches!(closed, Err(StoreError::Closed { .. })));
    let closed = store.answer_appeal("w", &plain).await;
    assert!(matches!(closed, Err(StoreError::Closed { .. })));
    let waits = store.freeze_round("2026A1", &note).await;
    assert!(matches!(waits, Err(StoreError::Refused(_))), "{waits:?}");
    store.reopen_round("2026A1", &note).await.unwrap();
    store.answer_appeal("w", &plain).await.unwrap();
    store.close_round("2026A1", &note).await.unwrap();
    let silent = xuncha_store::registry::ChangeNote {
        at: at("2026-04-10T09:00"),
        reason: " ".into(),
        ..note.clone()
    };
    let early = store.freeze_round("2026A1", &silent).await;
    assert!(matches!(early, Err(StoreError::Refused(_))), "{early:?}");
    let late = xuncha_store::registry::ChangeNote {
        at: at("2026-04-11T09:00"),
        ..silent
    };
    store.freeze_round("2026A1", &late).await.unwrap();
}

/// Whatever page or program asks: an inspector of the city of a target writes nothing of it, others do.
async fn nobody_decides_of_his_own_city(store: &Store) {
    use xuncha_core::review::assign::{Assignment, Inspector};
    use xuncha_store::person::PersonFile;
    let round = "2026A1";
    let mut people = Vec::new();
    for (login, region) in [("here", "990100"), ("elsewhere", "990200")] {
        let file = PersonFile {
            name: login.into(),
            role: xuncha_core::person::Role::Inspector,
            organization: None,
        };
        let person = store.add_person(login, &file).await.unwrap().number;
        let region = region.to_owned();
        people.push(Inspector { person, region });
    }
    let given = Assignment {
        first: Default::default(),
        second: Default::default(),
        nobody: Vec::new(),
    };
    store.put_assignment(round, &people, &given).await.unwrap();
    let review = Review {
        round: round.into(),
        ..review(&"9900000001".into(), "u", Decision::Confirmed)
    };
    for (one, is_his) in people.iter().zip([true, false]) {
        let who = format!("P{}", one.person);
        let acting = store.acting_as(Actor::new(who, || at("2026-04-09T10:00:00")));
        let put = acting.put_review(&review).await;
        match is_his {
            true => assert!(matches!(put, Err(StoreError::OwnCity)), "{put:?}"),
            false => put.unwrap(),
        }
    }
}

async fn work_of_the_machine_is_asked_once(store: &Store) {
    let when = at("2026-04-20T09:00");
    let case = id(1);
    store.ask_recheck("r1", &case, "张三", when).await.unwrap();
    let twice = store.ask_recheck("r2", &case, "张三", when).await;
    assert!(matches!(twice, Err(StoreError::Refused(_))));
    let body = BTreeMap::from([("is_fixed", true)]);
    let outcome = Outcome {
        state: JobState::Done,
        note: "已改好",
        body: Some(&body),
        at: when,
    };
    store.end_recheck("r1", &outcome).await.unwrap();
    let read: Option<BTreeMap<String, bool>> = store.recheck("r1").await.unwrap().read().unwrap();
    assert!(read.unwrap()["is_fixed"]);
    store.ask_recheck("r2", &case, "张三", when).await.unwrap();
    assert_eq!(store.rechecks(&case).await.unwrap().len(), 2);
    let check = SelfCheck {
        id: "s1".into(),
        round: "2026A1".into(),
        target: "9900000001".into(),
        organization: "U001".into(),
        asked_at: when,
        by: "王五".into(),
        state: JobState::Waiting,
        done_at: None,
        note: String::new(),
        body: None,
    };
    store.ask_self_check(&check).await.unwrap();
    let twice = store
        .ask_self_check(&SelfCheck {
            id: "s2".into(),
            ..check.clone()
        })
        .await;
    assert!(matches!(twice, Err(StoreError::Refused(_))));
    assert_eq!(store.self_checks(&check.target, 5).await.unwrap(), [check]);
    assert_eq!(
        store.unit_of_self_check("s1").await.unwrap().as_deref(),
        Some("U001")
    );
}

async fn tips_are_replaced_by_their_number(store: &Store) {
    let tip = |code: &str, due: &str, answered: Option<&str>| Tip {
        code: code.into(),
        target: "9900000001".into(),
        target_name: "青石市人民政府".into(),
        organization: "U001".into(),
        received: day("2026-04-01"),
        due: day(due),
        answered: answered.map(day),
        text: "标题有错字".into(),
        answer: String::new(),
    };
    let first = [
        tip("1", "2026-04-07", None),
        tip("2", "2026-04-07", Some("2026-04-08")),
        tip("3", "2026-04-07", Some("2026-04-07")),
    ];
    assert_eq!(store.put_tips(&first).await.unwrap(), 3);
    let late = async |today: &str| {
        let filter = TipFilter {
            is_late: true,
            ..TipFilter::default()
        };
        store
            .tips(&filter, day(today), Page::ALL)
            .await
            .unwrap()
            .total
    };
    assert_eq!((late("2026-04-07").await, late("2026-04-08").await), (1, 2));
    assert_eq!(
        store
            .put_tips(&[tip("1", "2026-04-07", Some("2026-04-06"))])
            .await
            .unwrap(),
        0
    );
    assert_eq!(late("2026-04-08").await, 1);
}

/// A site that failed last round stands once with all its problems, and has put things right when none is left; every problem is a row.
pub async fn the_notice_knows_of_cases(store: &Store) {
    use xuncha_core::registry::TargetId;
    use xuncha_core::results::Results;
    use xuncha_core::round::Sample;
    use xuncha_core::score::Outcome;
    use xuncha_core::stats::PreviousRound;
    let round = store.round("2026Q1").await.unwrap().round;
    let registry = store.registry().await.unwrap();
    let others = store.rectifications(None).await.unwrap();
    let is_free = |id: &TargetId| {
        registry.sites.contains_key(id) && others.iter().all(|case| case.problem.target != *id)
    };
    let subjects = store.subjects("2026Q1").await.unwrap();
    let mut ids = subjects.iter().map(|subject| subject.target.id().clone());
    let site = ids.find(is_free).unwrap();
    let of = |key: &str| ProblemId {
        target: site.clone(),
        check: "broken_links".into(),
        key: key.into(),
    };
    let files: Vec<CaseFile> = ["n1", "n2"]
        .iter()
        .map(|key| {
            let detail = format!("链接 {key} 打不开");
            let case = Rectification::found(of(key), detail, "2026Q1", day("2026-03-20"));
            file(case, "U001", (false, "1"))
        })
        .collect();
    store
        .follow_cases("2026Q1", &files, "张三", at("2026-03-20T09:00"))
        .await
        .unwrap();
    let recorded = async |outcome: Outcome, today: &str| {
        let mut next = round.clone();
        next.id = "2026Q2".to_owned();
        next.as_of = at("2026-06-20T09:00");
        let previous = PreviousRound {
            id: "2026Q1".to_owned(),
            outcomes: [(site.clone(), outcome)].into(),
            ..PreviousRound::default()
        };
        let results = Results::reckon(next, Sample::default(), vec![previous], Vec::new());
        store
            .notice_recorded(&results, &registry, day(today))
            .await
            .unwrap()
    };
    let open = recorded(Outcome::Unqualified, "2026-07-01").await;
    assert_eq!(open.cases.len(), 1, "{open:?}");
    let own = &open.cases[0];
    assert!(!own.closed && own.closed_on.is_empty(), "{own:?}");
    assert!(
        own.problem.contains("n1") && own.problem.contains("n2"),
        "{own:?}"
    );
    assert_eq!(own.subject, registry.sites[&site].name);
    let rows = |recorded: &xuncha_core::notice::extras::Recorded| {
        let rows = recorded.case_rows.iter();
        rows.filter(|row| row.target == site.0).count()
    };
    assert_eq!(rows(&open), 2);
    let fine = recorded(Outcome::Qualified, "2026-07-01").await;
    assert!(fine.cases.is_empty() && rows(&fine) == 2, "{fine:?}");
    for (key, last) in [("n1", "2026-04-20"), ("n2", "2026-04-25")] {
        let id = [case_id(&of(key))];
        for (on, kind) in [
            ("2026-04-01", told("2026-04-30")),
            ("2026-04-10", replied()),
            (
                last,
                FactKind::Rechecked {
                    is_fixed: true,
                    by: "张三".into(),
                    note: String::new(),
                },
            ),
        ] {
            store
                .add_case_facts(&id, &new_fact(on, kind))
                .await
                .unwrap();
        }
    }
    let halfway = recorded(Outcome::Unqualified, "2026-04-22").await;
    assert!(!halfway.cases[0].closed, "{halfway:?}");
    let done = recorded(Outcome::Unqualified, "2026-07-01").await;
    assert!(done.cases[0].closed, "{done:?}");
    assert_eq!(done.cases[0].closed_on, "2026-04-25");
    // A site that its unit merged into another one is one that nobody could maintain; the day is that of the last step.
    let merged: Vec<(&str, bool, &str)> = done
        .closures
        .iter()
        .map(|one| (one.subject.as_str(), one.done, one.done_on.as_str()))
        .collect();
    let name = &registry.sites[&TargetId::from("9900000003")].name;
    assert_eq!(merged, [(name.as_str(), true, "2026-06-05")]);
}
