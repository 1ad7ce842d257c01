//! The main list of a column page: items with dates, further pages, lists that come from inline data.

mod item_date;
mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;

pub(crate) use self::item_date::date_of_item;
use self::item_date::{Day, Years, date_beside, inline_pieces, lines_of, sides};
use self::places::{Place, lines_of_links, place};
use super::dates;
use super::dom::Dom;
use super::html::names::Tag;
use super::links::{PageLinks, Resolver, anchor_words};
use super::model::{Area, LinkKind, ListFacts, ListItem};
use super::script_data;
use super::text::{cut, is_at_most};

/// A group of siblings that each hold a link.
struct Group {
    items: Vec<(usize, ListItem)>,
    dated: usize,
    title_chars: usize,
}

impl Group {
    /// Dated items count most; long titles tell a list of articles from a menu.
    fn score(&self) -> usize {
        let count = self.items.len();
        if count == 0 {
            return 0;
        }
        let mean = self.title_chars / count;
        let weight = match mean {
            0..=4 => 1,
            5..=7 => 2,
            _ => 4,
        };
        self.dated * 8 + count * weight
    }
}

/// Reads the main list; `None` where the page has none.
pub(crate) fn read(
    dom: &Dom,
    resolver: &Resolver,
    links: &PageLinks,
    url: &str,
    today: Date,
) -> Option<ListFacts> {
    let group = best_group(dom, links, today);
    let mut items: Vec<ListItem> = group
        .map(|group| group.items.into_iter().map(|(_, item)| item).collect())
        .unwrap_or_default();
    let scripted = script_data::items(dom, resolver, today);
    let dated = items.iter().filter(|item| item.date.is_some()).count();
    if scripted.len() > dated && scripted.len() * 2 > items.len() {
        items = scripted;
    } else {
        // What a script draws stands beside what is seen, which may be a list of the most read.
        let known: BTreeSet<String> = items.iter().map(|item| item.url.clone()).collect();
        let more = scripted
            .into_iter()
            .filter(|item| item.date.is_some() && item.url != url);
        items.extend(more.filter(|item| !known.contains(&item.url)));
    }
    let pages = pages(dom, links, url);
    let needs_script = items.is_empty() && loads_by_script(dom);
    if items.is_empty() && !needs_script {
        return None;
    }
    let newest = items
        .iter()
        .filter_map(|item| item.date)
        .filter(|day| today.tomorrow().is_ok_and(|limit| *day <= limit))
        .max();
    Some(ListFacts {
        items,
        newest,
        pages,
        needs_script,
    })
}

/// Children that may be items of one list: their parent, their name, their first class.
type Siblings<'a> = (usize, &'a str, Option<&'a str>);

fn best_group(dom: &Dom, links: &PageLinks, today: Date) -> Option<Group> {
    // Candidate parents: the elements two to five levels above a body link whose children repeat.
    let mut by_parent: BTreeMap<Siblings<'_>, Vec<Place>> = BTreeMap::new();
    for found in links
        .anchors()
        .filter(|found| dom.nodes[found.node].tag == Tag::A)
    {
        if dom.nodes[found.node].area != Area::Body || anchor_words(dom, found.node).is_empty() {
            continue;
        }
        let mut child = found.node;
        for up in dom.ancestors(found.node).take(6) {
            let name = dom.name(child);
            if matches!(
                name,
                "li" | "tr"
                    | "dd"
                    | "dt"
                    | "div"
                    | "p"
                    | "a"
                    | "dl"
                    | "table"
                    | "section"
                    | "article"
                    | "td"
                    | "h3"
                    | "h4"
            ) {
                // `even`, `last` and numbers in classes do not make another kind of item.
                let word = dom
                    .tokens(child)
                    .split_ascii_whitespace()
                    .next()
                    .filter(|word| {
                        !matches!(*word, "even" | "odd" | "last" | "first" | "on" | "active")
                    })
                    .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
                let key_parent = if name == "li" || name == "tr" {
                    list_parent(dom, up)
                } else {
                    up
                };
                by_parent
                    .entry((key_parent, name, word))
                    .or_default()
                    .push(place(dom, child, found.node));
            }
            if matches!(dom.name(up), "body" | "html") {
                break;
            }
            child = up;
        }
    }
    let years = Years::of(dom);
    let mut best: Option<(usize, Group)> = None;
    let lines = lines_of_links(dom, links);
    for anchors in by_parent.into_values().chain(lines.into_values()) {
        // Every item dated and with a long title scores twelve: less than what is found is not worth reading.
        let containers = anchors
            .chunk_by(|left, right| left.start == right.start)
            .count();
        if best
            .as_ref()
            .is_some_and(|(before, _)| containers * 12 <= *before)
        {
            continue;
        }
        let group = group(dom, links, &anchors, &years, today);
        let score = group.score();
        let is_list = group.items.len() >= 2
            && (group.dated > 0 || group.title_chars >= group.items.len() * 6)
            || group.items.len() == 1 && group.dated == 1 && group.title_chars >= 6;
        if is_list && best.as_ref().is_none_or(|(before, _)| *before < score) {
            best = Some((score, group));
        }
    }
    best.map(|(_, group)| group)
}

