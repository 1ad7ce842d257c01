//! 找错留言: what people point out, handed over as a spreadsheet, each with the day by which it has to be answered.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::sheet::Sheet;
use xuncha_core::term::TermState;
use xuncha_core::tip::{self, COLUMNS, MORE_COLUMNS, TipLine, USUAL_DAYS};
use xuncha_store::StoreError;
use xuncha_store::tip::{Tip, TipFilter};

use super::attachments::as_attachment;
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::{Pager, query};
use crate::pages::ROWS_PER_PAGE;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Errors of a sheet that a page lists; their number is told whole.
const LISTED: usize = 50;
/// Working days that a clock may have.
const MOST_DAYS: u32 = 60;

/// What the list is asked for.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    late: String,
    #[serde(default)]
    q: String,
    /// How many were just taken in, and how many of them are new.
    #[serde(default)]
    taken: String,
    #[serde(default)]
    new: String,
    page: Option<u64>,
}

struct Line {
    code: String,
    state: Label,
    text: String,
    target: String,
    target_id: String,
    received: String,
    due: String,
    answered: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "tips.html")]
struct TipsPage {
    shell: Shell,
    rows: Vec<Line>,
    is_late: bool,
    q: String,
    taken: String,
    new: String,
    days: String,
    errors: Vec<String>,
    error_count: usize,
    pager: Pager,
}

fn state_of(lang: Lang, state: TermState) -> Label {
    let (en, tone) = match state {
        TermState::InTime => ("Answered in time", "good"),
        TermState::Late => ("Answered late", "bad"),
        TermState::Waiting => ("Waiting", "info"),
        TermState::Missed => ("Not answered", "bad"),
    };
    Label {
        text: lang.t(state.zh(), en).to_owned(),
        tone,
    }
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, asked, USUAL_DAYS.to_string(), Vec::new()).await
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    asked: Asked,
    days: String,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let (lang, today) = (viewer.lang, state.now().date());
    let viewer = Viewer {
        here: "/rectify/tips".to_owned(),
        ..viewer.clone()
    };
    let filter = TipFilter {
        is_late: !asked.late.is_empty(),
        words: Some(asked.q.clone()),
        ..TipFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.tips(&filter, today, pager.page()).await?;
    let is_refused = !errors.is_empty();
    let pairs = vec![("late", asked.late.clone()), ("q", asked.q.clone())];
    let line = |tip: Tip| Line {
        state: state_of(lang, tip::state(tip.answered, tip.due, today)),
        code: tip.code,
        text: tip.text,
        target_id: tip.target.0,
        target: tip.target_name,
        received: tip.received.to_string(),
        due: tip.due.to_string(),
        answered: tip
            .answered
            .map_or_else(|| "—".to_owned(), |day| day.to_string()),
        answer: tip.answer,
    };
    let title = lang.t("找错留言", "Messages of the public");
    let mut response = page(&TipsPage {
        shell: Shell::new(&viewer, "rectify", title)
            .crumb(lang.t("整改", "Rectification"), "/rectify"),
        rows: found.rows.into_iter().map(line).collect(),
        is_late: filter.is_late,
        q: asked.q,
        taken: asked.taken,
        new: asked.new,
        days,
        error_count: errors.len(),
        errors: errors.into_iter().take(LISTED).collect(),
        pager: pager.over(found.total, "/rectify/tips".to_owned(), pairs),
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Takes a spreadsheet in, all of it or nothing.
pub(crate) async fn import(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    sent: Sent,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let typed = sent.field("days").to_owned();
    let refused = async |errors: Vec<String>| {
        shown(&state, &viewer, Asked::default(), typed.clone(), errors).await
    };
    let days = typed.parse::<u32>().ok();
    let Some(days) = days.filter(|days| (1..=MOST_DAYS).contains(days)) else {
        let why = lang.t(
            "答复期限应是 1 至 60 个工作日",
            "Days to answer are 1 to 60",
        );
        return refused(vec![why.to_owned()]).await;
    };
    let file = match sent.file("file") {
        Ok(file) => file.clone(),
        Err(fault) => return refused(vec![fault.text(lang).to_owned()]).await,
    };
    let read =
        tokio::task::spawn_blocking(move || xuncha_report::sheets::read(&file.name, &file.bytes));
    let sheets = match read
        .await
        .map_err(|_| WebError::failed("表格读取中断，请重试"))?
    {
        Ok(sheets) => sheets,
        Err(error) => return refused(vec![error.to_string()]).await,
    };
    let calendar = state.store.calendar().await?;
    let today = state.now().date();
    let mut errors = Vec::new();
    let mut tips = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        for line in tip::read(sheet, (&calendar, days, today), &mut errors) {
            tips.push(named(&state, line).await?);
        }
    }
    if !errors.is_empty() {
        return refused(errors.iter().map(ToString::to_string).collect()).await;
    }
    if tips.is_empty() {
        let why = lang.t("表格里没有留言", "The sheet holds no messages");
        return refused(vec![why.to_owned()]).await;
    }
    let new = state.acting(&viewer).put_tips(&tips).await?;
    let (taken, new) = (tips.len().to_string(), new.to_string());
    let pairs = query(&[("taken", &taken), ("new", &new)]);
    Ok(Redirect::to(&format!("/rectify/tips{pairs}")).into_response())
}

/// With the site and unit that the registry has for it.
async fn named(state: &WebState, line: TipLine) -> Result<Tip, StoreError> {
    let site = state.store.registered(&line.target).await?;
    Ok(Tip {
        target_name: site
            .as_ref()
            .map_or_else(String::new, |site| site.name().to_owned()),
        organization: site.map_or_else(String::new, |site| site.organization().to_owned()),
        code: line.code,
        target: line.target,
        received: line.received,
        due: line.due,
        answered: line.answered,
        text: line.text,
        answer: line.answer,
    })
}

/// An empty sheet with the heads that are read.
pub(crate) async fn template() -> Result<Response, WebError> {
    let heads = COLUMNS.iter().chain(&MORE_COLUMNS);
    let sheet = Sheet {
        name: "找错留言".to_owned(),
        rows: vec![heads.map(|head| (*head).to_owned()).collect()],
    };
    let bytes = xuncha_report::sheets::write(&[sheet])
        .map_err(|error| WebError::failed(error.to_string()))?;
    Ok(as_attachment(bytes, "找错留言模板.xlsx"))
}
