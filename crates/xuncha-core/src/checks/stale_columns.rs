//! 栏目不更新: columns that stand still, columns without any item, columns that the rule asks for and the site lacks.
//!
//! * Why: three counts of the veto (news and first-level notices and policies; long overdue columns; empty columns) and most
//!   deductions of 发布解读 rest on the same column tree.
//! * Evidence used: the navigation's columns with their kind, depth, newest date and number of items.
//! * Left to a person: columns whose kind was only guessed, and columns that seem to be missing (low confidence).
//! * Known misjudgements: a column under an unusual name may be read as another kind; a column that is only linked from the home
//!   page's body is not seen; overview, duties, leaders, services and interaction are never overdue here, only empty.
//! * Source: 国办秘函〔2019〕19号 检查指标 单项否决“栏目不更新”, 扣分指标 发布解读; months are calendar months.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{Column, ColumnKind, Facts, SiteFacts};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Kinds of column that are looked at.
    pub kinds: BTreeSet<ColumnKind>,
    /// News must have something not older than so many days.
    pub news_days: u16,
    /// Notices and policies must have something within so many calendar months.
    pub notice_policy_months: u16,
    /// Only first-level columns of notices and policies are held to that window; those below are long overdue at the earliest.
    pub first_level_only: bool,
    /// Interpretations must have something within so many calendar months.
    pub interpretation_months: u16,
    /// Any other column that should be updated must have something within so many calendar months.
    pub overdue_months: u16,
    /// A column whose items show no date counts as not updated; otherwise it is 存疑.
    pub undated_is_stale: bool,
    /// Also report kinds that the site has no column of (only kinds that the rule asks for).
    pub report_absent: bool,
}

