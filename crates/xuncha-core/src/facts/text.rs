//! Small helpers on Chinese text: cutting, bare forms for comparison, and a simhash for likeness of pages.

use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};

/// A pattern written in this crate; a wrong one is a bug found by any test.
pub(crate) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("pattern of this crate")
}

/// The first `limit` characters.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let end = text
        .char_indices()
        .nth(limit)
        .map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

/// Whether a word of ASCII in lower case stands in a text, in whatever case.
pub(crate) fn holds_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else {
        return true;
    };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text).any(|at| {
        text.get(at..at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// Whether a text has at most so many characters.
pub(crate) fn is_at_most(text: &str, limit: usize) -> bool {
    // No character is longer than four bytes, none shorter than one.
    text.len() <= limit || text.len() <= limit * 4 && text.chars().count() <= limit
}

/// Collapses white space (also ideographic and no-break) to single spaces, trimmed.
pub(crate) fn collapse(text: &str) -> String {
    let mut line = Collapser::default();
    line.push(text);
    line.text
}

/// A line that grows by pieces, white space collapsed as it comes.
#[derive(Default)]
pub(crate) struct Collapser {
    /// The line so far.
    pub text: String,
    has_gap: bool,
    has_mark: bool,
}

impl Collapser {
    /// White space at this place.
    pub fn space(&mut self) {
        self.has_gap = true;
    }

    /// Whether nothing but white space came: marks without width are none.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && !self.has_mark
    }

    /// Adds a piece.
    pub fn push(&mut self, piece: &str) {
        let bytes = piece.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let gap = gap_len(bytes, at);
            if gap > 0 {
                self.has_gap = true;
                // Byte order mark and zero-width space part words without being white space.
                self.has_mark |=
                    gap == 3 && matches!(&bytes[at..at + 3], b"\xef\xbb\xbf" | b"\xe2\x80\x8b");
                at += gap;
                continue;
            }
            let run = at;
            while at < bytes.len() && gap_len(bytes, at) == 0 {
                at += usize::from(NO_GAP_BEFORE[usize::from(bytes[at])]);
            }
            self.push_run(&piece[run..at]);
        }
    }

    fn push_run(&mut self, run: &str) {
        if self.has_gap && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.has_gap = false;
        self.text.push_str(run);
    }

    /// Takes the line and begins the next.
    pub fn take(&mut self) -> String {
        self.has_gap = false;
        self.has_mark = false;
        std::mem::take(&mut self.text)
    }
}

/// How far the next character may be, by the first byte of one that is no white space: Chinese is passed three bytes at a time.
static NO_GAP_BEFORE: [u8; 256] = {
    let mut bytes = [1; 256];
    let mut first = 0xc2;
    while first <= 0xf4 {
        bytes[first] = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        first += 1;
    }
    bytes
};

/// Bytes of the white space, byte order mark or zero-width space that begins at a byte; 0 for anything else.
fn gap_len(bytes: &[u8], at: usize) -> usize {
    let next = |offset: usize| bytes.get(at + offset).copied().unwrap_or_default();
    match bytes[at] {
        b'\t'..=b'\r' | b' ' => 1,
        0xc2 if matches!(next(1), 0x85 | 0xa0) => 2,
        0xe1 if next(1) == 0x9a && next(2) == 0x80 => 3,
        0xe2 if next(1) == 0x80 && matches!(next(2), 0x80..=0x8b | 0xa8 | 0xa9 | 0xaf) => 3,
        0xe2 if next(1) == 0x81 && next(2) == 0x9f => 3,
        0xe3 if next(1) == 0x80 && next(2) == 0x80 => 3,
        0xef if next(1) == 0xbb && next(2) == 0xbf => 3,
        _ => 0,
    }
}

/// Letters, digits and Han characters only, full-width forms folded, lower case: for comparing titles.
pub(crate) fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' | '\u{4e00}'..='\u{9fa5}' => out.push(c),
            _ => out.extend(bare_char(c)),
        }
    }
    out
}

