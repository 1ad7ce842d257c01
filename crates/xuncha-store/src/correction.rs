//! 更正: what people read otherwise than the machine; kept apart from the facts, and put into them whenever they are judged.

use xuncha_core::registry::TargetId;
use xuncha_core::review::correction::{Corrected, Correction};

use crate::audit::{AuditAction, AuditEntry};
use crate::round_job::RoundJob;
use crate::sql;
use crate::{Result, Store, StoreError};

impl Store {
    /// Keeps a correction and queues that its target is judged again; both or neither. Answers with the number of the job.
    pub async fn correct(&self, correction: &Correction) -> Result<i64> {
        let (round, target) = (&correction.round, &correction.target);
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let row = vec![
            sql::text(round),
            sql::text(&target.0),
            sql::number(0),
            sql::body("更正", correction)?,
        ];
        let columns = ["round", "target", "is_withdrawn", "body"];
        sql::insert(&transaction.inner, "corrections", &columns, vec![row], "").await?;
        let payload = serde_json::json!({ "round": round, "target": target });
        let job = transaction
            .ask_round_job(
                round,
                RoundJob::JudgeTarget,
                Some(target),
                &payload,
                correction.at,
            )
            .await?;
        let object = format!("round/{round}/target/{target}");
        let entry = AuditEntry::new(AuditAction::FactCorrected, object);
        let after = match correction.corrected {
            Corrected::ColumnKind { kind } => format!("kind={}", kind.word()),
            Corrected::NewestDate { date } => format!("date={date}"),
        };
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// Takes a correction back and queues that its target is judged again.
    pub async fn withdraw_correction(
        &self,
        round: &str,
        number: i64,
        now: jiff::civil::DateTime,
    ) -> Result<i64> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let sql = "UPDATE corrections SET is_withdrawn = 1 WHERE round = ? AND number = ? AND is_withdrawn = 0 RETURNING target";
        let values = vec![sql::text(round), number.into()];
        let row = sql::row(&transaction.inner, sql, values).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "更正",
            id: number.to_string(),
        })?;
        let target = TargetId(row.try_get_by("target")?);
        let payload = serde_json::json!({ "round": round, "target": target });
        let job = transaction
            .ask_round_job(round, RoundJob::JudgeTarget, Some(&target), &payload, now)
            .await?;
        let object = format!("round/{round}/target/{target}");
        let entry = AuditEntry::new(AuditAction::FactCorrected, object);
        let before = format!("correction {number}");
        transaction
            .audit(&[entry.change(before, "withdrawn")])
            .await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// Corrections of a round that hold, with their numbers, in the order in which they were made; of one target, or of all.
    pub async fn corrections(
        &self,
        round: &str,
        target: Option<&TargetId>,
    ) -> Result<Vec<(i64, Correction)>> {
        let condition = sql::Where::default()
            .and("round = ?", [sql::text(round)])
            .and("is_withdrawn = 0", [])
            .and_some("target = ?", target.map(|target| target.0.as_str()));
        let sql = format!(
            "SELECT number, body FROM corrections{} ORDER BY number",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        found
            .iter()
            .map(|row| {
                let body: String = row.try_get_by("body")?;
                Ok((row.try_get_by("number")?, sql::parse("更正", &body)?))
            })
            .collect()
    }
}
