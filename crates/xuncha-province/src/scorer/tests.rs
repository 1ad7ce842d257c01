//! Small rounds with their arithmetic written out.
#![allow(clippy::unwrap_used)]

mod rounds;

use serde_json::{Value, json};

use rounds::{fail, pass, printed, reckoned, reviewed, round, site};

#[test]
fn deductions_are_capped_and_vetoes_stop_everything() {
    // a: 3 empty columns are 6, capped at 4; a notice column 5; 12 dead links elsewhere 1.2. 100 − 4 − 5 − 1.2 = 89.8.
    let a = site(
        "a",
        "portal",
        &fail(&[("e1", "empty", 3), ("n", "notice", 1)]),
        &pass(),
        &fail(&[("l", "other", 12)]),
    );
    // b: 5 empty columns are a veto: no score.
    let b = site("b", "portal", &fail(&[("e", "empty", 5)]), &pass(), &pass());
    // c: 3 news and 2 notice columns are together 5: a veto too, though 4 empty ones are none.
    let c = site(
        "c",
        "portal",
        &fail(&[("n", "news", 3), ("m", "notice", 2), ("e", "empty", 4)]),
        &pass(),
        &pass(),
    );
    let answer = reckoned(round(&[a, b, c]));
    assert_eq!(answer["targets"]["a"]["deduct_score"], "89.80");
    assert_eq!(
        (
            &answer["targets"]["b"]["outcome"],
            &answer["targets"]["b"]["deduct_score"]
        ),
        (&json!("unqualified"), &Value::Null)
    );
    assert_eq!(answer["targets"]["c"]["outcome"], "unqualified");
    assert_eq!(printed(&answer, "outcome.portal_mean_count"), "1");
    // One of three is qualified.
    assert_eq!(
        printed(&answer, "outcome.website_pass_rate_percent"),
        "33.3"
    );
}

#[test]
fn bonus_needs_more_than_eighty_and_below_sixty_fails() {
    let with = |id: &str, home: u64| {
        let target = site(
            id,
            "portal",
            &pass(),
            &pass(),
            &fail(&[("l", "home", home)]),
        );
        reviewed(target, "manual", "bonus_release", "answered", Some(9))
    };
    // 100 − 19 = 81 > 80: 9 answered, at most 5: 86. 100 − 20 = 80: no bonus. 100 − 40 = 60: qualified. 100 − 41 = 59: not.
    let answer = reckoned(round(&[
        with("a", 19),
        with("b", 20),
        with("c", 40),
        with("d", 41),
    ]));
    let of = |id: &str| {
        (
            answer["targets"][id]["final_score"]
                .as_str()
                .unwrap()
                .to_owned(),
            answer["targets"][id]["outcome"]
                .as_str()
                .unwrap()
                .to_owned(),
        )
    };
    assert_eq!(of("a"), ("86.00".into(), "qualified".into()));
    assert_eq!(of("b"), ("80.00".into(), "qualified".into()));
    assert_eq!(of("c"), ("60.00".into(), "qualified".into()));
    assert_eq!(of("d"), ("59.00".into(), "unqualified".into()));
    // Mean of 81, 80, 60, 59 without bonus: 280 ÷ 4 = 70. Above 80: one of four, 25 %. Qualified: 3 of 4, 75 %.
    assert_eq!(
        printed(&answer, "outcome.portal_mean_deduction_score"),
        "70"
    );
    assert_eq!(printed(&answer, "outcome.portals_above_80_percent"), "25");
    assert_eq!(printed(&answer, "outcome.portal_pass_rate_percent"), "75");
    // 可用性: kept 47 + 46 + 26 + 25 = 144 of 4 × 66 = 264: 0.5454…
    assert_eq!(printed(&answer, "index_level1.功能设计.now"), "0.55");
    assert_eq!(
        printed(&answer, "index_level2.可用性.previous"),
        "缺上期数据"
    );
    assert_eq!(
        printed(&answer, "index_level2_weak"),
        "可用性、政策文件、其他栏目、办事统计"
    );
}

