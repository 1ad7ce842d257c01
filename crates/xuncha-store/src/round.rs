//! 检查轮次: frozen rounds, their samples and their subjects.

mod removal;
mod targets;

use std::collections::BTreeMap;

use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use xuncha_core::registry::{TargetClass, TargetId};
use xuncha_core::round::{Round, Sample, Subject};
use xuncha_core::score::Outcome;

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 轮次状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// 新建.
    New,
    /// 采集中.
    Gathering,
    /// 已判定.
    Judged,
    /// 已关闭.
    Closed,
    /// 已冻结: closed, and never opened again but to correct what was published.
    Frozen,
}

impl RoundState {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            RoundState::New => "新建",
            RoundState::Gathering => "采集中",
            RoundState::Judged => "已判定",
            RoundState::Closed => "已关闭",
            RoundState::Frozen => "已冻结",
        }
    }

    /// Whether it takes no more evidence, verdicts or decisions.
    pub fn is_closed(self) -> bool {
        matches!(self, RoundState::Closed | RoundState::Frozen)
    }
}

/// 轮次行. A round as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRow {
    /// The frozen round.
    pub round: Round,
    /// State.
    pub state: RoundState,
    /// Reason given when it was closed over open places; empty otherwise.
    pub close_reason: String,
    /// Number of subjects.
    pub subject_count: u64,
}

/// 受检对象行. A subject as lists show it, with its score where the round is scored under the asked set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// The subject.
    pub subject: Subject,
    /// Class.
    pub class: TargetClass,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// Deduction score ② in hundredths.
    pub deduct_hundredths: Option<i64>,
    /// Final score in hundredths.
    pub final_hundredths: Option<i64>,
    /// Findings under the asked set, rejected ones included.
    pub finding_count: u64,
    /// Indicators of which something is open; 0 before scoring.
    pub open_count: u64,
}

/// 受检对象筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectFilter {
    /// Class.
    pub class: Option<TargetClass>,
    /// Outcome under the asked set.
    pub outcome: Option<Outcome>,
    /// Words that number, name, unit or region contain.
    pub words: Option<String>,
    /// Only those of which a person still has to decide something.
    pub is_open: bool,
    /// Only those of this unit.
    pub organization: Option<String>,
    /// Only those given to this person.
    pub assignee: Option<i64>,
}

impl Transaction {
    /// Creates a round; a round that exists is never changed.
    pub async fn create_round(&self, round: &Round) -> Result<()> {
        let columns = [
            "id",
            "title",
            "state",
            "coverage",
            "as_of",
            "set_id",
            "set_sha256",
            "close_reason",
            "body",
        ];
        let row = vec![
            sql::text(&round.id),
            sql::text(&round.title),
            sql::text(&sql::word(&RoundState::New)?),
            sql::text(&sql::word(&round.coverage)?),
            sql::text(&sql::word(&round.as_of)?),
            sql::text(&round.set.id),
            sql::text(&round.set.sha256),
            sql::text(""),
            sql::body("检查轮次", round)?,
        ];
        let written = sql::insert(
            &self.inner,
            "rounds",
            &columns,
            vec![row],
            "ON CONFLICT DO NOTHING",
        )
        .await?;
        if written == 0 {
            return Err(StoreError::Exists {
                noun: "检查轮次",
                id: round.id.clone(),
            });
        }
        let entry = AuditEntry::new(AuditAction::RoundCreated, object(&round.id));
        let frozen = format!("{} sha256:{}", round.set.id, round.set.sha256);
        self.audit(&[entry.change("", frozen)]).await
    }

    /// Moves a round to another state; a closed one stays closed until [`Store::reopen_round`].
    pub async fn set_round_state(&self, round: &str, state: RoundState) -> Result<()> {
        self.refuse_closed(round).await?;
        let asked = "SELECT state FROM rounds WHERE id = ?";
        let row = sql::row(&self.inner, asked, vec![sql::text(round)]).await?;
        let before: String = row.ok_or_else(|| missing(round))?.try_get_by("state")?;
        let after = sql::word(&state)?;
        if before == after {
            return Ok(());
        }
        let sql = "UPDATE rounds SET state = ? WHERE id = ?";
        sql::run(&self.inner, sql, vec![sql::text(&after), sql::text(round)]).await?;
        let entry = AuditEntry::new(AuditAction::RoundMoved, object(round));
        self.audit(&[entry.change(before, after)]).await
    }

