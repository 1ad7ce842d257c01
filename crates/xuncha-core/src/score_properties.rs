//! What must hold of every score, and the one scored example that was published.

use super::*;
use crate::judge::Judged;
use crate::review::{Decision, OpenKind, open_items};
use crate::testing::*;
use crate::verdict::{Confidence, Undetermined, UndeterminedReason, Verdict};

/// A set of two vetoes and four deductions with all ways of taking points, 100 in all.
fn demo_set() -> IndicatorSet {
    let kinds = |cases: [&str; 3]| {
        vec![
            rule(&[cases[0]], Some(DeductKind::Each), Some("0.7")),
            rule(&[cases[1]], Some(DeductKind::Fixed), Some("9")),
            rule(&[cases[2]], Some(DeductKind::All), None),
        ]
    };
    let mut indicators = Vec::new();
    for (id, at_least) in [("V1", 1), ("V2", 4)] {
        let mut veto = indicator(
            id,
            IndicatorKind::Veto,
            "0",
            id,
            vec![rule(&["a"], None, None)],
        );
        veto.rules[0].at_least = Some(at_least);
        indicators.push(veto);
    }
    for (id, points) in [("D1", "10"), ("D2", "20"), ("D3", "30"), ("D4", "40")] {
        indicators.push(indicator(
            id,
            IndicatorKind::Deduct,
            points,
            id,
            kinds(["a", "b", "c"]),
        ));
    }
    set(indicators, formula())
}

fn verdict(dice: &mut Dice, is_veto: bool) -> Judged {
    let case = |dice: &mut Dice| {
        if is_veto {
            "a"
        } else {
            ["a", "a", "b", "c"][dice.roll(4)]
        }
    };
    let findings = (0..dice.roll(3))
        .map(|at| {
            let confidence = [Confidence::Low, Confidence::High][dice.roll(2)];
            finding(&format!("f{at}"), case(dice))
                .with_count(dice.roll(6) as u32)
                .with_confidence(confidence)
        })
        .collect();
    let undetermined = (0..dice.roll(3))
        .map(|at| doubt(&format!("d{at}"), case(dice)))
        .collect();
    let verdict = match dice.roll(8) {
        0 | 1 => Verdict::Fail {
            findings,
            undetermined,
        },
        2 => Verdict::NeedsReview {
            question: "核对".to_owned(),
            findings,
        },
        3 => {
            let mut unknown = Undetermined::new(UndeterminedReason::Blocked, "被拦截");
            unknown.places = undetermined;
            return Judged::Unknown {
                undetermined: unknown,
            };
        }
        4 => Verdict::Pass { undetermined },
        5 => Verdict::NotApplicable {
            reason: "不适用".to_owned(),
        },
        _ => pass(),
    };
    Judged::Known { verdict }
}

#[test]
fn whatever_people_decide_stays_within_the_bounds_and_keeps_a_settled_outcome() {
    let mut dice = Dice(20_260_320);
    let set = demo_set();
    let mut seen = std::collections::BTreeSet::new();
    for case in 0..2_000 {
        let judged: Vec<Judgement> = set
            .indicators
            .iter()
            .map(|own| Judgement {
                result: verdict(&mut dice, own.kind == IndicatorKind::Veto),
                ..judgement("1", &own.id, &own.checks[0], pass())
            })
            .collect();
        let before = score(&set, &portal("1"), &judged, &[]);
        let reviews: Vec<Review> = open_items(&set, &judged, &[])
            .into_iter()
            .map(|item| {
                let decision = match (item.kind, dice.roll(2)) {
                    (OpenKind::Question | OpenKind::Unknown, _) => answered(dice.roll(5) as u32),
                    (_, 0) => Decision::Confirmed,
                    _ => Decision::Rejected,
                };
                review("1", &item.check, &item.key, decision, 9)
            })
            .collect();
        let after = score(&set, &portal("1"), &judged, &reviews);
        assert!(
            open_items(&set, &judged, &reviews).is_empty(),
            "case {case}"
        );
        assert_ne!(
            after.outcome,
            Outcome::Undetermined,
            "case {case}: all is decided"
        );
        if before.outcome != Outcome::Undetermined {
            assert_eq!(after.outcome, before.outcome, "case {case}");
        }
        if let (Some(low), Some(high), Some(score)) = (
            before.deduct_score_low,
            before.deduct_score,
            after.deduct_score,
        ) {
            assert!(
                low <= score && score <= high,
                "case {case}: {low} {score} {high}"
            );
        }
        seen.insert((before.outcome, after.outcome));
    }
    assert_eq!(
        seen.len(),
        4,
        "all ways from open to settled are met: {seen:?}"
    );
}

/// A ministry's published self-check of 2019: −5, −2, −3 and −1 make 89 points, 合格, and no bonus item was claimed.
#[test]
fn the_published_example_of_2019_scores_89() {
    let set = crate::indicator::resolve(&project_files(), "gov-2019", &|_, _| Ok(())).unwrap();
    let hits = [
        (
            "stale_columns",
            "D-05",
            "stale:https://www.qingshi.gov.cn/zcwj/",
            "stale_policy",
        ),
        (
            "missing_service_statistics",
            "D-14",
            "statistics",
            "statistics_stale",
        ),
        ("unpublished_messages", "D-17", "stale", "messages_stale"),
        ("missing_site_marks", "D-20", "联系方式", "mark_missing"),
    ];
    let mut judged = Vec::new();
    let mut reviews = Vec::new();
    for indicator in set
        .indicators
        .iter()
        .filter(|own| own.applies_to.contains(&TargetClass::Portal))
    {
        for check in &indicator.checks {
            let hit = hits
                .iter()
                .find(|own| own.0 == *check && own.1 == indicator.id);
            let verdict = match (check.as_str(), hit) {
                ("manual", _) => Verdict::NeedsReview {
                    question: "？".to_owned(),
                    findings: Vec::new(),
                },
                (_, Some((_, _, key, case))) => fail(vec![finding(key, case)]),
                _ => pass(),
            };
            judged.push(Judgement {
                set: set.id.clone(),
                ..judgement("1", &indicator.id, check, verdict)
            });
        }
        if let Some(question) = indicator.question() {
            reviews.push(review("1", "manual", question, answered(0), 9));
        }
    }
    reviews.push(review(
        "1",
        "unpublished_messages",
        "stale",
        Decision::Confirmed,
        9,
    ));
    let sheet = score(&set, &portal("1"), &judged, &reviews);
    assert_eq!(sheet.deduct_score, Some(points("89")));
    assert_eq!(
        (sheet.outcome, sheet.bonus_score),
        (Outcome::Qualified, Some(Points::ZERO))
    );
    let taken: Vec<(&str, String)> = sheet
        .indicators
        .iter()
        .filter(|own| own.amount != Points::ZERO)
        .map(|own| (own.indicator.as_str(), own.amount.short()))
        .collect();
    let expected = [("D-05", "5"), ("D-14", "2"), ("D-17", "3"), ("D-20", "1")];
    assert_eq!(taken, expected.map(|(id, amount)| (id, amount.to_owned())));
}
