//! The machine looks again at one problem, and at a whole site for its own unit, by the real binary over a real site on this machine;
//! then the letter of the unit.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::{succeed, xuncha};
use xuncha_core::indicator::{IndicatorSet, resolve};
use xuncha_core::rectify::stake::Stake;
use xuncha_core::rectify::{ProblemId, Rectification, RectifyState};
use xuncha_core::registry::*;
use xuncha_core::round::{Coverage, Round, Sample, subjects};
use xuncha_store::job::JobState;
use xuncha_store::recheck::SelfCheck;
use xuncha_store::rectify::{CaseFile, case_id};
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundState;
use xuncha_store::{Location, Store};

const SITE: &str = "9900000001";

/// A site of three pages, one of which can be missing.
struct Site {
    home: String,
    is_dead: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}/", listener.local_addr().unwrap());
        let is_dead = Arc::new(AtomicBool::new(true));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (dead, keep) = (is_dead.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (dead, keep) = (dead.clone(), keep.clone());
                std::thread::spawn(move || {
                    let mut part = [0; 8192];
                    let count = stream.read(&mut part).unwrap_or(0);
                    let text = String::from_utf8_lossy(&part[..count]).into_owned();
                    let path = text.split(' ').nth(1).unwrap_or("/").to_owned();
                    keep.lock().unwrap().push(path.clone());
                    let (status, body) = answer(&path, dead.load(Ordering::SeqCst));
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                        body.len()
                    );
                });
            }
        });
        Site {
            home,
            is_dead,
            asked,
        }
    }
}

fn answer(path: &str, is_dead: bool) -> (&'static str, String) {
    let page = |text: &str| {
        format!(
            "<!doctype html><meta charset=utf-8><title>青石市人民政府</title><h1>青石市人民政府</h1>{text}"
        )
    };
    match path {
        "/" => (
            "200 OK",
            page(
                "<ul><li><a href=/a.html>政务公开</a><li><a href=/dead.html>关于印发实施方案的通知</a></ul>",
            ),
        ),
        "/a.html" => ("200 OK", page("<p>市政府召开常务会议</p>")),
        "/dead.html" if !is_dead => ("200 OK", page("<p>实施方案</p>")),
        _ => ("404 Not Found", page("没有这个页面")),
    }
}

fn set() -> IndicatorSet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../indicators");
    let mut files = BTreeMap::new();
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let key = format!("{}/{name}", folder.file_name().to_string_lossy());
            files.insert(key, std::fs::read_to_string(path).unwrap());
        }
    }
    resolve(&files, "gov-2019", &|_, _| Ok(())).unwrap()
}

fn at(text: &str) -> jiff::civil::DateTime {
    text.parse().unwrap()
}

