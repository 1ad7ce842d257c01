//! Writing the evidence of one target: open (and mend), keep, append, close.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::RecordId;
use super::facts::{self, FactIter};
use super::folder::{EvidenceFolder, segment_path};
use super::warc::{self, ExchangeParts};
use crate::{Result, StoreError};

/// A segment is closed before it would grow above this.
const MAX_SEGMENT_BYTES: u64 = 1 << 30;

/// 已存证据. Where a kept exchange stands and what its body hashes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `SEGMENT@OFFSET`, for `EvidenceRef::record`.
    pub record: String,
    /// SHA-256 of the body, lower-case hex.
    pub sha256: String,
}

/// 对象证据. The open evidence of one target; the only writer of its folder.
pub struct TargetEvidence {
    dir: PathBuf,
    target: String,
    facts: File,
    segment: u32,
    warc: Option<File>,
    warc_len: u64,
    max_segment_bytes: u64,
}

impl EvidenceFolder {
    /// Opens a target's evidence for writing and answers with the facts that stand in it. What an interrupted run left behind
    /// the last whole fact is cut off first.
    pub fn open_target(
        &self,
        round: &str,
        target: &TargetId,
    ) -> Result<(TargetEvidence, Vec<FactRecord>)> {
        TargetEvidence::open(&self.target_dir(round, target), target)
    }
}

impl TargetEvidence {
    /// See [`EvidenceFolder::open_target`]; `dir` is the target's folder.
    pub fn open(dir: &Path, target: &TargetId) -> Result<(TargetEvidence, Vec<FactRecord>)> {
        std::fs::create_dir_all(dir).map_err(StoreError::file(dir))?;
        let facts_path = dir.join("facts.seg");
        let mut frames = read_frames(&facts_path)?;
        let last = mend_captures(dir, &mut frames)?;
        let kept_len = frames
            .last()
            .map_or(facts::MAGIC.len() as u64, |(_, end)| *end);
        let facts = open_facts(&facts_path, kept_len)?;
        let evidence = TargetEvidence {
            dir: dir.to_owned(),
            target: target.0.clone(),
            facts,
            segment: last.map_or(1, |(segment, _)| segment),
            warc: None,
            warc_len: last.map_or(0, |(_, len)| len),
            max_segment_bytes: MAX_SEGMENT_BYTES,
        };
        Ok((
            evidence,
            frames.into_iter().map(|(record, _)| record).collect(),
        ))
    }

    /// With smaller segments; for tests and for media that hold no large files.
    pub fn with_segment_limit(mut self, bytes: u64) -> TargetEvidence {
        self.max_segment_bytes = bytes;
        self
    }

    /// Appends an exchange to the archive in one write.
    pub fn keep(&mut self, parts: &ExchangeParts<'_>) -> Result<Kept> {
        let hash: [u8; 32] = Sha256::digest(parts.body).into();
        self.ready_segment(parts.at)?;
        let place = format!(
            "{} {}",
            self.target,
            RecordId {
                segment: self.segment,
                offset: self.warc_len
            }
        );
        let path = segment_path(&self.dir, self.segment);
        let (mut members, answer) =
            warc::exchange(parts, &place, &hash).map_err(StoreError::file(&path))?;
        let id = RecordId {
            segment: self.segment,
            offset: self.warc_len + members.len() as u64,
        };
        // The answer comes last, so that a fact's record id tells where the whole exchange ends.
        members.extend_from_slice(&answer);
        self.write_warc(&members)?;
        Ok(Kept {
            record: id.to_string(),
            sha256: hex::encode(hash),
        })
    }

