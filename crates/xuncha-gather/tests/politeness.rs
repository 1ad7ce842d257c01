//! The promises of docs/politeness.md, seen from the side of the server that is asked.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Ask, Reply, Server, client, clock, html, lexicons, redirect, settings, status};
use jiff::ToSpan;
use jiff::civil::{DateTime, date, time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use xuncha_core::evidence::{Failure, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::registry::TargetId;
use xuncha_gather::check::{CheckPlan, check_site};
use xuncha_gather::client::{Jar, Reading};
use xuncha_gather::clock::{CivilClock, FixedClock};
use xuncha_gather::report::Quiet;
use xuncha_gather::round::{JobKind, RoundPlan, TargetJob, gather_round};
use xuncha_gather::schedule::{Visit, visits};
use xuncha_gather::settings::{ConnectTo, CrawlHours, Settings, parse_hosts};
use xuncha_gather::sink::MemorySink;
use xuncha_gather::state::Limits;

/// What a whole machine was asked, over all its ports.
#[derive(Default)]
struct Load {
    asked: Mutex<Vec<Instant>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    allowed: usize,
}

impl Load {
    fn count(&self) {
        self.asked.lock().unwrap().push(Instant::now());
    }

    /// Counts a connection. One that was just closed may not have been noticed yet: it is given a moment.
    async fn enter(&self) {
        let since = Instant::now();
        while self.open.load(Ordering::SeqCst) >= self.allowed
            && since.elapsed() < Duration::from_millis(200)
        {
            tokio::task::yield_now().await;
        }
        let now = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(now, Ordering::SeqCst);
    }

    fn leave(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

fn text(body: &str) -> Reply {
    let kind = vec![("Content-Type", "text/xml".into())];
    Reply::Page(200, kind, body.as_bytes().to_vec())
}

/// The port of HTTP: a site with good, bad, moved and overloaded pages.
async fn plain_port(load: Arc<Load>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let load = load.clone();
            tokio::spawn(async move {
                load.enter().await;
                serve(stream, &load).await;
                load.leave();
            });
        }
    });
    address
}

async fn serve(mut stream: TcpStream, load: &Load) {
    let mut buffer = Vec::new();
    loop {
        while !buffer.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => buffer.push(byte),
                Err(_) => return,
            }
        }
        load.count();
        let path = String::from_utf8_lossy(&buffer)
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned();
        buffer.clear();
        let (status, extra, body) = match path.as_str() {
            "/one/" | "/two/" | "/" => (
                "200 OK",
                "",
                "<a href=/a>a</a><a href=/b>b</a><a href=/moved>m</a><a href=/busy>s</a><a href=/gone>g</a><img src=/i.png>",
            ),
            "/moved" => ("302 Found", "Location: /a\r\n", ""),
            "/busy" => ("503 Busy", "Retry-After: 1\r\n", ""),
            "/gone" => ("404 Not Found", "", "gone"),
            "/cut" => return,
            _ => ("200 OK", "", "<a href=/cut>c</a>text"),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{extra}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The port of HTTPS: refuses every hello, so that our side tries all it has.
async fn refusing_port(load: Arc<Load>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let load = load.clone();
            tokio::spawn(async move {
                load.enter().await;
                load.count();
                let mut hello = [0; 4096];
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
                while stream.read(&mut hello).await.is_ok_and(|count| count > 0) {}
                load.leave();
            });
        }
    });
    address
}

/// A CONNECT proxy to whatever it is told: the second path leads to the same machine.
async fn second_path() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let target = head.split(' ').nth(1).unwrap();
                let mut site = TcpStream::connect(target).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut site).await;
            });
        }
    });
    address
}

fn day() -> RoundPlan {
    RoundPlan {
        monitor_from: date(2026, 3, 19).at(9, 0, 0, 0),
        as_of: date(2026, 3, 20).at(9, 0, 0, 0),
        seed: "2026Q1".into(),
        second_look_gap_minutes: 30,
        limits: Limits::default(),
        probes: true,
        snapshots: true,
        searches: 1,
    }
}

