//! An article page: title, body, publication, source, document number, issuer.

mod content;
mod lone;
mod number;
mod teasers;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use self::content::content;
use self::lone::lone_title;
use self::number::document_number;
use self::teasers::is_list_of_teasers;
use super::dates;
use super::dom::{Dom, Line};
use super::html::count_visible;
use super::html::names::{Set, Tag};
use super::links::PageLinks;
use super::model::{Area, ArticleFacts};
use super::text::{bare, bare_first, cut, is_at_most, pattern};
use super::titles::ends_as_site;

/// Characters kept of a body.
const BODY_LIMIT: usize = 4000;

/// What reading an article needs.
pub(crate) struct Input<'a> {
    pub dom: &'a Dom<'a>,
    pub links: &'a PageLinks,
    pub metas: &'a BTreeMap<String, String>,
    pub page_title: &'a str,
    /// What the header calls the site; empty where it shows no name.
    pub header_name: &'a str,
    pub url: &'a str,
    pub today: Date,
    /// Where the items of dated lists stand: their days are of other articles.
    pub listed: &'a [Range<usize>],
}

/// What a tag with the source may repeat before it.
const SOURCE_LABEL: [&str; 2] = ["来源：", "来源:"];

/// A title in a tag without the line breaks that its editor set.
fn without_breaks(title: &str) -> Cow<'_, str> {
    if !title.contains('<') {
        return Cow::Borrowed(title);
    }
    let breaks = ["<br>", "<br/>", "<br />", "<BR>", "<BR/>"];
    let whole = breaks
        .iter()
        .fold(title.to_owned(), |title, tag| title.replace(tag, ""));
    Cow::Owned(whole)
}

/// Reads the page as an article; `None` where it is a list, an entrance or next to empty.
pub(crate) fn read(input: &Input<'_>) -> Option<ArticleFacts> {
    let dom = input.dom;
    let meta_title = input.metas.get("ArticleTitle").map_or("", String::as_str);
    let meta_title = &*without_breaks(meta_title.trim());
    let body_node = body_node(dom);
    let title_node = title_node(input, meta_title, body_node);
    let title = if meta_title.is_empty() {
        title_node.map(|index| dom.text(index)).unwrap_or_default()
    } else {
        meta_title.to_owned()
    };
    let has_content_metas = !meta_title.is_empty()
        || input
            .metas
            .get("PubDate")
            .is_some_and(|value| !value.is_empty());
    let is_picture = || is_picture(input, title_node);
    if !has_content_metas
        && (title.is_empty()
            || !is_mostly_prose(dom, body_node) && !is_picture()
            || is_list_of_teasers(input, title_node, body_node))
    {
        return None;
    }
    let body = body_node.map(|index| index..dom.nodes[index].end());
    let context = dates::Context {
        dom,
        metas: input.metas,
        url: input.url,
        today: input.today,
        title_node,
        body: body.clone(),
        listed: input.listed,
    };
    let published = dates::publication(&context);
    let later = dates::later(&context, published.as_ref());
    let (body_lines, text) = match body.clone() {
        Some(body) => {
            let (lines, text) = content(dom, body, title_node, &title);
            (lines, Some(text))
        }
        None => (Vec::new(), None),
    };
    let body_chars = text.as_ref().map_or(0, |text| dom.chars_between(text));
    let start = title_node.map_or(0, |title| dates::head_start(dom, title));
    let source = input
        .metas
        .get("ContentSource")
        .map(|value| {
            let label = SOURCE_LABEL
                .iter()
                .find_map(|label| value.trim().strip_prefix(*label));
            label.unwrap_or(value).trim().to_owned()
        })
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| {
            labelled(
                dom,
                start,
                &[
                    "来源",
                    "来源于",
                    "信息来源",
                    "稿件来源",
                    "文章来源",
                    "内容来源",
                    "新闻来源",
                ],
            )
        });
    let body_links = match &text {
        Some(range) => input
            .links
            .of_anchors(dom, |anchor| range.contains(&anchor.node)),
        None => Vec::new(),
    };
    let document_number = document_number(dom, &body_lines, start, &title);
    Some(ArticleFacts {
        issuer: issuer(dom, &body_lines),
        title: cut(&title, 200),
        published,
        source: cut(&source, 60),
        body_chars,
        body: first_chars(&body_lines, BODY_LIMIT),
        document_number,
        body_links,
        later,
    })
}

/// The first characters of a text by its lines.
fn first_chars(lines: &[Line], limit: usize) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        // What follows the limit is not copied: a line may be megabytes long.
        text.push_str(&cut(&line.text, limit));
        if !is_at_most(&text, limit) {
            return cut(&text, limit);
        }
    }
    text
}

