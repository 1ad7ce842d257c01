//! Exact fractions, rounded once when they are printed.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Sub};

/// 分数: a fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    top: i128,
    bottom: i128,
}

impl Fraction {
    /// Zero.
    pub const ZERO: Self = Self { top: 0, bottom: 1 };

    /// `top / bottom`; `bottom` must not be 0.
    #[must_use]
    pub fn new(top: i128, bottom: i128) -> Self {
        let common = divisor(top.abs(), bottom.abs()).max(1) * bottom.signum();
        Self {
            top: top / common,
            bottom: bottom / common,
        }
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i128) -> Self {
        Self {
            top: value,
            bottom: 1,
        }
    }

    /// A count.
    #[must_use]
    pub const fn count(value: usize) -> Self {
        Self::whole(value as i128)
    }

    /// Reads decimal text such as `-0.10`.
    #[must_use]
    pub fn decimal(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || part.len() > 18 {
            return None;
        }
        let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
        let top: i128 = format!("{whole}{part}").parse().ok()?;
        Some(Self::new(sign * top, scale))
    }

    /// `part / all`, or `None` of nothing.
    #[must_use]
    pub fn share(part: usize, all: usize) -> Option<Self> {
        (all > 0).then(|| Self::new(part as i128, all as i128))
    }

    /// The numerator.
    #[must_use]
    pub const fn top(self) -> i128 {
        self.top
    }

    /// The denominator.
    #[must_use]
    pub const fn bottom(self) -> i128 {
        self.bottom
    }

    /// Rounded to `places` decimals, halves away from zero, all places printed.
    #[must_use]
    pub fn fixed(self, places: usize) -> String {
        let unit = 10_i128.pow(places as u32);
        let doubled = self.top.abs() * unit * 2;
        let rounded = (doubled + self.bottom) / (2 * self.bottom);
        let sign = if self.top < 0 && rounded > 0 { "-" } else { "" };
        if places == 0 {
            return format!("{sign}{rounded}");
        }
        format!("{sign}{}.{:0places$}", rounded / unit, rounded % unit)
    }

    /// As [`Fraction::fixed`], trailing zeros dropped.
    #[must_use]
    pub fn printed(self, places: usize) -> String {
        let text = self.fixed(places);
        if places == 0 {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The greatest common divisor.
fn divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(
            self.top * other.bottom + other.top * self.bottom,
            self.bottom * other.bottom,
        )
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self {
            top: -other.top,
            bottom: other.bottom,
        }
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.top * other.top, self.bottom * other.bottom)
    }
}

impl Div for Fraction {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::new(self.top * other.bottom, self.bottom * other.top)
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.top * other.bottom).cmp(&(other.top * self.bottom))
    }
}

impl std::iter::Sum for Fraction {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Self::add)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero_and_zeros_are_dropped() {
        assert_eq!(Fraction::new(274 * 100, 897).printed(1), "30.5");
        assert_eq!(Fraction::new(1, 8).printed(2), "0.13");
        assert_eq!(Fraction::new(-1, 8).printed(2), "-0.13");
        assert_eq!(Fraction::new(-1, 1000).printed(2), "0");
        assert_eq!(Fraction::whole(100).printed(0), "100");
        assert_eq!(Fraction::whole(80).printed(2), "80");
        assert_eq!(Fraction::new(396, 5).fixed(2), "79.20");
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(Fraction::decimal("0.10").unwrap(), Fraction::new(1, 10));
        assert_eq!(Fraction::decimal("-1.72").unwrap(), Fraction::new(-43, 25));
        assert!(Fraction::decimal("").is_none() && Fraction::decimal("a.1").is_none());
    }
}
