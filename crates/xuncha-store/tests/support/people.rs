//! What the store promises of people, their sessions and the audit log; run on either database by `behaviour.rs`.

use sea_orm::{ConnectionTrait, DatabaseConnection};
use xuncha_core::person::Role;
use xuncha_store::audit::{Actor, AuditAction, AuditFilter};
use xuncha_store::login::{LinkKind, Lockout, NewSession, Proof};
use xuncha_store::person::{Person, PersonFile, PersonFilter, person_number};
use xuncha_store::{Page, Store, StoreError};

use super::values::at;

const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaA";

fn file(name: &str, role: Role, organization: Option<&str>) -> PersonFile {
    PersonFile {
        name: name.into(),
        role,
        organization: organization.map(str::to_owned),
    }
}

fn session<'a>(token: &'a str, now_s: i64) -> NewSession<'a> {
    NewSession {
        token,
        replaces: "",
        agent: "Firefox · Linux",
        now_s,
        expires_at_s: now_s + 500,
    }
}

/// Runs all of it; `raw` reaches the same database past the store.
pub async fn people_promises(store: &Store, raw: &DatabaseConnection) {
    let store = store.acting_as(Actor::new("cli:root", || at("2026-04-01T10:00:00")));
    let first = console_logins_work_once(&store).await;
    let operator = people_are_added_changed_and_found(&store, &first).await;
    sessions_end_with_locks_and_passwords(&store, &operator).await;
    failures_lock_for_a_while(&store, &operator).await;
    second_factors_count_once(&store, &operator).await;
    links_set_passwords_once(&store, &operator).await;
    providers_bind_once(&store, &operator).await;
    the_last_administrator_stays(&store, &first).await;
    the_log_names_who_did_what(&store, &first, &operator).await;
    the_log_holds_no_secret(&store).await;
    writers_of_the_log_wait_for_each_other(&store).await;
    a_changed_log_names_the_first_broken_row(&store, raw).await;
}

async fn console_logins_work_once(store: &Store) -> Person {
    assert!(!store.has_administrator().await.unwrap());
    let person = store
        .put_console_login("one-time", "root", "管理员", 1_000)
        .await
        .unwrap();
    assert_eq!(person.role, Role::Administrator);
    let number = person.number;
    let open = async |token: &'static str, now_s: i64| {
        let proof = Proof::OneTime { token };
        let opened = store
            .open_session(number, proof, &session("s", now_s))
            .await;
        opened.unwrap().map(|person| person.name)
    };
    assert_eq!(open("wrong", 10).await, None);
    assert_eq!(open("one-time", 1_000).await, None, "expired");
    let whose = store.link("one-time", LinkKind::SignIn, 10).await.unwrap();
    assert_eq!(whose.unwrap().number, number, "looking uses nothing up");
    let wrong_kind = store.link("one-time", LinkKind::SetPassword, 10).await;
    assert_eq!(wrong_kind.unwrap(), None);
    assert_eq!(open("one-time", 10).await.as_deref(), Some("管理员"));
    assert_eq!(open("one-time", 11).await, None, "used up");
    let holder = store.session("s", 509).await.unwrap();
    assert_eq!(holder.unwrap().number, number);
    assert_eq!(store.session("s", 510).await.unwrap(), None);
    assert_eq!(store.session("", 20).await.unwrap(), None);
    store.close_session("s").await.unwrap();
    assert_eq!(store.session("s", 20).await.unwrap(), None);
    let again = store
        .put_console_login("second", "root", "改名", 1_000)
        .await
        .unwrap();
    assert_eq!((again.number, again.name.as_str()), (number, "管理员"));
    person
}

