//! 一页纸: what a leader's page asks that no list asks: who relapsed, where portals stand, how far two people agreed.

use std::collections::BTreeMap;

use xuncha_core::registry::TargetId;
use xuncha_core::review::blind::{Agreement, agree};
use xuncha_core::review::{Decision, Review};
use xuncha_core::round::Subject;
use xuncha_core::stats::city_name;

use crate::opinion::Opinion;
use crate::sql;
use crate::{Result, Store};

/// 复发单位. A unit with problems that came back after they had been closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relapsed {
    /// Unit.
    pub unit_name: String,
    /// Problems of the round that came back.
    pub problems: u64,
}

impl Store {
    /// The city of each portal of a round.
    pub async fn portal_cities(&self, round: &str) -> Result<BTreeMap<TargetId, String>> {
        let sql = "SELECT body FROM subjects WHERE round = ? AND class = 'portal' ORDER BY target";
        let mut cities = BTreeMap::new();
        for row in sql::rows(self.read(), sql, vec![sql::text(round)]).await? {
            let subject: Subject = sql::parse("受检对象", &row.try_get_by_index::<String>(0)?)?;
            cities.insert(subject.target.id().clone(), city_name(&subject).to_owned());
        }
        Ok(cities)
    }

    /// Units with problems last found by a round that had been closed before, most problems first; and how many such units there are.
    pub async fn relapsed_units(&self, round: &str, most: u64) -> Result<(Vec<Relapsed>, u64)> {
        let from = "FROM cases WHERE round = ? AND relapses > 0 AND state <> 'withdrawn'";
        let sql = format!(
            "SELECT unit_name, COUNT(*) AS n {from} GROUP BY organization, unit_name ORDER BY 2 DESC, unit_name, organization LIMIT ?"
        );
        let values = vec![sql::text(round), sql::number(most)];
        let found = sql::rows(self.read(), &sql, values).await?;
        let units = found
            .iter()
            .map(|row| {
                let problems: i64 = row.try_get_by("n")?;
                Ok(Relapsed {
                    unit_name: row.try_get_by("unit_name")?,
                    problems: problems as u64,
                })
            })
            .collect::<Result<_>>()?;
        let total = format!("SELECT COUNT(DISTINCT organization) {from}");
        let total = sql::count(self.read(), &total, vec![sql::text(round)]).await?;
        Ok((units, total))
    }

    /// How often a second person said otherwise than the first.
    pub async fn double_agreement(&self, round: &str) -> Result<Agreement> {
        let sql = "SELECT o.body, (SELECT r.body FROM reviews r WHERE r.round = o.round AND r.target = o.target \
             AND r.check_name = o.check_name AND r.key = o.key ORDER BY r.number DESC LIMIT 1) AS first \
             FROM opinions o WHERE o.number IN (SELECT MAX(number) FROM opinions WHERE round = ? AND kind = 'double' \
             GROUP BY target, check_name, key, person) ORDER BY o.number";
        let mut agreement = Agreement::default();
        for row in sql::rows(self.read(), sql, vec![sql::text(round)]).await? {
            let Some(first) = row.try_get_by::<Option<String>, _>("first")? else {
                continue;
            };
            let first: Review = sql::parse("复核", &first)?;
            let second: Opinion = sql::parse("盲评", &row.try_get_by::<String, _>("body")?)?;
            if first.decision != Decision::Withdrawn {
                agreement.add(agree(&first.decision, &second.decision));
            }
        }
        Ok(agreement)
    }
}
