//! How fast all text checks together are: `texts_bench MODEL NAME=PATH...`, MB of extracted text a second of one core.
//!
//! PATH is a folder of HTML pages, read in the order of their names as a crawl would; a text; or a table of pairs (`.tsv`), of which the
//! wrong sentences are read. Each page is read once by a checker that remembers nothing at first: what is repeated is what the
//! pages repeat. The best of some rounds counts, in time that this thread had a core.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use xuncha_core::facts::safety::{SafetyLists, read_text_in_steps};
use xuncha_core::facts::{Lexicons, visible_text};
use xuncha_core::words::model::Model;
use xuncha_core::words::{Checker, NotWrong, WrongWords};

/// The allocator of the `xuncha` binary, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Least and most rounds, of which the best counts.
const ROUNDS: usize = 7;
const MOST_ROUNDS: usize = 40;
/// How much text is read in all rounds of a small set, in MB.
const READ_MB: f64 = 20.0;
/// Most HTML that is read of one folder, in bytes.
const MOST_BYTES: usize = 200_000_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (model, sets) = arguments
        .split_first()
        .ok_or("usage: texts_bench MODEL NAME=PATH...")?;
    let bytes = fs::read(model)?;
    let model = Model::open(&bytes)?;
    println!(
        "模型 {:.1} MB；读入后常驻 {:.0} MB",
        bytes.len() as f64 / 1e6,
        status_mb("VmRSS")
    );
    println!(
        "| 文字 | MB | 其中说过的 | 全部检查 MB/s | 错别字 | 个人隐私与用语 | 疑错 | 疑点 |\n|---|---|---|---|---|---|---|---|"
    );
    let lists = Lexicons::builtin().safety;
    let wrong_words = Arc::new(WrongWords::builtin());
    let mut steps = Vec::new();
    for set in sets {
        let (name, path) = set.split_once('=').ok_or("name each set: NAME=PATH")?;
        let texts = texts(Path::new(path))?;
        let new_checker = || Checker::new(&model, wrong_words.clone());
        let size = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
        let (mut all, mut words, mut safety) = (f64::MAX, f64::MAX, f64::MAX);
        let (mut hits, mut signs) = (0, 0);
        let rounds = ((READ_MB / size) as usize).clamp(ROUNDS, MOST_ROUNDS);
        for _ in 0..rounds {
            let mut checker = new_checker();
            all = all.min(timed(|| {
                for text in &texts {
                    proofread(&mut checker, text);
                    screen(text, &lists, &mut |_| {});
                }
            }));
            let mut checker = new_checker();
            words = words.min(timed(|| {
                hits = texts.iter().map(|text| proofread(&mut checker, text)).sum();
            }));
            safety = safety.min(timed(|| {
                signs = texts
                    .iter()
                    .map(|text| screen(text, &lists, &mut |_| {}))
                    .sum();
            }));
        }
        println!(
            "| {name} | {size:.2} | {:.0}% | **{:.1}** | {:.1} | {:.1} | {hits} | {signs} |",
            100.0 * repeated(&texts),
            size / all,
            size / words,
            size / safety,
        );
        steps.push((name, split(&texts, &lists)));
    }
    for (name, split) in steps {
        let whole: Duration = split.values().sum();
        let shares: Vec<String> = split
            .iter()
            .map(|(step, time)| {
                let share = 100.0 * time.as_secs_f64() / whole.as_secs_f64();
                format!("{step} {share:.0}%")
            })
            .collect();
        println!("{name}，“个人隐私与用语”一栏的时间：{}", shares.join("，"));
    }
    println!("内存峰值 {:.0} MB", status_mb("VmHWM"));
    Ok(())
}

/// Hits of a page, line by line.
fn proofread(checker: &mut Checker, text: &str) -> usize {
    let none = NotWrong::new();
    text.lines()
        .map(|line| checker.check(line, &none).len())
        .sum()
}

fn screen(text: &str, lists: &SafetyLists, lap: &mut dyn FnMut(&'static str)) -> usize {
    read_text_in_steps(text, date(2026, 3, 20), lists, lap).len()
}

/// The time of each step.
fn split(texts: &[String], lists: &SafetyLists) -> BTreeMap<&'static str, Duration> {
    let mut steps: BTreeMap<&'static str, Duration> = BTreeMap::new();
    for text in texts {
        let mut before = Instant::now();
        screen(text, lists, &mut |step| {
            let now = Instant::now();
            *steps.entry(step).or_default() += now - before;
            before = now;
        });
    }
    steps
}

/// The share of the text that stands in lines that were there before.
fn repeated(texts: &[String]) -> f64 {
    let mut known = std::collections::BTreeSet::new();
    let (mut again, mut all) = (0, 0);
    for line in texts.iter().flat_map(|text| text.lines()) {
        all += line.len();
        again += if known.insert(line) { 0 } else { line.len() };
    }
    again as f64 / all.max(1) as f64
}

/// The texts of a set.
fn texts(path: &Path) -> Result<Vec<String>> {
    if path.is_dir() {
        return pages(path);
    }
    let text = fs::read_to_string(path)?;
    if path.extension().is_some_and(|end| end == "tsv") {
        let wrong = text.lines().filter_map(|line| line.rsplit('\t').nth(1));
        return Ok(vec![wrong.collect::<Vec<_>>().join("\n")]);
    }
    Ok(vec![text])
}

fn pages(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort();
    let (mut texts, mut bytes) = (Vec::new(), 0);
    for file in files {
        let body = fs::read(file)?;
        bytes += body.len();
        if bytes > MOST_BYTES {
            break;
        }
        texts.push(visible_text(&body, "text/html"));
    }
    Ok(texts)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|end| end == "html" || end == "htm")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Seconds of a core that something takes.
fn timed(what: impl FnOnce()) -> f64 {
    let started = processor_seconds();
    what();
    (processor_seconds() - started).max(1e-9)
}

/// Time that this thread had a core.
fn processor_seconds() -> f64 {
    // The clock is brought up to date where the thread gives way.
    std::thread::yield_now();
    let status = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = status
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.unwrap_or_default() / 1e9
}

/// A line of what the system says of this process, in MB.
fn status_mb(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kb = line.and_then(|line| {
        line.trim_matches([':', ' ', '\t', 'k', 'B'])
            .parse::<f64>()
            .ok()
    });
    kb.unwrap_or_default() / 1e3
}
