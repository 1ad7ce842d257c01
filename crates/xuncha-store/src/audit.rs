//! 审计日志: who did what when, old and new, in rows that are chained by their hashes.
//!
//! Every change that a person makes is written down in the transaction that makes it. A row hashes itself together with the row before,
//! so that none can be changed, taken out or put in between without every later hash being wrong; the head kept beside the table tells
//! when rows are missing at the end. Against somebody who rewrites the whole chain helps only a hash that was noted elsewhere: see
//! [`Store::verify_audit`].
//!
//! Rows name people by number (`P3`), the command line by the user of the machine (`cli:root`). No name, password, token or text of
//! others stands in them: what cannot be taken out again must hold no personal data.

mod action;

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use sea_orm::{ConnectionTrait, QueryResult};
use sha2::{Digest, Sha256};

use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, Transaction};
pub use action::AuditAction;

/// 操作者. Who works with the store, and the clock that says when.
#[derive(Clone)]
pub struct Actor {
    /// `P3` for a person, `cli:root` for the command line, `system` for the program itself.
    pub who: String,
    /// Civil time.
    pub now: Arc<dyn Fn() -> DateTime + Send + Sync>,
}

impl Actor {
    /// With a clock.
    pub fn new(
        who: impl Into<String>,
        now: impl Fn() -> DateTime + Send + Sync + 'static,
    ) -> Actor {
        Actor {
            who: who.into(),
            now: Arc::new(now),
        }
    }
}

/// The program itself, before anybody said who works and with which clock: rows then bear the beginning of the calendar.
impl Default for Actor {
    fn default() -> Actor {
        Actor::new("system", DateTime::default)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Actor").field("who", &self.who).finish()
    }
}

/// 审计事项. What is to be written down; who and when come from the store's [`Actor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// What was done.
    pub action: AuditAction,
    /// To what, such as `round/2026Q1`.
    pub object: String,
    /// What held before, empty where nothing did.
    pub before: String,
    /// What holds now, empty where nothing does.
    pub after: String,
}

impl AuditEntry {
    /// Without values.
    pub fn new(action: AuditAction, object: impl Into<String>) -> AuditEntry {
        AuditEntry {
            action,
            object: object.into(),
            before: String::new(),
            after: String::new(),
        }
    }

    /// With what held before and holds now.
    pub fn change(mut self, before: impl Into<String>, after: impl Into<String>) -> AuditEntry {
        self.before = before.into();
        self.after = after.into();
        self
    }
}

/// 审计记录. A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// When, civil time.
    pub at: String,
    /// Who.
    pub person: String,
    /// What, by its word.
    pub action: String,
    /// To what.
    pub object: String,
    /// What held before.
    pub before: String,
    /// What held after.
    pub after: String,
    /// Hash of the row before, empty for the first.
    pub previous_sha256: String,
    /// Hash of this row.
    pub sha256: String,
}

impl AuditRow {
    /// The hash that this row has to bear: SHA-256 of the hash before, a line feed, and the fields as a JSON list without blanks.
    pub fn reckoned_sha256(&self) -> String {
        let fields = serde_json::json!([
            self.number,
            self.at,
            self.person,
            self.action,
            self.object,
            self.before,
            self.after
        ]);
        hex::encode(Sha256::digest(format!(
            "{}\n{fields}",
            self.previous_sha256
        )))
    }
}

/// 审计筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who, exactly.
    pub person: Option<String>,
    /// What.
    pub action: Option<AuditAction>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// 核验结果. What a walk over the whole log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Rows that are there.
    pub count: u64,
    /// Hash of the last row, empty where there is none.
    pub head_sha256: String,
    /// The first row that is not what it was, with the reason in Chinese.
    pub broken: Option<(u64, &'static str)>,
    /// Whether a row bears the hash that was noted elsewhere; `None` where none was given.
    pub has_expected: Option<bool>,
}

