//! 指标溯源: what a figure of the notice is made of. For each name its definition, where it comes from, how it is reckoned, the figures
//! that go into it, and the rows behind it: targets, problems or lines of a list. From a row it is one step to the evidence.
//!
//! The rows of a count are as many as the count says: a test holds this for every count of any round.

mod rows;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures;
use super::inputs::NoticeInputs;
use super::scope::Scope;
use super::{Block, Notice, Span};
use crate::registry::TargetId;

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
            let rows = rows::rows(inputs, &scope, &rule.query);
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

/// Beginnings of the names of queries whose rows say nothing of a target but what the notice or its public score card says: who runs, who was
/// drawn, with which outcome and score, and the lists that stand in the annexes.
const PUBLIC_QUERIES: [&str; 12] = [
    "registry.",
    "sample.",
    "outcome.",
    "portals_measured",
    "portals_above",
    "four_quarters",
    "index_level1.",
    "index_level2.",
    "distribution.",
    "regions.",
    "annual_forms",
    "reporting_names",
];

/// 可随通报公开的明细. Whether the rows of a query may stand in a notice that is published: rows that say what is wrong with whom may not,
/// since how far a problem is public is decided for each check.
pub fn is_public(query: &str) -> bool {
    PUBLIC_QUERIES.iter().any(|head| query.starts_with(head))
}

const REGISTRY: &str = "名录和抽样框（本轮冻结）";
const SAMPLE: &str = "抽样结果";
const SHEETS: &str = "评分表（判定经人工复核后）";
const PROBLEMS: &str = "问题清单（已计入的问题）";
const EARLIER: &str = "以前各轮存档的结果";
const WORDS: &str = "用词界限";
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
    if let Some(part) = name.strip_prefix("estimate.") {
        let class = part.split('_').next().unwrap_or_default();
        return of(
            SHEETS,
            "由抽中的对象按抽样设计推断全部正在运行的对象，方法见定义和 docs/results.md",
            &[],
            &format!("sample.{class}s"),
        );
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
        "repeat" => of(
            EARLIER,
            "本轮评分表与以前各轮存档的结果逐个对象比较，逐个计数",
            &[],
            name,
        ),
        "movement" => of(
            EARLIER,
            "有得分的门户本轮与上一轮得分相减，按变化大小排列",
            &[],
            name,
        ),
        "trend" => of(
            EARLIER,
            "以前各轮存档的门户得分的平均，按精确分数计算",
            &[],
            "",
        ),
        "distribution" => of(
            SHEETS,
            "有得分且结论已定的门户，按得分所在的分数段逐个计数",
            &[],
            name,
        ),
        "regions" => of(
            SHEETS,
            "该市有得分且结论已定的门户得分的平均，按精确分数计算",
            &[],
            name,
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
            "本轮平均得分减上一轮平均得分，按印出的数相减",
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
            "两轮占比相减（百分点），按印出的数相减",
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
            "本轮指数减上一轮指数，按印出的数相减",
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