/// Lists cut into several `ul` or `tbody` of the same parent are one list.
fn list_parent(dom: &Dom, parent: usize) -> usize {
    let grand = dom.nodes[parent].parent();
    let name = dom.name(parent);
    if !matches!(name, "ul" | "tbody" | "ol") {
        return parent;
    }
    let tokens = dom.tokens(parent);
    let twins = dom
        .children(grand)
        .filter(|child| dom.name(*child) == name && dom.tokens(*child) == tokens)
        .count();
    if twins > 1 {
        return grand;
    }
    // Each `ul` may stand alone in a box of its own, and the boxes repeat.
    let above = dom.nodes[grand].parent();
    let box_tokens = dom.tokens(grand);
    let boxes = dom
        .children(above)
        .filter(|child| dom.name(*child) == "div" && dom.tokens(*child) == box_tokens)
        .count();
    let is_bare_box = !box_tokens.is_empty() && dom.chars_of(grand) == dom.chars_of(parent);
    if boxes > 1 && is_bare_box {
        above
    } else {
        parent
    }
}

fn group(dom: &Dom, links: &PageLinks, anchors: &[Place], years: &Years, today: Date) -> Group {
    let mut items: Vec<(usize, ListItem)> = Vec::new();
    let mut known = BTreeSet::new();
    let mut dated = 0;
    let mut title_chars = 0;
    for item in anchors.chunk_by(|left, right| left.start == right.start) {
        // The longest link of the item is its title; a category link before it is not.
        let main = item
            .iter()
            .map(|place| place.anchor as usize)
            .max_by_key(|anchor| {
                (
                    anchor_words(dom, *anchor).chars().count(),
                    usize::MAX - *anchor,
                )
            });
        let Some(main) = main else { continue };
        let container = item[0].start as usize;
        let nodes = container..item[0].end as usize;
        // A container full of links is a block of the page, not an item.
        if item.len() > 6 || chars_between(dom, &nodes) > 600 {
            continue;
        }
        let Some(url) = links.anchor_of(main).map(|found| found.url) else {
            continue;
        };
        let (title, date) = title_and_date(dom, nodes, main, &years.at(container, today));
        let is_more = matches!(
            title.as_str(),
            "更多"
                | "更多>>"
                | "更多>"
                | "more"
                | "MORE"
                | "查看更多"
                | "[更多]"
                | ">>"
                | "+"
                | "上一页"
                | "下一页"
                | "尾页"
                | "末页"
                | "首页"
        );
        if title.is_empty() || is_more || title.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let shown = cut(&title, 200);
        if !known.insert((url, shown.clone())) {
            continue;
        }
        dated += usize::from(date.is_some());
        title_chars += title.chars().count();
        items.push((
            container,
            ListItem {
                title: shown,
                url: url.to_owned(),
                date,
            },
        ));
    }
    Group {
        items,
        dated,
        title_chars,
    }
}

/// Visible characters of a range of nodes.
fn chars_between(dom: &Dom, nodes: &Range<usize>) -> u32 {
    let before = |index: usize| {
        dom.nodes
            .get(index)
            .map_or(dom.chars, |node| node.chars_before)
    };
    before(nodes.end).saturating_sub(before(nodes.start))
}

/// Whether a text holds hardly a word besides a date: 3小时前, 昨天 10:20, 2026年3月5日.
fn is_no_title(text: &str) -> bool {
    const WORDS_MAX: usize = 3;
    let of_dates = |c: char| "年月日时分秒小前昨今天周个刚星期上下午".contains(c);
    text.chars()
        .filter(|c| c.is_alphabetic() && !of_dates(*c))
        .count()
        <= WORDS_MAX
}

