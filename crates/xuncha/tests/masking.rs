//! Numbers of persons that the province plants are nowhere to be seen as they are but in the archive itself.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{succeed, xuncha};
use xuncha_store::evidence::EvidenceFolder;

/// Numbers as planted, by target.
fn planted(truth: &Path) -> Vec<(String, BTreeSet<String>)> {
    let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    let targets = truth["targets"].as_array().unwrap().iter();
    targets
        .map(|target| {
            let items = target["checks"]["exposed_personal_data"]["items"].as_array();
            let notes = items
                .into_iter()
                .flatten()
                .filter_map(|item| item["note"].as_str());
            let numbers = notes
                .flat_map(str::split_whitespace)
                .filter(|number| number.len() >= 11)
                .map(str::to_owned)
                .collect();
            (target["target"].as_str().unwrap().to_owned(), numbers)
        })
        .collect()
}

/// Every file below a folder, but archives and their indexes.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, found);
        } else if !name.ends_with(".warc.gz") {
            found.push(path);
        }
    }
}

/// What a file says, unpacked where it is a package.
fn said(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    let mut all = bytes.clone();
    if let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        for at in 0..archive.len() {
            archive.by_index(at).unwrap().read_to_end(&mut all).unwrap();
        }
    }
    all
}

#[test]
fn no_number_of_a_person_leaves_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = succeed(
        xuncha()
            .args(["demo", "--no-serve", "--seed", "23", "--out"])
            .arg(&out)
            .env("XUNCHA_LOG", "debug"),
    );
    let by_target = planted(&out.join("province/truth.json"));
    let data = out.join("data");
    let evidence = EvidenceFolder::open(&data.join("evidence")).unwrap();
    let drawn: BTreeSet<String> = evidence
        .targets("2026Q1")
        .unwrap()
        .into_iter()
        .map(|target| target.0)
        .collect();
    let numbers: BTreeSet<&String> = by_target
        .iter()
        .filter(|(target, _)| drawn.contains(target))
        .flat_map(|(_, numbers)| numbers)
        .collect();
    assert!(!numbers.is_empty(), "nothing was planted in what was drawn");

    let mut paths = Vec::new();
    files(&data, &mut paths);
    for file in [
        "results.json",
        "accuracy.json",
        "notice.docx",
        "notice.html",
        "annexes.xlsx",
    ] {
        paths.push(out.join(file));
    }
    let mut texts: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| (path.display().to_string(), said(path)))
        .collect();
    texts.push(("standard output".to_owned(), output.stdout));
    texts.push(("log".to_owned(), output.stderr));
    // Facts stand packed in their files.
    for target in evidence.targets("2026Q1").unwrap() {
        let records = evidence.records("2026Q1", &target).unwrap();
        for record in records {
            let record = serde_json::to_vec(&record.unwrap()).unwrap();
            texts.push((format!("facts of {}", target.0), record));
        }
    }
    let mut seen_masked = 0;
    for (name, text) in &texts {
        for number in &numbers {
            let is_there = memchr::memmem::find(text, number.as_bytes()).is_some();
            assert!(!is_there, "{name} holds {number}");
        }
        seen_masked += usize::from(memchr::memmem::find(text, b"***********").is_some());
    }
    assert!(seen_masked > 0, "no masked number was found either");
}
