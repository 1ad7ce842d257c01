//! Cookies: read from a request, set on an answer.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::WebState;

/// The session.
pub(crate) const SESSION_COOKIE: &str = "xuncha_session";
/// What stands in for a session in the forms before the sign-in.
pub(crate) const FORM_COOKIE: &str = "xuncha_form";

/// The value of a cookie.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
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

/// Sets a cookie that no script sees, that does not travel with requests of other sites, and that stays on HTTPS where pages do.
pub(crate) fn set(
    response: &mut Response,
    state: &WebState,
    name: &str,
    value: &str,
    max_age_s: i64,
) {
    let secure = if state.settings.is_https {
        "; Secure"
    } else {
        ""
    };
    let line =
        format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(SET_COOKIE, line);
    }
}
