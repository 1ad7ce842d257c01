//! Shared by the tests that run the real binary.
#![allow(clippy::unwrap_used, dead_code)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary under test.
pub fn xuncha() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xuncha"));
    // The engine is there for the tests that open pages themselves.
    command.env_remove("XUNCHA_AXE");
    command
}

/// Runs to the end and fails with everything it printed.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A sheet of a workbook; cells stand between bars.
pub fn sheet(name: &str, rows: &[&str]) -> xuncha_core::sheet::Sheet {
    let cells = |row: &&str| row.split('|').map(str::to_owned).collect();
    xuncha_core::sheet::Sheet {
        name: name.to_owned(),
        rows: rows.iter().map(cells).collect(),
    }
}

/// Every WARC segment below a data folder.
pub fn segments(data: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![data.join("evidence")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".warc.gz") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// warcio, an independent reader, finds nothing wrong with any archive; `xuncha evidence verify` neither.
pub fn assert_archives_are_sound(data: &Path) {
    let segments = segments(data);
    assert!(segments.len() > 10, "only {} archives", segments.len());
    assert_warcio_agrees(&segments);
    succeed(
        xuncha()
            .arg("--data")
            .arg(data)
            .args(["evidence", "verify"]),
    );
}

/// warcio finds nothing wrong with these archives.
pub fn assert_warcio_agrees(segments: &[PathBuf]) {
    let program = match std::env::var_os("XUNCHA_WARCIO") {
        Some(program) => PathBuf::from(program),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/warcio/bin/warcio"),
    };
    assert!(
        program.is_file(),
        "warcio (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
        program.display()
    );
    // warcio ends with 1 where a digest or a form does not hold, and names the record.
    let output = succeed(
        Command::new(program)
            .arg("check")
            .arg("--verbose")
            .args(segments),
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("digest pass"), "nothing was checked: {said}");
}

/// A simulated province, stopped when dropped.
pub struct Province {
    child: Child,
    pub folder: PathBuf,
    pub file: Value,
}

impl Province {
    /// A small round of this province, drawn and gathered at full speed into a data folder: some departments and accounts beside all portals.
    #[allow(dead_code)] // Some tests draw their own.
    pub fn gather_small_round(&self, data: &Path, seed: &str, departments: &str, accounts: &str) {
        let run = |arguments: &[&str]| succeed(xuncha().arg("--data").arg(data).args(arguments));
        let registry = self.folder.join("registry.xlsx");
        run(&["registry", "import", registry.to_str().unwrap()]);
        let drawn = ["--departments", departments, "--accounts", accounts];
        let new = ["round", "new", "2026Q1", "--as-of", self.text("as_of")];
        run(&[&new[..], &["--seed", seed], &drawn].concat());
        let described = self.described();
        let province = ["--province", described.to_str().unwrap()];
        run(&[&["gather", "--rate", "unlimited"][..], &province].concat());
    }

    pub fn start(folder: &Path, seed: u64, plan: &str) -> Province {
        let mut child = xuncha()
            .args([
                "province", "serve", "--scale", "small", "--plan", plan, "--speed", "10",
            ])
            .args(["--seed", &seed.to_string(), "--dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let described = folder.join("province.json");
        let limit = Instant::now() + Duration::from_secs(120);
        while !described.is_file() {
            assert!(
                child.try_wait().unwrap().is_none(),
                "the province ended early"
            );
            assert!(Instant::now() < limit, "the province was not ready in time");
            std::thread::sleep(Duration::from_millis(20));
        }
        let file = serde_json::from_str(&std::fs::read_to_string(&described).unwrap()).unwrap();
        Province {
            child,
            folder: folder.to_path_buf(),
            file,
        }
    }

    pub fn described(&self) -> PathBuf {
        self.folder.join("province.json")
    }

    pub fn text(&self, key: &str) -> &str {
        self.file[key].as_str().unwrap()
    }

    pub fn ask(&self, method: &str, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.text("control")).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: control\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    /// Visits per host since the start: redirects on the way to an answer are no visits of their own.
    pub fn visits_by_host(&self) -> std::collections::BTreeMap<String, u64> {
        let answer = self.ask("GET", "/requests");
        let hosts = answer["hosts"].as_object().unwrap();
        hosts
            .iter()
            .map(|(host, entry)| {
                let count = |name: &str| entry[name].as_u64().unwrap();
                (host.clone(), count("requests") - count("redirects"))
            })
            .collect()
    }

    pub fn request_count(&self) -> u64 {
        self.ask("GET", "/status")["requests"].as_u64().unwrap()
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
