//! 新建与计划: what a draw rests on, a round kept together with its draw, its calendar, and that its draw was published.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use xuncha_core::registry::{Region, TargetClass, TargetId};
use xuncha_core::round::calendar::PlannedPhase;
use xuncha_core::round::draft::{DrawInputs, Drawn, EarlierFollowers, ROUNDS_COMPARED};
use xuncha_core::round::followers;
use xuncha_core::stats::PreviousRound;

use crate::audit::{AuditAction, AuditEntry};
use crate::page::Page;
use crate::sql;
use crate::{Result, Store, StoreError};

/// 公布. That the draw of a round was published: when, by whom, and what the list of its files hashes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawPublication {
    /// When.
    pub at: DateTime,
    /// Who.
    pub by: String,
    /// SHA-256 of the file `SHA256SUMS`.
    pub sha256: String,
}

impl Store {
    /// Earlier rounds that are known by what they left, oldest first: those before `round` in the order of ids.
    pub async fn earlier_rounds(&self, round: &str) -> Result<Vec<PreviousRound>> {
        let mut rounds = Vec::new();
        for stored in self.previous_rounds().await? {
            let read = serde_json::from_value(stored.body);
            let previous: PreviousRound = read.map_err(|source| StoreError::Body {
                what: format!("往期 {}", stored.id),
                source,
            })?;
            if previous.id.as_str() < round {
                rounds.push(previous);
            }
        }
        rounds.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(rounds)
    }

    /// What a draw of a new round rests on: the registry, last round's failures, followers of earlier rounds.
    pub async fn draw_inputs(&self, round: &str, as_of: DateTime) -> Result<DrawInputs> {
        let previous = self.earlier_rounds(round).await?;
        let mut earlier = Vec::new();
        let rounds = self.rounds(Page::ALL).await?.rows;
        let run_here = rounds.iter().filter(|row| row.round.as_of < as_of);
        for row in run_here.take(ROUNDS_COMPARED) {
            earlier.push(EarlierFollowers {
                round: row.round.id.clone(),
                on: Some(row.round.as_of.date()),
                followers: followers(&self.subjects(&row.round.id).await?),
            });
        }
        let imported = previous.iter().rev().take(ROUNDS_COMPARED);
        earlier.extend(imported.map(|before| EarlierFollowers {
            round: before.id.clone(),
            on: None,
            followers: before.followers.clone(),
        }));
        Ok(DrawInputs {
            registry: self.registry_on(as_of.date()).await?,
            forced: previous
                .last()
                .map(PreviousRound::failures)
                .unwrap_or_default(),
            earlier,
            reporting_names: BTreeMap::new(),
        })
    }

