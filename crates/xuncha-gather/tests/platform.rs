//! Account platforms as the public meets them: posts on several pages, pinned ones first, cursors, rate limits, logins, captchas, blocks.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Ask, Reply, Server, clock, html, lexicons, redirect, settings, status};
use jiff::civil::{Date, date};
use xuncha_core::facts::assemble_account;
use xuncha_core::facts::model::AccountFacts;
use xuncha_core::registry::{Account, State};
use xuncha_core::verdict::UndeterminedReason;
use xuncha_gather::check::{CheckPlan, check_account};
use xuncha_gather::report::Quiet;

const NEW: Date = date(2026, 3, 18);

fn posts(days: &[&str]) -> String {
    let items = days.iter().enumerate().map(|(at, day)| {
        format!("<li><a href='/p/{day}-{at}'>全市春耕生产第{at}次工作会议召开</a><span>{day}</span></li>")
    });
    format!("<h1>青石发布</h1><ul>{}</ul>", items.collect::<String>())
}

fn pager(pages: std::ops::RangeInclusive<u32>) -> String {
    let links = pages.map(|page| format!("<a href='/u/77?page={page}'>{page}</a>"));
    format!("<div class=page>{}</div>", links.collect::<String>())
}

fn data(body: &str) -> Reply {
    let kind = vec![("Content-Type", "application/json".to_owned())];
    Reply::Page(200, kind, body.as_bytes().to_vec())
}

fn platform(ask: &Ask) -> Reply {
    let page = |days: &[&str]| html(&format!("{}{}", posts(days), pager(1..=9)));
    let is_first = !ask.path.contains("page=");
    let old = ["2024-03-01", "2024-02-01", "2024-01-01"];
    match ask.host.as_str() {
        "pinned.example" if is_first || ask.path.ends_with("page=1") => page(&old),
        "pinned.example" => page(&["2026-03-18", "2026-03-10"]),
        "future.example" if is_first => page(&["2027-01-01", "2024-01-03"]),
        "future.example" => page(&["2026-03-18"]),
        "flaky.example" if ask.nth == 0 && is_first => status(503),
        "flaky.example" if is_first => page(&old),
        "flaky.example" => page(&["2026-03-18"]),
        "moved.example" => redirect(302, &format!("http://www.moved.example{}", ask.path)),
        "www.moved.example" if is_first => page(&old),
        "www.moved.example" => page(&["2026-03-18"]),
        "sleeper.example" => page(&["2025-01-01"; 12]),
        "undated.example" => html(&format!(
            "<h1>青石发布</h1><ul><li><a href=/p/1>全市春耕生产工作会议召开</a></li><li><a href=/p/2>我市启动春季植树造林活动</a></li></ul>{}",
            pager(1..=9)
        )),
        "cursor.example" if ask.path == "/api/posts" => data(
            r#"{"items":[{"title":"置顶：办事指南","date":"2023-01-01"}],"next_url":"/api/posts?cursor=2"}"#,
        ),
        "cursor.example" => data(
            r#"{"items":[{"title":"会议召开","date":"2026-03-18 10:20"}],"next_url":"/api/posts?cursor=3"}"#,
        ),
        "leaves.example" => data(
            r#"{"items":[{"title":"会议召开","date":"2024-01-01"}],"next_url":"http://elsewhere.example/api"}"#,
        ),
        "busy.example" if ask.nth == 0 => Reply::Page(
            429,
            vec![
                ("Retry-After", "1".to_owned()),
                ("Content-Type", "text/html".to_owned()),
            ],
            b"too many requests".to_vec(),
        ),
        "busy.example" => page(&["2026-03-18"]),
        "members.example" if ask.path.starts_with("/passport") => {
            html("<h1>用户登录</h1><form><input name=phone><input type=password name=p></form>")
        }
        "members.example" => redirect(302, "/passport/login?back=%2Fu%2F77"),
        "captcha.example" => html("<h1>安全验证</h1><p>请完成下方验证后继续访问</p>"),
        "wall.example" => status(403),
        "mp.weixin.qq.com" => html(
            "<h1 id=activity-name>会议召开</h1><div id=js_content><p>图片</p></div><script>var ct = \"1773800000\";</script>",
        ),
        _ => status(404),
    }
}

