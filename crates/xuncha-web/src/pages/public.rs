//! 公开结果: published rounds for everybody, without signing in; the list, and the overview of one.

use std::path::{Component, PathBuf};

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use xuncha_core::permission::Action;
use xuncha_core::publicity::{PublicFile, PublicRound, Publicity};
use xuncha_core::registry::TargetClass;
use xuncha_core::score::Outcome;
use xuncha_core::stats::{Figure, RegionRow};
use xuncha_store::publicity::PublicCount;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::headers::SANDBOX;
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::attachments::as_attachment;
use crate::pages::findings::moment;
use crate::pages::notice::size_of;
use crate::pages::rounds::{IndexBar, index_bar};
use crate::shell::{Shell, Viewer};

/// Where the pages of a published round stand.
pub(crate) fn base_of(round: &str) -> String {
    format!("/public/rounds/{}", encode(round))
}

/// The frame of a page of a published round.
pub(crate) fn shell_of(viewer: &Viewer, round: &PublicRound, title: impl Into<String>) -> Shell {
    let list = viewer.lang.t("公开结果", "Published results");
    Shell::new(viewer, "public", title)
        .crumb(list, "/public")
        .name_crumb(round.title.clone(), base_of(&round.id))
}

/// An identifier as words.
pub(crate) fn worded(word: &str) -> String {
    let mut signs = word.chars();
    let first = signs.next().map(|sign| sign.to_ascii_uppercase());
    first
        .into_iter()
        .chain(signs)
        .collect::<String>()
        .replace('_', " ")
}

/// The title of a check, in the reader's language.
pub(crate) fn check_title(lang: Lang, check: &str) -> String {
    let zh = match check {
        "manual" => "人工检查项",
        _ => xuncha_core::checks::find(check).map_or(check, |check| check.title_zh),
    };
    let en = match check {
        "manual" => "Checked by people".to_owned(),
        _ => worded(check),
    };
    lang.t(zh, &en).to_owned()
}

pub(crate) fn publicity_label(lang: Lang, level: Publicity) -> Label {
    let (en, tone) = match level {
        Publicity::Full => ("Findings public", "good"),
        Publicity::Count => ("Number only", "info"),
        Publicity::Hidden => ("Not public", "none"),
    };
    Label {
        text: lang.t(level.zh(), en).to_owned(),
        tone,
    }
}

/// A page number in the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    page: Option<u64>,
}

struct ListRow {
    href: String,
    title: String,
    coverage: &'static str,
    as_of: String,
    published: String,
    version: u32,
}

#[derive(Template)]
#[template(path = "public.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<ListRow>,
    /// Where to search: the latest round.
    search: Option<(String, String)>,
    sets_publicity: bool,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state.store.public_rounds(pager.page()).await?;
    let latest = found.rows.first().filter(|_| pager.number == 1);
    let search = latest.map(|one| (format!("{}/targets", base_of(&one.id)), one.title.clone()));
    let rows = found.rows.iter().map(|round| ListRow {
        href: base_of(&round.id),
        title: round.title.clone(),
        coverage: labels::coverage(lang, round.coverage),
        as_of: round.as_of.date().to_string(),
        published: round.published_at.date().to_string(),
        version: round.version,
    });
    page(&ListPage {
        rows: rows.collect(),
        search,
        sets_publicity: viewer.may(Action::ManagePublicity),
        shell: Shell::new(&viewer, "public", lang.t("公开结果", "Published results")),
        pager: pager.over(found.total, "/public".to_owned(), Vec::new()),
    })
}

struct Tile {
    title: &'static str,
    href: String,
    total: u64,
    parts: Vec<(Label, u64, String)>,
}

pub(crate) struct CountLine {
    pub(crate) title: String,
    pub(crate) level: Label,
    pub(crate) targets: u64,
    pub(crate) findings: u64,
    pub(crate) href: Option<String>,
}

struct RegionLine {
    name: String,
    href: String,
    websites: usize,
    website_rate: String,
    accounts: usize,
    account_rate: String,
    mean: String,
}

struct FileLine {
    href: String,
    kind: String,
    size: String,
    sha256: String,
}

#[derive(Template)]
#[template(path = "public_round.html")]
struct RoundPage {
    shell: Shell,
    base: String,
    round: PublicRound,
    coverage: &'static str,
    published: String,
    is_being_corrected: bool,
    tiles: Vec<Tile>,
    index: Vec<IndexBar>,
    level2: Vec<IndexBar>,
    counts: Vec<CountLine>,
    regions: Vec<RegionLine>,
    figures: Vec<Figure>,
    files: Vec<FileLine>,
    view_href: Option<String>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let round = state.store.public_round(&id).await?;
    let settings = state.store.publicity().await?;
    let base = base_of(&id);
    let counts = state.store.public_counts(&id, &settings, None).await?;
    let steps = state.store.signatures(&id).await?;
    let regions = round.regions.iter();
    let files = round.files.iter();
    let view = round.files.iter().find(|file| file.name.ends_with(".html"));
    page(&RoundPage {
        shell: Shell::new(&viewer, "public", round.title.clone())
            .named()
            .crumb(lang.t("公开结果", "Published results"), "/public"),
        coverage: labels::coverage(lang, round.coverage),
        published: moment(&round.published_at),
        is_being_corrected: steps.iter().any(|step| step.version > round.version),
        tiles: tiles(&state, lang, &id, &base).await?,
        index: round.level1.iter().map(index_bar).collect(),
        level2: round.level2.iter().map(index_bar).collect(),
        counts: count_lines(lang, &base, &counts),
        regions: regions.map(|row| region_line(&base, row)).collect(),
        figures: round
            .figures
            .iter()
            .map(|(_, figure)| printable(figure))
            .collect(),
        files: files.map(|file| file_line(lang, &base, file)).collect(),
        view_href: view.map(|file| format!("{base}/files/{}/view", encode(&file.name))),
        base,
        round,
    })
}

