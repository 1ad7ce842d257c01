//! 错别字: wrong, missing and doubled characters on the site's pages, each with what was probably meant.
//!
//! * Why: an authority that misspells its own notices is not believed; readers report it, and so do the newspapers.
//! * Evidence used: the text of all pages read, by a model of words and the list of known wrong words (`words`).
//! * Left to a person: all: a hit counts when a person says so.
//! * Known misjudgements: new words, names without a title, words of a trade; what reads well with the wrong character is not seen.
//! * Source: 国办发〔2017〕47号 “表述准确”; 国办秘函〔2019〕19号.
//!
//! One wrong text is one finding with the pages that have it; its key is the wrong text, so that a person's "not wrong" (an exemption of
//! this site or of all) holds for it wherever it stands.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, Sign, SignCase, SiteSign};
use crate::facts::reason_of;
use crate::round::Subject;
use crate::verdict::{Finding, MAX_PLACES, Undetermined, UndeterminedReason, Verdict};
use crate::words::Reason;
use crate::words::opinion::Question;

/// 参数. None: what counts is the model and the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 2;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("wrong", "疑似错字"),
    ("doubled", "疑似多字"),
    ("missing", "疑似漏字"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];
/// What stands in the records when pages were read with a model.
pub const WORDS: &str = "words";

/// Judges each wrong text.
pub fn judge(
    subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    if !site.phases.contains(WORDS) {
        return Err(Undetermined::new(
            UndeterminedReason::NotGathered,
            "采集时没有语言模型，没有查错别字。请管理员按手册“错别字”一节装好模型、重读网页后再判定。",
        ));
    }
    let findings = signs::of(site, &[SignCase::WrongCharacters])
        .filter(|sign| !is_named(subject, &sign.sign))
        .filter_map(finding)
        .collect();
    Ok(support::verdict(merged(findings), Vec::new()))
}

/// Whether what seems wrong stands in the names of the site, its unit or its regions. The list of wrong words holds for names too.
fn is_named(subject: &Subject, sign: &Sign) -> bool {
    let is_listed = reason_of(sign).is_some_and(|(reason, _)| reason == Reason::KnownPair);
    let own = [
        subject.target.name(),
        subject.organization_name.as_str(),
        subject.region_name.as_str(),
    ];
    let above = subject.region_path.iter().map(String::as_str);
    let mut names = own.into_iter().chain(above);
    !is_listed && names.any(|name| name.contains(&sign.what))
}

fn finding(sign: &SiteSign) -> Option<Finding> {
    let (reason, proposal) = reason_of(&sign.sign)?;
    let case = match reason {
        Reason::Doubled => "doubled",
        Reason::Missing => "missing",
        _ => "wrong",
    };
    let wrong = &sign.sign.what;
    let detail = detail(wrong, proposal, reason);
    Some(signs::finding(sign, wrong, case, detail))
}

fn detail(wrong: &str, proposal: &str, reason: Reason) -> String {
    format!(
        "“{wrong}”疑为“{proposal}”（{}），请对照原句核对。",
        reason.label()
    )
}

/// What an optional second opinion is asked about one of this check's findings.
pub fn question(finding: &Finding) -> Option<Question> {
    let wrong = &finding.key;
    let rest = finding.detail.strip_prefix(&format!("“{wrong}”疑为“"))?;
    let found = Reason::ALL.into_iter().find_map(|reason| {
        let (proposal, _) = rest.split_once(&format!("”（{}）", reason.label()))?;
        Some((proposal, reason))
    });
    let (proposal, reason) = found?;
    let sentence = &finding.evidence().first()?.quote;
    Some(Question::new(wrong, proposal, reason, sentence))
}

/// Findings of one wrong text put together, whatever it was taken for.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match merged.iter_mut().find(|known| known.key == finding.key) {
            None => merged.push(finding),
            Some(known) => {
                known.place_count += finding.place_count;
                let room = MAX_PLACES.saturating_sub(known.places.len());
                known.places.extend(finding.places.into_iter().take(room));
                known.confidence = known.confidence.max(finding.confidence);
            }
        }
    }
    merged
}
