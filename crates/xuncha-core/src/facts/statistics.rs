//! Published statistics of services and of messages, and their newest period.

use jiff::civil::Date;

use super::dates;
use super::dom::{Dom, Line};
use super::html::names::Tag;
use super::links::anchor_words;
use super::model::{Area, ListItem, PageFacts, StatisticsFacts};
use super::text::{cut, is_at_most};

const SERVICE: [&str; 8] = [
    "办事统计",
    "办件统计",
    "服务统计",
    "办件量",
    "办事数据",
    "办件数据",
    "政务服务统计",
    "办理统计",
];
const MESSAGES: [&str; 11] = [
    "留言统计",
    "信件统计",
    "来信统计",
    "受理反馈",
    "咨询统计",
    "互动统计",
    "信箱统计",
    "答复统计",
    "回复统计",
    "留言受理",
    "写信统计",
];

/// Each text of a kind holds one of these.
const SIGNS: [&str; 9] = [
    "统计",
    "办件量",
    "办事数据",
    "办件数据",
    "受理反馈",
    "留言受理",
    "受理情况",
    "办理情况",
    "数据公开",
];

fn may_have_kind(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Kind named by a short text: (办件|办事|服务) or (留言|来信|信件|咨询) together with 统计 or 情况.
fn kind_of(text: &str) -> Option<&'static str> {
    if !may_have_kind(text) {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&MESSAGES) {
        return Some("messages");
    }
    if says(&SERVICE) {
        return Some("service");
    }
    // 统计局 is an office: its name on a page says nothing about figures.
    let counts =
        text.replace("统计局", "").contains("统计") || says(&["受理情况", "办理情况", "数据公开"]);
    if !counts {
        return None;
    }
    if says(&["留言", "来信", "信件", "信箱", "咨询投诉", "互动交流"]) {
        return Some("messages");
    }
    says(&["办件", "办事", "政务服务", "服务事项"]).then_some("service")
}

/// Statistics of the page: by its title, and by headings of blocks.
pub(crate) fn read(facts: &PageFacts, dom: &Dom) -> Vec<StatisticsFacts> {
    // What an annual form sums up is the year's, and no statistics of services.
    if facts.annual_form.is_some() {
        return Vec::new();
    }
    let today = facts.capture.at.date();
    let crumb = facts
        .breadcrumbs
        .last()
        .map(|crumb| crumb.text.as_str())
        .unwrap_or_default();
    if !may_have_kind(&facts.title) && !may_have_kind(crumb) && !may_have_kind(dom.whole_text()) {
        return summed_up(facts, dom, crumb).into_iter().collect();
    }
    let lines: Vec<&Line> = dom
        .all_lines()
        .iter()
        .filter(|line| {
            dom.nodes[line.node].area == Area::Body
                && !is_link(dom, line.node)
                && !dates::is_stamp(&line.text)
                && !dates_something_else(dom, line, today)
        })
        .collect();
    let title = facts
        .title
        .split(['_', '|'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut found: Vec<StatisticsFacts> = Vec::new();
    if let Some(kind) = kind_of(&title).or_else(|| kind_of(crumb)) {
        let body: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        found.push(newest(
            kind,
            &format!("{title}\n{}", body.join("\n")),
            facts,
            today,
        ));
    }
    for (at, line) in lines.iter().enumerate() {
        if !is_at_most(&line.text, 40) {
            continue;
        }
        let Some(kind) = kind_of(&line.text) else {
            continue;
        };
        if found.iter().any(|statistics| statistics.kind == kind) {
            continue;
        }
        let block: Vec<&str> = lines[at..]
            .iter()
            .take(40)
            .take_while(|next| {
                next.node == line.node || kind_of(&next.text).is_none_or(|other| other == kind)
            })
            .map(|line| line.text.as_str())
            .collect();
        let text = block.join("\n");
        // A name alone is an entry of a menu; statistics show figures.
        if text.bytes().filter(u8::is_ascii_digit).count() >= 3 {
            found.push(newest(kind, &text, facts, today));
        }
    }
    // Periods may stand in the titles of a list of statistics.
    for statistics in &mut found {
        if let Some((day, title)) = linked(dom, &statistics.kind, today)
            && Some(day) > statistics.newest
        {
            statistics.newest = Some(day);
            statistics.quote = cut(&title, 80);
        }
        for (day, title) in listed(facts, statistics, today) {
            if day > statistics.newest {
                statistics.newest = day;
                statistics.quote = cut(title, 80);
            }
        }
    }
    if found.iter().all(|statistics| statistics.kind != "messages") {
        found.extend(summed_up(facts, dom, crumb));
    }
    found
}

/// A sentence that sums up the letters of a period on a page for them: 2026年2月共收到来信23件，已答复23件.
fn summed_up(facts: &PageFacts, dom: &Dom, crumb: &str) -> Option<StatisticsFacts> {
    const PAGES: [&str; 8] = [
        "互动", "信箱", "来信", "信件", "留言", "咨询", "问政", "投诉",
    ];
    const LETTERS: [&str; 7] = ["来信", "信件", "留言", "咨询", "诉求", "投诉", "建议"];
    const CAME: [&str; 3] = ["收到", "受理", "接收"];
    const DONE: [&str; 5] = ["答复", "回复", "办结", "办理", "处理"];
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_for_letters =
        !facts.messages.is_empty() || says(&facts.title, &PAGES) || says(crumb, &PAGES);
    if !is_for_letters || !says(dom.whole_text(), &CAME) {
        return None;
    }
    let today = facts.capture.at.date();
    let body = dom
        .all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, 200));
    body.filter(|line| {
        let counts = line.text.contains('件') || line.text.contains('条');
        counts
            && says(&line.text, &LETTERS)
            && says(&line.text, &CAME)
            && says(&line.text, &DONE)
            && !is_link(dom, line.node)
    })
    .filter(|line| dates::newest_period(&line.text, today).is_some())
    .map(|line| newest("messages", &line.text, facts, today))
    .max_by_key(|statistics| statistics.newest)
}

