//! Guides in tabs: panels of which one is shown, with their names in a strip above.

use std::ops::Range;

use crate::facts::dom::Dom;
use crate::facts::html::names::{Set, Tag};
use crate::facts::lexicons::Lexicons;
use crate::facts::model::Area;

/// Elements that are panels.
const PANELS: Set = Set::of(&[
    Tag::Div,
    Tag::Section,
    Tag::Article,
    Tag::Table,
    Tag::Ul,
    Tag::Dl,
    Tag::Li,
    Tag::Dd,
]);
/// A longer text is no name of a tab.
const NAME_CHARS_MAX: u32 = 12;
/// Elements before the panels among which the strip is looked for.
const BEFORE_MAX: usize = 4;

/// Tabs of a page: the panels that are not shown, and the strips that name them.
#[derive(Default)]
pub(super) struct Tabs {
    /// Panels that a reader sees only after a click, in document order.
    pub hidden: Vec<Range<usize>>,
    /// All panels, the shown one among them: what begins in one ends with it.
    pub panels: Vec<Range<usize>>,
    /// Panels with the name that the strip gives them.
    pub named: Vec<(String, Range<usize>)>,
    /// The strips.
    pub strips: Vec<Range<usize>>,
}

/// Looks for panels beside one another of which one is shown at most.
pub(super) fn tabs(dom: &Dom) -> Tabs {
    let mut tabs = Tabs::default();
    let mut next = 0;
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        let is_panel = index >= next
            && node.is_hidden()
            && !node.is_inert()
            && node.area == Area::Body
            && PANELS.has(node.tag)
            && !dom.nodes[node.parent()].is_hidden();
        if !is_panel {
            continue;
        }
        let panels = beside(dom, index);
        // One by itself is a box that opens over the page.
        if panels.len() < 2 {
            next = node.end();
            continue;
        }
        let hidden = panels.iter().filter(|panel| dom.nodes[**panel].is_hidden());
        tabs.hidden
            .extend(hidden.map(|panel| *panel..dom.nodes[*panel].end()));
        let all = panels.iter().map(|panel| *panel..dom.nodes[*panel].end());
        tabs.panels.extend(all);
        if let Some(last) = panels.last() {
            next = dom.nodes[*last].end();
        }
        name_panels(dom, &panels, &mut tabs);
    }
    tabs
}

/// The panels around a hidden one: siblings of its name, one after another, of which one is shown.
fn beside(dom: &Dom, hidden: usize) -> Vec<usize> {
    let parent = dom.nodes[hidden].parent();
    let elements: Vec<usize> = dom
        .children(parent)
        .filter(|child| dom.nodes[*child].tag != Tag::Text)
        .collect();
    let at = elements.partition_point(|child| *child < hidden);
    let tag = dom.nodes[hidden].tag;
    let mut shown = 0;
    let mut is_one = |child: &usize| {
        shown += usize::from(!dom.nodes[*child].is_hidden());
        dom.nodes[*child].tag == tag && dom.nodes[*child].area == Area::Body && shown <= 1
    };
    // The shown one is the first as a rule; what stands before it is no panel.
    let before = at.checked_sub(1).map(|before| elements[before]);
    let before = before.filter(|child| is_one(child));
    let mut panels: Vec<usize> = before.into_iter().collect();
    panels.extend(
        elements[at..]
            .iter()
            .copied()
            .take_while(|child| is_one(child)),
    );
    panels
}

/// Gives panels the names of the strip above them, where it has one for each.
fn name_panels(dom: &Dom, panels: &[usize], tabs: &mut Tabs) {
    let Some(first) = panels.first().filter(|_| panels.len() > 1) else {
        return;
    };
    let before = |index: usize| {
        let above: Vec<usize> = dom
            .children(dom.nodes[index].parent())
            .take_while(|child| *child < index)
            .filter(|child| dom.nodes[*child].tag != Tag::Text)
            .collect();
        above.into_iter().rev().take(BEFORE_MAX)
    };
    let near = before(*first).chain(before(dom.nodes[*first].parent()));
    for strip in near {
        // The strip itself, or what a box around it holds.
        let boxes = std::iter::once(strip).chain(dom.inside(strip).take(6));
        // What is hidden behind the last panel has no name.
        let names = boxes
            .map(|inner| names_in(dom, inner))
            .find(|names| (2..=panels.len()).contains(&names.len()));
        if let Some(names) = names {
            let ranges = panels.iter().map(|panel| *panel..dom.nodes[*panel].end());
            tabs.named.extend(names.into_iter().zip(ranges));
            tabs.strips.push(strip..dom.nodes[strip].end());
            return;
        }
    }
}

/// The short texts of an element's children; none where one of them is long or empty.
fn names_in(dom: &Dom, strip: usize) -> Vec<String> {
    let children = dom
        .children(strip)
        .filter(|child| dom.nodes[*child].tag != Tag::Text);
    let mut names = Vec::new();
    for child in children {
        if !(1..=NAME_CHARS_MAX).contains(&dom.chars_of(child)) {
            return Vec::new();
        }
        names.push(dom.text(child));
    }
    names
}

impl Tabs {
    /// The panel that holds a node.
    pub fn panel(&self, node: usize) -> Option<usize> {
        self.panels.iter().position(|panel| panel.contains(&node))
    }

    /// Named panels whose text begins with no label of its own.
    pub fn unlabelled<'a>(
        &'a self,
        lexicons: &'a Lexicons,
        is_labelled: impl Fn(&Range<usize>) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a str, &'a Range<usize>)> + 'a {
        self.named
            .iter()
            .filter(|(name, _)| lexicons.guide_label(name).is_some())
            .filter(move |(_, panel)| !is_labelled(panel))
            .map(|(name, panel)| (name.as_str(), panel))
    }
}
