//! What lies on the desk beside a question: the archived page with the place in sight, its picture, the places, and the rule.

use xuncha_core::indicator::{Indicator, IndicatorSet};
use xuncha_core::verdict::Finding;
use xuncha_core::words::opinion::{OPINIONS_FILE, Opinion, Opinions, Stance};
use xuncha_store::Page;
use xuncha_store::judge::{FindingFilter, FindingRow};

use super::evidence_pass::Passes;
use super::findings::{RuleLine, link_at_fault, moment, rule_lines};
use super::tasks::{Desk, looks};
use super::{evidence, pictures};
use crate::WebState;
use crate::error::WebError;
use crate::lang::Lang;
use crate::pager::{encode, query};

/// Places shown on the desk; the finding's own page has them all.
const PLACES_SHOWN: usize = 8;

/// A rule as it stands beside the evidence.
pub(crate) struct RuleBeside {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) source: String,
    pub(crate) counted: Vec<RuleLine>,
}

impl Shown {
    /// Whether the opinion supports the finding.
    pub(crate) fn is_supported(&self) -> bool {
        let opinion = self.opinion.as_ref();
        opinion.is_some_and(|opinion| opinion.stance == Stance::Supports)
    }

    /// When the opinion was given.
    pub(crate) fn said_at(&self) -> String {
        self.opinion
            .as_ref()
            .map_or_else(String::new, |opinion| moment(&opinion.at))
    }
}

/// What the machine shows of one finding.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) href: Option<String>,
    pub(crate) url: String,
    pub(crate) quote: String,
    pub(crate) at: String,
    pub(crate) frame: Option<String>,
    /// Address of the page in the frame, where it is not that of a finding's evidence.
    pub(crate) framed: String,
    /// Its record, with head and hash.
    pub(crate) archived: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) places: Vec<(String, String)>,
    pub(crate) place_count: u64,
    /// Address of the column, where the finding is about one: what can be corrected.
    pub(crate) column: Option<String>,
    pub(crate) confidence: Option<xuncha_core::verdict::Confidence>,
    /// What a language model said of it, where one was asked.
    pub(crate) opinion: Option<Opinion>,
}

/// What a language model said of a finding of this round: kept with the round's documents by `xuncha review ask`.
async fn opinion(state: &WebState, round: &str, row: &FindingRow) -> Option<Opinion> {
    if row.check != OPINED_CHECK {
        return None;
    }
    let file = state.documents.join(round).join(OPINIONS_FILE);
    let bytes = tokio::fs::read(&file).await.ok()?;
    match serde_json::from_slice::<Opinions>(&bytes) {
        Ok(opinions) => opinions.of(&row.target.0, &row.key).cloned(),
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "the opinions of a round cannot be read");
            None
        }
    }
}

/// The check whose findings a language model may be asked about.
const OPINED_CHECK: &str = "wrong_characters";
/// Checks whose findings are about a column of a site.
const COLUMN_CHECKS: [&str; 1] = ["stale_columns"];

/// The finding of a key of the desk's target, where the machine made one.
pub(crate) async fn finding(
    state: &WebState,
    desk: &Desk,
    check: &str,
    key: &str,
) -> Result<Option<(FindingRow, Finding)>, WebError> {
    let filter = FindingFilter {
        target: Some(desk.subject.target.id().clone()),
        check: Some(check.to_owned()),
        ..FindingFilter::default()
    };
    let rows = state
        .store
        .findings(&desk.round.id, &filter, Page::ALL)
        .await?
        .rows;
    let mut same: Vec<FindingRow> = rows.into_iter().filter(|row| row.key == key).collect();
    // A set that stands beside the one that scores may show the same; its own comes first.
    same.sort_by_key(|row| row.set != desk.round.set.id);
    match same.into_iter().next() {
        Some(row) => Ok(Some(state.store.finding(&row.id).await?)),
        None => Ok(None),
    }
}

/// What is shown of it.
pub(crate) async fn shown(
    state: &WebState,
    passes: &Passes,
    desk: &Desk,
    (row, finding): &(FindingRow, Finding),
) -> Result<Shown, WebError> {
    let (round, target) = (desk.round.id.as_str(), desk.subject.target.id());
    let first = finding.evidence().first();
    let mut shown = Shown {
        href: Some(format!("/findings/{}", encode(&row.id))),
        url: finding.url.clone().unwrap_or_default(),
        places: finding
            .places
            .iter()
            .take(PLACES_SHOWN)
            .map(|place| (place.text.clone(), place.url.clone()))
            .collect(),
        place_count: finding.place_count,
        column: finding
            .url
            .clone()
            .filter(|_| COLUMN_CHECKS.contains(&row.check.as_str())),
        confidence: Some(finding.confidence),
        opinion: opinion(state, round, row).await,
        ..Shown::default()
    };
    if let Some(first) = first {
        shown.quote.clone_from(&first.quote);
        shown.at = moment(&first.at);
        let link = link_at_fault(finding, &first.url);
        shown.frame = evidence::frame(state, passes, (round, target), first, link).await;
        let pictured = pictures::pictured(state, round, target).await?;
        let is_of_it = |sha256: &&String| **sha256 == first.sha256;
        if pictured.get(&first.record).filter(is_of_it).is_some() {
            shown.picture = Some(pictures::href(round, target, &first.record));
        }
    }
    Ok(shown)
}

/// What is shown where there is no finding, but a doubt or a question: the place in doubt as it was archived, else the home page (or the
/// page of the account) with its links to the place marked.
pub(crate) async fn archived(
    state: &WebState,
    passes: &Passes,
    desk: &Desk,
    key: &str,
) -> Result<Shown, WebError> {
    let (round, target) = (desk.round.id.as_str(), desk.subject.target.id());
    let is_address = key.starts_with("http://") || key.starts_with("https://");
    let place = if is_address { key } else { "" };
    let mut shown = Shown {
        url: place.to_owned(),
        ..Shown::default()
    };
    let near = desk.round.as_of.to_string();
    let pages = looks(Lang::Zh, &desk.subject.target);
    let pages = pages.iter().map(|look| (look.url.as_str(), place));
    for (url, link) in [(place, "")].into_iter().chain(pages) {
        if url.is_empty() || shown.frame.is_some() {
            continue;
        }
        let found = evidence::find(state, round, target, url, &near).await?;
        let Some((archive, record)) = found else {
            continue;
        };
        shown.frame = evidence::frame_of(state, passes, round, &archive, &record, link).await;
        let pointed = query(&[("link", link)]);
        shown.archived = Some(format!(
            "/rounds/{}/evidence/{}/{}{pointed}",
            encode(round),
            encode(&archive.0),
            encode(&record)
        ));
        shown.framed = url.to_owned();
    }
    Ok(shown)
}

/// The rules of the indicators that wait for something, those parts first that count its case.
pub(crate) fn rules(set: &IndicatorSet, ids: &[String], case: &str) -> Vec<RuleBeside> {
    let found = ids.iter().filter_map(|id| set.indicator(id));
    found.map(|indicator| beside(indicator, case)).collect()
}

/// One rule.
pub(crate) fn beside(indicator: &Indicator, case: &str) -> RuleBeside {
    RuleBeside {
        id: indicator.id.clone(),
        name: indicator.level2.clone(),
        text: indicator.text.clone(),
        source: indicator.source.clone(),
        counted: rule_lines(indicator, case),
    }
}
