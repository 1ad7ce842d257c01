//! Writing cases: facts are appended, and what lists sort and filter by follows from them in the same transaction.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use sea_orm::Value;
use xuncha_core::rectify::rates::{RoundRates, moved};
use xuncha_core::rectify::{FactKind, Progress, Rectification, RectifyError, RectifyState};
use xuncha_core::registry::TargetId;

use super::{CaseFile, NewFact, Opened, case_id, day, facts_of, missing, object, read_problem};
use crate::audit::{AuditAction, AuditEntry};
use crate::sql;
use crate::{Result, StoreError, Transaction};

/// What was read of a case, to be written over: nobody may have written in between.
struct Read {
    case: Rectification,
    version: i64,
}

impl Transaction {
    /// Brings cases up to date with what a round found. Facts that stand there already are not written again.
    pub async fn follow_cases(&self, files: &[CaseFile], note: (&str, DateTime)) -> Result<Opened> {
        let mut opened = Opened::default();
        for file in files {
            let id = case_id(&file.case.problem);
            let before = self.read_case(&id).await?;
            self.follow_case(&id, file, before, note, &mut opened)
                .await?;
        }
        Ok(opened)
    }

    async fn follow_case(
        &self,
        id: &str,
        file: &CaseFile,
        before: Option<Read>,
        (by, at): (&str, DateTime),
        opened: &mut Opened,
    ) -> Result<()> {
        let known = before.as_ref().map_or(0, |read| read.case.facts.len());
        let has_same_start = before
            .as_ref()
            .is_none_or(|read| file.case.facts.starts_with(&read.case.facts));
        if !has_same_start {
            return Err(changed());
        }
        let fresh = &file.case.facts[known..];
        match &before {
            None => {
                opened.new += 1;
                self.insert_case(id, file, at.date()).await?;
            }
            Some(read) => {
                let was = read.case.progress(at.date());
                let is = file.case.progress(at.date());
                opened.relapsed += u64::from(is.relapses > was.relapses);
                let is_closed = is.state == RectifyState::Closed && !was.state.is_settled();
                opened.closed += u64::from(is_closed);
                self.update_case(id, read.version, file, at.date()).await?;
            }
        }
        opened.facts += fresh.len() as u64;
        let rows = fresh.iter().map(|fact| {
            let row = NewFact {
                fact: fact.clone(),
                at,
                by: by.to_owned(),
                owner: String::new(),
            };
            fact_row(id, &row)
        });
        let rows = rows.collect::<Result<Vec<_>>>()?;
        sql::insert(&self.inner, "case_facts", &FACT_COLUMNS, rows, "").await?;
        Ok(())
    }

    /// Writes the same fact down in several cases, all or none; answers with what goes into the audit log.
    pub async fn add_case_facts(&self, cases: &[String], new: &NewFact) -> Result<Vec<AuditEntry>> {
        if new.fact.on > new.at.date() {
            return Err(StoreError::Refused("登记的日期还没有到，请核对日期"));
        }
        let today = new.at.date();
        let is_judged = matches!(
            new.fact.kind,
            FactKind::Rechecked { .. } | FactKind::Undone { .. }
        );
        let mut entries = Vec::with_capacity(cases.len());
        let mut rates = BTreeMap::new();
        for id in cases {
            if is_judged {
                self.refuse_own_case(id).await?;
            }
            let mut read = self.read_case(id).await?.ok_or_else(|| missing(id))?;
            let earlier = read.case.clone();
            let before = earlier.progress(today);
            read.case.add(new.fact.clone()).map_err(unfit)?;
            let after = read.case.progress(today);
            self.move_rates(&mut rates, (&earlier, &read.case), today)
                .await?;
            self.keep_progress(id, read.version, &after).await?;
            let row = vec![fact_row(id, new)?];
            sql::insert(&self.inner, "case_facts", &FACT_COLUMNS, row, "").await?;
            let entry = AuditEntry::new(AuditAction::CaseChanged, object(id));
            entries.push(entry.change(said(&before)?, said(&after)?));
        }
        let keep = "UPDATE round_rates SET on_day = ?, body = ? WHERE round = ?";
        for (round, own) in rates {
            let Some(own) = own else { continue };
            let values = vec![day(today)?, sql::body("整改情况", &own)?, sql::text(&round)];
            sql::run(&self.inner, keep, values).await?;
        }
        Ok(entries)
    }

    /// What a case that changed moves in the counts of the rounds that found it; a round of which nothing was counted yet stays without.
    async fn move_rates(
        &self,
        rates: &mut BTreeMap<String, Option<RoundRates>>,
        (before, after): (&Rectification, &Rectification),
        today: Date,
    ) -> Result<()> {
        for fact in &after.facts {
            let FactKind::Found { round } = &fact.kind else {
                continue;
            };
            if !rates.contains_key(round) {
                rates.insert(round.clone(), self.kept_rates(round).await?);
            }
        }
        for (round, own) in rates.iter_mut() {
            if let Some(own) = own {
                *own = moved(own, round, (before, after), today);
            }
        }
        Ok(())
    }

    async fn kept_rates(&self, round: &str) -> Result<Option<RoundRates>> {
        let sql = "SELECT body FROM round_rates WHERE round = ?";
        let row = sql::row(&self.inner, sql, vec![sql::text(round)]).await?;
        row.map(|row| sql::parse("整改情况", &row.try_get_by_index::<String>(0)?))
            .transpose()
    }

    /// Refuses an inspector to say of a problem of his own city whether it is put right.
    pub(crate) async fn refuse_own_case(&self, id: &str) -> Result<()> {
        let sql = "SELECT round, target FROM cases WHERE id = ?";
        let row = sql::row(&self.inner, sql, vec![sql::text(id)]).await?;
        let row = row.ok_or_else(|| missing(id))?;
        let round: String = row.try_get_by("round")?;
        let target = TargetId(row.try_get_by("target")?);
        self.refuse_own_city(&round, &target).await
    }

