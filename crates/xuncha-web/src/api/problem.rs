//! 问题说明: an answer that is no success, as RFC 9457 writes it.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use xuncha_store::StoreError;

use crate::error::WebError;
use crate::lang::Lang;

/// 问题说明. Why a request was not answered as asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: the status says which kind it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status as a number.
    status: u16,
    /// What failed and what to do next.
    detail: String,
}

/// 出错. A problem on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            detail: detail.into(),
        }
    }

    /// Without a token that holds.
    pub(crate) fn unknown(lang: Lang) -> Problem {
        let text = lang.t(
            "没有有效的接口令牌：请在请求头 Authorization 写 Bearer 与令牌；令牌在“本人账号”新建。",
            "No valid token: send `Authorization: Bearer TOKEN`; tokens are made on the page of one's own account.",
        );
        Problem::new(StatusCode::UNAUTHORIZED, text)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn unfit(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        WebError::from(error).into()
    }
}

impl From<WebError> for Problem {
    fn from(error: WebError) -> Problem {
        let (status, detail) = error.parts();
        Problem { status, detail }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
        };
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("application/problem+json");
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let mut response = (self.status, headers, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }
}

/// For addresses that there are not.
pub(crate) fn not_found(lang: Lang) -> Problem {
    let text = lang.t(
        "接口没有这个地址；有哪些见 /api/v1/openapi.json。",
        "There is no such address; /api/v1/openapi.json says which there are.",
    );
    Problem::new(StatusCode::NOT_FOUND, text)
}
