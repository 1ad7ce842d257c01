//! Figures of a rule in words: what a case costs, what a parameter is, and how sure we are of either.

use std::collections::BTreeMap;

use serde_json::Value;
use xuncha_core::checks::Check;
use xuncha_core::indicator::{
    Confirm, DeductKind, FigureConfidence, Formula, Indicator, IndicatorKind, IndicatorSet, Rule,
};
use xuncha_core::registry::TargetClass;

/// 待核定 where a figure is not confirmed by a source.
pub fn pending(confidence: FigureConfidence) -> &'static str {
    if confidence == FigureConfidence::S {
        ""
    } else {
        "（待核定）"
    }
}

/// How sure a figure is, in full.
pub fn confidence(confidence: FigureConfidence) -> &'static str {
    match confidence {
        FigureConfidence::S => "见于原文",
        FigureConfidence::High => "还原值，把握高，待核定",
        FigureConfidence::Medium => "还原值，把握中，待核定",
        FigureConfidence::Low => "还原值，把握低，待核定",
    }
}

/// The kind of an indicator.
pub fn kind(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Veto => "单项否决",
        IndicatorKind::Deduct => "扣分",
        IndicatorKind::Bonus => "加分",
        IndicatorKind::Listed => "仅列出",
    }
}

/// When a person confirms a finding.
pub fn confirm(confirm: Confirm) -> &'static str {
    match confirm {
        Confirm::Always => "每个问题都由人确认后才计入",
        Confirm::LowConfidence => "把握低的问题由人确认后才计入，其余直接计入",
        Confirm::Never => "问题直接计入，不须人工确认",
    }
}

/// What an indicator weighs: its points, or that it has none.
pub fn weight(indicator: &Indicator) -> String {
    let sure = confidence(indicator.points_confidence);
    let points = indicator.points.short();
    match indicator.kind {
        IndicatorKind::Veto => format!("单项否决（{sure}）"),
        IndicatorKind::Listed => "仅列出，不计分".to_owned(),
        IndicatorKind::Deduct => format!("扣分，满分 {points}（{sure}）"),
        IndicatorKind::Bonus => format!("加分，最多 {points}（{sure}）"),
    }
}

/// How a set scores: one line for each class that has points, one for those that have none.
pub fn formula(set: &IndicatorSet) -> Vec<String> {
    let Some(formula) = &set.formula else {
        return vec!["本体系只列出问题，不计分。".to_owned()];
    };
    let mut lines: Vec<String> = formula
        .scored
        .iter()
        .map(|class| {
            let own = formula.of_class(*class);
            format!(
                "{}：扣分 {} 分，低于 {} 分不合格；高于 {} 分的另计加分，最多 {} 分；{}。",
                class.zh(),
                own.deduct_total.short(),
                own.fail_below.short(),
                own.bonus_above.short(),
                own.bonus_total.short(),
                after_veto(&own)
            )
        })
        .collect();
    let mut others: Vec<TargetClass> = set
        .indicators
        .iter()
        .filter(|indicator| indicator.kind == IndicatorKind::Veto)
        .flat_map(|indicator| indicator.applies_to.iter().copied())
        .filter(|class| !formula.scored.contains(class))
        .collect();
    others.sort();
    others.dedup();
    lines.extend(others.into_iter().map(|class| {
        let own = formula.of_class(class);
        format!(
            "{}：不计分，只看单项否决；{}。",
            class.zh(),
            after_veto(&own)
        )
    }));
    lines
}

/// What a veto means for the score.
fn after_veto(formula: &Formula) -> String {
    match formula.vetoed_score {
        Some(score) => format!("有单项否决的不合格，总分定为 {} 分", score.short()),
        None => "有单项否决的不合格，不再评分".to_owned(),
    }
}

/// What a rule makes of its cases.
pub fn effect(indicator: &Indicator, rule: &Rule) -> String {
    let points = rule.points.unwrap_or_default().short();
    let verb = match indicator.kind {
        IndicatorKind::Bonus => "加",
        _ => "扣",
    };
    match (indicator.kind, rule.kind) {
        (IndicatorKind::Veto, _) => {
            format!("达到 {} 处即否决", rule.at_least.unwrap_or(1))
        }
        (IndicatorKind::Listed, _) | (_, None) => "列出".to_owned(),
        (_, Some(DeductKind::All)) => format!("{verb}完本项"),
        (_, Some(DeductKind::Fixed)) => format!("{verb} {points} 分，只{verb}一次"),
        (_, Some(DeductKind::Each)) => format!("每处{verb} {points} 分"),
    }
}

/// 参数. Parameters in force that come from one place.
pub struct Parameters {
    /// Where their values come from, and how sure they are.
    pub origin: String,
    /// Names and values, as people read them, by name.
    pub values: Vec<(String, String)>,
}

/// The parameters of a check under an indicator: those that the indicator sets, then those that stay as the check has them.
///
/// A parameter has no confidence of its own: its figure stands in the text of the rules that count the check's cases, so it is as sure as
/// the least sure of them.
pub fn parameters(check: &Check, indicator: &Indicator) -> Vec<Parameters> {
    let least = rules_of(check, indicator)
        .filter_map(|rule| rule.confidence)
        .max();
    let given = fields(indicator.params.get(check.name));
    let set = Parameters {
        origin: least.map_or("指标文件".to_owned(), |least| {
            format!("指标文件，{}", confidence(least))
        }),
        values: shown(given.clone()),
    };
    let defaults = fields(Some(&check.default_params()));
    let left = defaults
        .into_iter()
        .filter(|(name, _)| !given.contains_key(name));
    let unset = Parameters {
        origin: "检查项的默认值".to_owned(),
        values: shown(left.collect()),
    };
    let groups = [set, unset].into_iter();
    groups.filter(|group| !group.values.is_empty()).collect()
}

/// The fields of a table by name, whatever order they were written in.
fn fields(table: Option<&Value>) -> BTreeMap<String, Value> {
    let table = table.and_then(Value::as_object).into_iter().flatten();
    table
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn shown(fields: BTreeMap<String, Value>) -> Vec<(String, String)> {
    fields
        .into_iter()
        .map(|(name, value)| (name, in_words(&value)))
        .collect()
}

/// The rules of an indicator that count cases of this check.
pub fn rules_of<'a>(check: &'a Check, indicator: &'a Indicator) -> impl Iterator<Item = &'a Rule> {
    let counts = |rule: &&Rule| {
        rule.cases
            .iter()
            .any(|case| check.case_name(case).is_some())
    };
    indicator.rules.iter().filter(counts)
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "（空）".to_owned(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}
