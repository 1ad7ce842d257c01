//! Whole sites and rounds: what is asked, in which order, how often, and what is recorded.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::mortal::{Mortal, essence};
use common::*;
use jiff::civil::date;
use xuncha_core::evidence::{Capture, Failure, Purpose};
use xuncha_core::facts::Skip;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_gather::check::{CheckPlan, Checked, check_site};
use xuncha_gather::report::Quiet;
use xuncha_gather::round::{JobKind, RoundPlan, TargetJob, gather_round};
use xuncha_gather::settings::Settings;
use xuncha_gather::sink::{EvidenceSink, MemorySink};
use xuncha_gather::state::Limits;

fn site(ask: &Ask) -> Reply {
    match (ask.host.as_str(), ask.path.as_str()) {
        ("a.test", "/robots.txt") => Reply::Page(200, vec![], b"User-agent: *\nDisallow: /secret/\n".to_vec()),
        ("a.test", "/") => html(
            "<img src=/logo.png><a href=/xw/>新闻</a> <a href='/gone.html'>没了</a> <a href=/once.html>一次</a>
             <a href=/secret/x.html>密</a> <a href='http://out.test/1'>外</a> <a href='http://out.test/2'>外</a>
             <a href='http://dead.invalid/a'>死</a> <a href='http://dead.invalid/b'>死</a><a href=/out>出</a>",
        ),
        ("a.test", "/xw/") => html("<a href=/xw/1.html>一</a><a href=/xw/2.html#top>二</a><a href=/xw/1.html?utm_source=x>一</a><a href=/f.pdf>附件</a>"),
        ("a.test", "/xw/1.html" | "/xw/2.html") => html("<a href=/>首页</a><a href=/xw/>新闻</a><p>正文正文</p>"),
        ("a.test", "/once.html") if ask.nth == 0 => status(503),
        ("a.test", "/once.html") => html("<a href=/behind.html>后面</a>"),
        ("a.test", "/behind.html") => html("back"),
        ("a.test", "/out") => redirect(302, "http://out.test/elsewhere"),
        ("a.test", "/logo.png") => Reply::Page(200, vec![("Content-Type", "image/png".into())], b"\x89PNG".to_vec()),
        ("a.test", "/f.pdf") => Reply::Page(200, vec![("Content-Type", "application/pdf".into())], b"%PDF-1.4".to_vec()),
        ("out.test", "/1") => html("alive"),
        ("out.test", "/elsewhere") => html("<a href=/not-ours>x</a>"),
        _ => status(404),
    }
}

async fn check(server: &Server, settings: Settings) -> Checked {
    let _ = server;
    let plan = CheckPlan {
        second_look_gap_s: 0.1,
        ..CheckPlan::default()
    };
    check_site(
        "http://a.test/",
        &plan,
        settings,
        lexicons(),
        clock(),
        &Quiet,
    )
    .await
    .unwrap()
}

fn captures(records: &[FactRecord]) -> Vec<&Capture> {
    let capture =
        |record: &'_ FactRecord| matches!(record, FactRecord::Page(_) | FactRecord::Look(_));
    records
        .iter()
        .filter(|record| capture(record))
        .map(|record| match record {
            FactRecord::Page(facts) => &facts.capture,
            FactRecord::Look(capture) => capture,
            _ => unreachable!(),
        })
        .collect()
}

fn urls(records: &[FactRecord], wanted: impl Fn(&Purpose) -> bool) -> Vec<String> {
    captures(records)
        .into_iter()
        .filter(|capture| wanted(&capture.purpose))
        .map(|capture| capture.url.clone())
        .collect()
}

