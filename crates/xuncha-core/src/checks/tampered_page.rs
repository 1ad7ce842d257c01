//! 页面被篡改: titles, keywords and texts that advertise gambling, visitors of search engines sent elsewhere, another page for robots.
//!
//! * Why: a page that was changed by others is the site's most serious accident, and its owner often does not see it.
//! * Evidence used: title, keywords, description, text and scripts of all pages read; the home page asked once more as a search engine's robot;
//!   what the home page was built of in an earlier round.
//! * Left to a person: foreign titles, another site's domain in the tags, and what changed since an earlier round (low confidence).
//! * Known misjudgements: a page that is tampered only for addresses of certain regions looks sound to us.
//! * Source: 国办秘函〔2019〕19号 单项否决“安全、泄密事故等严重问题”; 国办发〔2017〕47号 安全防护.
//!
//! One page is one finding of a case; what stands on many pages alike is one finding with its places.

mod changed;

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase, SiteSign};
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Bits of 64 by which the skeletons of two rounds differ before the page was built anew.
    pub rebuilt_bits: u32,
    /// Parts, and names of columns, in a hundred, below which next to nothing was kept.
    pub kept_percent: usize,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            rebuilt_bits: 10,
            kept_percent: 40,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("tampered_title", "标题、关键词被篡改"),
    ("tampered_text", "正文被篡改"),
    ("search_redirect", "搜索引擎来的访客被带走"),
    ("cloaked", "给搜索引擎看的是另一个页面"),
    ("other_host", "页面标签写着别的网站"),
    ("home_changed", "首页与往轮面目全非"),
    ("new_script", "首页出现新的可疑脚本"),
    ("foreign_block", "首页出现外文内容"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each page that speaks for others.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let cases = [
        SignCase::TamperedTitle,
        SignCase::TamperedText,
        SignCase::SearchRedirect,
        SignCase::Cloaked,
        SignCase::OtherHost,
    ];
    let mut findings: Vec<Finding> = signs::of(site, &cases)
        .filter_map(|sign| {
            let (case, detail) = said(sign)?;
            Some(signs::finding(
                sign,
                format!("{case}:{}", sign.url),
                case,
                detail,
            ))
        })
        .collect();
    if let Some(home) = &site.home_outline {
        findings.extend(changed::findings(home, params));
    }
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}

fn said(sign: &SiteSign) -> Option<(&'static str, String)> {
    let what = &sign.sign.what;
    Some(match sign.sign.case {
        SignCase::TamperedTitle => {
            let part = match sign.sign.way.as_str() {
                "keywords" => "关键词标签",
                "description" => "描述标签",
                _ => "标题",
            };
            (
                "tampered_title",
                format!("页面{part}中出现“{what}”，疑似被篡改。"),
            )
        }
        SignCase::TamperedText => (
            "tampered_text",
            format!("页面正文出现“{what}”等推广用语，疑似被篡改。"),
        ),
        SignCase::SearchRedirect => (
            "search_redirect",
            format!("页面脚本把从搜索引擎来的访客带到{what}。"),
        ),
        SignCase::Cloaked => (
            "cloaked",
            format!("以搜索引擎的身份访问首页，看到的是另一个页面（{what}）。"),
        ),
        SignCase::OtherHost => (
            "other_host",
            format!("页面标签SiteDomain写着{what}，不是本网站的域名。"),
        ),
        _ => return None,
    })
}
