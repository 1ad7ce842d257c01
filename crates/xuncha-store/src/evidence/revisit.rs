//! Which body of a target stands where, so that a body that comes again is written once.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use xuncha_core::facts::model::FactRecord;

use super::RecordId;
use super::pruned::{self, Located};
use super::read;
use super::warc::FirstBody;
use crate::{Result, StoreError};

/// A body below this is written again: naming the first one takes as much room.
const MIN_BYTES: usize = 512;

/// First records of bodies, by the first eight bytes of the hash; the record itself is asked before it is believed.
#[derive(Default)]
pub(super) struct Payloads {
    first: HashMap<u64, RecordId>,
}

/// Whether a body is worth naming instead of keeping.
pub(super) fn is_worth_it(body: &[u8]) -> bool {
    body.len() >= MIN_BYTES
}

impl Payloads {
    /// What the records of an earlier run say. A fact may name a repetition, which says where the first body stands.
    pub(super) fn of<'a>(records: impl Iterator<Item = &'a FactRecord>) -> Payloads {
        let mut payloads = Payloads::default();
        for record in records {
            let capture = match record {
                FactRecord::Page(page) => &page.capture,
                FactRecord::Look(capture) => capture,
                _ => continue,
            };
            let is_whole = capture.failure.is_none() && !capture.truncated;
            if !is_whole || capture.size_bytes < MIN_BYTES as u64 {
                continue;
            }
            let Ok(id) = capture.evidence.record.parse::<RecordId>() else {
                continue;
            };
            if let Some(key) = hex::decode(&capture.evidence.sha256)
                .ok()
                .and_then(|hash| key(&hash))
            {
                payloads
                    .first
                    .entry(key)
                    .and_modify(|known| *known = id.min(*known))
                    .or_insert(id);
            }
        }
        payloads
    }

    /// Remembers where a body was written.
    pub(super) fn put(&mut self, hash: &[u8; 32], id: RecordId) {
        if let Some(key) = key(hash) {
            self.first.entry(key).or_insert(id);
        }
    }

    /// The record that holds this body, read and compared; `None` where there is none to rely on.
    pub(super) fn get(&mut self, dir: &Path, hash: &[u8; 32], digest: &str) -> Option<FirstBody> {
        let key = key(hash)?;
        let id = *self.first.get(&key)?;
        match first_body(dir, id, digest) {
            Ok(Some((id, first))) => {
                self.first.insert(key, id);
                Some(first)
            }
            Ok(None) => {
                self.first.remove(&key);
                None
            }
            Err(error) => {
                tracing::warn!(%error, record = %id, "an earlier body cannot be read, the new one is kept whole");
                self.first.remove(&key);
                None
            }
        }
    }
}

fn key(hash: &[u8]) -> Option<u64> {
    let bytes: [u8; 8] = hash.get(..8)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

fn first_body(dir: &Path, id: RecordId, digest: &str) -> Result<Option<(RecordId, FirstBody)>> {
    let mut id = id;
    // A repetition names the first body itself, so one step is enough.
    for _ in 0..2 {
        let Located::Stands { path, offset } = pruned::locate(dir, id)? else {
            return Ok(None);
        };
        let mut file = File::open(&path).map_err(StoreError::file(&path))?;
        file.seek(SeekFrom::Start(offset))
            .map_err(StoreError::file(&path))?;
        let record = read::record_head(&mut BufReader::with_capacity(4096, file))
            .map_err(StoreError::file(&path))?;
        if record.header("warc-payload-digest") != digest {
            return Ok(None);
        }
        if record.kind() == "revisit" {
            id = record.header("x-xuncha-body").parse()?;
            continue;
        }
        if record.kind() != "response" || !record.header("warc-truncated").is_empty() {
            return Ok(None);
        }
        let first = FirstBody {
            record: id.to_string(),
            record_id: record.header("warc-record-id").to_owned(),
            url: record.header("warc-target-uri").to_owned(),
            at_utc: record.header("warc-date").to_owned(),
        };
        return Ok(Some((id, first)));
    }
    Ok(None)
}
