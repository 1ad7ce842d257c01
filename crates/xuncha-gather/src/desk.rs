//! A target between the phases of a round.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use xuncha_core::facts::model::FactRecord;

use crate::gatherer::Ledger;
use crate::phases;
use crate::report::GatherError;
use crate::round::{JobKind, TargetJob};
use crate::schedule::Visit;
use crate::state::{Doubt, SiteState};

/// A target in work: what must be known of it between the phases, and no more.
pub(crate) struct Desk {
    pub job: TargetJob,
    pub ledger: Ledger,
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