fn printable(figure: &Figure) -> Figure {
    Figure {
        unit: figure.printed_unit().to_owned(),
        ..figure.clone()
    }
}

/// Outcome tiles: one per class, each number leading to its targets.
async fn tiles(
    state: &WebState,
    lang: Lang,
    round: &str,
    base: &str,
) -> Result<Vec<Tile>, WebError> {
    let counts = state.store.public_outcomes(round).await?;
    let mut tiles = Vec::new();
    for (class, word) in [
        (TargetClass::Portal, "portal"),
        (TargetClass::Department, "department"),
        (TargetClass::Account, "account"),
    ] {
        let mut tile = Tile {
            title: labels::class(lang, class),
            href: format!("{base}/targets{}", query(&[("class", word)])),
            total: 0,
            parts: Vec::new(),
        };
        for (outcome, outcome_word) in [
            (Outcome::Qualified, "qualified"),
            (Outcome::Unqualified, "unqualified"),
            (Outcome::Undetermined, "undetermined"),
        ] {
            let count = counts.get(&(class, outcome)).copied().unwrap_or(0);
            tile.total += count;
            let asked = query(&[("class", word), ("outcome", outcome_word)]);
            let label = labels::outcome(lang, Some(outcome));
            tile.parts
                .push((label, count, format!("{base}/targets{asked}")));
        }
        tiles.push(tile);
    }
    Ok(tiles)
}

/// The most found first.
pub(crate) fn count_lines(lang: Lang, base: &str, counts: &[PublicCount]) -> Vec<CountLine> {
    let mut sorted: Vec<&PublicCount> = counts.iter().collect();
    sorted.sort_by_key(|one| (std::cmp::Reverse(one.targets), &one.check));
    sorted
        .into_iter()
        .map(|one| CountLine {
            title: check_title(lang, &one.check),
            level: publicity_label(lang, one.publicity),
            targets: one.targets,
            findings: one.findings,
            href: (one.shown > 0)
                .then(|| format!("{base}/findings{}", query(&[("check", &one.check)]))),
        })
        .collect()
}

fn region_line(base: &str, row: &RegionRow) -> RegionLine {
    let rate = |counts: &xuncha_core::stats::OutcomeCounts| {
        let rate = counts.pass_rate();
        rate.map_or_else(|| "—".to_owned(), |rate| format!("{}%", rate.short(1)))
    };
    RegionLine {
        name: row.region.clone(),
        href: format!("{base}/targets{}", query(&[("city", &row.region)])),
        websites: row.websites.total,
        website_rate: rate(&row.websites),
        accounts: row.accounts.total,
        account_rate: rate(&row.accounts),
        mean: row
            .portal_mean
            .map_or_else(|| "—".to_owned(), |mean| mean.short(2)),
    }
}

fn file_line(lang: Lang, base: &str, file: &PublicFile) -> FileLine {
    let kind = match file.name.rsplit('.').next().unwrap_or_default() {
        "pdf" => lang.t("通报（PDF，定稿版式）", "Notice (PDF)"),
        "docx" => lang.t("通报（Word）", "Notice (Word)"),
        _ => lang.t("通报（网页版）", "Notice (web page)"),
    };
    FileLine {
        href: format!("{base}/files/{}", encode(&file.name)),
        kind: kind.to_owned(),
        size: size_of(file.size_bytes),
        sha256: file.sha256.clone(),
    }
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (round, bytes) = read(&state, &id, &name).await?;
    Ok(as_attachment(bytes, &format!("{}-{name}", round.id)))
}

/// The notice as a page, without scripts and with an origin of its own.
pub(crate) async fn view(
    State(state): State<WebState>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    if !name.ends_with(".html") {
        return Err(WebError::missing("只有网页版可以在线阅读，其他格式请下载"));
    }
    let (_, bytes) = read(&state, &id, &name).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

/// A published file. One that is not what was published is not given out.
async fn read(state: &WebState, id: &str, name: &str) -> Result<(PublicRound, Vec<u8>), WebError> {
    let round = state.store.public_round(id).await?;
    let missing = || WebError::missing(format!("没有已公布的文件“{name}”"));
    let file = round.files.iter().find(|file| file.name == name);
    let file = file.ok_or_else(missing)?;
    let relative = PathBuf::from(&file.path);
    let is_below = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !is_below {
        return Err(missing());
    }
    let path = state.documents.join(relative);
    let bytes = tokio::fs::read(&path).await.unwrap_or_default();
    if hex::encode(Sha256::digest(&bytes)) != file.sha256 {
        tracing::error!(path = %path.display(), "published file is missing or changed");
        return Err(missing());
    }
    Ok((round, bytes))
}
