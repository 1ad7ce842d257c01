//! The picture of an archived page.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use xuncha_core::registry::TargetId;

use crate::WebState;
use crate::error::WebError;
use crate::pager::encode;

/// The records of a target that have a picture, with the hash of the body that it shows.
pub(super) async fn pictured(
    state: &WebState,
    round: &str,
    target: &TargetId,
) -> Result<BTreeMap<String, String>, WebError> {
    let (folder, round, target) = (state.evidence.clone(), round.to_owned(), target.clone());
    let read = tokio::task::spawn_blocking(move || folder.pictured(&round, &target)).await;
    Ok(read.map_err(|_| WebError::missing("图片读取中断，请重试"))??)
}

/// Where the picture of a record is shown.
pub(super) fn href(round: &str, target: &TargetId, record: &str) -> String {
    format!(
        "/rounds/{}/evidence/{}/{}/picture",
        encode(round),
        encode(&target.0),
        encode(record)
    )
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Path((round, target, record)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let folder = state.evidence.clone();
    let read =
        tokio::task::spawn_blocking(move || folder.picture(&round, &TargetId(target), &record));
    let Ok(read) = read.await else {
        return Err(WebError::missing("图片读取中断，请重试"));
    };
    match read? {
        Some(png) => Ok(([(CONTENT_TYPE, "image/png")], png).into_response()),
        None => Err(WebError::missing("没有这一页的图片")),
    }
}
