use jiff::civil::DateTime;
use serde_json::json;

use super::*;
use crate::facts::model::AccountFacts;

fn indicator(id: &str, checks: &[&str], applies_to: &[&str], params: Value) -> Value {
    json!({
        "id": id, "level1": "办事服务", "level2": id, "kind": "deduct", "points": "5",
        "points_confidence": "S", "applies_to": applies_to, "checks": checks, "confirm": "never",
        "text": "规则", "source": "文件", "rules": [], "params": params,
    })
}

fn set(indicators: Vec<Value>) -> IndicatorSet {
    serde_json::from_value(json!({
        "id": "gov-2019", "title": "检查指标", "source": "文件", "effective": "2019-04-01",
        "formula": {
            "deduct_total": "100", "bonus_total": "30", "fail_below": "60", "bonus_above": "80",
            "cap_per_indicator": true, "scored": ["portal"], "no_service_group": "办事服务",
        },
        "indicators": indicators, "sha256": "",
    }))
    .unwrap()
}

fn account() -> (Subject, Facts) {
    let subject = serde_json::from_value(json!({
        "target": {
            "target_kind": "account", "id": "A000001", "name": "青石发布", "platform": "微信",
            "kind": "订阅号", "organization": "U1", "region": "990100", "certified_subject": "",
            "page_url": null, "feed_url": null, "download_url": null, "state": "running",
            "opened": null,
        },
        "organization_name": "青石市人民政府办公室", "region_name": "青石市",
        "region_path": ["云岭省"], "reporting_name": null,
        "sibling_accounts": ["A000001", "A000002"],
    }))
    .unwrap();
    let facts = Facts::Account(Box::new(AccountFacts {
        monitor_from: at("2026-03-06T09:00"),
        as_of: at("2026-03-20T09:00"),
        posts: Vec::new(),
        is_readable: None,
        interaction: Vec::new(),
        page_evidence: None,
        feed_evidence: None,
        store_page: None,
        package: None,
        download: None,
        trouble: None,
        says_empty: false,
        is_page_shown: true,
        is_one_article: false,
    }));
    (subject, facts)
}

fn department(no_services: bool) -> Target {
    serde_json::from_value(json!({
        "target_kind": "site", "id": "9901000012", "name": "青石市水利局网站",
        "home": "https://slj.qingshi.gov.cn/", "kind": "department", "organization": "U2",
        "region": "990100", "state": "running", "icp": null, "police": null,
        "no_services": no_services,
    }))
    .unwrap()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn context() -> Context {
    Context {
        as_of: at("2026-03-20T09:00"),
        seed: "7".to_owned(),
    }
}

#[test]
fn results_come_in_the_order_of_the_set() {
    let set = set(vec![
        indicator(
            "M-2",
            &["duplicate_account", "stale_account"],
            &["account"],
            json!({}),
        ),
        indicator("P-1", &["stale_home"], &["portal"], json!({})),
        indicator("M-1", &["duplicate_account"], &["account"], json!({})),
    ]);
    let (subject, facts) = account();
    let judgements = judge_target(&set, &subject, &facts, &context());
    let names: Vec<(&str, &str)> = judgements
        .iter()
        .map(|one| (one.indicator.as_str(), one.check.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("M-2", "duplicate_account"),
            ("M-2", "stale_account"),
            ("M-1", "duplicate_account")
        ]
    );
    assert_eq!(judgements[0].result, judgements[2].result);
    assert!(matches!(
        &judgements[0].result,
        Judged::Known { verdict: Verdict::Fail { findings, .. } } if findings[0].case == "duplicate"
    ));
    assert!(matches!(&judgements[1].result, Judged::Unknown { .. }));
}

#[test]
fn other_parameters_give_another_verdict() {
    let set = set(vec![
        indicator("M-1", &["duplicate_account"], &["account"], json!({})),
        indicator(
            "M-2",
            &["duplicate_account"],
            &["account"],
            json!({"duplicate_account": {"allowed": 2}}),
        ),
    ]);
    let (subject, facts) = account();
    let judgements = judge_target(&set, &subject, &facts, &context());
    assert_ne!(judgements[0].result, judgements[1].result);
}

#[test]
fn a_stored_judgement_reads_back_the_same() {
    let set = set(vec![indicator(
        "M-1",
        &["duplicate_account", "stale_account"],
        &["account"],
        json!({}),
    )]);
    let (subject, facts) = account();
    for judgement in judge_target(&set, &subject, &facts, &context()) {
        let stored = serde_json::to_string(&judgement).unwrap();
        assert_eq!(
            serde_json::from_str::<Judgement>(&stored).unwrap(),
            judgement
        );
    }
}

#[test]
fn an_unreadable_set_is_named_and_never_held_against_the_target() {
    let mut broken = indicator("M-3", &["manual"], &["account"], json!({"stale_home": {}}));
    broken["rules"] = json!([{"cases": ["stale"], "text": "规则"}]);
    let set = set(vec![
        indicator("M-1", &["stale_acount"], &["account"], json!({})),
        indicator(
            "M-2",
            &["stale_account"],
            &["account"],
            json!({"stale_account": {"day": 14}}),
        ),
        broken,
    ]);
    let faults = checks_used(&set).unwrap_err();
    let indicators: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 5, "{indicators:#?}");
    assert!(indicators[0].contains("指标 M-1") && indicators[0].contains("stale_acount"));
    assert!(indicators[1].contains("指标 M-2") && indicators[1].contains("unknown field `day`"));
    assert!(indicators[2].contains("指标 M-3") && indicators[2].contains("question"));
    assert!(matches!(&faults[3], SetFault::IdleParams { check, .. } if check == "stale_home"));
    assert!(matches!(&faults[4], SetFault::UnknownCase { case, .. } if case == "stale"));
    let (subject, facts) = account();
    let judgements = judge_target(&set, &subject, &facts, &context());
    assert!(
        judgements
            .iter()
            .all(|one| matches!(one.result, Judged::Unknown { .. }))
    );
}

