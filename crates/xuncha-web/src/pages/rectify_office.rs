//! What the office does about many problems at once: following a round, notices with their term, the roll-call, letters.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::Date;
use serde::Deserialize;
use xuncha_core::rectify::letter::file_name;
use xuncha_core::rectify::{Fact, FactKind, RectifyState};
use xuncha_store::job::NewJob;
use xuncha_store::rectify::{CaseFilter, NewFact};
use xuncha_store::{AuditAction, AuditEntry, Page, StoreError};

use super::attachments::as_attachment;
use super::rectify::{self, Notify, shown};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::pages::pick;
use crate::shell::{Shell, Viewer};

/// Kind of the job that follows a round.
const FOLLOW_JOB: &str = "rectify_follow";
/// Kind of the job that writes the letters of a round.
const LETTERS_JOB: &str = "rectify_letters";

/// What the forms beside the list send.
#[derive(Clone, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    round: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    deadline: String,
    #[serde(default)]
    issuer: String,
    /// 发文字号, mailbox for answers and date of the letters; each may be empty.
    #[serde(default)]
    number: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    date: String,
    /// Whether a term other than the round's is meant.
    #[serde(default)]
    differs: String,
}

/// Has the machine follow a round: what it found becomes a case, what is gone is closed.
pub(crate) async fn follow(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let row = state.store.round(&typed.round).await?;
    let at = state.now();
    let job = NewJob {
        kind: FOLLOW_JOB.to_owned(),
        idempotency_key: format!("{FOLLOW_JOB}/{}/{at}", row.round.id),
        payload: serde_json::json!({ "round": row.round.id, "by": viewer.person }),
        due_at: at,
    };
    state.acting(&viewer).put_job(&job).await?;
    Ok(Redirect::to("/rectify?done=queued").into_response())
}

/// Has the letters of a round written.
pub(crate) async fn letters(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let row = state.store.round(&typed.round).await?;
    let issuer = typed.issuer.trim();
    if issuer.is_empty() {
        return Err(StoreError::Refused("请填写发文单位").into());
    }
    let date = typed.date.trim();
    if !date.is_empty() && date.parse::<Date>().is_err() {
        return Err(StoreError::Refused("成文日期不是日期").into());
    }
    let at = state.now();
    let job = NewJob {
        kind: LETTERS_JOB.to_owned(),
        idempotency_key: format!("{LETTERS_JOB}/{}/{at}", row.round.id),
        payload: serde_json::json!({
            "round": row.round.id,
            "issuer": issuer,
            "number": typed.number.trim(),
            "mail": typed.mail.trim(),
            "date": date,
        }),
        due_at: at,
    };
    state.acting(&viewer).put_job(&job).await?;
    Ok(Redirect::to("/rectify?done=queued").into_response())
}

/// The list with the form of notices as it was sent, and what is wrong with it.
async fn refused_with(
    state: &WebState,
    viewer: &Viewer,
    typed: &Typed,
    why: String,
) -> Result<Response, WebError> {
    let notify = Notify {
        round: typed.round.clone(),
        unit: typed.unit.clone(),
        deadline: typed.deadline.clone(),
        fault: why,
        differs: !typed.differs.is_empty(),
        offered: Vec::new(),
    };
    shown(state, viewer, rectify::Asked::default(), notify).await
}

