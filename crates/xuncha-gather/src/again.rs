//! 再问: addresses that are known from earlier, asked again: each once, and a second time where the first answer did not convince.

use std::sync::Arc;
use std::time::Duration;

use url::Url;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::{Lexicons, needs_second_look};
use xuncha_core::registry::TargetId;

use crate::client::Client;
use crate::clock::CivilClock;
use crate::gatherer::Gatherer;
use crate::phases;
use crate::report::{GatherError, Progress, Quiet};
use crate::round::pause;
use crate::settings::Settings;
use crate::sink::{EvidenceSink, MemorySink};

/// Target under which the answers stand while they are read.
const AGAIN: &str = "_again";

/// Asks addresses of one site, one after another at the pace of its host; the records are the answers, in order.
pub async fn ask_again(
    home: &Url,
    addresses: &[String],
    second_look_gap_s: f64,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Vec<FactRecord>, GatherError> {
    let sink = MemorySink::new();
    let target = TargetId::from(AGAIN);
    let place = (&target, Arc::new(sink.clone()) as Arc<dyn EvidenceSink>);
    let asked = (home, addresses, second_look_gap_s);
    ask(asked, place, settings, lexicons, clock, progress).await?;
    Ok(sink.take_records().remove(&target).unwrap_or_default())
}

/// Asks one address now, and once more where the answer did not convince; the answers stand in `sink` under `target` like any evidence.
/// Answers with what was read, in order.
pub async fn look_at(
    address: &Url,
    target: &TargetId,
    second_look_gap_s: f64,
    settings: Settings,
    lexicons: Arc<Lexicons>,
    sink: Arc<dyn EvidenceSink>,
    clock: Arc<dyn CivilClock>,
) -> Result<Vec<FactRecord>, GatherError> {
    let addresses = [address.to_string()];
    let asked = (address, &addresses[..], second_look_gap_s);
    ask(asked, (target, sink), settings, lexicons, clock, &Quiet).await
}

async fn ask(
    (home, addresses, second_look_gap_s): (&Url, &[String], f64),
    (target, sink): (&TargetId, Arc<dyn EvidenceSink>),
    settings: Settings,
    lexicons: Arc<Lexicons>,
    clock: Arc<dyn CivilClock>,
    progress: &dyn Progress,
) -> Result<Vec<FactRecord>, GatherError> {
    let now = clock.now();
    let settings = Settings {
        browser: None,
        ..settings
    };
    let client = Client::new(settings, clock)?;
    let gatherer = Arc::new(Gatherer::new(client, lexicons, sink));
    let (ledger, _) = gatherer.open(target, now, now)?;
    let mut read = Vec::new();
    progress.started(phases::LOOKS, addresses.len() as u64);
    let mut doubtful = Vec::new();
    for url in addresses {
        gatherer.wait_for_crawl_hours().await?;
        let record = gatherer.page(&ledger, url, Purpose::Page).await?;
        if matches!(&record, FactRecord::Page(page) if needs_second_look(page, home)) {
            doubtful.push(url);
        }
        read.push(record);
        progress.advanced(phases::LOOKS, 1);
    }
    progress.finished(phases::LOOKS);
    if !doubtful.is_empty() {
        let gap: Duration = pause(gatherer.client.settings(), second_look_gap_s);
        tokio::time::sleep(gap).await;
    }
    for url in doubtful {
        gatherer.wait_for_crawl_hours().await?;
        read.push(gatherer.page(&ledger, url, Purpose::Page).await?);
    }
    ledger.close()?;
    Ok(read)
}
