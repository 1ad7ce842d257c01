//! Speed of reading facts: `facts_bench [--seconds N] [--limit MB] [--compare | --speed] [--digest FILE] DIR...`.
//!
//! Reads every HTML file below the folders, again and again for N seconds, and prints MB of HTML a second on one core, how the time
//! splits over the readers, and how many pages the fast HTML reader took. `--compare` checks instead that both HTML readers give
//! the same tree, `--speed` leaves that out; `--digest` writes one line of facts' SHA-256 a page, to compare two builds.
// An example measures on files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::date;
use sha2::{Digest, Sha256};
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose, Timing};
use xuncha_core::facts::{self, Comparison, Depth, Lexicons};

/// The allocator of the `xuncha` binary, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Options {
    seconds: f64,
    limit_bytes: usize,
    is_comparing: bool,
    is_speed_alone: bool,
    digest: Option<PathBuf>,
    folders: Vec<PathBuf>,
}

struct Page {
    path: PathBuf,
    capture: Capture,
    body: Vec<u8>,
}

fn main() -> Result<()> {
    let options = options()?;
    let pages = pages(&options)?;
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    println!(
        "{} pages, {:.1} MB, {:.1} KB a page",
        pages.len(),
        bytes as f64 / 1e6,
        bytes as f64 / 1e3 / pages.len().max(1) as f64
    );
    if let Some(file) = &options.digest {
        return digests(&pages, file);
    }
    if options.is_speed_alone {
        measure(&pages, bytes, options.seconds);
        return Ok(());
    }
    let lexicons = Lexicons::builtin();
    let by_tags = |page: &Page| facts::compare_skim(&page.capture, &page.body, &lexicons);
    let differences = compare("fast HTML reader", &pages, options.is_comparing, by_tree)
        + compare("links by tags", &pages, options.is_comparing, by_tags);
    if differences > 0 {
        return Err("the readers differ".into());
    }
    if !options.is_comparing {
        measure(&pages, bytes, options.seconds);
    }
    Ok(())
}

fn options() -> Result<Options> {
    let mut options = Options {
        seconds: 5.0,
        limit_bytes: 64_000_000,
        is_comparing: false,
        is_speed_alone: false,
        digest: None,
        folders: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--seconds" => options.seconds = value()?.parse()?,
            "--limit" => options.limit_bytes = value()?.parse::<usize>()? * 1_000_000,
            "--compare" => options.is_comparing = true,
            "--speed" => options.is_speed_alone = true,
            "--digest" => options.digest = Some(value()?.into()),
            folder => options.folders.push(folder.into()),
        }
    }
    if options.folders.is_empty() {
        return Err("name a folder with HTML files".into());
    }
    Ok(options)
}

