//! Archived pages made safe and self-contained: no scripts, no forms, every address turned to the archive or taken out, the quoted
//! place marked.
//!
//! The page is read by a standard parser and written anew, so nothing of its own markup reaches the browser unread. The sandbox and
//! the content policy hold besides; neither relies on the other.

use dom_query::{Document, NodeData, NodeId};
use url::Url;
use xuncha_core::facts;

use super::evidence_css;
use super::evidence_quote::{Spot, find_spots};
use crate::pager::encode;

/// 存档地址. Turns addresses of an archived page into addresses of the replay.
pub(crate) struct Archive<'a> {
    base: &'a Url,
    prefix: &'a str,
}

impl Archive<'_> {
    /// Addresses are resolved against `base`; those of the replay begin with `prefix`.
    pub(crate) fn new<'a>(base: &'a Url, prefix: &'a str) -> Archive<'a> {
        Archive { base, prefix }
    }

    fn turned(&self, kind: &str, address: &str) -> Option<String> {
        let url = self.resolve(address)?;
        Some(format!("{}/{kind}?u={}", self.prefix, encode(&url)))
    }

    /// The absolute web address, without fragment; `None` for everything that is none.
    pub(crate) fn resolve(&self, address: &str) -> Option<String> {
        let mut url = self.base.join(address.trim()).ok()?;
        url.set_fragment(None);
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    }

    /// A page to go to.
    pub(crate) fn page(&self, address: &str) -> Option<String> {
        self.turned("page", address)
    }

    /// A style sheet.
    pub(crate) fn style(&self, address: &str) -> Option<String> {
        self.turned("style", address)
    }

    /// An image or font. Small ones that stand in the page itself stay there.
    pub(crate) fn asset(&self, address: &str) -> Option<String> {
        let trimmed = address.trim();
        let is_own = trimmed
            .get(..11)
            .is_some_and(|head| head.eq_ignore_ascii_case("data:image/"))
            || trimmed
                .get(..10)
                .is_some_and(|head| head.eq_ignore_ascii_case("data:font/"));
        let is_plain = trimmed
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'<' | b'>'));
        if is_own && is_plain {
            return Some(trimmed.to_owned());
        }
        self.turned("asset", address)
    }
}

/// 回放请求. What of a page is to be marked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Text as the finding quotes it.
    pub(crate) quote: String,
    /// Address whose links are marked.
    pub(crate) link: String,
}

/// 回放页面. A page made safe.
pub(crate) struct Replayed {
    /// The page, UTF-8.
    pub(crate) html: String,
    /// Places that were marked.
    pub(crate) marked: usize,
}

/// Elements that are left out with everything in them.
const LEFT_OUT: [&str; 19] = [
    "basefont",
    "bgsound",
    "script",
    "object",
    "embed",
    "applet",
    "base",
    "template",
    "noframes",
    "noembed",
    "audio",
    "video",
    "track",
    "portal",
    "fencedframe",
    "animate",
    "set",
    "animatetransform",
    "meta",
];
/// Elements without an end tag.
const VOID: [&str; 12] = [
    "area", "br", "col", "frame", "hr", "img", "input", "link", "param", "source", "wbr", "keygen",
];
/// Attributes that name an address and are left out where nothing below turns them.
const ADDRESSES: [&str; 27] = [
    "href",
    "xlink:href",
    "src",
    "srcset",
    "action",
    "formaction",
    "ping",
    "background",
    "poster",
    "cite",
    "longdesc",
    "profile",
    "manifest",
    "codebase",
    "classid",
    "data",
    "archive",
    "dynsrc",
    "lowsrc",
    "srcdoc",
    "imagesrcset",
    "icon",
    "attributionsrc",
    "target",
    "download",
    "code",
    "sandbox",
];
/// How a marked place looks, whatever the page's own styles say.
const MARK: &str = "background:#ffe27a!important;color:#1b2630!important;outline:3px solid #d98c00!important;outline-offset:1px!important";
/// The name of the first marked place, for the address to point to.
pub(crate) const MARK_ID: &str = "xuncha-quote";

/// Writes a page anew for the replay. `url` is where it came from.
pub(crate) fn rewrite(html: &str, url: &str, prefix: &str, wanted: &Wanted) -> Replayed {
    let document = facts::document(html);
    let base = base_of(&document, url);
    let archive = Archive::new(&base, prefix);
    let spots = find_spots(&document, &wanted.quote);
    let link = archive
        .resolve(&wanted.link)
        .filter(|_| !wanted.link.is_empty());
    let mut writer = Writer {
        document: &document,
        archive,
        link,
        spots,
        next_spot: 0,
        marked: 0,
        out: String::with_capacity(html.len() * 2),
    };
    writer.document();
    Replayed {
        html: writer.out,
        marked: writer.marked,
    }
}

