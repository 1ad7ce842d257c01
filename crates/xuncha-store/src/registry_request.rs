//! 填报与审核: what units file about their own entries, every step of its way, and the change of the registry in the transaction of the
//! step that makes it valid.

use jiff::civil::{Date, DateTime};
use sea_orm::QueryResult;
use xuncha_core::registry::filing::{Filing, RequestKind};
use xuncha_core::registry::request::{
    Course, RequestState, ReviewLevel, Reviewer, Step, StepKind, days_after, may_complete,
    may_review,
};
use xuncha_core::registry::watch::{Sighting, Watch, WatchKind, watched};
use xuncha_core::registry::{EntryKind, Target, TargetId};

use crate::audit::{AuditAction, AuditEntry};
use crate::page::{Listing, Page};
use crate::registry::read_target;
use crate::sql::{self, Where};
use crate::{Result, Store, StoreError};

mod others;
mod suspension;
mod tell;
mod write;

pub use others::Awaited;
pub use suspension::Suspension;
pub use tell::TermEnd;

/// 新填报. What is filed, with what lists of it show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Its id; nobody guesses it.
    pub id: String,
    /// What is filed.
    pub filing: Filing,
    /// Who decides it.
    pub course: Course,
    /// Name of the unit.
    pub unit_name: String,
    /// Division code of the unit.
    pub region: String,
    /// Name of who files.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// Host of the candidate outside the registry that is adopted with it.
    pub outside: Option<String>,
}

/// 填报. With its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: String,
    /// What is filed.
    pub filing: Filing,
    /// Who decides it.
    pub course: Course,
    /// Name of the entry.
    pub name: String,
    /// Name of the unit.
    pub unit_name: String,
    /// When it was filed.
    pub filed_at: DateTime,
    /// State.
    pub state: RequestState,
    /// The day from which it is approved by everybody.
    pub approved_on: Option<Date>,
    /// The day on which the unit says that it put the notice up.
    pub posted_on: Option<Date>,
}

impl Request {
    /// What the machine has to watch of it; `None` where there is nothing, or not yet.
    pub fn watch(&self) -> Option<Watch> {
        let mut since = self.approved_on?;
        let kind = match (self.filing.kind, self.filing.noun, self.state) {
            (
                RequestKind::Close | RequestKind::Merge,
                EntryKind::Site,
                RequestState::Notice | RequestState::Effective,
            ) => WatchKind::Closing,
            (RequestKind::MoveDomain, EntryKind::Site, RequestState::Effective) => {
                WatchKind::Domain
            }
            (RequestKind::Suspend, EntryKind::Site, RequestState::Effective) => {
                since = days_after(self.filing.until?, 1);
                WatchKind::Return
            }
            _ => return None,
        };
        Some(Watch {
            kind,
            since,
            posted: self.posted_on,
        })
    }
}

/// 填报筛选. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// State.
    pub state: Option<RequestState>,
    /// What still waits for somebody.
    pub is_open: bool,
    /// What was asked.
    pub kind: Option<RequestKind>,
    /// Entry.
    pub target: Option<TargetId>,
    /// What this unit filed or has to decide first; an empty one has none.
    pub concerns: Option<String>,
    /// What this unit has to decide first.
    pub first_unit: Option<String>,
    /// Those that wait for somebody.
    pub awaits: Option<Awaited>,
    /// Those with a notice or a return to watch.
    pub is_watched: bool,
    /// Words that name, number, unit or address contain.
    pub words: Option<String>,
}

/// 审核决定.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Approves; returns otherwise.
    pub is_approved: bool,
    /// Opinion, or the reason of a return.
    pub note: String,
    /// Name of who decides.
    pub name: String,
    /// When.
    pub at: DateTime,
}

const WAITING: &str = "('waiting_first', 'waiting_province', 'notice')";
const WATCHED: &str = "((kind IN ('close', 'merge') AND noun = 'site' AND state IN ('notice', 'effective')) OR (kind = 'move_domain' AND state = 'effective') OR (kind = 'suspend' AND noun = 'site' AND state = 'effective'))";

fn object(id: &str) -> String {
    format!("request/{id}")
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing {
        noun: "填报",
        id: id.to_owned(),
    }
}

