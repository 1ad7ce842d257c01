//! The facts segment: frames of length, crc32 and a compressed record behind a versioned magic.
//!
//! Records are written in postcard, a binary form without names of fields: a census writes and reads hundreds of millions of links,
//! and JSON cost more than reading the pages themselves. Another form of records is another version of the magic.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

use xuncha_core::facts::model::FactRecord;

use crate::{Result, StoreError};

/// First bytes of a segment; the last byte is the version of the format.
pub(crate) const MAGIC: &[u8; 8] = b"XCFACTS\x03";
/// A frame above this is no frame: the largest pages give facts far below it.
const MAX_FRAME_BYTES: u32 = 256 << 20;

/// Bytes of fields that later versions added to the end of a record, as they stand where nothing is in them.
const ADDED_MAX: usize = 64;

thread_local! {
    /// Making a compressor costs more than compressing a small record with it.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

/// A record as one frame: length and crc32 of the compressed record, little-endian, then the compressed record.
pub(crate) fn frame(record: &FactRecord) -> Result<Vec<u8>> {
    let io = || StoreError::file(Path::new("facts.seg"));
    let plain = postcard::to_stdvec(record).map_err(|error| io()(Error::other(error)))?;
    let packed = compress(&plain).map_err(io())?;
    let mut frame = Vec::with_capacity(packed.len() + 8);
    frame.extend_from_slice(&(packed.len() as u32).to_le_bytes());
    frame.extend_from_slice(&crc32(&packed).to_le_bytes());
    frame.extend_from_slice(&packed);
    Ok(frame)
}

fn compress(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Some(zstd::bulk::Compressor::new(1)?);
        }
        match slot {
            Some(compressor) => compressor.compress(plain),
            None => Err(Error::other("no compressor")),
        }
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// 采集记录流. The records of a facts segment in order, one at a time; ends at a torn last frame.
pub struct FactIter {
    source: Option<BufReader<File>>,
    path: PathBuf,
    file_len: u64,
    position: u64,
}

impl FactIter {
    /// Begins at the first record; a missing file has none.
    pub(crate) fn open(path: &Path) -> Result<FactIter> {
        let mut records = FactIter {
            source: None,
            path: path.to_owned(),
            file_len: 0,
            position: 0,
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(records),
            Err(error) => return Err(StoreError::file(path)(error)),
        };
        records.file_len = file.metadata().map_err(StoreError::file(path))?.len();
        let mut source = BufReader::with_capacity(1 << 18, file);
        let mut magic = [0u8; 8];
        if records.file_len < MAGIC.len() as u64 {
            // Killed while the magic was written: nothing was kept yet.
            return Ok(records);
        }
        source
            .read_exact(&mut magic)
            .map_err(StoreError::file(path))?;
        if &magic != MAGIC {
            return Err(records.damaged("不是本版本的采集记录文件"));
        }
        records.position = MAGIC.len() as u64;
        records.source = Some(source);
        Ok(records)
    }

    /// Byte position behind the last record that was read whole.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Length of the file when it was opened.
    pub(crate) fn file_len(&self) -> u64 {
        self.file_len
    }

    fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            detail: format!("{detail}（位置 {}）", self.position),
        }
    }

    fn read_next(&mut self) -> Result<Option<FactRecord>> {
        let left = self.file_len - self.position;
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        if left < 8 {
            return Ok(None);
        }
        let mut head = [0u8; 8];
        source
            .read_exact(&mut head)
            .map_err(StoreError::file(&self.path))?;
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let wanted_crc = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        if length == 0 {
            return self.zeros_to_the_end();
        }
        if length > MAX_FRAME_BYTES {
            return Err(self.damaged("帧长度异常"));
        }
        if u64::from(length) > left - 8 {
            return Ok(None);
        }
        let mut packed = vec![0u8; length as usize];
        source
            .read_exact(&mut packed)
            .map_err(StoreError::file(&self.path))?;
        if crc32(&packed) != wanted_crc {
            return self.bad_checksum(u64::from(length) + 8 == left);
        }
        let plain =
            zstd::stream::decode_all(packed.as_slice()).map_err(StoreError::file(&self.path))?;
        let record =
            decode(&plain).map_err(|error| self.damaged(&format!("采集记录无法读取：{error}")))?;
        self.position += u64::from(length) + 8;
        Ok(Some(record))
    }

    /// A power failure can leave a tail of zeros: a torn end. Anything else behind an empty frame is damage.
    fn zeros_to_the_end(&mut self) -> Result<Option<FactRecord>> {
        let mut rest = Vec::new();
        if let Some(source) = &mut self.source {
            source
                .read_to_end(&mut rest)
                .map_err(StoreError::file(&self.path))?;
        }
        if rest.iter().any(|&byte| byte != 0) {
            return Err(self.damaged("出现空帧"));
        }
        Ok(None)
    }

    /// A wrong checksum in the last frame is a torn end; before it, damage.
    fn bad_checksum(&self, is_last: bool) -> Result<Option<FactRecord>> {
        if is_last {
            Ok(None)
        } else {
            Err(self.damaged("校验和不符"))
        }
    }
}

impl Iterator for FactIter {
    type Item = Result<FactRecord>;

    fn next(&mut self) -> Option<Result<FactRecord>> {
        let next = self.read_next();
        if !matches!(next, Ok(Some(_))) {
            // After the end or an error there is nothing more.
            self.source = None;
        }
        next.transpose()
    }
}

/// Reads a record. Fields are only ever added at its end, and an empty one is zeros: one of an older version, which ends before them, is
/// read with nothing in them. That a frame is whole is known by its checksum.
fn decode(plain: &[u8]) -> postcard::Result<FactRecord> {
    match postcard::from_bytes(plain) {
        Err(postcard::Error::DeserializeUnexpectedEnd) => {
            let mut longer = plain.to_vec();
            longer.resize(plain.len() + ADDED_MAX, 0);
            postcard::from_bytes(&longer)
        }
        read => read,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
    use xuncha_core::facts::model::PageFacts;

    #[test]
    fn a_record_of_an_older_version_is_read_with_nothing_in_what_came_later() {
        let at = jiff::civil::date(2026, 3, 20).at(9, 0, 0, 0);
        let capture = Capture {
            purpose: Purpose::Page,
            url: "https://www.qingshi.gov.cn/".to_owned(),
            hops: Vec::new(),
            final_url: String::new(),
            at,
            status: Some(200),
            failure: None,
            content_type: "text/html".to_owned(),
            last_modified: String::new(),
            millis: 1,
            size_bytes: 1,
            truncated: false,
            evidence: EvidenceRef {
                url: String::new(),
                at,
                sha256: String::new(),
                record: String::new(),
                quote: String::new(),
            },
            timing: Default::default(),
        };
        let record = FactRecord::Page(Box::new(PageFacts::blank(&capture)));
        let plain = postcard::to_stdvec(&record).unwrap();
        // Version 8 ended before layout, signing in, annual form and the wording of a search.
        assert_eq!(decode(&plain[..plain.len() - 4]).unwrap(), record);
        assert!(decode(&[200, 1]).is_err());
    }
}
