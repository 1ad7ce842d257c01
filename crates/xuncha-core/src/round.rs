//! 检查轮次: what a round freezes, and what was drawn.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::indicator::IndicatorSet;
use crate::registry::{Account, Registry, State, Target, TargetId};

/// 覆盖方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// 抽查.
    Sample,
    /// 普查.
    Census,
}

/// 检查轮次. Frozen when it is created: later edits of sets or registry do not reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Id such as `2026Q1`.
    pub id: String,
    /// Title, such as 2026年第一季度.
    pub title: String,
    /// Coverage.
    pub coverage: Coverage,
    /// Start of monitoring.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Published seed of the draw.
    pub seed: String,
    /// Deadline of rectification (ISO day).
    pub rectify_by: String,
    /// The scored set.
    pub set: IndicatorSet,
    /// Further sets that are only listed.
    pub also_listed: Vec<IndicatorSet>,
    /// Sets whose evidence is gathered too, so that the round can be judged under them.
    pub also_under: Vec<String>,
}

/// 抽样结果. Drawn targets with the stratum that drew each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Seed used.
    pub seed: String,
    /// The frame: every target that could be drawn, by stratum, in order of number.
    pub frame: BTreeMap<String, Vec<TargetId>>,
    /// Quota per stratum (the stratum's size where all are taken).
    pub quotas: BTreeMap<String, usize>,
    /// Targets that had to be taken (last round's failures).
    pub forced: Vec<TargetId>,
    /// Drawn targets by number, with their stratum.
    pub drawn: BTreeMap<TargetId, String>,
}

/// 受检对象. A drawn target as it was filed when the round was created, with what checks over several targets need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The registry entry.
    pub target: Target,
    /// Name of the host unit.
    pub organization_name: String,
    /// Name of the region.
    pub region_name: String,
    /// Names of the regions above, nearest first (a county's city and province).
    pub region_path: Vec<String>,
    /// Name in the reporting system (全国政府网站信息报送系统), where it was imported.
    pub reporting_name: Option<String>,
    /// Running accounts of the same unit on the same platform, itself included, by number.
    pub sibling_accounts: Vec<TargetId>,
}

/// The drawn targets as subjects, by number. A number that the registry does not hold is left out: a sample is drawn from the registry.
pub fn subjects<'a>(
    registry: &Registry,
    drawn: impl Iterator<Item = &'a TargetId>,
    reporting_names: &BTreeMap<TargetId, String>,
) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = drawn
        .filter_map(|id| subject(registry, id, reporting_names))
        .collect();
    subjects.sort_by(|a, b| a.target.id().cmp(b.target.id()));
    subjects
}

fn subject(
    registry: &Registry,
    id: &TargetId,
    reporting_names: &BTreeMap<TargetId, String>,
) -> Option<Subject> {
    let site = registry.sites.get(id).cloned().map(Target::Site);
    let target = site.or_else(|| registry.accounts.get(id).cloned().map(Target::Account))?;
    let organization = registry.organizations.get(target.organization());
    let region = registry.regions.get(target.region());
    Some(Subject {
        organization_name: organization.map_or_else(String::new, |unit| unit.name.clone()),
        region_name: region.map_or_else(String::new, |region| region.name.clone()),
        region_path: region_path(registry, target.region()),
        reporting_name: reporting_names.get(id).cloned(),
        sibling_accounts: sibling_accounts(registry, &target),
        target,
    })
}

/// Names of the regions above, nearest first. Bounded, so that a circle in the data ends.
fn region_path(registry: &Registry, code: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut above = registry
        .regions
        .get(code)
        .and_then(|region| region.parent.as_ref());
    while let Some(region) = above.and_then(|code| registry.regions.get(code)) {
        path.push(region.name.clone());
        above = region.parent.as_ref().filter(|_| path.len() < 8);
    }
    path
}

fn sibling_accounts(registry: &Registry, target: &Target) -> Vec<TargetId> {
    let Target::Account(account) = target else {
        return Vec::new();
    };
    let is_sibling = |other: &&Account| {
        other.organization == account.organization
            && other.platform == account.platform
            && other.state == State::Running
    };
    registry
        .accounts
        .values()
        .filter(is_sibling)
        .map(|other| other.id.clone())
        .collect()
}
