//! Hostile texts in every field of the pages about people: none becomes markup, none breaks a page. Lists of others are tried too where
//! `XUNCHA_HOSTILE` names a folder of JSON lists.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use client::{Answer, Client};
use sha2::{Digest, Sha256};
use support::{PORTAL, ROUND};

const TEXTS: [&str; 24] = [
    "",
    " ",
    "\0",
    "null",
    "-1",
    "99999999999999999999999999",
    "%s%d%n%00",
    "../../etc/passwd",
    "' OR 1=1 --",
    "\"; DROP TABLE persons; --",
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" autofocus onfocus=alert(1) x=\"",
    "</title><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "=HYPERLINK(\"http://evil.example\")",
    "\r\nSet-Cookie: xuncha_session=evil",
    "\u{202e}txt.exe\u{2066}",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "田中さんにあげて下さい",
    "//evil.example/%2f..",
];

fn texts() -> Vec<String> {
    let mut all: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    all.push("长".repeat(500));
    let Some(folder) = std::env::var_os("XUNCHA_HOSTILE") else {
        return all;
    };
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let list: Vec<String> = serde_json::from_str(&text).unwrap();
        all.extend(list);
    }
    all
}

/// What would run or break out, if the text stood in the page as it is.
fn assert_harmless(text: &str, place: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    assert!(
        status < 500,
        "{place} with {text:?}: {status}\n{}",
        answer.body
    );
    let is_ours = answer.body.is_empty() || answer.body.contains("<!doctype html>");
    if !is_ours {
        // The framework's own line about an address or form that it cannot read.
        assert!(
            answer.body.len() < 500 && status >= 400,
            "{place}: {}",
            answer.body
        );
        return;
    }
    let lower = answer.body.to_lowercase();
    for sign in [
        "<script",
        "<img",
        "<iframe",
        "onerror=\"",
        "onload=\"",
        "onfocus=\"",
    ] {
        assert!(
            !lower.contains(sign),
            "{place} with {text:?} lets {sign} through"
        );
    }
    let is_markup = text.contains('<') && text.contains('>');
    assert!(
        !is_markup || !answer.body.contains(text),
        "{place} shows {text:?} as it is"
    );
    let location = answer.location();
    assert!(
        location.is_empty() || (location.starts_with('/') && !location.starts_with("//")),
        "{place} with {text:?} leads to {location}"
    );
}

