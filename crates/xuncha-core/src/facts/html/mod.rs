//! HTML → flat tree.
//!
//! Two readers give the same tree. The fast one ([`tokenizer`], [`tree`]) is ours: it knows the states of the tokenizer and those
//! rules of tree construction that only ever append to the end of the document. The moment a page needs more (misnested formatting
//! around blocks, content misplaced in tables, framesets, templates) it gives up and html5ever ([`slow`]) reads the page.
//! `tests.rs` compares both node by node. Why there are two: `docs/adr/0003-own-html-reader.md`.

mod compare;
mod entities;
mod flat;
pub(crate) mod names;
mod prepare;
mod rules;
mod rules_body;
mod rules_svg;
mod rules_table;
mod slow;
#[cfg(test)]
mod tests;
mod tokenizer;
mod tree;

pub use compare::{Comparison, compare_readers};
pub(crate) use flat::{Span, count_visible};

use super::dom::Dom;

/// Nodes beyond this are cut: no real page comes near it, and it bounds hostile ones.
const MAX_NODES: usize = 200_000;

/// Why the fast reader gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GaveUp(pub &'static str);

/// Parses a page.
pub(crate) fn parse(page: &str) -> Dom {
    let page = prepare::prepare(page);
    match tree::build(&page) {
        Ok(flat) => flat.finish(page, MAX_NODES),
        Err(_) => slow::build(&page, MAX_NODES).finish(page, MAX_NODES),
    }
}
