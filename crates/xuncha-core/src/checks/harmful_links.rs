//! 非法、不当外链: links to gambling, pornography and other people's disks; scripts and frames of strangers; miners.
//!
//! * Why: a government site vouches for what it links and lets run.
//! * Evidence used: texts, titles and addresses of all links of the pages read, and the lists of words and hosts.
//! * Left to a person: disks, scripts and frames of strangers, which may be wanted (low confidence).
//! * Known misjudgements: a report on gambling that names no police and no ban may look like an advertisement; of outside pages only the first kilobytes are read.
//! * Source: 国办发〔2017〕47号 链接管理; 国办秘函〔2019〕19号 单项否决“安全、泄密事故等严重问题”.
//!
//! What [`super::hidden_links`] reports is not reported again.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase, SiteSign};
use crate::facts::safety::host_of;
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
    ("gambling", "链接到赌博网站"),
    ("pornography", "链接到色情网站"),
    ("miner", "页面运行挖矿脚本"),
    ("file_share", "链接到个人网盘"),
    ("strange_script", "引用陌生网站的脚本"),
    ("strange_frame", "嵌入陌生网站的页面"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each address and host that the lists speak against.
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
    let hidden: Vec<&str> = signs::of(site, &[SignCase::HiddenLink, SignCase::ScriptedLink])
        .map(|sign| sign.sign.what.as_str())
        .collect();
    let cases = [
        SignCase::Gambling,
        SignCase::Pornography,
        SignCase::Miner,
        SignCase::FileShare,
        SignCase::StrangeScript,
        SignCase::StrangeFrame,
    ];
    let findings = signs::of(site, &cases)
        // A hidden frame is of a stranger too.
        .filter(|sign| {
            let what = sign.sign.what.as_str();
            !hidden
                .iter()
                .any(|one| *one == what || host_of(one) == what)
        })
        .filter_map(|sign| {
            let (case, detail) = said(sign)?;
            Some(signs::finding(sign, &sign.sign.what, case, detail))
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}

fn said(sign: &SiteSign) -> Option<(&'static str, String)> {
    let what = &sign.sign.what;
    Some(match sign.sign.case {
        SignCase::Gambling => ("gambling", format!("链接指向赌博网站：{what}。")),
        SignCase::Pornography => ("pornography", format!("链接指向色情网站：{what}。")),
        SignCase::Miner => ("miner", format!("页面运行挖矿脚本：{what}。")),
        SignCase::FileShare => (
            "file_share",
            format!("链接指向个人网盘（{what}），内容随时可能被替换，附件应放在本站。"),
        ),
        SignCase::StrangeScript => (
            "strange_script",
            format!("页面引用陌生网站{what}的脚本，请确认是否需要。"),
        ),
        SignCase::StrangeFrame => (
            "strange_frame",
            format!("页面嵌入陌生网站{what}的内容，请确认是否需要。"),
        ),
        _ => return None,
    })
}
