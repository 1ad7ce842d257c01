//! One page as a flat tree in document order.
//!
//! The page is parsed once; every reader afterwards is a scan over this vector or over the elements of one name, which keeps a page
//! of 30 KB well under a millisecond. Ranges (`index..end`) stand for subtrees. The parser is in `html/`.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::html::names::{COUNT, Set, Tag};
use super::html::{self, Span, count_visible};
use super::model::Area;
use super::text::{Collapser, lowercase};

/// One node of the flat tree. Pages of hundreds of thousands of them are read, so it is small.
pub(crate) struct Node {
    /// What it is: text, or an element by its name.
    pub tag: Tag,
    /// Whether a reader sees it.
    pub(in crate::facts) shown: Shown,
    /// Where on the page it stands.
    pub area: Area,
    /// How many attributes it has.
    pub(in crate::facts) attr_count: u8,
    /// The first of its attributes.
    pub(in crate::facts) attr_start: u32,
    /// Index of its parent; the root is its own parent.
    pub(in crate::facts) up: u32,
    /// Index after its last descendant.
    pub(in crate::facts) stop: u32,
    /// Visible characters before it in the document.
    pub chars_before: u32,
    /// Of a text the text; of an element its `class` and `id`, lower case, separated by one space.
    pub(in crate::facts) words: Span,
}

/// Whether a reader sees a node; of two that bear on it the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shown {
    /// Yes.
    Seen,
    /// Inside `script`, `style`, or `display:none`.
    Hidden,
    /// Inside an element whose links a browser with scripts never follows either (`noscript`, `template`).
    Inert,
}

impl Node {
    /// Not shown: inside `script`, `style`, `template`, `noscript`, or `display:none`.
    pub fn is_hidden(&self) -> bool {
        self.shown != Shown::Seen
    }

    /// Inside an element whose links a browser with scripts never follows (`noscript`, `template`).
    pub fn is_inert(&self) -> bool {
        self.shown == Shown::Inert
    }

    /// Index of its parent; the root is its own parent.
    pub fn parent(&self) -> usize {
        self.up as usize
    }

    /// Index after its last descendant.
    pub fn end(&self) -> usize {
        self.stop as usize
    }

    /// Where its attributes stand among those of the page.
    pub(in crate::facts) fn attr_range(&self) -> std::ops::Range<usize> {
        let start = self.attr_start as usize;
        start..start + usize::from(self.attr_count)
    }
}

/// An attribute.
#[derive(Clone, Copy)]
pub(crate) struct Attr {
    /// Lower-case name.
    pub name: Span,
    /// The value, character references read.
    pub value: Span,
}

/// Texts of all links of a page, one behind the other, each ended by a line feed.
#[derive(Default)]
pub(in crate::facts) struct AnchorTexts {
    text: String,
    /// Node of the link, and where its text ends.
    ends: Vec<(u32, u32)>,
}

impl AnchorTexts {
    /// Adds a link; they come in the order of their nodes.
    pub fn push(&mut self, node: usize, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.ends.push((node as u32, self.text.len() as u32));
    }

    /// All texts, each ended by a line feed.
    pub fn all(&self) -> &str {
        &self.text
    }

    /// The text of a link; empty where the node is none.
    pub fn of(&self, node: usize) -> &str {
        let Ok(at) = self
            .ends
            .binary_search_by_key(&(node as u32), |(node, _)| *node)
        else {
            return "";
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        &self.text[start as usize..self.ends[at].1 as usize - 1]
    }
}

/// A block of text without a break inside.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The text, white space collapsed.
    pub text: String,
    /// Node of its first text.
    pub node: usize,
}

