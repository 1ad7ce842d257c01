//! What an indicator set must keep to, all faults at once.

use std::collections::BTreeSet;

use super::resolve::{KnownCheck, SetError, SetFile, Sourced};
use super::{DeductKind, Formula, Indicator, IndicatorKind, Rule};
use crate::points::Points;
use crate::registry::TargetClass;

/// One indicator by itself.
pub(super) fn check_indicator(
    file: &str,
    indicator: &Indicator,
    known_check: KnownCheck<'_>,
    errors: &mut Vec<SetError>,
) {
    let mut report = |message: String| {
        errors.push(SetError {
            file: file.to_owned(),
            message: format!("{}：{message}", indicator.id),
        })
    };
    for (what, value) in [
        ("编号 id", &indicator.id),
        ("一级指标 level1", &indicator.level1),
        ("二级指标 level2", &indicator.level2),
        ("规则原文 text", &indicator.text),
        ("依据 source", &indicator.source),
    ] {
        if value.trim().is_empty() {
            report(format!("{what} 是空的"));
        }
    }
    if indicator.applies_to.is_empty() {
        report("applies_to 是空的".to_owned());
    }
    if indicator.checks.is_empty() {
        report("checks 是空的".to_owned());
    }
    for check in &indicator.checks {
        let params = indicator
            .params
            .get(check)
            .unwrap_or(&serde_json::Value::Null);
        if let Err(why) = known_check(check, params) {
            report(format!("检查项“{check}”：{why}"));
        }
        if check == "manual" {
            for field in ["question", "prompt"] {
                if params
                    .get(field)
                    .and_then(|text| text.as_str())
                    .is_none_or(str::is_empty)
                {
                    report(format!("人工题缺少 params.manual.{field}"));
                }
            }
        }
    }
    for check in indicator.params.keys() {
        if !indicator.checks.contains(check) {
            report(format!("params.{check} 没有对应的检查项"));
        }
    }
    check_rules(indicator, &mut report);
}

fn check_rules(indicator: &Indicator, report: &mut dyn FnMut(String)) {
    if indicator.rules.is_empty() {
        report("没有规则 rules".to_owned());
    }
    let is_scored = matches!(indicator.kind, IndicatorKind::Deduct | IndicatorKind::Bonus);
    if is_scored && indicator.points <= Points::ZERO {
        report("扣分、加分指标的分值应大于 0".to_owned());
    }
    if !is_scored && indicator.points != Points::ZERO {
        report("单项否决和仅列出的指标没有分值".to_owned());
    }
    let mut seen = BTreeSet::new();
    for (index, rule) in indicator.rules.iter().enumerate() {
        let mut report_rule = |what: &str| report(format!("第 {} 条规则：{what}", index + 1));
        if rule.cases.is_empty() {
            report_rule("cases 是空的");
        }
        if rule.text.trim().is_empty() {
            report_rule("text 是空的");
        }
        for case in &rule.cases {
            if !seen.insert(case.clone()) {
                report_rule(&format!("情形“{case}”已在前面出现，会重复计算"));
            }
        }
        if let Some(what) = rule_fault(indicator.kind, rule) {
            report_rule(what);
        }
    }
}

fn rule_fault(kind: IndicatorKind, rule: &Rule) -> Option<&'static str> {
    use DeductKind::{All, Each, Fixed};
    match kind {
        IndicatorKind::Veto | IndicatorKind::Listed => {
            if rule.kind.is_some() || rule.points.is_some() {
                return Some("单项否决和仅列出的指标不写 kind 和 points");
            }
            if rule.at_least == Some(0) {
                return Some("at_least 至少是 1");
            }
            None
        }
        IndicatorKind::Deduct | IndicatorKind::Bonus => match (rule.kind, rule.points) {
            _ if rule.at_least.is_some() => Some("at_least 只用于单项否决"),
            (None, _) => Some("缺少 kind（all、fixed 或 each）"),
            (Some(All), Some(_)) => Some("kind 为 all 时不写 points"),
            (Some(All), None) => None,
            (Some(Fixed | Each), Some(points)) if points > Points::ZERO => None,
            (Some(Fixed | Each), _) => Some("kind 为 fixed 或 each 时 points 应大于 0"),
        },
    }
}

