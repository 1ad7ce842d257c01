//! A small made-up round with everything that pages show, judged and scored by the real rules.
#![allow(dead_code, clippy::unwrap_used)]

pub mod registry;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::DateTime;
use xuncha_core::evidence::{Capture, EvidenceRef, Purpose};
use xuncha_core::facts::model::FactRecord;
use xuncha_core::indicator::resolve;
use xuncha_core::indicator::{IndicatorKind, IndicatorSet};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::notice::from_results::{self, RoundDetails};
use xuncha_core::notice::words::Words;
use xuncha_core::notice::{self, template, trace};
use xuncha_core::registry::{
    Account, AccountDetails, Level, Mapping, Organization, Region, Registry, Site, SiteKind, State,
    Target, TargetClass, TargetId,
};
use xuncha_core::results::Results;
use xuncha_core::review::{Decision, Review};
use xuncha_core::round::{Coverage, Round, Sample, Subject};
use xuncha_core::verdict::*;
use xuncha_store::attachment::AttachmentFolder;
use xuncha_store::document::Document;
use xuncha_store::evidence::{EvidenceFolder, ExchangeParts};
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundState;
use xuncha_store::{Location, Store};
use xuncha_web::WebState;

/// Texts that break pages which do not escape.
pub const NAUGHTY: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}\u{202e}";
/// The round that is seeded.
pub const ROUND: &str = "2026Q1";
/// The portal with findings.
pub const PORTAL: &str = "9900000001";
/// A portal whose manual questions were answered with problems, and with bonus points that do not count.
pub const ANSWERED: &str = "9900000002";
/// What the reviewer noted with those answers.
pub const NOTE: &str = "两个渠道须分别注册登录";

pub fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// A state over a fresh store in `folder`; the clock stands still and tokens count up.
pub async fn state(folder: &Path) -> WebState {
    WebState {
        store: Store::open(&Location::Folder(folder.to_owned()))
            .await
            .unwrap(),
        sets: std::sync::Arc::new(
            ["gov-2019", "extras", "supervision-2019"]
                .map(|id| (id.to_owned(), set(id)))
                .into(),
        ),
        mappings: std::sync::Arc::new(["own", "new-media-filing"].map(mapping).into()),
        templates: std::sync::Arc::new(
            [
                (
                    "notice-letter.zh.txt",
                    include_str!("../../../../templates/notice-letter.zh.txt"),
                ),
                (
                    "annual-forms.toml",
                    include_str!("../../../../templates/annual-forms.toml"),
                ),
                (
                    "words.toml",
                    include_str!("../../../../templates/words.toml"),
                ),
            ]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
        ),
        lexicons: std::sync::Arc::new(
            [
                (
                    "severe_wording",
                    include_str!("../../../../lexicons/severe_wording.toml"),
                ),
                (
                    "harmful_words",
                    include_str!("../../../../lexicons/harmful_words.toml"),
                ),
                (
                    "known_hosts",
                    include_str!("../../../../lexicons/known_hosts.toml"),
                ),
                (
                    "wrong_words",
                    include_str!("../../../../lexicons/wrong_words.toml"),
                ),
                (
                    "expected_sites",
                    include_str!("../../../../lexicons/expected_sites.toml"),
                ),
            ]
            .map(|(list, text)| (list.to_owned(), text.to_owned()))
            .into(),
        ),
        evidence: EvidenceFolder::open(&folder.join("evidence")).unwrap(),
        attachments: AttachmentFolder::open(&folder.join("attachments")).unwrap(),
        documents: folder.join("documents"),
        fonts: std::env::var_os("XUNCHA_FONTS")
            .map(std::path::PathBuf::from)
            .into_iter()
            .collect(),
        now_s: || 1_775_000_000,
        new_token: counted_token,
        settings: Default::default(),
        sign_on: None,
    }
}

