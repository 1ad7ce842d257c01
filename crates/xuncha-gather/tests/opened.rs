//! Pages that are opened in a real Chromium after the crawl: how wide the home page is on a phone, what axe-core finds in three pages,
//! and that nothing is asked of the site a second time for it.
//!
//! `cargo xtask test` fetches axe-core and names its file by `XUNCHA_AXE`.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use common::*;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::facts::opened::{AccessibilityFacts, ScreenFacts};
use xuncha_core::registry::TargetId;
use xuncha_gather::browser::{BrowserChoice, BrowserSettings, find};
use xuncha_gather::check::{CheckPlan, check_site_into};
use xuncha_gather::report::Quiet;
use xuncha_gather::settings::Settings;
use xuncha_gather::sink::MemorySink;

fn browser() -> BrowserSettings {
    let program = find(&BrowserChoice::Auto);
    BrowserSettings::new(
        program.expect("Debian package chromium is missing; `cargo xtask test` installs it"),
    )
}

fn axe() -> Arc<str> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/axe/lib");
    let python = || std::fs::read_dir(&tools).ok()?.flatten().next();
    let fetched = || {
        python().map(|one| {
            one.path()
                .join("site-packages/axe_playwright_python/axe.min.js")
        })
    };
    let named = std::env::var_os("XUNCHA_AXE").map(PathBuf::from);
    let path = named.or_else(fetched);
    let path = path.expect("axe-core is missing: `cargo xtask test` fetches it");
    std::fs::read_to_string(path).unwrap().into()
}

/// Patient, since a browser takes what processor there is.
fn opening(server: &Server) -> Settings {
    let long = Duration::from_secs(60);
    Settings {
        connect_timeout: long,
        header_timeout: long,
        body_timeout: long,
        browser: Some(browser()),
        measures_layout: true,
        ..settings(server)
    }
}

struct Seen {
    records: Vec<FactRecord>,
    asked: Vec<String>,
}

impl Seen {
    fn screen(&self) -> &ScreenFacts {
        let mut screens = self.records.iter().filter_map(|record| match record {
            FactRecord::Screen(facts) => Some(&**facts),
            _ => None,
        });
        let only = screens.next().expect("nothing was measured");
        assert!(screens.next().is_none(), "measured twice");
        only
    }

    fn looked_at(&self) -> Vec<&AccessibilityFacts> {
        let pages = self.records.iter().filter_map(|record| match record {
            FactRecord::Accessibility(facts) => Some(&**facts),
            _ => None,
        });
        pages.collect()
    }

    fn has_phase(&self, name: &str) -> bool {
        let is_it = |record: &FactRecord| matches!(record, FactRecord::PhaseDone { phase } if phase == name);
        self.records.iter().any(is_it)
    }

    fn times(&self, path: &str) -> usize {
        let address = format!("a.test{path}");
        self.asked.iter().filter(|one| **one == address).count()
    }
}

async fn gather(server: &Server, settings: Settings) -> Seen {
    let sink = MemorySink::keeping_exchanges();
    let plan = CheckPlan {
        second_look_gap_s: 0.1,
        searches: 0,
        ..CheckPlan::default()
    };
    let kept = Arc::new(sink.clone());
    let home = "http://a.test/";
    check_site_into(home, &plan, settings, lexicons(), kept, clock(), &Quiet)
        .await
        .unwrap();
    let records = sink.records().remove(&TargetId::from("a.test")).unwrap();
    Seen {
        records,
        asked: server.asked(),
    }
}

fn page(head: &str, body: &str) -> Reply {
    let text = format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><title>青石县人民政府</title>{head}</head><body>{body}</body></html>"
    );
    Reply::Page(
        200,
        vec![("Content-Type", "text/html; charset=utf-8".into())],
        text.into_bytes(),
    )
}

fn style(text: &str) -> Reply {
    Reply::Page(
        200,
        vec![("Content-Type", "text/css".into())],
        text.as_bytes().to_vec(),
    )
}

const VIEWPORT: &str = "<meta name=viewport content=\"width=device-width,initial-scale=1\">";
const WORDS: &str = "<p>青石县召开第一季度经济运行分析会议，部署下一步工作。</p>";

