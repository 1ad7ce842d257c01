//! The figures of the notice, reckoned from scores, frame and earlier rounds.

use std::collections::{BTreeMap, BTreeSet};

use super::exact::Fraction;
use super::figure::Figure;
use super::read::{Previous, Results};
use super::sheet::Score;

pub(super) const NO_PREVIOUS: &str = "缺上期数据";
pub(super) const UNKNOWN: &str = "无法判定";
const WEAKEST: usize = 10;

/// 账本: all figures by name.
pub type Figures = BTreeMap<String, Figure>;

/// A value now, then, or why there is none.
type Known = Result<Fraction, &'static str>;

/// Everything the figures are reckoned from.
pub struct Book<'a> {
    pub(super) results: &'a Results,
    pub(super) scores: &'a BTreeMap<String, Score>,
    line: Option<Fraction>,
    pub(super) figures: Figures,
}

/// Reckons all figures.
pub fn figures(results: &Results, scores: &BTreeMap<String, Score>) -> Figures {
    let formula = results.round.set.formula.as_ref();
    let line = formula.map(|f| f.of("portal").bonus_above);
    let mut book = Book {
        results,
        scores,
        line,
        figures: BTreeMap::new(),
    };
    book.registry_and_sample();
    book.outcomes();
    book.pass_rates();
    book.means();
    book.above_the_line();
    book.indices();
    book.coverage();
    book.inferred();
    book.repeated();
    book.figures
}

/// True when the stratum belongs to the group of figures.
pub(super) fn in_group(stratum: &str, group: &str) -> bool {
    match group {
        "website" => !stratum.starts_with("account/"),
        "portal" => stratum.starts_with("portal/"),
        "department" => stratum == "department",
        _ => stratum.starts_with("account/"),
    }
}

pub(super) fn percent(value: Fraction) -> Fraction {
    value * Fraction::whole(100)
}

/// The change of a value as both are printed, so that whoever subtracts gets it; what is missing now is said before what was missing
/// then.
fn change(now: Known, then: Known, places: usize) -> Known {
    let printed = |value: Fraction| Fraction::decimal(&value.fixed(places)).unwrap_or(value);
    Ok(printed(now?) - printed(then?))
}