fn title_and_date(
    dom: &Dom,
    item: Range<usize>,
    anchor: usize,
    today: &Day,
) -> (String, Option<Date>) {
    // A teaser may tell of other days; the element that says when the article was published does not.
    if let Some(date) = dates::of_item(dom, item.clone()) {
        return (anchor_words(dom, anchor).to_owned(), Some(date));
    }
    let title_attr = dom.attr(anchor, "title").unwrap_or("").trim().to_owned();
    let sides = sides(dom, item, anchor);
    let outside = lines_of(dom, &sides);
    // On short-message platforms the date is the link, and the text beside it the title.
    let own = anchor_words(dom, anchor);
    if is_at_most(own, 20)
        && is_no_title(own)
        && let Some(date) = today.list_date(own)
    {
        return (super::text::collapse(&outside.join(" ")), Some(date));
    }
    // Today's clock beside 无障碍浏览 is no date of an item.
    let is_clock = ["今天是", "今日是", "星期"]
        .iter()
        .any(|word| outside.iter().any(|line| line.contains(word)));
    if !is_clock && let Some(date) = date_beside(dom, &outside, &sides, today) {
        return (own.to_owned(), Some(date));
    }
    // The whole item is one link: the date is a part of its own inside.
    let pieces = inline_pieces(dom, anchor);
    let joined = pieces.join(" ");
    for piece in &pieces {
        if piece.chars().count() <= 24
            && pieces.len() > 1
            && let Some(date) = today.list_date(piece)
        {
            let title = if title_attr.is_empty() {
                pieces
                    .iter()
                    .filter(|other| *other != piece)
                    .max_by_key(|other| other.chars().count())
                    .cloned()
                    .unwrap_or_default()
            } else {
                title_attr
            };
            return (title, Some(date));
        }
    }
    if pieces.len() > 1
        && let Some(date) = today.list_date(&joined)
    {
        let longest = pieces
            .iter()
            .max_by_key(|piece| piece.chars().count())
            .cloned()
            .unwrap_or_default();
        return (longest, Some(date));
    }
    (own.to_owned(), None)
}

/// Further pages of the list: what a script pager names, and links that say so.
fn pages(dom: &Dom, links: &PageLinks, url: &str) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    let mut push = |candidate: &str| {
        if candidate != url && known.insert(candidate.to_owned()) {
            pages.push(candidate.to_owned());
        }
    };
    for link in links.iter().filter(|link| link.kind == LinkKind::Pager) {
        push(link.url);
    }
    for found in links.anchors() {
        let text = anchor_words(dom, found.node).trim();
        let is_number =
            !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_step = matches!(
            text,
            "下一页"
                | "下页"
                | "尾页"
                | "末页"
                | "上一页"
                | ">"
                | ">>"
                | "»"
                | "›"
                | "后一页"
                | "最后一页"
                | "[下一页]"
                | "[尾页]"
        );
        if is_number || is_step {
            push(found.url);
        }
    }
    pages
}

/// Newest date of any item or short text of the body, not in the future.
pub(crate) fn newest_on_page(dom: &Dom, today: Date) -> Option<Date> {
    dom.all_lines()
        .iter()
        .filter(|line| dates::may_hold_list_date(&line.text))
        .filter(|line| dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, 80))
        .filter(|line| {
            !dates::is_stamp(&line.text)
                && !["版权", "有效期", "截止", "。"]
                    .iter()
                    .any(|word| line.text.contains(word))
        })
        .filter_map(|line| dates::list_date(&line.text, today))
        .filter(|day| *day <= today)
        .max()
}

