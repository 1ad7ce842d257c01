//! The tokenizer: the page's bytes as start tags, end tags, text and comments, by the states of the HTML standard.
//!
//! It reads a page whose line ends are already `\n` and that holds no NUL. Nothing is copied but what differs from the page.

use memchr::{memchr, memchr2, memmem};

use super::entities;
use super::flat::{Flat, MAX_TAG_ATTRS, Span};
use super::names::Tag;
use crate::facts::dom::Attr;

/// A start tag, or the name of an end tag.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    /// The element.
    pub tag: Tag,
    /// Its name in lower case.
    pub name: Span,
    /// Its attributes in the flat tree: first and end.
    pub attrs: (usize, usize),
}

impl Token {
    /// A tag that the page does not write.
    pub fn phantom(tag: Tag) -> Token {
        Token {
            tag,
            name: Span::default(),
            attrs: (0, 0),
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}

/// Where reading stands.
pub(crate) struct Tokenizer<'p> {
    /// The page.
    pub page: &'p str,
    /// Next byte.
    pub at: usize,
    /// Whether the last tag ended in `/>`.
    pub is_self_closing: bool,
}

impl Tokenizer<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.page.as_bytes().get(at).copied()
    }

    /// End of the text that begins here: at the next `<` that begins a tag, a comment or an end tag, or at the end of the page.
    pub fn text_end(&self) -> usize {
        let bytes = self.page.as_bytes();
        let mut from = self.at;
        while let Some(found) = memchr(b'<', &bytes[from..]) {
            let at = from + found;
            match bytes.get(at + 1) {
                Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?') => {
                    return at;
                }
                // `</` at the very end is text.
                Some(b'/') if at + 2 < bytes.len() => return at,
                _ => from = at + 1,
            }
        }
        bytes.len()
    }

    /// Reads a tag whose name begins at `start`; `None` where the page ends inside of it. Attributes stay only for start tags.
    pub fn tag(&mut self, start: usize, flat: &mut Flat, is_end: bool) -> Option<Token> {
        let bytes = self.page.as_bytes();
        let mut end = start;
        while let Some(byte) = bytes.get(end)
            && !is_space(*byte)
            && !matches!(byte, b'/' | b'>')
        {
            end += 1;
        }
        let (tag, name) = self.name(start, end, flat);
        self.at = end;
        self.is_self_closing = false;
        let first = flat.attrs.len();
        if bytes.get(end) == Some(&b'>') {
            self.at = end + 1;
        } else {
            self.attributes(flat, first)?;
        }
        if is_end {
            flat.attrs.truncate(first);
        }
        Some(Token {
            tag,
            name,
            attrs: (first, flat.attrs.len()),
        })
    }

    fn name(&self, start: usize, end: usize, flat: &mut Flat) -> (Tag, Span) {
        let raw = &self.page.as_bytes()[start..end];
        let is_lower = !raw.iter().any(u8::is_ascii_uppercase);
        if is_lower {
            return (Tag::of(raw), Span::page(start, end));
        }
        let mut short = [0u8; 16];
        let tag = match short.get_mut(..raw.len()) {
            Some(lower) => {
                lower.copy_from_slice(raw);
                lower.make_ascii_lowercase();
                Tag::of(lower)
            }
            None => Tag::Other,
        };
        let name = match tag {
            Tag::Other => flat.keep(&self.page[start..end].to_ascii_lowercase()),
            _ => Span::page(start, end),
        };
        (tag, name)
    }

    /// Attributes up to and with the `>`; `None` where the page ends before it.
    fn attributes(&mut self, flat: &mut Flat, first: usize) -> Option<()> {
        loop {
            let start = self.at;
            while self
                .byte(self.at)
                .is_some_and(|byte| is_space(byte) || byte == b'/')
            {
                self.at += 1;
            }
            if self.byte(self.at)? == b'>' {
                self.is_self_closing = self.page.as_bytes()[start..self.at].ends_with(b"/");
                self.at += 1;
                return Some(());
            }
            let name = self.attribute_name(flat)?;
            while is_space(self.byte(self.at)?) {
                self.at += 1;
            }
            let value = if self.byte(self.at)? == b'=' {
                self.at += 1;
                self.attribute_value(flat)?
            } else {
                Span::default()
            };
            let known = &flat.attrs[first..];
            let is_kept = known.len() < MAX_TAG_ATTRS && {
                let text = name.of(self.page, &flat.decoded);
                !known.iter().any(|attr| {
                    attr.name.len() == name.len() && attr.name.of(self.page, &flat.decoded) == text
                })
            };
            if is_kept {
                flat.attrs.push(Attr { name, value });
            }
        }
    }

    fn attribute_name(&mut self, flat: &mut Flat) -> Option<Span> {
        let bytes = self.page.as_bytes();
        let start = self.at;
        let mut is_lower = true;
        // The first character belongs to the name even where it is `=`.
        let mut end = start;
        loop {
            let byte = *bytes.get(end)?;
            if is_space(byte) || matches!(byte, b'/' | b'>') || byte == b'=' && end > start {
                break;
            }
            is_lower &= !byte.is_ascii_uppercase();
            end += 1;
        }
        self.at = end;
        Some(if is_lower {
            Span::page(start, end)
        } else {
            flat.keep(&self.page[start..end].to_ascii_lowercase())
        })
    }

    fn attribute_value(&mut self, flat: &mut Flat) -> Option<Span> {
        let bytes = self.page.as_bytes();
        while is_space(self.byte(self.at)?) {
            self.at += 1;
        }
        let quote = bytes[self.at];
        let (start, end) = match quote {
            b'>' => return Some(Span::default()),
            b'"' | b'\'' => {
                let start = self.at + 1;
                let end = start + memchr(quote, &bytes[start..])?;
                self.at = end + 1;
                (start, end)
            }
            _ => {
                let start = self.at;
                let end = start
                    + bytes[start..]
                        .iter()
                        .position(|byte| is_space(*byte) || *byte == b'>')?;
                self.at = end;
                (start, end)
            }
        };
        Some(self.read(start, end, true, flat))
    }

    /// A piece of the page with its character references read.
    pub fn read(&self, start: usize, end: usize, in_attribute: bool, flat: &mut Flat) -> Span {
        let bytes = self.page.as_bytes();
        match memchr(b'&', &bytes[start..end]) {
            Some(_) => {
                let from = flat.decoded.len();
                entities::decode(&self.page[start..end], in_attribute, &mut flat.decoded);
                Span::decoded(from, flat.decoded.len())
            }
            None => Span::page(start, end),
        }
    }

    /// Skips a comment whose content begins here.
    pub fn comment(&mut self) {
        let bytes = self.page.as_bytes();
        let rest = &bytes[self.at..];
        if rest.starts_with(b">") {
            self.at += 1;
            return;
        }
        if rest.starts_with(b"->") {
            self.at += 2;
            return;
        }
        let mut from = self.at;
        while let Some(found) = memmem::find(&bytes[from..], b"--") {
            let mut end = from + found + 2;
            while bytes.get(end) == Some(&b'-') {
                end += 1;
            }
            match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b'>'), _) => {
                    self.at = end + 1;
                    return;
                }
                (Some(b'!'), Some(b'>')) => {
                    self.at = end + 2;
                    return;
                }
                (Some(b'!'), _) => from = end + 1,
                _ => from = end,
            }
        }
        self.at = bytes.len();
    }

    /// Skips up to and with the next `>`; returns what stood before it.
    pub fn declaration(&mut self) -> &str {
        let bytes = self.page.as_bytes();
        let start = self.at;
        let end = memchr(b'>', &bytes[start..]).map_or(bytes.len(), |found| start + found);
        self.at = (end + 1).min(bytes.len());
        &self.page[start..end]
    }

    /// Reads the content of an element that holds only text, and its end tag. Returns the end of the text, and whether the end tag came.
    pub fn raw_text(&mut self, tag: Tag, flat: &mut Flat) -> (usize, bool) {
        let name = tag.name().as_bytes();
        let bytes = self.page.as_bytes();
        let mut from = self.at;
        while let Some(found) = memchr(b'<', &bytes[from..]) {
            let at = from + found;
            if self.is_end_of(name, at) {
                self.at = at;
                return (at, self.tag(at + 2, flat, true).is_some());
            }
            from = at + 1;
        }
        (bytes.len(), false)
    }

    /// Whether the end tag with this name begins here.
    pub fn is_end_of(&self, name: &[u8], at: usize) -> bool {
        let rest = &self.page.as_bytes()[at..];
        rest.len() > name.len() + 2
            && rest[1] == b'/'
            && rest[2..name.len() + 2].eq_ignore_ascii_case(name)
            && (is_space(rest[name.len() + 2]) || matches!(rest[name.len() + 2], b'/' | b'>'))
    }

    /// Reads a script's text and its end tag: as [`Tokenizer::raw_text`], with the escapes `<!--` and `<script` inside of it.
    pub fn script(&mut self, flat: &mut Flat) -> (usize, bool) {
        let bytes = self.page.as_bytes();
        let mut state = Escape::None;
        let mut dashes = 0;
        let mut at = self.at;
        loop {
            let next = match state {
                Escape::None => memchr(b'<', &bytes[at..]),
                _ => memchr2(b'<', b'-', &bytes[at..]),
            };
            let Some(found) = next else {
                return (bytes.len(), false);
            };
            if found > 0 {
                dashes = 0;
            }
            at += found;
            if bytes[at] == b'-' {
                dashes += 1;
                at += 1;
                if dashes >= 2 && bytes.get(at) == Some(&b'>') {
                    state = Escape::None;
                }
                continue;
            }
            dashes = 0;
            if state != Escape::Double && self.is_end_of(b"script", at) {
                return (at, self.tag(at + 2, flat, true).is_some());
            }
            (state, at) = match state {
                Escape::None if bytes[at..].starts_with(b"<!--") => {
                    dashes = 2;
                    if bytes.get(at + 4) == Some(&b'>') {
                        (Escape::None, at + 4)
                    } else {
                        (Escape::Single, at + 4)
                    }
                }
                Escape::None => (Escape::None, at + 1),
                Escape::Single => word_of_script(bytes, at + 1, Escape::Single, Escape::Double),
                Escape::Double if bytes.get(at + 1) == Some(&b'/') => {
                    word_of_script(bytes, at + 2, Escape::Double, Escape::Single)
                }
                Escape::Double => (Escape::Double, at + 1),
            };
        }
    }
}

/// How deep a script's text is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Single,
    Double,
}

/// After `<` or `</` in an escaped script: the word `script` turns the state.
fn word_of_script(bytes: &[u8], start: usize, same: Escape, turned: Escape) -> (Escape, usize) {
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let end = start + length;
    let is_script = bytes[start..end].eq_ignore_ascii_case(b"script");
    match bytes.get(end) {
        Some(byte) if is_script && (is_space(*byte) || matches!(byte, b'/' | b'>')) => {
            (turned, end + 1)
        }
        _ => (same, end),
    }
}
