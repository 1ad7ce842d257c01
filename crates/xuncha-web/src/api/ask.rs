//! 请求: what stands in addresses and bodies, refused as a problem where it does not fit.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use xuncha_core::registry::TargetClass;
use xuncha_core::score::Outcome;
use xuncha_store::{Listing, Page};

use super::problem::Problem;

/// Rows of a page where nothing is asked, and the most.
const USUAL_ROWS: u64 = 50;
const MOST_ROWS: u64 = 500;
/// Far beyond any list, and small enough that offsets stay numbers of the database.
const LAST_PAGE: u64 = 1_000_000;

/// What stands behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(error) => Err(Problem::bad(format!("查询参数不符：{}", error.body_text()))),
        }
    }
}

/// What stands in the address.
pub(crate) struct At<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let found: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        match found {
            Ok(Path(at)) => Ok(At(at)),
            Err(error) => Err(Problem::bad(format!("地址不符：{}", error.body_text()))),
        }
    }
}

/// A body in JSON.
pub(crate) struct Sent<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("application/json") {
            return Err(Problem::bad(
                "请求体应是 JSON（Content-Type: application/json）",
            ));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Problem::bad(error.body_text()))?;
        match serde_json::from_slice(&bytes) {
            Ok(sent) => Ok(Sent(sent)),
            Err(error) => Err(Problem::unfit(format!("请求体不符：{error}"))),
        }
    }
}

/// 分页. Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    pub(crate) page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) per_page: Option<u64>,
}

impl Paging {
    /// The rows of the database, or what does not fit.
    pub(crate) fn rows(self) -> Result<(Page, u64, u64), Problem> {
        let number = self.page.unwrap_or(1);
        let size = self.per_page.unwrap_or(USUAL_ROWS);
        if !(1..=LAST_PAGE).contains(&number) {
            return Err(Problem::bad(format!("page 应在 1 与 {LAST_PAGE} 之间")));
        }
        if !(1..=MOST_ROWS).contains(&size) {
            return Err(Problem::bad(format!("per_page 应在 1 与 {MOST_ROWS} 之间")));
        }
        Ok((Page::numbered(number, size), number, size))
    }
}

/// 列表. A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T: ToSchema> {
    /// Rows of this page.
    pub(crate) items: Vec<T>,
    /// Rows on all pages.
    pub(crate) total: u64,
    /// This page, from 1.
    pub(crate) page: u64,
    /// Rows of a full page.
    pub(crate) per_page: u64,
}

impl<T: ToSchema> List<T> {
    /// The rows of the database as they are written.
    pub(crate) fn of<R>(
        found: Listing<R>,
        (page, per_page): (u64, u64),
        write: impl FnMut(R) -> T,
    ) -> List<T> {
        List {
            items: found.rows.into_iter().map(write).collect(),
            total: found.total,
            page,
            per_page,
        }
    }
}

/// 类别.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClassWord {
    /// 门户网站.
    Portal,
    /// 部门网站.
    Department,
    /// 政务新媒体.
    Account,
}

impl From<ClassWord> for TargetClass {
    fn from(word: ClassWord) -> TargetClass {
        match word {
            ClassWord::Portal => TargetClass::Portal,
            ClassWord::Department => TargetClass::Department,
            ClassWord::Account => TargetClass::Account,
        }
    }
}

/// 结论.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeWord {
    /// 合格.
    Qualified,
    /// 不合格.
    Unqualified,
    /// 无法判定.
    Undetermined,
}

impl From<OutcomeWord> for Outcome {
    fn from(word: OutcomeWord) -> Outcome {
        match word {
            OutcomeWord::Qualified => Outcome::Qualified,
            OutcomeWord::Unqualified => Outcome::Unqualified,
            OutcomeWord::Undetermined => Outcome::Undetermined,
        }
    }
}
