//! 重复开设账号: a unit that runs several accounts on one platform.
//!
//! * Why: in principle one account per unit and platform; more of them split the public and go to sleep.
//! * Evidence used: the registry: running accounts of the same unit on the same platform.
//! * Left to a person: exceptions that the supervising office approved.
//! * Known misjudgements: accounts that are filed under another unit or another spelling of the platform are not seen together.
//! * Source: 国办发〔2018〕123号 (原则上一个单位在同一第三方平台只开设一个账号).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// So many accounts on one platform are allowed.
    pub allowed: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params { allowed: 1 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("duplicate", "同一平台重复开设账号")];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Judges the account among its siblings.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    let siblings = &subject.sibling_accounts;
    if siblings.len() <= usize::from(params.allowed) {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    let ids: Vec<&str> = siblings.iter().map(|id| id.0.as_str()).collect();
    let detail = format!(
        "{}在{}平台开设了{}个账号（{}）。",
        subject.organization_name,
        registered.platform,
        siblings.len(),
        ids.join("、")
    );
    let url = registered.page_url.clone().unwrap_or_default();
    let quote = format!(
        "{} {} {}",
        registered.id, registered.platform, registered.name
    );
    let evidence = support::registry_evidence(context, &url, &quote);
    let finding = Finding::new("account", "duplicate", detail, evidence)
        .with_places(ids.iter().map(|id| support::place("", id)));
    Ok(support::verdict(vec![finding], Vec::new()))
}
