//! Signing in, one's own account, people and the audit log, on the real router over a real store.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::Router;
use axum::http::{StatusCode, header};
use client::{Answer, Client};
use support::{NAUGHTY, ROUND};
use totp_rs::{Builder, Secret};
use xuncha_store::audit::{AuditAction, AuditFilter};
use xuncha_store::{Page, Store};

const PASSWORD: &str = "gaoshan liu shui";
const OTHER: &str = "bai ri yi shan jin";

/// Where the clock of `support::state` stands.
const NOW_S: i64 = 1_775_000_000;

struct House {
    store: Store,
    router: Router,
    administrator: Client,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        let token = xuncha_web::new_login(&state, "zhou").await.unwrap();
        let store = state.store.clone();
        let router = xuncha_web::router(state);
        let administrator = Client::signed_in(&router, &token).await;
        House {
            store,
            router,
            administrator,
            _folder: folder,
        }
    }

    /// Adds a person by the pages, who sets a password by the link.
    async fn add(&mut self, login: &str, fields: &[(&str, &str)]) -> i64 {
        let all = [&[("login", login), ("name", login)], fields].concat();
        let added = self.administrator.post("/people", &all).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        let link = link_in(&added);
        let mut client = Client::new(&self.router);
        client.get(&link).await;
        let token = link.split("token=").nth(1).unwrap().to_owned();
        let typed = [
            ("token", token.as_str()),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let set = client.post("/password", &typed).await;
        assert_eq!(set.location(), "/sign-in?set=1", "{}", set.body);
        self.person(login).await
    }

    async fn person(&self, login: &str) -> i64 {
        let person = self.store.person_by_login(login).await.unwrap();
        person.unwrap().number
    }

    async fn actions(&self, person: &str) -> Vec<String> {
        let filter = AuditFilter {
            person: Some(person.to_owned()),
            ..AuditFilter::default()
        };
        let rows = self.store.audit_rows(&filter, Page::ALL).await.unwrap();
        rows.rows.into_iter().map(|row| row.action).collect()
    }
}

/// The link that a page shows once, without the host.
fn link_in(answer: &Answer) -> String {
    let (_, link) = answer.body.split_once("/password?token=").unwrap();
    format!("/password?token={}", link.split('"').next().unwrap())
}

async fn sign_in(client: &mut Client, login: &str, password: &str) -> Answer {
    client.get("/sign-in").await;
    let answer = client
        .post("/sign-in", &[("login", login), ("password", password)])
        .await;
    if answer.status == StatusCode::SEE_OTHER {
        client.get("/about").await;
    }
    answer
}

#[tokio::test]
async fn a_person_signs_in_and_the_session_is_new_each_time() {
    let mut house = House::new().await;
    house.add("wang", &[("role", "supervisor")]).await;
    let mut client = Client::new(&house.router);
    let answer = sign_in(&mut client, " WANG ", PASSWORD).await;
    assert_eq!(answer.location(), "/", "{}", answer.body);
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    assert!(!set.contains("Secure"), "pages come over HTTP here");
    let first = client.cookies["xuncha_session"].clone();
    let page = client.get("/").await.body;
    assert!(page.contains(">wang<") && page.contains("监管员"), "{page}");
    assert!(!page.contains("href=\"/people\""));

    // Signing in again in the same browser ends the session before.
    sign_in(&mut client, "wang", PASSWORD).await;
    assert_ne!(first, client.cookies["xuncha_session"]);
    let mut old = client.clone();
    old.cookies.insert("xuncha_session".into(), first);
    assert_eq!(old.get("/").await.status, StatusCode::SEE_OTHER);

    // After the sign-in it goes on where it was wanted, and nowhere else.
    for (next, expected) in [("/registry?q=a", "/registry?q=a"), ("//evil.example", "/")] {
        let mut fresh = Client::new(&house.router);
        fresh.get("/sign-in").await;
        let fields = [("login", "wang"), ("password", PASSWORD), ("next", next)];
        assert_eq!(fresh.post("/sign-in", &fields).await.location(), expected);
    }
}