/// 页面树. The flat tree of one page.
pub(crate) struct Dom<'p> {
    /// Nodes in document order; index 0 is the document.
    pub nodes: Vec<Node>,
    /// Visible characters of the whole page.
    pub chars: u32,
    /// Whether something of the page was left out because it has more nodes, attributes or depth than are read.
    pub is_cut: bool,
    pub(in crate::facts) page: Cow<'p, str>,
    pub(in crate::facts) decoded: String,
    /// Names of the elements that no rule names, by their nodes.
    pub(in crate::facts) other_names: Vec<(u32, Span)>,
    pub(in crate::facts) attrs: Vec<Attr>,
    /// Elements in the order of their names, and where each name begins.
    pub(in crate::facts) by_name: Vec<u32>,
    pub(in crate::facts) name_starts: [u32; COUNT + 1],
    pub(in crate::facts) lines: OnceCell<Vec<Line>>,
    pub(in crate::facts) whole_text: OnceCell<String>,
    pub(in crate::facts) lower_text: OnceCell<String>,
    /// Texts of the links by their node, as `links` reads them.
    pub(in crate::facts) anchor_texts: OnceCell<AnchorTexts>,
}

impl<'p> Dom<'p> {
    /// Parses a page.
    pub fn parse(page: impl Into<Cow<'p, str>>) -> Dom<'p> {
        html::parse(page.into())
    }

    /// Name of an element, empty for text.
    pub fn name(&self, index: usize) -> &str {
        let node = &self.nodes[index];
        match node.tag {
            Tag::Other => {
                html::name_of(&self.other_names, index).map_or("", |name| self.span(name))
            }
            tag => tag.name(),
        }
    }

    /// Elements of one name in document order.
    pub fn named(&self, tag: Tag) -> impl Iterator<Item = usize> + '_ {
        let (start, end) = (
            self.name_starts[tag as usize],
            self.name_starts[tag as usize + 1],
        );
        let named = &self.by_name[start as usize..end as usize];
        named.iter().map(|index| *index as usize)
    }

    /// The text of a text node.
    pub fn text_of(&self, index: usize) -> Option<&str> {
        let node = &self.nodes[index];
        (node.tag == Tag::Text).then(|| self.span(node.words))
    }

    fn span(&self, span: Span) -> &str {
        span.of(&self.page, &self.decoded)
    }

    /// Class and id of an element, lower case.
    pub fn tokens(&self, index: usize) -> &str {
        let node = &self.nodes[index];
        match node.tag {
            Tag::Text => "",
            _ => self.span(node.words),
        }
    }

