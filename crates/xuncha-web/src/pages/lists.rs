//! 词表: the lists that pages are read by, with their versions; changed here by rows or by a spreadsheet, as a draft that is tried first.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use xuncha_core::lists::List;
use xuncha_core::sheet::Sheet;
use xuncha_store::lexicon::{LexiconState, LexiconVersion, NewLexicon};
use xuncha_store::round::RoundState;
use xuncha_store::{AuditAction, AuditEntry, Page, StoreError};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::Pager;
use crate::pages::attachments::as_attachment;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Errors of a table that are shown; their number is told whole.
const ERRORS_MAX: usize = 100;
/// Rows of a page, each with a field for every cell.
const ROWS_PER_PAGE: u64 = 50;
/// A longest text of a cell.
const CELL_MAX: usize = 4_000;
/// Rounds that are looked through for one to try a draft on.
const ROUNDS_MAX: u64 = 50;

struct ListLine {
    href: String,
    name: String,
    rows: usize,
    version: String,
    drafts: usize,
}

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    shell: Shell,
    lines: Vec<ListLine>,
}

/// A list's name for people.
pub(crate) fn name(lang: Lang, list: List) -> &'static str {
    match list {
        List::SevereWording => lang.t("严重表述", "Severe wording"),
        List::HarmfulWords => lang.t("赌博色情用语", "Gambling and pornography"),
        List::KnownHosts => lang.t("已知主机", "Known hosts"),
        List::WrongWords => lang.t("已知错词", "Known wrong words"),
        List::ExpectedSites => lang.t("应有网站", "Expected sites"),
    }
}

/// The list in force: its number, 0 for the program's own, and its text.
pub(crate) async fn current(state: &WebState, list: List) -> Result<(i64, String), WebError> {
    if let Some(version) = state.store.adopted_lexicons().await?.remove(list.word()) {
        return Ok((version.number, version.new.content));
    }
    let own = state.lexicons.get(list.word()).cloned();
    Ok((0, own.unwrap_or_default()))
}

/// The rows of a text, or what is wrong with it.
pub(crate) fn rows_of(list: List, text: &str) -> Result<Vec<Vec<String>>, WebError> {
    list.rows(text).map_err(WebError::failed)
}

fn version_name(lang: Lang, number: i64) -> String {
    match number {
        0 => lang.t("随程序", "Of the program").to_owned(),
        number => lang
            .t("第{}版", "Version {}")
            .replace("{}", &number.to_string()),
    }
}

pub(crate) async fn all(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    let mut lines = Vec::new();
    for list in List::ALL {
        let (number, text) = current(&state, list).await?;
        let versions = state.store.lexicons(list.word()).await?;
        let is_draft = |version: &&LexiconVersion| version.state == LexiconState::Draft;
        lines.push(ListLine {
            href: format!("/lists/{}", list.word()),
            name: name(viewer.lang, list).to_owned(),
            rows: rows_of(list, &text)?.len(),
            version: version_name(viewer.lang, number),
            drafts: versions.iter().filter(is_draft).count(),
        });
    }
    page(&ListsPage {
        shell: Shell::new(&viewer, "lists", viewer.lang.t("词表", "Lists")),
        lines,
    })
}

/// Which rows are looked at.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

/// What somebody typed into the rows; shown again where something is wrong with it.
#[derive(Default)]
struct Typed {
    cells: BTreeMap<(usize, usize), String>,
    dropped: BTreeSet<usize>,
    added: Vec<String>,
    reason: String,
    errors: Vec<String>,
}

impl Typed {
    fn of(list: List, sent: &Sent) -> Typed {
        let cut = |text: &str| text.chars().take(CELL_MAX).collect::<String>();
        let cell = |(name, value): &(String, String)| {
            let (row, column) = name.strip_prefix("cell")?.split_once('.')?;
            let place = (row.parse().ok()?, column.parse().ok()?);
            Some((place, cut(value.trim())))
        };
        let dropped = sent.fields.iter().filter(|(name, _)| name == "drop");
        let added = (0..list.columns().len()).map(|at| cut(sent.field(&format!("add{at}"))));
        Typed {
            cells: sent.fields.iter().filter_map(cell).collect(),
            dropped: dropped.filter_map(|(_, at)| at.parse().ok()).collect(),
            added: added.collect(),
            reason: sent.field("reason").chars().take(200).collect(),
            errors: Vec::new(),
        }
    }
}

struct Cell {
    name: String,
    value: String,
}

struct Row {
    index: usize,
    cells: Vec<Cell>,
    is_dropped: bool,
}

struct NewCell {
    column: &'static str,
    value: String,
}

struct VersionLine {
    href: String,
    number: i64,
    state: Label,
    by: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    shell: Shell,
    word: &'static str,
    version: String,
    based_on: i64,
    columns: &'static [&'static str],
    /// Whether a row has more cells than stand beside each other.
    is_wide: bool,
    q: String,
    query: String,
    pager: Pager,
    total: usize,
    rows: Vec<Row>,
    added: Vec<NewCell>,
    versions: Vec<VersionLine>,
    errors: Vec<String>,
    more_errors: usize,
    reason: String,
}

