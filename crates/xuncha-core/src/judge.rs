//! 判定: runs the checks that a set names over the facts of a target.

use serde::{Deserialize, Serialize};

use crate::registry::TargetId;
use crate::verdict::{Undetermined, Verdict};

/// 判定记录. What one check said of one target for one indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Target.
    pub target: TargetId,
    /// Set that named the check.
    pub set: String,
    /// Indicator that named the check.
    pub indicator: String,
    /// Check.
    pub check: String,
    /// Version of the check's code: raised whenever the same facts can give another verdict.
    pub check_version: u32,
    /// What it said.
    pub result: Judged,
}

/// 判定结果或无法判定. A verdict, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Judged {
    /// A verdict.
    Known {
        /// The verdict.
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// 无法判定.
    Unknown {
        /// Why.
        #[serde(flatten)]
        undetermined: Undetermined,
    },
}
