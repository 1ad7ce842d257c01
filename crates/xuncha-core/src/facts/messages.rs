//! Messages of the public and the channels for them: lists, single messages, forms and entries.

mod board;
mod items;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use self::board::board;
use self::items::items;
use super::dates;
use super::dom::{Dom, Line};
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::links::{PageLinks, Resolver, all_anchor_words};
use super::model::{Area, LinkKind, MessageFacts, PageFacts};
use super::text::{cut, is_at_most, strip_numbering};
use super::titles;

/// What a field of a message means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Title,
    Asked,
    Replied,
    Unit,
    State,
    Question,
    Answer,
}

fn field(label: &str) -> Option<Field> {
    let label: String = strip_numbering(label)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '：' | ':' | '【' | '】'))
        .collect();
    if !(2..=8).contains(&label.chars().count()) {
        return None;
    }
    let is_reply = [
        "回复", "答复", "办结", "办理", "反馈", "处理", "受理", "承办", "解答", "回应",
    ]
    .iter()
    .any(|word| label.contains(word));
    let is_time = label.ends_with("时间") || label.ends_with("日期");
    if is_time {
        if label.contains("受理") {
            return None;
        }
        let is_asked = [
            "留言", "来信", "提问", "写信", "信件", "提交", "咨询", "发布", "反映", "投诉", "诉求",
        ]
        .iter()
        .any(|word| label.contains(word));
        return match (
            is_reply,
            is_asked || matches!(label.as_str(), "时间" | "日期"),
        ) {
            (true, _) => Some(Field::Replied),
            (false, true) => Some(Field::Asked),
            _ => None,
        };
    }
    let ends = |words: &[&str]| words.iter().any(|word| label.ends_with(word));
    if ends(&["状态", "办理情况", "处理情况"]) {
        return Some(Field::State);
    }
    if ends(&["单位", "部门", "机构"]) && (is_reply || matches!(label.as_str(), "单位" | "部门"))
        || label.ends_with("回复人")
    {
        return Some(Field::Unit);
    }
    if is_reply
        && (ends(&["内容", "意见", "结果"])
            || matches!(
                label.as_str(),
                "回复" | "答复" | "官方回复" | "部门回复" | "网友回复"
            ))
    {
        return Some(Field::Answer);
    }
    if ends(&["标题", "主题", "题目"]) {
        return Some(Field::Title);
    }
    (ends(&["内容", "正文"])
        || matches!(label.as_str(), "留言" | "来信" | "问题" | "咨询" | "提问"))
    .then_some(Field::Question)
}

/// Words that say a page is about messages: in its names, or in the heading where the browser shows another name.
fn is_message_page(facts: &PageFacts, dom: &Dom) -> bool {
    const WORDS: [&str; 12] = [
        "留言", "来信", "信箱", "咨询", "建言", "问政", "互动", "信件", "诉求", "答复", "回复",
        "写信",
    ];
    let says = |text: &str| WORDS.iter().any(|word| text.contains(word));
    says(&facts.title)
        || facts.breadcrumbs.iter().any(|crumb| says(&crumb.text))
        || facts.metas.get("ColumnName").is_some_and(|name| says(name))
        || dom
            .named(Tag::H1)
            .filter(|heading| dom.nodes[*heading].area == Area::Body)
            .any(|heading| dom.chars_of(heading) <= 80 && says(&dom.text(heading)))
}

/// Reads the page as message list or as one message.
pub(crate) fn read(
    facts: &PageFacts,
    dom: &Dom,
    resolver: &Resolver,
    lexicons: &Lexicons,
) -> Vec<MessageFacts> {
    if !is_message_page(facts, dom) {
        return Vec::new();
    }
    let today = facts.capture.at.date();
    let url = if facts.capture.final_url.is_empty() {
        &facts.capture.url
    } else {
        &facts.capture.final_url
    };
    let mut messages = table(dom, resolver, lexicons, url, today);
    if messages.is_empty() {
        messages = blocks(facts, dom, resolver, lexicons, url, today);
    }
    if messages.is_empty() {
        messages = board(dom, url);
    }
    messages
}

