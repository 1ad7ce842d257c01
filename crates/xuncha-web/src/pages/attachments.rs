//! Files that people handed in, as downloads only: nothing of them is ever shown as a page of ours.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use xuncha_store::attachment::Attachment;
use xuncha_store::{AuditAction, AuditEntry, StoreError};

use crate::WebState;
use crate::error::WebError;
use crate::headers::SANDBOX;
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::pages::notice::size_of;
use crate::shell::Viewer;

/// A file as lists show it.
pub(crate) struct FileLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) size: String,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) about: String,
    pub(crate) number: i64,
}

/// Files as lists show them.
pub(crate) fn file_lines(lang: Lang, files: Vec<Attachment>) -> Vec<FileLine> {
    let line = |file: Attachment| FileLine {
        href: format!("/attachments/{}", file.number),
        kind: match lang {
            Lang::Zh => file.new.kind.zh().to_owned(),
            Lang::En => file.new.kind.extension().to_uppercase(),
        },
        size: size_of(file.new.size_bytes),
        by: file.new.by,
        at: moment(&file.new.at),
        about: file.new.about,
        name: file.new.name,
        number: file.number,
    };
    files.into_iter().map(line).collect()
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
) -> Result<Response, WebError> {
    let file = found(&state, &number).await?;
    let (folder, sha256) = (state.attachments.clone(), file.new.sha256.clone());
    let read = tokio::task::spawn_blocking(move || folder.read(&sha256)).await;
    let bytes = read.map_err(|_| WebError::failed("附件读取中断，请重试"))??;
    let entry = AuditEntry::new(AuditAction::Downloaded, format!("attachment/{number}"));
    let entry = entry.change("", format!("sha256:{}", file.new.sha256));
    state.acting(&viewer).audit(entry).await?;
    Ok(as_attachment(bytes, &file.new.name))
}

/// Bytes to be saved under a name, whatever they are: no browser shows them as a page.
pub(crate) fn as_attachment(bytes: Vec<u8>, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(name));
    let disposition = HeaderValue::from_str(&disposition);
    let plain = HeaderValue::from_static("attachment");
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(plain));
    response
}

/// The file of a number in an address.
pub(crate) async fn found(state: &WebState, number: &str) -> Result<Attachment, WebError> {
    let missing = || StoreError::Missing {
        noun: "附件",
        id: number.to_owned(),
    };
    let number = number.parse().map_err(|_| missing())?;
    Ok(state.store.attachment(number).await?)
}