    /// Keeps the sample of a round with its subjects; both are replaced together.
    pub async fn put_sample(
        &self,
        round: &str,
        sample: &Sample,
        subjects: &[Subject],
    ) -> Result<()> {
        self.refuse_closed(round).await?;
        for table in ["samples", "subjects"] {
            let delete = format!("DELETE FROM {table} WHERE round = ?");
            sql::run(&self.inner, &delete, vec![sql::text(round)]).await?;
        }
        let row = vec![
            sql::text(round),
            sql::text(&sample.seed),
            sql::number(sample.drawn.len() as u64),
            sql::body("抽样结果", sample)?,
        ];
        let columns = ["round", "seed", "drawn_count", "body"];
        sql::insert(&self.inner, "samples", &columns, vec![row], "").await?;
        let columns = [
            "round",
            "target",
            "class",
            "name",
            "region",
            "search",
            "body",
            "organization",
        ];
        let all = subjects
            .iter()
            .map(|one| subject_row(round, one))
            .collect::<Result<_>>()?;
        sql::insert(&self.inner, "subjects", &columns, all, "").await?;
        let entry = AuditEntry::new(AuditAction::SampleDrawn, object(round));
        let drawn = format!("{} of {}", sample.drawn.len(), subjects.len());
        self.audit(&[entry.change("", drawn)]).await
    }
}

/// Rounds of which units may know.
const SHOWN: &str = "(r.state IN ('judged', 'closed', 'frozen') OR EXISTS (SELECT 1 FROM draw_publications p WHERE p.round = r.id))";

impl Store {
    /// Creates a round; a round that exists is never changed.
    pub async fn create_round(&self, round: &Round) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.create_round(round).await?;
        transaction.commit().await
    }

    /// Moves a round to another state; a closed one stays closed until [`Store::reopen_round`].
    pub async fn set_round_state(&self, round: &str, state: RoundState) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.set_round_state(round, state).await?;
        transaction.commit().await
    }

    /// A round by its id.
    pub async fn round(&self, id: &str) -> Result<RoundRow> {
        let sql = format!("{SELECT_ROUND} WHERE r.id = ?");
        let row = sql::row(self.read(), &sql, vec![sql::text(id)]).await?;
        read_round(&row.ok_or_else(|| missing(id))?)
    }

    /// Rounds, latest monitoring point first.
    pub async fn rounds(&self, page: Page) -> Result<Listing<RoundRow>> {
        let sql = format!("{SELECT_ROUND} ORDER BY r.as_of DESC, r.id DESC LIMIT ? OFFSET ?");
        let found = sql::rows(self.read(), &sql, Where::default().values_paged(page)).await?;
        Ok(Listing {
            rows: found.iter().map(read_round).collect::<Result<_>>()?,
            total: sql::count(self.read(), "SELECT COUNT(*) FROM rounds", vec![]).await?,
        })
    }

    /// Whether units may know of a round: its draw was published, or it was judged. Before that nobody is told that he was drawn.
    pub async fn is_shown_to_units(&self, round: &str) -> Result<bool> {
        let sql = format!("SELECT COUNT(*) FROM rounds r WHERE r.id = ? AND {SHOWN}");
        Ok(sql::count(self.read(), &sql, vec![sql::text(round)]).await? > 0)
    }

    /// Rounds that units may know of and in which this one has subjects, latest monitoring point first; only those subjects are counted.
    pub async fn rounds_of_unit(&self, unit: &str, page: Page) -> Result<Listing<RoundRow>> {
        let mine = "s.round = r.id AND s.organization = ?";
        let has = format!("{SHOWN} AND EXISTS (SELECT 1 FROM subjects s WHERE {mine})");
        let sql = format!(
            "SELECT r.body, r.state, r.close_reason, (SELECT COUNT(*) FROM subjects s WHERE {mine}) AS subject_count \
             FROM rounds r WHERE {has} ORDER BY r.as_of DESC, r.id DESC LIMIT ? OFFSET ?"
        );
        let values = vec![
            sql::text(unit),
            sql::text(unit),
            sql::number(page.limit),
            sql::number(page.offset),
        ];
        let found = sql::rows(self.read(), &sql, values).await?;
        let total = format!("SELECT COUNT(*) FROM rounds r WHERE {has}");
        Ok(Listing {
            rows: found.iter().map(read_round).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, vec![sql::text(unit)]).await?,
        })
    }

    /// The unit that a subject of a round belongs to; `None` where the round has no such subject.
    pub async fn unit_of_subject(&self, round: &str, target: &TargetId) -> Result<Option<String>> {
        let sql = "SELECT organization FROM subjects WHERE round = ? AND target = ?";
        let asked = vec![sql::text(round), sql::text(&target.0)];
        let row = sql::row(self.read(), sql, asked).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Keeps the sample of a round with its subjects; both are replaced together.
    pub async fn put_sample(
        &self,
        round: &str,
        sample: &Sample,
        subjects: &[Subject],
    ) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.put_sample(round, sample, subjects).await?;
        transaction.commit().await
    }

    /// The sample of a round, `None` before the draw.
    pub async fn sample(&self, round: &str) -> Result<Option<Sample>> {
        let row = sql::row(
            self.read(),
            "SELECT body FROM samples WHERE round = ?",
            vec![sql::text(round)],
        )
        .await?;
        row.map(|row| sql::parse("抽样结果", &row.try_get_by_index::<String>(0)?))
            .transpose()
    }

    /// All subjects of a round, in the order of their numbers.
    pub async fn subjects(&self, round: &str) -> Result<Vec<Subject>> {
        let found = sql::rows(
            self.read(),
            "SELECT body FROM subjects WHERE round = ? ORDER BY target",
            vec![sql::text(round)],
        )
        .await?;
        found
            .iter()
            .map(|row| sql::parse("受检对象", &row.try_get_by_index::<String>(0)?))
            .collect()
    }

    /// One subject of a round.
    pub async fn subject(&self, round: &str, target: &TargetId) -> Result<Subject> {
        let row = sql::row(
            self.read(),
            "SELECT body FROM subjects WHERE round = ? AND target = ?",
            vec![sql::text(round), sql::text(&target.0)],
        )
        .await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "受检对象",
            id: target.0.clone(),
        })?;
        sql::parse("受检对象", &row.try_get_by_index::<String>(0)?)
    }

    /// Names of the targets of a page of a list, by number.
    pub async fn target_names(
        &self,
        round: &str,
        targets: &[TargetId],
    ) -> Result<BTreeMap<TargetId, String>> {
        if targets.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places = vec!["?"; targets.len()].join(",");
        let sql =
            format!("SELECT target, name FROM subjects WHERE round = ? AND target IN ({places})");
        let mut values = vec![sql::text(round)];
        values.extend(targets.iter().map(|target| sql::text(&target.0)));
        let found = sql::rows(self.read(), &sql, values).await?;
        found
            .iter()
            .map(|row| Ok((TargetId(row.try_get_by("target")?), row.try_get_by("name")?)))
            .collect()
    }
}

