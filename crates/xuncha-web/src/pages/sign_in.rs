//! 登录: by login and password with a second factor where one is set, or by a login that works once.

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::person::login_of;
use xuncha_store::login::{LinkKind, NewSession, Proof};
use xuncha_store::person::Person;

use crate::WebState;
use crate::asked::Query;
use crate::cookie::{self, SESSION_COOKIE};
use crate::csrf::token_of;
use crate::error::{WebError, page};
use crate::kept::{Kept, resumed};
use crate::password::is_right;
use crate::second_factor::{step_of, tidy_code};
use crate::session::{SESSION_LIFETIME_S, agent, safe_next};
use crate::shell::{Shell, Viewer};

/// How long the second factor may be looked for.
const CODE_LIFETIME_S: i64 = 5 * 60;

/// What the sign-in page is asked with, and what its forms send.
#[derive(Default, Deserialize)]
pub(crate) struct SignIn {
    /// A one-time login.
    #[serde(default)]
    token: String,
    /// Whether the form for one is wanted.
    #[serde(default)]
    once: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    /// Whether a password was just set.
    #[serde(default)]
    set: String,
    /// Whether a session ended.
    #[serde(default)]
    ended: String,
    /// What was typed into a form when it ended.
    #[serde(default)]
    kept: String,
}

/// Why somebody is not in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Login or password wrong, or locked.
    Password,
    /// No such one-time login.
    Once,
    /// The provider of identities did not say who it is, or nobody here is that.
    Provider,
}

/// The way to the provider of identities.
struct Provider {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    is_once: bool,
    token: String,
    login: String,
    next: String,
    once_href: String,
    password_href: String,
    is_password_set: bool,
    has_ended: bool,
    kept: String,
    has_failed: bool,
    has_provider_failed: bool,
    provider: Option<Provider>,
}

fn sign_in_page(
    state: &WebState,
    viewer: &Viewer,
    asked: SignIn,
    failure: Option<Failure>,
) -> Result<Response, WebError> {
    let shell = Shell::new(viewer, "", viewer.lang.t("登录", "Sign in"));
    let next = crate::pager::query(&[("next", &asked.next)]);
    let once = crate::pager::query(&[("once", "1"), ("next", &asked.next)]);
    page(&SignInPage {
        shell,
        is_once: !asked.token.is_empty() || !asked.once.is_empty(),
        token: asked.token,
        login: asked.login,
        next: asked.next,
        once_href: format!("/sign-in{once}"),
        password_href: format!("/sign-in{next}"),
        is_password_set: !asked.set.is_empty(),
        has_ended: !asked.ended.is_empty(),
        kept: asked.kept,
        has_failed: matches!(failure, Some(Failure::Password | Failure::Once)),
        has_provider_failed: failure == Some(Failure::Provider),
        provider: state.sign_on.as_ref().map(|provider| Provider {
            name: provider.name().to_owned(),
            href: format!("/sign-in/provider{next}"),
        }),
    })
}

/// The sign-in page. A token in the address only fills the form: it is used up by the button, so that a preview of the
/// address (mail programs, chat programs) does not use it up.
pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<SignIn>,
) -> Result<Response, WebError> {
    sign_in_page(&state, &viewer, asked, None)
}

/// The sign-in page in place of an answer to a form whose session had ended; `kept` is what was typed, empty where it cannot be kept.
pub(crate) fn expired(
    state: &WebState,
    viewer: &Viewer,
    next: &str,
    kept: String,
) -> Result<Response, WebError> {
    let asked = SignIn {
        next: next.to_owned(),
        ended: "form".to_owned(),
        kept,
        ..SignIn::default()
    };
    sign_in_page(state, viewer, asked, None)
}