/// The newest period that a link of the body names together with statistics of this kind.
fn linked(dom: &Dom, kind: &str, today: Date) -> Option<(Date, String)> {
    dom.named(Tag::A)
        .filter(|link| dom.nodes[*link].area == Area::Body)
        .filter_map(|link| {
            let title = anchor_words(dom, link);
            let (day, _) = (kind_of(title) == Some(kind))
                .then(|| dates::newest_period(title, today))
                .flatten()?;
            Some((day, title.to_owned()))
        })
        .max()
}

/// What the page's lists say of these statistics. News and what is read most stand on such a page too: their dates say nothing of
/// figures, unless nothing else on the page has a date.
fn listed<'f>(
    facts: &'f PageFacts,
    statistics: &StatisticsFacts,
    today: Date,
) -> Vec<(Option<Date>, &'f str)> {
    let period = |item: &ListItem| dates::newest_period(&item.title, today).map(|found| found.0);
    let names = |item: &&ListItem| match kind_of(&item.title) {
        Some(kind) => kind == statistics.kind,
        None => period(item).is_some(),
    };
    let is_of_statistics = |list: &&[ListItem]| list.iter().filter(names).count() * 2 >= list.len();
    // A list that tells of statistics throughout leaves nothing to guess from others.
    let own = facts.lists().find(is_of_statistics);
    let items = own.or_else(|| facts.lists().next()).unwrap_or_default();
    items
        .iter()
        .filter(|item| {
            let kind = kind_of(&item.title);
            let counts = own.is_some() && names(item) || kind == Some(&statistics.kind);
            counts || own.is_none() && kind.is_none() && statistics.newest.is_none()
        })
        .map(|item| (period(item).or(item.date), item.title.as_str()))
        .collect()
}

/// Whether a line is the date of an item that tells of something else: beside the title of an article that names neither statistics nor
/// a period.
fn dates_something_else(dom: &Dom, line: &Line, today: Date) -> bool {
    /// A box with more characters holds more than one item.
    const ITEM_CHARS_MAX: u32 = 160;
    /// Shorter links are buttons.
    const TITLE_CHARS_MIN: u32 = 7;
    /// Number, date and views of an item.
    const BESIDE_CHARS_MAX: usize = 24;
    let boxes = std::iter::once(line.node).chain(dom.ancestors(line.node).take(3));
    let titles = boxes
        .take_while(|up| dom.chars_of(*up) <= ITEM_CHARS_MAX && dom.nodes[*up].tag != Tag::Body)
        .map(|item| {
            let is_title = |node: &usize| {
                dom.nodes[*node].tag == Tag::A && dom.chars_of(*node) >= TITLE_CHARS_MIN
            };
            (item..dom.nodes[item].end())
                .filter(is_title)
                .collect::<Vec<_>>()
        })
        .find(|titles| !titles.is_empty());
    // A box with several titles holds several items, and the line is perhaps of neither.
    let Some([title]) = titles.as_deref() else {
        return false;
    };
    let title = *title;
    let title = dom.text(title);
    let beside = line.text.replace(&title, "");
    is_at_most(&beside, BESIDE_CHARS_MAX)
        && kind_of(&line.text).is_none()
        && kind_of(&title).is_none()
        && dates::newest_period(&title, today).is_none()
}

fn is_link(dom: &Dom, node: usize) -> bool {
    dom.ancestors(node).take(3).any(|up| dom.name(up) == "a")
}

