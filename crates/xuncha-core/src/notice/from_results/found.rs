//! 问题条目: what counted on the score sheets and in the listed sets, sorted into the kinds of `words.toml`.
//!
//! One problem per kind and target; its weight is how often it occurred. A kind whose whole is a class of targets
//! (`population = "sample.portals"`) takes targets of that class only, or its words of degree would speak of another whole.

use std::collections::BTreeMap;

use url::Url;

use super::targets::{Place, Places, platform};
use crate::facts::cut;
use crate::judge::Judged;
use crate::notice::breakdown::ground;
use crate::notice::inputs::Problem;
use crate::notice::words::Words;
use crate::registry::{
    Level, Organization, Registry, Target, TargetClass, TargetId, units_without_account,
};
use crate::results::{Results, TargetResult};
use crate::score::CountedFinding;
use crate::score::tally::tally;
use crate::verdict::{Finding, Verdict};

const MISSING_ACCOUNT: &str = "missing_account";

/// All problems, in the order of the kinds and, inside one, of the targets.
pub(super) fn problems(
    results: &Results,
    registry: &Registry,
    places: &Places<'_>,
    words: &Words,
) -> Vec<Problem> {
    let found: Vec<Problem> = results
        .targets
        .iter()
        .flat_map(|result| of_target(result, results, places))
        .collect();
    let classes: BTreeMap<&TargetId, TargetClass> = results
        .targets
        .iter()
        .map(|result| (result.subject.target.id(), result.subject.target.class()))
        .collect();
    let mut problems = Vec::new();
    for kind in &words.problem {
        let is_of_kind = |problem: &&Problem| {
            let class = problem.target.as_ref().and_then(|id| classes.get(id));
            problem.kind == kind.id
                && class.is_none_or(|class| is_part_of(kind.population.as_deref(), *class))
        };
        problems.extend(found.iter().filter(is_of_kind).cloned());
        if kind.id == MISSING_ACCOUNT {
            problems.extend(missing_accounts(registry, places));
        }
    }
    problems
}

fn is_part_of(population: Option<&str>, class: TargetClass) -> bool {
    match population {
        Some("sample.portals") => class == TargetClass::Portal,
        Some("sample.departments") => class == TargetClass::Department,
        Some("sample.websites") => class != TargetClass::Account,
        Some("sample.accounts") => class == TargetClass::Account,
        _ => true,
    }
}

/// Something that counted, and whether it brought its indicator's veto.
struct Counted {
    finding: CountedFinding,
    is_veto: bool,
}

/// What counted on the sheet, and what stands in the sets that are only listed.
fn counted(result: &TargetResult, results: &Results) -> Vec<Counted> {
    let mut all: Vec<Counted> = Vec::new();
    for indicator in &result.sheet.indicators {
        let counted = |finding: &CountedFinding| Counted {
            finding: finding.clone(),
            is_veto: indicator.is_veto,
        };
        all.extend(indicator.findings.iter().map(counted));
    }
    let class = result.subject.target.class();
    let id = result.subject.target.id();
    for set in &results.round.also_listed {
        let applying =
            |indicator: &&crate::indicator::Indicator| indicator.applies_to.contains(&class);
        for indicator in set.indicators.iter().filter(applying) {
            let tally = tally(&set.id, indicator, id, &result.judgements, &result.reviews);
            all.extend(tally.counted.into_iter().map(|finding| Counted {
                finding,
                is_veto: false,
            }));
        }
    }
    all
}

/// A kind at one target, while its occurrences are gathered. Several indicators may count the same finding: it occurred once.
#[derive(Default)]
struct Sum {
    detail: String,
    evidence: String,
    occurrences: BTreeMap<(String, String), u32>,
}

fn of_target(result: &TargetResult, results: &Results, places: &Places<'_>) -> Vec<Problem> {
    let mut sums: BTreeMap<&'static str, Sum> = BTreeMap::new();
    for counted in counted(result, results) {
        for (kind, detail) in kinds(&counted, result, results) {
            let sum = sums.entry(kind).or_default();
            if sum.detail.is_empty() {
                sum.detail = detail;
            }
            let finding = &counted.finding;
            if sum.evidence.is_empty() {
                sum.evidence = evidence(finding, result);
            }
            let place = (finding.check.clone(), finding.key.clone());
            let count = sum.occurrences.entry(place).or_default();
            *count = (*count).max(finding.count);
        }
    }
    let target = &result.subject.target;
    let place = places.of(target.region(), Some(&result.subject));
    let (city, group) = match target {
        Target::Site(_) => (place.city, String::new()),
        // 自治区监狱管理局的APP“广西监狱”: a unit of the province stands where a city would.
        Target::Account(account) if place.level == Level::Province => {
            (result.subject.organization_name.clone(), platform(account))
        }
        Target::Account(account) => (place.city, platform(account)),
    };
    sums.into_iter()
        .map(|(kind, sum)| Problem {
            kind: kind.to_owned(),
            target: Some(target.id().clone()),
            subject: target.name().to_owned(),
            city: city.clone(),
            group: group.clone(),
            detail: sum.detail,
            evidence: sum.evidence,
            weight: sum
                .occurrences
                .values()
                .map(|count| i64::from(*count))
                .sum(),
        })
        .collect()
}

