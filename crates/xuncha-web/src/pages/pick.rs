//! 选择: fields in which people name a unit, a region or a round without knowing its number. What was typed may be a name, a part of one,
//! or a number; a list beside the field offers names, and where several fit, they are named instead of guessed at. No scripts.

use std::collections::BTreeMap;

use xuncha_core::registry::{Level, Region};
use xuncha_store::Page;

use crate::WebState;
use crate::error::WebError;
use crate::lang::Lang;

/// Units that a list beside a field holds; where there are more, names are typed and looked up.
const LISTED: u64 = 400;
/// Units that are named where several fit.
const NAMED: u64 = 8;
/// Rounds that a list offers.
const ROUNDS: u64 = 40;

/// 选单位. What stands in the field, and what its list offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UnitPick {
    pub(crate) text: String,
    pub(crate) offered: Vec<String>,
}

impl UnitPick {
    /// The field as it was filled in: a number of a unit is shown as its name.
    pub(crate) async fn of(state: &WebState, typed: &str) -> Result<UnitPick, WebError> {
        let typed = typed.trim();
        let text = match state.store.unit_name(typed).await? {
            Some(name) => named(typed, &name),
            None => typed.to_owned(),
        };
        let listed = state.store.find_units("", LISTED + 1).await?;
        let all = match listed.len() as u64 <= LISTED {
            true => listed,
            false if typed.is_empty() => Vec::new(),
            false => state.store.find_units(typed, LISTED).await?,
        };
        Ok(UnitPick {
            text,
            offered: all.iter().map(|(id, name)| named(id, name)).collect(),
        })
    }
}

/// A unit as fields show it.
pub(crate) fn named(id: &str, name: &str) -> String {
    format!("{name}（{id}）")
}

/// The number and name of the unit that was typed; `None` where nothing was; what to say where none or several fit.
pub(crate) async fn unit(
    state: &WebState,
    lang: Lang,
    typed: &str,
) -> Result<Result<Option<(String, String)>, String>, WebError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Ok(None));
    }
    let chosen = typed
        .strip_suffix('）')
        .and_then(|rest| rest.rsplit_once('（'));
    for id in [Some(typed), chosen.map(|(_, id)| id)]
        .into_iter()
        .flatten()
    {
        if let Some(name) = state.store.unit_name(id).await? {
            return Ok(Ok(Some((id.to_owned(), name))));
        }
    }
    let found = state.store.find_units(typed, NAMED + 1).await?;
    let exact: Vec<_> = found.iter().filter(|(_, name)| name == typed).collect();
    let one = match (exact.as_slice(), found.as_slice()) {
        ([one], _) => Some((*one).clone()),
        ([], [one]) => Some(one.clone()),
        _ => None,
    };
    if one.is_some() {
        return Ok(Ok(one));
    }
    let names = found.iter().take(NAMED as usize);
    let names: Vec<String> = names.map(|(id, name)| named(id, name)).collect();
    let more = found.len() as u64 > NAMED;
    Ok(Err(match (names.is_empty(), lang) {
        (true, Lang::Zh) => format!("名录里没有名称含“{typed}”的单位，请换个说法，或从列表里选"),
        (true, Lang::En) => {
            format!("No unit of the registry has “{typed}” in its name; choose one from the list")
        }
        (false, Lang::Zh) => format!(
            "有几个单位符合“{typed}”，请选定一个：{}{}",
            names.join("、"),
            if more { "等" } else { "" }
        ),
        (false, Lang::En) => format!(
            "Several units fit “{typed}”; choose one: {}{}",
            names.join(", "),
            if more { ", …" } else { "" }
        ),
    }))
}

/// 选地区. A region of a list, indented below the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegionChoice {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) is_chosen: bool,
}

/// All regions, each below the one that it belongs to.
pub(crate) fn regions(all: &BTreeMap<String, Region>, chosen: &str) -> Vec<RegionChoice> {
    let depth = |level: Level| match level {
        Level::Province => 0,
        Level::City => 1,
        Level::County => 2,
    };
    let lines = all.values().map(|region| RegionChoice {
        name: format!("{}{}", "\u{3000}".repeat(depth(region.level)), region.name),
        is_chosen: region.code == chosen,
        code: region.code.clone(),
    });
    lines.collect()
}

/// 选轮次.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoundChoice {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) is_chosen: bool,
}

/// The latest rounds by their titles; one that is older and asked for stands there too.
pub(crate) async fn rounds(state: &WebState, chosen: &str) -> Result<Vec<RoundChoice>, WebError> {
    let found = state.store.rounds(Page::numbered(1, ROUNDS)).await?.rows;
    let mut all: Vec<RoundChoice> = found
        .into_iter()
        .map(|row| RoundChoice {
            is_chosen: row.round.id == chosen,
            title: row.round.title,
            id: row.round.id,
        })
        .collect();
    if !chosen.is_empty() && !all.iter().any(|own| own.is_chosen) {
        all.push(RoundChoice {
            id: chosen.to_owned(),
            title: chosen.to_owned(),
            is_chosen: true,
        });
    }
    Ok(all)
}
