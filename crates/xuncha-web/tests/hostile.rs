//! Hostile texts in every field of the pages about people: none becomes markup, none breaks a page.
//!
//! Where `XUNCHA_HOSTILE` names a folder of JSON lists, all their texts are tried: each alone in the short fields that list it, many behind
//! each other in the long fields of all forms, and a sample of them alone there too.
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

/// Signs of the longest text that most long fields take.
const LONGEST: usize = 1_800;
/// Texts of the lists that go through every form alone.
const SAMPLE: usize = 40;

fn texts() -> Vec<String> {
    let mut all: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    all.push("长".repeat(500));
    all
}

/// All texts of the lists, ours first.
fn lists() -> Vec<String> {
    let mut all = texts();
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

/// 所给文字. What is typed, and the texts that it is made of.
struct Given {
    text: String,
    parts: Vec<String>,
}

impl Given {
    fn one(text: &str) -> Given {
        Given {
            text: text.to_owned(),
            parts: vec![text.to_owned()],
        }
    }
}

/// What goes through every form: our texts alone, a sample of the lists alone, always the same one, and all texts behind each other.
fn given() -> Vec<Given> {
    let all = lists();
    let (own, others) = all.split_at(texts().len());
    let mut sample: Vec<(Vec<u8>, &String)> = others
        .iter()
        .map(|text| (Sha256::digest(format!("hostile {text}")).to_vec(), text))
        .collect();
    sample.sort();
    let sample = sample.iter().take(SAMPLE).map(|(_, text)| *text);
    let mut made: Vec<Given> = own
        .iter()
        .chain(sample)
        .map(|text| Given::one(text))
        .collect();
    let mut pack = Given::one("-");
    for text in &all {
        if pack.text.chars().count() + text.chars().count() > LONGEST {
            made.push(std::mem::replace(&mut pack, Given::one("-")));
        }
        pack.text.push('\n');
        pack.text.push_str(text);
        pack.parts.push(text.clone());
    }
    made.push(pack);
    made
}

/// The first tag of a page that runs or loads something, or that has an attribute which does. Our pages write values in double quotes.
fn acting(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let mut is_quoted = false;
        let end = tag.find(|sign: char| {
            is_quoted ^= sign == '"';
            sign == '>' && !is_quoted
        });
        let (inside, after) = tag.split_at(end.unwrap_or(tag.len()));
        let bare: Vec<&str> = inside.split('"').step_by(2).collect();
        let bare = bare.join(" ").to_lowercase();
        let mut words = bare.split(|sign: char| sign.is_whitespace() || sign == '/');
        let name = words.next().unwrap_or_default();
        let loads = ["script", "img", "iframe", "object", "embed", "base"].contains(&name);
        let is_handler = |word: &str| word.starts_with("on") && word.contains('=');
        if loads || words.any(is_handler) {
            return Some(format!("<{inside}>"));
        }
        rest = after;
    }
    None
}

#[test]
fn what_acts_is_seen() {
    for (html, expected) in [
        ("<p title=\"onclick=1\">onclick=1</p>", false),
        ("<p value=\"x onerror=\" maxlength=\"5\">", false),
        ("<p class=\"a\" onclick=\"x\">", true),
        ("<p/onclick=x>", true),
        ("<SCRIPT>", true),
        ("<svg><img src=x>", true),
    ] {
        assert_eq!(acting(html).is_some(), expected, "{html}");
    }
}

/// What would run or break out, if the text stood in the page as it is.
/// A page without the one script of ours that shows how jobs go on, by its exact words.
fn without_own_script(body: &str) -> String {
    const OWN: &str = "<script>var box=document.getElementById('jobs');if(box&&window.EventSource){var source=new EventSource(box.dataset.events);source.onmessage=function(event){box.innerHTML=event.data;if(box.querySelector('[data-ended]')){source.close()}}}</script>";
    body.replacen(OWN, "", 1)
}

