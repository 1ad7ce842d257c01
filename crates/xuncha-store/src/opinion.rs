//! 盲评: what a second person says of what a first one decided, and what a person says of what the machine passed. It scores nothing by
//! itself: it tells how far people, and people and the machine, agree.

use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use xuncha_core::registry::TargetId;
use xuncha_core::review::blind::BlindKind;
use xuncha_core::review::{Decision, Review};

use crate::audit::{AuditAction, AuditEntry};
use crate::sql::{self, Where};
use crate::{Result, Store};

/// 盲评意见.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Round.
    pub round: String,
    /// Of what kind.
    pub kind: BlindKind,
    /// Target.
    pub target: TargetId,
    /// Check.
    pub check: String,
    /// Key of the finding or question; of a passed check the id of its indicator.
    pub key: String,
    /// Number of the person.
    pub person: i64,
    /// Name.
    pub by: String,
    /// When.
    pub at: jiff::civil::DateTime,
    /// What was said.
    #[serde(flatten)]
    pub decision: Decision,
    /// Note.
    pub reason: String,
}

/// 盲评比例. In percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindShares {
    /// Of what people decide.
    pub double_percent: u32,
    /// Of what the machine passed.
    pub pass_percent: u32,
}

impl Default for BlindShares {
    fn default() -> BlindShares {
        BlindShares {
            double_percent: 10,
            pass_percent: 1,
        }
    }
}

impl Store {
    /// The shares of a round; the usual ones where nobody set any.
    pub async fn blind_shares(&self, round: &str) -> Result<BlindShares> {
        let sql = "SELECT double_percent, pass_percent FROM blind_shares WHERE round = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        let Some(row) = row else {
            return Ok(BlindShares::default());
        };
        let percent = |column: &str| -> Result<u32> {
            let value: i64 = row.try_get_by(column)?;
            Ok(value.clamp(0, 100) as u32)
        };
        Ok(BlindShares {
            double_percent: percent("double_percent")?,
            pass_percent: percent("pass_percent")?,
        })
    }

    /// Sets the shares of a round.
    pub async fn put_blind_shares(&self, round: &str, shares: BlindShares) -> Result<()> {
        let before = self.blind_shares(round).await?;
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let delete = "DELETE FROM blind_shares WHERE round = ?";
        sql::run(&transaction.inner, delete, vec![sql::text(round)]).await?;
        let row = vec![
            sql::text(round),
            sql::number(u64::from(shares.double_percent)),
            sql::number(u64::from(shares.pass_percent)),
        ];
        let columns = ["round", "double_percent", "pass_percent"];
        sql::insert(&transaction.inner, "blind_shares", &columns, vec![row], "").await?;
        let entry = AuditEntry::new(AuditAction::PlanChanged, format!("round/{round}"));
        let written =
            |one: BlindShares| format!("double={} pass={}", one.double_percent, one.pass_percent);
        transaction
            .audit(&[entry.change(written(before), written(shares))])
            .await?;
        transaction.commit().await
    }

    /// Appends an opinion; the latest of a person about a thing counts.
    pub async fn put_opinion(&self, opinion: &Opinion) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(&opinion.round).await?;
        let row = vec![
            sql::text(&opinion.round),
            sql::text(&sql::word(&opinion.kind)?),
            sql::text(&opinion.target.0),
            sql::text(&opinion.check),
            sql::text(&opinion.key),
            opinion.person.into(),
            sql::text(&sql::word(&opinion.at)?),
            sql::body("盲评", opinion)?,
        ];
        let columns = [
            "round",
            "kind",
            "target",
            "check_name",
            "key",
            "person",
            "at",
            "body",
        ];
        sql::insert(&transaction.inner, "opinions", &columns, vec![row], "").await?;
        let object = format!("round/{}/target/{}", opinion.round, opinion.target);
        let entry = AuditEntry::new(AuditAction::OpinionGiven, object);
        // What it said stays blind in the log too: supervisors see it on their page.
        let after = format!("{} {}", sql::word(&opinion.kind)?, opinion.check);
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await
    }

    /// The opinions of a round that count: the latest of each thing and person, in the order of target, check and key.
    pub async fn opinions(&self, round: &str) -> Result<Vec<Opinion>> {
        let sql = "SELECT body FROM opinions WHERE number IN \
             (SELECT MAX(number) FROM opinions WHERE round = ? GROUP BY kind, target, check_name, key, person) \
             ORDER BY kind, target, check_name, key, person";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        let opinions: Vec<Opinion> = found.iter().map(read).collect::<Result<_>>()?;
        let is_said = |one: &Opinion| one.decision != Decision::Withdrawn;
        Ok(opinions.into_iter().filter(is_said).collect())
    }
}

impl Store {
    /// The reviews of a round that count, of the targets of which somebody gives the second opinion (or of all), or of one target.
    pub async fn reviews_for_second(
        &self,
        round: &str,
        second: Option<i64>,
        target: Option<&TargetId>,
    ) -> Result<Vec<Review>> {
        let mut condition = Where::default()
            .and("r.round = ?", [sql::text(round)])
            .and_some("r.target = ?", target.map(|target| target.0.as_str()));
        if let Some(person) = second {
            condition = condition.and(
                "EXISTS (SELECT 1 FROM assignments a WHERE a.round = r.round AND a.target = r.target AND a.second_person = ?)",
                [person.into()],
            );
        }
        let sql = format!(
            "SELECT body FROM reviews WHERE number IN (SELECT MAX(r.number) FROM reviews r{} GROUP BY r.target, r.check_name, r.key) ORDER BY number",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        let reviews: Vec<Review> = found
            .iter()
            .map(|row| sql::parse("复核", &row.try_get_by_index::<String>(0)?))
            .collect::<Result<_>>()?;
        let is_held = |review: &Review| review.decision != Decision::Withdrawn;
        Ok(reviews.into_iter().filter(is_held).collect())
    }

    /// What the machine passed under a set: target, indicator and check; of the targets of which somebody gives the second opinion (or of
    /// all), or of one target.
    pub async fn passed(
        &self,
        round: &str,
        set: &str,
        second: Option<i64>,
        target: Option<&TargetId>,
    ) -> Result<Vec<(TargetId, String, String)>> {
        let mut condition = Where::default()
            .and("j.round = ?", [sql::text(round)])
            .and("j.set_id = ?", [sql::text(set)])
            .and("j.verdict = 'pass'", [])
            .and_some("j.target = ?", target.map(|target| target.0.as_str()));
        if let Some(person) = second {
            condition = condition.and(
                "EXISTS (SELECT 1 FROM assignments a WHERE a.round = j.round AND a.target = j.target AND a.second_person = ?)",
                [person.into()],
            );
        }
        let sql = format!(
            "SELECT j.target, j.indicator, j.check_name FROM judgements j{} ORDER BY j.target, j.indicator, j.check_name",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        found
            .iter()
            .map(|row| {
                Ok((
                    TargetId(row.try_get_by("target")?),
                    row.try_get_by("indicator")?,
                    row.try_get_by("check_name")?,
                ))
            })
            .collect()
    }
}

fn read(row: &QueryResult) -> Result<Opinion> {
    sql::parse("盲评", &row.try_get_by_index::<String>(0)?)
}
