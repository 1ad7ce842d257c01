//! 判定: stored judgements, the findings in them, and the places that could not be determined.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::registry::TargetId;
use xuncha_core::verdict::{Confidence, Finding, Verdict};

use crate::groups::{DOUBT_COLUMNS, doubt_rows, host_and_path};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 判定类别. What a judgement came to, as a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictClass {
    /// 通过.
    Pass,
    /// 存在问题.
    Fail,
    /// 不适用.
    NotApplicable,
    /// 待人工.
    NeedsReview,
    /// 无法判定.
    Undetermined,
}

impl VerdictClass {
    /// The class of a result.
    pub fn of(result: &Judged) -> VerdictClass {
        match result {
            Judged::Unknown { .. } => VerdictClass::Undetermined,
            Judged::Known { verdict } => match verdict {
                Verdict::Pass { .. } => VerdictClass::Pass,
                Verdict::Fail { .. } => VerdictClass::Fail,
                Verdict::NotApplicable { .. } => VerdictClass::NotApplicable,
                Verdict::NeedsReview { .. } => VerdictClass::NeedsReview,
            },
        }
    }
}

/// 问题行. A finding as lists show it; the whole one comes by [`Store::finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// Stable id: the same problem has the same one after judging again.
    pub id: String,
    /// Round.
    pub round: String,
    /// Set.
    pub set: String,
    /// Target.
    pub target: TargetId,
    /// Indicator.
    pub indicator: String,
    /// Check.
    pub check: String,
    /// Key of the root cause.
    pub key: String,
    /// Case.
    pub case: String,
    /// `Fail`, or `NeedsReview` where the machine only suspects.
    pub verdict: VerdictClass,
    /// One sentence.
    pub detail: String,
    /// Address at fault.
    pub url: Option<String>,
    /// How sure the machine is.
    pub confidence: Confidence,
    /// Occurrences.
    pub count: u64,
    /// Number of places.
    pub place_count: u64,
}

/// 问题筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Set.
    pub set: Option<String>,
    /// Target.
    pub target: Option<TargetId>,
    /// Indicator.
    pub indicator: Option<String>,
    /// Check.
    pub check: Option<String>,
    /// Words that sentence, address or key contain.
    pub words: Option<String>,
    /// Only those of targets of this unit.
    pub organization: Option<String>,
}

