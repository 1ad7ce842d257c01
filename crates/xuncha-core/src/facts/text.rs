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
    text.chars().take(limit).collect()
}

/// Letters, digits and Han characters only, full-width forms folded, lower case: for comparing titles.
pub(crate) fn bare(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            other => other,
        })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Removes numbering such as 一、 （二） 3. ①, decoration and a trailing colon from a label.
pub(crate) fn strip_numbering(text: &str) -> &str {
    static NUMBERING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s◆●■▶►★※【\[·•]*(?:第?[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]?[、.．:：\s)）]|[①-⑳])?[\s、.．】\]]*",
        )
    });
    match NUMBERING.find(text) {
        Some(found) if found.end() < text.len() => text[found.end()..].trim(),
        _ => text.trim(),
    }
}

/// 64-bit simhash of character trigrams; near texts have near hashes.
pub(crate) fn simhash(text: &str) -> u64 {
    let chars: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_ascii_digit())
        .take(6000)
        .collect();
    let mut weights = [0i32; 64];
    for three in chars.windows(3) {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for c in three {
            hash = (hash ^ *c as u64).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash ^= hash >> 29;
        hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash >> 32;
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    weights
        .iter()
        .enumerate()
        .filter(|(_, weight)| **weight > 0)
        .fold(0, |hash, (bit, _)| hash | 1 << bit)
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
    fn simhash_is_near_for_near_texts() {
        let one = "您访问的页面不存在或已被删除，请返回首页继续浏览其他内容。青石市人民政府主办";
        let two =
            "您访问的页面不存在或已被删除，请返回首页继续浏览其他内容。青石市人民政府办公室主办";
        let other = "一季度全市固定资产投资同比增长百分之六，重点项目建设进展顺利";
        assert!(distance(simhash(one), simhash(two)) <= 12);
        assert!(distance(simhash(one), simhash(other)) > 18);
    }
}