    /// Creates a round together with its draw: both or neither.
    pub async fn create_drawn_round(&self, drawn: &Drawn) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.create_round(&drawn.round).await?;
        transaction
            .put_sample(&drawn.round.id, &drawn.sample, &drawn.subjects)
            .await?;
        transaction.commit().await
    }

    /// All divisions, by code.
    pub async fn regions(&self) -> Result<BTreeMap<String, Region>> {
        let sql = "SELECT body FROM regions ORDER BY code";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        found
            .iter()
            .map(|row| {
                let region: Region = sql::parse("地区", &row.try_get_by_index::<String>(0)?)?;
                Ok((region.code.clone(), region))
            })
            .collect()
    }

    /// How many subjects of each class a round has.
    pub async fn class_counts(&self, round: &str) -> Result<BTreeMap<TargetClass, u64>> {
        let sql = "SELECT class, COUNT(*) AS n FROM subjects WHERE round = ? GROUP BY class ORDER BY class";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("n")?;
                let class = sql::from_word("对象类别", row.try_get_by("class")?)?;
                Ok((class, count as u64))
            })
            .collect()
    }

    /// How many findings a person decided in a round, by class: what the next round may expect.
    pub async fn confirmations(&self, round: &str) -> Result<BTreeMap<TargetClass, u64>> {
        let sql = "SELECT s.class, COUNT(*) AS n FROM (SELECT DISTINCT round, target, check_name, key FROM reviews \
             WHERE round = ? AND check_name <> 'manual') r \
             JOIN subjects s ON s.round = r.round AND s.target = r.target GROUP BY s.class ORDER BY s.class";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("n")?;
                let class = sql::from_word("对象类别", row.try_get_by("class")?)?;
                Ok((class, count as u64))
            })
            .collect()
    }

    /// The planned phases of a round; empty where nobody planned any.
    pub async fn phases(&self, round: &str) -> Result<Vec<PlannedPhase>> {
        let sql = "SELECT phase, day_from, day_to FROM round_phases WHERE round = ?";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        let mut phases = found
            .iter()
            .map(|row| {
                let day = |column: &str| -> Result<Date> {
                    sql::from_word("日期", row.try_get_by(column)?)
                };
                Ok(PlannedPhase {
                    phase: sql::from_word("阶段", row.try_get_by("phase")?)?,
                    from: day("day_from")?,
                    to: day("day_to")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        phases.sort();
        Ok(phases)
    }

    /// Plans the phases of a round; what was planned before is replaced.
    pub async fn put_phases(&self, round: &str, phases: &[PlannedPhase]) -> Result<()> {
        let before = self.phases(round).await?;
        let transaction = self.begin().await?;
        let delete = "DELETE FROM round_phases WHERE round = ?";
        sql::run(&transaction.inner, delete, vec![sql::text(round)]).await?;
        let mut rows = Vec::with_capacity(phases.len());
        for one in phases {
            rows.push(vec![
                sql::text(round),
                sql::text(&sql::word(&one.phase)?),
                sql::text(&sql::word(&one.from)?),
                sql::text(&sql::word(&one.to)?),
            ]);
        }
        let columns = ["round", "phase", "day_from", "day_to"];
        sql::insert(&transaction.inner, "round_phases", &columns, rows, "").await?;
        let entry = AuditEntry::new(AuditAction::PlanChanged, format!("round/{round}"));
        transaction
            .audit(&[entry.change(written(&before), written(phases))])
            .await?;
        transaction.commit().await
    }

    /// That the draw of a round was published; `None` where it was not.
    pub async fn draw_publication(&self, round: &str) -> Result<Option<DrawPublication>> {
        let sql = "SELECT at, person, sha256 FROM draw_publications WHERE round = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        row.map(|row| {
            Ok(DrawPublication {
                at: sql::from_word("公布时间", row.try_get_by("at")?)?,
                by: row.try_get_by("person")?,
                sha256: row.try_get_by("sha256")?,
            })
        })
        .transpose()
    }

    /// Writes down that the draw of a round was published; once only: what people checked stays what it was.
    pub async fn put_draw_publication(&self, round: &str, made: &DrawPublication) -> Result<()> {
        let row = vec![
            sql::text(round),
            sql::text(&sql::word(&made.at)?),
            sql::text(&made.by),
            sql::text(&made.sha256),
        ];
        let columns = ["round", "at", "person", "sha256"];
        let transaction = self.begin().await?;
        let tail = "ON CONFLICT (round) DO NOTHING";
        let written = sql::insert(
            &transaction.inner,
            "draw_publications",
            &columns,
            vec![row],
            tail,
        )
        .await?;
        if written == 0 {
            return Err(StoreError::Exists {
                noun: "抽样公布",
                id: round.to_owned(),
            });
        }
        let entry = AuditEntry::new(AuditAction::DrawPublished, format!("round/{round}/sample"));
        let after = format!("sha256:{}", made.sha256);
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await
    }

    /// Names of everything that runs or was drawn, for the published draw.
    pub async fn sample_names(&self, round: &str) -> Result<BTreeMap<TargetId, String>> {
        let sql = "SELECT id, name FROM sites UNION ALL SELECT id, name FROM accounts";
        let mut names = BTreeMap::new();
        let mut found = sql::rows(self.read(), sql, vec![]).await?;
        // Drawn targets are called as they were when they were drawn.
        let drawn = "SELECT target AS id, name FROM subjects WHERE round = ?";
        found.extend(sql::rows(self.read(), drawn, vec![sql::text(round)]).await?);
        for row in &found {
            names.insert(TargetId(row.try_get_by("id")?), row.try_get_by("name")?);
        }
        Ok(names)
    }
}

fn written(phases: &[PlannedPhase]) -> String {
    let lines = phases
        .iter()
        .map(|one| format!("{}={}/{}", one.phase.word(), one.from, one.to));
    lines.collect::<Vec<_>>().join(" ")
}