fn pages(options: &Options) -> Result<Vec<Page>> {
    let mut files = Vec::new();
    for folder in &options.folders {
        find(folder, &mut files)?;
    }
    files.sort();
    let mut pages = Vec::new();
    let mut bytes = 0;
    for path in files {
        let body = fs::read(&path)?;
        if bytes + body.len() > options.limit_bytes {
            continue;
        }
        bytes += body.len();
        let url = format!("https://www.qingshi.gov.cn/{}", path.display());
        pages.push(Page {
            capture: capture(&url, body.len() as u64),
            path,
            body,
        });
    }
    Ok(pages)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if folder.is_file() {
        files.push(folder.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_html = path
            .extension()
            .is_some_and(|end| end == "html" || end == "htm");
        if path.is_dir() || is_html && path.is_file() {
            find(&path, files)?;
        }
    }
    Ok(())
}

fn capture(url: &str, size_bytes: u64) -> Capture {
    let at = date(2026, 3, 20).at(9, 0, 0, 0);
    Capture {
        purpose: Purpose::Page,
        url: url.to_owned(),
        hops: Vec::new(),
        final_url: url.to_owned(),
        at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 20,
        size_bytes,
        truncated: false,
        evidence: EvidenceRef {
            url: url.to_owned(),
            at,
            sha256: String::new(),
            record: String::new(),
            quote: String::new(),
        },
        timing: Timing::default(),
    }
}

fn by_tree(page: &Page) -> Comparison {
    let encoding = facts::detect(&page.body, &page.capture.content_type);
    facts::compare_readers(&facts::decode(&page.body, encoding))
}

/// Prints how many pages a reader took and why not the others; returns the number of differences.
fn compare(name: &str, pages: &[Page], is_loud: bool, by: impl Fn(&Page) -> Comparison) -> usize {
    let mut reasons: BTreeMap<&'static str, (usize, &Path)> = BTreeMap::new();
    let (mut same, mut differences) = (0, 0);
    for page in pages {
        match by(page) {
            Comparison::Same => same += 1,
            Comparison::GaveUp(reason) => reasons.entry(reason).or_insert((0, &page.path)).0 += 1,
            Comparison::Differ(difference) => {
                differences += 1;
                println!("{}: {difference}", page.path.display());
            }
        }
    }
    println!(
        "{name}: {same} of {} pages ({:.1} %), {differences} differ",
        pages.len(),
        100.0 * same as f64 / pages.len().max(1) as f64
    );
    for (reason, (count, first)) in reasons {
        if is_loud {
            println!("  {count:6} {reason}, such as {}", first.display());
        } else {
            println!("  {count:6} {reason}");
        }
    }
    differences
}

/// Speed of one depth, best of some rounds.
fn speed(name: &str, pages: &[Page], bytes: usize, seconds: f64, depth: Depth) {
    let lexicons = Lexicons::builtin();
    let (mut best, mut rounds) = (Duration::MAX, 0);
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds || rounds == 0 {
        let round = Instant::now();
        for page in pages {
            std::hint::black_box(facts::read_to(&page.capture, &page.body, &lexicons, depth));
        }
        best = best.min(round.elapsed());
        rounds += 1;
    }
    println!(
        "{name}: {:.1} MB/s on one core, {:.3} ms a page (best of {rounds} rounds)",
        bytes as f64 / 1e6 / best.as_secs_f64(),
        best.as_secs_f64() * 1e3 / pages.len().max(1) as f64
    );
}

fn measure(pages: &[Page], bytes: usize, seconds: f64) {
    speed("links alone", pages, bytes, seconds, Depth::Links);
    speed("facts::read", pages, bytes, seconds, Depth::Whole);
    let split = split(pages, seconds);
    let total: Duration = split.values().sum();
    let mut steps: Vec<_> = split.into_iter().collect();
    steps.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    for (step, time) in steps {
        println!(
            "  {:5.1} %  {:7.1} MB/s  {step}",
            100.0 * time.as_secs_f64() / total.as_secs_f64(),
            bytes as f64 / 1e6 / time.as_secs_f64()
        );
    }
}

/// The time of each step over all pages, the best of the rounds: the first makes automatons that later ones find made.
fn split(pages: &[Page], seconds: f64) -> BTreeMap<&'static str, Duration> {
    let lexicons = Lexicons::builtin();
    let mut best: BTreeMap<&'static str, Duration> = BTreeMap::new();
    let begun = Instant::now();
    while best.is_empty() || begun.elapsed().as_secs_f64() < seconds {
        let mut round: BTreeMap<&'static str, Duration> = BTreeMap::new();
        for page in pages {
            let mut before = Instant::now();
            let mut lap = |step| {
                let now = Instant::now();
                *round.entry(step).or_default() += now - before;
                before = now;
            };
            let facts =
                facts::read_in_steps(&page.capture, &page.body, &lexicons, Depth::Whole, &mut lap);
            lap("links into facts");
            std::hint::black_box(facts);
        }
        for (step, time) in round {
            let kept = best.entry(step).or_insert(time);
            *kept = time.min(*kept);
        }
    }
    best
}

fn digests(pages: &[Page], file: &Path) -> Result<()> {
    let lexicons = Lexicons::builtin();
    let mut out = String::new();
    for page in pages {
        let facts = facts::read(&page.capture, &page.body, &lexicons);
        let text = serde_json::to_string(&facts)?;
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        writeln!(out, "{hash} {}", page.path.display())?;
    }
    fs::write(file, out)?;
    Ok(())
}
