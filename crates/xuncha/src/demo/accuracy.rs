//! 准确度. Compares the machine's findings, before any review, with what the province planted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::verdict::{Finding, Verdict};

/// `truth.json` of the province.
#[derive(Debug, Deserialize)]
pub struct Truth {
    /// Targets.
    pub targets: Vec<TruthTarget>,
}

/// What was planted in one target.
#[derive(Debug, Deserialize)]
pub struct TruthTarget {
    /// Number of the target.
    pub target: String,
    /// Site family or platform.
    #[serde(default)]
    pub family: String,
    /// By check.
    pub checks: BTreeMap<String, TruthCheck>,
    /// Answers to manual questions.
    #[serde(default)]
    pub manual: BTreeMap<String, ManualTruth>,
}

/// What was planted for one check.
#[derive(Debug, Default, Deserialize)]
pub struct TruthCheck {
    /// Planted defects.
    #[serde(default)]
    pub items: Vec<TruthItem>,
    /// What looks wrong and is fine.
    #[serde(default)]
    pub near_misses: Vec<TruthItem>,
}

/// One planted thing.
#[derive(Debug, Deserialize)]
pub struct TruthItem {
    /// Key of the finding.
    pub key: String,
    /// Kind of defect.
    #[serde(default)]
    pub kind: String,
}

/// Answer to a manual question.
#[derive(Debug, Deserialize)]
pub struct ManualTruth {
    /// Failures, or points for bonus items.
    pub fails: u32,
    /// Note.
    #[serde(default)]
    pub note: String,
}

/// One check's tally, as `accuracy.json` holds it.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// Defects planted in the drawn targets.
    pub planted: usize,
    /// Found among them.
    pub found: usize,
    /// Missed.
    pub missed: usize,
    /// Reported although fine.
    #[serde(rename = "false")]
    pub wrong: usize,
    /// Things planted that look wrong and are fine.
    pub near_misses: usize,
    /// Families that carry a planted defect or a near-miss.
    pub families: usize,
    /// Targets for which nothing could be determined.
    pub undetermined: usize,
    /// found / planted.
    pub recall: f64,
    /// found / (found + false).
    pub precision: f64,
    /// Every miss: target, key, kind.
    pub missed_items: Vec<String>,
    /// Every false hit: target, key, and the near-miss kind where it is one.
    pub false_items: Vec<String>,
}

/// `accuracy.json`.
#[derive(Debug, Default, Serialize)]
pub struct Accuracy {
    /// By check.
    pub checks: BTreeMap<String, Tally>,
}

/// Counts, per check, what was planted in the judged targets and what the machine reported.
pub fn measure(truth: &Truth, judgements: &[Judgement]) -> Accuracy {
    let mut reported: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut undetermined: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut judged: BTreeSet<&str> = BTreeSet::new();
    for judgement in judgements {
        let target = judgement.target.0.as_str();
        judged.insert(target);
        let findings = match &judgement.result {
            Judged::Known {
                verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
            } => findings,
            Judged::Unknown { .. } => {
                undetermined
                    .entry(&judgement.check)
                    .or_default()
                    .insert(target);
                continue;
            }
            Judged::Known { .. } => continue,
        };
        let keys = reported.entry((target, &judgement.check)).or_default();
        keys.extend(
            findings
                .iter()
                .filter(|finding| is_planted_kind(finding))
                .map(|finding| finding.key.as_str()),
        );
    }
    let mut accuracy = Accuracy::default();
    let mut families: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for target in truth
        .targets
        .iter()
        .filter(|target| judged.contains(target.target.as_str()))
    {
        for (check, planted) in &target.checks {
            let tally = accuracy.checks.entry(check.clone()).or_default();
            let near: BTreeMap<&str, &str> = planted
                .near_misses
                .iter()
                .map(|item| (item.key.as_str(), item.kind.as_str()))
                .collect();
            let truth_keys: BTreeMap<&str, &str> = planted
                .items
                .iter()
                .map(|item| (item.key.as_str(), item.kind.as_str()))
                .collect();
            let none = BTreeSet::new();
            let keys = reported
                .get(&(target.target.as_str(), check.as_str()))
                .unwrap_or(&none);
            tally.planted += truth_keys.len();
            tally.near_misses += planted.near_misses.len();
            if !truth_keys.is_empty() || !near.is_empty() {
                families.entry(check).or_default().insert(&target.family);
            }
            for (key, kind) in &truth_keys {
                if keys.contains(key) {
                    tally.found += 1;
                } else {
                    tally.missed += 1;
                    tally
                        .missed_items
                        .push(format!("{} {key} ({kind})", target.target));
                }
            }
            for key in keys.iter().filter(|key| !truth_keys.contains_key(**key)) {
                tally.wrong += 1;
                let kind = near.get(key).copied().unwrap_or("-");
                tally
                    .false_items
                    .push(format!("{} {key} ({kind})", target.target));
            }
        }
    }
    for (check, tally) in &mut accuracy.checks {
        tally.families = families.get(check.as_str()).map_or(0, BTreeSet::len);
        tally.undetermined = undetermined.get(check.as_str()).map_or(0, BTreeSet::len);
        tally.recall = share(tally.found, tally.planted);
        tally.precision = share(tally.found, tally.found + tally.wrong);
    }
    accuracy
}

/// Findings that sum up others of the same check, or say that a whole column kind is absent, have no key in the truth.
fn is_planted_kind(finding: &Finding) -> bool {
    let sums_up = [
        "unusable_item",
        "all_unusable",
        "no_services",
        "reporting_name",
    ];
    !sums_up.contains(&finding.case.as_str()) && !finding.key.starts_with("missing:")
}

impl Accuracy {
    /// One line per check.
    pub fn print(&self) {
        println!(
            "  {:<28} 埋设  查出  漏查  误报  近似  查全    查准",
            "检查项"
        );
        for (check, tally) in &self.checks {
            println!(
                "  {check:<28} {:>4}  {:>4}  {:>4}  {:>4}  {:>4}  {:.3}  {:.3}",
                tally.planted,
                tally.found,
                tally.missed,
                tally.wrong,
                tally.near_misses,
                tally.recall,
                tally.precision
            );
        }
    }

    /// Every miss and every false hit, one a line.
    pub fn print_differences(&self) {
        for (check, tally) in &self.checks {
            for item in &tally.missed_items {
                println!("漏查 {check} {item}");
            }
            for item in &tally.false_items {
                println!("误报 {check} {item}");
            }
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
