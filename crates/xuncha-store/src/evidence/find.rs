//! Finding captures by address: the indexes of a target's segments, kept for the next question.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use xuncha_core::registry::TargetId;

use super::RecordId;
use super::cdxj::{self, SegmentIndex};
use super::folder::{EvidenceFolder, segment_path};
use super::mend;
use super::pruned::PruneMap;
use crate::{Result, StoreError};

/// Indexes kept in memory; a replayed page asks the same ones dozens of times.
const CACHED: usize = 16;

/// An index with the places that its records had first.
struct Opened {
    length: u64,
    index: SegmentIndex,
    first_offset: Option<BTreeMap<u64, u64>>,
}

/// Indexes that were opened lately, by segment.
#[derive(Default)]
pub(super) struct IndexCache {
    opened: Mutex<BTreeMap<PathBuf, Arc<Opened>>>,
}

impl std::fmt::Debug for IndexCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndexCache")
    }
}

impl IndexCache {
    fn open(&self, dir: &Path, segment: u32) -> Result<Arc<Opened>> {
        let path = segment_path(dir, segment);
        let length = std::fs::metadata(&path)
            .map_err(StoreError::file(&path))?
            .len();
        let lock = || self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = lock().get(&path).filter(|opened| opened.length == length) {
            return Ok(opened.clone());
        }
        let opened = Arc::new(Opened {
            length,
            index: SegmentIndex::open(dir, segment)?,
            first_offset: PruneMap::load(dir, segment)?.map(|map| map.first_offset()),
        });
        let mut all = lock();
        if all.len() >= CACHED {
            all.clear();
        }
        all.insert(path, opened.clone());
        Ok(opened)
    }
}

/// 重建的索引. What making the indexes of a target came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Segments.
    pub segments: u64,
    /// Answers in them.
    pub entries: u64,
    /// Segments whose index was missing or stale.
    pub renewed: u64,
}

impl EvidenceFolder {
    /// The answer to `url` that is nearest in time to `at_utc` (ISO 8601), among those that other spellings of the address share:
    /// the record, for [`EvidenceFolder::read_record`]. `None` where nothing is archived.
    pub fn find(
        &self,
        round: &str,
        target: &TargetId,
        url: &str,
        at_utc: &str,
    ) -> Result<Option<String>> {
        let dir = self.target_dir(round, target);
        let wanted = moment(at_utc);
        let url = url.split('#').next().unwrap_or_default();
        let mut best: Option<((bool, bool, i64), RecordId)> = None;
        for &segment in mend::segment_lengths(&dir)?.keys() {
            let opened = self.indexes.open(&dir, segment)?;
            for entry in opened.index.find(url) {
                let offset = match &opened.first_offset {
                    Some(known) => known.get(&entry.offset).copied(),
                    None => Some(entry.offset),
                };
                let Some(offset) = offset else { continue };
                let is_other = entry.url != url;
                let is_bad = !entry.status.starts_with(['2', '3']);
                let distance = (moment(&entry.at) - wanted).abs();
                let rank = (is_other, is_bad, distance);
                if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                    best = Some((rank, RecordId { segment, offset }));
                }
            }
        }
        Ok(best.map(|(_, id)| id.to_string()))
    }

    /// Makes the indexes of a target that are missing or stale, or all of them.
    pub fn index_target(&self, round: &str, target: &TargetId, all: bool) -> Result<Indexed> {
        let dir = self.target_dir(round, target);
        let mut indexed = Indexed::default();
        for (&segment, &length) in &mend::segment_lengths(&dir)? {
            let stored = if all {
                None
            } else {
                SegmentIndex::stored(&dir, segment)?
            };
            let index = match stored {
                Some(index) => index,
                None => {
                    let index = SegmentIndex::scan(&dir, segment)?;
                    index.write(&dir, segment, length)?;
                    indexed.renewed += 1;
                    index
                }
            };
            indexed.segments += 1;
            indexed.entries += index.text().lines().count() as u64;
        }
        Ok(indexed)
    }

    /// Bytes of the indexes of a target.
    pub(super) fn index_bytes(dir: &Path, segment: u32) -> u64 {
        std::fs::metadata(cdxj::index_path(dir, segment)).map_or(0, |metadata| metadata.len())
    }
}

/// The digits of a time as seconds on a calendar of 31-day months: good enough to compare.
fn moment(at: &str) -> i64 {
    let digits: Vec<i64> = at
        .bytes()
        .filter(u8::is_ascii_digit)
        .take(14)
        .map(|byte| i64::from(byte - b'0'))
        .collect();
    let number = |from: usize, to: usize| {
        let part = digits.get(from..to.min(digits.len())).unwrap_or_default();
        part.iter().fold(0, |sum, digit| sum * 10 + digit)
    };
    let days = (number(0, 4) * 12 + number(4, 6)) * 31 + number(6, 8);
    ((days * 24 + number(8, 10)) * 60 + number(10, 12)) * 60 + number(12, 14)
}