#[test]
fn people_outrank_the_machine_and_the_latest_review_holds() {
    let target = site(
        "a",
        "portal",
        &fail(&[("e1", "empty", 1), ("e2", "empty", 1)]),
        &pass(),
        &pass(),
    );
    // e1 rejected: only e2 counts, 2 points.
    let rejected = reviewed(target.clone(), "stale_columns", "e1", "rejected", None);
    // Rejected, then confirmed at the same time: the later in the list holds, 4 points.
    let confirmed = reviewed(rejected.clone(), "stale_columns", "e1", "confirmed", None);
    for (case, score) in [(target, "96.00"), (rejected, "98.00"), (confirmed, "96.00")] {
        assert_eq!(
            reckoned(round(&[case]))["targets"]["a"]["deduct_score"],
            score
        );
    }
}

#[test]
fn what_is_open_does_not_deduct_but_may_leave_the_outcome_open() {
    // 50 doubtful dead links on the home page: 100 now, 50 at the low end, so undetermined and not in the mean.
    let doubts: Vec<Value> = (0..50)
        .map(|n| json!({"key": format!("l{n}"), "case": "home"}))
        .collect();
    let links = json!({"result": "known", "verdict": "pass", "undetermined": doubts});
    let open = site("a", "portal", &pass(), &pass(), &links);
    // Statistics unknown: 25 points at the low end, still 75, so qualified; its index leaves the pair out.
    let unknown = json!({"result": "unknown", "reason": "not_gathered", "detail": ""});
    let known = site("b", "portal", &pass(), &unknown, &pass());
    let answer = reckoned(round(&[open, known]));
    let a = &answer["targets"]["a"];
    assert_eq!(
        (&a["deduct_score"], &a["deduct_score_low"], &a["outcome"]),
        (&json!("100.00"), &json!("50.00"), &json!("undetermined"))
    );
    let b = &answer["targets"]["b"];
    assert_eq!(
        (&b["deduct_score_low"], &b["outcome"]),
        (&json!("75.00"), &json!("qualified"))
    );
    assert_eq!(printed(&answer, "outcome.portal_mean_count"), "1");
    assert_eq!(printed(&answer, "index_level2.办事统计.now"), "无法判定");
    assert_eq!(printed(&answer, "outcome.websites_undetermined"), "1");
}

#[test]
fn an_unknown_check_is_settled_by_a_review_of_the_whole_or_of_all_its_places() {
    let places = json!({"result": "unknown", "reason": "blocked", "detail": "", "places": [{"key": "p", "case": "none"}]});
    let target = site("a", "portal", &pass(), &places, &pass());
    // Open: 100 and at the low end 75. Place confirmed: 75. Place rejected: 100 and nothing open. The whole answered 1: 75 at the low end and now.
    for (key, decision, number, score, low) in [
        ("-", "rejected", None, "100.00", "75.00"),
        ("p", "confirmed", None, "75.00", "75.00"),
        ("p", "rejected", None, "100.00", "100.00"),
        ("all", "answered", Some(1), "75.00", "75.00"),
    ] {
        let answer = reckoned(round(&[reviewed(
            target.clone(),
            "missing_service_statistics",
            key,
            decision,
            number,
        )]));
        let a = &answer["targets"]["a"];
        assert_eq!(
            (a["deduct_score"].as_str(), a["deduct_score_low"].as_str()),
            (Some(score), Some(low)),
            "{key} {decision}"
        );
    }
}

#[test]
fn reviews_of_all_places_outrank_a_review_of_the_whole() {
    let places = json!({"result": "unknown", "reason": "blocked", "detail": "", "places": [{"key": "p", "case": "none"}]});
    let target = site("a", "portal", &pass(), &places, &pass());
    let check = "missing_service_statistics";
    // The place was found fine, so the answer to the whole says nothing: 100, not 75.
    let both = reviewed(
        reviewed(target, check, "p", "rejected", None),
        check,
        "all",
        "answered",
        Some(1),
    );
    assert_eq!(
        reckoned(round(&[both]))["targets"]["a"]["deduct_score"],
        "100.00"
    );
}

