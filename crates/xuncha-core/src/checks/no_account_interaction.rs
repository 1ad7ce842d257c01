//! 新媒体无互动: an account without any effective way to interact.
//!
//! * Why: a new medium that only broadcasts is a notice board.
//! * Evidence used: menus, message and comment entries on the account's public page.
//! * Left to a person: whether an entry works when used; apps, whose functions only show inside.
//! * Known misjudgements: entries that a platform shows to followers only are not seen (medium confidence).
//! * Source: 国办秘函〔2019〕19号 检查指标 政务新媒体 单项否决“互动回应差”.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: one entry is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("no_interaction", "未提供有效互动功能")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["account"];

const KEY: &str = "account";

/// Judges the interaction entries of the account's page.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let account = match support::account(facts) {
        Ok(account) => account,
        Err(verdict) => return Ok(verdict),
    };
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    if registered.is_app() {
        return Ok(support::not_applicable(
            "客户端的互动功能须安装后人工查看。",
        ));
    }
    if !account.interaction.is_empty() {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    if let Some(trouble) = &account.trouble {
        return Err(trouble.clone());
    }
    let page = account
        .page_evidence
        .as_ref()
        .filter(|_| account.is_readable == Some(true) && account.is_page_shown);
    let Some(page) = page else {
        return Err(support::undetermined(
            KEY,
            "no_interaction",
            UndeterminedReason::NotGathered,
            "没有读到账号主页，不能确定有无互动功能，请人工查看。",
        ));
    };
    let detail = format!(
        "账号“{}”主页未见留言、评论或互动菜单，未提供有效互动功能。",
        registered.name
    );
    let finding = Finding::new(
        KEY,
        "no_interaction",
        detail,
        page.quoting(&registered.name),
    )
    .with_url(&page.url)
    .with_confidence(Confidence::Medium);
    Ok(support::verdict(vec![finding], Vec::new()))
}
