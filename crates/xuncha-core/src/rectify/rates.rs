//! 整改率与复发率: how much of what a round found was put right, and how much of what was right came back.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Fact, FactKind, Rectification, RectifyState, held};
use crate::points::Exact;
use crate::registry::TargetId;

/// 轮次整改情况. Counts of one round, from dated facts alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundRates {
    /// Problems that the round found, those withdrawn since left out.
    pub found: usize,
    /// Of these, put right since: rechecked as fixed before any later round found them again.
    pub fixed: usize,
    /// Of those fixed, reported by the unit in time.
    pub in_time: usize,
    /// Problems of the round that are over their term today.
    pub overdue: usize,
    /// Problems that had been closed when the round began, of targets that it looked at.
    pub were_closed: usize,
    /// Of these, found again by the round.
    pub relapsed: usize,
}

impl RoundRates {
    /// 整改率. Percent of the problems found; `None` where none was found.
    pub fn fix_rate(&self) -> Option<Exact> {
        Exact::percent(self.fixed as i128, self.found as i128)
    }

    /// 复发率. Percent of what had been closed; `None` where nothing had been.
    pub fn relapse_rate(&self) -> Option<Exact> {
        Exact::percent(self.relapsed as i128, self.were_closed as i128)
    }
}

/// The counts of a round as they stand on `today`. `looked_at` are the targets of the round: what it did not look at could not relapse.
pub fn rates(
    cases: &[Rectification],
    round: &str,
    looked_at: &BTreeSet<TargetId>,
    today: Date,
) -> RoundRates {
    let cases: &[Rectification] = &cases.iter().map(of_held).collect::<Vec<_>>();
    let mut rates = RoundRates::default();
    for case in cases {
        let known: Vec<&Fact> = case.facts.iter().filter(|fact| fact.on <= today).collect();
        let found = known.iter().position(|fact| is_found_by(fact, round));
        let Some(at) = found else {
            continue;
        };
        add(&mut rates, case, &known, at, today);
    }
    let began = began(cases, round);
    for case in cases.iter().filter(|_| began.is_some()) {
        if looked_at.contains(&case.problem.target) && was_closed_before(case, round, began) {
            rates.were_closed += 1;
        }
    }
    rates
}

/// The counts of a round after one of its cases changed: what a whole reckoning on that day would give, without reading the others.
pub fn moved(
    own: &RoundRates,
    round: &str,
    (before, after): (&Rectification, &Rectification),
    today: Date,
) -> RoundRates {
    // What had been closed when the round began does not change any more.
    let nothing = BTreeSet::new();
    let of = |case| rates(std::slice::from_ref(case), round, &nothing, today);
    let (was, is) = (of(before), of(after));
    let moved = |own: usize, was: usize, is: usize| (own + is).saturating_sub(was);
    RoundRates {
        found: moved(own.found, was.found, is.found),
        fixed: moved(own.fixed, was.fixed, is.fixed),
        in_time: moved(own.in_time, was.in_time, is.in_time),
        overdue: moved(own.overdue, was.overdue, is.overdue),
        were_closed: own.were_closed,
        relapsed: moved(own.relapsed, was.relapsed, is.relapsed),
    }
}

/// The case with the facts that hold only.
fn of_held(case: &Rectification) -> Rectification {
    Rectification {
        problem: case.problem.clone(),
        detail: String::new(),
        facts: held(case.facts.iter()).into_iter().cloned().collect(),
    }
}

fn add(rates: &mut RoundRates, case: &Rectification, known: &[&Fact], at: usize, today: Date) {
    let progress = case.progress(today);
    if state_before(case, at) == RectifyState::Closed {
        rates.relapsed += 1;
    }
    let later = &known[at + 1..];
    let is_again = |fact: &&&Fact| matches!(fact.kind, FactKind::Found { .. });
    let mine = match later.iter().position(|fact| is_again(&fact)) {
        Some(end) => &later[..end],
        None => later,
    };
    let is_withdrawn = |fact: &&Fact| matches!(fact.kind, FactKind::Withdrawn { .. });
    if mine.iter().any(is_withdrawn) {
        return;
    }
    rates.found += 1;
    let fixed = mine
        .iter()
        .position(|fact| matches!(fact.kind, FactKind::Rechecked { is_fixed: true, .. }));
    match fixed {
        Some(end) => {
            rates.fixed += 1;
            rates.in_time += usize::from(is_in_time(&mine[..end]));
        }
        None if progress.state == RectifyState::Overdue => rates.overdue += 1,
        None => {}
    }
}

/// Whether a reply stands there that was not late.
fn is_in_time(facts: &[&Fact]) -> bool {
    let mut deadline = None;
    let mut is_in_time = false;
    for fact in facts {
        match &fact.kind {
            FactKind::Notified { deadline: last } => deadline = Some(*last),
            FactKind::Replied { .. } => is_in_time = deadline.is_none_or(|last| fact.on <= last),
            _ => {}
        }
    }
    is_in_time
}

fn is_found_by(fact: &Fact, round: &str) -> bool {
    matches!(&fact.kind, FactKind::Found { round: own } if own == round)
}

/// The day on which the round's findings became cases.
fn began(cases: &[Rectification], round: &str) -> Option<Date> {
    let of_round = cases.iter().flat_map(|case| &case.facts);
    of_round
        .filter(|fact| is_found_by(fact, round))
        .map(|fact| fact.on)
        .min()
}

