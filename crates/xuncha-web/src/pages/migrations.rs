//! 迁移核对: the comparisons kept with a round, one comparison with its losses, and what people say of each.

use askama::Template;
use axum::extract::{Extension, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::migration::{Loss, LossKind, SideSummary};
use xuncha_core::permission::Action;
use xuncha_core::verdict::Place;
use xuncha_store::StoreError;
use xuncha_store::round_job::RoundJob;
use xuncha_store::site_migration::{Item, ItemFilter, ItemKind, ItemRow, Opinion, SiteMigration};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::pages::targets::Choice;
use crate::shell::{Shell, Viewer};

/// Letters of a note; more is no note.
const LONGEST_NOTE: usize = 500;

/// A page number in the address.
#[derive(Deserialize)]
pub(crate) struct Numbered {
    page: Option<u64>,
}

struct Line {
    href: String,
    at: String,
    one: SiteMigration,
}

#[derive(Template)]
#[template(path = "migrations.html")]
struct MigrationsPage {
    shell: Shell,
    rows: Vec<Line>,
    may_ask: bool,
    action: String,
    work_href: String,
    typed: Homes,
    error: String,
    pager: Pager,
}

/// The two home pages that a form names.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Homes {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(round): Path<String>,
    Query(asked): Query<Numbered>,
) -> Result<Response, WebError> {
    list_page(
        &state,
        &viewer,
        &round,
        asked.page,
        Homes::default(),
        String::new(),
    )
    .await
}

async fn list_page(
    state: &WebState,
    viewer: &Viewer,
    round: &str,
    number: Option<u64>,
    typed: Homes,
    error: String,
) -> Result<Response, WebError> {
    let row = state.store.round(round).await?;
    let pager = Pager::new(number, ROWS_PER_PAGE);
    let found = state.store.site_migrations(round, pager.page()).await?;
    let base = format!("/rounds/{}/migrations", encode(round));
    let rows = found.rows.into_iter().map(|one| Line {
        href: format!("{base}/{}", one.number),
        at: moment(&one.at),
        one,
    });
    let is_refused = !error.is_empty();
    let title = viewer.lang.t("迁移核对", "Migrations");
    let mut response = page(&MigrationsPage {
        shell: Shell::new(viewer, "rounds", title).in_round(round, &row.round.title, "migrations"),
        rows: rows.collect(),
        may_ask: viewer.may(Action::ManageRound),
        action: base.clone(),
        work_href: format!("/rounds/{}/work", encode(round)),
        typed,
        error,
        pager: pager.over(found.total, base, Vec::new()),
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Has two sites compared in the background.
pub(crate) async fn ask(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(round): Path<String>,
    Form(typed): Form<Homes>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let home = |text: &str| {
        let url = Url::parse(text.trim()).ok()?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        is_web.then_some(url)
    };
    let refused = async |why: &str| {
        list_page(&state, &viewer, &round, None, typed.clone(), why.to_owned()).await
    };
    let (Some(old), Some(new)) = (home(&typed.old), home(&typed.new)) else {
        return refused(lang.t(
            "两个首页地址都要填写，以 http:// 或 https:// 开头",
            "Give both home pages; they begin with http:// or https://",
        ))
        .await;
    };
    if old == new {
        return refused(lang.t("新旧网站是同一个地址", "Both are the same address")).await;
    }
    let payload = serde_json::json!({ "round": round, "old": old, "new": new });
    let store = state.acting(&viewer);
    let now = state.now();
    match store
        .ask_round_job(&round, RoundJob::Migration, None, &payload, now)
        .await
    {
        Ok(_) => {
            let place = format!("/rounds/{}/work", encode(&round));
            Ok(Redirect::to(&place).into_response())
        }
        Err(StoreError::Refused(why)) => refused(why).await,
        Err(other) => Err(other.into()),
    }
}

/// What the list of one comparison is asked for.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    open: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

impl Asked {
    fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("kind", self.kind.clone()),
            ("open", self.open.clone()),
            ("q", self.q.clone()),
        ]
    }
}

struct KindLine {
    href: String,
    name: &'static str,
    count: u64,
    open: u64,
    tone: &'static str,
    is_chosen: bool,
}

struct Side {
    name: &'static str,
    summary: SideSummary,
    at: String,
}

struct EvidenceLine {
    url: String,
    at: String,
    sha256: String,
    quote: String,
}

struct Row {
    number: u64,
    kind: Label,
    title: String,
    detail: String,
    old: Option<String>,
    new: Option<String>,
    places: Vec<Place>,
    place_count: u64,
    evidence: Vec<EvidenceLine>,
    opinion: Option<(Label, String, String)>,
    choices: Vec<Choice>,
    note: String,
}

#[derive(Template)]
#[template(path = "migration.html")]
struct MigrationPage {
    shell: Shell,
    base: String,
    asked: Asked,
    one: SiteMigration,
    sides: [Side; 2],
    kinds: Vec<KindLine>,
    rows: Vec<Row>,
    can_decide: bool,
    problem: String,
    pager: Pager,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, number)): Path<(String, i64)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let shown = migration_page(&state, &viewer, (&round, number), asked, String::new()).await?;
    page(&shown)
}

