//! MediaWiki zh-cn over SQLite, with short addresses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{PLAN, Program, Servers, Variables, attachments, pages, php, planted};
use crate::eval::servers::write;
use crate::run;

/// MediaWiki: notices in a category, redirects, anchors, files, and pages that nobody wrote.
pub const MEDIAWIKI: Program = Program {
    name: "mediawiki",
    port: 8414,
    routes: "^/((wiki|edit)/.*)?$",
    front: "index.php",
    recipe: &[PAGES, SETTINGS],
    make,
    ready,
};

/// MediaWiki: the county's site as it should be, with tags and a search that works.
pub const KEPT: Program = county("planted-mediawiki-kept", 8422, |program, folder| {
    publish(program, folder, &[COUNTY, TAGS])
});
/// MediaWiki: the same site, neglected.
pub const NEGLECTED: Program = county("planted-mediawiki-neglected", 8423, |program, folder| {
    publish(program, folder, &[COUNTY, SEARCH])
});

const COUNTY: &str = include_str!("../../../data/planted-content/mediawiki-settings.php");
const TAGS: &str = include_str!("../../../data/planted-content/mediawiki-tags.php");
const SEARCH: &str = include_str!("../../../data/planted-content/mediawiki-search.php");

const fn county(
    name: &'static str,
    port: u16,
    make: fn(&Program, &Path) -> Result<(), String>,
) -> Program {
    Program {
        name,
        port,
        routes: "^/((wiki|edit)/.*)?$",
        front: "index.php",
        recipe: &[
            PLAN,
            include_str!("../../../data/planted-content/mediawiki.php"),
            SETTINGS,
            COUNTY,
            TAGS,
            SEARCH,
        ],
        make,
        ready,
    }
}

/// What its robots.txt says in the comparison of checkers.
pub const ROBOTS: &str = include_str!("../../../data/sites/mediawiki-robots.txt");

const PAGES: &str = include_str!("../../../data/sites/mediawiki.txt");
const SETTINGS: &str = include_str!("../../../data/sites/mediawiki.php");
const PROGRAM: &str = "/usr/share/mediawiki";
/// Notices that follow one another; the last one names one more.
const NOTICES: u32 = 12;

/// Installs it with what site.php publishes; what a setting breaks is broken after everything stands.
fn publish(program: &Program, folder: &Path, further: &[&str]) -> Result<(), String> {
    install(program, folder, SETTINGS)?;
    let written = folder.join("pages");
    run(php(&planted("mediawiki.php"))
        .arg(&written)
        .arg(program.name))?;
    let mut import = maintenance(folder, "importImages.php");
    run(import
        .args(["--user", "Admin"])
        .arg(written.join("files"))
        .arg("pdf"))?;
    let mut texts = maintenance(folder, "importTextFiles.php");
    texts.args(["--user", "Admin", "--overwrite"]);
    let entries = fs::read_dir(&written).map_err(|error| error.to_string())?;
    let entries = entries.flatten().map(|entry| entry.path());
    texts.args(entries.filter(|path| path.extension().is_some_and(|end| end == "txt")));
    run(&mut texts)?;
    run(&mut maintenance(folder, "runJobs.php"))?;
    run(&mut maintenance(folder, "rebuildtextindex.php"))?;
    let config = settings(folder);
    let standing = fs::read_to_string(&config).map_err(|error| error.to_string())?;
    write(&config, &(standing + &further.concat()))
}

fn make(program: &Program, folder: &Path) -> Result<(), String> {
    install(program, folder, SETTINGS)?;
    fill(folder)
}

/// The program in Chinese, set up for visitors that only read.
fn install(program: &Program, folder: &Path, further: &str) -> Result<(), String> {
    let place = |error: std::io::Error| format!("无法建立 {}：{error}", folder.display());
    fs::create_dir_all(folder.join("images")).map_err(place)?;
    link(folder).map_err(place)?;
    let mut install = maintenance(folder, "install.php");
    install.args(["--dbtype", "sqlite", "--lang", "zh-cn", "--scriptpath", ""]);
    install.args(["--pass", "Xuncha-2026-loopback", "--dbpath"]);
    install.arg(folder).arg("--confpath").arg(folder);
    install.args(["--server", program.home().trim_end_matches('/')]);
    run(install.args(["巡查维基", "Admin"]))?;
    let config = settings(folder);
    let installed = fs::read_to_string(&config).map_err(place)?;
    write(&config, &(installed + further))
}

fn fill(folder: &Path) -> Result<(), String> {
    let files = folder.join("files");
    attachments(&files)?;
    let mut import = maintenance(folder, "importImages.php");
    run(import
        .args(["--user", "Admin"])
        .arg(&files)
        .args(["png", "pdf"]))?;
    for (title, text) in pages(PAGES) {
        edit(folder, title, text)?;
    }
    for number in 1..=NOTICES {
        let text = format!(
            "这是第{number}号通知。参见[[通知公告{}]]。\n[[分类:通知公告]]\n",
            number + 1
        );
        edit(folder, &format!("通知公告{number}"), &text)?;
    }
    run(&mut maintenance(folder, "runJobs.php"))
}

/// A folder that serves the package's files through links, and pictures of its own.
fn link(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::symlink;
    const NOT_SERVED: [&str; 4] = ["LocalSettings.php", "config", "images", "mw-config"];
    let site = folder.join("site");
    fs::create_dir_all(&site)?;
    for entry in fs::read_dir(PROGRAM)? {
        let entry = entry?;
        if !NOT_SERVED.iter().any(|name| entry.file_name() == *name) {
            symlink(entry.path(), site.join(entry.file_name()))?;
        }
    }
    symlink(folder.join("images"), site.join("images"))
}

fn edit(folder: &Path, title: &str, text: &str) -> Result<(), String> {
    let source = folder.join("page.txt");
    write(&source, text)?;
    let input = fs::File::open(&source).map_err(|error| error.to_string())?;
    let mut edit = maintenance(folder, "edit.php");
    run(edit.args(["--user", "Admin", title]).stdin(input))
}

fn maintenance(folder: &Path, script: &str) -> Command {
    let mut command = php(&Path::new(PROGRAM).join("maintenance").join(script));
    command.env("MW_CONFIG_FILE", settings(folder));
    command.stderr(Stdio::null());
    command
}

fn settings(folder: &Path) -> PathBuf {
    folder.join("LocalSettings.php")
}

fn ready(_: &Program, folder: &Path, _: &mut Servers) -> Result<Variables, String> {
    Ok(vec![("MW_CONFIG_FILE", settings(folder))])
}
