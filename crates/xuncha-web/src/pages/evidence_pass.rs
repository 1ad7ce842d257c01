//! Passes: addresses of the replay that carry their own right to be asked.
//!
//! An archived page runs in a sandbox with an origin of its own, and a browser sends no session along with what such a page asks for.
//! So the address itself says for which round and target it holds and until when, sealed with a key that lives as long as the server.

use sha2::{Digest, Sha256};

/// How long a pass holds at least.
const LIFETIME_S: i64 = 12 * 3600;
/// Passes of one hour are alike, so that a page keeps its address for a while.
const STEP_S: i64 = 3600;

/// 回放通行码. Makes and checks passes.
#[derive(Clone)]
pub(crate) struct Passes {
    key: String,
}

impl Passes {
    /// With an unguessable key.
    pub(crate) fn new(key: String) -> Passes {
        Passes { key }
    }

    /// A pass for what is archived of a target in a round.
    pub(crate) fn issue(&self, round: &str, target: &str, now_s: i64) -> String {
        let until_s = (now_s / STEP_S + 1) * STEP_S + LIFETIME_S;
        format!("{until_s}.{}", self.seal(until_s, round, target))
    }

    /// Whether a pass holds now.
    pub(crate) fn holds(&self, pass: &str, round: &str, target: &str, now_s: i64) -> bool {
        let Some((until_s, seal)) = pass.split_once('.') else {
            return false;
        };
        let Ok(until_s) = until_s.parse::<i64>() else {
            return false;
        };
        let wanted = self.seal(until_s, round, target);
        // Every byte is compared, whatever the first difference.
        let differs = wanted
            .bytes()
            .zip(seal.bytes())
            .fold(wanted.len() ^ seal.len(), |all, (a, b)| {
                all | usize::from(a ^ b)
            });
        until_s > now_s && differs == 0
    }

    fn seal(&self, until_s: i64, round: &str, target: &str) -> String {
        let mut inner = Sha256::new();
        for part in [&self.key, &until_s.to_string(), round, target] {
            inner.update((part.len() as u64).to_le_bytes());
            inner.update(part.as_bytes());
        }
        // Hashed twice with the key, so that nothing can be appended to what was sealed.
        let mut outer = Sha256::new();
        outer.update(self.key.as_bytes());
        outer.update(inner.finalize());
        hex::encode(&outer.finalize()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_holds_for_its_target_and_its_time_only() {
        let passes = Passes::new("key".to_owned());
        let pass = passes.issue("2026Q1", "1", 1_000_000);
        assert!(passes.holds(&pass, "2026Q1", "1", 1_000_000));
        assert!(passes.holds(&pass, "2026Q1", "1", 1_000_000 + LIFETIME_S));
        assert!(!passes.holds(&pass, "2026Q1", "1", 1_000_000 + LIFETIME_S + STEP_S));
        assert!(!passes.holds(&pass, "2026Q1", "2", 1_000_000));
        assert!(!passes.holds(&pass, "2026Q11", "", 1_000_000));
        let other = Passes::new("other".to_owned());
        assert!(!other.holds(&pass, "2026Q1", "1", 1_000_000));
        let (until, seal) = pass.split_once('.').unwrap_or_default();
        for wrong in [
            String::new(),
            until.to_owned(),
            format!("9{until}.{seal}"),
            format!("{until}.{}", &seal[1..]),
            format!("{until}.{seal}0"),
        ] {
            assert!(!passes.holds(&wrong, "2026Q1", "1", 1_000_000), "{wrong}");
        }
    }
}
