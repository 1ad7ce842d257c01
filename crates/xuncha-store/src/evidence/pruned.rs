//! The list of a thinned segment: where each of its captures stands now, or what is still known of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::RecordId;
use super::folder::segment_path;
use crate::{Result, StoreError};

/// 已清理的存档. What is still known of a capture that a retention policy took out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrunedCapture {
    /// Address that was asked.
    pub url: String,
    /// Time as the archive writes it (UTC).
    pub at_utc: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// SHA-256 of the body, lower-case hex.
    pub sha256: String,
    /// Policy that took it out.
    pub policy: String,
    /// When that was.
    pub pruned_at: DateTime,
}

/// First line of the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MapHead {
    old_length: u64,
    pub(super) new_length: u64,
}

/// A line of the list: a capture by the offset that it had first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MapLine {
    pub(super) offset: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pruned: Option<PrunedCapture>,
}

/// Last line of the list: the hash of everything before it.
#[derive(Serialize, Deserialize)]
struct MapSeal {
    sha256: String,
}

/// Where the captures of a thinned segment stand.
pub(super) struct PruneMap {
    pub(super) new_length: u64,
    pub(super) lines: BTreeMap<u64, MapLine>,
}

/// Where a capture stands.
pub(super) enum Located {
    /// In this file, at this offset.
    Stands {
        /// File.
        path: PathBuf,
        /// Offset in the file as it is now.
        offset: u64,
    },
    /// Taken out.
    Pruned(Box<PrunedCapture>),
}

pub(super) fn map_path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(format!("{segment:05}.pruned.jsonl"))
}

/// Whether a policy has been at a segment, finished or not.
pub(super) fn is_thinned(dir: &Path, segment: u32) -> bool {
    map_path(dir, segment).exists()
}

impl PruneMap {
    /// The list of a segment; `None` where none applies: never thinned, or killed before the new file took its place.
    pub(super) fn load(dir: &Path, segment: u32) -> Result<Option<PruneMap>> {
        let path = map_path(dir, segment);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file(&path)(error)),
        };
        let damaged = || StoreError::Damaged {
            path: path.clone(),
            detail: "清理清单不完整或被改动".to_owned(),
        };
        let (head, map) = parse(&text).ok_or_else(damaged)?;
        let warc = segment_path(dir, segment);
        let length = std::fs::metadata(&warc)
            .map_err(StoreError::file(&warc))?
            .len();
        Ok((length != head.old_length).then_some(map))
    }

    /// The place that a record of the file had first.
    pub(super) fn first_offset(&self) -> BTreeMap<u64, u64> {
        let lines = self.lines.iter();
        lines
            .filter_map(|(first, line)| Some((line.now?, *first)))
            .collect()
    }

    /// The captures that were taken out, by the offset that they had first.
    pub(super) fn pruned(&self) -> impl Iterator<Item = (u64, &PrunedCapture)> {
        let lines = self.lines.iter();
        lines.filter_map(|(first, line)| Some((*first, line.pruned.as_ref()?)))
    }
}

/// Reads a list whose last line holds what is above it.
pub(super) fn parse(text: &str) -> Option<(MapHead, PruneMap)> {
    let body_len = text.trim_end().rfind('\n')? + 1;
    let (body, seal) = text.split_at(body_len);
    let seal: MapSeal = serde_json::from_str(seal.trim_end()).ok()?;
    if seal.sha256 != hex::encode(Sha256::digest(body)) {
        return None;
    }
    let mut lines = body.lines();
    let head: MapHead = serde_json::from_str(lines.next()?).ok()?;
    let mut map = PruneMap {
        new_length: head.new_length,
        lines: BTreeMap::new(),
    };
    for line in lines {
        let line: MapLine = serde_json::from_str(line).ok()?;
        map.lines.insert(line.offset, line);
    }
    Some((head, map))
}

/// Where a capture stands now.
pub(super) fn locate(dir: &Path, id: RecordId) -> Result<Located> {
    let path = segment_path(dir, id.segment);
    let stands = |offset| Located::Stands {
        path: path.clone(),
        offset,
    };
    if !is_thinned(dir, id.segment) {
        return Ok(stands(id.offset));
    }
    let Some(mut map) = PruneMap::load(dir, id.segment)? else {
        return Ok(stands(id.offset));
    };
    match map.lines.remove(&id.offset) {
        Some(MapLine { now: Some(now), .. }) => Ok(stands(now)),
        Some(MapLine {
            pruned: Some(pruned),
            ..
        }) => Ok(Located::Pruned(Box::new(pruned))),
        _ => Err(StoreError::Missing {
            noun: "证据记录",
            id: id.to_string(),
        }),
    }
}

/// Writes the list of a segment, whole or not at all.
pub(super) fn write(
    dir: &Path,
    segment: u32,
    old_length: u64,
    lines: &[MapLine],
    new_length: u64,
) -> Result<()> {
    let path = map_path(dir, segment);
    let part = dir.join(format!("{segment:05}.pruned.jsonl.part"));
    let head = MapHead {
        old_length,
        new_length,
    };
    let mut text = line_of(&head);
    for line in lines {
        text.push_str(&line_of(line));
    }
    let seal = MapSeal {
        sha256: hex::encode(Sha256::digest(&text)),
    };
    text.push_str(&line_of(&seal));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        std::fs::rename(&part, &path)
    };
    write().map_err(StoreError::file(&path))
}

/// A value as one line of JSON.
fn line_of(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}
