//! `xuncha words` by the real binary: with a model of a few words, and without any.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use support::{succeed, xuncha};
use xuncha_core::words::model::build::Builder;

const ARPA: &str = "\\1-grams:\n-3.0\t人民\t-0.3\n-3.2\t人民法院\t-0.3\n-3.2\t法院\t-0.3\n-5.8\t人\t0\n-5.8\t民\t0\n-6.5\t法\t0\n-6.8\t元\t0\n\\end\\\n";
const PINYIN: &str = "人\tren\t0\n民\tmin\t0\n法\tfa\t0\n院\tyuan\t0\n元\tyuan\t0\n法院 fa'yuan\n人民法院 ren'min'fa'yuan\n";

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn model(folder: &Path) -> std::path::PathBuf {
    let mut builder = Builder::new("测试");
    builder.arpa(ARPA).unwrap();
    builder.pinyin(PINYIN).unwrap();
    write(folder, "words.model", builder.finish().unwrap())
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn doubts_are_listed_with_place_proposal_and_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let text = write(
        folder.path(),
        "a.txt",
        "第一条。向人民法元提出！\n再接再励。",
    );
    let page = "<html><head><title>向人民法元起诉</title></head><body></body></html>";
    let page = write(folder.path(), "b.html", page);
    let json = folder.path().join("out.json");
    let run = |more: &[&str]| {
        let mut command = xuncha();
        command
            .arg("words")
            .args([&text, &page])
            .arg("--model")
            .arg(&model);
        succeed(command.arg("--json").arg(&json).args(more))
    };
    let found = said(&run(&[]));
    assert!(
        found.contains("a.txt 第 6 字：人民法元 → 人民法院（同音错字"),
        "{found}"
    );
    assert!(
        found.contains("\n  向人民法元提出！\n") && found.contains("再接再励 → 再接再厉（已知错词"),
        "{found}"
    );
    assert!(
        found.contains("b.html 第 2 字") && found.ends_with("2 个文件，3 处存疑，请人工确认。\n"),
        "{found}"
    );
    let lines: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(lines[0]["reason"], "same_sound");
    assert_eq!(lines[1]["wrong"], "再接再励");

    let not_wrong = write(folder.path(), "fine.txt", "# 人名\n人民法元\n");
    let found = said(&run(&["--not-wrong", not_wrong.to_str().unwrap()]));
    assert!(
        found.contains("1 处存疑") && !found.contains("法元 →"),
        "{found}"
    );
}

#[test]
fn without_a_model_known_wrong_words_are_found_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let text = write(folder.path(), "a.txt", "向人民法元提出。再接再励。");
    let run = |model: &Path| {
        xuncha()
            .arg("words")
            .arg(&text)
            .arg("--model")
            .arg(model)
            .output()
            .unwrap()
    };
    let output = run(&folder.path().join("none"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success()
            && errors.contains("没有语言模型")
            && errors.contains("cargo xtask lexicon"),
        "{errors}"
    );
    assert!(said(&output).contains("1 处存疑"), "{}", said(&output));

    let damaged = write(folder.path(), "damaged", "no model");
    let output = run(&damaged);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("模型"));
}

/// How the endpoint of a test answers.
#[derive(Clone, Copy)]
enum Way {
    Supports,
    Fenced,
    Nonsense,
    Broken,
    Slow,
}

