//! Areas of a page: navigation with its entries, footer, breadcrumb, side navigation, header name.

mod beside;
mod boxes;
mod names;
mod side_lists;
mod tokens;
mod weights;

use self::boxes::with_siblings;
use self::names::{breadcrumb_node, breadcrumbs, header_name};
use self::tokens::Called;
use self::weights::Weights;
use super::dom::Dom;
use super::html::names::{Set, Tag};
use super::lexicons::Lexicons;
use super::links::{Resolver, anchor_text};
use super::model::{Area, Link, NavigationEntry};
use super::text::{cut, is_at_most};

/// What the navigation of a page says.
pub(crate) struct Navigation {
    pub entries: Vec<NavigationEntry>,
    pub side: Vec<NavigationEntry>,
    pub breadcrumbs: Vec<Link>,
    pub header_name: String,
}

/// Finds footer and navigation, marks their areas, and reads the entries.
pub(crate) fn read(dom: &mut Dom, resolver: &Resolver, lexicons: &Lexicons) -> Navigation {
    let called = Called::of(dom);
    let crumbs = breadcrumb_node(dom, &called);
    for index in footers(dom, &called, crumbs) {
        dom.mark_area(index, Area::Footer);
    }
    for index in headers(dom, &called) {
        dom.mark_area(index, Area::Navigation);
    }
    let main = main_navigation(dom, &called, crumbs, lexicons);
    let side = side_navigation(dom, &called, main, crumbs);
    for index in main.iter().chain(&side).copied() {
        dom.mark_area(index, Area::Navigation);
    }
    for index in above(dom, crumbs) {
        dom.mark_area(index, Area::Navigation);
    }
    for index in side_lists::lists(dom, lexicons) {
        dom.mark_area(index, Area::Navigation);
    }
    beside::mark(dom);
    Navigation {
        entries: main
            .map(|index| entries(dom, &called, index, resolver))
            .unwrap_or_default(),
        side: side
            .map(|index| entries(dom, &called, index, resolver))
            .unwrap_or_default(),
        breadcrumbs: crumbs
            .map(|index| breadcrumbs(dom, index, resolver))
            .unwrap_or_default(),
        header_name: header_name(dom, &called, resolver),
    }
}

fn is_small(dom: &Dom, index: usize) -> bool {
    let chars = dom.chars_of(index);
    chars <= 700 || chars * 2 <= dom.chars
}

