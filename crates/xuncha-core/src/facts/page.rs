//! One answer → facts. Each reader stands in its own file; this one only decides which of them to ask.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::adapters::Answer;
use super::dom::Dom;
use super::html::{self, GaveUp, names::Tag};
use super::lexicons::Lexicons;
use super::links::{self, PageLinks, Resolver};
use super::model::{Anchors, Area, BodyKind, Link, LinkKind, PageFacts, Rendering};
use super::text::{collapse, cut, simhash};
use super::{
    account, adapters, anchors, annual_form, article, body_kind, charset, guide, layout, list,
    marks, messages, missing, navigation, package, proofread, safety, search, sign_in, sitemap,
    statistics, style,
};
use crate::evidence::{Capture, Purpose};

/// Facts of an answer that holds nothing to read.
fn blank(capture: &Capture) -> PageFacts {
    PageFacts {
        capture: capture.clone(),
        charset: String::new(),
        is_html: false,
        title: String::new(),
        header_name: String::new(),
        metas: BTreeMap::new(),
        links: Vec::new(),
        breadcrumbs: Vec::new(),
        navigation: Vec::new(),
        side_navigation: Vec::new(),
        empty_wording: String::new(),
        result_classes: Vec::new(),
        article: None,
        list: None,
        guide: None,
        messages: Vec::new(),
        marks: BTreeMap::new(),
        search_forms: Vec::new(),
        newest_item: None,
        missing_wording: String::new(),
        needs_script: false,
        text_simhash: 0,
        text_chars: 0,
        body_area_chars: 0,
        statistics: Vec::new(),
        posts: Vec::new(),
        interaction: Vec::new(),
        package: None,
        consultation: String::new(),
        anchors: Anchors::default(),
        blocked_wording: String::new(),
        body_kind: BodyKind::Other,
        sentence_chars: 0,
        rendering: None,
        next_page: None,
        signs: Vec::new(),
        skeleton: 0,
        scripted_search: String::new(),
        layout: None,
        sign_in: String::new(),
        annual_form: None,
        no_results: String::new(),
    }
}

impl PageFacts {
    /// Facts of an answer of which nothing was read.
    pub fn blank(capture: &Capture) -> PageFacts {
        blank(capture)
    }
}

/// 读取深度. What is read of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Everything that a check may ask for.
    #[default]
    Whole,
    /// Links and anchors, and what tells a missing or blocked page. A page that speaks like a missing one is read whole all the same:
    /// only its article tells whether it is one.
    Links,
}

/// Reads one answer. Answers that are neither HTML, feed nor package give facts with the capture only.
pub fn read(capture: &Capture, body: &[u8], lexicons: &Lexicons) -> PageFacts {
    read_to(capture, body, lexicons, Depth::Whole)
}

/// Reads one answer to a depth.
pub fn read_to(capture: &Capture, body: &[u8], lexicons: &Lexicons, depth: Depth) -> PageFacts {
    read_in_steps(capture, body, lexicons, depth, &mut |_| {})
}

/// Reads a page as it stood after its scripts had run. A list that stays empty though everything came is an empty list; a page that
/// still shows next to nothing stays unread.
pub fn read_rendered(
    capture: &Capture,
    html: &[u8],
    lexicons: &Lexicons,
    rendering: Rendering,
) -> PageFacts {
    let mut facts = read(capture, html, lexicons);
    if rendering.is_complete {
        facts.list = facts
            .list
            .filter(|list| !list.needs_script || !list.items.is_empty());
    }
    facts.rendering = Some(rendering);
    facts
}

