//! `xuncha-core`: the rules and all reckoning of the spot check. Values in, values out.
//!
//! It reads what was gathered ([`facts`]), judges it (`checks`, [`judge`]), scores it by an indicator set that is data
//! ([`indicator`], [`score`]), sums it up (`stats`) and lays out the notice (`notice`).
//!
//! It never touches the network, a file, a clock or randomness: dates, seeds, word lists and bytes come in as arguments, so any
//! past round can be reckoned anew, offline, with the same result.
//!
//! Start reading at [`verdict`] (what a judgement is), then [`facts::model`] (what is known of a target), then one room in `checks`.

// `clippy.toml` lists what stays outside; unit tests may read fixtures.
#![cfg_attr(
    not(test),
    deny(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::iter_over_hash_type
    )
)]
#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod annual;
pub mod attachment;
pub mod brief;
pub mod calendar;
pub mod checks;
pub mod enquiry;
pub mod evidence;
pub mod facts;
pub mod golden;
pub mod impact;
pub mod indicator;
pub mod judge;
pub mod lists;
pub mod migration;
pub mod notice;
pub mod permission;
pub mod person;
pub mod points;
pub mod publicity;
pub mod rectify;
pub mod registry;
pub mod results;
pub mod review;
pub mod room;
pub mod round;
pub mod sample;
pub mod score;
pub mod sheet;
pub mod stats;
pub mod term;
#[cfg(test)]
#[allow(clippy::unwrap_used, missing_docs)]
mod testing;
pub mod tip;
pub mod verdict;
pub mod words;
