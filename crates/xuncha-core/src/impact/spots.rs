//! Single problems and doubts of a verdict, compared.

use std::collections::{BTreeMap, BTreeSet};

use super::verdicts::{Open, Problem, Said, Verdict};
use super::{SpotChange, SpotKind};

/// What changed of the single problems and doubts, by kind, key and case.
pub(super) fn spots(
    before: Option<&Verdict>,
    after: Option<&Verdict>,
    reworded: &mut usize,
) -> Vec<SpotChange> {
    let none = Said::default();
    let said = |verdict: Option<&Verdict>| verdict.map_or(none.clone(), |one| one.result.clone());
    let (old, new) = (said(before), said(after));
    let mut changes = Vec::new();
    let (was, is) = (problems(&old), problems(&new));
    for id in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        changes.extend(problem_change(
            was.get(id).copied(),
            is.get(id).copied(),
            reworded,
        ));
    }
    let (was, is) = (doubts(&old), doubts(&new));
    for id in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (was.get(id), is.get(id));
        if old.is_some() == new.is_some() {
            continue;
        }
        changes.push(SpotChange {
            kind: SpotKind::Doubt,
            case: id.1.to_owned(),
            key: id.0.to_owned(),
            before: old.map(|_| 1),
            after: new.map(|_| 1),
            confidence: None,
            detail: new
                .or(old)
                .map_or(String::new(), |open| open.detail.clone()),
        });
    }
    changes
}

fn problem_change(
    before: Option<&Problem>,
    after: Option<&Problem>,
    reworded: &mut usize,
) -> Option<SpotChange> {
    let shown = after.or(before)?;
    let mut confidence = None;
    if let (Some(before), Some(after)) = (before, after) {
        if (before.count, before.confidence) == (after.count, after.confidence) {
            *reworded += usize::from(before.detail != after.detail);
            return None;
        }
        confidence = (before.confidence != after.confidence)
            .then_some((before.confidence, after.confidence));
    }
    Some(SpotChange {
        kind: SpotKind::Problem,
        case: shown.case.clone(),
        key: shown.key.clone(),
        before: before.map(|problem| problem.count),
        after: after.map(|problem| problem.count),
        confidence,
        detail: shown.detail.clone(),
    })
}

pub(super) fn problems(said: &Said) -> BTreeMap<(&str, &str), &Problem> {
    let all = said.findings.iter();
    all.map(|one| ((one.key.as_str(), one.case.as_str()), one))
        .collect()
}

/// Doubts beside a verdict, and the places of one that could not be reached.
pub(super) fn doubts(said: &Said) -> BTreeMap<(&str, &str), &Open> {
    let all = said.undetermined.iter().chain(&said.places);
    all.map(|one| ((one.key.as_str(), one.case.as_str()), one))
        .collect()
}