impl Book<'_> {
    fn count(&mut self, name: &str, count: usize) {
        self.figures.insert(name.to_owned(), Figure::Count(count));
    }

    pub(super) fn exact(&mut self, name: &str, value: Known, places: usize) {
        let figure = value.map_or_else(Figure::Missing, |value| Figure::Exact(value, places));
        self.figures.insert(name.to_owned(), figure);
    }

    /// Targets of the frame in this group.
    fn running(&self, group: &str) -> BTreeSet<&str> {
        let strata = self
            .results
            .sample
            .frame
            .iter()
            .filter(|(stratum, _)| in_group(stratum, group));
        strata
            .flat_map(|(_, ids)| ids.iter().map(String::as_str))
            .collect()
    }

    /// Drawn targets of this group.
    fn drawn(&self, group: &str) -> Vec<&str> {
        let drawn = self
            .results
            .sample
            .drawn
            .iter()
            .filter(|(_, stratum)| in_group(stratum, group));
        drawn.map(|(id, _)| id.as_str()).collect()
    }

    pub(super) fn last_round(&self) -> Option<&Previous> {
        self.results.previous.last()
    }

    fn registry_and_sample(&mut self) {
        for (name, group) in [
            ("registry.websites_running", "website"),
            ("registry.portals_running", "portal"),
            ("registry.accounts_running", "account"),
        ] {
            self.count(name, self.running(group).len());
        }
        for stratum in [
            "portal/province",
            "portal/city",
            "portal/county",
            "department",
        ] {
            let size = self.results.sample.frame.get(stratum).map_or(0, Vec::len);
            self.count(&format!("registry.{}", stratum.replace('/', "_")), size);
        }
        for group in ["website", "portal", "department", "account"] {
            let (drawn, running) = (self.drawn(group).len(), self.running(group).len());
            self.count(&format!("sample.{group}s"), drawn);
            let ratio = Fraction::share(drawn, running).map(percent).ok_or(UNKNOWN);
            self.exact(&format!("sample.{group}_ratio_percent"), ratio, 1);
        }
    }

    fn outcome_count(&self, group: &str, outcome: &str) -> usize {
        let of = |id: &&str| self.scores.get(*id).map_or("undetermined", |s| s.outcome);
        self.drawn(group)
            .iter()
            .filter(|id| of(id) == outcome)
            .count()
    }

    fn outcomes(&mut self) {
        for group in ["website", "portal", "department", "account"] {
            for outcome in ["qualified", "unqualified", "undetermined"] {
                self.count(
                    &format!("outcome.{group}s_{outcome}"),
                    self.outcome_count(group, outcome),
                );
            }
        }
    }

    fn pass_rate(&self, group: &str) -> Known {
        let (good, bad) = (
            self.outcome_count(group, "qualified"),
            self.outcome_count(group, "unqualified"),
        );
        Fraction::share(good, good + bad)
            .map(percent)
            .ok_or(UNKNOWN)
    }

    /// The last round's rate: as given, else from its outcomes.
    fn last_pass_rate(&self, group: &str) -> Known {
        let last = self.last_round().ok_or(NO_PREVIOUS)?;
        let given = if group == "account" {
            last.account_pass_rate
        } else {
            last.website_pass_rate
        };
        if let Some(given) = given {
            return Ok(given);
        }
        let of_group = |id: &str| self.is_website(id) == (group == "website");
        let outcomes = last.outcomes.iter().filter(|(id, _)| of_group(id));
        let outcomes: Vec<&str> = outcomes.map(|(_, o)| o.as_str()).collect();
        let count = |word: &str| outcomes.iter().filter(|o| **o == word).count();
        let (good, bad) = (count("qualified"), count("unqualified"));
        Fraction::share(good, good + bad)
            .map(percent)
            .ok_or(NO_PREVIOUS)
    }

    /// A target that no longer runs is told by its number: ten digits, or `bm` and eight, are a website's.
    fn is_website(&self, id: &str) -> bool {
        if self.running("account").contains(id) {
            return false;
        }
        let digits = id
            .strip_prefix("bm")
            .filter(|rest| rest.len() == 8)
            .unwrap_or(id);
        let coded = id.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
        coded || self.running("website").contains(id)
    }

    fn pass_rates(&mut self) {
        for group in ["website", "portal", "department", "account"] {
            self.exact(
                &format!("outcome.{group}_pass_rate_percent"),
                self.pass_rate(group),
                1,
            );
        }
        for group in ["website", "account"] {
            let points = change(self.pass_rate(group), self.last_pass_rate(group), 1);
            self.exact(
                &format!("outcome.{group}_pass_rate_change_percent_points"),
                points,
                1,
            );
        }
    }

    /// Portals that count in the mean, with their scores.
    pub(super) fn scored_portals(&self) -> Vec<(&str, &Score, Fraction)> {
        let scored = self.drawn("portal").into_iter().filter_map(|id| {
            let score = self
                .scores
                .get(id)
                .filter(|s| s.outcome != "undetermined")?;
            Some((id, score, score.deduct?))
        });
        scored.collect()
    }

    fn means(&mut self) {
        let scores: Vec<Fraction> = self.scored_portals().iter().map(|p| p.2).collect();
        let now = mean(&scores).ok_or(UNKNOWN);
        let last: Vec<Fraction> = self
            .last_round()
            .map(|r| r.portal_scores.values().copied().collect())
            .unwrap_or_default();
        let then = mean(&last).ok_or(NO_PREVIOUS);
        self.count("outcome.portal_mean_count", scores.len());
        self.exact("outcome.portal_mean_deduction_score", now, 2);
        self.exact("outcome.previous_portal_mean_deduction_score", then, 2);
        self.exact("outcome.portal_mean_change_points", change(now, then, 2), 2);
    }

    fn is_above(&self, score: Fraction) -> bool {
        self.line.is_some_and(|line| score > line)
    }

    fn above_the_line(&mut self) {
        let above = self
            .scored_portals()
            .iter()
            .filter(|p| self.is_above(p.2))
            .count();
        let now = Fraction::share(above, self.drawn("portal").len())
            .map(percent)
            .ok_or(UNKNOWN);
        self.count("outcome.portals_above_80", above);
        self.exact("outcome.portals_above_80_percent", now, 0);
        let then = match self.last_above() {
            Some((above, all)) => {
                self.count("outcome.previous_portals_above_80", above);
                Fraction::share(above, all).map(percent).ok_or(NO_PREVIOUS)
            }
            None => {
                self.figures.insert(
                    "outcome.previous_portals_above_80".into(),
                    Figure::Missing(NO_PREVIOUS),
                );
                Err(NO_PREVIOUS)
            }
        };
        self.exact("outcome.previous_portals_above_80_percent", then, 0);
        self.exact(
            "outcome.portals_above_80_change_percent_points",
            change(now, then, 0),
            0,
        );
        let cities = self
            .steady_cities()
            .map_or(Figure::Missing(NO_PREVIOUS), Figure::List);
        self.figures
            .insert("outcome.above_80_four_quarters_cities".into(), cities);
    }

    /// Of the last round: portals above the line, and of how many.
    fn last_above(&self) -> Option<(usize, usize)> {
        let last = self.last_round().filter(|r| !r.portal_scores.is_empty())?;
        let above = last
            .portal_scores
            .values()
            .filter(|s| self.is_above(**s))
            .count();
        let portals = self.running("portal");
        let all = if last.outcomes.is_empty() {
            last.portal_scores.len()
        } else {
            last.outcomes
                .keys()
                .filter(|id| portals.contains(id.as_str()))
                .count()
        };
        Some((above, all))
    }

    /// Cities above the line in this and each of the last three rounds; `None` where the scores of one are unknown.
    fn steady_cities(&self) -> Option<Vec<String>> {
        let rounds = self.results.previous.len();
        let earlier = &self.results.previous[rounds.checked_sub(3)?..];
        if earlier.iter().any(|round| round.portal_scores.is_empty()) {
            return None;
        }
        let steady = |id: &str| {
            earlier
                .iter()
                .all(|r| r.portal_scores.get(id).is_some_and(|s| self.is_above(*s)))
        };
        let city = |id: &str| {
            self.results
                .sample
                .drawn
                .get(id)
                .is_some_and(|s| s == "portal/city")
        };
        let portals = self.scored_portals();
        let kept = portals
            .iter()
            .filter(|p| city(p.0) && self.is_above(p.2) && steady(p.0));
        Some(kept.map(|p| self.region(p.0)).collect())
    }

    fn region(&self, id: &str) -> String {
        let target = self
            .results
            .targets
            .iter()
            .find(|t| t.subject.target.id == id);
        target
            .map(|t| t.subject.region_name.clone())
            .unwrap_or_default()
    }

    fn indices(&mut self) {
        let last = self.last_round();
        let (one, two) = last
            .map(|r| (r.index_level1.clone(), r.index_level2.clone()))
            .unwrap_or_default();
        for (level, then) in [(1, one), (2, two)] {
            for name in self.names(level) {
                let now = self.index(level, &name).ok_or(UNKNOWN);
                let before = then.get(&name).copied().ok_or(NO_PREVIOUS);
                self.exact(&format!("index_level{level}.{name}.now"), now, 2);
                self.exact(&format!("index_level{level}.{name}.previous"), before, 2);
                self.exact(
                    &format!("index_level{level}.{name}.change"),
                    change(now, before, 2),
                    2,
                );
            }
        }
        let weakest = self.weakest();
        self.count("index_level2_weak.count", weakest.len());
        self.figures
            .insert("index_level2_weak".into(), Figure::List(weakest));
    }

    /// Names of a level among the deduction indicators, in order of the set.
    fn names(&self, level: u8) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for indicator in self
            .results
            .round
            .set
            .indicators
            .iter()
            .filter(|i| i.kind == "deduct")
        {
            let name = if level == 1 {
                &indicator.level1
            } else {
                &indicator.level2
            };
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Points kept by full points, over the portals of the mean.
    fn index(&self, level: u8, name: &str) -> Option<Fraction> {
        let indicators = &self.results.round.set.indicators;
        let (mut kept, mut full) = (Fraction::ZERO, Fraction::ZERO);
        for (_, score, _) in self.scored_portals() {
            for &(index, points) in &score.kept {
                let indicator = &indicators[index];
                if name
                    == if level == 1 {
                        &indicator.level1
                    } else {
                        &indicator.level2
                    }
                {
                    kept = kept + points;
                    full = full + indicator.full();
                }
            }
        }
        (full > Fraction::ZERO).then(|| kept / full)
    }

    fn weakest(&self) -> Vec<String> {
        let mut rows: Vec<(Fraction, usize, String)> = self
            .names(2)
            .into_iter()
            .enumerate()
            .filter_map(|(place, name)| Some((self.index(2, &name)?, place, name)))
            .collect();
        rows.sort();
        rows.into_iter().take(WEAKEST).map(|row| row.2).collect()
    }

    fn coverage(&mut self) {
        for group in ["website", "account"] {
            let running = self.running(group);
            let mut seen: BTreeSet<&str> = self.drawn(group).into_iter().collect();
            seen.extend(
                self.results
                    .previous
                    .iter()
                    .flat_map(|r| r.outcomes.keys().map(String::as_str)),
            );
            let covered = running.iter().filter(|id| seen.contains(*id)).count();
            let share = Fraction::share(covered, running.len())
                .map(percent)
                .ok_or(UNKNOWN);
            self.exact(&format!("coverage.{group}s_percent"), share, 1);
        }
    }
}

pub(super) fn mean(scores: &[Fraction]) -> Option<Fraction> {
    let count = Fraction::count(scores.len());
    (!scores.is_empty()).then(|| scores.iter().copied().sum::<Fraction>() / count)
}
