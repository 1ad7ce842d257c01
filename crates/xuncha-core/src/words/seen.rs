//! 已读句: sentences that were read, by their hashes. Navigation, footers and phrases of office stand on every page of a site.

use std::collections::BTreeMap;

use super::hit::Hit;

/// How many sentences without a find are remembered.
const CLEAN: usize = 1 << 18;
/// How many sentences with a find are remembered.
const WITH_HITS: usize = 4096;
/// No sentence has this hash. Not zero, so that the room is there from the beginning, and not fetched page by page while texts are read.
const EMPTY: u64 = u64::MAX;

/// 已读句.
pub struct Seen {
    /// Hashes of sentences in which nothing was found, each at the place that its hash gives.
    clean: Vec<u64>,
    /// What was found in others.
    pub hits: BTreeMap<u64, Vec<Hit>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            clean: vec![EMPTY; CLEAN],
            hits: BTreeMap::new(),
        }
    }
}

impl Seen {
    /// Whether nothing was found in the sentence of this hash.
    pub fn is_clean(&self, hash: u64) -> bool {
        self.clean[place(hash)] == hash
    }

    /// Remembers what was found in a sentence.
    pub fn remember(&mut self, hash: u64, hits: &[Hit]) {
        if hits.is_empty() {
            self.clean[place(hash)] = hash;
        } else if self.hits.len() < WITH_HITS {
            self.hits.insert(hash, hits.to_vec());
        }
    }
}

fn place(hash: u64) -> usize {
    hash as usize % CLEAN
}

/// A hash of a sentence, eight bytes at a time.
pub fn piece_hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]);
    let hash = words.fold(bytes.len() as u64 + 1, |hash, word| {
        let mixed = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    });
    hash.min(EMPTY - 1)
}
