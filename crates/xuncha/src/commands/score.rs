//! 评分命令. Scores from stored verdicts and reviews, and prints the figures.

use anyhow::Result;
use xuncha_core::score::Outcome;

use crate::cli::RoundArg;
use crate::data::Data;
use crate::jobs;

/// Scores the round, keeps the sheets, prints the figures of the whole.
pub async fn run(data: &Data, arguments: &RoundArg) -> Result<()> {
    let row = data.round(arguments.round.as_deref()).await?;
    let results = jobs::judge::stored_results(data, &row).await?;
    // The sheets of a closed round stay as they are; it is only printed.
    if !row.state.is_closed() {
        jobs::judge::keep_scores(data, &results).await?;
    }
    for target in &results.targets {
        let score = target
            .sheet
            .final_score
            .map_or_else(String::new, |score| format!(" {score} 分"));
        let outcome = match target.sheet.outcome {
            Outcome::Qualified => "合格",
            Outcome::Unqualified => "不合格",
            Outcome::Undetermined => "无法判定",
        };
        println!(
            "{} {} {outcome}{score}",
            target.subject.target.id(),
            target.subject.target.name()
        );
    }
    println!();
    for (name, figure) in &results.stats.figures {
        println!("{name:<56} {}{}", figure.printed, figure.printed_unit());
    }
    Ok(())
}
