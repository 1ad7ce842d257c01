//! Handing evidence on: the segments of a target as one WARC file with one index, for pywb, ReplayWeb.page and the like.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use xuncha_core::registry::TargetId;

use super::cdxj::SegmentIndex;
use super::folder::{EvidenceFolder, segment_path};
use super::mend;
use super::pictures;
use crate::{Result, StoreError};

impl EvidenceFolder {
    /// Writes `NAME.warc.gz` and `NAME.cdxj` of a target into a folder; answers with the bytes of the WARC file.
    pub fn export_target(
        &self,
        round: &str,
        target: &TargetId,
        to: &Path,
        name: &str,
    ) -> Result<u64> {
        let dir = self.target_dir(round, target);
        let file_name = format!("{name}.warc.gz");
        let path = to.join(&file_name);
        let io = || StoreError::file(&path);
        let mut warc = BufWriter::new(File::create(&path).map_err(io())?);
        let mut lines = String::new();
        let mut written = 0;
        for &segment in mend::segment_lengths(&dir)?.keys() {
            for mut entry in SegmentIndex::open(&dir, segment)?.entries() {
                entry.offset += written;
                file_name.clone_into(&mut entry.filename);
                lines.push_str(&entry.line());
            }
            let from = segment_path(&dir, segment);
            let mut from = File::open(&from).map_err(StoreError::file(&from))?;
            // Segments are rows of gzip members, so one behind the other they are a segment again.
            written += std::io::copy(&mut from, &mut warc).map_err(io())?;
        }
        let (pictures, entries) = pictures::read(&dir)?;
        for mut entry in entries {
            entry.offset += written;
            file_name.clone_into(&mut entry.filename);
            lines.push_str(&entry.line());
        }
        warc.write_all(&pictures).map_err(io())?;
        written += pictures.len() as u64;
        warc.flush().map_err(io())?;
        let index = to.join(format!("{name}.cdxj"));
        std::fs::write(&index, SegmentIndex::from_lines(&lines).text())
            .map_err(StoreError::file(&index))?;
        Ok(written)
    }
}
