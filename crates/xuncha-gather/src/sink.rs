//! Where evidence and records go. Files and databases stand behind these traits; a sink in memory serves `check` and tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::civil::DateTime;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use crate::exchange::Exchange;
use crate::lock;

/// 存储错误. What the storage said, in Chinese, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("证据无法写入：{0}")]
pub struct SinkError(pub String);

/// 证据库. Opens the log of a target; called again for the same target when a run goes on.
pub trait EvidenceSink: Send + Sync {
    /// The log and the records that already stand in it, in order. A torn last record is cut off by the sink.
    /// Logs of all targets of a round are open at the same time: an implementation holds files open only while it writes.
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError>;
}

/// 已存应答. An answer read back from the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Decoded body.
    pub body: Vec<u8>,
}

/// 对象日志. The append-only evidence of one target. `keep` comes before the `append` that refers to it, each is written at once.
pub trait TargetLog: Send {
    /// Keeps the exchange and says where: `SEGMENT@OFFSET` of the final answer.
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError>;
    /// Keeps a page as it stood after its scripts had run, and says where.
    fn keep_rendered(&mut self, url: &str, at: DateTime, html: &[u8]) -> Result<String, SinkError>;
    /// Reads an answer back; `None` where bodies are not kept.
    fn read(&mut self, record: &str) -> Result<Option<KeptAnswer>, SinkError>;
    /// Appends a record.
    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError>;
    /// Nothing more comes for now.
    fn close(&mut self) -> Result<(), SinkError>;
}

/// 内存证据库. Keeps records, and of exchanges only the numbers (or all of them, for tests). Records stand packed, as they would in a
/// file: a page of 200,000 links takes a quarter of the memory, and thousands of pages do not leave the heap in shreds.
#[derive(Clone, Default)]
pub struct MemorySink {
    kept: Arc<Mutex<Memory>>,
    keeps_exchanges: bool,
}

#[derive(Default)]
struct Memory {
    records: BTreeMap<TargetId, Vec<Box<[u8]>>>,
    exchanges: BTreeMap<TargetId, Vec<(String, Exchange)>>,
    rendered: BTreeMap<TargetId, Vec<Vec<u8>>>,
    counts: BTreeMap<TargetId, u64>,
}

impl Memory {
    fn next_record(&mut self, target: &TargetId) -> String {
        let count = self.counts.entry(target.clone()).or_default();
        *count += 1;
        format!("memory@{}", *count - 1)
    }
}

impl MemorySink {
    /// Empty; exchanges are counted and dropped.
    pub fn new() -> MemorySink {
        MemorySink::default()
    }

    /// Empty; exchanges are kept too.
    pub fn keeping_exchanges() -> MemorySink {
        MemorySink {
            keeps_exchanges: true,
            ..MemorySink::default()
        }
    }

    /// With records of an earlier run.
    pub fn with_records(records: BTreeMap<TargetId, Vec<FactRecord>>) -> MemorySink {
        let sink = MemorySink::default();
        let pack_all = |(target, records): (TargetId, Vec<FactRecord>)| {
            (target, records.iter().map(packed).collect())
        };
        lock(&sink.kept).records = records.into_iter().map(pack_all).collect();
        sink
    }

    /// The records of all targets.
    pub fn records(&self) -> BTreeMap<TargetId, Vec<FactRecord>> {
        let memory = lock(&self.kept);
        let unpack_all = |(target, records): (&TargetId, &Vec<Box<[u8]>>)| {
            let records = records.iter().map(|record| unpacked(record));
            (target.clone(), records.collect())
        };
        memory.records.iter().map(unpack_all).collect()
    }

    /// The records of all targets, taken out.
    pub fn take_records(&self) -> BTreeMap<TargetId, Vec<FactRecord>> {
        let records = std::mem::take(&mut lock(&self.kept).records);
        // Each packed record goes when it is unpacked: never do all stand in memory twice.
        let unpack_all = |(target, records): (TargetId, Vec<Box<[u8]>>)| {
            let records = records.into_iter().map(|record| unpacked(&record));
            (target, records.collect())
        };
        records.into_iter().map(unpack_all).collect()
    }

    /// The exchanges of a target.
    pub fn exchanges(&self, target: &TargetId) -> Vec<Exchange> {
        lock(&self.kept)
            .exchanges
            .get(target)
            .map(|kept| kept.iter().map(|(_, exchange)| exchange.clone()).collect())
            .unwrap_or_default()
    }
}

impl MemorySink {
    /// The rendered pages of a target.
    pub fn rendered(&self, target: &TargetId) -> Vec<Vec<u8>> {
        let memory = lock(&self.kept);
        memory.rendered.get(target).cloned().unwrap_or_default()
    }
}

impl EvidenceSink for MemorySink {
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError> {
        let records = lock(&self.kept)
            .records
            .get(target)
            .map(|records| records.iter().map(|record| unpacked(record)).collect())
            .unwrap_or_default();
        let log = MemoryLog {
            sink: self.clone(),
            target: target.clone(),
        };
        Ok((Box::new(log), records))
    }
}

fn packed(record: &FactRecord) -> Box<[u8]> {
    let bytes = postcard::to_stdvec(record)
        .expect("every record can be written: files hold them in this form");
    bytes.into_boxed_slice()
}

fn unpacked(bytes: &[u8]) -> FactRecord {
    postcard::from_bytes(bytes).expect("nobody changed what was packed above")
}

struct MemoryLog {
    sink: MemorySink,
    target: TargetId,
}

impl TargetLog for MemoryLog {
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError> {
        let mut memory = lock(&self.sink.kept);
        let record = memory.next_record(&self.target);
        if self.sink.keeps_exchanges {
            let kept = memory.exchanges.entry(self.target.clone()).or_default();
            kept.push((record.clone(), exchange.clone()));
        }
        Ok(record)
    }

    fn keep_rendered(&mut self, _: &str, _: DateTime, html: &[u8]) -> Result<String, SinkError> {
        let mut memory = lock(&self.sink.kept);
        if self.sink.keeps_exchanges {
            let rendered = memory.rendered.entry(self.target.clone()).or_default();
            rendered.push(html.to_vec());
        }
        Ok(memory.next_record(&self.target))
    }

    fn read(&mut self, record: &str) -> Result<Option<KeptAnswer>, SinkError> {
        let memory = lock(&self.sink.kept);
        let kept = memory.exchanges.get(&self.target).into_iter().flatten();
        let exchange = kept
            .filter(|(one, _)| one == record)
            .find_map(|(_, exchange)| exchange.last());
        Ok(exchange.and_then(|leg| {
            Some(KeptAnswer {
                status: leg.status?,
                headers: leg.headers(),
                body: leg.body.clone(),
            })
        }))
    }

    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError> {
        lock(&self.sink.kept)
            .records
            .entry(self.target.clone())
            .or_default()
            .push(packed(record));
        Ok(())
    }

    fn close(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
