//! 抽样单元: the sample as an estimate sees it. Of each stratum what had to be taken stands alone (it speaks only for itself), and what
//! was drawn by lot speaks for all others of its stratum.

use std::collections::{BTreeMap, BTreeSet};

use super::StatsInput;
use crate::registry::TargetId;
use crate::score::ScoreSheet;

/// So much of a stratum as was taken in one way, with what was drawn of it.
pub(super) struct Cell<T> {
    /// Targets that it speaks for.
    pub whole: usize,
    /// Those drawn.
    pub drawn: Vec<T>,
}

impl<T> Cell<T> {
    /// All were taken: nothing is estimated.
    pub fn is_census(&self) -> bool {
        self.drawn.len() >= self.whole
    }

    /// None was drawn: nothing is known.
    pub fn is_uncovered(&self) -> bool {
        self.drawn.is_empty() && self.whole > 0
    }
}

/// What estimates are made of.
pub(super) type SheetCell<'a> = Cell<Option<&'a ScoreSheet>>;

/// The cells of all strata, by stratum. A drawn target without a score sheet is `None`, not left out.
pub(super) fn cells<'a>(input: &'a StatsInput<'_>) -> Vec<(&'a str, SheetCell<'a>)> {
    let sheets: BTreeMap<&TargetId, &ScoreSheet> = input
        .targets
        .iter()
        .map(|(subject, sheet)| (subject.target.id(), *sheet))
        .collect();
    let forced: BTreeSet<&TargetId> = input.sample.forced.iter().collect();
    let mut cells = Vec::new();
    for (stratum, targets) in &input.sample.frame {
        let (certain, by_lot): (Vec<&TargetId>, Vec<&TargetId>) =
            targets.iter().partition(|id| forced.contains(id));
        for part in [certain, by_lot] {
            let drawn = part
                .iter()
                .filter(|id| input.sample.drawn.contains_key(**id))
                .map(|id| sheets.get(*id).copied())
                .collect();
            let whole = part.len();
            if whole > 0 {
                cells.push((stratum.as_str(), Cell { whole, drawn }));
            }
        }
    }
    cells
}

/// Those of the strata that belong.
pub(super) fn of<'a, 'b>(
    cells: &'b [(&'a str, SheetCell<'a>)],
    belongs: impl Fn(&str) -> bool,
) -> Vec<&'b SheetCell<'a>> {
    let own = cells.iter().filter(|(stratum, _)| belongs(stratum));
    own.map(|(_, cell)| cell).collect()
}
