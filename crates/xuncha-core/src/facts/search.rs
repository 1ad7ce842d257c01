//! Site search: its forms, the questions to ask, and how results are classified.

mod results;
mod scripted;

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;
use url::Url;

pub(crate) use self::results::{classes_in_tabs, no_results};
pub(crate) use self::scripted::{LINK, scripted};
use super::dom::Dom;
use super::html::names::{Set, Tag};
use super::lexicons::Lexicons;
use super::links::{Resolver, encoder};
use super::model::{Area, PageFacts, SearchForm};
use super::text::{bare, cut, draw, is_at_most};
use crate::evidence::Purpose;

/// 搜索请求. One question for a site's search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchAsk {
    /// What is asked.
    pub query: String,
    /// Address that should be among the results; empty for the nonsense word.
    pub expected_url: String,
    /// Address to ask by GET.
    pub request_url: String,
}

/// Letters of which words are made that no site publishes; every charset of our sites has them. A search that "finds" such a word shows
/// all or nothing for everything.
const NONSENSE: [char; 20] = [
    '鬯', '鬲', '鬵', '鬻', '鬾', '龘', '靐', '齉', '齾', '爩', '麤', '鱻', '灥', '飍', '赑', '虪',
    '籱', '爨', '饢', '鸎',
];
const NONSENSE_CHARS: usize = 5;

/// A made-up word, drawn from the seed.
fn nonsense(seed: &str) -> String {
    let mut left: Vec<char> = NONSENSE.to_vec();
    let mut number = draw(seed, "nonsense");
    let mut word = String::new();
    for _ in 0..NONSENSE_CHARS {
        let count = left.len() as u64;
        word.push(left.remove((number % count) as usize));
        number /= count;
    }
    word
}

/// Search forms of a page.
pub(crate) fn forms(
    dom: &Dom,
    resolver: &Resolver,
    encoding: &'static Encoding,
) -> Vec<SearchForm> {
    dom.named(Tag::Form)
        .filter_map(|index| form(dom, index, resolver, encoding))
        .collect()
}

fn form(
    dom: &Dom,
    index: usize,
    resolver: &Resolver,
    encoding: &'static Encoding,
) -> Option<SearchForm> {
    let inputs: Vec<usize> = dom
        .inside(index)
        .filter(|inner| matches!(dom.name(*inner), "input" | "select" | "button"))
        .collect();
    if dom.inside(index).any(|inner| dom.name(inner) == "textarea") {
        return None;
    }
    let kind = |inner: usize| {
        dom.attr(inner, "type")
            .unwrap_or("text")
            .to_ascii_lowercase()
    };
    if inputs.iter().any(|inner| kind(*inner) == "password") {
        return None;
    }
    let texts: Vec<usize> = inputs
        .iter()
        .copied()
        .filter(|inner| {
            dom.name(*inner) == "input" && matches!(kind(*inner).as_str(), "text" | "search" | "")
        })
        .collect();
    let action_raw = dom.attr(index, "action").unwrap_or("").trim();
    if texts.is_empty() || texts.len() > 2 {
        return None;
    }
    let says_search = {
        let mut words = format!(
            "{} {} {}",
            dom.tokens(index),
            action_raw,
            dom.attr(index, "name").unwrap_or("")
        )
        .to_lowercase();
        for inner in dom.inside(index) {
            for name in [
                "placeholder",
                "value",
                "name",
                "id",
                "title",
                "alt",
                "class",
            ] {
                if let Some(value) = dom.attr(inner, name) {
                    words.push(' ');
                    words.push_str(&value.to_lowercase());
                }
            }
        }
        words.push_str(&dom.text(index));
        [
            "search", "sousuo", "搜", "检索", "query", "keyword", "查询", "so.html", "/s?",
        ]
        .iter()
        .any(|sign| words.contains(sign))
    };
    if !says_search {
        return None;
    }
    let field = texts
        .iter()
        .find_map(|inner| dom.attr(*inner, "name"))
        .filter(|name| !name.is_empty())?
        .to_owned();
    let action = if action_raw.is_empty() {
        resolver.resolve("?")?.trim_end_matches('?').to_owned()
    } else {
        resolver.resolve(action_raw)?
    };
    let mut hidden = BTreeMap::new();
    for inner in inputs {
        let Some(name) = dom
            .attr(inner, "name")
            .filter(|name| !name.is_empty() && *name != field)
        else {
            continue;
        };
        let value = match (dom.name(inner), kind(inner).as_str()) {
            ("input", "hidden") => dom.attr(inner, "value").unwrap_or("").to_owned(),
            ("input", "radio" | "checkbox") if dom.attr(inner, "checked").is_some() => {
                dom.attr(inner, "value").unwrap_or("on").to_owned()
            }
            ("select", _) => selected(dom, inner),
            _ => continue,
        };
        hidden.entry(name.to_owned()).or_insert(value);
    }
    let charset = dom
        .attr(index, "accept-charset")
        .and_then(|label| {
            label
                .split([' ', ','])
                .find_map(|one| Encoding::for_label(one.as_bytes()))
        })
        .unwrap_or(encoding)
        .name()
        .to_owned();
    let is_get = !dom
        .attr(index, "method")
        .is_some_and(|method| method.eq_ignore_ascii_case("post"));
    Some(SearchForm {
        action,
        is_get,
        field,
        hidden,
        charset,
        asks_code: results::asks_code(dom, index),
    })
}

