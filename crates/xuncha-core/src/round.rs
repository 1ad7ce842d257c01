//! 检查轮次: what a round freezes, and what was drawn.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::indicator::IndicatorSet;
use crate::registry::{Registry, Target, TargetId};

pub mod calendar;
pub mod draft;
mod kin;
pub mod workload;

pub(crate) use kin::plain_name;
pub use kin::{FollowerCount, Kin, LackingUnit, NamedAccount, fill_previous_followers, followers};

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

/// 轮次参数错误. Why a round is not created as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundError {
    /// An id that cannot stand in addresses and names of folders.
    #[error(
        "轮次编号“{0}”不能使用：只能用字母、数字、“-”和“_”，以字母或数字开头，不超过 {MAX_ID_LENGTH} 个字符，如 2026Q1"
    )]
    Id(String),
    /// An id that looks like a quarter and is none.
    #[error("轮次编号“{0}”不是季度：季度只有 Q1 到 Q4，如 2026Q1")]
    Quarter(String),
    /// A deadline before the monitoring point.
    #[error("整改期限 {rectify_by} 早于监测时间点 {as_of}，请改正其中一个日期")]
    Deadline {
        /// Deadline.
        rectify_by: Date,
        /// Day of the monitoring point.
        as_of: Date,
    },
}

/// Longest id: it is a folder's name, and stands in front of others in names of files.
const MAX_ID_LENGTH: usize = 40;

/// Whether a round may have this id: it becomes a folder, a part of web addresses and, as `2026Q1`, a quarter.
pub fn check_id(id: &str) -> Result<(), RoundError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let begins_well = id
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !begins_well || id.len() > MAX_ID_LENGTH || !id.bytes().all(is_plain) {
        return Err(RoundError::Id(id.to_owned()));
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((year, quarter)) = id.split_once(['Q', 'q'])
        && is_digits(year)
        && (quarter.is_empty() || is_digits(quarter))
        && (year.len() != 4 || !matches!(&id[4..], "Q1" | "Q2" | "Q3" | "Q4"))
    {
        return Err(RoundError::Quarter(id.to_owned()));
    }
    Ok(())
}

/// Whether the deadline of rectification can follow the monitoring point.
pub fn check_deadline(as_of: DateTime, rectify_by: Date) -> Result<(), RoundError> {
    if rectify_by < as_of.date() {
        return Err(RoundError::Deadline {
            rectify_by,
            as_of: as_of.date(),
        });
    }
    Ok(())
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
    /// What registry and earlier rounds say around it.
    #[serde(default, skip_serializing_if = "Kin::is_empty")]
    pub kin: Kin,
}

/// The drawn targets as subjects, by number. A number that the registry does not hold is left out: a sample is drawn from the registry.
pub fn subjects<'a>(
    registry: &Registry,
    drawn: impl Iterator<Item = &'a TargetId>,
    reporting_names: &BTreeMap<TargetId, String>,
) -> Vec<Subject> {
    let surroundings = kin::Surroundings::new(registry);
    let mut subjects: Vec<Subject> = drawn
        .filter_map(|id| subject(registry, &surroundings, id, reporting_names))
        .collect();
    subjects.sort_by(|a, b| a.target.id().cmp(b.target.id()));
    subjects
}

fn subject(
    registry: &Registry,
    surroundings: &kin::Surroundings<'_>,
    id: &TargetId,
    reporting_names: &BTreeMap<TargetId, String>,
) -> Option<Subject> {
    let site = registry.sites.get(id).cloned().map(Target::Site);
    let mut target = site.or_else(|| registry.accounts.get(id).cloned().map(Target::Account))?;
    let organization = registry.organizations.get(target.organization());
    let region = registry.regions.get(target.region());
    let sibling_accounts = surroundings.siblings(&target);
    let kin = surroundings.kin(&target);
    if let Target::Account(account) = &mut target {
        // What a round freezes is handed around and published; persons and their telephones stay in the registry.
        account.details.contacts = None;
    }
    Some(Subject {
        organization_name: organization.map_or_else(String::new, |unit| unit.name.clone()),
        region_name: region.map_or_else(String::new, |region| region.name.clone()),
        region_path: region_path(registry, target.region()),
        reporting_name: reporting_names.get(id).cloned(),
        sibling_accounts,
        kin,
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_folders_and_addresses() {
        for id in [
            "2026Q1",
            "2026Q4",
            "2026",
            "census-2026",
            "2026Q1_b",
            "Q",
            "quick",
            "a",
        ] {
            assert_eq!(check_id(id), Ok(()), "{id}");
        }
        for id in [
            "", "bad/id", "..", "a b", "-x", "_x", "2026年", "a?b", "a%2f", "a.b",
        ] {
            assert_eq!(check_id(id), Err(RoundError::Id(id.to_owned())), "{id}");
        }
        assert!(check_id(&"a".repeat(41)).is_err());
        for id in ["2026Q9", "2026Q0", "2026Q", "2026q1", "26Q1", "2026Q11"] {
            assert_eq!(
                check_id(id),
                Err(RoundError::Quarter(id.to_owned())),
                "{id}"
            );
        }
    }

    #[test]
    fn a_deadline_does_not_precede_the_monitoring_point() {
        let as_of: DateTime = "2026-03-20T09:00".parse().unwrap();
        for (day, is_right) in [
            ("2026-03-19", false),
            ("2026-03-20", true),
            ("2026-04-19", true),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(check_deadline(as_of, day).is_ok(), is_right, "{day}");
        }
    }
}
