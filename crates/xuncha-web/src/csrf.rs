//! Forms of ours only: a form that another site makes a browser send is refused, by where the browser says it comes from and by a token
//! that only our pages know.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};
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
    /// Longer than any form of ours: than this many bytes.
    Long(usize),
    /// Broken off on its way.
    Broken,
}

/// Bytes of a body that is too long which are read and dropped, so that the browser hears the answer instead of a closed line.
const MOST_DROPPED: usize = 256 << 20;

/// The first bytes of a body, and whether there were more; `None` where it broke off.
async fn beginning(mut body: Body, longest: usize) -> Option<(Bytes, bool)> {
    let mut kept = Vec::new();
    let mut dropped = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        let taken = data.len().min(longest - kept.len());
        kept.extend_from_slice(&data[..taken]);
        dropped += data.len() - taken;
        if dropped > MOST_DROPPED {
            break;
        }
    }
    Some((kept.into(), dropped > 0))
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
    let (mut parts, body) = request.into_parts();
    let boundary = upload::boundary(&parts.headers);
    let longest = match boundary {
        Some(_) => longest_upload,
        None => LONGEST_FORM,
    };
    let (bytes, is_cut) = beginning(body, longest).await.ok_or(Refused::Broken)?;
    let bytes = match (is_cut, &boundary) {
        (false, _) => bytes,
        // What was written beside a file that is too large is not lost: the page says so with the form filled in.
        (true, Some(boundary)) => {
            parts.extensions.insert(upload::Cut);
            upload::ended(boundary, &bytes).ok_or(Refused::Long(longest))?
        }
        (true, None) => return Err(Refused::Long(longest)),
    };
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

/// The fields of a form that nobody answers for yet, with the names of its files; `None` where it cannot be read.
pub(crate) async fn fields_of(headers: &HeaderMap, body: Body) -> Option<upload::Sent> {
    let (bytes, is_cut) = beginning(body, LONGEST_FORM).await?;
    let Some(boundary) = upload::boundary(headers) else {
        return (!is_cut).then(|| upload::Sent::of_text(&bytes));
    };
    match is_cut {
        true => upload::read(&boundary, &upload::ended(&boundary, &bytes)?),
        false => upload::read(&boundary, &bytes),
    }
}

/// Browsers say where a request comes from in one header or the other; what says nothing is no browser.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
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
            Err(Refused::Long(LONGEST_FORM))
        );
    }

    #[tokio::test]
    async fn of_a_form_with_a_file_that_is_too_large_the_rest_comes_through() {
        let send = async |body: String| {
            let request =
                Request::post("/x").header(CONTENT_TYPE, "multipart/form-data; boundary=B");
            let request = request.body(Body::from(body)).unwrap();
            let checked = check(request, "s", 2_000).await?;
            assert!(checked.extensions().get::<upload::Cut>().is_some());
            Ok(checked)
        };
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let token = part("csrf", &token_of("s"));
        let file = part("file\"; filename=\"a.pdf", &"%PDF".repeat(1_000));
        let whole = format!("{token}{}{file}--B--\r\n", part("note", "已改"));
        assert!(send(whole).await.is_ok());
        let text = format!("{token}{}--B--\r\n", part("note", &"a".repeat(3_000)));
        let refused: Result<Request, Refused> = send(text).await;
        assert_eq!(
            refused.err(),
            Some(Refused::Long(2_000)),
            "a text that is cut is no text"
        );
    }
}