/// [`read_to`], naming each step to `done` when it is done: for measuring.
pub fn read_in_steps(
    capture: &Capture,
    body: &[u8],
    lexicons: &Lexicons,
    depth: Depth,
    done: &mut dyn FnMut(&'static str),
) -> PageFacts {
    let is_account = capture.purpose == Purpose::Account;
    let mut facts = blank(capture);
    facts.body_kind = body_kind::body_kind(body);
    if is_account {
        facts.package = package::read(capture, body);
        let answer = Answer {
            capture,
            body,
            lexicons,
            page: None,
        };
        if let Some(shown) = adapters::read(&answer) {
            if shown.says_empty && !capture.truncated {
                facts.empty_wording = "没有条目".to_owned();
            }
            (facts.posts, facts.next_page) = (shown.posts, shown.next);
            return facts;
        }
    }
    let is_look = matches!(capture.purpose, Purpose::Link { .. });
    if is_look && capture.is_success() {
        if body_kind::is_style_sheet(capture) {
            facts.links = sheet_links(capture, body);
            return facts;
        }
        if let Some((root, entries)) = sitemap::read(body, &capture.final_url) {
            root.clone_into(&mut facts.title);
            facts.links = entries;
            return facts;
        }
    }
    let is_disguised = is_look && facts.body_kind == BodyKind::Html;
    if !is_disguised && !looks_like_html(capture, body) {
        return facts;
    }
    read_html(&mut facts, body, lexicons, depth, done);
    facts
}

/// Addresses in an external style sheet, which resolves them against its own address.
fn sheet_links(capture: &Capture, body: &[u8]) -> Vec<Link> {
    let encoding = charset::detect(body, &capture.content_type);
    let resolver = Resolver::new(&capture.final_url, &Dom::parse(""), encoding);
    let mut links: Vec<Link> = style::sheet(&charset::decode(body, encoding))
        .into_iter()
        .filter_map(|(reference, is_import)| {
            let kind = if is_import {
                LinkKind::Style
            } else {
                LinkKind::Image
            };
            resolver.resolve(&reference).map(|url| Link {
                url,
                kind,
                text: String::new(),
                area: Area::Body,
                count: 1,
            })
        })
        .collect();
    links.sort();
    links.dedup();
    links
}

fn looks_like_html(capture: &Capture, body: &[u8]) -> bool {
    let kind = capture.content_type.to_ascii_lowercase();
    if kind.contains("html") {
        return true;
    }
    let is_undeclared = kind.is_empty()
        || kind.starts_with("text/plain")
        || kind.starts_with("application/octet-stream");
    let head = &body[..body.len().min(1024)];
    let head = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .to_ascii_lowercase();
    let has_markup = [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| head.windows(tag.len()).any(|window| window == *tag));
    is_undeclared && has_markup
}

fn read_html(
    facts: &mut PageFacts,
    body: &[u8],
    lexicons: &Lexicons,
    depth: Depth,
    done: &mut dyn FnMut(&'static str),
) {
    let capture = facts.capture.clone();
    let today = capture.at.date();
    let url = if capture.final_url.is_empty() {
        capture.url.clone()
    } else {
        capture.final_url.clone()
    };
    let encoding = charset::detect(body, &capture.content_type);
    let html = charset::decode(body, encoding);
    done("charset");
    let place = Place {
        url: &url,
        encoding,
        lexicons,
    };
    if depth == Depth::Links
        && let Ok(dom) = html::skim(&html)
        && keep_links(facts, dom, &place).is_none()
    {
        return;
    }
    let mut dom = Dom::parse(html);
    done("tree");
    if depth == Depth::Links {
        match keep_links(facts, dom, &place) {
            None => return,
            Some(whole) => dom = whole,
        }
    }
    let came_whole = read_outline(facts, &dom, encoding);
    facts.text_simhash = simhash(dom.whole_text());
    let resolver = Resolver::new(&url, &dom, encoding);
    facts.metas = metas(&dom);
    done("title, metas, simhash");

    let found_navigation = navigation::read(&mut dom, &resolver, lexicons);
    facts.navigation = found_navigation.entries;
    facts.side_navigation = found_navigation.side;
    facts.breadcrumbs = found_navigation.breadcrumbs;
    facts.header_name = found_navigation.header_name;
    facts.body_area_chars = dom.area_chars(Area::Body);
    facts.sentence_chars = sentence_chars(&dom);
    done("navigation");

    let links = links::find(&dom, &resolver);
    done("links");
    let lists = list::read(&dom, &resolver, &links, &url, today);
    facts.list = lists.list;
    done("list");
    facts.article = article::read(&article::Input {
        dom: &dom,
        links: &links,
        metas: &facts.metas,
        page_title: &facts.title,
        header_name: &facts.header_name,
        url: &url,
        today,
        listed: &lists.places,
    });
    done("article");
    facts.missing_wording = missing::wording(facts, &dom, lexicons);
    facts.empty_wording = missing::empty_wording(&dom, lexicons);
    facts.needs_script = missing::needs_script(&dom);
    facts.blocked_wording = missing::blocked_wording(&facts.title, &dom, lexicons);
    let came_whole = came_whole && !facts.needs_script;
    facts.anchors = anchors::read(&dom, &resolver, &links, came_whole);
    done("missing, empty, anchors");
    facts.newest_item = list::newest_on_page(&dom, today);
    done("newest item");
    facts.marks = marks::read(&dom, lexicons);
    done("marks");
    facts.search_forms = search::forms(&dom, &resolver, encoding);
    if facts.search_forms.is_empty() {
        facts.scripted_search = search::scripted(&dom, &resolver);
    }
    facts.result_classes = search::result_classes(&dom, lexicons);
    if matches!(capture.purpose, Purpose::Search { .. }) {
        facts.no_results = search::no_results(&dom, lexicons);
    }
    done("search");
    facts.sign_in = sign_in::read(&dom, lexicons);
    if layout::is_front(&url) {
        facts.layout = Some(layout::read(&dom, lexicons));
    }
    facts.annual_form = annual_form::read(facts, &dom, &links, lexicons);
    done("sign-in, layout, annual form");
    facts.guide = guide::read(facts, &dom, &links, lexicons, &lists.places);
    done("guide");
    facts.messages = messages::read(facts, &dom, &resolver, lexicons);
    facts.statistics = statistics::read(facts, &dom);
    facts.consultation = messages::consultation(facts, &dom, &links, lexicons);
    done("messages, statistics");
    if capture.purpose == Purpose::Account {
        let answer = Answer {
            capture: &capture,
            body,
            lexicons,
            page: Some((facts, &dom)),
        };
        let shown = adapters::read(&answer).unwrap_or_default();
        (facts.posts, facts.next_page) = (shown.posts, shown.next);
        facts.interaction = account::interaction(&dom, &facts.posts, lexicons);
        if facts.posts.is_empty() && facts.blocked_wording.is_empty() {
            facts.blocked_wording = account::login_wording(&dom);
        }
        done("account");
    }
    let shown = safety::read(&safety::Input {
        dom: &dom,
        links: &links,
        metas: &facts.metas,
        title: &facts.title,
        url: &url,
        purpose: &capture.purpose,
        today,
        lists: &lexicons.safety,
    });
    done("safety");
    let mut signs = shown.signs;
    if let Some(room) = &lexicons.words {
        let page = (facts.title.as_str(), &dom);
        proofread::read(&capture, page, room, &shown.secrets, &mut signs);
        done("words");
    }
    // The tree goes before the links are made, so that both never stand in memory at once.
    drop(dom);
    facts.links = links.into_links();
    if facts.result_classes.is_empty() && matches!(facts.capture.purpose, Purpose::Search { .. }) {
        facts.result_classes = search::classes_in_tabs(&facts.links, &url, lexicons);
    }
    shown.secrets.strike_facts(facts);
    (facts.signs, facts.skeleton) = (signs, shown.skeleton);
}

/// Where a page stands, and the words to read it by.
struct Place<'a> {
    url: &'a str,
    encoding: &'static Encoding,
    lexicons: &'a Lexicons,
}

/// What every reading of a page begins with. Returns whether the page came whole.
fn read_outline(facts: &mut PageFacts, dom: &Dom, encoding: &'static Encoding) -> bool {
    facts.is_html = true;
    // Of a page with more than is ever read, what was left out counts like a body that was not read to its end.
    facts.capture.truncated |= dom.is_cut;
    encoding.name().clone_into(&mut facts.charset);
    facts.title = title(dom);
    facts.text_chars = dom.chars;
    facts.capture.is_success() && !facts.capture.truncated
}

/// Keeps the links of a page as far as its tree was read; gives the tree back where the page must be read whole.
fn keep_links<'p>(facts: &mut PageFacts, dom: Dom<'p>, place: &Place) -> Option<Dom<'p>> {
    let Some(links) = read_links(facts, &dom, place) else {
        return Some(dom);
    };
    // The tree goes before the links are made, so that both never stand in memory at once.
    drop(dom);
    facts.links = links.into_links();
    None
}

