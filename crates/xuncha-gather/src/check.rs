//! 检查一个网站或账号: one target now, two looks a few seconds apart, two visits instead of a week of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use url::Url;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::{Depth, Lexicons, canonical};
use xuncha_core::registry::TargetId;

use crate::client::Client;
use crate::clock::CivilClock;
use crate::desk::{Desk, unrendered};
use crate::exchange::sha256_hex;
use crate::gatherer::Gatherer;
use crate::phases;
use crate::report::{GatherError, Progress, Report};
use crate::round::{JobKind, Round, RoundPlan, TargetJob, pause};
use crate::schedule::Visit;
use crate::settings::Settings;
use crate::sink::{EvidenceSink, MemorySink};
use crate::state::Limits;

/// 单站检查计划.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckPlan {
    /// How far the crawl goes.
    pub limits: Limits,
    /// Seconds between the looks (request clock).
    pub second_look_gap_s: f64,
    /// Seed of the missing-page probe and the questions.
    pub seed: String,
    /// Questions to the site's search.
    pub searches: usize,
    /// What is read of pages.
    pub depth: Depth,
}

impl Default for CheckPlan {
    fn default() -> CheckPlan {
        CheckPlan {
            limits: Limits::default(),
            second_look_gap_s: 5.0,
            seed: "check".to_owned(),
            searches: 3,
            depth: Depth::Whole,
        }
    }
}

/// 单站检查所得.
pub struct Checked {
    /// The target under which the site's records stand: [`target_of`] its address.
    pub target: TargetId,
    /// Records of the site and of `_outside`.
    pub records: BTreeMap<TargetId, Vec<FactRecord>>,
    /// Numbers.
    pub report: Report,
}

/// Sites that were not visited for this slot yet: an earlier check may have done so.
fn unvisited(desks: &mut [Desk], slot: u32) -> Vec<&mut Desk> {
    let desks = desks.iter_mut();
    desks
        .filter(|desk| desk.home().is_some() && !desk.has_visit(Visit::Probe { slot }))
        .collect()
}

/// The name under which a site is kept: its host, where it stands at `http://HOST/`, else its host and a digest of the address, so that
/// the sites of one host (other ports, folders, https) are kept apart.
pub fn target_of(home: &Url) -> TargetId {
    let host = home.host_str().unwrap_or_default();
    let home = canonical(home.as_str());
    if home == format!("http://{host}/") {
        return TargetId(host.to_owned());
    }
    let digest = sha256_hex(home.as_bytes());
    TargetId(format!("{host}-{}", &digest[..8]))
}

