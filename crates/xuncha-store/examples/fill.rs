//! Fills a data folder with a round ten times the size of a province: `fill DATA INDICATORS [TARGETS] [FINDINGS]`. For `bench web`.
//!
//! Nothing of it is drawn at random: target `n` has what its number says. What the registry holds already stays.
// An example works on files; the purity that libraries keep is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use jiff::civil::{DateTime, date};
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::indicator::{IndicatorSet, resolve};
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::registry::{
    Account, AccountDetails, Level, Organization, Region, Registry, Site, SiteKind, State, Target,
    TargetClass, TargetId,
};
use xuncha_core::results::Results;
use xuncha_core::round::{Coverage, Round, Sample, Subject};
use xuncha_core::verdict::{Finding, Place, Undetermined, UndeterminedReason, Verdict};
use xuncha_store::registry::ChangeNote;
use xuncha_store::round::RoundState;
use xuncha_store::{Location, Store};

const ROUND: &str = "big";
/// Units and regions that targets belong to.
const UNITS: usize = 1_500;
const COUNTIES: usize = 120;
/// Of so many targets one is an account; of so many sites one is a portal.
const ACCOUNTS: usize = 2;
const PORTALS: usize = 10;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, indicators, rest @ ..] = arguments.as_slice() else {
        return Err("fill DATA INDICATORS [TARGETS] [FINDINGS]".into());
    };
    let number = |at: usize, usual: usize| rest.get(at).map_or(Ok(usual), |text| text.parse());
    let (targets, findings) = (number(0, 15_000)?, number(1, 200_000)?);
    let store = Store::open(&Location::from(Path::new(data))).await?;
    let set = set(Path::new(indicators))?;
    let mut registry = store.registry().await?;
    let ours = add(&mut registry, targets);
    let note = ChangeNote {
        at: as_of(),
        by: "fill".into(),
        reason: "bench".into(),
    };
    store.put_registry(&registry, &note).await?;
    let subjects: Vec<Subject> = ours
        .iter()
        .map(|target| subject(&registry, target))
        .collect();
    let round = Round {
        id: ROUND.into(),
        title: "十倍规模".into(),
        coverage: Coverage::Census,
        monitor_from: date(2026, 3, 1).at(0, 0, 0, 0),
        as_of: as_of(),
        seed: "big".into(),
        rectify_by: "2026-04-30".into(),
        set,
        also_listed: Vec::new(),
        also_under: Vec::new(),
    };
    let sample = sample(&subjects);
    store.create_round(&round).await?;
    store.put_sample(ROUND, &sample, &subjects).await?;
    let per_target = findings.div_ceil(targets.max(1));
    let judged: Vec<_> = subjects
        .iter()
        .enumerate()
        .map(|(at, subject)| {
            let left = findings.saturating_sub(at * per_target).min(per_target);
            (
                subject.clone(),
                judgements(&round.set, subject, at, left),
                Vec::new(),
            )
        })
        .collect();
    let all: Vec<Judgement> = judged.iter().flat_map(|(_, all, _)| all.clone()).collect();
    store.put_judgements(ROUND, &all).await?;
    let results = Results::reckon(round.clone(), sample, Vec::new(), judged);
    let sheets: Vec<_> = results
        .targets
        .iter()
        .map(|one| one.sheet.clone())
        .collect();
    store.put_sheets(ROUND, &round.set.id, &sheets).await?;
    store
        .put_stats(ROUND, &round.set.id, &results.stats)
        .await?;
    store.set_round_state(ROUND, RoundState::Judged).await?;
    let found = (targets * per_target).min(findings);
    println!(
        "{} targets, {} judgements, {found} findings",
        subjects.len(),
        all.len()
    );
    Ok(())
}

fn as_of() -> DateTime {
    date(2026, 3, 20).at(9, 0, 0, 0)
}

fn set(folder: &Path) -> Result<IndicatorSet> {
    let mut files = BTreeMap::new();
    for set in fs::read_dir(folder)? {
        let set = set?;
        for file in fs::read_dir(set.path())? {
            let path = file?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let key = format!("{}/{name}", set.file_name().to_string_lossy());
            files.insert(key, fs::read_to_string(path)?);
        }
    }
    resolve(&files, "gov-2019", &|_, _| Ok(())).map_err(|error| format!("{error:?}").into())
}

/// Adds regions, units and targets; answers with the targets.
fn add(registry: &mut Registry, count: usize) -> Vec<Target> {
    let region = |code: String, name: String, level, parent: Option<String>| Region {
        code,
        name,
        level,
        parent,
    };
    let province = "980000".to_owned();
    let whole = region(province.clone(), "大省".into(), Level::Province, None);
    registry.regions.insert(province.clone(), whole);
    for number in 0..COUNTIES {
        let code = format!("98{:04}", number + 1);
        let name = format!("第{}县", number + 1);
        let one = region(code.clone(), name, Level::County, Some(province.clone()));
        registry.regions.insert(code, one);
    }
    for number in 0..UNITS {
        let unit = Organization {
            id: format!("B{number:05}"),
            name: format!(
                "第{}县{}",
                number % COUNTIES + 1,
                BUREAUS[number % BUREAUS.len()]
            ),
            region: county(number),
            level: Level::County,
            parent: None,
            requires_accounts: true,
        };
        registry.organizations.insert(unit.id.clone(), unit);
    }
    let targets: Vec<Target> = (0..count).map(target).collect();
    for target in &targets {
        match target {
            Target::Site(site) => drop(registry.sites.insert(site.id.clone(), site.clone())),
            Target::Account(one) => drop(registry.accounts.insert(one.id.clone(), one.clone())),
        }
    }
    targets
}

