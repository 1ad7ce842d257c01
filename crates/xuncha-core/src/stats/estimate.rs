//! 推断: what the sample says of all running targets. Values are exact; an interval is reckoned with the four operations and the square
//! root of IEEE 754 only, which are the same on every machine, and rounded outward.
//!
//! * Share: stratified estimator; Wilson's score interval at 95 % with the effective sample size that the design gives (finite whole
//!   corrected). It is never empty at 0 % and 100 %, and never claims more than the targets that were not seen allow.
//! * Mean: stratified ratio estimator, its variance by linearisation, quantile of Student's t.
//! * What is undetermined counts as the worst at the lower end and as the best at the upper one; so does a stratum without a draw.

use super::OutcomeCounts;
use super::cells::{Cell, SheetCell};
use crate::points::{Exact, Points};
use crate::score::{Outcome, ScoreSheet};

/// The quantile of the normal distribution for 95 %.
const Z: f64 = 1.959963984540054;
/// As many targets at the rate of all as are added to a stratum before its spread is reckoned: a stratum with one or two drawn would
/// else seem to have none.
const ADDED: f64 = 2.0;
/// Quantiles of Student's t for 95 % and 1 to 10 degrees of freedom.
const T: [f64; 10] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
];
/// Fractions with a greater denominator are cut at nine decimals, far below what is printed.
const MAX_DENOMINATOR: i128 = 1_000_000_000_000;
const NANO: i128 = 1_000_000_000;

/// 推断值. An estimate for all running targets, in percent or points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Estimate {
    /// The estimate; `None` where no outcome is known.
    pub value: Option<Exact>,
    /// Lower end.
    pub low: Exact,
    /// Upper end.
    pub high: Exact,
    /// Drawn targets that are undetermined or (of a score) have something open.
    pub undetermined: usize,
    /// Targets of strata of which none was drawn.
    pub uncovered: usize,
    /// All were taken and all is known: the ends are the value.
    pub is_exact: bool,
}

/// Sum of fractions, exactly as long as it can be written down.
pub(super) fn sum(terms: impl IntoIterator<Item = (i128, i128)>) -> Exact {
    let zero = Exact::from(Points::ZERO);
    terms.into_iter().fold(zero, |sum, (part, whole)| {
        let Some(term) = Exact::new(part, whole).map(cut) else {
            return sum;
        };
        cut(sum.minus(zero.minus(term)))
    })
}

fn cut(exact: Exact) -> Exact {
    if exact.fraction().1 <= MAX_DENOMINATOR {
        return exact;
    }
    Exact::new(exact.rounded(9), NANO).unwrap_or(exact)
}

/// Rounded outward to `places`.
fn outward(low: f64, high: f64, places: i32) -> (Exact, Exact) {
    // What lies on the place but for the noise of floating point stays there.
    const NOISE: f64 = 1e-9;
    let unit = 10_f64.powi(places);
    let end = |scaled: f64| {
        let whole = Exact::new(scaled as i128, 10_i128.pow(places.unsigned_abs()));
        whole.unwrap_or(Exact::from(Points::ZERO))
    };
    (
        end((low * unit + NOISE).floor()),
        end((high * unit - NOISE).ceil()),
    )
}

/// Outcomes of a cell.
pub(super) fn counts(cell: &SheetCell<'_>) -> OutcomeCounts {
    let mut counts = OutcomeCounts::default();
    for sheet in &cell.drawn {
        counts.add(sheet.map_or(Outcome::Undetermined, |sheet| sheet.outcome));
    }
    counts
}

