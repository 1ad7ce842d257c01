//! What stands beside the content: a page that marks its content (`<main>`) says of everything else that it is not its own.

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::Area;

/// So many characters make a content also without a heading.
const CONTENT_CHARS_MIN: u32 = 200;

/// Marks what is neither content, navigation nor footer, where the page has one main part that holds its heading: boxes with the
/// newest articles of all columns, archives and tags are the same on every page.
pub(super) fn mark(dom: &mut Dom) {
    let Some(main) = main_part(dom) else {
        return;
    };
    let content = main..dom.nodes[main].end();
    let holders: Vec<usize> = dom.ancestors(main).collect();
    for index in 0..dom.nodes.len() {
        if dom.nodes[index].area == Area::Body
            && !content.contains(&index)
            && !holders.contains(&index)
        {
            dom.nodes[index].area = Area::Beside;
        }
    }
}

/// The only main part of a page. One without the page's heading, though there is one elsewhere, is only called so.
fn main_part(dom: &Dom) -> Option<usize> {
    let is_main = |index: &usize| match dom.nodes[*index].tag {
        Tag::Main => true,
        Tag::Div | Tag::Section | Tag::Article => dom.attr(*index, "role") == Some("main"),
        _ => false,
    };
    let mut found = (0..dom.nodes.len())
        .filter(|index| !dom.nodes[*index].is_hidden())
        .filter(is_main);
    let main = found.next()?;
    let end = dom.nodes[main].end();
    if found.any(|other| other >= end) {
        return None;
    }
    let content = main..end;
    let shown = |tag: Tag| {
        let headings = dom.named(tag);
        headings
            .filter(|index| dom.nodes[*index].area == Area::Body && !dom.nodes[*index].is_hidden())
    };
    if shown(Tag::H1).next().is_some() {
        return shown(Tag::H1)
            .all(|heading| content.contains(&heading))
            .then_some(main);
    }
    let has_heading = [Tag::H2, Tag::H3]
        .into_iter()
        .any(|tag| shown(tag).any(|heading| content.contains(&heading)));
    (has_heading || dom.chars_of(main) >= CONTENT_CHARS_MIN).then_some(main)
}

#[cfg(test)]
mod tests {
    use crate::facts::model::Area;
    use crate::facts::test_page;

    /// Area of the link `/b`, which stands in a box behind the content.
    fn area_beside(content: &str) -> Option<Area> {
        let html = format!(
            "<div class=nav><a href=/>首页</a><a href=/xw/>新闻动态</a><a href=/tz/>通知公告</a></div>{content}\
             <div class=box><h2>近期文章</h2><ul><li><a href=/b>我县召开春耕生产工作会议</a></li></ul></div>"
        );
        let page = test_page("http://a.gov.cn/x/", &html);
        let link = page.links.into_iter().find(|link| link.url.ends_with("/b"));
        link.map(|link| link.area)
    }

    #[test]
    fn boxes_beside_the_main_part_are_no_content() {
        let text = "各单位要明确专人负责，每月按时报送进展情况。".repeat(12);
        for (content, expected) in [
            (
                "<main><h1>这里什么都没有</h1></main>".to_owned(),
                Area::Beside,
            ),
            (
                "<div role=main><h1>通知公告</h1><p>暂无</p></div>".to_owned(),
                Area::Beside,
            ),
            (format!("<main><p>{text}</p></main>"), Area::Beside),
            (format!("<div><h1>通知</h1><p>{text}</p></div>"), Area::Body),
            ("<main><img src=banner.png></main>".to_owned(), Area::Body),
            (
                format!("<main><h2>横幅</h2></main><h1>通知</h1><p>{text}</p>"),
                Area::Body,
            ),
            (
                "<main><h2>一</h2></main><main><h2>二</h2></main>".to_owned(),
                Area::Body,
            ),
        ] {
            assert_eq!(area_beside(&content), Some(expected), "{content}");
        }
    }
}
