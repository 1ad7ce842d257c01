//! `cargo xtask eval real-sites [SITE]`: the whole check on sites that nobody here wrote.
//!
//! Fails when a run fails, when a link is called dead that leads off this machine (nobody can know that here), and when content safety
//! alarms: nobody broke into a package. What is called dead is printed, to be looked at by hand, and so are wrong characters where there
//! is a model: manuals do have them.

use std::time::Instant;

use super::checked::{Checked, check, check_by};
use super::linkcheckers::address::shown;
use super::servers::{self, Served};
use super::sites::{MEDIAWIKI, WORDPRESS};
use crate::packages::{self, REAL_SITES};

/// Budget of pages: more than any of the documentation packages has.
const MAX_PAGES: u32 = 5000;
/// Budget of pages on MediaWiki, whose histories and special pages have no end; they are all asked for here, no robots.txt forbids them.
const MEDIAWIKI_PAGES: u32 = 400;

/// Checks that have nothing to say of a sound site.
const ALARMS: [&str; 11] = [
    "exposed_personal_data",
    "severe_wording",
    "hidden_links",
    "harmful_links",
    "tampered_page",
    "leaked_files",
    "unsafe_attachments",
    "commercial_advertising",
    "forged_dates",
    "unusable_forms",
    "disagreeing_guides",
];

/// Serves the sites and checks each, or the one that is named.
pub fn run(only: Option<&str>) -> Result<(), String> {
    packages::see_to(&REAL_SITES.iter().collect::<Vec<_>>())?;
    packages::build_release()?;
    let folder = super::folder()?;
    let mut servers = servers::start_static(&folder, servers::STATIC)?;
    for program in [&MEDIAWIKI, &WORDPRESS] {
        if only.is_none_or(|name| name == program.name) {
            program.serve(&folder, None, &mut servers)?;
        }
    }
    let wanted = |site: &&Served| only.is_none_or(|name| name == site.name);
    let mut failed = Vec::new();
    for site in servers.sites.iter().filter(wanted) {
        let budget = if site.name == MEDIAWIKI.name {
            MEDIAWIKI_PAGES
        } else {
            MAX_PAGES
        };
        println!(
            "── {} {}（至多 {budget} 页 / at most {budget} pages）",
            site.name, site.home
        );
        let started = Instant::now();
        match check(&folder, site, budget) {
            Ok(checked) => failed.extend(show(site, &checked, started.elapsed().as_secs_f64())),
            Err(message) => failed.push(format!("{}: {message}", site.name)),
        }
        match check_by(&folder, site, budget, Some("extras")) {
            Ok(checked) => failed.extend(alarms(site, &checked)),
            Err(message) => failed.push(format!("{}: {message}", site.name)),
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("\n"))
    }
}

/// Prints what content safety and its neighbours found; gives back what no sound site has.
fn alarms(site: &Served, checked: &Checked) -> Vec<String> {
    let mut wrong = Vec::new();
    for other in &checked.others {
        println!("   {}：{}", other.check, other.detail);
        if ALARMS.contains(&other.check.as_str()) {
            wrong.push(format!("{}: {}：{}", site.name, other.check, other.detail));
        }
    }
    wrong
}

/// Prints what was found; gives back the links off the machine that are called dead.
fn show(site: &Served, checked: &Checked, seconds: f64) -> Vec<String> {
    let cut = if checked.is_partial {
        "，已到上限 / budget reached"
    } else {
        ""
    };
    println!(
        "   {} 页、{} 个地址，{seconds:.1} s{cut}；{}",
        checked.pages,
        checked.addresses,
        checked.json.display()
    );
    let mut wrong = Vec::new();
    for link in &checked.bad {
        println!("   {} {}：{}", link.case, shown(&link.url), link.detail);
        if !is_known_here(&link.url) {
            wrong.push(format!(
                "{}: 机器以外的链接被判为打不开：{}",
                site.name, link.url
            ));
        }
    }
    wrong
}

/// Whether this machine alone can tell that an address does not open: its own addresses, and names that can never exist.
fn is_known_here(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host == "127.0.0.1" || host.trim_end_matches('.').ends_with(".invalid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_impossible_names_can_be_dead() {
        for (url, expected) in [
            ("http://127.0.0.1:8414/x", true),
            ("https://www.example.invalid/", true),
            ("https://www.example.invalid", true),
            ("https://www.debian.org/x.invalid", false),
            ("mailto:a@example.invalid", false),
        ] {
            assert_eq!(is_known_here(url), expected, "{url}");
        }
    }
}
