//! Small makers of values for the tests of this crate.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, date};

use crate::evidence::EvidenceRef;
use crate::indicator::{
    Confirm, DeductKind, FigureConfidence, Formula, Indicator, IndicatorKind, IndicatorSet, Rule,
};
use crate::judge::{Judged, Judgement};
use crate::points::Points;
use crate::registry::{Account, Site, SiteKind, State, Target, TargetClass};
use crate::review::{Decision, Review};
use crate::round::Subject;
use crate::verdict::{Doubt, Finding, UndeterminedReason, Verdict};

pub fn at(hour: i8) -> DateTime {
    date(2026, 3, 20).at(hour, 0, 0, 0)
}

pub fn evidence() -> EvidenceRef {
    EvidenceRef {
        url: "https://www.qingshi.gov.cn/".to_owned(),
        at: at(9),
        sha256: "00".repeat(32),
        record: String::new(),
        quote: String::new(),
    }
}

pub fn finding(key: &str, case: &str) -> Finding {
    Finding::new(key, case, format!("{case}：{key}"), evidence())
}

pub fn doubt(key: &str, case: &str) -> Doubt {
    Doubt {
        key: key.to_owned(),
        case: case.to_owned(),
        reason: UndeterminedReason::Blocked,
        detail: format!("被拦截：{key}"),
    }
}

pub fn points(text: &str) -> Points {
    text.parse().unwrap()
}

pub fn rule(cases: &[&str], kind: Option<DeductKind>, value: Option<&str>) -> Rule {
    Rule {
        cases: cases.iter().map(|case| (*case).to_owned()).collect(),
        kind,
        points: value.map(points),
        at_least: None,
        text: "规则".to_owned(),
        confidence: None,
    }
}

pub fn indicator(
    id: &str,
    kind: IndicatorKind,
    value: &str,
    check: &str,
    rules: Vec<Rule>,
) -> Indicator {
    Indicator {
        id: id.to_owned(),
        level1: "功能设计".to_owned(),
        level2: id.to_owned(),
        kind,
        points: points(value),
        points_confidence: FigureConfidence::Low,
        applies_to: vec![TargetClass::Portal, TargetClass::Department],
        checks: vec![check.to_owned()],
        confirm: Confirm::LowConfidence,
        text: "规则".to_owned(),
        source: "文件".to_owned(),
        rules,
        params: Default::default(),
    }
}

pub fn formula() -> Formula {
    Formula {
        deduct_total: points("100"),
        bonus_total: points("30"),
        fail_below: points("60"),
        bonus_above: points("80"),
        cap_per_indicator: true,
        scored: vec![TargetClass::Portal],
        no_service_group: Some("办事服务".to_owned()),
        vetoed_score: None,
        classes: Default::default(),
    }
}

pub fn set(indicators: Vec<Indicator>, formula: Formula) -> IndicatorSet {
    IndicatorSet {
        id: "demo".to_owned(),
        title: "示例".to_owned(),
        source: "文件".to_owned(),
        effective: "2026-01-01".to_owned(),
        formula: Some(formula),
        indicators,
        sha256: String::new(),
    }
}

pub fn site(id: &str, kind: SiteKind) -> Site {
    Site {
        id: id.into(),
        name: format!("{id}网站"),
        home: "https://www.qingshi.gov.cn/".to_owned(),
        kind,
        organization: "U1".to_owned(),
        region: "990100".to_owned(),
        state: State::Running,
        icp: None,
        police: None,
        no_services: false,
    }
}

pub fn account(id: &str, platform: &str, region: &str) -> Account {
    Account {
        id: id.into(),
        name: format!("{id}账号"),
        platform: platform.to_owned(),
        kind: "订阅号".to_owned(),
        organization: "U1".to_owned(),
        region: region.to_owned(),
        certified_subject: "青石市".to_owned(),
        page_url: None,
        feed_url: None,
        download_url: None,
        state: State::Running,
        opened: None,
        details: Default::default(),
    }
}

pub fn subject(target: Target) -> Subject {
    Subject {
        target,
        organization_name: "青石市人民政府".to_owned(),
        region_name: "青石市".to_owned(),
        region_path: vec!["云岭省".to_owned()],
        reporting_name: None,
        sibling_accounts: Vec::new(),
        kin: Default::default(),
    }
}

pub fn portal(id: &str) -> Subject {
    subject(Target::Site(site(id, SiteKind::Portal)))
}

pub fn judgement(target: &str, indicator: &str, check: &str, verdict: Verdict) -> Judgement {
    Judgement {
        target: target.into(),
        set: "demo".to_owned(),
        indicator: indicator.to_owned(),
        check: check.to_owned(),
        check_version: 1,
        result: Judged::Known { verdict },
    }
}

pub fn fail(findings: Vec<Finding>) -> Verdict {
    Verdict::Fail {
        findings,
        undetermined: Vec::new(),
    }
}

pub fn pass() -> Verdict {
    Verdict::Pass {
        undetermined: Vec::new(),
    }
}

pub fn review(target: &str, check: &str, key: &str, decision: Decision, hour: i8) -> Review {
    Review {
        round: "2026Q1".to_owned(),
        target: target.into(),
        check: check.to_owned(),
        key: key.to_owned(),
        decision,
        by: "张三".to_owned(),
        at: at(hour),
        reason: "核对截图".to_owned(),
    }
}

pub fn answered(number: u32) -> Decision {
    Decision::Answered {
        number,
        note: String::new(),
    }
}

/// The sets of the project, as they stand in the repository.
pub fn project_files() -> BTreeMap<String, String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../indicators");
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
    files
}

/// A small generator of numbers for properties: the same cases in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}
