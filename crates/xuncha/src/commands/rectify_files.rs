//! Files of an answer that is filed on the command line: told by content and kept like those that come by the pages.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use xuncha_core::attachment::{FileKind, MAX_ATTACHMENT_BYTES, file_name};
use xuncha_store::attachment::{AttachmentFolder, NewAttachment};
use xuncha_store::rectify::NewFact;

use crate::data::Data;

/// A file whose bytes are kept.
pub struct KeptFile {
    name: String,
    kind: FileKind,
    /// Hash.
    pub sha256: String,
    size_bytes: u64,
}

/// Keeps the bytes of all files; refuses what is none of the kinds that are taken.
pub fn keep(data: &Data, files: &[PathBuf]) -> Result<Vec<KeptFile>> {
    let folder = AttachmentFolder::open(&data.folder.join("attachments"))?;
    let mut kept = Vec::with_capacity(files.len());
    for path in files {
        let bytes = std::fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?;
        ensure!(
            bytes.len() <= MAX_ATTACHMENT_BYTES,
            "{} 超过 20 MB",
            path.display()
        );
        let Some(kind) = FileKind::of(&bytes) else {
            bail!(
                "{} 不是 PDF、PNG、JPEG、Word 或 Excel 文件（按内容识别）",
                path.display()
            );
        };
        let sent = path.file_name().unwrap_or_default().to_string_lossy();
        kept.push(KeptFile {
            name: file_name(&sent, kind),
            kind,
            sha256: folder.put(&bytes)?,
            size_bytes: bytes.len() as u64,
        });
    }
    Ok(kept)
}

/// What the files of an answer belong to; empty where there are none.
pub fn owner(kept: &[KeptFile]) -> String {
    match kept.is_empty() {
        true => String::new(),
        false => format!("reply/{}", xuncha_web::random_token()),
    }
}

/// Writes the answer down with its files.
pub async fn reply(data: &Data, cases: &[String], new: &NewFact, kept: &[KeptFile]) -> Result<()> {
    let unit = match cases.first() {
        Some(first) => data.store.unit_of_case(first).await?,
        None => None,
    };
    let file = |file: &KeptFile| NewAttachment {
        owner: new.owner.clone(),
        about: String::new(),
        organization: unit.clone(),
        name: file.name.clone(),
        kind: file.kind,
        sha256: file.sha256.clone(),
        size_bytes: file.size_bytes,
        by: new.by.clone(),
        at: new.at,
    };
    let files: Vec<NewAttachment> = kept.iter().map(file).collect();
    Ok(data.store.reply_cases(cases, new, &files).await?)
}
