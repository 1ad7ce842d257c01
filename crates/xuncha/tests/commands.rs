//! Small commands as a user types them.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use support::{succeed, xuncha};

/// The folder that stands in the repository for everybody to change builds into a whole notice.
#[test]
fn the_golden_round_builds_with_the_sets_of_the_binary() {
    let out = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/guangxi-2020q1");
    succeed(
        xuncha()
            .args(["notice", "build", "--from"])
            .arg(fixture)
            .arg("--out")
            .arg(out.path()),
    );
    for name in ["notice.docx", "notice.pdf", "notice.html", "annexes.xlsx"] {
        let length = std::fs::metadata(out.path().join(name)).unwrap().len();
        assert!(length > 10_000, "{name}: {length} bytes");
    }
    let html = std::fs::read_to_string(out.path().join("notice.html")).unwrap();
    assert!(html.contains("577") && html.contains("897"));
}

/// `xuncha explain | head -1` ends quietly.
#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let mut child = xuncha()
        .arg("explain")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe is closed before anything is read: whatever is printed finds nobody.
    drop(child.stdout.take());
    let mut said = String::new();
    let mut errors = child.stderr.take().unwrap();
    errors.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    assert_eq!(said, "");
}

/// What is wrong with the command line is told before anything is asked, as bad usage.
#[test]
fn bad_usage_of_check_is_told_at_once() {
    for arguments in [
        &["--set", "nope"][..],
        &["--ca", "/nonexistent/ca.pem"],
        &["--hosts", "/nonexistent/hosts"],
        &["--json", "/nonexistent/x.json"],
    ] {
        let output = xuncha()
            .args([
                "check",
                "http://127.0.0.1:1/",
                "--allow-host",
                "127.0.0.1:2",
            ])
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with("错误："), "{arguments:?}: {said}");
    }
}
