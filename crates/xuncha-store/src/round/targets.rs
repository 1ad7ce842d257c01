//! 检查对象: lists of a round's targets with what they came to, and the way from one to the next. Whatever is counted here is counted
//! from indexes, so that ten provinces in one round read like one.

use sea_orm::{QueryResult, Value};
use xuncha_core::registry::{TargetClass, TargetId};

use super::{Neighbour, SubjectFilter, SubjectRow};
use crate::page::{Listing, Page};
use crate::score::sheet_condition;
use crate::sql::{self, Where};
use crate::{Result, Store};

impl Store {
    /// Subjects of a round with their scores under `set`: portals, departments, accounts, each by number.
    pub async fn targets(
        &self,
        round: &str,
        set: &str,
        filter: &SubjectFilter,
        page: Page,
    ) -> Result<Listing<SubjectRow>> {
        let condition = subject_condition(round, filter)?;
        // Numbers of the page come from indexes alone; bodies and sheets are looked up for them only. SQLite keeps the order of a CROSS JOIN;
        // of a plain one it may look through the page's numbers once for each target of the round.
        let order = match filter.class {
            Some(_) => "s.target".to_owned(),
            None => format!("{BY_CLASS}, s.target"),
        };
        let (from, mut values) = subjects_from(set, filter);
        let sql = format!(
            "SELECT s.body, s.class, h.outcome, h.deduct_hundredths, h.final_hundredths, h.open_count, \
             (SELECT COUNT(*) FROM findings f WHERE f.round = s.round AND f.target = s.target AND f.set_id = ?) AS finding_count \
             FROM (SELECT s.target {from}{} ORDER BY {order} LIMIT ? OFFSET ?) p \
             CROSS JOIN subjects s \
             LEFT JOIN sheets h ON h.round = s.round AND h.target = s.target AND h.set_id = ? \
             WHERE s.round = ? AND s.target = p.target ORDER BY {order}",
            condition.sql()
        );
        values.insert(0, sql::text(set));
        values.extend(condition.values_paged(page));
        values.extend([sql::text(set), sql::text(round)]);
        let found = sql::rows(self.read(), &sql, values).await?;
        Ok(Listing {
            rows: found.iter().map(read_subject_row).collect::<Result<_>>()?,
            total: self.target_count(round, set, filter).await?,
        })
    }

    /// How many subjects a filter leaves, without their rows.
    pub async fn target_count(
        &self,
        round: &str,
        set: &str,
        filter: &SubjectFilter,
    ) -> Result<u64> {
        if filter.asks_sheets_alone() {
            return self.sheet_count(round, set, filter).await;
        }
        let condition = subject_condition(round, filter)?;
        let (from, mut values) = subjects_from(set, filter);
        values.extend(condition.values());
        let total = format!("SELECT COUNT(*) {from}{}", condition.sql());
        sql::count(self.read(), &total, values).await
    }

    /// The same count where sheets tell it: from an index of theirs alone.
    async fn sheet_count(&self, round: &str, set: &str, filter: &SubjectFilter) -> Result<u64> {
        let mut condition = sheet_condition((round, set), (filter.class, filter.outcome))?;
        if filter.is_open {
            condition = condition.and("open_count > ?", [sql::number(0)]);
        }
        let total = format!("SELECT COUNT(*) FROM sheets{}", condition.sql());
        sql::count(self.read(), &total, condition.values()).await
    }

    /// The target after this one, in the order of [`Store::targets`], of which a person still has to decide something; from the
    /// beginning again after the last. `None` where there is no other. `person`: among those given to him only.
    pub async fn next_open(
        &self,
        round: &str,
        set: &str,
        class: Option<TargetClass>,
        person: Option<i64>,
        after: &TargetId,
    ) -> Result<Option<TargetId>> {
        let wanted = Neighbour {
            class,
            person,
            is_before: false,
            has_decided: false,
            has_findings: false,
        };
        let Some(next) = self.neighbour(round, set, wanted, Some(after)).await? else {
            let first = self.neighbour(round, set, wanted, None).await?;
            return Ok(first.filter(|first| first != after));
        };
        Ok(Some(next))
    }

