//! 附件: files that people hand in. Rows say whose each is; the bytes stand below `DATA/attachments`, named by their SHA-256, so that no
//! name of others ever becomes a path and the same file is kept once.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use sha2::{Digest, Sha256};
use xuncha_core::attachment::FileKind;
use xuncha_core::registry::TargetId;

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 新附件. A file as it is handed in, its bytes kept already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    /// What it belongs to, such as `round/2026Q1/target/1234567890`.
    pub owner: String,
    /// What of it the file is about, such as the key of a question; may be empty.
    pub about: String,
    /// Unit that may read it beside those who read everything; `None` where none may.
    pub organization: Option<String>,
    /// Name, made tidy by [`xuncha_core::attachment::file_name`].
    pub name: String,
    /// Kind of its content.
    pub kind: FileKind,
    /// Hash that its bytes are kept under.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
    /// Name of who handed it in.
    pub by: String,
    /// When.
    pub at: DateTime,
}

/// 附件.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number; its address is `/attachments/NUMBER`.
    pub number: i64,
    /// What was handed in.
    pub new: NewAttachment,
    /// Whether it was taken back; its bytes stay, its row is shown to nobody any more.
    pub is_withdrawn: bool,
}

/// 附件目录. The folder below which the bytes stand.
#[derive(Clone, Debug)]
pub struct AttachmentFolder {
    folder: PathBuf,
}

impl AttachmentFolder {
    /// Opens the folder, making it where it is missing.
    pub fn open(folder: &Path) -> Result<AttachmentFolder> {
        std::fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        Ok(AttachmentFolder {
            folder: folder.to_owned(),
        })
    }

    fn path(&self, sha256: &str) -> PathBuf {
        let start = sha256.get(..2).unwrap_or("00");
        self.folder.join(start).join(sha256)
    }

    /// Keeps bytes and answers with their hash. They stand on the disk before this returns, so that a row never names what is not there.
    pub fn put(&self, bytes: &[u8]) -> Result<String> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let path = self.path(&sha256);
        if path.is_file() {
            return Ok(sha256);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        let aside = path.with_extension(format!("{}.part", std::process::id()));
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&aside, &path)
        };
        write().map_err(StoreError::file(&path))?;
        Ok(sha256)
    }

    /// The bytes of a hash, checked against it: what was changed on the disk is not handed out.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        let missing = || StoreError::Missing {
            noun: "附件文件",
            id: sha256.to_owned(),
        };
        if !is_hash {
            return Err(missing());
        }
        let path = self.path(sha256);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(missing()),
            read => read.map_err(StoreError::file(&path))?,
        };
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            return Err(StoreError::Damaged {
                path,
                detail: "内容与哈希不符".to_owned(),
            });
        }
        Ok(bytes)
    }
}

/// How the audit log names an attachment.
fn object(number: i64) -> String {
    format!("attachment/{number}")
}

impl Transaction {
    /// Writes down a file that was handed in; answers with its number and what to write into the audit log at the end.
    ///
    /// What belongs to a round is refused where the round is closed, and to an inspector of whose city its target is.
    pub async fn put_attachment(&self, new: &NewAttachment) -> Result<(i64, AuditEntry)> {
        self.refuse_owner(&new.owner).await?;
        let sql = "INSERT INTO attachments (owner, about, organization, name, kind, sha256, size_bytes, person, at, is_withdrawn) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING number";
        let values = vec![
            sql::text(&new.owner),
            sql::text(&new.about),
            sql::maybe_text(new.organization.as_deref()),
            sql::text(&new.name),
            sql::text(&sql::word(&new.kind)?),
            sql::text(&new.sha256),
            sql::number(new.size_bytes),
            sql::text(&new.by),
            sql::text(&sql::word(&new.at)?),
        ];
        let row = sql::row(&self.inner, sql, values).await?;
        let row = row.ok_or_else(|| missing("（未写入）"))?;
        let number: i64 = row.try_get_by("number")?;
        // Names of files may name people: the log has the hash.
        let after = format!("{} sha256:{}", new.owner, new.sha256);
        let entry = AuditEntry::new(AuditAction::AttachmentAdded, object(number));
        Ok((number, entry.change("", after)))
    }

