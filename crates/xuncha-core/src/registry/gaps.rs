//! 应开设而未开设: units that have to run accounts and have none that runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Level, Organization, Registry, SiteKind, State, TargetId};

/// 缺口. One unit that has to run accounts and has none that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Unit, by id.
    pub organization: String,
    /// Its name.
    pub name: String,
    /// Division code.
    pub region: String,
    /// Level.
    pub level: Level,
    /// 上级单位 by name; empty where none is filed.
    pub superior: String,
    /// Its accounts that do not run, by number.
    pub ended: Vec<TargetId>,
    /// Its running site on which a round judges this: the portal first, then by number. Units without a site stand here only.
    pub site: Option<TargetId>,
}

/// Units that have to run accounts and have none that runs, by id.
pub fn units_without_account(registry: &Registry) -> impl Iterator<Item = &Organization> {
    let running: BTreeSet<&str> = registry
        .accounts
        .values()
        .filter(|account| account.state == State::Running)
        .map(|account| account.organization.as_str())
        .collect();
    registry
        .organizations
        .values()
        .filter(move |unit| unit.requires_accounts && !running.contains(unit.id.as_str()))
}

/// The same with what a list of them shows.
pub fn gaps(registry: &Registry) -> Vec<Gap> {
    let mut ended: BTreeMap<&str, Vec<TargetId>> = BTreeMap::new();
    for account in registry.accounts.values() {
        let unit = account.organization.as_str();
        ended.entry(unit).or_default().push(account.id.clone());
    }
    let mut sites: BTreeMap<&str, (bool, &TargetId)> = BTreeMap::new();
    for site in registry.sites.values() {
        if site.state == State::Running {
            let rank = (site.kind != SiteKind::Portal, &site.id);
            let first = sites.entry(site.organization.as_str()).or_insert(rank);
            *first = rank.min(*first);
        }
    }
    let gap = |unit: &Organization| {
        let superior = unit.parent.as_ref();
        let superior = superior.and_then(|id| registry.organizations.get(id));
        Gap {
            organization: unit.id.clone(),
            name: unit.name.clone(),
            region: unit.region.clone(),
            level: unit.level,
            superior: superior.map_or_else(String::new, |unit| unit.name.clone()),
            ended: ended.remove(unit.id.as_str()).unwrap_or_default(),
            site: sites.get(unit.id.as_str()).map(|(_, id)| (*id).clone()),
        }
    };
    units_without_account(registry).map(gap).collect()
}
