//! Areas of a page: navigation with its entries, footer, breadcrumb, side navigation, header name.

mod beside;
mod boxes;
mod names;
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
use super::text::cut;

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
    for index in footers(dom, &called) {
        dom.mark_area(index, Area::Footer);
    }
    let crumbs = breadcrumb_node(dom, &called);
    for index in headers(dom, &called) {
        dom.mark_area(index, Area::Navigation);
    }
    let main = main_navigation(dom, &called, crumbs, lexicons);
    let side = side_navigation(dom, &called, main, crumbs);
    for index in main.iter().chain(&side).copied() {
        dom.mark_area(index, Area::Navigation);
    }
    beside::mark(dom);
    Navigation {
        entries: main
            .map(|index| entries(dom, index, resolver))
            .unwrap_or_default(),
        side: side
            .map(|index| entries(dom, index, resolver))
            .unwrap_or_default(),
        breadcrumbs: crumbs
            .map(|index| breadcrumbs(dom, index, resolver))
            .unwrap_or_default(),
        header_name: header_name(dom, &called),
    }
}

fn words(tokens: &str) -> impl Iterator<Item = &str> {
    tokens.split_ascii_whitespace()
}

fn is_small(dom: &Dom, index: usize) -> bool {
    let chars = dom.chars_of(index);
    chars <= 700 || chars * 2 <= dom.chars
}

fn footers(dom: &Dom, called: &Called) -> Vec<usize> {
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
        found.extend(footer_by_words(dom));
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

/// A footer without a telling name: the last block that speaks of host unit, filing number or code.
fn footer_by_words(dom: &Dom) -> Option<usize> {
    const WORDS: [&str; 6] = [
        "主办单位",
        "备案",
        "标识码",
        "版权所有",
        "公网安备",
        "承办单位",
    ];
    let last = (0..dom.nodes.len()).rev().find(|index| {
        !dom.nodes[*index].is_hidden()
            && dom
                .text_of(*index)
                .is_some_and(|text| WORDS.iter().any(|word| text.contains(word)))
    })?;
    let limit = (dom.chars / 3).clamp(120, 600);
    dom.ancestors(last)
        .take_while(|up| dom.chars_of(*up) <= limit && !matches!(dom.name(*up), "body" | "html"))
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
            || best.is_some() && crumbs.is_some_and(|crumb| index > crumb)
        {
            continue;
        }
        let named = node.tag == Tag::Nav || called.navigation(index);
        let is_side = called.beside(index);
        // Without a telling name only blocks near the top are weighed; weighing every block would cost a scan each.
        if is_side
            || !named
                && (node.chars_before > 400 || dom.chars_of(index) > 900 || dom.chars_of(index) < 8)
        {
            continue;
        }
        if named && dom.chars_of(index) > 3000 {
            continue;
        }
        let block = weights.block(index);
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
            + if node.tag == Tag::Nav { 10 } else { 0 };
        let candidate = Candidate {
            score,
            index,
            known: block.known,
        };
        if named {
            named_ones.push(candidate);
        }
        if best.is_none_or(|before| before.score < score) {
            best = Some(candidate);
        }
    }
    let best = innermost(dom, better_named(best?, &named_ones), &named_ones);
    Some(with_siblings(dom, best, &named_ones, &mut weights))
}

/// A block that may be the main navigation.
#[derive(Clone, Copy)]
struct Candidate {
    score: u32,
    index: usize,
    known: u32,
}

/// A block named as navigation is one, also where a box of icons leads to more columns: the best named one wins over any other block that
/// does not lead to far more columns.
fn better_named(best: Candidate, named_ones: &[Candidate]) -> Candidate {
    named_ones
        .iter()
        .filter(|named| named.known >= 4 && named.known * 3 >= best.known)
        .copied()
        .max_by_key(|named| (named.score, usize::MAX - named.index))
        .unwrap_or(best)
}

/// The innermost named block that holds nearly all columns of `best`: a header named for its navigation also holds links of its own,
/// beside which the columns would seem to stand one level deeper.
fn innermost(dom: &Dom, best: Candidate, named_ones: &[Candidate]) -> usize {
    named_ones
        .iter()
        .filter(|inner| inner.index != best.index && is_around(dom, best.index, inner.index))
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

fn entries(dom: &Dom, navigation: usize, resolver: &Resolver) -> Vec<NavigationEntry> {
    let mut out: Vec<NavigationEntry> = Vec::new();
    let mut depths: Vec<u8> = Vec::new();
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
        depths.push(nesting(dom, index, navigation));
        out.push(NavigationEntry {
            text: cut(&text, 40),
            url,
            depth: 1,
        });
    }
    // The logo leads home too, and from outside of the list of columns.
    let columns = out.iter().zip(&depths);
    let columns = columns.filter(|(entry, _)| !leads_home(entry));
    let columns = columns.map(|(_, depth)| *depth).min();
    let least = columns.or(depths.iter().copied().min()).unwrap_or(0);
    for (entry, depth) in out.iter_mut().zip(&depths) {
        entry.depth = if *depth > least { 2 } else { 1 };
    }
    out
}

