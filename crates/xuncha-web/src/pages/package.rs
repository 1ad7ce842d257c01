//! 证据包: the score sheet of one target as PDF, and with all its evidence as a folder that anyone verifies without this system. A job
//! writes both; here they are asked for and handed out.

use std::path::PathBuf;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use xuncha_core::registry::TargetId;
use xuncha_store::job::NewJob;
use xuncha_store::{AuditAction, AuditEntry, StoreError};

use super::attachments::as_attachment;
use super::blind;
use super::notice::size_of;
use crate::WebState;
use crate::civil;
use crate::error::WebError;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::shell::Viewer;

/// Kind of the job that writes them.
const PACKAGE_JOB: &str = "package";
/// Folder below the documents of a round.
const FOLDER: &str = "packages";

/// 证据包文件. What lies there of a target: word of the address, name, what it is called when saved.
const FILES: [(&str, &str, &str); 2] = [("sheet", "pdf", "评分表"), ("whole", "zip", "证据包")];

/// A file that can be had.
pub(crate) struct PackageLine {
    pub(crate) href: String,
    pub(crate) name: &'static str,
    pub(crate) size: String,
    pub(crate) at: String,
}

fn path_of(state: &WebState, round: &str, target: &TargetId, kind: &str) -> PathBuf {
    // Names of targets are checked by the store before one gets here: no part of a path can hide in them.
    let name = format!("{}.{kind}", encode(&target.0));
    state.documents.join(round).join(FOLDER).join(name)
}

/// What was written for a target.
pub(crate) async fn lines(state: &WebState, round: &str, target: &TargetId) -> Vec<PackageLine> {
    let mut lines = Vec::new();
    for (word, kind, name) in FILES {
        let path = path_of(state, round, target, kind);
        let Ok(known) = tokio::fs::metadata(&path).await else {
            continue;
        };
        let at = known
            .modified()
            .ok()
            .and_then(|at| Timestamp::try_from(at).ok());
        lines.push(PackageLine {
            href: format!(
                "/rounds/{}/targets/{}/package/{word}",
                encode(round),
                encode(&target.0)
            ),
            name,
            size: size_of(known.len()),
            at: at.map_or_else(String::new, |at| moment(&civil(at.as_second()))),
        });
    }
    lines
}

/// Has them written (anew).
pub(crate) async fn ask(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, target)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    state.store.subject(&round, &target).await?;
    blind::refuse_hidden(&state, &viewer, &round, &target).await?;
    let at = state.now();
    let job = NewJob {
        kind: PACKAGE_JOB.to_owned(),
        idempotency_key: format!("{PACKAGE_JOB}/{round}/{target}/{at}"),
        payload: serde_json::json!({ "round": round, "target": target.0 }),
        due_at: at,
    };
    state.acting(&viewer).put_job(&job).await?;
    let place = format!("/rounds/{}/targets/{}", encode(&round), encode(&target.0));
    Ok(Redirect::to(&format!("{place}?asked=1#package")).into_response())
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, target, word)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    state.store.subject(&round, &target).await?;
    blind::refuse_hidden(&state, &viewer, &round, &target).await?;
    let missing = || StoreError::Missing {
        noun: "证据包",
        id: format!("{round} {target}"),
    };
    let found = FILES.iter().find(|(own, ..)| *own == word);
    let (_, kind, name) = found.ok_or_else(missing)?;
    let path = path_of(&state, &round, &target, kind);
    let read = tokio::fs::read(&path).await;
    let bytes = read.map_err(|source| StoreError::File { path, source })?;
    let object = format!("round/{round}/target/{target}");
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let entry = AuditEntry::new(AuditAction::Downloaded, object);
    let entry = entry.change("", format!("sha256:{sha256}"));
    state.acting(&viewer).audit(entry).await?;
    Ok(as_attachment(
        bytes,
        &format!("{name}-{round}-{target}.{kind}"),
    ))
}
