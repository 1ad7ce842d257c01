//! 临时下线的起止: what was approved for which days, and the state of the entry that follows from the day.
//!
//! The filed state is written when a closure begins and when it ends, so that every list and count sees it; what it is follows from the
//! days alone, and asking twice on one day changes nothing.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use xuncha_core::registry::filing::Filing;
use xuncha_core::registry::suspension::SuspensionPhase;
use xuncha_core::registry::{Registry, State, Target, TargetId};

use super::{Request, registered};
use crate::audit::{AuditAction, AuditEntry};
use crate::registry::ChangeNote;
use crate::sql;
use crate::{Result, Store, StoreError, Transaction};

/// 临时下线. One that was approved and is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Request by which it was asked.
    pub request: String,
    /// Whose.
    pub target: TargetId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Whether the filed state says so already.
    is_written: bool,
}

fn read(row: &sea_orm::QueryResult) -> Result<Suspension> {
    let day = |column: &str| sql::from_word("日期", row.try_get_by(column)?);
    let phase: String = row.try_get_by("phase")?;
    Ok(Suspension {
        request: row.try_get_by("request")?,
        target: TargetId(row.try_get_by("target")?),
        from: day("from_day")?,
        until: day("until_day")?,
        is_written: phase == SuspensionPhase::On.word(),
    })
}

const CURRENT: &str =
    "SELECT * FROM registry_suspensions WHERE phase IN ('ahead', 'on') ORDER BY from_day, request";

impl Store {
    /// Closures that were approved and are not over, the first one first.
    pub async fn current_suspensions(&self) -> Result<Vec<Suspension>> {
        let found = sql::rows(self.read(), CURRENT, vec![]).await?;
        found.iter().map(read).collect()
    }

    /// Begins and ends closures whose day has come; answers with how many entries changed.
    pub async fn turn_suspensions(&self, at: DateTime) -> Result<u64> {
        let transaction = self.begin().await?;
        transaction.take_up_suspensions().await?;
        let entries = transaction.turn_suspensions(at).await?;
        if !entries.is_empty() {
            transaction.audit(&entries).await?;
        }
        transaction.commit().await?;
        Ok(entries.len() as u64)
    }

    /// What was closed on a day by approval, with its first and last day: also where the closure began after a draw, or is over since.
    /// One that ended early, since the entry was taken up again or closed for good, does not reach beyond that.
    pub async fn suspended_on(&self, day: Date) -> Result<BTreeMap<TargetId, (Date, Date)>> {
        let sql = "SELECT * FROM registry_suspensions s WHERE from_day <= ? AND until_day >= ? \
             AND NOT EXISTS (SELECT 1 FROM registry_requests r WHERE r.target = s.target AND r.state = 'effective' \
               AND r.kind IN ('resume', 'close', 'merge', 'cancel') AND r.approved_on >= s.from_day AND r.approved_on <= ?) \
             ORDER BY target, from_day";
        let values = vec![sql::text(&day.to_string()); 3];
        let found = sql::rows(self.read(), sql, values).await?;
        let own = |row| read(row).map(|own| (own.target, (own.from, own.until)));
        found.iter().map(own).collect()
    }

    /// The registry as the closures leave it on a day, be it one to come.
    pub async fn registry_on(&self, day: Date) -> Result<Registry> {
        let mut registry = self.registry().await?;
        let mut states = BTreeMap::new();
        for own in self.current_suspensions().await? {
            match SuspensionPhase::on(own.from, own.until, day) {
                SuspensionPhase::On => states.insert(own.target, State::Offline),
                _ if own.is_written => states.insert(own.target, State::Running),
                _ => None,
            };
        }
        for (target, state) in states {
            let sites = registry.sites.get_mut(&target).map(|own| &mut own.state);
            let accounts = registry.accounts.get_mut(&target).map(|own| &mut own.state);
            for filed in sites.into_iter().chain(accounts) {
                if matches!(filed, State::Running | State::Offline) {
                    *filed = state;
                }
            }
        }
        Ok(registry)
    }
}

impl Transaction {
    /// Keeps the days of an approved closure.
    pub(super) async fn put_suspension(
        &self,
        request: &str,
        target: &str,
        filing: &Filing,
        phase: SuspensionPhase,
    ) -> Result<()> {
        let (Some(from), Some(until)) = (filing.from, filing.until) else {
            return Err(StoreError::Refused(
                "填报没有写明下线和恢复的日期，请退回后重新填报",
            ));
        };
        let row = vec![
            sql::text(request),
            sql::text(target),
            sql::text(&from.to_string()),
            sql::text(&until.to_string()),
            sql::text(phase.word()),
        ];
        let columns = ["request", "target", "from_day", "until_day", "phase"];
        sql::insert(&self.inner, "registry_suspensions", &columns, vec![row], "").await?;
        Ok(())
    }

