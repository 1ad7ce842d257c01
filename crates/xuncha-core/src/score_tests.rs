use super::*;
use crate::judge::Judged;
use crate::registry::SiteKind;
use crate::review::Decision;
use crate::testing::*;
use crate::verdict::{Confidence, Undetermined, UndeterminedReason, Verdict};

/// A set of one veto, a capped link indicator of 20 (0.1 and 1 a link), a group 办事服务 of 25, a rest of 55 and a bonus of 30.
fn demo_set() -> IndicatorSet {
    let mut veto = indicator(
        "V",
        IndicatorKind::Veto,
        "0",
        "stale_columns",
        vec![rule(&["stale"], None, None)],
    );
    veto.rules[0].at_least = Some(3);
    let links = vec![
        rule(&["home_link"], Some(DeductKind::Each), Some("1")),
        rule(&["other_link"], Some(DeductKind::Each), Some("0.1")),
    ];
    let links = indicator("L", IndicatorKind::Deduct, "20", "broken_links", links);
    let mut service = indicator(
        "S",
        IndicatorKind::Deduct,
        "25",
        "guides",
        vec![rule(&["missing"], Some(DeductKind::All), None)],
    );
    service.level1 = "办事服务".to_owned();
    let rest = vec![
        rule(&["hit"], Some(DeductKind::Each), Some("0.1")),
        rule(&["big"], Some(DeductKind::Fixed), Some("35")),
    ];
    let rest = indicator("R", IndicatorKind::Deduct, "55", "rest", rest);
    let mut bonus = indicator(
        "B",
        IndicatorKind::Bonus,
        "30",
        "manual",
        vec![rule(&["answer"], Some(DeductKind::Each), Some("1"))],
    );
    bonus.params.insert(
        "manual".to_owned(),
        serde_json::json!({"question": "bonus_x", "prompt": "几分？"}),
    );
    set(vec![veto, links, service, rest, bonus], formula())
}

fn all_pass() -> Vec<Judgement> {
    [
        ("V", "stale_columns"),
        ("L", "broken_links"),
        ("S", "guides"),
        ("R", "rest"),
    ]
    .into_iter()
    .map(|(id, check)| judgement("1", id, check, pass()))
    .collect()
}

fn with(verdicts: Vec<(&str, &str, Verdict)>) -> Vec<Judgement> {
    let mut judgements = all_pass();
    for (id, check, verdict) in verdicts {
        judgements.retain(|old| old.indicator != id);
        judgements.push(judgement("1", id, check, verdict));
    }
    judgements
}

fn hits(count: u32) -> Verdict {
    fail(vec![finding("h", "hit").with_count(count)])
}

fn bonus(number: u32) -> Review {
    review("1", "manual", "bonus_x", answered(number), 9)
}

#[test]
fn a_clean_portal_has_full_points_and_its_bonus() {
    let sheet = score(&demo_set(), &portal("1"), &all_pass(), &[bonus(7)]);
    assert_eq!(sheet.deduct_score, Some(points("100")));
    assert_eq!(sheet.bonus_score, Some(points("7")));
    assert_eq!(sheet.final_score, Some(points("107")));
    assert_eq!(sheet.outcome, Outcome::Qualified);
}

#[test]
fn tenths_add_up_exactly_and_the_cap_holds() {
    let tenth = with(vec![("R", "rest", hits(3))]);
    assert_eq!(
        score(&demo_set(), &portal("1"), &tenth, &[]).deduct_score,
        Some(points("99.7"))
    );
    let many = fail(vec![
        finding("a", "other_link").with_count(900),
        finding("b", "home_link"),
    ]);
    let capped = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("L", "broken_links", many.clone())]),
        &[],
    );
    assert_eq!(capped.deduct_score, Some(points("80")));
    let mut open_ended = demo_set();
    if let Some(formula) = &mut open_ended.formula {
        formula.cap_per_indicator = false;
    }
    let judged = with(vec![("L", "broken_links", many)]);
    assert_eq!(
        score(&open_ended, &portal("1"), &judged, &[]).deduct_score,
        Some(points("9"))
    );
    let beyond = with(vec![(
        "L",
        "broken_links",
        fail(vec![finding("b", "home_link").with_count(300)]),
    )]);
    let floor = score(&open_ended, &portal("1"), &beyond, &[]);
    assert_eq!(
        (floor.deduct_score, floor.outcome),
        (Some(Points::ZERO), Outcome::Unqualified)
    );
}

