//! `cargo xtask eval WHAT`: accuracy on data that nobody here wrote.
//!
//! `facts` reads the labelled pages of a data folder (`--data DIR`, by default `../shared/data`). `real-sites` serves documentation packages,
//! a MediaWiki and a WordPress on loopback and runs `xuncha check` on each. `linkcheckers` compares our dead links on a WordPress,
//! a MediaWiki and a DokuWiki with those of two link checkers of Debian. `migration` carries a WordPress to a DokuWiki with planted
//! losses and looks whether `xuncha migration` finds them and nothing else. `planted` holds us, lychee and linkinator against the planted
//! defects of our tests. `planted-content` plants the site of a county into a WordPress, a MediaWiki and a DokuWiki and holds everything
//! that `xuncha check` says against it. `tasks` settles all accounts of a simulated province in a real browser, by the keyboard alone.
//! `typos` searches the shared pairs of wrong and right sentences for wrong characters.
//! `apps` downloads a real package of Android, and what only bears the name of one.

mod apps;
mod checked;
mod linkcheckers;
mod migration;
mod planted;
mod planted_content;
mod real_sites;
pub mod servers;
mod sites;
mod tasks;
mod typos;

use std::path::PathBuf;

use crate::{cargo, packages, root, run as run_command};

/// Runs one evaluation.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let only = arguments.get(1).map(String::as_str);
    match arguments.first().map(String::as_str) {
        Some("facts") => facts(only.map(PathBuf::from)),
        Some("real-sites") => real_sites::run(only),
        Some("linkcheckers") => linkcheckers::run(only),
        Some("migration") => migration::run(only),
        Some("planted") => planted::run(only),
        Some("apps") => apps::run(only),
        Some("typos") => typos::run(only.map(PathBuf::from)),
        Some("tasks") => tasks::run(only),
        Some("planted-content") => {
            planted_content::run(only, arguments.get(2).map(String::as_str))
        }
        _ => Err(
            "用法：cargo xtask eval facts [DIR] | real-sites [SITE] | linkcheckers [SITE] | migration [BINARY] | planted [BINARY] | apps [BINARY] | tasks [BINARY] | planted-content [BINARY [SITE]] | typos [DIR]"
                .to_owned(),
        ),
    }
}

/// The folder of both evaluations of sites.
fn folder() -> Result<PathBuf, String> {
    let folder = root().join("target").join("eval");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
    Ok(folder)
}

/// The program under test: the one that is named, or the release build.
fn binary(named: Option<&str>) -> Result<PathBuf, String> {
    match named {
        Some(path) => std::fs::canonicalize(path).map_err(|error| format!("没有 {path}：{error}")),
        None => {
            packages::build_release()?;
            Ok(root().join("target/release/xuncha"))
        }
    }
}

fn facts(folder: Option<PathBuf>) -> Result<(), String> {
    let folder = folder.unwrap_or_else(|| root().join("../shared/data"));
    if !folder.is_dir() {
        return Err(format!(
            "没有数据目录 {}；用 cargo xtask eval facts DIR 指定",
            folder.display()
        ));
    }
    let mut command = cargo();
    command
        .args([
            "run",
            "--release",
            "--package",
            "xuncha-core",
            "--example",
            "eval",
            "--",
        ])
        .arg(folder);
    run_command(&mut command)
}
