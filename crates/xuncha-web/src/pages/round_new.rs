//! 新建轮次: a form, filled in from the last round; what would be drawn of it, by stratum; and the round with its draw, kept together.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::registry::{Region, TargetClass};
use xuncha_core::round::Coverage;
use xuncha_core::round::draft::{
    Drawn, RoundDraft, StratumCount, USUAL_SHARE, next_quarter, strata,
};
use xuncha_core::sample::Quota;
use xuncha_store::Page;

use crate::WebState;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::round_sample::named;
use crate::shell::{Shell, Viewer};

/// The set of indicators that is in force.
const USUAL_SET: &str = "gov-2019";

/// A monitoring point that is longer past is asked about.
const OLDEST_DAYS: i32 = 92;
/// One that is further ahead too.
const NEWEST_DAYS: i32 = 200;
/// A term of rectification that is longer too.
const LONGEST_TERM_DAYS: i32 = 183;

/// Year and quarter of an id such as `2026Q1`.
fn quarter_of(id: &str) -> Option<(i16, i8)> {
    let (year, quarter) = id.trim().split_once(['Q', 'q'])?;
    let (year, quarter) = (year.parse().ok()?, quarter.parse().ok()?);
    (1..=4).contains(&quarter).then_some((year, quarter))
}

/// What stands in the form.
#[derive(Clone, Default)]
struct Typed {
    id: String,
    title: String,
    coverage: String,
    as_of: String,
    rectify_by: String,
    seed: String,
    set: String,
    also_listed: Vec<String>,
    departments: String,
    accounts: String,
    /// Whether unusual days are meant.
    is_sure: bool,
}

struct SetChoice {
    id: String,
    title: String,
    is_scored: bool,
    is_chosen: bool,
    is_listed: bool,
}

/// What would be drawn.
struct Preview {
    strata: Vec<StratumCount>,
    total: usize,
    frame: usize,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "round_new.html")]
struct NewPage {
    shell: Shell,
    typed: Typed,
    copied: Option<String>,
    sets: Vec<SetChoice>,
    errors: Vec<String>,
    /// What is unusual about its days.
    doubts: Vec<String>,
    preview: Option<Preview>,
}

pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    let (typed, copied) = filled_in(&state).await?;
    new_page(&state, &viewer, typed, copied, Vec::new(), None)
}

/// The form as the last round fills it in: the next quarter, three months later, the same sets and as many to draw.
async fn filled_in(state: &WebState) -> Result<(Typed, Option<String>), WebError> {
    let last = state.store.rounds(Page::numbered(1, 1)).await?.rows;
    let Some(last) = last.into_iter().next().map(|row| row.round) else {
        // The rules in force, where they are there; a set of an earlier year is chosen on purpose.
        let in_force = state.sets.get(USUAL_SET);
        let set = in_force.or_else(|| state.sets.values().find(|set| set.formula.is_some()));
        let typed = Typed {
            coverage: "sample".to_owned(),
            set: set.map(|set| set.id.clone()).unwrap_or_default(),
            ..Typed::default()
        };
        return Ok((typed, None));
    };
    let sample = state.store.sample(&last.id).await?.unwrap_or_default();
    let drawn = |prefix: &str| -> usize {
        let quotas = sample.quotas.iter();
        quotas
            .filter(|(stratum, _)| stratum.starts_with(prefix))
            .map(|(_, quota)| quota)
            .sum()
    };
    let next = next_quarter(&last.id);
    let as_of = last.as_of.checked_add(3.months()).unwrap_or(last.as_of);
    let rectify_by: Option<jiff::civil::Date> = last.rectify_by.parse().ok();
    let rectify_by = rectify_by.and_then(|day| day.checked_add(3.months()).ok());
    let typed = Typed {
        id: next.unwrap_or_default(),
        title: String::new(),
        coverage: match last.coverage {
            Coverage::Sample => "sample",
            Coverage::Census => "census",
        }
        .to_owned(),
        as_of: minute(as_of),
        rectify_by: rectify_by.map(|day| day.to_string()).unwrap_or_default(),
        // A seed is never used twice: who draws makes a new one public.
        seed: String::new(),
        set: last.set.id.clone(),
        also_listed: last.also_listed.iter().map(|set| set.id.clone()).collect(),
        departments: drawn("department").to_string(),
        accounts: drawn("account/").to_string(),
        is_sure: false,
    };
    Ok((typed, Some(last.title)))
}

