//! 证据命令. Verifies, indexes, weighs, thins out, exports and photographs the evidence of a round.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::{
    EvidenceFolder, Indexed, Pruning, PurposeSize, TargetSize, Verification,
};
use xuncha_store::round::{RoundRow, RoundState};
use xuncha_store::{AuditAction, AuditEntry, Page};

use super::check::CHECK_ROUND;
use crate::cli::{EvidenceCommand, PicturesArgs};
use crate::data::Data;
use crate::jobs::evidence::{Keep, kept, policy};
use crate::rules::Rules;
use crate::{jobs, network};

/// Runs an evidence command.
pub async fn run(data: &Data, rules: &Rules, command: &EvidenceCommand) -> Result<()> {
    match command {
        EvidenceCommand::Verify {
            folder: Some(folder),
            ..
        } => verify_folder(folder),
        EvidenceCommand::Verify {
            package: Some(package),
            ..
        } => verify_package(package),
        EvidenceCommand::Package { round, target, out } => {
            package(data, round.round.as_deref(), target, out).await
        }
        EvidenceCommand::Verify { round, .. } => {
            let row = data.round(round.round.as_deref()).await?;
            let verification = data.evidence.verify(&row.round.id)?;
            report(&format!("轮次 {} 的证据", row.round.id), &verification)
        }
        EvidenceCommand::Index { round, all } => index(
            data,
            &data.round(round.round.as_deref()).await?.round.id,
            *all,
        ),
        EvidenceCommand::Size { round, top } => size(
            data,
            &data.round(round.round.as_deref()).await?.round.id,
            *top,
        ),
        EvidenceCommand::Prune {
            round,
            policy,
            older_than,
            yes,
        } => {
            prune(
                data,
                rules,
                round.round.as_deref(),
                policy,
                *older_than,
                *yes,
            )
            .await
        }
        EvidenceCommand::Export { round, target, out } => {
            let row = data.round(round.round.as_deref()).await?;
            export(data, &row.round.id, target, out)?;
            super::exported(data, &format!("round/{}/evidence", row.round.id)).await
        }
        EvidenceCommand::Pictures(arguments) => pictures(data, arguments).await,
    }
}

/// Verifies what `check --evidence` kept.
pub fn verify_folder(folder: &Path) -> Result<()> {
    if !folder.join(CHECK_ROUND).is_dir() {
        bail!(network::Usage(format!(
            "{} 里没有 xuncha check --evidence 留存的证据，请核对目录",
            folder.display()
        )));
    }
    let verification = EvidenceFolder::open(folder)?.verify(CHECK_ROUND)?;
    report(&format!("{} 的证据", folder.display()), &verification)
}

/// Verifies a package with nothing but its own files.
pub fn verify_package(folder: &Path) -> Result<()> {
    let verified = jobs::package::verify(folder)?;
    for problem in &verified.problems {
        println!("{problem}");
    }
    if !verified.problems.is_empty() {
        bail!("{} 与写出时不同，见上", folder.display());
    }
    println!(
        "{} 完好：文件 {} 个，存档记录 {}，证据 {} 份与存档相符{}；按评分依据重新计算，得分与结论相同。",
        folder.display(),
        verified.files,
        verified.records,
        verified.proofs,
        match verified.absent {
            0 => String::new(),
            absent => format!("，另有 {absent} 份正文已按留存策略清理，未随包"),
        }
    );
    Ok(())
}

/// Writes the score sheet of a target with its evidence.
async fn package(data: &Data, round: Option<&str>, target: &str, out: &Path) -> Result<()> {
    let row = data.round(round).await?;
    let target = TargetId::from(target);
    let card = jobs::package::card_of(data, &row, &target).await?;
    let written = jobs::package::write(data, &card, out)?;
    println!(
        "对象 {target} 的评分表和证据已写到 {}：证据 {} 份，存档 {}，图片 {} 张{}。",
        out.display(),
        written.proofs,
        mega(written.archive_bytes),
        written.pictures,
        match written.absent {
            0 => String::new(),
            absent => format!("；{absent} 份正文已按留存策略清理，未随包"),
        }
    );
    super::exported(data, &format!("round/{}/target/{target}", row.round.id)).await
}