/// Nothing to see, and a script that would fetch it.
fn loads_by_script(dom: &Dom) -> bool {
    const HINTS: [&str; 12] = [
        "$.ajax",
        "$.get",
        "$.post",
        "getJSON",
        "fetch(",
        "XMLHttpRequest",
        "axios",
        "new Vue",
        "createApp",
        "v-for",
        "datastore",
        "dataproxy",
    ];
    let says_so = dom.named(Tag::Script).any(|index| {
        let script = dom.raw_text(index);
        HINTS.iter().any(|hint| script.contains(hint))
    });
    says_so
        || (0..dom.nodes.len()).any(|index| {
            dom.attr(index, "v-for").is_some() || dom.attr(index, "ng-repeat").is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::links;
    use jiff::civil::date;

    fn list(html: &str) -> Option<ListFacts> {
        let dom = Dom::parse(html);
        let url = "https://www.qingshi.gov.cn/xw/";
        let resolver = Resolver::new(url, &dom, encoding_rs::UTF_8);
        let found = links::find(&dom, &resolver);
        read(&dom, &resolver, &found, url, date(2026, 3, 20))
    }

    #[test]
    fn forms_of_lists() {
        let newest = Some(date(2026, 3, 18));
        for (name, html, count) in [
            (
                "date after",
                "<ul><li><a href=1>全市召开工作会议</a><span>2026-03-18</span></li><li><a href=2>我市启动植树活动</a><span>2026-03-01</span></li></ul>",
                2,
            ),
            (
                "date before",
                "<ul><li><span>03-18</span><a href=1>全市召开工作会议</a></li><li><span>12-30</span><a href=2>我市启动植树活动</a></li></ul>",
                2,
            ),
            (
                "table",
                "<table><tr><td><a href=1 title='全市召开安全生产工作会议'>全市召开…</a></td><td>2026/03/18</td></tr><tr><td><a href=2>我市启动植树</a></td><td>2026/03/01</td></tr></table>",
                2,
            ),
            (
                "one link around all",
                "<div class=l><a href=1><h3>全市召开工作会议</h3><i>18</i><em>2026-03</em></a><a href=2><h3>我市启动植树活动</h3><i>02</i><em>2026-03</em></a></div>",
                2,
            ),
            (
                "day in one box, month in another, no space between",
                "<div><div class=c><b>18</b><i>2026-03</i><h4><a href=1>全市召开工作会议</a></h4></div><div class=c><b>02</b><i>2026-03</i><h4><a href=2>我市启动植树活动</a></h4></div></div>",
                2,
            ),
            (
                "short titles with their dates in one link",
                "<div><a class=c href=1><span>全市召开工作会议</span><em>2026/3/18</em></a><a class=c href=2><span>我市启动植树活动</span><em>2026/3/1</em></a></div>",
                2,
            ),
            (
                "title in dt, date in dd",
                "<dl><dt><a href=1>全市召开工作会议</a></dt><dd>2026-03-18</dd><dt><a href=2>我市启动植树活动</a></dt><dd>2026-03-01</dd></dl>",
                2,
            ),
            (
                "lines parted by br",
                "<div>· <a href=1>全市召开工作会议</a>&nbsp;03-18<br>· <a href=2>我市启动植树活动</a>&nbsp;03-01<br></div>",
                2,
            ),
            (
                "a summary that tells of another day",
                "<div><div class=t><h4><a href=1>全市召开工作会议</a></h4><p>为规范工作，根据2019年5月1日起施行的有关条例，现予发布。</p><div>来源：市府办 时间：2026-03-18 浏览：5</div></div><div class=t><h4><a href=2>我市启动植树活动</a></h4><p>根据2019年5月1日起施行的有关条例，现予发布。</p><div>来源：市府办 时间：2026-03-01 浏览：7</div></div></div>",
                2,
            ),
            (
                "years as headings",
                "<h4>2026年</h4><ul><li><a href=1>全市召开工作会议</a>(03-18)</li></ul><h4>2024年</h4><ul><li><a href=2>我市启动植树活动</a>(11-30)</li></ul>",
                2,
            ),
            (
                "several ul",
                "<div><ul><li><a href=1>全市召开工作会议</a>2026-03-18</li></ul><ul><li><a href=2>我市启动植树活动</a>2026-03-01</li></ul></div>",
                2,
            ),
            (
                "single item",
                "<ul class=list><li><a href=1>全市召开工作会议</a><span>2026-03-18</span></li></ul>",
                1,
            ),
            (
                "inline data",
                "<script>var list=[{\"title\":\"全市召开工作会议\",\"url\":\"1.html\",\"date\":\"2026-03-18\"},{\"title\":\"我市启动\",\"url\":\"2.html\",\"date\":\"2026-03-01\"}];</script>",
                2,
            ),
        ] {
            let found = list(html).unwrap_or_else(|| panic!("{name}: no list"));
            assert_eq!(
                (found.items.len(), found.newest),
                (count, newest),
                "{name}: {:?}",
                found.items
            );
        }
    }

    #[test]
    fn what_is_no_list() {
        assert_eq!(list("<p>栏目建设中</p>"), None);
        assert_eq!(list("<p>联系<a href=a>我们</a></p>"), None);
        let ajax = list("<ul id=l></ul><script>$.getJSON('/api/list',function(d){});</script>");
        assert!(ajax.is_some_and(|found| found.needs_script && found.items.is_empty()));
    }
}
