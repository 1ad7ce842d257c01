//! Pictures of archived pages: `resource` records in an archive of their own, beside the captures that they were made of.
//!
//! They prove nothing by themselves and can be made again. They come after judging, when the segments of captures may be thinned out
//! and closed, and a gather that goes on would cut them as captures that no fact names: hence the file of their own.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use xuncha_core::registry::TargetId;

use super::cdxj::{IndexEntry, SegmentIndex};
use super::read::{self, RawRecord};
use super::segment::Segment;
use super::{EvidenceFolder, RecordId, warc};
use crate::{Result, StoreError};

/// The file.
pub(super) const FILE: &str = "pictures.warc.gz";
const INDEX: &str = "pictures.cdxj";
/// Names the capture that a picture was made of.
const MADE_OF: &str = "x-xuncha-made-of";

/// 页面图片. A picture to keep.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Record of the capture that it shows.
    pub record: &'a str,
    /// SHA-256 of that capture's body: records of the shared archive of outside links have the same numbers.
    pub sha256: &'a str,
    /// Address of the page.
    pub url: &'a str,
    /// Civil time of the capture, in UTC+8.
    pub at: DateTime,
    /// PNG.
    pub png: &'a [u8],
}

impl EvidenceFolder {
    /// Keeps a picture. What a killed run left behind the last whole one is cut first.
    pub fn put_picture(&self, round: &str, target: &TargetId, picture: &Picture<'_>) -> Result<()> {
        let made_of: RecordId = picture.record.parse()?;
        let dir = self.target_dir(round, target);
        std::fs::create_dir_all(&dir).map_err(StoreError::file(&dir))?;
        let path = dir.join(FILE);
        let mut entries = entries(&dir)?;
        let mut end = end_of(&entries);
        let io = || StoreError::file(&path);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io())?;
        file.set_len(end).map_err(io())?;
        file.seek(SeekFrom::End(0)).map_err(io())?;
        let mut members = Vec::new();
        if end == 0 {
            members = warc::warcinfo(&target.0, FILE, picture.at).map_err(io())?;
            end = members.len() as u64;
        }
        let resource = warc::Resource {
            urn: &format!("urn:view:{}", picture.url),
            at: picture.at,
            content_type: "image/png",
            made_of: &format!("{made_of} {}", picture.sha256),
            body: picture.png,
        };
        let place = format!("{} {FILE}@{end}", target.0);
        let member = warc::resource(&resource, &place).map_err(io())?;
        members.extend_from_slice(&member);
        file.write_all(&members).map_err(io())?;
        let mut entry = IndexEntry::of_resource(&resource, (0, end, member.len() as u64));
        FILE.clone_into(&mut entry.filename);
        entries.push(entry);
        write_index(&dir, &entries)
    }

    /// The picture of a record, `None` where none was made.
    pub fn picture(&self, round: &str, target: &TargetId, record: &str) -> Result<Option<Vec<u8>>> {
        let wanted: RecordId = record.parse()?;
        let dir = self.target_dir(round, target);
        let path = dir.join(FILE);
        for entry in entries(&dir)? {
            if made_of(&path, &entry)?.is_some_and(|(id, _)| id == wanted) {
                let record =
                    read::record(&mut at(&path, &entry)?).map_err(damaged(&path, &entry))?;
                return Ok(Some(record.block));
            }
        }
        Ok(None)
    }

    /// The records of a target that have a picture, with the hash of the body that it shows.
    pub fn pictured(&self, round: &str, target: &TargetId) -> Result<BTreeMap<String, String>> {
        let dir = self.target_dir(round, target);
        let path = dir.join(FILE);
        let mut records = BTreeMap::new();
        for entry in entries(&dir)? {
            let made_of = made_of(&path, &entry)?;
            records.extend(made_of.map(|(id, sha256)| (id.to_string(), sha256)));
        }
        Ok(records)
    }
}

/// The whole file with its index, for handing on; a torn end is left out.
pub(super) fn read(dir: &Path) -> Result<(Vec<u8>, Vec<IndexEntry>)> {
    let entries = entries(dir)?;
    if entries.is_empty() {
        return Ok((Vec::new(), entries));
    }
    let path = dir.join(FILE);
    let mut bytes = std::fs::read(&path).map_err(StoreError::file(&path))?;
    bytes.truncate(usize::try_from(end_of(&entries)).unwrap_or(usize::MAX));
    Ok((bytes, entries))
}

