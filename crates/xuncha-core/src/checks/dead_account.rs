//! 僵尸账号: an account filed as running that has not posted for a year, or never.
//!
//! * Why: what nobody keeps up any more is to be closed, not left standing; the list is what the supervising office works through.
//! * Evidence used: the registry's state and day of opening, posts of the account's public page and feed with their days.
//! * Left to a person: posts without a day among the old ones and accounts without a day of opening (low confidence); whether to close.
//! * Known misjudgements: posts that a platform hides from visitors who are not logged in are not seen.
//! * Source: 国办发〔2018〕123号 (accounts that cannot be kept up are closed); 国务院办公厅政府信息与政务公开办公室2023年政务新媒体整治 (dead accounts not cancelled).

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, posts};
use crate::facts::model::{AccountFacts, Facts, Post};
use crate::registry::{Account, State, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// An account is dead that has not posted for so many calendar months.
    pub months: u16,
    /// An account without any post is left alone for so many days after its opening.
    pub new_days: u16,
    /// Kinds of account that publish no posts.
    pub kinds_without_posts: Vec<String>,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            months: 12,
            new_days: 30,
            kinds_without_posts: vec!["小程序".to_owned()],
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("dead", "长期未更新"), ("never", "开设以来没有发文")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["account"];

const KEY: &str = "account";

/// Judges the newest post, or that there is none.
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
    if registered.state != State::Running {
        return Ok(support::not_applicable("账号登记为不在运行，不再检查。"));
    }
    let today = context.as_of.date();
    let newest = posts::newest(account, today);
    let cutoff = support::months_before(context.as_of, params.months);
    let is_alive = newest
        .and_then(|post| post.date)
        .is_some_and(|date| date >= cutoff);
    let is_new = registered
        .opened
        .is_some_and(|day| day >= support::days_before(context.as_of, params.new_days));
    if is_alive || is_new {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    let case = if newest.is_some() { "dead" } else { "never" };
    posts::need(account, newest, KEY, case)?;
    let finding = match newest {
        Some(newest) => dead(registered, account, newest, params)?,
        None if account.posts.is_empty() => never(registered, account)?,
        None => {
            return Err(support::undetermined(
                KEY,
                case,
                UndeterminedReason::Incomplete,
                "读到的发文日期都在监测时间点之后，请人工查看。",
            ));
        }
    };
    Ok(support::verdict(vec![finding], Vec::new()))
}

fn dead(
    registered: &Account,
    account: &AccountFacts,
    newest: &Post,
    params: &Params,
) -> Result<Finding, Undetermined> {
    let evidence = posts::evidence(account)?;
    let shown = posts::shown(Some(newest));
    let detail = format!(
        "账号“{}”已有{}个月没有更新（{shown}），登记为正常运行；无力维护的应予关停。",
        registered.name, params.months
    );
    let confidence = if posts::has_undated(account) {
        Confidence::Low
    } else {
        Confidence::High
    };
    Ok(Finding::new(KEY, "dead", detail, evidence.quoting(&shown))
        .with_url(&evidence.url)
        .with_confidence(confidence)
        .with_places([support::place(&newest.url, &newest.title)]))
}

fn never(registered: &Account, account: &AccountFacts) -> Result<Finding, Undetermined> {
    let evidence = posts::evidence(account)?;
    let shown = posts::shown(None);
    let (since, confidence) = match registered.opened {
        Some(day) => (format!("自{day}开设以来"), Confidence::Medium),
        None => ("（开设日期没有登记）".to_owned(), Confidence::Low),
    };
    let detail = format!(
        "账号“{}”{since}{shown}，登记为正常运行；无力维护的应予关停。",
        registered.name
    );
    Ok(Finding::new(KEY, "never", detail, evidence.quoting(&shown))
        .with_url(&evidence.url)
        .with_confidence(confidence))
}
