//! 填模板: names become spans. A name that does not exist, or a number that no figure stands behind, is an error with its line.

use std::collections::BTreeMap;

use regex::Regex;

use super::condition::{Condition, Term, Test};
use super::scope::{self, Records, Scope};
use super::template::{Layout, Line, Node, place};
use super::{NoticeError, Span};
use crate::stats::FigureValue;

type Row = BTreeMap<&'static str, Vec<Span>>;

/// 取值环境. The scope and, inside `each`, the record at hand.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// Names.
    pub scope: &'a Scope,
    row: Option<&'a Row>,
}

impl<'a> Env<'a> {
    /// Outside of records.
    pub fn new(scope: &'a Scope) -> Env<'a> {
        Env { scope, row: None }
    }

    fn with_row(self, row: &'a Row) -> Env<'a> {
        Env {
            row: Some(row),
            ..self
        }
    }
}

/// The spans of nodes.
pub fn nodes(nodes: &[Node], env: Env<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for node in nodes {
        match node {
            Node::Text(text) | Node::Literal(text) => spans.push(Span::Text(text.clone())),
            Node::Figure { name, last } => spans.extend(figure(name, last.as_deref(), env)),
            Node::If {
                condition,
                then,
                otherwise,
            } => {
                let branch = if holds(condition, env) {
                    then
                } else {
                    otherwise
                };
                spans.extend(self::nodes(branch, env));
            }
            Node::Each { name, layout, body } => spans.extend(each(name, layout, body, env)),
            Node::Join { layout, parts } => {
                let parts = parts.iter().map(|part| self::nodes(part, env)).collect();
                spans.extend(string_together(parts, layout, false));
            }
        }
    }
    merge_text(spans)
}

fn each(name: &str, layout: &Layout, body: &[Node], env: Env<'_>) -> Vec<Span> {
    let Some(records) = env.scope.records.get(name) else {
        return Vec::new();
    };
    let shown = layout.max.unwrap_or(usize::MAX);
    let parts = records
        .rows
        .iter()
        .take(shown)
        .map(|row| nodes(body, env.with_row(row)))
        .collect();
    string_together(parts, layout, records.is_cut || records.rows.len() > shown)
}

fn string_together(parts: Vec<Vec<Span>>, layout: &Layout, left_out: bool) -> Vec<Span> {
    let filled: Vec<Vec<Span>> = parts
        .into_iter()
        .filter(|part| !super::plain(part).is_empty())
        .collect();
    if filled.is_empty() {
        return Vec::new();
    }
    let mut spans = vec![Span::Text(layout.before.clone())];
    for (index, part) in filled.into_iter().enumerate() {
        if index > 0 {
            spans.push(Span::Text(layout.sep.clone()));
        }
        spans.extend(part);
    }
    if left_out {
        spans.push(Span::Text(layout.more.clone()));
    }
    spans.push(Span::Text(layout.after.clone()));
    spans
}

fn figure(name: &str, last: Option<&str>, env: Env<'_>) -> Vec<Span> {
    if let Some(spans) = env.row.and_then(|row| row.get(name)) {
        return enumerate(spans.clone(), last);
    }
    if let Some(spans) = env.scope.bound_lists.get(name) {
        return enumerate(spans.clone(), last);
    }
    let Some(figure) = env.scope.figures.get(name) else {
        return Vec::new();
    };
    match &figure.value {
        FigureValue::List(list) => {
            let spans = list.iter().map(|text| Span::Figure {
                name: name.to_owned(),
                text: text.clone(),
            });
            enumerate(spans.collect(), last)
        }
        _ => vec![Span::Figure {
            name: name.to_owned(),
            text: figure.printed.clone(),
        }],
    }
}

fn enumerate(items: Vec<Span>, last: Option<&str>) -> Vec<Span> {
    let count = items.len();
    let mut spans = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            let separator = if index + 1 == count {
                last.unwrap_or("、")
            } else {
                "、"
            };
            spans.push(Span::Text(separator.to_owned()));
        }
        spans.push(item);
    }
    spans
}

fn merge_text(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        if span.text().is_empty() {
            continue;
        }
        match (merged.last_mut(), span) {
            (Some(Span::Text(before)), Span::Text(text)) => before.push_str(&text),
            (_, span) => merged.push(span),
        }
    }
    merged
}

