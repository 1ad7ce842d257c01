//! `cargo xtask eval planted [BINARY]`: the planted defects and near-misses of `crates/xuncha-gather/tests/planted`, checked by our
//! binary, by lychee and by linkinator.
//!
//! Each runs in a network of its own, with no way out of the machine, in which the names of the cases lead to the planted servers.
//! The test binary serves there and compares afterwards. Fails when ours misses a defect or accuses what is fine.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::packages::{self, PLANTED, peers};
use crate::{cargo, output, root, run as run_command};

/// Requests that each may have open; several addresses never answer.
const CONCURRENCY: &str = "16";
/// When the servers stop, in seconds. Whoever still reads a body that does not end comes to an end by that: linkinator has no limit
/// for such bodies.
const SERVED_S: &str = "420";
/// When a checker is ended, in seconds.
const LIMIT_S: &str = "600";

/// A network with nothing but loopback, and a hosts file of its own: serves, waits until that stands, runs the rest of the arguments.
/// Whatever still runs ends with it.
const WORLD: &str = r#"
PATH="$PATH:/usr/sbin:/sbin"
ip link set lo up && mount --bind "$1/hosts" /etc/hosts || exit 97
rm -f "$1/ready"
XUNCHA_PLANTED="$1" timeout "$3" "$2" --ignored --exact world::serve >"$1/serve.log" 2>&1 &
until [ -e "$1/ready" ]; do kill -0 $! || exit 98; sleep 0.1; done
shift 3
timeout "$@"
"#;

/// Where everything of one run stands.
struct Run {
    folder: PathBuf,
    /// The test binary, which serves and compares.
    planted: PathBuf,
}

/// Runs all three, compares.
pub fn run(binary: Option<&str>) -> Result<(), String> {
    packages::see_to(&PLANTED.iter().collect::<Vec<_>>())?;
    let tools = root().join("target").join("tools");
    peers::see_to_lychee(&tools)?;
    peers::see_to_linkinator(&tools)?;
    let binary = super::binary(binary)?;
    let run = Run {
        folder: super::folder()?.join("planted"),
        planted: build()?,
    };
    let _ = fs::remove_dir_all(&run.folder);
    fs::create_dir_all(&run.folder)
        .map_err(|error| format!("无法建立 {}：{error}", run.folder.display()))?;
    run.step("describe")?;
    let homes = run.lines("homes")?;
    for home in &homes {
        run.check(&binary, home)?;
    }
    run.lychee(&tools)?;
    run.linkinator(&tools, &homes)?;
    run.step("compare")
}

/// Builds the test and gives back its binary.
fn build() -> Result<PathBuf, String> {
    let mut build = cargo();
    build.args(["test", "--workspace", "--test", "planted", "--no-run"]);
    build.arg("--message-format=json-render-diagnostics");
    build.args(packages::legacy_tls()).stderr(Stdio::inherit());
    let said = output(&mut build)?;
    executable(&said).ok_or_else(|| "cargo 没有说出测试程序在哪里".to_owned())
}

/// The last executable that `cargo --message-format=json` names.
fn executable(said: &str) -> Option<PathBuf> {
    let (_, rest) = said.rsplit_once("\"executable\":\"")?;
    Some(rest.split('"').next()?.into())
}

impl Run {
    /// A step of the test binary, seen by the user.
    fn step(&self, name: &str) -> Result<(), String> {
        let step = format!("world::{name}");
        let arguments = ["--ignored", "--exact", &step, "--nocapture"];
        let mut command = Command::new(&self.planted);
        command.args(arguments).env("XUNCHA_PLANTED", &self.folder);
        run_command(&mut command)
    }

    fn lines(&self, name: &str) -> Result<Vec<String>, String> {
        let path = self.folder.join(name);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("无法读取 {}：{error}", path.display()))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Our own check of one site.
    fn check(&self, binary: &Path, home: &str) -> Result<(), String> {
        let site = home.trim_start_matches("http://").trim_end_matches('/');
        let hosts = self.folder.join("hosts");
        let mut command = Command::new(binary);
        command.args(["check", home, "--rate", "unlimited"]);
        command.args(["--concurrency", CONCURRENCY, "--second-look-s", "1"]);
        command.args(["--browser", "off", "--hosts"]).arg(&hosts);
        for host in named(&self.lines("hosts")?) {
            command.args(["--allow-host", &host]);
        }
        let json = self.folder.join(format!("xuncha-{site}.json"));
        command.arg("--json").arg(json);
        self.within(&command, &format!("xuncha-{site}"), &[0])
    }

