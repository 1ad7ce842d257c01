//! 模型文件格式: sections behind a table, little-endian, no padding.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `XCWORDS` and a zero |
//! | 4 | [`VERSION`] |
//! | 4 | number of sections |
//! | 16 each | offset and length of each section, in the order of [`Section`] |
//!
//! Pairs and triples of words lie in open-addressing tables of 8-byte slots: key and quantised log10 values in one word, zero is empty.

use super::{CharId, ModelError, WordId};

/// Version of the layout.
pub const VERSION: u32 = 2;
pub(super) const MAGIC: &[u8; 8] = b"XCWORDS\0";
/// Steps of a unigram's log10.
pub(super) const UNIGRAM_STEPS: f32 = 4096.0;
const BIGRAM_STEPS: f32 = 2048.0;
const BIGRAM_BITS: u32 = 14;
const TRIGRAM_STEPS: f32 = 128.0;
const TRIGRAM_BITS: u32 = 10;
const WORD_BITS: u32 = 18;
/// A pair of characters that hardly ever follow each other.
pub(super) const STRANGE: u8 = 1;
/// A pair of characters that is much rarer than one it may be a slip for.
pub(super) const SUSPICIOUS: u8 = 2;
/// Most words that a model can hold.
pub const MAX_WORDS: usize = (1 << WORD_BITS) - 1;

/// Sections of the file, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// Text: sources, versions, licences.
    About,
    /// u32 of each character; index is its number.
    Chars,
    /// Trie: u32 of each node, its first child.
    FirstChild,
    /// Trie: u16 of each node, its character.
    Labels,
    /// Trie: u32 of each node, the word that ends there.
    NodeWords,
    /// u32 of each word, where its spelling begins.
    SpellingStarts,
    /// u16 characters of all words.
    Spellings,
    /// Two u16 of each word: probability and back-off.
    Unigrams,
    /// Table of pairs.
    Bigrams,
    /// Table of triples.
    Trigrams,
    /// Names of syllables, one a line.
    Syllables,
    /// u16 of each syllable: its fuzzy class.
    Fuzzy,
    /// u32 of each character, where its readings begin.
    ReadingStarts,
    /// u16 syllables.
    Readings,
    /// u32 of each bucket, where its words begin.
    SoundStarts,
    /// u64: key of sounds and word.
    Sounds,
    /// u32 of each character, where its look-alikes begin.
    ShapeStarts,
    /// u16 characters.
    Shapes,
    /// Two bits for each pair of common characters: [`STRANGE`] and [`SUSPICIOUS`].
    Neighbours,
    /// A bit for each pair of common characters that is probably a slip for a very likely one.
    Glaring,
    /// u32 of each bucket, where its words with a hole begin.
    HoleStarts,
    /// u64: key of a word with a hole ([`hole_key`], [`lack_key`]) and the word.
    Holes,
}

/// Number of sections.
pub(super) const SECTIONS: usize = Section::Holes as usize + 1;

/// The sections of an opened file.
pub(super) struct Sections<'a> {
    pub about: &'a [u8],
    pub chars: &'a [[u8; 4]],
    pub first_child: &'a [[u8; 4]],
    pub labels: &'a [[u8; 2]],
    pub node_words: &'a [[u8; 4]],
    pub spelling_starts: &'a [[u8; 4]],
    pub spellings: &'a [[u8; 2]],
    pub unigrams: &'a [[u8; 4]],
    pub bigrams: &'a [[u8; 8]],
    pub trigrams: &'a [[u8; 8]],
    syllables: Vec<&'a str>,
    pub fuzzy: &'a [[u8; 2]],
    pub reading_starts: &'a [[u8; 4]],
    pub readings: &'a [[u8; 2]],
    pub sound_starts: &'a [[u8; 4]],
    pub sounds: &'a [[u8; 8]],
    pub shape_starts: &'a [[u8; 4]],
    pub shapes: &'a [[u8; 2]],
    pub neighbours: &'a [u8],
    pub glaring: &'a [u8],
    pub hole_starts: &'a [[u8; 4]],
    pub holes: &'a [[u8; 8]],
}

