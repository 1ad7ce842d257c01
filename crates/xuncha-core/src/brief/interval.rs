//! 置信区间: how far the pass rate of all may lie from that of those drawn. Wilson's score interval at 95 %, with the correction for a
//! finite whole, in whole numbers: the same on every machine.

/// 区间. In tenths of a percent, rounded outwards, so that it never claims more than it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Lower end.
    pub low_tenths: u32,
    /// Upper end.
    pub high_tenths: u32,
}

impl Interval {
    /// Both ends in percent: `86.1`, `91.7`.
    pub fn printed(&self) -> (String, String) {
        let percent = |tenths: u32| format!("{}.{}", tenths / 10, tenths % 10);
        (percent(self.low_tenths), percent(self.high_tenths))
    }
}

/// One, as the reckoning below scales it.
const ONE: i128 = 1_000_000_000;
/// 1.96² and 1.96, scaled.
const Z_SQUARED: i128 = 3_841_600_000;
const Z: i128 = 1_960_000_000;

/// The interval for `good` of `drawn` out of `whole`. `None` where nothing or everything was drawn: then there is nothing to estimate.
pub fn wilson(good: u64, drawn: u64, whole: u64) -> Option<Interval> {
    if drawn == 0 || drawn >= whole || good > drawn {
        return None;
    }
    let [good, drawn, whole] = [good, drawn, whole].map(i128::from);
    // What is drawn out of a finite whole tells more than out of an endless one.
    let size = drawn * (whole - 1) * ONE / (whole - drawn);
    let share = good * ONE / drawn;
    let spread = share * (ONE - share) / size;
    let tail = Z_SQUARED * ONE / (4 * size) * ONE / size;
    let root = ((spread + tail) * ONE).unsigned_abs().isqrt() as i128;
    let divisor = ONE + Z_SQUARED * ONE / size;
    let center = share + Z_SQUARED * ONE / (2 * size);
    let half = Z * root / ONE;
    let low = ((center - half) * 1_000)
        .div_euclid(divisor)
        .clamp(0, 1_000);
    let high = ((center + half) * 1_000 + divisor - 1)
        .div_euclid(divisor)
        .clamp(0, 1_000);
    Some(Interval {
        low_tenths: low as u32,
        high_tenths: high as u32,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Reckoned apart with floating-point numbers.
    fn by_float(good: f64, drawn: f64, whole: f64) -> (f64, f64) {
        let (z, size) = (1.96, drawn * (whole - 1.0) / (whole - drawn));
        let share = good / drawn;
        let center = (share + z * z / (2.0 * size)) / (1.0 + z * z / size);
        let spread = share * (1.0 - share) / size + z * z / (4.0 * size * size);
        let half = z / (1.0 + z * z / size) * spread.sqrt();
        ((center - half) * 100.0, (center + half) * 100.0)
    }

    #[test]
    fn it_is_the_interval_that_others_reckon_rounded_outwards() {
        for (good, drawn, whole) in [
            (245, 274, 897),
            (84, 84, 451),
            (0, 10, 1_000),
            (1, 2, 3),
            (7_000, 7_500, 15_000),
            (50, 100, 1_000_000),
        ] {
            let interval = wilson(good, drawn, whole).unwrap();
            let (low, high) = by_float(good as f64, drawn as f64, whole as f64);
            let ends = (
                f64::from(interval.low_tenths) / 10.0,
                f64::from(interval.high_tenths) / 10.0,
            );
            let near = |ours: f64, theirs: f64| (ours - theirs).abs() < 0.11;
            assert!(
                near(ends.0, low) && near(ends.1, high),
                "{ends:?} {low} {high}"
            );
            assert!(
                ends.0 <= low + 1e-4 && ends.1 >= high - 1e-4,
                "{ends:?} {low} {high}"
            );
        }
    }

    #[test]
    fn a_census_estimates_nothing() {
        for (good, drawn, whole) in [(5, 10, 10), (0, 0, 10), (3, 2, 10), (1, 11, 10)] {
            assert_eq!(wilson(good, drawn, whole), None);
        }
    }
}
