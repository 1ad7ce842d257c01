//! The flat tree while it grows: nodes in document order, texts as ranges of the page or of a second text for what had to be decoded.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::names::{self, Tag};
use crate::facts::dom::{Attr, Dom, Node, Shown};
use crate::facts::model::Area;
use crate::room::{room, room_for};

/// A piece of text: a range of the page as read, or of the decoded texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    len: u32,
}

/// Set in `start` where the range lies in the decoded texts.
const DECODED: u32 = 1 << 31;

/// More than this of a page is not read: ranges are 31 bits wide, and decoding may make text a little longer.
pub(crate) const MAX_BYTES: usize = 1 << 29;

impl Span {
    /// A range of the page.
    pub fn page(start: usize, end: usize) -> Span {
        Span {
            start: start as u32,
            len: (end - start) as u32,
        }
    }

    /// A range of the decoded texts.
    pub fn decoded(start: usize, end: usize) -> Span {
        Span {
            start: start as u32 | DECODED,
            len: (end - start) as u32,
        }
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there is nothing.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Without the first bytes.
    pub fn skip(self, bytes: usize) -> Span {
        Span {
            start: self.start + bytes as u32,
            len: self.len - bytes as u32,
        }
    }

    /// The first bytes.
    pub fn take(self, bytes: usize) -> Span {
        Span {
            start: self.start,
            len: bytes as u32,
        }
    }

    /// Whether it is this text.
    #[inline]
    pub fn is(self, wanted: &str, page: &str, decoded: &str) -> bool {
        let start = (self.start & !DECODED) as usize;
        let text = if self.start & DECODED == 0 {
            page
        } else {
            decoded
        };
        self.len as usize == wanted.len()
            && &text.as_bytes()[start..start + wanted.len()] == wanted.as_bytes()
    }

    /// The text itself.
    #[inline]
    pub fn of<'a>(self, page: &'a str, decoded: &'a str) -> &'a str {
        let start = (self.start & !DECODED) as usize;
        let text = if self.start & DECODED == 0 {
            page
        } else {
            decoded
        };
        &text[start..start + self.len as usize]
    }
}

/// How much of a page is read: beyond it a tree is cut while it is built, so that no page takes more memory than this allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Nodes of the tree.
    pub nodes: usize,
    /// Attributes of all elements.
    pub attrs: usize,
    /// Open elements.
    pub depth: usize,
    /// Open elements over all tags together: a tag that closes nothing makes a reader walk all that are open.
    pub steps: usize,
}

/// Attributes of one element that are kept.
pub(crate) const MAX_TAG_ATTRS: usize = u8::MAX as usize;

/// Name of an element that no rule names.
pub(crate) fn name_of(names: &[(u32, Span)], node: usize) -> Option<Span> {
    let at = names.binary_search_by_key(&(node as u32), |(node, _)| *node);
    at.ok().map(|at| names[at].1)
}

/// 平面树 while it is built.
pub(crate) struct Flat {
    /// Nodes so far; index 0 is the document.
    pub nodes: Vec<Node>,
    /// Attributes of all elements, those of one element together.
    pub attrs: Vec<Attr>,
    /// Texts that do not stand in the page as they are.
    pub decoded: String,
    /// Names of the elements that no rule names, by their nodes.
    pub other_names: Vec<(u32, Span)>,
    /// Whether the page was not read to its end.
    pub is_cut: bool,
    bounds: Bounds,
    steps: usize,
}

impl Flat {
    /// A document without content. What the page may need is reserved at once: a tree of many megabytes is not copied to grow.
    pub fn new(page: &str, bounds: Bounds) -> Flat {
        let count = |byte| memchr::memchr_iter(byte, page.as_bytes()).count();
        Flat::with_room(page, bounds, count(b'<') * 2, count(b'='))
    }

    /// The same for a tree of which little is kept.
    pub fn small(page: &str, bounds: Bounds) -> Flat {
        Flat::with_room(page, bounds, page.len() / 64, page.len() / 96)
    }

    fn with_room(page: &str, bounds: Bounds, nodes: usize, attrs: usize) -> Flat {
        let mut flat = Flat {
            nodes: Vec::with_capacity(room_for::<Node>(nodes.min(bounds.nodes) + 16)),
            attrs: Vec::with_capacity(room_for::<Attr>(attrs.min(bounds.attrs) + 16)),
            decoded: String::with_capacity(room(page.len() / 8 + 64)),
            other_names: Vec::new(),
            is_cut: false,
            bounds,
            steps: 0,
        };
        flat.nodes.push(Node {
            tag: Tag::Document,
            shown: Shown::Seen,
            area: Area::Body,
            up: 0,
            stop: 1,
            chars_before: 0,
            words: Span::default(),
            attr_start: 0,
            attr_count: 0,
        });
        flat
    }

