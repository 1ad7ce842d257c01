//! What everybody sees of a published round, what nobody ever does, and the page of a leader.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
#[path = "support/client.rs"]
mod client;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chromium::Browser;
use client::{Answer, Client, send};
use support::{ANSWERED, NAUGHTY, NOTE, PORTAL, ROUND, at};
use tower::ServiceExt;
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::person::Role;
use xuncha_core::points::Exact;
use xuncha_core::publicity::{Publicity, SEALED};
use xuncha_core::rectify::rates::RoundRates;
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, Review};
use xuncha_core::sheet::parse_csv;
use xuncha_core::stats::{Figure, FigureValue};
use xuncha_core::verdict::{Finding, Place, Verdict};
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_store::registry::ChangeNote;
use xuncha_web::WebState;

/// In every text of every finding that must not get out.
const SECRET: &str = "绝密原文";
/// In its addresses.
const SECRET_HOST: &str = "secret.example";

struct House {
    state: WebState,
    router: Router,
    _folder: tempfile::TempDir,
}

impl House {
    /// A round in which each sealed check found something that people confirmed.
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        plant_secrets(&state).await;
        House {
            router: xuncha_web::router(state.clone()),
            state,
            _folder: folder,
        }
    }

    async fn person(&self, login: &str, role: Role) -> Client {
        let token = self.token(login, role).await;
        Client::signed_in(&self.router, &token).await
    }

    async fn token(&self, login: &str, role: Role) -> String {
        let file = PersonFile {
            name: login.to_owned(),
            role,
            organization: None,
        };
        let store = &self.state.store;
        let number = store.add_person(login, &file).await.unwrap().number;
        let token = (self.state.new_token)();
        let until_s = (self.state.now_s)() + 100;
        let put = store.put_link(&token, LinkKind::SignIn, number, until_s);
        put.await.unwrap();
        token
    }

    async fn served(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = self.router.clone();
        tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
        address
    }
}

/// Findings of every sealed check on the portal, confirmed; a dead link into what one of them names; and a sentence like a formula.
async fn plant_secrets(state: &WebState) {
    let store = &state.store;
    let round = store.round(ROUND).await.unwrap().round;
    let target = TargetId::from(PORTAL);
    let mut judgements = store.judgements(ROUND, Some(&target)).await.unwrap();
    let first = |one: &Judgement| match &one.result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. },
        } => Some(findings[0].evidence()[0].clone()),
        _ => None,
    };
    let evidence = judgements.iter().find_map(first).unwrap();
    let mut reviews = Vec::new();
    for check in SEALED {
        let set = &round.also_listed[0];
        let indicator = set
            .indicators
            .iter()
            .find(|one| one.checks == [check])
            .unwrap();
        let case = &indicator.rules[0].cases[0];
        let url = format!("http://{check}.{SECRET_HOST}/{SECRET}");
        let key = format!("{SECRET}{check}");
        let finding = Finding::new(
            &key,
            case,
            format!("发现{SECRET}"),
            evidence.quoting(SECRET),
        )
        .with_url(&url)
        .with_places([Place {
            url,
            text: SECRET.into(),
        }]);
        judgements.push(Judgement {
            target: target.clone(),
            set: set.id.clone(),
            indicator: indicator.id.clone(),
            check: check.to_owned(),
            check_version: 1,
            result: Judged::Known {
                verdict: Verdict::Fail {
                    findings: vec![finding],
                    undetermined: Vec::new(),
                },
            },
        });
        reviews.push((check.to_owned(), key));
    }
    let links = judgements
        .iter_mut()
        .filter(|one| one.check == "broken_links");
    for judgement in links {
        let Judged::Known {
            verdict: Verdict::Fail { findings, .. },
        } = &mut judgement.result
        else {
            continue;
        };
        let dead = format!("http://harmful_links.{SECRET_HOST}/x");
        let new = [
            Finding::new(&dead, "home_link", "链接“某网站”打不开", evidence.clone())
                .with_url(&dead),
            Finding::new(
                "formula",
                "home_link",
                "=HYPERLINK(\"http://evil.example\")",
                evidence.clone(),
            ),
        ];
        reviews.extend(
            new.iter()
                .map(|one| ("broken_links".to_owned(), one.key.clone())),
        );
        findings.extend(new);
    }
    let transaction = store.begin().await.unwrap();
    transaction
        .put_target_judgements(ROUND, &target, &judgements)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    reviews.sort();
    reviews.dedup();
    let confirmed = reviews.into_iter().map(|(check, key)| Review {
        round: ROUND.into(),
        target: target.clone(),
        check,
        key,
        decision: Decision::Confirmed,
        by: "张三".into(),
        at: at("2026-03-20T11:00"),
        reason: SECRET.into(),
    });
    store
        .put_reviews(&confirmed.collect::<Vec<_>>())
        .await
        .unwrap();
    let reviews = store.review_history(ROUND, &target).await.unwrap();
    let subject = store.subject(ROUND, &target).await.unwrap();
    let sheet = xuncha_core::score::score(&round.set, &subject, &judgements, &reviews);
    let transaction = store.begin().await.unwrap();
    transaction
        .put_sheet(ROUND, &round.set.id, &sheet)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

