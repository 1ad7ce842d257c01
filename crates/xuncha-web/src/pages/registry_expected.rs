//! 应有网站: which kinds of sites each region usually has, and which of them the registry lacks. People say why a region has none.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use xuncha_core::lists::List;
use xuncha_core::permission::Action;
use xuncha_core::registry::expected::{Expectation, ExpectedTable, Presence, expected};
use xuncha_core::registry::outside::OutsideSite;
use xuncha_store::registry_doubts::Settled;
use xuncha_store::registry_outside::OutsideState;
use xuncha_store::{Page, StoreError};

use super::lists;
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::Label;
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};

/// Letters of the longest note.
const MAX_LETTERS: usize = 500;

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    state: String,
    page: Option<u64>,
}

/// One kind with its counts.
struct KindLine {
    id: String,
    href: String,
    is_chosen: bool,
    name: String,
    levels: String,
    basis: String,
    confidence: String,
    registered: usize,
    outside: usize,
    missing: usize,
    settled: usize,
}

struct Row {
    region: String,
    region_name: String,
    kind: String,
    kind_name: String,
    state: Label,
    /// Text and address of what was found.
    found: Vec<(String, String)>,
    is_open: bool,
    settled: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "registry_expected.html")]
struct ExpectedPage {
    shell: Shell,
    kinds: Vec<KindLine>,
    rows: Vec<Row>,
    states: Vec<(&'static str, &'static str, bool)>,
    may_edit: bool,
    pager: Pager,
}

