//! Builds small rounds in the format of `docs/results.md`.

use serde_json::{Value, json};

use super::super::reckon;

/// 发布解读 has 政策文件 (5) and 其他栏目 (4), 办事服务 has 办事统计 (25), 功能设计 has 可用性 (66): 100 together.
pub fn set() -> Value {
    let indicator = |id: &str,
                     level1: &str,
                     level2: &str,
                     kind: &str,
                     points: &str,
                     check: &str,
                     rules: Value| {
        json!({"id": id, "level1": level1, "level2": level2, "kind": kind, "points": points, "points_confidence": "lo",
               "applies_to": ["portal", "department"], "checks": [check], "confirm": "never", "rules": rules, "params": {}})
    };
    let mut bonus = indicator(
        "B",
        "信息发布",
        "",
        "bonus",
        "5.00",
        "manual",
        json!([{"cases": ["answer"], "kind": "each", "points": "1.00"}]),
    );
    bonus["params"] = json!({"manual": {"question": "bonus_release"}});
    let mut stale = indicator(
        "M",
        "单项否决",
        "内容不更新",
        "veto",
        "0.00",
        "stale_account",
        json!([{"cases": ["stale"]}]),
    );
    stale["applies_to"] = json!(["account"]);
    json!({"id": "t", "title": "", "source": "", "effective": "2019-04-01", "sha256": "",
      "formula": {"deduct_total": "100.00", "bonus_total": "30.00", "fail_below": "60.00", "bonus_above": "80.00",
                  "cap_per_indicator": true, "scored": ["portal", "department"], "no_service_group": "办事服务"},
      "indicators": [
        indicator("V", "单项否决", "栏目不更新", "veto", "0.00", "stale_columns",
                  json!([{"cases": ["news", "notice"], "at_least": 5}, {"cases": ["empty"], "at_least": 5}])),
        stale,
        indicator("D1", "发布解读", "政策文件", "deduct", "5.00", "stale_columns", json!([{"cases": ["notice"], "kind": "fixed", "points": "5.00"}])),
        indicator("D2", "发布解读", "其他栏目", "deduct", "4.00", "stale_columns",
                  json!([{"cases": ["empty"], "kind": "each", "points": "2.00"}, {"cases": ["overdue"], "kind": "each", "points": "1.00"}])),
        indicator("D3", "办事服务", "办事统计", "deduct", "25.00", "missing_service_statistics", json!([{"cases": ["none"], "kind": "all"}])),
        indicator("D4", "功能设计", "可用性", "deduct", "66.00", "broken_links",
                  json!([{"cases": ["home"], "kind": "each", "points": "1.00"}, {"cases": ["other"], "kind": "each", "points": "0.10"}])),
        bonus]})
}

pub fn pass() -> Value {
    json!({"result": "known", "verdict": "pass"})
}

pub fn fail(findings: &[(&str, &str, u64)]) -> Value {
    let findings: Vec<Value> = findings
        .iter()
        .map(|(key, case, count)| json!({"key": key, "case": case, "count": count, "confidence": "high"}))
        .collect();
    json!({"result": "known", "verdict": "fail", "findings": findings})
}

/// A site with what three checks said; the column check serves the veto and two deductions.
pub fn site(id: &str, class: &str, columns: &Value, statistics: &Value, links: &Value) -> Value {
    let judgement = |indicator: &str, check: &str, result: &Value| json!({"set": "t", "indicator": indicator, "check": check, "result": result});
    json!({"subject": {"target": {"target_kind": "site", "id": id, "kind": class, "no_services": false}, "region_name": format!("{id}市")},
           "judgements": [
               judgement("V", "stale_columns", columns), judgement("D1", "stale_columns", columns), judgement("D2", "stale_columns", columns),
               judgement("D3", "missing_service_statistics", statistics), judgement("D4", "broken_links", links),
               judgement("B", "manual", &json!({"result": "known", "verdict": "needs_review", "question": "?"}))],
           "reviews": []})
}

pub fn reviewed(
    mut target: Value,
    check: &str,
    key: &str,
    decision: &str,
    number: Option<u64>,
) -> Value {
    let mut review =
        json!({"check": check, "key": key, "decision": decision, "at": "2026-03-21T09:00:00"});
    if let Some(number) = number {
        review["number"] = json!(number);
    }
    target["reviews"].as_array_mut().unwrap().push(review);
    target
}

pub fn round(targets: &[Value]) -> Value {
    let mut frame = json!({"portal/province": [], "portal/city": [], "portal/county": [], "department": ["d9"], "account/微博/990000": ["A9"]});
    let mut drawn = json!({});
    for target in targets {
        let entry = &target["subject"]["target"];
        let stratum = match (
            entry["target_kind"].as_str().unwrap(),
            entry["kind"].as_str().unwrap_or(""),
        ) {
            ("account", _) => "account/微博/990000",
            (_, "portal") => "portal/city",
            _ => "department",
        };
        frame[stratum]
            .as_array_mut()
            .unwrap()
            .push(entry["id"].clone());
        drawn[entry["id"].as_str().unwrap()] = json!(stratum);
    }
    json!({"schema": 1, "round": {"set": set()}, "sample": {"frame": frame, "drawn": drawn}, "previous": [], "targets": targets})
}

pub fn reckoned(value: Value) -> Value {
    reckon(&serde_json::from_value(value).unwrap())
}

pub fn printed<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer["figures"][name]["printed"]
        .as_str()
        .unwrap_or("(none)")
}
