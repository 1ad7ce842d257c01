//! 轮次任务: what a round has done in the background, one thing after the other. Their keys begin with the round, so that a round finds its
//! own, and the same work is never queued while it waits or runs.

use jiff::civil::DateTime;
use xuncha_core::registry::TargetId;

use crate::audit::{AuditAction, AuditEntry};
use crate::job::{JOB_COLUMNS, Job, JobState, JobStep, NewJob, Progress, read_job};
use crate::page::{Listing, Page};
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 轮次任务类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoundJob {
    /// 采集.
    Gather,
    /// 判定.
    Judge,
    /// 评分.
    Score,
    /// 生成通报.
    Notice,
    /// 制作页面图片.
    Pictures,
    /// 关闭.
    Close,
    /// 重判一个对象.
    JudgeTarget,
    /// 试用词表.
    TryList,
    /// 迁移核对.
    Migration,
}

impl RoundJob {
    /// Every kind.
    pub const ALL: [RoundJob; 9] = [
        RoundJob::Gather,
        RoundJob::Judge,
        RoundJob::Score,
        RoundJob::Notice,
        RoundJob::Pictures,
        RoundJob::Close,
        RoundJob::JudgeTarget,
        RoundJob::TryList,
        RoundJob::Migration,
    ];

    /// Its word, as rows hold it.
    pub fn word(self) -> &'static str {
        match self {
            RoundJob::Gather => "gather",
            RoundJob::Judge => "judge",
            RoundJob::Score => "score",
            RoundJob::Notice => "notice",
            RoundJob::Pictures => "pictures",
            RoundJob::Close => "close",
            RoundJob::JudgeTarget => "judge_target",
            RoundJob::TryList => "try_list",
            RoundJob::Migration => "migration",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<RoundJob> {
        RoundJob::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            RoundJob::Gather => "采集",
            RoundJob::Judge => "判定",
            RoundJob::Score => "评分",
            RoundJob::Notice => "生成通报",
            RoundJob::Pictures => "制作页面图片",
            RoundJob::Close => "关闭轮次",
            RoundJob::JudgeTarget => "重判对象",
            RoundJob::TryList => "试用词表",
            RoundJob::Migration => "迁移核对",
        }
    }

    /// Whether a closed round may still have it.
    fn may_follow_closing(self) -> bool {
        matches!(
            self,
            RoundJob::Notice | RoundJob::Pictures | RoundJob::TryList | RoundJob::Migration
        )
    }
}

/// All keys of a round's jobs lie between these.
fn keys(round: &str) -> [sea_orm::Value; 2] {
    // `0` is the sign after `/`.
    [
        sql::text(&format!("round/{round}/")),
        sql::text(&format!("round/{round}0")),
    ]
}

/// The first job between two keys that waits or runs.
const OPEN_JOB: &str = "SELECT number FROM jobs WHERE idempotency_key >= ? AND idempotency_key < ? \
     AND state IN ('waiting', 'running') ORDER BY number LIMIT 1";

/// What the keys of a kind of work begin with, and the two between which they lie.
fn keys_of(
    round: &str,
    kind: RoundJob,
    target: Option<&TargetId>,
) -> (String, [sea_orm::Value; 2]) {
    let place = target.map_or_else(String::new, |target| format!("{target}/"));
    let prefix = format!("round/{round}/{}/{place}", kind.word());
    let end = format!("{}0", prefix.trim_end_matches('/'));
    let range = [sql::text(&prefix), sql::text(&end)];
    (prefix, range)
}

impl Transaction {
    /// Queues work of a round; answers with its number. Refused while the same kind of work of the round waits or runs, except for single
    /// targets, of which each has its own.
    pub async fn ask_round_job(
        &self,
        round: &str,
        kind: RoundJob,
        target: Option<&TargetId>,
        payload: &serde_json::Value,
        now: DateTime,
    ) -> Result<i64> {
        if !kind.may_follow_closing() {
            self.refuse_closed(round).await?;
        }
        if kind == RoundJob::Notice {
            self.refuse_published_notice(round).await?;
        }
        let (prefix, [from, to]) = keys_of(round, kind, target);
        let range = "idempotency_key >= ? AND idempotency_key < ?";
        let held = sql::row(&self.inner, OPEN_JOB, vec![from.clone(), to.clone()]).await?;
        if let Some(row) = held {
            return match target {
                // Whatever was corrected meanwhile, the one that waits will see it; one that runs may have read already.
                Some(_) if self.is_waiting(row.try_get_by("number")?).await? => {
                    Ok(row.try_get_by("number")?)
                }
                Some(_) => {
                    self.queue(&prefix, range, [from, to], kind, payload, now)
                        .await
                }
                None => Err(StoreError::Refused("这项任务已在排队或进行中，请等它结束")),
            };
        }
        self.queue(&prefix, range, [from, to], kind, payload, now)
            .await
    }

    async fn is_waiting(&self, number: i64) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM jobs WHERE number = ? AND state = 'waiting'";
        Ok(sql::count(&self.inner, sql, vec![number.into()]).await? > 0)
    }

    async fn queue(
        &self,
        prefix: &str,
        range: &str,
        keys: [sea_orm::Value; 2],
        kind: RoundJob,
        payload: &serde_json::Value,
        now: DateTime,
    ) -> Result<i64> {
        let count = format!("SELECT COUNT(*) FROM jobs WHERE {range}");
        let count = sql::count(&self.inner, &count, keys.to_vec()).await?;
        let new = NewJob {
            kind: kind.word().to_owned(),
            idempotency_key: format!("{prefix}{}", count + 1),
            payload: payload.clone(),
            due_at: now,
        };
        if !self.put_job(&new).await? {
            return Err(StoreError::Refused("这项任务刚由他人启动，请刷新页面"));
        }
        let sql =
            "UPDATE jobs SET asked_by = ?, asked_at = ? WHERE idempotency_key = ? RETURNING number";
        let values = vec![
            sql::text(&self.actor.who),
            sql::text(&sql::word(&now)?),
            sql::text(&new.idempotency_key),
        ];
        let row = sql::row(&self.inner, sql, values).await?;
        let row = row.ok_or(StoreError::Refused("任务没有写入，请重试"))?;
        Ok(row.try_get_by("number")?)
    }
}

