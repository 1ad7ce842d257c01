//! `cargo xtask soak`: a gather killed many times must end with the verdicts of an undisturbed one.

use crate::{cargo, run as run_command};

/// Runs the test of resuming with more kills than CI does.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let kills = match arguments {
        [] => "10",
        [flag, number]
            if flag == "--kills" && number.parse::<u32>().is_ok_and(|kills| kills > 0) =>
        {
            number
        }
        _ => return Err("用法：cargo xtask soak [--kills N]".to_owned()),
    };
    let mut command = cargo();
    command.args([
        "test",
        "--package",
        "xuncha",
        "--test",
        "resume",
        "--",
        "--nocapture",
    ]);
    run_command(command.env("XUNCHA_KILLS", kills))
}
