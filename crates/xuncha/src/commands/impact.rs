//! 影响报告. What two judgings of a round differ in, for people and as a table.

use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::checks;
use xuncha_core::impact::{
    Change, Impact, JudgedSet, OutcomeChange, SpotChange, SpotKind, State, Totals, Verdicts,
};
use xuncha_core::points::Points;
use xuncha_core::score::Outcome;
use xuncha_core::sheet::write_csv;
use xuncha_core::verdict::Confidence;

/// Reads a judging from a `results.json`.
pub fn read(path: &Path) -> Result<Verdicts> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("无法读取 {}", path.display()))?;
    Verdicts::read(&text)
        .with_context(|| format!("{} 不是判定结果（judge --out 写出的文件）", path.display()))
}

/// Prints what differs, the first `first` changes of each check, and writes all of them as CSV where asked.
pub fn report(before: &Verdicts, after: &Verdicts, first: usize, csv: Option<&Path>) -> Result<()> {
    let impact = Impact::between(before, after);
    for line in lines(before, after, &impact, first) {
        println!("{line}");
    }
    if let Some(path) = csv {
        std::fs::write(path, table(&impact))
            .with_context(|| format!("无法写入 {}", path.display()))?;
        println!("全部变化已写入 {}。", path.display());
    }
    Ok(())
}

fn lines(before: &Verdicts, after: &Verdicts, impact: &Impact, first: usize) -> Vec<String> {
    let (old, new) = (sets(before), sets(after));
    let is_same_set = old == new;
    let ids = |sets: &[JudgedSet]| {
        let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
        ids.join("、")
    };
    let sets = match (is_same_set, ids(&old) == ids(&new)) {
        (true, _) => ids(&new),
        (false, true) => format!("{}（内容有变）", ids(&new)),
        (false, false) => format!("{} → {}", ids(&old), ids(&new)),
    };
    let mut out = vec![format!(
        "{} {sets}：对象 {}，比较判定 {} 项，变化 {} 项。",
        after.round.id,
        after.target_count(),
        impact.compared,
        impact.changes.len()
    )];
    if before.round.id != after.round.id {
        out.push(format!(
            "注意：原来的结果属于轮次 {}，不是同一批证据，变化不只来自规则或程序。",
            before.round.id
        ));
    }
    for (what, only) in [("原来", &impact.only_before), ("现在", &impact.only_after)] {
        if !only.is_empty() {
            let ids: Vec<&str> = only.iter().map(String::as_str).collect();
            out.push(format!("只有{what}有的指标：{}。", ids.join(" ")));
        }
    }
    for (name, totals) in &impact.checks {
        out.push(String::new());
        out.push(head(name, totals, is_same_set));
        out.push(sums(totals));
        let changes = impact.changes.iter().filter(|change| change.check == *name);
        for change in changes.clone().take(first) {
            out.extend(change_lines(change));
        }
        let left = changes.count().saturating_sub(first);
        if left > 0 {
            out.push(format!("  另有 {left} 项"));
        }
    }
    out.extend(outcome_lines(&impact.outcomes, first));
    if impact.reworded > 0 {
        out.push(format!("\n只改了文字的问题 {} 个。", impact.reworded));
    }
    out
}

/// The sets that a round was judged under, the scored one first.
fn sets(verdicts: &Verdicts) -> Vec<JudgedSet> {
    let round = &verdicts.round;
    let listed = round.also_listed.iter().cloned();
    std::iter::once(round.set.clone()).chain(listed).collect()
}

fn head(name: &str, totals: &Totals, is_same_set: bool) -> String {
    let title = checks::find(name).map_or("已不存在", |check| check.title_zh);
    let version = match totals.version {
        (0, now) => format!("第 {now} 版，原来不判"),
        (was, 0) => format!("第 {was} 版，现在不判"),
        (was, now) if was != now => format!("第 {was} 版 → 第 {now} 版"),
        // The same facts, the same set, another verdict: either the version was forgotten, or facts are put together otherwise.
        (_, now) if is_same_set => format!("第 {now} 版，版本没有变"),
        (_, now) => format!("第 {now} 版"),
    };
    format!("检查项 {name} {title}（{version}）")
}

fn sums(totals: &Totals) -> String {
    format!(
        "  对象 {}：转为存在问题 {}，转为通过 {}，转为无法判定 {}；问题 +{} −{}，改计 {}；存疑 +{} −{}",
        totals.targets.len(),
        totals.newly_failing.len(),
        totals.newly_passing.len(),
        totals.newly_unknown.len(),
        totals.added,
        totals.dropped,
        totals.recounted,
        totals.doubts_added,
        totals.doubts_dropped
    )
}