impl Transaction {
    /// Writes entries down. Called last before a commit: it takes the head of the log, and other writers wait for it.
    pub async fn audit(&self, entries: &[AuditEntry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        // Taking the head by an update makes the next writer wait on either database, so that numbers have no gaps and no twins.
        let take =
            "UPDATE audit_head SET number = number + ? WHERE id = 1 RETURNING number, sha256";
        let count = entries.len() as u64;
        let head = sql::row(&self.inner, take, vec![sql::number(count)]).await?;
        let head = head.ok_or_else(|| crate::StoreError::Missing {
            noun: "审计日志的链头",
            id: "1".to_owned(),
        })?;
        let last: i64 = head.try_get_by("number")?;
        let mut previous: String = head.try_get_by("sha256")?;
        let at = sql::word(&(self.actor.now)())?;
        let mut all = Vec::with_capacity(entries.len());
        for (number, entry) in (last as u64 + 1 - count..).zip(entries) {
            let mut row = AuditRow {
                number,
                at: at.clone(),
                person: clean(&self.actor.who),
                action: entry.action.word(),
                object: clean(&entry.object),
                before: clean(&entry.before),
                after: clean(&entry.after),
                previous_sha256: previous,
                sha256: String::new(),
            };
            row.sha256 = row.reckoned_sha256();
            previous = row.sha256.clone();
            all.push(written(&row));
        }
        sql::insert(&self.inner, "audit", &COLUMNS, all, "").await?;
        let keep = "UPDATE audit_head SET sha256 = ? WHERE id = 1";
        sql::run(&self.inner, keep, vec![sql::text(&previous)]).await?;
        Ok(())
    }
}

impl Store {
    /// Writes down what changes nothing in the database: a download, an export.
    pub async fn audit(&self, entry: AuditEntry) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Rows of the log, newest first.
    pub async fn audit_rows(&self, filter: &AuditFilter, page: Page) -> Result<Listing<AuditRow>> {
        let action = filter.action.map(AuditAction::word);
        let from = filter.from.map(|day| format!("{day}T"));
        // The sign after T is behind every time of that day.
        let to = filter.to.map(|day| format!("{day}U"));
        let condition = Where::default()
            .and_some("person = ?", filter.person.as_deref())
            .and_some("action = ?", action.as_deref())
            .and_some("at >= ?", from.as_deref())
            .and_some("at < ?", to.as_deref());
        let sql = format!(
            "SELECT * FROM audit{} ORDER BY number DESC LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM audit{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_row).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Walks over the whole log and reckons every hash anew. `expected` is the hash of a row that was noted elsewhere: where no row
    /// bears it, the log was written anew as a whole.
    pub async fn verify_audit(&self, expected: Option<&str>) -> Result<AuditVerdict> {
        // Rows come before their head here: one that is beyond it was never written by us, whoever writes meanwhile.
        let newest = "SELECT COALESCE(MAX(number), 0) AS newest FROM audit";
        let newest = sql::count(self.read(), newest, vec![]).await?;
        let head = audit_head(self.read()).await?;
        let mut verdict = AuditVerdict {
            count: 0,
            head_sha256: String::new(),
            broken: None,
            has_expected: expected.map(|_| false),
        };
        let mut after = i64::MIN;
        loop {
            let sql =
                "SELECT * FROM audit WHERE number > ? AND number <= ? ORDER BY number LIMIT 1000";
            let asked = vec![after.into(), sql::number(head.0)];
            let found = sql::rows(self.read(), sql, asked).await?;
            if found.is_empty() {
                break;
            }
            for row in &found {
                let row = read_row(row)?;
                if verdict.broken.is_none() {
                    verdict.broken = fault(&row, &verdict);
                }
                if expected.is_some_and(|hash| hash.eq_ignore_ascii_case(&row.sha256)) {
                    verdict.has_expected = Some(true);
                }
                after = row.number as i64;
                verdict.count += 1;
                verdict.head_sha256 = row.sha256;
            }
        }
        if verdict.broken.is_none() && (verdict.count, &verdict.head_sha256) != (head.0, &head.1) {
            verdict.broken = Some((verdict.count + 1, "末尾的记录被删除"));
        }
        if verdict.broken.is_none() && newest > head.0 {
            verdict.broken = Some((head.0 + 1, "不是由本系统写入的记录"));
        }
        Ok(verdict)
    }
}

/// What is wrong with a row after those that `so_far` walked over.
fn fault(row: &AuditRow, so_far: &AuditVerdict) -> Option<(u64, &'static str)> {
    if row.number != so_far.count + 1 {
        return Some((so_far.count + 1, "记录缺失"));
    }
    if row.previous_sha256 != so_far.head_sha256 {
        return Some((row.number, "与上一条的哈希接不上"));
    }
    (row.sha256 != row.reckoned_sha256()).then_some((row.number, "内容与哈希不符"))
}

async fn audit_head(connection: &impl ConnectionTrait) -> Result<(u64, String)> {
    let sql = "SELECT number, sha256 FROM audit_head WHERE id = 1";
    let Some(row) = sql::row(connection, sql, vec![]).await? else {
        return Ok((0, String::new()));
    };
    let number: i64 = row.try_get_by("number")?;
    Ok((number as u64, row.try_get_by("sha256")?))
}

/// What the database would change is changed before it is hashed.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

const COLUMNS: [&str; 9] = [
    "number",
    "at",
    "person",
    "action",
    "object",
    "before",
    "after",
    "previous_sha256",
    "sha256",
];

fn written(row: &AuditRow) -> Vec<sea_orm::Value> {
    vec![
        sql::number(row.number),
        sql::text(&row.at),
        sql::text(&row.person),
        sql::text(&row.action),
        sql::text(&row.object),
        sql::text(&row.before),
        sql::text(&row.after),
        sql::text(&row.previous_sha256),
        sql::text(&row.sha256),
    ]
}

fn read_row(row: &QueryResult) -> Result<AuditRow> {
    let number: i64 = row.try_get_by("number")?;
    Ok(AuditRow {
        number: number as u64,
        at: row.try_get_by("at")?,
        person: row.try_get_by("person")?,
        action: row.try_get_by("action")?,
        object: row.try_get_by("object")?,
        before: row.try_get_by("before")?,
        after: row.try_get_by("after")?,
        previous_sha256: row.try_get_by("previous_sha256")?,
        sha256: row.try_get_by("sha256")?,
    })
}