fn site(id: &str, home: &str) -> TargetJob {
    TargetJob {
        id: TargetId::from(id),
        kind: JobKind::Site {
            home: home.to_owned(),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_load_on_a_host_stays_within_its_limits() {
    const GAP: Duration = Duration::from_millis(25);
    for connections in [1, 2] {
        let load = Arc::new(Load {
            allowed: connections,
            ..Load::default()
        });
        let (plain, secure) = (
            plain_port(load.clone()).await,
            refusing_port(load.clone()).await,
        );
        let rule = |from: u16, to: SocketAddr| ConnectTo::parse(&format!(":{from}:{to}")).unwrap();
        let settings = Settings {
            rate_per_host: Some(1.0 / GAP.as_secs_f64()),
            rate_per_address: None,
            connections_per_host: connections,
            connect_to: vec![rule(80, plain), rule(443, secure)],
            second_path: Some(second_path().await),
            speed: 20.0,
            ..Settings::default()
        };
        // The request clock is sped up, so the rate is given in its time.
        let settings = Settings {
            rate_per_host: settings.rate_per_host.map(|rate| rate / settings.speed),
            ..settings
        };
        // Three sites of one host, one of them always cut off: crawls, visits, repeats, second looks and hellos at the same time.
        let jobs = [
            site("1", "http://a.test/one/"),
            site("2", "http://a.test/two/"),
            site("3", "http://a.test/cut"),
        ];
        let clock = Arc::new(FixedClock::at(day().monitor_from));
        let sink = MemorySink::new();
        gather_round(
            &jobs,
            &day(),
            settings,
            lexicons(),
            Arc::new(sink.clone()),
            clock,
            &Quiet,
        )
        .await
        .unwrap();
        let records = sink.records();
        let all: Vec<&FactRecord> = records.values().flatten().collect();
        let has = |wanted: fn(&Purpose) -> bool| {
            all.iter().any(|record| match record {
                FactRecord::Look(look) => wanted(&look.purpose),
                FactRecord::Page(page) => wanted(&page.capture.purpose),
                _ => false,
            })
        };
        assert!(has(|purpose| matches!(purpose, Purpose::Probe { .. })));
        assert!(has(|purpose| matches!(purpose, Purpose::ProbeAgain { .. })));
        assert!(has(|purpose| *purpose == Purpose::Page));
        assert!(has(|purpose| *purpose == Purpose::Link { look: 2 }));
        assert!(
            all.iter()
                .any(|record| matches!(record, FactRecord::Network(_)))
        );
        let mut times = load.asked.lock().unwrap().clone();
        times.sort();
        assert!(times.len() > 100, "{}", times.len());
        assert!(load.most_open.load(Ordering::SeqCst) <= connections);
        // In any stretch of forty requests. The server's own hesitation may shorten one a little.
        for part in times.windows(40) {
            let span = part[39] - part[0];
            assert!(
                span >= GAP * 39 * 4 / 5,
                "{span:?} with {connections} connections"
            );
        }
    }
}

#[test]
fn the_defaults_are_what_is_published() {
    let settings = Settings::default();
    assert_eq!(settings.rate_per_host, Some(2.0));
    assert_eq!(settings.rate_per_address, Some(10.0));
    assert_eq!(settings.connections_per_host, 1);
    assert_eq!(settings.max_body_bytes, 8 << 20);
    assert_eq!(settings.max_look_bytes, 64 << 10);
    assert_eq!(settings.max_delay, Duration::from_secs(30));
    assert_eq!(
        (
            settings.obeys_robots,
            settings.crawl_hours,
            settings.second_path
        ),
        (true, None, None)
    );
    assert_eq!(Limits::default().pages, 10_000);
    let agent = &settings.user_agent;
    assert!(
        agent.contains("xuncha/") && agent.contains("+https://"),
        "{agent}"
    );
}

#[tokio::test]
async fn hosts_on_one_address_share_its_limit() {
    let server = Server::start(|_| html("x")).await;
    let settings = Settings {
        rate_per_address: Some(40.0),
        hosts: parse_hosts("127.0.0.1 a.test b.test c.test").unwrap(),
        allow_hosts: ["a.test", "b.test", "c.test"].map(str::to_owned).into(),
        connect_to: vec![ConnectTo::parse(&format!(":::{}", server.port())).unwrap()],
        ..settings(&server)
    };
    let client = Arc::new(client(settings));
    let crowd: Vec<_> = (0..24)
        .map(|number| {
            let client = client.clone();
            let url = format!("http://{}.test/{number}", ["a", "b", "c"][number % 3]);
            tokio::spawn(async move { client.fetch(&url, Reading::Look, &Jar::default()).await })
        })
        .collect();
    for one in crowd {
        assert_eq!(one.await.unwrap().failure, None);
    }
    let log = server.log.lock().unwrap();
    let span = log.asks.last().unwrap().0 - log.asks[0].0;
    assert!(span >= Duration::from_millis(23 * 25 - 20), "{span:?}");
}

async fn check(server: &Server, settings: Settings) -> BTreeMap<TargetId, Vec<FactRecord>> {
    let plan = CheckPlan {
        second_look_gap_s: 0.0,
        ..CheckPlan::default()
    };
    let done = check_site(
        "http://a.test/",
        &plan,
        settings,
        lexicons(),
        clock(),
        &Quiet,
    )
    .await;
    assert!(!server.asked().is_empty());
    done.unwrap().records
}

#[tokio::test]
async fn every_request_says_who_asks_and_only_gets() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => html(
            "<form action=/login method=post><input name=user><input name=password type=password></form>
             <form action=/search><input name=q></form><a href=/a>a</a><a href=/logout>l</a>",
        ),
        "/a" => Reply::Page(200, vec![("Set-Cookie", "page=1".into())], b"a".to_vec()),
        "/logout" => redirect(302, "/in"),
        _ => status(404),
    })
    .await;
    check(&server, settings(&server)).await;
    let agent = format!(
        "user-agent: {}",
        Settings::default().user_agent.to_lowercase()
    );
    let log = server.log.lock().unwrap();
    for (_, ask) in &log.asks {
        assert!(ask.head.starts_with("GET "), "{}", ask.head);
        assert!(ask.head.to_lowercase().contains(&agent), "{}", ask.head);
        // A cookie that a page sets is not kept.
        assert!(!ask.head.to_lowercase().contains("cookie:"), "{}", ask.head);
        assert!(!ask.path.starts_with("/login"), "{}", ask.path);
    }
}