/// Whether a condition holds.
pub fn holds(condition: &Condition, env: Env<'_>) -> bool {
    condition.0.iter().all(|term| term_holds(term, env))
}

fn term_holds(term: &Term, env: Env<'_>) -> bool {
    let printed = super::plain(&figure(&term.name, None, env));
    match &term.test {
        Test::True => truth(&term.name, env),
        Test::False => !truth(&term.name, env),
        Test::Known => env
            .scope
            .figures
            .get(&term.name)
            .is_some_and(|figure| scope::is_known(&figure.value)),
        Test::Above(limit) => printed.parse::<i64>().is_ok_and(|number| number > *limit),
        Test::Is(word) => printed == *word,
    }
}

fn truth(name: &str, env: Env<'_>) -> bool {
    if let Some(spans) = env.row.and_then(|row| row.get(name)) {
        return !super::plain(spans).is_empty();
    }
    if let Some(spans) = env.scope.bound_lists.get(name) {
        return !spans.is_empty();
    }
    if let Some(records) = env.scope.records.get(name) {
        return !records.rows.is_empty();
    }
    env.scope
        .figures
        .get(name)
        .is_some_and(|figure| scope::is_true(&figure.value))
}

/// Every name of a line that does not exist and every number without a figure, whether or not its branch is taken now.
pub fn validate(line: &Line, scope: &Scope) -> Vec<NoticeError> {
    let mut problems = Vec::new();
    if let Some(condition) = &line.condition {
        check_condition(condition, scope, None, &mut problems);
    }
    check_nodes(&line.nodes, scope, None, &mut problems);
    problems
        .into_iter()
        .map(|problem| NoticeError::new(place(line.number), problem))
        .collect()
}

/// The same for nodes outside of lines (title, recipients).
pub fn validate_nodes(nodes: &[Node], scope: &Scope, place: &str) -> Vec<NoticeError> {
    let mut problems = Vec::new();
    check_nodes(nodes, scope, None, &mut problems);
    problems
        .into_iter()
        .map(|problem| NoticeError::new(place, problem))
        .collect()
}

fn check_nodes(
    nodes: &[Node],
    scope: &Scope,
    records: Option<&Records>,
    problems: &mut Vec<String>,
) {
    for node in nodes {
        match node {
            Node::Text(text) => problems.extend(unbound_number(text)),
            Node::Literal(_) => {}
            Node::Figure { name, .. } => check_name(name, scope, records, problems),
            Node::If {
                condition,
                then,
                otherwise,
            } => {
                check_condition(condition, scope, records, problems);
                check_nodes(then, scope, records, problems);
                check_nodes(otherwise, scope, records, problems);
            }
            Node::Each { name, body, .. } => match scope.records.get(name) {
                Some(inner) => check_nodes(body, scope, Some(inner), problems),
                None => problems.push(format!("没有名为“{name}”的清单")),
            },
            Node::Join { parts, .. } => parts
                .iter()
                .for_each(|part| check_nodes(part, scope, records, problems)),
        }
    }
}

fn check_condition(
    condition: &Condition,
    scope: &Scope,
    records: Option<&Records>,
    problems: &mut Vec<String>,
) {
    for term in &condition.0 {
        check_name(&term.name, scope, records, problems);
    }
}

fn check_name(name: &str, scope: &Scope, records: Option<&Records>, problems: &mut Vec<String>) {
    let is_field = records.is_some_and(|records| records.fields.contains(&name));
    if !is_field && !scope.has(name) {
        problems.push(format!("没有名为“{name}”的指标，请对照指标表改名"));
    }
}

/// A digit in the template's own words that is neither part of a document's title or number nor written `{{'5'}}`.
fn unbound_number(text: &str) -> Option<String> {
    let cited = Regex::new(r"《[^》]*》|〔\d{4}〕\d+号").ok()?;
    let rest = cited.replace_all(text, "");
    let digits: String = rest
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    if digits.is_empty() {
        return None;
    }
    Some(format!(
        "数字“{digits}”没有对应的指标；固定文字请写成“{{{{'{digits}'}}}}”"
    ))
}