#[test]
fn a_department_without_services_is_scored_out_of_the_rest() {
    let mut target = site(
        "d",
        "department",
        &fail(&[("n", "notice", 1)]),
        &fail(&[("s", "none", 1)]),
        &fail(&[("l", "other", 4)]),
    );
    target["subject"]["target"]["no_services"] = json!(true);
    // Base 75; 5 + 0.4 taken: 69.6 × 100 ÷ 75 = 92.8. The service indicator does not count.
    assert_eq!(
        reckoned(round(&[target]))["targets"]["d"]["deduct_score"],
        "92.80"
    );
}

#[test]
fn a_class_may_have_numbers_of_its_own() {
    let empty = site("a", "portal", &fail(&[("e", "empty", 5)]), &pass(), &pass());
    let links = |class: &str| {
        let fault = fail(&[("l", "home", 35)]);
        site(class, class, &pass(), &pass(), &fault)
    };
    let mut results = round(&[empty, links("portal"), links("department")]);
    results["round"]["set"]["formula"]["classes"] =
        json!({"portal": {"vetoed_score": "59.00", "fail_below": "70.00"}});
    let answer = reckoned(results);
    let of = |id: &str, field: &str| answer["targets"][id][field].clone();
    assert_eq!(of("a", "final_score"), "59.00");
    // 65 is below the portals' 70 and not below the 60 of the others.
    assert_eq!(of("portal", "outcome"), "unqualified");
    assert_eq!(of("department", "outcome"), "qualified");
}

#[test]
fn accounts_have_vetoes_only() {
    let account = |id: &str, result: Value| {
        json!({"subject": {"target": {"target_kind": "account", "id": id}},
               "judgements": [{"set": "t", "indicator": "M", "check": "stale_account", "result": result}], "reviews": []})
    };
    let unknown = json!({"result": "unknown", "reason": "blocked", "detail": ""});
    let targets = [
        account("A1", pass()),
        account("A2", fail(&[("account", "stale", 1)])),
        account("A3", pass()),
        account("A4", unknown),
    ];
    let answer = reckoned(round(&targets));
    assert_eq!(answer["targets"]["A2"]["outcome"], "unqualified");
    assert_eq!(
        (
            &answer["targets"]["A1"]["deduct_score"],
            &answer["targets"]["A4"]["outcome"]
        ),
        (&Value::Null, &json!("undetermined"))
    );
    // 2 of 3 known: 66.666… %. Drawn 4 of 5 running: 80 %.
    assert_eq!(
        printed(&answer, "outcome.account_pass_rate_percent"),
        "66.7"
    );
    assert_eq!(printed(&answer, "sample.account_ratio_percent"), "80");
    assert_eq!(
        printed(&answer, "outcome.portal_mean_deduction_score"),
        "无法判定"
    );
}

