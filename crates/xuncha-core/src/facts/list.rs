//! The lists of a page: items with dates, further pages, lists that come from inline data. The best is the main one; the other dated ones
//! are kept beside it, since only the whole site tells which of them stands on every page.

mod groups;
mod item_date;
mod places;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use self::groups::Group;
pub(crate) use self::item_date::date_of_item;
use super::dates;
use super::dom::Dom;
use super::html::names::Tag;
use super::links::{PageLinks, Resolver, anchor_words};
use super::model::{Area, LinkKind, ListFacts, ListItem};
use super::script_data;
use super::text::is_at_most;

/// What the lists of a page came to.
pub(crate) struct Read {
    /// The main list with the others; `None` where the page has none.
    pub list: Option<ListFacts>,
    /// Where the items of dated lists stand, in the order of the page.
    pub places: Vec<Range<usize>>,
}

/// Reads the lists of a page.
pub(crate) fn read(
    dom: &Dom,
    resolver: &Resolver,
    links: &PageLinks,
    url: &str,
    today: Date,
) -> Read {
    let mut groups = groups::groups(dom, links, today).into_iter();
    let main = groups.next();
    let others: Vec<Group> = groups.collect();
    let places = places_of(main.iter().chain(&others));
    let mut items: Vec<ListItem> = main.map(Group::into_items).unwrap_or_default();
    let mut others: Vec<Vec<ListItem>> = others.into_iter().map(Group::into_items).collect();
    let scripted = script_data::items(dom, resolver, today);
    let dated = items.iter().filter(|item| item.date.is_some()).count();
    if scripted.len() > dated && scripted.len() * 2 > items.len() {
        items = scripted;
    } else if !scripted.is_empty() {
        // What a script draws stands beside what is seen, which may be a list of the most read. It is a list of its own as well: without
        // days it says nothing beside dated items, yet it may be all that the column has.
        let known: BTreeSet<String> = items.iter().map(|item| item.url.clone()).collect();
        let more = scripted
            .iter()
            .filter(|item| item.date.is_some() && item.url != url && !known.contains(&item.url));
        items.extend(more.cloned());
        others.push(scripted);
    }
    let pages = pages(dom, links, url);
    let needs_script = items.is_empty() && loads_by_script(dom);
    if items.is_empty() && !needs_script {
        return Read { list: None, places };
    }
    let newest = items
        .iter()
        .filter_map(|item| item.date)
        .filter(|day| today.tomorrow().is_ok_and(|limit| *day <= limit))
        .max();
    let list = ListFacts {
        items,
        newest,
        pages,
        needs_script,
        others,
    };
    Read {
        list: Some(list),
        places,
    }
}

/// Where the items of lists with several dates stand.
fn places_of<'a>(groups: impl Iterator<Item = &'a Group>) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = groups
        .filter(|group| group.dated >= 2)
        .flat_map(|group| group.items.iter().map(|(place, _)| place.clone()))
        .collect();
    places.sort_by_key(|place| place.start);
    places
}