async fn migration_page(
    state: &WebState,
    viewer: &Viewer,
    (round, number): (&str, i64),
    asked: Asked,
    problem: String,
) -> Result<MigrationPage, WebError> {
    let lang = viewer.lang;
    let title = state.store.round(round).await?.round.title;
    let one = state.store.site_migration(round, number).await?;
    let filter = ItemFilter {
        kind: ItemKind::of_word(&asked.kind),
        is_open: !asked.open.is_empty(),
        words: Some(asked.q.clone()),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .site_migration_items(number, &filter, pager.page())
        .await?;
    let counted = state.store.site_migration_kinds(number).await?;
    let list = format!("/rounds/{}/migrations", encode(round));
    let base = format!("{list}/{number}");
    let pager = pager.over(found.total, base.clone(), asked.pairs());
    let side = |zh, en, summary: &SideSummary| Side {
        name: lang.t(zh, en),
        at: moment(&summary.as_of),
        summary: summary.clone(),
    };
    Ok(MigrationPage {
        shell: Shell::new(viewer, "rounds", lang.t("一次核对", "A comparison"))
            .in_round(round, &title, "migrations")
            .crumb(lang.t("迁移核对", "Migrations"), list),
        sides: [
            side("旧网站", "Old site", &one.old),
            side("新网站", "Successor", &one.new),
        ],
        kinds: kind_lines(lang, &base, &asked, counted)?,
        rows: found
            .rows
            .into_iter()
            .map(|row| read_row(lang, row))
            .collect(),
        can_decide: viewer.may(Action::DecideTask),
        base,
        asked,
        one,
        problem,
        pager,
    })
}

/// The kinds in the order of the report; what could not be determined comes last.
fn kind_lines(
    lang: Lang,
    base: &str,
    asked: &Asked,
    mut counted: Vec<(ItemKind, u64, u64)>,
) -> Result<Vec<KindLine>, WebError> {
    counted.sort_by_key(|(kind, ..)| match kind {
        ItemKind::Loss(kind) => Some(*kind).map_or(usize::MAX, order),
        ItemKind::Unclear => usize::MAX,
    });
    let mut lines = Vec::with_capacity(counted.len());
    for (kind, count, open) in counted {
        let word = kind.word()?;
        let is_chosen = asked.kind == word;
        // A second click on a chosen kind shows all again.
        let wanted = if is_chosen { "" } else { &word };
        lines.push(KindLine {
            href: format!("{base}{}", query(&[("kind", wanted), ("q", &asked.q)])),
            name: kind_name(lang, kind),
            count,
            open,
            tone: tone(kind),
            is_chosen,
        });
    }
    Ok(lines)
}

fn order(kind: LossKind) -> usize {
    LossKind::ALL
        .iter()
        .position(|one| *one == kind)
        .unwrap_or(usize::MAX)
}

fn kind_name(lang: Lang, kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Loss(kind) => labels::loss_kind(lang, kind),
        ItemKind::Unclear => lang.t("无法判定", "Undetermined"),
    }
}

fn tone(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Loss(kind) if kind.is_notice() => "info",
        ItemKind::Loss(_) => "bad",
        ItemKind::Unclear => "open",
    }
}

