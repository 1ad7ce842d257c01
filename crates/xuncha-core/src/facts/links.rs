//! Links of a page: everything that a browser would ask for or a reader could follow.

use std::borrow::Cow;

use encoding_rs::Encoding;
use percent_encoding::percent_decode_str;
use url::Url;

use super::dom::{AnchorTexts, Dom};
use super::html::names::Tag;
use super::model::LinkKind;
use super::reference::PlainBase;
use super::refresh::refresh;
use super::text::cut;
use super::{inline, style};

pub(crate) use merged::{Collector, PageLinks};

mod merged;

/// Resolves references as the page's document does.
pub(crate) struct Resolver {
    base: Option<Url>,
    has_base: bool,
    plain: Option<PlainBase>,
    encoding: &'static Encoding,
}

impl Resolver {
    /// For a document at `document_url` with its `<base href>`.
    pub fn new(document_url: &str, dom: &Dom, encoding: &'static Encoding) -> Resolver {
        let document = Url::parse(document_url).ok();
        let base_href = dom
            .named(Tag::Base)
            .find_map(|index| dom.attr(index, "href"));
        let has_base = base_href.is_some();
        let base = match (document, base_href) {
            (Some(document), Some(href)) => document
                .join(href.trim())
                .ok()
                .filter(is_http)
                .or(Some(document)),
            (document, _) => document,
        };
        let is_ascii_compatible = encoding.is_ascii_compatible();
        Resolver {
            plain: base
                .as_ref()
                .filter(|_| is_ascii_compatible)
                .and_then(PlainBase::new),
            base,
            has_base,
            encoding,
        }
    }

    /// The absolute address without fragment; `None` for schemes that are not HTTP, and where a template has not been filled in.
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let mut url = String::new();
        self.resolve_into(reference, &mut url).then_some(url)
    }

    /// Writes the absolute address without fragment over what stood there; false for schemes that are not HTTP.
    pub fn resolve_into(&self, reference: &str, out: &mut String) -> bool {
        let reference = trimmed(reference);
        if reference.is_empty() || reference.starts_with('#') {
            return false;
        }
        let plain = self.plain.as_ref();
        if plain.is_some_and(|base| base.resolve_into(reference, out)) {
            return true;
        }
        match self.resolve_hard(reference) {
            Some(url) => *out = url,
            None => return false,
        }
        true
    }

    fn resolve_hard(&self, reference: &str) -> Option<String> {
        if names_other_scheme(reference) || inline::has_placeholder(reference) {
            return None;
        }
        let encode = encoder(self.encoding);
        let mut url = Url::options()
            .base_url(self.base.as_ref())
            .encoding_override(Some(&encode))
            .parse(reference)
            .ok()
            .filter(is_http)?;
        url.set_fragment(None);
        Some(url.into())
    }

    /// Whether references are resolved against another address than the document's.
    pub fn has_base(&self) -> bool {
        self.has_base
    }
}

/// How a query is written in an encoding, as the URL standard wants it (what does not fit becomes `&#NNNN;`).
pub(crate) fn encoder(encoding: &'static Encoding) -> impl Fn(&str) -> Cow<'_, [u8]> {
    move |text| encoding.encode(text).0
}

/// Whether a reference begins with a scheme that is not HTTP. Pictures in `data:` are long, and parsing them says no more.
fn names_other_scheme(reference: &str) -> bool {
    let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'-' | b'.');
    let bytes = reference.as_bytes();
    let Some(end) = bytes.iter().take(32).position(ends) else {
        return false;
    };
    let scheme = &reference[..end];
    bytes[end] == b':'
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && !scheme.eq_ignore_ascii_case("http")
        && !scheme.eq_ignore_ascii_case("https")
}

/// White space and control characters around a reference do not belong to it.
pub(crate) fn trimmed(reference: &str) -> &str {
    reference.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control())
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// All references of the page in document order, equal ones (address and kind) merged.
pub(crate) fn find(dom: &Dom, resolver: &Resolver) -> PageLinks {
    let mut found = Collector::for_page(dom);
    let mut url = String::new();
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        // Only attributes and the content of scripts and style sheets hold references.
        let holds_none =
            node.attr_range().is_empty() && !matches!(node.tag, Tag::Script | Tag::Style);
        if node.is_inert() || holds_none {
            continue;
        }
        let mut push = |reference: &str, kind: LinkKind, text: &str| {
            if resolver.resolve_into(reference, &mut url) {
                found.push(index, &url, kind, text, node.area);
            }
        };
        read_element(dom, index, &mut push);
        let (mut handler, mut style, mut background) = (None, None, None);
        for (name, value) in dom.attrs(index) {
            match name {
                "onclick" => handler = Some(value),
                "style" => style = Some(value),
                "background" => background = Some(value),
                _ => {}
            }
        }
        read_handlers(dom, index, handler, &mut push);
        for reference in style.map(style::urls).unwrap_or_default() {
            push(&reference, LinkKind::Image, "");
        }
        if let Some(background) = background {
            push(background, LinkKind::Image, "");
        }
    }
    found.links
}

