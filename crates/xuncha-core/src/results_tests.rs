use super::*;
use crate::indicator::{DeductKind, IndicatorKind};
use crate::round::Coverage;
use crate::testing::*;
use crate::verdict::{Confidence, Undetermined, UndeterminedReason, Verdict};

fn round() -> Round {
    let links = vec![rule(&["home_link"], Some(DeductKind::Each), Some("1"))];
    Round {
        id: "2026Q1".to_owned(),
        title: "2026年第一季度".to_owned(),
        coverage: Coverage::Sample,
        monitor_from: at(9),
        as_of: at(10),
        seed: "20260301".to_owned(),
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
    }
}

fn judged(id: &str, count: u32) -> (Subject, Vec<crate::judge::Judgement>, Vec<Review>) {
    let findings = vec![
        finding("a", "home_link").with_count(count),
        finding("b", "home_link").with_confidence(Confidence::Low),
    ];
    let verdict = Verdict::Fail {
        findings,
        undetermined: vec![doubt("c", "home_link")],
    };
    let mut unknown = judgement(id, "X", "search_misses", pass());
    unknown.result = crate::judge::Judged::Unknown {
        undetermined: Undetermined::new(UndeterminedReason::NotGathered, "未采集"),
    };
    let reviews = vec![
        review(id, "broken_links", "b", answered(0), 11),
        review(
            id,
            "broken_links",
            "c",
            crate::review::Decision::Rejected,
            10,
        ),
    ];
    (
        portal(id),
        vec![unknown, judgement(id, "L", "broken_links", verdict)],
        reviews,
    )
}

fn results(order: [&str; 2]) -> Results {
    let mut sample = Sample::default();
    for id in ["1", "2"] {
        sample.drawn.insert(id.into(), "portal/city".to_owned());
    }
    sample
        .frame
        .insert("portal/city".to_owned(), vec!["1".into(), "2".into()]);
    let judged = order
        .into_iter()
        .map(|id| judged(id, id.parse().unwrap()))
        .collect();
    let previous = PreviousRound {
        id: "2025Q4".to_owned(),
        website_pass_rate: crate::points::Exact::from_decimal("97.3"),
        ..PreviousRound::default()
    };
    Results::reckon(round(), sample, vec![previous], judged)
}

#[test]
fn the_same_input_in_any_order_gives_the_same_bytes() {
    let first = results(["1", "2"]).to_json().unwrap();
    assert_eq!(first, results(["2", "1"]).to_json().unwrap());
    assert!(first.ends_with("}\n"));
}

#[test]
fn what_was_written_reads_back_the_same() {
    let written = results(["1", "2"]);
    let text = written.to_json().unwrap();
    let read = Results::from_json(&text).unwrap();
    assert_eq!(read, written);
    assert_eq!(read.to_json().unwrap(), text);
    let other = text.replacen("\"schema\": 1", "\"schema\": 9", 1);
    assert!(matches!(
        Results::from_json(&other),
        Err(ResultsError::Schema(9))
    ));
    assert!(matches!(
        Results::from_json("[]"),
        Err(ResultsError::Json(_))
    ));
}

#[test]
fn a_round_leaves_its_scores_for_the_next() {
    let previous = PreviousRound::of(&results(["1", "2"]));
    assert_eq!(previous.portal_scores[&"2".into()], points("98"));
    assert_eq!(previous.deductions[&"1".into()]["L"], points("1"));
    assert_eq!(previous.index_level2["L"].fixed(3), "0.985");
    assert_eq!(previous.outcomes.len(), 2);
}
