//! 年度报表的文件: Word and PDF of what is kept, made when they are asked for.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use xuncha_core::registry::TargetId;
use xuncha_report::{Fonts, ReportError, docx, pdf};
use xuncha_store::{AuditAction, AuditEntry, StoreError};

use super::annual::year_of;
use super::annual_form::{Which, filled};
use super::attachments::as_attachment;
use crate::WebState;
use crate::asked::Query;
use crate::error::WebError;
use crate::shell::Viewer;

type Pairs = BTreeMap<String, String>;

pub(crate) async fn site(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((target, file)): Path<(String, String)>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    let which = Which::Work(TargetId::from(target.as_str()));
    made(&state, &viewer, which, &file, &asked).await
}

pub(crate) async fn office(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(file): Path<String>,
    Query(asked): Query<Pairs>,
) -> Result<Response, WebError> {
    let which = match file.split('.').next() {
        Some("supervision") => Which::Supervision,
        _ => Which::Assessment,
    };
    made(&state, &viewer, which, &file, &asked).await
}

async fn made(
    state: &WebState,
    viewer: &Viewer,
    which: Which,
    file: &str,
    asked: &Pairs,
) -> Result<Response, WebError> {
    let word = which.word();
    let is_pdf = match file.strip_prefix(word) {
        Some(".pdf") => true,
        Some(".docx") => false,
        _ => return Err(WebError::missing(format!("没有文件“{file}”"))),
    };
    let year = year_of(state, asked);
    let saved = state.store.annual_answers(which.key(year)).await?;
    let answers = saved.map(|saved| saved.answers).unwrap_or_default();
    let form = filled(state, &which, year, &answers).await?;
    let folders = state.fonts.clone();
    let document = form.document;
    let made = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, ReportError> {
        let fonts = Fonts::find(&folders)?;
        match is_pdf {
            true => pdf::pdf(&document, &fonts),
            false => docx::docx(&document, &fonts),
        }
    });
    let failed = |error: String| WebError::from(StoreError::Unfit(error));
    let bytes = made
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))?;
    let key = which.key(year);
    let object = format!("annual/{word}/{year}/{}", key.subject);
    let entry = AuditEntry::new(AuditAction::Exported, object.trim_end_matches('/'));
    state.acting(viewer).audit(entry.change("", file)).await?;
    let name = match key.subject {
        "" => format!("{year}-{file}"),
        subject => format!("{year}-{subject}-{file}"),
    };
    Ok(as_attachment(bytes, &name))
}