/// Tables with a heading row: 标题 | 来信时间 | 回复单位 | 回复时间 | 状态.
fn table(
    dom: &Dom,
    resolver: &Resolver,
    lexicons: &Lexicons,
    url: &str,
    today: Date,
) -> Vec<MessageFacts> {
    for table in dom.named(Tag::Table) {
        let rows: Vec<Vec<usize>> = dom
            .inside(table)
            .filter(|inner| dom.name(*inner) == "tr")
            .map(|row| {
                dom.children(row)
                    .filter(|cell| matches!(dom.name(*cell), "td" | "th"))
                    .collect::<Vec<_>>()
            })
            .collect();
        let Some((head, values)) = rows.split_first() else {
            continue;
        };
        let heads: Vec<Option<Field>> = head.iter().map(|cell| field(&dom.text(*cell))).collect();
        let has = |wanted: Field| heads.contains(&Some(wanted));
        if !has(Field::Asked) || !(has(Field::Title) || has(Field::Question)) || head.len() < 3 {
            continue;
        }
        let found: Vec<MessageFacts> = values
            .iter()
            .filter(|cells| cells.len() == head.len())
            .filter_map(|cells| {
                let values: BTreeMap<Field, String> = heads
                    .iter()
                    .zip(cells)
                    .filter_map(|(head, cell)| head.map(|field| (field, dom.text(*cell))))
                    .collect();
                let link = cells
                    .iter()
                    .flat_map(|cell| dom.inside(*cell))
                    .filter(|inner| dom.name(*inner) == "a")
                    .find_map(|anchor| resolver.resolve(dom.attr(anchor, "href")?));
                message(&values, link.as_deref().unwrap_or(url), lexicons, today)
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn message(
    values: &BTreeMap<Field, String>,
    url: &str,
    lexicons: &Lexicons,
    today: Date,
) -> Option<MessageFacts> {
    let text = |field: Field| values.get(&field).map_or("", |value| value.trim());
    let day = |field: Field| dates::list_date(text(field), today);
    let title = if text(Field::Title).is_empty() {
        text(Field::Question)
    } else {
        text(Field::Title)
    };
    let asked = day(Field::Asked);
    if title.is_empty()
        || asked.is_none() && text(Field::Answer).is_empty() && text(Field::State).is_empty()
    {
        return None;
    }
    let answer = text(Field::Answer);
    let has_answer = answer.chars().count() >= 4 && !is_pending(answer);
    let says_answered = lexicons.replied.find(text(Field::State)).is_some();
    let replied = day(Field::Replied);
    Some(MessageFacts {
        title: cut(title, 80),
        url: url.to_owned(),
        asked,
        replied,
        has_reply: has_answer || says_answered || replied.is_some(),
        unit: cut(text(Field::Unit), 40),
    })
}

/// Whether what stands for the answer says that there is none yet.
fn is_pending(answer: &str) -> bool {
    const WORDS: [&str; 12] = [
        "暂未",
        "尚未",
        "未回复",
        "未答复",
        "待回复",
        "待答复",
        "正在办理",
        "办理中",
        "处理中",
        "暂无",
        "转办",
        "受理中",
    ];
    answer.chars().count() <= 20 && WORDS.iter().any(|word| answer.contains(word))
}

/// Names of pages that show a letter, whatever it is called.
fn is_generic(title: &str) -> bool {
    const NAME_CHARS_MAX: usize = 8;
    const ENDS: [&str; 10] = [
        "详情", "详细", "内容", "查看", "信箱", "正文", "来信", "信件", "留言", "交流",
    ];
    is_at_most(title, NAME_CHARS_MAX) && ENDS.iter().any(|end| title.ends_with(end))
}

/// What the page calls its one letter: a heading where the page's own title names no letter, else that title.
fn own_title(facts: &PageFacts, dom: &Dom) -> String {
    const TITLE_CHARS_MIN: u32 = 4;
    let title = titles::own(facts, dom);
    if !is_generic(&title) {
        return title;
    }
    let headings = (0..dom.nodes.len()).filter(|index| {
        let node = &dom.nodes[*index];
        matches!(node.tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4)
            && node.area == Area::Body
            && !node.is_hidden()
            && (TITLE_CHARS_MIN..=80).contains(&dom.chars_of(*index))
    });
    headings
        .map(|index| dom.text(index))
        .find(|text| {
            *text != facts.header_name
                && !is_generic(text)
                && pairs(text).iter().all(|it| it.0.is_none())
        })
        .unwrap_or(title)
}

/// Labelled blocks: one message per page, or several one after another in a list of blocks.
fn blocks(
    facts: &PageFacts,
    dom: &Dom,
    resolver: &Resolver,
    lexicons: &Lexicons,
    url: &str,
    today: Date,
) -> Vec<MessageFacts> {
    let lines: Vec<&Line> = dom
        .all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body)
        .collect();
    let mut found: Vec<(BTreeMap<Field, String>, Option<String>)> = Vec::new();
    let mut values: BTreeMap<Field, String> = BTreeMap::new();
    let mut link: Option<String> = None;
    let mut open: Option<Field> = None;
    let mut frame = Frame::default();
    for line in &lines {
        for (label, value) in pairs(&line.text) {
            match label {
                Some(label) => {
                    // A second title or question begins the next message; the name of a box above its labels begins none.
                    let has_value = values.get(&label).is_some_and(|value| !value.is_empty());
                    let is_next =
                        has_value && matches!(label, Field::Title | Field::Question | Field::Asked);
                    if is_next {
                        found.push((std::mem::take(&mut values), link.take()));
                        frame = Frame::default();
                    }
                    frame.widen(dom, line.node);
                    let before = values.entry(label).or_default();
                    if before.is_empty() {
                        *before = value;
                    }
                    open = Some(label);
                }
                None => {
                    if let Some(open) = open.filter(|_| frame.holds(line.node)) {
                        let before = values.entry(open).or_default();
                        if before.is_empty() || matches!(open, Field::Question | Field::Answer) {
                            before.push_str(&value);
                        }
                    }
                }
            }
        }
        if link.is_none() && !values.is_empty() {
            link = dom
                .ancestors(line.node)
                .take(4)
                .find(|up| dom.name(*up) == "a")
                .and_then(|anchor| resolver.resolve(dom.attr(anchor, "href")?));
        }
    }
    found.push((values, link));
    let is_single = found.len() == 1;
    if is_single {
        // One block beside a link with a state: a list of one message.
        let listed = items(dom, resolver, lexicons, today);
        if !listed.is_empty() {
            return listed;
        }
    }
    let mut messages: Vec<MessageFacts> = Vec::new();
    for (mut values, link) in found {
        if is_single && !values.contains_key(&Field::Title) {
            values.insert(Field::Title, own_title(facts, dom));
        }
        let is_message = values.contains_key(&Field::Asked) && (values.len() >= 3);
        let address = if is_single {
            url
        } else {
            link.as_deref().unwrap_or(url)
        };
        if is_message && let Some(message) = message(&values, address, lexicons, today) {
            messages.push(message);
        }
    }
    if messages.is_empty() {
        messages = items(dom, resolver, lexicons, today);
    }
    messages
}

/// The block that holds the labels of a message: what stands behind it is no answer.
#[derive(Default)]
struct Frame(Option<std::ops::Range<usize>>);

impl Frame {
    /// The block around what it held and this label.
    fn widen(&mut self, dom: &Dom, label: usize) {
        let start = self.0.as_ref().map_or(label, |held| held.start);
        let around = dom
            .ancestors(label)
            .skip(1)
            .find(|up| *up <= start && dom.chars_of(*up) > dom.chars_of(label));
        self.0 = around.map(|up| up..dom.nodes[up].end());
    }

    fn holds(&self, node: usize) -> bool {
        self.0.as_ref().is_none_or(|held| held.contains(&node))
    }
}

/// `label：value` parts of a line; text without a known label comes as `None`.
fn pairs(line: &str) -> Vec<(Option<Field>, String)> {
    let mut out: Vec<(Option<Field>, String)> = Vec::new();
    if let Some(label) = field(line) {
        return vec![(Some(label), String::new())];
    }
    for part in line.split([' ', '|', '｜', '\u{3000}']) {
        if part.is_empty() {
            continue;
        }
        if let Some((label, value)) = part.split_once(['：', ':'])
            && let Some(found) = field(label.trim_start_matches(['[', '【', '(', '（']))
        {
            out.push((Some(found), value.trim().to_owned()));
            continue;
        }
        match out.last_mut() {
            Some((_, value)) => {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(part);
            }
            None => out.push((None, part.to_owned())),
        }
    }
    out
}

/// Text of a form or entry for consultation and suggestions, quoted; empty where none. Petitions and reports do not count.
pub(crate) fn consultation(
    facts: &PageFacts,
    dom: &Dom,
    links: &PageLinks,
    lexicons: &Lexicons,
) -> String {
    let is_special = |text: &str| lexicons.special_channels.find(text).is_some();
    for form in dom.named(Tag::Form) {
        if !dom.inside(form).any(|inner| dom.name(inner) == "textarea") {
            continue;
        }
        let crumbs: Vec<&str> = facts
            .breadcrumbs
            .iter()
            .map(|crumb| crumb.text.as_str())
            .collect();
        let heading = (0..dom.nodes.len())
            .find(|index| {
                matches!(dom.name(*index), "h1" | "h2") && dom.nodes[*index].area == Area::Body
            })
            .map(|index| dom.text(index))
            .unwrap_or_default();
        let context = format!(
            "{} {} {} {}",
            facts.title,
            crumbs.join(" "),
            heading,
            dom.text(form)
        );
        let own = format!(
            "{} {} {}",
            facts
                .title
                .split(['_', '-', '|'])
                .next()
                .unwrap_or_default(),
            crumbs.last().unwrap_or(&""),
            heading
        );
        if is_special(&own) {
            continue;
        }
        if let Some(word) = lexicons.consultation.find(&context) {
            return format!("表单：{word}");
        }
    }
    // One look at all texts together spares most pages looking at each.
    let all = all_anchor_words(dom);
    if lexicons.consultation.may_hit(all).is_empty() {
        return String::new();
    }
    links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && is_at_most(link.text, 12))
        .map(|link| link.text)
        .filter(|text| lexicons.consultation.find(text).is_some())
        .find(|text| {
            !is_special(text)
                && !["统计", "选登", "公开"]
                    .iter()
                    .any(|word| text.contains(word))
        })
        .map(|text| format!("入口：{text}"))
        .unwrap_or_default()
}
