//! How fast the search for wrong characters is: `words_bench MODEL TEXT...`, MB of text a second, for a
//! text never seen and for one seen before, best of some rounds.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::fs;
use std::time::Instant;

use xuncha_core::words::model::Model;
use xuncha_core::words::{Checker, NotWrong, WrongWords};

const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (model, texts) = arguments
        .split_first()
        .ok_or("usage: words_bench MODEL TEXT...")?;
    let started = Instant::now();
    let bytes = fs::read(model)?;
    let model = Model::open(&bytes)?;
    println!(
        "模型读入 {:.0} ms，{:.1} MB",
        started.elapsed().as_secs_f64() * 1e3,
        bytes.len() as f64 / 1e6
    );
    let wrong_words = WrongWords::builtin();
    for path in texts {
        let text = fs::read_to_string(path)?;
        let (mut first, mut again) = (f64::INFINITY, f64::INFINITY);
        let mut hits = 0;
        for _ in 0..ROUNDS {
            // A new checker remembers nothing; the second time it knows the text, as it knows what all pages of a site share.
            let mut checker = Checker::new(&model, &wrong_words);
            for best in [&mut first, &mut again] {
                let started = Instant::now();
                hits = checker.check(&text, &NotWrong::new()).len();
                *best = best.min(started.elapsed().as_secs_f64());
            }
        }
        let size = text.len() as f64 / 1e6;
        println!(
            "{path}：{size:.2} MB，首次 {:.2} MB/s，再次 {:.2} MB/s，{hits} 处",
            size / first,
            size / again
        );
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    println!("内存峰值 {}", peak.trim_start_matches("VmHWM:").trim());
    Ok(())
}
