//! 站点无法访问: visits of one week that did not open in time make up 5 % or more.
//!
//! * Why: a site that citizens cannot open fails its first duty; it is the first veto of the rule.
//! * Evidence used: the visits of the availability week, with time, outcome and duration.
//! * Left to a person: nothing where the bounds agree; a share that hangs on visits we lost is 无法判定.
//! * Known misjudgements: all visits come from one vantage point, so a fault of one carrier looks like a fault of the site.
//! * Source: 国办秘函〔2019〕19号 检查指标 单项否决“站点无法访问”; 国办发〔2015〕15号 附件2 (each further per cent of 首页可用性).

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Facts, Probe, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Length of the week in days, reckoned back from the monitoring point.
    pub days: u16,
    /// Visits that each of these days must have on average.
    pub visits_per_day: u16,
    /// A visit that took so many seconds or more did not open in time.
    pub slow_seconds: u16,
    /// Share of failed visits, in per cent, from which the site counts as unreachable.
    pub fail_percent: u16,
    /// Count one occurrence for each whole per cent of failed visits (census of 2015) instead of one in all.
    pub is_counted_by_percent: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            days: 7,
            visits_per_day: 20,
            slow_seconds: 15,
            fail_percent: 5,
            is_counted_by_percent: false,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("unreachable", "站点无法访问")];
/// Phases it needs.
pub const NEEDS: &[&str] = &["probe"];

const KEY: &str = "site";

/// Visits of the week by outcome.
struct Visits<'a> {
    failed: Vec<&'a Probe>,
    lost: Vec<&'a Probe>,
    total: u64,
}

/// Judges the visits of the week before the monitoring point.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let visits = visits_of_week(site, context, params);
    let needed = u64::from(params.days) * u64::from(params.visits_per_day);
    if visits.total == 0 || visits.total < needed {
        return Err(support::undetermined(
            KEY,
            "unreachable",
            UndeterminedReason::NotGathered,
            too_few(params.days, needed, visits.total),
        ));
    }
    let failed = visits.failed.len() as u64;
    let lost = visits.lost.len() as u64;
    let limit = u64::from(params.fail_percent) * visits.total;
    if failed * 100 >= limit {
        let finding = finding(&visits, params);
        return Ok(support::verdict(finding.into_iter().collect(), Vec::new()));
    }
    if (failed + lost) * 100 < limit {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    }
    Err(lost_too_many(&visits))
}

fn too_few(days: u16, needed: u64, made: u64) -> String {
    let rule = format!("规则要求{days}天内访问不少于{needed}次");
    if made == 0 {
        // A single look at a site, as `xuncha check` takes, is no week of visits.
        return format!("{rule}，这些天没有访问记录；请在轮次中按计划采集后判定。");
    }
    format!("{rule}，实际{made}次，请补足访问后重新判定。")
}

fn visits_of_week<'a>(site: &'a SiteFacts, context: &Context, params: &Params) -> Visits<'a> {
    let from = support::days_before(context.as_of, params.days).to_datetime(context.as_of.time());
    let mut visits = Visits {
        failed: Vec::new(),
        lost: Vec::new(),
        total: 0,
    };
    let slow_millis = u64::from(params.slow_seconds) * 1000;
    for probe in &site.probes {
        if probe.at < from || probe.at > context.as_of {
            continue;
        }
        visits.total += 1;
        match probe.opened {
            None => visits.lost.push(probe),
            Some(true) if probe.millis < slow_millis => {}
            Some(_) => visits.failed.push(probe),
        }
    }
    visits
}

fn finding(visits: &Visits<'_>, params: &Params) -> Option<Finding> {
    let (first, others) = visits.failed.split_first()?;
    let failed = visits.failed.len() as u64;
    let percent = u32::try_from(failed * 100 / visits.total).unwrap_or(u32::MAX);
    let count = if params.is_counted_by_percent {
        percent
    } else {
        1
    };
    let detail = format!(
        "{}天内访问{}次，其中{failed}次{}秒内未能打开，占{}.{}%，达到{}%。",
        params.days,
        visits.total,
        params.slow_seconds,
        percent,
        failed * 1000 / visits.total % 10,
        params.fail_percent,
    );
    let mut finding = Finding::new(KEY, "unreachable", detail, evidence(first))
        .with_url(&first.evidence.url)
        .with_count(count)
        .with_places(visits.failed.iter().map(|probe| {
            support::place(
                &probe.evidence.url,
                &format!("{} {}", moment(probe), describe(probe)),
            )
        }));
    for probe in others.iter().take(crate::verdict::MAX_PLACES) {
        finding = finding.with_evidence(evidence(probe));
    }
    Some(finding)
}

fn evidence(probe: &Probe) -> crate::evidence::EvidenceRef {
    probe.evidence.quoting(&describe(probe))
}

fn describe(probe: &Probe) -> String {
    if probe.opened == Some(true) {
        return format!("用时{}毫秒才打开", probe.millis);
    }
    probe.detail.clone()
}

fn lost_too_many(visits: &Visits<'_>) -> Undetermined {
    if let Some(first) = visits
        .lost
        .first()
        .filter(|_| visits.lost.len() as u64 == visits.total)
    {
        return support::undetermined(
            KEY,
            "unreachable",
            UndeterminedReason::OurSide,
            format!("全部{}次访问都没有结果（{}）。", visits.total, first.detail),
        );
    }
    let when: Vec<String> = visits
        .lost
        .iter()
        .take(5)
        .map(|probe| moment(probe))
        .collect();
    support::undetermined(
        KEY,
        "unreachable",
        UndeterminedReason::OurSide,
        format!(
            "访问{}次，{}次未打开，另有{}次（{}等）因我方网络或被拦截没有结果，足以影响结论；请换一个出口补测。",
            visits.total,
            visits.failed.len(),
            visits.lost.len(),
            when.join("、")
        ),
    )
}

/// Day and time without the `T` of the standard, as people write it.
fn moment(probe: &Probe) -> String {
    format!("{} {}", probe.at.date(), probe.at.time())
}
