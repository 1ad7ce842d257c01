//! 问题与举例: counts, words of degree and examples of each kind of problem. Worst first, spread over regions, fixed order.

use std::collections::{BTreeMap, BTreeSet};

use super::inputs::{NoticeInputs, Problem};
use super::scope::{Records, Scope};
use super::{NoticeError, Span};
use crate::registry::TargetClass;
use crate::score::Outcome;

/// Puts the figures and records of all kinds into the scope. `registry` and `sample` figures must be there already.
pub fn put(inputs: &NoticeInputs, scope: &mut Scope) -> Vec<NoticeError> {
    let mut errors = unknown_kinds(inputs);
    for kind in &inputs.words.problem {
        let rows: Vec<&Problem> = inputs
            .problems
            .iter()
            .filter(|problem| problem.kind == kind.id)
            .collect();
        let name = format!("problem.{}", kind.id);
        let title = inputs.words.problem_title(&kind.id);
        let whole = kind
            .population
            .as_ref()
            .map(|population| scope.count(population));
        if let Some(population) = kind
            .population
            .as_ref()
            .filter(|population| !scope.has(population))
        {
            errors.push(NoticeError::new(
                "words.toml",
                format!("问题“{}”的 population“{population}”不是指标", kind.id),
            ));
        }
        let subjects: BTreeSet<&str> = rows.iter().map(|problem| identity(problem)).collect();
        scope.put_count(
            format!("{name}.count"),
            subjects.len(),
            "个",
            &format!("存在“{title}”问题的对象数"),
        );
        scope.put_degree(&name, &inputs.words, title, subjects.len() as u64, whole);
        scope.records.insert(name.clone(), examples(inputs, &rows));
        scope
            .records
            .insert(format!("{name}.groups"), groups(&rows));
    }
    errors
}

/// What is counted once: the target, or the name of what is not in the registry. Accounts on several platforms may share a name.
fn identity(problem: &Problem) -> &str {
    match &problem.target {
        Some(target) => &target.0,
        None => &problem.subject,
    }
}

fn unknown_kinds(inputs: &NoticeInputs) -> Vec<NoticeError> {
    let known: BTreeSet<&str> = inputs
        .words
        .problem
        .iter()
        .map(|kind| kind.id.as_str())
        .collect();
    let used: BTreeSet<&str> = inputs
        .problems
        .iter()
        .map(|problem| problem.kind.as_str())
        .collect();
    used.difference(&known)
        .map(|kind| NoticeError::new("问题清单", format!("问题种类“{kind}”未在 words.toml 登记")))
        .collect()
}

/// Accounts that the annex of accounts lists are named before any other; where it lists one of them, no other is named.
fn examples(inputs: &NoticeInputs, rows: &[&Problem]) -> Records {
    let is_listed = |problem: &&Problem| {
        let target = problem
            .target
            .as_ref()
            .and_then(|id| inputs.targets.get(id));
        target.is_some_and(|own| {
            own.class == TargetClass::Account && own.outcome == Some(Outcome::Unqualified)
        })
    };
    let listed: Vec<&Problem> = rows.iter().copied().filter(is_listed).collect();
    let is_cut = !listed.is_empty() && listed.len() < rows.len();
    let named = match listed.is_empty() {
        true => rows.to_vec(),
        false => listed,
    };
    let rows = spread(named)
        .into_iter()
        .map(|problem| {
            BTreeMap::from([
                ("subject", vec![Span::Text(problem.subject.clone())]),
                ("city", vec![Span::Text(problem.city.clone())]),
                ("group", vec![Span::Text(problem.group.clone())]),
                ("detail", vec![Span::Text(problem.detail.clone())]),
            ])
        })
        .collect();
    Records {
        fields: vec!["subject", "city", "group", "detail"],
        rows,
        is_cut,
    }
}

/// Worst first; of one city the second only after the first of every other city.
fn spread(mut rows: Vec<&Problem>) -> Vec<&Problem> {
    rows.sort_by(|a, b| {
        (-a.weight, &a.target, &a.subject).cmp(&(-b.weight, &b.target, &b.subject))
    });
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, &Problem)> = Vec::new();
    for problem in rows {
        let rank = seen.entry(problem.city.as_str()).or_default();
        ranked.push((*rank, problem));
        *rank += 1;
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, problem)| problem).collect()
}

fn groups(rows: &[&Problem]) -> Records {
    let mut weights: BTreeMap<&str, (i64, usize)> = BTreeMap::new();
    for problem in rows.iter().filter(|problem| !problem.group.is_empty()) {
        let entry = weights.entry(&problem.group).or_insert((i64::MIN, 0));
        *entry = (entry.0.max(problem.weight), entry.1 + 1);
    }
    let mut order: Vec<(&str, (i64, usize))> = weights.into_iter().collect();
    order.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    let rows = order
        .into_iter()
        .map(|(group, _)| BTreeMap::from([("group", vec![Span::Text(group.to_owned())])]))
        .collect();
    Records {
        fields: vec!["group"],
        rows,
        is_cut: false,
    }
}
