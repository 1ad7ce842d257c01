//! 通报输入: everything a notice speaks of, as plain rows. The golden folder ([`crate::golden`]) and the database fill it alike.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ResultTable;
use super::words::Words;
use crate::points::Points;
use crate::registry::{Level, TargetClass, TargetId};
use crate::score::Outcome;
use crate::stats::Stats;

/// 通报输入.
#[derive(Clone, Debug)]
pub struct NoticeInputs {
    /// Names and fixed texts of the round, `names.KEY` in templates: issuer, quarter, area …
    pub names: BTreeMap<String, String>,
    /// 发文字号, may be empty.
    pub number: String,
    /// Date of the notice.
    pub date: Date,
    /// Deadline of rectification.
    pub rectify_by: Date,
    /// The line that "above 80" means (the set's `bonus_above`).
    pub bonus_above: Points,
    /// Named figures and rows.
    pub stats: Stats,
    /// Targets by number.
    pub targets: BTreeMap<TargetId, NoticeTarget>,
    /// Confirmed problems.
    pub problems: Vec<Problem>,
    /// Cases of the last round.
    pub cases: Vec<Case>,
    /// Rows of the sheet 整改情况; the cases where none are given.
    pub case_rows: Vec<Case>,
    /// Sites to be closed or merged.
    pub closures: Vec<Closure>,
    /// Units and their filing of accounts.
    pub filings: Vec<Filing>,
    /// Annual forms due.
    pub annual_forms: Vec<AnnualForm>,
    /// Sites whose name in the reporting system does not conform.
    pub reporting_names: Vec<ReportingName>,
    /// Words and limits.
    pub words: Words,
    /// Sheets of the workbook that only score sheets and judgements can give ([`super::breakdown`]).
    pub breakdown: Vec<ResultTable>,
}

/// 严重问题核查. State of the screening for serious problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serious {
    /// 未核: not screened, or a hit is still open.
    Open,
    /// 未发现.
    Clear,
    /// 发现.
    Found,
}

/// 通报对象. A target as the notice speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeTarget {
    /// Number.
    pub id: TargetId,
    /// Name.
    pub name: String,
    /// Short name for enumerations, such as 柳州市柳北区.
    pub label: String,
    /// Class.
    pub class: TargetClass,
    /// Level.
    pub level: Level,
    /// Division code.
    pub region_code: String,
    /// Region.
    pub region: String,
    /// City above, or the province's own.
    pub city: String,
    /// Host unit.
    pub unit: String,
    /// Platform of an account as the notice writes it.
    pub platform: String,
    /// Drawn.
    pub drawn: bool,
    /// Outcome, where drawn.
    pub outcome: Option<Outcome>,
    /// Deduction score.
    pub score: Option<Points>,
    /// Screening for serious problems.
    pub serious: Serious,
    /// Named and certified as it should be; `None` where not looked at.
    pub naming_conforms: Option<bool>,
    /// Share of visits that succeeded, in percent, this round.
    pub availability_percent: Option<Points>,
    /// The same in the last round.
    pub previous_availability_percent: Option<Points>,
}

/// 问题条目. One confirmed problem of one target or unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Kind, one of `words.toml`.
    pub kind: String,
    /// Target, where it is one of the registry.
    pub target: Option<TargetId>,
    /// Name of the target, unit or site.
    pub subject: String,
    /// City (or unit) that stands before the name in examples; also what examples are spread over.
    pub city: String,
    /// Group for enumerations by group, or the platform of an account.
    pub group: String,
    /// What is wrong, as it follows the name in the text.
    pub detail: String,
    /// What was seen, when, and the record that holds it; empty where it is not known.
    pub evidence: String,
    /// How bad; the worst is named first.
    pub weight: i64,
}

/// 整改件. A rectification case of the last round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Round.
    pub round: String,
    /// Target.
    pub target: String,
    /// Name.
    pub subject: String,
    /// Problem.
    pub problem: String,
    /// Closed.
    pub closed: bool,
    /// Day of closing, as written.
    pub closed_on: String,
}

/// 关停整合. A site that nobody can maintain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Name.
    pub subject: String,
    /// Reason.
    pub reason: String,
    /// Done.
    pub done: bool,
    /// Day, as written.
    pub done_on: String,
}

/// 填报. A unit's review and filing of its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// Unit.
    pub unit: String,
    /// Reviewed and filed.
    pub filed: bool,
}

/// 年度报表.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnualForm {
    /// Unit.
    pub unit: String,
    /// Form.
    pub form: String,
    /// Published.
    pub published: bool,
}

/// 报送系统名称. A site whose name in the reporting system is not its proper one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportingName {
    /// Target.
    pub target: TargetId,
    /// Proper name.
    pub proper: String,
    /// Name in the reporting system.
    pub reported: String,
}