impl<'a> Sections<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let (magic, rest) = bytes
            .split_at_checked(MAGIC.len())
            .ok_or(ModelError::NotAModel)?;
        if magic != MAGIC {
            return Err(ModelError::NotAModel);
        }
        let words = rest.as_chunks::<4>().0;
        let version = words.first().map_or(0, |word| u32::from_le_bytes(*word));
        if version != VERSION {
            return Err(ModelError::OtherVersion(version));
        }
        let table = bytes
            .get(16..16 + 16 * SECTIONS)
            .ok_or(ModelError::Damaged(0))?;
        let section = |section: Section| -> Result<&'a [u8], ModelError> {
            let damaged = ModelError::Damaged(section as usize);
            let entry = table.as_chunks::<8>().0;
            let at = |index: usize| {
                entry
                    .get(index)
                    .and_then(|entry| usize::try_from(u64::from_le_bytes(*entry)).ok())
            };
            let (from, length) = at(2 * section as usize)
                .zip(at(2 * section as usize + 1))
                .ok_or(ModelError::Damaged(section as usize))?;
            bytes
                .get(from..)
                .and_then(|bytes| bytes.get(..length))
                .ok_or(damaged)
        };
        let syllables = std::str::from_utf8(section(Section::Syllables)?)
            .map_err(|_| ModelError::Damaged(Section::Syllables as usize))?;
        Ok(Self {
            about: section(Section::About)?,
            chars: section(Section::Chars)?.as_chunks().0,
            first_child: section(Section::FirstChild)?.as_chunks().0,
            labels: section(Section::Labels)?.as_chunks().0,
            node_words: section(Section::NodeWords)?.as_chunks().0,
            spelling_starts: section(Section::SpellingStarts)?.as_chunks().0,
            spellings: section(Section::Spellings)?.as_chunks().0,
            unigrams: section(Section::Unigrams)?.as_chunks().0,
            bigrams: section(Section::Bigrams)?.as_chunks().0,
            trigrams: section(Section::Trigrams)?.as_chunks().0,
            syllables: syllables.lines().collect(),
            fuzzy: section(Section::Fuzzy)?.as_chunks().0,
            reading_starts: section(Section::ReadingStarts)?.as_chunks().0,
            readings: section(Section::Readings)?.as_chunks().0,
            sound_starts: section(Section::SoundStarts)?.as_chunks().0,
            sounds: section(Section::Sounds)?.as_chunks().0,
            shape_starts: section(Section::ShapeStarts)?.as_chunks().0,
            shapes: section(Section::Shapes)?.as_chunks().0,
            neighbours: section(Section::Neighbours)?,
            glaring: section(Section::Glaring)?,
            hole_starts: section(Section::HoleStarts)?.as_chunks().0,
            holes: section(Section::Holes)?.as_chunks().0,
        })
    }

    pub fn syllable(&self, id: u16) -> &'a str {
        self.syllables
            .get(usize::from(id))
            .copied()
            .unwrap_or_default()
    }
}