/// As the field of a browser holds it.
fn minute(at: DateTime) -> String {
    at.to_string().chars().take(16).collect()
}

fn new_page(
    state: &WebState,
    viewer: &Viewer,
    typed: Typed,
    copied: Option<String>,
    errors: Vec<String>,
    preview: Option<Preview>,
) -> Result<Response, WebError> {
    let sets = state.sets.values().map(|set| SetChoice {
        id: set.id.clone(),
        title: set.title.clone(),
        is_scored: scores_sites(set),
        is_chosen: set.id == typed.set,
        is_listed: typed.also_listed.contains(&set.id),
    });
    let title = viewer.lang.t("新建轮次", "New round");
    let doubts = typed.doubts(viewer.lang, state.now().date());
    let is_refused = !errors.is_empty();
    let shown = NewPage {
        shell: Shell::new(viewer, "rounds", title)
            .crumb(viewer.lang.t("检查轮次", "Rounds"), "/rounds"),
        sets: sets.collect(),
        typed,
        copied,
        errors,
        doubts,
        preview,
    };
    let mut response = page(&shown)?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Whether a set scores sites: the yearly one for offices that supervise does not.
fn scores_sites(set: &IndicatorSet) -> bool {
    let scored = set.formula.iter().flat_map(|formula| &formula.scored);
    scored
        .into_iter()
        .any(|class| matches!(class, TargetClass::Portal | TargetClass::Department))
}

impl Typed {
    fn read(fields: &[(String, String)]) -> Typed {
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name);
            found.map_or("", |(_, value)| value.trim()).to_owned()
        };
        let also = fields.iter().filter(|(key, _)| key == "also_listed");
        Typed {
            id: field("id"),
            title: field("title"),
            coverage: field("coverage"),
            as_of: field("as_of"),
            rectify_by: field("rectify_by"),
            seed: field("seed"),
            set: field("set"),
            also_listed: also.map(|(_, value)| value.clone()).collect(),
            departments: field("departments"),
            accounts: field("accounts"),
            is_sure: field("sure") == "1",
        }
    }

    /// Days that a round seldom has: nothing is made with them before somebody says that they are meant.
    fn doubts(&self, lang: Lang, today: Date) -> Vec<String> {
        let Ok(as_of) = self.as_of.parse::<DateTime>() else {
            return Vec::new();
        };
        let as_of = as_of.date();
        let days = |from: Date, to: Date| from.until(to).map_or(0, |span| span.get_days());
        let mut doubts = Vec::new();
        let mut say = |zh: String, en: String| {
            doubts.push(match lang {
                Lang::Zh => zh,
                Lang::En => en,
            });
        };
        if days(as_of, today) > OLDEST_DAYS {
            say(
                format!("监测时间点 {as_of} 早已过去，现在已采不到当时的页面"),
                format!(
                    "The monitoring point {as_of} is long past; its pages cannot be gathered now"
                ),
            );
        }
        if days(today, as_of) > NEWEST_DAYS {
            say(
                format!("监测时间点 {as_of} 还很远"),
                format!("The monitoring point {as_of} is far away"),
            );
        }
        if let Some((year, quarter)) = quarter_of(&self.id) {
            let own = (as_of.year(), (as_of.month() + 2) / 3);
            if own != (year, quarter) {
                say(
                    format!("监测时间点 {as_of} 不在编号“{}”所说的季度里", self.id),
                    format!(
                        "The monitoring point {as_of} is not in the quarter of the id {}",
                        self.id
                    ),
                );
            }
        }
        if let Ok(by) = self.rectify_by.parse::<Date>()
            && days(as_of, by) > LONGEST_TERM_DAYS
        {
            say(
                format!("整改期限 {by} 在监测时间点半年以后"),
                format!("The last day to rectify, {by}, is half a year after the monitoring point"),
            );
        }
        doubts
    }

    /// The draft that the form asks for, or all that is wrong with it.
    fn draft(&self, state: &WebState, lang: Lang) -> Result<RoundDraft, Vec<String>> {
        let mut wrong = Vec::new();
        let mut say = |zh: &str, en: &str| wrong.push(lang.t(zh, en).to_owned());
        let as_of: Option<DateTime> = self.as_of.parse().ok();
        if as_of.is_none() {
            say(
                "监测时间点要写明日期和时刻",
                "Give the day and time of the monitoring point",
            );
        }
        let rectify_by = match self.rectify_by.as_str() {
            "" => None,
            text => match text.parse() {
                Ok(day) => Some(day),
                Err(_) => {
                    say("整改期限不是日期", "The deadline is no day");
                    None
                }
            },
        };
        let quota = |text: &str| match text {
            "" => Some(USUAL_SHARE),
            text => text.parse().ok().map(Quota::Count),
        };
        let (departments, accounts) = (quota(&self.departments), quota(&self.accounts));
        if departments.is_none() || accounts.is_none() {
            say(
                "抽取数应是 0 或正整数；不填则抽 30%",
                "Numbers to draw are whole numbers; 30% where nothing is given",
            );
        }
        let set = state.sets.get(&self.set);
        let set = set.filter(|set| scores_sites(set));
        if set.is_none() {
            say("请选择计分的指标体系", "Choose the set that scores");
        }
        let mut also_listed: Vec<IndicatorSet> = Vec::new();
        for id in self.also_listed.iter().filter(|id| **id != self.set) {
            match state.sets.get(id) {
                Some(set) => also_listed.push(set.clone()),
                None => say("另列的指标体系不存在", "A set to list does not exist"),
            }
        }
        if self.seed.is_empty() || self.seed.contains('|') {
            say(
                "抽样种子不能为空，也不能含有“|”",
                "The seed is not empty and holds no |",
            );
        }
        let (Some(as_of), Some(departments), Some(accounts), Some(set), true) =
            (as_of, departments, accounts, set, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let draft = RoundDraft {
            id: self.id.clone(),
            title: self.title.clone(),
            coverage: match self.coverage.as_str() {
                "census" => Coverage::Census,
                _ => Coverage::Sample,
            },
            as_of,
            seed: self.seed.clone(),
            rectify_by,
            set: set.clone(),
            also_listed,
            departments,
            accounts,
        };
        match draft.round() {
            Ok(_) => Ok(draft),
            Err(error) => Err(vec![error.to_string()]),
        }
    }
}

