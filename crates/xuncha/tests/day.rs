//! A round's life in the web interface of the real binary: created, drawn, gathered and judged by jobs that outlive a kill, reviewed by
//! keyboard in a browser, closed, frozen, and its notice signed off by three people.
#![allow(clippy::unwrap_used)]

#[path = "../../xuncha-web/tests/support/chromium.rs"]
mod chromium;
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use chromium::Browser;
use sha2::{Digest, Sha256};
use support::{Province, succeed, xuncha};
use xuncha_store::{Location, Store};

const PASSWORD: &str = "xiaoxi liu shui";
/// Things that are decided in the browser; the rest is decided by forms.
const BY_KEYBOARD: usize = 50;

/// The web interface with its worker.
struct Served {
    child: Child,
    address: String,
    said: Vec<String>,
    /// Kept open: who prints into a closed pipe ends.
    _lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Served {
    fn start(data: &Path, province: &Path) -> Served {
        let mut child = xuncha()
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0", "--rate", "unlimited"])
            .args(["--browser", "off", "--province"])
            .arg(province)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<String> = lines.by_ref().take(2).map(Result::unwrap).collect();
        let address = said[0].split("http://").nth(1).unwrap();
        Served {
            address: address.trim_end_matches('/').to_owned(),
            said,
            child,
            _lines: lines,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody at a browser without a screen.
struct Person {
    address: String,
    cookies: BTreeMap<String, String>,
    csrf: String,
}

struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Person {
    fn signed_in(address: &str, login: &str) -> Person {
        let mut person = Person {
            address: address.to_owned(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        };
        person.get("/sign-in");
        let inside = person.post("/sign-in", &[("login", login), ("password", PASSWORD)]);
        assert_eq!(inside.status, 303, "{}", inside.body);
        person.get("/about");
        person
    }

    fn ask(&mut self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut location = String::new();
        for line in head.lines() {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if let Some(place) = line.strip_prefix("location: ") {
                location = place.to_owned();
            }
        }
        if let Some((_, rest)) = body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            location,
            body: body.to_owned(),
        }
    }

    fn head(&self, method: &str, path: &str) -> String {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let host = &self.address;
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        )
    }

    fn get(&mut self, path: &str) -> Answer {
        let request = self.head("GET", path) + "\r\n";
        self.ask(&request)
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &self.csrf)
            .extend_pairs(fields)
            .finish();
        let request = format!(
            "{}Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.head("POST", path),
            self.address,
            form.len()
        );
        self.ask(&request)
    }

    #[track_caller]
    fn done(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path} {fields:?}: {}", answer.body);
        answer.location
    }

    /// Starts a job and follows the stream of its progress to the end.
    #[track_caller]
    fn job(&mut self, fields: &[(&str, &str)]) {
        self.get("/rounds/2026Q1/work");
        self.done("/rounds/2026Q1/work", fields);
        self.watched();
    }

    #[track_caller]
    fn watched(&mut self) {
        let told = self.get("/rounds/2026Q1/work/events").body;
        assert!(told.contains("data-ended"), "{told}");
        let shown = self.get("/rounds/2026Q1/work").body;
        assert!(!shown.contains("失败"), "{shown}");
    }

    /// Takes a step of the sign-off, of what the page shows now.
    #[track_caller]
    fn sign(&mut self, path: &str, step: &str) {
        let page = self.get("/rounds/2026Q1/notice").body;
        let of = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            let (_, rest) = page
                .split_once(&mark)
                .unwrap_or_else(|| panic!("{step}: {page}"));
            rest.split('"').next().unwrap().to_owned()
        };
        let (text, round, taken) = (of("text"), of("round"), of("taken"));
        let fields = [
            ("step", step),
            ("text", &text),
            ("round", &round),
            ("taken", &taken),
        ];
        self.done(&format!("/rounds/2026Q1/notice/{path}"), &fields);
    }
}

