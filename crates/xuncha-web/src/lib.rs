//! `xuncha-web`: the one door for people. Pages rendered on the server, without scripts.
//!
//! It shows what the store holds: rounds, targets, score sheets, findings with their evidence, the notice, the registry; and it takes
//! what people decide. It never crawls or judges: what takes time is a job, and a figure on a page is a stored figure. A decision
//! re-scores its own target in the same step, by the core.
//!
//! Every route is registered with the action that it needs, and what may be done by whom is decided in `xuncha_core::permission`; the gate
//! in `routes` asks it before a page runs, and refuses forms that are not ours. Programs get the same things as JSON (`api`), by the same gate. Archived pages of others are shown in a sandbox without scripts or network.
//!
//! Start reading at [`router`], then one file in `pages` with the template of the same name.

mod annual_routes;
mod api;
mod asked;
mod cookie;
mod csrf;
mod english;
mod error;
mod headers;
mod kept;
mod labels;
mod labels_registry;
mod lang;
mod pager;
mod pages;
mod password;
mod public_routes;
mod qr;
mod rectify_routes;
mod registry_routes;
mod round_routes;
mod routes;
mod second_factor;
mod session;
mod settings;
mod shell;
mod sign_on;
mod upload;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::permission::Action;
use xuncha_core::registry::Mapping;
use xuncha_store::attachment::AttachmentFolder;
use xuncha_store::evidence::EvidenceFolder;
use xuncha_store::{Actor, Store};

use routes::Pages;
use shell::Viewer;

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

pub use pages::publish::publish_results;
pub use password::hash_password;
pub use routes::{Object, Route};
pub use session::{LOGIN_LIFETIME_S, new_api_token, new_login, random_token};
pub use settings::SignInSettings;
pub use sign_on::{Departure, Identity, SIGN_ON_BACK, SignOn, SignOnAnswer};

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
    /// Indicator sets that a round may be created with, by id.
    pub sets: Arc<BTreeMap<String, IndicatorSet>>,
    /// Column mappings by which a registry's spreadsheet can be read, by id.
    pub mappings: Arc<BTreeMap<String, Mapping>>,
    /// Templates that come with the program, by the name of the file.
    pub templates: Arc<BTreeMap<String, String>>,
    /// Texts of the lists that come with the program, by the word of the list.
    pub lexicons: Arc<BTreeMap<String, String>>,
    /// Evidence files.
    pub evidence: EvidenceFolder,
    /// Files that people hand in.
    pub attachments: AttachmentFolder,
    /// Folder below which documents stand.
    pub documents: PathBuf,
    /// Folders that are searched for fonts before those of the system.
    pub fonts: Vec<PathBuf>,
    /// Seconds since 1970, for sessions.
    pub now_s: fn() -> i64,
    /// A new unguessable token: [`random_token`] outside tests.
    pub new_token: fn() -> String,
    /// How people sign in.
    pub settings: SignInSettings,
    /// Who else says who people are, where an office has somebody.
    pub sign_on: Option<Arc<dyn SignOn>>,
}

impl WebState {
    /// Civil time in UTC+8, to the second.
    fn now(&self) -> jiff::civil::DateTime {
        civil((self.now_s)())
    }

    /// The store in the hands of the viewer, for everything that changes something or leaves the house.
    fn acting(&self, viewer: &Viewer) -> Store {
        let who = match viewer.id.as_str() {
            "" => "stranger",
            id => id,
        };
        let now_s = self.now_s;
        self.store
            .acting_as(Actor::new(who, move || civil(now_s())))
    }
}

/// A time as people of the province read it.
fn civil(now_s: i64) -> jiff::civil::DateTime {
    let now = jiff::Timestamp::from_second(now_s).unwrap_or_default();
    jiff::tz::TimeZone::fixed(jiff::tz::offset(8)).to_datetime(now)
}

/// All pages.
pub fn router(state: WebState) -> Router {
    // Archived pages have an origin of their own and no session: their addresses carry passes instead.
    let passes = pages::evidence_pass::Passes::new((state.new_token)());
    let (pages, _) = all_pages(state.clone()).done();
    pages
        .fallback(error::not_found)
        .layer(middleware::from_fn(headers::secure))
        .layer(axum::Extension(passes))
        .layer(axum::Extension(sign_on::Travellers::default()))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(state)
}

/// Every route with the action that it needs, as registered. For the table of permissions.
pub fn routes(state: WebState) -> Vec<Route> {
    all_pages(state).done().1
}

fn all_pages(state: WebState) -> Pages {
    let pages = Pages::new(state);
    let pages = sign_in_pages(pages);
    let pages = round_routes::round_pages(pages);
    let pages = evidence_pages(pages);
    let pages = round_routes::migration_pages(pages);
    let pages = account_pages(pages);
    let pages = api::registered(pages);
    let pages = rectify_routes::register(pages);
    let pages = registry_routes::register(pages);
    let pages = annual_routes::register(pages);
    let pages = round_routes::round_work_pages(pages);
    let pages = desk_pages(pages);
    let pages = public_routes::register(pages);
    people_pages(pages)
}