#[tokio::test]
async fn cookies_come_back_only_where_a_redirect_set_them() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/door" if !ask.head.to_lowercase().contains("cookie: seen=1") => {
            let to = ("Location", "/door".to_owned());
            Reply::Page(
                302,
                vec![to, ("Set-Cookie", "seen=1; Path=/".into())],
                vec![],
            )
        }
        _ => html("in"),
    })
    .await;
    let (client, jar) = (client(settings(&server)), Jar::default());
    let through = client
        .fetch("http://a.test/door", Reading::Page, &jar)
        .await;
    assert_eq!((through.status(), through.failure), (Some(200), None));
    client.fetch("http://b.test/x", Reading::Page, &jar).await;
    let log = server.log.lock().unwrap();
    assert!(
        !log.asks
            .last()
            .unwrap()
            .1
            .head
            .to_lowercase()
            .contains("cookie:")
    );
}

#[tokio::test]
async fn the_gap_that_robots_txt_asks_for_is_kept() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/robots.txt" => Reply::Page(
            200,
            vec![],
            b"User-agent: *\nCrawl-delay: 2\nDisallow: /no\n".to_vec(),
        ),
        "/" => html("<a href=/1>1</a><a href=/2>2</a><a href=/3>3</a><a href=/no/4>4</a>"),
        _ => html("text"),
    })
    .await;
    let settings = Settings {
        speed: 20.0,
        ..settings(&server)
    };
    check(&server, settings).await;
    let log = server.log.lock().unwrap();
    let paths: Vec<&str> = log.asks.iter().map(|(_, ask)| ask.path.as_str()).collect();
    assert!(!paths.contains(&"/no/4"));
    let (first, third) = (position(&paths, "/1"), position(&paths, "/3"));
    let gap = log.asks[third].0 - log.asks[first].0;
    assert!(gap >= Duration::from_millis(200 - 15), "{gap:?}");
}

