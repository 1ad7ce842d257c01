//! The tree builder: open elements, formatting elements, and where a node goes. The rules by insertion mode stand in `rules*.rs`.
//!
//! Everything here only appends to the end of the document; where the standard would move or insert elsewhere, it gives up.

use super::flat::{Bounds, Flat, Span, name_of};
use super::names::{self, Set, Tag};
use super::tokenizer::{Token, Tokenizer};
use super::{GaveUp, rules};

/// Result of a rule.
pub(crate) type Step = Result<(), GaveUp>;

/// Insertion modes of the standard; those that are missing are given up at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    AfterBody,
    AfterAfterBody,
}

/// An open element.
#[derive(Clone, Copy)]
pub(crate) struct Open {
    pub node: usize,
    pub tag: Tag,
}

/// An entry of the list of active formatting elements.
#[derive(Clone, Copy)]
enum Active {
    Marker,
    Element { node: usize, tag: Tag },
}

/// 建树. The state of one page's reading.
pub(crate) struct Builder<'p> {
    pub tokens: Tokenizer<'p>,
    pub flat: Flat,
    pub mode: Mode,
    pub open: Vec<Open>,
    /// How many open elements have each name: most searches end here.
    open_count: [u32; names::COUNT],
    active: Vec<Active>,
    /// Table text that is not placed yet.
    pub pending: Vec<Span>,
    pub form: Option<usize>,
    pub head: usize,
    /// Whether the page is read in quirks mode; `None` where its doctype is none of the known ones.
    pub quirks: Option<bool>,
    /// A line feed right after this tag is dropped.
    pub ignores_line_feed: bool,
    /// Number of nodes when a comment came last: text after it is a node of its own.
    comment_at: usize,
}

/// Builds the tree of a prepared page, as far as the bounds let it grow.
pub(crate) fn build(page: &str, bounds: Bounds) -> Result<Flat, GaveUp> {
    if memchr::memchr(0, page.as_bytes()).is_some() {
        return Err(GaveUp("NUL"));
    }
    let mut builder = Builder {
        tokens: Tokenizer {
            page,
            at: 0,
            is_self_closing: false,
        },
        flat: Flat::new(page, bounds),
        mode: Mode::Initial,
        open: Vec::with_capacity(32),
        open_count: [0; names::COUNT],
        active: Vec::new(),
        pending: Vec::new(),
        form: None,
        head: 0,
        quirks: Some(false),
        ignores_line_feed: false,
        comment_at: 0,
    };
    if page.starts_with('\u{feff}') {
        builder.tokens.at = '\u{feff}'.len_utf8();
    }
    rules::run(&mut builder)?;
    Ok(builder.flat)
}

