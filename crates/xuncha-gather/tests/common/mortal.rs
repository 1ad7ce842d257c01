//! A sink that dies, and records as they compare over runs that died.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::civil::DateTime;
use xuncha_core::evidence::Capture;
use xuncha_core::facts::model::{FactRecord, PageFacts};
use xuncha_core::registry::TargetId;
use xuncha_gather::exchange::Exchange;
use xuncha_gather::sink::{EvidenceSink, KeptAnswer, MemorySink, SinkError, TargetLog};

/// What must be the same however often a run was cut: everything but where it is kept and how long it took.
pub fn essence(
    records: &BTreeMap<TargetId, Vec<FactRecord>>,
) -> BTreeMap<TargetId, BTreeSet<String>> {
    let line = |record: &FactRecord| match record {
        FactRecord::Page(facts) => {
            let facts = PageFacts {
                capture: plain(&facts.capture),
                ..(**facts).clone()
            };
            format!("page {facts:?}")
        }
        FactRecord::Look(capture) => format!("look {:?}", plain(capture)),
        other => format!("{other:?}"),
    };
    records
        .iter()
        .map(|(target, records)| (target.clone(), records.iter().map(line).collect()))
        .collect()
}

fn plain(capture: &Capture) -> Capture {
    let mut plain = capture.clone();
    plain.millis = 0;
    plain.timing = Default::default();
    plain.evidence.record.clear();
    plain
}

/// A sink that dies after so many writes, as a process does: between the evidence and the record too.
pub struct Mortal {
    inner: MemorySink,
    life: Life,
}

/// Writes that are left, and what was written.
#[derive(Clone, Default)]
struct Life {
    left: Arc<AtomicUsize>,
    wrote: Arc<Mutex<Vec<String>>>,
}

impl Mortal {
    pub fn new(inner: MemorySink, left: usize) -> Mortal {
        let life = Life::default();
        life.left.store(left, Ordering::SeqCst);
        Mortal { inner, life }
    }

    /// What was written, a word for each: `keep`, `rendered`, `page`, `look`, the name of a phase.
    pub fn wrote(&self) -> Arc<Mutex<Vec<String>>> {
        self.life.wrote.clone()
    }
}

struct MortalLog {
    inner: Box<dyn TargetLog>,
    life: Life,
}

impl Life {
    fn spend(&self, word: &str) -> Result<(), SinkError> {
        let spent = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        spent.map_err(|_| SinkError("killed".into()))?;
        self.wrote.lock().unwrap().push(word.to_owned());
        Ok(())
    }
}

impl EvidenceSink for Mortal {
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError> {
        let (inner, records) = self.inner.open(target)?;
        Ok((
            Box::new(MortalLog {
                inner,
                life: self.life.clone(),
            }),
            records,
        ))
    }
}

impl TargetLog for MortalLog {
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError> {
        self.life.spend("keep")?;
        self.inner.keep(exchange)
    }

    fn keep_rendered(&mut self, url: &str, at: DateTime, html: &[u8]) -> Result<String, SinkError> {
        self.life.spend("rendered")?;
        self.inner.keep_rendered(url, at, html)
    }

    fn read(&mut self, record: &str) -> Result<Option<KeptAnswer>, SinkError> {
        self.inner.read(record)
    }

    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError> {
        self.life.spend(match record {
            FactRecord::Page(_) => "page",
            FactRecord::Look(_) => "look",
            FactRecord::PhaseDone { phase } => phase,
            _ => "other",
        })?;
        self.inner.append(record)
    }

    fn close(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
