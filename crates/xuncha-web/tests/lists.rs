//! Lists are changed by rows and by Excel, tried, adopted; what does not fit is said with its row.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::http::StatusCode;
use client::Client;
use support::{NAUGHTY, PORTAL, ROUND};
use xuncha_core::lists::List;
use xuncha_core::lists::trial::{Trial, TrialLine};
use xuncha_core::sheet::Sheet;

fn trial() -> Trial {
    let line = TrialLine {
        what: "布署".to_owned(),
        target: PORTAL.into(),
        url: "https://www.example.gov.cn/1.html".to_owned(),
        quote: format!("统一布署{NAUGHTY}"),
    };
    Trial {
        round: ROUND.to_owned(),
        pages: 12,
        hit_count: 1,
        hits: vec![line],
        ..Trial::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_comes_is_tried_and_holds_when_it_is_adopted() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let lists = client.get("/lists").await.body;
    assert!(
        lists.contains("严重表述") && lists.contains("随程序"),
        "{lists}"
    );
    let row = [
        ("add0", "试错试错"),
        ("add1", "试对"),
        ("do", "rows"),
        ("reason", "试"),
    ];
    let made = client.post("/lists/wrong_words", &row).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let draft = made.location().to_owned();
    let shown = client.get(&draft).await.body;
    assert!(shown.contains("试错试错 ｜ 试对"), "{shown}");
    assert!(!shown.contains("value=\"adopt\""), "it was not tried yet");
    let early = client.post(&draft, &[("do", "adopt")]).await;
    assert!(early.status.is_client_error(), "{}", early.status);
    let keep = async |trial: &Trial| {
        let text = serde_json::to_string(trial).unwrap();
        state.store.set_lexicon_preview(1, &text).await.unwrap();
    };
    // What could not be tried is not adopted; much that is newly hit only by somebody who says so.
    keep(&Trial {
        problem: "没有语言模型".to_owned(),
        ..trial()
    })
    .await;
    let shown = client.get(&draft).await.body;
    assert!(!shown.contains("value=\"adopt\""), "{shown}");
    let untried = client.post(&draft, &[("do", "adopt")]).await;
    assert!(untried.body.contains("没有试成"), "{}", untried.body);
    keep(&Trial {
        hit_count: 60,
        pages: 5_000,
        ..trial()
    })
    .await;
    let shown = client.get(&draft).await.body;
    assert!(shown.contains("新命中很多") && shown.contains("name=\"sure\""));
    let many = client.post(&draft, &[("do", "adopt")]).await;
    assert!(many.body.contains("勾选确认"), "{}", many.body);
    keep(&trial()).await;
    let shown = client.get(&draft).await.body;
    assert!(
        shown.contains("新命中 <small>1</small>") && shown.contains("value=\"adopt\""),
        "{shown}"
    );
    assert!(!shown.contains(NAUGHTY), "{shown}");
    let adopted = client.post(&draft, &[("do", "adopt")]).await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    let list = client.get("/lists/wrong_words?q=试错试错").await.body;
    assert!(
        list.contains("第1版") && list.contains("试错试错"),
        "{list}"
    );
    let words = state
        .store
        .round_lexicons("next", &["wrong_words"])
        .await
        .unwrap();
    assert!(words["wrong_words"].contains("试错试错"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let file = client.get("/lists/known_hosts/file").await;
    assert_eq!(file.status, StatusCode::OK);
    let heads = List::KnownHosts
        .columns()
        .iter()
        .map(|head| (*head).to_owned());
    let mut rows = vec![heads.collect::<Vec<_>>()];
    rows.extend(
        List::KnownHosts
            .rows(&state.lexicons["known_hosts"])
            .unwrap(),
    );
    rows.push(vec![
        "网盘".to_owned(),
        "http://pan.example.com/".to_owned(),
    ]);
    let book = |rows: &[Vec<String>]| {
        let sheet = Sheet {
            name: "已知主机".to_owned(),
            rows: rows.to_vec(),
        };
        xuncha_report::sheets::write(&[sheet]).unwrap()
    };
    let fields = [("do", "upload"), ("reason", "新网盘")];
    let path = "/lists/known_hosts";
    let refused = client
        .post_file(path, &fields, ("a.xlsx", &book(&rows)))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = format!("第{}行“主机”列", rows.len());
    assert!(refused.body.contains(&said), "{}", refused.body);
    assert!(
        state
            .store
            .lexicons("known_hosts")
            .await
            .unwrap()
            .is_empty()
    );
    rows.last_mut().unwrap()[1] = "pan.example.com".to_owned();
    let taken = client
        .post_file(path, &fields, ("a.xlsx", &book(&rows)))
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let draft = taken.location().to_owned();
    let shown = client.get(&draft).await.body;
    assert!(
        shown.contains("增加 <small>1</small>") && shown.contains("删去 <small>0</small>"),
        "{shown}"
    );
    let reason = client
        .post_file(path, &[("do", "upload")], ("a.xlsx", &book(&rows)))
        .await;
    assert!(reason.body.contains("请写明为什么改"), "{}", reason.body);
    let dropped = client.post(&draft, &[("do", "drop")]).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_found_and_changed_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let path = "/lists/wrong_words";
    let rows = List::WrongWords
        .rows(&state.lexicons["wrong_words"])
        .unwrap();
    assert!(rows.len() > 60, "{} rows", rows.len());
    let last = rows.len() - 1;
    let first = client.get(path).await.body;
    assert!(
        first.contains("name=\"cell0.1\"") && !first.contains(&format!("name=\"cell{last}.1\""))
    );
    let found = client
        .get(&format!("{path}?q={}", rows[last][0]))
        .await
        .body;
    assert!(found.contains(&format!("name=\"cell{last}.1\"")), "{found}");
    let none = client.get(&format!("{path}?q=zzzz")).await.body;
    assert!(none.contains("没有这样的行"), "{none}");

    let cell = format!("cell{last}.1");
    let fields = |based_on: &'static str, value: &'static str| {
        let reason = ("reason", "改正");
        [
            ("based_on", based_on),
            (cell.as_str(), value),
            ("do", "rows"),
            reason,
        ]
    };
    // What is refused shows what was typed.
    let empty = client.post(path, &fields("0", "")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let behind = client.post(path, &fields("7", "改后")).await;
    assert!(behind.body.contains("已经改过"), "{}", behind.body);
    let same = client
        .post(
            path,
            &[("based_on", "0"), ("cell0.0", &rows[0][0]), ("reason", "x")],
        )
        .await;
    assert!(same.body.contains("请改动一行"), "{}", same.body);
    let made = client.post(path, &fields("0", "改后")).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let draft = made.location().to_owned();
    let shown = client.get(&draft).await.body;
    assert!(
        shown.contains("增加 <small>1</small>") && shown.contains("删去 <small>1</small>"),
        "{shown}"
    );
    assert!(
        shown.contains(&format!("{} ｜ 改后", rows[last][0])),
        "{shown}"
    );
    // A draft that is dropped frees its list.
    let second = client.post(path, &fields("0", "再改")).await;
    assert!(second.body.contains("正在试用"), "{}", second.body);
    client.post(&draft, &[("do", "drop")]).await;
    let second = client.post(path, &fields("0", "再改")).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.body);
}
