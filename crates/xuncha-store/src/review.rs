//! 人工复核: an append-only list; of several reviews of the same finding the latest counts.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::QueryResult;
use sha2::{Digest, Sha256};
use xuncha_core::registry::TargetId;
use xuncha_core::review::{Decision, Review, WHOLE_KEY};
use xuncha_core::score::ScoreSheet;

use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, Store, Transaction};

impl Transaction {
    /// Appends reviews, in order, and says what to write into the audit log at the end of the transaction.
    pub async fn put_reviews(&self, reviews: &[Review]) -> Result<Vec<AuditEntry>> {
        let entries = self.audited(reviews).await?;
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
        let places: BTreeSet<(&str, &TargetId)> = reviews
            .iter()
            .map(|one| (one.round.as_str(), &one.target))
            .collect();
        for (round, target) in places {
            self.refuse_own_city(round, target).await?;
        }
        sql::insert(&self.inner, "reviews", &columns, all, "").await?;
        Ok(entries)
    }

    /// One entry for each target: what was decided of it before and is now. Reasons and notes stay in the reviews.
    async fn audited(&self, reviews: &[Review]) -> Result<Vec<AuditEntry>> {
        let mut targets: BTreeMap<(&str, &TargetId), Vec<&Review>> = BTreeMap::new();
        for review in reviews {
            let place = (review.round.as_str(), &review.target);
            targets.entry(place).or_default().push(review);
        }
        let mut entries = Vec::with_capacity(targets.len());
        for ((round, target), mine) in targets {
            let found = sql::rows(
                &self.inner,
                HISTORY,
                vec![sql::text(round), sql::text(&target.0)],
            )
            .await?;
            let mut held = BTreeMap::new();
            for row in &found {
                let review = read_review(row)?;
                held.insert(thing(&review), decided(&review.decision));
            }
            let said: BTreeSet<String> = mine.iter().map(|review| thing(review)).collect();
            let before = written(&held, &said);
            for review in mine {
                held.insert(thing(review), decided(&review.decision));
            }
            let after = written(&held, &said);
            let object = format!("round/{round}/target/{target}");
            entries.push(AuditEntry::new(AuditAction::Decided, object).change(before, after));
        }
        Ok(entries)
    }
}

/// What a review is about, without texts of others: keys of findings can be addresses and names, so they stand as the beginning of their
/// hash; those of questions are ours.
fn thing(review: &Review) -> String {
    if review.check == "manual" || review.key == WHOLE_KEY {
        return format!("{}/{}", review.check, review.key);
    }
    let hash = hex::encode(Sha256::digest(review.key.as_bytes()));
    format!("{}/#{}", review.check, &hash[..12])
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Confirmed => "confirmed".to_owned(),
        Decision::Rejected => "rejected".to_owned(),
        Decision::Answered { number, .. } => format!("answered {number}"),
        Decision::Withdrawn => "withdrawn".to_owned(),
    }
}

fn written(held: &BTreeMap<String, String>, said: &BTreeSet<String>) -> String {
    let lines = said.iter().filter_map(|thing| {
        let decision = held.get(thing)?;
        Some(format!("{thing}={decision}"))
    });
    lines.collect::<Vec<_>>().join("; ")
}

const HISTORY: &str = "SELECT body FROM reviews WHERE round = ? AND target = ? ORDER BY number";

impl Store {
    /// Appends one review.
    pub async fn put_review(&self, review: &Review) -> Result<()> {
        self.put_reviews(std::slice::from_ref(review)).await
    }

    /// Appends reviews, in order; all of them or none.
    pub async fn put_reviews(&self, reviews: &[Review]) -> Result<()> {
        let transaction = self.begin().await?;
        let entries = transaction.put_reviews(reviews).await?;
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Appends reviews of one target together with the sheet that follows from them under a set, so that no page shows one without the
    /// other.
    pub async fn decide(&self, reviews: &[Review], set: &str, sheet: &ScoreSheet) -> Result<()> {
        let Some(round) = reviews.first().map(|review| review.round.as_str()) else {
            return Ok(());
        };
        let transaction = self.begin().await?;
        let entries = transaction.put_reviews(reviews).await?;
        transaction.put_sheet(round, set, sheet).await?;
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// The reviews of a round that count: the latest of each finding or question, in the order of target, check and
    /// key; what was taken back is left out.
    pub async fn reviews(&self, round: &str) -> Result<Vec<Review>> {
        let sql = "SELECT body FROM reviews WHERE number IN \
             (SELECT MAX(number) FROM reviews WHERE round = ? GROUP BY target, check_name, key) \
             ORDER BY target, check_name, key";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        let reviews: Vec<Review> = found.iter().map(read_review).collect::<Result<_>>()?;
        let is_held = |review: &Review| review.decision != Decision::Withdrawn;
        Ok(reviews.into_iter().filter(is_held).collect())
    }

    /// Every review of a round, oldest first, superseded and withdrawn ones included.
    pub async fn all_reviews(&self, round: &str) -> Result<Vec<Review>> {
        let sql = "SELECT body FROM reviews WHERE round = ? ORDER BY number";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found.iter().map(read_review).collect()
    }

    /// The last decision that a person made in a round, whatever it was about.
    pub async fn last_review_of(&self, round: &str, by: &str) -> Result<Option<Review>> {
        let sql =
            "SELECT body FROM reviews WHERE round = ? AND person = ? ORDER BY number DESC LIMIT 1";
        let values = vec![sql::text(round), sql::text(by)];
        let row = sql::row(self.read(), sql, values).await?;
        row.as_ref().map(read_review).transpose()
    }

    /// Every review of a target in a round, oldest first, superseded ones included.
    pub async fn review_history(&self, round: &str, target: &TargetId) -> Result<Vec<Review>> {
        let found = sql::rows(
            self.read(),
            HISTORY,
            vec![sql::text(round), sql::text(&target.0)],
        )
        .await?;
        found.iter().map(read_review).collect()
    }
}

fn read_review(row: &QueryResult) -> Result<Review> {
    sql::parse("复核", &row.try_get_by::<String, _>("body")?)
}
