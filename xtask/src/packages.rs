//! Debian packages: what each task needs, whether it is there, and how it is put there.
//!
//! With root they are installed; without root they are named and the task stops before the long build, never in its middle.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{output, root, run};

pub mod peers;
mod sites;

pub use sites::{CHECKERS, REAL_SITES};

/// A thing that a task needs: how to see that it is there, and the package that brings it.
pub struct Need {
    /// Debian package.
    pub package: &'static str,
    /// A file that is there when the package is; `*` matches one path component.
    pub file: &'static str,
    /// What it is for.
    pub why: &'static str,
}

/// What `demo` needs.
pub const DEMO: &[Need] = &[
    Need {
        package: "fonts-noto-cjk",
        file: "/usr/share/fonts/opentype/noto/NotoSerifCJK-*.ttc",
        why: "标题宋体、黑体与生僻字",
    },
    Need {
        package: "fonts-lxgw-wenkai",
        file: "/usr/share/fonts/truetype/lxgw-wenkai/*.ttf",
        why: "楷体",
    },
];

/// What `test` needs on top of [`DEMO`].
pub const TEST: &[Need] = &[
    Need {
        package: "postgresql-15",
        file: "/usr/lib/postgresql/*/bin/initdb",
        why: "数据库行为测试",
    },
    Need {
        package: "chromium",
        file: "/usr/bin/chromium",
        why: "网页测试",
    },
    Need {
        package: "openssl",
        file: "/usr/bin/openssl",
        why: "老旧 TLS 服务器",
    },
    Need {
        package: "poppler-utils",
        file: "/usr/bin/pdftotext",
        why: "读取 PDF",
    },
    Need {
        package: "libreoffice-writer-nogui",
        file: "/usr/bin/soffice",
        why: "打开 Word 文件",
    },
    Need {
        package: "python3-venv",
        file: "/usr/lib/python3*/ensurepip",
        why: "安装 warcio（核对存档格式）",
    },
];

/// Version of warcio, an independent reader of WARC files.
const WARCIO: &str = "1.8.1";

/// What `eval planted` needs beside what [`peers`] installs.
pub const PLANTED: &[Need] = &[
    Need {
        package: "iproute2",
        file: "/usr/sbin/ip",
        why: "单独的网络，各主机名都在本机",
    },
    Need {
        package: "util-linux",
        file: "/usr/bin/unshare",
        why: "单独的网络，各主机名都在本机",
    },
];

/// What `bench crawl` needs.
pub const BENCH: &[Need] = &[
    Need {
        package: "nginx-light",
        file: "/usr/sbin/nginx",
        why: "在本机提供网页",
    },
    Need {
        package: "time",
        file: "/usr/bin/time",
        why: "计时与内存",
    },
    Need {
        package: "debian-reference-zh-cn",
        file: "/usr/share/debian-reference",
        why: "真实站点",
    },
    Need {
        package: "python3.11-doc",
        file: "/usr/share/doc/python3.11/html",
        why: "真实站点",
    },
    Need {
        package: "postgresql-doc-15",
        file: "/usr/share/doc/postgresql-doc-15/html",
        why: "真实站点",
    },
    Need {
        package: "openjdk-17-doc",
        file: "/usr/share/doc/openjdk-17-jre-headless/api",
        why: "真实站点",
    },
];

/// What `eval apps` needs.
pub const APPS: &[Need] = &[
    Need {
        package: "nginx-light",
        file: "/usr/sbin/nginx",
        why: "在本机提供网页",
    },
    Need {
        package: "npm",
        file: "/usr/bin/npm",
        why: "取得真实的安装包",
    },
    Need {
        package: "zip",
        file: "/usr/bin/zip",
        why: "做坏的安装包",
    },
    Need {
        package: "unzip",
        file: "/usr/bin/unzip",
        why: "做坏的安装包",
    },
];

