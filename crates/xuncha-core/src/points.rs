//! Points and exact shares: no floating-point number takes part in scoring.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 分值. Fixed-point points, kept in hundredths; written as a decimal such as `79.20`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);

    /// Points from whole points.
    pub const fn whole(points: i64) -> Points {
        Points(points * 100)
    }

    /// Points from hundredths of a point.
    pub const fn from_hundredths(hundredths: i64) -> Points {
        Points(hundredths)
    }

    /// The value in hundredths of a point.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// `self` taken `count` times.
    pub const fn times(self, count: i64) -> Points {
        Points(self.0 * count)
    }

    /// The short form without trailing zeros: `79.2`, `80`, `0.05`.
    pub fn short(self) -> String {
        let text = self.to_string();
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }
}

/// 分值写法错误. A text that is not a decimal of at most two places.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("分值“{0}”不是最多两位小数的数")]
pub struct PointsError(pub String);

impl FromStr for Points {
    type Err = PointsError;

    fn from_str(text: &str) -> Result<Points, PointsError> {
        let error = || PointsError(text.to_owned());
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 2 || !all_digits(whole) || !all_digits(fraction) {
            return Err(error());
        }
        let whole: i64 = whole.parse().map_err(|_| error())?;
        let fraction: i64 = format!("{fraction:0<2}").parse().map_err(|_| error())?;
        let value = whole
            .checked_mul(100)
            .and_then(|value| value.checked_add(fraction))
            .ok_or_else(error)?;
        Ok(Points(if negative { -value } else { value }))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Points, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0 + other.0)
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        self.0 += other.0;
    }
}

impl Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0 - other.0)
    }
}

impl Neg for Points {
    type Output = Points;
    fn neg(self) -> Points {
        Points(-self.0)
    }
}

impl Mul<i64> for Points {
    type Output = Points;
    fn mul(self, count: i64) -> Points {
        self.times(count)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        points.fold(Points::ZERO, Add::add)
    }
}

/// 精确分数. A share or a mean before it is rounded; rounding happens once, when it is printed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "Fraction")]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

/// An exact share as it is written.
#[derive(Deserialize)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl TryFrom<Fraction> for Exact {
    type Error = &'static str;

    fn try_from(fraction: Fraction) -> Result<Exact, &'static str> {
        Exact::new(fraction.numerator, fraction.denominator).ok_or("a denominator of zero")
    }
}