fn position(paths: &[&str], wanted: &str) -> usize {
    paths.iter().position(|path| *path == wanted).unwrap()
}

#[tokio::test]
async fn a_robots_txt_that_cannot_be_read_forbids_nothing() {
    for code in [404, 403, 500] {
        let server = Server::start(move |ask: &Ask| match ask.path.as_str() {
            "/robots.txt" => Reply::Page(code, vec![], b"User-agent: *\nDisallow: /\n".to_vec()),
            "/" => html("<a href=/1>1</a>"),
            _ => html("text"),
        })
        .await;
        check(&server, settings(&server)).await;
        assert!(server.asked().contains(&"a.test/1".to_owned()), "{code}");
    }
    // What the owner wants inspected is asked whatever robots.txt says: the home page and its visits.
    let server = Server::start(|ask| match ask.path.as_str() {
        "/robots.txt" => Reply::Page(200, vec![], b"User-agent: *\nDisallow: /\n".to_vec()),
        _ => html("<a href=/1>1</a>"),
    })
    .await;
    check(&server, settings(&server)).await;
    let asked = server.asked();
    assert!(
        asked.iter().filter(|one| *one == "a.test/").count() >= 3,
        "{asked:?}"
    );
    assert!(!asked.contains(&"a.test/1".to_owned()));
}

#[tokio::test]
async fn a_redirect_into_what_robots_txt_forbids_is_not_followed() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/robots.txt" => Reply::Page(200, vec![], b"User-agent: *\nDisallow: /cgi/\n".to_vec()),
        "/" => html("<a href=/in>in</a><a href=/out>out</a><img src=/pic>"),
        "/in" => redirect(302, "/cgi/trap"),
        "/pic" => redirect(302, "/cgi/pic"),
        "/out" => redirect(302, "/open"),
        _ => html("text"),
    })
    .await;
    let done = check(&server, settings(&server)).await;
    let asked = server.asked();
    assert!(asked.contains(&"a.test/open".to_owned()), "{asked:?}");
    // Single links are looked at to their end, like a visitor does.
    assert!(asked.contains(&"a.test/cgi/pic".to_owned()), "{asked:?}");
    assert!(!asked.contains(&"a.test/cgi/trap".to_owned()), "{asked:?}");
    let records = done.values().flatten();
    let failures: Vec<Option<Failure>> = records
        .filter_map(|record| match record {
            FactRecord::Page(page) if page.capture.url.ends_with("/in") => {
                Some(page.capture.failure.clone())
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        failures,
        [Some(Failure::KeptOff)],
        "once: asking again is no use"
    );
}

#[tokio::test]
async fn a_site_is_crawled_in_its_hours_and_visited_at_all() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => html(
            "<a href=/1>1</a><a href=/gone>g</a><img src=/i.png><a href=http://out.test/>o</a>",
        ),
        "/gone" => status(404),
        _ => html("text"),
    })
    .await;
    let hours = CrawlHours::parse("22:00-06:00").unwrap();
    let settings = Settings {
        crawl_hours: Some(hours),
        ..settings(&server)
    };
    let clock = Arc::new(FixedClock::at(day().monitor_from));
    let sink = MemorySink::new();
    let jobs = [site("1", "http://a.test/")];
    gather_round(
        &jobs,
        &day(),
        settings,
        lexicons(),
        Arc::new(sink.clone()),
        clock,
        &Quiet,
    )
    .await
    .unwrap();
    let records = sink.records();
    let mut visited = BTreeSet::new();
    let mut crawled = 0;
    for record in records.values().flatten() {
        let capture = match record {
            FactRecord::Look(capture) => capture,
            FactRecord::Page(page) => &page.capture,
            _ => continue,
        };
        match capture.purpose {
            Purpose::Probe { .. } => {
                visited.insert(capture.at);
            }
            Purpose::HomeSnapshot { .. } => {}
            _ => {
                crawled += 1;
                assert!(
                    hours.contains(capture.at),
                    "{} at {}",
                    capture.url,
                    capture.at
                );
            }
        }
    }
    assert!(crawled >= 6, "{crawled}");
    let planned = visits(day().monitor_from, day().as_of, &day().seed);
    let planned = planned
        .iter()
        .filter(|one| matches!(one.visit, Visit::Probe { .. }));
    assert_eq!(visited, planned.map(|one| one.due).collect());
    assert!(visited.iter().any(|at| at.time() > time(12, 0, 0, 0)));
}

