//! 公布: a frozen round becomes what the public sees, in the step that publishes its notice.

use std::collections::BTreeMap;
use std::path::Path;

use axum::Extension;
use axum::extract::{Path as Address, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use xuncha_core::publicity::{PublicFile, public_round, public_target};
use xuncha_core::registry::TargetId;
use xuncha_core::review::Review;
use xuncha_store::StoreError;
use xuncha_store::publicity::Published;
use xuncha_store::round::RoundRow;

use crate::WebState;
use crate::error::WebError;
use crate::pager::encode;
use crate::pages::notice_sign;
use crate::shell::Viewer;

/// The documents that are published. The workbook has every finding of the round and stays inside; the tables of open data stand in its
/// place.
const FILES: [&str; 3] = ["notice.html", "notice.pdf", "notice.docx"];

/// Targets that are read at once.
const PORTION: u64 = 200;

/// What the public will see of a round under a version of its notice.
pub(crate) async fn published(
    state: &WebState,
    row: &RoundRow,
    (version, at): (u32, DateTime),
) -> Result<Published, StoreError> {
    let round = &row.round;
    let (store, set) = (&state.store, &round.set.id);
    let stats = store.stats(&round.id, set).await?.unwrap_or_default();
    let files = copies(&state.documents, &round.id, version)?;
    let mut reviews: BTreeMap<TargetId, Vec<Review>> = BTreeMap::new();
    for review in store.reviews(&round.id).await? {
        reviews
            .entry(review.target.clone())
            .or_default()
            .push(review);
    }
    let mut targets = Vec::new();
    let mut after = String::new();
    loop {
        let portion = store.scored_after(&round.id, set, &after, PORTION).await?;
        let Some(last) = portion.last() else {
            break;
        };
        after.clone_from(&last.subject.target.id().0);
        for scored in portion {
            let id = scored.subject.target.id();
            let decided = reviews.remove(id).unwrap_or_default();
            let gathered = state.evidence.last_day(&round.id, id);
            let said = (scored.judgements.as_slice(), decided.as_slice());
            let (subject, sheet) = (&scored.subject, &scored.sheet);
            targets.push(public_target(round, subject, sheet, said, gathered));
        }
    }
    Ok(Published {
        round: public_round(round, &stats, (version, at), files),
        targets,
    })
}

/// Copies the signed documents to a folder of their version: what is built later for a correction does not reach them.
fn copies(documents: &Path, round: &str, version: u32) -> Result<Vec<PublicFile>, StoreError> {
    let below = format!("{round}/public-{version}");
    let folder = documents.join(&below);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::File { path, source }
    };
    std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let mut files = Vec::new();
    for name in FILES {
        let from = documents.join(round).join(name);
        if !from.is_file() {
            continue;
        }
        let bytes = std::fs::read(&from).map_err(failed(&from))?;
        let to = folder.join(name);
        std::fs::write(&to, &bytes).map_err(failed(&to))?;
        files.push(PublicFile {
            name: name.to_owned(),
            path: format!("{below}/{name}"),
            sha256: hex::encode(Sha256::digest(&bytes)),
            size_bytes: bytes.len() as u64,
        });
    }
    Ok(files)
}

/// Makes the public pages of a published round anew, for rounds that were published before there were any.
pub(crate) async fn again(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Address(id): Address<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let Some((version, at)) = notice_sign::published_version(&state, &row).await? else {
        let why = "通报没有发布，或发布后有变动，不能公开结果；请先完成会签发布";
        return Err(StoreError::Refused(why).into());
    };
    let published = published(&state, &row, (version, at)).await?;
    state.acting(&viewer).put_published(&published).await?;
    Ok(Redirect::to(&format!("/public/rounds/{}", encode(&id))).into_response())
}

/// Publishes the results of a round as its first version, whatever its signatures say: for whoever fills a store.
pub async fn publish_results(state: &WebState, round: &str) -> Result<(), StoreError> {
    let row = state.store.round(round).await?;
    let published = published(state, &row, (1, state.now())).await?;
    state.store.put_published(&published).await
}
