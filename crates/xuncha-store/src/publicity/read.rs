//! Reading what is public: every function takes the settings, and none has a way around them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sea_orm::QueryResult;
use xuncha_core::publicity::{PublicRound, PublicTarget, Publicity, PublicitySettings};
use xuncha_core::registry::{TargetClass, TargetId};
use xuncha_core::score::Outcome;

use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError};

/// 公开筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicFilter {
    /// Class.
    pub class: Option<TargetClass>,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// City, exactly.
    pub city: Option<String>,
    /// Target.
    pub target: Option<TargetId>,
    /// Check.
    pub check: Option<String>,
    /// Words that name, number, address, unit or region contain; of findings, sentence and address.
    pub words: Option<String>,
}

/// 公开对象行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetLine {
    /// The target.
    pub target: PublicTarget,
    /// Its findings that are public at least as a count.
    pub finding_count: u64,
}

/// 公开问题行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicProblem {
    /// Target.
    pub target: TargetId,
    /// Place among the findings of its target.
    pub number: u64,
    /// Name of the target.
    pub target_name: String,
    /// Set.
    pub set: String,
    /// Indicator.
    pub indicator: String,
    /// Check.
    pub check: String,
    /// What kind of case it is.
    pub case: String,
    /// One sentence.
    pub text: String,
    /// Address at fault; empty where there is none.
    pub url: String,
    /// Occurrences.
    pub count: u64,
    /// Day on which it was seen.
    pub seen_on: Option<Date>,
    /// Whether it is put right by now; `None` where nobody follows it.
    pub is_fixed: Option<bool>,
}

/// 公开数量. How much of a check there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCount {
    /// Check.
    pub check: String,
    /// How far it is public.
    pub publicity: Publicity,
    /// Targets.
    pub targets: u64,
    /// Findings.
    pub findings: u64,
    /// Of these, those that are shown one by one.
    pub shown: u64,
}

/// 版本标记. What the public data of a round rest on: while it stays the same, so do they.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicStamp {
    /// Version.
    pub version: u64,
    /// Steps that the notice took; a new publication is another.
    pub published: String,
    /// The last fact that was written down of any problem.
    pub facts: u64,
}

impl Store {
    /// Published rounds, latest monitoring point first.
    pub async fn public_rounds(&self, page: Page) -> Result<Listing<PublicRound>> {
        let sql = "SELECT body FROM public_rounds ORDER BY as_of DESC, round DESC LIMIT ? OFFSET ?";
        let found = sql::rows(self.read(), sql, Where::default().values_paged(page)).await?;
        Ok(Listing {
            rows: found
                .iter()
                .map(|row| sql::parse("公开轮次", &row.try_get_by_index::<String>(0)?))
                .collect::<Result<_>>()?,
            total: sql::count(self.read(), "SELECT COUNT(*) FROM public_rounds", vec![]).await?,
        })
    }

