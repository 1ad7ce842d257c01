//! 表格文件. Spreadsheets from disk as the core's plain sheets, and back.

use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::registry::Sheet;

/// The sheets of an xlsx, xls, ods or CSV file: headings apart from rows.
pub fn read(path: &Path) -> Result<Vec<Sheet>> {
    let bytes = std::fs::read(path).with_context(|| format!("无法读取表格 {}", path.display()))?;
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sheets = xuncha_report::sheets::read(&name, &bytes)?;
    Ok(sheets
        .into_iter()
        .map(|sheet| {
            let mut rows = sheet.rows.into_iter();
            Sheet {
                name: sheet.name,
                header: rows.next().unwrap_or_default(),
                rows: rows.collect(),
            }
        })
        .collect())
}

/// Writes sheets as xlsx, every cell text.
pub fn write(path: &Path, sheets: Vec<Sheet>) -> Result<()> {
    let plain: Vec<xuncha_core::sheet::Sheet> = sheets
        .into_iter()
        .map(|sheet| {
            let mut rows = vec![sheet.header];
            rows.extend(sheet.rows);
            xuncha_core::sheet::Sheet {
                name: sheet.name,
                rows,
            }
        })
        .collect();
    let bytes = xuncha_report::sheets::write(&plain)?;
    std::fs::write(path, bytes).with_context(|| format!("无法写入 {}", path.display()))
}

/// All errors of a spreadsheet in one message, a line each.
pub fn all_errors(what: &str, errors: &[impl std::fmt::Display]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
    anyhow::anyhow!(
        "{what}：共 {} 处错误，什么也没有导入。\n{}",
        errors.len(),
        lines.join("\n")
    )
}
