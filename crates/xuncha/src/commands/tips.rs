//! 找错留言命令. Messages from a spreadsheet, each with its clock.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use xuncha_core::calendar::HolidayData;
use xuncha_core::registry::Registry;
use xuncha_core::term::TermState;
use xuncha_core::tip::{self, TipLine};
use xuncha_store::Page;
use xuncha_store::tip::{Tip, TipFilter};

use super::sheets::all_errors;
use crate::cli::TipsCommand;
use crate::data::Data;

/// Runs one of the commands about such messages.
pub async fn run(data: &Data, command: &TipsCommand) -> Result<()> {
    match command {
        TipsCommand::Import { file, working_days } => import(data, file, *working_days).await,
        TipsCommand::Holidays { file } => holidays(data, file).await,
        TipsCommand::List { late } => list(data, *late).await,
    }
}

/// Lays the holidays of a file over the national calendar, for every clock of the office.
async fn holidays(data: &Data, path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("节假日文件 {} 读不了", path.display()))?;
    let regional: HolidayData = serde_json::from_str(&text)
        .with_context(|| format!("节假日文件 {} 读不懂", path.display()))?;
    data.store.put_holidays(&regional).await?;
    println!(
        "已登记休息日 {} 天、调休上班 {} 天。",
        regional.off.len(),
        regional.work.len()
    );
    Ok(())
}

async fn import(data: &Data, file: &Path, days: u32) -> Result<()> {
    let calendar = data.store.calendar().await?;
    let bytes = std::fs::read(file).with_context(|| format!("无法读取 {}", file.display()))?;
    let name = file.display().to_string();
    let sheets = xuncha_report::sheets::read(&name, &bytes)?;
    let registry = data.store.registry().await?;
    let today = super::now().date();
    let mut errors = Vec::new();
    let mut tips = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let lines = tip::read(sheet, (&calendar, days, today), &mut errors);
        tips.extend(lines.into_iter().map(|line| self::tip(line, &registry)));
    }
    if !errors.is_empty() {
        return Err(all_errors(&name, &errors));
    }
    let new = data.store.put_tips(&tips).await?;
    let late = tips
        .iter()
        .filter(|tip| state(tip, today).is_failed())
        .count();
    println!(
        "已导入 {} 条找错留言（新增 {new} 条），其中超期 {late} 条。",
        tips.len()
    );
    Ok(())
}

/// With the site and unit that the registry has for it.
fn tip(line: TipLine, registry: &Registry) -> Tip {
    let site = registry.sites.get(&line.target);
    Tip {
        target_name: site.map_or_else(String::new, |site| site.name.clone()),
        organization: site.map_or_else(String::new, |site| site.organization.clone()),
        code: line.code,
        target: line.target,
        received: line.received,
        due: line.due,
        answered: line.answered,
        text: line.text,
        answer: line.answer,
    }
}

fn state(tip: &Tip, today: Date) -> TermState {
    tip::state(tip.answered, tip.due, today)
}

async fn list(data: &Data, is_late: bool) -> Result<()> {
    let today = super::now().date();
    let filter = TipFilter {
        is_late,
        ..TipFilter::default()
    };
    let found = data.store.tips(&filter, today, Page::ALL).await?;
    for tip in &found.rows {
        println!(
            "{}\t{}\t收到{} 应于{}前答复\t{} {}\t{}",
            tip.code,
            state(tip, today).zh(),
            tip.received,
            tip.due,
            tip.target,
            tip.target_name,
            tip.text
        );
    }
    println!("共 {} 条。", found.total);
    Ok(())
}
