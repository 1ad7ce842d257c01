//! 目录、文件外泄: listed folders, backups and server pages that a visitor reaches by following links.
//!
//! * Why: a backup of the site holds its passwords and its data.
//! * Evidence used: titles of pages and the addresses that the site's own pages link; a file counts when it came.
//! * Left to a person: nothing; the confidence is medium.
//! * Known misjudgements: a file that is offered on purpose under such a name is reported; what no page links is never asked for.
//! * Source: 国办发〔2017〕47号 安全防护.
//!
//! Nothing is probed: no address is asked for that a visitor following links would not ask for.

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
pub const CASES: &[(&str, &str)] = &[
    ("listed_folder", "目录列表可以浏览"),
    ("leaked_file", "备份、配置等文件可以下载"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "looks"];

/// Judges each folder and file that leaks.
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
    let findings = signs::of(site, &[SignCase::ListedFolder, SignCase::LeakedFile])
        .map(|sign| {
            let what = &sign.sign.what;
            let (case, detail) = match sign.sign.case {
                SignCase::ListedFolder => (
                    "listed_folder",
                    format!("服务器目录可以浏览：{what}，应关闭目录列表。"),
                ),
                _ => (
                    "leaked_file",
                    format!("页面链接可以下载备份、配置一类的文件：{what}，应当删除。"),
                ),
            };
            signs::finding(sign, what, case, detail)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}