    async fn read_case(&self, id: &str) -> Result<Option<Read>> {
        let sql = "SELECT target, check_name, key, detail, version FROM cases WHERE id = ?";
        let Some(row) = sql::row(&self.inner, sql, vec![sql::text(id)]).await? else {
            return Ok(None);
        };
        let facts = facts_of(&self.inner, id).await?;
        let case = Rectification {
            problem: read_problem(&row)?,
            detail: row.try_get_by("detail")?,
            facts: facts.into_iter().map(|row| row.fact).collect(),
        };
        let version = row.try_get_by("version")?;
        Ok(Some(Read { case, version }))
    }

    async fn insert_case(&self, id: &str, file: &CaseFile, today: Date) -> Result<()> {
        let problem = &file.case.problem;
        let mut row = vec![
            sql::text(id),
            sql::text(&problem.target.0),
            sql::text(&problem.check),
            sql::body("问题编号", &problem.key)?,
        ];
        row.extend(described(file)?);
        row.extend(derived(&file.case.progress(today))?);
        row.push(sql::number(1));
        let columns: Vec<&str> = ["id", "target", "check_name", "key"]
            .into_iter()
            .chain(DESCRIBED)
            .chain(DERIVED)
            .chain(["version"])
            .collect();
        sql::insert(&self.inner, "cases", &columns, vec![row], "").await?;
        Ok(())
    }

    async fn update_case(
        &self,
        id: &str,
        version: i64,
        file: &CaseFile,
        today: Date,
    ) -> Result<()> {
        let columns: Vec<String> = DESCRIBED
            .iter()
            .chain(&DERIVED)
            .map(|column| format!("{column} = ?"))
            .collect();
        let sql = format!(
            "UPDATE cases SET {}, version = version + 1 WHERE id = ? AND version = ?",
            columns.join(", ")
        );
        let mut values = described(file)?;
        values.extend(derived(&file.case.progress(today))?);
        values.extend([sql::text(id), version.into()]);
        match sql::run(&self.inner, &sql, values).await? {
            0 => Err(changed()),
            _ => Ok(()),
        }
    }

    async fn keep_progress(&self, id: &str, version: i64, progress: &Progress) -> Result<()> {
        let columns = DERIVED.map(|column| format!("{column} = ?")).join(", ");
        let sql = format!(
            "UPDATE cases SET {columns}, version = version + 1 WHERE id = ? AND version = ?"
        );
        let mut values = derived(progress)?;
        values.extend([sql::text(id), version.into()]);
        match sql::run(&self.inner, &sql, values).await? {
            0 => Err(changed()),
            _ => Ok(()),
        }
    }
}

const DESCRIBED: [&str; 11] = [
    "target_name",
    "organization",
    "unit_name",
    "region",
    "region_name",
    "indicators",
    "round",
    "detail",
    "is_veto",
    "stake_hundredths",
    "search",
];
const DERIVED: [&str; 5] = ["state", "since", "deadline", "is_late", "relapses"];
const FACT_COLUMNS: [&str; 7] = [
    "case_id", "on_day", "at", "person", "round", "owner", "body",
];

fn described(file: &CaseFile) -> Result<Vec<Value>> {
    let case = &file.case;
    let search = format!(
        "{} {} {} {} {} {}",
        case.problem.target,
        file.target_name,
        file.organization,
        file.unit_name,
        file.region_name,
        case.detail
    );
    Ok(vec![
        sql::text(&file.target_name),
        sql::text(&file.organization),
        sql::text(&file.unit_name),
        sql::text(&file.region),
        sql::text(&file.region_name),
        sql::text(&file.indicators.join(" ")),
        sql::text(&file.round),
        sql::text(&case.detail),
        sql::number(u64::from(file.stake.is_veto)),
        Value::from(file.stake.points.hundredths()),
        sql::text(&search.to_lowercase()),
    ])
}

/// What the facts come to. An overdue case stays 待整改 in its column: the term is asked for with the day.
fn derived(progress: &Progress) -> Result<Vec<Value>> {
    let state = match progress.state {
        RectifyState::Overdue => RectifyState::Notified,
        other => other,
    };
    let date = |date: Option<Date>| -> Result<Value> {
        let word = date.map(|date| sql::word(&date)).transpose()?;
        Ok(sql::maybe_text(word.as_deref()))
    };
    Ok(vec![
        sql::text(state.word()),
        date(progress.since)?,
        date(progress.deadline)?,
        sql::number(u64::from(progress.is_late)),
        sql::number(u64::from(progress.relapses)),
    ])
}

fn fact_row(id: &str, new: &NewFact) -> Result<Vec<Value>> {
    let round = match &new.fact.kind {
        FactKind::Found { round } => round.as_str(),
        _ => "",
    };
    Ok(vec![
        sql::text(id),
        day(new.fact.on)?,
        sql::text(&sql::word(&new.at)?),
        sql::text(&new.by),
        sql::text(round),
        sql::text(&new.owner),
        sql::body("整改事实", &new.fact.kind)?,
    ])
}

/// Where a case stands, for the audit log: words and days, no text of others.
fn said(progress: &Progress) -> Result<String> {
    let state = progress.state.word();
    match progress.deadline {
        Some(deadline) => Ok(format!("{state} {}", sql::word(&deadline)?)),
        None => Ok(state.to_owned()),
    }
}

fn changed() -> StoreError {
    StoreError::Refused("整改事项刚刚被别人改动，没有执行，请刷新后再试")
}

fn unfit(error: RectifyError) -> StoreError {
    StoreError::Unfit(error.to_string())
}