async fn people_are_added_changed_and_found(store: &Store, first: &Person) -> Person {
    let operator = file("王五", Role::Operator, Some("U001"));
    let person = store.add_person("wangwu", &operator).await.unwrap();
    assert_eq!(person_number(&person.id()), Some(person.number));
    assert_eq!((person_number("P"), person_number("P+1")), (None, None));
    let twin = store.add_person("wangwu", &operator).await;
    assert!(matches!(twin, Err(StoreError::Exists { .. })), "{twin:?}");
    for (role, unit) in [
        (Role::Operator, None),
        (Role::Operator, Some("no unit")),
        (Role::Inspector, Some("U001")),
        (Role::Public, None),
    ] {
        let refused = store.add_person("other", &file("某", role, unit)).await;
        assert!(refused.is_err(), "{role:?} {unit:?}");
        let refused = store
            .change_person(person.number, &file("某", role, unit))
            .await;
        assert!(refused.is_err(), "{role:?} {unit:?}");
    }
    let found = async |role, words: &str| {
        let filter = PersonFilter {
            role,
            words: Some(words.into()),
        };
        let found = store.persons(&filter, Page::ALL).await.unwrap();
        let logins: Vec<String> = found.rows.into_iter().map(|one| one.login).collect();
        assert_eq!(found.total, logins.len() as u64);
        logins
    };
    assert_eq!(found(None, "").await, ["root", "wangwu"]);
    assert_eq!(found(Some(Role::Operator), "").await, ["wangwu"]);
    assert_eq!(found(None, "王五").await, ["wangwu"]);
    assert_eq!(found(None, "u001 WANG").await, ["wangwu"], "by unit too");
    assert!(found(None, "100%").await.is_empty());
    let inspector = file("王五", Role::Inspector, None);
    store
        .change_person(person.number, &inspector)
        .await
        .unwrap();
    let now = store.person(person.number).await.unwrap();
    assert_eq!((now.role, now.organization), (Role::Inspector, None));
    store.change_person(person.number, &operator).await.unwrap();
    let taken = store
        .put_console_login("third", "wangwu", "王五", 1_000)
        .await;
    assert!(matches!(taken, Err(StoreError::Refused(_))), "no promotion");
    assert_eq!(store.person(first.number).await.unwrap().login, "root");
    assert!(store.person(99).await.is_err());
    person
}

async fn sessions_end_with_locks_and_passwords(store: &Store, person: &Person) {
    let number = person.number;
    let open = async |token: &'static str| {
        let opened = store
            .open_session(number, Proof::Password, &session(token, 100))
            .await;
        opened.unwrap().is_some()
    };
    store.set_password(number, HASH, None).await.unwrap();
    for token in ["a", "b", "c"] {
        assert!(open(token).await);
    }
    let all = store.sessions_of(number, "b", 100).await.unwrap();
    let mine: Vec<bool> = all.iter().map(|(_, is_mine)| *is_mine).collect();
    assert_eq!(mine, [false, true, false], "newest first");
    assert_eq!(all[0].0.agent, "Firefox · Linux");
    let of_a = all[2].0.number;
    assert_eq!(
        store
            .end_sessions(number + 1, Some(of_a), "")
            .await
            .unwrap(),
        0,
        "of another"
    );
    assert_eq!(store.end_sessions(number, Some(of_a), "").await.unwrap(), 1);
    assert_eq!(store.session("a", 100).await.unwrap(), None);
    assert_eq!(store.end_sessions(number, None, "b").await.unwrap(), 1);
    assert!(store.session("b", 100).await.unwrap().is_some());
    let replaced = NewSession {
        replaces: "b",
        ..session("d", 100)
    };
    let opened = store.open_session(number, Proof::Password, &replaced).await;
    assert!(opened.unwrap().is_some());
    assert_eq!(store.session("b", 100).await.unwrap(), None, "it ended");
    let goes_on = session("e", 100);
    store
        .set_password(number, HASH, Some(&goes_on))
        .await
        .unwrap();
    assert_eq!(store.session("d", 100).await.unwrap(), None);
    assert!(store.session("e", 100).await.unwrap().is_some());
    store
        .put_link("link", LinkKind::SetPassword, number, 900)
        .await
        .unwrap();
    store.lock_person(number).await.unwrap();
    assert_eq!(store.session("e", 100).await.unwrap(), None);
    let link = store.link("link", LinkKind::SetPassword, 100).await;
    assert_eq!(link.unwrap(), None);
    assert!(!open("f").await, "locked");
    let refused = store
        .put_link("link", LinkKind::SetPassword, number, 900)
        .await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    store.unlock_person(number).await.unwrap();
    assert!(open("f").await);
}

