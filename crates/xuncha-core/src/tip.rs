//! 找错留言: messages by which people point out mistakes, as a spreadsheet of the office carries them, each with its clock.

use std::fmt;

use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::registry::TargetId;
use crate::sheet::{CellError, Record, Sheet};
use crate::term::{TermState, term};

/// Columns that a sheet has to have.
pub const COLUMNS: [&str; 4] = ["编号", "收到日期", "网站标识码", "留言"];
/// Columns that it may have besides.
pub const MORE_COLUMNS: [&str; 2] = ["答复日期", "答复"];
/// Working days within which a message is answered.
pub const USUAL_DAYS: u32 = 3;

/// 留言行. A message of a sheet with the day by which it has to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TipLine {
    /// Its number where it was left.
    pub code: String,
    /// Site.
    pub target: TargetId,
    /// Day on which it was received.
    pub received: Date,
    /// Last day on which an answer is in time.
    pub due: Date,
    /// Day of the answer.
    pub answered: Option<Date>,
    /// What was written.
    pub text: String,
    /// What was answered.
    pub answer: String,
}

/// Where a message stands on a day.
pub fn state(answered: Option<Date>, due: Date, today: Date) -> TermState {
    match answered {
        Some(day) if day <= due => TermState::InTime,
        Some(_) => TermState::Late,
        None if today <= due => TermState::Waiting,
        None => TermState::Missed,
    }
}

/// The messages of a sheet; what is wrong with it is added to the errors.
pub fn read(
    sheet: &Sheet,
    (calendar, days, today): (&Calendar, u32, Date),
    errors: &mut Vec<CellError>,
) -> Vec<TipLine> {
    let mut tips = Vec::new();
    for record in sheet.records(&COLUMNS, errors) {
        let code = record.required("编号", errors).to_owned();
        let target = TargetId::from(record.required("网站标识码", errors));
        let text = record.required("留言", errors).to_owned();
        record.required("收到日期", errors);
        let received = date(&record, "收到日期", errors);
        let answered = date(&record, "答复日期", errors);
        let Some(received) = received else {
            continue;
        };
        if answered.is_some_and(|day| day < received) {
            errors.push(record.error("答复日期", "早于收到日期"));
        }
        let due = match term(calendar, received, answered, days, today) {
            Ok(term) => term.due,
            Err(error) => {
                errors.push(record.error("收到日期", said(&error)));
                continue;
            }
        };
        tips.push(TipLine {
            code,
            target,
            received,
            due,
            answered,
            text,
            answer: record.text("答复").to_owned(),
        });
    }
    tips
}

fn said(error: &impl fmt::Display) -> String {
    error.to_string()
}

/// A day as sheets write it: 2026-04-01, 2026/4/1, 2026.4.1, 2026年4月1日, with or without a time behind it.
fn date(record: &Record<'_>, column: &str, errors: &mut Vec<CellError>) -> Option<Date> {
    let text = record.text(column);
    if text.is_empty() {
        return None;
    }
    let parsed = parse_date(text);
    if parsed.is_none() {
        errors.push(record.error(column, format!("“{text}”不是日期")));
    }
    parsed
}

fn parse_date(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next()?;
    let plain = day.replace(['年', '月', '/', '.'], "-");
    let mut parts = plain.trim_end_matches('日').split('-');
    let mut number = || parts.next()?.parse::<i16>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_sheets_write_them() {
        let expected: Date = "2026-04-01".parse().unwrap();
        for text in [
            "2026-04-01",
            "2026-4-1",
            "2026/4/1",
            "2026.04.01",
            "2026年4月1日",
            "2026-04-01 09:12:00",
            "2026-04-01T09:12:00",
        ] {
            assert_eq!(parse_date(text), Some(expected), "{text}");
        }
        for text in ["2026-13-01", "昨天", "2026", "46113.5"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