/// See [`crate::safe_page`].
pub(crate) fn safe_page(html: &str, url: &str, prefix: &str, quote: &str) -> String {
    let wanted = Wanted {
        quote: quote.to_owned(),
        link: String::new(),
    };
    rewrite(html, url, prefix, &wanted).html
}

/// The address that the page's own ones are relative to.
fn base_of(document: &Document, url: &str) -> Url {
    let fallback = "http://invalid.invalid/";
    let own = Url::parse(url)
        .or_else(|_| Url::parse(fallback))
        .unwrap_or_else(|_| unreachable_url());
    let stated = document.base_uri();
    let stated = stated.and_then(|stated| own.join(stated.trim()).ok());
    stated
        .filter(|stated| matches!(stated.scheme(), "http" | "https"))
        .unwrap_or(own)
}

/// `about:blank` always parses; this keeps the page alive should the library ever disagree.
fn unreachable_url() -> Url {
    #[allow(clippy::expect_used)]
    Url::parse("about:blank").expect("about:blank is an address")
}

/// A step of the walk: an element to open, or the text of one to close.
enum Step {
    Open(NodeId),
    Close(String),
}

struct Writer<'a> {
    document: &'a Document,
    archive: Archive<'a>,
    link: Option<String>,
    spots: Vec<Spot>,
    next_spot: usize,
    marked: usize,
    out: String,
}

/// An element as the writer sees it.
struct Tag {
    name: String,
    attrs: Vec<(String, String)>,
}