/// What was seen, when, and the record that holds it; of what a person says, who and when.
fn evidence(counted: &CountedFinding, result: &TargetResult) -> String {
    const QUOTE_CHARS: usize = 60;
    let ground = || ground(result.subject.target.id(), counted, result);
    let Some(finding) = finding_of(counted, result) else {
        return ground();
    };
    let quoted = finding.evidence().iter().find(|one| !one.quote.is_empty());
    let Some(evidence) = quoted.or(finding.evidence().first()) else {
        return ground();
    };
    // What a program says of a file (`zip 3341字节`) tells a reader less than the finding's own words.
    // The name alone, quoted where something is absent, tells nothing at all.
    let is_name = evidence.quote == result.subject.target.name();
    let is_words = !is_name && evidence.quote.chars().filter(|c| !c.is_ascii()).count() >= 4;
    let said = counted
        .detail
        .split_once('：')
        .map_or(counted.detail.as_str(), |(_, said)| said);
    let seen = if is_words { &evidence.quote } else { said };
    let seen = cut(seen.trim_end_matches('。'), QUOTE_CHARS);
    let at = evidence.at;
    let (month, day, hour, minute) = (at.month(), at.day(), at.hour(), at.minute());
    match evidence.record.as_str() {
        // The registry's own words name the other accounts too.
        "" => format!("{}（依据名录）", counted.detail.trim_end_matches('。')),
        record => format!(
            "{seen}（{month}月{day}日{hour}:{minute:02}取证，编号{} {record}）",
            result.subject.target.id()
        ),
    }
}

/// The machine's finding behind what counted.
fn finding_of<'a>(counted: &CountedFinding, result: &'a TargetResult) -> Option<&'a Finding> {
    let judgements = result.judgements.iter();
    judgements
        .filter(|judgement| judgement.check == counted.check)
        .filter_map(|judgement| match &judgement.result {
            Judged::Known {
                verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
            } => Some(findings),
            _ => None,
        })
        .flatten()
        .find(|finding| finding.key == counted.key)
}

/// The kinds that a finding speaks for, each with what follows the name in the text.
fn kinds(
    counted: &Counted,
    result: &TargetResult,
    results: &Results,
) -> Vec<(&'static str, String)> {
    let finding = &counted.finding;
    let is_portal = result.subject.target.class() == TargetClass::Portal;
    let one = |kind: &'static str, detail: &str| vec![(kind, detail.to_owned())];
    match (finding.check.as_str(), finding.case.as_str()) {
        ("broken_links", _) => one("broken_links", "页面链接不可用"),
        ("stale_columns", case) if case.starts_with("stale_") || case == "overdue" => {
            one("stale_columns", "栏目更新不及时")
        }
        ("stale_columns", "empty") => one("stale_columns", "存在空白栏目"),
        ("unreachable_site", _) => one("unreachable_site", "无法正常访问"),
        ("stale_home", _) => one("stale_home", "首页未及时更新"),
        ("uninterpreted_policies", _) => one(
            "uninterpreted_policies",
            "所发布的政策文件未提供相应的配套解读稿",
        ),
        ("unlinked_interpretations", _) => {
            one("unlinked_interpretations", "政策文件与解读稿未相互关联")
        }
        ("missing_service_statistics", "statistics_stale") => {
            one("stale_service_statistics", "办事统计更新不及时")
        }
        ("missing_service_statistics", _) => one("missing_service_statistics", "办事统计不公开"),
        ("incomplete_guides", case) => guides(case, counted.is_veto, is_portal),
        ("unpublished_messages", case) if counted.is_veto => one(
            if is_portal {
                "no_portal_interaction"
            } else {
                "no_department_interaction"
            },
            if case == "no_channel" {
                "未提供有效的咨询建言渠道"
            } else {
                "网民留言长期未答复"
            },
        ),
        ("search_misses", "unclassified") => one("search_unclassified", "结果不分类"),
        ("search_misses", "no_search") => one("search_misses", "无可用的站内搜索"),
        ("search_misses", _) => one("search_misses", "内容搜不到"),
        ("nonconforming_domain", _) => vec![("nonconforming_domain", host(finding, result))],
        ("stale_account", _) => vec![("stale_account", stale_account(results))],
        ("no_account_interaction", _) => one("no_account_interaction", "未能提供有效互动渠道"),
        ("app_unavailable", _) => one("app_unavailable", "无法下载"),
        ("duplicate_account", _) => one("duplicate_account", "在同一平台重复开设"),
        ("manual", _) => answered(&finding.key),
        _ => Vec::new(),
    }
}

