//! 本人账号: one's own password, second factor and sessions.

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_store::login::NewSession;
use xuncha_store::person::Person;

use super::set_password::{faults, not_hashed};
use crate::asked::Query;
use crate::cookie::{self, SESSION_COOKIE};
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pages::findings::moment;
use crate::password::{hash_password, is_right};
use crate::session::{SESSION_LIFETIME_S, agent};
use crate::shell::{Shell, Viewer};
use crate::{WebState, civil};

/// What the page is asked with.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// What was just done.
    #[serde(default)]
    done: String,
}

struct SessionLine {
    number: i64,
    agent: String,
    opened: String,
    expires: String,
    is_mine: bool,
}

/// What is wrong with the fields of a new password.
#[derive(Default)]
struct Faults {
    old: Option<&'static str>,
    new: Option<String>,
    again: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    person: Person,
    unit: Option<String>,
    done: Option<&'static str>,
    min_length: usize,
    faults: Faults,
    sessions: Vec<SessionLine>,
}

fn done(lang: Lang, word: &str) -> Option<&'static str> {
    match word {
        "password" => Some(lang.t(
            "密码已更改，其他地方的登录都已结束。",
            "The password was changed, and all other sessions ended.",
        )),
        "sessions" => Some(lang.t("会话已结束。", "The sessions ended.")),
        "code" => Some(lang.t("二次验证已停用。", "The second step was removed.")),
        _ => None,
    }
}

async fn account_page(
    state: &WebState,
    viewer: &Viewer,
    headers: &HeaderMap,
    (word, faults): (&str, Faults),
) -> Result<Response, WebError> {
    let person = state.store.person(viewer.number).await?;
    let token = cookie::read(headers, SESSION_COOKIE).unwrap_or_default();
    let now_s = (state.now_s)();
    let sessions = state.store.sessions_of(person.number, token, now_s).await?;
    let unit = match &person.organization {
        Some(unit) => state.store.unit_name(unit).await?.or(Some(unit.clone())),
        None => None,
    };
    let title = viewer.lang.t("本人账号", "Your account");
    page(&AccountPage {
        shell: Shell::new(viewer, "account", title),
        person,
        unit,
        done: done(viewer.lang, word),
        min_length: state.settings.policy.min_length,
        faults,
        sessions: sessions
            .into_iter()
            .map(|(session, is_mine)| SessionLine {
                number: session.number,
                agent: session.agent,
                opened: moment(&civil(session.opened_at_s)),
                expires: moment(&civil(session.expires_at_s)),
                is_mine,
            })
            .collect(),
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    account_page(&state, &viewer, &headers, (&asked.done, Faults::default())).await
}

/// What the form of a new password sends.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Whether the person of a session knows his password: asked before what a stolen session must not do. A slip counts like one at the
/// sign-in. `None` stands for a person without a password, who came by a one-time login.
pub(crate) async fn knows_password(
    state: &WebState,
    viewer: &Viewer,
    typed: &str,
) -> Result<Option<bool>, WebError> {
    let person = state.store.person(viewer.number).await?;
    let known = state.store.credentials(&person.login).await?;
    let Some(hash) = known.and_then(|known| known.password_hash) else {
        return Ok(None);
    };
    let now_s = (state.now_s)();
    let is_right = !person.is_locked_at(now_s) && is_right(typed.to_owned(), Some(hash)).await;
    if !is_right {
        let store = state.acting(viewer);
        let lockout = &state.settings.lockout;
        store
            .count_failure(Some(viewer.number), now_s, lockout)
            .await?;
    }
    Ok(Some(is_right))
}

/// Changes the password: every session ends, and this browser goes on in a new one.
pub(crate) async fn set_password(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Form(typed): Form<NewPassword>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let person = state.store.person(viewer.number).await?;
    let both = (typed.password.as_str(), typed.again.as_str());
    let (new, again) = faults(&state, lang, both, &person.login);
    let mut found = Faults {
        old: None,
        new,
        again,
    };
    if knows_password(&state, &viewer, &typed.old).await? == Some(false) {
        found.old = Some(lang.t(
            "当前密码不对，或账号因多次输错暂时锁定",
            "This is not your password, or it was wrong too often",
        ));
    }
    if found.old.is_some() || found.new.is_some() || found.again.is_some() {
        let mut response = account_page(&state, &viewer, &headers, ("", found)).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let hash = hash_password(typed.password, (state.new_token)()).await;
    let hash = hash.map_err(|_| not_hashed(lang))?;
    let (token, now_s, agent) = ((state.new_token)(), (state.now_s)(), agent(&headers));
    let goes_on = NewSession {
        token: &token,
        replaces: "",
        agent: &agent,
        now_s,
        expires_at_s: now_s + SESSION_LIFETIME_S,
    };
    let store = state.acting(&viewer);
    store
        .set_password(viewer.number, &hash, Some(&goes_on))
        .await?;
    let mut response = Redirect::to("/account?done=password").into_response();
    cookie::set(
        &mut response,
        &state,
        SESSION_COOKIE,
        &token,
        SESSION_LIFETIME_S,
    );
    Ok(response)
}

/// Which sessions are to end.
#[derive(Deserialize)]
pub(crate) struct Ending {
    /// The number of one; all others where there is none.
    number: Option<i64>,
}

/// Ends one session of one's own, or all but this one.
pub(crate) async fn end_sessions(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Form(ending): Form<Ending>,
) -> Result<Response, WebError> {
    let token = cookie::read(&headers, SESSION_COOKIE).unwrap_or_default();
    let store = state.acting(&viewer);
    store
        .end_sessions(viewer.number, ending.number, token)
        .await?;
    Ok(Redirect::to("/account?done=sessions").into_response())
}
