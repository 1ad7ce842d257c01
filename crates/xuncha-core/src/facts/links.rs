//! Links of a page: everything that a browser would ask for or a reader could follow.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use encoding_rs::Encoding;
use regex::Regex;
use url::Url;

use super::dom::Dom;
use super::html::names::Tag;
use super::model::{Area, Link, LinkKind};
use super::reference::PlainBase;
use super::text::{cut, holds_word, pattern};

/// Pages that one script pager may name.
const MAX_PAGER_PAGES: u32 = 300;

/// Resolves references as the page's document does.
pub(crate) struct Resolver {
    base: Option<Url>,
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
            encoding,
        }
    }

    /// The absolute address without fragment; `None` for schemes that are not HTTP.
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let reference =
            reference.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
        if reference.is_empty() || reference.starts_with('#') {
            return None;
        }
        if let Some(url) = self.plain.as_ref().and_then(|base| base.resolve(reference)) {
            return Some(url);
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
}

/// How a query is written in an encoding, as the URL standard wants it (what does not fit becomes `&#NNNN;`).
pub(crate) fn encoder(encoding: &'static Encoding) -> impl Fn(&str) -> Cow<'_, [u8]> {
    move |text| encoding.encode(text).0
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A link with the node that holds it.
pub(crate) struct Found {
    /// The link.
    pub link: Link,
    /// Its element.
    pub node: usize,
}

/// All references of the page in document order, not yet merged.
pub(crate) fn find(dom: &Dom, resolver: &Resolver) -> Vec<Found> {
    let mut found = Vec::new();
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        if node.is_inert {
            continue;
        }
        let mut push = |reference: &str, kind: LinkKind, text: String| {
            if let Some(url) = resolver.resolve(reference) {
                let link = Link {
                    url,
                    kind,
                    text,
                    area: node.area,
                    count: 1,
                };
                found.push(Found { link, node: index });
            }
        };
        read_element(dom, index, &mut push);
        if let Some(style) = dom.attr(index, "style") {
            for reference in css_urls(style) {
                push(&reference, LinkKind::Image, String::new());
            }
        }
        if let Some(background) = dom.attr(index, "background") {
            push(background, LinkKind::Image, String::new());
        }
    }
    found
}

fn read_element(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, String)) {
    let attr = |name: &str| dom.attr(index, name);
    match dom.nodes[index].tag {
        Tag::A | Tag::Area => {
            if let Some(href) = attr("href") {
                push(href, LinkKind::Anchor, anchor_text(dom, index));
            }
        }
        Tag::Img => {
            let text = cut(attr("alt").or(attr("title")).unwrap_or("").trim(), 80);
            if let Some(src) = attr("src") {
                push(src, LinkKind::Image, text.clone());
            }
            for name in ["data-src", "data-original", "lazy-src"] {
                if let Some(src) = attr(name) {
                    push(src, LinkKind::Image, text.clone());
                }
            }
            for reference in attr("srcset").map(srcset).unwrap_or_default() {
                push(&reference, LinkKind::Image, text.clone());
            }
        }
        Tag::Input if attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image")) => {
            push(
                attr("src").unwrap_or(""),
                LinkKind::Image,
                attr("alt").unwrap_or("").to_owned(),
            );
        }
        Tag::Link => read_link_element(dom, index, push),
        Tag::Script => match attr("src") {
            Some(src) => push(src, LinkKind::Script, String::new()),
            None => read_script(dom, index, push),
        },
        Tag::Style => {
            for (reference, is_import) in style_sheet(&dom.raw_text(index)) {
                push(
                    &reference,
                    if is_import {
                        LinkKind::Style
                    } else {
                        LinkKind::Image
                    },
                    String::new(),
                );
            }
        }
        Tag::Iframe | Tag::Frame => push(
            attr("src").unwrap_or(""),
            LinkKind::Frame,
            attr("title").unwrap_or("").to_owned(),
        ),
        Tag::Form => push(attr("action").unwrap_or(""), LinkKind::Form, String::new()),
        Tag::Object => push(attr("data").unwrap_or(""), LinkKind::Media, String::new()),
        Tag::Embed | Tag::Video | Tag::Audio | Tag::Source | Tag::Track => {
            push(attr("src").unwrap_or(""), LinkKind::Media, String::new());
            push(attr("poster").unwrap_or(""), LinkKind::Image, String::new());
            for reference in attr("srcset").map(srcset).unwrap_or_default() {
                push(&reference, LinkKind::Image, String::new());
            }
        }
        Tag::Meta
            if attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) =>
        {
            if let Some(target) = attr("content").and_then(refresh_target) {
                push(&target, LinkKind::Refresh, String::new());
            }
        }
        _ => {}
    }
}

