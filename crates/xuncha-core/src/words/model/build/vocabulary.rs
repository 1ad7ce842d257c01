//! 编号: words and characters by frequency, and the trie over them.

use std::collections::BTreeMap;

use super::super::format::MAX_WORDS;
use super::super::{CharId, WordId};
use super::{BuildError, Builder};

/// Numbers of words and characters.
pub(super) struct Vocabulary {
    /// Word of each number; index 0 is no word.
    pub words: Vec<String>,
    pub word_ids: BTreeMap<String, WordId>,
    /// Character of each number; index 0 is no character.
    pub chars: Vec<char>,
    pub char_ids: BTreeMap<char, CharId>,
}

impl Vocabulary {
    pub fn number(builder: &Builder) -> Result<Self, BuildError> {
        if builder.unigrams.is_empty() {
            return Err(BuildError::NoWords);
        }
        if builder.unigrams.len() > MAX_WORDS {
            return Err(BuildError::TooManyWords(builder.unigrams.len()));
        }
        let mut words: Vec<(&String, f32)> = builder
            .unigrams
            .iter()
            .map(|(word, (log10, _))| (word, *log10))
            .collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let mut weights: BTreeMap<char, f64> = BTreeMap::new();
        for (word, log10) in &words {
            for char in word.chars() {
                *weights.entry(char).or_default() += 10f64.powf(f64::from(*log10));
            }
        }
        for char in builder.readings.keys() {
            weights.entry(*char).or_default();
        }
        let mut chars: Vec<(char, f64)> = weights
            .into_iter()
            .filter(|(char, _)| (*char as u32) < 1 << 16)
            .collect();
        chars.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        chars.truncate(usize::from(CharId::MAX) - 1);
        let chars: Vec<char> = std::iter::once('\0')
            .chain(chars.into_iter().map(|(char, _)| char))
            .collect();
        let words: Vec<String> = std::iter::once(String::new())
            .chain(words.into_iter().map(|(word, _)| word.clone()))
            .collect();
        Ok(Self {
            word_ids: words
                .iter()
                .enumerate()
                .skip(1)
                .map(|(id, word)| (word.clone(), id as WordId))
                .collect(),
            char_ids: chars
                .iter()
                .enumerate()
                .skip(1)
                .map(|(id, char)| (*char, id as CharId))
                .collect(),
            words,
            chars,
        })
    }

    /// The characters of a word, where all are known.
    pub fn codes(&self, word: &str) -> Option<Vec<CharId>> {
        word.chars()
            .map(|char| self.char_ids.get(&char).copied())
            .collect()
    }
}

/// The trie, breadth first: children of a node lie together, sorted by character.
#[derive(Default)]
pub(super) struct Trie {
    pub first_child: Vec<u32>,
    pub labels: Vec<u16>,
    pub node_words: Vec<u32>,
}

impl Trie {
    pub fn build(vocabulary: &Vocabulary) -> Self {
        let mut spelled: Vec<(Vec<CharId>, WordId)> = Vec::new();
        for (word, id) in &vocabulary.word_ids {
            if let Some(codes) = vocabulary.codes(word) {
                spelled.push((codes, *id));
            }
        }
        spelled.sort();
        // The root has every character as a child, also those that begin no word.
        let mut trie = Self {
            labels: vec![0],
            node_words: vec![0],
            ..Self::default()
        };
        let mut level: Vec<std::ops::Range<usize>> = std::iter::once(0..spelled.len()).collect();
        let mut depth = 0;
        while !level.is_empty() {
            let mut next = Vec::new();
            for range in level {
                trie.first_child.push(trie.labels.len() as u32);
                let mut at = range.start;
                let mut expected: CharId = 1;
                while at < range.end {
                    let Some(label) = spelled[at].0.get(depth).copied() else {
                        at += 1;
                        continue;
                    };
                    while depth == 0 && expected < label {
                        trie.add(expected, 0, at..at, &mut next);
                        expected += 1;
                    }
                    expected = label.saturating_add(1);
                    let to = at
                        + spelled[at..range.end]
                            .partition_point(|(codes, _)| codes.get(depth) == Some(&label));
                    let word = if spelled[at].0.len() == depth + 1 {
                        spelled[at].1
                    } else {
                        0
                    };
                    trie.add(label, word, at..to, &mut next);
                    at = to;
                }
                while depth == 0 && usize::from(expected) < vocabulary.chars.len() {
                    trie.add(expected, 0, range.end..range.end, &mut next);
                    expected += 1;
                }
            }
            level = next;
            depth += 1;
        }
        trie.first_child.push(trie.labels.len() as u32);
        trie
    }

    fn add(
        &mut self,
        label: CharId,
        word: WordId,
        range: std::ops::Range<usize>,
        next: &mut Vec<std::ops::Range<usize>>,
    ) {
        self.labels.push(label);
        self.node_words.push(word);
        next.push(range);
    }
}
