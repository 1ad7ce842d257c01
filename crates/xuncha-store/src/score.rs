//! 评分: score sheets by round, set and target, and the figures that the core reckoned from them.

use std::collections::BTreeMap;

use sea_orm::Value;
use xuncha_core::points::Points;
use xuncha_core::registry::{TargetClass, TargetId};
use xuncha_core::score::{Outcome, ScoreSheet};
use xuncha_core::stats::Stats;

use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, Transaction};

/// 评分表筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFilter {
    /// Class.
    pub class: Option<TargetClass>,
    /// Outcome.
    pub outcome: Option<Outcome>,
}

const COLUMNS: [&str; 9] = [
    "round",
    "set_id",
    "target",
    "class",
    "outcome",
    "deduct_hundredths",
    "final_hundredths",
    "open_count",
    "body",
];

impl Transaction {
    /// Replaces the score sheet of one target under a set.
    pub async fn put_sheet(&self, round: &str, set: &str, sheet: &ScoreSheet) -> Result<()> {
        self.refuse_closed(round).await?;
        let delete = "DELETE FROM sheets WHERE round = ? AND set_id = ? AND target = ?";
        let place = vec![sql::text(round), sql::text(set), sql::text(&sheet.target.0)];
        sql::run(&self.inner, delete, place).await?;
        let row = vec![sheet_row(round, set, sheet)?];
        sql::insert(&self.inner, "sheets", &COLUMNS, row, "").await?;
        Ok(())
    }
}

/// Which sheets of a round under a set are asked for.
pub(crate) fn sheet_condition(
    (round, set): (&str, &str),
    (class, outcome): (Option<TargetClass>, Option<Outcome>),
) -> Result<Where> {
    let class = class.map(|class| sql::word(&class)).transpose()?;
    let outcome = outcome.map(|outcome| sql::word(&outcome)).transpose()?;
    Ok(Where::default()
        .and("round = ?", [sql::text(round)])
        .and("set_id = ?", [sql::text(set)])
        .and_some("class = ?", class.as_deref())
        .and_some("outcome = ?", outcome.as_deref()))
}

impl Store {
    /// Replaces the score sheets of a round under a set.
    pub async fn put_sheets(&self, round: &str, set: &str, sheets: &[ScoreSheet]) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let delete = "DELETE FROM sheets WHERE round = ? AND set_id = ?";
        sql::run(
            &transaction.inner,
            delete,
            vec![sql::text(round), sql::text(set)],
        )
        .await?;
        let all = sheets
            .iter()
            .map(|sheet| sheet_row(round, set, sheet))
            .collect::<Result<_>>()?;
        sql::insert(&transaction.inner, "sheets", &COLUMNS, all, "").await?;
        transaction.commit().await
    }

    /// Score sheets of a round under a set, in the order of their targets.
    pub async fn sheets(
        &self,
        round: &str,
        set: &str,
        filter: &SheetFilter,
        page: Page,
    ) -> Result<Listing<ScoreSheet>> {
        let condition = sheet_condition((round, set), (filter.class, filter.outcome))?;
        let sql = format!(
            "SELECT body FROM sheets{} ORDER BY target LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM sheets{}", condition.sql());
        Ok(Listing {
            rows: found
                .iter()
                .map(|row| sql::parse("评分表", &row.try_get_by_index::<String>(0)?))
                .collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// The score sheet of a target under a set, `None` before scoring.
    pub async fn sheet(
        &self,
        round: &str,
        set: &str,
        target: &TargetId,
    ) -> Result<Option<ScoreSheet>> {
        let row = sql::row(
            self.read(),
            "SELECT body FROM sheets WHERE round = ? AND set_id = ? AND target = ?",
            vec![sql::text(round), sql::text(set), sql::text(&target.0)],
        )
        .await?;
        row.map(|row| sql::parse("评分表", &row.try_get_by_index::<String>(0)?))
            .transpose()
    }

    /// Keeps the figures of a round under a set; earlier ones are replaced.
    pub async fn put_stats(&self, round: &str, set: &str, stats: &Stats) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let delete = "DELETE FROM stats WHERE round = ? AND set_id = ?";
        sql::run(
            &transaction.inner,
            delete,
            vec![sql::text(round), sql::text(set)],
        )
        .await?;
        let row = vec![sql::text(round), sql::text(set), sql::body("汇总", stats)?];
        sql::insert(
            &transaction.inner,
            "stats",
            &["round", "set_id", "body"],
            vec![row],
            "",
        )
        .await?;
        transaction.commit().await
    }

    /// The figures of a round under a set, `None` before they were reckoned.
    pub async fn stats(&self, round: &str, set: &str) -> Result<Option<Stats>> {
        let sql = "SELECT body FROM stats WHERE round = ? AND set_id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round), sql::text(set)]).await?;
        row.map(|row| sql::parse("汇总", &row.try_get_by_index::<String>(0)?))
            .transpose()
    }

    /// Targets with findings beside the set that a person must confirm and nobody has (内容安全问题待确认).
    pub async fn unconfirmed_targets(&self, round: &str, set: &str) -> Result<u64> {
        // A sheet without them does not write the field at all.
        let sql = "SELECT COUNT(*) FROM sheets WHERE round = ? AND set_id = ? AND open_count > 0 AND body LIKE ?";
        let named = "%\"to_confirm\":%";
        let values = vec![sql::text(round), sql::text(set), sql::text(named)];
        sql::count(self.read(), sql, values).await
    }

    /// How many targets of each class had each outcome.
    pub async fn outcome_counts(
        &self,
        round: &str,
        set: &str,
    ) -> Result<BTreeMap<(TargetClass, Outcome), u64>> {
        let found = sql::rows(
            self.read(),
            "SELECT class, outcome, COUNT(*) AS n FROM sheets WHERE round = ? AND set_id = ? \
             GROUP BY class, outcome ORDER BY class, outcome",
            vec![sql::text(round), sql::text(set)],
        )
        .await?;
        found
            .iter()
            .map(|row| {
                let class = sql::from_word("对象类别", row.try_get_by("class")?)?;
                let outcome = sql::from_word("结论", row.try_get_by("outcome")?)?;
                let count: i64 = row.try_get_by("n")?;
                Ok(((class, outcome), count as u64))
            })
            .collect()
    }
}

fn sheet_row(round: &str, set: &str, sheet: &ScoreSheet) -> Result<Vec<Value>> {
    let hundredths = |points: Option<Points>| Value::from(points.map(Points::hundredths));
    let open = sheet
        .indicators
        .iter()
        .filter(|one| !one.open.is_empty())
        .count();
    Ok(vec![
        sql::text(round),
        sql::text(set),
        sql::text(&sheet.target.0),
        sql::text(&sql::word(&sheet.class)?),
        sql::text(&sql::word(&sheet.outcome)?),
        hundredths(sheet.deduct_score),
        hundredths(sheet.final_score),
        sql::number(open as u64 + sheet.to_confirm),
        sql::body("评分表", sheet)?,
    ])
}
