//! 速读: elements that hold what comes until they end: links, headings, forms, menus, and what is hidden.
//!
//! Where one ends is told by the tags inside of it, as long as they nest plainly. Anything else ends the skim.

use super::GaveUp;
use super::names::{FORMATTING, HEADINGS, IMPLIED_END, SPECIAL, Tag};
use super::skim::{CLOSES_P, Skimmer, TABLE_PARTS, VOID};
use super::tokenizer::Token;
use super::tree::Step;

/// An element that what comes belongs to.
pub(super) struct Holder {
    pub(super) node: usize,
    pub(super) tag: Tag,
    /// Elements that were opened inside of it and are not closed yet.
    pub(super) inner: Vec<Tag>,
}

impl Skimmer<'_> {
    /// What comes belongs to this element until it ends.
    pub(super) fn hold(&mut self, tag: Tag, node: usize) -> Step {
        if VOID.has(tag) {
            return Ok(());
        }
        // Ends of these may be left out, or they are opened again, so that nobody sees where they stand.
        if IMPLIED_END.has(tag) || TABLE_PARTS.has(tag) || FORMATTING.has(tag) {
            return Err(GaveUp("hidden element without a sure end"));
        }
        if let Some(outer) = self.holders.last_mut() {
            outer.inner.pop();
        }
        self.holders.push(Holder {
            node,
            tag,
            inner: Vec::new(),
        });
        Ok(())
    }

    /// Whether an element that begins here could end what is held.
    pub(super) fn may_close_holder(&self, tag: Tag) -> bool {
        let Some(holder) = self.holders.last() else {
            return false;
        };
        if self.has_open_p && CLOSES_P.has(tag) {
            return true;
        }
        if is_strict(holder.tag) {
            let opens_link = tag == Tag::A && self.holds(Tag::A);
            return opens_link
                || TABLE_PARTS.has(tag)
                || IMPLIED_END.has(tag)
                || HEADINGS.has(tag) && HEADINGS.has(holder.tag)
                || matches!(tag, Tag::Form | Tag::Table | Tag::Object | Tag::Select);
        }
        let holds = |wanted: fn(Tag) -> bool| holder.inner.iter().any(|inner| wanted(*inner));
        match tag {
            Tag::Li | Tag::Dd | Tag::Dt => {
                let is_barrier = |inner| {
                    SPECIAL.has(inner) && !matches!(inner, Tag::Address | Tag::Div | Tag::P)
                };
                holder.tag != Tag::Form && !holds(is_barrier)
            }
            _ => TABLE_PARTS.has(tag) && !holds(|inner| inner == Tag::Table),
        }
    }

    /// A menu: in it stand options and nothing else.
    pub(super) fn menu(&mut self, token: &Token) -> Step {
        if self.holds(Tag::Select) || self.is_between_cells || self.hides(token) {
            return Err(GaveUp("select"));
        }
        self.place(Tag::Select)?;
        if let Some(holder) = self.holders.last_mut() {
            holder.inner.push(Tag::Select);
        }
        let node = self.element(token);
        self.hold(Tag::Select, node)
    }

    pub(super) fn option(&mut self, token: &Token) -> Step {
        self.close_option()?;
        let node = self.element(token);
        self.holders.push(Holder {
            node,
            tag: Tag::Option,
            inner: Vec::new(),
        });
        Ok(())
    }

    /// The end of an option may be left out.
    pub(super) fn close_option(&mut self) -> Step {
        if self
            .holders
            .last()
            .is_some_and(|holder| holder.tag == Tag::Option)
        {
            self.holders.pop();
        }
        match self.holders.last() {
            Some(holder) if holder.tag == Tag::Select => Ok(()),
            _ => Err(GaveUp("option of no select")),
        }
    }

    /// Ends what is held, or what was opened inside of it.
    pub(super) fn release(&mut self, tag: Tag) -> Step {
        let Some(holder) = self.holders.last_mut() else {
            return Ok(());
        };
        match tag {
            Tag::Option | Tag::Optgroup => return self.close_option(),
            Tag::Select => {
                self.close_option()?;
                self.holders.pop();
                return Ok(());
            }
            _ => {}
        }
        if holder.inner.last() == Some(&tag) {
            holder.inner.pop();
            return Ok(());
        }
        let is_lax = !is_strict(holder.tag);
        let is_end = holder.tag == tag || HEADINGS.has(tag) && HEADINGS.has(holder.tag);
        if is_end {
            let is_left_open = |tag: &Tag| {
                SPECIAL.has(*tag) && !(is_lax && (IMPLIED_END.has(*tag) || TABLE_PARTS.has(*tag)))
            };
            let is_clean = !holder.inner.iter().any(is_left_open) && tag != Tag::Other;
            self.holders.pop();
            return match is_clean {
                true => Ok(()),
                false => Err(GaveUp("left open inside")),
            };
        }
        // Ends of elements that were left open by others, or that nobody opened.
        let astray = GaveUp("end of what was opened outside");
        let last = holder.inner.iter().rposition(|inner| *inner == tag);
        let last = last.ok_or(astray)?;
        let may_close = |tag: &Tag| {
            is_lax && (IMPLIED_END.has(*tag) || TABLE_PARTS.has(*tag) || FORMATTING.has(*tag))
        };
        if !holder.inner[last + 1..].iter().all(may_close) {
            return Err(astray);
        }
        holder.inner.truncate(last);
        Ok(())
    }
}

/// Elements that anything misnested would close.
fn is_strict(holder: Tag) -> bool {
    holder == Tag::A || HEADINGS.has(holder)
}
