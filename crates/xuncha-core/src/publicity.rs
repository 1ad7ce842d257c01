//! 公开范围: what of a published round the public may see. A pure projection: a frozen round's results in, public values out.
//!
//! How far a check is public is a setting with defaults as data (`publicity/levels.toml`). Over the setting stands the
//! [`ceiling`]: what is found by a check of content safety never leaves as more than a count, whatever anybody sets. The projection
//! blanks such texts before anything is kept for the public, so that no page, table or search over it can show them.
//!
//! Only what counted is public: rejected, exempted and open findings are not, and of what a person said only that the rule was broken.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::checks;

mod project;
mod table;
mod values;

pub use project::{public_round, public_target};
pub use table::{Column, ColumnKind, TABLES, Table, safe_cell, table_of};
pub use values::{
    PublicCard, PublicFile, PublicFinding, PublicRound, PublicRow, PublicTarget, RowState,
};

/// 公开程度. Ordered: what is greater shows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publicity {
    /// 不公开.
    Hidden,
    /// 只公开数量.
    Count,
    /// 公开问题.
    Full,
}

impl Publicity {
    /// Every level, the least first.
    pub const ALL: [Publicity; 3] = [Publicity::Hidden, Publicity::Count, Publicity::Full];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Publicity::Hidden => "不公开",
            Publicity::Count => "只公开数量",
            Publicity::Full => "公开问题",
        }
    }

    /// Its word in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            Publicity::Hidden => "hidden",
            Publicity::Count => "count",
            Publicity::Full => "full",
        }
    }

    /// The level of a word.
    pub fn of_word(word: &str) -> Option<Publicity> {
        Publicity::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// Checks whose findings never go beyond a count: severe wording, personal data, harmful and hidden links, tampering, leaks. To repeat
/// what they found would do the harm once more.
pub const SEALED: [&str; 7] = [
    "severe_wording",
    "exposed_personal_data",
    "harmful_links",
    "hidden_links",
    "tampered_page",
    "leaked_files",
    "unsafe_attachments",
];

/// Questions to people whose answers are of the same kind.
pub const SEALED_QUESTIONS: [&str; 2] = ["serious_problem", "account_serious_problem"];

/// The most that may ever be public of a check. A check that this program does not know may not go beyond a count either.
pub fn ceiling(check: &str) -> Publicity {
    match checks::find(check) {
        Some(_) if !SEALED.contains(&check) => Publicity::Full,
        _ => Publicity::Count,
    }
}

/// Whether a finding of this check and key may never show more than that it exists.
pub fn is_sealed(check: &str, key: &str) -> bool {
    ceiling(check) < Publicity::Full || (check == "manual" && SEALED_QUESTIONS.contains(&key))
}

/// The defaults as they stand in `publicity/levels.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    default: Publicity,
    checks: BTreeMap<String, Publicity>,
}

const DEFAULTS: &str = include_str!("../../../publicity/levels.toml");

/// 公开设置. How far each check is public: the defaults, with what an administrator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicitySettings {
    default: Publicity,
    levels: BTreeMap<String, Publicity>,
}

impl Default for PublicitySettings {
    fn default() -> PublicitySettings {
        PublicitySettings::with(BTreeMap::new())
    }
}

impl PublicitySettings {
    /// The defaults with what was set instead of them.
    ///
    /// # Panics
    /// Never: the file of defaults is compiled in, and a test reads it.
    pub fn with(set: BTreeMap<String, Publicity>) -> PublicitySettings {
        let defaults: Defaults =
            toml::from_str(DEFAULTS).expect("levels.toml is compiled in and read by a test");
        let mut levels = defaults.checks;
        levels.extend(set);
        PublicitySettings {
            default: defaults.default,
            levels,
        }
    }

    /// How far a check is public. Never beyond its [`ceiling`].
    pub fn level(&self, check: &str) -> Publicity {
        let set = self.levels.get(check).copied().unwrap_or(self.default);
        set.min(ceiling(check))
    }

    /// Checks that are public at least as far as `level`, by name.
    pub fn at_least(&self, level: Publicity) -> BTreeSet<&'static str> {
        let all = checks::CHECKS.iter().map(|check| check.name);
        all.filter(|name| self.level(name) >= level).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