/// Unknown, wrong and locked are answered alike, byte for byte but for what was typed.
#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let mut house = House::new().await;
    house.add("wang", &[("role", "inspector")]).await;
    let mut client = Client::new(&house.router);
    let mut said = Vec::new();
    for attempt in 0..6 {
        let wrong = sign_in(&mut client, "wang", "not the password").await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        said.push(wrong.body.replace("wang", "LOGIN"));
        let shown = said.last().unwrap();
        assert!(!shown.contains("not the password"), "{attempt}: {shown}");
    }
    let locked = sign_in(&mut client, "wang", PASSWORD).await;
    assert_eq!(locked.status, StatusCode::FORBIDDEN, "locked by now");
    said.push(locked.body.replace("wang", "LOGIN"));
    for login in ["nobody", NAUGHTY] {
        let unknown = sign_in(&mut client, login, "not the password").await;
        assert_eq!(unknown.status, StatusCode::FORBIDDEN);
        assert!(!unknown.body.contains("<script>alert"));
        if login == "nobody" {
            said.push(unknown.body.replace("nobody", "LOGIN"));
        }
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:#?}");
    let person = house.person("wang").await;
    let page = house.administrator.get(&format!("/people/P{person}")).await;
    assert!(page.body.contains("暂时锁定"), "{}", page.body);
    let unlock = format!("/people/P{person}/unlock");
    house.administrator.post(&unlock, &[]).await;
    let entered = sign_in(&mut client, "wang", PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let filter = AuditFilter {
        action: Some(AuditAction::SignInFailed),
        ..AuditFilter::default()
    };
    let failures = house.store.audit_rows(&filter, Page::ALL).await.unwrap();
    let of_nobody = failures
        .rows
        .iter()
        .filter(|row| row.object == "person/unknown");
    assert_eq!((failures.total, of_nobody.count()), (9, 2));
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let mut house = House::new().await;
    house.add("wang", &[("role", "inspector")]).await;
    let mut here = Client::new(&house.router);
    let mut there = Client::new(&house.router);
    sign_in(&mut here, "wang", PASSWORD).await;
    sign_in(&mut there, "wang", PASSWORD).await;
    let page = here.get("/account").await.body;
    assert!(
        page.contains("Firefox · Linux") && page.contains("本次"),
        "{page}"
    );
    // (old, new, again, what is said)
    for (old, new, again, said) in [
        ("wrong", OTHER, OTHER, "当前密码不对"),
        (PASSWORD, "short", "short", "密码至少10个字符"),
        (PASSWORD, "password123", "password123", "太常见"),
        (PASSWORD, OTHER, "something else", "两次输入的密码不一样"),
    ] {
        let fields = [("old", old), ("password", new), ("again", again)];
        let refused = here.post("/account/password", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
        assert!(refused.body.contains("aria-invalid=\"true\""));
        assert!(!refused.body.contains(OTHER) && !refused.body.contains(PASSWORD));
    }
    let before = here.cookies["xuncha_session"].clone();
    let fields = [("old", PASSWORD), ("password", OTHER), ("again", OTHER)];
    let changed = here.post("/account/password", &fields).await;
    assert_eq!(changed.location(), "/account?done=password");
    assert_ne!(before, here.cookies["xuncha_session"]);
    let page = here.get("/account?done=password").await;
    assert!(page.body.contains("密码已更改"), "{}", page.body);
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER);
    let old = sign_in(&mut there, "wang", PASSWORD).await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
    let new = sign_in(&mut there, "wang", OTHER).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER);

    // One session ends another of the same person.
    let page = here.get("/account").await.body;
    let (_, number) = page.split_once("name=\"number\" value=\"").unwrap();
    let number = number.split('"').next().unwrap().to_owned();
    let ended = here.post("/account/sessions", &[("number", &number)]).await;
    assert_eq!(ended.location(), "/account?done=sessions");
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_second_step_is_set_up_asked_for_and_stood_in_for() {
    let mut house = House::new().await;
    let number = house.add("wang", &[("role", "inspector")]).await;
    let mut client = Client::new(&house.router);
    sign_in(&mut client, "wang", PASSWORD).await;
    let wrong = client.post("/account/code", &[("password", "wrong")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let offered = client
        .post("/account/code", &[("password", PASSWORD)])
        .await;
    assert_eq!(offered.location(), "/account/code");
    let page = client.get("/account/code").await.body;
    assert!(page.contains("<svg class=\"qr\"") && page.contains("otpauth://totp/"));
    let (_, secret) = page.split_once("secret=").unwrap();
    let secret = secret[..32].to_owned();
    // Codes of the present step and those around it; the clock of the test stands still.
    let code = |steps: i64| {
        let secret = Secret::try_from_base32(&secret).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        totp.generate((NOW_S + steps * 30) as u64).to_string()
    };
    let wrong = client.post("/account/code", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("验证码不对") && wrong.body.contains(&secret));
    let set = client.post("/account/code", &[("code", &code(-1))]).await;
    let codes: Vec<String> = set
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 8, "{}", set.body);
    let page = client.get("/account/code").await.body;
    assert!(
        !page.contains(&secret) && !page.contains(&codes[0]),
        "shown once"
    );

    let mut fresh = Client::new(&house.router);
    let asked = sign_in(&mut fresh, "wang", PASSWORD).await;
    assert_eq!(asked.status, StatusCode::OK, "not in yet");
    assert!(asked.body.contains("验证码或恢复码"));
    assert!(!fresh.cookies.contains_key("xuncha_session"));
    let token_of = |answer: &Answer| {
        let (_, token) = answer.body.split_once("name=\"token\" value=\"").unwrap();
        token.split('"').next().unwrap().to_owned()
    };
    let token = token_of(&asked);
    for used in [code(-1), "aaaa-bbbb-cccc-dddd".into(), code(5)] {
        let fields = [("token", token.as_str()), ("code", used.as_str())];
        let refused = fresh.post("/sign-in/code", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{used}");
        assert!(refused.body.contains("验证码不对或已经用过"));
    }
    let fields = [("token", token.as_str()), ("code", &code(0))];
    let entered = fresh.post("/sign-in/code", &fields).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    let again = fresh.post("/sign-in/code", &fields).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN, "the step is over");

    // A recovery code stands in once, however it is typed.
    let typed = codes[3].to_uppercase().replace('-', " ");
    for expected in [StatusCode::SEE_OTHER, StatusCode::FORBIDDEN] {
        let mut lost = Client::new(&house.router);
        let asked = sign_in(&mut lost, "wang", PASSWORD).await;
        let token = token_of(&asked);
        let fields = [("token", token.as_str()), ("code", typed.as_str())];
        let answer = lost.post("/sign-in/code", &fields).await;
        assert_eq!(answer.status, expected);
    }
    let page = client.get("/account/code").await.body;
    assert!(page.contains("<b>7</b>"), "{page}");
    let wrong = client
        .post("/account/code/remove", &[("password", "wrong")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let removed = client
        .post("/account/code/remove", &[("password", PASSWORD)])
        .await;
    assert_eq!(removed.location(), "/account?done=code");
    assert!(!house.store.person(number).await.unwrap().has_totp);
    let mut fresh = Client::new(&house.router);
    let entered = sign_in(&mut fresh, "wang", PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_administrator_adds_changes_and_locks_people() {
    let mut house = House::new().await;
    // (fields, what is said beside them)
    for (fields, said) in [
        (
            vec![("name", "某"), ("role", "leader")],
            "登录名应为2至64个字符",
        ),
        (vec![("login", "li"), ("role", "leader")], "请填姓名"),
        (vec![("login", "li"), ("name", "李")], "请选择角色"),
        (
            vec![("login", "li"), ("name", "李"), ("role", "public")],
            "请选择角色",
        ),
        (
            vec![("login", "li"), ("name", "李"), ("role", "operator")],
            "必须指明单位",
        ),
        (
            vec![
                ("login", "li"),
                ("name", "李"),
                ("role", "operator"),
                ("unit", "没有的局"),
            ],
            "名录里没有名称含",
        ),
        (
            vec![
                ("login", "li"),
                ("name", "李"),
                ("role", "operator"),
                ("unit", "办公室"),
            ],
            "青石市人民政府办公室（U000）、白河市人民政府办公室（U001）",
        ),
        (
            vec![("login", "zhou"), ("name", "周"), ("role", "leader")],
            "已经有人用",
        ),
    ] {
        let refused = house.administrator.post("/people", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }
    let unit = ("unit", "青石市大数据发展局");
    let number = house.add("wang", &[("role", "operator"), unit]).await;
    let person = house.store.person(number).await.unwrap();
    assert_eq!(person.organization.as_deref(), Some("U002"));
    let listed = house
        .administrator
        .get("/people?role=operator&q=大数据")
        .await;
    assert!(listed.body.contains("1–1 / 1"), "{}", listed.body);

    let mut client = Client::new(&house.router);
    sign_in(&mut client, "wang", PASSWORD).await;
    let targets = format!("/rounds/{ROUND}/targets");
    let seen = client.get(&format!("{targets}/A000004")).await;
    assert_eq!(seen.status, StatusCode::OK);
    let path = format!("/people/P{number}");
    let fields = [("name", NAUGHTY), ("role", "operator"), ("unit", "U001")];
    let fields = &fields[..];
    let refused = house
        .administrator
        .post(
            &path,
            &[("name", "王"), ("role", "operator"), ("unit", "U9")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("value=\"U9\""),
        "what was typed stays"
    );
    let too_long = house.administrator.post(&path, fields).await;
    assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let naughty: String = NAUGHTY.chars().take(60).collect();
    let fields = [
        ("name", naughty.as_str()),
        ("role", "operator"),
        ("unit", "U001"),
    ];
    let changed = house.administrator.post(&path, &fields).await;
    assert_eq!(changed.location(), format!("{path}?done=changed"));
    for page in [path.as_str(), "/people", "/audit"] {
        let body = house.administrator.get(page).await.body;
        assert!(!body.contains("<script>alert"), "{page}: {body}");
    }
    let hidden = client.get(&format!("{targets}/A000004")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "it holds at once");

    let locked = house.administrator.post(&format!("{path}/lock"), &[]).await;
    assert_eq!(locked.location(), format!("{path}?done=locked"));
    assert_eq!(client.get("/").await.status, StatusCode::SEE_OTHER);
    let answer = sign_in(&mut client, "wang", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let link = house.administrator.post(&format!("{path}/link"), &[]).await;
    assert_eq!(link.status, StatusCode::UNPROCESSABLE_ENTITY, "locked");
    house
        .administrator
        .post(&format!("{path}/unlock"), &[])
        .await;

    // The last administrator stays one, and nobody locks himself.
    let own = format!("/people/P{}", house.person("zhou").await);
    let demoted = [("name", "zhou"), ("role", "leader")];
    let refused = house.administrator.post(&own, &demoted).await;
    assert!(refused.body.contains("最后一名管理员"), "{}", refused.body);
    let refused = house.administrator.post(&format!("{own}/lock"), &[]).await;
    assert!(refused.body.contains("不能锁定自己"), "{}", refused.body);
    let missing = house.administrator.get("/people/P99").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(
        house.administrator.get("/people/x").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_says_when_it_does_not_hold() {
    let mut house = House::new().await;
    let number = house.add("wang", &[("role", "leader")]).await;
    let made = house
        .administrator
        .post(&format!("/people/P{number}/link"), &[])
        .await;
    assert!(
        made.body.contains("http://xuncha.example/password?token="),
        "{}",
        made.body
    );
    let link = link_in(&made);
    let token = link.split("token=").nth(1).unwrap();
    let mut client = Client::new(&house.router);
    for _ in 0..2 {
        let form = client.get(&link).await;
        assert!(form.body.contains("wang"), "looking uses nothing up");
    }
    let set = async |client: &mut Client, new: &str, again: &str| {
        let fields = [("token", token), ("password", new), ("again", again)];
        client.post("/password", &fields).await
    };
    let refused = set(&mut client, "wang123456", "wang123456").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = set(&mut client, OTHER, "other").await;
    assert!(refused.body.contains("两次输入的密码不一样"));
    assert_eq!(
        set(&mut client, OTHER, OTHER).await.location(),
        "/sign-in?set=1"
    );
    let used = set(&mut client, PASSWORD, PASSWORD).await;
    assert_eq!(used.status, StatusCode::FORBIDDEN);
    let used = client.get(&link).await;
    assert!(used.body.contains("无效、已用过或已过期"), "{}", used.body);
    let entered = sign_in(&mut client, "wang", OTHER).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_people_do_stands_in_the_log() {
    let mut house = House::new().await;
    let number = house.add("wang", &[("role", "supervisor")]).await;
    let id = format!("P{number}");
    let mut client = Client::new(&house.router);
    sign_in(&mut client, "wang", PASSWORD).await;
    let task = format!("/rounds/{ROUND}/tasks/A000004");
    let form = client.get(&task).await.body;
    let at = form.find("最近一次发文是").unwrap();
    let item = form[at..].split("name=\"check-").nth(1).unwrap();
    let item = item.split('"').next().unwrap().to_owned();
    let decide = async |client: &mut Client, answer: &str| {
        let names = [
            format!("check-{item}"),
            format!("key-{item}"),
            format!("answer-{item}"),
        ];
        let fields = [
            (names[0].as_str(), "stale_account"),
            (names[1].as_str(), "stale"),
            (names[2].as_str(), answer),
            ("reason", "电话 13900000000"),
        ];
        let kept = client.post(&task, &fields).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    };
    decide(&mut client, "yes").await;
    decide(&mut client, "no").await;
    let path = format!("/rounds/{ROUND}/documents/notice.docx");
    client.get(&path).await;
    client.post("/sign-out", &[]).await;
    let actions = house.actions(&id).await;
    assert_eq!(
        actions,
        [
            "signed_out",
            "downloaded",
            "decided",
            "decided",
            "signed_in",
            "password_set"
        ],
        "newest first"
    );
    let page = house
        .administrator
        .get("/audit?person=wang&action=decided")
        .await;
    for text in [
        ">wang<",
        id.as_str(),
        "人工处理",
        "=确认</bdi>",
        "=驳回</bdi>",
        "1–2 / 2",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(
        !page.body.contains("13900000000"),
        "reasons stay in the reviews"
    );
    let none = house
        .administrator
        .get("/audit?from=2020-01-01&to=2020-01-02")
        .await;
    assert!(none.body.contains("没有符合条件的记录"));
    let bad = house.administrator.get("/audit?from=yesterday").await;
    assert!(bad.body.contains("日期应写作"), "{}", bad.body);
    let verdict = house.store.verify_audit(None).await.unwrap();
    assert_eq!(verdict.broken, None);
}

/// The pages render in both languages, with one first heading and no scripts.
#[tokio::test]
async fn every_page_of_people_speaks_both_languages() {
    let mut house = House::new().await;
    let number = house.add("wang", &[("role", "leader")]).await;
    for (path, zh, en) in [
        ("/sign-in".to_owned(), "登录名", "Login"),
        (
            "/sign-in?once=1".to_owned(),
            "一次性登录码",
            "One-time login",
        ),
        ("/password?token=x".to_owned(), "设置密码", "Set a password"),
        ("/account".to_owned(), "本人账号", "Your account"),
        ("/account/code".to_owned(), "二次验证", "Second step"),
        ("/people".to_owned(), "人员", "People"),
        ("/people/new".to_owned(), "新增人员", "Add a person"),
        (
            format!("/people/P{number}"),
            "重置密码",
            "Reset the password",
        ),
        ("/audit".to_owned(), "审计日志", "Audit log"),
    ] {
        for (lang, text) in [("en", en), ("zh", zh)] {
            let sign = if path.contains('?') { '&' } else { '?' };
            let page = house
                .administrator
                .get(&format!("{path}{sign}lang={lang}"))
                .await
                .body;
            assert!(page.contains(text), "{path} {lang}: {page}");
            assert_eq!(page.matches("<h1").count(), 1, "{path}");
            assert!(
                !page.contains("<script") && !page.contains("style=\""),
                "{path}"
            );
        }
    }
    let mut client = Client::new(&house.router);
    sign_in(&mut client, "wang", PASSWORD).await;
    let refused = client.get("/people?lang=en").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let is_whole = refused.body.contains("Not allowed") && refused.body.contains("Sign out");
    assert!(is_whole, "an error has the way on: {}", refused.body);
}