/// The name on the desk of what stands still with an account.
fn veto_on_the_desk() -> String {
    hex::encode(&Sha256::digest("stale_account\nstale")[..8])
}

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    xuncha_web::publish_results(&state, ROUND).await.unwrap();
    let token = xuncha_web::new_login(&state, "zhou").await.unwrap();
    let store = state.store.clone();
    let router = xuncha_web::router(state);
    let mut inside = Client::signed_in(&router, &token).await;
    let mut outside = Client::new(&router);
    outside.get("/sign-in").await;
    for (number, text) in texts().iter().enumerate() {
        let text = text.as_str();
        let login = format!("user{number}");
        let of_round = |page: &str| format!("/rounds/{ROUND}/{page}");
        let [work, close, plan] = ["work", "close", "plan"].map(of_round);
        let [people, quality, sign] = ["people", "quality", "notice/sign"].map(of_round);
        // The veto of an account is rejected for a reason of text, again and again.
        let reject = of_round(&format!("desk/A000004/{}", veto_on_the_desk()));
        // A login of text is not tried with a password: hashing thousands says nothing of texts.
        for (path, fields) in [
            (
                "/sign-in",
                vec![("token", text), ("once", "1"), ("next", text)],
            ),
            (
                "/sign-in/code",
                vec![("token", text), ("code", text), ("next", text)],
            ),
            (
                "/password",
                vec![("token", text), ("password", text), ("again", text)],
            ),
        ] {
            let answer = outside.post(path, &fields).await;
            assert_harmless(text, path, &answer);
        }
        for (path, fields) in [
            (
                "/people",
                vec![
                    ("login", text),
                    ("name", text),
                    ("role", text),
                    ("unit", text),
                ],
            ),
            (
                "/people",
                vec![("login", &login), ("name", text), ("role", "leader")],
            ),
            (
                "/people",
                vec![
                    ("login", text),
                    ("name", "某"),
                    ("role", "operator"),
                    ("unit", text),
                ],
            ),
            (
                "/people/P1",
                vec![("name", text), ("role", "administrator"), ("unit", text)],
            ),
            ("/account/code", vec![("code", text)]),
            ("/account/sessions", vec![("number", text)]),
            (
                "/round/new",
                vec![
                    ("id", text),
                    ("title", text),
                    ("as_of", "2026-06-15T00:00"),
                    ("rectify_by", text),
                    ("seed", text),
                    ("set", "gov-2019"),
                    ("also_listed", text),
                    ("departments", text),
                    ("preview", "1"),
                ],
            ),
            (
                "/round/new",
                vec![
                    ("id", "2026Q3"),
                    ("title", text),
                    ("as_of", "2026-06-15T00:00"),
                    ("seed", text),
                    ("set", "gov-2019"),
                    ("preview", "1"),
                ],
            ),
            (&work, vec![("kind", text), ("cancel", text)]),
            (
                &work,
                vec![("kind", "notice"), ("number", text), ("date", text)],
            ),
            (&close, vec![("what", text), ("reason", text)]),
            (&close, vec![("what", "reopen"), ("reason", text)]),
            (&plan, vec![("from-draw", text), ("to-rectify", text)]),
            (&people, vec![("person", text), ("region-P1", text)]),
            (
                &quality,
                vec![("double", text), ("adopt", text), ("target", text)],
            ),
            (
                &sign,
                vec![("step", text), ("remark", text), ("text", text)],
            ),
            (
                &reject,
                vec![("do", "reject"), ("cause", "misread"), ("reason", text)],
            ),
            ("/exemptions", vec![("number", text)]),
        ] {
            let answer = inside.post(path, &fields).await;
            assert_harmless(text, path, &answer);
        }
        let round = format!("/rounds/{ROUND}");
        for (path, pairs) in [
            (
                "/sign-in",
                vec![("token", text), ("next", text), ("lang", text)],
            ),
            ("/password", vec![("token", text)]),
            ("/people", vec![("q", text), ("role", text), ("page", text)]),
            ("/people", vec![("q", text), ("role", text)]),
            ("/people/P1", vec![("done", text), ("lang", text)]),
            ("/account", vec![("done", text)]),
            ("/registry", vec![("q", text), ("class", text)]),
            (
                &format!("{round}/targets"),
                vec![("q", text), ("outcome", text)],
            ),
            (
                "/audit",
                vec![
                    ("person", text),
                    ("action", text),
                    ("from", text),
                    ("to", text),
                ],
            ),
        ] {
            let answer = inside.get(&format!("{path}?{}", query(&pairs))).await;
            assert_harmless(text, path, &answer);
        }
        let asked = ["q", "class", "outcome", "city", "check", "page"].map(|name| (name, text));
        let segment: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let public = format!("/public/rounds/{ROUND}");
        for path in [
            format!("/public?{}", query(&asked[5..])),
            format!("{public}/targets?{}", query(&asked[..4])),
            format!("{public}/findings?{}", query(&asked[..5])),
            format!("{public}/targets/{segment}"),
            format!("{public}/files/{segment}"),
            format!("{public}/data/{segment}"),
            format!("/public/rounds/{segment}/targets"),
        ] {
            let answer = outside.get(&path).await;
            assert_harmless(text, &path, &answer);
        }
        let level = format!("level.{text}");
        let fields = [(level.as_str(), "full"), ("level.broken_links", text)];
        let answer = inside.post("/publicity", &fields).await;
        assert_harmless(text, "/publicity", &answer);
    }
    // What was kept of it is shown, and signs nobody in.
    let round = format!("/rounds/{ROUND}");
    let kept = [
        "tasks/A000004",
        "work",
        "quality",
        "plan",
        "close",
        "targets/A000004",
    ];
    let kept = kept.map(|page| format!("{round}/{page}"));
    let known = ["/people", "/people?page=2", "/audit", "/audit?page=2", "/"];
    for path in known.into_iter().chain(kept.iter().map(String::as_str)) {
        let mut answer = inside.get(path).await;
        // Who watches jobs gets one script, which is ours.
        answer.body = answer.body.replacen("<script>var box=", "", 1);
        assert_harmless("<script>alert(1)</script>", path, &answer);
    }
    assert!(!outside.cookies.contains_key("xuncha_session"));
    let all = store
        .persons(&Default::default(), xuncha_store::Page::ALL)
        .await;
    assert!(all.unwrap().total > 15, "most texts are names");
    assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
}

