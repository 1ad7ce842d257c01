//! Accounts: their plan, the pages and feeds of the platforms, the app store and its packages.
//!
//! Everything here is a function of the plan, the address and the civil time; nothing is kept but built packages.
//! Start at [`plan`] (what an account is and what may be planted on it), then [`draw`] and [`respond`].

pub mod apk;
pub mod axml;
mod details;
pub mod draw;
pub mod feeds;
pub mod pages;
pub mod plan;
mod plant;
pub mod planted;
pub mod posts;
pub mod store;
pub mod truth;

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;

use crate::response::Response;
pub use plan::AccountPlan;
use plan::Platform;

pub use details::{Names, drawn_before, filing_number, names};
pub use draw::plan_accounts;
pub use truth::truth;

/// Host of the app store.
pub const STORE_HOST: &str = "store.app.example";
/// Host that holds the store's files.
pub const CDN_HOST: &str = "cdn.app.example";
/// Host of all feeds.
pub const FEED_HOST: &str = "feeds.platform.example";

/// Every host that [`respond`] answers for.
#[must_use]
pub fn hosts() -> Vec<&'static str> {
    let mut hosts: Vec<&str> = Platform::ALL.iter().map(|p| p.host()).collect();
    hosts.extend([CDN_HOST, FEED_HOST]);
    hosts
}

/// Answers for the hosts of the platforms; `None` when the host is not one of them.
///
/// `asked` is how often this path was asked before, 0 at the first request.
#[must_use]
pub fn respond(
    accounts: &[AccountPlan],
    host: &str,
    path: &str,
    now: DateTime,
    asked: u32,
) -> Option<Response> {
    if !hosts().contains(&host) {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or(path);
    Some(known_host(accounts, host, path, now, asked).unwrap_or_else(not_found))
}

fn known_host(
    accounts: &[AccountPlan],
    host: &str,
    path: &str,
    now: DateTime,
    asked: u32,
) -> Option<Response> {
    match path {
        "/" => {
            return Some(Response::html(format!(
                "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{host}</title></head><body><h1>{host}</h1></body></html>"
            )));
        }
        "/robots.txt" => {
            return Some(Response::ok(
                "text/plain; charset=utf-8",
                "User-agent: *\nAllow: /\n",
            ));
        }
        _ => {}
    }
    if host == FEED_HOST {
        return feeds::respond(accounts, path, now);
    }
    if host == STORE_HOST || host == CDN_HOST {
        return store::respond(accounts, host, path, asked);
    }
    let platform = Platform::ALL.into_iter().find(|p| p.host() == host)?;
    pages::respond(accounts, platform, path, now)
}

fn not_found() -> Response {
    let body = "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>404</title></head>\
                <body><h1>页面不存在</h1></body></html>";
    Response::status(404, "text/html; charset=utf-8", body)
}