fn assert_harmless(given: &Given, place: &str, answer: &Answer) {
    let (text, status) = (&given.text, answer.status.as_u16());
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
    let acting = acting(&without_own_script(&answer.body));
    assert_eq!(acting, None, "{place} lets it through of {text:?}");
    for part in &given.parts {
        let is_markup = part.contains('<') && part.contains('>');
        assert!(
            !is_markup || !answer.body.contains(part.as_str()),
            "{place} shows {part:?} as it is"
        );
    }
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
    for (number, given) in given().iter().enumerate() {
        let text = given.text.as_str();
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
            assert_harmless(given, path, &answer);
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
            assert_harmless(given, path, &answer);
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
            assert_harmless(given, path, &answer);
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
            assert_harmless(given, &path, &answer);
        }
        let level = format!("level.{text}");
        let fields = [(level.as_str(), "full"), ("level.broken_links", text)];
        let answer = inside.post("/publicity", &fields).await;
        assert_harmless(given, "/publicity", &answer);
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
        assert_harmless(&Given::one("<script>alert(1)</script>"), path, &answer);
    }
    assert!(!outside.cookies.contains_key("xuncha_session"));
    let all = store
        .persons(&Default::default(), xuncha_store::Page::ALL)
        .await;
    assert!(all.unwrap().total > 15, "most texts are names");
    assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
}

