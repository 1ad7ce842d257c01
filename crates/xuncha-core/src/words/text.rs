//! 文本切分: sentences, and the runs of Chinese characters in them, by offsets in characters.

use std::ops::Range;

/// Whether a character is a Chinese one.
pub fn is_han(char: char) -> bool {
    char >= '〇'
        && matches!(char as u32, 0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
        || char == '〇'
}

/// Whether a character ends a sentence.
pub fn ends_sentence(char: char) -> bool {
    matches!(
        char,
        '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n' | '\r'
    )
}

/// Longest sentence, in characters; what goes on is the next one.
const LONGEST_SENTENCE: usize = 1000;

/// Sentences of a text, each with its end mark, by offsets in characters.
pub fn sentences(chars: &[char]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= chars.len() {
            return None;
        }
        let longest = chars.len().min(start + LONGEST_SENTENCE);
        let rest = &chars[start..longest];
        let length = rest.iter().position(|char| ends_sentence(*char));
        let end = length.map_or(longest, |length| start + length + 1);
        let sentence = start..end;
        start = end;
        Some(sentence)
    })
}

/// Runs of Chinese characters within a part of a text.
pub fn runs(chars: &[char], within: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let end = within.end.min(chars.len());
    let mut at = within.start;
    std::iter::from_fn(move || {
        let start = at + chars.get(at..end)?.iter().position(|char| is_han(*char))?;
        let length = chars[start..end].iter().position(|char| !is_han(*char));
        at = length.map_or(end, |length| start + length);
        Some(start..at)
    })
}

/// The sentences of a text as [`sentences`] cuts them, without looking at single characters.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = end_of_piece(rest);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}

/// Where the first sentence of a text ends, in bytes.
fn end_of_piece(text: &str) -> usize {
    // No character is longer than four bytes.
    let reach = text.len().min(4 * LONGEST_SENTENCE);
    let end = end_mark(&text.as_bytes()[..reach]);
    if end <= LONGEST_SENTENCE {
        return end;
    }
    let cut = text.char_indices().nth(LONGEST_SENTENCE);
    cut.map_or(end, |(cut, _)| cut.min(end))
}

/// Bytes that are, or begin, an end mark of a sentence.
const MAY_END: [bool; 256] = {
    let mut may_end = [false; 256];
    let mut at = 0;
    while at < MARKS.len() {
        may_end[MARKS[at] as usize] = true;
        at += 1;
    }
    may_end
};
const MARKS: &[u8] = b"!?;\n\r\xE3\xEF";

/// Where the first end mark ends, or the bytes do.
fn end_mark(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(skip) = bytes[at..]
        .iter()
        .position(|byte| MAY_END[usize::from(*byte)])
    {
        at += skip;
        match bytes[at..] {
            // 。 is E3 80 82; ！, ； and ？ are EF BC 81, 9B and 9F.
            [0xE3, 0x80, 0x82, ..] | [0xEF, 0xBC, 0x81 | 0x9B | 0x9F, ..] => return at + 3,
            [0xE3 | 0xEF, ..] => at += 1,
            _ => return at + 1,
        }
    }
    bytes.len()
}

/// Whether a byte begins a character.
fn is_start(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// How many characters a text has.
pub fn chars_in(text: &str) -> usize {
    text.bytes().filter(|byte| is_start(*byte)).count()
}
