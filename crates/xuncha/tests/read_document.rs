//! The process that reads files of others, by the real binary: its limit of memory holds, and what it reads of a sound file.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::process::Stdio;

use support::xuncha;

const ASKED: &str =
    r#"{"url":"http://a.test/1.csv","today":"2026-03-20","lexicons":LEXICONS,"text":true}"#;

/// What the child says of a file that is written piece by piece.
fn child(piece: &[u8], times: usize) -> std::process::Output {
    let mut lexicons = serde_json::Map::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        lexicons.insert(name, std::fs::read_to_string(&path).unwrap().into());
    }
    let line = ASKED.replace("LEXICONS", &serde_json::Value::from(lexicons).to_string());
    let mut child = xuncha()
        .arg("read-document")
        .env("MIMALLOC_ARENA_RESERVE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let piece = piece.to_vec();
    let writer = std::thread::spawn(move || {
        input.write_all(line.as_bytes())?;
        input.write_all(b"\n")?;
        (0..times).try_for_each(|_| input.write_all(&piece))
    });
    let output = child.wait_with_output().unwrap();
    // A child that ends early closes its input.
    let _ = writer.join().unwrap();
    output
}

#[test]
fn a_file_larger_than_the_limit_ends_the_reader() {
    let output = child(&vec![b'a'; 1 << 20], 1100);
    assert!(!output.status.success(), "{:?}", output.status);
    assert!(output.stdout.is_empty());
}

#[test]
fn text_leaves_the_reader_masked() {
    let output = child("张三,11010519491231002X,向人民法元提出。\n".as_bytes(), 1);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("identity_card") && said.contains("向人民法元提出"),
        "{said}"
    );
    assert!(!said.contains("11010519491231002X"), "{said}");
}
