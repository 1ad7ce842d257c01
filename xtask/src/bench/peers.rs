//! The link checkers we are measured against: how each is installed, started, and what it says it found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages::{self, Need};
use crate::{cargo, run};

/// Connections that every tool may open.
pub const CONCURRENCY: &str = "16";

/// A site to be crawled.
pub struct Site {
    /// Its Debian package.
    pub name: &'static str,
    /// Home page.
    pub home: String,
    /// Every page that the crawl from the home page reaches, one a line: for tools that cannot crawl.
    pub list: PathBuf,
}

/// A tool in the comparison.
pub struct Peer {
    /// Name in the table.
    pub name: &'static str,
    /// What it checks: links and anchors.
    pub checks: &'static str,
    /// The program with its arguments.
    pub command: fn(&Path, &Site) -> Command,
    /// Pages and broken links, from what it printed and wrote to its output file.
    pub read: fn(&str) -> (Option<u64>, Option<u64>),
    /// Sees to the tool; the reason where it is not to be had here.
    pub install: fn(&Path) -> Result<(), String>,
}

/// All of them; ours come first.
pub const PEERS: &[Peer] = &[
    Peer {
        name: "xuncha-links",
        checks: "yes / yes",
        command: |tools, site| ours(tools, site, true),
        read: ours_said,
        install: |_| Ok(()),
    },
    Peer {
        name: "xuncha-check",
        checks: "all, with evidence",
        command: |tools, site| ours(tools, site, false),
        read: ours_said,
        install: |_| Ok(()),
    },
    Peer {
        name: "lychee",
        checks: "yes / yes",
        command: lychee,
        read: |text| (None, number(text, "\"errors\":")),
        install: packages::peers::see_to_lychee,
    },
    Peer {
        name: "wget --spider",
        checks: "yes / no",
        command: wget,
        read: |text| (None, number(text, "Found ")),
        install: |_| packages::see_to(&[&WGET]),
    },
    Peer {
        name: "linkinator",
        checks: "yes / yes",
        command: linkinator,
        read: |text| (None, count(text, "\"state\": \"BROKEN\"")),
        install: packages::peers::see_to_linkinator,
    },
    Peer {
        name: "scrapy",
        checks: "statuses",
        command: scrapy,
        read: |text| (number(text, "PAGES "), number(text, "BROKEN ")),
        install: |tools| install_pip(tools, "scrapy"),
    },
    Peer {
        name: "spider (crate)",
        checks: "crawls only",
        command: |tools, site| {
            let mut command = Command::new(tools.join("spider/target/release/spider-peer"));
            command.args([&site.home, CONCURRENCY]);
            command
        },
        read: |text| (number(text, "PAGES "), None),
        install: install_spider,
    },
];

const WGET: Need = Need {
    package: "wget",
    file: "/usr/bin/wget",
    why: "对比",
};

fn ours(tools: &Path, site: &Site, only_links: bool) -> Command {
    let mut command = Command::new(crate::root().join("target/release/xuncha"));
    command.args(["check", &site.home, "--rate", "unlimited"]);
    command.args(["--concurrency", CONCURRENCY, "--allow-host", "127.0.0.1"]);
    // No peer renders pages.
    command.args(["--browser", "off"]);
    // Nor asks a second time, nor do the others ask hosts that cannot be reached from here.
    command.args(["--no-outside", "--second-look-s", "0"]);
    command.args(["--max-pages", "100000", "--json", "/dev/stdout"]);
    if only_links {
        command.args(["--only", "links"]);
    } else {
        let folder = tools.join("evidence");
        let _ = fs::remove_dir_all(&folder);
        command.arg("--evidence").arg(folder);
    }
    command
}

fn ours_said(text: &str) -> (Option<u64>, Option<u64>) {
    let broken = count(text, "\"check\": \"broken_links\",\n      \"key\"");
    (number(text, "\"pages\":"), broken)
}

fn lychee(tools: &Path, site: &Site) -> Command {
    let mut command = packages::peers::lychee(tools);
    command.args(["--no-progress", "--format", "json", "--include-fragments"]);
    command.args(["--max-concurrency", CONCURRENCY, "--max-retries", "0"]);
    // By default it asks a host every 50 ms at most.
    command.args([
        "--host-request-interval",
        "0ms",
        "--host-concurrency",
        CONCURRENCY,
    ]);
    command.args([
        "--exclude",
        ".*",
        "--include",
        &origin(&site.home),
        "--files-from",
    ]);
    command.arg(&site.list);
    command
}

