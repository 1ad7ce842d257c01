//! One Chromium process: started with no way to the network, watched for memory, killed by its number and reaped.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process, kill_process_group};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, timeout_at};

use super::cdp::Pipe;
use super::{BrowserSettings, Unrendered};

/// Limit for starting.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How often memory is looked at.
const WATCH_EVERY: Duration = Duration::from_millis(250);
/// Moves our pipes to where `--remote-debugging-pipe` expects them, and becomes the browser.
const AS_BROWSER: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

/// No network, no services, no store of its own, nothing that asks a person.
const FLAGS: [&str; 26] = [
    "--headless",
    "--remote-debugging-pipe",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,WebUIOmniboxPopup,WebUIOmniboxFullPopup",
    "--disable-notifications",
    "--deny-permission-prompts",
    "--mute-audio",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--js-flags=--max-old-space-size=512",
    // Nothing of a person is in this browser, and answers come without the headers that other origins would be asked for.
    "--disable-web-security",
];

/// 浏览器进程.
pub(crate) struct Process {
    pub pipe: Arc<Pipe>,
    /// Set when a page was ended for its memory.
    pub was_too_large: Arc<AtomicBool>,
    stop: Arc<Notify>,
    keeper: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Process {
    /// Starts one with a profile of its own.
    pub async fn start(settings: &BrowserSettings) -> Result<Process, Unrendered> {
        let no_browser = |error: std::io::Error| Unrendered::NoBrowser(error.to_string());
        let profile = tempfile::Builder::new()
            .prefix(&format!("xuncha-browser-{}-", std::process::id()))
            .tempdir()
            .map_err(no_browser)?;
        let mut child = command(settings, &profile)
            .and_then(|mut command| command.spawn())
            .map_err(no_browser)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Unrendered::NoBrowser("no pipes".to_owned()));
        };
        let pipe = Arc::new(Pipe::new(stdin));
        let reader = pipe.clone();
        tokio::spawn(async move { reader.read(stdout).await });
        let (stop, was_too_large) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let keeper = Keeper {
            child,
            _profile: profile,
            stop: stop.clone(),
            was_too_large: was_too_large.clone(),
            memory_bytes: settings.limits.memory_bytes,
        };
        let process = Process {
            pipe,
            was_too_large,
            stop,
            keeper: tokio::sync::Mutex::new(Some(tokio::spawn(keeper.run()))),
        };
        process.greet().await?;
        Ok(process)
    }

    /// What it calls itself.
    pub async fn version(&self) -> Result<String, Unrendered> {
        let version = self
            .pipe
            .call(None, "Browser.getVersion", json!({}))
            .await
            .map_err(|error| Unrendered::NoBrowser(error.to_string()))?;
        Ok(version["product"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until it answers, and forbids it to store anything.
    async fn greet(&self) -> Result<(), Unrendered> {
        let deadline = Instant::now() + START_LIMIT;
        let greeting = async {
            let version = self
                .pipe
                .call(None, "Browser.getVersion", json!({}))
                .await?;
            let deny = json!({ "behavior": "deny" });
            self.pipe
                .call(None, "Browser.setDownloadBehavior", deny)
                .await?;
            Ok(version)
        };
        let result: Result<_, super::cdp::CdpError> = timeout_at(deadline, greeting)
            .await
            .unwrap_or(Err(super::cdp::CdpError::Silent("Browser.getVersion")));
        match result {
            Ok(version) => {
                tracing::info!(product = %version["product"], "browser started");
                Ok(())
            }
            Err(error) => {
                self.end().await;
                Err(Unrendered::NoBrowser(error.to_string()))
            }
        }
    }

    /// Kills it and waits until it is reaped and its profile is gone.
    pub async fn end(&self) {
        self.stop.notify_one();
        if let Some(keeper) = self.keeper.lock().await.take() {
            // A keeper that panicked has dropped the child, and a dropped child is killed.
            let _ = keeper.await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

/// Whether we run as root, where Chromium refuses to start with its sandbox.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// Starts the browser, asks what it is, and ends it.
pub async fn version(settings: &BrowserSettings) -> Result<String, Unrendered> {
    let process = Process::start(settings).await?;
    let version = process.version().await;
    process.end().await;
    version
}

fn command(settings: &BrowserSettings, profile: &TempDir) -> std::io::Result<Command> {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", AS_BROWSER])
        .arg(&settings.program)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .env("HOME", profile.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that all of its processes can be named at once, and a terminal's interrupt does not reach it.
        .process_group(0)
        .kill_on_drop(true);
    if let Some(fonts) = fonts_file(&settings.font_folders, profile.path())? {
        command.env("FONTCONFIG_FILE", fonts);
    }
    if is_root() {
        tracing::warn!(
            "running as root: the browser starts without its sandbox; run as an unprivileged user to keep it"
        );
        command.arg("--no-sandbox");
    }
    command.arg("about:blank");
    Ok(command)
}

/// A fontconfig file that adds our folders to the system's; `None` where there are none.
fn fonts_file(folders: &[PathBuf], profile: &Path) -> std::io::Result<Option<PathBuf>> {
    let there: Vec<&PathBuf> = folders.iter().filter(|folder| folder.is_dir()).collect();
    if there.is_empty() {
        return Ok(None);
    }
    let mut text = String::from(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n",
    );
    for folder in there {
        let folder = folder.canonicalize()?;
        let name = folder.display().to_string();
        let name = name.replace('&', "&amp;").replace('<', "&lt;");
        text.push_str(&format!("<dir>{name}</dir>\n"));
    }
    text.push_str(
        "<include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include>\n</fontconfig>\n",
    );
    let path = profile.join("fonts.conf");
    std::fs::write(&path, text)?;
    Ok(Some(path))
}

/// Whoever owns the child: waits for its end, or brings it about.
struct Keeper {
    child: Child,
    _profile: TempDir,
    stop: Arc<Notify>,
    was_too_large: Arc<AtomicBool>,
    memory_bytes: u64,
}

impl Keeper {
    async fn run(mut self) {
        let group = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let mut ticks = interval(WATCH_EVERY);
        loop {
            tokio::select! {
                ended = self.child.wait() => {
                    tracing::debug!(?ended, "browser ended");
                    break;
                }
                () = self.stop.notified() => break,
                _ = ticks.tick() => {
                    if let Some(group) = group {
                        self.watch(group).await;
                    }
                }
            }
        }
        if let Some(group) = group {
            // Its helpers share the group; after the end of the last of them there is none to be found.
            let _ = kill_process_group(group, Signal::KILL);
        }
        if let Err(error) = self.child.wait().await {
            tracing::warn!(%error, "cannot reap the browser");
        }
    }

    /// Over the limit the largest page is ended; where no page is to blame, the browser.
    async fn watch(&self, group: Pid) {
        let members = tokio::task::spawn_blocking(move || members(group.as_raw_nonzero().get()));
        let Ok(members) = members.await else { return };
        let all: u64 = members.iter().map(|member| member.bytes).sum();
        if all <= self.memory_bytes {
            return;
        }
        self.was_too_large.store(true, Ordering::Release);
        let largest = members
            .iter()
            .filter(|member| member.is_page)
            .max_by_key(|member| member.bytes);
        tracing::warn!(bytes = all, "browser over its memory limit");
        let _ = match largest.and_then(|member| Pid::from_raw(member.pid)) {
            Some(page) => kill_process(page, Signal::KILL),
            None => kill_process_group(group, Signal::KILL),
        };
    }
}

struct Member {
    pid: i32,
    bytes: u64,
    is_page: bool,
}

/// The processes of a group with their private memory, as Linux tells it. Elsewhere there are none, and no limit is kept.
fn members(group: i32) -> Vec<Member> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| member(pid, group))
        .collect()
}

fn member(pid: i32, group: i32) -> Option<Member> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; state, parent and group follow it.
    let (_, rest) = stat.rsplit_once(')')?;
    let its_group: i32 = rest.split_whitespace().nth(2)?.parse().ok()?;
    if its_group != group {
        return None;
    }
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    let own = kilobytes("RssAnon:")? + kilobytes("RssShmem:").unwrap_or(0);
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let is_page = arguments
        .split(|byte| *byte == 0 || *byte == b' ')
        .any(|word| word == b"--type=renderer");
    Some(Member {
        pid,
        bytes: own * 1024,
        is_page,
    })
}
