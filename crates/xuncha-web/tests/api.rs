//! The interface for programs on the real router over a real store.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use client::{Answer, Client};
use serde_json::{Value, json};
use support::{PORTAL, ROUND};
use xuncha_core::permission::TokenScope;
use xuncha_core::person::Role;
use xuncha_store::api_token::NewApiToken;
use xuncha_store::person::PersonFile;
use xuncha_web::WebState;

struct House {
    state: WebState,
    client: Client,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        let client = Client::new(&xuncha_web::router(state.clone()));
        House {
            state,
            client,
            _folder: folder,
        }
    }

    async fn token(&self, role: Role, scopes: &[TokenScope], lasts_s: i64) -> String {
        let token = format!("xuncha_{}", (self.state.new_token)());
        let file = PersonFile {
            name: "程序".to_owned(),
            role,
            organization: (role == Role::Operator).then(|| "U001".to_owned()),
        };
        let login = token.replace("xuncha_token-", "robot");
        let person = self.state.store.add_person(&login, &file).await.unwrap();
        let now_s = (self.state.now_s)();
        let new = NewApiToken {
            name: "试".to_owned(),
            scopes: scopes.iter().copied().collect(),
            now_s,
            expires_at_s: now_s + lasts_s,
        };
        let put = self.state.store.put_api_token(person.number, &token, &new);
        put.await.unwrap();
        token
    }

    async fn get(&self, token: &str, path: &str) -> (StatusCode, Value) {
        read(self.client.program(token, path, None).await)
    }
}

