//! 轮次命令. Create and draw, list, import earlier rounds, close and open again.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use xuncha_core::registry::{TargetId, reported_sites};
use xuncha_core::round::draft::{DrawInputs, RoundDraft, USUAL_SHARE, title_of};
use xuncha_core::round::{Coverage, Round};
use xuncha_core::sample::Quota;
use xuncha_core::score::Outcome;
use xuncha_core::stats::{PreviousRound, previous_rounds};
use xuncha_store::Page;
use xuncha_store::previous::PreviousRound as StoredRound;
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundRow;

use super::registry::read_mapping;
use super::{ledger, published, sheets};
use crate::cli::{RoundCommand, RoundNewArgs};
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

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
    let mut also_listed = Vec::new();
    for id in arguments.also_listed.iter().filter(|id| !id.is_empty()) {
        also_listed.push(rules.set(id)?);
    }
    let draft = RoundDraft {
        id: arguments.id.clone(),
        title: String::new(),
        coverage: match arguments.census {
            true => Coverage::Census,
            false => Coverage::Sample,
        },
        as_of: arguments.as_of,
        seed: arguments.seed.clone(),
        rectify_by: arguments.rectify_by,
        set: rules.set(&arguments.set)?,
        also_listed,
        departments: arguments.departments.map_or(USUAL_SHARE, Quota::Count),
        accounts: arguments.accounts.map_or(USUAL_SHARE, Quota::Count),
    };
    let inputs = DrawInputs {
        reporting_names: reporting_names(rules, arguments.reporting.as_deref())?,
        ..data.store.draw_inputs(&draft.id, draft.as_of).await?
    };
    let drawn = draft.draw(&inputs)?;
    for excess in &drawn.excesses {
        println!("{excess}。");
    }
    for id in &drawn.absent {
        println!("上轮不合格的 {id} 已不在运行，没有抽取。");
    }
    data.store.create_drawn_round(&drawn).await?;
    Ok(drawn.round)
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
            title_of(&round.id)
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
    close_with(data, &row, &note(reason.unwrap_or_default())).await?;
    println!("轮次 {} 已关闭。", row.round.id);
    Ok(())
}

/// Closes a round and keeps what later rounds compare with; refused where outcomes are open and nobody says why that may be.
pub async fn close_with(data: &Data, row: &RoundRow, note: &ChangeNote) -> Result<()> {
    let results = jobs::judge::stored_results(data, row).await?;
    let open = results
        .targets
        .iter()
        .filter(|target| target.sheet.outcome == Outcome::Undetermined)
        .count();
    if open > 0 && note.reason.trim().is_empty() {
        bail!(
            "还有 {open} 个对象的结论无法判定；先复核（xuncha review open），或用 --reason 写明关闭理由"
        );
    }
    // What the brief and the notice show is what the round came to, whatever was decided since it was scored.
    jobs::judge::keep_scores(data, &results).await?;
    keep_previous(data, &PreviousRound::of(&results)).await?;
    Ok(data.store.close_round(&row.round.id, note).await?)
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
