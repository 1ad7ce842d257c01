//! What is public, for programs: without a token, and the same as the pages of everybody show.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use xuncha_core::publicity::PublicRound;
use xuncha_core::registry::TargetId;
use xuncha_store::publicity::{PublicFilter, PublicProblem, TargetLine};

use super::ask::{Asked, At, ClassWord, List, OutcomeWord, Paging};
use super::model::word;
use super::problem::{Problem, ProblemBody};
use crate::WebState;

/// 已公布轮次.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublishedRound {
    /// Id such as `2026Q1`.
    id: String,
    /// Title.
    title: String,
    /// Version of the notice; each correction is the next.
    version: u32,
    /// When it was published, civil time of the province.
    published_at: String,
    /// `sample` or `census`.
    coverage: String,
    /// Monitoring point.
    as_of: String,
    /// Title of the scored set.
    set_title: String,
    /// SHA-256 of the scored set.
    set_sha256: String,
}

impl From<PublicRound> for PublishedRound {
    fn from(round: PublicRound) -> PublishedRound {
        PublishedRound {
            coverage: word(&round.coverage),
            published_at: word(&round.published_at),
            as_of: word(&round.as_of),
            id: round.id,
            title: round.title,
            version: round.version,
            set_title: round.set_title,
            set_sha256: round.set_sha256,
        }
    }
}

/// 已公布对象.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublishedTarget {
    /// Number.
    target: String,
    /// Name.
    name: String,
    /// `portal`, `department` or `account`.
    class: String,
    /// Address of a site, platform of an account.
    address: String,
    /// Host unit.
    unit: String,
    /// Region.
    region: String,
    /// City.
    city: String,
    /// `qualified`, `unqualified` or `undetermined`.
    outcome: String,
    /// Deduction score, such as `87.50`.
    deduct_score: Option<String>,
    /// Final score.
    final_score: Option<String>,
    /// Day of the check.
    checked_on: String,
    /// Findings that are public, at least as a number.
    finding_count: u64,
}

impl From<TargetLine> for PublishedTarget {
    fn from(line: TargetLine) -> PublishedTarget {
        let target = line.target;
        PublishedTarget {
            class: word(&target.class),
            outcome: word(&target.outcome),
            deduct_score: target.deduct_score.map(|points| points.to_string()),
            final_score: target.final_score.map(|points| points.to_string()),
            checked_on: target.checked_on.to_string(),
            target: target.target.0,
            name: target.name,
            address: target.address,
            unit: target.unit,
            region: target.region,
            city: target.city,
            finding_count: line.finding_count,
        }
    }
}

/// 公开的问题.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublishedFinding {
    /// Number of the target.
    target: String,
    /// Indicator.
    indicator: String,
    /// Check.
    check: String,
    /// What kind of case it is.
    case: String,
    /// One sentence.
    text: String,
    /// Address at fault; empty where there is none.
    url: String,
    /// Occurrences.
    count: u64,
    /// Day on which it was seen.
    seen_on: Option<String>,
    /// Whether it is put right by now; none where nobody follows it.
    is_fixed: Option<bool>,
}

impl From<PublicProblem> for PublishedFinding {
    fn from(found: PublicProblem) -> PublishedFinding {
        PublishedFinding {
            target: found.target.0,
            indicator: found.indicator,
            check: found.check,
            case: found.case,
            text: found.text,
            url: found.url,
            count: found.count,
            seen_on: found.seen_on.map(|on| on.to_string()),
            is_fixed: found.is_fixed,
        }
    }
}

/// Published rounds, latest monitoring point first.
#[utoipa::path(get, path = "/api/v1/published", tag = "published", params(Paging), security(()), responses(
    (status = 200, body = List<PublishedRound>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(state): State<WebState>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<PublishedRound>>, Problem> {
    let (page, number, size) = paging.rows()?;
    let found = state.store.public_rounds(page).await?;
    Ok(Json(List::of(found, (number, size), PublishedRound::from)))
}

/// 筛选对象.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TargetsAsked {
    /// Class.
    #[param(inline)]
    class: Option<ClassWord>,
    /// Outcome.
    #[param(inline)]
    outcome: Option<OutcomeWord>,
    /// City, exactly.
    city: Option<String>,
    /// Words that name, number, address, unit or region contain.
    q: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u64>,
}

/// Targets of a published round by number.
#[utoipa::path(get, path = "/api/v1/published/{round}/targets", tag = "published", params(("round" = String, Path, description = "Id of the round"), TargetsAsked), security(()), responses(
    (status = 200, body = List<PublishedTarget>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn targets(
    State(state): State<WebState>,
    At(round): At<String>,
    Asked(asked): Asked<TargetsAsked>,
) -> Result<Json<List<PublishedTarget>>, Problem> {
    let paging = Paging {
        page: asked.page,
        per_page: asked.per_page,
    };
    let (page, number, size) = paging.rows()?;
    state.store.public_round(&round).await?;
    let settings = state.store.publicity().await?;
    let filter = PublicFilter {
        class: asked.class.map(Into::into),
        outcome: asked.outcome.map(Into::into),
        city: asked.city,
        words: asked.q,
        ..PublicFilter::default()
    };
    let found = state
        .store
        .public_targets(&round, &settings, &filter, page)
        .await?;
    Ok(Json(List::of(found, (number, size), PublishedTarget::from)))
}

/// 筛选问题.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FindingsAsked {
    /// Number of a target.
    target: Option<String>,
    /// Check.
    check: Option<String>,
    /// Words that sentence, address or name of the target contain.
    q: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u64>,
}

/// Findings of a published round that are public one by one, by target.
#[utoipa::path(get, path = "/api/v1/published/{round}/findings", tag = "published", params(("round" = String, Path, description = "Id of the round"), FindingsAsked), security(()), responses(
    (status = 200, body = List<PublishedFinding>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(super) async fn findings(
    State(state): State<WebState>,
    At(round): At<String>,
    Asked(asked): Asked<FindingsAsked>,
) -> Result<Json<List<PublishedFinding>>, Problem> {
    let paging = Paging {
        page: asked.page,
        per_page: asked.per_page,
    };
    let (page, number, size) = paging.rows()?;
    state.store.public_round(&round).await?;
    let settings = state.store.publicity().await?;
    let filter = PublicFilter {
        target: asked.target.map(TargetId),
        check: asked.check,
        words: asked.q,
        ..PublicFilter::default()
    };
    let found = state
        .store
        .public_findings(&round, &settings, &filter, page)
        .await?;
    Ok(Json(List::of(
        found,
        (number, size),
        PublishedFinding::from,
    )))
}
