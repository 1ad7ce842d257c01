//! The whole path through the real binary: files, figures, re-judging offline.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{succeed, xuncha};
use xuncha_core::registry::TargetClass;
use xuncha_core::score::Outcome;
use xuncha_store::{Location, Store};

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn demo_ends_with_the_notice_and_judges_anew_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    succeed(
        xuncha()
            .args(["demo", "--no-serve", "--seed", "11", "--out"])
            .arg(&out),
    );

    for (file, begins) in [
        ("notice.docx", "PK"),
        ("notice.pdf", "%PDF"),
        ("annexes.xlsx", "PK"),
        ("notice.html", "<!"),
    ] {
        assert!(
            read(&out.join(file)).starts_with(begins.as_bytes()),
            "{file} is not what its name says"
        );
    }
    // What the office gave for its notice stands in it.
    let page = String::from_utf8(read(&out.join("notice.html"))).unwrap();
    for said in [
        "云政办函〔2026〕12号",
        "经省政府领导同意，",
        "抄送：省委办公厅，",
        "2026年4月2日",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let accuracy: Value = serde_json::from_slice(&read(&out.join("accuracy.json"))).unwrap();
    assert!(
        accuracy["checks"].as_object().unwrap().len() >= 18,
        "accuracy.json lacks checks"
    );
    assert_workbook(&out);
    let results = read(&out.join("results.json"));

    // Another folder, time zone, locale and number of threads.
    let moved = folder.path().join("moved");
    let status = std::process::Command::new("cp")
        .arg("-r")
        .arg(out.join("data"))
        .arg(&moved)
        .status()
        .unwrap();
    assert!(status.success());
    let again = folder.path().join("again.json");
    succeed(
        xuncha()
            .arg("--data")
            .arg(&moved)
            .args(["judge", "--out"])
            .arg(&again)
            .env("TZ", "America/New_York")
            .env("LANG", "tr_TR.UTF-8")
            .env("LC_ALL", "C")
            .env("RAYON_NUM_THREADS", "1"),
    );
    assert!(
        read(&again) == results,
        "judging the stored evidence anew gave other bytes"
    );

    let under = folder.path().join("census.json");
    succeed(
        xuncha()
            .arg("--data")
            .arg(&moved)
            .args(["judge", "--under", "census-2015", "--out"])
            .arg(&under),
    );
    let census: Value = serde_json::from_slice(&read(&under)).unwrap();
    assert_eq!(census["round"]["set"]["id"], "census-2015");
    assert!(!census["targets"].as_array().unwrap().is_empty());
}

/// What openpyxl reads in the workbook is what the database holds: outcome and score of every drawn target, what each indicator took, and
/// every finding that counted.
fn assert_workbook(out: &Path) {
    let sheets = workbook(&out.join("annexes.xlsx"));
    let rows = |name: &str| -> Vec<Vec<String>> {
        let sheet = sheets.iter().find(|sheet| sheet["name"] == name).unwrap();
        let text = |cell: &Value| match cell {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let cells = |row: &Value| row.as_array().unwrap().iter().map(text).collect();
        let all = sheet["rows"].as_array().unwrap();
        all[1..].iter().map(cells).collect()
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let location = Location::Folder(out.join("data"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stored = runtime.block_on(async {
        let store = Store::open(&location).await.unwrap();
        store
            .scored_after("2026Q1", "gov-2019", "", 10_000)
            .await
            .unwrap()
    });
    let results = rows("抽查结果");
    let taken = rows("各指标扣分");
    let findings = rows("问题明细");
    assert!(stored.len() > 30 && results.len() == stored.len());
    let mut counted = 0;
    for one in &stored {
        let id = &one.subject.target.id().0;
        let of = |rows: &[Vec<String>]| -> Vec<String> {
            let own = rows.iter().find(|row| row[0] == *id);
            own.unwrap_or_else(|| panic!("{id} is in no row")).clone()
        };
        let row = of(&results);
        let outcome = match one.sheet.outcome {
            Outcome::Qualified => "合格",
            Outcome::Unqualified => "不合格",
            Outcome::Undetermined => "无法判定",
        };
        assert_eq!(
            (row[1].as_str(), row[8].as_str()),
            (one.subject.target.name(), outcome)
        );
        let score = one.sheet.deduct_score.map(|score| score.to_string());
        assert_eq!(number(&row[9]), score.as_deref().and_then(number), "{id}");
        for score in &one.sheet.indicators {
            let is_own = |row: &&Vec<String>| row[0] == *id && row[2] == score.indicator;
            let own = findings.iter().filter(is_own).count();
            assert_eq!(own, score.findings.len(), "{id} {}", score.indicator);
            counted += own;
        }
        if score.is_some() && one.subject.target.class() == TargetClass::Portal {
            let sum: f64 = of(&taken)[4..].iter().filter_map(|cell| number(cell)).sum();
            let own = number(score.as_deref().unwrap()).unwrap();
            assert!((100.0 - sum - own).abs() < 1e-9, "{id}: {sum} {own}");
        }
    }
    assert!(counted > 30, "{counted}");
}

/// The sheets of a workbook as another library reads them.
fn workbook(file: &Path) -> Vec<Value> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let judge = std::env::var_os("XUNCHA_DOCUMENTS").map_or_else(
        || tests.join("../../target/tools/ooxml-integrity/bin/ooxml-integrity"),
        std::path::PathBuf::from,
    );
    let output = std::process::Command::new(judge.with_file_name("python"))
        .arg(tests.join("../xuncha-report/tests/readers/sheets.py"))
        .arg(file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "openpyxl (`cargo xtask test` installs it): {said}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