/// Addresses in `onclick` and in `javascript:` links.
fn read_handlers(
    dom: &Dom,
    index: usize,
    handler: Option<&str>,
    push: &mut dyn FnMut(&str, LinkKind, &str),
) {
    let script_of = |href: &str| {
        let href = trimmed(href);
        let scheme = href.get(..11)?;
        scheme.eq_ignore_ascii_case("javascript:").then(|| {
            percent_decode_str(&href[11..])
                .decode_utf8_lossy()
                .into_owned()
        })
    };
    let link = matches!(dom.nodes[index].tag, Tag::A | Tag::Area)
        .then(|| dom.attr(index, "href").and_then(script_of))
        .flatten();
    for script in handler.into_iter().chain(link.as_deref()) {
        for address in inline::addresses(script) {
            push(&address, LinkKind::Inline, anchor_words(dom, index));
        }
    }
}

fn read_element(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, &str)) {
    let attr = |name: &str| dom.attr(index, name);
    match dom.nodes[index].tag {
        Tag::A | Tag::Area => {
            if let Some(href) = attr("href") {
                push(href, LinkKind::Anchor, anchor_words(dom, index));
            }
        }
        Tag::Img => {
            let text = cut(attr("alt").or(attr("title")).unwrap_or("").trim(), 80);
            if let Some(src) = attr("src") {
                push(src, LinkKind::Image, &text);
            }
            for name in ["data-src", "data-original", "lazy-src"] {
                if let Some(src) = attr(name) {
                    push(src, LinkKind::Image, &text);
                }
            }
            for name in ["srcset", "data-srcset"] {
                for reference in attr(name).map(srcset).unwrap_or_default() {
                    push(&reference, LinkKind::Image, &text);
                }
            }
        }
        Tag::Input if attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image")) => {
            push(
                attr("src").unwrap_or(""),
                LinkKind::Image,
                attr("alt").unwrap_or(""),
            );
        }
        Tag::Link => read_link_element(dom, index, push),
        Tag::Script => match attr("src") {
            Some(src) => push(src, LinkKind::Script, ""),
            None => read_script(dom, index, push),
        },
        Tag::Style => {
            for (reference, is_import) in style::sheet(&dom.raw_text(index)) {
                push(
                    &reference,
                    if is_import {
                        LinkKind::Style
                    } else {
                        LinkKind::Image
                    },
                    "",
                );
            }
        }
        Tag::Iframe | Tag::Frame => push(
            attr("src").unwrap_or(""),
            LinkKind::Frame,
            attr("title").unwrap_or(""),
        ),
        Tag::Form => push(
            attr("action").unwrap_or(""),
            LinkKind::Form,
            form_method(attr("method")),
        ),
        Tag::Select
            if attr("onchange")
                .is_some_and(|code| code.contains("open") || code.contains("location")) =>
        {
            read_jump_menu(dom, index, push);
        }
        // Of SVG: `xlink:href` stands in the tree as `href`.
        Tag::Image => push(attr("href").unwrap_or(""), LinkKind::Image, ""),
        Tag::Other if dom.name(index) == "use" => {
            push(attr("href").unwrap_or(""), LinkKind::Image, "");
        }
        Tag::Object => push(attr("data").unwrap_or(""), LinkKind::Media, ""),
        Tag::Embed | Tag::Video | Tag::Audio | Tag::Source | Tag::Track => {
            push(attr("src").unwrap_or(""), LinkKind::Media, "");
            push(attr("poster").unwrap_or(""), LinkKind::Image, "");
            for reference in attr("srcset").map(srcset).unwrap_or_default() {
                push(&reference, LinkKind::Image, "");
            }
        }
        Tag::Meta
            if attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) =>
        {
            if let Some(target) = attr("content").and_then(refresh_target) {
                push(&target, LinkKind::Refresh, "");
            }
        }
        _ => {}
    }
}