/// Which way leads to the links of a page.
pub(super) enum ByTags {
    /// From its tags alone.
    Yes,
    /// From its tree.
    No,
}

/// Links of a page by one of the ways, or why it does not lead there.
pub(super) fn links_by(
    way: ByTags,
    capture: &Capture,
    body: &[u8],
    lexicons: &Lexicons,
) -> Result<PageFacts, GaveUp> {
    let encoding = charset::detect(body, &capture.content_type);
    let html = charset::decode(body, encoding);
    let dom = match way {
        ByTags::Yes => html::skim(&html)?,
        ByTags::No => Dom::parse(&*html),
    };
    let place = Place {
        url: &capture.final_url,
        encoding,
        lexicons,
    };
    let mut facts = blank(capture);
    match keep_links(&mut facts, dom, &place) {
        None => Ok(facts),
        Some(_) => Err(GaveUp("words of a missing page")),
    }
}

/// [`Depth::Links`]. `None` for a page that speaks like a missing one: nothing but its whole tells whether it is one.
fn read_links(facts: &mut PageFacts, dom: &Dom, place: &Place) -> Option<PageLinks> {
    let came_whole = read_outline(facts, dom, place.encoding);
    if !missing::wording(facts, dom, place.lexicons).is_empty() {
        return None;
    }
    // Only short pages are compared with the site's missing page.
    if dom.chars <= missing::SHORT_PAGE_CHARS {
        facts.text_simhash = simhash(dom.whole_text());
    }
    facts.needs_script = missing::needs_script(dom);
    facts.blocked_wording = missing::blocked_wording(&facts.title, dom, place.lexicons);
    let resolver = Resolver::new(place.url, dom, place.encoding);
    let links = links::find(dom, &resolver);
    facts.search_forms = search::forms(dom, &resolver, place.encoding);
    let came_whole = came_whole && !facts.needs_script;
    facts.anchors = anchors::read(dom, &resolver, &links, came_whole);
    Some(links)
}

