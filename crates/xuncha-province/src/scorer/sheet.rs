//! The score of one target: vetoes first, then deductions, then bonus items.

use super::count::{Tally, tally};
use super::exact::Fraction;
use super::read::{Formula, Indicator, Set, Target};

/// 评分表: what one target comes to.
#[derive(Debug)]
pub struct Score {
    /// `qualified`, `unqualified` or `undetermined`.
    pub outcome: &'static str,
    /// The deduction score, exact; `None` for a vetoed target or a class without points.
    pub deduct: Option<Fraction>,
    /// The same with all that is open counted too.
    pub deduct_low: Option<Fraction>,
    /// Deduction score and bonus.
    pub last: Option<Fraction>,
    /// Points taken by deduction indicators that apply and are measured: index into the set, points kept.
    pub kept: Vec<(usize, Fraction)>,
}

/// What one indicator takes: counted, and with all that is open.
struct Taken {
    amount: Fraction,
    low: Fraction,
}

/// Reckons one target under the set.
pub fn score(set: &Set, target: &Target) -> Score {
    let class = target.subject.target.class();
    let of_class = set.formula.as_ref().map(|f| f.of(class));
    let formula = of_class
        .as_ref()
        .filter(|f| f.scored.iter().any(|c| c == class));
    let (vetoed, may_veto) = vetoes(set, target, class);
    if vetoed {
        let last = of_class.as_ref().and_then(|f| f.vetoed_score);
        return Score {
            outcome: "unqualified",
            deduct: None,
            deduct_low: None,
            last,
            kept: Vec::new(),
        };
    }
    let Some(formula) = formula else {
        let outcome = if may_veto {
            "undetermined"
        } else {
            "qualified"
        };
        return Score {
            outcome,
            deduct: None,
            deduct_low: None,
            last: None,
            kept: Vec::new(),
        };
    };
    let (deduct, low, kept) = deductions(set, formula, target, class);
    let outcome = if deduct < formula.fail_below {
        "unqualified"
    } else if may_veto || low < formula.fail_below {
        "undetermined"
    } else {
        "qualified"
    };
    let bonus = if deduct > formula.bonus_above {
        bonus(set, target, class)
    } else {
        Fraction::ZERO
    };
    Score {
        outcome,
        deduct: Some(deduct),
        deduct_low: Some(low),
        last: Some(deduct + bonus),
        kept,
    }
}

fn applying<'a>(
    set: &'a Set,
    kind: &'a str,
    class: &'a str,
) -> impl Iterator<Item = (usize, &'a Indicator)> {
    set.indicators
        .iter()
        .enumerate()
        .filter(move |(_, i)| i.kind == kind && i.applies_to.iter().any(|c| c == class))
}

/// Whether some veto holds, and whether some could.
fn vetoes(set: &Set, target: &Target, class: &str) -> (bool, bool) {
    let (mut holds, mut may) = (false, false);
    for (_, indicator) in applying(set, "veto", class) {
        let tally = tally(&set.id, indicator, target);
        may |= tally.unmeasured;
        for rule in &indicator.rules {
            let needed = rule.at_least.unwrap_or(1);
            let counted = tally.counted_of(&rule.cases);
            holds |= counted >= needed;
            may |= counted + tally.open_of(&rule.cases) >= needed;
        }
    }
    (holds, may)
}

/// The deduction score, its low end, and what each applying and measured indicator kept.
fn deductions(
    set: &Set,
    formula: &Formula,
    target: &Target,
    class: &str,
) -> (Fraction, Fraction, Vec<(usize, Fraction)>) {
    let skipped = formula
        .no_service_group
        .as_deref()
        .filter(|_| class == "department" && target.subject.target.no_services);
    let (mut base, mut amount, mut low) = (formula.deduct_total, Fraction::ZERO, Fraction::ZERO);
    let mut kept = Vec::new();
    for (index, indicator) in applying(set, "deduct", class) {
        if skipped == Some(indicator.level1.as_str()) {
            base = base - indicator.full();
            continue;
        }
        let tally = tally(&set.id, indicator, target);
        if tally.not_applicable {
            continue;
        }
        let taken = taken(indicator, &tally, formula);
        amount = amount + taken.amount;
        low = low + taken.low;
        if !tally.unmeasured {
            kept.push((index, (indicator.full() - taken.amount).max(Fraction::ZERO)));
        }
    }
    let stretch = |taken: Fraction| {
        let left = (base - taken).max(Fraction::ZERO);
        if base == Fraction::ZERO {
            left
        } else {
            left * formula.deduct_total / base
        }
    };
    (stretch(amount), stretch(low), kept)
}

fn taken(indicator: &Indicator, tally: &Tally, formula: &Formula) -> Taken {
    let capped = formula.cap_per_indicator;
    let amount = cost(indicator, capped, |cases| tally.counted_of(cases));
    let mut low = cost(indicator, capped, |cases| {
        tally.counted_of(cases) + tally.open_of(cases)
    });
    if tally.unmeasured {
        low = low.max(if capped {
            indicator.full()
        } else {
            formula.deduct_total
        });
    }
    Taken { amount, low }
}

/// What the rules take for so many occurrences.
fn cost(indicator: &Indicator, capped: bool, times: impl Fn(&[String]) -> u64) -> Fraction {
    let one = |points: Option<Fraction>| points.unwrap_or(Fraction::ZERO);
    let mut sum = Fraction::ZERO;
    for rule in &indicator.rules {
        let n = times(&rule.cases);
        if n == 0 {
            continue;
        }
        sum = sum
            + match rule.kind.as_deref() {
                Some("all") => indicator.full(),
                Some("each") => one(rule.points) * Fraction::whole(i128::from(n)),
                _ => one(rule.points),
            };
    }
    if capped {
        sum.min(indicator.full())
    } else {
        sum
    }
}

/// Bonus points: what was counted, each indicator at most its points.
fn bonus(set: &Set, target: &Target, class: &str) -> Fraction {
    applying(set, "bonus", class)
        .map(|(_, indicator)| {
            let tally = tally(&set.id, indicator, target);
            cost(indicator, true, |cases| tally.counted_of(cases))
        })
        .sum()
}
