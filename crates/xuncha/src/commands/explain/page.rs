//! The page of a check in Markdown: what it looks at, the rules that use it with their sources and figures, what is automatic, how it
//! can be wrong, its cases. The same text is printed and written to `docs/checks/`.

use std::fmt::Write as _;

use xuncha_core::checks::{CHECKS, Check};
use xuncha_core::indicator::{Indicator, IndicatorSet, Rule};
use xuncha_core::registry::TargetClass;

use super::figures;

/// First line of a written page.
pub const GENERATED: &str = "<!-- 由 cargo xtask docs 生成，不要直接修改：文字在 crates/xuncha-core/src/checks/，规则和数字在 indicators/。 -->\n";

/// The indicators of a set that use a check, in the order of the set.
pub fn using<'a>(set: &'a IndicatorSet, check: &'a str) -> impl Iterator<Item = &'a Indicator> {
    set.indicators
        .iter()
        .filter(move |indicator| indicator.checks.iter().any(|name| name == check))
}

/// The whole page of a check under these sets.
pub fn of_check(check: &Check, sets: &[IndicatorSet]) -> String {
    let specification = check.specification();
    let needs = match check.needs {
        [] => "不需要采集".to_owned(),
        _ => format!("需要采集：{}", check.needs_zh().join("、")),
    };
    let mut out = format!(
        "# {}\n\n检查项 `{}`，第 {} 版；{needs}。\n\n{}\n",
        check.title_zh, check.name, check.version, specification.prose
    );
    out.push_str("\n## 规则和数字\n");
    rules(&mut out, check, sets);
    let _ = write!(
        out,
        "\n## 自动与人工\n\n{}\n\n## 已知误判\n\n{}\n",
        specification.automatic, specification.misjudgements
    );
    out.push_str("\n## 情形\n\n");
    for (case, name) in check.cases {
        let _ = writeln!(out, "- `{case}` {name}");
    }
    let _ = write!(
        out,
        "\n## 案例\n\n每个案例都作为测试运行，输入和完整的判定见 `crates/xuncha-core/src/checks/{}.md`。\n\n",
        check.name
    );
    for case in &specification.cases {
        let _ = writeln!(out, "- {} → {}", case.title, case.in_short());
    }
    out
}

/// What each set makes of a check. An indicator that an earlier set of the page has word for word is named only.
fn rules(out: &mut String, check: &Check, sets: &[IndicatorSet]) {
    let mut is_used = false;
    for (at, set) in sets.iter().enumerate() {
        let indicators: Vec<&Indicator> = using(set, check.name).collect();
        if indicators.is_empty() {
            continue;
        }
        is_used = true;
        let _ = writeln!(out, "\n### {} {}", set.id, set.title);
        for indicator in indicators {
            let _ = write!(
                out,
                "\n#### {} {} / {}\n\n",
                indicator.id, indicator.level1, indicator.level2
            );
            let earlier = sets[..at]
                .iter()
                .find(|earlier| earlier.indicator(&indicator.id) == Some(indicator));
            match earlier {
                Some(earlier) => {
                    let _ = writeln!(out, "与 {} 相同。", earlier.id);
                }
                None => {
                    head(out, indicator);
                    for rule in figures::rules_of(check, indicator) {
                        line(out, indicator, rule);
                    }
                    parameters(out, check, indicator);
                }
            }
        }
    }
    if !is_used {
        let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
        let _ = writeln!(out, "\n{} 没有用它的指标。", ids.join("、"));
    }
}

/// An indicator with all its rules, whatever check they are for.
pub fn of_indicator(set: &IndicatorSet, indicator: &Indicator) -> String {
    let mut out = format!(
        "# {} {} / {}\n\n{} {}\n\n",
        indicator.id, indicator.level1, indicator.level2, set.id, set.title
    );
    head(&mut out, indicator);
    for rule in &indicator.rules {
        line(&mut out, indicator, rule);
    }
    out.push('\n');
    out
}

fn head(out: &mut String, indicator: &Indicator) {
    let classes: Vec<&str> = indicator
        .applies_to
        .iter()
        .map(|class: &TargetClass| class.zh())
        .collect();
    let _ = write!(
        out,
        "- 规则：{}\n- 依据：{}\n- 性质：{}；适用于{}\n- 人工确认：{}\n",
        indicator.text,
        indicator.source,
        figures::weight(indicator),
        classes.join("、"),
        figures::confirm(indicator.confirm)
    );
}

fn line(out: &mut String, indicator: &Indicator, rule: &Rule) {
    let cases: Vec<String> = rule.cases.iter().map(|case| format!("`{case}`")).collect();
    let sure = rule.confidence.map_or(String::new(), |confidence| {
        format!("；{}", figures::confidence(confidence))
    });
    let _ = writeln!(
        out,
        "- 计：{} → {}〔{}{sure}〕",
        cases.join("、"),
        rule.text,
        figures::effect(indicator, rule)
    );
}

fn parameters(out: &mut String, check: &Check, indicator: &Indicator) {
    for group in figures::parameters(check, indicator) {
        let values: Vec<String> = group
            .values
            .iter()
            .map(|(name, value)| format!("`{name}` = {value}"))
            .collect();
        let _ = writeln!(out, "- 参数（{}）：{}", group.origin, values.join("；"));
    }
}

/// The list of all pages.
pub fn index(sets: &[IndicatorSet]) -> String {
    let mut out = format!(
        "{GENERATED}# 检查项\n\n每个检查项一页：看什么、规则和数字从哪里来、什么是自动的、已知误判、案例。命令行里用 `xuncha explain 检查项`，换一套指标加 `--set`。\n\n\
         数字的把握：“见于原文”是原文或引用原文的通报里有的；“还原值”是推得的，分高、中、低，都待核定。参数没有单独的把握，取引用它的规则里最低的一级。\n\n\
         | 检查项 | 名称 | 版本 | 需要采集 | 指标 |\n|---|---|---|---|---|\n"
    );
    for check in CHECKS {
        let used: Vec<String> = sets
            .iter()
            .filter_map(|set| {
                let ids: Vec<&str> = using(set, check.name)
                    .map(|indicator| indicator.id.as_str())
                    .collect();
                (!ids.is_empty()).then(|| format!("{}：{}", set.id, ids.join(" ")))
            })
            .collect();
        let needs = match check.needs {
            [] => "—".to_owned(),
            _ => check.needs_zh().join("、"),
        };
        let _ = writeln!(
            out,
            "| [{name}]({name}.md) | {} | {} | {needs} | {} |",
            check.title_zh,
            check.version,
            used.join("；"),
            name = check.name
        );
    }
    out
}
