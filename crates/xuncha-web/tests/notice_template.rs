//! The text of a notice is changed, refused with the line, kept, adopted; numbers lead to their rows and from there to evidence.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::http::StatusCode;
use client::Client;
use support::{PORTAL, ROUND};
use xuncha_store::audit::AuditFilter;
use xuncha_web::WebState;

/// Words that would run on a page that does not escape; without a digit, which a template refuses.
const SCRIPT: &str = "<script>alert(甲)</script>\"'><img src=x onerror=y>";

fn own(state: &WebState) -> String {
    state.templates["notice-letter.zh.txt"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_looked_at_saved_and_adopted() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let path = format!("/rounds/{ROUND}/notice/template");
    let page = client.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(
        page.body.contains("随程序的模板") && page.body.contains("总体情况"),
        "{}",
        page.body
    );
    assert!(
        client
            .get(&format!("/rounds/{ROUND}/notice"))
            .await
            .body
            .contains(&path)
    );

    let text = own(&state).replace("# 总体情况", &format!("# 本轮概貌{SCRIPT}"));
    let fields = [
        ("do", "look"),
        ("version", "0"),
        ("reason", ""),
        ("text", text.as_str()),
    ];
    let seen = client.post(&path, &fields).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    assert!(
        seen.body.contains("一、本轮概貌"),
        "the preview has it: {}",
        seen.body
    );
    assert!(!seen.body.contains("<script>alert"), "{}", seen.body);
    assert!(
        state
            .store
            .notice_templates(ROUND)
            .await
            .unwrap()
            .is_empty(),
        "looking keeps nothing"
    );

    let fields = [
        ("do", "save"),
        ("version", "0"),
        ("reason", "更简洁"),
        ("text", text.as_str()),
    ];
    let saved = client.post(&path, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let shown = client.get(saved.location()).await.body;
    assert!(
        shown.contains("更简洁") && shown.contains("第1版"),
        "{shown}"
    );
    assert_eq!(state.store.notice_template_text(ROUND).await.unwrap(), None);

    let adopted = client
        .post(&path, &[("do", "adopt"), ("version", "1")])
        .await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    let kept = state
        .store
        .notice_template_text(ROUND)
        .await
        .unwrap()
        .unwrap();
    assert!(kept.contains("# 本轮概貌"), "{kept}");
    let page = client.get(&path).await.body;
    assert!(
        page.contains("第1版（张三") && page.contains("正在使用"),
        "{page}"
    );
    let filter = AuditFilter::default();
    let log = state
        .store
        .audit_rows(&filter, xuncha_store::Page::ALL)
        .await
        .unwrap();
    let acts: Vec<String> = log.rows.into_iter().map(|row| row.action).collect();
    for action in ["template_saved", "template_adopted"] {
        assert_eq!(
            acts.iter().filter(|act| *act == action).count(),
            1,
            "{acts:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_its_line_and_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let path = format!("/rounds/{ROUND}/notice/template");
    let good = own(&state);
    let line = good.lines().count() + 2;
    let cases = [
        (
            format!("{good}\n共{{{{registry.webistes}}}}家。"),
            format!("模板第{line}行：没有名为“registry.webistes”的指标"),
        ),
        (
            format!("{good}\n另有12家。"),
            format!("模板第{line}行：数字“12”没有对应的指标"),
        ),
        (
            format!("{good}\n共{{{{sample.websites家。"),
            format!("模板第{line}行：“{{{{”没有对应的“}}}}”"),
        ),
        (
            good.replace("@title ", "@titel "),
            "模板第5行：不认识“@titel".to_owned(),
        ),
        (good.clone(), "没有改动".to_owned()),
    ];
    for (text, expected) in cases {
        let fields = [
            ("do", "save"),
            ("version", "0"),
            ("reason", "试"),
            ("text", text.as_str()),
        ];
        let answer = client.post(&path, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{expected}"
        );
        let body = answer.body.replace("&#123;", "{").replace("&#125;", "}");
        assert!(
            body.contains(&expected),
            "{expected}: {}",
            &body[..body.len().min(4000)]
        );
    }
    let no_reason = [
        ("do", "save"),
        ("version", "0"),
        ("reason", ""),
        ("text", "@title 甲\n乙"),
    ];
    let answer = client.post(&path, &no_reason).await;
    assert!(answer.body.contains("请写明为什么改"), "{}", answer.body);
    assert!(
        state
            .store
            .notice_templates(ROUND)
            .await
            .unwrap()
            .is_empty()
    );
    let foreign = client
        .post(&path, &[("do", "adopt"), ("version", "77")])
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_leads_to_its_rows_and_a_row_to_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let mut client = Client::of_the_office(&state).await;
    let text = client.get(&format!("/rounds/{ROUND}/figures")).await;
    assert_eq!(text.status, StatusCode::OK, "{}", text.body);
    let figure = format!("/rounds/{ROUND}/figures/sample.websites");
    assert!(
        text.body
            .contains(&format!("class=\"traced\" href=\"{figure}\"")),
        "{}",
        text.body
    );
    let rows = client.get(&figure).await.body;
    let target = format!("/rounds/{ROUND}/targets/{PORTAL}");
    assert!(rows.contains(&format!("href=\"{target}\"")), "{rows}");
    assert!(rows.contains("抽中的该类对象，逐个计数"), "{rows}");
    let target = client.get(&target).await.body;
    assert!(target.contains("/findings/"), "{target}");
    let missing = client
        .get(&format!("/rounds/{ROUND}/figures/no.such"))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    std::fs::remove_file(state.documents.join(ROUND).join("figures.json")).unwrap();
    let early = client.get(&figure).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    assert!(early.body.contains("重新生成通报"), "{}", early.body);
}
