//! `cargo xtask bench texts`: all checks of text together, on the pages of a simulated province, clean official text, and wrong sentences.

use std::path::Path;

use crate::{cargo, lexicon, root, run};

/// Runs the bench: `[NAME=PATH...]`, where PATH is a folder of HTML pages, a text or a table of pairs.
pub fn run_texts(own: &[String]) -> Result<(), String> {
    if let Some(odd) = own.iter().find(|set| !set.contains('=')) {
        return Err(format!("{odd}：写成 名称=网页目录、文本或句对表（.tsv）"));
    }
    let model = lexicon::see_to_model()?;
    let sets = match own {
        [] => shared()?,
        own => own.to_vec(),
    };
    let build = [
        "run",
        "--release",
        "--package",
        "xuncha-core",
        "--example",
        "texts_bench",
        "--",
    ];
    run(cargo().args(build).arg(model).args(sets))
}

/// The pages of a province, the titles and the pairs of `../shared/data`.
fn shared() -> Result<Vec<String>, String> {
    let pages = root().join("target/bench/texts/pages");
    if !pages.is_dir() {
        write_pages(&pages)?;
    }
    let data = root().join("../shared/data");
    let files = [
        ("政策法规标题", "lexicon/政策法规标题.txt"),
        ("odw 错句", "typos/odw.grouped.tsv"),
        ("law 错句", "typos/law.grouped.tsv"),
        ("med 错句", "typos/med.grouped.tsv"),
    ];
    let mut sets = vec![format!("模拟省网页={}", pages.display())];
    for (name, file) in files {
        let file = data.join(file);
        if !file.is_file() {
            return Err(format!(
                "没有 {}；用 cargo xtask bench texts 名称=文件 指定",
                file.display()
            ));
        }
        sets.push(format!("{name}={}", file.display()));
    }
    Ok(sets)
}

fn write_pages(folder: &Path) -> Result<(), String> {
    let write = [
        "run",
        "--release",
        "--package",
        "xuncha-province",
        "--example",
        "pages",
        "--",
    ];
    run(cargo().args(write).arg(folder))
}
