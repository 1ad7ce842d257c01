//! A target between the phases of a round.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::DateTime;
use xuncha_core::facts::model::FactRecord;

use crate::gatherer::Ledger;
use crate::phases;
use crate::report::{BrokenTarget, GatherError, UnrenderedPage};
use crate::robots::Fence;
use crate::round::{JobKind, TargetJob};
use crate::schedule::Visit;
use crate::state::{Doubt, SiteState};

/// Pages of a site that are listed as not rendered; all are counted.
const MAX_LISTED: usize = 50;

/// A target in work: what must be known of it between the phases, and no more.
pub(crate) struct Desk {
    pub job: TargetJob,
    pub ledger: Arc<Ledger>,
    pub phases: BTreeSet<String>,
    pub slots: BTreeSet<u32>,
    pub days: BTreeSet<u32>,
    pub has_pages: bool,
    pub doubts: Vec<Doubt>,
    pub outside: BTreeSet<String>,
    pub last_look: Option<DateTime>,
    /// Whether the crawl's state is held in memory instead of being rebuilt from the records: for a single site.
    pub keeps_state: bool,
    pub state: Option<SiteState>,
    /// Pages that were not read after their scripts had run.
    pub unrendered: Unrendered,
    /// Where redirects of the site's pages stop.
    pub fence: Option<Arc<Fence>>,
    /// Why its gathering was given up in this run: a fault of ours.
    pub trouble: Option<String>,
}

/// Some pages of a site that were not rendered, with the reason where somebody tried, and how many there are.
#[derive(Default)]
pub(crate) struct Unrendered {
    pub count: u64,
    pub listed: Vec<(String, Option<String>)>,
}

impl Unrendered {
    fn of(state: &SiteState) -> Unrendered {
        let owned = |(url, why): (&str, Option<&str>)| (url.to_owned(), why.map(str::to_owned));
        Unrendered {
            count: state.unrendered().count() as u64,
            listed: state.unrendered().take(MAX_LISTED).map(owned).collect(),
        }
    }
}

impl Desk {
    pub fn learn(&mut self, state: &SiteState) {
        let (slots, days) = state.visits();
        self.slots.extend(slots);
        self.days.extend(days);
        self.phases.extend(state.phases().iter().cloned());
        self.has_pages =
            state.pages() > 0 || state.robots().is_some() || state.is_done(phases::NETWORK);
        self.doubts = state.open_doubts();
        self.outside.clone_from(state.outside());
        self.last_look = state.last_look();
        self.fence = state.fence();
        self.learn_unrendered(state);
    }

    pub fn learn_unrendered(&mut self, state: &SiteState) {
        self.unrendered = Unrendered::of(state);
    }

    /// Leaves the target as it is: what is done stands in the records, the rest is done by a later run.
    pub fn give_up(&mut self, why: String) {
        tracing::error!(target = %self.job.id, why, "gathering of this target broke off");
        self.trouble = Some(why);
    }

    pub fn finish(&mut self, phase: &str) -> Result<(), GatherError> {
        if self.phases.insert(phase.to_owned()) {
            self.ledger.append(&FactRecord::PhaseDone {
                phase: phase.to_owned(),
            })?;
        }
        Ok(())
    }

    pub fn home(&self) -> Option<&str> {
        match &self.job.kind {
            JobKind::Site { home } => Some(home),
            JobKind::Account { .. } => None,
        }
    }

    /// Whether this visit is already made.
    pub fn has_visit(&self, visit: Visit) -> bool {
        match visit {
            Visit::Probe { slot } => self.slots.contains(&slot),
            Visit::HomeSnapshot { day } => self.days.contains(&day),
        }
    }
}

/// Targets whose gathering broke off by a fault of ours.
pub(crate) fn broken(desks: &[Desk]) -> Vec<BrokenTarget> {
    let broken = desks.iter().filter_map(|desk| {
        Some(BrokenTarget {
            target: desk.job.id.to_string(),
            why: desk.trouble.clone()?,
        })
    });
    broken.collect()
}

/// All sites' pages that were not rendered, for the report; `why_untried` stands where nobody tried.
pub(crate) fn unrendered(desks: &[Desk], why_untried: &str) -> (u64, Vec<UnrenderedPage>) {
    let count = desks.iter().map(|desk| desk.unrendered.count).sum();
    let pages = desks.iter().flat_map(|desk| {
        let listed = desk.unrendered.listed.iter();
        listed.map(|(url, why)| UnrenderedPage {
            target: desk.job.id.to_string(),
            url: url.clone(),
            why: why.as_deref().unwrap_or(why_untried).to_owned(),
        })
    });
    (count, pages.collect())
}
