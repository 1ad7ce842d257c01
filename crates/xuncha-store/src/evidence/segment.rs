//! Reading a segment from its beginning: record after record, with their offsets.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use super::folder::segment_path;
use super::read::{self, RawRecord};
use crate::{Result, StoreError};

/// The records of a segment with their offsets, in order; ends before a torn last record and behind an error.
pub(super) struct Segment {
    source: BufReader<File>,
    path: PathBuf,
    offset: u64,
    length: u64,
}

impl Segment {
    pub(super) fn open(dir: &Path, segment: u32) -> Result<Segment> {
        Segment::open_file(segment_path(dir, segment))
    }

    /// Any file of records.
    pub(super) fn open_file(path: PathBuf) -> Result<Segment> {
        let file = File::open(&path).map_err(StoreError::file(&path))?;
        let length = file.metadata().map_err(StoreError::file(&path))?.len();
        Ok(Segment {
            source: BufReader::with_capacity(256 * 1024, file),
            path,
            offset: 0,
            length,
        })
    }

    /// Where the next record begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }
}

impl Iterator for Segment {
    type Item = Result<(u64, RawRecord)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.length {
            return None;
        }
        let offset = self.offset;
        match read::record(&mut self.source) {
            Ok(record) => {
                self.offset += record.compressed_len;
                Some(Ok((offset, record)))
            }
            Err(error) => {
                self.length = 0;
                if error.kind() == ErrorKind::UnexpectedEof {
                    return None;
                }
                Some(Err(StoreError::Damaged {
                    path: self.path.clone(),
                    detail: format!("偏移 {offset} 处：{error}"),
                }))
            }
        }
    }
}
