//! A site search that only a script offers: a box, button or link for searching that belongs to no form which could be sent without it.
//! Nothing can be asked of it, and nobody may say that it is not there.

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::links::{Resolver, all_anchor_words, anchor_words};
use crate::facts::text::{cut, is_at_most};

/// Words of a box that searches.
const WORDS: [&str; 7] = [
    "搜",
    "检索",
    "关键字",
    "关键词",
    "search",
    "sousuo",
    "keyword",
];
/// What a link or button for searching is called.
const ENTRIES: [&str; 4] = ["搜索", "检索", "搜一搜", "搜一下"];
/// A longer text only speaks of searching.
const ENTRY_CHARS: usize = 8;
/// What a box says of itself.
const ATTRIBUTES: [&str; 9] = [
    "placeholder",
    "title",
    "aria-label",
    "value",
    "id",
    "name",
    "class",
    "v-model",
    "alt",
];
/// Handlers of scripts, as pages and frameworks write them.
const HANDLERS: [&str; 6] = [
    "onclick",
    "@click",
    "v-on:click",
    "ng-click",
    "bindtap",
    "href",
];
/// Begins a quote that is a link; its address ends the quote.
pub(crate) const LINK: &str = "链接：";

/// The first sign of a search that needs a script, quoted; empty where there is none. Asked only of pages without a form that can be
/// sent.
pub(crate) fn scripted(dom: &Dom, resolver: &Resolver) -> String {
    field(dom)
        .or_else(|| component(dom))
        .or_else(|| link(dom, resolver))
        .or_else(|| handler(dom))
        .or_else(|| place(dom))
        .unwrap_or_default()
}

fn says_search(text: &str) -> bool {
    let has_case = || text.to_ascii_lowercase();
    WORDS.iter().any(|word| match word.is_ascii() {
        true => !text.is_empty() && has_case().contains(word),
        false => text.contains(word),
    })
}

/// What an element says of itself, if it says that it searches.
fn own_words(dom: &Dom, index: usize) -> Option<String> {
    let mut said = ATTRIBUTES
        .iter()
        .filter_map(|name| dom.attr(index, name))
        .filter(|value| says_search(value));
    said.next().map(|value| cut(value.trim(), 40))
}

/// An input for searching, in no form for letters or for signing in.
fn field(dom: &Dom) -> Option<String> {
    let is_text = |index: &usize| {
        let kind = dom.attr(*index, "type").unwrap_or("text");
        ["", "text", "search", "button", "submit", "image"]
            .iter()
            .any(|text| kind.eq_ignore_ascii_case(text))
    };
    let is_of_letters = |index: &usize| {
        let form = dom
            .ancestors(*index)
            .find(|up| dom.nodes[*up].tag == Tag::Form);
        form.is_some_and(|form| {
            dom.inside(form).any(|inner| {
                dom.nodes[inner].tag == Tag::Textarea || dom.attr(inner, "type") == Some("password")
            })
        })
    };
    dom.named(Tag::Input)
        .filter(is_text)
        .filter(|index| !is_of_letters(index))
        .find_map(|index| own_words(dom, index))
        .map(|words| format!("输入框：{words}"))
}

/// An element of a framework: `<site-search>`, `<el-input placeholder=请输入关键词>`.
fn component(dom: &Dom) -> Option<String> {
    dom.named(Tag::Other).find_map(|index| {
        let name = dom.name(index);
        if name.contains("search") {
            return Some(format!("组件：{}", cut(name, 40)));
        }
        let words = dom
            .attr(index, "placeholder")
            .filter(|words| says_search(words))?;
        Some(format!("组件：{}", cut(words.trim(), 40)))
    })
}

/// A link that is called 搜索: to a page of its own, or to a script.
fn link(dom: &Dom, resolver: &Resolver) -> Option<String> {
    // One look at all texts together spares most pages looking at each.
    let all = all_anchor_words(dom);
    if !ENTRIES.iter().any(|entry| all.contains(entry)) {
        return None;
    }
    let is_entry = |text: &str| {
        is_at_most(text.trim(), ENTRY_CHARS) && ENTRIES.iter().any(|entry| text.contains(entry))
    };
    dom.named(Tag::A).find_map(|index| {
        let text = anchor_words(dom, index);
        if !is_entry(text) {
            return None;
        }
        let text = text.trim();
        match dom
            .attr(index, "href")
            .and_then(|href| resolver.resolve(href))
        {
            Some(url) => Some(format!("{LINK}{text} {url}")),
            None => Some(format!("按钮：{text}")),
        }
    })
}