/// Relations of `link` that a browser fetches, and those that a reader follows. `dns-prefetch`, `canonical`, `pingback` and their like
/// name no document to open.
const FETCHED_RELATIONS: [&str; 3] = ["manifest", "preload", "modulepreload"];
const FOLLOWED_RELATIONS: [&str; 3] = ["alternate", "next", "prev"];

fn read_link_element(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, &str)) {
    let Some(href) = dom.attr(index, "href") else {
        return;
    };
    let rel = dom.attr(index, "rel").unwrap_or("").to_ascii_lowercase();
    let mut words = rel.split_ascii_whitespace();
    if words.clone().any(|word| word == "stylesheet") {
        push(href, LinkKind::Style, "");
    } else if words
        .clone()
        .any(|word| matches!(word, "icon" | "shortcut" | "apple-touch-icon"))
    {
        push(href, LinkKind::Image, "");
    } else if words.clone().any(|word| FETCHED_RELATIONS.contains(&word)) {
        push(href, LinkKind::Media, "");
    } else if words.any(|word| FOLLOWED_RELATIONS.contains(&word)) {
        let kind = dom.attr(index, "type").unwrap_or("").to_ascii_lowercase();
        // Feeds are read by programs, oEmbed by other sites.
        if kind.is_empty() || kind.contains("html") {
            push(href, LinkKind::Inline, "");
        } else if !kind.contains("oembed") {
            push(href, LinkKind::Media, "");
        }
    }
}

/// How a form is sent; an address that takes a POST says nothing to a GET.
fn form_method(method: Option<&str>) -> &'static str {
    match method {
        Some(method) if method.trim().eq_ignore_ascii_case("post") => "post",
        Some(method) if method.trim().eq_ignore_ascii_case("dialog") => "post",
        _ => "get",
    }
}

/// Addresses of a menu that jumps when something is chosen (友情链接).
fn read_jump_menu(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, &str)) {
    let options = dom
        .inside(index)
        .filter(|inner| dom.name(*inner) == "option");
    for option in options {
        let value = dom.attr(option, "value").unwrap_or("").trim();
        let is_address = value.starts_with("http://") || value.starts_with("https://");
        if is_address {
            push(value, LinkKind::Inline, &cut(&dom.text(option), 80));
        }
    }
}

fn read_script(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, &str)) {
    let script = dom.raw_text(index);
    for page in inline::pager_pages(&script) {
        push(&page, LinkKind::Pager, "");
    }
    // Only an entrance page jumps at once; on others such a statement stands in a function that waits for a click.
    let jump = (dom.chars < 200)
        .then(|| inline::location_target(&script))
        .flatten();
    for address in inline::addresses(&script) {
        if jump.as_ref() != Some(&address) {
            push(&address, LinkKind::Inline, "");
        }
    }
    if let Some(target) = jump {
        push(&target, LinkKind::Refresh, "");
    }
}

/// [`anchor_words`] to keep.
pub(crate) fn anchor_text(dom: &Dom, index: usize) -> String {
    anchor_words(dom, index).to_owned()
}

/// Text of an `a` or `area`, its title or the alternative text of the image inside; read once for all readers.
pub(crate) fn anchor_words<'a>(dom: &'a Dom, index: usize) -> &'a str {
    anchor_texts(dom).of(index)
}

/// Texts of all links of the page, one behind the other: what does not stand here stands in none of them.
pub(crate) fn all_anchor_words<'a>(dom: &'a Dom) -> &'a str {
    anchor_texts(dom).all()
}

fn anchor_texts<'a>(dom: &'a Dom) -> &'a AnchorTexts {
    dom.anchor_texts.get_or_init(|| {
        let mut all = AnchorTexts::default();
        let (mut anchors, mut areas) = (
            dom.named(Tag::A).peekable(),
            dom.named(Tag::Area).peekable(),
        );
        loop {
            let is_area = match (anchors.peek(), areas.peek()) {
                (Some(anchor), Some(area)) => area < anchor,
                (None, None) => break all,
                (anchor, _) => anchor.is_none(),
            };
            let next = if is_area {
                areas.next()
            } else {
                anchors.next()
            };
            if let Some(index) = next {
                all.push(index, &read_anchor_text(dom, index));
            }
        }
    })
}

