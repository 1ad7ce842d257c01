//! `xuncha words` by the real binary: with a model of a few words, and without any.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

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
