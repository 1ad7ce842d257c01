//! What the reader for content safety says of saved pages: `signs DIR…` prints one line for each sign, and how many pages were read.
// An example reads files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose, Timing};
use xuncha_core::facts::{self, Lexicons};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let lexicons = Lexicons::builtin();
    let mut files = Vec::new();
    for folder in std::env::args().skip(1) {
        find(Path::new(&folder), &mut files)?;
    }
    files.sort();
    let mut read = 0;
    for path in &files {
        let body = fs::read(path)?;
        let page = facts::read(&capture(path), &body, &lexicons);
        read += usize::from(page.is_html);
        for sign in &page.signs {
            println!(
                "{}\t{:?}\t{}\t{}\t{:?}\t{}",
                path.display(),
                sign.case,
                sign.way,
                sign.what,
                sign.confidence,
                sign.quote
            );
        }
    }
    eprintln!("{read} pages");
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A good answer of a site that nobody knows.
fn capture(path: &Path) -> Capture {
    let at = date(2026, 3, 20).at(9, 0, 0, 0);
    let url = format!("https://www.qingshi.gov.cn/{}", path.display());
    Capture {
        purpose: Purpose::Page,
        url: url.clone(),
        hops: Vec::new(),
        final_url: url.clone(),
        at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 0,
        size_bytes: 0,
        truncated: false,
        evidence: EvidenceRef {
            url,
            at,
            sha256: String::new(),
            record: String::new(),
            quote: String::new(),
        },
        timing: Timing::default(),
    }
}
