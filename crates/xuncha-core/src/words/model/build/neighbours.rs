//! 字对: which pairs of characters are strange, and which are probably a slip for another pair.
//!
//! The table answers the first look at a text, one bit test a character: only where a pair is suspicious are words looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{COMMON_CHARS, CharId, format, fuzzy};
use super::Builder;
use super::vocabulary::Vocabulary;

/// Pairs rarer than this (log10 of their probability) are strange.
const STRANGE_BELOW: f32 = -8.0;
/// Probability (log10) of a pair that the sources never show.
const UNSEEN: f32 = -10.0;
/// A pair is suspicious if one that it may be a slip for is this much likelier (log10)...
const LIKELIER: f32 = 1.5;
/// ... and at least this likely.
const LIKELY: f32 = -7.4;
/// How much less a slip of shape or of a near sound counts (log10).
const FARTHER: f32 = 0.4;

/// A pair is glaring if one that it may be a slip for is this likely (log10).
const VERY_LIKELY: f32 = -4.8;

/// Two tables: two bits a pair for strange and suspicious ones, and a bit a pair for glaring ones.
pub(super) fn tables(
    builder: &Builder,
    vocabulary: &Vocabulary,
    alike: &BTreeMap<char, Vec<CharId>>,
) -> [Vec<u8>; 2] {
    let weights = weights(builder, vocabulary);
    let side = vocabulary.chars.len().min(COMMON_CHARS);
    let index = |first: CharId, second: CharId| usize::from(first) * side + usize::from(second);
    let mut own = vec![UNSEEN; side * side];
    for ((first, second), weight) in &weights {
        own[index(*first, *second)] = (weight.log10() as f32).max(UNSEEN);
    }
    let slips = slips(builder, vocabulary, alike);
    let mut better = vec![UNSEEN; side * side];
    for (first, second) in weights.keys() {
        let log10 = own[index(*first, *second)];
        if log10 < LIKELY {
            continue;
        }
        let mut raise = |first: CharId, second: CharId, log10: f32| {
            let better = &mut better[index(first, second)];
            *better = better.max(log10);
        };
        for (written, farther) in &slips[usize::from(*first)] {
            raise(*written, *second, log10 - farther);
        }
        for (written, farther) in &slips[usize::from(*second)] {
            raise(*first, *written, log10 - farther);
        }
    }
    let mut table = vec![0u8; COMMON_CHARS * COMMON_CHARS / 4];
    let mut glaring = vec![0u8; COMMON_CHARS * COMMON_CHARS / 8];
    for (at, (own, better)) in own.iter().zip(&better).enumerate() {
        let strange = if *own < STRANGE_BELOW {
            format::STRANGE
        } else {
            0
        };
        let suspicious = if better - own >= LIKELIER && *better >= LIKELY {
            format::SUSPICIOUS
        } else {
            0
        };
        let at = at / side * COMMON_CHARS + at % side;
        table[at / 4] |= (strange | suspicious) << (at % 4 * 2);
        if suspicious != 0 && *better >= VERY_LIKELY {
            glaring[at / 8] |= 1 << (at % 8);
        }
    }
    [table, glaring]
}

/// Probabilities of pairs within words and at the seams of two words.
fn weights(builder: &Builder, vocabulary: &Vocabulary) -> BTreeMap<(CharId, CharId), f64> {
    let mut weights: BTreeMap<(CharId, CharId), f64> = BTreeMap::new();
    let mut add = |first: char, second: char, weight: f64| {
        let id = |char: char| {
            vocabulary
                .char_ids
                .get(&char)
                .copied()
                .filter(|id| usize::from(*id) < COMMON_CHARS)
        };
        if let (Some(first), Some(second)) = (id(first), id(second)) {
            *weights.entry((first, second)).or_default() += weight;
        }
    };
    for (word, (log10, _)) in &builder.unigrams {
        let weight = 10f64.powf(f64::from(*log10));
        let chars: Vec<char> = word.chars().collect();
        chars
            .windows(2)
            .for_each(|pair| add(pair[0], pair[1], weight));
    }
    for ([first, second], (log10, _)) in &builder.bigrams {
        let Some((before, _)) = builder.unigrams.get(first) else {
            continue;
        };
        if let (Some(end), Some(start)) = (first.chars().last(), second.chars().next()) {
            add(end, start, 10f64.powf(f64::from(before + log10)));
        }
    }
    weights
}

/// For each common character the common ones that may be written in its place.
fn slips(
    builder: &Builder,
    vocabulary: &Vocabulary,
    alike: &BTreeMap<char, Vec<CharId>>,
) -> Vec<Vec<(CharId, f32)>> {
    let mut sounding: BTreeMap<String, BTreeSet<CharId>> = BTreeMap::new();
    let common = vocabulary.chars.len().min(COMMON_CHARS);
    let readings = |char: &char| builder.readings.get(char).into_iter().flatten();
    for (id, char) in vocabulary.chars[..common].iter().enumerate().skip(1) {
        for (_, syllable) in readings(char) {
            sounding
                .entry(fuzzy(syllable))
                .or_default()
                .insert(id as CharId);
        }
    }
    let mut slips = Vec::with_capacity(COMMON_CHARS);
    for char in &vocabulary.chars[..common] {
        let mut written: BTreeMap<CharId, f32> = BTreeMap::new();
        for (_, syllable) in readings(char) {
            for other in sounding.get(&fuzzy(syllable)).into_iter().flatten() {
                let same = readings(&vocabulary.chars[usize::from(*other)])
                    .any(|(_, sound)| sound == syllable);
                let farther = written.entry(*other).or_insert(FARTHER);
                *farther = if same { 0.0 } else { *farther };
            }
        }
        for other in alike
            .get(char)
            .into_iter()
            .flatten()
            .filter(|other| usize::from(**other) < COMMON_CHARS)
        {
            written.entry(*other).or_insert(FARTHER);
        }
        slips.push(written.into_iter().collect());
    }
    slips.resize_with(COMMON_CHARS, Vec::new);
    slips
}
