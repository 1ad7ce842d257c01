//! Writing a target's facts anew: a whole segment beside the old one, which it then replaces in one step.

use std::fs::File;
use std::io::{BufWriter, Write};

use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;

use super::facts;
use super::folder::EvidenceFolder;
use crate::{Result, StoreError};

impl EvidenceFolder {
    /// Replaces the facts of a target by `records`. A reader sees the old segment or the new one, never a part; an error, also
    /// one of `records`, leaves the old one as it was. Nobody may gather the target meanwhile.
    pub fn rewrite_facts(
        &self,
        round: &str,
        target: &TargetId,
        records: impl Iterator<Item = Result<FactRecord>>,
    ) -> Result<()> {
        let dir = self.target_dir(round, target);
        let fresh = dir.join("facts.seg.new");
        let written = write_segment(&fresh, records);
        if let Err(error) = written {
            // What is left of the new segment is of no use; the old one stands.
            let _ = std::fs::remove_file(&fresh);
            return Err(error);
        }
        let path = dir.join("facts.seg");
        std::fs::rename(&fresh, &path).map_err(StoreError::file(&path))?;
        let folder = File::open(&dir).map_err(StoreError::file(&dir))?;
        folder.sync_all().map_err(StoreError::file(&dir))
    }
}

fn write_segment(
    path: &std::path::Path,
    records: impl Iterator<Item = Result<FactRecord>>,
) -> Result<()> {
    let io = || StoreError::file(path);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(io())?);
    file.write_all(facts::MAGIC).map_err(io())?;
    for record in records {
        file.write_all(&facts::frame(&record?)?).map_err(io())?;
    }
    let file = file.into_inner().map_err(|error| error.into_error());
    file.and_then(|file| file.sync_all()).map_err(io())
}
