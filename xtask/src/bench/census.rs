//! `cargo xtask bench census`: a whole province at once, polite (is politeness the only limit?) or with limits lifted (how fast are we?).

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::peers::number;
use crate::packages::{self, Need};
use crate::{root, run};

const TIME: Need = Need {
    package: "time",
    file: "/usr/bin/time",
    why: "计时与内存",
};

/// A running province; ended when dropped.
pub struct Province(Child);

impl Drop for Province {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the bench: `[--polite RATE] [--scale small|full] [--seed N]`.
pub fn run_census(arguments: &[String]) -> Result<(), String> {
    let usage = "用法：cargo xtask bench census [--polite RATE] [--scale small|full] [--seed N]";
    let (mut rate, mut scale, mut seed) =
        ("unlimited".to_owned(), "full".to_owned(), "1".to_owned());
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let value = rest.next().ok_or(usage)?.clone();
        match flag.as_str() {
            "--polite" => rate = value,
            "--scale" => scale = value,
            "--seed" => seed = value,
            _ => return Err(usage.to_owned()),
        }
    }
    packages::see_to(&[&TIME])?;
    packages::build_release()?;
    let folder = root().join("target").join("bench").join("census");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // Delays of the province are real seconds where we are polite, and a tenth of them where only our own speed is asked for.
    let speed = if rate == "unlimited" { "10" } else { "1" };
    let province = start(&binary(), &folder.join("province"), &scale, &seed, speed)?;
    let data = folder.join("data");
    let described = folder.join("province/province.json");
    xuncha(
        &data,
        &["registry", "import"],
        &[&folder.join("province/registry.xlsx")],
    )?;
    let as_of = text_of(&described, "as_of")?;
    let round = [
        "round", "new", "census", "--as-of", &as_of, "--seed", "census", "--census",
    ];
    xuncha(&data, &round, &[])?;
    let report = folder.join("gather.json");
    let usage = folder.join("usage.txt");
    let mut command = Command::new("/usr/bin/time");
    command
        .args(["-f", "%e %U %S %M", "-o"])
        .arg(&usage)
        .arg(binary());
    command.arg("--data").arg(&data).args([
        "gather",
        "--browser",
        "off",
        "--rate",
        &rate,
        "--province",
    ]);
    command.arg(&described).arg("--report").arg(&report);
    if rate != "unlimited" {
        // Two weeks of visits wait for their own limits; what is asked here is the pace of the crawl.
        command.arg("--no-visits");
    }
    run(&mut command)?;
    tell(&report, &usage)?;
    let started = Instant::now();
    xuncha(&data, &["judge"], &[])?;
    println!("judge: {:.1} s", started.elapsed().as_secs_f64());
    drop(province);
    Ok(())
}

fn binary() -> std::path::PathBuf {
    root().join("target/release/xuncha")
}

/// Starts a province of the plan `realistic` in a folder and waits until it listens.
pub fn start(
    binary: &Path,
    folder: &Path,
    scale: &str,
    seed: &str,
    speed: &str,
) -> Result<Province, String> {
    let mut command = Command::new(binary);
    command.args(["province", "serve", "--plan", "realistic"]);
    command
        .args(["--scale", scale, "--seed", seed, "--speed", speed, "--dir"])
        .arg(folder);
    let child = command
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("无法启动模拟省：{error}"))?;
    let province = Province(child);
    let limit = Instant::now() + Duration::from_secs(120);
    while !folder.join("province.json").is_file() {
        if Instant::now() > limit {
            return Err("模拟省没有在两分钟内就绪".to_owned());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(province)
}

fn xuncha(data: &Path, words: &[&str], files: &[&Path]) -> Result<(), String> {
    let mut command = Command::new(binary());
    command.arg("--data").arg(data).args(words).args(files);
    run(command.stdout(Stdio::null()))
}

/// The text of a field, wherever it stands.
/// A text field of the file that describes the province.
pub fn text_of(path: &Path, field: &str) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let rest = text.split_once(&format!("\"{field}\":"));
    let rest = rest.and_then(|(_, rest)| rest.trim_start().strip_prefix('"'));
    let value = rest.and_then(|rest| rest.split_once('"'));
    value
        .map(|(value, _)| value.to_owned())
        .ok_or_else(|| format!("{} 里没有 {field}", path.display()))
}

/// Prints each part's pages and requests a second, and what the process took.
fn tell(report: &Path, usage: &Path) -> Result<(), String> {
    let text = fs::read_to_string(report).map_err(|error| error.to_string())?;
    println!(
        "| part | seconds | pages | requests | pages/s | requests/s |\n|---|---|---|---|---|---|"
    );
    for part in text.split("\"phase\":").skip(1) {
        let name = part.split('"').nth(1).unwrap_or_default();
        let figure = |mark: &str| number(part, mark).unwrap_or_default() as f64;
        let seconds = figure("\"elapsed_ms\":") / 1000.0;
        let (pages, requests) = (figure("\"pages\":"), figure("\"requests\":"));
        println!(
            "| {name} | {seconds:.1} | {pages:.0} | {requests:.0} | {:.0} | {:.0} |",
            pages / seconds.max(0.001),
            requests / seconds.max(0.001)
        );
    }
    if let Some(share) = number(&text, "\"permitted_rate_permille\":") {
        println!(
            "of the requests that the limits allow until 95 % of the hosts were done: {:.1} %",
            share as f64 / 10.0
        );
    }
    let figures = fs::read_to_string(usage).map_err(|error| error.to_string())?;
    println!("wall, user and system seconds, peak kB: {}", figures.trim());
    Ok(())
}