    /// Refuses what belongs to a closed round, and to a target of the city of the inspector who hands it in.
    async fn refuse_owner(&self, owner: &str) -> Result<()> {
        let Some(below) = owner.strip_prefix("round/") else {
            return Ok(());
        };
        let (round, rest) = below.split_once('/').unwrap_or((below, ""));
        self.refuse_closed(round).await?;
        match rest.strip_prefix("target/") {
            Some(target) => self.refuse_own_city(round, &TargetId::from(target)).await,
            None => Ok(()),
        }
    }
}

impl Store {
    /// Writes down a file that was handed in, in a transaction of its own; answers with its number.
    pub async fn put_attachment(&self, new: &NewAttachment) -> Result<i64> {
        let transaction = self.begin().await?;
        let (number, entry) = transaction.put_attachment(new).await?;
        transaction.audit(&[entry]).await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Takes a file back: it is listed and handed out no more.
    pub async fn withdraw_attachment(&self, number: i64) -> Result<()> {
        let before = self.attachment(number).await?;
        let transaction = self.begin().await?;
        transaction.refuse_owner(&before.new.owner).await?;
        let sql = "UPDATE attachments SET is_withdrawn = 1 WHERE number = ?";
        sql::run(&transaction.inner, sql, vec![number.into()]).await?;
        let entry = AuditEntry::new(AuditAction::AttachmentWithdrawn, object(number));
        let held = format!("{} sha256:{}", before.new.owner, before.new.sha256);
        transaction.audit(&[entry.change(held, "")]).await?;
        transaction.commit().await
    }

    /// A file that was not taken back, by its number.
    pub async fn attachment(&self, number: i64) -> Result<Attachment> {
        let sql = "SELECT * FROM attachments WHERE number = ? AND is_withdrawn = 0";
        let row = sql::row(self.read(), sql, vec![number.into()]).await?;
        read_attachment(&row.ok_or_else(|| missing(&number.to_string()))?)
    }

    /// Files of an owner that were not taken back, oldest first.
    pub async fn attachments(&self, owner: &str) -> Result<Vec<Attachment>> {
        let sql = "SELECT * FROM attachments WHERE owner = ? AND is_withdrawn = 0 ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![sql::text(owner)]).await?;
        found.iter().map(read_attachment).collect()
    }

    /// The unit that may read a file; `None` where there is no such file, or no unit may.
    pub async fn unit_of_attachment(&self, number: i64) -> Result<Option<String>> {
        let sql = "SELECT organization FROM attachments WHERE number = ? AND is_withdrawn = 0";
        let row = sql::row(self.read(), sql, vec![number.into()]).await?;
        match row {
            Some(row) => Ok(row.try_get_by("organization")?),
            None => Ok(None),
        }
    }
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing {
        noun: "附件",
        id: id.to_owned(),
    }
}

fn read_attachment(row: &QueryResult) -> Result<Attachment> {
    let size: i64 = row.try_get_by("size_bytes")?;
    let is_withdrawn: i64 = row.try_get_by("is_withdrawn")?;
    Ok(Attachment {
        number: row.try_get_by("number")?,
        new: NewAttachment {
            owner: row.try_get_by("owner")?,
            about: row.try_get_by("about")?,
            organization: row.try_get_by("organization")?,
            name: row.try_get_by("name")?,
            kind: sql::from_word("附件格式", row.try_get_by("kind")?)?,
            sha256: row.try_get_by("sha256")?,
            size_bytes: size as u64,
            by: row.try_get_by("person")?,
            at: sql::from_word("附件时间", row.try_get_by("at")?)?,
        },
        is_withdrawn: is_withdrawn != 0,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_stand_once_and_are_checked_when_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = AttachmentFolder::open(folder.path()).unwrap();
        let hash = files.put(b"%PDF-1.7").unwrap();
        assert_eq!(files.put(b"%PDF-1.7").unwrap(), hash);
        assert_eq!(files.read(&hash).unwrap(), b"%PDF-1.7");
        for wrong in ["../../etc/passwd", "", &"0".repeat(64)] {
            let refused = files.read(wrong);
            assert!(
                matches!(refused, Err(StoreError::Missing { .. })),
                "{wrong}"
            );
        }
        std::fs::write(folder.path().join(&hash[..2]).join(&hash), b"changed").unwrap();
        assert!(matches!(files.read(&hash), Err(StoreError::Damaged { .. })));
    }
}