fn read_link_element(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, String)) {
    let Some(href) = dom.attr(index, "href") else {
        return;
    };
    let rel = dom.attr(index, "rel").unwrap_or("").to_ascii_lowercase();
    let mut words = rel.split_ascii_whitespace();
    if words.clone().any(|word| word == "stylesheet") {
        push(href, LinkKind::Style, String::new());
    } else if words.any(|word| matches!(word, "icon" | "shortcut" | "apple-touch-icon")) {
        push(href, LinkKind::Image, String::new());
    }
}

fn read_script(dom: &Dom, index: usize, push: &mut dyn FnMut(&str, LinkKind, String)) {
    let script = dom.raw_text(index);
    for page in pager_pages(&script) {
        push(&page, LinkKind::Pager, String::new());
    }
    // Only an entrance page jumps at once; on others such a statement stands in a function that waits for a click.
    if dom.chars < 200
        && let Some(target) = location_target(&script)
    {
        push(&target, LinkKind::Refresh, String::new());
    }
}

/// Text, title or the alternative text of the image inside.
pub(crate) fn anchor_text(dom: &Dom, index: usize) -> String {
    anchor_words(dom, index).to_owned()
}

/// [`anchor_text`] of an `a` or `area`, read once for all readers.
pub(crate) fn anchor_words(dom: &Dom, index: usize) -> &str {
    let all = dom.anchor_texts.get_or_init(|| {
        let mut all: Vec<(usize, String)> = dom
            .named(Tag::A)
            .chain(dom.named(Tag::Area))
            .map(|index| (index, read_anchor_text(dom, index)))
            .collect();
        all.sort_unstable_by_key(|(node, _)| *node);
        all
    });
    all.binary_search_by_key(&index, |(node, _)| *node)
        .map_or("", |at| all[at].1.as_str())
}

fn read_anchor_text(dom: &Dom, index: usize) -> String {
    let title = dom.attr(index, "title").unwrap_or("").trim();
    let text = dom.text(index);
    let is_cut = text.ends_with("...") || text.ends_with('…');
    let is_worse = is_cut && title.chars().count() >= text.chars().count();
    if !text.is_empty() && !is_worse {
        return cut(&text, 80);
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

/// Merges equal (address, kind); the first text and area stand, occurrences are counted.
pub(crate) fn distinct(found: &[Found]) -> Vec<Link> {
    // A number for the address spares comparing the long beginnings that addresses of one site share.
    let mut seen: BTreeMap<(u64, &str, LinkKind), usize> = BTreeMap::new();
    let mut links: Vec<Link> = Vec::new();
    for Found { link, .. } in found {
        let number = number_of(&link.url);
        match seen.get(&(number, link.url.as_str(), link.kind)) {
            Some(at) => {
                let first = &mut links[*at];
                first.count += 1;
                if first.text.is_empty() {
                    first.text.clone_from(&link.text);
                }
                if link.area == Area::Body {
                    first.area = Area::Body;
                }
            }
            None => {
                seen.insert((number, &link.url, link.kind), links.len());
                links.push(link.clone());
            }
        }
    }
    links
}

/// A number that differs for nearly all texts.
fn number_of(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0, |number: u64, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (number.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95)
    })
}

fn srcset(value: &str) -> Vec<String> {
    value
        .split(", ")
        .filter_map(|candidate| candidate.split_ascii_whitespace().next())
        .map(|reference| reference.trim_end_matches(',').to_owned())
        .filter(|reference| !reference.starts_with("data:"))
        .collect()
}