fn newest(kind: &str, text: &str, facts: &PageFacts, today: Date) -> StatisticsFacts {
    let (newest, quote) = match dates::newest_period(text, today) {
        Some((day, quote)) => (Some(day), quote),
        None => {
            let published = facts
                .article
                .as_ref()
                .and_then(|article| article.published.as_ref());
            (
                published.map(|published| published.date),
                published
                    .map(|published| published.quote.clone())
                    .unwrap_or_default(),
            )
        }
    };
    StatisticsFacts {
        kind: kind.to_owned(),
        newest,
        quote: cut(&quote, 80),
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;
    use jiff::civil::date;

    #[test]
    fn kinds_and_periods() {
        for (html, kind, newest) in [
            (
                "<title>办件统计</title><table><tr><td>月份</td><td>办件量</td></tr><tr><td>2026年2月</td><td>120</td></tr><tr><td>2026年1月</td><td>99</td></tr></table>",
                "service",
                Some(date(2026, 2, 28)),
            ),
            (
                "<title>tongji [青石县]</title><h1>办件统计</h1><p>2025年12月，共受理办件1268件，办结1251件。</p><div>tongji.txt · 最后更改: 2026/03/18 11:47</div>",
                "service",
                Some(date(2025, 12, 31)),
            ),
            (
                "<title>互动交流</title><h3>留言统计</h3><p>截至2026年3月1日，共收到留言120条，答复118条</p>",
                "messages",
                Some(date(2026, 3, 1)),
            ),
            (
                "<title>办件统计</title><ul><li><a href=1>2025年9月份青石市办件统计情况</a> 2025-10-09</li><li><a href=2>2025年8月份青石市办件统计情况</a> 2025-09-09</li></ul>
                <div><h4>网站精选</h4><ul><li><i>1</i><a href=3>青石市组织开展水利工程建设专项检查</a><font>2026-03-16</font></li><li><i>2</i><a href=4>我市启动春季植树造林活动</a><font>2026-03-14</font></li></ul></div>",
                "service",
                Some(date(2025, 9, 30)),
            ),
            (
                "<title>2025年9月份青石市办件统计情况</title><h2>2025年9月份青石市办件统计情况</h2><div>发布时间：2025-10-09</div><table><tr><td>受理量</td><td>381件</td></tr></table>
                <ul><li><a href=3>青石市组织开展水利工程建设专项检查</a><div>2026-03-16</div></li><li><a href=4>我市启动春季植树造林活动</a> 2026-03-14</li></ul>",
                "service",
                Some(date(2025, 10, 9)),
            ),
            (
                "<title>办件统计</title><dl><dt><a href=1 title=x>2025年8月份梅浦市办件统计情况</a></dt><dd></dd><dt><a href=2>2025年7月份梅浦市办件统计情况</a></dt><dd></dd></dl>
                <div><b>本站要闻</b><ul><li><i>1</i><a href=3>青石市组织开展水利工程建设专项检查</a><i>2026-01-16</i></li><li><i>2</i><a href=4>副县长到杏坪镇调研科技创新工作</a><i>2026-02-14</i></li></ul></div>",
                "service",
                Some(date(2025, 8, 31)),
            ),
            (
                "<title>留言受理反馈统计</title><ul><li><a href=1>2025年第四季度留言统计</a><span>2026-01-05</span></li><li><a href=2>2025年第三季度留言统计</a><span>2025-10-05</span></li></ul>",
                "messages",
                Some(date(2025, 12, 31)),
            ),
        ] {
            let found = test_page("https://www.qingshi.gov.cn/tj/", html).statistics;
            assert_eq!(found.len(), 1, "{html}: {found:?}");
            assert_eq!(
                (found[0].kind.as_str(), found[0].newest),
                (kind, newest),
                "{html}"
            );
        }
    }

    #[test]
    fn a_sentence_may_sum_up_the_letters() {
        let sentence = "<p>2026年2月份共收到群众来信23件，已答复23件，办结率100%。</p>";
        let read = |title: &str| {
            let html = format!("<title>{title}</title><a href=/tj/>统计数据</a>{sentence}");
            test_page("https://www.qingshi.gov.cn/hd/", &html).statistics
        };
        let found = read("互动交流");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].kind.as_str(), found[0].newest),
            ("messages", Some(date(2026, 2, 28)))
        );
        // News may say the same.
        assert!(read("县信访局召开会议").is_empty());
    }

    #[test]
    fn entries_and_economic_figures_are_none() {
        for html in [
            "<title>首页</title><a href=/tj/>办事统计</a>",
            "<title>咨询投诉 - 青石市统计局</title><p>来信120条，其中2026年3条</p>",
            "<title>2025年统计公报</title><p>全年地区生产总值120亿元</p>",
        ] {
            assert!(
                test_page("https://www.qingshi.gov.cn/", html)
                    .statistics
                    .is_empty(),
                "{html}"
            );
        }
    }
}
