//! Pages that need their scripts: what a real Chromium reads of them, what it may not do, and what it never gets to ask.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::mortal::{Mortal, essence};
use common::*;
use tokio::net::TcpListener;
use xuncha_core::evidence::Purpose;
use xuncha_core::facts::model::{FactRecord, PageFacts};
use xuncha_core::registry::TargetId;
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, Limits, find};
use xuncha_gather::check::{CheckPlan, check_site_into};
use xuncha_gather::report::{GatherError, Quiet, Report};
use xuncha_gather::round::{JobKind, RoundPlan, TargetJob, gather_round};
use xuncha_gather::settings::{ConnectTo, Settings};
use xuncha_gather::sink::{EvidenceSink, MemorySink};

fn browser() -> BrowserSettings {
    let program = find(&BrowserChoice::Auto);
    BrowserSettings::new(
        program.expect("Debian package chromium is missing; `cargo xtask test` installs it"),
    )
}

/// Patient, since a browser takes what processor there is.
fn patient(server: &Server) -> Settings {
    let long = Duration::from_secs(60);
    Settings {
        connect_timeout: long,
        header_timeout: long,
        body_timeout: long,
        ..settings(server)
    }
}

fn with_browser(server: &Server) -> Settings {
    Settings {
        browser: Some(browser()),
        ..patient(server)
    }
}

#[test]
fn the_defaults_are_what_is_published() {
    let browser = BrowserSettings::new("/usr/bin/chromium".into());
    assert_eq!(browser.pages_per_site, 50);
    let limits = browser.limits;
    assert_eq!(
        (limits.requests, limits.whole),
        (100, Duration::from_secs(120))
    );
}

fn page(kind: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Page(200, vec![("Content-Type", kind.into())], body.into())
}

/// A page with nothing but this script.
fn scripted(script: &str) -> Reply {
    html(&format!("<div id=app></div><script>{script}</script>"))
}

fn script(text: &str) -> Reply {
    page("text/javascript", text)
}

/// As an application of pages does: fetches its list and draws it, a little later.
const APP: &str =
    "setTimeout(function(){fetch('/api/list.json').then(r=>r.json()).then(function(list){
  var h='<h1>青石县人民政府</h1><p>'+new Date().toISOString()+'</p><ul>';
  for(var i of list)h+='<li><a href=\"'+i.url+'\">'+i.title+'</a><span>2026-03-19</span></li>';
  document.getElementById('app').innerHTML=h+'</ul><a href=/deep>全部信息</a>'})},3000);";
const LIST: &str = r#"[{"url":"/n/1.html","title":"青石县召开第一季度经济运行分析会议"},{"url":"/n/2.html","title":"青石县部署春季森林防火工作并检查"},
 {"url":"/n/3.html","title":"青石县举办乡村振兴专题培训班开班"}]"#;

fn app(ask: &Ask) -> Reply {
    match ask.path.as_str() {
        "/" | "/deep" => html("<div id=app></div><script src=/app.js></script>"),
        "/app.js" => script(APP),
        "/api/list.json" => page("application/json", LIST),
        "/n/1.html" | "/n/2.html" | "/n/3.html" => html("<p>正文正文正文</p><a href=/>首页</a>"),
        _ => status(404),
    }
}

struct Seen {
    records: Vec<FactRecord>,
    sink: MemorySink,
}

impl Seen {
    fn rendered(&self) -> BTreeMap<&str, &PageFacts> {
        let pages = self.records.iter().filter_map(|record| match record {
            FactRecord::Page(page) if page.rendering.is_some() => Some(&**page),
            _ => None,
        });
        pages
            .map(|page| (page.capture.url.as_str(), page))
            .collect()
    }

    fn home(&self) -> &PageFacts {
        self.rendered()["http://a.test/"]
    }

    /// Why the home page was not rendered.
    fn trouble(&self) -> String {
        let skipped = self.records.iter().find_map(|record| match record {
            FactRecord::NotRendered { url, why } if url == "http://a.test/" => Some(why.as_str()),
            _ => None,
        });
        skipped.unwrap_or_default().to_owned()
    }

    fn has_phase(&self, name: &str) -> bool {
        self.records
            .iter()
            .any(|record| matches!(record, FactRecord::PhaseDone { phase } if phase == name))
    }
}

