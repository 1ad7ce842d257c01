//! DokuWiki in Chinese, as its package sets it up for visitors that only read. Missing pages answer 200.

use std::fs;
use std::path::Path;

use super::wordpress::OLD_SITE;
use super::{PLAN, Program, attachments, copy, data, pages, php, planted};
use crate::eval::servers::write;
use crate::run;

/// DokuWiki: a few pages and files, and links to some that nobody wrote.
pub const DOKUWIKI: Program = Program {
    name: "dokuwiki",
    port: 8417,
    // No rewriting of addresses: what is no file is not found.
    routes: "^$",
    front: "doku.php",
    recipe: &[PAGES, include_str!("../../../data/sites/dokuwiki.php")],
    make,
    ready: |_, _, _| Ok(Vec::new()),
};

/// DokuWiki: the successor to which `eval migration` carries WordPress over; WordPress has to be served while it is made.
pub const NEW_SITE: Program = Program {
    name: "migration-dokuwiki",
    port: 8419,
    routes: "^$",
    front: "doku.php",
    recipe: &[
        include_str!("../../../data/sites/dokuwiki.php"),
        include_str!("../../../data/sites/dokuwiki-migration.php"),
        include_str!("../../../data/sites/wordpress-migration.php"),
        include_str!("../../../data/sites/migration-plan.php"),
    ],
    make: carry_over,
    ready: |_, _, _| Ok(Vec::new()),
};

/// DokuWiki: the county's site as it should be, with a plugin for tags and a search that works.
pub const KEPT: Program = county("planted-dokuwiki-kept", 8424);
/// DokuWiki: the same site, neglected.
pub const NEGLECTED: Program = county("planted-dokuwiki-neglected", 8425);

const fn county(name: &'static str, port: u16) -> Program {
    Program {
        name,
        port,
        routes: "^$",
        front: "doku.php",
        recipe: &[
            PLAN,
            include_str!("../../../data/sites/dokuwiki.php"),
            include_str!("../../../data/planted-content/dokuwiki.php"),
            include_str!("../../../data/planted-content/dokuwiki-tags.php"),
            include_str!("../../../data/planted-content/dokuwiki-search.php"),
        ],
        make: publish,
        ready: |_, _, _| Ok(Vec::new()),
    }
}

const PAGES: &str = include_str!("../../../data/sites/dokuwiki.txt");

fn carry_over(program: &Program, folder: &Path) -> Result<(), String> {
    let site = folder.join("site");
    set_up(&site)?;
    let old = folder.with_file_name(OLD_SITE.name).join("site");
    let address = |program: &Program| program.home().trim_end_matches('/').to_owned();
    let mut carry = php(&data("dokuwiki-migration.php"));
    carry.arg(old).arg(address(&OLD_SITE));
    run(carry.arg(&site).arg(address(program)).arg(folder))
}

/// What site.php publishes.
fn publish(program: &Program, folder: &Path) -> Result<(), String> {
    let site = folder.join("site");
    set_up(&site)?;
    let mut fill = php(&planted("dokuwiki.php"));
    run(fill.arg(&site).arg(program.name))
}

fn make(_: &Program, folder: &Path) -> Result<(), String> {
    let site = folder.join("site");
    set_up(&site)?;
    attachments(&site.join("data/media"))?;
    let source = folder.join("page.txt");
    for (title, text) in pages(PAGES) {
        write(&source, text)?;
        let mut commit = php(&site.join("bin/dwpage.php"));
        run(commit
            .args(["commit", "-m", "建立"])
            .arg(&source)
            .arg(title))?;
    }
    Ok(())
}

/// The package's files with the settings of a wiki that visitors only read.
fn set_up(site: &Path) -> Result<(), String> {
    copy("/usr/share/dokuwiki", site)?;
    let conf = site.join("conf");
    // The package's own accounts are the administrator's and stay where they are.
    fs::create_dir_all(&conf).map_err(|error| error.to_string())?;
    for entry in fs::read_dir("/etc/dokuwiki")
        .map_err(|error| error.to_string())?
        .flatten()
    {
        if fs::metadata(entry.path()).is_ok_and(|entry| entry.is_file()) {
            fs::copy(entry.path(), conf.join(entry.file_name()))
                .map_err(|error| format!("无法复制 {}：{error}", entry.path().display()))?;
        }
    }
    run(php(&data("dokuwiki.php")).arg(site))
}
