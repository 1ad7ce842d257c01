//! Crawls a province in-process and compares what its pages show with the truth file.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use common::{dense, fetch, small, world};
use xuncha_province::model::{Family, PlanKind};
use xuncha_province::serve::world::World;
use xuncha_province::truth;

/// One crawled site: each fetched address with its status, and each link with the pages it stands on.
struct Crawl {
    status: BTreeMap<String, u16>,
    links: BTreeMap<String, BTreeSet<String>>,
}

/// Every address in `href`, `src` and inline JSON of a page, comments taken out, made absolute.
fn links_of(base: &str, html: &str) -> Vec<String> {
    let mut text = html.to_owned();
    while let (Some(from), Some(to)) = (text.find("<!--"), text.find("-->")) {
        text.replace_range(from..to + 3, "");
    }
    // What an inline script would write is not an address.
    let mut plain = String::new();
    let mut found = Vec::new();
    for (nth, part) in text.split("<script").enumerate() {
        let (script, rest) = if nth == 0 {
            ("", part)
        } else {
            part.split_once("</script>").unwrap_or(("", part))
        };
        for key in ["url", "linkUrl", "URL", "infourl", "href"] {
            found.extend(between(script, &format!("\"{key}\":\""), '"'));
        }
        if script.contains("<datastore>") {
            found.extend(between(script, " href=\"", '"'));
        }
        let head = script.split('>').next().unwrap_or("");
        found.extend(between(head, " src=\"", '"'));
        plain.push_str(rest);
    }
    for mark in [" href=\"", " src=\"", " value=\"http"] {
        found.extend(between(&plain, mark, '"').into_iter().map(|v| {
            if mark.ends_with("http") {
                format!("http{v}")
            } else {
                v
            }
        }));
    }
    let (scheme, rest) = base.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    found
        .into_iter()
        .map(|v| v.replace("&amp;", "&"))
        .filter(|v| {
            !v.starts_with('#') && !v.starts_with("javascript:") && !v.starts_with("mailto:")
        })
        .map(|v| {
            let folder = rest.rsplit_once('/').map_or(rest, |(folder, _)| folder);
            match v.strip_prefix("./") {
                Some(file) => format!("{scheme}://{folder}/{file}"),
                None if v.contains("://") => v,
                None if v.starts_with("//") => format!("{scheme}:{v}"),
                None => format!("{scheme}://{host}{v}"),
            }
        })
        .collect()
}

fn between(text: &str, from: &str, to: char) -> Vec<String> {
    text.split(from)
        .skip(1)
        .filter_map(|p| p.split(to).next())
        .map(str::to_owned)
        .collect()
}

fn crawl(world: &World, site: usize) -> Crawl {
    let site = &world.sites[site];
    let own = site.absolute("");
    let mut out = Crawl {
        status: BTreeMap::new(),
        links: BTreeMap::new(),
    };
    let mut todo = VecDeque::from([site.plan.home()]);
    // Inline pagination scripts: the pages they would link.
    todo.extend(
        site.routes
            .keys()
            .filter(|k| k.contains("index_"))
            .map(|k| site.absolute(k)),
    );
    let mut seen: BTreeSet<String> = todo.iter().cloned().collect();
    while let Some(url) = todo.pop_front() {
        let Some((status, html, location)) = fetch(world, &url) else {
            out.status.insert(url, 0);
            continue;
        };
        out.status.insert(url.clone(), status);
        let mut next = if status == 200 && html.contains("<html") {
            links_of(&url, &html)
        } else {
            Vec::new()
        };
        next.extend(location.map(|l| {
            if l.contains("://") {
                l
            } else {
                format!("{own}{l}")
            }
        }));
        for link in next {
            out.links
                .entry(link.clone())
                .or_default()
                .insert(url.clone());
            let own_page =
                link.starts_with(&own) || link.starts_with(&format!("http://{}/", site.plan.host));
            if own_page && seen.insert(link.clone()) {
                todo.push_back(link);
            }
        }
    }
    out
}

#[test]
fn every_link_that_is_not_planted_is_alive() {
    for (world, count) in [(small(), 30), (dense(), 24)] {
        for index in 0..count {
            let site = &world.sites[index];
            let planted: BTreeSet<&str> = site
                .links
                .iter()
                .flat_map(|l| [l.key.as_str(), l.href.as_str()])
                .collect();
            let dead_entries: Vec<String> = site.dead_entries().into_iter().collect();
            let crawl = crawl(world, index);
            assert!(
                crawl.status.len() >= 40,
                "{} has {} pages",
                site.plan.host,
                crawl.status.len()
            );
            for (url, status) in &crawl.status {
                let bare = url
                    .trim_end_matches("?r=1")
                    .trim_start_matches(&site.absolute(""));
                let known = planted.contains(url.as_str())
                    || dead_entries.contains(url)
                    || planted.contains(bare)
                    || planted.contains(url.trim_end_matches("?r=1"));
                assert!(
                    known || matches!(status, 200 | 301),
                    "{url} answers {status}, linked from {:?}",
                    crawl.links.get(url)
                );
            }
        }
    }
}

