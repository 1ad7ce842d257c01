//! Messages leave once: a real mail server (aiosmtpd of PyPI) and a robot on this machine, the real binary, and kill -9 in the middle.
//!
//! `cargo xtask test` fetches the mail server as it does warcio.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::xuncha;
use xuncha_core::rectify::stake::Stake;
use xuncha_core::rectify::{Fact, FactKind, ProblemId, Rectification};
use xuncha_core::registry::{Level, Organization, Region, Registry};
use xuncha_store::outbox::{Channel, Contact, Message, MessageState};
use xuncha_store::rectify::{CaseFile, NewFact, case_id};
use xuncha_store::registry::ChangeNote;
use xuncha_store::{Location, Page, Store};

/// The mail server; killed when dropped.
struct MailServer {
    child: Child,
    folder: tempfile::TempDir,
    place: String,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    fn start(certificate: Option<(&Path, &Path)>) -> MailServer {
        let program = match std::env::var_os("XUNCHA_AIOSMTPD") {
            Some(program) => PathBuf::from(program),
            None => Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../target/tools/aiosmtpd/bin/aiosmtpd"),
        };
        assert!(
            program.is_file(),
            "aiosmtpd (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
            program.display()
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp_server.py");
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program.with_file_name("python"));
        command.arg(script).arg(folder.path());
        if let Some((certificate, key)) = certificate {
            command.arg(certificate).arg(key);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port: u16 = line.trim().parse().unwrap();
        MailServer {
            child,
            folder,
            place: format!("127.0.0.1:{port}"),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Messages that it took, oldest first.
    fn taken(&self) -> Vec<String> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        paths.sort();
        let read = |path: &PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into();
        paths.iter().map(read).collect()
    }

    /// How often each number of a message was taken.
    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for message in self.taken() {
            *counts.entry(header(&message, "Message-ID")).or_default() += 1;
        }
        counts
    }
}

fn header(message: &str, name: &str) -> String {
    let start = format!("{name}: ");
    let line = message.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_default().to_owned()
}

/// A robot that answers as it is told and keeps what came.
struct Robot {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Robot {
    fn start(answer: &'static str) -> Robot {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!(
            "http://{}/send?key=not-for-lists",
            listener.local_addr().unwrap()
        );
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut text = Vec::new();
                let mut part = [0; 4096];
                loop {
                    let count = stream.read(&mut part).unwrap_or(0);
                    text.extend_from_slice(&part[..count]);
                    if count == 0 || is_whole(&text) {
                        break;
                    }
                }
                keep.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&text).into_owned());
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
            }
        });
        Robot { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}

