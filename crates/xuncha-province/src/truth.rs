//! The truth about every site: what is planted and what looks so, read from the same content that the pages show.

use jiff::ToSpan;
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use crate::accounts;
use crate::content::links::{Link, Place};
use crate::content::{ArticleKind, ColumnKind, Site};
use crate::model::{Province, SearchPlan, StatisticsPlan};

const MARKS: [&str; 7] = [
    "党政机关网站标识",
    "网站标识码",
    "ICP备案编号",
    "公安机关备案标识",
    "网站主办单位",
    "联系方式",
    "找错入口",
];
const TAGS: [&str; 7] = [
    "SiteName",
    "SiteDomain",
    "SiteIDCode",
    "ColumnName",
    "ArticleTitle",
    "PubDate",
    "ContentSource",
];
const MANUAL: [&str; 19] = [
    "serious_problem",
    "overview_accuracy",
    "duties_accuracy",
    "leaders_accuracy",
    "services_listed",
    "content_accuracy",
    "form_samples",
    "message_submission",
    "unified_login",
    "question_reply",
    "single_sign_on",
    "browser_compatibility",
    "ipv6",
    "bonus_release",
    "bonus_response",
    "bonus_services",
    "bonus_interaction",
    "bonus_features",
    "bonus_innovation",
];

/// 检查真值: items and near misses of one check.
#[derive(Default)]
struct Check {
    items: Vec<Value>,
    near: Vec<Value>,
}

impl Check {
    fn item(&mut self, key: impl Into<String>, kind: &str, found_on: &[String], note: &str) {
        self.items.push(entry(key.into(), kind, found_on, note));
    }

    fn near(&mut self, key: impl Into<String>, kind: &str, found_on: &[String], note: &str) {
        self.near.push(entry(key.into(), kind, found_on, note));
    }

    fn done(self) -> Value {
        json!({"outcome": if self.items.is_empty() { "pass" } else { "fail" }, "items": self.items, "near_misses": self.near})
    }
}

fn entry(key: String, kind: &str, found_on: &[String], note: &str) -> Value {
    json!({"key": key, "kind": kind, "found_on": found_on, "note": note})
}

fn not_applicable() -> Value {
    json!({"outcome": "not_applicable", "items": [], "near_misses": []})
}

/// The whole truth file.
#[must_use]
pub fn all(province: &Province, sites: &[Site]) -> Value {
    let mut targets: Vec<Value> = sites.iter().map(site).collect();
    targets.extend(province.accounts.iter().map(accounts::truth));
    json!({ "targets": targets })
}

/// The truth about one site.
#[must_use]
pub fn site(site: &Site) -> Value {
    let plan = &site.plan;
    let services = !plan.no_services;
    let checks: Map<String, Value> = [
        ("unreachable_site", unreachable(site)),
        ("stale_home", stale_home(site)),
        ("stale_columns", stale_columns(site)),
        ("broken_links", broken_links(site)),
        (
            "missing_site_marks",
            listed(
                &MARKS,
                &plan.defects.missing_marks,
                &plan.defects.near_marks,
                "unusual_form",
            ),
        ),
        (
            "missing_page_tags",
            listed(
                &TAGS,
                &plan.defects.missing_tags,
                &plan.defects.near_tags,
                "unusual_spelling",
            ),
        ),
        (
            "nonconforming_domain",
            flag(
                "domain",
                &plan.host,
                plan.defects.bad_domain,
                plan.defects.near_domain,
            ),
        ),
        (
            "nonconforming_name",
            flag(
                "name",
                &plan.name,
                plan.defects.bad_name,
                plan.defects.near_name,
            ),
        ),
        ("search_misses", search(site)),
        ("uninterpreted_policies", uninterpreted(site)),
        ("unlinked_interpretations", unlinked(site)),
        (
            "incomplete_guides",
            if services {
                guides(site)
            } else {
                not_applicable()
            },
        ),
        (
            "missing_service_statistics",
            if services {
                statistics(site)
            } else {
                not_applicable()
            },
        ),
        ("unpublished_messages", messages(site)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    json!({
        "target": plan.code, "kind": "site", "site_kind": plan.kind.word(), "name": plan.name, "family": plan.family.word(), "host": plan.host,
        "home": plan.home(), "checks": checks, "manual": manual(site), "pages": site.text_pages(),
    })
}

fn manual(site: &Site) -> Value {
    let mut out = Map::new();
    if site.plan.kind != crate::model::SiteKind::Portal {
        out.insert(
            "serious_problem".to_owned(),
            json!({"fails": 0, "note": ""}),
        );
        return Value::Object(out);
    }
    for question in MANUAL {
        let found = site
            .plan
            .defects
            .manual
            .iter()
            .find(|(q, _, _)| *q == question);
        let (fails, note) = found.map_or((0, ""), |(_, fails, note)| (*fails, note.as_str()));
        out.insert(question.to_owned(), json!({"fails": fails, "note": note}));
    }
    Value::Object(out)
}

fn unreachable(site: &Site) -> Value {
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

fn stale_home(site: &Site) -> Value {
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

fn stale_columns(site: &Site) -> Value {
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
            ColumnKind::Other => (Some(as_of.saturating_sub(1.years())), "overdue"),
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

fn link_pages(site: &Site, link: &Link) -> Vec<String> {
    match link.place {
        Place::Article(a) => vec![site.absolute(&site.articles[a].address)],
        Place::Home | Place::Footer => vec![site.absolute(site.home_content())],
    }
}

fn broken_links(site: &Site) -> Value {
    let mut check = Check::default();
    for link in &site.links {
        let pages = link_pages(site, link);
        if link.near {
            check.near(link.key.clone(), link.kind.word(), &pages, &link.text);
        } else {
            check.item(link.key.clone(), link.kind.word(), &pages, &link.text);
        }
    }
    check.done()
}

fn listed(names: &[&str; 7], missing: &[u8], near: &[u8], kind: &str) -> Value {
    let mut check = Check::default();
    for &n in missing {
        check.item(names[usize::from(n)], "missing", &[], "");
    }
    for &n in near {
        check.near(names[usize::from(n)], kind, &[], "");
    }
    check.done()
}

fn flag(key: &str, value: &str, bad: bool, near: bool) -> Value {
    let mut check = Check::default();
    if bad {
        check.item(key, "nonconforming", &[], value);
    } else if near {
        check.near(key, "odd_but_conforming", &[], value);
    }
    check.done()
}

fn search(site: &Site) -> Value {
    let mut check = Check::default();
    match site.plan.defects.search {
        SearchPlan::Works => {}
        SearchPlan::Unusual => {
            check.near("unclassified", "classified_by_headings", &[], "");
            check.near("none", "image_button_and_select", &[], "");
        }
        SearchPlan::Absent => check.item("none", "no_form", &[], ""),
        SearchPlan::Dead => check.item("none", "form_leads_nowhere", &[], ""),
        SearchPlan::Misses => check.item("miss", "titles_not_found", &[], ""),
        SearchPlan::Unclassified => check.item("unclassified", "one_list", &[], ""),
    }
    check.done()
}

fn uninterpreted(site: &Site) -> Value {
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

fn unlinked(site: &Site) -> Value {
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

fn guides(site: &Site) -> Value {
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

fn statistics(site: &Site) -> Value {
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

fn messages(site: &Site) -> Value {
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
