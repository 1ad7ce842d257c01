//! Every page that links lead to, in a real browser, asked by axe-core for what keeps people out who use a keyboard or a screen reader.
//!
//! `cargo xtask test` fetches axe-core (in a package of PyPI) as it does warcio.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
#[path = "support/client.rs"]
mod client;
mod support;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use axum::http::{StatusCode, header};
use chromium::Browser;
use client::Client;
use support::ROUND;
use xuncha_core::person::Role;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_web::{Route, WebState};

/// Each route is looked at once.
type Found = BTreeMap<&'static str, String>;

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

struct House {
    state: WebState,
    address: String,
    routes: Vec<Route>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let state = support::state(folder.path()).await;
        support::seed(&state).await;
        xuncha_web::publish_results(&state, ROUND).await.unwrap();
        support::registry::seed(&state).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = xuncha_web::router(state.clone());
        tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
        House {
            routes: xuncha_web::routes(state.clone()),
            state,
            address,
            _folder: folder,
        }
    }

    /// A one-time login of somebody in a role.
    async fn token(&self, role: Role) -> String {
        let file = PersonFile {
            name: "王芳".to_owned(),
            role,
            organization: (role == Role::Operator).then(|| "U001".to_owned()),
        };
        let token = (self.state.new_token)();
        let login = token.replace("token-", "person");
        let store = &self.state.store;
        let person = store.add_person(&login, &file).await.unwrap();
        let until_s = (self.state.now_s)() + 100;
        let put = store.put_link(&token, LinkKind::SignIn, person.number, until_s);
        put.await.unwrap();
        token
    }

    fn route_of(&self, path: &str) -> Option<&'static str> {
        let parts: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
        let fits = |route: &&Route| {
            let wanted: Vec<&str> = route.path.split('/').collect();
            route.method == "GET"
                && wanted.len() == parts.len()
                && wanted
                    .iter()
                    .zip(&parts)
                    .all(|(one, part)| one.starts_with('{') || one == part)
        };
        // A literal address goes before one with a parameter in its place.
        let all = self.routes.iter().filter(fits);
        all.min_by_key(|route| route.path.matches('{').count())
            .map(|route| route.path)
    }

    /// One page for each route that links lead to from where one starts.
    async fn walk(&self, client: &mut Client, start: &str) -> Found {
        let mut found = Found::new();
        let mut waiting = VecDeque::from([start.to_owned()]);
        while let Some(path) = waiting.pop_front() {
            let Some(route) = self.route_of(&path) else {
                continue;
            };
            if found.contains_key(route) {
                continue;
            }
            let answer = client.get(&path).await;
            let kind = answer.headers.get(header::CONTENT_TYPE);
            let is_page = kind.is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
            // What was archived of others, and documents, are not ours to make readable.
            let is_ours = is_page && !answer.headers.contains_key(header::CONTENT_DISPOSITION);
            if answer.status != StatusCode::OK
                || !is_ours
                || route.contains("preview")
                || route.ends_with("/view")
                || route.starts_with("/replay/")
            {
                continue;
            }
            found.insert(route, path);
            for link in answer.body.split("href=\"").skip(1) {
                let link = link
                    .split('"')
                    .next()
                    .unwrap()
                    .replace("&amp;", "&")
                    .replace("&#38;", "&");
                if link.starts_with('/') && !link.starts_with("//") {
                    waiting.push_back(link.split('#').next().unwrap().to_owned());
                }
            }
        }
        found
    }
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
        if browser.see("document.readyState + location.pathname") == "complete/" {
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
