//! 关闭与冻结: closing a round when nothing is open that could change an outcome, or over the rest with a reason; opening it again; freezing it.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::score::Outcome;
use xuncha_store::appeal::{AppealFilter, AppealState};
use xuncha_store::closing::RoundChange;
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundState;
use xuncha_store::round_job::RoundJob;
use xuncha_store::{Page, StoreError};

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::pager::{encode, query};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

struct ChangeLine {
    at: String,
    by: String,
    before: Label,
    after: Label,
    reason: String,
}

#[derive(Template)]
#[template(path = "round_close.html")]
struct ClosePage {
    shell: Shell,
    state: Label,
    is_open: bool,
    is_closed: bool,
    is_frozen: bool,
    is_judged: bool,
    undetermined: u64,
    undetermined_href: String,
    unconfirmed: u64,
    open_targets: u64,
    tasks_href: String,
    waiting_appeals: u64,
    appeals_href: String,
    /// Last day of appeals, while it is not over.
    appeal_until: Option<String>,
    changes: Vec<ChangeLine>,
    may_manage: bool,
    error: Option<&'static str>,
    reason: String,
    action: String,
    work_href: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    page(&close_page(&state, &viewer, &id, None, String::new()).await?)
}

async fn close_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    error: Option<&'static str>,
    reason: String,
) -> Result<ClosePage, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(id).await?;
    let set = &row.round.set.id;
    let filter = xuncha_store::round::SubjectFilter {
        is_open: true,
        ..Default::default()
    };
    let open_targets = state.store.target_count(id, set, &filter).await?;
    let base = format!("/rounds/{}", encode(id));
    let waiting = AppealFilter {
        round: Some(id.to_owned()),
        state: Some(AppealState::Waiting),
        ..AppealFilter::default()
    };
    let waiting = state.store.appeals(&waiting, Page::numbered(1, 1)).await?;
    let until = state.store.appeal_until(id).await?;
    let until = until.filter(|day| state.now().date() <= *day);
    let changes = state.store.round_changes(id).await?;
    let line = |change: RoundChange| ChangeLine {
        at: moment(&change.note.at),
        by: change.note.by,
        before: labels::round_state(lang, change.before),
        after: labels::round_state(lang, change.after),
        reason: change.note.reason,
    };
    Ok(ClosePage {
        shell: Shell::new(viewer, "rounds", lang.t("关闭与冻结", "Close and freeze")).in_round(
            id,
            &row.round.title,
            "close",
        ),
        state: labels::round_state(lang, row.state),
        is_open: !row.state.is_closed(),
        is_closed: row.state == RoundState::Closed,
        is_frozen: row.state == RoundState::Frozen,
        is_judged: row.state == RoundState::Judged,
        undetermined: undetermined(state, id, set).await?,
        unconfirmed: state.store.unconfirmed_targets(id, set).await?,
        undetermined_href: format!("{base}/targets{}", query(&[("outcome", "undetermined")])),
        open_targets,
        tasks_href: format!("{base}/tasks"),
        waiting_appeals: waiting.total,
        appeals_href: format!(
            "/appeals{}",
            query(&[("state", AppealState::Waiting.word()), ("round", id)])
        ),
        appeal_until: until.map(|day| day.to_string()),
        changes: changes.into_iter().rev().map(line).collect(),
        may_manage: viewer.may(Action::ManageRound),
        error,
        reason,
        action: format!("{base}/close"),
        work_href: format!("{base}/work"),
    })
}

/// Targets whose outcome is open.
async fn undetermined(state: &WebState, id: &str, set: &str) -> Result<u64, WebError> {
    let counts = state.store.outcome_counts(id, set).await?;
    let open = counts
        .iter()
        .filter(|((_, outcome), _)| *outcome == Outcome::Undetermined);
    Ok(open.map(|(_, count)| count).sum())
}

#[derive(Deserialize)]
pub(crate) struct Typed {
    /// `close`, `reopen` or `freeze`.
    #[serde(default)]
    what: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let reason: String = typed.reason.trim().chars().take(500).collect();
    let store = state.acting(&viewer);
    let note = ChangeNote {
        at: state.now(),
        by: viewer.person.clone(),
        reason: reason.clone(),
    };
    let base = format!("/rounds/{}", encode(&id));
    let refused = match typed.what.as_str() {
        "close" if row.state != RoundState::Judged => Some(viewer.lang.t(
            "判定以后才能关闭",
            "Only a round that was judged can be closed",
        )),
        "close" => {
            let open = undetermined(&state, &id, &row.round.set.id).await?;
            let unconfirmed = state
                .store
                .unconfirmed_targets(&id, &row.round.set.id)
                .await?;
            if open + unconfirmed == 0 || !reason.is_empty() {
                // What later rounds compare with is reckoned from the whole round: that is a job.
                let payload = serde_json::json!({
                    "round": id, "by": viewer.person, "reason": reason
                });
                let now = state.now();
                store
                    .ask_round_job(&id, RoundJob::Close, None, &payload, now)
                    .await?;
                return Ok(Redirect::to(&format!("{base}/work")).into_response());
            }
            Some(viewer.lang.t(
                "还有结论无法判定或者内容安全问题没有确认的对象，关闭须写明理由",
                "Outcomes are open: say why the round may be closed",
            ))
        }
        "reopen" if reason.is_empty() => Some(
            viewer
                .lang
                .t("重新打开须写明理由", "Say why the round is opened again"),
        ),
        "reopen" => {
            store.reopen_round(&id, &note).await?;
            None
        }
        "freeze" => match store.freeze_round(&id, &note).await {
            Err(StoreError::Refused(why)) => Some(why),
            frozen => {
                frozen?;
                None
            }
        },
        _ => Some(viewer.lang.t("没有这种操作", "There is no such step")),
    };
    if refused.is_some() {
        let shown = close_page(&state, &viewer, &id, refused, reason).await?;
        let mut response = page(&shown)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    Ok(Redirect::to(&format!("{base}/close")).into_response())
}