/// A data folder with units that have problems to put right until 30 April.
struct House {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl House {
    fn new(units: &[(&str, &[(Channel, String)])]) -> House {
        let house = House {
            folder: tempfile::tempdir().unwrap(),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        house.runtime.block_on(async {
            let store = house.store().await;
            let mut registry = Registry::default();
            registry.regions.insert("990100".into(), region());
            for (unit, _) in units {
                registry.organizations.insert((*unit).into(), of(unit));
            }
            let note = ChangeNote {
                at: at("2026-03-01T09:00"),
                by: "名录.xlsx".into(),
                reason: "导入".into(),
            };
            store.put_registry(&registry, &note).await.unwrap();
            for (unit, contacts) in units {
                add_case(&store, unit).await;
                for (channel, address) in *contacts {
                    let contact = Contact {
                        number: 0,
                        organization: (*unit).into(),
                        channel: *channel,
                        address: address.clone(),
                        secret: (*channel == Channel::Dingtalk).then(|| "SECtest".into()),
                    };
                    assert!(store.put_contact(&contact).await.unwrap());
                }
            }
            store.close().await.unwrap();
        });
        house
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn store(&self) -> Store {
        Store::open(&Location::Folder(self.data())).await.unwrap()
    }

    /// The command with a mail server on this machine.
    fn command(&self, arguments: &[&str], server: &MailServer) -> Command {
        let mut command = xuncha();
        command.arg("--data").arg(self.data()).args(arguments);
        command.args(["--smtp", &server.place, "--smtp-tls", "none"]);
        command.args(["--mail-from", "巡查 <xuncha@office.example>"]);
        command.args(["--outbox-allow-host", "127.0.0.1"]);
        command
    }

    fn remind(&self, day: &str, server: &MailServer) -> Command {
        let day = ["rectify", "remind", "--date", day];
        let any_hour = ["--quiet-from", "00:00", "--quiet-until", "00:00"];
        self.command(&[day.as_slice(), &any_hour].concat(), server)
    }

    fn run(&self, mut command: Command) -> String {
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {text}{said}");
        text
    }

    fn plain(&self, arguments: &[&str]) -> String {
        let mut command = xuncha();
        command.arg("--data").arg(self.data()).args(arguments);
        self.run(command)
    }

    fn messages(&self) -> Vec<Message> {
        self.runtime.block_on(async {
            let store = self.store().await;
            let found = store.messages(None, Page::ALL).await.unwrap();
            store.close().await.unwrap();
            found.rows
        })
    }

    fn states(&self) -> BTreeMap<MessageState, usize> {
        let mut states = BTreeMap::new();
        for message in self.messages() {
            *states.entry(message.state).or_default() += 1;
        }
        states
    }
}

fn at(text: &str) -> jiff::civil::DateTime {
    text.parse().unwrap()
}

fn region() -> Region {
    Region {
        code: "990100".into(),
        name: "青石市".into(),
        level: Level::City,
        parent: None,
    }
}

fn of(unit: &str) -> Organization {
    Organization {
        id: unit.into(),
        name: format!("青石市{unit}局"),
        region: "990100".into(),
        level: Level::City,
        parent: None,
        requires_accounts: false,
    }
}

/// A problem found on 20 March, notified on 2 April.
async fn add_case(store: &Store, unit: &str) {
    add_problem(store, unit, "u").await;
}

async fn add_problem(store: &Store, unit: &str, key: &str) {
    let problem = ProblemId {
        target: format!("99{unit}").as_str().into(),
        check: "broken_links".into(),
        key: key.into(),
    };
    let detail = "首页链接“通知”打不开".to_owned();
    let on = "2026-03-20".parse().unwrap();
    let file = CaseFile {
        case: Rectification::found(problem.clone(), detail, "2026Q1", on),
        target_name: format!("{unit}门户"),
        organization: unit.into(),
        unit_name: format!("青石市{unit}局"),
        region: "990100".into(),
        region_name: "青石市".into(),
        indicators: vec!["D-01".into()],
        round: "2026Q1".into(),
        stake: Stake::default(),
    };
    let when = at("2026-03-20T09:00");
    store
        .follow_cases("2026Q1", &[file], "监管员", when)
        .await
        .unwrap();
    let new = NewFact {
        fact: Fact {
            on: "2026-04-02".parse().unwrap(),
            kind: FactKind::Notified {
                deadline: "2026-04-30".parse().unwrap(),
            },
        },
        at: at("2026-04-02T09:00"),
        by: "监管员".into(),
        owner: String::new(),
    };
    let case = [case_id(&problem)];
    store.add_case_facts(&case, &new).await.unwrap();
}

fn mail(address: &str) -> (Channel, String) {
    (Channel::Mail, address.to_owned())
}

#[test]
fn a_unit_gets_one_message_a_day_on_every_way_it_is_reached() {
    let server = MailServer::start(None);
    let [wecom, dingtalk] = [(); 2].map(|()| Robot::start(r#"{"errcode":0,"errmsg":"ok"}"#));
    let ways = [
        mail("jiaoyu@unit.example"),
        (Channel::Wecom, wecom.address.clone()),
        (Channel::Dingtalk, dingtalk.address.clone()),
    ];
    let house = House::new(&[("U001", &ways), ("U002", &[])]);
    let said = house.run(house.remind("2026-04-20", &server));
    assert!(said.contains("0 个单位需要提醒"), "ten days before: {said}");
    let said = house.run(house.remind("2026-04-23", &server));
    assert!(
        said.contains("写入消息 3 条") && said.contains("已发 3 条"),
        "{said}"
    );
    assert!(said.contains("1 个单位没有联系方式"), "{said}");
    for again in ["2026-04-23", "2026-04-24"] {
        let said = house.run(house.remind(again, &server));
        assert!(
            said.contains("写入消息 0 条") && said.contains("已发 0 条"),
            "{said}"
        );
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let letter = &taken[0];
    assert_eq!(header(letter, "To"), "jiaoyu@unit.example");
    assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
    assert!(
        header(letter, "Message-ID").ends_with("@office.example>"),
        "{letter}"
    );
    let heard = wecom.heard();
    assert_eq!(heard.len(), 1);
    let body = heard[0].split_once("\r\n\r\n").unwrap().1;
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["msgtype"], "text");
    let text = body["text"]["content"].as_str().unwrap();
    assert!(
        text.starts_with("青石市U001局：\n整改提醒：1 个问题即将到期"),
        "{text}"
    );
    assert!(
        text.contains("[还有7天] U001门户：首页链接“通知”打不开"),
        "{text}"
    );
    let heard = dingtalk.heard();
    assert!(
        heard[0].starts_with("POST /send?key=not-for-lists&timestamp="),
        "{}",
        heard[0]
    );
    assert!(heard[0].contains("&sign="), "{}", heard[0]);
    // What comes up after the message of the day stands in that of the next day.
    house.runtime.block_on(async {
        let store = house.store().await;
        add_problem(&store, "U001", "v").await;
        store.close().await.unwrap();
    });
    let said = house.run(house.remind("2026-04-23", &server));
    assert!(said.contains("写入消息 0 条"), "{said}");
    let said = house.run(house.remind("2026-04-24", &server));
    assert!(said.contains("写入消息 3 条"), "{said}");
    // After the term the unit is told once more, and keys of robots are shown to nobody.
    house.run(house.remind("2026-05-01", &server));
    assert_eq!(server.taken().len(), 3);
    let listed = house.plain(&["outbox", "list"]);
    assert!(
        listed.contains("共 9 条") && !listed.contains("not-for-lists"),
        "{listed}"
    );
    let contacts = house.plain(&["contact", "list"]);
    assert!(
        !contacts.contains("not-for-lists") && !contacts.contains("SECtest"),
        "{contacts}"
    );
}

#[test]
fn nothing_leaves_in_quiet_hours_nor_to_private_hosts_that_nobody_named() {
    let server = MailServer::start(None);
    let house = House::new(&[("U001", &[mail("a@unit.example")])]);
    let quiet = ["--quiet-from", "00:00", "--quiet-until", "23:59"];
    let day = ["rectify", "remind", "--date", "2026-04-23"];
    let all = [day.as_slice(), &quiet].concat();
    let said = house.run(house.command(&all, &server));
    // In the last minute of the day the message would leave; it is the day after then.
    if !said.contains("已发 1 条") {
        assert!(
            said.contains("写入消息 1 条") && said.contains("已发 0 条"),
            "{said}"
        );
        assert!(server.taken().is_empty());
    }
    let house = House::new(&[("U001", &[mail("a@unit.example")])]);
    let mut command = xuncha();
    command.arg("--data").arg(house.data()).args(day);
    command.args(["--quiet-from", "00:00", "--quiet-until", "00:00"]);
    command.args(["--smtp", &server.place, "--smtp-tls", "none"]);
    command.args(["--mail-from", "xuncha@office.example"]);
    let said = house.run(command);
    assert!(said.contains("稍后再发 1 条"), "{said}");
    let message = house.messages().remove(0);
    assert!(message.note.contains("--outbox-allow-host"), "{message:?}");
    assert!(server.taken().is_empty() || said.contains("已发"), "{said}");
}

#[test]
fn refusals_are_final_and_busy_servers_are_asked_again_later() {
    let server = MailServer::start(None);
    let house = House::new(&[
        ("U001", &[mail("refused@unit.example")]),
        ("U002", &[mail("busy@unit.example")]),
        ("U003", &[mail("fine@unit.example")]),
    ]);
    let said = house.run(house.remind("2026-04-23", &server));
    assert!(
        said.contains("已发 1 条，稍后再发 1 条，失败 1 条，待核实 0 条"),
        "{said}"
    );
    let expected = BTreeMap::from([
        (MessageState::Waiting, 1),
        (MessageState::Failed, 1),
        (MessageState::Sent, 1),
    ]);
    assert_eq!(house.states(), expected);
    let failed = house.plain(&["outbox", "list", "--state", "failed"]);
    assert!(failed.contains("no such mailbox"), "{failed}");
}

#[test]
fn mail_is_encrypted_where_the_server_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let [certificate, key] = ["server.pem", "server.key"].map(|name| folder.path().join(name));
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success());
    let server = MailServer::start(Some((&certificate, &key)));
    let house = House::new(&[("U001", &[mail("a@unit.example")])]);
    // In the clear the server takes nothing; a certificate that nobody vouches for is not believed.
    let said = house.run(house.remind("2026-04-23", &server));
    assert!(said.contains("已发 0 条"), "{said}");
    let number = house.messages()[0].number.to_string();
    if house.states().contains_key(&MessageState::Failed) {
        house.plain(&["outbox", "resend", &number]);
    }
    let mut command = xuncha();
    command.arg("--data").arg(house.data());
    command.args(["outbox", "send", "--smtp", &server.place]);
    command.args(["--mail-from", "xuncha@office.example"]);
    command.args(["--outbox-allow-host", "127.0.0.1"]);
    let said = house.run(command);
    assert!(said.contains("已发 0 条"), "{said}");
    assert!(server.taken().is_empty());
    let fresh = House::new(&[("U001", &[mail("a@unit.example")])]);
    let mut command = xuncha();
    command.arg("--data").arg(fresh.data());
    command.args(["rectify", "remind", "--date", "2026-04-23"]);
    command.args(["--quiet-from", "00:00", "--quiet-until", "00:00"]);
    command.args([
        "--smtp",
        &server.place,
        "--mail-from",
        "xuncha@office.example",
    ]);
    command
        .args(["--outbox-allow-host", "127.0.0.1", "--outbox-ca"])
        .arg(&certificate);
    let said = fresh.run(command);
    assert!(said.contains("已发 1 条"), "{said} {:?}", fresh.messages());
    assert_eq!(server.taken().len(), 1);
}

/// Waits until something holds; fails where it takes too long.
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_was_on_its_way_when_the_program_was_killed_is_not_sent_again_by_itself() {
    let server = MailServer::start(None);
    let house = House::new(&[
        ("U001", &[mail("a@unit.example")]),
        ("U002", &[mail("b@unit.example")]),
    ]);
    std::fs::write(server.file("hold"), "").unwrap();
    let mut command = house.remind("2026-04-23", &server);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    wait_for("the server took a message", || !server.taken().is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_file(server.file("hold")).unwrap();
    let expected = BTreeMap::from([(MessageState::Sending, 1), (MessageState::Waiting, 1)]);
    assert_eq!(house.states(), expected);
    // Whoever starts next sends what is certain, and asks a person about the other.
    for _ in 0..2 {
        house.run(house.command(&["outbox", "send"], &server));
        let expected = BTreeMap::from([(MessageState::Sent, 1), (MessageState::Unsure, 1)]);
        assert_eq!(house.states(), expected);
        assert_eq!(server.taken().len(), 2);
    }
    let unsure = house.plain(&["outbox", "list", "--state", "unsure"]);
    assert!(unsure.contains("不知道对方是否收到"), "{unsure}");
    let number = unsure.split('\t').next().unwrap().to_owned();
    // A person sends it again: the same number, by which a mailbox knows it.
    house.plain(&["outbox", "resend", &number]);
    house.run(house.command(&["outbox", "send"], &server));
    let counts = server.counts();
    let mut often: Vec<usize> = counts.values().copied().collect();
    often.sort_unstable();
    assert_eq!(often, [1, 2], "{counts:?}");
    assert_eq!(house.states(), BTreeMap::from([(MessageState::Sent, 2)]));
    let mut refused = xuncha();
    refused.arg("--data").arg(house.data());
    refused.args(["outbox", "settle", &number]);
    assert!(!refused.output().unwrap().status.success(), "it is sent");
}

#[test]
fn many_kills_send_nothing_twice_and_lose_nothing() {
    let server = MailServer::start(None);
    std::fs::write(server.file("slow"), "").unwrap();
    let names: Vec<String> = (0..24).map(|number| format!("U{number:03}")).collect();
    let ways: Vec<Vec<(Channel, String)>> = names
        .iter()
        .map(|name| vec![mail(&format!("{name}@unit.example"))])
        .collect();
    let units: Vec<(&str, &[(Channel, String)])> = names
        .iter()
        .zip(&ways)
        .map(|(name, ways)| (name.as_str(), ways.as_slice()))
        .collect();
    let house = House::new(&units);
    let mut write = house.remind("2026-04-23", &server);
    write.arg("--no-send");
    house.run(write);
    let mut kills = 0;
    // Not a clock: the child is killed after so many messages more, at some moment of the next one.
    while house.states().contains_key(&MessageState::Waiting) && kills < 12 {
        let before = server.taken().len();
        let mut command = house.command(&["outbox", "send"], &server);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        wait_for("a message more", || {
            server.taken().len() > before || child.try_wait().unwrap().is_some()
        });
        std::thread::sleep(Duration::from_millis(7 * kills % 60));
        let _ = child.kill();
        child.wait().unwrap();
        kills += 1;
    }
    house.run(house.command(&["outbox", "send"], &server));
    assert!(kills >= 3, "{kills}");
    let states = house.states();
    let (sent, unsure) = (
        states.get(&MessageState::Sent).copied().unwrap_or(0),
        states.get(&MessageState::Unsure).copied().unwrap_or(0),
    );
    assert_eq!(sent + unsure, 24, "{states:?}");
    let counts = server.counts();
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(counts.len() >= sent, "{} taken, {sent} sent", counts.len());
    println!(
        "{kills} kills: {sent} sent, {unsure} unsure, {} taken",
        counts.len()
    );
}
