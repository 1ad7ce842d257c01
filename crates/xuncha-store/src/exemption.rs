//! 例外: what the machine keeps finding and is not wrong: here (of one target), or anywhere. A later run rejects it by itself, in the name
//! of who said so and with his reason, as a decision that can be seen and changed like every other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use sha2::{Digest, Sha256};
use xuncha_core::judge::Judgement;
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, Review};

use crate::audit::{AuditAction, AuditEntry};
use crate::judge::findings_of;
use crate::sql;
use crate::{Result, Store, StoreError};

/// 例外. One thing that is not wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// Target where it is not wrong; `None` for anywhere.
    pub target: Option<TargetId>,
    /// Check that finds it.
    pub check: String,
    /// Key that it is found under.
    pub key: String,
    /// Round in which it was said.
    pub round: String,
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime,
}

impl Store {
    /// Keeps an exemption; answers with its number.
    pub async fn put_exemption(&self, exemption: &Exemption) -> Result<i64> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO exemptions (target, check_name, key, round, person, reason, at, is_withdrawn) \
             VALUES (?, ?, ?, ?, ?, ?, ?, 0) RETURNING number";
        let target = exemption.target.as_ref().map_or("", |target| &target.0);
        let values = vec![
            sql::text(target),
            sql::text(&exemption.check),
            sql::text(&exemption.key),
            sql::text(&exemption.round),
            sql::text(&exemption.by),
            sql::text(&exemption.reason),
            sql::text(&sql::word(&exemption.at)?),
        ];
        let row = sql::row(&transaction.inner, sql, values).await?;
        let row = row.ok_or(StoreError::Refused("例外没有写入，请重试"))?;
        let number: i64 = row.try_get_by("number")?;
        let entry = AuditEntry::new(AuditAction::ExemptionMade, format!("exemption/{number}"));
        // Keys can be addresses and names: the log has the beginning of their hash, as of decisions.
        let hash = hex::encode(Sha256::digest(exemption.key.as_bytes()));
        let after = format!("{}/#{} {target}", exemption.check, &hash[..12]);
        transaction
            .audit(&[entry.change("", after.trim_end())])
            .await?;
        transaction.commit().await?;
        Ok(number)
    }

    /// Takes an exemption back. Decisions that it made stay until somebody changes them.
    pub async fn withdraw_exemption(&self, number: i64) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "UPDATE exemptions SET is_withdrawn = 1 WHERE number = ? AND is_withdrawn = 0";
        if sql::run(&transaction.inner, sql, vec![number.into()]).await? == 0 {
            return Err(StoreError::Missing {
                noun: "例外",
                id: number.to_string(),
            });
        }
        let object = format!("exemption/{number}");
        let entry = AuditEntry::new(AuditAction::ExemptionWithdrawn, object);
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }

    /// Exemptions that hold, newest first, with their numbers.
    pub async fn exemptions(&self) -> Result<Vec<(i64, Exemption)>> {
        let sql = "SELECT * FROM exemptions WHERE is_withdrawn = 0 ORDER BY number DESC";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        found.iter().map(read_exemption).collect()
    }

    /// The decisions that exemptions make of fresh judgements: each finding that an exemption names and nobody decided yet is rejected.
    pub async fn exempted(
        &self,
        round: &str,
        judgements: &[Judgement],
        reviews: &[Review],
        now: DateTime,
    ) -> Result<Vec<Review>> {
        let exemptions = self.exemptions().await?;
        if exemptions.is_empty() {
            return Ok(Vec::new());
        }
        let mut known: BTreeMap<(&str, &str, &str), (i64, &Exemption)> = BTreeMap::new();
        for (number, one) in exemptions.iter().rev() {
            let target = one.target.as_ref().map_or("", |target| &target.0);
            known.insert((target, &one.check, &one.key), (*number, one));
        }
        // Whatever a person ever said of it, taken back or not, goes before a rule.
        let mut decided: BTreeSet<(String, String, String)> = reviews
            .iter()
            .map(|one| (one.target.0.clone(), one.check.clone(), one.key.clone()))
            .collect();
        let mut made = Vec::new();
        for judgement in judgements {
            for finding in findings_of(judgement) {
                let (target, check) = (judgement.target.0.as_str(), judgement.check.as_str());
                let here = known.get(&(target, check, finding.key.as_str()));
                let anywhere = known.get(&("", check, finding.key.as_str()));
                let Some((number, exemption)) = here.or(anywhere) else {
                    continue;
                };
                let place = (target.to_owned(), check.to_owned(), finding.key.clone());
                if !decided.insert(place) {
                    continue;
                }
                made.push(Review {
                    round: round.to_owned(),
                    target: judgement.target.clone(),
                    check: judgement.check.clone(),
                    key: finding.key.clone(),
                    decision: Decision::Rejected,
                    by: exemption.by.clone(),
                    at: now,
                    reason: format!("例外第{number}号：{}", exemption.reason),
                });
            }
        }
        Ok(made)
    }
}

fn read_exemption(row: &QueryResult) -> Result<(i64, Exemption)> {
    let target: String = row.try_get_by("target")?;
    Ok((
        row.try_get_by("number")?,
        Exemption {
            target: (!target.is_empty()).then_some(TargetId(target)),
            check: row.try_get_by("check_name")?,
            key: row.try_get_by("key")?,
            round: row.try_get_by("round")?,
            by: row.try_get_by("person")?,
            reason: row.try_get_by("reason")?,
            at: sql::from_word("例外时间", row.try_get_by("at")?)?,
        },
    ))
}
