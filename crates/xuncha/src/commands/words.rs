//! 查错别字: texts, or HTML pages saved as files, searched for wrong, missing and doubled characters.
//!
//! All files of one call are one site's: what it writes again and again is its own word. Every hit is a doubt for a person to decide.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::civil::DateTime;
use serde::Serialize;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::{self, Lexicons};
use xuncha_core::words::model::Model;
use xuncha_core::words::opinion::{Opinion, Question};
use xuncha_core::words::{Checker, Hit, NotWrong, SiteWords, WrongWords};

use crate::cli::WordsArgs;
use crate::outbox::opinion::{Adviser, Asked};
use crate::rules::Rules;

const LIST: &str = "wrong_words.toml";

/// A hit with the file it stands in.
#[derive(Serialize)]
struct Line<'l> {
    file: &'l Path,
    #[serde(flatten)]
    hit: &'l Hit,
    /// What a model was asked for said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    opinion: Option<Opinion>,
}

/// Searches the files and prints what is doubtful.
pub async fn run(rules: &Rules, arguments: &WordsArgs) -> Result<()> {
    let list = rules.lexicons.get(LIST).map_or("", String::as_str);
    let wrong_words = WrongWords::parse(list).with_context(|| format!("词表 {LIST} 不能使用"))?;
    let wrong_words = Arc::new(wrong_words);
    let not_wrong = not_wrong(arguments.not_wrong.as_deref())?;
    let bytes = model_bytes(&arguments.model)?;
    let model = bytes
        .as_deref()
        .map(Model::open)
        .transpose()
        .with_context(|| format!("模型 {} 不能使用", arguments.model.display()))?;
    let lexicons = rules.lexicons()?;
    let mut checker = model
        .as_ref()
        .map(|model| Checker::new(model, wrong_words.clone()));
    let mut found: BTreeMap<&Path, Vec<Hit>> = BTreeMap::new();
    let mut site = SiteWords::default();
    for file in &arguments.files {
        let text = text_of(file, &lexicons)?;
        let hits = match &mut checker {
            Some(checker) => checker.check(&text, &not_wrong),
            None => {
                let mut hits = wrong_words.find(&text);
                hits.retain(|hit| !not_wrong.contains(&hit.wrong));
                hits
            }
        };
        site.learn(&hits);
        found.insert(file, hits);
    }
    let mut shown: Vec<Line> = found
        .iter()
        .flat_map(|(file, hits)| {
            hits.iter().map(|hit| Line {
                file,
                hit,
                opinion: None,
            })
        })
        .filter(|line| line.hit.confidence >= arguments.confidence && !site.is_own(line.hit))
        .collect();
    if let Some(adviser) = Adviser::new(&arguments.opinion, 0)? {
        ask(adviser, &mut shown).await;
    }
    for Line { file, hit, opinion } in &shown {
        println!(
            "{} 第 {} 字：{} → {}（{}，把握 {:.2}）\n  {}",
            file.display(),
            hit.start + 1,
            hit.wrong,
            hit.proposal,
            hit.reason.label(),
            hit.confidence,
            hit.sentence
        );
        if let Some(opinion) = opinion {
            println!(
                "  第二意见（{}）：{}，{}",
                opinion.model,
                opinion.stance.label(),
                opinion.reason
            );
        }
    }
    println!(
        "{} 个文件，{} 处存疑，请人工确认。",
        found.len(),
        shown.len()
    );
    if let Some(json) = &arguments.json {
        let text = serde_json::to_string_pretty(&shown)?;
        std::fs::write(json, text).with_context(|| format!("无法写入 {}", json.display()))?;
    }
    Ok(())
}

/// Asks about each doubt, until enough was asked.
async fn ask(mut adviser: Adviser, shown: &mut [Line<'_>]) {
    let mut left = shown.len();
    for line in shown {
        match adviser.ask(&Question::of(line.hit)).await {
            Asked::Said(opinion) => line.opinion = Some(opinion),
            Asked::Failed(error) => eprintln!("“{}”没有问到第二意见：{error:#}", line.hit.wrong),
            Asked::Over => {
                eprintln!("其余 {left} 处没有问第二意见：到了上限，或服务连续失败。");
                return;
            }
        }
        left -= 1;
    }
}

/// The model's bytes, or `None` and a word to the user where there is no model.
fn model_bytes(path: &Path) -> Result<Option<Vec<u8>>> {
    if !path.exists() {
        eprintln!(
            "没有语言模型 {}：只查错词表。用 cargo xtask lexicon 建模，或用 --model 指定。",
            path.display()
        );
        return Ok(None);
    }
    let bytes = std::fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?;
    Ok(Some(bytes))
}

/// What a person said is not wrong: one wrong text a line.
fn not_wrong(path: Option<&Path>) -> Result<NotWrong> {
    let Some(path) = path else {
        return Ok(NotWrong::new());
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("无法读取 {}", path.display()))?;
    let lines = text.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

/// A text file as it is; of an HTML page its title and the text of its article.
fn text_of(file: &PathBuf, lexicons: &Lexicons) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("无法读取 {}", file.display()))?;
    let ending = file.extension().and_then(|ending| ending.to_str());
    if !ending.is_some_and(|ending| ["html", "htm", "shtml"].contains(&ending)) {
        return String::from_utf8(bytes)
            .with_context(|| format!("{} 不是 UTF-8 文本", file.display()));
    }
    let page = facts::read(&capture(&file.display().to_string()), &bytes, lexicons);
    let article = page
        .article
        .map(|article| [article.title, article.body].join("\n"));
    Ok([page.title, article.unwrap_or_default()].join("\n"))
}

/// A page that nobody asked for: it lay in a file.
fn capture(name: &str) -> Capture {
    let at = DateTime::default();
    let url = "http://localhost/".to_owned();
    Capture {
        purpose: Purpose::Page,
        url: url.clone(),
        hops: Vec::new(),
        final_url: url.clone(),
        at,
        status: Some(200),
        failure: None,
        content_type: "text/html".to_owned(),
        last_modified: String::new(),
        millis: 0,
        size_bytes: 0,
        truncated: false,
        evidence: EvidenceRef {
            url,
            at,
            sha256: String::new(),
            record: name.to_owned(),
            quote: String::new(),
        },
        timing: Default::default(),
    }
}
