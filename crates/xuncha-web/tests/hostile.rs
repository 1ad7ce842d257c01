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
