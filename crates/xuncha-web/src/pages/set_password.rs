//! 设置密码: by a link that works once, made by an administrator or on the command line.

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_store::login::LinkKind;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::password::hash_password;
use crate::shell::{Shell, Viewer};

/// What the page is asked with.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "set_password.html")]
struct SetPasswordPage {
    shell: Shell,
    /// `None` where the link does not hold.
    login: Option<String>,
    token: String,
    min_length: usize,
    fault: Option<String>,
    mismatch: Option<&'static str>,
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    token: String,
    (fault, mismatch): (Option<String>, Option<&'static str>),
) -> Result<Response, WebError> {
    let kind = LinkKind::SetPassword;
    let person = state.store.link(&token, kind, (state.now_s)()).await?;
    let status = match (&person, fault.is_some() || mismatch.is_some()) {
        (None, _) => StatusCode::FORBIDDEN,
        (_, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, false) => StatusCode::OK,
    };
    let title = viewer.lang.t("设置密码", "Set a password");
    let mut response = page(&SetPasswordPage {
        shell: Shell::new(viewer, "", title),
        login: person.map(|person| person.login),
        token,
        min_length: state.settings.policy.min_length,
        fault,
        mismatch,
    })?;
    *response.status_mut() = status;
    Ok(response)
}

/// The form; looking at it does not use the link up.
pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, asked.token, (None, None)).await
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// What is wrong with a new password, beside each of its fields.
pub(crate) fn faults(
    state: &WebState,
    lang: Lang,
    (password, again): (&str, &str),
    login: &str,
) -> (Option<String>, Option<&'static str>) {
    let checked = state.settings.policy.check(password, login);
    let fault = checked.err().map(|fault| match lang {
        Lang::Zh => fault.zh(),
        Lang::En => fault.en(),
    });
    let mismatch = (password != again)
        .then(|| lang.t("两次输入的密码不一样", "This is not what was typed above"));
    (fault, mismatch)
}

/// Sets the password and leads to the sign-in.
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let kind = LinkKind::SetPassword;
    let now_s = (state.now_s)();
    let Some(person) = state.store.link(&typed.token, kind, now_s).await? else {
        return shown(&state, &viewer, typed.token, (None, None)).await;
    };
    let both = (typed.password.as_str(), typed.again.as_str());
    let faults = faults(&state, viewer.lang, both, &person.login);
    if faults != (None, None) {
        return shown(&state, &viewer, typed.token, faults).await;
    }
    let hash = hash_password(typed.password, (state.new_token)()).await;
    let hash = hash.map_err(|_| not_hashed(viewer.lang))?;
    let store = state.acting(&viewer);
    let set = store.set_password_by_link(&typed.token, &hash, now_s);
    match set.await? {
        Some(_) => Ok(Redirect::to("/sign-in?set=1").into_response()),
        None => shown(&state, &viewer, typed.token, (None, None)).await,
    }
}

pub(crate) fn not_hashed(lang: Lang) -> WebError {
    WebError::failed(lang.t(
        "密码没有保存，请重试。",
        "The password was not kept. Please try again.",
    ))
}
