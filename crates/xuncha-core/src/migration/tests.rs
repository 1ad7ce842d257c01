//! Runs `migration.md`: each `## 案例：…` lays its changes over two small sites that agree, and states what is found.
//!
//! `XUNCHA_BLESS=1 cargo test -p xuncha-core migration` writes the present findings into it; read the diff before committing it.

mod site;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::{LossKind, Migration, compare};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/migration.md")
}

/// One case of the specification: title, input, what is expected.
fn cases(text: &str) -> Vec<(String, String, String)> {
    let part = |part: &str, language: &str| {
        let open = format!("\n```{language}\n");
        let start = part.find(&open).unwrap() + open.len();
        let end = start + part[start..].find("```").unwrap();
        part[start..end].trim_end().to_owned()
    };
    text.split("\n## 案例：")
        .skip(1)
        .map(|case| {
            let title = case.lines().next().unwrap().to_owned();
            (title, part(case, "toml"), part(case, "text"))
        })
        .collect()
}

fn written(migration: &Migration) -> String {
    let mut out = String::new();
    for loss in &migration.losses {
        let word = if loss.kind.is_notice() {
            "提示"
        } else {
            "损失"
        };
        let _ = writeln!(
            out,
            "{word} {}《{}》{}",
            loss.kind.name(),
            loss.title,
            loss.detail
        );
    }
    for unclear in &migration.unclear {
        let _ = writeln!(
            out,
            "无法判定 {}《{}》{}",
            unclear.about, unclear.title, unclear.why
        );
    }
    if out.is_empty() {
        out.push_str("没有损失");
    }
    out.trim_end().to_owned()
}

#[test]
fn the_specification_holds() {
    let is_blessing = std::env::var("XUNCHA_BLESS").is_ok_and(|value| value == "1");
    let mut text = std::fs::read_to_string(path()).unwrap();
    let mut faults = Vec::new();
    for (title, input, expected) in cases(&text.clone()) {
        let (old, new) = site::both(&input);
        let found = written(&compare(&old, &new));
        if found == expected {
            continue;
        }
        if is_blessing {
            let at = text.find(&format!("\n## 案例：{title}\n")).unwrap();
            let open = at + text[at..].find("\n```text\n").unwrap() + 9;
            let close = open + text[open..].find("```").unwrap();
            text.replace_range(open..close, &format!("{found}\n"));
        }
        faults.push(format!(
            "{title}\n--- written\n{expected}\n--- found\n{found}"
        ));
    }
    if is_blessing {
        std::fs::write(path(), &text).unwrap();
        return;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_kind_of_loss_and_near_misses_are_shown() {
    let text = std::fs::read_to_string(path()).unwrap();
    let cases = cases(&text);
    let titles: BTreeSet<&str> = cases.iter().map(|(title, ..)| title.as_str()).collect();
    assert_eq!(titles.len(), cases.len(), "titles must differ");
    for kind in LossKind::ALL {
        let line = format!("{}《", kind.name());
        assert!(
            cases.iter().any(|(.., expected)| expected.contains(&line)),
            "no case shows {}",
            kind.name()
        );
    }
    let sound = cases
        .iter()
        .filter(|(.., expected)| expected == "没有损失")
        .count();
    assert!(sound >= 12, "{sound} near-misses");
    assert!(text.contains("\n无法判定 "));
}
