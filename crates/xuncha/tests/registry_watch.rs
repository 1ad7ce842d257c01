//! The machine looks at the notice of a site that is to be closed, and finds a site outside the registry in the links of a round, by the
//! real binary over a real site on this machine.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use jiff::civil::DateTime;
use support::{succeed, xuncha};
use xuncha_core::registry::filing::{RequestKind, Successor, Typed, draft};
use xuncha_core::registry::request::{Course, Reviewer};
use xuncha_core::registry::watch::Seen;
use xuncha_core::registry::{
    EntryKind, Level, Organization, Region, Registry, Site, SiteKind, State, Target,
};
use xuncha_store::evidence::EvidenceFolder;
use xuncha_store::registry::ChangeNote;
use xuncha_store::registry_request::{NewRequest, Verdict};
use xuncha_store::{Location, Page, Store};

const SITE: &str = "9901000001";

/// A home page: without a notice, with one, or gone.
fn site() -> (String, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}/", listener.local_addr().unwrap());
    let phase = Arc::new(AtomicU8::new(0));
    let now = phase.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut part = [0; 8192];
            let _ = stream.read(&mut part);
            let notice = match now.load(Ordering::SeqCst) {
                1 => {
                    "<p>公告：本网站将于2026年4月1日停止更新，内容迁移至青石市人民政府门户网站。</p>"
                }
                _ => "",
            };
            let body = format!(
                "<!doctype html><meta charset=utf-8><title>青石市教育局</title><h1>青石市教育局</h1>{notice}\
                 <ul><li><a href=http://ybj.qingshi.gov.cn/>市医疗保障局</a><li><a href=/a.html>关闭窗口</a></ul>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (home, phase)
}

fn at(text: &str) -> DateTime {
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
        name: "青石市教育局".into(),
        region: "990100".into(),
        level: Level::City,
        parent: None,
        requires_accounts: false,
    };
    registry.organizations.insert("U001".into(), unit);
    for (id, home, kind) in [
        (SITE, home, SiteKind::Department),
        ("9901000002", "http://www.qingshi.gov.cn/", SiteKind::Portal),
    ] {
        let site = Site {
            id: id.into(),
            name: "青石市教育局".into(),
            home: home.into(),
            kind,
            organization: "U001".into(),
            region: "990100".into(),
            state: State::Running,
            icp: None,
            police: None,
            no_services: false,
        };
        registry.sites.insert(id.into(), site);
    }
    registry
}