/// The first character of the bare text.
pub(crate) fn bare_first(text: &str) -> Option<char> {
    text.chars().find_map(|c| bare_char(c).next())
}

fn bare_char(c: char) -> impl Iterator<Item = char> {
    let folded = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    folded
        .is_alphanumeric()
        .then(|| folded.to_lowercase())
        .into_iter()
        .flatten()
}

/// Removes numbering such as 一、 （二） 3. ①, decoration and a trailing colon from a label.
pub(crate) fn strip_numbering(text: &str) -> &str {
    static NUMBERING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s◆●■▶►★※【\[·•]*(?:第?[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]?[、.．:：\s)）]|[①-⑳])?[\s、.．】\]]*",
        )
    });
    // A text that begins with none of these has no numbering; most begin with a plain word.
    let may_be_numbered = text.chars().next().is_some_and(|c| match c {
        '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '第' => {
            true
        }
        'a'..='z' | 'A'..='Z' | '\u{4e00}'..='\u{9fa5}' => false,
        _ => true,
    });
    if !may_be_numbered {
        return text.trim();
    }
    match NUMBERING.find(text) {
        Some(found) if found.end() < text.len() => text[found.end()..].trim(),
        _ => text.trim(),
    }
}

/// 64-bit simhash of character trigrams; near texts have near hashes.
pub(crate) fn simhash(text: &str) -> u64 {
    let mut votes = Votes::default();
    let mut last = [0u32; 2];
    let letters = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_ascii_digit())
        .take(6000);
    for (at, c) in letters.enumerate() {
        let c = c as u32;
        if at >= 2 {
            votes.add(trigram(last[0], last[1], c));
        }
        last = [last[1], c];
    }
    votes.majority()
}