/// An endpoint of chat completions on this machine; what it was asked is kept.
struct Endpoint {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    fn start(way: Way) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || answer(stream.unwrap(), way, &kept));
            }
        });
        Endpoint { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: std::net::TcpStream, way: Way, kept: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).into_owned();
        let (head, _) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().unwrap())
        })?;
        (request.len() >= head.len() + 4 + length).then_some(text)
    };
    let text = loop {
        let count = stream.read(&mut piece).unwrap();
        request.extend(&piece[..count]);
        if let Some(text) = whole(&request) {
            break text;
        }
    };
    kept.lock().unwrap().push(text);
    let chat = |content: &str| {
        serde_json::json!({ "choices": [{ "message": { "content": content } }] }).to_string()
    };
    let (status, body) = match way {
        Way::Supports => (200, chat(r#"{"opinion":"supports","reason":"应为“法院”"}"#)),
        Way::Fenced => (
            200,
            chat("```json\n{\"opinion\":\"doubts\",\"reason\":\"可能是专名\"}\n```"),
        ),
        Way::Nonsense => (200, chat("我看写得不错")),
        Way::Broken => (500, "no".to_owned()),
        Way::Slow => {
            // Longer than the program waits, and it does not wait for this.
            std::thread::sleep(Duration::from_secs(30));
            return;
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
}

const KEY: &str = "sk-secret-0123";
const CARD: &str = "11010519491231002X";

/// The doubts of three lines with an endpoint that answers in some way: what was printed, and the JSON.
fn with_opinion(endpoint: &Endpoint, more: &[&str]) -> (String, String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let lines: Vec<String> = (1..=3)
        .map(|nth| format!("第{nth}件，{CARD}向人民法元提出。"))
        .collect();
    let text = write(folder.path(), "a.txt", lines.join("\n"));
    let json = folder.path().join("out.json");
    let mut command = xuncha();
    command
        .args(["words", "--confidence", "0.1"])
        .arg(&text)
        .arg("--model")
        .arg(&model)
        .arg("--json")
        .arg(&json)
        .env("XUNCHA_OPINION_KEY", KEY)
        .env("RUST_LOG", "trace")
        .args([
            "--opinion-url",
            &endpoint.address,
            "--opinion-model",
            "试用",
        ])
        .args(more);
    let output = succeed(&mut command);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    (said(&output), errors, json)
}

#[test]
fn a_second_opinion_stands_beside_the_doubt() {
    const ALLOWED: [&str; 2] = ["--opinion-allow-host", "127.0.0.1"];
    let endpoint = Endpoint::start(Way::Supports);
    let (found, errors, _) = with_opinion(&endpoint, &[]);
    assert!(
        !found.contains("第二意见") && endpoint.asked().is_empty(),
        "private hosts have to be named: {found}"
    );
    assert!(
        errors.contains("--opinion-allow-host 127.0.0.1"),
        "{errors}"
    );

    let (found, errors, json) = with_opinion(&endpoint, &ALLOWED);
    let asked = endpoint.asked();
    assert!(
        found.contains("第二意见（试用）：支持，应为“法院”"),
        "{found}\n{errors}"
    );
    assert_eq!(json[0]["opinion"]["stance"], "supports");
    assert!(!asked.is_empty());
    for request in &asked {
        assert!(
            request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            request
                .to_lowercase()
                .contains(&format!("authorization: bearer {KEY}"))
        );
        assert!(
            request.contains("人民法元") && !request.contains(CARD),
            "{request}"
        );
    }
    let whole = format!("{found}{errors}{json}");
    assert!(!whole.contains(KEY), "the key is said nowhere: {whole}");

    let endpoint = Endpoint::start(Way::Fenced);
    let capped = [&ALLOWED[..], &["--opinion-most", "1"]].concat();
    let (found, errors, _) = with_opinion(&endpoint, &capped);
    assert_eq!(endpoint.asked().len(), 1, "{errors}");
    assert!(found.contains("：存疑，可能是专名"), "{found}");
    assert!(errors.contains("没有问第二意见"), "{errors}");
}

#[test]
fn an_endpoint_that_fails_leaves_the_doubts_as_they_are() {
    for (way, expected) in [
        (Way::Nonsense, "没有按要求回答"),
        (Way::Broken, "服务答 500"),
        (Way::Slow, "没有在限时内应答"),
    ] {
        let endpoint = Endpoint::start(way);
        let more = [
            "--opinion-allow-host",
            "127.0.0.1",
            "--opinion-timeout",
            "1",
        ];
        let (found, errors, json) = with_opinion(&endpoint, &more);
        assert!(
            found.contains("人民法元 → 人民法院") && !found.contains("第二意见"),
            "{found}"
        );
        assert!(errors.contains(expected), "{expected}: {errors}");
        assert!(json[0].get("opinion").is_none());
        assert!(
            endpoint.asked().len() <= 3,
            "it gives up after three failures"
        );
        assert!(!errors.contains(KEY), "{errors}");
    }
}
