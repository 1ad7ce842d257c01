//! 判定命令. Judges stored evidence, offline; without keeping anything under another set, or to see what differs.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::impact::Verdicts;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::results::Results;
use xuncha_core::round::Round;
use xuncha_core::verdict::Verdict;
use xuncha_store::round::RoundRow;

use super::impact;
use crate::cli::JudgeArgs;
use crate::data::Data;
use crate::demo::accuracy::{self, Truth};
use crate::jobs;
use crate::rules::Rules;

/// Runs the command.
pub async fn run(data: &Data, rules: &Rules, arguments: &JudgeArgs) -> Result<()> {
    let round = arguments.round.round.as_deref();
    // Looking at stored evidence in another way keeps nothing, and a closed round may be looked at.
    let keeps = arguments.under.is_empty()
        && arguments.truth.is_none()
        && arguments.compare.is_none()
        && !arguments.diff
        && !arguments.dry_run;
    let row = match keeps {
        true => data.open_round(round).await?,
        false => data.round(round).await?,
    };
    if let Some(truth) = &arguments.truth {
        return measure(data, rules, &row, truth, arguments.out.as_deref()).await;
    }
    if arguments.diff {
        return diff(data, rules, &row).await;
    }
    let results = match keeps {
        true => {
            let judged =
                jobs::judge::judge_round(data, rules, &row.round, &jobs::gather::Bars::default())
                    .await?;
            jobs::judge::store_judgements(data, &row.round, judged).await?
        }
        false => judge_only(data, rules, &row.round, &arguments.under).await?,
    };
    print_counts(&results);
    if arguments.out.is_none() && arguments.compare.is_none() {
        return Ok(());
    }
    let text = results.to_json()?;
    if let Some(path) = &arguments.out {
        std::fs::write(path, &text).with_context(|| format!("无法写入 {}", path.display()))?;
        println!("已写出 {}。", path.display());
    }
    if let Some(path) = &arguments.compare {
        let before = impact::read(path)?;
        let after = Verdicts::read(&text).context("本次判定的结果读不回来")?;
        impact::report(&before, &after, arguments.first, arguments.csv.as_deref())?;
    }
    Ok(())
}

/// The round judged without keeping anything: under its own sets, or as if these were its sets, the first of them scored.
async fn judge_only(data: &Data, rules: &Rules, round: &Round, ids: &[String]) -> Result<Results> {
    let mut judged_as = round.clone();
    // A set that is named twice is judged once.
    let mut seen = BTreeSet::new();
    let ids = ids.iter().filter(|id| seen.insert(id.as_str()));
    let sets: Result<Vec<IndicatorSet>> = ids.map(|id| rules.set(id)).collect();
    let mut sets = sets?.into_iter();
    if let Some(set) = sets.next() {
        judged_as.set = set;
        judged_as.also_listed = sets.collect();
    }
    let judged =
        jobs::judge::judge_round(data, rules, &judged_as, &jobs::gather::Bars::default()).await?;
    let reviews = data.store.reviews(&round.id).await?;
    jobs::judge::results(data, judged_as, judged, reviews).await
}

/// The machine's verdicts on stored evidence compared with what a simulated province planted.
async fn measure(
    data: &Data,
    rules: &Rules,
    row: &RoundRow,
    truth: &Path,
    out: Option<&Path>,
) -> Result<()> {
    let text =
        std::fs::read_to_string(truth).with_context(|| format!("无法读取 {}", truth.display()))?;
    let truth: Truth =
        serde_json::from_str(&text).with_context(|| format!("{} 的格式不符", truth.display()))?;
    let judged =
        jobs::judge::judge_round(data, rules, &row.round, &jobs::gather::Bars::default()).await?;
    let machine: Vec<Judgement> = judged
        .into_iter()
        .flat_map(|(_, judgements)| judgements)
        .collect();
    let measured = accuracy::measure(&truth, &machine);
    measured.print();
    measured.print_differences();
    if let Some(out) = out {
        std::fs::write(out, serde_json::to_string_pretty(&measured)?)
            .with_context(|| format!("无法写入 {}", out.display()))?;
    }
    Ok(())
}

async fn diff(data: &Data, rules: &Rules, row: &RoundRow) -> Result<()> {
    let stored = data.store.judgements(&row.round.id, None).await?;
    let fresh =
        jobs::judge::judge_round(data, rules, &row.round, &jobs::gather::Bars::default()).await?;
    let mut changed = 0;
    for judgement in fresh.iter().flat_map(|(_, judgements)| judgements) {
        let is_same = |old: &&Judgement| {
            old.target == judgement.target
                && old.set == judgement.set
                && old.indicator == judgement.indicator
                && old.check == judgement.check
        };
        let old = stored.iter().find(is_same);
        if old.is_some_and(|old| old.result == judgement.result) {
            continue;
        }
        changed += 1;
        let before = old.map_or("（无）", |old| word(&old.result));
        println!(
            "{} {} {}：{} → {}",
            judgement.target,
            judgement.indicator,
            judgement.check,
            before,
            word(&judgement.result)
        );
    }
    println!("与已存判定不同的 {changed} 项。");
    Ok(())
}

/// The Chinese word for a verdict.
pub fn word(result: &Judged) -> &'static str {
    match result {
        Judged::Known {
            verdict: Verdict::Pass { .. },
        } => "通过",
        Judged::Known {
            verdict: Verdict::Fail { .. },
        } => "存在问题",
        Judged::Known {
            verdict: Verdict::NotApplicable { .. },
        } => "不适用",
        Judged::Known {
            verdict: Verdict::NeedsReview { .. },
        } => "待人工",
        Judged::Unknown { .. } => "无法判定",
    }
}

fn print_counts(results: &Results) {
    let mut counts = std::collections::BTreeMap::new();
    for judgement in results.targets.iter().flat_map(|target| &target.judgements) {
        *counts.entry(word(&judgement.result)).or_insert(0_usize) += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    println!(
        "{} {}：对象 {}，{}。",
        results.round.id,
        results.round.set.id,
        results.targets.len(),
        parts.join("，")
    );
}