/// What stands before the breadcrumb is the head of the page, whatever it is called, unless it speaks in sentences.
fn above(dom: &Dom, crumbs: Option<usize>) -> Vec<usize> {
    let Some(crumbs) = crumbs.filter(|crumbs| dom.nodes[*crumbs].area == Area::Body) else {
        return Vec::new();
    };
    let speaks = dom
        .all_lines()
        .iter()
        .take_while(|line| line.node < crumbs)
        .any(|line| line.text.contains('。') && !is_at_most(&line.text, 40));
    if speaks {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let mut below = crumbs;
    for up in dom.ancestors(crumbs) {
        if matches!(dom.nodes[up].tag, Tag::Html) {
            break;
        }
        blocks.extend(dom.children(up).take_while(|child| *child < below));
        below = up;
    }
    blocks.retain(|index| dom.nodes[*index].area == Area::Body);
    blocks
}

fn footers(dom: &Dom, called: &Called, crumbs: Option<usize>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut skip_to = 0;
    for index in 0..dom.nodes.len() {
        if index < skip_to || !may_be_block(dom, index) {
            continue;
        }
        // An article has a footer of its own: who published it, and when.
        let by_name =
            dom.name(index) == "footer" && dom.closest(index, &["article", "main"]).is_none();
        let by_class = called.footer(index) && dom.closest(index, &["article"]).is_none();
        if (by_name || by_class) && is_small(dom, index) {
            found.push(index);
            skip_to = dom.nodes[index].end();
        }
    }
    if found.is_empty() {
        found.extend(footer_by_words(dom, crumbs));
    }
    found
}

/// Whether an element can hold a part of the page.
fn may_be_block(dom: &Dom, index: usize) -> bool {
    !matches!(
        dom.nodes[index].tag,
        Tag::Text | Tag::Body | Tag::Html | Tag::A | Tag::Script | Tag::Link | Tag::Img
    ) && !dom.name(index).is_empty()
}

/// A footer without a telling name: the last block that speaks of host unit, filing number or code. It holds no part of the page that
/// stands elsewhere, such as a heading, the breadcrumb or a form.
fn footer_by_words(dom: &Dom, crumbs: Option<usize>) -> Option<usize> {
    const WORDS: [&str; 7] = [
        "主办",
        "备案",
        "标识码",
        "版权所有",
        "公网安备",
        "承办单位",
        "ICP备",
    ];
    let last = (0..dom.nodes.len()).rev().find(|index| {
        !dom.nodes[*index].is_hidden()
            && dom
                .text_of(*index)
                .is_some_and(|text| WORDS.iter().any(|word| text.contains(word)))
    })?;
    let limit = (dom.chars / 3).clamp(120, 600);
    let is_landmark = |index: usize| {
        matches!(dom.nodes[index].tag, Tag::H1 | Tag::H2 | Tag::Form)
            || crumbs.is_some_and(|crumbs| crumbs == index)
    };
    let holds_landmark = |index: usize| {
        let range = index..dom.nodes[index].end();
        range.into_iter().any(is_landmark)
    };
    // On a page with little else the footer is more than a third of it: what holds nothing else is the footer all the same.
    let is_apart =
        |index: usize| crumbs.is_some() && dom.chars_of(index) <= 600 && !holds_landmark(index);
    dom.ancestors(last)
        .take_while(|up| {
            (dom.chars_of(*up) <= limit || is_apart(*up))
                && !matches!(dom.name(*up), "body" | "html")
        })
        .last()
}

fn headers(dom: &Dom, called: &Called) -> Vec<usize> {
    let mut found = Vec::new();
    let mut skip_to = 0;
    for index in 0..dom.nodes.len() {
        if index < skip_to
            || dom.nodes[index].area == Area::Footer
            || !may_be_block(dom, index)
            || !called.header(index) && dom.name(index) != "header"
        {
            continue;
        }
        let is_inside_article = dom
            .ancestors(index)
            .any(|up| matches!(dom.name(up), "article" | "main"));
        if !is_inside_article && is_small(dom, index) {
            found.push(index);
            skip_to = dom.nodes[index].end();
        }
    }
    found
}

/// Elements that can hold the main navigation.
const NAVIGATIONS: Set = Set::of(&[
    Tag::Nav,
    Tag::Div,
    Tag::Ul,
    Tag::Td,
    Tag::Tr,
    Tag::Table,
    Tag::Ol,
    Tag::Dl,
    Tag::Section,
    Tag::Center,
    Tag::P,
]);

fn main_navigation(
    dom: &Dom,
    called: &Called,
    crumbs: Option<usize>,
    lexicons: &Lexicons,
) -> Option<usize> {
    let mut best: Option<Candidate> = None;
    let mut named_ones: Vec<Candidate> = Vec::new();
    let mut all: Vec<Candidate> = Vec::new();
    let mut weights = Weights::new(dom, lexicons);
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        if !NAVIGATIONS.has(node.tag) {
            continue;
        }
        if node.area == Area::Footer
            || crumbs.is_some_and(|crumb| is_around(dom, crumb, index))
            // What holds the breadcrumb is the page's content, whatever it is called.
            || crumbs.is_some_and(|crumb| is_around(dom, index, crumb))
            // So is what comes behind it, where a navigation stands before it.
            || best.is_some_and(|best| best.leads_home) && crumbs.is_some_and(|crumb| index > crumb)
        {
            continue;
        }
        let named = node.tag == Tag::Nav || called.navigation(index);
        let is_side = called.beside(index);
        // Without a telling name only blocks near the top are weighed; weighing every block would cost a scan each.
        if !named
            && (node.chars_before > 400 && !stands_above_footer(dom, index)
                || dom.chars_of(index) > 900
                || dom.chars_of(index) < 8 && weights.pictures(index) < 3)
        {
            continue;
        }
        if named && dom.chars_of(index) > 3000 {
            continue;
        }
        let block = weights.block(index);
        // What leads home and to columns is no menu beside the content, whatever it is called.
        if is_side && !block.leads_home {
            continue;
        }
        let chars = dom.chars_of(index).max(1);
        let is_mostly_links = block.link_chars * 10 >= chars * 7;
        if block.links < 3
            || !is_mostly_links
            || block.long_links * 3 > block.links
            || block.known < 2
        {
            continue;
        }
        let score = block.known * 4
            + block.links.min(40)
            + if named { 20 } else { 0 }
            + if node.tag == Tag::Nav { 10 } else { 0 }
            + if block.leads_home { 30 } else { 0 };
        let candidate = Candidate {
            score,
            index,
            known: block.known,
            leads_home: block.leads_home,
        };
        all.push(candidate);
        if named {
            named_ones.push(candidate);
        }
        if best.is_none_or(|before| before.score < score) {
            best = Some(candidate);
        }
    }
    let best = way_home(best?, crumbs, &all);
    let best = better_named(best, &named_ones);
    // By a name the header is known to be more than its navigation; what leads home tells it without one.
    let inner = if best.leads_home { &all } else { &named_ones };
    let best = innermost(dom, best, inner);
    Some(with_siblings(dom, best, &named_ones, &mut weights))
}

