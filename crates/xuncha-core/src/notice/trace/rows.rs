//! 溯源行: the rows behind a query, from what the notice was built of.

use std::collections::{BTreeMap, BTreeSet};

use super::{TraceRow, TraceRows};
use crate::notice::annexes::outcome_name;
use crate::notice::charts;
use crate::notice::figures::portals_above;
use crate::notice::inputs::{NoticeInputs, NoticeTarget, Serious};
use crate::notice::scope::Scope;
use crate::points::Points;
use crate::registry::{Level, TargetClass, TargetId};
use crate::score::Outcome;
use crate::stats::{FigureValue, RepeatRow, movers};

pub(super) fn rows(inputs: &NoticeInputs, scope: &Scope, query: &str) -> TraceRows {
    if let Some(kind) = query.strip_prefix("problem.") {
        return problem_rows(inputs, kind);
    }
    if query.starts_with("index_level") {
        return index_rows(inputs, query);
    }
    if let Some(rows) = list_rows(inputs, query) {
        return rows;
    }
    if let Some(part) = query.strip_prefix("repeat.") {
        return repeat_rows(inputs, part);
    }
    if let Some(side) = query.strip_prefix("movement.portals_") {
        return moved_rows(inputs, side == "up");
    }
    let targets: Vec<&NoticeTarget> = match query {
        "portals_above" => portals_above(inputs),
        "four_quarters" => four_quarters(inputs, scope),
        _ => inputs
            .targets
            .values()
            .filter(|target| is_of(target, query))
            .collect(),
    };
    target_rows(&targets)
}

/// Whether a target is among those that a query counts.
fn is_of(target: &NoticeTarget, query: &str) -> bool {
    let (noun, part) = query.split_once('.').unwrap_or((query, ""));
    let is_account = target.class == TargetClass::Account;
    match noun {
        "registry" => match part {
            "portal_province" => is_portal_of(target, Level::Province),
            "portal_city" => is_portal_of(target, Level::City),
            "portal_county" => is_portal_of(target, Level::County),
            "websites_running" => is_class(target, "websites"),
            "accounts_running" => is_account,
            "portals_running" => is_class(target, "portals"),
            other => is_class(target, other),
        },
        "sample" => target.drawn && is_class(target, part),
        "portals_measured" => {
            target.drawn
                && is_class(target, "portals")
                && target.score.is_some()
                && target.outcome != Some(Outcome::Undetermined)
        }
        "outcome" => is_with_outcome(target, part),
        "distribution" => {
            let class = target.score.and_then(charts::class_of);
            is_of(target, "portals_measured") && class == part.strip_prefix("portals.")
        }
        "regions" => {
            is_of(target, "portals_measured")
                && part.strip_prefix("portal_mean.") == Some(target.city.as_str())
        }
        "department" => {
            target.drawn && is_class(target, "departments") && target.availability_percent.is_some()
        }
        "naming" => {
            let says = target.naming_conforms;
            target.drawn && is_account && (says == Some(true) || part != "done" && says.is_some())
        }
        "serious" => {
            let wanted = if part.ends_with("found") {
                Serious::Found
            } else {
                Serious::Clear
            };
            target.drawn && is_account == part.starts_with("accounts") && target.serious == wanted
        }
        _ => false,
    }
}

fn is_with_outcome(target: &NoticeTarget, part: &str) -> bool {
    let Some((class, outcome)) = part.split_once('_') else {
        return false;
    };
    let has = match outcome {
        "qualified" => target.outcome == Some(Outcome::Qualified),
        "unqualified" => target.outcome == Some(Outcome::Unqualified),
        "undetermined" => target.outcome == Some(Outcome::Undetermined),
        "judged" => matches!(
            target.outcome,
            Some(Outcome::Qualified | Outcome::Unqualified)
        ),
        _ => false,
    };
    target.drawn && has && is_class(target, class)
}

fn is_class(target: &NoticeTarget, class: &str) -> bool {
    match class {
        "websites" => matches!(target.class, TargetClass::Portal | TargetClass::Department),
        "portals" => target.class == TargetClass::Portal,
        "department" | "departments" => target.class == TargetClass::Department,
        "accounts" => target.class == TargetClass::Account,
        _ => false,
    }
}

fn is_portal_of(target: &NoticeTarget, level: Level) -> bool {
    target.class == TargetClass::Portal && target.level == level
}

