use serde_json::{Value, json};

use super::spots::{doubts, problems};
use super::verdicts::Said;
use super::*;

fn finding(key: &str, count: u32, confidence: &str) -> Value {
    // What is not compared may be there, and may be missing.
    json!({"key": key, "case": "stale", "count": count, "detail": format!("{key}不更新"), "confidence": confidence, "places": []})
}

fn fails(findings: &[Value]) -> Value {
    json!({"result": "known", "verdict": "fail", "findings": findings})
}

fn passes() -> Value {
    json!({"result": "known", "verdict": "pass"})
}

fn unknown(key: &str) -> Value {
    json!({"result": "unknown", "reason": "needs_script", "detail": "没有渲染",
        "places": [{"key": key, "case": "stale", "reason": "needs_script", "detail": "没有渲染"}]})
}

/// Targets T1, T2 … with one verdict each, under one set.
fn judging(set: &str, verdicts: &[Value]) -> Verdicts {
    let targets: Vec<Value> = verdicts
        .iter()
        .enumerate()
        .map(|(at, result)| {
            let is_failing = result["verdict"] == "fail";
            json!({
                "subject": {"target": {"id": format!("T{}", at + 1), "name": format!("网站{}", at + 1), "home": "x"}},
                "judgements": [{"target": "T", "set": set, "indicator": "W-V3", "check": "stale_home",
                    "check_version": 1, "result": result}],
                "sheet": {"outcome": if is_failing { "unqualified" } else { "qualified" },
                    "final_score": (!is_failing).then_some("90.00")},
            })
        })
        .collect();
    let file = json!({
        "schema": 1, "round": {"id": "2026Q1", "set": {"id": set, "sha256": "00"}}, "targets": targets,
    });
    Verdicts::read(&file.to_string()).unwrap()
}

fn ids(targets: &BTreeSet<TargetId>) -> Vec<&str> {
    targets.iter().map(|id| id.0.as_str()).collect()
}

#[test]
fn the_same_judging_has_no_impact() {
    let one = judging(
        "gov-2019",
        &[passes(), fails(&[finding("home", 1, "high")])],
    );
    let impact = Impact::between(&one, &one);
    assert!(impact.is_empty() && impact.checks.is_empty());
    assert_eq!((impact.compared, impact.reworded), (2, 0));
}

#[test]
fn whom_a_change_hits_and_how() {
    let before = judging(
        "gov-2019",
        &[
            passes(),
            fails(&[
                finding("a", 1, "high"),
                finding("b", 2, "high"),
                finding("c", 1, "high"),
            ]),
            fails(&[finding("home", 1, "high")]),
            unknown("home"),
            json!({"result": "known", "verdict": "not_applicable", "reason": "不查"}),
        ],
    );
    let after = judging(
        "gov-2019",
        &[
            fails(&[finding("home", 1, "medium")]),
            fails(&[
                finding("a", 1, "high"),
                finding("b", 3, "low"),
                finding("d", 1, "high"),
            ]),
            unknown("home"),
            passes(),
            json!({"result": "known", "verdict": "needs_review", "question": "看一看", "findings": []}),
        ],
    );
    let impact = Impact::between(&before, &after);
    let totals = &impact.checks["stale_home"];
    assert_eq!(ids(&totals.targets), ["T1", "T2", "T3", "T4", "T5"]);
    assert_eq!(ids(&totals.newly_failing), ["T1"]);
    assert_eq!(ids(&totals.newly_passing), ["T4"]);
    assert_eq!(ids(&totals.newly_unknown), ["T3"]);
    // T1 home and T2 d came, T2 c and T3 home went, T2 b counts otherwise.
    assert_eq!((totals.added, totals.dropped, totals.recounted), (2, 2, 1));
    assert_eq!((totals.doubts_added, totals.doubts_dropped), (1, 1));
    let states: Vec<(State, State)> = impact
        .changes
        .iter()
        .map(|change| (change.before, change.after))
        .collect();
    assert_eq!(states[1], (State::Fail, State::Fail));
    assert_eq!(states[4], (State::NotApplicable, State::NeedsReview));
    let recounted = &impact.changes[1].spots[0];
    assert_eq!(
        (recounted.key.as_str(), recounted.before, recounted.after),
        ("b", Some(2), Some(3))
    );
    assert_eq!(
        recounted.confidence,
        Some((Confidence::High, Confidence::Low))
    );
    // T1 no longer qualifies; T3 was unqualified and is not.
    let outcomes: Vec<&str> = impact
        .outcomes
        .iter()
        .map(|one| one.target.0.as_str())
        .collect();
    assert_eq!(outcomes, ["T1", "T3"]);
    assert_eq!(impact.outcomes[0].score, (Some(Points::whole(90)), None));
    assert_eq!(impact.outcomes[0].name, "网站1");
}

