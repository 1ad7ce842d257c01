//! 词组筛: tells most unknown pairs and triples of words from known ones without their tables, which are larger than a processor's cache.

/// 词组筛.
pub(super) struct Filter {
    words: Vec<u64>,
    /// The place of a key are the upper bits of its hash.
    shift: u32,
}

impl Filter {
    /// A filter of a power of two bits, of these keys.
    pub fn new(bits: u32, keys: impl Iterator<Item = u64>) -> Self {
        let mut filter = Self {
            words: vec![0; 1 << (bits - 6)],
            shift: 64 - bits,
        };
        keys.for_each(|key| filter.add(key));
        filter
    }

    /// Adds a key.
    pub fn add(&mut self, key: u64) {
        let at = self.place(key);
        self.words[at / 64] |= 1 << (at % 64);
    }

    /// Whether a key can be in the table.
    pub fn may_have(&self, key: u64) -> bool {
        let at = self.place(key);
        let word = self.words.get(at / 64).copied().unwrap_or_default();
        word >> (at % 64) & 1 != 0
    }

    fn place(&self, key: u64) -> usize {
        // The upper bits of a product hang on all bits of the key.
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }
}
