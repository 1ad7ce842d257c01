//! 把握: how sure a change is, and how sure the mended sentence is; two logistic sums whose weights were fitted on half of the shared pairs.
//!
//! `docs/words.md` says on which half, and what the other half gave.

use super::mend::Features;
use super::slip::Relation;

/// Weights of [`of_change`], in the order of its terms.
const CHANGE: [f32; 17] = [
    -1.60, 1.43, 1.55, 1.86, -1.11, -1.98, -0.44, -1.18, 1.64, 0.14, 0.88, -1.10, -0.03, -1.01,
    0.34, -1.01, 0.92,
];
/// Weights of [`of_sentence`], in the order of its terms.
const SENTENCE: [f32; 8] = [0.80, 0.26, 1.65, -1.53, -0.16, -0.49, -1.00, -0.19];

/// The terms of a change.
pub fn change_terms(features: &Features) -> [f32; 17] {
    let flag = |is: bool| f32::from(u8::from(is));
    [
        1.0,
        features.gain.min(12.0) / 4.0,
        features.margin.min(6.0) / 3.0,
        (features.word + 5.0) / 2.0,
        flag(features.length == 1),
        flag(features.length == 2),
        flag(features.length == 3),
        flag(features.changed > 1),
        flag(features.same_sound),
        flag(features.near_sound),
        flag(features.shape),
        flag(features.unrelated),
        features.stood_in.min(3) as f32 / 2.0,
        (1.0 + features.rank as f32 / 200.0).ln() / 3.0,
        features.strange.min(4) as f32 / 2.0,
        features.strange_meant.min(4) as f32 / 2.0,
        flag(features.follows || features.leads),
    ]
}

/// Log odds that a change is right.
pub fn of_change(features: &Features) -> f32 {
    sum(&CHANGE, &change_terms(features))
}

/// The least probability (log10) of a word with which a change of one character can reach these log odds, everything else at its best:
/// words that are rarer need not be looked at. `cost` is what the slip costs, `least` what the text as written has in the word's place.
pub fn least_word(odds: f32, length: usize, relation: Relation, cost: f32, least: f32) -> f32 {
    let (same, near, shape) = (CHANGE[8], CHANGE[9], CHANGE[10]);
    let of_length = CHANGE[4..7].get(length - 1).copied().unwrap_or(0.0);
    let of_relation = match relation {
        Relation::Both => same + shape,
        Relation::SameSound => same,
        Relation::NearSound => near,
        Relation::Shape => shape,
        Relation::None => CHANGE[11],
    };
    let (word, gain, margin) = (CHANGE[3] / 2.0, CHANGE[1] / 4.0, CHANGE[2] / 3.0);
    let best = CHANGE[0] + 5.0 * word + 2.0 * CHANGE[14] + CHANGE[16] + of_length + of_relation;
    let wanted = odds - best;
    // A word gains what it is likelier than `least`. The margin is at most the gain less the cost of the slip, and counts up to 6.
    let both = (least * (gain + margin) + wanted - margin * cost) / (gain + margin + word);
    let alone = (least * gain + wanted - margin * 6.0) / (gain + word);
    both.max(alone).max(least - cost)
}

/// What is known of a mended sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sentence {
    /// Log odds of its surest change.
    pub surest: f32,
    /// Log odds of its least sure change.
    pub least_sure: f32,
    /// Changes that were thought of and not made.
    pub left: usize,
    /// Strange pairs of characters that no change touches.
    pub strange: usize,
    /// Changes made.
    pub changes: usize,
    /// Strange pairs that the changes make.
    pub strange_meant: usize,
}

/// The terms of a sentence.
pub fn sentence_terms(sentence: &Sentence) -> [f32; 8] {
    let flag = |is: bool| f32::from(u8::from(is));
    [
        1.0,
        sentence.surest / 4.0,
        sentence.least_sure.min(3.0) / 3.0,
        flag(sentence.left > 0),
        flag(sentence.left > 1),
        sentence.strange.min(4) as f32 / 2.0,
        flag(sentence.changes > 1),
        sentence.strange_meant as f32 / 2.0,
    ]
}

/// Log odds that a sentence is mended wholly and rightly.
pub fn of_sentence(sentence: &Sentence) -> f32 {
    sum(&SENTENCE, &sentence_terms(sentence))
}

/// A probability from log odds.
pub fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn sum(weights: &[f32], terms: &[f32]) -> f32 {
    weights
        .iter()
        .zip(terms)
        .map(|(weight, term)| weight * term)
        .sum()
}
