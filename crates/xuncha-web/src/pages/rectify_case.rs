//! One problem to put right: its life as a timeline of dated facts, the evidence, what the unit answered, and who looked again.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::Date;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::rectify::{Fact, FactKind, RectifyState};
use xuncha_store::Page;
use xuncha_store::StoreError;
use xuncha_store::attachment::NewAttachment;
use xuncha_store::judge::FindingFilter;
use xuncha_store::rectify::{CaseRow, FactRow, NewFact};

use super::attachments::{FileLine, file_lines};
use super::rectify::{CaseLine, can_reply, case_line};
use super::rectify_reply::LONGEST_NOTE;
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::upload::{self, ACCEPTED, Owner, Sent};

/// Files of one recheck.
const FILES: usize = 5;

struct FactLine {
    on: String,
    what: Label,
    text: String,
    /// What folds up of a long text.
    rest: String,
    /// An answer without the stamped paper.
    is_bare: bool,
    same_kind: &'static str,
    by: String,
    at: String,
    files: Vec<FileLine>,
}

struct RecheckLine {
    state: Label,
    by: String,
    at: String,
    note: String,
}

#[derive(Template)]
#[template(path = "rectify_case.html")]
struct CasePage {
    shell: Shell,
    case: CaseLine,
    since: String,
    indicators: String,
    facts: Vec<FactLine>,
    rechecks: Vec<RecheckLine>,
    finding_href: Option<String>,
    target_href: String,
    reply_href: Option<String>,
    rechecks_itself: bool,
    manages: bool,
    /// Whether the recheck that closed it can be taken back.
    undoes: bool,
    can_machine: bool,
    accepted: &'static str,
    error: String,
    today: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, &id, String::new()).await
}

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    error: String,
) -> Result<Response, WebError> {
    let (lang, today) = (viewer.lang, state.now().date());
    let row = state.store.case(id, today).await?;
    let mut facts = Vec::new();
    for fact in state.store.case_facts(id).await? {
        facts.push(fact_line(state, lang, fact).await?);
    }
    let rechecks = state.store.rechecks(id).await?;
    let finding_href = finding_href(state, &row).await?;
    let is_refused = !error.is_empty();
    let is_open = !row.progress.state.is_settled();
    let shell = Shell::new(viewer, "rectify", lang.t("整改事项", "Problem"))
        .about(&format!("{} {}", row.target_name, row.detail))
        .crumb(lang.t("整改", "Rectification"), "/rectify");
    let check = xuncha_core::checks::find(&row.problem.check);
    let target_href = format!(
        "/rounds/{}/targets/{}",
        encode(&row.round),
        encode(&row.problem.target.0)
    );
    let may_reply = viewer.may(Action::ReplyCase) && can_reply(row.progress.state);
    let mut response = page(&CasePage {
        shell,
        since: row
            .progress
            .since
            .map_or_else(String::new, |day| day.to_string()),
        indicators: row.indicators.join("、"),
        facts,
        rechecks: rechecks
            .into_iter()
            .map(|check| RecheckLine {
                state: labels::job(lang, check.state),
                by: check.by,
                at: moment(&check.asked_at),
                note: check.note,
            })
            .collect(),
        finding_href,
        target_href,
        reply_href: may_reply.then(|| format!("/rectify/reply{}", query(&[("case", id)]))),
        rechecks_itself: is_open && viewer.may(Action::RecheckCase),
        manages: is_open && viewer.may(Action::ManageCase),
        undoes: row.progress.state == RectifyState::Closed && viewer.may(Action::ManageCase),
        accepted: ACCEPTED,
        can_machine: check.is_some_and(|check| !check.needs.is_empty()),
        error,
        today: today.to_string(),
        case: case_line(lang, row),
    })?;
    if is_refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The finding that the case stands for; none where a person's answer counted.
async fn finding_href(state: &WebState, row: &CaseRow) -> Result<Option<String>, WebError> {
    let filter = FindingFilter {
        target: Some(row.problem.target.clone()),
        check: Some(row.problem.check.clone()),
        ..FindingFilter::default()
    };
    let found = state.store.findings(&row.round, &filter, Page::ALL).await?;
    let own = found
        .rows
        .into_iter()
        .find(|finding| finding.key == row.problem.key);
    Ok(own.map(|finding| format!("/findings/{}", encode(&finding.id))))
}

async fn fact_line(state: &WebState, lang: Lang, row: FactRow) -> Result<FactLine, WebError> {
    let label = |zh: &str, en: &str, tone| Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    };
    let mut is_bare = false;
    let (what, mut text, same_kind) = match row.fact.kind {
        FactKind::Found { round } => (label("发现", "Found", "bad"), round, ""),
        FactKind::Notified { deadline } => {
            let text = format!("{} {deadline}", lang.t("整改期限", "Term ends"));
            (label("通知", "Notified", "info"), text, "")
        }
        FactKind::Replied {
            note,
            same_kind,
            files_sha256,
        } => {
            is_bare = files_sha256.is_empty();
            let same = same_kind.map_or("", |own| labels::same_kind(lang, own));
            (label("回复", "Answered", "info"), note, same)
        }
        FactKind::Rechecked { is_fixed, by, note } => {
            let what = match is_fixed {
                true => label("复查：已改好", "Rechecked: put right", "good"),
                false => label("复查：没有改好", "Rechecked: not put right", "bad"),
            };
            (what, [by, note].join(" ").trim().to_owned(), "")
        }
        FactKind::Withdrawn { reason } => (label("撤销", "Withdrawn", "none"), reason, ""),
        FactKind::Undone { reason } => (label("撤回办结", "Reopened", "open"), reason, ""),
    };
    let files = match row.owner.is_empty() {
        true => Vec::new(),
        false => state.store.attachments(&row.owner).await?,
    };
    Ok(FactLine {
        on: row.fact.on.to_string(),
        what,
        rest: rest_of(&mut text),
        text,
        same_kind,
        is_bare,
        by: row.by,
        at: moment(&row.at),
        files: file_lines(lang, files),
    })
}

