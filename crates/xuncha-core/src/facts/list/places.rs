//! Where the items of a list stand: in elements that repeat, in a `dt` with the `dd` behind it, on lines parted by `br`.

use std::collections::BTreeMap;

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{PageLinks, anchor_words};
use crate::facts::model::Area;

/// A link with the nodes of the item that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub start: u32,
    pub end: u32,
    pub anchor: u32,
}

/// The nodes of the item that an element holds. A `dd` without a link behind a `dt` belongs to it.
pub(super) fn place(dom: &Dom, container: usize, anchor: usize) -> Place {
    let mut end = dom.nodes[container].end();
    if dom.nodes[container].tag == Tag::Dt {
        let behind = (end..dom.nodes.len()).find(|next| dom.nodes[*next].tag != Tag::Text);
        let has_link = |index: usize| {
            dom.inside(index)
                .any(|inner| dom.nodes[inner].tag == Tag::A)
        };
        if let Some(behind) = behind
            && dom.nodes[behind].tag == Tag::Dd
            && dom.nodes[behind].parent() == dom.nodes[container].parent()
            && !has_link(behind)
        {
            end = dom.nodes[behind].end();
        }
    }
    Place {
        start: container as u32,
        end: end as u32,
        anchor: anchor as u32,
    }
}

/// Lists whose items are lines of one element, parted by `br`: the links by that element, each with its line.
pub(super) fn lines_of_links(dom: &Dom, links: &PageLinks) -> BTreeMap<usize, Vec<Place>> {
    let mut breaks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in dom
        .named(Tag::Br)
        .filter(|index| dom.nodes[*index].area == Area::Body)
    {
        breaks
            .entry(dom.nodes[index].parent())
            .or_default()
            .push(index);
    }
    breaks.retain(|_, breaks| breaks.len() >= 2);
    let mut lists: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    if breaks.is_empty() {
        return lists;
    }
    let anchors = links.anchors().filter(|found| {
        dom.nodes[found.node].tag == Tag::A && dom.nodes[found.node].area == Area::Body
    });
    for found in anchors {
        let parent = dom
            .ancestors(found.node)
            .take(3)
            .find(|up| breaks.contains_key(up));
        let Some((parent, breaks)) = parent.and_then(|up| Some((up, breaks.get(&up)?))) else {
            continue;
        };
        if anchor_words(dom, found.node).is_empty() {
            continue;
        }
        let next = breaks.partition_point(|index| *index < found.node);
        let start = next.checked_sub(1).map_or(parent, |at| breaks[at]);
        let end = breaks.get(next).copied().unwrap_or(dom.nodes[parent].end());
        lists.entry(parent).or_default().push(Place {
            start: start as u32,
            end: end as u32,
            anchor: found.node as u32,
        });
    }
    lists
}
