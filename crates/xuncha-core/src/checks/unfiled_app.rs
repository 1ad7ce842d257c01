//! 未备案: an app, mini-program or quick app without a filing number, or built by a unit that should build none.
//!
//! * Why: since the rule of January 2026 an app is filed before it goes live, and an unfiled one must not be promoted.
//! * Evidence used: the registry: kind, state, filing number, name of the host unit.
//! * Left to a person: an empty cell (low confidence): it may only not have been filled in.
//! * Known misjudgements: a number that was made up is not told from a real one.
//! * Source: 国办函〔2026〕12号 《政务移动互联网应用程序规范化管理办法》 (25 January 2026; public accounts are not in its scope).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::{Account, NOT_FILED, State, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Nothing is held against a monitoring point before this day.
    pub since: Date,
    /// What the names of units below the county level hold.
    pub below_county: Vec<String>,
}

impl Default for Params {
    fn default() -> Params {
        let names = [
            "镇人民政府",
            "乡人民政府",
            "镇政府",
            "乡政府",
            "街道办事处",
            "村民委员会",
            "村委会",
            "居民委员会",
            "居委会",
        ];
        Params {
            since: jiff::civil::date(2026, 1, 25),
            below_county: names.map(str::to_owned).to_vec(),
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("unfiled", "没有备案编号"),
    ("below_county", "县级以下单位建设"),
];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Judges what is filed of the app.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查客户端和小程序。"));
    };
    if !registered.is_app() && !registered.is_mini_program() {
        return Ok(support::not_applicable(
            "不是客户端、小程序或快应用；公众账号不在该办法范围内。",
        ));
    }
    if registered.state != State::Running {
        return Ok(support::not_applicable("登记为不在运行，不再检查。"));
    }
    if context.as_of.date() < params.since {
        return Ok(support::not_applicable("监测时间点早于该办法施行。"));
    }
    let findings = [
        unfiled(registered, context),
        below_county(subject, registered, context, params),
    ];
    let findings = findings.into_iter().flatten().collect();
    Ok(support::verdict(findings, Vec::new()))
}

fn unfiled(registered: &Account, context: &Context) -> Option<Finding> {
    let (why, confidence) = match registered.details.filing_number.as_deref() {
        Some(NOT_FILED) => ("在名录中登记为未备案", Confidence::High),
        Some(_) => return None,
        None => ("在名录中没有备案编号，请核实是否已备案", Confidence::Low),
    };
    let detail = format!(
        "{}“{}”{why}；未备案的不得上线、推广。",
        registered.kind, registered.name
    );
    Some(finding(registered, context, ("filing", "unfiled"), &detail).with_confidence(confidence))
}

fn below_county(
    subject: &Subject,
    registered: &Account,
    context: &Context,
    params: &Params,
) -> Option<Finding> {
    let unit = subject.organization_name.as_str();
    params
        .below_county
        .iter()
        .find(|name| unit.contains(name.as_str()))?;
    let detail = format!(
        "{}“{}”由县级以下单位{unit}建设；县级以下单位原则上不自建。",
        registered.kind, registered.name
    );
    Some(
        finding(registered, context, ("unit", "below_county"), &detail)
            .with_confidence(Confidence::Medium),
    )
}

fn finding(
    registered: &Account,
    context: &Context,
    (key, case): (&str, &str),
    detail: &str,
) -> Finding {
    let url = registered.page_url.clone().unwrap_or_default();
    let number = registered.details.filing_number.as_deref();
    let quote = format!(
        "{} {} {} 备案编号：{}",
        registered.id,
        registered.kind,
        registered.name,
        number.unwrap_or("（空）")
    );
    let evidence = support::registry_evidence(context, &url, &quote);
    Finding::new(key, case, detail, evidence)
}
