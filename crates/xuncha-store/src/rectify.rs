//! 整改: one case for each problem with its dated facts. What a list sorts and filters by stands in columns, derived by the core from the
//! facts in the same transaction; whether a term is over is asked with the day.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use sha2::{Digest, Sha256};
use xuncha_core::points::Points;
use xuncha_core::rectify::rates::RoundRates;
use xuncha_core::rectify::stake::Stake;
use xuncha_core::rectify::{Fact, ProblemId, Progress, Rectification, RectifyState};
use xuncha_core::registry::TargetId;

use crate::attachment::NewAttachment;
use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError};

mod write;

/// 整改案卷. A case as a round opens it or brings it up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// The problem with all its facts.
    pub case: Rectification,
    /// Name of the target.
    pub target_name: String,
    /// Unit of the target.
    pub organization: String,
    /// Name of the unit.
    pub unit_name: String,
    /// Region.
    pub region: String,
    /// Name of the region.
    pub region_name: String,
    /// Indicators in which it counts.
    pub indicators: Vec<String>,
    /// Round that found it last.
    pub round: String,
    /// What it costs.
    pub stake: Stake,
}

/// 整改事项行. A case as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its id; nobody guesses it.
    pub id: String,
    /// The problem.
    pub problem: ProblemId,
    /// Name of the target.
    pub target_name: String,
    /// Unit.
    pub organization: String,
    /// Name of the unit.
    pub unit_name: String,
    /// Region.
    pub region: String,
    /// Name of the region.
    pub region_name: String,
    /// Indicators in which it counts.
    pub indicators: Vec<String>,
    /// Round that found it last.
    pub round: String,
    /// One sentence, as last found.
    pub detail: String,
    /// What it costs.
    pub stake: Stake,
    /// Where it stands on the day asked for.
    pub progress: Progress,
}

/// 事实记录. A fact with who wrote it down when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// The fact.
    pub fact: Fact,
    /// When it was written down.
    pub at: DateTime,
    /// Name of who wrote it down.
    pub by: String,
    /// Owner of its files; empty where it has none.
    pub owner: String,
}

/// 新事实. A fact to write down in several cases at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    /// The fact.
    pub fact: Fact,
    /// When it is written down.
    pub at: DateTime,
    /// Name of who writes it down.
    pub by: String,
    /// Owner of its files; empty where it has none.
    pub owner: String,
}

/// 整改筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// State on the day asked for.
    pub state: Option<RectifyState>,
    /// Whether only those are asked for that are not settled.
    pub is_open: bool,
    /// Unit, exactly; an empty one has none.
    pub organization: Option<String>,
    /// Division code.
    pub region: Option<String>,
    /// Round that found it last.
    pub round: Option<String>,
    /// Target.
    pub target: Option<TargetId>,
    /// Last day of the term, exactly.
    pub deadline: Option<Date>,
    /// Words that target, unit, region or the sentence contain.
    pub words: Option<String>,
}

/// 点名行. A unit on the day on which its terms end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollRow {
    /// Unit.
    pub organization: String,
    /// Its name.
    pub unit_name: String,
    /// Last day of the term.
    pub deadline: Date,
    /// Problems of that term.
    pub total: u64,
    /// Of these, not answered.
    pub unanswered: u64,
    /// Of these, answered late.
    pub late: u64,
}

/// 建立情况. What following a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Cases that are new.
    pub new: u64,
    /// Cases that came back after they had been closed.
    pub relapsed: u64,
    /// Cases that the round closed.
    pub closed: u64,
    /// Facts written in all.
    pub facts: u64,
}

/// The id of a problem's case: the same problem has the same one in every round.
pub fn case_id(problem: &ProblemId) -> String {
    let mut hash = Sha256::new();
    for part in [&problem.target.0, &problem.check, &problem.key] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..10])
}

/// How the audit log names a case.
fn object(id: &str) -> String {
    format!("case/{id}")
}