/// Elements of guides, and the veto 服务不实用 where they (or having none) brought it.
fn guides(case: &str, is_veto: bool, is_portal: bool) -> Vec<(&'static str, String)> {
    let mut kinds = Vec::new();
    if matches!(case, "element_missing" | "format_unclear" | "vague") {
        let detail = "办事指南要素不全或表述不明确".to_owned();
        kinds.push(("inaccurate_guides", detail));
    }
    if is_veto {
        let kind = if is_portal {
            "no_portal_service"
        } else {
            "no_department_service"
        };
        let detail = if case == "no_services" {
            "未提供办事服务"
        } else {
            "办事服务不实用"
        };
        kinds.push((kind, detail.to_owned()));
    }
    kinds
}

/// What a person found. The note of an answer is written for colleagues and never printed.
fn answered(question: &str) -> Vec<(&'static str, String)> {
    let (kind, detail) = match question {
        "serious_problem" => ("serious_problem", "存在安全、泄密事故等严重问题"),
        "account_serious_problem" => ("account_serious_problem", "存在安全、泄密事故等严重问题"),
        "account_conduct" => ("account_conduct", "存在购买“粉丝”、强制要求群众点赞等行为"),
        "content_accuracy" => ("inaccurate_guides", "办事指南内容不准确"),
        "unified_login" => ("separate_logins", "互动渠道未统一登录"),
        "question_reply" => ("late_reply", "未能在5个工作日内答复网民留言"),
        _ => return Vec::new(),
    };
    vec![(kind, detail.to_owned())]
}

/// The host name at fault, as the finding cites it; of a finding that only a person made, the one that is filed.
fn host(counted: &CountedFinding, result: &TargetResult) -> String {
    let cited = result
        .judgements
        .iter()
        .filter(|judgement| judgement.check == counted.check)
        .flat_map(|judgement| match &judgement.result {
            Judged::Known {
                verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
            } => findings.as_slice(),
            _ => &[],
        })
        .filter(|finding| finding.key == counted.key)
        .find_map(|finding| finding.url.as_deref());
    let filed = match &result.subject.target {
        Target::Site(site) => site.home.as_str(),
        Target::Account(_) => "",
    };
    let address = cited.unwrap_or(filed);
    Url::parse(address)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| address.to_owned())
}

/// 监测时间点前两周内未更新, by the days of the set.
fn stale_account(results: &Results) -> String {
    let sets = std::iter::once(&results.round.set).chain(&results.round.also_listed);
    let days = sets
        .flat_map(|set| &set.indicators)
        .find_map(|indicator| indicator.params.get("stale_account")?.get("days")?.as_u64());
    match days {
        None | Some(14) => "监测时间点前两周内未更新".to_owned(),
        Some(days) => format!("监测时间点前{days}日内未更新"),
    }
}

/// Units that have to run an account and have none that runs.
fn missing_accounts(registry: &Registry, places: &Places<'_>) -> Vec<Problem> {
    let units: Vec<(&Organization, Place, String)> = units_without_account(registry)
        .map(|unit| {
            let place = places.of(&unit.region, None);
            let group = unit_group(unit, &place);
            (unit, place, group)
        })
        .collect();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, group) in &units {
        *sizes.entry(group).or_default() += 1;
    }
    let problem = |(unit, place, group): &(&Organization, Place, String)| Problem {
        kind: MISSING_ACCOUNT.to_owned(),
        target: None,
        subject: unit.name.clone(),
        city: place.city.clone(),
        // 部分 would be wrong of one unit: it is named instead.
        group: match sizes.get(group.as_str()) {
            Some(1) | None => unit.name.clone(),
            Some(_) => group.clone(),
        },
        detail: "未按照要求开设相应政务新媒体".to_owned(),
        evidence: String::new(),
        weight: 1,
    };
    units.iter().map(problem).collect()
}

/// 部分县（市、区）人民政府办公室: units of the same name and level, without their region.
fn unit_group(unit: &Organization, place: &Place) -> String {
    let rest = unit
        .name
        .strip_prefix(place.region.as_str())
        .filter(|rest| !rest.is_empty())
        .unwrap_or(&unit.name);
    match place.level {
        Level::Province => unit.name.clone(),
        Level::City => format!("部分设区市{rest}"),
        Level::County => format!("部分县（市、区）{rest}"),
    }
}
