//! `cargo xtask ci`: what a change must pass before it lands.

use std::process::Command;

use crate::{cargo, fuzz, root, run, tests};

/// The version of cargo-deny that is compiled where the machine has none.
const CARGO_DENY: &str = "0.20.2";

/// Format, tests, lints, documentation, licences, in the order in which they fail fastest per minute spent.
pub fn run_steps() -> Result<(), String> {
    step("格式 / format", || {
        run(cargo().args(["fmt", "--all", "--check"]))
    })?;
    step("许可证与来源 / licences, bans, sources", deny)?;
    step("测试 / tests", || tests::run(&[]))?;
    step("模糊测试 / fuzz", || {
        fuzz::run(&[
            "--seconds".to_owned(),
            fuzz::CI_SECONDS.to_string(),
            "--seed".to_owned(),
            fuzz::CI_SEED.to_string(),
        ])
    })?;
    step("clippy", || {
        run(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("文档 / documentation", || {
        run(cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    })
}

fn deny() -> Result<(), String> {
    // The wheels of this tool are too old to read today's `cargo metadata`, so it is compiled once where it is missing.
    let is_there = Command::new("cargo-deny")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    let folder = root().join("target").join("tools");
    let tool = if is_there {
        "cargo-deny".into()
    } else {
        folder.join("bin").join("cargo-deny")
    };
    if !is_there && !tool.is_file() {
        let install = [
            "install",
            "cargo-deny",
            "--locked",
            "--debug",
            "--version",
            CARGO_DENY,
            "--root",
        ];
        run(cargo().args(install).arg(&folder))?;
    }
    run(Command::new(tool)
        .current_dir(root())
        .args(["check", "licenses", "bans", "sources"]))
}

fn step(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("── {name}");
    let started = std::time::Instant::now();
    work()?;
    println!("── {name}: {} s", started.elapsed().as_secs());
    Ok(())
}
