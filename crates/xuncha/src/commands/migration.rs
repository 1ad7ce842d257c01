//! 迁移核对. An old site against its successor: read both, compare, print; JSON as docs/migration.md says. It needs no database, but keeps
//! the result with a round where one is named.

mod html;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use url::Url;
use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::migration::{self, Holdings, Loss, LossKind, Migration, SideSummary};
use xuncha_gather::again::ask_again;
use xuncha_gather::check::{CheckPlan, check_site, target_of};
use xuncha_gather::clock::RealClock;
use xuncha_gather::settings::Settings;
use xuncha_gather::state::Limits;
use xuncha_store::evidence::EvidenceFolder;

use super::check::{CHECK_ROUND, Unreachable, plain};
use crate::cli::{MigrationArgs, NetworkArgs};
use crate::data::Data;
use crate::jobs::gather::Bars;
use crate::network::{self, Usage};
use crate::rules::Rules;

/// So many losses of one kind, and places of one loss, are listed on the terminal.
const LISTED: usize = 20;
const LISTED_PLACES: usize = 3;

/// What `--json` writes.
#[derive(Serialize)]
struct Output<'a> {
    schema: u32,
    /// How many of each kind, by its name.
    counts: BTreeMap<&'static str, usize>,
    #[serde(flatten)]
    migration: &'a Migration,
}

/// Reads both sites, prints what was lost, writes the files, and keeps it with the round of `data` that the arguments name.
pub async fn run(rules: &Rules, arguments: &MigrationArgs, data: Option<&Data>) -> Result<()> {
    let usage = |error: anyhow::Error| anyhow::Error::new(Usage(format!("{error:#}")));
    let lexicons = Arc::new(rules.lexicons()?);
    let settings = network::settings(&arguments.network).map_err(usage)?;
    let (old_home, new_home) = (address(&arguments.old)?, address(&arguments.new)?);
    if old_home == new_home {
        bail!(Usage("新旧网站是同一个地址".to_owned()));
    }
    for path in [&arguments.json, &arguments.html].into_iter().flatten() {
        super::check::is_writable(path)?;
    }
    let kept = match (data, &arguments.round) {
        (Some(data), Some(round)) => {
            let row = data.round(Some(round)).await;
            Some((data, row.map_err(usage)?.round.id))
        }
        _ => None,
    };
    let plan = plan(arguments.network.max_pages, arguments.second_look_s as f64);
    let old = match &arguments.old_evidence {
        Some(folder) => {
            let mut old = from_evidence(folder, &old_home, &lexicons)?;
            let gap = arguments.second_look_s as f64;
            let (addresses, clock, bars) = (old.addresses(), Arc::new(RealClock), Bars::default());
            let (asked, words) = (settings.clone(), lexicons.clone());
            let records = ask_again(&old_home, &addresses, gap, asked, words, clock, &bars).await?;
            old.ask_again(&records);
            old
        }
        None => from_network(&old_home, &plan, settings.clone(), &lexicons).await?,
    };
    let new = from_network(&new_home, &plan, settings, &lexicons).await?;
    let migration = migration::compare(&old, &new);
    print(&migration);
    if let Some(path) = &arguments.json {
        let output = Output {
            schema: 1,
            counts: counts(&migration.losses),
            migration: &migration,
        };
        let text = serde_json::to_string_pretty(&output)? + "\n";
        std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    }
    if let Some(path) = &arguments.html {
        std::fs::write(path, html::page(&migration))
            .with_context(|| format!("无法写入 {}", path.display()))?;
    }
    if let Some((data, round)) = kept {
        let number = data.store.put_site_migration(&round, &migration).await?;
        println!(
            "\n已存入 {round}，编号 {number}；xuncha serve 后在 /rounds/{round}/migrations/{number} 逐项核对。"
        );
    }
    Ok(())
}

/// Seconds between the two looks where nobody asks for other ones.
const SECOND_LOOK_S: f64 = 5.0;

/// Reads both sites and keeps the comparison with a round, as its page asks for it.
pub async fn keep(
    data: &Data,
    rules: &Rules,
    arguments: &NetworkArgs,
    round: &str,
    (old, new): (&str, &str),
) -> Result<String> {
    let lexicons = Arc::new(rules.lexicons()?);
    let settings = network::settings(arguments)?;
    let plan = plan(arguments.max_pages, SECOND_LOOK_S);
    let (old, new) = (address(old)?, address(new)?);
    let old = from_network(&old, &plan, settings.clone(), &lexicons).await?;
    let new = from_network(&new, &plan, settings, &lexicons).await?;
    let migration = migration::compare(&old, &new);
    let number = data.store.put_site_migration(round, &migration).await?;
    Ok(format!(
        "已比较，编号 {number}：损失和提示共 {} 项，见“迁移核对”页",
        migration.losses.len()
    ))
}

fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match url.filter(|url| url.host_str().is_some_and(|host| !host.is_empty())) {
        Some(url) => Ok(url),
        None => bail!(Usage(format!(
            "“{text}”不是网址，应以 http:// 或 https:// 开头"
        ))),
    }
}

