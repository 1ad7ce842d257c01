//! Servers on loopback: nginx for documentation packages, and how any server is started, waited for and ended.
//!
//! Everything is kept under the given folder; nothing outside it is written. The servers end with the task, also when it is killed.

use std::fs;
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One site that is served.
pub struct Served {
    /// Name in the table.
    pub name: &'static str,
    /// Home page.
    pub home: String,
}

/// Running servers; ended when dropped.
#[derive(Default)]
pub struct Servers {
    /// What they serve.
    pub sites: Vec<Served>,
    groups: Vec<Child>,
}

/// Starts a server, waits for the other end of the pipe to close, and ends all of the group: also the workers that a server
/// forked, and also when this program was killed. TERM lets a database end in order; the keeper itself outlives it.
const KEEPER: &str = r#""$@" & trap '' TERM; read -r _; kill -TERM 0; wait"#;

impl Servers {
    /// Starts a server in a process group of its own.
    pub fn start(&mut self, server: &Command) -> Result<(), String> {
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(server.get_program());
        keeper.args(server.get_args());
        for (name, value) in server.get_envs() {
            keeper.envs(value.map(|value| (name, value)));
        }
        keeper.process_group(0).stdin(Stdio::piped());
        keeper.stdout(Stdio::null()).stderr(Stdio::null());
        let group = keeper
            .spawn()
            .map_err(|error| format!("无法启动 {server:?}：{error}"))?;
        self.groups.push(group);
        Ok(())
    }

    /// Starts the server of a site and waits until its port answers.
    pub fn serve(&mut self, server: &Command, site: Served, port: u16) -> Result<(), String> {
        if answers(port) {
            return Err(format!("端口 {port} 已被占用，请先结束占用它的程序"));
        }
        self.start(server)?;
        wait(&format!("端口 {port}"), || answers(port))?;
        self.sites.push(site);
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for group in &mut self.groups {
            drop(group.stdin.take());
            let _ = group.wait();
        }
    }
}

/// A documentation package: name, folder, home page, port.
type Documentation = (&'static str, &'static str, &'static str, u16);

/// What `bench crawl` serves.
pub const DOCUMENTATION: &[Documentation] = &[PYTHON, POSTGRESQL, OPENJDK];
/// What `eval real-sites` serves beside the dynamic sites.
pub const STATIC: &[Documentation] = &[DEBIAN_REFERENCE, PYTHON, POSTGRESQL];

const DEBIAN_REFERENCE: Documentation = (
    "debian-reference-zh-cn",
    "/usr/share/debian-reference",
    "index.zh-cn.html",
    8411,
);
const PYTHON: Documentation = (
    "python3.11-doc",
    "/usr/share/doc/python3.11/html",
    "index.html",
    8412,
);
const POSTGRESQL: Documentation = (
    "postgresql-doc-15",
    "/usr/share/doc/postgresql-doc-15/html",
    "index.html",
    8413,
);
const OPENJDK: Documentation = (
    "openjdk-17-doc",
    "/usr/share/doc/openjdk-17-jre-headless/api",
    "index.html",
    8416,
);

/// Starts nginx over these packages and waits until it answers.
pub fn start_static(folder: &Path, packages: &[Documentation]) -> Result<Servers, String> {
    let mut servers = Servers::default();
    for (_, _, _, port) in packages {
        if answers(*port) {
            return Err(format!("端口 {port} 已被占用，请先结束占用它的程序"));
        }
    }
    let roots = packages
        .iter()
        .map(|(_, root, _, port)| (Path::new(root), *port));
    servers.start(&nginx(folder, roots)?)?;
    for (name, _, home, port) in packages {
        wait(&format!("端口 {port}"), || answers(*port))?;
        servers.sites.push(Served {
            name,
            home: format!("http://127.0.0.1:{port}/{home}"),
        });
    }
    Ok(servers)
}

/// Starts nginx over one folder and waits until it answers.
pub fn start_folder(folder: &Path, root: &Path, port: u16) -> Result<Servers, String> {
    let mut servers = Servers::default();
    if answers(port) {
        return Err(format!("端口 {port} 已被占用，请先结束占用它的程序"));
    }
    servers.start(&nginx(folder, [(root, port)].into_iter())?)?;
    wait(&format!("端口 {port}"), || answers(port))?;
    Ok(servers)
}

fn nginx<'a>(
    folder: &Path,
    roots: impl Iterator<Item = (&'a Path, u16)>,
) -> Result<Command, String> {
    let mut blocks = String::new();
    for (root, port) in roots {
        let root = root.display();
        blocks += &format!(
            "  server {{ listen 127.0.0.1:{port}; root {root}; index index.html index.zh-cn.html; }}\n"
        );
    }
    let place = folder.display();
    let text = format!(
        "daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/nginx.log;\n\
         events {{ worker_connections 512; }}\n\
         http {{\n  include /etc/nginx/mime.types; access_log off; charset utf-8;\n\
         client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n{blocks}}}\n"
    );
    let config = folder.join("nginx.conf");
    write(&config, &text)?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&config).arg("-p").arg(folder);
    Ok(command)
}

/// Writes a file, with an error that names it.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("无法写入 {}：{error}", path.display()))
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Waits until something is there, at most half a minute.
pub fn wait(what: &str, is_there: impl Fn() -> bool) -> Result<(), String> {
    let limit = Instant::now() + Duration::from_secs(30);
    while !is_there() {
        if Instant::now() > limit {
            return Err(format!("等待 {what} 超过 30 秒"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
