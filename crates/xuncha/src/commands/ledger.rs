//! 未抽中台账. Who was not drawn for how long: over the rounds of this database and the earlier ones that were imported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::registry::{Registry, TargetId};
use xuncha_core::sample::{self, LedgerRow};
use xuncha_core::sheet::write_csv;
use xuncha_core::stats::PreviousRound;
use xuncha_store::Page;

use crate::data::Data;

const HEADS: [&str; 5] = ["编号", "名称", "层", "上次抽中", "未抽中轮数"];

/// Prints the ledger of the registry as it is, longest first, and writes the whole of it where a file is named.
pub async fn run(data: &Data, top: usize, csv: Option<&Path>) -> Result<()> {
    let registry = data.store.registry().await?;
    let draws = draws(data).await?;
    let rows = sample::ledger(&sample::frame(&registry)?, &draws);
    if draws.is_empty() {
        println!("还没有轮次，也没有导入往期；所有对象都没有抽过。");
    }
    let lines: Vec<[String; 5]> = rows.iter().map(|row| line(&registry, row)).collect();
    println!("{}", HEADS.join("\t"));
    for line in lines.iter().take(top) {
        println!("{}", line.join("\t"));
    }
    if lines.len() > top {
        println!(
            "（另有 {} 个，用 --top 列出更多，或用 --csv 写出全部）",
            lines.len() - top
        );
    }
    let never = rows.iter().filter(|row| row.last_drawn.is_none()).count();
    println!(
        "在运行 {} 个，已知 {} 轮，从未抽中 {never} 个。",
        rows.len(),
        draws.len()
    );
    if let Some(path) = csv {
        let mut all = vec![HEADS.map(str::to_owned)];
        all.extend(lines);
        std::fs::write(path, write_csv(&all))
            .with_context(|| format!("无法写入 {}", path.display()))?;
        println!("已写出 {}。", path.display());
        super::exported(data, "ledger").await?;
    }
    Ok(())
}

fn line(registry: &Registry, row: &LedgerRow) -> [String; 5] {
    let site = registry.sites.get(&row.target).map(|site| &site.name);
    let account = registry.accounts.get(&row.target).map(|own| &own.name);
    [
        row.target.0.clone(),
        site.or(account).cloned().unwrap_or_default(),
        row.stratum.clone(),
        row.last_drawn
            .clone()
            .unwrap_or_else(|| "（从未）".to_owned()),
        row.rounds_missed.to_string(),
    ]
}

/// What each known round drew, oldest first. A round that was imported as an earlier one and is here too counts once.
async fn draws(data: &Data) -> Result<Vec<(String, BTreeSet<TargetId>)>> {
    let mut draws: BTreeMap<String, BTreeSet<TargetId>> = BTreeMap::new();
    for stored in data.store.previous_rounds().await? {
        let previous: PreviousRound = serde_json::from_value(stored.body)
            .with_context(|| format!("往期 {} 的数据读不懂；请重新导入", stored.id))?;
        let drawn = previous.drawn();
        draws.entry(previous.id).or_default().extend(drawn);
    }
    for row in data.store.rounds(Page::ALL).await?.rows {
        if let Some(sample) = data.store.sample(&row.round.id).await? {
            let own = draws.entry(row.round.id).or_default();
            own.extend(sample.drawn.into_keys());
        }
    }
    Ok(draws.into_iter().collect())
}
