//! 申诉: what units contest, until the day that the office sets; answers come with reasons, and a score that changes stands there before
//! and after.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use jiff::civil::Date;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::rectify::ProblemId;
use xuncha_core::review::{Decision, Review, Reviewable};
use xuncha_core::score::{ScoreSheet, score_in};
use xuncha_store::StoreError;
use xuncha_store::appeal::{
    Accepted, Answer, Appeal, AppealFilter, AppealState, NewAppeal, Scored,
};

use super::attachments::{FileLine, file_lines};
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};
use crate::upload::{self, ACCEPTED, Owner, Sent};

/// What the list is asked for.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    round: String,
    page: Option<u64>,
}

/// An appeal as lists show it.
pub(crate) struct AppealLine {
    pub(crate) href: String,
    pub(crate) detail: String,
    pub(crate) target: String,
    pub(crate) unit: String,
    pub(crate) round: String,
    pub(crate) state: Label,
    pub(crate) at: String,
}

pub(crate) fn appeal_line(lang: Lang, appeal: Appeal) -> AppealLine {
    AppealLine {
        href: format!("/appeals/{}", encode(&appeal.new.id)),
        detail: appeal.new.detail,
        target: appeal.new.target_name,
        unit: appeal.new.unit_name,
        round: appeal.new.round,
        state: labels::appeal(lang, appeal.state),
        at: moment(&appeal.new.at),
    }
}

#[derive(Template)]
#[template(path = "appeals.html")]
struct AppealsPage {
    shell: Shell,
    rows: Vec<AppealLine>,
    states: Vec<Choice>,
    pager: Pager,
    /// Open rounds with their last day of appeals, for whoever sets it.
    terms: Vec<TermLine>,
    today: String,
    /// What is wrong with the day that was set.
    fault: &'static str,
}

/// 申诉期限. The last day of appeals of a round; empty where there are none yet.
struct TermLine {
    round: String,
    title: String,
    until: String,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    list_page(&state, &viewer, asked, "").await
}

async fn list_page(
    state: &WebState,
    viewer: &Viewer,
    asked: Asked,
    fault: &'static str,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let viewer = &Viewer {
        here: "/appeals".to_owned(),
        ..viewer.clone()
    };
    let filter = AppealFilter {
        state: AppealState::of_word(&asked.state),
        round: Some(asked.round.clone()),
        organization: viewer.narrowed(Action::ReadCase),
        ..AppealFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.appeals(&filter, pager.page()).await?;
    let mut terms = Vec::new();
    if viewer.may(Action::AnswerAppeal) {
        let rounds = state
            .store
            .rounds(xuncha_store::Page::numbered(1, 20))
            .await?;
        for row in rounds.rows {
            if !row.state.is_closed() {
                let until = state.store.appeal_until(&row.round.id).await?;
                let until = until.map_or_else(String::new, |day| day.to_string());
                terms.push(TermLine {
                    round: row.round.id,
                    title: row.round.title,
                    until,
                });
            }
        }
    }
    let mut states = vec![Choice {
        value: "",
        text: lang.t("全部", "All").to_owned(),
        is_chosen: asked.state.is_empty(),
    }];
    states.extend(AppealState::ALL.into_iter().map(|own| Choice {
        value: own.word(),
        text: labels::appeal(lang, own).text,
        is_chosen: asked.state == own.word(),
    }));
    let pairs = vec![("state", asked.state), ("round", asked.round)];
    let mut response = page(&AppealsPage {
        shell: Shell::new(viewer, "appeals", lang.t("申诉", "Appeals")),
        rows: found
            .rows
            .into_iter()
            .map(|own| appeal_line(lang, own))
            .collect(),
        states,
        pager: pager.over(found.total, "/appeals".to_owned(), pairs),
        terms,
        today: state.now().date().to_string(),
        fault,
    })?;
    if !fault.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What sets the last day of appeals.
#[derive(Deserialize)]
pub(crate) struct Term {
    #[serde(default)]
    round: String,
    #[serde(default)]
    until: String,
}

pub(crate) async fn set_term(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(typed): Form<Term>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let refused = async |fault| list_page(&state, &viewer, Asked::default(), fault).await;
    let Ok(until) = typed.until.parse::<Date>() else {
        return refused(lang.t("请填写申诉的最后一天", "Give the last day of appeals")).await;
    };
    if until < state.now().date() {
        return refused(lang.t(
            "申诉的最后一天早于今天，没有人还能申诉；请填今天或以后的日期",
            "The last day of appeals is past and nobody could appeal; give today or a later day",
        ))
        .await;
    }
    let store = state.acting(&viewer);
    store.set_appeal_until(&typed.round, until).await?;
    Ok(Redirect::to("/appeals").into_response())
}

#[derive(Template)]
#[template(path = "appeal_new.html")]
struct NewPage {
    shell: Shell,
    detail: String,
    target: String,
    until: String,
    text: String,
    errors: Vec<String>,
    accepted: &'static str,
}

/// The form, for the finding in the address.
pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    new_page(&state, &viewer, &id, String::new(), Vec::new()).await
}

