//! 轮次命令. Create and draw, list, import earlier rounds, close and open again.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::{Span, ToSpan};
use xuncha_core::registry::{TargetId, reported_sites};
use xuncha_core::round::{
    Coverage, Round, Subject, check_deadline, check_id, fill_previous_followers, followers,
    subjects,
};
use xuncha_core::sample::{Quota, SamplePlan, draw, excesses};
use xuncha_core::score::Outcome;
use xuncha_core::stats::{PreviousRound, previous_rounds};
use xuncha_store::Page;
use xuncha_store::previous::PreviousRound as StoredRound;
use xuncha_store::registry::ChangeNote;

use super::registry::read_mapping;
use super::{ledger, published, sheets};
use crate::cli::{RoundCommand, RoundNewArgs};
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

/// Days between the monitoring point and the default deadline of rectification.
const RECTIFY_DAYS: i64 = 30;
/// Days of monitoring before the monitoring point, as the rule on home pages asks.
const MONITOR_DAYS: i64 = 14;
/// How many earlier rounds are looked through for a number of followers.
const ROUNDS_COMPARED: usize = 4;

/// Runs a round command.
pub async fn run(data: &Data, rules: &Rules, command: &RoundCommand) -> Result<()> {
    match command {
        RoundCommand::New(arguments) => {
            let round = create(data, rules, arguments).await?;
            print_sample(data, &round.id).await
        }
        RoundCommand::List => list(data).await,
        RoundCommand::Sample(round) => {
            let row = data.round(round.round.as_deref()).await?;
            for subject in data.store.subjects(&row.round.id).await? {
                println!(
                    "{} {} {}",
                    subject.target.id(),
                    subject.target.class().zh(),
                    subject.target.name()
                );
            }
            Ok(())
        }
        RoundCommand::Publish { round, out } => {
            published::write(data, round.round.as_deref(), out).await
        }
        RoundCommand::Verify {
            from: Some(from), ..
        } => published::verify_folder(from),
        RoundCommand::Verify { round, .. } => {
            published::verify_stored(data, round.round.as_deref()).await
        }
        RoundCommand::Ledger { top, csv } => ledger::run(data, *top, csv.as_deref()).await,
        RoundCommand::Import { file } => {
            let count = import_previous(data, rules, file).await?;
            println!("已导入往期 {count} 轮。");
            Ok(())
        }
        RoundCommand::Close { round, reason } => {
            close(data, round.round.as_deref(), reason.as_deref()).await
        }
        RoundCommand::Reopen { round, reason } => {
            reopen(data, round.round.as_deref(), reason).await
        }
        RoundCommand::History(round) => history(data, round.round.as_deref()).await,
    }
}

/// Freezes the sets, draws, and keeps round and sample.
pub async fn create(data: &Data, rules: &Rules, arguments: &RoundNewArgs) -> Result<Round> {
    check_id(&arguments.id)?;
    let registry = data.store.registry().await?;
    if registry.sites.is_empty() && registry.accounts.is_empty() {
        bail!("名录是空的；先用 xuncha registry import 导入");
    }
    let coverage = if arguments.census {
        Coverage::Census
    } else {
        Coverage::Sample
    };
    let as_of = arguments.as_of;
    let mut also_listed = Vec::new();
    for id in arguments.also_listed.iter().filter(|id| !id.is_empty()) {
        also_listed.push(rules.set(id)?);
    }
    let rectify_by = match arguments.rectify_by {
        Some(date) => date,
        None => as_of.date().checked_add(RECTIFY_DAYS.days())?,
    };
    check_deadline(as_of, rectify_by)?;
    let round = Round {
        id: arguments.id.clone(),
        title: title(&arguments.id),
        coverage,
        monitor_from: as_of.checked_sub(Span::new().days(MONITOR_DAYS))?,
        as_of,
        seed: arguments.seed.clone(),
        rectify_by: rectify_by.to_string(),
        set: rules.set(&arguments.set)?,
        also_listed,
        also_under: vec!["census-2015".to_owned()],
    };
    let plan = SamplePlan {
        coverage,
        departments: arguments
            .departments
            .map_or(Quota::Percent(30), Quota::Count),
        accounts: arguments.accounts.map_or(Quota::Percent(30), Quota::Count),
        forced: last_failures(data, &round.id).await?,
    };
    let (sample, absent) = draw(&registry, &plan, &round.seed)?;
    for excess in excesses(&sample.frame, &plan) {
        println!("{excess}。");
    }
    for id in absent {
        println!("上轮不合格的 {id} 已不在运行，没有抽取。");
    }
    let names = reporting_names(rules, arguments.reporting.as_deref())?;
    let mut drawn = subjects(&registry, sample.drawn.keys(), &names);
    compare_followers(data, &round, &mut drawn).await?;
    data.store.create_round(&round).await?;
    data.store.put_sample(&round.id, &sample, &drawn).await?;
    Ok(round)
}

/// Puts followers of earlier rounds beside those of now, the latest round first; imported rounds after those that were run here.
async fn compare_followers(data: &Data, round: &Round, drawn: &mut [Subject]) -> Result<()> {
    let rounds = data.store.rounds(Page::ALL).await?.rows;
    let earlier = rounds.iter().filter(|row| row.round.as_of < round.as_of);
    for row in earlier.take(ROUNDS_COMPARED) {
        let before = followers(&data.store.subjects(&row.round.id).await?);
        let day = row.round.as_of.date();
        fill_previous_followers(drawn, (&row.round.id, Some(day)), &before);
    }
    let imported = jobs::judge::previous_rounds(data, &round.id).await?;
    for before in imported.iter().rev().take(ROUNDS_COMPARED) {
        fill_previous_followers(drawn, (&before.id, None), &before.followers);
    }
    Ok(())
}

