//! 新媒体采集: an account's page, feed, store page and package.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;
use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::{FactRecord, PageFacts};

use crate::gatherer::{Gatherer, Ledger};
use crate::report::GatherError;
use crate::state::is_doubtful;

/// Phases that the records call complete.
pub(crate) fn phases_done(records: &[FactRecord]) -> BTreeSet<String> {
    let phases = records.iter().filter_map(|record| match record {
        FactRecord::PhaseDone { phase } => Some(phase.clone()),
        _ => None,
    });
    phases.collect()
}

/// Time of the last first look.
pub(crate) fn last_look(records: &[FactRecord]) -> Option<DateTime> {
    by_address(records)
        .values()
        .filter_map(|pages| pages.first().map(|page| page.capture.at))
        .max()
}

/// Asks each filed address once.
pub(crate) async fn gather(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    urls: &[String],
    records: &[FactRecord],
) -> Result<Option<DateTime>, GatherError> {
    let mut last = last_look(records);
    let mut done: BTreeSet<String> = by_address(records).into_keys().map(str::to_owned).collect();
    for url in urls {
        if !done.insert(normal(url)) {
            continue;
        }
        let record = gatherer.page(ledger, url, Purpose::Account).await?;
        if let FactRecord::Page(facts) = &record {
            last = last.max(Some(facts.capture.at));
        }
    }
    Ok(last)
}

/// Asks again what did not convince, once: a second record under the same purpose.
pub(crate) async fn look_again(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    records: &[FactRecord],
) -> Result<(), GatherError> {
    for (url, pages) in by_address(records) {
        if let [only] = pages.as_slice()
            && is_doubtful_answer(only)
        {
            gatherer.page(ledger, url, Purpose::Account).await?;
        }
    }
    Ok(())
}

fn by_address(records: &[FactRecord]) -> BTreeMap<&str, Vec<&PageFacts>> {
    let mut pages: BTreeMap<&str, Vec<&PageFacts>> = BTreeMap::new();
    for record in records {
        if let FactRecord::Page(facts) = record
            && facts.capture.purpose == Purpose::Account
        {
            pages
                .entry(facts.capture.url.as_str())
                .or_default()
                .push(facts);
        }
    }
    pages
}

/// Not opened, or worded as missing, or a package that is none.
fn is_doubtful_answer(facts: &PageFacts) -> bool {
    let is_no_package = facts
        .package
        .as_ref()
        .is_some_and(|package| package.kind != "apk");
    is_doubtful(&facts.capture) || !facts.missing_wording.is_empty() || is_no_package
}

fn normal(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    parsed.set_fragment(None);
    parsed.into()
}
