//! One run of `xuncha check` over a served site, and what it said of links.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::servers::Served;
use crate::root;

/// Connections that `check` may open; the sites stand on this machine.
const CONCURRENCY: &str = "4";

/// What one check said of links.
pub struct Checked {
    /// Where its JSON stands.
    pub json: PathBuf,
    /// Pages read.
    pub pages: u64,
    /// Addresses looked at.
    pub addresses: u64,
    /// Whether the budget of pages ended the crawl.
    pub is_partial: bool,
    /// Addresses of dead links and missing anchors, as JSON has them, each with its case and its words.
    pub bad: Vec<BadLink>,
    /// What the other checks of the set found: check, case and words.
    pub others: Vec<Other>,
}

/// A finding of any other check.
pub struct Other {
    /// The check.
    pub check: String,
    /// What is said.
    pub detail: String,
}

/// A finding of `broken_links`.
pub struct BadLink {
    /// `home_link`, `other_link`, `missing_fragment` or `sitemap_link`.
    pub case: String,
    /// The address.
    pub url: String,
    /// What is said of it.
    pub detail: String,
}

/// Runs the release binary over a site, at most so many pages; its words go to a file beside the JSON.
pub fn check(folder: &Path, site: &Served, max_pages: u32) -> Result<Checked, String> {
    check_by(folder, site, max_pages, None)
}

/// The same under another set of indicators than the usual one.
pub fn check_by(
    folder: &Path,
    site: &Served,
    max_pages: u32,
    set: Option<&str>,
) -> Result<Checked, String> {
    let name = match set {
        Some(set) => format!("{}-{set}", site.name),
        None => site.name.to_owned(),
    };
    let json = folder.join(format!("{name}.json"));
    let said = folder.join(format!("{name}.txt"));
    let output = std::fs::File::create(&said)
        .map_err(|error| format!("无法写入 {}：{error}", said.display()))?;
    let mut command = Command::new(root().join("target/release/xuncha"));
    command.args(["check", &site.home, "--rate", "unlimited"]);
    command.args(["--concurrency", CONCURRENCY, "--allow-host", "127.0.0.1"]);
    command.args([
        "--second-look-s",
        "1",
        "--max-pages",
        &max_pages.to_string(),
    ]);
    command.arg("--json").arg(&json).arg("--html");
    command.arg(folder.join(format!("{name}.html")));
    if let Some(set) = set {
        command.args(["--set", set]);
    }
    crate::run(
        command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::null()),
    )?;
    let text = std::fs::read_to_string(&json)
        .map_err(|error| format!("无法读取 {}：{error}", json.display()))?;
    read(&text, json)
}

fn read(text: &str, json: PathBuf) -> Result<Checked, String> {
    let number = |name: &str| {
        field(text, name).and_then(|value| value.trim_end_matches(',').parse::<u64>().ok())
    };
    let (Some(pages), Some(addresses)) = (number("pages"), number("links_checked")) else {
        return Err(format!("{} 里没有页数", json.display()));
    };
    Ok(Checked {
        json,
        pages,
        addresses,
        is_partial: field(text, "partial") == Some("true,"),
        bad: bad_links(text),
        others: others(text),
    })
}

/// The value of a field of the outermost object. `check` writes one field a line, two spaces for each depth.
pub fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("  \"{name}\": ");
    text.lines().find_map(|line| line.strip_prefix(&start))
}

/// The text fields of each object in a list of the outermost object; they stand six spaces deep, and `check` comes first.
pub fn objects(text: &str, list: &str) -> Vec<BTreeMap<String, String>> {
    let mut found: Vec<BTreeMap<String, String>> = Vec::new();
    let start = format!("  \"{list}\": [");
    let lines = text.lines().skip_while(|line| *line != start);
    for line in lines.take_while(|line| !matches!(*line, "  ]," | "  ]")) {
        let Some((name, value)) = string_field(line) else {
            continue;
        };
        if name == "check" {
            found.push(BTreeMap::new());
        }
        if let Some(object) = found.last_mut() {
            object.insert(name.to_owned(), value);
        }
    }
    found
}

/// The findings of `broken_links`.
fn bad_links(text: &str) -> Vec<BadLink> {
    let is_link = |object: &BTreeMap<String, String>| object["check"] == "broken_links";
    let links = objects(text, "findings").into_iter().filter(is_link);
    let links = links.map(|mut object| {
        let mut take = |name: &str| object.remove(name).unwrap_or_default();
        BadLink {
            case: take("case"),
            url: take("url"),
            detail: take("detail"),
        }
    });
    links.collect()
}

/// The findings of all other checks.
fn others(text: &str) -> Vec<Other> {
    let is_other = |object: &BTreeMap<String, String>| object["check"] != "broken_links";
    let others = objects(text, "findings").into_iter().filter(is_other);
    let others = others.map(|mut object| {
        let mut take = |name: &str| object.remove(name).unwrap_or_default();
        Other {
            check: take("check"),
            detail: take("detail"),
        }
    });
    others.collect()
}

fn string_field(line: &str) -> Option<(&str, String)> {
    let line = line.strip_prefix("      \"")?;
    let (name, value) = line.split_once("\": \"")?;
    let value = value.trim_end_matches(',').strip_suffix('"')?;
    Some((name, value.replace("\\\"", "\"").replace("\\\\", "\\")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_out_of_the_json_of_check() {
        let text = "{\n  \"pages\": 7,\n  \"links_checked\": 9,\n  \"partial\": true,\n  \"findings\": [\n    {\n      \"check\": \"stale_home\",\n      \"case\": \"stale\",\n      \"url\": \"http://a/\"\n    },\n    {\n      \"check\": \"broken_links\",\n      \"case\": \"home_link\",\n      \"url\": \"http://a/x\",\n      \"detail\": \"打不开\\\"x\\\"\",\n      \"evidence\": [\n        {\n          \"url\": \"http://a/y\"\n        }\n      ]\n    }\n  ],\n  \"undetermined\": []\n}\n";
        let read = read(text, PathBuf::new()).expect("reads");
        assert_eq!((read.pages, read.addresses, read.is_partial), (7, 9, true));
        let links: Vec<(&str, &str, &str)> = read
            .bad
            .iter()
            .map(|link| (&*link.case, &*link.url, &*link.detail))
            .collect();
        assert_eq!(links, [("home_link", "http://a/x", "打不开\"x\"")]);
    }
}
