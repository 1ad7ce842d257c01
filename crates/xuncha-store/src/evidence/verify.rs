//! Verifying evidence: every gzip member, digest, frame, and that each fact's hash is the hash of the capture it names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::folder::segment_path;
use super::warc::{self, RawRecord};
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
        let mut verified = VerifiedTarget {
            target: target.clone(),
            record_count: 0,
            fact_count: 0,
            problems: Vec::new(),
        };
        let mut hashes = BTreeMap::new();
        for segment in 1.. {
            let path = segment_path(&dir, segment);
            if !path.exists() {
                break;
            }
            verify_segment(&path, segment, &mut verified, &mut hashes)?;
        }
        let mut records = self.records(round, target)?;
        for record in records.by_ref() {
            match record {
                Ok(record) => verify_fact(&record, &hashes, &mut verified),
                Err(error) => verified.problems.push(error.to_string()),
            }
        }
        if records.position() < records.file_len() && verified.problems.is_empty() {
            verified.problems.push(format!(
                "facts.seg 末尾不完整（位置 {}）",
                records.position()
            ));
        }
        Ok(verified)
    }
}

/// Reads every record of a segment; keeps the body hash of each answer by its id.
fn verify_segment(
    path: &Path,
    segment: u32,
    verified: &mut VerifiedTarget,
    hashes: &mut BTreeMap<RecordId, String>,
) -> Result<()> {
    let mut file = File::open(path).map_err(StoreError::file(path))?;
    let length = file.metadata().map_err(StoreError::file(path))?.len();
    let mut offset = 0;
    while offset < length {
        file.seek(SeekFrom::Start(offset))
            .map_err(StoreError::file(path))?;
        let record = match warc::read_record(BufReader::new(&file)) {
            Ok(record) => record,
            Err(error) => {
                verified
                    .problems
                    .push(format!("{segment:05}.warc.gz 偏移 {offset} 处：{error}"));
                return Ok(());
            }
        };
        verified.record_count += 1;
        let length = record.compressed_len;
        if let Some(problem) = digest_problem(&record) {
            verified
                .problems
                .push(format!("{segment:05}.warc.gz 偏移 {offset} 处：{problem}"));
        }
        let id = RecordId { segment, offset };
        if let Some(exchange) = warc::archived(record) {
            let empty = || hex::encode(Sha256::digest(b""));
            hashes.insert(
                id,
                if exchange.sha256.is_empty() {
                    empty()
                } else {
                    exchange.sha256
                },
            );
        }
        offset += length;
    }
    Ok(())
}

fn digest_problem(record: &RawRecord) -> Option<&'static str> {
    let digest = |bytes: &[u8]| format!("sha256:{}", warc::base32(&Sha256::digest(bytes)));
    if record.header("warc-block-digest") != digest(&record.block) {
        return Some("记录摘要不符");
    }
    let stated = record.header("warc-payload-digest");
    if stated.is_empty() {
        return None;
    }
    let head = warc::find(&record.block, b"\r\n\r\n")?;
    (stated != digest(&record.block[head + 4..])).then_some("正文摘要不符")
}

fn verify_fact(
    record: &FactRecord,
    hashes: &BTreeMap<RecordId, String>,
    verified: &mut VerifiedTarget,
) {
    verified.fact_count += 1;
    let evidence: &EvidenceRef = match record {
        FactRecord::Page(page) => &page.capture.evidence,
        FactRecord::Look(capture) => &capture.evidence,
        FactRecord::Network(facts) => &facts.evidence,
        _ => return,
    };
    if evidence.record.is_empty() {
        return;
    }
    let Ok(id) = evidence.record.parse::<RecordId>() else {
        verified
            .problems
            .push(format!("采集记录引用了无效的证据编号 {}", evidence.record));
        return;
    };
    match hashes.get(&id) {
        None => verified
            .problems
            .push(format!("{} 的证据 {id} 不存在", evidence.url)),
        Some(hash) if hash != &evidence.sha256 => {
            verified
                .problems
                .push(format!("{} 的证据 {id} 与记录的哈希不符", evidence.url));
        }
        Some(_) => {}
    }
}
