//! 证据命令. Verifies hashes, compression and form of a round's evidence.

use anyhow::{Result, bail};

use crate::cli::EvidenceCommand;
use crate::data::Data;

/// Runs an evidence command.
pub async fn run(data: &Data, command: &EvidenceCommand) -> Result<()> {
    let EvidenceCommand::Verify(round) = command;
    let row = data.round(round.round.as_deref()).await?;
    let verification = data.evidence.verify(&row.round.id)?;
    for target in &verification.targets {
        for problem in &target.problems {
            println!("{}：{problem}", target.target);
        }
    }
    if !verification.is_sound() {
        bail!("轮次 {} 的证据有损坏，见上", row.round.id);
    }
    println!(
        "轮次 {} 的证据完好：对象 {} 个。",
        row.round.id,
        verification.targets.len()
    );
    Ok(())
}
