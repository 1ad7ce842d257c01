//! 找错留言命令. Messages from a spreadsheet, each with its clock.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use xuncha_core::calendar::{Calendar, HolidayData};
use xuncha_core::registry::{Registry, TargetId};
use xuncha_core::sheet::{CellError, Record, Sheet};
use xuncha_core::term::{TermState, term};
use xuncha_store::Page;
use xuncha_store::tip::{Tip, TipFilter};

use super::sheets::all_errors;
use crate::cli::TipsCommand;
use crate::data::Data;

const COLUMNS: [&str; 4] = ["编号", "收到日期", "网站标识码", "留言"];

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
        tips.extend(read(
            sheet,
            &registry,
            (&calendar, days, today),
            &mut errors,
        ));
    }
    if !errors.is_empty() {
        return Err(all_errors(&name, &errors));
    }
    let new = data.store.put_tips(&tips).await?;
    let late = tips.iter().filter(|tip| is_late(tip, today)).count();
    println!(
        "已导入 {} 条找错留言（新增 {new} 条），其中超期 {late} 条。",
        tips.len()
    );
    Ok(())
}

fn read(
    sheet: &Sheet,
    registry: &Registry,
    (calendar, days, today): (&Calendar, u32, Date),
    errors: &mut Vec<CellError>,
) -> Vec<Tip> {
    let mut tips = Vec::new();
    for record in sheet.records(&COLUMNS, errors) {
        let code = record.required("编号", errors).to_owned();
        let target = TargetId::from(record.required("网站标识码", errors));
        let text = record.required("留言", errors).to_owned();
        record.required("收到日期", errors);
        let received = date(&record, "收到日期", errors);
        let answered = date(&record, "答复日期", errors);
        let Some(received) = received else {
            continue;
        };
        if answered.is_some_and(|day| day < received) {
            errors.push(record.error("答复日期", "早于收到日期"));
        }
        let due = match term(calendar, received, answered, days, today) {
            Ok(term) => term.due,
            Err(error) => {
                errors.push(record.error("收到日期", error.to_string()));
                continue;
            }
        };
        let site = registry.sites.get(&target);
        tips.push(Tip {
            target_name: site.map_or_else(String::new, |site| site.name.clone()),
            organization: site.map_or_else(String::new, |site| site.organization.clone()),
            code,
            target,
            received,
            due,
            answered,
            text,
            answer: record.text("答复").to_owned(),
        });
    }
    tips
}

/// A day as sheets write it: 2026-04-01, 2026/4/1, 2026.4.1, 2026年4月1日, with or without a time behind it.
fn date(record: &Record<'_>, column: &str, errors: &mut Vec<CellError>) -> Option<Date> {
    let text = record.text(column);
    if text.is_empty() {
        return None;
    }
    let parsed = parse_date(text);
    if parsed.is_none() {
        errors.push(record.error(column, format!("“{text}”不是日期")));
    }
    parsed
}

fn parse_date(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next()?;
    let plain = day.replace(['年', '月', '/', '.'], "-");
    let mut parts = plain.trim_end_matches('日').split('-');
    let mut number = || parts.next()?.parse::<i16>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Whether a message was answered too late, or has waited too long.
fn is_late(tip: &Tip, today: Date) -> bool {
    state(tip, today).is_failed()
}

fn state(tip: &Tip, today: Date) -> TermState {
    match tip.answered {
        Some(day) if day <= tip.due => TermState::InTime,
        Some(_) => TermState::Late,
        None if today <= tip.due => TermState::Waiting,
        None => TermState::Missed,
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_sheets_write_them() {
        let expected: Date = "2026-04-01".parse().unwrap();
        for text in [
            "2026-04-01",
            "2026-4-1",
            "2026/4/1",
            "2026.04.01",
            "2026年4月1日",
            "2026-04-01 09:12:00",
            "2026-04-01T09:12:00",
        ] {
            assert_eq!(parse_date(text), Some(expected), "{text}");
        }
        for text in ["2026-13-01", "昨天", "2026", "46113.5"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
