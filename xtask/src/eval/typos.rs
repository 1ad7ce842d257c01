//! `cargo xtask eval typos [DIR]`: wrong, missing and doubled characters on the shared pairs, and false alarms on clean official text.

use std::path::PathBuf;

use crate::{cargo, lexicon, root, run as run_command};

/// Builds the model where it is missing and measures.
pub fn run(folder: Option<PathBuf>) -> Result<(), String> {
    let folder = folder.unwrap_or_else(|| root().join("../shared/data"));
    if !folder.join("typos").is_dir() {
        return Err(format!(
            "没有数据目录 {}；用 cargo xtask eval typos DIR 指定",
            folder.join("typos").display()
        ));
    }
    let model = lexicon::see_to_model()?;
    let build = [
        "run",
        "--release",
        "--package",
        "xuncha-core",
        "--example",
        "typos",
        "--",
    ];
    run_command(cargo().args(build).arg(folder).arg(model))
}
