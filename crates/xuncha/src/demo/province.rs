//! 模拟省进程. Starts the simulated province as a process of its own, reads its files, talks to its control address, stops it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::civil::DateTime;
use serde::Deserialize;

/// `province.json` as docs/province.md describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct ProvinceFile {
    /// Factor of the request clock.
    pub speed: f64,
    /// HTTP listener.
    pub http: String,
    /// HTTPS listener.
    pub https: String,
    /// Control listener.
    pub control: String,
    /// Certificate authority, beside this file.
    pub ca: String,
    /// Quarter, such as `2026Q1`.
    pub quarter: String,
    /// Monitoring point.
    pub as_of: DateTime,
}

impl ProvinceFile {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<ProvinceFile> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("无法读取 {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} 不是模拟省的说明文件", path.display()))
    }
}

/// What the province says of itself.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Status {
    /// Requests answered.
    pub requests: u64,
    /// Resident memory.
    pub rss_kb: u64,
    /// CPU time.
    pub cpu_ms: u64,
}

/// A running province; stopped when dropped.
pub struct Province {
    /// Its folder.
    pub folder: PathBuf,
    /// Its description.
    pub file: ProvinceFile,
    child: Child,
}

impl Province {
    /// Starts `xuncha province serve` and waits until it listens.
    pub fn start(
        folder: &Path,
        seed: u64,
        scale: &str,
        plan: &str,
        mutation: u8,
        speed: u32,
    ) -> Result<Province> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("无法建立目录 {}", folder.display()))?;
        let described = folder.join("province.json");
        if described.exists() {
            std::fs::remove_file(&described)
                .with_context(|| format!("无法删除旧的 {}", described.display()))?;
        }
        let program = std::env::current_exe().context("找不到本程序自身的路径")?;
        let mut child = Command::new(program)
            .args([
                "province",
                "serve",
                "--seed",
                &seed.to_string(),
                "--scale",
                scale,
                "--plan",
                plan,
            ])
            .args(["--mutation", &mutation.to_string()])
            .args(["--speed", &speed.to_string(), "--dir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("无法启动模拟省进程")?;
        let limit = Instant::now() + Duration::from_secs(180);
        while !described.is_file() {
            if let Some(status) = child.try_wait()? {
                bail!("模拟省进程未能启动（{status}），目录 {}", folder.display());
            }
            if Instant::now() > limit {
                let _ = child.kill();
                bail!("模拟省进程 180 秒内没有就绪，目录 {}", folder.display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let file = ProvinceFile::read(&described)?;
        Ok(Province {
            folder: folder.to_path_buf(),
            file,
            child,
        })
    }

    /// Requests, memory and CPU time so far.
    pub fn status(&self) -> Result<Status> {
        let body = self.ask("GET", "/status")?;
        serde_json::from_str(&body).context("模拟省的状态答复无法理解")
    }

    fn ask(&self, method: &str, path: &str) -> Result<String> {
        let mut stream =
            TcpStream::connect(&self.file.control).context("连不上模拟省的控制地址")?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: control\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        match answer.split_once("\r\n\r\n") {
            Some((_, body)) => Ok(body.to_owned()),
            None => bail!("模拟省对 {path} 没有完整答复"),
        }
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        let _ = self.ask("POST", "/stop");
        let limit = Instant::now() + Duration::from_secs(3);
        while Instant::now() < limit {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