fn mapping(id: &str) -> (String, Mapping) {
    let path = format!("{}/../../mappings/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    (id.to_owned(), Mapping::from_toml(&text).unwrap())
}

fn counted_token() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("token-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Fills the store with a round. Answers with the ids of two findings: a plain one and one full of naughty texts.
pub async fn seed(state: &WebState) -> (String, String) {
    seed_round(state, true).await;
    documents(state).await;
    let filter = xuncha_store::judge::FindingFilter {
        target: Some(PORTAL.into()),
        ..Default::default()
    };
    let found = state
        .store
        .findings(ROUND, &filter, xuncha_store::Page::ALL)
        .await
        .unwrap()
        .rows;
    let id = |naughty: bool| {
        found
            .iter()
            .find(|row| (row.key == NAUGHTY) == naughty && row.check == "broken_links")
            .unwrap()
            .id
            .clone()
    };
    (id(false), id(true))
}

/// Fills the store with the same round, of which nobody has decided anything yet.
pub async fn seed_unanswered(state: &WebState) {
    seed_round(state, false).await;
}

async fn seed_round(state: &WebState, has_reviews: bool) {
    let registry = made_up_registry();
    let note = ChangeNote {
        at: at("2026-01-05T09:00"),
        by: "名录.xlsx".into(),
        reason: "导入".into(),
    };
    state.store.put_registry(&registry, &note).await.unwrap();
    let round = round();
    let subjects = subjects(&registry);
    let sample = sample(&subjects);
    state.store.create_round(&round).await.unwrap();
    state
        .store
        .put_sample(ROUND, &sample, &subjects)
        .await
        .unwrap();
    let captured = capture(state);
    let reviews = reviews();
    let judged: Vec<_> = subjects
        .iter()
        .map(|subject| {
            (
                subject.clone(),
                judgements(&round.set, subject, &captured),
                match has_reviews {
                    true => reviews_of(&round.set, subject, &reviews),
                    false => Vec::new(),
                },
            )
        })
        .collect();
    let all: Vec<Judgement> = judged
        .iter()
        .flat_map(|(_, judgements, _)| judgements.clone())
        .collect();
    state.store.put_judgements(ROUND, &all).await.unwrap();
    for (_, _, reviews) in &judged {
        state.store.put_reviews(reviews).await.unwrap();
    }
    let results = Results::reckon(round.clone(), sample, Vec::new(), judged);
    let sheets: Vec<_> = results
        .targets
        .iter()
        .map(|target| target.sheet.clone())
        .collect();
    state
        .store
        .put_sheets(ROUND, &round.set.id, &sheets)
        .await
        .unwrap();
    state
        .store
        .put_stats(ROUND, &round.set.id, &results.stats)
        .await
        .unwrap();
    state
        .store
        .set_round_state(ROUND, RoundState::Judged)
        .await
        .unwrap();
    let migration = include_str!("../../../../fixtures/migration/kept.json");
    let mut migration: xuncha_core::migration::Migration = serde_json::from_str(migration).unwrap();
    migration.losses[1].title = NAUGHTY.to_owned();
    let kept = state.store.put_site_migration(ROUND, &migration).await;
    assert_eq!(kept.unwrap(), 1);
}

fn made_up_registry() -> Registry {
    let mut registry = Registry::default();
    let places = [
        ("990000", "云岭省", Level::Province, None),
        ("990100", "青石市", Level::City, Some("990000")),
        ("990200", "白河市", Level::City, Some("990000")),
    ];
    for (code, name, level, parent) in places {
        let region = Region {
            code: code.into(),
            name: name.into(),
            level,
            parent: parent.map(str::to_owned),
        };
        registry.regions.insert(code.into(), region);
    }
    for (number, name) in [
        "青石市人民政府办公室",
        "白河市人民政府办公室",
        "青石市大数据发展局",
    ]
    .iter()
    .enumerate()
    {
        let id = format!("U{number:03}");
        let unit = Organization {
            id: id.clone(),
            name: (*name).into(),
            region: format!("990{}00", number % 2 + 1),
            level: Level::City,
            parent: None,
            requires_accounts: true,
        };
        registry.organizations.insert(id, unit);
    }
    let bureaus = [
        "财政局",
        "教育局",
        "民政局",
        "自然资源局",
        "生态环境局",
        "交通运输局",
        "农业农村局",
        "卫生健康委员会",
    ];
    for number in 1..=64u32 {
        let city = if number % 2 == 1 {
            "青石市"
        } else {
            "白河市"
        };
        let is_portal = number <= 4;
        let name = match number {
            1 => "青石市人民政府".to_owned(),
            3 => format!("青石市{NAUGHTY}"),
            _ if is_portal => format!("{city}第{number}县人民政府"),
            _ => format!("{city}{}", bureaus[number as usize % bureaus.len()]),
        };
        let site = Site {
            id: TargetId(format!("99{number:08}")),
            name,
            home: format!("http://www.site{number}.gov.cn/"),
            kind: if is_portal {
                SiteKind::Portal
            } else {
                SiteKind::Department
            },
            organization: format!("U{:03}", number % 3),
            region: if number % 2 == 1 {
                "990100".into()
            } else {
                "990200".into()
            },
            state: if number == 64 {
                State::Merged
            } else {
                State::Running
            },
            icp: None,
            police: None,
            no_services: number % 5 == 0,
        };
        registry.sites.insert(site.id.clone(), site);
    }
    for number in 1..=12u32 {
        let account = Account {
            id: TargetId(format!("A{number:06}")),
            name: format!("青石发布{number}号"),
            platform: if number % 2 == 0 { "微博" } else { "微信" }.into(),
            kind: if number % 2 == 0 {
                "微博"
            } else {
                "订阅号"
            }
            .into(),
            organization: "U002".into(),
            region: "990100".into(),
            certified_subject: "青石市大数据发展局".into(),
            page_url: None,
            feed_url: None,
            download_url: None,
            state: State::Running,
            opened: None,
            details: Box::new(AccountDetails {
                followers: Some(12_000),
                filing_number: Some("云政务应用备2026000001号".into()),
                ..AccountDetails::default()
            }),
        };
        registry.accounts.insert(account.id.clone(), account);
    }
    registry
}

fn set(id: &str) -> IndicatorSet {
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
    resolve(&files, id, &|_, _| Ok(())).unwrap()
}

fn round() -> Round {
    Round {
        id: ROUND.into(),
        title: "2026年第一季度抽查".into(),
        coverage: Coverage::Sample,
        monitor_from: at("2026-03-01T00:00"),
        as_of: at("2026-03-15T00:00"),
        seed: "云岭省2026年第一季度".into(),
        rectify_by: "2026-04-30".into(),
        set: set("gov-2019"),
        also_listed: vec![set("extras")],
        also_under: Vec::new(),
    }
}

fn subjects(registry: &Registry) -> Vec<Subject> {
    let sites = registry
        .sites
        .values()
        .filter(|site| site.state == State::Running)
        .cloned()
        .map(Target::Site);
    let accounts = registry.accounts.values().cloned().map(Target::Account);
    sites
        .chain(accounts)
        .map(|target| Subject {
            organization_name: registry.organizations[target.organization()].name.clone(),
            region_name: registry.regions[target.region()].name.clone(),
            region_path: vec!["云岭省".into()],
            reporting_name: None,
            sibling_accounts: Vec::new(),
            kin: Default::default(),
            target,
        })
        .collect()
}

fn sample(subjects: &[Subject]) -> Sample {
    let mut sample = Sample {
        seed: "云岭省2026年第一季度".into(),
        ..Sample::default()
    };
    for subject in subjects {
        let stratum = match subject.target.class() {
            TargetClass::Portal => "portal/city",
            TargetClass::Department => "department",
            _ => "account/微信",
        };
        sample
            .frame
            .entry(stratum.into())
            .or_default()
            .push(subject.target.id().clone());
        sample
            .drawn
            .insert(subject.target.id().clone(), stratum.into());
        *sample.quotas.entry(stratum.into()).or_default() += 1;
    }
    sample
}

/// The page that findings of the portal refer to: archived for real, with a script and a form in it.
fn capture(state: &WebState) -> EvidenceRef {
    let target = TargetId::from(PORTAL);
    let body = "<!doctype html><meta charset=utf-8><title>青石市人民政府</title><body style=\"font-family:sans-serif\"><h1>青石市人民政府</h1>\
        <p>政务公开 · 办事服务 · 互动交流</p><ul><li>市政府召开常务会议研究部署一季度工作</li><li><a href=/zcwj/404.html>关于印发实施方案的通知</a></li></ul>\
        <script>document.title='ran'</script><img src=http://www.site1.gov.cn/logo.png alt=徽标></body>";
    let (mut evidence, _) = state.evidence.open_target(ROUND, &target).unwrap();
    let url = "http://www.site1.gov.cn/";
    let parts = ExchangeParts {
        url,
        at: at("2026-03-15T09:12:40"),
        request_head: b"GET / HTTP/1.1\r\nHost: www.site1.gov.cn\r\n\r\n",
        response_head: Some(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: <b>nginx</b>\r\n\r\n"),
        body: body.as_bytes(),
        failure: "",
        is_truncated: false,
        sha256: "",
    };
    let kept = evidence.keep(&parts).unwrap();
    let reference = EvidenceRef {
        url: url.into(),
        at: parts.at,
        sha256: kept.sha256,
        record: kept.record,
        quote: String::new(),
    };
    let look = Capture {
        purpose: Purpose::Page,
        url: url.into(),
        hops: Vec::new(),
        final_url: url.into(),
        at: parts.at,
        status: Some(200),
        failure: None,
        content_type: "text/html".into(),
        last_modified: String::new(),
        millis: 30,
        size_bytes: body.len() as u64,
        truncated: false,
        evidence: reference.clone(),
        timing: Default::default(),
    };
    evidence.append(&FactRecord::Look(look)).unwrap();
    evidence.close().unwrap();
    reference
}

fn judgements(set: &IndicatorSet, subject: &Subject, captured: &EvidenceRef) -> Vec<Judgement> {
    let target = subject.target.id();
    let mut all = Vec::new();
    for indicator in set
        .indicators
        .iter()
        .filter(|one| one.applies_to.contains(&subject.target.class()))
    {
        for check in &indicator.checks {
            let result = result(check, target, indicator.prompt(), captured);
            all.push(Judgement {
                target: target.clone(),
                set: set.id.clone(),
                indicator: indicator.id.clone(),
                check: check.clone(),
                check_version: 1,
                result,
            });
        }
    }
    all
}

fn result(check: &str, target: &TargetId, prompt: Option<&str>, captured: &EvidenceRef) -> Judged {
    let number: u32 = target.0.trim_start_matches(['A', '9']).parse().unwrap();
    let pass = Verdict::Pass {
        undetermined: Vec::new(),
    };
    let verdict = match check {
        "manual" => Verdict::NeedsReview {
            question: prompt.unwrap_or("请人工核对").into(),
            findings: Vec::new(),
        },
        "broken_links" if number % 3 == 1 => broken_links(captured, target.0 == PORTAL),
        "missing_site_marks" if number % 4 == 1 => {
            let finding = Finding::new(
                "找错入口",
                "mark_missing",
                "网站底部没有“我为政府网站找错”入口",
                captured.quoting("主办：青石市人民政府办公室"),
            );
            Verdict::Fail {
                findings: vec![finding.with_confidence(Confidence::Medium)],
                undetermined: Vec::new(),
            }
        }
        "search_misses" if number % 7 == 2 => {
            let why = Undetermined::new(
                UndeterminedReason::Blocked,
                "搜索请求被防火墙拦截（状态 403），请在采集机加入白名单后重新采集",
            );
            return Judged::Unknown { undetermined: why };
        }
        "stale_account" if number.is_multiple_of(4) => {
            let evidence = EvidenceRef {
                record: String::new(),
                ..captured.clone()
            };
            let finding = Finding::new(
                "stale",
                "stale",
                "最近一次发文是2025年11月2日，距监测时点超过两周",
                evidence,
            );
            Verdict::Fail {
                findings: vec![finding],
                undetermined: Vec::new(),
            }
        }
        _ => pass,
    };
    Judged::Known { verdict }
}

fn broken_links(captured: &EvidenceRef, is_naughty: bool) -> Verdict {
    let places = (1..=63).map(|n| Place {
        url: format!("http://www.site1.gov.cn/xw/{n}.html"),
        text: "关于印发实施方案的通知".into(),
    });
    let mut findings = vec![
        Finding::new(
            "http://www.site1.gov.cn/zcwj/404.html",
            "home_link",
            "链接“关于印发实施方案的通知”打不开（两次访问均为 404）",
            captured.quoting("<a href=/zcwj/404.html>关于印发实施方案的通知</a>"),
        )
        .with_url("http://www.site1.gov.cn/zcwj/404.html")
        .with_places(places),
    ];
    if is_naughty {
        let place = Place {
            url: NAUGHTY.into(),
            text: NAUGHTY.into(),
        };
        findings.push(
            Finding::new(NAUGHTY, "home_link", NAUGHTY, captured.quoting(NAUGHTY))
                .with_url(NAUGHTY)
                .with_places([place]),
        );
    }
    let doubt = Doubt {
        key: "http://outside.example/".into(),
        case: "external".into(),
        reason: UndeterminedReason::OurSide,
        detail: "外部链接不在可访问范围内".into(),
    };
    Verdict::Fail {
        findings,
        undetermined: vec![doubt],
    }
}

fn reviews() -> Vec<Review> {
    let review = |key: &str, decision| Review {
        round: ROUND.into(),
        target: PORTAL.into(),
        check: "broken_links".into(),
        key: key.into(),
        decision,
        by: format!("张三{NAUGHTY}"),
        at: at("2026-03-20T10:00"),
        reason: "打开核对，确为失效链接".into(),
    };
    vec![
        review("http://www.site1.gov.cn/zcwj/404.html", Decision::Confirmed),
        review(NAUGHTY, Decision::Rejected),
    ]
}

/// Manual questions are answered with "nothing wrong", those of one portal with problems; the first portal has its reviews of findings.
fn reviews_of(set: &IndicatorSet, subject: &Subject, findings: &[Review]) -> Vec<Review> {
    let target = subject.target.id();
    let mut all: Vec<Review> = findings
        .iter()
        .filter(|review| &review.target == target)
        .cloned()
        .collect();
    if target.0 == "A000008" {
        // A veto counts only when a person confirmed it; that of A000004 stays open.
        all.push(Review {
            round: ROUND.into(),
            target: target.clone(),
            check: "stale_account".into(),
            key: "stale".into(),
            decision: Decision::Confirmed,
            by: "李四".into(),
            at: at("2026-03-19T15:00"),
            reason: "核对属实".into(),
        });
    }
    for indicator in &set.indicators {
        let Some(question) = indicator.question() else {
            continue;
        };
        let (number, note) = match indicator.kind {
            IndicatorKind::Deduct if target.0 == ANSWERED => (40, NOTE),
            IndicatorKind::Bonus if target.0 == ANSWERED => (2, ""),
            _ => (0, ""),
        };
        all.push(Review {
            round: ROUND.into(),
            target: target.clone(),
            check: "manual".into(),
            key: question.into(),
            decision: Decision::Answered {
                number,
                note: note.to_owned(),
            },
            by: "李四".into(),
            at: at("2026-03-19T15:00"),
            reason: String::new(),
        });
    }
    all
}

/// The files of a notice, built from the results as they stand.
pub async fn documents(state: &WebState) {
    let set = state.store.round(ROUND).await.unwrap().round.set.id;
    let outcome = state.store.outcome_sha256(ROUND, &set).await.unwrap();
    let folder = state.documents.join(ROUND);
    std::fs::create_dir_all(&folder).unwrap();
    let html = "<!doctype html><meta charset=utf-8><title>通报</title><style>body{font:16px/1.9 serif;max-width:44em;margin:2em auto}h1{text-align:center}</style>\
        <h1>关于2026年第一季度政府网站与政务新媒体检查情况的通报</h1><p>各市人民政府，省直各单位：</p><p>现将有关情况通报如下。</p><script>document.body.remove()</script>";
    for (name, bytes) in [
        ("notice.html", html.as_bytes()),
        ("notice.docx", b"PK docx"),
        ("notice.pdf", b"%PDF-1.7"),
        ("annexes.xlsx", b"PK xlsx"),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
        let document = Document {
            round: ROUND.into(),
            name: name.into(),
            path: format!("{ROUND}/{name}"),
            sha256: "3f".repeat(32),
            size_bytes: bytes.len() as u64,
            at: at("2026-04-10T09:30"),
            outcome_sha256: outcome.clone(),
        };
        state.store.put_document(&document).await.unwrap();
    }
    std::fs::write(folder.join(trace::TRACE_FILE), figures(state).await).unwrap();
}

/// The rows behind the figures of the round's notice, as the job keeps them.
async fn figures(state: &WebState) -> Vec<u8> {
    let row = state.store.round(ROUND).await.unwrap();
    let results = state.store.results(&row.round).await.unwrap();
    let registry = state.store.registry().await.unwrap();
    let details = RoundDetails::bare(&row.round);
    let words = Words::parse(&state.templates["words.toml"]).unwrap();
    let inputs = from_results::inputs(&results, &registry, &details, words);
    let template = template::parse(&state.templates["notice-letter.zh.txt"]).unwrap();
    let notice = notice::build(&inputs, &template).unwrap();
    serde_json::to_vec(&trace::book(&inputs).with_text(&notice)).unwrap()
}

/// Closes the round.
pub async fn close(store: &xuncha_store::Store) {
    let note = ChangeNote {
        at: at("2026-03-25T09:00"),
        by: "管理员".into(),
        reason: "处理完毕".into(),
    };
    store.close_round(ROUND, &note).await.unwrap();
}

/// The appeal that [`seed_case`] files.
pub const APPEAL: &str = "appeal-1";
/// The enquiry that [`seed_case`] assigns.
pub const ENQUIRY: &str = "enquiry-1";
/// Last day of the term of the seeded case.
pub const DEADLINE: &str = "2026-04-30";

/// The problem of a finding becomes a case that its unit was told of, with an appeal, a letter and a message. Answers with its id.
pub async fn seed_case(state: &WebState, finding: &str) -> String {
    use xuncha_core::rectify::{Fact, FactKind, ProblemId, Rectification, stake::Stake};
    use xuncha_store::appeal::NewAppeal;
    use xuncha_store::outbox::{Channel, NewMessage};
    use xuncha_store::rectify::{CaseFile, NewFact, case_id};

    let (row, found) = state.store.finding(finding).await.unwrap();
    let subject = state.store.subject(&row.round, &row.target).await.unwrap();
    let problem = ProblemId {
        target: row.target.clone(),
        check: row.check.clone(),
        key: row.key.clone(),
    };
    let on = "2026-03-20".parse().unwrap();
    let file = CaseFile {
        case: Rectification::found(problem.clone(), found.detail.clone(), &row.round, on),
        target_name: subject.target.name().to_owned(),
        organization: subject.target.organization().to_owned(),
        unit_name: subject.organization_name.clone(),
        region: subject.target.region().to_owned(),
        region_name: subject.region_name.clone(),
        indicators: vec![row.indicator.clone()],
        round: row.round.clone(),
        stake: Stake {
            is_veto: false,
            points: "1.5".parse().unwrap(),
        },
    };
    let when = at("2026-03-20T09:00");
    let store = &state.store;
    let followed = store.follow_cases(&row.round, &[file], "张三", when).await;
    assert_eq!(followed.unwrap().new, 1);
    let told = NewFact {
        fact: Fact {
            on: "2026-03-30".parse().unwrap(),
            kind: FactKind::Notified {
                deadline: DEADLINE.parse().unwrap(),
            },
        },
        at: at("2026-03-30T09:00"),
        by: "张三".into(),
        owner: String::new(),
    };
    let id = case_id(&problem);
    let case = std::slice::from_ref(&id);
    store.add_case_facts(case, &told).await.unwrap();
    let until = "2026-04-20".parse().unwrap();
    store.set_appeal_until(&row.round, until).await.unwrap();
    let appeal = NewAppeal {
        id: APPEAL.into(),
        round: row.round.clone(),
        problem,
        target_name: subject.target.name().to_owned(),
        organization: subject.target.organization().to_owned(),
        unit_name: subject.organization_name.clone(),
        detail: found.detail,
        text: format!("该链接已恢复{NAUGHTY}"),
        by: "王五".into(),
        at: at("2026-04-01T07:00"),
    };
    store.file_appeal(&appeal, &[]).await.unwrap();
    let message = NewMessage {
        idempotency_key: "remind/1".into(),
        channel: Channel::Mail,
        address: "a@unit.example".into(),
        secret: None,
        organization: "U001".into(),
        subject: "整改提醒：1 个问题即将到期".into(),
        text: "青石市：".into(),
        due_at: when,
    };
    let transaction = store.begin().await.unwrap();
    assert!(transaction.put_message(&message, when).await.unwrap());
    transaction.commit().await.unwrap();
    let folder = state.documents.join(&row.round);
    std::fs::write(folder.join("letter-U001.docx"), b"PK letter").unwrap();
    let letter = Document {
        round: row.round.clone(),
        name: "letter-U001.docx".into(),
        path: format!("{}/letter-U001.docx", row.round),
        sha256: "3f".repeat(32),
        size_bytes: 9,
        at: when,
        outcome_sha256: String::new(),
    };
    store.put_document(&letter).await.unwrap();
    let enquiry = xuncha_store::enquiry::Enquiry {
        id: ENQUIRY.into(),
        round: row.round.clone(),
        target: row.target.clone(),
        target_name: subject.target.name().to_owned(),
        unit_name: subject.organization_name.clone(),
        question: "怎样办理居住证？".into(),
        assigned: "李四".into(),
        place: String::new(),
        sent_at: None,
        due: None,
        answered: None,
        reply: String::new(),
        quality: None,
        counted: None,
        by: "张三".into(),
        at: when,
    };
    assert_eq!(store.assign_enquiries(&[enquiry]).await.unwrap(), 1);
    id
}
