//! Small commands as a user types them.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};

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

/// A site of one page under every address, until the process ends.
fn site(title: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let body = format!(
                "<title>{title}</title><h1>{title}</h1><p>{}</p>",
                "正文。".repeat(50)
            );
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // Who looks at the network only hangs up before the answer.
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    address
}

fn check_into(evidence: &Path, url: &str) -> Output {
    succeed(
        xuncha()
            .args([
                "check",
                url,
                "--allow-host",
                "127.0.0.1",
                "--browser",
                "off",
            ])
            .args(["--rate", "unlimited", "--second-look-s", "0", "--evidence"])
            .arg(evidence),
    )
}

/// Sites of one host are kept apart, evidence that is there already is said to be so, and the folder verifies without a database.
#[test]
fn evidence_of_a_check_is_kept_by_address_and_verified_by_folder() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("kept");
    let (one, other) = (site("青石市人民政府"), site("白沙县人民政府"));
    let reused = "没有重新访问";
    for url in [&one, &other] {
        let said = check_into(&evidence, url);
        assert!(
            !String::from_utf8_lossy(&said.stderr).contains(reused),
            "{url}"
        );
    }
    let again = check_into(&evidence, &one);
    assert!(String::from_utf8_lossy(&again.stderr).contains(reused));

    let verify = |path: &Path| {
        let mut command = xuncha();
        command
            .current_dir(folder.path())
            .args(["evidence", "verify", "--folder"]);
        command.arg(path).output().unwrap()
    };
    let sound = verify(&evidence);
    let said = String::from_utf8_lossy(&sound.stdout);
    assert!(
        sound.status.success() && said.contains("完好：对象 3 个"),
        "{said}"
    );
    assert_eq!(
        verify(folder.path()).status.code(),
        Some(2),
        "no evidence there"
    );

    let mut folders = vec![evidence.clone()];
    let mut broken = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".warc.gz") {
                let bytes = std::fs::read(&path).unwrap();
                std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
                broken += 1;
            }
        }
    }
    assert!(broken >= 2);
    assert_eq!(verify(&evidence).status.code(), Some(1));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "verifying makes no database");
}

/// A demonstration empties its own data before it begins, and nobody else's.
#[test]
fn a_demonstration_leaves_data_of_others_alone() {
    let house = tempfile::tempdir().unwrap();
    let kept = house.path().join("data").join("xuncha.db");
    std::fs::create_dir(house.path().join("data")).unwrap();
    std::fs::write(&kept, b"somebody's").unwrap();
    let folder = house.path().to_str().unwrap();
    let data = kept.parent().unwrap().to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().to_str().unwrap();
    for (arguments, said) in [
        (
            ["demo", "--no-serve", "--out", folder].as_slice(),
            "不会清空",
        ),
        (
            ["demo", "--no-serve", "--out", out, "--data", data].as_slice(),
            "demo 不用 --data",
        ),
    ] {
        let output = xuncha().args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains(said),
            "{arguments:?}: {error}"
        );
        assert_eq!(
            std::fs::read(&kept).unwrap(),
            b"somebody's",
            "{arguments:?}"
        );
    }
}
