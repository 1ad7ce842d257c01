//! 访问: the visits of the availability week and the daily snapshots, all sites at each moment.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::stream::{self, StreamExt, TryStreamExt};
use url::Url;
use xuncha_core::evidence::{Failure, Purpose};
use xuncha_core::facts::is_failed_visit;
use xuncha_core::facts::model::FactRecord;

use crate::client::Reading;
use crate::desk::Desk;
use crate::exchange::Exchange;
use crate::phases;
use crate::report::GatherError;
use crate::round::Round;
use crate::schedule::{Planned, Visit, visits};

impl Round<'_> {
    /// Makes every visit that is still due. A visit that was missed while nobody ran is recorded as missed by us, once.
    pub async fn visit_all(&self, desks: &mut [Desk]) -> Result<(), GatherError> {
        let wanted = |visit: Visit| match visit {
            Visit::Probe { .. } => self.plan.probes,
            Visit::HomeSnapshot { .. } => self.plan.snapshots,
        };
        let plan: Vec<Planned> = visits(self.plan.monitor_from, self.plan.as_of, &self.plan.seed);
        let plan: Vec<Planned> = plan
            .into_iter()
            .filter(|planned| wanted(planned.visit))
            .collect();
        self.progress.started(phases::PROBE, plan.len() as u64);
        for (index, planned) in plan.iter().enumerate() {
            let next = plan[index + 1..]
                .iter()
                .find(|later| is_same_kind(later.visit, planned.visit));
            let missed_at = next.map_or(self.plan.as_of, |next| next.due);
            if self.clock.now() < missed_at {
                self.visit(desks, planned).await?;
            } else {
                miss(desks, planned)?;
            }
            self.progress.advanced(phases::PROBE, 1);
        }
        for desk in desks.iter_mut().filter(|desk| desk.home().is_some()) {
            if self.plan.probes {
                desk.finish(phases::PROBE)?;
            }
            if self.plan.snapshots {
                desk.finish(phases::SNAPSHOTS)?;
            }
        }
        self.progress.finished(phases::PROBE);
        Ok(())
    }

    async fn visit(&self, desks: &mut [Desk], planned: &Planned) -> Result<(), GatherError> {
        let open: Vec<&mut Desk> = desks
            .iter_mut()
            .filter(|desk| desk.home().is_some() && !desk.has_visit(planned.visit))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        self.clock.advance_to(planned.due).await?;
        match planned.visit {
            Visit::Probe { slot } => self.probe(open, slot).await,
            Visit::HomeSnapshot { day } => {
                stream::iter(open)
                    .map(|desk| async move {
                        let Some(home) = desk.home() else {
                            return Ok(());
                        };
                        self.gatherer
                            .page(&desk.ledger, home, Purpose::HomeSnapshot { day })
                            .await?;
                        desk.days.insert(day);
                        Ok(())
                    })
                    .buffer_unordered(self.at_once())
                    .try_collect()
                    .await
            }
        }
    }

    /// One visit of every site. Our own uplink is asked first, and again where no site opens, before anything is held against them.
    pub async fn probe(&self, desks: Vec<&mut Desk>, slot: u32) -> Result<(), GatherError> {
        let client = &self.gatherer.client;
        let needs_uplink = desks
            .iter()
            .filter_map(|desk| desk.home())
            .any(|home| client.needs_uplink(home));
        let worked_before = !needs_uplink || client.uplink_works().await;
        let has_opened = AtomicBool::new(false);
        let asked: Vec<(&mut Desk, Exchange)> = stream::iter(desks)
            .map(|desk| async {
                let mut exchange = self.ask_twice(desk, slot).await?;
                let is_reached = exchange.status().is_some();
                has_opened.fetch_or(is_reached, Ordering::Relaxed);
                if is_reached {
                    // Bodies of the others need not be held until all have answered.
                    self.gatherer
                        .keep_look(&desk.ledger, &exchange, Purpose::Probe { slot })?;
                    desk.slots.insert(slot);
                    exchange.legs.clear();
                }
                Ok::<_, GatherError>((desk, exchange))
            })
            .buffer_unordered(self.at_once())
            .try_collect()
            .await?;
        let failed: Vec<_> = asked
            .into_iter()
            .filter(|(_, exchange)| !exchange.legs.is_empty())
            .collect();
        let asks_uplink = !has_opened.load(Ordering::Relaxed)
            && failed
                .iter()
                .any(|(_, exchange)| client.needs_uplink(&exchange.url));
        let is_our_side = asks_uplink && !(worked_before && client.uplink_works_now().await);
        for (desk, mut exchange) in failed {
            if is_our_side && client.needs_uplink(&exchange.url) {
                let detail = "our uplink did not work during this visit".to_owned();
                exchange.failure = Some(Failure::RefusedByGuard { detail });
            }
            self.gatherer
                .keep_look(&desk.ledger, &exchange, Purpose::Probe { slot })?;
            desk.slots.insert(slot);
        }
        Ok(())
    }

    /// The visit of one site, and where it fails its repeat over the second path. The repeat is recorded first: the visit that
    /// completes the slot then stands behind it, however the run ends.
    async fn ask_twice(&self, desk: &Desk, slot: u32) -> Result<Exchange, GatherError> {
        let home = desk.home().unwrap_or_default();
        let visit = Purpose::Probe { slot };
        let exchange = self.gatherer.ask(&desk.ledger, home, &visit).await;
        let Some(second) = &self.gatherer.second_path else {
            return Ok(exchange);
        };
        if is_failed_visit(&exchange.capture(visit, String::new())) {
            let host = Url::parse(home).ok();
            let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
            self.gatherer.client.forget(host);
            let again = second.fetch(home, Reading::Page, &desk.ledger.jar).await;
            second.forget(host);
            self.gatherer
                .keep_look(&desk.ledger, &again, Purpose::ProbeAgain { slot })?;
        }
        Ok(exchange)
    }
}

/// Records a visit that nobody made. Snapshots that were missed are merely not there.
fn miss(desks: &mut [Desk], planned: &Planned) -> Result<(), GatherError> {
    let Visit::Probe { slot } = planned.visit else {
        return Ok(());
    };
    for desk in desks.iter_mut() {
        let Some(home) = desk.home().filter(|_| !desk.has_visit(planned.visit)) else {
            continue;
        };
        let missed = Exchange::missed(home, planned.due);
        let look = missed.capture(Purpose::Probe { slot }, String::new());
        desk.ledger.append(&FactRecord::Look(look))?;
        desk.slots.insert(slot);
    }
    Ok(())
}

fn is_same_kind(one: Visit, other: Visit) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}
