//! The annual forms on the real router: what is known stands there, the rest is typed, looked at, kept, and printed in Word and PDF.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use std::process::Command;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use client::Client;
use support::PORTAL;
use tower::ServiceExt;
use xuncha_core::person::Role;
use xuncha_store::annual::AnnualKey;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_web::WebState;

struct House {
    state: WebState,
    router: Router,
    folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        House {
            router: xuncha_web::router(state.clone()),
            state,
            folder,
        }
    }

    async fn client(&self, login: &str, role: Role, unit: Option<&str>) -> Client {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: unit.map(str::to_owned),
        };
        let store = &self.state.store;
        let person = store.add_person(login, &file).await.unwrap();
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let number = person.number;
        let put = store.put_link(&token, LinkKind::SignIn, number, until_s);
        put.await.unwrap();
        Client::signed_in(&self.router, &token).await
    }

    /// What a PDF behind an address says.
    async fn printed(&self, client: &Client, path: &str) -> String {
        let pairs = client.cookies.iter();
        let cookies: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::get(path).header(header::COOKIE, cookies.join("; "));
        let request = request.body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        assert!(bytes.starts_with(b"%PDF"), "{path}");
        let file = self.folder.path().join("form.pdf");
        std::fs::write(&file, &bytes).unwrap();
        let output = Command::new("pdftotext").arg(&file).arg("-").output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        text.split_whitespace().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_fills_in_the_form_of_its_site_and_downloads_it() {
    let house = House::new().await;
    let mut client = house.client("op", Role::Operator, Some("U001")).await;
    let list = client.get("/annual?year=2025").await.body;
    let path = format!("/annual/work/{PORTAL}");
    assert!(list.contains(&format!("{path}?year=2025")), "{list}");
    assert!(!list.contains("9900000002"), "only its own sites: {list}");
    let page = client.get(&format!("{path}?year=2025")).await.body;
    assert!(page.contains("2025年度"), "{page}");
    assert!(
        page.contains(&format!("placeholder=\"{PORTAL}\"")),
        "the registry knows its number: {page}"
    );
    let wrong = [("year", "2025"), ("visits", "很多"), ("published", "9")];
    let refused = client.post(&path, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"visits-error\"") && refused.body.contains("value=\"9\""),
        "{}",
        refused.body
    );
    let key = AnnualKey {
        form: "work",
        subject: PORTAL,
        year: 2025,
    };
    let store = &house.state.store;
    assert_eq!(store.annual_answers(key).await.unwrap(), None);
    // A sum that does not hold is kept and told.
    let good = [
        ("year", "2025"),
        ("visits", "1200"),
        ("visitors", "1300"),
        ("published", "10"),
        ("published_overview", "3"),
        ("published_news", "3"),
        ("published_catalogue", "3"),
        ("nothing", "x"),
    ];
    let saved = client.post(&path, &good).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = client.get(saved.location()).await.body;
    assert!(page.contains("已保存") && page.contains("value=\"1200\""));
    for told in ["多于“网站总访问量（次）”的1200", "之和是9"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let kept = store.annual_answers(key).await.unwrap().unwrap();
    assert_eq!(kept.answers["visits"], "1200");
    assert!(!kept.answers.contains_key("nothing"), "no item of the form");
    let text = house
        .printed(&client, &format!("{path}/work.pdf?year=2025"))
        .await;
    for said in [
        "政府网站工作年度报表（2025年度）",
        PORTAL,
        "1200",
        "待填",
        "之和是9",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let word = client.get(&format!("{path}/work.docx?year=2025")).await;
    assert_eq!(word.status, StatusCode::OK);
    let missing = client.get(&format!("{path}/other.docx?year=2025")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    // Another year is another form.
    let other = client.get(&format!("{path}?year=2024")).await.body;
    assert!(!other.contains("value=\"1200\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_fills_in_its_form_and_its_self_assessment() {
    let house = House::new().await;
    let mut client = house.client("sup", Role::Supervisor, None).await;
    let list = client.get("/annual?year=2025").await.body;
    for path in [
        "/annual/supervision?year=2025",
        "/annual/assessment?year=2025",
    ] {
        assert!(list.contains(path), "{path}: {list}");
    }
    let form = client.get("/annual/supervision?year=2025").await.body;
    assert!(
        form.contains("name=\"tips\"") && form.contains("待填"),
        "{form}"
    );
    let fields = [("year", "2025"), ("tips", "10"), ("tips_open", "11")];
    let saved = client.post("/annual/supervision", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = client.get(saved.location()).await.body;
    assert!(page.contains("的10"), "more open than received: {page}");
    let text = house
        .printed(&client, "/annual/office/supervision.pdf?year=2025")
        .await;
    assert!(text.contains("政府网站监管年度报表（2025年度）"), "{text}");

    let page = client.get("/annual/assessment?year=2025").await.body;
    assert!(page.contains("结论无法判定"), "{page}");
    let questions: Vec<String> = page
        .split("class=\"field\"")
        .skip(1)
        .filter_map(|field| field.split("name=\"").nth(1)?.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(questions.len() > 5, "{questions:?}");
    let mut fields = vec![("year", "2025")];
    fields.extend(questions.iter().map(|question| (question.as_str(), "0")));
    let saved = client.post("/annual/assessment", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = client.get(saved.location()).await.body;
    assert!(
        page.contains("扣分指标得分100") && page.contains("结论合格"),
        "{page}"
    );
    let text = house
        .printed(&client, "/annual/office/assessment.pdf?year=2025")
        .await;
    assert!(text.contains("扣分指标得分100"), "{text}");
}