async fn failures_lock_for_a_while(store: &Store, person: &Person) {
    let lockout = Lockout {
        attempts: 3,
        lasts_s: 60,
    };
    let number = person.number;
    let fail = async |now_s| {
        store
            .count_failure(Some(number), now_s, &lockout)
            .await
            .unwrap();
    };
    let open = async |now_s| {
        let new = session("g", now_s);
        let opened = store.open_session(number, Proof::Password, &new).await;
        let is_open = opened.unwrap().is_some();
        store.close_session("g").await.unwrap();
        is_open
    };
    fail(1_000).await;
    fail(1_001).await;
    assert!(open(1_002).await, "two are allowed");
    fail(1_003).await;
    fail(1_004).await;
    assert!(open(1_005).await, "a sign-in begins the count anew");
    for now_s in [1_006, 1_007, 1_008, 1_009] {
        fail(now_s).await;
    }
    let locked = store.person(number).await.unwrap();
    assert_eq!(locked.locked_until_s, 1_068, "the fourth prolongs nothing");
    assert!(locked.is_locked_at(1_067) && !locked.is_locked_at(1_068));
    assert!(!open(1_067).await, "even with the right password");
    assert!(open(1_068).await);
    for now_s in [2_000, 2_001, 2_002] {
        fail(now_s).await;
    }
    assert!(!open(2_003).await);
    store.unlock_person(number).await.unwrap();
    assert!(open(2_003).await);
    store.count_failure(None, 2_004, &lockout).await.unwrap();
}

async fn second_factors_count_once(store: &Store, person: &Person) {
    let number = person.number;
    store.offer_second_factor(number, "SECRET").await.unwrap();
    let known = store.second_factor(number).await.unwrap();
    assert_eq!(
        (known.secret, known.offered.as_deref()),
        (None, Some("SECRET"))
    );
    assert!(
        !store.person(number).await.unwrap().has_totp,
        "offered only"
    );
    let codes = ["code-1".to_owned(), "code-2".to_owned()];
    let other = store.set_second_factor(number, "OTHER", 7, &codes).await;
    assert!(!other.unwrap());
    let set = store.set_second_factor(number, "SECRET", 7, &codes).await;
    assert!(set.unwrap());
    let known = store.second_factor(number).await.unwrap();
    assert_eq!(
        (known.secret.as_deref(), known.offered),
        (Some("SECRET"), None)
    );
    assert_eq!(known.codes_left, 2);
    // (proof, whether it holds), each with a fresh token between password and second factor
    let attempts = [
        (Some(7), "", false),
        (Some(8), "", true),
        (Some(8), "", false),
        (Some(6), "", false),
        (None, "code-3", false),
        (None, "code-1", true),
        (None, "code-1", false),
    ];
    for (attempt, (step, code, holds)) in attempts.into_iter().enumerate() {
        let token = format!("step-{attempt}");
        store
            .put_link(&token, LinkKind::SecondStep, number, 9_000)
            .await
            .unwrap();
        let token = token.as_str();
        let proof = match step {
            Some(step) => Proof::Totp { token, step },
            None => Proof::Recovery { token, code },
        };
        let opened = store
            .open_session(number, proof, &session("h", 3_000))
            .await;
        assert_eq!(opened.unwrap().is_some(), holds, "{step:?} {code}");
        store.close_session("h").await.unwrap();
        let is_left = store.link(token, LinkKind::SecondStep, 3_000).await;
        assert_eq!(is_left.unwrap().is_some(), !holds, "a slip may be mended");
    }
    let unknown = Proof::Totp {
        token: "never made",
        step: 99,
    };
    for proof in [Proof::Password, unknown] {
        let opened = store
            .open_session(number, proof, &session("h", 3_000))
            .await;
        assert!(opened.unwrap().is_none(), "{proof:?} is not enough");
    }
    store.remove_second_factor(number).await.unwrap();
    assert_eq!(store.second_factor(number).await.unwrap().codes_left, 0);
    let opened = store
        .open_session(number, Proof::Password, &session("i", 3_000))
        .await;
    assert!(opened.unwrap().is_some());
}

async fn links_set_passwords_once(store: &Store, person: &Person) {
    let number = person.number;
    store
        .put_link("reset", LinkKind::SetPassword, number, 9_000)
        .await
        .unwrap();
    let set = async |token: &'static str, hash: &'static str, now_s: i64| {
        let set = store.set_password_by_link(token, hash, now_s).await;
        set.unwrap().map(|person| person.number)
    };
    assert_eq!(set("other", "$new", 4_000).await, None);
    assert_eq!(set("reset", "$new", 9_000).await, None, "expired");
    assert_eq!(set("reset", "$new", 4_000).await, Some(number));
    assert_eq!(set("reset", "$newer", 4_000).await, None, "used up");
    let kept = store.credentials("wangwu").await.unwrap().unwrap();
    assert_eq!(kept.password_hash.as_deref(), Some("$new"));
    assert_eq!(
        store.session("i", 3_001).await.unwrap(),
        None,
        "sessions end"
    );
    assert_eq!(store.credentials("nobody").await.unwrap(), None);
}

