//! Thinning out: a retention policy takes captures out of closed segments. Facts, hashes and references stay.
//!
//! The kept records are copied byte for byte into a new file. Beside it stands `NNNNN.pruned.jsonl`, which says for every capture of
//! the segment where it stands now or, where it was taken out, its address, time, status and hash. References keep meaning the place
//! that the capture had first.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use xuncha_core::registry::TargetId;

use super::cdxj::SegmentIndex;
use super::folder::{EvidenceFolder, segment_path};
use super::mend;
use super::pruned::{self, MapLine, PruneMap, PrunedCapture};
use super::read::{self, RawRecord};
use super::segment::Segment;
use super::{RecordId, warc};
use crate::{Result, StoreError};

/// 清理结果. What a policy takes out of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruning {
    /// Captures that stay.
    pub kept_count: u64,
    /// Captures that go.
    pub dropped_count: u64,
    /// Bytes of the segments before.
    pub bytes_before: u64,
    /// Bytes of the segments afterwards, without the list of what was taken out.
    pub bytes_after: u64,
}

fn new_path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(format!("{segment:05}.warc.gz.new"))
}

/// One capture of a segment: its request and its answer.
struct Span {
    id: RecordId,
    start: u64,
    answer: u64,
    end: u64,
    is_answer: bool,
    body_record: Option<RecordId>,
    known: PrunedCapture,
}

/// The captures of a segment, and where its own records (what made it, what was done to it) end.
struct Spans {
    segment: u32,
    length: u64,
    map: Option<PruneMap>,
    own: Vec<(u64, u64)>,
    captures: Vec<Span>,
}

impl EvidenceFolder {
    /// What keeping only `keep` and what it rests on (first bodies of repetitions, redirects on the way) does to a target. Written
    /// only with `is_done`; otherwise nothing is touched.
    pub fn prune_target(
        &self,
        round: &str,
        target: &TargetId,
        keep: &BTreeSet<RecordId>,
        policy: &str,
        at: DateTime,
        is_done: bool,
    ) -> Result<Pruning> {
        let dir = self.target_dir(round, target);
        let referred = self.referred(round, target)?;
        let mut all = Vec::new();
        for &segment in mend::segment_lengths(&dir)?.keys() {
            if is_done {
                finish_interrupted(&dir, segment)?;
            }
            all.push(spans(&dir, segment, policy, at)?);
        }
        let keep = closure(&all, keep, &referred);
        let mut pruning = Pruning::default();
        for segment in &all {
            thin_segment(
                &dir,
                target,
                segment,
                &keep,
                (policy, at, is_done),
                &mut pruning,
            )?;
        }
        Ok(pruning)
    }

    /// The records that facts of a target refer to.
    pub(super) fn referred(&self, round: &str, target: &TargetId) -> Result<BTreeSet<RecordId>> {
        let mut referred = BTreeSet::new();
        for record in self.records(round, target)? {
            referred.extend(mend::record_of(&record?)?);
        }
        Ok(referred)
    }
}

/// A run that was killed between the list and the new file: the new file takes its place now, or the list goes.
fn finish_interrupted(dir: &Path, segment: u32) -> Result<()> {
    let (warc, new, map) = (
        segment_path(dir, segment),
        new_path(dir, segment),
        pruned::map_path(dir, segment),
    );
    if !pruned::is_thinned(dir, segment) || PruneMap::load(dir, segment)?.is_some() {
        return Ok(());
    }
    let text = std::fs::read_to_string(&map).map_err(StoreError::file(&map))?;
    let wanted = pruned::parse(&text).map(|(head, _)| head.new_length);
    let found = std::fs::metadata(&new).ok().map(|metadata| metadata.len());
    if found.is_some() && found == wanted {
        std::fs::rename(&new, &warc).map_err(StoreError::file(&warc))
    } else {
        std::fs::remove_file(&map).map_err(StoreError::file(&map))
    }
}

fn spans(dir: &Path, segment: u32, policy: &str, at: DateTime) -> Result<Spans> {
    let map = PruneMap::load(dir, segment)?;
    let first_offset = map.as_ref().map(PruneMap::first_offset);
    let mut reading = Segment::open(dir, segment)?;
    let mut spans = Spans {
        segment,
        length: reading.length(),
        map,
        own: Vec::new(),
        captures: Vec::new(),
    };
    let mut start = None;
    while let Some(record) = reading.next() {
        let (offset, record) = record?;
        let end = reading.offset();
        if record.kind() == "request" {
            start = Some(offset);
            continue;
        }
        let first = match &first_offset {
            Some(known) => known.get(&offset).copied(),
            None => Some(offset),
        };
        // What we made of a page ourselves was never asked for.
        let begin = start
            .take()
            .or_else(|| (record.kind() == "resource").then_some(offset));
        let (Some(begin), Some(first)) = (begin, first) else {
            spans.own.push((offset, end));
            continue;
        };
        let id = RecordId {
            segment,
            offset: first,
        };
        spans
            .captures
            .push(span(id, (begin, offset, end), record, policy, at));
    }
    if reading.offset() < spans.length {
        return Err(StoreError::Damaged {
            path: segment_path(dir, segment),
            detail: format!("偏移 {} 处的记录不完整", reading.offset()),
        });
    }
    Ok(spans)
}

