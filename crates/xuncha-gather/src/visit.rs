//! 访问: the visits of the availability week and the daily snapshots, all sites at each moment.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::stream::{self, StreamExt, TryStreamExt};
use url::Url;
use xuncha_core::evidence::{Failure, Purpose};

use crate::desk::Desk;
use crate::exchange::Exchange;
use crate::phases;
use crate::report::GatherError;
use crate::round::Round;
use crate::schedule::{Planned, Visit, visits};
use crate::settings::Settings;

impl Round<'_> {
    /// Makes every visit that is still due; what was missed while nobody ran stays missed.
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

    /// One visit of every site. Where none of them opens, our own uplink is asked before anything is held against them.
    pub async fn probe(&self, desks: Vec<&mut Desk>, slot: u32) -> Result<(), GatherError> {
        let has_opened = AtomicBool::new(false);
        let asked: Vec<(&mut Desk, Exchange)> = stream::iter(desks)
            .map(|desk| async {
                let home = desk.home().unwrap_or_default().to_owned();
                let mut exchange = self
                    .gatherer
                    .ask(&desk.ledger, &home, &Purpose::Probe { slot })
                    .await;
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
            && failed.iter().any(|(_, exchange)| !exchange.is_override);
        let is_our_side = asks_uplink && !self.gatherer.client.uplink_works().await;
        for (desk, mut exchange) in failed {
            if is_our_side
                && !exchange.is_override
                && !is_named_address(&exchange, self.gatherer.client.settings())
            {
                let detail = "our uplink did not work during this visit".to_owned();
                exchange.failure = Some(Failure::RefusedByGuard { detail });
            }
            self.gatherer
                .keep_look(&desk.ledger, &exchange, Purpose::Probe { slot })?;
            desk.slots.insert(slot);
        }
        Ok(())
    }
}

fn is_same_kind(one: Visit, other: Visit) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

/// Sites on hosts that the operator named are reached without our uplink.
fn is_named_address(exchange: &Exchange, settings: &Settings) -> bool {
    let Ok(url) = Url::parse(&exchange.url) else {
        return false;
    };
    settings.allows(
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default(),
    )
}
