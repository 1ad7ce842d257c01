//! `cargo xtask eval tasks`: how much work the accounts of a whole province leave to people, walked through in a real browser.
//!
//! The simulated province is gathered and judged as in a round, all of its accounts drawn and no person's answer given; then every page
//! of every account is settled by keyboard (`xuncha-web/tests/keyboard.rs`).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::binary;
use crate::bench::census::{Province, start, text_of};
use crate::{cargo, packages, run as run_command};

const ROUND: &str = "tasks";

/// Runs the evaluation with the release build or the binary that is named.
pub fn run(named: Option<&str>) -> Result<(), String> {
    packages::see_to(&packages::TEST.iter().collect::<Vec<_>>())?;
    let binary = binary(named)?;
    let folder = super::folder()?.join("tasks");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
    let province: Province = start(&binary, &folder.join("province"), "full", "1", "10")?;
    let described = folder.join("province/province.json");
    let data = folder.join("data");
    let xuncha = |words: &[&str], file: Option<&Path>| {
        let mut command = Command::new(&binary);
        command.arg("--data").arg(&data).args(words).args(file);
        run_command(command.stdout(Stdio::null()))
    };
    let registry = folder.join("province/registry.xlsx");
    xuncha(&["registry", "import"], Some(&registry))?;
    let as_of = text_of(&described, "as_of")?;
    let new = ["round", "new", ROUND, "--as-of", &as_of, "--seed", "tasks"];
    // Of the sites only what is always drawn: their questions are not asked here.
    let quotas = ["--departments", "0", "--accounts", "897"];
    xuncha(&[&new[..], &quotas[..]].concat(), None)?;
    let gather = ["gather", "--browser", "off", "--rate", "unlimited"];
    let gather = [
        &gather[..],
        &["--no-visits", "--max-pages", "1", "--province"],
    ]
    .concat();
    xuncha(&gather, Some(&described))?;
    drop(province);
    xuncha(&["judge"], None)?;
    let mut command = cargo();
    command
        .args(["test", "--workspace", "--test", "keyboard"])
        .args([
            "--",
            "--ignored",
            "--nocapture",
            "every_account_of_a_province",
        ])
        .env("XUNCHA_TASKS_DATA", &data)
        .env("XUNCHA_TASKS_ROUND", ROUND);
    run_command(&mut command)
}