    /// Appends a fact in one write.
    pub fn append(&mut self, record: &FactRecord) -> Result<()> {
        let frame = facts::frame(record)?;
        let path = self.dir.join("facts.seg");
        self.facts
            .write_all(&frame)
            .map_err(StoreError::file(&path))?;
        if matches!(record, FactRecord::PhaseDone { .. }) {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes what was written survive a power failure: captures first, then the facts that refer to them.
    pub fn sync(&mut self) -> Result<()> {
        if let Some(warc) = &self.warc {
            warc.sync_data().map_err(StoreError::file(&self.dir))?;
        }
        self.facts.sync_data().map_err(StoreError::file(&self.dir))
    }

    /// Syncs and closes.
    pub fn close(mut self) -> Result<()> {
        self.sync()
    }

    /// Sees to an open segment with room in it.
    fn ready_segment(&mut self, at: DateTime) -> Result<()> {
        if self.warc_len >= self.max_segment_bytes {
            self.sync()?;
            self.segment += 1;
            self.warc = None;
            self.warc_len = 0;
        }
        if self.warc.is_some() {
            return Ok(());
        }
        let path = segment_path(&self.dir, self.segment);
        let options = OpenOptions::new().append(true).create(true).open(&path);
        self.warc = Some(options.map_err(StoreError::file(&path))?);
        if self.warc_len == 0 {
            let info =
                warc::warcinfo(&self.target, self.segment, at).map_err(StoreError::file(&path))?;
            self.write_warc(&info)?;
        }
        Ok(())
    }

    fn write_warc(&mut self, members: &[u8]) -> Result<()> {
        let path = segment_path(&self.dir, self.segment);
        let missing = || std::io::Error::new(ErrorKind::NotFound, "segment is not open");
        let file = self
            .warc
            .as_mut()
            .ok_or_else(missing)
            .map_err(StoreError::file(&path))?;
        file.write_all(members).map_err(StoreError::file(&path))?;
        self.warc_len += members.len() as u64;
        Ok(())
    }
}

/// Whole frames with the position behind each.
fn read_frames(path: &Path) -> Result<Vec<(FactRecord, u64)>> {
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
fn open_facts(path: &Path, kept_len: u64) -> Result<File> {
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
/// the facts and lose the captures) are taken off `frames`, so that they are gathered anew. Answers with the last segment and its length.
fn mend_captures(dir: &Path, frames: &mut Vec<(FactRecord, u64)>) -> Result<Option<(u32, u64)>> {
    let lengths = segment_lengths(dir)?;
    loop {
        let last_records = last_records(&lengths, frames)?;
        let mut end = None;
        let mut torn = None;
        for (&segment, &offset) in &last_records {
            match record_end(dir, RecordId { segment, offset })? {
                Some(position) => end = Some((segment, position)),
                None => torn = torn.or(Some(RecordId { segment, offset })),
            }
        }
        let Some(torn) = torn else {
            let (segment, position) = end.unwrap_or((0, 0));
            cut_segments(dir, &lengths, segment, position)?;
            return Ok(end);
        };
        // The capture itself is torn: go back before the first fact that refers to it, and look again.
        let first = frames
            .iter()
            .position(|(record, _)| matches!(record_of(record), Ok(Some(id)) if id == torn));
        frames.truncate(first.unwrap_or(0));
    }
}

/// The last offset that facts refer to in each segment. Facts from the first one on whose capture is missing are taken off.
fn last_records(
    lengths: &BTreeMap<u32, u64>,
    frames: &mut Vec<(FactRecord, u64)>,
) -> Result<BTreeMap<u32, u64>> {
    let mut last: BTreeMap<u32, u64> = BTreeMap::new();
    let mut whole = 0;
    for (record, _) in frames.iter() {
        if let Some(id) = record_of(record)? {
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
    match warc::read_record(file) {
        Ok(record) => Ok(Some(id.offset + record.compressed_len)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(StoreError::Damaged {
            path,
            detail: format!("偏移 {} 处：{error}", id.offset),
        }),
    }
}

fn segment_lengths(dir: &Path) -> Result<BTreeMap<u32, u64>> {
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

/// Removes segments behind `segment` and cuts it to `end`.
fn cut_segments(dir: &Path, lengths: &BTreeMap<u32, u64>, segment: u32, end: u64) -> Result<()> {
    // From the last backwards: killed in between, no gap is left.
    for (&number, &length) in lengths.iter().rev() {
        let path = segment_path(dir, number);
        if number > segment {
            std::fs::remove_file(&path).map_err(StoreError::file(&path))?;
        } else if number == segment && length > end {
            let file = OpenOptions::new()
                .write(true)
                .open(&path)
                .map_err(StoreError::file(&path))?;
            file.set_len(end).map_err(StoreError::file(&path))?;
        }
    }
    Ok(())
}

/// The record that a fact refers to.
pub(super) fn record_of(record: &FactRecord) -> Result<Option<RecordId>> {
    let evidence = match record {
        FactRecord::Page(page) => &page.capture.evidence,
        FactRecord::Look(capture) => &capture.evidence,
        FactRecord::Network(facts) => &facts.evidence,
        _ => return Ok(None),
    };
    if evidence.record.is_empty() {
        return Ok(None);
    }
    evidence.record.parse().map(Some)
}
