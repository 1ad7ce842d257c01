//! 公文语料: what texts of official style change in the model: words that follow each other there become more likely.

use std::collections::BTreeMap;

use super::super::super::lattice::{Lattice, Step};
use super::super::super::text;
use super::super::{CharId, Model, UNKNOWN};
use super::Builder;

/// Share of the official texts in the probability of a word.
const SHARE: f64 = 0.15;
/// How many times a word must have been met before the texts weigh as much as the model on what follows it.
const TRUST: f64 = 60.0;

impl Builder {
    /// Counts words and pairs of words in texts, read as `base` (a model of the same sources) reads them, and raises what is met often.
    pub fn adapt<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>, base: &Model) {
        let mut singles: BTreeMap<String, f64> = BTreeMap::new();
        let mut pairs: BTreeMap<[String; 2], f64> = BTreeMap::new();
        let mut lattice = Lattice::default();
        let mut steps = Vec::new();
        for text in texts {
            let chars: Vec<char> = text.chars().collect();
            for run in text::runs(&chars, 0..chars.len()) {
                let codes: Vec<CharId> = chars[run].iter().map(|char| base.code(*char)).collect();
                lattice.reset(codes.len());
                lattice.add_text(base, &codes);
                lattice.best(base, &mut steps);
                let words: Vec<String> = steps.iter().map(|step| spelled(base, step)).collect();
                for word in &words {
                    *singles.entry(word.clone()).or_default() += 1.0;
                }
                for pair in words.windows(2) {
                    *pairs.entry([pair[0].clone(), pair[1].clone()]).or_default() += 1.0;
                }
            }
        }
        self.raise(&singles, &pairs);
    }

    fn raise(&mut self, singles: &BTreeMap<String, f64>, pairs: &BTreeMap<[String; 2], f64>) {
        let total: f64 = singles.values().sum();
        let mut known: BTreeMap<[String; 2], usize> = BTreeMap::new();
        for (index, (words, _)) in self.bigrams.iter().enumerate() {
            known.insert(words.clone(), index);
        }
        for (words, count) in pairs {
            let before = singles.get(&words[0]).copied().unwrap_or_default();
            let unigram = |word: &String| self.unigrams.get(word).copied();
            let Some((first, second)) = unigram(&words[0]).zip(unigram(&words[1])) else {
                continue;
            };
            let at = known.get(words).copied();
            let log10 = at.map_or(first.1 + second.0, |at| self.bigrams[at].1.0);
            let raised =
                ((TRUST * 10f64.powf(f64::from(log10)) + count) / (TRUST + before)).log10() as f32;
            match at {
                Some(at) => self.bigrams[at].1.0 = log10.max(raised),
                None if *count >= 2.0 => self.bigrams.push((words.clone(), (raised, 0.0))),
                None => {}
            }
        }
        for (word, count) in singles {
            if let Some((log10, _)) = self.unigrams.get_mut(word) {
                let mixed = (1.0 - SHARE) * 10f64.powf(f64::from(*log10)) + SHARE * count / total;
                *log10 = log10.max(mixed.log10() as f32).max(UNKNOWN);
            }
        }
    }
}

fn spelled(model: &Model, step: &Step) -> String {
    model
        .spelling(step.edge.word)
        .map(|char| model.char(char))
        .collect()
}
