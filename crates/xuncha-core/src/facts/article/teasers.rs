//! Teasers: headings that lead to an article, and the lists that they make. A page of them is no article.

use super::Input;
use crate::facts::html::count_visible;
use crate::facts::html::names::Tag;
use crate::facts::model::Area;
use crate::facts::scope::canonical;

/// Headings of articles.
const HEADINGS: [Tag; 4] = [Tag::H1, Tag::H2, Tag::H3, Tag::H4];

/// Whether a heading is nothing but a link to another page: the title of a teaser, and not of the page that shows it.
fn leads_elsewhere(input: &Input<'_>, heading: usize) -> bool {
    let dom = input.dom;
    if !HEADINGS.contains(&dom.nodes[heading].tag) {
        return false;
    }
    let chars = dom.chars_of(heading);
    let links = input
        .links
        .of_anchors(dom, |anchor| dom.inside(heading).contains(&anchor.node));
    let own = canonical(input.url);
    links
        .iter()
        .any(|link| count_visible(&link.text) >= chars.max(4) && canonical(&link.url) != own)
}

/// Whether the page is a list of teasers, if only of one: its title leads to another page, two headings of what would be its body do, or
/// below the name of the list an `<article>` has a title of its own that does.
pub(super) fn is_list_of_teasers(
    input: &Input<'_>,
    title: Option<usize>,
    body: Option<usize>,
) -> bool {
    if title.is_some_and(|title| leads_elsewhere(input, title)) {
        return true;
    }
    let dom = input.dom;
    let article = |index: usize| dom.closest(index, &["article"]);
    let is_titled = |teaser: usize| title.is_some_and(|title| article(title) == article(teaser));
    let headings = HEADINGS.into_iter().flat_map(|tag| dom.named(tag));
    let teasers: Vec<usize> = headings
        .filter(|heading| dom.nodes[*heading].area == Area::Body)
        .filter(|heading| leads_elsewhere(input, *heading))
        .collect();
    let inside = |teaser: &&usize| body.is_some_and(|body| dom.inside(body).contains(*teaser));
    let is_article = |teaser: &usize| article(*teaser).is_some() && !is_titled(*teaser);
    teasers.iter().filter(inside).count() > 1
        || title.is_some_and(|title| article(title).is_none()) && teasers.iter().any(is_article)
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    fn is_article(html: &str) -> bool {
        let html = format!("<title>关于做好春耕生产的通知_青石市人民政府</title>{html}");
        let url = "https://www.qingshi.gov.cn/zc/t20260301_1.html";
        test_page(url, &html).article.is_some()
    }

    #[test]
    fn a_list_of_teasers_is_no_article() {
        let text = "全县各乡镇按照部署抓紧春耕生产，目前进展顺利，各项工作正在有序推进之中。";
        let teaser = |number: u8| {
            format!("<h2><a href=/{number}.html>关于第{number}项工作的通知</a></h2><p>{text}</p>")
        };
        for html in [
            format!("<h1>2026年3月</h1><article>{}</article>", teaser(1)),
            format!("<div>{}{}</div>", teaser(1), teaser(2)),
            format!("<div>{}</div>", teaser(1)),
        ] {
            assert!(!is_article(&html), "{html}");
        }
        for html in [
            // The title leads to the page itself; a heading of the body leads on.
            format!(
                "<h1><a href=t20260301_1.html>关于做好春耕生产的通知</a></h1><div><p>{text}</p></div>"
            ),
            format!(
                "<article><h1>关于做好春耕生产的通知</h1><div><p>{text}</p><h3><a href=/2.html>相关文件</a></h3></div></article>"
            ),
            // Newest articles below the article, each in an element of its own.
            format!(
                "<article><h1>关于做好春耕生产的通知</h1><p>{text}</p></article><article><h3><a href=/2.html>全市召开会议</a></h3></article>"
            ),
        ] {
            assert!(is_article(&html), "{html}");
        }
    }
}
