//! 评分: veto first, then deductions, then bonus, exactly as the set says.

use serde::{Deserialize, Serialize};

use crate::points::Points;
use crate::registry::{TargetClass, TargetId};

/// 结论.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 合格.
    Qualified,
    /// 不合格.
    Unqualified,
    /// 无法判定: open places could change the outcome.
    Undetermined,
}

/// 计入的问题. A finding that took points or vetoed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedFinding {
    /// Check.
    pub check: String,
    /// Key.
    pub key: String,
    /// Case.
    pub case: String,
    /// Occurrences.
    pub count: u32,
    /// One sentence.
    pub detail: String,
}

/// 指标得分. One indicator of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorScore {
    /// Indicator id.
    pub indicator: String,
    /// Full points.
    pub points: Points,
    /// Points taken (deductions) or earned (bonus), after the cap.
    pub amount: Points,
    /// Most that could still be taken if every open place turned out bad.
    pub open_amount: Points,
    /// Veto indicators: whether it vetoes.
    pub is_veto: bool,
    /// Veto indicators: whether open places could make it veto.
    pub may_veto: bool,
    /// 不适用.
    pub not_applicable: bool,
    /// What counted.
    pub findings: Vec<CountedFinding>,
    /// Why something is open, in Chinese; empty where nothing is.
    pub open: Vec<String>,
}

/// 评分表. The score sheet of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreSheet {
    /// Target.
    pub target: TargetId,
    /// Class.
    pub class: TargetClass,
    /// Every indicator that applies, in the order of the set.
    pub indicators: Vec<IndicatorScore>,
    /// Deduction score ②; `None` where the class is not scored or a veto ended the scoring.
    pub deduct_score: Option<Points>,
    /// Lowest ② if every open place turned out bad.
    pub deduct_score_low: Option<Points>,
    /// Bonus ③, only where ② is above the set's line.
    pub bonus_score: Option<Points>,
    /// Final score.
    pub final_score: Option<Points>,
    /// Outcome.
    pub outcome: Outcome,
}
