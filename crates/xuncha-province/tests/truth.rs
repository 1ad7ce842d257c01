//! Reads the served pages and compares what stands there with the truth file, check by check.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::{bare, dense, fetch, small};
use encoding_rs::GBK;
use serde_json::Value;
use xuncha_province::content::look::hard::{FooterForm, SearchBox};
use xuncha_province::content::{ArticleKind, ColumnKind, Site};
use xuncha_province::serve::world::World;
use xuncha_province::truth;

/// True when the page links this address, in whatever way it writes it.
fn shows(page: &str, address: &str) -> bool {
    let file = address.rsplit('/').next().unwrap().replace('&', "&amp;");
    page.contains(&format!("/{file}\""))
}

fn worlds() -> [&'static World; 2] {
    [small(), dense()]
}

/// The class that a site gives to a role, as it ends an attribute's value.
fn class(site: &Site, role: &str) -> String {
    format!("{}\"", site.skin.role(role).unwrap())
}

fn keys(truth: &Value, check: &str, list: &str) -> BTreeSet<String> {
    let entries = truth["checks"][check][list].as_array().unwrap();
    entries
        .iter()
        .map(|e| e["key"].as_str().unwrap().to_owned())
        .collect()
}

fn text(world: &World, site: &Site, path: &str) -> String {
    fetch(world, &site.absolute(path)).unwrap().1
}

fn each(check: impl Fn(&World, &Site, &Value)) {
    for world in worlds() {
        for site in &world.sites {
            check(world, site, &truth::site(site));
        }
    }
}

/// The same on pages without decoys: a list of the most read is no part of a column.
fn each_bare(check: impl Fn(&World, &Site, &Value)) {
    for world in worlds() {
        let world = bare(world);
        for site in &world.sites {
            check(&world, site, &truth::site(site));
        }
    }
}

#[test]
fn marks_stand_in_the_footer_unless_they_are_missing() {
    each(|world, site, truth| {
        if site.skin.look.hard.footer != FooterForm::Text {
            assert_eq!(keys(truth, "missing_site_marks", "items"), BTreeSet::new());
            return;
        }
        let page = text(world, site, site.home_content());
        let (_, footer) = page.rsplit_once(&class(site, "foot")).unwrap();
        let missing = keys(truth, "missing_site_marks", "items");
        let digits = site.plan.police.trim_start_matches("云公网安备 ");
        let signs: [(&str, &[&str]); 7] = [
            ("党政机关网站标识", &["conac.cn"]),
            ("网站标识码", &[&site.plan.code]),
            ("ICP备案编号", &["云ICP备"]),
            ("公安机关备案标识", &[digits]),
            ("网站主办单位", &["主办"]),
            ("联系方式", &["0990-"]),
            ("找错入口", &["zfwzzc.www.gov.cn"]),
        ];
        for (mark, signs) in signs {
            // The code also stands inside the addresses of two other marks.
            let shown = if mark == "网站标识码" {
                footer.contains("标识码：")
                    || footer.contains("标识码:")
                    || footer.contains("标识码 ")
            } else {
                signs.iter().any(|s| footer.contains(s))
            };
            assert_eq!(shown, !missing.contains(mark), "{} {mark}", site.plan.host);
        }
    });
}

#[test]
fn tags_stand_on_articles_unless_they_are_missing() {
    each(|world, site, truth| {
        let missing = keys(truth, "missing_page_tags", "items");
        for article in site.articles.iter().step_by(11) {
            let page = text(world, site, &article.address).to_lowercase();
            let head = page.split("</head>").next().unwrap();
            for tag in [
                "SiteName",
                "SiteDomain",
                "SiteIDCode",
                "ColumnName",
                "ArticleTitle",
                "PubDate",
                "ContentSource",
            ] {
                let name = tag.to_lowercase();
                let shown = ["\"", "'", ""].iter().any(|q| {
                    head.contains(&format!(
                        "name={q}{name}{}",
                        if q.is_empty() { " " } else { q }
                    ))
                });
                assert_eq!(shown, !missing.contains(tag), "{} {tag}", article.address);
            }
        }
    });
}

