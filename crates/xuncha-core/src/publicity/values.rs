//! The values that may be kept for the public.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::indicator::IndicatorKind;
use crate::points::Points;
use crate::rectify::ProblemId;
use crate::registry::{TargetClass, TargetId};
use crate::round::Coverage;
use crate::score::Outcome;
use crate::stats::{Figure, IndexRow, RegionRow};

/// 公开文件. A document as it was signed and published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFile {
    /// Name, such as `notice.pdf`.
    pub name: String,
    /// Path below the documents folder, with `/`.
    pub path: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
}

/// 公开轮次. A published round as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRound {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version of the notice, from 1; each correction is the next.
    pub version: u32,
    /// When it was published.
    pub published_at: DateTime,
    /// Coverage.
    pub coverage: Coverage,
    /// Start of monitoring.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Deadline of rectification (ISO day).
    pub rectify_by: String,
    /// Title of the scored set.
    pub set_title: String,
    /// Its document.
    pub set_source: String,
    /// Its hash.
    pub set_sha256: String,
    /// Figures of sample and outcome, by name; those of single indicators stand in the rows below.
    pub figures: Vec<(String, Figure)>,
    /// First-level groups.
    pub level1: Vec<IndexRow>,
    /// Deduction indicators.
    pub level2: Vec<IndexRow>,
    /// Regions.
    pub regions: Vec<RegionRow>,
    /// Documents.
    pub files: Vec<PublicFile>,
}

/// 指标状态. What an indicator came to, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// 通过.
    Passed,
    /// 扣分.
    Deducted,
    /// 否决.
    Vetoed,
    /// 得分.
    Earned,
    /// 未得分.
    NotEarned,
    /// 不适用.
    NotApplicable,
    /// 无法判定.
    Undetermined,
    /// 仅列出.
    Listed,
}

/// 公开指标行. One indicator of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRow {
    /// Indicator id.
    pub indicator: String,
    /// First-level name.
    pub level1: String,
    /// Second-level name.
    pub level2: String,
    /// Kind.
    pub kind: IndicatorKind,
    /// Full points.
    pub points: Points,
    /// Points taken or earned.
    pub amount: Points,
    /// What it came to.
    pub state: RowState,
}

/// 公开评分卡. Indicators in the order of the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCard {
    /// Rows.
    pub rows: Vec<PublicRow>,
}

impl PublicCard {
    /// Points taken and possible of each first-level group of deductions, in order.
    pub fn groups(&self) -> Vec<(&str, Points, Points)> {
        let mut groups: Vec<(&str, Points, Points)> = Vec::new();
        let counts = |row: &&PublicRow| {
            row.kind == IndicatorKind::Deduct
                && !matches!(row.state, RowState::NotApplicable | RowState::Undetermined)
        };
        for row in self.rows.iter().filter(counts) {
            match groups.iter_mut().find(|(name, ..)| *name == row.level1) {
                Some((_, taken, points)) => {
                    *taken += row.amount;
                    *points += row.points;
                }
                None => groups.push((&row.level1, row.amount, row.points)),
            }
        }
        groups
    }
}

/// 公开对象. A target with its score card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicTarget {
    /// Number.
    pub target: TargetId,
    /// Class.
    pub class: TargetClass,
    /// Name.
    pub name: String,
    /// Address of a site, platform of an account.
    pub address: String,
    /// Host unit.
    pub unit: String,
    /// Region.
    pub region: String,
    /// City, or the province for its own units.
    pub city: String,
    /// Outcome.
    pub outcome: Outcome,
    /// ②.
    pub deduct_score: Option<Points>,
    /// Final score.
    pub final_score: Option<Points>,
    /// Day of the check.
    pub checked_on: Date,
    /// Card.
    pub card: PublicCard,
}

/// 公开问题. A finding that counted, as far as it may ever be public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFinding {
    /// Which problem; the way to what became of it.
    pub problem: ProblemId,
    /// Set in which it counts.
    pub set: String,
    /// Indicator in which it counts first.
    pub indicator: String,
    /// What kind of case it is, in Chinese; empty where sealed.
    pub case: String,
    /// One sentence; empty where sealed.
    pub text: String,
    /// Address at fault; empty where there is none or it is sealed.
    pub url: String,
    /// Occurrences.
    pub count: u64,
    /// Day on which it was seen.
    pub seen_on: Option<Date>,
    /// Whether it may never show more than that it exists.
    pub is_sealed: bool,
}
