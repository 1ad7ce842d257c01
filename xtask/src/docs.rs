//! `cargo xtask docs`: the pages of all checks, written by the binary itself. A test fails while they are out of date.

use crate::packages;
use crate::{cargo, root, run as run_command};

/// Builds the binary and lets it write `docs/checks/`.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("用法：cargo xtask docs".to_owned());
    }
    let folder = root().join("docs/checks");
    // The page of a check that is gone goes with it.
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("无法清空 {}：{error}", folder.display()))?;
    }
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "xuncha"]);
    command.args(packages::legacy_tls());
    command.args(["--", "explain", "--markdown"]);
    run_command(command.arg(&folder))
}
