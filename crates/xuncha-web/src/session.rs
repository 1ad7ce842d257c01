//! Sign-in by a one-time login that the server prints, and the session that follows it.

use askama::Template;
use axum::Form;
use axum::extract::{Query, Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_store::StoreError;

use crate::WebState;
use crate::error::{WebError, page};
use crate::lang::{LANG_COOKIE, Lang};
use crate::pager::query;
use crate::shell::{Shell, Viewer};

const SESSION_COOKIE: &str = "xuncha_session";
/// How long a session lasts: a working day.
const SESSION_LIFETIME_S: i64 = 12 * 60 * 60;
/// How long a one-time login waits to be used.
pub const LOGIN_LIFETIME_S: i64 = 24 * 60 * 60;

/// Makes a one-time login for `person` and answers with its token; the address to print is `/sign-in?token=TOKEN`.
pub async fn new_login(state: &WebState, person: &str) -> Result<String, StoreError> {
    let token = (state.new_token)();
    let expires_at_s = (state.now_s)() + LOGIN_LIFETIME_S;
    state.store.put_login(&token, person, expires_at_s).await?;
    Ok(token)
}

/// 32 bytes from the system's random source, in hex.
///
/// # Panics
/// Where the system has no random source: nobody may sign in with a guessable token.
pub fn random_token() -> String {
    let mut bytes = [0u8; 32];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("no random source: {error}");
    }
    hex::encode(bytes)
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Lets only people with a session through, and tells the pages who looks in which language.
pub(crate) async fn require(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let headers = request.headers();
    let token = cookie(headers, SESSION_COOKIE)
        .unwrap_or_default()
        .to_owned();
    let here = request
        .uri()
        .path_and_query()
        .map_or("/", |both| both.as_str())
        .to_owned();
    let person = state.store.session(&token, (state.now_s)()).await?;
    let Some(person) = person.filter(|_| !token.is_empty()) else {
        return Ok(Redirect::to(&format!("/sign-in{}", query(&[("next", &here)]))).into_response());
    };
    let asked = Lang::of_query(request.uri().query().unwrap_or_default());
    let lang = asked.unwrap_or_else(|| Lang::of_cookie(headers));
    request.extensions_mut().insert(Viewer {
        person,
        lang,
        here: without_lang(&here),
    });
    let mut response = next.run(request).await;
    if let Some(lang) = asked {
        set_cookie(&mut response, LANG_COOKIE, lang.short(), 365 * 24 * 60 * 60);
    }
    Ok(response)
}

fn without_lang(here: &str) -> String {
    let Some((path, pairs)) = here.split_once('?') else {
        return here.to_owned();
    };
    let kept: Vec<&str> = pairs
        .split('&')
        .filter(|pair| !pair.starts_with("lang="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

fn set_cookie(response: &mut Response, name: &str, value: &str, max_age_s: i64) {
    let line = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(SET_COOKIE, line);
    }
}

/// What the sign-in page is asked with.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    #[serde(default)]
    token: String,
    #[serde(default)]
    next: String,
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    token: String,
    next: String,
    has_failed: bool,
}

fn sign_in_page(lang: Lang, asked: SignIn, has_failed: bool) -> Result<Response, WebError> {
    let here = format!(
        "/sign-in{}",
        query(&[("token", &asked.token), ("next", &asked.next)])
    );
    let viewer = Viewer {
        person: String::new(),
        lang,
        here,
    };
    let shell = Shell::new(&viewer, "", lang.t("登录", "Sign in"));
    page(&SignInPage {
        shell,
        token: asked.token,
        next: asked.next,
        has_failed,
    })
}

/// The sign-in page. A token in the address only fills the form: it is used up by the button, so that a preview of the
/// address (mail programs, chat programs) does not use it up.
pub(crate) async fn form(
    headers: HeaderMap,
    Query(asked): Query<SignIn>,
) -> Result<Response, WebError> {
    let chosen = asked.lang.as_deref().and_then(Lang::of_short);
    let lang = chosen.unwrap_or_else(|| Lang::of_cookie(&headers));
    let mut response = sign_in_page(lang, asked, false)?;
    if chosen.is_some() {
        set_cookie(&mut response, LANG_COOKIE, lang.short(), 365 * 24 * 60 * 60);
    }
    Ok(response)
}

/// Uses the login up and opens a session.
pub(crate) async fn sign_in(
    State(state): State<WebState>,
    headers: HeaderMap,
    Form(asked): Form<SignIn>,
) -> Result<Response, WebError> {
    let session = (state.new_token)();
    let now_s = (state.now_s)();
    let expires_at_s = now_s + SESSION_LIFETIME_S;
    let person = state
        .store
        .open_session(asked.token.trim(), &session, now_s, expires_at_s)
        .await?;
    if person.is_none() {
        let lang = Lang::of_cookie(&headers);
        let token = String::new();
        let mut response = sign_in_page(lang, SignIn { token, ..asked }, true)?;
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    }
    let mut response = Redirect::to(safe_next(&asked.next)).into_response();
    set_cookie(&mut response, SESSION_COOKIE, &session, SESSION_LIFETIME_S);
    Ok(response)
}

/// Only addresses of ours: a path, and no second slash that would name another host.
fn safe_next(next: &str) -> &str {
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && next.starts_with('/') && !next.starts_with("//") {
        next
    } else {
        "/"
    }
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(state): State<WebState>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        state.store.close_session(token).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&mut response, SESSION_COOKIE, "", 0);
    Ok(response)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_follow_the_sign_in() {
        for (next, expected) in [
            ("/rounds/2026Q1?q=a", "/rounds/2026Q1?q=a"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example/", "/"),
            ("/a\r\nX: y", "/"),
            ("", "/"),
        ] {
            assert_eq!(safe_next(next), expected, "{next}");
        }
    }

    #[test]
    fn the_switch_of_language_leaves_the_rest_of_the_address() {
        assert_eq!(without_lang("/a?lang=en"), "/a");
        assert_eq!(without_lang("/a?q=1&lang=en&page=2"), "/a?q=1&page=2");
    }
}
