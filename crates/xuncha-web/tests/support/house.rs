//! A house with a round, its published results and its registry, and the walk through all pages that links lead to.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::{BTreeMap, VecDeque};

use axum::http::{StatusCode, header};
use xuncha_core::person::Role;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_web::{Route, WebState};

use crate::client::Client;
use crate::support::{self, ROUND};

/// Each route is looked at once.
pub type Found = BTreeMap<&'static str, String>;

/// 网页. Where it stands, and what it says.
pub struct Page {
    pub path: String,
    pub body: String,
}

pub struct House {
    pub state: WebState,
    /// Where it listens.
    pub address: String,
    pub routes: Vec<Route>,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> House {
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
    pub async fn token(&self, role: Role) -> String {
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

    /// The route of an address.
    pub fn route_of(&self, method: &str, path: &str) -> Option<&'static str> {
        let parts: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
        let fits = |route: &&Route| {
            let wanted: Vec<&str> = route.path.split('/').collect();
            route.method == method
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
    pub async fn walk(&self, client: &mut Client, start: &str) -> Found {
        let pages = self.pages(client, start).await;
        let address = |(route, page): (&'static str, Page)| (route, page.path);
        pages.into_iter().map(address).collect()
    }

    /// The same, with what stands on them.
    pub async fn pages(&self, client: &mut Client, start: &str) -> BTreeMap<&'static str, Page> {
        let mut found = BTreeMap::new();
        let mut waiting = VecDeque::from([start.to_owned()]);
        while let Some(path) = waiting.pop_front() {
            let Some(route) = self.route_of("GET", &path) else {
                continue;
            };
            if found.contains_key(route) {
                continue;
            }
            let answer = client.get(&path).await;
            if answer.status == StatusCode::SEE_OTHER {
                waiting.push_back(answer.location().to_owned());
                continue;
            }
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
            let body = answer.body;
            found.insert(route, Page { path, body });
        }
        found
    }
}