/// Prose characters (outside of links) collected by the parents of text blocks; the richest element is the body.
fn body_node(dom: &Dom) -> Option<usize> {
    if let Some(named) = named_body(dom) {
        return Some(named);
    }
    let mut scores: BTreeMap<usize, u32> = BTreeMap::new();
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        let Some(text) = dom.text_of(index) else {
            continue;
        };
        if node.is_hidden() || node.area != Area::Body {
            continue;
        }
        let chars = count_visible(text);
        if chars < 2
            || dom
                .ancestors(index)
                .take(3)
                .any(|up| dom.nodes[up].tag == Tag::A)
        {
            continue;
        }
        // The block that holds the text, its parent in full, its grandparent by half.
        let Some(block) = dom
            .ancestors(index)
            .find(|up| super::dom::is_block(dom.nodes[*up].tag))
        else {
            continue;
        };
        let owner = if matches!(
            dom.name(block),
            "p" | "h1" | "h2" | "h3" | "h4" | "li" | "tr" | "td" | "blockquote" | "pre"
        ) {
            dom.nodes[block].parent()
        } else {
            block
        };
        *scores.entry(owner).or_default() += chars * 2;
        *scores.entry(dom.nodes[owner].parent()).or_default() += chars;
    }
    scores
        .into_iter()
        .filter(|(index, _)| !matches!(dom.name(*index), "#document" | "html"))
        .max_by(|left, right| left.1.cmp(&right.1).then(right.0.cmp(&left.0)))
        .map(|(index, _)| widen(dom, index))
}

/// A table's body is the table; a cell grid alone would lose the rows around.
fn widen(dom: &Dom, index: usize) -> usize {
    if matches!(dom.name(index), "tr" | "tbody" | "ul" | "dl" | "ol") {
        return dom
            .closest(index, &["table", "div", "td", "section", "article"])
            .unwrap_or(index);
    }
    index
}

/// Containers that CMSs name for the body.
fn named_body(dom: &Dom) -> Option<usize> {
    const NAMES: [&str; 22] = [
        "trs_editor",
        "trs_ueditor",
        "zoom",
        "zoomcon",
        "article-content",
        "article_content",
        "articlecontent",
        "pages_content",
        "js_content",
        "ucap-content",
        "view-content",
        "news_content",
        "news-content",
        "content-text",
        "article-body",
        "article_body",
        "articlebody",
        "maincontent-text",
        "conzt",
        "wz_zoom",
        "post_text",
        "arti_content",
    ];
    let found = (0..dom.nodes.len()).find(|index| {
        dom.nodes[*index].area == Area::Body
            && !dom.tokens(*index).is_empty()
            && dom
                .tokens(*index)
                .split_ascii_whitespace()
                .any(|word| NAMES.contains(&word))
    })?;
    (dom.chars_of(found) > 0).then_some(found)
}

/// Body text outweighs link text.
fn is_mostly_prose(dom: &Dom, body: Option<usize>) -> bool {
    let Some(body) = body else { return false };
    let chars = dom.chars_of(body);
    let links: u32 = dom
        .inside(body)
        .filter(|inner| dom.name(*inner) == "a")
        .map(|anchor| dom.chars_of(anchor))
        .sum();
    // Dates and counters beside links are no prose, runs of text are.
    let prose: u32 = dom
        .inside(body)
        .filter(|inner| {
            let node = &dom.nodes[*inner];
            node.tag == Tag::Text && !node.is_hidden() && dom.chars_of(*inner) >= 12
        })
        .filter(|inner| !dom.ancestors(*inner).take(3).any(|up| dom.name(up) == "a"))
        .map(|inner| dom.chars_of(inner))
        .sum();
    let has_text = chars - links.min(chars) >= 30;
    has_text && (links * 2 < chars || prose >= 300)
}

/// Whether the page tells what it tells in a picture (一图读懂): below its own title, behind a day of publication, and leading nowhere.
fn is_picture(input: &Input<'_>, title: Option<usize>) -> bool {
    const TITLE_CHARS_MIN: u32 = 8;
    let dom = input.dom;
    let Some(title) = title.filter(|title| dom.chars_of(*title) >= TITLE_CHARS_MIN) else {
        return false;
    };
    if part_of_title(input.page_title, &dom.text(title)) == Part::Elsewhere {
        return false;
    }
    let head = dates::dated_head(dom, title, input.today);
    let is_content = |image: &usize| {
        let node = &dom.nodes[*image];
        let is_linked = || {
            let mut around = dom.ancestors(*image).take(3);
            around.any(|up| dom.nodes[up].tag == Tag::A)
        };
        *image > title && node.area == Area::Body && !node.is_hidden() && !is_linked()
    };
    head && dom.named(Tag::Img).any(|image| is_content(&image))
}

