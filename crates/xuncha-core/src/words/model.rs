//! 语言模型: the memory-mappable file that `cargo xtask lexicon` builds, read where it lies.
//!
//! A model knows words (a trie over characters), how often a word follows one or two others (log10 probabilities in hash tables of
//! fixed slots), how words and characters sound, and which characters look alike. [`Model::open`] checks the sections' bounds once;
//! nothing is copied but one table of characters. The layout stands in [`format`].

pub mod build;
mod filter;
mod format;
mod sounds;

use thiserror::Error;

use self::filter::Filter;
pub use self::format::VERSION;
use self::format::{Sections, slot2, slot3};
pub use self::sounds::{fuzzy, sound_key, sound_key_on};

/// 词号: number of a word; 0 is no word of the model.
pub type WordId = u32;
/// 字号: number of a character, common ones first; 0 is no character of the model.
pub type CharId = u16;

/// Probability (log10) of a word that the model does not know.
pub const UNKNOWN: f32 = -7.2;
/// Characters below this number have a row in the table of neighbours.
pub const COMMON_CHARS: usize = 4096;

/// What is wrong with a model file.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// 不是模型文件.
    #[error("not a model of words: build it with `cargo xtask lexicon`")]
    NotAModel,
    /// 版本不同.
    #[error(
        "model of layout {0}, this program reads {VERSION}: build it again with `cargo xtask lexicon`"
    )]
    OtherVersion(u32),
    /// 文件不完整.
    #[error(
        "model of words is cut or damaged at section {0}: build it again with `cargo xtask lexicon`"
    )]
    Damaged(usize),
}

/// 语言模型.
pub struct Model<'a> {
    sections: Sections<'a>,
    codes: Vec<CharId>,
    /// A bit for each pair of common characters, whether it is suspicious: what every character of a text is asked for.
    doubtful: Vec<u64>,
    /// A bit for each known pair of words: most pairs that are asked for are not known, and this lies nearer than their table.
    pairs: Filter,
    /// The same for triples.
    triples: Filter,
    /// The same for sounds.
    heard: Filter,
    /// The same for words with a hole.
    holed: Filter,
    /// The same for words of two characters.
    twos: Filter,
    /// Probability (log10) of the likeliest word of each length.
    likeliest: [f32; LENGTHS],
}

/// Words of this many characters and more count as one length.
const LENGTHS: usize = 8;
/// Bits of the filter of words of two characters, as a power of two.
const TWO_BITS: u32 = 20;
/// Bits of the filter of sounds, as a power of two.
const SOUND_BITS: u32 = 21;
/// Bits of the filter of words with a hole, as a power of two.
const HOLE_BITS: u32 = 22;

/// Bits of the filter of pairs, as a power of two: eight for each pair of the shipped model.
const PAIR_BITS: u32 = 24;
/// The same for triples.
const TRIPLE_BITS: u32 = 23;

/// A node of the trie of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node(u32);

/// The root of the trie.
pub const ROOT: Node = Node(0);

