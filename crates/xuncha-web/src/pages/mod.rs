//! One file per page; the template of the same name stands in `templates/`.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod account_factor;
pub(crate) mod attachments;
pub(crate) mod audit;
mod audit_words;
pub(crate) mod blind;
pub(crate) mod desk;
pub(crate) mod desk_decide;
mod desk_evidence;
pub(crate) mod evidence;
mod evidence_css;
pub(crate) mod evidence_html;
pub(crate) mod evidence_pass;
mod evidence_quote;
pub(crate) mod evidence_replay;
pub(crate) mod exemptions;
pub(crate) mod filed;
pub(crate) mod findings;
pub(crate) mod groups;
pub(crate) mod notice;
pub(crate) mod notice_sign;
pub(crate) mod open;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod pictures;
pub(crate) mod quality;
pub(crate) mod registry;
pub(crate) mod round_close;
pub(crate) mod round_new;
pub(crate) mod round_people;
pub(crate) mod round_plan;
pub(crate) mod round_sample;
pub(crate) mod round_work;
pub(crate) mod rounds;
pub(crate) mod set_password;
pub(crate) mod sign_in;
pub(crate) mod sign_on;
pub(crate) mod targets;
pub(crate) mod tasks;
pub(crate) mod tasks_corrections;
pub(crate) mod tasks_files;
mod tasks_item;

/// Rows on one page of a list.
pub(crate) const ROWS_PER_PAGE: u64 = 50;
