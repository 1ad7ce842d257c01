//! 通报命令.

use std::path::Path;

use anyhow::Result;

use crate::cli::NoticeCommand;
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

/// Builds a notice from a folder of tables; needs no database.
pub fn from_folder(rules: &Rules, data: &Path, from: &Path, out: &Path) -> Result<()> {
    let (notice, book) = jobs::notice::build_from_folder(rules, from)?;
    print_written(&jobs::notice::write(&notice, &book, data, out)?);
    jobs::notice::write_trace(&book, out)
}

/// Builds the notice of a round.
pub async fn run(data: &Data, rules: &Rules, command: &NoticeCommand) -> Result<()> {
    let NoticeCommand::Build {
        out,
        round,
        details,
        ..
    } = command;
    let row = data.round(round.round.as_deref()).await?;
    let outcome = jobs::notice::outcome(data, &row).await?;
    let results = jobs::judge::stored_results(data, &row).await?;
    let registry = data.store.registry().await?;
    let today = super::now().date();
    let folder = details.as_deref();
    let details = jobs::notice::details(data, &results, &registry, folder, today).await?;
    let text = data.store.notice_template_text(&row.round.id).await?;
    let (notice, book) =
        jobs::notice::build(rules, &results, &registry, &details, text.as_deref())?;
    print_written(&jobs::notice::write(&notice, &book, &data.folder, out)?);
    jobs::notice::write_trace(&book, out)?;
    jobs::notice::keep(data, &row.round.id, &outcome, out).await
}

fn print_written(paths: &[std::path::PathBuf]) {
    for path in paths {
        println!("已写出 {}", path.display());
    }
}
