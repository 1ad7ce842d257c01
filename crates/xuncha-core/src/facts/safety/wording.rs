//! 严重表述: wordings of the list in a text, with what makes them right around them.

use super::harmful::around;
use super::lists::{Listed, SafetyLists, WordAt, WordingEntry};
use crate::facts::model::{Sign, SignCase};
use crate::verdict::Confidence;

/// How far the words around a hit reach, in bytes.
const AROUND_BYTES: usize = 150;
/// Words by which a text speaks of the wording itself.
const NEGATIONS: [&str; 14] = [
    "不得",
    "不能称",
    "不应称",
    "不称",
    "不使用",
    "不要使用",
    "禁用",
    "错误表述",
    "规范表述",
    "正确表述",
    "应表述为",
    "应称",
    "不可称",
    "误写",
];
/// Words of times before 1949.
const AGES: [&str; 18] = [
    "清朝",
    "清代",
    "明朝",
    "明代",
    "元代",
    "宋代",
    "唐代",
    "民国时期",
    "民国年间",
    "民国初",
    "光绪",
    "康熙",
    "乾隆",
    "晚清",
    "古代",
    "史料",
    "旧称",
    "历史上",
];

/// Severe wording in a text in lower case.
pub(super) fn read(text: &str, words: &[WordAt], lists: &SafetyLists, signs: &mut Vec<Sign>) {
    for word in words {
        let Listed::Wording(nth) = word.listed else {
            continue;
        };
        let Some(entry) = lists.wording.get(nth) else {
            continue;
        };
        // Of wordings of one entry that stand in each other the longest says it all.
        let is_part = words.iter().any(|other| {
            other.listed == word.listed
                && other.start <= word.start
                && word.end <= other.end
                && other.word.len() > word.word.len()
        });
        if is_part || is_right(text, word, entry) {
            continue;
        }
        signs.push(Sign {
            case: SignCase::SevereWording,
            what: word.word.to_owned(),
            way: entry.id.clone(),
            quote: around(text, word.start, word.end, 60).trim().to_owned(),
            confidence: Confidence::Low,
        });
    }
}

fn is_right(text: &str, word: &WordAt, entry: &WordingEntry) -> bool {
    let near = around(text, word.start, word.end, AROUND_BYTES);
    let holds = |words: &[&str]| words.iter().any(|one| near.contains(one));
    if holds(&NEGATIONS) || entry.with.iter().any(|one| near.contains(one.as_str())) {
        return true;
    }
    let stands_in_right = entry.right.iter().any(|right| {
        let reach = right.len();
        around(text, word.start, word.end, reach).contains(right.to_lowercase().as_str())
    });
    stands_in_right
        || entry.quoted && is_quoted(text, word)
        || entry.titled && is_between(text, word, '《', '》')
        || entry.history && (holds(&AGES) || has_early_year(near))
}

fn is_quoted(text: &str, word: &WordAt) -> bool {
    const SO_CALLED_BYTES: usize = 30;
    let from = text.floor_char_boundary(word.start.saturating_sub(SO_CALLED_BYTES));
    let marks = [('“', '”'), ('"', '"'), ('「', '」'), ('‘', '’')];
    text[from..word.start].contains("所谓")
        || marks
            .iter()
            .any(|(open, close)| is_between(text, word, *open, *close))
}

/// Whether a wording stands between two marks, none of which closes in between.
fn is_between(text: &str, word: &WordAt, open: char, close: char) -> bool {
    let from = text.floor_char_boundary(word.start.saturating_sub(AROUND_BYTES));
    let to = text.ceil_char_boundary((word.end + AROUND_BYTES).min(text.len()));
    let before = &text[from..word.start];
    let opened = before.rfind(open);
    let is_open = opened.is_some_and(|at| open == close || !before[at..].contains(close));
    is_open && text[word.end..to].contains(close)
}

/// Whether a year before 1949 is named.
fn has_early_year(near: &str) -> bool {
    near.match_indices('年').any(|(at, _)| {
        let digits = near[..at].trim_end();
        let year = digits.get(digits.len().saturating_sub(4)..);
        year.and_then(|year| year.parse::<u32>().ok())
            .is_some_and(|year| (1000..1949).contains(&year))
    })
}
