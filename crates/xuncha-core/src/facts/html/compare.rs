//! Both readers on one page, node by node: what the tests and `cargo xtask bench facts --compare` ask.

use std::borrow::Cow;

use super::{BOUNDS, GaveUp, prepare, slow, tree};
use crate::facts::dom::Dom;

/// How the two readers stand to each other on one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The fast reader read the page, and html5ever gives the same tree.
    Same,
    /// The fast reader gave up, for this reason.
    GaveUp(&'static str),
    /// The trees differ: a fault of the fast reader. The first difference.
    Differ(String),
}

/// Reads a page with both readers.
pub fn compare_readers(page: &str) -> Comparison {
    let (page, _) = prepare::prepare(Cow::Borrowed(page));
    let bounds = BOUNDS.for_page(&page);
    let fast = match tree::build(&page, bounds) {
        Ok(flat) => flat.finish(Cow::Borrowed(&*page)),
        Err(GaveUp(reason)) => return Comparison::GaveUp(reason),
    };
    let slow = slow::build(&page, bounds).finish(Cow::Borrowed(&*page));
    if fast.is_cut || slow.is_cut {
        return Comparison::GaveUp("bounds");
    }
    let count = fast.nodes.len().max(slow.nodes.len());
    for index in 0..count {
        let (one, other) = (line(&fast, index), line(&slow, index));
        if one != other {
            return Comparison::Differ(format!("node {index}: fast {one}, html5ever {other}"));
        }
    }
    if fast.chars != slow.chars {
        return Comparison::Differ(format!("{} and {} characters", fast.chars, slow.chars));
    }
    Comparison::Same
}

/// Everything that a reader sees of a node.
fn line(dom: &Dom, index: usize) -> String {
    let Some(node) = dom.nodes.get(index) else {
        return "none".to_owned();
    };
    format!(
        "<{}> {:?} parent {} end {} before {} hidden {} inert {} tokens {:?} attributes {:?}",
        dom.name(index),
        dom.text_of(index),
        node.parent(),
        node.end(),
        node.chars_before,
        node.is_hidden(),
        node.is_inert(),
        dom.tokens(index),
        dom.attrs(index).collect::<Vec<_>>(),
    )
}
