//! 通报任务. Results → notice → Word, PDF, HTML and the workbook.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use xuncha_core::golden;
use xuncha_core::notice::from_results::{self, RoundDetails};
use xuncha_core::notice::template::{self, Template};
use xuncha_core::notice::trace::{self, TRACE_FILE, TraceBook};
use xuncha_core::notice::words::Words;
use xuncha_core::notice::{self, Notice, NoticeInputs};
use xuncha_core::registry::Registry;
use xuncha_core::results::Results;
use xuncha_core::round::Round;
use xuncha_core::sheet::CellError;
use xuncha_report::{Fonts, write_all};
use xuncha_store::document::Document;
use xuncha_store::round::RoundRow;

use crate::data::Data;
use crate::rules::Rules;

/// The mark behind the title of a notice that is not ready to be sent.
const DRAFT: &str = "（草稿）";

/// The notice of a round with the rows behind its figures, by the text that the round adopted or by the program's. Refuses, naming every
/// place, where text, tables and annexes would disagree; a draft is marked as one.
pub fn build(
    rules: &Rules,
    results: &Results,
    registry: &Registry,
    details: &RoundDetails,
    text: Option<&str>,
) -> Result<(Notice, TraceBook)> {
    let inputs = from_results::inputs(results, registry, details, words(rules)?);
    let template = match text {
        Some(text) => parsed(text)?,
        None => template(rules)?,
    };
    let mut notice = built(&inputs, &template)?;
    let reasons = from_results::draft_reasons(results);
    for reason in &reasons {
        eprintln!("通报只是草稿：{reason}。");
    }
    if !reasons.is_empty() {
        notice.title.push_str(DRAFT);
    }
    let book = trace::book(&inputs).with_text(&notice);
    Ok((notice, book))
}

/// What a notice needs beside the results: what is kept with the round, over what rectification and registry know. A folder
/// (docs/golden-round.md) goes before both, for as much as it gives.
pub async fn details(
    data: &Data,
    results: &Results,
    registry: &Registry,
    folder: Option<&Path>,
    today: Date,
) -> Result<RoundDetails> {
    let round = &results.round;
    let extras = data.store.notice_extras(&round.id).await?;
    let date = extras.date.unwrap_or(today);
    let recorded = data.store.notice_recorded(results, registry, date).await?;
    let kept = extras.details(recorded, today).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
        anyhow::anyhow!("通报的其他信息有错误：\n{}", lines.join("\n"))
    })?;
    match folder {
        Some(folder) => details_from(folder, round, kept),
        None => Ok(kept),
    }
}

/// The details of a folder, over those that are kept.
fn details_from(folder: &Path, round: &Round, kept: RoundDetails) -> Result<RoundDetails> {
    let files = text_files(folder)?;
    let given = golden::details(&files, round).map_err(|errors| listed(folder, &errors))?;
    let has = |name: &str| files.contains_key(name);
    let mut names = kept.names;
    names.extend(given.names);
    Ok(RoundDetails {
        names,
        number: match given.number.is_empty() {
            true => kept.number,
            false => given.number,
        },
        date: given.date,
        case_rows: if has("cases.csv") {
            Vec::new()
        } else {
            kept.case_rows
        },
        cases: if has("cases.csv") {
            given.cases
        } else {
            kept.cases
        },
        closures: if has("closures.csv") {
            given.closures
        } else {
            kept.closures
        },
        filings: if has("filings.csv") {
            given.filings
        } else {
            kept.filings
        },
        annual_forms: if has("annual_forms.csv") {
            given.annual_forms
        } else {
            kept.annual_forms
        },
    })
}

/// The notice of a folder of tables (docs/golden-round.md).
pub fn build_from_folder(rules: &Rules, folder: &Path) -> Result<(Notice, TraceBook)> {
    let files = text_files(folder)?;
    let set = rules.set(&golden::set_id(&files).map_err(|errors| listed(folder, &errors))?)?;
    let inputs =
        golden::load(&files, &set, words(rules)?).map_err(|errors| listed(folder, &errors))?;
    let notice = built(&inputs, &template(rules)?)?;
    let book = trace::book(&inputs).with_text(&notice);
    Ok((notice, book))
}

fn listed(folder: &Path, errors: &[CellError]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
    anyhow::anyhow!(
        "{} 中的表格有 {} 处错误：\n{}",
        folder.display(),
        errors.len(),
        lines.join("\n")
    )
}

