//! 派生事实命令. Reads stored bodies again with the extractor of this version, and shows what it reads in one page.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use xuncha_core::checks::wrong_characters::WORDS;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::{FACTS_VERSION, FactRecord, PageFacts};
use xuncha_core::facts::{self, Lexicons};
use xuncha_core::registry::TargetId;
use xuncha_gather::documents::DocumentReader;
use xuncha_gather::exchange::sha256_hex;
use xuncha_store::evidence::EvidenceFolder;

use crate::cli::{FactsCommand, ShowArgs};
use crate::data::Data;
use crate::documents::ChildReader;
use crate::jobs::lists;
use crate::network::Usage;
use crate::progress;
use crate::rules::Rules;

/// Bodies that were not kept are listed up to this number.
const LISTED: usize = 20;

/// Runs a facts command.
pub async fn run(data: &Data, rules: &Rules, command: &FactsCommand) -> Result<()> {
    match command {
        FactsCommand::Rebuild(round) => {
            let row = data.open_round(round.round.as_deref()).await?;
            let rules = &lists::of_round(data, rules, &row.round.id).await?;
            let readers = Readers {
                lexicons: rules.lexicons()?,
                documents: ChildReader::new(&rules.lexicons, rules.words()),
            };
            rebuild(data, &readers, &row.round.id)
        }
        FactsCommand::Show(arguments) => {
            let row = data.round(arguments.round.round.as_deref()).await?;
            show(
                data,
                &row.round.id,
                arguments.url.as_deref().unwrap_or_default(),
            )
        }
    }
}

/// Prints what is read in a file, as if it had been fetched from an address.
pub fn show_file(rules: &Rules, file: &Path, arguments: &ShowArgs) -> Result<()> {
    let usage = |message: String| anyhow::Error::new(Usage(message));
    let address = arguments.from.as_deref().unwrap_or_default();
    let url = url::Url::parse(address)
        .map_err(|error| usage(format!("“{address}”不是网址（{error}）")))?;
    let body = std::fs::read(file)
        .map_err(|error| usage(format!("无法读取 {}：{error}", file.display())))?;
    let at = arguments.at.unwrap_or_else(super::now);
    let capture = Capture {
        purpose: Purpose::Page,
        url: url.to_string(),
        hops: Vec::new(),
        final_url: url.to_string(),
        at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 0,
        size_bytes: body.len() as u64,
        truncated: false,
        evidence: EvidenceRef {
            url: url.to_string(),
            at,
            sha256: sha256_hex(&body),
            record: String::new(),
            quote: String::new(),
        },
        timing: Default::default(),
    };
    let page = facts::read(&capture, &body, &rules.lexicons()?);
    println!("{}", serde_json::to_string_pretty(&page)?);
    Ok(())
}

/// What stored bodies are read with.
struct Readers {
    lexicons: Lexicons,
    documents: ChildReader,
}

/// What reading a target again came to.
#[derive(Debug, Default)]
struct Rebuilt {
    pages: usize,
    changed: usize,
    /// Addresses whose body was not kept; their facts stay as they were.
    without_body: Vec<String>,
}

fn rebuild(data: &Data, readers: &Readers, round: &str) -> Result<()> {
    let _held = data.evidence.hold(round)?;
    let targets = data.evidence.targets(round)?;
    let bar = progress::bar("重读", targets.len() as u64);
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Result<Rebuilt>>> = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(target) = targets.get(index) else {
                            return;
                        };
                        let result = rebuild_target(&data.evidence, readers, round, target)
                            .with_context(|| format!("对象 {target} 的证据没有重读，原有事实未动"));
                        bar.inc(1);
                        done.lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .insert(index, result);
                    }
                });
            }
        });
    });
    bar.finish_and_clear();
    let mut sum = Rebuilt::default();
    for result in done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .into_values()
    {
        let one = result?;
        sum.pages += one.pages;
        sum.changed += one.changed;
        sum.without_body.extend(one.without_body);
    }
    report(round, targets.len(), &sum);
    Ok(())
}