fn span(
    id: RecordId,
    place: (u64, u64, u64),
    record: RawRecord,
    policy: &str,
    at: DateTime,
) -> Span {
    let is_answer = record.kind() != "metadata";
    let exchange = read::archived(record);
    let body_record = exchange
        .as_ref()
        .and_then(|exchange| exchange.body_record.parse().ok());
    let known = exchange.map_or_else(
        || (String::new(), String::new(), None, String::new()),
        |exchange| {
            (
                exchange.url,
                exchange.at_utc,
                exchange.status,
                exchange.sha256,
            )
        },
    );
    Span {
        id,
        start: place.0,
        answer: place.1,
        end: place.2,
        is_answer,
        body_record,
        known: PrunedCapture {
            url: known.0,
            at_utc: known.1,
            status: known.2,
            sha256: known.3,
            policy: policy.to_owned(),
            pruned_at: at,
        },
    }
}

/// What is kept with what is to be kept: failures (they have no body), the redirects that led to a kept answer, and the first
/// bodies of kept repetitions.
fn closure(
    all: &[Spans],
    keep: &BTreeSet<RecordId>,
    referred: &BTreeSet<RecordId>,
) -> BTreeSet<RecordId> {
    let mut kept = BTreeSet::new();
    let mut is_next_kept = false;
    let captures = || all.iter().flat_map(|segment| &segment.captures);
    for span in captures().collect::<Vec<_>>().into_iter().rev() {
        let is_on_the_way = !referred.contains(&span.id) && is_next_kept;
        is_next_kept = keep.contains(&span.id) || is_on_the_way;
        if is_next_kept || !span.is_answer {
            kept.insert(span.id);
        }
    }
    let bodies: Vec<RecordId> = captures()
        .filter(|span| kept.contains(&span.id))
        .filter_map(|span| span.body_record)
        .collect();
    kept.extend(bodies);
    kept
}

fn thin_segment(
    dir: &Path,
    target: &TargetId,
    spans: &Spans,
    keep: &BTreeSet<RecordId>,
    how: (&str, DateTime, bool),
    pruning: &mut Pruning,
) -> Result<()> {
    let (policy, at, is_done) = how;
    let (kept, dropped): (Vec<&Span>, Vec<&Span>) = spans
        .captures
        .iter()
        .partition(|span| keep.contains(&span.id));
    let freed: u64 = dropped.iter().map(|span| span.end - span.start).sum();
    pruning.kept_count += kept.len() as u64;
    pruning.dropped_count += dropped.len() as u64;
    pruning.bytes_before += spans.length;
    pruning.bytes_after += spans.length - freed;
    if dropped.is_empty() || !is_done {
        return Ok(());
    }
    let mut content = format!(
        "retention-policy: {policy}\r\nremoved-captures: {}\r\nlist: {:05}.pruned.jsonl\r\n",
        dropped.len(),
        spans.segment
    );
    let path = new_path(dir, spans.segment);
    let write_note = |content: &str| {
        warc::note(&target.0, spans.segment, at, content).map_err(StoreError::file(&path))
    };
    let mut note = write_note(&content)?;
    if note.len() as u64 == freed {
        // The length tells the old file from the new one, so it must not stay the same.
        content.push_str("note: length changed on purpose\r\n");
        note = write_note(&content)?;
    }
    let (mut lines, new_length) = copy_kept(dir, spans, &kept, &note)?;
    lines.extend(dropped.iter().map(|span| MapLine {
        offset: span.id.offset,
        now: None,
        pruned: Some(span.known.clone()),
    }));
    if let Some(map) = &spans.map {
        let earlier = map.lines.values().filter(|line| line.pruned.is_some());
        lines.extend(earlier.cloned());
    }
    lines.sort_by_key(|line| line.offset);
    pruned::write(dir, spans.segment, spans.length, &lines, new_length)?;
    let warc = segment_path(dir, spans.segment);
    std::fs::rename(&path, &warc).map_err(StoreError::file(&warc))?;
    SegmentIndex::scan(dir, spans.segment)?.write(dir, spans.segment, new_length)
}

/// Copies what stays into the new file; answers with where it stands and how long the file is.
fn copy_kept(
    dir: &Path,
    spans: &Spans,
    kept: &[&Span],
    note: &[u8],
) -> Result<(Vec<MapLine>, u64)> {
    let path = segment_path(dir, spans.segment);
    let new = new_path(dir, spans.segment);
    let copy = || -> std::io::Result<(Vec<MapLine>, u64)> {
        let mut from = File::open(&path)?;
        let mut to = std::io::BufWriter::new(File::create(&new)?);
        let mut position = 0;
        let mut carry = |from: &mut File, start: u64, end: u64| -> std::io::Result<u64> {
            from.seek(SeekFrom::Start(start))?;
            let at = position;
            position += std::io::copy(&mut from.take(end - start), &mut to)?;
            Ok(at)
        };
        for (start, end) in &spans.own {
            carry(&mut from, *start, *end)?;
        }
        let mut lines = Vec::with_capacity(kept.len());
        for span in kept {
            let at = carry(&mut from, span.start, span.end)?;
            lines.push(MapLine {
                offset: span.id.offset,
                now: Some(at + (span.answer - span.start)),
                pruned: None,
            });
        }
        // The note comes last, so that what was copied keeps its order and its place.
        to.write_all(note)?;
        let length = position + note.len() as u64;
        to.into_inner()
            .map_err(|error| error.into_error())?
            .sync_data()?;
        Ok((lines, length))
    };
    copy().map_err(StoreError::file(&new))
}
