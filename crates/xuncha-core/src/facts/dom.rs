//! One page as a flat tree in document order.
//!
//! The page is parsed once and walked once; every reader afterwards is a scan over this vector, which keeps a page of 30 KB
//! well under two milliseconds. Ranges (`index..end`) stand for subtrees.

use dom_query::{Document, NodeData, NodeId, TreeNode};

use super::model::Area;

/// What a node is.
pub(crate) enum Kind {
    /// A run of text.
    Text(String),
    /// An element.
    Element {
        /// Lower-case name.
        name: String,
        /// Attributes as written.
        attrs: Vec<(String, String)>,
        /// `class` and `id`, lower case, separated by one space.
        tokens: String,
    },
}

/// One node of the flat tree.
pub(crate) struct Node {
    /// What it is.
    pub kind: Kind,
    /// Index of its parent; the root is its own parent.
    pub parent: usize,
    /// Index after its last descendant.
    pub end: usize,
    /// Not shown: inside `script`, `style`, `template`, `noscript`, or `display:none`.
    pub is_hidden: bool,
    /// Inside an element whose links a browser with scripts never follows (`noscript`, `template`).
    pub is_inert: bool,
    /// Visible characters before it in the document.
    pub chars_before: u32,
    /// Where on the page it stands.
    pub area: Area,
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
pub(crate) struct Dom {
    /// Nodes in document order; index 0 is the document.
    pub nodes: Vec<Node>,
    /// Visible characters of the whole page.
    pub chars: u32,
}

/// Nesting beyond this is cut: no real page comes near it, and it bounds hostile ones.
const MAX_NODES: usize = 200_000;

impl Dom {
    /// Parses a page.
    pub fn parse(html: &str) -> Dom {
        let document = Document::from(html);
        let mut nodes: Vec<Node> = Vec::with_capacity(1024);
        let mut chars: u32 = 0;
        let root = document.root().id;
        // The walk keeps its own stack, so depth is bounded by memory and not by the thread's stack.
        let mut stack: Vec<(NodeId, usize)> = vec![(root, 0)];
        while let Some((id, parent)) = stack.pop() {
            if nodes.len() >= MAX_NODES {
                break;
            }
            let index = nodes.len();
            let Some(Some(kind)) = document
                .tree
                .query_node(&id, |node| kind_of(node, id == root))
            else {
                continue;
            };
            let (is_hidden, is_inert) = match (&kind, nodes.get(parent)) {
                (_, Some(up)) if index > 0 => {
                    let (hidden, inert) = own_visibility(&kind);
                    (up.is_hidden || hidden, up.is_inert || inert)
                }
                _ => (false, false),
            };
            let chars_before = chars;
            if let Kind::Text(text) = &kind
                && !is_hidden
            {
                chars += count_visible(text);
            }
            nodes.push(Node {
                kind,
                parent,
                end: index + 1,
                is_hidden,
                is_inert,
                chars_before,
                area: Area::Body,
            });
            let mut child = document.tree.last_child_of(&id).map(|node| node.id);
            while let Some(next) = child {
                stack.push((next, index));
                child = document.tree.prev_sibling_of(&next).map(|node| node.id);
            }
        }
        for index in (1..nodes.len()).rev() {
            let end = nodes[index].end;
            let parent = nodes[index].parent;
            if nodes[parent].end < end {
                nodes[parent].end = end;
            }
        }
        Dom { nodes, chars }
    }

    /// Name of an element, empty for text.
    pub fn name(&self, index: usize) -> &str {
        match &self.nodes[index].kind {
            Kind::Element { name, .. } => name,
            Kind::Text(_) => "",
        }
    }

    /// Class and id of an element, lower case.
    pub fn tokens(&self, index: usize) -> &str {
        match &self.nodes[index].kind {
            Kind::Element { tokens, .. } => tokens,
            Kind::Text(_) => "",
        }
    }

    /// An attribute's value.
    pub fn attr(&self, index: usize, wanted: &str) -> Option<&str> {
        match &self.nodes[index].kind {
            Kind::Element { attrs, .. } => attrs
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str()),
            Kind::Text(_) => None,
        }
    }