/// A filed request is shown with what was typed, and taken back so that the next one finds the entry free.
async fn shown_and_taken_back(client: &mut Client, text: &str, answer: &Answer) -> bool {
    let place = answer.location().to_owned();
    if !place.starts_with("/requests/") {
        return false;
    }
    for path in [place.as_str(), "/requests", "/registry"] {
        let shown = client.get(path).await;
        assert_eq!(shown.status, 200, "{path} with {text:?}");
        assert_harmless(text, path, &shown);
    }
    for (path, fields) in [
        ("review", vec![("answer", "return"), ("note", text)]),
        ("complete", vec![("note", text)]),
        ("posted", vec![("on", text)]),
        ("withdraw", vec![]),
    ] {
        let path = format!("{place}/{path}");
        let answer = client.post(&path, &fields).await;
        assert_harmless(text, &path, &answer);
    }
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_of_the_registry_lists_and_enquiries_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let token = xuncha_web::new_login(&state, "zhou").await.unwrap();
    let store = state.store.clone();
    let router = xuncha_web::router(state);
    let mut inside = Client::signed_in(&router, &token).await;
    let (mut filed, mut drafted) = (0, 0);
    for text in texts() {
        let text = text.as_str();
        for (kind, unit) in [
            ("open", "U001"),
            ("open", text),
            ("rename", ""),
            ("merge", ""),
        ] {
            let fields = [
                ("request", kind),
                ("noun", "account"),
                ("target", PORTAL),
                ("unit", unit),
                ("name", text),
                ("platform", text),
                ("kind", text),
                ("certified_subject", text),
                ("contacts", text),
                ("successor_name", text),
                ("successor_home", "http://www.site1.gov.cn/"),
                ("reason", text),
            ];
            let answer = inside.post("/requests", &fields).await;
            assert_harmless(text, kind, &answer);
            filed += u32::from(shown_and_taken_back(&mut inside, text, &answer).await);
        }
        let suspend = [
            ("request", "suspend"),
            ("target", PORTAL),
            ("from", text),
            ("until", text),
            ("reason", text),
        ];
        let answer = inside.post("/requests", &suspend).await;
        assert_harmless(text, "suspend", &answer);
        // One of them is tried at a time: what is refused meanwhile shows what was typed all the same.
        for (list, right) in [
            ("wrong_words", "试对"),
            ("wrong_words", text),
            ("known_hosts", text),
        ] {
            let path = format!("/lists/{list}");
            let row = [
                ("do", "rows"),
                ("add0", text),
                ("add1", right),
                ("reason", text),
            ];
            let answer = inside.post(&path, &row).await;
            assert_harmless(text, &path, &answer);
            let place = answer.location().to_owned();
            if place.starts_with("/list-drafts/") {
                drafted += 1;
                let shown = inside.get(&place).await;
                assert_harmless(text, &place, &shown);
                inside.post(&place, &[("do", "drop")]).await;
            }
        }
        for (path, fields) in [
            (
                "/enquiries/bank",
                vec![("text", text), ("round", ROUND), ("remove", text)],
            ),
            (
                "/enquiries/assign",
                vec![("round", ROUND), ("people", text)],
            ),
            ("/appeals/term", vec![("round", ROUND), ("until", text)]),
            ("/requests", vec![("request", text), ("target", text)]),
        ] {
            let answer = inside.post(path, &fields).await;
            assert_harmless(text, path, &answer);
        }
        for path in [
            "/requests",
            "/requests/new",
            "/enquiries",
            "/appeals",
            "/rectify",
        ] {
            let pairs = ["q", "kind", "state", "target", "unit", "page"].map(|name| (name, text));
            let answer = inside.get(&format!("{path}?{}", query(&pairs))).await;
            assert_harmless(text, path, &answer);
        }
    }
    for path in [
        "/requests",
        "/lists/wrong_words",
        "/enquiries",
        "/appeals",
        "/audit",
    ] {
        let answer = inside.get(path).await;
        assert_harmless("<script>alert(1)</script>", path, &answer);
    }
    assert!(
        filed > 15 && drafted > 0,
        "{filed} filed, {drafted} drafted"
    );
    assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
}

