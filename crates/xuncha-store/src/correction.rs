//! 更正: what people read otherwise than the machine; kept apart from the facts, and put into them whenever they are judged.
//!
//! What a column *is* (its kind, its name, whether it is a list) is carried on into later rounds, until somebody ends it from a round on;
//! a day that somebody read holds in its own round. A closed round keeps to what held when it was closed.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use xuncha_core::registry::TargetId;
use xuncha_core::review::correction::{Corrected, Correction};

use crate::audit::{AuditAction, AuditEntry};
use crate::round::RoundState;
use crate::round_job::RoundJob;
use crate::sql;
use crate::{Result, Store, StoreError};

/// 有效更正. A correction that holds in a round; carried on where it was made in an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingCorrection {
    /// Its number.
    pub number: i64,
    /// The correction, with the round in which it was made.
    pub correction: Correction,
    /// Whether it was made in an earlier round.
    pub is_carried: bool,
}

/// How a correction stands to a round.
struct Row {
    number: i64,
    is_withdrawn: bool,
    as_of: String,
    correction: Correction,
}

/// Since when a correction holds no more.
struct End {
    round: String,
    as_of: String,
    at: DateTime,
}

/// The round that is asked for.
struct Asked<'a> {
    id: &'a str,
    as_of: String,
    /// When it was closed; nothing that happened later reaches it.
    closed_at: Option<DateTime>,
}

impl Asked<'_> {
    fn has_seen(&self, at: DateTime) -> bool {
        self.closed_at.is_none_or(|closed| at <= closed)
    }

    /// Whether something of another round reaches this one.
    fn reaches(&self, round: &str, as_of: &str) -> bool {
        round == self.id || as_of < self.as_of.as_str()
    }

    fn holds(&self, row: &Row, ends: &[End]) -> bool {
        let is_own = row.correction.round == self.id;
        let is_carried = row.correction.corrected.stays() && row.as_of < self.as_of;
        // Those taken back before ends were kept are gone for good.
        let is_gone = row.is_withdrawn && ends.is_empty();
        let is_ended = ends
            .iter()
            .any(|end| self.reaches(&end.round, &end.as_of) && self.has_seen(end.at));
        (is_own || is_carried) && self.has_seen(row.correction.at) && !is_gone && !is_ended
    }
}

impl Store {
    /// Keeps a correction and queues that its target is judged again; both or neither. Answers with the number of the job.
    pub async fn correct(&self, correction: &Correction) -> Result<i64> {
        let (round, target) = (&correction.round, &correction.target);
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        transaction.refuse_own_city(round, target).await?;
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
        let after = match &correction.corrected {
            Corrected::ColumnKind { kind } => format!("kind={}", kind.word()),
            Corrected::NewestDate { date } => format!("date={date}"),
            Corrected::OwnList { is_list } => format!("list={is_list}"),
            Corrected::ColumnName { name } => format!("name={name}"),
        };
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// Takes a correction back and queues that its target is judged again. One that was carried on ends with this round: earlier rounds
    /// keep it.
    pub async fn withdraw_correction(
        &self,
        round: &str,
        number: i64,
        by: &str,
        now: DateTime,
    ) -> Result<i64> {
        let missing = || StoreError::Missing {
            noun: "更正",
            id: number.to_string(),
        };
        let standing = self.standing_corrections(round, None).await?;
        let standing = standing.into_iter().find(|one| one.number == number);
        let standing = standing.ok_or_else(missing)?;
        let target = standing.correction.target;
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        transaction.refuse_own_city(round, &target).await?;
        if !standing.is_carried {
            let sql =
                "UPDATE corrections SET is_withdrawn = 1 WHERE number = ? AND is_withdrawn = 0";
            let count = sql::run(&transaction.inner, sql, vec![number.into()]).await?;
            if count == 0 {
                return Err(missing());
            }
        }
        let columns = ["correction", "round", "at", "person"];
        let row = vec![
            number.into(),
            sql::text(round),
            sql::text(&sql::word(&now)?),
            sql::text(by),
        ];
        let tail = "ON CONFLICT (correction, round) DO NOTHING";
        sql::insert(
            &transaction.inner,
            "correction_ends",
            &columns,
            vec![row],
            tail,
        )
        .await?;
        let payload = serde_json::json!({ "round": round, "target": target });
        let job = transaction
            .ask_round_job(round, RoundJob::JudgeTarget, Some(&target), &payload, now)
            .await?;
        let object = format!("round/{round}/target/{target}");
        let entry = AuditEntry::new(AuditAction::FactCorrected, object);
        let before = format!("correction {number}");
        let after = match standing.is_carried {
            true => format!("ended; made in {}", standing.correction.round),
            false => "withdrawn".to_owned(),
        };
        transaction.audit(&[entry.change(before, after)]).await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// Corrections that hold in a round, of one target or of all: those carried on from earlier rounds first, then its own, each in the
    /// order in which they were made, so that the last of a column and thing is the one that counts.
    pub async fn standing_corrections(
        &self,
        round: &str,
        target: Option<&TargetId>,
    ) -> Result<Vec<StandingCorrection>> {
        let asked = self.asked(round).await?;
        let condition = sql::Where::default()
            .and(
                "(c.round = ? OR r.as_of < ?)",
                [sql::text(round), sql::text(&asked.as_of)],
            )
            .and_some("c.target = ?", target.map(|target| target.0.as_str()));
        let wanted = format!(
            "SELECT c.number, c.is_withdrawn, c.body, r.as_of FROM corrections c JOIN rounds r ON r.id = c.round{} ORDER BY r.as_of, c.number",
            condition.sql()
        );
        let found = sql::rows(self.read(), &wanted, condition.values()).await?;
        let found: Vec<Row> = found.iter().map(read_row).collect::<Result<_>>()?;
        let ends = match found.is_empty() {
            true => BTreeMap::new(),
            false => self.correction_ends(target).await?,
        };
        let none = Vec::new();
        let mut standing: Vec<StandingCorrection> = found
            .into_iter()
            .filter(|row| asked.holds(row, ends.get(&row.number).unwrap_or(&none)))
            .map(|row| StandingCorrection {
                number: row.number,
                is_carried: row.correction.round != round,
                correction: row.correction,
            })
            .collect();
        standing.sort_by_key(|one| !one.is_carried);
        Ok(standing)
    }

    async fn asked<'a>(&self, round: &'a str) -> Result<Asked<'a>> {
        let row = self.round(round).await?;
        let closed_at = match row.state.is_closed() {
            true => self.closed_at(round).await?,
            false => None,
        };
        Ok(Asked {
            id: round,
            as_of: sql::word(&row.round.as_of)?,
            closed_at,
        })
    }

