//! Handing one target's evidence to its unit: single records of a shared archive, and reading back an archive that stands alone, without a
//! database and without the folder of evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use xuncha_core::registry::TargetId;

use super::folder::EvidenceFolder;
use super::pruned::{self, Located};
use super::{RecordId, read};
use crate::{Result, StoreError};

/// 独立存档. What an archive outside of any folder of evidence holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Records read.
    pub record_count: u64,
    /// SHA-256 of every answer's body (also of one that repeats an earlier one), with the address that was asked and its first place.
    pub bodies: BTreeMap<String, (String, u64)>,
    /// What is wrong, in Chinese.
    pub problems: Vec<String>,
}

impl Archive {
    /// Reads a WARC file from its first member to its last, and holds every digest against what it speaks of.
    pub fn read(path: &Path) -> Result<Archive> {
        let io = || StoreError::file(path);
        let mut source = BufReader::new(File::open(path).map_err(io())?);
        let mut archive = Archive::default();
        let mut place = 0;
        while !source.fill_buf().map_err(io())?.is_empty() {
            let record = match read::record(&mut source) {
                Ok(record) => record,
                Err(error) => {
                    archive
                        .problems
                        .push(format!("位置 {place} 的记录读不出：{error}"));
                    break;
                }
            };
            archive.record_count += 1;
            if let Some(problem) = record.digest_problem() {
                archive.problems.push(format!("位置 {place}：{problem}"));
            }
            let length = record.compressed_len;
            if let Some(exchange) = read::archived(record) {
                let body = (exchange.url, place);
                archive.bodies.entry(exchange.sha256).or_insert(body);
            }
            place += length;
        }
        Ok(archive)
    }
}

impl EvidenceFolder {
    /// Writes these records of a target, and those that hold the bodies which they repeat, as an archive of their own; answers with how
    /// many. What a retention policy took out is left out.
    pub fn export_records(
        &self,
        round: &str,
        target: &TargetId,
        records: &BTreeSet<String>,
        to: &Path,
    ) -> Result<u64> {
        let mut wanted: BTreeSet<RecordId> = BTreeSet::new();
        for record in records {
            wanted.insert(record.parse()?);
            if let Ok(exchange) = self.head_of(round, target, record)
                && !exchange.is_empty()
            {
                wanted.insert(exchange.parse()?);
            }
        }
        let dir = self.target_dir(round, target);
        let io = || StoreError::file(to);
        let mut out = BufWriter::new(File::create(to).map_err(io())?);
        let mut count = 0;
        for id in wanted {
            let Ok(Located::Stands { path, offset }) = pruned::locate(&dir, id) else {
                continue;
            };
            let Ok(mut file) = File::open(&path) else {
                continue;
            };
            let io = || StoreError::file(&path);
            file.seek(SeekFrom::Start(offset)).map_err(io())?;
            let mut source = BufReader::new(file);
            let Ok(record) = read::record(&mut source) else {
                continue;
            };
            source.seek(SeekFrom::Start(offset)).map_err(io())?;
            let mut member = Vec::new();
            let member_len = record.compressed_len;
            source
                .take(member_len)
                .read_to_end(&mut member)
                .map_err(io())?;
            out.write_all(&member).map_err(StoreError::file(to))?;
            count += 1;
        }
        out.flush().map_err(StoreError::file(to))?;
        Ok(count)
    }

    /// The record that holds the body of one that repeats it; empty where it holds its own.
    fn head_of(&self, round: &str, target: &TargetId, record: &str) -> Result<String> {
        let exchange = self.read_record(round, target, record)?;
        Ok(exchange.body_record)
    }
}
