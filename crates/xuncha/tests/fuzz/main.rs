//! Fuzzing on stable Rust: every reader of what others wrote, fed with inputs drawn by its grammar and with mutations of these and of
//! real ones. A panic, a broken promise or more than two seconds of processor time for one input is a crash; its input is kept under
//! `target/fuzz/`. What once crashed stands under `seeds/`, as do inputs that found something before, and is run first every time.
//!
//! `cargo test` runs a few hundred inputs of each target; `cargo xtask fuzz` runs them by the minute:
//! - `XUNCHA_FUZZ_SECONDS` how long each target runs;
//! - `XUNCHA_FUZZ_SEED` where the drawing begins;
//! - `XUNCHA_FUZZ_INPUT` a kept input, run once and alone.
#![allow(clippy::unwrap_used)]

mod corpus;
mod grammar;
mod mutate;
mod targets;
mod watch;

use targets::{ALL, Target};

fn run(name: &str) {
    let target = ALL.iter().find(|target| target.name == name).unwrap();
    fuzz(target);
}

macro_rules! fuzz_targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn every_target_has_its_test() {
            let named = [$(stringify!($name)),*];
            let all: Vec<&str> = ALL.iter().map(|target| target.name).collect();
            assert_eq!(all, named);
        }
    };
}

fuzz_targets!(
    html, readers, skim, links, replay, feed, package, robots, sitemap, http, warc, facts, cdxj,
    xlsx
);

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn fuzz(target: &'static Target) {
    if let Some(path) = std::env::var_os("XUNCHA_FUZZ_INPUT") {
        let input = std::fs::read(path).unwrap();
        (target.prepare)().run(&input);
        return;
    }
    let seconds = number("XUNCHA_FUZZ_SECONDS");
    let seed = number("XUNCHA_FUZZ_SEED").unwrap_or(1);
    let done = watch::watched(target, seed, seconds);
    println!(
        "{}: {} executions, {} bytes, seed {seed}, slowest {} ms",
        target.name, done.executions, done.bytes, done.slowest_ms
    );
    assert!(done.executions > 0, "nothing was run");
}
