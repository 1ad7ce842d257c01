use jiff::civil::date;

use super::*;
use crate::indicator::{DeductKind, IndicatorKind};
use crate::round::{Coverage, Round, Sample};
use crate::testing::{
    doubt, fail, finding, formula, indicator, judgement, pass, portal, rule, set,
};

fn day(month: i8, day: i8) -> Date {
    date(2026, month, day)
}

fn problem() -> ProblemId {
    ProblemId {
        target: "1".into(),
        check: "broken_links".to_owned(),
        key: "u".to_owned(),
    }
}

fn found() -> Rectification {
    Rectification::found(problem(), "首页链接打不开".to_owned(), "2026Q1", day(3, 20))
}

fn notified() -> FactKind {
    FactKind::Notified {
        deadline: day(4, 30),
    }
}

fn replied() -> FactKind {
    FactKind::Replied {
        files_sha256: Vec::new(),
        note: "已整改".to_owned(),
        same_kind: None,
    }
}

fn rechecked(is_fixed: bool) -> FactKind {
    FactKind::Rechecked {
        is_fixed,
        by: "张三".to_owned(),
        note: String::new(),
    }
}

fn after(facts: &[(Date, FactKind)]) -> Rectification {
    let mut own = found();
    for (on, kind) in facts {
        own.add(Fact {
            on: *on,
            kind: kind.clone(),
        })
        .unwrap();
    }
    own
}

fn state(own: &Rectification, on: Date) -> RectifyState {
    own.progress(on).state
}

#[test]
fn a_problem_goes_from_found_to_closed() {
    let own = after(&[
        (day(4, 2), notified()),
        (day(4, 20), replied()),
        (day(5, 6), rechecked(true)),
    ]);
    for (on, expected) in [
        (day(4, 1), RectifyState::Found),
        (day(4, 2), RectifyState::Notified),
        (day(4, 20), RectifyState::Replied),
        (day(5, 5), RectifyState::Replied),
        (day(5, 6), RectifyState::Closed),
    ] {
        assert_eq!(state(&own, on), expected, "{on}");
    }
    assert_eq!(own.progress(day(5, 7)).since, Some(day(5, 6)));
}

#[test]
fn the_deadline_day_itself_is_in_time() {
    let own = after(&[(day(4, 2), notified())]);
    assert_eq!(state(&own, day(4, 30)), RectifyState::Notified);
    let late = own.progress(day(5, 1));
    assert_eq!(
        (late.state, late.since),
        (RectifyState::Overdue, Some(day(5, 1)))
    );
    let answered = after(&[(day(4, 2), notified()), (day(5, 3), replied())]);
    assert!(answered.progress(day(5, 3)).is_late);
    let extended = after(&[
        (day(4, 2), notified()),
        (
            day(4, 28),
            FactKind::Notified {
                deadline: day(5, 15),
            },
        ),
    ]);
    assert_eq!(state(&extended, day(5, 10)), RectifyState::Notified);
}

#[test]
fn a_recheck_that_fails_opens_it_again() {
    let own = after(&[
        (day(4, 2), notified()),
        (day(4, 20), replied()),
        (day(4, 25), rechecked(false)),
    ]);
    assert_eq!(state(&own, day(4, 26)), RectifyState::Notified);
    assert_eq!(state(&own, day(5, 1)), RectifyState::Overdue);
}

#[test]
fn found_again_after_closing_is_a_relapse() {
    let again = FactKind::Found {
        round: "2026Q2".to_owned(),
    };
    let own = after(&[
        (day(4, 2), notified()),
        (day(4, 20), replied()),
        (day(4, 25), rechecked(true)),
        (day(6, 20), again),
    ]);
    let relapsed = own.progress(day(7, 1));
    assert_eq!(
        (relapsed.state, relapsed.relapses, relapsed.deadline),
        (RectifyState::Relapsed, 1, None)
    );
    let next = FactKind::Notified {
        deadline: day(7, 31),
    };
    let mut told = own;
    told.add(Fact {
        on: day(7, 2),
        kind: next,
    })
    .unwrap();
    assert_eq!(state(&told, day(7, 3)), RectifyState::Notified);
}