impl<'a> Model<'a> {
    /// Reads a model where it lies.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let sections = Sections::read(bytes)?;
        let mut codes = vec![0; 1 << 16];
        for (index, code) in sections.chars.iter().enumerate() {
            let char = u32::from_le_bytes(*code) as usize;
            if let (Some(slot), Ok(id)) = (codes.get_mut(char), CharId::try_from(index)) {
                *slot = id;
            }
        }
        Ok(Self {
            pairs: Filter::new(PAIR_BITS, format::keys2(sections.bigrams)),
            triples: Filter::new(TRIPLE_BITS, format::keys3(sections.trigrams)),
            heard: Filter::new(SOUND_BITS, format::keys1(sections.sounds)),
            holed: Filter::new(HOLE_BITS, format::keys1(sections.holes)),
            twos: Filter::new(TWO_BITS, [].into_iter()),
            doubtful: doubtful(sections.neighbours),
            likeliest: [UNKNOWN; LENGTHS],
            sections,
            codes,
        }
        .with_lengths())
    }

    fn with_lengths(mut self) -> Self {
        for word in 1..self.sections.unigrams.len() {
            let mut spelling = self.spelling(word as WordId);
            let length = spelling.len().min(LENGTHS - 1);
            if let (2, Some(first), Some(second)) = (length, spelling.next(), spelling.next()) {
                self.twos.add(key_of_two(first, second));
            }
            // Words are numbered by their probability: the first of a length is the likeliest.
            if self.likeliest[length] <= UNKNOWN {
                self.likeliest[length] = self.unigram(word as WordId).0;
            }
        }
        self
    }

    /// The word of two characters, 0 where there is none.
    pub fn two(&self, first: CharId, second: CharId) -> WordId {
        if !self.twos.may_have(key_of_two(first, second)) {
            return 0;
        }
        self.find(&[first, second])
    }

    /// Probability (log10) of the likeliest word of this many characters.
    pub fn likeliest(&self, length: usize) -> f32 {
        self.likeliest[length.min(LENGTHS - 1)]
    }

    /// What the model is made of and under which licence.
    pub fn about(&self) -> &'a str {
        std::str::from_utf8(self.sections.about).unwrap_or_default()
    }

    /// Number of words.
    pub fn words(&self) -> usize {
        self.sections.unigrams.len().saturating_sub(1)
    }

    /// The number of a character.
    pub fn code(&self, char: char) -> CharId {
        self.codes.get(char as usize).copied().unwrap_or(0)
    }

    /// The character of a number.
    pub fn char(&self, code: CharId) -> char {
        let code = self.sections.chars.get(usize::from(code));
        code.and_then(|code| char::from_u32(u32::from_le_bytes(*code)))
            .unwrap_or('\u{FFFD}')
    }

    /// The child of a node for a character.
    pub fn step(&self, node: Node, char: CharId) -> Option<Node> {
        if char == 0 {
            return None;
        }
        if node == ROOT {
            // All characters are children of the root, in the order of their numbers.
            return Some(Node(u32::from(char)));
        }
        let (from, to) = self.children(node);
        let labels = self.sections.labels.get(from..to)?;
        let at = labels.binary_search_by_key(&char, |label| u16::from_le_bytes(*label));
        at.ok().map(|at| Node((from + at) as u32))
    }

    /// The children of a node with their characters.
    pub fn each_child(&self, node: Node) -> impl Iterator<Item = (CharId, Node)> + '_ {
        let (from, to) = self.children(node);
        let labels = self.sections.labels.get(from..to).unwrap_or_default();
        labels
            .iter()
            .enumerate()
            .map(move |(at, label)| (u16::from_le_bytes(*label), Node((from + at) as u32)))
    }

    fn children(&self, node: Node) -> (usize, usize) {
        let at = |index: usize| {
            self.sections
                .first_child
                .get(index)
                .map_or(0, |first| u32::from_le_bytes(*first) as usize)
        };
        let index = node.0 as usize;
        (at(index), at(index + 1))
    }

    /// The word that ends at a node, 0 where none does.
    pub fn word_at(&self, node: Node) -> WordId {
        let word = self.sections.node_words.get(node.0 as usize);
        word.map_or(0, |word| u32::from_le_bytes(*word))
    }

    /// The word with these characters, 0 where there is none.
    pub fn find(&self, chars: &[CharId]) -> WordId {
        let end = chars
            .iter()
            .try_fold(ROOT, |node, char| self.step(node, *char));
        end.map_or(0, |node| self.word_at(node))
    }

    /// The characters of a word.
    pub fn spelling(&self, word: WordId) -> impl ExactSizeIterator<Item = CharId> + Clone + 'a {
        let start = |index: usize| {
            self.sections
                .spelling_starts
                .get(index)
                .map_or(0, |start| u32::from_le_bytes(*start) as usize)
        };
        let index = word as usize;
        let chars = self.sections.spellings.get(start(index)..start(index + 1));
        chars
            .unwrap_or_default()
            .iter()
            .map(|char| u16::from_le_bytes(*char))
    }

    /// Probability (log10) of a word for itself, and what backing off from it costs.
    pub fn unigram(&self, word: WordId) -> (f32, f32) {
        match self.sections.unigrams.get(word as usize) {
            Some([p0, p1, b0, b1]) if word != 0 => (
                -f32::from(u16::from_le_bytes([*p0, *p1])) / format::UNIGRAM_STEPS,
                -f32::from(u16::from_le_bytes([*b0, *b1])) / format::UNIGRAM_STEPS,
            ),
            _ => (UNKNOWN, 0.0),
        }
    }

    /// Probability of `word` after `before`, with the weight of backing off from the pair, where the pair is known.
    pub fn bigram(&self, before: WordId, word: WordId) -> Option<(f32, f32)> {
        if !self.pairs.may_have(format::key2(before, word)) {
            return None;
        }
        slot2(self.sections.bigrams, before, word)
    }

    /// Probability of `word` after `first` and `second`, where the three are known.
    pub fn trigram(&self, first: WordId, second: WordId, word: WordId) -> Option<f32> {
        if !self.triples.may_have(format::key3(first, second, word)) {
            return None;
        }
        slot3(self.sections.trigrams, first, second, word)
    }

    /// Syllables of a character, most usual first.
    pub fn readings(&self, char: CharId) -> impl Iterator<Item = u16> + Clone + 'a {
        list16(self.sections.reading_starts, self.sections.readings, char)
    }

    /// Characters that look like a character.
    pub fn alike(&self, char: CharId) -> impl Iterator<Item = CharId> + 'a {
        list16(self.sections.shape_starts, self.sections.shapes, char)
    }

    /// Whether two characters that follow each other are known to do so.
    pub fn neighbours(&self, first: CharId, second: CharId) -> bool {
        self.pair(first, second)
            .is_some_and(|bits| bits & format::STRANGE == 0)
    }

    /// Whether one of two characters that follow each other may well be a slip for another that follows more often.
    pub fn suspicious(&self, first: CharId, second: CharId) -> bool {
        self.pair(first, second)
            .is_none_or(|bits| bits & format::SUSPICIOUS != 0)
    }

    /// [`Model::suspicious`] of a pair of common characters, `None` of others.
    pub fn doubtful(&self, first: CharId, second: CharId) -> Option<bool> {
        let at = pair_at(first, second)?;
        let bits = self.doubtful.get(at / 64)?;
        Some(bits >> (at % 64) & 1 != 0)
    }

    /// Whether a suspicious pair may be a slip for a very likely one.
    pub fn glaring(&self, first: CharId, second: CharId) -> bool {
        let byte =
            pair_at(first, second).and_then(|at| Some((self.sections.glaring.get(at / 8)?, at)));
        byte.is_none_or(|(byte, at)| byte >> (at % 8) & 1 != 0)
    }

    /// What is known of a pair of common characters.
    fn pair(&self, first: CharId, second: CharId) -> Option<u8> {
        let at = pair_at(first, second)?;
        let byte = self.sections.neighbours.get(at / 4)?;
        Some(byte >> (at % 4 * 2) & 3)
    }

    /// The text of a syllable.
    pub fn syllable(&self, id: u16) -> &'a str {
        self.sections.syllable(id)
    }

    /// Words whose sounds are those of a key, of [`sound_key`], the likeliest first.
    pub fn sounding(&self, key: u32) -> impl Iterator<Item = WordId> + 'a {
        let Sections {
            sound_starts,
            sounds,
            ..
        } = self.sections;
        in_bucket(&self.heard, sound_starts, sounds, key)
    }

    /// Words that have all these characters but the one at `hole`, the likeliest first. Words of two characters are known by their second
    /// one alone, and a few others may be named that only have the same key.
    pub fn with_hole(&self, chars: &[CharId], hole: usize) -> impl Iterator<Item = WordId> + 'a {
        let key = format::hole_key(chars.iter().copied(), hole);
        self.holes(key)
    }

    /// Long words that have these characters and one more, not at the beginning, and a few others that only have the same key.
    pub fn lacking(&self, chars: &[CharId]) -> impl Iterator<Item = WordId> + 'a {
        let key = format::lack_key(chars.iter().copied());
        self.holes(key)
    }

    fn holes(&self, key: u32) -> impl Iterator<Item = WordId> + 'a {
        let Sections {
            hole_starts, holes, ..
        } = self.sections;
        in_bucket(&self.holed, hole_starts, holes, key)
    }

    /// The fuzzy class of a syllable: z=zh, an=ang and so on.
    pub fn fuzzy(&self, syllable: u16) -> u16 {
        self.sections
            .fuzzy
            .get(usize::from(syllable))
            .map_or(0, |class| u16::from_le_bytes(*class))
    }
}

