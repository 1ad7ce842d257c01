//! 评分: veto first, then deductions, then bonus, exactly as the set says.

use serde::{Deserialize, Serialize};

use crate::indicator::{DeductKind, Formula, Indicator, IndicatorKind, IndicatorSet, Rule};
use crate::judge::Judgement;
use crate::points::{Exact, Points};
use crate::registry::{Target, TargetClass, TargetId};
use crate::review::{Review, to_confirm};
use crate::round::{Round, Subject};

pub(crate) mod tally;

use tally::{OpenWhat, Tally, tally};

/// 结论.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 合格.
    Qualified,
    /// 不合格.
    Unqualified,
    /// 无法判定: open places could change the outcome.
    Undetermined,
}

/// 计入的问题. A finding that took points or vetoed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedFinding {
    /// Check.
    pub check: String,
    /// Key.
    pub key: String,
    /// Case.
    pub case: String,
    /// Occurrences.
    pub count: u32,
    /// One sentence.
    pub detail: String,
}

/// 指标得分. One indicator of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorScore {
    /// Indicator id.
    pub indicator: String,
    /// Full points.
    pub points: Points,
    /// Points taken (deductions) or earned (bonus), after the cap.
    pub amount: Points,
    /// Most that could still be taken if every open place turned out bad.
    pub open_amount: Points,
    /// Veto indicators: whether it vetoes.
    pub is_veto: bool,
    /// Veto indicators: whether open places could make it veto.
    pub may_veto: bool,
    /// 不适用.
    pub not_applicable: bool,
    /// 未测: a check of it is wholly open, so nothing is known; indices leave it out.
    #[serde(default)]
    pub unmeasured: bool,
    /// What counted.
    pub findings: Vec<CountedFinding>,
    /// Why something is open, in Chinese; empty where nothing is.
    pub open: Vec<String>,
}

/// 评分表. The score sheet of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreSheet {
    /// Target.
    pub target: TargetId,
    /// Class.
    pub class: TargetClass,
    /// Every indicator that applies, in the order of the set.
    pub indicators: Vec<IndicatorScore>,
    /// Deduction score ②; `None` where the class is not scored or a veto ended the scoring.
    pub deduct_score: Option<Points>,
    /// Lowest ② if every open place turned out bad.
    pub deduct_score_low: Option<Points>,
    /// Bonus ③, only where ② is above the set's line.
    pub bonus_score: Option<Points>,
    /// Final score.
    pub final_score: Option<Points>,
    /// Outcome.
    pub outcome: Outcome,
    /// 待确认的内容安全问题. Findings of sets that are only listed which count for nothing before a person confirmed them, and which nobody
    /// decided. They change no points; yet nobody may say meanwhile that nothing serious was found.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub to_confirm: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Scores one target of a round: under the set that counts, and with what the sets listed beside it need a person for.
pub fn score_in(
    round: &Round,
    subject: &Subject,
    judgements: &[Judgement],
    reviews: &[Review],
) -> ScoreSheet {
    let own: Vec<Judgement> = judgements
        .iter()
        .filter(|judgement| judgement.target == *subject.target.id())
        .cloned()
        .collect();
    let to_confirm = to_confirm(round, &own, reviews).len() as u64;
    ScoreSheet {
        to_confirm,
        ..score(&round.set, subject, judgements, reviews)
    }
}

/// Scores one target under `set`: vetoes first (any one ends it), then deductions, then the bonus.
///
/// `judgements` and `reviews` may hold those of other targets, sets and checks; what concerns this target and set is taken.
/// What is open never takes points: it only widens the range in which the result lies.
pub fn score(
    set: &IndicatorSet,
    subject: &Subject,
    judgements: &[Judgement],
    reviews: &[Review],
) -> ScoreSheet {
    let target = subject.target.id();
    let class = subject.target.class();
    let own_formula = set.formula_of(class);
    let formula = own_formula
        .as_ref()
        .filter(|formula| formula.scored.contains(&class));
    let left_out = left_out_group(formula, &subject.target);
    let mut sheet = ScoreSheet {
        target: target.clone(),
        class,
        indicators: Vec::new(),
        deduct_score: None,
        deduct_score_low: None,
        bonus_score: None,
        final_score: None,
        outcome: Outcome::Qualified,
        to_confirm: 0,
    };
    for indicator in &set.indicators {
        let is_scored = matches!(indicator.kind, IndicatorKind::Deduct | IndicatorKind::Bonus);
        if !indicator.applies_to.contains(&class) || (is_scored && formula.is_none()) {
            continue;
        }
        let is_left_out = indicator.kind == IndicatorKind::Deduct
            && left_out.is_some_and(|group| group == indicator.level1);
        let tally = if is_left_out {
            Tally {
                not_applicable: true,
                ..Tally::default()
            }
        } else {
            tally(&set.id, indicator, target, judgements, reviews)
        };
        sheet
            .indicators
            .push(indicator_score(indicator, formula, tally));
    }
    if sheet.indicators.iter().any(|score| score.is_veto) {
        let vetoed_score = own_formula.and_then(|formula| formula.vetoed_score);
        return vetoed(set, sheet, vetoed_score);
    }
    let may_veto = sheet.indicators.iter().any(|score| score.may_veto);
    match formula {
        Some(formula) => add_up(set, formula, left_out, &mut sheet, may_veto),
        None if may_veto => sheet.outcome = Outcome::Undetermined,
        None => {}
    }
    sheet
}

