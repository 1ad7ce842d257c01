//! 公开结果: what the public sees of published rounds, kept apart from what the round is worked on with.
//!
//! The rows are the core's projection of a frozen round, written in the transaction that publishes it. While a correction is prepared
//! the public keeps seeing the version that was published; the next version replaces it whole. What a sealed check found stands in no
//! column of these tables. How far the other checks are public is a setting that is asked when reading, so that it holds at once.

use std::collections::BTreeMap;

use sea_orm::Value;
use xuncha_core::judge::Judgement;
use xuncha_core::notice::sign_off::Signature;
use xuncha_core::publicity::{
    PublicFinding, PublicRound, PublicTarget, Publicity, PublicitySettings,
};
use xuncha_core::round::Subject;
use xuncha_core::score::ScoreSheet;

use crate::audit::{AuditAction, AuditEntry};
use crate::rectify::{case_id, day};
use crate::sql;
use crate::{Result, Store, Transaction};

mod read;

pub use read::{PublicCount, PublicFilter, PublicProblem, PublicStamp, TargetLine};

/// 公开结果. A round as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The round.
    pub round: PublicRound,
    /// Targets with their findings.
    pub targets: Vec<(PublicTarget, Vec<PublicFinding>)>,
}

/// 已评对象. A target of a round as it was judged and scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// The target.
    pub subject: Subject,
    /// Its score.
    pub sheet: ScoreSheet,
    /// What the checks said, in the order of set, indicator and check.
    pub judgements: Vec<Judgement>,
}

impl Store {
    /// Scored targets of a round whose number comes after `after`, in portions: a round is read with a statement for hundreds of targets.
    pub async fn scored_after(
        &self,
        round: &str,
        set: &str,
        after: &str,
        most: u64,
    ) -> Result<Vec<Scored>> {
        let sql = "SELECT s.target, s.body AS subject, h.body AS sheet FROM subjects s \
             JOIN sheets h ON h.round = s.round AND h.target = s.target AND h.set_id = ? \
             WHERE s.round = ? AND s.target > ? ORDER BY s.target LIMIT ?";
        let values = vec![
            sql::text(set),
            sql::text(round),
            sql::text(after),
            sql::number(most),
        ];
        let mut portion: BTreeMap<String, Scored> = BTreeMap::new();
        for row in sql::rows(self.read(), sql, values).await? {
            let scored = Scored {
                subject: sql::parse("受检对象", &row.try_get_by::<String, _>("subject")?)?,
                sheet: sql::parse("评分表", &row.try_get_by::<String, _>("sheet")?)?,
                judgements: Vec::new(),
            };
            portion.insert(row.try_get_by("target")?, scored);
        }
        let Some((last, _)) = portion.last_key_value() else {
            return Ok(Vec::new());
        };
        let sql = "SELECT target, body FROM judgements WHERE round = ? AND target > ? AND target <= ? \
             ORDER BY target, set_id, indicator, check_name";
        let values = [round, after, last].map(sql::text);
        for row in sql::rows(self.read(), sql, values.into()).await? {
            let target: String = row.try_get_by("target")?;
            if let Some(scored) = portion.get_mut(&target) {
                let body: String = row.try_get_by("body")?;
                scored.judgements.push(sql::parse("判定记录", &body)?);
            }
        }
        Ok(portion.into_values().collect())
    }

    /// How far each check is public: the defaults with what an administrator set.
    pub async fn publicity(&self) -> Result<PublicitySettings> {
        let sql = "SELECT check_name, level FROM publicity ORDER BY check_name";
        let mut set = BTreeMap::new();
        for row in sql::rows(self.read(), sql, vec![]).await? {
            let level = sql::from_word("公开程度", row.try_get_by("level")?)?;
            set.insert(row.try_get_by("check_name")?, level);
        }
        Ok(PublicitySettings::with(set))
    }

