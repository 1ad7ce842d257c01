//! The writes of a request: its row, its steps, and the entry where it takes effect.

use jiff::civil::Date;
use xuncha_core::registry::filing::{Filing, RequestKind};
use xuncha_core::registry::request::{RequestState, Step};
use xuncha_core::registry::watch::{WatchKind, watched};
use xuncha_core::registry::{EntryKind, Registry, Target, TargetId};

use super::{NewRequest, Request, missing, object, read_request, registered, sightings, steps};
use crate::audit::{AuditAction, AuditEntry};
use crate::registry::{ChangeKind, ChangeNote, EntryNoun, RegistryChange, json};
use crate::sql;
use crate::{Result, StoreError, Transaction};

/// A request that the state of the entry does not allow any more.
fn refuse_unfit(filing: &Filing, target: &Target) -> Result<()> {
    match filing.kind.fits(filing.noun, target.state()) {
        true => Ok(()),
        false => Err(StoreError::Refused(
            "名录中这一条的状态在填报之后已有变化，请退回，由单位按现在的状态重新填报",
        )),
    }
}

fn noun_of(noun: EntryKind) -> EntryNoun {
    match noun {
        EntryKind::Account => EntryNoun::Account,
        _ => EntryNoun::Site,
    }
}

impl Transaction {
    pub(super) async fn insert_request(
        &self,
        new: &NewRequest,
        target: &str,
        state: RequestState,
    ) -> Result<()> {
        let columns = [
            "id",
            "kind",
            "noun",
            "target",
            "name",
            "organization",
            "unit_name",
            "region",
            "first_unit",
            "filed_by",
            "filed_at",
            "approved_on",
            "posted_on",
            "state",
            "search",
            "body",
        ];
        let filing = &new.filing;
        let home = filing.after.get("home").map_or("", String::as_str);
        let search = format!("{target} {} {} {home}", filing.name(), new.unit_name);
        let row = vec![
            sql::text(&new.id),
            sql::text(filing.kind.word()),
            sql::text(&sql::word(&filing.noun)?),
            sql::text(target),
            sql::text(filing.name()),
            sql::text(&filing.organization),
            sql::text(&new.unit_name),
            sql::text(&new.region),
            sql::text(new.course.first.as_deref().unwrap_or_default()),
            sql::text(&new.course.filed_by),
            sql::text(&sql::word(&new.at)?),
            sql::text(""),
            sql::text(""),
            sql::text(state.word()),
            sql::text(&search.to_lowercase()),
            sql::body("填报", filing)?,
        ];
        sql::insert(&self.inner, "registry_requests", &columns, vec![row], "").await?;
        Ok(())
    }

    pub(super) async fn add_step(&self, id: &str, number: u64, step: &Step) -> Result<()> {
        let columns = [
            "request", "number", "kind", "level", "at", "person", "name", "note", "stead",
        ];
        let stead = step.stead.map(|stead| sql::word(&stead)).transpose()?;
        let level = step.level.map(|level| sql::word(&level)).transpose()?;
        let row = vec![
            sql::text(id),
            sql::number(number),
            sql::text(&sql::word(&step.kind)?),
            sql::text(level.as_deref().unwrap_or_default()),
            sql::text(&sql::word(&step.at)?),
            sql::text(&step.person),
            sql::text(&step.name),
            sql::text(&step.note),
            sql::text(stead.as_deref().unwrap_or_default()),
        ];
        sql::insert(
            &self.inner,
            "registry_request_steps",
            &columns,
            vec![row],
            "",
        )
        .await?;
        Ok(())
    }

    /// The request with its steps, held against everybody else who would decide it.
    pub(super) async fn request_for_change(&self, id: &str) -> Result<(Request, Vec<Step>)> {
        // PostgreSQL locks the row by the write; SQLite holds the write lock since the transaction began.
        let hold = "UPDATE registry_requests SET state = state WHERE id = ?";
        if sql::run(&self.inner, hold, vec![sql::text(id)]).await? == 0 {
            return Err(missing(id));
        }
        let sql = "SELECT * FROM registry_requests WHERE id = ?";
        let row = sql::row(&self.inner, sql, vec![sql::text(id)]).await?;
        let request = read_request(&row.ok_or_else(|| missing(id))?)?;
        Ok((request, steps(&self.inner, id).await?))
    }

    /// Takes a step: keeps it, the state that follows, and the entry where the request takes effect with it.
    pub(super) async fn go_on(
        &self,
        request: &Request,
        mut steps: Vec<Step>,
        step: Step,
    ) -> Result<RequestState> {
        let number = steps.len() as u64 + 1;
        self.add_step(&request.id, number, &step).await?;
        steps.push(step.clone());
        let state = request.course.state(&steps);
        let approved = request.course.approved_on(&steps);
        let approved = approved.map_or_else(String::new, |day| day.to_string());
        let keep = "UPDATE registry_requests SET state = ?, approved_on = ? WHERE id = ?";
        let values = [state.word(), approved.as_str(), request.id.as_str()].map(sql::text);
        sql::run(&self.inner, keep, values.into()).await?;
        if state != request.state {
            let (about, units) = (
                (
                    request.id.as_str(),
                    request.unit_name.as_str(),
                    request.name.as_str(),
                ),
                (
                    request.course.first.as_deref(),
                    request.course.organization.as_str(),
                ),
            );
            let what = request.filing.kind.zh();
            self.tell_step(about, units, what, (state, number, &step))
                .await?;
        }
        let entry = AuditEntry::new(AuditAction::RequestDecided, object(&request.id));
        let mut entries = vec![entry.change(request.state.word(), state.word())];
        if state == RequestState::Effective {
            entries.extend(self.take_effect(request, &step).await?);
        }
        if matches!(state, RequestState::Returned | RequestState::Withdrawn) {
            entries.extend(self.release_outside(&request.id, &step).await?);
        }
        self.audit(&entries).await?;
        Ok(state)
    }