#[tokio::test]
async fn a_site_is_read_in_order_and_every_doubt_is_looked_at_twice() {
    let server = Server::start(site).await;
    let checked = check(&server, settings(&server)).await;
    let records = &checked.records[&TargetId::from("a.test")];
    let pages = urls(records, |purpose| *purpose == Purpose::Page);
    let a = |path: &str| format!("http://a.test{path}");
    assert_eq!(
        pages,
        [
            "/",
            "/xw/",
            "/gone.html",
            "/once.html",
            "/out",
            "/xw/1.html",
            "/xw/2.html",
            "/behind.html"
        ]
        .map(a)
    );
    let first = urls(records, |purpose| *purpose == Purpose::Link { look: 1 });
    assert_eq!(first, ["/sitemap.xml", "/logo.png", "/f.pdf"].map(a));
    let second = urls(records, |purpose| *purpose == Purpose::Link { look: 2 });
    assert_eq!(second, ["/gone.html", "/once.html"].map(a));
    assert_eq!(
        urls(records, |purpose| matches!(purpose, Purpose::Probe { .. })).len(),
        2
    );
    assert_eq!(
        urls(records, |purpose| *purpose == Purpose::MissingPage).len(),
        1
    );
    let skipped: Vec<(&str, Skip)> = records
        .iter()
        .filter_map(|record| match record {
            FactRecord::Skipped { url, why } => Some((url.as_str(), *why)),
            _ => None,
        })
        .collect();
    assert_eq!(skipped, [("http://a.test/secret/x.html", Skip::Robots)]);
    let phases: BTreeSet<&str> = records
        .iter()
        .filter_map(|record| match record {
            FactRecord::PhaseDone { phase } => Some(phase.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        phases,
        BTreeSet::from(["crawl", "looks", "probe", "search", "second_looks"])
    );
    let outside = &checked.records[&TargetId::from("_outside")];
    let first = urls(outside, |purpose| *purpose == Purpose::Link { look: 1 });
    assert_eq!(first.len(), 4);
    let second = urls(outside, |purpose| *purpose == Purpose::Link { look: 2 });
    assert_eq!(
        second.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "http://dead.invalid/a",
            "http://dead.invalid/b",
            "http://out.test/2"
        ])
    );
    // Nothing was asked twice but the home page (two visits, the crawl, and before the doubts), the doubts and what was looked at again.
    let asked = server.asked();
    let times = |path: &str| asked.iter().filter(|one| *one == path).count();
    assert_eq!(
        (
            times("a.test/"),
            times("a.test/xw/"),
            times("a.test/once.html"),
            times("a.test/xw/1.html")
        ),
        (4, 1, 2, 1)
    );
    assert_eq!(
        (
            times("out.test/1"),
            times("out.test/2"),
            times("a.test/secret/x.html"),
            times("out.test/not-ours")
        ),
        (1, 2, 0, 0)
    );
}

#[tokio::test]
async fn more_connections_change_nothing_in_the_records() {
    let server = Server::start(|ask| {
        Reply::After(
            Duration::from_millis((ask.path.len() as u64 * 7) % 13),
            Box::new(site(ask)),
        )
    })
    .await;
    let one = check(&server, settings(&server)).await;
    server.log.lock().unwrap().asks.clear();
    let four = check(
        &server,
        Settings {
            connections_per_host: 4,
            ..settings(&server)
        },
    )
    .await;
    let target = TargetId::from("a.test");
    let order = |checked: &Checked| urls(&checked.records[&target], |_| true);
    assert_eq!(order(&one), order(&four));
    assert!(server.log.lock().unwrap().max_in_flight["a.test"] > 1);
}

#[tokio::test]
async fn traps_end_and_the_budget_is_told() {
    let server = Server::start(|ask| {
        if ask.path == "/robots.txt" {
            return status(404);
        }
        let number = ask
            .path
            .rsplit(['=', '/'])
            .next()
            .unwrap_or_default()
            .parse::<u32>()
            .unwrap_or(0);
        html(&format!(
            "<a href='{0}x/'>tiefer</a><a href='/cal?month={1}'>next</a><a href='/p/{1}'>n</a>",
            ask.path.split('?').next().unwrap(),
            number + 1
        ))
    })
    .await;
    let plan = CheckPlan {
        second_look_gap_s: 0.0,
        limits: Limits {
            pages: 60,
            same_shape: 20,
            ..Limits::default()
        },
        ..CheckPlan::default()
    };
    let checked = check_site(
        "http://a.test/",
        &plan,
        settings(&server),
        lexicons(),
        clock(),
        &Quiet,
    )
    .await
    .unwrap();
    let records = &checked.records[&TargetId::from("a.test")];
    assert_eq!(urls(records, |purpose| *purpose == Purpose::Page).len(), 60);
    let reasons: BTreeSet<Skip> = records
        .iter()
        .filter_map(|record| match record {
            FactRecord::Skipped { why, .. } => Some(*why),
            _ => None,
        })
        .collect();
    assert!(reasons.contains(&Skip::PageBudget), "{reasons:?}");
}

fn plan() -> RoundPlan {
    RoundPlan {
        monitor_from: date(2026, 3, 6).at(9, 0, 0, 0),
        as_of: at(),
        seed: "2026Q1".into(),
        second_look_gap_minutes: 30,
        limits: Limits::default(),
        probes: true,
        snapshots: true,
        searches: 2,
    }
}

