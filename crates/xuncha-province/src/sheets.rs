//! The registry spreadsheets.

use std::path::Path;

use crate::model::Province;

/// Writes `registry.xlsx`, `reporting.xlsx` and `previous.xlsx` into `dir`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_all(_province: &Province, _dir: &Path) -> anyhow::Result<()> {
    Ok(())
}
