//! The two checkers of Debian: how each is started, and which addresses of the site it calls broken.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use super::address::{resolve, shown};
use crate::eval::servers::{Served, write};

/// Anchors too; the sites lift its limit of requests by a header of theirs.
const LINKCHECKER_SETTINGS: &str = "[checking]\nmaxrequestspersecond=1000\n[AnchorCheck]\n";
/// Loopback is allowed.
const CHECKLINK_SETTINGS: &str = "Allow_Private_IPs = 1\n";
/// Its pause of a second before each request is not for one's own machine.
const CHECKLINK_PACE: &str = "package Pace;\nrequire LWP::RobotUA;\nno warnings;\n*LWP::RobotUA::host_wait = sub { 0 };\n1;\n";

/// What `linkchecker` calls broken.
pub fn linkchecker(folder: &Path, site: &Served) -> Result<BTreeSet<String>, String> {
    let settings = folder.join("linkcheckerrc");
    write(&settings, LINKCHECKER_SETTINGS)?;
    let mut command = Command::new("linkchecker");
    command.arg("-f").arg(&settings);
    command.args(["--threads", "4", "--no-status", "--verbose"]);
    command.args(["-o", "csv/utf-8", &site.home]);
    let text = said(&mut command, folder, site, "linkchecker")?;
    read_linkchecker(&text, site)
}

/// What `checklink` of w3c-linkchecker calls broken.
pub fn checklink(folder: &Path, site: &Served) -> Result<BTreeSet<String>, String> {
    let settings = folder.join("checklink.conf");
    write(&settings, CHECKLINK_SETTINGS)?;
    write(&folder.join("Pace.pm"), CHECKLINK_PACE)?;
    let mut command = Command::new("perl");
    command.arg("-T").arg("-I").arg(folder);
    command.args(["-MPace", "/usr/bin/checklink", "--summary", "--broken"]);
    command.args(["--exclude", r"^https?://(?!127\.0\.0\.1)"]);
    command.args(["--recursive", "--location", &site.home, &site.home]);
    command.env("W3C_CHECKLINK_CFG", settings);
    let text = said(&mut command, folder, site, "checklink")?;
    read_checklink(&text, site)
}