pub(crate) fn state_label(lang: Lang, state: LexiconState) -> Label {
    let (text, tone) = match state {
        LexiconState::Draft => (lang.t("草稿", "Draft"), "open"),
        LexiconState::Adopted => (lang.t("已采用", "Adopted"), "good"),
        LexiconState::Dropped => (lang.t("已放弃", "Dropped"), "none"),
    };
    Label {
        text: text.to_owned(),
        tone,
    }
}

fn wanted(word: &str) -> Result<List, WebError> {
    let missing = || StoreError::Missing {
        noun: "词表",
        id: word.to_owned(),
    };
    Ok(List::of_word(word).ok_or_else(missing)?)
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(word): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    list_page(&state, &viewer, wanted(&word)?, asked, Typed::default()).await
}

/// The rows that hold a text, with what was typed into them.
fn rows_shown(rows: Vec<Vec<String>>, q: &str, typed: &Typed) -> Vec<Row> {
    let wanted = q.to_lowercase();
    let holds = |row: &[String]| row.iter().any(|cell| cell.to_lowercase().contains(&wanted));
    let found = rows.into_iter().enumerate();
    let found = found.filter(|(_, row)| holds(row));
    found
        .map(|(index, row)| Row {
            index,
            is_dropped: typed.dropped.contains(&index),
            cells: row
                .into_iter()
                .enumerate()
                .map(|(column, value)| Cell {
                    name: format!("cell{index}.{column}"),
                    value: typed.cells.get(&(index, column)).cloned().unwrap_or(value),
                })
                .collect(),
        })
        .collect()
}

