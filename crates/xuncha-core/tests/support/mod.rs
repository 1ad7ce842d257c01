//! Reads the golden folder, the indicator sets and the template for tests.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xuncha_core::golden;
use xuncha_core::indicator::{IndicatorSet, resolve};
use xuncha_core::notice::template::{Template, parse};
use xuncha_core::notice::words::Words;
use xuncha_core::notice::{Notice, NoticeInputs, build};

pub type Files = BTreeMap<String, String>;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read_into(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            read_into(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".toml") || name.ends_with(".csv") {
            files.insert(
                format!("{prefix}{name}"),
                std::fs::read_to_string(&path).unwrap(),
            );
        }
    }
}

pub fn golden_files() -> Files {
    let mut files = Files::new();
    read_into(&root().join("fixtures/guangxi-2020q1"), "", &mut files);
    files
}

pub fn set() -> IndicatorSet {
    let mut files = Files::new();
    read_into(&root().join("indicators"), "", &mut files);
    resolve(
        &files,
        "guangxi-2020q1",
        &xuncha_core::checks::validate_params,
    )
    .unwrap()
}

pub fn template() -> Template {
    parse(&std::fs::read_to_string(root().join("templates/notice-letter.zh.txt")).unwrap()).unwrap()
}

pub fn words() -> Words {
    Words::parse(&std::fs::read_to_string(root().join("templates/words.toml")).unwrap()).unwrap()
}

pub fn inputs(files: &Files) -> NoticeInputs {
    match golden::load(files, &set(), words()) {
        Ok(inputs) => inputs,
        Err(errors) => panic!(
            "{}",
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        ),
    }
}

pub fn notice(files: &Files) -> Notice {
    match build(&inputs(files), &template()) {
        Ok(notice) => notice,
        Err(errors) => panic!(
            "{}",
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        ),
    }
}