impl Default for Params {
    fn default() -> Params {
        use ColumnKind::*;
        Params {
            kinds: BTreeSet::from([
                News,
                Notice,
                Policy,
                Interpretation,
                Overview,
                Duties,
                Leaders,
                Yearly,
                Services,
                Interaction,
                Other,
            ]),
            news_days: 14,
            notice_policy_months: 6,
            first_level_only: true,
            interpretation_months: 6,
            overdue_months: 12,
            undated_is_stale: false,
            report_absent: false,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("stale_news", "动态要闻类栏目不更新"),
    ("stale_notice", "通知公告类一级栏目不更新"),
    ("stale_policy", "政策文件类一级栏目不更新"),
    ("stale_interpretation", "政策解读类栏目不更新"),
    ("overdue", "应更新未更新栏目"),
    ("empty", "空白栏目"),
    ("no_news", "无动态要闻类栏目"),
    ("no_policy", "无政策文件类栏目"),
    ("no_interpretation", "无政策解读类栏目"),
    ("no_overview", "无概况信息类栏目"),
    ("no_duties", "无机构职能类栏目"),
    ("no_leaders", "无领导信息类栏目"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// 时限. The window that a column is held to.
struct Window {
    case: &'static str,
    prefix: &'static str,
    cutoff: Date,
    text: String,
}

/// Judges every column of the kinds that are looked at.
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
    support::home(site)?;
    if site.columns.is_empty() {
        return Err(no_navigation(site));
    }
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    let mut seen = BTreeSet::new();
    let mut is_anything_judged = false;
    for (at, column) in site.columns.iter().enumerate() {
        if !params.kinds.contains(&column.kind) || !seen.insert(&column.url) {
            continue;
        }
        match judge_column(site, at, context, params) {
            Says::Nothing => is_anything_judged = true,
            Says::Finding(finding) => findings.push(*finding),
            Says::Doubt(doubt) => doubts.push(doubt),
        }
    }
    if params.report_absent {
        report_absent(site, params, &mut findings, &mut doubts)?;
    }
    support::verdict_of_judged(findings, doubts, is_anything_judged)
}

enum Says {
    Nothing,
    Finding(Box<Finding>),
    Doubt(Doubt),
}

fn judge_column(site: &SiteFacts, at: usize, context: &Context, params: &Params) -> Says {
    let column = &site.columns[at];
    let window = window(column, context, params);
    if column.needs_script {
        return needs_script(site, column, window);
    }
    if column.is_empty && !column.is_parent_only {
        return Says::Finding(Box::new(empty(column)));
    }
    let Some(window) = window else {
        return Says::Nothing;
    };
    if column.is_parent_only && !window.case.starts_with("stale_") {
        return Says::Nothing;
    }
    let newest = match newest(site, at, &window) {
        Ok(newest) => newest,
        Err(child) => return needs_script(site, child, Some(window)),
    };
    match newest {
        Some(newest) if newest >= window.cutoff => Says::Nothing,
        Some(newest) => Says::Finding(Box::new(stale(column, &window, Some(newest)))),
        None => undated(column, window, params),
    }
}

/// The window of a column's kind; `None` where the kind is not updated by nature.
fn window(column: &Column, context: &Context, params: &Params) -> Option<Window> {
    let months = |case, months: u16| Window {
        case,
        prefix: "stale",
        cutoff: support::months_before(context.as_of, months),
        text: format!("{months}个月"),
    };
    let is_first_level = column.depth <= 1 || !params.first_level_only;
    match column.kind {
        ColumnKind::News => Some(Window {
            case: "stale_news",
            prefix: "stale",
            cutoff: support::days_before(context.as_of, params.news_days),
            text: format!("{}天", params.news_days),
        }),
        ColumnKind::Notice if is_first_level => {
            Some(months("stale_notice", params.notice_policy_months))
        }
        ColumnKind::Policy if is_first_level => {
            Some(months("stale_policy", params.notice_policy_months))
        }
        ColumnKind::Interpretation => {
            Some(months("stale_interpretation", params.interpretation_months))
        }
        ColumnKind::Notice | ColumnKind::Policy | ColumnKind::Yearly | ColumnKind::Other => {
            Some(Window {
                prefix: "overdue",
                ..months("overdue", params.overdue_months)
            })
        }
        _ => None,
    }
}

/// Newest date of a column. A first-level column of notices or policies without a list of its own is as new as what stands below it;
/// other columns without a list are judged by their sub-columns alone and count as new here.
fn newest<'a>(site: &'a SiteFacts, at: usize, window: &Window) -> Result<Option<Date>, &'a Column> {
    let column = &site.columns[at];
    if !column.is_parent_only {
        return Ok(column.newest);
    }
    if !matches!(window.case, "stale_notice" | "stale_policy") {
        return Ok(Some(Date::MAX));
    }
    let below = || {
        site.columns[at + 1..]
            .iter()
            .take_while(|below| below.depth > column.depth)
    };
    let newest = below().filter_map(|below| below.newest).max();
    if newest.is_some_and(|newest| newest >= window.cutoff) {
        return Ok(newest);
    }
    if let Some(child) = below().find(|below| below.needs_script) {
        return Err(child);
    }
    Ok(newest)
}

fn stale(column: &Column, window: &Window, newest: Option<Date>) -> Finding {
    let shown = newest.map_or("信息均未注明发布时间".to_owned(), |date| {
        format!("最新信息日期{date}")
    });
    let detail = match window.prefix {
        "overdue" => format!(
            "栏目“{}”应更新未更新，超过{}（{shown}）。",
            column.name, window.text
        ),
        _ => format!(
            "栏目“{}”超过{}未更新（{shown}）。",
            column.name, window.text
        ),
    };
    let key = format!("{}:{}", window.prefix, column.url);
    let confidence = if newest.is_none() {
        Confidence::Low
    } else {
        confidence(column)
    };
    Finding::new(key, window.case, detail, column.evidence.quoting(&shown))
        .with_url(&column.url)
        .with_places([support::place(&column.url, &column.name)])
        .with_confidence(confidence)
}

fn empty(column: &Column) -> Finding {
    Finding::new(
        format!("empty:{}", column.url),
        "empty",
        format!("栏目“{}”为空白栏目，没有任何信息。", column.name),
        column.evidence.quoting(&column.name),
    )
    .with_url(&column.url)
    .with_places([support::place(&column.url, &column.name)])
    .with_confidence(confidence(column))
}

fn confidence(column: &Column) -> Confidence {
    if column.kind_is_sure {
        Confidence::High
    } else {
        Confidence::Low
    }
}

fn needs_script(site: &SiteFacts, column: &Column, window: Option<Window>) -> Says {
    let (prefix, case) = window.map_or(("empty", "empty"), |window| (window.prefix, window.case));
    Says::Doubt(support::doubt(
        format!("{prefix}:{}", column.url),
        case,
        UndeterminedReason::NeedsScript,
        format!(
            "栏目“{}”的列表由脚本生成，{}。",
            column.name,
            support::not_rendered(site, &column.url)
        ),
    ))
}

/// Items without dates. A column without items and without a word that it is empty is a page of text: only the kinds that must have a
/// list are doubtful then.
fn undated(column: &Column, window: Window, params: &Params) -> Says {
    if column.item_count == 0 && window.prefix == "overdue" {
        return Says::Nothing;
    }
    if column.item_count > 0 && params.undated_is_stale {
        return Says::Finding(Box::new(stale(column, &window, None)));
    }
    Says::Doubt(support::doubt(
        format!("{}:{}", window.prefix, column.url),
        window.case,
        UndeterminedReason::Incomplete,
        format!("没有读到栏目“{}”的信息日期。", column.name),
    ))
}

/// Kinds that the rule asks every site to have a column of: kind, its name in keys, case, Chinese name.
const REQUIRED: [(ColumnKind, &str, &str, &str); 6] = [
    (ColumnKind::News, "news", "no_news", "动态要闻"),
    (ColumnKind::Policy, "policy", "no_policy", "政策文件"),
    (
        ColumnKind::Interpretation,
        "interpretation",
        "no_interpretation",
        "政策解读",
    ),
    (ColumnKind::Overview, "overview", "no_overview", "概况信息"),
    (ColumnKind::Duties, "duties", "no_duties", "机构职能"),
    (ColumnKind::Leaders, "leaders", "no_leaders", "领导信息"),
];

fn report_absent(
    site: &SiteFacts,
    params: &Params,
    findings: &mut Vec<Finding>,
    doubts: &mut Vec<Doubt>,
) -> Result<(), Undetermined> {
    let home = support::home(site)?;
    for (kind, name, case, zh) in REQUIRED {
        let is_there = site.columns.iter().any(|column| column.kind == kind);
        if is_there || !params.kinds.contains(&kind) {
            continue;
        }
        let key = format!("missing:{name}");
        if support::is_home_unrendered(site) {
            doubts.push(support::doubt(
                key,
                case,
                UndeterminedReason::NeedsScript,
                format!("首页尚未渲染，不能确定有无{zh}类栏目。"),
            ));
            continue;
        }
        let detail = format!("导航中未见{zh}类栏目，请人工确认。");
        findings.push(
            Finding::new(key, case, detail, home.evidence.clone())
                .with_url(&home.url)
                .with_confidence(Confidence::Low),
        );
    }
    Ok(())
}

fn no_navigation(site: &SiteFacts) -> Undetermined {
    let reason = if support::is_home_unrendered(site) {
        UndeterminedReason::NeedsScript
    } else {
        UndeterminedReason::Incomplete
    };
    Undetermined::new(
        reason,
        "没有读到网站导航，无法判定栏目；请渲染首页或人工登记栏目。",
    )
}
