//! 网站标识不全: the footer lacks marks that every page must carry, or carries another site's code.
//!
//! * Why: the marks prove to a visitor that the site is a government site, whose it is, and whom to call.
//! * Evidence used: the best sighting of each mark over sampled pages; the site code as registered.
//! * Left to a person: a code whose division code is not that of the registered region (low confidence); a mark that may stand in an image or script is 存疑; where nothing at all could be read, the verdict is.
//! * Known misjudgements: a telephone number that is not the host unit's counts as contact.
//! * Source: 国办秘函〔2019〕19号 检查指标 功能设计“网站标识”“‘我为政府网站找错’入口”; 国办发〔2017〕47号 页脚功能区.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::evidence::EvidenceRef;
use crate::facts::model::{Facts, Mark, MarkSeen};
use crate::round::Subject;
use crate::verdict::{Confidence, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Marks that are looked for; 找错入口 is judged by an indicator of its own, so the default leaves it out.
    pub marks: Vec<Mark>,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            marks: Mark::ALL
                .into_iter()
                .filter(|mark| *mark != Mark::找错入口)
                .collect(),
        }
    }
}

/// Version of this check's code.
pub const VERSION: u32 = 3;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("mark_missing", "未标明标识要素"),
    ("wrong_code", "标识码与登记不一致"),
    ("wrong_division", "标识码的区划代码存疑"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each mark that is looked for.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let Some(evidence) = &site.marks_evidence else {
        support::home(site)?;
        return Err(Undetermined::new(
            UndeterminedReason::Incomplete,
            "没有读到页脚，无法判定网站标识；请重新采集首页。",
        ));
    };
    let registered = subject.target.id().0.as_str();
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    let mut is_anything_read = false;
    for mark in &params.marks {
        match site.marks.get(mark) {
            Some(MarkSeen::Present { value }) => {
                is_anything_read = true;
                let wrong = wrong_code(*mark, value, registered, evidence)
                    .or_else(|| wrong_division(*mark, value, subject, evidence));
                findings.extend(wrong);
            }
            Some(MarkSeen::Absent) if !support::is_home_unrendered(site) => {
                findings.push(missing(*mark, evidence));
            }
            Some(MarkSeen::Absent | MarkSeen::Unreadable) => doubts.push(support::doubt(
                mark.name(),
                "mark_missing",
                UndeterminedReason::NeedsScript,
                format!("“{}”可能在图片或脚本中，尚未读出。", mark.name()),
            )),
            None => doubts.push(support::doubt(
                mark.name(),
                "mark_missing",
                UndeterminedReason::Incomplete,
                format!("没有采集“{}”。", mark.name()),
            )),
        }
    }
    support::verdict_of_judged(findings, doubts, is_anything_read)
}

fn missing(mark: Mark, evidence: &EvidenceRef) -> Finding {
    Finding::new(
        mark.name(),
        "mark_missing",
        format!("未在页面底部功能区清晰列明“{}”。", mark.name()),
        evidence.clone(),
    )
    .with_url(&evidence.url)
}

/// The code shown by the two marks that carry one must be the registered one.
fn wrong_code(
    mark: Mark,
    value: &str,
    registered: &str,
    evidence: &EvidenceRef,
) -> Option<Finding> {
    if !matches!(mark, Mark::网站标识码 | Mark::找错入口) {
        return None;
    }
    let codes = codes_in(value);
    // A site that was filed without a code has none to differ from.
    if codes.is_empty()
        || codes_in(registered).is_empty()
        || codes
            .iter()
            .any(|code| code.eq_ignore_ascii_case(registered))
    {
        return None;
    }
    let detail = format!(
        "“{}”中的标识码为{}，与登记的{registered}不一致。",
        mark.name(),
        codes.join("、")
    );
    let finding = Finding::new(mark.name(), "wrong_code", detail, evidence.quoting(value))
        .with_url(&evidence.url)
        .with_confidence(Confidence::High);
    Some(finding)
}

/// The first six digits of a code are the division code of the site's region, of one above it or of one below.
fn wrong_division(
    mark: Mark,
    value: &str,
    subject: &Subject,
    evidence: &EvidenceRef,
) -> Option<Finding> {
    if mark != Mark::网站标识码 {
        return None;
    }
    let codes = codes_in(value);
    let [code] = codes.as_slice() else {
        return None;
    };
    let (own, region) = (code.get(..6)?, subject.target.region());
    let is_division = |code: &str| code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit());
    if !is_division(own) || !is_division(region) || is_of_one_line(own, region) {
        return None;
    }
    let detail = format!(
        "网站标识码{code}的前6位{own}不是登记的地区“{}”（{region}）的区划代码，请核对。",
        subject.region_name
    );
    let finding = Finding::new(
        mark.name(),
        "wrong_division",
        detail,
        evidence.quoting(value),
    )
    .with_url(&evidence.url)
    .with_confidence(Confidence::Low);
    Some(finding)
}

/// Whether one of two division codes holds the other: 450000, 450100, 450102.
fn is_of_one_line(left: &str, right: &str) -> bool {
    let stem = |code: &str| {
        let mut stem = code.to_owned();
        while stem.len() > 2 && stem.ends_with("00") {
            stem.truncate(stem.len() - 2);
        }
        stem
    };
    let (left, right) = (stem(left), stem(right));
    left.starts_with(&right) || right.starts_with(&left)
}

/// The site codes in a text: ten digits, or `bm` and eight digits, standing alone.
fn codes_in(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(str::to_ascii_lowercase)
        .filter(|word| is_code(word))
        .collect()
}

fn is_code(word: &str) -> bool {
    let digits = word.strip_prefix("bm").unwrap_or(word);
    let needed = if word.len() == digits.len() { 10 } else { 8 };
    digits.len() == needed && digits.bytes().all(|byte| byte.is_ascii_digit())
}
