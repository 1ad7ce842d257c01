//! Runs every `NAME.md` as a test: each `## 案例：…` holds a `toml` block with the input and a `text` block with the expected verdict.
//!
//! The input is laid over a sound target ([`fixture`]), so a case writes down only what it is about. An unknown field is an error.
//! `XUNCHA_BLESS=1 cargo test -p xuncha-core spec` writes the present verdicts into the files; read the diff before committing it.
#![allow(clippy::unwrap_used)]

mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use super::specification::{Specification, SpecificationCase};
use super::{CHECKS, Check, Context};
use crate::judge::Judged;
use crate::verdict::{Confidence, Doubt, Finding, UndeterminedReason, Verdict};

#[test]
fn every_specification_holds() {
    let is_blessing = std::env::var("XUNCHA_BLESS").is_ok_and(|value| value == "1");
    let mut faults = Vec::new();
    for check in CHECKS {
        let path = folder().join(format!("{}.md", check.name));
        let text = std::fs::read_to_string(&path).unwrap();
        let cases = Specification::read(&text).cases;
        let mut blessed = text.clone();
        for case in &cases {
            match verdict_of(check, case.input) {
                Err(why) => faults.push(format!("{} {}: {why}", check.name, case.title)),
                Ok(actual) if actual == case.expected => {}
                Ok(actual) if is_blessing => {
                    blessed = bless(&blessed, case, &actual);
                }
                Ok(actual) => faults.push(format!(
                    "{} {}\n--- written\n{}\n--- judged\n{actual}",
                    check.name, case.title, case.expected
                )),
            }
        }
        if is_blessing {
            std::fs::write(&path, blessed).unwrap();
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_case_of_a_check_is_shown_by_its_specification() {
    for check in CHECKS {
        let cases = check.specification().cases;
        assert!(cases.len() >= 5, "{} has {} cases", check.name, cases.len());
        let titles: BTreeSet<&str> = cases.iter().map(|case| case.title).collect();
        assert_eq!(
            titles.len(),
            cases.len(),
            "{}: titles must differ",
            check.name
        );
        if check.name == "manual" {
            continue;
        }
        let shown: String = cases.iter().map(|case| case.expected).collect();
        for (case, _) in check.cases {
            assert!(
                shown.contains(&format!("｜{case}｜计")),
                "{}: no case of the specification shows {case}",
                check.name
            );
        }
        assert!(
            cases.iter().any(|case| case.expected.starts_with("通过")),
            "{} shows no target that passes",
            check.name
        );
    }
}

#[test]
fn what_is_unknown_is_shown_by_every_specification_that_gathers() {
    for check in CHECKS.iter().filter(|check| !check.needs.is_empty()) {
        let shown = check.spec;
        assert!(
            shown.contains("\n无法判定（") || shown.contains("\n存疑 "),
            "{} shows nothing undetermined",
            check.name
        );
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/checks")
}

fn bless(text: &str, case: &SpecificationCase<'_>, actual: &str) -> String {
    let at = text.find(&format!("\n## 案例：{}\n", case.title)).unwrap();
    let open = text[at..]
        .find("\n```text\n")
        .map(|open| at + open + 9)
        .unwrap();
    let close = text[open..].find("```").map(|close| open + close).unwrap();
    format!("{}{actual}\n{}", &text[..open], &text[close..])
}

fn verdict_of(check: &Check, input: &str) -> Result<String, String> {
    let input: Value = toml::from_str(input).map_err(|error| error.to_string())?;
    let case = fixture::build(&input)?;
    let context = Context {
        as_of: case.as_of,
        seed: case.seed,
    };
    let judged = check
        .judge(&case.subject, &case.facts, &context, &case.params)
        .map_err(|error| error.to_string())?;
    is_well_formed(check, &judged)?;
    Ok(written(&judged))
}

/// What holds for every verdict of every check.
fn is_well_formed(check: &Check, judged: &Judged) -> Result<(), String> {
    let stored = serde_json::to_string(judged).map_err(|error| error.to_string())?;
    let read: Judged = serde_json::from_str(&stored).map_err(|error| error.to_string())?;
    if read != *judged {
        return Err("the stored verdict reads back as another".to_owned());
    }
    let Judged::Known {
        verdict: Verdict::Fail { findings, .. },
    } = judged
    else {
        return Ok(());
    };
    if !findings.is_sorted_by(|a, b| (&a.key, &a.case) < (&b.key, &b.case)) {
        return Err("findings are out of order or doubled".to_owned());
    }
    match findings
        .iter()
        .find(|finding| check.case_name(&finding.case).is_none())
    {
        Some(finding) => Err(format!("case {} is not declared", finding.case)),
        None => Ok(()),
    }
}

/// A verdict as specifications write it.
fn written(judged: &Judged) -> String {
    let mut out = String::new();
    match judged {
        Judged::Unknown { undetermined } => {
            let reason = reason_name(undetermined.reason);
            let _ = writeln!(out, "无法判定（{reason}）：{}", undetermined.detail);
            write_doubts(&mut out, &undetermined.places);
        }
        Judged::Known { verdict } => match verdict {
            Verdict::Pass { undetermined } => {
                out.push_str("通过\n");
                write_doubts(&mut out, undetermined);
            }
            Verdict::Fail {
                findings,
                undetermined,
            } => {
                out.push_str("存在问题\n");
                findings
                    .iter()
                    .for_each(|finding| write_finding(&mut out, finding));
                write_doubts(&mut out, undetermined);
            }
            Verdict::NotApplicable { reason } => {
                let _ = writeln!(out, "不适用：{reason}");
            }
            Verdict::NeedsReview { question, .. } => {
                let _ = writeln!(out, "待人工：{question}");
            }
        },
    }
    out.trim_end().to_owned()
}

fn write_finding(out: &mut String, finding: &Finding) {
    let confidence = match finding.confidence {
        Confidence::Low => "低",
        Confidence::Medium => "中",
        Confidence::High => "高",
    };
    let _ = writeln!(
        out,
        "问题 {}｜{}｜计{}次｜把握{confidence}：{}",
        finding.key, finding.case, finding.count, finding.detail
    );
    let evidence = &finding.evidence()[0];
    let others = match finding.evidence().len() {
        1 => String::new(),
        all => format!("，共{all}份证据"),
    };
    let _ = writeln!(out, "  证据 {}“{}”{others}", evidence.url, evidence.quote);
}

fn write_doubts(out: &mut String, doubts: &[Doubt]) {
    for doubt in doubts.iter().take(3) {
        let _ = writeln!(
            out,
            "存疑 {}｜{}｜{}：{}",
            doubt.key,
            doubt.case,
            reason_name(doubt.reason),
            doubt.detail
        );
    }
    if doubts.len() > 3 {
        let _ = writeln!(out, "存疑 共{}处", doubts.len());
    }
}

fn reason_name(reason: UndeterminedReason) -> &'static str {
    match reason {
        UndeterminedReason::NotGathered => "未采集",
        UndeterminedReason::Blocked => "被拦截",
        UndeterminedReason::Transient => "暂时性故障",
        UndeterminedReason::OurSide => "我方网络",
        UndeterminedReason::NeedsScript => "需脚本渲染",
        UndeterminedReason::Incomplete => "证据不全",
    }
}