#[test]
fn facts_that_cannot_follow_are_refused() {
    let mut own = found();
    let reply = Fact {
        on: day(3, 25),
        kind: replied(),
    };
    assert!(matches!(
        own.add(reply),
        Err(RectifyError::NotNow {
            state: RectifyState::Found,
            ..
        })
    ));
    let early = Fact {
        on: day(3, 1),
        kind: notified(),
    };
    assert!(matches!(own.add(early), Err(RectifyError::Earlier { .. })));
    let backwards = Fact {
        on: day(4, 2),
        kind: FactKind::Notified {
            deadline: day(4, 1),
        },
    };
    assert_eq!(own.add(backwards), Err(RectifyError::Deadline(day(4, 1))));
    let mut closed = after(&[(day(4, 2), notified()), (day(4, 3), rechecked(true))]);
    let again = Fact {
        on: day(4, 4),
        kind: rechecked(false),
    };
    assert!(closed.add(again).is_err());
    assert_eq!(closed.facts.len(), 3);
}

#[test]
fn deadlines_in_working_days_need_the_calendar() {
    let calendar = Calendar::national().unwrap();
    assert_eq!(deadline_after(&calendar, day(4, 30), 3), Ok(day(5, 8)));
    assert!(deadline_after(&calendar, day(12, 31), 3).is_err());
}

fn results(round: &str, verdict: Verdict) -> Results {
    let links = vec![rule(&["home_link"], Some(DeductKind::Each), Some("1"))];
    let round = Round {
        id: round.to_owned(),
        title: round.to_owned(),
        coverage: Coverage::Sample,
        monitor_from: day(3, 6).at(9, 0, 0, 0),
        as_of: day(3, 20).at(9, 0, 0, 0),
        seed: "s".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set: set(
            vec![indicator(
                "L",
                IndicatorKind::Deduct,
                "100",
                "broken_links",
                links,
            )],
            formula(),
        ),
        also_listed: Vec::new(),
        also_under: Vec::new(),
    };
    let judged = vec![(
        portal("1"),
        vec![judgement("1", "L", "broken_links", verdict)],
        Vec::new(),
    )];
    Results::reckon(round, Sample::default(), Vec::new(), judged)
}

#[test]
fn the_next_round_closes_finds_again_or_leaves_alone() {
    let hit = || fail(vec![finding("u", "home_link")]);
    let first = follow(&[], &results("2026Q1", hit()), day(3, 20));
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].problem, problem());
    assert_eq!(follow(&first, &results("2026Q1", hit()), day(3, 20)), first);
    let gone = follow(&first, &results("2026Q2", pass()), day(6, 20));
    assert_eq!(state(&gone[0], day(6, 20)), RectifyState::Closed);
    let back = follow(&gone, &results("2026Q3", hit()), day(9, 20));
    assert_eq!(back[0].progress(day(9, 20)).relapses, 1);
    let blocked = Verdict::Pass {
        undetermined: vec![doubt("u", "home_link")],
    };
    let unsure = follow(&first, &results("2026Q2", blocked), day(6, 20));
    assert_eq!(unsure, first);
}

#[test]
fn a_new_look_closes_only_what_it_saw() {
    let look = |verdict: Verdict| {
        let judged = [judgement("1", "L", "broken_links", verdict)];
        seen(&judged, &problem())
    };
    let other = fail(vec![finding("v", "home_link")]);
    assert_eq!(look(fail(vec![finding("u", "home_link")])), Seen::Still);
    assert_eq!(
        look(other),
        Seen::Fixed,
        "another problem of the same check"
    );
    assert_eq!(look(pass()), Seen::Fixed);
    let blocked = Verdict::Pass {
        undetermined: vec![doubt("u", "home_link")],
    };
    assert_eq!(look(blocked), Seen::Unknown);
    assert_eq!(seen(&[], &problem()), Seen::Unknown);
    let elsewhere = [judgement("1", "L", "search_misses", pass())];
    assert_eq!(seen(&elsewhere, &problem()), Seen::Unknown);
}

