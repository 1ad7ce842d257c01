//! 由结果生成通报输入: [`Results`] of a round and the registry become [`NoticeInputs`], as [`crate::golden`] makes them from a folder.
//!
//! What a round's results do not hold (names of the issuer, cases, closures, filings, annual forms) comes as [`RoundDetails`].
//! Nothing is claimed that nobody looked at: a screening that was not answered is open, a name that was not judged is `None`.
//! Availability is not part of the results (only failures are), so it stays unknown here.

mod details;
mod found;
mod targets;

pub use details::RoundDetails;

use jiff::civil::Date;

use super::breakdown;
use super::inputs::{NoticeInputs, ReportingName};
use super::words::Words;
use crate::checks::nonconforming_name;
use crate::points::Points;
use crate::registry::{Registry, Target, TargetClass};
use crate::results::{Results, TargetResult};
use crate::score::Outcome;
use targets::Places;

/// The inputs of a round's notice. `registry` is that of the round: it gives the targets that were not drawn and the units that
/// should run an account.
pub fn inputs(
    results: &Results,
    registry: &Registry,
    details: &RoundDetails,
    words: Words,
) -> NoticeInputs {
    let names = details::names(results, registry, details);
    let places = Places::new(registry, &names);
    let sheets: Vec<_> = results
        .targets
        .iter()
        .map(|target| (&target.subject, &target.sheet))
        .collect();
    let problems = found::problems(results, registry, &places, &words);
    NoticeInputs {
        number: details.number.clone(),
        date: details.date,
        rectify_by: rectify_by(results, details.date),
        bonus_above: results
            .round
            .set
            .formula_of(TargetClass::Portal)
            .map_or(Points::ZERO, |formula| formula.bonus_above),
        stats: results.stats.clone(),
        targets: targets::targets(results, registry, &places),
        problems,
        cases: details.cases.clone(),
        case_rows: details.case_rows.clone(),
        closures: details.closures.clone(),
        filings: details.filings.clone(),
        annual_forms: details.annual_forms.clone(),
        reporting_names: results.targets.iter().filter_map(reporting_name).collect(),
        names,
        words,
        breakdown: vec![
            breakdown::deductions(&results.round.set, &sheets),
            breakdown::findings(results),
        ],
    }
}

/// 草稿理由. Why a notice made from these results is a draft only; empty where it is not.
pub fn draft_reasons(results: &Results) -> Vec<String> {
    let mut reasons = Vec::new();
    let is_open = |target: &&TargetResult| target.sheet.outcome == Outcome::Undetermined;
    let open = results.targets.iter().filter(is_open).count();
    if open > 0 {
        reasons.push(format!(
            "还有 {open} 个对象的结论无法判定，见该轮次的“无法判定”页"
        ));
    }
    if results
        .targets
        .iter()
        .all(|target| target.reviews.is_empty())
    {
        reasons.push("没有任何人工复核结论，见该轮次的“复核台”".to_owned());
    }
    reasons
}

/// The round's deadline. A round is only created with a day that can be read; should another come here, the date of the notice
/// stands where everyone sees that it is wrong.
fn rectify_by(results: &Results, date: Date) -> Date {
    results.round.rectify_by.parse().unwrap_or(date)
}

/// A name in the reporting system that is neither the filed one nor holds the name of the government or unit.
fn reporting_name(result: &TargetResult) -> Option<ReportingName> {
    let Target::Site(site) = &result.subject.target else {
        return None;
    };
    let reported = result.subject.reporting_name.as_deref()?.trim();
    let conforms = |name: &str| nonconforming_name::conforms(name, &result.subject, site);
    if reported.is_empty() || reported == site.name || conforms(reported) {
        return None;
    }
    let proper = if conforms(&site.name) {
        site.name.clone()
    } else {
        nonconforming_name::proper_name(&result.subject, site)
    };
    Some(ReportingName {
        target: site.id.clone(),
        proper,
        reported: reported.to_owned(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
