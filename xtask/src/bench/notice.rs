//! `cargo xtask bench notice`: what the documents of a notice take, for the golden round and for a large province.

use crate::{cargo, packages, run};

/// Sites and accounts of a large province.
const LARGE: [&str; 2] = ["14500", "100000"];

/// Writes all documents of both sizes.
pub fn run_notice(arguments: &[String]) -> Result<(), String> {
    let fonts = packages::see_to_fandol()?;
    let build = [
        "run",
        "--release",
        "--package",
        "xuncha-report",
        "--example",
        "notice_bench",
        "--",
    ];
    let sizes: Vec<Vec<&str>> = match arguments {
        [] => vec![Vec::new(), LARGE.to_vec()],
        own => vec![own.iter().map(String::as_str).collect()],
    };
    for size in sizes {
        run(cargo().args(build).args(size).env("XUNCHA_FONTS", &fonts))?;
    }
    Ok(())
}
