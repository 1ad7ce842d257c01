//! 检查轮次: what a round freezes, and what was drawn.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::indicator::IndicatorSet;
use crate::registry::{Target, TargetId};

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