impl Store {
    /// Brings cases up to date with what a round found; `by` and `at` say who follows it when.
    pub async fn follow_cases(
        &self,
        round: &str,
        files: &[CaseFile],
        by: &str,
        at: DateTime,
    ) -> Result<Opened> {
        let transaction = self.begin().await?;
        let opened = transaction.follow_cases(files, (by, at)).await?;
        let entry = AuditEntry::new(AuditAction::CasesFollowed, format!("round/{round}"));
        let after = format!(
            "added={}, relapsed={}, closed={}",
            opened.new, opened.relapsed, opened.closed
        );
        transaction.audit(&[entry.change("", after)]).await?;
        transaction.commit().await?;
        Ok(opened)
    }

    /// Writes the same fact down in several cases, all or none.
    pub async fn add_case_facts(&self, cases: &[String], new: &NewFact) -> Result<()> {
        let transaction = self.begin().await?;
        let entries = transaction.add_case_facts(cases, new).await?;
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Writes a fact with its files down in several cases of one unit, such as its answer: all of it or nothing.
    pub async fn reply_cases(
        &self,
        cases: &[String],
        new: &NewFact,
        files: &[NewAttachment],
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let places = vec!["?"; cases.len().max(1)].join(",");
        let units =
            format!("SELECT COUNT(DISTINCT organization) FROM cases WHERE id IN ({places})");
        let values = cases.iter().map(|id| sql::text(id)).collect();
        if cases.is_empty() || sql::count(&transaction.inner, &units, values).await? > 1 {
            return Err(StoreError::Refused("一次回复只能对同一个单位的问题"));
        }
        let mut entries = Vec::new();
        for file in files {
            entries.push(transaction.put_attachment(file).await?.1);
        }
        entries.extend(transaction.add_case_facts(cases, new).await?);
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// Cases as they stand on `today`, the costliest first.
    pub async fn cases(
        &self,
        filter: &CaseFilter,
        today: Date,
        page: Page,
    ) -> Result<Listing<CaseRow>> {
        let condition = condition(filter, today)?;
        let sql = format!(
            "SELECT * FROM cases{} ORDER BY is_veto DESC, stake_hundredths DESC, target, id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM cases{}", condition.sql());
        Ok(Listing {
            rows: found
                .iter()
                .map(|row| read_case(row, today))
                .collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// How many cases stand in each state on `today`; the filter's own state is not asked.
    pub async fn case_counts(
        &self,
        filter: &CaseFilter,
        today: Date,
    ) -> Result<BTreeMap<RectifyState, u64>> {
        let all = CaseFilter {
            state: None,
            is_open: false,
            ..filter.clone()
        };
        let condition = condition(&all, today)?;
        let sql = format!(
            "SELECT CASE WHEN state = 'notified' AND deadline < ? THEN 'overdue' ELSE state END AS now, COUNT(*) AS n \
             FROM cases{} GROUP BY 1",
            condition.sql()
        );
        let mut values = vec![day(today)?];
        values.extend(condition.values());
        let found = sql::rows(self.read(), &sql, values).await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("n")?;
                let state = sql::from_word("整改状态", row.try_get_by("now")?)?;
                Ok((state, count as u64))
            })
            .collect()
    }

    /// A case as it stands on `today`.
    pub async fn case(&self, id: &str, today: Date) -> Result<CaseRow> {
        let sql = "SELECT * FROM cases WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        read_case(&row.ok_or_else(|| missing(id))?, today)
    }

    /// Facts of a case, in the order in which they were written down.
    pub async fn case_facts(&self, id: &str) -> Result<Vec<FactRow>> {
        facts_of(self.read(), id).await
    }

    /// The unit of a case; `None` where there is no such case.
    pub async fn unit_of_case(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT organization FROM cases WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Every problem with its facts, for the core to reckon with; of a round, those that it found or rechecked, and all problems of
    /// its targets.
    pub async fn rectifications(&self, round: Option<&str>) -> Result<Vec<Rectification>> {
        let narrowed = match round {
            None => String::new(),
            Some(_) => {
                " WHERE c.target IN (SELECT target FROM subjects WHERE round = ?)".to_owned()
            }
        };
        let values: Vec<Value> = round.map(sql::text).into_iter().collect();
        let heads = format!(
            "SELECT c.id, c.target, c.check_name, c.key, c.detail FROM cases c{narrowed} ORDER BY c.id"
        );
        let mut all: BTreeMap<String, Rectification> = BTreeMap::new();
        for row in &sql::rows(self.read(), &heads, values.clone()).await? {
            let case = Rectification {
                problem: read_problem(row)?,
                detail: row.try_get_by("detail")?,
                facts: Vec::new(),
            };
            all.insert(row.try_get_by("id")?, case);
        }
        let facts = format!(
            "SELECT f.case_id, f.on_day, f.at, f.person, f.owner, f.body FROM case_facts f JOIN cases c ON c.id = f.case_id{narrowed} ORDER BY f.number"
        );
        for row in &sql::rows(self.read(), &facts, values).await? {
            let id: String = row.try_get_by("case_id")?;
            if let Some(case) = all.get_mut(&id) {
                case.facts.push(read_fact(row)?.fact);
            }
        }
        let mut cases: Vec<Rectification> = all.into_values().collect();
        cases.sort_by(|a, b| a.problem.cmp(&b.problem));
        Ok(cases)
    }

    /// 点名: units with a term that ends on a day, those first of which most is not answered.
    pub async fn roll_call(&self, deadline: Date) -> Result<Vec<RollRow>> {
        let sql = "SELECT organization, unit_name, COUNT(*) AS total, \
             CAST(SUM(CASE WHEN state = 'notified' THEN 1 ELSE 0 END) AS BIGINT) AS unanswered, CAST(SUM(is_late) AS BIGINT) AS late \
             FROM cases WHERE deadline = ? AND state <> 'withdrawn' GROUP BY organization, unit_name \
             ORDER BY unanswered DESC, total DESC, organization";
        let found = sql::rows(self.read(), sql, vec![day(deadline)?]).await?;
        let number = |row: &QueryResult, column: &str| -> Result<u64> {
            let value: i64 = row.try_get_by(column)?;
            Ok(value as u64)
        };
        found
            .iter()
            .map(|row| {
                Ok(RollRow {
                    organization: row.try_get_by("organization")?,
                    unit_name: row.try_get_by("unit_name")?,
                    deadline,
                    total: number(row, "total")?,
                    unanswered: number(row, "unanswered")?,
                    late: number(row, "late")?,
                })
            })
            .collect()
    }

    /// Keeps the counts of a round as they stand on a day; earlier ones are replaced.
    pub async fn put_round_rates(&self, round: &str, on: Date, rates: &RoundRates) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO round_rates (round, on_day, body) VALUES (?, ?, ?) \
             ON CONFLICT (round) DO UPDATE SET on_day = excluded.on_day, body = excluded.body";
        let values = vec![sql::text(round), day(on)?, sql::body("整改情况", rates)?];
        sql::run(&transaction.inner, sql, values).await?;
        transaction.commit().await
    }

    /// The counts of every round that has cases, with the day on which they were reckoned; latest round first.
    pub async fn round_rates(&self) -> Result<Vec<(String, Date, RoundRates)>> {
        let sql = "SELECT round, on_day, body FROM round_rates ORDER BY round DESC";
        let found = sql::rows(self.read(), sql, vec![]).await?;
        found
            .iter()
            .map(|row| {
                Ok((
                    row.try_get_by("round")?,
                    sql::from_word("日期", row.try_get_by("on_day")?)?,
                    sql::parse("整改情况", &row.try_get_by::<String, _>("body")?)?,
                ))
            })
            .collect()
    }

    /// Last days of terms with how many cases each has, latest first.
    pub async fn deadlines(&self, most: u64) -> Result<Vec<(Date, u64)>> {
        let sql = "SELECT deadline, COUNT(*) AS n FROM cases WHERE deadline IS NOT NULL GROUP BY deadline ORDER BY deadline DESC LIMIT ?";
        let found = sql::rows(self.read(), sql, vec![sql::number(most)]).await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("n")?;
                Ok((
                    sql::from_word("期限", row.try_get_by("deadline")?)?,
                    count as u64,
                ))
            })
            .collect()
    }
}

fn condition(filter: &CaseFilter, today: Date) -> Result<Where> {
    let target = filter.target.as_ref().map(|target| target.0.as_str());
    let deadline = filter.deadline.map(|day| sql::word(&day)).transpose()?;
    let mut condition = Where::default()
        .and_is("organization = ?", filter.organization.as_deref())
        .and_some("region = ?", filter.region.as_deref())
        .and_some("round = ?", filter.round.as_deref())
        .and_some("target = ?", target)
        .and_some("deadline = ?", deadline.as_deref())
        .and_words("search", filter.words.as_deref());
    condition = match filter.state {
        None => condition,
        Some(RectifyState::Overdue) => condition
            .and("state = 'notified'", [])
            .and("deadline < ?", [day(today)?]),
        Some(RectifyState::Notified) => condition
            .and("state = 'notified'", [])
            .and("deadline >= ?", [day(today)?]),
        Some(other) => condition.and("state = ?", [sql::text(other.word())]),
    };
    Ok(match filter.is_open {
        true => condition.and("state NOT IN ('closed', 'withdrawn')", []),
        false => condition,
    })
}

async fn facts_of(connection: &impl ConnectionTrait, id: &str) -> Result<Vec<FactRow>> {
    let sql =
        "SELECT on_day, at, person, owner, body FROM case_facts WHERE case_id = ? ORDER BY number";
    let found = sql::rows(connection, sql, vec![sql::text(id)]).await?;
    found.iter().map(read_fact).collect()
}

fn read_fact(row: &QueryResult) -> Result<FactRow> {
    Ok(FactRow {
        fact: Fact {
            on: sql::from_word("整改日期", row.try_get_by("on_day")?)?,
            kind: sql::parse("整改事实", &row.try_get_by::<String, _>("body")?)?,
        },
        at: sql::from_word("登记时间", row.try_get_by("at")?)?,
        by: row.try_get_by("person")?,
        owner: row.try_get_by("owner")?,
    })
}

fn read_problem(row: &QueryResult) -> Result<ProblemId> {
    Ok(ProblemId {
        target: TargetId(row.try_get_by("target")?),
        check: row.try_get_by("check_name")?,
        // As JSON: a key may hold any sign, and comes back as it was.
        key: sql::parse("问题编号", &row.try_get_by::<String, _>("key")?)?,
    })
}

fn read_case(row: &QueryResult, today: Date) -> Result<CaseRow> {
    let number = |column: &str| -> Result<i64> { Ok(row.try_get_by(column)?) };
    let date = |column: &str| -> Result<Option<Date>> {
        let word: Option<String> = row.try_get_by(column)?;
        word.map(|word| sql::from_word("日期", word)).transpose()
    };
    let state: RectifyState = sql::from_word("整改状态", row.try_get_by("state")?)?;
    let deadline = date("deadline")?;
    let passed = deadline.filter(|deadline| today > *deadline);
    let (state, since) = match (state, passed) {
        (RectifyState::Notified, Some(passed)) => (RectifyState::Overdue, passed.tomorrow().ok()),
        (state, _) => (state, date("since")?),
    };
    let indicators: String = row.try_get_by("indicators")?;
    Ok(CaseRow {
        id: row.try_get_by("id")?,
        problem: read_problem(row)?,
        target_name: row.try_get_by("target_name")?,
        organization: row.try_get_by("organization")?,
        unit_name: row.try_get_by("unit_name")?,
        region: row.try_get_by("region")?,
        region_name: row.try_get_by("region_name")?,
        indicators: indicators.split_whitespace().map(str::to_owned).collect(),
        round: row.try_get_by("round")?,
        detail: row.try_get_by("detail")?,
        stake: Stake {
            is_veto: number("is_veto")? != 0,
            points: Points::from_hundredths(number("stake_hundredths")?),
        },
        progress: Progress {
            state,
            since,
            deadline,
            is_late: number("is_late")? != 0,
            relapses: number("relapses")? as u32,
        },
    })
}

/// A day as columns hold it; the order of the texts is that of the days.
pub(crate) fn day(date: Date) -> Result<Value> {
    Ok(sql::text(&sql::word(&date)?))
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing {
        noun: "整改事项",
        id: id.to_owned(),
    }
}