    /// Sets how far checks are public; what is asked beyond a check's ceiling is kept as the ceiling.
    pub async fn put_publicity(&self, wanted: &BTreeMap<String, Publicity>) -> Result<()> {
        let before = self.publicity().await?;
        let after = PublicitySettings::with(wanted.clone());
        let transaction = self.begin().await?;
        let mut entries = Vec::new();
        for check in wanted.keys() {
            let (old, new) = (before.level(check), after.level(check));
            if old == new {
                continue;
            }
            let keep = "INSERT INTO publicity (check_name, level) VALUES (?, ?) \
                 ON CONFLICT (check_name) DO UPDATE SET level = excluded.level";
            let values = vec![sql::text(check), sql::text(new.word())];
            sql::run(&transaction.inner, keep, values).await?;
            let entry = AuditEntry::new(AuditAction::PublicitySet, format!("check/{check}"));
            entries.push(entry.change(old.word(), new.word()));
        }
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Publishes a round: the signature and what the public sees, both or neither.
    pub async fn publish_round(
        &self,
        taken: usize,
        signature: &Signature,
        published: &Published,
    ) -> Result<()> {
        let round = &published.round.id;
        let state = self.round(round).await?.state;
        let transaction = self.begin().await?;
        transaction.sign(round, state, taken, signature).await?;
        transaction.put_published(published).await?;
        transaction.commit().await
    }

    /// Replaces what the public sees of a round that was published before.
    pub async fn put_published(&self, published: &Published) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.put_published(published).await?;
        transaction.commit().await
    }
}

const TARGET_COLUMNS: [&str; 8] = [
    "round", "target", "name", "class", "city", "outcome", "search", "body",
];

const FINDING_COLUMNS: [&str; 14] = [
    "round",
    "target",
    "number",
    "set_id",
    "indicator",
    "check_name",
    "case_id",
    "case_title",
    "text",
    "url",
    "count",
    "seen_on",
    "is_sealed",
    "search",
];

impl Transaction {
    async fn put_published(&self, published: &Published) -> Result<()> {
        let round = &published.round;
        for table in ["public_findings", "public_targets", "public_rounds"] {
            let delete = format!("DELETE FROM {table} WHERE round = ?");
            sql::run(&self.inner, &delete, vec![sql::text(&round.id)]).await?;
        }
        let row = vec![
            sql::text(&round.id),
            sql::number(u64::from(round.version)),
            sql::text(&sql::word(&round.as_of)?),
            sql::body("公开轮次", round)?,
        ];
        let columns = ["round", "version", "as_of", "body"];
        sql::insert(&self.inner, "public_rounds", &columns, vec![row], "").await?;
        let mut count = 0;
        for portion in published.targets.chunks(1_000) {
            let mut targets = Vec::with_capacity(portion.len());
            let mut findings = Vec::new();
            for (target, own) in portion {
                targets.push(target_row(&round.id, target)?);
                for (number, finding) in own.iter().enumerate() {
                    findings.push(finding_row(&round.id, target, number, finding)?);
                }
            }
            count += findings.len();
            let tables: [(&str, &[&str], _); 2] = [
                ("public_targets", &TARGET_COLUMNS, targets),
                ("public_findings", &FINDING_COLUMNS, findings),
            ];
            for (table, columns, rows) in tables {
                sql::insert(&self.inner, table, columns, rows, "").await?;
            }
        }
        let object = format!("round/{}/public", round.id);
        let entry = AuditEntry::new(AuditAction::ResultsPublished, object);
        let after = format!(
            "version={} targets={} findings={count}",
            round.version,
            published.targets.len()
        );
        self.audit(&[entry.change("", after)]).await
    }
}

fn target_row(round: &str, target: &PublicTarget) -> Result<Vec<Value>> {
    let search = format!(
        "{} {} {} {} {} {}",
        target.target, target.name, target.address, target.unit, target.region, target.city
    );
    Ok(vec![
        sql::text(round),
        sql::text(&target.target.0),
        sql::text(&target.name),
        sql::text(&sql::word(&target.class)?),
        sql::text(&target.city),
        sql::text(&sql::word(&target.outcome)?),
        sql::text(&search.to_lowercase()),
        sql::body("公开对象", target)?,
    ])
}

fn finding_row(
    round: &str,
    target: &PublicTarget,
    number: usize,
    finding: &PublicFinding,
) -> Result<Vec<Value>> {
    let search = format!(
        "{} {} {} {} {}",
        finding.text, finding.url, finding.case, target.name, target.city
    );
    Ok(vec![
        sql::text(round),
        sql::text(&target.target.0),
        sql::number(number as u64),
        sql::text(&finding.set),
        sql::text(&finding.indicator),
        sql::text(&finding.problem.check),
        sql::text(&case_id(&finding.problem)),
        sql::text(&finding.case),
        sql::text(&finding.text),
        sql::text(&finding.url),
        sql::number(finding.count),
        match finding.seen_on {
            Some(on) => day(on)?,
            None => sql::maybe_text(None),
        },
        sql::number(u64::from(finding.is_sealed)),
        sql::text(&search.to_lowercase()),
    ])
}
