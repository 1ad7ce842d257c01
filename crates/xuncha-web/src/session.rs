//! Who is behind a request: the session of a person, or a stranger before the sign-in.

use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use xuncha_core::permission::Action;
use xuncha_core::person::login_of;
use xuncha_store::StoreError;

use crate::WebState;
use crate::cookie::{self, FORM_COOKIE, SESSION_COOKIE};
use crate::csrf;
use crate::lang::Lang;
use crate::shell::Viewer;

/// How long a session lasts: a working day.
pub(crate) const SESSION_LIFETIME_S: i64 = 12 * 60 * 60;
/// How long a one-time login waits to be used.
pub const LOGIN_LIFETIME_S: i64 = 24 * 60 * 60;

/// Makes a one-time login for whoever runs the program on this machine, as an administrator of that name, and answers with its token;
/// the address to print is `/sign-in?token=TOKEN`. Refused where somebody else has the name as his login.
pub async fn new_login(state: &WebState, name: &str) -> Result<String, StoreError> {
    let token = (state.new_token)();
    let login = login_of(name).unwrap_or_else(|_| "console".to_owned());
    let expires_at_s = (state.now_s)() + LOGIN_LIFETIME_S;
    state
        .store
        .put_console_login(&token, &login, name, expires_at_s)
        .await?;
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

/// A new token for programs.
pub fn new_api_token() -> String {
    format!("{}{}", crate::api::TOKEN_PREFIX, random_token())
}

/// 来访者. Who asks, and the secret that the forms of the pages are bound to.
pub(crate) struct Entered {
    pub(crate) viewer: Viewer,
    pub(crate) secret: String,
    /// A secret that the browser does not have yet.
    pub(crate) form_cookie: Option<String>,
}

/// Somebody who need not have signed in.
pub(crate) fn stranger(state: &WebState, parts: &Parts) -> Option<Entered> {
    let held = cookie::read(&parts.headers, FORM_COOKIE).unwrap_or_default();
    let is_fresh = held.is_empty() && parts.method != Method::POST;
    let form_cookie = is_fresh.then(|| (state.new_token)());
    let secret = form_cookie.clone().unwrap_or_else(|| held.to_owned());
    Some(Entered {
        viewer: viewer(parts, &secret),
        secret,
        form_cookie,
    })
}

/// The person of a session; `None` where there is none.
pub(crate) async fn person(state: &WebState, parts: &Parts) -> Result<Option<Entered>, StoreError> {
    let token = cookie::read(&parts.headers, SESSION_COOKIE).unwrap_or_default();
    if token.is_empty() {
        return Ok(None);
    }
    let Some(person) = state.store.session(token, (state.now_s)()).await? else {
        return Ok(None);
    };
    let mut viewer = Viewer {
        id: person.id(),
        number: person.number,
        person: person.name,
        role: person.role,
        unit: person.organization,
        ..viewer(parts, token)
    };
    if viewer.may(Action::ReviewRequest) {
        let awaited = crate::pages::requests::awaited(&viewer, state.now().date());
        viewer.waiting_count = state.store.awaiting_count(&awaited).await?;
    }
    Ok(Some(Entered {
        viewer,
        secret: token.to_owned(),
        form_cookie: None,
    }))
}

fn viewer(parts: &Parts, secret: &str) -> Viewer {
    let chosen = Lang::of_query(parts.uri.query().unwrap_or_default());
    let here = parts.uri.path_and_query();
    Viewer {
        lang: chosen.unwrap_or_else(|| Lang::of_cookie(&parts.headers)),
        chosen,
        here: without_lang(here.map_or("/", |both| both.as_str())),
        csrf: csrf::token_of(secret),
        ..Viewer::default()
    }
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

/// Only addresses of ours: a path, and no second slash that would name another host.
pub(crate) fn safe_next(next: &str) -> &str {
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && next.starts_with('/') && !next.starts_with("//") {
        next
    } else {
        "/"
    }
}

/// Which browser on which system, for the list of one's own sessions: names only, no versions that would tell people apart.
pub(crate) fn agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let text = text.unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| text.contains(sign));
        found.map_or("", |(_, name)| name)
    };
    // Browsers also name those that they want to be taken for: the most particular comes first.
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("QQBrowser", "QQ浏览器"),
        ("360SE", "360浏览器"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("", "") => String::new(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => format!("{browser} · {system}"),
    }
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

    #[test]
    fn browsers_are_told_by_name() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox · Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari · iOS",
            ),
            ("curl/8.0", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, text.parse().unwrap());
            assert_eq!(agent(&headers), expected);
        }
        assert_eq!(agent(&HeaderMap::new()), "");
    }
}
