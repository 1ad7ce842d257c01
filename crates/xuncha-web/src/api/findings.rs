//! Findings of a round, and one with its evidence.

use axum::Json;
use axum::extract::{Extension, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetId;
use xuncha_store::judge::FindingFilter;

use super::ask::{Asked, At, List, Paging};
use super::model::{FindingInfo, FindingWhole};
use super::problem::{Problem, ProblemBody};
use crate::WebState;
use crate::pages::blind;
use crate::shell::Viewer;

/// 筛选.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FindingsAsked {
    /// Number of a target.
    target: Option<String>,
    /// Indicator.
    indicator: Option<String>,
    /// Check.
    check: Option<String>,
    /// Words that sentence, address or key contain.
    q: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u64>,
}

/// Findings of a round under its scored set; an operator sees those of its own targets.
#[utoipa::path(get, path = "/api/v1/rounds/{round}/findings", tag = "findings", params(("round" = String, Path, description = "Id of the round"), FindingsAsked), responses(
    (status = 200, body = List<FindingInfo>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    At(round): At<String>,
    Asked(asked): Asked<FindingsAsked>,
) -> Result<Json<List<FindingInfo>>, Problem> {
    let paging = Paging {
        page: asked.page,
        per_page: asked.per_page,
    };
    let (page, number, size) = paging.rows()?;
    let set = state.store.round(&round).await?.round.set.id;
    let filter = FindingFilter {
        set: Some(set),
        target: asked.target.map(TargetId),
        indicator: asked.indicator,
        check: asked.check,
        words: asked.q,
        organization: viewer.narrowed(Action::ReadTarget),
    };
    let found = state.store.findings(&round, &filter, page).await?;
    Ok(Json(List::of(found, (number, size), FindingInfo::from)))
}

/// One finding with its places, its evidence and what people decided of it.
#[utoipa::path(get, path = "/api/v1/findings/{id}", tag = "findings", params(("id" = String, Path, description = "Id of the finding")), responses(
    (status = 200, body = FindingWhole),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    At(id): At<String>,
) -> Result<Json<FindingWhole>, Problem> {
    let (row, finding) = state.store.finding(&id).await?;
    let mut reviews = state.store.review_history(&row.round, &row.target).await?;
    if blind::is_hidden(&state, &viewer, &row.round, &row.target).await? {
        reviews.retain(|one| one.by == viewer.person);
    }
    Ok(Json(FindingWhole::new(row, &finding, &reviews)))
}