    /// Whether the tree is as big as it may grow, with so many elements open; then the page ends here.
    pub fn is_full(&mut self, depth: usize) -> bool {
        let bounds = self.bounds;
        self.steps += depth;
        let is_full = self.nodes.len() >= bounds.nodes
            || self.attrs.len() >= bounds.attrs
            || depth > bounds.depth
            || self.steps > bounds.steps;
        self.is_cut |= is_full;
        is_full
    }

    /// Keeps a text that does not stand in the page.
    pub fn keep(&mut self, text: &str) -> Span {
        let start = self.decoded.len();
        self.decoded.push_str(text);
        Span::decoded(start, self.decoded.len())
    }

    /// Adds an element whose attributes are `attrs`; `name` is used where no rule knows the tag.
    pub fn element(
        &mut self,
        page: &str,
        parent: usize,
        tag: Tag,
        name: Span,
        attrs: std::ops::Range<usize>,
    ) -> usize {
        let up = self.nodes[parent].shown;
        let own = self.visibility(page, tag, attrs.clone());
        let words = self.tokens(page, attrs.clone());
        let node = self.nodes.len();
        if tag == Tag::Other {
            self.other_names.push((node as u32, name));
        }
        self.nodes.push(Node {
            tag,
            shown: up.max(own),
            area: Area::Body,
            up: parent as u32,
            stop: 0,
            chars_before: 0,
            words,
            attr_start: attrs.start as u32,
            attr_count: attrs.len().min(MAX_TAG_ATTRS) as u8,
        });
        node
    }

    /// Adds a run of text.
    pub fn text(&mut self, parent: usize, text: Span) {
        let shown = self.nodes[parent].shown;
        self.nodes.push(Node {
            tag: Tag::Text,
            shown,
            area: Area::Body,
            up: parent as u32,
            stop: 0,
            chars_before: 0,
            words: text,
            attr_start: 0,
            attr_count: 0,
        });
    }

    /// Makes the last node, a text, longer by another text.
    pub fn lengthen(&mut self, page: &str, more: Span) {
        let Some(last) = self.nodes.last_mut() else {
            return;
        };
        let text = last.words;
        let follows = text.start + text.len == more.start;
        if follows && text.start & DECODED == more.start & DECODED {
            last.words.len += more.len;
            return;
        }
        let ends_decoded = text.start & DECODED != 0
            && ((text.start & !DECODED) + text.len) as usize == self.decoded.len();
        let start = if ends_decoded {
            (text.start & !DECODED) as usize
        } else {
            let start = self.decoded.len();
            let copy = text.of(page, &self.decoded).to_owned();
            self.decoded.push_str(&copy);
            start
        };
        let copy = more.of(page, &self.decoded).to_owned();
        self.decoded.push_str(&copy);
        last.words = Span::decoded(start, self.decoded.len());
    }

    /// `class` and `id`, lower case, separated by one space.
    pub fn tokens(&mut self, page: &str, attrs: std::ops::Range<usize>) -> Span {
        let (mut class, mut id) = (Span::default(), Span::default());
        for attr in &self.attrs[attrs] {
            match attr.name.len() {
                5 if attr.name.is("class", page, &self.decoded) => class = attr.value,
                2 if attr.name.is("id", page, &self.decoded) => id = attr.value,
                _ => {}
            }
        }
        if class.is_empty() && id.is_empty() {
            return Span::default();
        }
        let start = self.decoded.len();
        for (span, end) in [(class, " "), (id, "")] {
            if span.start & DECODED == 0 {
                self.decoded.push_str(span.of(page, ""));
            } else {
                let copy = span.of(page, &self.decoded).to_owned();
                self.decoded.push_str(&copy);
            }
            self.decoded.push_str(end);
        }
        if let Some(added) = self.decoded.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        Span::decoded(start, self.decoded.len())
    }

    /// What the element itself says.
    fn visibility(&self, page: &str, tag: Tag, attrs: std::ops::Range<usize>) -> Shown {
        match tag {
            Tag::Script
            | Tag::Style
            | Tag::Title
            | Tag::Head
            | Tag::Textarea
            | Tag::Select
            | Tag::Option => Shown::Hidden,
            Tag::Noscript | Tag::Template => Shown::Inert,
            _ => match self.is_hiding(page, attrs) {
                true => Shown::Hidden,
                false => Shown::Seen,
            },
        }
    }

    /// Whether attributes hide their element.
    pub fn is_hiding(&self, page: &str, attrs: std::ops::Range<usize>) -> bool {
        self.attrs[attrs].iter().any(|attr| match attr.name.len() {
            6 => attr.name.is("hidden", page, &self.decoded),
            5 => {
                attr.name.is("style", page, &self.decoded)
                    && hides(attr.value.of(page, &self.decoded))
            }
            _ => false,
        })
    }

