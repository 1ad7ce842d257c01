//! Errors as pages, said in the reader's language.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use xuncha_store::StoreError;

use crate::api;
use crate::lang::Lang;
use crate::shell::{Shell, Viewer};

/// 页面错误. What could not be shown, and why.
#[derive(Clone)]
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

    pub(crate) fn forbidden(text: impl Into<String>) -> WebError {
        WebError {
            status: StatusCode::FORBIDDEN,
            text: text.into(),
        }
    }

    pub(crate) fn of(status: StatusCode, text: impl Into<String>) -> WebError {
        WebError {
            status,
            text: text.into(),
        }
    }

    pub(crate) fn failed(text: impl Into<String>) -> WebError {
        WebError {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            text: text.into(),
        }
    }

    /// Status and text, for answers that are no pages.
    pub(crate) fn parts(self) -> (StatusCode, String) {
        (self.status, self.text)
    }

    /// The error as a page in the viewer's language, with the way on.
    pub(crate) fn shown_to(self, viewer: &Viewer) -> Response {
        let lang = viewer.lang;
        let title = match self.status {
            StatusCode::NOT_FOUND => lang.t("没有找到", "Not found"),
            StatusCode::FORBIDDEN => lang.t("没有权限", "Not allowed"),
            StatusCode::PAYLOAD_TOO_LARGE => lang.t("提交的内容太大", "Too large"),
            StatusCode::UNPROCESSABLE_ENTITY => {
                lang.t("请核对后重新提交", "Please look at it again")
            }
            _ => lang.t("出错了", "Something failed"),
        };
        let page = ErrorPage {
            shell: Shell::new(viewer, "", title),
            text: self.text,
        };
        // The error page holds no data that could fail; a plain line stands in all the same.
        let html = page.render().unwrap_or_else(|_| "页面生成失败".to_owned());
        (self.status, Html(html)).into_response()
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> WebError {
        let status = match &error {
            StoreError::Missing { .. } | StoreError::RecordId(_) => StatusCode::NOT_FOUND,
            StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                StatusCode::NOT_FOUND
            }
            StoreError::OwnCity => StatusCode::FORBIDDEN,
            StoreError::Closed { .. }
            | StoreError::NotClosed(_)
            | StoreError::Busy { .. }
            | StoreError::Exists { .. } => StatusCode::CONFLICT,
            StoreError::Refused(_) | StoreError::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => {
                tracing::error!(%error, "page failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        WebError {
            status,
            text: told(&error),
        }
    }
}

/// What pages say of an error: where files of ours stand is for the log alone.
fn told(error: &StoreError) -> String {
    match error {
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            "没有找到文件，可能已被移走".to_owned()
        }
        StoreError::File { .. } => "文件读写失败，请管理员查看系统日志".to_owned(),
        StoreError::Damaged { detail, .. } => {
            format!("证据文件已损坏：{detail}。请从备份恢复，或删除该对象的证据后重新采集")
        }
        other => other.to_string(),
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

/// Carries itself along, so that the gate shows it as the viewer sees pages.
impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.clone().shown_to(&Viewer::default());
        response.extensions_mut().insert(self);
        response
    }
}

/// A page that was sent back with faults says so in its title, which is what is read out first and what a tab shows.
pub(crate) async fn faulty(lang: Lang, response: Response) -> Response {
    let is_page = response.headers().get(CONTENT_TYPE);
    if !is_page.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (parts, body) = response.into_parts();
    // Pages are built in memory: the whole of one is there already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = String::from_utf8_lossy(&bytes);
    let title = text
        .find("<title")
        .and_then(|at| Some(at + text[at..].find('>')? + 1));
    let body = match title {
        Some(at) => format!(
            "{}{}{}",
            &text[..at],
            lang.t("有误：", "Error: "),
            &text[at..]
        ),
        None => text.into_owned(),
    };
    Response::from_parts(parts, Body::from(body))
}

/// For addresses that no page has.
pub(crate) async fn not_found(request: Request) -> Response {
    if api::is_api(&request) {
        return api::not_found(Lang::of_accepted(request.headers())).into_response();
    }
    let lang = Lang::of_cookie(request.headers());
    let viewer = Viewer {
        lang,
        ..Viewer::default()
    };
    let text = lang.t(
        "这个地址没有页面。请从首页进入。",
        "There is no page at this address. Please start from the home page.",
    );
    WebError::missing(text).shown_to(&viewer)
}

/// A rendered template, or the error page.
pub(crate) fn page(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render()?).into_response())
}