/// The rows behind the figures of a folder of tables.
pub fn trace_of_folder(rules: &Rules, folder: &Path) -> Result<TraceBook> {
    let files = text_files(folder)?;
    let set = rules.set(&golden::set_id(&files).map_err(|errors| listed(folder, &errors))?)?;
    let inputs = golden::load(&files, &set, words(rules)?);
    Ok(trace::book(
        &inputs.map_err(|errors| listed(folder, &errors))?,
    ))
}

/// Writes the rows behind the figures beside the documents.
pub fn write_trace(book: &TraceBook, out: &Path) -> Result<()> {
    let path = out.join(TRACE_FILE);
    let text = serde_json::to_vec(book)?;
    std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))
}

/// Writes the documents; fonts come from the data folder, `XUNCHA_FONTS`, or the system.
pub fn write(notice: &Notice, book: &TraceBook, data: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let fonts = Fonts::find(&font_folders(data))?;
    for style in fonts.missing() {
        eprintln!("缺少字体：{style}，以其他字体代替。");
    }
    Ok(write_all(notice, book, out, &fonts)?)
}

/// The hash of what a round came to under its scored set.
pub async fn outcome(data: &Data, row: &RoundRow) -> Result<String> {
    let set = &row.round.set.id;
    Ok(data.store.outcome_sha256(&row.round.id, set).await?)
}

/// Copies a round's documents into the data folder, where the web interface offers them. `outcome` is what the round came to when its
/// results were read ([`xuncha_store::Store::outcome_sha256`]). Refused where the notice is published.
pub async fn keep(data: &Data, round: &str, outcome: &str, out: &Path) -> Result<()> {
    data.store.refuse_published_notice(round).await?;
    let folder = data.documents(round);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("无法建立目录 {}", folder.display()))?;
    // Not a document that is signed or handed out: what the pages of the figures read.
    if out.join(TRACE_FILE).is_file() {
        std::fs::copy(out.join(TRACE_FILE), folder.join(TRACE_FILE))
            .with_context(|| format!("无法写入 {}", folder.display()))?;
    }
    for name in [
        "notice.docx",
        "notice.pdf",
        "notice.html",
        "annexes.xlsx",
        "figures.docx",
        "figures.pdf",
        "results.json",
    ] {
        let from = out.join(name);
        if !from.is_file() {
            continue;
        }
        let bytes = std::fs::read(&from).with_context(|| format!("无法读取 {}", from.display()))?;
        std::fs::write(folder.join(name), &bytes)
            .with_context(|| format!("无法写入 {}", folder.display()))?;
        let document = Document {
            round: round.to_owned(),
            name: name.to_owned(),
            at: crate::commands::now(),
            path: format!("{round}/{name}"),
            sha256: hex::encode(Sha256::digest(&bytes)),
            size_bytes: bytes.len() as u64,
            outcome_sha256: outcome.to_owned(),
        };
        data.store.put_document(&document).await?;
    }
    Ok(())
}

/// Folders that are searched for fonts before those of the system.
pub fn font_folders(data: &Path) -> Vec<PathBuf> {
    let mut folders = vec![data.join("fonts")];
    folders.extend(std::env::var_os("XUNCHA_FONTS").map(PathBuf::from));
    folders
}

fn built(inputs: &NoticeInputs, template: &Template) -> Result<Notice> {
    match notice::build(inputs, template) {
        Ok(notice) => Ok(notice),
        Err(errors) => {
            let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
            bail!(
                "通报没有生成，有 {} 处对不上：\n{}",
                errors.len(),
                lines.join("\n")
            )
        }
    }
}

fn words(rules: &Rules) -> Result<Words> {
    let text = rules
        .templates
        .get("words.toml")
        .context("缺少 templates/words.toml")?;
    Words::parse(text).map_err(|error| anyhow::anyhow!("templates/words.toml：{error}"))
}

fn template(rules: &Rules) -> Result<Template> {
    let text = rules
        .templates
        .get("notice-letter.zh.txt")
        .context("缺少 templates/notice-letter.zh.txt")?;
    parsed(text)
}

fn parsed(text: &str) -> Result<Template> {
    template::parse(text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
        anyhow::anyhow!("通报模板有错误：\n{}", lines.join("\n"))
    })
}

fn text_files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("无法读取目录 {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_table = path
            .extension()
            .is_some_and(|extension| extension == "csv" || extension == "toml");
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|_| is_table)
        else {
            continue;
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} 不是 UTF-8 文本", path.display()))?;
        files.insert(name.to_owned(), text);
    }
    Ok(files)
}
