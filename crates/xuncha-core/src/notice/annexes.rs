//! 附件与结果表: the lists behind the text. Membership and order are fixed by rule; a row is never chosen by hand.

use std::collections::BTreeMap;

use super::figures::portals_above;
use super::inputs::{NoticeInputs, NoticeTarget};
use super::scope::Scope;
use super::summaries::summaries;
use super::{Annex, ResultTable};
use crate::registry::{Level, TargetClass, TargetId};
use crate::score::Outcome;

const EVIDENCE_HEAD: &str = "发现依据";

/// An annex by its id, or `None` where the id is not known.
pub fn annex(id: &str, number: usize, title: String, inputs: &NoticeInputs) -> Option<Annex> {
    let (columns, mut rows, count_figure): (&[&str], Vec<Vec<String>>, &str) = match id {
        "above_80" => (
            &["序号", "网站名称", "所在市", "层级", "扣分指标得分"],
            above_rows(inputs),
            "outcome.portals_above_80",
        ),
        "problem_accounts" => (
            &[
                "序号",
                "名称",
                "平台",
                "主办单位",
                "所在市",
                "存在问题",
                EVIDENCE_HEAD,
            ],
            account_rows(inputs),
            "outcome.accounts_unqualified",
        ),
        "unqualified_websites" => (
            &["序号", "网站名称", "类别", "主办单位", "所在市", "存在问题"],
            website_rows(inputs),
            "outcome.websites_unqualified",
        ),
        "reporting_names" => (
            &["序号", "网站标识码", "规范名称", "报送系统中的名称"],
            name_rows(inputs),
            "reporting_names.count",
        ),
        _ => return None,
    };
    let mut columns: Vec<String> = columns.iter().map(|head| (*head).to_owned()).collect();
    if columns.last().is_some_and(|head| head == EVIDENCE_HEAD) {
        without_empty_last(&mut columns, &mut rows);
    }
    Some(Annex {
        id: id.to_owned(),
        number,
        title,
        columns,
        rows: numbered(rows),
        count_figure: count_figure.to_owned(),
    })
}

/// A round that was entered by hand knows no evidence: then the column is left out.
fn without_empty_last(columns: &mut Vec<String>, rows: &mut [Vec<String>]) {
    let is_empty = |row: &Vec<String>| row.last().is_none_or(String::is_empty);
    if rows.iter().all(is_empty) {
        columns.pop();
        for row in rows {
            row.pop();
        }
    }
}

fn numbered(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut out = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let mut cells = vec![(index + 1).to_string()];
        cells.extend(row);
        out.push(cells);
    }
    out
}

/// 层级名称.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::Province => "省级",
        Level::City => "市级",
        Level::County => "县级",
    }
}

fn score_text(target: &NoticeTarget) -> String {
    target.score.map_or(String::new(), |score| score.short())
}

fn above_rows(inputs: &NoticeInputs) -> Vec<Vec<String>> {
    let row = |target: &&NoticeTarget| {
        vec![
            target.name.clone(),
            target.city.clone(),
            level_name(target.level).to_owned(),
            score_text(target),
        ]
    };
    portals_above(inputs).iter().map(row).collect()
}

fn details(inputs: &NoticeInputs) -> BTreeMap<&TargetId, Vec<String>> {
    let mut details: BTreeMap<&TargetId, Vec<String>> = BTreeMap::new();
    for problem in &inputs.problems {
        if let Some(target) = &problem.target {
            // The text prints the bare host name after 域名为; in a list of problems it needs these words.
            let detail = match problem.kind.as_str() {
                "nonconforming_domain" => format!("域名{}不规范", problem.detail),
                _ => problem.detail.clone(),
            };
            details.entry(target).or_default().push(detail);
        }
    }
    details
}

/// What each problem of a target rests on, in the order of its problems.
fn evidence(inputs: &NoticeInputs) -> BTreeMap<&TargetId, String> {
    let mut all: BTreeMap<&TargetId, Vec<&str>> = BTreeMap::new();
    for problem in inputs
        .problems
        .iter()
        .filter(|one| !one.evidence.is_empty())
    {
        if let Some(target) = &problem.target {
            all.entry(target).or_default().push(&problem.evidence);
        }
    }
    let joined = all.into_iter().map(|(id, parts)| (id, parts.join("；")));
    joined.collect()
}