#[test]
fn points_that_were_earned_are_no_problems() {
    let mut own = results("2026Q1", fail(vec![finding("u", "home_link")]));
    assert_eq!(follow(&[], &own, day(3, 20)).len(), 1);
    own.round.set.indicators[0].kind = IndicatorKind::Bonus;
    assert!(follow(&[], &own, day(3, 20)).is_empty());
}

/// Whatever is written down in whatever order: states follow from facts alone, and later facts never change earlier days.
#[test]
fn states_of_earlier_days_stay_as_they_were() {
    use proptest::prelude::*;
    let kind = prop_oneof![
        Just(notified()),
        Just(replied()),
        Just(rechecked(true)),
        Just(rechecked(false)),
        Just(FactKind::Withdrawn {
            reason: "关停".to_owned()
        }),
        (1..4u8).prop_map(|number| FactKind::Found {
            round: format!("R{number}")
        }),
    ];
    let facts = prop::collection::vec((0..40i64, kind), 0..14);
    proptest!(|(facts in facts)| {
        let mut own = found();
        for (days, kind) in facts {
            let on = day(3, 20).checked_add(jiff::Span::new().days(days)).unwrap();
            let before: Vec<(Date, Progress)> = (0..60i64)
                .map(|days| day(3, 20).checked_add(jiff::Span::new().days(days)).unwrap())
                .take_while(|today| *today < on)
                .map(|today| (today, own.progress(today)))
                .collect();
            let was = own.clone();
            match own.add(Fact { on, kind }) {
                Ok(()) => prop_assert_eq!(own.facts.len(), was.facts.len() + 1),
                Err(_) => prop_assert_eq!(&own, &was),
            }
            for (today, progress) in before {
                prop_assert_eq!(own.progress(today), progress);
            }
            let now = own.progress(on);
            prop_assert!(now.state != RectifyState::Overdue || now.deadline.is_some_and(|last| on > last));
            let closings = own.facts.iter().filter(|fact| fact.kind == rechecked(true)).count();
            prop_assert!(now.relapses as usize <= closings, "nothing comes back that was not closed");
        }
    });
}

#[test]
fn a_recheck_that_was_a_mistake_is_taken_back() {
    let undone = || FactKind::Undone {
        reason: "看错了页面".to_owned(),
    };
    let open = [(day(4, 1), notified()), (day(4, 20), replied())];
    let mut own = after(&[&open[..], &[(day(4, 25), rechecked(true))]].concat());
    let early = after(&open).add(Fact {
        on: day(4, 25),
        kind: undone(),
    });
    assert!(matches!(early, Err(RectifyError::NotNow { .. })));
    let at = Fact {
        on: day(4, 26),
        kind: undone(),
    };
    own.add(at.clone()).unwrap();
    let (is, was) = (own.progress(day(5, 10)), after(&open).progress(day(5, 10)));
    assert_eq!(is, was, "as before the recheck");
    assert!(own.add(at).is_err(), "once");
    let again = Fact {
        on: day(5, 11),
        kind: rechecked(true),
    };
    own.add(again).unwrap();
    assert_eq!(state(&own, day(5, 11)), RectifyState::Closed);
    let mut back = own.clone();
    let kind = FactKind::Found {
        round: "2026Q2".to_owned(),
    };
    let on = day(6, 20);
    back.add(Fact { on, kind }).unwrap();
    let late = back.add(Fact { on, kind: undone() });
    assert!(late.is_err(), "a later round found it again");
}
