//! 账号重名、名称不统一: accounts of other units with the same name on one platform, and a unit's accounts with different names.
//!
//! * Why: the public cannot tell two accounts of one name apart, and one of them may be counterfeit; a unit is found under one name.
//! * Evidence used: the registry: names, platforms, host units and states of accounts.
//! * Left to a person: every finding (low confidence).
//! * Known misjudgements: brands of several departments (columns of their own) differ on purpose.
//! * Source: 国办发〔2018〕123号 (同一单位在不同平台上的账号名称原则上保持一致; 假冒的由平台关停).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::{Account, Target};
use crate::round::{NamedAccount, Subject, plain_name};
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Also compare the names of a unit's accounts on different platforms.
    pub compare_platforms: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            compare_platforms: true,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("same_name", "与其他单位的账号重名"),
    ("other_name", "不同平台名称不一致"),
];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Judges the account's name among those around it.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    let mut findings = Vec::new();
    if !subject.kin.same_named.is_empty() {
        findings.push(same_name(registered, &subject.kin.same_named, context));
    }
    let publishes = !registered.is_app() && !registered.is_mini_program();
    if let Some(first) = &subject.kin.first_of_unit
        && params.compare_platforms
        && publishes
        && !is_same(&registered.name, &first.name)
    {
        findings.push(other_name(subject, registered, first, context));
    }
    Ok(support::verdict(findings, Vec::new()))
}

/// 青石发布 and 青石发布视频号 are one name.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (plain_name(one), plain_name(other));
    !one.is_empty() && !other.is_empty() && (one.contains(&other) || other.contains(&one))
}

fn same_name(registered: &Account, others: &[NamedAccount], context: &Context) -> Finding {
    let named: Vec<String> = others
        .iter()
        .map(|other| format!("{} {}", other.id, other.organization_name))
        .collect();
    let detail = format!(
        "账号“{}”在{}平台与其他单位的账号重名（{}），请核实有无假冒或重复登记。",
        registered.name,
        registered.platform,
        named.join("、")
    );
    finding(registered, context, "same_name", &detail)
        .with_places(others.iter().map(|other| support::place("", &other.id.0)))
}

fn other_name(
    subject: &Subject,
    registered: &Account,
    first: &NamedAccount,
    context: &Context,
) -> Finding {
    let detail = format!(
        "{}在{}的账号名为“{}”，在{}的账号名为“{}”，不同平台名称原则上应保持一致。",
        subject.organization_name, first.platform, first.name, registered.platform, registered.name
    );
    finding(registered, context, "other_name", &detail)
        .with_places([support::place("", &first.id.0)])
}

fn finding(registered: &Account, context: &Context, case: &str, detail: &str) -> Finding {
    let url = registered.page_url.clone().unwrap_or_default();
    let quote = format!(
        "{} {} {}",
        registered.id, registered.platform, registered.name
    );
    let evidence = support::registry_evidence(context, &url, &quote);
    Finding::new(case, case, detail, evidence).with_confidence(Confidence::Low)
}