async fn list_page(
    state: &WebState,
    viewer: &Viewer,
    list: List,
    asked: Asked,
    mut typed: Typed,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let (number, text) = current(state, list).await?;
    let line = |version: LexiconVersion| VersionLine {
        href: format!("/list-drafts/{}", version.number),
        number: version.number,
        state: state_label(lang, version.state),
        by: version.new.by,
        at: moment(&version.new.at),
        reason: version.new.reason,
    };
    let versions = state.store.lexicons(list.word()).await?.into_iter();
    let is_refused = !typed.errors.is_empty();
    let more_errors = typed.errors.len().saturating_sub(ERRORS_MAX);
    typed.errors.truncate(ERRORS_MAX);
    let all = rows_of(list, &text)?;
    let total = all.len();
    let rows = rows_shown(all, asked.q.trim(), &typed);
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let page_number = pager.number.to_string();
    let query = crate::pager::query(&[("q", &asked.q), ("page", &page_number)]);
    let address = format!("/lists/{}", list.word());
    let pairs = vec![("q", asked.q.clone())];
    let pager = pager.over(rows.len() as u64, address, pairs);
    let added = list.columns().iter().enumerate();
    let mut response = page(&ListPage {
        shell: Shell::new(viewer, "lists", name(lang, list))
            .crumb(lang.t("词表", "Lists"), "/lists"),
        word: list.word(),
        version: version_name(lang, number),
        based_on: number,
        columns: list.columns(),
        is_wide: list.columns().len() > 3,
        q: asked.q,
        query,
        rows: {
            let before = pager.page().offset as usize;
            let page = rows.into_iter().skip(before);
            page.take(ROWS_PER_PAGE as usize).collect()
        },
        pager,
        total,
        added: added
            .map(|(at, column)| NewCell {
                column,
                value: typed.added.get(at).cloned().unwrap_or_default(),
            })
            .collect(),
        versions: versions.map(line).collect(),
        errors: typed.errors,
        more_errors,
        reason: typed.reason,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The list as a spreadsheet, to be changed and handed in again.
pub(crate) async fn download(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(word): Path<String>,
) -> Result<Response, WebError> {
    let list = wanted(&word)?;
    let (number, text) = current(&state, list).await?;
    let sheet = Sheet {
        name: list.zh().to_owned(),
        rows: with_heads(list, rows_of(list, &text)?),
    };
    let written = tokio::task::spawn_blocking(move || xuncha_report::sheets::write(&[sheet])).await;
    let written = written.map_err(|_| WebError::failed("表格写出中断，请重试"))?;
    let bytes = written.map_err(|error| WebError::failed(error.to_string()))?;
    let entry = AuditEntry::new(AuditAction::Exported, format!("lexicon/{word}/{number}"));
    state.acting(&viewer).audit(entry).await?;
    Ok(as_attachment(bytes, &format!("{}.xlsx", list.zh())))
}

fn with_heads(list: List, rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let heads = list
        .columns()
        .iter()
        .map(|head| (*head).to_owned())
        .collect();
    [vec![heads], rows].concat()
}

/// Takes a change as a draft: a whole spreadsheet, or rows that are changed, dropped and added.
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(word): Path<String>,
    Query(asked): Query<Asked>,
    sent: Sent,
) -> Result<Response, WebError> {
    let (list, lang) = (wanted(&word)?, viewer.lang);
    let typed = Typed::of(list, &sent);
    let (number, text) = current(&state, list).await?;
    let now = state.now();
    let rows = match sent.field("do") {
        "upload" => uploaded(&sent, lang).await,
        _ if is_behind(&sent, number) => Err(vec![
            lang.t(
                "词表在打开本页之后已经改过，下面是现行的行，请重新修改",
                "The list changed after this page was opened; below are the rows in force, please change them again",
            )
            .to_owned(),
        ]),
        _ => changed(list, &typed, rows_of(list, &text)?, lang),
    };
    let made = rows.and_then(|rows| {
        let version = now.date().to_string();
        let source = List::source(&text);
        let faults = |faults: Vec<xuncha_core::sheet::CellError>| {
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        list.text(&rows, &version, &source).map_err(faults)
    });
    let refused = |why: Vec<String>, mut typed: Typed| {
        if is_behind(&sent, number) {
            typed.cells.clear();
            typed.dropped.clear();
        }
        typed.errors = why;
        list_page(&state, &viewer, list, asked, typed)
    };
    let content = match made {
        _ if typed.reason.is_empty() => {
            let why = lang.t("请写明为什么改", "Say why it is changed");
            return refused(vec![why.to_owned()], typed).await;
        }
        Err(errors) => return refused(errors, typed).await,
        Ok(content) => content,
    };
    if rows_of(list, &content)? == rows_of(list, &text)? {
        let why = lang.t(
            "与现行词表相同，没有可改的",
            "Nothing is different from the list in force",
        );
        return refused(vec![why.to_owned()], typed).await;
    }
    let new = NewLexicon {
        list: word,
        content,
        based_on: number,
        by: viewer.person.clone(),
        at: now,
        reason: typed.reason,
        round: last_round(&state).await?,
    };
    let draft = state.acting(&viewer).put_lexicon(&new).await?;
    Ok(Redirect::to(&format!("/list-drafts/{draft}")).into_response())
}

/// Whether the rows of a form are those of an older version, so that their numbers mean other rows now.
fn is_behind(sent: &Sent, number: i64) -> bool {
    let based_on = sent.field("based_on");
    !based_on.is_empty() && based_on != number.to_string()
}

/// The last round that has evidence; empty where none has.
pub(crate) async fn last_round(state: &WebState) -> Result<String, WebError> {
    let page = Page {
        limit: ROUNDS_MAX,
        offset: 0,
    };
    let rounds = state.store.rounds(page).await?.rows;
    let gathered = rounds.into_iter().find(|row| row.state != RoundState::New);
    Ok(gathered.map_or_else(String::new, |row| row.round.id))
}

async fn uploaded(sent: &Sent, lang: Lang) -> Result<Vec<Vec<String>>, Vec<String>> {
    let file = sent
        .file("file")
        .map_err(|fault| vec![fault.text(lang).to_owned()])?;
    file.checked()
        .map_err(|fault| vec![fault.text(lang).to_owned()])?;
    let (name, bytes) = (file.name.clone(), file.bytes.clone());
    let read =
        tokio::task::spawn_blocking(move || xuncha_report::sheets::read(&name, &bytes)).await;
    let sheets = match read {
        Ok(Ok(sheets)) => sheets,
        Ok(Err(error)) => return Err(vec![error.to_string()]),
        Err(_) => return Err(vec!["表格读取中断，请重试".to_owned()]),
    };
    let first = sheets.into_iter().next();
    Ok(first.map(|sheet| sheet.rows).unwrap_or_default())
}

/// The rows in force as they were changed, without those that were ticked, and with the one that was typed.
fn changed(
    list: List,
    typed: &Typed,
    rows: Vec<Vec<String>>,
    lang: Lang,
) -> Result<Vec<Vec<String>>, Vec<String>> {
    let has_new = typed.added.iter().any(|cell| !cell.is_empty());
    let mut is_same = typed.dropped.is_empty() && !has_new;
    let mut kept = Vec::new();
    for (at, mut row) in rows.into_iter().enumerate() {
        if typed.dropped.contains(&at) {
            continue;
        }
        for (column, cell) in row.iter_mut().enumerate() {
            // A field of a form has no blanks around and no line ends: without them both are one text.
            let plain = cell.replace(['\r', '\n'], "");
            match typed.cells.get(&(at, column)) {
                Some(own) if own != plain.trim() => {
                    *cell = own.clone();
                    is_same = false;
                }
                _ => {}
            }
        }
        kept.push(row);
    }
    if is_same {
        let why = lang.t(
            "请改动一行、勾选要删去的，或填写要增加的",
            "Change a row, tick what goes, or type what comes",
        );
        return Err(vec![why.to_owned()]);
    }
    kept.extend(has_new.then(|| typed.added.clone()));
    Ok(with_heads(list, kept))
}
