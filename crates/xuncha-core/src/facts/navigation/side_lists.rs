//! Lists that stand beside the content of many pages: the most read, what is recommended. They say nothing of the page they stand on.

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::lexicons::{Lexicons, Words};
use crate::facts::model::Area;
use crate::facts::text::is_at_most;

/// A longer text is no heading.
const HEADING_CHARS: usize = 12;

/// Elements of the body that hold a list under a heading such as 点击排行 or 热门推荐.
pub(super) fn lists(dom: &Dom, lexicons: &Lexicons) -> Vec<usize> {
    let words = lexicons.side_lists.may_hit_lower(dom.lower_text());
    if words.is_empty() {
        return Vec::new();
    }
    (0..dom.nodes.len())
        .filter(|index| dom.nodes[*index].area == Area::Body && !dom.nodes[*index].is_hidden())
        .filter(|index| {
            dom.text_of(*index).is_some_and(|text| {
                is_at_most(text.trim(), HEADING_CHARS)
                    && Words::may_hit_part(text, &words)
                    && lexicons.side_lists.find(text).is_some()
            })
        })
        .filter(|index| {
            !dom.ancestors(*index)
                .take(3)
                .any(|up| dom.nodes[up].tag == Tag::A)
        })
        .filter_map(|index| list_under(dom, index))
        .collect()
}

/// The element that begins with this heading and holds its list, or the list that follows the heading's own element.
fn list_under(dom: &Dom, heading: usize) -> Option<usize> {
    let mut own = heading;
    for up in dom.ancestors(heading) {
        if matches!(dom.nodes[up].tag, Tag::Body | Tag::Html) {
            return None;
        }
        let begins_with = dom.nodes[up].chars_before == dom.nodes[heading].chars_before;
        if begins_with && links_in(dom, up) >= 2 {
            return Some(up);
        }
        if !begins_with {
            break;
        }
        own = up;
    }
    let behind = dom.nodes[own].end();
    let next = (behind..dom.nodes.len()).find(|next| dom.nodes[*next].tag != Tag::Text)?;
    let is_sibling = dom.nodes[next].parent() == dom.nodes[own].parent();
    (is_sibling && links_in(dom, next) >= 2).then_some(next)
}

fn links_in(dom: &Dom, index: usize) -> usize {
    dom.inside(index)
        .filter(|inner| dom.nodes[*inner].tag == Tag::A && dom.attr(*inner, "href").is_some())
        .count()
}