/// Both sites are read whole; other hosts and the site's search have no part in it.
fn plan(max_pages: usize, second_look_gap_s: f64) -> CheckPlan {
    CheckPlan {
        limits: Limits {
            pages: max_pages,
            outside: 0,
            ..Limits::default()
        },
        second_look_gap_s,
        searches: 0,
        ..CheckPlan::default()
    }
}

async fn from_network(
    home: &Url,
    plan: &CheckPlan,
    settings: Settings,
    lexicons: &Arc<Lexicons>,
) -> Result<Holdings> {
    let (clock, bars) = (Arc::new(RealClock), Bars::default());
    let checked = check_site(
        home.as_str(),
        plan,
        settings,
        lexicons.clone(),
        clock,
        &bars,
    )
    .await?;
    let records = checked
        .records
        .get(&checked.target)
        .map(Vec::as_slice)
        .unwrap_or_default();
    holdings(home, records, lexicons)
}

/// The records that `xuncha check --evidence DIR` kept of the old site.
fn from_evidence(folder: &Path, home: &Url, lexicons: &Lexicons) -> Result<Holdings> {
    if !folder.is_dir() {
        bail!(Usage(format!("没有证据目录 {}", folder.display())));
    }
    let target = target_of(home);
    let records = EvidenceFolder::open(folder)?.records(CHECK_ROUND, &target)?;
    let records: xuncha_store::Result<Vec<FactRecord>> = records.collect();
    let records = records?;
    if records.is_empty() {
        bail!(Usage(format!(
            "{} 里没有 {target} 的证据；切换前先运行 xuncha check {home} --evidence {}",
            folder.display(),
            folder.display()
        )));
    }
    holdings(home, &records, lexicons)
}

fn holdings(home: &Url, records: &[FactRecord], lexicons: &Lexicons) -> Result<Holdings> {
    let holdings = migration::read(home.as_str(), records, lexicons);
    if let Some(place) = &holdings.moved_to {
        bail!(Unreachable(format!(
            "{home} 无法核对：首页已转到 {place}。旧网站已切换的，用 --old-evidence 指明切换前的证据；新网站换了地址的，改用新地址。"
        )));
    }
    if holdings.page_count == 0 {
        bail!(Unreachable(format!(
            "{home} 无法核对：首页没有返回网页。请核对网址与网络；内网或本机地址须用 --allow-host 指名；旧网站已停用的，用 --old-evidence 指明切换前的证据。"
        )));
    }
    Ok(holdings)
}

fn counts(losses: &[Loss]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for loss in losses {
        *counts.entry(loss.kind.name()).or_default() += 1;
    }
    counts
}

fn print(migration: &Migration) {
    side("旧网站", &migration.old);
    side("新网站", &migration.new);
    println!(
        "\n旧网站的 {} 篇稿件，迁移过来 {} 篇，其中完好 {} 篇。",
        migration.old.articles, migration.carried, migration.carried_whole
    );
    let (notices, losses): (Vec<&Loss>, Vec<&Loss>) = migration
        .losses
        .iter()
        .partition(|loss| loss.kind.is_notice());
    println!("\n损失 {} 个：", losses.len());
    by_kind(&losses);
    println!("\n提示 {} 个（是否有意，由人核对）：", notices.len());
    by_kind(&notices);
    println!("\n无法判定 {} 处。", migration.unclear.len());
    for unclear in migration.unclear.iter().take(LISTED) {
        println!(
            "  [{}] {} {} {}",
            unclear.about,
            plain(&unclear.title),
            plain(&unclear.url),
            plain(&unclear.why)
        );
    }
    rest(migration.unclear.len(), LISTED, "  ");
}

fn side(name: &str, side: &SideSummary) {
    println!(
        "{name} {}  网页 {}，稿件 {}，附件 {}，栏目 {}，其他网页 {}（{}）",
        side.home,
        side.pages,
        side.articles,
        side.attachments,
        side.columns,
        side.other_pages,
        super::shown(side.as_of)
    );
    if side.is_partial {
        println!("  达到页数上限，只核对了一部分；用 --max-pages 放宽。");
    }
}

fn by_kind(losses: &[&Loss]) {
    for kind in LossKind::ALL {
        let of_kind: Vec<&&Loss> = losses.iter().filter(|loss| loss.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        println!("  {}（{}）", kind.name(), of_kind.len());
        for loss in of_kind.iter().take(LISTED) {
            println!("    《{}》{}", plain(&loss.title), plain(&loss.detail));
            for (name, url) in [("旧", &loss.old_url), ("新", &loss.new_url)] {
                if let Some(url) = url {
                    println!("      {name} {}", plain(url));
                }
            }
            for place in loss.places.iter().take(LISTED_PLACES) {
                println!("      见 {}", plain(&place.url));
            }
            rest(loss.place_count as usize, LISTED_PLACES.max(1), "      ");
        }
        rest(of_kind.len(), LISTED, "    ");
    }
}

/// Says how many are not listed.
fn rest(count: usize, listed: usize, indent: &str) {
    if count > listed {
        println!("{indent}…… 共 {count} 处，其余见 --json");
    }
}
