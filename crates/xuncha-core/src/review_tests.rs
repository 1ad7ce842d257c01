use super::*;
use crate::indicator::DeductKind;
use crate::score::{score, score_in};
use crate::testing::*;
use crate::verdict::Confidence;

fn demo_set() -> IndicatorSet {
    let links = vec![rule(&["home_link"], Some(DeductKind::Each), Some("1"))];
    let mut question = indicator(
        "Q",
        IndicatorKind::Deduct,
        "90",
        "manual",
        vec![rule(&["answer"], Some(DeductKind::Each), Some("2"))],
    );
    question.params.insert(
        "manual".to_owned(),
        serde_json::json!({"question": "content_accuracy", "prompt": "几处不准确？"}),
    );
    let mut listed = question.clone();
    listed.id = "X".to_owned();
    listed.kind = IndicatorKind::Listed;
    listed.params.insert(
        "manual".to_owned(),
        serde_json::json!({"question": "privacy", "prompt": "几处？"}),
    );
    set(
        vec![
            indicator("L", IndicatorKind::Deduct, "10", "broken_links", links),
            question,
            listed,
        ],
        formula(),
    )
}

fn asked(indicator: &str) -> Judgement {
    let verdict = Verdict::NeedsReview {
        question: "几处不准确？".to_owned(),
        findings: Vec::new(),
    };
    judgement("1", indicator, "manual", verdict)
}

fn links(verdict: Verdict) -> Vec<Judgement> {
    vec![
        judgement("1", "L", "broken_links", verdict),
        asked("Q"),
        asked("X"),
    ]
}

#[test]
fn open_items_name_what_a_person_must_answer() {
    let low = finding("u", "home_link").with_confidence(Confidence::Low);
    let verdict = Verdict::Fail {
        findings: vec![low, finding("sure", "home_link")],
        undetermined: vec![doubt("d", "home_link")],
    };
    let judged = links(verdict);
    let keys = |reviews: &[Review]| -> Vec<(String, OpenKind)> {
        open_items(&demo_set(), &judged, reviews)
            .into_iter()
            .map(|item| (item.key, item.kind))
            .collect()
    };
    let expected = [
        ("d", OpenKind::Doubt),
        ("u", OpenKind::Finding),
        ("content_accuracy", OpenKind::Question),
    ];
    assert_eq!(
        keys(&[]),
        expected.map(|(key, kind)| (key.to_owned(), kind))
    );
    let done = [
        review("1", "broken_links", "d", Decision::Rejected, 9),
        review("1", "broken_links", "u", Decision::Confirmed, 9),
        review("1", "manual", "content_accuracy", answered(0), 9),
    ];
    assert!(keys(&done).is_empty());
}

#[test]
fn an_answer_counts_as_often_as_it_says() {
    let judged = links(pass());
    let reviews = [review("1", "manual", "content_accuracy", answered(3), 9)];
    assert_eq!(
        score(&demo_set(), &portal("1"), &judged, &reviews).deduct_score,
        Some(points("94"))
    );
}

#[test]
fn a_rerun_never_revives_what_was_rejected() {
    let reviews = [
        review("1", "broken_links", "u", Decision::Rejected, 9),
        review("1", "manual", "content_accuracy", answered(0), 9),
    ];
    let earlier = links(fail(vec![finding("u", "home_link")]));
    let rerun = links(fail(vec![
        finding("u", "home_link").with_url("https://www.qingshi.gov.cn/x"),
    ]));
    let kept = keep_confirmed(&earlier, rerun, &reviews);
    assert_eq!(
        score(&demo_set(), &portal("1"), &kept, &reviews).deduct_score,
        Some(points("100"))
    );
    assert!(open_items(&demo_set(), &kept, &reviews).is_empty());
}

#[test]
fn a_rerun_never_drops_what_was_confirmed() {
    let reviews = [
        review("1", "broken_links", "u", Decision::Confirmed, 9),
        review("1", "manual", "content_accuracy", answered(0), 9),
    ];
    let earlier = links(fail(vec![
        finding("u", "home_link"),
        finding("w", "home_link"),
    ]));
    let kept = keep_confirmed(&earlier, links(pass()), &reviews);
    assert_eq!(
        score(&demo_set(), &portal("1"), &kept, &reviews).deduct_score,
        Some(points("99"))
    );
    // Twice the same: what is there again is not added again.
    let again = keep_confirmed(&kept, kept.clone(), &reviews);
    assert_eq!(again, kept);
}