/// Checks one site now, keeping records in memory.
pub async fn check_site(
    url: &str,
    plan: &CheckPlan,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Checked, GatherError> {
    let sink = MemorySink::new();
    let (target, report) = check_site_into(
        url,
        plan,
        settings,
        lexicons,
        Arc::new(sink.clone()),
        clock,
        progress,
    )
    .await?;
    // Unpacking megabytes of facts is work for the threads that read pages.
    let unpacked = tokio::task::spawn_blocking(move || sink.take_records()).await;
    Ok(Checked {
        target,
        records: unpacked.map_err(|error| GatherError::Panic(error.to_string()))?,
        report,
    })
}

/// Checks one site now, keeping evidence in a sink of the caller's.
pub async fn check_site_into(
    url: &str,
    plan: &CheckPlan,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<(TargetId, Report), GatherError> {
    let home = web_address(url)?;
    let job = TargetJob {
        id: target_of(&home),
        kind: JobKind::Site { home: home.into() },
    };
    let target = job.id.clone();
    let report = check_job(job, plan, None, settings, lexicons, sink, clock, progress).await?;
    Ok((target, report))
}

/// 复查. Looks at one registered target now and gathers only what is needed: phases as checks name them (`probe`, `network`, `crawl`,
/// `looks`, `search`, `account`), or everything. Evidence goes into a sink of the caller's.
#[allow(clippy::too_many_arguments)]
pub async fn check_target_into(
    job: TargetJob,
    needs: Option<&[&str]>,
    plan: &CheckPlan,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Report, GatherError> {
    check_job(job, plan, needs, settings, lexicons, sink, clock, progress).await
}

/// Checks one account now: the addresses that it is filed under, each looked at and, where that did not convince, looked at again.
pub async fn check_account(
    urls: &[String],
    plan: &CheckPlan,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Checked, GatherError> {
    let sink = MemorySink::new();
    let first = urls.first().map_or("", String::as_str);
    let target = target_of(&web_address(first)?);
    for url in urls {
        web_address(url)?;
    }
    let job = TargetJob {
        id: target.clone(),
        kind: JobKind::Account {
            urls: urls.to_vec(),
        },
    };
    let kept = Arc::new(sink.clone());
    let report = check_job(job, plan, None, settings, lexicons, kept, clock, progress).await?;
    Ok(Checked {
        target,
        records: sink.take_records(),
        report,
    })
}

fn web_address(url: &str) -> Result<Url, GatherError> {
    let parsed = Url::parse(url).ok();
    let parsed = parsed.filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed
        .filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))
        .ok_or_else(|| GatherError::Address(url.to_owned()))
}

#[allow(clippy::too_many_arguments)]
async fn check_job(
    job: TargetJob,
    plan: &CheckPlan,
    needs: Option<&[&str]>,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Report, GatherError> {
    let started = Instant::now();
    let now = clock.now();
    let wants = |phase: &str| needs.is_none_or(|needs| needs.contains(&phase));
    let crawls = ["crawl", "looks", "search", "account"]
        .into_iter()
        .any(wants);
    let mut limits = plan.limits.clone();
    if !wants("looks") {
        limits.outside = 0;
    }
    if !crawls {
        // What the network says of a site needs no page but the first.
        limits.pages = 1;
    }
    let round_plan = RoundPlan {
        monitor_from: now,
        as_of: now,
        seed: plan.seed.clone(),
        second_look_gap_minutes: 0,
        limits,
        probes: wants("probe"),
        snapshots: false,
        searches: match wants("search") {
            true => plan.searches,
            false => 0,
        },
    };
    // Links alone are read of pages as they came.
    let browser = settings.browser.filter(|_| plan.depth == Depth::Whole);
    let settings = Settings {
        browser,
        ..settings
    };
    let client = Client::new(settings, clock.clone())?;
    let gatherer = Arc::new(Gatherer::new(client, lexicons, sink).reading(plan.depth));
    let round = Round {
        gatherer: gatherer.clone(),
        plan: &round_plan,
        clock,
        progress,
    };
    let mut desks = round.open(&[job])?;
    for desk in &mut desks {
        desk.keeps_state = true;
    }
    if wants("probe") {
        round.probe(unvisited(&mut desks, 0), 0).await?;
    }
    if crawls || wants("network") {
        round.crawl_all(&mut desks).await?;
    }
    let (outside_ledger, mut outside) = round.open_outside()?;
    round
        .look_outside(&desks, &outside_ledger, &mut outside)
        .await?;
    let is_refused = match desks.iter().find_map(Desk::home) {
        Some(home) => gatherer.client.is_refused(home).await,
        None => false,
    };
    if !is_refused
        && desks
            .iter()
            .any(|desk| !desk.phases.contains(phases::SECOND_LOOKS))
    {
        tokio::time::sleep(pause(gatherer.client.settings(), plan.second_look_gap_s)).await;
    }
    if wants("probe") {
        round.probe(unvisited(&mut desks, 1), 1).await?;
        for desk in desks.iter_mut().filter(|desk| desk.home().is_some()) {
            desk.finish(phases::PROBE)?;
        }
    }
    round
        .look_again(&mut desks, &outside_ledger, &mut outside)
        .await?;
    for desk in &mut desks {
        if let Some(why) = desk.trouble.take() {
            return Err(GatherError::Panic(why));
        }
        desk.ledger.close()?;
    }
    outside_ledger.close()?;
    gatherer.close_browser().await;
    let elapsed = started.elapsed().as_millis() as u64;
    let counts = gatherer.client.politeness().counts();
    let (unrendered_count, unrendered) = unrendered(&desks, &gatherer.why_not_rendered());
    Ok(Report {
        unrendered_count,
        unrendered,
        ..gatherer.tally.report(1, elapsed, counts)
    })
}
