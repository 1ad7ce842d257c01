//! 登记存疑与应有网站: registered sites that may be none, and regions that lack a site; what people settled of each stays settled.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use xuncha_core::registry::{RegistryDoubt, TargetId};

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError};

/// Before the id of an expected kind, in the place where doubts have their case.
const EXPECTED: &str = "expected:";
const WAITING: &str = "waiting";
const SETTLED: &str = "settled";

/// 登记存疑. With what was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtRow {
    /// What is doubtful.
    pub doubt: RegistryDoubt,
    /// Round in which it was seen last.
    pub round: String,
    /// What a person settled; `None` where it waits.
    pub settled: Option<Settled>,
}

/// 说明. Why nothing is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The reason.
    pub note: String,
    /// Name of who settled it.
    pub by: String,
    /// When.
    pub at: DateTime,
}

impl Store {
    /// Keeps what a round showed; what waited and is no longer so leaves the list, what was settled stays settled.
    pub async fn put_registry_doubts(&self, round: &str, found: &[RegistryDoubt]) -> Result<()> {
        let transaction = self.begin().await?;
        let gone = "DELETE FROM registry_doubts WHERE state = ? AND kind NOT LIKE ?";
        let values = vec![sql::text(WAITING), sql::text(&format!("{EXPECTED}%"))];
        sql::run(&transaction.inner, gone, values).await?;
        let columns = [
            "target",
            "kind",
            "round",
            "state",
            "note",
            "person",
            "decided_at",
            "body",
        ];
        let mut all = Vec::with_capacity(found.len());
        for doubt in found {
            all.push(vec![
                sql::text(&doubt.target.0),
                sql::text(doubt.case.word()),
                sql::text(round),
                sql::text(WAITING),
                sql::text(""),
                sql::text(""),
                sql::text(""),
                sql::body("登记存疑", doubt)?,
            ]);
        }
        let tail =
            "ON CONFLICT (target, kind) DO UPDATE SET round = excluded.round, body = excluded.body";
        sql::insert(&transaction.inner, "registry_doubts", &columns, all, tail).await?;
        transaction.commit().await
    }

    /// Registered sites that may be none, by number; those that wait, or those that were settled.
    pub async fn registry_doubts(&self, is_settled: bool, page: Page) -> Result<Listing<DoubtRow>> {
        let state = if is_settled { SETTLED } else { WAITING };
        let condition = Where::default()
            .and("state = ?", [sql::text(state)])
            .and("kind NOT LIKE ?", [sql::text(&format!("{EXPECTED}%"))]);
        let wanted = format!(
            "SELECT * FROM registry_doubts{} ORDER BY target, kind LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &wanted, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM registry_doubts{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_doubt).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Says why nothing is to be done about a doubtful entry.
    pub async fn settle_registry_doubt(
        &self,
        target: &TargetId,
        case: &str,
        settled: &Settled,
    ) -> Result<()> {
        self.settle(&target.0, case, settled, true).await
    }

    /// Says why a region has no site of a kind.
    pub async fn settle_expectation(
        &self,
        region: &str,
        kind: &str,
        settled: &Settled,
    ) -> Result<()> {
        let kind = format!("{EXPECTED}{kind}");
        self.settle(region, &kind, settled, false).await
    }

    async fn settle(
        &self,
        target: &str,
        kind: &str,
        settled: &Settled,
        is_listed: bool,
    ) -> Result<()> {
        let note = settled.note.trim();
        if note.is_empty() {
            return Err(StoreError::Refused("请写明为什么不需要处理"));
        }
        let transaction = self.begin().await?;
        let at = sql::word(&settled.at)?;
        let known = "UPDATE registry_doubts SET state = ?, note = ?, person = ?, decided_at = ? WHERE target = ? AND kind = ?";
        let values = [SETTLED, note, &settled.by, at.as_str(), target, kind].map(sql::text);
        let count = sql::run(&transaction.inner, known, values.into()).await?;
        if count == 0 && is_listed {
            return Err(StoreError::Refused("这一条已经不在列表里，请刷新页面"));
        }
        if count == 0 {
            let columns = [
                "target",
                "kind",
                "round",
                "state",
                "note",
                "person",
                "decided_at",
                "body",
            ];
            let row = [
                target,
                kind,
                "",
                SETTLED,
                note,
                &settled.by,
                at.as_str(),
                "",
            ];
            let row = row.map(sql::text).into();
            sql::insert(
                &transaction.inner,
                "registry_doubts",
                &columns,
                vec![row],
                "",
            )
            .await?;
        }
        let object = format!("registry-doubt/{target}/{kind}");
        let entry = AuditEntry::new(AuditAction::OutsideDecided, object);
        transaction
            .audit(&[entry.change(WAITING, format!("{SETTLED} {note}"))])
            .await?;
        transaction.commit().await
    }

    /// What was settled of regions without a site of a kind, by region and kind.
    pub async fn settled_expectations(&self) -> Result<BTreeMap<(String, String), Settled>> {
        let wanted = "SELECT target, kind, note, person, decided_at FROM registry_doubts WHERE kind LIKE ? ORDER BY target, kind";
        let values = vec![sql::text(&format!("{EXPECTED}%"))];
        let found = sql::rows(self.read(), wanted, values).await?;
        let mut settled = BTreeMap::new();
        for row in &found {
            let kind: String = row.try_get_by("kind")?;
            let kind = kind.trim_start_matches(EXPECTED).to_owned();
            settled.insert((row.try_get_by("target")?, kind), read_settled(row)?);
        }
        Ok(settled)
    }
}

fn read_settled(row: &QueryResult) -> Result<Settled> {
    Ok(Settled {
        note: row.try_get_by("note")?,
        by: row.try_get_by("person")?,
        at: sql::from_word("说明时间", row.try_get_by("decided_at")?)?,
    })
}

fn read_doubt(row: &QueryResult) -> Result<DoubtRow> {
    let body: String = row.try_get_by("body")?;
    let state: String = row.try_get_by("state")?;
    Ok(DoubtRow {
        doubt: sql::parse("登记存疑", &body)?,
        round: row.try_get_by("round")?,
        settled: match state == SETTLED {
            true => Some(read_settled(row)?),
            false => None,
        },
    })
}
