//! Verifying evidence: every gzip member, digest, frame, and that each fact's hash is the hash of the capture it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::{Digest, Sha256};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::cdxj;
use super::pictures;
use super::pruned::PruneMap;
use super::read::{self, RawRecord};
use super::segment::Segment;
use super::{EvidenceFolder, RecordId};
use crate::{Result, StoreError};

/// 核验结果. What verifying a round found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Each target, by number.
    pub targets: Vec<VerifiedTarget>,
}

impl Verification {
    /// Whether nothing is wrong anywhere.
    pub fn is_sound(&self) -> bool {
        self.targets.iter().all(|target| target.problems.is_empty())
    }
}

/// 对象核验结果. What verifying one target found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedTarget {
    /// Target.
    pub target: TargetId,
    /// WARC records read.
    pub record_count: u64,
    /// Facts read.
    pub fact_count: u64,
    /// What is wrong, in Chinese.
    pub problems: Vec<String>,
    /// Captures that a retention policy took out; their hashes stand.
    pub pruned_count: u64,
}

/// A target while it is verified.
struct Work {
    verified: VerifiedTarget,
    /// Body hash of each answer, by the place that it had first.
    hashes: BTreeMap<RecordId, String>,
    /// Repetitions with the record of the body that they name.
    repetitions: Vec<(RecordId, String)>,
}

impl EvidenceFolder {
    /// Verifies all evidence of a round.
    pub fn verify(&self, round: &str) -> Result<Verification> {
        let mut verification = Verification::default();
        for target in self.targets(round)? {
            verification
                .targets
                .push(self.verify_target(round, &target)?);
        }
        Ok(verification)
    }

    /// Verifies the evidence of one target.
    pub fn verify_target(&self, round: &str, target: &TargetId) -> Result<VerifiedTarget> {
        let dir = self.target_dir(round, target);
        let mut work = Work {
            verified: VerifiedTarget {
                target: target.clone(),
                record_count: 0,
                fact_count: 0,
                problems: Vec::new(),
                pruned_count: 0,
            },
            hashes: BTreeMap::new(),
            repetitions: Vec::new(),
        };
        let segments = segments(&dir)?;
        for segment in 1..=segments.last().copied().unwrap_or(0) {
            if segments.contains(&segment) {
                work.segment(&dir, segment)?;
            } else {
                work.problem(format!("缺少 {segment:05}.warc.gz"));
            }
        }
        work.pictures(&dir)?;
        work.repetitions();
        let mut records = self.records(round, target)?;
        for record in records.by_ref() {
            match record {
                Ok(record) => work.fact(&record),
                Err(error) => work.problem(error.to_string()),
            }
        }
        if records.position() < records.file_len() && work.verified.problems.is_empty() {
            work.problem(format!(
                "facts.seg 末尾不完整（位置 {}）",
                records.position()
            ));
        }
        Ok(work.verified)
    }
}

/// The numbers of the segments that stand in a folder, or that an index or a list there speaks of.
fn segments(dir: &Path) -> Result<BTreeSet<u32>> {
    let mut numbers = BTreeSet::new();
    for entry in std::fs::read_dir(dir).map_err(StoreError::file(dir))? {
        let name = entry.map_err(StoreError::file(dir))?.file_name();
        let number: Option<u32> = name
            .to_str()
            .and_then(|name| name.strip_suffix(".warc.gz"))
            .and_then(|number| number.parse().ok());
        numbers.extend(number);
    }
    Ok(numbers)
}

impl Work {
    fn problem(&mut self, text: String) {
        self.verified.problems.push(text);
    }