/// What was seen and when, without the numbers of the archive: a letter is read by people who cannot look there. Inside, the rows behind
/// the figures keep them.
fn without_records(text: &str) -> String {
    const NUMBER: &str = "取证，编号";
    let mut parts = text.split(NUMBER);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("取证");
        out.push_str(part.find('）').map_or(part, |at| &part[at..]));
    }
    out
}

/// Accounts with 突出问题 are those that are 不合格 (a veto), in the order of division code and number.
fn account_rows(inputs: &NoticeInputs) -> Vec<Vec<String>> {
    let details = details(inputs);
    let evidence = evidence(inputs);
    let is_problem = |target: &&NoticeTarget| {
        target.class == TargetClass::Account
            && target.drawn
            && target.outcome == Some(Outcome::Unqualified)
    };
    let mut accounts: Vec<&NoticeTarget> = inputs.targets.values().filter(is_problem).collect();
    accounts.sort_by(|a, b| (&a.region_code, &a.id).cmp(&(&b.region_code, &b.id)));
    let row = |target: &NoticeTarget| {
        let found = details
            .get(&target.id)
            .map_or(String::new(), |found| found.join("；"));
        vec![
            target.name.clone(),
            target.platform.clone(),
            target.unit.clone(),
            target.city.clone(),
            found,
            evidence
                .get(&target.id)
                .map_or_else(String::new, |text| without_records(text)),
        ]
    };
    accounts.into_iter().map(row).collect()
}

/// Websites that are 不合格, in the order of division code and number, with their problems and, where it was scored, the score.
fn website_rows(inputs: &NoticeInputs) -> Vec<Vec<String>> {
    let details = details(inputs);
    let is_unqualified = |target: &&NoticeTarget| {
        target.class != TargetClass::Account
            && target.drawn
            && target.outcome == Some(Outcome::Unqualified)
    };
    let mut websites: Vec<&NoticeTarget> = inputs.targets.values().filter(is_unqualified).collect();
    websites.sort_by(|a, b| (&a.region_code, &a.id).cmp(&(&b.region_code, &b.id)));
    let row = |target: &NoticeTarget| {
        let mut found: Vec<String> = details.get(&target.id).cloned().unwrap_or_default();
        if let Some(score) = target.score {
            found.push(format!("扣分指标得分{}分", score.short()));
        }
        vec![
            target.name.clone(),
            class_name(target.class).to_owned(),
            target.unit.clone(),
            target.city.clone(),
            found.join("；"),
        ]
    };
    websites.into_iter().map(row).collect()
}

fn name_rows(inputs: &NoticeInputs) -> Vec<Vec<String>> {
    let mut names: Vec<_> = inputs.reporting_names.iter().collect();
    names.sort_by_key(|name| &name.target);
    names
        .into_iter()
        .map(|name| {
            vec![
                name.target.to_string(),
                name.proper.clone(),
                name.reported.clone(),
            ]
        })
        .collect()
}

fn class_name(class: TargetClass) -> &'static str {
    match class {
        TargetClass::Portal => "门户",
        TargetClass::Department => "部门",
        TargetClass::Account => "新媒体",
        TargetClass::Supervisor => "监管单位",
    }
}

pub(crate) fn outcome_name(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Qualified) => "合格",
        Some(Outcome::Unqualified) => "不合格",
        Some(Outcome::Undetermined) => "无法判定",
        None => "",
    }
}