fn selected(dom: &Dom, select: usize) -> String {
    let options: Vec<usize> = dom
        .inside(select)
        .filter(|inner| dom.name(*inner) == "option")
        .collect();
    options
        .iter()
        .find(|option| dom.attr(**option, "selected").is_some())
        .or(options.first())
        .map(|option| {
            dom.attr(*option, "value")
                .map_or_else(|| dom.raw_text(*option).trim().to_owned(), str::to_owned)
        })
        .unwrap_or_default()
}

/// The address that a browser asks when the form is sent with this query.
pub fn request_url(form: &SearchForm, query: &str) -> Option<String> {
    let mut url = Url::parse(&form.action).ok()?;
    let encoding = Encoding::for_label(form.charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let encode = encoder(encoding);
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.encoding_override(Some(&encode));
    pairs.append_pair(&form.field, query);
    for (name, value) in &form.hidden {
        pairs.append_pair(name, value);
    }
    let query = pairs.finish();
    url.set_query(Some(&query));
    url.set_fragment(None);
    Some(url.into())
}

/// Questions for the site's search: seeded titles of articles and guides that the site published, and one nonsense word at the end.
/// Empty where no page shows a search form that is sent by GET.
pub fn search_questions(pages: &[&PageFacts], seed: &str, count: usize) -> Vec<SearchAsk> {
    let Some(form) = pages
        .iter()
        .flat_map(|page| &page.search_forms)
        .find(|form| form.is_get)
    else {
        return Vec::new();
    };
    // The name of the site stands as a heading on its pages, and where it is taken for their title nothing could be found by it.
    let homes = pages.iter().filter(|page| is_home(&page.capture.final_url));
    let named = pages.iter().filter_map(|page| page.metas.get("SiteName"));
    let names = homes
        .map(|page| bare(&page.title))
        .chain(named.map(|name| bare(name)));
    let mut seen: BTreeSet<String> = names.collect();
    let mut guides: Vec<(u64, &str, &str)> = Vec::new();
    let mut articles: Vec<(u64, &str, &str)> = Vec::new();
    for page in pages.iter().filter(|page| {
        page.capture.purpose == Purpose::Page
            && page.capture.is_success()
            && page.missing_wording.is_empty()
            // A citizen's message is no information that the site published, nor is a column.
            && page.messages.is_empty()
            && !page.stands_in_navigation()
    }) {
        let (title, is_guide) = match (&page.guide, &page.article) {
            (Some(guide), _) => (guide.title.as_str(), true),
            (None, Some(article)) if article.published.is_some() => (article.title.as_str(), false),
            _ => continue,
        };
        let chars = title.chars().count();
        // The home page shows news, but is none: its title is the site's name.
        if is_home(&page.capture.final_url) || bare(title) == bare(&page.header_name) {
            continue;
        }
        // Nor is the page of a column, which calls itself by the column's name.
        if page
            .metas
            .get("ColumnName")
            .is_some_and(|name| name == title)
        {
            continue;
        }
        if !(6..=60).contains(&chars) || !seen.insert(bare(title)) {
            continue;
        }
        let entry = (
            draw(seed, &page.capture.url),
            title,
            page.capture.final_url.as_str(),
        );
        if is_guide {
            guides.push(entry)
        } else {
            articles.push(entry)
        }
    }
    guides.sort();
    articles.sort();
    // Information and services both: every second question is a service while there are any.
    let mut asks = Vec::new();
    let (mut guides, mut articles) = (guides.into_iter(), articles.into_iter());
    while asks.len() < count {
        let next = if asks.len() % 2 == 1 {
            guides.next().or_else(|| articles.next())
        } else {
            articles.next().or_else(|| guides.next())
        };
        let Some((_, title, url)) = next else { break };
        let Some(request_url) = request_url(form, title) else {
            break;
        };
        asks.push(SearchAsk {
            query: title.to_owned(),
            expected_url: url.to_owned(),
            request_url,
        });
    }
    let nonsense = nonsense(seed);
    if let Some(request_url) = request_url(form, &nonsense) {
        asks.push(SearchAsk {
            query: nonsense,
            expected_url: String::new(),
            request_url,
        });
    }
    asks
}

fn is_home(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.path() == "/" && url.query().is_none())
}

