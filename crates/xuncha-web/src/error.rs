//! Errors as pages, said in the reader's language.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use xuncha_store::StoreError;

use crate::lang::Lang;
use crate::shell::{Shell, Viewer};

/// 页面错误. What could not be shown, and why.
pub(crate) struct WebError {
    status: StatusCode,
    text: String,
}

impl WebError {
    pub(crate) fn missing(text: impl Into<String>) -> WebError {
        WebError {
            status: StatusCode::NOT_FOUND,
            text: text.into(),
        }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> WebError {
        let status = match &error {
            StoreError::Missing { .. } | StoreError::RecordId(_) => StatusCode::NOT_FOUND,
            StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                StatusCode::NOT_FOUND
            }
            StoreError::Closed { .. } => StatusCode::CONFLICT,
            _ => {
                tracing::error!(%error, "page failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        WebError {
            status,
            text: error.to_string(),
        }
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> WebError {
        tracing::error!(%error, "template failed");
        WebError {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            text: format!("页面生成失败：{error}"),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    text: String,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let title = if self.status == StatusCode::NOT_FOUND {
            "没有找到"
        } else {
            "出错了"
        };
        let shell = Shell::new(&Viewer::default(), "", title);
        let page = ErrorPage {
            shell,
            text: self.text,
        };
        // The error page holds no data that could fail; a plain line stands in all the same.
        let html = page.render().unwrap_or_else(|_| "页面生成失败".to_owned());
        (self.status, Html(html)).into_response()
    }
}

/// For addresses that no page has.
pub(crate) async fn not_found(request: Request) -> WebError {
    let lang = Lang::of_cookie(request.headers());
    WebError::missing(lang.t(
        "这个地址没有页面。请从首页进入。",
        "There is no page at this address. Please start from the home page.",
    ))
}

/// A rendered template, or the error page.
pub(crate) fn page(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render()?).into_response())
}
