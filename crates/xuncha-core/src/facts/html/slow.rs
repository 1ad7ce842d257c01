//! The same flat tree by html5ever: for pages that need the hard algorithms, and the reference that the fast reader is tested against.
//!
//! The page is handed over piece by piece, and no further than the bounds allow: a few bytes can ask for a thousand elements
//! (formatting that is opened again in every paragraph), and html5ever itself knows no limit.

use dom_query::{Document, NodeData, NodeId, TreeNode};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};
use memchr::memchr_iter;

use super::flat::{Bounds, Flat, MAX_TAG_ATTRS, Span};
use super::names::Tag;
use crate::facts::dom::Attr;

/// Bytes of a piece: after each it is looked how big the tree has grown.
const PIECE_BYTES: usize = 256;

/// Builds the tree of a prepared page, as far as the bounds let it grow.
pub(crate) fn build(page: &str, bounds: Bounds) -> Flat {
    let (document, is_whole) = parse(page, bounds);
    let mut flat = Flat::new(page, bounds);
    flat.is_cut = !is_whole;
    let root = document.root().id;
    // The walk keeps its own stack, so depth is bounded by memory and not by the thread's stack.
    let mut stack: Vec<(NodeId, usize)> = Vec::new();
    push_children(&document, &root, 0, &mut stack);
    while let Some((id, parent)) = stack.pop() {
        if flat.is_full(0) {
            break;
        }
        let index = flat.nodes.len();
        let is_kept = document
            .tree
            .query_node(&id, |node| add(&mut flat, page, node, parent))
            .unwrap_or(false);
        if is_kept {
            push_children(&document, &id, index, &mut stack);
        }
    }
    flat
}

/// html5ever's own tree, and whether the page came into it whole.
pub(crate) fn parse(page: &str, bounds: Bounds) -> (Document, bool) {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    let mut parser = parse_document(Document::default(), options);
    let mut rest = page;
    let mut is_whole = true;
    let mut steps = 0;
    while !rest.is_empty() {
        let document = &parser.tokenizer.sink.sink;
        // Complaints about the page are many, and nobody reads them.
        document.errors.borrow_mut().clear();
        let (piece, after) = rest.split_at(piece_len(rest));
        let depth = depth_of(document, bounds.depth);
        steps += depth * memchr_iter(b'<', piece.as_bytes()).count();
        if document.tree.len() >= bounds.nodes || depth >= bounds.depth || steps > bounds.steps {
            is_whole = false;
            break;
        }
        parser.process(StrTendril::from(piece));
        rest = after;
    }
    (parser.finish(), is_whole)
}

/// Bytes of the next piece. html5ever drops a byte order mark that begins one, so none does.
fn piece_len(rest: &str) -> usize {
    let mut end = rest.ceil_char_boundary(PIECE_BYTES);
    while rest[end..].starts_with('\u{feff}') {
        end += '\u{feff}'.len_utf8();
    }
    end
}

/// Elements on the way from the root to where content goes just now, counted up to a bound.
fn depth_of(document: &Document, bound: usize) -> usize {
    let mut last = document.root().id;
    for depth in 0..bound {
        match document.tree.last_child_of(&last) {
            Some(child) => last = child.id,
            None => return depth,
        }
    }
    bound
}

fn push_children(document: &Document, id: &NodeId, index: usize, stack: &mut Vec<(NodeId, usize)>) {
    let mut child = document.tree.last_child_of(id).map(|node| node.id);
    while let Some(next) = child {
        stack.push((next, index));
        child = document.tree.prev_sibling_of(&next).map(|node| node.id);
    }
}

/// Adds a node; comments and the like are left out.
fn add(flat: &mut Flat, page: &str, node: &TreeNode, parent: usize) -> bool {
    match &node.data {
        NodeData::Text { contents } => {
            let text = flat.keep(contents);
            flat.text(parent, text);
            true
        }
        NodeData::Element(element) => {
            let first = flat.attrs.len();
            for attr in element.attrs.iter().take(MAX_TAG_ATTRS) {
                let name = flat.keep(&attr.name.local);
                let value = flat.keep(&attr.value);
                flat.attrs.push(Attr { name, value });
            }
            let tag = Tag::of(element.name.local.as_bytes());
            let name = match tag {
                Tag::Other => flat.keep(&element.name.local),
                _ => Span::default(),
            };
            let end = flat.attrs.len();
            flat.element(page, parent, tag, name, first..end);
            true
        }
        _ => false,
    }
}
