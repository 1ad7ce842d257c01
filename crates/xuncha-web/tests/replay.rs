//! The replay over real HTTP: archived pages with what belongs to them, hostile ones included. Nothing runs, nothing leaves the server.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{PORTAL, ROUND, at};
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::ExchangeParts;
use xuncha_web::WebState;

/// An answer as it came over the socket.
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

fn ask(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    write!(stream, "{request}\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Answer {
        status,
        headers,
        body: body.to_owned(),
    }
}

/// A served archive.
struct Served {
    address: SocketAddr,
    cookie: String,
    records: BTreeMap<String, String>,
    finding: String,
    _folder: tempfile::TempDir,
}

impl Served {
    fn get(&self, path: &str) -> Answer {
        ask(self.address, path, &[("Cookie", &self.cookie)])
    }

    fn evidence(&self, url: &str) -> String {
        format!("/rounds/{ROUND}/evidence/{PORTAL}/{}", self.records[url])
    }

    /// The address of a page's replay.
    fn replay(&self, url: &str) -> String {
        let answer = self.get(&format!("{}/replay", self.evidence(url)));
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.headers["location"].clone()
    }

    /// A replayed page, asked without a session, as a sandboxed frame asks.
    fn page(&self, url: &str) -> Answer {
        ask(self.address, &self.replay(url), &[])
    }
}

type Archived<'a> = (&'a str, &'a str, Vec<u8>);

