//! `cargo xtask eval linkcheckers [SITE]`: our dead links and missing anchors on a WordPress, a MediaWiki and a DokuWiki against those
//! of two link checkers of Debian.
//!
//! Every difference stands in `xtask/data/linkchecker-differences.toml` with the rule that decides it. Fails on a difference that is
//! not listed, on an entry that is no longer true, and on more entries than [`listed::MAX_ENTRIES`].

pub mod address;
mod listed;
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use self::listed::{Difference, Side};
use super::checked::{Checked, check};
use super::servers::{Served, Servers};
use super::sites::{DOKUWIKI, MEDIAWIKI, MEDIAWIKI_ROBOTS, WORDPRESS};
use crate::packages::{self, CHECKERS, REAL_SITES};

/// Budget of pages; every site has fewer, so that all three see the whole of it.
const MAX_PAGES: u32 = 150;

/// Serves the sites, runs all three on each, compares.
pub fn run(only: Option<&str>) -> Result<(), String> {
    packages::see_to(&REAL_SITES.iter().chain(CHECKERS).collect::<Vec<_>>())?;
    packages::build_release()?;
    let list = listed::read()?;
    let folder = super::folder()?.join("linkcheckers");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
    let mut servers = Servers::default();
    let programs = [
        (&WORDPRESS, None),
        (&MEDIAWIKI, Some(MEDIAWIKI_ROBOTS)),
        (&DOKUWIKI, None),
    ];
    for (program, robots) in programs {
        if only.is_none_or(|name| name == program.name) {
            program.serve(&super::folder()?, robots, &mut servers)?;
        }
    }
    let started = Instant::now();
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for site in &servers.sites {
        let (row, mistakes) = compare(&folder, site, &list)?;
        rows.push(row);
        wrong.extend(mistakes);
    }
    println!(
        "\n| site | pages | addresses | xuncha | linkchecker | w3c-linkchecker | all three | listed | seconds |\n|---|---|---|---|---|---|---|---|---|"
    );
    rows.iter().for_each(|row| println!("{row}"));
    println!(
        "{} entries in the list, {:.0} s in all",
        list.len(),
        started.elapsed().as_secs_f64()
    );
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("与 {} 不符：\n{}", listed::FILE, wrong.join("\n")))
    }
}

/// One site: a row of the table, and what is not as the list says.
fn compare(
    folder: &Path,
    site: &Served,
    list: &[Difference],
) -> Result<(String, Vec<String>), String> {
    println!("── {} {}", site.name, site.home);
    let started = Instant::now();
    let checked = check(folder, site, MAX_PAGES)?;
    let mut times = vec![started.elapsed().as_secs_f64()];
    // Its robots.txt keeps everybody off some pages of the navigation; only our own budget would make the comparison unfair.
    if checked.pages >= u64::from(MAX_PAGES) {
        return Err(format!("{} 超过 {MAX_PAGES} 页，不能比较", site.name));
    }
    let ours = bad(&checked, site);
    let mut theirs = Vec::new();
    for run in [tools::linkchecker, tools::checklink] {
        let started = Instant::now();
        theirs.push(run(folder, site)?);
        times.push(started.elapsed().as_secs_f64());
    }
    let (linkchecker, checklink) = (&theirs[0], &theirs[1]);
    let found = differences(&ours, linkchecker, checklink);
    let mistakes = listed::mistakes(&found, list, &site.home);
    let agreed = ours
        .iter()
        .filter(|url| linkchecker.contains(*url) && checklink.contains(*url));
    let times: Vec<String> = times.iter().map(|time| format!("{time:.0}")).collect();
    let row = format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        site.name,
        checked.pages,
        checked.addresses,
        ours.len(),
        linkchecker.len(),
        checklink.len(),
        agreed.count(),
        found.len(),
        times.join(" + ")
    );
    Ok((row, mistakes))
}

/// Our dead links and missing anchors that are the site's own.
fn bad(checked: &Checked, site: &Served) -> BTreeSet<String> {
    let links = checked.bad.iter();
    let own = links.filter(|link| link.url.starts_with(&site.home));
    own.map(|link| address::shown(&link.url)).collect()
}

/// Every address on which one of the others does not say what we say.
fn differences(
    ours: &BTreeSet<String>,
    linkchecker: &BTreeSet<String>,
    checklink: &BTreeSet<String>,
) -> BTreeMap<String, (bool, Side)> {
    let all: BTreeSet<&String> = ours.iter().chain(linkchecker).chain(checklink).collect();
    let mut found = BTreeMap::new();
    for url in all {
        let is_dead = ours.contains(url);
        let side = match (
            linkchecker.contains(url) == is_dead,
            checklink.contains(url) == is_dead,
        ) {
            (true, true) => continue,
            (false, true) => Side::Linkchecker,
            (true, false) => Side::W3c,
            (false, false) => Side::Both,
        };
        found.insert(url.clone(), (is_dead, side));
    }
    found
}
