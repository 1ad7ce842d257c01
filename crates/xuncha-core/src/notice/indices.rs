//! 得分指数的说法: which first-level indices are spoken of together, and which second-level ones are the weak ones.

use std::collections::BTreeMap;

use super::Span;
use super::inputs::NoticeInputs;
use super::scope::{Records, Scope};
use super::words::{Words, limit};
use crate::points::Exact;
use crate::stats::IndexRow;

/// Puts the groups of indices and the weak ones into the scope.
pub fn put(inputs: &NoticeInputs, scope: &mut Scope) {
    put_level1(inputs, scope);
    put_weak(inputs, scope);
}

#[derive(PartialEq, Eq, Clone)]
struct IndexClass {
    good: bool,
    word: String,
    is_level: bool,
}

fn classify(row: &IndexRow, words: &Words) -> IndexClass {
    let good = row
        .now
        .is_some_and(|now| now >= limit(words.index.good_at_least));
    let (Some(now), Some(previous)) = (row.now, row.previous) else {
        return IndexClass {
            good,
            word: String::new(),
            is_level: false,
        };
    };
    // As printed, so that the word agrees with the numbers beside it.
    let size = match now > previous {
        true => now.printed_minus(previous, 2),
        false => previous.printed_minus(now, 2),
    };
    let (word, is_level) = if size.is_zero() {
        (&words.index.same, true)
    } else if size <= limit(words.index.nearly_within) {
        (&words.index.nearly, true)
    } else if now > previous {
        (&words.index.up, false)
    } else {
        (&words.index.down, false)
    };
    IndexClass {
        good,
        word: word.clone(),
        is_level,
    }
}

/// Groups of neighbouring first-level indices that are spoken of alike, highest first.
fn put_level1(inputs: &NoticeInputs, scope: &mut Scope) {
    let mut rows: Vec<&IndexRow> = inputs
        .stats
        .level1
        .iter()
        .filter(|row| row.now.is_some())
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.now));
    let mut groups: Vec<(IndexClass, Vec<&IndexRow>)> = Vec::new();
    for row in rows {
        let class = classify(row, &inputs.words);
        match groups.last_mut() {
            Some((last, members)) if *last == class => members.push(row),
            _ => groups.push((class, vec![row])),
        }
    }
    let is_compared = groups
        .iter()
        .flat_map(|(_, members)| members)
        .any(|row| row.previous.is_some());
    scope.put_text(
        "level1.compared",
        if is_compared { "是" } else { "" },
        "一级指标有上轮得分指数可比",
    );
    let flag = |on: bool| {
        if on {
            vec![Span::Text("是".to_owned())]
        } else {
            Vec::new()
        }
    };
    let figures = |members: &[&IndexRow], suffix: &str| {
        let span =
            |row: &&IndexRow| index_span(scope, &format!("index_level1.{}.{suffix}", row.name));
        members.iter().filter_map(span).collect::<Vec<Span>>()
    };
    let rows = groups
        .iter()
        .map(|(class, members)| {
            BTreeMap::from([
                (
                    "group",
                    members
                        .iter()
                        .map(|row| Span::Text(row.name.clone()))
                        .collect(),
                ),
                ("values", figures(members, "now")),
                ("sizes", figures(members, "change.size")),
                ("good", flag(class.good)),
                ("many", flag(members.len() > 1)),
                ("same", flag(class.is_level)),
                ("moved", flag(!class.is_level && !class.word.is_empty())),
                ("word", vec![Span::Text(class.word.clone())]),
            ])
        })
        .collect();
    let fields = vec![
        "group", "values", "sizes", "good", "many", "same", "moved", "word",
    ];
    scope.records.insert(
        "level1".to_owned(),
        Records {
            fields,
            rows,
            is_cut: false,
        },
    );
}

fn index_span(scope: &Scope, name: &str) -> Option<Span> {
    let figure = scope.figures.get(name)?;
    Some(Span::Figure {
        name: name.to_owned(),
        text: figure.printed.clone(),
    })
}

/// 薄弱指标: rows of the weakest second-level indices, highest of them first, equal ones in the order of the set.
pub fn weakest(inputs: &NoticeInputs) -> Vec<&IndexRow> {
    let is_weak = |row: &&IndexRow| inputs.stats.weakest.contains(&row.name);
    let mut rows: Vec<&IndexRow> = inputs.stats.level2.iter().filter(is_weak).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.now));
    rows
}

fn put_weak(inputs: &NoticeInputs, scope: &mut Scope) {
    let rows = weakest(inputs);
    let low_line = limit(inputs.words.index.low_below);
    let low: Vec<&IndexRow> = rows
        .iter()
        .copied()
        .filter(|row| row.now.is_some_and(|now: Exact| low_line > now))
        .collect();
    let first: Vec<String> = rows
        .iter()
        .filter(|row| low.iter().all(|other| other.name != row.name))
        .chain(low.iter())
        .take(inputs.words.weak.named_first)
        .map(|row| row.name.clone())
        .collect();
    scope.put_count(
        "weak.unnamed",
        rows.len() - first.len(),
        "个",
        "未先列出的薄弱指标数",
    );
    scope.put_list("weak.first", first, "薄弱指标中先列出的几个");
    scope.put_count(
        "weak.low.count",
        low.len(),
        "个",
        "得分指数低于“存在不足”界限的薄弱指标数",
    );
    scope.put_list(
        "weak.low",
        low.iter().map(|row| row.name.clone()).collect(),
        "得分指数低于“存在不足”界限的薄弱指标",
    );
    let values = low
        .iter()
        .filter_map(|row| index_span(scope, &format!("index_level2.{}.now", row.name)))
        .collect();
    scope
        .bound_lists
        .insert("weak.low_values".to_owned(), values);
}
