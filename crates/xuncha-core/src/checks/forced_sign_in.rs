//! 登录受阻: what is public is shown only to who signs in, or an entry for signing in leads nowhere.
//!
//! * Why: service guides and published messages are for everybody, and who has to sign in must be able to.
//! * Evidence used: pages that show nothing but that one has to sign in, with the links that lead there; entries for signing in.
//! * Left to a person: writing a message after signing in (low confidence), which many sites ask for.
//! * Known misjudgements: an entry that opens a window by script is not judged.
//! * Source: 国办发〔2017〕47号 办事服务, 互动交流; 国办秘函〔2019〕19号 检查指标 互动交流“信息提交”“统一登录”.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, SignIn, SignInCase};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Whether messages that can be written only after signing in are listed.
    pub report_sending: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            report_sending: true,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("guide_needs_sign_in", "办事指南须登录才能查看"),
    ("messages_need_sign_in", "公开留言须登录才能查看"),
    ("sending_needs_sign_in", "须登录才能提交留言"),
    ("dead_entry", "登录入口打不开"),
    ("astray_entry", "登录入口不能登录"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges what the pages ask for.
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
    support::home(site)?;
    let asked = site
        .sign_ins
        .iter()
        .filter(|one| params.report_sending || one.case != SignInCase::Sending);
    Ok(support::verdict(
        asked.filter_map(finding).collect(),
        Vec::new(),
    ))
}

fn finding(one: &SignIn) -> Option<Finding> {
    let (first, others) = one.evidence.split_first()?;
    let text = &one.text;
    let (prefix, case, detail, confidence) = match one.case {
        SignInCase::Guide => (
            "needed",
            "guide_needs_sign_in",
            format!("办事服务“{text}”没有登录看不到内容。"),
            Confidence::Medium,
        ),
        SignInCase::Messages => (
            "needed",
            "messages_need_sign_in",
            format!("互动交流“{text}”没有登录看不到内容。"),
            Confidence::Medium,
        ),
        SignInCase::Sending => (
            "needed",
            "sending_needs_sign_in",
            format!("“{text}”须登录后才能提交，请注册、登录一次确认可用。"),
            Confidence::Low,
        ),
        SignInCase::Dead => (
            "dead",
            "dead_entry",
            format!("登录入口“{text}”打不开。"),
            Confidence::High,
        ),
        SignInCase::Astray => (
            "dead",
            "astray_entry",
            format!("登录入口“{text}”打开的页面不能登录。"),
            Confidence::Medium,
        ),
    };
    let places = one
        .places
        .iter()
        .map(|place| support::place(&place.url, &place.text));
    let finding = Finding::new(format!("{prefix}:{}", one.url), case, detail, first.clone())
        .with_url(&one.url)
        .with_places(places)
        .with_confidence(confidence);
    Some(
        others
            .iter()
            .fold(finding, |finding, look| finding.with_evidence(look.clone())),
    )
}
