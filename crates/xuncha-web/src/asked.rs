//! 网址参数: what the address of a page asks for. What cannot be read is left out, so that a page number that is none shows the first page
//! and not an error of the framework.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::WebError;
use crate::lang::Lang;

/// 网址参数. The pairs of an address, read as `T`.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, WebError> {
        let text = parts.uri.query().unwrap_or_default();
        read(text).map(Query).ok_or_else(|| {
            let lang = Lang::of_query(text).unwrap_or_else(|| Lang::of_cookie(&parts.headers));
            let why = lang.t(
                "网址里的参数读不懂，请从页面上的链接进入。",
                "The address asks for something that cannot be read; please follow the links of the pages.",
            );
            WebError::of(StatusCode::BAD_REQUEST, why)
        })
    }
}

/// What a query asks for: all of it; else without the one pair that cannot be read; else nothing of it.
fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let parse = |text: &str| -> Option<T> {
        let uri = format!("/?{text}").parse().ok()?;
        let parsed = axum::extract::Query::<T>::try_from_uri(&uri);
        parsed.ok().map(|axum::extract::Query(asked)| asked)
    };
    if let Some(asked) = parse(text) {
        return Some(asked);
    }
    let pairs: Vec<&str> = text.split('&').collect();
    let without = (0..pairs.len()).find_map(|left_out| {
        let kept = pairs.iter().enumerate();
        let kept: Vec<&str> = kept
            .filter(|(place, _)| *place != left_out)
            .map(|(_, pair)| *pair)
            .collect();
        parse(&kept.join("&"))
    });
    without.or_else(|| parse(""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Asked {
        #[serde(default)]
        q: String,
        page: Option<u64>,
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        for (text, q, page) in [
            ("q=a&page=2", "a", Some(2)),
            ("q=a&page=abc", "a", None),
            ("page=-1&q=b", "b", None),
            ("page=", "", None),
            ("page=99999999999999999999999&q=c", "c", None),
            ("page=1&page=2&q=d", "d", Some(2)),
            ("page=x&page=y&q=e", "", None),
            ("", "", None),
        ] {
            let asked: Asked = read(text).unwrap();
            assert_eq!((asked.q.as_str(), asked.page), (q, page), "{text}");
        }
    }

    #[test]
    fn what_a_page_cannot_do_without_is_an_error() {
        #[derive(Deserialize)]
        struct Needed {
            #[allow(dead_code)]
            token: u64,
        }
        assert!(read::<Needed>("token=x").is_none());
    }
}