#[test]
fn the_lines_of_60_and_80_are_strict_as_the_rule_says() {
    for (taken, expected, outcome, has_bonus) in [
        (200, "80", Outcome::Qualified, false),
        (199, "80.1", Outcome::Qualified, true),
        (400, "60", Outcome::Qualified, false),
        (401, "59.9", Outcome::Unqualified, false),
    ] {
        let judged = with(vec![("R", "rest", hits(taken))]);
        let sheet = score(&demo_set(), &portal("1"), &judged, &[bonus(5)]);
        assert_eq!(sheet.deduct_score, Some(points(expected)));
        assert_eq!(
            (sheet.outcome, sheet.bonus_score.is_some()),
            (outcome, has_bonus),
            "{taken}"
        );
    }
}

#[test]
fn a_veto_ends_the_scoring() {
    let stale = |count| {
        fail(
            (0..count)
                .map(|n| finding(&format!("s{n}"), "stale"))
                .collect(),
        )
    };
    let two = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("V", "stale_columns", stale(2))]),
        &[],
    );
    assert_eq!(
        (two.outcome, two.deduct_score),
        (Outcome::Qualified, Some(points("100")))
    );
    let three = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("V", "stale_columns", stale(3))]),
        &[bonus(9)],
    );
    assert_eq!(
        (three.outcome, three.deduct_score, three.final_score),
        (Outcome::Unqualified, None, None)
    );
    assert_eq!(three.indicators.len(), 1);
    let rejected = [review("1", "stale_columns", "s0", Decision::Rejected, 9)];
    let saved = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("V", "stale_columns", stale(3))]),
        &rejected,
    );
    assert_eq!(saved.outcome, Outcome::Qualified);
    let mut local = demo_set();
    if let Some(formula) = &mut local.formula {
        formula.vetoed_score = Some(points("59"));
    }
    let fixed = score(
        &local,
        &portal("1"),
        &with(vec![("V", "stale_columns", stale(3))]),
        &[],
    );
    assert_eq!(fixed.final_score, Some(points("59")));
}

#[test]
fn findings_with_count_zero_never_count() {
    let none = fail(vec![finding("h", "hit").with_count(0)]);
    let sheet = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("R", "rest", none)]),
        &[],
    );
    assert_eq!(sheet.deduct_score, Some(points("100")));
    assert!(sheet.indicators[3].findings.is_empty());
}

#[test]
fn a_department_without_services_is_scaled_by_four_thirds() {
    let mut set = demo_set();
    if let Some(formula) = &mut set.formula {
        formula.scored = vec![TargetClass::Department];
    }
    let mut department = site("1", SiteKind::Department);
    department.no_services = true;
    let subject = subject(Target::Site(department));
    let judged: Vec<Judgement> = with(vec![("R", "rest", hits(1))])
        .into_iter()
        .filter(|own| own.indicator != "S")
        .collect();
    let sheet = score(&set, &subject, &judged, &[]);
    // (75 − 0.1) × 4/3 = 99.8666… and not 100 − 0.13 from a rounded factor.
    assert_eq!(sheet.deduct_score, Some(points("99.87")));
    assert!(sheet.indicators[2].not_applicable);
    assert_eq!(sheet.outcome, Outcome::Qualified);
    let worst = with(vec![(
        "R",
        "rest",
        fail(vec![finding("h", "hit").with_count(301)]),
    )]);
    let sheet = score(&set, &subject, &worst, &[]);
    assert_eq!(
        (sheet.deduct_score, sheet.outcome),
        (Some(points("59.87")), Outcome::Unqualified)
    );
}