/// The stable id of a finding; `twin` counts findings of the same key in one judgement, which a sound check never has.
pub fn finding_id(round: &str, judgement: &Judgement, key: &str, twin: u64) -> String {
    let mut hash = Sha256::new();
    let twin = twin.to_string();
    let parts = [
        round,
        &judgement.set,
        &judgement.target.0,
        &judgement.indicator,
        &judgement.check,
        key,
        &twin,
    ];
    for part in parts {
        // Each part with its length, so that no two lists of parts hash alike.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..10])
}

/// Tables that hold what judging came to.
const JUDGED_TABLES: [&str; 3] = ["judgements", "findings", "doubts"];

impl Transaction {
    /// Replaces the judgements of one target, with their findings.
    pub async fn put_target_judgements(
        &self,
        round: &str,
        target: &TargetId,
        judgements: &[Judgement],
    ) -> Result<()> {
        self.refuse_closed(round).await?;
        for table in JUDGED_TABLES {
            let delete = format!("DELETE FROM {table} WHERE round = ? AND target = ?");
            let values = vec![sql::text(round), sql::text(&target.0)];
            sql::run(&self.inner, &delete, values).await?;
        }
        self.insert_judgements(round, judgements).await
    }

    async fn insert_judgements(&self, round: &str, judgements: &[Judgement]) -> Result<()> {
        // Written in portions, so that the rows of a census never stand in memory beside the judgements at once.
        for portion in judgements.chunks(5_000) {
            let mut all = Vec::with_capacity(portion.len());
            let mut findings = Vec::new();
            let mut doubts = Vec::new();
            for judgement in portion {
                all.push(judgement_row(round, judgement)?);
                findings.extend(finding_rows(round, judgement)?);
                doubts.extend(doubt_rows(round, judgement)?);
            }
            let tables: [(&str, &[&str], _); 3] = [
                ("judgements", &JUDGEMENT_COLUMNS, all),
                ("findings", &FINDING_COLUMNS, findings),
                ("doubts", &DOUBT_COLUMNS, doubts),
            ];
            for (table, columns, rows) in tables {
                sql::insert(&self.inner, table, columns, rows, "").await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Replaces the round's judgements of every set that `judgements` names, with their findings.
    pub async fn put_judgements(&self, round: &str, judgements: &[Judgement]) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_closed(round).await?;
        let sets: BTreeSet<&str> = judgements.iter().map(|one| one.set.as_str()).collect();
        for set in sets {
            for table in JUDGED_TABLES {
                let delete = format!("DELETE FROM {table} WHERE round = ? AND set_id = ?");
                let values = vec![sql::text(round), sql::text(set)];
                sql::run(&transaction.inner, &delete, values).await?;
            }
        }
        transaction.insert_judgements(round, judgements).await?;
        transaction.commit().await
    }

    /// Judgements of a round, of one target or of all, in the order of set, target, indicator and check.
    pub async fn judgements(
        &self,
        round: &str,
        target: Option<&TargetId>,
    ) -> Result<Vec<Judgement>> {
        let condition = Where::default()
            .and("round = ?", [sql::text(round)])
            .and_some("target = ?", target.map(|target| target.0.as_str()));
        let sql = format!(
            "SELECT body FROM judgements{} ORDER BY set_id, target, indicator, check_name",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        found.iter().map(read_judgement).collect()
    }

    /// Judgements that are 无法判定 as a whole or at some place, in the order of target, indicator and check.
    pub async fn undetermined(
        &self,
        round: &str,
        set: &str,
        page: Page,
    ) -> Result<Listing<Judgement>> {
        let condition = Where::default()
            .and("round = ?", [sql::text(round)])
            .and("set_id = ?", [sql::text(set)])
            .and("(verdict = 'undetermined' OR doubt_count > 0)", []);
        let sql = format!(
            "SELECT body FROM judgements{} ORDER BY target, indicator, check_name LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM judgements{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_judgement).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// How many judgements of a round fell into each class.
    pub async fn verdict_counts(
        &self,
        round: &str,
        set: &str,
    ) -> Result<BTreeMap<VerdictClass, u64>> {
        let found = sql::rows(
            self.read(),
            "SELECT verdict, COUNT(*) AS n FROM judgements WHERE round = ? AND set_id = ? GROUP BY verdict ORDER BY verdict",
            vec![sql::text(round), sql::text(set)],
        )
        .await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("n")?;
                Ok((
                    sql::from_word("判定类别", row.try_get_by("verdict")?)?,
                    count as u64,
                ))
            })
            .collect()
    }

    /// Findings of a round, in the order of target, set, indicator, check and key.
    pub async fn findings(
        &self,
        round: &str,
        filter: &FindingFilter,
        page: Page,
    ) -> Result<Listing<FindingRow>> {
        let target = filter.target.as_ref().map(|target| target.0.as_str());
        let condition = Where::default()
            .and("round = ?", [sql::text(round)])
            .and_some("set_id = ?", filter.set.as_deref())
            .and_some("target = ?", target)
            .and_some("indicator = ?", filter.indicator.as_deref())
            .and_some("check_name = ?", filter.check.as_deref())
            .and_words("search", filter.words.as_deref())
            .and_is(
                "EXISTS (SELECT 1 FROM subjects s WHERE s.round = findings.round AND s.target = findings.target AND s.organization = ?)",
                filter.organization.as_deref(),
            );
        let sql = format!(
            "SELECT * FROM findings{} ORDER BY target, set_id, indicator, check_name, key, id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM findings{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_finding_row).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// The unit that a finding's target belongs to; `None` where there is no such finding.
    pub async fn unit_of_finding(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT s.organization FROM findings f JOIN subjects s ON s.round = f.round AND s.target = f.target WHERE f.id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// A finding with its places and evidence.
    pub async fn finding(&self, id: &str) -> Result<(FindingRow, Finding)> {
        let missing = || StoreError::Missing {
            noun: "问题",
            id: id.to_owned(),
        };
        let sql = "SELECT f.*, j.body FROM findings f JOIN judgements j ON j.round = f.round AND j.set_id = f.set_id \
             AND j.target = f.target AND j.indicator = f.indicator AND j.check_name = f.check_name WHERE f.id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)])
            .await?
            .ok_or_else(missing)?;
        let judgement = read_judgement(&row)?;
        let position: i64 = row.try_get_by("position")?;
        let finding = findings_of(&judgement)
            .get(position as usize)
            .cloned()
            .ok_or_else(missing)?;
        Ok((read_finding_row(&row)?, finding))
    }
}

const JUDGEMENT_COLUMNS: [&str; 8] = [
    "round",
    "set_id",
    "target",
    "indicator",
    "check_name",
    "verdict",
    "doubt_count",
    "body",
];

fn judgement_row(round: &str, judgement: &Judgement) -> Result<Vec<Value>> {
    Ok(vec![
        sql::text(round),
        sql::text(&judgement.set),
        sql::text(&judgement.target.0),
        sql::text(&judgement.indicator),
        sql::text(&judgement.check),
        sql::text(&sql::word(&VerdictClass::of(&judgement.result))?),
        sql::number(doubt_count(&judgement.result)),
        sql::body("判定记录", judgement)?,
    ])
}

fn doubt_count(result: &Judged) -> u64 {
    let doubts = match result {
        Judged::Unknown { undetermined } => undetermined.places.len(),
        Judged::Known { verdict } => match verdict {
            Verdict::Pass { undetermined } | Verdict::Fail { undetermined, .. } => {
                undetermined.len()
            }
            Verdict::NotApplicable { .. } | Verdict::NeedsReview { .. } => 0,
        },
    };
    doubts as u64
}

/// The findings of a judgement: problems, or what the machine suspects.
pub fn findings_of(judgement: &Judgement) -> &[Finding] {
    match &judgement.result {
        Judged::Known {
            verdict: Verdict::Fail { findings, .. } | Verdict::NeedsReview { findings, .. },
        } => findings,
        _ => &[],
    }
}

const FINDING_COLUMNS: [&str; 18] = [
    "id",
    "round",
    "set_id",
    "target",
    "indicator",
    "check_name",
    "key",
    "case_name",
    "verdict",
    "detail",
    "url",
    "confidence",
    "count",
    "place_count",
    "position",
    "search",
    "host",
    "path",
];

fn finding_rows(round: &str, judgement: &Judgement) -> Result<Vec<Vec<Value>>> {
    let verdict = sql::word(&VerdictClass::of(&judgement.result))?;
    let mut twins: BTreeMap<&str, u64> = BTreeMap::new();
    let mut all = Vec::new();
    for (position, finding) in findings_of(judgement).iter().enumerate() {
        let twin = twins.entry(&finding.key).or_default();
        let id = finding_id(round, judgement, &finding.key, *twin);
        *twin += 1;
        let url = finding.url.as_deref();
        let (host, path) = host_and_path(url);
        let search = format!(
            "{} {} {}",
            finding.detail,
            finding.key,
            url.unwrap_or_default()
        );
        all.push(vec![
            sql::text(&id),
            sql::text(round),
            sql::text(&judgement.set),
            sql::text(&judgement.target.0),
            sql::text(&judgement.indicator),
            sql::text(&judgement.check),
            sql::text(&finding.key),
            sql::text(&finding.case),
            sql::text(&verdict),
            sql::text(&finding.detail),
            sql::maybe_text(url),
            sql::text(&sql::word(&finding.confidence)?),
            sql::number(u64::from(finding.count)),
            sql::number(finding.place_count),
            sql::number(position as u64),
            sql::text(&search.to_lowercase()),
            sql::text(&host),
            sql::text(&path),
        ]);
    }
    Ok(all)
}

fn read_judgement(row: &QueryResult) -> Result<Judgement> {
    sql::parse("判定记录", &row.try_get_by::<String, _>("body")?)
}

pub(crate) fn read_finding_row(row: &QueryResult) -> Result<FindingRow> {
    let number = |column: &str| -> Result<u64> {
        let value: i64 = row.try_get_by(column)?;
        Ok(value as u64)
    };
    Ok(FindingRow {
        id: row.try_get_by("id")?,
        round: row.try_get_by("round")?,
        set: row.try_get_by("set_id")?,
        target: TargetId(row.try_get_by("target")?),
        indicator: row.try_get_by("indicator")?,
        check: row.try_get_by("check_name")?,
        key: row.try_get_by("key")?,
        case: row.try_get_by("case_name")?,
        verdict: sql::from_word("判定类别", row.try_get_by("verdict")?)?,
        detail: row.try_get_by("detail")?,
        url: row.try_get_by("url")?,
        confidence: sql::from_word("把握程度", row.try_get_by("confidence")?)?,
        count: number("count")?,
        place_count: number("place_count")?,
    })
}