fn read(answer: Answer) -> (StatusCode, Value) {
    let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
    let expected = match answer.status.is_success() {
        true => "application/json",
        false => "application/problem+json",
    };
    assert_eq!(kind, expected, "{}", answer.body);
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

#[tokio::test]
async fn the_document_and_the_routes_are_the_same() {
    let house = House::new().await;
    let (_, document) = house.get("", "/api/v1/openapi.json").await;
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes = xuncha_web::routes(house.state.clone());
    let of_programs = routes
        .iter()
        .filter(|route| route.path.starts_with("/api/"));
    let mut registered: BTreeSet<String> = of_programs
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    registered.remove("GET /api/v1/openapi.json");
    assert_eq!(documented, registered);
    assert_eq!(
        document["components"]["securitySchemes"]["token"]["scheme"],
        "bearer"
    );
}

#[tokio::test]
async fn lists_come_in_pages_and_narrowed_to_the_unit() {
    let house = House::new().await;
    let all = house.token(Role::Leader, &[TokenScope::Read], 100).await;
    let path = format!("/api/v1/rounds/{ROUND}/targets");
    let (_, first) = house.get(&all, &format!("{path}?per_page=2")).await;
    assert_eq!(
        (
            first["total"].as_u64(),
            first["items"].as_array().unwrap().len()
        ),
        (Some(75), 2)
    );
    let (_, second) = house.get(&all, &format!("{path}?per_page=2&page=2")).await;
    assert_ne!(first["items"][0], second["items"][0]);
    let (_, beyond) = house.get(&all, &format!("{path}?page=1000")).await;
    assert_eq!(beyond["items"], json!([]));
    let (_, bad) = house
        .get(&all, &format!("{path}?class=account&outcome=unqualified"))
        .await;
    assert!(
        bad["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["outcome"] == "unqualified")
    );

    let own = house.token(Role::Operator, &[TokenScope::Read], 100).await;
    let (_, mine) = house.get(&own, &path).await;
    assert_eq!(mine["total"], 21);
    let (_, theirs) = house
        .get(&all, &format!("/api/v1/rounds/{ROUND}/findings"))
        .await;
    let (_, findings) = house
        .get(&own, &format!("/api/v1/rounds/{ROUND}/findings"))
        .await;
    assert!(findings["total"].as_u64() < theirs["total"].as_u64());
    let targets: BTreeSet<&str> = mine["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["target"]["id"].as_str().unwrap())
        .collect();
    for finding in findings["items"].as_array().unwrap() {
        assert!(
            targets.contains(finding["target"].as_str().unwrap()),
            "{finding}"
        );
    }
    let (_, registry) = house.get(&own, "/api/v1/registry").await;
    assert_eq!(registry["total"], 22);
}

#[tokio::test]
async fn what_does_not_fit_is_said_as_a_problem() {
    let house = House::new().await;
    let token = house
        .token(Role::Supervisor, &[TokenScope::Read], 100)
        .await;
    let ended = house.token(Role::Supervisor, &[TokenScope::Read], 0).await;
    let rounds = "/api/v1/rounds";
    let decisions = format!("{rounds}/{ROUND}/targets/{PORTAL}/decisions");
    for (token, path, expected) in [
        ("", rounds.to_owned(), 401),
        ("xuncha_nobody", rounds.to_owned(), 401),
        (ended.as_str(), rounds.to_owned(), 401),
        (&token, format!("{rounds}?page=0"), 400),
        (&token, format!("{rounds}?page=x"), 400),
        (&token, format!("{rounds}?per_page=501"), 400),
        (
            &token,
            format!("{rounds}/{ROUND}/targets?class=nothing"),
            400,
        ),
        (&token, format!("{rounds}/none"), 404),
        (&token, format!("{rounds}/%FF"), 400),
        (&token, format!("{rounds}/{ROUND}/targets/none"), 404),
        (&token, "/api/v1/findings/none".to_owned(), 404),
        (&token, "/api/v2/rounds".to_owned(), 404),
    ] {
        let (status, problem) = house.get(token, &path).await;
        assert_eq!(status.as_u16(), expected, "{path}");
        assert_eq!(problem["status"], expected, "{path}");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{path}");
    }
    // Reading is not deciding.
    let refused = house.client.program(&token, &decisions, Some("{}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // A session opens no door of programs, and a token none of people.
    let page = house.client.program(&token, "/", None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_program_decides_and_the_sheet_follows() {
    let house = House::new().await;
    let token = house.token(Role::Inspector, &TokenScope::ALL, 100).await;
    let findings = format!("/api/v1/rounds/{ROUND}/findings?target={PORTAL}&check=broken_links");
    let (_, found) = house.get(&token, &findings).await;
    let finding = &found["items"][0];
    let whole = format!("/api/v1/findings/{}", finding["id"].as_str().unwrap());
    let (_, before) = house.get(&token, &whole).await;
    assert!(!before["evidence"].as_array().unwrap().is_empty());
    let path = format!("/api/v1/rounds/{ROUND}/targets/{PORTAL}/decisions");
    let send = async |body: Value| {
        read(
            house
                .client
                .program(&token, &path, Some(&body.to_string()))
                .await,
        )
    };
    let decision = |decision: &str| json!({ "decisions": [{ "check": "broken_links", "key": finding["key"], "decision": decision, "reason": "已核实" }] });
    let (status, sheet) = send(decision("rejected")).await;
    assert_eq!(status, StatusCode::OK, "{sheet}");
    let last = sheet["decisions"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["decision"], &last["by"]),
        (&json!("rejected"), &json!("程序"))
    );
    let (_, shown) = house
        .get(&token, &format!("/api/v1/rounds/{ROUND}/targets/{PORTAL}"))
        .await;
    assert_eq!(shown, sheet);
    let (_, after) = house.get(&token, &whole).await;
    let count = |whole: &Value| whole["decisions"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) + 1);
    let key = &finding["key"];
    for (decisions, expected) in [
        (json!([]), 422),
        (
            json!([{ "check": "manual", "key": "x", "decision": "answered", "number": -1 }]),
            422,
        ),
        (
            json!([{ "check": "manual", "key": "x", "decision": "answered", "number": 3.0 }]),
            404,
        ),
        (json!(null), 422),
        (
            json!([{ "check": "broken_links", "key": "no such key", "decision": "confirmed" }]),
            404,
        ),
        (
            json!([{ "check": "broken_links", "key": key, "decision": "answered" }]),
            422,
        ),
        (
            json!([{ "check": "broken_links", "key": key, "decision": "maybe" }]),
            422,
        ),
    ] {
        let (status, problem) = send(json!({ "decisions": decisions })).await;
        assert_eq!(status.as_u16(), expected, "{decisions} {problem}");
    }
    // A closed round takes nothing.
    let note = xuncha_store::registry::ChangeNote {
        at: support::at("2026-04-01T09:00"),
        by: "张三".into(),
        reason: "期满".into(),
    };
    house.state.store.close_round(ROUND, &note).await.unwrap();
    let (status, _) = send(decision("confirmed")).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

/// A token is shown once, works, is listed, and ends by a click or with the password.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_made_and_taken_away_on_ones_own_page() {
    let house = House::new().await;
    let login = xuncha_web::new_login(&house.state, "张三").await.unwrap();
    let mut client = Client::signed_in(&house.client.router, &login).await;
    client.get("/account/tokens").await;
    let refused = client
        .post("/account/tokens", &[("name", "看板"), ("days", "30")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("name", "<b>看板"), ("read", "1"), ("days", "30")];
    let made = client.post("/account/tokens", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert!(!made.body.contains("<b>看板") && made.body.contains("&#60;b&#62;看板"));
    let token = made.body.split("readonly value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap().to_owned();
    let (status, _) = house.get(&token, "/api/v1/rounds").await;
    assert_eq!(status, StatusCode::OK);
    let listed = client.get("/account/tokens").await.body;
    assert!(!listed.contains(&token), "shown once");
    let number = listed.split("name=\"number\" value=\"").nth(1).unwrap();
    let number = number.split('"').next().unwrap().to_owned();
    client
        .post("/account/tokens/revoke", &[("number", &number)])
        .await;
    let (status, _) = house.get(&token, "/api/v1/rounds").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let token = house.token(Role::Leader, &[TokenScope::Read], 100).await;
    let found = house
        .state
        .store
        .person_of_api_token(&token, (house.state.now_s)())
        .await;
    let person = found.unwrap().unwrap().0.number;
    house
        .state
        .store
        .set_password(person, "hash", None)
        .await
        .unwrap();
    let (status, _) = house.get(&token, "/api/v1/rounds").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