/// What people decide, one thing after the other.
fn desk_pages(pages: Pages) -> Pages {
    use Action::{DecideTask, ManageRound};
    use pages::{blind, desk, desk_decide, quality};
    use routes::Object::{Round, Target};
    pages
        .get("/rounds/{round}/desk", DecideTask, Round, desk::first)
        .post("/rounds/{round}/desk", DecideTask, Round, desk_decide::undo)
        .get(
            "/rounds/{round}/desk/{target}/{item}",
            DecideTask,
            Target,
            desk::show,
        )
        .post(
            "/rounds/{round}/desk/{target}/{item}",
            DecideTask,
            Target,
            desk_decide::decide,
        )
        .get("/rounds/{round}/blind", DecideTask, Round, blind::next)
        .get(
            "/rounds/{round}/blind/{target}/{item}",
            DecideTask,
            Target,
            blind::show,
        )
        .post(
            "/rounds/{round}/blind/{target}/{item}",
            DecideTask,
            Target,
            blind::say,
        )
        .get("/rounds/{round}/quality", ManageRound, Round, quality::show)
        .post("/rounds/{round}/quality", ManageRound, Round, quality::set)
}

fn sign_in_pages(pages: Pages) -> Pages {
    use Action::{Open, SignIn};
    use pages::{about, evidence_replay, set_password, sign_in, sign_on};
    pages
        .get("/assets/style.css", Open, Object::None, about::style)
        .get(
            "/replay/{pass}/{round}/{target}/{record}/{kind}",
            Open,
            Object::None,
            evidence_replay::show,
        )
        .get("/sign-in", SignIn, Object::None, sign_in::form)
        .post("/sign-in", SignIn, Object::None, sign_in::sign_in)
        .post("/sign-in/code", SignIn, Object::None, sign_in::code)
        .get("/sign-in/provider", SignIn, Object::None, sign_on::leave)
        .get(SIGN_ON_BACK, SignIn, Object::None, sign_on::arrive)
        .get("/password", SignIn, Object::None, set_password::form)
        .post("/password", SignIn, Object::None, set_password::set)
}

fn evidence_pages(pages: Pages) -> Pages {
    use Action::{ReadAttachment, ReadTarget};
    use pages::{attachments, evidence, pictures};
    pages
        .get(
            "/attachments/{attachment}",
            ReadAttachment,
            Object::Attachment,
            attachments::download,
        )
        .get(
            "/rounds/{round}/evidence/{target}/{record}",
            ReadTarget,
            Object::Target,
            evidence::show,
        )
        .get(
            "/rounds/{round}/evidence/{target}/{record}/replay",
            ReadTarget,
            Object::Target,
            evidence::replay,
        )
        .get(
            "/rounds/{round}/evidence/{target}/{record}/raw",
            ReadTarget,
            Object::Target,
            evidence::raw,
        )
        .get(
            "/rounds/{round}/evidence/{target}/{record}/picture",
            ReadTarget,
            Object::Target,
            pictures::show,
        )
        .get(
            "/rounds/{round}/archived/{target}",
            ReadTarget,
            Object::Target,
            evidence::at,
        )
}

fn account_pages(pages: Pages) -> Pages {
    use Action::OwnAccount;
    use pages::{account, account_factor, account_tokens, sign_in};
    pages
        .post("/sign-out", OwnAccount, Object::None, sign_in::sign_out)
        .get("/account", OwnAccount, Object::None, account::show)
        .post(
            "/account/password",
            OwnAccount,
            Object::None,
            account::set_password,
        )
        .post(
            "/account/sessions",
            OwnAccount,
            Object::None,
            account::end_sessions,
        )
        .get(
            "/account/code",
            OwnAccount,
            Object::None,
            account_factor::show,
        )
        .post(
            "/account/code",
            OwnAccount,
            Object::None,
            account_factor::set,
        )
        .post(
            "/account/code/remove",
            OwnAccount,
            Object::None,
            account_factor::remove,
        )
        .get(
            "/account/tokens",
            OwnAccount,
            Object::None,
            account_tokens::show,
        )
        .post(
            "/account/tokens",
            OwnAccount,
            Object::None,
            account_tokens::make,
        )
        .post(
            "/account/tokens/revoke",
            OwnAccount,
            Object::None,
            account_tokens::revoke,
        )
}

fn people_pages(pages: Pages) -> Pages {
    use Action::{ManageLists, ManagePeople, ReadAudit};
    use pages::{audit, list_draft, lists, people, person};
    pages
        .get("/people", ManagePeople, Object::None, people::list)
        .post("/people", ManagePeople, Object::None, people::add)
        .get("/people/new", ManagePeople, Object::None, people::new)
        .get("/people/{person}", ManagePeople, Object::None, person::show)
        .post(
            "/people/{person}",
            ManagePeople,
            Object::None,
            person::change,
        )
        .post(
            "/people/{person}/lock",
            ManagePeople,
            Object::None,
            person::lock,
        )
        .post(
            "/people/{person}/unlock",
            ManagePeople,
            Object::None,
            person::unlock,
        )
        .post(
            "/people/{person}/link",
            ManagePeople,
            Object::None,
            person::link,
        )
        .post(
            "/people/{person}/code/remove",
            ManagePeople,
            Object::None,
            person::remove_code,
        )
        .get("/audit", ReadAudit, Object::None, audit::list)
        .get("/lists", ManageLists, Object::None, lists::all)
        .get("/lists/{list}", ManageLists, Object::None, lists::show)
        .post("/lists/{list}", ManageLists, Object::None, lists::change)
        .get(
            "/lists/{list}/file",
            ManageLists,
            Object::None,
            lists::download,
        )
        .get(
            "/list-drafts/{number}",
            ManageLists,
            Object::None,
            list_draft::show,
        )
        .post(
            "/list-drafts/{number}",
            ManageLists,
            Object::None,
            list_draft::decide,
        )
}