    /// A closure that is approved: refused once its days are past, as is one over the days of another.
    pub(super) async fn begin_suspension(
        &self,
        request: &Request,
        target: &TargetId,
        at: DateTime,
    ) -> Result<Vec<AuditEntry>> {
        let filing = &request.filing;
        if filing.until.is_some_and(|until| until < at.date()) {
            return Err(StoreError::Refused(
                "申请的下线期限已经过去，请退回，由单位重新填报",
            ));
        }
        let found = sql::rows(&self.inner, CURRENT, vec![]).await?;
        for own in found.iter().map(read) {
            let own = own?;
            let overlaps = filing.from <= Some(own.until) && Some(own.from) <= filing.until;
            if own.target == *target && overlaps {
                return Err(StoreError::Refused(
                    "与另一次已批准的临时下线重叠，请退回，由单位重新填报",
                ));
            }
        }
        let phase = SuspensionPhase::Ahead;
        self.put_suspension(&request.id, &target.0, filing, phase)
            .await?;
        self.turn_suspensions(at).await
    }

    /// What was approved before closures had days of their own changed the entry at once.
    async fn take_up_suspensions(&self) -> Result<()> {
        let sql = "SELECT id, target, body FROM registry_requests r WHERE kind = 'suspend' AND state = 'effective' \
             AND NOT EXISTS (SELECT 1 FROM registry_suspensions s WHERE s.request = r.id)";
        for row in sql::rows(&self.inner, sql, vec![]).await? {
            let (id, target): (String, String) = (row.try_get_by("id")?, row.try_get_by("target")?);
            let body: String = row.try_get_by("body")?;
            let filing: Filing = sql::parse("填报", &body)?;
            if filing.from.is_some() && filing.until.is_some() {
                self.put_suspension(&id, &target, &filing, SuspensionPhase::On)
                    .await?;
            }
        }
        Ok(())
    }

    async fn turn_suspensions(&self, at: DateTime) -> Result<Vec<AuditEntry>> {
        let mut entries = Vec::new();
        for row in sql::rows(&self.inner, CURRENT, vec![]).await? {
            let own = read(&row)?;
            let phase = SuspensionPhase::on(own.from, own.until, at.date());
            let (state, reason) = match (phase, own.is_written) {
                (SuspensionPhase::Ahead, _) | (SuspensionPhase::On, true) => continue,
                (SuspensionPhase::On, false) => (State::Offline, "临时下线开始"),
                (SuspensionPhase::Over, _) => (State::Running, "临时下线期满"),
            };
            let keep = "UPDATE registry_suspensions SET phase = ? WHERE request = ?";
            let values = vec![sql::text(phase.word()), sql::text(&own.request)];
            sql::run(&self.inner, keep, values).await?;
            let Some(before) = registered(&self.inner, &own.target).await? else {
                continue;
            };
            let is_turned = match state {
                State::Offline => before.state() == State::Running,
                _ => own.is_written && before.state() == State::Offline,
            };
            if !is_turned {
                continue;
            }
            let note = ChangeNote {
                at,
                by: "系统".to_owned(),
                reason: format!("{reason}：{} 至 {}", own.from, own.until),
            };
            let after = with_state(before.clone(), state);
            self.write_target(Some(&before), after, &note).await?;
            let entry = AuditEntry::new(
                AuditAction::RegistryChanged,
                format!("registry/{}", own.target),
            );
            entries.push(entry.change("", format!("request/{} {}", own.request, phase.word())));
        }
        Ok(entries)
    }

    /// A closure that ends before its last day, since the entry was taken up again, closed or given up.
    pub(super) async fn end_suspensions(&self, target: &TargetId) -> Result<()> {
        let sql =
            "UPDATE registry_suspensions SET phase = 'over' WHERE target = ? AND phase <> 'over'";
        sql::run(&self.inner, sql, vec![sql::text(&target.0)]).await?;
        Ok(())
    }
}

fn with_state(mut target: Target, state: State) -> Target {
    match &mut target {
        Target::Site(site) => site.state = state,
        Target::Account(account) => account.state = state,
    }
    target
}
