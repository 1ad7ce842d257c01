//! The server over real sockets: virtual hosts, redirects, closed connections, control.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The raw answer to one request; empty when the connection was closed without one.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(address: &str, host: &str, path: &str) -> String {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    )
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

fn put_time(control: &str, time: &str) -> Value {
    let length = time.len();
    body(&ask(
        control,
        &format!(
            "PUT /time HTTP/1.1\r\nHost: c\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{time}"
        ),
    ))
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn start(dir: PathBuf) -> (Value, std::thread::JoinHandle<()>) {
    let args: Vec<String> = [
        "--seed",
        "7",
        "--speed",
        "100",
        "--dir",
        dir.to_str().unwrap(),
    ]
    .iter()
    .map(|a| (*a).to_owned())
    .collect();
    let handle = std::thread::spawn(move || xuncha_province::main_serve(&args).unwrap());
    let since = Instant::now();
    while !dir.join("province.json").exists() {
        assert!(
            since.elapsed() < Duration::from_secs(120),
            "the province did not come up"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    (read(&dir.join("province.json")), handle)
}

#[test]
fn the_server_keeps_its_contract() {
    let dir = std::env::temp_dir().join(format!("xuncha-province-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    let (info, handle) = start(dir.clone());
    let (http, control) = (
        info["http"].as_str().unwrap(),
        info["control"].as_str().unwrap(),
    );
    for file in [
        "ca.pem",
        "registry.xlsx",
        "reporting.xlsx",
        "previous.xlsx",
        "truth.json",
    ] {
        assert!(dir.join(file).exists(), "{file}");
    }

    assert_eq!(
        body(&get(control, "c", "/status"))["now"],
        info["monitor_from"]
    );
    assert_eq!(
        put_time(control, "2026-03-20T09:00")["now"],
        "2026-03-20T09:00"
    );

    let truth = read(&dir.join("truth.json"));
    let sites = truth["targets"].as_array().unwrap();
    let host = |secure: bool| {
        let scheme = if secure { "https:" } else { "http:" };
        sites
            .iter()
            .find(|t| t["kind"] == "site" && t["home"].as_str().unwrap().starts_with(scheme))
            .unwrap()["host"]
            .as_str()
            .unwrap()
    };
    let page = get(http, host(false), "/");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<html"));
    let moved = get(http, host(true), "/x?y=1");
    assert!(moved.starts_with("HTTP/1.1 301"));
    assert!(moved.contains(&format!("location: https://{}/x?y=1", host(true))));
    assert_eq!(
        get(http, "www.unknown.example", "/"),
        "",
        "an unknown host gets no answer"
    );

    let log = body(&get(control, "c", "/requests"));
    assert_eq!(log["total"], 3);
    assert_eq!(log["hosts"][host(false)]["distinct"], 1);
    ask(
        control,
        "DELETE /requests HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(body(&get(control, "c", "/requests"))["total"], 0);

    ask(
        control,
        "POST /stop HTTP/1.1\r\nHost: c\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    handle.join().unwrap();
    std::fs::remove_dir_all(&dir).unwrap();
}
