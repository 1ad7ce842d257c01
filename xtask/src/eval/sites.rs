//! The dynamic sites: real programs from Debian packages, each filled with what `xtask/data/sites` holds.
//!
//! A site is made once and kept; when what it is made of changes, it is made anew.

mod dokuwiki;
mod mediawiki;
mod wordpress;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use dokuwiki::{DOKUWIKI, NEW_SITE};
pub use mediawiki::{MEDIAWIKI, ROBOTS as MEDIAWIKI_ROBOTS};
pub use wordpress::{OLD_SITE, WORDPRESS};

/// The site of a small county in each program, first as it should be and then neglected; see `xtask/data/planted-content`.
pub const PLANTED: [[&Program; 2]; 3] = [
    [&wordpress::KEPT, &wordpress::NEGLECTED],
    [&mediawiki::KEPT, &mediawiki::NEGLECTED],
    [&dokuwiki::KEPT, &dokuwiki::NEGLECTED],
];

use super::servers::{Served, Servers, write};
use crate::{root, run};

/// Variables of a server's environment.
type Variables = Vec<(&'static str, PathBuf)>;

/// A program that is served.
pub struct Program {
    /// Name of the site, and of its folder.
    pub name: &'static str,
    /// Port on loopback.
    pub port: u16,
    /// Addresses that are no files and yet the program's, as a pattern, and the file that answers them.
    routes: &'static str,
    front: &'static str,
    /// Everything the site is made of.
    recipe: &'static [&'static str],
    /// Makes the site in its folder, which is empty.
    make: fn(&Program, &Path) -> Result<(), String>,
    /// Starts what the site needs besides PHP, makes what needs that too, and names further variables of its server.
    ready: fn(&Program, &Path, &mut Servers) -> Result<Variables, String>,
}

/// PHP's own server answers one request at a time and worker.
const PHP_WORKERS: &str = "4";

impl Program {
    /// Address of the home page.
    pub fn home(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Makes the site where it is missing or of another making, and serves it; `robots` stands as its robots.txt.
    pub fn serve(
        &self,
        folder: &Path,
        robots: Option<&str>,
        servers: &mut Servers,
    ) -> Result<(), String> {
        let folder = folder.join(self.name);
        if !self.is_made(&folder) {
            println!("正在建立 {} / making the site", self.name);
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)
                .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
            (self.make)(self, &folder)?;
        }
        let variables = (self.ready)(self, &folder, servers)?;
        self.note_made(&folder)?;
        let site = folder.join("site");
        let rules = site.join("robots.txt");
        match robots {
            Some(text) => write(&rules, text)?,
            None => drop(fs::remove_file(&rules)),
        }
        let mut server = Command::new("php");
        let address = format!("127.0.0.1:{}", self.port);
        server.args(["-q", "-S", &address, "-t"]).arg(&site);
        server.arg(data("router.php")).envs(variables);
        server.env("ROUTES", self.routes).env("FRONT", self.front);
        server.env("PHP_CLI_SERVER_WORKERS", PHP_WORKERS);
        let served = Served {
            name: self.name,
            home: self.home(),
        };
        servers.serve(&server, served, self.port)
    }

    fn is_made(&self, folder: &Path) -> bool {
        let made = fs::read_to_string(folder.join("recipe"));
        made.is_ok_and(|made| made == self.recipe.concat())
    }

    fn note_made(&self, folder: &Path) -> Result<(), String> {
        write(&folder.join("recipe"), &self.recipe.concat())
    }
}

/// A file of `xtask/data/sites`.
fn data(name: &str) -> PathBuf {
    root().join("xtask/data/sites").join(name)
}

/// A file of `xtask/data/planted-content`.
fn planted(name: &str) -> PathBuf {
    root().join("xtask/data/planted-content").join(name)
}

/// What the planted sites publish.
const PLAN: &str = include_str!("../../data/planted-content/site.php");

/// A PHP program on the command line, quiet.
fn php(script: &Path) -> Command {
    let mut command = Command::new("php");
    command.args(["-q", "-d", "sendmail_path=/bin/true"]);
    command.arg(script).stdout(Stdio::null());
    command
}

/// The pages of a wiki: each begins with a line `%% TITLE`.
fn pages(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts = text.split("%% ").skip(1);
    parts.filter_map(|part| part.split_once('\n'))
}

/// Copies a folder with everything that its links point to, so that nothing outside is written.
fn copy(from: &str, to: &Path) -> Result<(), String> {
    run(Command::new("cp").args(["-rL", from]).arg(to))
}

/// The two files that pages of the wikis show: a picture of WordPress, and the smallest PDF.
fn attachments(folder: &Path) -> Result<(), String> {
    const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let picture = "/usr/share/wordpress/wp-includes/images/w-logo-blue.png";
    fs::copy(picture, folder.join("横幅.png"))
        .map_err(|error| format!("无法复制 {picture}：{error}"))?;
    write(&folder.join("附件.pdf"), PDF)
}
