//! What the rooms of content safety share: signs of a site as findings.

use crate::facts::model::{SignCase, SiteFacts, SiteSign};
use crate::verdict::Finding;

/// Signs of these cases, in order.
pub(in crate::checks) fn of<'a>(
    site: &'a SiteFacts,
    cases: &'a [SignCase],
) -> impl Iterator<Item = &'a SiteSign> {
    site.signs
        .iter()
        .filter(|sign| cases.contains(&sign.sign.case))
}

/// A finding of a sign: its places, its evidence, how sure it is.
pub(in crate::checks) fn finding(
    sign: &SiteSign,
    key: impl Into<String>,
    case: &str,
    detail: impl Into<String>,
) -> Finding {
    let evidence = sign.evidence.quoting(&sign.sign.quote);
    let mut finding = Finding::new(key, case, detail, evidence)
        .with_url(&sign.url)
        .with_places(sign.places.iter().cloned())
        .with_confidence(sign.sign.confidence);
    finding.place_count = sign.place_count.max(finding.place_count);
    finding
}

/// Findings of one key and case put together: the first one stands, with the places of all.
pub(in crate::checks) fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let known = merged
            .iter_mut()
            .find(|known| known.key == finding.key && known.case == finding.case);
        match known {
            None => merged.push(finding),
            Some(known) => known.confidence = known.confidence.max(finding.confidence),
        }
    }
    merged
}
