//! 新媒体采集: an account's page, feed, store page and package, and as many further pages of posts as tell whether it sleeps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::DateTime;
use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::HANDED_OVER;
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

/// Asks each filed address once, and the pages on which its posts go on.
pub(crate) async fn gather(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    urls: &[String],
    records: &[FactRecord],
) -> Result<Option<DateTime>, GatherError> {
    let mut known: BTreeMap<String, PageFacts> = by_address(records)
        .into_iter()
        .filter_map(|(url, pages)| Some((url.to_owned(), (*pages.last()?).clone())))
        .collect();
    let last = walk(gatherer, ledger, urls, &mut known).await?;
    Ok(last.max(last_look(records)))
}

/// Goes through the pages of each address as far as the question needs; what is known is not asked again.
async fn walk(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    urls: &[String],
    known: &mut BTreeMap<String, PageFacts>,
) -> Result<Option<DateTime>, GatherError> {
    let mut last = None;
    for url in urls {
        let mut way = Walk::default();
        let mut next = Some(normal(url));
        while let Some(url) = next.take() {
            if !known.contains_key(&url) {
                let record = gatherer.page(ledger, &url, Purpose::Account).await?;
                let FactRecord::Page(facts) = record else {
                    break;
                };
                last = last.max(Some(facts.capture.at));
                known.insert(url.clone(), *facts);
            }
            next = known.get(&url).and_then(|facts| way.after(facts));
        }
    }
    Ok(last)
}

/// Pages of one list of posts at most.
const MAX_PAGES: usize = 5;
/// Posts with a day that tell what is new: some at the top may be pinned there for years.
const ENOUGH_POSTS: usize = 10;
/// A post of the last so many days needs no further page: nobody asks for more.
const NEW_DAYS: i32 = 14;

/// The way through the pages of one list of posts.
#[derive(Default)]
struct Walk {
    seen: BTreeSet<String>,
    dated: usize,
}

impl Walk {
    /// Where to go on after a page: only while what was read does not tell whether the account sleeps, and on the host that was filed.
    fn after(&mut self, facts: &PageFacts) -> Option<String> {
        let capture = &facts.capture;
        self.seen.insert(normal(&capture.url));
        let days: Vec<_> = facts.posts.iter().filter_map(|post| post.date).collect();
        self.dated += days.len();
        let oldest_new = capture.at.date().checked_sub(NEW_DAYS.days()).ok()?;
        // A post of the future is a slip or a decoy.
        let has_new = days
            .iter()
            .any(|day| (oldest_new..=capture.at.date()).contains(day));
        if has_new || self.dated >= ENOUGH_POSTS || self.seen.len() >= MAX_PAGES {
            return None;
        }
        let next = normal(facts.next_page.as_deref()?);
        let own = [&capture.url, &capture.final_url].map(|url| host(url));
        let is_same_host = host(&next).is_some() && own.contains(&host(&next));
        (is_same_host && !self.seen.contains(&next)).then_some(next)
    }
}

fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// Asks again what did not convince, once: a second record under the same purpose. What opened only now may lead on.
pub(crate) async fn look_again(
    gatherer: &Arc<Gatherer>,
    ledger: &Ledger,
    urls: &[String],
    records: &[FactRecord],
) -> Result<(), GatherError> {
    let mut known: BTreeMap<String, PageFacts> = BTreeMap::new();
    for (url, pages) in by_address(records) {
        let Some(last) = pages.last() else { continue };
        let mut facts = (*last).clone();
        if pages.len() == 1 && is_doubtful_answer(&facts) {
            let record = gatherer.page(ledger, url, Purpose::Account).await?;
            if let FactRecord::Page(again) = record {
                facts = *again;
            }
        }
        known.insert(url.to_owned(), facts);
    }
    walk(gatherer, ledger, urls, &mut known).await?;
    Ok(())
}

fn by_address(records: &[FactRecord]) -> BTreeMap<&str, Vec<&PageFacts>> {
    let mut pages: BTreeMap<&str, Vec<&PageFacts>> = BTreeMap::new();
    for record in records {
        if let FactRecord::Page(facts) = record
            && facts.capture.purpose == Purpose::Account
            // What a person handed over has no address to ask.
            && !facts.capture.url.starts_with(HANDED_OVER)
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
