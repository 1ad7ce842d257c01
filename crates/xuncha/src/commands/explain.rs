//! 解释. The page of a check, an indicator with its rule, or the list of all; the pages of all checks as files.
//!
//! What a page says stands once: prose and cases in the check's spec, rules, sources and figures in the indicator files.

mod figures;
mod page;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use xuncha_core::checks::{self, CHECKS};
use xuncha_core::indicator::{Indicator, IndicatorSet};

use crate::cli::ExplainArgs;
use crate::rules::Rules;

/// The set that is explained where none is named; it comes first where several are.
const USUAL: &str = "gov-2019";

/// Prints the page of a check, an indicator, or the list of all; or writes the pages of all checks.
pub fn run(rules: &Rules, arguments: &ExplainArgs) -> Result<()> {
    if let Some(folder) = &arguments.markdown {
        let sets = match &arguments.set {
            Some(id) => vec![rules.set(id)?],
            None => all_sets(rules)?,
        };
        let written = write_pages(folder, &sets)?;
        println!("已写出 {written} 个文件：{}", folder.display());
        return Ok(());
    }
    let set = rules.set(arguments.set.as_deref().unwrap_or(USUAL))?;
    let Some(name) = &arguments.name else {
        list(&set);
        return Ok(());
    };
    if let Some(check) = checks::find(name) {
        let set = match &arguments.set {
            Some(_) => set,
            None => set_with(rules, set, name)?,
        };
        print!("{}", page::of_check(check, std::slice::from_ref(&set)));
        let others = others_with(rules, &set, name)?;
        if !others.is_empty() {
            println!("\n其他体系中用到它的指标：{}。", others.join("；"));
        }
        return Ok(());
    }
    let found: Vec<&Indicator> = set
        .indicators
        .iter()
        .filter(|indicator| indicator.id.eq_ignore_ascii_case(name) || indicator.level2 == *name)
        .collect();
    if found.is_empty() {
        bail!(
            "“{name}”既不是 {} 的指标，也不是检查项。xuncha explain 列出全部指标和检查项。",
            set.id
        );
    }
    for indicator in &found {
        print!("{}", page::of_indicator(&set, indicator));
    }
    print_checks(&found);
    Ok(())
}

/// The checks of these indicators, with the command that prints their pages.
fn print_checks(indicators: &[&Indicator]) {
    let names: BTreeSet<&str> = indicators
        .iter()
        .flat_map(|indicator| indicator.checks.iter().map(String::as_str))
        .collect();
    println!("检查项：");
    for check in names.into_iter().filter_map(checks::find) {
        println!("- {}：xuncha explain {}", check.title_zh, check.name);
    }
}

/// All sets, the usual one first.
fn all_sets(rules: &Rules) -> Result<Vec<IndicatorSet>> {
    let mut ids = rules.set_ids();
    ids.sort_by_key(|id| *id != USUAL);
    ids.into_iter().map(|id| rules.set(id)).collect()
}

/// The usual set where it uses the check, else the first one that does.
fn set_with(rules: &Rules, usual: IndicatorSet, check: &str) -> Result<IndicatorSet> {
    if page::using(&usual, check).next().is_some() {
        return Ok(usual);
    }
    let mut sets = all_sets(rules)?.into_iter();
    let found = sets.find(|set| page::using(set, check).next().is_some());
    Ok(found.unwrap_or(usual))
}

/// Sets other than this one with the indicators that use a check.
fn others_with(rules: &Rules, shown: &IndicatorSet, check: &str) -> Result<Vec<String>> {
    let sets = all_sets(rules)?;
    let others = sets.iter().filter(|set| set.id != shown.id);
    Ok(others
        .filter_map(|set| {
            let ids = page::using(set, check).map(|indicator| indicator.id.as_str());
            let ids: Vec<&str> = ids.collect();
            (!ids.is_empty()).then(|| format!("{}（{}）", set.id, ids.join("、")))
        })
        .collect())
}

/// One page a check and the index of them; answers with the number of files.
fn write_pages(folder: &Path, sets: &[IndicatorSet]) -> Result<usize> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("无法建立目录 {}", folder.display()))?;
    let pages = CHECKS.iter().map(|check| {
        let text = format!("{}{}", page::GENERATED, page::of_check(check, sets));
        (format!("{}.md", check.name), text)
    });
    let index = ("README.md".to_owned(), page::index(sets));
    let mut written = 0;
    for (name, text) in pages.chain([index]) {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))?;
        written += 1;
    }
    Ok(written)
}

fn list(set: &IndicatorSet) {
    println!("{} {}（{}）\n", set.id, set.title, set.source);
    for line in figures::formula(set) {
        println!("{line}");
    }
    println!();
    for indicator in &set.indicators {
        println!(
            "{:<6} {} {} / {}  {}{}",
            indicator.id,
            figures::kind(indicator.kind),
            indicator.level1,
            indicator.level2,
            indicator.points.short(),
            figures::pending(indicator.points_confidence)
        );
    }
    println!("\n检查项（xuncha explain 名称 显示其说明）：");
    for check in CHECKS {
        println!("{:<28} {}", check.name, check.title_zh);
    }
}