fn archive(state: &WebState, pages: &[Archived<'_>]) -> BTreeMap<String, String> {
    let (mut evidence, _) = state
        .evidence
        .open_target(ROUND, &TargetId::from(PORTAL))
        .unwrap();
    let mut records = BTreeMap::new();
    for (url, content_type, body) in pages {
        let (status, extra) = match content_type.strip_prefix("-> ") {
            Some(location) => ("302 Found", format!("Location: {location}")),
            None => ("200 OK", format!("Content-Type: {content_type}")),
        };
        let head = format!("HTTP/1.1 {status}\r\n{extra}\r\nX-Kept: yes\r\n\r\n");
        let kept = evidence
            .keep(&ExchangeParts {
                url,
                at: at("2026-03-15T09:20:00"),
                request_head: b"GET / HTTP/1.1\r\n\r\n",
                response_head: Some(head.as_bytes()),
                body,
                failure: "",
                is_truncated: false,
                sha256: "",
            })
            .unwrap();
        records.insert((*url).to_owned(), kept.record);
    }
    evidence.rest().unwrap();
    records
}

async fn serve(pages: &[Archived<'_>]) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    let (finding, _) = support::seed(&state).await;
    let records = archive(&state, pages);
    let token = xuncha_web::new_login(&state, "管理员").await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(xuncha_web::serve(
        listener,
        xuncha_web::router(state),
        std::future::pending(),
    ));
    let cookie = tokio::task::spawn_blocking(move || sign_in(address, &token))
        .await
        .unwrap();
    Served {
        address,
        cookie,
        records,
        finding,
        _folder: folder,
    }
}

fn sign_in(address: SocketAddr, token: &str) -> String {
    let form = ask(address, "/sign-in", &[]);
    let cookie = form.headers["set-cookie"]
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let (_, csrf) = form.body.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = csrf.split('"').next().unwrap();
    let body = format!("token={token}&next=/&csrf={csrf}");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /sign-in HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let set = text
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// An address of the page that the replay turned, by what follows it in the markup.
fn turned<'a>(html: &'a str, url: &str) -> &'a str {
    let encoded: String = url
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let end = html
        .find(&format!("?u={encoded}\""))
        .unwrap_or_else(|| panic!("{url} was not turned: {html}"))
        + 3
        + encoded.len();
    let start = html[..end].rfind('"').unwrap() + 1;
    &html[start..end]
}

const HOME: &str = "http://www.site1.gov.cn/index.html";

/// An image of one point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

fn gb18030(text: &str) -> Vec<u8> {
    // What the test needs of the encoding: two bytes a character.
    let known = BTreeMap::from([
        ('青', [0xc7, 0xe0]),
        ('石', [0xca, 0xaf]),
        ('市', [0xca, 0xd0]),
    ]);
    text.chars()
        .flat_map(|c| match known.get(&c) {
            Some(bytes) => bytes.to_vec(),
            None => vec![c as u8],
        })
        .collect()
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn site() -> Vec<Archived<'static>> {
    vec![
        (
            HOME,
            "text/html; charset=utf-8",
            "<!doctype html><title>首页</title><link rel=stylesheet href=/css/main.css><body background=bg.png><img src=img/logo.png><img src=/no.png>\
             <a href=/zcwj/1.html>政策</a><a href=http://other.example/x>外站</a><a href=/moved>搬走</a><iframe src=/frame.html></iframe>\
             <p>关于印发<b>实施方案</b>的通知</p>"
                .into(),
        ),
        (
            "http://www.site1.gov.cn/css/main.css",
            "text/css",
            "@import 'more.css';body{background:url(../img/logo.png)}".into(),
        ),
        ("http://www.site1.gov.cn/css/more.css", "text/plain", "p{color:red}".into()),
        ("http://www.site1.gov.cn/img/logo.png", "image/png", PNG.to_vec()),
        ("http://www.site1.gov.cn/zcwj/1.html", "text/html", "<title>政策</title><p>政策原文</p>".into()),
        ("http://www.site1.gov.cn/frame.html", "text/html; charset=utf-8", "<p>框架里的内容</p>".into()),
        ("http://www.site1.gov.cn/moved", "-> /zcwj/1.html", Vec::new()),
        ("http://www.site1.gov.cn/loop", "-> /loop2", Vec::new()),
        ("http://www.site1.gov.cn/loop2", "-> /loop", Vec::new()),
        ("http://www.site1.gov.cn/gb", "text/html; charset=gb2312", gb18030("<title>x</title><meta charset=gb2312><p>青石市</p>")),
        ("http://www.site1.gov.cn/gb2", "text/html", gb18030("<meta http-equiv=content-type content='text/html; charset=gbk'><p>青石市</p>")),
        ("http://www.site1.gov.cn/u16", "text/html", utf16("<meta charset=utf-8><p>青石市</p>")),
        ("http://www.site1.gov.cn/feed.xml", "application/rss+xml; charset=utf-8", "<rss><script>alert(1)</script></rss>".into()),
        ("http://www.site1.gov.cn/a.zip", "application/zip", b"PK\x03\x04".to_vec()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_comes_with_what_belongs_to_it() {
    let served = serve(&site()).await;
    let page = served.page(HOME);
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let policy = &page.headers["content-security-policy"];
    let replay = served.replay(HOME);
    let folder = &replay[..replay.find(&format!("/{PORTAL}/")).unwrap() + PORTAL.len() + 2];
    for wanted in [
        "sandbox; default-src 'none';".to_owned(),
        format!("img-src {}{folder} data:;", served.address),
        format!("style-src {}{folder} 'unsafe-inline';", served.address),
        "form-action 'none'; base-uri 'none'".to_owned(),
    ] {
        assert!(policy.contains(&wanted), "{wanted}\n{policy}");
    }
    assert!(
        !policy.contains("script-src") && !policy.contains("allow-"),
        "{policy}"
    );
    let get = |path: &str| ask(served.address, path, &[]);
    let base = "http://www.site1.gov.cn";

    let css = get(turned(&page.body, &format!("{base}/css/main.css")));
    assert_eq!(css.headers["content-type"], "text/css; charset=utf-8");
    let more = get(turned(&css.body, &format!("{base}/css/more.css")));
    assert_eq!((more.status, more.body.as_str()), (200, "p{color:red}"));
    assert_eq!(more.headers["content-type"], "text/css; charset=utf-8");
    let logo = get(turned(&css.body, &format!("{base}/img/logo.png")));
    assert_eq!(
        (logo.status, logo.headers["content-type"].as_str()),
        (200, "image/png")
    );
    let frame = get(turned(&page.body, &format!("{base}/frame.html")));
    assert!(frame.body.contains("框架里的内容"));
    let policy = get(turned(&page.body, &format!("{base}/zcwj/1.html")));
    assert!(policy.body.contains("政策原文"));
    let moved = get(turned(&page.body, &format!("{base}/moved")));
    assert!(
        moved.body.contains("政策原文"),
        "redirects are followed inside the archive"
    );

    let outside = get(turned(&page.body, "http://other.example/x"));
    assert_eq!(outside.status, 404);
    assert!(
        outside.body.contains("这个地址没有存档")
            && outside.body.contains("http://other.example/x")
    );
    assert!(
        !outside.body.contains("href="),
        "nothing to click leads outside"
    );
    let missing = turned(&page.body, &format!("{base}/no.png"));
    let picture = ask(served.address, missing, &[("Sec-Fetch-Dest", "image")]);
    assert_eq!(
        (picture.status, picture.headers["content-type"].as_str()),
        (404, "image/svg+xml")
    );
    let looped = get(&replay.replace("/record", "/page?u=http%3A%2F%2Fwww.site1.gov.cn%2Floop"));
    assert!(looped.body.contains("没有终点"), "{}", looped.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_in_their_own_encodings() {
    let served = serve(&site()).await;
    for path in ["gb", "gb2", "u16"] {
        let page = served.page(&format!("http://www.site1.gov.cn/{path}"));
        assert!(page.body.contains("青石市"), "{path}: {}", page.body);
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(
            page.body.matches("charset").count(),
            1,
            "{path}: {}",
            page.body
        );
    }
    let feed = served.page("http://www.site1.gov.cn/feed.xml");
    assert_eq!(feed.headers["content-type"], "text/plain; charset=utf-8");
    let zip = served.get(&served.evidence("http://www.site1.gov.cn/a.zip"));
    assert!(zip.body.contains("/raw") && !zip.body.contains("<iframe"));
    let raw = served.get(&format!(
        "{}/raw",
        served.evidence("http://www.site1.gov.cn/a.zip")
    ));
    assert_eq!(raw.body, "PK\u{3}\u{4}");
    assert!(raw.headers["content-disposition"].starts_with("attachment"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quoted_place_is_marked_and_its_proof_stands_beside_it() {
    let served = serve(&site()).await;
    let quote = "%E5%85%B3%E4%BA%8E%E5%8D%B0%E5%8F%91%E5%AE%9E%E6%96%BD%E6%96%B9%E6%A1%88";
    let page = served.get(&format!("{}?quote={quote}", served.evidence(HOME)));
    assert_eq!(page.status, 200);
    for wanted in [
        "已在页面中用黄底标出",
        "SHA-256",
        "2026-03-15 09:20:00",
        "X-Kept",
        "sandbox",
        "#xuncha-quote",
    ] {
        assert!(page.body.contains(wanted), "{wanted}\n{}", page.body);
    }
    let start = page.body.find("src=\"/replay/").unwrap() + 5;
    let end = start + page.body[start..].find('#').unwrap();
    let frame = ask(
        served.address,
        &page.body[start..end].replace("&#38;", "&"),
        &[],
    );
    assert!(
        frame.body.contains("关于印发</mark><b><mark"),
        "{}",
        frame.body
    );
    let other = served.get(&format!("{}?quote=xyz", served.evidence(HOME)));
    assert!(other.body.contains("没有找到"));
    // From the finding to the page where it shows, with the dead link marked.
    let finding = served.get(&format!("/findings/{}", served.finding));
    let at = finding.body.find("/evidence/").unwrap();
    let start = finding.body[..at].rfind('"').unwrap() + 1;
    let end = at + finding.body[at..].find('"').unwrap();
    let shown = served.get(&finding.body[start..end].replace("&#38;", "&"));
    assert!(
        shown.body.contains("已在页面中用黄底标出"),
        "{}",
        shown.body
    );
    assert!(finding.body.contains("/archived/"));
    let found = served.get(&format!(
        "/rounds/{ROUND}/archived/{PORTAL}?url=http://www.site1.gov.cn/zcwj/1.html&near=2026-03-15T09:00:00&quote=abc"
    ));
    assert_eq!(found.status, 303);
    assert!(found.headers["location"].ends_with("?quote=abc"));
    let lost = served.get(&format!(
        "/rounds/{ROUND}/archived/{PORTAL}?url=http://www.site1.gov.cn/none"
    ));
    assert_eq!(lost.status, 404);
    assert!(lost.body.contains("没有存档"));
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_open_one_target_only() {
    let served = serve(&site()).await;
    let replay = served.replay(HOME);
    let pass = replay.split('/').nth(2).unwrap().to_owned();
    for wrong in [
        replay.replace(&pass, "0.00"),
        replay.replace(PORTAL, "9900000002"),
        replay.replace(ROUND, "2025Q4"),
        replay.replacen(&pass, &format!("9{pass}"), 1),
    ] {
        let answer = ask(served.address, &wrong, &[("Cookie", &served.cookie)]);
        assert_eq!(answer.status, 403, "{wrong}");
        assert!(answer.body.contains("已过期"));
    }
    let answer = ask(served.address, &replay, &[]);
    assert_eq!(
        answer.headers["referrer-policy"], "no-referrer",
        "a pass does not travel"
    );
}

/// Hostile pages; `OUT` stands for a host that must never be asked.
const HOSTILE: [&str; 12] = [
    "<script>document.title='RAN';fetch('http://OUT/1')</script><script src=http://OUT/2></script>",
    "<meta http-equiv=refresh content='0;url=http://OUT/3'><meta http-equiv=Content-Security-Policy content='default-src *'>",
    "<base href=http://OUT/4/><img src=5.png><a id=go href=6.html>x</a><link rel=stylesheet href=7.css>",
    "<a href=\"javascript:document.title='RAN'\">x</a><a href='java&#10;script:document.title=1'>y</a><a href=http://OUT/8 ping=http://OUT/9>z</a>",
    "<svg onload=\"document.title='RAN'\"><image href=http://OUT/10 /><use href=http://OUT/11#a /><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<style>@import url(http://OUT/12);@import 'http://OUT/13';body{background:url(http://OUT/14)}@font-face{font-family:x;src:url(http://OUT/15)}p{font-family:x;background:image-set('http://OUT/16' 1x)}</style><p>文</p>",
    "<iframe srcdoc=\"<script>parent.document.title='RAN'</script><img src=http://OUT/17>\"></iframe><iframe src=http://OUT/18></iframe><iframe src=\"data:text/html,<img src=http://OUT/19>\"></iframe>",
    "<img src=http://OUT/20 srcset='http://OUT/21 2x' onerror=\"document.title='RAN'\"><video src=http://OUT/22 poster=http://OUT/23 autoplay></video><audio src=http://OUT/24 autoplay></audio><object data=http://OUT/25></object><embed src=http://OUT/26><input type=image src=http://OUT/27>",
    "<form action=http://OUT/28 id=f><input name=a autofocus onfocus=\"document.title='RAN'\"><button formaction=http://OUT/29>x</button></form>",
    "<link rel=prefetch href=http://OUT/30><link rel=preconnect href=http://OUT/><link rel=dns-prefetch href=//OUT><link rel=icon href=http://OUT/31><link rel='stylesheet' href=http://OUT/32><body background=http://OUT/33 onload=\"document.title='RAN'\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=http://OUT/34 onerror=document.title='RAN'&gt;\">",
    "<p style=\"background:\\75\\72\\6c(http://OUT/35);b:url('http://OUT/36\">x</p><details open ontoggle=\"document.title='RAN'\">y</details><marquee onstart=\"document.title='RAN'\">z</marquee>",
];

/// The page that shows all hostile ones.
const FRAMES: &str = "http://www.site1.gov.cn/h/all";

fn hostile(outside: &str) -> Vec<(String, Vec<u8>)> {
    let frames: String = (0..HOSTILE.len())
        .map(|number| format!("<iframe src={number}></iframe>"))
        .collect();
    let all = format!("<!doctype html><title>quiet</title>{frames}").into_bytes();
    let pages = HOSTILE.iter().enumerate();
    let mut pages: Vec<(String, Vec<u8>)> = pages
        .map(|(number, page)| {
            let url = format!("http://www.site1.gov.cn/h/{number}");
            let page = format!(
                "<!doctype html><title>quiet</title>{}",
                page.replace("OUT", outside)
            );
            (url, page.into_bytes())
        })
        .collect();
    pages.push((FRAMES.to_owned(), all));
    pages
}

/// A host outside that counts who comes.
fn outside() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pages_lose_their_teeth() {
    let (out, asked) = outside();
    let pages = hostile(&out);
    let archived: Vec<Archived<'_>> = pages
        .iter()
        .map(|(url, body)| (url.as_str(), "text/html; charset=utf-8", body.clone()))
        .collect();
    let served = serve(&archived).await;
    for (url, _) in &pages {
        let page = served.page(url);
        assert_harmless(&page.body, &out);
        assert!(
            page.headers["content-security-policy"].starts_with("sandbox; default-src 'none';")
        );
    }
    let dom = chromium(&served);
    assert_eq!(asked.load(Ordering::SeqCst), 0, "a browser left the server");
    assert!(dom.contains("<title>quiet</title>"), "{dom}");
    assert_eq!(dom.matches("<iframe").count(), HOSTILE.len(), "{dom}");
}

/// Elements and attributes of a page that could run or ask; titles and other texts may say what they like.
fn assert_harmless(html: &str, out: &str) {
    let forbidden = [
        "script", "base", "object", "embed", "video", "audio", "applet", "animate", "set",
    ];
    let document = dom_query::Document::from(html);
    for node in document.select("*").nodes() {
        let name = node.node_name().unwrap().to_string();
        assert!(
            !forbidden.contains(&name.as_str()),
            "{name} came through\n{html}"
        );
        if name == "style" {
            assert!(!node.text().contains(out), "{html}");
        }
        for attr in node.attrs() {
            let (key, value) = (attr.name.local.to_string(), attr.value.to_string());
            let is_text = matches!(key.as_str(), "title" | "alt");
            let is_bad = key.starts_with("on")
                || matches!(
                    key.as_str(),
                    "srcdoc" | "http-equiv" | "action" | "formaction" | "ping"
                )
                || !is_text
                    && (value.contains(&format!("//{out}"))
                        || value.to_lowercase().contains("javascript:"));
            assert!(!is_bad, "{name} {key}={value} came through\n{html}");
        }
    }
}

/// A page that shows all of them in frames, opened in a real browser; its document afterwards.
fn chromium(served: &Served) -> String {
    let program = "/usr/bin/chromium";
    assert!(
        std::path::Path::new(program).exists(),
        "Chromium is missing: install the Debian package chromium (looked for {program})"
    );
    let profile = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(program)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--virtual-time-budget=5000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!(
            "http://{}{}",
            served.address,
            served.replay(FRAMES)
        ))
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}