fn report(round: &str, targets: usize, sum: &Rebuilt) {
    println!(
        "轮次 {round}：对象 {targets} 个，重读网页 {} 个，其中事实有变化的 {} 个。",
        sum.pages, sum.changed
    );
    if sum.without_body.is_empty() {
        return;
    }
    println!(
        "{} 个网页的正文没有留存，沿用原有事实：",
        sum.without_body.len()
    );
    for url in sum.without_body.iter().take(LISTED) {
        println!("  {url}");
    }
    if sum.without_body.len() > LISTED {
        println!("  ……");
    }
}

fn rebuild_target(
    evidence: &EvidenceFolder,
    readers: &Readers,
    round: &str,
    target: &TargetId,
) -> Result<Rebuilt> {
    let mut rebuilt = Rebuilt::default();
    let records = evidence.records(round, target)?.flat_map(|record| {
        let record = match record {
            Ok(record) => record,
            Err(error) => return vec![Err(error)],
        };
        let mut also = None;
        let record = match record {
            FactRecord::Header {
                target,
                monitor_from,
                as_of,
                ..
            } => FactRecord::Header {
                target,
                facts_version: FACTS_VERSION,
                monitor_from,
                as_of,
            },
            FactRecord::Page(page) => {
                let fresh = read_again(evidence, readers, round, target, &page);
                match fresh {
                    Some(fresh) => {
                        rebuilt.pages += 1;
                        rebuilt.changed += usize::from(fresh != *page);
                        FactRecord::Page(Box::new(fresh))
                    }
                    None => {
                        rebuilt.without_body.push(page.capture.url.clone());
                        FactRecord::Page(page)
                    }
                }
            }
            FactRecord::PhaseDone { phase }
                if phase == WORDS && rebuilt.without_body.is_empty() =>
            {
                return Vec::new();
            }
            FactRecord::PhaseDone { phase } => {
                // Wrong characters were looked for only if every page could be read again with a model.
                let has_words = phase == "crawl" && readers.lexicons.words.is_some();
                also =
                    (has_words && rebuilt.without_body.is_empty()).then(|| FactRecord::PhaseDone {
                        phase: WORDS.to_owned(),
                    });
                FactRecord::PhaseDone { phase }
            }
            other => other,
        };
        [Some(record), also].into_iter().flatten().map(Ok).collect()
    });
    // The closure's borrow ends with the call, so the tally is whole behind it.
    evidence.rewrite_facts(round, target, records)?;
    Ok(rebuilt)
}

/// The page read anew; `None` where the body that the facts were read from is no longer there.
fn read_again(
    evidence: &EvidenceFolder,
    readers: &Readers,
    round: &str,
    target: &TargetId,
    page: &PageFacts,
) -> Option<PageFacts> {
    let wanted = &page.capture.evidence;
    let exchange = evidence.read_record(round, target, &wanted.record).ok()?;
    let is_same =
        exchange.sha256.is_empty() && exchange.body.is_empty() || exchange.sha256 == wanted.sha256;
    let lexicons = &readers.lexicons;
    // Only files in which something was found stand in the records as pages.
    if !page.is_html && !page.signs.is_empty() {
        let mut fresh = page.clone();
        if is_same && !page.capture.truncated {
            let (url, today) = (&page.capture.url, page.capture.at.date());
            fresh.signs = readers.documents.read(url, &exchange.body, today);
        }
        return is_same.then_some(fresh);
    }
    is_same.then(|| match &page.rendering {
        None => facts::read(&page.capture, &exchange.body, lexicons),
        Some(rendering) => {
            let rendering = rendering.clone();
            facts::read_rendered(&page.capture, &exchange.body, lexicons, rendering)
        }
    })
}

fn show(data: &Data, round: &str, url: &str) -> Result<()> {
    let mut shown = 0;
    for target in data.evidence.targets(round)? {
        for record in data.evidence.records(round, &target)? {
            if let FactRecord::Page(page) = record?
                && page.capture.url == url
            {
                println!("{}", serde_json::to_string_pretty(&page)?);
                shown += 1;
            }
        }
    }
    if shown == 0 {
        bail!(
            "轮次 {round} 没有读过 {url}；要看一个文件，用 xuncha facts show --file PAGE.html --url 网址"
        );
    }
    Ok(())
}
