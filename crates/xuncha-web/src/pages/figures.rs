//! 数字溯源: the notice with every number a link to its rows, and from a row to the target with its evidence. It shows what was kept
//! when the notice was built, so that rows and text are of the same hour.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use std::collections::BTreeMap;
use xuncha_core::notice::Span;
use xuncha_core::notice::trace::{FigureTrace, TRACE_FILE, TraceBook, TraceRow};

use crate::WebState;
use crate::error::{WebError, page};
use crate::pager::encode;
use crate::shell::{Shell, Viewer};

/// Rows of a figure on one page.
const ROWS: usize = 200;

/// The page of a figure.
pub(crate) fn address(round: &str, name: &str) -> String {
    format!("/rounds/{}/figures/{}", encode(round), encode(name))
}

struct Piece {
    text: String,
    href: String,
    definition: String,
}

struct Line {
    name: String,
    printed: String,
    definition: String,
    href: String,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    shell: Shell,
    text: Vec<Vec<Piece>>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct FigurePage {
    shell: Shell,
    name: String,
    figure: FigureTrace,
    parts: Vec<Line>,
    columns: Vec<String>,
    rows: Vec<RowLine>,
    count: usize,
    from: usize,
    before: Option<String>,
    after: Option<String>,
}

struct RowLine {
    href: String,
    cells: Vec<Cell>,
}

struct Cell {
    text: String,
    /// The archived answer that the cell names, where it names one.
    evidence: Option<String>,
}

/// The archived answer that a cell names (编号 对象 SEGMENT@OFFSET, as evidence is quoted everywhere).
fn cell(round: &str, text: &str) -> Cell {
    let named = text.rsplit_once("编号").and_then(|(_, rest)| {
        let (target, rest) = rest.trim_start().split_once(' ')?;
        let is_record = |c: &char| c.is_ascii_digit() || *c == '@';
        let record: String = rest.chars().take_while(is_record).collect();
        record.contains('@').then(|| (target.to_owned(), record))
    });
    Cell {
        text: text.to_owned(),
        evidence: named.map(|(target, record)| {
            format!(
                "/rounds/{}/evidence/{}/{}",
                encode(round),
                encode(&target),
                encode(&record)
            )
        }),
    }
}

async fn book(state: &WebState, round: &str) -> Result<TraceBook, WebError> {
    let known = state.store.round(round).await?;
    let path = state.documents.join(&known.round.id).join(TRACE_FILE);
    let missing = || {
        WebError::missing(
            "本轮还没有生成通报，或是旧版本程序生成的；请重新生成通报 / build the notice first",
        )
    };
    let bytes = tokio::fs::read(&path).await.map_err(|_| missing())?;
    serde_json::from_slice(&bytes).map_err(|error| {
        tracing::error!(%error, path = %path.display(), "figures cannot be read");
        missing()
    })
}

fn line(round: &str, name: &str, figure: &FigureTrace) -> Line {
    Line {
        name: name.to_owned(),
        printed: format!("{}{}", figure.printed, figure.unit),
        definition: figure.definition.clone(),
        href: address(round, name),
    }
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let book = book(&state, &id).await?;
    let piece = |span: &Span| match span {
        Span::Text(text) => Piece {
            text: text.clone(),
            href: String::new(),
            definition: String::new(),
        },
        Span::Figure { name, text } => Piece {
            text: text.clone(),
            href: address(&id, name),
            definition: book
                .figures
                .get(name)
                .map_or_else(String::new, |figure| figure.definition.clone()),
        },
    };
    let title = viewer.lang.t("数字溯源", "Where the numbers come from");
    page(&FiguresPage {
        text: book
            .text
            .iter()
            .map(|spans| spans.iter().map(piece).collect())
            .collect(),
        lines: book
            .figures
            .iter()
            .map(|(name, figure)| line(&id, name, figure))
            .collect(),
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "notice"),
    })
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, name)): Path<(String, String)>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let book = book(&state, &id).await?;
    let figure = book.figures.get(&name).cloned();
    let figure =
        figure.ok_or_else(|| WebError::missing(format!("通报里没有名为“{name}”的指标")))?;
    let from: usize = asked
        .get("from")
        .and_then(|from| from.parse().ok())
        .unwrap_or(0);
    let behind = book.rows_of(&name).cloned().unwrap_or_default();
    let count = behind.rows.len();
    let row_line = |row: &TraceRow| RowLine {
        href: row.target.as_ref().map_or_else(String::new, |target| {
            format!("/rounds/{}/targets/{}", encode(&id), encode(&target.0))
        }),
        cells: row.cells.iter().map(|text| cell(&id, text)).collect(),
    };
    let part = |name: &String| Some(line(&id, name, book.figures.get(name)?));
    let turn = |from: usize| format!("{}?from={from}", address(&id, &name));
    let list = format!("/rounds/{}/figures", encode(&id));
    page(&FigurePage {
        shell: Shell::new(&viewer, "rounds", figure.definition.clone())
            .named()
            .in_round(&id, &row.round.title, "notice")
            .crumb(viewer.lang.t("数字溯源", "Numbers"), list),
        parts: figure.parts.iter().filter_map(part).collect(),
        columns: behind.columns,
        rows: behind
            .rows
            .iter()
            .skip(from)
            .take(ROWS)
            .map(row_line)
            .collect(),
        before: (from > 0).then(|| turn(from.saturating_sub(ROWS))),
        after: (from.saturating_add(ROWS) < count).then(|| turn(from + ROWS)),
        count,
        from,
        name,
        figure,
    })
}
