//! The independent scorer.

use std::path::Path;

/// Reckons every figure of the notice anew from a run's results.
///
/// # Errors
/// When a file cannot be read.
pub fn score(_dir: &Path, _results: &Path) -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::Value::Null)
}