fn opinion_choices(lang: Lang, chosen: Option<Opinion>) -> Vec<Choice> {
    let choice = |(opinion, value): (Opinion, &'static str)| Choice {
        value,
        text: labels::opinion(lang, opinion).text,
        is_chosen: chosen == Some(opinion),
    };
    let words = ["confirmed", "meant", "wrong", "mended"];
    Opinion::ALL.into_iter().zip(words).map(choice).collect()
}

fn read_row(lang: Lang, row: ItemRow) -> Row {
    let chosen = row.opinion.as_ref().map(|(opinion, ..)| *opinion);
    let note = row.opinion.as_ref().map(|(_, note, _)| note.clone());
    let opinion = row
        .opinion
        .map(|(opinion, note, by)| (labels::opinion(lang, opinion), note, by));
    let choices = opinion_choices(lang, chosen);
    let label = |kind| Label {
        text: kind_name(lang, kind).to_owned(),
        tone: tone(kind),
    };
    let (number, note) = (row.number, note.unwrap_or_default());
    match row.item {
        Item::Loss(loss) => Row {
            number,
            kind: label(ItemKind::Loss(loss.kind)),
            evidence: loss.evidence.iter().map(evidence_line).collect(),
            opinion,
            choices,
            note,
            ..of_loss(loss)
        },
        Item::Unclear(doubt) => Row {
            number,
            kind: label(ItemKind::Unclear),
            title: doubt.title,
            detail: format!("{}：{}", doubt.about, doubt.why),
            old: Some(doubt.url).filter(|url| !url.is_empty()),
            new: None,
            places: Vec::new(),
            place_count: 0,
            evidence: Vec::new(),
            opinion,
            choices,
            note,
        },
    }
}

fn of_loss(loss: Loss) -> Row {
    Row {
        number: 0,
        kind: Label {
            text: String::new(),
            tone: "none",
        },
        title: loss.title,
        detail: loss.detail,
        old: loss.old_url,
        new: loss.new_url,
        places: loss.places,
        place_count: loss.place_count,
        evidence: Vec::new(),
        opinion: None,
        choices: Vec::new(),
        note: String::new(),
    }
}

fn evidence_line(proof: &EvidenceRef) -> EvidenceLine {
    EvidenceLine {
        url: proof.url.clone(),
        at: moment(&proof.at),
        sha256: proof.sha256.clone(),
        quote: proof.quote.clone(),
    }
}

/// What the form of an item sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    opinion: String,
    #[serde(default)]
    note: String,
    #[serde(flatten)]
    asked: Listed,
}

/// Where the list was, so that it is shown again.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Listed {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    open: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

impl Listed {
    fn asked(&self) -> Asked {
        Asked {
            kind: self.kind.clone(),
            open: self.open.clone(),
            q: self.q.clone(),
            page: self.page.parse().ok(),
        }
    }

    /// The list again, at the item.
    fn href(&self, base: &str, item: u64) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("open", &self.open),
            ("q", &self.q),
            ("page", &self.page),
        ];
        format!("{base}{}#i{item}", query(&pairs))
    }
}

pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((round, number, item)): Path<(String, i64, u64)>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let opinion = Opinion::of_word(&typed.opinion);
    let note = typed.note.trim();
    let problem = if opinion.is_none() && !typed.opinion.is_empty() {
        lang.t("没有这种意见，请重新选择。", "There is no such opinion.")
    } else if opinion.is_some_and(|one| one == Opinion::Wrong) && note.is_empty() {
        lang.t("说是误报的，请写明理由。", "Say why it is wrong.")
    } else if note.chars().count() > LONGEST_NOTE {
        lang.t(
            "说明太长，请写在 500 字以内。",
            "The note is longer than 500 letters.",
        )
    } else {
        ""
    };
    if !problem.is_empty() {
        let asked = typed.asked.asked();
        let place = (round.as_str(), number);
        let shown = migration_page(&state, &viewer, place, asked, problem.to_owned()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response());
    }
    let said = opinion.map(|one| (one, note));
    state
        .acting(&viewer)
        .put_migration_opinion((&round, number), item, said)
        .await?;
    let base = format!("/rounds/{}/migrations/{number}", encode(&round));
    Ok(Redirect::to(&typed.asked.href(&base, item)).into_response())
}
