//! Who may do what, as a table: every role against every route on the real router over a real store. The table is `permissions.tsv`;
//! `docs/permissions.md` says the same to people (`XUNCHA_BLESS=1` writes it anew).
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::Router;
use axum::http::StatusCode;
use client::{Answer, Client};
use support::{PORTAL, ROUND};
use xuncha_core::permission::{Action, Scope, scope};
use xuncha_core::person::Role;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_web::{Route, WebState};

const TABLE: &str = include_str!("permissions.tsv");
/// The unit that the portal with findings belongs to, and another one.
const UNITS: [&str; 2] = ["U001", "U002"];
const PASSWORD: &str = "gaoshan liu shui";

/// A row of the table.
#[derive(Clone, Debug)]
struct Row {
    method: String,
    path: String,
    action: String,
    form: String,
    /// By column.
    expected: BTreeMap<&'static str, String>,
}

/// The columns with who stands for each.
const COLUMNS: [(&str, Role, Option<&str>); 7] = [
    ("public", Role::Public, None),
    ("operator_of_it", Role::Operator, Some(UNITS[0])),
    ("other_operator", Role::Operator, Some(UNITS[1])),
    ("inspector", Role::Inspector, None),
    ("leader", Role::Leader, None),
    ("supervisor", Role::Supervisor, None),
    ("administrator", Role::Administrator, None),
];

fn table() -> Vec<Row> {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let heads: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(heads[..4], ["method", "path", "action", "form"]);
    assert_eq!(heads[4..], columns);
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), heads.len(), "{line}");
        let cell = |at: usize| cells[at].to_owned();
        Row {
            method: cell(0),
            path: cell(1),
            action: cell(2),
            form: cell(3),
            expected: columns.iter().copied().zip((4..).map(cell)).collect(),
        }
    });
    rows.collect()
}

fn state_list(state: &WebState) -> String {
    state.lexicons["wrong_words"].clone()
}

