//! The list of rounds, and the overview of one.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::points::Exact;
use xuncha_core::registry::TargetClass;
use xuncha_core::round::draft::{StratumCount, strata as strata_of};
use xuncha_core::score::Outcome;
use xuncha_core::stats::{Figure, FigureValue, IndexRow, Stats};
use xuncha_store::judge::VerdictClass;
use xuncha_store::round::{RoundRow, RoundState};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::round_sample::named;
use crate::shell::{Shell, Viewer};

/// A page number in the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    page: Option<u64>,
}

struct ListRow {
    href: String,
    id: String,
    title: String,
    coverage: &'static str,
    as_of: String,
    set_title: String,
    subject_count: u64,
    state: Label,
}

#[derive(Template)]
#[template(path = "rounds.html")]
struct RoundsPage {
    shell: Shell,
    rows: Vec<ListRow>,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let unit = viewer.narrowed(Action::ReadRound);
    let found = match &unit {
        Some(unit) => state.store.rounds_of_unit(unit, pager.page()).await?,
        None => state.store.rounds(pager.page()).await?,
    };
    // Who may not see a round as a whole goes to the targets of his unit.
    let place = if unit.is_some() { "/targets" } else { "" };
    let rows = found.rows.iter().map(|row| ListRow {
        href: format!("/rounds/{}{place}", encode(&row.round.id)),
        id: row.round.id.clone(),
        title: row.round.title.clone(),
        coverage: labels::coverage(viewer.lang, row.round.coverage),
        as_of: row.round.as_of.date().to_string(),
        set_title: row.round.set.title.clone(),
        subject_count: row.subject_count,
        state: labels::round_state(viewer.lang, row.state),
    });
    let shell = Shell::new(&viewer, "rounds", viewer.lang.t("检查轮次", "Rounds"));
    let pager = pager.over(found.total, "/rounds".to_owned(), Vec::new());
    page(&RoundsPage {
        shell,
        rows: rows.collect(),
        pager,
    })
}

struct Tile {
    title: String,
    total: u64,
    href: String,
    parts: Vec<TilePart>,
}

struct TilePart {
    label: Label,
    count: u64,
    href: String,
}

pub(crate) struct IndexBar {
    pub(crate) name: String,
    pub(crate) points: String,
    pub(crate) now: String,
    pub(crate) previous: String,
    /// Width of the bar in percent of its box.
    pub(crate) width: String,
}

