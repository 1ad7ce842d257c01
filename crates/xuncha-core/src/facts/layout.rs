//! What a front page says of phones and of older readers: the width that its layout is fixed to, and the entry to an accessible version.

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::Layout;
use super::text::{cut, is_at_most};

/// An element that holds less of the page's text is no part of its frame.
const SHARE: u32 = 3;
/// Widths that no screen has are mistakes.
const PX_MAX: u32 = 10_000;
/// A longer text only speaks of the entry.
const ENTRY_CHARS: usize = 16;
/// Parts of the addresses of tools that make a page accessible by script.
const TOOLS: [&str; 6] = [
    "wza",
    "aria.js",
    "accessib",
    "wuzhangai",
    "slhelp",
    "barrier",
];

/// Reads a front page.
pub(crate) fn read(dom: &Dom, lexicons: &Lexicons) -> Layout {
    let (width_px, quote) = widest(dom);
    Layout {
        width_px,
        quote,
        entry: entry(dom, lexicons),
    }
}

/// Whether an address may be that of a home page or of one of its frames.
pub(crate) fn is_front(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        let parts = url.path().split('/').filter(|part| !part.is_empty());
        parts.count() <= 1 && url.query().is_none()
    })
}

/// The widest element of the frame whose width is fixed, with what fixes it.
fn widest(dom: &Dom) -> (u32, String) {
    let sheets: String = dom
        .named(Tag::Style)
        .map(|index| dom.raw_text(index).into_owned())
        .collect();
    let rules = fixed_rules(&sheets);
    let mut best = (0, String::new());
    let least = dom.chars / SHARE;
    let frame = (0..dom.nodes.len()).filter(|index| {
        let node = &dom.nodes[*index];
        node.tag != Tag::Text && !node.is_hidden() && dom.chars_of(*index) >= least.max(1)
    });
    for index in frame {
        let style = dom.attr(index, "style").unwrap_or_default();
        let limit = |width: u32| width > 0 && width < PX_MAX;
        let mut see = |width: u32, quote: String| {
            if limit(width) && width > best.0 {
                best = (width, quote);
            }
        };
        // An element that may shrink is not fixed, whatever else it says.
        let may_shrink = declared(style, "max-width").is_some();
        if let Some(width) = pixels(style, "width").filter(|_| !may_shrink) {
            see(width, format!("width:{width}px"));
        }
        if let Some(width) = pixels(style, "min-width") {
            see(width, format!("min-width:{width}px"));
        }
        if matches!(dom.name(index), "table" | "td" | "div") && !may_shrink {
            let width = dom.attr(index, "width").unwrap_or_default();
            let width = width.trim().trim_end_matches("px");
            if let Ok(width) = width.parse::<u32>() {
                see(width, format!("<{} width=\"{width}\">", dom.name(index)));
            }
        }
        let id = dom.attr(index, "id").unwrap_or_default();
        let classes = dom.attr(index, "class").unwrap_or_default();
        for (selector, width) in &rules {
            let is_named = if let Some(name) = selector.strip_prefix('.') {
                classes.split_ascii_whitespace().any(|class| class == name)
            } else if let Some(name) = selector.strip_prefix('#') {
                id == name
            } else {
                dom.name(index) == selector
            };
            if is_named {
                see(*width, format!("{selector}{{width:{width}px}}"));
            }
        }
    }
    best
}

/// Rules of a style sheet that fix a width outside of every condition: the simple selector (`.w`, `#main`, `body`) with the pixels.
fn fixed_rules(css: &str) -> Vec<(String, u32)> {
    let mut rules = Vec::new();
    let mut rest = css;
    while let Some(open) = rest.find('{') {
        let selectors = rest[..open].trim();
        let inner = &rest[open + 1..];
        if selectors.contains('@') {
            // A block of conditions holds rules of its own.
            rest = &inner[end_of_block(inner)..];
            continue;
        }
        let close = inner.find('}').unwrap_or(inner.len());
        let body = &inner[..close];
        let width = match declared(body, "max-width") {
            Some(_) => None,
            None => pixels(body, "width"),
        };
        if let Some(width) = width.or_else(|| pixels(body, "min-width")) {
            let simple = selectors.split(',').map(str::trim).filter(|selector| {
                !selector.is_empty() && !selector.contains([' ', '>', ':', '[', '+', '~', '*'])
            });
            rules.extend(simple.map(|selector| (selector.to_owned(), width)));
        }
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    rules
}

/// Where a block that was opened ends.
fn end_of_block(css: &str) -> usize {
    let mut depth = 1_u32;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    css.len()
}

/// What a style declares of a property.
fn declared<'a>(style: &'a str, property: &str) -> Option<&'a str> {
    style.split(';').find_map(|one| {
        let (name, value) = one.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case(property)
            .then(|| value.trim())
    })
}

