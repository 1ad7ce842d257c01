//! 计划: the calendar of a round's phases beside what happened, and how much people will have to do, before it begins and while it runs.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use xuncha_core::permission::Action;
use xuncha_core::registry::TargetClass;
use xuncha_core::round::calendar::{Phase, PlannedPhase, faults, usual_plan};
use xuncha_core::round::workload::{ClassLoad, Experience, questions, workload};
use xuncha_store::Page;
use xuncha_store::round::RoundState;
use xuncha_store::round_job::RoundJob;

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::encode;
use crate::shell::{Shell, Viewer};

/// Jobs that are looked through for when a phase was done.
const JOBS_READ: u64 = 200;

struct PhaseLine {
    word: &'static str,
    name: String,
    from: String,
    to: String,
    fault: &'static str,
    /// Beginning and width of its bar, in percent of the whole time.
    x: u64,
    width: u64,
    state: Label,
    done: String,
}

struct LoadLine {
    class: &'static str,
    questions: u64,
    load: ClassLoad,
}

struct PersonLine {
    name: String,
    targets: u64,
    open_targets: u64,
    open_count: u64,
    href: String,
}

#[derive(Template)]
#[template(path = "round_plan.html")]
struct PlanPage {
    shell: Shell,
    phases: Vec<PhaseLine>,
    today_x: Option<u64>,
    is_usual: bool,
    has_faults: bool,
    may_manage: bool,
    loads: Vec<LoadLine>,
    total: u64,
    inspectors: u64,
    per_person: u64,
    based_on: Option<String>,
    people: Vec<PersonLine>,
    people_href: String,
    action: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    page(&plan_page(&state, &viewer, &id, None).await?)
}

async fn plan_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    typed: Option<Vec<PlannedPhase>>,
) -> Result<PlanPage, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(id).await?;
    let kept = state.store.phases(id).await?;
    let is_usual = kept.is_empty();
    let plan = typed.unwrap_or(match is_usual {
        true => usual_plan(&row.round),
        false => kept,
    });
    let wrong: BTreeMap<Phase, &'static str> = faults(&plan).into_iter().collect();
    let done = done(state, id, row.state).await?;
    let today = state.now().date();
    let is_drawn = row.subject_count > 0;
    let span = Span::of(&plan);
    let phases = plan.iter().map(|one| {
        let (x, end) = (span.place(one.from, false), span.place(one.to, true));
        PhaseLine {
            word: one.phase.word(),
            name: phase_name(lang, one.phase).to_owned(),
            from: one.from.to_string(),
            to: one.to.to_string(),
            fault: wrong.get(&one.phase).copied().unwrap_or_default(),
            x,
            width: end.saturating_sub(x).max(1),
            state: match one.phase == Phase::Draw && !done.contains_key(&Phase::Draw) && is_drawn {
                true => Label {
                    text: lang.t("已抽取，待公布", "Drawn, to publish").to_owned(),
                    tone: "open",
                },
                false => phase_state(lang, one, done.get(&one.phase), today),
            },
            done: done.get(&one.phase).cloned().unwrap_or_default(),
        }
    });
    let base = format!("/rounds/{}", encode(id));
    let (before, based_on) = experience(state, id).await?;
    let counts = state.store.class_counts(id).await?;
    let loads = workload(&row.round.set, &counts, &before);
    let total: u64 = loads.values().map(ClassLoad::all).sum();
    let inspectors = state.store.inspectors(id).await?.len() as u64;
    Ok(PlanPage {
        shell: Shell::new(viewer, "rounds", lang.t("计划", "Plan")).in_round(
            id,
            &row.round.title,
            "plan",
        ),
        phases: phases.collect(),
        today_x: span.holds(today).then(|| span.place(today, false)),
        is_usual,
        has_faults: !wrong.is_empty(),
        may_manage: viewer.may(Action::ManageRound),
        loads: loads
            .into_iter()
            .map(|(class, load)| LoadLine {
                class: labels::class(lang, class),
                questions: questions(&row.round.set, class),
                load,
            })
            .collect(),
        total,
        inspectors,
        per_person: total.checked_div(inspectors).unwrap_or_default(),
        based_on,
        people: people(state, id, &row.round.set.id, &base).await?,
        people_href: format!("{base}/people"),
        action: format!("{base}/plan"),
    })
}

/// The whole time of a plan.
struct Span {
    from: Date,
    days: i64,
}

impl Span {
    fn of(plan: &[PlannedPhase]) -> Span {
        let from = plan.iter().map(|one| one.from).min().unwrap_or_default();
        let to = plan.iter().map(|one| one.to).max().unwrap_or_default();
        Span {
            from,
            days: days_between(from, to) + 1,
        }
    }

    fn holds(&self, day: Date) -> bool {
        (0..self.days).contains(&days_between(self.from, day))
    }