impl Store {
    /// Files a request, with its first step. Refused while another one about the same entry waits.
    pub async fn file_request(&self, new: &NewRequest) -> Result<()> {
        let transaction = self.begin().await?;
        let target = new.filing.target.as_ref().map_or("", |id| id.0.as_str());
        if !target.is_empty() {
            let twin = format!(
                "SELECT COUNT(*) FROM registry_requests WHERE target = ? AND state IN {WAITING}"
            );
            if sql::count(&transaction.inner, &twin, vec![sql::text(target)]).await? > 0 {
                return Err(StoreError::Refused(
                    "这个网站或账号已有一件申请在办，请先办完或撤回",
                ));
            }
        }
        let step = Step {
            kind: StepKind::Filed,
            level: None,
            at: new.at,
            person: new.course.filed_by.clone(),
            name: new.by.clone(),
            note: new.filing.reason.clone(),
            stead: None,
        };
        let state = new.course.state(std::slice::from_ref(&step));
        transaction.insert_request(new, target, state).await?;
        transaction.add_step(&new.id, 1, &step).await?;
        let about = (new.id.as_str(), new.unit_name.as_str(), new.filing.name());
        let units = (
            new.course.first.as_deref(),
            new.course.organization.as_str(),
        );
        let what = new.filing.kind.zh();
        transaction
            .tell_step(about, units, what, (state, 1, &step))
            .await?;
        let entry = AuditEntry::new(AuditAction::RequestFiled, object(&new.id));
        let what = format!(
            "{} {target} {}",
            new.filing.kind.word(),
            new.filing.organization
        );
        let mut entries = vec![entry.change("", what)];
        if let Some(host) = &new.outside {
            entries.push(transaction.adopt_outside(host, &new.id, &step).await?);
        }
        transaction.audit(&entries).await?;
        transaction.commit().await
    }

    /// A request by its id.
    pub async fn request(&self, id: &str) -> Result<Request> {
        let sql = "SELECT * FROM registry_requests WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        read_request(&row.ok_or_else(|| missing(id))?)
    }

    /// The unit that filed a request and the one that decides it first; `None` where there is none of that id.
    pub async fn units_of_request(&self, id: &str) -> Result<Option<(String, Option<String>)>> {
        let sql = "SELECT organization, first_unit FROM registry_requests WHERE id = ?";
        let row = sql::row(self.read(), sql, vec![sql::text(id)]).await?;
        row.map(|row| {
            let first: String = row.try_get_by("first_unit")?;
            Ok((
                row.try_get_by("organization")?,
                Some(first).filter(|unit| !unit.is_empty()),
            ))
        })
        .transpose()
    }

    /// Steps of a request, the first one first.
    pub async fn request_steps(&self, id: &str) -> Result<Vec<Step>> {
        steps(self.read(), id).await
    }

    /// Requests, the newest first.
    pub async fn requests(&self, filter: &RequestFilter, page: Page) -> Result<Listing<Request>> {
        let condition = conditions(filter);
        let sql = format!(
            "SELECT * FROM registry_requests{} ORDER BY filed_at DESC, id LIMIT ? OFFSET ?",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values_paged(page)).await?;
        let total = format!("SELECT COUNT(*) FROM registry_requests{}", condition.sql());
        Ok(Listing {
            rows: found.iter().map(read_request).collect::<Result<_>>()?,
            total: sql::count(self.read(), &total, condition.values()).await?,
        })
    }

    /// How many requests stand in which state, of those that match.
    pub async fn request_counts(&self, filter: &RequestFilter) -> Result<Vec<(RequestState, u64)>> {
        let condition = conditions(filter);
        let sql = format!(
            "SELECT state, COUNT(*) AS count FROM registry_requests{} GROUP BY state ORDER BY state",
            condition.sql()
        );
        let found = sql::rows(self.read(), &sql, condition.values()).await?;
        found
            .iter()
            .map(|row| {
                let count: i64 = row.try_get_by("count")?;
                let state = sql::from_word("填报状态", row.try_get_by("state")?)?;
                Ok((state, count.max(0) as u64))
            })
            .collect()
    }

    /// Temporary closures of an entry that were approved, for the rule of once a year.
    pub async fn suspensions(&self, target: &TargetId) -> Result<Vec<(Date, Date)>> {
        let sql = "SELECT body FROM registry_requests WHERE target = ? AND kind = 'suspend' AND state = 'effective' ORDER BY filed_at";
        let found = sql::rows(self.read(), sql, vec![sql::text(&target.0)]).await?;
        let mut all = Vec::new();
        for row in &found {
            let body: String = row.try_get_by("body")?;
            let filing: Filing = sql::parse("填报", &body)?;
            all.extend(filing.from.zip(filing.until));
        }
        Ok(all)
    }

