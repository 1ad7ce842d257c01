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

/// What walking through all accounts of a round that wait for somebody came to.
struct Walk {
    pages: usize,
    questions: usize,
    worst_keys: usize,
}

/// Settles every account that is open, beginning at the first, and says how much work that was. Nothing is open afterwards.
async fn walk(state: &WebState, round: &str) -> Walk {
    let set = state.store.round(round).await.unwrap().round.set.id;
    let filter = SubjectFilter {
        class: Some(xuncha_core::registry::TargetClass::Account),
        is_open: true,
        ..SubjectFilter::default()
    };
    let targets = || state.store.targets(round, &set, &filter, Page::ALL);
    let open = targets().await.unwrap();
    let first = open.rows[0].subject.target.id().0.clone();
    let address = served(state.clone()).await;
    let next = format!("/rounds/{round}/tasks/{first}?class=account");
    let mut browser = signed_in(state, &address, &next.replace('?', "%3F")).await;
    let walk = tokio::task::spawn_blocking(move || {
        let mut pages = BTreeSet::new();
        let (mut questions, mut worst_keys) = (0, 0);
        loop {
            let here = browser
                .see("location.pathname")
                .as_str()
                .unwrap()
                .to_owned();
            if here.ends_with("/tasks") {
                return Walk {
                    pages: pages.len(),
                    questions,
                    worst_keys,
                };
            }
            assert!(pages.insert(here.clone()), "{here} came twice");
            browser.wait_until_drawn();
            browser.picture(&format!("task-{}", pages.len()));
            let keys = settle(&mut browser);
            assert!(!keys.is_empty(), "{here} asks nothing");
            questions += keys.len();
            worst_keys = worst_keys.max(keys.into_iter().max().unwrap_or_default());
            // Enter in the last field keeps and goes on.
            browser.press_and_load("Enter");
        }
    });
    let walk = walk.await.unwrap();
    assert_eq!(walk.pages as u64, open.total, "one page for each account");
    assert!(walk.worst_keys <= MOST_KEYS, "{} keys", walk.worst_keys);
    assert_eq!(
        targets().await.unwrap().total,
        0,
        "nothing is open any more"
    );
    walk
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_is_settled_by_keyboard_on_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed_unanswered(&state).await;
    let done = walk(&state, ROUND).await;
    assert!(done.pages >= 12, "{}", done.pages);
}

/// The same for the accounts of a judged round in a data folder.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a step of cargo xtask eval tasks: XUNCHA_TASKS_DATA names the data folder, XUNCHA_TASKS_ROUND the round"]
async fn every_account_of_a_province_is_settled() {
    let folder = std::env::var_os("XUNCHA_TASKS_DATA").unwrap();
    let round = std::env::var("XUNCHA_TASKS_ROUND").unwrap();
    let state = support::state(std::path::Path::new(&folder)).await;
    let since = std::time::Instant::now();
    let done = walk(&state, &round).await;
    println!(
        "accounts settled by keyboard: {} pages, {} questions, {} keys at most for one, {:.0} s",
        done.pages,
        done.questions,
        done.worst_keys,
        since.elapsed().as_secs_f64()
    );
}
