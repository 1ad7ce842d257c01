//! 谁来审核: who else could decide a request, and what waits for one person.

use jiff::civil::Date;
use xuncha_core::registry::request::{Others, Reviewer};

use super::Request;
use crate::person::person_number;
use crate::sql::{self, Where};
use crate::{Result, Store};

/// 待办人. Whose turn is asked for, on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Id of the person.
    pub person: String,
    /// Unit, of people of a unit.
    pub unit: Option<String>,
    /// Of the province's office.
    pub is_office: bool,
    /// The day.
    pub today: Date,
}

const OFFICE_ROLES: &str = "('administrator', 'supervisor')";

pub(super) async fn others(
    connection: &impl sea_orm::ConnectionTrait,
    request: &Request,
    reviewer: &Reviewer<'_>,
) -> Result<Others> {
    let number = |id: &str| person_number(id).unwrap_or(0);
    let filer = number(&request.course.filed_by);
    let first = request.course.first.as_deref().unwrap_or_default();
    let above = "SELECT COUNT(*) FROM persons WHERE role = 'operator' AND is_locked = 0 AND organization = ? AND number <> ?";
    let values = vec![sql::text(first), filer.into()];
    let above = sql::count(connection, above, values).await? > 0;
    let office = format!(
        "SELECT COUNT(*) FROM persons WHERE role IN {OFFICE_ROLES} AND is_locked = 0 AND number <> ? AND number <> ?"
    );
    let values = vec![filer.into(), number(reviewer.person).into()];
    let office = sql::count(connection, &office, values).await? > 0;
    Ok(Others { above, office })
}

/// The same rules as [`xuncha_core::registry::request::may_review`] and `may_complete`, over many requests at once.
pub(super) fn awaits(condition: Where, awaited: &Awaited) -> Where {
    let person = sql::text(&awaited.person);
    if !awaited.is_office {
        let unit = sql::text(awaited.unit.as_deref().unwrap_or_default());
        let clause = "state = 'waiting_first' AND first_unit = ? AND first_unit <> '' AND organization <> ? AND filed_by <> ?";
        return condition.and(clause, [unit.clone(), unit, person]);
    }
    let clause = format!(
        "state IN ('waiting_first', 'waiting_province', 'notice') AND filed_by <> ? AND (\
         (state = 'waiting_province' AND (\
           NOT EXISTS (SELECT 1 FROM registry_request_steps s WHERE s.request = registry_requests.id AND s.kind = 'approved' AND s.person = ?) \
           OR NOT EXISTS (SELECT 1 FROM persons p WHERE p.role IN {OFFICE_ROLES} AND p.is_locked = 0 \
             AND 'P' || p.number <> ? AND 'P' || p.number <> registry_requests.filed_by))) \
         OR (state = 'waiting_first' AND NOT EXISTS (SELECT 1 FROM persons p WHERE p.role = 'operator' AND p.is_locked = 0 \
           AND p.organization = registry_requests.first_unit AND 'P' || p.number <> registry_requests.filed_by)) \
         OR (state = 'notice' AND due_on <> '' AND due_on <= ?))"
    );
    let today = sql::text(&awaited.today.to_string());
    condition.and(&clause, [person.clone(), person.clone(), person, today])
}

impl Store {
    /// Who else could decide a request.
    pub async fn other_reviewers(
        &self,
        request: &Request,
        reviewer: &Reviewer<'_>,
    ) -> Result<Others> {
        others(self.read(), request, reviewer).await
    }

    /// How many requests wait for somebody.
    pub async fn awaiting_count(&self, awaited: &Awaited) -> Result<u64> {
        let condition = awaits(Where::default(), awaited);
        let sql = format!("SELECT COUNT(*) FROM registry_requests{}", condition.sql());
        sql::count(self.read(), &sql, condition.values()).await
    }
}
