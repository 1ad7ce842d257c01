//! 导入预览: a workbook that was read, kept until somebody confirms what it would change. It is taken only over the registry that the
//! preview was made of.

use jiff::civil::DateTime;
use xuncha_core::registry::{Registry, Sheet};

use crate::audit::{AuditAction, AuditEntry};
use crate::registry::ChangeNote;
use crate::sql;
use crate::{Result, Store, StoreError};

/// 待确认的导入.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedImport {
    /// Its id; nobody guesses it.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Mapping by which it is read.
    pub mapping: String,
    /// Name of who sent it.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Number of the last change of the registry when the file was read.
    pub known_changes: i64,
    /// When it was taken; `None` before.
    pub done_at: Option<DateTime>,
    /// What stands in it.
    pub sheets: Vec<Sheet>,
}

impl Store {
    /// Number of the last change of the registry.
    pub async fn last_registry_change(&self) -> Result<i64> {
        let sql = "SELECT COALESCE(MAX(number), 0) FROM registry_changes";
        let row = sql::row(self.read(), sql, vec![]).await?;
        Ok(row
            .map(|row| row.try_get_by_index(0))
            .transpose()?
            .unwrap_or_default())
    }

    /// Keeps a workbook that was read; older ones that nobody confirmed go.
    pub async fn stage_import(&self, staged: &StagedImport) -> Result<()> {
        let transaction = self.begin().await?;
        let gone = "DELETE FROM registry_imports WHERE done_at = '' AND person = ?";
        sql::run(&transaction.inner, gone, vec![sql::text(&staged.by)]).await?;
        let columns = [
            "id",
            "file",
            "mapping",
            "person",
            "at",
            "known_changes",
            "done_at",
            "body",
        ];
        let row = vec![
            sql::text(&staged.id),
            sql::text(&staged.file),
            sql::text(&staged.mapping),
            sql::text(&staged.by),
            sql::text(&sql::word(&staged.at)?),
            staged.known_changes.into(),
            sql::text(""),
            sql::body("导入的表格", &staged.sheets)?,
        ];
        sql::insert(
            &transaction.inner,
            "registry_imports",
            &columns,
            vec![row],
            "",
        )
        .await?;
        let entry = AuditEntry::new(AuditAction::ImportStaged, format!("import/{}", staged.id));
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// The workbook that somebody sent and has not confirmed: its id, file and time.
    pub async fn waiting_import(&self, by: &str) -> Result<Option<(String, String, DateTime)>> {
        let sql = "SELECT id, file, at FROM registry_imports WHERE person = ? AND done_at = '' ORDER BY at DESC, id";
        let row = sql::row(self.read(), sql, vec![sql::text(by)]).await?;
        row.map(|row| {
            let at = sql::from_word("导入时间", row.try_get_by("at")?)?;
            Ok((row.try_get_by("id")?, row.try_get_by("file")?, at))
        })
        .transpose()
    }

    /// A workbook that was read.
    pub async fn staged_import(&self, id: &str) -> Result<StagedImport> {
        let sql = "SELECT * FROM registry_imports WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "导入预览",
            id: id.to_owned(),
        })?;
        let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
        let done_at = Some(text("done_at")?).filter(|word| !word.is_empty());
        Ok(StagedImport {
            id: text("id")?,
            file: text("file")?,
            mapping: text("mapping")?,
            by: text("person")?,
            at: sql::from_word("导入时间", text("at")?)?,
            known_changes: row.try_get_by("known_changes")?,
            done_at: done_at
                .map(|word| sql::from_word("导入时间", word))
                .transpose()?,
            sheets: sql::parse("导入的表格", &text("body")?)?,
        })
    }

    /// Takes a workbook whose preview was confirmed: `registry` is what it makes of the registry. Refused where the registry has changed
    /// since, and a second time.
    pub async fn confirm_import(
        &self,
        staged: &StagedImport,
        registry: &Registry,
        note: &ChangeNote,
    ) -> Result<usize> {
        let transaction = self.begin().await?;
        let done =
            "UPDATE registry_imports SET done_at = ?, body = '[]' WHERE id = ? AND done_at = ''";
        let values = vec![sql::text(&sql::word(&note.at)?), sql::text(&staged.id)];
        if sql::run(&transaction.inner, done, values).await? == 0 {
            return Err(StoreError::Refused("这份表格已经导入"));
        }
        let changes = transaction
            .replace_registry(registry, note, Some(staged.known_changes))
            .await?;
        transaction.commit().await?;
        Ok(changes.len())
    }
}
