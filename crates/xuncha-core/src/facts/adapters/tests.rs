//! Answers of every kind of source, and what they show.

use jiff::civil::date;

use super::{Answer, read};
use crate::evidence::Purpose;
use crate::facts::model::{PageFacts, Post};
use crate::facts::{Lexicons, test_capture};

/// What an answer of an account shows.
fn shown(url: &str, kind: &str, body: &str) -> PageFacts {
    let mut capture = test_capture(url);
    capture.purpose = Purpose::Account;
    capture.content_type = kind.to_owned();
    crate::facts::read(&capture, body.as_bytes(), &Lexicons::builtin())
}

const MEETING: &str = "会议召开";

#[test]
fn feeds_and_data_of_every_form() {
    for (url, kind, body) in [
        (
            "http://a.cn/feed",
            "application/rss+xml",
            "<?xml version='1.0'?><rss version='2.0'><channel><title>青石发布</title><link>http://a.cn</link><description>x</description><item><title>会议召开</title><link>http://a.cn/1</link><pubDate>Sun, 01 Mar 2026 08:30:00 +0800</pubDate></item></channel></rss>",
        ),
        (
            "http://a.cn/feed",
            "application/atom+xml",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>青石</title><id>1</id><updated>2026-03-01T00:30:00Z</updated><entry><id>2</id><title>会议召开</title><link href='/1'/><updated>2026-03-01T00:30:00Z</updated></entry></feed>",
        ),
        (
            "http://a.cn/feed",
            "application/json",
            r#"{"account":"青石发布","items":[{"title":"会议召开","url":"1","date":"2026-03-01T08:30"}]}"#,
        ),
        (
            "http://a.cn/feed",
            "application/json",
            r#"{"data":{"list":[{"text":"会议召开","url":"http://a.cn/1","created_at":1772325000}]}}"#,
        ),
        (
            "http://a.cn/feed",
            "application/json",
            r#"[{"title":"会议召开","link":"http://a.cn/1","published":"2026-02-28T23:30:00Z"}]"#,
        ),
        (
            "http://a.cn/feed",
            "text/html",
            r#"{"items":[{"title":"会议召开","url":"/1","date":"1772325000000"}]}"#,
        ),
        (
            "http://a.cn/feed",
            "application/json",
            r#"[{"title":"会议召开","url":"/1","date":null,"created_at":"2026-03-01 10:00:00"}]"#,
        ),
        (
            "http://a.cn/feed",
            "application/json",
            r#"[{"title":"会议召开","url":"/1","publish_time":0,"date":20260301}]"#,
        ),
        (
            "https://m.weibo.cn/api/container/getIndex?containerid=1076",
            "application/json",
            r#"{"ok":1,"data":{"cards":[{"card_type":9,"mblog":{"created_at":"Sun Mar 01 08:30:00 +0800 2026","text":"<a href='/n/x'>会议</a>召开","user":{"description":"青石市","created_at":"Fri Jan 01 00:00:00 +0800 2016"}},"scheme":"x"}]}}"#,
        ),
        (
            "https://www.toutiao.com/api/pc/list/user/feed",
            "application/json",
            r#"{"data":[{"title":"会议召开","publish_time":1772325000,"article_url":"http://a.cn/1"}]}"#,
        ),
        (
            "https://mp.weixin.qq.com/mp/appmsgalbum?f=json",
            "application/json",
            r#"{"getalbum_resp":{"article_list":[{"title":"会议召开","create_time":"1772325000","url":"http://a.cn/1"}]}}"#,
        ),
        (
            "http://data.cn/posts.csv",
            "text/csv; charset=utf-8",
            "标题,链接,发布时间\n会议召开,http://a.cn/1,2026年3月1日 08:30\n",
        ),
        (
            "https://mp.weixin.qq.com/s/abc",
            "text/html",
            "<html><head><meta property='og:title' content='会议召开'></head><body><h1 id=activity-name>会议召开</h1><div id=js_content><p>全市春耕生产工作会议于近日召开，部署春季农业生产工作。</p></div><script>var ct = \"1772325000\";</script></body></html>",
        ),
        (
            "https://mp.weixin.qq.com/mp/homepage?__biz=1",
            "text/html",
            "<html><body><div id=app></div><script>var list=[{title: '会议召开', create_time: '1772325000', digest: '', url: 'http://a.cn/1'}];</script></body></html>",
        ),
    ] {
        let facts = shown(url, kind, body);
        let [post] = facts.posts.as_slice() else {
            panic!("{body}: {:?}", facts.posts);
        };
        assert_eq!(
            (post.title.as_str(), post.date),
            (MEETING, Some(date(2026, 3, 1))),
            "{body}"
        );
        let is_own = post.url.is_empty() || post.url == "http://a.cn/1" || post.url == url;
        assert!(is_own, "{body}: {}", post.url);
    }
}

