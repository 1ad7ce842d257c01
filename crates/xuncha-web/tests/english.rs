//! Pages in English are in English: every text of ours on every page that links lead to, for each role, and what forms answer to what is
//! wrong. Names, findings and rules are somebody's own words: their elements say that they are Chinese (`lang="zh"`), and are left out.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/house.rs"]
mod house;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::header;
use client::{Answer, Client};
use house::House;
use support::ROUND;
use xuncha_core::person::Role;

/// Tags that nothing stands in.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "link", "meta", "rect", "path"];
/// What is heard or seen though it is no text.
const SAID: [&str; 6] = [
    "title",
    "aria-label",
    "alt",
    "placeholder",
    "data-label",
    "summary",
];

/// A form as a browser would send it.
#[derive(Clone, Debug, Default)]
struct Form {
    action: String,
    has_files: bool,
    /// Name, kind and value of each field.
    fields: Vec<(String, String, String)>,
    buttons: BTreeSet<(String, String)>,
}

/// An open element.
struct Open {
    tag: String,
    is_chinese: bool,
}

/// What a page says, and its forms.
#[derive(Default)]
struct Read {
    chinese: BTreeSet<String>,
    forms: Vec<Form>,
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|sign| {
        ('\u{3000}'..'\u{a000}').contains(&sign) || ('\u{ff00}'..'\u{fff0}').contains(&sign)
    })
}

fn plain(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (code, sign)| {
        text.replace(code, sign)
    })
}

/// The attributes of a tag.
fn attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    loop {
        text = text.trim_start();
        let end = text
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(text.len());
        if end == 0 {
            return all;
        }
        let (name, rest) = text.split_at(end);
        let value = rest
            .strip_prefix("=\"")
            .and_then(|rest| rest.split_once('"'));
        let unquoted = rest.strip_prefix('=').filter(|rest| !rest.starts_with('"'));
        let (value, rest) = match (value, unquoted) {
            (Some(found), _) => found,
            (None, Some(rest)) => {
                rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()))
            }
            (None, None) => ("", rest),
        };
        all.insert(name.to_owned(), plain(value));
        text = rest;
    }
}

/// Reads a page of ours; what it is made of stands in quotation marks and ends.
fn read(html: &str) -> Read {
    let mut read = Read::default();
    let mut open: Vec<Open> = Vec::new();
    let mut form: Option<Form> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        let chinese = open.last().is_some_and(|one| one.is_chinese);
        let skipped = open
            .last()
            .is_some_and(|one| matches!(one.tag.as_str(), "script" | "style" | "textarea"));
        if !chinese && !skipped && is_chinese(text) {
            let at: Vec<&str> = open.iter().skip(2).map(|one| one.tag.as_str()).collect();
            read.chinese
                .insert(format!("{}: {}", at.join(" "), text.trim()));
        }
        let end = tag.find('>').unwrap();
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            while open.pop().is_some_and(|one| one.tag != name) {}
            if name == "form" {
                read.forms.extend(form.take());
            }
            continue;
        }
        if inside.starts_with('!') {
            continue;
        }
        let inside = inside.trim_end_matches('/');
        let (name, given) = inside
            .split_once(char::is_whitespace)
            .unwrap_or((inside, ""));
        let given = attributes(given);
        let of = |name: &str| given.get(name).cloned().unwrap_or_default();
        let is_marked = match given.get("lang") {
            Some(lang) => lang.starts_with("zh"),
            None => chinese,
        };
        for name in SAID {
            let said = of(name);
            if !is_marked && is_chinese(&said) {
                read.chinese.insert(format!("{name}: {said}"));
            }
        }
        match (name, &mut form) {
            ("form", _) if of("method") == "post" => {
                form = Some(Form {
                    action: of("action"),
                    has_files: of("enctype").starts_with("multipart"),
                    ..Form::default()
                })
            }
            ("input", Some(form)) if of("type") == "file" => form.has_files = true,
            ("input" | "textarea" | "select", Some(form)) => {
                let kind = if name == "input" {
                    of("type")
                } else {
                    name.to_owned()
                };
                form.fields.push((of("name"), kind, of("value")));
            }
            ("option", Some(form)) => {
                if let Some((_, _, value)) = form.fields.last_mut()
                    && value.is_empty()
                {
                    *value = of("value");
                }
            }
            ("button", Some(form)) => drop(form.buttons.insert((of("name"), of("value")))),
            _ => {}
        }
        if !VOID.contains(&name) {
            let tag = name.to_owned();
            open.push(Open {
                tag,
                is_chinese: is_marked,
            });
        }
    }
    read
}

fn is_page(answer: &Answer) -> bool {
    let kind = answer.headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"))
        && answer.body.starts_with("<!doctype html>")
}

/// Forms that end what the walk needs.
fn is_left_alone(action: &str) -> bool {
    matches!(action, "/sign-out" | "/account/sessions" | "/account/code")
}

/// Sends a form with every field filled in by one word, or with nothing in any.
async fn send(client: &mut Client, form: &Form, word: &str, button: &(String, String)) -> Answer {
    let mut seen = BTreeSet::new();
    let mut fields: Vec<(&str, &str)> = Vec::new();
    for (name, kind, value) in &form.fields {
        let value = match kind.as_str() {
            _ if name.is_empty() || name == "csrf" => continue,
            "hidden" => value.as_str(),
            // The first choice, once; none where nothing is filled in.
            "radio" | "checkbox" if word.is_empty() || !seen.insert(name) => continue,
            "radio" | "checkbox" => value,
            "select" if word == "x" => value,
            _ => word,
        };
        fields.push((name, value));
    }
    if !button.0.is_empty() {
        fields.push((&button.0, &button.1));
    }
    match form.has_files {
        true => {
            client
                .post_file(&form.action, &fields, ("x.txt", b"x"))
                .await
        }
        false => client.post(&form.action, &fields).await,
    }
}