async fn looked_at(server: &Server, url: &str) -> AccountFacts {
    let urls = [url.to_owned()];
    let plan = CheckPlan {
        second_look_gap_s: 1.2,
        ..CheckPlan::default()
    };
    let checked = check_account(&urls, &plan, settings(server), lexicons(), clock(), &Quiet);
    let checked = checked.await.unwrap();
    let account = Account {
        id: "A000001".into(),
        name: "青石发布".to_owned(),
        platform: "微博".to_owned(),
        kind: "微博".to_owned(),
        organization: "U1".to_owned(),
        region: "990100".to_owned(),
        certified_subject: String::new(),
        page_url: Some(url.to_owned()),
        feed_url: None,
        download_url: None,
        state: State::Running,
        opened: None,
        details: Default::default(),
    };
    let records = checked.records[&checked.target].clone();
    assemble_account(&account, records.into_iter(), &lexicons())
}

fn newest(facts: &AccountFacts) -> Option<Date> {
    facts.posts.iter().filter_map(|post| post.date).max()
}

#[tokio::test]
async fn posts_are_followed_as_far_as_the_question_needs() {
    for (url, newest_day, pages) in [
        // Pinned posts fill the first page, and the pager names it once more.
        ("http://pinned.example/u/77", Some(NEW), 3),
        ("http://cursor.example/api/posts", Some(NEW), 2),
        // A dozen old posts tell that the account sleeps.
        ("http://sleeper.example/u/77", Some(date(2025, 1, 1)), 1),
        ("http://undated.example/u/77", None, 5),
        // What another host shows is not the account that was filed.
        ("http://leaves.example/api", Some(date(2024, 1, 1)), 1),
        ("http://mp.weixin.qq.com/s/abc", Some(NEW), 1),
    ] {
        let server = Server::start(platform).await;
        let facts = looked_at(&server, url).await;
        assert_eq!(newest(&facts), newest_day, "{url}: {:?}", facts.posts);
        assert_eq!(facts.is_readable, Some(true), "{url}");
        let asked = server.distinct();
        assert_eq!(asked.len(), pages, "{url}: {asked:?}");
        assert_eq!(server.asked().len(), pages, "{url}: each page once");
    }
}

#[tokio::test]
async fn neither_slips_nor_detours_hide_what_is_new() {
    for host in ["future.example", "flaky.example", "moved.example"] {
        let server = Server::start(platform).await;
        let facts = looked_at(&server, &format!("http://{host}/u/77")).await;
        assert_eq!(newest(&facts), Some(NEW), "{host}: {:?}", facts.posts);
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let server = Server::start(platform).await;
    let facts = looked_at(&server, "http://busy.example/u/77").await;
    assert_eq!((newest(&facts), facts.trouble), (Some(NEW), None));
    let log = server.log.lock().unwrap();
    let gap = log.asks[1].0.duration_since(log.asks[0].0);
    assert!(gap.as_millis() >= 1000, "asked again after {gap:?}");
}

#[tokio::test]
async fn walls_and_blocks_say_nothing_of_the_account() {
    for host in ["members.example", "captcha.example", "wall.example"] {
        let server = Server::start(platform).await;
        let facts = looked_at(&server, &format!("http://{host}/u/77")).await;
        let trouble = facts.trouble.as_ref().map(|trouble| trouble.reason);
        assert_eq!(
            trouble,
            Some(UndeterminedReason::Blocked),
            "{host}: {facts:?}"
        );
        assert!(facts.posts.is_empty(), "{host}");
    }
}
