//! 机器复查与自查: work of the machine that people asked for, with what it came to. The queue carries it; these rows say what pages show.

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xuncha_core::registry::TargetId;

use crate::audit::{AuditAction, AuditEntry};
use crate::job::{JobState, NewJob};
use crate::sql;
use crate::{Result, Store, StoreError};

/// 机器复查. One look at one problem, by the check that found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    /// Its id; the evidence is kept under it.
    pub id: String,
    /// Case.
    pub case: String,
    /// When it was asked for.
    pub asked_at: DateTime,
    /// Name of who asked.
    pub by: String,
    /// Where the work stands.
    pub state: JobState,
    /// When it was done.
    pub done_at: Option<DateTime>,
    /// What it came to, in Chinese.
    pub note: String,
    /// What the check said, as JSON.
    pub body: Option<String>,
}

/// 自查. One look at a whole target that its own unit asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfCheck {
    /// Its id; the evidence is kept under it.
    pub id: String,
    /// Round by whose set it is judged.
    pub round: String,
    /// Target.
    pub target: TargetId,
    /// Unit.
    pub organization: String,
    /// When it was asked for.
    pub asked_at: DateTime,
    /// Name of who asked.
    pub by: String,
    /// Where the work stands.
    pub state: JobState,
    /// When it was done.
    pub done_at: Option<DateTime>,
    /// What it came to, in Chinese.
    pub note: String,
    /// What it found, as JSON.
    pub body: Option<String>,
}

impl SelfCheck {
    /// What it found.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let body = self.body.as_deref();
        body.map(|body| sql::parse("自查结果", body)).transpose()
    }
}

impl Recheck {
    /// What the check said.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let body = self.body.as_deref();
        body.map(|body| sql::parse("复查结果", body)).transpose()
    }
}

/// 机器工作结果. What a piece of such work ended with.
#[derive(Clone, Debug)]
pub struct Outcome<'a, T> {
    /// Done or failed; waiting and running are told as they come.
    pub state: JobState,
    /// What it came to, in Chinese.
    pub note: &'a str,
    /// What was found.
    pub body: Option<&'a T>,
    /// When.
    pub at: DateTime,
}

/// 工作. A queued piece of such work, taken by whoever does it.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Number of the job.
    pub number: i64,
    /// Which handler.
    pub kind: String,
    /// What it needs.
    pub payload: serde_json::Value,
    /// How often it was begun.
    pub attempts: u64,
}

/// Kind of the job that rechecks one problem.
pub const RECHECK_JOB: &str = "recheck";
/// Kind of the job that checks one target for its own unit.
pub const SELF_CHECK_JOB: &str = "self_check";

