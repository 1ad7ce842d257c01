//! 采集任务. Gathers the evidence of a round; stopped at any moment, it goes on where it was.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::sync::Mutex;
use xuncha_core::round::Round;
use xuncha_gather::clock::{CivilClock, ProvinceClock, RealClock};
use xuncha_gather::report::{Progress, Report};
use xuncha_gather::round::{RoundPlan, TargetJob, gather_round};
use xuncha_gather::settings::{ConnectTo, Settings};
use xuncha_gather::state::Limits;
use xuncha_store::round::RoundState;

use crate::data::Data;
use crate::demo::province::ProvinceFile;
use crate::documents::ChildReader;
use crate::jobs::lists;
use crate::progress;
use crate::rules::Rules;
use crate::wiring::FolderSink;

/// Minutes on the civil clock between the first and the second look at something that failed.
const SECOND_LOOK_GAP_MINUTES: i64 = 30;
/// Questions to each site's search, as the rule's sample says, and one that nothing answers.
const SEARCHES: usize = 4;

/// 采集范围. What of a round is gathered.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Pages per site.
    pub max_pages: usize,
    /// Whether sites are visited over the monitoring time.
    pub has_visits: bool,
}

/// Gathers what is missing of a round.
pub async fn run(
    data: &Data,
    rules: &Rules,
    round: &Round,
    mut settings: Settings,
    clock: Arc<dyn CivilClock>,
    extent: Extent,
    progress: &dyn Progress,
) -> Result<Report> {
    settings.asks_as_searcher = true;
    let asks_for = |name: &str| {
        let mut sets = std::iter::once(&round.set).chain(&round.also_listed);
        sets.any(|set| {
            let mut checks = set.indicators.iter().flat_map(|one| &one.checks);
            checks.any(|check| check == name)
        })
    };
    settings.measures_layout = asks_for("unfit_for_phones");
    if settings.accessibility.is_some() && !asks_for("accessibility_faults") {
        eprintln!(
            "轮次 {} 的指标里没有无障碍检测（accessibility），不检测；新建轮次时用 --also-listed extras,accessibility 加上。",
            round.id
        );
        settings.accessibility = None;
    }
    let rules = &lists::of_round(data, rules, &round.id).await?;
    settings.documents = Some(Arc::new(ChildReader::new(&rules.lexicons, rules.words())));
    let mut subjects = data.store.subjects(&round.id).await?;
    if subjects.is_empty() {
        bail!("轮次 {} 没有抽中任何对象", round.id);
    }
    let suspended = data.store.suspended_on(round.as_of.date()).await?;
    let drawn = subjects.len();
    subjects.retain(|subject| !suspended.contains_key(subject.target.id()));
    if subjects.len() < drawn {
        eprintln!(
            "{} 个对象在检查日处于已批准的临时下线，不采集。",
            drawn - subjects.len()
        );
    }
    if subjects.is_empty() {
        bail!(
            "轮次 {} 的对象在检查日都处于临时下线，没有可采集的",
            round.id
        );
    }
    let _held = data.evidence.hold(&round.id)?;
    // Every target keeps two files open while it is worked on, and the usual limit of 1,024 is below a province.
    if let Err(error) = rlimit::increase_nofile_limit(65_536) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
    data.store
        .set_round_state(&round.id, RoundState::Gathering)
        .await?;
    let targets: Vec<TargetJob> = subjects
        .iter()
        .map(|subject| TargetJob::from(&subject.target))
        .collect();
    let plan = RoundPlan {
        monitor_from: round.monitor_from,
        as_of: round.as_of,
        seed: round.seed.clone(),
        second_look_gap_minutes: SECOND_LOOK_GAP_MINUTES,
        limits: Limits {
            pages: extent.max_pages,
            ..Limits::default()
        },
        probes: extent.has_visits,
        snapshots: extent.has_visits,
        searches: SEARCHES,
    };
    let sink = Arc::new(FolderSink::new(data.evidence.clone(), &round.id));
    let lexicons = Arc::new(rules.lexicons()?);
    let report = gather_round(&targets, &plan, settings, lexicons, sink, clock, progress).await?;
    Ok(report)
}

/// The clock and the addresses of a simulated province, or the machine's clock.
pub async fn clock(
    province: Option<&Path>,
    settings: &mut Settings,
) -> Result<Arc<dyn CivilClock>> {
    let Some(path) = province else {
        return Ok(Arc::new(RealClock));
    };
    let file = ProvinceFile::read(path)?;
    connect_to_province(path, &file, settings)?;
    let control = file.control.parse().context("模拟省的控制地址无法理解")?;
    Ok(Arc::new(ProvinceClock::connect(control).await?))
}

fn connect_to_province(path: &Path, file: &ProvinceFile, settings: &mut Settings) -> Result<()> {
    for (port, listener) in [(80, &file.http), (443, &file.https)] {
        settings
            .connect_to
            .push(ConnectTo::parse(&format!(":{port}:{listener}"))?);
    }
    let ca = path.with_file_name(&file.ca);
    settings.extra_ca_pem =
        std::fs::read(&ca).with_context(|| format!("无法读取证书 {}", ca.display()))?;
    settings.speed = file.speed;
    Ok(())
}

/// One bar per phase.
#[derive(Default)]
pub struct Bars {
    open: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    fn with(&self, phase: &str, act: impl FnOnce(&ProgressBar)) {
        let open = self
            .open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = open.get(phase) {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn started(&self, phase: &str, total: u64) {
        let bar = progress::bar(phase, total);
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(phase.to_owned(), bar);
    }

    fn advanced(&self, phase: &str, by: u64) {
        self.with(phase, |bar| bar.inc(by));
    }

    fn finished(&self, phase: &str) {
        self.with(phase, ProgressBar::finish_and_clear);
    }
}
