//! Other link checkers, kept at stated versions under the target folder.

use std::path::Path;
use std::process::Command;

use super::Need;
use crate::{cargo, run};

const LYCHEE: &str = "0.24.2";
const LINKINATOR: &str = "8.1.0";
/// Debian's is too old for linkinator.
const NODE: &str = "22.23.3";

/// What installing linkinator needs.
pub const NPM: &[Need] = &[
    Need {
        package: "nodejs",
        file: "/usr/bin/node",
        why: "安装 linkinator（对比）",
    },
    Need {
        package: "npm",
        file: "/usr/bin/npm",
        why: "安装 linkinator（对比）",
    },
];

/// Sees to lychee.
pub fn see_to_lychee(tools: &Path) -> Result<(), String> {
    if tools.join("bin/lychee").is_file() {
        return Ok(());
    }
    println!("正在编译 lychee {LYCHEE} / compiling lychee");
    let install = [
        "install",
        "lychee",
        "--locked",
        "--version",
        LYCHEE,
        "--root",
    ];
    run(cargo().args(install).arg(tools))
}

/// lychee, as [`see_to_lychee`] left it.
pub fn lychee(tools: &Path) -> Command {
    Command::new(tools.join("bin/lychee"))
}

/// Sees to linkinator, and to the Node.js that runs it.
pub fn see_to_linkinator(tools: &Path) -> Result<(), String> {
    let folder = tools.join("npm");
    let is_there = |package: &str, version: &str| {
        let text =
            std::fs::read_to_string(folder.join(format!("node_modules/{package}/package.json")));
        text.is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
    };
    if is_there("linkinator", LINKINATOR) && is_there(&node_package(), NODE) {
        return Ok(());
    }
    super::see_to(&NPM.iter().collect::<Vec<_>>())?;
    println!("正在取 linkinator {LINKINATOR} / fetching linkinator");
    run(Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(format!("{}@{NODE}", node_package()))
        .arg(format!("linkinator@{LINKINATOR}")))
}

/// linkinator, as [`see_to_linkinator`] left it.
pub fn linkinator(tools: &Path) -> Command {
    let modules = tools.join("npm/node_modules");
    let mut command = Command::new(modules.join(node_package()).join("bin/node"));
    command.arg(modules.join(".bin/linkinator"));
    command
}

/// The package that is Node.js for this machine.
fn node_package() -> String {
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    format!("node-linux-{machine}")
}
