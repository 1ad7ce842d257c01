//! What a checker found of the planted defects, and what it accused that is fine.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::case::{Case, Kind};
use crate::reports::Accusation;
use crate::server::absolute;

/// What one checker made of the cases.
#[derive(Debug, Default)]
pub struct Tally {
    /// Defects of which every address was named.
    pub found: BTreeSet<String>,
    /// Defects of which an address was not named, with the named and all of them.
    pub missed: BTreeMap<String, (usize, usize)>,
    /// Near-misses of which something was called broken, with the first such address.
    pub accused: BTreeMap<String, String>,
    /// Cases of which nobody can tell, and which were called broken all the same.
    pub presumed: BTreeMap<String, String>,
    /// Addresses that are fine and stand beside defects, and were called broken.
    pub beside: BTreeSet<String>,
}

/// Holds what was called broken against the cases.
pub fn tally(cases: &[Case], accusations: &[Accusation]) -> Tally {
    let named: BTreeSet<String> = accusations
        .iter()
        .flat_map(|accusation| spellings(&accusation.url))
        .collect();
    let owners = Owners::of(cases);
    let mut tally = Tally::default();
    for case in cases.iter().filter(|case| case.kind() == Kind::Defect) {
        let is_named = |url: &String| named.contains(&plain(&absolute(&case.site, url)));
        let is_said_otherwise = case.also.iter().any(is_named);
        let all = case.dead.iter().chain(&case.listed);
        let count = all.clone().count();
        let hits = all.filter(|url| is_named(url) || is_said_otherwise).count();
        if hits == count {
            tally.found.insert(case.name.clone());
        } else {
            tally.missed.insert(case.name.clone(), (hits, count));
        }
    }
    for accusation in accusations {
        if spellings(&accusation.url).any(|url| owners.dead.contains(&url)) {
            continue;
        }
        let url = accusation.url.clone();
        match owners.owner(accusation) {
            Some(case) if case.kind() == Kind::NearMiss => {
                tally.accused.entry(case.name.clone()).or_insert(url);
            }
            Some(case) if case.kind() == Kind::Undeterminable => {
                tally.presumed.entry(case.name.clone()).or_insert(url);
            }
            Some(case) => drop(tally.beside.insert(format!("{}: {url}", case.name))),
            None => drop(tally.beside.insert(format!("{}: {url}", accusation.page))),
        }
    }
    tally
}

/// Which case an accusation is about.
struct Owners<'a> {
    /// Addresses that are dead, or whose fragment is missing: it is right to name them.
    dead: BTreeSet<String>,
    by_url: BTreeMap<String, &'a Case>,
    by_page: BTreeMap<String, &'a Case>,
}

impl Owners<'_> {
    fn of(cases: &[Case]) -> Owners<'_> {
        let mut owners = Owners {
            dead: BTreeSet::new(),
            by_url: BTreeMap::new(),
            by_page: BTreeMap::new(),
        };
        for case in cases {
            let own = |url: &String| plain(&absolute(&case.site, url));
            let dead = case.dead.iter().chain(&case.listed).chain(&case.also);
            owners.dead.extend(dead.map(own));
            let page = plain(&absolute(&case.site, &case.own_path()));
            owners.by_page.insert(page, case);
            let unknown = case.unknown.iter().map(own);
            let served = case.served().flat_map(|(key, _)| {
                ["http", "https"].map(|scheme| plain(&format!("{scheme}://{key}")))
            });
            for url in unknown.chain(served) {
                owners.by_url.insert(url, case);
            }
        }
        owners
    }

    /// The case whose address it is, or else the case on whose page it stands.
    fn owner(&self, accusation: &Accusation) -> Option<&Case> {
        let by_url = spellings(&accusation.url).find_map(|url| self.by_url.get(&url));
        let by_page = || self.by_page.get(&plain(&accusation.page));
        by_url.or_else(by_page).copied()
    }
}

/// An address with its fragment and without it.
fn spellings(url: &str) -> impl Iterator<Item = String> {
    let whole = plain(url);
    let bare = whole.split('#').next().unwrap_or_default().to_owned();
    [whole, bare].into_iter()
}

/// An address as all of them write it.
fn plain(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), String::from)
}

/// The table of all checkers, with what each missed and accused below it.
pub fn shown(cases: &[Case], tallies: &[(&str, Tally)]) -> String {
    let count = |kind: Kind| cases.iter().filter(|case| case.kind() == kind).count();
    let mut text = format!(
        "| checker | defects found of {} | near-misses accused of {} | undeterminable called broken of {} | fine addresses accused beside defects |\n|---|---|---|---|---|\n",
        count(Kind::Defect),
        count(Kind::NearMiss),
        count(Kind::Undeterminable),
    );
    for (name, tally) in tallies {
        text.push_str(&format!(
            "| {name} | {} | {} | {} | {} |\n",
            tally.found.len(),
            tally.accused.len(),
            tally.presumed.len(),
            tally.beside.len(),
        ));
    }
    for (name, tally) in tallies {
        let missed = tally.missed.iter().map(|(case, (hits, all))| match hits {
            0 => case.clone(),
            _ => format!("{case} ({hits} of {all})"),
        });
        let wrong = |wrong: &BTreeMap<String, String>| {
            let lines = wrong.iter().map(|(case, url)| format!("{case} ({url})"));
            lines.collect::<Vec<_>>()
        };
        for (what, list) in [
            ("missed", missed.collect()),
            ("accused near-misses", wrong(&tally.accused)),
            ("called broken what nobody can tell", wrong(&tally.presumed)),
            (
                "accused beside defects",
                tally.beside.iter().cloned().collect(),
            ),
        ] {
            if !list.is_empty() {
                text.push_str(&format!("\n{name} {what}:\n  {}\n", list.join("\n  ")));
            }
        }
    }
    text
}

#[test]
fn accusations_are_held_against_the_cases() {
    let case = |text: &str| toml::from_str::<Case>(&format!("rule = ''\n{text}")).unwrap();
    let cases = [
        case("name = 'a'\ndead = ['/x', '/y']"),
        case("name = 'b'\ndead = ['/z']\nalso = ['/z?s=1']"),
        case("name = 'c'\nlisted = ['/p#n']\nserve = { '/p' = 'ok' }"),
        case("name = 'd'\nserve = { '/d' = 'ok', 'out.internal/d' = 'ok' }"),
        case("name = 'e'\nunknown = ['/e']"),
    ];
    let accuse = |page: &str, url: &str| Accusation {
        page: absolute("planted.internal", page),
        url: absolute("planted.internal", url),
    };
    let found = tally(
        &cases,
        &[
            accuse("/c/a.html", "/x#f"),
            accuse("/c/b.html", "/z?s=1"),
            accuse("/c/c.html", "/p#n"),
            accuse("/c/c.html", "/p#m"),
            accuse("/c/d.html", "http://out.internal/d"),
            accuse("/", "/e"),
            accuse("/", "/other"),
        ],
    );
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found.found, names(&["b", "c"]));
    assert_eq!(found.missed, [("a".to_owned(), (1, 2))].into());
    assert_eq!(
        found.accused.into_keys().collect::<BTreeSet<_>>(),
        names(&["d"])
    );
    assert_eq!(
        found.presumed.into_keys().collect::<BTreeSet<_>>(),
        names(&["e"])
    );
    let beside = [
        "c: http://planted.internal/p#m",
        "http://planted.internal/: http://planted.internal/other",
    ];
    assert_eq!(found.beside, names(&beside));
}
