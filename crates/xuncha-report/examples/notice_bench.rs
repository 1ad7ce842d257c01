//! How long all documents of a notice take: the golden round as it is, then copied by number to the size that is asked for.
//!
//! `notice_bench [SITES ACCOUNTS]` reads the golden folder, multiplies its rows, builds the notice and writes Word, PDF, page and
//! workbook, and prints what each took and the most memory the process held. `cargo xtask bench notice` runs it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../../xuncha-core/tests/support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::time::Instant;

use support::Files;
use xuncha_core::notice::index::index;
use xuncha_core::notice::trace;
use xuncha_report::{Fonts, docx, html, pdf, workbook};

/// Sites and accounts of the golden round.
const GOLDEN: (usize, usize) = (577, 897);

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().unwrap())
        .collect();
    let (sites, accounts) = match numbers.as_slice() {
        [sites, accounts] => (*sites, *accounts),
        _ => GOLDEN,
    };
    let files = grown(
        &support::golden_files(),
        sites.div_ceil(GOLDEN.0),
        accounts.div_ceil(GOLDEN.1),
    );
    let folders: Vec<PathBuf> = std::env::var_os("XUNCHA_FONTS")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    let start = Instant::now();
    let notice = support::notice(&files);
    let rows: Vec<usize> = notice
        .annexes
        .iter()
        .map(|annex| annex.rows.len())
        .collect();
    println!(
        "对象 {} 个，附件 {rows:?} 行",
        files["targets.csv"].lines().count() - 1
    );
    println!("通报 {:.2} 秒", start.elapsed().as_secs_f64());
    let begin = Instant::now();
    let book = trace::book(&support::inputs(&files));
    println!("溯源 {:.2} 秒", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let fonts = Fonts::find(&folders).unwrap();
    println!("字体 {:.2} 秒", begin.elapsed().as_secs_f64());
    timed("Word", || docx::docx(&notice, &fonts).unwrap().len());
    timed("PDF", || pdf::pdf(&notice, &fonts).unwrap().len());
    timed("网页", || {
        html::html(&notice, Some(&fonts), Some(&book))
            .unwrap()
            .len()
    });
    let figures = index(&notice, &book);
    timed("数字索引", || {
        docx::docx(&figures, &fonts).unwrap().len() + pdf::pdf(&figures, &fonts).unwrap().len()
    });
    timed("Excel", || workbook::workbook(&notice).unwrap().len());
    println!("合计 {:.2} 秒", start.elapsed().as_secs_f64());
    if let Some(most) = most_memory() {
        println!("内存峰值 {most} MB");
    }
}

fn timed(what: &str, write: impl FnOnce() -> usize) {
    let start = Instant::now();
    let bytes = write();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what} {seconds:.2} 秒，{} KB", bytes / 1024);
}

/// The most memory that the process held, in MB (Linux).
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// The golden files with every site and every account so many times, each copy under numbers of its own.
fn grown(files: &Files, sites: usize, accounts: usize) -> Files {
    let mut grown = files.clone();
    // Column of the number in each file that has one.
    for (name, column) in [
        ("targets.csv", 0),
        ("scores.csv", 1),
        ("findings.csv", 1),
        ("reporting_names.csv", 0),
    ] {
        let mut lines = files[name].lines();
        let mut text = format!("{}\n", lines.next().unwrap());
        for line in lines {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            let id = cells[column].clone();
            let copies = match id.as_str() {
                "" => 1,
                id if id.starts_with('A') => accounts,
                _ => sites,
            };
            for copy in 0..copies {
                cells[column] = match copy {
                    0 => id.clone(),
                    _ => format!("{id}-{copy}"),
                };
                text.push_str(&cells.join(","));
                text.push('\n');
            }
        }
        grown.insert(name.to_owned(), text);
    }
    grown
}
