//! Whether a column without a list has content all the same.

use std::collections::BTreeSet;

use crate::facts::model::{Area, ColumnKind, Link, LinkKind, PageFacts};
use crate::facts::safety::host_of;
use crate::facts::scope::canonical;

/// Content other than a list: prose, forms, messages, guides, statistics, pictures, or links of its own.
pub(super) fn has_content(
    page: &PageFacts,
    kind: ColumnKind,
    addresses: &BTreeSet<String>,
) -> bool {
    let says_empty = !page.empty_wording.is_empty();
    let prose = page
        .article
        .as_ref()
        .map_or(0, |article| article.body_chars);
    let has_form = page
        .links
        .iter()
        .any(|link| link.kind == LinkKind::Form && link.area == Area::Body);
    let pictures = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Image && link.area == Area::Body)
        .count();
    let is_plain = matches!(
        kind,
        ColumnKind::Overview
            | ColumnKind::Duties
            | ColumnKind::Leaders
            | ColumnKind::Static
            | ColumnKind::Services
            | ColumnKind::Interaction
    );
    let inner: BTreeSet<&str> = page
        .links
        .iter()
        .filter(|link| leads_on(link, page, addresses))
        .map(|link| link.url.as_str())
        .collect();
    let inner_links_min = if is_plain { 1 } else { 3 };
    if !page.messages.is_empty()
        || page.guide.is_some()
        || !page.statistics.is_empty()
        || has_form && !says_empty && is_plain
    {
        return true;
    }
    !says_empty
        && (prose >= 30
            || page.sentence_chars >= 20
            || is_plain && page.body_area_chars >= 150
            || is_plain && pictures > 0
            || inner.len() >= inner_links_min
            || page.links.iter().any(|link| is_foreign_frame(link, page)))
}

/// Links of every list and page that are none of its content.
const TOOLS: [&str; 14] = [
    "上一页",
    "下一页",
    "首页",
    "尾页",
    "末页",
    "上页",
    "下页",
    "打印",
    "关闭",
    "返回",
    "分享",
    "收藏",
    "刷新",
    "更多",
];

/// Whether a link of the body leads on to content of the column's own: in few words (第6期, 办公室) or as a picture too.
fn leads_on(link: &Link, page: &PageFacts, addresses: &BTreeSet<String>) -> bool {
    let text = link.text.trim_matches(|sign: char| !sign.is_alphanumeric());
    let is_tool = TOOLS.iter().any(|tool| text.contains(tool))
        || text.chars().all(|sign| sign.is_ascii_digit()) && !text.is_empty();
    !is_tool
        && is_inner(link, page, addresses)
        && canonical(&link.url) != canonical(&page.capture.url)
}

/// A frame of another host that shows the content: we do not read it, so what is in it nobody knows.
fn is_foreign_frame(link: &Link, page: &PageFacts) -> bool {
    link.kind == LinkKind::Frame
        && link.area == Area::Body
        && host_of(&link.url) != host_of(&page.capture.url)
}

/// Whether a link of the body, in more words than tools have, leads to no other column.
pub(super) fn is_own_link(link: &Link, page: &PageFacts, addresses: &BTreeSet<String>) -> bool {
    const CHARS_MIN: usize = 4;
    link.text.chars().count() >= CHARS_MIN && is_inner(link, page, addresses)
}

/// Whether a link stands in the body and leads to no other column, nor where the menu or the breadcrumb lead.
fn is_inner(link: &Link, page: &PageFacts, addresses: &BTreeSet<String>) -> bool {
    link.kind == LinkKind::Anchor
        && link.area == Area::Body
        && !addresses.contains(&canonical(&link.url))
        && !page.breadcrumbs.iter().any(|crumb| crumb.url == link.url)
        && !page.navigation.iter().any(|entry| entry.url == link.url)
}
