//! Where evidence and records go. Files and databases stand behind these traits; a sink in memory serves `check` and tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

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

/// 对象日志. The append-only evidence of one target. `keep` comes before the `append` that refers to it, each is written at once.
pub trait TargetLog: Send {
    /// Keeps the exchange and says where: `SEGMENT@OFFSET` of the final answer.
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError>;
    /// Appends a record.
    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError>;
    /// Nothing more comes for now.
    fn close(&mut self) -> Result<(), SinkError>;
}

/// 内存证据库. Keeps records, and of exchanges only the numbers (or all of them, for tests).
#[derive(Clone, Default)]
pub struct MemorySink {
    kept: Arc<Mutex<Memory>>,
    keeps_exchanges: bool,
}

#[derive(Default)]
struct Memory {
    records: BTreeMap<TargetId, Vec<FactRecord>>,
    exchanges: BTreeMap<TargetId, Vec<Exchange>>,
    counts: BTreeMap<TargetId, u64>,
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
        lock(&sink.kept).records = records;
        sink
    }

    /// The records of all targets.
    pub fn records(&self) -> BTreeMap<TargetId, Vec<FactRecord>> {
        lock(&self.kept).records.clone()
    }

    /// The records of all targets, taken out.
    pub fn take_records(&self) -> BTreeMap<TargetId, Vec<FactRecord>> {
        std::mem::take(&mut lock(&self.kept).records)
    }

    /// The exchanges of a target.
    pub fn exchanges(&self, target: &TargetId) -> Vec<Exchange> {
        lock(&self.kept)
            .exchanges
            .get(target)
            .cloned()
            .unwrap_or_default()
    }
}

impl EvidenceSink for MemorySink {
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError> {
        let records = lock(&self.kept)
            .records
            .get(target)
            .cloned()
            .unwrap_or_default();
        let log = MemoryLog {
            sink: self.clone(),
            target: target.clone(),
        };
        Ok((Box::new(log), records))
    }
}

struct MemoryLog {
    sink: MemorySink,
    target: TargetId,
}

impl TargetLog for MemoryLog {
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError> {
        let mut memory = lock(&self.sink.kept);
        if self.sink.keeps_exchanges {
            memory
                .exchanges
                .entry(self.target.clone())
                .or_default()
                .push(exchange.clone());
        }
        let count = memory.counts.entry(self.target.clone()).or_default();
        *count += 1;
        Ok(format!("memory@{}", *count - 1))
    }

    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError> {
        lock(&self.sink.kept)
            .records
            .entry(self.target.clone())
            .or_default()
            .push(record.clone());
        Ok(())
    }

    fn close(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