/// A path that no site has, to learn what its missing page looks like.
pub fn missing_page_probe(home: &Url, seed: &str) -> String {
    let number = draw(seed, home.as_str());
    home.join(&format!(
        "/{:x}/{:x}.html",
        number & 0xffff_ffff,
        number >> 32
    ))
    .map_or_else(|_| home.to_string(), String::from)
}

/// Names of result groups: tabs, filters or group headings outside of the site's navigation.
pub(crate) fn result_classes(dom: &Dom, lexicons: &Lexicons) -> Vec<String> {
    // Headings of groups: 新闻类（3）, 政策类（5）.
    let mut best: Vec<String> = Vec::new();
    for index in (0..dom.nodes.len()).filter(|index| dom.nodes[*index].area == Area::Body) {
        if !matches!(
            dom.name(index),
            "h2" | "h3" | "h4" | "h5" | "dt" | "legend" | "caption"
        ) {
            continue;
        }
        let name = group_name(&dom.text(index));
        if !best.contains(&name) && lexicons.search_classes.words.contains(&name) {
            best.push(name);
        }
    }
    // Group headings that are no heading elements say that they are: 新闻类, 政策（5）.
    let lines = dom.all_lines().iter();
    for line in
        lines.filter(|line| dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, 14))
    {
        let is_marked = line.text.contains('类') || line.text.contains(['(', '（']);
        if is_marked && line.text.chars().any(|c| c.is_ascii_digit() || c == '类') {
            let name = group_name(&line.text);
            if !best.contains(&name) && lexicons.search_classes.words.contains(&name) {
                best.push(name);
            }
        }
    }
    if best.len() < 2 {
        best.clear();
    }
    // A block of the body can hold the navigation on a short page; names in it are columns, not classes of results.
    let labels: Vec<usize> = (0..dom.nodes.len())
        .filter(|index| LABELS.has(dom.nodes[*index].tag) && dom.nodes[*index].area == Area::Body)
        .collect();
    let mut classes: Vec<Option<Option<usize>>> = vec![None; labels.len()];
    for index in 0..dom.nodes.len() {
        let node = &dom.nodes[index];
        if node.area != Area::Body
            || !matches!(
                dom.name(index),
                "div"
                    | "ul"
                    | "ol"
                    | "dl"
                    | "p"
                    | "td"
                    | "tr"
                    | "nav"
                    | "section"
                    | "aside"
                    | "form"
                    | "select"
            )
        {
            continue;
        }
        let is_filter_block = dom.tokens(index).split_ascii_whitespace().any(|word| {
            [
                "tab", "class", "filter", "group", "type", "facet", "cate", "channel", "fenlei",
            ]
            .iter()
            .any(|sign| word.contains(sign))
        });
        if dom.chars_of(index) > 200 && !is_filter_block {
            continue;
        }
        let mut names: Vec<usize> = Vec::new();
        let end = dom.nodes[index].end();
        let first = labels.partition_point(|label| *label <= index);
        for at in first..labels.len() {
            if labels[at] >= end {
                break;
            }
            let class = *classes[at].get_or_insert_with(|| class_of(dom, labels[at], lexicons));
            if let Some(class) = class
                && !names.contains(&class)
            {
                names.push(class);
            }
        }
        if names.len() >= 2 && names.len() > best.len() {
            best = names
                .into_iter()
                .map(|class| lexicons.search_classes.words[class].clone())
                .collect();
        }
    }
    best
}

