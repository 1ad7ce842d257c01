//! Drawing and mutating, repeatable from a seed.

/// A small generator (splitmix64): the same seed gives the same inputs on every machine.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `limit`, or 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn word<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Inputs are kept below this, so that two seconds mean something.
pub const MAX_BYTES: usize = 64 * 1024;

/// Bytes at which readers break.
const ODD_BYTES: &[u8] = b"\0\t\n\r \"'<>&;=/\\()[]{}@#?:-\x7f\x80\xbf\xc0\xe0\xf0\xff";

/// One to a dozen changes of an input.
pub fn mutated(input: &[u8], others: &[Vec<u8>], words: &[&str], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let most = if rng.below(4) == 0 { 12 } else { 3 };
    for _ in 0..1 + rng.below(most) {
        change(&mut bytes, others, words, rng);
        if bytes.len() > MAX_BYTES {
            let from = rng.below(bytes.len() - MAX_BYTES);
            bytes = bytes[from..from + MAX_BYTES].to_vec();
        }
    }
    bytes
}

fn range(bytes: &[u8], rng: &mut Rng) -> (usize, usize) {
    let from = rng.below(bytes.len() + 1);
    let most = if rng.below(4) == 0 { 4096 } else { 40 };
    let length = rng.below(most).min(bytes.len() - from);
    (from, from + length)
}

fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], rng: &mut Rng) {
    let at = rng.below(bytes.len() + 1);
    let (from, to) = range(bytes, rng);
    match rng.below(11) {
        0 if !bytes.is_empty() => {
            let at = rng.below(bytes.len());
            bytes[at] ^= 1 << rng.below(8);
        }
        1 if !bytes.is_empty() => {
            let at = rng.below(bytes.len());
            bytes[at] = *rng.pick(ODD_BYTES);
        }
        2 => {
            bytes.drain(from..to);
        }
        3 => {
            let piece = bytes[from..to].to_vec();
            bytes.splice(at..at, piece);
        }
        // The same piece many times: deep nesting, long lists, everything that makes a reader quadratic.
        4 => {
            let piece = if rng.below(2) == 0 {
                rng.pick(words).as_bytes().to_vec()
            } else {
                bytes[from..to].to_vec()
            };
            let most = if rng.below(8) == 0 { 20_000 } else { 60 };
            let times = (1 + rng.below(most)).min(MAX_BYTES / piece.len().max(1));
            bytes.splice(at..at, piece.repeat(times));
        }
        5 | 6 => {
            bytes.splice(at..at, rng.pick(words).bytes());
        }
        7 => {
            let other = rng.pick(others);
            let (from, to) = range(other, rng);
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        8 => bytes.truncate(at),
        9 => {
            for byte in &mut bytes[from..to] {
                *byte = rng.next() as u8;
            }
        }
        _ => {
            let odd = *rng.pick(ODD_BYTES);
            bytes.insert(at, odd);
        }
    }
}