    /// lychee, which does not crawl, over all pages, at its best: anchors too, certificates left aside, cookies kept.
    fn lychee(&self, tools: &Path) -> Result<(), String> {
        let mut command = peers::lychee(tools);
        command.args(["--no-progress", "--format", "json", "--include-fragments"]);
        command.args(["--insecure", "--max-redirects", "20", "--timeout", "20"]);
        command.args(["--max-concurrency", CONCURRENCY]);
        command.args(["--host-concurrency", CONCURRENCY]);
        command.args(["--host-request-interval", "0ms"]);
        command.arg("--cookie-jar").arg(self.folder.join("cookies"));
        command.arg("--output").arg(self.folder.join("lychee.json"));
        command.arg("--files-from").arg(self.folder.join("pages"));
        self.within(&command, "lychee", &[0, 2])
    }

    /// linkinator over all sites, at its best: anchors and style sheets too, certificates left aside, failures asked again. It reads
    /// a sitemap instead of a site, so it runs twice.
    fn linkinator(&self, tools: &Path, homes: &[String]) -> Result<(), String> {
        let asking = || {
            let mut command = peers::linkinator(tools);
            command.args(["--check-fragments", "--check-css", "--allow-insecure-certs"]);
            command.args(["--retry", "--retry-errors", "--retry-errors-count", "2"]);
            command.args(["--timeout", "20000", "--concurrency", CONCURRENCY]);
            command.args(["--format", "json"]);
            command
        };
        let mut sites = asking();
        sites.arg("--recurse").args(homes);
        self.within(&sites, "linkinator", &[0, 1])?;
        let mut sitemaps = asking();
        sitemaps.args(homes);
        for sitemap in self.lines("sitemaps")? {
            sitemaps.args(["--sitemap-url", &sitemap]);
        }
        self.within(&sitemaps, "linkinator-sitemaps", &[0, 1])
    }

    /// Runs a checker among the planted servers; what it prints is kept.
    fn within(&self, inner: &Command, name: &str, may_exit: &[i32]) -> Result<(), String> {
        let file = |end: &str| {
            let path = self.folder.join(format!("{name}.{end}"));
            File::create(&path).map_err(|error| format!("无法写入 {}：{error}", path.display()))
        };
        // What runs there ends with this program too, however it ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "unshare"]);
        command.args(["--map-root-user", "--net", "--mount", "--pid"]);
        command.args(["--fork", "--kill-child", "sh", "-c", WORLD, "world"]);
        command.arg(&self.folder).arg(&self.planted);
        command.args([SERVED_S, LIMIT_S]);
        command.arg(inner.get_program()).args(inner.get_args());
        command.stdin(Stdio::null()).current_dir(&self.folder);
        command.stdout(file("out")?).stderr(file("log")?);
        let started = Instant::now();
        let status = command
            .status()
            .map_err(|error| format!("无法启动 setpriv：{error}"))?;
        if !status.code().is_some_and(|code| may_exit.contains(&code)) {
            return Err(format!(
                "{name} 没有跑完（{status}），见 {}/{name}.log 与 serve.log。单独的网络要用 unshare，有的容器不许",
                self.folder.display()
            ));
        }
        println!("{name}: {:.0} s", started.elapsed().as_secs_f64());
        Ok(())
    }
}

/// Names in a hosts file.
fn named(lines: &[String]) -> Vec<String> {
    let names = lines
        .iter()
        .flat_map(|line| line.split_whitespace().skip(1));
    names
        .filter(|name| *name != "localhost")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_binary_is_the_last_executable() {
        let said = "{\"reason\":\"compiler-artifact\",\"executable\":\"/t/other\",\"fresh\":true}\n\
            {\"reason\":\"compiler-artifact\",\"executable\":null}\n\
            {\"reason\":\"compiler-artifact\",\"executable\":\"/t/planted-1\",\"fresh\":true}\n";
        assert_eq!(executable(said), Some("/t/planted-1".into()));
        assert_eq!(executable("{\"executable\":null}"), None);
    }

    #[test]
    fn hosts_are_named_without_addresses() {
        let lines = ["127.0.0.1 localhost a.test b.test", "127.0.0.2 c.test"];
        let lines = lines.map(str::to_owned);
        assert_eq!(named(&lines), ["a.test", "b.test", "c.test"]);
    }
}
