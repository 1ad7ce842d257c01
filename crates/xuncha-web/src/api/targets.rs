//! Targets of a round: the list, and one with its score sheet.

use axum::Json;
use axum::extract::{Extension, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetId;
use xuncha_store::round::SubjectFilter;

use super::ask::{Asked, At, ClassWord, List, OutcomeWord, Paging};
use super::model::{SheetInfo, SubjectInfo};
use super::problem::{Problem, ProblemBody};
use crate::WebState;
use crate::pages::blind;
use crate::shell::Viewer;

/// 筛选.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TargetsAsked {
    /// Class.
    #[param(inline)]
    class: Option<ClassWord>,
    /// Outcome under the scored set.
    #[param(inline)]
    outcome: Option<OutcomeWord>,
    /// Words that number, name, unit or region contain.
    q: Option<String>,
    /// Only those of which a person still has to decide something.
    #[serde(default)]
    #[param(default = false)]
    open: bool,
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u64>,
}

/// Targets of a round with their scores; an operator sees its own.
#[utoipa::path(get, path = "/api/v1/rounds/{round}/targets", tag = "targets", params(("round" = String, Path, description = "Id of the round"), TargetsAsked), responses(
    (status = 200, body = List<SubjectInfo>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    At(round): At<String>,
    Asked(asked): Asked<TargetsAsked>,
) -> Result<Json<List<SubjectInfo>>, Problem> {
    let paging = Paging {
        page: asked.page,
        per_page: asked.per_page,
    };
    let (page, number, size) = paging.rows()?;
    let filter = SubjectFilter {
        class: asked.class.map(Into::into),
        outcome: asked.outcome.map(Into::into),
        words: asked.q,
        is_open: asked.open,
        organization: viewer.narrowed(Action::ReadTarget),
        ..SubjectFilter::default()
    };
    let set = state.store.round(&round).await?.round.set.id;
    let found = state.store.targets(&round, &set, &filter, page).await?;
    Ok(Json(List::of(found, (number, size), SubjectInfo::from)))
}

/// One target with its score sheet and what people decided of it.
#[utoipa::path(get, path = "/api/v1/rounds/{round}/targets/{target}", tag = "targets", params(
    ("round" = String, Path, description = "Id of the round"), ("target" = String, Path, description = "Number of the target")), responses(
    (status = 200, body = SheetInfo),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    At((round, target)): At<(String, String)>,
) -> Result<Json<SheetInfo>, Problem> {
    let target = TargetId(target);
    let subject = state.store.subject(&round, &target).await?;
    let round = state.store.round(&round).await?.round;
    let (reviews, sheet) = blind::seen(&state, &viewer, &round, &subject).await?;
    let shown = SheetInfo::new(&subject.target, &round.set.id, sheet.as_ref(), &reviews);
    Ok(Json(shown))
}