/// Spreads a key over all bits.
pub(super) fn mix(key: u64) -> u64 {
    let key = (key ^ (key >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    key ^ (key >> 29)
}

/// The bucket of a key.
pub(super) fn bucket(key: u32, buckets: usize) -> usize {
    (((mix(u64::from(key)) >> 32) * buckets.max(1) as u64) >> 32) as usize
}

/// The key of a word whose character at a place is not looked at.
pub(super) fn hole_key(chars: impl Iterator<Item = CharId>, hole: usize) -> u32 {
    let chars = chars.enumerate();
    chars.fold(HOLE, |key, (at, char)| {
        key_on(key, if at == hole { 0 } else { char })
    })
}

/// The key of what is written where a word lacks a character.
pub(super) fn lack_key(chars: impl Iterator<Item = CharId>) -> u32 {
    chars.fold(LACK, key_on)
}

const HOLE: u32 = 0x811C_9DC5;
const LACK: u32 = 0x2545_F491;

fn key_on(key: u32, char: CharId) -> u32 {
    (key ^ u32::from(char))
        .wrapping_mul(0x9E37_79B1)
        .rotate_left(13)
}

/// The keys of a table of buckets.
pub(super) fn keys1(entries: &[[u8; 8]]) -> impl Iterator<Item = u64> {
    entries.iter().map(|entry| u64::from_le_bytes(*entry) >> 32)
}

/// The keys of a table of pairs.
pub(super) fn keys2(table: &[[u8; 8]]) -> impl Iterator<Item = u64> {
    keys(table, 2 * BIGRAM_BITS)
}

/// The keys of a table of triples.
pub(super) fn keys3(table: &[[u8; 8]]) -> impl Iterator<Item = u64> {
    keys(table, TRIGRAM_BITS)
}

fn keys(table: &[[u8; 8]], value_bits: u32) -> impl Iterator<Item = u64> {
    let slots = table.iter().map(|slot| u64::from_le_bytes(*slot));
    slots
        .filter(|slot| *slot != 0)
        .map(move |slot| slot >> value_bits)
}

pub(super) fn key2(first: WordId, second: WordId) -> u64 {
    (u64::from(first) << WORD_BITS) | u64::from(second)
}

pub(super) fn key3(first: WordId, second: WordId, third: WordId) -> u64 {
    (key2(first, second) << WORD_BITS) | u64::from(third)
}

fn quantise(log10: f32, steps: f32, bits: u32) -> u64 {
    let most = (1u32 << bits) - 1;
    ((-log10 * steps).round().max(0.0) as u32).min(most).into()
}

/// A slot of the table of pairs: key, probability, back-off.
pub(super) fn bigram_slot(first: WordId, second: WordId, log10: f32, backoff: f32) -> (u64, u64) {
    let key = key2(first, second);
    let values = (quantise(log10, BIGRAM_STEPS, BIGRAM_BITS) << BIGRAM_BITS)
        | quantise(backoff, BIGRAM_STEPS, BIGRAM_BITS);
    (key, (key << (2 * BIGRAM_BITS)) | values)
}

/// A slot of the table of triples: key and probability.
pub(super) fn trigram_slot(words: [WordId; 3], log10: f32) -> (u64, u64) {
    let key = key3(words[0], words[1], words[2]);
    (
        key,
        (key << TRIGRAM_BITS) | quantise(log10, TRIGRAM_STEPS, TRIGRAM_BITS),
    )
}

/// Where the search for a key begins in a table of this size.
pub(super) fn home(key: u64, slots: usize) -> usize {
    ((u128::from(mix(key)) * slots as u128) >> 64) as usize
}

fn probe(table: &[[u8; 8]], key: u64, value_bits: u32) -> Option<u64> {
    if table.is_empty() {
        return None;
    }
    let mut at = home(key, table.len());
    for _ in 0..table.len() {
        let slot = u64::from_le_bytes(table[at]);
        if slot == 0 {
            return None;
        }
        if slot >> value_bits == key {
            return Some(slot);
        }
        at = if at + 1 == table.len() { 0 } else { at + 1 };
    }
    None
}

pub(super) fn slot2(table: &[[u8; 8]], first: WordId, second: WordId) -> Option<(f32, f32)> {
    if first == 0 || second == 0 {
        return None;
    }
    let slot = probe(table, key2(first, second), 2 * BIGRAM_BITS)?;
    let part = |shift: u32| -(((slot >> shift) & ((1 << BIGRAM_BITS) - 1)) as f32) / BIGRAM_STEPS;
    Some((part(BIGRAM_BITS), part(0)))
}

pub(super) fn slot3(
    table: &[[u8; 8]],
    first: WordId,
    second: WordId,
    third: WordId,
) -> Option<f32> {
    if first == 0 || second == 0 || third == 0 {
        return None;
    }
    let slot = probe(table, key3(first, second, third), TRIGRAM_BITS)?;
    Some(-((slot & ((1 << TRIGRAM_BITS) - 1)) as f32) / TRIGRAM_STEPS)
}
