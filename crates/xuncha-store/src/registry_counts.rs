//! 名录计数: how many sites and accounts in which state, by region and by unit, reckoned by the database for tiles and trees.

use std::collections::BTreeMap;

use xuncha_core::registry::{State, TargetClass};

use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store};

/// 计数. Entries by class and state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryCounts {
    /// Number by class and state; what is not there is none.
    pub by: BTreeMap<(TargetClass, State), u64>,
}

impl EntryCounts {
    /// Entries of a class that run, or all.
    pub fn of(&self, class: TargetClass, state: Option<State>) -> u64 {
        let own = self
            .by
            .iter()
            .filter(|((one, at), _)| *one == class && state.is_none_or(|wanted| wanted == *at));
        own.map(|(_, count)| count).sum()
    }

    /// Entries in a state.
    pub fn in_state(&self, state: State) -> u64 {
        let own = self.by.iter().filter(|((_, at), _)| *at == state);
        own.map(|(_, count)| count).sum()
    }

    /// All entries.
    pub fn total(&self) -> u64 {
        self.by.values().sum()
    }

    /// With those of another.
    pub fn add(&mut self, other: &EntryCounts) {
        for (key, count) in &other.by {
            *self.by.entry(*key).or_default() += count;
        }
    }
}

/// Sites and accounts under one shape.
const ENTRIES: &str = "(SELECT kind AS class, region, organization, state FROM sites \
     UNION ALL SELECT 'account', region, organization, state FROM accounts) AS entries";

impl Store {
    /// Counts by division code, of one unit's entries or of all.
    pub async fn counts_by_region(
        &self,
        organization: Option<&str>,
    ) -> Result<BTreeMap<String, EntryCounts>> {
        let condition = Where::default().and_is("organization = ?", organization);
        self.counts("region", condition).await
    }

    /// Counts by unit, of the units named.
    pub async fn counts_by_unit(&self, units: &[String]) -> Result<BTreeMap<String, EntryCounts>> {
        if units.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places = vec!["?"; units.len()].join(",");
        let values = units.iter().map(|unit| sql::text(unit));
        let condition = Where::default().and(&format!("organization IN ({places})"), values);
        self.counts("organization", condition).await
    }

    async fn counts(
        &self,
        column: &str,
        condition: Where,
    ) -> Result<BTreeMap<String, EntryCounts>> {
        let sql = format!(
            "SELECT {column} AS place, class, state, COUNT(*) AS count FROM {ENTRIES}{} GROUP BY {column}, class, state",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        let mut all: BTreeMap<String, EntryCounts> = BTreeMap::new();
        for row in &found {
            let place: String = row.try_get_by("place")?;
            let class = sql::from_word("类别", row.try_get_by("class")?)?;
            let state = sql::from_word("状态", row.try_get_by("state")?)?;
            let count: i64 = row.try_get_by("count")?;
            let own = all.entry(place).or_default();
            own.by.insert((class, state), count.max(0) as u64);
        }
        Ok(all)
    }

    /// Names of the units named.
    pub async fn unit_names(&self, units: &[String]) -> Result<BTreeMap<String, String>> {
        if units.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places = vec!["?"; units.len()].join(",");
        let sql = format!("SELECT id, name FROM organizations WHERE id IN ({places})");
        let values = units.iter().map(|unit| sql::text(unit)).collect();
        let found = sql::rows(self.read(), &sql, values).await?;
        found
            .iter()
            .map(|row| Ok((row.try_get_by("id")?, row.try_get_by("name")?)))
            .collect()
    }

    /// Units of a region by number, or the one that a list is narrowed to: number, name and the unit above.
    pub async fn units_of_region(
        &self,
        region: &str,
        only: Option<&str>,
        page: Page,
    ) -> Result<Listing<(String, String, Option<String>)>> {
        let condition = Where::default()
            .and_is("region = ?", Some(region))
            .and_is("id = ?", only);
        let sql = format!(
            "SELECT id, name, parent FROM organizations{} ORDER BY id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM organizations{}", condition.sql());
        let row = |row: &sea_orm::QueryResult| {
            Ok((
                row.try_get_by("id")?,
                row.try_get_by("name")?,
                row.try_get_by("parent")?,
            ))
        };
        Ok(Listing {
            rows: found.iter().map(row).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }
}
