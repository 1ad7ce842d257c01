//! 一件填报: old beside new, what was decided, what the machine saw of the notice, and what the viewer may do with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::Date;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::Registry;
use xuncha_core::registry::filing::Filing;
use xuncha_core::registry::request::{Refusal, RequestState, Stead, may_complete, may_review};
use xuncha_core::registry::watch::{WatchKind, watched};
use xuncha_store::StoreError;
use xuncha_store::registry_request::{Request, Verdict};

use super::registry_entry::readable;
use super::requests::{RequestLine, request_line, reviewer};
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::labels_registry as words;
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// Letters of the longest opinion that is kept.
const MAX_LETTERS: usize = 2_000;

/// A field before and after.
pub(crate) struct ChangeLine {
    pub(crate) field: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What changes, with units, regions and codes by their names.
fn change_lines(lang: Lang, filing: &Filing, names: &Registry) -> Vec<ChangeLine> {
    let changes = filing.changes().into_iter();
    changes
        .map(|(field, _, _)| ChangeLine {
            field: words::field(lang, filing.noun, field),
            before: readable(lang, field, &filing.before, names),
            after: readable(lang, field, &filing.after, names),
        })
        .collect()
}

struct StepLine {
    what: String,
    by: String,
    at: String,
    note: String,
}

struct LookLine {
    at: String,
    seen: Label,
    quote: String,
    url: String,
}

struct WatchView {
    what: &'static str,
    state: Label,
    start: String,
    due: String,
    posted: String,
    first_seen: String,
    last_seen: String,
    looks: Vec<LookLine>,
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    shell: Shell,
    line: RequestLine,
    changes: Vec<ChangeLine>,
    is_opening: bool,
    reason: String,
    days: String,
    successor: Option<(String, String)>,
    cautions: Vec<String>,
    steps: Vec<StepLine>,
    watch: Option<WatchView>,
    entry_href: Option<String>,
    again_href: Option<String>,
    reviews: bool,
    stead: Option<Stead>,
    why_not: &'static str,
    completes: bool,
    /// Nothing but the unit's word says that the notice hung.
    on_word: bool,
    withdraws: bool,
    posts: bool,
    today: String,
    errors: Vec<String>,
    typed: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, &id, String::new(), Vec::new()).await
}

