//! 接线. The gatherer's evidence sink over the store's evidence files.

use jiff::civil::DateTime;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_gather::exchange::Exchange;
use xuncha_gather::sink::{EvidenceSink, KeptAnswer, SinkError, TargetLog};
use xuncha_store::StoreError;
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts, TargetEvidence};

/// 证据文件夹. Evidence of one round as files.
pub struct FolderSink {
    folder: EvidenceFolder,
    round: String,
}

impl FolderSink {
    /// The evidence of this round inside the folder.
    pub fn new(folder: EvidenceFolder, round: &str) -> FolderSink {
        FolderSink {
            folder,
            round: round.to_owned(),
        }
    }
}

impl EvidenceSink for FolderSink {
    fn open(&self, target: &TargetId) -> Result<(Box<dyn TargetLog>, Vec<FactRecord>), SinkError> {
        let (evidence, records) = self
            .folder
            .open_target(&self.round, target)
            .map_err(sink_error)?;
        let log = FolderLog {
            evidence,
            folder: self.folder.clone(),
            round: self.round.clone(),
            target: target.clone(),
        };
        Ok((Box::new(log), records))
    }
}

struct FolderLog {
    evidence: TargetEvidence,
    folder: EvidenceFolder,
    round: String,
    target: TargetId,
}

impl TargetLog for FolderLog {
    fn keep(&mut self, exchange: &Exchange) -> Result<String, SinkError> {
        let mut record = String::new();
        let last = exchange.legs.len().saturating_sub(1);
        for (index, leg) in exchange.legs.iter().enumerate() {
            let is_last = index == last;
            let failure = match (&exchange.failure, is_last) {
                (Some(failure), true) => format!("{failure:?}"),
                _ => String::new(),
            };
            let parts = ExchangeParts {
                url: &leg.url,
                at: exchange.at,
                request_head: &leg.request_head,
                response_head: (!leg.response_head.is_empty())
                    .then_some(leg.response_head.as_slice()),
                body: &leg.body,
                failure: &failure,
                is_truncated: is_last && exchange.is_truncated,
                // The gatherer hashes the final body itself.
                sha256: if is_last { &exchange.sha256 } else { "" },
            };
            record = self.evidence.keep(&parts).map_err(sink_error)?.record;
        }
        Ok(record)
    }

    fn keep_rendered(&mut self, url: &str, at: DateTime, html: &[u8]) -> Result<String, SinkError> {
        let kept = self.evidence.keep_rendered(url, at, html);
        Ok(kept.map_err(sink_error)?.record)
    }

    fn read(&mut self, record: &str) -> Result<Option<KeptAnswer>, SinkError> {
        let archived = match self.folder.read_record(&self.round, &self.target, record) {
            Ok(archived) => archived,
            // A retention policy took the body out: it is asked again.
            Err(StoreError::Pruned { .. }) => return Ok(None),
            Err(error) => return Err(sink_error(error)),
        };
        Ok(archived.status.map(|status| KeptAnswer {
            status,
            headers: archived.headers,
            body: archived.body,
        }))
    }

    fn append(&mut self, record: &FactRecord) -> Result<(), SinkError> {
        self.evidence.append(record).map_err(sink_error)
    }

    fn close(&mut self) -> Result<(), SinkError> {
        self.evidence.rest().map_err(sink_error)
    }
}

fn sink_error(error: impl std::fmt::Display) -> SinkError {
    SinkError(error.to_string())
}
