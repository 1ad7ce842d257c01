//! 分派: who inspects in a round, from where he comes, and which targets he was given.

use std::collections::BTreeMap;

use xuncha_core::registry::TargetId;
use xuncha_core::review::assign::{Assignment, Inspector};

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store};

/// 对象负担. A subject with its division and what is open of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectLoad {
    /// Target.
    pub target: TargetId,
    /// Division code as filed.
    pub region: String,
    /// Indicators of which something is open; 0 before scoring.
    pub open_count: u64,
}

/// 分派情况. What one person was given, and how much of it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonLoad {
    /// Targets.
    pub targets: u64,
    /// Targets of which something is open.
    pub open_targets: u64,
    /// Indicators that are open.
    pub open_count: u64,
}

impl Store {
    /// Who inspects in a round, by number.
    pub async fn inspectors(&self, round: &str) -> Result<Vec<Inspector>> {
        let sql = "SELECT person, region FROM round_inspectors WHERE round = ? ORDER BY person";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                Ok(Inspector {
                    person: row.try_get_by("person")?,
                    region: row.try_get_by("region")?,
                })
            })
            .collect()
    }

    /// Subjects of a round with what is open of them under a set, by number.
    pub async fn subject_loads(&self, round: &str, set: &str) -> Result<Vec<SubjectLoad>> {
        let sql = "SELECT s.target, s.region, h.open_count FROM subjects s \
             LEFT JOIN sheets h ON h.round = s.round AND h.target = s.target AND h.set_id = ? WHERE s.round = ? ORDER BY s.target";
        let found = sql::rows(self.read(), sql, vec![sql::text(set), sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let open: Option<i64> = row.try_get_by("open_count")?;
                Ok(SubjectLoad {
                    target: TargetId(row.try_get_by("target")?),
                    region: row.try_get_by("region")?,
                    open_count: open.unwrap_or(0) as u64,
                })
            })
            .collect()
    }

    /// Who was given which target first, by target.
    pub async fn assignments(&self, round: &str) -> Result<BTreeMap<TargetId, i64>> {
        let sql = "SELECT target, person FROM assignments WHERE round = ? ORDER BY target";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                Ok((
                    TargetId(row.try_get_by("target")?),
                    row.try_get_by("person")?,
                ))
            })
            .collect()
    }

    /// Who looks at a target, first and second; `None` where it was given to nobody.
    pub async fn assignment(
        &self,
        round: &str,
        target: &TargetId,
    ) -> Result<Option<(i64, Option<i64>)>> {
        let sql = "SELECT person, second_person FROM assignments WHERE round = ? AND target = ?";
        let values = vec![sql::text(round), sql::text(&target.0)];
        let row = sql::row(self.read(), sql, values).await?;
        row.map(|row| Ok((row.try_get_by("person")?, row.try_get_by("second_person")?)))
            .transpose()
    }

    /// Keeps who inspects and what each was given; what was kept before is replaced.
    pub async fn put_assignment(
        &self,
        round: &str,
        inspectors: &[Inspector],
        assignment: &Assignment,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        for table in ["round_inspectors", "assignments"] {
            let delete = format!("DELETE FROM {table} WHERE round = ?");
            sql::run(&transaction.inner, &delete, vec![sql::text(round)]).await?;
        }
        let people = inspectors
            .iter()
            .map(|one| vec![sql::text(round), one.person.into(), sql::text(&one.region)]);
        let columns = ["round", "person", "region"];
        sql::insert(
            &transaction.inner,
            "round_inspectors",
            &columns,
            people.collect(),
            "",
        )
        .await?;
        let given = assignment.first.iter().map(|(target, person)| {
            let second = assignment.second.get(target).copied();
            vec![
                sql::text(round),
                sql::text(&target.0),
                (*person).into(),
                second.into(),
            ]
        });
        let columns = ["round", "target", "person", "second_person"];
        sql::insert(
            &transaction.inner,
            "assignments",
            &columns,
            given.collect(),
            "",
        )
        .await?;
        let entry = AuditEntry::new(AuditAction::TargetsAssigned, format!("round/{round}"));
        let people: Vec<String> = inspectors
            .iter()
            .map(|one| format!("P{}={}", one.person, one.region))
            .collect();
        let after = format!("{} {}", assignment.first.len(), people.join(" "));
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await
    }

    /// What each person was given under a set, and how much of it is open.
    pub async fn person_loads(&self, round: &str, set: &str) -> Result<BTreeMap<i64, PersonLoad>> {
        let sql = "SELECT a.person, COUNT(*) AS targets, \
             SUM(CASE WHEN h.open_count > 0 THEN 1 ELSE 0 END) AS open_targets, \
             CAST(SUM(COALESCE(h.open_count, 0)) AS BIGINT) AS open_count FROM assignments a \
             LEFT JOIN sheets h ON h.round = a.round AND h.target = a.target AND h.set_id = ? WHERE a.round = ? GROUP BY a.person ORDER BY a.person";
        let found = sql::rows(self.read(), sql, vec![sql::text(set), sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let count = |column: &str| -> Result<u64> {
                    let value: i64 = row.try_get_by(column)?;
                    Ok(value as u64)
                };
                let load = PersonLoad {
                    targets: count("targets")?,
                    open_targets: count("open_targets")?,
                    open_count: count("open_count")?,
                };
                Ok((row.try_get_by("person")?, load))
            })
            .collect()
    }
}
