//! `cargo xtask fuzz`: feeds every reader of what others wrote with drawn and mutated inputs, each for so long.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{cargo, packages, root, run as run_command};

/// The targets of `crates/xuncha/tests/fuzz`.
pub const TARGETS: [&str; 14] = [
    "html", "readers", "skim", "links", "replay", "feed", "package", "robots", "sitemap", "http",
    "warc", "facts", "cdxj", "xlsx",
];
/// How long a target runs where nothing else is said.
const SECONDS: u64 = 600;
/// How long each target runs in CI; with two at a time all of them take two minutes and a half.
pub const CI_SECONDS: u64 = 20;
/// What CI draws from: the same inputs for the same code, so that its word can be repeated. New ones are drawn by `cargo xtask fuzz`.
pub const CI_SEED: u64 = 20_200_131;

/// Runs the targets named, or all of them, as many at a time as the machine has cores.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut seconds = SECONDS;
    let mut seed = None;
    let mut jobs = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let mut wanted = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || -> Result<u64, String> {
            let value = rest.next().and_then(|value| value.parse().ok());
            value.ok_or_else(|| format!("{argument} 之后要写一个数"))
        };
        match argument.as_str() {
            "--seconds" => seconds = number()?,
            "--seed" => seed = Some(number()?),
            "--jobs" => jobs = number()?.max(1),
            name if TARGETS.contains(&name) => wanted.push(name),
            other => {
                return Err(format!(
                    "没有模糊测试目标“{other}”；可用：{}。用法：cargo xtask fuzz [--seconds N] [--seed N] [--jobs N] [TARGET…]",
                    TARGETS.join("、")
                ));
            }
        }
    }
    if wanted.is_empty() {
        wanted.extend(TARGETS);
    }
    // A new seed every time finds new things; the run prints it, so that it can be repeated.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = seed.unwrap_or_else(|| now.map_or(1, |now| now.as_secs()));
    let mut command = cargo();
    command
        // As `cargo xtask test` builds it, so that nothing is built twice.
        .args(["test", "--quiet", "--workspace"])
        .args(packages::legacy_tls())
        .args(["--test", "fuzz", "--"])
        .args(&wanted)
        .args(["--exact", "--nocapture"])
        .arg(format!("--test-threads={jobs}"))
        .env("XUNCHA_FUZZ_SECONDS", seconds.to_string())
        .env("XUNCHA_FUZZ_SEED", seed.to_string());
    run_command(&mut command).map_err(|error| {
        format!(
            "模糊测试发现问题：{error}\n输入在 {}（目标-panic-…、目标-slow-… 或 目标-current）；重放：XUNCHA_FUZZ_INPUT=文件 cargo test -p xuncha --test fuzz -- 目标 --exact",
            root().join("target").join("fuzz").display()
        )
    })
}
