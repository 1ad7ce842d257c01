//! 工作簿: `annexes.xlsx` with all results and the annexes, as real tables with frozen heads and filters.

use rust_xlsxwriter::{
    Format, FormatAlign, Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
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
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column) = (
                u32::try_from(row + 1).unwrap_or(u32::MAX),
                u16::try_from(column).unwrap_or(u16::MAX),
            );
            match number(cell) {
                Some(number) => sheet.write_number(row, column, number)?,
                // Text is written as text, whatever it begins with: a cell can never become a formula.
                None => sheet.write_string_with_format(row, column, cell, &wrapped)?,
            };
        }
    }
    let last_row = u32::try_from(rows.len().max(1)).unwrap_or(u32::MAX);
    let last_column = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let heads: Vec<TableColumn> = columns
        .iter()
        .map(|head| TableColumn::new().set_header(head.as_str()))
        .collect();
    let table = Table::new()
        .set_columns(&heads)
        .set_style(TableStyle::Light1);
    sheet.add_table(0, 0, last_row, last_column, &table)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    for (index, head) in columns.iter().enumerate() {
        let longest = rows
            .iter()
            .filter_map(|row| row.get(index))
            .map(|cell| display_width(cell))
            .max()
            .unwrap_or(0);
        let width = longest.max(display_width(head) + 4).clamp(8, 60);
        sheet.set_column_width(u16::try_from(index).unwrap_or(u16::MAX), width as f64)?;
    }
    Ok(())
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
