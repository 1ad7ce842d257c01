//! 接口: the same things for programs, as JSON under `/api/v1`, by the same permissions.
//!
//! A program shows a token of a person (`Authorization: Bearer`); it may do what its person may, within the scopes of the token. Every
//! answer that is no success is a problem document (RFC 9457). What there is stands in `/api/v1/openapi.json`, made from these types.
//!
//! Start reading at [`registered`], then one file for each noun.

mod ask;
mod decisions;
mod document;
mod findings;
mod model;
mod problem;
mod published;
mod registry;
mod rounds;
mod targets;

pub(crate) use problem::{Problem, not_found};

use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use xuncha_core::permission::{Action, TokenScope};

use crate::WebState;
use crate::lang::Lang;
use crate::routes::{Object, Pages};
use crate::shell::Viewer;

/// Where all of it stands.
pub(crate) const ROOT: &str = "/api/v1";
/// What tokens begin with, so that one that was left lying about is known for what it is.
pub(crate) const TOKEN_PREFIX: &str = "xuncha_";

/// Registers every address.
pub(crate) fn registered(pages: Pages) -> Pages {
    use Action::{
        DecideTask, Enter, Open, ReadNotice, ReadPublished, ReadRegistry, ReadRound, ReadTarget,
    };
    pages
        .api_get("/api/v1/openapi.json", Open, Object::None, document::show)
        .api_get(
            "/api/v1/published",
            ReadPublished,
            Object::None,
            published::list,
        )
        .api_get(
            "/api/v1/published/{round}/targets",
            ReadPublished,
            Object::None,
            published::targets,
        )
        .api_get(
            "/api/v1/published/{round}/findings",
            ReadPublished,
            Object::None,
            published::findings,
        )
        .api_get("/api/v1/rounds", Enter, Object::None, rounds::list)
        .api_get(
            "/api/v1/rounds/{round}",
            ReadRound,
            Object::Round,
            rounds::show,
        )
        .api_get(
            "/api/v1/rounds/{round}/figures",
            ReadRound,
            Object::Round,
            rounds::figures,
        )
        .api_get(
            "/api/v1/rounds/{round}/documents",
            ReadNotice,
            Object::Round,
            rounds::documents,
        )
        .api_get(
            "/api/v1/rounds/{round}/targets",
            ReadTarget,
            Object::None,
            targets::list,
        )
        .api_get(
            "/api/v1/rounds/{round}/targets/{target}",
            ReadTarget,
            Object::Target,
            targets::show,
        )
        .api_get(
            "/api/v1/rounds/{round}/findings",
            ReadTarget,
            Object::None,
            findings::list,
        )
        .api_get(
            "/api/v1/findings/{id}",
            ReadTarget,
            Object::Finding,
            findings::show,
        )
        .api_get(
            "/api/v1/registry",
            ReadRegistry,
            Object::None,
            registry::list,
        )
        .api_post(
            "/api/v1/rounds/{round}/targets/{target}/decisions",
            DecideTask,
            Object::Target,
            decisions::take,
        )
}

/// Who is behind the token of a request, if its scopes reach as far as the action.
pub(crate) async fn enter(
    state: &WebState,
    parts: &Parts,
    action: Action,
) -> Result<Viewer, Problem> {
    let stranger = Viewer {
        lang: Lang::of_accepted(&parts.headers),
        ..Viewer::default()
    };
    if matches!(action, Action::Open | Action::ReadPublished) {
        return Ok(stranger);
    }
    let shown = parts.headers.get(AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok());
    let token = shown
        .and_then(|text| text.strip_prefix("Bearer "))
        .map(str::trim);
    let Some(token) = token.filter(|token| token.starts_with(TOKEN_PREFIX)) else {
        return Err(Problem::unknown(stranger.lang));
    };
    let now_s = (state.now_s)();
    let found = state.store.person_of_api_token(token, now_s).await?;
    let Some((person, scopes)) = found else {
        return Err(Problem::unknown(stranger.lang));
    };
    let is_in_scope = TokenScope::of(action).is_some_and(|scope| scopes.contains(&scope));
    if !is_in_scope {
        return Err(Problem::forbidden(stranger.lang.t(
            "令牌的范围不包括这项操作；请在“本人账号”新建范围合适的令牌。",
            "The scopes of the token do not include this.",
        )));
    }
    Ok(Viewer {
        id: person.id(),
        number: person.number,
        person: person.name,
        role: person.role,
        unit: person.organization,
        ..stranger
    })
}

/// Whether an address is one of programs, so that even what does not exist is said in their way.
pub(crate) fn is_api(request: &Request) -> bool {
    let path = request.uri().path();
    path == ROOT || path.starts_with("/api/")
}
