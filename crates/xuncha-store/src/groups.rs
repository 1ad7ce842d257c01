//! 归并: findings of many targets that have one cause (the same address, the same platform, the same template), and what could not be
//! determined, counted by reason.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde::{Deserialize, Serialize};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::registry::TargetId;
use xuncha_core::verdict::{Doubt, UndeterminedReason, Verdict};

use crate::judge::{FindingRow, read_finding_row};
use crate::page::{Listing, Page};
use crate::sql;
use crate::{Result, Store};

/// 归并方式. What findings of several targets have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// 同一根源: the same address at fault.
    Root,
    /// 同一平台: addresses on the same host.
    Platform,
    /// 同一模板: the same path on different hosts.
    Template,
}

impl GroupKind {
    /// Every kind.
    pub const ALL: [GroupKind; 3] = [GroupKind::Root, GroupKind::Platform, GroupKind::Template];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            GroupKind::Root => "root",
            GroupKind::Platform => "platform",
            GroupKind::Template => "template",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<GroupKind> {
        GroupKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn column(self) -> &'static str {
        match self {
            GroupKind::Root => "url",
            GroupKind::Platform => "host",
            GroupKind::Template => "path",
        }
    }
}

/// 问题组. Findings of one check that have something in common over several targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingGroup {
    /// Check.
    pub check: String,
    /// What they have in common.
    pub common: String,
    /// One of their sentences.
    pub detail: String,
    /// Targets.
    pub targets: u64,
    /// Findings.
    pub findings: u64,
}

/// 无法判定归类. What could not be determined of one check for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtGroup {
    /// Why.
    pub reason: UndeterminedReason,
    /// Check.
    pub check: String,
    /// Targets.
    pub targets: u64,
    /// Targets whose outcome is open.
    pub open_targets: u64,
    /// Checks of which nothing at all could be told.
    pub wholes: u64,
    /// Single places.
    pub places: u64,
}

impl Store {
    /// Groups of findings over at least two targets, the most targets first.
    pub async fn finding_groups(
        &self,
        round: &str,
        set: &str,
        kind: GroupKind,
        page: Page,
    ) -> Result<Listing<FindingGroup>> {
        let column = kind.column();
        let base = format!(
            "FROM findings WHERE round = ? AND set_id = ? AND {column} NOT IN ('', '/') GROUP BY check_name, {column} HAVING COUNT(DISTINCT target) > 1"
        );
        let sql = format!(
            "SELECT check_name, {column} AS common, MIN(detail) AS detail, COUNT(DISTINCT target) AS targets, COUNT(*) AS n {base} \
             ORDER BY COUNT(DISTINCT target) DESC, COUNT(*) DESC, check_name, {column} LIMIT ? OFFSET ?"
        );
        let place = [sql::text(round), sql::text(set)];
        let mut values = place.to_vec();
        values.extend([sql::number(page.limit), sql::number(page.offset)]);
        let found = sql::rows(self.read(), &sql, values).await?;
        let total = format!("SELECT COUNT(*) FROM (SELECT 1 AS one {base}) g");
        Ok(Listing {
            rows: found
                .iter()
                .map(|row| {
                    Ok(FindingGroup {
                        check: row.try_get_by("check_name")?,
                        common: row.try_get_by("common")?,
                        detail: row.try_get_by("detail")?,
                        targets: number(row, "targets")?,
                        findings: number(row, "n")?,
                    })
                })
                .collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, place.to_vec()).await?,
        })
    }

    /// The findings of one group, by target.
    pub async fn group_findings(
        &self,
        round: &str,
        set: &str,
        (kind, check, common): (GroupKind, &str, &str),
        page: Page,
    ) -> Result<Listing<FindingRow>> {
        let from = format!(
            "FROM findings WHERE round = ? AND set_id = ? AND check_name = ? AND {} = ?",
            kind.column()
        );
        let place = [round, set, check, common].map(sql::text);
        let sql = format!("SELECT * {from} ORDER BY target, key, id LIMIT ? OFFSET ?");
        let mut values = place.to_vec();
        values.extend([sql::number(page.limit), sql::number(page.offset)]);
        let found = sql::rows(self.read(), &sql, values).await?;
        Ok(Listing {
            rows: found.iter().map(read_finding_row).collect::<Result<_>>()?,
            total: sql::count(
                self.read(),
                &format!("SELECT COUNT(*) {from}"),
                place.to_vec(),
            )
            .await?,
        })
    }

    /// What could not be determined, by reason and check, the most targets with an open outcome first.
    pub async fn doubt_groups(&self, round: &str, set: &str) -> Result<Vec<DoubtGroup>> {
        let sql = "SELECT d.reason, d.check_name, COUNT(DISTINCT d.target) AS targets, \
             COUNT(DISTINCT CASE WHEN h.outcome = 'undetermined' THEN d.target END) AS open_targets, \
             CAST(SUM(d.is_whole) AS BIGINT) AS wholes, CAST(SUM(d.place_count) AS BIGINT) AS places FROM doubts d \
             LEFT JOIN sheets h ON h.round = d.round AND h.set_id = d.set_id AND h.target = d.target \
             WHERE d.round = ? AND d.set_id = ? GROUP BY d.reason, d.check_name \
             ORDER BY 4 DESC, 3 DESC, d.reason, d.check_name";
        let found = sql::rows(self.read(), sql, vec![sql::text(round), sql::text(set)]).await?;
        found
            .iter()
            .map(|row| {
                Ok(DoubtGroup {
                    reason: sql::from_word("原因", row.try_get_by("reason")?)?,
                    check: row.try_get_by("check_name")?,
                    targets: number(row, "targets")?,
                    open_targets: number(row, "open_targets")?,
                    wholes: number(row, "wholes")?,
                    places: number(row, "places")?,
                })
            })
            .collect()
    }
}

