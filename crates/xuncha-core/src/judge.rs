//! 判定: runs the checks that a set names over the facts of a target.
//!
//! The order of the results is the order of the set's indicators and, inside one, of its checks. The same check with the same
//! parameters runs once, however many indicators name it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checks::{self, BadParams, Check, Context};
use crate::facts::model::Facts;
use crate::indicator::{Indicator, IndicatorSet};
use crate::registry::{Target, TargetClass, TargetId};
use crate::round::Subject;
use crate::verdict::{Undetermined, UndeterminedReason, Verdict};

/// 判定记录. What one check said of one target for one indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Target.
    pub target: TargetId,
    /// Set that named the check.
    pub set: String,
    /// Indicator that named the check.
    pub indicator: String,
    /// Check.
    pub check: String,
    /// Version of the check's code: raised whenever the same facts can give another verdict.
    pub check_version: u32,
    /// What it said.
    pub result: Judged,
}

/// 判定结果或无法判定. A verdict, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Judged {
    /// A verdict.
    Known {
        /// The verdict.
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// 无法判定.
    Unknown {
        /// Why.
        #[serde(flatten)]
        undetermined: Undetermined,
    },
}

/// 体系错误. What is wrong with an indicator of a set, so that it cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SetFault {
    /// The indicator names a check that does not exist.
    #[error("指标 {indicator}：没有名为“{check}”的检查项，请核对 checks")]
    UnknownCheck {
        /// Which indicator.
        indicator: String,
        /// The name it gives.
        check: String,
    },
    /// The parameters of a check cannot be read.
    #[error("指标 {indicator}：检查项 {check} 的参数无法读取（{why}），请核对 params.{check}")]
    BadParams {
        /// Which indicator.
        indicator: String,
        /// Which check.
        check: String,
        /// What the reader said.
        why: String,
    },
    /// Parameters are given for a check that the indicator does not name.
    #[error("指标 {indicator}：params.{check} 没有用处，checks 中没有 {check}")]
    IdleParams {
        /// Which indicator.
        indicator: String,
        /// Which check.
        check: String,
    },
    /// A rule counts a case that none of the indicator's checks reports.
    #[error("指标 {indicator}：规则中的情形“{case}”不属于它的任何检查项")]
    UnknownCase {
        /// Which indicator.
        indicator: String,
        /// The case.
        case: String,
    },
}

/// 人工问题. A question of a set to a person about a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Id of the question; the answer is a review with this key.
    pub id: String,
    /// What is asked, in Chinese.
    pub prompt: String,
    /// Set that asks.
    pub set: String,
    /// Indicator that asks.
    pub indicator: String,
}

/// Judges a target by every indicator of the set that applies to it.
///
/// Sets are validated when they are loaded ([`checks_used`]); should an unreadable one come here all the same, its indicators are
/// 无法判定 and say why.
pub fn judge_target(
    set: &IndicatorSet,
    subject: &Subject,
    facts: &Facts,
    context: &Context,
) -> Vec<Judgement> {
    let mut done: BTreeMap<(String, String), (u32, Judged)> = BTreeMap::new();
    let mut judgements = Vec::new();
    for indicator in applying(set, &subject.target) {
        for name in &indicator.checks {
            let params = params_of(indicator, name);
            let (check_version, result) = done
                .entry((name.clone(), params.to_string()))
                .or_insert_with(|| run(name, subject, facts, context, params))
                .clone();
            judgements.push(Judgement {
                target: subject.target.id().clone(),
                set: set.id.clone(),
                indicator: indicator.id.clone(),
                check: name.clone(),
                check_version,
                result,
            });
        }
    }
    judgements
}

/// 临时下线. A target that was closed, by approval, on the day of the check: no check is made, every one of them says so, and nothing is
/// held against it.
pub fn judge_suspended(
    set: &IndicatorSet,
    subject: &Subject,
    day: Date,
    (from, until): (Date, Date),
) -> Vec<Judgement> {
    let why = format!("检查日 {day} 在已批准的临时下线期内（{from} 至 {until}），不采集、不判定。");
    let judgement = |indicator: &Indicator, name: &String| Judgement {
        target: subject.target.id().clone(),
        set: set.id.clone(),
        indicator: indicator.id.clone(),
        check: name.clone(),
        check_version: checks::find(name).map_or(0, |check| check.version),
        result: Judged::Unknown {
            undetermined: Undetermined::new(UndeterminedReason::NotGathered, why.clone()),
        },
    };
    applying(set, &subject.target)
        .flat_map(|indicator| indicator.checks.iter().map(move |name| (indicator, name)))
        .map(|(indicator, name)| judgement(indicator, name))
        .collect()
}

