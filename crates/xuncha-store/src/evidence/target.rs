//! Writing the evidence of one target: open (and mend), keep, append, close.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::RecordId;
use super::cdxj::IndexEntry;
use super::facts;
use super::folder::{EvidenceFolder, segment_name, segment_path};
use super::index_writer::IndexWriter;
use super::mend;
use super::revisit::{self, Payloads};
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
    payloads: Payloads,
    index: IndexWriter,
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
        let mut frames = mend::read_frames(&facts_path)?;
        let (segment, warc_len) = mend::captures(dir, &mut frames)?;
        let kept_len = frames
            .last()
            .map_or(facts::MAGIC.len() as u64, |(_, end)| *end);
        let facts = mend::open_facts(&facts_path, kept_len)?;
        let evidence = TargetEvidence {
            dir: dir.to_owned(),
            target: target.0.clone(),
            facts,
            segment,
            warc: None,
            warc_len,
            max_segment_bytes: MAX_SEGMENT_BYTES,
            payloads: Payloads::of(frames.iter().map(|(record, _)| record)),
            index: IndexWriter::open(dir, segment, warc_len)?,
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

    /// Appends an exchange to the archive in one write. A body that this target gave before is not written again: its record names
    /// the first one.
    pub fn keep(&mut self, parts: &ExchangeParts<'_>) -> Result<Kept> {
        let hash = body_hash(parts);
        let digest = warc::digest(&hash);
        self.ready_segment(parts.at)?;
        let can_repeat = parts.response_head.is_some()
            && parts.failure.is_empty()
            && !parts.is_truncated
            && revisit::is_worth_it(parts.body);
        let first = if can_repeat {
            self.payloads.get(&self.dir, &hash, &digest)
        } else {
            None
        };
        let start = RecordId {
            segment: self.segment,
            offset: self.warc_len,
        };
        let place = format!("{} {start}", self.target);
        let path = segment_path(&self.dir, self.segment);
        // The answer comes last, so that a fact's record id tells where the whole exchange ends.
        let mut members = Vec::with_capacity(2048 + parts.body.len() / 3);
        let answer_at = warc::exchange(parts, &place, &digest, first.as_ref(), &mut members)
            .map_err(StoreError::file(&path))?;
        let id = RecordId {
            segment: self.segment,
            offset: self.warc_len + answer_at as u64,
        };
        self.write_warc(&members)?;
        if let Some(head) = parts.response_head {
            let entry = IndexEntry::from_head(
                parts.url,
                &warc::utc(parts.at),
                &String::from_utf8_lossy(head),
                first.is_some(),
                &digest,
                (id.segment, id.offset, (members.len() - answer_at) as u64),
            );
            self.index.add(&entry)?;
        }
        if can_repeat && first.is_none() {
            self.payloads.put(&hash, id);
        }
        Ok(Kept {
            record: id.to_string(),
            sha256: hex::encode(hash),
        })
    }

    /// Appends a page as it stood after its scripts had run.
    pub fn keep_rendered(&mut self, url: &str, at: DateTime, html: &[u8]) -> Result<Kept> {
        let urn = format!("urn:rendered:{url}");
        self.keep_resource(&urn, at, "text/html; charset=utf-8", html)
    }

    /// Appends what no server answered with: a page as its scripts left it, a table that a person handed over. `urn` says what it is.
    pub fn keep_resource(
        &mut self,
        urn: &str,
        at: DateTime,
        content_type: &str,
        body: &[u8],
    ) -> Result<Kept> {
        self.ready_segment(at)?;
        let id = RecordId {
            segment: self.segment,
            offset: self.warc_len,
        };
        let resource = warc::Resource {
            urn,
            at,
            content_type,
            made_of: "",
            body,
        };
        let place = format!("{} {id}", self.target);
        let path = segment_path(&self.dir, self.segment);
        let member = warc::resource(&resource, &place).map_err(StoreError::file(&path))?;
        self.write_warc(&member)?;
        let entry =
            IndexEntry::of_resource(&resource, (id.segment, id.offset, member.len() as u64));
        self.index.add(&entry)?;
        Ok(Kept {
            record: id.to_string(),
            sha256: hex::encode(Sha256::digest(body)),
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

    /// Syncs, and writes the index of the open segment. Writing may go on afterwards.
    pub fn rest(&mut self) -> Result<()> {
        self.sync()?;
        self.index.finish(self.warc_len)
    }

    /// Syncs, writes the index and closes.
    pub fn close(mut self) -> Result<()> {
        self.rest()
    }

    /// Sees to an open segment with room in it.
    fn ready_segment(&mut self, at: DateTime) -> Result<()> {
        if self.warc_len >= self.max_segment_bytes {
            self.rest()?;
            self.segment += 1;
            self.warc = None;
            self.warc_len = 0;
            self.index = IndexWriter::open(&self.dir, self.segment, 0)?;
        }
        if self.warc.is_some() {
            return Ok(());
        }
        let path = segment_path(&self.dir, self.segment);
        let options = OpenOptions::new().append(true).create(true).open(&path);
        self.warc = Some(options.map_err(StoreError::file(&path))?);
        if self.warc_len == 0 {
            let name = segment_name(self.segment);
            let info = warc::warcinfo(&self.target, &name, at).map_err(StoreError::file(&path))?;
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

/// The hash that the caller reckoned, or a fresh one.
fn body_hash(parts: &ExchangeParts<'_>) -> [u8; 32] {
    hex::decode(parts.sha256)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .unwrap_or_else(|| Sha256::digest(parts.body).into())
}
