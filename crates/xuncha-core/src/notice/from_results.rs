//! 由轮次结果到通报输入: what a finished round ([`Results`]) and the registry say, as rows of [`NoticeInputs`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use url::Url;

use super::inputs::{
    AnnualForm, Case, Closure, Filing, NoticeInputs, NoticeTarget, Problem, ReportingName, Serious,
};
use super::words::{ProblemKind, Words};
use crate::indicator::Indicator;
use crate::points::Points;
use crate::registry::{Level, Registry, State, Target};
use crate::results::{Results, TargetResult};
use crate::round::Subject;
use crate::score::{CountedFinding, ScoreSheet, score};

/// Name of the veto that a screening for serious problems belongs to.
const SERIOUS: &str = "安全、泄密事故等严重问题";

/// Question to a person about the name and certified subject of an account.
const ACCOUNT_NAME: &str = "account_name";

/// 通报要素. What a notice says beside the results: names, dates and what is kept elsewhere.
#[derive(Clone, Debug)]
pub struct Particulars {
    /// Names and fixed texts, `names.KEY` in templates.
    pub names: BTreeMap<String, String>,
    /// 发文字号, may be empty.
    pub number: String,
    /// Date of the notice.
    pub date: Date,
    /// Deadline of rectification.
    pub rectify_by: Date,
    /// Cases of the last round.
    pub cases: Vec<Case>,
    /// Sites to be closed or merged.
    pub closures: Vec<Closure>,
    /// Units and their filing of accounts.
    pub filings: Vec<Filing>,
    /// Annual forms due.
    pub annual_forms: Vec<AnnualForm>,
    /// Words and limits.
    pub words: Words,
}

/// The inputs of the notice of a finished round. A problem without a word of the problem's list is not spoken of, but still counts
/// in scores and statistics.
pub fn inputs(results: &Results, registry: &Registry, particulars: Particulars) -> NoticeInputs {
    let words = &particulars.words;
    let mut problems = Vec::new();
    for result in &results.targets {
        problems.extend(problems_of(results, result, words));
    }
    problems.extend(missing_accounts(registry));
    let formula = results.round.set.formula.as_ref();
    NoticeInputs {
        names: particulars.names,
        number: particulars.number,
        date: particulars.date,
        rectify_by: particulars.rectify_by,
        bonus_above: formula.map_or(Points::ZERO, |formula| formula.bonus_above),
        stats: results.stats.clone(),
        targets: results
            .targets
            .iter()
            .map(|result| {
                (
                    result.subject.target.id().clone(),
                    target(results, result, words),
                )
            })
            .collect(),
        problems,
        cases: particulars.cases,
        closures: particulars.closures,
        filings: particulars.filings,
        annual_forms: particulars.annual_forms,
        reporting_names: results
            .targets
            .iter()
            .filter_map(|result| reporting_name(&result.subject))
            .collect(),
        words: particulars.words,
    }
}

fn target(results: &Results, result: &TargetResult, words: &Words) -> NoticeTarget {
    let subject = &result.subject;
    let level = level(subject);
    NoticeTarget {
        id: subject.target.id().clone(),
        name: subject.target.name().to_owned(),
        label: label(subject, level),
        class: subject.target.class(),
        level,
        region_code: subject.target.region().to_owned(),
        region: subject.region_name.clone(),
        city: city(subject),
        unit: subject.organization_name.clone(),
        platform: platform(subject, words),
        drawn: true,
        outcome: Some(result.sheet.outcome),
        score: result.sheet.deduct_score,
        serious: serious(results, &result.sheet),
        naming_conforms: naming_conforms(results, result),
        availability_percent: None,
        previous_availability_percent: None,
    }
}

/// A region without one above is the province, with one a city, with two a county.
fn level(subject: &Subject) -> Level {
    match subject.region_path.len() {
        0 => Level::Province,
        1 => Level::City,
        _ => Level::County,
    }
}

fn city(subject: &Subject) -> String {
    crate::stats::city_name(subject).to_owned()
}

/// A district's name is not unique, so its city stands before it.
fn label(subject: &Subject, level: Level) -> String {
    let region = &subject.region_name;
    if level == Level::County && region.ends_with('区') {
        return format!("{}{region}", city(subject));
    }
    region.clone()
}

fn platform(subject: &Subject, words: &Words) -> String {
    match &subject.target {
        Target::Site(_) => String::new(),
        Target::Account(account) => {
            let filed = if account.is_app() {
                "客户端"
            } else {
                account.platform.as_str()
            };
            words
                .platforms
                .get(filed)
                .cloned()
                .unwrap_or_else(|| filed.to_owned())
        }
    }
}