fn four_quarters<'a>(inputs: &'a NoticeInputs, scope: &Scope) -> Vec<&'a NoticeTarget> {
    let listed = match scope
        .figures
        .get("four_quarters.cities")
        .map(|figure| &figure.value)
    {
        Some(FigureValue::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let mut above = portals_above(inputs);
    above.retain(|target| target.level == Level::City && listed.contains(&target.region));
    above
}

fn heads(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|head| (*head).to_owned()).collect()
}

fn target_rows(targets: &[&NoticeTarget]) -> TraceRows {
    let row = |target: &&NoticeTarget| TraceRow {
        target: Some(target.id.clone()),
        cells: vec![
            target.id.to_string(),
            target.name.clone(),
            target.unit.clone(),
            target.region.clone(),
            outcome_name(target.outcome).to_owned(),
            target.score.map_or_else(String::new, |score| score.short()),
        ],
    };
    TraceRows {
        columns: heads(&["编号", "名称", "主办单位", "地区", "结论", "扣分指标得分"]),
        rows: targets.iter().map(row).collect(),
    }
}

/// Targets that failed or lost points as before.
fn repeat_rows(inputs: &NoticeInputs, part: &str) -> TraceRows {
    let is_one = |row: &&RepeatRow| match part {
        "unqualified" => row.rounds > 1,
        "unqualified_standing" => row.rounds > 2,
        "relapsed" => row.is_relapsed,
        _ => !row.same.is_empty(),
    };
    let row = |row: &RepeatRow| TraceRow {
        target: Some(row.target.clone()),
        cells: vec![
            row.target.to_string(),
            row.name.clone(),
            row.unit.clone(),
            row.city.clone(),
            row.rounds.to_string(),
            if row.is_relapsed { "是" } else { "" }.to_owned(),
            row.same.join("、"),
        ],
    };
    TraceRows {
        columns: heads(&[
            "编号",
            "名称",
            "主办单位",
            "所在市",
            "连续不合格期数",
            "复发",
            "连续扣分的指标",
        ]),
        rows: inputs
            .stats
            .repeats
            .iter()
            .filter(is_one)
            .map(row)
            .collect(),
    }
}

/// Portals that moved most, with both scores.
fn moved_rows(inputs: &NoticeInputs, is_up: bool) -> TraceRows {
    let score = |points: Option<Points>| points.map_or_else(String::new, Points::short);
    let moved = movers(&inputs.stats.portals, is_up);
    TraceRows {
        columns: heads(&["编号", "名称", "上期得分", "本期得分", "变化"]),
        rows: moved
            .into_iter()
            .map(|(row, change)| TraceRow {
                target: Some(row.target.clone()),
                cells: vec![
                    row.target.to_string(),
                    row.name.clone(),
                    score(row.previous_deduct_score),
                    score(row.deduct_score),
                    change.short(),
                ],
            })
            .collect(),
    }
}

/// One row for each target or subject, with everything that is wrong with it.
fn problem_rows(inputs: &NoticeInputs, kind: &str) -> TraceRows {
    let mut by_subject: BTreeMap<String, TraceRow> = BTreeMap::new();
    for problem in inputs
        .problems
        .iter()
        .filter(|problem| problem.kind == kind)
    {
        let id = problem
            .target
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        let key = if id.is_empty() {
            problem.subject.clone()
        } else {
            id.clone()
        };
        let row = by_subject.entry(key).or_insert_with(|| TraceRow {
            target: problem.target.clone(),
            cells: vec![
                id,
                problem.subject.clone(),
                problem.city.clone(),
                String::new(),
                String::new(),
            ],
        });
        for (cell, text) in [(3, &problem.detail), (4, &problem.evidence)] {
            let cell = &mut row.cells[cell];
            if !text.is_empty() && !cell.split('；').any(|one| one == text) {
                let separator = if cell.is_empty() { "" } else { "；" };
                cell.push_str(separator);
                cell.push_str(text);
            }
        }
    }
    TraceRows {
        columns: heads(&["编号", "对象", "所在市", "说明", "证据"]),
        rows: by_subject.into_values().collect(),
    }
}

