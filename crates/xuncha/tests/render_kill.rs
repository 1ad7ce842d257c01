//! kill -9 while pages are rendered: the resumed check ends as an undisturbed one, repeats only what was under way, and leaves no
//! browser behind.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{assert_warcio_agrees, xuncha};
use xuncha_core::registry::TargetId;
use xuncha_store::evidence::EvidenceFolder;

const SHELL: &str = "<title>青石县人民政府</title><div id=app></div><script src=/app.js></script>";
const APP: &str =
    "setTimeout(function(){fetch('/api/list.json').then(r=>r.json()).then(function(list){
  var h='<h1>青石县人民政府门户网站</h1><ul>';
  for(var i of list)h+='<li><a href=\"'+i.url+'\">'+i.title+'</a><span>2026-03-19</span></li>';
  document.getElementById('app').innerHTML=h+'</ul><a href=/deep>全部信息</a><a href=/gone.html>旧栏目</a>'})},3000);";
const LIST: &str = r#"[{"url":"/n/1.html","title":"青石县召开第一季度经济运行分析会议"},{"url":"/n/2.html","title":"青石县部署春季森林防火工作并检查"},
 {"url":"/n/3.html","title":"青石县举办乡村振兴专题培训班开班"}]"#;

/// A site that scripts draw.
struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    /// Answers for this address wait; whoever kills is told, and the connection is dropped.
    held: Arc<Mutex<String>>,
    reached: Receiver<()>,
}