/// 相邻对象. Which neighbour of a target is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbour {
    /// Of this class.
    pub class: Option<TargetClass>,
    /// Among those given to this person.
    pub person: Option<i64>,
    /// The one before, instead of the one after.
    pub is_before: bool,
    /// Those of which everything is decided count too.
    pub has_decided: bool,
    /// Those with any finding count too, whether it waits for a person or not.
    pub has_findings: bool,
}

const SELECT_ROUND: &str = "SELECT r.body, r.state, r.close_reason, \
    (SELECT COUNT(*) FROM subjects s WHERE s.round = r.id) AS subject_count FROM rounds r";

fn read_round(row: &QueryResult) -> Result<RoundRow> {
    let count: i64 = row.try_get_by("subject_count")?;
    Ok(RoundRow {
        round: sql::parse("检查轮次", &row.try_get_by::<String, _>("body")?)?,
        state: sql::from_word("轮次状态", row.try_get_by("state")?)?,
        close_reason: row.try_get_by("close_reason")?,
        subject_count: count as u64,
    })
}

fn subject_row(round: &str, subject: &Subject) -> Result<Vec<sea_orm::Value>> {
    let target = &subject.target;
    let address = match target {
        xuncha_core::registry::Target::Site(site) => site.home.as_str(),
        xuncha_core::registry::Target::Account(account) => account.platform.as_str(),
    };
    let search = format!(
        "{} {} {address} {} {} {}",
        target.id(),
        target.name(),
        subject.organization_name,
        subject.region_name,
        subject.region_path.join(" ")
    );
    Ok(vec![
        sql::text(round),
        sql::text(&target.id().0),
        sql::text(&sql::word(&target.class())?),
        sql::text(target.name()),
        sql::text(target.region()),
        sql::text(&search.to_lowercase()),
        sql::body("受检对象", subject)?,
        sql::text(target.organization()),
    ])
}

/// How the audit log names a round.
fn object(round: &str) -> String {
    format!("round/{round}")
}

fn missing(round: &str) -> StoreError {
    StoreError::Missing {
        noun: "检查轮次",
        id: round.to_owned(),
    }
}