/// Elements that may show a title.
const TITLE_TAGS: Set = Set::of(&[
    Tag::H1,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::Div,
    Tag::P,
    Tag::Td,
    Tag::Span,
    Tag::B,
    Tag::Strong,
    Tag::Font,
    Tag::Center,
]);

/// Shorter texts at the end of a page's title (网站 栏目) name columns, where no heading shows them.
const TITLE_AT_END_MIN: u32 = 10;

/// The first letter of the bare text of a subtree.
fn bare_start(dom: &Dom, index: usize) -> Option<char> {
    dom.inside(index)
        .filter(|inner| !dom.nodes[*inner].is_hidden())
        .filter_map(|inner| dom.text_of(inner))
        .find_map(bare_first)
}

/// The element that shows the title: `h1`, a block named title, or the text that the page's `<title>` begins with.
fn title_node(input: &Input<'_>, meta_title: &str, body: Option<usize>) -> Option<usize> {
    let (dom, page_title) = (input.dom, input.page_title);
    // The site's own name is the title of no article, though the page's title may begin with it.
    let tag = input.metas.get("SiteName").map_or("", String::as_str);
    let site_names = [bare(input.header_name), bare(tag)];
    let body_start = body.unwrap_or(usize::MAX);
    let wanted = bare(meta_title);
    let page = bare(page_title);
    let mut best: Option<(u32, usize)> = None;
    let known = |c: char| wanted.contains(c) || page.contains(c);
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        let name = dom.name(index);
        if node.is_hidden()
            || node.area != Area::Body
            || !TITLE_TAGS.has(node.tag) && name != "ucaptitle"
        {
            continue;
        }
        let chars = dom.chars_of(index);
        if !(2..=160).contains(&chars) {
            continue;
        }
        let is_heading = matches!(name, "h1" | "h2" | "h3" | "h4");
        let is_named = dom.tokens(index).split_ascii_whitespace().any(|word| {
            word.contains("title")
                || word.contains("tit") && word.len() <= 10
                || word.ends_with("bt")
        });
        // Text that begins with a letter of neither title is none of them: it needs no comparing.
        let first = bare_start(dom, index);
        if !is_heading && !is_named && !first.is_some_and(known) {
            continue;
        }
        if dom
            .ancestors(index)
            .take(3)
            .any(|up| dom.name(up) == "a" || dom.name(up) == "li" && dom.chars_of(up) < 200)
        {
            continue;
        }
        let text = bare(&dom.text(index));
        if text.is_empty() || text != page && site_names.contains(&text) {
            continue;
        }
        let mut score = 0;
        if !wanted.is_empty() && text == wanted {
            score += 60;
        }
        let part = part_of_title(page_title, &dom.text(index));
        if chars >= 4 && part == Part::Start || chars >= 6 && part == Part::End && is_heading {
            // Names of files and numbers of pages stand in titles too; what a page tells has a title in words.
            let is_in_words = !text.is_ascii();
            score += if is_in_words { 40 + chars.min(20) } else { 20 };
        } else if chars >= TITLE_AT_END_MIN && part == Part::End {
            score += 22;
        } else if chars >= 6 && page.contains(&text) {
            score += 15;
        }
        if name == "h1" {
            score += 25;
        } else if is_heading {
            score += 8;
        }
        score += if is_named { 12 } else { 0 };
        if score == 0 || score < 20 && index > body_start {
            continue;
        }
        if best.is_none_or(|(before, _)| before < score) {
            best = Some((score, index));
        }
    }
    let found = best
        .filter(|(score, _)| *score >= 12)
        .map(|(_, index)| index);
    // On sites whose pages all bear the site's name it tells no title, though the head of the page shows it.
    let is_told =
        found.is_some_and(|index| !ends_as_site(page_title) || bare(&dom.text(index)) != page);
    match is_told || !meta_title.is_empty() {
        true => found,
        false => lone_title(input).or(found),
    }
}

/// Where a text stands in the page's title.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    End,
    Elsewhere,
}

