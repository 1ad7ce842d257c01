//! People at work in a real browser, with the keyboard alone: every account is settled on one page, each of its questions with at most
//! three keys.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
mod support;

use std::collections::BTreeSet;

use chromium::Browser;
use support::ROUND;
use xuncha_store::Page;
use xuncha_store::round::SubjectFilter;
use xuncha_web::WebState;

/// Keys that one question may take.
const MOST_KEYS: usize = 3;

async fn served(state: WebState) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = xuncha_web::router(state);
    tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
    address
}

/// Signs in with Enter alone: the one-time login stands in the form.
async fn signed_in(state: &WebState, address: &str, next: &str) -> Browser {
    let token = xuncha_web::new_login(state, "张三").await.unwrap();
    let url = format!("{address}/sign-in?token={token}&next={next}");
    tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(1280, 900);
        browser.open(&url);
        browser.press_and_load("Enter");
        browser
    })
    .await
    .unwrap()
}

/// Settles every question of the page before it: a finding is so, a question has none. Gives back the keys of each question.
fn settle(browser: &mut Browser) -> Vec<usize> {
    let mut keys = Vec::new();
    let count = browser.see("document.querySelectorAll('fieldset').length - document.querySelectorAll('details fieldset').length");
    let count = count.as_u64().unwrap() as usize;
    for question in 0..count {
        let mut pressed = 0;
        let is_here = format!(
            "document.activeElement.closest('fieldset') === document.querySelectorAll('fieldset')[{question}] && document.activeElement.matches('input')"
        );
        while browser.see(&is_here) != true {
            browser.press("Tab");
            pressed += 1;
            assert!(
                pressed < 20,
                "the keyboard does not reach question {question}"
            );
        }
        let kind = browser.see("document.activeElement.type");
        browser.press(if kind == "radio" { "Space" } else { "0" });
        keys.push(pressed + 1);
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_is_settled_by_keyboard_on_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed_unanswered(&state).await;
    let set = state.store.round(ROUND).await.unwrap().round.set.id;
    let filter = SubjectFilter {
        class: Some(xuncha_core::registry::TargetClass::Account),
        is_open: true,
        ..SubjectFilter::default()
    };
    let open = state
        .store
        .targets(ROUND, &set, &filter, Page::ALL)
        .await
        .unwrap();
    assert!(open.total >= 12, "{}", open.total);
    let first = open.rows[0].subject.target.id().0.clone();
    let address = served(state.clone()).await;
    let next = format!("/rounds/{ROUND}/tasks/{first}?class=account");
    let mut browser = signed_in(&state, &address, &next.replace('?', "%3F")).await;
    let (pages, worst) = tokio::task::spawn_blocking(move || {
        let mut pages = BTreeSet::new();
        let mut worst = 0;
        loop {
            let here = browser
                .see("location.pathname")
                .as_str()
                .unwrap()
                .to_owned();
            if here.ends_with("/tasks") {
                return (pages, worst);
            }
            assert!(pages.insert(here.clone()), "{here} came twice");
            browser.picture(&format!("task-{}", pages.len()));
            let keys = settle(&mut browser);
            assert!(!keys.is_empty(), "{here} asks nothing");
            worst = worst.max(keys.into_iter().max().unwrap_or_default());
            // Enter in the last field keeps and goes on.
            browser.press_and_load("Enter");
        }
    })
    .await
    .unwrap();
    assert_eq!(pages.len() as u64, open.total, "one page for each account");
    assert!(worst <= MOST_KEYS, "{worst} keys");
    let left = state
        .store
        .targets(ROUND, &set, &filter, Page::ALL)
        .await
        .unwrap();
    assert_eq!(left.total, 0);
}