/// The first-level group that is not checked for a department without public services.
fn left_out_group<'a>(formula: Option<&'a Formula>, target: &Target) -> Option<&'a str> {
    let group = formula?.no_service_group.as_deref()?;
    match target {
        Target::Site(site) if site.no_services && target.class() == TargetClass::Department => {
            Some(group)
        }
        _ => None,
    }
}

/// 单项否决: scoring stops, nothing else stands on the sheet.
fn vetoed(set: &IndicatorSet, sheet: ScoreSheet, vetoed_score: Option<Points>) -> ScoreSheet {
    let stays = |id: &str| {
        set.indicator(id).is_some_and(|indicator| {
            matches!(indicator.kind, IndicatorKind::Veto | IndicatorKind::Listed)
        })
    };
    ScoreSheet {
        indicators: sheet
            .indicators
            .into_iter()
            .filter(|score| stays(&score.indicator))
            .collect(),
        final_score: vetoed_score,
        outcome: Outcome::Unqualified,
        ..sheet
    }
}

fn indicator_score(
    indicator: &Indicator,
    formula: Option<&Formula>,
    tally: Tally,
) -> IndicatorScore {
    let mut score = IndicatorScore {
        indicator: indicator.id.clone(),
        points: indicator.points,
        amount: Points::ZERO,
        open_amount: Points::ZERO,
        is_veto: false,
        may_veto: false,
        not_applicable: tally.not_applicable,
        unmeasured: tally.is_wholly_open(),
        findings: tally.counted.clone(),
        open: tally.open.iter().map(open_text).collect(),
    };
    match (indicator.kind, formula) {
        (IndicatorKind::Veto, _) => {
            let reaches = |rule: &Rule, count: u64| count >= u64::from(rule.at_least.unwrap_or(1));
            score.is_veto = indicator
                .rules
                .iter()
                .any(|rule| reaches(rule, tally.counted_of(&rule.cases)));
            let could_reach = |rule: &Rule| {
                let worst = tally.counted_of(&rule.cases) + tally.open_of(&rule.cases);
                reaches(rule, worst)
            };
            score.may_veto = !score.is_veto
                && (tally.is_wholly_open() || indicator.rules.iter().any(could_reach));
        }
        (IndicatorKind::Deduct | IndicatorKind::Bonus, Some(formula)) => {
            score.amount = amount(indicator, formula, |rule| tally.counted_of(&rule.cases));
            let mut worst = amount(indicator, formula, |rule| {
                tally.counted_of(&rule.cases) + tally.open_of(&rule.cases)
            });
            if tally.is_wholly_open() {
                let most = if formula.cap_per_indicator || indicator.kind == IndicatorKind::Bonus {
                    indicator.points
                } else {
                    formula.deduct_total
                };
                worst = worst.max(most);
            }
            score.open_amount = worst - score.amount;
        }
        (IndicatorKind::Deduct | IndicatorKind::Bonus, None) | (IndicatorKind::Listed, _) => {}
    }
    score
}

fn open_text(open: &tally::Open) -> String {
    match open.what {
        OpenWhat::Finding(_) => format!("待复核：{}", open.text),
        OpenWhat::Doubt(_) => format!("存疑：{}", open.text),
        OpenWhat::Question => format!("待人工回答：{}", open.text),
        OpenWhat::Unknown => format!("无法判定：{}", open.text),
    }
}

