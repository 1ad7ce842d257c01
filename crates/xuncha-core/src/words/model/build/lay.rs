//! 排布: the sections of a model.

use std::collections::{BTreeMap, BTreeSet};

use super::super::format::{self, Section};
use super::super::{CharId, WordId, fuzzy, sound_key};
use super::neighbours;
use super::vocabulary::{Trie, Vocabulary};
use super::{BuildError, Builder};

/// Share of a table's slots that are taken, as a fraction.
const LOAD: (usize, usize) = (3, 4);
/// Characters beyond this rank get no look-alikes.
const SHAPED_CHARS: usize = 9000;
/// Words in a bucket of sounds or holes, on average.
const WORDS_PER_BUCKET: usize = 2;

pub(super) fn lay(mut builder: Builder) -> Result<Vec<u8>, BuildError> {
    let vocabulary = Vocabulary::number(&builder)?;
    let mut out = Sections::default();
    out.put(
        Section::About,
        std::mem::take(&mut builder.about).into_bytes(),
    );
    out.put(
        Section::Chars,
        vocabulary
            .chars
            .iter()
            .flat_map(|char| (*char as u32).to_le_bytes())
            .collect(),
    );
    let trie = Trie::build(&vocabulary);
    out.put(Section::FirstChild, u32s(&trie.first_child));
    out.put(Section::Labels, u16s(&trie.labels));
    out.put(Section::NodeWords, u32s(&trie.node_words));
    spellings(&vocabulary, &mut out);
    let unigrams = vocabulary
        .words
        .iter()
        .map(|word| builder.unigrams.get(word).copied().unwrap_or_default());
    out.put(
        Section::Unigrams,
        unigrams
            .flat_map(|(log10, backoff)| [log10, backoff])
            .flat_map(|value| {
                ((-value * format::UNIGRAM_STEPS)
                    .round()
                    .clamp(0.0, f32::from(u16::MAX)) as u16)
                    .to_le_bytes()
            })
            .collect(),
    );
    pairs_and_triples(&builder, &vocabulary, &mut out);
    sounds(&builder, &vocabulary, &mut out);
    holes(&vocabulary, &mut out);
    let alike = shapes(&builder, &vocabulary, &mut out);
    let [pairs, glaring] = neighbours::tables(&builder, &vocabulary, &alike);
    out.put(Section::Neighbours, pairs);
    out.put(Section::Glaring, glaring);
    Ok(out.bytes())
}

/// Sections by number.
#[derive(Default)]
struct Sections(BTreeMap<usize, Vec<u8>>);

impl Sections {
    fn put(&mut self, section: Section, bytes: Vec<u8>) {
        self.0.insert(section as usize, bytes);
    }

    fn bytes(self) -> Vec<u8> {
        let mut out = format::MAGIC.to_vec();
        out.extend(format::VERSION.to_le_bytes());
        out.extend((format::SECTIONS as u32).to_le_bytes());
        let mut at = (out.len() + 16 * format::SECTIONS) as u64;
        let length = |section: usize| self.0.get(&section).map_or(0, |bytes| bytes.len() as u64);
        for section in 0..format::SECTIONS {
            out.extend(at.to_le_bytes());
            out.extend(length(section).to_le_bytes());
            at += length(section);
        }
        self.0.into_values().for_each(|bytes| out.extend(bytes));
        out
    }
}