/// Characters of the lines in the body area that end a sentence: prose, where headings, dates and the words around a list are none.
fn sentence_chars(dom: &Dom) -> u32 {
    const SENTENCE_MIN: usize = 12;
    dom.all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body && line.text.contains('。'))
        .map(|line| line.text.chars().count())
        .filter(|chars| *chars >= SENTENCE_MIN)
        .map(|chars| u32::try_from(chars).unwrap_or(u32::MAX))
        .sum()
}

pub(super) fn title(dom: &Dom) -> String {
    dom.named(Tag::Title)
        .find(|index| dom.closest(*index, &["svg"]).is_none())
        .map(|index| cut(&collapse(&dom.raw_text(index)), 300))
        .unwrap_or_default()
}

/// Names of the rule, as it writes them.
pub(crate) const RULE_TAGS: [&str; 15] = [
    "SiteName",
    "SiteDomain",
    "SiteIDCode",
    "ColumnName",
    "ColumnDescription",
    "ColumnKeywords",
    "ColumnType",
    "ArticleTitle",
    "PubDate",
    "ContentSource",
    "Keywords",
    "Author",
    "Description",
    "Image",
    "Url",
];

pub(super) fn metas(dom: &Dom) -> BTreeMap<String, String> {
    let mut metas = BTreeMap::new();
    for index in dom.named(Tag::Meta) {
        let name = ["name", "property", "itemprop"]
            .iter()
            .find_map(|attr| dom.attr(index, attr));
        let (Some(name), Some(content)) = (name, dom.attr(index, "content")) else {
            continue;
        };
        let name = name.trim();
        let key = RULE_TAGS
            .iter()
            .find(|tag| tag.eq_ignore_ascii_case(name))
            .map_or_else(|| name.to_lowercase(), |tag| (*tag).to_owned());
        metas.entry(key).or_insert_with(|| cut(content.trim(), 500));
    }
    metas
}
