//! The flat tree while it grows: nodes in document order, texts as ranges of the page or of a second text for what had to be decoded.

use std::cell::OnceCell;

use super::names::{self, Tag};
use crate::facts::dom::{Attr, Dom, Node};
use crate::facts::model::Area;

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

/// 平面树 while it is built.
pub(crate) struct Flat {
    /// Nodes so far; index 0 is the document.
    pub nodes: Vec<Node>,
    /// Attributes of all elements, those of one element together.
    pub attrs: Vec<Attr>,
    /// Texts that do not stand in the page as they are.
    pub decoded: String,
}

impl Flat {
    /// A document without content.
    pub fn new(page_bytes: usize) -> Flat {
        let mut flat = Flat {
            nodes: Vec::with_capacity(page_bytes / 24 + 16),
            attrs: Vec::with_capacity(page_bytes / 40 + 16),
            decoded: String::with_capacity(page_bytes / 8 + 64),
        };
        flat.nodes.push(Node {
            tag: Tag::Document,
            is_hidden: false,
            is_inert: false,
            area: Area::Body,
            parent: 0,
            end: 1,
            chars_before: 0,
            next_of_name: 0,
            text: Span::default(),
            tokens: Span::default(),
            attrs: (0, 0),
        });
        flat
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
        let up = &self.nodes[parent];
        let (is_hidden, is_inert) = (up.is_hidden, up.is_inert);
        let (own_hidden, own_inert) = self.visibility(page, tag, attrs.clone());
        let tokens = self.tokens(page, attrs.clone());
        self.nodes.push(Node {
            tag,
            is_hidden: is_hidden || own_hidden,
            is_inert: is_inert || own_inert,
            area: Area::Body,
            parent,
            end: 0,
            chars_before: 0,
            next_of_name: 0,
            text: name,
            tokens,
            attrs: (attrs.start as u32, attrs.len() as u32),
        });
        self.nodes.len() - 1
    }

    /// Adds a run of text.
    pub fn text(&mut self, parent: usize, text: Span) {
        let up = &self.nodes[parent];
        let (is_hidden, is_inert) = (up.is_hidden, up.is_inert);
        self.nodes.push(Node {
            tag: Tag::Text,
            is_hidden,
            is_inert,
            area: Area::Body,
            parent,
            end: 0,
            chars_before: 0,
            next_of_name: 0,
            text,
            tokens: Span::default(),
            attrs: (0, 0),
        });
    }

    /// Makes the last node, a text, longer by another text.
    pub fn lengthen(&mut self, page: &str, more: Span) {
        let Some(last) = self.nodes.last_mut() else {
            return;
        };
        let text = last.text;
        let follows = text.start + text.len == more.start;
        if follows && text.start & DECODED == more.start & DECODED {
            last.text.len += more.len;
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
        last.text = Span::decoded(start, self.decoded.len());
    }

    /// `class` and `id`, lower case, separated by one space.
    pub fn tokens(&mut self, page: &str, attrs: std::ops::Range<usize>) -> Span {
        let (mut class, mut id) = (Span::default(), Span::default());
        for attr in &self.attrs[attrs] {
            match attr.name.len() {
                5 if attr.name.of(page, &self.decoded) == "class" => class = attr.value,
                2 if attr.name.of(page, &self.decoded) == "id" => id = attr.value,
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

    /// (hidden, inert) by the element itself.
    fn visibility(&self, page: &str, tag: Tag, attrs: std::ops::Range<usize>) -> (bool, bool) {
        match tag {
            Tag::Script
            | Tag::Style
            | Tag::Title
            | Tag::Head
            | Tag::Textarea
            | Tag::Select
            | Tag::Option => (true, false),
            Tag::Noscript | Tag::Template => (true, true),
            _ => {
                let is_hidden = self.attrs[attrs].iter().any(|attr| match attr.name.len() {
                    6 => attr.name.of(page, &self.decoded) == "hidden",
                    5 => {
                        attr.name.of(page, &self.decoded) == "style"
                            && hides(attr.value.of(page, &self.decoded))
                    }
                    _ => false,
                });
                (is_hidden, false)
            }
        }
    }

    /// Ends the tree: ends of subtrees, visible characters, chains of equal names. Nodes beyond `max_nodes` are cut.
    pub fn finish(mut self, page: String, max_nodes: usize) -> Dom {
        self.nodes.truncate(max_nodes);
        let mut chars: u32 = 0;
        for (index, node) in self.nodes.iter_mut().enumerate() {
            node.end = index + 1;
            node.chars_before = chars;
            if node.tag == Tag::Text && !node.is_hidden {
                chars += count_visible(node.text.of(&page, &self.decoded));
            }
        }
        let mut first_of_name = [0u32; names::COUNT];
        for index in (1..self.nodes.len()).rev() {
            let node = &mut self.nodes[index];
            let (parent, end) = (node.parent, node.end);
            let first = &mut first_of_name[node.tag as usize];
            node.next_of_name = *first;
            *first = index as u32;
            if self.nodes[parent].end < end {
                self.nodes[parent].end = end;
            }
        }
        Dom {
            nodes: self.nodes,
            chars,
            page,
            decoded: self.decoded,
            attrs: self.attrs,
            first_of_name,
            lines: OnceCell::new(),
            whole_text: OnceCell::new(),
            anchor_texts: OnceCell::new(),
        }
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
    text.chars()
        .filter(|c| !c.is_whitespace())
        .count()
        .try_into()
        .unwrap_or(u32::MAX)
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