/// Whether nothing stands between a block and the footer: the place of a navigation that is shown on top by its style.
fn stands_above_footer(dom: &Dom, index: usize) -> bool {
    let end = dom.nodes[index].end();
    let next = (end..dom.nodes.len()).find(|next| {
        let node = &dom.nodes[*next];
        node.tag == Tag::Text && !node.is_hidden() && dom.chars_of(*next) > 0
    });
    next.is_some_and(|next| dom.nodes[next].area == Area::Footer)
}

/// A block that may be the main navigation.
#[derive(Clone, Copy)]
struct Candidate {
    score: u32,
    index: usize,
    known: u32,
    leads_home: bool,
}

/// Behind the breadcrumb a block of many columns is what the page leads to: a navigation that leads home is the site's, wherever it stands.
fn way_home(best: Candidate, crumbs: Option<usize>, all: &[Candidate]) -> Candidate {
    if best.leads_home || crumbs.is_none_or(|crumbs| best.index < crumbs) {
        return best;
    }
    all.iter()
        .filter(|one| one.leads_home && one.known >= 4)
        .copied()
        .max_by_key(|one| (one.score, usize::MAX - one.index))
        .unwrap_or(best)
}

/// A block named as navigation is one, also where a box of icons leads to more columns: the best named one wins over any other block that
/// does not lead to far more columns.
fn better_named(best: Candidate, named_ones: &[Candidate]) -> Candidate {
    named_ones
        .iter()
        .filter(|named| named.known >= 4 && named.known * 3 >= best.known)
        // Names mislead more often than the way home does.
        .filter(|named| named.leads_home || !best.leads_home)
        .copied()
        .max_by_key(|named| (named.score, usize::MAX - named.index))
        .unwrap_or(best)
}

/// The innermost block that holds nearly all columns of `best`: a header named for its navigation also holds links of its own,
/// beside which the columns would seem to stand one level deeper.
fn innermost(dom: &Dom, best: Candidate, candidates: &[Candidate]) -> usize {
    candidates
        .iter()
        .filter(|inner| inner.index != best.index && is_around(dom, best.index, inner.index))
        .filter(|inner| inner.leads_home == best.leads_home)
        .rfind(|inner| inner.known * 10 >= best.known * 9)
        .map_or(best.index, |inner| inner.index)
}

/// Whether `outer` is `inner` or holds it.
fn is_around(dom: &Dom, outer: usize, inner: usize) -> bool {
    outer <= inner && inner < dom.nodes[outer].end()
}

