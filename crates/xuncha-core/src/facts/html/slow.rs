//! The same flat tree by html5ever: for pages that need the hard algorithms, and the reference that the fast reader is tested against.

use dom_query::{Document, NodeData, NodeId, TreeNode};

use super::flat::{Flat, Span};
use super::names::Tag;
use crate::facts::dom::Attr;

/// Builds the tree of a prepared page, at most about `max_nodes` nodes.
pub(crate) fn build(page: &str, max_nodes: usize) -> Flat {
    let document = Document::from(page);
    let mut flat = Flat::new(page.len());
    let root = document.root().id;
    // The walk keeps its own stack, so depth is bounded by memory and not by the thread's stack.
    let mut stack: Vec<(NodeId, usize)> = Vec::new();
    push_children(&document, &root, 0, &mut stack);
    while let Some((id, parent)) = stack.pop() {
        if flat.nodes.len() >= max_nodes {
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
            for attr in &element.attrs {
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
