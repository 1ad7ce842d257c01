//! `cargo xtask demo`: fonts, release build, demonstration.

use crate::cargo;
use crate::packages::{self, DEMO};

/// Sees to the fonts, then runs `xuncha demo` with the given arguments.
pub fn run(arguments: &[String]) -> Result<(), String> {
    packages::see_to(&DEMO.iter().collect::<Vec<_>>())?;
    let fonts = packages::see_to_fandol()?;
    let mut command = cargo();
    command
        .args(["run", "--release", "--package", "xuncha"])
        .args(packages::legacy_tls())
        .args(["--", "demo"])
        .args(arguments);
    crate::run(command.env("XUNCHA_FONTS", fonts))
}
