//! 公布与核验. The draw of a round as a folder for everyone, and the draw repeated from such a folder or from the database.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use xuncha_core::registry::TargetId;
use xuncha_core::sample::published::{FILES, publish, verify_published};
use xuncha_core::sample::{SampleMismatch, verify};

use crate::data::Data;

/// Writes the files that `docs/sample.md` describes.
pub async fn write(data: &Data, round: Option<&str>, out: &Path) -> Result<()> {
    let row = data.round(round).await?;
    let round = &row.round;
    let Some(sample) = data.store.sample(&round.id).await? else {
        bail!("轮次 {} 没有抽样", round.id)
    };
    let files = publish(round, &sample, &names(data, &round.id).await?)?;
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    for (name, text) in files {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    }
    println!(
        "轮次 {}：名单、名额、必查、种子与抽中对象已写入 {}。任何人可用 xuncha round verify --from 重新抽取。",
        round.id,
        out.display()
    );
    super::exported(data, &format!("round/{}/sample", round.id)).await
}

/// Names of the registry, and of the drawn targets as they were when the round was created.
async fn names(data: &Data, round: &str) -> Result<BTreeMap<TargetId, String>> {
    let registry = data.store.registry().await?;
    let sites = registry.sites.into_values().map(|own| (own.id, own.name));
    let accounts = registry.accounts.into_values();
    let mut names: BTreeMap<TargetId, String> = sites
        .chain(accounts.map(|own| (own.id, own.name)))
        .collect();
    for subject in data.store.subjects(round).await? {
        let target = &subject.target;
        names.insert(target.id().clone(), target.name().to_owned());
    }
    Ok(names)
}

/// Draws a round of the database again.
pub async fn verify_stored(data: &Data, round: Option<&str>) -> Result<()> {
    let round = data.round(round).await?.round.id;
    let Some(sample) = data.store.sample(&round).await? else {
        bail!("轮次 {round} 没有抽样")
    };
    match verify(&sample) {
        Ok(()) => said(&round, sample.drawn.len()),
        Err(wrong) => return Err(refused(&format!("轮次 {round} 的抽样"), &wrong)),
    }
    Ok(())
}

/// Draws again from a published folder; needs no database.
pub fn verify_folder(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        bail!("没有目录 {}", folder.display());
    }
    let mut files = BTreeMap::new();
    for name in FILES {
        let path = folder.join(name);
        if path.is_file() {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} 不是 UTF-8 文本", path.display()))?;
            files.insert(name.to_owned(), text);
        }
    }
    match verify_published(&files) {
        Ok(published) => said(&published.round, published.sample.drawn.len()),
        Err(wrong) => return Err(refused(&folder.display().to_string(), &wrong)),
    }
    Ok(())
}

fn said(round: &str, drawn: usize) {
    println!("轮次 {round}：依名单与种子重新抽取，{drawn} 个对象全部一致。");
}

fn refused(what: &str, wrong: &[SampleMismatch]) -> anyhow::Error {
    let lines: Vec<String> = wrong.iter().map(|one| format!("  {one}")).collect();
    anyhow::anyhow!(
        "{what} 与名单、种子不符，{} 处：\n{}",
        wrong.len(),
        lines.join("\n")
    )
}