const BUREAUS: [&str; 8] = [
    "财政局",
    "教育局",
    "民政局",
    "自然资源局",
    "生态环境局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
];

fn county(number: usize) -> String {
    format!("98{:04}", number % COUNTIES + 1)
}

fn target(number: usize) -> Target {
    let organization = format!("B{:05}", number % UNITS);
    let place = number % COUNTIES + 1;
    if number % ACCOUNTS == 1 {
        let account = Account {
            id: TargetId(format!("N{number:06}")),
            name: format!("第{place}县发布{number}号"),
            platform: "微博".into(),
            kind: "微博".into(),
            organization,
            region: county(number),
            certified_subject: String::new(),
            page_url: None,
            feed_url: None,
            download_url: None,
            state: State::Running,
            opened: None,
            details: Box::new(AccountDetails::default()),
        };
        return Target::Account(account);
    }
    let is_portal = number.is_multiple_of(ACCOUNTS * PORTALS);
    let name = match is_portal {
        true => format!("第{place}县人民政府门户{number}"),
        false => format!("第{place}县{}网站{number}", BUREAUS[number % BUREAUS.len()]),
    };
    let kind = match is_portal {
        true => SiteKind::Portal,
        false => SiteKind::Department,
    };
    Target::Site(Site {
        id: TargetId(format!("98{number:08}")),
        name,
        home: format!("http://www.big{number}.example/"),
        kind,
        organization,
        region: county(number),
        state: State::Running,
        icp: None,
        police: None,
        no_services: number.is_multiple_of(5),
    })
}

fn subject(registry: &Registry, target: &Target) -> Subject {
    let unit = registry.organizations.get(target.organization());
    let region = registry.regions.get(target.region());
    Subject {
        target: target.clone(),
        organization_name: unit.map(|unit| unit.name.clone()).unwrap_or_default(),
        region_name: region.map(|region| region.name.clone()).unwrap_or_default(),
        region_path: vec!["大省".into()],
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Default::default(),
    }
}

fn sample(subjects: &[Subject]) -> Sample {
    let mut sample = Sample {
        seed: "big".into(),
        ..Sample::default()
    };
    for subject in subjects {
        let stratum = match subject.target.class() {
            TargetClass::Portal => "portal/county",
            TargetClass::Department => "department",
            _ => "account/微博",
        };
        let id = subject.target.id().clone();
        sample
            .frame
            .entry(stratum.into())
            .or_default()
            .push(id.clone());
        sample.drawn.insert(id, stratum.into());
        *sample.quotas.entry(stratum.into()).or_default() += 1;
    }
    sample
}

/// Every check of the set, passed but for one that holds the findings, the questions, and now and then one that nobody could judge.
fn judgements(set: &IndicatorSet, subject: &Subject, at: usize, findings: usize) -> Vec<Judgement> {
    let class = subject.target.class();
    let mut all = Vec::new();
    let mut left = findings;
    let applies = set
        .indicators
        .iter()
        .filter(|one| one.applies_to.contains(&class));
    for indicator in applies {
        for check in &indicator.checks {
            let verdict = match check.as_str() {
                "manual" => Verdict::NeedsReview {
                    question: indicator.prompt().unwrap_or("请人工核对").into(),
                    findings: Vec::new(),
                },
                _ if left > 0 => {
                    let count = left;
                    left = 0;
                    Verdict::Fail {
                        findings: (0..count).map(|number| finding(subject, number)).collect(),
                        undetermined: Vec::new(),
                    }
                }
                _ => Verdict::Pass {
                    undetermined: Vec::new(),
                },
            };
            let result = match at % 40 == 6 && check == "search_misses" {
                true => Judged::Unknown {
                    undetermined: Undetermined::new(UndeterminedReason::Blocked, "搜索请求被拦截"),
                },
                false => Judged::Known { verdict },
            };
            all.push(Judgement {
                target: subject.target.id().clone(),
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

fn finding(subject: &Subject, number: usize) -> Finding {
    let home = match &subject.target {
        Target::Site(site) => site.home.clone(),
        Target::Account(account) => format!("http://weibo.example/{}/", account.id),
    };
    let url = format!("{home}zwgk/tzgg/{number}.html");
    let evidence = EvidenceRef {
        url: home.clone(),
        at: as_of(),
        sha256: "0".repeat(64),
        record: String::new(),
        quote: "<a href>关于印发实施方案的通知</a>".into(),
    };
    let places = (0..5).map(|place| Place {
        url: format!("{home}list_{place}.html"),
        text: "关于印发实施方案的通知".into(),
    });
    let detail = format!("链接“关于印发第{number}号实施方案的通知”打不开（两次访问均为 404）");
    Finding::new(url.clone(), "home_link", detail, evidence)
        .with_url(&url)
        .with_places(places)
}
