//! 名录外线索: hosts that look like sites outside supervision, and what people decided of each.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use xuncha_core::registry::outside::{DismissReason, OutsideHome, OutsideSite};
use xuncha_core::registry::request::Step;

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError, Transaction};

/// 线索状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutsideState {
    /// 待处理.
    Waiting,
    /// 已纳入: an opening was filed.
    Adopted,
    /// 不纳入.
    Dismissed,
}

impl OutsideState {
    /// Every state, as filters list them.
    pub const ALL: [OutsideState; 3] = [
        OutsideState::Waiting,
        OutsideState::Adopted,
        OutsideState::Dismissed,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            OutsideState::Waiting => "waiting",
            OutsideState::Adopted => "adopted",
            OutsideState::Dismissed => "dismissed",
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            OutsideState::Waiting => "待处理",
            OutsideState::Adopted => "已纳入",
            OutsideState::Dismissed => "不纳入",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<OutsideState> {
        OutsideState::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// 名录外线索. With what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideRow {
    /// What was found.
    pub site: OutsideSite,
    /// Round in which it was seen last.
    pub round: String,
    /// State.
    pub state: OutsideState,
    /// Why it is not taken in.
    pub reason: Option<DismissReason>,
    /// What was said with it.
    pub note: String,
    /// Name of who decided.
    pub by: String,
    /// Request by which it is taken in.
    pub request: String,
}

/// Columns of the list.
const COLUMNS: [&str; 14] = [
    "host",
    "name",
    "sign",
    "round",
    "site_count",
    "score",
    "state",
    "reason",
    "note",
    "person",
    "decided_at",
    "request",
    "search",
    "body",
];

/// One that waits, as the list keeps it.
fn outside_row(site: &OutsideSite, round: &str) -> Result<Vec<sea_orm::Value>> {
    Ok(vec![
        sql::text(&site.host),
        sql::text(&site.name),
        sql::text(&sql::word(&site.sign)?),
        sql::text(round),
        sql::number(site.site_count),
        sql::number(site.score()),
        sql::text(OutsideState::Waiting.word()),
        sql::text(""),
        sql::text(""),
        sql::text(""),
        sql::text(""),
        sql::text(""),
        sql::text(&words_of(site)),
        sql::body("名录外线索", site)?,
    ])
}

fn words_of(site: &OutsideSite) -> String {
    format!("{} {} {}", site.host, site.name, site.url).to_lowercase()
}

fn missing(host: &str) -> StoreError {
    StoreError::Missing {
        noun: "名录外线索",
        id: host.to_owned(),
    }
}

impl Store {
    /// Keeps what a round showed. What people decided of a host stays, and what its home page said; hosts that are registered by now leave
    /// the list unless they were decided. Answers with how many are new.
    pub async fn put_outside(&self, round: &str, found: &[OutsideSite]) -> Result<u64> {
        let transaction = self.begin().await?;
        let gone = "DELETE FROM registry_outside WHERE state = 'waiting' AND round = ?";
        let known = sql::rows(
            &transaction.inner,
            "SELECT host, body FROM registry_outside",
            vec![],
        );
        let mut known: BTreeMap<String, OutsideSite> = known
            .await?
            .iter()
            .map(|row| {
                let body: String = row.try_get_by("body")?;
                Ok((row.try_get_by("host")?, sql::parse("名录外线索", &body)?))
            })
            .collect::<Result<_>>()?;
        sql::run(&transaction.inner, gone, vec![sql::text(round)]).await?;
        let mut all = Vec::with_capacity(found.len());
        let mut new = 0;
        for site in found {
            let before = known.remove(&site.host);
            new += u64::from(before.is_none());
            let site = OutsideSite {
                home: site.home.clone().or(before.and_then(|before| before.home)),
                ..site.clone()
            };
            all.push(outside_row(&site, round)?);
        }
        let tail = "ON CONFLICT (host) DO UPDATE SET name = excluded.name, sign = excluded.sign, round = excluded.round, \
             site_count = excluded.site_count, score = excluded.score, search = excluded.search, body = excluded.body";
        sql::insert(&transaction.inner, "registry_outside", &COLUMNS, all, tail).await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// Takes in a host that a person named, where it is not in the list yet.
    pub async fn add_outside(&self, site: &OutsideSite) -> Result<()> {
        let transaction = self.begin().await?;
        let row = outside_row(site, "")?;
        let tail = "ON CONFLICT (host) DO NOTHING";
        sql::insert(
            &transaction.inner,
            "registry_outside",
            &COLUMNS,
            vec![row],
            tail,
        )
        .await?;
        transaction.commit().await
    }

    /// Keeps what the home page of a candidate said.
    pub async fn put_outside_home(&self, host: &str, home: &OutsideHome) -> Result<()> {
        let mut site = self.outside_of(host).await?.site;
        site.home = Some(Box::new(home.clone()));
        if site.name.is_empty() {
            site.name.clone_from(&home.title);
        }
        let transaction = self.begin().await?;
        let keep =
            "UPDATE registry_outside SET name = ?, score = ?, search = ?, body = ? WHERE host = ?";
        let values = vec![
            sql::text(&site.name),
            sql::number(site.score()),
            sql::text(&words_of(&site)),
            sql::body("名录外线索", &site)?,
            sql::text(host),
        ];
        sql::run(&transaction.inner, keep, values).await?;
        transaction.commit().await
    }

    /// Candidates, those for which most speaks first.
    pub async fn outside(
        &self,
        state: Option<OutsideState>,
        words: Option<&str>,
        page: Page,
    ) -> Result<Listing<OutsideRow>> {
        let condition = Where::default()
            .and_some("state = ?", state.map(OutsideState::word))
            .and_words("search", words);
        let sql = format!(
            "SELECT * FROM registry_outside{} ORDER BY score DESC, site_count DESC, host LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM registry_outside{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_outside).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// One of them, by its host.
    pub async fn outside_of(&self, host: &str) -> Result<OutsideRow> {
        let sql = "SELECT * FROM registry_outside WHERE host = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(host)]).await?;
        read_outside(&row.ok_or_else(|| missing(host))?)
    }

    /// Sets one aside for a reason. `其他` wants a word with it.
    pub async fn dismiss_outside(
        &self,
        host: &str,
        reason: DismissReason,
        note: &str,
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        if reason == DismissReason::Other && note.trim().is_empty() {
            return Err(StoreError::Refused("选“其他”须写明原因"));
        }
        let decision = (OutsideState::Dismissed, reason.word(), note.trim());
        self.decide_outside(host, OutsideState::Waiting, decision, by, at)
            .await
    }

    /// Puts one that was set aside back into the list.
    pub async fn reopen_outside(&self, host: &str, by: &str, at: DateTime) -> Result<()> {
        let decision = (OutsideState::Waiting, "", "");
        self.decide_outside(host, OutsideState::Dismissed, decision, by, at)
            .await
    }

    async fn decide_outside(
        &self,
        host: &str,
        from: OutsideState,
        (state, reason, note): (OutsideState, &str, &str),
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let keep = "UPDATE registry_outside SET state = ?, reason = ?, note = ?, person = ?, decided_at = ? WHERE host = ? AND state = ?";
        let at = sql::word(&at)?;
        let values = [
            state.word(),
            reason,
            note,
            by,
            at.as_str(),
            host,
            from.word(),
        ];
        let count = sql::run(&transaction.inner, keep, values.map(sql::text).into()).await?;
        if count == 0 {
            return Err(StoreError::Refused("这条线索已经处理过，请刷新页面"));
        }
        let entry = AuditEntry::new(AuditAction::OutsideDecided, format!("outside/{host}"));
        let after = format!("{} {reason}", state.word());
        let entry = entry.change(from.word(), after.trim());
        transaction.audit(&[entry]).await?;
        transaction.commit().await
    }
}

impl Transaction {
    /// Puts what a request took in back into the list: the request was returned or taken back.
    pub(crate) async fn release_outside(
        &self,
        request: &str,
        step: &Step,
    ) -> Result<Vec<AuditEntry>> {
        let sql = "UPDATE registry_outside SET state = 'waiting', person = ?, decided_at = ?, request = '' \
             WHERE request = ? AND state = 'adopted' RETURNING host";
        let at = sql::word(&step.at)?;
        let values = [step.name.as_str(), at.as_str(), request].map(sql::text);
        let found = sql::rows(&self.inner, sql, values.into()).await?;
        found
            .iter()
            .map(|row| {
                let host: String = row.try_get_by("host")?;
                let entry = AuditEntry::new(AuditAction::OutsideDecided, format!("outside/{host}"));
                Ok(entry.change(OutsideState::Adopted.word(), OutsideState::Waiting.word()))
            })
            .collect()
    }

    /// Takes one in by a request that is filed with it.
    pub(crate) async fn adopt_outside(
        &self,
        host: &str,
        request: &str,
        step: &Step,
    ) -> Result<AuditEntry> {
        let keep = "UPDATE registry_outside SET state = 'adopted', reason = '', note = '', person = ?, decided_at = ?, request = ? WHERE host = ? AND state = 'waiting'";
        let at = sql::word(&step.at)?;
        let values = [step.name.as_str(), at.as_str(), request, host].map(sql::text);
        if sql::run(&self.inner, keep, values.into()).await? == 0 {
            return Err(StoreError::Refused("这条线索已经处理过，请刷新页面"));
        }
        let entry = AuditEntry::new(AuditAction::OutsideDecided, format!("outside/{host}"));
        Ok(entry.change(
            OutsideState::Waiting.word(),
            format!("{} request/{request}", OutsideState::Adopted.word()),
        ))
    }
}

fn read_outside(row: &QueryResult) -> Result<OutsideRow> {
    let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
    Ok(OutsideRow {
        site: sql::parse("名录外线索", &text("body")?)?,
        round: text("round")?,
        state: sql::from_word("线索状态", text("state")?)?,
        reason: DismissReason::of_word(&text("reason")?),
        note: text("note")?,
        by: text("person")?,
        request: text("request")?,
    })
}