/// Spots shown of one change; the table has all.
const SPOTS: usize = 3;

fn change_lines(change: &Change) -> Vec<String> {
    let states = match (change.before, change.after) {
        (before, after) if before == after => format!("仍为{}", after.zh()),
        (before, after) => format!("{} → {}", before.zh(), after.zh()),
    };
    let mut out = vec![format!(
        "  {} {} {}：{states}",
        change.target, change.name, change.indicator
    )];
    for spot in change.spots.iter().take(SPOTS) {
        out.push(format!("    {} {}", sign(spot), spot.detail));
    }
    let left = change.spots.len().saturating_sub(SPOTS);
    if left > 0 {
        out.push(format!("    另有 {left} 处"));
    }
    out
}

/// What became of a problem or doubt: `+问题`, `−存疑`, `问题计1次→2次、把握高→低`.
fn sign(spot: &SpotChange) -> String {
    let kind = match spot.kind {
        SpotKind::Problem => "问题",
        SpotKind::Doubt => "存疑",
    };
    match (spot.before, spot.after) {
        (None, _) => format!("+{kind}"),
        (_, None) => format!("−{kind}"),
        (Some(before), Some(after)) => {
            let mut parts = Vec::new();
            if before != after {
                parts.push(format!("计{before}次→{after}次"));
            }
            if let Some((before, after)) = spot.confidence {
                parts.push(format!("把握{}→{}", sure(before), sure(after)));
            }
            format!("{kind}{}", parts.join("、"))
        }
    }
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "低",
        Confidence::Medium => "中",
        Confidence::High => "高",
    }
}

fn outcome_lines(outcomes: &[OutcomeChange], first: usize) -> Vec<String> {
    if outcomes.is_empty() {
        return Vec::new();
    }
    let turned = outcomes
        .iter()
        .filter(|change| change.outcome.0 != change.outcome.1);
    let mut out = vec![format!(
        "\n结论改变 {} 个对象，得分改变 {} 个：",
        turned.count(),
        outcomes
            .iter()
            .filter(|change| change.score.0 != change.score.1)
            .count()
    )];
    for change in outcomes.iter().take(first) {
        out.push(format!(
            "  {} {}：{} → {}",
            change.target,
            change.name,
            standing(change.outcome.0, change.score.0),
            standing(change.outcome.1, change.score.1)
        ));
    }
    let left = outcomes.len().saturating_sub(first);
    if left > 0 {
        out.push(format!("  另有 {left} 个"));
    }
    out
}

fn standing(outcome: Outcome, score: Option<Points>) -> String {
    let score = score.map_or(String::new(), |score| format!(" {} 分", score.short()));
    format!("{}{score}", outcome_zh(outcome))
}

fn outcome_zh(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Qualified => "合格",
        Outcome::Unqualified => "不合格",
        Outcome::Undetermined => "无法判定",
    }
}

/// All changes: a row for every verdict that changed, every problem and doubt, and every outcome.
fn table(impact: &Impact) -> String {
    let heads = [
        "检查项",
        "指标",
        "对象",
        "名称",
        "变化",
        "原来",
        "现在",
        "情形",
        "键",
        "说明",
    ];
    let mut rows = vec![heads.map(str::to_owned)];
    for change in &impact.changes {
        let row =
            |what: &str, before: String, after: String, case: &str, key: &str, detail: &str| {
                [
                    change.check.clone(),
                    change.indicator.clone(),
                    change.target.0.clone(),
                    change.name.clone(),
                    what.to_owned(),
                    before,
                    after,
                    case.to_owned(),
                    key.to_owned(),
                    detail.to_owned(),
                ]
            };
        if change.before != change.after {
            let word = |state: State| state.zh().to_owned();
            rows.push(row(
                "判定",
                word(change.before),
                word(change.after),
                "",
                "",
                "",
            ));
        }
        for spot in &change.spots {
            let times = |count: Option<u32>| count.map_or("无".to_owned(), |n| format!("计{n}次"));
            rows.push(row(
                &sign(spot),
                times(spot.before),
                times(spot.after),
                &spot.case,
                &spot.key,
                &spot.detail,
            ));
        }
    }
    for change in &impact.outcomes {
        rows.push([
            String::new(),
            String::new(),
            change.target.0.clone(),
            change.name.clone(),
            "结论".to_owned(),
            standing(change.outcome.0, change.score.0),
            standing(change.outcome.1, change.score.1),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    write_csv(&rows)
}