impl Builder<'_> {
    /// Whether the tree is as big as it may grow.
    pub fn is_full(&mut self) -> bool {
        let depth = self.open.len().max(self.active.len());
        self.flat.is_full(depth)
    }

    /// The element that content goes into.
    pub fn current(&self) -> Open {
        self.open.last().copied().unwrap_or(Open {
            node: 0,
            tag: Tag::Document,
        })
    }

    /// Name of an element that no rule names.
    pub fn other_name(&self, node: usize) -> &str {
        let name = name_of(&self.flat.other_names, node);
        name.map_or("", |name| self.span_text(name))
    }

    fn same_name(&self, open: Open, token: &Token) -> bool {
        open.tag == token.tag
            && (open.tag != Tag::Other || {
                self.other_name(open.node) == self.span_text(token.name)
            })
    }

    /// Appends an element and opens it.
    pub fn insert(&mut self, token: &Token) -> usize {
        let node = self.insert_void(token);
        self.push(Open {
            node,
            tag: token.tag,
        });
        node
    }

    /// Appends an element that has no content.
    pub fn insert_void(&mut self, token: &Token) -> usize {
        let parent = self.current().node;
        self.flat.element(
            self.tokens.page,
            parent,
            token.tag,
            token.name,
            token.attrs.0..token.attrs.1,
        )
    }

    /// Appends text to the current element.
    pub fn append_text(&mut self, text: Span) {
        if text.is_empty() {
            return;
        }
        let parent = self.current().node;
        let count = self.flat.nodes.len();
        let continues = self.comment_at != count
            && self.flat.nodes[count - 1].tag == Tag::Text
            && self.flat.nodes[count - 1].parent() == parent;
        if continues {
            self.flat.lengthen(self.tokens.page, text);
        } else {
            self.flat.text(parent, text);
        }
    }

    /// A comment in the current element keeps the texts around it apart.
    pub fn part_text(&mut self) {
        self.comment_at = self.flat.nodes.len();
    }

    /// Runs `insert` as if the head were still open; white space that follows the head stays behind what is inserted.
    pub fn in_closed_head(&mut self, insert: impl FnOnce(&mut Self) -> Step) -> Step {
        let count = self.flat.nodes.len();
        let html = self.current().node;
        let mut first = count;
        while first > self.head + 1
            && self.flat.nodes[first - 1].tag == Tag::Text
            && self.flat.nodes[first - 1].parent() == html
        {
            first -= 1;
        }
        let after = self.flat.nodes.split_off(first);
        let was_parted = self.comment_at == count;
        self.push(Open {
            node: self.head,
            tag: Tag::Head,
        });
        insert(self)?;
        self.pop();
        self.flat.nodes.extend(after);
        self.comment_at = if was_parted { self.flat.nodes.len() } else { 0 };
        Ok(())
    }

    pub fn push(&mut self, open: Open) {
        self.open_count[open.tag as usize] += 1;
        self.open.push(open);
    }

    pub fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.open_count[open.tag as usize] -= 1;
        }
    }

    pub fn truncate(&mut self, length: usize) {
        while self.open.len() > length {
            self.pop();
        }
    }

    fn remove(&mut self, node: usize) {
        if let Some(at) = self.open.iter().rposition(|open| open.node == node) {
            let open = self.open.remove(at);
            self.open_count[open.tag as usize] -= 1;
        }
    }

    /// Whether any element of this name is open.
    pub fn is_open(&self, tag: Tag) -> bool {
        self.open_count[tag as usize] > 0
    }

    /// Whether an element of this name is open in a scope.
    pub fn in_scope(&self, scope: Set, tag: Tag) -> bool {
        self.is_open(tag) && self.any_in_scope(scope, |open| open.tag == tag)
    }

    pub fn any_in_scope(&self, scope: Set, wanted: impl Fn(Open) -> bool) -> bool {
        for open in self.open.iter().rev() {
            if wanted(*open) {
                return true;
            }
            if scope.has(open.tag) {
                return false;
            }
        }
        false
    }

    pub fn close_implied(&mut self, set: Set) {
        while set.has(self.current().tag) {
            self.pop();
        }
    }

    /// Pops up to and with the first element of the set.
    pub fn pop_until(&mut self, set: Set) {
        while let Some(open) = self.open.last().copied() {
            self.pop();
            if set.has(open.tag) {
                break;
            }
        }
    }

    /// Pops until the current element is of the set.
    pub fn pop_until_current(&mut self, set: Set) {
        while !self.open.is_empty() && !set.has(self.current().tag) {
            self.pop();
        }
    }

    pub fn close_p(&mut self) {
        if self.in_scope(names::BUTTON_SCOPE, Tag::P) {
            self.close_implied(names::IMPLIED_END.without(&[Tag::P]));
            self.pop_until(Set::of(&[Tag::P]));
        }
    }

    /// An end tag without a rule of its own.
    pub fn close_any(&mut self, token: &Token) {
        if !self.is_open(token.tag) {
            return;
        }
        let mut found = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if self.same_name(*open, token) {
                found = Some(at);
                break;
            }
            if names::SPECIAL.has(open.tag) {
                return;
            }
        }
        if let Some(at) = found {
            // Every element with an implied end above it goes with it.
            self.truncate(at);
        }
    }

    /// `</form>`: the form may be closed while elements inside of it stay open.
    pub fn close_form(&mut self) {
        let Some(form) = self.form.take() else {
            return;
        };
        if !self.any_in_scope(names::DEFAULT_SCOPE, |open| open.node == form) {
            return;
        }
        self.close_implied(names::IMPLIED_END);
        self.remove(form);
    }

    // Formatting elements.

    pub fn add_marker(&mut self) {
        self.active.push(Active::Marker);
    }

    pub fn clear_to_marker(&mut self) {
        while let Some(entry) = self.active.pop() {
            if matches!(entry, Active::Marker) {
                break;
            }
        }
    }

    /// Entries after the last marker, last first: (place in the list, node, name).
    fn active_entries(&self) -> impl Iterator<Item = (usize, usize, Tag)> + '_ {
        self.active
            .iter()
            .enumerate()
            .rev()
            .map_while(|(at, entry)| match entry {
                Active::Marker => None,
                Active::Element { node, tag } => Some((at, *node, *tag)),
            })
    }

    fn is_node_open(&self, node: usize) -> bool {
        self.open.iter().rev().any(|open| open.node == node)
    }

    /// Opens again the formatting elements that a block closed.
    pub fn reconstruct(&mut self) {
        let is_settled = |entry: &Active| match entry {
            Active::Marker => true,
            Active::Element { node, .. } => self.is_node_open(*node),
        };
        if self.active.last().is_none_or(is_settled) {
            return;
        }
        let first = self
            .active
            .iter()
            .rposition(is_settled)
            .map_or(0, |at| at + 1);
        for at in first..self.active.len() {
            let Active::Element { node, tag } = self.active[at] else {
                continue;
            };
            let range = self.flat.nodes[node].attr_range();
            let token = Token {
                attrs: (range.start, range.end),
                ..Token::phantom(tag)
            };
            let node = self.insert(&token);
            self.active[at] = Active::Element { node, tag };
        }
    }

    /// Opens a formatting element; of four equal ones the oldest is forgotten.
    pub fn insert_formatting(&mut self, token: &Token) {
        let mut oldest = 0;
        let mut equal = 0;
        for (at, node, tag) in self.active_entries() {
            let range = self.flat.nodes[node].attr_range();
            if tag == token.tag && self.same_attributes((range.start, range.end), token.attrs) {
                oldest = at;
                equal += 1;
            }
        }
        if equal >= 3 {
            self.active.remove(oldest);
        }
        let node = self.insert(token);
        self.active.push(Active::Element {
            node,
            tag: token.tag,
        });
    }

    fn same_attributes(&self, left: (usize, usize), right: (usize, usize)) -> bool {
        let text = |span: Span| span.of(self.tokens.page, &self.flat.decoded);
        let (left, right) = (
            &self.flat.attrs[left.0..left.1],
            &self.flat.attrs[right.0..right.1],
        );
        left.len() == right.len()
            && left.iter().all(|one| {
                right.iter().any(|other| {
                    text(one.name) == text(other.name) && text(one.value) == text(other.value)
                })
            })
    }

    /// The end of a formatting element, as far as nothing has to move.
    pub fn close_formatting(&mut self, token: &Token) -> Step {
        let current = self.current();
        let is_listed = |node: usize| {
            self.active.iter().any(
                |entry| matches!(entry, Active::Element { node: listed, .. } if *listed == node),
            )
        };
        if current.tag == token.tag && !is_listed(current.node) {
            self.pop();
            return Ok(());
        }
        let entry = self
            .active_entries()
            .find(|(_, _, tag)| *tag == token.tag)
            .map(|(at, node, _)| (at, node));
        let Some((listed_at, node)) = entry else {
            self.close_any(token);
            return Ok(());
        };
        let Some(open_at) = self.open.iter().rposition(|open| open.node == node) else {
            self.active.remove(listed_at);
            return Ok(());
        };
        if !self.any_in_scope(names::DEFAULT_SCOPE, |open| open.node == node) {
            return Ok(());
        }
        let has_block = self.open[open_at..]
            .iter()
            .any(|open| names::SPECIAL.has(open.tag));
        if has_block {
            return Err(GaveUp("formatting around a block"));
        }
        self.truncate(open_at);
        self.active.remove(listed_at);
        Ok(())
    }

    /// `<a>` inside of `<a>` closes the first.
    pub fn close_open_anchor(&mut self) -> Step {
        let found = self
            .active_entries()
            .find(|(_, _, tag)| *tag == Tag::A)
            .map(|(_, node, _)| node);
        let Some(node) = found else {
            return Ok(());
        };
        self.close_formatting(&Token::phantom(Tag::A))?;
        self.active.retain(
            |entry| !matches!(entry, Active::Element { node: listed, .. } if *listed == node),
        );
        self.remove(node);
        Ok(())
    }
}
