//! `cargo xtask eval WHAT`: accuracy on data that nobody here wrote.
//!
//! `facts` reads the labelled pages of a data folder (`--data DIR`, by default `../shared/data`). `real-sites` serves documentation packages,
//! a MediaWiki and a WordPress on loopback and runs `xuncha check` on each.

pub mod servers;

use std::path::PathBuf;
use std::process::Command;

use crate::packages::{self, REAL_SITES};
use crate::{cargo, root, run as run_command};

/// Runs one evaluation.
pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments.first().map(String::as_str) {
        Some("facts") => facts(arguments.get(1).map(PathBuf::from)),
        Some("real-sites") => real_sites(arguments.get(1).map(String::as_str)),
        _ => Err("用法：cargo xtask eval facts [DIR] | real-sites [SITE]".to_owned()),
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

/// One site that is served: its name, how many dead links it really has (where that is known), and its address.
pub struct Served {
    /// Name in the table.
    pub name: &'static str,
    /// Home page.
    pub home: String,
}

fn real_sites(only: Option<&str>) -> Result<(), String> {
    packages::see_to(&REAL_SITES.iter().collect::<Vec<_>>())?;
    packages::build_release()?;
    let folder = root().join("target").join("eval");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
    let servers = servers::start(&folder)?;
    let mut failed = Vec::new();
    for site in servers
        .sites
        .iter()
        .filter(|site| only.is_none_or(|name| name == site.name))
    {
        println!("── {} {}", site.name, site.home);
        let json = folder.join(format!("{}.json", site.name));
        let html = folder.join(format!("{}.html", site.name));
        let mut command = Command::new(root().join("target/release/xuncha"));
        command.args([
            "check",
            &site.home,
            "--rate",
            "unlimited",
            "--concurrency",
            "4",
            "--allow-host",
            "127.0.0.1",
        ]);
        command
            .args(["--max-pages", "5000"])
            .arg("--json")
            .arg(&json)
            .arg("--html")
            .arg(&html);
        let started = std::time::Instant::now();
        if let Err(message) = run_command(&mut command) {
            failed.push(format!("{}: {message}", site.name));
        }
        println!(
            "── {}: {:.1} s, {}",
            site.name,
            started.elapsed().as_secs_f64(),
            json.display()
        );
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("\n"))
    }
}
