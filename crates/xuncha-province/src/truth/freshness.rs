//! What is up and up to date: the site, its home page, its columns.

use jiff::ToSpan;
use jiff::civil::DateTime;
use serde_json::Value;

use super::Check;
use crate::content::{ColumnKind, Site};

pub(super) fn unreachable(site: &Site) -> Value {
    let mut check = Check::default();
    let note = site
        .windows
        .iter()
        .map(|w| format!("{} — {} {:?}", w.from, w.to, w.down))
        .collect::<Vec<_>>()
        .join("; ");
    if site.plan.defects.unreachable {
        check.item("site", "down_windows", &[], &note);
    } else if !site.windows.is_empty() {
        check.near("site", "short_window", &[], &note);
    }
    check.done()
}

/// Dates of everything the home page lists.
fn home_dates(site: &Site) -> impl Iterator<Item = DateTime> {
    let columns = site.columns.iter().filter(|c| c.on_home);
    columns
        .flat_map(|c| c.articles.iter().take(7))
        .map(|&a| site.articles[a].published)
}

pub(super) fn stale_home(site: &Site) -> Value {
    let mut check = Check::default();
    let limit = site.dates.as_of.saturating_sub(14.days());
    let fresh = home_dates(site).filter(|t| *t >= limit).count();
    if fresh == 0 && !site.plan.defects.nav_home {
        check.item(
            "home",
            "nothing_within_two_weeks",
            &[site.absolute(site.home_content())],
            "",
        );
    } else if site.plan.defects.nav_home {
        check.near(
            "home",
            "navigation_only",
            &[site.absolute(site.home_content())],
            "second-level pages are updated",
        );
    } else if fresh <= 2 {
        check.near(
            "home",
            "one_item_of_13_days",
            &[site.absolute(site.home_content())],
            "",
        );
    }
    check.done()
}

pub(super) fn stale_columns(site: &Site) -> Value {
    let mut check = Check::default();
    let as_of = site.dates.as_of;
    for column in &site.columns {
        let url = site.absolute(&column.address);
        let newest = column.articles.first().map(|&a| site.articles[a].published);
        let (limit, prefix) = match column.kind {
            ColumnKind::Group | ColumnKind::Static | ColumnKind::Statistics => (None, ""),
            ColumnKind::News => (Some(as_of.saturating_sub(14.days())), "stale"),
            ColumnKind::Notices | ColumnKind::Policies | ColumnKind::Interpretations => {
                (Some(as_of.saturating_sub(6.months())), "stale")
            }
            ColumnKind::Other | ColumnKind::Listed => {
                (Some(as_of.saturating_sub(1.years())), "overdue")
            }
        };
        match (limit, newest) {
            (Some(_), None) => check.item(
                format!("empty:{url}"),
                "no_item",
                std::slice::from_ref(&url),
                &column.name,
            ),
            (Some(limit), Some(t)) if t < limit => {
                check.item(
                    format!("{prefix}:{url}"),
                    "old",
                    std::slice::from_ref(&url),
                    &format!("{} {}", column.name, t.date()),
                );
            }
            _ => {
                if let Some(near) = column
                    .near
                    .filter(|_| column.kind != ColumnKind::Statistics)
                {
                    let prefix = match near {
                        "list_by_script" | "sub_columns_only" => "empty",
                        "need_not_be_updated" => "overdue",
                        _ => prefix,
                    };
                    check.near(
                        format!("{prefix}:{url}"),
                        near,
                        std::slice::from_ref(&url),
                        &column.name,
                    );
                }
            }
        }
    }
    check.done()
}