    async fn closed_at(&self, round: &str) -> Result<Option<DateTime>> {
        let changes = self.round_changes(round).await?;
        let closed = changes
            .iter()
            .rfind(|change| change.after == RoundState::Closed && !change.before.is_closed());
        Ok(closed.map(|change| change.note.at))
    }

    async fn correction_ends(&self, target: Option<&TargetId>) -> Result<BTreeMap<i64, Vec<End>>> {
        let condition =
            sql::Where::default().and_some("c.target = ?", target.map(|target| target.0.as_str()));
        let wanted = format!(
            "SELECT e.correction, e.round, e.at, r.as_of FROM correction_ends e JOIN rounds r ON r.id = e.round JOIN corrections c ON c.number = e.correction{} ORDER BY e.correction, e.round",
            condition.sql()
        );
        let found = sql::rows(self.read(), &wanted, condition.values()).await?;
        let mut ends: BTreeMap<i64, Vec<End>> = BTreeMap::new();
        for row in &found {
            let own = ends.entry(row.try_get_by("correction")?).or_default();
            own.push(End {
                round: row.try_get_by("round")?,
                as_of: row.try_get_by("as_of")?,
                at: sql::from_word("更正终止时间", row.try_get_by("at")?)?,
            });
        }
        Ok(ends)
    }
}

fn read_row(row: &QueryResult) -> Result<Row> {
    let body: String = row.try_get_by("body")?;
    let is_withdrawn: i64 = row.try_get_by("is_withdrawn")?;
    Ok(Row {
        number: row.try_get_by("number")?,
        is_withdrawn: is_withdrawn != 0,
        as_of: row.try_get_by("as_of")?,
        correction: sql::parse("更正", &body)?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn kind(made: &str) -> Row {
        Row {
            number: 1,
            is_withdrawn: false,
            as_of: "2025-12-31T00:00:00".into(),
            correction: Correction {
                round: "2025Q4".into(),
                target: "1".into(),
                url: "http://a/tz/".into(),
                corrected: Corrected::OwnList { is_list: true },
                by: "张三".into(),
                at: at(made),
                reason: String::new(),
                evidence: String::new(),
            },
        }
    }

    #[test]
    fn a_closed_round_keeps_to_what_held_when_it_was_closed() {
        let closed = |closed: Option<&str>| Asked {
            id: "2026Q1",
            as_of: "2026-03-31T00:00:00".into(),
            closed_at: closed.map(at),
        };
        let end = |round: &str, as_of: &str, when: &str| End {
            round: round.into(),
            as_of: as_of.into(),
            at: at(when),
        };
        let (open, then) = (closed(None), closed(Some("2026-04-20T09:00")));
        let early = kind("2026-01-04T09:00");
        assert!(open.holds(&early, &[]) && then.holds(&early, &[]));
        let late = kind("2026-05-01T09:00");
        assert!(open.holds(&late, &[]) && !then.holds(&late, &[]));
        let ended = [end("2026Q1", "2026-03-31T00:00:00", "2026-05-01T09:00")];
        assert!(!open.holds(&early, &ended) && then.holds(&early, &ended));
        let later = [end("2026Q2", "2026-06-30T00:00:00", "2026-07-01T09:00")];
        assert!(open.holds(&early, &later), "a later round's end is its own");
        let gone = Row {
            is_withdrawn: true,
            ..kind("2026-01-04T09:00")
        };
        assert!(!open.holds(&gone, &[]), "of before ends were kept");
    }
}