    /// Reads every record of a segment; keeps the body hash of each answer by its id.
    fn segment(&mut self, dir: &Path, segment: u32) -> Result<()> {
        let name = format!("{segment:05}.warc.gz");
        let map = match PruneMap::load(dir, segment) {
            Ok(map) => map,
            Err(error) => {
                self.problem(error.to_string());
                return Ok(());
            }
        };
        let first_offset = map.as_ref().map(PruneMap::first_offset);
        let mut reading = Segment::open(dir, segment)?;
        let length = reading.length();
        for record in reading.by_ref() {
            let (offset, record) = match record {
                Ok(record) => record,
                Err(error) => {
                    self.problem(error.to_string());
                    return Ok(());
                }
            };
            self.verified.record_count += 1;
            if let Some(problem) = record.digest_problem() {
                self.problem(format!("{name} 偏移 {offset} 处：{problem}"));
            }
            let first = match &first_offset {
                Some(known) => known.get(&offset).copied(),
                None => Some(offset),
            };
            if let Some(offset) = first {
                self.capture(RecordId { segment, offset }, record);
            }
        }
        if reading.offset() < length {
            self.problem(format!("{name} 偏移 {} 处的记录不完整", reading.offset()));
        }
        if cdxj::stated_length(dir, segment)?.is_some_and(|stated| stated > length) {
            self.problem(format!("{name} 比索引所记的短，末尾有记录丢失"));
        }
        if let Some(map) = map {
            self.thinned(&map, segment, length);
        }
        Ok(())
    }

    /// Pictures are no evidence of their own; only their digests are looked at.
    fn pictures(&mut self, dir: &Path) -> Result<()> {
        for record in pictures::records(dir)? {
            match record {
                Ok((offset, record)) => {
                    self.verified.record_count += 1;
                    if let Some(problem) = record.digest_problem() {
                        self.problem(format!("{} 偏移 {offset} 处：{problem}", pictures::FILE));
                    }
                }
                Err(error) => self.problem(error.to_string()),
            }
        }
        Ok(())
    }

    fn capture(&mut self, id: RecordId, record: RawRecord) {
        let Some(exchange) = read::archived(record) else {
            return;
        };
        if !exchange.body_record.is_empty() {
            self.repetitions.push((id, exchange.body_record));
        }
        let empty = || hex::encode(Sha256::digest(b""));
        let hash = if exchange.sha256.is_empty() {
            empty()
        } else {
            exchange.sha256
        };
        self.hashes.insert(id, hash);
    }

    /// What the list of a thinned segment says of captures that are there no more.
    fn thinned(&mut self, map: &PruneMap, segment: u32, length: u64) {
        if map.new_length != length {
            self.problem(format!(
                "{segment:05}.warc.gz 的长度与清理清单不符：{length}，应为 {}",
                map.new_length
            ));
        }
        for (offset, capture) in map.pruned() {
            self.verified.pruned_count += 1;
            let id = RecordId { segment, offset };
            self.hashes.insert(id, capture.sha256.clone());
        }
        for (now, offset) in map.first_offset() {
            let id = RecordId { segment, offset };
            if !self.hashes.contains_key(&id) {
                self.problem(format!("{segment:05}.warc.gz 偏移 {now} 处没有证据 {id}"));
            }
        }
    }

    /// Every repetition names a record that holds its body.
    fn repetitions(&mut self) {
        for (id, first) in std::mem::take(&mut self.repetitions) {
            let stated = self.hashes.get(&id);
            let found = first
                .parse::<RecordId>()
                .ok()
                .and_then(|first| self.hashes.get(&first));
            if found.is_none() || found != stated {
                self.problem(format!("证据 {id} 所指的首次正文 {first} 不存在或哈希不符"));
            }
        }
    }

    fn fact(&mut self, record: &FactRecord) {
        self.verified.fact_count += 1;
        let Some(evidence) = record.evidence() else {
            return;
        };
        if evidence.record.is_empty() {
            return;
        }
        let Ok(id) = evidence.record.parse::<RecordId>() else {
            self.problem(format!("采集记录引用了无效的证据编号 {}", evidence.record));
            return;
        };
        match self.hashes.get(&id) {
            None => self.problem(format!("{} 的证据 {id} 不存在", evidence.url)),
            Some(hash) if hash != &evidence.sha256 => {
                self.problem(format!("{} 的证据 {id} 与记录的哈希不符", evidence.url));
            }
            Some(_) => {}
        }
    }
}
