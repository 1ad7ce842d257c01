//! 新媒体不更新: no post within two weeks before the monitoring point.
//!
//! * Why: an account that sleeps misleads those who follow it; it is the veto that accounts fail most.
//! * Evidence used: posts of the account's public page and feed with their days.
//! * Left to a person: accounts whose platform shows nothing to us, or posts without a day among the old ones (low confidence).
//! * Known misjudgements: posts that a platform hides from visitors who are not logged in are not seen.
//! * Source: 国办秘函〔2019〕19号 检查指标 政务新媒体 单项否决“内容不更新”; 国办发〔2018〕123号.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, posts};
use crate::facts::model::{AccountFacts, Facts, Post};
use crate::registry::{Account, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// A post is new as long as it is not older than so many days.
    pub days: u16,
    /// Kinds of account that publish no posts.
    pub kinds_without_posts: Vec<String>,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            days: 14,
            kinds_without_posts: vec!["小程序".to_owned()],
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("stale", "新媒体两周未更新")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["account"];

const KEY: &str = "account";

/// Judges the newest post.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let account = match support::account(facts) {
        Ok(account) => account,
        Err(verdict) => return Ok(verdict),
    };
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    if registered.is_app() || params.kinds_without_posts.contains(&registered.kind) {
        return Ok(support::not_applicable(
            "客户端、小程序不发布文章，不检查更新。",
        ));
    }
    let cutoff = support::days_before(context.as_of, params.days);
    let today = context.as_of.date();
    let newest = posts::newest(account, today);
    let is_new = |date: Option<jiff::civil::Date>| date.is_some_and(|date| date >= cutoff);
    if is_new(newest.and_then(|post| post.date)) || is_new(registered.opened) {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    posts::need(account, newest, KEY, "stale")?;
    finding(registered, account, newest, params)
}

fn finding(
    registered: &Account,
    account: &AccountFacts,
    newest: Option<&Post>,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let evidence = posts::evidence(account)?;
    let shown = posts::shown(newest);
    let detail = format!(
        "账号“{}”监测时间点前{}天内无更新（{shown}）。",
        registered.name, params.days
    );
    let confidence = match newest {
        Some(_) if posts::has_undated(account) => Confidence::Low,
        Some(_) => Confidence::High,
        None => Confidence::Medium,
    };
    let mut finding = Finding::new(KEY, "stale", detail, evidence.quoting(&shown))
        .with_url(&evidence.url)
        .with_confidence(confidence)
        .with_places(newest.map(|post| support::place(&post.url, &post.title)));
    if let (Some(_), Some(page)) = (&account.feed_evidence, &account.page_evidence) {
        finding = finding.with_evidence(page.clone());
    }
    Ok(support::verdict(vec![finding], Vec::new()))
}
