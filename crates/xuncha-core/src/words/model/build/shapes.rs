//! 字形: which characters look alike, by the codes of input methods that spell characters by their parts.

use std::collections::{BTreeMap, BTreeSet};

/// Codes shorter than this say too little of a shape.
const SHORTEST_CODE: usize = 3;

/// 形码输入法: codes of single characters.
#[derive(Clone)]
pub struct Method {
    codes: BTreeMap<char, Vec<u8>>,
}

impl Method {
    /// Reads a table: `code 字` a line; of several codes of a character the longest counts.
    pub fn read(text: &str) -> Self {
        let mut codes: BTreeMap<char, Vec<u8>> = BTreeMap::new();
        for line in text.lines() {
            let mut fields = line.split_ascii_whitespace();
            let (Some(code), Some(char), None) = (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let mut chars = char.chars();
            let (Some(char), None) = (chars.next(), chars.next()) else {
                continue;
            };
            if !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
                continue;
            }
            let known = codes.entry(char).or_default();
            if code.len() > known.len() {
                *known = code.as_bytes().to_vec();
            }
        }
        Self { codes }
    }

    /// Pairs of characters whose codes are equal but for one letter changed, added or left out.
    pub fn alike(&self, among: &BTreeSet<char>, pairs: &mut BTreeSet<(char, char)>) {
        // Two codes that are equal without one letter, or with one letter less in one of them, meet in one group.
        let mut lacking: BTreeMap<(Vec<u8>, usize), Vec<char>> = BTreeMap::new();
        for (char, code) in self.codes.iter().filter(|(char, _)| among.contains(char)) {
            for at in 0..code.len() {
                let mut rest = code.clone();
                rest.remove(at);
                lacking.entry((rest, at)).or_default().push(*char);
            }
            for at in 0..=code.len() {
                lacking.entry((code.clone(), at)).or_default().push(*char);
            }
        }
        for group in lacking.values() {
            for (index, a) in group.iter().enumerate() {
                for b in &group[index + 1..] {
                    let long = |char: &char| self.codes[char].len() >= SHORTEST_CODE;
                    if a != b && (long(a) || long(b)) {
                        pairs.insert((*a, *b));
                        pairs.insert((*b, *a));
                    }
                }
            }
        }
    }
}
