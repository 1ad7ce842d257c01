//! 附件不安全: files that run programs when they are opened, that cannot be opened or are something else, and codes that lead to strangers.
//!
//! * Why: a form that runs a macro teaches citizens to open what they should not.
//! * Evidence used: the files that pages link, opened in a process of their own; pictures with codes for telephones.
//! * Left to a person: codes that lead to strangers (low confidence).
//! * Known misjudgements: a password makes a file one that cannot be opened.
//! * Source: 国办发〔2017〕47号 安全防护; 良好实践.
//!
//! One file is one finding.

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
pub const CASES: &[(&str, &str)] = &[
    ("macro", "附件带有宏"),
    ("unopened", "附件打不开"),
    ("other_kind", "附件不是所写的类型"),
    ("code", "二维码指向陌生网站"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "documents"];

/// Judges each file that was opened.
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
    let cases = [
        SignCase::Macro,
        SignCase::Unopened,
        SignCase::OtherKind,
        SignCase::Code,
    ];
    let findings = signs::of(site, &cases)
        .map(|sign| {
            let (case, detail) = match sign.sign.case {
                SignCase::Macro => (
                    "macro",
                    "附件带有宏，打开时可能运行程序，应换成不带宏的文件。".to_owned(),
                ),
                SignCase::Unopened => ("unopened", format!("附件打不开：{}。", sign.sign.what)),
                SignCase::OtherKind => (
                    "other_kind",
                    format!("附件不是所写的类型：{}，请确认是否被替换。", sign.sign.what),
                ),
                _ => (
                    "code",
                    format!("二维码指向陌生网站{}，请确认。", sign.sign.what),
                ),
            };
            signs::finding(sign, &sign.url, case, detail)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}
