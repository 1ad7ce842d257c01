//! `xuncha-store`: the one door to the database and to the evidence files.
//!
//! The database (SQLite in the data folder, or PostgreSQL by address) holds what a page of the user interface lists: registry,
//! rounds, judgements, findings, reviews, score sheets, jobs, people and their sessions, the audit log. What was gathered stands in files, one folder per target:
//! captures in WARC segments, facts in an append-only segment beside them.
//!
//! It never reckons: statistics come from rows by pure functions of the core. It reads no clock and draws no random number: times
//! and tokens come in as arguments. All SQL of the product stands in this crate, and all of it goes through `sql`.
//!
//! Start reading at [`Store`], then the noun you look for ([`registry`], [`round`], [`judge`] …); for files at [`evidence`].

pub mod annual;
pub mod api_token;
pub mod appeal;
pub mod assignment;
pub mod attachment;
pub mod audit;
pub mod brief;
pub mod closing;
pub mod correction;
mod crossing;
pub mod document;
pub mod enquiry;
pub mod error;
pub mod evidence;
pub mod exemption;
pub mod groups;
pub mod job;
pub mod judge;
pub mod lexicon;
pub mod login;
mod migration;
pub mod notice_extras;
pub mod notice_template;
mod open;
pub mod opinion;
pub mod outbox;
pub mod page;
pub mod person;
pub mod previous;
pub mod publicity;
pub mod recheck;
pub mod rectify;
pub mod registry;
pub mod registry_counts;
pub mod registry_doubts;
pub mod registry_import;
pub mod registry_outside;
pub mod registry_request;
pub mod results;
pub mod review;
pub mod round;
pub mod round_job;
pub mod round_plan;
pub mod score;
pub mod second_factor;
pub mod sign_off;
pub mod site_migration;
mod sql;
pub mod tip;

pub use audit::{Actor, AuditAction, AuditEntry};
pub use error::StoreError;
pub use open::{Location, Store, Transaction};
pub use page::{Listing, Page};

/// 结果. Every function of this crate answers with it.
pub type Result<T> = std::result::Result<T, StoreError>;