#[test]
fn every_address_is_reachable_from_the_home_page() {
    for index in 0..small().sites.len() {
        let site = &small().sites[index];
        let crawl = crawl(small(), index);
        for (path, page) in &site.routes {
            if page.is_text() && *page != xuncha_province::content::routes::Page::Petition {
                assert!(
                    crawl.status.contains_key(&site.absolute(path)),
                    "{} cannot be reached: {page:?}",
                    site.absolute(path)
                );
            }
        }
    }
}

#[test]
fn planted_links_stand_on_the_pages_the_truth_names() {
    for world in [small(), dense()] {
        for site in &world.sites {
            let truth = truth::site(site);
            let check = &truth["checks"]["broken_links"];
            for entry in check["items"]
                .as_array()
                .unwrap()
                .iter()
                .chain(check["near_misses"].as_array().unwrap())
            {
                let key = entry["key"].as_str().unwrap();
                let link = site.links.iter().find(|l| l.key == key);
                let Some(link) = link else {
                    // What a header offers on every page is planted as an entry and no link of its own.
                    assert!(
                        site.dead_entries().into_iter().any(|dead| dead == key),
                        "{key}"
                    );
                    continue;
                };
                for page in entry["found_on"].as_array().unwrap() {
                    let (status, html, _) = fetch(world, page.as_str().unwrap()).unwrap();
                    assert_eq!(status, 200);
                    assert!(html.contains(&link.href), "{key} does not stand on {page}");
                }
            }
        }
    }
}

#[test]
fn keys_that_are_pages_of_the_site_answer() {
    for world in [small(), dense()] {
        for site in &world.sites {
            let truth = truth::site(site);
            for check in [
                "stale_columns",
                "uninterpreted_policies",
                "unlinked_interpretations",
                "incomplete_guides",
                "unpublished_messages",
            ] {
                for list in ["items", "near_misses"] {
                    for entry in truth["checks"][check][list].as_array().unwrap() {
                        let key = entry["key"].as_str().unwrap();
                        let Some(at) = key.find("http") else { continue };
                        let url = key[at..].split('|').next().unwrap();
                        assert_eq!(fetch(world, url).map(|a| a.0), Some(200), "{check} {key}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_time_gives_the_same_pages() {
    let again = world(7, PlanKind::Realistic);
    for index in [0, 5, 13, 21] {
        for path in small().sites[index]
            .routes
            .keys()
            .filter(|p| !p.contains("ztlj"))
        {
            let url = small().sites[index].absolute(path);
            assert_eq!(fetch(small(), &url), fetch(&again, &url), "{url}");
        }
    }
    assert_eq!(
        truth::all(&small().province, &small().sites),
        truth::all(&again.province, &again.sites)
    );
}

#[test]
fn pages_grow_with_the_clock() {
    let world = world(7, PlanKind::Realistic);
    let site = world
        .sites
        .iter()
        .find(|s| {
            s.plan.family == Family::Trs && !s.plan.defects.stale_home && !s.plan.defects.nav_home
        })
        .unwrap();
    let home = site.plan.home();
    let late = fetch(&world, &home).unwrap().1;
    world.set_now(world.province.dates.monitor_from);
    let early = fetch(&world, &home).unwrap().1;
    assert_ne!(links_of(&home, &late), links_of(&home, &early));
}

#[test]
fn a_link_that_is_down_once_recovers() {
    let world = world(11, PlanKind::Dense);
    let url = world
        .sites
        .iter()
        .flat_map(|s| &s.links)
        .find(|l| l.kind.word() == "503_once_then_fine")
        .unwrap()
        .key
        .clone();
    assert_eq!(fetch(&world, &url).unwrap().0, 503);
    assert_eq!(fetch(&world, &url).unwrap().0, 200);
}

#[test]
fn the_dense_plan_has_twenty_of_each_on_four_families() {
    for seed in [7, 11, 12345] {
        let world = world(seed, PlanKind::Dense);
        let mut counts: BTreeMap<(String, &str), (usize, BTreeSet<String>)> = BTreeMap::new();
        for site in &world.sites {
            let truth = truth::site(site);
            for (check, value) in truth["checks"].as_object().unwrap() {
                for list in ["items", "near_misses"] {
                    let entry = counts.entry((check.clone(), list)).or_default();
                    let n = value[list].as_array().unwrap().len();
                    entry.0 += n;
                    if n > 0 {
                        entry.1.insert(site.plan.family.word().to_owned());
                    }
                }
            }
        }
        assert_eq!(counts.len(), 66);
        for ((check, list), (count, families)) in &counts {
            assert!(
                *count >= 20 && families.len() >= 4,
                "seed {seed}: {check} {list}: {count} on {families:?}"
            );
        }
    }
}
