//! 建模: from the text sources of a model to its bytes; the same sources give the same bytes.
//!
//! Sources are the text of an ARPA file of words, a table of words with their pinyin, and tables of input methods that write characters by
//! their shape. [`Builder::finish`] numbers words and characters by frequency and lays the sections down.

mod adapt;
mod lay;
mod neighbours;
mod shapes;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

pub use self::shapes::Method;

/// Why a model cannot be built.
#[derive(Debug, Error, PartialEq)]
pub enum BuildError {
    /// 行格式不对.
    #[error("line {line} of the {source_name} is not understood: {text}")]
    Line {
        /// Which source.
        source_name: &'static str,
        /// Number of the line, from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// 词太多.
    #[error("{0} words are more than a model holds; add fewer words")]
    TooManyWords(usize),
    /// 没有词.
    #[error("the ARPA file has no words")]
    NoWords,
}

/// One n-gram of an ARPA file: log10 of its probability, and of backing off from it.
type Weighted = (f32, f32);

/// 建模器: gathers sources.
#[derive(Clone, Default)]
pub struct Builder {
    about: String,
    unigrams: BTreeMap<String, Weighted>,
    bigrams: Vec<([String; 2], Weighted)>,
    trigrams: Vec<([String; 3], f32)>,
    /// Syllables of words of two and more characters.
    sounds: BTreeMap<String, Vec<Vec<String>>>,
    /// Syllables of characters with the log10 share of each.
    readings: BTreeMap<char, Vec<(f32, String)>>,
    methods: Vec<Method>,
    alike: BTreeSet<(char, char)>,
}

/// Readings of a character that are rarer than this (log10) do not count.
const RAREST_READING: f32 = -2.0;

impl Builder {
    /// A builder whose model will say this of itself: sources, versions, licences.
    pub fn new(about: &str) -> Self {
        Self {
            about: about.to_owned(),
            ..Self::default()
        }
    }

    /// Adds the n-grams of an ARPA text of order up to three. Words with other characters than Chinese ones are left out.
    pub fn arpa(&mut self, text: &str) -> Result<(), BuildError> {
        let mut order = 0;
        for (index, line) in text.lines().enumerate() {
            match line {
                "" | "\\data\\" | "\\end\\" => continue,
                "\\1-grams:" => order = 1,
                "\\2-grams:" => order = 2,
                "\\3-grams:" => order = 3,
                _ if order == 0 || line.starts_with('\\') => continue,
                _ => self.ngram(order, line).ok_or_else(|| BuildError::Line {
                    source_name: "ARPA file",
                    line: index + 1,
                    text: line.to_owned(),
                })?,
            }
        }
        Ok(())
    }

    fn ngram(&mut self, order: usize, line: &str) -> Option<()> {
        let mut fields = line.split('\t');
        let log10: f32 = fields.next()?.trim().parse().ok()?;
        let words: Vec<&str> = fields.next()?.split(' ').collect();
        let backoff: f32 = fields
            .next()
            .map_or(Some(0.0), |field| field.trim().parse().ok())?;
        if words.len() != order {
            return None;
        }
        if !words.iter().all(|word| is_chinese(word)) {
            return Some(());
        }
        match words.as_slice() {
            [word] => {
                self.unigrams.insert((*word).to_owned(), (log10, backoff));
            }
            [first, second] => {
                let words = [first, second].map(|word| (*word).to_owned());
                self.bigrams.push((words, (log10, backoff)));
            }
            [first, second, third] => {
                let words = [first, second, third].map(|word| (*word).to_owned());
                self.trigrams.push((words, log10));
            }
            _ => return None,
        }
        Some(())
    }

    /// Adds the sounds of words and characters: `词 ci` or `词语<tab>ci'yu[<tab>log10]` a line.
    pub fn pinyin(&mut self, text: &str) -> Result<(), BuildError> {
        for (index, line) in text.lines().enumerate() {
            let mut fields = line.split_ascii_whitespace();
            let (Some(word), Some(sounds)) = (fields.next(), fields.next()) else {
                if line.trim().is_empty() {
                    continue;
                }
                let text = line.to_owned();
                return Err(BuildError::Line {
                    source_name: "pinyin table",
                    line: index + 1,
                    text,
                });
            };
            let share: f32 = fields
                .next()
                .and_then(|field| field.parse().ok())
                .unwrap_or(0.0);
            let syllables: Vec<String> = sounds.split('\'').map(str::to_owned).collect();
            let chars: Vec<char> = word.chars().collect();
            match (chars.as_slice(), syllables.as_slice()) {
                ([_], [_]) if share < RAREST_READING => {}
                ([char], [syllable]) => {
                    self.readings
                        .entry(*char)
                        .or_default()
                        .push((share, syllable.clone()));
                }
                _ if chars.len() == syllables.len() => {
                    self.sounds
                        .entry(word.to_owned())
                        .or_default()
                        .push(syllables);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds a table of an input method that writes characters by their shape: `code 字` a line.
    pub fn shape_codes(&mut self, text: &str) {
        self.methods.push(Method::read(text));
    }

    /// Adds characters that look alike: on each line the first looks like all others.
    pub fn alike(&mut self, text: &str) {
        for line in text.lines() {
            let mut chars = line
                .chars()
                .filter(|char| super::super::text::is_han(*char));
            let Some(first) = chars.next() else { continue };
            for other in chars {
                self.alike.insert((first, other));
                self.alike.insert((other, first));
            }
        }
    }

    /// Adds words that the ARPA file may not have, each with the log10 of its probability.
    pub fn words<'w>(&mut self, words: impl IntoIterator<Item = (&'w str, f32)>) {
        for (word, log10) in words {
            if is_chinese(word) && !self.unigrams.contains_key(word) {
                self.unigrams.insert(word.to_owned(), (log10, 0.0));
            }
        }
    }

    /// The model.
    pub fn finish(self) -> Result<Vec<u8>, BuildError> {
        lay::lay(self)
    }
}

/// Whether a word has Chinese characters and nothing else.
pub(crate) fn is_chinese(word: &str) -> bool {
    !word.is_empty() && word.chars().all(super::super::text::is_han)
}
