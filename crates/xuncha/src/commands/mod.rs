//! 命令. One file per command; each reads its arguments, calls jobs, prints for people.

pub mod account;
pub mod annual;
pub mod audit;
pub mod check;
pub mod doctor;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod figure;
mod gaps;
pub mod gather;
pub mod impact;
pub mod judge;
pub mod ledger;
pub mod migration;
mod network_lines;
pub mod notice;
mod opinion;
pub mod outbox;
pub mod person;
pub mod posts;
pub mod published;
pub mod rectify;
mod rectify_files;
pub mod registry;
pub mod review;
pub mod round;
pub mod score;
pub mod serve;
pub mod sheets;
pub mod tips;
pub mod words;

use jiff::civil::DateTime;
use xuncha_store::{AuditAction, AuditEntry};

use crate::data::Data;

/// Civil time in UTC+8, to the second: the one place of the binary that reads a clock for what it writes down.
pub fn now() -> DateTime {
    let now = jiff::tz::TimeZone::fixed(jiff::tz::offset(8)).to_datetime(jiff::Timestamp::now());
    whole_second(now)
}

/// A time as lists print it: 2026-04-01 10:00:00.
pub fn shown(at: DateTime) -> String {
    whole_second(at).to_string().replace('T', " ")
}

fn whole_second(at: DateTime) -> DateTime {
    let time = at.time();
    at.date().at(time.hour(), time.minute(), time.second(), 0)
}

/// Who runs the command line, for the history of changes.
pub fn person() -> String {
    std::env::var("USER")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "命令行".to_owned())
}

/// Writes down that something left the house, for the audit log.
async fn exported(data: &Data, what: &str) -> anyhow::Result<()> {
    let entry = AuditEntry::new(AuditAction::Exported, what);
    Ok(data.store.audit(entry).await?)
}
