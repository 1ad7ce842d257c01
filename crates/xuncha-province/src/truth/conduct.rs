//! How a site is run, as the truth tells it.

use serde_json::Value;

use super::{Check, not_applicable};
use crate::content::Site;
use crate::content::conduct::{AnythingPlan, EntryPlan, FormPlan, PhonePlan, SignInPlan, Turnout};
use crate::model::SiteKind;

pub(super) const CHECKS: [&str; 5] = [
    "few_activities",
    "missing_annual_form",
    "forced_sign_in",
    "unfit_for_phones",
    "missing_accessible_entry",
];

pub(super) fn check(site: &Site, name: &str) -> Value {
    match name {
        "few_activities" => activities(site),
        "missing_annual_form" => form(site),
        "forced_sign_in" => sign_in(site),
        "unfit_for_phones" => phone(site),
        _ => entry(site),
    }
}

fn activities(site: &Site) -> Value {
    if site.plan.kind != SiteKind::Portal {
        return not_applicable();
    }
    let mut check = Check::default();
    let plan = site.plan.conduct;
    for (key, turnout) in [("surveys", plan.surveys), ("interviews", plan.interviews)] {
        match turnout {
            Turnout::Enough => {}
            Turnout::Just => check.near(key, "exactly_six", &[], ""),
            Turnout::Few => check.item(key, "fewer_than_six", &[], ""),
            Turnout::ByMail => check.item(key, "four_besides_those_by_mail", &[], ""),
            Turnout::Absent => check.item(key, "no_column", &[], ""),
        }
    }
    check.done()
}

fn form(site: &Site) -> Value {
    let mut check = Check::default();
    match site.plan.conduct.form {
        FormPlan::InTime => {}
        FormPlan::LastDay => check.near("work", "on_the_last_day", &[], ""),
        FormPlan::YearBehind => check.near("work", "year_behind_the_title", &[], ""),
        FormPlan::Late => check.item("work", "in_february", &[], ""),
        FormPlan::Missing => check.item("work", "earlier_years_only", &[], ""),
        FormPlan::Incomplete => check.item("work", "three_items_lack", &[], ""),
    }
    check.done()
}

fn sign_in(site: &Site) -> Value {
    let mut check = Check::default();
    let wall = site.absolute(&site.walled_address());
    let door = site.absolute(&site.sign_in_address());
    match site.plan.conduct.sign_in {
        SignInPlan::Open => {}
        SignInPlan::Works => check.near(format!("dead:{door}"), "password_form", &[], ""),
        SignInPlan::Personal => check.near(format!("needed:{wall}"), "for_oneself", &[], ""),
        SignInPlan::Service => check.item(format!("needed:{wall}"), "service", &[], ""),
        SignInPlan::Letters => check.item(format!("needed:{wall}"), "letters", &[], ""),
        SignInPlan::Dead => check.item(format!("dead:{door}"), "status_404", &[], ""),
        SignInPlan::Astray => check.item(format!("dead:{door}"), "no_password", &[], ""),
    }
    check.done()
}

fn phone(site: &Site) -> Value {
    let mut check = Check::default();
    match site.plan.conduct.phone {
        PhonePlan::Fits => {}
        PhonePlan::Shrinks => check.near("width", "may_shrink", &[], ""),
        PhonePlan::Condition => check.near("width", "wide_screens_only", &[], ""),
        PhonePlan::PhoneVersion => check.near("viewport", "version_for_phones", &[], ""),
        PhonePlan::NoViewport => check.item("viewport", "none", &[], ""),
        PhonePlan::FixedViewport => check.item("viewport", "fixed", &[], ""),
        PhonePlan::FixedFrame => check.item("width", "fixed_frame", &[], ""),
        PhonePlan::FixedSheet => check.item("width", "fixed_sheet", &[], ""),
    }
    check.done()
}

fn entry(site: &Site) -> Value {
    let mut check = Check::default();
    match site.plan.conduct.entry {
        EntryPlan::Link => {}
        EntryPlan::Script => check.near("entry", "by_script", &[], ""),
        EntryPlan::Picture => check.near("entry", "picture", &[], ""),
        EntryPlan::Absent => check.item("entry", "none", &[], ""),
        EntryPlan::Dead => check.item("entry", "status_404", &[], ""),
    }
    check.done()
}

/// What the search answers to anything.
pub(super) fn anything(site: &Site, check: &mut Check) {
    match site.plan.conduct.anything {
        AnythingPlan::Nothing => {}
        AnythingPlan::Recommends => check.near("nonsense", "recommends", &[], ""),
        AnythingPlan::Everything => check.item("nonsense", "newest_of_everything", &[], ""),
    }
}