    /// A published round; one that is not published does not exist for the public.
    pub async fn public_round(&self, round: &str) -> Result<PublicRound> {
        let sql = "SELECT body FROM public_rounds WHERE round = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(round)]).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "已公布的检查轮次",
            id: round.to_owned(),
        })?;
        sql::parse("公开轮次", &row.try_get_by_index::<String>(0)?)
    }

    /// What the public data of a round rest on now.
    pub async fn public_stamp(&self, round: &str) -> Result<PublicStamp> {
        let published = self.public_round(round).await?;
        let sql = "SELECT COALESCE(MAX(number), 0) FROM case_facts";
        Ok(PublicStamp {
            version: u64::from(published.version),
            published: published.published_at.to_string(),
            facts: sql::count(self.read(), sql, vec![]).await?,
        })
    }

    /// Targets of a published round by number.
    pub async fn public_targets(
        &self,
        round: &str,
        settings: &PublicitySettings,
        filter: &PublicFilter,
        page: Page,
    ) -> Result<Listing<TargetLine>> {
        let class = filter.class.map(|class| sql::word(&class)).transpose()?;
        let outcome = filter.outcome.map(|one| sql::word(&one)).transpose()?;
        let condition = Where::default()
            .and("t.round = ?", [sql::text(round)])
            .and_some("t.class = ?", class.as_deref())
            .and_some("t.outcome = ?", outcome.as_deref())
            .and_some("t.city = ?", filter.city.as_deref())
            .and_words("t.search", filter.words.as_deref());
        let counted = settings.at_least(Publicity::Count);
        let sql = format!(
            "SELECT t.body, (SELECT COUNT(*) FROM public_findings f WHERE f.round = t.round AND f.target = t.target AND f.{STANDS} AND {}) AS n \
             FROM public_targets t{} ORDER BY t.target LIMIT ? OFFSET ?",
            among("f.check_name", &counted),
            condition.sql()
        );
        let mut values: Vec<sea_orm::Value> = counted.iter().map(|one| sql::text(one)).collect();
        values.extend(condition.values_paged(page));
        let found = sql::rows(self.read(), &sql, values).await?;
        let total = format!("SELECT COUNT(*) FROM public_targets t{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_line).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// Targets whose number comes after `after`, for what is written out in portions.
    pub async fn public_targets_after(
        &self,
        round: &str,
        after: &str,
        most: u64,
    ) -> Result<Vec<PublicTarget>> {
        let sql = "SELECT body FROM public_targets WHERE round = ? AND target > ? ORDER BY target LIMIT ?";
        let values = vec![sql::text(round), sql::text(after), sql::number(most)];
        let found = sql::rows(self.read(), sql, values).await?;
        found
            .iter()
            .map(|row| sql::parse("公开对象", &row.try_get_by_index::<String>(0)?))
            .collect()
    }

    /// A target of a published round.
    pub async fn public_target(&self, round: &str, target: &TargetId) -> Result<PublicTarget> {
        let sql = "SELECT body FROM public_targets WHERE round = ? AND target = ?";
        let values = vec![sql::text(round), sql::text(&target.0)];
        let row = sql::row(self.read(), sql, values).await?;
        let row = row.ok_or_else(|| StoreError::Missing {
            noun: "已公布的检查对象",
            id: target.0.clone(),
        })?;
        sql::parse("公开对象", &row.try_get_by_index::<String>(0)?)
    }

    /// How many targets of each class had each outcome.
    pub async fn public_outcomes(
        &self,
        round: &str,
    ) -> Result<BTreeMap<(TargetClass, Outcome), u64>> {
        let sql = "SELECT class, outcome, COUNT(*) AS n FROM public_targets WHERE round = ? GROUP BY class, outcome ORDER BY class, outcome";
        let found = sql::rows(self.read(), sql, vec![sql::text(round)]).await?;
        found
            .iter()
            .map(|row| {
                let class = sql::from_word("对象类别", row.try_get_by("class")?)?;
                let outcome = sql::from_word("结论", row.try_get_by("outcome")?)?;
                Ok(((class, outcome), number(row, "n")?))
            })
            .collect()
    }

    /// Findings that are public as such, by target.
    pub async fn public_findings(
        &self,
        round: &str,
        settings: &PublicitySettings,
        filter: &PublicFilter,
        page: Page,
    ) -> Result<Listing<PublicProblem>> {
        let condition = shown(round, settings, filter);
        let sql = format!(
            "{SELECT_PROBLEM}{} ORDER BY f.target, f.number LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM public_findings f{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_problem).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// The same findings after one of them, for what is written out in portions.
    pub async fn public_findings_after(
        &self,
        round: &str,
        settings: &PublicitySettings,
        (target, after): (&str, Option<u64>),
        most: u64,
    ) -> Result<Vec<PublicProblem>> {
        let mut condition = shown(round, settings, &PublicFilter::default());
        if let Some(after) = after {
            let values = [sql::text(target), sql::number(after)];
            condition = condition.and("(f.target, f.number) > (?, ?)", values);
        }
        let sql = format!(
            "{SELECT_PROBLEM}{} ORDER BY f.target, f.number LIMIT ?",
            condition.sql()
        );
        let mut values = condition.values();
        values.push(sql::number(most));
        let found = sql::rows(self.read(), &sql, values).await?;
        found.iter().map(read_problem).collect()
    }

    /// How much of each check there is that is public at least as a count, by check; of one target or of all.
    pub async fn public_counts(
        &self,
        round: &str,
        settings: &PublicitySettings,
        target: Option<&TargetId>,
    ) -> Result<Vec<PublicCount>> {
        let counted = settings.at_least(Publicity::Count);
        let target = target.map(|target| target.0.as_str());
        let condition = Where::default()
            .and("round = ?", [sql::text(round)])
            .and(STANDS, [])
            .and(
                &among("check_name", &counted),
                counted.iter().map(|one| sql::text(one)),
            )
            .and_some("target = ?", target);
        let sql = format!(
            "SELECT check_name, COUNT(DISTINCT target) AS targets, COUNT(*) AS n, CAST(SUM(1 - is_sealed) AS BIGINT) AS open \
             FROM public_findings{} GROUP BY check_name ORDER BY check_name",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        found
            .iter()
            .map(|row| {
                let check: String = row.try_get_by("check_name")?;
                let publicity = settings.level(&check);
                Ok(PublicCount {
                    targets: number(row, "targets")?,
                    findings: number(row, "n")?,
                    shown: match publicity {
                        Publicity::Full => number(row, "open")?,
                        _ => 0,
                    },
                    publicity,
                    check,
                })
            })
            .collect()
    }
}

const SELECT_PROBLEM: &str = "SELECT f.*, c.state, t.name AS target_name FROM public_findings f \
    JOIN public_targets t ON t.round = f.round AND t.target = f.target LEFT JOIN cases c ON c.id = f.case_id";

/// What was taken back after the publication (an appeal was accepted, a target closed) is not held against anybody any more.
const STANDS: &str = "case_id NOT IN (SELECT id FROM cases WHERE state = 'withdrawn')";

/// Findings that the settings show one by one.
fn shown(round: &str, settings: &PublicitySettings, filter: &PublicFilter) -> Where {
    let full = settings.at_least(Publicity::Full);
    let target = filter.target.as_ref().map(|target| target.0.as_str());
    Where::default()
        .and("f.round = ?", [sql::text(round)])
        .and("f.is_sealed = 0", [])
        .and(&format!("f.{STANDS}"), [])
        .and(
            &among("f.check_name", &full),
            full.iter().map(|one| sql::text(one)),
        )
        .and_some("f.target = ?", target)
        .and_some("f.check_name = ?", filter.check.as_deref())
        .and_words("f.search", filter.words.as_deref())
}

/// That a column is one of so many; of none where there are none.
fn among(column: &str, all: &BTreeSet<&'static str>) -> String {
    match all.len() {
        0 => "1 = 0".to_owned(),
        count => format!("{column} IN ({})", vec!["?"; count].join(",")),
    }
}

fn read_line(row: &QueryResult) -> Result<TargetLine> {
    Ok(TargetLine {
        target: sql::parse("公开对象", &row.try_get_by::<String, _>("body")?)?,
        finding_count: number(row, "n")?,
    })
}

fn read_problem(row: &QueryResult) -> Result<PublicProblem> {
    let state: Option<String> = row.try_get_by("state")?;
    let seen_on: Option<String> = row.try_get_by("seen_on")?;
    Ok(PublicProblem {
        target: TargetId(row.try_get_by("target")?),
        number: number(row, "number")?,
        target_name: row.try_get_by("target_name")?,
        set: row.try_get_by("set_id")?,
        indicator: row.try_get_by("indicator")?,
        check: row.try_get_by("check_name")?,
        case: row.try_get_by("case_title")?,
        text: row.try_get_by("text")?,
        url: row.try_get_by("url")?,
        count: number(row, "count")?,
        seen_on: seen_on
            .map(|word| sql::from_word("发现日期", word))
            .transpose()?,
        is_fixed: state.map(|state| state == "closed"),
    })
}

fn number(row: &QueryResult, column: &str) -> Result<u64> {
    let value: i64 = row.try_get_by(column)?;
    Ok(value as u64)
}
