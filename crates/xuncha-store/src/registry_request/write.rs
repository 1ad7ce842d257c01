//! The writes of a request: its row, its steps, and the entry where it takes effect.

use xuncha_core::registry::request::{RequestState, Step};
use xuncha_core::registry::{EntryKind, Registry, Target, TargetId};

use super::{NewRequest, Request, missing, object, read_request, registered, steps};
use crate::audit::{AuditAction, AuditEntry};
use crate::registry::{ChangeKind, ChangeNote, EntryNoun, RegistryChange, json};
use crate::sql;
use crate::{Result, StoreError, Transaction};

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
            "request", "number", "kind", "level", "at", "person", "name", "note",
        ];
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
        let entry = AuditEntry::new(AuditAction::RequestDecided, object(&request.id));
        let mut entries = vec![entry.change(request.state.word(), state.word())];
        if state == RequestState::Effective {
            entries.push(self.take_effect(request, &step).await?);
        }
        self.audit(&entries).await?;
        Ok(state)
    }

    /// Writes the entry as it was filed, where it still is as it was when it was filed.
    pub(super) async fn take_effect(&self, request: &Request, step: &Step) -> Result<AuditEntry> {
        let filing = &request.filing;
        let mut fields = filing.after.clone();
        let id = match &filing.target {
            Some(id) => id.clone(),
            None => self.next_account().await?,
        };
        fields.insert("id".to_owned(), id.0.clone());
        let unreadable = StoreError::Refused("填报内容读不懂，请退回后重新填报");
        let after = Target::of_fields(filing.noun, &fields).map_err(|_| unreadable)?;
        let before = registered(&self.inner, &id).await?;
        let known = before.as_ref().map(Target::fields).unwrap_or_default();
        if known != filing.before {
            return Err(StoreError::Refused(
                "名录中这一条在填报之后已有变化，请退回，由单位按现在的内容重新填报",
            ));
        }
        let mut registry = Registry::default();
        let unit = "SELECT body FROM organizations WHERE id = ?";
        let row = sql::row(&self.inner, unit, vec![sql::text(&filing.organization)]).await?;
        let row = row.ok_or(StoreError::Refused("名录里已没有这个单位"))?;
        let unit: xuncha_core::registry::Organization =
            sql::parse("单位", &row.try_get_by_index::<String>(0)?)?;
        registry.organizations.insert(unit.id.clone(), unit);
        let kind = match before {
            Some(_) => ChangeKind::Changed,
            None => ChangeKind::Added,
        };
        let body = |target: &Target| match target {
            Target::Site(site) => json(site),
            Target::Account(account) => json(account),
        };
        let change = RegistryChange {
            noun: noun_of(filing.noun),
            entry: id.0.clone(),
            kind,
            before: before.as_ref().map(body).transpose()?,
            after: Some(body(&after)?),
        };
        match after {
            Target::Site(site) => registry.sites.insert(id.clone(), site).map(|_| ()),
            Target::Account(account) => registry.accounts.insert(id.clone(), account).map(|_| ()),
        };
        let changes = [change];
        self.write_changes(&registry, &changes).await?;
        let note = ChangeNote {
            at: step.at,
            by: step.name.clone(),
            reason: format!("{}：{}", filing.kind.zh(), filing.reason),
        };
        self.record_changes(&changes, &note).await?;
        let keep = "UPDATE registry_requests SET target = ? WHERE id = ?";
        let values = vec![sql::text(&id.0), sql::text(&request.id)];
        sql::run(&self.inner, keep, values).await?;
        let entry = AuditEntry::new(AuditAction::RegistryChanged, format!("registry/{id}"));
        Ok(entry.change("", object(&request.id)))
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
