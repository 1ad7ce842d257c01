//! The golden round of Guangxi 2020Q1: the built notice prints every figure of the published letter.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod support;

use support::{golden_files, notice};

#[test]
fn prints_the_letter() {
    println!("{}", notice(&golden_files()).plain_text());
}