fn trigram(first: u32, second: u32, third: u32) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for c in [first, second, third] {
        hash = (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^ hash >> 32
}

/// How often each of 64 bits was set. Bit `n` of `planes[k]` is digit `k` of the count of bit `n`, so one addition serves all 64;
/// eight votes are summed before they are carried on.
#[derive(Default)]
struct Votes {
    count: u32,
    waiting: [u64; 8],
    planes: [u64; 16],
}

impl Votes {
    fn add(&mut self, bits: u64) {
        self.waiting[(self.count % 8) as usize] = bits;
        self.count += 1;
        if self.count.is_multiple_of(8) {
            self.sum();
        }
    }

    /// Full adder on 64 bits at once: (sum, carry).
    fn adder(a: u64, b: u64, c: u64) -> (u64, u64) {
        let half = a ^ b;
        (half ^ c, a & b | half & c)
    }

    fn sum(&mut self) {
        let [a, b, c, d, e, f, g, h] = std::mem::take(&mut self.waiting);
        let (ones, two_a) = Self::adder(self.planes[0], a, b);
        let (ones, two_b) = Self::adder(ones, c, d);
        let (ones, two_c) = Self::adder(ones, e, f);
        let (ones, two_d) = Self::adder(ones, g, h);
        let (twos, four_a) = Self::adder(self.planes[1], two_a, two_b);
        let (twos, four_b) = Self::adder(twos, two_c, two_d);
        let (fours, mut carry) = Self::adder(self.planes[2], four_a, four_b);
        self.planes[..3].copy_from_slice(&[ones, twos, fours]);
        for plane in &mut self.planes[3..] {
            let next = *plane & carry;
            *plane ^= carry;
            carry = next;
        }
    }

    /// The bits that were set more often than not.
    fn majority(mut self) -> u64 {
        self.sum();
        (0..64)
            .filter(|bit| {
                let set: u32 = (0u32..)
                    .zip(&self.planes)
                    .map(|(power, plane)| ((plane >> bit & 1) as u32) << power)
                    .sum();
                set * 2 > self.count
            })
            .fold(0, |hash, bit| hash | 1 << bit)
    }
}

/// Number of differing bits.
pub(crate) fn distance(left: u64, right: u64) -> u32 {
    (left ^ right).count_ones()
}

/// A number drawn from a seed and a name, the same on every machine.
pub(crate) fn draw(seed: &str, name: &str) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(seed.as_bytes());
    hasher.update([0]);
    hasher.update(name.as_bytes());
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// `str::to_lowercase`, quick over Han: between U+3000 and U+9FFF nothing has a case.
pub(crate) fn lowercase(text: &str) -> String {
    // The lower case of a sigma depends on what stands around it.
    if text.contains('Σ') {
        return text.to_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let plain = rest
            .bytes()
            .position(|byte| !(byte.is_ascii() || matches!(byte, 0x80..=0xbf | 0xe3..=0xe9)))
            .unwrap_or(rest.len());
        if plain > 0 {
            lower.push_str(&rest[..plain]);
            let from = lower.len() - plain;
            lower[from..].make_ascii_lowercase();
            rest = &rest[plain..];
            continue;
        }
        lower.extend(letter.to_lowercase());
        rest = &rest[letter.len_utf8()..];
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering_is_stripped_and_years_are_kept() {
        for (text, expected) in [
            ("一、申请条件：", "申请条件："),
            ("（三）办理流程", "办理流程"),
            ("3. 联系电话", "联系电话"),
            ("【办理地点】市民中心", "办理地点】市民中心"),
            ("2026年工作要点", "2026年工作要点"),
            ("一次性告知", "一次性告知"),
        ] {
            assert_eq!(strip_numbering(text), expected);
        }
    }

    #[test]
    fn pieces_collapse_as_one_text() {
        for text in [
            "",
            " a\u{3000}b\u{a0}\u{feff}c\n",
            "青石 市\u{200b}\u{2028}政\u{85}府\u{1680}。",
            "\u{feff}",
            "\u{1c}x\u{1f}",
        ] {
            let expected = text
                .split(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
                .filter(|piece| !piece.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            assert_eq!(collapse(text), expected);
            let mut line = Collapser::default();
            for c in text.chars() {
                line.push(c.encode_utf8(&mut [0; 4]));
            }
            assert_eq!(line.is_blank(), text.trim().is_empty());
            assert_eq!(line.take(), expected);
        }
    }

    #[test]
    fn votes_are_counted_as_one_by_one() {
        for length in [0, 1, 2, 3, 7, 8, 9, 10, 11, 255, 300, 7000] {
            let text: String = (0..length)
                .map(|at| char::from_u32(0x4e00 + at * at % 997).unwrap_or('x'))
                .collect();
            let chars: Vec<char> = text.chars().take(6000).collect();
            let mut weights = [0i32; 64];
            for three in chars.windows(3) {
                let hash = trigram(three[0] as u32, three[1] as u32, three[2] as u32);
                for (bit, weight) in weights.iter_mut().enumerate() {
                    *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
                }
            }
            let expected = (0..64)
                .filter(|bit| weights[*bit] > 0)
                .fold(0, |hash: u64, bit| hash | 1 << bit);
            assert_eq!(simhash(&text), expected, "{length}");
        }
    }

    #[test]
    fn simhash_is_near_for_near_texts() {
        let one = "您访问的页面不存在或已被删除，请返回首页继续浏览其他内容。青石市人民政府主办";
        let two =
            "您访问的页面不存在或已被删除，请返回首页继续浏览其他内容。青石市人民政府办公室主办";
        let other = "一季度全市固定资产投资同比增长百分之六，重点项目建设进展顺利";
        assert!(distance(simhash(one), simhash(two)) <= 12);
        assert!(distance(simhash(one), simhash(other)) > 18);
    }

    #[test]
    fn lower_case_is_that_of_the_standard_library() {
        for text in [
            "",
            "页面不存在 404 Not Found",
            "ＡＢＣ政府ÄÖÜ网站Ж",
            "İstanbul ΟΔΟΣ Σ",
            "㍿Ꭰꙁ𐐀尾",
        ] {
            assert_eq!(lowercase(text), text.to_lowercase());
        }
    }
}