/// Whether a node stands in one of these places, which come in order.
pub(crate) fn is_listed(places: &[Range<usize>], node: usize) -> bool {
    let next = places.partition_point(|place| place.start <= node);
    next.checked_sub(1)
        .is_some_and(|at| places[at].contains(&node))
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
        read(&dom, &resolver, &found, url, date(2026, 3, 20)).list
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
                "a source that gives the day of its newspaper",
                "<div><div class=t><p><a href=1>全市召开工作会议</a></p><div><span>来源：云岭日报（2026年1月28日）</span> <span>日期：2026年3月18日</span></div></div><div class=t><p><a href=2>我市启动植树活动</a></p><div><span>来源：市府办</span> <span>日期：2026年3月1日</span></div></div></div>",
                2,
            ),
            (
                "days with their weekday",
                "<ul><li><a href=1>全市召开工作会议</a><font>[2026-3-18 星期三]</font></li><li><a href=2>我市启动植树活动</a><font>[2026-3-1 星期日]</font></li></ul>",
                2,
            ),
            (
                "the column that is headed by the publication",
                "<table><tr><th>标题</th><th>成文日期</th><th>施行日期</th><th>发布日期</th></tr><tr><td><a href=1>全市召开工作会议</a></td><td>2026-01-15</td><td>2026-05-01</td><td>2026-03-18</td></tr><tr><td><a href=2>我市启动植树活动</a></td><td>2026-01-14</td><td>2026-05-01</td><td>2026-03-01</td></tr></table>",
                2,
            ),
            (
                "day and month in pieces before the title",
                "<ul><li><a href=1><i>18</i><b>03月</b><span>全市召开安全生产工作会议</span></a></li><li><a href=2><i>01</i><b>03月</b><span>我市启动义务植树活动</span></a></li></ul>",
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
    fn a_side_box_does_not_take_the_place_of_a_shorter_list() {
        let side = "<div class=r><h3>最新发布</h3><ul><li><a href=/xw/1>县领导调研重点项目建设情况</a> 2026-03-19</li>\
            <li><a href=/xw/2>我县召开春季农业生产会议</a> 2026-03-18</li><li><a href=/xw/3>全县防汛工作部署会召开</a> 2026-03-17</li>\
            <li><a href=/xw/4>县政府召开第五次常务会议</a> 2026-03-16</li></ul></div>";
        for (name, own, titles) in [
            (
                "paragraphs",
                "<div class=l><p><a href=1>青石县财政决算公开说明</a><em>2024-08-01</em></p><p><a href=2>青石县财政预算公开说明</a><em>2023-08-01</em></p></div>",
                2,
            ),
            (
                "one item",
                "<div class=l><ul><li><a href=1>青石县财政决算公开说明</a><span>2024-08-01</span></li></ul></div>",
                1,
            ),
            (
                "titles alone",
                "<div class=l><ul><li><a href=1>青石县财政决算公开说明</a></li><li><a href=2>青石县财政预算公开说明</a></li><li><a href=3>青石县178亩高标准农田建成投用</a></li></ul></div>",
                3,
            ),
            (
                "boxes",
                "<div class=l><div><a href=1>青石县财政决算公开说明</a><span>2024-08-01</span></div><div><a href=2>青石县财政预算公开说明</a><span>2023-08-01</span></div></div>",
                2,
            ),
        ] {
            let found = list(&format!("{own}{side}")).unwrap_or_else(|| panic!("{name}: no list"));
            assert_eq!(found.items.len(), 4, "{name}: {:?}", found.items);
            let others: Vec<usize> = found.others.iter().map(Vec::len).collect();
            assert_eq!(others, [titles], "{name}: {:?}", found.others);
            let day = (name != "titles alone").then(|| date(2024, 8, 1));
            assert_eq!(found.others[0][0].date, day, "{name}");
        }
        let alone = list(side).expect("a list");
        assert_eq!(alone.others, Vec::<Vec<ListItem>>::new());
    }

    #[test]
    fn what_a_script_draws_is_a_list_of_its_own() {
        let side = "<div class=r><h3>最新发布</h3><ul><li><a href=/xw/1>县领导调研重点项目建设情况</a> 2026-03-19</li>\
            <li><a href=/xw/2>我县召开春季农业生产会议</a> 2026-03-18</li><li><a href=/xw/3>全县防汛工作部署会召开</a> 2026-03-17</li></ul></div>";
        let record = |day: &str| {
            format!(
                "<script type=text/xml><datastore><record><![CDATA[<p><a href=9>青石县财政决算公开说明</a>{day}</p>]]></record></datastore></script>"
            )
        };
        for (day, merged) in [("", 3), ("<i>2024-08-01</i>", 4)] {
            let found = list(&format!("{side}{}", record(day))).expect("a list");
            assert_eq!(found.items.len(), merged, "{day}: {:?}", found.items);
            let drawn: Vec<usize> = found.others.iter().map(Vec::len).collect();
            assert_eq!(drawn, [1], "{day}: {:?}", found.others);
        }
    }

    #[test]
    fn boxes_of_a_group_page_are_no_items() {
        let title = |n: usize| format!("青石县人民政府第{n}批信息公开情况说明");
        let row = |n: usize| {
            format!(
                "<tr><td><a href={n}>{}</a></td><td>2026-02-{n:02}</td></tr>",
                title(n)
            )
        };
        let item = |n: usize| {
            format!(
                "<li><a href={n}>{}</a> <span>2026-02-{n:02}</span></li>",
                title(n)
            )
        };
        for (name, one, open, close) in [
            (
                "tables",
                &row as &dyn Fn(usize) -> String,
                "<table>",
                "</table>",
            ),
            ("lists", &item, "<ul>", "</ul>"),
        ] {
            let boxes: String = [[21, 11, 3], [22, 12, 4], [23, 13, 5]]
                .iter()
                .map(|days| {
                    let items: String = days.iter().map(|day| one(*day)).collect();
                    format!("<div class=box><h3><a href=c{0}>人事信息</a></h3>{open}{items}{close}</div>", days[0])
                })
                .collect();
            // A box of the newest on every page is the longer list.
            let side: String = (1..=9).map(|n| format!("<p><a href=/n{n}>全县重点工作第{n}次调度会召开</a> <em>2026-03-0{n}</em></p>")).collect();
            let found = list(&format!("<div>{boxes}</div><div>{side}</div>"));
            let found = found.unwrap_or_else(|| panic!("{name}: no list"));
            let all = found.items.iter().chain(found.others.iter().flatten());
            for item in all.filter(|item| item.title.contains("信息公开情况说明")) {
                let day = item.date.map_or(0, |date| date.day() as usize);
                assert_eq!(item.title, title(day), "{name}");
            }
            assert_eq!(found.others.len(), 3, "{name}: {:?}", found.others);
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
