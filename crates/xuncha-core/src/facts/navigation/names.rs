//! What a page says of its place and its site: the breadcrumb, and the site's name in the header.

use super::tokens::Called;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{Resolver, anchor_text};
use crate::facts::model::{Area, Link, LinkKind};
use crate::facts::text::is_at_most;

/// The element that shows where the page stands in the site.
pub(super) fn breadcrumb_node(dom: &Dom, called: &Called) -> Option<usize> {
    /// 当前位置：, 您所在的位置：, 位置：; a longer text speaks of another place.
    const WORDS_CHARS: usize = 12;
    const WORDS: [&str; 5] = [
        "当前位置",
        "您的位置",
        "所在位置",
        "现在位置",
        "您现在的位置",
    ];
    let says_where = |text: &str| {
        text.contains("位置")
            && (is_at_most(text.trim(), WORDS_CHARS)
                || WORDS.iter().any(|word| text.contains(word)))
            || text.contains("当前所在")
    };
    let by_class = (0..dom.nodes.len()).find(|index| {
        called.breadcrumb(*index)
            && dom.chars_of(*index) <= 120
            && dom
                .inside(*index)
                .any(|inner| dom.nodes[inner].tag == Tag::A)
    });
    by_class.or_else(|| {
        let text = (0..dom.nodes.len()).find(|index| {
            !dom.nodes[*index].is_hidden() && dom.text_of(*index).is_some_and(says_where)
        })?;
        dom.ancestors(text).take(4).find(|up| {
            dom.chars_of(*up) <= 120 && dom.inside(*up).any(|inner| dom.nodes[inner].tag == Tag::A)
        })
    })
}

/// Links of the breadcrumb; the page's own name at its end, which is no link, stands with an empty address.
pub(super) fn breadcrumbs(dom: &Dom, node: usize, resolver: &Resolver) -> Vec<Link> {
    let link = |url: String, text: String| Link {
        url,
        kind: LinkKind::Anchor,
        text,
        area: Area::Navigation,
        count: 1,
    };
    let mut crumbs: Vec<Link> = dom
        .inside(node)
        .filter(|inner| dom.nodes[*inner].tag == Tag::A)
        .filter_map(|index| {
            let url = resolver.resolve(dom.attr(index, "href")?)?;
            let text = anchor_text(dom, index);
            (!text.is_empty()).then(|| link(url, text))
        })
        .collect();
    // The end of what stands behind the last link, whatever parts it from the link.
    let last = dom
        .inside(node)
        .rfind(|inner| dom.nodes[*inner].tag == Tag::A)
        .map_or(node, |link| dom.nodes[link].end());
    let lines = dom.lines(last..dom.nodes[node].end());
    let behind = lines.last().map_or("", |line| line.text.as_str());
    let tail = behind
        .rsplit(['>', '»', '＞', '/', '›', '→', '»'])
        .next()
        .unwrap_or_default()
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '》' | '”' | '）' | ')'))
        .trim();
    let tail = tail.rsplit(" - ").next().unwrap_or_default();
    let is_known = crumbs.iter().any(|crumb| tail.ends_with(&crumb.text));
    if !crumbs.is_empty() && !is_known && tail != "正文" && (2..=30).contains(&tail.chars().count())
    {
        crumbs.push(link(String::new(), tail.to_owned()));
    }
    crumbs
}

/// The site's name in the header identification area: text or logo of an element named so.
pub(super) fn header_name(dom: &Dom, called: &Called) -> String {
    let value = |index: usize| {
        let text = dom.text(index);
        let count = text.chars().count();
        if (3..=40).contains(&count) {
            return Some(text);
        }
        dom.inside(index)
            .chain(std::iter::once(index))
            .filter(|inner| dom.nodes[*inner].tag == Tag::Img)
            .filter_map(|inner| dom.attr(inner, "alt").or(dom.attr(inner, "title")))
            .map(str::trim)
            .find(|alt| (3..=40).contains(&alt.chars().count()))
            .map(str::to_owned)
    };
    let candidates = (0..dom.nodes.len()).filter(|index| dom.nodes[*index].area != Area::Footer);
    let by_class = candidates.clone().find_map(|index| {
        (called.site_name(index) && dom.nodes[index].chars_before < 600)
            .then(|| value(index))
            .flatten()
    });
    by_class
        .or_else(|| {
            candidates
                .clone()
                .filter(|index| {
                    dom.nodes[*index].tag == Tag::H1 && dom.nodes[*index].area == Area::Navigation
                })
                .find_map(value)
        })
        .unwrap_or_default()
}
