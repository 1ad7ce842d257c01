//! 发文字号: the number of a document, as its head, its first lines or its title give it.

use std::sync::LazyLock;

use regex::Regex;

use super::labelled;
use crate::facts::dom::{Dom, Line};
use crate::facts::text::{is_at_most, pattern};

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[\p{Han}]{1,14}\s?(?:[〔［\[（(【﹝])\s?(?:19|20|１９|２０)\d{2}\s?(?:[〕］\]）)】﹞])\s?(?:第\s?)?\d{1,5}\s?号",
    )
});

/// 青石市人民政府令第12号, 青石市教育局公告2026年第3号: numbers of orders and announcements, with who gives them.
static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[（(]?([\p{Han}]{2,24}(?:令|公告|通告)\s?[（(]?(?:(?:19|20|１９|２０)\d{2}\s?年?\s?)?第\s?[\d〇一二三四五六七八九十百]{1,6}\s?号)[）)]?$",
    )
});

/// 发文字号: labelled, or alone on its line near the head of the body, or in brackets at the title's end.
pub(super) fn document_number(dom: &Dom, body: &[Line], from_node: usize, title: &str) -> String {
    let label = labelled(
        dom,
        0,
        &["发文字号", "文号", "发文文号", "文件编号", "公文文号"],
    );
    if let Some(found) = NUMBER.find(&label) {
        return tidy(found.as_str());
    }
    if let Some(found) = ORDER.captures(label.trim()) {
        return tidy(&found[1].replace(['（', '('], ""));
    }
    let head = dom
        .all_lines()
        .iter()
        .filter(|line| line.node >= from_node)
        .take(10);
    for line in head.chain(body.iter().take(8)) {
        if line.text.contains('号')
            && let Some(found) = NUMBER.find(&line.text)
            && line.text.chars().count() <= found.as_str().chars().count() + 3
        {
            return tidy(found.as_str());
        }
        if line.text.contains('号')
            && is_at_most(&line.text, 48)
            && let Some(found) = ORDER.captures(line.text.trim())
        {
            return tidy(&found[1].replace(['（', '('], ""));
        }
    }
    NUMBER
        .find(title)
        .map(|found| tidy(found.as_str()))
        .unwrap_or_default()
}

fn tidy(number: &str) -> String {
    number
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '[' | '［' | '（' | '(' | '【' | '﹝' => '〔',
            ']' | '］' | '）' | ')' | '】' | '﹞' => '〕',
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            other => other,
        })
        .collect()
}
