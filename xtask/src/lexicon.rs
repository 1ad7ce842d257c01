//! `cargo xtask lexicon`: the model of words for the search for wrong characters.
//!
//! Its language model comes as text in the source package of Debian's `libime-data-language-model`; that is downloaded with lists of its
//! own, so nothing is installed and no root is needed. The same source gives the same bytes: `target/lexicon/words.model`, with
//! `words.toml` beside it that says what it is made of, its hash and its licence.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, output, root, run as run_command};

/// The source package.
const SOURCE: &str = "libime";
/// Files that the model is built from.
const FILES: [&str; 4] = ["lm_sc.arpa", "dict_sc.txt", "cj.txt", "wbx.txt"];

/// Where the model lies.
pub fn model() -> PathBuf {
    root().join("target").join("lexicon").join("words.model")
}

/// Builds the model.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("用法：cargo xtask lexicon".to_owned());
    }
    let sources = root().join("target").join("lexicon").join("sources");
    std::fs::create_dir_all(&sources)
        .map_err(|error| format!("无法建立 {}：{error}", sources.display()))?;
    if !FILES.iter().all(|file| sources.join(file).is_file()) {
        unpack(&sources)?;
    }
    let build = [
        "run",
        "--release",
        "--package",
        "xuncha-core",
        "--example",
        "lexicon",
        "--",
    ];
    run_command(cargo().args(build).arg(&sources).arg(model()))
}

/// The model, built where it is not there yet.
pub fn see_to_model() -> Result<PathBuf, String> {
    if !model().is_file() {
        run(&[])?;
    }
    Ok(model())
}

/// Downloads the source package and takes out what is needed.
fn unpack(sources: &Path) -> Result<(), String> {
    let archive = match archive(sources)? {
        Some(archive) => archive,
        None => {
            download(sources)?;
            archive(sources)?
                .ok_or_else(|| format!("已下载源码包 {SOURCE}，但找不到其中的 .orig.tar.xz"))?
        }
    };
    let tar = |archive: &Path, more: &[&str]| {
        run_command(
            Command::new("tar")
                .arg("-xf")
                .arg(archive)
                .arg("-C")
                .arg(sources)
                .args(more),
        )
        .map_err(|error| {
            format!(
                "无法解开 {}（需要 tar 与 xz-utils）：{error}",
                archive.display()
            )
        })
    };
    tar(
        &archive,
        &["--strip-components=2", "--wildcards", "*/data/*.tar.*"],
    )?;
    for inner in names(sources)?.iter().filter(|name| {
        ["lm_sc", "dict-", "table."]
            .iter()
            .any(|start| name.starts_with(start))
            && name.contains(".tar.")
    }) {
        tar(&sources.join(inner), &[])?;
    }
    if let Some(missing) = FILES.iter().find(|file| !sources.join(file).is_file()) {
        return Err(format!(
            "源码包 {SOURCE} 里没有 {missing}：这一版的数据另有布局"
        ));
    }
    let name = archive
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    std::fs::write(sources.join("source"), name)
        .map_err(|error| format!("无法写入 {}：{error}", sources.display()))
}

/// The archive that was downloaded.
fn archive(sources: &Path) -> Result<Option<PathBuf>, String> {
    let found = names(sources)?
        .into_iter()
        .find(|name| name.starts_with("libime_") && name.ends_with(".orig.tar.xz"));
    Ok(found.map(|name| sources.join(name)))
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| format!("无法读取 {}：{error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// Asks the machine's own mirrors for the source package, with lists kept under the target folder.
fn download(sources: &Path) -> Result<(), String> {
    println!("正在取 Debian 源码包 {SOURCE}（27 MB）/ fetching the source package");
    let targets = output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(SITE) $(RELEASE)",
        "Created-By: Packages",
        "Component: main",
    ]))?;
    let mut mirrors: Vec<String> = targets
        .lines()
        .filter(|line| line.contains("debian"))
        .map(|line| format!("deb-src {line} main\n"))
        .collect();
    mirrors.sort();
    mirrors.dedup();
    let lists = sources.join("lists");
    let list = sources.join("sources.list");
    std::fs::create_dir_all(lists.join("partial"))
        .map_err(|error| format!("无法建立 {}：{error}", lists.display()))?;
    std::fs::write(&list, mirrors.concat())
        .map_err(|error| format!("无法写入 {}：{error}", list.display()))?;
    let apt = |arguments: &[&str]| {
        let option = |name: &str, value: &Path| format!("{name}={}", value.display());
        let mut command = Command::new("apt-get");
        command
            .current_dir(sources)
            .args(["-q", "-o", "Dir::Etc::sourceparts=-", "-o"])
            .arg(option("Dir::Etc::sourcelist", &list));
        command
            .arg("-o")
            .arg(option("Dir::State::lists", &lists))
            .args(arguments);
        run_command(&mut command)
            .map_err(|error| format!("取不到源码包 {SOURCE}（libime-data-language-model 的源码）。没有它，程序只用错词表查错。{error}"))
    };
    apt(&["update"])?;
    apt(&["source", "--download-only", SOURCE])
}
