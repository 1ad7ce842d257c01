//! 二次验证: offering a secret, taking the first code of it, showing the recovery codes once, and taking all of it away again.

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::account::knows_password;
use crate::WebState;
use crate::error::{WebError, page};
use crate::qr;
use crate::second_factor::{address, in_groups, new_codes, new_secret, step_of};
use crate::shell::{Shell, Viewer};

/// How far it is.
enum Stage {
    /// No second factor.
    Off,
    /// A secret is offered: in groups for typing, and as a picture.
    Offered {
        secret: String,
        address: String,
        width: usize,
        path: String,
    },
    /// In force, with the recovery codes that are left.
    On { codes_left: u64 },
    /// Just put in force: the recovery codes, shown this once.
    Fresh { codes: Vec<String> },
}

#[derive(Template)]
#[template(path = "account_code.html")]
struct FactorPage {
    shell: Shell,
    stage: Stage,
    fault: Option<&'static str>,
}

fn shown(viewer: &Viewer, stage: Stage, fault: Option<&'static str>) -> Result<Response, WebError> {
    let lang = viewer.lang;
    // Forms answer under addresses that cannot be looked at; the switch of language leads to the page.
    let viewer = Viewer {
        here: "/account/code".to_owned(),
        ..viewer.clone()
    };
    let shell = Shell::new(&viewer, "account", lang.t("二次验证", "Second step"))
        .crumb(lang.t("本人账号", "Your account"), "/account");
    let mut response = page(&FactorPage {
        shell,
        stage,
        fault,
    })?;
    if fault.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn stage(state: &WebState, viewer: &Viewer) -> Result<Stage, WebError> {
    let known = state.store.second_factor(viewer.number).await?;
    if known.secret.is_some() {
        return Ok(Stage::On {
            codes_left: known.codes_left,
        });
    }
    let Some(secret) = known.offered else {
        return Ok(Stage::Off);
    };
    let person = state.store.person(viewer.number).await?;
    let address = address(&secret, &person.login);
    let (width, path) = qr::picture(&address).unwrap_or_default();
    Ok(Stage::Offered {
        secret: in_groups(&secret),
        address,
        width,
        path,
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    let stage = stage(&state, &viewer).await?;
    shown(&viewer, stage, None)
}

/// What the form sends: the password to be offered a secret, the first code to put it in force.
#[derive(Deserialize)]
pub(crate) struct Code {
    code: Option<String>,
    #[serde(default)]
    password: String,
}

/// Offers a secret, or puts the offered one in force.
pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Code>,
) -> Result<Response, WebError> {
    let known = state.store.second_factor(viewer.number).await?;
    if known.secret.is_some() {
        return Ok(Redirect::to("/account/code").into_response());
    }
    let (Some(code), Some(secret)) = (typed.code, known.offered) else {
        // Whoever finds a browser open must not shut its person out.
        if knows_password(&state, &viewer, &typed.password).await? == Some(false) {
            return shown(&viewer, Stage::Off, Some(wrong_password(&viewer)));
        }
        let secret = new_secret(&(state.new_token)());
        let store = state.acting(&viewer);
        store.offer_second_factor(viewer.number, &secret).await?;
        return Ok(Redirect::to("/account/code").into_response());
    };
    let Some(step) = step_of(&secret, &code, (state.now_s)()) else {
        let fault = viewer.lang.t(
            "验证码不对。请确认手机时间准确，等下一个验证码再试。",
            "This code is wrong. See that the clock of your phone is right, and try the next one.",
        );
        let stage = stage(&state, &viewer).await?;
        return shown(&viewer, stage, Some(fault));
    };
    let codes = new_codes(&(state.new_token)());
    let store = state.acting(&viewer);
    let is_set = store
        .set_second_factor(viewer.number, &secret, step, &codes)
        .await?;
    match is_set {
        true => shown(&viewer, Stage::Fresh { codes }, None),
        false => Ok(Redirect::to("/account/code").into_response()),
    }
}

fn wrong_password(viewer: &Viewer) -> &'static str {
    viewer.lang.t(
        "密码不对，或账号因多次输错暂时锁定",
        "This is not your password, or it was wrong too often",
    )
}

/// What the form for taking it away sends.
#[derive(Deserialize)]
pub(crate) struct Removal {
    #[serde(default)]
    password: String,
}

/// Takes the second factor away, where the person knows the password.
pub(crate) async fn remove(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Removal>,
) -> Result<Response, WebError> {
    if knows_password(&state, &viewer, &typed.password).await? == Some(false) {
        let stage = stage(&state, &viewer).await?;
        return shown(&viewer, stage, Some(wrong_password(&viewer)));
    }
    let store = state.acting(&viewer);
    store.remove_second_factor(viewer.number).await?;
    Ok(Redirect::to("/account?done=code").into_response())
}
