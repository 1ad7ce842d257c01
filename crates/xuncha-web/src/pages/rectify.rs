//! 整改: the list of problems to put right, the costliest first, and what became of what each round found.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::rectify::RectifyState;
use xuncha_core::rectify::letter::{cost, percent};
use xuncha_store::rectify::{CaseFilter, CaseRow};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::pick::{self, RegionChoice, RoundChoice, UnitPick};
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};

/// What the list is asked for.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) region: String,
    #[serde(default)]
    pub(crate) round: String,
    #[serde(default)]
    pub(crate) q: String,
    /// Something that was just done.
    #[serde(default)]
    done: String,
    page: Option<u64>,
}

impl Asked {
    /// The filter, narrowed to what the viewer may see.
    pub(crate) fn filter(&self, viewer: &Viewer) -> CaseFilter {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let narrowed = viewer.narrowed(Action::ReadCase);
        CaseFilter {
            state: RectifyState::of_word(&self.state),
            is_open: self.state == "open",
            organization: narrowed.or_else(|| some(&self.unit)),
            region: some(&self.region),
            round: some(&self.round),
            words: Some(self.q.clone()),
            ..CaseFilter::default()
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("state", self.state.clone()),
            ("unit", self.unit.clone()),
            ("region", self.region.clone()),
            ("round", self.round.clone()),
            ("q", self.q.clone()),
        ]
    }
}

/// A case as lists show it.
pub(crate) struct CaseLine {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) detail: String,
    pub(crate) target: String,
    pub(crate) target_id: String,
    pub(crate) unit: String,
    pub(crate) region: String,
    pub(crate) round: String,
    pub(crate) state: Label,
    pub(crate) deadline: String,
    pub(crate) cost: String,
    pub(crate) is_late: bool,
    pub(crate) relapses: u32,
    /// Whether the unit can answer now.
    pub(crate) can_reply: bool,
}

pub(crate) fn case_line(lang: Lang, row: CaseRow) -> CaseLine {
    let progress = row.progress;
    CaseLine {
        href: format!("/rectify/{}", encode(&row.id)),
        id: row.id,
        detail: row.detail,
        target: row.target_name,
        target_id: row.problem.target.0,
        unit: row.unit_name,
        region: row.region_name,
        round: row.round,
        state: labels::rectify(lang, progress.state),
        deadline: progress
            .deadline
            .map_or_else(|| "—".to_owned(), |day| day.to_string()),
        cost: cost(row.stake),
        is_late: progress.is_late,
        relapses: progress.relapses,
        can_reply: can_reply(progress.state),
    }
}

pub(crate) fn can_reply(state: RectifyState) -> bool {
    matches!(
        state,
        RectifyState::Notified | RectifyState::Overdue | RectifyState::Replied
    )
}

struct CountLine {
    label: Label,
    count: u64,
    href: String,
    is_chosen: bool,
}

struct RateLine {
    round: String,
    found: usize,
    fixed: usize,
    fix_rate: String,
    overdue: usize,
    relapsed: usize,
    were_closed: usize,
    relapse_rate: String,
    on: String,
}

#[derive(Template)]
#[template(path = "rectify.html")]
struct RectifyPage {
    shell: Shell,
    asked: Asked,
    /// What is wrong with what was asked for.
    fault: String,
    unit: UnitPick,
    regions: Vec<RegionChoice>,
    asked_rounds: Vec<RoundChoice>,
    states: Vec<Choice>,
    counts: Vec<CountLine>,
    rows: Vec<CaseLine>,
    rates: Vec<RateLine>,
    /// Those whose problems can be followed.
    rounds: Vec<RoundChoice>,
    pager: Pager,
    has_units: bool,
    replies: bool,
    manages: bool,
    done: String,
    notify: Notify,
}

/// The form of notices as it was sent, with what is wrong with it.
#[derive(Default)]
pub(crate) struct Notify {
    pub(crate) round: String,
    pub(crate) unit: String,
    pub(crate) deadline: String,
    pub(crate) fault: String,
    /// Whether the term is another one than the round's, which is asked about once.
    pub(crate) differs: bool,
    /// Units that the field offers.
    pub(crate) offered: Vec<String>,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    shown(&state, &viewer, asked, Notify::default()).await
}

