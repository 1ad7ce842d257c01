//! 速读: of a page's tree what links, anchors and the words of a short page need, from its tags in one pass.
//!
//! Elements that hold none of these are left out, and so is text once the page is longer than one that is searched for words. The
//! readers of links and anchors run on what is kept as on any tree. No rule of tree construction is applied: where one could bear on
//! what is kept (misnested links, content astray in tables, foreign elements, frames, templates, a base address) the skim ends, and
//! the page is read whole. `facts/compare.rs` and the fuzz target `skim` compare what both ways find.

use super::GaveUp;
use super::flat::{Bounds, Flat, Span, count_visible};
use super::names::{BLOCKS, HEAD_ELEMENTS, Set, TABLE_OUTER, Tag};
use super::prepare::cut_at_depth;
use super::skim_held::Holder;
use super::skim_parts::noscripts;
use super::tokenizer::{Token, Tokenizer};
use super::tree::Step;
use crate::facts::dom::{Dom, is_block};
use crate::facts::missing::SHORT_PAGE_CHARS;

/// Elements that may hold a reference, or that the readers count.
const KEPT: Set = Set::of(&[
    Tag::A,
    Tag::Area,
    Tag::Audio,
    Tag::Base,
    Tag::Body,
    Tag::Embed,
    Tag::Form,
    Tag::Iframe,
    Tag::Img,
    Tag::Input,
    Tag::Link,
    Tag::Object,
    Tag::Script,
    Tag::Source,
    Tag::Style,
    Tag::Textarea,
    Tag::Title,
    Tag::Track,
    Tag::Video,
]);
/// Elements whose rules reach further than a skim sees.
const HARD: Set = Set::of(&[
    Tag::Applet,
    Tag::Frame,
    Tag::Frameset,
    Tag::Image,
    Tag::Isindex,
    Tag::Keygen,
    Tag::Listing,
    Tag::Marquee,
    Tag::Math,
    Tag::Noembed,
    Tag::Noframes,
    Tag::Plaintext,
    Tag::Template,
    Tag::Xmp,
]);
/// Elements that hold only text.
const RAW: Set = Set::of(&[
    Tag::Iframe,
    Tag::Script,
    Tag::Style,
    Tag::Textarea,
    Tag::Title,
]);
/// Elements without content.
pub(super) const VOID: Set = Set::of(&[
    Tag::Area,
    Tag::Base,
    Tag::Basefont,
    Tag::Bgsound,
    Tag::Br,
    Tag::Col,
    Tag::Embed,
    Tag::Hr,
    Tag::Img,
    Tag::Input,
    Tag::Link,
    Tag::Meta,
    Tag::Param,
    Tag::Source,
    Tag::Track,
    Tag::Wbr,
]);
/// Parts of a table, which mean nothing outside of one.
pub(super) const TABLE_PARTS: Set = TABLE_OUTER.without(&[Tag::Table]).with(&[
    Tag::Caption,
    Tag::Col,
    Tag::Colgroup,
    Tag::Td,
    Tag::Th,
]);
/// Elements that close an open paragraph.
pub(super) const CLOSES_P: Set = BLOCKS.with(&[
    Tag::Form,
    Tag::H1,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::H5,
    Tag::H6,
    Tag::Hr,
    Tag::Li,
    Tag::Dd,
    Tag::Dt,
    Tag::Pre,
]);
/// Headings whose words may tell a missing page.
const READ_HEADINGS: Set = Set::of(&[Tag::H1, Tag::H2, Tag::H3]);
/// Pages of fewer visible characters are looked at closely.
const SPARSE_PAGE_CHARS: u32 = 80;

/// The state of one page's skim.
pub(super) struct Skimmer<'p> {
    pub(super) tokens: Tokenizer<'p>,
    pub(super) flat: Flat,
    pub(super) holders: Vec<Holder>,
    /// Visible characters so far, counted until the page is long.
    pub(super) chars: u32,
    tables: usize,
    /// Directly in a table or a row, where nothing else may stand.
    pub(super) is_between_cells: bool,
    /// Whether a paragraph may be open.
    pub(super) has_open_p: bool,
    has_body: bool,
    has_html: bool,
    /// Whether something came that stands in the body.
    has_content: bool,
    /// `noscript` elements that were passed over.
    pub(super) skipped: usize,
}

