//! `xuncha-web`: the one door for people. Pages rendered on the server, without scripts.
//!
//! It shows what the store holds: rounds, targets, score sheets, findings with their evidence, the notice, the registry; and it takes
//! what people decide. It never crawls or judges: what takes time is a job, and a figure on a page is a stored figure. A decision
//! re-scores its own target in the same step, by the core.
//!
//! Every page but the sign-in asks for a session. Archived pages of others are shown in a sandbox without scripts or network.
//!
//! Start reading at [`router`], then one file in `pages` with the template of the same name.

mod error;
mod headers;
mod labels;
mod lang;
mod pager;
mod pages;
mod session;
mod shell;

use std::path::PathBuf;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use xuncha_store::Store;
use xuncha_store::evidence::EvidenceFolder;

/// Serves the pages on a listening socket until `stopped` ends.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
}

pub use session::{LOGIN_LIFETIME_S, new_login, random_token};

/// An archived page as the replay shows it: no scripts, every address below `prefix` or taken out, `quote` marked. It is public so that
/// it can be tried with hostile pages.
pub fn safe_page(html: &str, url: &str, prefix: &str, quote: &str) -> String {
    pages::evidence_html::safe_page(html, url, prefix, quote)
}

/// 网页状态. What the pages read from, with the clock and the randomness they use.
#[derive(Clone)]
pub struct WebState {
    /// Database.
    pub store: Store,
    /// Evidence files.
    pub evidence: EvidenceFolder,
    /// Folder below which documents stand.
    pub documents: PathBuf,
    /// Seconds since 1970, for sessions.
    pub now_s: fn() -> i64,
    /// A new unguessable token: [`random_token`] outside tests.
    pub new_token: fn() -> String,
}

impl WebState {
    /// Civil time in UTC+8, to the second.
    fn now(&self) -> jiff::civil::DateTime {
        let now = jiff::Timestamp::from_second((self.now_s)()).unwrap_or_default();
        jiff::tz::TimeZone::fixed(jiff::tz::offset(8)).to_datetime(now)
    }
}

/// All pages.
pub fn router(state: WebState) -> Router {
    // Archived pages have an origin of their own and no session: their addresses carry passes instead.
    let passes = pages::evidence_pass::Passes::new((state.new_token)());
    let inside = Router::new()
        .route("/", get(pages::rounds::list))
        .route("/rounds/{round}", get(pages::rounds::show))
        .route("/rounds/{round}/targets", get(pages::targets::list))
        .route(
            "/rounds/{round}/targets/{target}",
            get(pages::targets::show),
        )
        .route("/rounds/{round}/tasks", get(pages::tasks::list))
        .route(
            "/rounds/{round}/tasks/{target}",
            get(pages::tasks::show).post(pages::tasks::decide),
        )
        .route("/rounds/{round}/open", get(pages::open::list))
        .route("/rounds/{round}/notice", get(pages::notice::show))
        .route(
            "/rounds/{round}/documents/{name}",
            get(pages::notice::download),
        )
        .route(
            "/rounds/{round}/documents/{name}/preview",
            get(pages::notice::preview),
        )
        .route(
            "/rounds/{round}/evidence/{target}/{record}",
            get(pages::evidence::show),
        )
        .route(
            "/rounds/{round}/evidence/{target}/{record}/replay",
            get(pages::evidence::replay),
        )
        .route(
            "/rounds/{round}/evidence/{target}/{record}/raw",
            get(pages::evidence::raw),
        )
        .route(
            "/rounds/{round}/archived/{target}",
            get(pages::evidence::at),
        )
        .route(
            "/rounds/{round}/evidence/{target}/{record}/picture",
            get(pages::pictures::show),
        )
        .route("/findings/{id}", get(pages::findings::show))
        .route("/registry", get(pages::registry::list))
        .route("/about", get(pages::about::show))
        .route("/sign-out", post(session::sign_out))
        .route_layer(middleware::from_fn_with_state(
            state.clone(),
            session::require,
        ));
    Router::new()
        .merge(inside)
        .route("/sign-in", get(session::form).post(session::sign_in))
        .route(
            "/replay/{pass}/{round}/{target}/{record}/{kind}",
            get(pages::evidence_replay::show),
        )
        .route("/assets/style.css", get(pages::about::style))
        .fallback(error::not_found)
        .layer(middleware::from_fn(headers::secure))
        .layer(axum::Extension(passes))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(state)
}
