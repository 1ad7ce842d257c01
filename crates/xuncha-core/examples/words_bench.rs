//! How fast the search for wrong characters is: `words_bench MODEL TEXT...`, MB of text a second, for a
//! text never seen and for one seen before, mean of some rounds; and for all checks of a text together, never seen. A second is a second of one core: what else the machine does does not count.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use xuncha_core::facts::Lexicons;
use xuncha_core::facts::safety::read_document;
use xuncha_core::words::model::Model;
use xuncha_core::words::{Checker, NotWrong, WrongWords};

const ROUNDS: usize = 8;
/// How often a text is read again: the clock of a thread ticks coarsely.
const AGAIN: usize = 50;

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
    let lists = Lexicons::builtin().safety;
    let today = date(2026, 3, 20);
    let wrong_words = Arc::new(WrongWords::builtin());
    for path in texts {
        let text = fs::read_to_string(path)?;
        let (mut first, mut again, mut safety) = (0.0, 0.0, 0.0);
        let (mut hits, mut signs) = (0, 0);
        for _ in 0..ROUNDS {
            // A new checker remembers nothing; from the second time on it knows the text, as it knows what all pages of a site share.
            let mut checker = Checker::new(&model, wrong_words.clone());
            for (seconds, times) in [(&mut first, 1), (&mut again, AGAIN)] {
                let started = processor_seconds();
                for _ in 0..times {
                    hits = checker.check(&text, &NotWrong::new()).len();
                }
                *seconds += (processor_seconds() - started) / (ROUNDS * times) as f64;
            }
            let started = processor_seconds();
            signs = read_document(&text, today, &lists).len();
            safety += (processor_seconds() - started) / ROUNDS as f64;
        }
        let size = text.len() as f64 / 1e6;
        println!(
            "{path}：{size:.2} MB，首次 {:.2} MB/s，再次 {:.2} MB/s，{hits} 处；个人隐私与严重表述 {:.2} MB/s，{signs} 处；合计首次 {:.2} MB/s",
            size / first,
            size / again,
            size / safety,
            size / (first + safety)
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

/// Time that this thread had a core.
fn processor_seconds() -> f64 {
    let status = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = status
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.unwrap_or_default() / 1e9
}
