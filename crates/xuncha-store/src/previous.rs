//! 往期结果: what earlier rounds came to, imported from spreadsheets or kept from rounds of our own, for comparison.

use jiff::civil::DateTime;
use sea_orm::QueryResult;

use crate::sql;
use crate::{Result, Store};

/// 往期轮次. An earlier round with figures of the whole as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousRound {
    /// Id such as `2019Q4`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Figures of the whole.
    pub body: serde_json::Value,
}

/// 往期单项结果. What a target had in an earlier round, for one indicator or (empty indicator) as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousResult {
    /// Target's number.
    pub target: String,
    /// Indicator, empty for the whole target.
    pub indicator: String,
    /// The result.
    pub body: serde_json::Value,
}

impl Store {
    /// Keeps an earlier round with its results; what was kept under the same id is replaced.
    pub async fn put_previous(
        &self,
        round: &PreviousRound,
        results: &[PreviousResult],
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let id = || vec![sql::text(&round.id)];
        sql::run(
            &transaction.inner,
            "DELETE FROM previous_results WHERE round = ?",
            id(),
        )
        .await?;
        sql::run(
            &transaction.inner,
            "DELETE FROM previous_rounds WHERE id = ?",
            id(),
        )
        .await?;
        let row = vec![
            sql::text(&round.id),
            sql::text(&round.title),
            sql::text(&sql::word(&round.as_of)?),
            sql::body("往期轮次", &round.body)?,
        ];
        sql::insert(
            &transaction.inner,
            "previous_rounds",
            &["id", "title", "as_of", "body"],
            vec![row],
            "",
        )
        .await?;
        let mut all = Vec::with_capacity(results.len());
        for result in results {
            all.push(vec![
                sql::text(&round.id),
                sql::text(&result.target),
                sql::text(&result.indicator),
                sql::body("往期结果", &result.body)?,
            ]);
        }
        let columns = ["round", "target", "indicator", "body"];
        sql::insert(&transaction.inner, "previous_results", &columns, all, "").await?;
        transaction.commit().await
    }

    /// Earlier rounds, latest first.
    pub async fn previous_rounds(&self) -> Result<Vec<PreviousRound>> {
        let sql = "SELECT id, title, as_of, body FROM previous_rounds ORDER BY as_of DESC, id DESC";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        found.iter().map(read_round).collect()
    }

    /// Results of an earlier round, in the order of target and indicator.
    pub async fn previous_results(&self, round: &str) -> Result<Vec<PreviousResult>> {
        let sql = "SELECT target, indicator, body FROM previous_results WHERE round = ? ORDER BY target, indicator";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                Ok(PreviousResult {
                    target: row.try_get_by("target")?,
                    indicator: row.try_get_by("indicator")?,
                    body: sql::parse("往期结果", &row.try_get_by::<String, _>("body")?)?,
                })
            })
            .collect()
    }
}

fn read_round(row: &QueryResult) -> Result<PreviousRound> {
    Ok(PreviousRound {
        id: row.try_get_by("id")?,
        title: row.try_get_by("title")?,
        as_of: sql::from_word("监测时点", row.try_get_by("as_of")?)?,
        body: sql::parse("往期轮次", &row.try_get_by::<String, _>("body")?)?,
    })
}
