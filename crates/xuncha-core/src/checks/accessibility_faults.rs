//! 无障碍缺陷: what keeps people out of pages who use a keyboard or a screen reader, as an engine found it in a browser.
//!
//! * Why: who cannot see or hear well has the same right to read.
//! * Evidence used: what the engine found on the home page, one list page and one article page.
//! * Left to a person: all that no engine can tell, such as whether a text for a picture says what it shows.
//! * Known misjudgements: contrast over pictures; parts that scripts draw after a while.
//! * Source: 工业和信息化部《互联网网站适老化通用设计规范》, GB/T 37668-2019, 《无障碍环境建设法》.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::evidence::EvidenceRef;
use crate::facts::model::Facts;
use crate::facts::opened::{AccessibilityFacts, AccessibilityFault};
use crate::round::Subject;
use crate::verdict::{Confidence, Doubt, Finding, Undetermined, UndeterminedReason, Verdict};

/// 参数. None: what is looked for is the engine's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("critical", "有人完全不能使用"),
    ("serious", "有人很难使用"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl", "accessibility"];

/// A rule as the pages break it.
type Broken<'a> = Vec<(
    &'a AccessibilityFacts,
    &'a AccessibilityFault,
    &'a EvidenceRef,
)>;

/// Judges what the engine found.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    if !site.phases.contains("accessibility") {
        let detail = "本轮没有做无障碍检测；需要时请管理员给出检测引擎的文件（手册“无障碍检测”），重新采集。";
        return Err(Undetermined::new(UndeterminedReason::NotGathered, detail));
    }
    support::need_phases(site, NEEDS)?;
    support::home(site)?;
    let mut broken: BTreeMap<&str, Broken<'_>> = BTreeMap::new();
    for page in &site.accessibility {
        for fault in &page.faults {
            if let Some(evidence) = &page.evidence {
                let of_rule = broken.entry(&fault.rule).or_default();
                of_rule.push((page, fault, evidence));
            }
        }
    }
    let findings: Vec<Finding> = broken.values().filter_map(finding).collect();
    let unseen = |page: &&AccessibilityFacts| !page.trouble.is_empty();
    let doubts = site.accessibility.iter().filter(unseen).map(doubt);
    let is_any_seen = site.accessibility.iter().any(|page| !unseen(&page));
    if site.accessibility.is_empty() {
        let detail = "没有可以检测的网页。";
        return Err(Undetermined::new(UndeterminedReason::NotGathered, detail));
    }
    support::verdict_of_judged(findings, doubts.collect(), is_any_seen)
}

fn finding(pages: &Broken<'_>) -> Option<Finding> {
    let (_, fault, evidence) = pages.first()?;
    let count: u32 = pages.iter().map(|(_, fault, _)| fault.count).sum();
    let (case, weight) = match pages.iter().any(|(_, fault, _)| fault.impact == "critical") {
        true => ("critical", "有人完全不能使用"),
        false => ("serious", "有人很难使用"),
    };
    let name = match fault.name.is_empty() {
        true => &fault.help,
        false => &fault.name,
    };
    let detail = format!(
        "{name}（规则 {}，{weight}）：在检测的网页中有{}页、{count}处。",
        fault.rule,
        pages.len()
    );
    let quoted = |fault: &AccessibilityFault, evidence: &EvidenceRef| {
        let node = fault.nodes.first();
        evidence.quoting(node.map_or("", |node| node.html.as_str()))
    };
    let places = pages.iter().flat_map(|(page, fault, _)| {
        let nodes = fault.nodes.iter();
        nodes.map(|node| support::place(&page.url, &node.selector))
    });
    let mut finding = Finding::new(&fault.rule, case, detail, quoted(fault, evidence))
        .with_url(&pages[0].0.url)
        .with_count(count)
        .with_places(places)
        .with_confidence(Confidence::Medium);
    // The engine names the first elements of each page and counts all.
    finding.place_count = u64::from(count);
    let others = pages.iter().skip(1);
    Some(others.fold(finding, |finding, (_, fault, evidence)| {
        finding.with_evidence(quoted(fault, evidence))
    }))
}

fn doubt(page: &AccessibilityFacts) -> Doubt {
    let detail = format!("没有检测 {}：{}。", page.url, page.trouble);
    let reason = UndeterminedReason::Incomplete;
    support::doubt(&page.url, "critical", reason, detail)
}
