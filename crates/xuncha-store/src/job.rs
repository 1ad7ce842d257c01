//! 任务: work to be done once, written in the transaction that makes it necessary, with progress that pages can show.

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};

use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 任务状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// 等待.
    Waiting,
    /// 进行中.
    Running,
    /// 完成.
    Done,
    /// 失败.
    Failed,
    /// 取消: taken out of the queue before it began.
    Cancelled,
}

impl JobState {
    /// Whether nothing more will happen to it.
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            JobState::Done | JobState::Failed | JobState::Cancelled
        )
    }
}

/// 新任务. What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Which handler, such as `gather`.
    pub kind: String,
    /// The same work has the same key and is never queued twice.
    pub idempotency_key: String,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// Civil time from which it may run.
    pub due_at: DateTime,
}

/// 任务. A queued job and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub number: i64,
    /// What is to be done.
    pub new: NewJob,
    /// State.
    pub state: JobState,
    /// How often it was started.
    pub attempts: u64,
    /// Progress.
    pub progress: Progress,
    /// Who asked for it, such as `P3`, and when; empty where nobody said.
    pub asked: (String, String),
    /// When it was begun first, and when it ended; empty before.
    pub times: (String, String),
}

/// 任务步骤. One phase of a job, with how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobStep {
    /// What is done, in Chinese.
    pub name: String,
    /// Units done.
    pub done: u64,
    /// Units in all, 0 where unknown.
    pub total: u64,
}

/// 进度.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units in all, 0 where unknown.
    pub total: u64,
    /// What is being done, or why it failed, in Chinese.
    pub note: String,
}

impl Transaction {
    /// Queues a job; `false` where the same work is queued already.
    pub async fn put_job(&self, job: &NewJob) -> Result<bool> {
        let columns = [
            "kind",
            "idempotency_key",
            "state",
            "payload",
            "done",
            "total",
            "note",
            "attempts",
            "due_at",
        ];
        let row = vec![
            sql::text(&job.kind),
            sql::text(&job.idempotency_key),
            sql::text(&sql::word(&JobState::Waiting)?),
            sql::body("任务", &job.payload)?,
            sql::number(0),
            sql::number(0),
            sql::text(""),
            sql::number(0),
            sql::text(&sql::word(&job.due_at)?),
        ];
        let tail = "ON CONFLICT (idempotency_key) DO NOTHING";
        Ok(sql::insert(&self.inner, "jobs", &columns, vec![row], tail).await? > 0)
    }
}

impl Store {
    /// Queues a job in a transaction of its own; `false` where the same work is queued already.
    pub async fn put_job(&self, job: &NewJob) -> Result<bool> {
        let transaction = self.begin().await?;
        let is_new = transaction.put_job(job).await?;
        transaction.commit().await?;
        Ok(is_new)
    }

    /// Takes the next job that waits and is due, oldest first, and marks it as running.
    pub async fn take_job(&self, now: DateTime) -> Result<Option<Job>> {
        self.take(now, "").await
    }

    /// The same among the jobs of rounds: others in the queue are for other hands.
    pub async fn take_round_job(&self, now: DateTime) -> Result<Option<Job>> {
        let range = "AND idempotency_key >= 'round/' AND idempotency_key < 'round0'";
        self.take(now, range).await
    }

    async fn take(&self, now: DateTime, which: &str) -> Result<Option<Job>> {
        let transaction = self.begin().await?;
        // The condition on the state stands in the UPDATE too: two workers on PostgreSQL can read the same row, only one gets it.
        let sql = format!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, \
             begun_at = CASE begun_at WHEN '' THEN ? ELSE begun_at END WHERE state = 'waiting' AND number = \
             (SELECT MIN(number) FROM jobs WHERE state = 'waiting' AND due_at <= ? {which}) RETURNING {JOB_COLUMNS}"
        );
        let now = sql::word(&now)?;
        let values = vec![sql::text(&now), sql::text(&now)];
        let row = sql::row(&transaction.inner, &sql, values).await?;
        transaction.commit().await?;
        row.as_ref().map(read_job).transpose()
    }

    /// Puts jobs whose keys begin so, and that a killed process left running, back in the queue. Only for the one process that runs jobs, when it starts.
    pub async fn requeue_jobs(&self, beginning: &str) -> Result<u64> {
        let transaction = self.begin().await?;
        let sql = "UPDATE jobs SET state = 'waiting' WHERE state = 'running' AND idempotency_key LIKE ? ESCAPE '!'";
        let pattern = format!("{}%", sql::escape_like(beginning));
        let count = sql::run(&transaction.inner, sql, vec![sql::text(&pattern)]).await?;
        transaction.commit().await?;
        Ok(count)
    }

    /// Tells how far a job is, and its state.
    pub async fn set_job(&self, number: i64, state: JobState, progress: &Progress) -> Result<()> {
        let transaction = self.begin().await?;
        let touched = sql::run(
            &transaction.inner,
            "UPDATE jobs SET state = ?, done = ?, total = ?, note = ? WHERE number = ?",
            vec![
                sql::text(&sql::word(&state)?),
                sql::number(progress.done),
                sql::number(progress.total),
                sql::text(&progress.note),
                number.into(),
            ],
        )
        .await?;
        if touched == 0 {
            return Err(StoreError::Missing {
                noun: "任务",
                id: number.to_string(),
            });
        }
        transaction.commit().await
    }

    /// Jobs, newest first.
    pub async fn jobs(&self, page: Page) -> Result<Listing<Job>> {
        let sql = format!("SELECT {JOB_COLUMNS} FROM jobs ORDER BY number DESC LIMIT ? OFFSET ?");
        let found = sql::rows(self.read(), &sql, Where::default().values_paged(page)).await?;
        Ok(Listing {
            rows: found.iter().map(read_job).collect::<Result<_>>()?,
            total: sql::count(self.read(), "SELECT COUNT(*) FROM jobs", vec![]).await?,
        })
    }
}

pub(crate) const JOB_COLUMNS: &str = "number, kind, idempotency_key, state, payload, done, total, note, attempts, due_at, asked_by, asked_at, begun_at, ended_at";

pub(crate) fn read_job(row: &QueryResult) -> Result<Job> {
    let count = |column: &str| -> Result<u64> {
        let value: i64 = row.try_get_by(column)?;
        Ok(value as u64)
    };
    Ok(Job {
        number: row.try_get_by("number")?,
        new: NewJob {
            kind: row.try_get_by("kind")?,
            idempotency_key: row.try_get_by("idempotency_key")?,
            payload: sql::parse("任务", &row.try_get_by::<String, _>("payload")?)?,
            due_at: sql::from_word("任务时间", row.try_get_by("due_at")?)?,
        },
        state: sql::from_word("任务状态", row.try_get_by("state")?)?,
        attempts: count("attempts")?,
        progress: Progress {
            done: count("done")?,
            total: count("total")?,
            note: row.try_get_by("note")?,
        },
        asked: (row.try_get_by("asked_by")?, row.try_get_by("asked_at")?),
        times: (row.try_get_by("begun_at")?, row.try_get_by("ended_at")?),
    })
}
