//! 表格文件: reads spreadsheets (xlsx, xls, ods, csv) into plain sheets and writes plain sheets as xlsx. Every cell is text.

use std::io::{Cursor, Read, Seek};

use calamine::{Data, Reader, Sheets, Xlsx, open_workbook_auto_from_rs};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use xuncha_core::sheet::{Sheet, parse_csv};

use crate::ReportError;

/// Largest spreadsheet that is read.
const MAX_BYTES: usize = 64 << 20;
/// Cells that a file may span; one cell far out would otherwise make all before it.
const MAX_CELLS: usize = 4_000_000;

/// The sheets of a file; its name tells whether it is CSV.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, ReportError> {
    let failed = |problem: String| ReportError::Sheet {
        file: file.to_owned(),
        problem,
    };
    if bytes.len() > MAX_BYTES {
        return Err(failed(format!(
            "超过 {} MB，请拆分后再导入",
            MAX_BYTES >> 20
        )));
    }
    if file.to_lowercase().ends_with(".csv") {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| failed("不是 UTF-8 编码，请另存为“CSV UTF-8”".to_owned()))?;
        return Ok(vec![parse_csv(file, text)]);
    }
    // The library breaks off at some damaged files instead of saying so (a column name of many letters overflows).
    let read = std::panic::catch_unwind(|| read_workbook(bytes));
    read.unwrap_or_else(|_| Err("文件已损坏，请用表格软件打开后另存".to_owned()))
        .map_err(failed)
}

fn read_workbook(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    if claims_too_many_texts(bytes) {
        return Err(format!(
            "共享文字超过 {MAX_CELLS} 条，或文件已损坏；请用表格软件打开后另存"
        ));
    }
    let mut workbook =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut sheets = Vec::new();
    let mut room = MAX_CELLS;
    for name in workbook.sheet_names() {
        let rows = match &mut workbook {
            Sheets::Xlsx(xlsx) => xlsx_rows(xlsx, &name, room),
            other => other
                .worksheet_range(&name)
                .map_err(|error| error.to_string())
                .and_then(|range| rows_of(&range, room)),
        };
        let rows = rows.map_err(|error| format!("工作表“{name}”：{error}"))?;
        room -= rows
            .iter()
            .map(|row| row.len() + 1)
            .sum::<usize>()
            .min(room);
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

/// Whether a workbook says that it shares more texts than there may be cells. The library makes room for as many as it says, whether
/// they are there or not, and memory that cannot be had ends the process.
fn claims_too_many_texts(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return false;
    };
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else {
            continue;
        };
        let Ok(name) = entry.name() else { continue };
        if !name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let mut text = Vec::new();
        // What is damaged behind its beginning is the library's to tell.
        let _ = entry.take(MAX_BYTES as u64).read_to_end(&mut text);
        if unique_counts(&text).any(|count| count > MAX_CELLS as u64) {
            return true;
        }
    }
    false
}

/// Every number that a `uniqueCount` gives.
fn unique_counts(text: &[u8]) -> impl Iterator<Item = u64> {
    const NAME: &[u8] = b"uniqueCount";
    let places = text.windows(NAME.len()).enumerate();
    let places = places.filter(|(_, word)| *word == NAME);
    places.map(|(at, _)| {
        let rest = text[at + NAME.len()..].iter();
        let is_apart =
            |byte: &&u8| matches!(**byte, b'=' | b'"' | b'\'' | b'+') || byte.is_ascii_whitespace();
        let digits = rest
            .skip_while(is_apart)
            .take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |sum, digit| {
            sum.saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    })
}

/// Rows of a sheet, cell by cell, so that a cell far out of the table is refused before room is made for it.
fn xlsx_rows<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    name: &str,
    room: usize,
) -> Result<Vec<Vec<String>>, String> {
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|error| error.to_string())?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut width = 0;
    while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        let text = text(&Data::from(cell.get_value().clone()));
        // Empty cells are only formatted; people format whole columns.
        if text.is_empty() {
            continue;
        }
        let (height, left) = (row as usize + 1, column as usize + 1);
        width = width.max(left);
        within_bounds(rows.len().max(height), width, room)?;
        if rows.len() < height {
            rows.resize(height, Vec::new());
        }
        let cells = &mut rows[row as usize];
        if cells.len() < left {
            cells.resize(left, String::new());
        }
        cells[column as usize] = text;
    }
    for row in rows.iter_mut().filter(|row| !row.is_empty()) {
        row.resize(width, String::new());
    }
    Ok(rows)
}

