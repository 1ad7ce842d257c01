//! 商业广告: advertisements on pages of the site.
//!
//! * Why: a government site carries no commercial advertisements.
//! * Evidence used: scripts, frames and links of all pages read, against the list of networks that place advertisements.
//! * Left to a person: links to shops (low confidence).
//! * Known misjudgements: an advertisement that is served from the site itself is not seen.
//! * Source: 国办发〔2017〕47号 第三章 内容.
//!
//! One network or shop is one finding.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase};
use crate::round::Subject;
use crate::verdict::{Undetermined, Verdict};

/// 参数. None: what counts is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("advertisement", "页面有商业广告")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each host that places advertisements.
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
    let findings = signs::of(site, &[SignCase::Advertising])
        .map(|sign| {
            let detail = format!("页面有来自{}的商业广告或购物链接。", sign.sign.what);
            signs::finding(sign, &sign.sign.what, "advertisement", detail)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}