fn side_navigation(
    dom: &Dom,
    called: &Called,
    main: Option<usize>,
    crumbs: Option<usize>,
) -> Option<usize> {
    (0..dom.nodes.len()).find(|index| {
        let index = *index;
        if !called.side_navigation(index) {
            return false;
        }
        let within = |outer: Option<usize>| {
            outer.is_some_and(|outer| outer <= index && index < dom.nodes[outer].end())
        };
        if !matches!(
            dom.name(index),
            "div" | "ul" | "td" | "dl" | "nav" | "aside" | "section"
        ) || within(main)
            || within(crumbs)
        {
            return false;
        }
        if dom.nodes[index].area == Area::Footer {
            return false;
        }
        if dom.chars_of(index) > 400 {
            return false;
        }
        let anchors: Vec<usize> = dom
            .inside(index)
            .filter(|inner| dom.nodes[*inner].tag == Tag::A && dom.attr(*inner, "href").is_some())
            .collect();
        let link_chars: u32 = anchors.iter().map(|anchor| dom.chars_of(*anchor)).sum();
        let long = anchors
            .iter()
            .filter(|anchor| dom.chars_of(**anchor) > 12)
            .count();
        let has_dates = super::dates::holds_day(&dom.text(index));
        !anchors.is_empty()
            && link_chars * 10 >= dom.chars_of(index).max(1) * 5
            && long * 3 <= anchors.len()
            && !has_dates
    })
}

fn entries(
    dom: &Dom,
    called: &Called,
    navigation: usize,
    resolver: &Resolver,
) -> Vec<NavigationEntry> {
    let mut out: Vec<NavigationEntry> = Vec::new();
    let mut depths: Vec<u8> = Vec::new();
    let mut nodes: Vec<usize> = Vec::new();
    for index in dom.inside(navigation) {
        if dom.nodes[index].tag != Tag::A {
            continue;
        }
        let Some(url) = dom
            .attr(index, "href")
            .and_then(|href| resolver.resolve(href))
        else {
            continue;
        };
        let text = anchor_text(dom, index);
        if text.is_empty()
            || out
                .iter()
                .any(|before| before.url == url && before.text == text)
        {
            continue;
        }
        depths.push(nesting(dom, called, index, navigation));
        nodes.push(index);
        out.push(NavigationEntry {
            text: cut(weights::own_language(&text), 40),
            url,
            depth: 1,
        });
    }
    // The logo leads home too, and from outside of the list of columns.
    let columns = out.iter().zip(&depths);
    let columns = columns.filter(|(entry, _)| !leads_home(entry));
    let columns: Vec<u8> = columns.map(|(_, depth)| *depth).collect();
    let least = columns.iter().min().or(depths.iter().min());
    let least = least.copied().unwrap_or(0);
    let is_flat = columns.iter().all(|depth| *depth == least);
    for (at, (entry, depth)) in out.iter_mut().zip(&depths).enumerate() {
        let is_below = *depth > least || is_flat && stands_below(dom, navigation, &nodes[..=at]);
        entry.depth = if is_below { 2 } else { 1 };
    }
    out
}

/// Whether the last of these links stands deeper inside the element of one before it: a drop-down without a telling name.
fn stands_below(dom: &Dom, navigation: usize, nodes: &[usize]) -> bool {
    let Some((last, before)) = nodes.split_last() else {
        return false;
    };
    let own = dom.nodes[*last].parent();
    before.iter().rev().any(|above| {
        let element = dom.nodes[*above].parent();
        element > navigation && element != own && is_around(dom, element, *last)
    })
}

/// Whether an entry is the way back to the home page.
fn leads_home(entry: &NavigationEntry) -> bool {
    let after_scheme = entry.url.split_once("://").map_or("", |(_, rest)| rest);
    let path = after_scheme.split_once('/').map_or("", |(_, path)| path);
    path.is_empty() || entry.text.contains("首页") || entry.text.contains("主页")
}

/// How deep a link stands inside the navigation: list items around it, or blocks named as sub-menus.
fn nesting(dom: &Dom, called: &Called, index: usize, navigation: usize) -> u8 {
    let mut depth = 0;
    for up in dom.ancestors(index).take_while(|up| *up > navigation) {
        let name = dom.name(up);
        let is_sub = called.below(up);
        depth += u8::from(
            matches!(name, "li" | "dd")
                || is_sub && matches!(name, "div" | "p" | "span" | "ul" | "dl"),
        );
    }
    depth.min(9)
}

#[cfg(test)]
mod tests;
