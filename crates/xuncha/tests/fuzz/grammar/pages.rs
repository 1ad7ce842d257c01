//! Pages: elements in elements as sites nest them, and soup in which nothing fits.

use super::{chance, count, texts};
use crate::mutate::{MAX_BYTES, Rng};

/// Elements that hold others.
const BLOCKS: &[&str] = &[
    "div",
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "section",
    "h1",
    "h2",
    "form",
    "center",
    "blockquote",
    "select",
    "optgroup",
    "caption",
    "colgroup",
    "button",
    "fieldset",
    "marquee",
    "object",
    "pre",
    "li",
    "dd",
    "dt",
    "iframe",
    "noscript",
    "template",
];
/// Elements within a line.
const INLINE: &[&str] = &[
    "a",
    "a",
    "span",
    "b",
    "i",
    "u",
    "font",
    "em",
    "strong",
    "nobr",
    "label",
    "small",
    "ucaptitle",
    "ruby",
    "rt",
    "option",
    "tt",
];
/// Elements without content.
const VOID: &[&str] = &[
    "br", "img", "input", "hr", "meta", "link", "base", "col", "area", "wbr", "param", "embed",
    "image", "source",
];
/// Elements that change how the rest is read.
const ODD: &[&str] = &[
    "svg",
    "math",
    "mtext",
    "annotation-xml",
    "foreignObject",
    "desc",
    "mglyph",
    "frameset",
    "frame",
    "plaintext",
    "textarea",
    "title",
    "style",
    "script",
    "xmp",
    "noembed",
    "noframes",
    "html",
    "head",
    "body",
    "listing",
    "keygen",
];
const NAMES: &[&str] = &[
    "id",
    "class",
    "style",
    "href",
    "src",
    "title",
    "name",
    "content",
    "type",
    "hidden",
    "onclick",
    "http-equiv",
    "property",
    "action",
    "method",
    "value",
    "srcset",
    "data-src",
    "charset",
    "v-for",
    "rel",
    "ID",
    "a:b",
    "=",
    "\"",
    "xlink:href",
];
const WORDS: &[&str] = &[
    "TRS_Editor",
    "zoom",
    "display:none",
    "ArticleTitle",
    "PubDate",
    "2026-03-01",
    "2026年3月1日 10:20",
    "发布时间：",
    "来源：市政府办公室",
    "青政办发〔2026〕5号",
    "首页",
    "下一页",
    "尾页",
    "2",
    "3",
    ">",
    "暂无信息",
    "页面不存在",
    "404",
    "政策解读",
    "办事指南",
    "申请条件：",
    "联系电话：",
    "网站标识码：3200000001",
    "备案号",
    "refresh",
    "0;url=/a",
    "ld+json",
    "hidden",
    "留言时间",
    "答复内容：",
    "。",
    "，",
    "\u{3000}",
    "&nbsp;",
    "&#20013;",
    "&amp",
    "&notit;",
    "x",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{200b}",
    "&#0;",
    "&#x80;",
    "<",
    "]]>",
    "--",
];

/// A page as a site may write it.
pub fn page(rng: &mut Rng) -> Vec<u8> {
    let mut out = String::new();
    if chance(rng, 70) {
        out.push_str("<!DOCTYPE html><html><head><meta charset=utf-8>");
        attribute_of(&mut out, "<meta name=", rng);
        out.push_str("<title>");
        text(&mut out, rng);
        out.push_str("</title></head><body>");
    }
    for _ in 0..count(rng, 6) {
        element(&mut out, 0, rng);
        if out.len() > MAX_BYTES {
            break;
        }
    }
    bounded(out)
}

