//! Cells that more than one list has: points in a range, percentages, days; and errors said once.

use jiff::civil::Date;

use crate::points::Points;
use crate::sheet::{CellError, Record};

/// Rows that one error names before it only counts them.
const MAX_ROWS_NAMED: usize = 10;

/// An error of a file as a whole.
pub fn of_file(file: &str, problem: impl Into<String>) -> CellError {
    CellError {
        file: file.to_owned(),
        row: 0,
        column: String::new(),
        problem: problem.into(),
    }
}

/// Points from zero to `most`; `None` where the cell is empty or wrong (an error then). `verb` says what the number does.
pub fn points(
    record: &Record<'_>,
    column: &str,
    verb: &str,
    most: Points,
    errors: &mut Vec<CellError>,
) -> Option<Points> {
    let amount = record.parsed::<Points>(column, "分值（最多两位小数）", errors)?;
    if amount < Points::ZERO || amount > most {
        let problem = format!(
            "{verb} {} 分，应在 0 到 {} 之间",
            amount.short(),
            most.short()
        );
        errors.push(record.error(column, problem));
        return None;
    }
    Some(amount)
}

/// A percentage from 0 to 100.
pub fn percent(record: &Record<'_>, column: &str, errors: &mut Vec<CellError>) -> Option<Points> {
    let share = record.parsed::<Points>(column, "百分数（最多两位小数）", errors)?;
    if share < Points::ZERO || share > Points::whole(100) {
        let problem = format!("{}% 应在 0 到 100 之间", share.short());
        errors.push(record.error(column, problem));
        return None;
    }
    Some(share)
}

/// A day as written, empty where none is; it exists and is not after the notice.
pub fn day(record: &Record<'_>, column: &str, date: Date, errors: &mut Vec<CellError>) -> String {
    let what = "日期（如 2020-01-20）";
    let day = record.parsed::<Date>(column, what, errors);
    if let Some(day) = day.filter(|day| *day > date) {
        let problem = format!("{day} 晚于发文日期 {date}");
        errors.push(record.error(column, problem));
    }
    record.text(column).to_owned()
}

/// Errors that say the same of the same column in several rows become one that names the rows: the cause is said once.
pub fn merged(errors: Vec<CellError>) -> Vec<CellError> {
    let mut kept: Vec<(CellError, Vec<usize>)> = Vec::new();
    for error in errors {
        let is_same = |(first, _): &&mut (CellError, Vec<usize>)| {
            (&first.file, &first.column, &first.problem)
                == (&error.file, &error.column, &error.problem)
        };
        match kept.iter_mut().find(is_same) {
            Some((_, rows)) => rows.push(error.row),
            None => kept.push((error, Vec::new())),
        }
    }
    let with_rows = |(mut error, rows): (CellError, Vec<usize>)| {
        if !rows.is_empty() {
            let named: Vec<String> = rows
                .iter()
                .take(MAX_ROWS_NAMED)
                .map(ToString::to_string)
                .collect();
            let more = if rows.len() > MAX_ROWS_NAMED {
                "等"
            } else {
                ""
            };
            let also = format!(
                "（第{}{more}行相同，共{}行）",
                named.join("、"),
                rows.len() + 1
            );
            error.problem.push_str(&also);
        }
        error
    };
    kept.into_iter().map(with_rows).collect()
}