/// Shows what would be drawn (`preview`), or draws and keeps it.
pub(crate) async fn create(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let typed = Typed::read(&fields);
    let draft = match typed.draft(&state, viewer.lang) {
        Ok(draft) => draft,
        Err(errors) => return new_page(&state, &viewer, typed, None, errors, None),
    };
    let is_preview = fields.iter().any(|(name, _)| name == "preview");
    let doubts = typed.doubts(viewer.lang, state.now().date());
    if !doubts.is_empty() && !typed.is_sure && !is_preview {
        return new_page(&state, &viewer, typed, None, doubts, None);
    }
    if state.store.round(&draft.id).await.is_ok() {
        let text = match viewer.lang {
            Lang::Zh => format!("轮次“{}”已经存在", draft.id),
            Lang::En => format!("There is a round {} already", draft.id),
        };
        return new_page(&state, &viewer, typed, None, vec![text], None);
    }
    let inputs = state.store.draw_inputs(&draft.id, draft.as_of).await?;
    // A census of a province takes a while to freeze; other pages do not wait for it.
    let drawn = tokio::task::spawn_blocking(move || draft.draw(&inputs)).await;
    let drawn = drawn.map_err(|_| WebError::failed("抽样中断，请重试"))?;
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(error) => {
            return new_page(&state, &viewer, typed, None, vec![error.to_string()], None);
        }
    };
    if is_preview {
        let regions = state.store.regions().await?;
        let preview = preview(viewer.lang, &regions, &drawn);
        return new_page(&state, &viewer, typed, None, Vec::new(), Some(preview));
    }
    state.acting(&viewer).create_drawn_round(&drawn).await?;
    let place = format!("/rounds/{}/sample", encode(&drawn.round.id));
    Ok(Redirect::to(&place).into_response())
}

fn preview(lang: Lang, regions: &BTreeMap<String, Region>, drawn: &Drawn) -> Preview {
    let mut notes: Vec<String> = drawn.excesses.iter().map(ToString::to_string).collect();
    let gone = drawn.absent.iter().map(|id| match lang {
        Lang::Zh => format!("上轮不合格的 {id} 已不在运行，不会抽取"),
        Lang::En => format!("{id}, which failed last time, does not run any more"),
    });
    notes.extend(gone);
    Preview {
        strata: named(lang, regions, strata(&drawn.sample)),
        total: drawn.sample.drawn.len(),
        frame: drawn.sample.frame.values().map(Vec::len).sum(),
        notes,
    }
}
