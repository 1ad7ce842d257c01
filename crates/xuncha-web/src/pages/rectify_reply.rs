//! One answer of a unit for many problems: ticked once, one text, one stamped file. The office files answers on paper here too.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use xuncha_core::permission::Action;
use xuncha_core::rectify::{Fact, FactKind, SameKind};
use xuncha_store::rectify::{CaseFilter, CaseRow, NewFact};
use xuncha_store::{Page, StoreError};

use super::rectify::{CaseLine, can_reply, case_line};
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};
use crate::upload::{self, ACCEPTED, Owner, Sent};

/// Problems that one page lists for ticking.
const LISTED: u64 = 200;
/// Letters of what a unit says; more belongs into a file.
pub(crate) const LONGEST_NOTE: usize = 2_000;
/// Files of one answer.
const FILES: usize = 5;

struct Ticked {
    line: CaseLine,
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "rectify_reply.html")]
struct ReplyPage {
    shell: Shell,
    unit: String,
    rows: Vec<Ticked>,
    note: String,
    answers: Vec<Choice>,
    errors: Vec<String>,
    accepted: &'static str,
    is_on_behalf: bool,
    today: String,
    on: String,
}

/// What was typed, to be shown again where something is wrong with it.
#[derive(Default)]
struct Typed {
    cases: BTreeSet<String>,
    note: String,
    same_kind: Option<SameKind>,
    on: String,
    errors: Vec<String>,
}

pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    RawQuery(asked): RawQuery,
) -> Result<Response, WebError> {
    let asked = asked.unwrap_or_default();
    let pairs = url::form_urlencoded::parse(asked.as_bytes());
    let cases = pairs
        .filter(|(name, _)| name == "case")
        .map(|(_, value)| value.into_owned());
    let typed = Typed {
        cases: cases.take(LISTED as usize).collect(),
        ..Typed::default()
    };
    shown(&state, &viewer, typed).await
}

/// A case that the viewer may answer; any other one is as if it did not exist.
async fn own_case(state: &WebState, viewer: &Viewer, id: &str) -> Result<CaseRow, WebError> {
    let missing = || StoreError::Missing {
        noun: "整改事项",
        id: id.to_owned(),
    };
    let row = state.store.case(id, state.now().date()).await?;
    let narrowed = viewer.narrowed(Action::ReplyCase);
    match narrowed.is_none_or(|unit| unit == row.organization) {
        true => Ok(row),
        false => Err(missing().into()),
    }
}

async fn shown(state: &WebState, viewer: &Viewer, typed: Typed) -> Result<Response, WebError> {
    let (lang, today) = (viewer.lang, state.now().date());
    let mut unit = viewer.narrowed(Action::ReplyCase);
    for id in &typed.cases {
        let own = own_case(state, viewer, id).await?;
        unit = unit.or(Some(own.organization));
    }
    let filter = CaseFilter {
        is_open: true,
        organization: Some(unit.clone().unwrap_or_default()),
        ..CaseFilter::default()
    };
    let page_of = Page::numbered(1, LISTED);
    let found = state.store.cases(&filter, today, page_of).await?;
    let rows: Vec<Ticked> = found
        .rows
        .into_iter()
        .filter(|row| can_reply(row.progress.state))
        .map(|row| Ticked {
            is_ticked: typed.cases.contains(&row.id),
            line: case_line(lang, row),
        })
        .collect();
    let unit_name = match &unit {
        Some(unit) => state.store.unit_name(unit).await?.unwrap_or_default(),
        None => String::new(),
    };
    let answers = SameKind::ALL.into_iter().map(|own| Choice {
        value: own.word(),
        text: labels::same_kind(lang, own).to_owned(),
        is_chosen: typed.same_kind == Some(own),
    });
    let is_refused = !typed.errors.is_empty();
    let shell = Shell::new(viewer, "rectify", lang.t("回复整改", "Answer"))
        .crumb(lang.t("整改", "Rectification"), "/rectify");
    let mut response = page(&ReplyPage {
        shell,
        unit: unit_name,
        rows,
        note: typed.note,
        answers: answers.collect(),
        errors: typed.errors,
        accepted: ACCEPTED,
        is_on_behalf: viewer.narrowed(Action::ReplyCase).is_none(),
        today: today.to_string(),
        on: typed.on,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Files the answer; where anything is wrong, nothing is kept and what was typed stands there again.
pub(crate) async fn file(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    sent: Sent,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let today = state.now().date();
    let ticked = sent.fields.iter().filter(|(name, _)| name == "case");
    let mut typed = Typed {
        cases: ticked.map(|(_, value)| value.clone()).collect(),
        note: sent.field("note").to_owned(),
        same_kind: SameKind::of_word(sent.field("same_kind")),
        on: sent.field("on").to_owned(),
        errors: Vec::new(),
    };
    let mut fault = |zh: &str, en: &str| typed.errors.push(lang.t(zh, en).to_owned());
    if typed.cases.is_empty() {
        fault("请勾选至少一个问题", "Tick one problem at least");
    }
    if typed.note.trim().is_empty() {
        fault("请填写整改情况", "Say what was done");
    }
    if typed.note.chars().count() > LONGEST_NOTE {
        fault(
            "整改情况超过 2000 字，请写要点，详细材料放在附件里",
            "What was done has more than 2,000 signs; say the essentials and attach the rest",
        );
    }
    if typed.same_kind.is_none() {
        fault(
            "请回答举一反三：同类问题是否自查",
            "Say whether others of the same kind were looked for",
        );
    }
    if sent.files.len() > FILES {
        fault("一次最多上传 5 个文件", "Five files at most");
    }
    // The day on which a paper arrived is the office's to say; a unit answers today.
    let on = match viewer.narrowed(Action::ReplyCase) {
        None if !typed.on.is_empty() => match typed.on.parse::<Date>() {
            Ok(day) if day <= today => day,
            _ => {
                fault("收到日期不对", "The day received is wrong");
                today
            }
        },
        _ => today,
    };
    let mut unit = None;
    for id in &typed.cases {
        unit = Some(own_case(&state, &viewer, id).await?.organization);
    }
    let mut files = Vec::new();
    let object = format!("reply/{}", (state.new_token)());
    let is_said = typed.errors.is_empty();
    for file in sent.files.iter().filter(|_| is_said) {
        let owner = Owner {
            object: object.clone(),
            about: String::new(),
            unit: unit.clone(),
        };
        match upload::keep(&state, &viewer, owner, file).await? {
            Ok(new) => files.push(new),
            Err(fault) => typed.errors.push(fault.text(lang).to_owned()),
        }
    }
    if !typed.errors.is_empty() {
        return shown(&state, &viewer, typed).await;
    }
    let kind = FactKind::Replied {
        files_sha256: files.iter().map(|file| file.sha256.clone()).collect(),
        note: typed.note.trim().to_owned(),
        same_kind: typed.same_kind,
    };
    let new = NewFact {
        fact: Fact { on, kind },
        at: state.now(),
        by: viewer.person.clone(),
        owner: match files.is_empty() {
            true => String::new(),
            false => object,
        },
    };
    let cases: Vec<String> = typed.cases.iter().cloned().collect();
    let store = state.acting(&viewer);
    match store.reply_cases(&cases, &new, &files).await {
        Ok(()) => Ok(Redirect::to("/rectify?done=replied").into_response()),
        Err(error @ (StoreError::Unfit(_) | StoreError::Refused(_))) => {
            typed.errors.push(error.to_string());
            shown(&state, &viewer, typed).await
        }
        Err(other) => Err(other.into()),
    }
}
