//! 名录命令. Import (all or nothing, with a preview), export, template, comparison, history.

use std::path::Path;

use anyhow::Result;
use xuncha_core::registry::expected::Presence;
use xuncha_core::registry::{
    Change, Mapping, Registry, diff, disagreements, import, reported_sites, to_sheets,
};
use xuncha_store::Page;
use xuncha_store::registry::ChangeNote;

use super::{gaps, sheets};
use crate::cli::RegistryCommand;
use crate::data::Data;
use crate::jobs;
use crate::rules::Rules;

/// Runs a registry command.
pub async fn run(data: &Data, rules: &Rules, command: &RegistryCommand) -> Result<()> {
    match command {
        RegistryCommand::Import {
            file,
            mapping,
            dry_run,
        } => {
            let changes = import_file(data, rules, file, mapping, *dry_run).await?;
            print_changes(&changes);
            match dry_run {
                true => println!("以上为预览，未导入。"),
                false => println!("已导入，{} 处变化。", changes.len()),
            }
            Ok(())
        }
        RegistryCommand::Export { file, mapping } => {
            let registry = data.store.registry().await?;
            sheets::write(file, to_sheets(&registry, &read_mapping(rules, mapping)?))?;
            println!(
                "已写出 {}：网站 {} 家，新媒体 {} 个。",
                file.display(),
                registry.sites.len(),
                registry.accounts.len()
            );
            super::exported(data, "registry").await
        }
        RegistryCommand::Template { file } => {
            sheets::write(
                file,
                to_sheets(&Registry::default(), &read_mapping(rules, "own")?),
            )?;
            println!("已写出空白模板 {}。", file.display());
            Ok(())
        }
        RegistryCommand::Diff { file, mapping } => compare(data, rules, file, mapping).await,
        RegistryCommand::History => history(data).await,
        RegistryCommand::Watch { network } => {
            let told = jobs::registry::watch(data, rules, network).await?;
            println!(
                "查看公告 {} 处，看到 {} 处，未能查看 {} 处。",
                told.looked, told.shown, told.missed
            );
            Ok(())
        }
        RegistryCommand::Outside {
            url: Some(url),
            network,
            ..
        } => {
            let told = jobs::outside::look(data, rules, network, Some(url)).await?;
            print_outside(data).await?;
            println!("{told}。");
            Ok(())
        }
        RegistryCommand::Outside {
            round,
            look,
            network,
            ..
        } => {
            let round = data.round(round.as_deref()).await?.round.id;
            let found = jobs::outside::find(data, rules, &round).await?;
            let told = match look {
                true => Some(jobs::outside::look(data, rules, network, None).await?),
                false => None,
            };
            print_outside(data).await?;
            print_doubts(data).await?;
            println!(
                "{round} 的名录外线索 {} 条，新增 {} 条；在网页“名录外线索”中逐条处理。",
                found.count, found.new
            );
            if let Some(told) = told {
                println!("{told}。");
            }
            Ok(())
        }
        RegistryCommand::Expected { all } => print_expected(data, rules, *all).await,
        RegistryCommand::Gaps { csv, json } => {
            gaps::run(data, csv.as_deref(), json.as_deref()).await
        }
    }
}

/// Imports a spreadsheet over the registry as it is; answers with the changes.
pub async fn import_file(
    data: &Data,
    rules: &Rules,
    file: &Path,
    mapping: &str,
    dry_run: bool,
) -> Result<Vec<Change>> {
    let before = data.store.registry().await?;
    let after = import(
        &sheets::read(file)?,
        &read_mapping(rules, mapping)?,
        &before,
    )
    .map_err(|errors| sheets::all_errors(&file.display().to_string(), &errors))?;
    let changes = diff(&before, &after);
    if !dry_run {
        let note = ChangeNote {
            at: super::now(),
            by: super::person(),
            // Only the file's name: where it lay is nobody's matter in the history.
            reason: format!(
                "导入 {}",
                file.file_name().unwrap_or_default().to_string_lossy()
            ),
        };
        data.store.put_registry(&after, &note).await?;
    }
    Ok(changes)
}

/// A column mapping by name or file.
pub fn read_mapping(rules: &Rules, name: &str) -> Result<Mapping> {
    Mapping::from_toml(&rules.mapping(name)?).map_err(anyhow::Error::msg)
}

fn print_changes(changes: &[Change]) {
    const SHOWN: usize = 40;
    for change in changes.iter().take(SHOWN) {
        println!("  {change}");
    }
    if changes.len() > SHOWN {
        println!("  …… 另有 {} 处", changes.len() - SHOWN);
    }
}

