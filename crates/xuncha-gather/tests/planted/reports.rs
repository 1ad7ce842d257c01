//! What link checkers report: ours, lychee and linkinator, from their JSON.

use serde_json::Value;

use crate::Reports;

/// An address that a checker calls broken, and the page on which it found it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accusation {
    pub page: String,
    pub url: String,
}

/// What `lychee --format json` calls broken: errors, and addresses that took too long.
pub fn lychee(text: &str) -> Vec<Accusation> {
    let report = json(text);
    let maps = ["error_map", "timeout_map"].map(|name| report[name].as_object());
    maps.into_iter()
        .flat_map(|map| map.expect("a report of lychee has both maps"))
        .flat_map(|(page, links)| {
            let links = links.as_array().into_iter().flatten();
            links.map(move |link| Accusation {
                page: page.clone(),
                url: text_of(&link["url"]),
            })
        })
        .collect()
}

/// What `linkinator --format json` calls broken.
pub fn linkinator(text: &str) -> Vec<Accusation> {
    let report = json(text);
    let links = report["links"].as_array();
    links
        .expect("a report of linkinator has links")
        .iter()
        .filter(|link| link["state"] == "BROKEN")
        .map(|link| Accusation {
            page: text_of(&link["parent"]),
            url: text_of(&link["url"]),
        })
        .collect()
}

/// What `xuncha check --json` says of links: all of it by class, and what it calls broken.
pub fn ours(text: &str) -> (Reports, Vec<Accusation>) {
    let report = json(text);
    let of_links = |name: &str| {
        let list = report[name].as_array().cloned();
        let list = list.expect("a report of ours has findings and what it could not determine");
        list.into_iter()
            .filter(|entry| entry["check"] == "broken_links")
    };
    let (mut reports, mut accusations) = (Reports::new(), Vec::new());
    for finding in of_links("findings") {
        let class = match text_of(&finding["case"]).as_str() {
            "home_link" | "other_link" => "dead",
            _ => "listed",
        };
        reports.insert((class, text_of(&finding["key"])));
        accusations.push(Accusation {
            page: text_of(&finding["found_on"][0]),
            url: text_of(&finding["url"]),
        });
    }
    let unknown = of_links("undetermined");
    reports.extend(unknown.map(|doubt| ("unknown", text_of(&doubt["key"]))));
    (reports, accusations)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a report is JSON")
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn accusation(page: &str, url: &str) -> Accusation {
    Accusation {
        page: page.to_owned(),
        url: url.to_owned(),
    }
}

#[test]
fn a_report_of_lychee_is_read() {
    let text = r#"{"total": 3, "success_map": {"http://a.test/": [{"url": "http://a.test/fine", "status": {"text": "OK"}}]},
        "error_map": {"http://a.test/": [
            {"url": "http://a.test/404", "status": {"text": "Rejected", "code": 404}, "span": {"line": 1, "column": 32}},
            {"url": "error:", "status": {"text": "Error building URL for \"http:// a/\""}}]},
        "timeout_map": {"http://a.test/2": [{"url": "http://a.test/hang", "status": {"text": "Timeout"}}]},
        "excluded_map": {"http://a.test/": [{"url": "mailto:a@b"}]}}"#;
    let expected = [
        accusation("http://a.test/", "http://a.test/404"),
        accusation("http://a.test/", "error:"),
        accusation("http://a.test/2", "http://a.test/hang"),
    ];
    assert_eq!(lychee(text), expected);
}

#[test]
fn a_report_of_linkinator_is_read() {
    let text = r#"{"links": [
        {"url": "http://a.test/", "status": 200, "state": "OK", "failureDetails": []},
        {"url": "http://a.test/#no", "status": 200, "state": "BROKEN", "parent": "http://a.test/", "displayText": "c"},
        {"url": "mailto:a@b", "status": 0, "state": "SKIPPED", "parent": "http://a.test/"}], "passed": false}"#;
    let expected = [accusation("http://a.test/", "http://a.test/#no")];
    assert_eq!(linkinator(text), expected);
}

#[test]
fn a_report_of_ours_is_read() {
    let text = r#"{"findings": [
        {"check": "stale_home", "key": "home", "case": "stale", "url": "http://a.test/", "found_on": []},
        {"check": "broken_links", "key": "http://a.test/x", "case": "other_link", "url": "http://a.test/x", "found_on": ["http://a.test/p", "http://a.test/q"]},
        {"check": "broken_links", "key": "http://a.test/p#n", "case": "missing_fragment", "url": "http://a.test/p#n", "found_on": ["http://a.test/q"]}],
        "undetermined": [
        {"check": "broken_links", "key": "http://a.test/w", "reason": "blocked", "detail": "403"},
        {"check": "invalid_certificate", "key": null, "reason": "our_side", "detail": "x"}]}"#;
    let (reports, accusations) = ours(text);
    let expected = [
        ("dead", "http://a.test/x"),
        ("listed", "http://a.test/p#n"),
        ("unknown", "http://a.test/w"),
    ];
    let expected: Reports = expected.map(|(class, url)| (class, url.to_owned())).into();
    assert_eq!(reports, expected);
    let expected = [
        accusation("http://a.test/p", "http://a.test/x"),
        accusation("http://a.test/q", "http://a.test/p#n"),
    ];
    assert_eq!(accusations, expected);
}