/// Tags in any order.
pub fn soup(rng: &mut Rng) -> Vec<u8> {
    let mut out = String::new();
    if chance(rng, 30) {
        out.push_str("<!doctype html>");
    }
    // Few names meet each other more often than all of them.
    let few: Vec<&str> = (0..2 + rng.below(6)).map(|_| name(rng)).collect();
    for _ in 0..count(rng, 40) {
        let one = match chance(rng, 80) {
            true => rng.word(&few),
            false => name(rng),
        };
        match rng.below(9) {
            0..4 => tag(&mut out, one, rng),
            4..7 => out.push_str(&format!("</{one}>")),
            7 => text(&mut out, rng),
            _ => out.push_str(rng.word(&[
                "<!-- x -->",
                "<!-->",
                "</>",
                "<?x>",
                "<![CDATA[y]]>",
                "</ z>",
                "<!doctype a>",
                "<!--",
            ])),
        }
        if out.len() > MAX_BYTES {
            break;
        }
    }
    bounded(out)
}

fn bounded(mut out: String) -> Vec<u8> {
    out.truncate(out.floor_char_boundary(MAX_BYTES));
    out.into_bytes()
}

fn name(rng: &mut Rng) -> &'static str {
    match rng.below(10) {
        0..4 => rng.word(BLOCKS),
        4..8 => rng.word(INLINE),
        8 => rng.word(VOID),
        _ => rng.word(ODD),
    }
}

fn element(out: &mut String, depth: usize, rng: &mut Rng) {
    if out.len() > MAX_BYTES || depth > 40 {
        return;
    }
    match rng.below(12) {
        0 => tag(out, rng.word(VOID), rng),
        1 => {
            let kind = rng.word(&["style", "script", "textarea", "title", "xmp"]);
            tag(out, kind, rng);
            out.push_str(&String::from_utf8_lossy(&texts::references(rng)));
            out.push_str(&format!("</{kind}>"));
        }
        // The same element over and over: lists, tables, paragraphs of formatting.
        2 => {
            let from = out.len();
            element(out, depth + 1, rng);
            let piece = out[from..].to_owned();
            let times = count(rng, 10).min(MAX_BYTES / piece.len().max(1));
            out.push_str(&piece.repeat(times));
        }
        _ => {
            let kind = name(rng);
            tag(out, kind, rng);
            text(out, rng);
            for _ in 0..rng.below(4) {
                element(out, depth + 1, rng);
            }
            // Some are never closed, and some by the wrong name.
            match rng.below(12) {
                0 => {}
                1 => out.push_str(&format!("</{}>", name(rng))),
                _ => out.push_str(&format!("</{kind}>")),
            }
        }
    }
}

fn tag(out: &mut String, name: &str, rng: &mut Rng) {
    out.push('<');
    match chance(rng, 10) {
        true => out.push_str(&name.to_uppercase()),
        false => out.push_str(name),
    }
    let most = match rng.below(60) {
        0 => 3_000,
        _ => 3,
    };
    for number in 0..rng.below(most) {
        match most > 3 && chance(rng, 80) {
            true => out.push_str(&format!(" a{number}")),
            false => attribute_of(out, " ", rng),
        }
        if out.len() > MAX_BYTES {
            break;
        }
    }
    out.push_str(rng.word(&[">", ">", ">", ">", "/>", " >", ""]));
}

fn attribute_of(out: &mut String, before: &str, rng: &mut Rng) {
    out.push_str(before);
    out.push_str(rng.word(NAMES));
    let quote = rng.word(&["\"", "'", ""]);
    out.push_str(rng.word(&["=", "=", "=", " = ", ""]));
    out.push_str(quote);
    match chance(rng, 30) {
        true => out.push_str(&texts::reference(rng)),
        false => out.push_str(rng.word(WORDS)),
    }
    // Distinct values keep formatting elements apart.
    if chance(rng, 30) {
        out.push_str(&rng.below(1000).to_string());
    }
    out.push_str(quote);
}

fn text(out: &mut String, rng: &mut Rng) {
    for _ in 0..rng.below(5) {
        out.push_str(rng.word(WORDS));
    }
}