fn wget(tools: &Path, site: &Site) -> Command {
    let mut command = Command::new("wget");
    command.args([
        "--spider",
        "-r",
        "-l",
        "inf",
        "-nv",
        "-nd",
        "-e",
        "robots=off",
        "-P",
    ]);
    command.arg(tools.join("wget")).arg(&site.home);
    command
}

fn linkinator(tools: &Path, site: &Site) -> Command {
    let mut command = packages::peers::linkinator(tools);
    command.args([
        &site.home,
        "--recurse",
        "--format",
        "json",
        "--check-fragments",
    ]);
    command.args(["--concurrency", CONCURRENCY]);
    command
}

fn scrapy(tools: &Path, site: &Site) -> Command {
    let mut command = Command::new(tools.join("venv/bin/python"));
    command
        .arg(tools.join("scrapy_peer.py"))
        .args([&site.home, CONCURRENCY]);
    command
}

/// `http://127.0.0.1:PORT` of an address, as a pattern.
fn origin(home: &str) -> String {
    let end = home
        .match_indices('/')
        .nth(2)
        .map_or(home.len(), |(at, _)| at);
    home[..end].replace('.', "\\.")
}

fn install_pip(tools: &Path, name: &str) -> Result<(), String> {
    let folder = tools.join("venv");
    write(&tools.join("scrapy_peer.py"), SCRAPY)?;
    if folder.join("bin").join(name).is_file() {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", name]))
}

fn install_spider(tools: &Path) -> Result<(), String> {
    let folder = tools.join("spider");
    fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
    write(&folder.join("Cargo.toml"), SPIDER_MANIFEST)?;
    write(&folder.join("src/main.rs"), SPIDER)?;
    if folder.join("target/release/spider-peer").is_file() {
        return Ok(());
    }
    let mut build = cargo();
    run(build.args(["build", "--release"]).current_dir(&folder))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("无法写入 {}：{error}", path.display()))
}

/// The first number behind the first `mark`.
pub fn number(text: &str, mark: &str) -> Option<u64> {
    let rest = &text[text.find(mark)? + mark.len()..];
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn count(text: &str, mark: &str) -> Option<u64> {
    Some(text.matches(mark).count() as u64)
}

const SCRAPY: &str = r#"import sys
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

START, WIDTH = sys.argv[1], int(sys.argv[2])


class Peer(scrapy.Spider):
    name = "peer"
    start_urls = [START]
    handle_httpstatus_all = True
    pages, broken = 0, 0
    extractor = LinkExtractor(
        allow_domains=["127.0.0.1"], deny_extensions=[], tags=("a", "area", "img", "link", "script"), attrs=("href", "src")
    )

    def parse(self, response):
        if response.status >= 400:
            Peer.broken += 1
            return
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        Peer.pages += 1
        for link in self.extractor.extract_links(response):
            yield scrapy.Request(link.url)


process = CrawlerProcess(
    {"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS": WIDTH, "CONCURRENT_REQUESTS_PER_DOMAIN": WIDTH, "TELNETCONSOLE_ENABLED": False, "HTTPERROR_ALLOW_ALL": True}
)
process.crawl(Peer)
process.start()
print(f"PAGES {Peer.pages}\nBROKEN {Peer.broken}")
"#;

const SPIDER_MANIFEST: &str = r#"[package]
name = "spider-peer"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
spider = { version = "2", default-features = false, features = ["sync"] }
tokio = { version = "1", features = ["rt-multi-thread", "macros"] }

[workspace]
"#;

const SPIDER: &str = r#"use spider::website::Website;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut website = Website::new(&arguments[1]);
    website.configuration.respect_robots_txt = false;
    website.configuration.with_concurrency_limit(arguments[2].parse().ok());
    let mut pages = website.subscribe(1 << 16);
    let counter = tokio::spawn(async move {
        let mut count = 0u64;
        while pages.recv().await.is_ok() {
            count += 1;
        }
        count
    });
    website.crawl().await;
    website.unsubscribe();
    println!("PAGES {}", counter.await.unwrap_or_default());
}
"#;
