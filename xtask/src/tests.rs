//! `cargo xtask test`: packages first, then every test of the workspace.

use crate::cargo;
use crate::packages::{self, DEMO, TEST};

/// Sees to what the tests need, then runs them all; further arguments go to `cargo test`.
pub fn run(arguments: &[String]) -> Result<(), String> {
    packages::see_to(&DEMO.iter().chain(TEST).collect::<Vec<_>>())?;
    let fonts = packages::see_to_fandol()?;
    let warcio = packages::see_to_warcio()?;
    let provider = packages::see_to_oidc_provider()?;
    let axe = packages::see_to_axe()?;
    let schemathesis = packages::see_to_schemathesis()?;
    let smtp = packages::see_to_aiosmtpd()?;
    let documents = packages::see_to_documents()?;
    let duckdb = packages::see_to_duckdb()?;
    let mut command = cargo();
    command.args(["test", "--workspace"]);
    command.args(packages::legacy_tls()).args(arguments);
    crate::run(
        command
            .env("XUNCHA_FONTS", fonts)
            .env("XUNCHA_WARCIO", warcio)
            .env("XUNCHA_OIDC_PROVIDER", provider)
            .env("XUNCHA_AXE", axe)
            .env("XUNCHA_SCHEMATHESIS", schemathesis)
            .env("XUNCHA_AIOSMTPD", smtp)
            .env("XUNCHA_DOCUMENTS", documents)
            .env("XUNCHA_DUCKDB", duckdb),
    )
}