fn report(what: &str, verification: &Verification) -> Result<()> {
    for target in &verification.targets {
        for problem in &target.problems {
            println!("{}：{problem}", target.target);
        }
    }
    if !verification.is_sound() {
        bail!("{what}有损坏，见上");
    }
    let sum = |count: fn(&xuncha_store::evidence::VerifiedTarget) -> u64| -> u64 {
        verification.targets.iter().map(count).sum()
    };
    println!(
        "{what}完好：对象 {} 个，存档记录 {}，采集记录 {}{}。",
        verification.targets.len(),
        sum(|target| target.record_count),
        sum(|target| target.fact_count),
        match sum(|target| target.pruned_count) {
            0 => String::new(),
            pruned => format!("；另有 {pruned} 份正文已按留存策略清理，摘要与哈希仍在"),
        }
    );
    Ok(())
}

fn index(data: &Data, round: &str, all: bool) -> Result<()> {
    let mut sum = Indexed::default();
    for target in data.evidence.targets(round)? {
        let indexed = data.evidence.index_target(round, &target, all)?;
        sum.segments += indexed.segments;
        sum.entries += indexed.entries;
        sum.renewed += indexed.renewed;
    }
    println!(
        "轮次 {round}：{} 段、{} 条索引，其中新建 {} 段。",
        sum.segments, sum.entries, sum.renewed
    );
    Ok(())
}

fn size(data: &Data, round: &str, top: usize) -> Result<()> {
    let mut targets: Vec<(TargetId, TargetSize)> = Vec::new();
    for target in data.evidence.targets(round)? {
        let size = data.evidence.size_target(round, &target)?;
        targets.push((target, size));
    }
    let mut purposes: BTreeMap<&str, PurposeSize> = BTreeMap::new();
    let (mut warc, mut facts, mut index, mut pictures) = (0, 0, 0, 0);
    for (_, size) in &targets {
        warc += size.warc_bytes;
        facts += size.facts_bytes;
        index += size.index_bytes;
        pictures += size.picture_bytes;
        for (purpose, line) in &size.purposes {
            purposes.entry(purpose).or_default().add(line);
        }
    }
    println!(
        "轮次 {round}：对象 {} 个，存档 {}，采集记录 {}，索引 {}，页面图片 {}。",
        targets.len(),
        mega(warc),
        mega(facts),
        mega(index),
        mega(pictures)
    );
    println!("\n用途\t次数\t其中正文重复\t正文已清理\t正文\t存档\t存档/正文");
    for (purpose, line) in &purposes {
        println!(
            "{purpose}\t{}\t{}\t{}\t{}\t{}\t{}",
            line.captures,
            line.repeated,
            line.pruned,
            mega(line.body_bytes),
            mega(line.stored_bytes),
            ratio(line.stored_bytes, line.body_bytes)
        );
    }
    targets.sort_by(|(a, one), (b, other)| {
        (other.warc_bytes, a.0.as_str()).cmp(&(one.warc_bytes, b.0.as_str()))
    });
    println!("\n对象\t次数\t正文\t存档\t存档/正文\t采集记录");
    for (target, size) in targets.iter().take(top) {
        let mut all = PurposeSize::default();
        size.purposes.values().for_each(|line| all.add(line));
        println!(
            "{target}\t{}\t{}\t{}\t{}\t{}",
            all.captures,
            mega(all.body_bytes),
            mega(size.warc_bytes),
            ratio(size.warc_bytes, all.body_bytes),
            mega(size.facts_bytes)
        );
    }
    if targets.len() > top {
        println!(
            "（另有 {} 个较小的对象，用 --top 列出更多）",
            targets.len() - top
        );
    }
    Ok(())
}

