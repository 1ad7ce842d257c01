//! 页面骨架: what a page is built of, as one number that stays near while nobody builds it anew, and as parts that can be named.

use std::collections::BTreeSet;

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::model::{Sign, SignCase};
use crate::facts::outline::RISKY;
use crate::verdict::Confidence;

/// Levels below the body whose elements are parts.
const DEPTH_MAX: usize = 5;
/// Parts of one page that are kept.
const PARTS_MAX: usize = 60;
/// Scripts of one page that are kept.
const SCRIPTS_MAX: usize = 60;
/// Foreign texts of one page that are kept.
const FOREIGN_MAX: usize = 12;
/// Letters of the shortest text that says in which language it is.
const LETTERS_MIN: usize = 8;
/// Letters of the shortest English text: names and abbreviations are everywhere.
const ENGLISH_MIN: usize = 60;
/// Characters that are quoted.
const QUOTE_CHARS: usize = 80;
/// Longer scripts are libraries.
const SCRIPT_BYTES_MAX: usize = 200 << 10;
/// What a script uses that brings in or leads to what the page does not show.
const RISKS: [&str; 12] = [
    "eval(",
    "document.write",
    "createElement('script",
    "createElement(\"script",
    "createElement('iframe",
    "createElement(\"iframe",
    "unescape(",
    "fromCharCode",
    "atob(",
    "location.replace",
    "location.href=",
    "Function(",
];

/// 64-bit simhash of the page's elements with their parents and classes. Texts, addresses and numbers in names do not bear on it.
pub(super) fn of(dom: &Dom) -> u64 {
    const NODES_MAX: usize = 20_000;
    let mut weights = [0i32; 64];
    for (index, node) in dom.nodes.iter().enumerate().take(NODES_MAX) {
        if matches!(node.tag, Tag::Text | Tag::Document) {
            continue;
        }
        let up = &dom.nodes[node.parent()];
        let mut hash = mix(mix(0xcbf2_9ce4_8422_2325, node.tag as u64), up.tag as u64);
        for byte in dom
            .tokens(index)
            .bytes()
            .filter(|byte| !byte.is_ascii_digit())
        {
            hash = mix(hash, u64::from(byte));
        }
        hash ^= hash >> 31;
        hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash >> 29;
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    (0..64)
        .filter(|bit| weights[*bit] > 0)
        .fold(0, |skeleton, bit| skeleton | 1 << bit)
}

fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Adds the parts of a home page: elements of the upper levels, scripts, texts in foreign languages.
pub(super) fn parts(dom: &Dom, signs: &mut Vec<Sign>) {
    let mut push = |case: SignCase, what: String, way: &str, quote: String| {
        signs.push(Sign {
            case,
            what,
            way: way.to_owned(),
            quote,
            confidence: Confidence::Low,
        });
    };
    for part in elements(dom) {
        push(SignCase::HomePart, part, "", String::new());
    }
    let mut seen = BTreeSet::new();
    for node in dom.named(Tag::Script) {
        let script = dom.raw_text(node);
        let is_data = dom
            .attr(node, "type")
            .is_some_and(|kind| kind.contains("json"));
        if is_data || script.trim().is_empty() || script.len() > SCRIPT_BYTES_MAX {
            continue;
        }
        let id = format!("{:016x}", names_of(&script));
        if seen.len() < SCRIPTS_MAX && seen.insert(id.clone()) {
            let way = if is_risky(&script) { RISKY } else { "" };
            push(SignCase::HomeScript, id, way, quote(&script));
        }
    }
    let mut count = 0;
    for line in dom.all_lines() {
        let Some(language) = language(&line.text).filter(|_| count < FOREIGN_MAX) else {
            continue;
        };
        count += 1;
        push(
            SignCase::ForeignText,
            language.to_owned(),
            "",
            quote(&line.text),
        );
    }
}

/// Elements of the upper levels with their first class, digits left out.
fn elements(dom: &Dom) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for (index, node) in dom.nodes.iter().enumerate() {
        let is_part = !matches!(
            node.tag,
            Tag::Text
                | Tag::Document
                | Tag::Html
                | Tag::Head
                | Tag::Body
                | Tag::Script
                | Tag::Style
                | Tag::Meta
                | Tag::Link
                | Tag::Title
                | Tag::A
                | Tag::Br
                | Tag::Span
                | Tag::Img
        );
        if !is_part || dom.ancestors(index).take(DEPTH_MAX + 3).count() > DEPTH_MAX + 1 {
            continue;
        }
        let class = dom.attr(index, "class").or(dom.attr(index, "id"));
        let class: String = class
            .and_then(|class| class.split_whitespace().next())
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .take(30)
            .collect();
        let name = node.tag.name();
        parts.insert(match class.is_empty() {
            true => name.to_owned(),
            false => format!("{name}.{class}"),
        });
        if parts.len() >= PARTS_MAX {
            break;
        }
    }
    parts
}

/// The names that a script uses, as one number: texts, numbers and comments do not bear on it.
fn names_of(script: &str) -> u64 {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut rest = script;
    while let Some(start) =
        rest.find(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$' | '"' | '\'' | '`'))
    {
        let tail = &rest[start..];
        let first = tail.as_bytes()[0];
        if matches!(first, b'"' | b'\'' | b'`') {
            let end = tail[1..]
                .find(char::from(first))
                .map_or(tail.len(), |end| end + 2);
            rest = &tail[end..];
            continue;
        }
        let end = tail
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '$'))
            .unwrap_or(tail.len());
        names.insert(&tail[..end]);
        rest = &tail[end..];
    }
    let bytes = names.iter().flat_map(|name| name.bytes().chain([b' ']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        mix(hash, u64::from(byte))
    })
}

fn is_risky(script: &str) -> bool {
    let tight: String = script.chars().filter(|c| !c.is_whitespace()).collect();
    RISKS.iter().any(|risk| tight.contains(risk))
}

fn quote(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(QUOTE_CHARS).collect()
}

/// The foreign language of a text. Scripts that are written in China too are none.
fn language(text: &str) -> Option<&'static str> {
    let count = |wanted: fn(char) -> bool| text.chars().filter(|c| wanted(*c)).count();
    let letters = count(char::is_alphabetic);
    if letters < LETTERS_MIN {
        return None;
    }
    let mostly = |some: usize| some * 2 >= letters;
    let kana = count(|c| matches!(c, '\u{3040}'..='\u{30ff}'));
    if kana >= LETTERS_MIN && kana * 4 >= letters {
        return Some("日文");
    }
    if mostly(count(|c| matches!(c, '\u{0400}'..='\u{04ff}'))) {
        return Some("俄文");
    }
    if mostly(count(|c| matches!(c, '\u{0e00}'..='\u{0e7f}'))) {
        return Some("泰文");
    }
    let latin = count(|c| c.is_ascii_alphabetic());
    let marked =
        count(|c| matches!(c, '\u{01a0}'..='\u{01b0}' | '\u{1ea0}'..='\u{1ef9}' | 'đ' | 'Đ' | 'ă'));
    if mostly(latin) && marked * 12 >= letters {
        return Some("越南文");
    }
    (latin >= ENGLISH_MIN && latin * 10 >= letters * 9).then_some("英文")
}
