//! The truth about an account.

use serde_json::{Map, Value, json};

use super::details::Names;
use super::plan::{AccountPlan, Certified, Download, Duplicate, Filing, Growth, Platform};

/// What the truth file says of one account; one that is not running has no checks.
#[must_use]
pub fn truth(account: &AccountPlan, names: &Names) -> Value {
    let host = account.page_url.split('/').nth(2).unwrap_or_default();
    json!({
        "target": account.id, "kind": "account", "family": account.platform.word(), "host": host,
        "home": account.page_url, "checks": checks(account, names), "manual": manual(account), "pages": 1,
    })
}

fn checks(account: &AccountPlan, names: &Names) -> Map<String, Value> {
    let mut checks = Map::new();
    if !account.is_running() {
        return checks;
    }
    checks.insert("stale_account".into(), stale(account));
    checks.insert("no_account_interaction".into(), mute(account));
    checks.insert("app_unavailable".into(), dead(account));
    checks.insert("duplicate_account".into(), doubled(account));
    checks.insert("dead_account".into(), abandoned(account));
    checks.insert("nonconforming_account_name".into(), called(account));
    checks.insert("duplicate_account_name".into(), named_alike(names));
    checks.insert("follower_jump".into(), jumped(account));
    checks.insert("unfiled_app".into(), unfiled(account));
    checks
}

/// What a check of posts must say: whether the posting is planted for it, and whether it only looks so.
fn posting(account: &AccountPlan, is_planted: bool, is_near: bool) -> Value {
    if !account.platform.publishes() {
        return not_applicable();
    }
    check("account", account.posting.word(), is_planted, is_near, "")
}

fn abandoned(account: &AccountPlan) -> Value {
    let own = account.posting;
    posting(account, own.is_dead(), own.is_near_dead())
}

fn called(account: &AccountPlan) -> Value {
    let certified = account.certified;
    let mut items = Vec::new();
    if Certified::OTHER.contains(&certified) {
        items.push(entry(
            "certified_subject",
            certified.word(),
            &account.subject,
        ));
    }
    if account.unclear_name {
        items.push(entry("name", "unclear_name", &account.name));
    }
    let near = Certified::NEAR.contains(&certified);
    let near = near.then(|| entry("certified_subject", certified.word(), &account.subject));
    several(items, near.into_iter().collect())
}

fn named_alike(names: &Names) -> Value {
    let mut items = Vec::new();
    if let Some(other) = &names.same {
        items.push(entry("same_name", "same_name_of_another_unit", other));
    }
    if let Some(other) = &names.other {
        items.push(entry("other_name", "other_name_on_another_platform", other));
    }
    let near = names
        .is_shared
        .then(|| entry("other_name", "same_name_on_another_platform", ""));
    several(items, near.into_iter().collect())
}

fn jumped(account: &AccountPlan) -> Value {
    let growth = account.growth;
    if account.followers_before.is_none() {
        return not_applicable();
    }
    check(
        "followers",
        growth.word(),
        growth == Growth::Jump,
        Growth::NEAR.contains(&growth),
        "",
    )
}

fn unfiled(account: &AccountPlan) -> Value {
    let filing = account.filing;
    if account.platform.publishes() {
        return not_applicable();
    }
    check(
        "filing",
        filing.word(),
        filing.is_missing(),
        filing == Filing::FiledOddly,
        "",
    )
}

fn entry(key: &str, kind: &str, note: &str) -> Value {
    json!({"key": key, "kind": kind, "found_on": [], "note": note})
}

fn several(items: Vec<Value>, near: Vec<Value>) -> Value {
    json!({
        "outcome": if items.is_empty() { "pass" } else { "fail" },
        "items": items,
        "near_misses": near,
    })
}

fn stale(account: &AccountPlan) -> Value {
    let own = account.posting;
    posting(account, own.is_stale(), own.is_near())
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
    let one = entry(key, kind, note);
    let one_if = |wanted: bool| wanted.then(|| one.clone()).into_iter().collect();
    several(one_if(planted), one_if(near))
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