    /// Where a day begins (or ends), in percent.
    fn place(&self, day: Date, is_end: bool) -> u64 {
        let days = days_between(self.from, day) + i64::from(is_end);
        let percent = (days * 100).checked_div(self.days).unwrap_or(0);
        percent.clamp(0, 100) as u64
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn phase_name(lang: Lang, phase: Phase) -> &'static str {
    let english = match phase {
        Phase::Draw => "Draw and publish",
        Phase::Gather => "Gather",
        Phase::Judge => "Judge",
        Phase::Review => "Review",
        Phase::Appeal => "Appeals",
        Phase::Freeze => "Close and freeze",
        Phase::Notice => "Notice",
        Phase::Rectify => "Rectification",
    };
    lang.t(phase.zh(), english)
}

fn phase_state(lang: Lang, one: &PlannedPhase, done: Option<&String>, today: Date) -> Label {
    let (zh, en, tone) = match done {
        Some(_) => ("已完成", "Done", "good"),
        None if today > one.to => ("逾期", "Late", "bad"),
        None if today >= one.from => ("进行中", "Now", "info"),
        None => ("未到", "To come", "none"),
    };
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

/// When phases were done, as far as it is written down. What people decide has no end but the closing.
async fn done(
    state: &WebState,
    id: &str,
    now: RoundState,
) -> Result<BTreeMap<Phase, String>, WebError> {
    let mut done = BTreeMap::new();
    // What the command line did left no job, but the round says how far it is.
    if now == RoundState::Judged || now.is_closed() {
        done.insert(Phase::Gather, String::new());
        done.insert(Phase::Judge, String::new());
    }
    if let Some(published) = state.store.draw_publication(id).await? {
        done.insert(Phase::Draw, published.at.date().to_string());
    }
    let jobs = state
        .store
        .round_jobs(id, Page::numbered(1, JOBS_READ))
        .await?;
    for job in jobs.rows.iter().rev() {
        let phase = match RoundJob::of_word(&job.new.kind) {
            Some(RoundJob::Gather) => Phase::Gather,
            Some(RoundJob::Judge) => Phase::Judge,
            _ => continue,
        };
        if job.state == xuncha_store::job::JobState::Done {
            let day: String = job.times.1.chars().take(10).collect();
            done.insert(phase, day);
        }
    }
    if now.is_closed() {
        let changes = state.store.round_changes(id).await?;
        let last = |wanted: fn(RoundState) -> bool| {
            let found = changes.iter().rfind(|change| wanted(change.after));
            found.map(|change| change.note.at.date().to_string())
        };
        if let Some(day) = last(RoundState::is_closed) {
            done.insert(Phase::Review, day.clone());
            done.insert(Phase::Appeal, day);
        }
        if now == RoundState::Frozen
            && let Some(day) = last(|state| state == RoundState::Frozen)
        {
            done.insert(Phase::Freeze, day);
        }
    }
    let signed = state.store.signatures(id).await?;
    let published = signed
        .iter()
        .rfind(|one| one.step == xuncha_core::notice::sign_off::SignStep::Published);
    if let Some(published) = published {
        done.insert(Phase::Notice, published.at.date().to_string());
    }
    Ok(done)
}

/// What the round before tells of confirmations, and which round that is.
async fn experience(state: &WebState, id: &str) -> Result<(Experience, Option<String>), WebError> {
    let rounds = state.store.rounds(Page::ALL).await?.rows;
    let at = rounds.iter().position(|row| row.round.id == id);
    let Some(before) = at.and_then(|at| rounds.get(at + 1)) else {
        return Ok((Experience::new(), None));
    };
    let targets = state.store.class_counts(&before.round.id).await?;
    let confirmed = state.store.confirmations(&before.round.id).await?;
    if confirmed.is_empty() {
        return Ok((Experience::new(), None));
    }
    let of = |class: &TargetClass| confirmed.get(class).copied().unwrap_or_default();
    let experience = targets
        .iter()
        .map(|(class, count)| (*class, (of(class), *count)))
        .collect();
    Ok((experience, Some(before.round.title.clone())))
}

async fn people(
    state: &WebState,
    id: &str,
    set: &str,
    base: &str,
) -> Result<Vec<PersonLine>, WebError> {
    let mut lines = Vec::new();
    for (person, load) in state.store.person_loads(id, set).await? {
        let name = state.store.person(person).await.map(|found| found.name);
        lines.push(PersonLine {
            name: name.unwrap_or_else(|_| format!("P{person}")),
            targets: load.targets,
            open_targets: load.open_targets,
            open_count: load.open_count,
            href: format!("{base}/tasks?of=P{person}"),
        });
    }
    Ok(lines)
}

pub(crate) async fn set(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let usual = usual_plan(&row.round);
    let day = |name: String, otherwise: Date| {
        let found = fields.iter().find(|(key, _)| *key == name);
        let typed = found.and_then(|(_, value)| value.trim().parse().ok());
        typed.unwrap_or(otherwise)
    };
    let plan: Vec<PlannedPhase> = usual
        .into_iter()
        .map(|one| PlannedPhase {
            phase: one.phase,
            from: day(format!("from-{}", one.phase.word()), one.from),
            to: day(format!("to-{}", one.phase.word()), one.to),
        })
        .collect();
    if !faults(&plan).is_empty() {
        let mut response = page(&plan_page(&state, &viewer, &id, Some(plan)).await?)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    state.acting(&viewer).put_phases(&id, &plan).await?;
    Ok(Redirect::to(&format!("/rounds/{}/plan", encode(&id))).into_response())
}
