//! Forms of ours only: a form that another site makes a browser send is refused, by where the browser says it comes from and by a token
//! that only our pages know.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};

use crate::upload;

/// Name of the field in every form, and of the header for requests that are none.
pub(crate) const FIELD: &str = "csrf";
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Bytes of the longest form without files.
pub(crate) const LONGEST_FORM: usize = 2 << 20;

/// 拒绝原因. Why a form is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Sent by a page of another site.
    Foreign,
    /// Without the token, or with one of another session.
    Token,
    /// Longer than any form of ours.
    Long,
}

/// The token of a session, or of the cookie that stands in for one before the sign-in. It tells nothing of what it is made from.
pub(crate) fn token_of(secret: &str) -> String {
    hex::encode(&Sha256::digest(format!("xuncha form\n{secret}"))[..16])
}

/// Whether a form was sent by our own page; hands the request on whole.
///
/// `longest_upload` is the limit of forms with files; all others have that of [`LONGEST_FORM`].
pub(crate) async fn check(
    request: Request,
    secret: &str,
    longest_upload: usize,
) -> Result<Request, Refused> {
    if is_foreign(request.headers()) {
        return Err(Refused::Foreign);
    }
    let (parts, body) = request.into_parts();
    let longest = match upload::boundary(&parts.headers) {
        Some(_) => longest_upload,
        None => LONGEST_FORM,
    };
    let bytes = to_bytes(body, longest).await.map_err(|_| Refused::Long)?;
    let sent = sent_token(&parts.headers, &bytes);
    if secret.is_empty() || !is_same(&token_of(secret), &sent.unwrap_or_default()) {
        return Err(Refused::Token);
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn sent_token(headers: &HeaderMap, bytes: &Bytes) -> Option<String> {
    if let Some(token) = headers.get(HEADER).and_then(|value| value.to_str().ok()) {
        return Some(token.to_owned());
    }
    if let Some(boundary) = upload::boundary(headers) {
        return upload::field_of(&boundary, bytes, FIELD);
    }
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    url::form_urlencoded::parse(bytes)
        .find(|(name, _)| name == FIELD)
        .map(|(_, value)| value.into_owned())
}

/// Browsers say where a request comes from in one header or the other; what says nothing is no browser.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(&FETCH_SITE) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(&ORIGIN) else {
        return false;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_none() || host != text(&HOST)
}

/// Every byte is compared, whatever the first difference.
fn is_same(wanted: &str, sent: &str) -> bool {
    let differs = wanted
        .bytes()
        .zip(sent.bytes())
        .fold(wanted.len() ^ sent.len(), |all, (a, b)| {
            all | usize::from(a ^ b)
        });
    differs == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_told_by_its_headers() {
        for (headers, expected) in [
            (vec![], false),
            (vec![("sec-fetch-site", "same-origin")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("sec-fetch-site", "same-site")], true),
            (vec![("sec-fetch-site", "cross-site")], true),
            (
                vec![
                    ("origin", "http://10.0.0.5:8300"),
                    ("host", "10.0.0.5:8300"),
                ],
                false,
            ),
            (
                vec![
                    ("origin", "https://xuncha.example"),
                    ("host", "xuncha.example"),
                ],
                false,
            ),
            (
                vec![
                    ("origin", "https://evil.example"),
                    ("host", "xuncha.example"),
                ],
                true,
            ),
            (
                vec![
                    ("origin", "https://xuncha.example.evil.example"),
                    ("host", "xuncha.example"),
                ],
                true,
            ),
            (vec![("origin", "null"), ("host", "xuncha.example")], true),
            (vec![("origin", "https://xuncha.example")], true),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(is_foreign(&map), expected, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn the_token_is_that_of_the_session() {
        let send = async |secret: &str, body: &str| {
            let request = Request::post("/x")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body.to_owned()))
                .unwrap();
            check(request, secret, LONGEST_FORM).await.map(drop)
        };
        let right = format!("a=1&csrf={}&b=2", token_of("s"));
        assert_eq!(send("s", &right).await, Ok(()));
        assert_eq!(send("t", &right).await, Err(Refused::Token));
        assert_eq!(send("s", "a=1").await, Err(Refused::Token));
        assert_eq!(send("s", "csrf=").await, Err(Refused::Token));
        let of_nobody = format!("csrf={}", token_of(""));
        assert_eq!(send("", &of_nobody).await, Err(Refused::Token));
        assert_eq!(
            send("s", &"a".repeat(LONGEST_FORM + 1)).await,
            Err(Refused::Long)
        );
    }
}
