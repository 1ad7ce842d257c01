//! 复核命令. What a person has to decide, and decisions from a CSV file.

use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, OpenKind, Review, Reviewable, open_in_round};
use xuncha_core::sheet::{CellError, parse_csv};

use super::opinion;
use super::sheets::all_errors;
use crate::cli::ReviewCommand;
use crate::data::Data;

const COLUMNS: [&str; 7] = [
    "target", "check", "key", "decision", "number", "by", "reason",
];

/// Runs a review command.
pub async fn run(data: &Data, command: &ReviewCommand) -> Result<()> {
    match command {
        ReviewCommand::Open(round) => open(data, round.round.as_deref()).await,
        ReviewCommand::Import { file, round } => import(data, round.round.as_deref(), file).await,
        ReviewCommand::Ask { round, opinion } => {
            opinion::ask(data, round.round.as_deref(), opinion).await
        }
    }
}

async fn open(data: &Data, round: Option<&str>) -> Result<()> {
    let row = data.round(round).await?;
    let judgements = data.store.judgements(&row.round.id, None).await?;
    let reviews = data.store.reviews(&row.round.id).await?;
    let items = open_in_round(&row.round, &judgements, &reviews);
    for item in &items {
        let kind = match item.kind {
            OpenKind::Finding => "待确认",
            OpenKind::Doubt => "存疑",
            OpenKind::Question => "待回答",
            OpenKind::Unknown => "无法判定",
        };
        println!(
            "{} {} {} {kind}：{}",
            item.target, item.check, item.key, item.text
        );
    }
    println!("共 {} 项。", items.len());
    Ok(())
}

async fn import(data: &Data, round: Option<&str>, file: &Path) -> Result<()> {
    let row = data.open_round(round).await?;
    let text =
        std::fs::read_to_string(file).with_context(|| format!("无法读取 {}", file.display()))?;
    let sheet = parse_csv(&file.display().to_string(), &text);
    let judgements = data.store.judgements(&row.round.id, None).await?;
    let known = Reviewable::new(&row.round.set, &judgements);
    let mut errors: Vec<CellError> = Vec::new();
    let mut reviews = Vec::new();
    for record in sheet.records(&COLUMNS, &mut errors) {
        let words = [("confirmed", 0_u8), ("rejected", 1), ("answered", 2)];
        let choice = record.choice("decision", &words, &mut errors);
        let number: Option<u32> = record.parsed("number", "整数", &mut errors);
        let decision = match (choice, number) {
            (Some(0), _) => Decision::Confirmed,
            (Some(1), _) => Decision::Rejected,
            (Some(_), Some(number)) => Decision::Answered {
                number,
                note: record.text("reason").to_owned(),
            },
            (Some(_), None) => {
                errors.push(record.error("number", "answered 必须填数"));
                continue;
            }
            (None, _) => continue,
        };
        let review = Review {
            round: row.round.id.clone(),
            target: TargetId::from(record.required("target", &mut errors)),
            check: record.required("check", &mut errors).to_owned(),
            key: record.required("key", &mut errors).to_owned(),
            decision,
            by: record.required("by", &mut errors).to_owned(),
            at: super::now(),
            reason: record.text("reason").to_owned(),
        };
        match known.objection(&review) {
            Some((column, why)) => errors.push(record.error(column, &why)),
            None => reviews.push(review),
        }
    }
    if !errors.is_empty() {
        return Err(all_errors(&file.display().to_string(), &errors));
    }
    data.store.put_reviews(&reviews).await?;
    println!("已导入 {} 条复核结论。", reviews.len());
    Ok(())
}
