//! Where the text of an article begins: in a flat page the title and the line of information stand in the same box as the text.

use std::ops::Range;

use crate::facts::dates;
use crate::facts::dom::{Dom, Line};
use crate::facts::model::Area;
use crate::facts::text::is_at_most;

/// Words of the lines between title and text.
const WORDS: [&str; 26] = [
    "来源",
    "稿源",
    "发布时间",
    "发布日期",
    "发布机构",
    "发布单位",
    "更新时间",
    "更新日期",
    "浏览",
    "点击",
    "阅读",
    "访问次数",
    "字体",
    "字号",
    "作者",
    "编辑",
    "打印",
    "分享",
    "索引号",
    "发文字号",
    "发文机关",
    "成文日期",
    "公开日期",
    "有效性",
    "主题分类",
    "信息分类",
];
/// What is longer tells something.
const LINE_CHARS_MAX: usize = 120;
/// Heads of documents have a dozen fields, each with its value on a line of its own.
const LINES_MAX: usize = 40;
/// So many characters of a text stand for the article, whatever stands before them.
const TEXT_CHARS_MIN: u32 = 30;

/// The lines of an article's text and the nodes that hold them: without the title, what stands before it, and what tells of the article.
pub(super) fn content(
    dom: &Dom,
    body: Range<usize>,
    title: Option<usize>,
    title_text: &str,
) -> (Vec<Line>, Range<usize>) {
    let after_title = title
        .filter(|title| body.contains(title) && *title > body.start)
        .map(|title| dom.nodes[title].end())
        .filter(|start| is_most(dom, *start, &body));
    let start = after_title.unwrap_or(body.start);
    let mut lines = dom.lines(start..body.end);
    // The head of the page and its menus may stand in the same box.
    lines.retain(|line| dom.nodes[line.node].area == Area::Body);
    let is_head =
        after_title.is_some() || lines.first().is_some_and(|line| line.text == title_text);
    if !is_head {
        return (lines, body);
    }
    let skipped = head_lines(&lines, title_text);
    if skipped < lines.len() {
        lines.drain(..skipped);
    }
    let first = lines.first().map_or(start, |line| line.node);
    (lines, first..body.end)
}

/// Whether most of a body stands behind a node: a title that is repeated at the end begins no text.
fn is_most(dom: &Dom, start: usize, body: &Range<usize>) -> bool {
    let behind = dom.chars_between(&(start..body.end));
    let all = dom.chars_between(body);
    behind >= TEXT_CHARS_MIN && behind * 2 >= all
}

/// How many lines tell of the article before its text begins.
fn head_lines(lines: &[Line], title: &str) -> usize {
    let mut skipped = 0;
    let mut is_value_next = false;
    for line in lines.iter().take(LINES_MAX) {
        let text = line.text.trim();
        let is_label = is_label(text);
        let is_told = is_label
            || is_value_next
            || text == title
            || tells_of_article(text)
            || is_bare_day(text);
        if !is_told || text.ends_with('。') || !is_at_most(text, LINE_CHARS_MAX) {
            break;
        }
        // 索引号 in one cell, its number in the next.
        is_value_next = is_label && !is_value_next;
        skipped += 1;
    }
    skipped
}

/// A label alone: its value stands on the next line.
fn is_label(text: &str) -> bool {
    let name = text.trim_matches(|c: char| "：:[]【】 ".contains(c));
    is_at_most(name, 6) && WORDS.iter().any(|word| name.contains(word))
}

/// A label with its value, or several; a sentence that only holds such a word goes on without one.
pub(super) fn tells_of_article(text: &str) -> bool {
    let first = text.trim_start_matches(['[', '【', '（', '(', ' ']);
    let begins = WORDS.iter().any(|word| first.starts_with(word));
    let has_mark = text.contains(['：', ':', ']', '】']);
    let others = WORDS.iter().filter(|word| text.contains(*word)).count();
    begins && has_mark
        || others >= 2
        || others == 1 && dates::holds_day(text) && is_at_most(text, 60)
}

/// A day, with its time at most.
pub(super) fn is_bare_day(text: &str) -> bool {
    is_at_most(text, 24) && dates::find(text).len() == 1
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    #[test]
    fn a_flat_page_has_a_text_of_its_own() {
        let text = "为贯彻落实县委县政府工作部署，现将有关情况通知如下。各单位要高度重视，明确责任分工，抓好工作落实。";
        let title = "关于做好春耕生产的通知";
        for (name, html) in [
            (
                "one box",
                format!(
                    "<div class=c><div class=p>当前位置：<a href=/>首页</a> &gt; <a href=/tz/>通知公告</a></div><h1>{title}</h1>
                     <div>来源：县政府办 发布时间：2026-03-06 浏览次数：20</div><p>{text}</p><p>青石县人民政府</p><p>2026年3月5日</p></div>"
                ),
            ),
            (
                "paragraphs only",
                format!(
                    "<div class=c><p>{title}</p><p>2026-03-06 10:20</p><p>【字体：大 中 小】</p><p>{text}</p><p>青石县人民政府</p><p>2026年3月5日</p></div>"
                ),
            ),
            (
                "a table of fields",
                format!(
                    "<div class=c><h2>{title}</h2><table><tr><td>索引号</td><td>QS-1</td><td>成文日期</td><td>2026-03-05</td></tr><tr><td>发文字号</td><td>青政发〔2026〕1号</td><td>发布日期</td><td>2026-03-06</td></tr></table>
                     <p>{text}</p><p>青石县人民政府</p><p>2026年3月5日</p></div>"
                ),
            ),
            (
                "boxes of their own",
                format!(
                    "<h1>{title}</h1><div>来源：县政府办 发布时间：2026-03-06</div><div class=b><p>{text}</p><p>青石县人民政府</p><p>2026年3月5日</p></div>"
                ),
            ),
        ] {
            let html = format!("<title>{title}_青石县人民政府</title>{html}");
            let page = test_page("https://www.qingshi.gov.cn/tz/1.html", &html);
            let article = page.article.unwrap_or_else(|| panic!("{name}: no article"));
            assert_eq!(
                article.body,
                format!("{text}\n青石县人民政府\n2026年3月5日"),
                "{name}"
            );
            assert_eq!(
                article.published.map(|published| published.date.to_string()),
                Some("2026-03-06".to_owned()),
                "{name}"
            );
            assert_eq!(article.issuer, "青石县人民政府", "{name}");
        }
    }

    #[test]
    fn a_text_that_begins_with_such_a_word_is_kept() {
        let text = "来源不明的食品一律不得进入学校食堂，各学校要建立台账，对采购、运输、储存的每一个环节实行登记。";
        let html = format!("<h1>关于学校食品安全的通知</h1><div class=c><p>{text}</p></div>");
        let page = test_page(
            "https://www.qingshi.gov.cn/tz/1.html",
            &format!("<title>关于学校食品安全的通知</title>{html}"),
        );
        assert_eq!(
            page.article.map(|article| article.body),
            Some(text.to_owned())
        );
    }
}