    /// Attributes in the order of the page.
    pub fn attrs(&self, index: usize) -> impl Iterator<Item = (&str, &str)> + '_ {
        self.attrs[self.nodes[index].attr_range()]
            .iter()
            .map(|attr| (self.span(attr.name), self.span(attr.value)))
    }

    /// An attribute's value.
    pub fn attr(&self, index: usize, wanted: &str) -> Option<&str> {
        self.attrs[self.nodes[index].attr_range()]
            .iter()
            .find(|attr| attr.name.is(wanted, &self.page, &self.decoded))
            .map(|attr| self.span(attr.value))
    }

    /// Direct children.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[index].end();
        let mut next = index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let current = next;
            next = self.nodes[current].end();
            Some(current)
        })
    }

    /// Indices of a subtree without its root.
    pub fn inside(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.nodes[index].end()
    }

    /// Ancestors from the parent up, without the document.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let mut current = index;
        std::iter::from_fn(move || {
            let parent = self.nodes[current].parent();
            if parent == 0 || parent == current {
                return None;
            }
            current = parent;
            Some(parent)
        })
    }

    /// Visible characters of a subtree.
    pub fn chars_of(&self, index: usize) -> u32 {
        let end = self.nodes[index].end();
        let after = self
            .nodes
            .get(end)
            .map_or(self.chars, |node| node.chars_before);
        after.saturating_sub(self.nodes[index].chars_before)
    }

    /// Visible characters of a range of nodes.
    pub fn chars_between(&self, nodes: &std::ops::Range<usize>) -> u32 {
        let before = |index: usize| {
            self.nodes
                .get(index)
                .map_or(self.chars, |node| node.chars_before)
        };
        before(nodes.end).saturating_sub(before(nodes.start))
    }

    /// Visible text of a subtree on one line, as far as anybody reads it: elements that nest without end would each hold all the rest of
    /// their page.
    pub fn text(&self, index: usize) -> String {
        self.text_start(index, MAX_TEXT_BYTES)
    }

    /// Visible text of a subtree on one line, ended by the piece that makes it longer than so many bytes.
    pub fn text_start(&self, index: usize, bytes: usize) -> String {
        let mut line = Collapser::default();
        let mut open_blocks = OpenBlocks::default();
        for inner in index..self.nodes[index].end() {
            let node = &self.nodes[inner];
            if open_blocks.close(inner) {
                line.space();
            }
            if node.tag == Tag::Text {
                if !node.is_hidden() {
                    line.push(self.span(node.words));
                    if line.text.len() > bytes {
                        break;
                    }
                }
            } else if open_blocks.open(node, inner) {
                line.space();
            }
        }
        line.text
    }

    /// Visible text of the whole page on one line; made once.
    pub fn whole_text(&self) -> &str {
        self.whole_text.get_or_init(|| {
            // What parts two lines is white space on one line.
            let lines = self.all_lines();
            let bytes = lines.iter().map(|line| line.text.len() + 1).sum();
            let mut text = String::with_capacity(bytes);
            for line in lines {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&line.text);
            }
            text
        })
    }

    /// [`Dom::whole_text`] in lower case, as word lists are looked up in it; made once.
    pub fn lower_text(&self) -> &str {
        self.lower_text.get_or_init(|| lowercase(self.whole_text()))
    }

    /// Raw text of a `script` or `style`.
    pub fn raw_text(&self, index: usize) -> Cow<'_, str> {
        let mut texts = self.inside(index).filter_map(|inner| self.text_of(inner));
        let first = texts.next().unwrap_or_default();
        match texts.next() {
            None => Cow::Borrowed(first),
            Some(second) => Cow::Owned([first, second].into_iter().chain(texts).collect()),
        }
    }

    /// Visible text of the whole page, broken at block elements; made once.
    pub fn all_lines(&self) -> &[Line] {
        self.lines.get_or_init(|| self.lines(0..self.nodes.len()))
    }

    /// Visible text of a range, broken at block elements.
    pub fn lines(&self, range: std::ops::Range<usize>) -> Vec<Line> {
        self.lines_with(range, &[])
    }

    /// [`Dom::lines`] with the text of elements that a click shows; these stand in the order of the page.
    pub fn lines_with(
        &self,
        range: std::ops::Range<usize>,
        unfolded: &[std::ops::Range<usize>],
    ) -> Vec<Line> {
        let is_unfolded = |index: usize| {
            let next = unfolded.partition_point(|panel| panel.start <= index);
            let panel = next.checked_sub(1).map(|at| &unfolded[at]);
            panel.is_some_and(|panel| panel.contains(&index))
                && !self.nodes[index].is_inert()
                && !UNREAD.has(self.nodes[self.nodes[index].parent()].tag)
        };
        let mut lines: Vec<Line> = Vec::new();
        let mut line = Collapser::default();
        let mut start = range.start;
        let mut open_blocks = OpenBlocks::default();
        let flush = |line: &mut Collapser, start: usize, lines: &mut Vec<Line>| {
            let text = line.take();
            if !text.is_empty() {
                lines.push(Line { text, node: start });
            }
        };
        for index in range {
            let node = &self.nodes[index];
            if open_blocks.close(index) {
                flush(&mut line, start, &mut lines);
            }
            if node.tag != Tag::Text {
                if open_blocks.open(node, index) {
                    flush(&mut line, start, &mut lines);
                }
            } else if !node.is_hidden() || !unfolded.is_empty() && is_unfolded(index) {
                if line.is_blank() {
                    start = index;
                }
                line.push(self.span(node.words));
            }
        }
        flush(&mut line, start, &mut lines);
        lines
    }

    /// The nearest ancestor (or itself) with one of the names.
    pub fn closest(&self, index: usize, names: &[&str]) -> Option<usize> {
        if names.contains(&self.name(index)) {
            return Some(index);
        }
        self.ancestors(index)
            .find(|up| names.contains(&self.name(*up)))
    }

    /// Visible characters of one area.
    pub fn area_chars(&self, area: Area) -> u32 {
        self.nodes
            .iter()
            .filter(|node| node.tag == Tag::Text && node.area == area && !node.is_hidden())
            .map(|node| count_visible(self.span(node.words)))
            .sum()
    }

    /// Sets the area of a whole subtree.
    pub fn mark_area(&mut self, index: usize, area: Area) {
        let end = self.nodes[index].end();
        for node in &mut self.nodes[index..end] {
            node.area = area;
        }
    }
}

