//! 未提交的内容: what was typed into a form whose session had ended, carried through the sign-in and sent by a press of a button.
//!
//! Nothing of it is kept on the server: it travels in the pages between. Secrets and files never do, and neither does a form that
//! another site sent or whose browser never had a session.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{HOST, REFERER};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use crate::WebState;
use crate::cookie::{self, FORM_COOKIE, SESSION_COOKIE};
use crate::csrf;
use crate::error::{WebError, page};
use crate::pager::query;
use crate::pages::sign_in;
use crate::routes::DAY_S;
use crate::session::{safe_next, stranger};
use crate::shell::{Shell, Viewer};
use crate::upload::ACCEPTED;

/// Bytes of the longest content that travels along: with its encoding it stays well below the longest form.
const LONGEST: usize = 200_000;
/// Parts of names of fields whose content is a secret.
const SECRETS: [&str; 4] = ["password", "secret", "token", "code"];

/// 未提交的内容. A form as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Where it was sent.
    path: String,
    /// Page on which it stood.
    from: String,
    fields: Vec<(String, String)>,
    /// Field and name of each file that was chosen.
    files: Vec<(String, String)>,
    has_files: bool,
}

impl Kept {
    /// As it travels in a page.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a page brings back; `None` where it is nothing of ours.
    pub(crate) fn read(text: &str) -> Option<Kept> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        let is_ours = safe_next(&kept.path) == kept.path && safe_next(&kept.from) == kept.from;
        is_ours.then_some(kept)
    }

    /// Whether it can travel: no secrets, and not too long.
    fn is_fit(&self) -> bool {
        let is_secret = |(name, value): &(String, String)| {
            !value.is_empty() && SECRETS.iter().any(|part| name.contains(part))
        };
        !self.fields.is_empty()
            && !self.fields.iter().any(is_secret)
            && self.text().len() <= LONGEST
    }

    /// What a person reads of it: sentences, not the values of choices.
    fn texts(&self) -> Vec<String> {
        let is_text = |text: &&str| text.chars().any(|c| c > '\u{2e80}' || c.is_whitespace());
        let values = self.fields.iter().map(|(_, value)| value.trim());
        values.filter(is_text).map(str::to_owned).collect()
    }
}

/// Where a request without a session goes: to the sign-in page, with what was typed where it can be kept.
pub(crate) async fn turned_away(state: &WebState, request: Request) -> Result<Response, WebError> {
    let had_session =
        cookie::read(request.headers(), SESSION_COOKIE).is_some_and(|own| !own.is_empty());
    let ended = if had_session { "1" } else { "" };
    let here = request
        .uri()
        .path_and_query()
        .map_or("/", |both| both.as_str())
        .to_owned();
    if request.method() != Method::POST {
        return Ok(to_sign_in(&here, ended));
    }
    let from = page_of(request.headers());
    if !had_session || csrf::is_foreign(request.headers()) {
        return Ok(to_sign_in(&from, ended));
    }
    let (mut parts, body) = request.into_parts();
    let sent = csrf::fields_of(&parts.headers, body).await;
    let kept = sent.map(|sent| Kept {
        path: here,
        from: from.clone(),
        fields: sent
            .fields
            .into_iter()
            .filter(|(name, _)| name != csrf::FIELD)
            .collect(),
        files: sent
            .files
            .into_iter()
            .map(|file| (file.field, file.name))
            .collect(),
        has_files: crate::upload::boundary(&parts.headers).is_some(),
    });
    // The sign-in page is looked at like any other: it brings its own secret along.
    parts.method = Method::GET;
    let Some(entered) = stranger(state, &parts) else {
        return Ok(to_sign_in(&from, ended));
    };
    let viewer = Viewer {
        here: "/sign-in".to_owned(),
        ..entered.viewer
    };
    let mut response = match kept.filter(Kept::is_fit) {
        Some(kept) => sign_in::expired(state, &viewer, &from, kept.text())?,
        None => sign_in::expired(state, &viewer, &from, String::new())?,
    };
    *response.status_mut() = StatusCode::FORBIDDEN;
    if let Some(fresh) = entered.form_cookie {
        cookie::set(&mut response, state, FORM_COOKIE, &fresh, DAY_S);
    }
    Ok(response)
}

fn to_sign_in(next: &str, ended: &str) -> Response {
    Redirect::to(&format!(
        "/sign-in{}",
        query(&[("next", next), ("ended", ended)])
    ))
    .into_response()
}

/// The page of ours that a form stood on, as the browser says; the beginning otherwise.
fn page_of(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(from), Some(host)) = (text(REFERER), text(HOST)) else {
        return "/".to_owned();
    };
    let rest = from
        .split_once("://")
        .and_then(|(_, rest)| rest.strip_prefix(host));
    safe_next(rest.unwrap_or("/")).to_owned()
}

/// A field whose files have to be chosen again.
struct FileField {
    name: String,
    chosen: String,
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    shell: Shell,
    kept: Kept,
    texts: Vec<String>,
    files: Vec<FileField>,
    accepted: &'static str,
}

/// What is shown after the sign-in: what was typed, to be sent by a press.
pub(crate) fn resumed(viewer: &Viewer, kept: Kept) -> Result<Response, WebError> {
    let mut files: Vec<FileField> = Vec::new();
    for (name, chosen) in &kept.files {
        match files.iter_mut().find(|own| own.name == *name) {
            Some(own) => own.chosen = format!("{}、{chosen}", own.chosen),
            None => files.push(FileField {
                name: name.clone(),
                chosen: chosen.clone(),
            }),
        }
    }
    let title = viewer.lang.t("继续提交", "Send what you wrote");
    page(&ResumePage {
        shell: Shell::new(viewer, "", title),
        texts: kept.texts(),
        files,
        accepted: ACCEPTED,
        kept,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn kept(fields: &[(&str, &str)]) -> Kept {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Kept {
            path: "/rectify/reply".into(),
            from: "/".into(),
            fields: fields.collect(),
            ..Kept::default()
        }
    }

    #[test]
    fn what_was_typed_travels_and_secrets_do_not() {
        let typed = kept(&[("note", "已修复\r\n三处"), ("same_kind", "none")]);
        assert_eq!(Kept::read(&typed.text()), Some(typed.clone()));
        assert!(typed.is_fit());
        assert_eq!(typed.texts(), ["已修复\r\n三处"]);
        for (fields, is_fit) in [
            (vec![("new_password", "x")], false),
            (vec![("secret", ""), ("address", "a@b.example")], true),
            (vec![], false),
        ] {
            assert_eq!(kept(&fields).is_fit(), is_fit, "{fields:?}");
        }
        let long = "长".repeat(LONGEST);
        assert!(!kept(&[("note", &long)]).is_fit());
    }

    #[test]
    fn only_addresses_of_ours_come_back() {
        for path in ["//evil.example/", "https://evil.example/", "/a\nb"] {
            let typed = Kept {
                path: path.into(),
                ..kept(&[("a", "b")])
            };
            assert_eq!(Kept::read(&typed.text()), None, "{path}");
        }
        assert_eq!(Kept::read("{"), None);
    }

    #[test]
    fn the_page_of_a_form_is_one_of_ours() {
        for (from, expected) in [
            (
                "http://x.example/rectify/reply?case=1",
                "/rectify/reply?case=1",
            ),
            ("http://evil.example/rectify", "/"),
            ("http://x.example.evil.example/", "/"),
            ("", "/"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "x.example".parse().unwrap());
            headers.insert(REFERER, from.parse().unwrap());
            assert_eq!(page_of(&headers), expected, "{from}");
        }
    }
}