#[derive(Template)]
#[template(path = "round.html")]
struct RoundPage {
    shell: Shell,
    row: RoundRow,
    state: Label,
    coverage: &'static str,
    tiles: Vec<Tile>,
    verdicts: Vec<(Label, u64)>,
    strata: Vec<StratumCount>,
    figures: Vec<FigureLine>,
    index: Vec<IndexBar>,
    weakest: Vec<String>,
    open_href: String,
    /// What is to be done next, for who manages rounds.
    next: Option<(&'static str, String)>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let set = row.round.set.id.clone();
    let base = format!("/rounds/{}", encode(&id));
    let shell = Shell::new(&viewer, "rounds", row.round.title.clone())
        .named()
        .in_round(&id, &row.round.title, "round");
    let stats = state.store.stats(&id, &set).await?.unwrap_or_default();
    let verdicts = state.store.verdict_counts(&id, &set).await?;
    let page_values = RoundPage {
        state: labels::round_state(viewer.lang, row.state),
        coverage: labels::coverage(viewer.lang, row.round.coverage),
        tiles: tiles(&state, &viewer, &id, &set, &base).await?,
        verdicts: verdicts
            .into_iter()
            .map(|(class, count)| (verdict_label(&viewer, class), count))
            .collect(),
        strata: named(
            viewer.lang,
            &state.store.regions().await?,
            strata(&state, &id).await?,
        ),
        index: stats.level1.iter().map(index_bar).collect(),
        weakest: stats.weakest.clone(),
        figures: headline_figures(stats),
        open_href: format!("{base}/open"),
        next: viewer
            .may(Action::ManageRound)
            .then(|| next_step(viewer.lang, row.state, &base)),
        shell,
        row,
    };
    page(&page_values)
}

/// What comes next in the life of a round, with the page for it.
pub(crate) fn next_step(lang: Lang, state: RoundState, base: &str) -> (&'static str, String) {
    let (text, page) = match state {
        RoundState::New => (
            lang.t("公布抽样，启动采集", "Publish the draw, gather"),
            "work",
        ),
        RoundState::Gathering => (
            lang.t("采集完成后启动判定", "Judge when it is gathered"),
            "work",
        ),
        RoundState::Judged => (
            lang.t(
                "复核；没有未定结论后关闭",
                "Review; close when no outcome is open",
            ),
            "desk",
        ),
        RoundState::Closed => (
            lang.t("申诉处理完毕后冻结", "Freeze when appeals are settled"),
            "close",
        ),
        RoundState::Frozen => (
            lang.t("生成通报，会签发布", "Build the notice and have it signed"),
            "notice",
        ),
    };
    (text, format!("{base}/{page}"))
}

/// Outcome tiles: one per class, each number leading to its targets.
async fn tiles(
    state: &WebState,
    viewer: &Viewer,
    round: &str,
    set: &str,
    base: &str,
) -> Result<Vec<Tile>, WebError> {
    let counts = state.store.outcome_counts(round, set).await?;
    let mut tiles = Vec::new();
    for (class, word) in [
        (TargetClass::Portal, "portal"),
        (TargetClass::Department, "department"),
        (TargetClass::Account, "account"),
    ] {
        let mut parts = Vec::new();
        let mut total = 0;
        for (outcome, outcome_word) in [
            (Outcome::Qualified, "qualified"),
            (Outcome::Unqualified, "unqualified"),
            (Outcome::Undetermined, "undetermined"),
        ] {
            let count = counts.get(&(class, outcome)).copied().unwrap_or(0);
            total += count;
            parts.push(TilePart {
                label: labels::outcome(viewer.lang, Some(outcome)),
                count,
                href: format!(
                    "{base}/targets{}",
                    query(&[("class", word), ("outcome", outcome_word)])
                ),
            });
        }
        tiles.push(Tile {
            title: labels::class(viewer.lang, class).to_owned(),
            total,
            href: format!("{base}/targets{}", query(&[("class", word)])),
            parts,
        });
    }
    Ok(tiles)
}

fn verdict_label(viewer: &Viewer, class: VerdictClass) -> Label {
    let (zh, en, tone) = match class {
        VerdictClass::Pass => ("通过", "Passed", "good"),
        VerdictClass::Fail => ("存在问题", "With problems", "bad"),
        VerdictClass::NotApplicable => ("不适用", "Not applicable", "none"),
        VerdictClass::NeedsReview => ("转人工", "Left to a person", "info"),
        VerdictClass::Undetermined => ("无法判定", "Undetermined", "open"),
    };
    Label {
        text: viewer.lang.t(zh, en).to_owned(),
        tone,
    }
}

async fn strata(state: &WebState, round: &str) -> Result<Vec<StratumCount>, WebError> {
    let sample = state.store.sample(round).await?;
    Ok(sample.as_ref().map(strata_of).unwrap_or_default())
}

/// A figure of the overview.
struct FigureLine {
    definition: String,
    printed: String,
    unit: String,
    /// A number, and neither a name nor a list of them.
    is_number: bool,
}

impl FigureLine {
    fn new(figure: Figure) -> FigureLine {
        let is_part = |c: char| c.is_ascii_digit() || ".-−+%".contains(c);
        FigureLine {
            is_number: !figure.printed.is_empty() && figure.printed.chars().all(is_part),
            definition: figure.definition,
            printed: figure.printed,
            unit: figure.unit,
        }
    }
}

/// The figures of sample and outcome; those of single indicators stand in the index below them.
fn headline_figures(stats: Stats) -> Vec<FigureLine> {
    // Estimates of what was not drawn stand where the numbers come from.
    let shown = |name: &str| !name.starts_with("index_") && !name.starts_with("estimate.");
    let figures = stats.figures.into_iter().filter(|(name, _)| shown(name));
    figures
        .map(|(_, mut figure)| {
            // 缺上期数据 has no unit.
            if matches!(figure.value, FigureValue::Missing(_)) {
                figure.unit.clear();
            }
            FigureLine::new(figure)
        })
        .collect()
}

pub(crate) fn index_bar(row: &IndexRow) -> IndexBar {
    let printed =
        |value: Option<Exact>| value.map_or_else(|| "—".to_owned(), |value| value.fixed(2));
    let percent = row.now.and_then(|now| now.over(Exact::new(1, 100)?));
    IndexBar {
        name: row.name.clone(),
        points: row.points.short(),
        now: printed(row.now),
        previous: printed(row.previous),
        width: percent.map_or_else(|| "0".to_owned(), |percent| percent.fixed(1)),
    }
}
