//! 试用结果: what a changed list would newly hit and no longer hit on the stored pages of a round.

use serde::{Deserialize, Serialize};

use crate::registry::TargetId;

/// Lines that are kept of each side; their number is told whole.
const LINES_MAX: usize = 300;

/// From so many new hits on, a list is likelier too wide than the sites are all wrong.
const MANY_HITS: usize = 50;

/// 一处.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrialLine {
    /// What was found: a wording, a word, an address.
    pub what: String,
    /// Target.
    pub target: TargetId,
    /// Page.
    pub url: String,
    /// The text around it, masked.
    pub quote: String,
}

/// 试用结果.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trial {
    /// Round whose pages were read.
    pub round: String,
    /// Why the list could not be tried; empty where it was.
    pub problem: String,
    /// Pages that were read again.
    pub pages: usize,
    /// Pages whose body is no longer kept.
    pub without_body: usize,
    /// How many would be hit newly.
    pub hit_count: usize,
    /// How many would no longer be hit.
    pub drop_count: usize,
    /// The first of those hit newly.
    pub hits: Vec<TrialLine>,
    /// The first of those no longer hit.
    pub drops: Vec<TrialLine>,
}

impl Trial {
    /// Whether so much would be hit newly that somebody should look twice before the list is adopted.
    pub fn hits_many(&self) -> bool {
        let is_every_tenth = self.hit_count >= 5 && self.hit_count * 10 > self.pages;
        self.hit_count >= MANY_HITS || is_every_tenth
    }

    /// Reckons the counts from the lines, while all lines are there.
    pub fn count(&mut self) {
        (self.hit_count, self.drop_count) = (self.hits.len(), self.drops.len());
    }

    /// Adds what was found of another target.
    pub fn add(&mut self, other: Trial) {
        self.pages += other.pages;
        self.without_body += other.without_body;
        self.hit_count += other.hit_count;
        self.drop_count += other.drop_count;
        self.hits.extend(other.hits);
        self.drops.extend(other.drops);
    }

    /// Puts the lines in order and keeps the first page of each text on each target.
    pub fn settle(&mut self) {
        for lines in [&mut self.hits, &mut self.drops] {
            lines.sort();
            lines.dedup_by(|a, b| (&a.what, &a.target) == (&b.what, &b.target));
            lines.truncate(LINES_MAX);
        }
    }
}
