//! Inputs drawn by the grammar of what is read: whole pages, tag soup, sitemaps, answers. Mutation changes bytes; these get deep into a
//! reader at once, with the nestings and repetitions that bytes rarely come to.

pub mod pages;
pub mod texts;

use crate::mutate::Rng;

/// True in so many of a hundred draws.
fn chance(rng: &mut Rng, percent: usize) -> bool {
    rng.below(100) < percent
}

/// Mostly a few, sometimes very many: what is repeated tells whether a reader takes the square of its input.
fn count(rng: &mut Rng, few: usize) -> usize {
    match rng.below(40) {
        0 => few * 100,
        1..4 => few * 8,
        _ => 1 + rng.below(few),
    }
}
