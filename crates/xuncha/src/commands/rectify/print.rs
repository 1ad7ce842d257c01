//! What the commands about rectification print.

use anyhow::{Context, Result};
use jiff::civil::Date;
use xuncha_core::rectify::letter::{cost, percent};
use xuncha_core::rectify::rates::RoundRates;
use xuncha_core::rectify::{FactKind, Progress};
use xuncha_core::sheet::write_csv;
use xuncha_store::Page;
use xuncha_store::rectify::{CaseFilter, CaseRow, FactRow};

use crate::cli::RectifyCommand;
use crate::commands;
use crate::data::Data;
use crate::jobs::rectify::known_case;

pub(super) async fn list(data: &Data, command: &RectifyCommand) -> Result<()> {
    let RectifyCommand::List {
        state,
        unit,
        region,
        round,
        first,
        csv,
    } = command
    else {
        return Ok(());
    };
    let today = commands::now().date();
    let filter = CaseFilter {
        state: state.map(|state| state.state()),
        organization: unit.clone(),
        region: region.clone(),
        round: round.clone(),
        ..CaseFilter::default()
    };
    if let Some(path) = csv {
        let all = data.store.cases(&filter, today, Page::ALL).await?.rows;
        let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
        rows.extend(all.iter().map(csv_row));
        std::fs::write(path, format!("\u{feff}{}", write_csv(&rows)))
            .with_context(|| format!("无法写入 {}", path.display()))?;
        commands::exported(data, "rectify").await?;
        println!("已写出 {} 项。", all.len());
        return Ok(());
    }
    let page = Page::numbered(1, *first);
    let found = data.store.cases(&filter, today, page).await?;
    for case in &found.rows {
        println!("{}", line(case));
    }
    println!("共 {} 项。", found.total);
    Ok(())
}

const HEADS: [&str; 12] = [
    "编号",
    "状态",
    "期限",
    "涉及分值",
    "对象标识",
    "对象名称",
    "单位",
    "地区",
    "轮次",
    "指标",
    "问题",
    "复发次数",
];

fn csv_row(case: &CaseRow) -> Vec<String> {
    let progress = &case.progress;
    let cells = [
        case.id.clone(),
        progress.state.zh().to_owned(),
        progress
            .deadline
            .map_or_else(String::new, |day| day.to_string()),
        cost(case.stake),
        case.problem.target.0.clone(),
        case.target_name.clone(),
        case.unit_name.clone(),
        case.region_name.clone(),
        case.round.clone(),
        case.indicators.join("、"),
        case.detail.clone(),
        progress.relapses.to_string(),
    ];
    cells.into_iter().map(no_formula).collect()
}

/// A cell of others must not begin a formula where a spreadsheet opens the file.
fn no_formula(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell,
    }
}

fn line(case: &CaseRow) -> String {
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}",
        case.id,
        state(&case.progress),
        cost(case.stake),
        case.unit_name,
        case.target_name,
        case.detail
    )
}

fn state(progress: &Progress) -> String {
    let late = if progress.is_late {
        "（逾期回复）"
    } else {
        ""
    };
    match progress.deadline.filter(|_| !progress.state.is_settled()) {
        Some(day) => format!("{}{late} 期限{day}", progress.state.zh()),
        None => format!("{}{late}", progress.state.zh()),
    }
}

pub(super) async fn show(data: &Data, id: &str) -> Result<()> {
    let case = known_case(data, id, commands::now().date()).await?;
    println!("{}", line(&case));
    for row in data.store.case_facts(&case.id).await? {
        println!("{}", fact(&row));
    }
    for check in data.store.rechecks(&case.id).await? {
        let at = commands::shown(check.asked_at);
        println!("  机器复查 {} {at} {}", check.id, check.note);
    }
    Ok(())
}

fn fact(row: &FactRow) -> String {
    let what = match &row.fact.kind {
        FactKind::Found { round } => format!("发现（{round}）"),
        FactKind::Notified { deadline } => format!("通知，期限 {deadline}"),
        FactKind::Replied {
            files_sha256,
            note,
            same_kind,
        } => {
            let files = files_sha256.len();
            let same =
                same_kind.map_or_else(String::new, |own| format!("；举一反三：{}", own.zh()));
            format!("回复：{note}（附件 {files} 个）{same}")
        }
        FactKind::Rechecked { is_fixed, by, note } => {
            let is_fixed = if *is_fixed {
                "已改好"
            } else {
                "没有改好"
            };
            format!("复查（{by}）：{is_fixed}{note}")
        }
        FactKind::Withdrawn { reason } => format!("撤销：{reason}"),
        FactKind::Undone { reason } => format!("撤回办结：{reason}"),
    };
    format!("  {} {what} 〔{}〕", row.fact.on, row.by)
}

pub(super) fn rates(round: &str, rates: &RoundRates) {
    println!(
        "轮次 {round}：发现 {} 项，已改好 {}（按期回复 {}），逾期 {}；整改率 {}。",
        rates.found,
        rates.fixed,
        rates.in_time,
        rates.overdue,
        percent(rates.fix_rate())
    );
    println!(
        "此前已办结 {} 项，本轮复发 {} 项；复发率 {}。",
        rates.were_closed,
        rates.relapsed,
        percent(rates.relapse_rate())
    );
}

pub(super) async fn roll_call(data: &Data, deadline: Date) -> Result<()> {
    let rows = data.store.roll_call(deadline).await?;
    for row in &rows {
        let mark = if row.unanswered > 0 {
            "未答复"
        } else {
            "已答复"
        };
        println!(
            "{mark}\t{}\t{}\t未答复 {} / 共 {}，逾期回复 {}",
            row.organization, row.unit_name, row.unanswered, row.total, row.late
        );
    }
    let silent = rows.iter().filter(|row| row.unanswered > 0).count();
    println!(
        "{deadline} 到期的单位 {} 个，其中 {silent} 个没有全部答复。",
        rows.len()
    );
    Ok(())
}
