//! 盲评: which share of what people decide is decided once more by somebody who does not see the first answer, and which verdicts of the
//! machine that found nothing are looked at too. Both follow from the round's seed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Decision;
use crate::registry::TargetId;

/// 盲评类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlindKind {
    /// 双盲复核: what a first person decides.
    Double,
    /// 通过抽检: what the machine passed.
    Pass,
}

impl BlindKind {
    fn word(self) -> &'static str {
        match self {
            BlindKind::Double => "double",
            BlindKind::Pass => "pass",
        }
    }
}

/// Whether something is in the share of so many percent: the first four bytes of SHA-256 of `SEED|KIND|TARGET|CHECK|KEY`, as a part of
/// all there are, lie below it.
pub fn is_in_share(
    kind: BlindKind,
    seed: &str,
    (target, check, key): (&TargetId, &str, &str),
    percent: u32,
) -> bool {
    let text = format!("{seed}|{}|{target}|{check}|{key}", kind.word());
    let hash = Sha256::digest(text);
    let place = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    u64::from(place) * 100 < u64::from(percent) << 32
}

/// Whether two people said the same of something. Numbers may differ by nothing: an answer is a count.
pub fn agree(first: &Decision, second: &Decision) -> bool {
    let number = |decision: &Decision| match decision {
        Decision::Confirmed => Some(1),
        Decision::Rejected => Some(0),
        Decision::Answered { number, .. } => Some(*number),
        Decision::Withdrawn => None,
    };
    number(first) == number(second)
}

/// 一致率. How often two people, or a person and the machine, said the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Both spoke.
    pub both: u64,
    /// They said otherwise.
    pub differ: u64,
}

impl Agreement {
    /// Counts one pair.
    pub fn add(&mut self, is_same: bool) {
        self.both += 1;
        self.differ += u64::from(!is_same);
    }

    /// The share that differs, in percent with one place, rounded half up; `None` before anybody spoke.
    pub fn differing(&self) -> Option<String> {
        let tenths = (self.differ * 2_000 + self.both).checked_div(self.both * 2)?;
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_about_its_part_and_grows_with_it() {
        let target = TargetId::from("9900000001");
        let of = |kind, seed: &str, percent| {
            (0..4_000)
                .filter(|n| {
                    is_in_share(
                        kind,
                        seed,
                        (&target, "broken_links", &n.to_string()),
                        percent,
                    )
                })
                .collect::<Vec<_>>()
        };
        let ten = of(BlindKind::Double, "种子", 10);
        assert!((320..480).contains(&ten.len()), "{}", ten.len());
        let twenty = of(BlindKind::Double, "种子", 20);
        assert!(
            ten.iter().all(|n| twenty.contains(n)),
            "a larger share holds the smaller"
        );
        assert_ne!(ten, of(BlindKind::Double, "另一种子", 10));
        assert_ne!(ten, of(BlindKind::Pass, "种子", 10));
        assert!(of(BlindKind::Pass, "种子", 0).is_empty());
        assert_eq!(of(BlindKind::Pass, "种子", 100).len(), 4_000);
    }

    #[test]
    fn the_rate_is_rounded_once() {
        let rate = |both, differ| Agreement { both, differ }.differing();
        assert_eq!(rate(0, 0), None);
        for (both, differ, printed) in [
            (3, 1, "33.3"),
            (3, 2, "66.7"),
            (8, 1, "12.5"),
            (7, 0, "0.0"),
            (2000, 1, "0.1"),
        ] {
            assert_eq!(
                rate(both, differ).as_deref(),
                Some(printed),
                "{both} {differ}"
            );
        }
    }

    #[test]
    fn words_and_numbers_compare() {
        let answered = |number| Decision::Answered {
            number,
            note: "x".into(),
        };
        assert!(agree(&Decision::Confirmed, &answered(1)));
        assert!(agree(&answered(2), &answered(2)));
        assert!(!agree(&answered(2), &answered(3)));
        assert!(!agree(&Decision::Confirmed, &Decision::Rejected));
    }
}
