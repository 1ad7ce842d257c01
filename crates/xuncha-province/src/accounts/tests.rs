//! Tests of the accounts as the product meets them.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Cursor;

use jiff::civil::DateTime;

use super::*;
use crate::model::{PlanKind, Province, Scale};
use crate::plan::province;
use plan::{Download, Duplicate, Posting};

fn dense() -> Province {
    province(7, Scale::Small, PlanKind::Dense)
}

fn get(p: &Province, url: &str, now: DateTime, asked: u32) -> Response {
    let (host, path) = url
        .strip_prefix("https://")
        .unwrap()
        .split_once('/')
        .unwrap();
    respond(&p.accounts, host, &format!("/{path}"), now, asked).unwrap()
}

fn body(response: &Response) -> String {
    String::from_utf8(response.body.to_vec()).unwrap()
}

fn tally(p: &Province) -> BTreeMap<String, (usize, usize)> {
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (account, names) in p.accounts.iter().zip(&names(&p.accounts)) {
        for (check, entry) in truth(account, names)["checks"].as_object().unwrap() {
            let count = tally.entry(check.clone()).or_default();
            count.0 += entry["items"].as_array().unwrap().len();
            count.1 += entry["near_misses"].as_array().unwrap().len();
        }
    }
    tally
}

#[test]
fn the_dense_plan_plants_twenty_of_each_and_twenty_near_misses() {
    for seed in [1, 7, 99] {
        for (check, (planted, near)) in tally(&province(seed, Scale::Full, PlanKind::Dense)) {
            assert!(planted >= 20 && near >= 20, "{check} {planted} {near}");
        }
    }
}

#[test]
fn scales_have_their_numbers_and_about_a_tenth_fails() {
    for (scale, total) in [(Scale::Small, 45), (Scale::Full, 897)] {
        let p = province(7, scale, PlanKind::Realistic);
        let running: Vec<_> = p.accounts.iter().filter(|a| a.is_running()).collect();
        assert_eq!(running.len(), total);
        let failing = running.iter().filter(|a| a.fails()).count() * 100;
        assert!(
            (7..=13).contains(&(failing / total)),
            "{failing} of {total}"
        );
    }
}

#[test]
fn every_address_is_used_once_and_answers() {
    let p = dense();
    let now = p.dates.as_of;
    let mut seen = std::collections::BTreeSet::new();
    for account in &p.accounts {
        assert!(
            seen.insert(account.page_url.clone()),
            "{}",
            account.page_url
        );
        let page = get(&p, &account.page_url, now, 0);
        let gone = account.download == Download::StoreGone;
        assert_eq!(
            page.status,
            if gone { 404 } else { 200 },
            "{}",
            account.page_url
        );
        if !account.feed_url.is_empty() && account.is_running() {
            assert_eq!(
                get(&p, &account.feed_url, now, 0).status,
                200,
                "{}",
                account.feed_url
            );
        }
    }
}

#[test]
fn pages_grow_with_time_and_never_show_the_future() {
    let p = dense();
    for account in p
        .accounts
        .iter()
        .filter(|a| a.platform.publishes() && a.posting == Posting::Fresh)
    {
        let early = posts::posts(account, p.dates.monitor_from);
        let late = posts::posts(account, p.dates.as_of);
        assert!(late.len() > early.len(), "{}", account.id);
        assert!(early.iter().all(|e| {
            late.iter()
                .any(|l| l.serial == e.serial && l.title == e.title && l.at == e.at)
        }));
        assert!(late.iter().all(|l| l.at <= p.dates.as_of));
    }
}

#[test]
fn staleness_is_what_the_truth_says() {
    let p = dense();
    let day = p.dates.as_of.date();
    for account in p
        .accounts
        .iter()
        .filter(|a| a.platform.publishes() && a.is_running())
    {
        let posts = posts::posts(account, p.dates.as_of);
        let newest = posts
            .iter()
            .filter(|x| !x.scheduled)
            .map(|x| x.at.date())
            .max();
        let age = newest.map(|d| d.until(day).unwrap().get_days());
        let stale = age.is_none_or(|days| days > 14);
        assert_eq!(
            stale,
            account.posting.is_stale(),
            "{} {:?} {age:?}",
            account.id,
            account.posting
        );
    }
}

#[test]
fn mute_pages_name_no_way_to_speak_and_others_do() {
    let p = dense();
    for account in p
        .accounts
        .iter()
        .filter(|a| a.platform.publishes() && a.is_running())
    {
        let page = body(&get(&p, &account.page_url, p.dates.as_of, 0));
        let speaks = page.contains("/message\"")
            || page.contains("#comment")
            || page.contains(">互动交流</a>");
        assert_eq!(
            speaks,
            !account.interaction.is_mute(),
            "{} {:?}",
            account.id,
            account.interaction
        );
    }
}

#[test]
fn articles_give_the_time_that_a_list_without_dates_hides() {
    let p = dense();
    let account = p
        .accounts
        .iter()
        .find(|a| a.posting == Posting::Undated && a.platform == Platform::Weixin)
        .unwrap();
    let page = body(&get(&p, &account.page_url, p.dates.as_of, 0));
    let link = page
        .split("href=\"/s/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let article = body(&get(
        &p,
        &format!("https://{}/s/{link}", account.platform.host()),
        p.dates.as_of,
        0,
    ));
    let newest = posts::unix_seconds(posts::posts(account, p.dates.as_of)[0].at);
    // A title may name a year; the place for the date is empty.
    let shows_date = page.contains("2026-") || !page.contains("<span class=\"date\"></span>");
    assert!(!shows_date && article.contains(&format!("var ct = \"{newest}\"")));
}

#[test]
fn packages_come_or_not_as_planned() {
    let p = dense();
    for account in p.accounts.iter().filter(|a| a.platform == Platform::App) {
        let mut url = account.download_url.clone();
        let mut response = get(&p, &url, p.dates.as_of, 1);
        while response.status == 302 {
            url = response.headers[0].1.clone();
            response = get(&p, &url, p.dates.as_of, 0);
        }
        let real = response.status == 200
            && zip::ZipArchive::new(Cursor::new(response.body.to_vec()))
                .is_ok_and(|mut z| z.by_name("AndroidManifest.xml").is_ok());
        assert_eq!(real, !account.download.is_dead(), "{:?}", account.download);
        if account.download == Download::BusyOnce {
            assert_eq!(get(&p, &account.download_url, p.dates.as_of, 0).status, 503);
        }
    }
}

#[test]
fn doubled_accounts_name_each_other() {
    let p = dense();
    for account in &p.accounts {
        let Duplicate::Doubled(other) = &account.duplicate else {
            continue;
        };
        let other = p.accounts.iter().find(|a| &a.id == other).unwrap();
        assert_eq!((other.org, other.platform), (account.org, account.platform));
        assert!(other.is_running() && other.name != account.name);
    }
}

#[test]
fn unknown_hosts_are_not_ours_and_unknown_paths_are_404() {
    let p = dense();
    assert!(respond(&p.accounts, "www.qingshi.gov.cn", "/", p.dates.as_of, 0).is_none());
    assert_eq!(
        get(
            &p,
            "https://weixin.platform.example/profile/nobody",
            p.dates.as_of,
            0
        )
        .status,
        404
    );
}
