//! House rules of the core that a compiler does not keep: each check has its room, its specification and its line, and the core
//! stays pure.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use xuncha_core::checks::{self, CHECKS};

/// Files in `checks/` that are no rooms.
const NO_ROOMS: [&str; 5] = ["mod", "spec", "support", "specification", "unread_tests"];

/// A room is named for what fails, so one of its words says what is wrong; `manual` names who answers.
const FAILING_WORDS: [&str; 36] = [
    "faults",
    "few",
    "forced",
    "short",
    "unfit",
    "forged",
    "invalid",
    "unreachable",
    "stale",
    "broken",
    "missing",
    "nonconforming",
    "misses",
    "uninterpreted",
    "unlinked",
    "incomplete",
    "unpublished",
    "no",
    "unavailable",
    "duplicate",
    "manual",
    "wrong",
    "dead",
    "jump",
    "unfiled",
    "without",
    "exposed",
    "severe",
    "hidden",
    "harmful",
    "tampered",
    "leaked",
    "unsafe",
    "advertising",
    "unusable",
    "disagreeing",
];

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)
}

fn stems(extension: &str) -> BTreeSet<String> {
    std::fs::read_dir(source("checks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| !NO_ROOMS.contains(&stem.as_str()))
        .collect()
}

#[test]
fn each_check_has_its_room_its_specification_and_its_line() {
    let lines: BTreeSet<String> = CHECKS.iter().map(|check| check.name.to_owned()).collect();
    assert_eq!(
        lines.len(),
        CHECKS.len(),
        "a check stands in the list twice"
    );
    assert_eq!(
        stems("rs"),
        lines,
        "rooms and lines of checks/mod.rs differ"
    );
    assert_eq!(
        stems("md"),
        lines,
        "specifications and lines of checks/mod.rs differ"
    );
}

#[test]
fn each_check_is_named_for_a_failing_state() {
    for check in CHECKS {
        assert!(
            check
                .name
                .split('_')
                .any(|word| FAILING_WORDS.contains(&word)),
            "{} does not say what fails",
            check.name
        );
    }
}

#[test]
fn each_room_says_what_it_is() {
    for check in CHECKS {
        let text = std::fs::read_to_string(source(&format!("checks/{}.rs", check.name))).unwrap();
        for part in [
            "//! * Why:",
            "//! * Evidence used:",
            "//! * Left to a person:",
            "//! * Known misjudgements:",
            "//! * Source:",
        ] {
            assert!(text.contains(part), "{} lacks {part}", check.name);
        }
        assert!(text.lines().count() <= 400, "{} is too long", check.name);
        assert!(check.version >= 1, "{} has no version", check.name);
        assert!(!check.cases.is_empty(), "{} has no cases", check.name);
        let cases: BTreeSet<&str> = check.cases.iter().map(|(case, _)| *case).collect();
        assert_eq!(
            cases.len(),
            check.cases.len(),
            "{} names a case twice",
            check.name
        );
    }
}

#[test]
fn each_specification_is_headed_in_chinese_and_names_the_parameters() {
    for check in CHECKS {
        let mut lines = check.spec.lines();
        assert_eq!(
            lines.next(),
            Some(format!("# {}", check.title_zh).as_str()),
            "{}",
            check.name
        );
        let defaults = check.default_params();
        for param in defaults.as_object().unwrap().keys() {
            assert!(
                check.spec.contains(&format!("`{param}`")),
                "{}.md does not explain {param}",
                check.name
            );
        }
    }
}

#[test]
fn parameters_are_read_strictly_and_default_to_the_rule() {
    for check in CHECKS {
        let unknown = serde_json::json!({"no_such_parameter": 1});
        assert!(check.validate_params(&unknown).is_err(), "{}", check.name);
        if check.name == "manual" {
            assert!(check.validate_params(&serde_json::Value::Null).is_err());
            continue;
        }
        check.validate_params(&serde_json::Value::Null).unwrap();
        check.validate_params(&check.default_params()).unwrap();
    }
    assert!(checks::find("stale_home").is_some());
    assert!(checks::find("stale_homes").is_none());
}

#[test]
fn the_core_denies_clocks_files_and_the_network() {
    let lib = std::fs::read_to_string(source("lib.rs")).unwrap();
    for lint in [
        "clippy::disallowed_methods",
        "clippy::disallowed_types",
        "clippy::iter_over_hash_type",
    ] {
        assert!(lib.contains(lint), "lib.rs does not deny {lint}");
    }
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("clippy.toml");
    let settings = std::fs::read_to_string(settings).unwrap();
    for path in [
        "std::time::SystemTime::now",
        "jiff::Zoned::now",
        "std::fs::read",
        "std::env::var",
    ] {
        assert!(
            settings.contains(path),
            "clippy.toml does not forbid {path}"
        );
    }
}