/// What is kept of a page, or why it must be read whole.
pub(crate) fn skim(page: &str, bounds: Bounds) -> Result<Dom<'_>, GaveUp> {
    let bytes = page.as_bytes();
    if page.len() > super::flat::MAX_BYTES || memchr::memchr2(0, b'\r', bytes).is_some() {
        return Err(GaveUp("bytes that are changed first"));
    }
    if cut_at_depth(page).len() < page.len() {
        return Err(GaveUp("depth"));
    }
    let mut skimmer = Skimmer {
        tokens: Tokenizer {
            page,
            at: if page.starts_with('\u{feff}') { 3 } else { 0 },
            is_self_closing: false,
        },
        flat: Flat::small(page, bounds),
        holders: Vec::new(),
        chars: 0,
        tables: 0,
        is_between_cells: false,
        has_open_p: false,
        has_body: false,
        has_html: false,
        has_content: false,
        skipped: 0,
    };
    skimmer.run()?;
    // They are taken out of a page before its tags are read: where one stands in a script, a comment or a tag, that matters.
    if skimmer.skipped != noscripts(page) {
        return Err(GaveUp("noscript astray"));
    }
    // A page that shows next to nothing may need its scripts: that is told by its whole tree.
    if skimmer.chars < SPARSE_PAGE_CHARS {
        return Err(GaveUp("next to no text"));
    }
    if skimmer.flat.is_full(0) {
        return Err(GaveUp("bounds"));
    }
    Ok(skimmer.flat.finish_counted(page.into(), skimmer.chars))
}