#[test]
fn other_words_for_the_same_problem_are_counted_and_no_change() {
    let before = judging("gov-2019", &[fails(&[finding("home", 1, "high")])]);
    let mut said = finding("home", 1, "high");
    said["detail"] = "首页旧了".into();
    let after = judging("gov-2019", &[fails(&[said])]);
    let impact = Impact::between(&before, &after);
    assert!(impact.is_empty());
    assert_eq!(impact.reworded, 1);
}

#[test]
fn two_sets_are_compared_by_indicator_and_check() {
    let before = judging("gov-2019", &[passes(), passes()]);
    let after = judging(
        "guangxi-2020q1",
        &[passes(), fails(&[finding("home", 1, "high")])],
    );
    let impact = Impact::between(&before, &after);
    assert_eq!(impact.changes.len(), 1);
    assert_eq!(impact.changes[0].target.0, "T2");
}

#[test]
fn what_only_one_side_asks_hits_whom_it_finds_fault_with() {
    let bad = fails(&[finding("home", 1, "high")]);
    let with = judging("gov-2019", &[passes(), bad, unknown("home")]);
    let mut without = with.clone();
    for target in &mut without.targets {
        target.judgements.clear();
    }
    let asked = Impact::between(&without, &with);
    let hit = &asked.checks["stale_home"];
    assert_eq!(ids(&hit.newly_failing), ["T2"]);
    assert_eq!(ids(&hit.newly_unknown), ["T3"]);
    assert_eq!((ids(&hit.targets), hit.version), (vec!["T2", "T3"], (0, 1)));
    assert_eq!(asked.only_after, BTreeSet::from(["W-V3".to_owned()]));
    let dropped = Impact::between(&with, &without);
    let states: Vec<(State, State)> = dropped
        .changes
        .iter()
        .map(|change| (change.before, change.after))
        .collect();
    assert_eq!(states, [(State::Fail, State::Absent)]);
    assert_eq!(
        (
            dropped.checks["stale_home"].dropped,
            dropped.only_before.len()
        ),
        (1, 1)
    );
}

#[test]
fn what_the_product_writes_is_read() {
    let known: crate::judge::Judged = serde_json::from_value(json!({
        "result": "known", "verdict": "fail",
        "findings": [{"key": "k", "case": "stale", "count": 1, "detail": "旧", "url": null, "places": [], "place_count": 0,
            "confidence": "high", "evidence": [{"url": "u", "at": "2026-03-20T09:00:00", "sha256": "", "record": "", "quote": ""}]}],
        "undetermined": [{"key": "l", "case": "empty", "reason": "incomplete", "detail": "看不清"}],
    }))
    .unwrap();
    let written = serde_json::to_value(&known).unwrap();
    let read: Said = serde_json::from_value(written).unwrap();
    assert_eq!(
        (
            read.verdict.as_str(),
            problems(&read).len(),
            doubts(&read).len()
        ),
        ("fail", 1, 1)
    );
    let unknown = crate::judge::Judged::Unknown {
        undetermined: crate::verdict::Undetermined::new(
            crate::verdict::UndeterminedReason::NotGathered,
            "没有采集",
        ),
    };
    let read: Said = serde_json::from_value(serde_json::to_value(&unknown).unwrap()).unwrap();
    assert_eq!(read.result, "unknown");
    assert!(Verdicts::read("{}").is_err());
}
