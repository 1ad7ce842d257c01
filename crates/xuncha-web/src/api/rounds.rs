//! Rounds: the list, one, its figures, its documents.

use axum::Json;
use axum::extract::{Extension, State};
use xuncha_core::permission::Action;

use super::ask::{Asked, At, List, Paging};
use super::model::{DocumentInfo, Figures, RoundInfo};
use super::problem::{Problem, ProblemBody};
use crate::WebState;
use crate::shell::Viewer;

/// Rounds, newest first; an operator sees those that its unit has part in.
#[utoipa::path(get, path = "/api/v1/rounds", tag = "rounds", params(Paging), responses(
    (status = 200, body = List<RoundInfo>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<RoundInfo>>, Problem> {
    let (page, number, size) = paging.rows()?;
    let found = match viewer.narrowed(Action::ReadTarget) {
        Some(unit) => state.store.rounds_of_unit(&unit, page).await?,
        None => state.store.rounds(page).await?,
    };
    Ok(Json(List::of(found, (number, size), RoundInfo::from)))
}

/// One round.
#[utoipa::path(get, path = "/api/v1/rounds/{round}", tag = "rounds", params(("round" = String, Path, description = "Id of the round")), responses(
    (status = 200, body = RoundInfo),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(state): State<WebState>,
    At(round): At<String>,
) -> Result<Json<RoundInfo>, Problem> {
    Ok(Json(state.store.round(&round).await?.into()))
}

/// Figures of a round under its scored set; none before it is scored.
#[utoipa::path(get, path = "/api/v1/rounds/{round}/figures", tag = "rounds", params(("round" = String, Path, description = "Id of the round")), responses(
    (status = 200, body = Figures),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn figures(
    State(state): State<WebState>,
    At(round): At<String>,
) -> Result<Json<Figures>, Problem> {
    let set = state.store.round(&round).await?.round.set.id;
    let stats = state.store.stats(&round, &set).await?.unwrap_or_default();
    Ok(Json(Figures::new(&round, &set, stats.figures)))
}

/// Documents that were built of a round.
#[utoipa::path(get, path = "/api/v1/rounds/{round}/documents", tag = "rounds", params(("round" = String, Path, description = "Id of the round")), responses(
    (status = 200, body = Vec<DocumentInfo>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn documents(
    State(state): State<WebState>,
    At(round): At<String>,
) -> Result<Json<Vec<DocumentInfo>>, Problem> {
    state.store.round(&round).await?;
    let found = state.store.documents(&round).await?;
    Ok(Json(found.into_iter().map(DocumentInfo::from).collect()))
}