#[tokio::test(flavor = "multi_thread")]
async fn a_home_page_that_is_wider_than_a_phone_is_measured_with_its_widest_element() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => page(
            &format!("{VIEWPORT}<link rel=stylesheet href=/a.css>"),
            &format!(
                "<div class=\"page big\">{WORDS}</div><div class=box><div class=page>{WORDS}</div></div>"
            ),
        ),
        "/a.css" => style("body{margin:0}.page{width:1180px}.box{overflow-x:auto}"),
        _ => status(404),
    })
    .await;
    let seen = gather(&server, opening(&server)).await;
    let screen = seen.screen();
    assert!(screen.is_whole(), "{screen:?}");
    assert_eq!(
        (screen.screen_px, screen.viewport_px, screen.content_px),
        (390, 390, 1180)
    );
    assert_eq!(
        (screen.widest.as_str(), screen.widest_px),
        ("body > div.page", 1180)
    );
    assert!(screen.quote.contains("class=\"page big\""), "{screen:?}");
    assert!(!screen.evidence.as_ref().unwrap().record.is_empty());
    assert!(seen.has_phase("layout") && !seen.has_phase("accessibility"));
    // Two visits and the crawl ask for the home page, one look for its style sheet: the measuring takes both from the evidence.
    assert_eq!((seen.times("/"), seen.times("/a.css")), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_page_that_goes_narrow_fits() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => page(
            &format!("{VIEWPORT}<link rel=stylesheet href=/a.css>"),
            &format!(
                "<div class=page>{WORDS}</div><div class=box><table width=2000><tr><td>表</td></tr></table></div>"
            ),
        ),
        "/a.css" => style(
            "body{margin:0}.page{width:1180px}.box{overflow-x:auto}@media(max-width:600px){.page{width:auto}}",
        ),
        _ => status(404),
    })
    .await;
    let seen = gather(&server, opening(&server)).await;
    let screen = seen.screen();
    assert!(screen.is_whole(), "{screen:?}");
    assert_eq!((screen.content_px, screen.widest.as_str()), (390, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_viewport_a_page_is_laid_out_as_on_a_desk_and_measured_all_the_same() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => page("", WORDS),
        _ => status(404),
    })
    .await;
    let seen = gather(&server, opening(&server)).await;
    let screen = seen.screen();
    assert_eq!((screen.viewport_px, screen.content_px), (980, 390));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_style_sheet_that_did_not_come_leaves_the_width_in_doubt() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => page(
            &format!("{VIEWPORT}<link rel=stylesheet href=/a.css>"),
            WORDS,
        ),
        "/a.css" => Reply::Reset,
        _ => status(404),
    })
    .await;
    let seen = gather(&server, opening(&server)).await;
    assert!(!seen.screen().is_whole(), "{:?}", seen.screen());
    assert!(seen.screen().doubts[0].contains("/a.css"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_nothing_is_measured() {
    let server = Server::start(|ask| match ask.path.as_str() {
        "/" => page(VIEWPORT, WORDS),
        _ => status(404),
    })
    .await;
    for program in [None, Some(BrowserSettings::new("/bin/false".into()))] {
        let settings = Settings {
            browser: program,
            accessibility: Some("0".into()),
            ..opening(&server)
        };
        let seen = gather(&server, settings).await;
        assert!(!seen.has_phase("layout") && !seen.has_phase("accessibility"));
        assert!(seen.looked_at().is_empty() && seen.has_phase("search"));
    }
}

/// A site with a list and articles, each page with what the fault needs and no other.
fn site(ask: &Ask, extra: &str) -> Reply {
    let list: String = (1..=6)
        .map(|n| format!("<li><a href=\"/n/{n}.html\">青石县部署第{n}季度安全生产重点工作</a><span>2026-03-1{n}</span></li>"))
        .collect();
    let framed = |inner: &str| {
        page(
            VIEWPORT,
            &format!(
                "<header><nav><a href=/>首页</a> <a href=/tz/>通知公告</a></nav></header><main><h1>青石县人民政府</h1>{inner}</main>"
            ),
        )
    };
    let path = ask.path.as_str();
    match path {
        "/" => framed(&format!("{WORDS}<ul>{list}</ul>{extra}")),
        "/tz/" => framed(&format!("<h2>通知公告</h2><ul>{list}</ul>")),
        _ if path.starts_with("/n/") => framed(&format!(
            "<h2>青石县部署安全生产重点工作</h2><p>发布时间：2026-03-11 来源：县应急局</p>{}",
            WORDS.repeat(8)
        )),
        _ => status(404),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_what_keeps_people_out() {
    let bad = "<img src=/b.png><form action=/q method=post><input type=text name=q></form><iframe src=/inner.html title=内页></iframe>\
        <script>Array.prototype.map=function(){return []};JSON.stringify=function(){return '{}'}</script>";
    let server = Server::start(move |ask| match ask.path.as_str() {
        "/inner.html" => page(
            "",
            "<p style=\"color:#ddd;background:#fff\">看不清的文字</p>",
        ),
        _ => site(ask, bad),
    })
    .await;
    let settings = Settings {
        accessibility: Some(axe()),
        measures_layout: false,
        ..opening(&server)
    };
    let seen = gather(&server, settings).await;
    assert!(seen.has_phase("accessibility") && !seen.has_phase("layout"));
    let pages = seen.looked_at();
    let urls: Vec<&str> = pages.iter().map(|page| page.url.as_str()).collect();
    assert_eq!(pages.len(), 3, "{urls:?}");
    assert_eq!(urls[..2], ["http://a.test/", "http://a.test/tz/"]);
    assert!(urls[2].starts_with("http://a.test/n/"), "{urls:?}");
    let home = pages[0];
    assert!(home.trouble.is_empty(), "{home:?}");
    assert!(home.engine.starts_with("axe-core 4."), "{}", home.engine);
    let rules: Vec<&str> = home
        .faults
        .iter()
        .map(|fault| fault.rule.as_str())
        .collect();
    // The frame's own fault is the page's; what the page's scripts break does not break the engine.
    assert_eq!(rules, ["color-contrast", "image-alt", "label"]);
    let image = &home.faults[1];
    assert_eq!((image.impact.as_str(), image.count), ("critical", 1));
    assert_eq!(image.nodes[0].html, "<img src=\"/b.png\">");
    assert_eq!(image.nodes[0].selector, "img");
    assert!(!home.evidence.as_ref().unwrap().record.is_empty());
    assert!(
        pages[1..].iter().all(|page| page.faults.is_empty()),
        "{pages:?}"
    );
    assert_eq!(seen.times("/tz/"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_a_clean_site() {
    let good = "<img src=/b.png alt=县政府大楼><form action=/q method=post><label>查找 <input type=text name=q></label></form>";
    let server = Server::start(move |ask| site(ask, good)).await;
    let settings = Settings {
        accessibility: Some(axe()),
        ..opening(&server)
    };
    let seen = gather(&server, settings).await;
    let pages = seen.looked_at();
    assert_eq!(pages.len(), 3);
    for page in pages {
        assert!(
            page.trouble.is_empty() && page.faults.is_empty(),
            "{page:?}"
        );
    }
    assert!(seen.screen().is_whole() && seen.has_phase("layout"));
}