/// What is Chinese that should not be, by the route on which it stands.
#[derive(Default)]
struct Faults(BTreeMap<String, BTreeSet<String>>);

impl Faults {
    fn add(&mut self, place: &str, read: &Read) {
        if !read.chinese.is_empty() {
            let known = self.0.entry(place.to_owned()).or_default();
            known.extend(read.chinese.iter().cloned());
        }
    }

    fn said(&self) -> String {
        let lines = self.0.iter().map(|(place, all)| {
            let all: Vec<&str> = all.iter().take(12).map(String::as_str).collect();
            format!("{place}\n    {}", all.join("\n    "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

async fn house() -> House {
    let house = House::new().await;
    let filter = xuncha_store::judge::FindingFilter {
        target: Some(support::PORTAL.into()),
        ..Default::default()
    };
    let store = &house.state.store;
    let found = store
        .findings(ROUND, &filter, xuncha_store::Page::ALL)
        .await
        .unwrap();
    support::seed_case(&house.state, &found.rows[0].id).await;
    house
}

async fn client(house: &House, role: Role) -> Client {
    let router = xuncha_web::router(house.state.clone());
    let mut client = match role {
        Role::Public => Client::new(&router),
        role => Client::signed_in(&router, &house.token(role).await).await,
    };
    client
        .cookies
        .insert("xuncha_lang".to_owned(), "en".to_owned());
    client
}

fn start(role: Role) -> &'static str {
    match role {
        Role::Public => "/public",
        _ => "/",
    }
}

const ROLES: [Role; 6] = [
    Role::Administrator,
    Role::Supervisor,
    Role::Inspector,
    Role::Leader,
    Role::Operator,
    Role::Public,
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_in_english_is_in_english() {
    let house = house().await;
    let (mut faults, mut count) = (Faults::default(), 0);
    for is_closed in [false, true] {
        if is_closed {
            support::close(&house.state.store).await;
        }
        for role in ROLES {
            let mut client = client(&house, role).await;
            for (route, page) in house.pages(&mut client, start(role)).await {
                count += 1;
                faults.add(route, &read(&page.body));
            }
        }
        let mut stranger = client(&house, Role::Public).await;
        for path in [
            "/sign-in",
            "/sign-in?once=1",
            "/nowhere",
            "/password?token=x",
            "/public/rounds/x",
        ] {
            faults.add(path, &read(&stranger.get(path).await.body));
        }
    }
    assert!(count > 200, "only {count} pages");
    assert!(faults.0.is_empty(), "{}", faults.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_answers_in_english() {
    let house = house().await;
    let (mut faults, mut sent, mut refused) = (Faults::default(), 0, 0);
    for role in ROLES {
        let mut client = client(&house, role).await;
        let mut forms: BTreeMap<(&'static str, Vec<String>), Form> = BTreeMap::new();
        for page in house.pages(&mut client, start(role)).await.into_values() {
            for mut form in read(&page.body).forms {
                if form.action.is_empty() {
                    form.action = page.path.clone();
                }
                let names = form.fields.iter().map(|(name, _, _)| name.clone());
                let names: Vec<String> = names
                    .chain(form.buttons.iter().map(|(name, _)| name.clone()))
                    .collect();
                let route = house.route_of("POST", &form.action);
                let route = route.unwrap_or_else(|| panic!("no form is taken at {}", form.action));
                forms.entry((route, names)).or_insert(form);
            }
        }
        for ((route, _), form) in forms {
            if is_left_alone(&form.action) {
                continue;
            }
            for word in ["", "x", "2031-02-29"] {
                for button in &form.buttons {
                    let mut answer = send(&mut client, &form, word, button).await;
                    sent += 1;
                    assert!(
                        answer.status.as_u16() < 500,
                        "{route} {form:?} {}",
                        answer.body
                    );
                    let next = answer.location().to_owned();
                    if next.starts_with('/') {
                        answer = client.get(&next).await;
                    } else {
                        refused += 1;
                    }
                    if is_page(&answer) {
                        faults.add(&format!("POST {route} with “{word}”"), &read(&answer.body));
                    }
                }
            }
        }
    }
    assert!(
        sent > 250 && refused > 150,
        "{sent} sent, {refused} refused"
    );
    assert!(faults.0.is_empty(), "{}", faults.said());
}

/// The reader itself: what it has to see, and what it has to leave out.
#[test]
fn chinese_is_seen_where_it_stands() {
    let page = "<!doctype html><html lang=\"en\"><body><main><h1 lang=\"zh\">青石市</h1><p>未标 <bdi lang=\"zh\">青石</bdi>：</p>\
        <input placeholder=\"说明\" value=\"青石\"><textarea>青石</textarea><a title=\"查看\" lang=\"zh\">青石</a><td data-label=\"状态\">x</td>\
        <form method=\"post\" action=\"/x?a=1&amp;b=2\"><input type=hidden name=\"csrf\" value=\"c\"><select name=\"s\"><option value=\"\">–</option><option value=\"1\">one</option></select><button name=\"do\" value=\"go\">Go</button></form></main></body></html>";
    let read = read(page);
    let seen: Vec<&str> = read.chinese.iter().map(String::as_str).collect();
    assert_eq!(
        seen,
        [
            "data-label: 状态",
            "main p: 未标",
            "main p: ：",
            "placeholder: 说明"
        ]
    );
    let form = &read.forms[0];
    assert_eq!(form.action, "/x?a=1&b=2");
    assert_eq!(form.fields[1].2, "1");
    assert_eq!(form.buttons.first().unwrap().1, "go");
}