/// A sheet that does not begin in A1 keeps its place, so that row numbers in errors are those of the file.
fn rows_of(range: &calamine::Range<Data>, room: usize) -> Result<Vec<Vec<String>>, String> {
    let (top, left) = range.start().unwrap_or((0, 0));
    let (top, left) = (top as usize, left as usize);
    within_bounds(top + range.height(), left + range.width(), room)?;
    let mut rows = vec![Vec::new(); top];
    rows.extend(range.rows().map(|row| {
        let mut cells = vec![String::new(); left];
        cells.extend(row.iter().map(text));
        cells
    }));
    Ok(rows)
}

fn within_bounds(rows: usize, columns: usize, room: usize) -> Result<(), String> {
    if rows.saturating_mul(columns) <= room {
        return Ok(());
    }
    Err(format!(
        "表格伸展到第 {rows} 行、第 {columns} 列，全部工作表超过 {MAX_CELLS} 个单元格；请删去远处的单元格后另存"
    ))
}

/// A cell as a person sees it: whole numbers without `.0`, dates as ISO days.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_owned()
        }
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Data::DateTime(date) => {
            let (year, month, day, hour, minute, ..) = date.to_ymd_hms_milli();
            match (hour, minute) {
                (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"),
            }
        }
        Data::Error(_) => String::new(),
    }
}

/// Writes sheets as xlsx: row 1 bold and frozen, every cell text, so that codes keep their zeros and nothing is a formula.
pub fn write(sheets: &[Sheet]) -> Result<Vec<u8>, ReportError> {
    build(sheets).map_err(|error| ReportError::document("Excel 表格", error))
}

fn build(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_num_format("@");
    let body = Format::new().set_num_format("@");
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (row, cells) in sheet.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let at = (
                    u32::try_from(row).unwrap_or(u32::MAX),
                    u16::try_from(column).unwrap_or(u16::MAX),
                );
                page.write_string_with_format(
                    at.0,
                    at.1,
                    cell,
                    if row == 0 { &head } else { &body },
                )?;
            }
        }
        page.autofit();
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let rows = [
            ["标识码", "名称"],
            ["0450000001", "=1+1"],
            ["bm12345678", "网站，一"],
        ];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        let sheets = vec![Sheet {
            name: "网站".to_owned(),
            rows,
        }];
        let bytes = write(&sheets).unwrap();
        assert_eq!(read("a.xlsx", &bytes).unwrap(), sheets);
    }

    #[test]
    fn more_shared_texts_than_cells_are_refused() {
        let page = Sheet {
            name: "网站".to_owned(),
            rows: vec![vec!["标识码".to_owned()]],
        };
        let bytes = write(&[page]).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
        let mut lying = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut text = Vec::new();
            entry.read_to_end(&mut text).unwrap();
            if name.ends_with("sharedStrings.xml") {
                let honest = String::from_utf8(text).unwrap();
                assert!(honest.contains("uniqueCount=\"1\""), "{honest}");
                let count = "uniqueCount=\" 60000000000000 \"";
                text = honest.replace("uniqueCount=\"1\"", count).into_bytes();
            }
            lying
                .start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            std::io::Write::write_all(&mut lying, &text).unwrap();
        }
        let bytes = lying.finish().unwrap().into_inner();
        let error = read("a.xlsx", &bytes).unwrap_err().to_string();
        assert!(error.contains("共享文字超过"), "{error}");
    }

    #[test]
    fn a_cell_far_out_is_refused() {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        page.write_string(0, 0, "标识码").unwrap();
        page.write_string(1_048_575, 16_383, "远").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let error = read("a.xlsx", &bytes).unwrap_err().to_string();
        assert!(error.contains("第 1048576 行"), "{error}");
    }

    #[test]
    fn a_table_keeps_its_place() {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        page.write_string(2, 1, "标识码").unwrap();
        page.write_number(4, 2, 12.0).unwrap();
        page.write_blank(9, 9, &Format::new().set_bold()).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let rows = &read("a.xlsx", &bytes).unwrap()[0].rows;
        let lines: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
        assert_eq!(lines, ["", "", "|标识码|", "", "||12"]);
    }

    #[test]
    fn csv_must_be_utf_8() {
        assert_eq!(
            read("a.csv", "甲,乙\n".as_bytes()).unwrap()[0].rows,
            [["甲", "乙"]]
        );
        let error = read("a.csv", &[0xff, 0xfe]).unwrap_err().to_string();
        assert!(error.contains("CSV UTF-8"), "{error}");
    }
}
