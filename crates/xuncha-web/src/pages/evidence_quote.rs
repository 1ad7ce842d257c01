//! Where on an archived page a quoted text stands.

use dom_query::{Document, Element, NodeData, NodeId};

/// A part of the quoted text inside one text node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Text node.
    pub(crate) node: NodeId,
    /// First byte.
    pub(crate) start: usize,
    /// Behind its last byte.
    pub(crate) end: usize,
    /// Whether the address points here.
    pub(crate) is_main: bool,
}

/// Elements whose text nobody sees.
const UNSEEN: [&str; 8] = [
    "script", "style", "title", "template", "noframes", "object", "textarea", "select",
];
/// Elements that menus are made of: closed, they hide what they hold.
const MENUS: [&str; 5] = ["a", "nav", "header", "footer", "aside"];
/// Places of one quote that are marked.
const PLACES_MAX: usize = 20;
/// A piece of a quote below this many characters says nothing about its place.
const MIN_CHARS: usize = 3;

/// The visible text without white space, with the place of each character.
#[derive(Default)]
struct Visible {
    text: String,
    /// Byte in `text`, text node, first byte and length in it.
    places: Vec<(usize, NodeId, usize, usize)>,
}

/// Where the quote stands, in the order of the page; empty where it does not. It is marked wherever it stands, since the first place may be
/// a closed menu; the address points to the first that is no part of one, if any is.
pub(crate) fn find_spots(document: &Document, quote: &str) -> Vec<Spot> {
    let candidates = candidates(quote);
    if candidates.is_empty() {
        return Vec::new();
    }
    let visible = visible(document);
    for candidate in candidates {
        let found = visible.text.match_indices(&candidate).take(PLACES_MAX);
        let mut found: Vec<Vec<Spot>> = found
            .map(|(start, _)| spots(&visible, start, start + candidate.len()))
            .collect();
        if found.is_empty() {
            continue;
        }
        let is_in_sight = |place: &Vec<Spot>| {
            place
                .first()
                .is_some_and(|spot| !is_in_menu(document, spot.node))
        };
        let main = found.iter().position(is_in_sight).unwrap_or(0);
        if let Some(spot) = found[main].first_mut() {
            spot.is_main = true;
        }
        return found.into_iter().flatten().collect();
    }
    Vec::new()
}

/// Whether a text stands in a link, in a part of the page that menus are made of, or in one that is folded away.
fn is_in_menu(document: &Document, node: NodeId) -> bool {
    let mut above = document.tree.parent_of(&node);
    while let Some(parent) = above {
        let is_menu = document.tree.query_node(&parent.id, |node| {
            matches!(&node.data, NodeData::Element(element)
                if MENUS.contains(&element.name.local.as_ref()) || is_folded(element))
        });
        if is_menu == Some(true) {
            return true;
        }
        above = document.tree.parent_of(&parent.id);
    }
    false
}

/// Whether an element says of itself that it is not shown: what stands in it is seen by nobody.
fn is_folded(element: &Element) -> bool {
    element.attrs.iter().any(|attr| {
        let value = attr.value.to_ascii_lowercase().replace(' ', "");
        match attr.name.local.as_ref() {
            "hidden" => true,
            "aria-hidden" => value == "true",
            "style" => value.contains("display:none") || value.contains("visibility:hidden"),
            _ => false,
        }
    })
}

/// What to look for: the whole quote, then its longest pieces. White space does not count.
fn candidates(quote: &str) -> Vec<String> {
    let plain = without_tags(quote);
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let mut pieces: Vec<String> = plain
        .split(['…', '｜', '|', '；', ';', '\n'])
        .map(bare)
        .collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    let mut all = vec![bare(&plain)];
    all.extend(pieces);
    // A date that the check speaks of stands on the page, even where the words around it are ours.
    let is_date = |c: char| c.is_ascii_digit() || "-/.年月日".contains(c);
    let runs = plain.split(|c| !is_date(c)).map(str::to_owned);
    for run in runs.filter(|run| run.chars().filter(char::is_ascii_digit).count() >= 6) {
        // Lists often leave the year out.
        let short = run.get(5..).map(str::to_owned);
        all.push(run);
        all.extend(short);
    }
    all.retain(|piece| piece.chars().count() >= MIN_CHARS);
    all.dedup();
    all
}

/// The text of a quote that is markup.
fn without_tags(quote: &str) -> String {
    if !(quote.contains('<') && quote.contains('>')) {
        return quote.to_owned();
    }
    Document::fragment(quote).text().to_string()
}

fn visible(document: &Document) -> Visible {
    let mut visible = Visible::default();
    let mut stack = vec![document.root().id];
    while let Some(id) = stack.pop() {
        let goes_on = document.tree.query_node(&id, |node| match &node.data {
            NodeData::Text { contents } => {
                for (at, c) in contents.char_indices() {
                    if !c.is_whitespace() {
                        let place = (visible.text.len(), id, at, c.len_utf8());
                        visible.places.push(place);
                        visible.text.push(c);
                    }
                }
                false
            }
            NodeData::Element(element) => !UNSEEN.contains(&element.name.local.as_ref()),
            NodeData::Document | NodeData::Fragment => true,
            _ => false,
        });
        if goes_on != Some(true) {
            continue;
        }
        let mut child = document.tree.last_child_of(&id).map(|node| node.id);
        while let Some(next) = child {
            stack.push(next);
            child = document.tree.prev_sibling_of(&next).map(|node| node.id);
        }
    }
    visible
}

/// The characters between two bytes of the visible text, as runs inside text nodes.
fn spots(visible: &Visible, start: usize, end: usize) -> Vec<Spot> {
    let first = visible.places.partition_point(|(at, ..)| *at < start);
    let mut spots: Vec<Spot> = Vec::new();
    for (at, node, begin, length) in &visible.places[first..] {
        if *at >= end {
            break;
        }
        match spots.last_mut().filter(|spot| spot.node == *node) {
            Some(spot) => spot.end = begin + length,
            None => spots.push(Spot {
                node: *node,
                start: *begin,
                end: begin + length,
                is_main: false,
            }),
        }
    }
    spots
}