/// Whether something is to be done: neither registered nor explained.
fn is_open(one: &Expectation, settled: Option<&Settled>) -> bool {
    !matches!(one.presence, Presence::Registered { .. }) && settled.is_none()
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let table = table(&state).await?;
    let all = expectations(&state, &table).await?;
    let settled = state.store.settled_expectations().await?;
    let of = |one: &Expectation| settled.get(&(one.region.clone(), one.kind.clone()));
    let is_wanted = |one: &&Expectation| {
        let is_kind = asked.kind.is_empty() || one.kind == asked.kind;
        let is_state = match asked.state.as_str() {
            "all" => true,
            "registered" => matches!(one.presence, Presence::Registered { .. }),
            "settled" => of(one).is_some(),
            _ => is_open(one, of(one)),
        };
        is_kind && is_state
    };
    let wanted: Vec<&Expectation> = all.iter().filter(is_wanted).collect();
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let skipped = (pager.number - 1).saturating_mul(pager.size) as usize;
    let shown: Vec<&Expectation> = wanted
        .iter()
        .copied()
        .skip(skipped)
        .take(ROWS_PER_PAGE as usize)
        .collect();
    let named: Vec<String> = shown
        .iter()
        .filter_map(|one| match &one.presence {
            Presence::Nothing { units } => Some(units.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let units = state.store.unit_names(&named).await?;
    let rows = shown
        .into_iter()
        .map(|one| row(lang, (&table, &units), one, of(one)))
        .collect();
    let states = [
        ("", lang.t("待核实", "Open")),
        ("registered", lang.t("已登记", "Registered")),
        ("settled", lang.t("已说明", "Explained")),
        ("all", lang.t("全部", "All")),
    ];
    let states = states.map(|(word, text)| (word, text, asked.state == word));
    let total = wanted.len() as u64;
    let pairs = vec![("kind", asked.kind.clone()), ("state", asked.state.clone())];
    page(&ExpectedPage {
        shell: Shell::new(&viewer, "registry", lang.t("应有网站", "Expected sites")),
        kinds: kinds(lang, &table, (&all, &settled), &asked.kind),
        rows,
        states: states.into(),
        may_edit: viewer.may(Action::ManageLists),
        pager: pager.over(total, "/registry/expected".to_owned(), pairs),
    })
}

async fn table(state: &WebState) -> Result<ExpectedTable, WebError> {
    let (_, text) = lists::current(state, List::ExpectedSites).await?;
    ExpectedTable::parse(&text).map_err(WebError::failed)
}

async fn expectations(
    state: &WebState,
    table: &ExpectedTable,
) -> Result<Vec<Expectation>, WebError> {
    let registry = state.store.registry().await?;
    let waiting = state
        .store
        .outside(Some(OutsideState::Waiting), None, Page::ALL)
        .await?;
    let outside: Vec<OutsideSite> = waiting.rows.into_iter().map(|row| row.site).collect();
    Ok(expected(&registry, table, &outside))
}

fn kinds(
    lang: Lang,
    table: &ExpectedTable,
    (all, settled): (&[Expectation], &BTreeMap<(String, String), Settled>),
    chosen: &str,
) -> Vec<KindLine> {
    let mut lines = Vec::new();
    for kind in &table.entries {
        let own: Vec<&Expectation> = all.iter().filter(|one| one.kind == kind.id).collect();
        if own.is_empty() {
            continue;
        }
        let of = |one: &Expectation| settled.get(&(one.region.clone(), one.kind.clone()));
        let count = |is: &dyn Fn(&Expectation) -> bool| own.iter().filter(|one| is(one)).count();
        let is_registered = |one: &Expectation| matches!(one.presence, Presence::Registered { .. });
        let is_outside = |one: &Expectation| {
            is_open(one, of(one)) && matches!(one.presence, Presence::Outside { .. })
        };
        let open = count(&|one| is_open(one, of(one)));
        let outside = count(&is_outside);
        lines.push(KindLine {
            id: kind.id.clone(),
            href: format!("/registry/expected{}", query(&[("kind", &kind.id)])),
            is_chosen: kind.id == chosen,
            name: kind.name.clone(),
            levels: kind.levels.join("、"),
            basis: kind.basis.clone(),
            confidence: confidence(lang, &kind.confidence).to_owned(),
            registered: count(&is_registered),
            outside,
            missing: open - outside,
            settled: count(&|one| !is_registered(one) && of(one).is_some()),
        });
    }
    lines
}

/// How sure it is that regions have such a site, in a word; what else stands in the table stays as it is.
fn confidence(lang: Lang, word: &str) -> &str {
    match word {
        "S" => lang.t("有文件明文", "stated in a document"),
        "hi" | "K-hi" => lang.t("高", "high"),
        "med" | "K-med" => lang.t("中", "medium"),
        "lo" | "K-lo" => lang.t("低", "low"),
        other => other,
    }
}

fn row(
    lang: Lang,
    (table, units): (&ExpectedTable, &BTreeMap<String, String>),
    one: &Expectation,
    settled: Option<&Settled>,
) -> Row {
    let kind = table.entries.iter().find(|kind| kind.id == one.kind);
    let target = |id: &str| {
        let href = format!("/registry/targets/{}", encode(id));
        (id.to_owned(), href)
    };
    let (text, tone, found) = match &one.presence {
        Presence::Registered { sites } => (
            lang.t("已登记", "Registered"),
            "good",
            sites.iter().map(|site| target(&site.0)).collect(),
        ),
        Presence::NotRunning { sites } => (
            lang.t("登记而不在运行", "Registered, not running"),
            "open",
            sites.iter().map(|site| target(&site.0)).collect(),
        ),
        Presence::Outside { hosts } => {
            let candidate = |host: &String| {
                let href = format!("/registry/outside{}", query(&[("q", host.as_str())]));
                (host.clone(), href)
            };
            (
                lang.t("名录外有线索", "Found outside"),
                "bad",
                hosts.iter().map(candidate).collect(),
            )
        }
        Presence::Nothing { units: found } => {
            let unit = |unit: &String| {
                let name = units.get(unit).cloned();
                (name.unwrap_or_else(|| unit.clone()), String::new())
            };
            (
                lang.t("没有找到", "Nothing found"),
                "open",
                found.iter().map(unit).collect(),
            )
        }
    };
    let (text, tone) = match settled {
        Some(_) if tone != "good" => (lang.t("不需要", "Not needed"), "none"),
        _ => (text, tone),
    };
    Row {
        region: one.region.clone(),
        region_name: one.region_name.clone(),
        kind: one.kind.clone(),
        kind_name: kind.map_or_else(String::new, |kind| kind.name.clone()),
        state: Label {
            text: text.to_owned(),
            tone,
        },
        found,
        is_open: is_open(one, settled),
        settled: settled.map(|own| (own.note.clone(), own.by.clone(), moment(&own.at))),
    }
}

/// What a decision sends.
#[derive(Deserialize)]
pub(crate) struct Decided {
    #[serde(default)]
    region: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    note: String,
}

pub(crate) async fn decide(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Form(sent): Form<Decided>,
) -> Result<Response, WebError> {
    let table = table(&state).await?;
    let all = expectations(&state, &table).await?;
    let is_it = |one: &Expectation| one.region == sent.region && one.kind == sent.kind;
    if !all.iter().any(is_it) {
        return Err(StoreError::Refused("应有网站表里没有这一项").into());
    }
    let settled = Settled {
        note: sent.note.chars().take(MAX_LETTERS).collect(),
        by: viewer.person.clone(),
        at: state.now(),
    };
    let store = state.acting(&viewer);
    store
        .settle_expectation(&sent.region, &sent.kind, &settled)
        .await?;
    Ok(Redirect::to("/registry/expected").into_response())
}
