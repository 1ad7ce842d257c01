//! 采集一轮: visits over the monitoring time, the crawl at the monitoring point, second looks after a gap; many targets at once.
//!
//! Everything done stands in the records, so a run that was killed goes on where it was: what is recorded is not asked again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use url::Url;
use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::{Target, TargetId};

use crate::account;
use crate::client::Client;
use crate::clock::CivilClock;
use crate::crawl::SiteCrawl;
use crate::desk::{Desk, broken, unrendered};
use crate::gatherer::{Gatherer, Ledger};
use crate::outside::{OUTSIDE, Outside};
use crate::phases;
use crate::report::{GatherError, Progress, Report, Stopwatch};
use crate::settings::Settings;
use crate::sink::EvidenceSink;
use crate::state::{Limits, SiteState};
use crate::task::Task;

/// 采集计划. What a round gathers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundPlan {
    /// Monitoring from.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Seed of visits, probes and questions.
    pub seed: String,
    /// Least time between the first and the second look, on the civil clock.
    pub second_look_gap_minutes: i64,
    /// How far each crawl goes.
    pub limits: Limits,
    /// Whether sites are visited during the availability week.
    pub probes: bool,
    /// Whether the home page is kept daily.
    pub snapshots: bool,
    /// Questions to each site's search; 0 for none.
    pub searches: usize,
}

/// 采集对象. A target as the gatherer needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetJob {
    /// Its number.
    pub id: TargetId,
    /// What is asked.
    pub kind: JobKind,
}

/// 采集内容.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A site from its home page.
    Site {
        /// Absolute address.
        home: String,
    },
    /// The addresses of an account: page, feed, store page, download.
    Account {
        /// In this order, as filed.
        urls: Vec<String>,
    },
}

impl From<&Target> for TargetJob {
    fn from(target: &Target) -> TargetJob {
        let kind = match target {
            Target::Site(site) => JobKind::Site {
                home: site.home.clone(),
            },
            Target::Account(account) => {
                let filed = [&account.page_url, &account.feed_url, &account.download_url];
                JobKind::Account {
                    urls: filed
                        .into_iter()
                        .flatten()
                        .filter(|url| !url.is_empty())
                        .cloned()
                        .collect(),
                }
            }
        };
        TargetJob {
            id: target.id().clone(),
            kind,
        }
    }
}

/// One round at work.
pub(crate) struct Round<'a> {
    pub gatherer: Arc<Gatherer>,
    pub plan: &'a RoundPlan,
    pub clock: Arc<dyn CivilClock>,
    pub progress: &'a dyn Progress,
}

/// Gathers a whole round. `targets` are all targets of it; those that are done are left alone.
pub async fn gather_round(
    targets: &[TargetJob],
    plan: &RoundPlan,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Report, GatherError> {
    let started = Instant::now();
    let client = Client::new(settings, clock.clone())?;
    let gatherer = Arc::new(Gatherer::new(client, lexicons, sink));
    let round = Round {
        gatherer: gatherer.clone(),
        plan,
        clock,
        progress,
    };
    let mut watch = Stopwatch::new(&gatherer.tally);
    let mut desks = round.open(targets)?;
    watch.lap(phases::OPEN);
    round.visit_all(&mut desks).await?;
    watch.lap(phases::PROBE);
    round.clock.advance_to(plan.as_of).await?;
    let mark = gatherer.client.politeness().mark();
    round.crawl_all(&mut desks).await?;
    watch.lap(phases::CRAWL);
    let permitted = gatherer.client.politeness().permitted_rate_permille(&mark);
    let (outside_ledger, mut outside) = round.open_outside()?;
    round
        .look_outside(&desks, &outside_ledger, &mut outside)
        .await?;
    watch.lap(phases::LOOKS);
    round
        .second_looks(&mut desks, &outside_ledger, &mut outside)
        .await?;
    watch.lap(phases::SECOND_LOOKS);
    for desk in &desks {
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
        parts: watch.parts(),
        permitted_rate_permille: permitted,
        broken: broken(&desks),
        ..gatherer.tally.report(targets.len(), elapsed, counts)
    })
}

