//! 地区和单位: tiles of regions with what is registered in each, the same as a table, and the units below. Every number is reckoned by the
//! database; a page shows one region and at most fifty of its units.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::permission::Action;
use xuncha_core::registry::{Region, State as Filed, TargetClass};
use xuncha_store::StoreError;
use xuncha_store::registry_counts::EntryCounts;

use super::registry::STATES;
use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels;
use crate::lang::Lang;
use crate::pager::{Pager, query};
use crate::pages::ROWS_PER_PAGE;
use crate::shell::{Shell, Viewer};

/// Width of the bar of a tile, in its own units.
const BAR: u64 = 200;

/// What is asked: one region, or the uppermost ones.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    region: String,
    page: Option<u64>,
}

struct StateCell {
    word: &'static str,
    text: String,
    count: u64,
    x: u64,
    width: u64,
}

struct Tile {
    name: String,
    href: String,
    list_href: String,
    portals: u64,
    departments: u64,
    accounts: u64,
    total: u64,
    states: Vec<StateCell>,
}

struct UnitLine {
    name: String,
    above: String,
    href: String,
    portals: u64,
    departments: u64,
    accounts: u64,
    running: u64,
    total: u64,
}

#[derive(Template)]
#[template(path = "registry_regions.html")]
struct RegionsPage {
    shell: Shell,
    own: Option<Tile>,
    tiles: Vec<Tile>,
    state_names: Vec<String>,
    units: Vec<UnitLine>,
    region_name: String,
    pager: Pager,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let narrowed = viewer.narrowed(Action::ReadRegistry);
    let regions = state.store.regions().await?;
    let counts = state.store.counts_by_region(narrowed.as_deref()).await?;
    let top = chosen(&regions, &asked.region)?;
    let below = children(&regions, top.map(|region| region.code.as_str()));
    let mut tiles = Vec::new();
    for region in below {
        let sum = sum_below(&regions, &counts, &region.code);
        // A unit sees the way to its own and nothing beside it.
        if narrowed.is_none() || sum.total() > 0 {
            tiles.push(tile(lang, region, &sum));
        }
    }
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let code = top.map_or("", |region| region.code.as_str());
    let found = state
        .store
        .units_of_region(code, narrowed.as_deref(), pager.page())
        .await?;
    let ids: Vec<String> = found.rows.iter().map(|row| row.0.clone()).collect();
    let of_units = state.store.counts_by_unit(&ids).await?;
    let above: Vec<String> = found.rows.iter().filter_map(|row| row.2.clone()).collect();
    let names = state.store.unit_names(&above).await?;
    let units = found
        .rows
        .into_iter()
        .map(|(id, name, above)| {
            let counts = of_units.get(&id).cloned().unwrap_or_default();
            let above = above.and_then(|id| names.get(&id).cloned());
            unit_line(&id, name, above, &counts)
        })
        .collect();
    let title = match top {
        Some(region) => region.name.clone(),
        None => lang.t("地区和单位", "Regions and units").to_owned(),
    };
    let mut shell =
        Shell::new(&viewer, "registry", title).crumb(lang.t("名录", "Registry"), "/registry");
    if top.is_some() {
        shell = shell.named().crumb(
            lang.t("地区和单位", "Regions and units"),
            "/registry/regions",
        );
    }
    for region in path(&regions, top) {
        shell = shell.name_crumb(region.name.clone(), href(&region.code));
    }
    page(&RegionsPage {
        shell,
        own: top.map(|region| {
            let own = counts.get(&region.code).cloned().unwrap_or_default();
            tile(lang, region, &own)
        }),
        tiles,
        state_names: STATES
            .iter()
            .map(|(state, _)| labels::state(lang, *state).text)
            .collect(),
        units,
        region_name: top.map_or_else(String::new, |region| region.name.clone()),
        pager: pager.over(
            found.total,
            "/registry/regions".to_owned(),
            vec![("region", asked.region)],
        ),
    })
}

fn href(code: &str) -> String {
    format!("/registry/regions{}", query(&[("region", code)]))
}

/// The region asked for; the only uppermost one where none is asked.
fn chosen<'a>(
    regions: &'a BTreeMap<String, Region>,
    asked: &str,
) -> Result<Option<&'a Region>, WebError> {
    if asked.is_empty() {
        let top = children(regions, None);
        return Ok(match top[..] {
            [only] => Some(only),
            _ => None,
        });
    }
    let missing = || StoreError::Missing {
        noun: "地区",
        id: asked.to_owned(),
    };
    Ok(Some(regions.get(asked).ok_or_else(missing)?))
}

/// Regions directly below one, or those above which none is filed.
fn children<'a>(regions: &'a BTreeMap<String, Region>, above: Option<&str>) -> Vec<&'a Region> {
    let is_below = |region: &&Region| match (above, region.parent.as_deref()) {
        (Some(code), parent) => parent == Some(code),
        (None, None) => true,
        (None, Some(parent)) => !regions.contains_key(parent),
    };
    regions.values().filter(is_below).collect()
}

/// What is registered in a region and all below it. A circle in the data ends.
fn sum_below(
    regions: &BTreeMap<String, Region>,
    counts: &BTreeMap<String, EntryCounts>,
    code: &str,
) -> EntryCounts {
    let mut sum = EntryCounts::default();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![code.to_owned()];
    while let Some(code) = waiting.pop() {
        if !seen.insert(code.clone()) {
            continue;
        }
        if let Some(own) = counts.get(&code) {
            sum.add(own);
        }
        let below = children(regions, Some(&code));
        waiting.extend(below.iter().map(|region| region.code.clone()));
    }
    sum
}

/// Regions above one, the uppermost first.
fn path<'a>(regions: &'a BTreeMap<String, Region>, own: Option<&'a Region>) -> Vec<&'a Region> {
    let mut above = Vec::new();
    let mut at = own;
    for _ in 0..6 {
        let parent = at.and_then(|region| region.parent.as_ref());
        let Some(region) = parent.and_then(|code| regions.get(code)) else {
            break;
        };
        above.push(region);
        at = Some(region);
    }
    above.reverse();
    above
}

fn tile(lang: Lang, region: &Region, counts: &EntryCounts) -> Tile {
    let total = counts.total();
    let mut before = 0;
    let cell = |(state, word): &(Filed, &'static str)| {
        let count = counts.in_state(*state);
        let x = (before * BAR).checked_div(total).unwrap_or(0);
        before += count;
        let end = (before * BAR).checked_div(total).unwrap_or(0);
        StateCell {
            word,
            text: labels::state(lang, *state).text,
            count,
            x,
            width: end - x,
        }
    };
    Tile {
        name: region.name.clone(),
        href: href(&region.code),
        list_href: format!("/registry{}", query(&[("region", &region.code)])),
        portals: counts.of(TargetClass::Portal, None),
        departments: counts.of(TargetClass::Department, None),
        accounts: counts.of(TargetClass::Account, None),
        total,
        states: STATES.iter().map(cell).collect(),
    }
}

fn unit_line(id: &str, name: String, above: Option<String>, counts: &EntryCounts) -> UnitLine {
    UnitLine {
        name,
        above: above.unwrap_or_default(),
        href: format!("/registry{}", query(&[("unit", id)])),
        portals: counts.of(TargetClass::Portal, None),
        departments: counts.of(TargetClass::Department, None),
        accounts: counts.of(TargetClass::Account, None),
        running: counts.in_state(Filed::Running),
        total: counts.total(),
    }
}