/// 未发现 needs the question to be asked and answered; what nobody looked at is open.
fn serious(results: &Results, sheet: &ScoreSheet) -> Serious {
    let is_serious = |id: &str| {
        results
            .round
            .set
            .indicator(id)
            .is_some_and(|indicator| indicator.level2 == SERIOUS)
    };
    let Some(screened) = sheet
        .indicators
        .iter()
        .find(|score| is_serious(&score.indicator))
    else {
        return Serious::Open;
    };
    if screened.is_veto {
        Serious::Found
    } else if screened.may_veto || screened.unmeasured || !screened.open.is_empty() {
        Serious::Open
    } else {
        Serious::Clear
    }
}

/// The answer to the question about an account's name; `None` while it is open or was not asked.
fn naming_conforms(results: &Results, result: &TargetResult) -> Option<bool> {
    let sets = std::iter::once(&results.round.set).chain(&results.round.also_listed);
    let asks = |indicator: &&Indicator| {
        let question = indicator
            .params
            .get("manual")
            .and_then(|params| params.get("question"));
        question.and_then(|question| question.as_str()) == Some(ACCOUNT_NAME)
    };
    for set in sets {
        let Some(indicator) = set.indicators.iter().find(asks) else {
            continue;
        };
        let sheet = score(set, &result.subject, &result.judgements, &result.reviews);
        let answer = sheet
            .indicators
            .iter()
            .find(|score| score.indicator == indicator.id)?;
        let is_open = answer.unmeasured || !answer.open.is_empty();
        return (!is_open).then_some(answer.findings.is_empty());
    }
    None
}

fn reporting_name(subject: &Subject) -> Option<ReportingName> {
    let reported = subject.reporting_name.as_ref()?;
    let proper = subject.target.name();
    (reported != proper).then(|| ReportingName {
        target: subject.target.id().clone(),
        proper: proper.to_owned(),
        reported: reported.clone(),
    })
}

/// Counted findings of the scored set and of the sets that are only listed, one problem per kind.
fn problems_of(results: &Results, result: &TargetResult, words: &Words) -> Vec<Problem> {
    let score_listed = |set| score(set, &result.subject, &result.judgements, &result.reviews);
    let listed: Vec<ScoreSheet> = results.round.also_listed.iter().map(score_listed).collect();
    let sheets = std::iter::once(&result.sheet).chain(&listed);
    let counted: Vec<&CountedFinding> = sheets
        .flat_map(|sheet| &sheet.indicators)
        .flat_map(|score| &score.findings)
        .collect();
    let class = result.subject.target.class();
    let is_for = |kind: &&ProblemKind| kind.only.is_none_or(|only| only == class);
    words
        .problem
        .iter()
        .filter(is_for)
        .filter_map(|kind| problem(&result.subject, kind, &counted, words))
        .collect()
}

fn problem(
    subject: &Subject,
    kind: &ProblemKind,
    counted: &[&CountedFinding],
    words: &Words,
) -> Option<Problem> {
    let mut seen = BTreeSet::new();
    // The same finding may stand under two indicators (a veto and a deduction): it weighs once.
    let found = counted.iter().filter(|finding| is_found_by(kind, finding));
    let weight: i64 = found
        .filter(|finding| seen.insert((&finding.check, &finding.key, &finding.case)))
        .map(|finding| i64::from(finding.count))
        .sum();
    if weight == 0 {
        return None;
    }
    Some(Problem {
        kind: kind.id.clone(),
        target: Some(subject.target.id().clone()),
        subject: subject.target.name().to_owned(),
        city: city(subject),
        group: platform(subject, words),
        detail: kind.phrase.replace("{host}", &host(&subject.target)),
        weight,
    })
}

fn is_found_by(kind: &ProblemKind, finding: &CountedFinding) -> bool {
    kind.found_by
        .iter()
        .any(|source| match source.split_once('/') {
            None => finding.check == *source,
            Some(("manual", question)) => finding.check == "manual" && finding.key == question,
            Some((check, case)) => finding.check == check && finding.case == case,
        })
}

fn host(target: &Target) -> String {
    let home = match target {
        Target::Site(site) => site.home.as_str(),
        Target::Account(_) => "",
    };
    let url = Url::parse(home).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Units that have to run an account and have none that is running.
fn missing_accounts(registry: &Registry) -> Vec<Problem> {
    let running = registry
        .accounts
        .values()
        .filter(|account| account.state == State::Running);
    let served: BTreeSet<&str> = running
        .map(|account| account.organization.as_str())
        .collect();
    let without = registry
        .organizations
        .values()
        .filter(|unit| unit.requires_accounts && !served.contains(unit.id.as_str()));
    without
        .map(|unit| Problem {
            kind: "missing_account".to_owned(),
            target: None,
            subject: unit.name.clone(),
            city: registry
                .regions
                .get(&unit.region)
                .map_or(String::new(), |region| region.name.clone()),
            group: unit.name.clone(),
            detail: "未按照要求开设相应政务新媒体".to_owned(),
            weight: 1,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "from_results_tests.rs"]
mod tests;