    /// Ends the tree: ends of subtrees, visible characters, chains of equal names.
    pub fn finish(mut self, page: Cow<'_, str>) -> Dom<'_> {
        if self.nodes.len() > self.bounds.nodes {
            self.nodes.truncate(self.bounds.nodes);
            self.is_cut = true;
        }
        let mut chars: u32 = 0;
        for node in &mut self.nodes {
            node.chars_before = chars;
            if node.tag == Tag::Text && !node.is_hidden() {
                chars += count_visible(node.words.of(&page, &self.decoded));
            }
        }
        self.finish_counted(page, chars)
    }

    /// [`Flat::finish`] where the page's visible characters are known, and nobody asks for those of a part.
    pub fn finish_counted(mut self, page: Cow<'_, str>, chars: u32) -> Dom<'_> {
        for (node, stop) in self.nodes.iter_mut().zip(1..) {
            node.stop = stop;
        }
        for index in (1..self.nodes.len()).rev() {
            let (parent, stop) = (self.nodes[index].parent(), self.nodes[index].stop);
            let up = &mut self.nodes[parent];
            up.stop = up.stop.max(stop);
        }
        let (by_name, name_starts) = self.by_name();
        Dom {
            nodes: self.nodes,
            chars,
            is_cut: self.is_cut,
            page,
            decoded: self.decoded,
            other_names: self.other_names,
            attrs: self.attrs,
            by_name,
            name_starts,
            lines: OnceCell::new(),
            whole_text: OnceCell::new(),
            lower_text: OnceCell::new(),
            anchor_texts: OnceCell::new(),
        }
    }

    /// Elements in the order of their names, those of one name in the order of the page, and where each name begins.
    fn by_name(&self) -> (Vec<u32>, [u32; names::COUNT + 1]) {
        let mut starts = [0u32; names::COUNT + 1];
        let elements = || self.nodes.iter().zip(0u32..).skip(1);
        let elements = || elements().filter(|(node, _)| node.tag != Tag::Text);
        for (node, _) in elements() {
            starts[node.tag as usize + 1] += 1;
        }
        for tag in 1..starts.len() {
            starts[tag] += starts[tag - 1];
        }
        let mut by_name = vec![0; starts[names::COUNT] as usize];
        let mut next = starts;
        for (node, index) in elements() {
            let at = &mut next[node.tag as usize];
            by_name[*at as usize] = index;
            *at += 1;
        }
        (by_name, starts)
    }
}

/// Whether a style says `display:none`, whatever the white space in it.
fn hides(style: &str) -> bool {
    let after_colon = |at: usize| {
        style[at + 1..]
            .chars()
            .find(|c| !c.is_whitespace())
            .is_some_and(|c| matches!(c, 'n' | 'N'))
    };
    if !memchr::memchr_iter(b':', style.as_bytes()).any(after_colon) {
        return false;
    }
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.to_ascii_lowercase().contains("display:none")
}

/// Whether white space begins at a byte of a text.
fn is_space(bytes: &[u8], at: usize) -> bool {
    let next = |offset: usize| bytes.get(at + offset).copied().unwrap_or_default();
    match bytes[at] {
        b'\t'..=b'\r' | b' ' => true,
        0xc2 => matches!(next(1), 0x85 | 0xa0),
        0xe1 => next(1) == 0x9a && next(2) == 0x80,
        0xe2 => {
            next(1) == 0x80 && matches!(next(2), 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf)
                || next(1) == 0x81 && next(2) == 0x9f
        }
        0xe3 => next(1) == 0x80 && next(2) == 0x80,
        _ => false,
    }
}

/// Characters that are no white space.
pub(crate) fn count_visible(text: &str) -> u32 {
    let bytes = text.as_bytes();
    if bytes.is_ascii() {
        let spaces = bytes
            .iter()
            .filter(|byte| matches!(byte, b'\t'..=b'\r' | b' '))
            .count();
        return (bytes.len() - spaces).try_into().unwrap_or(u32::MAX);
    }
    // Characters are the bytes that continue none; the few that are white space are taken off.
    let chars = bytes.iter().filter(|byte| **byte as i8 >= -0x40).count();
    let spaces = (0..bytes.len()).filter(|at| is_space(bytes, *at)).count();
    (chars - spaces).try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_styles() {
        for (style, hidden) in [
            ("display:none", true),
            ("color:red; DISPLAY : \u{3000}None;", true),
            ("dis play:no ne", true),
            ("display:block;content:none", false),
            ("display", false),
            ("text-decoration:none", false),
            ("display:", false),
        ] {
            assert_eq!(hides(style), hidden, "{style}");
        }
    }

    #[test]
    fn visible_characters() {
        for text in [
            "",
            "a b\u{b}\u{1c}c",
            "青石 市\u{3000}\u{a0}x\n",
            "\u{1f}\u{85}",
        ] {
            let expected = text.chars().filter(|c| !c.is_whitespace()).count() as u32;
            assert_eq!(count_visible(text), expected, "{text:?}");
        }
    }
}
