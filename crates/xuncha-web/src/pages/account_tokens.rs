//! 接口令牌: one's own tokens for programs: the list, making one (shown once), taking one away.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::permission::TokenScope;
use xuncha_store::api_token::NewApiToken;

use crate::api::TOKEN_PREFIX;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::{WebState, civil};

const DAY_S: i64 = 24 * 60 * 60;
/// Letters of a name.
const LONGEST_NAME: usize = 60;
/// How long a token may last, in days.
const DAYS: [i64; 4] = [7, 30, 90, 365];

struct Line {
    number: i64,
    name: String,
    scopes: String,
    made: String,
    expires: String,
    has_ended: bool,
    used: String,
}

struct Scope {
    word: &'static str,
    name: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "account_tokens.html")]
struct TokensPage {
    shell: Shell,
    lines: Vec<Line>,
    fresh: String,
    problem: &'static str,
    name: String,
    scopes: Vec<Scope>,
    days: [i64; 4],
}

fn scope_name(lang: Lang, scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => lang.t("读取", "Read"),
        TokenScope::Decide => lang.t("复核决定", "Decide"),
    }
}

/// What the form of a new token sends.
#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    read: String,
    #[serde(default)]
    decide: String,
    #[serde(default)]
    days: String,
}

impl Typed {
    fn scopes(&self) -> BTreeSet<TokenScope> {
        let ticked = [
            (TokenScope::Read, &self.read),
            (TokenScope::Decide, &self.decide),
        ];
        let ticked = ticked.into_iter().filter(|(_, value)| !value.is_empty());
        ticked.map(|(scope, _)| scope).collect()
    }
}

async fn tokens_page(
    state: &WebState,
    viewer: &Viewer,
    typed: &Typed,
    (fresh, problem): (String, &'static str),
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let now_s = (state.now_s)();
    let tokens = state.store.api_tokens(viewer.number).await?;
    let lines = tokens.into_iter().map(|token| {
        let names: Vec<&str> = token
            .scopes
            .iter()
            .map(|one| scope_name(lang, *one))
            .collect();
        Line {
            number: token.number,
            name: token.name,
            scopes: names.join(lang.t("、", ", ")),
            made: moment(&civil(token.made_at_s)),
            expires: moment(&civil(token.expires_at_s)),
            has_ended: token.expires_at_s <= now_s,
            used: token
                .used_at_s
                .map(|at_s| moment(&civil(at_s)))
                .unwrap_or_default(),
        }
    });
    let chosen = typed.scopes();
    let scopes = TokenScope::ALL.map(|scope| Scope {
        word: scope.word(),
        name: scope_name(lang, scope),
        is_chosen: chosen.contains(&scope) || chosen.is_empty() && scope == TokenScope::Read,
    });
    let account = lang.t("本人账号", "Your account");
    page(&TokensPage {
        shell: Shell::new(viewer, "account", lang.t("接口令牌", "Tokens for programs"))
            .crumb(account, "/account"),
        lines: lines.collect(),
        fresh,
        problem,
        name: typed.name.clone(),
        scopes: scopes.into(),
        days: DAYS,
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    tokens_page(&state, &viewer, &Typed::default(), (String::new(), "")).await
}

pub(crate) async fn make(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let name = typed.name.trim();
    let days = typed.days.parse().ok().filter(|days| DAYS.contains(days));
    let scopes = typed.scopes();
    let problem = if name.is_empty() || name.chars().count() > LONGEST_NAME {
        lang.t(
            "请写明用途，不超过 60 字。",
            "Say what it is for, in 60 letters at most.",
        )
    } else if scopes.is_empty() {
        lang.t("请至少选一项范围。", "Choose one scope at least.")
    } else if days.is_none() {
        lang.t("请选择有效期。", "Choose how long it lasts.")
    } else {
        ""
    };
    let Some(days) = days.filter(|_| problem.is_empty()) else {
        let mut response = tokens_page(&state, &viewer, &typed, (String::new(), problem)).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let token = format!("{TOKEN_PREFIX}{}", (state.new_token)());
    let now_s = (state.now_s)();
    let new = NewApiToken {
        name: name.to_owned(),
        scopes,
        now_s,
        expires_at_s: now_s + days * DAY_S,
    };
    let store = state.acting(&viewer);
    store.put_api_token(viewer.number, &token, &new).await?;
    // Shown in the answer to the form itself: it stands in no address and is never shown again.
    tokens_page(&state, &viewer, &Typed::default(), (token, "")).await
}

/// Which token is taken away.
#[derive(Deserialize)]
pub(crate) struct Taken {
    #[serde(default)]
    number: String,
}

pub(crate) async fn revoke(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(taken): Form<Taken>,
) -> Result<Response, WebError> {
    let number = taken.number.parse().unwrap_or(0);
    let store = state.acting(&viewer);
    store.drop_api_token(viewer.number, number).await?;
    Ok(Redirect::to("/account/tokens").into_response())
}