/// Whether the viewer is of the unit that filed it, or is who filed it for a unit.
fn is_own(viewer: &Viewer, request: &Request) -> bool {
    match viewer.narrowed(Action::FileRequest) {
        Some(unit) => unit == request.course.organization,
        None => viewer.may(Action::FileRequest) && viewer.id == request.course.filed_by,
    }
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: String,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let (lang, today) = (viewer.lang, state.now().date());
    let request = state.store.request(id).await?;
    let steps = state.store.request_steps(id).await?;
    let seen = state.store.sightings(id).await?;
    let names = state.store.unit_and_region_names().await?;
    let told = request
        .watch()
        .map(|watch| (watch, watched(&watch, &seen, today)));
    let decider = reviewer(viewer);
    let may_decide = viewer.may(Action::ReviewRequest);
    let others = state.store.other_reviewers(&request, &decider).await?;
    let turn = may_review(&request.course, request.state, &steps, &decider, others);
    let reviews = may_decide && turn.is_ok();
    let stead = turn.ok().and_then(|(_, stead)| stead);
    let why_not = match turn {
        Err(why @ (Refusal::Above | Refusal::Twice)) if may_decide => lang.t(why.zh(), why.en()),
        _ => "",
    };
    let start = told.as_ref().and_then(|(_, told)| told.start);
    let completes =
        may_decide && may_complete(&request.course, request.state, &decider, start, today).is_ok();
    let on_word = told
        .as_ref()
        .is_some_and(|(_, told)| told.first_seen.is_none());
    let own = is_own(viewer, &request);
    let filing = &request.filing;
    let date = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    let watch = told.map(|(watch, told)| WatchView {
        what: words::watch_kind(lang, watch.kind),
        state: words::watch_state(lang, told.state),
        start: date(told.start),
        due: date(told.due),
        posted: date(watch.posted.filter(|_| watch.kind == WatchKind::Closing)),
        first_seen: date(told.first_seen),
        last_seen: date(told.last_seen),
        looks: seen
            .iter()
            .rev()
            .take(30)
            .map(|look| LookLine {
                at: moment(&look.at),
                seen: words::seen(lang, look.seen),
                quote: look.quote.clone(),
                url: look.url.clone(),
            })
            .collect(),
    });
    let shell = Shell::new(viewer, "registry", words::request_kind(lang, filing.kind))
        .crumb(lang.t("名录", "Registry"), "/registry")
        .crumb(lang.t("填报", "Requests"), "/requests");
    let target = filing.target.as_ref().map(|id| id.0.as_str());
    let is_opening = filing.before.is_empty();
    let is_known = !is_opening || request.state == RequestState::Effective;
    // A unit reads its own entries; one that only decides first reads the request.
    let reader = viewer.narrowed(Action::ReadRegistry);
    let sees_entry = reader.is_none_or(|unit| unit == request.course.organization);
    let is_refused = !errors.is_empty();
    let mut response = page(&RequestPage {
        line: request_line(lang, &request, None),
        changes: change_lines(lang, filing, &names),
        is_opening,
        reason: filing.reason.clone(),
        days: match (filing.from, filing.until) {
            (Some(from), Some(until)) => format!("{from} — {until}"),
            _ => String::new(),
        },
        successor: filing.successor.clone().map(|own| (own.name, own.home)),
        cautions: filing.cautions.clone(),
        steps: steps
            .iter()
            .map(|step| StepLine {
                what: words::step(lang, step),
                by: step.name.clone(),
                at: moment(&step.at),
                note: step.note.clone(),
            })
            .collect(),
        watch,
        entry_href: target
            .filter(|_| is_known && sees_entry)
            .map(|id| format!("/registry/targets/{}", encode(id))),
        again_href: (own && request.state == RequestState::Returned).then(|| {
            let noun = match filing.noun {
                xuncha_core::registry::EntryKind::Account => "account",
                _ => "site",
            };
            let target = target.filter(|_| !is_opening).unwrap_or_default();
            let pairs = [
                ("kind", filing.kind.word()),
                ("noun", noun),
                ("target", target),
                ("unit", filing.organization.as_str()),
                ("again", id),
            ];
            format!("/requests/new{}", query(&pairs))
        }),
        stead: stead.filter(|_| reviews),
        why_not,
        reviews,
        completes,
        on_word,
        withdraws: own
            && matches!(
                request.state,
                RequestState::WaitingFirst | RequestState::WaitingProvince | RequestState::Notice
            ),
        posts: own && request.state == RequestState::Notice,
        today: today.to_string(),
        errors,
        typed,
        shell,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What a decision sends.
#[derive(Deserialize)]
pub(crate) struct Decided {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    note: String,
}

/// Back to the page; what was refused is said there.
async fn after<T>(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: String,
    done: Result<T, StoreError>,
) -> Result<Response, WebError> {
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/requests/{}", encode(id))).into_response()),
        Err(StoreError::Refused(why)) => {
            shown(state, viewer, id, typed, vec![why.to_owned()]).await
        }
        Err(other) => Err(other.into()),
    }
}

pub(crate) async fn review(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(sent): Form<Decided>,
) -> Result<Response, WebError> {
    let note: String = sent.note.trim().chars().take(MAX_LETTERS).collect();
    let is_approved = match sent.answer.as_str() {
        "approve" => true,
        "return" => false,
        _ => {
            let why = viewer
                .lang
                .t("请选择通过或退回", "Choose to approve or to return");
            return shown(&state, &viewer, &id, note, vec![why.to_owned()]).await;
        }
    };
    let verdict = Verdict {
        is_approved,
        note: note.clone(),
        name: viewer.person.clone(),
        at: state.now(),
    };
    let store = state.acting(&viewer);
    let done = store
        .review_request(&id, &reviewer(&viewer), &verdict)
        .await;
    after(&state, &viewer, &id, note, done).await
}

pub(crate) async fn complete(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(sent): Form<Decided>,
) -> Result<Response, WebError> {
    let verdict = Verdict {
        is_approved: true,
        note: sent.note.trim().chars().take(MAX_LETTERS).collect(),
        name: viewer.person.clone(),
        at: state.now(),
    };
    let store = state.acting(&viewer);
    let done = store
        .complete_request(&id, &reviewer(&viewer), &verdict)
        .await;
    after(&state, &viewer, &id, verdict.note, done).await
}

/// The office does not take back what units filed: it returns it.
fn refuse_others(viewer: &Viewer, request: &Request) -> Result<(), WebError> {
    match is_own(viewer, request) {
        true => Ok(()),
        false => Err(StoreError::Refused("只有提交的单位或提交人可以这样做").into()),
    }
}

pub(crate) async fn withdraw(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    refuse_others(&viewer, &state.store.request(&id).await?)?;
    let by = (viewer.id.as_str(), viewer.person.as_str());
    let done = state
        .acting(&viewer)
        .withdraw_request(&id, by, state.now())
        .await;
    after(&state, &viewer, &id, String::new(), done).await
}

/// What says when a notice was put up.
#[derive(Deserialize)]
pub(crate) struct Posted {
    #[serde(default)]
    on: String,
}

pub(crate) async fn posted(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(sent): Form<Posted>,
) -> Result<Response, WebError> {
    refuse_others(&viewer, &state.store.request(&id).await?)?;
    let Ok(on) = sent.on.trim().parse::<Date>() else {
        let why = viewer.lang.t(
            "请填写挂出公告的日期",
            "Say on which day the notice was put up",
        );
        return shown(&state, &viewer, &id, String::new(), vec![why.to_owned()]).await;
    };
    let by = (viewer.id.as_str(), viewer.person.as_str());
    let done = state
        .acting(&viewer)
        .post_notice(&id, by, on, state.now())
        .await;
    after(&state, &viewer, &id, String::new(), done).await
}
