//! The review desk in a real browser, with the keyboard alone: one thing after the other, undone and done again, until nothing is open.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
mod support;

use std::collections::BTreeSet;

use chromium::Browser;
use support::ROUND;
use xuncha_core::registry::TargetClass;
use xuncha_core::review::{Decision, RejectCause};
use xuncha_store::Page;
use xuncha_store::round::SubjectFilter;
use xuncha_web::WebState;

/// Keys that one thing may take.
const MOST_KEYS: usize = 3;

async fn served(state: WebState) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = xuncha_web::router(state);
    tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
    address
}

fn path(browser: &mut Browser) -> String {
    browser
        .see("location.pathname")
        .as_str()
        .unwrap()
        .to_owned()
}

fn text(browser: &mut Browser, selector: &str) -> String {
    let asked = format!("(document.querySelector('{selector}') || {{}}).innerText || ''");
    browser.see(&asked).as_str().unwrap().to_owned()
}

/// Decides what lies on the desk; gives back the keys it took. Every third finding is rejected, for the first cause.
fn settle(browser: &mut Browser, findings: &mut usize) -> usize {
    browser.wait_until_drawn();
    if browser.see("!!document.querySelector('[data-do=confirm]')") == true {
        *findings += 1;
        if findings.is_multiple_of(3) {
            browser.press("n");
            browser.press_and_load("1");
            return 2;
        }
        browser.press_and_load("y");
        return 1;
    }
    browser.press("0");
    browser.press_and_load("Enter");
    2
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_decided_by_keyboard_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed_unanswered(&state).await;
    let address = served(state.clone()).await;
    let token = xuncha_web::new_login(&state, "张三").await.unwrap();
    let next = format!("/rounds/{ROUND}/desk%3Fclass=account");
    let url = format!("{address}/sign-in?token={token}&next={next}");
    let (things, worst, findings) = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(1400, 900);
        browser.open(&url);
        browser.press_and_load("Enter");
        undone_and_done_again(&mut browser);
        let (mut seen, mut worst, mut findings) = (BTreeSet::new(), 0, 0);
        while !path(&mut browser).ends_with("/desk") {
            let here = path(&mut browser);
            assert!(seen.insert(here.clone()), "{here} came twice");
            if seen.len() < 4 {
                browser.picture(&format!("desk-{}", seen.len()));
            }
            worst = worst.max(settle(&mut browser, &mut findings));
        }
        assert!(text(&mut browser, "main").contains("没有等待复核的事项"));
        (seen.len(), worst, findings)
    })
    .await
    .unwrap();
    assert!(things >= 24 && findings >= 3, "{things} {findings}");
    assert!(worst <= MOST_KEYS, "{worst} keys");
    let filter = SubjectFilter {
        class: Some(TargetClass::Account),
        is_open: true,
        ..SubjectFilter::default()
    };
    let set = state.store.round(ROUND).await.unwrap().round.set.id;
    let open = state.store.targets(ROUND, &set, &filter, Page::ALL);
    assert_eq!(open.await.unwrap().total, 0, "nothing is open any more");
    let reviews = state.store.reviews(ROUND).await.unwrap();
    let rejected: Vec<_> = reviews
        .iter()
        .filter(|review| review.decision == Decision::Rejected)
        .collect();
    assert_eq!(rejected.len(), findings / 3);
    for review in rejected {
        let cause = RejectCause::of_reason(&review.reason);
        assert_eq!(cause, Some(RejectCause::Misread), "{}", review.reason);
    }
}

/// Leaves the field that the page gives the focus to; before the page is drawn there is nothing to leave, and the key would be lost.
fn leave_the_field(browser: &mut Browser) {
    browser.wait_until_drawn();
    browser.press("Escape");
}

/// Goes on and back, decides, undoes, takes back: afterwards everything is open as it was.
fn undone_and_done_again(browser: &mut Browser) {
    let first = path(browser);
    leave_the_field(browser);
    browser.press_and_load("j");
    let second = path(browser);
    assert_ne!(first, second);
    leave_the_field(browser);
    browser.press_and_load("k");
    assert_eq!(path(browser), first, "j and k lead on and back");
    leave_the_field(browser);
    browser.press_and_load("ArrowRight");
    assert_eq!(path(browser), second);
    leave_the_field(browser);
    browser.press_and_load("ArrowLeft");
    // Whatever it is that lies here, it is decided, undone, and open again.
    let mut findings = 0;
    settle(browser, &mut findings);
    leave_the_field(browser);
    browser.press_and_load("u");
    assert_eq!(path(browser), first);
    assert!(
        text(browser, ".desk-note").contains("已撤回"),
        "{}",
        text(browser, "main")
    );
    let held = browser.see("!!document.querySelector('.held')");
    assert_eq!(held, false, "open again");
    leave_the_field(browser);
    browser.press_and_load("u");
    assert!(
        text(browser, ".held").contains("张三"),
        "the undoing is undone"
    );
    leave_the_field(browser);
    browser.press_and_load("x");
    let held = browser.see("!!document.querySelector('.held')");
    assert_eq!(held, false, "taken back");
}
