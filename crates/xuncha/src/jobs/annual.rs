//! 年度报表任务. What registry, rounds and messages know of a year, for the annual forms and the supervisor's self-assessment.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use jiff::ToSpan as _;
use jiff::civil::Date;
use xuncha_core::annual::days_of;
use xuncha_core::points::Exact;
use xuncha_core::registry::{Account, Registry, SiteKind, State, TargetId};
use xuncha_core::stats::{FigureValue, Stats};
use xuncha_store::Page;
use xuncha_store::tip::{Tip, TipFilter};

use crate::commands;
use crate::data::Data;

/// What is known without asking, by name.
pub type Known = BTreeMap<String, String>;

/// A quarter in which fewer sites than this were drawn has to be answered for.
const LEAST_PERCENT: i128 = 30;

/// What is known of a site for its work form.
pub async fn of_site(data: &Data, site: &str) -> Result<Known> {
    let registry = data.store.registry().await?;
    let Some(site) = registry.sites.get(&TargetId::from(site)) else {
        bail!("名录里没有标识码为 {site} 的网站");
    };
    let unit = registry.organizations.get(&site.organization);
    let kind = match site.kind {
        SiteKind::Portal => "政府门户网站",
        SiteKind::Department => "部门网站",
    };
    let mut known = Known::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            known.insert(name.to_owned(), value.to_owned());
        }
    };
    put("site.unit", unit.map_or("", |unit| &unit.name));
    put("site.name", &site.name);
    put("site.home", &site.home);
    put("site.kind", kind);
    put("site.code", &site.id.0);
    put("site.icp", site.icp.as_deref().unwrap_or_default());
    put("site.police", site.police.as_deref().unwrap_or_default());
    let accounts = accounts_of(&registry, &site.organization);
    put(
        "accounts.any",
        if accounts.is_empty() { "否" } else { "是" },
    );
    let of = |word: &str| -> Vec<&Account> {
        let has = |account: &&&Account| account.platform.contains(word);
        accounts.iter().filter(has).copied().collect()
    };
    let names = |accounts: &[&Account]| -> String {
        let names: Vec<&str> = accounts.iter().map(|one| one.name.as_str()).collect();
        names.join("、")
    };
    let followers = |accounts: &[&Account]| -> String {
        let known: Option<Vec<u64>> = accounts.iter().map(|one| one.details.followers).collect();
        let known = known.filter(|known| !known.is_empty());
        known.map_or_else(String::new, |known| known.iter().sum::<u64>().to_string())
    };
    put("accounts.weibo", &names(&of("微博")));
    put("accounts.weibo_followers", &followers(&of("微博")));
    put("accounts.wechat", &names(&of("微信")));
    put("accounts.wechat_followers", &followers(&of("微信")));
    let others: Vec<&Account> = accounts
        .iter()
        .filter(|one| !one.platform.contains("微博") && !one.platform.contains("微信"))
        .copied()
        .collect();
    let others: Vec<String> = others
        .iter()
        .map(|one| format!("{}（{}）", one.name, one.platform))
        .collect();
    put("accounts.others", &others.join("、"));
    Ok(known)
}

fn accounts_of<'a>(registry: &'a Registry, unit: &str) -> Vec<&'a Account> {
    let is_own =
        |account: &&Account| account.organization == unit && account.state == State::Running;
    registry.accounts.values().filter(is_own).collect()
}

/// A quarter of the year.
#[derive(Clone, Copy, Debug, Default)]
struct Quarter {
    rounds: usize,
    sampled: i64,
    failed: i64,
    running: i64,
    unpublished: usize,
}

async fn quarters(data: &Data, year: i16) -> Result<[Quarter; 4]> {
    let mut quarters = [Quarter::default(); 4];
    for row in data.store.rounds(Page::ALL).await?.rows {
        let round = &row.round;
        if round.as_of.year() != year {
            continue;
        }
        let Some(stats) = data.store.stats(&round.id, &round.set.id).await? else {
            continue;
        };
        let quarter = &mut quarters[quarter_of(round.as_of.date())];
        quarter.rounds += 1;
        quarter.sampled += count(&stats, "sample.websites");
        quarter.failed += count(&stats, "outcome.websites_unqualified");
        quarter.running = quarter
            .running
            .max(count(&stats, "registry.websites_running"));
        let is_public = data.store.public_round(&round.id).await.is_ok();
        quarter.unpublished += usize::from(!is_public);
    }
    Ok(quarters)
}

/// The quarter of a day, from 0.
fn quarter_of(day: Date) -> usize {
    usize::try_from((day.month() - 1) / 3).unwrap_or(0)
}

/// Quarters of a year, by their Chinese number, that no round of our own speaks of but an imported one does.
pub async fn imported(data: &Data, year: i16) -> Result<Vec<(&'static str, String)>> {
    const NAMES: [&str; 4] = ["一", "二", "三", "四"];
    let own = quarters(data, year).await?;
    let mut all = Vec::new();
    let mut earlier = data.store.previous_rounds().await?;
    earlier.sort_by(|a, b| a.id.cmp(&b.id));
    for round in earlier {
        // It is known by its id alone: tables of earlier rounds have no monitoring point.
        let Some((of, quarter)) = round.id.split_once('Q') else {
            continue;
        };
        let at = quarter
            .parse::<usize>()
            .ok()
            .filter(|at| (1..=4).contains(at));
        if let Some(at) = at.filter(|at| of == year.to_string() && own[at - 1].rounds == 0) {
            all.push((NAMES[at - 1], round.id.clone()));
        }
    }
    Ok(all)
}

