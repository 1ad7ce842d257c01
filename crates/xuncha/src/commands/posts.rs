//! 发文清单: posts of accounts that their platforms do not show the public, handed over by people or exported by a data service.
//!
//! Of the spreadsheet each account gets its own rows, as a table that stands in its evidence with its hash, and is read like any other
//! answer: what is judged later can be traced to the rows that were handed over.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use jiff::civil::{Date, DateTime};
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::{FACTS_VERSION, FactRecord};
use xuncha_core::facts::{self, HANDED_OVER, Lexicons};
use xuncha_core::registry::{Target, TargetId};
use xuncha_core::round::Round;
use xuncha_core::sheet::CellError;
use xuncha_report::sheets;
use xuncha_store::{AuditAction, AuditEntry};

use super::sheets::all_errors;
use crate::cli::PostsArgs;
use crate::data::Data;
use crate::rules::Rules;

const COLUMNS: [&str; 4] = ["账号编号", "标题", "链接", "发布时间"];
const TABLE: &str = "text/csv; charset=utf-8";

/// Takes in a spreadsheet of posts.
pub async fn run(data: &Data, rules: &Rules, arguments: &PostsArgs) -> Result<()> {
    let row = data.open_round(arguments.round.round.as_deref()).await?;
    let file = &arguments.file;
    let bytes = std::fs::read(file).with_context(|| format!("无法读取 {}", file.display()))?;
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let drawn: Vec<TargetId> = data
        .store
        .subjects(&row.round.id)
        .await?
        .into_iter()
        .filter(|subject| matches!(subject.target, Target::Account(_)))
        .map(|subject| subject.target.id().clone())
        .collect();
    let tables = tables(&name, &bytes, &drawn)?;
    let lexicons = rules.lexicons()?;
    let now = super::now();
    let _held = data.evidence.hold(&row.round.id)?;
    for (target, rows) in &tables {
        take_in(data, &row.round, target, &name, rows, now, &lexicons)?;
    }
    let count: usize = tables.values().map(Vec::len).sum();
    let object = format!("round/{}/evidence", row.round.id);
    let added = format!("posts: {count} of {} accounts", tables.len());
    let entry = AuditEntry::new(AuditAction::EvidenceAdded, object).change("", added);
    data.store.audit(entry).await?;
    println!(
        "已导入 {} 个账号的 {count} 条发文，存入证据；运行 xuncha judge 重新判定。",
        tables.len()
    );
    Ok(())
}

/// A post as its row says it.
type Row = [String; 3];

/// Rows by account. Nothing is taken in where a row is wrong.
fn tables(file: &str, bytes: &[u8], drawn: &[TargetId]) -> Result<BTreeMap<TargetId, Vec<Row>>> {
    let sheets = sheets::read(file, bytes)?;
    let mut errors: Vec<CellError> = Vec::new();
    let mut tables: BTreeMap<TargetId, Vec<Row>> = BTreeMap::new();
    let Some(sheet) = sheets.first() else {
        bail!("{file} 没有工作表");
    };
    for record in sheet.records(&COLUMNS, &mut errors) {
        let target = TargetId::from(record.required("账号编号", &mut errors));
        let day = record.required("发布时间", &mut errors);
        if !target.0.is_empty() && !drawn.contains(&target) {
            errors.push(record.error("账号编号", "本轮没有抽中这个账号"));
        }
        if !day.is_empty() && !is_day(day) {
            errors.push(record.error("发布时间", "无法理解，写成 2026-03-05 或 2026年3月5日"));
        }
        let cells = [record.text("标题"), record.text("链接"), day].map(str::to_owned);
        tables.entry(target).or_default().push(cells);
    }
    match errors.is_empty() {
        true => Ok(tables),
        false => Err(all_errors(file, &errors)),
    }
}

fn is_day(text: &str) -> bool {
    // The day itself is read by the same reader as any other table of posts.
    facts::dates::list_date(text, Date::MAX).is_some()
}

/// Keeps an account's rows as evidence, and what they say as facts.
fn take_in(
    data: &Data,
    round: &Round,
    target: &TargetId,
    name: &str,
    rows: &[Row],
    now: DateTime,
    lexicons: &Lexicons,
) -> Result<()> {
    let (mut evidence, records) = data.evidence.open_target(&round.id, target)?;
    if records.is_empty() {
        evidence.append(&FactRecord::Header {
            target: target.clone(),
            facts_version: FACTS_VERSION,
            monitor_from: round.monitor_from,
            as_of: round.as_of,
        })?;
    }
    let table = csv(rows);
    let urn = format!("{HANDED_OVER}{name}");
    let kept = evidence.keep_resource(&urn, now, TABLE, table.as_bytes())?;
    let capture = Capture {
        purpose: Purpose::Account,
        url: urn.clone(),
        hops: Vec::new(),
        final_url: urn.clone(),
        at: now,
        status: None,
        failure: None,
        content_type: TABLE.to_owned(),
        last_modified: String::new(),
        millis: 0,
        size_bytes: table.len() as u64,
        truncated: false,
        evidence: EvidenceRef {
            url: urn,
            at: now,
            sha256: kept.sha256,
            record: kept.record,
            quote: String::new(),
        },
        timing: Default::default(),
    };
    let page = facts::read(&capture, table.as_bytes(), lexicons);
    evidence.append(&FactRecord::Page(Box::new(page)))?;
    evidence.close()?;
    Ok(())
}

/// The rows as a table with headings.
fn csv(rows: &[Row]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut out = String::from("标题,链接,发布时间\n");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}
