//! Messages as items of a list: a link with a day and a word for their state.

use jiff::civil::Date;

use crate::facts::dates;
use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::lexicons::Lexicons;
use crate::facts::links::{Resolver, anchor_text};
use crate::facts::model::{Area, MessageFacts};
use crate::facts::text::cut;

/// How lists call a message that was or was not answered.
const STATES: [&str; 15] = [
    "已回复",
    "已答复",
    "已办结",
    "已办理",
    "已处理",
    "已反馈",
    "未回复",
    "待回复",
    "办理中",
    "未答复",
    "处理中",
    "已受理",
    "待办理",
    "正在办理",
    "办结",
];

/// Whether an element is one item of a list: a row, or the largest block around one link.
fn is_item(dom: &Dom, index: usize) -> bool {
    let links = |index: usize| {
        dom.inside(index)
            .filter(|inner| dom.nodes[*inner].tag == Tag::A && dom.attr(*inner, "href").is_some())
            .take(2)
            .count()
    };
    match dom.nodes[index].tag {
        // A row that holds rows is the frame of a page, not a message.
        Tag::Li | Tag::Tr | Tag::Dd => !dom
            .inside(index)
            .any(|inner| matches!(dom.name(inner), "table" | "li" | "tr" | "dd")),
        Tag::Div | Tag::P => {
            is_short(dom, index)
                && links(index) == 1
                && links(dom.nodes[index].parent()) == 2
                && has_title(dom, index)
                && dates::holds_day(&dom.text(index))
        }
        _ => false,
    }
}

/// Whether the link of a block is long enough for the title of a message; 返回首页 in a breadcrumb is none.
fn has_title(dom: &Dom, index: usize) -> bool {
    const TITLE_CHARS: u32 = 6;
    dom.inside(index)
        .any(|inner| dom.nodes[inner].tag == Tag::A && dom.chars_of(inner) >= TITLE_CHARS)
}

fn is_short(dom: &Dom, index: usize) -> bool {
    dom.chars_of(index) <= 200
}

/// What stands behind 回复日期, up to the next label of a day.
fn reply_day(text: &str) -> Option<&str> {
    const WORDS: [&str; 3] = ["回复", "答复", "办结"];
    const ENDS: [&str; 2] = ["日期", "时间"];
    let behind = |end: &str| {
        let (before, rest) = text.match_indices(end).find_map(|(at, _)| {
            let is_reply = WORDS.iter().any(|word| text[..at].ends_with(word));
            is_reply.then(|| (at, &text[at + end.len()..]))
        })?;
        Some((before, rest))
    };
    let (_, rest) = ENDS.iter().filter_map(|end| behind(end)).min()?;
    let next = ENDS.iter().filter_map(|end| rest.find(end)).min();
    Some(&rest[..next.unwrap_or(rest.len())])
}

/// List items with a link, dates and a state word: `<li><a>标题</a> <span>2026-03-01</span> <em>已回复</em></li>`.
pub(super) fn items(
    dom: &Dom,
    resolver: &Resolver,
    lexicons: &Lexicons,
    today: Date,
) -> Vec<MessageFacts> {
    let mut messages = Vec::new();
    for item in (0..dom.nodes.len())
        .filter(|index| dom.nodes[*index].area == Area::Body && is_item(dom, *index))
    {
        let text = dom.text(item);
        let replies = reply_day(&text);
        if replies.is_none() && !STATES.iter().any(|state| text.contains(state)) {
            continue;
        }
        let Some(anchor) = dom
            .inside(item)
            .find(|inner| dom.name(*inner) == "a" && dom.attr(*inner, "href").is_some())
        else {
            continue;
        };
        // The frame of a page around one message begins with its breadcrumb, which leads home.
        let leads_home = lexicons.is_no_column(&anchor_text(dom, anchor));
        let Some(url) = dom
            .attr(anchor, "href")
            .filter(|_| !leads_home)
            .and_then(|href| resolver.resolve(href))
        else {
            continue;
        };
        let found = dates::find(&text);
        // 回复日期：2026-03-01, or a dash where nobody answered; the label itself is no state.
        let says_day = replies.is_some_and(dates::holds_day);
        let state = text.replace("办结日期", " ").replace("办结时间", " ");
        let has_reply = says_day || lexicons.replied.find(&state).is_some();
        messages.push(MessageFacts {
            title: cut(&anchor_text(dom, anchor), 80),
            url,
            asked: found
                .first()
                .map(|date| date.date)
                .or_else(|| dates::list_date(&text, today)),
            replied: if has_reply {
                found.get(1).map(|date| date.date)
            } else {
                None
            },
            has_reply,
            unit: String::new(),
        });
    }
    messages
}
