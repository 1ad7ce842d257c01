//! One file per page; the template of the same name stands in `templates/`.

pub(crate) mod about;
pub(crate) mod account;
pub(crate) mod account_factor;
pub(crate) mod account_tokens;
pub(crate) mod appeals;
pub(crate) mod attachments;
pub(crate) mod audit;
mod audit_words;
pub(crate) mod evidence;
mod evidence_css;
pub(crate) mod evidence_html;
pub(crate) mod evidence_pass;
mod evidence_quote;
pub(crate) mod evidence_replay;
pub(crate) mod filed;
pub(crate) mod findings;
pub(crate) mod messages;
pub(crate) mod migrations;
pub(crate) mod notice;
pub(crate) mod open;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod pictures;
pub(crate) mod rectify;
pub(crate) mod rectify_case;
pub(crate) mod rectify_office;
pub(crate) mod rectify_reply;
pub(crate) mod registry;
pub(crate) mod rounds;
pub(crate) mod set_password;
pub(crate) mod sign_in;
pub(crate) mod sign_on;
pub(crate) mod targets;
pub(crate) mod tasks;
pub(crate) mod tasks_files;
mod tasks_item;
pub(crate) mod unit_desk;

/// Rows on one page of a list.
pub(crate) const ROWS_PER_PAGE: u64 = 50;