fn pixels(style: &str, property: &str) -> Option<u32> {
    let value = declared(style, property)?;
    let value = value.trim_end_matches("!important").trim();
    let number = value.strip_suffix("px")?.trim();
    let whole = number.split('.').next().unwrap_or_default();
    whole.parse().ok()
}

/// The entry to an accessible version, quoted with where it leads; empty where none was seen.
fn entry(dom: &Dom, lexicons: &Lexicons) -> String {
    let words = &lexicons.accessible_entry;
    let says = |text: &str| {
        !text.is_empty() && is_at_most(text.trim(), ENTRY_CHARS) && words.find(text).is_some()
    };
    let by_element = (0..dom.nodes.len()).find_map(|index| {
        if !matches!(
            dom.nodes[index].tag,
            Tag::A | Tag::Img | Tag::Button | Tag::Input | Tag::Span | Tag::Area
        ) {
            return None;
        }
        let attributes = ["title", "alt", "aria-label", "value"];
        let mut said = attributes.iter().filter_map(|name| dom.attr(index, name));
        said.find(|text| says(text)).map(str::to_owned)
    });
    if let Some(said) = by_element {
        return said.trim().to_owned();
    }
    if !words.may_hit_lower(dom.lower_text()).is_empty() {
        let line = (0..dom.nodes.len())
            .filter_map(|index| dom.text_of(index))
            .find(|text| says(text));
        if let Some(line) = line {
            return line.trim().to_owned();
        }
    }
    let tool = dom
        .named(Tag::Script)
        .filter_map(|index| dom.attr(index, "src"))
        .find(|source| {
            let source = source.to_ascii_lowercase();
            TOOLS.iter().any(|tool| source.contains(tool))
        });
    tool.map_or_else(String::new, |source| format!("脚本：{}", cut(source, 80)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_page;

    fn layout(html: &str) -> Layout {
        let page = test_page("https://www.qingshi.gov.cn/", html);
        page.layout.unwrap_or_default()
    }

    #[test]
    fn a_layout_is_as_wide_as_its_frame_is_fixed() {
        let text = "青石县人民政府召开第五次常务会议，研究部署春季农业生产。".repeat(4);
        for (html, expected) in [
            (format!("<table width=1000><tr><td>{text}</table>"), 1000),
            (format!("<table width='100%'><tr><td>{text}</table>"), 0),
            (
                format!("<div style='width:1200px;margin:0 auto'>{text}</div>"),
                1200,
            ),
            (format!("<div style='max-width:1200px'>{text}</div>"), 0),
            (
                format!("<div style='width:1200px;max-width:100%'>{text}</div>"),
                0,
            ),
            (
                format!("<style>.w{{width:1100px}}</style><div class='w n'>{text}</div>"),
                1100,
            ),
            (
                format!(
                    "<style>@media (min-width:1200px){{.w{{width:1170px}}}}</style><div class=w>{text}</div>"
                ),
                0,
            ),
            (
                format!("<style>.w li a{{width:1100px}}</style><div class=w>{text}</div>"),
                0,
            ),
            (
                format!("<style>body{{min-width:1190px}}</style><div>{text}</div>"),
                1190,
            ),
            (
                format!("<div><table width=900><tr><td>短</table>{text}</div>"),
                0,
            ),
            (
                format!(
                    "<style>\u{feff}.w{{width:1100px}} {{width:990px}}</style><div class=w>{text}</div>"
                ),
                0,
            ),
        ] {
            assert_eq!(layout(&html).width_px, expected, "{html}");
        }
    }

    #[test]
    fn entries_to_an_accessible_version() {
        for (html, expected) in [
            ("<a href=/wza/>无障碍浏览</a>", "无障碍浏览"),
            ("<a href='javascript:void(0)' id=gh>关怀版</a>", "关怀版"),
            ("<img src=a.png alt=长者模式>", "长者模式"),
            ("<span onclick=go()>适老化</span>", "适老化"),
            (
                "<script src=/js/wza/tool.js></script><p>县情",
                "脚本：/js/wza/tool.js",
            ),
            (
                "<a href=/1.html>我县召开无障碍环境建设工作推进会议部署</a>",
                "",
            ),
            ("<a href=/lnr/>老年人优待证办理</a>", ""),
            ("<p>县情</p>", ""),
        ] {
            assert_eq!(layout(html).entry, expected, "{html}");
        }
    }
}
