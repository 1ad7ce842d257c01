//! 已知错词: a dictionary of wrong words and what is right, found in one pass.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::Deserialize;

use super::hit::{Hit, Reason};
use super::text::sentences;

/// How sure a hit of the dictionary is.
const CONFIDENCE: f32 = 0.95;

/// 错词表.
pub struct WrongWords {
    /// Version of the list.
    pub version: String,
    finder: Option<AhoCorasick>,
    pairs: Vec<Pair>,
    beginnings: Beginnings,
}

/// 词首筛: bits for the first characters of each wrong word: for the first alone, and for the hash of three where it has as many. Most texts
/// have none of them.
struct Beginnings {
    first: Vec<u64>,
    hashes: Vec<u64>,
}

/// Bits of a filter of beginnings.
const BEGINNINGS: usize = 1 << 16;
/// Stands for the third character of a wrong word of two.
const NONE: char = '\0';

impl Beginnings {
    fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut new = Self {
            first: vec![0; BEGINNINGS / 64],
            hashes: vec![0; BEGINNINGS / 64],
        };
        for word in words {
            let mut chars = word.chars();
            let beginning = [chars.next(), chars.next(), chars.next()];
            let [first, second, third] = beginning.map(|char| char.unwrap_or(NONE));
            let at = hash_of(first, second, third);
            new.hashes[at / 64] |= 1 << (at % 64);
            let at = place_of(first);
            new.first[at / 64] |= 1 << (at % 64);
            if second == NONE {
                // A wrong word of one character may stand before any other.
                new.hashes.fill(u64::MAX);
            }
        }
        new
    }

    fn may_begin(&self, char: char) -> bool {
        has(&self.first, place_of(char))
    }

    fn may_be(&self, first: char, second: char, third: char) -> bool {
        has(&self.hashes, hash_of(first, second, NONE))
            || has(&self.hashes, hash_of(first, second, third))
    }
}

fn has(bits: &[u64], at: usize) -> bool {
    bits[at / 64] >> (at % 64) & 1 != 0
}

fn place_of(char: char) -> usize {
    char as usize % BEGINNINGS
}

fn hash_of(first: char, second: char, third: char) -> usize {
    let mixed = (first as u32)
        .wrapping_mul(0x9E37_79B1)
        .wrapping_add(second as u32)
        .wrapping_mul(0x85EB_CA6B)
        .wrapping_add(third as u32)
        .wrapping_mul(0xC2B2_AE35);
    mixed as usize >> 16
}

struct Pair {
    wrong: String,
    right: String,
    unless: Vec<String>,
    reason: Reason,
}

/// Sayings: without one of their characters they are wrong.
const SAYINGS: &str = include_str!("../../data/words/sayings.txt");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    version: String,
    /// Wrong word to right word.
    words: BTreeMap<String, String>,
    /// Wrong word to longer words that it is a proper part of.
    #[serde(default)]
    unless: BTreeMap<String, Vec<String>>,
}

impl WrongWords {
    /// Reads a list: `version`, `[words]` of wrong to right, and `[unless]`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let Listed {
            version,
            words,
            mut unless,
        } = toml::from_str(text)?;
        let mut pairs: Vec<Pair> = words
            .into_iter()
            .map(|(wrong, right)| Pair {
                unless: unless.remove(&wrong).unwrap_or_default(),
                wrong,
                right,
                reason: Reason::KnownPair,
            })
            .collect();
        add_shortened(&mut pairs);
        let beginnings = Beginnings::new(pairs.iter().map(|pair| pair.wrong.as_str()));
        let patterns = pairs.iter().map(|pair| pair.wrong.as_str());
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(patterns)
            .ok();
        Ok(Self {
            version,
            finder: finder.filter(|_| !pairs.is_empty()),
            pairs,
            beginnings,
        })
    }

    /// The list that comes with the program.
    pub fn builtin() -> Self {
        let text = include_str!("../../../../lexicons/wrong_words.toml");
        Self::parse(text).unwrap_or_else(|_| Self {
            version: String::new(),
            finder: None,
            pairs: Vec::new(),
            beginnings: Beginnings::new(std::iter::empty()),
        })
    }

    /// Whether a wrong word may stand in a text, by the first characters of each.
    pub(super) fn may_stand_in(&self, chars: &[char]) -> bool {
        let begins = |(at, char): (usize, &char)| {
            let next = |far: usize| chars.get(at + far).copied().unwrap_or(NONE);
            self.beginnings.may_begin(*char) && self.beginnings.may_be(*char, next(1), next(2))
        };
        chars.iter().enumerate().any(begins)
    }

    /// The wrong words of a text.
    pub fn find(&self, text: &str) -> Vec<Hit> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let mut found = finder.find_iter(text).peekable();
        if found.peek().is_none() {
            return Vec::new();
        }
        let chars: Vec<char> = text.chars().collect();
        found
            .filter_map(|found| {
                let pair = &self.pairs[found.pattern().as_usize()];
                if pair
                    .unless
                    .iter()
                    .any(|whole| stands_in(text, found.range(), whole, &pair.wrong))
                {
                    return None;
                }
                if is_mentioned(text, found.range()) {
                    return None;
                }
                let start = text[..found.start()].chars().count();
                let sentence = sentences(&chars).find(|sentence| sentence.contains(&start))?;
                let sentence: String = chars[sentence].iter().collect();
                Some(Hit {
                    wrong: pair.wrong.clone(),
                    proposal: pair.right.clone(),
                    sentence: sentence.trim().to_owned(),
                    start,
                    length: pair.wrong.chars().count(),
                    reason: pair.reason,
                    confidence: CONFIDENCE,
                })
            })
            .collect()
    }
}

/// Adds every saying without one of its characters, the first excepted; of longer ones the last too, whose beginnings are words.
fn add_shortened(pairs: &mut Vec<Pair>) {
    const SHORT: usize = 4;
    let mut known: BTreeSet<String> = pairs.iter().map(|pair| pair.wrong.clone()).collect();
    let lines = SAYINGS.lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        let mut words = line.split_whitespace();
        let Some(saying) = words.next() else {
            continue;
        };
        let unless: Vec<String> = [saying]
            .into_iter()
            .chain(words)
            .map(str::to_owned)
            .collect();
        let chars: Vec<char> = saying.chars().collect();
        let last = if chars.len() > SHORT {
            chars.len() - 1
        } else {
            chars.len()
        };
        for gap in 1..last {
            let kept = chars.iter().enumerate().filter(|(at, _)| *at != gap);
            let wrong: String = kept.map(|(_, char)| *char).collect();
            if known.insert(wrong.clone()) {
                pairs.push(Pair {
                    wrong,
                    right: saying.to_owned(),
                    unless: unless.clone(),
                    reason: Reason::Missing,
                });
            }
        }
    }
}

/// Whether a text speaks of the word itself: 不得写作“布署”.
fn is_mentioned(text: &str, range: std::ops::Range<usize>) -> bool {
    let opens = text[..range.start].ends_with(['“', '‘', '「', '『', '"']);
    opens && text[range.end..].starts_with(['”', '’', '」', '』', '"'])
}

/// Whether a match lies in a longer word.
fn stands_in(text: &str, range: std::ops::Range<usize>, whole: &str, wrong: &str) -> bool {
    whole.match_indices(wrong).any(|(at, _)| {
        let start = range.start.checked_sub(at);
        start.is_some_and(|start| text.get(start..start + whole.len()) == Some(whole))
    })
}