impl Store {
    /// Queues work of a round; see [`Transaction::ask_round_job`].
    pub async fn ask_round_job(
        &self,
        round: &str,
        kind: RoundJob,
        target: Option<&TargetId>,
        payload: &serde_json::Value,
        now: DateTime,
    ) -> Result<i64> {
        let transaction = self.begin().await?;
        let number = transaction
            .ask_round_job(round, kind, target, payload, now)
            .await?;
        let entry = AuditEntry::new(AuditAction::JobAsked, format!("round/{round}/job/{number}"));
        transaction.audit(&[entry.change("", kind.word())]).await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Takes a job out of the queue; refused where it began already.
    pub async fn cancel_round_job(&self, round: &str, number: i64, now: DateTime) -> Result<()> {
        let before = self.round_job(round, number).await?;
        let transaction = self.begin().await?;
        let sql = "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE number = ? AND state = 'waiting'";
        let values = vec![sql::text(&sql::word(&now)?), number.into()];
        if sql::run(&transaction.inner, sql, values).await? == 0 {
            return Err(StoreError::Refused("任务已经开始或结束，不能取消"));
        }
        let object = format!("round/{round}/job/{number}");
        let entry = AuditEntry::new(AuditAction::JobCancelled, object);
        transaction
            .audit(&[entry.change(before.new.kind, "")])
            .await?;
        transaction.commit().await
    }

    /// Ends a job, with the time.
    pub async fn end_job(
        &self,
        number: i64,
        state: JobState,
        progress: &Progress,
        now: DateTime,
    ) -> Result<()> {
        self.set_job(number, state, progress).await?;
        let transaction = self.begin().await?;
        let sql = "UPDATE jobs SET ended_at = ? WHERE number = ?";
        let values = vec![sql::text(&sql::word(&now)?), number.into()];
        sql::run(&transaction.inner, sql, values).await?;
        transaction.commit().await
    }

    /// A job of a round.
    pub async fn round_job(&self, round: &str, number: i64) -> Result<Job> {
        let sql = format!(
            "SELECT {JOB_COLUMNS} FROM jobs WHERE number = ? AND idempotency_key >= ? AND idempotency_key < ?"
        );
        let [from, to] = keys(round);
        let row = sql::row(self.read(), &sql, vec![number.into(), from, to]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "任务",
            id: number.to_string(),
        })?;
        read_job(&row)
    }

    /// Jobs of a round, newest first.
    pub async fn round_jobs(&self, round: &str, page: Page) -> Result<Listing<Job>> {
        let range = "idempotency_key >= ? AND idempotency_key < ?";
        let sql = format!(
            "SELECT {JOB_COLUMNS} FROM jobs WHERE {range} ORDER BY number DESC LIMIT ? OFFSET ?"
        );
        let mut values = keys(round).to_vec();
        let total = format!("SELECT COUNT(*) FROM jobs WHERE {range}");
        let total = sql::count(self.read(), &total, values.clone()).await?;
        values.extend([sql::number(page.limit), sql::number(page.offset)]);
        let found = sql::rows(self.read(), &sql, values).await?;
        Ok(Listing {
            rows: found.iter().map(read_job).collect::<Result<_>>()?,
            total,
        })
    }

    /// How many jobs are before this one in the queue, of all rounds.
    pub async fn jobs_before(&self, number: i64) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM jobs WHERE number < ? AND state IN ('waiting', 'running')";
        sql::count(self.read(), sql, vec![number.into()]).await
    }

    /// Tells how far the steps of a job are; those kept before are replaced.
    pub async fn put_job_steps(&self, number: i64, steps: &[JobStep]) -> Result<()> {
        let transaction = self.begin().await?;
        let delete = "DELETE FROM job_steps WHERE job = ?";
        sql::run(&transaction.inner, delete, vec![number.into()]).await?;
        let rows = steps.iter().enumerate().map(|(position, step)| {
            vec![
                number.into(),
                sql::number(position as u64),
                sql::text(&step.name),
                sql::number(step.done),
                sql::number(step.total),
            ]
        });
        let columns = ["job", "position", "name", "done", "total"];
        sql::insert(
            &transaction.inner,
            "job_steps",
            &columns,
            rows.collect(),
            "",
        )
        .await?;
        transaction.commit().await
    }

    /// The steps of a job, in order.
    pub async fn job_steps(&self, number: i64) -> Result<Vec<JobStep>> {
        let sql = "SELECT name, done, total FROM job_steps WHERE job = ? ORDER BY position";
        let found = sql::rows(self.read(), sql, vec![number.into()]).await?;
        found
            .iter()
            .map(|row| {
                let count = |column: &str| -> Result<u64> {
                    let value: i64 = row.try_get_by(column)?;
                    Ok(value as u64)
                };
                Ok(JobStep {
                    name: row.try_get_by("name")?,
                    done: count("done")?,
                    total: count("total")?,
                })
            })
            .collect()
    }
}
