//! `cargo xtask bench WHAT`: how fast we are, on this machine and in one run.
//!
//! `facts` reads every HTML file below some folders (`DIR...`, by default Debian's documentation packages and `../shared/data`, as far
//! as they are there) and prints MB of HTML a second, the split over the readers and the share of the fast HTML reader.
//! `texts` runs all checks of text over pages of a simulated province, official titles and wrong sentences (`texts.rs`).
//! `crawl` compares link checkers on real static sites, `census` gathers a whole simulated province,
//! `web` asks for pages of a round of 15,000 targets while another is gathered, `notice` writes the documents of a notice.

pub mod census;
mod crawl;
mod notice;
mod peers;
mod texts;
mod web;

use std::path::PathBuf;

use crate::{cargo, root, run as run_command};

/// Runs one bench.
pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((what, rest)) if what == "facts" => facts(rest),
        Some((what, rest)) if what == "texts" => texts::run_texts(rest),
        Some((what, rest)) if what == "crawl" => crawl::run_crawl(rest),
        Some((what, rest)) if what == "census" => census::run_census(rest),
        Some((what, rest)) if what == "web" => web::run_web(rest),
        Some((what, rest)) if what == "notice" => notice::run_notice(rest),
        _ => Err(
            "用法：cargo xtask bench facts [--compare] [DIR...] | texts [NAME=PATH...] | crawl … | census … | web … | notice [SITES ACCOUNTS]".to_owned(),
        ),
    }
}

fn facts(arguments: &[String]) -> Result<(), String> {
    let is_folder = |argument: &&String| PathBuf::from(argument).exists();
    let mut folders: Vec<PathBuf> = arguments
        .iter()
        .filter(is_folder)
        .map(PathBuf::from)
        .collect();
    if folders.is_empty() {
        folders = vec![
            root().join("../shared/data"),
            PathBuf::from("/usr/share/doc/python3.11/html"),
            PathBuf::from("/usr/share/doc/openjdk-17-jre-headless/api"),
        ];
        folders.retain(|folder| folder.is_dir());
    }
    if folders.is_empty() {
        return Err("没有可读的网页目录；用 cargo xtask bench facts DIR 指定".to_owned());
    }
    let build = [
        "run",
        "--release",
        "--package",
        "xuncha-core",
        "--example",
        "facts_bench",
        "--",
    ];
    for folder in folders {
        println!("{}", folder.display());
        let options = arguments.iter().filter(|argument| !is_folder(argument));
        run_command(cargo().args(build).args(options).arg(&folder))?;
    }
    Ok(())
}