/// Whether an entry is the way back to the home page.
fn leads_home(entry: &NavigationEntry) -> bool {
    let after_scheme = entry.url.split_once("://").map_or("", |(_, rest)| rest);
    let path = after_scheme.split_once('/').map_or("", |(_, path)| path);
    path.is_empty() || entry.text.contains("首页") || entry.text.contains("主页")
}

/// How deep a link stands inside the navigation: list items around it, or blocks named as sub-menus.
fn nesting(dom: &Dom, index: usize, navigation: usize) -> u8 {
    let mut depth = 0;
    for up in dom.ancestors(index).take_while(|up| *up > navigation) {
        let name = dom.name(up);
        let is_sub = words(dom.tokens(up)).any(|word| {
            word.contains("sub")
                || word.contains("child")
                || word.contains("drop")
                || word.contains("second")
                || word.contains("level2")
                || word.contains("er-nav")
        });
        depth += u8::from(
            matches!(name, "li" | "dd")
                || is_sub && matches!(name, "div" | "p" | "span" | "ul" | "dl"),
        );
    }
    depth.min(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn navigation(html: &str) -> Navigation {
        let mut dom = Dom::parse(html);
        let resolver = Resolver::new("https://www.qingshi.gov.cn/xw/", &dom, encoding_rs::UTF_8);
        read(&mut dom, &resolver, &Lexicons::builtin())
    }

    #[test]
    fn entries_have_depth() {
        let found = navigation(
            "<div class=header><div class=logo><img src=l.png alt=青石市人民政府></div></div>
             <div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw/>新闻中心</a><ul><li><a href=/xw/yw/>政务要闻</a></li></ul></li><li><a href=/bs/>办事服务</a></li></ul></div>
             <div class=crumb>当前位置：<a href=/>首页</a> &gt; <a href=./>新闻中心</a></div>",
        );
        let seen: Vec<(&str, u8)> = found
            .entries
            .iter()
            .map(|entry| (entry.text.as_str(), entry.depth))
            .collect();
        assert_eq!(
            seen,
            [
                ("首页", 1),
                ("新闻中心", 1),
                ("政务要闻", 2),
                ("办事服务", 1)
            ]
        );
        assert_eq!(found.header_name, "青石市人民政府");
        assert_eq!(found.breadcrumbs.len(), 2);
    }

    #[test]
    fn table_layout_without_names_is_found_and_news_lists_are_not() {
        let found = navigation(
            "<table><tr><td><a href=/>首页</a></td><td><a href=/a>政务公开</a></td><td><a href=/b>办事服务</a></td><td><a href=/c>互动交流</a></td></tr></table>
             <ul><li><a href=/1>全市召开安全生产工作会议部署近期重点任务</a></li><li><a href=/2>我市启动春季植树造林活动全面推进绿化</a></li><li><a href=/3>市政府常务会议研究重点项目建设工作</a></li></ul>",
        );
        assert_eq!(found.entries.len(), 4);
        let none = navigation(
            "<ul><li><a href=/1>全市召开安全生产工作会议部署近期重点任务</a></li><li><a href=/2>我市启动春季植树造林活动全面推进绿化</a></li><li><a href=/3>市政府常务会议研究重点项目</a></li></ul>",
        );
        assert!(none.entries.is_empty());
    }

    #[test]
    fn a_header_named_for_its_navigation_does_not_push_the_columns_down() {
        let html = "<div class=nav-box0><div class=w1><a href=/wza/>无障碍浏览</a></div><div class=nav><ul><li><a href=/>首页</a></li>
            <li><a href=/xw/>新闻动态</a><div class=sub><a href=/yw/>要闻动态</a><a href=/gz/>工作动态</a></div></li>
            <li><a href=/tz/>通知公告</a></li><li><a href=/zc/>政策文件</a></li></ul></div></div><div class=w><h2>正文</h2></div>";
        let entries: Vec<(String, u8)> = navigation(html)
            .entries
            .into_iter()
            .map(|entry| (entry.text, entry.depth))
            .collect();
        assert!(entries.contains(&("通知公告".to_owned(), 1)), "{entries:?}");
        assert!(entries.contains(&("要闻动态".to_owned(), 2)), "{entries:?}");
    }

    #[test]
    fn a_logo_that_leads_home_does_not_push_the_columns_down() {
        let html = "<div id=navigation><div class=logo><a href=/wiki/首页 title=访问首页></a></div><div class=portal><ul><li><a href=/wiki/首页>首页</a></li>
            <li><a href=/wiki/动态要闻>动态要闻</a></li><li><a href=/wiki/通知公告>通知公告</a><ul><li><a href=/wiki/招标公告>招标公告</a></li></ul></li></ul></div></div>";
        let entries: Vec<(String, u8)> = navigation(html)
            .entries
            .into_iter()
            .map(|entry| (entry.text, entry.depth))
            .collect();
        assert!(entries.contains(&("通知公告".to_owned(), 1)), "{entries:?}");
        assert!(entries.contains(&("招标公告".to_owned(), 2)), "{entries:?}");
    }

    #[test]
    fn the_footer_of_an_article_is_none_of_the_page() {
        let mut dom = Dom::parse(
            "<article><h1>关于春耕的通知</h1><p>正文</p><footer class=entry-footer>发布于2026年3月2日</footer></article><footer class=site-footer>主办单位：县政府</footer>",
        );
        let resolver = Resolver::new("https://www.qingshi.gov.cn/a/", &dom, encoding_rs::UTF_8);
        read(&mut dom, &resolver, &Lexicons::builtin());
        let footers: Vec<Area> = (0..dom.nodes.len())
            .filter(|index| dom.name(*index) == "footer")
            .map(|index| dom.nodes[index].area)
            .collect();
        assert_eq!(footers, [Area::Body, Area::Footer]);
    }

    #[test]
    fn a_named_navigation_wins_over_a_box_of_icons_with_more_columns() {
        let icons = [
            "政务要闻",
            "工作动态",
            "基层动态",
            "通知公告",
            "政策文件",
            "政策解读",
            "领导信息",
            "机构职能",
            "规划计划",
            "人事信息",
            "财政预决算",
            "统计信息",
        ]
        .map(|name| format!("<a href=/{name}.htm>{name}</a>"))
        .concat();
        let html = format!(
            "<div class=nav><ul><li><a href=/>首页</a></li><li><a href=/xw>新闻动态</a></li><li><a href=/tz>通知公告</a></li><li><a href=/zc>政策文件</a></li>
             <li><a href=/jd>政策解读</a></li><li><a href=/gk>政务公开</a></li></ul></div><div class=icons>{icons}</div>"
        );
        let texts: Vec<String> = navigation(&html)
            .entries
            .into_iter()
            .map(|entry| entry.text)
            .collect();
        assert_eq!(
            texts,
            [
                "首页",
                "新闻动态",
                "通知公告",
                "政策文件",
                "政策解读",
                "政务公开"
            ]
        );
    }

    #[test]
    fn what_stands_behind_the_breadcrumb_is_content_whatever_it_is_called() {
        let menu = [
            "领导信息",
            "机构职能",
            "规划计划",
            "人事信息",
            "财政预决算",
            "统计信息",
            "行政执法公示",
        ]
        .map(|name| format!("<a href=/{name}/>{name}</a>"))
        .concat();
        let html = format!(
            "<div class=nav><a href=/>首页</a><a href=/xw/>新闻动态</a><a href=/tz/>通知公告</a></div><div class=crumb>当前位置：<a href=/>首页</a> &gt; 规划计划</div>
             <div class=nav_13><div>{menu}</div><ul><li><a href=/1>全市乡村振兴工作情况的通报</a><span>[12-28]</span></li></ul></div>"
        );
        let texts: Vec<String> = navigation(&html)
            .entries
            .into_iter()
            .map(|entry| entry.text)
            .collect();
        assert_eq!(texts, ["首页", "新闻动态", "通知公告"]);
    }

    #[test]
    fn what_holds_the_breadcrumb_is_content_whatever_it_is_called() {
        let html = "<table class=nav><tr><td><a href=/>首页</a></td><td><a href=/xw/>新闻动态</a></td><td><a href=/tz/>通知公告</a></td></tr></table>
            <table class=nav_4><tr><td><div class=crumb>当前位置：<a href=/>首页</a> &gt; 政务公开</div><h3><a href=/ld/>领导信息</a></h3>
            <h3><a href=/jg/>机构职能</a></h3><h3><a href=/rs/>人事信息</a></h3><h3><a href=/cz/>财政预决算</a></h3></td></tr></table>";
        let texts: Vec<String> = navigation(html)
            .entries
            .into_iter()
            .map(|entry| entry.text)
            .collect();
        assert_eq!(texts, ["首页", "新闻动态", "通知公告"]);
    }
}
