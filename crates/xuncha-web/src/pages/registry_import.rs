//! 批量导入: a spreadsheet is read, what it would change is shown, and it is taken only as it was shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use xuncha_core::registry::filing::field_zh;
use xuncha_core::registry::request::RequestState;
use xuncha_core::registry::{
    Change, ChangeKind, EntryKind, ImportError, Mapping, Registry, Sheet, diff, import,
};
use xuncha_store::registry::ChangeNote;
use xuncha_store::registry_import::StagedImport;
use xuncha_store::registry_request::{Request, RequestFilter};
use xuncha_store::{Page, StoreError};

use crate::WebState;
use crate::error::{WebError, page};
use crate::labels_registry as words;
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Changes and errors that a preview lists; their number is told whole.
const LISTED: usize = 500;

struct MappingChoice {
    id: String,
    title: String,
    keeps_unlisted: bool,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "registry_import.html")]
struct FormPage {
    shell: Shell,
    mappings: Vec<MappingChoice>,
    errors: Vec<String>,
    /// What was uploaded and not confirmed: address, file, time.
    waiting: Option<(String, String, String)>,
}

pub(crate) async fn form(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    form_page(&state, &viewer, "own", Vec::new()).await
}

async fn form_page(
    state: &WebState,
    viewer: &Viewer,
    chosen: &str,
    errors: Vec<String>,
) -> Result<Response, WebError> {
    let mappings = state.mappings.values().map(|mapping| MappingChoice {
        id: mapping.id.clone(),
        title: mapping.title.clone(),
        keeps_unlisted: mapping.keeps_unlisted,
        is_chosen: mapping.id == chosen,
    });
    let waiting = state.store.waiting_import(&viewer.person).await?;
    let is_refused = !errors.is_empty();
    let title = viewer.lang.t("批量导入名录", "Import the registry");
    let mut response = page(&FormPage {
        shell: Shell::new(viewer, "registry", title),
        mappings: mappings.collect(),
        errors,
        waiting: waiting.map(|(id, file, at)| {
            (
                format!("/registry/import/{}", encode(&id)),
                file,
                moment(&at),
            )
        }),
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Reads a file and keeps what stands in it for the preview. Nothing of the registry changes.
pub(crate) async fn upload(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    sent: Sent,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let mapping = sent.field("mapping").to_owned();
    if !state.mappings.contains_key(&mapping) {
        let why = lang.t("请选择表格的样式", "Choose what kind of table it is");
        return form_page(&state, &viewer, "own", vec![why.to_owned()]).await;
    }
    let file = match sent.file("file") {
        Ok(file) => file.clone(),
        Err(fault) => {
            let why = fault.text(lang).to_owned();
            return form_page(&state, &viewer, &mapping, vec![why]).await;
        }
    };
    let name: String = file
        .name
        .chars()
        .rev()
        .take(120)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let read_name = name.clone();
    let read =
        tokio::task::spawn_blocking(move || xuncha_report::sheets::read(&read_name, &file.bytes));
    let sheets = match read
        .await
        .map_err(|_| WebError::failed("表格读取中断，请重试"))?
    {
        Ok(sheets) => sheets,
        Err(error) => {
            return form_page(&state, &viewer, &mapping, vec![error.to_string()]).await;
        }
    };
    let sheets = sheets.into_iter().map(|sheet| {
        let mut rows = sheet.rows.into_iter();
        Sheet {
            name: sheet.name,
            header: rows.next().unwrap_or_default(),
            rows: rows.collect(),
        }
    });
    let staged = StagedImport {
        id: (state.new_token)(),
        file: name,
        mapping,
        by: viewer.person.clone(),
        at: state.now(),
        known_changes: state.store.last_registry_change().await?,
        done_at: None,
        sheets: sheets.collect(),
    };
    state.acting(&viewer).stage_import(&staged).await?;
    Ok(Redirect::to(&format!("/registry/import/{}", encode(&staged.id))).into_response())
}

struct ErrorLine {
    sheet: String,
    row: String,
    column: String,
    message: String,
}

struct ChangeRow {
    noun: &'static str,
    id: String,
    name: String,
    what: String,
    before: String,
    after: String,
    tone: &'static str,
    /// The approved request that the row undoes: its address and what was asked.
    undoes: Option<(String, &'static str)>,
}

struct Count {
    text: &'static str,
    count: usize,
}

#[derive(Template)]
#[template(path = "registry_preview.html")]
struct PreviewPage {
    shell: Shell,
    href: String,
    file: String,
    mapping: String,
    by: String,
    at: String,
    errors: Vec<ErrorLine>,
    error_count: usize,
    counts: Vec<Count>,
    removed: usize,
    changes: Vec<ChangeRow>,
    change_count: usize,
    undone: usize,
    is_stale: bool,
    done_at: String,
    refused: Vec<String>,
}

/// What a staged file makes of the registry as it is.
struct Read {
    before: Registry,
    after: Result<Registry, Vec<ImportError>>,
}

async fn read(state: &WebState, staged: &StagedImport) -> Result<Read, WebError> {
    let gone = StoreError::Refused("这种表格样式已不再提供，请重新上传");
    let mapping: &Mapping = state.mappings.get(&staged.mapping).ok_or(gone)?;
    let before = state.store.registry().await?;
    let after = import(&staged.sheets, mapping, &before);
    Ok(Read { before, after })
}

pub(crate) async fn preview(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    preview_page(&state, &viewer, &id, Vec::new()).await
}

async fn preview_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    refused: Vec<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let staged = state.store.staged_import(id).await?;
    let is_stale = state.store.last_registry_change().await? != staged.known_changes;
    let title = lang.t("导入预览", "Preview of an import");
    let shell = Shell::new(viewer, "registry", title)
        .crumb(lang.t("名录", "Registry"), "/registry")
        .crumb(lang.t("批量导入", "Import"), "/registry/import");
    let (errors, changes) = match staged.done_at {
        Some(_) => (Vec::new(), Vec::new()),
        None => {
            let read = read(state, &staged).await?;
            match read.after {
                Ok(after) => (Vec::new(), diff(&read.before, &after)),
                Err(errors) => (errors, Vec::new()),
            }
        }
    };
    let mut rows = Vec::new();
    for change in changes.iter().take(LISTED) {
        let undoes = undone_by(state, lang, change).await?;
        rows.push(ChangeRow {
            undoes,
            ..change_row(lang, change)
        });
    }
    let is_refused = !refused.is_empty();
    let mut response = page(&PreviewPage {
        shell,
        href: format!("/registry/import/{}", encode(id)),
        file: staged.file,
        mapping: mapping_title(state, &staged.mapping),
        by: staged.by,
        at: moment(&staged.at),
        error_count: errors.len(),
        errors: errors.into_iter().take(LISTED).map(error_line).collect(),
        counts: counts(lang, &changes),
        removed: removed(&changes),
        change_count: changes.len(),
        undone: rows.iter().filter(|row| row.undoes.is_some()).count(),
        changes: rows,
        is_stale,
        done_at: staged.done_at.map_or_else(String::new, |at| moment(&at)),
        refused,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn mapping_title(state: &WebState, id: &str) -> String {
    let known = state.mappings.get(id);
    known.map_or_else(|| id.to_owned(), |mapping| mapping.title.clone())
}

fn error_line(error: ImportError) -> ErrorLine {
    ErrorLine {
        sheet: error.sheet,
        // Row 0 is the sheet or its headings.
        row: match error.row {
            0 => "—".to_owned(),
            row => row.to_string(),
        },
        column: error.column,
        message: error.message,
    }
}

fn removed(changes: &[Change]) -> usize {
    let gone = |change: &&Change| matches!(change.what, ChangeKind::Removed { .. });
    changes.iter().filter(gone).count()
}

fn counts(lang: Lang, changes: &[Change]) -> Vec<Count> {
    let mut by: BTreeMap<u8, (&'static str, usize)> = BTreeMap::new();
    for change in changes {
        let (order, text) = match &change.what {
            ChangeKind::Added { .. } => (0, lang.t("新增", "Added")),
            ChangeKind::Removed { .. } => (1, lang.t("删除", "Removed")),
            ChangeKind::Renamed { .. } => (2, lang.t("更名", "Renamed")),
            ChangeKind::Moved { .. } => (3, lang.t("划转", "Moved")),
            ChangeKind::Closed { .. } => (4, lang.t("关停", "Closed")),
            ChangeKind::Merged { .. } => (5, lang.t("整合迁移", "Merged")),
            ChangeKind::Changed { .. } => (6, lang.t("其他修改", "Other changes")),
        };
        by.entry(order).or_insert((text, 0)).1 += 1;
    }
    by.into_values()
        .map(|(text, count)| Count { text, count })
        .collect()
}

fn noun(lang: Lang, kind: EntryKind) -> &'static str {
    let english = match kind {
        EntryKind::Region => "Region",
        EntryKind::Organization => "Unit",
        EntryKind::Site => "Site",
        EntryKind::Account => "Account",
    };
    lang.t(kind.zh(), english)
}

fn change_row(lang: Lang, change: &Change) -> ChangeRow {
    let field = |name: &str| match lang {
        Lang::Zh => field_zh(change.kind, name),
        Lang::En => words::field(lang, change.kind, name),
    };
    let (what, before, after, tone) = match &change.what {
        ChangeKind::Added { .. } => (lang.t("新增", "added").to_owned(), "", "", "good"),
        ChangeKind::Removed { .. } => (lang.t("删除", "removed").to_owned(), "", "", "bad"),
        ChangeKind::Renamed { from, to } => {
            (field("name").to_owned(), from.as_str(), to.as_str(), "info")
        }
        ChangeKind::Closed { from, to } | ChangeKind::Merged { from, to } => (
            field("state").to_owned(),
            from.as_str(),
            to.as_str(),
            "open",
        ),
        ChangeKind::Moved {
            field: name,
            from,
            to,
        }
        | ChangeKind::Changed {
            field: name,
            from,
            to,
        } => (field(name).to_owned(), from.as_str(), to.as_str(), "info"),
    };
    ChangeRow {
        noun: noun(lang, change.kind),
        id: change.id.clone(),
        name: change.name.clone(),
        what,
        before: before.to_owned(),
        after: after.to_owned(),
        tone,
        undoes: None,
    }
}

/// The newest approved request that gave a field another value than a change would give it.
async fn undone_by(
    state: &WebState,
    lang: Lang,
    change: &Change,
) -> Result<Option<(String, &'static str)>, WebError> {
    let (field, to) = match &change.what {
        ChangeKind::Added { .. } | ChangeKind::Removed { .. } => return Ok(None),
        ChangeKind::Renamed { to, .. } => ("name", to),
        ChangeKind::Closed { to, .. } | ChangeKind::Merged { to, .. } => ("state", to),
        ChangeKind::Moved { field, to, .. } | ChangeKind::Changed { field, to, .. } => {
            (field.as_str(), to)
        }
    };
    let filter = RequestFilter {
        state: Some(RequestState::Effective),
        target: Some(change.id.as_str().into()),
        ..RequestFilter::default()
    };
    let found = state.store.requests(&filter, Page::numbered(1, 20)).await?;
    let sets = |own: &&Request| own.filing.before.get(field) != own.filing.after.get(field);
    let Some(last) = found.rows.iter().find(sets) else {
        return Ok(None);
    };
    let empty = String::new();
    let is_kept = last.filing.after.get(field).unwrap_or(&empty) == to;
    let href = format!("/requests/{}", encode(&last.id));
    Ok((!is_kept).then(|| (href, words::request_kind(lang, last.filing.kind))))
}

/// What a confirmation sends.
#[derive(Deserialize)]
pub(crate) struct Confirmed {
    #[serde(default)]
    removes: String,
}

/// Takes what the preview showed, all of it or nothing.
pub(crate) async fn confirm(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let staged = state.store.staged_import(&id).await?;
    let read = match staged.done_at {
        None => read(&state, &staged).await?,
        Some(_) => {
            let why = lang.t("这份表格已经导入", "This table was imported already");
            return preview_page(&state, &viewer, &id, vec![why.to_owned()]).await;
        }
    };
    let Ok(after) = read.after else {
        let why = lang.t(
            "表格还有错误，什么也没有导入",
            "The table still has errors, and nothing was imported",
        );
        return preview_page(&state, &viewer, &id, vec![why.to_owned()]).await;
    };
    if removed(&diff(&read.before, &after)) > 0 && sent.removes != "1" {
        let why = lang.t(
            "这次导入会删除条目，请先勾选确认",
            "This import removes entries; tick that you mean it",
        );
        return preview_page(&state, &viewer, &id, vec![why.to_owned()]).await;
    }
    let note = ChangeNote {
        at: state.now(),
        by: viewer.person.clone(),
        reason: format!("导入 {}", staged.file),
    };
    let store = state.acting(&viewer);
    match store.confirm_import(&staged, &after, &note).await {
        Ok(_) => Ok(Redirect::to(&format!("/registry/import/{}", encode(&id))).into_response()),
        Err(StoreError::Refused(why)) => {
            preview_page(&state, &viewer, &id, vec![why.to_owned()]).await
        }
        Err(other) => Err(other.into()),
    }
}
