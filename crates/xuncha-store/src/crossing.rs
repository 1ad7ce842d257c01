//! 交叉互评: an inspector decides nothing of his own city. Every statement by which he would asks here first, in its own transaction, whatever
//! page or program sent it.

use xuncha_core::person::Role;
use xuncha_core::registry::{Level, TargetId};

use crate::sql;
use crate::{Result, StoreError, Transaction};

/// A chain of divisions longer than this is a circle in the registry.
const DEEPEST: usize = 8;

impl Transaction {
    /// Refuses an inspector of the round what is about a target of the city that he comes from. Others, and rounds that were given to
    /// nobody, have no such rule.
    pub(crate) async fn refuse_own_city(&self, round: &str, target: &TargetId) -> Result<()> {
        let number = self.actor.who.strip_prefix('P');
        let Some(number) = number.and_then(|number| number.parse::<i64>().ok()) else {
            return Ok(());
        };
        let sql = "SELECT i.region AS home, s.region AS place FROM round_inspectors i \
             JOIN persons p ON p.number = i.person JOIN subjects s ON s.round = i.round \
             WHERE i.round = ? AND i.person = ? AND p.role = ? AND s.target = ?";
        let values = vec![
            sql::text(round),
            number.into(),
            sql::text(&sql::word(&Role::Inspector)?),
            sql::text(&target.0),
        ];
        let Some(row) = sql::row(&self.inner, sql, values).await? else {
            return Ok(());
        };
        let home: String = row.try_get_by("home")?;
        match self.city_of(row.try_get_by("place")?).await? == home {
            true => Err(StoreError::OwnCity),
            false => Ok(()),
        }
    }

    /// The city that a division lies in; of what is no county, itself.
    async fn city_of(&self, division: String) -> Result<String> {
        let sql = "SELECT parent FROM regions WHERE code = ? AND level = ? AND parent IS NOT NULL";
        let county = sql::word(&Level::County)?;
        let mut division = division;
        for _ in 0..DEEPEST {
            let values = vec![sql::text(&division), sql::text(&county)];
            match sql::row(&self.inner, sql, values).await? {
                Some(row) => division = row.try_get_by("parent")?,
                None => break,
            }
        }
        Ok(division)
    }
}
