//! 工作簿: `annexes.xlsx` with all results and the annexes, as real tables with frozen heads and filters, set up to be printed.

use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Table, TableColumn, TableStyle,
    Workbook, Worksheet, XlsxError,
};
use xuncha_core::notice::{Annex, Notice};

use crate::ReportError;

/// The workbook's bytes.
pub fn workbook(notice: &Notice) -> Result<Vec<u8>, ReportError> {
    build(notice).map_err(|error| ReportError::document("Excel 工作簿", error))
}

fn build(notice: &Notice) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for table in &notice.tables {
        write(
            workbook.add_worksheet(),
            &table.name,
            &table.columns,
            &table.rows,
        )?;
    }
    for annex in &notice.annexes {
        write(
            workbook.add_worksheet(),
            &sheet_name(notice, annex),
            &annex.columns,
            &annex.rows,
        )?;
    }
    workbook.save_to_buffer()
}

/// Sheet names hold at most 31 characters and none of `[]:*?/\`.
fn sheet_name(notice: &Notice, annex: &Annex) -> String {
    let clean = annex.title.chars().filter(|c| !"[]:*?/\\".contains(*c));
    format!("{} ", notice.annex_mark(annex))
        .chars()
        .chain(clean)
        .take(31)
        .collect()
}

fn write(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[String],
    rows: &[Vec<String>],
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let kinds: Vec<Kind> = (0..columns.len())
        .map(|index| {
            kind(
                &columns[index],
                rows.iter().filter_map(|row| row.get(index)),
            )
        })
        .collect();
    let formats = Formats::new();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let kind = kinds.get(column).copied().unwrap_or(Kind::Mixed);
            put(
                sheet,
                (at_row(row + 1), at_column(column)),
                cell,
                kind,
                &formats,
            )?;
        }
    }
    let last = (
        at_row(rows.len().max(1)),
        at_column(columns.len().saturating_sub(1)),
    );
    put_table(sheet, name, columns, last)?;
    let widths = widths(columns, rows);
    for (index, width) in widths.iter().enumerate() {
        sheet.set_column_width(at_column(index), *width as f64)?;
    }
    let whole: usize = widths.iter().sum();
    // Where one scrolls sideways, number and name stay in sight.
    let kept = if columns.len() > MANY_COLUMNS { 2 } else { 0 };
    sheet.set_freeze_panes(1, kept)?;
    set_up_print(sheet, whole)
}

/// The rows as a table with its filter; codes that look like numbers are meant as text.
fn put_table(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[String],
    last: (u32, u16),
) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
        .set_border_bottom(FormatBorder::Thin);
    let heads: Vec<TableColumn> = columns
        .iter()
        .map(|text| {
            TableColumn::new()
                .set_header(text.as_str())
                .set_header_format(&head)
        })
        .collect();
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let table = Table::new()
        .set_name(name)
        .set_columns(&heads)
        .set_style(TableStyle::Light1);
    sheet.add_table(0, 0, last.0, last.1, &table)?;
    sheet.ignore_error_range(1, 0, last.0, last.1, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// One page wide, the head on every page, name and page number about it; A3 where A4 would be too small to read.
fn set_up_print(sheet: &mut Worksheet, width: usize) -> Result<(), XlsxError> {
    sheet.set_repeat_rows(0, 0)?;
    if width > STANDING_WIDTH {
        sheet.set_landscape();
    }
    sheet.set_paper_size(if width > LYING_WIDTH { A3 } else { A4 });
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_print_center_horizontally(true);
    sheet.set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3);
    sheet.set_header("&C&A");
    sheet.set_footer("&C第 &P 页，共 &N 页");
    Ok(())
}

/// Columns beyond which number and name are kept in sight.
const MANY_COLUMNS: usize = 8;
/// Half-width characters that a standing A4 page holds.
const STANDING_WIDTH: usize = 95;
/// Half-width characters that a lying A4 page holds at a readable size.
const LYING_WIDTH: usize = 230;
const A3: u8 = 8;
const A4: u8 = 9;

fn at_row(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn at_column(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Codes, which are never numbers.
    Codes,
    /// Numbers alone, printed with so many decimals.
    Numbers(usize),
    /// Words, or words and numbers.
    Mixed,
}

fn kind<'a>(head: &str, cells: impl Iterator<Item = &'a String>) -> Kind {
    if ["编号", "代码", "标识码"]
        .iter()
        .any(|word| head.ends_with(word))
    {
        return Kind::Codes;
    }
    let mut places = 0;
    for cell in cells.filter(|cell| !cell.is_empty()) {
        if number(cell).is_none() {
            return Kind::Mixed;
        }
        places = places.max(decimals(cell));
    }
    Kind::Numbers(places)
}

/// Digits behind the point.
fn decimals(cell: &str) -> usize {
    cell.split_once('.').map_or(0, |(_, digits)| digits.len())
}

struct Formats {
    text: Format,
    date: Format,
    numbers: Vec<Format>,
}

impl Formats {
    fn new() -> Formats {
        let plain = || Format::new().set_align(FormatAlign::Top);
        let number = |places: usize| match places {
            0 => plain().set_num_format("0"),
            _ => plain().set_num_format(format!("0.{}", "0".repeat(places))),
        };
        Formats {
            text: plain().set_text_wrap().set_num_format("@"),
            date: plain().set_num_format("yyyy-mm-dd"),
            numbers: (0..=8).map(number).collect(),
        }
    }
}

/// One cell: numbers as numbers with the decimals that were printed, days as days, all else as text.
fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &str,
    kind: Kind,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let places = match kind {
        Kind::Numbers(places) => places,
        Kind::Mixed | Kind::Codes => decimals(cell),
    };
    let value = number(cell).filter(|_| kind != Kind::Codes);
    if let (Some(value), Some(format)) = (value, formats.numbers.get(places)) {
        sheet.write_number_with_format(row, column, value, format)?;
        return Ok(());
    }
    if let Some(day) = day(cell) {
        sheet.write_datetime_with_format(row, column, &day, &formats.date)?;
        return Ok(());
    }
    // Text is written as text, whatever it begins with: a cell can never become a formula.
    sheet.write_string_with_format(row, column, cell, &formats.text)?;
    Ok(())
}

/// A day such as 2020-01-10.
fn day(cell: &str) -> Option<ExcelDateTime> {
    let mut parts = cell.splitn(3, '-');
    let mut part = |width: usize| {
        let text = parts.next().filter(|text| text.len() == width)?;
        text.parse::<u16>().ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let (month, day) = (month.try_into().ok()?, day.try_into().ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok()
}

fn widths(columns: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let width = |(index, head): (usize, &String)| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        let longest = cells.map(|cell| display_width(cell)).max().unwrap_or(0);
        (longest + 1).max(display_width(head) + 4).clamp(8, 60)
    };
    columns.iter().enumerate().map(width).collect()
}

/// Short plain numbers become numbers; codes with leading zeros or many digits stay text.
fn number(cell: &str) -> Option<f64> {
    let digits = cell.trim_start_matches('-');
    let is_plain = !digits.is_empty()
        && digits.len() <= 9
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if !is_plain || is_code || digits.starts_with('.') || digits.ends_with('.') {
        return None;
    }
    cell.parse().ok()
}

/// Columns of half-width characters that a text takes.
fn display_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
