//! The truth about an account.

use serde_json::{Map, Value, json};

use super::plan::{AccountPlan, Download, Duplicate, Platform};

/// What the truth file says of one account; one that is not running has no checks.
#[must_use]
pub fn truth(account: &AccountPlan) -> Value {
    let host = account.page_url.split('/').nth(2).unwrap_or_default();
    json!({
        "target": account.id, "kind": "account", "family": account.platform.word(), "host": host,
        "home": account.page_url, "checks": checks(account), "manual": manual(account), "pages": 1,
    })
}

fn checks(account: &AccountPlan) -> Map<String, Value> {
    let mut checks = Map::new();
    if !account.is_running() {
        return checks;
    }
    checks.insert("stale_account".into(), stale(account));
    checks.insert("no_account_interaction".into(), mute(account));
    checks.insert("app_unavailable".into(), dead(account));
    checks.insert("duplicate_account".into(), doubled(account));
    checks
}

fn stale(account: &AccountPlan) -> Value {
    let posting = account.posting;
    if !account.platform.publishes() {
        return not_applicable();
    }
    check(
        "account",
        posting.word(),
        posting.is_stale(),
        posting.is_near(),
        "",
    )
}

fn mute(account: &AccountPlan) -> Value {
    let interaction = account.interaction;
    if account.platform == Platform::App {
        return not_applicable();
    }
    check(
        "account",
        interaction.word(),
        interaction.is_mute(),
        interaction.is_near(),
        "",
    )
}

fn dead(account: &AccountPlan) -> Value {
    let download: Download = account.download;
    if account.platform != Platform::App {
        return not_applicable();
    }
    check(
        "app",
        download.word(),
        download.is_dead(),
        download.is_near(),
        "",
    )
}

fn doubled(account: &AccountPlan) -> Value {
    let (kind, other, planted) = match &account.duplicate {
        Duplicate::Single => ("single", "", false),
        Duplicate::Doubled(other) => ("two_on_one_platform", other.as_str(), true),
        Duplicate::OtherCancelled(other) => ("other_account_cancelled", other.as_str(), false),
        Duplicate::SameNameElsewhere(other) => ("same_name_of_another_unit", other.as_str(), false),
        Duplicate::SameNameOtherPlatform(other) => {
            ("same_name_on_another_platform", other.as_str(), false)
        }
    };
    check(
        "account",
        kind,
        planted,
        !planted && kind != "single",
        other,
    )
}

fn check(key: &str, kind: &str, planted: bool, near: bool, note: &str) -> Value {
    let entry = json!({"key": key, "kind": kind, "found_on": [], "note": note});
    json!({
        "outcome": if planted { "fail" } else { "pass" },
        "items": if planted { vec![entry.clone()] } else { Vec::new() },
        "near_misses": if near { vec![entry] } else { Vec::new() },
    })
}

fn not_applicable() -> Value {
    json!({"outcome": "not_applicable", "items": [], "near_misses": []})
}

fn manual(account: &AccountPlan) -> Map<String, Value> {
    let mut manual = Map::new();
    for question in ["account_serious_problem", "account_conduct"] {
        let found = account.manual.iter().find(|m| m.0 == question);
        let (fails, note) = found.map_or((0, ""), |m| (m.1, m.2));
        manual.insert(question.into(), json!({"fails": fails, "note": note}));
    }
    manual
}
