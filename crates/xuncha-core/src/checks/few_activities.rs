//! 调查征集、在线访谈不足: no column of surveys or interviews, or fewer within a year than asked for.
//!
//! * Why: a site on which nobody is asked and nobody answers before the public does not interact.
//! * Evidence used: the lists of these columns over all their pages, each item with its day.
//! * Left to a person: lists that could not be read to the end, items without a day.
//! * Known misjudgements: a result of a survey that is published as an item of its own counts as another one.
//! * Source: 国办发〔2015〕15号 调查征集类, 互动访谈类; 国办秘函〔2019〕19号 bonus indicators.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::{ActivityColumn, ActivityKind, ColumnKind, Facts, SiteFacts};
use crate::registry::{SiteKind, Target};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is counted.
    pub kinds: Vec<ActivityKind>,
    /// A portal has so many within the window; 0 asks for nothing.
    pub portal_min: u16,
    /// Another site has so many; 0 asks for nothing.
    pub department_min: u16,
    /// The window in calendar months.
    pub months: u16,
    /// Whether a survey that takes opinions by mail only counts.
    pub counts_mail: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            kinds: vec![ActivityKind::Survey, ActivityKind::Interview],
            portal_min: 6,
            department_min: 0,
            months: 12,
            counts_mail: false,
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("no_surveys", "未开设调查征集栏目"),
    ("few_surveys", "调查征集次数不足"),
    ("no_interviews", "未开设在线访谈栏目"),
    ("few_interviews", "在线访谈次数不足"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges the columns of each kind.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    let is_portal = matches!(&subject.target, Target::Site(site) if site.kind == SiteKind::Portal);
    let least = match is_portal {
        true => params.portal_min,
        false => params.department_min,
    };
    if least == 0 || params.kinds.is_empty() {
        return Ok(support::not_applicable("对这类网站没有次数要求。"));
    }
    support::need_phases(site, NEEDS)?;
    support::home(site)?;
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    let mut is_judged = false;
    for kind in &params.kinds {
        match judge_kind(site, *kind, least, (context, params)) {
            Ok(finding) => {
                is_judged = true;
                findings.extend(finding);
            }
            Err(doubt) => doubts.push(doubt),
        }
    }
    support::verdict_of_judged(findings, doubts, is_judged)
}

fn words(kind: ActivityKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ActivityKind::Survey => ("surveys", "no_surveys", "few_surveys"),
        ActivityKind::Interview => ("interviews", "no_interviews", "few_interviews"),
    }
}

fn judge_kind(
    site: &SiteFacts,
    kind: ActivityKind,
    least: u16,
    (context, params): (&Context, &Params),
) -> Result<Option<Finding>, Doubt> {
    let (key, _, few) = words(kind);
    let columns: Vec<&ActivityColumn> = site
        .activities
        .iter()
        .filter(|column| column.kind == kind)
        .collect();
    let Some(first) = columns.first() else {
        return absent(site, kind).map(Some);
    };
    let (from, until) = (
        support::months_before(context.as_of, params.months),
        context.as_of.date(),
    );
    let counted = || {
        let all = columns.iter().flat_map(|column| &column.activities);
        all.filter(|one| params.counts_mail || !one.by_mail)
    };
    let within: BTreeSet<&str> = counted()
        .filter(|one| one.date.is_some_and(|day| day >= from && day <= until))
        .map(|one| one.url.as_str())
        .collect();
    if within.len() >= usize::from(least) {
        return Ok(None);
    }
    let undated = counted().filter(|one| one.date.is_none()).count();
    let unread = columns
        .iter()
        .find(|column| column.needs_script || !column.is_whole);
    if let Some(column) = unread {
        let (reason, why) = match column.needs_script {
            true => (
                UndeterminedReason::NeedsScript,
                "的内容由脚本生成，没有读出",
            ),
            false => (UndeterminedReason::Incomplete, "的列表没有读完"),
        };
        let detail = format!("栏目“{}”（{}）{why}，请人工清点。", column.name, column.url);
        return Err(support::doubt(key, few, reason, detail));
    }
    if undated + within.len() >= usize::from(least) {
        let detail = format!(
            "栏目“{}”有{undated}项没有读到日期，请人工清点。",
            first.name
        );
        return Err(support::doubt(
            key,
            few,
            UndeterminedReason::Incomplete,
            detail,
        ));
    }
    let by_mail = columns
        .iter()
        .flat_map(|column| &column.activities)
        .filter(|one| one.by_mail && !params.counts_mail)
        .count();
    let mail = match by_mail {
        0 => String::new(),
        count => format!("（另有{count}次只收电子邮件，不计）"),
    };
    let detail = format!(
        "监测时间点前{}个月内{}{}次，少于{least}次{mail}。",
        params.months,
        kind.zh(),
        within.len()
    );
    Ok(Some(
        Finding::new(key, few, detail, first.evidence.quoting(&first.name))
            .with_url(&first.url)
            .with_places(
                columns
                    .iter()
                    .map(|column| support::place(&column.url, &column.name)),
            )
            .with_confidence(Confidence::Medium),
    ))
}

/// No column of this kind was found; that it is not there can be said of a site that was read whole only.
fn absent(site: &SiteFacts, kind: ActivityKind) -> Result<Finding, Doubt> {
    let (key, none, _) = words(kind);
    if let Some((reason, why)) = support::unread(site, &[ColumnKind::Interaction]) {
        return Err(support::doubt(key, none, reason, why));
    }
    let evidence = match &site.home {
        Some(home) => home.evidence.clone(),
        None => {
            return Err(support::doubt(
                key,
                none,
                UndeterminedReason::Incomplete,
                "没有读到首页。",
            ));
        }
    };
    let url = evidence.url.clone();
    let finding = Finding::new(key, none, format!("没有找到{}栏目。", kind.zh()), evidence);
    Ok(finding.with_url(&url).with_confidence(Confidence::Medium))
}
