//! 指标溯源: what a figure of the notice is made of. For each name its definition, where it comes from, how it is reckoned, the figures
//! that go into it, and the rows behind it: targets, problems or lines of a list. From a row it is one step to the evidence.
//!
//! The rows of a count are as many as the count says: a test holds this for every count of any round.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::annexes::outcome_name;
use super::figures::{self, portals_above};
use super::inputs::{NoticeInputs, NoticeTarget, Serious};
use super::scope::Scope;
use super::{Block, Notice, Span};
use crate::registry::{Level, TargetClass, TargetId};
use crate::score::Outcome;
use crate::stats::FigureValue;

/// 溯源册. Every figure of a notice with its rows; rows that several figures share are kept once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceBook {
    /// By the name of the figure.
    pub figures: BTreeMap<String, FigureTrace>,
    /// Rows by the name of the query.
    pub queries: BTreeMap<String, TraceRows>,
    /// The text of the notice, a paragraph each, with its figures.
    pub text: Vec<Vec<Span>>,
}

/// Name of the file that holds a notice's [`TraceBook`] among the documents of its round.
pub const TRACE_FILE: &str = "figures.json";

/// 指标溯源.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureTrace {
    /// As printed.
    pub printed: String,
    /// Unit, where something was measured.
    pub unit: String,
    /// What it is.
    pub definition: String,
    /// Where it comes from.
    pub source: String,
    /// How it is reckoned.
    pub method: String,
    /// Figures that go into it.
    pub parts: Vec<String>,
    /// Name of its rows in [`TraceBook::queries`]; empty where it has none.
    pub query: String,
}

/// 溯源行表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRows {
    /// Heads.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<TraceRow>,
}

/// 溯源行. One row behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRow {
    /// The target that it speaks of, where it is one of the registry.
    pub target: Option<TargetId>,
    /// Cells, one for each column.
    pub cells: Vec<String>,
}

/// What a name means, before any row is looked for.
struct Rule {
    source: &'static str,
    method: String,
    parts: Vec<String>,
    query: String,
}

/// Every figure of a notice, with what it is made of.
pub fn book(inputs: &NoticeInputs) -> TraceBook {
    let (scope, _) = figures::scope(inputs);
    let mut book = TraceBook::default();
    for (name, figure) in &scope.figures {
        let rule = rule(name, &scope);
        if !rule.query.is_empty() && !book.queries.contains_key(&rule.query) {
            let rows = rows(inputs, &scope, &rule.query);
            book.queries.insert(rule.query.clone(), rows);
        }
        let trace = FigureTrace {
            printed: figure.printed.clone(),
            unit: figure.printed_unit().to_owned(),
            definition: figure.definition.clone(),
            source: rule.source.to_owned(),
            method: rule.method,
            parts: rule.parts,
            query: rule.query,
        };
        book.figures.insert(name.clone(), trace);
    }
    book
}

impl TraceBook {
    /// The same with the text of the notice.
    pub fn with_text(self, notice: &Notice) -> TraceBook {
        let spans = |block: &Block| match block {
            Block::Heading { number, text, .. } => {
                [vec![Span::Text(number.clone())], text.clone()].concat()
            }
            Block::Paragraph(text) | Block::Note(text) => text.clone(),
            Block::Chart(index) => {
                let chart = notice.charts.get(*index);
                vec![Span::Text(chart.map_or_else(String::new, super::caption))]
            }
        };
        TraceBook {
            text: notice.blocks.iter().map(spans).collect(),
            ..self
        }
    }

    /// The rows of a figure.
    pub fn rows_of(&self, name: &str) -> Option<&TraceRows> {
        self.queries.get(&self.figures.get(name)?.query)
    }