fn refresh_target(content: &str) -> Option<String> {
    static TARGET: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?i)^\s*[\d.]+\s*[;,]\s*(?:url\s*=)?\s*['"]?([^'"]+)"#));
    TARGET
        .captures(content)
        .map(|found| found[1].trim().to_owned())
}

fn css_urls(style: &str) -> Vec<String> {
    static URL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?i)url\(\s*['"]?([^'")]+)['"]?\s*\)"#));
    if !style.contains("url(") && !style.contains("URL(") {
        return Vec::new();
    }
    URL.captures_iter(style)
        .map(|found| found[1].trim().to_owned())
        .collect()
}

/// Addresses in a style sheet; true for `@import`. Comments and `@font-face` sources of other formats are left as they are.
fn style_sheet(css: &str) -> Vec<(String, bool)> {
    static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"(?i)@import\s+(?:url\(\s*)?['"]?([^'");\s]+)['"]?\s*\)?[^;]*;"#)
    });
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)/\*.*?\*/"));
    let css = if css.contains("/*") {
        COMMENT.replace_all(css, "")
    } else {
        Cow::Borrowed(css)
    };
    let addresses = |css: &str| {
        css_urls(css)
            .into_iter()
            .map(|found| (found, false))
            .collect()
    };
    if !holds_word(&css, "@import") {
        return addresses(&css);
    }
    let mut found: Vec<(String, bool)> = IMPORT
        .captures_iter(&css)
        .map(|hit| (hit[1].to_owned(), true))
        .collect();
    let rest = IMPORT.replace_all(&css, "");
    let others: Vec<(String, bool)> = addresses(&rest);
    found.extend(others);
    found
}

/// Pages named by `createPageHTML(count, current, "index", "html")` and its relatives.
pub(crate) fn pager_pages(script: &str) -> Vec<String> {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)\b(?:createPageHTML|create_page_html|createPage|showPage|pageHtml)\s*\(\s*['"]?(\d{1,5})['"]?\s*,\s*['"]?(\d{1,5})['"]?\s*,\s*['"]([\w./-]{1,80})['"]\s*,\s*['"]\.?(\w{2,6})['"]"#,
        )
    });
    static JPAGE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\bcountPage\s*=\s*(\d{1,5})(?s:.){0,600}?index(?s:.){0,200}?\.(s?html?)\b")
    });
    let mut pages = Vec::new();
    // The patterns are slow on long scripts; each needs one of these. The first letter of `showPage` has more than two cases.
    let may_call = ["createpage", "create_page_html", "howpage", "pagehtml"]
        .iter()
        .any(|name| holds_word(script, name));
    let calls = may_call.then(|| CALL.captures_iter(script));
    for call in calls.into_iter().flatten() {
        let count: u32 = call[1].parse().unwrap_or(0);
        let (name, extension) = (&call[3], &call[4]);
        // A pager that calls the first page 1 names the others from 2 on; one that calls it 0 from 1 on.
        let (first, end) = if &call[2] == "0" {
            (1, count)
        } else {
            (2, count + 1)
        };
        for page in first..end.min(MAX_PAGER_PAGES) {
            pages.push(format!("{name}_{page}.{extension}"));
        }
    }
    if holds_word(script, "countpage")
        && let Some(hit) = JPAGE.captures(script)
    {
        let count: u32 = hit[1].parse().unwrap_or(0);
        for page in 2..=count.min(MAX_PAGER_PAGES) {
            pages.push(format!("index_{page}.{}", &hit[2]));
        }
    }
    pages
}

fn location_target(script: &str) -> Option<String> {
    static TARGET: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?:^|[;{\s.])location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*['"]([^'"]+)['"]\s*(?:[;)\n}]|$)"#,
        )
    });
    TARGET.captures(script).map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(html: &str, encoding: &'static Encoding) -> Vec<(String, LinkKind)> {
        let dom = Dom::parse(html);
        let resolver = Resolver::new("https://www.qingshi.gov.cn/a/b.html", &dom, encoding);
        distinct(&find(&dom, &resolver))
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
