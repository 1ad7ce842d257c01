//! Tables that are written properly. Content that stands in a table outside of its cells would have to be moved before it: given up.

use super::GaveUp;
use super::flat::Span;
use super::names::{
    CELLS, IMPLIED_END, Set, TABLE_BODY_CONTEXT, TABLE_OUTER, TABLE_ROW_CONTEXT, TABLE_SCOPE, Tag,
};
use super::tokenizer::Token;
use super::tree::{Builder, Mode, Step};

/// Start tags of a table's own structure inside of a cell or a caption.
const STRUCTURE: Set = Set::of(&[
    Tag::Caption,
    Tag::Col,
    Tag::Colgroup,
    Tag::Tbody,
    Tag::Td,
    Tag::Tfoot,
    Tag::Th,
    Tag::Thead,
    Tag::Tr,
]);
const SECTIONS: Set = Set::of(&[Tag::Tbody, Tag::Tfoot, Tag::Thead]);
/// What ends a section or a row when it begins.
const OVER_ROWS: Set = SECTIONS.with(&[Tag::Caption, Tag::Col, Tag::Colgroup]);

impl Builder<'_> {
    /// Text between the parts of a table: white space waits until it is known to be alone.
    pub fn table_text(&mut self, text: Span) -> Step {
        if !TABLE_OUTER.has(self.current().tag) {
            return Err(GaveUp("text in an odd table"));
        }
        self.pending.push(text);
        Ok(())
    }

    /// Places the text that waits.
    pub fn place_pending(&mut self) -> Step {
        if self.pending.is_empty() {
            return Ok(());
        }
        for text in std::mem::take(&mut self.pending) {
            let is_space = self
                .span_text(text)
                .bytes()
                .all(|byte| byte.is_ascii_whitespace());
            if !is_space {
                return Err(GaveUp("text in a table"));
            }
            self.append_text(text);
        }
        Ok(())
    }

    /// A start tag in one of the modes of tables; a mode may hand it on to another.
    pub fn start_in_table_parts(&mut self, token: &Token) -> Step {
        loop {
            let is_done = match self.mode {
                Mode::InTable => return self.start_in_table(token),
                Mode::InCaption => self.start_in_caption(token)?,
                Mode::InColumnGroup => self.start_in_column_group(token)?,
                Mode::InTableBody => self.start_in_table_body(token)?,
                Mode::InRow => self.start_in_row(token)?,
                Mode::InCell => self.start_in_cell(token)?,
                _ => return self.start_in_body(token),
            };
            if is_done {
                return Ok(());
            }
        }
    }

    fn start_in_table(&mut self, token: &Token) -> Step {
        let clear = |builder: &mut Self| builder.pop_until_current(TABLE_SCOPE);
        match token.tag {
            Tag::Caption => {
                clear(self);
                self.add_marker();
                self.insert(token);
                self.mode = Mode::InCaption;
            }
            Tag::Colgroup => {
                clear(self);
                self.insert(token);
                self.mode = Mode::InColumnGroup;
            }
            Tag::Col => {
                clear(self);
                self.insert(&Token::phantom(Tag::Colgroup));
                self.mode = Mode::InColumnGroup;
                return self.start_in_table_parts(token);
            }
            tag if SECTIONS.has(tag) => {
                clear(self);
                self.insert(token);
                self.mode = Mode::InTableBody;
            }
            Tag::Td | Tag::Th | Tag::Tr => {
                clear(self);
                self.insert(&Token::phantom(Tag::Tbody));
                self.mode = Mode::InTableBody;
                return self.start_in_table_parts(token);
            }
            Tag::Table => {
                if self.in_scope(TABLE_SCOPE, Tag::Table) {
                    self.pop_until(Set::of(&[Tag::Table]));
                    self.reset_mode();
                    return self.start_again(token);
                }
            }
            Tag::Style | Tag::Script => return self.head_element(token),
            Tag::Form => {
                if self.form.is_none() {
                    self.form = Some(self.insert_void(token));
                }
            }
            Tag::Input if self.is_hidden_input(token) => {
                self.insert_void(token);
            }
            _ => return Err(GaveUp("element in a table")),
        }
        Ok(())
    }

    /// The tag once more, in the mode that is set now.
    fn start_again(&mut self, token: &Token) -> Step {
        match self.mode {
            Mode::InBody => self.start_in_body(token),
            Mode::InHead | Mode::BeforeHead | Mode::AfterHead => Err(GaveUp("table in the head")),
            _ => self.start_in_table_parts(token),
        }
    }

    fn is_hidden_input(&self, token: &Token) -> bool {
        self.flat.attrs[token.attrs.0..token.attrs.1]
            .iter()
            .find(|attr| self.span_text(attr.name) == "type")
            .is_some_and(|attr| self.span_text(attr.value).eq_ignore_ascii_case("hidden"))
    }

    fn start_in_caption(&mut self, token: &Token) -> Result<bool, GaveUp> {
        if !STRUCTURE.has(token.tag) {
            self.start_in_body(token)?;
            return Ok(true);
        }
        Ok(!self.close_caption())
    }

    /// Whether a caption was open; the mode is that of the table then.
    fn close_caption(&mut self) -> bool {
        if !self.in_scope(TABLE_SCOPE, Tag::Caption) {
            return false;
        }
        self.close_implied(IMPLIED_END);
        self.pop_until(Set::of(&[Tag::Caption]));
        self.clear_to_marker();
        self.mode = Mode::InTable;
        true
    }

    fn start_in_column_group(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Col => {
                self.insert_void(token);
                Ok(true)
            }
            Tag::Template => Err(GaveUp("template")),
            _ => Ok(!self.leave_column_group()),
        }
    }

    fn leave_column_group(&mut self) -> bool {
        if self.current().tag != Tag::Colgroup {
            return false;
        }
        self.pop();
        self.mode = Mode::InTable;
        true
    }

    fn start_in_table_body(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Tr => {
                self.pop_until_current(TABLE_BODY_CONTEXT);
                self.insert(token);
                self.mode = Mode::InRow;
                Ok(true)
            }
            Tag::Td | Tag::Th => {
                self.pop_until_current(TABLE_BODY_CONTEXT);
                self.insert(&Token::phantom(Tag::Tr));
                self.mode = Mode::InRow;
                Ok(false)
            }
            tag if OVER_ROWS.has(tag) => {
                self.leave_section();
                Ok(false)
            }
            _ => {
                self.start_in_table(token)?;
                Ok(true)
            }
        }
    }

    fn leave_section(&mut self) {
        self.pop_until_current(TABLE_BODY_CONTEXT);
        self.pop();
        self.mode = Mode::InTable;
    }

    fn start_in_row(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Td | Tag::Th => {
                self.pop_until_current(TABLE_ROW_CONTEXT);
                self.insert(token);
                self.mode = Mode::InCell;
                self.add_marker();
                Ok(true)
            }
            tag if OVER_ROWS.has(tag) || tag == Tag::Tr => Ok(!self.leave_row()),
            _ => {
                self.start_in_table(token)?;
                Ok(true)
            }
        }
    }

    /// Whether a row was open; the mode is that of the section then.
    fn leave_row(&mut self) -> bool {
        if !self.in_scope(TABLE_SCOPE, Tag::Tr) {
            return false;
        }
        self.pop_until_current(TABLE_ROW_CONTEXT);
        self.pop();
        self.mode = Mode::InTableBody;
        true
    }

    fn start_in_cell(&mut self, token: &Token) -> Result<bool, GaveUp> {
        if !STRUCTURE.has(token.tag) {
            self.start_in_body(token)?;
            return Ok(true);
        }
        if !self.any_in_scope(TABLE_SCOPE, |open| CELLS.has(open.tag)) {
            return Ok(true);
        }
        self.close_cell();
        Ok(false)
    }

    fn close_cell(&mut self) {
        self.close_implied(IMPLIED_END);
        self.pop_until(CELLS);
        self.clear_to_marker();
        self.mode = Mode::InRow;
    }

    /// An end tag in one of the modes of tables.
    pub fn end_in_table_parts(&mut self, token: &Token) -> Step {
        loop {
            let is_done = match self.mode {
                Mode::InTable => return self.end_in_table(token),
                Mode::InCaption => self.end_in_caption(token)?,
                Mode::InColumnGroup => match token.tag {
                    Tag::Colgroup => {
                        self.leave_column_group();
                        true
                    }
                    Tag::Col | Tag::Template => true,
                    _ => !self.leave_column_group(),
                },
                Mode::InTableBody => self.end_in_table_body(token)?,
                Mode::InRow => self.end_in_row(token)?,
                Mode::InCell => self.end_in_cell(token)?,
                _ => return self.end_in_body(token),
            };
            if is_done {
                return Ok(());
            }
        }
    }

    fn end_in_table(&mut self, token: &Token) -> Step {
        match token.tag {
            Tag::Table => {
                if self.in_scope(TABLE_SCOPE, Tag::Table) {
                    self.pop_until(Set::of(&[Tag::Table]));
                    self.reset_mode();
                }
                Ok(())
            }
            Tag::Body | Tag::Html => Ok(()),
            tag if STRUCTURE.has(tag) => Ok(()),
            Tag::Br => Err(GaveUp("element in a table")),
            Tag::P if !self.in_scope(super::names::BUTTON_SCOPE, Tag::P) => {
                Err(GaveUp("element in a table"))
            }
            _ => self.end_in_body(token),
        }
    }

    fn end_in_caption(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Caption => {
                self.close_caption();
                Ok(true)
            }
            Tag::Table => Ok(!self.close_caption()),
            Tag::Body | Tag::Html => Ok(true),
            tag if STRUCTURE.has(tag) => Ok(true),
            _ => {
                self.end_in_body(token)?;
                Ok(true)
            }
        }
    }

    fn end_in_table_body(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            tag if SECTIONS.has(tag) => {
                if self.in_scope(TABLE_SCOPE, tag) {
                    self.leave_section();
                }
                Ok(true)
            }
            Tag::Table => {
                self.leave_section();
                Ok(false)
            }
            Tag::Body | Tag::Html => Ok(true),
            tag if STRUCTURE.has(tag) => Ok(true),
            _ => {
                self.end_in_table(token)?;
                Ok(true)
            }
        }
    }

    fn end_in_row(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Tr => {
                self.leave_row();
                Ok(true)
            }
            Tag::Table => Ok(!self.leave_row()),
            tag if SECTIONS.has(tag) => Ok(!self.in_scope(TABLE_SCOPE, tag) || !self.leave_row()),
            Tag::Body | Tag::Html => Ok(true),
            tag if STRUCTURE.has(tag) => Ok(true),
            _ => {
                self.end_in_table(token)?;
                Ok(true)
            }
        }
    }

    fn end_in_cell(&mut self, token: &Token) -> Result<bool, GaveUp> {
        match token.tag {
            Tag::Td | Tag::Th => {
                if self.in_scope(TABLE_SCOPE, token.tag) {
                    self.close_implied(IMPLIED_END);
                    self.pop_until(Set::of(&[token.tag]));
                    self.clear_to_marker();
                    self.mode = Mode::InRow;
                }
                Ok(true)
            }
            Tag::Body | Tag::Caption | Tag::Col | Tag::Colgroup | Tag::Html => Ok(true),
            Tag::Table | Tag::Tbody | Tag::Tfoot | Tag::Thead | Tag::Tr => {
                if !self.in_scope(TABLE_SCOPE, token.tag) {
                    return Ok(true);
                }
                self.close_cell();
                Ok(false)
            }
            _ => {
                self.end_in_body(token)?;
                Ok(true)
            }
        }
    }

    /// The mode that the open elements ask for.
    fn reset_mode(&mut self) {
        for (at, open) in self.open.iter().enumerate().rev() {
            self.mode = match open.tag {
                Tag::Td | Tag::Th if at > 0 => Mode::InCell,
                Tag::Tr => Mode::InRow,
                Tag::Tbody | Tag::Thead | Tag::Tfoot => Mode::InTableBody,
                Tag::Caption => Mode::InCaption,
                Tag::Colgroup => Mode::InColumnGroup,
                Tag::Table => Mode::InTable,
                Tag::Body => Mode::InBody,
                Tag::Html => Mode::AfterHead,
                _ => continue,
            };
            return;
        }
        self.mode = Mode::InBody;
    }
}
