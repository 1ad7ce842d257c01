//! 粉丝数异常: followers that grew between two rounds as they rarely grow by themselves.
//!
//! * Why: buying followers and forcing people to follow are forbidden; a jump in the numbers is where a person starts to ask.
//! * Evidence used: followers as filed in this round and in the latest earlier round that has them.
//! * Left to a person: every finding (low confidence): a jump alone proves nothing.
//! * Known misjudgements: merged accounts, events in the news and corrected figures jump as well.
//! * Source: 国办秘函〔2019〕19号 检查指标 政务新媒体 单项否决“互动回应差” (购买“粉丝”); 国办发〔2018〕123号.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, Verdict};

/// 参数. Both lines have to be passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// More than so many times the earlier number.
    pub factor: u16,
    /// More than so many followers above the earlier number.
    pub growth: u64,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            factor: 2,
            growth: 10_000,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("jump", "粉丝数异常增长")];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Compares the numbers of two rounds.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Account(registered) = &subject.target else {
        return Ok(support::not_applicable("本项只检查政务新媒体。"));
    };
    let (Some(now), Some(before)) = (
        registered.details.followers,
        &subject.kin.previous_followers,
    ) else {
        return Ok(support::not_applicable(
            "名录中没有本轮或往期的粉丝数，不比较。",
        ));
    };
    let is_jump = now > before.count.saturating_mul(u64::from(params.factor))
        && now > before.count.saturating_add(params.growth);
    if !is_jump {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    let detail = format!(
        "账号“{}”粉丝数由{}的{}增至{now}，请核实有无购买“粉丝”、强制关注等行为。",
        registered.name, before.round, before.count
    );
    let quote = format!(
        "{} 粉丝数 {}：{}，{}：{now}",
        registered.id,
        before
            .on
            .map_or_else(|| before.round.clone(), |day| day.to_string()),
        before.count,
        context.as_of.date()
    );
    let url = registered.page_url.clone().unwrap_or_default();
    let evidence = support::registry_evidence(context, &url, &quote);
    let finding =
        Finding::new("followers", "jump", detail, evidence).with_confidence(Confidence::Low);
    Ok(support::verdict(vec![finding], Vec::new()))
}
