//! 文档: which documents of a round were built, where they stand and what they hash to.

use jiff::civil::DateTime;

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 文档. A built document of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Round.
    pub round: String,
    /// File name, such as `notice.docx`; unique in the round.
    pub name: String,
    /// Path below the documents folder, with `/`.
    pub path: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
    /// When it was built.
    pub at: DateTime,
    /// Hash of the round's outcome that it was built from ([`Store::outcome_sha256`]); empty where it is no part of a notice.
    pub outcome_sha256: String,
}

impl Document {
    /// Whether it is signed: the notice and its annexes. The data beside them is for machines, and letters to units are written when the
    /// notice is out.
    pub fn is_signed(&self) -> bool {
        !self.name.ends_with(".json") && !self.name.starts_with("letter-")
    }
}

impl Transaction {
    /// Refuses to write a notice over one that is published: what was signed stays as it is until a correction begins a new version.
    pub(crate) async fn refuse_published_notice(&self, round: &str) -> Result<()> {
        let sql = "SELECT step FROM notice_steps WHERE round = ? ORDER BY number DESC LIMIT 1";
        let row = sql::row(&self.inner, sql, vec![sql::text(round)]).await?;
        let last: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        match last.as_deref() {
            Some("published") => Err(StoreError::Refused(
                "通报已发布，不能重新生成；确需改正，请先在通报页发起更正，产生新版本",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses a signature under a notice that was built from other results than those that it is bound to.
    pub(crate) async fn refuse_stale_notice(&self, round: &str, outcome: &str) -> Result<()> {
        let sql = "SELECT COUNT(*) FROM documents WHERE round = ? AND outcome_sha256 <> ? \
             AND name NOT LIKE 'letter-%' AND name NOT LIKE '%.json'";
        let values = vec![sql::text(round), sql::text(outcome)];
        match sql::count(&self.inner, sql, values).await? {
            0 => Ok(()),
            _ => Err(StoreError::Refused(
                "通报早于现在的结果或通报信息，请重新生成",
            )),
        }
    }
}

impl Store {
    /// Refuses where the round's notice is published; asked before its files are written over.
    pub async fn refuse_published_notice(&self, round: &str) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_published_notice(round).await?;
        transaction.commit().await
    }

    /// Records a document; one of the same name in the same round is replaced, except where it was published.
    pub async fn put_document(&self, document: &Document) -> Result<()> {
        let row = vec![
            sql::text(&document.round),
            sql::text(&document.name),
            sql::text(&document.path),
            sql::text(&document.sha256),
            sql::number(document.size_bytes),
            sql::text(&sql::word(&document.at)?),
            sql::text(&document.outcome_sha256),
        ];
        let columns = [
            "round",
            "name",
            "path",
            "sha256",
            "size_bytes",
            "at",
            "outcome_sha256",
        ];
        let transaction = self.begin().await?;
        if document.is_signed() {
            transaction.refuse_published_notice(&document.round).await?;
        }
        let delete = "DELETE FROM documents WHERE round = ? AND name = ? RETURNING sha256";
        let key = vec![sql::text(&document.round), sql::text(&document.name)];
        let replaced = sql::row(&transaction.inner, delete, key).await?;
        let before: Option<String> = replaced.map(|row| row.try_get_by_index(0)).transpose()?;
        sql::insert(&transaction.inner, "documents", &columns, vec![row], "").await?;
        let object = format!("round/{}/document/{}", document.round, document.name);
        let entry = AuditEntry::new(AuditAction::DocumentBuilt, object);
        let entry = entry.change(before.unwrap_or_default(), &document.sha256);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Documents of a round, by name.
    pub async fn documents(&self, round: &str) -> Result<Vec<Document>> {
        let sql = "SELECT * FROM documents WHERE round = ? ORDER BY name";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let size: i64 = row.try_get_by("size_bytes")?;
                Ok(Document {
                    round: row.try_get_by("round")?,
                    name: row.try_get_by("name")?,
                    path: row.try_get_by("path")?,
                    sha256: row.try_get_by("sha256")?,
                    size_bytes: size as u64,
                    at: sql::from_word("生成时间", row.try_get_by("at")?)?,
                    outcome_sha256: row.try_get_by("outcome_sha256")?,
                })
            })
            .collect()
    }
}
