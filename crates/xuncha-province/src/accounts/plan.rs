//! The plan of accounts.

/// 政务新媒体: one account of the plan.
#[derive(Debug, Clone)]
pub struct AccountPlan {}
