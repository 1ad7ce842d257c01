//! 明细表: where the points of every target went, by second-level indicator, and every finding that counted with its address, its
//! quoted spot and its evidence. Sheets of the workbook beside the lists of the notice.

use std::collections::BTreeMap;

use super::ResultTable;
use crate::checks;
use crate::indicator::{Indicator, IndicatorKind, IndicatorSet};
use crate::judge::{Judged, Judgement};
use crate::points::Points;
use crate::registry::TargetId;
use crate::results::{Results, TargetResult};
use crate::review::{Decision, latest};
use crate::round::{Round, Subject};
use crate::score::tally::tally;
use crate::score::{CountedFinding, IndicatorScore, ScoreSheet, points_of_findings};
use crate::stats::NOT_MEASURED;
use crate::verdict::{Finding, Verdict};

/// Evidence records that one cell names.
const MAX_RECORDS: usize = 3;

/// 各指标扣分: a row for each scored target, a column for each deduction indicator of the set.
pub fn deductions(set: &IndicatorSet, sheets: &[(&Subject, &ScoreSheet)]) -> ResultTable {
    let scored = set
        .formula
        .as_ref()
        .map_or(&[][..], |f| f.scored.as_slice());
    let indicators: Vec<&Indicator> = set
        .indicators
        .iter()
        .filter(|one| one.kind == IndicatorKind::Deduct)
        .filter(|one| one.applies_to.iter().any(|class| scored.contains(class)))
        .collect();
    let mut columns: Vec<String> = ["编号", "名称", "结论", "扣分指标得分"]
        .map(str::to_owned)
        .to_vec();
    for indicator in &indicators {
        // Heads of a table are different from one another.
        let is_taken = columns.contains(&indicator.level2);
        columns.push(if is_taken {
            format!("{} {}", indicator.level2, indicator.id)
        } else {
            indicator.level2.clone()
        });
    }
    let row = |(subject, sheet): &(&Subject, &ScoreSheet)| {
        let mut cells = vec![
            subject.target.id().to_string(),
            subject.target.name().to_owned(),
            super::annexes::outcome_name(Some(sheet.outcome)).to_owned(),
            sheet.deduct_score.map_or_else(String::new, Points::short),
        ];
        cells.extend(indicators.iter().map(|one| deduction(sheet, one)));
        cells
    };
    let of_class = |(_, sheet): &&(&Subject, &ScoreSheet)| scored.contains(&sheet.class);
    ResultTable {
        name: "各指标扣分".to_owned(),
        columns,
        rows: sheets.iter().filter(of_class).map(row).collect(),
    }
}

/// What one indicator took; empty where a veto ended the scoring before it.
fn deduction(sheet: &ScoreSheet, indicator: &Indicator) -> String {
    let is_it = |score: &&IndicatorScore| score.indicator == indicator.id;
    match sheet.indicators.iter().find(is_it) {
        None => String::new(),
        Some(score) if score.not_applicable => "不适用".to_owned(),
        Some(score) if score.unmeasured => NOT_MEASURED.to_owned(),
        Some(score) => score.amount.short(),
    }
}

/// 问题明细: every finding that counted, of the scored set and of those that are only listed.
pub fn findings(results: &Results) -> ResultTable {
    let columns = [
        "编号",
        "名称",
        "指标编号",
        "一级指标",
        "二级指标",
        "性质",
        "检查项",
        "情形",
        "次数",
        "分值（封顶前）",
        "说明",
        "网址",
        "引文",
        "证据记录",
        "依据",
    ];
    ResultTable {
        name: "问题明细".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: results
            .targets
            .iter()
            .flat_map(|target| of_target(results, target))
            .collect(),
    }
}

/// 计入的问题. One finding that counted, where it counted.
pub(super) struct Line<'a> {
    pub indicator: &'a Indicator,
    pub counted: CountedFinding,
    /// Before the cap of the indicator.
    pub points: Points,
    /// What the machine said; `None` for an answer of a person.
    pub finding: Option<&'a Finding>,
}

/// Every finding of a target that counted: in the scored set, then in those that are only listed.
pub(super) fn lines<'a>(round: &'a Round, target: &'a TargetResult) -> Vec<Line<'a>> {
    let mut all = Vec::new();
    for score in &target.sheet.indicators {
        if let Some(indicator) = round.set.indicator(&score.indicator) {
            all.extend(of_indicator(&round.set, indicator, &score.findings, target));
        }
    }
    let class = target.subject.target.class();
    let id = target.subject.target.id();
    for set in &round.also_listed {
        let applying = set
            .indicators
            .iter()
            .filter(|one| one.applies_to.contains(&class));
        for indicator in applying {
            let counted =
                tally(&set.id, indicator, id, &target.judgements, &target.reviews).counted;
            all.extend(of_indicator(set, indicator, &counted, target));
        }
    }
    all
}

