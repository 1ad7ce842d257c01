//! 应开设而未开设. Units that have to run accounts and have none that runs, whether they have a site or not.

use std::path::Path;

use anyhow::{Context, Result};
use xuncha_core::registry::{Gap, Registry, gaps};
use xuncha_core::sheet::write_csv;

use crate::data::Data;

const HEADS: [&str; 8] = [
    "单位编号",
    "单位名称",
    "区划代码",
    "地区",
    "层级",
    "上级单位",
    "不在运行的账号",
    "在哪个网站上判定",
];

/// Prints the units, and writes them where a file is named.
pub async fn run(data: &Data, csv: Option<&Path>, json: Option<&Path>) -> Result<()> {
    let registry = data.store.registry().await?;
    let found = gaps(&registry);
    let mut lines = vec![HEADS.map(str::to_owned)];
    lines.extend(found.iter().map(|gap| line(&registry, gap)));
    for line in &lines {
        println!("{}", line.join("\t"));
    }
    let required = registry.organizations.values();
    let required = required.filter(|unit| unit.requires_accounts).count();
    println!(
        "应开设 {required} 个单位，没有正常运行账号的 {} 个。",
        found.len()
    );
    if let Some(path) = csv {
        write(path, &write_csv(&lines))?;
    }
    if let Some(path) = json {
        write(
            path,
            &format!("{}\n", serde_json::to_string_pretty(&found)?),
        )?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    println!("已写出 {}。", path.display());
    Ok(())
}

fn line(registry: &Registry, gap: &Gap) -> [String; 8] {
    let region = registry.regions.get(&gap.region);
    let ended: Vec<&str> = gap.ended.iter().map(|id| id.0.as_str()).collect();
    [
        gap.organization.clone(),
        gap.name.clone(),
        gap.region.clone(),
        region.map_or_else(String::new, |region| region.name.clone()),
        gap.level.zh().to_owned(),
        gap.superior.clone(),
        ended.join("、"),
        gap.site
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
    ]
}
