//! The index of the segment that is being written: lines gather on the way and are sorted when the segment closes.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::cdxj::{IndexEntry, SegmentIndex, index_path, part_path, stated_length};
use crate::{Result, StoreError};

/// Lines kept in memory before they go to the file of unsorted lines; every target of a round is open at the same time.
const PENDING_BYTES: usize = 16 * 1024;

/// Where the index of the segment that is written stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Lines of all answers are at hand: in the part file and in memory.
    Building,
    /// The index beside the segment is whole.
    Stored,
    /// An interrupted run left none: it is made from the segment when that closes.
    Unknown,
}

/// The index of the segment that is being written.
pub(super) struct IndexWriter {
    dir: PathBuf,
    segment: u32,
    pending: String,
    state: State,
}

impl IndexWriter {
    /// Goes on with a segment that is `length` bytes long.
    pub(super) fn open(dir: &Path, segment: u32, length: u64) -> Result<IndexWriter> {
        let stated = stated_length(dir, segment)?;
        let part = part_path(dir, segment);
        match std::fs::remove_file(&part) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::file(&part)(error));
            }
            _ => {}
        }
        let state = match stated {
            Some(stated) if stated == length => State::Stored,
            _ if length == 0 => State::Building,
            _ => State::Unknown,
        };
        Ok(IndexWriter {
            dir: dir.to_owned(),
            segment,
            pending: String::new(),
            state,
        })
    }

    /// Adds an answer.
    pub(super) fn add(&mut self, entry: &IndexEntry) -> Result<()> {
        if self.state == State::Unknown {
            return Ok(());
        }
        if self.state == State::Stored {
            let part = part_path(&self.dir, self.segment);
            std::fs::rename(index_path(&self.dir, self.segment), &part)
                .map_err(StoreError::file(&part))?;
            self.state = State::Building;
        }
        self.pending.push_str(&entry.line());
        if self.pending.len() < PENDING_BYTES {
            return Ok(());
        }
        let part = part_path(&self.dir, self.segment);
        let append = || -> std::io::Result<()> {
            let mut file = File::options().append(true).create(true).open(&part)?;
            file.write_all(self.pending.as_bytes())
        };
        append().map_err(StoreError::file(&part))?;
        self.pending.clear();
        Ok(())
    }

    /// Writes the index of the segment, which is `length` bytes long.
    pub(super) fn finish(&mut self, length: u64) -> Result<()> {
        if self.state == State::Stored || length == 0 {
            return Ok(());
        }
        let index = if self.state == State::Unknown {
            match SegmentIndex::scan(&self.dir, self.segment) {
                Ok(index) => index,
                // Damage in the middle is for `verify` to name; what was gathered now is kept all the same.
                Err(error @ StoreError::Damaged { .. }) => {
                    tracing::warn!(%error, "a segment cannot be indexed");
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        } else {
            let part = part_path(&self.dir, self.segment);
            let mut lines = match std::fs::read_to_string(&part) {
                Ok(lines) => lines,
                Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
                Err(error) => return Err(StoreError::file(&part)(error)),
            };
            lines.push_str(&self.pending);
            SegmentIndex::from_lines(&lines)
        };
        index.write(&self.dir, self.segment, length)?;
        self.pending.clear();
        self.state = State::Stored;
        Ok(())
    }
}
