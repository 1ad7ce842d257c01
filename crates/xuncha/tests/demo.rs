//! The whole path through the real binary: files, figures, re-judging offline.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{succeed, xuncha};

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
    let accuracy: Value = serde_json::from_slice(&read(&out.join("accuracy.json"))).unwrap();
    assert!(
        accuracy["checks"].as_object().unwrap().len() >= 18,
        "accuracy.json lacks checks"
    );
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
