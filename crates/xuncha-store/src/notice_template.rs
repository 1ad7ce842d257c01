//! 通报模板版本: the texts that staff gave the notice of a round. Each saving is a version that stays; the round's notice is built with
//! the one that was adopted last, with that of the round before where it adopted none, or with the program's where nobody ever did.

use jiff::civil::DateTime;
use sea_orm::QueryResult;

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store, StoreError};

/// 新的模板文字.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    /// Round.
    pub round: String,
    /// The whole text.
    pub content: String,
    /// Version that it changes; 0 for the one that comes with the program.
    pub based_on: i64,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Why.
    pub reason: String,
}

/// 模板版本.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// Its number.
    pub number: i64,
    /// As it was saved.
    pub new: NewTemplate,
}

/// 采用的模板. Which version a round's notice is built with, and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedTemplate {
    /// Version; 0 for the program's.
    pub version: i64,
    /// Who adopted it.
    pub by: String,
    /// When.
    pub at: DateTime,
}

impl Store {
    /// Keeps a version; answers with its number. A closed round takes none.
    pub async fn put_notice_template(&self, new: &NewTemplate) -> Result<i64> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(&new.round).await?;
        let sql = "INSERT INTO notice_templates (round, content, based_on, person, made_at, reason) \
             VALUES (?, ?, ?, ?, ?, ?) RETURNING number";
        let values = vec![
            sql::text(&new.round),
            sql::text(&new.content),
            new.based_on.into(),
            sql::text(&new.by),
            sql::text(&sql::word(&new.at)?),
            sql::text(&new.reason),
        ];
        let row = sql::row(&transaction.inner, sql, values).await?;
        let row = row.ok_or(StoreError::Refused("模板没有写入，请重试"))?;
        let number: i64 = row.try_get_by("number")?;
        let object = format!("round/{}/template/{number}", new.round);
        let entry = AuditEntry::new(AuditAction::TemplateSaved, object);
        let change = entry.change(format!("from {}", new.based_on), &new.reason);
        transaction.audit(&[change]).await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Versions of a round's notice, newest first.
    pub async fn notice_templates(&self, round: &str) -> Result<Vec<TemplateVersion>> {
        let sql = "SELECT * FROM notice_templates WHERE round = ? ORDER BY number DESC";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found.iter().map(read_version).collect()
    }

    /// A version of a round.
    pub async fn notice_template(&self, round: &str, number: i64) -> Result<TemplateVersion> {
        let sql = "SELECT * FROM notice_templates WHERE round = ? AND number = ?";
        let values = vec![sql::text(round), number.into()];
        let row = sql::row(self.read(), sql, values).await?;
        read_version(&row.ok_or_else(|| missing(number))?)
    }

    /// What a round adopted; `None` where nobody ever did.
    pub async fn adopted_template(&self, round: &str) -> Result<Option<AdoptedTemplate>> {
        let sql = "SELECT * FROM round_templates WHERE round = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        let read = |row: QueryResult| {
            Ok(AdoptedTemplate {
                version: row.try_get_by("version")?,
                by: row.try_get_by("person")?,
                at: sql::from_word("采用时间", row.try_get_by("adopted_at")?)?,
            })
        };
        row.map(read).transpose()
    }

    /// 沿用的模板. The round before this one that adopted a text last, with its version: a round that adopted none starts from it. `None` where
    /// no earlier round did, or where the last one went back to the program's.
    pub async fn inherited_template(&self, round: &str) -> Result<Option<(String, i64)>> {
        let sql = "SELECT t.round, t.version FROM round_templates t JOIN rounds r ON r.id = t.round \
             JOIN rounds own ON own.id = ? WHERE r.as_of < own.as_of ORDER BY r.as_of DESC, r.id DESC LIMIT 1";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        let read = |row: QueryResult| -> Result<(String, i64)> {
            Ok((row.try_get_by("round")?, row.try_get_by("version")?))
        };
        let found = row.map(read).transpose()?;
        Ok(found.filter(|(_, version)| *version > 0))
    }

    /// The text that the notice of a round is built with: the one that it adopted, else the one that the round before it adopted last;
    /// `None` where it is the program's.
    pub async fn notice_template_text(&self, round: &str) -> Result<Option<String>> {
        let (round, version) = match self.adopted_template(round).await? {
            Some(adopted) => (round.to_owned(), adopted.version),
            None => match self.inherited_template(round).await? {
                Some(inherited) => inherited,
                None => return Ok(None),
            },
        };
        if version == 0 {
            return Ok(None);
        }
        let version = self.notice_template(&round, version).await?;
        Ok(Some(version.new.content))
    }

    /// Adopts a version of the round, or (0) the program's text again. A closed round keeps what it has.
    pub async fn adopt_template(
        &self,
        round: &str,
        number: i64,
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        if number != 0 {
            self.notice_template(round, number).await?;
        }
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let sql = "DELETE FROM round_templates WHERE round = ? RETURNING version";
        let before = sql::row(&transaction.inner, sql, vec![sql::text(round)]).await?;
        let before: i64 = before.map_or(Ok(0), |row| row.try_get_by("version"))?;
        let row = vec![
            sql::text(round),
            number.into(),
            sql::text(by),
            sql::text(&sql::word(&at)?),
        ];
        let columns = ["round", "version", "person", "adopted_at"];
        sql::insert(
            &transaction.inner,
            "round_templates",
            &columns,
            vec![row],
            "",
        )
        .await?;
        let object = format!("round/{round}/template/{number}");
        let entry = AuditEntry::new(AuditAction::TemplateAdopted, object);
        let change = entry.change(before.to_string(), number.to_string());
        transaction.audit(&[change]).await?;
        transaction.commit().await
    }
}

fn missing(number: i64) -> StoreError {
    StoreError::Missing {
        noun: "模板版本",
        id: number.to_string(),
    }
}

fn read_version(row: &QueryResult) -> Result<TemplateVersion> {
    Ok(TemplateVersion {
        number: row.try_get_by("number")?,
        new: NewTemplate {
            round: row.try_get_by("round")?,
            content: row.try_get_by("content")?,
            based_on: row.try_get_by("based_on")?,
            by: row.try_get_by("person")?,
            at: sql::from_word("保存时间", row.try_get_by("made_at")?)?,
            reason: row.try_get_by("reason")?,
        },
    })
}
