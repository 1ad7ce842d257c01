//! 单位工作台: how a unit's sites and accounts stand, what to put right first, and what the machine sees when asked now.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::rectify::letter::file_name;
use xuncha_core::registry::{Target, TargetId};
use xuncha_core::score::ScoreSheet;
use xuncha_store::appeal::{AppealFilter, AppealState};
use xuncha_store::recheck::SelfCheck;
use xuncha_store::rectify::CaseFilter;
use xuncha_store::registry::TargetFilter;
use xuncha_store::round::SubjectFilter;
use xuncha_store::{Page, StoreError};

use super::rectify::{CaseLine, case_line};
use super::unit_found::{self, FoundLine};
use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{encode, query};
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// Problems that the desk lists.
const FIRST: u64 = 20;
/// Sites and accounts that the desk lists.
const TARGETS: u64 = 200;
/// Rounds of the history.
const ROUNDS: u64 = 8;

struct TargetLine {
    id: String,
    name: String,
    class: &'static str,
    href: Option<String>,
    outcome: Label,
    deduct: String,
    total: String,
    open_cases: usize,
    check_href: String,
    check: Option<CheckLine>,
}

struct CheckLine {
    state: Label,
    at: String,
    note: String,
    predicted: String,
    outcome: Option<Label>,
}

struct HistoryLine {
    round: String,
    title: String,
    href: String,
    count: u64,
    cells: Vec<HistoryCell>,
}

struct HistoryCell {
    name: String,
    outcome: Label,
    total: String,
}

#[derive(Template)]
#[template(path = "unit_desk.html")]
struct DeskPage {
    shell: Shell,
    unit: String,
    targets: Vec<TargetLine>,
    is_cut: bool,
    first: Vec<CaseLine>,
    /// What the last round found and nobody was told of yet.
    found: Vec<FoundLine>,
    found_count: usize,
    open_count: u64,
    waiting_appeals: u64,
    history: Vec<HistoryLine>,
    round: String,
    checks_itself: bool,
    letter_href: Option<String>,
    cases_href: String,
}

/// The operator's own desk; everybody else chooses a unit.
pub(crate) async fn own(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    match viewer.unit.clone() {
        Some(unit) => shown(&state, &viewer, &unit).await,
        None => Ok(Redirect::to("/rectify").into_response()),
    }
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(unit): Path<String>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, &unit).await
}

async fn shown(state: &WebState, viewer: &Viewer, unit: &str) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let missing = || StoreError::Missing {
        noun: "单位",
        id: unit.to_owned(),
    };
    let name = state.store.unit_name(unit).await?.ok_or_else(missing)?;
    let today = state.now().date();
    let filter = TargetFilter {
        organization: Some(unit.to_owned()),
        ..TargetFilter::default()
    };
    let page_of = Page::numbered(1, TARGETS);
    let targets = state.store.registry_targets(&filter, page_of).await?;
    let mine = CaseFilter {
        is_open: true,
        organization: Some(unit.to_owned()),
        ..CaseFilter::default()
    };
    let cases = state
        .store
        .cases(&mine, today, Page::numbered(1, 500))
        .await?;
    let mut open_of: BTreeMap<TargetId, usize> = BTreeMap::new();
    for case in &cases.rows {
        *open_of.entry(case.problem.target.clone()).or_default() += 1;
    }
    let waiting = AppealFilter {
        state: Some(AppealState::Waiting),
        organization: Some(unit.to_owned()),
        ..AppealFilter::default()
    };
    let appeals = state.store.appeals(&waiting, Page::numbered(1, 1)).await?;
    let (history, latest) = history(state, lang, unit).await?;
    let mut found = unit_found::found(state, &latest.round, unit).await?;
    for line in &found {
        *open_of.entry(line.target_id.clone()).or_default() += 1;
    }
    let found_count = found.len();
    found.truncate(FIRST as usize);
    let mut lines = Vec::with_capacity(targets.rows.len());
    for target in &targets.rows {
        let open = open_of.get(target.id()).copied().unwrap_or(0);
        lines.push(target_line(state, lang, target, &latest, open).await?);
    }
    let round = latest.round.clone();
    let has_letter = match round.is_empty() {
        true => false,
        false => {
            let wanted = file_name(unit);
            let documents = state.store.documents(&round).await?;
            documents.iter().any(|own| own.name == wanted)
        }
    };
    page(&DeskPage {
        shell: Shell::new(viewer, "unit", lang.t("工作台", "Desk")),
        unit: name,
        is_cut: targets.total > TARGETS,
        targets: lines,
        open_count: cases.total,
        first: cases
            .rows
            .into_iter()
            .take(FIRST as usize)
            .map(|case| case_line(lang, case))
            .collect(),
        found,
        found_count,
        waiting_appeals: appeals.total,
        history,
        letter_href: has_letter
            .then(|| format!("/rectify/letters/{}/{}", encode(&round), encode(unit))),
        round,
        checks_itself: viewer.may(Action::SelfCheck),
        cases_href: format!("/rectify{}", query(&[("unit", unit)])),
    })
}