/// What every measured portal lost for the indicators of an index, from the sheet 各指标扣分.
fn index_rows(inputs: &NoticeInputs, query: &str) -> TraceRows {
    let (level, name) = query.split_once('.').unwrap_or((query, ""));
    let wanted: BTreeSet<&str> = match level {
        "index_level2" => BTreeSet::from([name]),
        _ => {
            let level2 = inputs.stats.level2.iter();
            level2
                .filter(|row| row.level1 == name)
                .map(|row| row.name.as_str())
                .collect()
        }
    };
    let Some(table) = inputs
        .breakdown
        .iter()
        .find(|table| table.name == "各指标扣分")
    else {
        return TraceRows::default();
    };
    let taken: Vec<usize> = (0..table.columns.len())
        .filter(|at| *at < 2 || wanted.contains(table.columns[*at].as_str()))
        .collect();
    let is_measured = |id: &str| {
        let target = inputs.targets.get(&TargetId::from(id));
        target.is_some_and(|target| is_of(target, "portals_measured"))
    };
    let rows = table.rows.iter().filter(|row| is_measured(&row[0]));
    TraceRows {
        columns: taken
            .iter()
            .map(|at| match at {
                0 | 1 => table.columns[*at].clone(),
                _ => format!("{}（扣分）", table.columns[*at]),
            })
            .collect(),
        rows: rows
            .map(|row| TraceRow {
                target: Some(TargetId::from(row[0].as_str())),
                cells: taken.iter().map(|at| row[*at].clone()).collect(),
            })
            .collect(),
    }
}

/// Rows of the lists that come with a round.
fn list_rows(inputs: &NoticeInputs, query: &str) -> Option<TraceRows> {
    let (list, part) = query.split_once('.').unwrap_or((query, ""));
    let wants = |done: bool| match part {
        "closed" | "done" => done,
        "open" => !done,
        _ => true,
    };
    let row = |target: Option<TargetId>, cells: Vec<&str>| TraceRow {
        target,
        cells: cells.into_iter().map(str::to_owned).collect(),
    };
    let word = |done: bool, yes: &'static str, no: &'static str| if done { yes } else { no };
    let (columns, rows) = match list {
        "cases" => {
            let found = inputs.cases.iter().filter(|case| wants(case.closed));
            let row = |case: &crate::notice::inputs::Case| {
                let id = inputs
                    .targets
                    .get(&TargetId::from(case.target.as_str()))
                    .map(|target| target.id.clone());
                row(
                    id,
                    vec![
                        &case.subject,
                        &case.problem,
                        word(case.closed, "已办结", "整改中"),
                        &case.closed_on,
                    ],
                )
            };
            (
                heads(&["对象", "问题", "状态", "办结日期"]),
                found.map(row).collect(),
            )
        }
        "closures" => {
            let found = inputs.closures.iter().filter(|closure| wants(closure.done));
            let row = |one: &crate::notice::inputs::Closure| {
                row(
                    None,
                    vec![
                        &one.subject,
                        &one.reason,
                        word(one.done, "已整合迁移", "办理中"),
                        &one.done_on,
                    ],
                )
            };
            (
                heads(&["对象", "原因", "状态", "完成日期"]),
                found.map(row).collect(),
            )
        }
        "filings" => {
            let found = inputs.filings.iter().filter(|filing| wants(filing.filed));
            let row = |one: &crate::notice::inputs::Filing| {
                row(None, vec![&one.unit, word(one.filed, "已开展", "未开展")])
            };
            (heads(&["单位", "梳理填报"]), found.map(row).collect())
        }
        "annual_forms" => {
            let found = inputs
                .annual_forms
                .iter()
                .filter(|form| wants(form.published));
            let row = |one: &crate::notice::inputs::AnnualForm| {
                row(
                    None,
                    vec![
                        &one.unit,
                        &one.form,
                        word(one.published, "已公开", "未公开"),
                    ],
                )
            };
            (heads(&["单位", "报表", "公开"]), found.map(row).collect())
        }
        "reporting_names" => {
            let row = |one: &crate::notice::inputs::ReportingName| {
                row(
                    Some(one.target.clone()),
                    vec![&one.target.0, &one.proper, &one.reported],
                )
            };
            (
                heads(&["编号", "规范名称", "报送系统名称"]),
                inputs.reporting_names.iter().map(row).collect(),
            )
        }
        _ => return None,
    };
    Some(TraceRows { columns, rows })
}