impl Tag {
    fn attr(&self, name: &str) -> &str {
        let found = self.attrs.iter().find(|(one, _)| one == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Writer<'_> {
    fn document(&mut self) {
        self.out.push_str("<!DOCTYPE html>");
        let is_quirky = !self
            .document
            .root()
            .children()
            .iter()
            .any(|node| node.is_doctype());
        if is_quirky {
            // Pages without a document type are laid out by older rules, and so is their replay.
            self.out.clear();
        }
        let mut steps = vec![Step::Open(self.document.root().id)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Close(text) => self.out.push_str(&text),
                Step::Open(id) => self.node(id, &mut steps),
            }
        }
    }

    fn node(&mut self, id: NodeId, steps: &mut Vec<Step>) {
        enum Seen {
            Text(String),
            Element(Tag),
            Root,
            Other,
        }
        let seen = self.document.tree.query_node(&id, |node| match &node.data {
            NodeData::Text { contents } => Seen::Text(contents.to_string()),
            NodeData::Document | NodeData::Fragment => Seen::Root,
            NodeData::Element(element) => Seen::Element(Tag {
                name: element.name.local.to_lowercase(),
                attrs: element
                    .attrs
                    .iter()
                    .map(|attr| {
                        let prefix = attr.name.prefix.as_ref();
                        let local = attr.name.local.to_lowercase();
                        let name =
                            prefix.map_or(local.clone(), |prefix| format!("{prefix}:{local}"));
                        (name, attr.value.to_string())
                    })
                    .collect(),
            }),
            _ => Seen::Other,
        });
        match seen {
            Some(Seen::Text(text)) => self.text(id, &text),
            Some(Seen::Element(tag)) => self.element(id, &tag, steps),
            Some(Seen::Root) => self.children(id, steps),
            Some(Seen::Other) | None => {}
        }
    }

    fn children(&self, id: NodeId, steps: &mut Vec<Step>) {
        let mut child = self.document.tree.last_child_of(&id).map(|node| node.id);
        while let Some(next) = child {
            steps.push(Step::Open(next));
            child = self
                .document
                .tree
                .prev_sibling_of(&next)
                .map(|node| node.id);
        }
    }

    fn element(&mut self, id: NodeId, tag: &Tag, steps: &mut Vec<Step>) {
        if LEFT_OUT.contains(&tag.name.as_str()) || !is_plain_name(&tag.name) {
            return;
        }
        if tag.name == "style" {
            let css = self.text_below(id);
            let css = evidence_css::rewrite(&css, &self.archive);
            self.out.push_str("<style>");
            self.out.push_str(&css);
            self.out.push_str("</style>");
            return;
        }
        if tag.name == "link" && !is_style_sheet(tag) {
            return;
        }
        self.out.push('<');
        self.out.push_str(&tag.name);
        // The first of two attributes of a name holds, so those of the replay come first.
        self.own_attributes(tag);
        for (name, value) in &tag.attrs {
            if let Some(value) = self.attribute(tag, name, value) {
                self.push_attr(name, &value);
            }
        }
        self.out.push('>');
        if tag.name == "head" {
            self.out.push_str("<meta charset=\"utf-8\">");
        }
        if VOID.contains(&tag.name.as_str()) {
            return;
        }
        // What stands inside a frame element is for browsers that know none.
        let is_raw = matches!(tag.name.as_str(), "plaintext" | "xmp");
        if tag.name == "iframe" {
            self.out.push_str("</iframe>");
            return;
        }
        steps.push(Step::Close(format!("</{}>", tag.name)));
        if !is_raw {
            self.children(id, steps);
        }
    }

    fn push_attr(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        push_escaped(&mut self.out, value, true);
        self.out.push('"');
    }

    /// The value that an attribute keeps, or `None` where it goes.
    fn attribute(&self, tag: &Tag, name: &str, value: &str) -> Option<String> {
        if !is_plain_name(name) || name.starts_with("on") || name == "nonce" || name == "integrity"
        {
            return None;
        }
        if name == "style" {
            return Some(evidence_css::rewrite(value, &self.archive));
        }
        let is_inner = value.trim_start().starts_with('#');
        let archive = &self.archive;
        match (tag.name.as_str(), name) {
            ("a" | "area", "href") if is_inner => Some(value.trim().to_owned()),
            ("a" | "area", "href" | "xlink:href") => archive.page(value),
            ("link", "href") => archive.style(value),
            ("iframe" | "frame", "src") => archive.turned("frame", value),
            ("img" | "input", "src") => archive.asset(value),
            ("img" | "source", "srcset") => Some(self.source_set(value)),
            ("use" | "image" | "feimage", "href" | "xlink:href") if is_inner => {
                Some(value.trim().to_owned())
            }
            ("image" | "feimage", "href" | "xlink:href") => archive.asset(value),
            (_, "background") => archive.asset(value),
            _ if ADDRESSES.contains(&name) => None,
            // Presentation attributes of drawings may hold url(…) too.
            _ if value.contains('(') && is_drawing(name) => {
                Some(evidence_css::rewrite(value, archive))
            }
            _ => Some(value.to_owned()),
        }
    }

    /// Attributes that the replay adds.
    fn own_attributes(&mut self, tag: &Tag) {
        if matches!(tag.name.as_str(), "iframe" | "frame") {
            self.out.push_str(" sandbox=\"\"");
        }
        let is_marked = matches!(tag.name.as_str(), "a" | "area" | "img" | "iframe" | "link")
            && self.link.is_some()
            && [tag.attr("href"), tag.attr("src")].iter().any(|address| {
                !address.is_empty()
                    && !address.starts_with('#')
                    && self.archive.resolve(address) == self.link
            });
        if is_marked {
            let id = self.mark_id();
            self.out.push_str(&id);
            self.push_attr("style", MARK);
        }
    }

    /// The name of the first marked link where no quote is marked; later ones have none.
    fn mark_id(&mut self) -> String {
        self.marked += 1;
        if self.marked == 1 && self.spots.is_empty() {
            format!(" id=\"{MARK_ID}\"")
        } else {
            String::new()
        }
    }

    fn source_set(&self, value: &str) -> String {
        let candidates = value.split(',').filter_map(|candidate| {
            let mut words = candidate.split_whitespace();
            let address = self.archive.turned("asset", words.next()?)?;
            let size = words.next().filter(|size| {
                size.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
            });
            Some(size.map_or(address.clone(), |size| format!("{address} {size}")))
        });
        candidates.collect::<Vec<_>>().join(", ")
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let mut from = 0;
        while let Some(spot) = self
            .spots
            .get(self.next_spot)
            .filter(|spot| spot.node == id)
        {
            let (start, end, is_main) = (spot.start.max(from), spot.end, spot.is_main);
            self.next_spot += 1;
            push_escaped(&mut self.out, &text[from..start], false);
            self.marked += 1;
            let mark = match is_main {
                true => format!(" id=\"{MARK_ID}\""),
                false => String::new(),
            };
            self.out.push_str(&format!("<mark{mark} style=\"{MARK}\">"));
            push_escaped(&mut self.out, &text[start..end], false);
            self.out.push_str("</mark>");
            from = end;
        }
        push_escaped(&mut self.out, &text[from..], false);
    }

    fn text_below(&self, id: NodeId) -> String {
        let mut text = String::new();
        let mut child = self.document.tree.first_child_of(&id).map(|node| node.id);
        while let Some(next) = child {
            self.document.tree.query_node(&next, |node| {
                if let NodeData::Text { contents } = &node.data {
                    text.push_str(contents);
                }
            });
            child = self
                .document
                .tree
                .next_sibling_of(&next)
                .map(|node| node.id);
        }
        text
    }
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
}

fn is_style_sheet(tag: &Tag) -> bool {
    let rel = tag.attr("rel").to_ascii_lowercase();
    let mut words = rel.split_ascii_whitespace();
    words.clone().any(|word| word == "stylesheet") && !words.any(|word| word == "alternate")
}

fn is_drawing(name: &str) -> bool {
    matches!(
        name,
        "fill"
            | "stroke"
            | "filter"
            | "mask"
            | "clip-path"
            | "marker-start"
            | "marker-mid"
            | "marker-end"
            | "cursor"
    )
}

/// Text as it may stand between tags, or inside a quoted value.
pub(crate) fn push_escaped(out: &mut String, text: &str, is_value: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if is_value => out.push_str("&quot;"),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