impl Site {
    fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, reached) = channel();
        let (asked, held) = (Arc::default(), Arc::default());
        let site = Site {
            port,
            asked: Arc::clone(&asked),
            held: Arc::clone(&held),
            reached,
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, held, tell) = (Arc::clone(&asked), Arc::clone(&held), tell.clone());
                std::thread::spawn(move || serve(stream, &asked, &held, &tell));
            }
        });
        site
    }

    fn hold(&self, path: &str) {
        path.clone_into(&mut self.held.lock().unwrap());
    }

    /// How often an address was asked.
    fn count(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == path).count()
    }

    fn total(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn check(&self, folder: &Path) -> Child {
        let http = format!("a.test:80:127.0.0.1:{}", self.port);
        let json = folder.join("result.json");
        let mut command = xuncha();
        command
            .args([
                "check",
                "http://a.test/",
                "--rate",
                "50",
                "--second-look-s",
                "0",
            ])
            // Nothing listens there: the site has no HTTPS.
            .args(["--connect-to", "a.test:443:127.0.0.1:1", "--connect-to"])
            .arg(http)
            .arg("--evidence")
            .arg(folder.join("evidence"))
            .arg("--json")
            .arg(json)
            .arg("--screenshots")
            .arg("--html")
            .arg(folder.join("result.html"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

fn serve(stream: TcpStream, asked: &Mutex<Vec<String>>, held: &Mutex<String>, tell: &Sender<()>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        line.clear();
        // The rest of the head.
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            line.clear();
        }
        line.clear();
        asked.lock().unwrap().push(path.clone());
        if *held.lock().unwrap() == path {
            held.lock().unwrap().clear();
            tell.send(()).unwrap();
            // Until the other side is gone.
            let _ = reader.read_line(&mut line);
            return;
        }
        let (status, kind, body) = match path.as_str() {
            "/" | "/deep" => (200, "text/html; charset=utf-8", SHELL),
            "/app.js" => (200, "text/javascript", APP),
            "/api/list.json" => (200, "application/json", LIST),
            path if path.starts_with("/n/") => (
                200,
                "text/html; charset=utf-8",
                "<title>一则信息</title><p>正文正文正文。</p><a href=/>首页</a>",
            ),
            _ => (404, "text/html", "<title>x</title>gone"),
        };
        let head = format!(
            "HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let sent = stream.write_all((head + body).as_bytes());
        if sent.is_err() {
            return;
        }
    }
}

/// What the check says, without where in the archive the proof stands and how long it took.
fn result(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("result.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut kept = serde_json::json!({});
    for key in [
        "findings",
        "undetermined",
        "verdicts",
        "pages",
        "links_checked",
        "unrendered",
    ] {
        kept[key] = all[key].clone();
    }
    forget_evidence(&mut kept);
    kept
}

fn forget_evidence(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("evidence");
            fields.values_mut().for_each(forget_evidence);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_evidence),
        _ => {}
    }
}

/// Browsers of a process that is gone; they end by themselves when its pipes close.
fn browsers_of(pid: u32) -> usize {
    let mark = format!("xuncha-browser-{pid}-");
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines
        .filter(|line| String::from_utf8_lossy(line).contains(&mark))
        .count()
}

fn assert_no_browser_is_left(pid: u32) {
    let limit = Instant::now() + Duration::from_secs(60);
    while browsers_of(pid) > 0 {
        assert!(Instant::now() < limit, "a browser of {pid} goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    // What a killed process could not clear away.
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!("xuncha-browser-{pid}-")) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The home page and both looks at the dead link were photographed; pictures stand in the result and beside the evidence.
fn assert_pictures(folder: &Path) {
    let html = std::fs::read_to_string(folder.join("result.html")).unwrap();
    assert_eq!(html.matches("data:image/png;base64,").count(), 3);
    let evidence = EvidenceFolder::open(&folder.join("evidence")).unwrap();
    let target = TargetId::from("a.test");
    let pictured = evidence.pictured("check", &target).unwrap();
    assert_eq!(pictured.len(), 3);
    for record in pictured.keys() {
        let png = evidence.picture("check", &target, record).unwrap();
        assert!(png.unwrap().starts_with(b"\x89PNG\r\n"));
    }
    assert!(evidence.verify("check").unwrap().is_sound());
    assert_warcio_agrees(&support::segments(folder));
}

#[test]
fn a_check_killed_while_rendering_goes_on() {
    let is_there = Command::new("/usr/bin/chromium").arg("--version").output();
    assert!(
        is_there.is_ok_and(|said| said.status.success()),
        "Debian package chromium is missing; `cargo xtask test` installs it"
    );
    let folder = tempfile::tempdir().unwrap();
    let calm_folder = folder.path().join("calm");
    std::fs::create_dir(&calm_folder).unwrap();
    let calm = Site::start();
    assert!(calm.check(&calm_folder).wait().unwrap().success());
    let expected = result(&calm_folder);
    assert_eq!(expected["pages"], 5, "{expected:#}");
    assert_eq!(expected["unrendered"], serde_json::json!([]));
    assert_pictures(&calm_folder);
    let text = expected["findings"].to_string();
    assert!(
        text.contains("gone.html"),
        "a link that a script draws: {text}"
    );

    let shaken_folder = folder.path().join("shaken");
    std::fs::create_dir(&shaken_folder).unwrap();
    let shaken = Site::start();
    // What the first rendering loads, what its script fetches, a page that it links, a page that needs scripts in its turn.
    let moments = ["/app.js", "/api/list.json", "/n/2.html", "/deep"];
    for path in moments {
        shaken.hold(path);
        let mut child = shaken.check(&shaken_folder);
        shaken
            .reached
            .recv_timeout(Duration::from_secs(300))
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_no_browser_is_left(child.id());
    }
    assert!(shaken.check(&shaken_folder).wait().unwrap().success());
    assert_eq!(result(&shaken_folder), expected);
    for path in moments {
        assert_eq!(
            shaken.count(path),
            2,
            "{path}: cut off once, asked once more"
        );
    }
    // What was cut off is asked again; nothing else is repeated.
    let repeated = shaken.total() - calm.total();
    assert_eq!(
        repeated,
        moments.len(),
        "{:?}",
        shaken.asked.lock().unwrap()
    );

    let evidence = EvidenceFolder::open(&shaken_folder.join("evidence")).unwrap();
    let verified = evidence.verify("check").unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_warcio_agrees(&support::segments(&shaken_folder));
}