#[test]
fn the_last_rounds_are_compared_with() {
    let a = site("a", "portal", &pass(), &pass(), &fail(&[("l", "home", 15)]));
    let b = site("b", "portal", &pass(), &pass(), &fail(&[("l", "home", 18)]));
    let c = site("c", "portal", &pass(), &pass(), &fail(&[("l", "home", 30)]));
    let mut round = round(&[a, b, c]);
    let earlier = |id: &str, a: &str, b: &str| json!({"id": id, "title": "", "portal_scores": {"a": a, "b": b}});
    let mut last = earlier("2025Q4", "80.01", "79.00");
    last["outcomes"] =
        json!({"a": "qualified", "b": "qualified", "c": "unqualified", "A9": "unqualified"});
    last["index_level1"] = json!({"功能设计": {"numerator": 7, "denominator": 10}});
    round["previous"] = json!([
        earlier("2025Q2", "81.00", "90.00"),
        earlier("2025Q3", "85.50", "90.00"),
        last
    ]);
    let answer = reckoned(round);
    // Now 85, 82, 70: mean 79. Then (80.01 + 79) ÷ 2 = 79.505: printed 79.51, the difference −0.505 printed −0.51.
    assert_eq!(
        printed(&answer, "outcome.portal_mean_deduction_score"),
        "79"
    );
    assert_eq!(
        printed(&answer, "outcome.previous_portal_mean_deduction_score"),
        "79.51"
    );
    assert_eq!(
        printed(&answer, "outcome.portal_mean_change_points"),
        "-0.51"
    );
    // Above: now 2 of 3 (66.67), then 1 of 3 portals (33.33): 67 % less 33 %, as printed.
    assert_eq!(printed(&answer, "outcome.portals_above_80_percent"), "67");
    assert_eq!(
        printed(&answer, "outcome.previous_portals_above_80_percent"),
        "33"
    );
    assert_eq!(
        printed(&answer, "outcome.portals_above_80_change_percent_points"),
        "34"
    );
    // Only a was above 80 in all four rounds.
    assert_eq!(
        printed(&answer, "outcome.above_80_four_quarters_cities"),
        "a市"
    );
    // 100 % now; then 2 of 3 running websites: 33.3 points.
    assert_eq!(
        printed(&answer, "outcome.website_pass_rate_change_percent_points"),
        "33.3"
    );
    // 功能设计: (51 + 48 + 36) ÷ 198 = 0.6818…, less 0.7: −0.0181…
    assert_eq!(printed(&answer, "index_level1.功能设计.change"), "-0.02");
    // Running d9, a, b, c; drawn a, b, c: 75 %. A9 had an outcome last round: 100 %.
    assert_eq!(printed(&answer, "coverage.websites_percent"), "75");
    assert_eq!(printed(&answer, "coverage.accounts_percent"), "100");
}

#[test]
fn what_is_inferred_and_what_comes_again() {
    let quiet = |id: &str| site(id, "portal", &pass(), &pass(), &pass());
    // 66 points gone: 34 left, unqualified.
    let bad = |id: &str| site(id, "portal", &pass(), &pass(), &fail(&[("x", "home", 70)]));
    let mut value = round(&[quiet("p1"), bad("p2"), bad("p3")]);
    // p2 had to be taken; of the other five two were drawn.
    value["sample"]["forced"] = json!(["p2"]);
    let city = value["sample"]["frame"]["portal/city"]
        .as_array_mut()
        .unwrap();
    city.extend(["p7", "p8", "p9"].map(|id| json!(id)));
    value["previous"] = json!([
        {"id": "2025Q3", "outcomes": {"p2": "unqualified", "p3": "unqualified"}},
        {"id": "2025Q4", "outcomes": {"p2": "unqualified", "p3": "qualified"},
         "portal_scores": {"p1": "90.00", "p2": "50.00"}, "deductions": {"p2": {"D4": "3.00"}, "p1": {"D4": "3.00"}}}
    ]);
    let answer = reckoned(value);
    for (name, expected) in [
        // (1·0 + 5·½) / 6, and (1·34 + 5·(100 + 34)/2) / 6.
        ("estimate.portal_pass_rate_percent", "41.7"),
        ("estimate.portal_mean_deduction_score", "61.5"),
        ("repeat.unqualified", "1"),
        ("repeat.unqualified_standing", "1"),
        ("repeat.relapsed", "1"),
        ("repeat.same_indicator", "1"),
        ("trend.portal_mean.2025Q4", "70"),
    ] {
        assert_eq!(printed(&answer, name), expected, "{name}");
    }
}

#[test]
fn differences_to_the_products_own_numbers_are_listed() {
    let mut round = round(&[site("a", "portal", &pass(), &pass(), &pass())]);
    round["targets"][0]["sheet"] =
        json!({"outcome": "qualified", "deduct_score": "99.00", "final_score": "100.00"});
    let right = reckoned(round.clone());
    let mut figures = right["figures"].clone();
    figures["sample.websites"]["printed"] = json!("2");
    round["stats"] = json!({"figures": figures});
    let names: Vec<String> = reckoned(round)["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["sample.websites", "targets.a.deduct_score"]);
}