/// `2026Q1` → 2026年第一季度; other ids stay as they are.
fn title(id: &str) -> String {
    let quarters = [("Q1", "一"), ("Q2", "二"), ("Q3", "三"), ("Q4", "四")];
    let named = quarters
        .iter()
        .find_map(|(mark, word)| Some((id.strip_suffix(mark)?, word)));
    named.map_or_else(
        || id.to_owned(),
        |(year, word)| format!("{year}年第{word}季度"),
    )
}

/// Targets that failed in the round before: they are looked at again.
async fn last_failures(data: &Data, round: &str) -> Result<Vec<TargetId>> {
    let previous = jobs::judge::previous_rounds(data, round).await?;
    let Some(last) = previous.last() else {
        return Ok(Vec::new());
    };
    let failed = last
        .outcomes
        .iter()
        .filter(|(_, outcome)| **outcome == Outcome::Unqualified);
    Ok(failed.map(|(id, _)| id.clone()).collect())
}

fn reporting_names(rules: &Rules, file: Option<&Path>) -> Result<BTreeMap<TargetId, String>> {
    let Some(file) = file else {
        return Ok(BTreeMap::new());
    };
    let reported = reported_sites(
        &sheets::read(file)?,
        &read_mapping(rules, "reporting-sites")?,
    )
    .map_err(|errors| sheets::all_errors(&file.display().to_string(), &errors))?;
    Ok(reported
        .into_iter()
        .filter_map(|(id, site)| Some((id, site.name?)))
        .collect())
}

/// Imports earlier rounds; answers with their number.
pub async fn import_previous(data: &Data, rules: &Rules, file: &Path) -> Result<usize> {
    let rounds = previous_rounds(&sheets::read(file)?, &rules.set("gov-2019")?)
        .map_err(|errors| sheets::all_errors(&file.display().to_string(), &errors))?;
    for round in &rounds {
        keep_previous(data, round).await?;
    }
    Ok(rounds.len())
}

/// Keeps what a finished round leaves for later ones.
pub async fn keep_previous(data: &Data, round: &PreviousRound) -> Result<()> {
    let stored = StoredRound {
        id: round.id.clone(),
        title: if round.title.is_empty() {
            title(&round.id)
        } else {
            round.title.clone()
        },
        as_of: jiff::civil::DateTime::default(),
        body: serde_json::to_value(round)?,
    };
    Ok(data.store.put_previous(&stored, &[]).await?)
}

async fn list(data: &Data) -> Result<()> {
    let rounds = data.store.rounds(Page::ALL).await?.rows;
    if rounds.is_empty() {
        println!("还没有轮次；用 xuncha round new 新建。");
    }
    for row in rounds {
        println!(
            "{} {} {} 对象 {} {}",
            row.round.id,
            row.round.title,
            row.round.set.id,
            row.subject_count,
            row.state.zh()
        );
    }
    Ok(())
}

async fn print_sample(data: &Data, round: &str) -> Result<()> {
    let Some(sample) = data.store.sample(round).await? else {
        bail!("轮次 {round} 没有抽样")
    };
    println!("轮次 {round}，种子“{}”：", sample.seed);
    for (stratum, frame) in &sample.frame {
        let drawn = sample.drawn.values().filter(|of| *of == stratum).count();
        println!("  {stratum:<32} {drawn:>4} / {}", frame.len());
    }
    println!("  合计 {}", sample.drawn.len());
    Ok(())
}

async fn close(data: &Data, round: Option<&str>, reason: Option<&str>) -> Result<()> {
    let row = data.open_round(round).await?;
    let results = jobs::judge::stored_results(data, &row).await?;
    let open = results
        .targets
        .iter()
        .filter(|target| target.sheet.outcome == Outcome::Undetermined)
        .count();
    if open > 0 && reason.is_none_or(|reason| reason.trim().is_empty()) {
        bail!(
            "还有 {open} 个对象的结论无法判定；先复核（xuncha review open），或用 --reason 写明关闭理由"
        );
    }
    keep_previous(data, &PreviousRound::of(&results)).await?;
    let note = note(reason.unwrap_or_default());
    data.store.close_round(&row.round.id, &note).await?;
    println!("轮次 {} 已关闭。", row.round.id);
    Ok(())
}

async fn reopen(data: &Data, round: Option<&str>, reason: &str) -> Result<()> {
    if reason.trim().is_empty() {
        bail!("重新打开轮次必须用 --reason 写明理由");
    }
    let row = data.round(round).await?;
    let id = &row.round.id;
    let state = data.store.reopen_round(id, &note(reason)).await?;
    println!(
        "轮次 {id} 已重新打开（{}）。作为往期的数据仍是关闭时的，再次关闭时更新。",
        state.zh()
    );
    Ok(())
}

fn note(reason: &str) -> ChangeNote {
    ChangeNote {
        at: super::now(),
        by: super::person(),
        reason: reason.trim().to_owned(),
    }
}

async fn history(data: &Data, round: Option<&str>) -> Result<()> {
    let row = data.round(round).await?;
    let changes = data.store.round_changes(&row.round.id).await?;
    for change in &changes {
        println!(
            "{} {} {} → {} {}",
            super::shown(change.note.at),
            change.note.by,
            change.before.zh(),
            change.after.zh(),
            change.note.reason
        );
    }
    println!(
        "轮次 {} 现为{}，关闭与重开共 {} 次。",
        row.round.id,
        row.state.zh(),
        changes.len()
    );
    Ok(())
}