/// A button or picture whose script searches.
fn handler(dom: &Dom) -> Option<String> {
    let tags = [Tag::Button, Tag::Img, Tag::A];
    let mut found = tags.into_iter().flat_map(|tag| dom.named(tag));
    found.find_map(|index| {
        let script = HANDLERS
            .iter()
            .filter_map(|name| dom.attr(index, name))
            .filter(|value| value.contains('('))
            .find(|value| says_search(value));
        let words = script.or_else(|| {
            let text = dom.nodes[index].tag == Tag::Button;
            text.then(|| dom.attr(index, "title"))
                .flatten()
                .filter(|text| says_search(text))
        });
        if let Some(words) = words {
            return Some(format!("按钮：{}", cut(words.trim(), 40)));
        }
        if dom.nodes[index].tag != Tag::Button || dom.chars_of(index) > ENTRY_CHARS as u32 {
            return None;
        }
        let text = dom.text(index);
        let is_entry = ENTRIES.iter().any(|entry| text.contains(entry));
        is_entry.then(|| format!("按钮：{text}"))
    })
}

/// An empty element that is called a search: a script fills it.
fn place(dom: &Dom) -> Option<String> {
    let has_scripts = dom.named(Tag::Script).next().is_some();
    if !has_scripts {
        return None;
    }
    let is_place = |index: &usize| {
        matches!(dom.nodes[*index].tag, Tag::Div | Tag::Span | Tag::Section)
            && dom.chars_of(*index) == 0
            && ["search", "sousuo"]
                .iter()
                .any(|word| dom.tokens(*index).contains(word))
    };
    let found = (0..dom.nodes.len()).find(is_place)?;
    Some(format!("组件：{}", cut(dom.tokens(found).trim(), 40)))
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    fn said(html: &str) -> String {
        test_page("https://www.qingshi.gov.cn/", html).scripted_search
    }

    #[test]
    fn searches_that_need_a_script() {
        for (html, expected) in [
            (
                "<div class=s9><input id=kw placeholder=请输入关键词><a href='javascript:;' onclick='doSearch()'>搜索</a></div>",
                "输入框：请输入关键词",
            ),
            (
                "<input type=search v-model=keyword @keyup.enter=go><i @click=go></i>",
                "输入框：keyword",
            ),
            (
                "<form onsubmit='return go()'><input id=q placeholder=站内搜索></form>",
                "输入框：站内搜索",
            ),
            (
                "<el-input placeholder=请输入搜索内容></el-input>",
                "组件：请输入搜索内容",
            ),
            ("<site-search></site-search>", "组件：site-search"),
            (
                "<a href=/ss/index.html>站内搜索</a>",
                "链接：站内搜索 https://www.qingshi.gov.cn/ss/index.html",
            ),
            (
                "<a href='javascript:void(0)'>高级检索</a>",
                "按钮：高级检索",
            ),
            (
                "<img src=s.png onclick=\"openSearch('/')\">",
                "按钮：openSearch('/')",
            ),
            ("<button type=button>搜索</button>", "按钮：搜索"),
            (
                "<div id=site-search></div><script src=/js/s.js></script>",
                "组件：site-search",
            ),
        ] {
            assert_eq!(said(html), expected, "{html}");
        }
    }

    #[test]
    fn what_offers_no_search() {
        for html in [
            "<form action=/s><input name=q placeholder=搜索></form>",
            "<form method=post action=/hd><input name=title placeholder=请输入标题关键词><textarea name=c></textarea></form>",
            "<p>请在搜索引擎中搜索本站名称</p><a href=/1>关于做好网站搜索服务工作的通知</a>",
            "<input name=phone placeholder=请输入手机号><div id=list></div><script src=a.js></script>",
            "<a href=/jd/>政策解读</a>",
        ] {
            assert_eq!(said(html), "", "{html}");
        }
    }
}