async fn gather(settings: Settings) -> Seen {
    let sink = MemorySink::keeping_exchanges();
    let plan = CheckPlan {
        second_look_gap_s: 0.1,
        ..CheckPlan::default()
    };
    let shared = Arc::new(sink.clone());
    check_site_into(
        "http://a.test/",
        &plan,
        settings,
        lexicons(),
        shared,
        clock(),
        &Quiet,
    )
    .await
    .unwrap();
    let records = sink.records().remove(&TargetId::from("a.test")).unwrap();
    Seen { records, sink }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_only_a_script_draws_are_followed_and_nothing_is_asked_twice() {
    let server = Server::start(app).await;
    let seen = gather(with_browser(&server)).await;
    let home = seen.home();
    assert!(!home.needs_script && home.list.as_ref().unwrap().items.len() == 3);
    assert_eq!(home.rendering.as_ref().unwrap().doubts, [""; 0]);
    let crawled = seen.records.iter().filter_map(|record| match record {
        FactRecord::Page(page) if page.capture.purpose == Purpose::Page => {
            Some(page.capture.url.as_str())
        }
        _ => None,
    });
    let crawled: Vec<&str> = crawled.collect();
    for path in ["/n/1.html", "/n/2.html", "/n/3.html", "/deep"] {
        let url = format!("http://a.test{path}");
        assert!(crawled.contains(&url.as_str()), "{url} in {crawled:?}");
    }
    // Both pages were rendered, the second one with what the first had loaded.
    assert!(seen.rendered().contains_key("http://a.test/deep"));
    let asked = server.asked();
    for path in ["/app.js", "/api/list.json", "/deep", "/n/1.html"] {
        let times = asked.iter().filter(|one| one.ends_with(path)).count();
        assert_eq!(times, 1, "{path} in {asked:?}");
    }
    // Two visits and the crawl ask for the home page; rendering takes it from the evidence.
    assert_eq!(asked.iter().filter(|one| *one == "a.test/").count(), 3);
    assert!(seen.has_phase("render"));
    // What was read stands in the evidence, and scripts live in the round's time.
    let kept = seen.sink.rendered(&TargetId::from("a.test"));
    assert_eq!(kept.len(), 2);
    let text = String::from_utf8(kept[0].clone()).unwrap();
    assert!(text.contains("2026-03-20T01:00:0"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_renderings_give_the_same_facts() {
    let server = Server::start(app).await;
    let (first, second) = (
        gather(with_browser(&server)).await,
        gather(with_browser(&server)).await,
    );
    let target = |seen: &Seen| BTreeMap::from([(TargetId::from("a.test"), seen.records.clone())]);
    assert_eq!(essence(&target(&first)), essence(&target(&second)));
    assert_eq!(first.rendered().len(), 2);
}

async fn round(server: &Server, sink: Arc<dyn EvidenceSink>) -> Result<Report, GatherError> {
    let plan = RoundPlan {
        monitor_from: at(),
        as_of: at(),
        seed: "seed".into(),
        second_look_gap_minutes: 30,
        limits: xuncha_gather::state::Limits::default(),
        probes: false,
        snapshots: false,
        searches: 0,
    };
    let home = "http://a.test/".to_owned();
    let job = TargetJob {
        id: TargetId::from("1"),
        kind: JobKind::Site { home },
    };
    let settings = with_browser(server);
    gather_round(&[job], &plan, settings, lexicons(), sink, clock(), &Quiet).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rendering_cut_anywhere_ends_with_the_same_records() {
    let server = Server::start(app).await;
    let whole = MemorySink::keeping_exchanges();
    let mortal = Mortal::new(whole.clone(), usize::MAX);
    let wrote = mortal.wrote();
    round(&server, Arc::new(mortal)).await.unwrap();
    let expected = essence(&whole.records());
    let asked_whole = server.asked().len();
    let wrote = wrote.lock().unwrap().clone();
    let find =
        |from: usize, word: &str| from + wrote[from..].iter().position(|one| one == word).unwrap();
    let crawled = find(0, "crawl");
    let loaded = find(crawled, "look");
    let rendered = find(crawled, "rendered");
    // Between what a script loads and its record, between a rendered page and its record, before a page that it links, at the end.
    let cuts = [
        loaded,
        rendered + 1,
        find(rendered + 2, "keep"),
        find(0, "render"),
    ];
    for cut in cuts {
        server.log.lock().unwrap().asks.clear();
        let memory = MemorySink::keeping_exchanges();
        let cut_off = round(&server, Arc::new(Mortal::new(memory.clone(), cut))).await;
        assert!(cut_off.is_err(), "cut after {cut} writes");
        round(&server, Arc::new(memory.clone())).await.unwrap();
        let found = essence(&memory.records());
        for (target, lines) in &expected {
            let odd: Vec<&String> = lines.symmetric_difference(&found[target]).collect();
            assert!(odd.is_empty(), "cut after {cut} writes, {target}: {odd:#?}");
        }
        let repeated = server.asked().len().saturating_sub(asked_whole);
        assert!(repeated <= 1, "{repeated} repeated, cut after {cut} writes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_page_stays_unread_and_the_rest_goes_on() {
    let server = Server::start(app).await;
    let seen = gather(patient(&server)).await;
    assert!(seen.rendered().is_empty() && !seen.has_phase("render"));
    assert!(seen.has_phase("looks") && seen.has_phase("search"));
    let broken = Settings {
        browser: Some(BrowserSettings::new("/bin/false".into())),
        ..patient(&server)
    };
    let seen = gather(broken).await;
    assert!(seen.rendered().is_empty() && !seen.has_phase("render"));
    assert!(seen.has_phase("search"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_beyond_the_bound_say_so() {
    let server = Server::start(app).await;
    let one = BrowserSettings {
        pages_per_site: 1,
        ..browser()
    };
    let seen = gather(Settings {
        browser: Some(one),
        ..patient(&server)
    })
    .await;
    assert_eq!(seen.rendered().len(), 1);
    let beyond = seen.records.iter().any(|record| {
        matches!(record, FactRecord::NotRendered { url, why }
            if url == "http://a.test/deep" && why.contains("上限"))
    });
    assert!(beyond);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_rests_comes_to_an_end() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => scripted(
            "var n=0;setInterval(function(){fetch('/poll.json?'+n++)},20);(function f(){requestAnimationFrame(f)})();
             document.getElementById('app').textContent='轮询'.repeat(60);",
        ),
        _ => page("application/json", "{}"),
    })
    .await;
    let limited = BrowserSettings {
        limits: Limits {
            requests: 30,
            ..Limits::default()
        },
        ..browser()
    };
    let seen = gather(Settings {
        browser: Some(limited),
        ..patient(&server)
    })
    .await;
    let rendering = seen.home().rendering.clone().unwrap();
    assert!(!rendering.is_complete, "{rendering:?}");
    assert_eq!(rendering.requests, 30);
    let polled = server.asked();
    let polled = polled.iter().filter(|one| one.contains("/poll")).count();
    // The page itself is one of them.
    assert_eq!(polled, 29);
}

#[tokio::test(flavor = "multi_thread")]
async fn dialogs_popups_downloads_and_leaving_are_denied() {
    // Addresses are put together, so that only who runs the script learns of them.
    let server = Server::start(|ask| match (ask.host.as_str(), ask.path.as_str()) {
        ("a.test", "/") => scripted(
            "var said=[];alert('一');said.push(confirm('二'));said.push(prompt('三'));
             window.onbeforeunload=function(){return '留下'};
             said.push(window.open('/pop'+'up.html'));
             function click(href,more){var a=document.createElement('a');a.href=href;Object.assign(a,more);a.click()}
             click('/bla'+'nk.html',{target:'_blank'});click('/fi'+'le.zip',{download:'file.zip'});click('mailto:a@b.c',{});
             window.Notification&&Notification.requestPermission();
             navigator.geolocation&&navigator.geolocation.getCurrentPosition(function(){},function(){});
             var f=document.createElement('form');f.method='post';f.action='/fo'+'rm';document.body.append(f);f.submit();
             setTimeout(function(){location.href='http://else'+'where.test/'},500);
             setTimeout(function(){document.getElementById('app').textContent=JSON.stringify(said)+'说明'.repeat(60)},1000);",
        ),
        _ => status(404),
    })
    .await;
    let seen = gather(with_browser(&server)).await;
    let kept = String::from_utf8(seen.sink.rendered(&TargetId::from("a.test"))[0].clone()).unwrap();
    assert!(kept.contains("[false,null,null]"), "{kept}");
    let doubts = seen.home().rendering.clone().unwrap().doubts.join(" ");
    assert!(
        doubts.contains("POST") && doubts.contains("elsewhere.test"),
        "{doubts}"
    );
    let asked = server.asked();
    for never in ["popup", "blank", "file.zip", "elsewhere", "/form"] {
        assert!(
            !asked.iter().any(|one| one.contains(never)),
            "{never} in {asked:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_moves_within_its_site_is_read_where_it_ends() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => scripted("location.replace('/portal/')"),
        "/portal/" => scripted("document.getElementById('app').innerHTML='<a href=one.html>栏目</a>'+'门户'.repeat(60)"),
        "/turn" => scripted("location.reload()"),
        "/portal/one.html" => html("<p>一</p><a href=/turn>转</a>"),
        _ => status(404),
    })
    .await;
    let seen = gather(with_browser(&server)).await;
    assert_eq!(seen.home().capture.final_url, "http://a.test/portal/");
    assert!(
        server
            .asked()
            .contains(&"a.test/portal/one.html".to_owned())
    );
    let turn = server.asked();
    let turns = turn.iter().filter(|one| *one == "a.test/turn").count();
    assert_eq!(turns, 1, "what is gone to again is at hand");
    let doubts = &seen.rendered()["http://a.test/turn"].rendering;
    let doubts = doubts.clone().unwrap().doubts.join(" ");
    assert!(doubts.contains("反复跳转"), "{doubts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_reach_no_private_address_and_no_socket() {
    let server = Server::start(app).await;
    // Whoever connects here has got past us.
    let secret = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = secret.local_addr().unwrap().port();
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = reached.clone();
    tokio::spawn(async move {
        while secret.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let text = format!(
        "var out=[];function note(what){{out.push(what);document.getElementById('app').textContent=out.join(' ')+'说明'.repeat(60)}}
         for(var u of ['http://127.0.0.1:{port}/a','http://localhost:{port}/b','http://[::1]:{port}/c','http://169.254.169.254/d','https://127.0.0.1:{port}/e'])
           fetch(u,{{mode:'no-cors'}}).then(function(){{note('reached')}},function(){{note('refused')}});
         var w=new WebSocket('ws://127.0.0.1:{port}/');w.onopen=function(){{note('reached')}};w.onerror=function(){{note('refused')}};
         new Image().src='http://127.0.0.1:{port}/f';navigator.sendBeacon('http://127.0.0.1:{port}/g','x');
         var s=document.createElement('script');s.src='http://127.0.0.1:{port}/h';s.onerror=function(){{note('refused')}};document.body.append(s);
         try{{var p=new RTCPeerConnection({{iceServers:[{{urls:'stun:127.0.0.1:{port}'}}]}});p.createDataChannel('x');p.createOffer().then(function(o){{p.setLocalDescription(o)}})}}catch(e){{}}
         note('began');"
    );
    let home = Server::start(move |ask| match ask.path.as_str() {
        "/" => scripted(&text),
        _ => status(404),
    })
    .await;
    let only = ConnectTo::parse(&format!("a.test:80:127.0.0.1:{}", home.port())).unwrap();
    let seen = gather(Settings {
        connect_to: vec![only],
        ..with_browser(&server)
    })
    .await;
    let kept = String::from_utf8(seen.sink.rendered(&TargetId::from("a.test"))[0].clone()).unwrap();
    // Seven of the ten can tell a script how they went; the script itself stands behind what it wrote.
    let said = kept.split("说明").next().unwrap_or_default();
    let refused = said.matches("refused").count();
    assert!(refused >= 7 && !said.contains("reached"), "{said}");
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    let rendering = seen.home().rendering.clone().unwrap();
    assert!(
        rendering.doubts.iter().any(|one| one.contains("安全策略")),
        "{rendering:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_of_a_host_holds_while_rendering() {
    // Visits, pages, renderings with their scripts and data, looks, retries and second looks, all in one run.
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" | "/more" => html(&(0..6).fold("<div id=app></div>".to_owned(), |page, at| {
            page + &format!("<script src=/s{at}.js></script>")
        })),
        "/busy.html" if ask.nth == 0 => Reply::Page(503, vec![("Retry-After", "1".into())], Vec::new()),
        path if path.ends_with(".js") => script(
            "fetch('/data.json?'+Math.random()).catch(function(){});
             document.getElementById('app').innerHTML+='脚本写出的一段较长的文字<a href=/more>多</a><a href=/gone.html>无</a><a href=/busy.html>忙</a><img src=/i.png>'",
        ),
        path if path.starts_with("/data") => page("application/json", "[]"),
        "/busy.html" => html("<p>开了</p>"),
        _ => status(404),
    })
    .await;
    let settings = Settings {
        rate_per_host: Some(20.0),
        ..with_browser(&server)
    };
    let seen = gather(settings).await;
    assert_eq!(seen.rendered().len(), 2);
    assert!(seen.home().text_chars > 60);
    let log = server.log.lock().unwrap();
    assert_eq!(log.max_in_flight["a.test"], 1);
    let times: Vec<_> = log.asks.iter().map(|(time, _)| *time).collect();
    assert!(times.len() > 25, "{} requests", times.len());
    let span = *times.last().unwrap() - times[0];
    assert!(
        span >= Duration::from_millis((times.len() as u64 - 1) * 50 - 10),
        "{} requests in {span:?}",
        times.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_rules_hold_for_what_scripts_load() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/robots.txt" => page("text/plain", "User-agent: *\nDisallow: /api/\n"),
        _ => app(ask),
    })
    .await;
    let seen = gather(with_browser(&server)).await;
    assert!(!server.asked().iter().any(|one| one.contains("/api/")));
    let doubts = seen.home().rendering.clone().unwrap().doubts.join(" ");
    assert!(doubts.contains("robots.txt"), "{doubts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_bounds_is_given_up_and_the_crawl_goes_on() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => scripted("var a=[];setInterval(function(){for(var i=0;i<8;i++)a.push(new Uint8Array(1<<24).fill(7))},1)"),
        _ => status(404),
    })
    .await;
    let small = BrowserSettings {
        limits: Limits {
            memory_bytes: 700 << 20,
            ..Limits::default()
        },
        ..browser()
    };
    let seen = gather(Settings {
        browser: Some(small),
        ..patient(&server)
    })
    .await;
    assert!(
        seen.trouble().contains("内存") || seen.trouble().contains("异常退出"),
        "{}",
        seen.trouble()
    );
    assert!(seen.has_phase("render") && seen.has_phase("search"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_never_gives_way_is_given_up() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => scripted("for(;;);"),
        _ => status(404),
    })
    .await;
    let short = BrowserSettings {
        limits: Limits {
            stuck_after: Duration::from_secs(3),
            ..Limits::default()
        },
        ..browser()
    };
    let seen = gather(Settings {
        browser: Some(short),
        ..patient(&server)
    })
    .await;
    assert!(seen.trouble().contains("时限"), "{}", seen.trouble());
    assert!(seen.has_phase("search"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_fails_counts_as_ours_only_where_something_did_not_come() {
    let server = Server::start(|ask| match (ask.host.as_str(), ask.path.as_str()) {
        ("a.test", "/") => html("<div id=app></div><script>document.getElementById('app').textContent='内容'.repeat(60);throw 1</script>"),
        _ => status(404),
    })
    .await;
    let seen = gather(with_browser(&server)).await;
    assert!(seen.home().rendering.as_ref().unwrap().is_complete);
    let server = Server::start(|ask| match (ask.host.as_str(), ask.path.as_str()) {
        ("a.test", "/") => html("<div id=app></div><script src=http://library.test/jq.js></script><script>document.getElementById('app').textContent='内容'.repeat(60);jq()</script>"),
        ("library.test", _) => status(503),
        _ => status(404),
    })
    .await;
    let seen = gather(with_browser(&server)).await;
    let rendering = seen.home().rendering.clone().unwrap();
    assert!(!rendering.is_complete, "{rendering:?}");
    // An address elsewhere is looked at once for all sites, never by a site's own records.
    let looked = seen.records.iter().any(|record| {
        matches!(record, FactRecord::Look(capture) if capture.url.contains("library.test"))
    });
    assert!(!looked);
}
