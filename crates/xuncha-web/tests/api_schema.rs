//! The interface for programs against its own description: a real server, asked by schemathesis (PyPI) with what the description allows
//! and with what it does not. `cargo xtask test` fetches it as it does warcio.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xuncha_core::permission::TokenScope;
use xuncha_core::person::Role;
use xuncha_store::api_token::NewApiToken;
use xuncha_store::person::PersonFile;

/// Inputs of each operation; the same every time.
const EXAMPLES: &str = "40";
const SEED: &str = "20200131";

fn program() -> PathBuf {
    let program = match std::env::var_os("XUNCHA_SCHEMATHESIS") {
        Some(program) => PathBuf::from(program),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../target/tools/schemathesis/bin/schemathesis"),
    };
    assert!(
        program.is_file(),
        "schemathesis (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
        program.display()
    );
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_program_sends_breaks_the_description() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    xuncha_web::publish_results(&state, support::ROUND)
        .await
        .unwrap();
    let file = PersonFile {
        name: "程序".to_owned(),
        role: Role::Supervisor,
        organization: None,
    };
    let person = state.store.add_person("robot", &file).await.unwrap();
    let token = format!("xuncha_{}", (state.new_token)());
    let now_s = (state.now_s)();
    let new = NewApiToken {
        name: "试".to_owned(),
        scopes: TokenScope::ALL.into(),
        now_s,
        expires_at_s: now_s + 100,
    };
    let put = state.store.put_api_token(person.number, &token, &new);
    put.await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(xuncha_web::serve(
        listener,
        xuncha_web::router(state),
        std::future::pending(),
    ));
    let work = folder.path().to_owned();
    let output = tokio::task::spawn_blocking(move || {
        Command::new(program())
            .current_dir(work)
            .args(["run", &format!("http://{address}/api/v1/openapi.json")])
            .args(["-H", &format!("Authorization: Bearer {token}")])
            .args([
                "--checks",
                "all",
                "--max-examples",
                EXAMPLES,
                "--seed",
                SEED,
            ])
            .args(["--phases", "examples,coverage,fuzzing", "--no-color"])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    serving.abort();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(
        said.contains("13 passed") || said.contains("13 tested"),
        "nothing was tried: {said}"
    );
}