impl Exact {
    /// `numerator / denominator`, or `None` where the denominator is zero: what was not measured has no value.
    pub fn new(numerator: i128, denominator: i128) -> Option<Exact> {
        if denominator == 0 {
            return None;
        }
        let (numerator, denominator) = if denominator < 0 {
            (-numerator, -denominator)
        } else {
            (numerator, denominator)
        };
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()).max(1) as i128;
        Some(Exact {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// `part / whole` in percent.
    pub fn percent(part: i128, whole: i128) -> Option<Exact> {
        Exact::new(part * 100, whole)
    }

    /// The mean of `sum` over `count` targets, in points.
    pub fn mean(sum: Points, count: usize) -> Option<Exact> {
        Exact::new(sum.hundredths() as i128, count as i128 * 100)
    }

    /// `self - other`, exactly.
    pub fn minus(self, other: Exact) -> Exact {
        let numerator = self.numerator * other.denominator - other.numerator * self.denominator;
        // Both denominators are positive by construction, so the product is never zero.
        Exact::new(numerator, self.denominator * other.denominator).unwrap_or(Exact {
            numerator: 0,
            denominator: 1,
        })
    }

    /// 印出之差. `self - other` as a reader reckons it who has both as printed to `places`: a difference never disagrees with what stands
    /// beside it. It is at most one unit of the last place away from the exact one.
    pub fn printed_minus(self, other: Exact, places: u32) -> Exact {
        let difference = self.rounded(places) - other.rounded(places);
        Exact::new(difference, 10_i128.pow(places)).unwrap_or(Exact {
            numerator: 0,
            denominator: 1,
        })
    }

    /// `self / other`, or `None` where `other` is zero.
    pub fn over(self, other: Exact) -> Option<Exact> {
        Exact::new(
            self.numerator * other.denominator,
            self.denominator * other.numerator,
        )
    }

    /// Rounded half away from zero to `places` decimals, in tens of that place: `0.865` to two places is `87`.
    pub fn rounded(self, places: u32) -> i128 {
        let scaled = self.numerator * 10_i128.pow(places);
        let half = self.denominator / 2;
        let magnitude = (scaled.abs() * 2 + self.denominator) / (self.denominator * 2);
        debug_assert!(half >= 0);
        if scaled < 0 { -magnitude } else { magnitude }
    }

    /// Rounded to `places` decimals with trailing zeros kept: `36.4`, `0.80`.
    pub fn fixed(self, places: u32) -> String {
        let rounded = self.rounded(places);
        let unit = 10_u128.pow(places);
        let magnitude = rounded.unsigned_abs();
        let sign = if rounded < 0 { "-" } else { "" };
        if places == 0 {
            return format!("{sign}{magnitude}");
        }
        format!(
            "{sign}{}.{:0width$}",
            magnitude / unit,
            magnitude % unit,
            width = places as usize
        )
    }

    /// Rounded to at most `places` decimals, trailing zeros dropped: `100`, `89.4`.
    pub fn short(self, places: u32) -> String {
        let text = self.fixed(places);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }

    /// Whether the exact value is above `other`.
    pub fn is_above(self, other: Exact) -> bool {
        self.numerator * other.denominator > other.numerator * self.denominator
    }

    /// The reduced fraction: numerator and (positive) denominator.
    pub fn fraction(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// A decimal such as `0.87` read exactly, or `None` where it is none.
    pub fn from_decimal(text: &str) -> Option<Exact> {
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || places.len() > 12 || !is_digits(whole) || !is_digits(places) {
            return None;
        }
        let scale = 10_i128.pow(u32::try_from(places.len()).ok()?);
        let whole: i128 = whole.parse::<i64>().ok()?.into();
        let part: i128 = format!("0{places}").parse().ok()?;
        let value = whole * scale + part;
        Exact::new(if negative { -value } else { value }, scale)
    }

    /// Whether the exact value is zero.
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }
}

impl From<Points> for Exact {
    fn from(points: Points) -> Exact {
        Exact::new(i128::from(points.hundredths()), 100).unwrap_or(Exact {
            numerator: 0,
            denominator: 1,
        })
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.numerator == other.numerator && self.denominator == other.denominator
    }
}

impl Eq for Exact {}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> std::cmp::Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn points_read_and_print() {
        for (text, printed, short) in [
            ("5", "5.00", "5"),
            ("0.1", "0.10", "0.1"),
            ("-1.25", "-1.25", "-1.25"),
        ] {
            let points: Points = text.parse().unwrap();
            assert_eq!(
                (points.to_string().as_str(), points.short().as_str()),
                (printed, short)
            );
        }
        for bad in ["", "1.234", "a", "1.-2", ".5", "--1"] {
            assert!(bad.parse::<Points>().is_err(), "{bad}");
        }
    }

    #[test]
    fn shares_round_once_from_the_exact_value() {
        assert_eq!(Exact::percent(274, 897).unwrap().fixed(1), "30.5");
        assert_eq!(Exact::percent(210, 577).unwrap().fixed(1), "36.4");
        assert_eq!(Exact::percent(245, 274).unwrap().short(1), "89.4");
        assert_eq!(Exact::percent(210, 210).unwrap().short(1), "100");
        assert_eq!(Exact::new(-1, 8).unwrap().fixed(2), "-0.13");
        assert_eq!(Exact::new(1, 8).unwrap().fixed(2), "0.13");
        assert!(Exact::percent(1, 0).is_none());
    }
}