/// The records with their offsets, where there are any.
pub(super) fn records(dir: &Path) -> Result<Vec<Result<(u64, RawRecord)>>> {
    let path = dir.join(FILE);
    match path.is_file() {
        true => Ok(Segment::open_file(path)?.collect()),
        false => Ok(Vec::new()),
    }
}

fn end_of(entries: &[IndexEntry]) -> u64 {
    let ends = entries.iter().map(|entry| entry.offset + entry.length);
    ends.max().unwrap_or(0)
}

fn entries(dir: &Path) -> Result<Vec<IndexEntry>> {
    let path = dir.join(INDEX);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().filter_map(IndexEntry::parse).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(StoreError::file(&path)(error)),
    }
}

/// Written aside first: the index is what says how far the file is whole.
fn write_index(dir: &Path, entries: &[IndexEntry]) -> Result<()> {
    let lines: String = entries.iter().map(IndexEntry::line).collect();
    let path = dir.join(INDEX);
    let aside = dir.join(format!("{INDEX}.part"));
    std::fs::write(&aside, SegmentIndex::from_lines(&lines).text())
        .map_err(StoreError::file(&aside))?;
    std::fs::rename(&aside, &path).map_err(StoreError::file(&path))
}

fn made_of(path: &Path, entry: &IndexEntry) -> Result<Option<(RecordId, String)>> {
    let record = read::record_head(&mut at(path, entry)?).map_err(damaged(path, entry))?;
    let stated = record.header(MADE_OF).split_once(' ');
    Ok(stated.and_then(|(id, sha256)| Some((id.parse().ok()?, sha256.to_owned()))))
}

fn at(path: &Path, entry: &IndexEntry) -> Result<BufReader<File>> {
    let mut file = File::open(path).map_err(StoreError::file(path))?;
    file.seek(SeekFrom::Start(entry.offset))
        .map_err(StoreError::file(path))?;
    Ok(BufReader::new(file))
}

fn damaged(path: &Path, entry: &IndexEntry) -> impl FnOnce(std::io::Error) -> StoreError {
    let (path, offset): (PathBuf, u64) = (path.to_owned(), entry.offset);
    move |error| StoreError::Damaged {
        path,
        detail: format!("偏移 {offset} 处：{error}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_by_record_and_a_torn_end_is_cut() {
        let root = tempfile::tempdir().unwrap();
        let folder = EvidenceFolder::open(root.path()).unwrap();
        let target = TargetId::from("9901000001");
        let put = |record: &str, png: &[u8]| {
            let picture = Picture {
                record,
                sha256: "00ff",
                url: "http://www.example.gov.cn/",
                at: jiff::civil::date(2026, 3, 20).at(9, 0, 0, 0),
                png,
            };
            folder.put_picture("r", &target, &picture)
        };
        let picture = |record: &str| folder.picture("r", &target, record);
        assert!(folder.pictured("r", &target).unwrap().is_empty());
        put("00001@7", b"one").unwrap();
        let path = folder.target_dir("r", &target).join(FILE);
        let mut torn = OpenOptions::new().append(true).open(&path).unwrap();
        torn.write_all(b"\x1f\x8b\x08 half of one").unwrap();
        put("00001@900", b"two").unwrap();
        assert_eq!(picture("00001@7").unwrap().unwrap(), b"one");
        assert_eq!(picture("00001@900").unwrap().unwrap(), b"two");
        assert_eq!(picture("00001@8").unwrap(), None);
        let records = folder.pictured("r", &target).unwrap();
        assert_eq!(records.get("00001@7").map(String::as_str), Some("00ff"));
        assert_eq!(records.len(), 2);
        assert!(put("../../x", b"no").is_err() && picture("../../x").is_err());
        let verified = folder.verify_target("r", &target).unwrap();
        assert_eq!((verified.record_count, verified.problems.len()), (3, 0));
        let mut damaged = std::fs::read(&path).unwrap();
        let last = damaged.len() - 20;
        damaged[last] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        assert!(
            !folder
                .verify_target("r", &target)
                .unwrap()
                .problems
                .is_empty()
        );
    }
}
