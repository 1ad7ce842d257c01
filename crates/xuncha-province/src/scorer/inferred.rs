//! What the sample says of all that run: the values of the stratified estimates, reckoned anew. The ends of their intervals are not: they
//! rest on roots and quantiles, so a second reckoning would only copy the first; the product's own tests hold them by simulated coverage.

use std::collections::BTreeSet;

use super::exact::Fraction;
use super::figures::{Book, UNKNOWN, in_group, percent};
use super::sheet::Score;

/// Fractions beyond this denominator are kept to nine decimals.
const LARGEST: i128 = 1_000_000_000_000;

/// Endings of the figures that are not reckoned here.
pub const ENDS: [&str; 4] = ["_low_percent", "_high_percent", "_low", "_high"];

/// So much of a stratum as was taken in one way.
struct Cell<'a> {
    whole: usize,
    drawn: Vec<Option<&'a Score>>,
}

impl<'a> Cell<'a> {
    fn known(&self) -> Vec<&'a Score> {
        let scores = self.drawn.iter().copied().flatten();
        scores.filter(|s| s.outcome != "undetermined").collect()
    }
}

fn kept(value: Fraction) -> Fraction {
    match value.bottom() > LARGEST {
        true => Fraction::decimal(&value.fixed(9)).unwrap_or(value),
        false => value,
    }
}

fn sum(terms: impl Iterator<Item = Fraction>) -> Fraction {
    terms.fold(Fraction::ZERO, |sum, term| kept(sum + kept(term)))
}

impl Book<'_> {
    /// Who had to be taken speaks for himself, who was drawn by lot for the others of his stratum.
    fn cells(&self, group: &str) -> Vec<Cell<'_>> {
        let forced: BTreeSet<&String> = self.results.sample.forced.iter().collect();
        let mut cells = Vec::new();
        let frame = &self.results.sample.frame;
        for (_, ids) in frame.iter().filter(|(stratum, _)| in_group(stratum, group)) {
            for is_forced in [true, false] {
                let part = ids.iter().filter(|id| forced.contains(id) == is_forced);
                let drawn = part
                    .clone()
                    .filter(|id| self.results.sample.drawn.contains_key(*id));
                let cell = Cell {
                    whole: part.clone().count(),
                    drawn: drawn.map(|id| self.scores.get(id)).collect(),
                };
                if cell.whole > 0 {
                    cells.push(cell);
                }
            }
        }
        cells
    }

    pub(super) fn inferred(&mut self) {
        for group in ["website", "portal", "department", "account"] {
            let share = self.inferred_share(group).map(percent).ok_or(UNKNOWN);
            self.exact(&format!("estimate.{group}_pass_rate_percent"), share, 1);
        }
        let formula = self.results.round.set.formula.as_ref();
        let scored = formula.map(|f| f.scored.clone()).unwrap_or_default();
        for class in ["portal", "department"] {
            if scored.iter().any(|one| one == class) {
                let mean = self.inferred_mean(class).ok_or(UNKNOWN);
                self.exact(&format!("estimate.{class}_mean_deduction_score"), mean, 2);
            }
        }
    }

    fn inferred_share(&self, group: &str) -> Option<Fraction> {
        let known: Vec<(usize, usize, usize)> = self
            .cells(group)
            .iter()
            .map(|cell| {
                let known = cell.known();
                let good = known.iter().filter(|s| s.outcome == "qualified").count();
                (cell.whole, good, known.len())
            })
            .filter(|(_, _, known)| *known > 0)
            .collect();
        let whole: usize = known.iter().map(|(whole, ..)| whole).sum();
        let good = known
            .iter()
            .map(|(whole, good, of)| Fraction::new((whole * good) as i128, *of as i128));
        (whole > 0).then(|| sum(good) / Fraction::count(whole))
    }

    fn inferred_mean(&self, class: &str) -> Option<Fraction> {
        let (mut points, mut sizes) = (Vec::new(), Vec::new());
        for cell in self.cells(class) {
            let known = cell.known();
            let scores: Vec<Fraction> = known
                .iter()
                .filter_map(|s| Fraction::decimal(&s.deduct?.fixed(2)))
                .collect();
            if known.is_empty() {
                continue;
            }
            let weight = Fraction::new(cell.whole as i128, known.len() as i128);
            sizes.push(weight * Fraction::count(scores.len()));
            points.push(weight * scores.into_iter().sum::<Fraction>());
        }
        let size = sum(sizes.into_iter());
        (size > Fraction::ZERO).then(|| sum(points.into_iter()) / size)
    }
}
