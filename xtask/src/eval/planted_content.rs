//! `cargo xtask eval planted-content [BINARY [SITE]]`: the site of a small county in a real WordPress, a MediaWiki and a DokuWiki, planted
//! through their own interfaces, twice in each: once as it should be, by a hair, and once neglected.
//!
//! What `xuncha check` has to say of each thing that was planted stands in `xtask/data/planted-content/PROGRAM.toml`. Fails on a defect
//! that is not found, on anything else that is said, and on a known difference that is none any more.

mod said;
mod truth;

use std::path::Path;
use std::process::Stdio;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use self::said::Said;
use self::truth::{Mistake, Planted};
use super::migration::asking;
use super::servers::{Served, Servers, write};
use super::sites::{MEDIAWIKI_ROBOTS, PLANTED, Program};
use crate::packages::{self, CHECKERS, REAL_SITES};
use crate::run as run_command;

/// Name and code of the site as they would be filed.
const FILED: [&str; 4] = ["--name", "青石县人民政府", "--code", "9901230001"];

/// Makes and serves the sites, checks each, compares.
pub fn run(binary: Option<&str>, only: Option<&str>) -> Result<(), String> {
    let needs = REAL_SITES
        .iter()
        .chain(CHECKERS.iter().filter(|need| need.package == "dokuwiki"));
    packages::see_to(&needs.collect::<Vec<_>>())?;
    let binary = super::binary(binary)?;
    let folder = super::folder()?;
    let started = Instant::now();
    let mut wrong = 0;
    let mut rows = Vec::new();
    for (program, sites) in ["wordpress", "mediawiki", "dokuwiki"].iter().zip(PLANTED) {
        if only.is_some_and(|only| !only.contains(program)) {
            continue;
        }
        let planted = truth::read(program)?;
        let making = Instant::now();
        let mut servers = Servers::default();
        for site in sites {
            if only.is_none_or(|only| only == *program || only == site.name) {
                serve(site, &folder, &mut servers)?;
            }
        }
        println!("── {program}：建站 {:.0} s", making.elapsed().as_secs_f64());
        for site in &servers.sites {
            let (row, mistakes) = compare(&binary, &folder, site, &planted)?;
            rows.push(row);
            wrong += mistakes;
        }
    }
    println!("\n{TABLE}");
    rows.iter().for_each(|row| println!("{row}"));
    println!("共 {:.0} s", started.elapsed().as_secs_f64());
    match wrong == 0 {
        true => Ok(()),
        false => Err(format!("判定与埋设不符 {} 处，见上面的 ✗", wrong)),
    }
}

const TABLE: &str = "| 网站 | 网页 | 埋设问题 | 找到 | 漏 | 近似而无问题 | 误报 | 存疑（应/多） | 已知不符 | 秒 |\n|---|---|---|---|---|---|---|---|---|---|";

/// Serves a site of today: rules look back from the day of the check, so a site of another day is made anew.
fn serve(site: &Program, folder: &Path, servers: &mut Servers) -> Result<(), String> {
    let made = folder.join(site.name);
    let day = made.join("day");
    if std::fs::read_to_string(&day).is_ok_and(|day| day != today()) {
        std::fs::remove_dir_all(&made)
            .map_err(|error| format!("无法删除 {}：{error}", made.display()))?;
    }
    let robots = site.name.contains("mediawiki").then_some(MEDIAWIKI_ROBOTS);
    site.serve(folder, robots, servers)?;
    write(&day, &today())
}

/// The number of the civil day in China.
fn today() -> String {
    const HOURS_S: u64 = 8 * 3600;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let day = now.map_or(0, |now| (now.as_secs() + HOURS_S) / 86_400);
    day.to_string()
}

/// One site: a row of the table, and how much is not as planted.
fn compare(
    binary: &Path,
    folder: &Path,
    site: &Served,
    planted: &[Planted],
) -> Result<(String, usize), String> {
    let started = Instant::now();
    let json = folder.join(site.name).join("check.json");
    let mut check = asking(binary, "check");
    check.arg(&site.home).args(FILED).arg("--no-outside");
    check.arg("--json").arg(&json);
    run_command(check.stdout(Stdio::null()).stderr(Stdio::null()))?;
    let text = std::fs::read_to_string(&json)
        .map_err(|error| format!("无法读取 {}：{error}", json.display()))?;
    let said = Said::read(&text, &site.home)?;
    let own: Vec<&Planted> = planted
        .iter()
        .filter(|planted| planted.stands_on(site.name))
        .collect();
    let compared = truth::compare(&own, &said);
    println!("{}（{}）", site.name, json.display());
    compared.lines.iter().for_each(|line| println!("  {line}"));
    let count = |mistake| compared.count(mistake);
    let row = format!(
        "| {} | {} | {} | {} | {} | {} | {} | {}/{} | {} | {:.0} |",
        site.name,
        said.pages,
        compared.defects,
        compared.found,
        count(Mistake::Missed),
        compared.sound,
        count(Mistake::Accused),
        compared.open,
        count(Mistake::Unclear),
        compared.known,
        started.elapsed().as_secs_f64()
    );
    Ok((row, compared.mistakes.len()))
}