impl Skimmer<'_> {
    fn run(&mut self) -> Step {
        let page = self.tokens.page;
        let bytes = page.as_bytes();
        while self.tokens.at < bytes.len() {
            let start = self.tokens.at;
            let end = self.tokens.text_end();
            if end > start {
                self.tokens.at = end;
                self.text(start, end)?;
            }
            if end == bytes.len() {
                break;
            }
            self.tokens.at = end + 2;
            match bytes[end + 1] {
                b'/' => match bytes[end + 2] {
                    b'>' => self.tokens.at = end + 3,
                    byte if byte.is_ascii_alphabetic() => {
                        let kept = self.flat.decoded.len();
                        let Some(token) = self.tokens.tag(end + 2, &mut self.flat, true) else {
                            break;
                        };
                        self.end_tag(&token)?;
                        self.flat.decoded.truncate(kept);
                    }
                    _ => self.declaration(),
                },
                b'!' if bytes[end + 2..].starts_with(b"--") => {
                    self.tokens.at = end + 4;
                    self.tokens.comment();
                }
                b'!' | b'?' => self.declaration(),
                _ => {
                    let (attrs, decoded) = (self.flat.attrs.len(), self.flat.decoded.len());
                    let Some(token) = self.tokens.tag(end + 1, &mut self.flat, false) else {
                        break;
                    };
                    let count = self.flat.nodes.len();
                    self.start_tag(&token)?;
                    if self.flat.nodes.len() == count {
                        self.flat.attrs.truncate(attrs);
                        self.flat.decoded.truncate(decoded);
                    }
                }
            }
        }
        Ok(())
    }

    fn declaration(&mut self) {
        self.tokens.declaration();
    }

    pub(super) fn is_long(&self) -> bool {
        self.chars > SHORT_PAGE_CHARS
    }

    fn parent(&self) -> usize {
        self.holders.last().map_or(0, |holder| holder.node)
    }

    pub(super) fn holds(&self, tag: Tag) -> bool {
        self.holders.iter().any(|holder| holder.tag == tag)
    }

    /// Whether text is wanted where we are.
    fn wants_text(&self) -> bool {
        !self.is_long() || !self.holders.is_empty()
    }

    fn text(&mut self, start: usize, end: usize) -> Step {
        let page = self.tokens.page;
        let is_blank = page[start..end]
            .bytes()
            .all(|byte| byte.is_ascii_whitespace());
        if self.is_between_cells && !is_blank {
            return Err(GaveUp("text between cells"));
        }
        self.has_content |= !is_blank;
        if !self.wants_text() {
            return Ok(());
        }
        let text = self.tokens.read(start, end, false, &mut self.flat);
        let parent = self.parent();
        self.flat.text(parent, text);
        if !self.is_long() && !self.flat.nodes[parent].is_hidden() {
            self.chars += count_visible(text.of(page, &self.flat.decoded));
        }
        Ok(())
    }

    fn start_tag(&mut self, token: &Token) -> Step {
        let tag = token.tag;
        if HARD.has(tag) {
            return Err(GaveUp(tag.name()));
        }
        if self.flat.is_full(0) {
            return Err(GaveUp("bounds"));
        }
        match tag {
            Tag::Noscript => return self.skip_noscript(token),
            Tag::Svg => return self.drawing(token),
            Tag::Select => return self.menu(token),
            Tag::Option => return self.option(token),
            Tag::Optgroup => return self.close_option(),
            Tag::Html | Tag::Head | Tag::Body => return self.page_part(token),
            _ => {}
        }
        if matches!(
            tag,
            Tag::Base | Tag::Basefont | Tag::Bgsound | Tag::Link | Tag::Meta
        ) && self.tokens.page[self.tokens.at..].starts_with('\u{feff}')
        {
            return Err(GaveUp("byte order mark after meta"));
        }
        self.has_content |= !HEAD_ELEMENTS.has(tag);
        self.place(tag)?;
        self.break_text(tag);
        if RAW.has(tag) {
            return self.raw_element(token);
        }
        if let Some(holder) = self.holders.last_mut()
            && !VOID.has(tag)
        {
            holder.inner.push(tag);
        }
        let is_hidden = self.hides(token);
        let is_heading = READ_HEADINGS.has(tag) && !self.is_long();
        if !is_heading && !is_hidden && !self.is_kept(token) {
            return Ok(());
        }
        let node = self.element(token);
        if is_heading || is_hidden || matches!(tag, Tag::A | Tag::Form) {
            self.hold(tag, node)?;
        }
        Ok(())
    }

    pub(super) fn element(&mut self, token: &Token) -> usize {
        let parent = self.parent();
        let attrs = token.attrs.0..token.attrs.1;
        self.flat
            .element(self.tokens.page, parent, token.tag, token.name, attrs)
    }

    /// Whether an element may stand here without moving anything else.
    pub(super) fn place(&mut self, tag: Tag) -> Step {
        let is_part = TABLE_PARTS.has(tag);
        if is_part && self.tables == 0 {
            return Err(GaveUp("part of no table"));
        }
        let is_silent = matches!(tag, Tag::Script | Tag::Style);
        if self.holds(Tag::Select) && tag != Tag::Script {
            return Err(GaveUp("element in a select"));
        }
        if self.is_between_cells && !is_part && !is_silent {
            return Err(GaveUp("element between cells"));
        }
        if self.may_close_holder(tag) {
            return Err(GaveUp("block in a link, heading or form"));
        }
        if tag == Tag::Form && self.holds(Tag::Form) {
            return Err(GaveUp("form in a form"));
        }
        match tag {
            Tag::P => self.has_open_p = true,
            tag if CLOSES_P.has(tag) => self.has_open_p = false,
            _ => {}
        }
        match tag {
            Tag::Table => {
                self.tables += 1;
                self.is_between_cells = true;
            }
            Tag::Td | Tag::Th | Tag::Caption => self.is_between_cells = false,
            _ if is_part => self.is_between_cells = true,
            _ => {}
        }
        Ok(())
    }

    /// `html`, `head` and `body`: a second one gives its attributes to the first.
    fn page_part(&mut self, token: &Token) -> Step {
        let has_attrs = token.attrs.0 < token.attrs.1;
        let is_first = match token.tag {
            Tag::Html => !std::mem::replace(&mut self.has_html, true),
            Tag::Body => !std::mem::replace(&mut self.has_body, true),
            _ => !self.has_body,
        };
        let is_late = !is_first || self.has_content;
        if is_late && has_attrs || !self.holders.is_empty() || self.hides(token) {
            return Err(GaveUp("second html or body"));
        }
        if self.is_kept(token) {
            self.element(token);
        }
        Ok(())
    }

    fn end_tag(&mut self, token: &Token) -> Step {
        let tag = token.tag;
        self.break_text(tag);
        match tag {
            Tag::P => self.has_open_p = false,
            Tag::Table => {
                self.tables = self.tables.saturating_sub(1);
                self.is_between_cells = false;
            }
            _ if TABLE_PARTS.has(tag) => {
                if self.tables == 0 {
                    return Err(GaveUp("part of no table"));
                }
                self.is_between_cells = true;
            }
            tag if CLOSES_P.has(tag) => self.has_open_p = false,
            _ => {}
        }
        self.release(tag)
    }

    /// Words on both sides of a block are words of two lines.
    fn break_text(&mut self, tag: Tag) {
        if !is_block(tag) || !self.wants_text() {
            return;
        }
        let parent = self.parent();
        let last = &self.flat.nodes[self.flat.nodes.len() - 1];
        if last.tag == Tag::Br && last.parent() == parent {
            return;
        }
        let end = self.flat.attrs.len();
        let name = Span::default();
        self.flat
            .element(self.tokens.page, parent, Tag::Br, name, end..end);
    }

    fn is_kept(&self, token: &Token) -> bool {
        if KEPT.has(token.tag) || self.holds(Tag::Form) {
            return true;
        }
        self.attrs(token).any(|(name, value)| match name {
            "id" | "onclick" | "background" | "http-equiv" => true,
            "style" => value.contains('('),
            "name" => token.tag == Tag::Other,
            _ => false,
        })
    }

    pub(super) fn hides(&self, token: &Token) -> bool {
        token.attrs.0 < token.attrs.1
            && self
                .flat
                .is_hiding(self.tokens.page, token.attrs.0..token.attrs.1)
    }

    pub(super) fn attrs(&self, token: &Token) -> impl Iterator<Item = (&str, &str)> {
        let (page, decoded) = (self.tokens.page, self.flat.decoded.as_str());
        self.flat.attrs[token.attrs.0..token.attrs.1]
            .iter()
            .map(move |attr| (attr.name.of(page, decoded), attr.value.of(page, decoded)))
    }
}
