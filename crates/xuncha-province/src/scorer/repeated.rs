//! What this round says against the earlier ones: who failed again, who relapsed, who lost points for the same, who moved most, and the
//! means of those rounds.

use super::exact::Fraction;
use super::figure::Figure;
use super::figures::{Book, NO_PREVIOUS, mean};

/// Names of a list at most.
const NAMED: usize = 10;

impl Book<'_> {
    pub(super) fn repeated(&mut self) {
        let previous = &self.results.previous;
        let has_outcomes = previous.iter().any(|round| !round.outcomes.is_empty());
        let last = self.last_round();
        let has_deductions = last.is_some_and(|round| !round.deductions.is_empty());
        let has_scores = last.is_some_and(|round| !round.portal_scores.is_empty());
        let (mut again, mut standing, mut relapsed, mut same) = (0, 0, 0, 0);
        for (id, score) in self.scores {
            same += usize::from(self.loses_again(id));
            if score.outcome != "unqualified" {
                continue;
            }
            // Earlier outcomes that are known, the latest first: a round that did not draw it says nothing.
            let before: Vec<bool> = previous
                .iter()
                .rev()
                .filter_map(|round| match round.outcomes.get(id)?.as_str() {
                    "qualified" => Some(true),
                    "unqualified" => Some(false),
                    _ => None,
                })
                .collect();
            let failed = before.iter().take_while(|good| !**good).count();
            again += usize::from(failed >= 1);
            standing += usize::from(failed >= 2);
            relapsed += usize::from(failed == 0 && before.contains(&false));
        }
        for (name, is_known, count) in [
            ("repeat.unqualified", has_outcomes, again),
            ("repeat.unqualified_standing", has_outcomes, standing),
            ("repeat.relapsed", has_outcomes, relapsed),
            ("repeat.same_indicator", has_deductions, same),
        ] {
            let figure = match is_known {
                true => Figure::Count(count),
                false => Figure::Missing(NO_PREVIOUS),
            };
            self.figures.insert(name.to_owned(), figure);
        }
        for (name, sign) in [("up", 1), ("down", -1)] {
            let list = match has_scores {
                true => Figure::List(self.moved(sign)),
                false => Figure::Missing(NO_PREVIOUS),
            };
            self.figures
                .insert(format!("movement.portals_{name}"), list);
        }
        for round in &self.results.previous {
            let scores: Vec<Fraction> = round.portal_scores.values().copied().collect();
            if let Some(mean) = mean(&scores) {
                self.exact(&format!("trend.portal_mean.{}", round.id), Ok(mean), 2);
            }
        }
    }

    /// Whether a deduction indicator took points in this round and in the last one.
    fn loses_again(&self, id: &str) -> bool {
        let (Some(score), Some(before)) = (
            self.scores.get(id),
            self.last_round().and_then(|last| last.deductions.get(id)),
        ) else {
            return false;
        };
        let indicators = &self.results.round.set.indicators;
        score.outcome != "undetermined"
            && score.kept.iter().any(|&(index, kept)| {
                let indicator = &indicators[index];
                let took = before.get(&indicator.id).copied();
                kept < indicator.full() && took.is_some_and(|took| took > Fraction::ZERO)
            })
    }

    /// Names of the portals that moved most to one side.
    fn moved(&self, sign: i128) -> Vec<String> {
        let last = self.last_round().map(|last| &last.portal_scores);
        let mut moved: Vec<(Fraction, &str)> = self
            .scored_portals()
            .into_iter()
            .filter_map(|(id, _, score)| Some((score - *last?.get(id)?, id)))
            .map(|(change, id)| (Fraction::whole(sign) * change, id))
            .filter(|(change, _)| *change > Fraction::ZERO)
            .collect();
        moved.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let name = |id: &str| {
            let mut targets = self.results.targets.iter();
            let target = targets.find(|t| t.subject.target.id == id);
            target
                .map(|t| t.subject.target.name.clone())
                .unwrap_or_default()
        };
        moved
            .into_iter()
            .take(NAMED)
            .map(|(_, id)| name(id))
            .collect()
    }
}
