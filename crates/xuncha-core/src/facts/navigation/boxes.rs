//! A main navigation that is cut into boxes.

use super::Candidate;
use super::weights::Weights;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;

/// The block around a menu that is cut into boxes of one kind, where it holds little else than their links.
pub(super) fn with_siblings(
    dom: &Dom,
    best: usize,
    named_ones: &[Candidate],
    weights: &mut Weights,
) -> usize {
    let is_named = |index: &usize| named_ones.iter().any(|named| named.index == *index);
    let holders = dom.ancestors(best).take(3).filter(is_named);
    let boxes = std::iter::once(best).chain(holders);
    let mut around = boxes
        .filter(|own| {
            named_ones
                .iter()
                .any(|other| are_twins(dom, *own, other.index))
        })
        .map(|own| dom.nodes[own].parent())
        .filter(|around| {
            !matches!(
                dom.nodes[*around].tag,
                Tag::Body | Tag::Html | Tag::Document
            )
        });
    let Some(around) = around.next() else {
        return best;
    };
    let block = weights.block(around);
    let is_mostly_links = block.link_chars * 10 >= dom.chars_of(around).max(1) * 7;
    match is_mostly_links && block.long_links * 3 <= block.links {
        true => around,
        false => best,
    }
}

/// Whether two blocks stand side by side and are called the same but for what each is about.
fn are_twins(dom: &Dom, one: usize, other: usize) -> bool {
    let own = dom.tokens(one);
    let is_shared = |word: &&str| own.split_ascii_whitespace().any(|own| own == *word);
    one != other
        && dom.nodes[one].parent() == dom.nodes[other].parent()
        && dom.nodes[one].tag == dom.nodes[other].tag
        && dom
            .tokens(other)
            .split_ascii_whitespace()
            .filter(is_shared)
            .count()
            >= 2
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    #[test]
    fn a_menu_in_several_boxes_of_one_kind_is_one() {
        let portal = |id: &str, names: &[&str]| {
            let links: Vec<String> = names
                .iter()
                .map(|name| format!("<li><a href=/{name}>{name}</a></li>"))
                .collect();
            format!(
                "<nav id=p-{id} class='portlet menu-portal menu'><h3>{id}</h3><div class=menu-content><ul class=menu-list>{}</ul></div></nav>",
                links.concat()
            )
        };
        let first = portal(
            "栏目",
            &["首页", "动态要闻", "通知公告", "政策文件", "政策解读"],
        );
        let second = portal("公开", &["青石概况", "机构职能", "领导信息"]);
        let texts = |html: &str| {
            let entries = test_page("https://www.qingshi.gov.cn/xw/", html)
                .navigation
                .into_iter();
            entries
                .map(|entry| (entry.text, entry.depth))
                .collect::<Vec<_>>()
        };
        let together = texts(&format!("<h1>正文</h1><div id=panel>{first}{second}</div>"));
        assert_eq!(together.len(), 8, "{together:?}");
        assert!(
            together.contains(&("机构职能".to_owned(), 1)),
            "{together:?}"
        );
        let text = "全县各乡镇抓紧春耕生产，目前进展顺利。".repeat(4);
        let apart = texts(&format!(
            "<h1>正文</h1><div id=panel>{first}<p>{text}</p>{second}</div>"
        ));
        assert_eq!(apart.len(), 5, "{apart:?}");
    }
}