/// Sees to every need: installs what is missing as root, names it otherwise.
pub fn see_to(needs: &[&Need]) -> Result<(), String> {
    let missing: Vec<&&Need> = needs.iter().filter(|need| !is_there(need.file)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let line = format!(
        "apt-get install --no-install-recommends {}",
        names.join(" ")
    );
    if !is_root() {
        let reasons: Vec<String> = missing
            .iter()
            .map(|need| format!("  {}：{}", need.package, need.why))
            .collect();
        return Err(format!(
            "缺少下列 Debian 软件包，请由管理员安装：\n{}\n命令：{line}",
            reasons.join("\n")
        ));
    }
    println!("正在安装软件包 / installing: {}", names.join(" "));
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(&names);
    apt(&arguments)?;
    match needs.iter().find(|need| !is_there(need.file)) {
        None => Ok(()),
        Some(need) => Err(format!("已安装 {}，但找不到 {}", need.package, need.file)),
    }
}

/// FandolFang 仿宋, taken out of its Debian package into `fonts/` under the target folder: no root needed, nothing installed.
pub fn see_to_fandol() -> Result<PathBuf, String> {
    let folder = root().join("target").join("fonts");
    if folder.join("FandolFang-Regular.otf").is_file() {
        return Ok(folder);
    }
    let work = root().join("target").join("fonts-download");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("无法建立 {}：{error}", folder.display()))?;
    std::fs::create_dir_all(&work)
        .map_err(|error| format!("无法建立 {}：{error}", work.display()))?;
    println!("正在取仿宋字体 / fetching the FangSong font (texlive-lang-chinese)");
    if is_root() {
        apt(&["update", "-q"])?;
    }
    run(Command::new("apt-get")
        .args(["download", "-q", "texlive-lang-chinese"])
        .current_dir(&work))
    .map_err(|error| {
        format!(
            "取不到仿宋字体，可自行把 FandolFang-Regular.otf 放入 {}：{error}",
            folder.display()
        )
    })?;
    for entry in std::fs::read_dir(&work)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "deb")
        {
            run(Command::new("dpkg-deb")
                .arg("-x")
                .arg(entry.path())
                .arg(&work))?;
        }
    }
    let found = output(
        Command::new("find")
            .arg(&work)
            .args(["-name", "FandolFang-Regular.otf"]),
    )?;
    let Some(font) = found.lines().next() else {
        return Err("texlive-lang-chinese 里没有 FandolFang-Regular.otf".to_owned());
    };
    std::fs::copy(font, folder.join("FandolFang-Regular.otf"))
        .map_err(|error| format!("无法复制字体：{error}"))?;
    // The package is 50 MB and unpacks to more; only the one font is wanted.
    std::fs::remove_dir_all(&work)
        .map_err(|error| format!("无法清理 {}：{error}", work.display()))?;
    Ok(folder)
}

/// The feature that reads servers of old TLS, where libssl-dev and pkg-config are found; without it such sites are 无法判定.
pub fn legacy_tls() -> &'static [&'static str] {
    if has_libssl() {
        return &["--features", "xuncha/legacy-tls"];
    }
    println!("没有 libssl-dev 与 pkg-config：不编入老旧 TLS 的读取 / built without legacy-tls");
    &[]
}

/// The release binary, always with the same features, so that one command's build serves the next.
pub fn build_release() -> Result<(), String> {
    let build = ["build", "--release", "--package", "xuncha"];
    crate::run(crate::cargo().args(build).args(legacy_tls()))
}

fn has_libssl() -> bool {
    is_there("/usr/include/openssl/ssl.h") && is_there("/usr/bin/pkg-config")
}

/// Version of a provider of identities for tests, by other authors than the client that we use.
const OIDC_PROVIDER: &str = "0.3.4";

/// The program `oidc-provider-mock` in an environment of its own under the target folder.
pub fn see_to_oidc_provider() -> Result<PathBuf, String> {
    let package = format!("oidc-provider-mock=={OIDC_PROVIDER}");
    see_to_python("oidc-provider-mock", &package, "不能试统一身份认证")
}

/// Version of a package that carries axe-core, which looks for what keeps people out of pages.
const AXE: &str = "0.1.8";

/// The file of axe-core, in an environment of its own under the target folder.
pub fn see_to_axe() -> Result<PathBuf, String> {
    let folder = root().join("target").join("tools").join("axe");
    let found = || {
        let python = std::fs::read_dir(folder.join("lib"))
            .ok()?
            .flatten()
            .next()?;
        let file = python
            .path()
            .join("site-packages/axe_playwright_python/axe.min.js");
        file.is_file().then_some(file)
    };
    if let Some(file) = found() {
        return Ok(file);
    }
    let package = format!("axe-playwright-python=={AXE}");
    println!("正在取 {package} / fetching {package}");
    let failed = |error: String| {
        format!(
            "装不上 {package}（PyPI），不能核对无障碍：{error}。需要 python3、python3-venv 与网络"
        )
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).map_err(failed)?;
    // Without what it needs to run: only the file that it carries is wanted.
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ];
    let mut command = Command::new(folder.join("bin").join("python"));
    run(command.args(install).arg(&package)).map_err(failed)?;
    found().ok_or_else(|| format!("已安装 {package}，但里面没有 axe.min.js"))
}

