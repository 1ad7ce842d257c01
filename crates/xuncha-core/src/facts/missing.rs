//! Missing pages that answer 200, empty columns, and pages that show nothing without scripts.

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::{Area, PageFacts};
use super::text::{cut, is_at_most, lowercase};

/// Beyond this many visible characters a page is too rich to be a missing page.
pub(crate) const SHORT_PAGE_CHARS: u32 = 1500;
/// Beyond this many it is too rich to be the page of a firewall.
const SHORT_BLOCK_CHARS: u32 = 600;

/// Words of a missing page, quoted; empty where none.
pub(crate) fn wording(facts: &PageFacts, dom: &Dom, lexicons: &Lexicons) -> String {
    // An article says when and by whom it was published; a page that tells of a deleted one keeps little of it.
    let is_dated_article = facts.article.as_ref().is_some_and(|article| {
        let is_signed = !article.source.is_empty() && article.body_chars > 30;
        article.published.is_some() && (is_signed || article.body_chars > 150)
    });
    if dom.chars > SHORT_PAGE_CHARS || is_dated_article {
        return String::new();
    }
    let mut headings: Vec<usize> = [Tag::H1, Tag::H2, Tag::H3]
        .into_iter()
        .flat_map(|tag| dom.named(tag))
        .collect();
    headings.sort_unstable();
    let headings = headings.into_iter().map(|index| dom.text(index));
    for heading in std::iter::once(facts.title.clone()).chain(headings) {
        if heading.chars().count() <= 60
            && let Some(word) = lexicons.missing_title.find(&heading)
            && (word != "404" || is_alone(&heading, word))
            && is_said_of_itself(&lowercase(&heading), word)
        {
            return cut(&heading, 80);
        }
    }
    let text = dom.lower_text();
    let mut said = lexicons.missing_strong.iter_in_lower(text);
    said.find_map(|word| {
        let mut spots = text.match_indices(word).map(|(at, _)| at);
        spots.find(|at| !is_quoted(&text[..*at]))
    })
    .map(|at| cut(&text[at..], 60))
    .unwrap_or_default()
}

/// Whether a title says the words of its own page, and not of a matter that it treats ("关于页面不存在问题的说明").
fn is_said_of_itself(title: &str, word: &str) -> bool {
    const TREATS: [&str; 16] = [
        "关于", "说明", "通知", "公告", "报告", "解读", "整改", "处理", "怎么", "如何", "什么",
        "答复", "问题", "原因", "案例", "how to",
    ];
    let parts = title.split(['_', '-', '|', '—', '–', '·', '：', ':', '>', '»']);
    parts.filter(|part| part.contains(word)).any(|part| {
        !TREATS.iter().any(|treats| part.contains(treats))
            && !part.find(word).is_some_and(|at| is_quoted(&part[..at]))
    })
}

/// Words right after an opening quotation mark are cited, not said.
fn is_quoted(before: &str) -> bool {
    before
        .trim_end()
        .ends_with(['“', '「', '『', '《', '‘', '"', '\''])
}

/// 404 between letters or digits is a number of something else.
fn is_alone(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word) else {
        return false;
    };
    let before = text[..at].chars().next_back();
    let after = text[at + word.len()..].chars().next();
    let is_part = |c: Option<char>| {
        c.is_some_and(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    '国' | '省' | '县' | '第' | '号' | '线' | '路' | '次' | '期' | '.'
                )
        })
    };
    !is_part(before) && !is_part(after)
}

/// Words of a firewall or captcha that stands before the page, quoted; empty where none. Only a short page can be one.
pub(crate) fn blocked_wording(title: &str, dom: &Dom, lexicons: &Lexicons) -> String {
    if dom.chars > SHORT_BLOCK_CHARS {
        return String::new();
    }
    if title.chars().count() <= 60 && lexicons.blocked_title.find(title).is_some() {
        return cut(title, 80);
    }
    let text = dom.lower_text();
    match lexicons.blocked_strong.iter_in_lower(text).next() {
        Some(word) => cut(&text[text.find(word).unwrap_or(0)..], 60),
        None => String::new(),
    }
}

/// Wording of an empty column in the body.
pub(crate) fn empty_wording(dom: &Dom, lexicons: &Lexicons) -> String {
    if lexicons.empty.may_hit_lower(dom.lower_text()).is_empty() {
        return String::new();
    }
    dom.all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, 40))
        .find(|line| lexicons.empty.find(&line.text).is_some())
        .map(|line| line.text.clone())
        .unwrap_or_default()
}

/// Next to no text, and scripts or an application root that would fill it.
pub(crate) fn needs_script(dom: &Dom) -> bool {
    if dom.chars >= 80 {
        return false;
    }
    let has_root = (0..dom.nodes.len()).any(|index| {
        matches!(
            dom.attr(index, "id"),
            Some("app" | "root" | "__next" | "__nuxt" | "main-app")
        ) && dom.attr(index, "src").is_none()
            && dom.chars_of(index) < 20
    });
    let scripts = dom.named(Tag::Script).count();
    let has_frames = dom
        .named(Tag::Iframe)
        .chain(dom.named(Tag::Frame))
        .next()
        .is_some();
    let has_links = dom
        .named(Tag::A)
        .any(|index| dom.attr(index, "href").is_some());
    has_root && scripts > 0 || dom.chars < 20 && scripts > 0 && !has_frames && !has_links
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    #[test]
    fn a_missing_page_speaks_of_itself() {
        for (html, expected) in [
            ("<title>404_青石市人民政府</title><p>返回首页", true),
            ("<title>您访问的页面不存在</title>", true),
            (
                "<title>青石市</title><p>抱歉，您访问的页面不存在或已删除。</p>",
                true,
            ),
            ("<title>Page Not Found | Qingshi</title><p>Sorry", true),
            (
                "<title>关于网站页面不存在问题的整改说明</title><p>已经修复。",
                false,
            ),
            (
                "<title>404错误是什么意思</title><p>它表示找不到网页。",
                false,
            ),
            (
                "<title>常见问题</title><p>如提示“您访问的页面不存在”，请刷新。",
                false,
            ),
            ("<title>国道404线施工公告</title><p>绕行。", false),
        ] {
            let page = test_page("http://a.cn/x.html", html);
            assert_eq!(!page.missing_wording.is_empty(), expected, "{html}");
        }
    }

    #[test]
    fn a_firewall_speaks_on_a_short_page() {
        let page = test_page(
            "http://a.cn/x.html",
            "<title>安全验证</title><p>请完成下方验证后继续访问</p>",
        );
        assert_eq!(page.blocked_wording, "安全验证");
        let long = format!(
            "<title>安全验证平台上线</title><p>{}</p>",
            "平台为企业提供服务。".repeat(80)
        );
        assert_eq!(test_page("http://a.cn/x.html", &long).blocked_wording, "");
    }
}
