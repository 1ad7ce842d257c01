//! Programs that read documents: Python libraries beside the judge of Word files, and LibreOffice.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use xuncha_report::Fonts;

pub fn fonts() -> Fonts {
    let folders: Vec<PathBuf> = std::env::var_os("XUNCHA_FONTS")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    Fonts::find(&folders).unwrap()
}

/// The judge of Word files, beside the Python that reads documents.
pub fn judge() -> PathBuf {
    let program = std::env::var_os("XUNCHA_DOCUMENTS").map_or_else(
        || {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../target/tools/ooxml-integrity/bin/ooxml-integrity")
        },
        PathBuf::from,
    );
    assert!(
        program.is_file(),
        "ooxml-integrity (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
        program.display()
    );
    program
}

pub fn read(reader: &str, arguments: &[&Path]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/readers")
        .join(reader);
    let output = Command::new(judge().with_file_name("python"))
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub fn pages(path: &Path) -> Vec<Value> {
    serde_json::from_str(&read("pages.py", &[path])).unwrap()
}

pub fn convert(to: &str, file: &Path, folder: &Path) {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let output = Command::new("soffice")
        .args([
            profile.as_str(),
            "--headless",
            "--convert-to",
            to,
            "--outdir",
        ])
        .args([folder, file])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}