async fn new_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    text: String,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let (row, finding) = state.store.finding(id).await?;
    let subject = state.store.subject(&row.round, &row.target).await?;
    let until = state.store.appeal_until(&row.round).await?;
    let shell = Shell::new(viewer, "appeals", lang.t("提出申诉", "Appeal")).crumb(
        lang.t("问题", "Finding"),
        format!("/findings/{}", encode(id)),
    );
    let is_refused = !errors.is_empty();
    let mut response = page(&NewPage {
        shell,
        detail: finding.detail,
        target: subject.target.name().to_owned(),
        until: until.map_or_else(String::new, |day| day.to_string()),
        text,
        errors,
        accepted: ACCEPTED,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Files an appeal with its papers.
pub(crate) async fn file(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let text: String = sent.field("text").chars().take(4_000).collect();
    let mut errors = Vec::new();
    if text.trim().is_empty() {
        errors.push(lang.t("请写明申诉理由", "Say why").to_owned());
    }
    let (row, finding) = state.store.finding(&id).await?;
    let subject = state.store.subject(&row.round, &row.target).await?;
    let appeal_id = (state.new_token)();
    let mut files = Vec::new();
    let is_said = errors.is_empty();
    for file in sent.files.iter().take(5).filter(|_| is_said) {
        let owner = Owner {
            object: format!("appeal/{appeal_id}"),
            about: String::new(),
            unit: Some(subject.target.organization().to_owned()),
        };
        match upload::keep(&state, &viewer, owner, file).await? {
            Ok(new) => files.push(new),
            Err(fault) => errors.push(fault.text(lang).to_owned()),
        }
    }
    if !errors.is_empty() {
        return new_page(&state, &viewer, &id, text, errors).await;
    }
    let new = NewAppeal {
        id: appeal_id,
        round: row.round.clone(),
        problem: ProblemId {
            target: row.target.clone(),
            check: row.check.clone(),
            key: row.key.clone(),
        },
        target_name: subject.target.name().to_owned(),
        organization: subject.target.organization().to_owned(),
        unit_name: subject.organization_name.clone(),
        detail: finding.detail,
        text: text.trim().to_owned(),
        by: viewer.person.clone(),
        at: state.now(),
    };
    match state.acting(&viewer).file_appeal(&new, &files).await {
        Ok(()) => Ok(Redirect::to(&format!("/appeals/{}", encode(&new.id))).into_response()),
        Err(error @ (StoreError::Refused(_) | StoreError::Closed { .. })) => {
            new_page(&state, &viewer, &id, text, vec![error.to_string()]).await
        }
        Err(other) => Err(other.into()),
    }
}

/// A score before and after.
pub(crate) struct Change {
    pub(crate) what: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}

pub(crate) fn changes(lang: Lang, scores: &(Scored, Scored)) -> Vec<Change> {
    let (before, after) = scores;
    let points = |own: Option<xuncha_core::points::Points>| {
        labels::points(own.map(xuncha_core::points::Points::hundredths))
    };
    vec![
        Change {
            what: lang.t("结论", "Outcome"),
            before: labels::outcome(lang, before.outcome).text,
            after: labels::outcome(lang, after.outcome).text,
        },
        Change {
            what: lang.t("扣分项得分", "Deduction score"),
            before: points(before.deduct),
            after: points(after.deduct),
        },
        Change {
            what: lang.t("总分", "Final score"),
            before: points(before.total),
            after: points(after.total),
        },
    ]
}

#[derive(Template)]
#[template(path = "appeal.html")]
struct AppealPage {
    shell: Shell,
    appeal: AppealLine,
    text: String,
    by: String,
    files: Vec<FileLine>,
    reasons: String,
    answered_by: String,
    answered_at: String,
    changes: Vec<Change>,
    target_href: String,
    answers: bool,
    /// Whether it waits, and the round is closed.
    is_held_up: bool,
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

async fn shown(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: String,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let appeal = state.store.appeal(id).await?;
    let files = state.store.attachments(&format!("appeal/{id}")).await?;
    let is_waiting = appeal.state == AppealState::Waiting && viewer.may(Action::AnswerAppeal);
    let is_closed = state
        .store
        .round(&appeal.new.round)
        .await?
        .state
        .is_closed();
    let shell = Shell::new(viewer, "appeals", lang.t("申诉", "Appeal"))
        .crumb(lang.t("申诉", "Appeals"), "/appeals");
    let is_refused = !errors.is_empty();
    let mut response = page(&AppealPage {
        shell,
        text: appeal.new.text.clone(),
        by: appeal.new.by.clone(),
        files: file_lines(lang, files),
        reasons: appeal.reasons.clone(),
        answered_by: appeal.answered_by.clone(),
        answered_at: appeal
            .answered_at
            .map_or_else(String::new, |at| moment(&at)),
        changes: appeal
            .scores
            .as_ref()
            .map_or_else(Vec::new, |scores| changes(lang, scores)),
        target_href: format!(
            "/rounds/{}/targets/{}",
            encode(&appeal.new.round),
            encode(&appeal.new.problem.target.0)
        ),
        answers: is_waiting && !is_closed,
        is_held_up: is_waiting && is_closed,
        errors,
        typed,
        appeal: appeal_line(lang, appeal),
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// What an answer sends.
#[derive(Deserialize)]
pub(crate) struct Answered {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    reasons: String,
}

/// Accepts or refuses. What is accepted takes the finding back by a review, and the target is scored anew in the same step.
pub(crate) async fn answer(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(typed): Form<Answered>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let reasons: String = typed.reasons.trim().chars().take(4_000).collect();
    let mut errors = Vec::new();
    if reasons.is_empty() {
        errors.push(lang.t("请写明理由", "Give reasons").to_owned());
    }
    let accepts = match typed.answer.as_str() {
        "accepted" => true,
        "refused" => false,
        _ => {
            errors.push(lang.t("请选择答复", "Choose an answer").to_owned());
            false
        }
    };
    if !errors.is_empty() {
        return shown(&state, &viewer, &id, reasons, errors).await;
    }
    let appeal = state.store.appeal(&id).await?;
    let rescored = match accepts {
        true => match rescore(&state, &viewer, &appeal, &reasons).await? {
            Ok(rescored) => Some(rescored),
            Err(why) => return shown(&state, &viewer, &id, reasons, vec![why]).await,
        },
        false => None,
    };
    let answer = Answer {
        reasons: &reasons,
        by: &viewer.person,
        at: state.now(),
        accepted: rescored.as_ref().map(|own| Accepted {
            set: &own.set,
            review: &own.review,
            before: own.before.as_ref(),
            after: &own.after,
        }),
    };
    match state.acting(&viewer).answer_appeal(&id, &answer).await {
        Ok(()) => {
            let place = format!("/appeals/{}", encode(&id));
            Ok(Redirect::to(&place).into_response())
        }
        Err(error @ (StoreError::Refused(_) | StoreError::Closed { .. })) => {
            shown(&state, &viewer, &id, reasons, vec![error.to_string()]).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What accepting an appeal changes.
struct Rescored {
    set: String,
    review: Review,
    before: Option<ScoreSheet>,
    after: ScoreSheet,
}

/// The score without the contested finding; why not, where the finding is not there any more.
async fn rescore(
    state: &WebState,
    viewer: &Viewer,
    appeal: &Appeal,
    reasons: &str,
) -> Result<Result<Rescored, String>, WebError> {
    let new = &appeal.new;
    let (round, target) = (&new.round, &new.problem.target);
    let whole = state.store.round(round).await?.round;
    let subject = state.store.subject(round, target).await?;
    let judgements = state.store.judgements(round, Some(target)).await?;
    let mut reviews = state.store.review_history(round, target).await?;
    let review = Review {
        round: round.clone(),
        target: target.clone(),
        check: new.problem.check.clone(),
        key: new.problem.key.clone(),
        decision: Decision::Rejected,
        by: viewer.person.clone(),
        at: state.now(),
        reason: format!("申诉成立：{reasons}"),
    };
    let known = Reviewable::new(&whole.set, &judgements);
    if let Some((_, why)) = known.objection(&review) {
        return Ok(Err(why));
    }
    reviews.push(review.clone());
    Ok(Ok(Rescored {
        before: state.store.sheet(round, &whole.set.id, target).await?,
        after: score_in(&whole, &subject, &judgements, &reviews),
        set: whole.set.id,
        review,
    }))
}