#[test]
fn searches_find_miss_or_do_not_classify_as_planned() {
    each(|world, site, truth| {
        let items = keys(truth, "search_misses", "items");
        if site.skin.look.hard.search != SearchBox::Form {
            assert_eq!(items, BTreeSet::new());
            return;
        }
        let home = text(
            world,
            site,
            if site.home_content() == "/" {
                "/"
            } else {
                "/top.html"
            },
        );
        let Some(form) = home.split("<form action=\"").nth(1) else {
            assert_eq!(items, BTreeSet::from(["none".to_owned()]));
            return;
        };
        let action = form.split('"').next().unwrap();
        let name = form
            .split(" name=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let article = site
            .articles
            .iter()
            .find(|a| a.kind != ArticleKind::Plain)
            .unwrap();
        let encoded: String = if site.plan.family.is_gbk() {
            GBK.encode(&article.title)
                .0
                .iter()
                .map(|b| format!("%{b:02X}"))
                .collect()
        } else {
            article.title.bytes().map(|b| format!("%{b:02X}")).collect()
        };
        let path = action
            .rsplit_once(&site.plan.host)
            .map_or(action, |(_, path)| path)
            .to_owned();
        let (status, page, _) =
            fetch(world, &site.absolute(&format!("{path}?{name}={encoded}"))).unwrap();
        let found = page.contains(&format!("{}\">", article.address.replace('&', "&amp;")));
        assert_eq!(status == 404, items.contains("none"), "{}", site.plan.host);
        assert_eq!(
            status == 200 && !found,
            items.contains("miss"),
            "{}",
            site.plan.host
        );
        let classified = ["政策(", "政策（", ">政策<", ">政策 ", "政策类"]
            .iter()
            .any(|word| page.contains(word));
        assert_eq!(
            status == 200 && found && !classified,
            items.contains("unclassified"),
            "{}",
            site.plan.host
        );
    });
}

#[test]
fn documents_and_interpretations_link_each_other_unless_planted() {
    each(|world, site, truth| {
        let planted = keys(truth, "unlinked_interpretations", "items");
        for article in &site.articles {
            let ArticleKind::Interpretation { policy, .. } = article.kind else {
                continue;
            };
            let policy = &site.articles[policy];
            let there = text(world, site, &article.address)
                .contains(&format!("{}\">", policy.address.replace('&', "&amp;")));
            let back = text(world, site, &policy.address)
                .contains(&format!("{}\">", article.address.replace('&', "&amp;")));
            assert_eq!(
                !(there && back),
                planted.contains(&site.absolute(&article.address)),
                "{}",
                article.address
            );
            let named = text(world, site, &article.address).contains(&policy.title);
            assert!(
                there || back || named,
                "{} has nothing that names its document",
                article.address
            );
        }
    });
}

#[test]
fn guides_lack_what_is_planted_and_nothing_else() {
    let words: [(&str, &[&str]); 8] = [
        ("事项名称", &["事项名称", "服务事项", "项目名称"]),
        (
            "设定依据",
            &["设定依据", "法律依据", "办理依据", "实施依据"],
        ),
        (
            "申请条件",
            &["申请条件", "受理条件", "办理条件", "申报条件"],
        ),
        (
            "办理材料",
            &["办理材料", "申请材料", "所需材料", "申报材料"],
        ),
        (
            "办理地点",
            &["办理地点", "受理地点", "办事地点", "受理窗口"],
        ),
        (
            "办理时间",
            &["办理时间", "办公时间", "工作时间", "受理时间"],
        ),
        (
            "联系电话",
            &["联系电话", "咨询电话", "咨询方式", "服务热线"],
        ),
        (
            "办理流程",
            &["办理流程", "办理程序", "办事流程", "办理步骤"],
        ),
    ];
    each(|world, site, truth| {
        let planted = keys(truth, "incomplete_guides", "items");
        for guide in &site.guides {
            let page = text(world, site, &guide.address);
            let opening = format!("class=\"{} ", site.skin.role("art").unwrap());
            let (_, main) = page.split_once(&opening).unwrap();
            let (main, _) = main.rsplit_once(&class(site, "foot")).unwrap();
            let url = site.absolute(&guide.address);
            for (element, words) in words {
                let shown = words.iter().any(|word| main.contains(word));
                assert_eq!(
                    !shown,
                    planted.contains(&format!("{url}|{element}")),
                    "{url} {element}"
                );
            }
            let vague = ["其他材料；", "有关材料", "有关证明材料", "其他材料（"]
                .iter()
                .any(|w| main.contains(w));
            assert_eq!(vague, planted.contains(&format!("{url}|模糊表述")), "{url}");
        }
    });
}

#[test]
fn a_stale_home_page_lists_nothing_of_two_weeks() {
    each(|world, site, truth| {
        let page = text(world, site, site.home_content());
        let limit = site
            .dates
            .as_of
            .date()
            .saturating_sub(jiff::Span::new().days(14));
        let fresh = site
            .articles
            .iter()
            .filter(|a| page.contains(&format!("{}\"", a.address.replace('&', "&amp;"))))
            .any(|a| a.published.date() >= limit);
        let planted = !keys(truth, "stale_home", "items").is_empty();
        assert_eq!(
            !fresh && !site.plan.defects.nav_home,
            planted,
            "{}",
            site.plan.host
        );
    });
}

#[test]
fn columns_are_as_old_as_the_truth_says() {
    each_bare(|world, site, truth| {
        let planted = keys(truth, "stale_columns", "items");
        let as_of = site.dates.as_of.date();
        for column in &site.columns {
            let (prefix, limit) = match column.kind {
                ColumnKind::News => ("stale", as_of.saturating_sub(jiff::Span::new().days(14))),
                ColumnKind::Notices | ColumnKind::Policies | ColumnKind::Interpretations => {
                    ("stale", as_of.saturating_sub(jiff::Span::new().months(6)))
                }
                ColumnKind::Other => ("overdue", as_of.saturating_sub(jiff::Span::new().years(1))),
                _ => continue,
            };
            let page = text(world, site, &column.address);
            let listed: Vec<_> = site
                .articles
                .iter()
                .filter(|a| shows(&page, &a.address))
                .collect();
            let url = site.absolute(&column.address);
            assert_eq!(
                listed.is_empty(),
                planted.contains(&format!("empty:{url}")),
                "{url}"
            );
            let old = !listed.is_empty() && listed.iter().all(|a| a.published.date() < limit);
            assert_eq!(old, planted.contains(&format!("{prefix}:{url}")), "{url}");
        }
    });
}

#[test]
fn sites_are_down_as_long_as_planned_and_back_before_the_end() {
    each(|_, site, truth| {
        let week = site
            .dates
            .as_of
            .saturating_sub(jiff::Span::new().hours(168));
        let down = (0..168 * 4)
            .filter(|n| {
                site.down_at(week.saturating_add(jiff::Span::new().minutes(n * 15)))
                    .is_some()
            })
            .count() as f64
            / (168.0 * 4.0);
        let planted = !keys(truth, "unreachable_site", "items").is_empty();
        assert!(
            if planted { down >= 0.12 } else { down <= 0.02 },
            "{} {down}",
            site.plan.host
        );
        assert!((0..48).all(|h| {
            site.down_at(site.dates.as_of.saturating_sub(jiff::Span::new().hours(h)))
                .is_none()
        }));
        assert!(site.down_at(site.dates.monitor_from).is_none());
    });
}

#[test]
fn unanswered_messages_show_no_reply() {
    each(|world, site, truth| {
        let planted = keys(truth, "unpublished_messages", "items");
        for message in &site.messages {
            let page = text(world, site, &message.address);
            let replied = ["回复单位", "答复单位", "办理单位"]
                .iter()
                .any(|word| page.contains(word));
            let url = site.absolute(&message.address);
            if planted.contains(&format!("unanswered:{url}")) {
                assert!(!replied, "{url}");
            }
        }
        let channel = fetch(world, &site.absolute(&site.special("hdjl")))
            .unwrap()
            .0
            == 200;
        assert_eq!(
            !channel,
            planted.contains("no_channel"),
            "{}",
            site.plan.host
        );
    });
}
