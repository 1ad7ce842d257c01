//! 第二意见命令. Asks about a round's suspected wrong characters, once each, and keeps what is said beside the round's documents.

use std::path::Path;

use anyhow::{Context, Result, bail};
use xuncha_core::checks::wrong_characters;
use xuncha_core::words::opinion::{OPINIONS_FILE, Opinions};
use xuncha_store::Page;
use xuncha_store::judge::FindingFilter;

use crate::cli::OpinionArgs;
use crate::data::Data;
use crate::outbox::opinion::{Adviser, Asked};

/// The check whose findings are asked about.
const CHECK: &str = "wrong_characters";

/// Asks about every finding that nobody was asked about and no person has decided.
pub async fn ask(data: &Data, round: Option<&str>, arguments: &OpinionArgs) -> Result<()> {
    let row = data.open_round(round).await?;
    let id = row.round.id.as_str();
    let file = data.documents(id).join(OPINIONS_FILE);
    let mut opinions = read(&file)?;
    let Some(mut adviser) = Adviser::new(arguments, opinions.count())? else {
        bail!("没有给第二意见的地址：用 --opinion-url 或 XUNCHA_OPINION_URL 指定（默认不用）");
    };
    let reviews = data.store.reviews(id).await?;
    let filter = FindingFilter {
        check: Some(CHECK.to_owned()),
        ..FindingFilter::default()
    };
    let rows = data.store.findings(id, &filter, Page::ALL).await?.rows;
    let (mut asked, mut failed, mut over) = (0, 0, 0);
    for row in rows {
        let is_decided = reviews.iter().any(|review| {
            review.target == row.target && review.check == CHECK && review.key == row.key
        });
        if is_decided || opinions.of(&row.target.0, &row.key).is_some() {
            continue;
        }
        let (_, finding) = data.store.finding(&row.id).await?;
        let Some(question) = wrong_characters::question(&finding) else {
            continue;
        };
        match adviser.ask(&question).await {
            Asked::Said(opinion) => {
                println!(
                    "{} {}：{}，{}",
                    row.target,
                    row.key,
                    opinion.stance.label(),
                    opinion.reason
                );
                opinions.keep(&row.target.0, &row.key, opinion);
                write(&file, &opinions)?;
                asked += 1;
            }
            Asked::Failed(error) => {
                eprintln!("{} “{}”没有问到：{error:#}", row.target, row.key);
                failed += 1;
            }
            Asked::Over => over += 1,
        }
    }
    println!(
        "问到 {asked} 条，失败 {failed} 条，到上限或服务连续失败而没有问的 {over} 条；只供复核时参考，不影响判定。"
    );
    Ok(())
}

fn read(file: &Path) -> Result<Opinions> {
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Opinions::default());
        }
        Err(error) => return Err(error).with_context(|| format!("无法读取 {}", file.display())),
    };
    serde_json::from_slice(&text)
        .with_context(|| format!("{} 读不懂；移走它可以重新问", file.display()))
}

/// Puts the new file in the place of the old one, whole.
fn write(file: &Path, opinions: &Opinions) -> Result<()> {
    let failed = || format!("无法写入 {}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    let new = file.with_extension("new");
    std::fs::write(&new, serde_json::to_vec_pretty(opinions)?).with_context(failed)?;
    std::fs::rename(&new, file).with_context(failed)
}