fn read_anchor_text(dom: &Dom, index: usize) -> String {
    let title = dom.attr(index, "title").unwrap_or("").trim();
    let mut text = dom.text(index);
    let is_cut = text.ends_with("...") || text.ends_with('…');
    let shown = text.trim_end_matches(['.', '…']);
    let is_whole = title.len() > shown.len() && title.starts_with(shown);
    let is_worse = is_cut && (is_whole || title.chars().count() >= text.chars().count());
    if !text.is_empty() && !is_worse {
        if let Some((end, _)) = text.char_indices().nth(80) {
            text.truncate(end);
        }
        return text;
    }
    if !title.is_empty() {
        return cut(title, 80);
    }
    dom.inside(index)
        .filter(|inner| dom.name(*inner) == "img")
        .find_map(|inner| dom.attr(inner, "alt"))
        .map(|alt| cut(alt.trim(), 80))
        .unwrap_or_default()
}

/// Candidates of a `srcset` by the HTML standard: an address may hold commas, a descriptor stands after white space.
fn srcset(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (address, after) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        rest = if bare.len() < address.len() {
            after
        } else {
            after.split_once(',').map_or("", |(_, next)| next)
        };
        found.push(bare.to_owned());
    }
}

/// Where a refresh leads; one without an address loads the page itself again and is no link.
fn refresh_target(content: &str) -> Option<String> {
    let (_, address) = refresh(content.as_bytes())?;
    let address = std::str::from_utf8(address).ok()?.trim();
    (!address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(html: &str, encoding: &'static Encoding) -> Vec<(String, LinkKind)> {
        let dom = Dom::parse(html);
        let resolver = Resolver::new("https://www.qingshi.gov.cn/a/b.html", &dom, encoding);
        find(&dom, &resolver)
            .into_links()
            .into_iter()
            .map(|link| (link.url, link.kind))
            .collect()
    }

    #[test]
    fn references_are_resolved_like_a_browser_does() {
        let utf8 = encoding_rs::UTF_8;
        let gbk = encoding_rs::GB18030;
        let table: [(&str, &'static Encoding, &[&str]); 14] = [
            (
                "<script>createPage(3,1,'index','shtml');</script>",
                utf8,
                &[
                    "https://www.qingshi.gov.cn/a/index_2.shtml",
                    "https://www.qingshi.gov.cn/a/index_3.shtml",
                ],
            ),
            (
                "<script>var countPage = 2; var currentPage = 1; document.write(\"<a href='index\"+p+\".html'>\");</script>",
                utf8,
                &["https://www.qingshi.gov.cn/a/index_2.html"],
            ),
            (
                "<a href=' ./c.html#top '>x</a>",
                utf8,
                &["https://www.qingshi.gov.cn/a/c.html"],
            ),
            (
                r"<a href='\xw\1.html'>x</a>",
                utf8,
                &["https://www.qingshi.gov.cn/xw/1.html"],
            ),
            (
                "<base href='/root/'><a href='c'>x</a>",
                utf8,
                &["https://www.qingshi.gov.cn/root/c"],
            ),
            (
                "<a href='/s?q=政'>x</a>",
                gbk,
                &["https://www.qingshi.gov.cn/s?q=%D5%FE"],
            ),
            (
                "<a href='/政'>x</a>",
                gbk,
                &["https://www.qingshi.gov.cn/%E6%94%BF"],
            ),
            (
                "<a href='javascript:;'>x</a><a href='mailto:a@b'>y</a><a href='#'>z</a><a href=''>e</a>",
                utf8,
                &[],
            ),
            ("<noscript><img src=/t.gif></noscript>", utf8, &[]),
            (
                "<meta http-equiv=refresh content='0; url=/home/'>",
                utf8,
                &["https://www.qingshi.gov.cn/home/"],
            ),
            (
                "<script>window.location.href='/index2.html';</script>",
                utf8,
                &["https://www.qingshi.gov.cn/index2.html"],
            ),
            (
                "<script>function s(){location.href='/s?q='+k;}</script>",
                utf8,
                &[],
            ),
            (
                "<script>createPageHTML(3, 0, \"index\", \"html\");</script>",
                utf8,
                &[
                    "https://www.qingshi.gov.cn/a/index_1.html",
                    "https://www.qingshi.gov.cn/a/index_2.html",
                ],
            ),
            (
                "<style>/* url(x.png) */ .a{background:url('y.png')}</style>",
                utf8,
                &["https://www.qingshi.gov.cn/a/y.png"],
            ),
        ];
        for (html, encoding, expected) in table {
            let found: Vec<String> = urls(html, encoding)
                .into_iter()
                .map(|(url, _)| url)
                .collect();
            assert_eq!(found, expected, "{html}");
        }
    }
}