impl Round<'_> {
    /// Targets worked on at once.
    pub fn at_once(&self) -> usize {
        self.gatherer.client.settings().hosts_at_once.max(1)
    }

    fn fresh_state(&self, home: &str) -> SiteState {
        let obeys_robots = self.gatherer.client.settings().obeys_robots;
        let state = SiteState::new(
            home,
            &self.plan.seed,
            self.plan.limits.clone(),
            obeys_robots,
        );
        match self.gatherer.renderer {
            Some(_) if self.pages_are_opened() => state.with_browser().with_pages_to_open(),
            Some(_) => state.with_browser(),
            None => state,
        }
    }

    fn pages_are_opened(&self) -> bool {
        let settings = self.gatherer.client.settings();
        settings.measures_layout || settings.accessibility.is_some()
    }

    fn open_one(&self, id: &TargetId) -> Result<(Ledger, Vec<FactRecord>), GatherError> {
        self.gatherer
            .open(id, self.plan.monitor_from, self.plan.as_of)
    }

    pub fn open(&self, targets: &[TargetJob]) -> Result<Vec<Desk>, GatherError> {
        self.progress.started(phases::OPEN, targets.len() as u64);
        let mut desks = Vec::with_capacity(targets.len());
        for job in targets {
            let (ledger, records) = self.open_one(&job.id)?;
            let mut desk = Desk {
                job: job.clone(),
                ledger: Arc::new(ledger),
                phases: BTreeSet::new(),
                slots: BTreeSet::new(),
                days: BTreeSet::new(),
                has_pages: false,
                doubts: Vec::new(),
                outside: BTreeSet::new(),
                last_look: None,
                keeps_state: false,
                state: None,
                unrendered: Default::default(),
                fence: None,
                trouble: None,
            };
            match &job.kind {
                JobKind::Site { home } => {
                    let mut state = self.fresh_state(home);
                    records.iter().for_each(|record| state.absorb(record));
                    desk.learn(&state);
                }
                JobKind::Account { .. } => {
                    desk.phases = account::phases_done(&records);
                    desk.has_pages = records.len() > 1;
                    desk.last_look = account::last_look(&records);
                }
            }
            desks.push(desk);
            self.progress.advanced(phases::OPEN, 1);
        }
        self.progress.finished(phases::OPEN);
        Ok(desks)
    }

    pub async fn crawl_all(&self, desks: &mut [Desk]) -> Result<(), GatherError> {
        self.progress.started(phases::CRAWL, desks.len() as u64);
        stream::iter(desks.iter_mut())
            .map(|desk| async move {
                let done = self.crawl(desk).await;
                self.progress.advanced(phases::CRAWL, 1);
                alone(desk, done)
            })
            .buffer_unordered(self.at_once())
            .try_collect::<()>()
            .await?;
        self.progress.finished(phases::CRAWL);
        Ok(())
    }

    async fn crawl(&self, desk: &mut Desk) -> Result<(), GatherError> {
        let home = match &desk.job.kind {
            JobKind::Account { urls } => {
                if desk.phases.contains(phases::ACCOUNT) {
                    return Ok(());
                }
                let urls = urls.clone();
                let records = self.reopen(desk)?;
                desk.last_look =
                    account::gather(&self.gatherer, &desk.ledger, &urls, &records).await?;
                return desk.finish(phases::ACCOUNT);
            }
            JobKind::Site { home } => home.clone(),
        };
        if self.is_crawled(desk) {
            return Ok(());
        }
        let state = self.rebuild(desk, &home)?;
        let mut crawl = self.crawl_of(desk, state);
        // A round is one task: crawled in it, all its sites would share one core.
        let crawled = Task::start(async move { crawl.run().await.map(|()| crawl.state) });
        let state = crawled.done().await??;
        desk.learn(&state);
        desk.state = desk.keeps_state.then_some(state);
        self.forget(&home);
        Ok(())
    }

    fn crawl_of(&self, desk: &Desk, state: SiteState) -> SiteCrawl {
        SiteCrawl {
            gatherer: self.gatherer.clone(),
            ledger: desk.ledger.clone(),
            state,
            seed: self.plan.seed.clone(),
            search_count: self.plan.searches,
            fence: desk.fence.clone(),
        }
    }

    fn is_crawled(&self, desk: &Desk) -> bool {
        let is_done = |phase: &str| desk.phases.contains(phase);
        // After the second looks a site's time is over: pages that wait for a browser since then stay unrendered.
        let settings = self.gatherer.client.settings();
        let has_measured = !settings.measures_layout || is_done(phases::LAYOUT);
        let has_looked = settings.accessibility.is_none() || is_done(phases::ACCESSIBILITY);
        let has_rendered = self.gatherer.renderer.is_none()
            || is_done(phases::RENDER) && has_measured && has_looked
            || is_done(phases::SECOND_LOOKS);
        let crawled = [phases::CRAWL, phases::LOOKS, phases::SEARCH];
        has_rendered && crawled.into_iter().all(is_done)
    }

    /// The crawl's state from the records of an earlier run, where there is one.
    fn rebuild(&self, desk: &mut Desk, home: &str) -> Result<SiteState, GatherError> {
        let mut state = self.fresh_state(home);
        if desk.has_pages {
            let records = self.reopen(desk)?;
            records.iter().for_each(|record| state.absorb(record));
        }
        Ok(state)
    }

    fn reopen(&self, desk: &mut Desk) -> Result<Vec<FactRecord>, GatherError> {
        if !desk.has_pages {
            return Ok(Vec::new());
        }
        desk.ledger.close()?;
        let (ledger, records) = self.open_one(&desk.job.id)?;
        desk.ledger = Arc::new(ledger);
        Ok(records)
    }

    fn forget(&self, home: &str) {
        if let Some(host) = Url::parse(home)
            .ok()
            .and_then(|home| home.host_str().map(str::to_owned))
        {
            self.gatherer.client.forget(&host);
        }
    }

    pub fn open_outside(&self) -> Result<(Ledger, Outside), GatherError> {
        let (ledger, records) = self.open_one(&TargetId::from(OUTSIDE))?;
        let mut outside = Outside::default();
        records.iter().for_each(|record| outside.absorb(record));
        Ok((ledger, outside))
    }

    pub async fn look_outside(
        &self,
        desks: &[Desk],
        ledger: &Ledger,
        outside: &mut Outside,
    ) -> Result<(), GatherError> {
        let links: BTreeSet<String> = desks
            .iter()
            .flat_map(|desk| desk.outside.iter().cloned())
            .collect();
        self.progress.started(phases::LOOKS, links.len() as u64);
        outside.look(&self.gatherer, ledger, &links, 1).await?;
        self.progress.finished(phases::LOOKS);
        Ok(())
    }

    async fn second_looks(
        &self,
        desks: &mut [Desk],
        ledger: &Ledger,
        outside: &mut Outside,
    ) -> Result<(), GatherError> {
        let last = desks
            .iter()
            .filter_map(|desk| desk.last_look)
            .max()
            .unwrap_or(self.plan.as_of);
        let gap = SignedDuration::from_mins(self.plan.second_look_gap_minutes);
        let due = last.max(self.plan.as_of).checked_add(gap).unwrap_or(last);
        self.clock.advance_to(due).await?;
        self.look_again(desks, ledger, outside).await
    }

    /// Second looks at everything that did not convince.
    pub async fn look_again(
        &self,
        desks: &mut [Desk],
        ledger: &Ledger,
        outside: &mut Outside,
    ) -> Result<(), GatherError> {
        self.progress
            .started(phases::SECOND_LOOKS, desks.len() as u64);
        stream::iter(desks.iter_mut())
            .map(|desk| async move {
                let done = self.look_again_at(desk).await;
                self.progress.advanced(phases::SECOND_LOOKS, 1);
                alone(desk, done)
            })
            .buffer_unordered(self.at_once())
            .try_collect::<()>()
            .await?;
        outside
            .look(&self.gatherer, ledger, &outside.doubts(), 2)
            .await?;
        self.progress.finished(phases::SECOND_LOOKS);
        Ok(())
    }

    async fn look_again_at(&self, desk: &mut Desk) -> Result<(), GatherError> {
        if desk.trouble.is_some() || desk.phases.contains(phases::SECOND_LOOKS) {
            return Ok(());
        }
        let home = match &desk.job.kind {
            JobKind::Account { urls } => {
                let urls = urls.clone();
                desk.has_pages = true;
                let records = self.reopen(desk)?;
                account::look_again(&self.gatherer, &desk.ledger, &urls, &records).await?;
                return desk.finish(phases::SECOND_LOOKS);
            }
            JobKind::Site { home } => home.clone(),
        };
        let doubts = std::mem::take(&mut desk.doubts);
        let held = desk.state.take();
        let is_held = held.is_some();
        let state = held.unwrap_or_else(|| self.fresh_state(&home));
        let mut crawl = self.crawl_of(desk, state);
        let looked = Task::start(async move {
            let has_opened = crawl.second_looks(&doubts).await?;
            Ok::<_, GatherError>((crawl, has_opened))
        });
        let (crawl, has_opened) = looked.done().await??;
        if has_opened {
            // A page that was down at the first look may lead on.
            let state = if is_held {
                crawl.state
            } else {
                desk.has_pages = true;
                self.rebuild(desk, &home)?
            };
            let mut crawl = self.crawl_of(desk, state);
            let gone_on = Task::start(async move { crawl.go_on().await.map(|()| crawl.state) });
            desk.learn_unrendered(&gone_on.done().await??);
        }
        self.forget(&home);
        desk.finish(phases::SECOND_LOOKS)
    }
}

/// What broke off by a fault of ours stays one target's affair; what stops everybody, such as a full disk, stops the run.
fn alone(desk: &mut Desk, done: Result<(), GatherError>) -> Result<(), GatherError> {
    match done {
        Err(GatherError::Panic(why)) => {
            desk.give_up(why);
            Ok(())
        }
        done => done,
    }
}

/// Real time of a pause on the request clock.
pub(crate) fn pause(settings: &Settings, seconds: f64) -> Duration {
    settings.real(Duration::from_secs_f64(seconds.max(0.0)))
}