/// Points of one indicator, where `count` says how often each rule applies.
fn amount(indicator: &Indicator, formula: &Formula, count: impl Fn(&Rule) -> u64) -> Points {
    let taken: Points = indicator
        .rules
        .iter()
        .map(|rule| match (rule.kind, count(rule)) {
            (_, 0) | (None, _) => Points::ZERO,
            (Some(DeductKind::All), _) => indicator.points,
            (Some(DeductKind::Fixed), _) => rule.points.unwrap_or_default(),
            (Some(DeductKind::Each), times) => {
                // More occurrences than this cannot change a score any more, and the product stays in range.
                let times = i64::try_from(times).unwrap_or(i64::MAX).min(1_000_000);
                rule.points.unwrap_or_default().times(times)
            }
        })
        .sum();
    if formula.cap_per_indicator || indicator.kind == IndicatorKind::Bonus {
        taken.min(indicator.points)
    } else {
        taken
    }
}

/// ②, ③ and the outcome of a target without a veto.
fn add_up(
    set: &IndicatorSet,
    formula: &Formula,
    left_out: Option<&str>,
    sheet: &mut ScoreSheet,
    may_veto: bool,
) {
    let of_kind = |kind: IndicatorKind| {
        sheet.indicators.iter().filter(move |score| {
            set.indicator(&score.indicator)
                .is_some_and(|indicator| indicator.kind == kind)
        })
    };
    let taken: Points = of_kind(IndicatorKind::Deduct)
        .map(|score| score.amount)
        .sum();
    let open: Points = of_kind(IndicatorKind::Deduct)
        .map(|score| score.open_amount)
        .sum();
    let bonus: Points = of_kind(IndicatorKind::Bonus)
        .map(|score| score.amount)
        .sum();
    let group: Points = of_kind(IndicatorKind::Deduct)
        .filter_map(|score| set.indicator(&score.indicator))
        .filter(|indicator| left_out.is_some_and(|group| group == indicator.level1))
        .map(|indicator| indicator.points)
        .sum();
    let base = formula.deduct_total - group;
    let high = kept(formula, base, taken);
    let low = kept(formula, base, taken + open);
    let line = exact(formula.fail_below);
    let deduct_score = Points::from_hundredths(high.rounded(2) as i64);
    sheet.deduct_score = Some(deduct_score);
    sheet.deduct_score_low = Some(Points::from_hundredths(low.rounded(2) as i64));
    sheet.final_score = sheet.deduct_score;
    if high < line {
        sheet.outcome = Outcome::Unqualified;
        return;
    }
    if high.is_above(exact(formula.bonus_above)) {
        let bonus = bonus.min(formula.bonus_total);
        sheet.bonus_score = Some(bonus);
        sheet.final_score = Some(deduct_score + bonus);
    }
    if may_veto || low < line {
        sheet.outcome = Outcome::Undetermined;
    }
}

/// 各问题的分值. What each counted finding brings under the indicator's rules, before the cap; a rule that takes its points once takes
/// them with its first finding.
pub fn points_of_findings(indicator: &Indicator, findings: &[CountedFinding]) -> Vec<Points> {
    let mut is_used = vec![false; indicator.rules.len()];
    let of_rule = |(rule, is_used): (&Rule, &mut bool), finding: &CountedFinding| {
        if !rule.cases.contains(&finding.case) {
            return Points::ZERO;
        }
        let is_first = !std::mem::replace(is_used, true);
        match rule.kind {
            Some(DeductKind::Each) => rule.points.unwrap_or_default().times(finding.count.into()),
            Some(DeductKind::All) if is_first => indicator.points,
            Some(DeductKind::Fixed) if is_first => rule.points.unwrap_or_default(),
            _ => Points::ZERO,
        }
    };
    let of_finding = |finding: &CountedFinding| {
        let rules = indicator.rules.iter().zip(is_used.iter_mut());
        rules.map(|rule| of_rule(rule, finding)).sum()
    };
    findings.iter().map(of_finding).collect()
}

/// What is left of `base` after `taken`, scaled up to the set's total, exactly.
fn kept(formula: &Formula, base: Points, taken: Points) -> Exact {
    let left = (base - taken).max(Points::ZERO);
    let total = formula.deduct_total;
    let scaled = i128::from(left.hundredths()) * i128::from(total.hundredths());
    // A base of zero means a set that checks nothing here; a resolved set never has one.
    Exact::new(scaled, i128::from(base.hundredths()) * 100).unwrap_or_else(|| exact(total))
}

fn exact(points: Points) -> Exact {
    Exact::from(points)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "score_tests.rs"]
mod tests;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "score_local_tests.rs"]
mod local_tests;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "score_properties.rs"]
mod properties;