/// The sign-in page after a failure that nothing typed belongs to.
pub(super) fn refused(
    state: &WebState,
    viewer: &Viewer,
    next: &str,
    failure: Failure,
) -> Result<Response, WebError> {
    let again = SignIn {
        next: next.to_owned(),
        ..SignIn::default()
    };
    // The address that people come back to is of no use twice.
    let viewer = Viewer {
        here: "/sign-in".to_owned(),
        ..viewer.clone()
    };
    let mut response = sign_in_page(state, &viewer, again, Some(failure))?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// Takes a one-time login, or login and password.
pub(crate) async fn sign_in(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Form(asked): Form<SignIn>,
) -> Result<Response, WebError> {
    let is_once = !asked.token.is_empty() || !asked.once.is_empty();
    let signed_in = match is_once {
        true => once(&state, &viewer, &headers, &asked).await?,
        false => by_password(&state, &viewer, &headers, &asked).await?,
    };
    if let Some(response) = signed_in {
        return Ok(response);
    }
    // What was typed as a secret never comes back in a page.
    let again = SignIn {
        token: String::new(),
        password: String::new(),
        once: if is_once { "1" } else { "" }.to_owned(),
        set: String::new(),
        ..asked
    };
    let failure = match is_once {
        true => Failure::Once,
        false => Failure::Password,
    };
    let mut response = sign_in_page(&state, &viewer, again, Some(failure))?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

async fn once(
    state: &WebState,
    viewer: &Viewer,
    headers: &HeaderMap,
    asked: &SignIn,
) -> Result<Option<Response>, WebError> {
    let token = asked.token.trim();
    let now_s = (state.now_s)();
    let Some(person) = state.store.link(token, LinkKind::SignIn, now_s).await? else {
        let settings = &state.settings.lockout;
        state
            .acting(viewer)
            .count_failure(None, now_s, settings)
            .await?;
        return Ok(None);
    };
    let proof = Proof::OneTime { token };
    let onward = Onward {
        next: &asked.next,
        kept: &asked.kept,
    };
    enter(state, (viewer, headers), &person, proof, onward).await
}

/// Takes the same time and answers the same whether the login is unknown, the password wrong, or the person locked.
async fn by_password(
    state: &WebState,
    viewer: &Viewer,
    headers: &HeaderMap,
    asked: &SignIn,
) -> Result<Option<Response>, WebError> {
    let now_s = (state.now_s)();
    let found = match login_of(&asked.login) {
        Ok(login) => state.store.credentials(&login).await?,
        Err(_) => None,
    };
    let hash = found.as_ref().and_then(|one| one.password_hash.clone());
    let is_right = is_right(asked.password.clone(), hash).await;
    let person = found.map(|one| one.person);
    let let_in = person
        .as_ref()
        .filter(|person| is_right && !person.is_locked_at(now_s));
    let Some(person) = let_in else {
        let number = person.map(|person| person.number);
        let lockout = &state.settings.lockout;
        let store = state.acting(viewer);
        store.count_failure(number, now_s, lockout).await?;
        return Ok(None);
    };
    if !person.has_totp {
        let onward = Onward {
            next: &asked.next,
            kept: &asked.kept,
        };
        return enter(state, (viewer, headers), person, Proof::Password, onward).await;
    }
    let token = (state.new_token)();
    let until_s = now_s + CODE_LIFETIME_S;
    let kind = LinkKind::SecondStep;
    state
        .store
        .put_link(&token, kind, person.number, until_s)
        .await?;
    let onward = Onward {
        next: &asked.next,
        kept: &asked.kept,
    };
    Ok(Some(code_page(viewer, token, onward, false)?))
}

/// 去向. Where somebody who signs in goes on, and what he had typed when his session ended.
#[derive(Clone, Copy, Default)]
pub(super) struct Onward<'a> {
    pub(super) next: &'a str,
    pub(super) kept: &'a str,
}

/// Opens a session under a new token; the one that the browser had ends.
pub(super) async fn enter(
    state: &WebState,
    (viewer, headers): (&Viewer, &HeaderMap),
    person: &Person,
    proof: Proof<'_>,
    onward: Onward<'_>,
) -> Result<Option<Response>, WebError> {
    let token = (state.new_token)();
    let now_s = (state.now_s)();
    let agent = agent(headers);
    let new = NewSession {
        token: &token,
        replaces: cookie::read(headers, SESSION_COOKIE).unwrap_or_default(),
        agent: &agent,
        now_s,
        expires_at_s: now_s + SESSION_LIFETIME_S,
    };
    let store = state.acting(&Viewer::default());
    let opened = store.open_session(person.number, proof, &new).await?;
    if opened.is_none() {
        return Ok(None);
    }
    let mut response = match Kept::read(onward.kept) {
        Some(kept) => {
            let entered = Viewer {
                id: person.id(),
                number: person.number,
                person: person.name.clone(),
                role: person.role,
                unit: person.organization.clone(),
                csrf: token_of(&token),
                here: "/".to_owned(),
                lang: viewer.lang,
                ..Viewer::default()
            };
            resumed(&entered, kept)?
        }
        None => Redirect::to(safe_next(onward.next)).into_response(),
    };
    cookie::set(
        &mut response,
        state,
        SESSION_COOKIE,
        &token,
        SESSION_LIFETIME_S,
    );
    Ok(Some(response))
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage {
    shell: Shell,
    token: String,
    next: String,
    kept: String,
    has_failed: bool,
}

fn code_page(
    viewer: &Viewer,
    token: String,
    onward: Onward<'_>,
    has_failed: bool,
) -> Result<Response, WebError> {
    // The language switch cannot send the form again, so it leads to the beginning.
    let viewer = Viewer {
        here: "/sign-in".to_owned(),
        ..viewer.clone()
    };
    page(&CodePage {
        shell: Shell::new(&viewer, "", viewer.lang.t("二次验证", "Second step")),
        token,
        next: onward.next.to_owned(),
        kept: onward.kept.to_owned(),
        has_failed,
    })
}

/// What the form of the second step sends.
#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    token: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept: String,
}

/// Takes the code of the second factor, or a recovery code.
pub(crate) async fn code(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    Form(asked): Form<Code>,
) -> Result<Response, WebError> {
    let now_s = (state.now_s)();
    let kind = LinkKind::SecondStep;
    let whose = state.store.link(&asked.token, kind, now_s).await?;
    let Some(person) = whose.filter(|person| !person.is_locked_at(now_s)) else {
        // Too late, or locked meanwhile: from the beginning.
        return refused(&state, &viewer, &asked.next, Failure::Password);
    };
    let known = state.store.second_factor(person.number).await?;
    let secret = known.secret.unwrap_or_default();
    let recovery = tidy_code(&asked.code);
    let token = asked.token.as_str();
    let proof = match step_of(&secret, &asked.code, now_s) {
        Some(step) => Proof::Totp { token, step },
        None => Proof::Recovery {
            token,
            code: &recovery,
        },
    };
    let onward = Onward {
        next: &asked.next,
        kept: &asked.kept,
    };
    if let Some(response) = enter(&state, (&viewer, &headers), &person, proof, onward).await? {
        return Ok(response);
    }
    let lockout = &state.settings.lockout;
    let number = Some(person.number);
    state
        .acting(&viewer)
        .count_failure(number, now_s, lockout)
        .await?;
    let mut response = code_page(&viewer, asked.token.clone(), onward, true)?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(token) = cookie::read(&headers, SESSION_COOKIE) {
        state.acting(&viewer).close_session(token).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    cookie::set(&mut response, &state, SESSION_COOKIE, "", 0);
    Ok(response)
}