async fn compare(data: &Data, rules: &Rules, file: &Path, mapping: &str) -> Result<()> {
    let registry = data.store.registry().await?;
    let reported = reported_sites(&sheets::read(file)?, &read_mapping(rules, mapping)?)
        .map_err(|errors| sheets::all_errors(&file.display().to_string(), &errors))?;
    let found = disagreements(&registry, &reported, &Default::default());
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "（无）".to_owned());
    for row in &found {
        println!(
            "{} {} {}：名录 {}，报送系统 {}",
            row.target,
            row.name,
            row.field,
            or_none(&row.registry),
            or_none(&row.reporting)
        );
    }
    println!(
        "名录 {} 家，报送系统 {} 家，不一致 {} 处。",
        registry.sites.len(),
        reported.len(),
        found.len()
    );
    Ok(())
}

/// Candidates, with everything that speaks for and against each.
async fn print_outside(data: &Data) -> Result<()> {
    let found = data.store.outside(None, None, page_of_shown()).await?;
    for row in &found.rows {
        println!(
            "  {} {} {}（{} 分）",
            row.state.zh(),
            row.site.url,
            row.site.name,
            row.site.score(),
        );
        let reasons: Vec<String> = row.site.all_reasons().map(|why| why.zh()).collect();
        println!("      {}", reasons.join("；"));
        for doubt in row.site.home.iter().flat_map(|home| &home.doubts) {
            println!("      疑似假冒或复制：{}", doubt.zh());
        }
    }
    Ok(())
}

fn page_of_shown() -> Page {
    const SHOWN: u64 = 40;
    Page::numbered(1, SHOWN)
}

async fn print_doubts(data: &Data) -> Result<()> {
    let found = data.store.registry_doubts(false, page_of_shown()).await?;
    for row in &found.rows {
        let doubt = &row.doubt;
        let other = doubt
            .other
            .as_ref()
            .map_or(String::new(), |other| format!("（{other}）"));
        println!(
            "  登记存疑 {}：{}{other}，{}",
            doubt.target,
            doubt.case.zh(),
            doubt.seen
        );
    }
    if found.total > 0 {
        println!(
            "登记存疑 {} 条；核实后不是政府网站的，应申请删除。",
            found.total
        );
    }
    Ok(())
}

async fn print_expected(data: &Data, rules: &Rules, all: bool) -> Result<()> {
    let (table, found) = jobs::outside::expectations(data, rules).await?;
    let settled = data.store.settled_expectations().await?;
    let mut missing = 0;
    for one in &found {
        let kind = table.entries.iter().find(|kind| kind.id == one.kind);
        let kind = kind.map_or(one.kind.as_str(), |kind| kind.name.as_str());
        let key = (one.region.clone(), one.kind.clone());
        let said = match (&one.presence, settled.get(&key)) {
            (Presence::Registered { sites }, _) => match all {
                true => format!("已登记 {}", joined(sites.iter().map(|site| &site.0))),
                false => continue,
            },
            (_, Some(settled)) => match all {
                true => format!("不需要：{}", settled.note),
                false => continue,
            },
            (Presence::NotRunning { sites }, None) => {
                let sites = joined(sites.iter().map(|site| &site.0));
                format!("登记而不在运行 {sites}")
            }
            (Presence::Outside { hosts }, None) => format!("名录外有线索 {}", joined(hosts.iter())),
            (Presence::Nothing { .. }, None) => "没有找到".to_owned(),
        };
        missing += usize::from(!matches!(one.presence, Presence::Registered { .. }));
        println!("  {} {kind}：{said}", one.region_name);
    }
    println!("应有网站 {} 处，以上待核实的 {missing} 处。", found.len());
    Ok(())
}

fn joined<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<&str> = words.map(String::as_str).collect();
    words.join("、")
}

async fn history(data: &Data) -> Result<()> {
    let changes = data.store.changes(None, Page::numbered(1, 100)).await?;
    if changes.rows.is_empty() {
        println!("名录还没有变化；用 xuncha registry import 导入。");
        return Ok(());
    }
    for change in &changes.rows {
        println!(
            "{} {} {} {} {} {}",
            super::shown(change.note.at),
            change.note.by,
            change.change.noun.zh(),
            change.change.entry,
            change.change.kind.zh(),
            change.note.reason
        );
    }
    println!(
        "共 {} 处变化，以上为最近 {} 处。",
        changes.total,
        changes.rows.len()
    );
    Ok(())
}
