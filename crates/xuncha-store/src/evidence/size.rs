//! What evidence weighs: per target, and per purpose of the request.

use std::collections::BTreeMap;

use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::cdxj::SegmentIndex;
use super::folder::EvidenceFolder;
use super::mend;
use super::pictures;
use super::pruned::PruneMap;
use super::{IndexEntry, RecordId};
use crate::Result;

/// 用途大小. What the captures of one purpose weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurposeSize {
    /// Captures.
    pub captures: u64,
    /// Of these, repetitions of a body that is kept once.
    pub repeated: u64,
    /// Of these, taken out by a retention policy.
    pub pruned: u64,
    /// Bytes of the bodies as read.
    pub body_bytes: u64,
    /// Bytes of their records in the archive, requests and redirects on the way included.
    pub stored_bytes: u64,
}

impl PurposeSize {
    /// Adds another one.
    pub fn add(&mut self, other: &PurposeSize) {
        self.captures += other.captures;
        self.repeated += other.repeated;
        self.pruned += other.pruned;
        self.body_bytes += other.body_bytes;
        self.stored_bytes += other.stored_bytes;
    }
}

/// 对象大小. What the evidence of one target weighs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetSize {
    /// Bytes of the WARC segments.
    pub warc_bytes: u64,
    /// Bytes of the facts.
    pub facts_bytes: u64,
    /// Bytes of the indexes.
    pub index_bytes: u64,
    /// Bytes of the pictures.
    pub picture_bytes: u64,
    /// By purpose, named as in [`EvidenceFolder::purpose_name`].
    pub purposes: BTreeMap<&'static str, PurposeSize>,
}

impl EvidenceFolder {
    /// The Chinese name under which captures of a purpose are counted.
    pub fn purpose_name(purpose: &Purpose) -> &'static str {
        match purpose {
            Purpose::Probe { .. } | Purpose::ProbeAgain { .. } => "可用性访问",
            Purpose::HomeSnapshot { .. } => "首页快照",
            Purpose::Page => "网页",
            Purpose::Link { .. } => "链接与资源",
            Purpose::Search { .. } => "站内搜索",
            Purpose::MissingPage => "不存在页面的样子",
            Purpose::Account => "新媒体账号",
            Purpose::Disguised { .. } => "搜索引擎所见",
        }
    }

    /// What the evidence of a target weighs.
    pub fn size_target(&self, round: &str, target: &TargetId) -> Result<TargetSize> {
        let dir = self.target_dir(round, target);
        let mut size = TargetSize {
            facts_bytes: std::fs::metadata(dir.join("facts.seg")).map_or(0, |found| found.len()),
            picture_bytes: std::fs::metadata(dir.join(pictures::FILE))
                .map_or(0, |found| found.len()),
            ..TargetSize::default()
        };
        let mut answers: BTreeMap<RecordId, IndexEntry> = BTreeMap::new();
        let mut pruned = std::collections::BTreeSet::new();
        for (&segment, &length) in &mend::segment_lengths(&dir)? {
            size.warc_bytes += length;
            size.index_bytes += EvidenceFolder::index_bytes(&dir, segment);
            let map = PruneMap::load(&dir, segment)?;
            let first = map.as_ref().map(PruneMap::first_offset);
            for entry in SegmentIndex::open(&dir, segment)?.entries() {
                let offset = match &first {
                    Some(first) => first.get(&entry.offset).copied(),
                    None => Some(entry.offset),
                };
                if let Some(offset) = offset {
                    answers.insert(RecordId { segment, offset }, entry);
                }
            }
            let gone = map.iter().flat_map(PruneMap::pruned);
            pruned.extend(gone.map(|(offset, _)| RecordId { segment, offset }));
        }
        let ends = exchange_sizes(&answers);
        // Redirects on the way are answers that no fact names; they weigh on the answer behind them.
        let mut captures: Vec<(RecordId, &'static str, u64)> = Vec::new();
        for record in self.records(round, target)? {
            let record = record?;
            let Some(id) = mend::record_of(&record)? else {
                continue;
            };
            let capture = match &record {
                FactRecord::Page(page) => &page.capture,
                FactRecord::Look(capture) => capture,
                _ => continue,
            };
            captures.push((id, Self::purpose_name(&capture.purpose), capture.size_bytes));
        }
        captures.sort_unstable();
        let mut walk = ends.iter().peekable();
        for (id, purpose, body_bytes) in captures {
            let line = size.purposes.entry(purpose).or_default();
            line.captures += 1;
            line.body_bytes += body_bytes;
            line.pruned += u64::from(pruned.contains(&id));
            let is_repeated = answers
                .get(&id)
                .is_some_and(|entry| entry.mime == "warc/revisit");
            line.repeated += u64::from(is_repeated);
            while let Some((_, bytes)) = walk.next_if(|(answer, _)| **answer <= id) {
                line.stored_bytes += bytes;
            }
        }
        Ok(size)
    }
}

/// Bytes from the end of one answer to the end of the next: request and answer.
fn exchange_sizes(answers: &BTreeMap<RecordId, IndexEntry>) -> BTreeMap<RecordId, u64> {
    let mut sizes = BTreeMap::new();
    let mut last = (0, 0);
    for (id, entry) in answers {
        let end = entry.offset + entry.length;
        let begin = if last.0 == id.segment { last.1 } else { 0 };
        sizes.insert(*id, end.saturating_sub(begin));
        last = (id.segment, end);
    }
    sizes
}