#[test]
fn decisions_about_nothing_are_refused() {
    let verdict = Verdict::Fail {
        findings: vec![finding("u", "home_link")],
        undetermined: vec![doubt("d", "home_link")],
    };
    let mut set = demo_set();
    let mut bonus = set.indicators[1].clone();
    bonus.id = "B".to_owned();
    bonus.kind = IndicatorKind::Bonus;
    bonus.points = crate::points::Points::whole(5);
    bonus.params.insert(
        "manual".to_owned(),
        serde_json::json!({"question": "novelty", "prompt": "几分？"}),
    );
    set.indicators.push(bonus);
    let mut judged = links(verdict);
    judged.push(asked("B"));
    let known = Reviewable::new(&set, &judged);
    for (target, check, key, number, expected) in [
        ("1", "broken_links", "u", None, None),
        ("1", "broken_links", "d", None, None),
        ("1", "broken_links", WHOLE_KEY, Some(3), None),
        ("1", "manual", "content_accuracy", Some(7), None),
        ("1", "manual", "privacy", Some(0), None),
        ("1", "manual", "novelty", Some(5), None),
        ("1", "manual", "novelty", Some(6), Some("number")),
        ("1", "manual", "content_acuracy", Some(1), Some("key")),
        ("1", "broken_links", "v", None, Some("key")),
        ("1", "stale_home", "u", None, Some("check")),
        ("2", "broken_links", "u", None, Some("target")),
    ] {
        let decision = match number {
            None => Decision::Rejected,
            Some(number) => Decision::Answered {
                number,
                note: String::new(),
            },
        };
        let one = review(target, check, key, decision, 9);
        let column = known.objection(&one).map(|(column, _)| column);
        assert_eq!(column, expected, "{target} {check} {key} {number:?}");
    }
}

#[test]
fn what_was_taken_back_is_as_if_nobody_had_spoken() {
    let low = finding("u", "home_link").with_confidence(Confidence::Low);
    let judged = links(fail(vec![low]));
    let said = |decision, hour| review("1", "broken_links", "u", decision, hour);
    let confirmed = [said(Decision::Confirmed, 9)];
    let back = [said(Decision::Confirmed, 9), said(Decision::Withdrawn, 10)];
    let open = |reviews: &[Review]| {
        let items = open_items(&demo_set(), &judged, reviews);
        items.iter().any(|item| item.key == "u")
    };
    assert!(open(&[]) && !open(&confirmed) && open(&back));
    let sheet = |reviews: &[Review]| score(&demo_set(), &portal("1"), &judged, reviews);
    assert_eq!(sheet(&back), sheet(&[]));
    assert_ne!(sheet(&confirmed), sheet(&[]));
    // A run that finds nothing does not bring back what was confirmed once and then taken back.
    let fresh = links(pass());
    assert_eq!(keep_confirmed(&judged, fresh.clone(), &back), fresh);
    let again = [
        back[0].clone(),
        back[1].clone(),
        said(Decision::Rejected, 11),
    ];
    assert!(!open(&again), "decided anew");
}

#[test]
fn a_word_on_the_whole_check_outranks_every_later_run() {
    let set = demo_set();
    let two = [review("1", "broken_links", WHOLE_KEY, answered(2), 9)];
    let none = [review("1", "broken_links", WHOLE_KEY, answered(0), 9)];
    let found = |keys: &[&str]| fail(keys.iter().map(|key| finding(key, "home_link")).collect());
    let taken = |verdict: Verdict, reviews: &[Review]| {
        let sheet = score(&set, &portal("1"), &links(verdict), reviews);
        let indicator = sheet.indicators.iter().find(|one| one.indicator == "L");
        indicator.unwrap().amount
    };
    let by_machine = taken(found(&["a", "b"]), &[]);
    for later in [pass(), found(&["a"]), found(&["a", "b", "c"])] {
        assert_eq!(
            taken(later.clone(), &two),
            by_machine,
            "two failures, as was said"
        );
        assert_eq!(taken(later, &none), taken(pass(), &[]), "none, as was said");
    }
    // What somebody confirmed by itself counts beside a word that nothing is wrong.
    let both = [
        none[0].clone(),
        review("1", "broken_links", "a", Decision::Confirmed, 10),
    ];
    assert_eq!(taken(found(&["a", "b"]), &both), taken(found(&["a"]), &[]));
}

#[test]
fn what_a_listed_set_must_have_confirmed_waits_for_people_too() {
    let mut own = indicator(
        "X-40",
        IndicatorKind::Listed,
        "0",
        "exposed_personal_data",
        vec![rule(&["phone"], None, None)],
    );
    own.confirm = Confirm::Always;
    let mut sure = own.clone();
    sure.id = "X-46".to_owned();
    sure.checks = vec!["unsafe_attachments".to_owned()];
    sure.confirm = Confirm::Never;
    let mut extras = set(vec![own, sure], formula());
    extras.id = "extras".to_owned();
    let round = Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: crate::round::Coverage::Census,
        monitor_from: at(8),
        as_of: at(12),
        seed: "1".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set: demo_set(),
        also_listed: vec![extras],
        also_under: Vec::new(),
    };
    let mut judged = links(pass());
    for (indicator, check) in [
        ("X-40", "exposed_personal_data"),
        ("X-46", "unsafe_attachments"),
    ] {
        let mut found = judgement("1", indicator, check, fail(vec![finding("a", "phone")]));
        found.set = "extras".to_owned();
        judged.push(found);
    }
    let waits = |reviews: &[Review]| {
        let open = open_in_round(&round, &judged, reviews);
        let sheet = score_in(&round, &portal("1"), &judged, reviews);
        let named = open
            .iter()
            .any(|item| item.check == "exposed_personal_data");
        assert!(open.iter().all(|item| item.check != "unsafe_attachments"));
        (named, sheet.to_confirm)
    };
    assert_eq!(waits(&[]), (true, 1));
    for decision in [Decision::Confirmed, Decision::Rejected] {
        let said = [review("1", "exposed_personal_data", "a", decision, 9)];
        assert_eq!(waits(&said), (false, 0));
    }
}