/// A closing that everybody approved.
async fn closing(store: &Store, registry: &Registry) {
    let typed = Typed {
        kind: RequestKind::Close,
        noun: EntryKind::Site,
        target: Some(SITE.into()),
        organization: "U001".into(),
        fields: BTreeMap::new(),
        reason: "无力维护".into(),
        from: None,
        until: None,
        successor: Successor::default(),
        today: "2026-03-01".parse().unwrap(),
    };
    let filing = draft(&typed, registry, &[]).unwrap();
    let new = NewRequest {
        id: "close-1".into(),
        course: Course::of(&filing, registry, "P1"),
        unit_name: "青石市教育局".into(),
        region: "990100".into(),
        by: "王芳".into(),
        at: at("2026-03-01T09:00"),
        outside: None,
        filing,
    };
    store.file_request(&new).await.unwrap();
    let office = Reviewer {
        person: "P2",
        unit: None,
        is_office: true,
    };
    let verdict = Verdict {
        is_approved: true,
        note: String::new(),
        name: "李雷".into(),
        at: at("2026-03-02T09:00"),
    };
    store
        .review_request("close-1", &office, &verdict)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_looks_at_a_notice_and_keeps_what_it_saw() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (home, phase) = site();
    let store = Store::open(&Location::Folder(data.clone())).await.unwrap();
    let registry = registry(&home);
    let note = ChangeNote {
        at: at("2026-03-01T09:00"),
        by: "名录.xlsx".into(),
        reason: "导入".into(),
    };
    store.put_registry(&registry, &note).await.unwrap();
    closing(&store, &registry).await;
    let watch = |more: &[&str]| {
        let mut command = xuncha();
        command
            .arg("--data")
            .arg(&data)
            .args(["registry", "watch", "--browser", "off"]);
        let output = succeed(command.args(more));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let allowed = ["--allow-host", "127.0.0.1", "--rate", "unlimited"];
    // The guard keeps us off private addresses: that is our doing, and says nothing of the notice.
    assert!(watch(&[]).contains("查看公告 0 处，看到 0 处，未能查看 1 处"));
    assert!(store.sightings("close-1").await.unwrap().is_empty());
    assert!(watch(&allowed).contains("查看公告 1 处，看到 0 处"));
    phase.store(1, Ordering::SeqCst);
    // Looks are told apart by their second.
    let first = store.sightings("close-1").await.unwrap();
    while jiff::Timestamp::now().as_second() % 60 == i64::from(first[0].at.second()) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(watch(&allowed).contains("查看公告 1 处，看到 1 处"));
    let looks = store.sightings("close-1").await.unwrap();
    let seen: Vec<Seen> = looks.iter().map(|look| look.seen).collect();
    assert_eq!(seen, [Seen::Absent, Seen::Notice], "{looks:?}");
    assert!(looks[1].quote.contains("本网站将于2026年4月1日停止更新"));
    let kept = EvidenceFolder::open(&data.join("evidence")).unwrap();
    let record = kept.read_record(&looks[1].round, &SITE.into(), &looks[1].record);
    let record = record.unwrap();
    assert!(
        String::from_utf8_lossy(&record.body).contains("停止更新"),
        "the evidence is kept"
    );
    outside(&data, &store, &registry, (&looks[1].round, &home)).await;
    // The notice is taken down long before its day: two looks say so, and so does a round.
    phase.store(0, Ordering::SeqCst);
    for _ in 0..2 {
        let last = store.sightings("close-1").await.unwrap();
        let second = i64::from(last.last().unwrap().at.second());
        while jiff::Timestamp::now().as_second() % 60 == second {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(watch(&allowed).contains("查看公告 1 处，看到 0 处"));
    }
    let last = store.sightings("close-1").await.unwrap().pop().unwrap();
    judged(&data, &store, last.at).await;
}

/// What a round after the last look says of the notice, and one before any look.
async fn judged(data: &Path, store: &Store, last: DateTime) {
    use jiff::ToSpan;
    for (id, as_of, expected) in [
        (
            "later",
            last.checked_add(1.days()).unwrap(),
            "关停迁移公告应挂到",
        ),
        ("before", at("2026-03-20T09:00"), "还说不出有没有"),
    ] {
        let as_of = as_of.strftime("%Y-%m-%dT%H:%M").to_string();
        let run = |words: &[&str]| {
            let mut command = xuncha();
            succeed(command.arg("--data").arg(data).args(words));
        };
        run(&[
            "round", "new", id, "--as-of", &as_of, "--seed", "s", "--census",
        ]);
        run(&["judge", "--round", id]);
        let judgements = store.judgements(id, Some(&SITE.into())).await.unwrap();
        let notice = judgements.iter().find(|one| one.check == "short_notice");
        let said = serde_json::to_string(&notice.unwrap().result).unwrap();
        assert!(said.contains(expected), "{id}: {said}");
    }
}

/// The evidence of a look stands in for that of a round: the same records, under the round's name.
async fn outside(data: &Path, store: &Store, registry: &Registry, (look, home): (&str, &str)) {
    let round = xuncha_core::round::Round {
        id: look.to_owned(),
        title: "抽查".into(),
        coverage: xuncha_core::round::Coverage::Sample,
        monitor_from: at("2026-03-01T00:00"),
        as_of: at("2026-03-15T00:00"),
        seed: "青石".into(),
        rectify_by: "2026-04-30".into(),
        set: xuncha_core::indicator::IndicatorSet {
            id: "gov-2019".into(),
            title: "检查指标".into(),
            source: "国办秘函〔2019〕19号".into(),
            effective: "2019-04-18".into(),
            formula: None,
            indicators: Vec::new(),
            sha256: "ab".repeat(32),
        },
        also_listed: Vec::new(),
        also_under: Vec::new(),
    };
    store.create_round(&round).await.unwrap();
    let drawn = std::iter::once(registry.sites[&SITE.into()].id.clone()).collect::<Vec<_>>();
    let subjects = xuncha_core::round::subjects(registry, drawn.iter(), &BTreeMap::new());
    assert!(matches!(subjects[0].target, Target::Site(_)));
    let mut sample = xuncha_core::round::Sample::default();
    sample.drawn.insert(SITE.into(), "department".into());
    store.put_sample(look, &sample, &subjects).await.unwrap();
    let mut command = xuncha();
    command.arg("--data").arg(data);
    let output = succeed(command.args(["registry", "outside", "--round", look]));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("http://ybj.qingshi.gov.cn/ 市医疗保障局"),
        "{said}"
    );
    let found = store.outside(None, None, Page::ALL).await.unwrap();
    assert_eq!(found.total, 1);
    assert_eq!(found.rows[0].site.places[0].site, SITE.into());
    assert!(
        said.contains("在已登记的政府域名 qingshi.gov.cn 之下"),
        "{said}"
    );
    // The candidate's own page is that of a registered site, word for word.
    let port = home.trim_end_matches('/').rsplit(':').next().unwrap();
    let connect = format!("ybj.qingshi.gov.cn:80:127.0.0.1:{port}");
    let mut command = xuncha();
    command.arg("--data").arg(data);
    let asked = [
        "registry",
        "outside",
        "--round",
        look,
        "--look",
        "--browser",
        "off",
    ];
    let more = [
        "--connect-to",
        &connect,
        "--allow-host",
        "127.0.0.1",
        "--rate",
        "unlimited",
    ];
    let output = succeed(command.args(asked).args(more));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("查看线索首页 1 家，疑似假冒或复制 1 家，未能查看 0 家"),
        "{said}"
    );
    assert!(said.contains("名称与已登记的“青石市教育局”"), "{said}");
    let row = store.outside_of("ybj.qingshi.gov.cn").await.unwrap();
    let seen = row.site.home.unwrap();
    assert_eq!(seen.title, "青石市教育局");
    let kept = EvidenceFolder::open(&data.join("evidence")).unwrap();
    let target = "ybj.qingshi.gov.cn".into();
    let record = kept.read_record("outside-looks", &target, &seen.record);
    assert!(record.is_ok(), "the evidence is kept");
    let mut command = xuncha();
    command.arg("--data").arg(data);
    let output = succeed(command.args(["registry", "expected"]));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("青石市 医疗保障：名录外有线索 ybj.qingshi.gov.cn")
            && said.contains("青石市 公共资源交易：没有找到"),
        "{said}"
    );
}
