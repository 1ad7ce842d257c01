//! Accounts: platform pages, feeds, app store.

pub mod plan;

use jiff::civil::DateTime;

use crate::model::Province;
use crate::response::Response;
use plan::AccountPlan;

/// Draws the accounts of a province whose regions, units and sites stand.
#[must_use]
pub fn plan_accounts(_base: &Province) -> Vec<AccountPlan> {
    Vec::new()
}

/// Answers for the hosts of the platforms; `None` when the host is not one of them.
#[must_use]
pub fn respond(_accounts: &[AccountPlan], _host: &str, _path: &str, _now: DateTime, _asked: u32) -> Option<Response> {
    None
}

/// The truth about one account.
#[must_use]
pub fn truth(_account: &AccountPlan) -> serde_json::Value {
    serde_json::Value::Null
}
