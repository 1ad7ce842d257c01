//! 删除轮次: a round that was made by mistake goes away with its draw, while nobody outside knows of it and nothing was gathered. What
//! stands in the audit log stays.

use sea_orm::Value;

use super::{RoundState, missing, object};
use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store, StoreError};

/// What a round that was never begun may have: its rows go along.
const OWN: [&str; 14] = [
    "assignments",
    "round_inspectors",
    "round_phases",
    "blind_shares",
    "corrections",
    "correction_ends",
    "exemptions",
    "round_lexicons",
    "round_templates",
    "notice_templates",
    "notice_extras",
    "enquiries",
    "samples",
    "subjects",
];
/// What only a round has that was begun, published, or told to somebody.
const BEGUN: [(&str, &str); 6] = [
    ("draw_publications", "抽样已经公布，轮次不能删除"),
    ("judgements", "轮次已经判定，不能删除"),
    ("reviews", "轮次已有人工结论，不能删除"),
    ("documents", "轮次已生成文档，不能删除"),
    ("cases", "轮次已有整改事项，不能删除"),
    ("self_checks", "已有单位按这一轮的指标自查，轮次不能删除"),
];

impl Store {
    /// Removes a round that is new and known to nobody outside.
    pub async fn remove_round(&self, round: &str) -> Result<()> {
        let transaction = self.begin().await?;
        let inner = &transaction.inner;
        let own = || vec![sql::text(round)];
        let row = sql::row(inner, "SELECT state FROM rounds WHERE id = ?", own()).await?;
        let state: String = row.ok_or_else(|| missing(round))?.try_get_by("state")?;
        if state != sql::word(&RoundState::New)? {
            return Err(StoreError::Refused("轮次已经开始采集，不能删除"));
        }
        for (table, why) in BEGUN {
            let count = format!("SELECT COUNT(*) FROM {table} WHERE round = ?");
            if sql::count(inner, &count, own()).await? > 0 {
                return Err(StoreError::Refused(why));
            }
        }
        let sent = "SELECT COUNT(*) FROM enquiries WHERE round = ? AND sent_at IS NOT NULL";
        if sql::count(inner, sent, own()).await? > 0 {
            return Err(StoreError::Refused("模拟咨询已经发送，轮次不能删除"));
        }
        // `0` is the sign after `/`: all keys of the round's jobs lie between the two.
        let keys: Vec<Value> = ["/", "0"]
            .map(|end| sql::text(&format!("round/{round}{end}")))
            .into();
        let jobs = "idempotency_key >= ? AND idempotency_key < ?";
        let open =
            format!("SELECT COUNT(*) FROM jobs WHERE {jobs} AND state IN ('waiting', 'running')");
        if sql::count(inner, &open, keys.clone()).await? > 0 {
            return Err(StoreError::Refused(
                "轮次还有任务在排队或进行，先在“任务”页取消",
            ));
        }
        let steps =
            format!("DELETE FROM job_steps WHERE job IN (SELECT number FROM jobs WHERE {jobs})");
        sql::run(inner, &steps, keys.clone()).await?;
        sql::run(inner, &format!("DELETE FROM jobs WHERE {jobs}"), keys).await?;
        for table in OWN {
            let delete = format!("DELETE FROM {table} WHERE round = ?");
            sql::run(inner, &delete, own()).await?;
        }
        sql::run(inner, "DELETE FROM rounds WHERE id = ?", own()).await?;
        let entry = AuditEntry::new(AuditAction::RoundRemoved, object(round));
        transaction.audit(&[entry.change(state, "")]).await?;
        transaction.commit().await
    }
}