    /// Direct children.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[index].end;
        let mut next = index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let current = next;
            next = self.nodes[current].end;
            Some(current)
        })
    }

    /// Indices of a subtree without its root.
    pub fn inside(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.nodes[index].end
    }

    /// Ancestors from the parent up, without the document.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let mut current = index;
        std::iter::from_fn(move || {
            let parent = self.nodes[current].parent;
            if parent == 0 || parent == current {
                return None;
            }
            current = parent;
            Some(parent)
        })
    }

    /// Visible characters of a subtree.
    pub fn chars_of(&self, index: usize) -> u32 {
        let end = self.nodes[index].end;
        let after = self
            .nodes
            .get(end)
            .map_or(self.chars, |node| node.chars_before);
        after.saturating_sub(self.nodes[index].chars_before)
    }

    /// Visible text of a subtree on one line.
    pub fn text(&self, index: usize) -> String {
        let lines = self.lines(index..self.nodes[index].end);
        let mut out = String::new();
        for line in &lines {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&line.text);
        }
        out
    }

    /// Raw text of a `script` or `style`.
    pub fn raw_text(&self, index: usize) -> String {
        self.inside(index)
            .filter_map(|inner| match &self.nodes[inner].kind {
                Kind::Text(text) => Some(text.as_str()),
                Kind::Element { .. } => None,
            })
            .collect()
    }

    /// Visible text of a range, broken at block elements.
    pub fn lines(&self, range: std::ops::Range<usize>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut current = String::new();
        let mut start = range.start;
        let mut open_blocks: Vec<usize> = Vec::new();
        let flush = |current: &mut String, start: usize, lines: &mut Vec<Line>| {
            let text = collapse(current);
            current.clear();
            if !text.is_empty() {
                lines.push(Line { text, node: start });
            }
        };
        for index in range {
            while let Some(end) = open_blocks.last()
                && *end <= index
            {
                open_blocks.pop();
                flush(&mut current, start, &mut lines);
            }
            let node = &self.nodes[index];
            match &node.kind {
                Kind::Element { name, .. } => {
                    if is_block(name) {
                        flush(&mut current, start, &mut lines);
                        if node.end > index + 1 {
                            open_blocks.push(node.end);
                        }
                    }
                }
                Kind::Text(text) if !node.is_hidden => {
                    if current.trim().is_empty() {
                        current.clear();
                        start = index;
                    }
                    current.push_str(text);
                }
                Kind::Text(_) => {}
            }
        }
        flush(&mut current, start, &mut lines);
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
            .filter(|node| node.area == area && !node.is_hidden)
            .map(|node| match &node.kind {
                Kind::Text(text) => count_visible(text),
                Kind::Element { .. } => 0,
            })
            .sum()
    }

    /// Sets the area of a whole subtree.
    pub fn mark_area(&mut self, index: usize, area: Area) {
        let end = self.nodes[index].end;
        for node in &mut self.nodes[index..end] {
            node.area = area;
        }
    }
}

fn kind_of(node: &TreeNode, is_root: bool) -> Option<Kind> {
    match &node.data {
        NodeData::Text { contents } => Some(Kind::Text(contents.to_string())),
        NodeData::Element(element) => {
            let attrs: Vec<(String, String)> = element
                .attrs
                .iter()
                .map(|attr| (attr.name.local.to_string(), attr.value.to_string()))
                .collect();
            let value = |wanted: &str| {
                attrs
                    .iter()
                    .find(|(name, _)| name == wanted)
                    .map_or("", |(_, value)| value.as_str())
            };
            let (class, id) = (value("class"), value("id"));
            let tokens = match (class.is_empty(), id.is_empty()) {
                (true, true) => String::new(),
                _ => format!("{class} {id}").to_ascii_lowercase(),
            };
            Some(Kind::Element {
                name: element.name.local.to_string(),
                attrs,
                tokens,
            })
        }
        _ if is_root => Some(Kind::Element {
            name: "#document".to_owned(),
            attrs: Vec::new(),
            tokens: String::new(),
        }),
        _ => None,
    }
}

/// (hidden, inert) by the element itself.
fn own_visibility(kind: &Kind) -> (bool, bool) {
    let Kind::Element { name, attrs, .. } = kind else {
        return (false, false);
    };
    match name.as_str() {
        "script" | "style" | "title" | "head" | "textarea" | "select" | "option" => (true, false),
        "noscript" | "template" => (true, true),
        _ => {
            let is_hidden = attrs.iter().any(|(name, value)| match name.as_str() {
                "hidden" => true,
                "style" => {
                    let style: String = value
                        .chars()
                        .filter(|c| !c.is_whitespace())
                        .collect::<String>()
                        .to_ascii_lowercase();
                    style.contains("display:none")
                }
                _ => false,
            });
            (is_hidden, false)
        }
    }
}

/// Whether an element breaks the line.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "option"
            | "iframe"
    )
}

fn count_visible(text: &str) -> u32 {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .count()
        .try_into()
        .unwrap_or(u32::MAX)
}

/// Collapses white space (also ideographic and no-break) to single spaces, trimmed.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}') {
        if piece.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
    }
    out
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
        let html = "<div>".repeat(50_000);
        assert!(Dom::parse(&html).nodes.len() > 1);
    }
}
