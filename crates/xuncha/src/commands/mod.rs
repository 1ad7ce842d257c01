//! 命令. One file per command; each reads its arguments, calls jobs, prints for people.

pub mod check;
pub mod doctor;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod gather;
pub mod judge;
mod network_lines;
pub mod notice;
pub mod registry;
pub mod review;
pub mod round;
pub mod score;
pub mod serve;
pub mod sheets;

use jiff::civil::DateTime;

/// Civil time in UTC+8: the one place of the binary that reads a clock for what it writes down.
pub fn now() -> DateTime {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(8)).to_datetime(jiff::Timestamp::now())
}

/// Who runs the command line, for the history of changes.
pub fn person() -> String {
    std::env::var("USER")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "命令行".to_owned())
}
