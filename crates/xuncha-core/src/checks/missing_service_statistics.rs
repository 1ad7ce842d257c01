//! 办事统计不公开: no statistics of services, or none within three months.
//!
//! * Why: figures show whether the services offered are used.
//! * Evidence used: pages and blocks of service statistics with their newest period or date.
//! * Left to a person: figures that stand in a picture.
//! * Known misjudgements: statistics under another name (办件公示 without figures) are not taken for statistics.
//! * Source: 国办秘函〔2019〕19号 检查指标 办事服务“办事统计”; months are calendar months.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{ColumnKind, Facts, SiteStatistics};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The newest statistics must lie within so many calendar months.
    pub months: u16,
}

impl Default for Params {
    fn default() -> Params {
        Params { months: 3 }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("statistics_missing", "未公开办事统计数据"),
    ("statistics_stale", "办事统计数据不更新"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

const KEY: &str = "statistics";

/// Judges the newest service statistics.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    if support::has_no_services(subject) {
        return Ok(support::not_applicable("登记为无办事服务的部门。"));
    }
    support::need_phases(site, NEEDS)?;
    let of_services = || {
        site.statistics
            .iter()
            .filter(|one| one.statistics.kind == "service")
    };
    let Some(newest) = of_services().max_by_key(|one| one.statistics.newest) else {
        let home = support::home(site)?;
        if let Some((reason, why)) = support::unread(site, &[ColumnKind::Services]) {
            return Err(support::undetermined(
                KEY,
                "statistics_missing",
                reason,
                why,
            ));
        }
        let detail = "未公开办事服务统计数据。";
        let finding = Finding::new(KEY, "statistics_missing", detail, home.evidence.clone())
            .with_url(&home.url)
            .with_confidence(Confidence::Medium);
        return Ok(support::verdict(vec![finding], Vec::new()));
    };
    let Some(day) = newest.statistics.newest else {
        return Err(support::undetermined(
            KEY,
            "statistics_stale",
            UndeterminedReason::Incomplete,
            format!("办事统计（{}）没有读到日期，请人工查看。", newest.url),
        ));
    };
    if day >= support::months_before(context.as_of, params.months) {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    let detail = format!("办事统计数据最新至{day}，超过{}个月未更新。", params.months);
    Ok(support::verdict(vec![stale(newest, detail)], Vec::new()))
}

fn stale(newest: &SiteStatistics, detail: String) -> Finding {
    Finding::new(
        KEY,
        "statistics_stale",
        detail,
        newest.evidence.quoting(&newest.statistics.quote),
    )
    .with_url(&newest.url)
}
