//! Pages of accounts on platforms: interaction entries. What they show of posts is read by `adapters`.

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::Post;
use super::text::{bare, cut};

/// Interaction entries: short texts of links, buttons, menu entries, counters and input hints.
pub(crate) fn interaction(dom: &Dom, posts: &[Post], lexicons: &Lexicons) -> Vec<String> {
    let titles: Vec<String> = posts.iter().map(|post| bare(&post.title)).collect();
    let mut found: Vec<String> = Vec::new();
    let mut push = |text: &str| {
        let text = text.trim();
        let is_closed = [
            "关闭",
            "未开启",
            "未开通",
            "未开放",
            "暂未",
            "不支持",
            "禁止",
        ]
        .iter()
        .any(|word| text.contains(word));
        if is_closed || titles.contains(&bare(text)) {
            return;
        }
        if text.chars().count() <= 16 && lexicons.account_interaction.find(text).is_some() {
            let text = cut(text, 40);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    };
    for index in 0..dom.nodes.len() {
        match dom.name(index) {
            // A title of a post that speaks of messages is no entry, so posts (with a date beside) are left out.
            "a" if !is_post(dom, index) => push(&super::links::anchor_text(dom, index)),
            "button" | "label" => {
                push(&dom.text(index));
                // A button with a picture says by this what it is for.
                push(dom.attr(index, "aria-label").unwrap_or_default());
            }
            "textarea" | "input" => {
                for name in ["placeholder", "value"] {
                    if let Some(text) = dom.attr(index, name) {
                        push(text);
                    }
                }
            }
            "span" | "li" | "em" | "i" | "b" | "div" | "p"
                if dom.chars_of(index) <= 16
                    && !is_post(dom, index)
                    && dom.children(index).all(|child| dom.name(child).is_empty()) =>
            {
                push(&dom.text(index));
            }
            _ => {}
        }
    }
    found
}

/// Words of a page that asks for a login before it shows the account; empty where it does not. Only a short page can be one.
pub(crate) fn login_wording(dom: &Dom) -> String {
    const CHARS_MAX: u32 = 800;
    const WORDS: [&str; 6] = [
        "请先登录",
        "请登录后",
        "登录后查看",
        "登录后可",
        "扫码登录",
        "log in to",
    ];
    if dom.chars > CHARS_MAX {
        return String::new();
    }
    let text = dom.lower_text();
    if let Some(word) = WORDS.iter().find(|word| text.contains(**word)) {
        return (*word).to_owned();
    }
    let is_password = |input: usize| {
        let kind = dom.attr(input, "type");
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
    };
    match dom.named(Tag::Input).any(is_password) {
        true => "需要密码".to_owned(),
        false => String::new(),
    }
}

fn is_post(dom: &Dom, index: usize) -> bool {
    let is_text = |word: &str| {
        matches!(
            word,
            "txt" | "text" | "desc" | "content" | "title" | "intro"
        )
    };
    if dom.tokens(index).split_ascii_whitespace().any(is_text)
        || matches!(
            dom.name(dom.nodes[index].parent()),
            "h1" | "h2" | "h3" | "h4"
        )
    {
        return true;
    }
    let container = dom
        .ancestors(index)
        .take(3)
        .find(|up| matches!(dom.name(*up), "li" | "tr" | "article" | "dd"));
    container.is_some_and(|item| {
        let text = dom.text(item);
        dom.name(index) == "a"
            && dom.text(index).chars().count() > 6
            && !super::dates::find(&text).is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_near_misses() {
        let lexicons = Lexicons::builtin();
        for (html, count) in [
            ("<ul class=menu><li><a href=/hd>互动交流</a></li></ul>", 1),
            ("<div><span>评论 12</span></div>", 1),
            ("<textarea placeholder='我要留言'></textarea>", 1),
            ("<div>评论已关闭</div>", 0),
            (
                "<ul><li><a href=1>市长留言板督办会召开</a> 2026-03-01</li></ul>",
                0,
            ),
            ("<p>该账号未开启私信和评论</p>", 0),
            ("<p class=desc>县长信箱办理工作会召开</p>", 0),
            ("<p>关注我们</p>", 0),
            ("<button aria-label=私信><img src=i.png></button>", 1),
        ] {
            assert_eq!(
                interaction(&Dom::parse(html), &[], &lexicons).len(),
                count,
                "{html}"
            );
        }
    }
}