/// The list, with a form of notices that was refused.
pub(crate) async fn shown(
    state: &WebState,
    viewer: &Viewer,
    mut asked: Asked,
    mut notify: Notify,
) -> Result<Response, WebError> {
    let is_refused = !notify.fault.is_empty();
    let (lang, today) = (viewer.lang, state.now().date());
    let mut fault = String::new();
    match pick::unit(state, lang, &asked.unit).await? {
        Ok(Some((unit, _))) => asked.unit = unit,
        Ok(None) => {}
        Err(why) => fault = why,
    }
    let filter = asked.filter(viewer);
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.cases(&filter, today, pager.page()).await?;
    let counts = state.store.case_counts(&filter, today).await?;
    let has_units = viewer.narrowed(Action::ReadCase).is_none();
    let manages = viewer.may(Action::ManageCase);
    let rates = match has_units {
        true => state.store.round_rates().await?,
        false => Vec::new(),
    };
    let rounds = match manages {
        true => rounds(state, &mut notify).await?,
        false => Vec::new(),
    };
    let unit = match has_units {
        true => UnitPick::of(state, &asked.unit).await?,
        false => UnitPick::default(),
    };
    let regions = match has_units {
        true => pick::regions(&state.store.regions().await?, &asked.region),
        false => Vec::new(),
    };
    let asked_rounds = match has_units {
        true => pick::rounds(state, &asked.round).await?,
        false => rounds_of(state, viewer, &asked.round).await?,
    };
    if manages {
        let typed = UnitPick::of(state, &notify.unit).await?;
        notify.unit = typed.text;
        notify.offered = typed.offered;
    }
    let count_lines = RectifyState::ALL.into_iter().filter_map(|own| {
        let count = counts.get(&own).copied().filter(|count| *count > 0)?;
        let mut pairs = asked.pairs();
        pairs[0].1 = own.word().to_owned();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Some(CountLine {
            label: labels::rectify(lang, own),
            count,
            href: format!("/rectify{}", query(&pairs)),
            is_chosen: asked.state == own.word(),
        })
    });
    let mut response = page(&RectifyPage {
        shell: Shell::new(viewer, "rectify", lang.t("整改", "Rectification")),
        states: state_choices(lang, &asked.state),
        counts: count_lines.collect(),
        rows: found
            .rows
            .into_iter()
            .map(|row| case_line(lang, row))
            .collect(),
        rates: rates
            .into_iter()
            .map(|(round, on, rates)| RateLine {
                round,
                found: rates.found,
                fixed: rates.fixed,
                fix_rate: percent(rates.fix_rate()),
                overdue: rates.overdue,
                relapsed: rates.relapsed,
                were_closed: rates.were_closed,
                relapse_rate: percent(rates.relapse_rate()),
                on: on.to_string(),
            })
            .collect(),
        rounds,
        fault,
        unit,
        regions,
        asked_rounds,
        pager: pager.over(found.total, "/rectify".to_owned(), asked.pairs()),
        has_units,
        replies: viewer.may(Action::ReplyCase),
        manages,
        done: done(lang, &asked.done).to_owned(),
        asked,
        notify,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Rounds whose problems can be followed: those that are judged or closed. The form of notices begins with the first one and the term
/// that its notice states.
async fn rounds(state: &WebState, notify: &mut Notify) -> Result<Vec<RoundChoice>, WebError> {
    use xuncha_store::round::RoundState::Judged;
    let page = xuncha_store::Page::numbered(1, 20);
    let found = state.store.rounds(page).await?;
    let ready = found
        .rows
        .into_iter()
        .filter(|row| row.state == Judged || row.state.is_closed());
    let ready: Vec<_> = ready.map(|row| row.round).collect();
    if let (Some(first), true) = (ready.first(), notify.round.is_empty()) {
        notify.round.clone_from(&first.id);
        notify.deadline.clone_from(&first.rectify_by);
    }
    let choices = ready.into_iter().map(|round| RoundChoice {
        is_chosen: round.id == notify.round,
        title: round.title,
        id: round.id,
    });
    Ok(choices.collect())
}

/// Rounds that a unit was in, by their titles.
async fn rounds_of(
    state: &WebState,
    viewer: &Viewer,
    chosen: &str,
) -> Result<Vec<RoundChoice>, WebError> {
    let unit = viewer.narrowed(Action::ReadCase).unwrap_or_default();
    let page = xuncha_store::Page::numbered(1, 20);
    let found = state.store.rounds_of_unit(&unit, page).await?;
    let choices = found.rows.into_iter().map(|row| RoundChoice {
        is_chosen: row.round.id == chosen,
        title: row.round.title,
        id: row.round.id,
    });
    Ok(choices.collect())
}

fn state_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    let choice = |value: &'static str, text: String| Choice {
        is_chosen: value == chosen,
        value,
        text,
    };
    let mut all = vec![
        choice("", lang.t("全部状态", "All states").to_owned()),
        choice("open", lang.t("未办结", "Open").to_owned()),
    ];
    all.extend(
        RectifyState::ALL
            .into_iter()
            .map(|state| choice(state.word(), labels::rectify(lang, state).text)),
    );
    all
}

fn done(lang: Lang, word: &str) -> &'static str {
    match (word, lang) {
        ("replied", Lang::Zh) => "回复已登记。",
        ("replied", Lang::En) => "The answer is filed.",
        ("notified", Lang::Zh) => "通知与期限已登记。",
        ("notified", Lang::En) => "Notices and terms are written down.",
        ("queued", Lang::Zh) => "任务已排队，完成后刷新本页可见。",
        ("queued", Lang::En) => "The work is queued; reload this page when it is done.",
        _ => "",
    }
}