/// Longest text of one element that is read.
const MAX_TEXT_BYTES: usize = 32 << 10;

/// Elements whose text nobody reads as part of a page.
const UNREAD: Set = Set::of(&[
    Tag::Script,
    Tag::Style,
    Tag::Title,
    Tag::Textarea,
    Tag::Option,
    Tag::Select,
]);

/// Elements that break the line.
const LINE_BREAKS: Set = Set::of(&[
    Tag::Address,
    Tag::Article,
    Tag::Aside,
    Tag::Blockquote,
    Tag::Body,
    Tag::Br,
    Tag::Center,
    Tag::Dd,
    Tag::Div,
    Tag::Dl,
    Tag::Dt,
    Tag::Fieldset,
    Tag::Figcaption,
    Tag::Figure,
    Tag::Footer,
    Tag::Form,
    Tag::H1,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::H5,
    Tag::H6,
    Tag::Header,
    Tag::Hr,
    Tag::Html,
    Tag::Legend,
    Tag::Li,
    Tag::Main,
    Tag::Nav,
    Tag::Ol,
    Tag::P,
    Tag::Pre,
    Tag::Section,
    Tag::Table,
    Tag::Tbody,
    Tag::Td,
    Tag::Tfoot,
    Tag::Th,
    Tag::Thead,
    Tag::Tr,
    Tag::Ul,
    Tag::Option,
    Tag::Iframe,
]);

/// Whether an element breaks the line.
pub(crate) fn is_block(tag: Tag) -> bool {
    LINE_BREAKS.has(tag)
}

/// Blocks that a walk in document order stands in, by their ends.
#[derive(Default)]
struct OpenBlocks {
    ends: Vec<usize>,
}

impl OpenBlocks {
    /// Whether a block ended before this node.
    fn close(&mut self, index: usize) -> bool {
        let before = self.ends.len();
        while self.ends.last().is_some_and(|end| *end <= index) {
            self.ends.pop();
        }
        self.ends.len() < before
    }

    /// Whether a block begins with this element.
    fn open(&mut self, node: &Node, index: usize) -> bool {
        let is_block = is_block(node.tag);
        if is_block && node.end() > index + 1 {
            self.ends.push(node.end());
        }
        is_block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blocks_and_join_inline() {
        let dom = Dom::parse(
            "<div>发布<b>时间</b>：<p>2026年<span>3月</span></p>尾<script>x</script><p style='display: none'>隐</p></div>",
        );
        let lines: Vec<String> = dom
            .lines(0..dom.nodes.len())
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(lines, ["发布时间：", "2026年3月", "尾"]);
        assert_eq!(dom.chars, 5 + 7 + 1);
    }

    #[test]
    fn deep_nesting_does_not_overflow() {
        let html = format!("<p>开头</p>{}", "<div>".repeat(50_000));
        let dom = Dom::parse(html.as_str());
        assert_eq!(dom.text(0), "开头");
        assert!(dom.nodes.len() < 5_000);
    }
}