/// A seeded house with one person of each column.
struct House {
    state: WebState,
    router: Router,
    people: BTreeMap<&'static str, i64>,
    /// What stands in addresses and forms for the names in braces.
    values: BTreeMap<&'static str, String>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        let (finding, _) = support::seed(&state).await;
        xuncha_web::publish_results(&state, ROUND).await.unwrap();
        let found = state.store.finding(&finding).await.unwrap().1;
        let evidence = found.evidence()[0].clone();
        let picture = xuncha_store::evidence::Picture {
            record: &evidence.record,
            sha256: &evidence.sha256,
            url: &evidence.url,
            at: evidence.at,
            png: b"\x89PNG\r\n\x1a\n",
        };
        let portal = PORTAL.into();
        state
            .evidence
            .put_picture(ROUND, &portal, &picture)
            .unwrap();
        let mut people = BTreeMap::new();
        for (column, role, unit) in COLUMNS {
            if role != Role::Public {
                let number = add(&state, column, role, unit).await;
                people.insert(column, number);
            }
        }
        let probe = add(&state, "probe", Role::Leader, None).await;
        let hash = xuncha_web::hash_password(PASSWORD.into(), "salt".into()).await;
        let set = state.store.set_password(probe, &hash.unwrap(), None).await;
        set.unwrap();
        let router = xuncha_web::router(state.clone());
        let mut house = House {
            state,
            router,
            people,
            values: BTreeMap::new(),
            _folder: folder,
        };
        let mut client = house.client("administrator").await;
        let replay = format!(
            "/rounds/{ROUND}/evidence/{PORTAL}/{}/replay",
            evidence.record
        );
        let replay = client.get(&replay).await;
        let pass = replay.location().split('/').nth(2).unwrap().to_owned();
        let sha256 = house.state.attachments.put(b"%PDF-1.7").unwrap();
        let file = xuncha_store::attachment::NewAttachment {
            owner: format!("round/{ROUND}/target/{PORTAL}"),
            about: String::new(),
            organization: Some(UNITS[0].to_owned()),
            name: "回复.pdf".to_owned(),
            kind: xuncha_core::attachment::FileKind::Pdf,
            sha256,
            size_bytes: 8,
            by: "张三".to_owned(),
            at: support::at("2026-03-20T10:00"),
        };
        let attachment = house.state.store.put_attachment(&file).await.unwrap();
        let case = support::seed_case(&house.state, &finding).await;
        support::registry::seed(&house.state).await;
        let person = add(&house.state, "subject", Role::Inspector, None).await;
        let lexicon = xuncha_store::lexicon::NewLexicon {
            list: "wrong_words".to_owned(),
            content: state_list(&house.state),
            based_on: 0,
            by: "张三".to_owned(),
            at: support::at("2026-03-20T10:00"),
            reason: "试".to_owned(),
            round: String::new(),
        };
        let packages = house.state.documents.join(ROUND).join("packages");
        std::fs::create_dir_all(&packages).unwrap();
        std::fs::write(packages.join(format!("{PORTAL}.pdf")), b"%PDF-1.7").unwrap();
        let draft = house.state.store.put_lexicon(&lexicon).await.unwrap();
        assert_eq!(draft, 1);
        house.values = BTreeMap::from([
            ("list", "wrong_words".to_owned()),
            ("case", case),
            ("request", support::registry::WAITING.to_owned()),
            ("import", support::registry::IMPORT.to_owned()),
            ("host", support::registry::HOST.to_owned()),
            ("enquiry", support::ENQUIRY.to_owned()),
            ("appeal", support::APPEAL.to_owned()),
            ("unit", UNITS[0].to_owned()),
            ("number", "1".to_owned()),
            ("round", ROUND.to_owned()),
            ("target", PORTAL.to_owned()),
            ("record", evidence.record),
            ("url", evidence.url),
            ("id", finding),
            ("attachment", attachment.to_string()),
            ("file", "drawn.csv".to_owned()),
            ("package", "sheet".to_owned()),
            ("form", "work.docx".to_owned()),
            ("paper", "supervision.docx".to_owned()),
            ("item", "none".to_owned()),
            ("name", "notice.html".to_owned()),
            ("kind", "record".to_owned()),
            ("table", "targets.csv".to_owned()),
            ("number", "1".to_owned()),
            ("item", "1".to_owned()),
            ("pass", pass),
            ("person", format!("P{person}")),
            ("password", PASSWORD.to_owned()),
            ("link", house.link(probe, LinkKind::SetPassword).await),
        ]);
        house
    }

    async fn link(&self, number: i64, kind: LinkKind) -> String {
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let put = self
            .state
            .store
            .put_link(&token, kind, number, until_s)
            .await;
        put.unwrap();
        token
    }

    /// A browser in which the person of a column has just signed in.
    async fn client(&self, column: &str) -> Client {
        let Some(number) = self.people.get(column) else {
            let mut client = Client::new(&self.router);
            client.get("/sign-in").await;
            return client;
        };
        let token = self.link(*number, LinkKind::SignIn).await;
        Client::signed_in(&self.router, &token).await
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    fn form(&self, row: &Row, step: &str) -> Vec<(String, String)> {
        let pairs = row.form.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), self.filled(value).replace("{step}", step)))
            .collect()
    }

    /// A token of the person of a column that may be used for everything; empty for strangers.
    async fn api_token(&self, column: &str) -> String {
        let Some(number) = self.people.get(column) else {
            return String::new();
        };
        let token = format!("xuncha_{}", (self.state.new_token)());
        let now_s = (self.state.now_s)();
        let new = xuncha_store::api_token::NewApiToken {
            name: "表".to_owned(),
            scopes: xuncha_core::permission::TokenScope::ALL.into(),
            now_s,
            expires_at_s: now_s + 100,
        };
        let put = self.state.store.put_api_token(*number, &token, &new).await;
        put.unwrap();
        token
    }

    async fn ask(&self, row: &Row, column: &str, client: &mut Client) -> Answer {
        let subject = self.people["leader"];
        let step = self.link(subject, LinkKind::SecondStep).await;
        let path = self.filled(&row.path);
        if row.path.starts_with("/api/") {
            let token = self.api_token(column).await;
            let body = (row.method == "POST").then_some(row.form.as_str());
            let answer = client.program(&token, &path, body).await;
            return answer;
        }
        let form = self.form(row, &step);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if row.method == "POST" {
            // A page of the sign-in has another token than those inside.
            if row.action == "SignIn" {
                client.get("/sign-in").await;
            }
            return client.post(&path, &form).await;
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        client.get(&format!("{path}?{query}")).await
    }
}