#[tokio::test]
async fn no_step_of_a_crawl_goes_on_when_its_hours_end() {
    let hours = CrawlHours::parse("22:00-06:00").unwrap();
    let clock = Arc::new(FixedClock::at(day().monitor_from));
    let asked: Arc<Mutex<Vec<(String, DateTime)>>> = Arc::default();
    // Every answer but the home page's takes most of an hour: each step of the crawl meets the end of a night.
    let (slow, log) = (clock.clone(), asked.clone());
    let server = Server::start(move |ask| {
        if ask.path != "/" {
            let now = slow.now();
            log.lock().unwrap().push((ask.path.clone(), now));
            drop(slow.advance_to(now + 50.minutes()));
        }
        match ask.path.as_str() {
            "/" => html("<form action=/so><input name=q placeholder=搜索></form><a href=/1>1</a><img src=/i.png><a href=/gone>g</a>"),
            "/robots.txt" => {
                let maps = (0..12).map(|number| format!("Sitemap: http://a.test/s{number}.xml\n"));
                text(&maps.collect::<String>())
            }
            path if path.ends_with(".xml") => {
                text("<urlset><url><loc>http://a.test/2</loc></url></urlset>")
            }
            "/gone" => status(404),
            _ => html("text"),
        }
    })
    .await;
    let settings = Settings {
        crawl_hours: Some(hours),
        ..settings(&server)
    };
    let jobs = [site("1", "http://a.test/")];
    let sink = Arc::new(MemorySink::new());
    gather_round(&jobs, &day(), settings, lexicons(), sink, clock, &Quiet)
        .await
        .unwrap();
    let asked = asked.lock().unwrap();
    for (path, at) in asked.iter() {
        assert!(hours.contains(*at), "{path} at {at}");
    }
    let maps = asked.iter().filter(|(path, _)| path.ends_with(".xml"));
    assert_eq!(maps.count(), 12);
    let nights: BTreeSet<_> = asked
        .iter()
        .map(|(_, at)| (*at - 12.hours()).date())
        .collect();
    assert!(nights.len() > 1, "{nights:?}");
}

#[test]
fn the_published_table_names_tests_that_exist() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(here.join("../../docs/politeness.md")).unwrap();
    let (promises, table) = page.split_once("## Promise and test").unwrap();
    let mut named = 0;
    for name in table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains("::"))
    {
        let (file, test) = (
            name.split("::").next().unwrap(),
            name.rsplit("::").next().unwrap(),
        );
        let folder = if name.contains("::tests::") {
            "src"
        } else {
            "tests"
        };
        let one = here.join(folder).join(format!("{file}.rs"));
        let several = here.join(folder).join(file).join("main.rs");
        let of_binary = here.join("../xuncha/tests").join(format!("{file}.rs"));
        let text = [one, several, of_binary]
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok());
        let text = text.unwrap();
        assert!(text.contains(&format!("fn {test}()")), "{name}");
        named += 1;
    }
    assert!(named >= 15, "{named}");
    let promised = promises
        .lines()
        .filter(|line| line.starts_with("- "))
        .count();
    assert_eq!(promised, 13, "a new promise needs its line in the table");
}
