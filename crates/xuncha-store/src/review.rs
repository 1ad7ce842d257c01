//! 人工复核: an append-only list; of several reviews of the same finding the latest counts.

use std::collections::BTreeSet;

use sea_orm::QueryResult;
use xuncha_core::registry::TargetId;
use xuncha_core::review::Review;
use xuncha_core::score::ScoreSheet;

use crate::sql;
use crate::{Result, Store, Transaction};

impl Transaction {
    /// Appends reviews, in order.
    pub async fn put_reviews(&self, reviews: &[Review]) -> Result<()> {
        let mut all = Vec::with_capacity(reviews.len());
        for review in reviews {
            all.push(vec![
                sql::text(&review.round),
                sql::text(&review.target.0),
                sql::text(&review.check),
                sql::text(&review.key),
                sql::text(&review.by),
                sql::text(&sql::word(&review.at)?),
                sql::body("复核", review)?,
            ]);
        }
        let columns = [
            "round",
            "target",
            "check_name",
            "key",
            "person",
            "at",
            "body",
        ];
        let rounds: BTreeSet<&str> = reviews.iter().map(|one| one.round.as_str()).collect();
        for round in rounds {
            self.refuse_closed(round).await?;
        }
        sql::insert(&self.inner, "reviews", &columns, all, "").await?;
        Ok(())
    }
}

impl Store {
    /// Appends one review.
    pub async fn put_review(&self, review: &Review) -> Result<()> {
        self.put_reviews(std::slice::from_ref(review)).await
    }

    /// Appends reviews, in order; all of them or none.
    pub async fn put_reviews(&self, reviews: &[Review]) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.put_reviews(reviews).await?;
        transaction.commit().await
    }

    /// Appends reviews of one target together with the sheet that follows from them under a set, so that no page shows one without the
    /// other.
    pub async fn decide(&self, reviews: &[Review], set: &str, sheet: &ScoreSheet) -> Result<()> {
        let Some(round) = reviews.first().map(|review| review.round.as_str()) else {
            return Ok(());
        };
        let transaction = self.begin().await?;
        transaction.put_reviews(reviews).await?;
        transaction.put_sheet(round, set, sheet).await?;
        transaction.commit().await
    }

    /// The reviews of a round that count: the latest of each finding or question, in the order of target, check and key.
    pub async fn reviews(&self, round: &str) -> Result<Vec<Review>> {
        let sql = "SELECT body FROM reviews WHERE number IN \
             (SELECT MAX(number) FROM reviews WHERE round = ? GROUP BY target, check_name, key) \
             ORDER BY target, check_name, key";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found.iter().map(read_review).collect()
    }

    /// Every review of a target in a round, oldest first, superseded ones included.
    pub async fn review_history(&self, round: &str, target: &TargetId) -> Result<Vec<Review>> {
        let sql = "SELECT body FROM reviews WHERE round = ? AND target = ? ORDER BY number";
        let found = sql::rows(
            self.read(),
            sql,
            vec![sql::text(round), sql::text(&target.0)],
        )
        .await?;
        found.iter().map(read_review).collect()
    }
}

fn read_review(row: &QueryResult) -> Result<Review> {
    sql::parse("复核", &row.try_get_by::<String, _>("body")?)
}