fn add(data: &Path, login: &str, role: &str) {
    let mut child = xuncha()
        .arg("--data")
        .arg(data)
        .args(["person", "add", login, "--role", role, "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{PASSWORD}").unwrap();
    drop(input);
    assert!(child.wait().unwrap().success(), "{login}");
}

/// Decides by keys until so many things are decided, or nothing is open.
fn review(address: &str, login: &str) -> usize {
    let mut browser = Browser::start(1400, 900);
    browser.open(&format!(
        "http://{address}/sign-in?next=/rounds/2026Q1/desk"
    ));
    browser.wait_until_drawn();
    browser.see("document.querySelector('input[name=login]').focus()");
    browser.write(login);
    browser.press("Tab");
    browser.write(PASSWORD);
    browser.press_and_load("Enter");
    let mut decided = 0;
    while decided < BY_KEYBOARD {
        browser.wait_until_drawn();
        let path = browser.see("location.pathname");
        if path == "/rounds/2026Q1/desk" {
            break;
        }
        if decided < 3 {
            browser.picture(&format!("day-{decided}"));
        }
        match browser.see("!!document.querySelector('[data-do=confirm]')") == true {
            true => browser.press_and_load("y"),
            false => {
                browser.press("0");
                browser.press_and_load("Enter");
            }
        }
        decided += 1;
    }
    decided
}

/// A finding about a column, by its page: its target, and its name on the desk.
fn column_finding(li: &mut Person) -> (String, String, String) {
    let list = li.get("/rounds/2026Q1/targets").body;
    let parts = list.split("href=\"/rounds/2026Q1/targets/").skip(1);
    let targets: Vec<String> = parts
        .map(|rest| rest.split(['"', '?']).next().unwrap().to_owned())
        .collect();
    for target in targets {
        let sheet = li.get(&format!("/rounds/2026Q1/targets/{target}")).body;
        for rest in sheet.split("href=\"/findings/").skip(1) {
            let page = format!("/findings/{}", rest.split('"').next().unwrap());
            let finding = li.get(&page).body;
            if finding.contains("extras") {
                continue;
            }
            let Some((_, rest)) = finding.split_once("<dd class=\"url\">") else {
                continue;
            };
            let url = rest.split('<').next().unwrap();
            for prefix in ["stale", "overdue", "empty"] {
                let hash = Sha256::digest(format!("stale_columns\n{prefix}:{url}"));
                let item = hex::encode(&hash[..8]);
                let desk = li.get(&format!("/rounds/2026Q1/desk/{target}/{item}?of=all"));
                if desk.status == 200 {
                    return (target, item, page);
                }
            }
        }
    }
    panic!("no column of this province stands still");
}

/// What a person reads otherwise is judged, by the machine and by itself; taken back, it is as it was.
fn a_correction_judges_its_target_again(li: &mut Person) {
    let (target, item, finding) = column_finding(li);
    let desk = format!("/rounds/2026Q1/desk/{target}/{item}?of=all");
    assert!(li.get(&desk).body.contains("更正读数"));
    let next = li.done(
        &desk,
        &[("do", "correct"), ("kind", "static"), ("reason", "说明页")],
    );
    assert!(next.contains("kept=corrected"), "{next}");
    li.watched();
    assert_eq!(
        li.get(&finding).status,
        404,
        "nothing is wrong with it any more"
    );
    let tasks = format!("/rounds/2026Q1/tasks/{target}");
    let page = li.get(&tasks).body;
    let (_, rest) = page.split_once("name=\"number\" value=\"").unwrap();
    let number = rest.split('"').next().unwrap().to_owned();
    li.done(&format!("{tasks}/corrections"), &[("number", &number)]);
    li.watched();
    assert_eq!(li.get(&finding).status, 200, "it is there again");
}

#[test]
fn a_round_lives_from_its_creation_to_its_published_notice() {
    let folder = tempfile::tempdir().unwrap();
    let province = Province::start(&folder.path().join("province"), 3, "realistic");
    let data = folder.path().join("data");
    succeed(
        xuncha()
            .arg("--data")
            .arg(&data)
            .args(["registry", "import"])
            .arg(province.folder.join("registry.xlsx")),
    );
    for (login, role) in [
        ("zhang", "administrator"),
        ("li", "supervisor"),
        ("wang", "supervisor"),
        ("zhao", "inspector"),
        ("qian", "leader"),
    ] {
        add(&data, login, role);
    }
    let mut served = Served::start(&data, &province.described());
    let mut li = Person::signed_in(&served.address, "li");
    li.get("/round/new");
    let made = li.done(
        "/round/new",
        &[
            ("id", "2026Q1"),
            ("as_of", province.text("as_of")),
            ("seed", "day"),
            ("set", "gov-2019"),
            ("also_listed", "extras"),
            ("departments", "2"),
            ("accounts", "4"),
            // The province lives on a day of its own.
            ("sure", "1"),
        ],
    );
    assert_eq!(made, "/rounds/2026Q1/sample");
    li.get(&made);
    li.done("/rounds/2026Q1/sample", &[]);

    // Gathering is killed in the middle and goes on by itself when the program is back.
    li.get("/rounds/2026Q1/work");
    li.done("/rounds/2026Q1/work", &[("kind", "gather")]);
    while province.request_count() < 40 {
        assert!(served.child.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    served = Served::start(&data, &province.described());
    assert!(served.said[1].contains("登录"), "{:?}", served.said);
    let mut li = Person::signed_in(&served.address, "li");
    li.watched();
    let work = li.get("/rounds/2026Q1/work").body;
    assert!(
        work.contains("采集完成") && work.contains("次启动"),
        "{work}"
    );
    li.job(&[("kind", "judge")]);

    a_correction_judges_its_target_again(&mut li);

    let decided = review(&served.address, "zhao");
    assert!(decided >= BY_KEYBOARD, "{decided}");
    let mut zhao = Person::signed_in(&served.address, "zhao");
    let mut rest = 0;
    loop {
        let next = zhao.get("/rounds/2026Q1/desk");
        if next.status == 200 {
            break;
        }
        let place = zhao.get(&next.location).location;
        let page = zhao.get(&place).body;
        let fields: &[(&str, &str)] = match page.contains("value=\"confirm\"") {
            true => &[("do", "confirm")],
            false => &[("do", "answer"), ("answer", "0")],
        };
        zhao.done(&place, fields);
        rest += 1;
        assert!(rest < 2_000, "it does not end");
    }
    let close = li.get("/rounds/2026Q1/close").body;
    assert!(close.contains("可以关闭"), "{close}");
    li.done("/rounds/2026Q1/close", &[("what", "close")]);
    li.watched();
    li.get("/rounds/2026Q1/close");
    li.done("/rounds/2026Q1/close", &[("what", "freeze")]);
    li.job(&[("kind", "notice"), ("number", "云政办函〔2026〕8号")]);

    li.sign("sign", "drafted");
    let mut wang = Person::signed_in(&served.address, "wang");
    wang.sign("sign", "checked");
    let mut qian = Person::signed_in(&served.address, "qian");
    qian.sign("approve", "approved");
    li.sign("sign", "published");
    let notice = qian.get("/rounds/2026Q1/notice").body;
    assert!(
        notice.contains("已发布") && !notice.contains("签署不再有效"),
        "{notice}"
    );
    for name in ["zhao", "li", "wang", "qian"] {
        let page = qian.get("/rounds/2026Q1/close").body + &notice;
        assert!(name == "zhao" || page.contains(name), "{name}");
    }
    drop(served);
    the_summary_is_that_of_the_closing(&data);
    let log = succeed(xuncha().arg("--data").arg(&data).args(["audit", "verify"]));
    assert!(log.status.success());
}

/// What people decided after the scoring stands in the summary that brief and public pages show.
fn the_summary_is_that_of_the_closing(data: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (kept, reckoned) = runtime.block_on(async {
        let store = Store::open(&Location::Folder(data.to_owned()))
            .await
            .unwrap();
        let round = store.round("2026Q1").await.unwrap().round;
        let kept = store.stats(&round.id, &round.set.id).await.unwrap();
        (kept.unwrap(), store.results(&round).await.unwrap().stats)
    });
    assert_eq!(kept, reckoned);
}