    /// Writes what was filed into the entry as it is now. Refused where somebody else changed one of the same fields meanwhile.
    pub(super) async fn take_effect(
        &self,
        request: &Request,
        step: &Step,
    ) -> Result<Vec<AuditEntry>> {
        let filing = &request.filing;
        let id = match &filing.target {
            Some(id) => id.clone(),
            None => self.next_account().await?,
        };
        let before = registered(&self.inner, &id).await?;
        if let (RequestKind::Suspend, Some(target)) = (filing.kind, &before) {
            refuse_unfit(filing, target)?;
            return self.begin_suspension(request, &id, step.at).await;
        }
        let after = self.entry_after(filing, &id, before.as_ref())?;
        if filing.kind.state_after().is_some() && before.is_some() {
            self.end_suspensions(&id).await?;
        }
        let note = ChangeNote {
            at: step.at,
            by: step.name.clone(),
            reason: format!("{}：{}", filing.kind.zh(), filing.reason),
        };
        self.write_target(before.as_ref(), after, &note).await?;
        let keep = "UPDATE registry_requests SET target = ? WHERE id = ?";
        let values = vec![sql::text(&id.0), sql::text(&request.id)];
        sql::run(&self.inner, keep, values).await?;
        let entry = AuditEntry::new(AuditAction::RegistryChanged, format!("registry/{id}"));
        Ok(vec![entry.change("", object(&request.id))])
    }

    /// The entry as it is, with the fields that the request changes.
    fn entry_after(
        &self,
        filing: &Filing,
        id: &TargetId,
        before: Option<&Target>,
    ) -> Result<Target> {
        const CHANGED: StoreError = StoreError::Refused(
            "名录中这一条要改的栏目在填报之后已有变化，请退回，由单位按现在的内容重新填报",
        );
        let unreadable = StoreError::Refused("填报内容读不懂，请退回后重新填报");
        let is_opening = filing.before.is_empty();
        let mut fields = match before {
            Some(_) if is_opening => return Err(CHANGED),
            None if !is_opening => return Err(CHANGED),
            Some(target) => target.fields(),
            None => filing.after.clone(),
        };
        if let Some(target) = before {
            refuse_unfit(filing, target)?;
        }
        for (field, old, new) in filing.changes() {
            let known = fields.get(field).map_or("", String::as_str);
            // The state may have followed the days of a closure; whether the request still fits it was asked above.
            if !is_opening && field != "state" && known != old {
                return Err(CHANGED);
            }
            fields.insert(field.to_owned(), new.to_owned());
        }
        fields.insert("id".to_owned(), id.0.clone());
        Target::of_fields(filing.noun, &fields).map_err(|_| unreadable)
    }

    /// Writes an entry and its history.
    pub(super) async fn write_target(
        &self,
        before: Option<&Target>,
        after: Target,
        note: &ChangeNote,
    ) -> Result<()> {
        let mut registry = Registry::default();
        let unit = "SELECT body FROM organizations WHERE id = ?";
        let row = sql::row(&self.inner, unit, vec![sql::text(after.organization())]).await?;
        let row = row.ok_or(StoreError::Refused("名录里已没有这个单位"))?;
        let unit: xuncha_core::registry::Organization =
            sql::parse("单位", &row.try_get_by_index::<String>(0)?)?;
        registry.organizations.insert(unit.id.clone(), unit);
        let body = |target: &Target| match target {
            Target::Site(site) => json(site),
            Target::Account(account) => json(account),
        };
        let id = after.id().clone();
        let change = RegistryChange {
            noun: noun_of(after.noun()),
            entry: id.0.clone(),
            kind: match before {
                Some(_) => ChangeKind::Changed,
                None => ChangeKind::Added,
            },
            before: before.map(body).transpose()?,
            after: Some(body(&after)?),
        };
        match after {
            Target::Site(site) => registry.sites.insert(id, site).map(|_| ()),
            Target::Account(account) => registry.accounts.insert(id, account).map(|_| ()),
        };
        let changes = [change];
        self.write_changes(&registry, &changes).await?;
        self.record_changes(&changes, note).await
    }

    /// Keeps the day from which a closing may be settled, as far as it is known.
    pub(super) async fn reckon_due(&self, id: &str, today: Date) -> Result<()> {
        let (request, _) = self.request_for_change(id).await?;
        let seen = sightings(&self.inner, id).await?;
        let due = request
            .watch()
            .filter(|watch| watch.kind == WatchKind::Closing)
            .and_then(|watch| watched(&watch, &seen, today).due);
        let due = due.map_or_else(String::new, |day| day.to_string());
        let keep = "UPDATE registry_requests SET due_on = ? WHERE id = ?";
        sql::run(&self.inner, keep, vec![sql::text(&due), sql::text(id)]).await?;
        Ok(())
    }

    /// The number after the highest one that was ever given: a number that is gone is not given again.
    pub(super) async fn next_account(&self) -> Result<TargetId> {
        let sql = "SELECT id FROM accounts WHERE id LIKE 'A______' UNION \
             SELECT entry FROM registry_changes WHERE noun = 'account' AND entry LIKE 'A______' ORDER BY 1 DESC";
        let found = sql::rows(&self.inner, sql, vec![]).await?;
        let mut highest = 0;
        for row in &found {
            let id: String = row.try_get_by_index(0)?;
            let number = id.strip_prefix('A').and_then(|digits| digits.parse().ok());
            highest = highest.max(number.unwrap_or(0_u32));
        }
        Ok(TargetId(format!("A{:06}", highest + 1)))
    }
}
