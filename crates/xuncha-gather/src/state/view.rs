//! What may be asked of the state.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use url::Url;

use super::{Doubt, SiteState, hash};
use crate::opened::Opening;
use crate::robots::Robots;
use crate::unread::{Stored, Unread};

impl SiteState {
    /// A browser will ask where the evidence of its pages stands.
    pub fn with_browser(mut self) -> SiteState {
        self.rendering.expect_browser();
        self
    }

    /// Some of its pages will be opened and looked at.
    pub fn with_pages_to_open(mut self) -> SiteState {
        self.opening.expect();
        self
    }

    /// Which pages are opened.
    pub(crate) fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Pages that show nothing without their scripts and were not read after they had run, with the reason where somebody tried.
    pub fn unrendered(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.rendering.unrendered()
    }

    /// The next page to render.
    pub fn next_unread(&self) -> Option<&Unread> {
        self.rendering.next()
    }

    /// Pages that were rendered or tried.
    pub fn rendered(&self) -> usize {
        self.rendering.tried_count()
    }

    /// Where the evidence keeps an address.
    pub(crate) fn stored(&self, url: &str) -> Option<&Stored> {
        let stored = self.rendering.stored(url);
        stored.or_else(|| self.opening.stored(url))
    }

    /// Whether an address is of this site.
    pub fn is_own(&self, url: &Url) -> bool {
        self.scopes.iter().any(|scope| scope.contains(url))
    }

    /// Pages and looks that wait.
    pub fn waiting(&self) -> usize {
        self.frontier.len() + self.looks.len()
    }

    /// Pages read.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// What robots.txt says, where it was read.
    pub fn robots(&self) -> Option<&Robots> {
        self.robots.as_deref()
    }

    /// Whether the missing page was probed.
    pub fn has_missing_probe(&self) -> bool {
        self.has_missing_probe
    }

    /// Whether the search was asked this.
    pub fn was_asked(&self, query: &str) -> bool {
        self.asked.contains(query)
    }

    /// Whether a phase is complete.
    pub fn is_done(&self, phase: &str) -> bool {
        self.phases.contains(phase)
    }

    /// What must be asked again and was not yet.
    pub fn open_doubts(&self) -> Vec<Doubt> {
        self.doubts
            .iter()
            .filter(|doubt| !self.looked_twice.contains(&hash(&doubt.url)))
            .cloned()
            .collect()
    }

    /// Links to other hosts.
    pub fn outside(&self) -> &BTreeSet<String> {
        &self.outside
    }

    /// Visits already made: slots and snapshot days.
    pub fn visits(&self) -> (&BTreeSet<u32>, &BTreeSet<u32>) {
        (&self.slots, &self.days)
    }

    /// Phases that are complete.
    pub fn phases(&self) -> &BTreeSet<String> {
        &self.phases
    }

    /// When the last first look was.
    pub fn last_look(&self) -> Option<DateTime> {
        self.last_look
    }
}
