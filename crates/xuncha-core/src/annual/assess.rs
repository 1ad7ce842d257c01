//! 自评: the supervisor's own year under the indicators for supervision: vetoes first, then deductions with their caps, then the bonus.

use std::collections::BTreeMap;

use crate::indicator::{FigureConfidence, Indicator, IndicatorKind, IndicatorSet};
use crate::points::Points;
use crate::registry::TargetClass;
use crate::score::{CountedFinding, Outcome, points_of_findings};

/// Name of the check that a person answers.
const MANUAL: &str = "manual";
/// Name of the case that an answer is.
const ANSWER: &str = "answer";

/// 自评行. One indicator with its answer and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedRow {
    /// Indicator id.
    pub indicator: String,
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IndicatorKind,
    /// Full points.
    pub points: Points,
    /// Whether points or wording are not confirmed by a source.
    pub is_pending: bool,
    /// Rule.
    pub text: String,
    /// Question.
    pub prompt: String,
    /// Code of its answer.
    pub question: String,
    /// How many; `None` where nobody answered.
    pub answer: Option<u32>,
    /// Points taken or earned.
    pub amount: Points,
}

/// 自评结果.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// Indicators in the order of the set.
    pub rows: Vec<AssessedRow>,
    /// Score of deductions; `None` after a veto, and while an answer is missing.
    pub deduct_score: Option<Points>,
    /// Bonus, where the score is above the line.
    pub bonus_score: Option<Points>,
    /// Both together.
    pub final_score: Option<Points>,
    /// Outcome; undetermined while an answer that matters is missing.
    pub outcome: Outcome,
}

/// Scores the answers (by the code of their question) under a set for supervisors.
pub fn assess(set: &IndicatorSet, answers: &BTreeMap<String, u32>) -> Result<Assessed, String> {
    let formula = set.formula_of(TargetClass::Supervisor);
    let formula = formula.ok_or_else(|| format!("{} 没有监管单位的计分办法", set.id))?;
    let rows: Vec<AssessedRow> = set
        .indicators
        .iter()
        .filter(|one| one.applies_to.contains(&TargetClass::Supervisor))
        .map(|indicator| row(indicator, answers))
        .collect();
    let of = |kind: IndicatorKind| rows.iter().filter(move |row| row.kind == kind);
    let is_vetoed = set.indicators.iter().any(|indicator| {
        let least = indicator
            .rules
            .iter()
            .filter_map(|rule| rule.at_least)
            .min();
        let own = rows.iter().find(|row| row.indicator == indicator.id);
        let answer = own.and_then(|row| row.answer).unwrap_or(0);
        indicator.kind == IndicatorKind::Veto && answer >= least.unwrap_or(1)
    });
    let mut assessed = Assessed {
        deduct_score: None,
        bonus_score: None,
        final_score: None,
        outcome: Outcome::Unqualified,
        rows: rows.clone(),
    };
    if is_vetoed {
        return Ok(assessed);
    }
    let counts = |row: &AssessedRow| row.kind != IndicatorKind::Bonus && row.answer.is_none();
    if rows.iter().any(counts) {
        assessed.outcome = Outcome::Undetermined;
        return Ok(assessed);
    }
    let taken: Points = of(IndicatorKind::Deduct).map(|row| row.amount).sum();
    let score = (formula.deduct_total - taken).max(Points::ZERO);
    assessed.deduct_score = Some(score);
    if score >= formula.fail_below {
        assessed.outcome = Outcome::Qualified;
    }
    let bonus: Points = of(IndicatorKind::Bonus).map(|row| row.amount).sum();
    let bonus = bonus.min(formula.bonus_total);
    let is_above = score > formula.bonus_above;
    assessed.bonus_score = is_above.then_some(bonus);
    assessed.final_score = Some(if is_above { score + bonus } else { score });
    Ok(assessed)
}

fn row(indicator: &Indicator, answers: &BTreeMap<String, u32>) -> AssessedRow {
    let params = indicator.params.get(MANUAL);
    let text = |name: &str| {
        let value = params.and_then(|params| params.get(name));
        value
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let question = text("question");
    let answer = answers.get(&question).copied();
    let counted = CountedFinding {
        check: MANUAL.to_owned(),
        key: question.clone(),
        case: ANSWER.to_owned(),
        count: answer.unwrap_or(0),
        detail: String::new(),
    };
    let amount = match (indicator.kind, answer) {
        (IndicatorKind::Veto | IndicatorKind::Listed, _) | (_, None | Some(0)) => Points::ZERO,
        _ => points_of_findings(indicator, &[counted]).into_iter().sum(),
    };
    let is_sure = |confidence: Option<FigureConfidence>| {
        confidence.is_none_or(|confidence| confidence == FigureConfidence::S)
    };
    AssessedRow {
        indicator: indicator.id.clone(),
        name: indicator.level2.clone(),
        kind: indicator.kind,
        points: indicator.points,
        is_pending: indicator.points_confidence != FigureConfidence::S
            || indicator.rules.iter().any(|rule| !is_sure(rule.confidence)),
        text: indicator.text.clone(),
        prompt: text("prompt"),
        question,
        answer,
        amount: amount.min(indicator.points),
    }
}
