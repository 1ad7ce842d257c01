//! 解释数字. What a figure of the notice is, where it comes from, how it is reckoned, and the rows behind it for a round.

use anyhow::{Result, bail};
use xuncha_core::notice::trace::TraceBook;

use crate::cli::ExplainArgs;
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

/// Names that are proposed for one that does not exist.
const PROPOSED: usize = 12;

/// Prints a figure with its rows, or the list of all.
pub async fn run(data: Option<&Data>, rules: &Rules, arguments: &ExplainArgs) -> Result<()> {
    let book = match (&arguments.from, data) {
        (Some(folder), _) => jobs::notice::trace_of_folder(rules, folder)?,
        (None, Some(data)) => of_round(data, rules, arguments.round.as_deref()).await?,
        (None, None) => bail!("请用 --round 或 --from 说明是哪一轮"),
    };
    match &arguments.figure {
        Some(name) => print(&book, name),
        None => {
            for (name, figure) in &book.figures {
                println!(
                    "{name}\t{}{}\t{}",
                    figure.printed, figure.unit, figure.definition
                );
            }
            Ok(())
        }
    }
}

async fn of_round(data: &Data, rules: &Rules, round: Option<&str>) -> Result<TraceBook> {
    let row = data.round(round).await?;
    let results = jobs::judge::stored_results(data, &row).await?;
    let registry = data.store.registry().await?;
    let today = super::now().date();
    let details = jobs::notice::details(data, &results, &registry, None, today).await?;
    let text = data.store.notice_template_text(&row.round.id).await?;
    let (_, book) = jobs::notice::build(rules, &results, &registry, &details, text.as_deref())?;
    Ok(book)
}

fn print(book: &TraceBook, name: &str) -> Result<()> {
    let Some(figure) = book.figures.get(name) else {
        let like: Vec<&str> = book.like(name).into_iter().take(PROPOSED).collect();
        if like.is_empty() {
            bail!("没有名为“{name}”的指标；xuncha explain figure 列出全部指标");
        }
        bail!("没有名为“{name}”的指标；相近的有：{}", like.join("、"));
    };
    println!("{name}：{}{}", figure.printed, figure.unit);
    println!("定义：{}", figure.definition);
    println!("来源：{}", figure.source);
    println!("算法：{}", figure.method);
    for part in &figure.parts {
        if let Some(of) = book.figures.get(part) {
            println!(
                "由：{part} = {}{}（{}）",
                of.printed, of.unit, of.definition
            );
        }
    }
    let Some(rows) = book.rows_of(name) else {
        println!("没有逐个的对象。");
        return Ok(());
    };
    println!("明细（{}）：", rows.rows.len());
    println!("{}", rows.columns.join("\t"));
    for row in &rows.rows {
        println!("{}", row.cells.join("\t"));
    }
    Ok(())
}
