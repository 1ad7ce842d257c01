//! 关闭与重开: a closed round takes no more evidence, verdicts or reviews until a person opens it again and says why.

use sea_orm::QueryResult;

use crate::audit::{AuditAction, AuditEntry};
use crate::registry::ChangeNote;
use crate::round::RoundState;
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 轮次变更. A round was closed or opened again, by whom, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundChange {
    /// State before.
    pub before: RoundState,
    /// State after.
    pub after: RoundState,
    /// Who, when, why.
    pub note: ChangeNote,
}

impl Transaction {
    /// Refuses where the round is closed. Every statement that changes what a round came to asks this first, in its own transaction.
    pub(crate) async fn refuse_closed(&self, round: &str) -> Result<()> {
        let sql = "SELECT state, close_reason FROM rounds WHERE id = ?";
        let Some(row) = sql::row(&self.inner, sql, vec![sql::text(round)]).await? else {
            return Ok(());
        };
        let state: RoundState = sql::from_word("轮次状态", row.try_get_by("state")?)?;
        if !state.is_closed() {
            return Ok(());
        }
        Err(StoreError::Closed {
            round: round.to_owned(),
            reason: row.try_get_by("close_reason")?,
        })
    }

    pub(crate) async fn move_round(
        &self,
        round: &str,
        (before, after): (RoundState, RoundState),
        note: &ChangeNote,
    ) -> Result<()> {
        let close_reason = match after {
            RoundState::Closed => note.reason.as_str(),
            // Freezing says nothing new of why the round was closed.
            RoundState::Frozen => return self.record_move(round, (before, after), note).await,
            _ => "",
        };
        sql::run(
            &self.inner,
            "UPDATE rounds SET state = ?, close_reason = ? WHERE id = ?",
            vec![
                sql::text(&sql::word(&after)?),
                sql::text(close_reason),
                sql::text(round),
            ],
        )
        .await?;
        self.record_move(round, (before, after), note).await
    }

    async fn record_move(
        &self,
        round: &str,
        (before, after): (RoundState, RoundState),
        note: &ChangeNote,
    ) -> Result<()> {
        sql::run(
            &self.inner,
            "UPDATE rounds SET state = ? WHERE id = ?",
            vec![sql::text(&sql::word(&after)?), sql::text(round)],
        )
        .await?;
        let columns = [
            "round",
            "state_before",
            "state_after",
            "at",
            "person",
            "reason",
        ];
        let row = vec![
            sql::text(round),
            sql::text(&sql::word(&before)?),
            sql::text(&sql::word(&after)?),
            sql::text(&sql::word(&note.at)?),
            sql::text(&note.by),
            sql::text(&note.reason),
        ];
        sql::insert(&self.inner, "round_changes", &columns, vec![row], "").await?;
        let action = match after {
            RoundState::Frozen => AuditAction::RoundFrozen,
            RoundState::Closed if before == RoundState::Frozen => AuditAction::RoundThawed,
            RoundState::Closed => AuditAction::RoundClosed,
            _ => AuditAction::RoundReopened,
        };
        let entry = AuditEntry::new(action, format!("round/{round}"));
        self.audit(&[entry.change(sql::word(&before)?, sql::word(&after)?)])
            .await
    }
}

impl Store {
    /// Closes a round; one that is closed already is refused.
    pub async fn close_round(&self, round: &str, note: &ChangeNote) -> Result<()> {
        let before = self.round(round).await?.state;
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        transaction
            .move_round(round, (before, RoundState::Closed), note)
            .await?;
        transaction.commit().await
    }

    /// Freezes a closed round: it is opened no more. Refused while appeals wait for their answer, and before the last day of appeals is over
    /// where nobody says why.
    pub async fn freeze_round(&self, round: &str, note: &ChangeNote) -> Result<()> {
        match self.round(round).await?.state {
            RoundState::Closed => {}
            RoundState::Frozen => return Err(StoreError::Refused("轮次已经冻结")),
            _ => return Err(StoreError::Refused("轮次尚未关闭，关闭后才能冻结")),
        }
        let until = self.appeal_until(round).await?;
        if until.is_some_and(|day| note.at.date() <= day) && note.reason.trim().is_empty() {
            return Err(StoreError::Refused("申诉期限还没有过，现在冻结须写明理由"));
        }
        let transaction = self.begin().await?;
        let waiting = "SELECT COUNT(*) FROM appeals WHERE round = ? AND state = 'waiting'";
        if sql::count(&transaction.inner, waiting, vec![sql::text(round)]).await? > 0 {
            return Err(StoreError::Refused(
                "还有申诉没有答复，不能冻结；请重新打开轮次，答复后再关闭、冻结",
            ));
        }
        let states = (RoundState::Closed, RoundState::Frozen);
        transaction.move_round(round, states, note).await?;
        transaction.commit().await
    }

    /// Opens a closed round again, in the state that it was closed in.
    pub async fn reopen_round(&self, round: &str, note: &ChangeNote) -> Result<RoundState> {
        match self.round(round).await?.state {
            RoundState::Closed => {}
            RoundState::Frozen => {
                return Err(StoreError::Refused(
                    "轮次已冻结，不能重新打开；已发布的通报确需更正的，在通报页发起更正",
                ));
            }
            _ => return Err(StoreError::NotClosed(round.to_owned())),
        }
        let closed = self
            .round_changes(round)
            .await?
            .into_iter()
            .rfind(|change| change.after == RoundState::Closed && !change.before.is_closed());
        // Rounds closed before changes were recorded had been judged.
        let after = closed.map_or(RoundState::Judged, |change| change.before);
        let transaction = self.begin().await?;
        transaction
            .move_round(round, (RoundState::Closed, after), note)
            .await?;
        transaction.commit().await?;
        Ok(after)
    }

    /// When a round was closed and opened again, oldest first.
    pub async fn round_changes(&self, round: &str) -> Result<Vec<RoundChange>> {
        let sql = "SELECT state_before, state_after, at, person, reason FROM round_changes WHERE round = ? ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found.iter().map(read_change).collect()
    }
}

fn read_change(row: &QueryResult) -> Result<RoundChange> {
    Ok(RoundChange {
        before: sql::from_word("轮次状态", row.try_get_by("state_before")?)?,
        after: sql::from_word("轮次状态", row.try_get_by("state_after")?)?,
        note: ChangeNote {
            at: sql::from_word("变更时间", row.try_get_by("at")?)?,
            by: row.try_get_by("person")?,
            reason: row.try_get_by("reason")?,
        },
    })
}
