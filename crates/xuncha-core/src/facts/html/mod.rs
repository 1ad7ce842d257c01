//! HTML → flat tree.
//!
//! Two readers give the same tree. The fast one ([`tokenizer`], [`tree`]) is ours: it knows the states of the tokenizer and those
//! rules of tree construction that only ever append to the end of the document. The moment a page needs more (misnested formatting
//! around blocks, content misplaced in tables, framesets, templates) it gives up and html5ever ([`slow`]) reads the page.
//! For a page's links alone a third one ([`skim`]) keeps of the tree what they need, from the tags.
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
mod skim;
mod skim_held;
mod skim_parts;
mod slow;
#[cfg(test)]
mod tests;
mod tokenizer;
mod tree;

pub use compare::{Comparison, compare_readers};
pub(crate) use flat::{Span, count_visible, name_of};

use std::borrow::Cow;

use dom_query::Document;
use flat::Bounds;

use super::dom::Dom;

/// How much of a page is read. A page of eight megabytes with 200,000 links has 600,000 nodes; hostile ones end here.
const BOUNDS: Bounds = Bounds {
    nodes: 640_000,
    attrs: 640_000,
    depth: 2 * prepare::MAX_DEPTH,
    // A page of 200,000 links 20 elements deep needs eight million; ten thousands of tags at the greatest depth end here.
    steps: 24_000_000,
};

/// How much of a page html5ever reads: its nodes are five times as big.
const SLOW_BOUNDS: Bounds = Bounds {
    nodes: 200_000,
    ..BOUNDS
};

/// What links, anchors and the words of a short page need of a page's tree, or why the page must be read whole. Of a page with many
/// visible characters fewer may be counted.
pub(crate) fn skim(page: &str) -> Result<Dom<'_>, GaveUp> {
    skim::skim(page, BOUNDS.for_page(page))
}

/// Why the fast reader gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GaveUp(pub &'static str);

impl Bounds {
    /// For one page: markup makes at most a node of every two bytes, so a page that asks for many more opens formatting again and
    /// again, a thousand elements for a few bytes.
    fn for_page(self, page: &str) -> Bounds {
        Bounds {
            nodes: self.nodes.min(page.len() / 2 + 10_000),
            ..self
        }
    }
}

/// Parses a page. Where nothing of it has to be changed, the tree borrows its text.
pub(crate) fn parse(page: Cow<'_, str>) -> Dom<'_> {
    let (page, is_cut) = prepare::prepare(page);
    let mut dom = match tree::build(&page, BOUNDS.for_page(&page)) {
        Ok(flat) => flat.finish(page),
        Err(_) => slow::build(&page, SLOW_BOUNDS.for_page(&page)).finish(page),
    };
    dom.is_cut |= is_cut;
    dom
}

/// The page as html5ever reads it, for the replay of evidence: what was read is what is shown, within the same bounds.
pub fn document(page: &str) -> Document {
    let (page, _) = prepare::prepare(Cow::Borrowed(page));
    slow::parse(&page, SLOW_BOUNDS.for_page(&page)).0
}
