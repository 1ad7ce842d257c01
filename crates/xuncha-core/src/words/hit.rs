//! 疑错: what is found, with all that a person needs to decide on it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// 原因: why a place is suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 已知错词: the dictionary of wrong words has it.
    KnownPair,
    /// 音同字错.
    SameSound,
    /// 音近字错.
    NearSound,
    /// 形近字错.
    SimilarShape,
    /// 生僻字或无关字.
    Unrelated,
    /// 多字.
    Doubled,
    /// 漏字.
    Missing,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 7] = [
        Self::KnownPair,
        Self::SameSound,
        Self::NearSound,
        Self::SimilarShape,
        Self::Unrelated,
        Self::Doubled,
        Self::Missing,
    ];

    /// The reason in Chinese.
    pub fn label(self) -> &'static str {
        match self {
            Self::KnownPair => "已知错词",
            Self::SameSound => "同音错字",
            Self::NearSound => "近音错字",
            Self::SimilarShape => "形近错字",
            Self::Unrelated => "用字不当",
            Self::Doubled => "多字",
            Self::Missing => "漏字",
        }
    }
}

/// 疑错.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The wrong text.
    pub wrong: String,
    /// What was probably meant.
    pub proposal: String,
    /// The sentence.
    pub sentence: String,
    /// Where the wrong text begins, in characters of the text.
    pub start: usize,
    /// Its length in characters.
    pub length: usize,
    /// Why.
    pub reason: Reason,
    /// How sure, 0 to 1: that the sentence is mended wholly and rightly.
    pub confidence: f32,
}

/// 本站用语: what a site writes again and again is its own word, and no slip.
#[derive(Clone, Debug, Default)]
pub struct SiteWords {
    sentences: BTreeMap<String, BTreeSet<String>>,
}

/// A wrong text in this many different sentences of a site is the site's own word.
pub const OWN_WORD_SENTENCES: usize = 4;

impl SiteWords {
    /// Counts the hits of one page.
    pub fn learn(&mut self, hits: &[Hit]) {
        for hit in hits.iter().filter(|hit| hit.reason != Reason::KnownPair) {
            let sentences = self.sentences.entry(hit.wrong.clone()).or_default();
            if sentences.len() < OWN_WORD_SENTENCES {
                sentences.insert(hit.sentence.clone());
            }
        }
    }

    /// Whether a wrong text is the site's own word.
    pub fn is_own(&self, hit: &Hit) -> bool {
        hit.reason != Reason::KnownPair
            && self
                .sentences
                .get(&hit.wrong)
                .is_some_and(|sentences| sentences.len() >= OWN_WORD_SENTENCES)
    }
}

/// 不算错: what a person said is not wrong, for a site or for all.
pub type NotWrong = BTreeSet<String>;
