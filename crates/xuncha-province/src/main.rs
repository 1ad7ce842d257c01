//! The province alone: `xuncha-province serve …` and `xuncha-province score …`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.first().map(String::as_str) {
        Some("serve") => xuncha_province::main_serve(&args[1..]),
        Some("score") => xuncha_province::main_score(&args[1..]),
        _ => Err(anyhow::anyhow!(
            "用法：xuncha-province serve --seed N --scale small|full --plan realistic|dense --dir DIR，或 score --dir DIR --results FILE"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