#[test]
fn what_is_open_never_deducts_and_holds_up_only_where_it_could_change_the_outcome() {
    let open = Verdict::Pass {
        undetermined: vec![doubt("x", "hit")],
    };
    let harmless = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("R", "rest", open)]),
        &[],
    );
    assert_eq!(
        (harmless.deduct_score, harmless.deduct_score_low),
        (Some(points("100")), Some(points("99.9")))
    );
    assert_eq!(harmless.outcome, Outcome::Qualified);
    let grave = Verdict::Fail {
        findings: vec![finding("h", "big")],
        undetermined: (0..60).map(|n| doubt(&n.to_string(), "hit")).collect(),
    };
    let grave = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("R", "rest", grave)]),
        &[],
    );
    assert_eq!(
        (grave.deduct_score, grave.deduct_score_low),
        (Some(points("65")), Some(points("59")))
    );
    assert_eq!(grave.outcome, Outcome::Undetermined);
    let vetoable = Verdict::Fail {
        findings: vec![finding("a", "stale"), finding("b", "stale")],
        undetermined: vec![doubt("c", "stale")],
    };
    let vetoable = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("V", "stale_columns", vetoable)]),
        &[],
    );
    assert!(vetoable.indicators[0].may_veto);
    assert_eq!(vetoable.outcome, Outcome::Undetermined);
}

#[test]
fn a_check_that_could_say_nothing_is_wholly_open_until_a_person_answers() {
    let mut judged = all_pass();
    judged[0].result = Judged::Unknown {
        undetermined: Undetermined::new(UndeterminedReason::Blocked, "被拦截"),
    };
    let open = score(&demo_set(), &portal("1"), &judged, &[]);
    assert!(open.indicators[0].unmeasured && open.indicators[0].may_veto);
    assert_eq!(open.outcome, Outcome::Undetermined);
    let fine = [review("1", "stale_columns", "all", answered(0), 9)];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &fine).outcome,
        Outcome::Qualified
    );
    let bad = [review("1", "stale_columns", "all", answered(3), 9)];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &bad).outcome,
        Outcome::Unqualified
    );
    judged.remove(0);
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &[]).outcome,
        Outcome::Undetermined
    );
}

#[test]
fn low_confidence_waits_for_a_person() {
    let low = fail(vec![finding("h", "big").with_confidence(Confidence::Low)]);
    let judged = with(vec![("R", "rest", low)]);
    let waiting = score(&demo_set(), &portal("1"), &judged, &[]);
    assert_eq!(
        (waiting.deduct_score, waiting.deduct_score_low),
        (Some(points("100")), Some(points("65")))
    );
    let confirmed = [review("1", "rest", "h", Decision::Confirmed, 9)];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &confirmed).deduct_score,
        Some(points("65"))
    );
}

#[test]
fn the_latest_review_holds() {
    let judged = with(vec![("R", "rest", fail(vec![finding("h", "big")]))]);
    let reviews = [
        review("1", "rest", "h", Decision::Rejected, 12),
        review("1", "rest", "h", Decision::Confirmed, 9),
    ];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &reviews).deduct_score,
        Some(points("100"))
    );
    let other_target = [review("2", "rest", "h", Decision::Rejected, 12)];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &other_target).deduct_score,
        Some(points("65"))
    );
}

#[test]
fn a_class_that_is_not_scored_is_judged_by_vetoes_alone() {
    let department = subject(Target::Site(site("1", SiteKind::Department)));
    let sheet = score(
        &demo_set(),
        &department,
        &with(vec![("R", "rest", hits(500))]),
        &[],
    );
    assert_eq!(
        (sheet.deduct_score, sheet.outcome),
        (None, Outcome::Qualified)
    );
    assert_eq!(sheet.indicators.len(), 1);
}

#[test]
fn not_applicable_takes_nothing() {
    let none = Verdict::NotApplicable {
        reason: "没有政策文件".to_owned(),
    };
    let sheet = score(
        &demo_set(),
        &portal("1"),
        &with(vec![("R", "rest", none)]),
        &[],
    );
    assert!(sheet.indicators[3].not_applicable);
    assert_eq!(
        (sheet.deduct_score, sheet.outcome),
        (Some(points("100")), Outcome::Qualified)
    );
}
