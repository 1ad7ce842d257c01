//! The notice of a round: a preview and the files.

use std::path::{Component, PathBuf};

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use xuncha_core::notice::trace::TRACE_FILE;
use xuncha_core::permission::Action;
use xuncha_store::document::Document;
use xuncha_store::{AuditAction, AuditEntry};

use super::notice_sign::{self, SignPart};
use crate::WebState;
use crate::error::{WebError, page};
use crate::headers::SANDBOX;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

struct FileLine {
    name: String,
    kind: String,
    size: String,
    at: String,
    sha256: String,
    href: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    shell: Shell,
    files: Vec<FileLine>,
    /// Letters to units, which are no part of the notice.
    letters: Vec<FileLine>,
    preview_href: Option<String>,
    sign: SignPart,
    work_href: Option<String>,
    template_href: Option<String>,
    details_href: Option<String>,
    figures_href: Option<String>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let documents = state.store.documents(&id).await?;
    let base = format!("/rounds/{}/documents", encode(&id));
    let href = |name: &str| format!("{base}/{}", encode(name));
    let html = documents
        .iter()
        .find(|document| document.name.ends_with(".html"));
    let title = viewer.lang.t("通报", "Notice");
    let line = |document: &Document| FileLine {
        kind: kind_of(&document.name, &viewer).to_owned(),
        size: size_of(document.size_bytes),
        at: moment(&document.at),
        sha256: document.sha256.clone(),
        href: href(&document.name),
        name: document.name.clone(),
    };
    let (letters, files): (Vec<&Document>, Vec<&Document>) = documents
        .iter()
        .partition(|document| notice_sign::is_letter(document));
    page(&NoticePage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "notice"),
        sign: notice_sign::part(&state, &viewer, &row).await?,
        work_href: viewer
            .may(Action::ManageRound)
            .then(|| format!("/rounds/{}/work", encode(&id))),
        template_href: viewer
            .may(Action::ManageRound)
            .then(|| format!("/rounds/{}/notice/template", encode(&id))),
        details_href: viewer
            .may(Action::ManageRound)
            .then(|| format!("/rounds/{}/notice/details", encode(&id))),
        figures_href: state
            .documents
            .join(&id)
            .join(TRACE_FILE)
            .is_file()
            .then(|| format!("/rounds/{}/figures", encode(&id))),
        preview_href: html.map(|document| format!("{}/preview", href(&document.name))),
        letters: letters.into_iter().map(line).collect(),
        files: files.into_iter().map(line).collect(),
    })
}

fn kind_of(name: &str, viewer: &Viewer) -> &'static str {
    let extension = name.rsplit('.').next().unwrap_or_default();
    match extension {
        "docx" => viewer.lang.t("Word 文档（可编辑）", "Word (editable)"),
        "pdf" => viewer.lang.t("PDF（定稿版式）", "PDF"),
        "xlsx" => viewer
            .lang
            .t("Excel 附件与全部结果", "Excel: annexes and all results"),
        "html" => viewer.lang.t("网页版", "Web page"),
        "json" => viewer.lang.t("数据", "Data"),
        _ => viewer.lang.t("文件", "File"),
    }
}

pub(crate) fn size_of(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{} KB", bytes.div_ceil(1024))
    } else {
        format!("{:.1} MB", bytes as f64 / 1048576.0)
    }
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (document, bytes) = read(&state, &id, &name).await?;
    let object = format!("round/{id}/document/{name}");
    let entry = AuditEntry::new(AuditAction::Downloaded, object).change("", &document.sha256);
    state.acting(&viewer).audit(entry).await?;
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(&document.name));
    let mut response = sandboxed(bytes, "application/octet-stream");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The notice as a page, without scripts and with an origin of its own.
pub(crate) async fn preview(
    State(state): State<WebState>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    if !name.ends_with(".html") {
        return Err(WebError::missing("只有网页版可以预览，其他格式请下载"));
    }
    let (_, bytes) = read(&state, &id, &name).await?;
    Ok(sandboxed(bytes, "text/html; charset=utf-8"))
}

fn sandboxed(bytes: Vec<u8>, content_type: &'static str) -> Response {
    let mut response = bytes.into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    response
}

async fn read(state: &WebState, round: &str, name: &str) -> Result<(Document, Vec<u8>), WebError> {
    let documents = state.store.documents(round).await?;
    let missing = || WebError::missing(format!("本轮没有文档“{name}”"));
    let document = documents
        .into_iter()
        .find(|document| document.name == name)
        .ok_or_else(missing)?;
    let relative = PathBuf::from(&document.path);
    // Paths come from our own table; one that leaves the folder all the same is not followed.
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err(missing());
    }
    let path = state.documents.join(relative);
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok((document, bytes)),
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "document cannot be read");
            Err(WebError::missing(format!(
                "文档“{name}”的文件不在文档文件夹里，请重新生成通报"
            )))
        }
    }
}