impl Store {
    /// Takes the next job of these kinds that waits and is due, oldest first, and marks it as running.
    pub async fn take_work(&self, kinds: &[&str], now: DateTime) -> Result<Option<Work>> {
        let transaction = self.begin().await?;
        let places = vec!["?"; kinds.len().max(1)].join(",");
        let sql = format!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE state = 'waiting' AND number = \
             (SELECT MIN(number) FROM jobs WHERE state = 'waiting' AND due_at <= ? AND kind IN ({places})) \
             RETURNING number, kind, payload, attempts"
        );
        let mut values = vec![sql::text(&sql::word(&now)?)];
        values.extend(kinds.iter().map(|kind| sql::text(kind)));
        let row = sql::row(&transaction.inner, &sql, values).await?;
        transaction.commit().await?;
        let read = |row: QueryResult| -> Result<Work> {
            let attempts: i64 = row.try_get_by("attempts")?;
            Ok(Work {
                number: row.try_get_by("number")?,
                kind: row.try_get_by("kind")?,
                payload: sql::parse("任务", &row.try_get_by::<String, _>("payload")?)?,
                attempts: attempts as u64,
            })
        };
        row.map(read).transpose()
    }

    /// Puts jobs of these kinds that a killed process left running back in the queue. Only for the one process that does them.
    pub async fn requeue_work(&self, kinds: &[&str]) -> Result<u64> {
        let transaction = self.begin().await?;
        let places = vec!["?"; kinds.len().max(1)].join(",");
        let sql = format!(
            "UPDATE jobs SET state = 'waiting' WHERE state = 'running' AND kind IN ({places})"
        );
        let values = kinds.iter().map(|kind| sql::text(kind)).collect();
        let count = sql::run(&transaction.inner, &sql, values).await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// Asks for a recheck: row and job in one transaction. Refused while another one of the same case is under way.
    pub async fn ask_recheck(&self, id: &str, case: &str, by: &str, at: DateTime) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_own_case(case).await?;
        let open =
            "SELECT COUNT(*) FROM rechecks WHERE case_id = ? AND state IN ('waiting', 'running')";
        if sql::count(&transaction.inner, open, vec![sql::text(case)]).await? > 0 {
            return Err(StoreError::Refused("这个问题的机器复查还没有结束"));
        }
        let columns = ["id", "case_id", "asked_at", "person", "state", "note"];
        let row = vec![
            sql::text(id),
            sql::text(case),
            sql::text(&sql::word(&at)?),
            sql::text(by),
            sql::text("waiting"),
            sql::text(""),
        ];
        sql::insert(&transaction.inner, "rechecks", &columns, vec![row], "").await?;
        let job = NewJob {
            kind: RECHECK_JOB.to_owned(),
            idempotency_key: format!("recheck/{id}"),
            payload: serde_json::json!({ "recheck": id, "case": case }),
            due_at: at,
        };
        transaction.put_job(&job).await?;
        let entry = AuditEntry::new(AuditAction::RecheckAsked, format!("case/{case}"));
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Rechecks of a case, newest first.
    pub async fn rechecks(&self, case: &str) -> Result<Vec<Recheck>> {
        let sql = "SELECT * FROM rechecks WHERE case_id = ? ORDER BY asked_at DESC, id DESC";
        let found = sql::rows(self.read(), sql, vec![sql::text(case)]).await?;
        found.iter().map(read_recheck).collect()
    }

    /// A recheck by its id.
    pub async fn recheck(&self, id: &str) -> Result<Recheck> {
        let sql = "SELECT * FROM rechecks WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        read_recheck(&row.ok_or_else(|| missing("机器复查", id))?)
    }

    /// Says how far a recheck is.
    pub async fn end_recheck<T: Serialize>(
        &self,
        id: &str,
        outcome: &Outcome<'_, T>,
    ) -> Result<()> {
        self.end_work("rechecks", ("机器复查", id), outcome).await
    }

    /// Asks for a self-check: row and job in one transaction. Refused while another one of the same target is under way.
    pub async fn ask_self_check(&self, check: &SelfCheck) -> Result<()> {
        let transaction = self.begin().await?;
        let open =
            "SELECT COUNT(*) FROM self_checks WHERE target = ? AND state IN ('waiting', 'running')";
        let target = vec![sql::text(&check.target.0)];
        if sql::count(&transaction.inner, open, target).await? > 0 {
            return Err(StoreError::Refused("这个网站或账号的自查还没有结束"));
        }
        let columns = [
            "id",
            "round",
            "target",
            "organization",
            "asked_at",
            "person",
            "state",
            "note",
        ];
        let row = vec![
            sql::text(&check.id),
            sql::text(&check.round),
            sql::text(&check.target.0),
            sql::text(&check.organization),
            sql::text(&sql::word(&check.asked_at)?),
            sql::text(&check.by),
            sql::text("waiting"),
            sql::text(""),
        ];
        sql::insert(&transaction.inner, "self_checks", &columns, vec![row], "").await?;
        let job = NewJob {
            kind: SELF_CHECK_JOB.to_owned(),
            idempotency_key: format!("self_check/{}", check.id),
            payload: serde_json::json!({ "self_check": check.id }),
            due_at: check.asked_at,
        };
        transaction.put_job(&job).await?;
        let object = format!("target/{}", check.target);
        let entry = AuditEntry::new(AuditAction::SelfCheckAsked, object);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Self-checks of a target, newest first.
    pub async fn self_checks(&self, target: &TargetId, most: u64) -> Result<Vec<SelfCheck>> {
        let sql =
            "SELECT * FROM self_checks WHERE target = ? ORDER BY asked_at DESC, id DESC LIMIT ?";
        let values = vec![sql::text(&target.0), sql::number(most)];
        let found = sql::rows(self.read(), sql, values).await?;
        found.iter().map(read_self_check).collect()
    }

    /// A self-check by its id.
    pub async fn self_check(&self, id: &str) -> Result<SelfCheck> {
        let sql = "SELECT * FROM self_checks WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        read_self_check(&row.ok_or_else(|| missing("自查", id))?)
    }

    /// The unit of a self-check; `None` where there is none of that id.
    pub async fn unit_of_self_check(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT organization FROM self_checks WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Says how far a self-check is.
    pub async fn end_self_check<T: Serialize>(
        &self,
        id: &str,
        outcome: &Outcome<'_, T>,
    ) -> Result<()> {
        self.end_work("self_checks", ("自查", id), outcome).await
    }

    async fn end_work<T: Serialize>(
        &self,
        table: &str,
        (noun, id): (&'static str, &str),
        outcome: &Outcome<'_, T>,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let is_over = matches!(outcome.state, JobState::Done | JobState::Failed);
        let done_at = is_over.then_some(outcome.at);
        let done_at = done_at.map(|at| sql::word(&at)).transpose()?;
        let body = outcome
            .body
            .map(serde_json::to_string)
            .transpose()
            .map_err(|source| StoreError::Body {
                what: noun.to_owned(),
                source,
            })?;
        let sql =
            format!("UPDATE {table} SET state = ?, note = ?, done_at = ?, body = ? WHERE id = ?");
        let values = vec![
            sql::text(&sql::word(&outcome.state)?),
            sql::text(outcome.note),
            sql::maybe_text(done_at.as_deref()),
            sea_orm::Value::from(body),
            sql::text(id),
        ];
        match sql::run(&transaction.inner, &sql, values).await? {
            0 => Err(missing(noun, id)),
            _ => transaction.commit().await,
        }
    }
}

fn read_recheck(row: &QueryResult) -> Result<Recheck> {
    Ok(Recheck {
        id: row.try_get_by("id")?,
        case: row.try_get_by("case_id")?,
        asked_at: sql::from_word("时间", row.try_get_by("asked_at")?)?,
        by: row.try_get_by("person")?,
        state: sql::from_word("状态", row.try_get_by("state")?)?,
        done_at: done_at(row)?,
        note: row.try_get_by("note")?,
        body: row.try_get_by("body")?,
    })
}

fn read_self_check(row: &QueryResult) -> Result<SelfCheck> {
    Ok(SelfCheck {
        id: row.try_get_by("id")?,
        round: row.try_get_by("round")?,
        target: TargetId(row.try_get_by("target")?),
        organization: row.try_get_by("organization")?,
        asked_at: sql::from_word("时间", row.try_get_by("asked_at")?)?,
        by: row.try_get_by("person")?,
        state: sql::from_word("状态", row.try_get_by("state")?)?,
        done_at: done_at(row)?,
        note: row.try_get_by("note")?,
        body: row.try_get_by("body")?,
    })
}

fn done_at(row: &QueryResult) -> Result<Option<DateTime>> {
    let word: Option<String> = row.try_get_by("done_at")?;
    word.map(|word| sql::from_word("时间", word)).transpose()
}

fn missing(noun: &'static str, id: &str) -> StoreError {
    StoreError::Missing {
        noun,
        id: id.to_owned(),
    }
}
