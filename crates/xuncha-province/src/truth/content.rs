//! What is published: policies, guides, statistics, messages.

use jiff::ToSpan;
use serde_json::Value;

use super::Check;
use crate::content::{ArticleKind, Site};
use crate::model::StatisticsPlan;

pub(super) fn uninterpreted(site: &Site) -> Value {
    let mut check = Check::default();
    let limit = site.dates.as_of.saturating_sub(6.months());
    for article in &site.articles {
        let ArticleKind::Policy {
            own,
            interpretation,
            ..
        } = &article.kind
        else {
            continue;
        };
        let url = site.absolute(&article.address);
        if interpretation.is_some() {
            continue;
        }
        if *own && article.published >= limit {
            check.item(url, "no_interpretation", &[], &article.title);
        } else if let Some(near) = article.near {
            check.near(url, near, &[], &article.title);
        }
    }
    check.done()
}

pub(super) fn unlinked(site: &Site) -> Value {
    let mut check = Check::default();
    for article in &site.articles {
        let ArticleKind::Interpretation { policy, links_out } = article.kind else {
            continue;
        };
        let back = matches!(
            site.articles[policy].kind,
            ArticleKind::Policy {
                links_out: true,
                ..
            }
        );
        let url = site.absolute(&article.address);
        let kind = match (links_out, back) {
            (true, true) => {
                if let Some(near) = article.near {
                    check.near(url, near, &[], &article.title);
                }
                continue;
            }
            (true, false) => "document_does_not_link_back",
            (false, true) => "interpretation_does_not_link_back",
            (false, false) => "not_linked",
        };
        check.item(url, kind, &[], &article.title);
    }
    check.done()
}

pub(super) fn guides(site: &Site) -> Value {
    let mut check = Check::default();
    for guide in &site.guides {
        let url = site.absolute(&guide.address);
        for defect in guide.defects() {
            check.item(
                format!("{url}|{defect}"),
                "missing_or_unclear",
                std::slice::from_ref(&url),
                guide.name,
            );
        }
        if let Some(near) = guide.near {
            let element = match near {
                "mentions_other_materials" => "模糊表述",
                "no_material_needed" | "materials_in_columns" => "材料形式",
                _ => "设定依据",
            };
            check.near(
                format!("{url}|{element}"),
                near,
                std::slice::from_ref(&url),
                guide.name,
            );
        }
    }
    check.done()
}

/// Items of which two guides say otherwise.
pub(super) fn twins(site: &Site) -> Value {
    let mut check = Check::default();
    for guide in &site.guides {
        let Some(twin) = &guide.twin else { continue };
        let first = site.guides.iter().find(|other| other.address == twin.of);
        let pages: Vec<String> = first
            .into_iter()
            .chain([guide])
            .map(|guide| site.absolute(&guide.address))
            .collect();
        match twin.differs {
            "" => check.near(guide.name, twin.near, &pages, ""),
            differs => check.item(guide.name, differs, &pages, ""),
        }
    }
    check.done()
}

/// Forms that guides offer and that cannot be used.
pub(super) fn forms(site: &Site) -> Value {
    let mut check = Check::default();
    for guide in &site.guides {
        let Some(form) = &guide.form_file else {
            continue;
        };
        let (key, page) = (site.absolute(&form.address), site.absolute(&guide.address));
        match form.kind {
            "sound" => {}
            kind @ ("dead_form" | "broken_form" | "other_type") => {
                check.item(key, kind, &[page], &form.text);
            }
            kind => check.near(key, kind, &[page], &form.text),
        }
    }
    check.done()
}

pub(super) fn statistics(site: &Site) -> Value {
    let mut check = Check::default();
    match site.plan.defects.statistics {
        StatisticsPlan::Fresh => {}
        StatisticsPlan::Close => check.near("statistics", "almost_three_months", &[], ""),
        StatisticsPlan::Reworded => check.near("statistics", "other_wording", &[], ""),
        StatisticsPlan::Old => check.item("statistics", "older_than_three_months", &[], ""),
        StatisticsPlan::Absent => check.item("statistics", "not_published", &[], ""),
    }
    check.done()
}

pub(super) fn messages(site: &Site) -> Value {
    let mut check = Check::default();
    let plan = site.plan.defects.messages;
    if plan.no_channel {
        check.item("no_channel", "petitions_only", &[], "");
        return check.done();
    }
    if plan.none {
        check.item("none", "empty_box", &[], "");
    }
    if plan.no_statistics {
        check.item("statistics", "not_published", &[], "");
    }
    let as_of = site.dates.as_of;
    let newest = site
        .messages
        .iter()
        .map(|m| {
            m.reply
                .as_ref()
                .map_or(m.asked, |(at, _)| (*at).max(m.asked))
        })
        .max();
    if newest.is_some_and(|t| t < as_of.saturating_sub(2.months())) {
        check.item("stale", "nothing_for_two_months", &[], "");
    } else if newest.is_some_and(|t| t < as_of.saturating_sub(35.days())) {
        check.near("stale", "almost_two_months", &[], "");
    }
    for message in &site.messages {
        let url = site.absolute(&message.address);
        let waiting = message.reply.is_none()
            && message.asked < as_of.saturating_sub(3.months())
            && message.asked >= as_of.saturating_sub(1.years());
        if waiting {
            check.item(
                format!("unanswered:{url}"),
                "no_reply",
                &[url],
                &message.title,
            );
        } else if let Some(near) = message.near {
            check.near(format!("unanswered:{url}"), near, &[url], &message.title);
        }
    }
    check.done()
}
