//! The rules of the house that the compiler does not keep: who imports whom, where SQL stands, that every check has its spec and line.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Dependencies of ours that a manifest names, outside `[dev-dependencies]`.
fn ours(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let dependencies = table
        .get("dependencies")
        .and_then(|value| value.as_table())
        .cloned()
        .unwrap_or_default();
    dependencies
        .keys()
        .filter(|name| name.starts_with("xuncha"))
        .cloned()
        .collect()
}

#[test]
fn imports_go_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("crates/xuncha-core", &[] as &[&str]),
        ("crates/xuncha-gather", &["xuncha-core"]),
        ("crates/xuncha-store", &["xuncha-core"]),
        ("crates/xuncha-report", &["xuncha-core"]),
        (
            "crates/xuncha-web",
            &["xuncha-core", "xuncha-store", "xuncha-report"],
        ),
        ("crates/xuncha-province", &[]),
        ("xtask", &[]),
    ]);
    for (folder, allowed) in allowed {
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let found = ours(&root().join(folder).join("Cargo.toml"));
        let extra: Vec<&String> = found.difference(&allowed).collect();
        assert!(
            extra.is_empty(),
            "{folder} imports {extra:?}; ARCHITECTURE.md does not let it"
        );
    }
}

#[test]
fn heavy_families_stay_behind_their_doors() {
    let doors = [
        ("sea-orm", "xuncha-store"),
        ("typst", "xuncha-report"),
        ("docx-rs", "xuncha-report"),
        ("calamine", "xuncha-report"),
        ("axum", "xuncha-web"),
        ("hickory-resolver", "xuncha-gather"),
        ("rcgen", "xuncha-province"),
    ];
    for manifest in sources(&root().join("crates"), "toml")
        .iter()
        .filter(|path| path.ends_with("Cargo.toml"))
    {
        let text = fs::read_to_string(manifest).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let name = table["package"]["name"].as_str().unwrap().to_owned();
        let dependencies = table
            .get("dependencies")
            .and_then(|value| value.as_table())
            .cloned()
            .unwrap_or_default();
        for (family, door) in doors {
            assert!(
                !dependencies.contains_key(family) || name == door,
                "{name} sees {family}; only {door} may"
            );
        }
    }
}

#[test]
fn sql_stands_only_in_store() {
    let verbs = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "CREATE TABLE",
    ];
    for file in sources(&root().join("crates"), "rs") {
        let path = file.to_string_lossy().into_owned();
        if path.contains("xuncha-store") || path.ends_with("tidy.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for verb in verbs {
            assert!(
                !text.contains(&format!("\"{verb}")),
                "{path} holds SQL ({verb})"
            );
        }
    }
}

#[test]
fn every_check_has_its_spec_and_its_line() {
    let folder = root().join("crates/xuncha-core/src/checks");
    let infrastructure = ["mod", "spec", "common", "context"];
    let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let mut count = 0;
    for file in sources(&folder, "rs") {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if file.parent() != Some(folder.as_path()) || infrastructure.contains(&name.as_str()) {
            continue;
        }
        let is_check = fs::read_to_string(&file)
            .unwrap()
            .contains("pub const VERSION");
        if !is_check {
            continue;
        }
        count += 1;
        assert!(
            folder.join(format!("{name}.md")).is_file(),
            "check {name} has no spec {name}.md"
        );
        assert!(
            list.contains(&name),
            "check {name} has no line in checks/mod.rs"
        );
    }
    assert!(
        count >= 18,
        "only {count} checks were found; is the folder right?"
    );
}

/// What a person must know before he trusts a check stands in its spec, before the first case, and says which way each error goes.
#[test]
fn every_spec_says_what_is_automatic_and_how_it_can_be_wrong() {
    let folder = root().join("crates/xuncha-core/src/checks");
    let mut faults = Vec::new();
    for file in sources(&folder, "md") {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let before_cases = text.split("\n## 案例：").next().unwrap();
        let section = |heading: &str| -> Vec<&str> {
            let body = before_cases.split_once(&format!("\n## {heading}\n"));
            let body = body.map_or("", |(_, rest)| rest.split("\n## ").next().unwrap());
            body.lines().filter(|line| !line.is_empty()).collect()
        };
        let mut fault = |what: &str| faults.push(format!("{name}: {what}"));
        let labels: Vec<&str> = section("自动与人工")
            .iter()
            .map(|line| line.split('：').next().unwrap())
            .collect();
        if labels != ["- 自动", "- 转人工", "- 无法判定"] {
            fault("“自动与人工” needs the lines “- 自动：…”, “- 转人工：…”, “- 无法判定：…”");
        }
        let misjudgements = section("已知误判");
        let is_directed = |line: &&str| {
            ["- 误报：", "- 漏报：", "- 误报、漏报："]
                .iter()
                .any(|start| line.starts_with(start) && line.len() > start.len())
        };
        if misjudgements.is_empty() || !misjudgements.iter().all(is_directed) {
            fault(
                "every line of “已知误判” begins with “- 误报：”, “- 漏报：” or “- 误报、漏报：”",
            );
        }
        if before_cases.contains("- 留给人工：") {
            fault("what is left to a person stands under “自动与人工”");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn indicator_files_name_existing_checks() {
    let known = fs::read_to_string(root().join("crates/xuncha-core/src/checks/mod.rs")).unwrap();
    for file in sources(&root().join("indicators"), "toml") {
        let table: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        let Some(checks) = table.get("checks").and_then(|value| value.as_array()) else {
            continue;
        };
        for check in checks {
            let check = check.as_str().unwrap();
            assert!(
                known.contains(check),
                "{} names the check {check}, which is not in the list",
                file.display()
            );
        }
    }
}

#[test]
fn files_are_of_readable_length() {
    // Longer ones are named here, with the reason, so that a new one is a decision.
    let longer: &[&str] = &["model.rs", "cli.rs"];
    let mut over = Vec::new();
    for folder in ["crates", "xtask/src"] {
        for file in sources(&root().join(folder), "rs") {
            let path = file.to_string_lossy().into_owned();
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            let is_named = longer.iter().any(|name| path.ends_with(name));
            if lines > 600 && !is_named && !path.contains("/tests/") {
                over.push(format!("{path}: {lines}"));
            }
        }
    }
    assert!(over.is_empty(), "files over 600 lines: {over:#?}");
}

/// What pages show comes from these crates: office staff have no terminal, so that no sentence sends them to one.
#[test]
fn no_sentence_of_pages_names_a_command() {
    // A document for outsiders may name the tool that verifies it.
    let allowed = ["notice/index.rs"];
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let names_one = |line: &str| {
        let command = line.split("xuncha ").skip(1);
        let flag = line.split(" --").skip(1);
        command
            .chain(flag)
            .any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let mut found = Vec::new();
    for folder in [
        "xuncha-core/src",
        "xuncha-store/src",
        "xuncha-web/src",
        "xuncha-web/templates",
    ] {
        let folder = root().join("crates").join(folder);
        let files = sources(&folder, "rs")
            .into_iter()
            .chain(sources(&folder, "html"));
        for path in files.filter(|path| !allowed.iter().any(|end| path.ends_with(end))) {
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                let is_code = !line.trim_start().starts_with("//");
                if is_code && line.chars().any(is_chinese) && names_one(line) {
                    found.push(format!(
                        "{}:{}: {}",
                        path.display(),
                        number + 1,
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
