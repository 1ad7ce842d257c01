//! One answer → facts. Each reader stands in its own file; this one only decides which of them to ask.

use std::collections::BTreeMap;

use super::dom::{Dom, collapse};
use super::lexicons::Lexicons;
use super::links::{self, Resolver};
use super::model::{Area, PageFacts};
use super::text::{cut, simhash};
use super::{
    account, article, charset, feed, guide, list, marks, messages, missing, navigation, package,
    search, statistics,
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
        sentence_chars: 0,
    }
}

/// Reads one answer. Answers that are neither HTML, feed nor package give facts with the capture only.
pub fn read(capture: &Capture, body: &[u8], lexicons: &Lexicons) -> PageFacts {
    let is_account = capture.purpose == Purpose::Account;
    let mut facts = blank(capture);
    if is_account {
        facts.package = package::read(capture, body);
        if let Some(posts) = feed::read(capture, body) {
            facts.posts = posts;
            return facts;
        }
    }
    if !looks_like_html(capture, body) {
        return facts;
    }
    read_html(&mut facts, body, lexicons);
    facts
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

fn read_html(facts: &mut PageFacts, body: &[u8], lexicons: &Lexicons) {
    let capture = facts.capture.clone();
    let today = capture.at.date();
    let url = if capture.final_url.is_empty() {
        capture.url.clone()
    } else {
        capture.final_url.clone()
    };
    let encoding = charset::detect(body, &capture.content_type);
    let html = charset::decode(body, encoding);
    let mut dom = Dom::parse(&html);
    facts.is_html = true;
    encoding.name().clone_into(&mut facts.charset);
    facts.title = title(&dom);
    facts.metas = metas(&dom);
    facts.text_chars = dom.chars;
    let text = dom.text(0);
    facts.text_simhash = simhash(&text);

    let resolver = Resolver::new(&url, &dom, encoding);
    let found_navigation = navigation::read(&mut dom, &resolver, lexicons);
    facts.navigation = found_navigation.entries;
    facts.side_navigation = found_navigation.side;
    facts.breadcrumbs = found_navigation.breadcrumbs;
    facts.header_name = found_navigation.header_name;

    facts.body_area_chars = dom.area_chars(Area::Body);
    facts.sentence_chars = sentence_chars(&dom);

    let found = links::find(&dom, &resolver);
    facts.links = links::distinct(&found);
    facts.list = list::read(&dom, &resolver, &found, &facts.links, &url, today);
    facts.article = article::read(&article::Input {
        dom: &dom,
        links: &found,
        metas: &facts.metas,
        page_title: &facts.title,
        url: &url,
        today,
    });
    facts.missing_wording = missing::wording(facts, &dom, &text, lexicons);
    facts.empty_wording = missing::empty_wording(&dom, lexicons);
    facts.needs_script = missing::needs_script(&dom);
    facts.newest_item = list::newest_on_page(&dom, today);
    facts.marks = marks::read(&dom, lexicons);
    facts.search_forms = search::forms(&dom, &resolver, encoding);
    facts.result_classes = search::result_classes(&dom, lexicons);
    facts.guide = guide::read(facts, &dom, &found, lexicons);
    facts.messages = messages::read(facts, &dom, &resolver, lexicons);
    facts.statistics = statistics::read(facts, &dom);
    facts.consultation = messages::consultation(facts, &dom, lexicons);
    if capture.purpose == Purpose::Account {
        facts.posts = account::posts(facts);
        facts.interaction = account::interaction(&dom, &facts.posts, lexicons);
    }
}

/// Characters of the lines in the body area that end a sentence: prose, where headings, dates and the words around a list are none.
fn sentence_chars(dom: &Dom) -> u32 {
    const SENTENCE_MIN: usize = 12;
    dom.lines(0..dom.nodes.len())
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body && line.text.contains('。'))
        .map(|line| line.text.chars().count())
        .filter(|chars| *chars >= SENTENCE_MIN)
        .map(|chars| u32::try_from(chars).unwrap_or(u32::MAX))
        .sum()
}

fn title(dom: &Dom) -> String {
    (0..dom.nodes.len())
        .find(|index| dom.name(*index) == "title" && dom.closest(*index, &["svg"]).is_none())
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

fn metas(dom: &Dom) -> BTreeMap<String, String> {
    let mut metas = BTreeMap::new();
    for index in (0..dom.nodes.len()).filter(|index| dom.name(*index) == "meta") {
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
