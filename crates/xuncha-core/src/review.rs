//! 人工复核: the human verdict outranks the machine.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::registry::TargetId;

/// 复核决定.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// 确认. The finding counts.
    Confirmed,
    /// 驳回. The finding does not count.
    Rejected,
    /// 人工答复. A manual question answered: number of failures (0 = fine), or bonus points earned.
    Answered {
        /// Failures or points.
        number: u32,
        /// Note of the person.
        note: String,
    },
}

/// 复核. One decision of one person about one finding or question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Round.
    pub round: String,
    /// Target.
    pub target: TargetId,
    /// Check; `manual` for questions.
    pub check: String,
    /// Key of the finding, or id of the question.
    pub key: String,
    /// Decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Reason.
    pub reason: String,
}