/// The set as a whole: head, totals and groups.
pub(super) fn check_whole(
    set_path: &str,
    head: &SetFile,
    all: &[Sourced],
    errors: &mut Vec<SetError>,
) {
    let mut report = |message: String| {
        errors.push(SetError {
            file: set_path.to_owned(),
            message,
        })
    };
    if head.title.trim().is_empty() || head.source.trim().is_empty() {
        report("title 和 source 不能为空".to_owned());
    }
    if head.effective.parse::<jiff::civil::Date>().is_err() {
        report(format!(
            "effective“{}”不是日期（YYYY-MM-DD）",
            head.effective
        ));
    }
    let scored: Vec<&Indicator> = all
        .iter()
        .map(|(_, indicator)| indicator)
        .filter(|indicator| matches!(indicator.kind, IndicatorKind::Deduct | IndicatorKind::Bonus))
        .collect();
    let Some(formula) = &head.formula else {
        if !scored.is_empty() {
            report("有扣分或加分指标，但没有 [formula]".to_owned());
        }
        return;
    };
    for class in &formula.scored {
        let own = formula.of_class(*class);
        for (kind, total) in [
            (IndicatorKind::Deduct, own.deduct_total),
            (IndicatorKind::Bonus, own.bonus_total),
        ] {
            report_total(*class, kind, total, &scored, &mut report);
        }
    }
    check_formula(formula, &mut report);
    if let Some(group) = &formula.no_service_group {
        let points = |in_group: bool| -> Points {
            scored
                .iter()
                .filter(|own| {
                    own.kind == IndicatorKind::Deduct && (&own.level1 == group) == in_group
                })
                .map(|own| own.points)
                .sum()
        };
        if points(true) == Points::ZERO || points(false) == Points::ZERO {
            report(format!(
                "no_service_group“{group}”没有扣分指标，或此外再没有扣分指标"
            ));
        }
    }
}

/// What the numbers of a formula must keep to among one another, for the formula itself and for each class.
fn check_formula(formula: &Formula, report: &mut dyn FnMut(String)) {
    for class in formula.classes.keys() {
        if !formula.scored.contains(class) {
            report(format!(
                "formula.classes 里的{}不在 scored 里，不计分",
                class.zh()
            ));
        }
    }
    let of_classes = formula
        .classes
        .keys()
        .map(|class| (class.zh(), formula.of_class(*class)));
    for (whose, own) in std::iter::once(("", formula.clone())).chain(of_classes) {
        // A vetoed target is 不合格: a score at or above the line would say otherwise.
        let is_right = |score: Points| score >= Points::ZERO && score < own.fail_below;
        if own.vetoed_score.is_some_and(|score| !is_right(score)) {
            report(format!(
                "{whose}vetoed_score 应不小于 0，且低于不合格线 {} 分",
                own.fail_below.short()
            ));
        }
    }
}

fn report_total(
    class: TargetClass,
    kind: IndicatorKind,
    total: Points,
    scored: &[&Indicator],
    report: &mut dyn FnMut(String),
) {
    let sum: Points = scored
        .iter()
        .filter(|indicator| indicator.kind == kind && indicator.applies_to.contains(&class))
        .map(|indicator| indicator.points)
        .sum();
    if sum != total {
        let what = match kind {
            IndicatorKind::Bonus => "加分",
            _ => "扣分",
        };
        report(format!(
            "{}的{what}指标合计 {} 分，总分应为 {} 分",
            class.zh(),
            sum.short(),
            total.short()
        ));
    }
}