/// Runs a checker and returns what it printed, which is kept. Its exit code says whether it found anything: no failure.
fn said(command: &mut Command, folder: &Path, site: &Served, name: &str) -> Result<String, String> {
    let path = folder.join(format!("{}.{name}.txt", site.name));
    let file =
        File::create(&path).map_err(|error| format!("无法写入 {}：{error}", path.display()))?;
    let errors = folder.join(format!("{}.{name}.log", site.name));
    let errors = File::create(&errors).map_err(|error| error.to_string())?;
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    let run = command.stdout(file).stderr(errors).status();
    run.map_err(|error| format!("无法启动 {name}：{error}"))?;
    let bytes = fs::read(&path).map_err(|error| format!("无法读取 {}：{error}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Its table: an address is broken where `valid` is False; an anchor is missing where a warning says so.
fn read_linkchecker(text: &str, site: &Served) -> Result<BTreeSet<String>, String> {
    let mut rows = rows(text).into_iter().filter(|row| row.len() > 6);
    let head = rows.next().unwrap_or_default();
    let column = |name: &str| head.iter().position(|cell| cell == name);
    let columns = ["urlname", "parentname", "base", "valid", "warningstring"].map(column);
    let [
        Some(name),
        Some(parent),
        Some(base),
        Some(valid),
        Some(warning),
    ] = columns
    else {
        return Err("linkchecker 的输出里没有所需的列".to_owned());
    };
    let mut found = BTreeSet::new();
    let mut count = 0;
    for row in rows {
        let cell = |at: usize| row.get(at).map_or("", String::as_str);
        let page = match cell(base) {
            "" => cell(parent),
            base => base,
        };
        let url = resolve(page, cell(name));
        count += 1;
        let misses_anchor = cell(warning).contains("not found. Available anchors");
        if cell(valid) == "False" {
            found.insert(whole(&url).to_owned());
        } else if misses_anchor {
            found.insert(url);
        }
    }
    if count == 0 {
        return Err(format!("linkchecker 在 {} 什么也没有看到", site.home));
    }
    Ok(own(found, site))
}

/// Its report: a block for each broken address of a page, with its status, or with the anchors that are missing.
fn read_checklink(text: &str, site: &Served) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let (mut url, mut are_anchors) = ("", false);
    for line in text.lines() {
        if line.starts_with("http") {
            (url, are_anchors) = (line.trim_end(), false);
        } else if let Some(code) = line.trim_start().strip_prefix("Code: ") {
            // After redirects the last status counts; without one (robots.txt, other protocols) nothing was asked.
            let last = code.rsplit("-> ").next().unwrap_or_default();
            let status = last
                .split(' ')
                .next()
                .and_then(|status| status.parse().ok());
            if status.is_some_and(|status: u16| status >= 400) {
                found.insert(whole(url).to_owned());
            }
        } else if line.starts_with("The following fragments need to be fixed") {
            are_anchors = true;
        } else if let Some(anchor) = line.strip_prefix('\t').filter(|_| are_anchors) {
            let anchor = anchor.split_whitespace().next().unwrap_or_default();
            found.insert(format!("{}#{anchor}", whole(url)));
        } else if line.starts_with('-') || line.is_empty() {
            are_anchors = false;
        }
    }
    if !text.contains("Processing\t") {
        return Err(format!("checklink 在 {} 什么也没有看到", site.home));
    }
    Ok(own(found, site))
}

/// An address without its fragment.
fn whole(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

fn own(found: BTreeSet<String>, site: &Served) -> BTreeSet<String> {
    let own = found.iter().filter(|url| url.starts_with(&site.home));
    own.map(|url| shown(url)).collect()
}

/// Rows of a table with `;` between cells and quotes around those that hold any; lines of `#` are comments.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut is_start) = (false, true);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if is_start && letter == '#' {
            letters.find(|letter| *letter == '\n');
            continue;
        }
        is_start = false;
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                is_start = true;
            }
            '\r' => {}
            other => cell.push(other),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Served {
        Served {
            name: "x",
            home: "http://127.0.0.1:1/".to_owned(),
        }
    }

    #[test]
    fn linkchecker_is_read() {
        let text = "# made\nurlname;parentname;base;result;warningstring;infostring;valid;url\n\
            /a%20b#c;http://127.0.0.1:1/;;404;;;False;x\n\
            d#e;http://127.0.0.1:1/f/;;200;\"Anchor `e'; not found. Available anchors: `\"\"'\n.\";;True;x\n\
            /good;http://127.0.0.1:1/;;200;;;True;x\nhttp://b/;http://127.0.0.1:1/;;404;;;False;x\n# end\n";
        let found: Vec<String> = read_linkchecker(text, &site())
            .expect("reads")
            .into_iter()
            .collect();
        assert_eq!(
            found,
            ["http://127.0.0.1:1/a b", "http://127.0.0.1:1/f/d#e"]
        );
        assert!(read_linkchecker("# nothing\n", &site()).is_err());
    }

    #[test]
    fn checklink_is_read() {
        let text = "Processing\thttp://127.0.0.1:1/\n\nList of broken links and other issues:\n\n\
            http://127.0.0.1:1/old\n-> http://127.0.0.1:1/gone\t\n  Line: 9\n  Code: 301 -> 404 Not Found\n To do: The link is broken.\n\n\
            http://127.0.0.1:1/page\t\n  Line: 9\n  Code: 200 OK\nThe following fragments need to be fixed:\n\t%41b   \tLine: 3\n\n\
            http://127.0.0.1:1/robots\t\n  Code: (N/A) Forbidden by robots.txt\n";
        let found: Vec<String> = read_checklink(text, &site())
            .expect("reads")
            .into_iter()
            .collect();
        assert_eq!(
            found,
            ["http://127.0.0.1:1/old", "http://127.0.0.1:1/page#Ab"]
        );
        assert!(read_checklink("", &site()).is_err());
    }
}