    /// The target before or after this one in the order of [`Store::targets`]; the first (or last) of all where none is named.
    pub async fn neighbour(
        &self,
        round: &str,
        set: &str,
        wanted: Neighbour,
        from: Option<&TargetId>,
    ) -> Result<Option<TargetId>> {
        let class = wanted.class.map(|class| sql::word(&class)).transpose()?;
        let (sign, order) = match wanted.is_before {
            true => ("<", "DESC"),
            false => (">", "ASC"),
        };
        let mut condition = Where::default()
            .and("s.round = ?", [sql::text(round)])
            .and("h.set_id = ?", [sql::text(set)])
            .and_some("s.class = ?", class.as_deref());
        let mut reasons = vec!["h.open_count > 0"];
        if wanted.has_decided {
            reasons.push(
                "EXISTS (SELECT 1 FROM reviews r WHERE r.round = s.round AND r.target = s.target)",
            );
        }
        if wanted.has_findings {
            reasons.push(
                "EXISTS (SELECT 1 FROM findings f WHERE f.round = s.round AND f.target = s.target)",
            );
        }
        condition = condition.and(&format!("({})", reasons.join(" OR ")), []);
        if let Some(person) = wanted.person {
            condition = condition.and(MINE, [person.into()]);
        }
        if let Some(from) = from {
            let place = format!("({BY_CLASS}, s.target)");
            let here = format!(
                "(SELECT {}, o.target FROM subjects o WHERE o.round = ? AND o.target = ?)",
                BY_CLASS.replace("s.class", "o.class")
            );
            let values = [sql::text(round), sql::text(&from.0)];
            condition = condition.and(&format!("{place} {sign} {here}"), values);
        }
        let sql = format!(
            "SELECT s.target FROM subjects s JOIN sheets h ON h.round = s.round AND h.target = s.target{} \
             ORDER BY {BY_CLASS} {order}, s.target {order} LIMIT 1",
            condition.sql()
        );
        let row = sql::row(self.read(), &sql, condition.values()).await?;
        Ok(row
            .map(|row| row.try_get_by_index::<String>(0))
            .transpose()?
            .map(TargetId))
    }
}

impl SubjectFilter {
    /// Whether sheets have to be read to tell.
    fn asks_sheets(&self) -> bool {
        self.outcome.is_some() || self.is_open
    }

    /// Whether sheets tell all that is asked.
    fn asks_sheets_alone(&self) -> bool {
        let words = self.words.as_deref().unwrap_or_default();
        self.asks_sheets()
            && words.trim().is_empty()
            && self.organization.is_none()
            && self.assignee.is_none()
    }
}

/// Where subjects of a filter come from, with the values of it: with their sheets only where the filter asks something of them.
fn subjects_from(set: &str, filter: &SubjectFilter) -> (&'static str, Vec<Value>) {
    match filter.asks_sheets() {
        true => (
            "FROM subjects s LEFT JOIN sheets h ON h.round = s.round AND h.target = s.target AND h.set_id = ?",
            vec![sql::text(set)],
        ),
        false => ("FROM subjects s", Vec::new()),
    }
}

fn subject_condition(round: &str, filter: &SubjectFilter) -> Result<Where> {
    let class = filter.class.map(|class| sql::word(&class)).transpose()?;
    let outcome = filter
        .outcome
        .map(|outcome| sql::word(&outcome))
        .transpose()?;
    let condition = Where::default()
        .and("s.round = ?", [sql::text(round)])
        .and_some("s.class = ?", class.as_deref())
        .and_some("h.outcome = ?", outcome.as_deref())
        .and_is("s.organization = ?", filter.organization.as_deref())
        .and_words("s.search", filter.words.as_deref());
    let condition = match filter.assignee {
        Some(person) => condition.and(MINE, [person.into()]),
        None => condition,
    };
    Ok(match filter.is_open {
        true => condition.and("h.open_count > ?", [sql::number(0)]),
        false => condition,
    })
}

/// Whether a target was given to somebody.
const MINE: &str = "EXISTS (SELECT 1 FROM assignments a WHERE a.round = s.round AND a.target = s.target AND a.person = ?)";

/// Portals first, accounts last.
const BY_CLASS: &str = "CASE s.class WHEN 'portal' THEN 0 WHEN 'department' THEN 1 ELSE 2 END";

fn read_subject_row(row: &QueryResult) -> Result<SubjectRow> {
    let outcome: Option<String> = row.try_get_by("outcome")?;
    let count: i64 = row.try_get_by("finding_count")?;
    Ok(SubjectRow {
        subject: sql::parse("受检对象", &row.try_get_by::<String, _>("body")?)?,
        class: sql::from_word("对象类别", row.try_get_by("class")?)?,
        outcome: outcome
            .map(|word| sql::from_word("结论", word))
            .transpose()?,
        deduct_hundredths: row.try_get_by("deduct_hundredths")?,
        final_hundredths: row.try_get_by("final_hundredths")?,
        finding_count: count as u64,
        open_count: row.try_get_by::<Option<i64>, _>("open_count")?.unwrap_or(0) as u64,
    })
}