#[test]
fn a_sound_set_names_its_checks_and_phases() {
    let set = set(vec![
        indicator(
            "W-1",
            &["unreachable_site", "broken_links"],
            &["portal", "department"],
            json!({}),
        ),
        indicator("W-2", &["search_misses"], &["portal"], json!({})),
    ]);
    let used: Vec<&str> = checks_used(&set).unwrap().into_keys().collect();
    assert_eq!(used, ["broken_links", "search_misses", "unreachable_site"]);
    let phases: Vec<&str> = phases_needed(&set, TargetClass::Department)
        .into_iter()
        .collect();
    assert_eq!(phases, ["crawl", "looks", "probe"]);
}

#[test]
fn departments_without_services_are_not_asked_about_services() {
    let asks = |id: &str| json!({"manual": {"question": id, "prompt": "有几处不准确？"}});
    let mut other = indicator(
        "D-2",
        &["manual"],
        &["department"],
        asks("overview_accuracy"),
    );
    other["level1"] = json!("发布解读");
    let set = set(vec![
        indicator(
            "D-1",
            &["manual"],
            &["department"],
            asks("content_accuracy"),
        ),
        other,
    ]);
    let ids = |target: &Target| -> Vec<String> {
        questions(&set, target)
            .into_iter()
            .map(|question| question.id)
            .collect()
    };
    assert_eq!(
        ids(&department(false)),
        ["content_accuracy", "overview_accuracy"]
    );
    assert_eq!(ids(&department(true)), ["overview_accuracy"]);
    assert!(ids(&account().0.target).is_empty());
}

#[test]
fn nothing_is_held_against_what_was_closed_on_the_day() {
    let (subject, facts) = account();
    let set = set(vec![
        indicator(
            "D-1",
            &["stale_account"],
            &["account"],
            json!({"stale_account": {"max_days": 14}}),
        ),
        indicator(
            "D-2",
            &["manual"],
            &["account"],
            json!({"manual": {"question": "q", "prompt": "有吗？"}}),
        ),
        indicator("D-3", &["broken_links"], &["portal"], json!({})),
    ]);
    let day = |text: &str| text.parse().unwrap();
    let days = (day("2026-03-10"), day("2026-03-20"));
    let said = judge_suspended(&set, &subject, day("2026-03-20"), days);
    let named: Vec<_> = said.iter().map(|one| one.indicator.as_str()).collect();
    assert_eq!(named, ["D-1", "D-2"], "what applies, and no more");
    for one in &said {
        let Judged::Unknown { undetermined } = &one.result else {
            panic!("{one:?}")
        };
        assert_eq!(undetermined.reason, UndeterminedReason::NotGathered);
        assert!(undetermined.detail.contains("2026-03-10 至 2026-03-20"));
    }
    let made = judge_target(&set, &subject, &facts, &context());
    let places = |all: &[Judgement]| -> Vec<(String, String, u32)> {
        let place = |one: &Judgement| (one.indicator.clone(), one.check.clone(), one.check_version);
        all.iter().map(place).collect()
    };
    assert_eq!(places(&said), places(&made), "as where it was open");
}