fn mega(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn ratio(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

async fn prune(
    data: &Data,
    rules: &Rules,
    round: Option<&str>,
    name: &str,
    older_than: Option<usize>,
    is_done: bool,
) -> Result<()> {
    let policy = policy(rules, name)?;
    if policy.keep.contains(&Keep::All) {
        println!("策略“{name}”全部保留，没有可清理的。");
        return Ok(());
    }
    let age = older_than.unwrap_or(policy.older_than_rounds);
    let rows = match round {
        Some(id) => vec![data.round(Some(id)).await?],
        // The newest stands first.
        None => {
            let all = data.store.rounds(Page::ALL).await?.rows;
            all.into_iter().skip(age).collect()
        }
    };
    if rows.is_empty() {
        println!(
            "没有比最近一轮早 {age} 轮及以上的轮次，无需清理。用 --round 或 --older-than 另行指定。"
        );
        return Ok(());
    }
    let at = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .datetime();
    for row in rows {
        prune_round(data, rules, &row, (name, &policy, at), is_done).await?;
    }
    if !is_done {
        println!("以上只是试算，没有改动任何文件；加 --yes 执行。");
    }
    Ok(())
}

async fn prune_round(
    data: &Data,
    rules: &Rules,
    row: &RoundRow,
    how: (&str, &crate::jobs::evidence::Policy, jiff::civil::DateTime),
    is_done: bool,
) -> Result<()> {
    let (name, policy, at) = how;
    let round = &row.round.id;
    if matches!(row.state, RoundState::New | RoundState::Gathering) {
        bail!("轮次 {round} 还在采集或没有判定，问题未定，不能清理；先运行 xuncha judge");
    }
    let _held = is_done.then(|| data.evidence.hold(round)).transpose()?;
    let mut kept = kept(data, rules, round, policy).await?;
    let mut sum = Pruning::default();
    for target in data.evidence.targets(round)? {
        let keep = kept.remove(&target).unwrap_or_default();
        let pruning = data
            .evidence
            .prune_target(round, &target, &keep, name, at, is_done)
            .with_context(|| format!("对象 {target} 没有清理；用 xuncha evidence verify 核验"))?;
        sum.kept_count += pruning.kept_count;
        sum.dropped_count += pruning.dropped_count;
        sum.bytes_before += pruning.bytes_before;
        sum.bytes_after += pruning.bytes_after;
    }
    println!(
        "轮次 {round}，策略“{name}”（{}）：保留 {} 份，{} {} 份；存档 {} → {}。采集记录与哈希全部保留。",
        policy.title,
        sum.kept_count,
        if is_done { "已清理" } else { "可清理" },
        sum.dropped_count,
        mega(sum.bytes_before),
        mega(sum.bytes_after)
    );
    if !is_done {
        return Ok(());
    }
    let object = format!("round/{round}/evidence");
    let entry = AuditEntry::new(AuditAction::EvidencePruned, object);
    let gone = format!(
        "{name}: {} of {}",
        sum.dropped_count,
        sum.dropped_count + sum.kept_count
    );
    Ok(data.store.audit(entry.change("", gone)).await?)
}

fn export(data: &Data, round: &str, targets: &[String], out: &Path) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let all = data.evidence.targets(round)?;
    let wanted: Vec<&TargetId> = all
        .iter()
        .filter(|target| targets.is_empty() || targets.contains(&target.0))
        .collect();
    if let Some(unknown) = targets
        .iter()
        .find(|target| !all.iter().any(|one| &one.0 == *target))
    {
        bail!("轮次 {round} 没有对象 {unknown} 的证据");
    }
    let mut bytes = 0;
    for target in &wanted {
        let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = format!("{round}_{target}").chars().map(safe).collect();
        bytes += data.evidence.export_target(round, target, out, &name)?;
    }
    println!(
        "已导出 {} 个对象，{}，到 {}。",
        wanted.len(),
        mega(bytes),
        out.display()
    );
    Ok(())
}

async fn pictures(data: &Data, arguments: &PicturesArgs) -> Result<()> {
    let row = data.round(arguments.round.round.as_deref()).await?;
    let Some(program) = network::program(&arguments.browser)? else {
        bail!("本机没有 Chromium，无法生成页面图片；Debian 上安装 chromium 软件包");
    };
    let browser = jobs::pictures::browser(&program, &data.folder);
    let pictures = jobs::pictures::run(data, &row.round.id, browser, arguments.per_site).await?;
    println!(
        "页面图片：新增 {}，已有 {}，未能生成 {}。",
        pictures.made, pictures.kept, pictures.failed
    );
    Ok(())
}