/// The latest score of each of the unit's targets.
#[derive(Default)]
struct Latest {
    round: String,
    of: BTreeMap<TargetId, (String, Label, String, String)>,
}

async fn history(
    state: &WebState,
    lang: Lang,
    unit: &str,
) -> Result<(Vec<HistoryLine>, Latest), WebError> {
    let rounds = state
        .store
        .rounds_of_unit(unit, Page::numbered(1, ROUNDS))
        .await?;
    let mut lines = Vec::new();
    let mut latest = Latest::default();
    for row in rounds.rows {
        let round = row.round;
        let filter = SubjectFilter {
            organization: Some(unit.to_owned()),
            ..SubjectFilter::default()
        };
        let page_of = Page::numbered(1, TARGETS);
        let found = state
            .store
            .targets(&round.id, &round.set.id, &filter, page_of)
            .await?;
        let mut cells = Vec::new();
        for subject in found.rows {
            let outcome = labels::outcome(lang, subject.outcome);
            let target = &subject.subject.target;
            let total = labels::points(subject.final_hundredths);
            let place = format!(
                "/rounds/{}/targets/{}",
                encode(&round.id),
                encode(&target.id().0)
            );
            let deduct = labels::points(subject.deduct_hundredths);
            // A round that is not scored yet hides nothing of the one before.
            if subject.outcome.is_some() {
                if latest.round.is_empty() {
                    latest.round.clone_from(&round.id);
                }
                latest
                    .of
                    .entry(target.id().clone())
                    .or_insert_with(|| (place, outcome.clone(), deduct, total.clone()));
            }
            cells.push(HistoryCell {
                name: target.name().to_owned(),
                outcome,
                total,
            });
        }
        lines.push(HistoryLine {
            href: format!("/rounds/{}/targets", encode(&round.id)),
            count: row.subject_count,
            title: round.title,
            round: round.id,
            cells,
        });
    }
    Ok((lines, latest))
}

async fn target_line(
    state: &WebState,
    lang: Lang,
    target: &Target,
    latest: &Latest,
    open_cases: usize,
) -> Result<TargetLine, WebError> {
    let known = latest.of.get(target.id()).cloned();
    let (href, outcome, deduct, total) = match known {
        Some((href, outcome, deduct, total)) => (Some(href), outcome, deduct, total),
        None => (None, labels::outcome(lang, None), "—".into(), "—".into()),
    };
    let checks = state.store.self_checks(target.id(), 1).await?;
    let check = checks.into_iter().next();
    Ok(TargetLine {
        id: target.id().0.clone(),
        name: target.name().to_owned(),
        class: labels::class(lang, target.class()),
        href,
        outcome,
        deduct,
        total,
        open_cases,
        check_href: format!("/unit/targets/{}/check", encode(&target.id().0)),
        check: check.map(|own| check_line(lang, &own)).transpose()?,
    })
}

/// What a self-check found, as its job kept it.
#[derive(Deserialize)]
struct Checked {
    sheet: ScoreSheet,
}

fn check_line(lang: Lang, check: &SelfCheck) -> Result<CheckLine, WebError> {
    let found: Option<Checked> = check.read()?;
    let sheet = found.map(|found| found.sheet);
    Ok(CheckLine {
        state: labels::job(lang, check.state),
        at: moment(&check.done_at.unwrap_or(check.asked_at)),
        note: check.note.clone(),
        predicted: sheet.as_ref().map_or_else(String::new, |sheet| {
            labels::points(sheet.final_score.map(|points| points.hundredths()))
        }),
        outcome: sheet.map(|sheet| labels::outcome(lang, Some(sheet.outcome))),
    })
}

/// Asks the machine to look at a target now, under the set of the latest round in which the unit was.
pub(crate) async fn check(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(target): Path<String>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let missing = || StoreError::Missing {
        noun: "网站或账号",
        id: target.0.clone(),
    };
    let unit = state.store.unit_of_registered(&target).await?;
    let unit = unit.ok_or_else(missing)?;
    let rounds = state.store.rounds(Page::numbered(1, 1)).await?;
    let round = rounds.rows.into_iter().next();
    let round = round.ok_or(StoreError::Refused("还没有检查轮次，不知道按哪套指标自查"))?;
    let asked = SelfCheck {
        id: (state.new_token)(),
        round: round.round.id,
        target,
        organization: unit.clone(),
        asked_at: state.now(),
        by: viewer.person.clone(),
        state: xuncha_store::job::JobState::Waiting,
        done_at: None,
        note: String::new(),
        body: None,
    };
    state.acting(&viewer).ask_self_check(&asked).await?;
    let place = match viewer.unit {
        Some(_) => "/unit".to_owned(),
        None => format!("/unit/{}", encode(&unit)),
    };
    Ok(Redirect::to(&place).into_response())
}
