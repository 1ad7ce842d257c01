//! Small made-up values.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::judge::{Judged, Judgement};
use xuncha_core::points::Points;
use xuncha_core::registry::*;
use xuncha_core::review::{Decision, Review};
use xuncha_core::round::{Coverage, Round, Sample, Subject};
use xuncha_core::score::{IndicatorScore, Outcome, ScoreSheet};
use xuncha_core::verdict::{Doubt, Finding, Place, Undetermined, UndeterminedReason, Verdict};

pub fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub fn site(number: u32, kind: SiteKind, name: &str) -> Site {
    Site {
        id: TargetId(format!("99{number:08}")),
        name: name.to_owned(),
        home: format!("http://www.s{number}.gov.cn/"),
        kind,
        organization: "U001".to_owned(),
        region: "990100".to_owned(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    }
}

pub fn account(number: u32, name: &str) -> Account {
    Account {
        id: TargetId(format!("A{number:06}")),
        name: name.to_owned(),
        platform: "微信".to_owned(),
        kind: "订阅号".to_owned(),
        organization: "U001".to_owned(),
        region: "990100".to_owned(),
        certified_subject: "青石市人民政府办公室".to_owned(),
        page_url: None,
        feed_url: None,
        download_url: None,
        state: State::Running,
        opened: None,
        details: Default::default(),
    }
}

/// One region, one unit, three sites (one portal) and two accounts.
pub fn registry() -> Registry {
    let region = Region {
        code: "990100".into(),
        name: "青石市".into(),
        level: Level::City,
        parent: None,
    };
    let unit = Organization {
        id: "U001".into(),
        name: "青石市人民政府办公室".into(),
        region: "990100".into(),
        level: Level::City,
        parent: None,
        requires_accounts: true,
    };
    let sites = [
        site(1, SiteKind::Portal, "青石市人民政府"),
        site(2, SiteKind::Department, "青石市财政局"),
        site(3, SiteKind::Department, "青石市100%_教育局"),
    ];
    let accounts = [account(1, "青石发布"), account(2, "青石<b>教育</b>")];
    Registry {
        regions: [(region.code.clone(), region)].into(),
        organizations: [(unit.id.clone(), unit)].into(),
        sites: sites.into_iter().map(|one| (one.id.clone(), one)).collect(),
        accounts: accounts
            .into_iter()
            .map(|one| (one.id.clone(), one))
            .collect(),
    }
}

pub fn set(id: &str) -> IndicatorSet {
    IndicatorSet {
        id: id.to_owned(),
        title: "检查指标".to_owned(),
        source: "国办秘函〔2019〕19号".to_owned(),
        effective: "2019-04-18".to_owned(),
        formula: None,
        indicators: Vec::new(),
        sha256: "ab".repeat(32),
    }
}

pub fn round(id: &str, as_of: &str) -> Round {
    Round {
        id: id.to_owned(),
        title: format!("{id} 抽查"),
        coverage: Coverage::Sample,
        monitor_from: at("2026-03-01T00:00"),
        as_of: at(as_of),
        seed: "种子".to_owned(),
        rectify_by: "2026-04-30".to_owned(),
        set: set("gov-2019"),
        also_listed: Vec::new(),
        also_under: Vec::new(),
    }
}

pub fn subjects(registry: &Registry) -> Vec<Subject> {
    let sites = registry.sites.values().cloned().map(Target::Site);
    let accounts = registry.accounts.values().cloned().map(Target::Account);
    sites
        .chain(accounts)
        .map(|target| Subject {
            target,
            organization_name: "青石市人民政府办公室".to_owned(),
            region_name: "青石市".to_owned(),
            region_path: vec!["云岭省".to_owned()],
            reporting_name: None,
            sibling_accounts: Vec::new(),
            kin: Default::default(),
        })
        .collect()
}

pub fn sample(subjects: &[Subject]) -> Sample {
    let drawn: BTreeMap<TargetId, String> = subjects
        .iter()
        .map(|one| (one.target.id().clone(), "全部".to_owned()))
        .collect();
    Sample {
        seed: "种子".to_owned(),
        drawn,
        ..Sample::default()
    }
}

pub fn evidence(url: &str) -> EvidenceRef {
    EvidenceRef {
        url: url.to_owned(),
        at: at("2026-03-31T09:00"),
        sha256: "0".repeat(64),
        record: "00001@0".to_owned(),
        quote: "引文".to_owned(),
    }
}

pub fn finding(key: &str) -> Finding {
    Finding::new(
        key,
        "dead",
        format!("链接 {key} 打不开"),
        evidence("http://www.s1.gov.cn/"),
    )
    .with_url(key)
    .with_places((0..60).map(|n| Place {
        url: format!("http://www.s1.gov.cn/{n}"),
        text: "更多".to_owned(),
    }))
}

pub fn judgement(target: &TargetId, check: &str, result: Judged) -> Judgement {
    Judgement {
        target: target.clone(),
        set: "gov-2019".to_owned(),
        indicator: "D-11".to_owned(),
        check: check.to_owned(),
        check_version: 1,
        result,
    }
}

pub fn fail(target: &TargetId, keys: &[&str]) -> Judgement {
    let findings = keys.iter().map(|key| finding(key)).collect();
    let verdict = Verdict::Fail {
        findings,
        undetermined: vec![doubt()],
    };
    judgement(target, "broken_links", Judged::Known { verdict })
}

pub fn doubt() -> Doubt {
    Doubt {
        key: "http://elsewhere/".to_owned(),
        case: "dead".to_owned(),
        reason: UndeterminedReason::OurSide,
        detail: "外部链接不在可访问范围内".to_owned(),
    }
}

pub fn unknown(target: &TargetId) -> Judgement {
    let undetermined = Undetermined::new(UndeterminedReason::Blocked, "被防火墙拦截");
    judgement(target, "search_misses", Judged::Unknown { undetermined })
}

pub fn review(target: &TargetId, key: &str, decision: Decision) -> Review {
    Review {
        round: "2026Q1".to_owned(),
        target: target.clone(),
        check: "broken_links".to_owned(),
        key: key.to_owned(),
        decision,
        by: "张三".to_owned(),
        at: at("2026-04-01T10:00"),
        reason: "已核对".to_owned(),
    }
}

pub fn sheet(target: &TargetId, class: TargetClass, points: i64, outcome: Outcome) -> ScoreSheet {
    ScoreSheet {
        target: target.clone(),
        class,
        indicators: Vec::new(),
        deduct_score: Some(Points::from_hundredths(points)),
        deduct_score_low: None,
        bonus_score: None,
        final_score: Some(Points::from_hundredths(points)),
        outcome,
        to_confirm: 0,
    }
}

/// An indicator of which nothing counts and this is open.
pub fn open_indicator(id: &str, why: &str) -> IndicatorScore {
    IndicatorScore {
        indicator: id.to_owned(),
        points: Points::from_hundredths(0),
        amount: Points::from_hundredths(0),
        open_amount: Points::from_hundredths(0),
        is_veto: false,
        may_veto: true,
        not_applicable: false,
        unmeasured: false,
        findings: Vec::new(),
        open: vec![why.to_owned()],
    }
}
