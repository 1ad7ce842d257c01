//! 指标名域: the names a template may use, each with what it prints and what it is.

use std::collections::BTreeMap;

use super::Span;
use super::words::Words;
use crate::stats::{Figure, FigureValue};

/// 名域. Figures by name, and records for lists of things.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Figures.
    pub figures: BTreeMap<String, Figure>,
    /// Lists whose elements are bound to figures of their own (indices of indicators).
    pub bound_lists: BTreeMap<String, Vec<Span>>,
    /// Records.
    pub records: BTreeMap<String, Records>,
}

/// 记录表. Things to go through with `each`; the fields are known even when there is no row.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Names of the fields.
    pub fields: Vec<&'static str>,
    /// Rows.
    pub rows: Vec<BTreeMap<&'static str, Vec<Span>>>,
    /// Whether there are more than these rows, which are not to be named.
    pub is_cut: bool,
}

impl Scope {
    /// Adds a figure.
    pub fn put(&mut self, name: impl Into<String>, figure: Figure) {
        self.figures.insert(name.into(), figure);
    }

    /// Adds a count.
    pub fn put_count(
        &mut self,
        name: impl Into<String>,
        count: usize,
        unit: &str,
        definition: &str,
    ) {
        self.put(
            name,
            Figure {
                value: FigureValue::Count(i64::try_from(count).unwrap_or(i64::MAX)),
                printed: count.to_string(),
                unit: unit.to_owned(),
                definition: definition.to_owned(),
            },
        );
    }

    /// Adds a text.
    pub fn put_text(&mut self, name: impl Into<String>, text: &str, definition: &str) {
        self.put(
            name,
            Figure {
                value: FigureValue::Text(text.to_owned()),
                printed: text.to_owned(),
                unit: String::new(),
                definition: definition.to_owned(),
            },
        );
    }

    /// Adds a list.
    pub fn put_list(&mut self, name: impl Into<String>, list: Vec<String>, definition: &str) {
        self.put(
            name,
            Figure {
                printed: list.join("、"),
                value: FigureValue::List(list),
                unit: String::new(),
                definition: definition.to_owned(),
            },
        );
    }

    /// Adds `NAME.degree` (before a noun) and `NAME.extent` (before a verb).
    pub fn put_degree(
        &mut self,
        name: &str,
        words: &Words,
        what: &str,
        part: u64,
        whole: Option<u64>,
    ) {
        let definition = |use_of: &str| format!("{what}的{use_of}：由占比按用词界限选词");
        self.put_text(
            format!("{name}.degree"),
            words.quantity(part, whole),
            &definition("数量词"),
        );
        self.put_text(
            format!("{name}.extent"),
            words.extent(part, whole),
            &definition("范围词"),
        );
    }

    /// Whether a name exists at all.
    pub fn has(&self, name: &str) -> bool {
        self.figures.contains_key(name)
            || self.bound_lists.contains_key(name)
            || self.records.contains_key(name)
    }

    /// The count of a figure, 0 where it is not a count.
    pub fn count(&self, name: &str) -> u64 {
        match self.figures.get(name).map(|figure| &figure.value) {
            Some(FigureValue::Count(count)) => u64::try_from(*count).unwrap_or(0),
            _ => 0,
        }
    }
}

/// Whether a value was measured.
pub fn is_known(value: &FigureValue) -> bool {
    !matches!(value, FigureValue::Missing(_))
}

/// Whether a value counts as true in a condition: not zero, not empty, not missing.
pub fn is_true(value: &FigureValue) -> bool {
    match value {
        FigureValue::Count(count) => *count > 0,
        FigureValue::Exact(exact) => !exact.is_zero(),
        FigureValue::List(list) => !list.is_empty(),
        FigureValue::Text(text) => !text.is_empty(),
        FigureValue::Missing(_) => false,
    }
}
