//! Start and end tags in the body.

use super::GaveUp;
use super::names::{
    BLOCK_ENDS, BLOCKS, DEFAULT_SCOPE, FORMATTING, HEAD_ELEMENTS, HEADINGS, IMPLIED_END,
    LIST_SCOPE, SPECIAL, Set, Tag,
};
use super::tokenizer::Token;
use super::tree::{Builder, Mode, Step};

/// Ends of the search for an open list item.
const ITEM_STOPS: Set = SPECIAL.without(&[Tag::Address, Tag::Div, Tag::P]);
const TERMS: Set = Set::of(&[Tag::Dd, Tag::Dt]);

impl Builder<'_> {
    pub fn start_in_body(&mut self, token: &Token) -> Step {
        match token.tag {
            tag if BLOCKS.has(tag) => {
                self.close_p();
                self.insert(token);
            }
            Tag::A => {
                self.close_open_anchor()?;
                self.reconstruct();
                self.insert_formatting(token);
            }
            tag if FORMATTING.has(tag) => {
                self.reconstruct();
                self.insert_formatting(token);
            }
            Tag::Area | Tag::Br | Tag::Embed | Tag::Img | Tag::Keygen | Tag::Wbr => {
                self.reconstruct();
                self.insert_void(token);
            }
            Tag::Image => {
                self.reconstruct();
                self.insert_void(&Token {
                    tag: Tag::Img,
                    ..*token
                });
            }
            Tag::Li => self.open_item(token, Set::of(&[Tag::Li])),
            Tag::Dd | Tag::Dt => self.open_item(token, TERMS),
            Tag::Template => return Err(GaveUp("template")),
            tag if HEAD_ELEMENTS.has(tag) => return self.head_element(token),
            Tag::Body => return self.second_body(token),
            tag if HEADINGS.has(tag) => {
                self.close_p();
                if HEADINGS.has(self.current().tag) {
                    self.pop();
                }
                self.insert(token);
            }
            Tag::Pre | Tag::Listing => {
                self.close_p();
                self.insert(token);
                self.ignores_line_feed = true;
            }
            Tag::Table => return self.open_table(token),
            Tag::Form => {
                if self.form.is_none() {
                    self.close_p();
                    self.form = Some(self.insert(token));
                }
            }
            Tag::Hr => {
                self.close_p();
                if self.in_scope(DEFAULT_SCOPE, Tag::Select) {
                    self.close_implied(IMPLIED_END);
                }
                self.insert_void(token);
            }
            Tag::Param | Tag::Source | Tag::Track => {
                self.insert_void(token);
            }
            Tag::Caption
            | Tag::Col
            | Tag::Colgroup
            | Tag::Frame
            | Tag::Head
            | Tag::Tbody
            | Tag::Td
            | Tag::Tfoot
            | Tag::Th
            | Tag::Thead
            | Tag::Tr => {}
            Tag::Frameset => return Err(GaveUp("frameset")),
            Tag::Svg => return self.drawing(token),
            Tag::Math => return Err(GaveUp("math")),
            Tag::Plaintext => return Err(GaveUp("plaintext")),
            _ => return self.start_inline(token),
        }
        Ok(())
    }

    /// Elements of a line: controls, raw text, rubies, and all others.
    fn start_inline(&mut self, token: &Token) -> Step {
        match token.tag {
            Tag::Nobr => {
                self.reconstruct();
                if self.in_scope(DEFAULT_SCOPE, Tag::Nobr) {
                    self.close_formatting(&Token::phantom(Tag::Nobr))?;
                    self.reconstruct();
                }
                self.insert_formatting(token);
            }
            Tag::Button => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Button) {
                    self.close_implied(IMPLIED_END);
                    self.pop_until(Set::of(&[Tag::Button]));
                }
                self.reconstruct();
                self.insert(token);
            }
            Tag::Applet | Tag::Marquee | Tag::Object => {
                self.reconstruct();
                self.insert(token);
                self.add_marker();
            }
            Tag::Input => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Select) {
                    self.pop_until(Set::of(&[Tag::Select]));
                }
                self.reconstruct();
                self.insert_void(token);
            }
            Tag::Textarea | Tag::Iframe | Tag::Noembed => return self.raw_element(token),
            Tag::Xmp => {
                self.close_p();
                self.reconstruct();
                return self.raw_element(token);
            }
            // A select in a select ends it.
            Tag::Select if self.in_scope(DEFAULT_SCOPE, Tag::Select) => {
                self.pop_until(Set::of(&[Tag::Select]));
            }
            Tag::Option | Tag::Optgroup => self.open_option(token),
            Tag::Rb | Tag::Rtc => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Ruby) {
                    self.close_implied(IMPLIED_END);
                }
                self.insert(token);
            }
            Tag::Rp | Tag::Rt => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Ruby) {
                    self.close_implied(IMPLIED_END.without(&[Tag::Rtc]));
                }
                self.insert(token);
            }
            _ => {
                self.reconstruct();
                self.insert(token);
            }
        }
        Ok(())
    }

    fn open_option(&mut self, token: &Token) {
        if self.in_scope(DEFAULT_SCOPE, Tag::Select) {
            let kept: &[Tag] = match token.tag {
                Tag::Option => &[Tag::Optgroup],
                _ => &[],
            };
            self.close_implied(IMPLIED_END.without(kept));
        } else if self.current().tag == Tag::Option {
            self.pop();
        }
        self.reconstruct();
        self.insert(token);
    }

    /// `li`, `dd`, `dt`: closes the item before it.
    fn open_item(&mut self, token: &Token, items: Set) {
        let mut before = None;
        for open in self.open.iter().rev() {
            if items.has(open.tag) {
                before = Some(open.tag);
                break;
            }
            if ITEM_STOPS.has(open.tag) {
                break;
            }
        }
        if let Some(tag) = before {
            self.close_implied(IMPLIED_END.without(&[tag]));
            self.pop_until(Set::of(&[tag]));
        }
        self.close_p();
        self.insert(token);
    }

    fn second_body(&mut self, token: &Token) -> Step {
        match self.open.get(1) {
            Some(open) if open.tag == Tag::Body => self.add_attributes(1, token),
            _ => Ok(()),
        }
    }

    fn open_table(&mut self, token: &Token) -> Step {
        if self.in_scope(super::names::BUTTON_SCOPE, Tag::P) {
            match self.quirks {
                Some(true) => {}
                Some(false) => self.close_p(),
                None => return Err(GaveUp("table in a paragraph under a rare doctype")),
            }
        }
        self.insert(token);
        self.mode = Mode::InTable;
        Ok(())
    }

    pub fn end_in_body(&mut self, token: &Token) -> Step {
        match token.tag {
            tag if BLOCK_ENDS.has(tag) => {
                if self.in_scope(DEFAULT_SCOPE, tag) {
                    self.close_implied(IMPLIED_END);
                    self.pop_until(Set::of(&[tag]));
                }
            }
            Tag::A | Tag::Nobr => return self.close_formatting(token),
            tag if FORMATTING.has(tag) => return self.close_formatting(token),
            Tag::P => {
                if !self.in_scope(super::names::BUTTON_SCOPE, Tag::P) {
                    self.insert(&Token::phantom(Tag::P));
                }
                self.close_p();
            }
            Tag::Li => self.close_item(token.tag, LIST_SCOPE),
            Tag::Dd | Tag::Dt => self.close_item(token.tag, DEFAULT_SCOPE),
            tag if HEADINGS.has(tag) => {
                if self.any_in_scope(DEFAULT_SCOPE, |open| HEADINGS.has(open.tag)) {
                    self.close_implied(IMPLIED_END);
                    self.pop_until(HEADINGS);
                }
            }
            Tag::Br => {
                self.reconstruct();
                self.insert_void(&Token::phantom(Tag::Br));
            }
            Tag::Form => self.close_form(),
            Tag::Body => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Body) {
                    self.mode = Mode::AfterBody;
                }
            }
            Tag::Html => {
                if self.in_scope(DEFAULT_SCOPE, Tag::Body) {
                    self.mode = Mode::AfterAfterBody;
                }
            }
            Tag::Applet | Tag::Marquee | Tag::Object => {
                if self.in_scope(DEFAULT_SCOPE, token.tag) {
                    self.close_implied(IMPLIED_END);
                    self.pop_until(Set::of(&[token.tag]));
                    self.clear_to_marker();
                }
            }
            Tag::Template => {}
            _ => self.close_any(token),
        }
        Ok(())
    }

    fn close_item(&mut self, tag: Tag, scope: Set) {
        if self.in_scope(scope, tag) {
            self.close_implied(IMPLIED_END.without(&[tag]));
            self.pop_until(Set::of(&[tag]));
        }
    }
}