/// Whether a text is a whole part of the page's title, at its start (标题 - 网站) or at its end (网站 标题). A name that the title only
/// goes on from (枫渡市发展和改革委员会 in 枫渡市发展和改革委员会网站) is no part of it.
fn part_of_title(page_title: &str, text: &str) -> Part {
    let (title, wanted) = (bare(page_title), bare(text));
    let count = wanted.chars().count();
    let is_start = title.starts_with(&wanted);
    if count == 0 || !is_start && !title.ends_with(&wanted) {
        return Part::Elsewhere;
    }
    // The character behind (or before) the part, in the title as written: spaces and marks part, letters go on.
    let beside = |mut chars: Box<dyn Iterator<Item = char> + '_>| {
        let mut seen = 0;
        chars.find(|c| {
            let is_past = seen >= count;
            seen += bare(c.encode_utf8(&mut [0; 4])).chars().count();
            is_past
        })
    };
    let is_free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    if is_start && is_free(beside(Box::new(page_title.trim().chars()))) {
        Part::Start
    } else if title.ends_with(&wanted) && is_free(beside(Box::new(page_title.trim().chars().rev())))
    {
        Part::End
    } else {
        Part::Elsewhere
    }
}

/// The last heading that is a whole part of the page's title: the site's own name, where it is a heading too, stands before it.
pub(crate) fn heading_in_title(dom: &Dom, page_title: &str) -> Option<String> {
    let is_heading = |index: &usize| matches!(dom.name(*index), "h1" | "h2" | "h3" | "h4");
    (0..dom.nodes.len())
        .rev()
        .filter(is_heading)
        .filter(|index| dom.nodes[*index].area == Area::Body && !dom.nodes[*index].is_hidden())
        .filter(|index| (2..=160).contains(&dom.chars_of(*index)))
        .map(|index| dom.text(index))
        .find(|text| part_of_title(page_title, text) != Part::Elsewhere)
}

/// The text after `label：`, on the same line or in the next block.
fn labelled(dom: &Dom, from_node: usize, labels: &[&str]) -> String {
    let whole = dom.whole_text();
    let labels: Vec<&str> = labels
        .iter()
        .copied()
        .filter(|label| whole.contains(label))
        .collect();
    if labels.is_empty() {
        return String::new();
    }
    let lines = dom.all_lines();
    for (at, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.node >= from_node)
    {
        for label in &labels {
            let Some(found) = line.text.find(label) else {
                continue;
            };
            let before = line.text[..found].chars().next_back();
            // 19:04来源：, as a template sets the line.
            if before.is_some_and(|c| c.is_alphanumeric() && !c.is_ascii_digit()) {
                continue;
            }
            let rest = line.text[found + label.len()..].trim_start();
            let Some(rest) = rest
                .strip_prefix(['：', ':', ']', '】', '】'])
                .or((rest.is_empty()).then_some(""))
            else {
                continue;
            };
            let rest = rest.trim_start_matches(['：', ':']).trim();
            if !rest.is_empty() {
                return first_value(rest);
            }
            if let Some(next) = lines
                .get(at + 1)
                .filter(|next| next.text.chars().count() <= 40 && !next.text.contains('：'))
            {
                return first_value(&next.text);
            }
        }
    }
    String::new()
}

/// A value ends where the next label, a bar or an obvious control begins.
fn first_value(rest: &str) -> String {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\s*(?:[|｜【\[]|字体|字号|浏览|点击|阅读|访问|分享|打印|\s(?:\S{2,6})[：:]|(?:发布|更新)(?:时间|日期)|时间[：:]|作者|编辑|(?:19|20)\d{2}[-年/.])",
        )
    });
    let end = END.find(rest).map_or(rest.len(), |found| found.start());
    rest[..end].trim().to_owned()
}

/// 发文机关: labelled, or the signature above the date at the end of the body.
fn issuer(dom: &Dom, body: &[Line]) -> String {
    // Who issued a document goes before who put it on the site.
    let issued = labelled(
        dom,
        0,
        &[
            "发文机关",
            "制发机关",
            "发文单位",
            "印发机关",
            "发文机构",
            "制定机关",
        ],
    );
    let label = if issued.is_empty() {
        labelled(dom, 0, &["发布机构", "发布机关", "公开主体"])
    } else {
        issued
    };
    if !label.is_empty() && label.chars().count() <= 40 {
        return label;
    }
    let tail: Vec<&Line> = body.iter().rev().take(8).collect();
    for pair in tail.windows(2) {
        let (date_line, unit_line) = (&pair[0].text, &pair[1].text);
        let is_date = dates::find(date_line).len() == 1 && date_line.chars().count() <= 14;
        // 写信时间 in one cell, the day in the next.
        let is_label = ["时间", "日期", "期限", "时限"]
            .iter()
            .any(|end| unit_line.ends_with(end));
        let count = unit_line.chars().count();
        if is_date
            && !is_label
            && (4..=30).contains(&count)
            && !unit_line.contains(['。', '，', '：'])
        {
            return unit_line.clone();
        }
    }
    String::new()
}
