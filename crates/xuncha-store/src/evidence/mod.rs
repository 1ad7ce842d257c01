//! 证据文件: one folder per round and target, written by one process at a time, append-only.
//!
//! ```text
//! DATA/evidence/ROUND/TARGET/00001.warc.gz       captures: WARC 1.1, one gzip member per record, at most 1 GB a segment
//!                            00001.cdxj          index of the segment, made anew at any time
//!                            00001.pruned.jsonl  where a retention policy was at work: what stands where, what was taken out
//!                            pictures.warc.gz    pictures of archived pages, with pictures.cdxj beside it; they can be made again
//!                            facts.seg           facts read from them: frames of length, crc32 and a compressed record (postcard)
//! ```
//!
//! Every append is one `write` of whole records, so a killed process leaves at most one torn record at the end of a file; it is cut
//! when the folder is opened again, and captures that no fact refers to yet are cut with it, because the crawler will ask again.
//! A file that is damaged anywhere else is an error that names it: evidence is never dropped silently.
//!
//! Start reading at [`TargetEvidence`] for writing and at [`EvidenceFolder`] for reading; `docs/evidence.md` says how other tools
//! read the files.

mod cdxj;
mod deflate;
mod export;
mod facts;
mod find;
mod folder;
mod index_writer;
mod mend;
mod package;
mod pictures;
mod prune;
mod pruned;
mod read;
mod revisit;
mod rewrite;
mod segment;
mod size;
mod target;
mod verify;
mod warc;

pub use cdxj::{IndexEntry, SegmentIndex, surt};
pub use facts::FactIter;
pub use find::Indexed;
pub use folder::EvidenceFolder;
pub use package::Archive;
pub use pictures::Picture;
pub use prune::Pruning;
pub use pruned::PrunedCapture;
pub use read::ArchivedExchange;
pub use size::{PurposeSize, TargetSize};
pub use target::{Kept, TargetEvidence};
pub use verify::{Verification, VerifiedTarget};
pub use warc::ExchangeParts;

use crate::{Result, StoreError};

/// 证据编号. `SEGMENT@OFFSET`, as `EvidenceRef::record` writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordId {
    /// Number of the WARC segment, from 1.
    pub segment: u32,
    /// Byte offset of the record's gzip member.
    pub offset: u64,
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}@{}", self.segment, self.offset)
    }
}

impl std::str::FromStr for RecordId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<RecordId> {
        let error = || StoreError::RecordId(text.to_owned());
        let (segment, offset) = text.split_once('@').ok_or_else(error)?;
        Ok(RecordId {
            segment: segment.parse().map_err(|_| error())?,
            offset: offset.parse().map_err(|_| error())?,
        })
    }
}
