//! 通报的其他信息: what staff typed for a round's notice, and what rectification and the registry know of the lists that nobody typed.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use xuncha_core::notice::extras::{NoticeExtras, Recorded};
use xuncha_core::notice::inputs::{Case, Closure};
use xuncha_core::rectify::{FactKind, Rectification, RectifyState};
use xuncha_core::registry::filing::RequestKind;
use xuncha_core::registry::request::{RequestState, StepKind};

use xuncha_core::registry::{EntryKind, Registry, TargetId};
use xuncha_core::results::Results;
use xuncha_core::score::Outcome;

use crate::audit::{AuditAction, AuditEntry};
use crate::registry_request::RequestFilter;
use crate::sql;
use crate::{Page, Result, Store};

impl Store {
    /// What was typed for a round's notice; empty where nothing was.
    pub async fn notice_extras(&self, round: &str) -> Result<NoticeExtras> {
        let sql = "SELECT body FROM notice_extras WHERE round = ?";
        match sql::row(self.read(), sql, vec![sql::text(round)]).await? {
            Some(row) => sql::parse("通报的其他信息", &row.try_get_by::<String, _>("body")?),
            None => Ok(NoticeExtras::default()),
        }
    }

    /// Keeps what was typed, also for a closed round: number and date come last. Refused where the notice is published.
    pub async fn put_notice_extras(
        &self,
        round: &str,
        extras: &NoticeExtras,
        by: &str,
        at: DateTime,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.refuse_published_notice(round).await?;
        let sql = "DELETE FROM notice_extras WHERE round = ? RETURNING body";
        let before = sql::row(&transaction.inner, sql, vec![sql::text(round)]).await?;
        let before = match before {
            Some(row) => sql::parse("通报的其他信息", &row.try_get_by::<String, _>("body")?)?,
            None => NoticeExtras::default(),
        };
        let row = vec![
            sql::text(round),
            sql::body("通报的其他信息", extras)?,
            sql::text(by),
            sql::text(&sql::word(&at)?),
        ];
        let columns = ["round", "body", "person", "changed_at"];
        sql::insert(&transaction.inner, "notice_extras", &columns, vec![row], "").await?;
        if before != *extras {
            let object = format!("round/{round}/notice");
            let entry = AuditEntry::new(AuditAction::NoticeExtrasChanged, object);
            let change = entry.change(summary(&before), summary(extras));
            transaction.audit(&[change]).await?;
        }
        transaction.commit().await
    }

    /// What rectification and the registry know for the notice of a round as of a day: sites that failed in the round before and whether
    /// they put everything right, every problem of both rounds, and sites that were closed or merged since.
    pub async fn notice_recorded(
        &self,
        results: &Results,
        registry: &Registry,
        today: Date,
    ) -> Result<Recorded> {
        let own = &results.round.id;
        let before = results.previous.last();
        let mut rows = Vec::new();
        let mut sites: BTreeMap<TargetId, Vec<Case>> = BTreeMap::new();
        if let Some(before) = before {
            for case in self.rectifications(Some(&before.id)).await? {
                let Some(row) = case_row(&case, &before.id, registry, today) else {
                    continue;
                };
                let target = &case.problem.target;
                let has_failed = before.outcomes.get(target) == Some(&Outcome::Unqualified);
                if has_failed && registry.sites.contains_key(target) {
                    sites.entry(target.clone()).or_default().push(row.clone());
                }
                rows.push(row);
            }
        }
        let mine = self.rectifications(Some(own)).await?;
        rows.extend(
            mine.iter()
                .filter_map(|case| case_row(case, own, registry, today)),
        );
        Ok(Recorded {
            cases: sites.into_values().filter_map(site_case).collect(),
            case_rows: rows,
            closures: self.closures(results, today).await?,
        })
    }