    /// Approves or returns what waits. The step that completes the approval changes the registry with it, unless a notice has to hang
    /// first. Refused where it is not the reviewer's turn, and where the entry is not any more as it was filed.
    pub async fn review_request(
        &self,
        id: &str,
        reviewer: &Reviewer<'_>,
        verdict: &Verdict,
    ) -> Result<RequestState> {
        let transaction = self.begin().await?;
        let (request, steps) = transaction.request_for_change(id).await?;
        let others = others::others(&transaction.inner, &request, reviewer).await?;
        let (level, stead) = may_review(&request.course, request.state, &steps, reviewer, others)
            .map_err(|refusal| StoreError::Refused(refusal.zh()))?;
        if !verdict.is_approved && verdict.note.trim().is_empty() {
            return Err(StoreError::Refused("退回须写明原因"));
        }
        let step = Step {
            kind: match verdict.is_approved {
                true => StepKind::Approved,
                false => StepKind::Returned,
            },
            level: Some(level),
            at: verdict.at,
            person: reviewer.person.to_owned(),
            name: verdict.name.clone(),
            note: verdict.note.trim().to_owned(),
            stead,
        };
        let state = transaction.go_on(&request, steps, step).await?;
        transaction.commit().await?;
        Ok(state)
    }

    /// Takes a request back before it takes effect, be it while its notice hangs; by the unit that filed it, or by who filed it.
    pub async fn withdraw_request(&self, id: &str, by: (&str, &str), at: DateTime) -> Result<()> {
        let transaction = self.begin().await?;
        let (request, steps) = transaction.request_for_change(id).await?;
        if !matches!(
            request.state,
            RequestState::WaitingFirst | RequestState::WaitingProvince | RequestState::Notice
        ) {
            return Err(StoreError::Refused("已经办理的申请不能撤回"));
        }
        let step = step_of(StepKind::Withdrawn, by, at, "");
        transaction.go_on(&request, steps, step).await?;
        transaction.commit().await
    }

    /// Keeps the day on which a unit says that it put its notice up.
    pub async fn post_notice(
        &self,
        id: &str,
        by: (&str, &str),
        on: Date,
        at: DateTime,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let (request, steps) = transaction.request_for_change(id).await?;
        if request.state != RequestState::Notice {
            return Err(StoreError::Refused("这件申请现在不需要公告"));
        }
        if on > at.date() {
            return Err(StoreError::Refused("挂出日期不能晚于今天"));
        }
        if request.approved_on.is_some_and(|approved| on < approved) {
            return Err(StoreError::Refused(
                "挂出日期早于批准日期：批准以前挂的公告不算，请填报批准之后仍挂着的日期",
            ));
        }
        let step = step_of(StepKind::Posted, by, at, &on.to_string());
        let keep = "UPDATE registry_requests SET posted_on = ? WHERE id = ?";
        let values = vec![sql::text(&on.to_string()), sql::text(id)];
        sql::run(&transaction.inner, keep, values).await?;
        transaction.go_on(&request, steps, step).await?;
        transaction.reckon_due(id, at.date()).await?;
        transaction.commit().await
    }

    /// Settles a closing whose notice hung long enough: the registry changes with it.
    pub async fn complete_request(
        &self,
        id: &str,
        reviewer: &Reviewer<'_>,
        verdict: &Verdict,
    ) -> Result<()> {
        let transaction = self.begin().await?;
        let (request, steps) = transaction.request_for_change(id).await?;
        let seen = sightings(&transaction.inner, id).await?;
        let today = verdict.at.date();
        let start = request
            .watch()
            .and_then(|watch| watched(&watch, &seen, today).start);
        may_complete(&request.course, request.state, reviewer, start, today)
            .map_err(|refusal| StoreError::Refused(refusal.zh()))?;
        let by = (reviewer.person, verdict.name.as_str());
        let mut step = step_of(StepKind::Completed, by, verdict.at, verdict.note.trim());
        step.level = Some(ReviewLevel::Province);
        transaction.go_on(&request, steps, step).await?;
        transaction.commit().await
    }

    /// What was seen of the notice of a request, in the order of time.
    pub async fn sightings(&self, id: &str) -> Result<Vec<Sighting>> {
        sightings(self.read(), id).await
    }