fn count(stats: &Stats, name: &str) -> i64 {
    match stats.figures.get(name).map(|figure| &figure.value) {
        Some(FigureValue::Count(count)) => *count,
        _ => 0,
    }
}

/// Messages that were received in a year.
async fn tips(data: &Data, year: i16) -> Result<Vec<Tip>> {
    let today = commands::now().date();
    let all = data
        .store
        .tips(&TipFilter::default(), today, Page::ALL)
        .await?;
    let (first, last) = days_of(year);
    let is_of = |tip: &Tip| tip.received >= first && tip.received <= last;
    Ok(all.rows.into_iter().filter(is_of).collect())
}

/// What is known of a year for the supervisor's form. Numbers of sites are those of the registry as it stands.
pub async fn of_year(data: &Data, year: i16) -> Result<Known> {
    let registry = data.store.registry().await?;
    let running = |kind: Option<SiteKind>| {
        let sites = registry.sites.values();
        let sites = sites.filter(|site| site.state == State::Running);
        sites
            .filter(|site| kind.is_none_or(|kind| site.kind == kind))
            .count()
    };
    let mut known = Known::new();
    let mut put = |name: String, value: String| known.insert(name, value);
    put("registry.websites".to_owned(), running(None).to_string());
    put(
        "registry.portals".to_owned(),
        running(Some(SiteKind::Portal)).to_string(),
    );
    let departments = running(Some(SiteKind::Department));
    put("registry.departments".to_owned(), departments.to_string());
    let quarters = quarters(data, year).await?;
    // Of a quarter without a round of our own nothing is known, and nothing of the year then.
    for (at, quarter) in quarters.iter().enumerate() {
        if quarter.rounds == 0 {
            continue;
        }
        let name = |part: &str| format!("quarter{}.{part}", at + 1);
        put(name("sampled"), quarter.sampled.to_string());
        put(name("failed"), quarter.failed.to_string());
        let ratio = Exact::percent(quarter.sampled.into(), quarter.running.into());
        if let Some(ratio) = ratio {
            put(name("ratio"), ratio.short(1));
        }
    }
    let sum = |of: fn(&Quarter) -> i64| quarters.iter().map(of).sum::<i64>().to_string();
    if quarters.iter().all(|quarter| quarter.rounds > 0) {
        put("year.sampled".to_owned(), sum(|quarter| quarter.sampled));
        put("year.failed".to_owned(), sum(|quarter| quarter.failed));
    }
    let tips = tips(data, year).await?;
    // Where no message was ever taken in, nothing is known of them.
    if !tips.is_empty() {
        let in_time = |tip: &&Tip| tip.answered.is_some_and(|day| day <= tip.due);
        let late = |tip: &&Tip| tip.answered.is_some_and(|day| day > tip.due);
        let open = |tip: &&Tip| tip.answered.is_none();
        put("tips.received".to_owned(), tips.len().to_string());
        put(
            "tips.in_time".to_owned(),
            tips.iter().filter(in_time).count().to_string(),
        );
        put(
            "tips.late".to_owned(),
            tips.iter().filter(late).count().to_string(),
        );
        put(
            "tips.open".to_owned(),
            tips.iter().filter(open).count().to_string(),
        );
    }
    Ok(known)
}

/// Answers of the self-assessment that rounds and messages give, by the code of their question.
pub async fn of_supervisor(data: &Data, year: i16) -> Result<BTreeMap<String, u32>> {
    let mut known = BTreeMap::new();
    let tips = tips(data, year).await?;
    if !tips.is_empty() {
        let open = tips.iter().filter(|tip| tip.answered.is_none()).count();
        let mut late = 0;
        for tip in &tips {
            late += u32::from(is_over_a_month(tip)?);
        }
        known.insert("supervision_unresolved".to_owned(), u32::try_from(open)?);
        known.insert("supervision_late".to_owned(), late);
    }
    let lacking = |quarter: &&Quarter| {
        let is_enough =
            i128::from(quarter.sampled) * 100 >= LEAST_PERCENT * i128::from(quarter.running);
        !is_enough || quarter.unpublished > 0
    };
    let quarters = quarters(data, year).await?;
    // A quarter without a round of our own may have been inspected elsewhere: then somebody has to say.
    if quarters.iter().all(|quarter| quarter.rounds > 0) {
        let lacking = quarters.iter().filter(lacking).count();
        known.insert("supervision_quarterly".to_owned(), u32::try_from(lacking)?);
    }
    Ok(known)
}

/// Answered more than a calendar month after it was received.
fn is_over_a_month(tip: &Tip) -> Result<bool> {
    let limit: Date = tip
        .received
        .checked_add(1.month())
        .context("日期超出范围")?;
    Ok(tip.answered.is_some_and(|day| day > limit))
}