fn number(row: &QueryResult, column: &str) -> Result<u64> {
    let value: i64 = row.try_get_by(column)?;
    Ok(value as u64)
}

/// Host and path of an address at fault; empty where there is none. Digits of a path become `#`: numbered pages of one template are one.
pub(crate) fn host_and_path(url: Option<&str>) -> (String, String) {
    let Some(rest) = url.and_then(|url| url.split_once("://")) else {
        return (String::new(), String::new());
    };
    let (host, path) = match rest.1.find(['/', '?', '#']) {
        Some(at) => rest.1.split_at(at),
        None => (rest.1, ""),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut plain = String::with_capacity(path.len());
    for sign in path.chars() {
        match sign.is_ascii_digit() {
            true if plain.ends_with('#') => {}
            true => plain.push('#'),
            false => plain.push(sign),
        }
    }
    (host.to_lowercase(), plain)
}

pub(crate) const DOUBT_COLUMNS: [&str; 8] = [
    "round",
    "set_id",
    "target",
    "indicator",
    "check_name",
    "reason",
    "place_count",
    "is_whole",
];

/// One row for each reason for which something of a judgement could not be determined.
pub(crate) fn doubt_rows(round: &str, judgement: &Judgement) -> Result<Vec<Vec<Value>>> {
    let (whole, places): (Option<UndeterminedReason>, &[Doubt]) = match &judgement.result {
        Judged::Unknown { undetermined } => (Some(undetermined.reason), &undetermined.places),
        Judged::Known {
            verdict: Verdict::Pass { undetermined } | Verdict::Fail { undetermined, .. },
        } => (None, undetermined),
        Judged::Known { .. } => (None, &[]),
    };
    let mut counts: std::collections::BTreeMap<UndeterminedReason, u64> = Default::default();
    for place in places {
        *counts.entry(place.reason).or_default() += 1;
    }
    if let Some(reason) = whole {
        counts.entry(reason).or_default();
    }
    let mut rows = Vec::with_capacity(counts.len());
    for (reason, count) in counts {
        rows.push(vec![
            sql::text(round),
            sql::text(&judgement.set),
            sql::text(&judgement.target.0),
            sql::text(&judgement.indicator),
            sql::text(&judgement.check),
            sql::text(&sql::word(&reason)?),
            sql::number(count),
            sql::number(u64::from(whole == Some(reason))),
        ]);
    }
    Ok(rows)
}

/// Rounds judged before doubts were counted: their judgements tell, and their findings learn host and path.
pub(crate) async fn fill(connection: &impl ConnectionTrait) -> Result<()> {
    let asked = "SELECT DISTINCT round, target FROM judgements ORDER BY round, target";
    for row in sql::rows(connection, asked, vec![]).await? {
        let round: String = row.try_get_by("round")?;
        let target: String = row.try_get_by("target")?;
        let place = || vec![sql::text(&round), sql::text(&target)];
        let bodies = "SELECT body FROM judgements WHERE round = ? AND target = ?";
        let mut rows = Vec::new();
        for row in sql::rows(connection, bodies, place()).await? {
            let body: String = row.try_get_by("body")?;
            rows.extend(doubt_rows(&round, &sql::parse("判定记录", &body)?)?);
        }
        sql::insert(connection, "doubts", &DOUBT_COLUMNS, rows, "").await?;
        let findings = "SELECT id, url FROM findings WHERE round = ? AND target = ?";
        for row in sql::rows(connection, findings, place()).await? {
            let id: String = row.try_get_by("id")?;
            let url: Option<String> = row.try_get_by("url")?;
            let (host, path) = host_and_path(url.as_deref());
            let keep = "UPDATE findings SET host = ?, path = ? WHERE id = ?";
            let values = [host.as_str(), &path, &id].map(sql::text);
            sql::run(connection, keep, values.into()).await?;
        }
    }
    Ok(())
}

impl Store {
    /// Targets of one group of doubts, those with an open outcome first.
    pub async fn doubt_targets(
        &self,
        round: &str,
        set: &str,
        (reason, check): (UndeterminedReason, &str),
        most: u64,
    ) -> Result<Vec<(TargetId, String, bool)>> {
        let sql = "SELECT s.target, s.name, MAX(CASE WHEN h.outcome = 'undetermined' THEN 1 ELSE 0 END) AS is_open FROM doubts d \
             JOIN subjects s ON s.round = d.round AND s.target = d.target \
             LEFT JOIN sheets h ON h.round = d.round AND h.set_id = d.set_id AND h.target = d.target \
             WHERE d.round = ? AND d.set_id = ? AND d.reason = ? AND d.check_name = ? GROUP BY s.target, s.name \
             ORDER BY 3 DESC, s.target LIMIT ?";
        let values = vec![
            sql::text(round),
            sql::text(set),
            sql::text(&sql::word(&reason)?),
            sql::text(check),
            sql::number(most),
        ];
        let found = sql::rows(self.read(), sql, values).await?;
        found
            .iter()
            .map(|row| {
                let is_open: bool = match row.try_get_by::<i32, _>("is_open") {
                    Ok(number) => number > 0,
                    Err(_) => row.try_get_by::<i64, _>("is_open")? > 0,
                };
                Ok((
                    TargetId(row.try_get_by("target")?),
                    row.try_get_by("name")?,
                    is_open,
                ))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_apart() {
        for (url, host, path) in [
            (
                "http://WWW.a.gov.cn/col/12/3.html?x=1",
                "www.a.gov.cn",
                "/col/#/#.html",
            ),
            ("https://b.cn", "b.cn", ""),
            ("https://b.cn?x", "b.cn", ""),
            ("找错入口", "", ""),
        ] {
            assert_eq!(
                host_and_path(Some(url)),
                (host.to_owned(), path.to_owned()),
                "{url}"
            );
        }
        assert_eq!(host_and_path(None), (String::new(), String::new()));
    }
}