/// A file name as browsers write it into the head of a part.
fn file_name(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Who may say what is shown of what was handed in: the file is an attachment, whatever it is called.
async fn assert_attached(client: &mut Client, text: &str, page: &str) -> usize {
    let files = page.split("href=\"/attachments/").skip(1);
    let files: Vec<String> = files
        .map(|part| format!("/attachments/{}", part.split('"').next().unwrap()))
        .collect();
    if let Some(last) = files.last() {
        let answer = client.get(last).await;
        assert_eq!(answer.status, 200, "{last} with {text:?}");
        let kind = answer.headers["content-disposition"].to_str().unwrap();
        assert!(kind.starts_with("attachment"), "{kind} with {text:?}");
        assert!(answer.headers.get("set-cookie").is_none(), "{text:?}");
    }
    files.len()
}

/// A registry of the house's own kind in which every name is the text.
fn registry_of(text: &str) -> Vec<u8> {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    let sheet = |name: &str, rows: Vec<Vec<String>>| xuncha_core::sheet::Sheet {
        name: name.to_owned(),
        rows,
    };
    // Spreadsheets hold no control characters.
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = text.as_str();
    let is_name = |sign: &char| !"[]:*?/\\'".contains(*sign);
    let name: String = "别的"
        .chars()
        .chain(text.chars())
        .filter(is_name)
        .take(15)
        .collect();
    let sheets = [
        sheet(
            "地区",
            vec![
                row(&["区划代码", "名称", "级别", "上级区划代码"]),
                row(&["990000", text, "省", ""]),
                row(&["990100", text, text, text]),
            ],
        ),
        sheet(
            "单位",
            vec![
                row(&["单位编号", "单位名称", "区划代码", "上级单位编号", "层级"]),
                row(&["U001", text, "990000", "", "省级"]),
                row(&[text, text, text, text, text]),
            ],
        ),
        sheet(&name, vec![row(&[text, text])]),
    ];
    xuncha_report::sheets::write(&sheets).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_of_replies_appeals_and_sheets_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    let (finding, _) = support::seed(&state).await;
    let case = support::seed_case(&state, &finding).await;
    let operator = xuncha_store::person::PersonFile {
        name: "王五".to_owned(),
        role: xuncha_core::person::Role::Operator,
        organization: Some("U001".to_owned()),
    };
    let number = state.store.add_person("wangwu", &operator).await.unwrap();
    let token = (state.new_token)();
    let until_s = (state.now_s)() + 100;
    let kind = xuncha_store::login::LinkKind::SignIn;
    let put = state.store.put_link(&token, kind, number.number, until_s);
    put.await.unwrap();
    let own = xuncha_web::new_login(&state, "zhou").await.unwrap();
    let store = state.store.clone();
    let router = xuncha_web::router(state);
    let mut unit = Client::signed_in(&router, &token).await;
    let mut office = Client::signed_in(&router, &own).await;
    let place = format!("/rectify/{case}");
    let contest = format!("/findings/{finding}/appeal");
    let mut open = format!("/appeals/{}", support::APPEAL);
    let (mut replied, mut answered, mut staged, mut attached) = (0, 0, 0, 0);
    for (number, text) in texts().iter().enumerate() {
        let text = text.as_str();
        let pdf = file_name(text);
        let file = (pdf.as_str(), b"%PDF-1.7 stamped".as_slice());
        let reply = [
            ("case", case.as_str()),
            ("note", text),
            ("same_kind", "fixed"),
            ("on", text),
        ];
        let answer = unit.post_file("/rectify/reply", &reply, file).await;
        assert_harmless(text, "/rectify/reply", &answer);
        replied += u32::from(answer.location() == "/rectify?done=replied");
        for (name, value) in [("case", text), ("same_kind", text)] {
            let mut wrong = reply;
            for field in &mut wrong {
                if field.0 == name {
                    field.1 = value;
                }
            }
            let answer = unit.post_file("/rectify/reply", &wrong, file).await;
            assert_harmless(text, "/rectify/reply", &answer);
        }
        // One appeal waits at a time: it is refused for reasons of text, and the next one is filed.
        for fields in [
            [("answer", text), ("reasons", text)],
            [("answer", "refused"), ("reasons", text)],
        ] {
            let answer = office.post(&open, &fields).await;
            assert_harmless(text, "an answer to an appeal", &answer);
            let is_kept = answer.location().starts_with("/appeals/");
            answered += u32::from(is_kept);
        }
        let shown = office.get(&open).await;
        assert_harmless(text, "an appeal", &shown);
        attached += assert_attached(&mut office, text, &shown.body).await;
        let filed = unit.post_file(&contest, &[("text", text)], file).await;
        assert_harmless(text, &contest, &filed);
        if filed.location().starts_with("/appeals/") {
            open = filed.location().to_owned();
        }
        let manage = format!("{place}/manage");
        let recheck = format!("{place}/recheck");
        for (path, fields) in [
            (&recheck, [("result", "not_fixed"), ("note", text)]),
            (&recheck, [("result", text), ("note", text)]),
            (&manage, [("deadline", text), ("reason", "")]),
        ] {
            let answer = office.post(path, &fields).await;
            assert_harmless(text, path, &answer);
        }
        for (path, fields) in [
            (
                "/rectify/letters",
                vec![
                    ("round", ROUND),
                    ("issuer", text),
                    ("deadline", text),
                    ("unit", text),
                ],
            ),
            (
                "/rectify/notify",
                vec![("round", text), ("unit", text), ("deadline", text)],
            ),
            ("/rectify/follow", vec![("round", text)]),
            (
                "/rectify/contacts",
                vec![("unit", text), ("channel", "mail"), ("address", text)],
            ),
            (
                "/rectify/contacts",
                vec![("unit", "U001"), ("channel", "mail"), ("address", text)],
            ),
            ("/rectify/messages/1", vec![("again", text)]),
        ] {
            let answer = office.post(path, &fields).await;
            assert_harmless(text, path, &answer);
        }
        let book = registry_of(text);
        for (name, bytes) in [
            (format!("{pdf}.xlsx"), book.as_slice()),
            ("名录.csv".to_owned(), text.as_bytes()),
        ] {
            let file = (name.as_str(), bytes);
            let path = "/registry/import";
            let answer = office.post_file(path, &[("mapping", "own")], file).await;
            assert_harmless(text, path, &answer);
            let place = answer.location().to_owned();
            if place.starts_with("/registry/import/") {
                staged += 1;
                let shown = office.get(&place).await;
                assert_eq!(shown.status, 200, "{place} with {text:?}");
                assert_harmless(text, "a preview", &shown);
            }
        }
        // The case grows by every reply; with thousands of texts it is looked at now and then.
        if number % 40 == 0 {
            let shown = unit.get(&place).await;
            assert_harmless(text, &place, &shown);
            attached += assert_attached(&mut unit, text, &shown.body).await;
        }
    }
    let letters = "/rectify/letters/2026Q1/U001";
    assert_eq!(office.get(letters).await.body, "PK letter");
    let shown = unit.get(&place).await;
    for text in texts() {
        assert_harmless(&text, &place, &shown);
    }
    for path in [
        "/rectify",
        "/appeals",
        "/rectify/contacts",
        "/rectify/messages",
        "/rectify/roll-call",
        "/registry/import",
        "/audit",
        "/",
    ] {
        let answer = office.get(path).await;
        assert_harmless("<script>alert(1)</script>", path, &answer);
    }
    assert!(
        replied > 15 && answered > 15 && staged > 30 && attached > 15,
        "{replied} replied, {answered} answered, {staged} staged, {attached} attached"
    );
    assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
}
