//! 会签: dated steps of the notice, with who took them, bound to what lay there. Steps are only appended.

use sha2::{Digest, Sha256};
use xuncha_core::notice::sign_off::{Bound, SignStep, Signature};

use crate::audit::{AuditAction, AuditEntry};
use crate::registry::ChangeNote;
use crate::round::RoundState;
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

impl Transaction {
    pub(crate) async fn sign(
        &self,
        round: &str,
        state: RoundState,
        taken: usize,
        signature: &Signature,
    ) -> Result<()> {
        let count = "SELECT COUNT(*) FROM notice_steps WHERE round = ?";
        let there = sql::count(&self.inner, count, vec![sql::text(round)]).await?;
        if there != taken as u64 {
            return Err(StoreError::Refused("会签刚有新的进展，请刷新页面后再操作"));
        }
        // What is sent back or corrected may be as old as it is.
        if !matches!(signature.step, SignStep::Returned | SignStep::Corrected) {
            let outcome = &signature.bound.round_sha256;
            self.refuse_stale_notice(round, outcome).await?;
        }
        let row = vec![
            sql::text(round),
            sql::number(u64::from(signature.version)),
            sql::text(signature.step.word()),
            sql::text(&signature.person),
            sql::text(&sql::word(&signature.at)?),
            sql::body("会签", signature)?,
        ];
        let columns = ["round", "version", "step", "person", "at", "body"];
        sql::insert(&self.inner, "notice_steps", &columns, vec![row], "").await?;
        if signature.step == SignStep::Corrected && state == RoundState::Frozen {
            let note = ChangeNote {
                at: signature.at,
                by: signature.by.clone(),
                reason: signature.remark.clone(),
            };
            let states = (RoundState::Frozen, RoundState::Closed);
            self.move_round(round, states, &note).await?;
        }
        let object = format!("round/{round}/notice");
        let entry = AuditEntry::new(AuditAction::NoticeSigned, object);
        let after = format!(
            "{} version={} text={} round={}",
            signature.step.word(),
            signature.version,
            &signature.bound.text_sha256,
            &signature.bound.round_sha256
        );
        self.audit(&[entry.change("", after)]).await
    }
}

impl Store {
    /// The steps of a round's notice, oldest first.
    pub async fn signatures(&self, round: &str) -> Result<Vec<Signature>> {
        let sql = "SELECT body FROM notice_steps WHERE round = ? ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| sql::parse("会签", &row.try_get_by_index::<String>(0)?))
            .collect()
    }

    /// Appends a step. `taken`: how many steps the person saw before deciding; where another came between, nothing is done. A correction
    /// opens the frozen round as far as closed, so that it can be put right.
    pub async fn sign(&self, round: &str, taken: usize, signature: &Signature) -> Result<()> {
        let state = self.round(round).await?.state;
        let transaction = self.begin().await?;
        transaction.sign(round, state, taken, signature).await?;
        transaction.commit().await
    }

    /// What a step taken now would be bound to: the files of the notice, and what the round came to. The files are named by the hashes of
    /// their contents as `contents` gives them, so that a file changed behind the database is seen too.
    pub async fn notice_bound(
        &self,
        round: &str,
        set: &str,
        contents: &[(String, String)],
    ) -> Result<Bound> {
        let mut text = Sha256::new();
        for (name, sha256) in contents {
            text.update(format!("{sha256}  {name}\n"));
        }
        Ok(Bound {
            text_sha256: hex::encode(text.finalize()),
            round_sha256: self.outcome_sha256(round, set).await?,
        })
    }

    /// A hash of what a notice of a round is built from: the frozen round, each target's outcome and scores under the set, how many decisions
    /// were made, and what was typed for the notice and which text it has, where anybody ever gave them.
    pub async fn outcome_sha256(&self, round: &str, set: &str) -> Result<String> {
        let mut hash = Sha256::new();
        let body = "SELECT body FROM rounds WHERE id = ?";
        let row = sql::row(self.read(), body, vec![sql::text(round)]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "检查轮次",
            id: round.to_owned(),
        })?;
        hash.update(row.try_get_by_index::<String>(0)?);
        let sql = "SELECT target, outcome, deduct_hundredths, final_hundredths, open_count FROM sheets WHERE round = ? AND set_id = ? ORDER BY target";
        for row in sql::rows(self.read(), sql, vec![sql::text(round), sql::text(set)]).await? {
            let target: String = row.try_get_by_index(0)?;
            let outcome: String = row.try_get_by_index(1)?;
            let deduct: Option<i64> = row.try_get_by_index(2)?;
            let total: Option<i64> = row.try_get_by_index(3)?;
            let open: i64 = row.try_get_by_index(4)?;
            hash.update(format!("\n{target} {outcome} {deduct:?} {total:?} {open}"));
        }
        let reviews = "SELECT COUNT(*) FROM reviews WHERE round = ?";
        let reviews = sql::count(self.read(), reviews, vec![sql::text(round)]).await?;
        hash.update(format!("\n{reviews}"));
        let extras = "SELECT body FROM notice_extras WHERE round = ?";
        let extras = sql::row(self.read(), extras, vec![sql::text(round)]).await?;
        let extras: Option<String> = extras.map(|row| row.try_get_by_index(0)).transpose()?;
        // Fields that were saved empty say nothing.
        if let Some(extras) = extras.filter(|body| body != "{}") {
            hash.update(format!("\n{extras}"));
        }
        if let Some(adopted) = self.adopted_template(round).await? {
            hash.update(format!("\ntemplate {}", adopted.version));
        }
        Ok(hex::encode(hash.finalize()))
    }
}