/// A filed request is shown with what was typed, and taken back so that the next one finds the entry free.
async fn shown_and_taken_back(client: &mut Client, given: &Given, answer: &Answer) -> bool {
    let text = given.text.as_str();
    let place = answer.location().to_owned();
    if !place.starts_with("/requests/") {
        return false;
    }
    for path in [place.as_str(), "/requests", "/registry"] {
        let shown = client.get(path).await;
        assert_eq!(shown.status, 200, "{path} with {text:?}");
        assert_harmless(given, path, &shown);
    }
    for (path, fields) in [
        ("review", vec![("answer", "return"), ("note", text)]),
        ("complete", vec![("note", text)]),
        ("posted", vec![("on", text)]),
        ("withdraw", vec![]),
    ] {
        let path = format!("{place}/{path}");
        let answer = client.post(&path, &fields).await;
        assert_harmless(given, &path, &answer);
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
    for given in given() {
        let (given, text) = (&given, given.text.as_str());
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
            assert_harmless(given, kind, &answer);
            filed += u32::from(shown_and_taken_back(&mut inside, given, &answer).await);
        }
        let suspend = [
            ("request", "suspend"),
            ("target", PORTAL),
            ("from", text),
            ("until", text),
            ("reason", text),
        ];
        let answer = inside.post("/requests", &suspend).await;
        assert_harmless(given, "suspend", &answer);
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
            assert_harmless(given, &path, &answer);
            let place = answer.location().to_owned();
            if place.starts_with("/list-drafts/") {
                drafted += 1;
                let shown = inside.get(&place).await;
                assert_harmless(given, &place, &shown);
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
            assert_harmless(given, path, &answer);
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
            assert_harmless(given, path, &answer);
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
        assert_harmless(&Given::one("<script>alert(1)</script>"), path, &answer);
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

/// A registry of the house's own kind in which every name is one of the texts.
fn registry_of(texts: &[String]) -> Vec<u8> {
    // Spreadsheets hold no control characters.
    let plain = |text: &String| -> String { text.chars().filter(|c| !c.is_control()).collect() };
    let texts: Vec<String> = texts.iter().map(plain).collect();
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    let sheet = |name: &str, rows: Vec<Vec<String>>| xuncha_core::sheet::Sheet {
        name: name.to_owned(),
        rows,
    };
    let all = |width: usize| texts.iter().map(move |text| vec![text.clone(); width]);
    let is_name = |sign: &char| !"[]:*?/\\'".contains(*sign);
    let name = "别的".chars().chain(texts[0].chars());
    let name: String = name.filter(is_name).take(15).collect();
    let mut regions: Vec<Vec<String>> = vec![
        row(&["区划代码", "名称", "级别", "上级区划代码"]),
        row(&["990000", &texts[0], "省", ""]),
    ];
    regions.extend(all(4));
    let mut units: Vec<Vec<String>> = vec![
        row(&["单位编号", "单位名称", "区划代码", "上级单位编号", "层级"]),
        row(&["U001", &texts[0], "990000", "", "省级"]),
    ];
    units.extend(all(5));
    let sheets = [
        sheet("地区", regions),
        sheet("单位", units),
        sheet(&name, vec![row(&[&texts[0], &texts[0]])]),
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
    for (number, given) in given().iter().enumerate() {
        let text = given.text.as_str();
        let pdf = file_name(text);
        let file = (pdf.as_str(), b"%PDF-1.7 stamped".as_slice());
        let reply = [
            ("case", case.as_str()),
            ("note", text),
            ("same_kind", "fixed"),
            ("on", text),
        ];
        let answer = unit.post_file("/rectify/reply", &reply, file).await;
        assert_harmless(given, "/rectify/reply", &answer);
        replied += u32::from(answer.location() == "/rectify?done=replied");
        for (name, value) in [("case", text), ("same_kind", text)] {
            let mut wrong = reply;
            for field in &mut wrong {
                if field.0 == name {
                    field.1 = value;
                }
            }
            let answer = unit.post_file("/rectify/reply", &wrong, file).await;
            assert_harmless(given, "/rectify/reply", &answer);
        }
        // One appeal waits at a time: it is refused for reasons of text, and the next one is filed.
        for fields in [
            [("answer", text), ("reasons", text)],
            [("answer", "refused"), ("reasons", text)],
        ] {
            let answer = office.post(&open, &fields).await;
            assert_harmless(given, "an answer to an appeal", &answer);
            let is_kept = answer.location().starts_with("/appeals/");
            answered += u32::from(is_kept);
        }
        let shown = office.get(&open).await;
        assert_harmless(given, "an appeal", &shown);
        attached += assert_attached(&mut office, text, &shown.body).await;
        let filed = unit.post_file(&contest, &[("text", text)], file).await;
        assert_harmless(given, &contest, &filed);
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
            assert_harmless(given, path, &answer);
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
            assert_harmless(given, path, &answer);
        }
        let book = registry_of(&given.parts);
        for (name, bytes) in [
            (format!("{pdf}.xlsx"), book.as_slice()),
            ("名录.csv".to_owned(), text.as_bytes()),
        ] {
            let file = (name.as_str(), bytes);
            let path = "/registry/import";
            let answer = office.post_file(path, &[("mapping", "own")], file).await;
            assert_harmless(given, path, &answer);
            let place = answer.location().to_owned();
            if place.starts_with("/registry/import/") {
                staged += 1;
                let shown = office.get(&place).await;
                assert_eq!(shown.status, 200, "{place} with {text:?}");
                assert_harmless(given, "a preview", &shown);
            }
        }
        // The case grows by every reply; with thousands of texts it is looked at now and then.
        if number % 40 == 0 {
            let shown = unit.get(&place).await;
            assert_harmless(given, &place, &shown);
            attached += assert_attached(&mut unit, text, &shown.body).await;
        }
    }
    let letters = "/rectify/letters/2026Q1/U001";
    assert_eq!(office.get(letters).await.body, "PK letter");
    let shown = unit.get(&place).await;
    for given in given() {
        assert_harmless(&given, &place, &shown);
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
        assert_harmless(&Given::one("<script>alert(1)</script>"), path, &answer);
    }
    assert!(
        replied > 15 && answered > 15 && staged > 30 && attached > 15,
        "{replied} replied, {answered} answered, {staged} staged, {attached} attached"
    );
    assert_eq!(store.verify_audit(None).await.unwrap().broken, None);
}

/// Every text alone, in the fields that are short and stand in lists: of people, requests, searches, addresses and workbooks. All pages of
/// the lists are looked at in the end.
#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_text_alone_is_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    xuncha_web::publish_results(&state, ROUND).await.unwrap();
    let token = xuncha_web::new_login(&state, "zhou").await.unwrap();
    let router = xuncha_web::router(state);
    let mut inside = Client::signed_in(&router, &token).await;
    let mut outside = Client::new(&router);
    outside.get("/sign-in").await;
    let all = lists();
    let (mut named, mut filed) = (0, 0);
    for (number, text) in all.iter().enumerate() {
        let given = Given::one(text);
        let login = format!("one{number}");
        let person = [
            ("login", login.as_str()),
            ("name", text),
            ("role", "leader"),
        ];
        let answer = inside.post("/people", &person).await;
        assert_harmless(&given, "/people", &answer);
        named += u32::from(answer.status.is_success() && answer.body.contains("/password?token="));
        let open = [
            ("request", "open"),
            ("noun", "account"),
            ("unit", "U001"),
            ("name", text),
            ("platform", "微博"),
            ("kind", "微博"),
            ("reason", text),
        ];
        let answer = inside.post("/requests", &open).await;
        assert_harmless(&given, "/requests", &answer);
        filed += u32::from(answer.location().starts_with("/requests/"));
        // Each place has another text: in the end each had them all.
        let of = |place: usize| all[(number + place * 97) % all.len()].as_str();
        let segment: String = url::form_urlencoded::byte_serialize(of(1).as_bytes()).collect();
        let asked = [
            ("q", of(2)),
            ("class", of(3)),
            ("outcome", of(4)),
            ("city", of(5)),
        ];
        let public = format!("/public/rounds/{ROUND}");
        for path in [
            format!("{public}/targets?{}", query(&asked)),
            format!("{public}/files/{segment}"),
        ] {
            let answer = outside.get(&path).await;
            for place in 1..6 {
                assert_harmless(&Given::one(of(place)), &path, &answer);
            }
        }
    }
    let whole = Given {
        text: "all of them".to_owned(),
        parts: all.clone(),
    };
    for list in ["/people", "/requests"] {
        let mut pages = 0;
        for page in 1.. {
            let path = format!("{list}?page={page}");
            let answer = inside.get(&path).await;
            assert_harmless(&whole, &path, &answer);
            pages = page;
            if !answer.body.contains(&format!("page={}\"", page + 1)) {
                break;
            }
        }
        assert!(pages >= all.len().div_ceil(200), "{pages} pages of {list}");
    }
    for texts in all.chunks(200) {
        let book = registry_of(texts);
        let lines: Vec<String> = texts
            .iter()
            .map(|text| format!("\"{}\"", text.replace('"', "\"\"")))
            .collect();
        let table = lines.join("\n");
        for (name, bytes) in [
            ("名录.xlsx", book.as_slice()),
            ("名录.csv", table.as_bytes()),
        ] {
            let path = "/registry/import";
            let answer = inside
                .post_file(path, &[("mapping", "own")], (name, bytes))
                .await;
            assert_harmless(&whole, path, &answer);
            let place = answer.location().to_owned();
            if !place.is_empty() {
                assert_harmless(&whole, &place, &inside.get(&place).await);
            }
        }
    }
    let least = all.len() as u32 / 2;
    assert!(
        named > least && filed > least,
        "{named} named, {filed} filed of {}",
        all.len()
    );
}

/// Whatever a file is called by who hands it in, it is kept and handed out under a name.
#[test]
fn hostile_file_names_are_names() {
    use xuncha_core::attachment::{FileKind, file_name};
    for text in lists() {
        let name = file_name(&text, FileKind::Pdf);
        let is_odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        assert!(
            !name.contains(is_odd) && name.ends_with(".pdf"),
            "{name:?} of {text:?}"
        );
        assert!(name.chars().count() <= 104, "{name:?} of {text:?}");
    }
}
