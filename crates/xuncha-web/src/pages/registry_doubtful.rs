//! 登记存疑: registered sites that may be none: their entry is to be deleted, or a person says why it stays.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use xuncha_core::registry::{DoubtCase, TargetId};
use xuncha_store::StoreError;
use xuncha_store::registry_doubts::{DoubtRow, Settled};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// Letters of the longest note.
const MAX_LETTERS: usize = 500;

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    page: Option<u64>,
}

struct Row {
    target: String,
    href: String,
    name: String,
    case: &'static str,
    word: &'static str,
    basis: &'static str,
    seen: String,
    other: Option<(String, String)>,
    round: String,
    close_href: String,
    settled: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "registry_doubtful.html")]
struct DoubtfulPage {
    shell: Shell,
    rows: Vec<Row>,
    is_settled: bool,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let is_settled = asked.state == "settled";
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .registry_doubts(is_settled, pager.page())
        .await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for own in found.rows {
        rows.push(row(&state, viewer.lang, own).await?);
    }
    let pairs = vec![("state", asked.state)];
    page(&DoubtfulPage {
        shell: Shell::new(
            &viewer,
            "registry",
            viewer.lang.t("登记存疑", "Doubtful entries"),
        ),
        rows,
        is_settled,
        pager: pager.over(found.total, "/registry/doubtful".to_owned(), pairs),
    })
}

async fn row(state: &WebState, lang: Lang, own: DoubtRow) -> Result<Row, WebError> {
    let doubt = own.doubt;
    let name = async |id: &TargetId| -> Result<String, WebError> {
        let target = state.store.registered(id).await?;
        Ok(target.map_or_else(String::new, |target| target.name().to_owned()))
    };
    let other = match &doubt.other {
        Some(other) => {
            let href = format!("/registry/targets/{}", encode(&other.0));
            Some((format!("{} {other}", name(other).await?), href))
        }
        None => None,
    };
    let pairs = [
        ("kind", "close"),
        ("noun", "site"),
        ("target", doubt.target.0.as_str()),
    ];
    Ok(Row {
        close_href: format!("/requests/new{}", query(&pairs)),
        href: format!("/registry/targets/{}", encode(&doubt.target.0)),
        name: name(&doubt.target).await?,
        target: doubt.target.0,
        case: case(lang, doubt.case),
        word: doubt.case.word(),
        basis: doubt.case.basis(),
        seen: doubt.seen,
        other,
        round: own.round,
        settled: own
            .settled
            .map(|settled| (settled.note, settled.by, moment(&settled.at))),
    })
}

fn case(lang: Lang, case: DoubtCase) -> &'static str {
    let english = match case {
        DoubtCase::SameHome => "The home page of another entry",
        DoubtCase::LeadsTo => "Leads to another registered site",
        DoubtCase::Copy => "Nearly the home page of another site",
        DoubtCase::NoGovernment => "Its unit is no government body",
        DoubtCase::BelowCounty => "A county department's own site",
        DoubtCase::NoMarks => "No government domain and no marks",
    };
    lang.t(case.zh(), english)
}

/// What a decision sends.
#[derive(Deserialize)]
pub(crate) struct Decided {
    #[serde(default)]
    target: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    note: String,
}

pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(sent): Form<Decided>,
) -> Result<Response, WebError> {
    let case = DoubtCase::of_word(&sent.case).ok_or(StoreError::Refused("没有这种情形"))?;
    let settled = Settled {
        note: sent.note.chars().take(MAX_LETTERS).collect(),
        by: viewer.person.clone(),
        at: state.now(),
    };
    let target = TargetId(sent.target);
    let store = state.acting(&viewer);
    store
        .settle_registry_doubt(&target, case.word(), &settled)
        .await?;
    Ok(Redirect::to("/registry/doubtful").into_response())
}
