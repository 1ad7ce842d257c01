//! 审计命令. The log verified and listed.

use std::io::Write;

use anyhow::{Context, Result, bail};
use xuncha_store::audit::{AuditAction, AuditFilter, AuditRow};
use xuncha_store::person::person_number;
use xuncha_store::{AuditEntry, Page};

use crate::cli::AuditCommand;
use crate::data::Data;
use crate::network::Usage;

/// Runs one of the commands about the log.
pub async fn run(data: &Data, command: &AuditCommand) -> Result<()> {
    match command {
        AuditCommand::Verify { expect } => verify(data, expect.as_deref()).await,
        AuditCommand::List {
            person,
            action,
            from,
            to,
            first,
            json,
        } => {
            let filter = AuditFilter {
                person: match person {
                    Some(person) => Some(who(data, person).await?),
                    None => None,
                },
                action: action.as_deref().map(action_of).transpose()?,
                from: *from,
                to: *to,
            };
            let page = Page {
                offset: 0,
                limit: *first,
            };
            let found = data.store.audit_rows(&filter, page).await?;
            if let Some(file) = json {
                write_json(&found.rows, file)?;
                let entry = AuditEntry::new(AuditAction::Exported, "audit");
                let entry = entry.change("", found.rows.len().to_string());
                data.store.audit(entry).await?;
            } else {
                for row in &found.rows {
                    println!("{}", line(row));
                }
            }
            println!("共 {} 条，列出 {} 条", found.total, found.rows.len());
            Ok(())
        }
    }
}

async fn verify(data: &Data, expect: Option<&str>) -> Result<()> {
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(hash) = expect.filter(|hash| !is_hash(hash)) {
        bail!(Usage(format!("“{hash}”不是 SHA-256（64 位十六进制）")));
    }
    let verdict = data.store.verify_audit(expect).await?;
    if let Some((number, why)) = verdict.broken {
        bail!("审计日志第 {number} 条起不可信：{why}");
    }
    if verdict.has_expected == Some(false) {
        bail!(
            "审计日志自身完整，但没有一条记录是所记的哈希：整个日志被重写过，或记下的是另一个数据库的"
        );
    }
    println!("审计日志完整：{} 条", verdict.count);
    if !verdict.head_sha256.is_empty() {
        println!("末条哈希：{}", verdict.head_sha256);
        println!("请另处记下；以后用 --expect 核对，可发现整个日志被重写");
    }
    Ok(())
}

/// A person may be named by login; the log knows the number only.
async fn who(data: &Data, typed: &str) -> Result<String> {
    if person_number(typed).is_some() {
        return Ok(typed.to_owned());
    }
    let person = data.store.person_by_login(&typed.to_lowercase()).await?;
    Ok(person.map_or_else(|| typed.to_owned(), |person| person.id()))
}

fn action_of(word: &str) -> Result<AuditAction> {
    AuditAction::of_word(word).ok_or_else(|| {
        let known: Vec<String> = AuditAction::ALL
            .into_iter()
            .map(|action| format!("{} {}", action.word(), action.zh()))
            .collect();
        Usage(format!("没有动作“{word}”；有：{}", known.join("，"))).into()
    })
}

fn line(row: &AuditRow) -> String {
    let action =
        AuditAction::of_word(&row.action).map_or(row.action.as_str(), |action| action.zh());
    let change = match (row.before.as_str(), row.after.as_str()) {
        ("", "") => String::new(),
        ("", after) => format!("\t{after}"),
        (before, after) => format!("\t{before} → {after}"),
    };
    let at = row.at.replace('T', " ");
    format!(
        "{}\t{at}\t{}\t{action}\t{}{change}",
        row.number, row.person, row.object
    )
}

fn write_json(rows: &[AuditRow], file: &std::path::Path) -> Result<()> {
    let mut out = Vec::new();
    for row in rows {
        let value = serde_json::json!({
            "number": row.number, "at": row.at, "person": row.person, "action": row.action, "object": row.object,
            "before": row.before, "after": row.after, "previous_sha256": row.previous_sha256, "sha256": row.sha256,
        });
        writeln!(out, "{value}")?;
    }
    std::fs::write(file, out).with_context(|| format!("无法写入 {}", file.display()))
}