/// 合格率 of all running targets in percent, or `None` where there are none.
pub(super) fn share(cells: &[&SheetCell<'_>]) -> Option<Estimate> {
    let whole: usize = cells.iter().map(|cell| cell.whole).sum();
    if whole == 0 {
        return None;
    }
    let all: Vec<(&SheetCell<'_>, OutcomeCounts)> =
        cells.iter().map(|cell| (*cell, counts(cell))).collect();
    let total =
        |of: fn(&OutcomeCounts) -> usize| -> usize { all.iter().map(|(_, own)| of(own)).sum() };
    let uncovered: usize = cells
        .iter()
        .filter(|cell| cell.is_uncovered())
        .map(|cell| cell.whole)
        .sum();
    let known = all
        .iter()
        .filter(|(_, own)| own.qualified + own.unqualified > 0);
    let known_whole: usize = known.clone().map(|(cell, _)| cell.whole).sum();
    let good = sum(known.map(|(cell, own)| {
        let part = cell.whole * own.qualified * 100;
        (part as i128, (own.qualified + own.unqualified) as i128)
    }));
    let value = Exact::new(known_whole as i128, 1).and_then(|known| good.over(known));
    let (open, is_census) = (
        total(|own| own.undetermined),
        cells.iter().all(|cell| cell.is_census()),
    );
    if let (0, true, Some(value)) = (open, is_census, value) {
        return Some(Estimate {
            value: Some(value),
            low: value,
            high: value,
            undetermined: 0,
            uncovered: 0,
            is_exact: true,
        });
    }
    let seen = |open_is_good: bool| -> (f64, Vec<(f64, f64, f64)>) {
        let mut certain = 0.0;
        let mut by_lot = Vec::new();
        for (cell, own) in &all {
            let good = (own.qualified + if open_is_good { own.undetermined } else { 0 }) as f64;
            match cell.is_census() {
                true => certain += good,
                false if cell.is_uncovered() => {}
                false => by_lot.push((cell.whole as f64, cell.drawn.len() as f64, good)),
            }
        }
        (certain, by_lot)
    };
    let (worst, by_lot) = seen(false);
    let low = worst + wilson(&by_lot).0;
    let (best, by_lot) = seen(true);
    let high = best + wilson(&by_lot).1 + uncovered as f64;
    // Those that were seen are as they were seen.
    let low = low.max(total(|own| own.qualified) as f64) / whole as f64;
    let high = high.min((whole - total(|own| own.unqualified)) as f64) / whole as f64;
    let (low, high) = outward(low * 100.0, high * 100.0, 1);
    Some(Estimate {
        value,
        low,
        high,
        undetermined: open,
        uncovered,
        is_exact: false,
    })
}

/// How many of those that lots were drawn from are good, at least and at most: (whole, drawn, good of the drawn) of each stratum.
fn wilson(strata: &[(f64, f64, f64)]) -> (f64, f64) {
    let all: f64 = strata.iter().map(|(whole, _, _)| whole).sum();
    if all == 0.0 {
        return (0.0, 0.0);
    }
    let estimated = strata
        .iter()
        .map(|(whole, drawn, good)| whole * good / drawn);
    let rate = estimated.sum::<f64>() / all;
    let (mut spread, mut even) = (0.0, 0.0);
    for (whole, drawn, good) in strata {
        let weight = whole / all;
        let of_one = weight * weight * (whole - drawn) / whole / drawn;
        let own = (good + ADDED * rate) / (drawn + ADDED);
        spread += of_one * own * (1.0 - own);
        even += of_one;
    }
    // At 0 % and 100 % no spread is seen; the size is then that of strata that are all alike.
    let is_mixed = rate > 0.0 && rate < 1.0 && spread > 0.0;
    let size = if is_mixed {
        rate * (1.0 - rate) / spread
    } else {
        1.0 / even
    };
    let divisor = 1.0 + Z * Z / size;
    let center = rate + Z * Z / (2.0 * size);
    let half = Z * (rate * (1.0 - rate) / size + Z * Z / (4.0 * size * size)).sqrt();
    let low = ((center - half) / divisor).clamp(0.0, rate);
    let high = ((center + half) / divisor).clamp(rate, 1.0);
    (low * all, high * all)
}

/// What is known of a drawn target's score.
#[derive(Clone, Copy, Debug)]
struct Scored {
    /// The score as it stands; `None` for a target without one (a veto ended the scoring).
    score: Option<f64>,
    low: f64,
    high: f64,
    /// The outcome is not known.
    is_open: bool,
    /// It may turn out to have no score.
    may_leave: bool,
    /// Something could still change the score.
    is_loose: bool,
}

fn scored(sheet: Option<&ScoreSheet>, most: f64) -> Scored {
    let number = |points: Points| points.hundredths() as f64 / 100.0;
    let is_open = sheet.is_none_or(|sheet| sheet.outcome == Outcome::Undetermined);
    let score = sheet.and_then(|sheet| sheet.deduct_score).map(number);
    let low = sheet.and_then(|sheet| sheet.deduct_score_low).map(number);
    let may_veto = |sheet: &ScoreSheet| sheet.indicators.iter().any(|own| own.may_veto);
    let low = low.or(score).unwrap_or_default();
    Scored {
        score,
        low,
        high: score.unwrap_or(most),
        is_open,
        may_leave: is_open && sheet.is_none_or(may_veto),
        is_loose: is_open || score.is_some_and(|score| low < score),
    }
}

/// Mean ② of all running targets that have a score, or `None` where none is known. `most`: full score.
pub(super) fn mean(cells: &[&SheetCell<'_>], most: Points) -> Option<Estimate> {
    let most = most.hundredths() as f64 / 100.0;
    let value = exact_mean(cells)?;
    let all: Vec<Cell<Scored>> = cells
        .iter()
        .map(|cell| Cell {
            whole: cell.whole,
            drawn: cell.drawn.iter().map(|one| scored(*one, most)).collect(),
        })
        .collect();
    let uncovered: usize = all
        .iter()
        .filter(|cell| cell.is_uncovered())
        .map(|cell| cell.whole)
        .sum();
    let drawn = all.iter().flat_map(|cell| &cell.drawn);
    let undetermined = drawn.filter(|one| one.is_loose).count();
    if undetermined == 0 && all.iter().all(Cell::is_census) {
        return Some(Estimate {
            value: Some(value),
            low: value,
            high: value,
            undetermined,
            uncovered,
            is_exact: true,
        });
    }
    let (worst, scored_whole, half) = extreme(&all, -1.0);
    let low = (worst - half) * scored_whole / (scored_whole + uncovered as f64);
    let (best, scored_whole, half) = extreme(&all, 1.0);
    let high = (best + half) * scored_whole + most * uncovered as f64;
    let high = high / (scored_whole + uncovered as f64);
    let (low, high) = outward(low.max(0.0), high.min(most), 2);
    Some(Estimate {
        value: Some(value),
        low: low.min(value),
        high: high.max(value),
        undetermined,
        uncovered,
        is_exact: false,
    })
}

/// The estimate from those whose outcome is known, exactly.
fn exact_mean(cells: &[&SheetCell<'_>]) -> Option<Exact> {
    let mut sums = Vec::new();
    let mut sizes = Vec::new();
    for cell in cells {
        let is_known = |sheet: &&ScoreSheet| sheet.outcome != Outcome::Undetermined;
        let known: Vec<&ScoreSheet> = cell.drawn.iter().copied().flatten().collect();
        let known: Vec<&ScoreSheet> = known.into_iter().filter(is_known).collect();
        let scores = known.iter().filter_map(|sheet| sheet.deduct_score);
        let whole = cell.whole as i128;
        let count = scores.clone().count() as i128;
        let total = i128::from(scores.sum::<Points>().hundredths());
        sums.push((whole * total, known.len() as i128 * 100));
        sizes.push((whole * count, known.len() as i128));
    }
    sum(sums).over(sum(sizes)).map(cut)
}

/// The mean at its worst (`side` −1) or best (1): value, size of what has a score, half of the interval.
fn extreme(cells: &[Cell<Scored>], side: f64) -> (f64, f64, f64) {
    let of = |one: &Scored, mean: f64| -> Option<f64> {
        let value = if side < 0.0 { one.low } else { one.high };
        let leaves = one.may_leave && (value - mean) * side < 0.0;
        let has = one.is_open || one.score.is_some();
        (has && !leaves).then_some(value)
    };
    let mut mean = if side < 0.0 { f64::MAX } else { f64::MIN };
    let mut size = 0.0;
    // Who leaves depends on the mean, which only moves to its side: it settles after a few steps.
    for _ in 0..50 {
        let (mut total, mut count) = (0.0, 0.0);
        for cell in cells.iter().filter(|cell| !cell.drawn.is_empty()) {
            let weight = cell.whole as f64 / cell.drawn.len() as f64;
            for value in cell.drawn.iter().filter_map(|one| of(one, mean)) {
                total += weight * value;
                count += weight;
            }
        }
        let next = total / f64::max(count, f64::MIN_POSITIVE);
        let is_settled = next == mean;
        (mean, size) = (next, count);
        if is_settled {
            break;
        }
    }
    let half = half_width(cells, |one| of(one, mean).map_or(0.0, |value| value - mean));
    (mean, size, half / f64::max(size, f64::MIN_POSITIVE))
}

/// Half of the interval of a sum of residuals over all targets.
fn half_width(cells: &[Cell<Scored>], residual: impl Fn(&Scored) -> f64) -> f64 {
    let by_lot: Vec<(f64, Vec<f64>)> = cells
        .iter()
        .filter(|cell| !cell.is_census() && !cell.is_uncovered())
        .map(|cell| {
            let residuals = cell.drawn.iter().map(&residual);
            (cell.whole as f64, residuals.collect())
        })
        .collect();
    let drawn: usize = by_lot.iter().map(|(_, own)| own.len()).sum();
    if drawn == 0 {
        return 0.0;
    }
    let pooled = by_lot.iter().flat_map(|(_, own)| own);
    let pooled = pooled.map(|one| one * one).sum::<f64>() / drawn as f64;
    let variance: f64 = by_lot
        .iter()
        .map(|(whole, own)| {
            let count = own.len() as f64;
            let mean = own.iter().sum::<f64>() / count;
            let squares = own.iter().map(|one| (one - mean) * (one - mean));
            // A single target shows no spread of its own: that of all stands for it.
            let spread = match own.len() {
                1 => pooled,
                _ => squares.sum::<f64>() / (count - 1.0),
            };
            whole * (whole - count) * spread / count
        })
        .sum();
    let freedom = drawn.saturating_sub(by_lot.len()).max(1);
    student(freedom) * variance.sqrt()
}

/// Quantile of Student's t for 95 %; beyond the table by its expansion in the degrees of freedom.
fn student(freedom: usize) -> f64 {
    if let Some(quantile) = T.get(freedom - 1) {
        return *quantile;
    }
    let many = freedom as f64;
    let cube = Z * Z * Z;
    let fifth = cube * Z * Z;
    Z + (cube + Z) / (4.0 * many) + (5.0 * fifth + 16.0 * cube + 3.0 * Z) / (96.0 * many * many)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "estimate_tests.rs"]
mod tests;
