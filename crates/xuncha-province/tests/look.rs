//! Templates vary with the seed, and nothing that is planted varies with them.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::{at, dense, fetch};
use serde_json::Value;
use xuncha_province::content::look::ListForm;
use xuncha_province::content::look::hard::{FooterForm, Hard, NameForm, SearchBox};
use xuncha_province::content::look::names::{Naming, ROLES};
use xuncha_province::model::{Family, PlanKind};
use xuncha_province::truth;

/// Outcome and keys of every check of a target.
fn keys(target: &Value) -> Vec<(String, Vec<String>)> {
    let checks = target["checks"].as_object().unwrap();
    checks
        .iter()
        .map(|(name, check)| {
            let lists = ["items", "near_misses"].map(|list| check[list].as_array().unwrap());
            let entries = lists.into_iter().flatten();
            let keys = entries.map(|entry| format!("{} {}", entry["key"], entry["kind"]));
            (format!("{name} {}", check["outcome"]), keys.collect())
        })
        .collect()
}

#[test]
fn no_strength_changes_the_truth() {
    let plain = at(7, PlanKind::Dense, 0);
    let expected: Vec<_> = plain.sites.iter().map(|s| keys(&truth::site(s))).collect();
    for strength in 1..=3 {
        let world = at(7, PlanKind::Dense, strength);
        for (site, expected) in world.sites.iter().zip(&expected) {
            assert_eq!(
                &keys(&truth::site(site)),
                expected,
                "{} at {strength}",
                site.plan.host
            );
        }
    }
}

/// Class names of a page.
fn classes(html: &str) -> BTreeSet<&str> {
    html.split(" class=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .flat_map(str::split_whitespace)
        .collect()
}

#[test]
fn no_name_tells_what_an_element_is() {
    let mut seen = 0;
    for site in &dense().sites {
        if site.skin.look.naming == Naming::AsWritten {
            continue;
        }
        seen += 1;
        let (_, html, _) = fetch(dense(), &site.absolute(site.home_content())).unwrap();
        let used = classes(&html);
        assert!(!used.is_empty());
        let telling: Vec<_> = ROLES.iter().filter(|role| used.contains(*role)).collect();
        assert!(telling.is_empty(), "{}: {telling:?}", site.plan.host);
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn sites_of_one_family_share_no_layout() {
    for family in Family::ALL {
        let drawn: BTreeSet<String> = dense()
            .sites
            .iter()
            .filter(|site| site.plan.family == family)
            .map(|site| {
                let look = &site.skin.look;
                format!(
                    "{:?} {:?} {:?} {:?}",
                    look.naming, look.list, look.nav, look.quotes
                )
            })
            .collect();
        assert!(drawn.len() >= 5, "{}: {drawn:?}", family.word());
    }
}

#[test]
fn every_form_of_a_list_is_drawn() {
    use ListForm::{
        Breaks, Cards, Dd, Divs, Pairs, Paragraphs, Rows, Summaries, Table, Tables, Ul, Years,
    };
    for form in [
        Breaks, Cards, Dd, Divs, Pairs, Paragraphs, Rows, Summaries, Table, Tables, Ul, Years,
    ] {
        let drawn = |look: &xuncha_province::content::look::Look| {
            look.list == form || look.home_list == form
        };
        assert!(
            dense().sites.iter().any(|site| drawn(&site.skin.look)),
            "{form:?}"
        );
    }
}

#[test]
fn every_hard_habit_is_drawn_on_several_families() {
    // Rare habits want more than one province.
    // A dense plan leaves few searches without a defect, which have to show it in a form.
    let others: Vec<_> = (1..=24)
        .map(|seed| at(seed, PlanKind::Realistic, 3))
        .collect();
    let sites = || {
        let others = others.iter().flat_map(|world| &world.sites);
        dense().sites.iter().chain(others)
    };
    type Wanted = fn(&Hard) -> bool;
    let habits: [(&str, Wanted); 9] = [
        ("flat", |hard| hard.flat),
        ("spelled", |hard| hard.flat && hard.spelled),
        ("side box", |hard| hard.side_box),
        ("picture", |hard| hard.footer == FooterForm::Picture),
        ("script", |hard| hard.footer == FooterForm::Script),
        ("input", |hard| hard.search == SearchBox::Input),
        ("component", |hard| hard.search == SearchBox::Component),
        ("link", |hard| hard.search == SearchBox::Link),
        ("linked name", |hard| hard.name == NameForm::Linked),
    ];
    for (name, has) in habits {
        let families: BTreeSet<Family> = sites()
            .filter(|site| has(&site.skin.look.hard))
            .map(|site| site.plan.family)
            .collect();
        assert!(families.len() >= 2, "{name}: {families:?}");
    }
}

#[test]
fn a_box_of_the_newest_stands_on_every_page_but_the_home_page() {
    let site = dense()
        .sites
        .iter()
        .find(|site| site.skin.look.hard.side_box && site.plan.family != Family::Frames)
        .unwrap();
    let has_box = |url: &str| {
        let (_, html, _) = fetch(dense(), url).unwrap();
        html.contains(&format!(" class=\"{}\"><", site.skin.class(38)))
    };
    assert!(!has_box(&site.plan.home()));
    let articles = site.articles.iter().take(3).map(|a| &a.address);
    let columns = site.columns.iter().map(|c| &c.address);
    let guides = site.guides.iter().take(2).map(|g| &g.address);
    for path in articles.chain(columns).chain(guides) {
        assert!(has_box(&site.absolute(path)), "{path}");
    }
}

#[test]
fn strength_none_is_as_written() {
    let world = at(7, PlanKind::Realistic, 0);
    let site = world
        .sites
        .iter()
        .find(|s| s.plan.family == Family::Kaipu)
        .unwrap();
    let answer = world
        .answer(
            if site.plan.https {
                xuncha_province::serve::world::Scheme::Https
            } else {
                xuncha_province::serve::world::Scheme::Http
            },
            &site.plan.host,
            "/",
        )
        .unwrap();
    let html = String::from_utf8(answer.body.to_vec()).unwrap();
    for written in ["<nav class=\"nav\">", " foot\"", "<a href=\"", ">首页</a>"] {
        assert!(html.contains(written), "{written}");
    }
}
