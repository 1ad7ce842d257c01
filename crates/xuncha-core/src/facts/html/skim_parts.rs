//! 速读: parts of a page with rules of their own: drawings, menus, `noscript`, and elements that hold only text.

use memchr::memmem;

use super::GaveUp;
use super::flat::{Span, count_visible};
use super::names::Tag;
use super::skim::Skimmer;
use super::tokenizer::Token;
use super::tree::Step;

/// Elements of plain drawings: shapes, which hold no words, references or pages.
const SHAPES: [&[u8]; 14] = [
    b"path",
    b"g",
    b"rect",
    b"circle",
    b"line",
    b"polyline",
    b"polygon",
    b"ellipse",
    b"defs",
    b"lineargradient",
    b"radialgradient",
    b"stop",
    b"clippath",
    b"mask",
];

impl Skimmer<'_> {
    /// Browsers that run scripts never read what stands in `noscript`.
    pub(super) fn skip_noscript(&mut self, token: &Token) -> Step {
        let page = self.tokens.page;
        if token.attrs.0 < token.attrs.1 {
            return Err(GaveUp("noscript with attributes"));
        }
        let start = self.tokens.at.saturating_sub("<noscript>".len());
        let mut from = self.tokens.at;
        loop {
            let never = GaveUp("noscript without end");
            let at = from + memmem::find(&page.as_bytes()[from..], b"</").ok_or(never)?;
            from = at + 2;
            let name = page.as_bytes().get(from..from + 8).ok_or(never)?;
            let after = &page.as_bytes()[from + 8..];
            let spaces = after.iter().take_while(|byte| byte.is_ascii_whitespace());
            let spaces = spaces.count();
            if name.eq_ignore_ascii_case(b"noscript") && after.get(spaces) == Some(&b'>') {
                self.tokens.at = from + 8 + spaces + 1;
                self.skipped += noscripts(&page[start..self.tokens.at]);
                return Ok(());
            }
        }
    }

    /// An element that holds only text, up to its end tag.
    pub(super) fn raw_element(&mut self, token: &Token) -> Step {
        let node = self.element(token);
        let start = self.tokens.at;
        let (end, is_closed) = match token.tag {
            Tag::Script => self.tokens.script(&mut self.flat),
            tag => self.tokens.raw_text(tag, &mut self.flat),
        };
        let page = self.tokens.page;
        if !is_closed {
            self.tokens.at = page.len();
        }
        let mut text = match token.tag {
            Tag::Title | Tag::Textarea => self.tokens.read(start, end, false, &mut self.flat),
            _ => Span::page(start, end),
        };
        if token.tag == Tag::Textarea && page[start..end].starts_with('\n') {
            text = text.skip(1);
        }
        if !text.is_empty() {
            self.flat.text(node, text);
            let is_seen = !self.flat.nodes[node].is_hidden();
            if is_seen && !self.is_long() {
                self.chars += count_visible(text.of(page, &self.flat.decoded));
            }
        }
        if token.tag == Tag::Script && page[self.tokens.at..].starts_with('\u{feff}') {
            self.tokens.at += '\u{feff}'.len_utf8();
        }
        Ok(())
    }

    /// A drawing of plain shapes up to its end; ids in it are anchors too.
    pub(super) fn drawing(&mut self, token: &Token) -> Step {
        if self.is_between_cells || self.hides(token) {
            return Err(GaveUp("svg astray"));
        }
        let page = self.tokens.page;
        let bytes = page.as_bytes();
        self.shape(token);
        if self.tokens.is_self_closing {
            return Ok(());
        }
        let mut open = 1;
        while open > 0 {
            let start = self.tokens.at;
            let end = self.tokens.text_end();
            let is_blank = page[start..end]
                .bytes()
                .all(|byte| byte.is_ascii_whitespace());
            if !is_blank || end + 2 >= bytes.len() {
                return Err(GaveUp("svg with words"));
            }
            let is_end = bytes[end + 1] == b'/';
            let (attrs, decoded) = (self.flat.attrs.len(), self.flat.decoded.len());
            let name_at = end + 1 + usize::from(is_end);
            if !bytes[name_at].is_ascii_alphabetic() {
                return Err(GaveUp("svg with comments"));
            }
            let tag = self.tokens.tag(name_at, &mut self.flat, is_end);
            let tag = tag.ok_or(GaveUp("svg without end"))?;
            let name = tag.name.of(page, &self.flat.decoded).as_bytes();
            let is_title = tag.tag == Tag::Title;
            let is_plain = is_title || tag.tag == Tag::Svg && is_end || SHAPES.contains(&name);
            if !is_plain || tag.tag == Tag::Svg && open != 1 {
                return Err(GaveUp("svg"));
            }
            if is_end {
                open -= 1;
            } else {
                self.shape(&tag);
                if is_title {
                    self.drawing_title()?;
                } else if !self.tokens.is_self_closing {
                    open += 1;
                }
            }
            if self
                .flat
                .nodes
                .last()
                .is_none_or(|node| node.attr_range().end <= attrs)
            {
                self.flat.attrs.truncate(attrs);
                self.flat.decoded.truncate(decoded);
            }
        }
        Ok(())
    }

    /// The name of a drawing is shown by no browser as text, and is not the page's own.
    fn drawing_title(&mut self) -> Step {
        let page = self.tokens.page;
        let rest = &page.as_bytes()[self.tokens.at..];
        let end = memchr::memchr(b'<', rest).ok_or(GaveUp("svg without end"))?;
        let Some(after) = rest[end..].strip_prefix(b"</title>") else {
            return Err(GaveUp("svg with words"));
        };
        self.tokens.at = page.len() - after.len();
        Ok(())
    }

    fn shape(&mut self, token: &Token) {
        let has_id = self.attrs(token).any(|(name, _)| name == "id");
        if has_id {
            self.element(token);
        }
    }
}

/// How often a text opens a `noscript`.
pub(super) fn noscripts(text: &str) -> usize {
    let count = |name: &[u8]| memmem::find_iter(text.as_bytes(), name).count();
    count(b"<noscript") + count(b"<NOSCRIPT")
}