/// All results as sheets of the workbook.
pub fn result_tables(inputs: &NoticeInputs, scope: &Scope) -> Vec<ResultTable> {
    let mut tables = vec![
        table(
            "总体指标",
            &["指标名称", "数值", "单位", "定义", "代码"],
            figure_rows(scope),
        ),
        table(
            "一级指标指数",
            INDEX_HEADS,
            index_rows(&inputs.stats.level1),
        ),
        table(
            "二级指标指数",
            INDEX_HEADS,
            index_rows(&inputs.stats.level2),
        ),
        table(
            "抽查结果",
            &[
                "编号",
                "名称",
                "类别",
                "层级",
                "地区",
                "所在市",
                "主办单位",
                "平台",
                "结论",
                "扣分指标得分",
            ],
            inputs
                .targets
                .values()
                .filter(|target| target.drawn)
                .map(target_row)
                .collect(),
        ),
    ];
    tables.extend(summaries(inputs));
    tables.extend(inputs.breakdown.iter().cloned());
    let problems = inputs.problems.iter().map(|problem| {
        let id = problem
            .target
            .as_ref()
            .map_or(String::new(), ToString::to_string);
        vec![
            inputs.words.problem_title(&problem.kind).to_owned(),
            id,
            problem.subject.clone(),
            problem.city.clone(),
            problem.group.clone(),
            problem.detail.clone(),
        ]
    });
    tables.push(table(
        "问题清单",
        &["问题种类", "编号", "对象", "所在市", "归类", "说明"],
        problems.collect(),
    ));
    let cases = match inputs.case_rows.is_empty() {
        true => &inputs.cases,
        false => &inputs.case_rows,
    };
    let cases = cases.iter().map(|case| {
        let state = if case.closed {
            "已办结"
        } else {
            "整改中"
        };
        vec![
            case.round.clone(),
            case.target.clone(),
            case.subject.clone(),
            case.problem.clone(),
            state.to_owned(),
            case.closed_on.clone(),
        ]
    });
    tables.push(table(
        "整改情况",
        &["轮次", "编号", "对象", "问题", "状态", "办结日期"],
        cases.collect(),
    ));
    tables
}

fn table(name: &str, columns: &[&str], rows: Vec<Vec<String>>) -> ResultTable {
    ResultTable {
        name: name.to_owned(),
        columns: columns.iter().map(|head| (*head).to_owned()).collect(),
        rows,
    }
}

/// What stands before the colon of a definition, outside of brackets.
fn short_title(definition: &str) -> &str {
    match definition.split_once('：') {
        Some((short, _)) if !short.contains('（') => short,
        _ => definition,
    }
}

fn figure_rows(scope: &Scope) -> Vec<Vec<String>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for figure in scope.figures.values() {
        *seen.entry(short_title(&figure.definition)).or_default() += 1;
    }
    // 合格率：合格数占……: what stands before the colon is the name, unless others are called the same (事项公开：平均得分指数).
    let title = |figure: &crate::stats::Figure| {
        let short = short_title(&figure.definition);
        match seen.get(short) {
            Some(1) => short.to_owned(),
            _ => figure.definition.clone(),
        }
    };
    let row = |(name, figure): (&String, &crate::stats::Figure)| {
        vec![
            title(figure),
            figure.printed.clone(),
            figure.printed_unit().to_owned(),
            figure.definition.clone(),
            name.clone(),
        ]
    };
    scope.figures.iter().map(row).collect()
}

const INDEX_HEADS: &[&str] = &["指标", "分值", "对象数", "得分指数", "上轮得分指数", "变化"];

fn index_rows(rows: &[crate::stats::IndexRow]) -> Vec<Vec<String>> {
    let print = |value: Option<crate::points::Exact>| {
        value.map_or("缺数据".to_owned(), |value| value.fixed(2))
    };
    let row = |row: &crate::stats::IndexRow| {
        vec![
            row.name.clone(),
            row.points.short(),
            row.count.to_string(),
            print(row.now),
            print(row.previous),
            print(row.change),
        ]
    };
    rows.iter().map(row).collect()
}

fn target_row(target: &NoticeTarget) -> Vec<String> {
    vec![
        target.id.to_string(),
        target.name.clone(),
        class_name(target.class).to_owned(),
        level_name(target.level).to_owned(),
        target.region.clone(),
        target.city.clone(),
        target.unit.clone(),
        target.platform.clone(),
        outcome_name(target.outcome).to_owned(),
        score_text(target),
    ]
}
