//! `cargo xtask bench crawl`: the same real static sites, one after another, with every tool, in one run. Only ratios within a run count.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::peers::{self, PEERS, Peer, Site};
use crate::eval::servers;
use crate::packages::{self, BENCH};
use crate::{root, run};

/// One measurement of a tool on a site.
struct Measured {
    wall_s: f64,
    cpu_s: f64,
    peak_mb: f64,
    pages: Option<u64>,
    broken: Option<u64>,
}

/// Runs the comparison: `[--site NAME] [--peer NAME]… [--runs N]`.
pub fn run_crawl(arguments: &[String]) -> Result<(), String> {
    let options = Options::read(arguments)?;
    packages::see_to(&BENCH.iter().collect::<Vec<_>>())?;
    packages::build_release()?;
    let tools = root().join("target").join("tools");
    let folder = root().join("target").join("bench");
    for one in [&tools, &folder] {
        fs::create_dir_all(one).map_err(|error| format!("无法建立 {}：{error}", one.display()))?;
    }
    let peers: Vec<&Peer> = PEERS
        .iter()
        .filter(|peer| options.wants_peer(peer.name))
        .collect();
    let mut missing = Vec::new();
    let mut ready = Vec::new();
    for peer in peers {
        match (peer.install)(&tools) {
            Ok(()) => ready.push(peer),
            Err(reason) => missing.push(format!("{}：{reason}", peer.name)),
        }
    }
    let served = servers::start_static(&folder, servers::DOCUMENTATION)?;
    for one in served
        .sites
        .iter()
        .filter(|site| options.wants_site(site.name))
    {
        let site = listed(&folder, one.name, &one.home)?;
        compare(&tools, &folder, &site, &ready, options.runs)?;
    }
    for line in missing {
        println!("未参加 / left out: {line}");
    }
    Ok(())
}

struct Options {
    sites: Vec<String>,
    peers: Vec<String>,
    runs: usize,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Options, String> {
        let usage = "用法：cargo xtask bench crawl [--site NAME]… [--peer NAME]… [--runs N]";
        let mut options = Options {
            sites: Vec::new(),
            peers: Vec::new(),
            runs: 3,
        };
        let mut rest = arguments.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(usage)?.clone();
            match flag.as_str() {
                "--site" => options.sites.push(value),
                "--peer" => options.peers.push(value),
                "--runs" => {
                    options.runs = value.parse().ok().filter(|runs| *runs > 0).ok_or(usage)?
                }
                _ => return Err(usage.to_owned()),
            }
        }
        Ok(options)
    }

    fn wants_site(&self, name: &str) -> bool {
        self.sites.is_empty() || self.sites.iter().any(|site| site == name)
    }

    fn wants_peer(&self, name: &str) -> bool {
        self.peers.is_empty() || self.peers.iter().any(|peer| peer == name) || name == PEERS[0].name
    }
}

/// The site with the list of its pages, which our own crawl finds.
fn listed(folder: &Path, name: &'static str, home: &str) -> Result<Site, String> {
    let list = folder.join(format!("{name}.txt"));
    let mut command = Command::new(root().join("target/release/xuncha"));
    command.args(["check", home, "--only", "links", "--rate", "unlimited"]);
    command.args(["--allow-host", "127.0.0.1", "--no-outside"]);
    command.args([
        "--concurrency",
        peers::CONCURRENCY,
        "--max-pages",
        "100000",
        "--second-look-s",
        "0",
    ]);
    run(command.arg("--list").arg(&list).stdout(Stdio::null()))?;
    Ok(Site {
        name,
        home: home.to_owned(),
        list,
    })
}

fn compare(
    tools: &Path,
    folder: &Path,
    site: &Site,
    peers: &[&Peer],
    runs: usize,
) -> Result<(), String> {
    let pages = fs::read_to_string(&site.list).map_err(|error| error.to_string())?;
    let pages = pages.lines().count() as f64;
    println!(
        "\n{}: {pages} pages, {runs} run(s) each, medians",
        site.name
    );
    println!(
        "| tool | links / anchors | wall s | CPU s | CPU s per 1,000 pages | pages per CPU s | peak MB | pages said | broken said |\n|---|---|---|---|---|---|---|---|---|"
    );
    let mut base = None;
    for peer in peers {
        let mut all = Vec::new();
        for _ in 0..runs {
            all.push(measure(tools, folder, site, peer)?);
        }
        all.sort_by(|left, right| left.cpu_s.total_cmp(&right.cpu_s));
        let middle = all.swap_remove(all.len() / 2);
        let rate = pages / middle.cpu_s.max(0.001);
        let shown =
            |number: Option<u64>| number.map_or("–".to_owned(), |number| number.to_string());
        println!(
            "| {} | {} | {:.2} | {:.2} | {:.2} | {rate:.0} | {:.0} | {} | {} |",
            peer.name,
            peer.checks,
            middle.wall_s,
            middle.cpu_s,
            middle.cpu_s * 1000.0 / pages,
            middle.peak_mb,
            shown(middle.pages),
            shown(middle.broken),
        );
        match &base {
            None => base = Some((rate, middle.peak_mb)),
            Some((first, peak)) => println!(
                "|   | {} is {:.1}× as fast per CPU second and takes {:.2} of the memory |||||||",
                PEERS[0].name,
                first / rate,
                peak / middle.peak_mb.max(0.1)
            ),
        }
    }
    Ok(())
}

/// One run, measured by the system as a whole process with its children.
fn measure(tools: &Path, folder: &Path, site: &Site, peer: &Peer) -> Result<Measured, String> {
    let (said, usage) = (folder.join("said.txt"), folder.join("usage.txt"));
    let inner = (peer.command)(tools, site);
    let mut command = timed(&usage, &inner);
    let file = fs::File::create(&said).map_err(|error| error.to_string())?;
    let both = file.try_clone().map_err(|error| error.to_string())?;
    // A tool that found broken links says so by its exit code: that is no failure of the run.
    command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(both)
        .status()
        .map_err(|error| format!("无法启动 {}：{error}", peer.name))?;
    let text = fs::read(&said).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&text);
    let figures = fs::read_to_string(&usage).map_err(|error| error.to_string())?;
    let figures: Vec<f64> = figures
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let [wall_s, user, system, peak_kb] = figures[..] else {
        return Err(format!("{} 没有可读的用时：{text}", peer.name));
    };
    let (pages, broken) = (peer.read)(&text);
    Ok(Measured {
        wall_s,
        cpu_s: user + system,
        peak_mb: peak_kb / 1024.0,
        pages,
        broken,
    })
}

fn timed(usage: &PathBuf, inner: &Command) -> Command {
    let mut command = Command::new("/usr/bin/time");
    command.args(["-q", "-f", "%e %U %S %M", "-o"]).arg(usage);
    command.arg(inner.get_program()).args(inner.get_args());
    command
}