    /// Sites whose closing or merging was filed or done since the monitoring point of the round before.
    async fn closures(&self, results: &Results, today: Date) -> Result<Vec<Closure>> {
        let own = results.round.as_of.date();
        let before = results.previous.last().map(|before| before.id.as_str());
        let stored = self.rounds(Page::ALL).await?.rows;
        let since = stored
            .iter()
            .find(|row| Some(row.round.id.as_str()) == before);
        // Rounds are quarters where nothing else is known: an imported one has no monitoring point.
        let quarter = own.checked_sub(3.months()).unwrap_or(own);
        let since = since.map_or(quarter, |row| row.round.as_of.date());
        let mut all = Vec::new();
        for kind in [RequestKind::Close, RequestKind::Merge] {
            let filter = RequestFilter {
                kind: Some(kind),
                ..RequestFilter::default()
            };
            for request in self.requests(&filter, Page::ALL).await?.rows {
                let is_done = request.state == RequestState::Effective;
                let is_wanted = request.filing.noun == EntryKind::Site
                    && request.filed_at.date() <= today
                    && (is_done || request.state.is_open());
                if !is_wanted {
                    continue;
                }
                let done_on = match is_done {
                    true => self.completed_on(&request.id).await?,
                    false => None,
                };
                if done_on.is_some_and(|day| day < since) {
                    continue;
                }
                all.push(Closure {
                    subject: request.name,
                    reason: request.filing.reason,
                    done: is_done,
                    done_on: done_on.map_or_else(String::new, |day| day.to_string()),
                });
            }
        }
        all.sort_by(|a, b| (&a.subject, &a.done_on).cmp(&(&b.subject, &b.done_on)));
        Ok(all)
    }

    async fn completed_on(&self, request: &str) -> Result<Option<Date>> {
        let steps = self.request_steps(request).await?;
        let done = steps
            .iter()
            .rev()
            .find(|step| step.kind == StepKind::Completed);
        Ok(done.or(steps.last()).map(|step| step.at.date()))
    }
}

/// What the log says of it: number, date and what else was given, without the words themselves.
fn summary(extras: &NoticeExtras) -> String {
    let date = extras
        .date
        .map_or_else(String::new, |date| date.to_string());
    let given: Vec<&str> = extras
        .names
        .keys()
        .chain(extras.lists.keys())
        .map(String::as_str)
        .collect();
    let all = [extras.number.clone(), date, given.join(" ")];
    let said: Vec<String> = all.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" · ")
}

/// A problem that a round found, as it stands today; `None` where the round did not find it, or where it was taken back.
fn case_row(case: &Rectification, round: &str, registry: &Registry, today: Date) -> Option<Case> {
    let is_of = |kind: &FactKind| matches!(kind, FactKind::Found { round: own } if own == round);
    if !case.facts.iter().any(|fact| is_of(&fact.kind)) {
        return None;
    }
    let progress = case.progress(today);
    if progress.state == RectifyState::Withdrawn {
        return None;
    }
    let target = &case.problem.target;
    let site = registry.sites.get(target).map(|site| &site.name);
    let name = site.or(registry.accounts.get(target).map(|account| &account.name));
    let closed = progress.state == RectifyState::Closed;
    Some(Case {
        round: round.to_owned(),
        target: target.to_string(),
        subject: name.map_or_else(|| target.to_string(), Clone::clone),
        problem: case.detail.clone(),
        closed,
        closed_on: match progress.since.filter(|_| closed) {
            Some(day) => day.to_string(),
            None => String::new(),
        },
    })
}

/// A site with all its problems: it has put things right when none is left.
fn site_case(rows: Vec<Case>) -> Option<Case> {
    let closed = rows.iter().all(|row| row.closed);
    let last = rows.iter().map(|row| row.closed_on.clone()).max();
    let problems: Vec<String> = rows.iter().map(|row| row.problem.clone()).collect();
    let first = rows.into_iter().next()?;
    Some(Case {
        problem: problems.join("；"),
        closed,
        closed_on: last.filter(|_| closed).unwrap_or_default(),
        ..first
    })
}