/// Letters of a text that stand open.
const OPEN_LETTERS: usize = 300;

/// Takes off what folds up of a long text.
fn rest_of(text: &mut String) -> String {
    let cut = text.char_indices().nth(OPEN_LETTERS).map(|(at, _)| at);
    cut.map_or_else(String::new, |at| text.split_off(at))
}

/// A person looked again, or the machine is asked to.
pub(crate) async fn recheck(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let is_fixed = match sent.field("result") {
        "fixed" => true,
        "not_fixed" => false,
        "machine" => {
            let at = state.now();
            let number = (state.new_token)();
            let store = state.acting(&viewer);
            let asked = store.ask_recheck(&number, &id, &viewer.person, at).await;
            return ended(&state, &viewer, &id, asked).await;
        }
        _ => {
            let text = lang.t("请选择复查结果", "Choose what was seen");
            return shown(&state, &viewer, &id, text.to_owned()).await;
        }
    };
    if sent.field("note").chars().count() > LONGEST_NOTE {
        let text = lang.t(
            "复查情况超过 2000 字，请写要点",
            "What was seen has more than 2,000 signs; say the essentials",
        );
        return shown(&state, &viewer, &id, text.to_owned()).await;
    }
    let kind = FactKind::Rechecked {
        is_fixed,
        by: viewer.person.clone(),
        note: sent.field("note").to_owned(),
    };
    if sent.files.len() > FILES {
        let text = lang.t("一次最多上传 5 个文件", "Five files at most");
        return shown(&state, &viewer, &id, text.to_owned()).await;
    }
    let object = format!("recheck/{}", (state.new_token)());
    let mut files = Vec::new();
    for file in &sent.files {
        let owner = Owner {
            object: object.clone(),
            about: String::new(),
            unit: state.store.unit_of_case(&id).await?,
        };
        match upload::keep(&state, &viewer, owner, file).await? {
            Ok(new) => files.push(new),
            Err(fault) => {
                return shown(&state, &viewer, &id, fault.text(lang).to_owned()).await;
            }
        }
    }
    let owner = match files.is_empty() {
        true => String::new(),
        false => object,
    };
    write(&state, &viewer, &id, kind, (owner, &files)).await
}

/// What a form of the office about one case sends.
#[derive(Deserialize)]
pub(crate) struct Managed {
    #[serde(default)]
    deadline: String,
    #[serde(default)]
    reason: String,
    /// Why the recheck that closed it was a mistake.
    #[serde(default)]
    undo: String,
}

/// Sets a (new) term, takes the case back, or takes back the recheck that closed it.
pub(crate) async fn manage(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Managed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let (reason, undo) = (typed.reason.trim(), typed.undo.trim());
    let kind = match typed.deadline.parse::<Date>() {
        Ok(deadline) => FactKind::Notified { deadline },
        Err(_) if !undo.is_empty() => FactKind::Undone {
            reason: undo.chars().take(2_000).collect(),
        },
        Err(_) if !reason.is_empty() => FactKind::Withdrawn {
            reason: reason.chars().take(2_000).collect(),
        },
        Err(_) => {
            let text = lang.t(
                "请填写期限，或撤销的理由",
                "A last day, or why it is taken back",
            );
            return shown(&state, &viewer, &id, text.to_owned()).await;
        }
    };
    write(&state, &viewer, &id, kind, (String::new(), &[])).await
}

async fn write(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    kind: FactKind,
    (owner, files): (String, &[NewAttachment]),
) -> Result<Response, WebError> {
    let at = state.now();
    let new = NewFact {
        fact: Fact {
            on: at.date(),
            kind,
        },
        at,
        by: viewer.person.clone(),
        owner,
    };
    let store = state.acting(viewer);
    let written = store.reply_cases(&[id.to_owned()], &new, files).await;
    ended(state, viewer, id, written).await
}

/// Back to the case; what cannot be done is said there.
async fn ended(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    done: xuncha_store::Result<()>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/rectify/{}", encode(id))).into_response()),
        Err(error @ (StoreError::Unfit(_) | StoreError::Refused(_))) => {
            shown(state, viewer, id, error.to_string()).await
        }
        Err(other) => Err(other.into()),
    }
}