async fn sign(client: &mut Client, path: &str, step: &str, remark: &str) -> Answer {
    let page = client.get(&format!("/rounds/{ROUND}/notice")).await.body;
    let field = |name: &str| {
        let (_, rest) = page
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let [text, round, taken] = ["text", "round", "taken"].map(field);
    let fields = [
        ("text", text.as_str()),
        ("round", &round),
        ("taken", &taken),
        ("step", step),
        ("remark", remark),
    ];
    client
        .post(&format!("/rounds/{ROUND}/notice/{path}"), &fields)
        .await
}

/// Every public address, the tables of open data with them.
fn addresses() -> Vec<String> {
    let base = format!("/public/rounds/{ROUND}");
    let mut all = vec![
        base.clone(),
        format!("{base}/targets"),
        format!("{base}/targets/{PORTAL}"),
        format!("{base}/targets/{ANSWERED}"),
        format!("{base}/findings"),
        // A part of it: a page may say what it was asked.
        format!("{base}/findings?q=ecret.exampl"),
        format!("{base}/data"),
        format!("{base}/files/notice.html"),
        format!("{base}/files/notice.html/view"),
        format!("{base}/files/notice.pdf"),
        format!("{base}/files/notice.docx"),
    ];
    let api = format!("/api/v1/published/{ROUND}");
    all.extend(["targets", "findings"].map(|noun| format!("{api}/{noun}?per_page=500")));
    all.extend(SEALED.map(|check| format!("{base}/findings?check={check}")));
    for table in ["targets", "scores", "findings", "counts", "regions"] {
        all.extend(["csv", "json"].map(|ending| format!("{base}/data/{table}.{ending}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_public_from_its_publication_on_and_a_correction_replaces_it() {
    let house = House::new().await;
    let mut anybody = Client::new(&house.router);
    let assert_closed = async |anybody: &mut Client| {
        for path in addresses() {
            let answer = anybody.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let list = anybody.get("/public").await.body;
        assert!(
            list.contains("还没有公布的结果") && !list.contains(ROUND),
            "{list}"
        );
    };
    assert_closed(&mut anybody).await;
    let store = &house.state.store;
    let note = ChangeNote {
        at: at("2026-03-25T09:00"),
        by: "李四".into(),
        reason: "处理完毕".into(),
    };
    store.close_round(ROUND, &note).await.unwrap();
    store.freeze_round(ROUND, &note).await.unwrap();
    // What was decided since the notice was built is told by a new one only.
    support::documents(&house.state).await;
    let mut drafter = house.person("drafter", Role::Supervisor).await;
    let mut checker = house.person("checker", Role::Supervisor).await;
    let mut leader = house.person("leader", Role::Leader).await;
    let done = |answer: Answer| assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    for version in [1, 2] {
        done(sign(&mut drafter, "sign", "drafted", "").await);
        done(sign(&mut checker, "sign", "checked", "").await);
        done(sign(&mut leader, "approve", "approved", "").await);
        if version == 1 {
            assert_closed(&mut anybody).await;
        }
        done(sign(&mut drafter, "sign", "published", "").await);
        for path in addresses() {
            let answer = anybody.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        }
        let page = anybody.get(&format!("/public/rounds/{ROUND}")).await.body;
        assert!(
            page.contains(&format!("第 {version} 版")) && !page.contains("正在更正"),
            "{page}"
        );
        let signed = drafter.get(&format!("/rounds/{ROUND}/notice")).await.body;
        assert!(
            signed.contains(&format!("href=\"/public/rounds/{ROUND}\"")),
            "{signed}"
        );
        if version == 2 {
            break;
        }
        // While a correction is prepared, everybody still reads what was published, whatever is built meanwhile.
        done(sign(&mut drafter, "sign", "corrected", "一处数字有误").await);
        let notice = house.state.documents.join(ROUND).join("notice.html");
        std::fs::write(&notice, "<p>更正稿</p>").unwrap();
        let page = anybody.get(&format!("/public/rounds/{ROUND}")).await.body;
        assert!(
            page.contains("正在更正") && page.contains("第 1 版"),
            "{page}"
        );
        let view = format!("/public/rounds/{ROUND}/files/notice.html/view");
        let view = anybody.get(&view).await;
        assert!(view.body.contains("现将有关情况通报如下") && !view.body.contains("更正稿"));
        let policy = view.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("sandbox;"), "{policy}");
        store.freeze_round(ROUND, &note).await.unwrap();
    }
    let again = drafter
        .post(&format!("/rounds/{ROUND}/notice/public"), &[])
        .await;
    assert_eq!(
        again.location(),
        format!("/public/rounds/{ROUND}"),
        "{}",
        again.body
    );
    let view = format!("/public/rounds/{ROUND}/files/notice.html/view");
    assert!(anybody.get(&view).await.body.contains("更正稿"));
    let workbook = format!("/public/rounds/{ROUND}/files/annexes.xlsx");
    assert_eq!(anybody.get(&workbook).await.status, StatusCode::NOT_FOUND);
    // A file that was changed behind the database is not what was published.
    let copy = house
        .state
        .documents
        .join(format!("{ROUND}/public-2/notice.html"));
    std::fs::write(&copy, "<p>另一份</p>").unwrap();
    assert_eq!(anybody.get(&view).await.status, StatusCode::NOT_FOUND);
}

/// Whatever is set, no page and no table shows what a sealed check found, what was rejected, or what people noted.
#[tokio::test(flavor = "multi_thread")]
async fn what_must_never_be_public_is_in_no_page_and_no_table() {
    let house = House::new().await;
    xuncha_web::publish_results(&house.state, ROUND)
        .await
        .unwrap();
    let mut anybody = Client::new(&house.router);
    let mut administrator = house.person("admin", Role::Administrator).await;
    for level in Publicity::ALL {
        administrator.get("/publicity").await;
        let checks = xuncha_core::checks::CHECKS.iter();
        let fields: Vec<(String, &str)> = checks
            .map(|check| (format!("level.{}", check.name), level.word()))
            .collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, word)| (name.as_str(), *word))
            .collect();
        let mut asked = fields.clone();
        asked.push(("preview", "1"));
        let preview = administrator.post("/publicity", &asked).await;
        assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
        assert!(preview.body.contains("还没有保存") && !preview.body.contains(SECRET));
        let set = administrator.post("/publicity", &fields).await;
        assert_eq!(set.location(), "/publicity?saved=1", "{}", set.body);
        for path in addresses() {
            let answer = anybody.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            for text in [SECRET, SECRET_HOST, NOTE, "outside.example", "打开核对"] {
                let is_shown = answer.body.contains(text);
                assert!(!is_shown, "{level:?} {path} shows {text}: {}", answer.body);
            }
            let is_markup = answer.body.contains("onerror=alert(2)>");
            assert!(
                !is_markup || path.contains("/data/") || path.starts_with("/api/"),
                "{path}"
            );
        }
        let counts = anybody
            .get(&format!("/public/rounds/{ROUND}/data/counts.csv"))
            .await;
        let counts = parse_csv("counts", &counts.body);
        let of = |check: &str| {
            let row = counts.rows.iter().find(|row| row[0] == check);
            row.map(|row| (row[2].clone(), row[4].clone()))
        };
        for check in SEALED {
            let expected =
                (level > Publicity::Hidden).then(|| ("count".to_owned(), "1".to_owned()));
            assert_eq!(of(check), expected, "{level:?} {check}");
        }
        let findings = anybody
            .get(&format!("/public/rounds/{ROUND}/data/findings.csv"))
            .await;
        let has_links = findings.body.contains("关于印发实施方案的通知");
        assert_eq!(has_links, level == Publicity::Full, "{}", findings.body);
    }
    let refused = administrator
        .post("/publicity", &[("level.x", "full")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = administrator.get("/publicity").await.body;
    for check in SEALED {
        let (_, own) = form.split_once(&format!("name=\"level.{check}\"")).unwrap();
        let own = own.split("</select>").next().unwrap();
        assert!(
            own.contains("value=\"count\"") && !own.contains("value=\"full\""),
            "{own}"
        );
    }
}

/// Bytes of an answer before it was packed, which the end of a packed one tells.
async fn packed_bytes(router: &Router, path: &str) -> usize {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
    let request = request.body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
    let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    let end = bytes.last_chunk::<4>().unwrap();
    u32::from_le_bytes(*end) as usize
}

#[tokio::test(flavor = "multi_thread")]
async fn open_data_are_tables_that_others_can_read() {
    let house = House::new().await;
    xuncha_web::publish_results(&house.state, ROUND)
        .await
        .unwrap();
    let mut anybody = Client::new(&house.router);
    let base = format!("/public/rounds/{ROUND}/data");
    let mut read = BTreeMap::new();
    for table in ["targets", "scores", "findings", "counts", "regions"] {
        let csv = anybody.get(&format!("{base}/{table}.csv")).await;
        assert!(csv.body.starts_with('\u{feff}'), "{table}");
        let packed = packed_bytes(&house.router, &format!("{base}/{table}.csv")).await;
        assert_eq!(packed, csv.body.len(), "{table} as browsers ask for it");
        let sheet = parse_csv(table, &csv.body);
        let json = anybody.get(&format!("{base}/{table}.json")).await;
        assert_eq!(json.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(json.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(
            (&json["round"], &json["version"]),
            (&ROUND.into(), &1.into())
        );
        let rows = json["rows"].as_array().unwrap();
        assert_eq!(rows.len() + 1, sheet.rows.len(), "{table}");
        let columns = json["columns"].as_array().unwrap();
        for (column, head) in columns.iter().zip(&sheet.rows[0]) {
            assert_eq!(column["name"], head.as_str());
            assert!(
                rows.iter().all(|row| row.get(head).is_some()),
                "{table} {head}"
            );
        }
        for cell in sheet.rows.iter().flatten() {
            let is_number = cell.parse::<f64>().is_ok();
            let is_formula = cell.starts_with(['=', '+', '-', '@']) && !is_number;
            assert!(!is_formula, "{table}: {cell}");
        }
        read.insert(table, (sheet, json));
    }
    let targets = &read["targets"].0;
    let numbers: Vec<&str> = targets.rows[1..]
        .iter()
        .map(|row| row[0].as_str())
        .collect();
    assert!(numbers.is_sorted() && numbers.len() > 60, "{numbers:?}");
    let portal = targets.rows.iter().find(|row| row[0] == PORTAL).unwrap();
    assert_eq!(portal[1..3], ["青石市人民政府", "portal"]);
    assert_eq!(portal[10], "2026-03-15", "the day of its evidence");
    let findings = &read["findings"].1["rows"];
    let formula = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["text"].as_str().unwrap().starts_with('='));
    assert!(formula.is_some(), "JSON has the text as it is");
    assert!(
        read["findings"]
            .0
            .rows
            .iter()
            .any(|row| row[4].starts_with("'=HYPERLINK"))
    );
    // It is fetched again only when something is another.
    let path = format!("{base}/findings.json");
    let first = anybody.get(&path).await;
    let tag = first.headers[header::ETAG].clone();
    let again = async || {
        let request = axum::http::Request::get(&path).header(header::IF_NONE_MATCH, &tag);
        send(
            &house.router,
            request.body(axum::body::Body::empty()).unwrap(),
        )
        .await
    };
    let same = again().await;
    assert_eq!(
        (same.status, same.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let hidden = [("broken_links".to_owned(), Publicity::Hidden)].into();
    house.state.store.put_publicity(&hidden).await.unwrap();
    let other = again().await;
    assert_eq!(other.status, StatusCode::OK);
    assert_ne!(other.headers[header::ETAG], tag);
    for wrong in ["persons.csv", "targets.xml", "targets", "..%2Ftargets.csv"] {
        let answer = anybody.get(&format!("{base}/{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

/// What DuckDB, a program of other authors, reads out of a Parquet file.
fn duckdb(file: &Path, question: &str) -> Vec<serde_json::Value> {
    let program = std::env::var_os("XUNCHA_DUCKDB").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/duckdb/bin/duckdb"),
        PathBuf::from,
    );
    assert!(
        program.is_file(),
        "duckdb-cli (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
        program.display()
    );
    let question = question.replace("FILE", &format!("'{}'", file.display()));
    let output = std::process::Command::new(program)
        .args(["-json", "-c", &question])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_reads_the_parquet_files_as_the_same_tables() {
    let house = House::new().await;
    xuncha_web::publish_results(&house.state, ROUND)
        .await
        .unwrap();
    let mut anybody = Client::new(&house.router);
    let page = anybody.get(&format!("/public/rounds/{ROUND}/data")).await;
    let folder = tempfile::tempdir().unwrap();
    for table in ["targets", "scores", "findings", "counts", "regions"] {
        let path = format!("/public/rounds/{ROUND}/data/{table}");
        assert!(page.body.contains(&format!("{path}.parquet")), "{table}");
        let request = Request::get(format!("{path}.parquet"));
        let request = request.body(Body::empty()).unwrap();
        let answer = house.router.clone().oneshot(request).await.unwrap();
        let kind = &answer.headers()[header::CONTENT_TYPE];
        assert_eq!(kind, "application/vnd.apache.parquet");
        let file = folder.path().join(format!("{table}.parquet"));
        let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        std::fs::write(&file, &bytes).unwrap();
        let json = anybody.get(&format!("{path}.json")).await;
        let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        let wanted = json["rows"].as_array().unwrap();
        let rows = duckdb(&file, "FROM FILE");
        assert_eq!(rows.len(), wanted.len(), "{table}");
        for (row, wanted) in rows.iter().zip(wanted) {
            for (name, value) in wanted.as_object().unwrap() {
                let own = &row[name];
                // Decimals are printed as texts, so that no digit is lost.
                let number = own.as_f64().or_else(|| own.as_str()?.parse().ok());
                let is_same = match (number.filter(|_| value.is_number()), value.as_f64()) {
                    (Some(own), Some(value)) => (own - value).abs() < 1e-9,
                    _ => own == value,
                };
                assert!(is_same, "{table} {name}: {own} {value}");
            }
        }
        let question = "FROM parquet_kv_metadata(FILE) SELECT decode(value) AS said WHERE decode(key) = 'dictionary'";
        let said = duckdb(&file, question);
        let said: serde_json::Value =
            serde_json::from_str(said[0]["said"].as_str().unwrap()).unwrap();
        assert_eq!(said["columns"], json["columns"], "{table}");
    }
    let described = duckdb(
        &folder.path().join("targets.parquet"),
        "DESCRIBE SELECT deduct_score, checked_on, name FROM FILE",
    );
    let kinds: Vec<&str> = described
        .iter()
        .map(|row| row["column_type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["DECIMAL(18,2)", "DATE", "VARCHAR"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_a_site_with_its_card() {
    let house = House::new().await;
    xuncha_web::publish_results(&house.state, ROUND)
        .await
        .unwrap();
    let finding = xuncha_store::judge::FindingFilter {
        target: Some(PORTAL.into()),
        check: Some("broken_links".into()),
        ..Default::default()
    };
    let found = house
        .state
        .store
        .findings(ROUND, &finding, xuncha_store::Page::ALL)
        .await;
    let dead = found
        .unwrap()
        .rows
        .into_iter()
        .find(|row| row.key.ends_with("404.html"))
        .unwrap();
    support::seed_case(&house.state, &dead.id).await;
    let mut anybody = Client::new(&house.router);
    let base = format!("/public/rounds/{ROUND}");
    let list = anybody.get("/public").await.body;
    assert!(
        list.contains("2026年第一季度抽查") && list.contains("工作人员登录"),
        "{list}"
    );
    let found = anybody
        .get(&format!("{base}/targets?q=青石市人民政府&class=portal"))
        .await
        .body;
    assert!(
        found.contains(&format!("href=\"{base}/targets/{PORTAL}\"")),
        "{found}"
    );
    let none = anybody
        .get(&format!("{base}/targets?q=没有这个网站"))
        .await
        .body;
    assert!(none.contains("没有符合条件的网站或账号"), "{none}");
    let card = anybody.get(&format!("{base}/targets/{PORTAL}")).await.body;
    for said in [
        "检查日期",
        "2026-03-15",
        "一级指标",
        "只公开数量的问题",
        "尚未办结",
        "检查规则",
    ] {
        assert!(card.contains(said), "{said}: {card}");
    }
    assert!(!card.contains("已整改"), "{card}");
    let fixed = xuncha_store::rectify::NewFact {
        fact: xuncha_core::rectify::Fact {
            on: "2026-04-10".parse().unwrap(),
            kind: xuncha_core::rectify::FactKind::Rechecked {
                is_fixed: true,
                by: "张三".into(),
                note: String::new(),
            },
        },
        at: at("2026-04-10T09:00"),
        by: "张三".into(),
        owner: String::new(),
    };
    let problem = xuncha_core::rectify::ProblemId {
        target: dead.target,
        check: dead.check,
        key: dead.key,
    };
    let case = xuncha_store::rectify::case_id(&problem);
    house
        .state
        .store
        .add_case_facts(&[case], &fixed)
        .await
        .unwrap();
    let card = anybody.get(&format!("{base}/targets/{PORTAL}")).await.body;
    assert!(card.contains("已整改"), "{card}");
    let english = anybody
        .get(&format!("{base}/targets/{PORTAL}?lang=en"))
        .await
        .body;
    assert!(
        english.contains("Put right") && english.contains("Checked on"),
        "{english}"
    );
    let naughty = anybody
        .get(&format!("{base}/targets/9900000003"))
        .await
        .body;
    assert!(
        !naughty.contains(NAUGHTY) && naughty.contains("&#60;script&#62;"),
        "{naughty}"
    );
    for (path, text) in [
        (format!("{base}/targets/nobody"), "There is no"),
        ("/public/rounds/2019Q1".to_owned(), "There is no"),
        (format!("{base}/files/..%2Fnotice.html"), "There is no"),
    ] {
        let answer = anybody.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains(text));
    }
    // Who is signed in sees the same with his own way back.
    let mut leader = house.person("leader", Role::Leader).await;
    let inside = leader.get(&base).await.body;
    assert!(
        inside.contains("href=\"/rectify\"") && !inside.contains("工作人员登录"),
        "{inside}"
    );
}

/// A round of which everything that the leader's page can say is long.
async fn fill_brief(state: &WebState) {
    let store = &state.store;
    let mut stats = store.stats(ROUND, "gov-2019").await.unwrap().unwrap();
    let long = "云岭省青石市经济技术开发区管理委员会行政审批和大数据管理局政务服务中心门户网站";
    let mut row = stats.portals[0].clone();
    row.previous_deduct_score = Some("98.75".parse().unwrap());
    row.deduct_score = Some("61.25".parse().unwrap());
    row.name = long.to_owned();
    stats.portals = vec![row; 9];
    for (number, portal) in stats.portals.iter_mut().enumerate() {
        portal.target = TargetId(format!("99{:08}", number % 4 + 1));
    }
    for level in &mut stats.level2 {
        level.previous = Exact::new(99, 100);
        level.now = Exact::new(1, 100);
        level.name = format!("{}（{long}）", level.name);
    }
    for (name, printed, unit, value) in [
        (
            "outcome.website_pass_rate_change_percent_points",
            "-10.6",
            "个百分点",
            -106,
        ),
        (
            "outcome.account_pass_rate_change_percent_points",
            "2.1",
            "个百分点",
            21,
        ),
        ("outcome.portal_mean_change_points", "-1.72", "分", -17),
    ] {
        let figure = Figure {
            value: FigureValue::Exact(Exact::new(value, 10).unwrap()),
            printed: printed.into(),
            unit: unit.into(),
            definition: String::new(),
        };
        stats.figures.insert(name.into(), figure);
    }
    let whole = stats.figures.get_mut("registry.department").unwrap();
    whole.value = FigureValue::Count(451);
    store.put_stats(ROUND, "gov-2019", &stats).await.unwrap();
    let rates = RoundRates {
        found: 1234,
        fixed: 1111,
        in_time: 1000,
        overdue: 12,
        were_closed: 987,
        relapsed: 65,
    };
    let found = |round: &str, day| xuncha_core::rectify::Fact {
        on: day,
        kind: xuncha_core::rectify::FactKind::Found {
            round: round.into(),
        },
    };
    let files: Vec<_> = (1..9)
        .map(|number| {
            let problem = xuncha_core::rectify::ProblemId {
                target: PORTAL.into(),
                check: "broken_links".into(),
                key: format!("k{number}"),
            };
            let days = ["2025-12-20", "2026-01-10", "2026-03-20"].map(|day| day.parse().unwrap());
            let mut case = xuncha_core::rectify::Rectification::found(
                problem,
                "断链".into(),
                "2025Q4",
                days[0],
            );
            case.facts.push(xuncha_core::rectify::Fact {
                on: days[1],
                kind: xuncha_core::rectify::FactKind::Rechecked {
                    is_fixed: true,
                    by: "张三".into(),
                    note: String::new(),
                },
            });
            case.facts.push(found(ROUND, days[2]));
            xuncha_store::rectify::CaseFile {
                case,
                target_name: "青石市人民政府".into(),
                organization: format!("U{number:03}"),
                unit_name: format!("{number}{long}"),
                region: "990100".into(),
                region_name: "青石市".into(),
                indicators: vec!["D-21".into()],
                round: ROUND.into(),
                stake: Default::default(),
            }
        })
        .collect();
    let when = at("2026-03-20T09:00");
    store
        .follow_cases(ROUND, &files, "张三", when)
        .await
        .unwrap();
    for round in ["2025Q4", ROUND] {
        let on = "2026-04-20".parse().unwrap();
        store.put_round_rates(round, on, &rates).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_reads_one_printed_page() {
    let house = House::new().await;
    let mut leader = house.person("leader", Role::Leader).await;
    let brief = format!("/rounds/{ROUND}/brief");
    let bare = leader.get(&brief).await.body;
    for said in [
        "缺上期数据",
        "没有可以与上期比较的门户网站",
        "没有双人复核",
        "尚未建立整改台账",
    ] {
        assert!(bare.contains(said), "{said}: {bare}");
    }
    fill_brief(&house.state).await;
    let full = leader.get(&brief).await.body;
    for said in [
        "▼ 10.6 个百分点",
        "▲ 2.1 个百分点",
        "可比的9家门户网站中，9家得分下降。",
        "98.75 → 61.25",
        "−37.5",
        "此前已办结的987个问题中，65个再次出现，复发率6.6%",
        "2025Q4发现的1234个问题已整改1111个，整改率90%",
        "（共451个）",
        "95%置信区间",
        "涉及8个单位",
        "8个复发问题待通知。",
        "通报：拟稿中。",
    ] {
        assert!(full.contains(said), "{said}: {full}");
    }
    let english = leader.get(&format!("{brief}?lang=en")).await.body;
    assert!(
        english.contains("What got worse") && english.contains("95% interval"),
        "{english}"
    );
    let address = house.served().await;
    let token = house.token("printer", Role::Leader).await;
    let pdf = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(1280, 900);
        browser.open(&format!("{address}/sign-in?token={token}"));
        browser.see("document.querySelector('main form').requestSubmit()");
        for _ in 0..100 {
            if browser.see("document.readyState == 'complete' && location.pathname != '/sign-in'")
                == true
            {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        browser.open(&format!("{address}{brief}?lang=zh"));
        browser.picture("brief");
        browser.print("brief")
    });
    let pdf = String::from_utf8_lossy(&pdf.await.unwrap()).into_owned();
    let pages = pdf.matches("/Type /Page\n").count();
    assert_eq!(pages, 1, "one page");
    assert!(
        pdf.contains("/MediaBox [0 0 594.9") || pdf.contains("/MediaBox [0 0 595"),
        "A4"
    );
}

/// On a telephone nothing is wider than the screen.
#[tokio::test(flavor = "multi_thread")]
async fn public_pages_fit_a_telephone() {
    let house = House::new().await;
    xuncha_web::publish_results(&house.state, ROUND)
        .await
        .unwrap();
    let address = house.served().await;
    let token = house.token("admin", Role::Administrator).await;
    let wide = tokio::task::spawn_blocking(move || {
        let base = format!("/public/rounds/{ROUND}");
        let mut wide = Vec::new();
        for width in [390, 1280] {
            let mut browser = Browser::start(width, 900);
            for (name, path) in [
                ("list", "/public".to_owned()),
                ("round", base.clone()),
                ("targets", format!("{base}/targets")),
                ("target", format!("{base}/targets/{PORTAL}")),
                ("naughty", format!("{base}/targets/9900000003")),
                ("findings", format!("{base}/findings")),
                ("data", format!("{base}/data")),
            ] {
                browser.open(&format!("{address}{path}"));
                browser.picture(&format!("public-{name}-{width}"));
                let is_wide = browser.see("document.documentElement.scrollWidth > innerWidth");
                if is_wide != false {
                    wide.push(format!("{width} {path}"));
                }
            }
        }
        let mut browser = Browser::start(1280, 900);
        browser.open(&format!("{address}/sign-in?token={token}"));
        browser.see("document.querySelector('main form').requestSubmit()");
        for _ in 0..100 {
            if browser.see("document.readyState == 'complete' && location.pathname != '/sign-in'")
                == true
            {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        browser.open(&format!("{address}/publicity"));
        browser.picture("publicity");
        wide
    });
    let wide = wide.await.unwrap();
    assert!(wide.is_empty(), "{wide:?}");
}