fn jobs() -> Vec<TargetJob> {
    let site = |id: &str, host: &str| TargetJob {
        id: TargetId::from(id),
        kind: JobKind::Site {
            home: format!("http://{host}/"),
        },
    };
    let urls = vec![
        "http://acc.test/u/1".to_owned(),
        "http://acc.test/gone".to_owned(),
    ];
    vec![
        site("1", "a.test"),
        site("2", "b.test"),
        TargetJob {
            id: TargetId::from("A1"),
            kind: JobKind::Account { urls },
        },
    ]
}

fn province(ask: &Ask) -> Reply {
    match (ask.host.as_str(), ask.path.as_str()) {
        ("b.test", "/") => {
            html("<a href=/1.html>1</a><a href=/2.html>2</a><a href=http://out.test/1>o</a>")
        }
        ("b.test", "/1.html" | "/2.html") | ("acc.test", "/u/1") => html("text"),
        _ => site(ask),
    }
}

async fn round(server: &Server, sink: Arc<dyn EvidenceSink>) -> Result<(), String> {
    let clock = Arc::new(xuncha_gather::clock::FixedClock::at(plan().monitor_from));
    let done = gather_round(
        &jobs(),
        &plan(),
        settings(server),
        lexicons(),
        sink,
        clock,
        &Quiet,
    )
    .await;
    done.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_round_visits_crawls_and_looks_again() {
    let server = Server::start(province).await;
    let sink = MemorySink::new();
    round(&server, Arc::new(sink.clone())).await.unwrap();
    let records = sink.records();
    let site = &records[&TargetId::from("1")];
    let slots: BTreeSet<u32> = captures(site)
        .iter()
        .filter_map(|capture| match capture.purpose {
            Purpose::Probe { slot } => Some(slot),
            _ => None,
        })
        .collect();
    assert_eq!(slots, (0..140).collect());
    assert_eq!(
        urls(site, |purpose| matches!(
            purpose,
            Purpose::HomeSnapshot { .. }
        ))
        .len(),
        14
    );
    for capture in captures(site) {
        match capture.purpose {
            Purpose::Page => assert!(capture.at == at() || capture.url.ends_with("/behind.html")),
            Purpose::Link { look: 2 } => assert_eq!(capture.at, date(2026, 3, 20).at(9, 30, 0, 0)),
            _ => {}
        }
    }
    let account = urls(&records[&TargetId::from("A1")], |_| true);
    assert_eq!(
        account,
        [
            "http://acc.test/u/1",
            "http://acc.test/gone",
            "http://acc.test/gone"
        ]
    );
    // Outside links are looked at once, however many sites link them.
    assert_eq!(
        server
            .asked()
            .iter()
            .filter(|one| *one == "out.test/1")
            .count(),
        1
    );
    // A second run over finished records asks nothing.
    server.log.lock().unwrap().asks.clear();
    round(&server, Arc::new(sink.clone())).await.unwrap();
    assert_eq!(server.asked(), Vec::<String>::new());
    assert_eq!(essence(&records), essence(&sink.records()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_cut_anywhere_ends_with_the_same_records() {
    // Answers that depend on how often they were asked would differ after a repeated request; this site has none.
    let answer = |ask: &Ask| {
        if ask.path == "/once.html" {
            status(503)
        } else {
            province(ask)
        }
    };
    let server = Server::start(answer).await;
    let whole = MemorySink::new();
    round(&server, Arc::new(whole.clone())).await.unwrap();
    let expected = essence(&whole.records());
    let asked_whole = server.asked().len();
    let writes: usize = whole.records().values().map(Vec::len).sum();
    // Most writes are visits, which are alike; the crawl at the end is cut at every record.
    let mut cuts: Vec<usize> = (0..writes * 2 - 120).step_by(97).collect();
    cuts.extend(writes * 2 - 120..writes * 2 + 2);
    for cut in cuts {
        server.log.lock().unwrap().asks.clear();
        let memory = MemorySink::new();
        let mortal = Mortal::new(memory.clone(), cut);
        let _ = round(&server, Arc::new(mortal)).await;
        round(&server, Arc::new(memory.clone())).await.unwrap();
        let found = essence(&memory.records());
        for (target, lines) in &expected {
            let odd: Vec<&String> = lines.symmetric_difference(&found[target]).collect();
            assert!(odd.is_empty(), "cut after {cut} writes, {target}: {odd:#?}");
        }
        let repeated = server.asked().len().saturating_sub(asked_whole);
        assert!(
            repeated <= 5,
            "{repeated} requests repeated, cut after {cut} writes: at most one per host"
        );
    }
}

/// Records of a check of the site, whose second looks follow at once.
async fn records_of(server: &Server) -> Vec<FactRecord> {
    let plan = CheckPlan {
        second_look_gap_s: 0.0,
        ..CheckPlan::default()
    };
    let checked = check_site(
        "http://a.test/",
        &plan,
        settings(server),
        lexicons(),
        clock(),
        &Quiet,
    );
    let mut records = checked.await.unwrap().records;
    records.remove(&TargetId::from("a.test")).unwrap()
}

#[tokio::test]
async fn a_site_that_shuts_us_out_has_no_dead_links() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |ask| {
        let links: String = (0..9)
            .map(|n| format!("<a href=/{n}.html>{n}</a>"))
            .collect();
        match (asked.fetch_add(1, Ordering::SeqCst), ask.path.as_str()) {
            (7.., _) => Reply::Reset,
            (_, "/") => html(&links),
            (_, "/robots.txt") => status(404),
            _ => html("text"),
        }
    })
    .await;
    let records = &records_of(&server).await;
    let failed = captures(records);
    let failed = failed
        .iter()
        .filter(|capture| capture.failure == Some(Failure::Reset));
    assert!(failed.count() >= 3, "it shut us out");
    let again = urls(records, |purpose| *purpose == Purpose::Link { look: 2 });
    assert_eq!(again, [""; 0], "one look calls nothing dead");
}

#[tokio::test]
async fn what_is_shown_only_to_those_who_come_from_the_site_opens_at_the_second_look() {
    let server = Server::start(|ask| {
        let has = |word: &str| ask.head.to_ascii_lowercase().contains(word);
        match ask.path.as_str() {
            "/" => Reply::Page(
                200,
                vec![
                    ("Set-Cookie", "sid=1; path=/".into()),
                    ("Content-Type", "text/html".into()),
                ],
                b"<a href=/hotlink.html>h</a><a href=/cookie.html>c</a>".to_vec(),
            ),
            "/hotlink.html" if !has("referer: http://a.test/") => status(404),
            "/cookie.html" if !has("cookie: sid=1") => redirect(302, "/"),
            "/robots.txt" => status(404),
            _ => html("text"),
        }
    })
    .await;
    let records = &records_of(&server).await;
    for path in ["hotlink.html", "cookie.html"] {
        let url = format!("http://a.test/{path}");
        let looks: Vec<bool> = captures(records)
            .iter()
            .filter(|capture| capture.url == url)
            .map(|capture| capture.is_success() && capture.hops.is_empty())
            .collect();
        assert_eq!(looks, [false, true], "{path}");
    }
}

#[tokio::test]
async fn a_site_that_is_down_is_no_error_of_the_run() {
    let server = Server::start(|ask| {
        if ask.host == "a.test" {
            Reply::Reset
        } else {
            province(ask)
        }
    })
    .await;
    let sink = MemorySink::new();
    round(&server, Arc::new(sink.clone())).await.unwrap();
    let records = sink.records();
    let down = &records[&TargetId::from("1")];
    assert!(
        captures(down)
            .iter()
            .all(|capture| capture.failure == Some(Failure::Reset))
    );
    assert_eq!(
        urls(down, |purpose| *purpose == Purpose::Link { look: 2 }),
        ["http://a.test/"]
    );
    assert!(
        urls(&records[&TargetId::from("2")], |purpose| *purpose
            == Purpose::Page)
        .len()
            == 3
    );
}

#[tokio::test]
async fn politeness_holds_over_a_whole_check() {
    let server = Server::start(site).await;
    let settings = Settings {
        rate_per_host: Some(50.0),
        connections_per_host: 2,
        ..settings(&server)
    };
    check(&server, settings).await;
    let log = server.log.lock().unwrap();
    for host in ["a.test", "out.test"] {
        let times: Vec<_> = log
            .asks
            .iter()
            .filter(|(_, ask)| ask.host == host)
            .map(|(time, _)| *time)
            .collect();
        let span = *times.last().unwrap() - times[0];
        assert!(
            span >= Duration::from_millis((times.len() as u64 - 1) * 20 - 10),
            "{host} {span:?} {}",
            times.len()
        );
        assert!(log.max_in_flight[host] <= 2);
    }
}

#[tokio::test]
async fn what_is_no_web_address_is_refused() {
    for url in ["", "ftp://a.test/", "not an address", "http://"] {
        let done = check_site(
            url,
            &CheckPlan::default(),
            Settings::default(),
            lexicons(),
            clock(),
            &Quiet,
        )
        .await;
        assert!(done.is_err(), "{url}");
    }
}