async fn add(state: &WebState, login: &str, role: Role, unit: Option<&str>) -> i64 {
    let file = PersonFile {
        name: login.to_owned(),
        role,
        organization: unit.map(str::to_owned),
    };
    state.store.add_person(login, &file).await.unwrap().number
}

/// The answer in the words of the table.
fn word(answer: &Answer) -> String {
    if answer.location().starts_with("/sign-in?next=") {
        return "sign-in".to_owned();
    }
    answer.status.as_u16().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_gets_at_every_route_what_the_table_says() {
    let house = House::new().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in table() {
        for (column, ..) in COLUMNS {
            let mut client = house.client(column).await;
            let answer = house.ask(&row, column, &mut client).await;
            count += 1;
            let (expected, got) = (&row.expected[column], word(&answer));
            if expected != &got {
                let place = format!("{} {}", row.method, row.path);
                wrong.push(format!("{column}: {place} gave {got}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 300, "{count}");
}

#[tokio::test]
async fn every_route_has_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    let named = |method: &str, path: &str, action: &str| format!("{method} {path} {action}");
    let routes = xuncha_web::routes(state);
    let registered: BTreeSet<String> = routes
        .iter()
        .map(|route| named(route.method, route.path, &format!("{:?}", route.action)))
        .collect();
    assert_eq!(registered.len(), routes.len(), "no route twice");
    let rows: BTreeSet<String> = table()
        .iter()
        .map(|row| named(&row.method, &row.path, &row.action))
        .collect();
    let without: Vec<&String> = registered.difference(&rows).collect();
    assert!(
        without.is_empty(),
        "no row in permissions.tsv: {without:#?}"
    );
    let gone: Vec<&String> = rows.difference(&registered).collect();
    assert!(gone.is_empty(), "rows without a route: {gone:#?}");
    // The pages and the core agree: what a role never may is 403 on every row, and nothing else but a wrong code is.
    for row in table() {
        let action = Action::ALL
            .into_iter()
            .find(|action| format!("{action:?}") == row.action)
            .unwrap();
        for (column, role, _) in COLUMNS {
            let expected = row.expected[column].as_str();
            let is_refused = matches!(expected, "401" | "403" | "sign-in");
            let is_code = row.path == "/sign-in/code";
            assert_eq!(
                is_refused && !is_code,
                scope(role, action) == Scope::None,
                "{column} {row:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_taken_without_the_token_of_its_own_session() {
    let house = House::new().await;
    let mut other = house.client("inspector").await;
    other.get("/account").await;
    let is_form = |row: &Row| row.method == "POST" && !row.path.starts_with("/api/");
    for row in table().into_iter().filter(is_form) {
        let column = match row.action.as_str() {
            "SignIn" => "public",
            "ApproveNotice" => "leader",
            _ => "administrator",
        };
        let path = house.filled(&row.path);
        let form = house.form(&row, "none");
        let with = |token: &str| {
            url::form_urlencoded::Serializer::new(String::new())
                .append_pair("csrf", token)
                .extend_pairs(&form)
                .finish()
        };
        let mut client = house.client(column).await;
        let mine = client.csrf.clone();
        for (token, headers) in [
            ("", vec![]),
            (other.csrf.as_str(), vec![]),
            (mine.as_str(), vec![("origin", "https://evil.example")]),
            (mine.as_str(), vec![("sec-fetch-site", "cross-site")]),
        ] {
            let refused = client.post_raw(&path, with(token), &headers).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            let is_said = refused.body.contains("没有执行");
            assert!(is_said, "{path}: {}", refused.body);
        }
        let headers = [("origin", "http://xuncha.example")];
        let taken = client.post_raw(&path, with(&mine), &headers).await;
        assert!(!taken.body.contains("没有执行"), "{path}: {}", taken.body);
    }
}

/// Every form of every template carries the token.
#[test]
fn every_form_of_a_template_carries_the_token() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for form in text.split("method=\"post\"").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let has_token = form.contains("m::csrf(shell)") || form.contains("name=\"csrf\"");
            assert!(has_token, "{}: {form}", path.display());
            count += 1;
        }
    }
    assert!(count > 12, "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_finds_nothing_of_other_units() {
    let house = House::new().await;
    let mut client = house.client("operator_of_it").await;
    let rounds = client.get("/rounds").await.body;
    assert!(rounds.contains("/rounds/2026Q1/targets"), "{rounds}");
    for link in ["/people", "/audit", "/tasks", "/open\"", "/notice"] {
        assert!(!rounds.contains(link), "no way to {link}");
    }
    // Of 63 sites that run and 12 accounts every third site is of U001, all accounts of U002.
    for (path, count) in [
        (format!("/rounds/{ROUND}/targets"), "1–21 / 21"),
        (format!("/rounds/{ROUND}/targets?q=9900000002"), "共 0 条"),
        (format!("/rounds/{ROUND}/targets?class=account"), "共 0 条"),
        ("/registry".to_owned(), "1–22 / 22"),
        ("/registry?q=9900000002".to_owned(), "共 0 条"),
    ] {
        let page = client.get(&path).await.body;
        assert!(page.contains(count), "{path}: {page}");
        for number in (1..=64).filter(|number| number % 3 != 1) {
            let id = format!("<small>99{number:08}</small>");
            assert!(!page.contains(&id), "{path} shows {id}");
        }
    }
    // What is of others and what does not exist are one and the same.
    let mut same = async |others: String, nothing: String, words: [&str; 2]| {
        let [others, nothing] = [client.get(&others).await, client.get(&nothing).await];
        assert_eq!(others.status, StatusCode::NOT_FOUND);
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        let tidy = |body: &str| body.replace(words[0], "ID").replace(words[1], "ID");
        assert_eq!(tidy(&others.body), tidy(&nothing.body));
    };
    let targets = format!("/rounds/{ROUND}/targets");
    let (other, none) = ("9900000002", "9900099999");
    let words = [other, none];
    same(
        format!("{targets}/{other}"),
        format!("{targets}/{none}"),
        words,
    )
    .await;
    let evidence = |target: &str| format!("/rounds/{ROUND}/evidence/{target}/00001@0");
    same(evidence(other), evidence(none), words).await;
    same(evidence("_outside"), evidence(none), ["_outside", none]).await;
    let filter = xuncha_store::judge::FindingFilter {
        target: Some("A000004".into()),
        ..Default::default()
    };
    let all = xuncha_store::Page::ALL;
    let found = house
        .state
        .store
        .findings(ROUND, &filter, all)
        .await
        .unwrap();
    let (theirs, none) = (
        found.rows[0].id.as_str(),
        "0".repeat(found.rows[0].id.len()),
    );
    same(
        format!("/findings/{theirs}"),
        format!("/findings/{none}"),
        [theirs, &none],
    )
    .await;
}

/// Whatever the way: an inspector writes nothing of a target of his own city.
#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_writes_nothing_of_his_own_city() {
    use xuncha_core::review::assign::{Assignment, Inspector};
    let house = House::new().await;
    let store = &house.state.store;
    let nobody = Assignment {
        first: BTreeMap::new(),
        second: BTreeMap::new(),
        nobody: Vec::new(),
    };
    let finding = house.filled("{id}");
    let (row, _) = store.finding(&finding).await.unwrap();
    let decision = serde_json::json!({ "decisions": [
        { "check": row.check, "key": row.key, "decision": "confirmed", "reason": "已核实" }
    ]});
    let (tasks, enquiry, recheck, api) = (
        format!("/rounds/{ROUND}/tasks/{PORTAL}"),
        house.filled("/enquiries/{enquiry}"),
        house.filled("/rectify/{case}/recheck"),
        format!("/api/v1/rounds/{ROUND}/targets/{PORTAL}/decisions"),
    );
    let sent = [
        ("step", "sent"),
        ("place", "县长信箱"),
        ("at", "2026-03-18T09:00"),
    ];
    let file: (&str, &[u8]) = ("a.pdf", b"%PDF-1.7");
    let body = decision.to_string();
    let token = house.api_token("inspector").await;
    for (region, is_his) in [("990100", true), ("990900", false)] {
        let inspectors = [Inspector {
            person: house.people["inspector"],
            region: region.to_owned(),
        }];
        let put = store.put_assignment(ROUND, &inspectors, &nobody).await;
        put.unwrap();
        let mut client = house.client("inspector").await;
        let answers = [
            client.post(&tasks, &[("stay", "1")]).await,
            client
                .post_file(&format!("{tasks}/attachments"), &[], file)
                .await,
            client.post(&enquiry, &sent).await,
            client.post(&recheck, &[("result", "machine")]).await,
            client.post(&recheck, &[("result", "fixed")]).await,
            client.program(&token, &api, Some(&body)).await,
        ];
        let is_refused = |one: &Answer| one.status == StatusCode::FORBIDDEN;
        for (place, answer) in answers.iter().enumerate() {
            assert_eq!(is_refused(answer), is_his, "{place}: {}", answer.body);
            let is_said = answer.body.contains("交叉互评");
            assert_eq!(is_said, is_his, "{place}: {}", answer.body);
        }
    }
}

/// Who has yet to say what he thinks sees nowhere what the other decided, and decides nothing by another way.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_opinion_is_blind_on_every_page() {
    use support::{ANSWERED, NOTE};
    use xuncha_core::review::assign::{Assignment, Inspector};
    let house = House::new().await;
    let store = &house.state.store;
    let target = xuncha_core::registry::TargetId::from(ANSWERED);
    let inspectors = [Inspector {
        person: house.people["inspector"],
        region: "990900".to_owned(),
    }];
    let pair = |second: i64| Assignment {
        first: [(target.clone(), house.people["administrator"])].into(),
        second: [(target.clone(), second)].into(),
        nobody: Vec::new(),
    };
    let shares = xuncha_store::opinion::BlindShares {
        double_percent: 100,
        pass_percent: 100,
    };
    store.put_blind_shares(ROUND, shares).await.unwrap();
    let token = house.api_token("inspector").await;
    let api = format!("/api/v1/rounds/{ROUND}/targets/{ANSWERED}");
    let decisions = format!("{api}/decisions");
    let body = r#"{"decisions":[{"check":"none","key":"none","decision":"confirmed"}]}"#;
    for (second, is_hidden) in [
        (house.people["inspector"], true),
        (house.people["leader"], false),
    ] {
        let put = store
            .put_assignment(ROUND, &inspectors, &pair(second))
            .await;
        put.unwrap();
        let mut client = house.client("inspector").await;
        let page = client
            .get(&format!("/rounds/{ROUND}/targets/{ANSWERED}"))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains(NOTE), !is_hidden, "{}", page.body);
        let sheet = client.program(&token, &api, None).await;
        assert_eq!(sheet.status, StatusCode::OK, "{}", sheet.body);
        assert_eq!(sheet.body.contains(NOTE), !is_hidden, "{}", sheet.body);
        let sent = client.program(&token, &decisions, Some(body)).await;
        let expected = match is_hidden {
            true => StatusCode::FORBIDDEN,
            false => StatusCode::NOT_FOUND,
        };
        assert_eq!(sent.status, expected, "{}", sent.body);
    }
}

/// Looks at other hosts stand in an archive that all targets share: of it a unit sees what its own findings refer to.
#[tokio::test(flavor = "multi_thread")]
async fn the_shared_archive_is_closed_to_operators() {
    let house = House::new().await;
    let (mut evidence, _) = house
        .state
        .evidence
        .open_target(ROUND, &"_outside".into())
        .unwrap();
    let parts = xuncha_store::evidence::ExchangeParts {
        url: "http://outside.example/",
        at: support::at("2026-03-15T09:20:00"),
        request_head: b"GET / HTTP/1.1\r\n\r\n",
        response_head: Some(b"HTTP/1.1 404 Not Found\r\nX-Of: others\r\n\r\n"),
        body: b"not here",
        failure: "",
        is_truncated: false,
        sha256: "",
    };
    let kept = evidence.keep(&parts).unwrap();
    evidence.rest().unwrap();
    let page = format!(
        "/rounds/{ROUND}/evidence/{PORTAL}/{}?sha256={}",
        kept.record, kept.sha256
    );
    let mut inspector = house.client("inspector").await;
    let seen = inspector.get(&page).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    assert!(seen.body.contains("others") && seen.body.contains("/_outside/"));
    let mut operator = house.client("operator_of_it").await;
    let hidden = operator.get(&page).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    assert!(!hidden.body.contains("others") && !hidden.body.contains("_outside"));

    // A finding of the portal refers to it now: its head is there, the archive stays closed.
    let set = house.state.store.round(ROUND).await.unwrap().round.set.id;
    let target = PORTAL.into();
    let store = &house.state.store;
    let mut judgements = store.judgements(ROUND, None).await.unwrap();
    let refers = judgements
        .iter_mut()
        .find(|one| one.target == target && one.set == set && one.check == "broken_links");
    let evidence = xuncha_core::evidence::EvidenceRef {
        url: parts.url.into(),
        at: parts.at,
        sha256: kept.sha256,
        record: kept.record,
        quote: String::new(),
    };
    let finding = xuncha_core::verdict::Finding::new("outside", "other", "外链打不开", evidence);
    refers.unwrap().result = xuncha_core::judge::Judged::Known {
        verdict: xuncha_core::verdict::Verdict::Fail {
            findings: vec![finding],
            undetermined: Vec::new(),
        },
    };
    store.put_judgements(ROUND, &judgements).await.unwrap();
    let seen = operator.get(&page).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    assert!(seen.body.contains("存档由监管单位保存"));
    assert!(!seen.body.contains("/_outside/"), "{}", seen.body);
}

fn sign(scope: Scope) -> &'static str {
    match scope {
        Scope::All => "全部",
        Scope::Own => "本单位",
        Scope::None => "—",
    }
}

/// What stands between the marks of the document.
fn document(routes: &[Route]) -> String {
    let heads: Vec<&str> = Role::ALL.iter().map(|role| role.zh()).collect();
    let mut out = format!(
        "| 动作 | {} |\n|---|{}\n",
        heads.join(" | "),
        "---|".repeat(6)
    );
    for action in Action::ALL {
        let cells: Vec<&str> = Role::ALL
            .iter()
            .map(|role| sign(scope(*role, action)))
            .collect();
        out.push_str(&format!("| {} | {} |\n", action.zh(), cells.join(" | ")));
    }
    out.push_str("\n## 地址\n\n| 动作 | 方法 | 地址 |\n|---|---|---|\n");
    for action in Action::ALL {
        for route in routes.iter().filter(|route| route.action == action) {
            let (method, path) = (route.method, route.path);
            out.push_str(&format!("| {} | {method} | `{path}` |\n", action.zh()));
        }
    }
    out
}

#[tokio::test]
async fn the_document_says_what_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let routes = xuncha_web::routes(support::state(folder.path()).await);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (prose, _) = text.split_once("## 权限表\n").unwrap();
    let wanted = format!("{prose}## 权限表\n\n{}", document(&routes));
    if std::env::var_os("XUNCHA_BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    assert_eq!(text, wanted, "bless it: XUNCHA_BLESS=1");
}
