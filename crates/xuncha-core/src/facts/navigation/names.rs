//! What a page says of its place and its site: the breadcrumb, and the site's name in the header.

use super::tokens::Called;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{Resolver, anchor_text};
use crate::facts::model::{Area, Link, LinkKind};
use crate::facts::text::{collapse, is_at_most};

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
///
/// Where nothing is named so: a heading that leads home, or what stands on top and says what the page's tag (or a home page's title) says.
pub(super) fn header_name(dom: &Dom, called: &Called, resolver: &Resolver) -> String {
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
        .or_else(|| heading_home(dom, resolver).and_then(value))
        .or_else(|| stated_name(dom))
        .unwrap_or_default()
}

/// So many characters of a page are its top.
const TOP_CHARS: u32 = 600;

fn is_on_top(dom: &Dom, index: usize) -> bool {
    let node = &dom.nodes[index];
    node.area != Area::Footer && node.chars_before < TOP_CHARS && !node.is_hidden()
}

/// A heading on top that is a link to the home page: `<h1><a href="/">青石县人民政府门户网站</a></h1>`.
fn heading_home(dom: &Dom, resolver: &Resolver) -> Option<usize> {
    let home = resolver.resolve("/")?;
    let leads_home = |link: usize| {
        let url = dom
            .attr(link, "href")
            .and_then(|href| resolver.resolve(href));
        url.is_some_and(|url| {
            let rest = url.strip_prefix(home.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("index."))
        })
    };
    let words = |link: usize| dom.text(link);
    [Tag::H1, Tag::H2]
        .into_iter()
        .flat_map(|tag| dom.named(tag))
        .filter(|heading| is_on_top(dom, *heading))
        .find(|heading| {
            let mut links = dom
                .inside(*heading)
                .filter(|inner| dom.nodes[*inner].tag == Tag::A);
            links.any(|link| leads_home(link) && !words(link).contains("首页"))
        })
}

/// A text on top that is the site's name by its tag, or by the title of a page that is called nothing else.
fn stated_name(dom: &Dom) -> Option<String> {
    let tag = dom.named(Tag::Meta).find_map(|meta| {
        let is_name = dom
            .attr(meta, "name")
            .is_some_and(|name| name.eq_ignore_ascii_case("SiteName"));
        is_name.then(|| dom.attr(meta, "content")).flatten()
    });
    let title = dom
        .named(Tag::Title)
        .next()
        .map(|title| collapse(&dom.raw_text(title)));
    let names = [tag.map(collapse), title];
    let names: Vec<String> = names
        .into_iter()
        .flatten()
        .filter(|name| (3..=40).contains(&name.chars().count()))
        .collect();
    if names.is_empty() {
        return None;
    }
    let on_top =
        (0..dom.nodes.len()).take_while(|index| dom.nodes[*index].chars_before < TOP_CHARS);
    let mut texts = on_top
        .filter(|index| is_on_top(dom, *index))
        .filter_map(|index| dom.text_of(index));
    texts
        .find(|text| names.iter().any(|name| name == text.trim()))
        .map(|text| text.trim().to_owned())
}
