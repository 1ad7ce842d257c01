//! Columns: each old one has a counterpart by name, or by what it lists; what a counterpart does not hold, and articles that moved.

use std::collections::{BTreeMap, BTreeSet};

use super::holdings::{Article, Holding, Holdings};
use super::judging::Found;
use super::pairs::Pairs;
use super::{Loss, LossKind};
use crate::verdict::Place;

/// A column is known again by what it lists where so many hundredths of its articles, and at least so many, stand in one new column.
const SAME_COLUMN: usize = 60;
const TELLING: usize = 2;

/// Judges every column of the old site that held something.
pub(super) fn columns(old: &Holdings, new: &Holdings, pairs: &Pairs, found: &mut Found) {
    let counterparts = counterparts(old, new, pairs);
    for column in old
        .columns
        .iter()
        .filter(|column| column.is_due && !column.items.is_empty())
    {
        match counterparts.get(column.name.as_str()) {
            Some(Counterpart::Same(other)) => empty(column, other, found),
            Some(Counterpart::Merged(other)) => merged(column, other, old, found),
            None => {
                let why = format!(
                    "旧网站的栏目“{}”（{} 条）在新网站没有",
                    column.name,
                    column.items.len()
                );
                if new.is_partial {
                    found.unclear(
                        LossKind::ColumnMissing,
                        &column.name,
                        &column.url,
                        "新网站达到页数上限，没有读完",
                    );
                    continue;
                }
                let loss = Loss::of(
                    LossKind::ColumnMissing,
                    &column.name,
                    why,
                    column.evidence.quoting(&column.name),
                );
                found.losses.push(loss.on_old(&column.url));
            }
        }
    }
    moved(old, new, pairs, &counterparts, found);
}

enum Counterpart<'a> {
    Same(&'a Holding),
    /// Its articles stand in a column that is the counterpart of another.
    Merged(&'a Holding),
}

fn counterparts<'a>(
    old: &'a Holdings,
    new: &'a Holdings,
    pairs: &Pairs,
) -> BTreeMap<&'a str, Counterpart<'a>> {
    let mut known: BTreeMap<&str, Counterpart<'_>> = BTreeMap::new();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for column in &old.columns {
        let same = new.columns.iter().filter(|other| other.key == column.key);
        // Of several of one name that of the navigation is meant, then the one that holds something.
        if let Some(other) =
            same.max_by_key(|other| (other.is_due, other.items.len(), other.has_other))
        {
            taken.insert(&other.name);
            known.insert(&column.name, Counterpart::Same(other));
        }
    }
    for column in &old.columns {
        if known.contains_key(column.name.as_str()) {
            continue;
        }
        let Some(other) = by_content(column, old, new, pairs) else {
            continue;
        };
        let counterpart = match taken.insert(&other.name) {
            true => Counterpart::Same(other),
            false => Counterpart::Merged(other),
        };
        known.insert(&column.name, counterpart);
    }
    known
}

/// The new column that lists most of a column's articles.
fn by_content<'a>(
    column: &Holding,
    old: &Holdings,
    new: &'a Holdings,
    pairs: &Pairs,
) -> Option<&'a Holding> {
    let carried: Vec<&Article> = (0..old.articles.len())
        .filter(|at| old.articles[*at].columns.contains(&column.name))
        .filter_map(|at| pairs.new_of.get(&at))
        .map(|at| &new.articles[*at])
        .collect();
    let listed = |other: &&Holding| {
        carried
            .iter()
            .filter(|article| article.columns.contains(&other.name))
            .count()
    };
    // Of columns that list equally many the smaller one is meant: a list of everything lists anything.
    let best = new
        .columns
        .iter()
        .max_by_key(|other| (listed(other), usize::MAX - other.items.len()))?;
    let count = listed(&best);
    (count >= TELLING && count * 100 >= carried.len() * SAME_COLUMN).then_some(best)
}

fn empty(column: &Holding, other: &Holding, found: &mut Found) {
    if !other.items.is_empty() || other.has_other {
        return;
    }
    if other.needs_script {
        found.unclear(
            LossKind::ColumnEmpty,
            &column.name,
            &other.url,
            "列表由脚本显示，没有渲染",
        );
        return;
    }
    let detail = format!(
        "旧网站的栏目“{}”有 {} 条，新网站的是空的",
        column.name,
        column.items.len()
    );
    let loss = Loss::of(
        LossKind::ColumnEmpty,
        &column.name,
        detail,
        column.evidence.clone(),
    );
    found.losses.push(
        loss.on_old(&column.url)
            .on_new(&other.url)
            .and_evidence(&other.evidence),
    );
}

fn merged(column: &Holding, other: &Holding, old: &Holdings, found: &mut Found) {
    let articles = old
        .articles
        .iter()
        .filter(|article| article.columns.contains(&column.name));
    let places = articles.map(place).collect();
    let detail = format!("栏目“{}”并入“{}”", column.name, other.name);
    let loss = Loss::of(
        LossKind::ColumnChanged,
        &column.name,
        detail,
        column.evidence.clone(),
    );
    let loss = loss
        .on_old(&column.url)
        .on_new(&other.url)
        .and_evidence(&other.evidence);
    found.losses.push(loss.at_places(places));
}

fn place(article: &Article) -> Place {
    Place {
        url: article.url().to_owned(),
        text: article.title.clone(),
    }
}

/// Articles that stand in none of the counterparts of their columns, but in others.
fn moved(
    old: &Holdings,
    new: &Holdings,
    pairs: &Pairs,
    counterparts: &BTreeMap<&str, Counterpart<'_>>,
    found: &mut Found,
) {
    for pair in &pairs.carried {
        let (before, after) = (&old.articles[pair.old], &new.articles[pair.new]);
        let expected: BTreeSet<&str> = before
            .columns
            .iter()
            .filter_map(|name| counterparts.get(name.as_str()))
            .map(|counterpart| match counterpart {
                Counterpart::Same(other) | Counterpart::Merged(other) => other.name.as_str(),
            })
            .collect();
        let is_expected = after
            .columns
            .iter()
            .any(|name| expected.contains(name.as_str()));
        let is_placed = new
            .columns
            .iter()
            .any(|other| other.is_due && after.columns.contains(&other.name));
        if !before.is_due || new.is_partial || expected.is_empty() || !is_placed || is_expected {
            continue;
        }
        let names = |names: &BTreeSet<String>| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.join("、")
        };
        let detail = format!(
            "原在“{}”，现在“{}”",
            names(&before.columns),
            names(&after.columns)
        );
        let loss = Loss::of(
            LossKind::ColumnChanged,
            &before.title,
            detail,
            before.evidence.clone(),
        );
        found.losses.push(
            loss.on_old(before.url())
                .on_new(after.url())
                .and_evidence(&after.evidence),
        );
    }
}
