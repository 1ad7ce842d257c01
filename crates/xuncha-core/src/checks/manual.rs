//! 人工检查: what only a person can answer, put as a question.
//!
//! * Why: content, accuracy, logins and answers cannot be judged from pages alone; the machine must not pretend to.
//! * Evidence used: none.
//! * Left to a person: all. The answer is a review: number of failures, or points earned for a bonus.
//! * Known misjudgements: none by the machine.
//! * Source: the indicator that asks.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::Context;
use crate::facts::model::Facts;
use crate::round::Subject;
use crate::verdict::{Undetermined, Verdict};

/// 参数. Both must be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Id of the question; answers carry it as their key.
    #[serde(deserialize_with = "text")]
    pub question: String,
    /// What the person is asked, in Chinese.
    #[serde(deserialize_with = "text")]
    pub prompt: String,
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("answer", "人工答复")];
/// Phases it needs: none.
pub const NEEDS: &[&str] = &[];

/// Asks the question, whatever was gathered.
pub fn judge(
    _subject: &Subject,
    _facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    Ok(Verdict::NeedsReview {
        question: params.prompt.clone(),
        findings: Vec::new(),
    })
}

/// A text that is not blank.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("question 和 prompt 不能为空"));
    }
    Ok(text)
}