fn registry(home: &str) -> Registry {
    let mut registry = Registry::default();
    let region = Region {
        code: "990100".into(),
        name: "青石市".into(),
        level: Level::City,
        parent: None,
    };
    registry.regions.insert("990100".into(), region);
    let unit = Organization {
        id: "U001".into(),
        name: "青石市人民政府办公室".into(),
        region: "990100".into(),
        level: Level::City,
        parent: None,
        requires_accounts: false,
    };
    registry.organizations.insert("U001".into(), unit);
    let site = xuncha_core::registry::Site {
        id: SITE.into(),
        name: "青石市人民政府".into(),
        home: home.into(),
        kind: SiteKind::Portal,
        organization: "U001".into(),
        region: "990100".into(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    };
    registry.sites.insert(SITE.into(), site);
    registry
}

fn round() -> Round {
    Round {
        id: "2026Q1".into(),
        title: "2026年第一季度抽查".into(),
        coverage: Coverage::Sample,
        monitor_from: at("2026-03-01T00:00"),
        as_of: at("2026-03-15T00:00"),
        seed: "青石".into(),
        rectify_by: "2026-04-30".into(),
        set: set(),
        also_listed: Vec::new(),
        also_under: Vec::new(),
    }
}

/// A judged round with one problem that became a case.
async fn house(data: &Path, home: &str) -> String {
    let store = Store::open(&Location::Folder(data.to_owned()))
        .await
        .unwrap();
    let registry = registry(home);
    let note = ChangeNote {
        at: at("2026-03-01T09:00"),
        by: "名录.xlsx".into(),
        reason: "导入".into(),
    };
    store.put_registry(&registry, &note).await.unwrap();
    store.create_round(&round()).await.unwrap();
    let id: TargetId = SITE.into();
    let subjects = subjects(&registry, std::iter::once(&id), &BTreeMap::new());
    let mut sample = Sample::default();
    sample.drawn.insert(id.clone(), "portal".into());
    store
        .put_sample("2026Q1", &sample, &subjects)
        .await
        .unwrap();
    store
        .set_round_state("2026Q1", RoundState::Judged)
        .await
        .unwrap();
    let problem = ProblemId {
        target: id,
        check: "broken_links".into(),
        key: format!("{home}dead.html"),
    };
    let detail = "链接“关于印发实施方案的通知”打不开（两次访问均为 404）".to_owned();
    let on = "2026-03-20".parse().unwrap();
    let file = CaseFile {
        case: Rectification::found(problem.clone(), detail, "2026Q1", on),
        target_name: "青石市人民政府".into(),
        organization: "U001".into(),
        unit_name: "青石市人民政府办公室".into(),
        region: "990100".into(),
        region_name: "青石市".into(),
        indicators: vec!["D-01".into()],
        round: "2026Q1".into(),
        stake: Stake {
            is_veto: false,
            points: "1".parse().unwrap(),
        },
    };
    let when = at("2026-03-20T09:00");
    store
        .follow_cases("2026Q1", &[file], "监管员", when)
        .await
        .unwrap();
    store.close().await.unwrap();
    case_id(&problem)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_looks_again_at_one_problem_and_at_a_whole_site() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = Site::start();
    let case = house(&data, &site.home).await;
    let run = |arguments: &[&str]| {
        let mut command = xuncha();
        command.arg("--data").arg(&data).args(arguments);
        let output = succeed(&mut command);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let network = [
        "--allow-host",
        "127.0.0.1",
        "--rate",
        "unlimited",
        "--browser",
        "off",
    ];
    run(&["rectify", "notify", &case, "--deadline", "2099-04-30"]);
    letter(&run);
    let look = [
        &["rectify", "recheck", case.as_str(), "--machine"],
        network.as_slice(),
    ]
    .concat();
    let said = run(&look);
    assert!(
        said.contains("问题仍然存在") && said.contains("待整改"),
        "{said}"
    );
    site.is_dead.store(false, Ordering::SeqCst);
    site.asked.lock().unwrap().clear();
    let said = run(&look);
    assert!(said.contains("已改好") && said.contains("已办结"), "{said}");
    let asked = site.asked.lock().unwrap().clone();
    assert!(asked.iter().any(|path| path == "/dead.html"), "{asked:?}");
    // Visits of the monitoring time are another check's business: the home page is asked for the crawl alone.
    let homes = asked.iter().filter(|path| *path == "/").count();
    assert!(homes <= 2, "{asked:?}");
    let looks: Vec<PathBuf> = std::fs::read_dir(data.join("evidence"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(
        looks.len(),
        2,
        "each look keeps evidence of its own: {looks:?}"
    );

    // The unit asks for a look at the whole site; the running program does it.
    let store = Store::open(&Location::Folder(data.clone())).await.unwrap();
    let check = SelfCheck {
        id: "check-1".into(),
        round: "2026Q1".into(),
        target: SITE.into(),
        organization: "U001".into(),
        asked_at: at("2026-04-01T09:00"),
        by: "王五".into(),
        state: JobState::Waiting,
        done_at: None,
        note: String::new(),
        body: None,
    };
    store.ask_self_check(&check).await.unwrap();
    let mut serve = xuncha();
    serve.arg("--data").arg(&data);
    serve
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(network);
    let mut child = serve.stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let done = loop {
        let now = store.self_check("check-1").await.unwrap();
        if matches!(now.state, JobState::Done | JobState::Failed) {
            break now;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{now:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(done.state, JobState::Done, "{}", done.note);
    let found: serde_json::Value = done.read().unwrap().unwrap();
    assert_eq!(found["sheet"]["target"], SITE, "{found}");
    let findings = found["findings"].as_array().unwrap();
    let marks = findings
        .iter()
        .any(|one| one["check"] == "missing_site_marks");
    assert!(marks, "the site has no footer: {found}");
    let links = findings.iter().any(|one| one["check"] == "broken_links");
    assert!(!links, "every link opens now: {found}");
    let case = store
        .case(&case, "2026-04-01".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(case.progress.state, RectifyState::Closed);
}

/// The letter has its unit, its problem and its term, and a real word processor opens it.
fn letter(run: &dyn Fn(&[&str]) -> String) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    let _ = std::fs::remove_dir_all(&out);
    let folder = out.display().to_string();
    let words = [
        "rectify",
        "letters",
        "--out",
        &folder,
        "--issuer",
        "云岭省大数据发展局",
    ];
    let more = [
        "--date",
        "2026-04-02",
        "--number",
        "云数函〔2026〕12号",
        "--keep",
    ];
    let said = run(&[words.as_slice(), &more].concat());
    assert!(said.contains("共 1 份"), "{said}");
    let mut convert = Command::new("soffice");
    convert.args(["--headless", "--convert-to", "pdf", "--outdir", &folder]);
    convert.arg(format!("-env:UserInstallation=file://{folder}/profile"));
    succeed(convert.arg(out.join("letter-U001.docx")));
    let mut read = Command::new("pdftotext");
    let text = succeed(
        read.arg("-layout")
            .arg(out.join("letter-U001.pdf"))
            .arg("-"),
    );
    let text: String = String::from_utf8_lossy(&text.stdout)
        .split_whitespace()
        .collect();
    for said in [
        "政府网站与政务新媒体整改通知书",
        "青石市人民政府办公室：",
        "存在1个问题",
        "请于2099年4月30日前完成整改",
        "举一反三",
        "云岭省大数据发展局",
        "2026年4月2日",
        "青石市人民政府办公室存在问题清单",
        "打不开（两次访问均",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
