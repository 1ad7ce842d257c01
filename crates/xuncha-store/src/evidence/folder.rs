//! The folder of all evidence, and where a target's files stand in it.

use std::fs::{File, TryLockError};
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use xuncha_core::registry::TargetId;

use super::RecordId;
use super::cdxj::{self, SegmentIndex};
use super::facts::FactIter;
use super::find::IndexCache;
use super::pruned::{self, Located};
use super::read::{self, ArchivedExchange};
use crate::{Result, StoreError};

/// 证据文件夹. All rounds' evidence under one folder.
#[derive(Clone, Debug)]
pub struct EvidenceFolder {
    root: PathBuf,
    pub(super) indexes: Arc<IndexCache>,
}

impl EvidenceFolder {
    /// Opens the folder, making it where it is missing.
    pub fn open(root: &Path) -> Result<EvidenceFolder> {
        std::fs::create_dir_all(root).map_err(StoreError::file(root))?;
        Ok(EvidenceFolder {
            root: root.to_owned(),
            indexes: Arc::default(),
        })
    }

    /// 占用. Takes a round's evidence for writing, until what is returned is dropped (or the process ends, however it ends). Two writers
    /// at once would destroy it: the second gets [`StoreError::Busy`].
    pub fn hold(&self, round: &str) -> Result<File> {
        let path = self.root.join(format!("{}.lock", file_name(round)));
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(StoreError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy {
                round: round.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
        }
    }

    /// The folder of a target in a round; it need not exist.
    pub fn target_dir(&self, round: &str, target: &TargetId) -> PathBuf {
        self.root.join(file_name(round)).join(file_name(&target.0))
    }

    /// Facts of a target in the order they were appended, one at a time; none where nothing was gathered.
    pub fn records(&self, round: &str, target: &TargetId) -> Result<FactIter> {
        FactIter::open(&self.target_dir(round, target).join("facts.seg"))
    }

    /// Reads an exchange back, for replay. A repetition comes with the body that it repeats. What a retention policy took out is
    /// the error [`StoreError::Pruned`], which says what is still known.
    pub fn read_record(
        &self,
        round: &str,
        target: &TargetId,
        record: &str,
    ) -> Result<ArchivedExchange> {
        let dir = self.target_dir(round, target);
        let id: RecordId = record.parse()?;
        let mut exchange = read_at(&dir, id)?;
        if exchange.body_record.is_empty() {
            return Ok(exchange);
        }
        let first = read_at(&dir, exchange.body_record.parse()?)?;
        if first.sha256 != exchange.sha256 {
            return Err(StoreError::Damaged {
                path: segment_path(&dir, id.segment),
                detail: format!("{id} 所指的首次正文 {} 与哈希不符", exchange.body_record),
            });
        }
        exchange.body = first.body;
        Ok(exchange)
    }

    /// The last day (UTC+8) on which something of a target was fetched, by the indexes of its segments; `None` where there are none.
    pub fn last_day(&self, round: &str, target: &TargetId) -> Option<Date> {
        let entries = std::fs::read_dir(self.target_dir(round, target)).ok()?;
        let mut last = String::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_none_or(|ending| ending != "cdxj") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let times = text.lines().filter_map(|line| line.split(' ').nth(1));
            let newest = times.filter(|at| at.len() == 14).max().unwrap_or_default();
            if newest > last.as_str() {
                last = newest.to_owned();
            }
        }
        let at = DateTime::strptime("%Y%m%d%H%M%S", &last).ok()?;
        let at = at.checked_add(jiff::Span::new().hours(8)).ok()?;
        Some(at.date())
    }

    /// Targets of a round that have a folder, by number.
    pub fn targets(&self, round: &str) -> Result<Vec<TargetId>> {
        let dir = self.root.join(file_name(round));
        let mut targets = Vec::new();
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(targets),
            Err(error) => return Err(StoreError::file(&dir)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(StoreError::file(&dir))?;
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(id_of_file_name) {
                targets.push(TargetId(id));
            }
        }
        targets.sort();
        Ok(targets)
    }
}

fn read_at(dir: &Path, id: RecordId) -> Result<ArchivedExchange> {
    let (path, offset) = match pruned::locate(dir, id)? {
        Located::Stands { path, offset } => (path, offset),
        Located::Pruned(capture) => return Err(StoreError::Pruned { capture }),
    };
    // Whoever makes an address up learns that nothing stands there; damage is what the index names and the segment does not hold.
    let or_missing = |error: StoreError| match is_named(dir, id.segment, offset) {
        true => error,
        false => StoreError::Missing {
            noun: "证据记录",
            id: id.to_string(),
        },
    };
    let mut file = File::open(&path).map_err(|error| or_missing(StoreError::file(&path)(error)))?;
    file.seek(SeekFrom::Start(offset))
        .map_err(StoreError::file(&path))?;
    let damaged = |detail: String| {
        or_missing(StoreError::Damaged {
            path: path.clone(),
            detail,
        })
    };
    let record = read::record(&mut BufReader::with_capacity(64 * 1024, file))
        .map_err(|error| damaged(format!("偏移 {offset} 处：{error}")))?;
    read::archived(record).ok_or_else(|| damaged(format!("偏移 {offset} 处不是应答记录")))
}

/// Whether the index of a segment says that an answer begins there. Where there is no index, the segment itself is asked, and what cannot
/// be read through is taken at its word.
fn is_named(dir: &Path, segment: u32, offset: u64) -> bool {
    let stored = std::fs::read_to_string(cdxj::index_path(dir, segment));
    let index = match stored {
        Ok(lines) => SegmentIndex::from_lines(&lines),
        Err(_) if !segment_path(dir, segment).exists() => return false,
        Err(_) => match SegmentIndex::scan(dir, segment) {
            Ok(index) => index,
            Err(_) => return true,
        },
    };
    index.entries().any(|entry| entry.offset == offset)
}

/// Where a WARC segment stands.
pub(super) fn segment_path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(segment_name(segment))
}

pub(super) fn segment_name(segment: u32) -> String {
    format!("{segment:05}.warc.gz")
}

/// An id as a file name: letters, digits, `-` and `_` stand for themselves, every other byte as `%XX`, so that no id leaves its folder.
fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    if name.is_empty() {
        "%".to_owned()
    } else {
        name
    }
}

fn id_of_file_name(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = tail;
            continue;
        }
        let digits = tail.get(..2)?;
        bytes.push(hex::decode(digits).ok()?.first().copied()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_safe_names_and_come_back() {
        for id in ["9901000001", "_outside", "../../etc", "部门/一", "a.b"] {
            let name = file_name(id);
            assert!(!name.contains(['/', '.']), "{name}");
            assert_eq!(id_of_file_name(&name).unwrap(), id);
        }
    }
}
