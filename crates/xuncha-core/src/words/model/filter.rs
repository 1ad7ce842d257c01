//! 词对筛: tells most unknown pairs of words from known ones without the table of pairs, which is larger than a processor's cache.

use super::WordId;
use super::format::{key_of_slot2, key2, mix};

/// Bits of the filter: eight for each pair of the shipped model.
const BITS: usize = 1 << 24;

/// 词对筛.
pub(super) struct Filter(Vec<u64>);

impl Filter {
    /// Of a table of pairs.
    pub fn new(table: &[[u8; 8]]) -> Self {
        let mut words = vec![0; BITS / 64];
        let keys = table.iter().filter_map(|slot| key_of_slot2(*slot));
        for at in keys.map(place) {
            words[at / 64] |= 1 << (at % 64);
        }
        Self(words)
    }

    /// Whether a pair can be in the table.
    pub fn may_have(&self, first: WordId, second: WordId) -> bool {
        let at = place(key2(first, second));
        self.0[at / 64] >> (at % 64) & 1 != 0
    }
}

fn place(key: u64) -> usize {
    (mix(key) >> 8) as usize % BITS
}