async fn providers_bind_once(store: &Store, person: &Person) {
    let number = person.number;
    let open = async |subject: &'static str| {
        let proof = Proof::Provider { subject };
        let opened = store
            .open_session(number, proof, &session("p", 5_000))
            .await;
        store.close_session("p").await.unwrap();
        opened.unwrap().is_some()
    };
    let bound = async |subject: &str| {
        let bound = store.person_by_subject(subject).await.unwrap();
        bound.map(|person| person.number)
    };
    assert_eq!(bound("https://id.example 1").await, None);
    assert!(open("https://id.example 1").await);
    assert!(open("https://id.example 1").await, "again");
    assert!(
        !open("https://id.example 2").await,
        "the login was given to another"
    );
    assert_eq!(bound("https://id.example 1").await, Some(number));
    assert!(store.person(number).await.unwrap().is_bound);
    store.unbind_person(number).await.unwrap();
    assert!(open("https://id.example 2").await);
    store.lock_person(number).await.unwrap();
    assert!(!open("https://id.example 2").await, "locked");
    store.unlock_person(number).await.unwrap();
}

async fn the_last_administrator_stays(store: &Store, first: &Person) {
    let number = first.number;
    let demoted = file("管理员", Role::Leader, None);
    for refused in [
        store.lock_person(number).await,
        store.change_person(number, &demoted).await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::Refused(_))),
            "{refused:?}"
        );
    }
    let second = file("李四", Role::Administrator, None);
    let second = store.add_person("lisi", &second).await.unwrap();
    store.lock_person(number).await.unwrap();
    assert!(store.lock_person(second.number).await.is_err(), "now it is");
    store.unlock_person(number).await.unwrap();
    assert!(
        !store.has_administrator().await.unwrap(),
        "without a password"
    );
    store.set_password(number, HASH, None).await.unwrap();
    assert!(
        store.change_person(number, &demoted).await.is_err(),
        "the other one has no password and cannot sign in"
    );
    assert!(store.has_administrator().await.unwrap());
}

async fn the_log_names_who_did_what(store: &Store, first: &Person, operator: &Person) {
    let rows = store
        .audit_rows(&AuditFilter::default(), Page::ALL)
        .await
        .unwrap();
    assert_eq!(rows.rows.len() as u64, rows.total);
    assert!(rows.rows.is_sorted_by(|a, b| a.number == b.number + 1));
    let of = async |filter: AuditFilter| store.audit_rows(&filter, Page::ALL).await.unwrap().rows;
    let signed_in = of(AuditFilter {
        action: Some(AuditAction::SignedIn),
        person: Some(operator.id()),
        ..AuditFilter::default()
    })
    .await;
    assert!(signed_in.len() > 5);
    let hows: std::collections::BTreeSet<&str> =
        signed_in.iter().map(|row| row.after.as_str()).collect();
    assert_eq!(
        hows.into_iter().collect::<Vec<_>>(),
        [
            "password",
            "password code",
            "password recovery_code",
            "provider"
        ]
    );
    let changed = of(AuditFilter {
        action: Some(AuditAction::PersonChanged),
        ..AuditFilter::default()
    })
    .await;
    // The newest is of the binding to a provider.
    let newest = &changed[1];
    assert_eq!(
        (newest.person.as_str(), newest.object.as_str()),
        ("cli:root", format!("person/{}", operator.id()).as_str())
    );
    assert_eq!(
        (newest.before.as_str(), newest.after.as_str()),
        ("inspector", "operator U001")
    );
    assert_eq!(newest.at, "2026-04-01T10:00:00");
    let day = |day: &str| Some(day.parse().unwrap());
    for (from, to, is_there) in [
        (day("2026-04-01"), day("2026-04-01"), true),
        (day("2026-04-02"), None, false),
        (None, day("2026-03-31"), false),
    ] {
        let filter = AuditFilter {
            person: Some(format!("P{}", first.number)),
            from,
            to,
            ..AuditFilter::default()
        };
        assert_eq!(!of(filter).await.is_empty(), is_there, "{from:?} {to:?}");
    }
}

