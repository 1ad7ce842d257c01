//! The independent scorer: reckons every figure of the notice anew from what a run found and what people decided.
//!
//! It reads `results.json` as `docs/results.md` describes it, with types and arithmetic of its own. It never calls the
//! product and never takes a number from the product's sheets or statistics; it only compares with them.
//! Start at [`score`], then `count` (what counts), `sheet` (one target), `figures` (all of them).

mod count;
mod exact;
mod figure;
mod figures;
mod inferred;
mod read;
mod repeated;
mod sheet;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use exact::Fraction;
use figures::Figures;
use read::Results;
use sheet::Score;

use crate::model::{PlanKind, Scale};
use crate::{plan, sheets};

/// Reckons every figure of the notice anew from a run's results.
///
/// Answers `{"figures": {name: {"printed", "value"}}, "targets": {id: {"outcome", "deduct_score", "deduct_score_low",
/// "final_score"}}, "differences": [{"name", "expected", "found"}]}`. `differences` compares with the statistics and
/// score sheets that the file itself holds; it is empty when all of them agree. `dir` is the province's folder: where it
/// holds a `province.json`, the last rounds in the file are compared with those that the province wrote.
///
/// # Errors
/// When a file cannot be read or is not in the format.
pub fn score(dir: &Path, results: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(results)
        .with_context(|| format!("cannot read {}", results.display()))?;
    let results: Results = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is not in the format of docs/results.md",
            results.display()
        )
    })?;
    let mut answer = reckon(&results);
    if let (Some(last), Some(list)) = (last_rounds(dir)?, answer["differences"].as_array_mut()) {
        list.extend(previous_differences(&results, &last));
    }
    Ok(answer)
}

/// Portal scores by target.
type Scores = BTreeMap<String, String>;

/// The last rounds of the province whose folder this is, drawn anew from its seed; `None` without a `province.json`.
fn last_rounds(dir: &Path) -> Result<Option<Vec<(&'static str, Scores)>>> {
    let path = dir.join("province.json");
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let facts: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    let seed = facts["seed"]
        .as_u64()
        .with_context(|| format!("{} names no seed", path.display()))?;
    let scale = if facts["scale"] == "full" {
        Scale::Full
    } else {
        Scale::Small
    };
    let kind = if facts["plan"] == "dense" {
        PlanKind::Dense
    } else {
        PlanKind::Realistic
    };
    Ok(Some(sheets::last_scores(&plan::province(
        seed, scale, kind,
    ))))
}

/// The portal scores of earlier rounds against those that the province wrote into its spreadsheet.
fn previous_differences(results: &Results, last: &[(&'static str, Scores)]) -> Vec<Value> {
    let mut out = Vec::new();
    for (round, ours) in last {
        let Some(theirs) = results.previous.iter().find(|r| r.id == *round) else {
            continue;
        };
        let theirs: Scores = theirs
            .portal_scores
            .iter()
            .map(|(id, s)| (id.clone(), s.fixed(2)))
            .collect();
        let ids: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for id in ids {
            let show = |scores: &Scores| {
                scores
                    .get(id)
                    .cloned()
                    .unwrap_or_else(|| "(absent)".to_owned())
            };
            if ours.get(id) != theirs.get(id) {
                out.push(difference(
                    &format!("previous.{round}.{id}"),
                    &show(ours),
                    &show(&theirs),
                ));
            }
        }
    }
    out
}

fn reckon(results: &Results) -> Value {
    let set = &results.round.set;
    let scores: BTreeMap<String, Score> = results
        .targets
        .iter()
        .map(|t| (t.subject.target.id.clone(), sheet::score(set, t)))
        .collect();
    let figures = figures::figures(results, &scores);
    let mut differences = figure_differences(&figures, &results.stats);
    differences.extend(sheet_differences(results, &scores));
    let printed: Map<String, Value> = figures
        .iter()
        .map(|(name, figure)| {
            (
                name.clone(),
                json!({"printed": figure.printed(), "value": figure.value()}),
            )
        })
        .collect();
    let targets: Map<String, Value> = scores
        .iter()
        .map(|(id, score)| (id.clone(), score_json(score)))
        .collect();
    json!({"figures": printed, "targets": targets, "differences": differences})
}

fn points(value: Option<Fraction>) -> Value {
    value.map_or(Value::Null, |v| Value::String(v.fixed(2)))
}

fn score_json(score: &Score) -> Value {
    json!({"outcome": score.outcome, "deduct_score": points(score.deduct),
           "deduct_score_low": points(score.deduct_low), "final_score": points(score.last)})
}

fn difference(name: &str, expected: &str, found: &str) -> Value {
    json!({"name": name, "expected": expected, "found": found})
}

/// Whether this scorer does not reckon a figure: the ends of the intervals that are inferred for all that run.
fn is_left_out(name: &str) -> bool {
    name.starts_with("estimate.") && inferred::ENDS.iter().any(|end| name.ends_with(end))
}

/// Every figure of ours against the product's of that name.
fn figure_differences(figures: &Figures, stats: &Value) -> Vec<Value> {
    let theirs = &stats["figures"];
    let mut out = Vec::new();
    for (name, figure) in figures {
        let (ours, theirs) = (
            figure.printed(),
            theirs[name]["printed"].as_str().unwrap_or("(absent)"),
        );
        if ours != theirs {
            out.push(difference(name, &ours, theirs));
        }
    }
    let unknown = theirs
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !figures.contains_key(*name))
        .filter(|(name, _)| !is_left_out(name));
    out.extend(unknown.map(|(name, theirs)| {
        difference(
            name,
            "(not reckoned)",
            theirs["printed"].as_str().unwrap_or(""),
        )
    }));
    out
}

/// Every score of ours against the product's sheet of that target.
fn sheet_differences(results: &Results, scores: &BTreeMap<String, Score>) -> Vec<Value> {
    let mut out = Vec::new();
    for target in results.targets.iter().filter(|t| !t.sheet.is_null()) {
        let id = &target.subject.target.id;
        let Some(score) = scores.get(id) else {
            continue;
        };
        let ours = score_json(score);
        for field in ["outcome", "deduct_score", "final_score"] {
            let (ours, theirs) = (&ours[field], &target.sheet[field]);
            if ours != theirs {
                out.push(difference(
                    &format!("targets.{id}.{field}"),
                    &ours.to_string(),
                    &theirs.to_string(),
                ));
            }
        }
    }
    out
}