    /// Keeps looks at the notice of a request; one that is known already is left alone. Answers with how many were new.
    pub async fn put_sightings(&self, id: &str, seen: &[Sighting]) -> Result<u64> {
        let transaction = self.begin().await?;
        let mut all = Vec::with_capacity(seen.len());
        for look in seen {
            all.push(vec![
                sql::text(id),
                sql::text(&sql::word(&look.at)?),
                sql::text(&sql::word(&look.seen)?),
                sql::body("公告查看记录", look)?,
            ]);
        }
        let columns = ["request", "at", "seen", "body"];
        let tail = "ON CONFLICT DO NOTHING";
        let count = sql::insert(
            &transaction.inner,
            "registry_sightings",
            &columns,
            all,
            tail,
        )
        .await?;
        if count > 0 {
            let entry = AuditEntry::new(AuditAction::NoticeLookedAt, object(id));
            let entry = entry.change("", format!("{count} looks"));
            transaction.audit(&[entry]).await?;
        }
        if let Some(last) = seen.iter().map(|look| look.at.date()).max() {
            transaction.reckon_due(id, last).await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// A registered site or account; `None` where there is none of this number.
    pub async fn registered(&self, id: &TargetId) -> Result<Option<Target>> {
        registered(self.read(), id).await
    }
}

fn step_of(kind: StepKind, by: (&str, &str), at: DateTime, note: &str) -> Step {
    Step {
        kind,
        level: None,
        at,
        person: by.0.to_owned(),
        name: by.1.to_owned(),
        note: note.to_owned(),
        stead: None,
    }
}

fn conditions(filter: &RequestFilter) -> Where {
    let target = filter.target.as_ref().map(|target| target.0.as_str());
    let mut condition = Where::default()
        .and_some("state = ?", filter.state.map(RequestState::word))
        .and_some("kind = ?", filter.kind.map(RequestKind::word))
        .and_is("target = ?", target)
        .and_is("first_unit = ?", filter.first_unit.as_deref())
        .and_words("search", filter.words.as_deref());
    if let Some(unit) = &filter.concerns {
        // Nobody's unit is empty; requests without a first reviewer have an empty one.
        let clause = "(organization = ? OR (first_unit = ? AND first_unit <> ''))";
        condition = condition.and(clause, [sql::text(unit), sql::text(unit)]);
    }
    if filter.is_open {
        condition = condition.and(&format!("state IN {WAITING}"), []);
    }
    if let Some(awaited) = &filter.awaits {
        condition = others::awaits(condition, awaited);
    }
    if filter.is_watched {
        condition = condition.and(WATCHED, []);
    }
    condition
}

async fn steps(connection: &impl sea_orm::ConnectionTrait, id: &str) -> Result<Vec<Step>> {
    let sql = "SELECT * FROM registry_request_steps WHERE request = ? ORDER BY number";
    let found = sql::rows(connection, sql, vec![sql::text(id)]).await?;
    found
        .iter()
        .map(|row| {
            let level: String = row.try_get_by("level")?;
            let level = Some(level).filter(|word| !word.is_empty());
            Ok(Step {
                kind: sql::from_word("办理步骤", row.try_get_by("kind")?)?,
                level: level
                    .map(|word| sql::from_word("审核层级", word))
                    .transpose()?,
                at: sql::from_word("办理时间", row.try_get_by("at")?)?,
                person: row.try_get_by("person")?,
                name: row.try_get_by("name")?,
                note: row.try_get_by("note")?,
                stead: Some(row.try_get_by::<String, _>("stead")?)
                    .filter(|word| !word.is_empty())
                    .map(|word| sql::from_word("代为办理", word))
                    .transpose()?,
            })
        })
        .collect()
}

async fn sightings(connection: &impl sea_orm::ConnectionTrait, id: &str) -> Result<Vec<Sighting>> {
    let sql = "SELECT body FROM registry_sightings WHERE request = ? ORDER BY at";
    let found = sql::rows(connection, sql, vec![sql::text(id)]).await?;
    found
        .iter()
        .map(|row| sql::parse("公告查看记录", &row.try_get_by_index::<String>(0)?))
        .collect()
}

async fn registered(
    connection: &impl sea_orm::ConnectionTrait,
    id: &TargetId,
) -> Result<Option<Target>> {
    let sql = "SELECT 0 AS part, body FROM sites WHERE id = ? UNION ALL SELECT 1, body FROM accounts WHERE id = ?";
    let id = sql::text(&id.0);
    let row = sql::row(connection, sql, vec![id.clone(), id]).await?;
    row.as_ref().map(read_target).transpose()
}

fn read_request(row: &QueryResult) -> Result<Request> {
    let text = |column: &str| -> Result<String> { Ok(row.try_get_by(column)?) };
    let day = |column: &str| -> Result<Option<Date>> {
        let word = text(column)?;
        let word = Some(word).filter(|word| !word.is_empty());
        word.map(|word| sql::from_word("日期", word)).transpose()
    };
    let filing: Filing = sql::parse("填报", &text("body")?)?;
    let first = text("first_unit")?;
    Ok(Request {
        id: text("id")?,
        course: Course {
            kind: filing.kind,
            noun: filing.noun,
            organization: text("organization")?,
            first: Some(first).filter(|unit| !unit.is_empty()),
            filed_by: text("filed_by")?,
        },
        filing,
        name: text("name")?,
        unit_name: text("unit_name")?,
        filed_at: sql::from_word("填报时间", text("filed_at")?)?,
        state: sql::from_word("填报状态", text("state")?)?,
        approved_on: day("approved_on")?,
        posted_on: day("posted_on")?,
    })
}