#[test]
fn what_is_no_list_of_posts_has_none() {
    for (kind, body) in [
        ("text/html", "<html><body>x</body></html>"),
        ("application/json", r#"{"code":-1,"message":"need login"}"#),
        ("text/csv", "编号,名称\n1,青石发布\n"),
        ("application/xml", "<error>1</error>"),
    ] {
        let facts = shown("http://a.cn/u/1", kind, body);
        assert_eq!(facts.posts, Vec::<Post>::new(), "{body}");
    }
}

#[test]
fn the_next_page_is_named() {
    let pager = |links: &str| {
        format!(
            "<html><body><h1>青石发布</h1><ul><li><a href=/p/1>全市春耕生产工作会议召开</a> 2024-03-01</li><li><a href=/p/2>我市启动春季植树造林活动</a> 2024-02-01</li></ul><div class=page>{links}</div></body></html>"
        )
    };
    for (url, kind, body, next) in [
        (
            "http://a.cn/u/77",
            "text/html",
            pager("<a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=2'>下一页</a>"),
            Some("http://a.cn/u/77?page=1"),
        ),
        (
            "http://a.cn/u/77?page=2",
            "text/html",
            pager("<a href='?page=1'>上一页</a><a href='?page=3'>3</a><a href='?page=9'>尾页</a>"),
            Some("http://a.cn/u/77?page=3"),
        ),
        (
            "http://a.cn/u/77?page=9",
            "text/html",
            pager("<a href='?page=1'>首页</a><a href='?page=8'>上一页</a>"),
            None,
        ),
        (
            "http://a.cn/f.json",
            "application/json",
            r#"{"items":[],"next_url":"/f.json?cursor=2"}"#.to_owned(),
            Some("http://a.cn/f.json?cursor=2"),
        ),
        (
            "http://a.cn/atom",
            "application/atom+xml",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>青石</title><id>1</id><updated>2026-03-01T00:30:00Z</updated><link rel='next' href='/atom?p=2'/></feed>".to_owned(),
            Some("http://a.cn/atom?p=2"),
        ),
    ] {
        let facts = shown(url, kind, &body);
        assert_eq!(facts.next_page.as_deref(), next, "{body}");
    }
}

#[test]
fn platforms_are_told_by_their_hosts_and_names() {
    let platforms = Lexicons::builtin().platforms;
    let of = |url: &str| platforms.of_url(url).map(|one| one.name.clone());
    for (url, expected) in [
        ("https://mp.weixin.qq.com/s/1", Some("微信公众号")),
        ("https://channels.weixin.qq.com/1", Some("视频号")),
        ("https://m.weibo.cn/u/1", Some("微博")),
        ("https://notweibo.cn/u/1", None),
        ("https://www.qingshi.gov.cn/", None),
    ] {
        assert_eq!(of(url).as_deref(), expected, "{url}");
    }
    let named = |name: &str| platforms.named(name).map(|one| one.name.clone());
    assert_eq!(named("新浪微博").as_deref(), Some("微博"));
    assert_eq!(named("飞信"), None);
    for platform in platforms.all() {
        assert!(!platform.look_at.is_empty(), "{}", platform.name);
    }
}

#[test]
fn an_answer_of_no_adapter_shows_nothing() {
    let mut capture = test_capture("http://a.cn/x");
    capture.content_type = "application/pdf".to_owned();
    let lexicons = Lexicons::builtin();
    let answer = Answer {
        capture: &capture,
        body: b"%PDF-1.7",
        lexicons: &lexicons,
        page: None,
    };
    assert_eq!(read(&answer), None);
}

#[test]
fn only_a_whole_answer_without_an_error_says_that_there_are_no_posts() {
    let rss = |inner: &str| {
        format!("<?xml version='1.0'?><rss version='2.0'><channel><title>青石发布</title>{inner}")
    };
    for (kind, body, is_empty) in [
        (
            "application/json",
            r#"{"code":0,"data":{"list":[]}}"#.to_owned(),
            true,
        ),
        ("application/json", r#"{"items":[]}"#.to_owned(), true),
        (
            "application/json",
            r#"{"code":-101,"message":"请先登录","data":{"list":[]}}"#.to_owned(),
            false,
        ),
        (
            "application/json",
            r#"{"errcode":"412","data":[]}"#.to_owned(),
            false,
        ),
        (
            "application/json",
            r#"{"ok":false,"items":[]}"#.to_owned(),
            false,
        ),
        ("application/rss+xml", rss("</channel></rss>"), true),
        ("application/rss+xml", rss("<item><title>会"), false),
    ] {
        let page = shown("http://a.cn/feed", kind, &body);
        assert!(page.posts.is_empty(), "{body}");
        assert_eq!(!page.empty_wording.is_empty(), is_empty, "{body}");
    }
}
