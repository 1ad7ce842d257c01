//! The command line of the province, small enough to read by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::content::look::FULL;
use crate::model::{PlanKind, Scale};
use crate::scorer;
use crate::serve::{self, Options};

/// Reads `--name value` pairs; `known` lists the names.
fn pairs(args: &[String], known: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let (name, value) = match arg.strip_prefix("--").and_then(|a| a.split_once('=')) {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.strip_prefix("--").unwrap_or(""), rest.next().cloned()),
        };
        if !known.contains(&name) {
            bail!("不认识的参数 {arg}，可用：--{}", known.join(" --"));
        }
        let value = value.with_context(|| format!("参数 --{name} 缺少值"))?;
        out.insert(name.to_owned(), value);
    }
    Ok(out)
}

/// `serve`: draws the province and answers until it is told to stop.
///
/// # Errors
/// When an argument is wrong, a file cannot be written or an address cannot be bound.
pub fn main_serve(args: &[String]) -> Result<()> {
    let given = pairs(
        args,
        &[
            "seed", "scale", "plan", "mutation", "dir", "speed", "http", "https", "control",
        ],
    )?;
    let get = |name: &str, fallback: &str| {
        given
            .get(name)
            .cloned()
            .unwrap_or_else(|| fallback.to_owned())
    };
    let number = |name: &str, fallback: &str| {
        get(name, fallback)
            .parse::<u64>()
            .with_context(|| format!("--{name} 应为整数"))
    };
    let address = |name: &str| {
        get(name, "127.0.0.1:0")
            .parse::<SocketAddr>()
            .with_context(|| format!("--{name} 应为 地址:端口"))
    };
    let options = Options {
        seed: number("seed", "7")?,
        scale: match get("scale", "small").as_str() {
            "small" => Scale::Small,
            "full" => Scale::Full,
            other => bail!("--scale 应为 small 或 full，不是 {other}"),
        },
        plan: match get("plan", "realistic").as_str() {
            "realistic" => PlanKind::Realistic,
            "dense" => PlanKind::Dense,
            other => bail!("--plan 应为 realistic 或 dense，不是 {other}"),
        },
        mutation: u8::try_from(number("mutation", "3")?)
            .ok()
            .filter(|strength| *strength <= FULL)
            .context("--mutation 应为 0 到 3")?,
        dir: PathBuf::from(given.get("dir").context("缺少 --dir 目录")?),
        speed: u32::try_from(number("speed", "10")?).context("--speed 太大")?,
        http: address("http")?,
        https: address("https")?,
        control: address("control")?,
    };
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(serve::run(options))
}

/// `score`: prints the figures of a run, reckoned by the independent scorer.
///
/// # Errors
/// When a file cannot be read.
pub fn main_score(args: &[String]) -> Result<()> {
    let given = pairs(args, &["dir", "results"])?;
    let path = |name: &str| {
        given
            .get(name)
            .map(PathBuf::from)
            .with_context(|| format!("缺少 --{name}"))
    };
    let figures = scorer::score(&path("dir")?, &path("results")?)?;
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}
