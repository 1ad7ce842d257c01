//! Mending what a killed run left behind: whole facts with whole captures stay, everything behind them is cut.
//!
//! Segments that a retention policy has thinned out are closed for good: they are never cut and never written to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use xuncha_core::facts::model::FactRecord;

use super::RecordId;
use super::cdxj;
use super::facts::{self, FactIter};
use super::folder::segment_path;
use super::pruned;
use super::read;
use crate::{Result, StoreError};

/// Whole frames with the position behind each.
pub(super) fn read_frames(path: &Path) -> Result<Vec<(FactRecord, u64)>> {
    let mut records = FactIter::open(path)?;
    let mut frames = Vec::new();
    while let Some(record) = records.next() {
        frames.push((record?, records.position()));
    }
    if records.position() < records.file_len() {
        tracing::warn!(path = %path.display(), from = records.position(), "cut a torn facts frame");
    }
    Ok(frames)
}

/// The facts file cut to `kept_len` and open behind it, with its magic.
pub(super) fn open_facts(path: &Path, kept_len: u64) -> Result<File> {
    let io = || StoreError::file(path);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io())?;
    let len = file.metadata().map_err(io())?.len();
    if len < kept_len {
        file.set_len(0).map_err(io())?;
        file.write_all(facts::MAGIC).map_err(io())?;
    } else if len > kept_len {
        file.set_len(kept_len).map_err(io())?;
    }
    file.seek(SeekFrom::End(0)).map_err(io())?;
    Ok(file)
}

/// Cuts the archive behind the last exchange that a fact refers to. Facts whose exchange is not there (a power failure can keep
/// the facts and lose the captures) are taken off `frames`, so that they are gathered anew. Answers with the segment that writing
/// goes on in, and its length.
pub(super) fn captures(dir: &Path, frames: &mut Vec<(FactRecord, u64)>) -> Result<(u32, u64)> {
    let lengths = segment_lengths(dir)?;
    let thinned: BTreeSet<u32> = lengths
        .keys()
        .copied()
        .filter(|segment| pruned::is_thinned(dir, *segment))
        .collect();
    loop {
        let last_records = last_records(&lengths, &thinned, frames)?;
        let mut end = None;
        let mut torn = None;
        for (&segment, &offset) in &last_records {
            match record_end(dir, RecordId { segment, offset })? {
                Some(position) => end = Some((segment, position)),
                None => torn = torn.or(Some(RecordId { segment, offset })),
            }
        }
        if let Some(torn) = torn {
            // The capture itself is torn: go back before the first fact that refers to it, and look again.
            let first = frames
                .iter()
                .position(|(record, _)| matches!(record_of(record), Ok(Some(id)) if id == torn));
            frames.truncate(first.unwrap_or(0));
            continue;
        }
        let last_thinned = thinned.last().copied().unwrap_or(0);
        let (segment, position) = match end {
            Some((segment, position)) if segment > last_thinned => (segment, position),
            _ => (last_thinned + 1, 0),
        };
        cut_segments(dir, &lengths, segment, position)?;
        return Ok((segment, position));
    }
}

/// The last offset that facts refer to in each segment. Facts from the first one on whose capture is missing are taken off.
fn last_records(
    lengths: &BTreeMap<u32, u64>,
    thinned: &BTreeSet<u32>,
    frames: &mut Vec<(FactRecord, u64)>,
) -> Result<BTreeMap<u32, u64>> {
    let mut last: BTreeMap<u32, u64> = BTreeMap::new();
    let mut whole = 0;
    for (record, _) in frames.iter() {
        let standing = record_of(record)?.filter(|id| !thinned.contains(&id.segment));
        if let Some(id) = standing {
            if lengths
                .get(&id.segment)
                .is_none_or(|&length| id.offset >= length)
            {
                break;
            }
            let offset = last.entry(id.segment).or_default();
            *offset = id.offset.max(*offset);
        }
        whole += 1;
    }
    frames.truncate(whole);
    Ok(last)
}

/// Where a record ends; `None` where it is torn.
fn record_end(dir: &Path, id: RecordId) -> Result<Option<u64>> {
    let path = segment_path(dir, id.segment);
    let mut file = File::open(&path).map_err(StoreError::file(&path))?;
    file.seek(SeekFrom::Start(id.offset))
        .map_err(StoreError::file(&path))?;
    match read::record(&mut BufReader::new(file)) {
        Ok(record) => Ok(Some(id.offset + record.compressed_len)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(StoreError::Damaged {
            path,
            detail: format!("偏移 {} 处：{error}", id.offset),
        }),
    }
}

/// The segments that stand in a folder without a gap, with their lengths.
pub(super) fn segment_lengths(dir: &Path) -> Result<BTreeMap<u32, u64>> {
    let mut lengths = BTreeMap::new();
    for segment in 1.. {
        let path = segment_path(dir, segment);
        match std::fs::metadata(&path) {
            Ok(metadata) => lengths.insert(segment, metadata.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            Err(error) => return Err(StoreError::file(&path)(error)),
        };
    }
    Ok(lengths)
}

/// Removes segments behind `segment` and cuts it to `end`, with their indexes.
fn cut_segments(dir: &Path, lengths: &BTreeMap<u32, u64>, segment: u32, end: u64) -> Result<()> {
    // From the last backwards: killed in between, no gap is left.
    for (&number, &length) in lengths.iter().rev() {
        let path = segment_path(dir, number);
        let is_behind = number > segment || (number == segment && end == 0);
        if is_behind {
            remove_index(dir, number)?;
            std::fs::remove_file(&path).map_err(StoreError::file(&path))?;
        } else if number == segment && length > end {
            remove_index(dir, number)?;
            let file = OpenOptions::new()
                .write(true)
                .open(&path)
                .map_err(StoreError::file(&path))?;
            file.set_len(end).map_err(StoreError::file(&path))?;
        }
    }
    Ok(())
}

fn remove_index(dir: &Path, segment: u32) -> Result<()> {
    let path = cdxj::index_path(dir, segment);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::file(&path)(error)),
        _ => Ok(()),
    }
}

/// The record that a fact refers to.
pub(super) fn record_of(record: &FactRecord) -> Result<Option<RecordId>> {
    let Some(evidence) = record.evidence() else {
        return Ok(None);
    };
    if evidence.record.is_empty() {
        return Ok(None);
    }
    evidence.record.parse().map(Some)
}