fn was_closed_before(case: &Rectification, round: &str, began: Option<Date>) -> bool {
    let at = case.facts.iter().position(|fact| is_found_by(fact, round));
    let by_day = |fact: &&Fact| began.is_some_and(|day| fact.on <= day) && !is_of(fact, round);
    let end = at.unwrap_or_else(|| case.facts.iter().take_while(by_day).count());
    state_before(case, end) == RectifyState::Closed
}

/// Whether a fact was written by the round itself.
fn is_of(fact: &Fact, round: &str) -> bool {
    match &fact.kind {
        FactKind::Found { round: own } => own == round,
        FactKind::Rechecked { by, .. } => by == round,
        _ => false,
    }
}

/// The state that the first so many facts lead to, whatever the day.
fn state_before(case: &Rectification, count: usize) -> RectifyState {
    let before = Rectification {
        facts: case.facts[..count].to_vec(),
        ..case.clone()
    };
    match before.facts.last() {
        Some(last) => before.progress(last.on).state,
        None => RectifyState::Found,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::super::ProblemId;
    use super::*;

    fn found(round: &str) -> FactKind {
        FactKind::Found {
            round: round.to_owned(),
        }
    }

    fn told(deadline: Date) -> FactKind {
        FactKind::Notified { deadline }
    }

    fn replied() -> FactKind {
        FactKind::Replied {
            files_sha256: Vec::new(),
            note: String::new(),
            same_kind: None,
        }
    }

    fn fixed(by: &str) -> FactKind {
        FactKind::Rechecked {
            is_fixed: true,
            by: by.to_owned(),
            note: String::new(),
        }
    }

    fn case(target: &str, facts: &[(i8, FactKind)]) -> Rectification {
        Rectification {
            problem: ProblemId {
                target: target.into(),
                check: "broken_links".to_owned(),
                key: "u".to_owned(),
            },
            detail: String::new(),
            facts: facts
                .iter()
                .map(|(month, kind)| Fact {
                    on: date(2026, *month, 20),
                    kind: kind.clone(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_change_of_one_case_moves_the_counts_as_a_whole_reckoning_would() {
        let (april, today) = (date(2026, 4, 30), date(2026, 6, 30));
        let undone = FactKind::Undone {
            reason: "看错了".to_owned(),
        };
        let facts = [
            (3, found("Q1")),
            (4, told(april)),
            (4, replied()),
            (5, fixed("张三")),
            (5, undone),
            (6, fixed("李四")),
        ];
        let other = case("2", &[(3, found("Q1")), (4, told(april))]);
        let all = |count: usize| [case("1", &facts[..count]), other.clone()];
        let whole = |count| rates(&all(count), "Q1", &BTreeSet::new(), today);
        let fixed: Vec<usize> = (1..=facts.len()).map(|count| whole(count).fixed).collect();
        assert_eq!(fixed, [0, 0, 0, 1, 0, 1]);
        for count in 1..facts.len() {
            let (before, after) = (&all(count)[0], &all(count + 1)[0]);
            let moved = moved(&whole(count), "Q1", (before, after), today);
            assert_eq!(moved, whole(count + 1), "{count}");
        }
    }

    #[test]
    fn a_round_is_measured_by_what_became_of_its_problems() {
        let april = date(2026, 4, 30);
        let withdrawn = FactKind::Withdrawn {
            reason: "申诉成立".to_owned(),
        };
        let cases = [
            // Fixed in time, and back in the second quarter.
            case(
                "1",
                &[
                    (3, found("Q1")),
                    (4, told(april)),
                    (4, replied()),
                    (5, fixed("张三")),
                    (6, found("Q2")),
                ],
            ),
            // Fixed late.
            case(
                "2",
                &[
                    (3, found("Q1")),
                    (4, told(april)),
                    (5, replied()),
                    (5, fixed("张三")),
                ],
            ),
            // Fixed, seen by the next round, which found nothing.
            case("3", &[(3, found("Q1")), (4, told(april)), (6, fixed("Q2"))]),
            case("4", &[(3, found("Q1")), (4, told(april))]),
            case("5", &[(3, found("Q1")), (4, withdrawn)]),
            case("6", &[(6, found("Q2"))]),
        ];
        let all: BTreeSet<TargetId> = ["1", "2", "3", "4", "5", "6"].map(TargetId::from).into();
        let today = date(2026, 7, 1);
        let first = rates(&cases, "Q1", &all, today);
        let expected = RoundRates {
            found: 4,
            fixed: 3,
            in_time: 1,
            overdue: 1,
            were_closed: 0,
            relapsed: 0,
        };
        assert_eq!(first, expected);
        assert_eq!(first.fix_rate().unwrap().short(1), "75");
        assert_eq!(first.relapse_rate(), None);
        let second = rates(&cases, "Q2", &all, today);
        assert_eq!((second.found, second.fixed), (2, 0));
        assert_eq!(
            (second.were_closed, second.relapsed),
            (2, 1),
            "1 came back, 2 did not"
        );
        assert_eq!(second.relapse_rate().unwrap().short(1), "50");
        let narrow: BTreeSet<TargetId> = ["1"].map(TargetId::from).into();
        assert_eq!(rates(&cases, "Q2", &narrow, today).were_closed, 1);
        assert_eq!(rates(&cases, "Q9", &all, today), RoundRates::default());
    }
}
