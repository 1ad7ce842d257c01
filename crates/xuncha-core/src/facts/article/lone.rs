//! Titles that nothing tells but their place: on sites whose pages all bear the name of the site, in tables without headings or names.

use super::Input;
use super::content::{is_bare_day, tells_of_article};
use crate::facts::dates;
use crate::facts::dom::{Dom, Line};
use crate::facts::html::count_visible;
use crate::facts::html::names::{Set, Tag};
use crate::facts::list::is_listed;
use crate::facts::model::Area;
use crate::facts::text::is_at_most;

/// So many lines are looked through: head and menus of a page stand before its title.
const LINES_MAX: usize = 200;
/// Shorter lines name columns.
const TITLE_CHARS_MIN: u32 = 6;
/// A line that nothing sets off is a title only where it is longer than the name of a column or site.
const PLAIN_CHARS_MIN: u32 = 12;
const TITLE_CHARS_MAX: u32 = 100;
/// What is longer tells something.
const DATED_CHARS_MAX: usize = 120;
/// A line of so many characters with a full stop is text: the title stands before it, what is signed behind.
const TEXT_CHARS_MIN: usize = 30;

/// Elements that set a line off by themselves.
const STRONG: Set = Set::of(&[
    Tag::B,
    Tag::Strong,
    Tag::Font,
    Tag::Center,
    Tag::H5,
    Tag::H6,
    Tag::Th,
    Tag::Big,
]);

/// The element that holds nothing but the title: one short line, in the middle or in large letters, right above the line that tells of
/// the article and its day.
pub(super) fn lone_title(input: &Input<'_>) -> Option<usize> {
    let dom = input.dom;
    let body = |line: &&Line| {
        dom.nodes[line.node].area == Area::Body && !is_listed(input.listed, line.node)
    };
    let is_text =
        |line: &&Line| line.text.contains('。') && !is_at_most(&line.text, TEXT_CHARS_MIN);
    let lines: Vec<&Line> = dom
        .all_lines()
        .iter()
        .filter(body)
        .take_while(|line| !is_text(line))
        .take(LINES_MAX)
        .collect();
    let mut pairs = lines.windows(2);
    pairs.find_map(|pair| {
        let (title, told) = (pair[0], pair[1]);
        is_dated(&told.text).then(|| alone(dom, title, tells_of_article(&told.text)))?
    })
}

/// Whether a line gives a day and else only what tells of an article.
fn is_dated(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && is_at_most(text, DATED_CHARS_MAX)
        && dates::holds_day(text)
        && !dates::is_stamp(text)
        && !text.contains("版权")
        && (tells_of_article(text) || is_bare_day(text))
}

/// The largest element that shows this line and nothing else, where the line may be a title.
fn alone(dom: &Dom, line: &Line, is_told_of: bool) -> Option<usize> {
    let chars = count_visible(&line.text);
    let text = line.text.as_str();
    let is_title = (TITLE_CHARS_MIN..=TITLE_CHARS_MAX).contains(&chars)
        && !text.contains(['。', '>', '»', '|', '│', '©'])
        && !text.ends_with(['：', ':', '；', '，'])
        && !dates::holds_day(text)
        && !tells_of_article(text);
    if !is_title {
        return None;
    }
    let is_same = |up: &usize| dom.chars_of(*up) == chars && dom.nodes[*up].tag != Tag::Body;
    let around: Vec<usize> = dom.ancestors(line.node).take_while(is_same).collect();
    let element = *around.last()?;
    let is_item = |up: usize| matches!(dom.nodes[up].tag, Tag::A | Tag::Li);
    let set_off = around.iter().any(|up| is_set_off(dom, *up));
    let is_led = around.iter().any(|up| is_item(*up));
    let is_whole = set_off || is_told_of && chars >= PLAIN_CHARS_MIN;
    (is_whole && !is_led).then_some(element)
}

/// Whether an element puts its text into the middle, or into large letters.
fn is_set_off(dom: &Dom, index: usize) -> bool {
    let is_centred = |value: &str| value.trim().eq_ignore_ascii_case("center");
    let style = dom.attr(index, "style").unwrap_or_default();
    STRONG.has(dom.nodes[index].tag)
        || dom.attr(index, "align").is_some_and(is_centred)
        || ["center", "bold", "font-size"]
            .iter()
            .any(|word| style.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    const TEXT: &str = "为进一步做好全县防汛工作，经县人民政府研究同意，现就有关事项通告如下，请各乡镇各部门认真贯彻执行。";

    fn title(html: &str) -> Option<String> {
        let html = format!(
            "<title>青石县政府网</title><table><tr><td><a href=index.asp>首页</a> | <a href=news.asp>新闻</a></td></tr></table>{html}
             <table><tr><td>版权所有：青石县人民政府</td></tr></table>"
        );
        let page = test_page("http://www.qingshi.gov.cn/show.asp?id=3", &html);
        page.article.map(|article| article.title)
    }

    #[test]
    fn a_line_by_itself_above_the_day_is_the_title() {
        let signed =
            format!("{TEXT}<br><div align=right><b>青石县人民政府</b><br>2026年3月1日</div>");
        for html in [
            format!(
                "<table><tr><td align=center><font size=5><b>关于加强防汛工作的通告</b></font></td></tr><tr><td align=center>【2026-3-5】【作者：办公室】【阅读：12次】</td></tr><tr><td>{signed}</td></tr></table>"
            ),
            format!(
                "<center>关于加强防汛工作的通告</center><center>2026-3-5</center><div>{signed}</div>"
            ),
            format!(
                "<table><tr><td>您的位置：<a href=/>首页</a> &gt; <a href=gg.asp>公告</a></td></tr><tr><td class=k2>青石县关于加强防汛工作的通告</td></tr><tr><td>发布时间：2026-3-5 点击：12</td></tr><tr><td>{signed}</td></tr></table>"
            ),
            // The name of the site in words above.
            format!(
                "<table><tr><td><b>青石县政府网</b></td></tr></table><table><tr><td style='text-align:center'>关于加强防汛工作的通告</td></tr><tr><td>日期：2026-3-5 作者：办公室</td></tr><tr><td>{signed}</td></tr></table>"
            ),
        ] {
            let found = title(&html);
            let is_right = found
                .as_deref()
                .is_some_and(|title| title.ends_with("关于加强防汛工作的通告"));
            assert!(is_right, "{html}: {found:?}");
        }
    }

    #[test]
    fn what_is_signed_or_listed_has_no_such_title() {
        for html in [
            format!(
                "<div>{TEXT}</div><center><b>青石县防汛指挥部</b></center><center>2026-3-5</center>"
            ),
            format!("<center><b>公告</b></center><center>2026-3-5</center><div>{TEXT}</div>"),
            format!(
                "<b><a href=1.asp>关于加强防汛工作的通告</a></b><p>2026-3-5</p><div>{TEXT}</div>"
            ),
            format!(
                "<b>关于加强防汛工作的通告</b><p>今天是2026年3月5日 星期四</p><div>{TEXT}</div>"
            ),
        ] {
            assert_eq!(title(&html), None, "{html}");
        }
    }
}
