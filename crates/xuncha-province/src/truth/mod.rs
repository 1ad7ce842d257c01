//! The truth about every site: what is planted and what looks so, read from the same content that the pages show.

mod conduct;
mod content;
mod dates;
mod freshness;
mod safety;

use serde_json::{Map, Value, json};

use crate::accounts;
use crate::content::Site;
use crate::content::links::{Link, Place};
use crate::content::safety::later::Later;
use crate::model::{
    CertificatePlan, PromptPlan, Province, SearchPlan, SiteKind, SitePlan, SiteState,
};

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

    /// A defect that nobody finds without knowing what was meant; it does not count as missed.
    fn beyond(&mut self, key: impl Into<String>, kind: &str, found_on: &[String], note: &str) {
        let mut item = entry(key.into(), kind, found_on, note);
        item["beyond"] = Value::Bool(true);
        self.items.push(item);
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
    for (target, site) in targets.iter_mut().zip(sites) {
        target["checks"]["unit_without_account"] = without_account(province, &site.plan);
    }
    let names = accounts::names(&province.accounts);
    let with_names = province.accounts.iter().zip(&names);
    targets.extend(with_names.map(|(account, names)| accounts::truth(account, names)));
    json!({ "targets": targets })
}

/// Whether the site's unit has to run accounts and has none that runs; judged on the unit's first site, the portal before others.
fn without_account(province: &Province, plan: &SitePlan) -> Value {
    let of_unit = || {
        let sites = province.sites.iter();
        sites.filter(|site| site.org == plan.org && site.state == SiteState::Running)
    };
    let first = of_unit().min_by_key(|site| (site.kind != SiteKind::Portal, &site.code));
    let is_first = first.is_some_and(|first| first.code == plan.code);
    let mut of_org = province.accounts.iter().filter(|a| a.org == plan.org);
    let mut check = Check::default();
    let lacks = is_first
        && province.orgs[plan.org].requires_accounts
        && !of_org.any(crate::accounts::AccountPlan::is_running);
    if lacks {
        check.item("unit", "no_running_account", &[], "");
    }
    check.done()
}

/// The truth about one site.
#[must_use]
pub fn site(site: &Site) -> Value {
    let plan = &site.plan;
    let services = !plan.no_services;
    let safety = safety::CHECKS.map(|name| (name, safety::check(site, name)));
    let conduct = conduct::CHECKS.map(|name| (name, conduct::check(site, name)));
    let checks: Map<String, Value> = [
        ("unreachable_site", freshness::unreachable(site)),
        ("stale_home", freshness::stale_home(site)),
        ("stale_columns", freshness::stale_columns(site)),
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
        ("uninterpreted_policies", content::uninterpreted(site)),
        ("unlinked_interpretations", content::unlinked(site)),
        (
            "incomplete_guides",
            if services {
                content::guides(site)
            } else {
                not_applicable()
            },
        ),
        (
            "missing_service_statistics",
            if services {
                content::statistics(site)
            } else {
                not_applicable()
            },
        ),
        ("unpublished_messages", content::messages(site)),
        ("forged_dates", dates::forged(site)),
        ("missing_exit_prompt", exit_prompt(site)),
        ("invalid_certificate", certificate(plan)),
        (
            "disagreeing_guides",
            if services {
                content::twins(site)
            } else {
                not_applicable()
            },
        ),
        (
            "unusable_forms",
            if services {
                content::forms(site)
            } else {
                not_applicable()
            },
        ),
    ]
    .into_iter()
    .chain(safety)
    .chain(conduct)
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    json!({
        "target": plan.code, "kind": "site", "site_kind": plan.kind.word(), "name": plan.name, "family": plan.family.word(), "host": plan.host,
        "home": plan.home(), "checks": checks, "later": {"tampered_page": later(site)},
        "manual": manual(site), "pages": site.text_pages(),
    })
}

/// What a second round finds of the home page.
fn later(site: &Site) -> Value {
    let mut check = Check::default();
    let later = site.plan.safety.later;
    let (cases, near) = later.keys();
    for case in cases {
        let home = match later {
            // Another page stands in place of the frames too.
            Later::Defaced => site.plan.home(),
            _ => site.absolute(site.home_content()),
        };
        let (key, pages) = (format!("{case}:{home}"), [home]);
        match near {
            true => check.near(key, later.word(), &pages, ""),
            false => check.item(key, later.word(), &pages, ""),
        }
    }
    check.done()
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

fn link_pages(site: &Site, link: &Link) -> Vec<String> {
    link_pages_of(site, link.place)
}

fn link_pages_of(site: &Site, place: Place) -> Vec<String> {
    match place {
        Place::Guide(g) => vec![site.absolute(&site.guides[g].address)],
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
    for dead in site.dead_entries() {
        check.item(
            dead,
            "status_404",
            &link_pages_of(site, Place::Home),
            "entry in the header",
        );
    }
    check.done()
}

fn exit_prompt(site: &Site) -> Value {
    let mut check = Check::default();
    let pages = [site.absolute(site.home_content())];
    match site.plan.defects.prompt {
        PromptPlan::Asks => {}
        PromptPlan::InLayer => check.near("prompt", "words_in_a_layer", &pages, ""),
        PromptPlan::Silent => check.item("prompt", "no_prompt", &pages, ""),
        PromptPlan::GovernmentOnly if site.leads_away() => {
            check.item("prompt", "no_prompt", &pages, "");
        }
        PromptPlan::GovernmentOnly => check.near("prompt", "government_links_only", &pages, ""),
    }
    check.done()
}

fn certificate(plan: &SitePlan) -> Value {
    if !plan.https {
        return not_applicable();
    }
    let mut check = Check::default();
    let (case, near) = match plan.defects.certificate {
        CertificatePlan::Sound => return check.done(),
        CertificatePlan::Expired => ("expired", ""),
        CertificatePlan::WrongHost => ("wrong_host", ""),
        CertificatePlan::SelfSigned => ("self_signed", ""),
        CertificatePlan::IncompleteChain => ("incomplete_chain", ""),
        CertificatePlan::EndsSoon => ("expired", "ends_soon"),
        CertificatePlan::Wildcard => ("wrong_host", "for_all_hosts_of_the_region"),
    };
    let key = format!("certificate|{case}");
    match near {
        "" => check.item(key, case, &[], ""),
        kind => check.near(key, kind, &[], ""),
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
    conduct::anything(site, &mut check);
    check.done()
}
