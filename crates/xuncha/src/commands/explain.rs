//! 解释. What an indicator or a check looks at, with the rule's text, its source and how sure its figures are.

use anyhow::{Result, bail};
use xuncha_core::checks;
use xuncha_core::indicator::{FigureConfidence, Indicator, IndicatorKind, IndicatorSet};

use crate::cli::ExplainArgs;
use crate::rules::Rules;

/// Prints the explanation, or the list of all indicators.
pub fn run(rules: &Rules, arguments: &ExplainArgs) -> Result<()> {
    let set = rules.set(&arguments.set)?;
    let Some(name) = &arguments.name else {
        list(&set);
        return Ok(());
    };
    let indicators: Vec<&Indicator> = set
        .indicators
        .iter()
        .filter(|indicator| indicator.id.eq_ignore_ascii_case(name) || indicator.level2 == *name || indicator.checks.contains(name))
        .collect();
    let check = checks::find(name);
    if indicators.is_empty() && check.is_none() {
        bail!("“{name}”既不是 {} 的指标，也不是检查项。xuncha explain 列出全部指标。", set.id);
    }
    for indicator in &indicators {
        explain(&set, indicator);
    }
    let mut names: Vec<&str> = indicators.iter().flat_map(|indicator| indicator.checks.iter().map(String::as_str)).collect();
    names.extend(check.is_some().then_some(name.as_str()));
    names.sort_unstable();
    names.dedup();
    for check in names.iter().filter_map(|name| checks::find(name)) {
        println!("检查项 {}（{}，第 {} 版）", check.name, check.title_zh, check.version);
        for (case, title) in check.cases {
            println!("  {case:<24} {title}");
        }
        println!();
    }
    Ok(())
}

fn list(set: &IndicatorSet) {
    println!("{} {}（{}）\n", set.id, set.title, set.source);
    for indicator in &set.indicators {
        println!(
            "{:<6} {} {} / {}  {}{}",
            indicator.id,
            kind(indicator.kind),
            indicator.level1,
            indicator.level2,
            indicator.points.short(),
            pending(indicator.points_confidence)
        );
    }
}

fn explain(set: &IndicatorSet, indicator: &Indicator) {
    println!("{} {} / {}（{}）", indicator.id, indicator.level1, indicator.level2, kind(indicator.kind));
    println!("  分值：{}{}", indicator.points.short(), pending(indicator.points_confidence));
    println!("  规则：{}", indicator.text);
    println!("  依据：{}（{}）", indicator.source, set.title);
    for rule in &indicator.rules {
        let figure = rule.confidence.map_or("", pending);
        println!("  · {}{figure}", rule.text);
    }
    println!();
}

/// 待核定 where a figure is not confirmed by a source.
pub fn pending(confidence: FigureConfidence) -> &'static str {
    if confidence == FigureConfidence::S { "" } else { "（待核定）" }
}

fn kind(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Veto => "单项否决",
        IndicatorKind::Deduct => "扣分",
        IndicatorKind::Bonus => "加分",
        IndicatorKind::Listed => "仅列出",
    }
}
