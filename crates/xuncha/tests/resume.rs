//! kill -9 during `gather`: the resumed run ends with the verdicts of an undisturbed one, and repeats at most one visit per host and kill, with
//! the redirects on its way.
//!
//! `XUNCHA_KILLS` sets how many kills are drawn over the run (3 by default, 10 and more by `cargo xtask soak`).
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::{Province, assert_archives_are_sound, succeed, xuncha};

fn prepare(province: &Province, data: &Path) {
    succeed(
        xuncha()
            .arg("--data")
            .arg(data)
            .args(["registry", "import"])
            .arg(province.folder.join("registry.xlsx")),
    );
    let as_of = province.text("as_of");
    let round = [
        "round",
        "new",
        "2026Q1",
        "--as-of",
        as_of,
        "--seed",
        "resume",
        "--departments",
        "4",
        "--accounts",
        "10",
    ];
    succeed(xuncha().arg("--data").arg(data).args(round));
}

fn gather(province: &Province, data: &Path) -> Child {
    let mut command = xuncha();
    command
        .arg("--data")
        .arg(data)
        .args(["gather", "--rate", "unlimited", "--province"])
        .arg(province.described());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What every check said of every target: case, key and count of each finding. Where in the archive the proof stands may differ,
/// since a request that was cut off by a kill is asked once more.
fn verdicts(data: &Path, out: &Path) -> BTreeMap<String, String> {
    succeed(
        xuncha()
            .arg("--data")
            .arg(data)
            .args(["judge", "--out"])
            .arg(out),
    );
    let results: Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    let mut verdicts = BTreeMap::new();
    for target in results["targets"].as_array().unwrap() {
        let id = target["subject"]["target"]["id"].as_str().unwrap();
        for judgement in target["judgements"].as_array().unwrap() {
            let name = format!("{id} {} {}", judgement["indicator"], judgement["check"]);
            let mut result = judgement["result"].clone();
            forget_evidence(&mut result);
            verdicts.insert(name, result.to_string());
        }
        let mut sheet = target["sheet"].clone();
        forget_evidence(&mut sheet);
        verdicts.insert(format!("{id} sheet"), sheet.to_string());
    }
    assert!(verdicts.len() > 100, "only {} verdicts", verdicts.len());
    verdicts
}

fn forget_evidence(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("evidence");
            fields.values_mut().for_each(forget_evidence);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_evidence),
        _ => {}
    }
}

#[test]
fn killed_gather_ends_with_the_same_verdicts() {
    let kills: u64 = std::env::var("XUNCHA_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    let folder = tempfile::tempdir().unwrap();

    let calm = Province::start(&folder.path().join("calm"), 5, "realistic");
    let calm_data = folder.path().join("calm-data");
    prepare(&calm, &calm_data);
    assert!(gather(&calm, &calm_data).wait().unwrap().success());
    let calm_visits = calm.visits_by_host();
    let total = calm.request_count();
    let expected = verdicts(&calm_data, &folder.path().join("calm.json"));
    drop(calm);
    assert_archives_are_sound(&calm_data);

    let shaken = Province::start(&folder.path().join("shaken"), 5, "realistic");
    let shaken_data = folder.path().join("shaken-data");
    prepare(&shaken, &shaken_data);
    let mut done = 0;
    for kill in 0..kills {
        // Spread over the whole run, from the first probes to the last looks, a little off the even steps.
        let at =
            (total * (kill + 1) / (kills + 1) + (kill * 37) % 101).min(total.saturating_sub(20));
        let mut child = gather(&shaken, &shaken_data);
        loop {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            if shaken.request_count() >= at {
                child.kill().unwrap();
                child.wait().unwrap();
                done += 1;
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(
        done > 0,
        "no kill hit the run: {total} requests are over too soon"
    );
    assert!(gather(&shaken, &shaken_data).wait().unwrap().success());
    let repeated: Vec<String> = shaken
        .visits_by_host()
        .iter()
        .filter(|(host, count)| **count > calm_visits.get(*host).copied().unwrap_or(0) + done)
        .map(|(host, count)| format!("{host}: {count} instead of {:?}", calm_visits.get(host)))
        .collect();
    assert!(
        repeated.is_empty(),
        "more than one repeated visit per host and kill: {repeated:#?}"
    );
    assert_archives_are_sound(&shaken_data);
    let found = verdicts(&shaken_data, &folder.path().join("shaken.json"));
    assert!(
        found == expected,
        "verdicts differ after {done} kills; see calm.json and shaken.json"
    );
}
