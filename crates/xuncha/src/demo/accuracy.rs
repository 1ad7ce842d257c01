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
    /// What a second round finds, by check.
    #[serde(default)]
    pub later: BTreeMap<String, TruthCheck>,
    /// Answers to manual questions.
    #[serde(default)]
    pub manual: BTreeMap<String, ManualTruth>,
}

impl TruthTarget {
    /// The same target as a second round has to see it.
    pub fn later(&self) -> TruthTarget {
        TruthTarget {
            target: self.target.clone(),
            family: self.family.clone(),
            checks: self.later.clone(),
            later: BTreeMap::new(),
            manual: BTreeMap::new(),
        }
    }
}

/// What was planted for one check.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct TruthCheck {
    /// Planted defects.
    #[serde(default)]
    pub items: Vec<TruthItem>,
    /// What looks wrong and is fine.
    #[serde(default)]
    pub near_misses: Vec<TruthItem>,
}

/// One planted thing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct TruthItem {
    /// Key of the finding.
    pub key: String,
    /// Kind of defect.
    #[serde(default)]
    pub kind: String,
    /// What the province says besides: of a wrong character the sentence.
    #[serde(default)]
    pub note: String,
    /// Nobody finds it without knowing what was meant.
    #[serde(default)]
    pub beyond: bool,
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
    /// Planted beyond what a machine is held to: nobody finds them without knowing what was meant. They count in nothing else.
    pub beyond: usize,
    /// Found among them.
    pub beyond_found: usize,
    /// Planted and found by kind, where there are several.
    pub kinds: BTreeMap<String, (usize, usize)>,
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
            let none = BTreeSet::new();
            let keys = reported
                .get(&(target.target.as_str(), check.as_str()))
                .unwrap_or(&none);
            tally.near_misses += planted.near_misses.len();
            if !planted.items.is_empty() || !planted.near_misses.is_empty() {
                families.entry(check).or_default().insert(&target.family);
            }
            count(tally, &target.target, (check, planted), keys);
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

/// Counts one check of one target.
fn count(
    tally: &mut Tally,
    target: &str,
    (check, planted): (&str, &TruthCheck),
    keys: &BTreeSet<&str>,
) {
    let meets = |item: &TruthItem| keys.iter().any(|key| is_same(check, key, item));
    let distinct: BTreeMap<&str, &TruthItem> = planted
        .items
        .iter()
        .map(|item| (item.key.as_str(), item))
        .collect();
    for (key, item) in &distinct {
        let is_found = meets(item);
        if item.beyond {
            tally.beyond += 1;
            tally.beyond_found += usize::from(is_found);
            continue;
        }
        tally.planted += 1;
        let kind = tally.kinds.entry(item.kind.clone()).or_default();
        kind.0 += 1;
        if is_found {
            kind.1 += 1;
            tally.found += 1;
        } else {
            tally.missed += 1;
            let kind = &item.kind;
            tally.missed_items.push(format!("{target} {key} ({kind})"));
        }
    }
    for key in keys {
        if planted.items.iter().any(|item| is_same(check, key, item)) {
            continue;
        }
        tally.wrong += 1;
        let mut near = planted.near_misses.iter();
        let near = near.find(|item| is_same(check, key, item));
        let kind = near.map_or("-", |item| item.kind.as_str());
        tally.false_items.push(format!("{target} {key} ({kind})"));
    }
}

/// Whether a finding is about what was planted. A wrong character lies in a word, and machine and proof-reader may mark more or less of it:
/// they mean the same where their marks overlap in the planted sentence.
fn is_same(check: &str, key: &str, item: &TruthItem) -> bool {
    // Articles whose list was not recognised stand under no column.
    if check == "forged_dates" && key.ends_with(':') {
        return item.key.starts_with(key);
    }
    if check != "wrong_characters" || item.note.is_empty() {
        return key == item.key;
    }
    let places = |text: &str| -> Vec<std::ops::Range<usize>> {
        let found = item.note.match_indices(text);
        found.map(|(at, text)| at..at + text.len()).collect()
    };
    let (marked, planted) = (places(key), places(&item.key));
    marked.iter().any(|mark| {
        planted
            .iter()
            .any(|own| mark.start < own.end && own.start < mark.end)
    })
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
