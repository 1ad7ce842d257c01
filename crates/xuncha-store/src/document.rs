//! 文档: which documents of a round were built, where they stand and what they hash to.

use jiff::civil::DateTime;

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store};

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
}

impl Store {
    /// Records a document; one of the same name in the same round is replaced.
    pub async fn put_document(&self, document: &Document) -> Result<()> {
        let row = vec![
            sql::text(&document.round),
            sql::text(&document.name),
            sql::text(&document.path),
            sql::text(&document.sha256),
            sql::number(document.size_bytes),
            sql::text(&sql::word(&document.at)?),
        ];
        let columns = ["round", "name", "path", "sha256", "size_bytes", "at"];
        let transaction = self.begin().await?;
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
                })
            })
            .collect()
    }
}