/// Version of the program that tries the interface for programs against its own description.
const SCHEMATHESIS: &str = "4.32.5";

/// The program `schemathesis` in an environment of its own under the target folder.
pub fn see_to_schemathesis() -> Result<PathBuf, String> {
    let package = format!("schemathesis=={SCHEMATHESIS}");
    see_to_python("schemathesis", &package, "不能试程序接口")
}

/// Version of a mail server for tests.
const AIOSMTPD: &str = "1.4.6";

/// The program `aiosmtpd` in an environment of its own under the target folder; tests run their own server on its Python.
pub fn see_to_aiosmtpd() -> Result<PathBuf, String> {
    let package = format!("aiosmtpd=={AIOSMTPD}");
    see_to_python("aiosmtpd", &package, "不能试发邮件")
}

/// The program `warcio` in an environment of its own under the target folder; it judges the form of our archives.
pub fn see_to_warcio() -> Result<PathBuf, String> {
    see_to_python("warcio", &format!("warcio=={WARCIO}"), "不能核对存档格式")
}

/// What reads and judges Word, PDF and Excel files of ours: none of it is ours.
const DOCUMENTS: &str =
    "ooxml-integrity==0.8.4 python-docx==1.2.0 openpyxl==3.1.5 pdfminer.six==20260107";

/// The program `ooxml-integrity` in an environment of its own under the target folder; its Python reads documents for the tests.
pub fn see_to_documents() -> Result<PathBuf, String> {
    see_to_python(
        "ooxml-integrity",
        DOCUMENTS,
        "不能核对 Word、PDF 与 Excel 文件",
    )
}

/// A version of DuckDB as a package: it reads the Parquet files of the open data.
const DUCKDB: &str = "duckdb-cli==1.5.6";

/// The program `duckdb` in an environment of its own under the target folder.
pub fn see_to_duckdb() -> Result<PathBuf, String> {
    see_to_python("duckdb", DUCKDB, "不能核对 Parquet 文件")
}

/// A program of a Python package, with what it needs around it.
fn see_to_python(name: &str, package: &str, without: &str) -> Result<PathBuf, String> {
    let folder = root().join("target").join("tools").join(name);
    let program = folder.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    println!("正在取 {package} / fetching {package}");
    let failed = |error: String| {
        format!("装不上 {package}（PyPI），{without}：{error}。需要 python3、python3-venv 与网络")
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).map_err(failed)?;
    run(Command::new(folder.join("bin").join("python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(package.split(' ')))
    .map_err(failed)?;
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("已安装 {package}，但找不到 {}", program.display()))
    }
}

/// Prints what each task needs.
pub fn list() -> Result<(), String> {
    for (task, needs) in [
        ("demo", DEMO),
        ("test", TEST),
        ("eval real-sites", REAL_SITES),
        (
            "eval linkcheckers、migration、planted-content (real-sites +)",
            CHECKERS,
        ),
        ("eval planted", PLANTED),
        ("eval planted、bench crawl: linkinator", peers::NPM),
        ("eval apps", APPS),
        ("bench crawl", BENCH),
    ] {
        println!("{task}");
        for need in needs {
            let state = if is_there(need.file) { "有" } else { "缺" };
            println!("  [{state}] {:<26} {}", need.package, need.why);
        }
    }
    let state = if has_libssl() { "有" } else { "缺" };
    println!("可选 / optional\n  [{state}] libssl-dev、pkg-config      读取只支持老旧 TLS 的网站");
    Ok(())
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    run(Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether a file is there; `*` stands for any text inside one path component.
fn is_there(pattern: &str) -> bool {
    let mut found = vec![PathBuf::from("/")];
    for part in pattern.trim_start_matches('/').split('/') {
        found = found
            .iter()
            .flat_map(|folder| entries(folder, part))
            .collect();
    }
    !found.is_empty()
}

fn entries(folder: &Path, part: &str) -> Vec<PathBuf> {
    let Some((before, after)) = part.split_once('*') else {
        let path = folder.join(part);
        return if path.exists() {
            vec![path]
        } else {
            Vec::new()
        };
    };
    let Ok(listing) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let fits = |name: &str| {
        name.len() >= before.len() + after.len()
            && name.starts_with(before)
            && name.ends_with(after)
    };
    listing
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(fits))
        .map(|entry| entry.path())
        .collect()
}