/// The suspicious ones of a table of pairs, a bit each.
fn doubtful(pairs: &[u8]) -> Vec<u64> {
    let bits = |sixteen: &[u8]| {
        let each = sixteen.iter().enumerate().flat_map(|(at, four)| {
            (0..4).map(move |nth| {
                (u64::from(four >> (2 * nth) & format::SUSPICIOUS) >> 1) << (4 * at + nth)
            })
        });
        each.sum()
    };
    pairs.chunks(16).map(bits).collect()
}

/// The place of a pair of common characters in their tables.
fn pair_at(first: CharId, second: CharId) -> Option<usize> {
    let (first, second) = (usize::from(first), usize::from(second));
    // Zero is no character: it lies beyond all others here.
    let most = first.wrapping_sub(1).max(second.wrapping_sub(1));
    (most < COMMON_CHARS - 1).then_some(first * COMMON_CHARS + second)
}

fn key_of_two(first: CharId, second: CharId) -> u64 {
    u64::from(first) << 16 | u64::from(second)
}

/// The words of a key in a table of buckets.
fn in_bucket<'a>(
    filter: &Filter,
    starts: &'a [[u8; 4]],
    entries: &'a [[u8; 8]],
    key: u32,
) -> impl Iterator<Item = WordId> + 'a {
    let words = || {
        let bucket = format::bucket(key, starts.len().checked_sub(1)?);
        let start = |index: usize| Some(u32::from_le_bytes(*starts.get(index)?) as usize);
        entries.get(start(bucket)?..start(bucket + 1)?)
    };
    let found = filter.may_have(u64::from(key)).then(words).flatten();
    found.unwrap_or_default().iter().filter_map(move |entry| {
        let entry = u64::from_le_bytes(*entry);
        ((entry >> 32) as u32 == key).then_some(entry as u32)
    })
}

fn list16<'a>(
    starts: &'a [[u8; 4]],
    all: &'a [[u8; 2]],
    index: u16,
) -> impl Iterator<Item = u16> + Clone + 'a {
    let start = |index: usize| {
        starts
            .get(index)
            .map_or(0, |start| u32::from_le_bytes(*start) as usize)
    };
    let index = usize::from(index);
    let list = all.get(start(index)..start(index + 1)).unwrap_or_default();
    list.iter().map(|value| u16::from_le_bytes(*value))
}