fn u32s(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn u16s(values: &[u16]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// Lists of u16, one a key, as starts and values.
fn lists(lists: impl Iterator<Item = Vec<u16>>) -> (Vec<u8>, Vec<u8>) {
    let (mut starts, mut values) = (vec![0], Vec::new());
    for list in lists {
        values.extend(list);
        starts.push(values.len() as u32);
    }
    (u32s(&starts), u16s(&values))
}

fn spellings(vocabulary: &Vocabulary, out: &mut Sections) {
    let (starts, values) = lists(
        vocabulary
            .words
            .iter()
            .map(|word| vocabulary.codes(word).unwrap_or_default()),
    );
    out.put(Section::SpellingStarts, starts);
    out.put(Section::Spellings, values);
}

fn pairs_and_triples(builder: &Builder, vocabulary: &Vocabulary, out: &mut Sections) {
    let id = |word: &String| vocabulary.word_ids.get(word).copied();
    let mut slots = Vec::new();
    for ([first, second], (log10, backoff)) in &builder.bigrams {
        if let (Some(first), Some(second)) = (id(first), id(second)) {
            slots.push(format::bigram_slot(first, second, *log10, *backoff));
        }
    }
    out.put(Section::Bigrams, table(slots));
    let mut slots = Vec::new();
    for ([first, second, third], log10) in &builder.trigrams {
        if let (Some(first), Some(second), Some(third)) = (id(first), id(second), id(third)) {
            slots.push(format::trigram_slot([first, second, third], *log10));
        }
    }
    out.put(Section::Trigrams, table(slots));
}

/// An open-addressing table, filled in the order of keys.
fn table(mut slots: Vec<(u64, u64)>) -> Vec<u8> {
    slots.sort_unstable();
    slots.dedup_by_key(|slot| slot.0);
    let mut table = vec![0u64; slots.len() * LOAD.1 / LOAD.0 + 1];
    let size = table.len();
    for (key, slot) in slots {
        let mut at = format::home(key, size);
        while table[at] != 0 {
            at = (at + 1) % size;
        }
        table[at] = slot;
    }
    table.into_iter().flat_map(u64::to_le_bytes).collect()
}

fn sounds(builder: &Builder, vocabulary: &Vocabulary, out: &mut Sections) {
    let in_words = builder.sounds.values().flatten().flatten();
    let of_chars = builder
        .readings
        .values()
        .flatten()
        .map(|(_, syllable)| syllable);
    let names: BTreeSet<&String> = in_words.chain(of_chars).collect();
    let names: Vec<&String> = names.into_iter().collect();
    let id = |name: &String| names.binary_search(&name).map_or(u16::MAX, |at| at as u16);
    let classes: BTreeSet<String> = names.iter().map(|name| fuzzy(name)).collect();
    let classes: Vec<String> = classes.into_iter().collect();
    let class = |name: &str| {
        classes
            .binary_search(&fuzzy(name))
            .map_or(u16::MAX, |at| at as u16)
    };
    let lines: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    out.put(Section::Syllables, lines.join("\n").into_bytes());
    let fuzzy_classes: Vec<u16> = names.iter().map(|name| class(name)).collect();
    out.put(Section::Fuzzy, u16s(&fuzzy_classes));

    let readings = vocabulary.chars.iter().map(|char| {
        let mut readings = builder.readings.get(char).cloned().unwrap_or_default();
        readings.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        readings
            .iter()
            .map(|(_, syllable)| id(syllable))
            .collect::<Vec<u16>>()
    });
    let (starts, values) = lists(readings);
    out.put(Section::ReadingStarts, starts);
    out.put(Section::Readings, values);

    let mut entries: Vec<(u32, WordId)> = Vec::new();
    for (word, all) in &builder.sounds {
        let Some(word) = vocabulary.word_ids.get(word) else {
            continue;
        };
        entries.extend(all.iter().map(|syllables| {
            (
                sound_key(syllables.iter().map(|syllable| class(syllable))),
                *word,
            )
        }));
    }
    for (char, readings) in &builder.readings {
        let Some(word) = vocabulary.word_ids.get(&char.to_string()) else {
            continue;
        };
        entries.extend(
            readings
                .iter()
                .map(|(_, syllable)| (sound_key([class(syllable)]), *word)),
        );
    }
    let (starts, entries) = bucketed(entries);
    out.put(Section::SoundStarts, starts);
    out.put(Section::Sounds, entries);
}

/// Words by keys: where each bucket begins, and the entries, the likeliest word of a key first.
fn bucketed(entries: Vec<(u32, WordId)>) -> (Vec<u8>, Vec<u8>) {
    let buckets = entries.len() / WORDS_PER_BUCKET + 1;
    let mut entries: Vec<(usize, u32, WordId)> = entries
        .into_iter()
        .map(|(key, word)| (format::bucket(key, buckets), key, word))
        .collect();
    entries.sort_unstable();
    entries.dedup();
    let mut starts = vec![0u32; buckets + 1];
    for (bucket, _, _) in &entries {
        starts[bucket + 1] += 1;
    }
    for bucket in 0..buckets {
        starts[bucket + 1] += starts[bucket];
    }
    let entry = |(_, key, word): &(usize, u32, WordId)| (u64::from(*key) << 32) | u64::from(*word);
    let entries = entries.iter().flat_map(|one| entry(one).to_le_bytes());
    (u32s(&starts), entries.collect())
}

/// Longest word that is known with a hole.
const HOLED: usize = 6;
/// Shortest and longest word that is known by what is left when it lacks a character.
const LACKED: std::ops::RangeInclusive<usize> = 4..=8;

/// Words with a hole at each place, and without each character but the first.
fn holes(vocabulary: &Vocabulary, out: &mut Sections) {
    let mut entries = Vec::new();
    for (word, text) in vocabulary.words.iter().enumerate().skip(1) {
        let Some(codes) = vocabulary.codes(text) else {
            continue;
        };
        let word = word as WordId;
        let held = match codes.len() {
            2 => 0..1,
            3..=HOLED => 0..codes.len(),
            _ => 0..0,
        };
        entries.extend(held.map(|hole| (format::hole_key(codes.iter().copied(), hole), word)));
        if LACKED.contains(&codes.len()) {
            entries.extend((1..codes.len()).map(|lacks| {
                let left = codes[..lacks].iter().chain(&codes[lacks + 1..]);
                (format::lack_key(left.copied()), word)
            }));
        }
    }
    let (starts, entries) = bucketed(entries);
    out.put(Section::HoleStarts, starts);
    out.put(Section::Holes, entries);
}

fn shapes(
    builder: &Builder,
    vocabulary: &Vocabulary,
    out: &mut Sections,
) -> BTreeMap<char, Vec<CharId>> {
    let among: BTreeSet<char> = vocabulary
        .chars
        .iter()
        .skip(1)
        .take(SHAPED_CHARS)
        .copied()
        .collect();
    let mut pairs = builder.alike.clone();
    pairs.retain(|(char, other)| among.contains(char) && among.contains(other));
    builder
        .methods
        .iter()
        .for_each(|method| method.alike(&among, &mut pairs));
    let mut alike: BTreeMap<char, Vec<CharId>> = BTreeMap::new();
    for (char, other) in pairs {
        if let Some(other) = vocabulary.char_ids.get(&other) {
            alike.entry(char).or_default().push(*other);
        }
    }
    let (starts, values) = lists(vocabulary.chars.iter().map(|char| {
        let mut alike = alike.get(char).cloned().unwrap_or_default();
        alike.sort_unstable();
        alike
    }));
    out.put(Section::ShapeStarts, starts);
    out.put(Section::Shapes, values);
    alike
}