/// The questions that a set puts to a person about a target, in the order of its indicators.
pub fn questions(set: &IndicatorSet, target: &Target) -> Vec<Question> {
    applying(set, target)
        .filter(|indicator| indicator.checks.iter().any(|name| name == "manual"))
        .filter_map(|indicator| question(set, indicator))
        .collect()
}

/// The checks that a set names, by name; or everything that is wrong with how it names them.
pub fn checks_used(
    set: &IndicatorSet,
) -> Result<BTreeMap<&'static str, &'static Check>, Vec<SetFault>> {
    let mut used = BTreeMap::new();
    let mut faults = Vec::new();
    for indicator in &set.indicators {
        for name in &indicator.checks {
            match checks::find(name) {
                Some(check) => {
                    used.insert(check.name, check);
                    faults.extend(bad_params(indicator, check));
                }
                None => faults.push(SetFault::UnknownCheck {
                    indicator: indicator.id.clone(),
                    check: name.clone(),
                }),
            }
        }
        faults.extend(idle_params(indicator));
        faults.extend(unknown_cases(indicator));
    }
    if faults.is_empty() {
        return Ok(used);
    }
    Err(faults)
}

/// The phases of gathering that the checks of a set need for targets of a class.
pub fn phases_needed(set: &IndicatorSet, class: TargetClass) -> BTreeSet<&'static str> {
    set.indicators
        .iter()
        .filter(|indicator| indicator.applies_to.contains(&class))
        .flat_map(|indicator| &indicator.checks)
        .filter_map(|name| checks::find(name))
        .flat_map(|check| check.needs.iter().copied())
        .collect()
}

/// The indicators of a set that apply to a target, in order. A department without public services is not held to the group of services.
pub fn applying<'a>(
    set: &'a IndicatorSet,
    target: &'a Target,
) -> impl Iterator<Item = &'a Indicator> {
    let left_out = match target {
        Target::Site(site) if site.no_services => set
            .formula
            .as_ref()
            .and_then(|formula| formula.no_service_group.as_deref()),
        _ => None,
    };
    let class = target.class();
    set.indicators.iter().filter(move |indicator| {
        indicator.applies_to.contains(&class) && left_out != Some(indicator.level1.as_str())
    })
}

fn params_of<'a>(indicator: &'a Indicator, check: &str) -> &'a Value {
    indicator.params.get(check).unwrap_or(&Value::Null)
}

fn run(
    name: &str,
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Value,
) -> (u32, Judged) {
    let Some(check) = checks::find(name) else {
        return (0, not_runnable(format!("没有名为“{name}”的检查项")));
    };
    let result = check
        .judge(subject, facts, context, params)
        .unwrap_or_else(|fault: BadParams| not_runnable(fault.to_string()));
    (check.version, result)
}

fn not_runnable(why: String) -> Judged {
    Judged::Unknown {
        undetermined: Undetermined::new(
            UndeterminedReason::OurSide,
            format!("指标体系有误，{why}；请更正体系后重新判定。"),
        ),
    }
}

fn question(set: &IndicatorSet, indicator: &Indicator) -> Option<Question> {
    let params: checks::manual::Params =
        serde_json::from_value(params_of(indicator, "manual").clone()).ok()?;
    Some(Question {
        id: params.question,
        prompt: params.prompt,
        set: set.id.clone(),
        indicator: indicator.id.clone(),
    })
}

fn bad_params(indicator: &Indicator, check: &Check) -> Option<SetFault> {
    let fault = check
        .validate_params(params_of(indicator, check.name))
        .err()?;
    Some(SetFault::BadParams {
        indicator: indicator.id.clone(),
        check: check.name.to_owned(),
        why: fault.why,
    })
}

fn idle_params(indicator: &Indicator) -> impl Iterator<Item = SetFault> {
    indicator
        .params
        .keys()
        .filter(|name| !indicator.checks.contains(*name))
        .map(|name| SetFault::IdleParams {
            indicator: indicator.id.clone(),
            check: name.clone(),
        })
}

fn unknown_cases(indicator: &Indicator) -> impl Iterator<Item = SetFault> {
    let known: BTreeSet<&str> = indicator
        .checks
        .iter()
        .filter_map(|name| checks::find(name))
        .flat_map(|check| check.cases.iter().map(|(case, _)| *case))
        .collect();
    indicator
        .rules
        .iter()
        .flat_map(|rule| &rule.cases)
        .filter(move |case| !known.contains(case.as_str()))
        .map(|case| SetFault::UnknownCase {
            indicator: indicator.id.clone(),
            case: case.clone(),
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