/// Elements that may name a group of results.
const LABELS: Set = Set::of(&[
    Tag::A,
    Tag::Span,
    Tag::Li,
    Tag::Label,
    Tag::Button,
    Tag::Option,
    Tag::H2,
    Tag::H3,
    Tag::H4,
    Tag::Dt,
    Tag::B,
    Tag::Strong,
    Tag::Em,
]);

/// Which word of the lexicon an element names.
fn class_of(dom: &Dom, index: usize, lexicons: &Lexicons) -> Option<usize> {
    let name = if dom.nodes[index].tag == Tag::Option {
        group_name(&dom.raw_text(index))
    } else {
        // The name ends after twelve characters at most, whatever follows.
        let start = dom.text_start(index, 400);
        let trimmed = start.trim_start_matches(['[', '【', ' ']);
        if start.len() > 400 && trimmed.len() < 100 {
            group_name(&dom.text(index))
        } else {
            group_name(&start)
        }
    };
    lexicons
        .search_classes
        .words
        .iter()
        .position(|word| *word == name)
}

/// `政策（12）` → 政策.
fn group_name(text: &str) -> String {
    let text = text.trim().trim_start_matches(['[', '【']);
    let end = text
        .find(|c: char| {
            c.is_whitespace()
                || c.is_ascii_digit()
                || matches!(c, '(' | '（' | '[' | '【' | ']' | '】' | '：' | ':' | '|')
        })
        .unwrap_or(text.len());
    let name = cut(&text[..end], 12);
    match name.strip_suffix('类') {
        Some(rest) if rest.chars().count() >= 2 => rest.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(html: &str, encoding: &'static Encoding) -> Vec<SearchForm> {
        let dom = Dom::parse(html);
        let resolver = Resolver::new("https://www.qingshi.gov.cn/", &dom, encoding);
        forms(&dom, &resolver, encoding)
    }

    #[test]
    fn no_column_is_asked_for() {
        let frame = "<title>重大建设项目_青石县人民政府</title><form action=/s><input name=q placeholder=搜索></form>
            <div class=nav><a href=/>首页</a><a href=/xw/>新闻动态</a><a href=/tz/>通知公告</a><a href=/zdxm/>重大建设项目</a></div>";
        let text = "根据有关规定，现就相关事项予以发布，请各单位遵照执行，并按时报送进展情况。";
        let column = format!(
            "{frame}<h2>重大建设项目</h2><div><h4><a href=1.html>农村人居环境整治有关情况</a></h4><p>{text}</p><p>来源：县政府办 时间：2026-03-01</p></div>"
        );
        let article = format!(
            "{frame}<h2>农村人居环境整治有关情况</h2><div>发布时间：2026-03-01</div><div><p>{text}</p></div>"
        );
        let page = |url: &str, html: &str| crate::facts::test_page(url, html);
        let pages = [
            page("https://www.qingshi.gov.cn/zdxm/", &column),
            page(
                "https://www.qingshi.gov.cn/zdxm/1.html",
                &article.replace("<title>重大建设项目", "<title>农村人居环境整治有关情况"),
            ),
        ];
        let asks = search_questions(&pages.iter().collect::<Vec<_>>(), "7", 4);
        let asked: Vec<&str> = asks
            .iter()
            .filter(|ask| !ask.expected_url.is_empty())
            .map(|ask| ask.query.as_str())
            .collect();
        assert_eq!(asked, ["农村人居环境整治有关情况"]);
    }

    #[test]
    fn forms_and_requests() {
        let found = read(
            "<form action=/search.html class=search><input name=q placeholder=搜索><input type=hidden name=site value=1></form>",
            encoding_rs::GB18030,
        );
        assert_eq!(
            request_url(&found[0], "春耕").as_deref(),
            Some("https://www.qingshi.gov.cn/search.html?q=%B4%BA%B8%FB&site=1")
        );
        assert!(
            read(
                "<form action=/login><input name=user><input type=password name=p></form>",
                encoding_rs::UTF_8
            )
            .is_empty()
        );
        assert!(read("<form action=/write><input name=title><textarea name=c></textarea><button>搜索</button></form>", encoding_rs::UTF_8).is_empty());
    }

    #[test]
    fn classes_of_results() {
        let lexicons = Lexicons::builtin();
        for (html, count) in [
            (
                "<div class=tabs><a href='?t=0'>全部（9）</a><a href='?t=1'>新闻（3）</a><a href='?t=2'>政策（6）</a></div>",
                3,
            ),
            ("<ul><li><a href=1>政策解读新闻发布会</a></li></ul>", 0),
            (
                "<h4>新闻类（3）</h4><ul><li>a</li></ul><h4>政策类（2）</h4>",
                2,
            ),
            (
                "<div class=x1>新闻类（3）</div><ul><li>a</li></ul><div class=x1>政策类（2）</div><ul><li>b</li></ul>",
                2,
            ),
            (
                "<div>按时间 按相关度 时间范围：<span>全部</span> <span>一周内</span> <span>一年内</span></div>",
                0,
            ),
            ("<p>共找到 3 条结果</p>", 0),
        ] {
            assert_eq!(
                result_classes(&Dom::parse(html), &lexicons).len(),
                count,
                "{html}"
            );
        }
    }

    #[test]
    fn probe_is_stable() {
        let home = Url::parse("https://www.qingshi.gov.cn/").unwrap();
        assert_eq!(
            missing_page_probe(&home, "7"),
            missing_page_probe(&home, "7")
        );
        assert_ne!(
            missing_page_probe(&home, "7"),
            missing_page_probe(&home, "8")
        );
    }

    #[test]
    fn the_navigation_names_no_classes_of_results() {
        let page = super::super::test_page(
            "https://www.qingshi.gov.cn/search?q=x",
            "<div><div class=nav><ul><li><a href=/>首页</a></li><li><a href=/a/>政务动态</a></li><li><a href=/b/>政策文件</a></li>\
             <li><a href=/c/>政策解读</a></li><li><a href=/d/>办事服务</a></li></ul></div><div><h3>搜索结果</h3><ul><li><a href=/1.html>关于印发实施方案的通知</a></li></ul></div></div>",
        );
        assert!(page.result_classes.is_empty(), "{:?}", page.result_classes);
    }
}
