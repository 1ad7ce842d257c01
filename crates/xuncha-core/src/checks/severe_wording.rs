//! 严重表述错误: wordings of an editable list on the site's pages and in its files.
//!
//! * Why: a wrong name of a leader, of the state or of Taiwan is a veto.
//! * Evidence used: the text of all pages and files read, and `severe_wording.toml` with its rules of context.
//! * Left to a person: all: every hit is low confidence and counts when a person says so.
//! * Known misjudgements: a quotation without marks and a novel may be right; what the list does not name is not found.
//! * Source: 国办秘函〔2019〕19号 单项否决“安全、泄密事故等严重问题”.
//!
//! One wording is one finding with the pages that use it.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase};
use crate::round::Subject;
use crate::verdict::{Confidence, Undetermined, Verdict};

/// 参数. None: what counts is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("wording", "疑似严重表述错误")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each wording of the list that stands on the site.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let findings = signs::of(site, &[SignCase::SevereWording])
        .map(|sign| {
            let detail = format!(
                "出现“{}”（词表{}），请核对是否属于严重表述错误。",
                sign.sign.what, sign.sign.way
            );
            signs::finding(sign, &sign.sign.what, "wording", detail)
                .with_confidence(Confidence::Low)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}
