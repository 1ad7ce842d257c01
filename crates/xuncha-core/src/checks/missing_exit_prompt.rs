//! 外链无提示: the home page lets its visitors go to sites of others without a word.
//!
//! * Why: who leaves a government site is told so.
//! * Evidence used: outside links of the home page, and words of a prompt anywhere in it.
//! * Left to a person: all (low confidence): a script in a file of its own may ask.
//! * Known misjudgements: prompts in script files are not seen; sub-pages are not judged.
//! * Source: 国办发〔2017〕47号 链接管理.
//!
//! It is one problem of the site.

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
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("no_prompt", "打开非政府网站没有提示")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges the home page.
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
    let findings = signs::of(site, &[SignCase::NoExitPrompt])
        .filter(|sign| sign.on_home)
        .map(|sign| {
            let detail = format!(
                "首页有{}个非政府网站链接，没有看到离开本网站的提示，请点开确认。",
                sign.sign.way
            );
            signs::finding(sign, "prompt", "no_prompt", detail)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}
