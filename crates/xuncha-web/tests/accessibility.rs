//! Every page that links lead to, in a real browser, asked by axe-core for what keeps people out who use a keyboard or a screen reader.
//!
//! `cargo xtask test` fetches axe-core (in a package of PyPI) as it does warcio.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
#[path = "support/client.rs"]
mod client;
#[path = "support/house.rs"]
mod house;
mod support;

use std::path::{Path, PathBuf};

use chromium::Browser;
use client::Client;
use house::House;
use support::ROUND;
use xuncha_core::person::Role;

fn axe() -> String {
    let path = match std::env::var_os("XUNCHA_AXE") {
        Some(path) => PathBuf::from(path),
        None => {
            let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/axe/lib");
            let python = std::fs::read_dir(&tools)
                .into_iter()
                .flatten()
                .flatten()
                .next();
            let python = python.map(|entry| entry.path()).unwrap_or(tools);
            python.join("site-packages/axe_playwright_python/axe.min.js")
        }
    };
    let missing = format!(
        "axe-core is missing: `cargo xtask test` fetches it; looked for {}",
        path.display()
    );
    std::fs::read_to_string(path).expect(&missing)
}

/// What axe finds serious or critical, one line each.
fn faults(browser: &mut Browser, axe: &str, url: &str) -> Vec<String> {
    browser.open(url);
    browser.see(&format!("{axe};0"));
    let asked = "axe.run(document, { resultTypes: ['violations'] }).then(result => JSON.stringify(result.violations\
        .filter(one => one.impact === 'serious' || one.impact === 'critical')\
        .map(one => one.id + ': ' + one.help + ' — ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | '))))";
    let said = browser.wait_for(asked);
    let said = said
        .as_str()
        .unwrap_or_else(|| panic!("axe did not answer on {url}"));
    let list: Vec<String> = serde_json::from_str(said).unwrap();
    list.into_iter()
        .map(|fault| format!("{url} {fault}"))
        .collect()
}

fn sign_in(browser: &mut Browser, address: &str, token: &str) {
    browser.open(&format!("{address}/sign-in?token={token}"));
    browser.wait_until_drawn();
    browser.see("document.querySelector('main form').requestSubmit()");
    for _ in 0..100 {
        if browser.see("document.readyState == 'complete' && location.pathname != '/sign-in'")
            == true
        {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the login did not open");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_keeps_people_out_of_any_page() {
    let axe = axe();
    let house = House::new().await;
    let router = xuncha_web::router(house.state.clone());
    for (role, width, least) in [(Role::Administrator, 1280, 30), (Role::Operator, 390, 8)] {
        let mut client = Client::signed_in(&router, &house.token(role).await).await;
        if role == Role::Administrator {
            client.get("/rectify").await;
            client.post("/rectify/follow", &[("round", ROUND)]).await;
        }
        let found = house.walk(&mut client, "/").await;
        assert!(found.len() >= least, "only {found:#?}");
        let token = house.token(role).await;
        let (address, axe) = (house.address.clone(), axe.clone());
        let faults = tokio::task::spawn_blocking(move || {
            let mut browser = Browser::start(width, 900);
            let mut all = faults(&mut browser, &axe, &format!("{address}/sign-in"));
            sign_in(&mut browser, &address, &token);
            for path in found.values() {
                all.extend(faults(&mut browser, &axe, &format!("{address}{path}")));
            }
            all
        });
        let faults = faults.await.unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

/// Who has not signed in, on a telephone and at a desk.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_keeps_the_public_out() {
    let axe = axe();
    let house = House::new().await;
    let router = xuncha_web::router(house.state.clone());
    let found = house.walk(&mut Client::new(&router), "/public").await;
    let routes: Vec<&str> = found.keys().copied().collect();
    let of_public = [
        "/public",
        "/public/rounds/{round}",
        "/public/rounds/{round}/data",
        "/public/rounds/{round}/findings",
        "/public/rounds/{round}/targets",
        "/public/rounds/{round}/targets/{target}",
        "/sign-in",
    ];
    assert_eq!(routes, of_public);
    for width in [390, 1280] {
        let (address, axe, found) = (house.address.clone(), axe.clone(), found.clone());
        let faults = tokio::task::spawn_blocking(move || {
            let mut browser = Browser::start(width, 900);
            let mut all = Vec::new();
            for path in found.values() {
                all.extend(faults(&mut browser, &axe, &format!("{address}{path}")));
            }
            all
        });
        let faults = faults.await.unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