/// What the suite put in as names, logins, passwords, codes and tokens stands in no row.
async fn the_log_holds_no_secret(store: &Store) {
    let rows = store
        .audit_rows(&AuditFilter::default(), Page::ALL)
        .await
        .unwrap();
    for row in rows.rows {
        let all = format!("{row:?}");
        for secret in [
            "王五",
            "wangwu",
            "李四",
            "argon2id",
            "$new",
            "code-1",
            "SECRET",
            "one-time",
            "reset",
            "step-1",
            "id.example",
        ] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
    }
}

async fn writers_of_the_log_wait_for_each_other(store: &Store) {
    let before = store.verify_audit(None).await.unwrap();
    assert_eq!(before.broken, None);
    let writers = (0..24).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let entry = xuncha_store::AuditEntry::new(AuditAction::Exported, format!("export/{n}"));
            store.audit(entry).await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let after = store.verify_audit(Some(&before.head_sha256)).await.unwrap();
    assert_eq!((after.broken, after.count), (None, before.count + 24));
    assert_eq!(
        after.has_expected,
        Some(true),
        "the head of before is a row now"
    );
}

async fn a_changed_log_names_the_first_broken_row(store: &Store, raw: &DatabaseConnection) {
    let whole = store.verify_audit(None).await.unwrap();
    let last = whole.count;
    let run = async |sql: &str| raw.execute_unprepared(sql).await.unwrap();
    let broken = async || store.verify_audit(None).await.unwrap().broken;
    // Each is undone by the statement after it.
    for (change, row, back) in [
        (
            "UPDATE audit SET person = 'P9' || person WHERE number = 5".to_owned(),
            5,
            "UPDATE audit SET person = SUBSTR(person, 3) WHERE number = 5".to_owned(),
        ),
        (
            "UPDATE audit SET action = 'x' || action WHERE number = 7".to_owned(),
            7,
            "UPDATE audit SET action = SUBSTR(action, 2) WHERE number = 7".to_owned(),
        ),
        (
            "UPDATE audit SET number = 1000000 WHERE number = 6".to_owned(),
            6,
            "UPDATE audit SET number = 6 WHERE number = 1000000".to_owned(),
        ),
        (
            "UPDATE audit SET number = -1 WHERE number = 1".to_owned(),
            1,
            "UPDATE audit SET number = 1 WHERE number = -1".to_owned(),
        ),
        (
            format!("UPDATE audit SET number = 1000000 WHERE number = {last}"),
            last,
            format!("UPDATE audit SET number = {last} WHERE number = 1000000"),
        ),
        (
            format!(
                "INSERT INTO audit SELECT {last} + 1, at, person, action, object, before, after, sha256, sha256 FROM audit WHERE number = {last}"
            ),
            last + 1,
            format!("DELETE FROM audit WHERE number = {last} + 1"),
        ),
    ] {
        run(&change).await;
        let found = broken().await;
        assert_eq!(
            found.map(|(number, _)| number),
            Some(row),
            "{change}: {found:?}"
        );
        run(&back).await;
        assert_eq!(broken().await, None, "{back}");
    }
    // A row that hashes right by itself breaks the one after it.
    let filter = AuditFilter::default();
    let mut rows = store.audit_rows(&filter, Page::ALL).await.unwrap().rows;
    rows.reverse();
    let mut forged = rows[9].clone();
    forged.after = "别的".into();
    let sql = |row: &xuncha_store::audit::AuditRow| {
        format!(
            "UPDATE audit SET after = '{}', sha256 = '{}' WHERE number = 10",
            row.after, row.sha256
        )
    };
    forged.sha256 = forged.reckoned_sha256();
    run(&sql(&forged)).await;
    assert_eq!(broken().await.map(|(number, _)| number), Some(11));
    run(&sql(&rows[9])).await;
    assert_eq!(broken().await, None);
    let noted = "0".repeat(64);
    let verdict = store.verify_audit(Some(&noted)).await.unwrap();
    assert_eq!(verdict.has_expected, Some(false), "not a row of this log");
}
