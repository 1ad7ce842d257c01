//! 例外清单: what is not wrong, here or anywhere, with who said so; taken back here.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_store::StoreError;

use crate::WebState;
use crate::error::{WebError, page};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

struct Line {
    number: i64,
    target: Option<String>,
    check: String,
    key: String,
    round: String,
    by: String,
    reason: String,
    at: String,
}

#[derive(Template)]
#[template(path = "exemptions.html")]
struct ExemptionsPage {
    shell: Shell,
    lines: Vec<Line>,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    let lines = state.store.exemptions().await?.into_iter();
    let lines = lines.map(|(number, one)| Line {
        number,
        target: one.target.map(|target| target.0),
        check: one.check,
        key: one.key,
        round: one.round,
        by: one.by,
        reason: one.reason,
        at: moment(&one.at),
    });
    let title = viewer.lang.t("例外清单", "Exemptions");
    page(&ExemptionsPage {
        shell: Shell::new(&viewer, "rounds", title)
            .crumb(viewer.lang.t("检查轮次", "Rounds"), "/rounds"),
        lines: lines.collect(),
    })
}

/// Which one.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    number: String,
}

pub(crate) async fn withdraw(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let missing = || StoreError::Missing {
        noun: "例外",
        id: typed.number.clone(),
    };
    let number = typed.number.parse().map_err(|_| missing())?;
    state.acting(&viewer).withdraw_exemption(number).await?;
    Ok(Redirect::to("/exemptions").into_response())
}
