//! The registry.

use axum::Json;
use axum::extract::{Extension, State};
use serde::Deserialize;
use utoipa::IntoParams;
use xuncha_core::permission::Action;
use xuncha_store::registry::TargetFilter;

use super::ask::{Asked, ClassWord, List, Paging};
use super::model::TargetInfo;
use super::problem::{Problem, ProblemBody};
use crate::WebState;
use crate::shell::Viewer;

/// 筛选.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RegistryAsked {
    /// Class.
    #[param(inline)]
    class: Option<ClassWord>,
    /// Division code.
    region: Option<String>,
    /// Words that number, name, address or host unit contain.
    q: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u64>,
}

/// Registered sites and accounts; an operator sees its own.
#[utoipa::path(get, path = "/api/v1/registry", tag = "registry", params(RegistryAsked), responses(
    (status = 200, body = List<TargetInfo>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Asked(asked): Asked<RegistryAsked>,
) -> Result<Json<List<TargetInfo>>, Problem> {
    let paging = Paging {
        page: asked.page,
        per_page: asked.per_page,
    };
    let (page, number, size) = paging.rows()?;
    let filter = TargetFilter {
        class: asked.class.map(Into::into),
        region: asked.region,
        words: asked.q,
        organization: viewer.narrowed(Action::ReadRegistry),
        state: None,
    };
    let found = state.store.registry_targets(&filter, page).await?;
    Ok(Json(List::of(found, (number, size), |target| {
        TargetInfo::from(&target)
    })))
}