/// Writes down that units were told, for all problems of a round (and unit) that wait for it.
pub(crate) async fn notify(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let at = state.now();
    let refused = async |why: String| refused_with(&state, &viewer, &typed, why).await;
    let lang = viewer.lang;
    let Ok(deadline) = typed.deadline.parse::<Date>() else {
        let why = lang.t("请填写整改期限", "Give the last day of the term");
        return refused(why.to_owned()).await;
    };
    if deadline < at.date() {
        let why = lang.t(
            "整改期限早于今天，请填今天或以后的日期",
            "The last day of the term is past; give today or a later day",
        );
        return refused(why.to_owned()).await;
    }
    let stated = state.store.round(&typed.round).await?.round.rectify_by;
    if stated != typed.deadline && typed.differs != "1" {
        let why = match lang {
            Lang::Zh => format!(
                "本轮的整改期限是 {stated}（通报和公开页面也这样写），与这里填的 {deadline} 不同；确定要另定期限的，请勾选“另定期限”后再登记"
            ),
            Lang::En => format!(
                "The round and its notice state {stated}, here it is {deadline}; tick “another term” if that is meant"
            ),
        };
        let typed = Typed {
            differs: "asked".to_owned(),
            ..typed.clone()
        };
        return refused_with(&state, &viewer, &typed, why).await;
    }
    let unit = match pick::unit(&state, lang, &typed.unit).await? {
        Ok(unit) => unit.map(|(id, _)| id),
        Err(why) => return refused(why).await,
    };
    let mut cases = Vec::new();
    for own in [RectifyState::Found, RectifyState::Relapsed] {
        let filter = CaseFilter {
            state: Some(own),
            round: Some(typed.round.clone()),
            organization: unit.clone(),
            ..CaseFilter::default()
        };
        let found = state.store.cases(&filter, at.date(), Page::ALL).await?;
        cases.extend(found.rows.into_iter().map(|case| case.id));
    }
    if cases.is_empty() {
        let why = lang.t(
            "范围内没有待通知的问题",
            "No problem there waits to be told of",
        );
        return refused(why.to_owned()).await;
    }
    let new = NewFact {
        fact: Fact {
            on: at.date(),
            kind: FactKind::Notified { deadline },
        },
        at,
        by: viewer.person.clone(),
        owner: String::new(),
    };
    match state.acting(&viewer).add_case_facts(&cases, &new).await {
        Ok(()) => Ok(Redirect::to("/rectify?done=notified").into_response()),
        Err(error @ (StoreError::Unfit(_) | StoreError::Refused(_))) => {
            refused(error.to_string()).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What the roll-call is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    day: String,
}

struct RollLine {
    href: String,
    unit: String,
    total: u64,
    unanswered: u64,
    late: u64,
}

struct DayLine {
    href: String,
    day: String,
    count: u64,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "roll_call.html")]
struct RollPage {
    shell: Shell,
    day: String,
    days: Vec<DayLine>,
    rows: Vec<RollLine>,
    silent: usize,
}

/// 点名: who has not answered on the last day of a term.
pub(crate) async fn roll_call(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let today = state.now().date();
    let days = state.store.deadlines(12).await?;
    // Without a day: the term that ends next, else the last one that did.
    let next = days
        .iter()
        .map(|(day, _)| *day)
        .filter(|day| *day >= today)
        .min();
    let day = asked.day.parse::<Date>().ok().or(next);
    let day = day.or(days.first().map(|(day, _)| *day)).unwrap_or(today);
    let rows = state.store.roll_call(day).await?;
    let shell = Shell::new(&viewer, "rectify", lang.t("点名", "Roll-call"))
        .crumb(lang.t("整改", "Rectification"), "/rectify");
    page(&RollPage {
        shell,
        silent: rows.iter().filter(|row| row.unanswered > 0).count(),
        rows: rows
            .into_iter()
            .map(|row| RollLine {
                href: format!("/rectify{}", query(&[("unit", &row.organization)])),
                unit: row.unit_name,
                total: row.total,
                unanswered: row.unanswered,
                late: row.late,
            })
            .collect(),
        days: days
            .into_iter()
            .map(|(own, count)| DayLine {
                href: format!("/rectify/roll-call{}", query(&[("day", &own.to_string())])),
                day: own.to_string(),
                count,
                is_chosen: own == day,
            })
            .collect(),
        day: day.to_string(),
    })
}

/// Hands out the letter of a unit in a round, where it was written.
pub(crate) async fn letter(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, unit)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let name = file_name(&unit);
    let documents = state.store.documents(&round).await?;
    let document = documents.into_iter().find(|own| own.name == name);
    let Some(document) = document else {
        let id = format!("{round} {unit}");
        let noun = "整改通知书";
        return Err(StoreError::Missing { noun, id }.into());
    };
    let path = state.documents.join(&document.path);
    let read = tokio::fs::read(&path).await;
    let bytes = read.map_err(|source| StoreError::File { path, source })?;
    let object = format!("round/{round}/document/{name}");
    let entry = AuditEntry::new(AuditAction::Downloaded, object);
    let entry = entry.change("", format!("sha256:{}", document.sha256));
    state.acting(&viewer).audit(entry).await?;
    Ok(as_attachment(
        bytes,
        &format!("整改通知书-{round}-{}.docx", encode(&unit)),
    ))
}