fn of_indicator<'a>(
    set: &IndicatorSet,
    indicator: &'a Indicator,
    counted: &[CountedFinding],
    target: &'a TargetResult,
) -> Vec<Line<'a>> {
    let found = found(set, indicator, target);
    let points = points_of_findings(indicator, counted);
    let line = |(counted, points): (&CountedFinding, Points)| Line {
        indicator,
        counted: counted.clone(),
        points,
        finding: found
            .get(&(counted.check.as_str(), counted.key.as_str()))
            .copied(),
    };
    counted.iter().zip(points).map(line).collect()
}

fn of_target(results: &Results, target: &TargetResult) -> Vec<Vec<String>> {
    let lines = lines(&results.round, target);
    lines.iter().map(|line| cells(line, target)).collect()
}

fn cells(line: &Line<'_>, target: &TargetResult) -> Vec<String> {
    let (indicator, counted, finding) = (line.indicator, &line.counted, line.finding);
    let check = checks::find(&counted.check);
    vec![
        target.subject.target.id().to_string(),
        target.subject.target.name().to_owned(),
        indicator.id.clone(),
        indicator.level1.clone(),
        indicator.level2.clone(),
        kind_name(indicator.kind).to_owned(),
        check.map_or("", |check| check.title_zh).to_owned(),
        line.case().to_owned(),
        counted.count.to_string(),
        points_text(indicator.kind, line.points),
        counted.detail.clone(),
        finding.map_or("", address).to_owned(),
        finding.map_or_else(String::new, quote),
        finding.map_or_else(String::new, records),
        ground(target.subject.target.id(), counted, target),
    ]
}

impl Line<'_> {
    /// What kind of case it is.
    pub fn case(&self) -> &'static str {
        let check = checks::find(&self.counted.check);
        let case = check.and_then(|check| check.case_name(&self.counted.case));
        case.unwrap_or_default()
    }
}

/// The machine's findings of one indicator, by check and key.
fn found<'a>(
    set: &IndicatorSet,
    indicator: &Indicator,
    target: &'a TargetResult,
) -> BTreeMap<(&'a str, &'a str), &'a Finding> {
    let mine =
        |judgement: &&Judgement| judgement.set == set.id && judgement.indicator == indicator.id;
    let mut found = BTreeMap::new();
    for judgement in target.judgements.iter().filter(mine) {
        if let Judged::Known {
            verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
        } = &judgement.result
        {
            for finding in findings {
                found.insert((judgement.check.as_str(), finding.key.as_str()), finding);
            }
        }
    }
    found
}

pub(super) fn kind_name(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Veto => "单项否决",
        IndicatorKind::Deduct => "扣分",
        IndicatorKind::Bonus => "加分",
        IndicatorKind::Listed => "仅列出",
    }
}

pub(super) fn points_text(kind: IndicatorKind, points: Points) -> String {
    match kind {
        IndicatorKind::Deduct | IndicatorKind::Bonus => points.short(),
        IndicatorKind::Veto | IndicatorKind::Listed => String::new(),
    }
}

/// The address at fault, else the first page that shows it.
pub(super) fn address(finding: &Finding) -> &str {
    let place = || finding.places.first().map(|place| place.url.as_str());
    finding.url.as_deref().or_else(place).unwrap_or_default()
}

pub(super) fn quote(finding: &Finding) -> String {
    let mut quotes = finding.evidence().iter().map(|evidence| &evidence.quote);
    quotes
        .find(|quote| !quote.is_empty())
        .cloned()
        .unwrap_or_default()
}

fn records(finding: &Finding) -> String {
    let records: Vec<&str> = finding
        .evidence()
        .iter()
        .map(|evidence| evidence.record.as_str())
        .filter(|record| !record.is_empty())
        .collect();
    let more = if records.len() > MAX_RECORDS {
        format!("等{}份", records.len())
    } else {
        String::new()
    };
    let named: Vec<&str> = records.into_iter().take(MAX_RECORDS).collect();
    format!("{}{more}", named.join("、"))
}

/// The same for the unit concerned: that a person said so and when, not who.
pub(super) fn unit_ground(
    id: &TargetId,
    counted: &CountedFinding,
    target: &TargetResult,
) -> String {
    match latest(&target.reviews, id, &counted.check, &counted.key) {
        None => "机器判定".to_owned(),
        Some(review) => format!("{}（{}）", decided(&review.decision), review.at.date()),
    }
}

fn decided(decision: &Decision) -> &'static str {
    match decision {
        Decision::Answered { .. } => "人工答复",
        Decision::Confirmed | Decision::Rejected | Decision::Withdrawn => "人工确认",
    }
}

/// Who says so: the machine, or a person with name and time.
pub(super) fn ground(id: &TargetId, counted: &CountedFinding, target: &TargetResult) -> String {
    match latest(&target.reviews, id, &counted.check, &counted.key) {
        None => "机器判定".to_owned(),
        Some(review) => {
            let word = decided(&review.decision);
            format!("{word}（{}，{}）", review.by, review.at.date())
        }
    }
}