    /// Names that contain what somebody typed, for whoever mistyped one.
    pub fn like(&self, typed: &str) -> Vec<&str> {
        let wanted = typed.to_lowercase();
        let has = |(name, trace): &(&String, &FigureTrace)| {
            name.to_lowercase().contains(&wanted) || trace.definition.contains(typed)
        };
        self.figures
            .iter()
            .filter(has)
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

const REGISTRY: &str = "名录和抽样框（本轮冻结）";
const SAMPLE: &str = "抽样结果";
const SHEETS: &str = "评分表（判定经人工复核后）";
const PROBLEMS: &str = "问题清单（已计入的问题）";
const EARLIER: &str = "以前各轮存档的结果";
const WORDS: &str = "用词界限 templates/words.toml";
const ROUND: &str = "轮次和模板的名称";

/// Endings of names that say how a figure is worded; it has the rows of what it words.
const WORDED: [&str; 6] = [".word", ".moved", ".size", ".degree", ".extent", ".groups"];

fn rule(name: &str, scope: &Scope) -> Rule {
    for ending in WORDED {
        let Some(base) = name.strip_suffix(ending) else {
            continue;
        };
        let base = match ending {
            ".degree" | ".extent" => degree_base(base, scope),
            _ => base.to_owned(),
        };
        let of = rule(&base, scope);
        return Rule {
            source: WORDS,
            method: "由所列指标的值按用词界限选词，或去掉符号后照印".to_owned(),
            parts: vec![base],
            query: of.query,
        };
    }
    let mut found = plain_rule(name);
    found.parts.retain(|part| scope.has(part));
    found
}

/// The count that a word of degree speaks of.
fn degree_base(base: &str, scope: &Scope) -> String {
    let count = format!("{base}.count");
    match scope.has(&count) {
        true => count,
        false => format!("{base}.done"),
    }
}

fn plain_rule(name: &str) -> Rule {
    let of = |source, method: &str, parts: &[&str], query: &str| Rule {
        source,
        method: method.to_owned(),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        query: query.to_owned(),
    };
    if let Some(part) = name.strip_prefix("registry.") {
        return of(
            REGISTRY,
            "抽样框中该类正在运行的对象，逐个计数",
            &[],
            &format!("registry.{part}"),
        );
    }
    if let Some(part) = name.strip_prefix("sample.") {
        return match part {
            "website_ratio_percent" => share("sample.websites", "registry.websites_running"),
            "account_ratio_percent" => share("sample.accounts", "registry.accounts_running"),
            "portal_ratio_percent" => share("sample.portals", "registry.portals_running"),
            "department_ratio_percent" => share("sample.departments", "registry.department"),
            _ => of(
                SAMPLE,
                "抽中的该类对象，逐个计数",
                &[],
                &format!("sample.{part}"),
            ),
        };
    }
    if let Some(part) = name.strip_prefix("outcome.") {
        return outcome_rule(part);
    }
    if let Some(rest) = name.strip_prefix("problem.") {
        let kind = rest.strip_suffix(".count").unwrap_or(rest);
        return of(
            PROBLEMS,
            "该种问题已计入的对象，同一对象只计一次",
            &[],
            &format!("problem.{kind}"),
        );
    }
    if name.starts_with("index_level1.") || name.starts_with("index_level2.") {
        return index_rule(name);
    }
    match name.split('.').next().unwrap_or_default() {
        "index_level2_weak" | "weak" | "level1" => of(
            SHEETS,
            "二级（一级）指标按得分指数排列，取最低的若干项",
            &[],
            "portals_measured",
        ),
        "above_80" => of(
            SHEETS,
            "高于分数线的门户，按得分和地区选取",
            &["outcome.portals_above_80"],
            "portals_above",
        ),
        "four_quarters" => of(
            SHEETS,
            "本轮和前三轮得分都高于分数线的市级门户",
            &["outcome.above_80_four_quarters_cities"],
            "four_quarters",
        ),
        "cases" | "closures" | "filings" | "annual_forms" => {
            of("随轮次填报的表", "表中的行，逐行计数", &[], name)
        }
        "reporting_names" => of(
            REGISTRY,
            "报送系统里的名称既不是登记名称也不含单位名称的网站",
            &[],
            "reporting_names",
        ),
        "naming" => of(SHEETS, "抽中并已核查名称和认证的政务新媒体", &[], name),
        "serious" => of(SHEETS, "人工答复“是否存在严重问题”", &[], name),
        "department" => of(
            SHEETS,
            "抽中部门网站两轮的平均可用率相比",
            &[],
            "department",
        ),
        "coverage" => of(
            EARLIER,
            "本轮或以前各轮抽中过的正在运行的对象占全部正在运行的对象",
            &[],
            "",
        ),
        _ => of(ROUND, "照轮次、指标体系或模板所填", &[], ""),
    }
}

fn share(part: &str, whole: &str) -> Rule {
    Rule {
        source: SAMPLE,
        method: format!("{part} ÷ {whole}，按精确分数计算，只在印出时舍入一次"),
        parts: vec![part.to_owned(), whole.to_owned()],
        query: part.to_owned(),
    }
}

fn outcome_rule(part: &str) -> Rule {
    let of = |source, method: &str, parts: &[&str], query: &str| Rule {
        source,
        method: method.to_owned(),
        parts: parts.iter().map(|part| format!("outcome.{part}")).collect(),
        query: query.to_owned(),
    };
    if let Some(class) = part.strip_suffix("_pass_rate_percent") {
        let parts = [
            format!("{class}s_qualified"),
            format!("{class}s_unqualified"),
        ];
        return of(
            SHEETS,
            "合格数 ÷（合格数 + 不合格数）；无法判定的不计入",
            &[&parts[0], &parts[1]],
            &format!("outcome.{class}s_judged"),
        );
    }
    if part.starts_with("previous_") || part.contains("_pass_rate_change") {
        return of(EARLIER, "上一轮存档的结果，或与之相减", &[], "");
    }
    match part {
        "portal_mean_count" => of(
            SHEETS,
            "有得分且结论已定的门户，逐个计数",
            &[],
            "portals_measured",
        ),
        "portal_mean_deduction_score" => of(
            SHEETS,
            "这些门户扣分指标得分的平均，按精确分数计算",
            &["portal_mean_count"],
            "portals_measured",
        ),
        "portal_mean_change_points" => of(
            SHEETS,
            "本轮平均得分减上一轮平均得分，先减后舍入",
            &[
                "portal_mean_deduction_score",
                "previous_portal_mean_deduction_score",
            ],
            "portals_measured",
        ),
        "portals_above_80" => of(
            SHEETS,
            "其中得分严格高于分数线的门户",
            &["portal_mean_count"],
            "portals_above",
        ),
        "portals_above_80_percent" => of(
            SHEETS,
            "高于分数线的门户 ÷ 抽中的门户",
            &["portals_above_80"],
            "portals_above",
        ),
        "portals_above_80_change_percent_points" => of(
            SHEETS,
            "两轮占比相减（百分点），先减后舍入",
            &[
                "portals_above_80_percent",
                "previous_portals_above_80_percent",
            ],
            "portals_above",
        ),
        "above_80_four_quarters_cities" => of(
            SHEETS,
            "本轮和前三轮得分都高于分数线的市级门户",
            &[],
            "four_quarters",
        ),
        _ => of(
            SHEETS,
            "抽中的该类对象中结论相同的，逐个计数",
            &[],
            &format!("outcome.{part}"),
        ),
    }
}

fn index_rule(name: &str) -> Rule {
    let (base, last) = name.rsplit_once('.').unwrap_or((name, ""));
    let (source, method, parts) = match last {
        "previous" => (EARLIER, "上一轮存档的得分指数", Vec::new()),
        "change" => (
            SHEETS,
            "本轮指数减上一轮指数，先减后舍入",
            vec![format!("{base}.now"), format!("{base}.previous")],
        ),
        _ => (
            SHEETS,
            "平均得分指数 = 保留的分值之和 ÷ 满分之和；不适用和未测的不计入",
            Vec::new(),
        ),
    };
    Rule {
        source,
        method: method.to_owned(),
        parts,
        query: if last == "previous" {
            String::new()
        } else {
            base.to_owned()
        },
    }
}

fn rows(inputs: &NoticeInputs, scope: &Scope, query: &str) -> TraceRows {
    if let Some(kind) = query.strip_prefix("problem.") {
        return problem_rows(inputs, kind);
    }
    if query.starts_with("index_level") {
        return index_rows(inputs, query);
    }
    if let Some(rows) = list_rows(inputs, query) {
        return rows;
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
            let row = |case: &super::inputs::Case| {
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
            let row = |one: &super::inputs::Closure| {
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
            let row = |one: &super::inputs::Filing| {
                row(None, vec![&one.unit, word(one.filed, "已开展", "未开展")])
            };
            (heads(&["单位", "梳理填报"]), found.map(row).collect())
        }
        "annual_forms" => {
            let found = inputs
                .annual_forms
                .iter()
                .filter(|form| wants(form.published));
            let row = |one: &super::inputs::AnnualForm| {
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
            let row = |one: &super::inputs::ReportingName| {
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
